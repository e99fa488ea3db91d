/* evil_client.h - a client by hand: speaks to node 0 over the real encrypted link, and says what it likes. */
#ifndef TALLY_TEST_EVIL_CLIENT_H
#define TALLY_TEST_EVIL_CLIENT_H

#include "tests/unit/evil.h"

#define CLIENTS 80
#define HEARD 512

struct client {
	uint64_t conn;
	struct link *link;
	bool open, closed; /* handshake done; hung up by node 0 */
	size_t heard, taken;
	struct {
		enum message_number number;
		const struct value *body;
	} in[HEARD];
};

struct stage {
	struct evil v;
	uint8_t secret[32]; /* of the pair */
	size_t clients;
	struct client client[CLIENTS];
};

/* ---- the client ---- */

static inline void hear(struct stage *st, struct client *c)
{
	struct link_event ev;
	for (;;) {
		const struct message_row *row;
		struct complaint why;
		struct buf copy = {0};
		link_next(c->link, &ev);
		if (ev.type == LINK_NONE || ev.type == LINK_CLOSED)
			return;
		if (ev.type == LINK_OPEN)
			c->open = true;
		if (ev.type != LINK_MESSAGE)
			continue;
		assert_true(c->heard < HEARD);
		assert_int_equal(buf_add(&copy, ev.bytes.p, ev.bytes.n), OK);
		assert_int_equal(message_decode(evil_keep(&st->v, &copy), st->v.a, &row, &c->in[c->heard].body, &why), OK);
		c->in[c->heard++].number = row->number;
	}
}

/* Ends node 0's turn, and hands what it wrote to whom it is for. */
static inline void end_turn(struct stage *st)
{
	struct output *outputs;
	size_t count;
	assert_int_equal(core_end(st->v.victim->core, &outputs, &count), OK);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < st->clients; k++) {
			struct client *c = &st->client[k];
			if (c->conn != outputs[i].conn || outputs[i].type == OUTPUT_DIAL)
				continue;
			if (outputs[i].type == OUTPUT_HANGUP)
				c->closed = true;
			else
				link_feed(c->link, buf_span(&outputs[i].bytes), st->v.s.now);
			hear(st, c);
		}
}

/* All that the client has written goes over in one turn, until both are silent. */
static inline void pump(struct stage *st, struct client *c)
{
	for (int i = 0; link_output(c->link)->n && !c->closed; i++) {
		struct buf bytes = *link_output(c->link);
		assert_true(i < 100);
		*link_output(c->link) = (struct buf){0};
		scenario_begin(st->v.victim);
		core_bytes(st->v.victim->core, c->conn, buf_span(&bytes));
		end_turn(st);
		buf_free(&bytes);
	}
}

static inline void tick(struct stage *st, int64_t ms)
{
	st->v.s.now += ms;
	scenario_begin(st->v.victim);
	core_tick(st->v.victim->core);
	end_turn(st);
}

/* A stream of who holds this link key, and says in message 3 that it is this organisation; nothing has travelled yet. */
static inline struct client *dial_only(struct stage *st, const struct maker *key, const struct id *org, enum link_mode mode,
                                       const uint8_t secret[static 32])
{
	struct client *c = &st->client[st->clients++];
	struct value *m = value_map(st->v.a), *versions = value_array(st->v.a);
	struct id hash;
	uint8_t pk[32], sk[32];
	struct link_config config = {.initiator = true, .responder = *scenario_org(st->v.victim), .mode = mode, .now = st->v.s.now};
	assert_true(st->clients < CLIENTS);
	memset(sk, 0, sizeof sk); /* maker_pair: the seed is the X25519 secret */
	sk[0] = key->tag;
	sk[1] = MAKER_LINK;
	sk[2] = (uint8_t)(key->n - 1);
	sk[3] = 1;
	crypto_scalarmult_base(pk, sk);
	statement_hash(key->chain[key->n - 1].payload, &hash);
	value_push(st->v.a, versions, value_int(st->v.a, 1));
	value_set(st->v.a, m, 0, value_id(st->v.a, org));
	value_set(st->v.a, m, 1, value_int(st->v.a, (int64_t)key->n - 1));
	value_set(st->v.a, m, 2, value_id(st->v.a, &hash));
	value_set(st->v.a, m, 3, versions);
	config.hello = evil_pack(&st->v, m);
	uint8_t *kept = arena_alloc(st->v.a, 32); /* borrowed by the link */
	memcpy(kept, sk, 32);
	config.link_sk = kept;
	config.rs_pk = core_self(st->v.victim->core)->keys.link;
	link_keys(mode, secret, config.psk, config.selector);
	put_u64be(config.e_sk, 0x1234567 + st->clients);
	c->conn = 1000 + st->clients;
	assert_int_equal(link_open(&config, &c->link), OK);
	link_trust(c->link);
	scenario_begin(st->v.victim);
	core_accepted(st->v.victim->core, c->conn);
	end_turn(st);
	return c;
}

static inline struct client *dial(struct stage *st, const struct maker *key, const struct id *org, enum link_mode mode,
                                  const uint8_t secret[static 32])
{
	struct client *c = dial_only(st, key, org, mode, secret);
	pump(st, c);
	return c;
}

/* What the client has written so far goes over, and what comes back waits in its link. */
static inline void one_way(struct stage *st, struct client *c)
{
	struct buf bytes = *link_output(c->link);
	*link_output(c->link) = (struct buf){0};
	scenario_begin(st->v.victim);
	core_bytes(st->v.victim->core, c->conn, buf_span(&bytes));
	end_turn(st);
	buf_free(&bytes);
}

static inline void push(struct client *c, enum message_number number, const struct value *body)
{
	struct buf bytes = {0};
	assert_int_equal(message_encode(number, body, &bytes), OK);
	assert_int_equal(link_send(c->link, buf_span(&bytes)), OK);
	buf_free(&bytes);
}

static inline void say(struct stage *st, struct client *c, enum message_number number, const struct value *body)
{
	push(c, number, body);
	pump(st, c);
}

static inline void say_raw(struct stage *st, struct client *c, const void *p, size_t n)
{
	assert_int_equal(link_send(c->link, SPAN(p, n)), OK);
	pump(st, c);
}

/* The next message of this number that node 0 has sent; NULL: none. */
static inline const struct value *next(struct client *c, enum message_number number)
{
	while (c->taken < c->heard)
		if (c->in[c->taken++].number == number)
			return c->in[c->taken - 1].body;
	return NULL;
}

static inline struct session *session(struct stage *st, const struct client *c)
{
	struct session *s = st->v.victim->core->sessions;
	while (s && s->conn != c->conn)
		s = s->next;
	return s;
}

static inline void set(struct stage *st, enum message_number number, struct value *m, const char *name, struct value *v)
{
	fields_set(st->v.a, message_fields(number), m, name, v);
}

#endif
