#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/wire_parts.h"

#define KEEP (64u * 1024u) /* a sent buffer larger than this is given back */

void wire_conns_kill(struct conn *c, enum err why, const char *text)
{
	struct wire *w = c->w;

	if (c->dead)
		return;
	c->dead = true;
	c->tail = NULL;
	if (c->door && !w->closing) /* the doors go first */
		c->door->count--;
	if (c->news) { /* nobody has heard of it, nobody hears that it is gone */
		wire_ring(w);
	} else {
		c->closed->why = why;
		c->closed->text = text;
		wire_push(w, c->closed);
		c->closed = NULL;
	}
	c->dead_next = w->dead;
	w->dead = c;
}

size_t wire_conns_unsent(const struct conn *c)
{
	return c->sending.n - c->sent + c->pending.n;
}

void wire_conns_free(struct conn *c)
{
	nng_stream_close(c->stream);
	if (c->rx)
		nng_aio_stop(c->rx);
	if (c->tx)
		nng_aio_stop(c->tx);
	nng_stream_free(c->stream);
	nng_aio_free(c->rx);
	nng_aio_free(c->tx);
	wire_events_free(c->closed);
	wire_events_free(c->news);
	buf_free(&c->sending);
	buf_free(&c->pending);
	free(c->in);
	free(c);
}

void wire_conns_read(struct conn *c)
{
	nng_iov iov = {.iov_buf = c->first, .iov_len = sizeof c->first};

	if (!c->in && c->much)
		c->in = malloc(WIRE_CHUNK); /* without it reading is slow and goes on */
	if (c->in)
		iov = (nng_iov){.iov_buf = c->in, .iov_len = WIRE_CHUNK};
	c->reading = iov.iov_buf;
	nng_aio_set_iov(c->rx, 1, &iov);
	nng_stream_recv(c->stream, c->rx);
}

/* The first bytes: now it is told of, and the loop may judge it before more is read. */
static bool has_spoken(struct conn *c)
{
	if (!c->news)
		return false;
	c->due = WIRE_NEVER;
	wire_push(c->w, c->news);
	c->news = NULL;
	return true;
}

static enum err keep_bytes(struct conn *c, size_t n)
{
	struct wire *w = c->w;

	if (!c->tail) {
		struct wire_event *ev = wire_event_new(WIRE_BYTES);

		if (!ev)
			return ERR_MEMORY;
		if (buf_add(&ev->bytes, c->reading, n)) {
			free(ev);
			return ERR_MEMORY;
		}
		ev->conn = c->id;
		wire_push(w, ev);
		c->tail = ev;
	} else if (buf_add(&c->tail->bytes, c->reading, n)) {
		return ERR_MEMORY;
	}
	c->untaken += n;
	w->untaken += n;
	return OK;
}

static void on_rx(void *arg)
{
	struct conn *c = arg;
	struct wire *w = c->w;
	int rv = nng_aio_result(c->rx);
	size_t n = nng_aio_count(c->rx);
	bool again = false, unheard;

	pthread_mutex_lock(&w->lock);
	if (!c->dead && rv) {
		wire_conns_kill(c, wire_from_nng(rv), nng_strerror(rv));
	} else if (!c->dead) {
		c->much = n >= WIRE_FIRST;
		unheard = has_spoken(c);
		if (!c->leaving && c->idle_ms)
			c->due = wire_clock() + c->idle_ms;
		if (!c->leaving && keep_bytes(c, n))
			wire_conns_kill(c, ERR_MEMORY, "out of memory");
		c->idle_rx = c->dead || unheard || c->untaken > WIRE_UNTAKEN || w->untaken > WIRE_UNTAKEN_ALL;
		again = !c->idle_rx;
	}
	pthread_mutex_unlock(&w->lock);
	if (again)
		wire_conns_read(c);
}

bool wire_conns_next(struct conn *c)
{
	nng_iov iov;

	if (c->sent == c->sending.n) {
		struct buf old = c->sending;

		c->sending = c->pending;
		c->sent = 0;
		c->pending = old;
		if (old.cap > KEEP)
			buf_free(&c->pending);
		else
			buf_clear(&c->pending);
	}
	if (c->sending.n == 0)
		return false;
	iov = (nng_iov){.iov_buf = c->sending.p + c->sent, .iov_len = c->sending.n - c->sent};
	nng_aio_set_iov(c->tx, 1, &iov);
	return true;
}

