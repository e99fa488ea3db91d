#include "node/client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "node/local.h"
#include "proto/limits.h"

#define CHUNK (64u * 1024u)

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum err wait_for(int fd, short what, int64_t until)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = what};
		int64_t left = until < 0 ? -1 : until - clock_ms();
		int n;

		if (until >= 0 && left <= 0)
			return ERR_EXPIRED;
		n = poll(&p, 1, (int)left);
		if (n > 0)
			return OK;
		if (n < 0 && errno != EINTR)
			return ERR_IO;
	}
}

static enum err connect_to(const struct sockaddr_un *a, int64_t until, int *out)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	enum err e;

	if (fd < 0)
		return err_errno(errno);
	while (connect(fd, (const struct sockaddr *)a, sizeof *a) < 0) {
		e = errno == ENOENT || errno == ECONNREFUSED ? ERR_NO_DAEMON : err_errno(errno);
		if (errno == EAGAIN) { /* its queue is full; nothing tells when it is not */
			struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};

			e = until >= 0 && clock_ms() >= until ? ERR_EXPIRED : OK;
			nanosleep(&pause, NULL);
		} else if (errno == EINTR) {
			e = OK;
		}
		if (e) {
			close(fd);
			return e;
		}
	}
	*out = fd;
	return OK;
}

/* A path too long for a socket address is reached through its open folder. */
static enum err open_socket(const char *home, int64_t until, int *out)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int folder = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int n;
	enum err e;

	if (folder < 0)
		return err_errno(errno);
	n = snprintf(a.sun_path, sizeof a.sun_path, "%s/" LOCAL_SOCKET, home);
	if (n < 0 || (size_t)n >= sizeof a.sun_path)
		snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/" LOCAL_SOCKET, folder);
	e = connect_to(&a, until, out);
	close(folder);
	return e;
}

static enum err write_all(int fd, struct span s, int64_t until)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
		enum err e = OK;

		if (n >= 0)
			s = SPAN(s.p + n, s.n - (size_t)n);
		else if (errno == EAGAIN)
			e = wait_for(fd, POLLOUT, until);
		else if (errno != EINTR)
			e = ERR_IO;
		if (e)
			return e;
	}
	return OK;
}

static enum err read_some(int fd, struct local *l, int64_t until)
{
	uint8_t chunk[CHUNK];
	enum err e = wait_for(fd, POLLIN, until);
	ssize_t n;

	if (e)
		return e;
	n = recv(fd, chunk, sizeof chunk, 0);
	if (n > 0)
		return local_feed(l, SPAN(chunk, (size_t)n));
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? OK : ERR_IO;
}

static enum err exchange(int fd, struct span request, int64_t until, struct buf *response)
{
	struct buf out = {0};
	struct local in = {0};
	struct span answer = {0};
	enum err e = local_frame(request, &out);

	if (!e)
		e = write_all(fd, buf_span(&out), until);
	while (!e && !answer.n) {
		e = read_some(fd, &in, until);
		if (!e)
			e = local_next(&in, LOCAL_RESPONSE, &answer);
	}
	if (!e) {
		buf_clear(response);
		e = buf_add(response, answer.p, answer.n);
	}
	buf_free(&out);
	local_free(&in);
	return e;
}

/* A node that was killed hangs up, and its socket refuses right after: that is "not running", and no failure of input or output. */
static bool nobody_there(const char *home)
{
	for (int i = 0; i < 10; i++) {
		struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
		int fd = -1;

		if (open_socket(home, clock_ms() + 10, &fd) == ERR_NO_DAEMON)
			return true;
		if (fd >= 0)
			close(fd);
		nanosleep(&pause, NULL);
	}
	return false;
}

enum err client_call(const char *home, struct span request, int timeout_ms, struct buf *response)
{
	int64_t until = timeout_ms < 0 ? -1 : clock_ms() + timeout_ms;
	int fd = -1;
	enum err e = request.n > LIMIT_REQUEST ? ERR_LIMIT : open_socket(home, until, &fd);

	if (e)
		return e;
	e = exchange(fd, request, until, response);
	close(fd);
	return e == ERR_IO && nobody_there(home) ? ERR_NO_DAEMON : e;
}
