#include "store/rows.h"

#include <string.h>

#include "proto/limits.h"
#include "proto/pack.h"
#include "store/locals.h"

/* ---- the field tables ---- */

static const char *const partner_state_words[] = {"pending", "active", "suspended", "removed", NULL};
const struct vocab vocab_partner_state = {"partner_state", partner_state_words};

const struct field partner_fields[] = {
	{.key = 0, .name = "org", .type = FIELD_ORG, .required = true, .help = "the organisation"},
	{.key = 1, .name = "name", .type = FIELD_LINE, .required = true, .max = 64, .help = "what we call it here"},
	{.key = 2, .name = "title", .type = FIELD_LINE, .help = "its name as its key statement says"},
	{.key = 3, .name = "state", .type = FIELD_ENUM, .required = true, .vocab = &vocab_partner_state, .help = "what we exchange"},
	{.key = 4, .name = "verified", .type = FIELD_BOOL, .help = "we compared its words"},
	{.key = 5, .name = "verified_at", .type = FIELD_TIME, .help = "when we compared them"},
	{.key = 6, .name = "confirmed", .type = FIELD_BOOL, .help = "it said that it compared ours"},
	{.key = 7, .name = "supplier", .type = FIELD_LINE, .max = LOCAL_NAME, .help = "the supplier it is"},
	{.key = 8, .name = "addresses", .type = FIELD_LINE, .list = true, .help = "host:port where it can be dialled"},
	{.key = 9, .name = "dial", .type = FIELD_BOOL, .help = "we dial it"},
	{.key = 10, .name = "session", .type = FIELD_REF, .help = "the handshake that made the pair secret"},
	{.key = 11, .name = "paired", .type = FIELD_TIME, .help = "the first session under the pair secret"},
	{.key = 12, .name = "last_heard", .type = FIELD_TIME, .help = "when it last spoke to us"},
	{.key = 13, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 14, .name = "statement", .type = FIELD_REF, .help = "its key statement that we compared"},
	{.key = 15, .name = "note", .type = FIELD_TEXT, .help = "anything else"},
	{.key = 16, .name = "our_kseq", .type = FIELD_INT, .max = LIMIT_STATEMENTS - 1, .help = "our newest key statement that it was linked by"},
	{.key = 17, .name = "reopened", .type = FIELD_TIME, .help = "when the operator said that an earlier state of ours is gone for good"},
	{0},
};

const struct field invite_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = 64, .help = "what we shall call who joins"},
	{.key = 1, .name = "supplier", .type = FIELD_LINE, .max = LOCAL_NAME, .help = "the supplier it is"},
	{.key = 2, .name = "created", .type = FIELD_TIME, .required = true, .help = "when it was made"},
	{.key = 3, .name = "expires", .type = FIELD_TIME, .required = true, .help = "when it ends"},
	{.key = 4, .name = "used_by", .type = FIELD_BYTES, .max = 32, .help = "the link key that used it"},
	{.key = 5, .name = "org", .type = FIELD_ORG, .help = "who used it"},
	{.key = 6, .name = "alarm", .type = FIELD_BOOL, .help = "a second key tried to use it"},
	{0},
};

static const char *const consortium_state_words[] = {"proposed", "invited", "joined", "left", NULL};
const struct vocab vocab_consortium_state = {"consortium_state", consortium_state_words};

const struct field consortium_fields[] = {
	{.key = 0, .name = "consortium", .type = FIELD_ORG, .required = true, .help = "its id"},
	{.key = 1, .name = "name", .type = FIELD_LINE, .required = true, .max = 64, .help = "what we call it here"},
	{.key = 2, .name = "state", .type = FIELD_ENUM, .required = true, .vocab = &vocab_consortium_state, .help = "what we said to it"},
	{.key = 3, .name = "heads", .type = FIELD_REF, .list = true, .help = "the newest rosters: one, or those in conflict"},
	{.key = 4, .name = "quote", .type = FIELD_REF, .help = "the roster that new entries name: the head, or the last that those in conflict share"},
	{.key = 5, .name = "created", .type = FIELD_TIME, .required = true, .help = "when we heard of it"},
	{.key = 6, .name = "joined", .type = FIELD_TIME, .help = "when we joined"},
	{.key = 7, .name = "from", .type = FIELD_ORG, .help = "who brought it to us"},
	{0},
};

