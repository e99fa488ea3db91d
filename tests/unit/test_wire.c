/* Byte streams over loopback: every test has its own loop, ephemeral ports and a bounded time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "node/wire.h"

#define WAIT_MS 20000 /* no test may take longer for one thing */
#define PARTNERS 1
#define LOCAL 2

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A loop that hands out one event at a time. */
struct loop {
	struct wire *w;
	struct wire_event *waiting;
	uint16_t port;
	char address[64];
};

static void loop_open(struct loop *l, unsigned most)
{
	*l = (struct loop){0};
	assert_int_equal(wire_open(&l->w), OK);
	assert_int_equal(wire_listen(l->w, &(struct wire_door){"tcp://127.0.0.1:0", PARTNERS, most, 0}, &l->port), OK);
	assert_true(l->port != 0);
	snprintf(l->address, sizeof l->address, "tcp://127.0.0.1:%u", l->port);
}

static void loop_close(struct loop *l)
{
	wire_events_free(l->waiting);
	wire_close(l->w);
}

static struct wire_event *take_one(struct loop *l, int ms)
{
	struct wire_event *ev;

	if (!l->waiting)
		assert_int_equal(wire_take(l->w, ms, &l->waiting), OK);
	ev = l->waiting;
	if (ev) {
		l->waiting = ev->next;
		ev->next = NULL;
	}
	return ev;
}

static struct wire_event *must(struct loop *l, enum wire_event_type type)
{
	struct wire_event *ev = take_one(l, WAIT_MS);

	assert_non_null(ev);
	if (ev->type != type)
		print_message("event %d (%s) where %d was due\n", (int)ev->type, ev->text ? ev->text : "", (int)type);
	assert_int_equal(ev->type, type);
	return ev;
}

/* Waits for one of this type, dropping others. */
static struct wire_event *next_of(struct loop *l, enum wire_event_type type)
{
	int64_t until = now_ms() + WAIT_MS;

	for (;;) {
		struct wire_event *ev;

		assert_true(now_ms() < until);
		ev = take_one(l, WAIT_MS);
		assert_non_null(ev);
		if (ev->type == type)
			return ev;
		wire_events_free(ev);
	}
}

static uint64_t conn_of(struct wire_event *ev)
{
	uint64_t id = ev->conn;

	wire_events_free(ev);
	return id;
}

