/* Histories made by dice: records of every kind, about each other, replacing each other, under roles that fit or not, told to one node in many
 * orders of arrival. Whatever the history, every order gives the same views; and what two organisations said to each other looks the same at both
 * ends. The seed is printed; HISTORY_SEED=n plays one again, HISTORIES=n plays more. */
#include "tests/unit/tale.h"

#include "node/duty.h"
#include "node/view_assistance.h"
#include "node/view_assurance.h"
#include "node/view_concern.h"
#include "node/view_contract.h"
#include "node/view_exercise.h"
#include "node/view_exit.h"
#include "node/view_finding.h"
#include "node/view_flow.h"
#include "node/view_inbox.h"
#include "node/view_incident.h"
#include "node/view_matrix.h"
#include "node/view_owed.h"
#include "node/view_posture.h"
#include "node/view_query.h"
#include "node/view_record.h"
#include "node/view_requirement.h"
#include "node/view_tender.h"

#define LENGTH 40
#define ORDERS 6
#define TRIES 4000

struct maker {
	struct tale *t;
	uint32_t dice;
	int64_t kind[TALE_MOST];
	struct id root[TALE_MOST];
	bool pair; /* AMY and BOB alone */
};

static uint32_t die(struct maker *m, uint32_t sides)
{
	return tale_random(&m->dice) % sides;
}

/* ---- bodies by the table ---- */

static struct value *map_of(struct maker *m, const struct field *table);

/* Few words, so that what is named is often there. */
static struct value *word(struct maker *m, const struct field *f)
{
	static const char *const words[] = {"R1", "R2", "R3", "basic", "depot", "CVE-2026-1", "DE", "https://example.org/a", "soc@example.org", "00ff"};
	struct complaint why;
	struct value *v = value_str(m->t->a, words[die(m, sizeof words / sizeof *words)]);
	struct field row[2] = {*f, {0}};
	struct value *alone = value_map(m->t->a);
	row[0].list = false;
	value_set(m->t->a, alone, f->key, v);
	return fields_check(row, alone, &why) == OK ? v : value_str(m->t->a, "R1");
}

static struct value *one_of(struct maker *m, const struct field *f)
{
	static const uint8_t bytes[40] = {7};
	struct arena *a = m->t->a;
	size_t words = 0;
	struct id org;
	switch (f->type) {
	case FIELD_LINE:
	case FIELD_TEXT:
		return word(m, f);
	case FIELD_INT:
		return value_int(a, die(m, 2) ? die(m, f->max && f->max < 100 ? f->max + 1 : 100) : 0);
	case FIELD_BOOL:
		return value_bool(a, die(m, 2));
	case FIELD_TIME:
		return value_int(a, TALE_T0 + (int64_t)die(m, 40 * 24) * TALE_HOUR - 10 * WHEN_DAY_MS);
	case FIELD_DATE:
		return value_int(a, TALE_T0 / WHEN_DAY_MS - 10 + die(m, 60));
	case FIELD_ENUM:
		while (f->vocab->words[words])
			words++;
		return value_int(a, 1 + die(m, (uint32_t)words));
	case FIELD_REF:
		return value_id(a, &m->t->said[m->t->n ? die(m, (uint32_t)m->t->n) : 0].id);
	case FIELD_ORG:
		org = tale_org((int)die(m, 3));
		return value_id(a, &org);
	case FIELD_BYTES:
		return value_bin(a, SPAN(bytes, f->max && f->max < 32 ? f->max : 32));
	case FIELD_GROUP:
		return map_of(m, f->group);
	case FIELD_ANY:
		break;
	}
	return NULL;
}

static struct value *map_of(struct maker *m, const struct field *table)
{
	struct value *map = value_map(m->t->a);
	assert_non_null(map);
	for (const struct field *f = table; f->name; f++) {
		struct value *v, *list;
		if ((f->type == FIELD_GROUP && !f->group) || f->type == FIELD_ANY || (!f->required && die(m, 5) > 1))
			continue;
		if (!f->list) {
			if ((v = one_of(m, f)))
				value_set(m->t->a, map, f->key, v);
			continue;
		}
		list = value_array(m->t->a);
		for (uint32_t n = 1 + die(m, 3); n > 0; n--)
			value_push(m->t->a, list, one_of(m, f));
		value_set(m->t->a, map, f->key, list);
	}
	return map;
}

/* ---- records ---- */

static const struct field *about_field(const struct kind *k)
{
	const struct field *f = fields_find(k->fields, "about");
	return f && f->type == FIELD_REF ? f : fields_find(k->fields, "assign");
}

