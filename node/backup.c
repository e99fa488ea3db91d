#include "node/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/folder.h"
#include "keys/hash.h"
#include "node/backup_form.h"
#include "node/clocks.h"
#include "node/config.h"
#include "node/files.h"
#include "node/init.h"
#include "node/slurp.h"
#include "node/storecheck.h"
#include "proto/limits.h"
#include "store/store.h"

#define MAGIC "tallybk1"
#define PERSON "tally.backup.v1"
#define STORE_MEMBER "store/data.mdb"
#define CONFIG_MOST 65536u

static enum err fail(struct complaint *why, enum err e, const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum err fail(struct complaint *why, enum err e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	why->where[0] = 0;
	(void)vsnprintf(why->text, sizeof why->text, format, args);
	va_end(args);
	return e;
}

static enum err join(const char *a, const char *b, char out[static PATH_MAX])
{
	int n = snprintf(out, PATH_MAX, "%s/%s", a, b);
	return n > 0 && n < PATH_MAX ? OK : ERR_LIMIT;
}

/* ---- making one ---- */

/* Its size is known only afterwards. */
static enum err put_store(int fd, const char *home)
{
	char path[PATH_MAX];
	struct store *store;
	uint8_t size[8];
	enum err e = join(home, "store", path);
	if (e == OK)
		e = store_open(&(struct store_config){.path = path, .readonly = true}, &store);
	if (e != OK)
		return e;
	e = init_inhabited(store);
	if (e == OK)
		e = backup_form_head(fd, STORE_MEMBER, 0);
	off_t begin = lseek(fd, 0, SEEK_CUR);
	if (e == OK)
		e = store_copy(store, fd);
	store_close(store);
	off_t end = lseek(fd, 0, SEEK_END);
	if (e != OK || begin < 0 || end < begin)
		return e != OK ? e : ERR_IO;
	put_u64be(size, (uint64_t)(end - begin));
	return pwrite(fd, size, sizeof size, begin - (off_t)sizeof size) == (ssize_t)sizeof size ? OK : err_errno(errno);
}

static enum err put_keys(int fd, const char *home)
{
	struct folder_names names = {0};
	char path[PATH_MAX], name[FOLDER_NAME + 8];
	int folder = -1;
	enum err e = join(home, "keys", path);
	if (e == OK && access(path, F_OK) != 0)
		e = err_errno(errno); /* folder_open would make it */
	if (e == OK)
		e = folder_open(path, &folder);
	if (e == OK)
		e = folder_list(folder, &names);
	for (size_t i = 0; e == OK && i < names.n; i++) {
		struct buf file = {0};
		e = folder_get(folder, names.name[i], &file);
		(void)snprintf(name, sizeof name, "keys/%s", names.name[i]);
		if (e == OK)
			e = backup_form_put(fd, name, buf_span(&file));
		else if (e == ERR_NOT_FOUND)
			e = OK; /* dropped meanwhile */
		buf_free(&file);
	}
	folder_names_free(&names);
	if (folder >= 0)
		close(folder);
	return e;
}

static enum err put_config(int fd, const char *home)
{
	struct buf text = {0};
	char path[PATH_MAX];
	enum err e = join(home, CONFIG_FILE, path);
	if (e == OK)
		e = slurp_file(path, NULL, CONFIG_MOST, &text);
	if (e == OK)
		e = backup_form_put(fd, CONFIG_FILE, buf_span(&text));
	buf_free(&text);
	return e == ERR_NOT_FOUND ? OK : e;
}

/* The clock profiles as they were edited. */
static enum err put_clocks(int fd, const char *home)
{
	const struct dirent *entry;
	char path[PATH_MAX], member[NAME_MAX + 16];
	enum err e = join(home, CLOCKS_FOLDER, path);
	DIR *d = e == OK ? opendir(path) : NULL;
	if (!d)
		return e != OK || errno == ENOENT ? e : err_errno(errno);
	while (e == OK && (entry = readdir(d))) {
		struct buf text = {0};
		if (!clocks_name(entry->d_name))
			continue;
		(void)snprintf(member, sizeof member, CLOCKS_FOLDER "/%s", entry->d_name);
		e = join(home, member, path);
		if (e == OK)
			e = slurp_file(path, NULL, CLOCKS_BYTES, &text);
		if (e == OK)
			e = backup_form_put(fd, member, buf_span(&text));
		buf_free(&text);
	}
	(void)closedir(d);
	return e;
}

struct shelf { /* evidence files on their way into a backup */
	const char *home;
	int fd;
};

static enum err put_file(void *ctx, const char *name)
{
	const struct shelf *s = ctx;
	char path[PATH_MAX], member[128];
	struct buf bytes = {0};
	enum err e;
	(void)snprintf(member, sizeof member, FILES_FOLDER "/%s", name);
	e = join(s->home, member, path);
	if (e == OK)
		e = slurp_file(path, NULL, LIMIT_FILE, &bytes);
	if (e == OK)
		e = backup_form_put(s->fd, member, buf_span(&bytes));
	buf_free(&bytes);
	return e == ERR_NOT_FOUND ? OK : e; /* dropped meanwhile */
}

/* After the store: a file is there before a record names it. */
static enum err put_files(int fd, const char *home)
{
	struct shelf shelf = {home, fd};
	char path[PATH_MAX];
	enum err e = join(home, FILES_FOLDER, path);
	return e == OK ? files_each(path, put_file, &shelf) : e;
}

/* The whole file as bytes; unmap it. */
static enum err map(int fd, struct span *out)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return err_errno(errno);
	if (st.st_size == 0)
		return ERR_CORRUPT;
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_errno(errno);
	*out = SPAN(p, (size_t)st.st_size);
	return OK;
}

