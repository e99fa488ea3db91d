/* The local door's framing, and a CLI's call through it: against sockets by hand, and against a wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "node/client.h"
#include "node/local.h"
#include "node/wire.h"
#include "proto/limits.h"

#define WAIT_MS 20000

static void add_frame(struct buf *b, const char *text)
{
	assert_int_equal(local_frame(SPAN(text, strlen(text)), b), OK);
}

static void test_frames(void **state)
{
	struct buf b = {0};

	(void)state;
	add_frame(&b, "{}");
	add_frame(&b, "{\"a\":1}");
	assert_int_equal(b.n, 4 + 2 + 4 + 7);
	assert_memory_equal(b.p, "\0\0\0\2{}\0\0\0\7{\"a\":1}", b.n);
	assert_int_equal(local_frame(SPAN(NULL, 0), &b), ERR_SHAPE);
	for (size_t step = 1; step <= b.n; step++) {
		static const char *const want[] = {"{}", "{\"a\":1}"};
		struct local l = {0};
		struct span s;
		size_t got = 0;

		for (size_t at = 0; at < b.n; at += step) {
			assert_int_equal(local_feed(&l, SPAN(b.p + at, step < b.n - at ? step : b.n - at)), OK);
			for (;;) {
				assert_int_equal(local_next(&l, LIMIT_REQUEST, &s), OK);
				if (!s.n)
					break;
				assert_true(got < 2);
				assert_true(span_eq(s, SPAN(want[got], strlen(want[got]))));
				got++;
			}
		}
		assert_int_equal(got, 2);
		local_free(&l);
	}
	buf_free(&b);
}

static void test_frame_limits(void **state)
{
	uint8_t head[4], *p;
	struct local l = {0};
	struct span s = SPAN("untouched", 9);

	(void)state;
	put_u32be(head, LIMIT_REQUEST + 1);
	assert_int_equal(local_feed(&l, SPAN(head, 4)), OK);
	assert_int_equal(local_next(&l, LIMIT_REQUEST, &s), ERR_LIMIT);
	assert_int_equal(s.n, 9);
	local_free(&l);
	assert_int_equal(local_feed(&l, SPAN("\0\0\0\0", 4)), OK);
	assert_int_equal(local_next(&l, LIMIT_REQUEST, &s), ERR_SHAPE);
	local_free(&l);
	put_u32be(head, LIMIT_REQUEST);
	assert_int_equal(local_feed(&l, SPAN(head, 4)), OK);
	assert_int_equal(local_next(&l, LIMIT_REQUEST, &s), OK);
	assert_int_equal(s.n, 0);
	assert_true(l.in.cap < 65536); /* announced is not allocated */
	assert_int_equal(buf_room(&l.in, LIMIT_REQUEST, &p), OK);
	memset(p, ' ', LIMIT_REQUEST);
	assert_int_equal(local_next(&l, LIMIT_REQUEST, &s), OK);
	assert_int_equal(s.n, LIMIT_REQUEST);
	assert_int_equal(local_feed(&l, SPAN(NULL, 0)), OK);
	assert_true(l.in.cap <= 65536); /* and given back */
	local_free(&l);
}

/* A node for one call: reads a request, then says what it is told to say. */
struct server {
	char home[192];
	int fd;
	struct span answer;
	bool mute, dies; /* dies: as by SIGKILL, when it has read the request */
	size_t asked;
	pthread_t thread;
};

static void *serve(void *arg)
{
	struct server *s = arg;
	struct local l = {0};
	struct span request = {0};
	uint8_t chunk[65536];
	int c = accept(s->fd, NULL, NULL);
	ssize_t n;

	while (!request.n && (n = recv(c, chunk, sizeof chunk, 0)) > 0)
		if (local_feed(&l, SPAN(chunk, (size_t)n)) || local_next(&l, LIMIT_REQUEST, &request))
			break;
	s->asked = request.n;
	if (s->dies)
		close(s->fd);
	for (size_t at = 0; at < s->answer.n; at += (size_t)n) {
		n = send(c, s->answer.p + at, s->answer.n - at < 1000 ? s->answer.n - at : 1000, MSG_NOSIGNAL);
		if (n < 0)
			break;
	}
	if (s->mute)
		while (recv(c, chunk, sizeof chunk, 0) > 0)
			;
	close(c);
	local_free(&l);
	return NULL;
}

static void server_start(struct server *s, struct span answer)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	memset(s, 0, sizeof *s);
	snprintf(s->home, sizeof s->home, "/tmp/tally-local-XXXXXX");
	assert_non_null(mkdtemp(s->home));
	snprintf(a.sun_path, sizeof a.sun_path, "%.80s/tally.sock", s->home);
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(s->fd, 4), 0);
	s->answer = answer;
	s->mute = !answer.n;
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_stop(struct server *s)
{
	char path[256];

	assert_int_equal(pthread_join(s->thread, NULL), 0);
	if (!s->dies)
		close(s->fd);
	snprintf(path, sizeof path, "%s/tally.sock", s->home);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(s->home), 0);
}

static void test_call(void **state)
{
	struct server s;
	struct buf answer = {0}, response = {0};
	uint8_t *p;

	(void)state;
	assert_int_equal(buf_room(&answer, 4 + 300000, &p), OK);
	memset(p, 'j', 4 + 300000);
	put_u32be(p, 300000);
	server_start(&s, buf_span(&answer));
	assert_int_equal(buf_add(&response, "old", 3), OK);
	assert_int_equal(client_call(s.home, SPAN("{\"call\":1}", 10), WAIT_MS, &response), OK);
	assert_int_equal(response.n, 300000);
	assert_memory_equal(response.p, answer.p + 4, 300000);
	server_stop(&s);
	assert_int_equal(s.asked, 10);
	buf_free(&answer);
	buf_free(&response);
}

