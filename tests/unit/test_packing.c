/* Proof files over many records: a pack of our own, and what two hold of each other. Real cores, a virtual clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "node/api.h"
#include "node/packing.h"
#include "proto/proof.h"
#include "tests/unit/scenario.h"

#define MANY 600 /* more than two entries hold */

static void certificates(struct scenario *s, int node, int count)
{
	for (int i = 0; i < count; i++)
		json_decref(scenario_call(s, node, "certification.add",
		                 json_pack("{s:b, s:{s:s, s:s, s:s, s:s, s:s}}", "unpublished", 1, "body", "scheme", "S", "body", "B", "scope", "all", "issued",
		                           "2020-01-01", "expires", "2099-12-31")));
}

static void verified(const json_t *result, struct arena *a, struct proof_report *out)
{
	const char *hex = json_string_value(json_object_get(result, "hex"));
	size_t n = strlen(hex) / 2;
	uint8_t *bytes = arena_alloc(a, n);
	assert_non_null(bytes);
	assert_int_equal(hex_decode(hex, 2 * n, bytes), OK);
	assert_int_equal(proof_verify(SPAN(bytes, n), a, out), OK);
	if (out->verdict != PROOF_VALID)
		fail_msg("%s", out->link);
}

static void more_than_an_entry_holds(void **state)
{
	struct scenario *s = *state;
	struct arena *a = arena_new();
	struct proof_report report;
	certificates(s, 0, MANY);
	json_t *result = scenario_call(s, 0, "posture.pack", json_object());
	verified(result, a, &report);
	assert_int_equal(report.lines, MANY);
	assert_int_equal(report.signers, 1);
	for (size_t i = 0; i < report.lines; i++) {
		assert_true(id_eq(&report.line[i].author, scenario_org(&s->node[0])));
		assert_true(id_eq(&report.line[i].target, scenario_org(&s->node[0])));
		assert_true(report.line[i].n >= 2 && report.line[i].n <= 4);
	}
	json_decref(result);
	arena_free(a);
}

/* Two packs of one moment are two logs: nothing is signed twice at one place. */
static void never_the_same_place(void **state)
{
	struct scenario *s = *state;
	struct arena *a = arena_new();
	struct proof_report one, other;
	certificates(s, 0, 1);
	json_t *first = scenario_call(s, 0, "posture.pack", json_object()), *second = scenario_call(s, 0, "posture.pack", json_object());
	verified(first, a, &one);
	verified(second, a, &other);
	assert_false(id_eq(&one.line[0].log, &other.line[0].log));
	json_decref(first);
	json_decref(second);
	arena_free(a);
}

static void both_ends_the_same(void **state)
{
	struct scenario *s = *state;
	struct arena *a = arena_new();
	struct proof_report report;
	for (int i = 0; i < 5; i++) {
		(void)scenario_notice(s, 0, 1, "one way");
		(void)scenario_notice(s, 1, 0, "the other");
	}
	scenario_run(s, 60000);
	json_t *ours = scenario_call(s, 0, "partner.file", json_pack("{s:s}", "partner", "node1"));
	json_t *theirs = scenario_call(s, 1, "partner.file", json_pack("{s:s}", "partner", "node0"));
	assert_string_equal(json_string_value(json_object_get(ours, "content")), json_string_value(json_object_get(theirs, "content")));
	assert_int_equal(json_integer_value(json_object_get(ours, "records")), 10);
	verified(ours, a, &report);
	assert_int_equal(report.lines, 10);
	verified(theirs, a, &report);
	json_decref(ours);
	scenario_cut(s, true);
	(void)scenario_notice(s, 0, 1, "not there yet"); /* without a receipt it is not held by both */
	ours = scenario_call(s, 0, "partner.file", json_pack("{s:s}", "partner", "node1"));
	assert_string_equal(json_string_value(json_object_get(ours, "content")), json_string_value(json_object_get(theirs, "content")));
	assert_int_equal(json_array_size(json_object_get(ours, "warnings")), 1);
	json_decref(ours);
	json_decref(theirs);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(more_than_an_entry_holds, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(never_the_same_place, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(both_ends_the_same, scenario_two, scenario_done),
	};
	return cmocka_run_group_tests_name("packing", tests, NULL, NULL);
}
