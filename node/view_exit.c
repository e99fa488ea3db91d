#include "node/view_exit.h"

#include <stdlib.h>
#include <string.h>

#include "node/view_ask.h"
#include "node/view_contract.h"
#include "proto/when.h"

enum outcome { OUTCOME_RETURNED = 1, OUTCOME_DELETED, OUTCOME_TRANSFERRED, OUTCOME_RETAINED, OUTCOME_NOT_HELD }; /* vocab_disposition */

struct doc { /* a record between us and one other */
	struct seen *s;
	struct id partner;
	const char *contract;
	const struct seen *decision; /* the other side's last word about it: accepted or disputed; NULL: none */
	bool pending;                /* stands in the pending ones of a side */
};

struct docs { /* by partner, then by (created, id) */
	struct doc *p;
	size_t n, cap;
};

struct pile { /* all there is to know, read once */
	struct docs lists, ends, dispositions;
	struct contract *contracts;
	size_t contract_n;
};

static const struct field *fields_of(enum kind_number kind)
{
	return kind_by_number(kind)->fields;
}

static const struct field *rows_of(enum kind_number kind)
{
	return fields_find(fields_of(kind), "items")->group;
}

/* ---- reading ---- */

/* A disposition is of the contract of what it is about. */
static enum err contract_of(struct view *v, const struct seen *s, const char **out)
{
	struct seen *about;
	struct id id;
	enum err e = OK;
	if (s->r.kind != KIND_DISPOSITION) {
		*out = view_text(v, s->kind->fields, s->r.body, "contract");
		return OK;
	}
	*out = "";
	if (!fields_id(s->kind->fields, s->r.body, "about", &id) || (e = view_find(v, &id, &about)) != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	if (about->kind && view_body(about) && (about->r.kind == KIND_ASSET_HELD || about->r.kind == KIND_TERMINATION))
		*out = view_text(v, about->kind->fields, about->r.body, "contract");
	else if (about->kind && view_body(about) && about->r.kind == KIND_CONTRACT)
		*out = view_text(v, about->kind->fields, about->r.body, "reference");
	return OK;
}

/* What the one it was said to decided about it last. */
static enum err decision_on(struct view *v, struct doc *d)
{
	const struct field *f = fields_of(KIND_REPLY);
	const struct id *by = d->s->mine ? &d->partner : &v->me;
	struct seens list;
	struct id about;
	enum err e = view_about(v, &d->s->id, KIND_REPLY, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *r = list.p[i];
		if (!r->counts || r->withdrawn || !id_eq(&r->r.author, by) || !fields_id(f, r->r.body, "about", &about) || !id_eq(&about, &d->s->id))
			continue;
		const char *word = view_word(f, r->r.body, "decision");
		if (strcmp(word, "accepted") == 0 || strcmp(word, "disputed") == 0)
			d->decision = r;
	}
	return e;
}

static bool accepts(const struct seen *reply)
{
	return strcmp(view_word(fields_of(KIND_REPLY), reply->r.body, "decision"), "accepted") == 0;
}

static enum err add_doc(struct view *v, struct docs *list, const struct doc *d)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 16;
		struct doc *p = arena_alloc(v->a, cap * sizeof *p);
		if (!p)
			return ERR_MEMORY;
		if (list->n)
			memcpy(p, list->p, list->n * sizeof *p);
		list->p = p;
		list->cap = cap;
	}
	list->p[list->n++] = *d;
	return view_active(d->s) ? decision_on(v, &list->p[list->n - 1]) : OK;
}

static int by_partner(const void *a, const void *b)
{
	const struct doc *x = a, *y = b;
	int c = id_cmp(&x->partner, &y->partner);
	return c ? c : view_order(x->s, y->s);
}

static enum err read_docs(struct view *v, enum kind_number kind, struct docs *out)
{
	struct seens list;
	enum err e = view_kind(v, kind, &list);
	*out = (struct docs){0};
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct doc d = {.s = list.p[i], .partner = list.p[i]->r.author};
		bool everybody;
		struct ids readers;
		bool taken_back = d.s->withdrawn && !(kind == KIND_ASSET_HELD && d.s->withdrawn_after);
		if (!d.s->counts || taken_back || d.s->r.has_exercise)
			continue;
		e = view_readers(v, d.s, &readers, &everybody);
		if (e == OK)
			e = contract_of(v, d.s, &d.contract);
		if (e == OK && !d.s->mine && view_ids_has(&readers, &v->me))
			e = add_doc(v, out, &d);
		for (size_t k = 0; e == OK && d.s->mine && k < readers.n; k++) {
			d.partner = readers.p[k];
			if (!id_eq(&d.partner, &v->me))
				e = add_doc(v, out, &d);
		}
	}
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, by_partner);
	return e;
}

