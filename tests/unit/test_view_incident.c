/* Incidents as each side sees them: stages, answers, who has a say, what was withdrawn, what was passed on; in any order of arrival. */
#include "tests/unit/tale.h"

#include "node/view_incident.h"
#include "node/view_inbox.h"
#include "node/view_record.h"

#define FULL "\"title\": \"Ransomware\", \"aware\": \"2026-11-24T09:00:00Z\", \"malicious\": \"yes\", \"cross_border\": \"no\", " \
             "\"contact\": \"soc@example\", \"severity\": \"high\", \"determination\": \"confirmed\", \"root_cause\": \"malicious-action\""

static struct id first; /* the notice of which the tale is */

/* {"list": [...], "show": {...}, "matrix": [...]} */
static json_t *look(struct tale *t, struct view *v)
{
	struct incident x;
	struct seen *s;
	json_t *list, *show, *matrix;
	if (t->exercise) { /* among what is real it is not */
		assert_int_equal(view_incident_list(v, &(struct incident_wanted){0}, &list), OK);
		assert_int_equal(json_array_size(list), 0);
		json_decref(list);
		v->exercise = t->exercise;
	}
	assert_int_equal(view_incident_list(v, &(struct incident_wanted){0}, &list), OK);
	assert_int_equal(view_find(v, &first, &s), OK);
	assert_int_equal(view_incident_of(v, s, &x), OK);
	assert_int_equal(view_incident_show(v, &x, &show), OK);
	assert_int_equal(view_incident_matrix(v, &x, &matrix), OK);
	return json_pack("{s:o, s:o, s:o}", "list", list, "show", show, "matrix", matrix);
}

static json_t *look_rows(struct tale *t, struct view *v)
{
	struct todo todo;
	struct seen *s;
	json_t *row;
	(void)t;
	assert_int_equal(view_find(v, &first, &s), OK);
	assert_int_equal(view_inbox_todo(v, s, &todo), OK);
	assert_int_equal(view_record_row(v, s, &row), OK);
	json_t *o = json_pack("{s:s, s:O}", "state", todo.state, "record_state", json_object_get(row, "state"));
	json_decref(row);
	return o;
}

static struct id notice(struct tale *t, int from, int to, int64_t at, const char *stage, const struct id *after)
{
	return tale_say(t, (struct tale_head){from, to, 0, at, KIND_INCIDENT_NOTICE, after ? &first : NULL, after}, "{" FULL ", \"stage\": \"%s\"}", stage);
}

static struct id says(struct tale *t, int from, int64_t at, const struct id *about, const char *decision)
{
	return tale_say(t, (struct tale_head){from, AMY, 0, at, KIND_REPLY, &first, NULL}, "{\"about\": \"%s\", \"decision\": \"%s\"}",
	                tale_hex(t, about), decision);
}

static struct id answers(struct tale *t, int from, int64_t at, const struct id *about, const char *impact)
{
	return tale_say(t, (struct tale_head){from, AMY, 0, at, KIND_INCIDENT_ANSWER, &first, NULL},
	                "{\"about\": \"%s\", \"impact\": \"%s\", \"text\": \"orders at risk\"}", tale_hex(t, about), impact);
}

static void withdraw(struct tale *t, int from, int64_t at, const struct id *what)
{
	(void)tale_say(t, (struct tale_head){from, from == AMY ? BOB : AMY, 0, at, KIND_RETRACT, &first, NULL},
	               "{\"about\": \"%s\", \"reason\": \"a mistake\"}", tale_hex(t, what));
}

static const char *listed(const json_t *all, const char *member)
{
	return tale_text(json_array_get(json_object_get(all, "list"), 0), member);
}

static const char *noted(const json_t *all, struct tale *t, const struct id *version)
{
	return tale_text(tale_row(json_object_get(json_object_get(all, "show"), "history"), "id", tale_hex(t, version)), "note");
}

