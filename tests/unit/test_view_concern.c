/* Concerns and issues from word to word, as each side sees them, in any order of arrival; and until when who owes the next word. */
#include "tests/unit/tale.h"

#include "node/report.h"
#include "node/view_concern.h"
#include "node/view_inbox.h"

static struct id concern;

/* {"list": [{party, state, waits, next}], "duties": [...], "changed": [...]} */
static json_t *look_kind(struct view *v, enum kind_number kind)
{
	struct concerns all;
	struct duties due = {0};
	json_t *list = json_array(), *duties = json_array(), *changed = NULL;
	assert_int_equal(view_concern_all(v, kind, &all), OK);
	for (size_t i = 0; i < all.n; i++) {
		char next[160];
		json_t *o = json_object();
		view_concern_show_next(v, &all.p[i], next);
		view_put_org(v, o, "party", &all.p[i].party);
		view_put(o, "state", view_concern_show_state(&all.p[i]));
		view_put(o, "next", next);
		(void)json_object_set_new(o, "waits", json_boolean(view_concern_waits(v, &all.p[i])));
		(void)json_array_append_new(list, o);
		if (i == 0)
			assert_int_equal(view_concern_show_changed(v, &all.p[0], &changed), OK);
	}
	assert_int_equal(view_concern_duty_add(v, &due), OK);
	for (size_t i = 0; i < due.n; i++) {
		json_t *o;
		assert_int_equal(duty_json(v, &due.p[i], &o), OK);
		(void)json_object_del(o, "met"); /* the test's world keeps no receipts */
		(void)json_array_append_new(duties, o);
	}
	json_t *out = json_pack("{s:o, s:o}", "list", list, "duties", duties);
	if (changed)
		(void)json_object_set_new(out, "changed", changed);
	return out;
}

static json_t *look(struct tale *t, struct view *v)
{
	(void)t;
	return look_kind(v, KIND_CONCERN);
}

static json_t *look_issues(struct tale *t, struct view *v)
{
	(void)t;
	return look_kind(v, KIND_ISSUE);
}

#define CONCERN "{\"title\": \"R3 asks too much\", \"topic\": \"requirement\", \"source\": \"upward-report\", \"text\": \"x\"}"

/* On Friday the 27th of November 2026, by Amy to Bob. */
static void raised(struct tale *t, int me, int also)
{
	tale_begin(t, me);
	t->now = TALE_DAY(4);
	concern = tale_say(t, (struct tale_head){AMY, BOB, also, TALE_DAY(3), KIND_CONCERN, NULL, NULL}, CONCERN);
}

static struct id reply(struct tale *t, int from, int64_t day, const char *word, const char *more)
{
	return tale_say(t, (struct tale_head){from, from == AMY ? BOB : AMY, 0, TALE_DAY(day), KIND_REPLY, &concern, NULL},
	                "{\"about\": \"%s\", \"decision\": \"%s\"%s}", tale_hex(t, &concern), word, more);
}

static void is(struct tale *t, const char *state, bool waits)
{
	json_t *all = tale_tell(t, NULL, look);
	const json_t *row = json_array_get(json_object_get(all, "list"), 0);
	if (strcmp(tale_text(row, "state"), state) != 0 || json_is_true(json_object_get(row, "waits")) != waits)
		fail_msg("\"%s\"%s; wanted \"%s\"", tale_text(row, "state"), json_is_true(json_object_get(row, "waits")) ? ", waits" : "", state);
	json_decref(all);
}

/* "": no such duty is open. */
static void owed(struct tale *t, const char *what, const char *due, const char *state)
{
	json_t *all = tale_tell(t, NULL, look);
	const json_t *row = tale_row(json_object_get(all, "duties"), "what", what);
	if (strncmp(tale_text(row, "due"), due, strlen(due)) != 0 || strncmp(tale_text(row, "state"), state, strlen(state)) != 0)
		fail_msg("%s: due \"%s\" \"%s\"; wanted \"%s\" \"%s\"", what, tale_text(row, "due"), tale_text(row, "state"), due, state);
	json_decref(all);
}

