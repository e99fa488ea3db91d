/* Who was asked what and what became of it, as each side sees it: levels, answers, reviews, exceptions and their end; in any order. */
#include "tests/unit/tale.h"

#include "node/answers.h"
#include "node/view_ask.h"
#include "node/view_inbox.h"

static struct id set, assign; /* Amy asks Bob */

/* {"list": [...], "owed": [...], "matrix": [...]} */
static json_t *look(struct tale *t, struct view *v)
{
	struct seen *s;
	json_t *list, *owed, *matrix;
	(void)t;
	assert_int_equal(view_requirement_list(v, false, &list), OK);
	assert_int_equal(view_requirement_list(v, true, &owed), OK);
	assert_int_equal(view_find(v, &set, &s), OK);
	assert_int_equal(view_requirement_matrix(v, s, &matrix), OK);
	return json_pack("{s:o, s:o, s:o}", "list", list, "owed", owed, "matrix", matrix);
}

#define SET(version) "{\"title\": \"Baseline\", \"version\": \"" version "\", \"levels\": [" \
	"{\"id\": \"basic\", \"requirements\": [\"R1\"]}, {\"id\": \"standard\", \"requirements\": [\"R3\", \"R1\", \"R2\"]}], " \
	"\"requirements\": [{\"rid\": \"R1\", \"title\": \"one\", \"text\": \"x\"}, {\"rid\": \"R2\", \"text\": \"x\"}, " \
	"{\"rid\": \"R3\", \"text\": \"x\"}, {\"rid\": \"R4\", \"text\": \"x\"}]}"

static void asked(struct tale *t, int me)
{
	tale_begin(t, me);
	set = tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_DAY(0), KIND_REQUIREMENT_SET, NULL, NULL}, SET("1"));
	assign = tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_DAY(1), KIND_REQUIREMENT_ASSIGN, NULL, NULL},
	                  "{\"set\": \"%s\", \"level\": \"standard\", \"due\": \"2026-12-31\"}", tale_hex(t, &set));
}

#define ANSWER(rid, word) "{\"rid\": \"" rid "\", \"answer\": \"" word "\", \"statement\": \"because of " rid "\"}"
#define UNTIL(rid, day) \
	"{\"rid\": \"" rid "\", \"answer\": \"accepted-with-exception\", \"statement\": \"old scanners\", \"exception_until\": \"" day "\"}"
#define ALL ANSWER("R1", "accepted") "," ANSWER("R2", "declined") "," UNTIL("R3", "2027-06-30")

static struct id ack(struct tale *t, int from, int64_t at, const struct id *before, const char *list)
{
	return tale_say(t, (struct tale_head){from, AMY, 0, at, KIND_REQUIREMENT_ACK, &assign, before},
	                "{\"about\": \"%s\", \"set\": \"%s\", \"answers\": [%s]}",
	                tale_hex(t, &assign), tale_hex(t, &set), list);
}

static struct id review(struct tale *t, int from, int64_t at, const struct id *of, const char *rid, const char *word)
{
	return tale_say(t, (struct tale_head){from, from == AMY ? BOB : AMY, 0, at, KIND_REQUIREMENT_REVIEW, &assign, NULL},
	                "{\"about\": \"%s\", \"results\": [{\"rid\": \"%s\", \"result\": \"%s\", \"reason\": \"as seen\"}]}", tale_hex(t, of), rid, word);
}

static void row_is(const json_t *all, const char *rid, const char *answer, const char *until)
{
	const json_t *row = tale_row(json_object_get(all, "matrix"), "rid", rid);
	if (!row || strcmp(tale_text(row, "answer"), answer) != 0 || strcmp(tale_text(row, "until"), until) != 0)
		fail_msg("%s: \"%s\" until \"%s\"; wanted \"%s\" until \"%s\"", rid, tale_text(row, "answer"), tale_text(row, "until"), answer, until);
}