/* Mostly in the thread of what it is about; now and then in none, or in another. */
static void place(struct maker *m, const struct kind *k, struct record *r)
{
	const struct field *about = about_field(k);
	size_t at = m->t->n ? die(m, (uint32_t)m->t->n) : 0;
	struct id id;
	if (m->t->n && about && about->type == FIELD_REF && fields_id(k->fields, r->body, about->name, &id))
		for (at = 0; at < m->t->n && !id_eq(&m->t->said[at].id, &id);)
			at++;
	if (at < m->t->n && (about ? die(m, 8) > 0 : die(m, 8) == 0)) {
		r->has_thread = true;
		r->thread = m->root[at];
	}
	for (size_t i = m->t->n; i-- > 0 && !r->has_supersedes;)
		if (m->kind[i] == (int64_t)k->number && die(m, 4) == 0) {
			r->has_supersedes = true;
			r->supersedes = m->t->said[i].id;
			r->has_thread = true;
			r->thread = m->root[i];
		}
	for (size_t i = m->t->n; i-- > 0 && !r->has_exercise;)
		if (m->kind[i] == KIND_EXERCISE_PLAN && die(m, 6) == 0) {
			r->has_exercise = true;
			r->exercise = m->t->said[i].id;
		}
}

static bool try_one(struct maker *m, const struct kind *k)
{
	struct tale *t = m->t;
	struct tale_said *s = &t->said[t->n];
	struct complaint why;
	struct buf bytes = {0};
	int from = (int)die(m, m->pair ? 2 : 3), to = (from + 1 + (int)(m->pair ? 0 : die(m, 2))) % (m->pair ? 2 : 3);
	struct record r = {.kind = (int64_t)k->number, .author = tale_org(from), .created = TALE_T0 + (int64_t)t->n * TALE_HOUR, .tlp = TLP_GREEN};
	r.body = map_of(m, k->fields);
	place(m, k, &r);
	put_u64be(r.nonce, t->n + 1);
	if (record_check(&r, &why) != OK || record_encode(&r, &bytes) != OK) {
		buf_free(&bytes);
		return false;
	}
	uint8_t *copy = arena_alloc(t->a, bytes.n);
	assert_non_null(copy);
	memcpy(copy, bytes.p, bytes.n);
	*s = (struct tale_said){.from = from, .payload = SPAN(copy, bytes.n), .received = r.created + 1000, .to = {to}, .tos = 1};
	record_id(s->payload, &s->id);
	buf_free(&bytes);
	m->kind[t->n] = r.kind;
	m->root[t->n] = r.has_thread ? r.thread : s->id;
	t->n++;
	return true;
}

static const struct kind *any_kind(struct maker *m)
{
	const struct kind *k;
	size_t n = 0;
	while (kind_each(n))
		n++;
	do
		k = kind_each(die(m, (uint32_t)n));
	while (k->inner || k->number == KIND_FORWARD);
	return k;
}

/* A third of all is about something that is there. */
static void make(struct maker *m, struct tale *t, uint32_t seed, bool pair)
{
	*m = (struct maker){.t = t, .dice = seed * 2654435761u + 1, .pair = pair};
	for (int i = 0; i < LENGTH; i++) {
		const struct kind *k = any_kind(m);
		for (int tries = 0; tries < TRIES && !try_one(m, k); tries++)
			;
	}
}

/* ---- what is seen ---- */

static void add(json_t *all, const char *name, enum err e, json_t *part)
{
	assert_int_equal(e, OK);
	assert_int_equal(json_object_set_new(all, name, part), 0);
}