/* Ten working days: from Friday the 27th over two weekends to Friday the 11th. */
static void unanswered(void **state)
{
	struct tale t;
	(void)state;
	for (int me = AMY; me <= BOB; me++) {
		raised(&t, me, 0);
		is(&t, "raised", me == BOB);
		owed(&t, "answer the concern", "2026-12-11T23:59:59", "running");
		t.now = TALE_DAY(18) - 1;
		owed(&t, "answer the concern", "2026-12-11T23:59:59", "running");
		t.now = TALE_DAY(18);
		owed(&t, "answer the concern", "2026-12-11T23:59:59", "overdue by");
		arena_free(t.a);
	}
}

static void to_the_end(void **state)
{
	struct tale t;
	(void)state;
	raised(&t, BOB, 0);
	(void)reply(&t, BOB, 4, "acknowledged", "");
	t.now = TALE_DAY(5);
	is(&t, "acknowledged", true);
	owed(&t, "decide about the concern", "2026-12-11", "running"); /* from Saturday the 28th */
	(void)reply(&t, BOB, 6, "accepted", ", \"text\": \"we halve it\", \"due\": \"2027-01-31\"");
	is(&t, "accepted", true);
	owed(&t, "act on the concern", "2027-01-31T23:59:59", "running");
	(void)reply(&t, BOB, 7, "done", "");
	is(&t, "done, effect not checked", false);
	owed(&t, "check the effect", "", "open");
	t.me = AMY;
	is(&t, "done, effect not checked", true);
	(void)reply(&t, AMY, 8, "not-effective", ", \"text\": \"no change\"");
	is(&t, "done, not effective", false);
	t.me = BOB;
	is(&t, "done, not effective", true);
	t.now = TALE_DAY(9);
	owed(&t, "decide about the concern", "2026-12-16", "running"); /* from Wednesday the 2nd */
	(void)reply(&t, BOB, 9, "done", "");
	(void)reply(&t, AMY, 10, "effective", "");
	is(&t, "done, effective", false);
	tale_shuffled(&t, 16, look);
	t.me = AMY;
	is(&t, "done, effective", false);
	tale_shuffled(&t, 16, look);
	arena_free(t.a);
}

/* Who asks back waits, and the clock stands; a new version of the concern answers. */
static void asked_back(void **state)
{
	struct tale t;
	(void)state;
	raised(&t, BOB, 0);
	(void)reply(&t, BOB, 4, "need-info", ", \"text\": \"which sites?\"");
	is(&t, "asked back", false);
	owed(&t, "decide about the concern", "2026-12-11", "stopped");
	owed(&t, "tell more", "2026-12-11", "");
	t.me = AMY;
	is(&t, "asked back", true);
	(void)tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(7), KIND_CONCERN, &concern, &concern}, CONCERN);
	t.now = TALE_DAY(8);
	is(&t, "acknowledged", false);
	owed(&t, "decide about the concern", "2026-12-15", "running"); /* from Tuesday the 1st */
	(void)reply(&t, BOB, 9, "declined", ", \"text\": \"the law asks for it\"");
	is(&t, "declined", false);
	tale_shuffled(&t, 16, look);
	arena_free(t.a);
}

/* The author does not decide for the other side, the other side does not find its own work effective, and strangers say nothing. */
static void no_say(void **state)
{
	struct tale t;
	(void)state;
	raised(&t, AMY, 0);
	(void)reply(&t, BOB, 4, "accepted", "");
	json_t *before = tale_tell(&t, NULL, look);
	(void)reply(&t, AMY, 5, "done", "");
	(void)reply(&t, AMY, 5, "declined", "");
	(void)reply(&t, AMY, 5, "effective", ""); /* before anything is done */
	(void)reply(&t, CAT, 5, "declined", "");
	(void)reply(&t, BOB, 5, "effective", "");
	json_t *after = tale_tell(&t, NULL, look);
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	(void)reply(&t, BOB, 6, "done", "");
	(void)reply(&t, BOB, 7, "effective", "");
	is(&t, "done, effect not checked", true);
	tale_shuffled(&t, 16, look);
	arena_free(t.a);
}

