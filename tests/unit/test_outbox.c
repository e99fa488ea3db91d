/* What every receiver would refuse is not said: it fails here, in words, and nothing of it is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/api.h"
#include "node/examples.h"
#include "tests/unit/snapshot.h"

#define BODY "\"body\":{\"title\":\"x\",\"stage\":\"early-warning\",\"aware\":\"2026-11-23T09:00:00Z\",\"malicious\":\"no\"," \
             "\"cross_border\":\"no\",\"contact\":\"soc@example.org\"}"

static struct scenario *world;

static void refused(const char *name, json_t *args, const char *error, const char *words)
{
	struct snapshot before = snapshot_of(&world->node[0]), after;
	json_t *r = scenario_ask(world, 0, name, args);
	const char *text = json_string_value(json_object_get(r, "text"));
	if (!text)
		fail_msg("%s was said", words);
	if (strcmp(json_string_value(json_object_get(r, "error")), error) != 0 || !strstr(text, words))
		fail_msg("%s: %s", json_string_value(json_object_get(r, "error")), text);
	json_decref(r);
	after = snapshot_of(&world->node[0]);
	snapshot_equal(words, &before, &after);
}

static json_t *args(const char *text)
{
	json_error_t bad;
	json_t *j = json_loads(text, 0, &bad);
	if (!j)
		fail_msg("%s", bad.text);
	return j;
}

static void a_header_that_nobody_takes(void **state)
{
	(void)state;
	refused("incident.report", args("{\"to\":\"node1\",\"tlp\":\"green\",\"onward\":true," BODY "}"), "ERR_INVALID", "onward is for amber only");
	refused("record.new", args("{\"kind\":\"incident.notice\",\"tlp\":\"red\"," BODY "}"), "ERR_INVALID", "named is required");
	json_t *r = scenario_ask(world, 0, "incident.report", args("{\"to\":\"node1\"," BODY "}"));
	const char *id = json_string_value(json_object_get(json_object_get(r, "result"), "id"));
	json_t *twice = args("{\"kind\":\"incident.notice\",\"to\":\"node1\"," BODY "}");
	(void)json_object_set_new(twice, "parent", json_pack("[s, s]", id, id));
	refused("record.new", twice, "ERR_INVALID", "parents[1] stands in the list twice");
	json_decref(r);
}

/* A set of n requirements, each with more than 16,000 bytes of text. */
static json_t *large_set(size_t n)
{
	json_t *set = examples_requirement(), *list = json_array();
	char *text = malloc(16001);
	assert_non_null(text);
	memset(text, 'x', 16000);
	text[16000] = 0;
	for (size_t i = 0; i < n; i++) {
		char rid[24];
		(void)snprintf(rid, sizeof rid, "L%zu", i);
		(void)json_array_append_new(list, json_pack("{s:s, s:s}", "rid", rid, "text", text));
	}
	(void)json_object_set_new(set, "requirements", list);
	(void)json_object_del(set, "levels");
	free(text);
	return set;
}

static void a_record_over_the_limit(void **state)
{
	json_t *r;
	(void)state;
	refused("record.new", json_pack("{s:s, s:o}", "kind", "requirement.set", "body", large_set(33)), "ERR_LIMIT",
	        "record is larger than 512 KiB; long material belongs in a document of its own");
	refused("requirement.import", json_pack("{s:s, s:o}", "name", "large", "set", large_set(33)), "ERR_LIMIT",
	        "the set has 516 KiB, and a record at most 512");
	r = scenario_ask(world, 0, "requirement.import", json_pack("{s:s, s:o}", "name", "large", "set", large_set(32)));
	assert_true(json_is_true(json_object_get(r, "ok")));
	json_decref(r);
}

static const char *id_of(const json_t *response)
{
	const char *id = json_string_value(json_object_get(json_object_get(response, "result"), "id"));
	if (!id)
		fail_msg("%s", json_string_value(json_object_get(response, "text")));
	return id;
}

/* The same forward again, under another label. */
static enum err say_again(const struct id *id, enum tlp tlp)
{
	struct core *c = world->node[0].core;
	struct record_row row;
	struct record r;
	struct complaint why = {0};
	struct id again;
	scenario_begin(&world->node[0]);
	assert_int_equal(records_by_id(core_txn(c), id, &row), OK);
	assert_int_equal(record_decode(row.payload, c->arena, &r, &why), OK);
	struct draft d = {.kind = kind_by_number(KIND_FORWARD), .body = r.body, .tlp = tlp, .to = scenario_org(&world->node[2]), .recipients = 1};
	assert_int_equal(core_nest(c), OK);
	enum err e = core_say(c, &d, &again, &why);
	core_undo(c);
	assert_int_equal(scenario_end(&world->node[0]), OK);
	return e;
}

static void a_forward_freer_than_what_it_carries(void **state)
{
	struct id notice = scenario_notice(world, 1, 0, "amber"), forward;
	char hex[65];
	(void)state;
	scenario_run(world, 1000);
	hex_encode(hex, notice.b, 32);
	json_t *r = scenario_ask(world, 0, "incident.forward",
	                         json_pack("{s:s, s:s, s:s, s:{s:s}}", "incident", hex, "to", "node2", "as", "customer", "body", "basis",
	                                   "contract"));
	assert_int_equal(hex_decode(id_of(r), 64, forward.b), OK);
	json_decref(r);
	assert_int_equal(say_again(&forward, TLP_GREEN), ERR_TLP);
	assert_int_equal(say_again(&forward, TLP_AMBER_STRICT), OK);
}

static int open_world(void **state)
{
	(void)state;
	world = calloc(1, sizeof *world);
	if (!world)
		return -1;
	scenario_open(world, 3);
	scenario_pair(world, 1, 0);
	scenario_pair(world, 2, 0);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	scenario_close(world);
	free(world);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_that_nobody_takes),
		cmocka_unit_test(a_record_over_the_limit),
		cmocka_unit_test(a_forward_freer_than_what_it_carries),
	};
	return cmocka_run_group_tests_name("outbox", tests, open_world, close_world);
}
