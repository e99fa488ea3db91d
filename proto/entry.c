#include "proto/entry.h"

#include <string.h>

#include "keys/hash.h"
#include "proto/limits.h"
#include "proto/pack.h"

#define ENTRY_VERSION 1
#define ENTRY_MAX 1024u /* twelve short fields need 260; the rest is room for fields of later versions */

enum { VERSION, AUTHOR, KSEQ, TYPE, TARGET, INCARNATION, N, PREV, COUNT, ROOT, TIME, ROSTER };

const struct field entry_fields[] = {
	{.key = VERSION, .name = "version", .type = FIELD_INT, .required = true, .help = "1"},
	{.key = AUTHOR, .name = "author", .type = FIELD_ORG, .required = true,
	 .help = "who signs; the author of every record in it"},
	{.key = KSEQ, .name = "kseq", .type = FIELD_INT, .required = true,
	 .help = "key statement of the author whose sign key signs"},
	{.key = TYPE, .name = "audience_type", .type = FIELD_INT, .required = true, .max = 2,
	 .help = "0 direct, 1 consortium, 2 partners"},
	{.key = TARGET, .name = "target", .type = FIELD_ORG, .required = true,
	 .help = "partner (or the author itself), consortium, or zeros"},
	{.key = INCARNATION, .name = "incarnation", .type = FIELD_INT, .required = true,
	 .help = "which beginning of this log it belongs to"},
	{.key = N, .name = "n", .type = FIELD_INT, .required = true, .help = "place in the log, from 1"},
	{.key = PREV, .name = "prev", .type = FIELD_REF, .required = true,
	 .help = "hash of the entry before; in entry 1 the log id"},
	{.key = COUNT, .name = "count", .type = FIELD_INT, .required = true, .max = LIMIT_ENTRY_RECORDS,
	 .help = "how many records, 1 to 256"},
	{.key = ROOT, .name = "root", .type = FIELD_REF, .required = true, .help = "Merkle top over the record ids"},
	{.key = TIME, .name = "time", .type = FIELD_TIME, .required = true, .help = "when it was signed, as the author claims"},
	{.key = ROSTER, .name = "roster", .type = FIELD_REF,
	 .help = "hash of the roster it was written under; type 1 only, and there required"},
	{0},
};

void entry_log(const struct entry *e, struct id *out)
{
	uint8_t kseq[8], type = (uint8_t)e->type, incarnation[8];
	const struct span parts[5] = {ID_SPAN(&e->author), {kseq, 8}, {&type, 1}, ID_SPAN(&e->target), {incarnation, 8}};

	put_u64be(kseq, e->kseq);
	put_u64be(incarnation, e->incarnation);
	hash_b2b(out, "tally.log.v1", parts, 5);
}

void entry_hash(struct span payload, struct id *out)
{
	hash_one(out, "tally.ent.v1", payload);
}

/* What the table cannot say. The same for writing and reading, so that we never sign what a partner refuses. */
static enum err check(const struct entry *e)
{
	bool consortium = e->type == AUDIENCE_CONSORTIUM;

	if (e->n == 0 || e->count == 0 || e->time < 0)
		return ERR_INVALID;
	if (e->count > LIMIT_ENTRY_RECORDS)
		return ERR_LIMIT;
	if (e->n > INT64_MAX || e->kseq > INT64_MAX || e->incarnation > INT64_MAX)
		return ERR_LIMIT;
	if (e->type > AUDIENCE_PARTNERS || consortium != e->has_roster)
		return ERR_INVALID;
	if (id_zero(&e->target) != (e->type == AUDIENCE_PARTNERS))
		return ERR_INVALID;
	return OK;
}

enum err entry_encode(const struct entry *e, struct buf *out)
{
	struct arena *a;
	struct value *map;
	enum err err = check(e);

	if (err != OK)
		return err;
	a = arena_new();
	if (a == NULL)
		return ERR_MEMORY;
	map = value_map(a);
	value_set(a, map, VERSION, value_int(a, ENTRY_VERSION));
	value_set(a, map, AUTHOR, value_id(a, &e->author));
	value_set(a, map, KSEQ, value_int(a, (int64_t)e->kseq));
	value_set(a, map, TYPE, value_int(a, (int64_t)e->type));
	value_set(a, map, TARGET, value_id(a, &e->target));
	value_set(a, map, INCARNATION, value_int(a, (int64_t)e->incarnation));
	value_set(a, map, N, value_int(a, (int64_t)e->n));
	value_set(a, map, PREV, value_id(a, &e->prev));
	value_set(a, map, COUNT, value_int(a, (int64_t)e->count));
	value_set(a, map, ROOT, value_id(a, &e->root));
	value_set(a, map, TIME, value_int(a, e->time));
	if (e->has_roster)
		value_set(a, map, ROSTER, value_id(a, &e->roster));
	err = pack_encode(map, out);
	arena_free(a);
	return err;
}

static uint64_t number(const struct value *map, int64_t key)
{
	int64_t i = 0;

	value_is_int(value_at(map, key), &i);
	return (uint64_t)i; /* the table refused negative ones */
}

static enum err fill(const struct value *map, struct entry *out)
{
	struct entry e = {0};
	enum err err;

	if (number(map, VERSION) != ENTRY_VERSION)
		return ERR_INVALID;
	value_is_id(value_at(map, AUTHOR), &e.author);
	e.kseq = number(map, KSEQ);
	e.type = (enum audience)number(map, TYPE);
	value_is_id(value_at(map, TARGET), &e.target);
	e.incarnation = number(map, INCARNATION);
	e.n = number(map, N);
	value_is_id(value_at(map, PREV), &e.prev);
	e.count = number(map, COUNT);
	value_is_id(value_at(map, ROOT), &e.root);
	e.time = (int64_t)number(map, TIME);
	e.has_roster = value_is_id(value_at(map, ROSTER), &e.roster);
	err = check(&e);
	if (err == OK)
		*out = e;
	return err;
}

enum err entry_decode(struct span payload, struct entry *out)
{
	struct complaint why;
	const struct value *map;
	struct arena *a;
	enum err err;

	if (payload.n > ENTRY_MAX)
		return ERR_LIMIT;
	a = arena_new();
	if (a == NULL)
		return ERR_MEMORY;
	err = pack_decode(payload, a, &map);
	if (err == OK)
		err = fields_check(entry_fields, map, &why);
	if (err == OK)
		err = fill(map, out);
	arena_free(a);
	return err;
}