static void unanswered(void **state)
{
	struct tale t;
	(void)state;
	asked(&t, BOB);
	json_t *all = tale_tell(&t, NULL, look);
	const json_t *owed = json_array_get(json_object_get(all, "owed"), 0), *rids = json_object_get(owed, "rids");
	assert_int_equal(json_array_size(json_object_get(all, "owed")), 1);
	assert_string_equal(tale_text(owed, "id"), tale_hex(&t, &assign));
	assert_string_equal(tale_text(owed, "what"), "owed");
	assert_string_equal(tale_text(owed, "partner"), "amy");
	assert_string_equal(tale_text(owed, "due"), "2026-12-31");
	assert_string_equal(tale_text(owed, "state"), "unanswered");
	assert_int_equal(json_array_size(rids), 3);
	assert_string_equal(json_string_value(json_array_get(rids, 0)), "R1"); /* in the set's order */
	assert_int_equal(json_array_size(json_object_get(all, "matrix")), 3);
	row_is(all, "R1", "unanswered", "");
	json_decref(all);
	t.now = TALE_DAY(38); /* the first of January */
	all = tale_tell(&t, NULL, look);
	row_is(all, "R1", "unanswered, overdue", "");
	assert_string_equal(tale_text(json_array_get(json_object_get(all, "owed"), 0), "state"), "overdue");
	json_decref(all);
	t.now = TALE_DAY(37); /* the last day still counts */
	all = tale_tell(&t, NULL, look);
	row_is(all, "R1", "unanswered", "");
	json_decref(all);
	arena_free(t.a);
}

static void answered(void **state)
{
	struct tale t;
	(void)state;
	asked(&t, AMY);
	(void)ack(&t, BOB, TALE_DAY(2), NULL, ALL);
	json_t *all = tale_tell(&t, NULL, look);
	row_is(all, "R1", "accepted", "");
	row_is(all, "R2", "declined", "");
	row_is(all, "R3", "accepted-with-exception", "2027-06-30");
	assert_string_equal(tale_text(tale_row(json_object_get(all, "matrix"), "rid", "R3"), "text"), "old scanners");
	assert_string_equal(tale_text(tale_row(json_object_get(all, "list"), "what", "asked"), "state"), "answered");
	assert_int_equal(json_array_size(json_object_get(all, "owed")), 0);
	json_decref(all);
	t.now = TALE_DAY(218); /* 30 June 2027 */
	all = tale_tell(&t, NULL, look);
	row_is(all, "R3", "accepted-with-exception", "2027-06-30");
	json_decref(all);
	t.now = TALE_DAY(219);
	all = tale_tell(&t, NULL, look);
	row_is(all, "R3", "accepted-with-exception, expired", "2027-06-30");
	assert_true(json_is_true(json_object_get(tale_row(json_object_get(all, "matrix"), "rid", "R3"), "overdue")));
	assert_string_equal(tale_text(tale_row(json_object_get(all, "list"), "what", "asked"), "state"), "answered, exception expired");
	json_decref(all);
	tale_shuffled(&t, 20, look);
	arena_free(t.a);
}

/* An answer that puts it off once more is a renewal; one that shortens it is none. */
static void put_off_again(void **state)
{
	struct tale t;
	(void)state;
	asked(&t, AMY);
	struct id one = ack(&t, BOB, TALE_DAY(2), NULL, UNTIL("R3", "2027-01-31"));
	struct id two = ack(&t, BOB, TALE_DAY(3), &one, UNTIL("R3", "2027-03-31"));
	struct id three = ack(&t, BOB, TALE_DAY(4), &two, UNTIL("R3", "2027-06-30"));
	json_t *all = tale_tell(&t, NULL, look);
	assert_int_equal(json_integer_value(json_object_get(tale_row(json_object_get(all, "matrix"), "rid", "R3"), "renewals")), 2);
	json_decref(all);
	(void)ack(&t, BOB, TALE_DAY(5), &three, UNTIL("R3", "2027-01-31"));
	all = tale_tell(&t, NULL, look);
	assert_null(json_object_get(tale_row(json_object_get(all, "matrix"), "rid", "R3"), "renewals"));
	json_decref(all);
	tale_shuffled(&t, 10, look);
	arena_free(t.a);
}

