#include "node/view_matrix.h"

#include <string.h>

#include "node/view_record.h"

static const struct field *matrix_fields(void)
{
	return kind_by_number(KIND_RESPONSIBILITY_MATRIX)->fields;
}

const struct field *view_matrix_group(void)
{
	return fields_find(matrix_fields(), "rows")->group;
}

const struct value *view_matrix_row(const struct seen *s, const char *control)
{
	const struct value *list = s ? fields_get(matrix_fields(), s->r.body, "rows") : NULL;
	struct span name;
	for (size_t i = 0; i < value_count(list); i++)
		if (fields_str(view_matrix_group(), value_item(list, i), "control", &name) && span_eq(name, SPAN(control, strlen(control))))
			return value_item(list, i);
	return NULL;
}

enum err view_matrix_other(struct view *v, const struct seen *s, struct id *out)
{
	struct ids readers;
	struct id supplier;
	bool everybody;
	enum err e = view_readers(v, s, &readers, &everybody);
	if (e != OK)
		return e;
	if (!s->readable || !fields_id(matrix_fields(), s->r.body, "supplier", &supplier))
		return ERR_NOT_FOUND;
	*out = s->mine && readers.n ? readers.p[0] : s->r.author;
	if (everybody || (s->mine && readers.n != 1) || (!id_eq(&supplier, out) && !id_eq(&supplier, &v->me)))
		return ERR_NOT_FOUND;
	return OK;
}

/* The reply of the other side that put it in force; NULL: none. */
static enum err agreed_by(struct view *v, const struct seen *s, const struct seen **out)
{
	struct seens list;
	struct id other;
	enum err e = view_matrix_other(v, s, &other);
	*out = NULL;
	if (e == OK)
		e = view_about(v, &s->id, KIND_REPLY, &list);
	for (size_t i = 0; e == OK && !*out && i < list.n; i++)
		if (view_active(list.p[i]) && id_eq(&list.p[i]->r.author, s->mine ? &other : &v->me) &&
		    strcmp(view_word(list.p[i]->kind->fields, list.p[i]->r.body, "decision"), "agreed") == 0)
			*out = list.p[i];
	return e;
}

/* ---- by partner and contract ---- */

static enum err relation_of(struct view *v, struct relations *all, const struct id *other, const struct seen *s, struct relation **out)
{
	const char *contract = view_text(v, matrix_fields(), s->r.body, "contract");
	struct id supplier = {{0}};
	for (size_t i = 0; i < all->n; i++)
		if (id_eq(&all->p[i].other, other) && strcmp(all->p[i].contract, contract) == 0) {
			*out = &all->p[i];
			return OK;
		}
	struct relation *p = arena_more(v->a, all->p, all->n, &all->cap, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	all->p = p;
	*out = &all->p[all->n++];
	(void)fields_id(matrix_fields(), s->r.body, "supplier", &supplier);
	**out = (struct relation){.other = *other, .contract = contract, .supplier = id_eq(&supplier, &v->me)};
	return OK;
}

static enum err take(struct view *v, struct relations *all, const struct seen *s)
{
	struct relation *r;
	struct id other;
	const struct seen *agreed = NULL;
	enum err e = view_matrix_other(v, s, &other);
	if (e == OK)
		e = agreed_by(v, s, &agreed);
	if (e == OK)
		e = relation_of(v, all, &other, s, &r);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	if (agreed) {
		r->before = r->force;
		r->force = s;
	}
	if (s->mine)
		r->ours = s;
	else
		r->theirs = s;
	return OK;
}

enum err view_matrix_all(struct view *v, struct relations *out)
{
	struct seens list;
	enum err e = view_kind(v, KIND_RESPONSIBILITY_MATRIX, &list);
	*out = (struct relations){0};
	for (size_t i = 0; e == OK && i < list.n; i++)
		if (list.p[i]->counts && !list.p[i]->withdrawn && !list.p[i]->r.has_exercise)
			e = take(v, out, list.p[i]);
	return e;
}

/* The newest word on it that is not in force; NULL: none. */
static const struct seen *open_one(const struct relation *r)
{
	const struct seen *last = !r->ours || (r->theirs && view_order(r->theirs, r->ours) > 0) ? r->theirs : r->ours;
	return r->force && view_order(last, r->force) <= 0 ? NULL : last;
}

static const char *state_of(const struct relation *r)
{
	if (!open_one(r))
		return "agreed";
	return r->force ? "changes proposed" : r->ours && r->theirs ? "countered" : "proposed";
}

enum err view_matrix_list(struct view *v, json_t **out)
{
	struct relations all;
	json_t *items = json_array();
	enum err e = items ? view_matrix_all(v, &all) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < all.n; i++) {
		const struct relation *r = &all.p[i];
		const struct seen *open = open_one(r);
		json_t *o = json_object();
		if (!o || json_array_append_new(items, o) != 0) {
			e = ERR_MEMORY;
			break;
		}
		view_put_id(o, "id", open ? &open->id : &r->force->id);
		view_put_org(v, o, "partner", &r->other);
		view_put(o, "contract", r->contract);
		view_put(o, "we_are", r->supplier ? "supplier" : "customer");
		view_put(o, "state", state_of(r));
		view_put(o, "proposed_by", !open ? "" : open->mine ? "us" : "them");
		if (r->force)
			view_put_id(o, "agreed", &r->force->id);
		(void)json_object_set_new(o, "rows", json_integer((json_int_t)value_count(fields_get(matrix_fields(), (open ? open : r->force)->r.body,
		                                                                                     "rows"))));
	}
	if (e != OK)
		json_decref(items);
	else
		*out = items;
	return e;
}

