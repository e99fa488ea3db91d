#include "node/view_requirement.h"

#include <stdio.h>
#include <string.h>

#include "node/view_ask.h"
#include "proto/when.h"

static const struct field *set_fields(void)
{
	return kind_by_number(KIND_REQUIREMENT_SET)->fields;
}

static const struct field *assign_fields(void)
{
	return kind_by_number(KIND_REQUIREMENT_ASSIGN)->fields;
}

const struct field *view_requirement_group(void)
{
	return fields_find(set_fields(), "requirements")->group;
}

static bool is_set(const struct seen *s)
{
	return s->readable && s->r.kind == KIND_REQUIREMENT_SET;
}

/* ---- sets ---- */

const struct value *view_requirement_find(const struct seen *set, const char *rid)
{
	const struct value *list = fields_get(set_fields(), set->r.body, "requirements");
	for (size_t i = 0; i < value_count(list); i++) {
		struct span name;
		if (fields_str(view_requirement_group(), value_item(list, i), "rid", &name) && span_eq(name, SPAN(rid, strlen(rid))))
			return value_item(list, i);
	}
	return NULL;
}

static const struct value *level_of(const struct seen *set, const char *level)
{
	const struct field *f = fields_find(set_fields(), "levels");
	const struct value *list = fields_get(set_fields(), set->r.body, "levels");
	for (size_t i = 0; i < value_count(list); i++) {
		struct span name;
		if (fields_str(f->group, value_item(list, i), "id", &name) && span_eq(name, SPAN(level, strlen(level))))
			return fields_get(f->group, value_item(list, i), "requirements");
	}
	return NULL;
}

static bool among(const struct value *list, const char *text)
{
	struct span s;
	for (size_t i = 0; i < value_count(list); i++)
		if (value_is_str(value_item(list, i), &s) && span_eq(s, SPAN(text, strlen(text))))
			return true;
	return false;
}

enum err view_requirement_rids(struct view *v, const struct seen *set, const char *level, const char *const **out, size_t *count)
{
	const struct value *list = fields_get(set_fields(), set->r.body, "requirements"), *chosen = *level ? level_of(set, level) : NULL;
	const char **rids = arena_alloc(v->a, (value_count(list) + 1) * sizeof *rids);
	size_t n = 0;
	if (!rids)
		return ERR_MEMORY;
	if (*level && !chosen)
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < value_count(list); i++) {
		const char *rid = view_text(v, view_requirement_group(), value_item(list, i), "rid");
		if (!chosen || among(chosen, rid))
			rids[n++] = rid;
	}
	*out = rids;
	*count = n;
	return OK;
}

static enum err same_series(struct view *v, const struct seen *a, const struct id *b, bool *same)
{
	const struct series *of;
	struct seen *other = NULL;
	enum err e = view_series(v, a, &of);
	if (e == OK)
		e = view_find(v, b, &other);
	*same = e == OK && other->series == of;
	return e == ERR_NOT_FOUND ? OK : e;
}

/* What we call the series; "". */
static enum err series_name(struct view *v, const struct seen *set, char out[static 65])
{
	struct walk w;
	enum err e = walk_open(v->t, TABLE_SETS, SPAN(NULL, 0), false, &w);
	out[0] = 0;
	while (e == OK && !out[0] && walk_next(&w)) {
		struct id id;
		bool same;
		if (w.value.n != 32 || w.key.n > 64)
			continue;
		memcpy(id.b, w.value.p, 32);
		e = same_series(v, set, &id, &same);
		if (e == OK && same) {
			memcpy(out, w.key.p, w.key.n);
			out[w.key.n] = 0;
		}
	}
	return walk_close(&w, e);
}

/* ---- assignments ---- */