static void in_part(void **state)
{
	struct tale t;
	(void)state;
	asked(&t, BOB);
	(void)ack(&t, BOB, TALE_DAY(2), NULL, ANSWER("R1", "accepted"));
	json_t *all = tale_tell(&t, NULL, look);
	const json_t *owed = json_array_get(json_object_get(all, "owed"), 0);
	assert_string_equal(tale_text(owed, "state"), "answered in part: 1 of 3");
	assert_int_equal(json_array_size(json_object_get(owed, "rids")), 2);
	json_decref(all);
	arena_free(t.a);
}

/* The newest answer counts; one withdrawn leaves the question open. */
static void answered_again(void **state)
{
	struct tale t;
	(void)state;
	asked(&t, AMY);
	struct id old = ack(&t, BOB, TALE_DAY(2), NULL, ALL);
	(void)review(&t, AMY, TALE_DAY(3), &old, "R1", "satisfied");
	struct id new = ack(&t, BOB, TALE_DAY(4), &old, ANSWER("R1", "accepted") "," ANSWER("R2", "accepted") "," ANSWER("R3", "accepted"));
	json_t *all = tale_tell(&t, NULL, look);
	row_is(all, "R2", "accepted", "");
	row_is(all, "R3", "accepted", "");
	assert_string_equal(tale_text(tale_row(json_object_get(all, "matrix"), "rid", "R1"), "review"), "satisfied"); /* it answers the same */
	json_decref(all);
	(void)tale_say(&t, (struct tale_head){BOB, AMY, 0, TALE_DAY(5), KIND_RETRACT, &assign, NULL}, "{\"about\": \"%s\", \"reason\": \"wrong\"}",
	               tale_hex(&t, &new));
	all = tale_tell(&t, NULL, look);
	row_is(all, "R2", "unanswered", "");
	json_decref(all);
	tale_shuffled(&t, 30, look);
	arena_free(t.a);
}

static void review_is(const json_t *all, const char *rid, const char *want)
{
	assert_string_equal(tale_text(tale_row(json_object_get(all, "matrix"), "rid", rid), "review"), want);
}

/* Sending an answer once more takes no review away; saying something else makes it stale. */
static void reviewed_and_sent_again(void **state)
{
	struct tale t;
	(void)state;
	asked(&t, AMY);
	struct id one = ack(&t, BOB, TALE_DAY(2), NULL, ALL);
	(void)review(&t, AMY, TALE_DAY(3), &one, "R1", "insufficient");
	(void)review(&t, AMY, TALE_DAY(4), &one, "R2", "satisfied");
	struct id two = ack(&t, BOB, TALE_DAY(5), &one, ALL);
	json_t *all = tale_tell(&t, NULL, look);
	review_is(all, "R1", "insufficient");
	review_is(all, "R2", "satisfied");
	review_is(all, "R3", "");
	json_decref(all);
	struct id three = ack(&t, BOB, TALE_DAY(6), &two, ANSWER("R1", "met-by-equivalence") "," ANSWER("R2", "declined") "," UNTIL("R3", "2027-06-30"));
	all = tale_tell(&t, NULL, look);
	review_is(all, "R1", "answered anew after review");
	review_is(all, "R2", "satisfied");
	json_decref(all);
	(void)review(&t, AMY, TALE_DAY(7), &three, "R1", "equivalence-accepted");
	(void)ack(&t, BOB, TALE_DAY(8), &three, ANSWER("R1", "met-by-equivalence") "," ANSWER("R2", "accepted") "," UNTIL("R3", "2027-06-30"));
	all = tale_tell(&t, NULL, look);
	review_is(all, "R1", "equivalence-accepted");
	review_is(all, "R2", "answered anew after review");
	json_decref(all);
	tale_shuffled(&t, 30, look);
	arena_free(t.a);
}

