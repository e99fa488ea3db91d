/* Deadlines, at both ends of a relationship: two real cores through the dispatcher, on a virtual clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "node/api.h"
#include "node/duty.h"
#include "node/examples.h"
#include "proto/when.h"
#include "tests/unit/scenario.h"

static json_t *report(struct scenario *s, int node, const char *name)
{
	return scenario_call(s, node, "report.run", json_pack("{s:s}", "report", name));
}

static size_t lines(const json_t *result)
{
	return json_array_size(json_object_get(result, "items"));
}

static const json_t *line(const json_t *result, const char *what)
{
	const json_t *item;
	size_t i;
	json_array_foreach(json_object_get(result, "items"), i, item)
		if (strcmp(json_string_value(json_object_get(item, "what")), what) == 0)
			return item;
	return NULL;
}

static const char *text(const json_t *item, const char *name)
{
	const char *t = json_string_value(json_object_get(item, name));
	return t ? t : "";
}

/* The customer, 0, asks for the basic level by the end of this day. */
static char *assign(struct scenario *s, int64_t day)
{
	char due[WHEN_TEXT];
	json_t *body = examples_requirement();
	when_format_date(day, due);
	json_decref(scenario_call(s, 0, "requirement.import", json_pack("{s:o, s:s}", "file", body, "name", "baseline")));
	json_t *r = scenario_call(s, 0, "requirement.assign",
	                 json_pack("{s:s, s:[s], s:{s:s, s:s}}", "set", "baseline", "to", "node1", "body", "level", "basic", "due", due));
	char *id = strdup(json_string_value(json_object_get(r, "id")));
	json_decref(r);
	scenario_run(s, 1000);
	return id;
}

static void both_print_the_same_dates(void **state)
{
	struct scenario *s = *state;
	int64_t day = s->now / WHEN_DAY_MS;
	char *id = assign(s, day + 3);
	json_t *ours = report(s, 0, "owed"), *theirs = report(s, 1, "owed");
	const json_t *item;
	size_t i;
	assert_true(lines(ours) >= 3);
	assert_int_equal(lines(ours), lines(theirs));
	json_array_foreach(json_object_get(ours, "items"), i, item) {
		const json_t *other = line(theirs, text(item, "what"));
		assert_non_null(other);
		assert_string_equal(text(item, "due"), text(other, "due"));
		assert_string_equal(text(item, "state"), text(other, "state"));
		assert_string_equal(text(item, "who_org"), text(other, "who_org"));
		assert_string_equal(text(item, "to_org"), text(other, "to_org"));
		assert_true(json_equal(json_object_get(item, "why"), json_object_get(other, "why")));
		assert_string_equal(json_string_value(json_array_get(json_object_get(item, "why"), 0)), id);
	}
	json_decref(ours);
	json_decref(theirs);
	ours = report(s, 0, "overdue");
	assert_int_equal(lines(ours), 0);
	json_decref(ours);
	free(id);
}

/* A day is kept to its last moment; one millisecond later it is overdue at both ends, and for nobody else. */
static void the_last_moment(void **state)
{
	struct scenario *s = *state;
	int64_t day = s->now / WHEN_DAY_MS;
	free(assign(s, day + 3));
	s->now = (day + 4) * WHEN_DAY_MS - 1;
	for (int node = 0; node < 2; node++) {
		json_t *r = report(s, node, "overdue");
		assert_int_equal(lines(r), 0);
		json_decref(r);
	}
	s->now++;
	for (int node = 0; node < 2; node++) {
		json_t *r = report(s, node, "overdue");
		assert_true(lines(r) >= 3);
		assert_string_equal(text(line(r, "answer R1"), "state"), "overdue by 0 min");
		json_decref(r);
	}
	json_t *mine = scenario_call(s, 0, "report.run", json_pack("{s:s, s:s}", "report", "overdue", "supplier", "node1"));
	assert_true(lines(mine) >= 3);
	json_decref(mine);
}

/* Sent in time and not stored yet is neither met nor forgotten; what is stored counts from the receiver's receipt. */
static void counts_when_it_is_there(void **state)
{
	struct scenario *s = *state;
	int64_t day = s->now / WHEN_DAY_MS;
	char *id = assign(s, day + 3);
	scenario_cut(s, true);
	json_decref(scenario_call(s, 1, "requirement.ack", json_pack("{s:s, s:b}", "assign", id, "accept_all", true)));
	json_t *r = report(s, 1, "owed");
	assert_string_equal(text(line(r, "answer R1"), "state"), "sent, not stored yet");
	json_decref(r);
	s->now = (day + 5) * WHEN_DAY_MS;
	r = report(s, 1, "overdue");
	assert_non_null(line(r, "answer R1"));
	json_decref(r);
	scenario_cut(s, false);
	scenario_run(s, 20 * 60 * 1000);
	for (int node = 0; node < 2; node++) {
		r = report(s, node, "owed");
		assert_null(line(r, "answer R1"));
		json_decref(r);
	}
	free(id);
}

static void days(void **state)
{
	(void)state;
	assert_int_equal(duty_day(0), 0);
	assert_int_equal(duty_day(1), 2 * WHEN_DAY_MS - 1);
}

static void unknown_report(void **state)
{
	struct scenario *s = *state;
	struct api_wait wait = {0};
	json_t *request = json_pack("{s:s, s:{s:s}}", "call", "report.run", "args", "report", "weather"),
	       *list = scenario_call(s, 0, "report.list", json_object());
	const json_t *item;
	size_t i;
	scenario_begin(&s->node[0]);
	json_t *response = api_run(s->node[0].core, request, &wait);
	assert_int_equal(scenario_end(&s->node[0]), OK);
	assert_string_equal(text(response, "error"), "ERR_NOT_FOUND");
	json_array_foreach(json_object_get(list, "items"), i, item) {
		assert_true(*text(item, "title") && *text(item, "leaves_out"));
		json_decref(report(s, 0, text(item, "name"))); /* each runs on an empty register */
	}
	assert_true(i >= 3);
	json_decref(list);
	json_decref(request);
	json_decref(response);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_print_the_same_dates, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(the_last_moment, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(counts_when_it_is_there, scenario_two, scenario_done),
		cmocka_unit_test(days),
		cmocka_unit_test_setup_teardown(unknown_report, scenario_two, scenario_done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
