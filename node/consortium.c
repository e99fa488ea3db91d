#include "node/consortium.h"

#include <stdlib.h>
#include <string.h>

#include "node/consortium_state.h"

/* ---- rosters, decoded once ---- */

static enum err hold(struct core *c, const struct roster_key *key, struct roster_held **out)
{
	struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
	struct roster_held *h = calloc(1, sizeof *h);
	enum err e = ev && h && (h->a = arena_new()) ? rosters_get(core_txn(c), TABLE_ROSTERS, key, h->a, ev) : ERR_MEMORY;
	if (e == OK)
		e = roster_decode(ev->payload, h->a, &h->r);
	if (e != OK) {
		if (h)
			arena_free(h->a);
		free(h);
		return e == OK || e == ERR_NOT_FOUND || core_own_fault(e) ? e : ERR_CORRUPT;
	}
	h->hash = key->hash;
	h->next = c->consortia->held;
	c->consortia->held = h;
	c->consortia->helds++;
	*out = h;
	return OK;
}

enum err consortium_roster(struct core *c, const struct id *id, const struct id *hash, const struct roster **out)
{
	struct roster_held *h = c->consortia->held;
	struct span none;
	const struct roster_key key = {*id, *hash};
	while (h && !id_eq(&h->hash, hash))
		h = h->next;
	/* What a turn stored that was not kept is not held. */
	enum err e = store_get(core_txn(c), TABLE_ROSTERS, SPAN(&key, sizeof key), &none);
	if (e == OK && !h)
		e = hold(c, &key, &h);
	if (e == OK)
		*out = &h->r;
	return e;
}

/* ---- the row ---- */

static enum err read_heads(struct core *c, struct consortium *x)
{
	const struct value *list = fields_get(consortium_fields, x->row, "heads");
	enum err e = OK;
	x->heads = value_count(list);
	if (x->heads > LIMIT_ROSTER_PREVS)
		return ERR_CORRUPT;
	for (size_t i = 0; i < x->heads && e == OK; i++) {
		value_is_id(value_item(list, i), &x->head[i]);
		e = consortium_roster(c, &x->id, &x->head[i], &x->roster[i]);
	}
	if (e == OK && x->heads && fields_id(consortium_fields, x->row, "quote", &x->quote))
		e = consortium_roster(c, &x->id, &x->quote, &x->quoted);
	return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
}

static enum err from_row(struct core *c, const struct value *row, struct consortium *out)
{
	struct consortium x = {.row = row};
	struct span name = {NULL, 0};
	int64_t state = 0;
	if (!fields_id(consortium_fields, row, "consortium", &x.id) || !fields_str(consortium_fields, row, "name", &name) || name.n >= sizeof x.name ||
	    !fields_int(consortium_fields, row, "state", &state))
		return ERR_CORRUPT;
	memcpy(x.name, name.p, name.n);
	x.state = (enum consortium_state)state;
	enum err e = read_heads(c, &x);
	if (e == OK)
		*out = x;
	return e;
}

enum err consortium_get(struct core *c, const struct id *id, struct consortium *out)
{
	const struct value *row;
	enum err e = rows_get(core_txn(c), TABLE_CONSORTIA, ID_SPAN(id), c->arena, &row);
	return e == OK ? from_row(c, row, out) : e;
}

enum err consortium_put_row(struct core *c, const struct consortium *x)
{
	struct value *row = x->row ? value_copy(c->arena, x->row) : value_map(c->arena);
	struct value *heads = value_array(c->arena);
	for (size_t i = 0; i < x->heads; i++)
		value_push(c->arena, heads, value_id(c->arena, &x->head[i]));
	fields_set(c->arena, consortium_fields, row, "consortium", value_id(c->arena, &x->id));
	fields_set(c->arena, consortium_fields, row, "name", value_str(c->arena, x->name));
	fields_set(c->arena, consortium_fields, row, "state", value_int(c->arena, x->state));
	if (x->heads) {
		fields_set(c->arena, consortium_fields, row, "heads", heads);
		fields_set(c->arena, consortium_fields, row, "quote", value_id(c->arena, &x->quote));
	}
	if (!fields_get(consortium_fields, row, "created"))
		fields_set(c->arena, consortium_fields, row, "created", value_int(c->arena, c->now));
	return rows_put(core_txn(c), TABLE_CONSORTIA, ID_SPAN(&x->id), row);
}

enum err consortium_all(struct core *c, const struct id **out, size_t *count)
{
	struct walk w;
	struct id *list = NULL;
	size_t cap = 0;
	*count = 0;
	enum err e = walk_open(core_txn(c), TABLE_CONSORTIA, SPAN(NULL, 0), false, &w);
	while (e == OK && walk_next(&w)) {
		list = arena_more(c->arena, list, *count, &cap, sizeof *list);
		if (!list)
			e = ERR_MEMORY;
		else if (w.key.n == sizeof list->b)
			memcpy(list[(*count)++].b, w.key.p, sizeof list->b);
	}
	*out = list;
	return walk_close(&w, e);
}

static bool begins(const char *typed, const struct id *id)
{
	char hex[65];
	hex_encode(hex, id->b, 32);
	return strlen(typed) >= 6 && strlen(typed) <= 64 && strncmp(hex, typed, strlen(typed)) == 0;
}

enum err consortium_named(struct core *c, const char *name, struct consortium *out)
{
	const struct id *all;
	size_t n, found = 0;
	struct consortium x;
	enum err e = consortium_all(c, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		e = consortium_get(c, &all[i], &x);
		bool same = e == OK && strcmp(x.name, name) == 0;
		if (same || (e == OK && begins(name, &x.id))) {
			*out = x;
			found++;
		}
		if (same)
			return OK;
	}
	return e != OK ? e : found == 1 ? OK : found ? ERR_CONFLICT : ERR_NOT_FOUND;
}

bool consortium_has(const struct consortium *x, const struct id *org)
{
	bool has = x->heads > 0;
	for (size_t i = 0; i < x->heads; i++)
		has = has && roster_member(x->roster[i], org);
	return has;
}

bool consortium_ours(const struct core *c, const struct consortium *x)
{
	return x->state == CONSORTIUM_JOINED && consortium_has(x, &c->self.org);
}

enum err consortium_members_ever(struct core *c, const struct id *id, const struct id **out, size_t *count)
{
	struct walk w;
	struct id hash, *list = NULL;
	size_t cap = 0;
	*count = 0;
	enum err e = rosters_walk(core_txn(c), TABLE_ROSTERS, id, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		const struct roster *r;
		e = consortium_roster(c, id, &hash, &r);
		for (size_t i = 0; e == OK && i < r->members; i++) {
			size_t at = 0;
			while (at < *count && id_cmp(&list[at], &r->member[i].org) < 0)
				at++;
			if (at < *count && id_eq(&list[at], &r->member[i].org))
				continue;
			if (!(list = arena_more(c->arena, list, *count, &cap, sizeof *list))) {
				e = ERR_MEMORY;
				break;
			}
			memmove(list + at + 1, list + at, (*count - at) * sizeof *list);
			list[at] = r->member[i].org;
			++*count;
		}
	}
	*out = list;
	return walk_close(&w, e);
}
