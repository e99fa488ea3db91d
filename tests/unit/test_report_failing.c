/* The rule of "report failing" at its edges, and what ends soon: two real cores, a virtual clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "node/api.h"
#include "proto/when.h"
#include "tests/unit/scenario.h"

static void day_text(int64_t day, char out[static WHEN_TEXT])
{
	when_format_date(day, out);
}

/* One failure on the evening of this day, if nobody answers. */
static void owes_an_answer(struct scenario *s, int64_t day)
{
	char text[WHEN_TEXT];
	day_text(day, text);
	json_decref(scenario_call(s, 0, "contract.offer",
	                 json_pack("{s:{s:s, s:s, s:s, s:s}}", "body", "reference", text, "type", "bespoke", "supplier", "node1", "answer_by", text)));
}

static size_t lines(struct scenario *s, int node, const char *report)
{
	json_t *r = scenario_call(s, node, "report.run", json_pack("{s:s}", "report", report));
	size_t n = json_array_size(json_object_get(r, "items"));
	json_decref(r);
	return n;
}

/* Nothing but time passes: nodes of this world owe each other pings. */
static void pass(struct scenario *s, int64_t days)
{
	scenario_cut(s, true);
	s->now += days * WHEN_DAY_MS;
}

static void three_within_a_year_and_apart(void **state)
{
	struct scenario *s = *state;
	int64_t today = s->now / WHEN_DAY_MS;
	scenario_run(s, 1000);
	owes_an_answer(s, today);
	owes_an_answer(s, today + 29);
	owes_an_answer(s, today + 30);
	scenario_run(s, 1000);
	pass(s, 30); /* two are over */
	assert_int_equal(lines(s, 0, "failing"), 0);
	pass(s, 1); /* the third: thirty days after the first */
	json_t *r = scenario_call(s, 0, "report.run", json_pack("{s:s}", "report", "failing"));
	const json_t *one = json_array_get(json_object_get(r, "items"), 0);
	assert_non_null(one);
	assert_int_equal(json_integer_value(json_object_get(one, "failures")), 3);
	assert_int_equal(json_integer_value(json_object_get(one, "overdue")), 3);
	assert_int_equal(json_array_size(json_object_get(one, "why")), 3);
	json_decref(r);
	assert_int_equal(lines(s, 1, "failing"), 0); /* nobody's report is about oneself */
	pass(s, 334);
	assert_int_equal(lines(s, 0, "failing"), 1); /* minutes before its 365 days are over */
	pass(s, 1);
	assert_int_equal(lines(s, 0, "failing"), 0);
}

static void one_bad_month_is_not_enough(void **state)
{
	struct scenario *s = *state;
	int64_t today = s->now / WHEN_DAY_MS;
	for (int i = 0; i < 6; i++)
		owes_an_answer(s, today + i * 5); /* six, within 25 days */
	scenario_run(s, 1000);
	pass(s, 40);
	assert_int_equal(lines(s, 0, "failing"), 0);
}

static void what_ends_soon(void **state)
{
	struct scenario *s = *state;
	int64_t today = s->now / WHEN_DAY_MS;
	char issued[WHEN_TEXT], expires[WHEN_TEXT];
	day_text(today - 1, issued);
	day_text(today + 91, expires);
	json_decref(scenario_call(s, 1, "certification.add",
	                 json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s}}", "to", "node0", "body", "scheme", "S", "body", "B", "scope", "all", "issued", issued,
	                           "expires", expires)));
	scenario_run(s, 1000);
	assert_int_equal(lines(s, 0, "expiring"), 0); /* 91 days */
	pass(s, 1);
	for (int node = 0; node < 2; node++)
		assert_int_equal(lines(s, node, "expiring"), 1);
	pass(s, 180); /* 90 days after its end */
	assert_int_equal(lines(s, 0, "expiring"), 1);
	pass(s, 1);
	assert_int_equal(lines(s, 0, "expiring"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(three_within_a_year_and_apart, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(one_bad_month_is_not_enough, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(what_ends_soon, scenario_two, scenario_done),
	};
	return cmocka_run_group_tests_name("report_failing", tests, NULL, NULL);
}
