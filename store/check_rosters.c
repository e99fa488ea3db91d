/* Rosters: each event stands under its hash and its consortium, continues those before it, and is decided by their convenors. */
#include <string.h>

#include "proto/roster.h"
#include "store/check_state.h"
#include "store/orgs.h"
#include "store/rosters.h"

static enum err key_of(void *ctx, const struct id *org, uint64_t kseq, uint8_t pk[static SIGN_PK])
{
	struct check *c = ctx;
	struct signed_statement s;
	struct statement parsed;
	enum err e = statements_get(c->t, org, kseq, &s);

	if (e == OK)
		e = statement_decode(s.payload, &parsed);
	if (e == OK) {
		memcpy(pk, parsed.keys.sign, SIGN_PK);
		c->figures.signatures++;
	}
	return e;
}

static enum err verify(struct check *c, const struct roster_key *key, const struct roster_event *ev)
{
	const struct roster_keys keys = {key_of, c};
	struct roster r, before[LIMIT_ROSTER_PREVS];
	struct roster_event was;
	struct id id, hash;
	enum err e = roster_decode(ev->payload, c->a, &r);

	if (e != OK)
		return e;
	roster_consortium(ev->payload, &r, &id);
	roster_hash(ev->payload, &hash);
	if (!id_eq(&id, &key->consortium) || !id_eq(&hash, &key->hash))
		return ERR_CONFLICT;
	for (size_t i = 0; i < r.prevs && e == OK; i++) {
		e = rosters_get(c->t, TABLE_ROSTERS, &(struct roster_key){key->consortium, r.prev[i]}, c->a, &was);
		if (e == OK)
			e = roster_decode(was.payload, c->a, &before[i]);
	}
	return e == OK ? roster_verify(ev, &r, before, r.prevs, &keys) : e;
}

static enum err check_event(struct check *c, enum table table, const char *name, struct span key)
{
	char hex[CHECK_HEX];
	struct roster_event ev;
	struct roster_key k;

	c->figures.rows++;
	if (key.n != sizeof k) {
		check_say(c, "%s: a key has %zu bytes instead of 64", name, key.n);
		return OK;
	}
	memcpy(&k, key.p, sizeof k);
	enum err e = rosters_get(c->t, table, &k, c->a, &ev);
	if (e == OK)
		e = verify(c, &k, &ev);
	if (e == ERR_MEMORY || e == ERR_IO)
		return e;
	if (e != OK && !(e == ERR_PENDING && table == TABLE_PROPOSALS))
		check_say(c, "%s: the event %s does not verify: %s", name, check_hex(&k.hash, hex), err_text(e));
	return OK;
}

enum err check_roster(struct check *c, struct span key, struct span value)
{
	(void)value;
	return check_event(c, TABLE_ROSTERS, "rosters", key);
}

enum err check_proposal(struct check *c, struct span key, struct span value)
{
	(void)value;
	return check_event(c, TABLE_PROPOSALS, "proposals", key);
}