static void on_tx(void *arg)
{
	struct conn *c = arg;
	struct wire *w = c->w;
	int rv = nng_aio_result(c->tx);
	size_t n = nng_aio_count(c->tx);
	bool again = false;

	pthread_mutex_lock(&w->lock);
	c->busy_tx = false;
	if (!c->dead && rv) {
		wire_conns_kill(c, wire_from_nng(rv), nng_strerror(rv));
	} else if (!c->dead) {
		struct wire_event *ev;

		c->sent += n;
		again = c->busy_tx = wire_conns_next(c);
		if (!again && c->leaving) {
			wire_conns_kill(c, OK, "hung up");
		} else if (c->high && !c->leaving && wire_conns_unsent(c) < WIRE_UNSENT_LOW && (ev = wire_event_new(WIRE_DRAINED))) {
			ev->conn = c->id;
			c->high = false;
			wire_push(w, ev);
		}
	}
	pthread_mutex_unlock(&w->lock);
	if (again)
		nng_stream_send(c->stream, c->tx);
}

bool wire_conns_remote(nng_stream *s, char out[static WIRE_REMOTE])
{
	char host[INET6_ADDRSTRLEN];
	nng_sockaddr a;

	if (nng_stream_get_addr(s, NNG_OPT_REMADDR, &a))
		return false;
	if (a.s_family == NNG_AF_INET && inet_ntop(AF_INET, &a.s_in.sa_addr, host, sizeof host))
		snprintf(out, WIRE_REMOTE, "%s:%u", host, ntohs(a.s_in.sa_port));
	else if (a.s_family == NNG_AF_INET6 && inet_ntop(AF_INET6, a.s_in6.sa_addr, host, sizeof host))
		snprintf(out, WIRE_REMOTE, "[%s]:%u", host, ntohs(a.s_in6.sa_port));
	else if (a.s_family == NNG_AF_IPC || a.s_family == NNG_AF_UNSPEC)
		snprintf(out, WIRE_REMOTE, "local");
	else
		return false;
	return true;
}

/* Under the lock. */
static bool take_slot(struct wire *w, struct conn *c)
{
	for (uint32_t tries = 0; tries < WIRE_SLOTS; tries++) {
		uint32_t at = ++w->last_slot % WIRE_SLOTS;

		if (!w->slot[at]) {
			c->id = ++w->serial << WIRE_SLOT_BITS | at;
			w->slot[at] = c;
			return true;
		}
	}
	return false;
}

/* Under the lock: is there room, if need be the oldest mute one's? */
static bool room_at(struct door *door)
{
	struct conn *oldest = NULL; /* the list is newest first */

	if (door->count < door->like.most)
		return true;
	for (struct conn *c = door->w->all; c; c = c->next)
		if (c->door == door && c->news && !c->dead)
			oldest = c;
	if (oldest)
		wire_conns_kill(oldest, ERR_LIMIT, "too many at the door");
	return oldest != NULL;
}

/* Under the lock. */
static enum err enlist(struct conn *c, struct wire_event *ev)
{
	struct wire *w = c->w;
	struct door *door = c->door;

	if (w->closing || (door && !room_at(door)) || !take_slot(w, c))
		return ERR_LIMIT;
	if (door)
		door->count++;
	if (++w->conns > w->crowd)
		w->crowd = w->conns;
	c->next = w->all;
	if (w->all)
		w->all->prev = c;
	w->all = c;
	ev->conn = c->closed->conn = c->id;
	if (!door || !door->like.mute_ms) {
		wire_push(w, ev);
		return OK;
	}
	c->news = ev;
	c->idle_rx = false;
	c->held = true;
	c->due = wire_clock() + door->like.mute_ms;
	if (c->due < w->next_due) {
		w->next_due = c->due;
		wire_ring(w);
	}
	return OK;
}

enum err wire_conns_adopt(struct wire *w, nng_stream *stream, struct door *door, struct wire_event *ev)
{
	struct conn *c = calloc(1, sizeof *c);
	enum err e = ERR_MEMORY;
	bool mute;

	if (!c) {
		nng_stream_free(stream);
		return ERR_MEMORY;
	}
	*c = (struct conn){.w = w, .door = door, .stream = stream, .due = WIRE_NEVER, .idle_rx = true};
	c->closed = wire_event_new(WIRE_CLOSED);
	if (!c->closed || nng_aio_alloc(&c->rx, on_rx, c) || nng_aio_alloc(&c->tx, on_tx, c))
		goto fail;
	e = ERR_IO;
	if (!wire_conns_remote(stream, ev->remote)) /* gone again already */
		goto fail;
	pthread_mutex_lock(&w->lock);
	e = enlist(c, ev);
	mute = !e && c->held; /* the loop does not know of it: reading starts here */
	pthread_mutex_unlock(&w->lock);
	if (mute) {
		wire_conns_read(c);
		pthread_mutex_lock(&w->lock);
		c->held = false;
		if (c->dead)
			wire_ring(w);
		pthread_mutex_unlock(&w->lock);
	}
	if (!e)
		return OK;
fail:
	wire_conns_free(c);
	return e;
}
