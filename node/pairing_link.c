/* pairing_link.c - pairing as the sessions see it: which secret a stream speaks of, the new secret of each first handshake, and the partner row
 * that comes of it. pairing.c has what the operator asks for. */
#include <stdio.h>
#include <string.h>

#include "node/consortium.h"
#include "node/pairing.h"
#include "node/pairsecret.h"
#include "proto/pack.h"
#include "store/locals.h"

/* ---- handshakes ---- */

static enum err hello_map(struct core *c, struct span *out)
{
	struct value *m = value_map(c->arena), *versions = value_array(c->arena);
	struct signed_statement st;
	struct statement parsed;
	struct id hash;
	struct buf bytes = {0};
	enum err e = statements_newest(core_txn(c), &c->self.org, &st, &parsed);
	if (e != OK)
		return e;
	statement_hash(st.payload, &hash);
	value_push(c->arena, versions, value_int(c->arena, 1));
	value_set(c->arena, m, 0, value_id(c->arena, &c->self.org));
	value_set(c->arena, m, 1, value_int(c->arena, (int64_t)parsed.kseq));
	value_set(c->arena, m, 2, value_id(c->arena, &hash));
	value_set(c->arena, m, 3, versions);
	e = pack_encode(m, &bytes);
	uint8_t *kept = e == OK ? arena_alloc(c->arena, bytes.n) : NULL;
	if (kept) {
		memcpy(kept, bytes.p, bytes.n);
		*out = SPAN(kept, bytes.n);
	} else if (e == OK) {
		e = ERR_MEMORY;
	}
	buf_free(&bytes);
	return e;
}

static enum err dial_secret(struct core *c, struct peer *p, struct link_config *config, uint8_t secret[static 32])
{
	struct partner row;
	struct pairsecret pair;
	struct buf join = {0};
	char file[80];
	size_t count;
	if (p->member)
		return consortium_dial(c, p, config, secret);
	if (p->joining) {
		config->mode = LINK_MODE_INVITE;
		memcpy(secret, p->invite.secret, 32);
		return OK;
	}
	enum err e = partners_get(core_txn(c), c->arena, &p->org, &row);
	if (e != OK)
		return e;
	if (row.state == PARTNER_ACTIVE) {
		config->mode = LINK_MODE_LINK;
		e = pairsecret_get(c, &p->org, p->secret, &pair, &count);
		if (e == OK)
			memcpy(secret, pair.secret, 32);
		bytes_wipe(&pair, sizeof pair);
		return e;
	}
	config->mode = LINK_MODE_INVITE;
	pairsecret_join_name(&p->org, file);
	e = vault_get(c->vault, file, &join);
	if (e == OK && join.n == 32)
		memcpy(secret, join.p, 32);
	else if (e == OK)
		e = ERR_CORRUPT;
	buf_free(&join);
	return e;
}

static bool holds(struct core *c, const struct id *org, const struct id *statement)
{
	struct signed_statement st;
	struct walk w;
	bool found = false;
	if (statements_walk(core_txn(c), org, &w) != OK)
		return false;
	while (!found && statements_next(&w, &st)) {
		struct id hash;
		statement_hash(st.payload, &hash);
		found = id_eq(&hash, statement);
	}
	return walk_close(&w, OK) == OK && found;
}

/* Whom we join may have told us of newer keys since it invited us. */
static enum err link_key(struct core *c, const struct peer *p, struct statement *parsed, const uint8_t **out)
{
	struct signed_statement st;
	*out = p->invite.link_pk;
	if (p->joining && !holds(c, &p->org, &p->invite.statement))
		return OK;
	enum err e = statements_newest(core_txn(c), &p->org, &st, parsed);
	*out = parsed->keys.link;
	return e;
}