/* Raised with two: each has its own state, and the author sees both. */
static void with_two(void **state)
{
	struct tale t;
	(void)state;
	raised(&t, AMY, CAT);
	(void)reply(&t, CAT, 4, "declined", "");
	json_t *all = tale_tell(&t, NULL, look);
	assert_int_equal(json_array_size(json_object_get(all, "list")), 2);
	assert_string_equal(tale_text(tale_row(json_object_get(all, "list"), "party", "bob"), "state"), "raised");
	assert_string_equal(tale_text(tale_row(json_object_get(all, "list"), "party", "cat"), "state"), "declined");
	json_decref(all);
	t.me = BOB;
	all = tale_tell(&t, NULL, look);
	assert_int_equal(json_array_size(json_object_get(all, "list")), 1);
	json_decref(all);
	arena_free(t.a);
}

static void withdrawn(void **state)
{
	struct tale t;
	(void)state;
	raised(&t, BOB, 0);
	(void)tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(4), KIND_RETRACT, &concern, NULL}, "{\"about\": \"%s\", \"reason\": \"x\"}",
	               tale_hex(&t, &concern));
	json_t *all = tale_tell(&t, NULL, look);
	assert_int_equal(json_array_size(json_object_get(all, "list")), 0);
	assert_int_equal(json_array_size(json_object_get(all, "duties")), 0);
	json_decref(all);
	arena_free(t.a);
}

#define SET "{\"title\": \"Baseline\", \"version\": \"3\", \"requirements\": [{\"rid\": \"R7\", \"text\": \"x\"}]}"

/* An outcome names what changed, by a record that the other side holds too. */
static void issue_outcome(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	concern = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(3), KIND_ISSUE, NULL, NULL},
	                   "{\"title\": \"unsigned updates\", \"type\": \"proposal\", \"text\": \"x\", \"proposal\": \"sign\"}");
	(void)reply(&t, BOB, 4, "accepted", ", \"due\": \"2026-12-31\"");
	struct id set = tale_say(&t, (struct tale_head){BOB, AMY, 0, TALE_DAY(5), KIND_REQUIREMENT_SET, NULL, NULL}, SET);
	char more[200];
	(void)snprintf(more, sizeof more, ", \"text\": \"R7 asks for it\", \"changed\": [\"%s\"]", tale_hex(&t, &set));
	(void)reply(&t, BOB, 6, "done", more);
	json_t *all = tale_tell(&t, NULL, look_issues);
	const json_t *row = json_array_get(json_object_get(all, "list"), 0), *what = json_array_get(json_object_get(all, "changed"), 0);
	assert_string_equal(tale_text(row, "state"), "done");
	assert_string_equal(tale_text(what, "what"), "requirement.set Baseline, version 3");
	assert_string_equal(tale_text(what, "id"), tale_hex(&t, &set));
	assert_string_equal(tale_text(tale_row(json_object_get(all, "duties"), "what", "say what changed"), "due"), "2026-12-31T23:59:59.999Z");
	json_decref(all);
	tale_shuffled(&t, 12, look_issues);
	t.me = BOB;
	tale_shuffled(&t, 12, look_issues);
	arena_free(t.a);
}

/* A lesson asks for nothing but to be read. */
static void lesson(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	concern = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(3), KIND_ISSUE, NULL, NULL},
	                   "{\"title\": \"two keys\", \"type\": \"lesson\", \"text\": \"x\"}");
	json_t *all = tale_tell(&t, NULL, look_issues);
	assert_true(json_is_true(json_object_get(json_array_get(json_object_get(all, "list"), 0), "waits")));
	json_decref(all);
	(void)reply(&t, BOB, 4, "acknowledged", "");
	all = tale_tell(&t, NULL, look_issues);
	assert_false(json_is_true(json_object_get(json_array_get(json_object_get(all, "list"), 0), "waits")));
	json_decref(all);
	arena_free(t.a);
}

