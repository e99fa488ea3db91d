#include "node/partners.h"

#include <stdio.h>
#include <string.h>

static enum err partner_read(const struct value *row, struct partner *out)
{
	struct partner p = {.state = PARTNER_PENDING, .row = row};
	struct span name;
	int64_t state, paired;
	if (!fields_id(partner_fields, row, "org", &p.org) || !fields_str(partner_fields, row, "name", &name) ||
	    !fields_int(partner_fields, row, "state", &state) || name.n >= sizeof p.name)
		return ERR_CORRUPT;
	memcpy(p.name, name.p, name.n);
	p.state = (enum partner_state)state;
	(void)fields_bool(partner_fields, row, "verified", &p.verified);
	(void)fields_bool(partner_fields, row, "confirmed", &p.confirmed);
	(void)fields_bool(partner_fields, row, "dial", &p.dial);
	p.paired = fields_int(partner_fields, row, "paired", &paired);
	*out = p;
	return OK;
}

enum err partners_get(struct txn *t, struct arena *a, const struct id *org, struct partner *out)
{
	const struct value *row;
	enum err e = rows_get(t, TABLE_PARTNERS, ID_SPAN(org), a, &row);
	return e != OK ? e : partner_read(row, out);
}

void partners_set(struct arena *a, struct partner *p, const char *field, struct value *v)
{
	struct value *row = p->row ? value_copy(a, p->row) : value_map(a);
	fields_set(a, partner_fields, row, field, v);
	p->row = row;
}

enum err partners_put(struct txn *t, struct arena *a, const struct partner *p)
{
	struct partner q = *p;
	partners_set(a, &q, "org", value_id(a, &p->org));
	partners_set(a, &q, "name", value_str(a, p->name));
	partners_set(a, &q, "state", value_int(a, p->state));
	partners_set(a, &q, "verified", value_bool(a, p->verified));
	partners_set(a, &q, "confirmed", value_bool(a, p->confirmed));
	partners_set(a, &q, "dial", value_bool(a, p->dial));
	return rows_put(t, TABLE_PARTNERS, ID_SPAN(&p->org), q.row);
}

enum err partners_by_name(struct txn *t, struct arena *a, const char *name, struct partner *out)
{
	struct walk w;
	bool found = false;
	enum err e = walk_open(t, TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	if (e != OK)
		return e;
	while (e == OK && !found && walk_next(&w)) {
		const struct value *row;
		struct partner p = {0};
		e = rows_value(w.value, a, &row);
		if (e == OK)
			e = partner_read(row, &p);
		if (e == OK && p.state != PARTNER_REMOVED && strcmp(p.name, name) == 0) {
			*out = p;
			found = true;
		}
	}
	e = walk_close(&w, e);
	return e != OK ? e : found ? OK : ERR_NOT_FOUND;
}
