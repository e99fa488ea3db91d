#include "node/names.h"

#include <stdio.h>
#include <string.h>

#include "node/consortium.h"
#include "node/partners.h"
#include "store/locals.h"
#include "store/orgs.h"
#include "store/records.h"

#define MIN_PREFIX 6

static bool all_hex(const char *text)
{
	return text[strspn(text, "0123456789abcdefABCDEF")] == 0;
}

const char *names_fault(const char *name)
{
	size_t n = strlen(name);
	if (n < 1 || n > 64 || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-")] || strchr("._-", name[0]))
		return "small letters, digits, dots, hyphens and underscores, a letter or digit first, at most 64";
	if (all_hex(name))
		return "it could be the first digits of an id: add a hyphen or another letter";
	return strcmp(name, "me") == 0 ? "that is what we call ourselves" : NULL;
}

void names_id(const struct id *id, char out[static 65])
{
	hex_encode(out, id->b, 32);
}

/* Digits of an id as they stand in the tables, from somebody's tables or a telephone. */
static const char *digits(const char *typed, char out[static 65])
{
	size_t n = 0;
	for (; n < 64 && typed[n]; n++)
		out[n] = typed[n] >= 'A' && typed[n] <= 'F' ? (char)(typed[n] - 'A' + 'a') : typed[n];
	out[n] = 0;
	return out;
}

static enum err complain(struct complaint *why, enum err e, const char *typed, const char *text)
{
	why->where[0] = 0;
	(void)snprintf(why->text, sizeof why->text, "\"%.60s\" %s", typed, text);
	return e;
}

static enum err by_prefix(struct core *c, const char *typed, struct id *out, struct complaint *why)
{
	struct walk w;
	size_t found = 0;
	struct id id = {{0}};
	char want[65];
	enum err e = walk_open(core_txn(c), TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	if (e != OK)
		return e;
	while (walk_next(&w)) {
		char hex[65];
		if (w.key.n != 32)
			continue;
		hex_encode(hex, w.key.p, 32);
		if (strncmp(hex, digits(typed, want), strlen(typed)) == 0 && !found++)
			memcpy(id.b, w.key.p, 32);
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	if (found == 0)
		return complain(why, ERR_NOT_FOUND, typed, "is no partner we know");
	if (found > 1)
		return complain(why, ERR_CONFLICT, typed, "fits more than one partner: give more digits");
	*out = id;
	return OK;
}

static enum err by_consortium(struct core *c, const char *typed, struct id *out, struct complaint *why)
{
	struct consortium x;
	enum err e = consortium_named(c, typed + strlen(NAMES_CONSORTIUM), &x);
	if (e == ERR_NOT_FOUND)
		return complain(why, e, typed, "is no consortium we know");
	if (e == ERR_CONFLICT)
		return complain(why, e, typed, "fits more than one consortium: give more digits");
	if (e == OK)
		*out = x.id;
	return e;
}

enum err names_org(struct core *c, const char *typed, struct id *out, struct complaint *why)
{
	struct partner p;
	const struct value *row;
	struct arena *a;
	enum err e;
	if (strcmp(typed, "me") == 0) {
		*out = core_self(c)->org;
		return OK;
	}
	if (strncmp(typed, NAMES_CONSORTIUM, strlen(NAMES_CONSORTIUM)) == 0)
		return by_consortium(c, typed, out, why);
	if (!(a = arena_new()))
		return ERR_MEMORY;
	e = partners_by_name(core_txn(c), a, typed, &p);
	if (e == OK) {
		*out = p.org;
	} else if (e == ERR_NOT_FOUND && strlen(typed) >= MIN_PREFIX && strlen(typed) <= 64 && all_hex(typed)) {
		e = by_prefix(c, typed, out, why);
	} else if (e == ERR_NOT_FOUND) {
		e = locals_get(core_txn(c), &local_supplier, typed, a, &row);
		if (e == OK && !fields_id(supplier_fields, row, "partner", out))
			e = complain(why, ERR_NOT_PARTNER, typed, "is a supplier without a node: link it to a partner first");
		else if (e == ERR_NOT_FOUND)
			e = complain(why, e, typed, "is neither a partner nor a supplier we know");
	}
	arena_free(a);
	return e;
}

enum err names_record(struct core *c, const char *typed, struct id *out, struct complaint *why)
{
	char want[65];
	if (strlen(typed) < MIN_PREFIX || strlen(typed) > 64 || !all_hex(typed))
		return complain(why, ERR_INVALID, typed, "is not an id: at least six hex digits");
	enum err e = records_find(core_txn(c), digits(typed, want), out);
	if (e == ERR_NOT_FOUND)
		return complain(why, e, typed, "is no record we hold");
	if (e == ERR_CONFLICT)
		return complain(why, e, typed, "fits more than one record: give more digits");
	return e;
}

void names_show(struct core *c, const struct id *org, char out[static NAMES_TEXT])
{
	struct partner p;
	struct signed_statement st;
	struct statement parsed;
	struct arena *a = arena_new();
	const struct value *row;
	struct span name;
	char hex[9];
	hex_encode(hex, org->b, 4);
	if (id_eq(org, &core_self(c)->org))
		(void)snprintf(out, NAMES_TEXT, "me");
	else if (a && partners_get(core_txn(c), a, org, &p) == OK)
		(void)snprintf(out, NAMES_TEXT, "%s", p.name);
	else if (a && rows_get(core_txn(c), TABLE_CONSORTIA, ID_SPAN(org), a, &row) == OK && fields_str(consortium_fields, row, "name", &name))
		(void)snprintf(out, NAMES_TEXT, NAMES_CONSORTIUM "%.*s", (int)name.n, (const char *)name.p);
	else if (statements_newest(core_txn(c), org, &st, &parsed) == OK)
		(void)snprintf(out, NAMES_TEXT, "\"%s\"", parsed.name);
	else
		(void)snprintf(out, NAMES_TEXT, "%s", hex);
	arena_free(a);
}
