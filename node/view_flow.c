#include "node/view_flow.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "node/view_owed.h"

static const struct field *flow_fields(void)
{
	return kind_by_number(KIND_FLOWDOWN)->fields;
}

enum flow_down { FLOW_DOWN_NONE = 1, FLOW_DOWN_INFORM, FLOW_DOWN_REQUIRE }; /* vocab_flow_down */

enum err view_flow_rids(struct view *v, const struct assignment *of, const char *const **out, size_t *count)
{
	const char *const *rids;
	const char **kept;
	size_t n = 0, k = 0;
	enum err e = of->set ? view_requirement_rids(v, of->set, of->level, &rids, &n) : ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND && of->set)
		e = view_requirement_rids(v, of->set, "", &rids, &n);
	kept = e == OK ? arena_alloc(v->a, (n + 1) * sizeof *kept) : NULL;
	if (!kept)
		return e != OK ? e : ERR_MEMORY;
	for (size_t i = 0; i < n; i++)
		if (view_int(view_requirement_group(), view_requirement_find(of->set, rids[i]), "flow_down") >= FLOW_DOWN_INFORM)
			kept[k++] = rids[i];
	*out = kept;
	*count = k;
	return OK;
}

/* ---- as it is now ---- */

static int64_t rank(int64_t answer)
{
	static const int8_t ranks[] = {0, 1, 3, 2, 6, 1, 4, 5, 0}; /* by vocab_flow: declined is the worst, then no answer */
	return answer > 0 && answer < (int64_t)sizeof ranks ? ranks[answer] : 0;
}

static int64_t answer_of(const struct ask *a)
{
	return a->answer ? a->answer : FLOW_UNANSWERED;
}

static void count(struct flow_row *row, const struct ask *a)
{
	int64_t answer = answer_of(a);
	row->passed++;
	row->acknowledged += a->answer != 0;
	row->exceptions += answer == FLOW_EXCEPTION;
	if (answer == FLOW_EXCEPTION && a->until > row->until)
		row->until = a->until;
	if (rank(answer) > rank(row->worst))
		row->worst = answer;
}

static int by_id(const void *x, const void *y)
{
	return id_cmp(&((const struct flow_leaf *)x)->ack->id, &((const struct flow_leaf *)y)->ack->id);
}

static enum err leaf_of(struct view *v, struct flow_now *now, const struct ask *a, size_t at)
{
	size_t i = 0;
	if (!a->ack)
		return OK;
	while (i < now->leaves && now->leaf[i].ack != a->ack)
		i++;
	if (i == now->leaves) {
		if (i == FLOW_NOW_LEAVES)
			return ERR_LIMIT;
		now->leaf[i] = (struct flow_leaf){a->ack, arena_alloc(v->a, (now->rows + 1) * sizeof(int64_t))};
		if (!now->leaf[i].answers)
			return ERR_MEMORY;
		for (size_t k = 0; k < now->rows; k++)
			now->leaf[i].answers[k] = FLOW_NOT_PASSED;
		now->leaves++;
	}
	now->leaf[i].answers[at] = answer_of(a);
	return OK;
}

