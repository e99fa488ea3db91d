#include "proto/roster.h"

#include <string.h>

#include "keys/hash.h"
#include "proto/pack.h"

#define ROSTER_VERSION 1
#define SIGNATURES_MOST (LIMIT_CONVENORS * (LIMIT_ROSTER_PREVS + 1))
#define CUTS_MOST LIMIT_LOGS

enum { VERSION, CONSORTIUM, RSEQ, PREV, TITLE, CONVENORS, THRESHOLD, MEMBERS, REMOVED, POLICY, TAG, TIME, NAME };

static const struct field member_group[] = {
	{.key = 0, .name = "org", .type = FIELD_ORG, .required = true, .help = "the member"},
	{.key = 1, .name = "name", .type = FIELD_LINE, .required = true, .max = LIMIT_NAME, .help = "what the convenors call it"},
	{.key = 2, .name = "since", .type = FIELD_INT, .required = true, .help = "rseq of the event that brought it in"},
	{0},
};

static const struct field cut_group[] = {
	{.key = 0, .name = "log", .type = FIELD_REF, .required = true, .help = "a log of it to this consortium"},
	{.key = 1, .name = "n", .type = FIELD_INT, .required = true, .help = "what lies beyond this place is void"},
	{.key = 2, .name = "entry", .type = FIELD_REF, .required = true, .help = "hash of entry n"},
	{0},
};

static const struct field removed_group[] = {
	{.key = 0, .name = "org", .type = FIELD_ORG, .required = true, .help = "who is removed by this event"},
	{.key = 1, .name = "cuts", .type = FIELD_GROUP, .list = true, .max_items = CUTS_MOST, .group = cut_group,
	 .help = "ascending by log; a log that is not listed is cut at 0"},
	{.key = 2, .name = "reason", .type = FIELD_LINE, .help = "why, for people"},
	{0},
};

static const struct field policy_group[] = {
	{.key = 0, .name = "ceiling", .type = FIELD_ENUM, .required = true, .vocab = &vocab_tlp,
	 .help = "the most restricted that may be said to it; never red"},
	{.key = 1, .name = "history", .type = FIELD_ENUM, .required = true, .vocab = &vocab_history,
	 .help = "what newcomers are given: the logs opened since they joined, or all"},
	{0},
};

const struct field roster_fields[] = {
	{.key = VERSION, .name = "version", .type = FIELD_INT, .required = true, .help = "1"},
	{.key = CONSORTIUM, .name = "consortium", .type = FIELD_ORG, .help = "its id; left out in event 0, whose hash it is"},
	{.key = RSEQ, .name = "rseq", .type = FIELD_INT, .required = true, .help = "place in the chain, from 0"},
	{.key = PREV, .name = "prev", .type = FIELD_REF, .list = true, .max_items = LIMIT_ROSTER_PREVS,
	 .help = "hashes of the events before, ascending: one, or those in conflict; left out in event 0"},
	{.key = TITLE, .name = "title", .type = FIELD_LINE, .required = true, .max = LIMIT_NAME, .help = "what the consortium calls itself"},
	{.key = CONVENORS, .name = "convenors", .type = FIELD_ORG, .list = true, .required = true, .max_items = LIMIT_CONVENORS,
	 .help = "ascending; each is a member"},
	{.key = THRESHOLD, .name = "threshold", .type = FIELD_INT, .required = true, .max = LIMIT_CONVENORS,
	 .help = "how many of them decide: more than half"},
	{.key = MEMBERS, .name = "members", .type = FIELD_GROUP, .list = true, .required = true, .max_items = LIMIT_MEMBERS, .group = member_group,
	 .help = "ascending by organisation"},
	{.key = REMOVED, .name = "removed", .type = FIELD_GROUP, .list = true, .max_items = LIMIT_MEMBERS, .group = removed_group,
	 .help = "ascending by organisation: the members of the event before that are none any more"},
	{.key = POLICY, .name = "policy", .type = FIELD_GROUP, .required = true, .group = policy_group, .help = "what holds for all"},
	{.key = TAG, .name = "tag", .type = FIELD_REF, .required = true,
	 .help = "of the member secret: a new one in event 0 and whenever somebody is removed"},
	{.key = TIME, .name = "time", .type = FIELD_TIME, .required = true, .help = "when it was proposed"},
	{.key = NAME, .name = "name", .type = FIELD_LINE, .required = true, .max = 64, .help = "what its members call it when they type"},
	{0},
};

