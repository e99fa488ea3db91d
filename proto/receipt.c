#include "proto/receipt.h"

#include <string.h>

#include "proto/pack.h"

#define RECEIPT_VERSION 1
#define RECEIPT_MAX (64u * 1024u) /* 1,024 exceptions need 16 KiB; the rest is room for fields of later versions */
#define CODE_FIRST 64             /* verdicts of class E begin here; ones of later versions are kept and shown as unknown */
#define CODE_LAST 255

enum { VERSION, LOG, RECEIVER, KSEQ, FROM, N, ENTRY, TIME, EXCEPTIONS };

const struct field receipt_fields[] = {
	{.key = VERSION, .name = "version", .type = FIELD_INT, .required = true, .help = "1"},
	{.key = LOG, .name = "log", .type = FIELD_REF, .required = true, .help = "the log it is about"},
	{.key = RECEIVER, .name = "receiver", .type = FIELD_ORG, .required = true, .help = "who has stored the entries, and signs"},
	{.key = KSEQ, .name = "kseq", .type = FIELD_INT, .required = true,
	 .help = "key statement of the receiver whose sign key signs"},
	{.key = FROM, .name = "from", .type = FIELD_INT, .required = true,
	 .help = "the entries after this place; 0 from the beginning"},
	{.key = N, .name = "n", .type = FIELD_INT, .required = true, .help = "up to and with this place"},
	{.key = ENTRY, .name = "entry", .type = FIELD_REF, .required = true, .help = "hash of entry n"},
	{.key = TIME, .name = "time", .type = FIELD_TIME, .required = true, .help = "when it was stored, as the receiver claims"},
	{.key = EXCEPTIONS, .name = "exceptions", .type = FIELD_ANY, .list = true, .max_items = LIMIT_EXCEPTIONS,
	 .help = "records it could not take: [n, index or nil for all of it, code], ascending, nil last; left out when none"},
	{0},
};

/* The whole entry comes after its single records, as it does in the store's keys. */
static int order(const struct exception *x, const struct exception *y)
{
	uint32_t i = x->has_index ? x->index : UINT32_MAX, j = y->has_index ? y->index : UINT32_MAX;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return i == j ? 0 : i < j ? -1 : 1;
}

static enum err check(const struct receipt *r)
{
	size_t i;

	if (r->n > INT64_MAX || r->kseq > INT64_MAX || r->exceptions > LIMIT_EXCEPTIONS)
		return ERR_LIMIT;
	if (r->from >= r->n || r->time < 0)
		return ERR_INVALID;
	for (i = 0; i < r->exceptions; i++) {
		const struct exception *x = &r->exception[i];

		if (x->n <= r->from || x->n > r->n || x->code < CODE_FIRST)
			return ERR_INVALID;
		if (x->has_index && x->index >= LIMIT_ENTRY_RECORDS)
			return ERR_INVALID;
		if (i > 0 && order(x - 1, x) >= 0)
			return ERR_INVALID;
	}
	return OK;
}

static struct value *exceptions_value(struct arena *a, const struct receipt *r)
{
	struct value *list = value_array(a);
	size_t i;

	for (i = 0; i < r->exceptions; i++) {
		const struct exception *x = &r->exception[i];
		struct value *one = value_array(a);

		value_push(a, one, value_int(a, (int64_t)x->n));
		value_push(a, one, x->has_index ? value_int(a, x->index) : value_nil(a));
		value_push(a, one, value_int(a, x->code));
		value_push(a, list, one);
	}
	return list;
}

enum err receipt_encode(const struct receipt *r, struct buf *out)
{
	struct arena *a;
	struct value *map;
	enum err err = check(r);

