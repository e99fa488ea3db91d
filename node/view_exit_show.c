/* view_exit_show.c - the end of a relationship in words and JSON. */
#include <stdio.h>
#include <string.h>

#include "node/view_ask.h"
#include "node/view_exit.h"
#include "node/view_record.h"
#include "proto/when.h"

static const struct field *rows_of(enum kind_number kind)
{
	return fields_find(kind_by_number(kind)->fields, "items")->group;
}

static const char *copy(struct view *v, const char *text)
{
	size_t n = strlen(text) + 1;
	char *out = arena_alloc(v->a, n);
	if (out)
		memcpy(out, text, n);
	return out ? out : "";
}

static const char *state_text(struct view *v, const struct ending *x)
{
	char out[120], day[WHEN_TEXT];
	size_t open = x->theirs.open + x->ours.open, retained = x->theirs.retained + x->ours.retained;
	when_format_date(x->effective, day);
	if (!x->of)
		return "in force";
	if (x->closed)
		return "closed";
	if (x->effective >= view_ask_today(v))
		(void)snprintf(out, sizeof out, "ends %s", day);
	else
		(void)snprintf(out, sizeof out, "ended %s, not closed: %zu held, %zu retained", day, open, retained);
	return copy(v, out);
}

/* ---- why it is not closed ---- */

static void sentence(struct view *v, const struct side *x, json_t *list, const char *format, ...) __attribute__((format(printf, 4, 5)));
static void sentence(struct view *v, const struct side *x, json_t *list, const char *format, ...)
{
	char name[VIEW_NAME], rest[200], text[VIEW_NAME + 210];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(rest, sizeof rest, format, args);
	va_end(args);
	v->name(v->ctx, &x->holder, name);
	(void)snprintf(text, sizeof text, "%s: %s", name, rest);
	(void)json_array_append_new(list, view_string(text));
}

static void blocks_of(struct view *v, const struct ending *x, const struct side *side, json_t *list)
{
	size_t attested = 0, disputed = 0;
	char day[WHEN_TEXT];
	if (id_eq(&x->supplier, &side->holder) && !side->stated)
		sentence(v, side, list, "has not stated what is held");
	if (side->partial)
		sentence(v, side, list, "says that its list is not complete");
	if (side->disputed)
		sentence(v, side, list, "its list is disputed");
	if (side->withdrawn)
		sentence(v, side, list, "took a list back, and no later one is confirmed");
	for (size_t i = 0; i < side->n; i++) {
		attested += side->p[i].state == HELD_ATTESTED;
		disputed += side->p[i].state == HELD_DISPUTED;
	}
	if (side->open > attested + disputed)
		sentence(v, side, list, "%zu held", side->open - attested - disputed);
	if (attested)
		sentence(v, side, list, "%zu attested, not accepted yet", attested);
	if (disputed)
		sentence(v, side, list, "%zu disputed", disputed);
	if (side->retained)
		sentence(v, side, list, "%zu retained", side->retained);
	if (side->below_open)
		sentence(v, side, list, "%lld of %lld subcontractors have not attested", (long long)side->below_open, (long long)side->below_held);
	when_format_date(side->below_until, day);
	if (side->below_until >= view_ask_today(v))
		sentence(v, side, list, "subcontractors retain until %s", day);
}

static enum err blocks_all(struct view *v, const struct ending *x, json_t **out)
{
	json_t *list = json_array();
	if (!list)
		return ERR_MEMORY;
	if (x->of && !x->closed) {
		blocks_of(v, x, &x->theirs, list);
		blocks_of(v, x, &x->ours, list);
	}
	*out = list;
	return OK;
}

/* ---- rows ---- */

static void put_count(json_t *o, const char *name, const struct side *x)
{
	(void)json_object_set_new(o, name, json_integer((json_int_t)x->open + (json_int_t)x->retained));
}

/* The first thing of ours that keeps it open. */
static void put_next(json_t *o, const struct ending *x, const struct view *v)
{
	char hex[65], text[160] = "";
	bool we = id_eq(&x->supplier, &v->me);
	if (x->closed || !x->of)
		return;
	if (we && !x->ours.stated)
		(void)snprintf(text, sizeof text, "tally asset declare --to PARTNER");
	for (size_t i = 0; !text[0] && i < x->ours.n; i++)
		if (x->ours.p[i].state == HELD_OPEN || x->ours.p[i].state == HELD_LAPSED || x->ours.p[i].state == HELD_DISPUTED) {
			hex_encode(hex, x->ours.p[i].declared->id.b, 32);
			(void)snprintf(text, sizeof text, "tally disposition attest %.12s", hex);
		}
	for (size_t i = 0; !text[0] && i < x->theirs.n; i++)
		if (x->theirs.p[i].state == HELD_ATTESTED) {
			hex_encode(hex, x->theirs.p[i].disposition->id.b, 32);
			(void)snprintf(text, sizeof text, "tally disposition accept %.12s", hex);
		}
	view_put(o, "next", text);
}