/* Only who was asked answers, only who asked reviews. */
static void who_has_no_say(void **state)
{
	struct tale t;
	(void)state;
	asked(&t, AMY);
	struct id good = ack(&t, BOB, TALE_DAY(2), NULL, ALL);
	json_t *before = tale_tell(&t, NULL, look);
	(void)ack(&t, CAT, TALE_DAY(3), NULL, ANSWER("R1", "declined"));
	(void)ack(&t, CAT, TALE_DAY(3), &good, ANSWER("R1", "declined"));
	(void)ack(&t, AMY, TALE_DAY(3), NULL, ANSWER("R1", "declined"));
	(void)review(&t, BOB, TALE_DAY(3), &good, "R1", "satisfied");
	(void)review(&t, CAT, TALE_DAY(3), &good, "R1", "insufficient");
	(void)tale_say(&t, (struct tale_head){BOB, AMY, 0, TALE_DAY(4), KIND_RETRACT, &assign, NULL}, "{\"about\": \"%s\", \"reason\": \"x\"}",
	               tale_hex(&t, &assign));
	json_t *after = tale_tell(&t, NULL, look);
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	(void)review(&t, AMY, TALE_DAY(5), &good, "R1", "insufficient");
	after = tale_tell(&t, NULL, look);
	assert_string_equal(tale_text(tale_row(json_object_get(after, "matrix"), "rid", "R1"), "review"), "insufficient");
	assert_string_equal(tale_text(tale_row(json_object_get(after, "matrix"), "rid", "R1"), "review_text"), "as seen");
	json_decref(after);
	tale_shuffled(&t, 40, look);
	arena_free(t.a);
}

static struct id decide(struct tale *t, int from, int64_t at, const struct id *about, const char *rest)
{
	return tale_say(t, (struct tale_head){from, from == AMY ? BOB : AMY, 0, at, KIND_REPLY, &assign, NULL}, "{\"about\": \"%s\", %s}",
	                tale_hex(t, about), rest);
}

static void exceptions(void **state)
{
	struct tale t;
	(void)state;
	asked(&t, AMY);
	(void)ack(&t, BOB, TALE_DAY(2), NULL, ALL);
	struct id request = tale_say(&t, (struct tale_head){BOB, AMY, 0, TALE_DAY(3), KIND_EXCEPTION_REQUEST, &assign, NULL},
	                             "{\"assign\": \"%s\", \"rid\": \"R2\", \"reason\": \"too dear\", \"until\": \"2027-09-30\"}", tale_hex(&t, &assign));
	json_t *all = tale_tell(&t, NULL, look);
	row_is(all, "R2", "declined, exception asked", "");
	json_decref(all);
	(void)decide(&t, BOB, TALE_DAY(4), &request, "\"decision\": \"granted\"");
	all = tale_tell(&t, NULL, look);
	row_is(all, "R2", "declined, exception asked", ""); /* one cannot grant it to oneself */
	json_decref(all);
	(void)decide(&t, AMY, TALE_DAY(5), &request, "\"decision\": \"granted-shorter\", \"until\": \"2027-03-31\"");
	all = tale_tell(&t, NULL, look);
	row_is(all, "R2", "declined, exception granted", "2027-03-31");
	json_decref(all);
	t.now = TALE_DAY(128); /* 1 April */
	all = tale_tell(&t, NULL, look);
	row_is(all, "R2", "declined, exception granted, expired", "2027-03-31");
	json_decref(all);
	tale_shuffled(&t, 30, look);
	arena_free(t.a);
}

/* An answer pins the set's version: a new one leaves it outdated, never silently valid. */
static void a_new_version(void **state)
{
	struct tale t;
	(void)state;
	asked(&t, AMY);
	(void)ack(&t, BOB, TALE_DAY(2), NULL, ALL);
	struct id newer = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(3), KIND_REQUIREMENT_SET, &set, &set}, SET("2"));
	json_t *all = tale_tell(&t, NULL, look);
	row_is(all, "R1", "accepted, outdated", "");
	assert_string_equal(tale_text(tale_row(json_object_get(all, "list"), "what", "set"), "id"), tale_hex(&t, &newer));
	json_decref(all);
	tale_shuffled(&t, 20, look);
	arena_free(t.a);
}

