/* folder.c - small files that replace each other whole. */
#include "keys/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 4096u
#define NEW_FILE "_new" /* no valid name, so never taken for a file */

bool folder_name_valid(const char *name)
{
	size_t n = strnlen(name, FOLDER_NAME + 1);

	return n >= 1 && n <= FOLDER_NAME && name[0] != '.' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == n;
}

static bool ours(const struct stat *st)
{
	return st->st_uid == geteuid() && (st->st_mode & 077) == 0;
}

/* EINVAL: this file system cannot sync a folder. */
static enum err sync_open(int fd)
{
	return fsync(fd) == 0 || errno == EINVAL ? OK : err_errno(errno);
}

enum err folder_sync(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e;

	if (fd < 0)
		return errno == EACCES ? OK : err_errno(errno);
	e = sync_open(fd);
	close(fd);
	return e;
}

static void unlock(int fd)
{
	flock(fd, LOCK_UN);
}

/* Writers take turns, so what is there under NEW_FILE was left by a crash. It may be a secret: everybody sweeps it. */
static enum err lock_and_sweep(int fd)
{
	enum err e;
	int r;

	do
		r = flock(fd, LOCK_EX);
	while (r != 0 && errno == EINTR);
	if (r != 0)
		return err_errno(errno);
	if (unlinkat(fd, NEW_FILE, 0) == 0 || errno == ENOENT || errno == EROFS) /* EROFS: it can still be read */
		return OK;
	e = err_errno(errno);
	unlock(fd);
	return e;
}

enum err folder_open(const char *path, int *out)
{
	bool made = mkdir(path, 0700) == 0;
	struct stat st;
	enum err e;
	int fd;

	if (!made && errno != EEXIST)
		return err_errno(errno);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOTDIR ? ERR_DENIED : err_errno(errno); /* a link, or no folder */
	if (fstat(fd, &st) != 0)
		e = err_errno(errno);
	else
		e = ours(&st) ? OK : ERR_DENIED;
	if (!e && made)
		e = folder_sync(fd, "..");
	if (!e)
		e = lock_and_sweep(fd);
	if (e) {
		close(fd);
		return e;
	}
	unlock(fd);
	*out = fd;
	return OK;
}

static enum err write_all(int fd, struct span s)
{
	ssize_t n;

	while (s.n) {
		n = write(fd, s.p, s.n);
		if (n < 0 && errno != EINTR)
			return err_errno(errno);
		if (n > 0)
			s = SPAN(s.p + n, s.n - (size_t)n);
	}
	return OK;
}

static enum err write_new(int folder, struct span file)
{
	int fd = openat(folder, NEW_FILE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	enum err e;

	if (fd < 0)
		return err_errno(errno);
	e = write_all(fd, file);
	if (!e && fsync(fd) != 0)
		e = err_errno(errno);
	if (close(fd) != 0 && !e)
		e = err_errno(errno);
	return e;
}

enum err folder_put(int fd, const char *name, struct span file)
{
	enum err e;

	if (file.n > FOLDER_FILE_MOST)
		return ERR_LIMIT;
	e = lock_and_sweep(fd);
	if (e)
		return e;
	e = write_new(fd, file);
	if (!e && renameat(fd, NEW_FILE, fd, name) != 0)
		e = err_errno(errno);
	if (e)
		unlinkat(fd, NEW_FILE, 0);
	else
		e = sync_open(fd);
	unlock(fd);
	return e;
}

static enum err read_all(int fd, struct buf *out)
{
	size_t left = FOLDER_FILE_MOST + 1;
	uint8_t *at;
	enum err e;
	ssize_t n;

	while (left) {
		e = buf_room(out, CHUNK, &at);
		if (e)
			return e;
		n = read(fd, at, left < CHUNK ? left : CHUNK);
		out->n -= CHUNK - (n > 0 ? (size_t)n : 0);
		if (n == 0)
			return OK;
		if (n < 0 && errno != EINTR)
			return err_errno(errno);
		if (n > 0)
			left -= (size_t)n;
	}
	return ERR_CORRUPT;
}

enum err folder_get(int folder, const char *name, struct buf *out)
{
	/* O_NONBLOCK: a fifo in the place of a file must not hold us up */
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	size_t before = out->n;
	struct stat st;
	enum err e;

	if (fd < 0)
		return err_errno(errno);
	if (fstat(fd, &st) != 0)
		e = err_errno(errno);
	else if (!S_ISREG(st.st_mode) || !ours(&st))
		e = ERR_DENIED;
	else
		e = read_all(fd, out);
	if (e)
		out->n = before;
	close(fd);
	return e;
}

enum err folder_drop(int fd, const char *name)
{
	enum err e = lock_and_sweep(fd);

	if (e)
		return e;
	if (unlinkat(fd, name, 0) == 0)
		e = sync_open(fd);
	else if (errno != ENOENT)
		e = err_errno(errno);
	unlock(fd);
	return e;
}

enum err folder_names_add(struct folder_names *l, const char *name)
{
	size_t cap = l->cap ? l->cap * 2 : 16;
	char(*more)[FOLDER_NAME + 1];

	if (l->n == l->cap) {
		more = reallocarray(l->name, cap, sizeof *more);
		if (!more)
			return ERR_MEMORY;
		l->name = more;
		l->cap = cap;
	}
	memcpy(l->name[l->n++], name, strlen(name) + 1);
	return OK;
}

void folder_names_free(struct folder_names *l)
{
	free(l->name);
	*l = (struct folder_names){0};
}

static enum err read_names(DIR *d, struct folder_names *l)
{
	struct dirent *entry;
	enum err e;

	for (;;) {
		errno = 0;
		entry = readdir(d);
		if (!entry)
			return errno ? err_errno(errno) : OK;
		if (!folder_name_valid(entry->d_name))
			continue;
		e = folder_names_add(l, entry->d_name);
		if (e)
			return e;
	}
}

enum err folder_list(int folder, struct folder_names *out)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct folder_names l = {0};
	enum err e;
	DIR *d;

	if (fd < 0)
		return err_errno(errno);
	d = fdopendir(fd);
	if (!d) {
		e = err_errno(errno);
		close(fd);
		return e;
	}
	e = read_names(d, &l);
	closedir(d);
	if (e)
		folder_names_free(&l);
	else
		*out = l;
	return e;
}
