#include "proto/link.h"

#include <stdlib.h>
#include <string.h>

#include "keys/hash.h"
#include "proto/frames.h"

#define PROLOGUE "tally/link/1" /* its closing 0x00 is part of it */
#define HEAD 2u /* u16be before every message */
#define M1_PLAIN 24u
#define M1 72u
#define M2 48u
#define M3_PLAIN 256u
#define M3 320u
#define HELLO_MAX (M3_PLAIN - 2u)
#define KEEP (64u * 1024u) /* buffers that grew larger are given back when empty */

enum state { WAIT_M1, WAIT_PSK, WAIT_M2, WAIT_M3, OPEN, CLOSED };

struct link {
	enum state state;
	bool told_ask, told_open, told_closed;
	bool lent; /* the message of the event before: forgotten at the next call */
	enum link_mode mode;
	uint8_t selector[LINK_SELECTOR];
	struct noise *noise; /* until the handshake is done */
	struct link_config config;
	size_t older;   /* keys of ours that the first message was not for */
	struct frames frames;
	struct link_event opened; /* what LINK_OPEN will say */
	struct buf hello, in, out, plain;
	size_t done;    /* bytes of in already taken */
	size_t most;    /* of a message that comes */
	uint64_t bytes; /* taken and written */
	int64_t began, now, heard_at; /* heard_at: when the last whole frame came. Half a one, or a changed length, is no sign of life */
	enum err why;
	const char *text;
};

void link_keys(enum link_mode mode, const uint8_t secret[static 32], uint8_t psk[static 32],
               uint8_t selector[static LINK_SELECTOR])
{
	struct id out;

	if (mode == LINK_MODE_LINK) {
		hash_one(&out, "tally.sel.v1", SPAN(secret, 32));
		memcpy(psk, secret, 32);
		memcpy(selector, out.b, LINK_SELECTOR);
		return;
	}
	hash_k2b(&out, secret, "tally.isel.v1", NULL, 0);
	memcpy(selector, out.b, LINK_SELECTOR);
	hash_k2b(&out, secret, "tally.ipsk.v1", NULL, 0);
	memcpy(psk, out.b, 32);
	explicit_bzero(&out, sizeof out);
}

static void shut(struct link *l, enum err why, const char *text)
{
	if (l->state == CLOSED)
		return;
	l->state = CLOSED;
	l->why = why;
	l->text = text;
	noise_free(l->noise);
	l->noise = NULL;
	frames_free(&l->frames);
	buf_free(&l->in);
	l->done = 0;
}

/* Appends u16be length and what was written at once behind it. */
static enum err put_head(struct buf *out, size_t n)
{
	uint8_t head[HEAD];

	put_u16be(head, (uint16_t)n);
	return buf_add(out, head, sizeof head);
}

static enum err say(struct link *l, struct span payload, size_t n)
{
	size_t before = l->out.n;
	enum err e = put_head(&l->out, n);

	if (!e)
		e = noise_write(l->noise, payload, &l->out);
	if (!e && l->out.n != before + HEAD + n)
		e = ERR_INVALID;
	if (e)
		l->out.n = before;
	else
		l->bytes += HEAD + n;
	return e;
}

static enum err say_first(struct link *l)
{
	uint8_t plain[M1_PLAIN] = {0};

	plain[0] = (uint8_t)l->mode;
	memcpy(plain + 8, l->selector, LINK_SELECTOR);
	return say(l, SPAN(plain, sizeof plain), M1);
}

static enum err say_third(struct link *l)
{
	uint8_t plain[M3_PLAIN] = {0};

	put_u16be(plain, (uint16_t)l->hello.n);
	if (l->hello.n)
		memcpy(plain + 2, l->hello.p, l->hello.n);
	return say(l, SPAN(plain, sizeof plain), M3);
}

static enum err start(struct link *l, const struct link_config *c)
{
	uint8_t prologue[sizeof PROLOGUE + 32];
	struct noise_config n = {.pattern = &noise_xkpsk3, .initiator = c->initiator, .s_sk = c->link_sk, .e_sk = c->e_sk};
	enum err e;