	if (err != OK)
		return err;
	a = arena_new();
	if (a == NULL)
		return ERR_MEMORY;
	map = value_map(a);
	value_set(a, map, VERSION, value_int(a, RECEIPT_VERSION));
	value_set(a, map, LOG, value_id(a, &r->log));
	value_set(a, map, RECEIVER, value_id(a, &r->receiver));
	value_set(a, map, KSEQ, value_int(a, (int64_t)r->kseq));
	value_set(a, map, FROM, value_int(a, (int64_t)r->from));
	value_set(a, map, N, value_int(a, (int64_t)r->n));
	value_set(a, map, ENTRY, value_id(a, &r->entry));
	value_set(a, map, TIME, value_int(a, r->time));
	if (r->exceptions > 0)
		value_set(a, map, EXCEPTIONS, exceptions_value(a, r));
	err = pack_encode(map, out);
	arena_free(a);
	return err;
}

static enum err exception_read(const struct value *v, struct exception *out)
{
	const struct value *index = value_item(v, 1);
	int64_t n, i = 0, code;

	if (v->type != VALUE_ARRAY || value_count(v) != 3)
		return ERR_INVALID;
	if (!value_is_int(value_item(v, 0), &n) || n < 1 || !value_is_int(value_item(v, 2), &code))
		return ERR_INVALID;
	out->has_index = value_is_int(index, &i);
	if (!out->has_index && index->type != VALUE_NIL)
		return ERR_INVALID;
	if (i < 0 || i >= (int64_t)LIMIT_ENTRY_RECORDS || code < CODE_FIRST || code > CODE_LAST)
		return ERR_INVALID;
	out->n = (uint64_t)n;
	out->index = (uint16_t)i;
	out->code = (uint8_t)code;
	return OK;
}

static enum err exceptions_read(const struct value *list, struct arena *a, struct receipt *r)
{
	struct exception *x;
	size_t i, n = value_count(list);

	if (list == NULL)
		return OK;
	if (list->type != VALUE_ARRAY || n == 0)
		return ERR_INVALID; /* a second form of "none" */
	if (n > LIMIT_EXCEPTIONS)
		return ERR_LIMIT;
	x = arena_alloc(a, n * sizeof *x);
	if (x == NULL)
		return ERR_MEMORY;
	for (i = 0; i < n; i++) {
		enum err err = exception_read(value_item(list, i), &x[i]);

		if (err != OK)
			return err;
	}
	r->exceptions = n;
	r->exception = x;
	return OK;
}

static uint64_t number(const struct value *map, int64_t key)
{
	int64_t i = 0;

	value_is_int(value_at(map, key), &i);
	return (uint64_t)i; /* the table refused negative ones */
}

enum err receipt_decode(struct span payload, struct arena *a, struct receipt *out)
{
	struct receipt r = {0};
	struct complaint why;
	const struct value *map;
	enum err err;

	if (payload.n > RECEIPT_MAX)
		return ERR_LIMIT;
	err = pack_decode(payload, a, &map);
	if (err == OK)
		err = fields_check(receipt_fields, map, &why);
	if (err != OK)
		return err;
	if (number(map, VERSION) != RECEIPT_VERSION)
		return ERR_INVALID;
	value_is_id(value_at(map, LOG), &r.log);
	value_is_id(value_at(map, RECEIVER), &r.receiver);
	r.kseq = number(map, KSEQ);
	r.from = number(map, FROM);
	r.n = number(map, N);
	value_is_id(value_at(map, ENTRY), &r.entry);
	r.time = (int64_t)number(map, TIME);
	err = exceptions_read(value_at(map, EXCEPTIONS), a, &r);
	if (err == OK)
		err = check(&r);
	if (err == OK)
		*out = r;
	return err;
}

bool receipt_covers(const struct receipt *r, uint64_t n, uint64_t index, uint8_t *code)
{
	size_t i;

	if (n <= r->from || n > r->n)
		return false;
	for (i = 0; i < r->exceptions; i++) {
		const struct exception *x = &r->exception[i];

		if (x->n == n && (!x->has_index || x->index == index)) {
			*code = x->code;
			return false;
		}
	}
	return true;
}
