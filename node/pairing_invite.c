/* pairing_invite.c - what becomes of invitations: they are asked for, claimed by the first who uses them, dropped when the pair is proven, withdrawn
 * or swept. And the sweep of all secrets that no row names. */
#include <stdio.h>
#include <string.h>

#include "node/core_state.h"
#include "node/pairing.h"
#include "node/pairsecret.h"

/* ---- used ---- */

bool pairing_ask_invite(struct core *c, const uint8_t selector[static LINK_SELECTOR], uint8_t psk[static 32])
{
	const struct value *row;
	struct buf secret = {0};
	struct span used;
	uint8_t same[LINK_SELECTOR];
	char file[80];
	int64_t expires = 0;
	if (rows_get(core_txn(c), TABLE_INVITES, SPAN(selector, LINK_SELECTOR), c->arena, &row) != OK ||
	    !fields_int(invite_fields, row, "expires", &expires)) {
		core_log(c, "invitation-unknown", NULL, "used up, expired, withdrawn or never ours");
		return false;
	}
	/* Whoever used it in time, and only they (pairing_claim_invite), may come back until the pair is proven. */
	if (expires <= c->now && !value_is_bin(fields_get(invite_fields, row, "used_by"), &used)) {
		core_log(c, "invitation-expired", NULL, "somebody tried it");
		return false;
	}
	pairsecret_invite_name(selector, file);
	bool found = vault_get(c->vault, file, &secret) == OK && secret.n == 32;
	if (found)
		link_keys(LINK_MODE_INVITE, secret.p, psk, same);
	buf_free(&secret);
	return found;
}


/* An invitation belongs to the first static key that used it, and to the organisation that key first spoke for. */
bool pairing_claim_invite(struct core *c, struct session *s)
{
	const struct value *row;
	struct span used;
	struct span key = SPAN(s->selector, sizeof s->selector);
	if (rows_get(core_txn(c), TABLE_INVITES, key, c->arena, &row) != OK)
		return false;
	struct value *next = value_copy(c->arena, row);
	bool again = value_is_bin(fields_get(invite_fields, row, "used_by"), &used);
	struct id first = s->org;
	(void)fields_id(invite_fields, row, "org", &first);
	s->other_key = again && id_eq(&first, &s->org) && !span_eq(used, SPAN(s->remote, 32));
	if (s->other_key) /* theirs after a change of keys, or somebody else's: that they will show, and until then they are nobody */
		return true;
	bool alarm = again && (!span_eq(used, SPAN(s->remote, 32)) || !id_eq(&first, &s->org));
	if (alarm) {
		pairing_second_party(c, s);
	} else {
		fields_set(c->arena, invite_fields, next, "used_by", value_bin(c->arena, SPAN(s->remote, 32)));
		fields_set(c->arena, invite_fields, next, "org", value_id(c->arena, &s->org));
	}
	if (!alarm)
		core_break(c, rows_put(core_txn(c), TABLE_INVITES, key, next));
	return !alarm;
}

void pairing_second_party(struct core *c, struct session *s)
{
	const struct value *row;
	struct span key = SPAN(s->selector, sizeof s->selector);
	bool told = false;
	if (rows_get(core_txn(c), TABLE_INVITES, key, c->arena, &row) != OK)
		return;
	(void)fields_bool(invite_fields, row, "alarm", &told);
	if (told)
		return;
	struct value *next = value_copy(c->arena, row);
	fields_set(c->arena, invite_fields, next, "alarm", value_bool(c->arena, true));
	core_alarm(c, &s->org, "an invitation was used by a second party: withdraw it, remove that partner and invite again", "invitation");
	core_break(c, rows_put(core_txn(c), TABLE_INVITES, key, next));
}

void pairing_claim_again(struct core *c, struct session *s)
{
	const struct value *row;
	struct span key = SPAN(s->selector, sizeof s->selector);
	s->other_key = false;
	if (rows_get(core_txn(c), TABLE_INVITES, key, c->arena, &row) != OK)
		return;
	struct value *next = value_copy(c->arena, row);
	fields_set(c->arena, invite_fields, next, "used_by", value_bin(c->arena, SPAN(s->remote, 32)));
	core_break(c, rows_put(core_txn(c), TABLE_INVITES, key, next));
}

/* ---- dropped ---- */

static bool has_name(const struct value *row, const void *name)
{
	struct span text;
	return fields_str(invite_fields, row, "name", &text) && span_eq(text, SPAN(name, strlen(name)));
}

static bool used_by(const struct value *row, const void *org)
{
	struct id id;
	return fields_id(invite_fields, row, "org", &id) && id_eq(&id, org);
}