static json_t *look_inbox(struct tale *t, struct view *v)
{
	json_t *out = json_array();
	for (size_t i = 0; i < t->n; i++) {
		struct seen *s;
		struct todo todo;
		assert_int_equal(view_find(v, &t->said[i].id, &s), OK);
		assert_int_equal(view_inbox_todo(v, s, &todo), OK);
		(void)json_array_append_new(out, json_pack("{s:b, s:s, s:s}", "open", todo.open, "state", todo.state, "next", todo.next));
	}
	return out;
}

static void inbox(void **state)
{
	struct tale t;
	(void)state;
	raised(&t, BOB, 0);
	json_t *all = tale_tell(&t, NULL, look_inbox);
	assert_true(json_is_true(json_object_get(json_array_get(all, 0), "open")));
	assert_non_null(strstr(tale_text(json_array_get(all, 0), "next"), "tally concern answer "));
	json_decref(all);
	(void)reply(&t, BOB, 4, "done", "");
	t.me = AMY;
	all = tale_tell(&t, NULL, look_inbox);
	assert_true(json_is_true(json_object_get(json_array_get(all, 1), "open")));
	assert_non_null(strstr(tale_text(json_array_get(all, 1), "next"), "effective|not-effective"));
	json_decref(all);
	(void)reply(&t, AMY, 5, "effective", "");
	all = tale_tell(&t, NULL, look_inbox);
	assert_false(json_is_true(json_object_get(json_array_get(all, 1), "open")));
	json_decref(all);
	arena_free(t.a);
}

/* What has helped is over: no later word of either side opens it again. */
static void over(void **state)
{
	struct tale t;
	(void)state;
	for (int me = AMY; me <= BOB; me++) {
		raised(&t, me, 0);
		(void)reply(&t, BOB, 4, "done", ", \"text\": \"x\"");
		(void)reply(&t, AMY, 5, "effective", "");
		is(&t, "done, effective", false);
		(void)reply(&t, BOB, 6, "declined", "");
		(void)reply(&t, AMY, 7, "not-effective", "");
		is(&t, "done, effective", false);
		arena_free(t.a);
	}
}

static void issue_is(struct tale *t, const char *state, bool owed_still)
{
	json_t *all = tale_tell(t, NULL, look_issues);
	const json_t *change = tale_row(json_object_get(all, "duties"), "what", "say what changed");
	assert_string_equal(tale_text(json_array_get(json_object_get(all, "list"), 0), "state"), state);
	assert_int_equal(strcmp(tale_text(change, "state"), "open") == 0, owed_still);
	json_decref(all);
}

/* "Done" alone is no outcome: it names nothing that changed. */
static void names_what_changed(void **state)
{
	struct tale t;
	(void)state;
	for (int me = AMY; me <= BOB; me++) {
		tale_begin(&t, me);
		t.now = TALE_DAY(9);
		concern = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(3), KIND_ISSUE, NULL, NULL},
		                   "{\"title\": \"x\", \"type\": \"weakness\", \"text\": \"x\"}");
		(void)reply(&t, BOB, 4, "accepted", "");
		(void)reply(&t, BOB, 5, "done", "");
		issue_is(&t, "accepted", true);
		(void)reply(&t, BOB, 6, "done", ", \"text\": \"we sign updates\"");
		issue_is(&t, "done", false);
		arena_free(t.a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_changed), cmocka_unit_test(over),
		cmocka_unit_test(unanswered), cmocka_unit_test(to_the_end), cmocka_unit_test(asked_back), cmocka_unit_test(no_say),
		cmocka_unit_test(with_two), cmocka_unit_test(withdrawn), cmocka_unit_test(issue_outcome), cmocka_unit_test(lesson), cmocka_unit_test(inbox),
	};
	return cmocka_run_group_tests_name("view_concern", tests, NULL, NULL);
}
