/* Whose clocks run on an incident, from when: the author's, and those of a customer that a supplier's notice opens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/api.h"
#include "node/clocks.h"
#include "proto/when.h"
#include "tests/unit/scenario.h"

#define HOUR_MS 3600000ll

static struct scenario world;

static json_t *call(int node, const char *name, json_t *args)
{
	json_t *r = scenario_ask(&world, node, name, args);
	scenario_run(&world, 1000);
	return r;
}

static json_t *done(int node, const char *name, json_t *args)
{
	return scenario_result(call(node, name, args));
}

static char notice[65];

static void report(const char *aware)
{
	json_t *r = done(0, "incident.report", json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "to", "node1", "body", "title", "x", "stage",
	                                                      "early-warning", "aware", aware, "malicious", "no", "cross_border", "no", "contact",
	                                                      "soc@example.org"));
	(void)snprintf(notice, sizeof notice, "%s", json_string_value(json_object_get(r, "id")));
	json_decref(r);
}

static json_t *decide(const char *verb, const char *flag, const char *text)
{
	return call(1, verb, flag ? json_pack("{s:s, s:s}", "incident", notice, flag, text) : json_pack("{s:s}", "incident", notice));
}

/* One member of one clock of who, as this node shows it; "" when there is none. */
static const char *clock_of(int node, int who, const char *clock, const char *member)
{
	static char text[200];
	char hex[65];
	json_t *r = done(node, "incident.show", json_pack("{s:s}", "incident", notice)), *item;
	size_t i;
	text[0] = '\0';
	hex_encode(hex, scenario_org(&world.node[who])->b, 32);
	json_array_foreach(json_object_get(r, "clocks"), i, item) {
		const char *name = json_string_value(json_object_get(item, "who_org")), *what = json_string_value(json_object_get(item, "clock"));
		const char *held = json_string_value(json_object_get(item, member));
		if (name && strcmp(name, hex) == 0 && strcmp(what, clock) == 0)
			(void)snprintf(text, sizeof text, "%s", held ? held : "");
	}
	json_decref(r);
	return text;
}

static int partners(void **state)
{
	(void)state;
	scenario_open(&world, 2);
	scenario_pair(&world, 0, 1);
	return 0;
}

/* In node1's register the other is a supplier of its. */
static void supplies(const char *verb, const char *in)
{
	json_decref(done(1, verb, json_pack("{s:s, s:{s:s, s:s}}", "supplier", "zero", "body", "partner", "node0", "state", in)));
}

static int setup(void **state)
{
	(void)partners(state);
	supplies("supplier.add", "active");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scenario_close(&world);
	return 0;
}

static const char *moment(int64_t ms)
{
	static char text[WHEN_TEXT];
	when_format(ms, text);
	return text;
}

static void opened_by_the_notice(void **state)
{
	(void)state;
	int64_t before = world.now;
	report("2026-01-05T09:00:00Z");
	assert_string_equal(clock_of(1, 0, "early warning", "due"), "2026-01-06T09:00:00Z"); /* the author's, the same at both ends */
	assert_string_equal(clock_of(0, 0, "early warning", "due"), "2026-01-06T09:00:00Z");
	assert_string_equal(clock_of(0, 1, "early warning", "due"), ""); /* what is theirs is theirs alone */
	int64_t due;
	assert_int_equal(when_parse(clock_of(1, 1, "early warning", "due"), &due), OK);
	assert_true(due >= before + 24 * HOUR_MS && due <= world.now + 24 * HOUR_MS);
	assert_non_null(strstr(clock_of(1, 1, "early warning", "state"), "provisional, running"));
	json_t *r = done(1, "incident.show", json_pack("{s:s}", "incident", notice)), *own = json_object_get(r, "to_us");
	assert_non_null(json_object_get(json_object_get(own, "receipt"), "place")); /* the receipt says when it was stored */
	assert_non_null(json_object_get(json_object_get(own, "receipt"), "stored"));
	json_decref(r);
	r = done(1, "report.run", json_pack("{s:s}", "report", "owed"));
	bool found = false;
	for (size_t i = 0; i < json_array_size(json_object_get(r, "items")); i++)
		found = found || json_is_true(json_object_get(json_array_get(json_object_get(r, "items"), i), "provisional"));
	assert_true(found);
	json_decref(r);
}

