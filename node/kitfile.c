#include "node/kitfile.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "node/slurp.h"

#define KIT_MOST 65536u

/* The organisation's name as that of a file: "Harbour Foods" -> "harbour-foods". */
static void make_slug(const char *name, char out[static 65])
{
	size_t n = 0;
	for (const unsigned char *p = (const unsigned char *)name; *p && n < 64; p++) {
		if (*p < 0x80 && isalnum(*p))
			out[n++] = (char)tolower(*p);
		else if (n && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n && out[n - 1] == '-')
		n--;
	if (!n)
		out[n++] = 'n';
	out[n] = 0;
}

enum err kitfile_path(const char *name, uint64_t kseq, const char *given, char out[static KITFILE_PATH])
{
	char slug[65], cwd[PATH_MAX], number[24] = "";
	int n;
	if (given && given[0] == '/')
		return snprintf(out, KITFILE_PATH, "%s", given) < KITFILE_PATH ? OK : ERR_LIMIT;
	if (!getcwd(cwd, sizeof cwd))
		return err_errno(errno);
	make_slug(name, slug);
	if (kseq > 1)
		(void)snprintf(number, sizeof number, "-%llu", (unsigned long long)kseq);
	if (given)
		n = snprintf(out, KITFILE_PATH, "%s/%s", cwd, given);
	else
		n = snprintf(out, KITFILE_PATH, "%s/%s.recovery-kit%s", cwd, slug, number);
	return n < KITFILE_PATH ? OK : ERR_LIMIT;
}

enum err kitfile_keep(const char *path, struct span file, bool *made)
{
	struct buf back = {0};
	enum err e = slurp_create(path, file);
	*made = e == OK;
	if (e == OK)
		e = slurp_file(path, NULL, file.n + 1, &back);
	if (e == OK && !span_eq(buf_span(&back), file))
		e = ERR_IO;
	buf_free(&back);
	return e;
}

enum err kitfile_make(const char *path, const struct kit_input *in, char phrase[static WORDS_TEXT])
{
	struct kit_input back;
	struct complaint why;
	struct buf file = {0};
	bool made = false;
	enum err e = kit_make(in, &file, phrase);
	if (e == OK)
		e = kitfile_keep(path, buf_span(&file), &made);
	if (e == OK)
		e = kitfile_open(path, phrase, &back, &why);
	if (e == OK && (memcmp(back.root_seed, in->root_seed, sizeof back.root_seed) != 0 || !id_eq(&back.org, &in->org) || back.kseq != in->kseq))
		e = ERR_IO;
	bytes_wipe(&back, sizeof back);
	buf_free(&file);
	if (e != OK && made)
		(void)unlink(path);
	return e;
}

enum err kitfile_open(const char *path, const char *phrase, struct kit_input *out, struct complaint *why)
{
	struct buf file = {0};
	char fault[SLURP_TEXT];
	enum err e = slurp_file(path, NULL, KIT_MOST, &file);
	(void)snprintf(why->where, sizeof why->where, "%.90s", path);
	if (e != OK) {
		(void)snprintf(why->text, sizeof why->text, "%s", slurp_fault(path, e, 0, fault));
		return e;
	}
	e = kit_open(buf_span(&file), phrase, out);
	buf_free(&file);
	if (e == ERR_CRYPT || e == ERR_SHAPE)
		(void)snprintf(why->text, sizeof why->text, "does not open with this phrase: a word is wrong, or the kit was changed");
	else if (e != OK)
		(void)snprintf(why->text, sizeof why->text, "is no recovery kit, or not all of one; or the phrase has not twelve words of the list (%s)",
		               err_text(e));
	return e;
}
