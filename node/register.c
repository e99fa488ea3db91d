#include "node/register.h"

#include <string.h>

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

json_t *register_changes(const struct field *table, const struct value *old, const struct value *row)
{
	json_t *list = json_array();

	for (const struct field *f = table; list && f->name; f++) {
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

/* The item whose first field says the same. */
static struct value *same_item(const struct field *list, struct value *all, const struct value *item)
{
	const struct value *key = value_at(item, list->group->key);

	for (size_t i = 0; i < value_count(all); i++)
		if (key && value_eq(value_at(all->items[i], list->group->key), key))
			return all->items[i];
	return NULL;
}

struct value *register_merge(struct arena *a, const struct field *list, const struct value *old, const struct value *items)
{
	struct value *all = old ? value_copy(a, old) : value_array(a);

	for (size_t i = 0; all && i < value_count(items); i++) {
		const struct value *item = value_item(items, i);
		struct value *held = same_item(list, all, item), *laid;

		if (!held) {
			value_push(a, all, value_copy(a, item));
			continue;
		}
		if (!(laid = register_lay(a, list->group, held, item)))
			return NULL;
		*held = *laid;
	}
	return all;
}