/* Nobody used it in time. */
static bool expired(const struct value *row, const void *now)
{
	struct span used;
	int64_t expires;
	return fields_int(invite_fields, row, "expires", &expires) && expires <= *(const int64_t *)now &&
	       !value_is_bin(fields_get(invite_fields, row, "used_by"), &used);
}

static bool unused(const struct value *row, const void *nothing)
{
	struct span used;
	(void)nothing;
	return !value_is_bin(fields_get(invite_fields, row, "used_by"), &used);
}

/* The first one of which this is true; ERR_NOT_FOUND. */
static enum err find_one(struct core *c, bool (*is)(const struct value *row, const void *that), const void *that, uint8_t selector[LINK_SELECTOR])
{
	struct walk w;
	bool found = false;
	enum err e = walk_open(core_txn(c), TABLE_INVITES, SPAN(NULL, 0), false, &w);
	while (e == OK && !found && walk_next(&w)) {
		const struct value *row;
		e = w.key.n == LINK_SELECTOR ? rows_value(w.value, c->arena, &row) : ERR_CORRUPT;
		found = e == OK && is(row, that);
		if (found)
			memcpy(selector, w.key.p, LINK_SELECTOR);
	}
	e = walk_close(&w, e);
	return e != OK ? e : found ? OK : ERR_NOT_FOUND;
}

static enum err drop_all(struct core *c, bool (*is)(const struct value *row, const void *that), const void *that, size_t *count)
{
	uint8_t selector[LINK_SELECTOR];
	char file[80];
	enum err e;
	for (*count = 0; (e = find_one(c, is, that, selector)) == OK; ++*count) {
		pairsecret_invite_name(selector, file);
		e = pairsecret_old(c, file);
		if (e == OK)
			e = rows_drop(core_txn(c), TABLE_INVITES, SPAN(selector, sizeof selector));
		if (e != OK)
			return e;
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err pairing_drop_invites(struct core *c, const struct id *org)
{
	size_t count;
	return drop_all(c, used_by, org, &count);
}

enum err pairing_drop_open(struct core *c)
{
	size_t count;
	return drop_all(c, unused, NULL, &count);
}

enum err pairing_withdraw(struct core *c, const char *name, size_t *count, struct complaint *why)
{
	enum err e = drop_all(c, has_name, name, count);
	if (e != OK)
		return e;
	if (*count == 0) {
		(void)snprintf(why->text, sizeof why->text, "there is no open invitation for \"%.64s\"", name);
		return ERR_NOT_FOUND;
	}
	return operations_add(core_txn(c), c->now, "operator", "invitation withdrawn", name);
}

/* ---- swept ---- */

static enum err wanted_of_partner(struct core *c, const char *hex, bool joining, bool *wanted)
{
	struct partner p;
	struct id org;
	enum err e = strlen(hex) == 64 ? hex_decode(hex, 64, org.b) : ERR_NOT_FOUND;
	if (e == OK)
		e = partners_get(core_txn(c), c->arena, &org, &p);
	*wanted = e == OK && p.state != PARTNER_REMOVED && !(joining && p.paired);
	return core_own_fault(e) ? e : OK;
}

/* Does a row name this secret? What is none of ours to judge is wanted. */
static enum err wanted_secret(struct core *c, const char *name, bool *wanted)
{
	uint8_t selector[LINK_SELECTOR];
	const struct value *row;
	*wanted = true;
	if (strncmp(name, "pair-", 5) == 0)
		return wanted_of_partner(c, name + 5, false, wanted);
	if (strncmp(name, "join-", 5) == 0)
		return wanted_of_partner(c, name + 5, true, wanted);
	if (strncmp(name, "invite-", 7) != 0)
		return OK;
	enum err e = strlen(name + 7) == 2 * LINK_SELECTOR ? hex_decode(name + 7, 2 * LINK_SELECTOR, selector) : ERR_NOT_FOUND;
	if (e == OK)
		e = rows_get(core_txn(c), TABLE_INVITES, SPAN(selector, sizeof selector), c->arena, &row);
	*wanted = e == OK;
	return core_own_fault(e) ? e : OK;
}

static enum err sweep_one(void *ctx, const char *name)
{
	struct core *c = ctx;
	bool wanted;
	enum err e = wanted_secret(c, name, &wanted);
	if (e != OK || wanted)
		return e;
	core_log(c, "secret-swept", NULL, "%.12s: no row names it", name);
	return pairsecret_old(c, name);
}

void pairing_sweep(struct core *c)
{
	size_t count;
	enum err e = drop_all(c, expired, &c->now, &count);
	if (e == OK && count)
		core_log(c, "invitations-expired", NULL, "%zu", count);
	if (e == OK)
		e = vault_each(c->vault, "", sweep_one, c);
	if (e != OK)
		core_log(c, "not-swept", NULL, "%s", err_text(e));
}