static int raw_connect(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

/* Both ends of one connection in one loop. */
static void pair_up(struct loop *l, uint64_t *a, uint64_t *b)
{
	*a = *b = 0;
	assert_int_equal(wire_dial(l->w, l->address, 7, WAIT_MS), OK);
	while (!*a || !*b) {
		struct wire_event *ev = take_one(l, WAIT_MS);

		assert_non_null(ev);
		if (ev->type == WIRE_DIALLED) {
			assert_int_equal(ev->dial, 7);
			assert_string_equal(ev->remote, l->address + 6);
			*a = ev->conn;
		} else {
			assert_int_equal(ev->type, WIRE_ACCEPTED);
			assert_int_equal(ev->tag, PARTNERS);
			assert_memory_equal(ev->remote, "127.0.0.1:", 10);
			*b = ev->conn;
		}
		wire_events_free(ev);
	}
	assert_int_not_equal(*a, *b);
}

static void write_text(struct loop *l, uint64_t conn, const char *text)
{
	struct buf b = {0};

	assert_int_equal(buf_add(&b, text, strlen(text)), OK);
	wire_write(l->w, conn, &b);
	assert_null(b.p);
}

/* Collects exactly n bytes of one connection. */
static void read_text(struct loop *l, uint64_t conn, const char *text)
{
	size_t at = 0, n = strlen(text);

	while (at < n) {
		struct wire_event *ev = must(l, WIRE_BYTES);

		assert_int_equal(ev->conn, conn);
		assert_true(ev->bytes.n <= n - at);
		assert_memory_equal(ev->bytes.p, text + at, ev->bytes.n);
		at += ev->bytes.n;
		wire_events_free(ev);
	}
}

static void test_echo(void **state)
{
	struct loop l;
	uint64_t a, b;
	struct wire_event *ev;

	(void)state;
	loop_open(&l, 8);
	pair_up(&l, &a, &b);
	write_text(&l, a, "one");
	write_text(&l, a, "two");
	read_text(&l, b, "onetwo");
	write_text(&l, b, "three");
	read_text(&l, a, "three");
	wire_hangup(l.w, a, false);
	ev = must(&l, WIRE_CLOSED);
	if (ev->conn == a) {
		assert_int_equal(ev->why, OK);
		wire_events_free(ev);
		ev = must(&l, WIRE_CLOSED);
	}
	wire_events_free(ev);
	write_text(&l, a, "to nobody");
	wire_hangup(l.w, a, false);
	wire_deadline(l.w, a, 1);
	assert_int_equal(wire_unsent(l.w, a), 0);
	assert_null(take_one(&l, 30)); /* exactly one end each */
	loop_close(&l);
}

static uint8_t byte_at(uint64_t i)
{
	return (uint8_t)((i * 2654435761u) >> 13);
}

#define BULK (10u * 1024u * 1024u)

struct flow {
	uint64_t conn;
	size_t written, read;
};

/* Writes until the connection has enough, in uneven pieces. */
static void pour(struct loop *l, struct flow *f)
{
	while (f->written < BULK && wire_unsent(l->w, f->conn) < 2 * WIRE_UNSENT_HIGH) {
		size_t n = 1 + (f->written * 7919) % 300000;
		struct buf b = {0};
		uint8_t *p;

		n = n < BULK - f->written ? n : BULK - f->written;
		assert_int_equal(buf_room(&b, n, &p), OK);
		for (size_t i = 0; i < n; i++)
			p[i] = byte_at(f->written + i);
		f->written += n;
		wire_write(l->w, f->conn, &b);
	}
}

static void test_bulk_both_ways(void **state)
{
	struct loop l;
	struct flow f[2] = {{0}, {0}};

	(void)state;
	loop_open(&l, 8);
	pair_up(&l, &f[0].conn, &f[1].conn);
	pour(&l, &f[0]);
	pour(&l, &f[1]);
	while (f[0].read < BULK || f[1].read < BULK) {
		struct wire_event *ev = take_one(&l, WAIT_MS);
		struct flow *at;

		assert_non_null(ev);
		at = ev->conn == f[0].conn ? &f[0] : &f[1];
		assert_int_equal(ev->conn, at->conn);
		if (ev->type == WIRE_DRAINED) {
			pour(&l, at);
		} else {
			assert_int_equal(ev->type, WIRE_BYTES);
			for (size_t i = 0; i < ev->bytes.n; i++)
				if (ev->bytes.p[i] != byte_at(at->read + i))
					fail_msg("byte %zu is wrong", at->read + i);
			at->read += ev->bytes.n;
		}
		wire_events_free(ev);
	}
	assert_int_equal(f[0].read, BULK);
	assert_int_equal(f[1].read, BULK);
	loop_close(&l);
}

static void test_many(void **state)
{
	enum { MANY = 200 };
	struct loop l;
	unsigned dialled = 0, accepted = 0, got = 0;
	uint64_t seen[2 * MANY];
	size_t ids = 0;

	(void)state;
	loop_open(&l, 2 * MANY);
	for (uint64_t i = 0; i < MANY; i++)
		assert_int_equal(wire_dial(l.w, l.address, i, WAIT_MS), OK);
	while (got < MANY) {
		struct wire_event *ev = take_one(&l, WAIT_MS);
		char text[32];

		assert_non_null(ev);
		if (ev->type == WIRE_DIALLED || ev->type == WIRE_ACCEPTED) {
			for (size_t i = 0; i < ids; i++)
				assert_int_not_equal(seen[i], ev->conn);
			assert_true(ids < 2 * MANY);
			seen[ids++] = ev->conn;
		}
		if (ev->type == WIRE_DIALLED) {
			dialled++;
			snprintf(text, sizeof text, "%08u", (unsigned)ev->dial);
			write_text(&l, ev->conn, text);
		} else if (ev->type == WIRE_ACCEPTED) {
			accepted++;
		} else {
			if (ev->type != WIRE_BYTES)
				print_message("event %d: %s\n", (int)ev->type, ev->text ? ev->text : "");
			assert_int_equal(ev->type, WIRE_BYTES);
			assert_int_equal(ev->bytes.n, 8);
			got++;
		}
		wire_events_free(ev);
	}
	assert_int_equal(dialled, MANY);
	assert_int_equal(accepted, MANY);
	loop_close(&l); /* with all of them open */
}

static void test_peer_goes_mid_write(void **state)
{
	struct loop l;
	struct buf b = {0};
	uint8_t *p;
	uint64_t c;
	struct wire_event *ev;
	char some[1000];
	int fd;

	(void)state;
	loop_open(&l, 8);
	fd = raw_connect(l.port);
	c = conn_of(must(&l, WIRE_ACCEPTED));
	assert_int_equal(buf_room(&b, 7u << 20, &p), OK);
	memset(p, 'x', 7u << 20);
	wire_write(l.w, c, &b);
	assert_true(recv(fd, some, sizeof some, 0) > 0);
	assert_true(wire_unsent(l.w, c) > 0);
	close(fd); /* with unread bytes: a reset */
	ev = must(&l, WIRE_CLOSED);
	assert_int_equal(ev->conn, c);
	wire_events_free(ev);
	assert_int_equal(wire_unsent(l.w, c), 0);
	loop_close(&l);
}

static void test_partner_that_never_reads(void **state)
{
	int64_t until = now_ms() + WAIT_MS;
	struct loop l;
	uint64_t c;
	struct wire_event *ev;
	int fd;

	(void)state;
	loop_open(&l, 8);
	fd = raw_connect(l.port);
	c = conn_of(must(&l, WIRE_ACCEPTED));
	do { /* exactly up to the limit, until the kernel takes no more and the limit is reached */
		size_t room = WIRE_UNSENT - wire_unsent(l.w, c);
		struct buf b = {0};
		uint8_t *p;

		assert_true(now_ms() < until);
		if (room) {
			assert_int_equal(buf_room(&b, room, &p), OK);
			memset(p, 'x', room);
			wire_write(l.w, c, &b);
			assert_null(take_one(&l, 20));
		} else {
			write_text(&l, c, "y");
		}
	} while (!(ev = take_one(&l, 0)));
	assert_int_equal(ev->type, WIRE_CLOSED);
	assert_int_equal(ev->why, ERR_LIMIT);
	wire_events_free(ev);
	close(fd);
	loop_close(&l);
}

/* The answer to one question, such as a register of 100,000 suppliers, may be longer than what a partner may leave unread. */
static void test_one_long_write(void **state)
{
	size_t left = WIRE_UNSENT + WIRE_UNSENT / 2;
	struct loop l;
	struct buf b = {0};
	uint8_t *p, got[65536];
	uint64_t c;
	int fd;

	(void)state;
	loop_open(&l, 8);
	fd = raw_connect(l.port);
	c = conn_of(must(&l, WIRE_ACCEPTED));
	assert_int_equal(buf_room(&b, left, &p), OK);
	memset(p, 'x', left);
	wire_write(l.w, c, &b);
	while (left) {
		ssize_t n = recv(fd, got, sizeof got, 0);

		assert_true(n > 0);
		left -= (size_t)n;
	}
	close(fd);
	loop_close(&l);
}

static void test_drained(void **state)
{
	struct loop l;
	struct buf b = {0};
	uint8_t *p, got[65536];
	uint64_t c;
	size_t left;
	int fd;

	(void)state;
	loop_open(&l, 8);
	fd = raw_connect(l.port);
	c = conn_of(must(&l, WIRE_ACCEPTED));
	for (left = 0; wire_unsent(l.w, c) <= WIRE_UNSENT_HIGH;) { /* until the kernel has enough */
		struct wire_event *e;

		assert_int_equal(buf_room(&b, 1u << 20, &p), OK);
		memset(p, 'x', 1u << 20);
		wire_write(l.w, c, &b);
		left += 1u << 20;
		e = take_one(&l, 20);
		assert_true(!e || e->type == WIRE_DRAINED); /* on a busy machine the kernel may take it late */
		wire_events_free(e);
	}
	while (left) {
		ssize_t n = recv(fd, got, sizeof got, 0);

		assert_true(n > 0);
		left -= (size_t)n;
	}
	assert_int_equal(conn_of(must(&l, WIRE_DRAINED)), c);
	assert_true(wire_unsent(l.w, c) < WIRE_UNSENT_LOW);
	assert_null(take_one(&l, 20)); /* said once */
	close(fd);
	assert_int_equal(conn_of(must(&l, WIRE_CLOSED)), c);
	loop_close(&l);
}

static void test_back_pressure(void **state)
{
	struct loop l;
	uint64_t c;
	size_t sent = 0, got = 0;
	char chunk[65536];
	int fd;

	(void)state;
	memset(chunk, 'z', sizeof chunk);
	loop_open(&l, 8);
	fd = raw_connect(l.port);
	c = conn_of(must(&l, WIRE_ACCEPTED));
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	assert_null(take_one(&l, 0)); /* reading is on */
	for (;;) { /* until the node and both kernels are full */
		struct pollfd p = {.fd = fd, .events = POLLOUT};
		ssize_t n;

		if (poll(&p, 1, 300) == 0 && sent > WIRE_UNTAKEN + 65536)
			break;
		n = send(fd, chunk, sizeof chunk, MSG_NOSIGNAL);
		assert_true(n > 0 || errno == EAGAIN);
		sent += n > 0 ? (size_t)n : 0;
		assert_true(sent < 64u << 20);
	}
	assert_int_equal(wire_take(l.w, 0, &l.waiting), OK);
	assert_non_null(l.waiting);
	assert_int_equal(l.waiting->type, WIRE_BYTES);
	assert_true(l.waiting->bytes.n < WIRE_UNTAKEN + 65536);
	while (got < sent) { /* and goes on by itself once taken */
		struct wire_event *ev = must(&l, WIRE_BYTES);

		assert_int_equal(ev->conn, c);
		got += ev->bytes.n;
		wire_events_free(ev);
	}
	close(fd);
	wire_events_free(must(&l, WIRE_CLOSED));
	loop_close(&l);
}

static void more_files(rlim_t n)
{
	struct rlimit r;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
	if (r.rlim_cur < n) {
		if (r.rlim_max < n)
			skip();
		r.rlim_cur = n;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &r), 0);
	}
}

