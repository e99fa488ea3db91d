#include "node/pairing.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/words.h"
#include "node/ingest.h"
#include "node/names.h"
#include "node/pairsecret.h"
#include "store/locals.h"

static enum err say(struct complaint *why, enum err e, const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum err say(struct complaint *why, enum err e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	why->where[0] = 0;
	(void)vsnprintf(why->text, sizeof why->text, format, args);
	va_end(args);
	return e;
}

static enum err name_free(struct core *c, const char *name, struct complaint *why)
{
	struct partner p;
	if (names_fault(name))
		return say(why, ERR_INVALID, "\"%.30s\" cannot be a name: %s", name, names_fault(name));
	enum err e = partners_by_name(core_txn(c), c->arena, name, &p);
	if (e == OK && !pairsecret_any(c, &p.org))
		return OK; /* known by its card alone: this is to link it */
	return e == ERR_NOT_FOUND ? OK : e == OK ? say(why, ERR_CONFLICT, "there is a partner named \"%s\" already", name) : e;
}

static void operation(struct core *c, const char *what, const char *about)
{
	core_break(c, operations_add(core_txn(c), c->now, "operator", what, about));
}

/* ---- inviting ---- */

static enum err keep_invite(struct core *c, const struct pairing_offer *o, const struct invite *i)
{
	uint8_t psk[32], selector[LINK_SELECTOR];
	char file[80];
	struct value *row = value_map(c->arena);
	link_keys(LINK_MODE_INVITE, i->secret, psk, selector);
	bytes_wipe(psk, sizeof psk);
	pairsecret_invite_name(selector, file);
	fields_set(c->arena, invite_fields, row, "name", value_str(c->arena, o->name));
	if (o->supplier)
		fields_set(c->arena, invite_fields, row, "supplier", value_str(c->arena, o->supplier));
	fields_set(c->arena, invite_fields, row, "created", value_int(c->arena, c->now));
	fields_set(c->arena, invite_fields, row, "expires", value_int(c->arena, i->expires));
	enum err e = pairsecret_new(c, file);
	if (e == OK)
		e = vault_put(c->vault, file, SPAN(i->secret, sizeof i->secret));
	return e != OK ? e : rows_put(core_txn(c), TABLE_INVITES, SPAN(selector, sizeof selector), row);
}

enum err pairing_invite(struct core *c, const struct pairing_offer *o, struct buf *token, struct complaint *why)
{
	struct invite i = {.org = c->self.org, .expires = c->now + o->valid_ms, .addresses = c->addresses};
	struct signed_statement st;
	struct statement parsed;
	const struct value *row;
	enum err e = name_free(c, o->name, why);
	if (e != OK)
		return e;
	if (o->valid_ms <= 0)
		return say(why, ERR_LIMIT, "such an invitation would be over already");
	if (o->valid_ms > LIMIT_INVITE_MS)
		return say(why, ERR_LIMIT, "an invitation lives at most seven days");
	if (c->addresses == 0)
		return say(why, ERR_POLICY, "this node has no address where a partner could reach it");
	if (o->supplier && locals_get(core_txn(c), &local_supplier, o->supplier, c->arena, &row) != OK)
		return say(why, ERR_NOT_FOUND, "no supplier named \"%.64s\"", o->supplier);
	memcpy(i.link_pk, c->self.keys.link, 32);
	memcpy(i.address, c->address, sizeof i.address);
	(void)snprintf(i.name, sizeof i.name, "%s", c->self.name);
	core_random(c, i.secret, sizeof i.secret);
	e = statements_newest(core_txn(c), &c->self.org, &st, &parsed);
	if (e == OK) {
		statement_hash(st.payload, &i.statement);
		e = keep_invite(c, o, &i);
	}
	if (e == OK)
		e = invite_encode(&i, token);
	bytes_wipe(&i, sizeof i);
	if (e == OK)
		operation(c, "partner invited", o->name);
	return e;
}

/* ---- joining ---- */

static void join(struct core *c, struct effect *e)
{
	core_drop_peer(c, &e->org);
	e->peer->next = c->peers;
	c->peers = e->peer;
}

static void no_join(struct core *c, struct effect *e)
{
	(void)c;
	bytes_wipe(e->peer, sizeof *e->peer);
	free(e->peer);
}

static enum err begin_join(struct core *c, const struct invite *i, const char *name)
{
	struct peer *p = calloc(1, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	p->org = i->org;
	p->joining = true;
	p->give_up = c->steady + PAIRING_JOIN_MS;
	p->invite = *i;
	p->next_dial = c->steady;
	(void)snprintf(p->name, sizeof p->name, "%s", name);
	struct effect e = {.done = join, .undone = no_join, .org = i->org, .peer = p};
	enum err err = core_effect(c, &e);
	if (err != OK)
		no_join(c, &e);
	return err;
}

enum err pairing_join(struct core *c, const char *token, const char *name, struct id *org, struct complaint *why)
{
	struct invite i;
	struct partner p;
	enum err e = invite_decode(SPAN(token, strlen(token)), &i, why);
	if (e == OK && i.expires <= c->now)
		e = say(why, ERR_EXPIRED, "this invitation has expired");
	if (e == OK && id_eq(&i.org, &c->self.org))
		e = say(why, ERR_CONFLICT, "this invitation is our own");
	if (e == OK && partners_get(core_txn(c), c->arena, &i.org, &p) == OK && p.state != PARTNER_REMOVED && pairsecret_any(c, &i.org))
		e = say(why, ERR_CONFLICT, "already a partner: \"%s\"", p.name);
	if (e == OK && i.addresses == 0)
		e = say(why, ERR_INVALID, "this invitation names no address");
	if (e == OK)
		e = name_free(c, name, why);
	if (e == OK)
		e = begin_join(c, &i, name);
	if (e == OK)
		*org = i.org;
	bytes_wipe(&i, sizeof i);
	return e;
}

enum err pairing_join_state(struct core *c, const struct id *org, struct complaint *why)
{
	struct partner row;
	const struct peer *p = core_peer(c, org, false);
	if (partners_get(core_txn(c), c->arena, org, &row) == OK && row.state != PARTNER_REMOVED && pairsecret_any(c, org))
		return OK;
	for (size_t i = 0; i < c->turn.effects; i++)
		if (c->effect[i].peer && id_eq(&c->effect[i].org, org))
			return ERR_PENDING; /* it begins when this turn is committed */
	if (!p || (!p->joining && p->join == OK))
		return say(why, ERR_NOT_FOUND, "no attempt to join is under way");
	return p->joining ? ERR_PENDING : say(why, p->join, "%s", p->join_text);
}

void pairing_join_failed(struct core *c, struct peer *p, enum err e, const char *text)
{
	core_log(c, "join-failed", &p->org, "%s", text);
	p->joining = false;
	p->join = e;
	p->dial = 0;
	p->next_dial = INT64_MAX;
	bytes_wipe(p->invite.secret, sizeof p->invite.secret);
	(void)snprintf(p->join_text, sizeof p->join_text, "%s", text);
}

/* ---- comparing ---- */

enum err pairing_verify(struct core *c, const struct id *org, const char *words, bool *active, struct complaint *why)
{
	struct partner p;
	char theirs[WORDS_TEXT], ours[WORDS_TEXT], typed[WORDS_TEXT];
	size_t bad = 0;
	enum err e = partners_get(core_txn(c), c->arena, org, &p);
	if (e != OK)
		return e;
	if (p.state != PARTNER_PENDING && p.state != PARTNER_ACTIVE)
		return say(why, ERR_POLICY, "\"%s\" is suspended or removed", p.name);
	if (words_normal(words, WORDS_ORG, typed, &bad) != OK)
		return bad ? say(why, ERR_INVALID, "word %zu is not in the list: mistyped?", bad) : say(why, ERR_INVALID, "ten words are needed");
	words_org(org, theirs);
	words_org(&c->self.org, ours);
	if (strcmp(typed, ours) == 0)
		return say(why, ERR_INVALID, "these are our own words: type the ten that they read out");
	if (strcmp(typed, theirs) != 0) {
		core_remember(c, "operator", "words differed", p.name);
		return say(why, ERR_POLICY, "the words differ: this is not the organisation you think, or they were read out wrongly");
	}
	p.verified = true;
	partners_set(c->arena, &p, "verified_at", value_int(c->arena, c->now));
	pairing_turn_active(c, &p);
	*active = p.state == PARTNER_ACTIVE;
	e = partners_put(core_txn(c), c->arena, &p);
	if (e == OK)
		operation(c, "words compared", p.name);
	return e == OK ? core_follow(c, org) : e;
}

/* ---- suspending ---- */

enum err pairing_suspend(struct core *c, const struct id *org, struct complaint *why)
{
	struct partner p;
	enum err e = partners_get(core_txn(c), c->arena, org, &p);
	if (e != OK)
		return e;
	if (p.state != PARTNER_ACTIVE)
		return say(why, ERR_CONFLICT, "\"%s\" is not active", p.name);
	p.state = PARTNER_SUSPENDED;
	e = partners_put(core_txn(c), c->arena, &p);
	operation(c, "partner suspended", p.name);
	return e == OK ? core_follow(c, org) : e;
}

enum err pairing_resume(struct core *c, const struct id *org, struct complaint *why)
{
	struct partner p;
	enum err e = partners_get(core_txn(c), c->arena, org, &p);
	if (e != OK)
		return e;
	if (p.state != PARTNER_SUSPENDED)
		return say(why, ERR_CONFLICT, "\"%s\" is not suspended", p.name);
	p.state = PARTNER_ACTIVE;
	e = partners_put(core_txn(c), c->arena, &p);
	if (e == OK)
		e = ingest_parked(c, org);
	operation(c, "partner resumed", p.name);
	return e == OK ? core_follow(c, org) : e;
}

enum err pairing_remove(struct core *c, const struct id *org, struct complaint *why)
{
	struct partner p;
	char file[80];
	enum err e = partners_get(core_txn(c), c->arena, org, &p);
	if (e != OK)
		return e;
	if (p.state == PARTNER_REMOVED)
		return say(why, ERR_CONFLICT, "\"%s\" has been removed already", p.name);
	p.state = PARTNER_REMOVED;
	p.verified = p.confirmed = p.dial = false;
	e = partners_put(core_txn(c), c->arena, &p);
	operation(c, "partner removed", p.name);
	pairsecret_join_name(org, file);
	if (e == OK)
		e = ingest_forget(c, org);
	if (e == OK)
		e = core_follow(c, org);
	if (e == OK)
		e = pairsecret_old(c, file);
	if (e == OK)
		e = pairing_drop_invites(c, org);
	return e != OK ? e : pairsecret_drop(c, org);
}
