#include "node/view_exit.h"

#include <string.h>

#include "node/view_ask.h"
#include "node/view_contract.h"
#include "proto/when.h"

enum outcome { OUTCOME_RETURNED = 1, OUTCOME_DELETED, OUTCOME_TRANSFERRED, OUTCOME_RETAINED, OUTCOME_NOT_HELD }; /* vocab_disposition */

struct doc { /* a record between us and others */
	struct seen *s;
	struct ids with;
	const char *contract;
};

struct docs {
	struct doc *p;
	size_t n;
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

static enum err read_docs(struct view *v, enum kind_number kind, struct docs *out)
{
	struct seens list;
	enum err e = view_kind(v, kind, &list);
	out->p = e == OK ? arena_alloc(v->a, (list.n + 1) * sizeof *out->p) : NULL;
	out->n = 0;
	if (e != OK || !out->p)
		return e != OK ? e : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct doc d = {.s = list.p[i]};
		bool everybody;
		struct ids readers;
		if (!d.s->counts || d.s->withdrawn || d.s->r.has_exercise)
			continue;
		e = view_readers(v, d.s, &readers, &everybody);
		if (e == OK && d.s->mine)
			d.with = readers;
		else if (e == OK && view_ids_has(&readers, &v->me))
			e = view_ids_add(v, &d.with, &d.s->r.author);
		if (e == OK)
			e = contract_of(v, d.s, &d.contract);
		if (e == OK && d.with.n)
			out->p[out->n++] = d;
	}
	return e;
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

static bool list_of(const struct view *v, const struct doc *d, const struct side *x)
{
	const struct id *partner = id_eq(&x->holder, &v->me) ? &x->owner : &x->holder, *author = &d->s->r.author;
	struct id holder;
	if (!view_ids_has(&d->with, partner))
		return false;
	if (!fields_id(fields_of(KIND_ASSET_HELD), d->s->r.body, "holder", &holder))
		holder = *author;
	return id_eq(&holder, &x->holder) && (id_eq(author, &x->holder) || id_eq(author, &x->owner));
}

static struct held *find(struct side *x, const char *id, const char *contract)
{
	for (size_t i = 0; i < x->n; i++)
		if (strcmp(x->p[i].id, id) == 0 && fits(x->p[i].contract, contract))
			return &x->p[i];
	return NULL;
}

static enum err add_item(struct view *v, struct side *x, const struct doc *d, const struct value *row)
{
	const char *id = view_text(v, rows_of(KIND_ASSET_HELD), row, "id");
	struct held *h = find(x, id, d->contract);
	if (!h && x->n == x->cap) {
		size_t cap = x->cap ? 2 * x->cap : 8;
		struct held *p = arena_alloc(v->a, cap * sizeof *p);
		if (!p)
			return ERR_MEMORY;
		if (x->n)
			memcpy(p, x->p, x->n * sizeof *p);
		x->p = p;
		x->cap = cap;
	}
	if (!h) {
		h = &x->p[x->n++];
		*h = (struct held){.id = id, .contract = d->contract};
	}
	h->declared = d->s;
	h->row = row;
	return OK;
}

/* What the other side decided about it last: accepted or disputed; NULL: neither. */
static enum err decision_on(struct view *v, const struct seen *s, const struct id *by, const struct seen **out)
{
	const struct field *f = fields_of(KIND_REPLY);
	struct seens list;
	struct id about;
	enum err e = view_about(v, &s->id, KIND_REPLY, &list);
	*out = NULL;
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *r = list.p[i];
		if (!r->counts || r->withdrawn || !id_eq(&r->r.author, by) || !fields_id(f, r->r.body, "about", &about) || !id_eq(&about, &s->id))
			continue;
		const char *word = view_word(f, r->r.body, "decision");
		if (strcmp(word, "accepted") == 0 || strcmp(word, "disputed") == 0)
			*out = r;
	}
	return e;
}

static bool accepts(const struct seen *reply)
{
	return strcmp(view_word(fields_of(KIND_REPLY), reply->r.body, "decision"), "accepted") == 0;
}

