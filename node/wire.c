#include "node/wire.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "node/wire_parts.h"

int64_t wire_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum err wire_from_nng(int rv)
{
	switch (rv) {
	case 0:
	case NNG_ECLOSED: /* the other side hung up */
	case NNG_ECONNSHUT:
		return OK;
	case NNG_ENOMEM:
		return ERR_MEMORY;
	case NNG_ENOFILES:
		return ERR_FILES;
	case NNG_ENOSPC:
		return ERR_SPACE;
	case NNG_EADDRINUSE:
	case NNG_EBUSY:
		return ERR_BUSY;
	case NNG_EINVAL:
	case NNG_EADDRINVAL:
	case NNG_ENOTSUP:
		return ERR_INVALID;
	case NNG_EPERM:
		return ERR_DENIED;
	case NNG_ETIMEDOUT:
		return ERR_EXPIRED;
	default: /* of the library: whatever else it may say */
		return ERR_IO;
	}
}

void wire_ring(struct wire *w)
{
	uint64_t one = 1;
	ssize_t n = write(w->wake, &one, sizeof one);

	(void)n; /* full means: rings already */
}

struct wire_event *wire_event_new(enum wire_event_type type)
{
	struct wire_event *ev = calloc(1, sizeof *ev);

	if (ev)
		ev->type = type;
	return ev;
}

void wire_push(struct wire *w, struct wire_event *ev)
{
	bool first = !w->head;

	ev->next = NULL;
	*w->end = ev;
	w->end = &ev->next;
	if (first)
		wire_ring(w);
}

void wire_events_free(struct wire_event *list)
{
	while (list) {
		struct wire_event *next = list->next;

		buf_free(&list->bytes);
		free(list);
		list = next;
	}
}

static struct conn *find(struct wire *w, uint64_t id)
{
	struct conn *c = w->slot[id % WIRE_SLOTS];

	return c && c->id == id ? c : NULL;
}

enum err wire_open(struct wire **out)
{
	struct wire *w = calloc(1, sizeof *w);

	if (!w)
		return ERR_MEMORY;
	w->slot = calloc(WIRE_SLOTS, sizeof *w->slot);
	w->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (!w->slot || w->wake < 0 || pthread_mutex_init(&w->lock, NULL)) {
		enum err e = w->slot ? ERR_IO : ERR_MEMORY;

		if (w->wake >= 0)
			close(w->wake);
		free(w->slot);
		free(w);
		return e;
	}
	w->end = &w->head;
	w->next_due = WIRE_NEVER;
	atomic_init(&w->woken, false);
	*out = w;
	return OK;
}

void wire_close(struct wire *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_mutex_unlock(&w->lock);
	wire_doors_close(w); /* from here on nobody adds connections */
	while (w->all) {
		struct conn *c = w->all;

		w->all = c->next;
		wire_conns_free(c);
	}
	wire_events_free(w->head);
	close(w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w->slot);
	free(w);
}

enum err wire_listen(struct wire *w, const struct wire_door *door, uint16_t *port)
{
	return wire_doors_listen(w, door, port);
}

enum err wire_dial(struct wire *w, const char *address, uint64_t dial, int timeout_ms)
{
	return wire_doors_dial(w, address, dial, timeout_ms);
}

/* Frees the connections that are over. */
static void bury(struct wire *w)
{
	struct conn *dead = NULL, **at = &w->dead;
	bool quiet;

	pthread_mutex_lock(&w->lock);
	while (*at) {
		struct conn *c = *at;

		if (c->held) {
			at = &c->dead_next;
			continue;
		}
		*at = c->dead_next;
		c->dead_next = dead;
		dead = c;
		w->conns--;
		w->slot[c->id % WIRE_SLOTS] = NULL;
		if (c->prev)
			c->prev->next = c->next;
		else
			w->all = c->next;
		if (c->next)
			c->next->prev = c->prev;
	}
	quiet = w->crowd >= WIRE_CROWD && w->conns < WIRE_CROWD / 8;
	if (quiet)
		w->crowd = w->conns;
	pthread_mutex_unlock(&w->lock);
	while (dead) {
		struct conn *c = dead;

		dead = c->dead_next;
		wire_conns_free(c);
	}
	if (quiet)
		(void)malloc_trim(0);
}

/* Under the lock. */
static void expire(struct wire *w, int64_t now)
{
	if (now < w->next_due)
		return;
	w->next_due = WIRE_NEVER;
	for (struct conn *c = w->all; c; c = c->next) {
		if (c->dead)
			continue;
		if (now >= c->due)
			wire_conns_kill(c, ERR_EXPIRED, c->leaving ? "partner did not read to the end" : "partner is silent");
		else if (c->due < w->next_due)
			w->next_due = c->due;
	}
}

/* Under the lock: all that waits; the connections in it that have paused read on at the next take, if the loop keeps them so long. */
static struct wire_event *drain(struct wire *w)
{
	struct wire_event *list = w->head;

	w->head = NULL;
	w->end = &w->head;
	w->untaken = 0;
	for (struct wire_event *ev = list; ev; ev = ev->next) {
		struct conn *c = ev->conn ? find(w, ev->conn) : NULL;

		if (!c || c->dead)
			continue;
		c->tail = NULL;
		c->untaken = 0;
		if (c->idle_rx) {
			c->idle_rx = false;
			c->held = true;
			c->start_next = w->start;
			w->start = c;
		}
	}
	return list;
}

