/* Two links against each other in memory, and one against a partner written by hand from docs/protocol.md section 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keys/hash.h"
#include "proto/link.h"

#include <sodium.h>

#define START 1000000ll

static uint64_t seed, dice;

static uint64_t roll(uint64_t below) /* splitmix64 */
{
	uint64_t z = dice += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (z ^ z >> 31) % below;
}

struct side {
	uint8_t sk[32], pk[32], e_sk[32];
	struct link *link;
};

struct world {
	struct side a, b; /* a dials */
	struct id org;    /* b's */
	uint8_t secret[32], psk[32], selector[16];
	enum link_mode mode;
	struct span hello;
	bool stranger; /* b does not know the selector */
	struct link_event opened_a, opened_b, closed_a, closed_b;
	uint8_t hello_b[256];
	unsigned asked;
	struct buf got_a, got_b; /* messages, one after another */
	unsigned messages_a, messages_b;
	int64_t now;
};

static void side_init(struct side *s, uint8_t mark)
{
	for (size_t i = 0; i < 32; i++) {
		s->sk[i] = (uint8_t)(mark + i);
		s->e_sk[i] = (uint8_t)(3 * mark + 7 * i);
	}
	crypto_scalarmult_base(s->pk, s->sk);
	s->link = NULL;
}

static void world_init(struct world *w, enum link_mode mode)
{
	memset(w, 0, sizeof *w);
	side_init(&w->a, 10);
	side_init(&w->b, 99);
	memset(w->org.b, 0x42, 32);
	memset(w->secret, 0x17, 32);
	w->mode = mode;
	w->now = START;
	link_keys(mode, w->secret, w->psk, w->selector);
	w->hello = SPAN("\x81\x00\x01 what a side says", 21);
}

static struct link_config config_a(struct world *w)
{
	struct link_config c = {.initiator = true, .link_sk = w->a.sk, .responder = w->org, .rs_pk = w->b.pk, .mode = w->mode,
		.hello = w->hello, .now = w->now};

	memcpy(c.selector, w->selector, 16);
	memcpy(c.psk, w->psk, 32);
	memcpy(c.e_sk, w->a.e_sk, 32);
	return c;
}

static struct link_config config_b(struct world *w)
{
	struct link_config c = {.link_sk = w->b.sk, .responder = w->org, .now = w->now};

	memcpy(c.e_sk, w->b.e_sk, 32);
	return c;
}

static void world_open(struct world *w)
{
	struct link_config a = config_a(w), b = config_b(w);

	assert_int_equal(link_open(&a, &w->a.link), OK);
	assert_int_equal(link_open(&b, &w->b.link), OK);
	link_trust(w->a.link);
	link_trust(w->b.link);
}

static void world_end(struct world *w)
{
	link_free(w->a.link);
	link_free(w->b.link);
	buf_free(&w->got_a);
	buf_free(&w->got_b);
}

static void events_of(struct world *w, bool is_a)
{
	struct link *l = is_a ? w->a.link : w->b.link;
	struct link_event ev, *opened = is_a ? &w->opened_a : &w->opened_b, *closed = is_a ? &w->closed_a : &w->closed_b;

	for (link_next(l, &ev); ev.type != LINK_NONE; link_next(l, &ev)) {
		assert_int_equal(closed->type, LINK_NONE); /* nothing follows */
		switch (ev.type) {
		case LINK_ASK:
			assert_false(is_a);
			assert_int_equal(ev.mode, w->mode);
			w->asked++;
			if (!w->stranger && memcmp(ev.selector, w->selector, 16) == 0)
				link_psk(l, w->psk);
			else
				link_refuse(l);
			break;
		case LINK_OPEN:
			assert_int_equal(opened->type, LINK_NONE);
			*opened = ev;
			if (!is_a && ev.bytes.n)
				memcpy(w->hello_b, ev.bytes.p, ev.bytes.n);
			break;
		case LINK_MESSAGE:
			assert_int_equal(opened->type, LINK_OPEN);
			assert_int_equal(buf_add(is_a ? &w->got_a : &w->got_b, ev.bytes.p, ev.bytes.n), OK);
			if (is_a)
				w->messages_a++;
			else
				w->messages_b++;
			break;
		case LINK_CLOSED:
			assert_non_null(ev.text);
			assert_int_not_equal(ev.why, OK);
			*closed = ev;
			break;
		case LINK_NONE:
			break;
		}
	}
}

/* most: the largest piece the bytes are cut into. */
static void feed(struct world *w, bool to_a, struct span s, size_t most)
{
	for (size_t at = 0; at < s.n;) {
		size_t n = most == 1 ? 1 : 1 + roll(most);

		n = n < s.n - at ? n : s.n - at;
		link_feed(to_a ? w->a.link : w->b.link, SPAN(s.p + at, n), w->now);
		events_of(w, to_a);
		at += n;
	}
}