enum err view_requirement_assignment(struct view *v, struct seen *assign, struct assignment **out)
{
	struct assignment *a = arena_alloc(v->a, sizeof *a);
	struct id set;
	bool everybody;
	if (!a)
		return ERR_MEMORY;
	if (!assign->readable || assign->r.kind != KIND_REQUIREMENT_ASSIGN || !assign->counts)
		return ERR_NOT_FOUND;
	a->assign = assign;
	a->level = view_text(v, assign_fields(), assign->r.body, "level");
	a->contract = view_text(v, assign_fields(), assign->r.body, "contract");
	(void)fields_id(assign_fields(), assign->r.body, "tender", &a->tender);
	a->due = view_int(assign_fields(), assign->r.body, "due");
	enum err e = view_readers(v, assign, &a->parties, &everybody);
	if (e == OK && fields_id(assign_fields(), assign->r.body, "set", &set)) {
		e = view_find(v, &set, &a->set);
		if (e == ERR_NOT_FOUND || (e == OK && (!is_set(a->set) || !a->set->counts))) {
			a->set = NULL;
			e = OK;
		}
	}
	a->outdated = a->set && a->set->replaced;
	if (e == OK && a->set)
		e = view_thread(v, &assign->id, 0, &a->thread);
	if (e == OK)
		*out = a;
	return e;
}

enum err view_requirement_assignments(struct view *v, bool mine, struct assignment ***out, size_t *count)
{
	struct seens list;
	enum err e = view_kind(v, KIND_REQUIREMENT_ASSIGN, &list);
	struct assignment **all = e == OK ? arena_alloc(v->a, (list.n + 1) * sizeof(struct assignment *)) : NULL;
	size_t n = 0;
	if (e != OK || !all)
		return e != OK ? e : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < list.n; i++)
		if (list.p[i]->mine == mine && view_active(list.p[i]))
			e = view_requirement_assignment(v, list.p[i], &all[n++]);
	*out = all;
	*count = n;
	return e;
}

/* ---- JSON ---- */

static json_t *texts(const char *const *list, size_t n)
{
	json_t *a = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(a, json_string(list[i]));
	return a;
}

static enum err set_row(struct view *v, const struct seen *s, json_t *items)
{
	char name[65];
	json_t *o = json_object();
	enum err e = series_name(v, s, name);
	if (!o)
		return ERR_MEMORY;
	view_put_id(o, "id", &s->id);
	view_put(o, "what", "set");
	view_put(o, "name", name);
	view_put(o, "title", view_text(v, set_fields(), view_body(s), "title"));
	view_put(o, "version", view_text(v, set_fields(), view_body(s), "version"));
	view_put_org(v, o, "partner", &s->r.author);
	view_put(o, "state", s->withdrawn ? "withdrawn" : "current");
	(void)json_array_append_new(items, o);
	return e;
}

struct tally { /* of one party's answers to one assignment */
	size_t asked, answered, expired;
	bool overdue;
	size_t still; /* held by a challenge */
	const char **open; /* rids without an answer */
	size_t opens;
};

static enum err count_asks(struct view *v, const struct assignment *a, const struct id *party, struct tally *out)
{
	struct asks asks = {0};
	struct tally t = {0};
	enum err e = view_ask_all(v, a, party, &asks);
	t.open = e == OK ? arena_alloc(v->a, (asks.n + 1) * sizeof *t.open) : NULL;
	if (e != OK || !t.open)
		return e != OK ? e : ERR_MEMORY;
	for (size_t i = 0; i < asks.n; i++) {
		t.asked++;
		t.answered += asks.p[i].answer != 0;
		t.expired += asks.p[i].expired;
		t.overdue = t.overdue || asks.p[i].overdue;
		t.still += asks.p[i].still && !asks.p[i].answer;
		if (!asks.p[i].answer)
			t.open[t.opens++] = asks.p[i].rid;
	}
	*out = t;
	return OK;
}

static void assign_state(const struct assignment *a, const struct tally *t, char *out, size_t room)
{
	char still[48] = "";
	if (t->still)
		(void)snprintf(still, sizeof still, ", clock stopped for %zu", t->still);
	if (!a->set)
		(void)snprintf(out, room, "its set is not here yet");
	else if (t->answered == 0)
		(void)snprintf(out, room, "%s%s", t->overdue ? "overdue" : "unanswered", still);
	else if (t->opens)
		(void)snprintf(out, room, "answered in part: %zu of %zu%s%s", t->answered, t->asked, t->overdue ? ", overdue" : "", still);
	else
		(void)snprintf(out, room, "answered%s%s", t->expired ? ", exception expired" : "", a->outdated ? ", outdated: the set changed" : "");
}

