/* Many requirements answered bit by bit, with two real cores: Harbour (0) asks, Brackwater (1) answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "node/api.h"
#include "tests/unit/scenario.h"

#define SET "{\"title\": \"Baseline\", \"version\": \"1\", \"requirements\": [{\"rid\": \"ac-1\", \"text\": \"Lock.\"}, " \
	"{\"rid\": \"ac-2\", \"text\": \"Count.\"}, {\"rid\": \"ac-14\", \"text\": \"Watch.\"}, {\"rid\": \"ac-9\", \"text\": \"Tell.\"}]}"

static const char *said(struct scenario *s, int node, const char *name, json_t *args)
{
	static char ids[8][65];
	static int next;
	char *id = ids[next++ % 8];
	json_t *r = scenario_call(s, node, name, args);
	(void)snprintf(id, 65, "%s", json_string_value(json_object_get(r, "id")));
	json_decref(r);
	scenario_run(s, 1000);
	return id;
}

static const char *assigned(struct scenario *s)
{
	(void)said(s, 0, "requirement.import", json_pack("{s:s, s:o}", "name", "baseline", "file", json_loads(SET, 0, NULL)));
	return said(s, 0, "requirement.assign", json_pack("{s:s, s:[s], s:{s:s}}", "set", "baseline", "to", "node1", "body", "due", "2027-06-30"));
}

static void state_is(struct scenario *s, const char *want)
{
	for (int node = 0; node < 2; node++) {
		json_t *r = scenario_call(s, node, "requirement.list", json_object());
		const json_t *items = json_object_get(r, "items"), *last = json_array_get(items, json_array_size(items) - 1);
		assert_string_equal(json_string_value(json_object_get(last, "state")), want);
		json_decref(r);
	}
}

static void bit_by_bit(void **state)
{
	static const char *const order[] = {"answer ac-1", "answer ac-9", "answer ac-14"};
	struct scenario *s = *state;
	const char *assign = assigned(s);
	json_t *r = scenario_call(s, 1, "requirement.ack", json_pack("{s:s, s:[s]}", "assign", assign, "accept", "ac-2"));
	assert_int_equal(json_integer_value(json_object_get(r, "left")), 3);
	assert_non_null(strstr(json_string_value(json_object_get(r, "next")), "answered in part: 1 of 4; still owed: ac-1, ac-14, ac-9"));
	json_decref(r);
	scenario_run(s, 1000);
	state_is(s, "answered in part: 1 of 4");
	r = scenario_call(s, 1, "report.run", json_pack("{s:s}", "report", "owed"));
	for (size_t i = 0; i < 3; i++) /* as people count */
		assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(r, "items"), i), "what")), order[i]);
	json_decref(r);
	scenario_refused(scenario_ask(s, 1, "requirement.ack", json_pack("{s:s}", "assign", assign)), "nothing is answered");
	(void)said(s, 1, "requirement.ack", json_pack("{s:s, s:[s]}", "assign", assign, "decline", "ac-1=no doors"));
	state_is(s, "answered in part: 2 of 4");
	(void)said(s, 1, "requirement.ack", json_pack("{s:s, s:b}", "assign", assign, "accept_all", true));
	state_is(s, "answered");
}

/* What is challenged waits for its answer: accepting all does not mean it, and nothing recommends to. */
static void challenged(void **state)
{
	struct scenario *s = *state;
	const char *assign = assigned(s);
	const char *challenge = said(s, 1, "requirement.challenge",
	                             json_pack("{s:s, s:s, s:{s:s, s:s}}", "about", assign, "rid", "ac-2", "body", "kind", "not-achievable", "text",
	                                       "too many"));
	json_t *r = scenario_call(s, 1, "requirement.ack", json_pack("{s:s, s:b}", "assign", assign, "accept_all", true));
	assert_int_equal(json_integer_value(json_object_get(r, "accepted")), 3);
	assert_int_equal(json_integer_value(json_object_get(r, "left")), 1);
	json_decref(r);
	scenario_run(s, 1000);
	state_is(s, "answered in part: 3 of 4, clock stopped for 1");
	r = scenario_call(s, 1, "report.run", json_pack("{s:s}", "report", "owed"));
	const json_t *item;
	size_t i, seen = 0;
	json_array_foreach(json_object_get(r, "items"), i, item) {
		const char *next = json_string_value(json_object_get(item, "next"));
		if (strcmp(json_string_value(json_object_get(item, "what")), "answer ac-2") != 0)
			continue;
		seen++;
		assert_null(strstr(next, "requirement ack"));
		assert_non_null(strstr(next, "record show"));
	}
	assert_int_equal(seen, 1);
	json_decref(r);
	(void)said(s, 0, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", challenge, "decision", "declined", "body", "text", "no"));
	(void)said(s, 1, "requirement.ack", json_pack("{s:s, s:b}", "assign", assign, "accept_all", true));
	state_is(s, "answered");
}

static void levels_of_stages(void **state)
{
	struct scenario *s = *state;
	const char *set = "{\"title\": \"Two\", \"version\": \"1\", \"levels\": [{\"id\": \"basic\", \"requirements\": [\"R1\"]}], "
	                  "\"requirements\": [{\"rid\": \"R1\", \"text\": \"Lock.\"}]}";
	(void)said(s, 0, "requirement.import", json_pack("{s:s, s:o}", "name", "two", "file", json_loads(set, 0, NULL)));
	scenario_refused(scenario_ask(s, 0, "tender.open", json_pack("{s:s, s:[s], s:[s], s:{s:s}}", "set", "two", "stage", "selection=2026-12-01, nolevel",
	                                                            "to", "node1", "body", "title", "Cold")),
	                 "the set has no level \"nolevel\"; it has: basic");
	(void)said(s, 0, "tender.open", json_pack("{s:s, s:[s], s:[s], s:{s:s}}", "set", "two", "stage", "selection=2026-12-01, basic", "to", "node1",
	                                          "body", "title", "Cold"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bit_by_bit, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(levels_of_stages, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(challenged, scenario_two, scenario_done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