static void test_call_fails(void **state)
{
	static uint8_t big[LIMIT_REQUEST + 1];
	char gone[] = "/tmp/tally-local-XXXXXX", path[64];
	struct server s;
	struct buf response = {0};
	struct stat st;

	(void)state;
	assert_int_equal(buf_add(&response, "old", 3), OK);
	server_start(&s, SPAN(NULL, 0)); /* says nothing */
	assert_int_equal(client_call(s.home, SPAN("{}", 2), 50, &response), ERR_EXPIRED);
	server_stop(&s);
	server_start(&s, SPAN("\0\0", 2)); /* hangs up in the middle */
	assert_int_equal(client_call(s.home, SPAN("{}", 2), WAIT_MS, &response), ERR_IO);
	server_stop(&s);
	server_start(&s, SPAN("\0\0", 2));
	s.dies = true; /* read after accept() only */
	assert_int_equal(client_call(s.home, SPAN("{}", 2), WAIT_MS, &response), ERR_NO_DAEMON);
	server_stop(&s);
	server_start(&s, SPAN("\xff\xff\xff\xff", 4)); /* promises too much */
	assert_int_equal(client_call(s.home, SPAN("{}", 2), WAIT_MS, &response), ERR_LIMIT);
	server_stop(&s);
	assert_int_equal(client_call(s.home, SPAN("{}", 2), WAIT_MS, &response), ERR_NOT_FOUND); /* no such folder any more */
	assert_non_null(mkdtemp(gone));
	assert_int_equal(client_call(gone, SPAN("{}", 2), WAIT_MS, &response), ERR_NO_DAEMON);
	assert_int_equal(client_call(gone, SPAN(big, sizeof big), WAIT_MS, &response), ERR_LIMIT);
	assert_int_equal(client_call(gone, SPAN(NULL, 0), WAIT_MS, &response), ERR_NO_DAEMON);
	snprintf(path, sizeof path, "%s/tally.sock", gone);
	{
		struct sockaddr_un a = {.sun_family = AF_UNIX}; /* what a killed node leaves behind */
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
		assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
		close(fd);
	}
	assert_int_equal(client_call(gone, SPAN("{}", 2), WAIT_MS, &response), ERR_NO_DAEMON);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(gone), 0);
	assert_int_equal(response.n, 3); /* untouched by every failure */
	assert_memory_equal(response.p, "old", 3);
	buf_free(&response);
}

struct caller {
	const char *home;
	struct buf response;
	enum err e;
};

static void *call(void *arg)
{
	struct caller *c = arg;
	static uint8_t big[LIMIT_REQUEST];

	memset(big, 'q', sizeof big);
	c->e = client_call(c->home, SPAN(big, sizeof big), WAIT_MS, &c->response);
	return NULL;
}

/* A whole request and a large answer through the node's real door, in a folder too deep for a socket address. */
static void test_through_the_wire(void **state)
{
	char dir[] = "/tmp/tally-local-XXXXXX", deep[160], address[200];
	struct wire *w;
	struct wire_event *list, *ev;
	struct local l = {0};
	struct caller c = {.home = deep};
	struct span request = {0};
	struct buf answer = {0}, framed = {0};
	uint16_t port;
	uint8_t *p;
	pthread_t t;
	bool closed = false;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(deep, sizeof deep, "%s/%0120d", dir, 7);
	assert_int_equal(mkdir(deep, 0700), 0);
	snprintf(address, sizeof address, "ipc://%s/" LOCAL_SOCKET, deep);
	assert_int_equal(wire_open(&w), OK);
	assert_int_equal(wire_listen(w, &(struct wire_door){address, 2, 8, 0}, &port), OK);
	assert_int_equal(pthread_create(&t, NULL, call, &c), 0);
	assert_int_equal(buf_room(&answer, 6u << 20, &p), OK);
	memset(p, 'r', 6u << 20);
	while (!closed) {
		assert_int_equal(wire_take(w, WAIT_MS, &list), OK);
		assert_non_null(list);
		for (ev = list; ev; ev = ev->next) {
			closed = closed || ev->type == WIRE_CLOSED;
			if (ev->type != WIRE_BYTES)
				continue;
			assert_int_equal(local_feed(&l, buf_span(&ev->bytes)), OK);
			assert_int_equal(local_next(&l, LIMIT_REQUEST, &request), OK);
			if (!request.n)
				continue;
			assert_int_equal(request.n, LIMIT_REQUEST);
			assert_int_equal(local_frame(buf_span(&answer), &framed), OK);
			wire_write(w, ev->conn, &framed);
			wire_hangup(w, ev->conn, true);
		}
		wire_events_free(list);
	}
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_int_equal(c.e, OK);
	assert_int_equal(c.response.n, answer.n);
	assert_memory_equal(c.response.p, answer.p, answer.n);
	wire_close(w);
	local_free(&l);
	buf_free(&answer);
	buf_free(&c.response);
	assert_int_equal(rmdir(deep), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_frame_limits),
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_call_fails),
		cmocka_unit_test(test_through_the_wire),
	};

	return cmocka_run_group_tests_name("local", tests, NULL, NULL);
}