	memcpy(prologue, PROLOGUE, sizeof PROLOGUE);
	memcpy(prologue + sizeof PROLOGUE, c->responder.b, 32);
	n.prologue = SPAN(prologue, sizeof prologue);
	if (c->initiator) {
		n.rs_pk = c->rs_pk;
		n.psk = c->psk;
	}
	e = noise_open(&n, &l->noise);
	if (e || !c->initiator)
		return e;
	e = buf_add(&l->hello, c->hello.p, c->hello.n);
	return e ? e : say_first(l);
}

enum err link_open(const struct link_config *c, struct link **out)
{
	struct link *l;
	enum err e;

	if (!c->link_sk || (c->initiator && (!c->rs_pk || (unsigned)c->mode > LINK_MODE_MEMBER)))
		return ERR_INVALID;
	if (c->initiator && c->hello.n > HELLO_MAX)
		return ERR_LIMIT;
	l = calloc(1, sizeof *l);
	if (!l)
		return ERR_MEMORY;
	l->state = c->initiator ? WAIT_M2 : WAIT_M1;
	l->most = LIMIT_MESSAGE_PENDING;
	l->began = l->now = l->heard_at = c->now;
	l->config = *c;
	if (c->initiator) {
		l->mode = c->mode;
		memcpy(l->selector, c->selector, LINK_SELECTOR);
	}
	e = start(l, c);
	if (e) {
		link_free(l);
		return e;
	}
	*out = l;
	return OK;
}

void link_free(struct link *l)
{
	if (!l)
		return;
	noise_free(l->noise);
	buf_free(&l->hello);
	buf_free(&l->in);
	buf_free(&l->out);
	buf_free(&l->plain);
	frames_free(&l->frames);
	explicit_bzero(l, sizeof *l);
	free(l);
}

static bool zeros(const uint8_t *p, size_t n)
{
	uint8_t any = 0;

	for (size_t i = 0; i < n; i++)
		any |= p[i];
	return any == 0;
}

/* Both sides: the keys of the session and the secret of the pair. */
static enum err settle(struct link *l)
{
	struct link_event *ev = &l->opened;
	uint8_t h[64], ck[32];
	struct id pair;
	enum err e = noise_split(l->noise, &l->frames.tx, &l->frames.rx);

	if (e)
		return e;
	if (!noise_remote_static(l->noise, ev->remote))
		return ERR_CRYPT;
	noise_hash(l->noise, h);
	noise_chaining(l->noise, ck);
	memcpy(ev->h.b, h, 32);
	hash_k2b(&pair, ck, "tally.pair.v1", &SPAN(h, 32), 1);
	memcpy(ev->pair_secret, pair.b, 32);
	explicit_bzero(ck, sizeof ck);
	explicit_bzero(&pair, sizeof pair);
	l->heard_at = l->now;
	ev->type = LINK_OPEN;
	ev->mode = l->mode;
	ev->older = l->older > 0;
	memcpy(ev->selector, l->selector, LINK_SELECTOR);
	noise_free(l->noise);
	l->noise = NULL;
	l->state = OPEN;
	return OK;
}

static enum err hear_first(struct link *l, struct span plain)
{
	if (plain.n != M1_PLAIN || plain.p[0] > LINK_MODE_MEMBER || !zeros(plain.p + 1, 7))
		return ERR_SHAPE;
	l->mode = (enum link_mode)plain.p[0];
	memcpy(l->selector, plain.p + 8, LINK_SELECTOR);
	l->state = WAIT_PSK;
	return OK;
}

static enum err hear_second(struct link *l, struct span plain)
{
	enum err e = plain.n ? ERR_SHAPE : say_third(l);

	return e ? e : settle(l);
}

static enum err hear_third(struct link *l, struct span plain)
{
	uint16_t n = plain.n == M3_PLAIN ? get_u16be(plain.p) : UINT16_MAX;
	enum err e;