/* Carries bytes until both are silent. */
static void run(struct world *w, size_t most)
{
	bool more = true;

	events_of(w, true);
	events_of(w, false);
	while (more) {
		more = false;
		for (int i = 0; i < 2; i++) {
			struct buf *out = link_output(i ? w->b.link : w->a.link), taken = *out;

			*out = (struct buf){0};
			more = more || taken.n;
			feed(w, i == 1, buf_span(&taken), most);
			buf_free(&taken);
		}
	}
}

static void assert_both_open(struct world *w)
{
	assert_int_equal(w->opened_a.type, LINK_OPEN);
	assert_int_equal(w->opened_b.type, LINK_OPEN);
	assert_int_equal(w->closed_a.type, LINK_NONE);
	assert_int_equal(w->closed_b.type, LINK_NONE);
}

static void send_ok(struct link *l, const char *text)
{
	assert_int_equal(link_send(l, SPAN(text, strlen(text))), OK);
}

static void test_keys(void **state)
{
	uint8_t secret[32], psk[32], selector[16];
	struct id want;

	(void)state;
	memset(secret, 9, 32);
	link_keys(LINK_MODE_LINK, secret, psk, selector);
	hash_one(&want, "tally.sel.v1", SPAN(secret, 32));
	assert_memory_equal(psk, secret, 32);
	assert_memory_equal(selector, want.b, 16);
	for (int mode = LINK_MODE_INVITE; mode <= LINK_MODE_MEMBER; mode++) {
		link_keys((enum link_mode)mode, secret, psk, selector);
		hash_k2b(&want, secret, "tally.ipsk.v1", NULL, 0);
		assert_memory_equal(psk, want.b, 32);
		hash_k2b(&want, secret, "tally.isel.v1", NULL, 0);
		assert_memory_equal(selector, want.b, 16);
	}
}

static void test_all_modes_all_chunkings(void **state)
{
	static const size_t most[] = {1, 2, 71, 300, 100000};

	(void)state;
	for (int mode = LINK_MODE_LINK; mode <= LINK_MODE_MEMBER; mode++) {
		for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
			struct world w;

			world_init(&w, (enum link_mode)mode);
			world_open(&w);
			run(&w, most[i]);
			assert_both_open(&w);
			assert_int_equal(w.asked, 1);
			assert_memory_equal(w.hello_b, w.hello.p, w.hello.n);
			assert_int_equal(w.opened_b.bytes.n, w.hello.n);
			assert_memory_equal(w.opened_a.remote, w.b.pk, 32);
			assert_memory_equal(w.opened_b.remote, w.a.pk, 32);
			assert_memory_equal(w.opened_a.pair_secret, w.opened_b.pair_secret, 32);
			assert_true(id_eq(&w.opened_a.h, &w.opened_b.h));
			assert_memory_not_equal(w.opened_a.h.b, w.opened_a.pair_secret, 32);
			assert_int_equal(w.opened_b.mode, mode);
			assert_memory_equal(w.opened_b.selector, w.selector, 16);
			send_ok(w.a.link, "one");
			send_ok(w.a.link, "two");
			send_ok(w.b.link, "three");
			run(&w, most[i]);
			assert_int_equal(w.messages_b, 2);
			assert_int_equal(w.messages_a, 1);
			assert_memory_equal(w.got_b.p, "onetwo", 6);
			assert_memory_equal(w.got_a.p, "three", 5);
			world_end(&w);
		}
	}
}

static void test_sizes_on_the_wire(void **state)
{
	struct world w;
	struct buf *out;

	(void)state;
	world_init(&w, LINK_MODE_LINK);
	world_open(&w);
	out = link_output(w.a.link);
	assert_int_equal(out->n, 2 + 72);
	assert_int_equal(get_u16be(out->p), 72);
	feed(&w, false, buf_span(out), 74);
	buf_clear(out);
	out = link_output(w.b.link);
	assert_int_equal(out->n, 2 + 48);
	assert_int_equal(get_u16be(out->p), 48);
	feed(&w, true, buf_span(out), 50);
	buf_clear(out);
	out = link_output(w.a.link);
	assert_int_equal(out->n, 2 + 320);
	assert_int_equal(get_u16be(out->p), 320);
	feed(&w, false, buf_span(out), 322);
	buf_clear(out);
	assert_both_open(&w);
	for (size_t n = 1; n < 600; n += n == 1 ? 252 : 1) {
		static const uint8_t data[600];
		size_t plain = (3 + n + 255) / 256 * 256;

		assert_int_equal(link_send(w.a.link, SPAN(data, n)), OK);
		assert_int_equal(out->n, 2 + plain + 16);
		assert_int_equal(get_u16be(out->p), plain + 16);
		buf_clear(out);
	}
	world_end(&w);
}

static void test_pending_message_behind_the_handshake(void **state)
{
	struct world w;
	struct buf *out;

	(void)state;
	world_init(&w, LINK_MODE_LINK);
	world_open(&w);
	out = link_output(w.a.link);
	feed(&w, false, buf_span(out), 74);
	buf_clear(out);
	feed(&w, true, buf_span(link_output(w.b.link)), 50);
	buf_clear(link_output(w.b.link));
	send_ok(w.a.link, "at once"); /* behind message 3, in one piece */
	link_feed(w.b.link, buf_span(out), w.now);
	buf_clear(out);
	events_of(&w, false);
	assert_both_open(&w);
	assert_int_equal(w.messages_b, 1);
	assert_memory_equal(w.got_b.p, "at once", 7);
	world_end(&w);
}