static json_t *records(struct view *v)
{
	struct seens list;
	json_t *rows = json_array();
	assert_int_equal(view_kind(v, 0, &list), OK);
	for (size_t i = 0; i < list.n; i++) {
		struct seen *s = list.p[i];
		struct todo todo = {0};
		json_t *row;
		assert_int_equal(view_record_row(v, s, &row), OK);
		if (!s->mine && s->kind && !s->kind->inner)
			assert_int_equal(view_inbox_todo(v, s, &todo), OK);
		(void)json_object_set_new(row, "todo", json_string(todo.state));
		(void)json_object_set_new(row, "do", json_string(todo.next));
		(void)json_object_set_new(row, "counts", json_boolean(s->counts));
		(void)json_object_set_new(row, "why_not", json_string(s->reason));
		(void)json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *duties(struct view *v)
{
	struct duties list;
	json_t *rows = json_array(), *row;
	assert_int_equal(duty_all(v, false, &list), OK);
	for (size_t i = 0; i < list.n; i++) {
		assert_int_equal(duty_json(v, &list.p[i], &row), OK);
		(void)json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *findings(struct view *v)
{
	struct finding *all;
	json_t *rows = json_array(), *row;
	size_t n;
	assert_int_equal(view_finding_all(v, &all, &n), OK);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(view_finding_row(v, &all[i], &row), OK);
		(void)json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *contracts(struct view *v)
{
	struct contract *all;
	struct endings ends;
	json_t *rows = json_array(), *row;
	size_t n;
	assert_int_equal(view_contract_all(v, &all, &n), OK);
	assert_int_equal(view_exit_all(v, NULL, &ends), OK);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(view_contract_row(v, &all[i], &ends, &row), OK);
		(void)json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *concerns(struct view *v, enum kind_number kind)
{
	struct concerns all;
	json_t *rows = json_array();
	assert_int_equal(view_concern_all(v, kind, &all), OK);
	for (size_t i = 0; i < all.n; i++) {
		char next[160];
		json_t *o = json_object(), *history, *changed;
		view_concern_show_next(v, &all.p[i], next);
		assert_int_equal(view_concern_show_history(v, &all.p[i], &history), OK);
		assert_int_equal(view_concern_show_changed(v, &all.p[i], &changed), OK);
		view_put_id(o, "id", &all.p[i].now->id);
		view_put_org(v, o, "party", &all.p[i].party);
		view_put(o, "state", view_concern_show_state(&all.p[i]));
		view_put(o, "next", next);
		(void)json_object_set_new(o, "history", history);
		(void)json_object_set_new(o, "changed", changed ? changed : json_null());
		(void)json_array_append_new(rows, o);
	}
	return rows;
}

static json_t *endings(struct view *v)
{
	struct endings all;
	json_t *rows = json_array(), *o;
	assert_int_equal(view_exit_all(v, NULL, &all), OK);
	for (size_t i = 0; i < all.n; i++) {
		const struct side *side[] = {&all.p[i].theirs, &all.p[i].ours};
		assert_int_equal(view_exit_show_row(v, &all.p[i], &o), OK);
		(void)json_array_append_new(rows, o);
		for (int at = 0; at < 2; at++)
			for (size_t k = 0; k < side[at]->n; k++) {
				assert_int_equal(view_exit_show_item(v, side[at], &side[at]->p[k], &o), OK);
				(void)json_array_append_new(rows, o);
			}
	}
	return rows;
}

/* Questions, help, exercises. */
static void of_response(struct view *v, json_t *all)
{
	struct exercise *drills;
	json_t *part, *rows = json_array();
	size_t n;
	enum err e = view_query_list(v, &part);
	add(all, "questions", e, part);
	e = view_assistance_list(v, false, &part);
	add(all, "help", e, part);
	assert_int_equal(view_exercise_all(v, &drills, &n), OK);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(view_exercise_show(v, &drills[i], &part), OK);
		(void)json_array_append_new(rows, part);
	}
	add(all, "exercises", OK, rows);
}

/* Challenges, what all ask of us, matrices, flow-downs, tenders. */
static void of_requirements(struct view *v, json_t *all)
{
	json_t *part, *rows = json_array();
	struct relations relations;
	struct seens tenders;
	enum err e = view_challenge_list(v, &part);
	add(all, "challenges", e, part);
	e = view_owed_list(v, true, &part);
	add(all, "asked of us", e, part);
	e = view_matrix_list(v, &part);
	add(all, "matrices", e, part);
	assert_int_equal(view_matrix_all(v, &relations), OK);
	for (size_t i = 0; i < relations.n; i++)
		assert_int_equal(view_matrix_rows(v, &relations.p[i], rows), OK);
	assert_int_equal(view_flow_list(v, rows), OK);
	assert_int_equal(view_kind(v, KIND_TENDER, &tenders), OK);
	for (size_t i = 0; i < tenders.n; i++) {
		if (!view_active(tenders.p[i]))
			continue;
		assert_int_equal(view_tender_show(v, tenders.p[i], &part), OK);
		assert_int_equal(json_array_extend(rows, part), 0);
		json_decref(part);
	}
	(void)json_object_set_new(all, "rows", rows);
}

static json_t *look(struct tale *t, struct view *v)
{
	json_t *all = json_object(), *part;
	enum err e;
	(void)json_object_set_new(all, "records", records(v));
	(void)json_object_set_new(all, "duties", duties(v));
	e = view_incident_list(v, &(struct incident_wanted){0}, &part);
	add(all, "incidents", e, part);
	e = view_requirement_list(v, false, &part);
	add(all, "requirements", e, part);
	(void)json_object_set_new(all, "findings", findings(v));
	(void)json_object_set_new(all, "contracts", contracts(v));
	(void)json_object_set_new(all, "concerns", concerns(v, KIND_CONCERN));
	(void)json_object_set_new(all, "issues", concerns(v, KIND_ISSUE));
	(void)json_object_set_new(all, "endings", endings(v));
	e = view_assurance_certifications(v, &part);
	add(all, "certifications", e, part);
	e = view_posture_list(v, &part);
	add(all, "postures", e, part);
	of_requirements(v, all);
	of_response(v, all);
	for (int who = 0; who < 3; who++) {
		struct id org = tale_org(who);
		char name[24];
		(void)snprintf(name, sizeof name, "gap of %d", who);
		e = view_posture_gap(v, &org, &part);
		add(all, name, e, part);
	}
	(void)t;
	return all;
}

/* What both must say alike of each record and each deadline. */
static json_t *shared(struct tale *t, struct view *v)
{
	static const char *const same[] = {"id", "kind", "from", "tlp", "thread", "title", "state", "note", "counts", "why_not"},
	                         *const dates[] = {"id", "what", "profile", "title", "who", "to", "due", "met", "stated", "state", "why"};
	json_t *all = json_array(), *list = records(v), *row;
	size_t i;
	json_array_foreach(list, i, row) {
		json_t *o = json_object();
		for (size_t k = 0; k < sizeof same / sizeof *same; k++)
			(void)json_object_set(o, same[k], json_object_get(row, same[k]));
		(void)json_array_append_new(all, o);
	}
	json_decref(list);
	list = duties(v);
	json_array_foreach(list, i, row) {
		if (json_object_get(row, "provisional")) /* what we may owe an authority for a partner's incident: ours alone */
			continue;
		json_t *o = json_object();
		for (size_t k = 0; k < sizeof dates / sizeof *dates; k++)
			(void)json_object_set(o, dates[k], json_object_get(row, dates[k]));
		(void)json_array_append_new(all, o);
	}
	json_decref(list);
	(void)t;
	return all;
}

static void number(const char *name, uint32_t usual, uint32_t *out)
{
	const char *text = getenv(name);
	*out = text ? (uint32_t)strtoul(text, NULL, 10) : usual;
}

static void every_order(void **state)
{
	uint32_t seed, n;
	(void)state;
	number("HISTORY_SEED", 1, &seed);
	number("HISTORIES", 25, &n);
	for (uint32_t i = 0; i < n; i++) {
		struct tale t;
		struct maker m;
		print_message("history %u\n", seed + i);
		tale_begin(&t, (int)((seed + i) % 3));
		t.receipted = i % 2;
		make(&m, &t, seed + i, false);
		tale_shuffled(&t, ORDERS, look);
		arena_free(t.a);
	}
}

static void both_ends(void **state)
{
	uint32_t seed, n;
	(void)state;
	number("HISTORY_SEED", 1001, &seed);
	number("HISTORIES", 25, &n);
	for (uint32_t i = 0; i < n; i++) {
		struct tale t;
		struct maker m;
		print_message("history %u\n", seed + i);
		tale_begin(&t, AMY);
		t.receipted = true;
		make(&m, &t, seed + i, true);
		json_t *one = tale_tell(&t, NULL, shared);
		t.me = BOB;
		json_t *other = tale_tell(&t, NULL, shared);
		if (!json_equal(one, other)) {
			size_t k = 0;
			while (json_equal(json_array_get(one, k), json_array_get(other, k)))
				k++;
			char *x = json_dumps(json_array_get(one, k), JSON_INDENT(1)), *y = json_dumps(json_array_get(other, k), JSON_INDENT(1));
			fail_msg("seed %u, item %zu:\n%s\n%s", seed + i, k, x ? x : "none", y ? y : "none");
		}
		json_decref(one);
		json_decref(other);
		arena_free(t.a);
	}
}

/* The dice make records of every kind there is: a new kind is in these histories from its first day. */
static void every_kind(void **state)
{
	const struct kind *k;
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct maker m = {.t = &t, .dice = 7};
	for (int i = 0; i < 6; i++)
		(void)try_one(&m, kind_by_number(KIND_INCIDENT_ANSWER)); /* something to be about */
	for (size_t i = 0; (k = kind_each(i)); i++) {
		int tries = 0;
		if (k->inner || k->number == KIND_FORWARD)
			continue;
		while (!try_one(&m, k))
			if (++tries == 10 * TRIES)
				fail_msg("no %s in %d tries", k->name, tries);
	}
	arena_free(t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_kind), cmocka_unit_test(every_order), cmocka_unit_test(both_ends)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