/* From their own awareness, and calendar months from the day the notification was made: 31 January and a month is 28 February. */
static void confirmed(void **state)
{
	(void)state;
	report("2026-01-05T09:00:00Z");
	scenario_refused(decide("incident.told", "stage", "early-warning"), "not confirmed");
	scenario_refused(decide("incident.confirm", "aware", moment(world.now + HOUR_MS)), "lies ahead");
	scenario_refused(decide("incident.confirm", "aware", "yesterday"), "no time");
	scenario_refused(decide("incident.confirm", "clock", "nis3"), "no clock profile");
	json_decref(scenario_result(decide("incident.confirm", "aware", "2026-01-30T10:00:00Z")));
	assert_string_equal(clock_of(1, 1, "early warning", "due"), "2026-01-31T10:00:00Z");
	assert_string_equal(clock_of(1, 1, "early warning", "from"), "aware");
	scenario_refused(call(1, "incident.told", json_pack("{s:s, s:s, s:s}", "incident", notice, "stage", "early-warning", "at", "2026-01-30T09:59:59Z")),
	                 "before we became aware");
	assert_string_equal(clock_of(1, 1, "final report", "due"), "");
	json_decref(done(1, "incident.told", json_pack("{s:s, s:s, s:s, s:s}", "incident", notice, "stage", "early-warning", "at",
	                                                    "2026-01-30T20:00:00Z", "authority", "CERT")));
	assert_string_equal(clock_of(1, 1, "early warning", "state"), "in time");
	scenario_refused(call(1, "incident.told", json_pack("{s:s, s:s}", "incident", notice, "stage", "correction")), "no report to an authority");
	json_decref(done(1, "incident.told", json_pack("{s:s, s:s, s:s}", "incident", notice, "stage", "notification", "at",
	                                                    "2026-01-31T23:30:00Z")));
	assert_string_equal(clock_of(1, 1, "notification", "met"), "2026-01-31T23:30:00Z");
	assert_string_equal(clock_of(1, 1, "final report", "due"), "2026-02-28T23:30:00Z");
	json_decref(scenario_result(decide("incident.confirm", "clock", "dora")));
	assert_string_equal(clock_of(1, 1, "initial notification", "met"), ""); /* what the CERT was told is nothing to a financial supervisor */
	scenario_refused(call(1, "incident.told", json_pack("{s:s, s:s, s:s}", "incident", notice, "stage", "early-warning", "clock", "nis3")),
	                 "no clock of");
	scenario_refused(call(1, "incident.told", json_pack("{s:s, s:s, s:s}", "incident", notice, "stage", "early-warning", "authority", "the mayor")),
	                 "none of them names this authority");
	json_t *r = done(1, "incident.told", json_pack("{s:s, s:s, s:s, s:s}", "incident", notice, "stage", "early-warning", "authority",
	                                               "the central bank", "at", "2026-01-30T12:00:00Z"));
	assert_int_equal(json_array_size(json_object_get(r, "met")), 1);
	assert_string_equal(json_string_value(json_array_get(json_object_get(r, "met"), 0)), "dora");
	json_decref(r);
	assert_string_equal(clock_of(1, 1, "initial notification", "state"), "in time");
	assert_string_equal(clock_of(1, 1, "early warning", "met"), "2026-01-30T20:00:00Z"); /* the other law's stays as it was */
}

/* A partner's receipt meets no law's clock: an authority must have been told, by our own word or as the notice states. */
static void a_receipt_is_no_authority(void **state)
{
	(void)state;
	char aware[WHEN_TEXT], later[WHEN_TEXT];
	when_format(world.now + HOUR_MS / 4, aware);
	scenario_refused(call(0, "incident.report", json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "to", "node1", "body", "title", "x", "stage",
	                                                      "early-warning", "aware", aware, "malicious", "no", "cross_border", "no", "contact",
	                                                      "soc@example.org")), "aware lies ahead");
	when_format(world.now - HOUR_MS, aware);
	report(aware);
	assert_string_equal(clock_of(0, 0, "early warning", "met"), "");
	assert_string_equal(clock_of(0, 0, "early warning", "state"), "running");
	assert_string_equal(clock_of(1, 0, "early warning", "state"), "no authority named");
	json_t *r = done(0, "report.run", json_pack("{s:s}", "report", "owed"));
	char *text = json_dumps(r, 0);
	assert_non_null(strstr(text, "tally incident told"));
	free(text);
	json_decref(r);
	r = done(0, "incident.told", json_pack("{s:s, s:s, s:s}", "incident", notice, "stage", "early-warning", "authority", "CSIRT"));
	assert_string_equal(json_string_value(json_array_get(json_object_get(r, "met"), 0)), "nis2");
	json_decref(r);
	assert_string_equal(clock_of(0, 0, "early warning", "state"), "in time");
	assert_string_equal(clock_of(0, 0, "notification", "state"), "running");
	when_format(world.now - HOUR_MS / 2, later);
	json_decref(done(0, "incident.update", json_pack("{s:s, s:{s:s, s:s}}", "incident", notice, "body", "authority", "CSIRT", "authority_told", later)));
	assert_string_equal(clock_of(1, 0, "early warning", "met"), later);
	assert_string_equal(clock_of(1, 0, "early warning", "state"), "in time");
}