static void test_mute_crowd(void **state)
{
	enum { CROWD = 500 };
	struct loop l;
	int fd[CROWD];
	unsigned accepted = 0;
	struct wire_event *ev;
	char back[5];
	int honest;
	uint64_t id;

	(void)state;
	more_files(2 * CROWD + 100);
	loop_open(&l, CROWD + 1);
	for (int i = 0; i < CROWD; i++) {
		fd[i] = raw_connect(l.port);
		wire_events_free(must(&l, WIRE_ACCEPTED));
		accepted++;
	}
	honest = raw_connect(l.port);
	ev = must(&l, WIRE_ACCEPTED);
	id = ev->conn;
	wire_events_free(ev);
	assert_int_equal(send(honest, "hello", 5, 0), 5);
	read_text(&l, id, "hello");
	write_text(&l, id, "fine!");
	assert_int_equal(recv(honest, back, 5, MSG_WAITALL), 5);
	assert_memory_equal(back, "fine!", 5);
	fd[0] = (close(fd[0]), raw_connect(l.port)); /* may come before the place is free: then it is closed on arrival */
	close(honest);
	for (int i = 0; i < CROWD; i++)
		close(fd[i]);
	for (unsigned closed = 0; closed < accepted + 1; closed++)
		wire_events_free(next_of(&l, WIRE_CLOSED));
	loop_close(&l);
}

