#include "store/rows.h"

#include <string.h>

#include "proto/pack.h"
#include "proto/vocab.h"

/* ---- the field tables ---- */

static const char *const partner_state_words[] = {"pending", "active", "suspended", "removed", NULL};
const struct vocab vocab_partner_state = {"partner_state", partner_state_words};

static const char *const factor_words[] = {"none", "low", "medium", "high", "critical", NULL};
const struct vocab vocab_factor = {"factor", factor_words};

static const struct field factor_fields[] = {
	{.key = 0, .name = "function_criticality", .type = FIELD_ENUM, .vocab = &vocab_factor, .help = "what stops when they stop"},
	{.key = 1, .name = "data_sensitivity", .type = FIELD_ENUM, .vocab = &vocab_factor, .help = "how sensitive the data they hold"},
	{.key = 2, .name = "access_level", .type = FIELD_ENUM, .vocab = &vocab_factor, .help = "how far into our systems they reach"},
	{.key = 3, .name = "substitutability", .type = FIELD_ENUM, .vocab = &vocab_factor, .help = "how hard they are to replace"},
	{.key = 4, .name = "dependency", .type = FIELD_ENUM, .vocab = &vocab_factor, .help = "how much else hangs on them"},
	{0},
};

static const struct field identifier_fields[] = {
	{.key = 0, .name = "scheme", .type = FIELD_LINE, .required = true, .max = 40, .help = "LEI, EUID, VAT, DUNS, domain"},
	{.key = 1, .name = "value", .type = FIELD_LINE, .required = true, .help = "as that scheme writes it"},
	{0},
};

static const struct field contact_fields[] = {
	{.key = 0, .name = "purpose", .type = FIELD_LINE, .required = true, .max = 64, .help = "security-24x7, privacy, contract"},
	{.key = 1, .name = "name", .type = FIELD_LINE, .help = "person or role"},
	{.key = 2, .name = "mail", .type = FIELD_LINE, .max = 254, .help = "mail address"},
	{.key = 3, .name = "phone", .type = FIELD_LINE, .max = 64, .help = "telephone number"},
	{0},
};

const struct field supplier_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = SUPPLIER_NAME, .help = "what we call it in commands"},
	{.key = 1, .name = "title", .type = FIELD_LINE, .help = "its full name"},
	{.key = 2, .name = "partner", .type = FIELD_ORG, .help = "the organisation it is linked with, when it has a node"},
	{.key = 3, .name = "type", .type = FIELD_ENUM, .vocab = &vocab_supplier_type, .help = "what kind of supplier"},
	{.key = 4, .name = "tier", .type = FIELD_ENUM, .vocab = &vocab_tier, .help = "how much depends on it, as we decided"},
	{.key = 5, .name = "factors", .type = FIELD_GROUP, .group = factor_fields, .help = "what the tier was decided from"},
	{.key = 6, .name = "reason", .type = FIELD_LINE, .max = 1000, .help = "why this tier"},
	{.key = 7, .name = "owner", .type = FIELD_LINE, .help = "who of us looks after it"},
	{.key = 8, .name = "state", .type = FIELD_ENUM, .vocab = &vocab_supplier_state, .help = "where the relationship stands"},
	{.key = 9, .name = "review_due", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "next review"},
	{.key = 10, .name = "services", .type = FIELD_LINE, .list = true, .max_items = 256, .help = "what we get from it"},
	{.key = 11, .name = "identifiers", .type = FIELD_GROUP, .list = true, .group = identifier_fields, .help = "its numbers"},
	{.key = 12, .name = "contacts", .type = FIELD_GROUP, .list = true, .group = contact_fields, .help = "whom to reach there"},
	{.key = 13, .name = "country", .type = FIELD_LINE, .max = 64, .usual = USUAL_COUNTRY, .help = "where it is established, as two letters"},
	{.key = 14, .name = "website", .type = FIELD_LINE, .max = 1000, .help = "its address on the web"},
	{.key = 15, .name = "note", .type = FIELD_TEXT, .help = "anything else"},
	{.key = 16, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 17, .name = "changed", .type = FIELD_TIME, .help = "when it last changed"},
	{0},
};

const struct field partner_fields[] = {
	{.key = 0, .name = "org", .type = FIELD_ORG, .required = true, .help = "the organisation"},
	{.key = 1, .name = "name", .type = FIELD_LINE, .required = true, .max = 64, .help = "what we call it here"},
	{.key = 2, .name = "title", .type = FIELD_LINE, .help = "its name as its key statement says"},
	{.key = 3, .name = "state", .type = FIELD_ENUM, .required = true, .vocab = &vocab_partner_state, .help = "what we exchange"},
	{.key = 4, .name = "verified", .type = FIELD_BOOL, .help = "we compared its words"},
	{.key = 5, .name = "verified_at", .type = FIELD_TIME, .help = "when we compared them"},
	{.key = 6, .name = "confirmed", .type = FIELD_BOOL, .help = "it said that it compared ours"},
	{.key = 7, .name = "supplier", .type = FIELD_LINE, .max = SUPPLIER_NAME, .help = "the supplier it is"},
	{.key = 8, .name = "addresses", .type = FIELD_LINE, .list = true, .help = "host:port where it can be dialled"},
	{.key = 9, .name = "dial", .type = FIELD_BOOL, .help = "we dial it"},
	{.key = 10, .name = "session", .type = FIELD_REF, .help = "the handshake that made the pair secret"},
	{.key = 11, .name = "paired", .type = FIELD_TIME, .help = "the first session under the pair secret"},
	{.key = 12, .name = "last_heard", .type = FIELD_TIME, .help = "when it last spoke to us"},
	{.key = 13, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 14, .name = "statement", .type = FIELD_REF, .help = "its key statement that we compared"},
	{.key = 15, .name = "note", .type = FIELD_TEXT, .help = "anything else"},
	{0},
};