static void dismissed(void **state)
{
	(void)state;
	report("2026-01-05T09:00:00Z");
	scenario_refused(decide("incident.dismiss", NULL, NULL), "reason");
	json_decref(scenario_result(decide("incident.dismiss", "reason", "we do not use it")));
	assert_string_equal(clock_of(1, 1, "early warning", "due"), "");
	assert_string_equal(clock_of(1, 0, "early warning", "due"), "2026-01-06T09:00:00Z");
	json_t *r = done(1, "incident.show", json_pack("{s:s}", "incident", notice));
	assert_string_equal(json_string_value(json_object_get(json_object_get(r, "to_us"), "reason")), "we do not use it");
	json_decref(r);
	json_decref(scenario_result(decide("incident.confirm", "reason", "we do, after all"))); /* and back */
	assert_string_not_equal(clock_of(1, 1, "early warning", "due"), "");
	scenario_refused(call(0, "incident.confirm", json_pack("{s:s}", "incident", notice)), "our own");
}

static bool warned(const json_t *result, const char *words)
{
	const json_t *list = json_object_get(result, "warnings");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strstr(json_string_value(json_array_get(list, i)), words))
			return true;
	return false;
}

/* One decision after another: what was told to an authority must fit what we say that it is. */
static void decided_anew(void **state)
{
	(void)state;
	report("2026-01-05T09:00:00Z");
	json_decref(scenario_result(decide("incident.dismiss", "reason", "we do not use it")));
	scenario_refused(decide("incident.told", "stage", "early-warning"), "was dismissed");
	json_t *r = scenario_result(decide("incident.confirm", "reason", "we do, after all"));
	assert_true(warned(r, "it was dismissed on"));
	json_decref(r);
	json_decref(scenario_result(decide("incident.told", "stage", "early-warning")));
	r = scenario_result(decide("incident.dismiss", "reason", "it was another product"));
	assert_true(warned(r, "it was confirmed on"));
	assert_true(warned(r, "an authority was told"));
	json_decref(r);
	r = scenario_result(decide("incident.dismiss", "reason", "another product, of no customer of ours"));
	assert_null(json_object_get(r, "warnings"));
	json_decref(r);
}

/* A notice opens clocks when its author is a supplier of ours: by the register, or by a contract. */
static void of_a_supplier_alone(void **state)
{
	(void)state;
	report("2026-01-05T09:00:00Z");
	assert_string_equal(clock_of(1, 1, "early warning", "due"), "");
	json_t *r = done(1, "incident.show", json_pack("{s:s}", "incident", notice));
	assert_non_null(strstr(json_string_value(json_object_get(json_object_get(r, "to_us"), "decision")), "no supplier of ours"));
	json_decref(r);
	supplies("supplier.add", "active");
	assert_string_not_equal(clock_of(1, 1, "early warning", "due"), "");
	supplies("supplier.edit", "former");
	assert_string_equal(clock_of(1, 1, "early warning", "due"), "");
	r = done(1, "contract.offer", json_pack("{s:{s:s, s:s, s:s}}", "body", "reference", "C-7", "supplier", "node0", "type", "bespoke"));
	assert_string_not_equal(clock_of(1, 1, "early warning", "due"), "");
	json_decref(done(0, "contract.decline", json_pack("{s:O}", "contract", json_object_get(r, "id"))));
	json_decref(r);
	assert_string_equal(clock_of(1, 1, "early warning", "due"), "");
	json_decref(scenario_result(decide("incident.confirm", "reason", "it is ours all the same")));
	assert_string_not_equal(clock_of(1, 1, "early warning", "due"), "");
}

