/* Who is responsible for what, over all partners; and what is asked but stands in no matrix. */
#include <string.h>

#include "node/report.h"
#include "node/view_matrix.h"
#include "node/view_requirement.h"

static enum err settled(struct api_call *c, struct view *v, const struct relations *all, json_t *items)
{
	struct id party;
	bool given;
	enum err e = report_party(c, &given, &party);
	for (size_t i = 0; e == OK && i < all->n; i++)
		if (!given || id_eq(&all->p[i].other, &party))
			e = view_matrix_rows(v, &all->p[i], items);
	return e;
}

static bool covered(const struct relations *all, const struct id *other, const char *rid)
{
	for (size_t i = 0; i < all->n; i++)
		if (id_eq(&all->p[i].other, other) &&
		    (view_matrix_row(all->p[i].force, rid) || view_matrix_row(all->p[i].ours, rid) || view_matrix_row(all->p[i].theirs, rid)))
			return true;
	return false;
}

/* One requirement; rid NULL: all of them, where nothing was proposed at all. */
static enum err open_row(struct view *v, const struct assignment *a, const struct id *other, const char *rid, json_t *items)
{
	json_t *o = json_object();
	if (!o || json_array_append_new(items, o) != 0)
		return ERR_MEMORY;
	view_put_org(v, o, "partner", other);
	view_put(o, "contract", a->contract);
	view_put(o, "control", rid ? rid : "all that is asked");
	view_put(o, "title", rid ? view_text(v, view_requirement_group(), view_requirement_find(a->set, rid), "title")
	                         : view_text(v, a->set->kind->fields, view_body(a->set), "title"));
	view_put(o, "owner", "nobody");
	view_put(o, "problem", rid ? "asked, but in no matrix" : "asked, and no matrix was proposed");
	return report_why(o, &a->assign->id);
}

static enum err uncovered(struct view *v, const struct relations *all, const struct assignment *a, const struct id *other, json_t *items)
{
	const char *const *rids;
	size_t n = 0, with = 0;
	enum err e = view_requirement_rids(v, a->set, a->level, &rids, &n);
	for (size_t i = 0; i < all->n; i++)
		with += id_eq(&all->p[i].other, other);
	if (e == OK && with == 0)
		return open_row(v, a, other, NULL, items);
	for (size_t i = 0; e == OK && i < n; i++)
		if (!covered(all, other, rids[i]))
			e = open_row(v, a, other, rids[i], items);
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err responsibilities(struct api_call *c, struct view *v, json_t *items)
{
	struct relations all;
	struct id party;
	bool given;
	enum err e = view_matrix_all(v, &all);
	if (e == OK)
		e = settled(c, v, &all, items);
	if (e == OK)
		e = report_party(c, &given, &party);
	for (int mine = 1; e == OK && mine >= 0; mine--) {
		struct assignment **list;
		size_t n;
		e = view_requirement_assignments(v, mine != 0, &list, &n);
		for (size_t i = 0; e == OK && i < n; i++)
			for (size_t k = 0; e == OK && list[i]->set && !list[i]->assign->r.has_exercise && k < list[i]->parties.n; k++) {
				const struct id *other = mine ? &list[i]->parties.p[k] : &list[i]->assign->r.author;
				if ((mine || id_eq(&list[i]->parties.p[k], &v->me)) && (!given || id_eq(other, &party)))
					e = uncovered(v, &all, list[i], other, items);
			}
	}
	return e;
}

const struct report report_responsibilities = {
	.name = "responsibilities", .seed = "B3 U11 E5", .fn = responsibilities,
	.title = "what we must do, what we rely on whom for, what nobody owns, what both think the other does, and what changed",
	.leaves_out = "matrices that were withdrawn, and partners with whom nothing was proposed and of whom nothing is asked",
};
