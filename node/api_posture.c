/* api_posture.c - attestations and gaps for the dispatcher. */
#include <string.h>

#include "node/names.h"
#include "node/saying.h"
#include "node/view_diff.h"
#include "node/view_posture.h"
#include "node/view_record.h"

static bool same_readers(const struct ids *who, const struct draft *d)
{
	size_t hits = 0;
	for (size_t i = 0; i < d->recipients; i++)
		hits += view_ids_has(who, &d->to[i]);
	return hits == who->n && who->n > 0;
}

static bool same_subject(const struct field *f, const struct value *a, const struct value *b)
{
	return value_eq(fields_get(f, a, "framework"), fields_get(f, b, "framework")) && value_eq(fields_get(f, a, "scope"), fields_get(f, b, "scope"));
}

/* Our newest one that stands, of the same framework and scope. With recipients: one that went to nobody else. */
static enum err find_before(struct view *v, const struct value *body, const struct draft *d, struct seen **out)
{
	struct seens list;
	enum err e = view_kind(v, KIND_POSTURE_ATTESTATION, &list);
	*out = NULL;
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct seen *s = list.p[i];
		struct ids who;
		bool everybody;
		if (!s->mine || !view_active(s) || !same_subject(d->kind->fields, s->r.body, body))
			continue;
		e = view_readers(v, s, &who, &everybody);
		if (e == OK && (d->recipients == 0 || same_readers(&who, d)))
			*out = s;
	}
	return e;
}

/* supersedes: an id, or true for the newest one of the same framework and scope. */
static enum err take_place(struct api_call *c, struct view *v, const struct value *body, struct draft *d)
{
	struct seen *s;
	struct ids who;
	bool everybody;
	bool named = json_is_string(saying_arg(c, "supersedes")), wanted = named || api_flag(c, "supersedes");
	enum err e = named ? saying_record(c, v, "supersedes", KIND_POSTURE_ATTESTATION, &s) : find_before(v, body, d, &s);
	if (e != OK)
		return e;
	if (wanted && !s)
		return api_fail(c, ERR_NOT_FOUND, "see: tally posture list", "no earlier attestation of this framework and scope went to the same partners");
	if (wanted && !s->mine)
		return api_fail(c, ERR_POLICY, "see: tally posture list", "only our own attestations can be replaced");
	if (!wanted && s) {
		char hex[65];
		hex_encode(hex, s->id.b, 32);
		saying_warn(c, "an earlier one of this framework and scope stands beside it; withdraw it with: tally record retract %.12s --reason TEXT",
		            hex);
	}
	if (!wanted)
		return OK;
	d->supersedes = &s->id;
	d->thread = &s->root;
	if (d->recipients)
		return OK;
	e = view_readers(v, s, &who, &everybody);
	return e == OK ? saying_to_all(c, v, &who, d) : e;
}

static enum err publish(struct api_call *c)
{
	struct view v;
	struct value *body;
	struct id id;
	bool common = false;
	struct draft d = {.kind = kind_by_number(KIND_POSTURE_ATTESTATION)};
	saying_view(c, &v);
	enum err e = saying_body(c, d.kind, saying_arg(c, "body") ? saying_arg(c, "body") : saying_arg(c, "file"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e != OK)
		return e;
	if (value_count(body) == 0)
		return api_fail(c, ERR_USAGE, "begin with: tally posture example > posture.json; then give it: --file posture.json",
		                "nothing is attested: no field is given, here or in the file");
	if (api_flag(c, "common"))
		fields_set(c->arena, d.kind->fields, body, "common", value_bool(c->arena, true));
	(void)fields_bool(d.kind->fields, body, "common", &common);
	if (!d.recipients && common)
		e = saying_to_partners(c, &v, &d);
	d.body = body;
	if (e == OK)
		e = take_place(c, &v, body, &d);
	if (e == OK && !d.recipients && !api_flag(c, "unpublished"))
		return api_fail(c, ERR_USAGE, "name them with: --to PARTNER, or give --common true for all partners", "nobody to publish it to");
	return e == OK ? saying_say(c, &d, &id) : e;
}

static enum err list(struct api_call *c)
{
	struct view v;
	json_t *items;
	saying_view(c, &v);
	return saying_items(c, view_posture_list(&v, &items), &items);
}

static enum err show(struct api_call *c)
{
	struct view v;
	struct seen *s;
	json_t *o;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "posture", KIND_POSTURE_ATTESTATION, &s);
	if (e == OK)
		e = saying_sheet(c, view_record_sheet(&v, s, &o), &o);
	if (e == OK)
		view_put(c->result, "state", view_posture_state(&v, s));
	return e;
}

/* Without the second: against the newest version of the first. */
static enum err diff(struct api_call *c)
{
	struct view v;
	struct seen *old, *new;
	const struct series *all;
	json_t *items;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "old", KIND_POSTURE_ATTESTATION, &old);
	if (e == OK && saying_arg(c, "new")) {
		e = saying_record(c, &v, "new", KIND_POSTURE_ATTESTATION, &new);
	} else if (e == OK) {
		e = view_series(&v, old, &all);
		new = e == OK ? all->versions.p[all->versions.n - 1] : old;
		if (e == OK && new == old)
			return api_fail(c, ERR_NOT_FOUND, "name another one: tally posture diff ID OTHER", "there is no newer version of that attestation");
	}
	if (e != OK)
		return e;
	if (!view_body(old) || !view_body(new))
		return api_fail(c, ERR_CONFLICT, "see: tally posture list", "one of them was withdrawn by its author, so its contents are not shown");
	if (!id_eq(&old->r.author, &new->r.author))
		saying_warn(c, "these are of two organisations");
	api_set_id(c->result, "old", &old->id);
	api_set_id(c->result, "new", &new->id);
	return saying_items(c, view_diff_postures(&v, old, new, &items), &items);
}

static bool nothing_asked(const json_t *items)
{
	for (size_t i = 0; i < json_array_size(items); i++)
		if (json_object_get(json_array_get(items, i), "assign"))
			return false;
	return true;
}

static enum err gap(struct api_call *c)
{
	struct view v;
	struct id org;
	json_t *items;
	char name[NAMES_TEXT];
	enum err e = api_org(c, !saying_arg(c, "partner") && saying_arg(c, "supplier") ? "supplier" : "partner", &org);
	saying_view(c, &v);
	if (e == OK)
		e = view_posture_gap(&v, &org, &items);
	if (e != OK)
		return e;
	api_set_id(c->result, "id", &org);
	(void)json_object_set_new(c->result, "items", items);
	names_show(c->core, &org, name);
	if (nothing_asked(items) && id_eq(&org, &v.me))
		saying_next(c, "nobody has asked us anything yet");
	else if (nothing_asked(items) && json_array_size(items))
		saying_next(c, "nothing was asked of %s; ask with: tally requirement assign SET --to %s --level LEVEL", name, name);
	return OK;
}

const struct api_row api_posture_rows[] = {
	{"posture.publish", publish, "attest how we stand"},
	{"posture.list", list, "attestations, ours and our partners'"},
	{"posture.show", show, "one attestation in full"},
	{"posture.diff", diff, "what changed between two attestations"},
	{"posture.gap", gap, "what a supplier was asked, and what is missing"},
	{NULL, NULL, NULL},
};