static const struct field signature_group[] = {
	{.key = 0, .name = "org", .type = FIELD_ORG, .required = true, .help = "a convenor"},
	{.key = 1, .name = "kseq", .type = FIELD_INT, .required = true, .help = "its key statement whose sign key signs"},
	{.key = 2, .name = "signature", .type = FIELD_BYTES, .required = true, .max = SIGN_LEN, .help = "64 bytes"},
	{0},
};

const struct field roster_event_fields[] = {
	{.key = 0, .name = "payload", .type = FIELD_BYTES, .required = true, .max = LIMIT_ROSTER, .help = "the roster"},
	{.key = 1, .name = "signatures", .type = FIELD_GROUP, .list = true, .required = true, .max_items = SIGNATURES_MOST, .group = signature_group,
	 .help = "ascending by organisation"},
	{0},
};

void roster_hash(struct span payload, struct id *out)
{
	hash_one(out, "tally.ros.v1", payload);
}

void roster_consortium(struct span payload, const struct roster *r, struct id *out)
{
	if (r->has_consortium)
		*out = r->consortium;
	else
		hash_one(out, "tally.con.v1", payload);
}

void roster_tag(const uint8_t secret[static 32], struct id *out)
{
	hash_one(out, "tally.mem.v1", SPAN(secret, 32));
}

/* ---- who ---- */

/* org stands first in each of these: one search serves all. */
static const void *find(const void *list, size_t n, size_t size, const struct id *org)
{
	size_t low = 0;

	while (low < n) {
		size_t mid = low + (n - low) / 2;
		const struct id *at = (const void *)((const char *)list + mid * size);
		int order = id_cmp(at, org);

		if (order == 0)
			return at;
		if (order < 0)
			low = mid + 1;
		else
			n = mid;
	}
	return NULL;
}

static bool ascending(const void *list, size_t n, size_t size)
{
	for (size_t i = 1; i < n; i++)
		if (id_cmp((const void *)((const char *)list + (i - 1) * size), (const void *)((const char *)list + i * size)) >= 0)
			return false;
	return true;
}

const struct roster_member *roster_member(const struct roster *r, const struct id *org)
{
	return find(r->member, r->members, sizeof *r->member, org);
}

const struct roster_removed *roster_removal(const struct roster *r, const struct id *org)
{
	return find(r->removed, r->removals, sizeof *r->removed, org);
}

bool roster_convenor(const struct roster *r, const struct id *org)
{
	return find(r->convenor, r->convenors, sizeof *r->convenor, org) != NULL;
}

/* ---- the payload ---- */

/* What the table cannot say. The same for writing and reading. */
static enum err check(const struct roster *r)
{
	bool first = r->rseq == 0;

	if (r->rseq > INT64_MAX || r->members > LIMIT_MEMBERS || r->convenors > LIMIT_CONVENORS)
		return ERR_LIMIT;
	if (r->has_consortium == first || (r->prevs == 0) != first || (first && r->removals))
		return ERR_INVALID;
	if (r->threshold < r->convenors / 2 + 1 || r->threshold > r->convenors || r->ceiling >= TLP_RED)
		return ERR_INVALID;
	if (!ascending(r->prev, r->prevs, sizeof *r->prev) || !ascending(r->convenor, r->convenors, sizeof *r->convenor) ||
	    !ascending(r->member, r->members, sizeof *r->member) || !ascending(r->removed, r->removals, sizeof *r->removed))
		return ERR_INVALID;
	for (size_t i = 0; i < r->convenors; i++)
		if (!roster_member(r, &r->convenor[i]))
			return ERR_INVALID;
	for (size_t i = 0; i < r->members; i++)
		if (r->member[i].since > r->rseq)
			return ERR_INVALID;
	for (size_t i = 0; i < r->removals; i++)
		if (roster_member(r, &r->removed[i].org) || !ascending(r->removed[i].cut, r->removed[i].cuts, sizeof *r->removed[i].cut))
			return ERR_INVALID;
	return OK;
}