/* The assignment may come before the set that it names. */
static void without_its_set(void **state)
{
	struct tale t;
	(void)state;
	asked(&t, BOB);
	t.said[0].verdict = VERDICT_VOID;
	json_t *all = tale_tell(&t, NULL, look);
	assert_string_equal(tale_text(json_array_get(json_object_get(all, "owed"), 0), "state"), "its set is not here yet");
	json_decref(all);
	arena_free(t.a);
}

static json_t *look_inbox(struct tale *t, struct view *v)
{
	struct seen *s;
	struct todo todo;
	(void)t;
	assert_int_equal(view_find(v, &t->said[t->n - 1].id, &s), OK);
	assert_int_equal(view_inbox_todo(v, s, &todo), OK);
	return json_pack("{s:s, s:s, s:b}", "state", todo.state, "next", todo.next, "open", todo.open);
}

static void what_it_asks_of_us(void **state)
{
	struct tale t;
	(void)state;
	asked(&t, BOB);
	json_t *o = tale_tell(&t, NULL, look_inbox);
	assert_string_equal(tale_text(o, "state"), "3 to answer, due 2026-12-31");
	assert_non_null(strstr(tale_text(o, "next"), "--accept-all"));
	json_decref(o);
	arena_free(t.a);
	asked(&t, AMY);
	(void)ack(&t, BOB, TALE_DAY(2), NULL, ALL);
	o = tale_tell(&t, NULL, look_inbox);
	assert_string_equal(tale_text(o, "state"), "not reviewed");
	assert_true(json_is_true(json_object_get(o, "open")));
	json_decref(o);
	arena_free(t.a);
}

/* {"duty": [{what, due, met, overdue, next}], "todo": {...}} of the assignment */
static json_t *look_duties(struct tale *t, struct view *v)
{
	struct duties all;
	struct todo todo;
	struct seen *s;
	json_t *list = json_array();
	(void)t;
	assert_int_equal(duty_all(v, false, &all), OK);
	for (size_t i = 0; i < all.n; i++)
		(void)json_array_append_new(list, json_pack("{s:s, s:I, s:b, s:b, s:s}", "what", all.p[i].what, "due",
		                                            (json_int_t)(all.p[i].due / WHEN_DAY_MS), "met", all.p[i].met != 0, "overdue",
		                                            duty_overdue(v, &all.p[i]), "next", all.p[i].next));
	assert_int_equal(view_find(v, &assign, &s), OK);
	assert_int_equal(view_inbox_todo(v, s, &todo), OK);
	return json_pack("{s:o, s:s, s:s, s:b}", "duty", list, "state", todo.state, "next", todo.next, "open", todo.open);
}

static const json_t *duty_of(const json_t *all, const char *what)
{
	return tale_row(json_object_get(all, "duty"), "what", what);
}

