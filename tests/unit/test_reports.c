/* Reports against each other, between two real cores: node1 supplies node0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/api.h"
#include "proto/when.h"
#include "tests/unit/scenario.h"

static json_t *report(struct scenario *s, int node, const char *name)
{
	json_t *r = scenario_call(s, node, "report.run", json_pack("{s:s}", "report", name));
	json_t *items = json_incref(json_object_get(r, "items"));
	json_decref(r);
	return items;
}

static const char *text(const json_t *items, size_t i, const char *name)
{
	const char *found = json_string_value(json_object_get(json_array_get(items, i), name));
	return found ? found : "";
}

/* A contract by which node1 supplies node0, with this rule for subcontractors; its id. */
static void agree(struct scenario *s, const char *mode, char id[static 65])
{
	json_t *r = scenario_call(s, 0, "contract.offer",
	                          json_pack("{s:{s:s, s:s, s:s, s:{s:s}}}", "body", "reference", "C-1", "type", "bespoke", "supplier", "node1", "clauses",
	                                    "subcontracting", mode));
	(void)snprintf(id, 65, "%s", json_string_value(json_object_get(r, "id")));
	json_decref(r);
	scenario_run(s, 1000);
	json_decref(scenario_call(s, 1, "contract.agree", json_pack("{s:s}", "contract", id)));
	scenario_run(s, 1000);
}

static void disclose(struct scenario *s, const char *contract)
{
	json_decref(scenario_call(s, 1, "subcontractor.disclose",
	                 json_pack("{s:{s:s, s:s, s:b, s:[{s:s, s:s, s:i, s:b}]}}", "body", "contract", contract, "as_of", "2026-11-20", "complete", 1,
	                           "items", "name", "Cedar Hosting", "service", "hosting", "rank", 2, "critical", 1)));
	scenario_run(s, 1000);
}

/* What breaks the contract is a breach to whoever broke it too. */
static void breach_at_both_ends(void **state)
{
	struct scenario *s = *state;
	char id[65];
	agree(s, "forbidden", id);
	disclose(s, id);
	for (int node = 0; node < 2; node++) {
		json_t *items = report(s, node, "subcontracting");
		assert_int_equal(json_array_size(items), 1);
		assert_string_equal(text(items, 0, "subcontractor"), "Cedar Hosting");
		assert_string_equal(text(items, 0, "because"), "the contract forbids subcontractors");
		if (node == 1)
			assert_string_equal(text(items, 0, "who"), "me");
		json_decref(items);
	}
}

/* What a row says and a disclosure too is one subcontractor, and one line. */
static void disclosed_and_known(void **state)
{
	struct scenario *s = *state;
	char id[65];
	agree(s, "free", id);
	disclose(s, id);
	json_decref(scenario_call(s, 0, "supplier.add", json_pack("{s:s, s:{s:s, s:s, s:s}}", "supplier", "n-one", "body", "title", "One", "tier",
	                                                         "critical", "reason", "x")));
	json_decref(scenario_call(s, 0, "supplier.link", json_pack("{s:s, s:s}", "supplier", "n-one", "partner", "node1")));
	json_decref(scenario_call(s, 0, "dependency.add",
	                 json_pack("{s:s, s:{s:s, s:s}}", "dependency", "d-one", "body", "function", "shop", "supplier", "n-one")));
	json_decref(scenario_call(s, 0, "subcontractor.add",
	                 json_pack("{s:s, s:{s:s, s:s, s:b}}", "subcontractor", "c-one", "body", "supplier", "n-one", "subcontractor",
	                           "cedar  hosting", "critical", 1)));
	json_t *items = report(s, 0, "dora");
	assert_int_equal(json_array_size(items), 2); /* the supplier, and the one behind it */
	assert_int_equal(json_array_size(json_object_get(json_array_get(items, 1), "why")), 3); /* dependency, disclosure, row */
	json_decref(items);
	items = report(s, 0, "subcontractors");
	assert_int_equal(json_integer_value(json_object_get(json_array_get(items, 0), "count")), 1);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(items, 0), "critical")), 1);
	json_decref(items);
}

static void ask_by(struct scenario *s, int from, const char *set, const char *to, int days)
{
	char due[WHEN_TEXT];
	json_t *r = scenario_call(s, from, "requirement.import",
	                          json_pack("{s:s, s:{s:s, s:s, s:[{s:s, s:s}]}}", "name", set, "file", "title", set, "version", "1", "requirements",
	                                    "rid", "R1", "text", "Do."));
	json_t *id = json_incref(json_object_get(r, "id"));
	json_decref(r);
	when_format_date(s->now / WHEN_DAY_MS + days, due);
	json_decref(scenario_call(s, from, "requirement.assign", json_pack("{s:o, s:s, s:{s:s}}", "set", id, "to", to, "body", "due", due)));
	scenario_run(s, 1000);
}

