#include "node/register.h"

#include <string.h>

#include "proto/when.h"

bool register_kept(const struct field *f)
{
	return strcmp(f->name, "created") == 0 || strcmp(f->name, "changed") == 0;
}

struct value *register_lay(struct arena *a, const struct field *table, const struct value *old, const struct value *given)
{
	struct value *row = value_map(a);

	for (const struct field *f = table; row && f->name; f++) {
		const struct value *was = value_at(old, f->key), *now = value_at(given, f->key);
		struct value *v;

		if (now && now->type == VALUE_MAP && f->type == FIELD_GROUP && !f->list) {
			if (!(v = register_lay(a, f->group, was, now)))
				return NULL;
			if (value_count(v) > 0)
				value_set(a, row, f->key, v);
			continue;
		}
		now = now ? now : was;
		if (!now || now->type == VALUE_NIL)
			continue;
		if (!(v = value_copy(a, now)))
			return NULL;
		value_set(a, row, f->key, v);
	}
	return row;
}

void register_due(struct arena *a, struct value *row, int64_t now, bool pull)
{
	static const int months[] = {0, 12, 12, 24, 36}; /* in the order of vocab_tier: critical, high, medium, low */
	int64_t tier, due, held;
	bool stated = fields_int(supplier_fields, row, "review_due", &held);

	if (!fields_int(supplier_fields, row, "tier", &tier) || tier < 1 || tier >= (int64_t)(sizeof months / sizeof *months))
		return;
	due = when_add_months(now, months[tier]) / WHEN_DAY_MS;
	if (!stated || (pull && due < held))
		fields_set(a, supplier_fields, row, "review_due", value_int(a, due));
}

json_t *register_changes(const struct value *old, const struct value *row)
{
	json_t *list = json_array();

	for (const struct field *f = supplier_fields; list && f->name; f++) {
		const struct value *was = value_at(old, f->key), *now = value_at(row, f->key);

		if (register_kept(f) || (!was && !now) || (was && now && value_eq(was, now)))
			continue;
		if (json_array_append_new(list, json_string(f->name)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}