static void unmap(struct span file)
{
	if (file.p)
		(void)munmap((void *)(uintptr_t)file.p, file.n);
}

static enum err put_sum(int fd)
{
	struct span file = {0};
	struct id sum;
	enum err e = slurp_write_all(fd, SPAN("", 1));
	if (e == OK)
		e = map(fd, &file);
	if (e == OK) {
		hash_one(&sum, PERSON, file);
		e = slurp_write_all(fd, ID_SPAN(&sum));
	}
	unmap(file);
	return e;
}

static enum err fill(int fd, const char *home)
{
	enum err e = slurp_write_all(fd, SPAN(MAGIC, 8));
	if (e == OK)
		e = put_store(fd, home);
	if (e == OK)
		e = put_keys(fd, home);
	if (e == OK)
		e = put_config(fd, home);
	if (e == OK)
		e = put_clocks(fd, home);
	if (e == OK)
		e = put_files(fd, home);
	if (e == OK)
		e = put_sum(fd);
	return e == OK && fsync(fd) != 0 ? err_errno(errno) : e;
}

/* Never over something else, and without a second name: file systems of removable media have no links. One that is cut short fails its sum. */
enum err backup_create(const char *home, const char *path, struct complaint *why)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return fail(why, ERR_CONFLICT, "%.100s is there already; nothing is written over", path);
	if (fd < 0)
		return fail(why, err_errno(errno), "%.100s cannot be made: %s", path, strerror(errno));
	enum err e = fill(fd, home);
	if (close(fd) != 0 && e == OK)
		e = err_errno(errno);
	if (e == OK)
		e = slurp_sync_folder(path);
	if (e == OK)
		return OK;
	(void)unlink(path);
	if (e == ERR_NOT_FOUND && init_has_keys(home))
		return fail(why, ERR_CORRUPT, "no backup was made: the store in %.60s is gone", home);
	return fail(why, e, "no backup was made: %s", e == ERR_NOT_FOUND ? "there is no node here" : err_text(e));
}

/* ---- reading one ---- */

/* Opened, and what was written is what is there. *members: what backup_form_next() walks. */
static enum err open_backup(const char *path, struct span *file, struct span *members, struct complaint *why)
{
	struct id sum;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(why, err_errno(errno), "%.100s: %s", path, strerror(errno));
	enum err e = map(fd, file);
	close(fd);
	if (e != OK && e != ERR_CORRUPT)
		return fail(why, e, "%.150s: %s", path, err_text(e));
	if (e != OK || file->n < 8 + 1 + sizeof sum.b || memcmp(file->p, MAGIC, 7) != 0)
		return fail(why, ERR_INVALID, "%.150s is no backup", path);
	if (file->p[7] != MAGIC[7])
		return fail(why, ERR_VERSION, "%.150s was made by a newer version of tally", path);
	hash_one(&sum, PERSON, SPAN(file->p, file->n - sizeof sum.b));
	if (memcmp(sum.b, file->p + file->n - sizeof sum.b, sizeof sum.b) != 0)
		return fail(why, ERR_CORRUPT, "%.150s is damaged: it was cut or changed since it was made", path);
	*members = SPAN(file->p + 8, file->n - 8 - sizeof sum.b);
	return OK;
}