static enum err note_woken(struct wire *w)
{
	struct wire_event *ev;

	if (!atomic_exchange(&w->woken, false))
		return OK;
	ev = wire_event_new(WIRE_WOKEN);
	if (!ev) {
		atomic_store(&w->woken, true);
		return ERR_MEMORY;
	}
	wire_push(w, ev);
	return OK;
}

/* What is there now, without waiting. */
static enum err collect(struct wire *w, struct wire_event **list)
{
	uint64_t rung;
	ssize_t n;
	enum err e;

	pthread_mutex_lock(&w->lock);
	expire(w, wire_clock());
	e = note_woken(w);
	n = read(w->wake, &rung, sizeof rung); /* under the lock, so that no ring for what comes later is lost */
	(void)n;
	*list = drain(w);
	pthread_mutex_unlock(&w->lock);
	bury(w);
	wire_doors_reap(w);
	return *list ? OK : e;
}

static void read_on(struct wire *w)
{
	struct conn *start = w->start;

	w->start = NULL;
	while (start) {
		struct conn *c = start;
		bool gone;

		start = c->start_next;
		pthread_mutex_lock(&w->lock);
		c->held = false;
		gone = c->dead;
		pthread_mutex_unlock(&w->lock);
		if (!gone)
			wire_conns_read(c);
	}
}

enum err wire_take(struct wire *w, int timeout_ms, struct wire_event **list)
{
	int64_t until = timeout_ms < 0 ? WIRE_NEVER : wire_clock() + timeout_ms;

	read_on(w);
	for (;;) {
		struct pollfd p = {.fd = w->wake, .events = POLLIN};
		enum err e = collect(w, list);
		int64_t now = wire_clock(), next;

		if (e || *list || now >= until)
			return e;
		pthread_mutex_lock(&w->lock);
		next = w->next_due < until ? w->next_due : until;
		pthread_mutex_unlock(&w->lock);
		next = next == WIRE_NEVER ? -1 : next <= now ? 0 : next - now > INT32_MAX ? INT32_MAX : next - now;
		if (poll(&p, 1, (int)next) < 0 && errno != EINTR)
			return ERR_IO;
	}
}

void wire_write(struct wire *w, uint64_t conn, struct buf *take_over)
{
	bool start = false;
	struct conn *c;

	pthread_mutex_lock(&w->lock);
	c = find(w, conn);
	if (!c || c->dead || c->leaving || !take_over->n)
		goto out;
	if (wire_conns_unsent(c) > 0 && wire_conns_unsent(c) + take_over->n > WIRE_UNSENT) { /* an answer of ours is as long as it is */
		wire_conns_kill(c, ERR_LIMIT, "partner does not read");
		goto out;
	}
	if (!c->pending.n) {
		buf_free(&c->pending);
		c->pending = *take_over;
		*take_over = (struct buf){0};
	} else if (buf_add(&c->pending, take_over->p, take_over->n)) {
		wire_conns_kill(c, ERR_MEMORY, "out of memory");
		goto out;
	}
	if (wire_conns_unsent(c) > WIRE_UNSENT_HIGH)
		c->high = true;
	if (!c->busy_tx)
		start = c->busy_tx = wire_conns_next(c);
out:
	pthread_mutex_unlock(&w->lock);
	buf_free(take_over);
	if (start)
		nng_stream_send(c->stream, c->tx);
}

size_t wire_unsent(struct wire *w, uint64_t conn)
{
	struct conn *c;
	size_t n;

	pthread_mutex_lock(&w->lock);
	c = find(w, conn);
	n = c && !c->dead ? wire_conns_unsent(c) : 0;
	pthread_mutex_unlock(&w->lock);
	return n;
}

static void set_due(struct conn *c, int64_t due)
{
	c->due = due;
	if (due < c->w->next_due)
		c->w->next_due = due;
}

void wire_hangup(struct wire *w, uint64_t conn, bool after_flush)
{
	struct conn *c;

	pthread_mutex_lock(&w->lock);
	c = find(w, conn);
	if (c && !c->dead && after_flush && c->busy_tx) {
		c->leaving = true;
		set_due(c, wire_clock() + WIRE_FLUSH_MS);
		c = NULL;
	} else if (c && !c->dead) {
		wire_conns_kill(c, OK, "hung up");
	}
	pthread_mutex_unlock(&w->lock);
	if (c) /* now, not when the loop comes round */
		nng_stream_close(c->stream);
}

void wire_deadline(struct wire *w, uint64_t conn, int ms)
{
	struct conn *c;

	pthread_mutex_lock(&w->lock);
	c = find(w, conn);
	if (c && !c->dead && !c->leaving) {
		c->idle_ms = ms > 0 ? ms : 0;
		set_due(c, ms > 0 ? wire_clock() + ms : WIRE_NEVER);
	}
	pthread_mutex_unlock(&w->lock);
}

void wire_wake(struct wire *w)
{
	int before = errno;

	atomic_store(&w->woken, true);
	wire_ring(w);
	errno = before;
}