	if (n > HELLO_MAX || !zeros(plain.p + 2 + n, HELLO_MAX - n))
		return ERR_SHAPE;
	buf_clear(&l->hello);
	e = buf_add(&l->hello, plain.p + 2, n);
	return e ? e : settle(l);
}

/* A first message may be for a key that we had before: as if the stream had been opened with that one. */
static enum err read_message(struct link *l, struct span message)
{
	enum err e;

	for (;;) {
		buf_clear(&l->plain);
		e = noise_read(l->noise, message, &l->plain);
		if (e != ERR_CRYPT || l->state != WAIT_M1 || l->older == l->config.olders)
			return e;
		noise_free(l->noise);
		l->noise = NULL;
		l->config.link_sk = l->config.older[l->older++];
		if ((e = start(l, &l->config)) != OK)
			return e;
	}
}

/* One handshake message of exactly n bytes stands at the front of in. */
static void handshake(struct link *l, size_t n)
{
	enum state was = l->state;
	enum err e = read_message(l, SPAN(l->in.p + HEAD, n));

	if (e)
		e = e == ERR_MEMORY ? e : ERR_CRYPT;
	else if (was == WAIT_M1)
		e = hear_first(l, buf_span(&l->plain));
	else if (was == WAIT_M2)
		e = hear_second(l, buf_span(&l->plain));
	else
		e = hear_third(l, buf_span(&l->plain));
	if (e) {
		shut(l, e, e == ERR_MEMORY ? "out of memory" : e == ERR_CRYPT ? "handshake does not decrypt" : "handshake message is malformed");
		return;
	}
	l->done = HEAD + n;
	l->bytes += HEAD + n;
}

static size_t expected(enum state s)
{
	switch (s) {
	case WAIT_M1:
		return M1;
	case WAIT_M2:
		return M2;
	case WAIT_M3:
		return M3;
	case WAIT_PSK:
	case OPEN:
	case CLOSED:
		break;
	}
	return 0;
}

/* Takes handshake bytes; what follows message 3 stays in l->in for link_next. Only message 3 may have anything behind it: in
 * every other state the partner has to wait for us, so a stranger can make us hold 74 bytes and no more. */
static void feed_handshake(struct link *l, struct span bytes)
{
	size_t want = HEAD + expected(l->state);

	if (want == HEAD || (l->state != WAIT_M3 && l->in.n + bytes.n > want)) {
		shut(l, ERR_SHAPE, "bytes out of turn in the handshake");
		return;
	}
	if (buf_add(&l->in, bytes.p, bytes.n)) {
		shut(l, ERR_MEMORY, "out of memory");
		return;
	}
	if (l->in.n >= HEAD && get_u16be(l->in.p) != want - HEAD) {
		shut(l, ERR_SHAPE, "handshake message of a wrong length");
		return;
	}
	if (l->in.n >= want)
		handshake(l, want - HEAD);
}

/* Moves the unread rest to the front, so that in never holds more than what waits. */
static void settle_in(struct link *l)
{
	size_t rest = l->in.n - l->done;

	if (l->done == 0)
		return;
	if (rest)
		memmove(l->in.p, l->in.p + l->done, rest);
	l->in.n = rest;
	l->done = 0;
	if (rest == 0 && l->in.cap > KEEP)
		buf_free(&l->in);
}

void link_feed(struct link *l, struct span bytes, int64_t now)
{
	link_tick(l, now);
	if (l->state == CLOSED || bytes.n == 0)
		return;
	settle_in(l);
	if (l->state != OPEN)
		feed_handshake(l, bytes);
	else if (buf_add(&l->in, bytes.p, bytes.n))
		shut(l, ERR_MEMORY, "out of memory");
}

void link_psk(struct link *l, const uint8_t psk[static 32])
{
	enum err e;

	if (l->state != WAIT_PSK)
		return;
	noise_set_psk(l->noise, psk);
	settle_in(l);
	e = say(l, SPAN(NULL, 0), M2);
	if (e) {
		shut(l, e, e == ERR_MEMORY ? "out of memory" : "message 2 cannot be made");
		return;
	}
	l->state = WAIT_M3;
}

