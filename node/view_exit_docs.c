#include "node/view_exit_docs.h"

#include <stdlib.h>
#include <string.h>

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

enum err view_exit_docs_decision(struct view *v, const struct seen *s, const struct id *by, const struct seen **out)
{
	const struct field *f = kind_by_number(KIND_REPLY)->fields;
	struct seens list;
	struct id about;
	enum err e = view_about(v, &s->id, KIND_REPLY, &list);
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

bool view_exit_docs_accepts(const struct seen *reply)
{
	return strcmp(view_word(kind_by_number(KIND_REPLY)->fields, reply->r.body, "decision"), "accepted") == 0;
}

static enum err add_doc(struct view *v, struct docs *list, const struct doc *d)
{
	struct doc *p = arena_more(v->a, list->p, list->n, &list->cap, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	list->p = p;
	list->p[list->n++] = *d;
	struct doc *added = &list->p[list->n - 1];
	return view_active(d->s) ? view_exit_docs_decision(v, d->s, d->s->mine ? &d->partner : &v->me, &added->decision) : OK;
}

static int by_partner(const void *a, const void *b)
{
	const struct doc *x = a, *y = b;
	int c = id_cmp(&x->partner, &y->partner);
	return c ? c : view_order(x->s, y->s);
}

enum err view_exit_docs_read(struct view *v, enum kind_number kind, struct docs *out)
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

struct docs view_exit_docs_with(const struct docs *all, const struct id *partner)
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
	return (struct docs){.p = n ? all->p + from : NULL, .n = n};
}

bool view_exit_docs_fits(const char *a, const char *b)
{
	return !*a || !*b || strcmp(a, b) == 0;
}