/* What of a changed world must not go through. */
static void assert_refused(struct world *w, bool by_b)
{
	world_open(w);
	run(w, 1000);
	if (by_b) {
		assert_int_equal(w->closed_b.type, LINK_CLOSED);
		assert_int_equal(w->closed_b.why, ERR_CRYPT);
	}
	assert_int_equal(w->opened_b.type, LINK_NONE);
	assert_int_equal(w->messages_b, 0);
	world_end(w);
}

static void test_wrong_keys(void **state)
{
	struct world w;
	struct link_config a, b;
	struct side other;

	(void)state;
	world_init(&w, LINK_MODE_LINK); /* the psk */
	b = config_b(&w);
	a = config_a(&w);
	a.psk[31] ^= 1;
	assert_int_equal(link_open(&a, &w.a.link), OK);
	assert_int_equal(link_open(&b, &w.b.link), OK);
	run(&w, 1000);
	assert_int_equal(w.opened_b.type, LINK_NONE);
	assert_int_equal(w.closed_b.why, ERR_CRYPT);
	world_end(&w);

	world_init(&w, LINK_MODE_LINK); /* the responder's static key */
	side_init(&other, 50);
	memcpy(w.b.pk, other.pk, 32);
	assert_refused(&w, true);
	assert_int_equal(w.asked, 0);

	world_init(&w, LINK_MODE_LINK); /* the organisation */
	b = config_b(&w);
	w.org.b[0] ^= 1;
	a = config_a(&w);
	assert_int_equal(link_open(&a, &w.a.link), OK);
	assert_int_equal(link_open(&b, &w.b.link), OK);
	run(&w, 1000);
	assert_int_equal(w.closed_b.why, ERR_CRYPT);
	assert_int_equal(w.asked, 0);
	assert_int_equal(link_output(w.b.link)->n, 0);
	world_end(&w);
}

static void test_stranger_draws_nothing(void **state)
{
	struct world w;
	struct buf noise = {0};
	uint8_t *p;

	(void)state;
	world_init(&w, LINK_MODE_INVITE); /* knows our key, not a secret */
	w.stranger = true;
	world_open(&w);
	link_feed(w.b.link, buf_span(link_output(w.a.link)), w.now);
	events_of(&w, false);
	assert_int_equal(w.asked, 1);
	assert_int_equal(w.closed_b.type, LINK_CLOSED);
	assert_int_equal(link_output(w.b.link)->n, 0);
	world_end(&w);

	for (int i = 0; i < 500; i++) { /* knows nothing */
		size_t n = 1 + roll(400);

		world_init(&w, LINK_MODE_LINK);
		world_open(&w);
		assert_int_equal(buf_room(&noise, n, &p), OK);
		for (size_t k = 0; k < n; k++)
			p[k] = (uint8_t)roll(256);
		if (n > 2 && i % 2)
			put_u16be(p, 72);
		feed(&w, false, buf_span(&noise), 100);
		assert_int_equal(link_output(w.b.link)->n, 0);
		assert_int_equal(w.asked, 0);
		assert_int_equal(w.opened_b.type, LINK_NONE);
		buf_clear(&noise);
		world_end(&w);
	}
	buf_free(&noise);
}

static void test_replayed_first_message(void **state)
{
	struct world w;
	struct buf first = {0};
	struct link_config b;

	(void)state;
	world_init(&w, LINK_MODE_LINK);
	world_open(&w);
	assert_int_equal(buf_add(&first, link_output(w.a.link)->p, link_output(w.a.link)->n), OK);
	run(&w, 1000);
	assert_both_open(&w);
	link_free(w.b.link);
	memset(&w.opened_b, 0, sizeof w.opened_b);
	memset(w.b.e_sk, 0x77, 32);
	b = config_b(&w);
	assert_int_equal(link_open(&b, &w.b.link), OK);
	feed(&w, false, buf_span(&first), 1000);
	assert_int_equal(link_output(w.b.link)->n, 2 + 48); /* and they say nothing */
	link_feed(w.b.link, buf_span(&first), w.now);
	events_of(&w, false);
	link_tick(w.b.link, w.now + LIMIT_HANDSHAKE_MS);
	events_of(&w, false);
	assert_int_equal(link_output(w.b.link)->n, 2 + 48);
	assert_int_equal(w.opened_b.type, LINK_NONE);
	assert_int_equal(w.closed_b.type, LINK_CLOSED);
	buf_free(&first);
	world_end(&w);
}