static void test_door_is_full(void **state)
{
	struct loop l;
	char c;
	int a, b, over;
	uint64_t first;
	struct pollfd p;

	(void)state;
	loop_open(&l, 2);
	a = raw_connect(l.port);
	first = conn_of(must(&l, WIRE_ACCEPTED));
	b = raw_connect(l.port);
	wire_events_free(must(&l, WIRE_ACCEPTED));
	over = raw_connect(l.port);
	p = (struct pollfd){.fd = over, .events = POLLIN};
	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
	assert_true(recv(over, &c, 1, 0) <= 0); /* not one byte, and no event */
	close(over);
	wire_hangup(l.w, first, false);
	assert_int_equal(conn_of(must(&l, WIRE_CLOSED)), first);
	over = raw_connect(l.port);
	wire_events_free(must(&l, WIRE_ACCEPTED));
	close(over);
	close(a);
	close(b);
	loop_close(&l);
}

/* It is the loop thread that closes streams, and no event comes with it. */
static void hung_up_on(struct loop *l, int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int64_t until = now_ms() + WAIT_MS;
	char c;

	while (poll(&p, 1, 0) == 0) {
		assert_true(now_ms() < until);
		assert_null(take_one(l, 10));
	}
	assert_true(recv(fd, &c, 1, 0) <= 0);
	close(fd);
}

static uint64_t heard_of(struct loop *l, int fd)
{
	uint64_t id;

	assert_int_equal(send(fd, "hello", 5, 0), 5);
	id = conn_of(must(l, WIRE_ACCEPTED));
	read_text(l, id, "hello");
	return id;
}

