/* consortium_link.c - links between members who never paired. Whoever knows the member secret may dial any member; who is at the other end is proven
 * by its keys, and that it is a member by the roster. Each node keeps links to a few members chosen at random, and chooses anew each hour: so what
 * one member holds reaches all, whoever is dark. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/consortium_state.h"

#define LINKS 3u /* to members chosen at random: with those who chose us, about six */
#define LOOK_MS 30000
#define ROTATE_MS (60ll * 60 * 1000)
#define OLD_SECRET_MS (30ll * 24 * 60 * 60 * 1000) /* how long the one before answers who has not heard of the removal */
#define HELD_MOST 64u /* rosters decoded */

/* ---- secrets ---- */

static void secret_name(const struct id *tag, char out[static 80])
{
	memcpy(out, "member-", 7);
	hex_encode(out + 7, tag->b, 32);
}

enum err consortium_secret(struct core *c, const struct id *tag, uint8_t secret[static 32])
{
	struct buf b = {0};
	char name[80];
	secret_name(tag, name);
	enum err e = vault_get(c->vault, name, &b);
	if (e == OK && b.n == 32)
		memcpy(secret, b.p, 32);
	else if (e == OK)
		e = ERR_CORRUPT;
	buf_free(&b);
	return e;
}

static enum err add_key(struct core *c, const struct id *tag)
{
	struct consortia *k = c->consortia;
	uint8_t secret[32], psk[32];
	for (size_t i = 0; i < k->keys; i++)
		if (id_eq(&k->key[i].tag, tag))
			return OK;
	enum err e = consortium_secret(c, tag, secret);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	struct member_key *more = realloc(k->key, (k->keys + 1) * sizeof *more);
	if (more) {
		struct member_key *added = &more[k->keys++];
		k->key = more;
		added->tag = *tag;
		link_keys(LINK_MODE_MEMBER, secret, psk, added->selector);
	}
	bytes_wipe(secret, sizeof secret);
	bytes_wipe(psk, sizeof psk);
	return more ? OK : ERR_MEMORY;
}

static void look_soon(struct core *c, struct effect *e)
{
	(void)e;
	consortium_due(c);
}

enum err consortium_keep_secret(struct core *c, const struct id *tag, const uint8_t secret[static 32])
{
	char name[80];
	uint8_t held[32];
	enum err e = consortium_secret(c, tag, held);
	bytes_wipe(held, sizeof held);
	if (e != ERR_NOT_FOUND)
		return e;
	secret_name(tag, name);
	e = pairsecret_new(c, name);
	if (e == OK)
		e = vault_put(c->vault, name, SPAN(secret, 32));
	return e == OK ? core_effect(c, &(struct effect){.done = look_soon}) : e;
}

/* The secrets in force, and those before them for as long as somebody may not have heard. */
static enum err load_keys(struct core *c, const struct consortium *x)
{
	enum err e = OK;
	for (size_t i = 0; i < x->heads && e == OK; i++) {
		e = add_key(c, &x->roster[i]->tag);
		for (size_t j = 0; j < x->roster[i]->prevs && e == OK; j++) {
			const struct roster *before;
			e = consortium_roster(c, &x->id, &x->roster[i]->prev[j], &before);
			if (e == OK && c->now < x->roster[i]->time + OLD_SECRET_MS)
				e = add_key(c, &before->tag);
		}
	}
	return e;
}

static enum err load_all(struct core *c)
{
	const struct id *all;
	size_t n;
	enum err e = consortium_all(c, &all, &n);
	c->consortia->keys = 0;
	for (size_t i = 0; e == OK && i < n; i++) {
		struct consortium x;
		e = consortium_get(c, &all[i], &x);
		if (e == OK && x.state == CONSORTIUM_JOINED)
			e = load_keys(c, &x);
	}
	return e;
}

enum err consortium_load(struct core *c)
{
	c->consortia = calloc(1, sizeof *c->consortia);
	if (!c->consortia)
		return ERR_MEMORY;
	c->consortia->due = c->steady;
	return load_all(c);
}

static void forget_rosters(struct consortia *k)
{
	while (k->held) {
		struct roster_held *h = k->held;
		k->held = h->next;
		arena_free(h->a);
		free(h);
	}
	k->helds = 0;
}