/* Those with one partner. */
static struct docs with(const struct docs *all, const struct id *partner)
{
	size_t from = 0, to = all->n, n = 0;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (id_cmp(&all->p[mid].partner, partner) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	while (from + n < all->n && id_eq(&all->p[from + n].partner, partner))
		n++;
	return (struct docs){.p = all->p ? all->p + from : NULL, .n = n};
}

static enum err read_pile(struct view *v, struct pile *out)
{
	enum err e = read_docs(v, KIND_ASSET_HELD, &out->lists);
	if (e == OK)
		e = read_docs(v, KIND_TERMINATION, &out->ends);
	if (e == OK)
		e = read_docs(v, KIND_DISPOSITION, &out->dispositions);
	return e == OK ? view_contract_all(v, &out->contracts, &out->contract_n) : e;
}

/* What names no contract may be of any. */
static bool fits(const char *a, const char *b)
{
	return !*a || !*b || strcmp(a, b) == 0;
}

/* ---- what one side holds ---- */

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
	while (at && !(strcmp(x->p[at - 1].id, id) == 0 && fits(x->p[at - 1].contract, contract)))
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

static enum err read_lists(struct view *v, struct docs *lists, const struct ending *of, struct side *x)
{
	const struct field *f = fields_of(KIND_ASSET_HELD);
	struct doc *newest = NULL;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < lists->n; i++) {
		struct doc *d = &lists->p[i];
		const struct value *items = fields_get(f, d->s->r.body, "items");
		if (!fits(d->contract, of->contract) || !list_of(d, x))
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
	x->disputed = newest->decision && !accepts(newest->decision) ? newest->decision : NULL;
	if (newest->decision && accepts(newest->decision) && newest->s->r.created > x->withdrawn)
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
	h->state = !h->disposition ? HELD_OPEN : !h->decision ? HELD_ATTESTED : accepts(h->decision) ? HELD_SETTLED : HELD_DISPUTED;
	h->until = outcome == OUTCOME_RETAINED ? view_int(g, h->done, "until") : backups;
	if (h->state != HELD_SETTLED || !h->until)
		return;
	if (h->until >= today)
		h->state = HELD_RETAINED;
	else if (outcome == OUTCOME_RETAINED)
		h->state = HELD_LAPSED;
}

static enum err read_side(struct view *v, struct pile *all, const struct ending *of, struct side *x)
{
	enum err e = read_lists(v, &all->lists, of, x);
	for (size_t i = 0; e == OK && i < all->dispositions.n; i++) {
		struct doc *d = &all->dispositions.p[i];
		if (fits(d->contract, of->contract) && id_eq(&d->s->r.author, &x->holder))
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

/* ---- what ends ---- */

static bool clear(int64_t today, const struct side *x)
{
	return !x->open && !x->retained && !x->disputed && !x->partial && !x->withdrawn && !x->below_open && (!x->below_until || x->below_until < today);
}

static enum err add_ending(struct view *v, struct pile *all, const struct ending *of, struct endings *out)
{
	struct ending x = *of;
	int64_t today = view_ask_today(v);
	x.theirs = (struct side){.holder = x.partner, .owner = v->me};
	x.ours = (struct side){.holder = v->me, .owner = x.partner};
	enum err e = read_side(v, all, &x, &x.theirs);
	if (e == OK)
		e = read_side(v, all, &x, &x.ours);
	if (e != OK)
		return e;
	const struct side *supplier = id_eq(&x.supplier, &v->me) ? &x.ours : &x.theirs;
	x.closed = x.of && x.effective < today && supplier->stated && clear(today, &x.theirs) && clear(today, &x.ours);
	if (out->n == out->cap) {
		size_t cap = out->cap ? 2 * out->cap : 8;
		struct ending *p = arena_alloc(v->a, cap * sizeof *p);
		if (!p)
			return ERR_MEMORY;
		if (out->n)
			memcpy(p, out->p, out->n * sizeof *p);
		out->p = p;
		out->cap = cap;
	}
	out->p[out->n++] = x;
	return OK;
}

static bool ends_already(const struct endings *list, size_t from, const char *reference)
{
	for (size_t i = from; i < list->n; i++)
		if (fits(list->p[i].contract, reference))
			return true;
	return false;
}

/* The newest of each contract. */
static enum err terminations(struct view *v, struct pile *all, const struct id *partner, struct endings *out)
{
	const struct field *f = fields_of(KIND_TERMINATION);
	size_t from = out->n;
	enum err e = OK;
	for (size_t i = all->ends.n; e == OK && i-- > 0;) {
		const struct doc *d = &all->ends.p[i];
		struct ending x = {.partner = *partner, .contract = d->contract, .of = d->s, .effective = view_int(f, d->s->r.body, "effective")};
		bool newer = false;
		for (size_t k = from; k < out->n; k++)
			newer = newer || strcmp(out->p[k].contract, d->contract) == 0;
		if (!view_active(d->s) || newer)
			continue;
		if (!fields_id(f, d->s->r.body, "supplier", &x.supplier) || (!id_eq(&x.supplier, &v->me) && !id_eq(&x.supplier, partner)))
			x.supplier = d->s->mine ? *partner : v->me;
		x.due = x.effective;
		e = add_ending(v, all, &x, out);
	}
	return e;
}

static int64_t clause_days(const struct seen *contract)
{
	const struct field *f = fields_find(contract->kind->fields, "clauses");
	const struct value *clauses = fields_get(contract->kind->fields, contract->r.body, "clauses");
	return view_int(f->group, clauses, "disposition_days");
}

/* A contract that has ended ends what is held under it, without further notice. */
static enum err contracts(struct view *v, struct pile *all, const struct id *partner, size_t from, struct endings *out)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < all->contract_n; i++) {
		const struct contract *c = &all->contracts[i];
		struct ending x = {.partner = *partner, .supplier = c->supplier, .of = c->force, .effective = c->last};
		bool between = (id_eq(&c->supplier, &v->me) && id_eq(&c->customer, partner)) || (id_eq(&c->customer, &v->me) && id_eq(&c->supplier, partner));
		if (!between || c->state != CONTRACT_ENDED || !c->force || !view_body(c->force) || c->force->r.has_exercise)
			continue;
		x.contract = view_text(v, c->force->kind->fields, c->force->r.body, "reference");
		x.due = x.effective + clause_days(c->force);
		if (!ends_already(out, from, x.contract))
			e = add_ending(v, all, &x, out);
	}
	return e;
}

static enum err partners_in(struct view *v, const struct docs *docs, struct ids *out)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < docs->n; i++)
		if (i == 0 || !id_eq(&docs->p[i].partner, &docs->p[i - 1].partner))
			e = view_ids_add(v, out, &docs->p[i].partner);
	return e;
}