/* At a door for strangers nobody is told of who says nothing: no event when it comes, none when it goes. */
static void test_mute_strangers(void **state)
{
	struct loop l = {0};
	int mute[20], a, b, c;

	(void)state;
	assert_int_equal(wire_open(&l.w), OK);
	assert_int_equal(wire_listen(l.w, &(struct wire_door){"tcp://127.0.0.1:0", PARTNERS, 3, 400}, &l.port), OK);
	a = raw_connect(l.port);
	(void)heard_of(&l, a);
	for (int i = 0; i < 20; i++) /* the door is full: each time the oldest mute one gives way */
		mute[i] = raw_connect(l.port);
	for (int i = 0; i < 18; i++)
		hung_up_on(&l, mute[i]);
	b = raw_connect(l.port); /* who speaks gets in, and stays */
	hung_up_on(&l, mute[18]);
	(void)heard_of(&l, b);
	assert_null(take_one(&l, 50));
	hung_up_on(&l, mute[19]); /* mute for too long */
	assert_null(take_one(&l, 1));
	c = raw_connect(l.port);
	(void)heard_of(&l, c);
	hung_up_on(&l, raw_connect(l.port)); /* full of those who have spoken */
	assert_null(take_one(&l, 600)); /* for whom the time of the mute does not count */
	close(a);
	close(b);
	close(c);
	for (int i = 0; i < 3; i++)
		wire_events_free(must(&l, WIRE_CLOSED));
	assert_null(take_one(&l, 1));
	a = raw_connect(l.port);
	loop_close(&l);
	close(a);
}

static void storm(uint16_t port, bool reset)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	for (int i = 0; i < 300; i++) {
		int fd = raw_connect(port);

		if (reset)
			assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now), 0);
		if (i % 3 == 1)
			shutdown(fd, SHUT_WR);
		if (i % 3 == 2)
			assert_int_equal(send(fd, "x", 1, MSG_NOSIGNAL), 1);
		close(fd);
	}
}

/* The queue of a listening socket is first in, first out: when this one is let in, all before it have been. */
static uint64_t last_in(struct loop *l, int *fd, size_t *open)
{
	struct sockaddr_in me;
	socklen_t n = sizeof me;
	char name[WIRE_REMOTE];

	*fd = raw_connect(l->port);
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&me, &n), 0);
	snprintf(name, sizeof name, "127.0.0.1:%u", ntohs(me.sin_port));
	for (;;) {
		struct wire_event *ev = take_one(l, WAIT_MS);
		bool mine;

		assert_non_null(ev);
		mine = ev->type == WIRE_ACCEPTED && strcmp(ev->remote, name) == 0;
		if (mine)
			return conn_of(ev);
		if (ev->type == WIRE_ACCEPTED)
			++*open;
		else if (ev->type == WIRE_CLOSED)
			--*open;
		wire_events_free(ev);
	}
}

static void test_storms(void **state)
{
	struct loop l;

	(void)state;
	loop_open(&l, 400);
	for (int round = 0; round < 2; round++) {
		size_t open = 0;
		uint64_t c;
		int fd;

		storm(l.port, round % 2 == 0);
		c = last_in(&l, &fd, &open);
		for (; open; open--)
			wire_events_free(next_of(&l, WIRE_CLOSED));
		assert_int_equal(send(fd, "still here", 10, 0), 10);
		read_text(&l, c, "still here");
		close(fd);
		assert_int_equal(conn_of(must(&l, WIRE_CLOSED)), c);
	}
	loop_close(&l);
}

static void test_no_descriptors_left(void **state)
{
	struct rlimit old, none;
	struct loop l;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd;

	(void)state;
	loop_open(&l, 8);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 1; /* below all that are open: every new descriptor is one too many */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	a.sin_port = htons(l.port);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_null(take_one(&l, 250)); /* accept fails meanwhile, again and again */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	wire_events_free(must(&l, WIRE_ACCEPTED));
	close(fd);
	wire_events_free(must(&l, WIRE_CLOSED));
	loop_close(&l);
}

static void test_addresses(void **state)
{
	static const char *const bad[] = {"", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://127.0.0.1:65536", "tcp://:5",
		"tcp://127.0.0.1:12x", "tcp://127.0.0.1:-1", "tcp://[::1:5", "tcp://a b:5", "tcp://127.0.0.1:99999999999999999999",
		"ipc://relative", "ipc://", "ipc:///", "ws://127.0.0.1:0", "inproc://x", "127.0.0.1:5", "tcp://127.0.0.1:5/path"};
	struct loop l, other;
	uint16_t port = 77;
	char here[64];

	(void)state;
	loop_open(&l, 8);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (wire_listen(l.w, &(struct wire_door){bad[i], 1, 8, 0}, &port) != ERR_INVALID || wire_dial(l.w, bad[i], 1, 100) != ERR_INVALID)
			fail_msg("%s was taken", bad[i]);
	}
	assert_int_equal(wire_dial(l.w, "tcp://127.0.0.1:0", 1, 100), ERR_INVALID);
	assert_int_equal(wire_listen(l.w, &(struct wire_door){l.address, 1, 8, 0}, &port), ERR_BUSY);
	assert_int_equal(port, 77);
	loop_open(&other, 8);
	snprintf(here, sizeof here, "%s", other.address);
	loop_close(&other);
	assert_int_equal(wire_listen(l.w, &(struct wire_door){here, 1, 8, 0}, &port), OK); /* free again at once */
	loop_close(&l);
}

