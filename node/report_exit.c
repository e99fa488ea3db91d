/* What each side still holds of the other's, and why an end is not closed. */
#include "node/report.h"
#include "node/view_exit.h"
#include "node/view_exit_row.h"
#include "store/locals.h"

static enum err put_item(struct view *v, const struct ending *x, const struct side *side, const struct held *h, json_t *items)
{
	json_t *o;
	enum err e = view_exit_show_item(v, side, h, &o);
	if (e != OK)
		return e;
	view_put_date(o, "effective", x->effective);
	e = report_why(o, &h->declared->id);
	if (e == OK && x->of)
		e = report_why(o, &x->of->id);
	if (e == OK && h->disposition)
		e = report_why(o, &h->disposition->id);
	if (e == OK && h->decision)
		e = report_why(o, &h->decision->id);
	if (json_array_append_new(items, o) != 0)
		e = ERR_MEMORY;
	return e;
}

/* What hinders and is no item: nothing stated, a disputed list, subcontractors. */
static enum err put_other(struct view *v, const struct ending *x, const struct side *side, json_t *items)
{
	bool silent = x->of && id_eq(&x->supplier, &side->holder) && !side->stated;
	json_t *o;
	enum err e = OK;
	if (!silent && !side->below_open && !side->disputed)
		return OK;
	if (!(o = json_object()))
		return ERR_MEMORY;
	view_put_org(v, o, "who", &side->holder);
	view_put_org(v, o, "of", &side->owner);
	view_put(o, "contract", x->contract);
	view_put_date(o, "effective", x->effective);
	view_put(o, "state", silent ? "has not stated what is held" : side->disputed ? "the list is disputed" : "subcontractors have not attested");
	if (x->of)
		e = report_why(o, &x->of->id);
	if (e == OK && side->disputed)
		e = report_why(o, &side->disputed->id);
	if (e == OK && side->below_open)
		e = report_why(o, &side->below->id);
	if (json_array_append_new(items, o) != 0)
		e = ERR_MEMORY;
	return e;
}

static enum err put_side(struct view *v, const struct ending *x, const struct side *side, json_t *items)
{
	enum err e = put_other(v, x, side, items);
	for (size_t i = 0; e == OK && i < side->n; i++)
		if (side->p[i].state != HELD_SETTLED)
			e = put_item(v, x, side, &side->p[i], items);
	return e;
}

/* What suppliers without a node have, by our own rows. */
static enum err put_rows(struct view *v, const char *supplier, json_t *items)
{
	struct kepts rows;
	enum err e = view_exit_row_read(v, supplier, &rows);
	for (size_t i = 0; e == OK && i < rows.n; i++) {
		json_t *o;
		if (rows.p[i].state == KEPT_GONE || (e = view_exit_row_item(v, &rows.p[i], &o)) != OK)
			continue;
		e = report_why_row(o, "access", rows.p[i].name);
		if (json_array_append_new(items, o) != 0)
			e = ERR_MEMORY;
	}
	return e;
}

static enum err held(struct api_call *c, struct view *v, json_t *items)
{
	struct endings all = {0};
	struct id org;
	const struct value *row;
	const char *supplier;
	bool given = false, node = true;
	enum err e = api_text(c, "supplier", false, &supplier);
	if (e == OK && supplier && (e = locals_get(v->t, &local_supplier, supplier, v->a, &row)) == OK)
		node = fields_get(supplier_fields, row, "partner") != NULL;
	e = e == ERR_NOT_FOUND ? OK : e;
	if (e == OK && node)
		e = report_party(c, &given, &org);
	if (e == OK && node)
		e = view_exit_all(v, given ? &org : NULL, &all);
	for (size_t i = 0; e == OK && i < all.n; i++) {
		e = put_side(v, &all.p[i], &all.p[i].theirs, items);
		if (e == OK)
			e = put_side(v, &all.p[i], &all.p[i].ours, items);
	}
	return e == OK && !given ? put_rows(v, supplier, items) : e;
}

const struct report report_exit = {
	.name = "exit", .title = "what each side still holds of the other's, whether or not the relationship ends", .seed = "E16", .fn = held,
	.leaves_out = "what was disposed of and accepted, and what nobody declared; of suppliers without a node it has our own rows of "
	              "access, which nobody signed",
};