static struct value *ids_value(struct arena *a, const struct id *list, size_t n)
{
	struct value *v = value_array(a);

	for (size_t i = 0; i < n; i++)
		value_push(a, v, value_id(a, &list[i]));
	return v;
}

static struct value *members_value(struct arena *a, const struct roster *r)
{
	struct value *list = value_array(a);

	for (size_t i = 0; i < r->members; i++) {
		struct value *one = value_map(a);

		value_set(a, one, 0, value_id(a, &r->member[i].org));
		value_set(a, one, 1, value_strn(a, r->member[i].name));
		value_set(a, one, 2, value_int(a, (int64_t)r->member[i].since));
		value_push(a, list, one);
	}
	return list;
}

static struct value *removed_value(struct arena *a, const struct roster *r)
{
	struct value *list = value_array(a);

	for (size_t i = 0; i < r->removals; i++) {
		const struct roster_removed *x = &r->removed[i];
		struct value *one = value_map(a), *cuts = value_array(a);

		for (size_t j = 0; j < x->cuts; j++) {
			struct value *cut = value_map(a);

			value_set(a, cut, 0, value_id(a, &x->cut[j].log));
			value_set(a, cut, 1, value_int(a, (int64_t)x->cut[j].n));
			value_set(a, cut, 2, value_id(a, &x->cut[j].entry));
			value_push(a, cuts, cut);
		}
		value_set(a, one, 0, value_id(a, &x->org));
		if (x->cuts)
			value_set(a, one, 1, cuts);
		if (x->reason.n)
			value_set(a, one, 2, value_strn(a, x->reason));
		value_push(a, list, one);
	}
	return list;
}

static struct value *policy_value(struct arena *a, const struct roster *r)
{
	struct value *v = value_map(a);

	value_set(a, v, 0, value_int(a, r->ceiling));
	value_set(a, v, 1, value_int(a, r->history));
	return v;
}

enum err roster_encode(const struct roster *r, struct buf *out)
{
	struct complaint why;
	struct arena *a;
	struct value *map;
	size_t before = out->n;
	enum err err = check(r);

	if (err != OK)
		return err;
	if (!(a = arena_new()))
		return ERR_MEMORY;
	map = value_map(a);
	value_set(a, map, VERSION, value_int(a, ROSTER_VERSION));
	if (r->has_consortium)
		value_set(a, map, CONSORTIUM, value_id(a, &r->consortium));
	value_set(a, map, RSEQ, value_int(a, (int64_t)r->rseq));
	if (r->prevs)
		value_set(a, map, PREV, ids_value(a, r->prev, r->prevs));
	value_set(a, map, TITLE, value_strn(a, r->title));
	value_set(a, map, CONVENORS, ids_value(a, r->convenor, r->convenors));
	value_set(a, map, THRESHOLD, value_int(a, (int64_t)r->threshold));
	value_set(a, map, MEMBERS, members_value(a, r));
	if (r->removals)
		value_set(a, map, REMOVED, removed_value(a, r));
	value_set(a, map, POLICY, policy_value(a, r));
	value_set(a, map, TAG, value_id(a, &r->tag));
	value_set(a, map, TIME, value_int(a, r->time));
	value_set(a, map, NAME, value_strn(a, r->name));
	err = fields_check(roster_fields, map, &why); /* names were typed by people */
	if (err == OK)
		err = pack_encode(map, out);
	if (err == OK && out->n - before > LIMIT_ROSTER) {
		out->n = before;
		err = ERR_LIMIT;
	}
	arena_free(a);
	return err;
}

static int64_t number(const struct value *map, int64_t key)
{
	int64_t i = 0;

	value_is_int(value_at(map, key), &i);
	return i;
}

static enum err ids_read(const struct value *list, struct arena *a, const struct id **out, size_t *n)
{
	struct id *p = arena_alloc(a, (value_count(list) + 1) * sizeof *p);