void consortium_free(struct core *c)
{
	struct consortia *k = c->consortia;
	if (!k)
		return;
	forget_rosters(k);
	free(k->key);
	free(k->equal);
	free(k->ask);
	free(k->late);
	free(k);
}

/* ---- answering ---- */

static const struct member_key *key_by(const struct core *c, const uint8_t selector[static LINK_SELECTOR])
{
	for (size_t i = 0; i < c->consortia->keys; i++)
		if (memcmp(c->consortia->key[i].selector, selector, LINK_SELECTOR) == 0)
			return &c->consortia->key[i];
	return NULL;
}

bool consortium_ask(struct core *c, const uint8_t selector[static LINK_SELECTOR], uint8_t psk[static 32])
{
	const struct member_key *k = key_by(c, selector);
	uint8_t secret[32], again[LINK_SELECTOR];
	enum err e = k ? consortium_secret(c, &k->tag, secret) : ERR_NOT_FOUND;
	if (e == OK)
		link_keys(LINK_MODE_MEMBER, secret, psk, again);
	else
		core_log(c, "stranger", NULL, "a selector that is no consortium's");
	bytes_wipe(secret, sizeof secret);
	return e == OK;
}

static enum err member_under(struct core *c, const struct id *id, const struct id *tag, const struct id *org, bool *is)
{
	struct walk w;
	struct id hash;
	enum err e = rosters_walk(core_txn(c), TABLE_ROSTERS, id, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		const struct roster *r;
		e = consortium_roster(c, id, &hash, &r);
		*is = *is || (e == OK && id_eq(&r->tag, tag) && roster_member(r, org));
	}
	return walk_close(&w, e);
}

/* A member by a roster whose secret it showed; whether it still is one decides what it is told, not whether it is spoken to. */
bool consortium_welcome(struct core *c, const struct session *s)
{
	const struct member_key *k = key_by(c, s->selector);
	const struct id *all;
	size_t n;
	bool is = false;
	enum err e = k ? consortium_all(c, &all, &n) : ERR_NOT_FOUND;
	for (size_t i = 0; e == OK && i < n; i++) {
		struct consortium x;
		e = consortium_get(c, &all[i], &x);
		if (e == OK && x.state == CONSORTIUM_JOINED)
			e = member_under(c, &all[i], &k->tag, &s->org, &is);
	}
	if (e != ERR_NOT_FOUND)
		core_break(c, e);
	return e == OK && is;
}

/* ---- dialling ---- */

enum err consortium_addresses(struct core *c, const struct id *org, const struct value *list, bool own)
{
	const struct value *row;
	bool was_own = false;
	if (!value_count(list) || id_eq(org, &c->self.org))
		return OK;
	enum err e = rows_get(core_txn(c), TABLE_ADDRESSES, ID_SPAN(org), c->arena, &row);
	if (e == OK) {
		(void)fields_bool(address_fields, row, "own", &was_own);
		if (value_eq(fields_get(address_fields, row, "addresses"), list) && (was_own || !own))
			return OK;
	}
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	if (was_own && !own)
		return OK; /* what it says of itself goes before hearsay */
	struct value *next = value_map(c->arena);
	fields_set(c->arena, address_fields, next, "addresses", value_copy(c->arena, list));
	fields_set(c->arena, address_fields, next, "own", value_bool(c->arena, own));
	fields_set(c->arena, address_fields, next, "time", value_int(c->arena, c->now));
	return rows_put(core_txn(c), TABLE_ADDRESSES, ID_SPAN(org), next);
}

bool consortium_address(struct core *c, const struct peer *p, char out[static 80])
{
	const struct value *row, *list;
	struct span text;
	if (rows_get(core_txn(c), TABLE_ADDRESSES, ID_SPAN(&p->org), c->arena, &row) != OK)
		return false;
	list = fields_get(address_fields, row, "addresses");
	if (!value_count(list) || !value_is_str(value_item(list, p->address % value_count(list)), &text) || text.n >= 80)
		return false;
	memcpy(out, text.p, text.n);
	out[text.n] = 0;
	return true;
}

enum err consortium_dial(struct core *c, struct peer *p, struct link_config *config, uint8_t secret[static 32])
{
	config->mode = LINK_MODE_MEMBER;
	return consortium_secret(c, &p->tag, secret);
}