/* Step k of the handshake with one byte changed: refused by whoever reads it. */
static void flip(size_t step, size_t at, uint8_t bit)
{
	struct world w;

	world_init(&w, LINK_MODE_LINK);
	world_open(&w);
	for (size_t k = 0; k <= step; k++) {
		bool to_a = k == 1;
		struct buf *out = link_output(to_a ? w.b.link : w.a.link);

		if (k == step)
			out->p[at] ^= bit;
		link_feed(to_a ? w.a.link : w.b.link, buf_span(out), w.now);
		events_of(&w, to_a);
		buf_clear(out);
	}
	if (w.closed_a.type == LINK_NONE && w.closed_b.type == LINK_NONE) { /* a longer length: then it is never whole */
		link_tick(step == 1 ? w.a.link : w.b.link, w.now + LIMIT_HANDSHAKE_MS);
		events_of(&w, step == 1);
	}
	assert_int_equal(step == 1 ? w.closed_a.type : w.closed_b.type, LINK_CLOSED);
	assert_int_equal(step == 1 ? w.opened_a.type : w.opened_b.type, LINK_NONE);
	assert_int_equal(link_send(step == 1 ? w.a.link : w.b.link, SPAN("x", 1)), ERR_INVALID);
	assert_int_equal(w.messages_a + w.messages_b, 0);
	if (step == 0)
		assert_int_equal(link_output(w.b.link)->n, 0);
	world_end(&w);
}

static void test_every_flipped_byte_of_the_handshake(void **state)
{
	static const size_t length[] = {74, 50, 322};

	(void)state;
	for (size_t step = 0; step < 3; step++)
		for (size_t at = 0; at < length[step]; at++)
			/* the top bit of a Curve25519 point does not count, but the hash covers it */
			flip(step, at, (uint8_t)(1u << roll(8)));
	for (size_t step = 0; step < 2; step++)
		flip(step, 2 + 31, 0x80);
}

static void open_world(struct world *w)
{
	world_init(w, LINK_MODE_LINK);
	world_open(w);
	run(w, 1000);
	assert_both_open(w);
}

static void assert_b_closed(struct world *w, enum err why, unsigned messages)
{
	events_of(w, false);
	assert_int_equal(w->closed_b.type, LINK_CLOSED);
	assert_int_equal(w->closed_b.why, why);
	assert_int_equal(w->messages_b, messages);
	assert_int_equal(link_send(w->b.link, SPAN("x", 1)), ERR_INVALID);
}

static void test_every_flipped_byte_of_a_frame(void **state)
{
	(void)state;
	for (size_t at = 0; at < 2 + 272; at++) {
		struct world w;
		struct buf *out;

		open_world(&w);
		out = link_output(w.a.link);
		send_ok(w.a.link, "good");
		run(&w, 1000);
		send_ok(w.a.link, "bad");
		send_ok(w.a.link, "never read");
		out->p[at] ^= (uint8_t)(1u << roll(8));
		feed(&w, false, buf_span(out), 600);
		if (w.closed_b.type == LINK_NONE) { /* a longer length, still waited for */
			assert_true(at < 2);
			link_tick(w.b.link, w.now + LIMIT_DEAD_MS);
			assert_b_closed(&w, ERR_EXPIRED, 1);
		} else {
			assert_b_closed(&w, at < 2 && w.closed_b.why == ERR_SHAPE ? ERR_SHAPE : ERR_CRYPT, 1);
		}
		assert_memory_equal(w.got_b.p, "good", 4);
		world_end(&w);
	}
}

static void test_dropped_doubled_reordered(void **state)
{
	enum { FRAME = 2 + 272 };
	static const uint8_t order[][3] = {{1, 2, 2}, {0, 0, 1}, {1, 0, 2}, {0, 2, 1}};
	static const unsigned good[] = {0, 1, 0, 1};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct world w;
		struct buf frames = {0};

		open_world(&w);
		send_ok(w.a.link, "first");
		send_ok(w.a.link, "second");
		send_ok(w.a.link, "third");
		assert_int_equal(link_output(w.a.link)->n, 3 * FRAME);
		for (size_t k = 0; k < 3; k++)
			assert_int_equal(buf_add(&frames, link_output(w.a.link)->p + order[i][k] * FRAME, FRAME), OK);
		link_feed(w.b.link, buf_span(&frames), w.now);
		assert_b_closed(&w, ERR_CRYPT, good[i]);
		buf_free(&frames);
		world_end(&w);
	}
}

static void test_reflected(void **state)
{
	struct world w;

	(void)state;
	open_world(&w);
	send_ok(w.b.link, "mine");
	link_feed(w.b.link, buf_span(link_output(w.b.link)), w.now);
	assert_b_closed(&w, ERR_CRYPT, 0);
	world_end(&w);
}

