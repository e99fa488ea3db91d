#include "proto/kind_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_bytes(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int way = n ? memcmp(x->p, y->p, n) : 0;

	return way ? way : (x->n > y->n) - (x->n < y->n);
}

static enum err twice(const struct field *list, const char *name, struct span s, struct complaint *why)
{
	char text[sizeof(why->text)];
	bool readable = fields_find(list->group, name)->type == FIELD_LINE;

	(void)snprintf(text, sizeof(text), "stands there twice%s%.*s", readable ? ": " : "", readable ? (int)s.n : 0, (const char *)s.p);
	return fields_complain(why, ERR_INVALID, text, "%s.%s", list->name, name);
}

enum err kind_check_unique(const struct record *r, const struct field *list, const char *name, struct kind_check_names *out,
                           struct complaint *why)
{
	const struct value *items = value_at(r->body, list->key);
	size_t n = value_count(items);

	out->n = 0;
	if (n > KIND_CHECK_ITEMS)
		return fields_complain(why, ERR_LIMIT, "has too many items", "%s", list->name);
	for (size_t i = 0; i < n; i++)
		if (!fields_str(list->group, value_item(items, i), name, &out->name[i]) &&
		    !value_is_bin(fields_get(list->group, value_item(items, i), name), &out->name[i]))
			return fields_complain(why, ERR_INVALID, "is required", "%s[%zu].%s", list->name, i, name);
	out->n = n;
	if (n)
		qsort(out->name, n, sizeof(out->name[0]), by_bytes);
	for (size_t i = 1; i < n; i++)
		if (by_bytes(&out->name[i - 1], &out->name[i]) == 0)
			return twice(list, name, out->name[i], why);
	return OK;
}

bool kind_check_has(const struct kind_check_names *names, struct span name)
{
	return names->n && bsearch(&name, names->name, names->n, sizeof(name), by_bytes);
}

enum err kind_check_required(const struct record *r, const struct field *table, const char *const *names, const char *because,
                             struct complaint *why)
{
	char text[sizeof(why->text)], missing[sizeof(why->where)] = "";
	size_t n = 0, used = 0;

	for (; *names; names++) {
		if (fields_get(table, r->body, *names))
			continue;
		if (used < sizeof(missing))
			used += (size_t)snprintf(missing + used, sizeof(missing) - used, "%s%s", n ? ", " : "", *names);
		n++;
	}
	if (n == 0)
		return OK;
	(void)snprintf(text, sizeof(text), "%s required %s", n > 1 ? "are" : "is", because);
	return fields_complain(why, ERR_INVALID, text, "%s", missing);
}
