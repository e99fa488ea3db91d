#include "node/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/folder.h"
#include "keys/hash.h"
#include "node/slurp.h"
#include "proto/limits.h"

#define NAME 80

void files_hash(struct span bytes, struct id *out)
{
	hash_one(out, "", bytes);
}

static void name_of(const struct id *id, const char *tail, char out[static NAME])
{
	char hex[65];
	hex_encode(hex, id->b, sizeof id->b);
	(void)snprintf(out, NAME, "%s%s", hex, tail);
}

static enum err enter(const char *folder, int *out)
{
	return folder ? folder_open(folder, out) : ERR_NOT_FOUND;
}

static enum err open_in(const char *folder, const struct id *id, const char *tail, int flags, int *fd)
{
	char name[NAME];
	int dir;
	enum err e = enter(folder, &dir);
	if (e != OK)
		return e;
	name_of(id, tail, name);
	*fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*fd < 0)
		e = err_errno(errno);
	(void)close(dir);
	return e;
}

static enum err size_in(const char *folder, const struct id *id, const char *tail, uint64_t *out)
{
	char name[NAME];
	struct stat st;
	int dir;
	enum err e = enter(folder, &dir);
	if (e != OK)
		return e;
	name_of(id, tail, name);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		e = err_errno(errno);
	else if (!S_ISREG(st.st_mode))
		e = ERR_DENIED;
	else
		*out = (uint64_t)st.st_size;
	(void)close(dir);
	return e;
}

/* Synced, then under its name, then the folder synced. */
static enum err settle(const char *folder, int fd, const char *from, const char *to)
{
	int dir;
	enum err e = enter(folder, &dir);
	if (e != OK)
		return e;
	if (fsync(fd) != 0 || renameat(dir, from, dir, to) != 0 || fsync(dir) != 0)
		e = err_errno(errno);
	(void)close(dir);
	return e;
}

static enum err drop(const char *folder, const struct id *id, const char *tail)
{
	char name[NAME];
	int dir;
	enum err e = enter(folder, &dir);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	name_of(id, tail, name);
	if (unlinkat(dir, name, 0) != 0 && errno != ENOENT)
		e = err_errno(errno);
	(void)close(dir);
	return e;
}

enum err files_put(const char *folder, struct span bytes, struct id *hash)
{
	char from[NAME], to[NAME];
	int fd;
	enum err e;
	files_hash(bytes, hash);
	if (files_has(folder, hash, bytes.n))
		return OK;
	e = open_in(folder, hash, ".new", O_CREAT | O_TRUNC | O_WRONLY, &fd);
	if (e != OK)
		return e;
	name_of(hash, ".new", from);
	name_of(hash, "", to);
	e = slurp_write_all(fd, bytes);
	if (e == OK)
		e = settle(folder, fd, from, to);
	(void)close(fd);
	return e;
}

bool files_has(const char *folder, const struct id *hash, uint64_t size)
{
	uint64_t have = 0;
	return size_in(folder, hash, "", &have) == OK && have == size;
}

static enum err read_fd(int fd, uint64_t offset, size_t most, struct buf *out)
{
	uint8_t *at;
	size_t got = 0;
	enum err e = buf_room(out, most, &at);
	while (e == OK && got < most) {
		ssize_t n = pread(fd, at + got, most - got, (off_t)(offset + got));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			e = err_errno(errno);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	out->n -= e == OK ? most - got : 0;
	return e;
}

enum err files_read(const char *folder, const struct id *hash, uint64_t offset, size_t most, struct buf *out)
{
	int fd;
	enum err e = open_in(folder, hash, "", O_RDONLY, &fd);
	if (e != OK)
		return e;
	e = read_fd(fd, offset, most, out);
	(void)close(fd);
	return e;
}

enum err files_drop(const char *folder, const struct id *record, const struct id *hash)
{
	enum err e = drop(folder, hash, "");
	if (e == OK)
		e = drop(folder, record, ".part");
	return e == OK ? drop(folder, record, ".bad") : e;
}

bool files_name(const char *name, struct id *hash)
{
	return strlen(name) == 64 && hex_decode(name, 64, hash->b) == OK;
}

enum err files_each(const char *folder, enum err (*fn)(void *ctx, const char *name), void *ctx)
{
	const struct dirent *d;
	struct id hash;
	enum err e = OK;
	DIR *list = opendir(folder);
	if (!list)
		return errno == ENOENT ? OK : err_errno(errno);
	while (e == OK && (d = readdir(list)))
		if (files_name(d->d_name, &hash))
			e = fn(ctx, d->d_name);
	(void)closedir(list);
	return e;
}

enum err files_total(const char *folder, uint64_t *bytes)
{
	struct dirent *d;
	DIR *list;
	int dir;
	enum err e = enter(folder, &dir);
	if (e != OK)
		return e;
	if (!(list = fdopendir(dir))) {
		(void)close(dir);
		return ERR_IO;
	}
	*bytes = 0;
	while ((d = readdir(list))) {
		struct stat st;
		if (fstatat(dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
			*bytes += (uint64_t)st.st_size;
	}
	(void)closedir(list);
	return OK;
}

/* ---- parts ---- */

enum err files_part(const char *folder, const struct id *record, uint64_t *have)
{
	return size_in(folder, record, ".part", have);
}

enum err files_want(const char *folder, const struct id *record)
{
	int fd;
	enum err e = open_in(folder, record, ".part", O_CREAT | O_WRONLY, &fd);
	if (e == OK)
		(void)close(fd);
	return e;
}

enum err files_grow(const char *folder, const struct id *record, uint64_t at, struct span bytes)
{
	int fd;
	enum err e = open_in(folder, record, ".part", O_CREAT | O_WRONLY, &fd);
	if (e != OK)
		return e;
	if (lseek(fd, (off_t)at, SEEK_SET) < 0)
		e = err_errno(errno);
	if (e == OK)
		e = slurp_write_all(fd, bytes);
	(void)close(fd);
	return e;
}

enum err files_finish(const char *folder, const struct id *record, const struct id *hash)
{
	char from[NAME], to[NAME];
	struct buf all = {0};
	struct id found;
	int fd;
	enum err e = open_in(folder, record, ".part", O_RDWR, &fd);
	if (e != OK)
		return e;
	e = read_fd(fd, 0, LIMIT_FILE + 1, &all);
	if (e == OK) {
		files_hash(buf_span(&all), &found);
		name_of(record, ".part", from);
		name_of(hash, "", to);
		e = id_eq(&found, hash) ? settle(folder, fd, from, to) : ERR_CORRUPT;
	}
	(void)close(fd);
	buf_free(&all);
	if (e == ERR_CORRUPT && drop(folder, record, ".part") != OK)
		e = ERR_IO;
	return e;
}

/* ---- marks ---- */

enum err files_mark(const char *folder, const struct id *record)
{
	int fd;
	enum err e = open_in(folder, record, ".bad", O_CREAT | O_WRONLY, &fd);
	if (e == OK)
		(void)close(fd);
	return e;
}

bool files_marked(const char *folder, const struct id *record)
{
	uint64_t size;
	return size_in(folder, record, ".bad", &size) == OK;
}

enum err files_unmark(const char *folder, const struct id *record)
{
	return drop(folder, record, ".bad");
}
