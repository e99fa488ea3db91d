/* What doctor says: what needs a person now is a problem, what is over is told as past. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/api.h"
#include "node/core_state.h"
#include "tests/unit/scenario.h"

#define MINUTE 60000

static json_t *doctor(struct node *n, bool acknowledge, bool dry_run)
{
	struct api_wait wait = {0};
	json_t *request = json_pack("{s:s, s:{s:b}, s:b}", "call", "node.doctor", "args", "acknowledge", acknowledge, "dry_run", dry_run);
	scenario_begin(n);
	json_t *r = api_run(n->core, request, &wait);
	assert_int_equal(scenario_end(n), OK);
	json_decref(request);
	assert_true(json_is_true(json_object_get(r, "ok")));
	return r;
}

/* How many findings of this check are in this state; text: words that each of them has. */
static size_t findings(struct node *n, const char *check, const char *state, const char *text)
{
	json_t *r = doctor(n, false, false);
	const json_t *item, *items = json_object_get(json_object_get(r, "result"), "items");
	size_t i, found = 0;
	json_array_foreach(items, i, item)
		if (strcmp(json_string_value(json_object_get(item, "check")), check) == 0 &&
		    strcmp(json_string_value(json_object_get(item, "state")), state) == 0) {
			found++;
			if (!strstr(json_string_value(json_object_get(item, "text")), text))
				fail_msg("%s lacks: %s", json_string_value(json_object_get(item, "text")), text);
		}
	json_decref(r);
	return found;
}

static bool hinted(struct node *n, const char *check, const char *words)
{
	json_t *r = doctor(n, false, false);
	const json_t *item;
	size_t i;
	bool found = false;
	json_array_foreach(json_object_get(json_object_get(r, "result"), "items"), i, item)
		if (strcmp(json_string_value(json_object_get(item, "check")), check) == 0)
			found |= strstr(json_string_value(json_object_get(item, "hint")), words) != NULL;
	json_decref(r);
	return found;
}

static int64_t problems(struct node *n)
{
	json_t *r = doctor(n, false, false);
	int64_t found = json_integer_value(json_object_get(json_object_get(r, "result"), "problems"));
	json_decref(r);
	return found;
}

static void something_is_stored(struct node *n)
{
	scenario_begin(n);
	assert_int_equal(operations_add(core_txn(n->core), core_now(n->core), "test", "something", NULL), OK);
}

static void a_failed_turn_is_past_when_a_later_one_is_stored(void **state)
{
	struct scenario s;
	struct node *n = &s.node[0];
	(void)state;
	scenario_open(&s, 1);
	int64_t before = problems(n);
	something_is_stored(n);
	n->fail_in = 1;
	assert_int_equal(scenario_end(n), ERR_SPACE);
	assert_int_equal(findings(n, "changes", "look", "no space left"), 1);
	assert_int_equal(findings(n, "changes", "look", "no space left"), 1); /* nothing was stored in between: who knows */
	assert_int_equal(problems(n), before + 1);
	something_is_stored(n);
	assert_int_equal(scenario_end(n), OK);
	assert_int_equal(findings(n, "changes", "past", "no space left"), 1);
	assert_int_equal(problems(n), before);
	scenario_close(&s);
}

static void alarm(struct node *n, const char *what)
{
	scenario_begin(n);
	core_alarm(n->core, scenario_org(n), what, "test");
	assert_int_equal(scenario_end(n), OK);
}

static void an_alarm_is_past_when_the_operator_has_seen_it(void **state)
{
	static const char first[] = "something is wrong", second[] = "something else is wrong";
	struct scenario s;
	struct node *n = &s.node[0];
	(void)state;
	scenario_open(&s, 1);
	int64_t before = problems(n);
	assert_int_equal(findings(n, "alarms", "good", "none"), 1);
	alarm(n, first);
	assert_int_equal(findings(n, "alarm", "look", first), 1);
	assert_int_equal(problems(n), before + 1);
	json_decref(doctor(n, true, true)); /* a rehearsal */
	assert_int_equal(problems(n), before + 1);
	json_t *r = doctor(n, true, false);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(r, "result"), "problems")), before);
	json_decref(r);
	assert_int_equal(problems(n), before);
	assert_int_equal(findings(n, "alarm", "past", first), 1);
	scenario_restart(&s, 0);
	assert_int_equal(problems(n), before);
	alarm(n, second);
	assert_int_equal(findings(n, "alarm", "look", second), 1);
	assert_int_equal(findings(n, "alarm", "past", first), 1);
	alarm(n, second); /* the same within the hour */
	assert_int_equal(findings(n, "alarm", "look", second), 1);
	json_decref(doctor(n, true, false));
	alarm(n, second); /* it was seen, and happens again */
	assert_int_equal(findings(n, "alarm", "look", second), 1);
	s.now += 8ll * 24 * 60 * MINUTE;
	assert_int_equal(findings(n, "alarms", "good", "none"), 1);
	scenario_close(&s);
}

/* Only some are shown, but none is taken as seen that was not. */
static void what_is_not_shown_is_counted(void **state)
{
	static const char *const what[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	struct scenario s;
	struct node *n = &s.node[0];
	(void)state;
	scenario_open(&s, 1);
	for (size_t i = 0; i < 8; i++)
		alarm(n, what[i]);
	assert_int_equal(findings(n, "alarm", "look", ""), 5);
	assert_int_equal(findings(n, "alarms", "look", "3 more"), 1);
	json_t *r = doctor(n, true, false);
	size_t i, shown = 0;
	const json_t *item;
	json_array_foreach(json_object_get(json_object_get(r, "result"), "items"), i, item)
		shown += strcmp(json_string_value(json_object_get(item, "check")), "alarm") == 0;
	json_decref(r);
	assert_int_equal(shown, 8);
	assert_int_equal(findings(n, "alarm", "past", ""), 5);
	assert_int_equal(findings(n, "alarms", "look", ""), 0);
	scenario_close(&s);
}

/* Whether a log is stopped is looked at each time: what was an alarm then is no problem of its own. */
static void a_log_begun_anew_is_past(void **state)
{
	struct scenario s;
	struct node *n = &s.node[0];
	struct complaint why;
	struct log_row log;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	int64_t before = problems(n);
	scenario_begin(n);
	assert_int_equal(logs_current(core_txn(n->core), scenario_org(n), AUDIENCE_DIRECT, scenario_org(&s.node[1]), &log), OK);
	stopped_log(n->core, scenario_org(&s.node[1]), &log.id, "test");
	assert_int_equal(scenario_end(n), OK);
	assert_int_equal(findings(n, "log", "look", "node1"), 1);
	assert_true(hinted(n, "log", "tally partner reopen node1"));
	assert_int_equal(findings(n, "alarm", "past", "node1"), 1);
	assert_int_equal(problems(n), before + 1);
	scenario_begin(n);
	assert_int_equal(stopped_reopen(n->core, scenario_org(&s.node[1]), &why), OK);
	assert_int_equal(scenario_end(n), OK);
	assert_int_equal(findings(n, "log", "look", ""), 0);
	assert_int_equal(findings(n, "alarm", "past", "node1"), 1);
	assert_int_equal(problems(n), before);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_turn_is_past_when_a_later_one_is_stored),
		cmocka_unit_test(an_alarm_is_past_when_the_operator_has_seen_it),
		cmocka_unit_test(what_is_not_shown_is_counted),
		cmocka_unit_test(a_log_begun_anew_is_past),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