static void test_message_at_the_limit(void **state)
{
	struct world w;
	uint8_t *big = malloc(LIMIT_MESSAGE + 1);

	(void)state;
	assert_non_null(big);
	for (size_t i = 0; i <= LIMIT_MESSAGE; i++)
		big[i] = (uint8_t)(i * 31 >> 3);
	open_world(&w);
	assert_int_equal(link_send(w.a.link, SPAN(big, LIMIT_MESSAGE + 1)), ERR_LIMIT);
	assert_int_equal(link_output(w.a.link)->n, 0);
	assert_int_equal(link_send(w.a.link, SPAN(big, LIMIT_MESSAGE)), OK); /* the refusal changed nothing */
	assert_int_equal(link_send(w.a.link, SPAN(big, 65277)), OK);         /* exactly one full frame */
	assert_int_equal(link_send(w.a.link, SPAN(big, 65278)), OK);
	run(&w, 100000);
	assert_int_equal(w.messages_b, 3);
	assert_int_equal(w.got_b.n, LIMIT_MESSAGE + 65277 + 65278);
	assert_memory_equal(w.got_b.p, big, LIMIT_MESSAGE);
	assert_memory_equal(w.got_b.p + LIMIT_MESSAGE, big, 65277);
	assert_memory_equal(w.got_b.p + LIMIT_MESSAGE + 65277, big, 65278);
	world_end(&w);
	free(big);
}

/* Before the session trusts the other side it holds no more of a message than is allowed by then, whole or not. */
static void test_message_of_nobody(void **state)
{
	struct world w;
	uint8_t big[LIMIT_MESSAGE_PENDING + 1] = {0};

	(void)state;
	for (size_t over = 0; over < 2; over++) {
		world_init(&w, LINK_MODE_LINK);
		struct link_config a = config_a(&w), b = config_b(&w);
		assert_int_equal(link_open(&a, &w.a.link), OK);
		assert_int_equal(link_open(&b, &w.b.link), OK);
		run(&w, 1000);
		assert_int_equal(link_send(w.a.link, SPAN(big, LIMIT_MESSAGE_PENDING + over)), OK);
		run(&w, 100000);
		if (over)
			assert_b_closed(&w, ERR_LIMIT, 0);
		else
			assert_int_equal(w.messages_b, 1);
		world_end(&w);
	}
}

static void test_random_messages(void **state)
{
	struct world w;
	struct buf said = {0};

	(void)state;
	open_world(&w);
	for (unsigned i = 0; i < 200; i++) {
		size_t n = roll(4) ? 1 + roll(2000) : 1 + roll(200000), before = said.n;
		uint8_t *p;

		assert_int_equal(buf_room(&said, n, &p), OK);
		for (size_t k = 0; k < n; k++)
			p[k] = (uint8_t)roll(256);
		assert_int_equal(link_send(w.a.link, SPAN(said.p + before, n)), OK);
		if (roll(3) == 0)
			run(&w, 1 + roll(100000));
	}
	run(&w, 5000);
	assert_int_equal(w.messages_b, 200);
	assert_int_equal(w.got_b.n, said.n);
	assert_memory_equal(w.got_b.p, said.p, said.n);
	buf_free(&said);
	world_end(&w);
}

/* An initiator made from Noise alone, so that it can say what a link would not. */
struct hand {
	struct noise *n;
	struct noise_cipher tx, rx;
	struct buf out;
};

static void hand_write(struct hand *h, struct span payload)
{
	size_t before = h->out.n;
	uint8_t *p;

	assert_int_equal(buf_room(&h->out, 2, &p), OK);
	assert_int_equal(noise_write(h->n, payload, &h->out), OK);
	put_u16be(h->out.p + before, (uint16_t)(h->out.n - before - 2));
}

static void hand_start(struct hand *h, struct world *w, const uint8_t first[24])
{
	uint8_t prologue[13 + 32];
	struct noise_config c = {.pattern = &noise_xkpsk3, .initiator = true, .prologue = SPAN(prologue, sizeof prologue),
		.s_sk = w->a.sk, .rs_pk = w->b.pk, .psk = w->psk, .e_sk = w->a.e_sk};
	struct link_config b = config_b(w);

	memcpy(prologue, "tally/link/1", 13);
	memcpy(prologue + 13, w->org.b, 32);
	*h = (struct hand){0};
	assert_int_equal(noise_open(&c, &h->n), OK);
	assert_int_equal(link_open(&b, &w->b.link), OK);
	link_trust(w->b.link);
	hand_write(h, SPAN(first, 24));
	feed(w, false, buf_span(&h->out), 1000);
	buf_clear(&h->out);
}

static void hand_first(struct world *w, uint8_t first[static 24])
{
	memset(first, 0, 24);
	first[0] = (uint8_t)w->mode;
	memcpy(first + 8, w->selector, 16);
}

static void hand_third(struct hand *h, struct world *w, const uint8_t third[256])
{
	struct buf nothing = {0}, *answer = link_output(w->b.link);

	assert_int_equal(answer->n, 50);
	assert_int_equal(noise_read(h->n, SPAN(answer->p + 2, 48), &nothing), OK);
	assert_int_equal(nothing.n, 0);
	buf_free(&nothing);
	buf_clear(answer);
	hand_write(h, SPAN(third, 256));
	feed(w, false, buf_span(&h->out), 1000);
	buf_clear(&h->out);
	assert_int_equal(noise_split(h->n, &h->tx, &h->rx), OK);
}

static void hand_open(struct hand *h, struct world *w)
{
	uint8_t first[24], third[256] = {0, 3, 'm', 'a', 'p'};

	world_init(w, LINK_MODE_LINK);
	hand_first(w, first);
	hand_start(h, w, first);
	hand_third(h, w, third);
	assert_int_equal(w->opened_b.type, LINK_OPEN);
	assert_int_equal(w->opened_b.bytes.n, 3);
}

