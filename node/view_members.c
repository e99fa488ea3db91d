/* view_members.c - who speaks for a consortium in a thread: every organisation that any roster of it names. */
#include "node/view.h"
#include "store/rosters.h"

static enum err gather(struct view *v, const struct id *consortium, struct ids *out)
{
	struct walk w;
	struct id hash;
	*out = (struct ids){0};
	enum err e = rosters_walk(v->t, TABLE_ROSTERS, consortium, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		struct roster_event *ev = arena_alloc(v->a, sizeof *ev);
		struct roster r = {0};
		e = ev ? rosters_get(v->t, TABLE_ROSTERS, &(struct roster_key){*consortium, hash}, v->a, ev) : ERR_MEMORY;
		if (e == OK)
			e = roster_decode(ev->payload, v->a, &r);
		for (size_t i = 0; e == OK && i < r.members; i++)
			e = view_ids_add(v, out, &r.member[i].org);
	}
	return walk_close(&w, e);
}

enum err view_members(struct view *v, const struct id *consortium, struct ids *out)
{
	if (v->members.n == 0 || !id_eq(&v->members_of, consortium)) {
		struct ids found;
		enum err e = gather(v, consortium, &found);
		if (e != OK || found.n == 0) {
			*out = (struct ids){0};
			return e;
		}
		v->members = found;
		v->members_of = *consortium;
	}
	*out = v->members;
	return OK;
}
