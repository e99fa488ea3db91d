/* api_requirement.c - requirement sets, assignments, acknowledgements and reviews for the dispatcher. */
#include <stdio.h>
#include <string.h>

#include "node/answers.h"
#include "node/api_requirement.h"
#include "node/names.h"
#include "node/proportion.h"
#include "node/saying.h"
#include "node/view_ask.h"
#include "node/view_record.h"
#include "proto/vocab.h"
#include "proto/when.h"

static const struct kind *set_kind(void)
{
	return kind_by_number(KIND_REQUIREMENT_SET);
}

/* ---- sets ---- */

enum err api_requirement_named(struct api_call *c, const char *name, struct id *out)
{
	struct span value;
	enum err e = store_get(core_txn(c->core), TABLE_SETS, SPAN(name, strlen(name)), &value);
	if (e == OK && value.n != 32)
		return ERR_CORRUPT;
	if (e == OK)
		memcpy(out->b, value.p, 32);
	return e;
}

/* By the name we gave it, or by id. */
enum err api_requirement_set(struct api_call *c, struct view *v, const char *arg, int64_t kind, struct seen **out)
{
	const char *name;
	struct id id;
	saying_view(c, v);
	enum err e = api_text(c, arg, true, &name);
	if (e != OK)
		return e;
	e = *name && strlen(name) <= 64 ? api_requirement_named(c, name, &id) : ERR_NOT_FOUND;
	if (e == OK)
		return view_find(v, &id, out);
	if (e != ERR_NOT_FOUND)
		return e;
	e = saying_record(c, v, arg, kind, out);
	if (e == ERR_NOT_FOUND || (e == ERR_INVALID && !c->hint[0])) {
		c->hint[0] = 0;
		return api_fail(c, ERR_NOT_FOUND, "see: tally requirement list", "no requirement set, assignment or answer \"%.60s\"", name);
	}
	return e;
}

static enum err list(struct api_call *c)
{
	struct view v;
	json_t *items;
	saying_view(c, &v);
	return saying_items(c, view_requirement_list(&v, api_flag(c, "owed"), &items), &items);
}

static enum err show(struct api_call *c)
{
	struct view v;
	struct seen *s;
	json_t *o;
	enum err e = api_requirement_set(c, &v, "requirement", 0, &s);
	if (e == OK && (!s->kind || s->kind->number < KIND_REQUIREMENT_SET || s->kind->number > KIND_EXCEPTION_REQUEST))
		return api_fail(c, ERR_INVALID, "see it with: tally record show ID", "that is no requirement set, assignment or answer");
	if (e == OK)
		e = saying_sheet(c, view_record_sheet(&v, s, &o), &o);
	return e == OK ? saying_sheet(c, view_requirement_show(&v, s, &o), &o) : e;
}

static enum err matrix(struct api_call *c)
{
	struct view v;
	struct seen *s;
	json_t *items;
	enum err e = api_requirement_set(c, &v, "set", KIND_REQUIREMENT_SET, &s);
	if (e != OK)
		return e;
	api_set_id(c->result, "id", &s->id);
	return saying_items(c, view_requirement_matrix(&v, s, &items), &items);
}

/* ---- assigning ---- */

static const char *level_name(struct view *v, const struct seen *set, size_t i)
{
	const struct field *f = fields_find(set_kind()->fields, "levels");
	return view_text(v, f->group, value_item(fields_get(set_kind()->fields, set->r.body, "levels"), i), "id");
}

enum err api_requirement_level(struct api_call *c, struct view *v, const struct seen *set, const char *level, const char *hint)
{
	size_t n = value_count(fields_get(set_kind()->fields, set->r.body, "levels")), at = 0;
	char names[140] = "";
	for (size_t i = 0; i < n; i++) {
		const char *name = level_name(v, set, i);
		if (strcmp(name, level) == 0)
			return OK;
		if (at < sizeof names)
			at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", i ? ", " : "", name);
	}
	return api_fail(c, ERR_INVALID, hint, "the set has no level \"%.60s\"%s%s", level, n ? "; it has: " : "", names);
}

static enum err warn_tier(struct api_call *c, struct view *v, const struct tiers *tiers, const struct assignment *as, const struct id *org)
{
	struct proportion p;
	struct unequal other;
	char name[NAMES_TEXT], who[NAMES_TEXT];
	enum err e = proportion_unequal(v, tiers, as, org, &other);
	proportion_of(v, tiers, as, org, &p);
	if (e != OK || !p.tier)
		return e;
	names_show(c->core, org, name);
	if (proportion_above(&p))
		saying_warn(c, "%s is of tier %s: this level may be disproportionate; \"%s\" would do", name, vocab_word(&vocab_tier, p.tier), p.highest);
	if (proportion_below(&p))
		saying_warn(c, "%s is of tier %s: this level is below what is recommended, \"%s\"", name, vocab_word(&vocab_tier, p.tier), p.lowest);
	if (other.found) {
		names_show(c->core, &other.org, who);
		saying_warn(c, "%s is of the same tier and was asked %s%s%s: treat both alike, or say why with --reason", who, *other.level ? "\"" : "",
		            *other.level ? other.level : "all of it", *other.level ? "\"" : "");
	}
	return OK;
}