static void stages(void **state)
{
	static const struct { int64_t from, to; bool may; } cases[] = {
		{0, 1, true},  {0, 4, true},  {1, 1, true},  {1, 2, true},  {1, 4, true},  {2, 1, false}, {3, 2, false}, {3, 3, true},
		{4, 1, true},  {4, 2, false}, {4, 3, false}, {4, 4, false}, {1, 5, true},  {4, 5, true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(view_incident_step(cases[i].from, cases[i].to), cases[i].may);
	assert_non_null(strstr(view_incident_allowed(4), "correction"));
	assert_null(strstr(view_incident_allowed(4), "intermediate"));
}

static void a_series(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	first = notice(&t, AMY, BOB, TALE_T0 + 10 * TALE_HOUR, "early-warning", NULL);
	struct id second = notice(&t, AMY, BOB, TALE_T0 + 20 * TALE_HOUR, "notification", &first);
	struct id back = notice(&t, AMY, BOB, TALE_DAY(1), "early-warning", &second);
	struct id corrected = notice(&t, AMY, BOB, TALE_DAY(2), "correction", &back);
	json_t *all = tale_tell(&t, NULL, look);
	assert_int_equal(json_array_size(json_object_get(all, "list")), 1);
	assert_string_equal(listed(all, "id"), tale_hex(&t, &first));
	assert_string_equal(listed(all, "newest"), tale_hex(&t, &corrected));
	assert_string_equal(listed(all, "stage"), "notification"); /* a correction does not change it, a step back does not count */
	assert_string_equal(listed(all, "state"), "open, unanswered");
	assert_non_null(strstr(noted(all, &t, &back), "goes backward"));
	json_decref(all);
	(void)notice(&t, AMY, BOB, TALE_DAY(3), "final", &corrected);
	all = tale_tell(&t, NULL, look);
	assert_string_equal(listed(all, "state"), "closed, unanswered");
	json_decref(all);
	tale_shuffled(&t, 30, look);
	arena_free(t.a);
}

static void only_its_author_continues_it(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	first = notice(&t, AMY, BOB, TALE_T0, "early-warning", NULL);
	struct id forged = notice(&t, BOB, AMY, TALE_DAY(1), "final", &first);
	withdraw(&t, BOB, TALE_DAY(2), &first);
	json_t *all = tale_tell(&t, NULL, look);
	const json_t *row = tale_row(json_object_get(all, "list"), "id", tale_hex(&t, &first));
	assert_string_equal(tale_text(row, "state"), "open");
	assert_string_equal(tale_text(row, "stage"), "early-warning");
	row = tale_row(json_object_get(all, "list"), "id", tale_hex(&t, &forged));
	assert_string_equal(tale_text(row, "state"), "disregarded");
	json_decref(all);
	tale_shuffled(&t, 20, look);
	arena_free(t.a);
}

static void the_matrix(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	first = tale_say(&t, (struct tale_head){AMY, BOB, CAT, TALE_T0, KIND_INCIDENT_NOTICE, NULL, NULL}, "{" FULL ", \"stage\": \"early-warning\"}");
	(void)says(&t, BOB, TALE_DAY(2), &first, "acknowledged");
	(void)says(&t, BOB, TALE_DAY(1), &first, "acknowledged");
	(void)answers(&t, BOB, TALE_DAY(1), &first, "affected");
	(void)answers(&t, BOB, TALE_DAY(3), &first, "mitigated");
	(void)answers(&t, AMY, TALE_DAY(1), &first, "not-affected"); /* its own author does not answer it */
	json_t *all = tale_tell(&t, NULL, look);
	const json_t *matrix = json_object_get(all, "matrix"), *bob = tale_row(matrix, "partner", "bob"), *cat = tale_row(matrix, "partner", "cat");
	assert_int_equal(json_array_size(matrix), 2);
	assert_string_equal(tale_text(bob, "acknowledged"), "2026-11-25T00:00:00Z"); /* the first time */
	assert_string_equal(tale_text(bob, "impact"), "mitigated");                  /* the latest word */
	assert_string_equal(tale_text(bob, "mitigated"), "2026-11-27T00:00:00Z");
	assert_string_equal(tale_text(bob, "sent"), "2026-11-24T00:00:00Z");
	assert_string_equal(tale_text(bob, "stored"), ""); /* no receipt is held */
	assert_string_equal(tale_text(cat, "partner"), "cat");
	assert_string_equal(tale_text(cat, "acknowledged"), "");
	assert_string_equal(tale_text(cat, "impact"), "");
	json_decref(all);
	tale_shuffled(&t, 30, look);
	arena_free(t.a);
}

/* A word that the table does not allow, or of somebody who was not told, counts for nothing. */
static void who_has_no_say(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	first = notice(&t, AMY, BOB, TALE_T0, "early-warning", NULL);
	struct id stranger = answers(&t, CAT, TALE_DAY(1), &first, "affected");
	struct id word = says(&t, BOB, TALE_DAY(1), &first, "granted");
	json_t *all = tale_tell(&t, NULL, look);
	const json_t *said = json_object_get(json_object_get(all, "show"), "answers"), *bob = tale_row(json_object_get(all, "matrix"), "partner", "bob");
	assert_int_equal(json_array_size(json_object_get(all, "matrix")), 1);
	assert_string_equal(tale_text(bob, "acknowledged"), "");
	assert_non_null(strstr(tale_text(tale_row(said, "id", tale_hex(&t, &stranger)), "note"), "disregarded"));
	assert_non_null(strstr(tale_text(tale_row(said, "id", tale_hex(&t, &word)), "note"), "not answered with \"granted\""));
	json_decref(all);
	tale_shuffled(&t, 20, look);
	arena_free(t.a);
}

static void withdrawn(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	first = notice(&t, AMY, BOB, TALE_T0, "early-warning", NULL);
	withdraw(&t, AMY, TALE_DAY(1), &first);
	json_t *all = tale_tell(&t, NULL, look);
	assert_string_equal(listed(all, "state"), "withdrawn");
	assert_string_equal(listed(all, "title"), ""); /* its body is hidden */
	assert_null(json_object_get(json_object_get(all, "show"), "body"));
	assert_non_null(strstr(noted(all, &t, &first), "withdrawn by its author on 2026-11-25, after receipt: a mistake"));
	json_decref(all);
	t.said[0].received = TALE_DAY(2); /* it came after its withdrawal was said */
	all = tale_tell(&t, NULL, look);
	assert_non_null(strstr(noted(all, &t, &first), "before receipt"));
	json_decref(all);
	tale_shuffled(&t, 10, look);
	arena_free(t.a);
}

/* One that could not be taken is not there, and of one dated ahead the clocks run from receipt. */
static void bad_places(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	first = notice(&t, AMY, BOB, TALE_T0, "early-warning", NULL);
	t.said[0].verdict = VERDICT_VOID;
	json_t *all = tale_tell(&t, NULL, look);
	assert_string_equal(listed(all, "state"), "disregarded");
	json_decref(all);
	t.said[0].verdict = VERDICT_AHEAD;
	all = tale_tell(&t, NULL, look);
	assert_string_equal(listed(all, "state"), "open, unanswered");
	assert_non_null(strstr(noted(all, &t, &first), "dated ahead"));
	json_decref(all);
	arena_free(t.a);
}

/* An exercise is called one wherever it stands, and no law's clock runs on it. */
static void an_exercise_is_never_taken_for_real(void **state)
{
	static const struct id drill = {{0x5d}};
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	t.exercise = &drill;
	first = notice(&t, AMY, BOB, TALE_T0, "early-warning", NULL);
	json_t *all = tale_tell(&t, NULL, look);
	assert_string_equal(listed(all, "state"), "EXERCISE, not real: open, unanswered");
	assert_string_equal(listed(all, "exercise"), tale_hex(&t, &drill));
	assert_int_equal(json_array_size(json_object_get(json_object_get(all, "show"), "clocks")), 0);
	json_decref(all);
	all = tale_tell(&t, NULL, look_rows);
	assert_string_equal(tale_text(all, "state"), "EXERCISE, not real: unanswered");
	assert_string_equal(tale_text(all, "record_state"), "EXERCISE, not real: current");
	json_decref(all);
	arena_free(t.a);
}

static void clocks(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	first = notice(&t, AMY, BOB, TALE_T0 + 10 * TALE_HOUR, "early-warning", NULL);
	(void)notice(&t, AMY, BOB, TALE_DAY(4), "notification", &first); /* aware on the 24th at 9: due on the 27th at 9 */
	json_t *all = tale_tell(&t, NULL, look);
	const json_t *list = json_object_get(json_object_get(all, "show"), "clocks");
	assert_string_equal(tale_text(tale_row(list, "clock", "early warning"), "due"), "2026-11-25T09:00:00Z");
	assert_string_equal(tale_text(tale_row(list, "clock", "early warning"), "state"), "no authority named"); /* our receipt is no authority's */
	assert_string_equal(tale_text(tale_row(list, "clock", "notification"), "state"), "no authority named");
	assert_string_equal(tale_text(tale_row(list, "clock", "final report"), "due"), "2026-12-28T00:00:00Z");
	assert_string_equal(tale_text(tale_row(list, "clock", "final report"), "state"), "running");
	json_decref(all);
	t.now = TALE_DAY(34) + TALE_HOUR;
	all = tale_tell(&t, NULL, look);
	list = json_object_get(json_object_get(all, "show"), "clocks");
	assert_string_equal(tale_text(tale_row(list, "clock", "final report"), "state"), "overdue by 1 h 0 min");
	json_decref(all);
	t.now = TALE_DAY(34) + TALE_HOUR / 20 + 59999;
	all = tale_tell(&t, NULL, look);
	list = json_object_get(json_object_get(all, "show"), "clocks");
	assert_string_equal(tale_text(tale_row(list, "clock", "final report"), "state"), "overdue by 3 min");
	json_decref(all);
	t.now = TALE_DAY(37) + 5 * TALE_HOUR;
	all = tale_tell(&t, NULL, look);
	list = json_object_get(json_object_get(all, "show"), "clocks");
	assert_string_equal(tale_text(tale_row(list, "clock", "final report"), "state"), "overdue by 3 days 5 h");
	json_decref(all);
	arena_free(t.a);
}

/* A final report closes it; a new early warning opens it again, and its clocks run anew from there. */
static void opened_again(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	first = notice(&t, AMY, BOB, TALE_T0 + 10 * TALE_HOUR, "early-warning", NULL);
	struct id told = notice(&t, AMY, BOB, TALE_DAY(1), "notification", &first), final = notice(&t, AMY, BOB, TALE_DAY(2), "final", &told);
	json_t *all = tale_tell(&t, NULL, look);
	assert_string_equal(listed(all, "state"), "closed, unanswered");
	json_decref(all);
	(void)tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(5), KIND_INCIDENT_NOTICE, &first, &final},
	               "{\"title\": \"It is back\", \"aware\": \"2026-11-28T00:00:00Z\", \"malicious\": \"yes\", \"cross_border\": \"no\", "
	               "\"contact\": \"soc@example\", \"stage\": \"early-warning\"}");
	all = tale_tell(&t, NULL, look);
	const json_t *list = json_object_get(json_object_get(all, "show"), "clocks");
	assert_string_equal(listed(all, "state"), "open, unanswered");
	assert_string_equal(listed(all, "stage"), "early-warning");
	assert_string_equal(tale_text(tale_row(list, "clock", "early warning"), "due"), "2026-11-29T00:00:00Z");
	assert_string_equal(tale_text(tale_row(list, "clock", "early warning"), "state"), "no authority named");
	assert_non_null(strstr(tale_text(tale_row(list, "clock", "notification"), "state"), "overdue"));
	assert_null(tale_row(list, "clock", "final report"));
	json_decref(all);
	tale_shuffled(&t, 20, look);
	arena_free(t.a);
}

