/* view_exit_side.c - what one side holds of the other's: every item that was declared once, and what became of it. */
#include <string.h>

#include "node/view_ask.h"
#include "node/view_exit.h"

enum outcome { OUTCOME_RETURNED = 1, OUTCOME_DELETED, OUTCOME_TRANSFERRED, OUTCOME_RETAINED, OUTCOME_NOT_HELD }; /* vocab_disposition */

static const struct field *fields_of(enum kind_number kind)
{
	return kind_by_number(kind)->fields;
}

static const struct field *rows_of(enum kind_number kind)
{
	return fields_find(fields_of(kind), "items")->group;
}

static bool list_of(const struct doc *d, const struct side *x)
{
	const struct id *author = &d->s->r.author;
	struct id holder;
	if (!fields_id(fields_of(KIND_ASSET_HELD), d->s->r.body, "holder", &holder))
		holder = *author;
	return id_eq(&holder, &x->holder) && (id_eq(author, &x->holder) || id_eq(author, &x->owner));
}

static size_t hash(const char *id)
{
	size_t h = 5381;
	for (; *id; id++)
		h = h * 33 + (unsigned char)*id;
	return h;
}

/* The first, or the next one after it; NULL: no more. */
static struct held *find(const struct side *x, const struct held *after, const char *id, const char *contract)
{
	size_t at = after ? after->next : x->buckets ? x->bucket[hash(id) % x->buckets] : 0;
	while (at && !(strcmp(x->p[at - 1].id, id) == 0 && view_exit_docs_fits(x->p[at - 1].contract, contract)))
		at = x->p[at - 1].next;
	return at ? &x->p[at - 1] : NULL;
}

static void chain(struct side *x, size_t at)
{
	size_t *bucket = &x->bucket[hash(x->p[at].id) % x->buckets];
	x->p[at].next = *bucket;
	*bucket = at + 1;
}

static enum err grow(struct view *v, struct side *x)
{
	size_t cap = x->cap ? 2 * x->cap : 8;
	struct held *p = arena_alloc(v->a, cap * sizeof *p);
	size_t *bucket = arena_alloc(v->a, cap * sizeof *bucket);
	if (!p || !bucket)
		return ERR_MEMORY;
	if (x->n)
		memcpy(p, x->p, x->n * sizeof *p);
	memset(bucket, 0, cap * sizeof *bucket);
	x->p = p;
	x->bucket = bucket;
	x->cap = x->buckets = cap;
	for (size_t i = 0; i < x->n; i++)
		chain(x, i);
	return OK;
}

static enum err add_item(struct view *v, struct side *x, const struct doc *d, const struct value *row)
{
	const char *id = view_text(v, rows_of(KIND_ASSET_HELD), row, "id");
	struct held *h = find(x, NULL, id, d->contract);
	enum err e = !h && x->n == x->cap ? grow(v, x) : OK;
	if (e != OK)
		return e;
	if (!h) {
		h = &x->p[x->n++];
		*h = (struct held){.id = id, .contract = d->contract};
		chain(x, x->n - 1);
	}
	h->declared = d->s;
	h->row = row;
	return OK;
}

static enum err wait_for(struct view *v, struct side *x, struct doc *d)
{
	if (d->pending)
		return OK;
	d->pending = true;
	return view_push(v, &x->pending, d->s);
}

/* What names no contract goes with the ones that end, not with one that goes on beside them. */
static bool listed_under(const struct doc *d, const struct ending *of)
{
	return of->of ? view_exit_docs_fits(d->contract, of->contract) : !*of->contract || strcmp(d->contract, of->contract) == 0;
}