/* Its store alone, under home/store. */
static enum err unpack_store(struct span members, const char *folder)
{
	char path[PATH_MAX];
	struct member m;
	bool found = false;
	enum err e = mkdir(folder, 0700) == 0 ? join(folder, "data.mdb", path) : err_errno(errno), end = OK;
	while (e == OK && backup_form_next(&members, &m, &end))
		if (strcmp(m.name, STORE_MEMBER) == 0) {
			e = found ? ERR_CORRUPT : slurp_create(path, m.bytes);
			found = true;
		}
	if (e == OK)
		e = end == OK && !found ? ERR_CORRUPT : end;
	return e;
}

static void remove_store(const char *folder)
{
	static const char *const files[] = {"data.mdb", "lock.mdb", "lock"};
	char path[PATH_MAX];
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (join(folder, files[i], path) == OK)
			(void)unlink(path);
	(void)rmdir(folder);
}

/* An evidence file in it: *fits when it is what its name says. */
static bool is_file(const struct member *m, struct id *hash, bool *fits)
{
	struct id found;
	if (strncmp(m->name, FILES_FOLDER "/", strlen(FILES_FOLDER) + 1) != 0 || !files_name(m->name + strlen(FILES_FOLDER) + 1, hash))
		return false;
	files_hash(m->bytes, &found);
	*fits = id_eq(&found, hash);
	return true;
}

/* It was changed on the disk before it was backed up: the sum of the backup cannot tell. */
static enum err check_files(struct span members, struct complaint *why)
{
	struct member m;
	struct id hash;
	enum err end = OK;
	bool fits = true;
	while (backup_form_next(&members, &m, &end))
		if (is_file(&m, &hash, &fits) && !fits)
			return fail(why, ERR_CORRUPT, "the evidence file %.12s in it does not fit its hash", m.name + strlen(FILES_FOLDER) + 1);
	return end;
}

enum err backup_verify(const char *path, bool json, FILE *out, struct complaint *why)
{
	const char *tmp = getenv("TMPDIR");
	char home[PATH_MAX], folder[PATH_MAX];
	struct span file = {0}, members = {0};
	enum err e = open_backup(path, &file, &members, why);
	if (e != OK)
		goto done;
	if (join(tmp && *tmp ? tmp : "/tmp", "tally-verify-XXXXXX", home) != OK || !mkdtemp(home)) {
		e = fail(why, ERR_IO, "no temporary folder can be made");
		goto done;
	}
	e = join(home, "store", folder);
	if (e == OK)
		e = unpack_store(members, folder);
	if (e == OK)
		e = storecheck_run(home, json, out, NULL, why);
	else
		(void)fail(why, e, "its store cannot be unpacked: %s", err_text(e));
	if (e == OK || e == ERR_PROBLEMS) {
		enum err bad = check_files(members, why);
		e = bad != OK ? bad : e;
	}
	remove_store(folder);
	(void)rmdir(home);
done:
	unmap(file);
	return e;
}

/* ---- bringing one back ---- */

/* What is there is newer and stays, but for a keyring that is another node's. */
static enum err restore_key(int folder, const char *name, struct span bytes, struct complaint *why)
{
	struct buf held = {0};
	enum err e = folder_name_valid(name) ? folder_get(folder, name, &held) : ERR_CORRUPT;
	if (e == ERR_NOT_FOUND)
		e = folder_put(folder, name, bytes);
	else if (e == OK && strcmp(name, "keyring") == 0 && !span_eq(buf_span(&held), bytes))
		e = fail(why, ERR_CONFLICT, "the keys there are those of another node: restore to another home");
	buf_free(&held);
	return e;
}