const struct field address_fields[] = {
	{.key = 0, .name = "addresses", .type = FIELD_LINE, .list = true, .required = true, .max = 79, .max_items = 4, .help = "host:port"},
	{.key = 1, .name = "own", .type = FIELD_BOOL, .required = true, .help = "it said so itself; else a member did"},
	{.key = 2, .name = "time", .type = FIELD_TIME, .required = true, .help = "when we heard it"},
	{0},
};

const struct field operation_fields[] = {
	{.key = 0, .name = "time", .type = FIELD_TIME, .required = true, .help = "when"},
	{.key = 1, .name = "who", .type = FIELD_LINE, .required = true, .help = "who did it"},
	{.key = 2, .name = "what", .type = FIELD_LINE, .required = true, .max = 1000, .help = "what was done"},
	{.key = 3, .name = "about", .type = FIELD_LINE, .max = 1000, .help = "to what"},
	{0},
};

const struct field proven_fields[] = {
	{.key = 0, .name = "file", .type = FIELD_BYTES, .required = true, .max = LIMIT_EVIDENCE, .help = "the evidence, as it goes to others"},
	{.key = 1, .name = "received", .type = FIELD_TIME, .required = true, .help = "when it was found or came"},
	{.key = 2, .name = "from", .type = FIELD_ORG, .help = "the partner who told us; absent: we found it"},
	{.key = 3, .name = "tell", .type = FIELD_ORG, .list = true, .max_items = 256, .help = "partners whom the operator wants to have it"},
	{0},
};

const struct field *rows_fields(enum table table, struct span key)
{
	const struct local_kind *k;
	struct span name;

	if (table == TABLE_SUPPLIERS || table == TABLE_SUPPLIER_HISTORY)
		return supplier_fields;
	if (table == TABLE_LOCALS || table == TABLE_LOCAL_HISTORY)
		return (k = locals_of_key(table, key, &name)) ? k->fields : NULL;
	if (table == TABLE_PARTNERS)
		return partner_fields;
	if (table == TABLE_INVITES)
		return invite_fields;
	if (table == TABLE_CONSORTIA)
		return consortium_fields;
	if (table == TABLE_ADDRESSES)
		return address_fields;
	if (table == TABLE_CONTRADICTIONS)
		return proven_fields;
	return table == TABLE_OPERATIONS ? operation_fields : NULL;
}

/* ---- rows ---- */

enum err rows_put(struct txn *t, enum table table, struct span key, const struct value *row)
{
	const struct field *fields = rows_fields(table, key);
	struct complaint why;
	struct buf b = {0};
	enum err e;

	if (!fields || !row)
		return row ? ERR_INVALID : ERR_MEMORY;
	if ((e = fields_check(fields, row, &why)) != OK)
		return e;
	if ((e = pack_encode(row, &b)) == OK)
		e = store_put(t, table, key, buf_span(&b));
	buf_free(&b);
	return e;
}

enum err rows_value(struct span packed, struct arena *a, const struct value **out)
{
	uint8_t *copy = arena_alloc(a, packed.n ? packed.n : 1);
	const struct value *v;

	if (!copy)
		return ERR_MEMORY;
	if (packed.n)
		memcpy(copy, packed.p, packed.n);
	enum err e = pack_decode(SPAN(copy, packed.n), a, &v);
	if (e != OK)
		return e == ERR_MEMORY ? e : ERR_CORRUPT;
	if (v->type != VALUE_MAP)
		return ERR_CORRUPT;
	*out = v;
	return OK;
}

enum err rows_get(struct txn *t, enum table table, struct span key, struct arena *a, const struct value **out)
{
	struct span packed;
	enum err e = store_get(t, table, key, &packed);

	return e != OK ? e : rows_value(packed, a, out);
}

enum err rows_drop(struct txn *t, enum table table, struct span key)
{
	return store_drop(t, table, key);
}

/* ---- operations ---- */

enum err operations_add(struct txn *t, int64_t time, const char *who, const char *what, const char *about)
{
	uint8_t key[8];
	uint64_t number;
	struct arena *a = arena_new();
	struct value *row;
	enum err e;

	if (!a)
		return ERR_MEMORY;
	row = value_map(a);
	fields_set(a, operation_fields, row, "time", value_int(a, time));
	fields_set(a, operation_fields, row, "who", value_str(a, who));
	fields_set(a, operation_fields, row, "what", value_str(a, what));
	if (about)
		fields_set(a, operation_fields, row, "about", value_str(a, about));
	if ((e = store_next_number(t, "next operation", &number)) == OK) {
		put_u64be(key, number);
		e = rows_put(t, TABLE_OPERATIONS, SPAN(key, sizeof key), row);
	}
	arena_free(a);
	return e;
}