/* What the node was given at its start; a notice says which of them it is under. */
static void as_the_files_say(void **state)
{
	static const char text[] = "use own\nowed authority\nclock call: detected + 1 h or aware + 2 h; met by early-warning\n";
	struct arena *a = arena_new();
	struct complaint why;
	struct clocks *p;
	(void)state;
	assert_int_equal(clocks_read("ours", SPAN(text, sizeof text - 1), a, &p, &why), OK);
	core_use_clocks(world.node[0].core, p);
	report("2026-01-05T09:00:00Z");
	assert_string_equal(clock_of(0, 0, "call", "due"), "2026-01-05T11:00:00Z");
	assert_string_equal(clock_of(0, 0, "early warning", "due"), "");
	assert_string_equal(clock_of(1, 0, "early warning", "due"), ""); /* it is not under that law */
	core_use_clocks(world.node[0].core, NULL);
	arena_free(a);
}

/* What the contract says in hours both sides print alike; the profile that it names runs beside it, and a question stops the reader's clock. */
static void by_contract(void **state)
{
	(void)state;
	json_t *r = done(1, "contract.offer",
	                      json_pack("{s:{s:s, s:s, s:s, s:{s:s, s:[{s:s, s:i}, {s:s, s:i}]}}}", "body", "reference", "C-7", "supplier", "node0", "type",
	                                "bespoke", "clauses", "profile", "consortium", "clocks", "stage", "early-warning", "hours", 2, "stage", "final",
	                                "hours", 240));
	json_t *agree = call(0, "contract.agree", json_pack("{s:O}", "contract", json_object_get(r, "id")));
	json_decref(r);
	json_decref(scenario_result(agree));
	char aware[WHEN_TEXT];
	int64_t from = world.now - HOUR_MS, due, again;
	when_format(from, aware);
	report(aware);
	for (int node = 0; node < 2; node++) {
		assert_int_equal(when_parse(clock_of(node, 0, "early-warning", "due"), &due), OK);
		assert_int_equal(due, from / 1000 * 1000 + 2 * HOUR_MS);
		assert_string_equal(clock_of(node, 0, "early-warning", "state"), "in time");
		assert_string_equal(clock_of(node, 0, "early-warning", "profile"), "C-7");
		assert_string_equal(clock_of(node, 0, "final", "due"), ""); /* no notification yet */
		assert_string_equal(clock_of(node, 1, "acknowledgement", "state"), "running");
		assert_int_equal(when_parse(clock_of(node, 1, "assessment", "due"), &due), OK);
	}
	json_decref(done(1, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", notice, "decision", "need-info", "body", "text",
	                                                   "which sites?")));
	scenario_run(&world, 5 * HOUR_MS);
	for (int node = 0; node < 2; node++)
		assert_string_equal(clock_of(node, 1, "assessment", "state"), "stopped");
	json_decref(done(0, "incident.update", json_pack("{s:s, s:{s:s}}", "incident", notice, "body", "summary", "the site in the north")));
	scenario_run(&world, HOUR_MS);
	for (int node = 0; node < 2; node++) {
		assert_string_equal(clock_of(node, 1, "assessment", "state"), "running");
		assert_int_equal(when_parse(clock_of(node, 1, "assessment", "due"), &again), OK);
		assert_true(again - due >= 5 * HOUR_MS && again - due < 5 * HOUR_MS + 10000);
	}
	json_decref(done(1, "incident.answer", json_pack("{s:s, s:{s:s}}", "incident", notice, "body", "impact", "not-affected")));
	for (int node = 0; node < 2; node++) {
		assert_string_equal(clock_of(node, 1, "assessment", "state"), "in time");
		assert_string_equal(clock_of(node, 1, "acknowledgement", "state"), "in time"); /* an answer says at least as much */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(opened_by_the_notice, setup, teardown),
		cmocka_unit_test_setup_teardown(confirmed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_receipt_is_no_authority, setup, teardown),
		cmocka_unit_test_setup_teardown(dismissed, setup, teardown),
		cmocka_unit_test_setup_teardown(decided_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(of_a_supplier_alone, partners, teardown),
		cmocka_unit_test_setup_teardown(as_the_files_say, setup, teardown),
		cmocka_unit_test_setup_teardown(by_contract, setup, teardown),
	};
	return cmocka_run_group_tests_name("assess", tests, NULL, NULL);
}