const struct field invite_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = 64, .help = "what we shall call who joins"},
	{.key = 1, .name = "supplier", .type = FIELD_LINE, .max = SUPPLIER_NAME, .help = "the supplier it is"},
	{.key = 2, .name = "created", .type = FIELD_TIME, .required = true, .help = "when it was made"},
	{.key = 3, .name = "expires", .type = FIELD_TIME, .required = true, .help = "when it ends"},
	{.key = 4, .name = "used_by", .type = FIELD_BYTES, .max = 32, .help = "the link key that used it"},
	{.key = 5, .name = "org", .type = FIELD_ORG, .help = "who used it"},
	{.key = 6, .name = "alarm", .type = FIELD_BOOL, .help = "a second key tried to use it"},
	{0},
};

const struct field operation_fields[] = {
	{.key = 0, .name = "time", .type = FIELD_TIME, .required = true, .help = "when"},
	{.key = 1, .name = "who", .type = FIELD_LINE, .required = true, .help = "who did it"},
	{.key = 2, .name = "what", .type = FIELD_LINE, .required = true, .max = 1000, .help = "what was done"},
	{.key = 3, .name = "about", .type = FIELD_LINE, .max = 1000, .help = "to what"},
	{0},
};

const struct field *rows_fields(enum table table)
{
	if (table == TABLE_SUPPLIERS || table == TABLE_SUPPLIER_HISTORY)
		return supplier_fields;
	if (table == TABLE_PARTNERS)
		return partner_fields;
	if (table == TABLE_INVITES)
		return invite_fields;
	return table == TABLE_OPERATIONS ? operation_fields : NULL;
}

/* ---- rows ---- */

enum err rows_put(struct txn *t, enum table table, struct span key, const struct value *row)
{
	const struct field *fields = rows_fields(table);
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

/* ---- suppliers ---- */

static size_t history_key(const char *name, uint64_t version, uint8_t out[static SUPPLIER_NAME + 9])
{
	size_t n = strlen(name);

	memcpy(out, name, n + 1);
	put_u64be(out + n + 1, version);
	return n + 9;
}

static enum err file_old(struct txn *t, const char *name, struct span old)
{
	uint8_t key[SUPPLIER_NAME + 9];
	size_t n = strlen(name) + 1;
	uint64_t version = 1;
	struct walk w;
	struct buf copy = {0};
	enum err e = walk_open(t, TABLE_SUPPLIER_HISTORY, SPAN(name, n), true, &w);

	if (e == OK && walk_next(&w)) {
		if (w.key.n != n + 8)
			e = ERR_CORRUPT;
		else
			version = get_u64be(w.key.p + n) + 1;
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	n = history_key(name, version, key);
	if ((e = buf_add(&copy, old.p, old.n)) == OK) /* borrowed from the very transaction that is written to */
		e = store_add(t, TABLE_SUPPLIER_HISTORY, SPAN(key, n), buf_span(&copy));
	buf_free(&copy);
	return e;
}

/* The time of the change alone is no change. */
static bool same_but_changed(const struct value *a, const struct value *b)
{
	int64_t changed = fields_find(supplier_fields, "changed")->key;
	size_t i = 0, j = 0;
	int64_t key;

	for (;;) {
		if (i < a->n && value_is_int(a->items[2 * i], &key) && key == changed)
			i++;
		if (j < b->n && value_is_int(b->items[2 * j], &key) && key == changed)
			j++;
		if (i >= a->n || j >= b->n)
			return i >= a->n && j >= b->n;
		if (!value_eq(a->items[2 * i], b->items[2 * j]) || !value_eq(a->items[2 * i + 1], b->items[2 * j + 1]))
			return false;
		i++;
		j++;
	}
}

enum err suppliers_put(struct txn *t, const char *name, const struct value *row)
{
	size_t n = strnlen(name, SUPPLIER_NAME + 1);
	struct span stated, old;
	const struct value *held;
	struct complaint why;
	enum err e;

	if (!row)
		return ERR_MEMORY;
	if ((e = fields_check(supplier_fields, row, &why)) != OK)
		return e;
	if (n == 0 || n > SUPPLIER_NAME || !fields_str(supplier_fields, row, "name", &stated) || !span_eq(stated, SPAN(name, n)))
		return ERR_INVALID;
	if ((e = store_get(t, TABLE_SUPPLIERS, SPAN(name, n), &old)) == OK) {
		struct arena *a = arena_new();
		bool same = false;
		if (!a)
			return ERR_MEMORY;
		if ((e = rows_value(old, a, &held)) == OK && !(same = same_but_changed(held, row)))
			e = file_old(t, name, old);
		arena_free(a);
		if (e != OK || same)
			return e;
	} else if (e != ERR_NOT_FOUND) {
		return e;
	}
	return rows_put(t, TABLE_SUPPLIERS, SPAN(name, n), row);
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