static void test_dial_fails(void **state)
{
	struct loop l, gone;
	struct wire_event *ev;

	(void)state;
	loop_open(&gone, 8);
	loop_open(&l, 8);
	loop_close(&gone); /* its port is closed now */
	assert_int_equal(wire_dial(l.w, gone.address, 41, WAIT_MS), OK);
	ev = must(&l, WIRE_DIAL_FAILED);
	assert_int_equal(ev->dial, 41);
	assert_int_equal(ev->conn, 0);
	assert_int_equal(ev->why, ERR_IO);
	assert_non_null(ev->text);
	wire_events_free(ev);
	assert_int_equal(wire_dial(l.w, "ipc:///nonexistent/socket", 42, WAIT_MS), OK);
	ev = must(&l, WIRE_DIAL_FAILED);
	assert_int_equal(ev->dial, 42);
	wire_events_free(ev);
	loop_close(&l);
}

/* A listening socket whose queue is full: whoever dials now is in the middle of connecting. */
static int deaf_socket(char address[static 64], int held[static 3])
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int deaf = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(deaf, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(deaf, 0), 0);
	assert_int_equal(getsockname(deaf, (struct sockaddr *)&a, &n), 0);
	snprintf(address, 64, "tcp://127.0.0.1:%u", ntohs(a.sin_port));
	for (int i = 0; i < 3; i++) {
		held[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		assert_true(held[i] >= 0);
		assert_true(connect(held[i], (struct sockaddr *)&a, sizeof a) == 0 || errno == EINPROGRESS);
	}
	return deaf;
}

static void test_dial_times_out(void **state)
{
	enum { DIALS = 40 };
	char address[64];
	int held[3], deaf = deaf_socket(address, held);
	struct loop l;

	(void)state;
	loop_open(&l, 8);
	for (uint64_t i = 0; i < DIALS; i++)
		assert_int_equal(wire_dial(l.w, address, i, 200), OK);
	for (int i = 0; i < DIALS; i++) { /* and not one connection that is none */
		struct wire_event *ev = must(&l, WIRE_DIAL_FAILED);

		assert_int_equal(ev->why, ERR_EXPIRED);
		wire_events_free(ev);
	}
	for (uint64_t i = 0; i < DIALS; i++) /* closed while dialling */
		assert_int_equal(wire_dial(l.w, address, i, WAIT_MS), OK);
	loop_close(&l);
	close(deaf);
	for (int i = 0; i < 3; i++)
		close(held[i]);
}

/* Connections that take their time stand when they are said to stand, and carry what is written to them. */
static void test_slow_dial(void **state)
{
	enum { DIALS = 20 };
	char address[64];
	int held[3], deaf = deaf_socket(address, held), fd, got = 0;
	struct loop l;

	(void)state;
	loop_open(&l, 8);
	for (uint64_t i = 0; i < DIALS; i++)
		assert_int_equal(wire_dial(l.w, address, i, WAIT_MS), OK);
	assert_null(take_one(&l, 50));
	assert_int_equal(listen(deaf, 64), 0); /* room: the next tries of the kernel get through */
	for (int i = 0; i < DIALS; i++) {
		struct wire_event *ev = must(&l, WIRE_DIALLED);

		assert_string_equal(ev->remote, address + 6);
		write_text(&l, ev->conn, "!");
		wire_events_free(ev);
	}
	while (got < DIALS) {
		char c = 0;

		fd = accept(deaf, NULL, NULL);
		assert_true(fd >= 0);
		for (int i = 0; i < 3 && c == 0; i++) {
			struct sockaddr_in peer, mine;
			socklen_t n = sizeof peer, m = sizeof mine;

			assert_int_equal(getpeername(fd, (struct sockaddr *)&peer, &n), 0);
			assert_int_equal(getsockname(held[i], (struct sockaddr *)&mine, &m), 0);
			c = peer.sin_port == mine.sin_port ? 'h' : 0;
		}
		if (c == 0) {
			assert_int_equal(recv(fd, &c, 1, 0), 1);
			assert_int_equal(c, '!');
			got++;
		}
		close(fd);
	}
	loop_close(&l);
	close(deaf);
	for (int i = 0; i < 3; i++)
		close(held[i]);
}