/* Two successors of one version: shown, not resolved; the newest by (created, id) is taken, in every order the same. */
static void a_forked_series(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	first = notice(&t, AMY, BOB, TALE_T0, "early-warning", NULL);
	(void)notice(&t, AMY, BOB, TALE_DAY(1), "notification", &first);
	(void)notice(&t, AMY, BOB, TALE_DAY(1), "notification", &first);
	json_t *all = tale_tell(&t, NULL, look);
	assert_string_equal(listed(all, "state"), "open, inconsistent, unanswered");
	json_decref(all);
	tale_shuffled(&t, 30, look);
	arena_free(t.a);
}

/* Amy's notice reaches Cat inside a forward of Bob's; Cat answers Bob, and for Bob she is one of those who may. */
static void passed_on(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	first = notice(&t, AMY, BOB, TALE_T0, "early-warning", NULL);
	struct record r = {.kind = KIND_FORWARD, .author = tale_org(BOB), .created = TALE_DAY(1), .tlp = TLP_AMBER, .parents = 1, .parent = {first}};
	const struct field *f = kind_by_number(KIND_FORWARD)->fields;
	struct value *body = value_map(t.a);
	struct buf bytes = {0};
	fields_set(t.a, f, body, "record", value_bin(t.a, t.said[0].payload));
	fields_set(t.a, f, body, "relation", value_int(t.a, 1));
	r.body = body;
	assert_int_equal(record_encode(&r, &bytes), OK);
	struct tale_said *s = &t.said[t.n++];
	uint8_t *copy = arena_alloc(t.a, bytes.n);
	memcpy(copy, bytes.p, bytes.n);
	*s = (struct tale_said){.from = BOB, .payload = SPAN(copy, bytes.n), .received = TALE_DAY(1), .to = {CAT}, .tos = 1};
	record_id(s->payload, &s->id);
	buf_free(&bytes);
	(void)tale_say(&t, (struct tale_head){CAT, BOB, 0, TALE_DAY(2), KIND_INCIDENT_ANSWER, &first, NULL}, "{\"about\": \"%s\", \"impact\": \"affected\"}",
	               tale_hex(&t, &first));
	json_t *all = tale_tell(&t, NULL, look);
	const json_t *cat = tale_row(json_object_get(all, "matrix"), "partner", "cat");
	assert_string_equal(tale_text(cat, "impact"), "affected");
	json_decref(all);
	tale_shuffled(&t, 20, look);
	t.me = CAT; /* on her side */
	t.said[0].inside = 2;
	all = tale_tell(&t, NULL, look);
	assert_string_equal(listed(all, "via"), "bob");
	assert_string_equal(listed(all, "from"), "amy");
	assert_string_equal(listed(all, "state"), "open, answered");
	json_decref(all);
	arena_free(t.a);
}

