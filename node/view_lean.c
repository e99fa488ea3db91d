#include "node/view_lean.h"

#include <stdio.h>
#include <string.h>

#include "node/view_assurance.h"
#include "node/view_record.h"

#define SHORT 12

static enum err push(struct view *v, struct lean *l, const struct seen *s)
{
	struct seen *own;
	enum err e = view_get(v, s->no, &own);
	return e == OK ? view_push(v, &l->chain, own) : e;
}

/* Only the first that has fallen is told: one is enough. */
static enum err leans(struct view *v, const struct seen *through, const struct seen *s, struct lean *l)
{
	char text[300] = "", hex[65];
	enum err e = OK;
	if (*l->because || !view_assurance_fallen(v, s, text, sizeof text))
		return OK;
	if (through) {
		hex_encode(hex, through->id.b, 32);
		(void)snprintf(l->because, sizeof l->because, "%s (%.*s) leans on ", through->kind->name, SHORT, hex);
		e = push(v, l, through);
	}
	(void)snprintf(l->because + strlen(l->because), sizeof l->because - strlen(l->because), "%s", text);
	return e == OK ? push(v, l, s) : e;
}

/* References typed by the party: those that name no record we hold are prose. */
static enum err references(struct view *v, const struct id *party, const struct seen *through, const struct value *list, struct lean *l)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < value_count(list); i++) {
		struct seen *s = NULL;
		struct span text;
		char *copy;
		if (!value_is_str(value_item(list, i), &text) || !(copy = arena_alloc(v->a, text.n + 1)))
			continue;
		if (text.n)
			memcpy(copy, text.p, text.n);
		e = view_assurance_named(v, party, copy, &s);
		if (e == OK && s)
			e = leans(v, through, s, l);
	}
	return e;
}

static const struct value *answer_of(const struct ask *a, const struct field **group)
{
	const struct field *f = kind_by_number(KIND_REQUIREMENT_ACK)->fields;
	const struct value *rows = a->ack ? fields_get(f, a->ack->r.body, "answers") : NULL;
	*group = fields_find(f, "answers")->group;
	for (size_t i = 0; i < value_count(rows); i++) {
		struct span rid;
		if (fields_str(*group, value_item(rows, i), "rid", &rid) && span_eq(rid, SPAN(a->rid, strlen(a->rid))))
			return value_item(rows, i);
	}
	return NULL;
}

/* The customer recognises the scheme until a day, of certificates of an age, by bodies that are accredited. */
static enum err recognition(struct view *v, const struct ask *a, struct lean *l)
{
	const struct field *f = kind_by_number(KIND_EQUIVALENCE)->fields, *g = kind_by_number(KIND_CERTIFICATION)->fields;
	const struct seen *by = a->recognised.by;
	const struct value *certificate = l->certificate ? l->certificate->r.body : NULL;
	int64_t most = by ? view_int(f, by->r.body, "max_age") : 0, age;
	bool accredited = false;
	char hex[65];
	enum err e;
	if (!by)
		return OK;
	e = leans(v, NULL, by, l);
	(void)fields_bool(f, by->r.body, "accredited", &accredited);
	if (accredited && certificate && !*view_text(v, g, certificate, "accreditation"))
		l->unfit = "it names no accreditation, which is asked for";
	age = certificate ? view_ask_today(v) - view_int(g, certificate, "issued") : 0;
	if (e != OK || !most || age <= most || *l->because)
		return e;
	hex_encode(hex, l->certificate->id.b, 32);
	(void)snprintf(l->because, sizeof l->because, "certification \"%.60s\" (%.*s) is %lld days old, and at most %lld are recognised",
	               view_record_title(v, l->certificate), SHORT, hex, (long long)age, (long long)most);
	return push(v, l, l->certificate);
}

enum err view_lean_on(struct view *v, const struct ask *a, const struct claim *c, struct lean *out)
{
	const struct field *g, *statements = fields_find(kind_by_number(KIND_POSTURE_ATTESTATION)->fields, "statements")->group;
	const struct value *answer = answer_of(a, &g);
	struct lean l = {.unfit = ""};
	enum err e = OK;
	if (*a->certificate || a->recognised.by)
		e = view_assurance_named(v, &a->party, *a->certificate ? a->certificate : a->text, &l.certificate);
	if (e == OK && l.certificate)
		e = leans(v, NULL, l.certificate, &l);
	if (e == OK)
		e = recognition(v, a, &l);
	if (e == OK && answer)
		e = references(v, &a->party, NULL, fields_get(g, answer, "evidence"), &l);
	if (e == OK && c->row)
		e = references(v, &a->party, c->by, fields_get(statements, c->row, "evidence"), &l);
	if (e == OK && !c->status && c->by && a->answer) /* there was an attestation, and nothing took its place */
		e = leans(v, NULL, c->by, &l);
	if (e == OK)
		*out = l;
	return e;
}
