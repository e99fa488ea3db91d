#include "node/view_exit_row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/view_ask.h"
#include "proto/vocab.h"
#include "proto/when.h"
#include "store/locals.h"

static bool retained(const struct value *row)
{
	return strcmp(view_word(access_fields, row, "outcome"), "retained") == 0;
}

static enum kept_state state_of(const struct view *v, const struct value *row)
{
	if (fields_get(access_fields, row, "revoked"))
		return KEPT_GONE;
	if (!retained(row))
		return KEPT_HELD;
	return view_int(access_fields, row, "retained_until") < view_ask_today(v) ? KEPT_LAPSED : KEPT_RETAINED;
}

static int by_supplier(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;
	int order = strcmp(x->supplier, y->supplier);

	return order ? order : strcmp(x->name, y->name);
}

static enum err read_rows(struct view *v, const char *supplier, struct kepts *out)
{
	struct walk w;
	enum err e = locals_walk(v->t, &local_access, &w);

	if (e != OK)
		return e;
	while (e == OK && walk_next(&w)) {
		const struct value *row;
		struct kept *p;

		if ((e = rows_value(w.value, v->a, &row)) != OK)
			break;
		if (supplier && strcmp(view_text(v, access_fields, row, "supplier"), supplier) != 0)
			continue;
		if (!(p = arena_more(v->a, out->p, out->n, &out->cap, sizeof *p))) {
			e = ERR_MEMORY;
			break;
		}
		out->p = p;
		p[out->n++] = (struct kept){view_text(v, access_fields, row, "name"), view_text(v, access_fields, row, "supplier"), row, state_of(v, row)};
	}
	return walk_close(&w, e);
}

/* What a partner has it declares itself. */
static enum err has_node(struct view *v, const char *supplier, bool *yes)
{
	const struct value *row;
	enum err e = locals_get(v->t, &local_supplier, supplier, v->a, &row);

	*yes = e == OK && fields_get(supplier_fields, row, "partner");
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err view_exit_row_read(struct view *v, const char *supplier, struct kepts *out)
{
	size_t n = 0;
	bool node = false;
	enum err e;

	*out = (struct kepts){0};
	e = read_rows(v, supplier, out);
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, by_supplier);
	for (size_t i = 0; e == OK && i < out->n; i++) {
		if (i == 0 || strcmp(out->p[i - 1].supplier, out->p[i].supplier) != 0)
			e = has_node(v, out->p[i].supplier, &node);
		if (!node)
			out->p[n++] = out->p[i];
	}
	out->n = n;
	return e;
}

/* ---- in words ---- */

static void put_state(const struct kept *x, json_t *o)
{
	char text[80], day[WHEN_TEXT];
	const char *outcome = view_word(access_fields, x->row, "outcome");

	when_format_date(view_int(access_fields, x->row, x->state == KEPT_GONE ? "revoked" : "retained_until"), day);
	switch (x->state) {
	case KEPT_HELD:
		view_put(o, "state", "held");
		return;
	case KEPT_LAPSED:
		view_put(o, "state", "held: the retention is over");
		return;
	case KEPT_RETAINED:
		(void)snprintf(text, sizeof text, "retained, until %s", day);
		break;
	case KEPT_GONE:
		(void)snprintf(text, sizeof text, "%s %s", *outcome ? outcome : "taken back", day);
		break;
	}
	view_put(o, "state", text);
}

enum err view_exit_row_item(struct view *v, const struct kept *x, json_t **out)
{
	json_t *o = json_object();

	if (!o)
		return ERR_MEMORY;
	view_put(o, "who", x->supplier);
	view_put_org(v, o, "of", &v->me);
	view_put(o, "item", x->name);
	view_put(o, "class", view_word(access_fields, x->row, "class"));
	view_put(o, "description", view_text(v, access_fields, x->row, "what"));
	put_state(x, o);
	view_put(o, "method", view_word(access_fields, x->row, "method"));
	view_put(o, "basis", view_text(v, access_fields, x->row, "basis"));
	view_put_date(o, "until", view_int(access_fields, x->row, "retained_until"));
	view_put(o, "proof", view_text(v, access_fields, x->row, "proof"));
	(void)json_object_set_new(o, "held", json_boolean(x->state != KEPT_GONE));
	*out = o;
	return OK;
}

static int by_name_of(const void *a, const void *b)
{
	return strcmp(a, ((const struct kept *)b)->supplier);
}

/* Where its rows begin, and how many there are. */
static const struct kept *of_supplier(const struct kepts *all, const char *name, size_t *n)
{
	const struct kept *at = all->n ? bsearch(name, all->p, all->n, sizeof *all->p, by_name_of) : NULL;

	*n = 0;
	while (at && at > all->p && strcmp(at[-1].supplier, name) == 0)
		at--;
	while (at && at + *n < all->p + all->n && strcmp(at[*n].supplier, name) == 0)
		++*n;
	return at;
}

static void put_because(json_t *o, size_t held, size_t kept)
{
	json_t *list = json_array();
	char text[60];

	(void)snprintf(text, sizeof text, "%zu held", held);
	if (held)
		(void)json_array_append_new(list, json_string(text));
	(void)snprintf(text, sizeof text, "%zu retained", kept);
	if (kept)
		(void)json_array_append_new(list, json_string(text));
	(void)json_object_set_new(o, "because", list);
}

static enum err put_supplier(struct view *v, const struct kepts *all, const struct value *row, json_t *items)
{
	const char *name = view_text(v, supplier_fields, row, "name");
	int64_t state = view_int(supplier_fields, row, "state");
	size_t n, held = 0, kept = 0;
	const struct kept *at;
	char text[80];
	json_t *o;

	if (fields_get(supplier_fields, row, "partner") || (state != SUPPLIER_EXITING && state != SUPPLIER_FORMER))
		return OK;
	at = of_supplier(all, name, &n);
	for (size_t i = 0; i < n; i++) {
		held += at[i].state == KEPT_HELD || at[i].state == KEPT_LAPSED;
		kept += at[i].state == KEPT_RETAINED;
	}
	if (!(o = json_object()))
		return ERR_MEMORY;
	(void)snprintf(text, sizeof text, held + kept || state == SUPPLIER_EXITING ? "%s, not closed: %zu held, %zu retained" : "closed",
	               vocab_word(&vocab_supplier_state, state), held, kept);
	view_put(o, "partner", name);
	view_put(o, "state", text);
	(void)json_object_set_new(o, "they_hold", json_integer((json_int_t)held + (json_int_t)kept));
	(void)json_object_set_new(o, "closed", json_boolean(state == SUPPLIER_FORMER && held + kept == 0));
	put_because(o, held, kept);
	return json_array_append_new(items, o) == 0 ? OK : ERR_MEMORY;
}

enum err view_exit_row_status(struct view *v, const char *supplier, json_t *items)
{
	struct kepts all;
	struct walk w;
	enum err e = view_exit_row_read(v, supplier, &all);

	if (e == OK)
		e = locals_walk(v->t, &local_supplier, &w);
	if (e != OK)
		return e;
	while (e == OK && walk_next(&w)) {
		const struct value *row;

		e = rows_value(w.value, v->a, &row);
		if (e == OK && (!supplier || strcmp(view_text(v, supplier_fields, row, "name"), supplier) == 0))
			e = put_supplier(v, &all, row, items);
	}
	return walk_close(&w, e);
}
