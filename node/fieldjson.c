#include "node/fieldjson.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/nearest.h"

struct reader {
	const struct fieldjson_names *names;
	struct arena *a;
	struct complaint *why;
	size_t n; /* of path */
	char path[sizeof(((struct complaint *)0)->where)];
};

static __attribute__((format(printf, 2, 3))) enum err refuse(const struct reader *r, const char *format, ...)
{
	va_list ap;

	(void)snprintf(r->why->where, sizeof r->why->where, "%s", r->n ? r->path : "document");
	va_start(ap, format);
	(void)vsnprintf(r->why->text, sizeof r->why->text, format, ap);
	va_end(ap);
	return ERR_INVALID;
}

static size_t down(struct reader *r, const char *name)
{
	size_t before = r->n;
	int n = snprintf(r->path + r->n, sizeof r->path - r->n, "%s%s", r->n ? "." : "", name);

	if (n > 0)
		r->n = r->n + (size_t)n < sizeof r->path ? r->n + (size_t)n : sizeof r->path - 1;
	return before;
}

static size_t down_item(struct reader *r, size_t i)
{
	size_t before = r->n;
	int n = snprintf(r->path + r->n, sizeof r->path - r->n, "[%zu]", i);

	if (n > 0)
		r->n = r->n + (size_t)n < sizeof r->path ? r->n + (size_t)n : sizeof r->path - 1;
	return before;
}

static void up(struct reader *r, size_t before)
{
	r->n = before;
	r->path[before] = '\0';
}

/* ---- reading ---- */

static enum err read_map(struct reader *r, const struct field *table, const json_t *object, struct value **out);

static enum err read_named(struct reader *r, const struct field *f, const char *typed, struct value **out)
{
	struct complaint why = {0};
	struct id id;
	enum err e = r->names->resolve(r->names->ctx, f, typed, &id, &why);

	if (e != OK) {
		(void)refuse(r, "%s", why.text[0] ? why.text : err_text(e));
		return e;
	}
	*out = value_id(r->a, &id);
	return *out ? OK : ERR_MEMORY;
}

/* Times, dates, words and hex are typed text. */
static enum err read_typed(struct reader *r, const struct field *f, const json_t *j, struct value **out)
{
	struct complaint why = {0};
	enum err e;

	if (!json_is_string(j))
		return refuse(r, "must be text (%s)", fields_type_name(f));
	if ((f->type == FIELD_REF || f->type == FIELD_ORG) && r->names && r->names->resolve)
		return read_named(r, f, json_string_value(j), out);
	e = fields_parse(f, json_string_value(j), r->a, out, &why);
	if (e == ERR_INVALID || e == ERR_LIMIT) {
		(void)refuse(r, "%s", why.text);
		return e;
	}
	return e;
}

static enum err read_one(struct reader *r, const struct field *f, const json_t *j, struct value **out)
{
	switch (f->type) {
	case FIELD_LINE:
	case FIELD_TEXT:
		if (!json_is_string(j))
			return refuse(r, "must be text");
		*out = value_strn(r->a, SPAN(json_string_value(j), json_string_length(j)));
		break;
	case FIELD_INT:
		if (!json_is_integer(j) || json_integer_value(j) < 0)
			return refuse(r, "must be a whole number of 0 or more");
		*out = value_int(r->a, json_integer_value(j));
		break;
	case FIELD_BOOL:
		if (!json_is_boolean(j))
			return refuse(r, "must be true or false");
		*out = value_bool(r->a, json_is_true(j));
		break;
	case FIELD_TIME:
	case FIELD_DATE:
	case FIELD_ENUM:
	case FIELD_REF:
	case FIELD_ORG:
	case FIELD_BYTES:
		return read_typed(r, f, j, out);
	case FIELD_GROUP:
		if (!json_is_object(j) || !f->group)
			return refuse(r, "must be an object");
		return read_map(r, f->group, j, out);
	case FIELD_ANY:
		return refuse(r, "cannot be given here");
	}
	return *out ? OK : ERR_MEMORY;
}

static enum err read_field(struct reader *r, const struct field *f, const json_t *j, struct value **out)
{
	struct value *list, *item;
	size_t i;
	json_t *each;