	if (!p)
		return ERR_MEMORY;
	for (size_t i = 0; i < value_count(list); i++)
		value_is_id(value_item(list, i), &p[i]);
	*out = p;
	*n = value_count(list);
	return OK;
}

static enum err members_read(const struct value *list, struct arena *a, struct roster *r)
{
	struct roster_member *p = arena_alloc(a, (value_count(list) + 1) * sizeof *p);

	if (!p)
		return ERR_MEMORY;
	for (size_t i = 0; i < value_count(list); i++) {
		const struct value *one = value_item(list, i);

		value_is_id(value_at(one, 0), &p[i].org);
		value_is_str(value_at(one, 1), &p[i].name);
		p[i].since = (uint64_t)number(one, 2);
	}
	r->member = p;
	r->members = value_count(list);
	return OK;
}

static enum err cuts_read(const struct value *list, struct arena *a, struct roster_removed *x)
{
	struct roster_cut *p = arena_alloc(a, (value_count(list) + 1) * sizeof *p);

	if (!p)
		return ERR_MEMORY;
	for (size_t i = 0; i < value_count(list); i++) {
		const struct value *one = value_item(list, i);

		value_is_id(value_at(one, 0), &p[i].log);
		p[i].n = (uint64_t)number(one, 1);
		value_is_id(value_at(one, 2), &p[i].entry);
	}
	x->cut = p;
	x->cuts = value_count(list);
	return OK;
}

/* A second form of "none". */
static bool empty(const struct value *list)
{
	return list && value_count(list) == 0;
}

static enum err removed_read(const struct value *list, struct arena *a, struct roster *r)
{
	struct roster_removed *p = arena_alloc(a, (value_count(list) + 1) * sizeof *p);

	if (!p)
		return ERR_MEMORY;
	for (size_t i = 0; i < value_count(list); i++) {
		const struct value *one = value_item(list, i);
		enum err err = empty(value_at(one, 1)) ? ERR_INVALID : cuts_read(value_at(one, 1), a, &p[i]);

		if (err != OK)
			return err;
		value_is_id(value_at(one, 0), &p[i].org);
		value_is_str(value_at(one, 2), &p[i].reason);
	}
	r->removed = p;
	r->removals = value_count(list);
	return OK;
}

static enum err fill(const struct value *map, struct arena *a, struct roster *r)
{
	const struct id *prev;
	enum err err = empty(value_at(map, PREV)) || empty(value_at(map, REMOVED)) ? ERR_INVALID : OK;

	if (err == OK)
		err = ids_read(value_at(map, PREV), a, &prev, &r->prevs);
	if (err != OK)
		return err;
	memcpy(r->prev, prev, r->prevs * sizeof *prev);
	r->has_consortium = value_is_id(value_at(map, CONSORTIUM), &r->consortium);
	r->rseq = (uint64_t)number(map, RSEQ);
	value_is_str(value_at(map, TITLE), &r->title);
	value_is_str(value_at(map, NAME), &r->name);
	r->threshold = (uint64_t)number(map, THRESHOLD);
	r->ceiling = number(value_at(map, POLICY), 0);
	r->history = number(value_at(map, POLICY), 1);
	value_is_id(value_at(map, TAG), &r->tag);
	r->time = number(map, TIME);
	err = ids_read(value_at(map, CONVENORS), a, &r->convenor, &r->convenors);
	if (err == OK)
		err = members_read(value_at(map, MEMBERS), a, r);
	if (err == OK)
		err = removed_read(value_at(map, REMOVED), a, r);
	return err == OK ? check(r) : err;
}

enum err roster_decode(struct span payload, struct arena *a, struct roster *out)
{
	struct complaint why;
	const struct value *map;
	struct roster r = {0};
	enum err err;

	if (payload.n > LIMIT_ROSTER)
		return ERR_LIMIT;
	err = pack_decode(payload, a, &map);
	if (err == OK)
		err = fields_check(roster_fields, map, &why);
	if (err == OK && number(map, VERSION) != ROSTER_VERSION)
		err = ERR_INVALID;
	if (err == OK)
		err = fill(map, a, &r);
	if (err == OK)
		*out = r;
	return err;
}
