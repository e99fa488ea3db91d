#include "node/view_diff.h"

#include <string.h>

static const struct field *posture(void)
{
	return kind_by_number(KIND_POSTURE_ATTESTATION)->fields;
}

static const struct field *statements(void)
{
	return fields_find(posture(), "statements")->group;
}

static void put_value(json_t *o, const char *name, const struct field *f, const struct value *v)
{
	struct buf text = {0};
	bool list = f->list && v;
	enum err e = OK;
	for (size_t i = 0; list && e == OK && i < value_count(v); i++) {
		struct field one = *f;
		one.list = false;
		if (i)
			e = fields_print(&text, "; ");
		if (e == OK)
			e = fields_format(&one, value_item(v, i), &text);
	}
	if (v && !list)
		e = fields_format(f, v, &text);
	if (e == OK && buf_add(&text, "", 1) == OK && text.n > 1)
		view_put(o, name, (const char *)text.p);
	buf_free(&text);
}

/* An added control was not there, a removed one is no more. */
static void put_change(json_t *items, const char *control, const struct field *f, const struct value *was, const struct value *now)
{
	json_t *o = json_object();
	view_put(o, "control", control);
	view_put(o, "change", *control && f->required && !was ? "added" : *control && f->required && !now ? "removed" : "changed");
	view_put(o, "field", f->name);
	put_value(o, "was", f, was);
	put_value(o, "now", f, now);
	(void)json_array_append_new(items, o);
}

static void each_field(const struct field *table, const char *control, const struct value *was, const struct value *now, json_t *items)
{
	for (const struct field *f = table; f->name; f++) {
		const struct value *a = value_at(was, f->key), *b = value_at(now, f->key);
		if (f->type == FIELD_GROUP && !f->list && f->group && a && b)
			each_field(f->group, control, a, b, items);
		else if ((f->type != FIELD_GROUP || !f->list) && !(a ? b && value_eq(a, b) : !b))
			put_change(items, control, f, a, b);
	}
}

static const struct value *statement_on(const struct seen *s, const struct value *other)
{
	const struct value *list = fields_get(posture(), s->r.body, "statements"), *control = fields_get(statements(), other, "control");
	for (size_t i = 0; control && i < value_count(list); i++)
		if (value_eq(fields_get(statements(), value_item(list, i), "control"), control))
			return value_item(list, i);
	return NULL;
}

enum err view_diff_postures(struct view *v, const struct seen *old, const struct seen *new, json_t **out)
{
	const struct field *status = fields_find(statements(), "status");
	const struct value *was = fields_get(posture(), old->r.body, "statements"), *now = fields_get(posture(), new->r.body, "statements");
	json_t *items = json_array();
	if (!items)
		return ERR_MEMORY;
	each_field(posture(), "", old->r.body, new->r.body, items);
	for (size_t i = 0; i < value_count(now); i++) {
		const struct value *s = value_item(now, i), *before = statement_on(old, s);
		const char *control = view_text(v, statements(), s, "control");
		if (before)
			each_field(statements(), control, before, s, items);
		else
			put_change(items, control, status, NULL, value_at(s, status->key));
	}
	for (size_t i = 0; i < value_count(was); i++) {
		const struct value *s = value_item(was, i);
		if (!statement_on(new, s))
			put_change(items, view_text(v, statements(), s, "control"), status, value_at(s, status->key), NULL);
	}
	*out = items;
	return OK;
}