static enum err assign_row(struct view *v, const struct assignment *a, const struct id *party, bool owed, json_t *items)
{
	struct tally t = {0};
	char name[65] = "", state[160];
	json_t *o;
	enum err e = a->set ? count_asks(v, a, party, &t) : OK;
	if (e == OK && a->set)
		e = series_name(v, a->set, name);
	if (e != OK || (owed && a->set && t.opens == 0))
		return e;
	if (!(o = json_object()))
		return ERR_MEMORY;
	assign_state(a, &t, state, sizeof state);
	view_put_id(o, "id", &a->assign->id);
	view_put(o, "what", a->assign->mine ? "asked" : "owed");
	view_put(o, "name", name);
	view_put(o, "title", a->set ? view_text(v, set_fields(), view_body(a->set), "title") : "");
	view_put_org(v, o, "partner", a->assign->mine ? party : &a->assign->r.author);
	view_put(o, "level", a->level);
	view_put_date(o, "due", a->due);
	view_put(o, "state", state);
	if (t.opens)
		(void)json_object_set_new(o, "rids", texts(t.open, t.opens));
	(void)json_object_set_new(o, "overdue", json_boolean(t.overdue));
	(void)json_array_append_new(items, o);
	return OK;
}

enum err view_requirement_list(struct view *v, bool owed, json_t **out)
{
	struct seens sets;
	struct assignment **all;
	size_t n;
	json_t *items = json_array();
	enum err e = items ? view_kind(v, KIND_REQUIREMENT_SET, &sets) : ERR_MEMORY;
	for (size_t i = 0; e == OK && !owed && i < sets.n; i++)
		if (sets.p[i]->counts && !sets.p[i]->replaced)
			e = set_row(v, sets.p[i], items);
	for (int mine = owed ? 0 : 1; e == OK && mine >= 0; mine--) {
		e = view_requirement_assignments(v, mine, &all, &n);
		for (size_t i = 0; e == OK && i < n; i++)
			for (size_t k = 0; e == OK && k < all[i]->parties.n; k++)
				if (mine || id_eq(&all[i]->parties.p[k], &v->me))
					e = assign_row(v, all[i], &all[i]->parties.p[k], owed, items);
	}
	if (e != OK) {
		json_decref(items);
		return e;
	}
	*out = items;
	return OK;
}

static enum err put_asks(struct view *v, const struct assignment *a, json_t *items)
{
	struct asks asks = {0};
	enum err e = OK;
	for (size_t i = 0; e == OK && i < a->parties.n; i++)
		e = view_ask_all(v, a, &a->parties.p[i], &asks);
	for (size_t i = 0; e == OK && i < asks.n; i++)
		(void)json_array_append_new(items, view_ask_json(v, &asks.p[i]));
	return e;
}

enum err view_requirement_show(struct view *v, struct seen *s, json_t **out)
{
	struct assignment *a;
	struct seen *assign = s;
	json_t *o = json_object(), *items = json_array();
	char name[65];
	enum err e = o && items ? OK : ERR_MEMORY;
	if (e == OK && is_set(s)) {
		e = series_name(v, s, name);
		view_put(o, "name", name);
	} else if (e == OK) {
		if (s->r.kind != KIND_REQUIREMENT_ASSIGN)
			e = view_find(v, &s->root, &assign);
		if (e == OK)
			e = view_requirement_assignment(v, assign, &a);
		if (e == OK)
			e = put_asks(v, a, items);
	}
	if (e != OK) {
		json_decref(o);
		json_decref(items);
		return e == ERR_NOT_FOUND ? OK : e;
	}
	if (json_array_size(items))
		(void)json_object_set(o, "answers", items);
	json_decref(items);
	*out = o;
	return OK;
}

/* Every version of the set that was assigned, whoever was asked. */
enum err view_requirement_matrix(struct view *v, struct seen *set, json_t **out)
{
	struct assignment **all;
	size_t n;
	json_t *items = json_array();
	enum err e = items ? OK : ERR_MEMORY;
	for (int mine = 1; e == OK && mine >= 0; mine--) {
		e = view_requirement_assignments(v, mine, &all, &n);
		for (size_t i = 0; e == OK && i < n; i++) {
			bool same = false;
			if (all[i]->set)
				e = same_series(v, set, &all[i]->set->id, &same);
			if (e == OK && same)
				e = put_asks(v, all[i], items);
		}
	}
	if (e != OK) {
		json_decref(items);
		return e;
	}
	*out = items;
	return OK;
}