/* What we asked of others, each question once. */
static enum err we_ask(struct view *v, struct asks *out)
{
	struct assignment **all;
	size_t n;
	enum err e = view_requirement_assignments(v, true, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		for (size_t k = 0; e == OK && k < all[i]->parties.n; k++)
			if (!all[i]->assign->r.has_exercise)
				e = view_ask_all(v, all[i], &all[i]->parties.p[k], out);
	return e == OK ? view_ask_again(v, out) : e;
}

/* Our requirements, each once however many were asked it, with which of the rows they are equal to. */
struct ours {
	const struct value *requirement;
	bool *row;
};

static int by_place(const void *x, const void *y)
{
	uintptr_t a = (uintptr_t)((const struct ours *)x)->requirement, b = (uintptr_t)((const struct ours *)y)->requirement;
	return (a > b) - (a < b);
}

static enum err compare(struct view *v, const struct question *wanted, size_t rows, struct ours *o)
{
	struct question q;
	enum err e = view_owed_question(v, o->requirement, &q);
	o->row = e == OK ? arena_alloc(v->a, rows + 1) : NULL;
	if (!o->row)
		return e != OK ? e : ERR_MEMORY;
	bool words = false; /* what was passed on as it stands is that row, not also those that share a clause with it */
	for (size_t r = 0; r < rows; r++)
		words = words || view_owed_same_words(&wanted[r], &q);
	for (size_t r = 0; r < rows; r++)
		o->row[r] = words ? view_owed_same_words(&wanted[r], &q) : view_owed_equal(&wanted[r], &q);
	return OK;
}

static enum err all_ours(struct view *v, const struct asks *asks, struct ours **out, size_t *count_out)
{
	struct ours *list = arena_alloc(v->a, (asks->n + 1) * sizeof *list);
	size_t n = 0;
	if (!list)
		return ERR_MEMORY;
	for (size_t i = 0; i < asks->n; i++)
		list[i].requirement = asks->p[i].requirement;
	if (asks->n)
		qsort(list, asks->n, sizeof *list, by_place);
	for (size_t i = 0; i < asks->n; i++)
		if (n == 0 || list[n - 1].requirement != list[i].requirement)
			list[n++] = list[i];
	*out = list;
	*count_out = n;
	return OK;
}

static bool same_block(const struct ask *a, const struct ask *b)
{
	return a->of == b->of && id_eq(&a->party, &b->party);
}

/* What one was asked at once. Several of its answers may be equal to one row: the worst of them counts, and once. */
static enum err count_block(struct view *v, const struct ask *block, const struct ours *const *ours, size_t n, struct flow_now *now)
{
	enum err e = OK;
	for (size_t r = 0; e == OK && r < now->rows; r++) {
		const struct ask *worst = NULL;
		for (size_t i = 0; i < n; i++)
			if (ours[i] && ours[i]->row[r] && !block[i].again && (!worst || rank(answer_of(&block[i])) > rank(answer_of(worst))))
				worst = &block[i];
		if (worst) {
			count(&now->row[r], worst);
			e = leaf_of(v, now, worst, r);
		}
	}
	return e;
}

static enum err count_all(struct view *v, const struct assignment *of, const struct asks *asks, struct flow_now *now)
{
	struct question *wanted = arena_alloc(v->a, (now->rows + 1) * sizeof *wanted);
	const struct ours **each = arena_alloc(v->a, (asks->n + 1) * sizeof(struct ours *));
	struct ours *ours;
	size_t n = 0;
	enum err e = wanted && each ? all_ours(v, asks, &ours, &n) : ERR_MEMORY;
	for (size_t r = 0; e == OK && r < now->rows; r++)
		e = view_owed_question(v, view_requirement_find(of->set, now->row[r].rid), &wanted[r]);
	for (size_t i = 0; e == OK && i < n; i++)
		e = compare(v, wanted, now->rows, &ours[i]);
	for (size_t i = 0; e == OK && i < asks->n; i++)
		each[i] = bsearch(&(struct ours){.requirement = asks->p[i].requirement}, ours, n, sizeof *ours, by_place);
	for (size_t i = 0, end; e == OK && i < asks->n; i = end) {
		for (end = i + 1; end < asks->n && same_block(&asks->p[i], &asks->p[end]);)
			end++;
		e = count_block(v, &asks->p[i], &each[i], end - i, now);
	}
	return e;
}

enum err view_flow_now(struct view *v, const struct assignment *of, struct flow_now *out)
{
	struct asks asks = {0};
	const char *const *rids;
	struct flow_now now = {0};
	enum err e = view_flow_rids(v, of, &rids, &now.rows);
	if (e == OK)
		e = we_ask(v, &asks);
	now.row = e == OK ? arena_alloc(v->a, (now.rows + 1) * sizeof *now.row) : NULL;
	now.leaf = now.row ? arena_alloc(v->a, FLOW_NOW_LEAVES * sizeof *now.leaf) : NULL;
	if (!now.leaf)
		return e != OK ? e : ERR_MEMORY;
	for (size_t r = 0; r < now.rows; r++)
		now.row[r].rid = rids[r];
	e = count_all(v, of, &asks, &now);
	if (now.leaves)
		qsort(now.leaf, now.leaves, sizeof *now.leaf, by_id);
	*out = now;
	return e;
}

/* ---- as it was said ---- */

struct seen *view_flow_said(const struct assignment *of, const struct id *party)
{
	struct seen *newest = NULL;
	for (size_t i = 0; i < of->thread.n; i++) {
		struct seen *s = of->thread.p[i];
		struct id about;
		if (s->r.kind == KIND_FLOWDOWN && view_active(s) && id_eq(&s->r.author, party) && fields_id(flow_fields(), s->r.body, "about", &about) &&
		    id_eq(&about, &of->assign->id))
			newest = s;
	}
	return newest;
}

struct opened { /* leaves whose records we hold, by consent */
	size_t n, wrong;
};

static int64_t answer_in(const struct seen *ack, const char *rid)
{
	const struct field *g = fields_find(ack->kind->fields, "answers")->group;
	const struct value *list = fields_get(ack->kind->fields, ack->r.body, "answers");
	struct span s;
	for (size_t i = 0; i < value_count(list); i++)
		if (fields_str(g, value_item(list, i), "rid", &s) && span_eq(s, SPAN(rid, strlen(rid))))
			return view_int(g, value_item(list, i), "answer");
	return FLOW_UNANSWERED;
}

static enum err open_leaves(struct view *v, const struct seen *said, size_t at, const char *rid, struct opened *out)
{
	const struct field *g = fields_find(flow_fields(), "leaves")->group;
	const struct value *leaves = fields_get(flow_fields(), said->r.body, "leaves");
	enum err e = OK;
	*out = (struct opened){0};
	for (size_t i = 0; e == OK && i < value_count(leaves); i++) {
		struct seen *ack;
		struct id id;
		int64_t answer = 0;
		if (!fields_id(g, value_item(leaves, i), "ack", &id) || (e = view_find(v, &id, &ack)) == ERR_NOT_FOUND) {
			e = OK;
			continue;
		}
		(void)value_is_int(value_item(fields_get(g, value_item(leaves, i), "answers"), at), &answer);
		if (e != OK || !ack->readable || ack->r.kind != KIND_REQUIREMENT_ACK || answer == FLOW_NOT_PASSED)
			continue;
		out->n++;
		out->wrong += answer_in(ack, rid) != answer;
	}
	return e;
}

static json_t *new_row(struct view *v, const struct assignment *of, const struct id *party, const char *rid, json_t *items)
{
	json_t *o = json_object();
	if (!o || json_array_append_new(items, o) != 0)
		return NULL;
	view_put_org(v, o, "who", party);
	view_put_org(v, o, "to", &of->assign->r.author);
	view_put(o, "rid", rid);
	view_put(o, "title", view_text(v, view_requirement_group(), view_requirement_find(of->set, rid), "title"));
	view_put(o, "asked", view_word(view_requirement_group(), view_requirement_find(of->set, rid), "flow_down"));
	return o;
}

static void put_why(json_t *o, const struct seen *a, const struct seen *b)
{
	json_t *why = json_array();
	char hex[65];
	hex_encode(hex, a->id.b, 32);
	(void)json_array_append_new(why, json_string(hex));
	if (b) {
		hex_encode(hex, b->id.b, 32);
		(void)json_array_append_new(why, json_string(hex));
	}
	(void)json_object_set_new(o, "why", why);
}

static enum err said_row(struct view *v, const struct seen *said, const char *rid, json_t *o)
{
	const struct field *g = fields_find(flow_fields(), "rows")->group;
	const struct value *rows = fields_get(flow_fields(), said->r.body, "rows");
	struct opened open;
	struct span s;
	size_t i = 0;
	while (i < value_count(rows) && !(fields_str(g, value_item(rows, i), "rid", &s) && span_eq(s, SPAN(rid, strlen(rid)))))
		i++;
	view_put_date(o, "as_of", view_int(flow_fields(), said->r.body, "as_of"));
	if (i == value_count(rows)) {
		view_put(o, "state", "not reported");
		return OK;
	}
	for (size_t k = 0; g[k].name; k++)
		if (g[k].type == FIELD_INT)
			(void)json_object_set_new(o, g[k].name, json_integer(view_int(g, value_item(rows, i), g[k].name)));
	view_put_date(o, "until", view_int(g, value_item(rows, i), "until"));
	view_put(o, "worst", view_word(g, value_item(rows, i), "worst"));
	enum err e = open_leaves(v, said, i, rid, &open);
	(void)json_object_set_new(o, "held_here", json_integer((json_int_t)open.n));
	view_put(o, "state", open.wrong ? "an opened answer says otherwise" : view_int(g, value_item(rows, i), "passed")
		? "counts verified" : "passed to nobody");
	return e;
}

static enum err of_party(struct view *v, const struct assignment *of, const struct id *party, json_t *items)
{
	const char *const *rids;
	size_t n = 0;
	const struct seen *said = view_flow_said(of, party);
	enum err e = view_flow_rids(v, of, &rids, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		json_t *o = new_row(v, of, party, rids[i], items);
		if (!o)
			return ERR_MEMORY;
		put_why(o, of->assign, said);
		if (said)
			e = said_row(v, said, rids[i], o);
		else
			view_put(o, "state", "not reported");
	}
	return e;
}

enum err view_flow_list(struct view *v, json_t *items)
{
	enum err e = OK;
	for (int mine = 1; e == OK && mine >= 0; mine--) {
		struct assignment **all;
		size_t n;
		e = view_requirement_assignments(v, mine != 0, &all, &n);
		for (size_t i = 0; e == OK && i < n; i++)
			for (size_t k = 0; e == OK && all[i]->set && !all[i]->assign->r.has_exercise && k < all[i]->parties.n; k++)
				if (mine || id_eq(&all[i]->parties.p[k], &v->me))
					e = of_party(v, all[i], &all[i]->parties.p[k], items);
	}
	return e;
}