static json_t *look_inbox(struct tale *t, struct view *v)
{
	struct seen *s;
	struct todo todo;
	(void)t;
	assert_int_equal(view_find(v, &first, &s), OK);
	assert_int_equal(view_inbox_todo(v, s, &todo), OK);
	return json_pack("{s:s, s:s, s:b}", "state", todo.state, "next", todo.next, "open", todo.open);
}

static void what_it_asks_of_us(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	first = notice(&t, AMY, BOB, TALE_T0, "early-warning", NULL);
	json_t *o = tale_tell(&t, NULL, look_inbox);
	assert_string_equal(tale_text(o, "state"), "unanswered");
	assert_non_null(strstr(tale_text(o, "next"), "tally reply "));
	json_decref(o);
	(void)says(&t, BOB, TALE_DAY(1), &first, "acknowledged");
	o = tale_tell(&t, NULL, look_inbox);
	assert_string_equal(tale_text(o, "state"), "acknowledged 2026-11-25, not assessed");
	assert_true(json_is_true(json_object_get(o, "open")));
	json_decref(o);
	(void)answers(&t, BOB, TALE_DAY(2), &first, "affected");
	o = tale_tell(&t, NULL, look_inbox);
	assert_string_equal(tale_text(o, "state"), "answered 2026-11-26");
	assert_false(json_is_true(json_object_get(o, "open")));
	json_decref(o);
	/* It gets worse: what was answered was another version, and that is not the end of it. */
	struct id opened = first, newer = notice(&t, AMY, BOB, TALE_DAY(3), "notification", &first);
	first = newer;
	o = tale_tell(&t, NULL, look_inbox);
	assert_string_equal(tale_text(o, "state"), "new version; answered 2026-11-26");
	assert_non_null(strstr(tale_text(o, "next"), "tally incident answer "));
	assert_true(json_is_true(json_object_get(o, "open")));
	json_decref(o);
	first = opened;
	(void)says(&t, BOB, TALE_DAY(4), &newer, "acknowledged");
	first = newer;
	o = tale_tell(&t, NULL, look_inbox);
	assert_string_equal(tale_text(o, "state"), "answered 2026-11-26");
	assert_false(json_is_true(json_object_get(o, "open")));
	json_decref(o);
	arena_free(t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stages),
		cmocka_unit_test(a_series),
		cmocka_unit_test(only_its_author_continues_it),
		cmocka_unit_test(the_matrix),
		cmocka_unit_test(who_has_no_say),
		cmocka_unit_test(withdrawn),
		cmocka_unit_test(bad_places),
		cmocka_unit_test(an_exercise_is_never_taken_for_real),
		cmocka_unit_test(clocks),
		cmocka_unit_test(opened_again),
		cmocka_unit_test(a_forked_series),
		cmocka_unit_test(passed_on),
		cmocka_unit_test(what_it_asks_of_us),
	};
	return cmocka_run_group_tests_name("view_incident", tests, NULL, NULL);
}
