/* clocks_home.c - the profiles that are shipped, and those in a node's home. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "keys/folder.h"
#include "node/clocks.h"
#include "node/slurp.h"

#define MOST_PROFILES 64u

static const struct {
	const char *name, *text;
} shipped[] = {
	{"consortium",
	 "# Between the members of a consortium. Edit it to what was agreed; all members should have the same.\n"
	 "title Agreement of the consortium\n"
	 "use named\n"
	 "owed partners\n"
	 "clock early warning: aware + 24 h; met by early-warning\n"
	 "clock notification: aware + 72 h; met by notification\n"
	 "clock acknowledgement: stored + 24 h; met by acknowledgement\n"
	 "clock assessment: stored + 72 h; met by answer; stops at most 10 d\n"},
	{"contract",
	 "# What a contract asks for that names this profile in its clauses. Edit it to what was agreed; both sides should have the same.\n"
	 "title Incident clause of the contract\n"
	 "use named\n"
	 "owed partners\n"
	 "clock early warning: aware + 24 h; met by early-warning\n"
	 "clock notification: aware + 72 h; met by notification\n"
	 "clock final report: notification + 1 month; met by final\n"},
	{"dora",
	 "# Financial entities. Write \"use own\" where this law is yours; a clock that names two moments takes the earlier.\n"
	 "# Write your own authority's name into the line \"authority\".\n"
	 "title DORA, Regulation (EU) 2022/2554, Article 19\n"
	 "use named\n"
	 "owed authority\n"
	 "authority financial supervisor, financial authority, central bank\n"
	 "clock initial notification: classified + 4 h or aware + 24 h; met by early-warning\n"
	 "clock intermediate report: early-warning + 72 h; met by intermediate\n"
	 "clock final report: intermediate + 1 month; met by final\n"},
	{"nis2",
	 "# Essential and important entities. Remove this file where the law is not yours.\n"
	 "title NIS2, Directive (EU) 2022/2555, Article 23\n"
	 "use own\n"
	 "owed authority\n"
	 "authority CSIRT, CERT\n"
	 "clock early warning: aware + 24 h; met by early-warning\n"
	 "clock notification: aware + 72 h; met by notification\n"
	 "clock final report: notification + 1 month; met by final\n"},
};

/* Kept by name. */
static void put(struct clocks **list, struct clocks *p)
{
	while (*list && strcmp((*list)->name, p->name) < 0)
		list = &(*list)->next;
	p->next = *list;
	*list = p;
}

enum err clocks_shipped(struct arena *a, const struct clocks **out)
{
	struct clocks *list = NULL;
	struct complaint why;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < sizeof shipped / sizeof *shipped; i++) {
		struct clocks *p;
		e = clocks_read(shipped[i].name, SPAN(shipped[i].text, strlen(shipped[i].text)), a, &p, &why);
		if (e != OK)
			break;
		p->shipped = true;
		put(&list, p);
	}
	if (e == OK)
		*out = list;
	return e;
}

enum err clocks_file(const char *path, struct arena *a, struct clocks **out, struct complaint *why)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t n = strlen(base), tail = strlen(CLOCKS_SUFFIX);
	char name[CLOCKS_NAME], fault[SLURP_TEXT];
	struct buf text = {0};
	enum err e;
	if (n > tail && strcmp(base + n - tail, CLOCKS_SUFFIX) == 0)
		n -= tail;
	if (n >= sizeof name) {
		(void)fields_complain(why, ERR_LIMIT, "has too long a name", "%.60s", base);
		return ERR_LIMIT;
	}
	(void)snprintf(name, sizeof name, "%.*s", (int)n, base);
	if ((e = slurp_file(path, NULL, CLOCKS_BYTES, &text)) == OK)
		e = clocks_read(name, buf_span(&text), a, out, why);
	else
		(void)fields_complain(why, e, slurp_fault(path, e, CLOCKS_BYTES, fault), "%.80s", path);
	buf_free(&text);
	return e;
}

bool clocks_name(const char *file)
{
	size_t n = strlen(file), tail = strlen(CLOCKS_SUFFIX);
	return n > tail && n < CLOCKS_NAME + tail && file[0] != '.' && !strchr(file, '/') && strcmp(file + n - tail, CLOCKS_SUFFIX) == 0;
}

enum err clocks_home(const char *home, struct arena *a, const struct clocks **out, struct complaint *why)
{
	struct clocks *list = NULL;
	const struct dirent *entry;
	char path[4400];
	size_t count = 0;
	enum err e = OK;
	DIR *d;
	(void)snprintf(path, sizeof path, "%.4000s/" CLOCKS_FOLDER, home);
	if (!(d = opendir(path)))
		return errno == ENOENT ? clocks_shipped(a, out) : fields_complain(why, err_errno(errno), "cannot be read", "%.80s", path);
	while (e == OK && (entry = readdir(d))) {
		struct clocks *p;
		if (!clocks_name(entry->d_name))
			continue;
		(void)snprintf(path, sizeof path, "%.4000s/" CLOCKS_FOLDER "/%s", home, entry->d_name);
		if (++count > MOST_PROFILES)
			e = fields_complain(why, ERR_LIMIT, "holds more than 64 profiles", "%.80s", CLOCKS_FOLDER);
		else if ((e = clocks_file(path, a, &p, why)) == OK)
			put(&list, p);
	}
	(void)closedir(d);
	if (e == OK)
		*out = list;
	return e;
}

enum err clocks_write(const char *home)
{
	char path[4400];
	enum err e = OK;
	(void)snprintf(path, sizeof path, "%.4000s/" CLOCKS_FOLDER, home);
	if (mkdir(path, 0700) != 0)
		return errno == EEXIST ? OK : err_errno(errno);
	for (size_t i = 0; e == OK && i < sizeof shipped / sizeof *shipped; i++) {
		(void)snprintf(path, sizeof path, "%.4000s/" CLOCKS_FOLDER "/%s" CLOCKS_SUFFIX, home, shipped[i].name);
		e = slurp_create(path, SPAN(shipped[i].text, strlen(shipped[i].text)));
	}
	return e;
}