void link_trust(struct link *l)
{
	l->most = LIMIT_MESSAGE;
}

void link_refuse(struct link *l)
{
	if (l->state == WAIT_PSK)
		shut(l, ERR_CRYPT, "unknown selector");
}

enum err link_send(struct link *l, struct span message)
{
	size_t before = l->out.n;
	enum err e;

	if (message.n > LIMIT_MESSAGE)
		return ERR_LIMIT;
	if (l->state != OPEN)
		return ERR_INVALID;
	e = frames_send(&l->frames, message, &l->out);
	if (e) { /* the partner would wait for the rest of it for ever */
		shut(l, e, "sending failed");
		return e;
	}
	l->bytes += l->out.n - before;
	return OK;
}

static const char *fault(enum err e)
{
	if (e == ERR_CRYPT)
		return "frame does not decrypt";
	if (e == ERR_LIMIT)
		return "message over the limit";
	return e == ERR_SHAPE ? "frame is malformed" : "out of memory";
}

static void next_message(struct link *l, struct link_event *ev)
{
	bool last = false;
	size_t used;
	enum err e;

	if (l->lent) {
		frames_next(&l->frames);
		l->lent = false;
	}
	if (l->bytes >= LIMIT_SESSION_BYTES && l->frames.message.n == 0) {
		shut(l, ERR_LIMIT, "session has carried its share of bytes");
		return;
	}
	do {
		used = 0;
		e = l->done < l->in.n ? frames_take(&l->frames, SPAN(l->in.p + l->done, l->in.n - l->done), &used, &last) : OK;
		l->done += used;
		l->bytes += used;
		if (used)
			l->heard_at = l->now;
		if (!e && l->frames.message.n > l->most)
			e = ERR_LIMIT;
	} while (!e && used && !last);
	if (e) {
		shut(l, e, fault(e));
	} else if (last) {
		l->lent = true;
		ev->type = LINK_MESSAGE;
		ev->bytes = buf_span(&l->frames.message);
	} else {
		settle_in(l);
	}
}

void link_next(struct link *l, struct link_event *ev)
{
	*ev = (struct link_event){.type = LINK_NONE};
	if (l->state == WAIT_PSK && !l->told_ask) {
		l->told_ask = true;
		ev->type = LINK_ASK;
		ev->mode = l->mode;
		memcpy(ev->selector, l->selector, LINK_SELECTOR);
	} else if (l->state == OPEN && !l->told_open) {
		l->told_open = true;
		*ev = l->opened;
		ev->bytes = buf_span(&l->hello);
		explicit_bzero(&l->opened, sizeof l->opened);
	} else if (l->state == OPEN) {
		next_message(l, ev);
	}
	if (ev->type == LINK_NONE && l->state == CLOSED && !l->told_closed) {
		l->told_closed = true;
		ev->type = LINK_CLOSED;
		ev->why = l->why;
		ev->text = l->text;
	}
}

int64_t link_deadline(const struct link *l)
{
	int64_t dead = l->heard_at + LIMIT_DEAD_MS, old = l->began + LIMIT_SESSION_MS;

	if (l->state == CLOSED)
		return INT64_MAX;
	if (l->state != OPEN)
		return l->began + LIMIT_HANDSHAKE_MS;
	return dead < old ? dead : old;
}

int64_t link_heard(const struct link *l)
{
	return l->heard_at;
}

void link_tick(struct link *l, int64_t now)
{
	l->now = now;
	if (now < link_deadline(l))
		return;
	if (l->state != OPEN)
		shut(l, ERR_EXPIRED, "handshake too slow");
	else if (now >= l->began + LIMIT_SESSION_MS)
		shut(l, ERR_EXPIRED, "session is old");
	else
		shut(l, ERR_EXPIRED, "partner is silent");
}

struct buf *link_output(struct link *l)
{
	return &l->out;
}
