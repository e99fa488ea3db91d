/* Findings and plans: who may say them, when they are closed, what is due, at both ends and in any order. */
#include "tests/unit/tale.h"

#include "node/view_finding.h"

#define IN(root) .thread = &(root)

static json_t *look(struct tale *t, struct view *v)
{
	struct finding *all;
	size_t n;
	json_t *items = json_array(), *o;
	(void)t;
	assert_int_equal(view_finding_all(v, &all, &n), OK);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(view_finding_row(v, &all[i], &o), OK);
		(void)json_array_append_new(items, o);
	}
	return items;
}

static json_t *duties(struct tale *t, struct view *v)
{
	struct duties all = {0};
	json_t *items = json_array(), *o;
	(void)t;
	assert_int_equal(view_finding_duties(v, &all), OK);
	for (size_t i = 0; i < all.n; i++) {
		assert_int_equal(duty_json(v, &all.p[i], &o), OK);
		(void)json_array_append_new(items, o);
	}
	return items;
}

static struct id an_attestation(struct tale *t)
{
	return tale_say(t, (struct tale_head){BOB, AMY, .at = TALE_DAY(0), .kind = KIND_POSTURE_ATTESTATION},
	                "{\"title\": \"ours\", \"scope\": {\"units\": [\"all\"]}, \"framework\": \"Baseline\", \"as_of\": \"2026-11-01\", "
	                "\"valid_until\": \"2027-06-30\", \"statements\": [{\"control\": \"R1\", \"status\": \"implemented\"}]}");
}

static struct id a_finding(struct tale *t, int from, int day, const struct id *root, const struct id *about)
{
	return tale_say(t, (struct tale_head){from, from == AMY ? BOB : AMY, .at = TALE_DAY(day), .kind = KIND_FINDING, .thread = root},
	                "{\"about\": \"%s\", \"rid\": \"R1\", \"severity\": \"high\", \"text\": \"not so\", \"required_by\": \"2026-12-10\"}",
	                tale_hex(t, about));
}

static struct id a_plan(struct tale *t, int from, int day, const struct id *root, const struct id *about, const char *rest)
{
	return tale_say(t, (struct tale_head){from, from == AMY ? BOB : AMY, .at = TALE_DAY(day), .kind = KIND_IMPROVEMENT, .thread = root},
	                "{\"about\": \"%s\", \"actions\": [{\"id\": \"a1\", \"text\": \"x\", \"due\": \"2026-12-05\"%s}]}", tale_hex(t, about), rest);
}

static struct id a_reply(struct tale *t, int from, int day, const struct id *root, const struct id *about, const char *word)
{
	return tale_say(t, (struct tale_head){from, from == AMY ? BOB : AMY, .at = TALE_DAY(day), .kind = KIND_REPLY, .thread = root},
	                "{\"about\": \"%s\", \"decision\": \"%s\"}", tale_hex(t, about), word);
}

/* The newest one, at both ends. */
static void is(struct tale *t, size_t count, const char *state)
{
	for (t->me = AMY; t->me <= BOB; t->me++) {
		json_t *all = tale_tell(t, NULL, look);
		assert_int_equal(json_array_size(all), count);
		assert_string_equal(tale_text(json_array_get(all, count - 1), "state"), state);
		assert_string_equal(tale_text(json_array_get(all, count - 1), "supplier"), "bob");
		json_decref(all);
	}
	t->me = AMY;
}

static void from_open_to_closed(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id of = an_attestation(&t), finding = a_finding(&t, AMY, 1, &of, &of);
	is(&t, 1, "open");
	(void)a_reply(&t, BOB, 2, &of, &finding, "accepted");
	is(&t, 1, "accepted");
	(void)a_plan(&t, AMY, 2, &of, &finding, ""); /* the customer plans nothing for the supplier */
	is(&t, 1, "accepted");
	struct id plan = a_plan(&t, BOB, 3, &of, &finding, "");
	is(&t, 1, "planned, 0 of 1 done");
	(void)a_reply(&t, AMY, 4, &of, &plan, "accepted");
	is(&t, 1, "planned, plan accepted, 0 of 1 done");
	(void)a_reply(&t, BOB, 5, &of, &finding, "done");
	is(&t, 1, "said to be done, not closed");
	(void)a_reply(&t, AMY, 6, &of, &finding, "done");
	is(&t, 1, "closed 2026-11-30");
	arena_free(t.a);
}

static void who_has_no_say(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id of = an_attestation(&t);
	(void)a_finding(&t, BOB, 1, &of, &of); /* about itself */
	(void)a_finding(&t, CAT, 1, &of, &of); /* who did not get it */
	(void)tale_say(&t, (struct tale_head){AMY, BOB, .at = TALE_DAY(1), .kind = KIND_FINDING},
	               "{\"about\": \"%s\", \"severity\": \"low\", \"text\": \"in no thread\"}", tale_hex(&t, &of));
	for (t.me = AMY; t.me <= BOB; t.me++) {
		json_t *all = tale_tell(&t, NULL, look);
		assert_int_equal(json_array_size(all), 0);
		json_decref(all);
	}
	struct id finding = a_finding(&t, AMY, 2, &of, &of);
	(void)a_reply(&t, CAT, 3, &of, &finding, "done");
	is(&t, 1, "open");
	arena_free(t.a);
}

