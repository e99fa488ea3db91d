#include "node/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "keys/folder.h"

enum err slurp_file(const char *path, FILE *in, size_t most, struct buf *out)
{
	bool own = strcmp(path, "-") != 0;
	FILE *f = own ? fopen(path, "re") : in;
	size_t start = out->n;
	enum err e = OK;

	if (!f)
		return err_errno(errno);
	for (;;) {
		uint8_t chunk[65536];
		size_t n = fread(chunk, 1, sizeof chunk, f);

		if (n > 0 && out->n - start + n > most)
			e = ERR_LIMIT;
		else if (n > 0)
			e = buf_add(out, chunk, n);
		if (e != OK || n < sizeof chunk)
			break;
	}
	if (e == OK && ferror(f))
		e = err_errno(errno);
	if (own)
		(void)fclose(f);
	if (e != OK)
		out->n = start;
	return e;
}

enum err slurp_secret(const char *path, struct secret *out)
{
	char *text = secret_text(out);
	size_t n = 0;
	ssize_t more = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(errno);
	while (n < SECRET_TEXT - 1 && ((more = read(fd, text + n, SECRET_TEXT - 1 - n)) > 0 || (more < 0 && errno == EINTR)))
		n += more > 0 ? (size_t)more : 0;
	enum err e = more < 0 ? err_errno(errno) : OK;
	(void)close(fd);
	const char *end = memchr(text, '\n', n);
	if (e == OK && !end && n == SECRET_TEXT - 1)
		e = ERR_LIMIT;
	if (end)
		n = (size_t)(end - text);
	if (n > 0 && text[n - 1] == '\r')
		n--;
	bytes_wipe(text + n, SECRET_TEXT - n);
	if (e == OK && (n == 0 || memchr(text, '\0', n)))
		e = ERR_INVALID;
	return e;
}

enum err slurp_write_all(int fd, struct span bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? err_errno(errno) : ERR_IO;
		bytes.p += n;
		bytes.n -= (size_t)n;
	}
	return OK;
}

static void folder_of(const char *path, char out[static PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	(void)snprintf(out, PATH_MAX, "%.*s", !slash || slash == path ? 1 : (int)(slash - path), slash ? path : ".");
}

enum err slurp_sync_folder(const char *path)
{
	char folder[PATH_MAX];

	folder_of(path, folder);
	return folder_sync(AT_FDCWD, folder);
}

static enum err write_and_close(int fd, struct span bytes, bool sync)
{
	enum err e = slurp_write_all(fd, bytes);

	if (e == OK && sync && fsync(fd) != 0)
		e = err_errno(errno);
	if (close(fd) != 0 && e == OK)
		e = err_errno(errno);
	return e;
}

enum err slurp_create(const char *path, struct span bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(errno);
	enum err e = write_and_close(fd, bytes, true);
	if (e == OK)
		e = slurp_sync_folder(path);
	if (e != OK)
		(void)unlink(path);
	return e;
}

enum err slurp_write(const char *path, FILE *out, struct span bytes, bool secret)
{
	struct stat there;
	char temporary[PATH_MAX];
	bool plain;
	int fd, n;
	enum err e;

	if (strcmp(path, "-") == 0)
		return (bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, out) == bytes.n) && fflush(out) == 0 ? OK : ERR_IO;
	plain = stat(path, &there) != 0 || S_ISREG(there.st_mode); /* /dev/stdout cannot be renamed over */
	n = snprintf(temporary, sizeof temporary, plain ? "%s.%ld.new" : "%s", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof temporary)
		return ERR_LIMIT;
	fd = open(temporary, plain ? O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC : O_WRONLY | O_CLOEXEC, secret ? 0600 : 0666);
	if (fd < 0)
		return err_errno(errno);
	e = write_and_close(fd, bytes, plain);
	if (e == OK && plain && rename(temporary, path) != 0)
		e = err_errno(errno);
	if (e != OK && plain)
		(void)unlink(temporary);
	return e == OK && plain ? slurp_sync_folder(path) : e;
}

const char *slurp_fault(const char *path, enum err e, size_t most, char out[static SLURP_TEXT])
{
	const double mib = 1024.0 * 1024;
	char folder[PATH_MAX];
	struct stat st;
	bool there = strcmp(path, "-") != 0 && stat(path, &st) == 0;
	struct statvfs where;

	folder_of(path, folder);
	(void)snprintf(out, SLURP_TEXT, "%s", err_text(e));
	if (there && S_ISDIR(st.st_mode))
		(void)snprintf(out, SLURP_TEXT, "is a folder, not a file");
	else if (e == ERR_NOT_FOUND)
		(void)snprintf(out, SLURP_TEXT, access(folder, F_OK) == 0 ? "no such file" : "no such folder");
	else if (e == ERR_CONFLICT)
		(void)snprintf(out, SLURP_TEXT, "is there already; nothing is written over");
	else if (e == ERR_DENIED && statvfs(folder, &where) == 0 && (where.f_flag & ST_RDONLY))
		(void)snprintf(out, SLURP_TEXT, "is on a read-only file system");
	else if (e == ERR_LIMIT && there && most)
		(void)snprintf(out, SLURP_TEXT, "is %.1f MiB, at most %.0f MiB: split it", (double)st.st_size / mib, (double)most / mib);
	return out;
}