static void ask(struct scenario *s, int from, const char *set, const char *to)
{
	ask_by(s, from, set, to, 14);
}

/* Whoever asks us and supplies us nothing need not be asked what we ask of others. */
static void customers_are_not_asked(void **state)
{
	struct scenario *s = *state;
	scenario_pair(s, 1, 2);
	ask(s, 0, "theirs", "node1");
	ask(s, 1, "ours", "node2");
	json_t *items = report(s, 1, "gaps");
	for (size_t i = 0; i < json_array_size(items); i++)
		assert_string_equal(text(items, i, "who"), "node2");
	assert_int_equal(json_array_size(items), 1);
	json_decref(items);
}

static int64_t points(struct scenario *s)
{
	json_t *items = report(s, 0, "priorities");
	int64_t n = json_integer_value(json_object_get(json_array_get(items, 0), "points"));
	json_decref(items);
	return n;
}

/* However many questions there are that nobody need answer for months, they weigh less than one that is due soon. */
static void later_weighs_little(void **state)
{
	struct scenario *s = *state;
	json_decref(scenario_call(s, 0, "supplier.add", json_pack("{s:s, s:{s:s}}", "supplier", "n-one", "body", "title", "One")));
	json_decref(scenario_call(s, 0, "supplier.link", json_pack("{s:s, s:s}", "supplier", "n-one", "partner", "node1")));
	ask_by(s, 0, "first", "node1", 90);
	assert_int_equal(points(s), 1);
	ask_by(s, 0, "second", "node1", 31);
	ask_by(s, 0, "third", "node1", 300);
	assert_int_equal(points(s), 1);
	ask_by(s, 0, "fourth", "node1", 30);
	assert_int_equal(points(s), 3);
}

static bool says_review(struct scenario *s, const char *name, const char *what)
{
	json_t *items = report(s, 0, name);
	bool found = false;
	for (size_t i = 0; i < json_array_size(items); i++)
		found = found || strcmp(text(items, i, "what"), what) == 0;
	json_decref(items);
	return found;
}

/* A review that the register has a date for is ours to do. */
static void reviews(void **state)
{
	struct scenario *s = *state;
	char day[WHEN_TEXT];
	json_decref(scenario_call(s, 0, "supplier.add", json_pack("{s:s, s:{s:s}}", "supplier", "n-one", "body", "title", "One")));
	assert_false(says_review(s, "owed", "review supplier n-one"));
	when_format_date(s->now / WHEN_DAY_MS + 91, day);
	json_decref(scenario_call(s, 0, "supplier.edit", json_pack("{s:s, s:{s:s}}", "supplier", "n-one", "body", "review_due", day)));
	assert_false(says_review(s, "owed", "review supplier n-one"));
	when_format_date(s->now / WHEN_DAY_MS, day);
	json_decref(scenario_call(s, 0, "supplier.edit", json_pack("{s:s, s:{s:s}}", "supplier", "n-one", "body", "review_due", day)));
	assert_true(says_review(s, "owed", "review supplier n-one"));
	assert_false(says_review(s, "overdue", "review supplier n-one")); /* the day counts */
	json_decref(scenario_call(s, 0, "dependency.add", json_pack("{s:s, s:{s:s, s:s, s:s}}", "dependency", "d-1", "body", "function", "shop",
	                                                            "supplier", "n-one", "review_due", "2025-01-01")));
	assert_true(says_review(s, "overdue", "review dependency d-1"));
	json_t *r = scenario_call(s, 0, "calendar.export", json_object());
	assert_non_null(strstr(json_string_value(json_object_get(r, "text")), "review supplier n-one"));
	json_decref(r);
	json_decref(scenario_call(s, 0, "supplier.edit", json_pack("{s:s, s:{s:s}}", "supplier", "n-one", "body", "state", "former")));
	assert_false(says_review(s, "owed", "review supplier n-one"));
}

static int three(void **state)
{
	struct scenario *s = calloc(1, sizeof *s);
	assert_non_null(s);
	scenario_open(s, 3);
	scenario_pair(s, 0, 1);
	*state = s;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(breach_at_both_ends, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(disclosed_and_known, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(later_weighs_little, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(reviews, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(customers_are_not_asked, three, scenario_done),
	};
	return cmocka_run_group_tests_name("reports", tests, NULL, NULL);
}