enum err pairing_dial(struct core *c, struct peer *p, struct link_config *config)
{
	uint8_t secret[32];
	struct statement *parsed = arena_alloc(c->arena, sizeof *parsed);
	enum err e = parsed ? dial_secret(c, p, config, secret) : ERR_MEMORY;
	if (e != OK)
		return e;
	config->responder = p->org;
	e = link_key(c, p, parsed, &config->rs_pk);
	link_keys(config->mode, secret, config->psk, config->selector);
	bytes_wipe(secret, sizeof secret);
	return e != OK ? e : hello_map(c, &config->hello);
}

bool pairing_ask(struct core *c, struct session *s, enum link_mode mode, const uint8_t selector[static LINK_SELECTOR], uint8_t psk[static 32])
{
	struct pairsecret pair;
	switch (mode) {
	case LINK_MODE_LINK:
		if (!pairsecret_find(c, selector, &s->org, &pair)) {
			core_log(c, "stranger", NULL, "a selector that is nobody's");
			return false;
		}
		s->org_known = true;
		s->pair_h = pair.h;
		memcpy(psk, pair.secret, 32);
		bytes_wipe(&pair, sizeof pair);
		return true;
	case LINK_MODE_INVITE:
		return pairing_ask_invite(c, selector, psk);
	case LINK_MODE_MEMBER:
		return consortium_ask(c, selector, psk);
	case LINK_MODE_INTRO:
		return false;
	}
	return false;
}

static bool hello_org(struct core *c, struct span bytes, struct id *org)
{
	const struct value *m;
	return pack_decode(bytes, c->arena, &m) == OK && value_is_id(value_at(m, 0), org);
}

/* A responder does so only when their statements have shown that the key of this stream is theirs: else whoever holds an invitation could say
 * that it is one of our partners, and push out that partner's own secrets. Who joins does so only when it comes to a partner. */
static enum err keep_secret(struct core *c, struct session *s)
{
	struct pairsecret pair = {.h = s->h};
	if (!s->fresh)
		return OK;
	s->fresh = false;
	memcpy(pair.secret, s->secret, 32);
	bytes_wipe(s->secret, sizeof s->secret);
	enum err e = pairsecret_add(c, &s->org, &pair);
	bytes_wipe(&pair, sizeof pair);
	return e;
}

void pairing_opened(struct core *c, struct session *s, const struct link_event *event)
{
	struct pairsecret pair;
	struct id org;
	if (!s->initiator) {
		if (!hello_org(c, event->bytes, &org) || (s->org_known && !id_eq(&org, &s->org)) || id_eq(&org, &c->self.org)) {
			session_end(c, s, "they are not who their secret says");
			return;
		}
		s->org = org;
		s->org_known = true;
	}
	if (s->mode == LINK_MODE_MEMBER) /* whether it is a member is asked when its keys are known */
		return;
	if (s->mode == LINK_MODE_LINK) {
		uint8_t selector[LINK_SELECTOR];
		memcpy(selector, s->selector, sizeof selector);
		if (s->initiator && pairsecret_find(c, selector, &org, &pair)) {
			s->pair_h = pair.h;
			bytes_wipe(&pair, sizeof pair);
		}
		return;
	}
	if (!s->initiator && !pairing_claim_invite(c, s)) {
		session_end(c, s, "this invitation belongs to somebody else");
		return;
	}
	memcpy(s->secret, event->pair_secret, 32);
	s->fresh = true;
	struct peer *peer = core_peer(c, &s->org, false);
	if (s->initiator && !(peer && peer->joining))
		core_break(c, keep_secret(c, s)); /* we know their key */
}

/* ---- becoming a partner ---- */

