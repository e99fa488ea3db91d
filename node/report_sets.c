/* Reports about our own sets: is what is asked in proportion and the same for equals, and does it say why and how. */
#include <stdio.h>
#include <string.h>

#include "node/proportion.h"
#include "node/report.h"
#include "node/view_guidance.h"

/* ---- proportion ---- */

static enum err party_row(struct view *v, const struct tiers *tiers, const struct assignment *a, const struct id *org, json_t *items)
{
	struct proportion p;
	struct unequal other;
	char range[150];
	json_t *o = json_object();
	enum err e = o && json_array_append_new(items, o) == 0 ? proportion_unequal(v, tiers, a, org, &other) : ERR_MEMORY;
	if (e != OK)
		return e;
	proportion_of(v, tiers, a, org, &p);
	view_put_org(v, o, "who", org);
	view_put_id(o, "set", &a->set->id);
	view_put(o, "title", view_text(v, a->set->kind->fields, view_body(a->set), "title"));
	view_put(o, "level", *a->level ? a->level : "all of it");
	view_put(o, "tier", vocab_word(&vocab_tier, p.tier));
	(void)snprintf(range, sizeof range, "%s%s%s", p.lowest, strcmp(p.lowest, p.highest) == 0 ? "" : " to ",
	               strcmp(p.lowest, p.highest) == 0 ? "" : p.highest);
	view_put(o, "recommended", range);
	view_put(o, "state", !p.tier ? "no tier" : p.n < 2 ? "the set has no levels" : proportion_above(&p) ? "above" : proportion_below(&p)
		? "below" : "in proportion");
	view_put(o, "reason", view_text(v, a->assign->kind->fields, a->assign->r.body, "reason"));
	if (other.found)
		view_put_org(v, o, "other", &other.org);
	view_put(o, "other_level", !other.found ? "" : *other.level ? other.level : "all of it");
	e = report_why(o, &a->assign->id);
	return e == OK && *p.row ? report_why_row(o, "supplier", p.row) : e;
}

static enum err proportion(struct api_call *c, struct view *v, json_t *items)
{
	struct assignment **all;
	struct tiers tiers;
	struct id party;
	bool given;
	size_t n = 0;
	enum err e = report_party(c, &given, &party);
	if (e == OK)
		e = proportion_tiers(v, &tiers);
	if (e == OK)
		e = view_requirement_assignments(v, true, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		for (size_t k = 0; e == OK && all[i]->set && k < all[i]->parties.n; k++)
			if (!all[i]->assign->r.has_exercise && (!given || id_eq(&all[i]->parties.p[k], &party)))
				e = party_row(v, &tiers, all[i], &all[i]->parties.p[k], items);
	return e;
}

const struct report report_proportion = {
	.name = "proportion", .title = "is what we ask of each supplier in proportion to its tier, and the same for suppliers of one tier", .seed = "E8",
	.fn = proportion, .leaves_out = "suppliers that were asked nothing",
};

/* ---- what a set does not say ---- */

static enum err set_rows(struct view *v, const struct seen *set, json_t *items)
{
	const struct field *g = view_requirement_group();
	const char *const *rids;
	struct seens guidance;
	size_t n = 0;
	enum err e = view_guidance_of(v, set, KIND_GUIDANCE, NULL, &guidance);
	if (e == OK)
		e = view_requirement_rids(v, set, "", &rids, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		const struct value *r = view_requirement_find(set, rids[i]);
		const struct seen *help = view_guidance_on(&guidance, rids[i]);
		bool bare = !fields_get(g, r, "rationale"), blind = !help && !fields_get(g, r, "guidance") && !fields_get(g, r, "discussion");
		json_t *o;
		if (!bare && !blind)
			continue;
		if (!(o = json_object()) || json_array_append_new(items, o) != 0)
			return ERR_MEMORY;
		view_put_id(o, "set", &set->id);
		view_put(o, "set_title", view_text(v, set->kind->fields, view_body(set), "title"));
		view_put(o, "rid", rids[i]);
		view_put(o, "title", view_text(v, g, r, "title"));
		view_put(o, "missing", bare && blind ? "reason and guidance" : bare ? "reason" : "guidance");
		e = report_why(o, &set->id);
	}
	return e;
}

static enum err unexplained(struct api_call *c, struct view *v, json_t *items)
{
	struct seens sets;
	enum err e = view_kind(v, KIND_REQUIREMENT_SET, &sets);
	(void)c;
	for (size_t i = 0; e == OK && i < sets.n; i++)
		if (sets.p[i]->mine && view_active(sets.p[i]))
			e = set_rows(v, sets.p[i], items);
	return e;
}

const struct report report_unexplained = {
	.name = "unexplained", .title = "requirements of our sets that say no reason, or for which there is no guidance", .seed = "E9 E11",
		.fn = unexplained,
	.leaves_out = "sets of others, and earlier versions of ours",
};
