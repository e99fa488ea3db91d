/* api_assurance.c - certificates for the dispatcher. */
#include "node/saying.h"
#include "node/view_assurance.h"
#include "node/view_record.h"

static const struct kind *certification(void)
{
	return kind_by_number(KIND_CERTIFICATION);
}

static enum err add(struct api_call *c)
{
	struct view v;
	struct value *body;
	struct id id;
	bool common = false;
	struct draft d = {.kind = certification()};
	saying_view(c, &v);
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e != OK)
		return e;
	d.body = body;
	(void)fields_bool(d.kind->fields, body, "common", &common);
	if (!d.recipients && common)
		e = saying_to_partners(c, &v, &d);
	if (e == OK && !d.recipients && !api_flag(c, "unpublished"))
		return api_fail(c, ERR_USAGE, "name them with: --to PARTNER, or give --common yes for all partners", "nobody to show it to");
	return e == OK ? saying_say(c, &d, &id) : e;
}

/* A new version, for all who have the last. */
static enum err update(struct api_call *c)
{
	struct view v;
	struct seen *s;
	struct value *body;
	struct id id;
	struct ids who;
	bool everybody;
	struct draft d = {.kind = certification()};
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "certification", KIND_CERTIFICATION, &s);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = view_readers(&v, s, &who, &everybody);
	if (e != OK)
		return e;
	if (!s->mine)
		return api_fail(c, ERR_POLICY, "see who said it with: tally record show ID", "only its author can change it");
	if (s->replaced || s->withdrawn)
		return api_fail(c, ERR_CONFLICT, "see the newest with: tally certification list", "it was %s already", s->withdrawn ? "withdrawn" : "replaced");
	saying_keep(c, d.kind->fields, s->r.body, body, NULL);
	d.body = body;
	d.thread = &s->root;
	d.supersedes = &s->id;
	d.tlp = s->r.tlp;
	d.onward = s->r.onward;
	e = saying_to_all(c, &v, &who, &d);
	return e == OK ? saying_say(c, &d, &id) : e;
}

static enum err list(struct api_call *c)
{
	struct view v;
	json_t *items;
	saying_view(c, &v);
	return saying_items(c, view_assurance_certifications(&v, &items), &items);
}

static enum err show(struct api_call *c)
{
	struct view v;
	struct seen *s;
	json_t *o;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "certification", KIND_CERTIFICATION, &s);
	if (e == OK)
		e = saying_sheet(c, view_record_sheet(&v, s, &o), &o);
	if (e == OK)
		view_put(c->result, "state", view_assurance_state(&v, s));
	return e;
}

const struct api_row api_assurance_rows[] = {
	{"certification.add", add, "show a certificate to partners"},
	{"certification.update", update, "what became of a certificate of ours"},
	{"certification.list", list, "certificates, ours and our partners'"},
	{"certification.show", show, "one certificate in full"},
	{NULL, NULL, NULL},
};