static enum err with_partner(struct view *v, const struct pile *all, const struct id *partner, struct endings *out)
{
	struct pile own = {with(&all->lists, partner), with(&all->ends, partner), with(&all->dispositions, partner), all->contracts, all->contract_n};
	size_t from = out->n;
	enum err e = terminations(v, &own, partner, out);
	if (e == OK)
		e = contracts(v, &own, partner, from, out);
	if (e == OK && out->n == from) {
		struct ending x = {.partner = *partner, .supplier = *partner, .contract = ""};
		e = add_ending(v, &own, &x, out);
		if (e == OK && !out->p[from].theirs.n && !out->p[from].ours.n && !out->p[from].theirs.stated && !out->p[from].ours.stated)
			out->n = from; /* nothing to be said of it */
	}
	return e;
}

enum err view_exit_all(struct view *v, const struct id *partner, struct endings *out)
{
	struct pile all;
	struct ids who = {0};
	enum err e = read_pile(v, &all);
	*out = (struct endings){0};
	if (e == OK && partner)
		return with_partner(v, &all, partner, out);
	if (e == OK)
		e = partners_in(v, &all.lists, &who);
	if (e == OK)
		e = partners_in(v, &all.ends, &who);
	for (size_t i = 0; e == OK && i < all.contract_n; i++) {
		const struct contract *c = &all.contracts[i];
		if (c->state == CONTRACT_ENDED && (id_eq(&c->customer, &v->me) || id_eq(&c->supplier, &v->me)))
			e = view_ids_add(v, &who, view_contract_other(c, &v->me));
	}
	for (size_t i = 0; e == OK && i < who.n; i++)
		e = with_partner(v, &all, &who.p[i], out);
	return e;
}
