/* Attestations through the dispatcher, with two real cores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "node/api.h"
#include "node/examples.h"
#include "proto/when.h"
#include "tests/unit/scenario.h"

static json_t *example(struct scenario *p, const char *unit)
{
	json_t *o = examples_posture(p->now / WHEN_DAY_MS);
	(void)json_object_set_new(json_object_get(o, "scope"), "units", json_pack("[s]", unit));
	return o;
}

/* The id of what was published; both are taken over. to, supersedes NULL: not given. */
static json_t *publish(struct scenario *p, json_t *body, const char *to, json_t *supersedes)
{
	json_t *args = json_pack("{s:o}", "body", body);
	if (to)
		(void)json_object_set_new(args, "to", json_pack("[s]", to));
	if (supersedes)
		(void)json_object_set_new(args, "supersedes", supersedes);
	return scenario_ask(p, 1, "posture.publish", args);
}

static const char *published(const json_t *response)
{
	const char *id = json_string_value(json_object_get(json_object_get(response, "result"), "id"));
	if (!id)
		fail_msg("%s", json_string_value(json_object_get(response, "text")));
	return id;
}

static void fails_as(json_t *response, const char *error)
{
	assert_true(json_is_false(json_object_get(response, "ok")));
	assert_string_equal(json_string_value(json_object_get(response, "error")), error);
	json_decref(response);
}

static void state_is(struct scenario *p, int node, const char *id, const char *state)
{
	json_t *response = scenario_ask(p, node, "posture.show", json_pack("{s:s}", "posture", id));
	assert_string_equal(json_string_value(json_object_get(json_object_get(response, "result"), "state")), state);
	json_decref(response);
}

static void takes_the_place(void **state)
{
	struct scenario *p = *state;
	json_t *first = publish(p, example(p, "depot"), "node0", NULL);
	json_t *beside = publish(p, example(p, "depot"), "node0", NULL); /* said, but not decided for the author */
	assert_int_equal(json_array_size(json_object_get(json_object_get(beside, "result"), "warnings")), 1);
	assert_null(json_object_get(json_object_get(first, "result"), "warnings"));
	json_t *elsewhere = publish(p, example(p, "harbour"), "node0", NULL);
	assert_null(json_object_get(json_object_get(elsewhere, "result"), "warnings"));
	p->now += 1000;
	json_t *newer = publish(p, example(p, "depot"), NULL, json_string(published(first))); /* to whom the first one went */
	json_t *newest = publish(p, example(p, "depot"), "node0", json_true());
	scenario_run(p, 1000);
	for (int node = 0; node < 2; node++) {
		state_is(p, node, published(first), "superseded");
		state_is(p, node, published(elsewhere), "current");
		state_is(p, node, published(beside), "current");
		state_is(p, node, published(newer), "superseded");
		state_is(p, node, published(newest), "current");
	}
	json_decref(first);
	json_decref(beside);
	json_decref(elsewhere);
	json_decref(newer);
	json_decref(newest);
}

static void what_is_refused(void **state)
{
	struct scenario *p = *state;
	fails_as(publish(p, json_object(), "node0", NULL), "ERR_USAGE");
	fails_as(publish(p, example(p, "depot"), NULL, NULL), "ERR_USAGE");
	fails_as(publish(p, example(p, "depot"), "node0", json_true()), "ERR_NOT_FOUND");
	fails_as(publish(p, example(p, "depot"), "nobody", NULL), "ERR_NOT_FOUND");
	json_t *ours = scenario_ask(p, 0, "posture.publish", json_pack("{s:o, s:[s]}", "body", example(p, "depot"), "to", "node1"));
	scenario_run(p, 1000);
	fails_as(publish(p, example(p, "depot"), "node0", json_string(published(ours))), "ERR_POLICY"); /* of somebody else */
	assert_int_equal(scenario_count(&p->node[1], KIND_POSTURE_ATTESTATION), 1);
	json_decref(ours);
}

static void gap_says_what_to_do(void **state)
{
	struct scenario *p = *state;
	json_t *posture = publish(p, example(p, "depot"), "node0", NULL);
	scenario_run(p, 1000);
	json_t *response = scenario_ask(p, 0, "posture.gap", json_pack("{s:s}", "partner", "node1")), *r = json_object_get(response, "result");
	assert_int_equal(json_array_size(json_object_get(r, "items")), 8);
	assert_non_null(strstr(json_string_value(json_object_get(r, "next")), "tally requirement assign SET --to node1"));
	json_t *same = scenario_ask(p, 0, "posture.gap", json_pack("{s:s}", "supplier", "node1"));
	assert_true(json_equal(response, same));
	json_decref(posture);
	json_decref(response);
	json_decref(same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(takes_the_place, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(what_is_refused, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(gap_says_what_to_do, scenario_two, scenario_done),
	};
	return cmocka_run_group_tests_name("api_posture", tests, NULL, NULL);
}