/* A partner whom a link of the pair serves is dialled as one, or dials. */
static bool eligible(struct core *c, const struct id *org)
{
	struct partner row;
	struct signed_statement st;
	struct statement *parsed = arena_alloc(c->arena, sizeof *parsed);
	struct span none;
	if (!parsed || id_eq(org, &c->self.org) || statements_newest(core_txn(c), org, &st, parsed) != OK ||
	    store_get(core_txn(c), TABLE_ADDRESSES, ID_SPAN(org), &none) != OK)
		return false;
	const struct peer *p = core_peer(c, org, false);
	if (p && !p->member)
		return false;
	return partners_get(core_txn(c), c->arena, org, &row) != OK || row.state != PARTNER_ACTIVE || !core_session(c, org, PHASE_FULL);
}

static void drop_where(struct core *c, const struct id *tag, bool failing)
{
	for (struct peer *p = c->peers, *next; p; p = next) {
		next = p->next;
		bool linked = core_session(c, &p->org, PHASE_HANDSHAKE) != NULL;
		if (p->member && (!tag || id_eq(&p->tag, tag)) && (!failing || (!linked && p->backoff > LIMIT_RETRY_MIN_MS && !p->dial))) {
			struct id org = p->org;
			core_drop_peer(c, &org);
		}
	}
}

static size_t targets(const struct core *c, const struct id *tag)
{
	size_t n = 0;
	for (const struct peer *p = c->peers; p; p = p->next)
		n += p->member && id_eq(&p->tag, tag);
	return n;
}

static enum err choose(struct core *c, const struct consortium *x)
{
	const struct roster *r = x->roster[0];
	size_t have = targets(c, &r->tag), n = 0;
	const struct id **list = arena_alloc(c->arena, (r->members + 1) * sizeof *list);
	if (!list)
		return ERR_MEMORY;
	for (size_t i = 0; have < LINKS && i < r->members; i++)
		if (consortium_has(x, &r->member[i].org) && !core_peer(c, &r->member[i].org, false) && eligible(c, &r->member[i].org))
			list[n++] = &r->member[i].org;
	for (; have < LINKS && n > 0; have++) {
		uint32_t dice;
		core_random(c, &dice, sizeof dice);
		size_t at = dice % n;
		struct peer *p = core_peer(c, list[at], true);
		if (!p)
			return ERR_MEMORY;
		p->member = true;
		p->tag = r->tag;
		p->next_dial = c->steady;
		list[at] = list[--n];
	}
	return OK;
}

/* Our yes; and when our keys have changed its members are told where the logs of the older ones end. */
static enum err open_anew(struct core *c, const struct id *id)
{
	struct log_row log;
	enum err e = logs_current(core_txn(c), &c->self.org, AUDIENCE_CONSORTIUM, id, &log);
	bool opens = e == ERR_NOT_FOUND || (e == OK && log.kseq != c->self.kseq);
	uint64_t bound, opened;
	if (e == OK && !opens && (e = consortium_bound(c, id, &log, &bound, &opened)) == OK)
		opens = log.n >= bound; /* it was cut, and we are in again */
	return opens ? outbox_open(c, AUDIENCE_CONSORTIUM, id) : e;
}

void consortium_tick(struct core *c)
{
	struct consortia *k = c->consortia;
	const struct id *all;
	size_t n;
	if (k->due > c->steady)
		return;
	if (k->helds > HELD_MOST)
		forget_rosters(k);
	consortium_late_receipts(c);
	enum err e = consortium_all(c, &all, &n);
	k->due = INT64_MAX;
	drop_where(c, NULL, k->rotate > c->steady);
	if (k->rotate <= c->steady)
		k->rotate = c->steady + ROTATE_MS;
	if (e == OK && n)
		e = load_all(c);
	for (size_t i = 0; e == OK && i < n; i++) {
		struct consortium x;
		e = consortium_get(c, &all[i], &x);
		if (e != OK || !consortium_ours(c, &x))
			continue;
		k->due = c->steady + LOOK_MS;
		if ((e = open_anew(c, &x.id)) == OK)
			e = choose(c, &x);
	}
	core_break(c, e);
}

int64_t consortium_deadline(const struct core *c)
{
	return c->consortia->due;
}