static enum err read_lists(struct view *v, struct docs *lists, const struct ending *of, struct side *x)
{
	const struct field *f = fields_of(KIND_ASSET_HELD);
	struct doc *newest = NULL;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < lists->n; i++) {
		struct doc *d = &lists->p[i];
		const struct value *items = fields_get(f, d->s->r.body, "items");
		if (!listed_under(d, of) || !list_of(d, x))
			continue;
		if (d->s->withdrawn) { /* what stood in it is not shown any more */
			x->withdrawn = d->s->withdrawn_at > x->withdrawn ? d->s->withdrawn_at : x->withdrawn;
			continue;
		}
		for (size_t k = 0; e == OK && k < value_count(items); k++)
			e = add_item(v, x, d, value_item(items, k));
		if (view_active(d->s) && id_eq(&d->s->r.author, &x->holder))
			newest = d;
	}
	if (e != OK || !newest)
		return e;
	bool complete = true;
	(void)fields_bool(f, newest->s->r.body, "complete", &complete);
	x->stated = newest->s;
	x->partial = !complete;
	x->disputed = newest->decision && !view_exit_docs_accepts(newest->decision) ? newest->decision : NULL;
	if (newest->decision && view_exit_docs_accepts(newest->decision) && newest->s->r.created > x->withdrawn)
		x->withdrawn = 0;
	return of->of && !newest->decision ? wait_for(v, x, newest) : OK;
}

static void read_below(const struct seen *s, struct side *x)
{
	const struct field *f = fields_find(fields_of(KIND_DISPOSITION), "subcontractors");
	const struct value *below = fields_get(fields_of(KIND_DISPOSITION), s->r.body, "subcontractors");
	if (!below)
		return;
	x->below_held = view_int(f->group, below, "held");
	x->below_open = x->below_held - view_int(f->group, below, "disposed") - view_int(f->group, below, "retained");
	x->below_until = view_int(f->group, below, "until");
}

static void read_disposition(struct view *v, struct doc *d, struct side *x)
{
	const struct value *rows = fields_get(fields_of(KIND_DISPOSITION), d->s->r.body, "items");
	bool active = view_active(d->s);
	for (size_t k = 0; k < value_count(rows); k++) {
		const struct value *row = value_item(rows, k);
		const char *id = view_text(v, rows_of(KIND_DISPOSITION), row, "id");
		for (struct held *h = find(x, NULL, id, d->contract); h; h = find(x, h, id, d->contract)) { /* one under each contract */
			h->first = h->first ? h->first : d->s;
			if (!active)
				continue;
			h->disposition = d->s;
			h->decision = d->decision;
			h->done = row;
			h->doc = d;
		}
	}
	if (active && fields_get(fields_of(KIND_DISPOSITION), d->s->r.body, "subcontractors")) {
		x->below = d->s;
		read_below(d->s, x);
	}
}

static void judge(int64_t today, struct held *h)
{
	const struct field *g = rows_of(KIND_DISPOSITION);
	int64_t outcome = h->done ? view_int(g, h->done, "outcome") : 0, backups = h->done ? view_int(g, h->done, "backups_until") : 0;
	h->state = !h->disposition ? HELD_OPEN : !h->decision ? HELD_ATTESTED : view_exit_docs_accepts(h->decision) ? HELD_SETTLED : HELD_DISPUTED;
	h->until = outcome == OUTCOME_RETAINED ? view_int(g, h->done, "until") : backups;
	if (h->state != HELD_SETTLED || !h->until)
		return;
	if (h->until >= today)
		h->state = HELD_RETAINED;
	else if (outcome == OUTCOME_RETAINED)
		h->state = HELD_LAPSED;
}

enum err view_exit_side_read(struct view *v, struct docs *lists, struct docs *dispositions, const struct ending *of, struct side *x)
{
	enum err e = read_lists(v, lists, of, x);
	for (size_t i = 0; e == OK && i < dispositions->n; i++) {
		struct doc *d = &dispositions->p[i];
		if (view_exit_docs_fits(d->contract, of->contract) && id_eq(&d->s->r.author, &x->holder))
			read_disposition(v, d, x);
	}
	for (size_t i = 0; e == OK && i < x->n; i++) {
		struct held *h = &x->p[i];
		judge(view_ask_today(v), h);
		x->retained += h->state == HELD_RETAINED;
		x->open += h->state != HELD_RETAINED && h->state != HELD_SETTLED;
		if (h->state == HELD_ATTESTED)
			e = wait_for(v, x, h->doc);
	}
	return e;
}