static void hand_frame(struct hand *h, struct span plain)
{
	uint8_t head[2];

	put_u16be(head, (uint16_t)(plain.n + 16));
	assert_int_equal(buf_add(&h->out, head, 2), OK);
	assert_int_equal(noise_seal(&h->tx, plain, &h->out), OK);
}

static void hand_end(struct hand *h, struct world *w)
{
	noise_free(h->n);
	buf_free(&h->out);
	world_end(w);
}

static void test_first_payload(void **state)
{
	(void)state;
	for (size_t at = 0; at < 8; at++) {
		struct world w;
		struct hand h;
		uint8_t first[24];

		world_init(&w, LINK_MODE_LINK);
		hand_first(&w, first);
		first[at] = at ? 1 : 4; /* no such mode; a byte that is to be zero */
		hand_start(&h, &w, first);
		assert_int_equal(w.closed_b.why, ERR_SHAPE);
		assert_int_equal(w.asked, 0);
		assert_int_equal(link_output(w.b.link)->n, 0);
		hand_end(&h, &w);
	}
}

static void test_third_payload(void **state)
{
	struct world w;
	struct hand h;
	uint8_t first[24], third[256];

	(void)state;
	for (int i = 0; i < 6; i++) {
		bool good = i < 2;

		world_init(&w, LINK_MODE_LINK);
		hand_first(&w, first);
		hand_start(&h, &w, first);
		memset(third, 0, sizeof third);
		if (i == 1 || i == 2)
			memset(third + 2, 'x', 254);
		if (i == 1)
			put_u16be(third, 254);
		if (i == 3)
			put_u16be(third, 255);
		if (i == 4)
			third[2] = 1; /* length 0, then not a zero */
		if (i == 5)
			third[255] = 1;
		hand_third(&h, &w, third);
		assert_int_equal(w.opened_b.type, good ? LINK_OPEN : LINK_NONE);
		assert_int_equal(w.closed_b.why, good ? OK : ERR_SHAPE);
		if (i == 1)
			assert_memory_equal(w.hello_b, third + 2, 254);
		hand_end(&h, &w);
	}
}