/* What was reviewed as insufficient is owed anew at both ends, by the review's own date; another answer ends that. */
static void insufficient_is_owed(void **state)
{
	(void)state;
	for (int me = AMY; me <= BOB; me++) {
		struct tale t;
		int64_t day;
		asked(&t, me);
		struct id one = ack(&t, BOB, TALE_DAY(2), NULL, ANSWER("R1", "accepted") "," ANSWER("R2", "accepted") "," ANSWER("R3", "accepted"));
		(void)review(&t, AMY, TALE_DAY(3), &one, "R1", "insufficient");
		(void)tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(3), KIND_REQUIREMENT_REVIEW, &assign, NULL},
		               "{\"about\": \"%s\", \"results\": [{\"rid\": \"R2\", \"result\": \"insufficient\", \"due\": \"2026-12-20\"}]}",
		               tale_hex(&t, &one));
		json_t *all = tale_tell(&t, NULL, look_duties);
		assert_int_equal(when_parse_date("2026-12-31", &day), OK); /* when the assignment is due */
		assert_int_equal(json_integer_value(json_object_get(duty_of(all, "answer R1 anew"), "due")), day);
		assert_int_equal(when_parse_date("2026-12-20", &day), OK);
		assert_int_equal(json_integer_value(json_object_get(duty_of(all, "answer R2 anew"), "due")), day);
		assert_false(json_is_true(json_object_get(duty_of(all, "answer R2 anew"), "met")));
		assert_null(duty_of(all, "answer R3 anew"));
		if (me == BOB) {
			assert_true(json_is_true(json_object_get(all, "open")));
			assert_string_equal(tale_text(all, "state"), "2 insufficient, to answer anew");
			assert_non_null(strstr(tale_text(all, "next"), "--answer \"R1=accepted: TEXT\""));
		}
		json_decref(all);
		t.now = (day + 1) * WHEN_DAY_MS;
		all = tale_tell(&t, NULL, look_duties);
		assert_true(json_is_true(json_object_get(duty_of(all, "answer R2 anew"), "overdue")));
		assert_false(json_is_true(json_object_get(duty_of(all, "answer R1 anew"), "overdue")));
		json_decref(all);
		(void)ack(&t, BOB, TALE_DAY(4), &one, ANSWER("R1", "accepted") "," ANSWER("R2", "declined") "," ANSWER("R3", "accepted"));
		all = tale_tell(&t, NULL, look_duties);
		assert_false(json_is_true(json_object_get(duty_of(all, "answer R2 anew"), "overdue")) && me == AMY);
		assert_false(json_is_true(json_object_get(duty_of(all, "answer R1 anew"), "met")));
		if (me == AMY)
			assert_true(json_is_true(json_object_get(duty_of(all, "answer R2 anew"), "met")));
		else
			assert_string_equal(tale_text(all, "state"), "1 insufficient, to answer anew");
		json_decref(all);
		arena_free(t.a);
	}
}

static void typed_answers(void **state)
{
	static const struct { const char *text; bool ok; const char *rid, *reason, *until; } cases[] = {
		{"R3=legacy scanners until the new depot opens, until 2027-06-30", true, "R3", "legacy scanners until the new depot opens", "2027-06-30"},
		{"R3 = old, until 2027-06-30 ", true, "R3", "old", "2027-06-30"},
		{"R3=until 2027-06-30", true, "R3", "", "2027-06-30"},
		{"R3=until it rains", true, "R3", "until it rains", NULL},
		{"R3=old, until 2027-06-31", true, "R3", "old, until 2027-06-31", NULL},
		{"R3=a=b", true, "R3", "a=b", NULL},
		{"R3", false, "R3", "", NULL},
		{"=x", false, "", "", NULL},
		{"", false, "", "", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char rid[65], reason[1024];
		int64_t until = 7, want = 0;
		if (cases[i].until)
			assert_int_equal(when_parse_date(cases[i].until, &want), OK);
		assert_int_equal(answers_split(cases[i].text, rid, reason, &until), cases[i].ok);
		assert_string_equal(rid, cases[i].rid);
		assert_string_equal(reason, cases[i].reason);
		assert_int_equal(until, want);
	}
	char longest[65 + 3] = "", rid[65], reason[1024];
	int64_t until;
	memset(longest, 'R', 65);
	memcpy(longest + 65, "=x", 3);
	assert_false(answers_split(longest, rid, reason, &until)); /* one above */
	assert_true(answers_split(longest + 1, rid, reason, &until));
	assert_int_equal(strlen(rid), 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unanswered),
		cmocka_unit_test(answered),
		cmocka_unit_test(in_part),
		cmocka_unit_test(put_off_again),
		cmocka_unit_test(answered_again),
		cmocka_unit_test(reviewed_and_sent_again),
		cmocka_unit_test(who_has_no_say),
		cmocka_unit_test(exceptions),
		cmocka_unit_test(a_new_version),
		cmocka_unit_test(without_its_set),
		cmocka_unit_test(what_it_asks_of_us),
		cmocka_unit_test(insufficient_is_owed),
		cmocka_unit_test(typed_answers),
	};
	return cmocka_run_group_tests_name("view_requirement", tests, NULL, NULL);
}