static enum err read_lists(struct view *v, const struct pile *all, const char *contract, struct side *x)
{
	const struct field *f = fields_of(KIND_ASSET_HELD);
	enum err e = OK;
	for (size_t i = 0; e == OK && i < all->lists.n; i++) {
		const struct doc *d = &all->lists.p[i];
		const struct value *items = fields_get(f, d->s->r.body, "items");
		const struct seen *said = NULL;
		bool complete = true;
		if (!fits(d->contract, contract) || !list_of(v, d, x))
			continue;
		for (size_t k = 0; e == OK && k < value_count(items); k++)
			e = add_item(v, x, d, value_item(items, k));
		if (!view_active(d->s) || !id_eq(&d->s->r.author, &x->holder))
			continue;
		(void)fields_bool(f, d->s->r.body, "complete", &complete);
		x->stated = d->s;
		x->partial = !complete;
		if (e == OK)
			e = decision_on(v, d->s, &x->owner, &said);
		x->confirmed = said && accepts(said) ? said : NULL;
		x->disputed = said && !x->confirmed ? said : NULL;
	}
	return e;
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

static enum err read_disposition(struct view *v, const struct doc *d, struct side *x)
{
	const struct value *rows = fields_get(fields_of(KIND_DISPOSITION), d->s->r.body, "items");
	const struct seen *decision = NULL;
	enum err e = view_active(d->s) ? decision_on(v, d->s, &x->owner, &decision) : OK;
	for (size_t k = 0; e == OK && k < value_count(rows); k++) {
		const struct value *row = value_item(rows, k);
		struct held *h = find(x, view_text(v, rows_of(KIND_DISPOSITION), row, "id"), d->contract);
		if (!h)
			continue;
		h->first = h->first ? h->first : d->s;
		if (!view_active(d->s))
			continue;
		h->disposition = d->s;
		h->decision = decision;
		h->done = row;
	}
	if (view_active(d->s) && fields_get(fields_of(KIND_DISPOSITION), d->s->r.body, "subcontractors")) {
		x->below = d->s;
		read_below(d->s, x);
	}
	return e;
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

static enum err read_side(struct view *v, const struct pile *all, const char *contract, struct side *x)
{
	enum err e = read_lists(v, all, contract, x);
	for (size_t i = 0; e == OK && i < all->dispositions.n; i++) {
		const struct doc *d = &all->dispositions.p[i];
		const struct id *partner = id_eq(&x->holder, &v->me) ? &x->owner : &x->holder;
		if (fits(d->contract, contract) && id_eq(&d->s->r.author, &x->holder) && view_ids_has(&d->with, partner))
			e = read_disposition(v, d, x);
	}
	for (size_t i = 0; e == OK && i < x->n; i++) {
		judge(view_ask_today(v), &x->p[i]);
		x->retained += x->p[i].state == HELD_RETAINED;
		x->open += x->p[i].state != HELD_RETAINED && x->p[i].state != HELD_SETTLED;
	}
	return e;
}

/* ---- what ends ---- */

static bool clear(int64_t today, const struct side *x)
{
	return !x->open && !x->retained && !x->disputed && !x->partial && !x->below_open && (!x->below_until || x->below_until < today);
}

static enum err add_ending(struct view *v, const struct pile *all, const struct ending *of, struct endings *out)
{
	struct ending x = *of;
	int64_t today = view_ask_today(v);
	x.theirs = (struct side){.holder = x.partner, .owner = v->me};
	x.ours = (struct side){.holder = v->me, .owner = x.partner};
	enum err e = read_side(v, all, x.contract, &x.theirs);
	if (e == OK)
		e = read_side(v, all, x.contract, &x.ours);
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

static enum err terminations(struct view *v, const struct pile *all, const struct id *partner, struct endings *out)
{
	const struct field *f = fields_of(KIND_TERMINATION);
	enum err e = OK;
	for (size_t i = 0; e == OK && i < all->ends.n; i++) {
		const struct doc *d = &all->ends.p[i];
		struct ending x = {.partner = *partner, .contract = d->contract, .of = d->s, .effective = view_int(f, d->s->r.body, "effective")};
		if (!view_active(d->s) || !view_ids_has(&d->with, partner))
			continue;
		if (!fields_id(f, d->s->r.body, "supplier", &x.supplier) || (!id_eq(&x.supplier, &v->me) && !id_eq(&x.supplier, partner)))
			x.supplier = d->s->mine ? *partner : v->me;
		x.due = x.effective;
		e = add_ending(v, all, &x, out);
	}
	return e;
}

static bool ends_already(const struct endings *list, size_t from, const char *reference)
{
	for (size_t i = from; i < list->n; i++)
		if (fits(list->p[i].contract, reference))
			return true;
	return false;
}

static int64_t clause_days(const struct seen *contract)
{
	const struct field *f = fields_find(contract->kind->fields, "clauses");
	const struct value *clauses = fields_get(contract->kind->fields, contract->r.body, "clauses");
	return view_int(f->group, clauses, "disposition_days");
}

/* A contract that has ended ends what is held under it, without further notice. */
static enum err contracts(struct view *v, const struct pile *all, const struct id *partner, size_t from, struct endings *out)
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
		for (size_t k = 0; e == OK && k < docs->p[i].with.n; k++)
			if (!id_eq(&docs->p[i].with.p[k], &v->me))
				e = view_ids_add(v, out, &docs->p[i].with.p[k]);
	return e;
}

static enum err with_partner(struct view *v, const struct pile *all, const struct id *partner, struct endings *out)
{
	size_t from = out->n;
	enum err e = terminations(v, all, partner, out);
	if (e == OK)
		e = contracts(v, all, partner, from, out);
	if (e == OK && out->n == from) {
		struct ending x = {.partner = *partner, .supplier = *partner, .contract = ""};
		e = add_ending(v, all, &x, out);
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
		if (!partner || id_eq(partner, &who.p[i]))
			e = with_partner(v, &all, &who.p[i], out);
	return e;
}