static enum err link_supplier(struct core *c, struct partner *p, struct span supplier)
{
	const struct value *row;
	char name[65];
	if (supplier.n == 0 || supplier.n >= sizeof name)
		return OK;
	memcpy(name, supplier.p, supplier.n);
	name[supplier.n] = 0;
	partners_set(c->arena, p, "supplier", value_str(c->arena, name));
	enum err e = locals_get(core_txn(c), &local_supplier, name, c->arena, &row);
	if (e == OK) {
		struct value *next = value_copy(c->arena, row);
		fields_set(c->arena, supplier_fields, next, "partner", value_id(c->arena, &p->org));
		e = locals_put(core_txn(c), &local_supplier, name, next);
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

void pairing_name(struct core *c, struct partner *p, const char *wanted)
{
	struct partner other;
	(void)snprintf(p->name, sizeof p->name, "%s", wanted);
	enum err e = partners_by_name(core_txn(c), c->arena, p->name, &other);
	if (e != ERR_NOT_FOUND)
		core_break(c, e);
	if (e == OK && !id_eq(&other.org, &p->org)) {
		char hex[9];
		hex_encode(hex, p->org.b, 4);
		(void)snprintf(p->name, sizeof p->name, "%.50s-%s", wanted, hex);
	}
}

static enum err host_side(struct core *c, struct session *s, struct partner *p)
{
	const struct value *row;
	struct span text;
	char name[65] = "partner";
	enum err e = rows_get(core_txn(c), TABLE_INVITES, SPAN(s->selector, sizeof s->selector), c->arena, &row);
	if (e != OK)
		return e;
	if (fields_str(invite_fields, row, "name", &text) && text.n < sizeof name) {
		memcpy(name, text.p, text.n);
		name[text.n] = 0;
	}
	pairing_name(c, p, name);
	return fields_str(invite_fields, row, "supplier", &text) ? link_supplier(c, p, text) : OK;
}

static enum err guest_dials(struct core *c, const struct session *s, struct partner *p, const struct peer *peer)
{
	struct value *list = value_array(c->arena);
	char file[80];
	for (size_t i = 0; i < peer->invite.addresses; i++)
		value_push(c->arena, list, value_str(c->arena, peer->invite.address[i]));
	partners_set(c->arena, p, "addresses", list);
	p->dial = true;
	pairsecret_join_name(&s->org, file);
	enum err e = pairsecret_new(c, file);
	return e != OK ? e : vault_put(c->vault, file, SPAN(peer->invite.secret, 32));
}

static enum err guest_side(struct core *c, struct session *s, struct partner *p, struct peer *peer)
{
	pairing_name(c, p, peer->name);
	return guest_dials(c, s, p, peer);
}

/* A partner by its card, whom we link now: it stays what it is, and its logs go on. */
static enum err guest_again(struct core *c, struct session *s, struct partner *p, struct peer *joining)
{
	enum err e = p->dial ? OK : guest_dials(c, s, p, joining);
	return e == OK ? partners_put(core_txn(c), c->arena, p) : e;
}

static void joined(struct core *c, struct effect *e)
{
	struct peer *p = core_peer(c, &e->org, false);
	if (!p)
		return;
	bytes_wipe(p->invite.secret, sizeof p->invite.secret);
	p->joining = false;
}

/* The row that names the new secrets. */
static enum err new_partner(struct core *c, struct session *s, struct peer *joining, const struct statement *st)
{
	struct partner p = {.org = s->org, .state = PARTNER_PENDING};
	char file[80];
	pairsecret_name(&s->org, file);
	enum err e = pairsecret_new(c, file);
	if (e == OK)
		e = keep_secret(c, s);
	if (e != OK)
		return e;
	partners_set(c->arena, &p, "title", value_str(c->arena, st->name));
	partners_set(c->arena, &p, "created", value_int(c->arena, c->now));
	partners_set(c->arena, &p, "our_kseq", value_int(c->arena, (int64_t)c->self.kseq));
	e = joining ? guest_side(c, s, &p, joining) : host_side(c, s, &p);
	if (e == OK)
		e = partners_put(core_txn(c), c->arena, &p);
	if (e == OK && joining)
		e = core_effect(c, &(struct effect){.done = joined, .org = s->org});
	if (e == OK)
		core_log(c, "partner-pending", &p.org, "%s", p.name);
	return e;
}

enum err pairing_keys(struct core *c, struct session *s)
{
	struct partner p;
	struct signed_statement st;
	struct statement parsed;
	struct id hash;
	struct peer *peer = core_peer(c, &s->org, false);
	struct peer *joining = s->initiator && peer && peer->joining ? peer : NULL;
	enum err e = partners_get(core_txn(c), c->arena, &s->org, &p);
	if (e == OK && p.state != PARTNER_REMOVED) { /* again: nothing is overwritten */
		if (joining && (e = guest_again(c, s, &p, joining)) == OK)
			e = core_effect(c, &(struct effect){.done = joined, .org = s->org});
		return e != OK ? e : keep_secret(c, s);
	}
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	if (s->initiator && !joining)
		return ERR_NOT_FOUND;
	e = statements_newest(core_txn(c), &s->org, &st, &parsed);
	if (e != OK)
		return e;
	statement_hash(st.payload, &hash);
	if (joining && !id_eq(&hash, &peer->invite.statement) && parsed.kseq == 0)
		return ERR_CONFLICT;
	return new_partner(c, s, joining, &parsed);
}

/* ---- both have compared ---- */

void pairing_turn_active(struct core *c, struct partner *p)
{
	if (p->state != PARTNER_PENDING || !p->verified || !p->confirmed)
		return;
	p->state = PARTNER_ACTIVE;
	core_log(c, "partner-active", &p->org, "%s", p->name);
}

enum err pairing_confirmed(struct core *c, const struct id *org)
{
	struct partner p;
	enum err e = partners_get(core_txn(c), c->arena, org, &p);
	if (e != OK || p.confirmed)
		return e == ERR_NOT_FOUND ? OK : e;
	p.confirmed = true;
	pairing_turn_active(c, &p);
	return partners_put(core_txn(c), c->arena, &p);
}

enum err pairing_proven(struct core *c, struct session *s)
{
	const struct kind *kind = kind_by_number(KIND_PAIR);
	struct value *body = value_map(c->arena);
	struct partner p;
	struct complaint why = {0};
	struct id record;
	char file[80];
	enum err e = partners_get(core_txn(c), c->arena, &s->org, &p);
	if (e != OK)
		return e;
	partners_set(c->arena, &p, "paired", value_int(c->arena, c->now));
	partners_set(c->arena, &p, "session", value_id(c->arena, &s->pair_h));
	e = partners_put(core_txn(c), c->arena, &p);
	fields_set(c->arena, kind->fields, body, "session", value_id(c->arena, &s->pair_h));
	fields_set(c->arena, kind->fields, body, "partner", value_id(c->arena, &s->org));
	if (e == OK)
		e = core_say(c, &(struct draft){.kind = kind, .body = body, .to = &s->org, .recipients = 1}, &record, &why);
	if (e != OK)
		return e;
	/* From here on only the pair secret opens the door. */
	pairsecret_join_name(&s->org, file);
	e = pairsecret_old(c, file);
	if (e == OK)
		e = pairing_drop_invites(c, &s->org);
	return e != OK ? e : pairsecret_keep(c, &s->org, &s->pair_h);
}

enum err pairing_load(struct core *c)
{
	struct walk w;
	enum err e = walk_open(core_txn(c), TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	if (e != OK)
		return e;
	while (e == OK && walk_next(&w)) {
		struct id org;
		struct partner p;
		if (w.key.n != 32)
			continue;
		memcpy(org.b, w.key.p, 32);
		e = partners_get(core_txn(c), c->arena, &org, &p);
		if (e == OK && p.state != PARTNER_REMOVED)
			e = pairsecret_load(c, &org);
		if (e == OK && p.dial && p.state != PARTNER_REMOVED && !core_peer(c, &org, true))
			e = ERR_MEMORY;
	}
	return walk_close(&w, e);
}
