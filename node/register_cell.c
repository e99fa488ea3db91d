#include "node/register_cell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct taking {
	const struct register_cell *cell;
	struct arena *a;
	struct complaint *why;
	enum err e;
};

static __attribute__((format(printf, 3, 4))) void refuse(struct taking *r, enum err e, const char *format, ...)
{
	va_list ap;

	if (r->e != OK)
		return;
	r->e = e;
	va_start(ap, format);
	(void)vsnprintf(r->why->text, sizeof r->why->text, format, ap);
	va_end(ap);
}

/* Up to an unescaped divider; *text moves behind it. The part is unescaped and trimmed, in the arena. */
static char *part(struct arena *a, const char **text, char divider, bool keep)
{
	const char *p = *text;
	char *out = arena_alloc(a, strlen(p) + 1), *q = out;

	if (!out)
		return NULL;
	while (*p == ' ')
		p++;
	for (; *p && *p != divider; p++) {
		if (*p == '\\' && p[1]) {
			if (keep) /* for a second division */
				*q++ = *p;
			p++;
		}
		*q++ = *p;
	}
	*text = *p ? p + 1 : p;
	while (q > out && q[-1] == ' ')
		q--;
	*q = '\0';
	return out;
}

static const char *digits(const char *p, size_t most, char divider, char out[static 5])
{
	size_t n = 0;

	for (; n < most && *p >= '0' && *p <= '9'; p++)
		out[n++] = *p;
	out[n] = '\0';
	if (!p || n == 0 || (divider ? *p != divider : *p != '\0'))
		return NULL;
	return divider ? p + 1 : p;
}

/* 31.12.2026 as the map says it is written; what is written otherwise stays, and is refused as no date. */
static const char *iso_date(const struct register_cell *cell, const char *text, char out[static 24])
{
	char first[5], second[5], year[5], divider = cell->dates == DATES_DMY_DOTS ? '.' : '/';
	const char *p;

	if (cell->dates == DATES_ISO || !(p = digits(text, 2, divider, first)) || !(p = digits(p, 2, divider, second)) ||
	    !digits(p, 4, '\0', year) || strlen(year) != 4)
		return text;
	const char *day = cell->dates == DATES_MDY ? second : first, *month = cell->dates == DATES_MDY ? first : second;
	(void)snprintf(out, 24, "%s-%s%s-%s%s", year, month[1] ? "" : "0", month, day[1] ? "" : "0", day);
	return out;
}

static struct value *scalar(struct taking *r, const struct field *f, const char *text)
{
	struct complaint inner = {0};
	struct value *v = NULL;
	char day[24];
	enum err e = fields_parse(f, f->type == FIELD_DATE ? iso_date(r->cell, text, day) : text, r->a, &v, &inner);

	if (e != OK && f->type == FIELD_DATE && r->cell->dates != DATES_ISO)
		refuse(r, e, "must be a date such as %s, as the map says", r->cell->dates == DATES_DMY_DOTS ? "23.11.2026"
		       : r->cell->dates == DATES_DMY ? "23/11/2026" : "11/23/2026");
	else if (e != OK)
		refuse(r, e, "%s", inner.text[0] ? inner.text : err_text(e));
	return e == OK ? v : NULL;
}

/* scheme=LEI, value=5299... */
static struct value *group_item(struct taking *r, const struct field *group, const char *text)
{
	struct value *map = value_map(r->a);

	while (map && r->e == OK && *text) {
		char *pair = part(r->a, &text, ',', false), *equal = pair ? strchr(pair, '=') : NULL;
		const struct field *m;

		if (!pair) {
			refuse(r, ERR_MEMORY, "out of memory");
			break;
		}
		if (!equal) {
			refuse(r, ERR_INVALID, "must be written as %s=...", group->name);
			break;
		}
		*equal = '\0';
		if (!(m = fields_find(group, pair)) || m->list || m->type == FIELD_GROUP)
			refuse(r, ERR_INVALID, "\"%.60s\" is no part of it", pair);
		else
			value_set(r->a, map, m->key, scalar(r, m, equal + 1));
	}
	return map;
}

static struct value *list_cell(struct taking *r, const struct field *f, const char *text)
{
	struct value *list = value_array(r->a);
	size_t most = f->max_items ? f->max_items : 64;

	while (list && r->e == OK && *text) {
		char *item = part(r->a, &text, ';', f->type == FIELD_GROUP);

		if (!item)
			refuse(r, ERR_MEMORY, "out of memory");
		else if (value_count(list) >= most)
			refuse(r, ERR_LIMIT, "has more than %zu items", most);
		else if (*item)
			value_push(r->a, list, f->type == FIELD_GROUP ? group_item(r, f->group, item) : scalar(r, f, item));
	}
	if (list && value_count(list) == 0)
		return value_nil(r->a);
	return list;
}

/* ---- whole cells ---- */

/* An item of a list, found by its first field: "identifiers.LEI". */
static void put_item(struct taking *r, struct register_row *row)
{
	const struct register_column *c = r->cell->column;
	struct value *list = (struct value *)(uintptr_t)value_at(row->items, c->field->key), *item = NULL, *v;
	struct span name;

	if (!*r->cell->text)
		return;
	if (!list) {
		list = value_array(r->a);
		value_set(r->a, row->items, c->field->key, list);
	}
	for (size_t i = 0; i < value_count(list); i++)
		if (value_is_str(value_at(list->items[i], c->field->group->key), &name) && span_eq(name, SPAN(c->item, strlen(c->item))))
			item = list->items[i];
	if (!item) {
		item = value_map(r->a);
		value_set(r->a, item, c->field->group->key, value_str(r->a, c->item));
		value_push(r->a, list, item);
	}
	if ((v = scalar(r, c->member, r->cell->text)) && item)
		value_set(r->a, item, c->member->key, v);
}

enum err register_cell_put(const struct register_cell *cell, struct arena *a, struct register_row *row, struct complaint *why)
{
	struct taking r = {.cell = cell, .a = a, .why = why};
	const struct register_column *c = cell->column;
	const struct field *f;
	struct value *v, *group;

	if (c->item) {
		put_item(&r, row);
		return r.e;
	}
	f = c->member ? c->member : c->field;
	if (!*cell->text)
		v = value_nil(a);
	else
		v = f->list ? list_cell(&r, f, cell->text) : scalar(&r, f, cell->text);
	if (r.e != OK || !v)
		return r.e != OK ? r.e : ERR_MEMORY;
	if (!c->member) {
		value_set(a, row->given, c->field->key, v);
		return OK;
	}
	if (!(group = (struct value *)(uintptr_t)value_at(row->given, c->field->key))) {
		group = value_map(a);
		value_set(a, row->given, c->field->key, group);
	}
	if (group)
		value_set(a, group, c->member->key, v);
	return group ? OK : ERR_MEMORY;
}

bool register_cell_given(const struct register_column *c, const struct register_row *row)
{
	const struct value *v = value_at(c->item ? row->items : row->given, c->field->key);

	if (c->member && !c->item)
		v = value_at(v, c->member->key);
	return v && v->type != VALUE_NIL;
}