static void test_deadline(void **state)
{
	struct loop l;
	uint64_t c, patient;
	struct wire_event *ev;
	int64_t began;
	int fd, other;

	(void)state;
	loop_open(&l, 8);
	fd = raw_connect(l.port);
	c = conn_of(must(&l, WIRE_ACCEPTED));
	other = raw_connect(l.port);
	patient = conn_of(must(&l, WIRE_ACCEPTED));
	wire_deadline(l.w, patient, 100);
	wire_deadline(l.w, patient, 0);
	wire_deadline(l.w, c, 1000);
	began = now_ms();
	assert_null(take_one(&l, 300));
	assert_int_equal(send(fd, "x", 1, 0), 1); /* every byte starts it anew */
	read_text(&l, c, "x");
	ev = must(&l, WIRE_CLOSED);
	assert_int_equal(ev->conn, c);
	assert_int_equal(ev->why, ERR_EXPIRED);
	wire_events_free(ev);
	assert_true(now_ms() - began >= 1200);
	assert_null(take_one(&l, 0));
	close(fd);
	close(other);
	loop_close(&l);
}

static void test_hangup_flushes(void **state)
{
	enum { MUCH = 6 << 20 };
	struct loop l;
	struct buf b = {0};
	uint8_t *p, got[65536];
	size_t total = 0;
	uint64_t c;
	int fd;

	(void)state;
	loop_open(&l, 8);
	fd = raw_connect(l.port);
	c = conn_of(must(&l, WIRE_ACCEPTED));
	assert_int_equal(buf_room(&b, MUCH, &p), OK);
	for (size_t i = 0; i < MUCH; i++)
		p[i] = byte_at(i);
	wire_write(l.w, c, &b);
	wire_hangup(l.w, c, true);
	write_text(&l, c, "too late");
	for (;;) {
		ssize_t n = recv(fd, got, sizeof got, 0);

		assert_true(n >= 0);
		if (n == 0)
			break;
		for (size_t i = 0; i < (size_t)n; i++)
			assert_true(got[i] == byte_at(total + i));
		total += (size_t)n;
		if (total == MUCH) {
			assert_int_equal(conn_of(must(&l, WIRE_CLOSED)), c);
			assert_null(take_one(&l, 0)); /* the loop coming round closes the socket */
		}
	}
	assert_int_equal(total, MUCH);
	close(fd);
	loop_close(&l);
}

static void *waker(void *arg)
{
	for (int i = 0; i < 1000; i++)
		wire_wake(arg);
	return NULL;
}

static struct wire *signalled;

static void on_signal(int number)
{
	(void)number;
	wire_wake(signalled);
}

static void test_wake(void **state)
{
	struct sigaction sa = {.sa_handler = on_signal}, old;
	struct loop l;
	pthread_t t;

	(void)state;
	loop_open(&l, 8);
	assert_null(take_one(&l, 0));
	wire_wake(l.w);
	wire_wake(l.w);
	wire_events_free(must(&l, WIRE_WOKEN));
	assert_null(take_one(&l, 0)); /* twice is once */
	assert_int_equal(pthread_create(&t, NULL, waker, l.w), 0);
	wire_events_free(must(&l, WIRE_WOKEN));
	assert_int_equal(pthread_join(t, NULL), 0);
	for (struct wire_event *ev; (ev = take_one(&l, 0));)
		wire_events_free(ev);
	signalled = l.w;
	assert_int_equal(sigaction(SIGUSR1, &sa, &old), 0);
	raise(SIGUSR1);
	wire_events_free(must(&l, WIRE_WOKEN));
	assert_int_equal(sigaction(SIGUSR1, &old, NULL), 0);
	loop_close(&l);
}

static void test_tcp_options(void **state)
{
	struct loop l;
	uint64_t a, b;
	int found = 0;

	(void)state;
	loop_open(&l, 8);
	pair_up(&l, &a, &b);
	for (int fd = 3; fd < 256; fd++) { /* both ends are somewhere in this process */
		struct sockaddr_in peer, me;
		socklen_t n = sizeof peer, m = sizeof me;
		int on = 0;
		socklen_t size = sizeof on;

		if (getpeername(fd, (struct sockaddr *)&peer, &n) || getsockname(fd, (struct sockaddr *)&me, &m))
			continue;
		if (peer.sin_family != AF_INET || (ntohs(peer.sin_port) != l.port && ntohs(me.sin_port) != l.port))
			continue;
		assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
		assert_int_not_equal(on, 0);
		assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, &size), 0);
		assert_int_not_equal(on, 0);
		found++;
	}
	assert_int_equal(found, 2);
	loop_close(&l);
}