static enum err warn_bare(struct api_call *c, struct view *v, const struct seen *set, const char *level)
{
	const char *const *rids;
	size_t n, bare = 0, blind = 0;
	struct seens guidance;
	enum err e = view_guidance_of(v, set, KIND_GUIDANCE, NULL, &guidance);
	if (e == OK)
		e = view_requirement_rids(v, set, level, &rids, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		const struct value *r = view_requirement_find(set, rids[i]);
		bare += !fields_get(view_requirement_group(), r, "rationale");
		blind += !fields_get(view_requirement_group(), r, "guidance") && !fields_get(view_requirement_group(), r, "discussion") &&
		         !view_guidance_on(&guidance, rids[i]);
	}
	if (bare)
		saying_warn(c, "%zu of %zu requirements give no reason why they are asked", bare, n);
	if (blind)
		saying_warn(c, "%zu of %zu requirements have no guidance", blind, n);
	return e;
}

/* With the set goes what we said about it. */
static enum err send_beside(struct api_call *c, struct view *v, const struct seen *set, const struct id *to)
{
	static const enum kind_number kinds[] = {KIND_GUIDANCE, KIND_EQUIVALENCE};
	struct complaint why;
	enum err e = OK;
	for (size_t k = 0; e == OK && k < 2; k++) {
		struct seens list;
		e = view_guidance_of(v, set, kinds[k], &v->me, &list);
		for (size_t i = 0; e == OK && i < list.n; i++) {
			e = core_send(c->core, &list.p[i]->id, to, &why);
			if (e == ERR_TLP) { /* it was meant for others */
				saying_warn(c, "\"%s\" is not sent with it: %s", view_record_title(v, list.p[i]), why.text);
				e = OK;
			}
		}
	}
	return e;
}

static enum err send_set(struct api_call *c, struct view *v, const struct seen *set, const struct draft *d)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < d->recipients; i++) {
		if (id_eq(&d->to[i], &set->r.author))
			continue;
		if (!set->mine)
			return api_fail(c, ERR_POLICY, "make it your own: tally requirement import FILE --name NAME",
			                "the set is not ours, and not everybody named can have it");
		e = core_send(c->core, &set->id, &d->to[i], &c->why);
		if (e != OK)
			(void)snprintf(c->hint, sizeof c->hint, "see who is an active partner with: tally partner list");
		else
			e = send_beside(c, v, set, &d->to[i]);
	}
	return e;
}

static enum err assign(struct api_call *c)
{
	struct view v;
	struct seen *set;
	struct value *body;
	struct id id;
	struct draft d = {.kind = kind_by_number(KIND_REQUIREMENT_ASSIGN)};
	enum err e = api_requirement_set(c, &v, "set", KIND_REQUIREMENT_SET, &set);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e != OK)
		return e;
	if (!set->counts || set->withdrawn)
		return api_fail(c, ERR_POLICY, "see: tally requirement list", "that set does not stand: %s", set->withdrawn ? "it is withdrawn" : set->reason);
	if (!d.recipients)
		return api_fail(c, ERR_USAGE, "name them with: --to PARTNER", "nobody to ask");
	const char *level = view_text(&v, d.kind->fields, body, "level");
	const struct assignment as = {.set = set, .level = level};
	struct tiers tiers = {0};
	if (*level)
		e = api_requirement_level(c, &v, set, level, "leave --level out to ask for all of it");
	if (e == OK)
		e = proportion_tiers(&v, &tiers);
	for (size_t i = 0; e == OK && i < d.recipients; i++)
		e = warn_tier(c, &v, &tiers, &as, &d.to[i]);
	if (e == OK)
		e = warn_bare(c, &v, set, level);
	if (e == OK)
		e = send_set(c, &v, set, &d);
	if (e != OK)
		return e;
	if (set->replaced)
		saying_warn(c, "the set has a newer version");
	fields_set(c->arena, d.kind->fields, body, "set", value_id(c->arena, &set->id));
	d.body = body;
	return saying_say(c, &d, &id);
}

const struct api_row api_requirement_rows[] = {
	{"requirement.import", api_requirement_import, "take a requirement set"},
	{"requirement.list", list, "sets and assignments"},
	{"requirement.show", show, "a set, an assignment or an answer"},
	{"requirement.assign", assign, "ask suppliers to meet a set"},
	{"requirement.ack", answers_ack, "answer an assignment"},
	{"requirement.matrix", matrix, "who answered what"},
	{"requirement.review", answers_review, "judge an acknowledgement"},
	{NULL, NULL, NULL},
};