static void test_plaintexts(void **state)
{
	static const struct {
		size_t n, length;
		uint8_t flag;
		size_t dirty; /* where a byte is not zero; 0: nowhere */
		enum err why;
	} rows[] = {
		{256, 5, 1, 0, OK},
		{1024, 5, 1, 0, OK}, /* more padding than needed hides the size */
		{256, 253, 1, 0, OK},
		{256, 254, 1, 0, ERR_SHAPE},
		{256, 65535, 1, 0, ERR_SHAPE},
		{256, 5, 2, 0, ERR_SHAPE},
		{256, 5, 0x81, 0, ERR_SHAPE},
		{256, 5, 1, 8, ERR_SHAPE},
		{256, 5, 1, 255, ERR_SHAPE},
		{256, 0, 1, 3, ERR_SHAPE},
		{256, 0, 0, 0, ERR_SHAPE}, /* nothing, and more of it to come */
		{255, 5, 1, 0, ERR_SHAPE},
		{257, 5, 1, 0, ERR_SHAPE},
		{3, 0, 1, 0, ERR_SHAPE},
		{0, 0, 0, 0, ERR_SHAPE},
		{65280, 65277, 1, 0, OK},
		{65280 + 239, 5, 1, 0, ERR_SHAPE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		static uint8_t plain[65536];
		struct world w;
		struct hand h;

		hand_open(&h, &w);
		memset(plain, 0, sizeof plain);
		put_u16be(plain, (uint16_t)rows[i].length);
		plain[2] = rows[i].flag;
		if (rows[i].dirty)
			plain[rows[i].dirty] = 1;
		hand_frame(&h, SPAN(plain, rows[i].n));
		feed(&w, false, buf_span(&h.out), 70000);
		if (w.closed_b.why != rows[i].why)
			fail_msg("row %zu: %s", i, err_name(w.closed_b.why));
		assert_int_equal(w.messages_b, rows[i].why == OK);
		assert_int_equal(w.got_b.n, rows[i].why == OK ? rows[i].length : 0);
		hand_end(&h, &w);
	}
}

/* A message cut by hand into frames: at the limit it arrives, one byte above it does not, nor without end. */
static void long_message(size_t total, bool ends)
{
	static uint8_t plain[65280];
	struct world w;
	struct hand h;
	size_t left = total;

	hand_open(&h, &w);
	while (left && w.closed_b.type == LINK_NONE) {
		size_t n = left < 60000 ? left : 60000;

		left -= n;
		memset(plain, 0, sizeof plain);
		put_u16be(plain, (uint16_t)n);
		plain[2] = left == 0 && ends;
		memset(plain + 3, 'm', n);
		hand_frame(&h, SPAN(plain, sizeof plain));
		feed(&w, false, buf_span(&h.out), 70000);
		buf_clear(&h.out);
	}
	assert_int_equal(w.closed_b.why, total > LIMIT_MESSAGE ? ERR_LIMIT : OK);
	assert_int_equal(w.messages_b, total <= LIMIT_MESSAGE && ends);
	hand_end(&h, &w);
}

static void test_long_messages(void **state)
{
	(void)state;
	long_message(LIMIT_MESSAGE, true);
	long_message(LIMIT_MESSAGE, false);
	long_message(LIMIT_MESSAGE + 1, true);
	long_message(LIMIT_MESSAGE + 1, false);
	long_message((size_t)3 * LIMIT_MESSAGE, true);
}

static void test_bytes_out_of_turn(void **state)
{
	struct world w;
	uint8_t more[75];

	(void)state;
	world_init(&w, LINK_MODE_LINK); /* message 1 and a byte */
	world_open(&w);
	memcpy(more, link_output(w.a.link)->p, 74);
	more[74] = 0;
	link_feed(w.b.link, SPAN(more, 75), w.now);
	events_of(&w, false);
	assert_int_equal(w.closed_b.why, ERR_SHAPE);
	assert_int_equal(w.asked, 0);
	world_end(&w);

	world_init(&w, LINK_MODE_LINK); /* while the psk is being looked up */
	world_open(&w);
	link_feed(w.b.link, SPAN(more, 74), w.now);
	link_feed(w.b.link, SPAN(more, 1), w.now);
	link_psk(w.b.link, w.psk); /* too late: nothing happens */
	events_of(&w, false);
	assert_int_equal(w.closed_b.why, ERR_SHAPE);
	assert_int_equal(link_output(w.b.link)->n, 0);
	world_end(&w);

	world_init(&w, LINK_MODE_LINK); /* a huge length is refused by its two bytes alone */
	world_open(&w);
	link_feed(w.b.link, SPAN("\xff\xff", 2), w.now);
	events_of(&w, false);
	assert_int_equal(w.closed_b.why, ERR_SHAPE);
	world_end(&w);
}

static void test_deadlines(void **state)
{
	struct world w;
	int64_t now;

	(void)state;
	world_init(&w, LINK_MODE_LINK); /* the handshake, for a drip of bytes as for silence */
	world_open(&w);
	assert_int_equal(link_deadline(w.b.link), START + LIMIT_HANDSHAKE_MS);
	link_feed(w.b.link, SPAN("\0", 1), START + LIMIT_HANDSHAKE_MS - 1);
	assert_int_equal(link_deadline(w.b.link), START + LIMIT_HANDSHAKE_MS);
	link_tick(w.b.link, START + LIMIT_HANDSHAKE_MS - 1);
	events_of(&w, false);
	assert_int_equal(w.closed_b.type, LINK_NONE);
	link_tick(w.b.link, START + LIMIT_HANDSHAKE_MS);
	events_of(&w, false);
	assert_int_equal(w.closed_b.why, ERR_EXPIRED);
	assert_int_equal(link_deadline(w.b.link), INT64_MAX);
	link_tick(w.a.link, START + LIMIT_HANDSHAKE_MS);
	events_of(&w, true);
	assert_int_equal(w.closed_a.why, ERR_EXPIRED);
	world_end(&w);

	open_world(&w); /* silence; sending is no sign of life of the other side */
	assert_int_equal(link_deadline(w.b.link), START + LIMIT_DEAD_MS);
	w.now = START + 1000;
	send_ok(w.b.link, "hello?");
	assert_int_equal(link_deadline(w.b.link), START + LIMIT_DEAD_MS);
	buf_clear(link_output(w.b.link));
	send_ok(w.a.link, "yes");
	feed(&w, false, buf_span(link_output(w.a.link)), 1000);
	assert_int_equal(link_deadline(w.b.link), START + 1000 + LIMIT_DEAD_MS);
	link_tick(w.b.link, START + 1000 + LIMIT_DEAD_MS - 1);
	events_of(&w, false);
	assert_int_equal(w.closed_b.type, LINK_NONE);
	link_tick(w.b.link, START + 1000 + LIMIT_DEAD_MS);
	assert_b_closed(&w, ERR_EXPIRED, 1);
	world_end(&w);

	open_world(&w); /* half a frame, dripping in, is silence too */
	send_ok(w.a.link, "yes");
	for (now = START; now < START + LIMIT_DEAD_MS; now += LIMIT_PING_MS) {
		w.now = now;
		feed(&w, false, SPAN(link_output(w.a.link)->p + (now - START) / LIMIT_PING_MS, 1), 1);
		assert_int_equal(link_deadline(w.b.link), START + LIMIT_DEAD_MS);
	}
	link_tick(w.b.link, START + LIMIT_DEAD_MS);
	assert_b_closed(&w, ERR_EXPIRED, 0);
	world_end(&w);

	open_world(&w); /* age, however lively */
	for (now = START; now + LIMIT_PING_MS < START + LIMIT_SESSION_MS; now += LIMIT_PING_MS) {
		w.now = now;
		send_ok(w.a.link, "ping");
		run(&w, 1000);
	}
	assert_both_open(&w);
	assert_int_equal(link_deadline(w.b.link), START + LIMIT_SESSION_MS);
	link_tick(w.b.link, START + LIMIT_SESSION_MS - 1);
	events_of(&w, false);
	assert_int_equal(w.closed_b.type, LINK_NONE);
	send_ok(w.a.link, "too late");
	link_feed(w.b.link, buf_span(link_output(w.a.link)), START + LIMIT_SESSION_MS);
	assert_b_closed(&w, ERR_EXPIRED, w.messages_b);
	world_end(&w);
}

/* Bytes count both ways; the message that reaches the limit still arrives. */
static void test_session_bytes(void **state)
{
	const uint64_t frame = 2 + 65280 + 16, handshake = 74 + 50 + 322;
	const uint64_t frames = (LIMIT_SESSION_BYTES - handshake + frame - 1) / frame;
	static const uint8_t data[65277];
	struct world w;
	struct link_event ev;
	uint64_t read = 0;

	(void)state;
	open_world(&w);
	for (uint64_t i = 0; i < frames; i++) {
		struct buf *out = link_output(w.a.link);

		assert_int_equal(link_send(w.a.link, SPAN(data, sizeof data)), OK);
		link_feed(w.b.link, buf_span(out), w.now);
		buf_clear(out);
		link_next(w.b.link, &ev);
		assert_int_equal(ev.type, LINK_MESSAGE);
		read += ev.bytes.n;
		link_next(w.b.link, &ev);
		assert_int_equal(ev.type, i + 1 < frames ? LINK_NONE : LINK_CLOSED);
	}
	assert_int_equal(read, frames * sizeof data);
	assert_int_equal(ev.why, ERR_LIMIT);
	link_next(w.a.link, &ev); /* the sender sees it at the same byte */
	assert_int_equal(ev.type, LINK_CLOSED);
	assert_int_equal(ev.why, ERR_LIMIT);
	assert_int_equal(link_send(w.a.link, SPAN(data, 1)), ERR_INVALID);
	world_end(&w);
}

static void test_misuse(void **state)
{
	struct world w;
	struct link_config c;
	struct link *l = NULL;
	uint8_t map[255] = {0};

	(void)state;
	world_init(&w, LINK_MODE_LINK);
	c = config_a(&w);
	c.hello = SPAN(map, 255);
	assert_int_equal(link_open(&c, &l), ERR_LIMIT);
	c.hello = SPAN(map, 254);
	assert_int_equal(link_open(&c, &l), OK);
	assert_int_equal(link_send(l, SPAN("x", 1)), ERR_INVALID); /* not open yet */
	link_psk(l, w.psk);
	link_refuse(l);
	link_free(l);
	l = NULL;
	c = config_a(&w);
	c.rs_pk = NULL;
	assert_int_equal(link_open(&c, &l), ERR_INVALID);
	c = config_a(&w);
	c.mode = (enum link_mode)4;
	assert_int_equal(link_open(&c, &l), ERR_INVALID);
	c = config_b(&w);
	c.link_sk = NULL;
	assert_int_equal(link_open(&c, &l), ERR_INVALID);
	assert_null(l);
	link_free(NULL);
	world_init(&w, LINK_MODE_LINK); /* no hello at all is fine here: its content is the caller's business */
	w.hello = SPAN(NULL, 0);
	world_open(&w);
	run(&w, 1000);
	assert_both_open(&w);
	assert_int_equal(w.opened_b.bytes.n, 0);
	assert_int_equal(link_send(w.a.link, SPAN(NULL, 0)), OK);
	run(&w, 1000);
	assert_int_equal(w.messages_b, 1);
	world_end(&w);
}

static int set_up(void **state)
{
	const char *given = getenv("TALLY_SEED");

	(void)state;
	seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	dice = seed;
	print_message("TALLY_SEED=%llu\n", (unsigned long long)seed);
	return sodium_init() < 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_all_modes_all_chunkings),
		cmocka_unit_test(test_sizes_on_the_wire),
		cmocka_unit_test(test_pending_message_behind_the_handshake),
		cmocka_unit_test(test_wrong_keys),
		cmocka_unit_test(test_stranger_draws_nothing),
		cmocka_unit_test(test_replayed_first_message),
		cmocka_unit_test(test_every_flipped_byte_of_the_handshake),
		cmocka_unit_test(test_every_flipped_byte_of_a_frame),
		cmocka_unit_test(test_dropped_doubled_reordered),
		cmocka_unit_test(test_reflected),
		cmocka_unit_test(test_message_at_the_limit),
		cmocka_unit_test(test_message_of_nobody),
		cmocka_unit_test(test_random_messages),
		cmocka_unit_test(test_first_payload),
		cmocka_unit_test(test_third_payload),
		cmocka_unit_test(test_plaintexts),
		cmocka_unit_test(test_long_messages),
		cmocka_unit_test(test_bytes_out_of_turn),
		cmocka_unit_test(test_deadlines),
		cmocka_unit_test(test_session_bytes),
		cmocka_unit_test(test_misuse),
	};

	return cmocka_run_group_tests_name("link", tests, set_up, NULL);
}