static void test_local_door(void **state)
{
	char dir[] = "/tmp/tally-wire-XXXXXX", path[64], address[80];
	struct loop l, second;
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct stat st;
	struct wire_event *ev;
	enum wire_event_type last;
	uint64_t c;
	uint16_t port = 5;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/tally.sock", dir);
	snprintf(address, sizeof address, "ipc://%s", path);
	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	loop_open(&l, 8);
	umask(0);
	assert_int_equal(wire_listen(l.w, &(struct wire_door){address, LOCAL, 8, 0}, &port), OK);
	umask(022);
	assert_int_equal(port, 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	loop_open(&second, 8);
	assert_int_equal(wire_listen(second.w, &(struct wire_door){address, LOCAL, 8, 0}, &port), ERR_BUSY);
	loop_close(&second);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(send(fd, "ping", 4, 0), 4);
	do { /* the second node looked whether anybody was there: it may have been let in, too */
		ev = take_one(&l, WAIT_MS);
		assert_non_null(ev);
		if (ev->type == WIRE_ACCEPTED) {
			assert_int_equal(ev->tag, LOCAL);
			assert_string_equal(ev->remote, "local");
		}
		last = ev->type;
		c = ev->conn;
		assert_true(last != WIRE_BYTES || (ev->bytes.n == 4 && memcmp(ev->bytes.p, "ping", 4) == 0));
		wire_events_free(ev);
	} while (last != WIRE_BYTES);
	write_text(&l, c, "pong");
	assert_int_equal(recv(fd, path, 4, MSG_WAITALL), 4);
	assert_memory_equal(path, "pong", 4);
	close(fd);
	loop_close(&l);
	assert_int_equal(lstat(a.sun_path, &st), -1); /* gone with the node */

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); /* what a killed node leaves behind */
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	close(fd);
	loop_open(&l, 8);
	assert_int_equal(wire_listen(l.w, &(struct wire_door){address, LOCAL, 8, 0}, &port), OK);
	loop_close(&l);
	assert_int_equal(rmdir(dir), 0);
}

static void test_local_path_too_long(void **state)
{
	char dir[] = "/tmp/tally-wire-XXXXXX", deep[160], address[256];
	struct loop l;
	struct stat st;
	uint16_t port;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(deep, sizeof deep, "%s/%0120d", dir, 1);
	assert_int_equal(mkdir(deep, 0700), 0);
	snprintf(address, sizeof address, "ipc://%s/tally.sock", deep);
	loop_open(&l, 8);
	assert_int_equal(wire_listen(l.w, &(struct wire_door){address, LOCAL, 8, 0}, &port), OK);
	assert_int_equal(lstat(address + 6, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	loop_close(&l);
	assert_int_equal(lstat(address + 6, &st), -1);
	assert_int_equal(rmdir(deep), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void test_close_in_the_middle(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		struct loop l;
		struct buf b = {0};
		uint8_t *p;
		uint64_t x, y;

		loop_open(&l, 8);
		pair_up(&l, &x, &y);
		assert_int_equal(buf_room(&b, 1u << 20, &p), OK);
		memset(p, 'q', 1u << 20);
		wire_write(l.w, x, &b);
		assert_int_equal(wire_dial(l.w, l.address, 3, WAIT_MS), OK);
		if (i % 2)
			wire_hangup(l.w, y, i % 4 == 1);
		loop_close(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_bulk_both_ways),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_peer_goes_mid_write),
		cmocka_unit_test(test_partner_that_never_reads),
		cmocka_unit_test(test_one_long_write), cmocka_unit_test(test_drained),
		cmocka_unit_test(test_back_pressure),
		cmocka_unit_test(test_mute_crowd),
		cmocka_unit_test(test_door_is_full),
		cmocka_unit_test(test_mute_strangers),
		cmocka_unit_test(test_storms),
		cmocka_unit_test(test_no_descriptors_left),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_dial_fails),
		cmocka_unit_test(test_dial_times_out),
		cmocka_unit_test(test_slow_dial),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_hangup_flushes),
		cmocka_unit_test(test_wake),
		cmocka_unit_test(test_tcp_options),
		cmocka_unit_test(test_local_door),
		cmocka_unit_test(test_local_path_too_long),
		cmocka_unit_test(test_close_in_the_middle),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