	if (!f->list)
		return read_one(r, f, j, out);
	if (!json_is_array(j))
		return refuse(r, "must be a list");
	if (json_array_size(j) > (f->max_items ? f->max_items : 64))
		return refuse(r, "has more than %u items", f->max_items ? (unsigned)f->max_items : 64u);
	list = value_array(r->a);
	json_array_foreach(j, i, each) {
		size_t before = down_item(r, i);
		enum err e;

		item = NULL;
		if ((e = read_one(r, f, each, &item)) != OK)
			return e;
		value_push(r->a, list, item);
		up(r, before);
	}
	*out = list;
	return list ? OK : ERR_MEMORY;
}

static enum err refuse_unknown(struct reader *r, const struct field *table, const char *name)
{
	struct nearest near = nearest_to(name);

	for (const struct field *f = table; f->name; f++)
		nearest_try(&near, f->name);
	(void)down(r, name);
	if (near.best)
		return refuse(r, "is not a field here; did you mean \"%s\"?", near.best);
	return refuse(r, "is not a field here");
}

static enum err read_map(struct reader *r, const struct field *table, const json_t *object, struct value **out)
{
	struct value *map = value_map(r->a), *v;
	const char *name;
	json_t *j;

	json_object_foreach((json_t *)(uintptr_t)object, name, j) {
		const struct field *f = fields_find(table, name);
		size_t before;
		enum err e;

		if (!f)
			return refuse_unknown(r, table, name);
		if (json_is_null(j))
			continue; /* not stated */
		before = down(r, name);
		v = NULL;
		if ((e = read_field(r, f, j, &v)) != OK)
			return e;
		value_set(r->a, map, f->key, v);
		up(r, before);
	}
	*out = map;
	return map ? OK : ERR_MEMORY;
}

enum err fieldjson_read(const struct field *table, const json_t *object, const struct fieldjson_names *names, struct arena *a,
                        struct value **out, struct complaint *why)
{
	struct complaint unwanted = {0};
	struct reader r = {.names = names, .a = a, .why = why ? why : &unwanted};
	struct value *map = NULL;
	enum err e;

	if (!json_is_object(object))
		return refuse(&r, "must be an object");
	e = read_map(&r, table, object, &map);
	if (e == OK)
		*out = map;
	return e;
}

/* ---- writing ---- */

static json_t *write_text(const struct field *f, const struct value *v)
{
	struct buf b = {0};
	json_t *j = NULL;

	if (fields_format(f, v, &b) == OK)
		j = json_stringn(b.n ? (const char *)b.p : "", b.n);
	buf_free(&b);
	return j;
}

static json_t *write_one(const struct field *f, const struct value *v)
{
	struct field one = *f;
	int64_t i;
	bool b;

	one.list = false;
	switch (f->type) {
	case FIELD_INT:
		return value_is_int(v, &i) ? json_integer(i) : NULL;
	case FIELD_BOOL:
		return value_is_bool(v, &b) ? json_boolean(b) : NULL;
	case FIELD_GROUP:
		return f->group && v && v->type == VALUE_MAP ? fieldjson_write(f->group, v) : NULL;
	case FIELD_LINE:
	case FIELD_TEXT:
	case FIELD_TIME:
	case FIELD_DATE:
	case FIELD_ENUM:
	case FIELD_REF:
	case FIELD_ORG:
	case FIELD_BYTES:
		return write_text(&one, v);
	case FIELD_ANY:
		break;
	}
	return json_null();
}

static json_t *write_field(const struct field *f, const struct value *v)
{
	json_t *list;

	if (!f->list)
		return write_one(f, v);
	list = json_array();
	for (size_t i = 0; list && i < value_count(v); i++) {
		if (json_array_append_new(list, write_one(f, value_item(v, i))) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *fieldjson_write(const struct field *table, const struct value *map)
{
	json_t *object = json_object();

	for (const struct field *f = table; object && f->name; f++) {
		const struct value *v = value_at(map, f->key);

		if (v && json_object_set_new(object, f->name, write_field(f, v)) != 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}