enum err view_exit_show_row(struct view *v, const struct ending *x, json_t **out)
{
	json_t *o = json_object(), *blocks;
	enum err e = o ? blocks_all(v, x, &blocks) : ERR_MEMORY;
	if (e != OK) {
		json_decref(o);
		return e;
	}
	if (x->of)
		view_put_id(o, "id", &x->of->id);
	view_put_org(v, o, "partner", &x->partner);
	view_put(o, "contract", x->contract);
	if (x->of && x->of->r.kind == KIND_TERMINATION)
		view_put(o, "reason", view_text(v, x->of->kind->fields, view_body(x->of), "reason"));
	view_put_date(o, "effective", x->effective);
	view_put_date(o, "due", x->due);
	view_put(o, "state", state_text(v, x));
	put_count(o, "they_hold", &x->theirs);
	put_count(o, "we_hold", &x->ours);
	(void)json_object_set_new(o, "closed", json_boolean(x->closed));
	(void)json_object_set_new(o, "because", blocks);
	put_next(o, x, v);
	*out = o;
	return OK;
}

static const char *item_state(struct view *v, const struct held *h)
{
	const char *outcome = h->done ? view_word(rows_of(KIND_DISPOSITION), h->done, "outcome") : "", *rest = "";
	char out[120], day[WHEN_TEXT];
	when_format_date(h->until, day);
	switch (h->state) {
	case HELD_OPEN:
		return "held";
	case HELD_LAPSED:
		return "held: the retention is over";
	case HELD_RETAINED:
		(void)snprintf(out, sizeof out, "%s, %suntil %s", outcome, strcmp(outcome, "retained") == 0 ? "" : "in backups ", day);
		return copy(v, out);
	case HELD_ATTESTED:
		rest = ", not accepted yet";
		break;
	case HELD_DISPUTED:
		rest = ", disputed";
		break;
	case HELD_SETTLED:
		rest = ", accepted";
		break;
	}
	(void)snprintf(out, sizeof out, "%s%s", outcome, rest);
	return copy(v, out);
}

static void put_done(struct view *v, const struct held *h, json_t *o)
{
	const struct field *g = rows_of(KIND_DISPOSITION);
	view_put_id(o, "disposition", &h->disposition->id);
	view_put(o, "method", view_word(g, h->done, "method"));
	view_put(o, "standard", view_text(v, g, h->done, "standard"));
	view_put_date(o, "date", view_int(g, h->done, "date"));
	view_put(o, "by", view_text(v, g, h->done, "by"));
	view_put(o, "basis", view_text(v, g, h->done, "basis"));
	if (h->decision)
		view_put_id(o, "decision", &h->decision->id);
}

static void put_lines(json_t *o, const char *name, const struct value *row)
{
	const struct value *list = fields_get(rows_of(KIND_ASSET_HELD), row, name);
	json_t *a = json_array();
	struct span s;
	for (size_t i = 0; i < value_count(list); i++)
		if (value_is_str(value_item(list, i), &s))
			(void)json_array_append_new(a, json_stringn((const char *)s.p, s.n));
	if (json_array_size(a))
		(void)json_object_set(o, name, a);
	json_decref(a);
}

enum err view_exit_show_item(struct view *v, const struct side *x, const struct held *h, json_t **out)
{
	const struct field *g = rows_of(KIND_ASSET_HELD);
	json_t *o = json_object();
	if (!o)
		return ERR_MEMORY;
	view_put_id(o, "id", &h->declared->id);
	view_put_org(v, o, "who", &x->holder);
	view_put_org(v, o, "of", &x->owner);
	view_put(o, "contract", h->contract);
	view_put(o, "item", h->id);
	view_put(o, "class", view_word(g, h->row, "class"));
	view_put(o, "description", view_text(v, g, h->row, "description"));
	put_lines(o, "information", h->row);
	put_lines(o, "locations", h->row);
	put_lines(o, "backups", h->row);
	view_put(o, "state", item_state(v, h));
	(void)json_object_set_new(o, "held", json_boolean(h->state != HELD_SETTLED));
	view_put_date(o, "until", h->until);
	if (h->disposition)
		put_done(v, h, o);
	*out = o;
	return OK;
}

enum err view_exit_show_contract(struct view *v, const struct ending *x, json_t *sheet)
{
	json_t *blocks;
	enum err e = blocks_all(v, x, &blocks);
	if (e != OK)
		return e;
	(void)json_object_set_new(sheet, "closed", json_boolean(x->closed));
	if (json_array_size(blocks))
		(void)json_object_set(sheet, "not_closed_because", blocks);
	json_decref(blocks);
	return OK;
}