/* In a thread that the customer opened it is the customer all the same; and of a contract, who is named there. */
static void whoever_opened_the_thread(void **state)
{
	struct tale t;
	struct id amy = tale_org(AMY), bob = tale_org(BOB);
	(void)state;
	tale_begin(&t, AMY);
	for (int opener = AMY; opener <= BOB; opener++) {
		t.n = 0;
		struct id of = tale_say(&t, (struct tale_head){opener, opener == AMY ? BOB : AMY, .at = TALE_DAY(0), .kind = KIND_CONTRACT},
		                        "{\"reference\": \"C-7\", \"type\": \"bespoke\", \"customer\": \"%s\", \"supplier\": \"%s\"}", tale_hex(&t, &amy),
		                        tale_hex(&t, &bob));
		(void)a_finding(&t, BOB, 1, &of, &of);
		struct id finding = a_finding(&t, AMY, 1, &of, &of);
		is(&t, 1, "open");
		(void)a_plan(&t, AMY, 2, &of, &finding, "");
		is(&t, 1, "open");
		(void)a_plan(&t, BOB, 2, &of, &finding, ", \"status\": \"done\"");
		is(&t, 1, "planned, 1 of 1 done");
	}
	arena_free(t.a);
}

static const json_t *due(const json_t *all, const char *what)
{
	const json_t *row = tale_row(all, "what", what);
	if (!row)
		fail_msg("nothing is due: %s", what);
	return row;
}

static void until_when(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	t.receipted = true;
	struct id of = an_attestation(&t), finding = a_finding(&t, AMY, 1, &of, &of), plan = a_plan(&t, BOB, 2, &of, &finding, "");
	(void)tale_say(&t, (struct tale_head){BOB, AMY, .at = TALE_DAY(13), .kind = KIND_IMPROVEMENT, IN(of), &plan},
	               "{\"about\": \"%s\", \"progress\": 100, \"actions\": [{\"id\": \"a1\", \"text\": \"x\", "
	               "\"due\": \"2026-12-05\", \"status\": \"done\"}]}",
	               tale_hex(&t, &finding));
	for (t.me = AMY; t.me <= BOB; t.me++) {
		json_t *all = tale_tell(&t, NULL, duties);
		assert_int_equal(json_array_size(all), 2);
		assert_string_equal(tale_text(due(all, "mend R1"), "due"), "2026-12-10T23:59:59.999Z");
		assert_string_equal(tale_text(due(all, "mend R1"), "met"), ""); /* nobody but the customer closes it */
		assert_string_equal(tale_text(due(all, "action a1"), "state"), "late by 24 h 0 min");
		json_decref(all);
	}
	(void)a_reply(&t, AMY, 19, &of, &finding, "done");
	for (t.me = AMY; t.me <= BOB; t.me++) {
		json_t *all = tale_tell(&t, NULL, duties);
		assert_string_equal(tale_text(due(all, "mend R1"), "state"), "in time"); /* as the supplier said, and the customer agreed */
		json_decref(all);
	}
	arena_free(t.a);
}

static void again_and_again(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id of = an_attestation(&t), first = a_finding(&t, AMY, 1, &of, &of);
	(void)a_reply(&t, AMY, 2, &of, &first, "done");
	(void)a_finding(&t, AMY, 3, &of, &of);
	struct id gone = a_finding(&t, AMY, 4, &of, &of);
	(void)tale_say(&t, (struct tale_head){AMY, BOB, .at = TALE_DAY(5), .kind = KIND_RETRACT, IN(of)}, "{\"about\": \"%s\", \"reason\": \"wrong\"}",
	               tale_hex(&t, &gone));
	(void)a_finding(&t, AMY, 6, &of, &of);
	json_t *all = tale_tell(&t, NULL, look);
	assert_int_equal(json_array_size(all), 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(json_integer_value(json_object_get(json_array_get(all, i), "times")), i + 1);
	json_decref(all);
	arena_free(t.a);
}

static void any_order(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id of = an_attestation(&t), finding = a_finding(&t, AMY, 1, &of, &of), plan = a_plan(&t, BOB, 2, &of, &finding, "");
	(void)a_plan(&t, BOB, 2, &of, &finding, ", \"status\": \"done\"");
	(void)a_plan(&t, AMY, 2, &of, &finding, "");
	(void)a_reply(&t, AMY, 3, &of, &plan, "declined");
	(void)a_reply(&t, AMY, 3, &of, &plan, "accepted");
	(void)a_reply(&t, BOB, 4, &of, &finding, "disputed");
	(void)a_finding(&t, AMY, 5, &of, &of);
	(void)a_finding(&t, CAT, 5, &of, &of);
	for (t.me = AMY; t.me <= BOB; t.me++) {
		tale_shuffled(&t, 30, look);
		tale_shuffled(&t, 10, duties);
	}
	arena_free(t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_open_to_closed), cmocka_unit_test(who_has_no_say), cmocka_unit_test(whoever_opened_the_thread),
		cmocka_unit_test(until_when),          cmocka_unit_test(again_and_again), cmocka_unit_test(any_order),
	};
	return cmocka_run_group_tests_name("view_finding", tests, NULL, NULL);
}