/* ---- a line a control ---- */

enum owner { OWNER_CUSTOMER = 1, OWNER_SUPPLIER, OWNER_SHARED, OWNER_SUBCONTRACTOR, OWNER_SHARED_SUB, OWNER_NOT_APPLICABLE }; /* vocab_owner */

static int64_t owner_of(const struct value *row)
{
	return row ? view_int(view_matrix_group(), row, "owner") : 0;
}

/* As seen from our side. */
static const char *whose(const struct relation *r, int64_t owner)
{
	switch (owner) {
	case OWNER_CUSTOMER:
		return r->supplier ? "they" : "we";
	case OWNER_SUPPLIER:
		return r->supplier ? "we" : "they";
	case OWNER_SHARED:
		return "both";
	case OWNER_SUBCONTRACTOR:
		return r->supplier ? "our subcontractor" : "their subcontractor";
	case OWNER_SHARED_SUB:
		return "both, with a subcontractor";
	case OWNER_NOT_APPLICABLE:
		return "does not apply";
	}
	return "nobody";
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* Each side's newest word: each names the other, and so nobody does it. */
static bool both_say_the_other(const struct relation *r, const char *control)
{
	const struct value *ours = view_matrix_row(r->ours, control), *theirs = view_matrix_row(r->theirs, control);
	return ours && theirs && is(whose(r, owner_of(ours)), "they") && is(whose(r, owner_of(theirs)), "we");
}

static const char *problem(const struct relation *r, const char *control, const struct value *row)
{
	bool shared = owner_of(row) == OWNER_SHARED || owner_of(row) == OWNER_SHARED_SUB;
	if (both_say_the_other(r, control))
		return "both think it is the other";
	if (!owner_of(row))
		return "nobody owns it";
	if (shared && (!fields_get(view_matrix_group(), row, "supplier") || !fields_get(view_matrix_group(), row, "customer")))
		return "shared, but not said by whom what";
	return "";
}

static bool same(const struct value *a, const struct value *b)
{
	return a && b && value_eq(a, b);
}

/* Against the one in force before, or, where one is proposed, against the one in force. */
static const char *changed(struct view *v, const struct relation *r, const struct seen *shown, const char *control, const struct value *row)
{
	const struct seen *old = shown == r->force ? r->before : r->force;
	const struct value *was = view_matrix_row(old, control);
	(void)v;
	if (!old || same(was, row))
		return "";
	return !was ? "new" : owner_of(was) != owner_of(row) ? "owner" : "wording";
}

static enum err put_row(struct view *v, const struct relation *r, const struct seen *shown, const struct value *row, json_t *items)
{
	const char *control = view_text(v, view_matrix_group(), row, "control");
	json_t *o = json_object(), *why = json_array();
	char hex[65];
	if (!o || json_array_append_new(items, o) != 0)
		return ERR_MEMORY;
	view_put_org(v, o, "partner", &r->other);
	view_put(o, "contract", r->contract);
	view_put(o, "control", control);
	view_put(o, "title", view_text(v, view_matrix_group(), row, "title"));
	view_put(o, "owner", whose(r, owner_of(row)));
	view_put(o, "we_must", view_text(v, view_matrix_group(), row, r->supplier ? "supplier" : "customer"));
	view_put(o, "we_rely_on", view_text(v, view_matrix_group(), row, r->supplier ? "customer" : "supplier"));
	view_put(o, "problem", problem(r, control, row));
	view_put(o, "changed", changed(v, r, shown, control, row));
	view_put(o, "state", shown == r->force ? "agreed" : r->force ? "change proposed" : "proposed");
	hex_encode(hex, shown->id.b, 32);
	(void)json_array_append_new(why, json_string(hex));
	if (both_say_the_other(r, control) && shown != r->ours) {
		hex_encode(hex, r->ours->id.b, 32);
		(void)json_array_append_new(why, json_string(hex));
	}
	return json_object_set_new(o, "why", why) == 0 ? OK : ERR_MEMORY;
}

enum err view_matrix_rows(struct view *v, const struct relation *r, json_t *items)
{
	const struct seen *shown = open_one(r) ? open_one(r) : r->force;
	const struct value *list = fields_get(matrix_fields(), shown->r.body, "rows");
	enum err e = OK;
	for (int good = 0; good < 2; good++)
		for (size_t i = 0; e == OK && i < value_count(list); i++) {
			const struct value *row = value_item(list, i);
			const char *control = view_text(v, view_matrix_group(), row, "control");
			if ((*problem(r, control, row) == 0) == (good == 1))
				e = put_row(v, r, shown, row, items);
		}
	return e;
}
