#include "proto/record.h"

#include <string.h>

#include "keys/hash.h"
#include "proto/kinds.h"
#include "proto/pack.h"
#include "proto/tlp.h"

const struct field record_fields[] = {
	{.key = 0, .name = "version", .type = FIELD_INT, .required = true, .help = "form of this header; 1"},
	{.key = 1, .name = "kind", .type = FIELD_INT, .required = true, .max = 65535, .help = "number of the kind"},
	{.key = 2, .name = "author", .type = FIELD_ORG, .required = true, .help = "who says it"},
	{.key = 3, .name = "created", .type = FIELD_TIME, .required = true, .help = "when, as the author claims"},
	{.key = 4, .name = "tlp", .type = FIELD_ENUM, .required = true, .max = 255, .vocab = &vocab_tlp,
	 .help = "how far it may spread; a number without a word counts as red"},
	{.key = 5, .name = "nonce", .type = FIELD_BYTES, .required = true, .max = RECORD_NONCE,
	 .help = "16 random bytes, else short contents could be guessed from the id"},
	{.key = 6, .name = "body", .type = FIELD_GROUP, .required = true, .help = "the fields of the kind"},
	{.key = 7, .name = "thread", .type = FIELD_REF, .help = "first record of the thread; absent in that one itself"},
	{.key = 8, .name = "parents", .type = FIELD_REF, .list = true, .max_items = LIMIT_PARENTS,
	 .help = "records it answers or builds upon"},
	{.key = 9, .name = "supersedes", .type = FIELD_REF, .help = "the author's earlier version of it"},
	{.key = 10, .name = "exercise", .type = FIELD_REF, .help = "the exercise it belongs to; it then never counts as live"},
	{.key = 11, .name = "named", .type = FIELD_ORG, .list = true, .max_items = LIMIT_NAMED,
	 .help = "red only: the recipients, who thereby see each other"},
	{.key = 12, .name = "onward", .type = FIELD_INT, .max = 1,
	 .help = "amber only: 1 when it may go to suppliers too, not only to customers"},
	{0},
};

void record_id(struct span payload, struct id *out)
{
	hash_one(out, "tally.rec.v1", payload);
}

static void set(struct arena *a, struct value *map, const char *name, struct value *v)
{
	fields_set(a, record_fields, map, name, v);
}

static void set_ids(struct arena *a, struct value *map, const char *name, const struct id *ids, size_t count)
{
	struct value *list;

	if (count == 0)
		return;
	list = value_array(a);
	for (size_t i = 0; i < count; i++)
		value_push(a, list, value_id(a, &ids[i]));
	set(a, map, name, list);
}

static struct value *header(const struct record *r, struct arena *a)
{
	struct value *map = value_map(a);

	set(a, map, "version", value_int(a, RECORD_VERSION));
	set(a, map, "kind", value_int(a, r->kind));
	set(a, map, "author", value_id(a, &r->author));
	set(a, map, "created", value_int(a, r->created));
	set(a, map, "tlp", value_int(a, r->tlp));
	set(a, map, "nonce", value_bin(a, SPAN(r->nonce, RECORD_NONCE)));
	set(a, map, "body", (struct value *)r->body); /* only read while encoding */
	if (r->has_thread)
		set(a, map, "thread", value_id(a, &r->thread));
	set_ids(a, map, "parents", r->parent, r->parents);
	if (r->has_supersedes)
		set(a, map, "supersedes", value_id(a, &r->supersedes));
	if (r->has_exercise)
		set(a, map, "exercise", value_id(a, &r->exercise));
	set_ids(a, map, "named", r->name, r->named);
	if (r->onward)
		set(a, map, "onward", value_int(a, r->onward));
	return map;
}

static size_t size_limit(int64_t kind)
{
	return kind == KIND_FORWARD ? LIMIT_FORWARD : LIMIT_RECORD;
}

enum err record_encode(const struct record *r, struct buf *out)
{
	size_t start = out->n;
	struct arena *a;
	enum err e;

	if (r->parents > LIMIT_PARENTS || r->named > LIMIT_NAMED)
		return ERR_LIMIT;
	a = arena_new();
	if (!a)
		return ERR_MEMORY;
	e = pack_encode(header(r, a), out);
	if (e == OK && out->n - start > size_limit(r->kind)) {
		out->n = start;
		e = ERR_LIMIT;
	}
	arena_free(a);
	return e;
}

static bool read_id(const struct value *map, const char *name, struct id *out)
{
	return fields_id(record_fields, map, name, out);
}

