/* Rows of the register and of bookkeeping: each fits its table of fields and stands under its own name. */
#include <string.h>

#include "proto/contradiction.h"
#include "store/check_state.h"
#include "store/locals.h"
#include "store/records.h"

struct of {
	enum table table;
	const char *name;
	struct span key;
};

static enum err row_of(struct check *c, const struct of *of, struct span value, const struct value **out)
{
	const struct field *fields = rows_fields(of->table, of->key);
	const char *name = of->name;
	struct complaint why;
	enum err e;

	c->figures.rows++;
	if ((e = rows_value(value, c->a, out)) == ERR_MEMORY)
		return e;
	if (e != OK) {
		check_say(c, "%s: a row is damaged: it is not a packed map", name);
		return ERR_CORRUPT;
	}
	if (!fields) {
		check_say(c, "%s: a row is damaged: its key is none", name);
		return ERR_CORRUPT;
	}
	if ((e = fields_check(fields, *out, &why)) == ERR_MEMORY)
		return e;
	if (e != OK) {
		check_say(c, "%s: a row is damaged: %s %s", name, why.where, why.text);
		return ERR_CORRUPT;
	}
	return OK;
}

enum err check_supplier(struct check *c, struct span key, struct span value)
{
	const struct value *row;
	struct span name;
	enum err e = row_of(c, &(struct of){TABLE_SUPPLIERS, "suppliers", key}, value, &row);

	if (e == OK && (!fields_str(supplier_fields, row, "name", &name) || !span_eq(name, key)))
		check_say(c, "suppliers: the row of %.*s names another", (int)key.n, (const char *)key.p);
	return e;
}

enum err check_supplier_history(struct check *c, struct span key, struct span value)
{
	const struct value *row;
	struct span name;
	enum err e = row_of(c, &(struct of){TABLE_SUPPLIER_HISTORY, "supplier_history", key}, value, &row);

	if (e != OK)
		return e;
	if (key.n < 10 || key.p[key.n - 9] != 0 || !fields_str(supplier_fields, row, "name", &name) ||
	    !span_eq(name, SPAN(key.p, key.n - 9)))
		check_say(c, "supplier_history: a row stands under the wrong name");
	return OK;
}

enum err check_local(struct check *c, struct span key, struct span value)
{
	const struct value *row;
	struct span name, stated;
	enum err e = row_of(c, &(struct of){TABLE_LOCALS, "locals", key}, value, &row);

	if (e == OK && locals_of_key(TABLE_LOCALS, key, &name) &&
	    (!fields_str(rows_fields(TABLE_LOCALS, key), row, "name", &stated) || !span_eq(name, stated)))
		check_say(c, "locals: the row of %.*s names another", (int)name.n, (const char *)name.p);
	return e;
}

enum err check_local_history(struct check *c, struct span key, struct span value)
{
	const struct value *row;
	struct span name, stated;
	enum err e = row_of(c, &(struct of){TABLE_LOCAL_HISTORY, "local_history", key}, value, &row);

	if (e == OK && locals_of_key(TABLE_LOCAL_HISTORY, key, &name) &&
	    (!fields_str(rows_fields(TABLE_LOCAL_HISTORY, key), row, "name", &stated) || !span_eq(name, stated)))
		check_say(c, "local_history: a row stands under the wrong name");
	return e;
}

enum err check_partner(struct check *c, struct span key, struct span value)
{
	const struct value *row;
	char hex[CHECK_HEX];
	struct id org = {{0}};
	enum err e = row_of(c, &(struct of){TABLE_PARTNERS, "partners", key}, value, &row);

	if (e == OK && (!fields_id(partner_fields, row, "org", &org) || !span_eq(ID_SPAN(&org), key)))
		check_say(c, "partners: the row of %s stands under another organisation", check_hex(&org, hex));
	return e;
}

enum err check_invite(struct check *c, struct span key, struct span value)
{
	const struct value *row;
	enum err e = row_of(c, &(struct of){TABLE_INVITES, "invites", key}, value, &row);

	if (e == OK && key.n != 16)
		check_say(c, "invites: a key has %zu bytes instead of 16", key.n);
	return e;
}

enum err check_consortium(struct check *c, struct span key, struct span value)
{
	const struct value *row;
	char hex[CHECK_HEX];
	struct id id = {{0}};
	enum err e = row_of(c, &(struct of){TABLE_CONSORTIA, "consortia", key}, value, &row);

	if (e == OK && (!fields_id(consortium_fields, row, "consortium", &id) || !span_eq(ID_SPAN(&id), key)))
		check_say(c, "consortia: the row of %s stands under another consortium", check_hex(&id, hex));
	return e;
}

enum err check_address(struct check *c, struct span key, struct span value)
{
	const struct value *row;
	enum err e = row_of(c, &(struct of){TABLE_ADDRESSES, "addresses", key}, value, &row);

	if (e == OK && key.n != sizeof(struct id))
		check_say(c, "addresses: a key has %zu bytes instead of 32", key.n);
	return e;
}

enum err check_operation(struct check *c, struct span key, struct span value)
{
	const struct value *row;
	enum err e = row_of(c, &(struct of){TABLE_OPERATIONS, "operations", key}, value, &row);

	if (e == OK && key.n != 8)
		check_say(c, "operations: a key has %zu bytes instead of 8", key.n);
	return e;
}

enum err check_set(struct check *c, struct span key, struct span value)
{
	struct record_row row;
	struct id id;
	enum err e = ERR_NOT_FOUND;

	c->figures.rows++;
	if (value.n == sizeof id.b) {
		memcpy(id.b, value.p, sizeof id.b);
		e = records_by_id(c->t, &id, &row);
	}
	if (e == ERR_NOT_FOUND) {
		check_say(c, "sets: %.*s names a record that is not there", (int)key.n, (const char *)key.p);
		return OK;
	}
	return e;
}

enum err check_contradiction(struct check *c, struct span key, struct span value)
{
	const struct value *row;
	struct contradiction_report *r = arena_alloc(c->a, sizeof *r);
	uint8_t stated[CONTRADICTION_KEY];
	struct span file;
	enum err e = row_of(c, &(struct of){TABLE_CONTRADICTIONS, "contradictions", key}, value, &row);

	if (e != OK || !r)
		return e != OK ? e : ERR_MEMORY;
	if (!value_is_bin(fields_get(proven_fields, row, "file"), &file) || (e = contradiction_verify(file, c->a, r)) != OK)
		return e;
	contradiction_key(r, stated);
	if (r->verdict != PROOF_VALID || !span_eq(key, SPAN(stated, sizeof stated)))
		check_say(c, "contradictions: a row proves nothing, or stands under the wrong key");
	return OK;
}