/* Into a home that has no folder of them yet: made with the first. */
static enum err restore_clock(const char *home, const struct member *m)
{
	char path[PATH_MAX];
	enum err e = clocks_name(m->name + strlen(CLOCKS_FOLDER) + 1) ? join(home, CLOCKS_FOLDER, path) : ERR_CORRUPT;
	if (e == OK && mkdir(path, 0700) != 0 && errno != EEXIST)
		e = err_errno(errno);
	if (e == OK)
		e = join(home, m->name, path);
	return e == OK ? slurp_create(path, m->bytes) : e;
}

/* What does not fit its hash would never be given out: it is left behind, and verify tells of it. */
static enum err restore_file(const char *home, const struct member *m)
{
	char path[PATH_MAX];
	struct id hash;
	bool fits;
	enum err e = join(home, FILES_FOLDER, path);
	return e == OK && is_file(m, &hash, &fits) && fits ? files_put(path, m->bytes, &hash) : e;
}

static enum err restore_rest(struct span members, const char *home, struct complaint *why)
{
	char path[PATH_MAX];
	struct member m;
	int folder = -1;
	enum err e = join(home, CLOCKS_FOLDER, path), end = OK;
	bool clocks = e == OK && access(path, F_OK) != 0;
	if (e == OK)
		e = join(home, "keys", path);
	if (e == OK)
		e = folder_open(path, &folder);
	if (e == OK)
		e = join(home, CONFIG_FILE, path);
	while (e == OK && backup_form_next(&members, &m, &end)) {
		if (strncmp(m.name, "keys/", 5) == 0)
			e = restore_key(folder, m.name + 5, m.bytes, why);
		else if (strcmp(m.name, CONFIG_FILE) == 0 && access(path, F_OK) != 0)
			e = slurp_create(path, m.bytes);
		else if (strncmp(m.name, CLOCKS_FOLDER "/", strlen(CLOCKS_FOLDER) + 1) == 0 && clocks)
			e = restore_clock(home, &m);
		else if (strncmp(m.name, FILES_FOLDER "/", strlen(FILES_FOLDER) + 1) == 0)
			e = restore_file(home, &m);
	}
	if (folder >= 0)
		close(folder);
	return e != OK ? e : end;
}

/* The node that opens it closes all its logs before it does anything else: core_open. */
static enum err mark(const char *folder)
{
	struct store *store;
	struct txn *t;
	enum err e = store_open(&(struct store_config){.path = folder, .existing = true}, &store);
	if (e != OK)
		return e;
	if ((e = store_write(store, &t)) == OK) {
		e = store_put(t, TABLE_META, SPAN("restored", 8), SPAN("", 0));
		if (e == OK)
			e = store_commit(t);
		else
			store_abort(t);
	}
	store_close(store);
	return e;
}

static enum err unpack_part(struct span members, const char *part, struct complaint *why)
{
	remove_store(part); /* of a restore that was cut short */
	enum err e = unpack_store(members, part);
	return e == ERR_CONFLICT ? fail(why, e, "%.120s is in the way: move it away first", part) : e;
}

enum err backup_restore(const char *path, const char *home, struct complaint *why)
{
	char part[PATH_MAX], folder[PATH_MAX];
	struct span file = {0}, members = {0};
	why->text[0] = 0;
	enum err e = join(home, "store", folder);
	if (e == OK)
		e = join(home, "store.part", part);
	if (e != OK)
		return fail(why, e, "the path is too long");
	if (access(folder, F_OK) == 0)
		return fail(why, ERR_CONFLICT, "there is a store in %.120s: stop the node, and move that folder away first", home);
	if ((e = open_backup(path, &file, &members, why)) != OK)
		goto done;
	if (mkdir(home, 0700) != 0 && errno != EEXIST) {
		e = fail(why, err_errno(errno), "%.100s cannot be made: %s", home, strerror(errno));
		goto done;
	}
	if ((e = unpack_part(members, part, why)) == OK && (e = mark(part)) == OK && (e = restore_rest(members, home, why)) == OK &&
	    rename(part, folder) != 0)
		e = err_errno(errno);
	if (e == OK)
		e = slurp_sync_folder(folder);
	if (e != OK) {
		remove_store(part);
		if (!why->text[0])
			(void)fail(why, e, "nothing was restored to %.100s: %s", home, err_text(e));
	}
done:
	unmap(file);
	return e;
}
