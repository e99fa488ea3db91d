/* keys.c - people change the keys of their nodes: what whoever holds the recovery kit does by two calls, either of which may be lost. */
#include "tests/sim/world.h"

#include <string.h>

#include "proto/statement.h"
#include "proto/vocab.h"
#include "store/orgs.h"

static struct id digest_of(const uint8_t seed[static 32])
{
	uint8_t pk[SIGN_PK], sk[SIGN_SK];
	struct id digest;
	sign_keypair(seed, pk, sk);
	statement_root_digest(pk, &digest);
	return digest;
}

/* Which kit counts: the change before may have been made and nobody told. */
static void find_kit(struct sim *s, struct place *p)
{
	struct signed_statement st;
	struct statement newest;
	struct txn *t;
	sim_must(s, store_read(p->node.store, &t), "store_read");
	sim_must(s, statements_newest(t, &p->org, &st, &newest), "statements_newest");
	store_abort(t);
	struct id root = digest_of(p->node.root), next = digest_of(p->next_root);
	if (id_eq(&newest.next_root, &next))
		memcpy(p->node.root, p->next_root, sizeof p->node.root);
	else if (!id_eq(&newest.next_root, &root))
		sim_fail(s, "kit", "node%d: no kit names the next keys", p->node.index);
}

static json_t *hex(const uint8_t *b, size_t n)
{
	char text[2 * SIGN_LEN + 1];
	hex_encode(text, b, n);
	return json_string(text);
}

static void changed(struct sim *s, struct call *c)
{
	s->place[c->node].changing = false;
	s->out->counts.rotations += json_is_true(json_object_get(c->response, "ok"));
}

static void prepared(struct sim *s, struct call *c)
{
	struct place *p = &s->place[c->node];
	const char *statement = people_result(c, "statement");
	uint8_t payload[4096], pk[SIGN_PK], sk[SIGN_SK], sig[SIGN_LEN];
	if (!statement) {
		p->changing = false;
		return;
	}
	size_t n = strlen(statement) / 2;
	if (n > sizeof payload || hex_decode(statement, 2 * n, payload) != OK)
		sim_fail(s, "kit", "node%d wants something signed that is no statement", c->node);
	sign_keypair(p->node.root, pk, sk);
	sim_must(s, sign_make(SIGN_KEY, SPAN(payload, n), sk, sig), "sign_make");
	struct call *next = people_call(s, c->node, "key.rotate", json_pack("{s:s, s:o}", "statement", statement, "root_sig", hex(sig, sizeof sig)));
	next->done = changed;
	turn_call(s, next);
}

struct call *keys_change(struct sim *s, uint64_t *dice, int node)
{
	struct place *p = &s->place[node];
	uint8_t pk[SIGN_PK], sk[SIGN_SK];
	if (p->changing)
		return NULL;
	find_kit(s, p);
	for (size_t i = 0; i < sizeof p->next_root; i++)
		p->next_root[i] = (uint8_t)world_dice(dice);
	sign_keypair(p->node.root, pk, sk);
	struct id next = digest_of(p->next_root);
	const char *reason = vocab_word(&vocab_key_reason, 1 + (int64_t)sim_below(dice, 2));
	struct call *c = people_call(s, node, "key.prepare", json_pack("{s:s, s:o, s:o}", "reason", reason, "root", hex(pk, sizeof pk), "next_root",
	                                                               hex(next.b, sizeof next.b)));
	c->done = prepared;
	p->changing = true;
	return c;
}