/* Ids of a checked list. Absent is the one way to say none, and nobody stands in it twice. */
static enum err read_ids(const struct value *map, const char *name, struct id *ids, size_t *count, struct complaint *why)
{
	const struct value *list = fields_get(record_fields, map, name);
	size_t n = value_count(list);

	if (list && n == 0)
		return fields_complain(why, ERR_INVALID, "must be left out when there is none", "%s", name);
	for (size_t i = 0; i < n; i++) {
		if (!value_is_id(value_item(list, i), &ids[i]))
			return fields_complain(why, ERR_INVALID, "must be an id of 32 bytes", "%s[%zu]", name, i);
		for (size_t k = 0; k < i; k++)
			if (id_eq(&ids[k], &ids[i]))
				return fields_complain(why, ERR_INVALID, "stands in the list twice", "%s[%zu]", name, i);
	}
	*count = n;
	return OK;
}

/* What one row cannot say about another. */
static enum err check_header(const struct record *r, bool has_onward, struct complaint *why)
{
	bool red = tlp_effective(r->tlp) == TLP_RED;

	if (r->kind == 0)
		return fields_complain(why, ERR_INVALID, "must not be zero", "kind");
	if (red && r->named == 0)
		return fields_complain(why, ERR_INVALID, "is required: red goes to named recipients only", "named");
	if (!red && r->named > 0)
		return fields_complain(why, ERR_INVALID, "is for red only", "named");
	if (has_onward && r->onward != 1)
		return fields_complain(why, ERR_INVALID, "must be 1 or left out", "onward");
	if (has_onward && r->tlp != TLP_AMBER)
		return fields_complain(why, ERR_INVALID, "is for amber only", "onward");
	return OK;
}

static enum err read_header(const struct value *map, struct record *r, struct complaint *why)
{
	struct span nonce = {0};
	bool has_onward;
	enum err e;

	(void)fields_int(record_fields, map, "kind", &r->kind);
	(void)fields_int(record_fields, map, "created", &r->created);
	(void)fields_int(record_fields, map, "tlp", &r->tlp);
	(void)read_id(map, "author", &r->author);
	if (!value_is_bin(fields_get(record_fields, map, "nonce"), &nonce) || nonce.n != RECORD_NONCE)
		return fields_complain(why, ERR_INVALID, "must be 16 bytes", "nonce");
	memcpy(r->nonce, nonce.p, RECORD_NONCE);
	r->body = fields_get(record_fields, map, "body");
	r->has_thread = read_id(map, "thread", &r->thread);
	r->has_supersedes = read_id(map, "supersedes", &r->supersedes);
	r->has_exercise = read_id(map, "exercise", &r->exercise);
	has_onward = fields_int(record_fields, map, "onward", &r->onward);
	e = read_ids(map, "parents", r->parent, &r->parents, why);
	if (e == OK)
		e = read_ids(map, "named", r->name, &r->named, why);
	if (e == OK)
		e = check_header(r, has_onward, why);
	return e;
}

enum err record_decode(struct span payload, struct arena *a, struct record *out, struct complaint *why)
{
	const struct value *map;
	struct record r = {0};
	int64_t version;
	enum err e;

	if (payload.n > LIMIT_FORWARD)
		return fields_complain(why, ERR_LIMIT, "is too large", "record");
	e = pack_decode(payload, a, &map);
	if (e == ERR_SHAPE || e == ERR_LIMIT)
		return fields_complain(why, e, e == ERR_SHAPE ? "is not canonical msgpack" : "holds too much or nests too deep", "record");
	if (e != OK)
		return e;
	/* before all else: a newer form may have fields that would look wrong here */
	if (value_is_int(value_at(map, 0), &version) && version != RECORD_VERSION)
		return fields_complain(why, version > RECORD_VERSION ? ERR_VERSION : ERR_INVALID, "is not one we can read", "version");
	e = fields_check(record_fields, map, why);
	if (e == OK)
		e = read_header(map, &r, why);
	if (e != OK)
		return e;
	if (payload.n > size_limit(r.kind))
		return fields_complain(why, ERR_LIMIT, "is too large", "record");
	*out = r;
	return OK;
}

enum err record_check(const struct record *r, struct complaint *why)
{
	const struct kind *k = kind_by_number(r->kind);
	enum err e;

	if (!k)
		return OK;
	e = fields_check(k->fields, r->body, why);
	if (e == OK && k->check)
		e = k->check(r, why);
	return e;
}
