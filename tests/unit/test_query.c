/* Questions, help, and what of ours an incident touches: three real cores through the dispatcher, on a virtual clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/api.h"
#include "proto/when.h"
#include "tests/unit/scenario.h"

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

static void keep(json_t *result, char out[static 65])
{
	(void)snprintf(out, 65, "%s", json_string_value(json_object_get(result, "id")));
	json_decref(result);
}

/* Days go by without their hours: links break at once, and are there again soon. */
static void days(int n)
{
	world.now += n * WHEN_DAY_MS;
	scenario_run(&world, 30000);
}

static char question[65];

static void ask(int from, const char *to, int within)
{
	char due[WHEN_TEXT];
	when_format(world.now + within * WHEN_DAY_MS, due);
	keep(done(from, "incident.ask", json_pack("{s:s, s:{s:s, s:s, s:[s]}}", "to", to, "body", "title", "Pumps?", "due", due, "products", "pump")),
	     question);
}

/* The duty of answering, as this node prints it. */
static const char *duty(int node, const char *member)
{
	static char text[100];
	json_t *r = done(node, "report.run", json_pack("{s:s}", "report", "owed")), *item;
	size_t i;
	text[0] = '\0';
	json_array_foreach(json_object_get(r, "items"), i, item)
		if (strcmp(json_string_value(json_object_get(item, "what")), "answer the question") == 0)
			(void)snprintf(text, sizeof text, "%s", json_string_value(json_object_get(item, member)));
	json_decref(r);
	return text;
}

static int setup(void **state)
{
	(void)state;
	scenario_open(&world, 3);
	scenario_pair(&world, 0, 1);
	scenario_pair(&world, 1, 2);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scenario_close(&world);
	return 0;
}

static void reminders_are_bounded(void **state)
{
	(void)state;
	ask(0, "node1", 30);
	for (int day = 0; day < 5; day++) {
		json_decref(done(0, "incident.remind", json_pack("{s:s}", "incident", question)));
		scenario_refused(call(0, "incident.remind", json_pack("{s:s}", "incident", question)), "once a day");
		days(1);
	}
	scenario_refused(call(0, "incident.remind", json_pack("{s:s}", "incident", question)), "5 times");
	scenario_refused(call(1, "incident.remind", json_pack("{s:s}", "incident", question)), "not ours");
	json_decref(done(1, "incident.answer", json_pack("{s:s, s:{s:s}}", "incident", question, "body", "impact", "not-affected")));
	scenario_refused(call(0, "incident.remind", json_pack("{s:s}", "incident", question)), "have answered");
}

static size_t reminded(void)
{
	json_t *r = done(0, "incident.remind_due", json_object());
	size_t n = json_array_size(json_object_get(r, "items"));
	json_decref(r);
	return n;
}

/* From a day before it is due on, once a day, whoever asks for it how often; not who has asked back, nor who has answered. */
static void reminded_when_due(void **state)
{
	char back[65];
	(void)state;
	ask(0, "node1", 3);
	assert_int_equal(reminded(), 0);
	days(1);
	assert_int_equal(reminded(), 0);
	days(1);
	keep(done(1, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", question, "decision", "need-info", "body", "text", "which sites?")),
	     back);
	assert_int_equal(reminded(), 0);
	json_decref(done(0, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", back, "decision", "acknowledged", "body", "text", "all")));
	assert_int_equal(reminded(), 1);
	assert_int_equal(reminded(), 0);
	scenario_restart(&world, 0);
	scenario_run(&world, 30000);
	assert_int_equal(reminded(), 0);
	for (int day = 0; day < 6; day++) { /* five in all */
		days(1);
		assert_int_equal(reminded(), day < 4);
	}
	ask(0, "node1", 1);
	json_decref(done(1, "incident.answer", json_pack("{s:s, s:{s:s}}", "incident", question, "body", "impact", "not-affected")));
	assert_int_equal(reminded(), 0);
}

/* A question about the question stops its clock until it is answered, ten days at most; both ends say the same. */
static void asking_back_stops_the_clock(void **state)
{
	char due[WHEN_TEXT], back[65];
	(void)state;
	ask(0, "node1", 2);
	(void)snprintf(due, sizeof due, "%s", duty(0, "due"));
	keep(done(1, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", question, "decision", "need-info", "body", "text", "which sites?")),
	     back);
	days(3);
	assert_string_equal(duty(0, "state"), "stopped");
	assert_string_equal(duty(1, "state"), "stopped");
	json_decref(done(0, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", back, "decision", "acknowledged", "body", "text", "all")));
	for (int node = 0; node < 2; node++)
		assert_non_null(strstr(duty(node, "state"), "running"));
	days(20);
	for (int node = 0; node < 2; node++)
		assert_non_null(strstr(duty(node, "state"), "overdue"));
}

/* Two tiers down and up: counts, and no name. */
static void counts_without_names(void **state)
{
	char first[65];
	(void)state;
	ask(0, "node1", 10);
	(void)snprintf(first, sizeof first, "%s", question);
	keep(done(1, "incident.ask", json_pack("{s:s, s:s, s:{s:s, s:s}}", "to", "node2", "about", first, "body", "title", "Pumps?", "due",
	                                            "2027-01-31T00:00:00Z")), question);
	json_decref(done(2, "incident.answer", json_pack("{s:s, s:{s:s, s:i, s:i, s:i}}", "incident", question, "body", "impact", "affected",
	                                                      "suppliers_asked", 7, "suppliers_answered", 5, "suppliers_affected", 2)));
	json_decref(done(1, "incident.answer", json_pack("{s:s, s:{s:s}}", "incident", first, "body", "impact", "under-investigation")));
	json_t *r = done(0, "incident.matrix", json_pack("{s:s}", "incident", first)), *tiers = json_object_get(r, "tiers");
	static const int want[3][3] = {{1, 1, 0}, {1, 1, 1}, {7, 5, 2}};
	assert_int_equal(json_array_size(tiers), 3);
	for (size_t i = 0; i < 3; i++) {
		const json_t *t = json_array_get(tiers, i);
		assert_int_equal(json_integer_value(json_object_get(t, "asked")), want[i][0]);
		assert_int_equal(json_integer_value(json_object_get(t, "answered")), want[i][1]);
		assert_int_equal(json_integer_value(json_object_get(t, "affected")), want[i][2]);
	}
	const json_t *row = json_array_get(json_object_get(r, "items"), 0); /* what a table shows */
	assert_int_equal(json_integer_value(json_object_get(row, "suppliers_asked")), 1);
	assert_int_equal(json_integer_value(json_object_get(row, "suppliers_affected")), 1);
	char hex[65], *text = json_dumps(r, 0);
	hex_encode(hex, scenario_org(&world.node[2])->b, 32);
	assert_null(strstr(text, hex));
	free(text);
	json_decref(r);
}

static json_t *match(const char *product)
{
	char notice[65];
	keep(done(0, "incident.report", json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:[s]}}", "to", "node1", "body", "title", "x", "stage",
	                                               "early-warning", "aware", "2026-11-23T09:00:00Z", "malicious", "no", "cross_border", "no",
	                                               "contact", "soc@example.org", "products", product)), notice);
	json_t *r = done(1, "incident.match", json_pack("{s:s}", "incident", notice));
	json_t *items = json_incref(json_object_get(r, "items"));
	json_decref(r);
	return items;
}

static void what_it_touches(void **state)
{
	static const struct { const char *theirs, *how; } cases[] = {
		{"Pump  control", "exact"}, {"PUMP-CONTROL", "exact"}, {"cpe:2.3:a:acme:pump_control:3.1:*:*:*:*:*:*:*", "same product"},
		{"pkg:generic/acme/pump-control@3.1", "same product"}, {"Pump control 3.1", "may be: the product alone"}, {"pump", "part of"}, {"pum", NULL},
		{"control", "part of"}, {"pump controller", NULL}, {"heat pump", NULL}, {"", NULL}, {"::", NULL},
	};
	(void)state;
	json_decref(done(1, "supplier.add", json_pack("{s:s, s:{s:[s]}}", "supplier", "acme", "body", "services", "pump control")));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (!*cases[i].theirs)
			continue;
		json_t *items = match(cases[i].theirs);
		const char *how = json_string_value(json_object_get(json_array_get(items, 0), "how"));
		if ((how == NULL) != (cases[i].how == NULL) || (how && strcmp(how, cases[i].how) != 0))
			fail_msg("%s: %s", cases[i].theirs, how ? how : "no match");
		json_decref(items);
	}
}

/* Product and version in two fields, and the author by link or by name, and behind whom he stands. */
static void whom_it_touches(void **state)
{
	static const struct { const char *theirs, *how; } cases[] = {
		{"WMS 3.1", "product and version"}, {"wms-3.1", "product and version"}, {"WMS 4", "may be: the product alone"}, {"WMS", "exact"},
		{"WMS suite", NULL}, {"WMS 3.10", "may be: the product alone"},
	};
	(void)state;
	json_decref(done(1, "supplier.add", json_pack("{s:s, s:{s:s}}", "supplier", "maker", "body", "title", "The maker")));
	json_decref(done(1, "dependency.add", json_pack("{s:s, s:{s:s, s:s, s:s, s:s}}", "dependency", "stock", "body", "function", "warehouse", "supplier",
	                                                "maker", "product", "WMS", "version", "3.1")));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *items = match(cases[i].theirs);
		const char *how = json_string_value(json_object_get(json_array_get(items, 0), "how"));
		if ((how == NULL) != (cases[i].how == NULL) || (how && strcmp(how, cases[i].how) != 0))
			fail_msg("%s: %s", cases[i].theirs, how ? how : "no match");
		json_decref(items);
	}
	json_decref(done(1, "supplier.add", json_pack("{s:s, s:{s:s}}", "supplier", "by-name", "body", "title", "NODE0"))); /* not linked */
	json_decref(done(1, "supplier.add", json_pack("{s:s, s:{s:s}}", "supplier", "zero", "body", "partner", "node0")));
	json_decref(done(1, "subcontractor.add", json_pack("{s:s, s:{s:s, s:s}}", "subcontractor", "behind", "body", "supplier", "maker",
	                                                   "subcontractor", "zero")));
	json_t *items = match("nothing of ours"), *item;
	size_t i, found = 0;
	json_array_foreach(items, i, item) {
		const char *row = json_string_value(json_object_get(item, "row")), *name = json_string_value(json_object_get(item, "name")),
		           *how = json_string_value(json_object_get(item, "how"));
		found += strcmp(name, "by-name") == 0 && strcmp(how, "may be: the author's name") == 0 ? 1 : 0;
		found += strcmp(name, "zero") == 0 && strcmp(row, "supplier") == 0 && strcmp(how, "author") == 0 ? 10 : 0;
		found += strcmp(name, "zero") == 0 && strcmp(row, "subcontractor") == 0 && strcmp(how, "author") == 0 ? 100 : 0;
	}
	assert_int_equal(found, 111);
	json_decref(items);
}

static const char *state_of(int node, const char *id)
{
	static char text[160];
	json_t *r = done(node, "assistance.list", json_object()), *item;
	size_t i;
	text[0] = '\0';
	json_array_foreach(json_object_get(r, "items"), i, item)
		if (strcmp(json_string_value(json_object_get(item, "id")), id) == 0)
			(void)snprintf(text, sizeof text, "%s", json_string_value(json_object_get(item, "state")));
	json_decref(r);
	return text;
}

static void help(void **state)
{
	char until[WHEN_TEXT], offer[65], standing[65];
	(void)state;
	when_format(world.now + WHEN_DAY_MS, until);
	keep(done(1, "assistance.offer", json_pack("{s:s, s:b, s:{s:s, s:[s], s:s}}", "to", "node0", "standing", 1, "body",
	                                                "title", "Analysts", "kinds",
	                                                "staff", "expires", until)), standing);
	keep(done(1, "assistance.offer", json_pack("{s:s, s:{s:s, s:[s]}}", "to", "node0", "body", "title", "Two", "kinds", "staff")), offer);
	scenario_refused(call(1, "assistance.accept", json_pack("{s:s}", "record", offer)), "our own");
	json_decref(done(0, "assistance.accept", json_pack("{s:s}", "record", offer)));
	for (int node = 0; node < 2; node++) {
		assert_string_equal(state_of(node, standing), "open");
		assert_memory_equal(state_of(node, offer), "accepted by ", 12);
	}
	days(2);
	json_decref(done(1, "assistance.close", json_pack("{s:s}", "record", offer)));
	for (int node = 0; node < 2; node++) {
		assert_string_equal(state_of(node, standing), "expired");
		assert_string_equal(state_of(node, offer), "closed");
	}
	scenario_refused(call(0, "assistance.accept", json_pack("{s:s}", "record", standing)), "expired");
}

static bool warned(const json_t *result, const char *words)
{
	const json_t *list = json_object_get(result, "warnings");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strstr(json_string_value(json_array_get(list, i)), words))
			return true;
	return false;
}

/* Help with a partner's incident is asked of somebody who never heard of it: the request stands alone there, and is open at both ends. */
static void help_of_a_third(void **state)
{
	char notice[65], request[65], offer[65];
	(void)state;
	keep(done(0, "incident.report", json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "to", "node1", "body", "title", "x", "stage", "early-warning",
	                                          "aware", "2026-11-23T09:00:00Z", "malicious", "no", "cross_border", "no", "contact", "soc@example.org")),
	     notice);
	keep(done(1, "assistance.request", json_pack("{s:s, s:s, s:{s:s, s:[s]}}", "to", "node2", "about", notice, "body", "title", "Two", "kinds",
	                                             "staff")), request);
	for (int node = 1; node < 3; node++)
		assert_string_equal(state_of(node, request), "open");
	keep(done(2, "assistance.offer", json_pack("{s:s, s:{s:s, s:[s]}}", "about", request, "body", "title", "Two", "kinds", "staff")), offer);
	for (int node = 1; node < 3; node++)
		assert_string_equal(state_of(node, offer), "open");
	json_t *r = done(1, "record.new", json_pack("{s:s, s:s, s:s, s:{s:s}}", "kind", "incident.answer", "about", notice, "to", "node2", "body", "impact",
	                                            "affected"));
	assert_true(warned(r, "node2 may not have"));
	json_decref(r);
	r = done(1, "incident.answer", json_pack("{s:s, s:{s:s}}", "incident", notice, "body", "impact", "affected"));
	assert_null(json_object_get(r, "warnings"));
	json_decref(r);
}

/* Whichever of two questions back is answered, the clock runs on; and what was asked back is done with when they have answered. */
static void asked_back_twice(void **state)
{
	char first[65], second[65];
	(void)state;
	ask(0, "node1", 2);
	keep(done(1, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", question, "decision", "need-info", "body", "text", "which?")), first);
	keep(done(1, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", question, "decision", "need-info", "body", "text", "where?")), second);
	assert_string_equal(duty(0, "state"), "stopped");
	json_decref(done(0, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", second, "decision", "acknowledged", "body", "text", "all")));
	for (int node = 0; node < 2; node++)
		assert_non_null(strstr(duty(node, "state"), "running"));
	json_decref(done(1, "incident.answer", json_pack("{s:s, s:{s:s}}", "incident", question, "body", "impact", "affected")));
	json_t *r = done(0, "inbox.list", json_pack("{s:b}", "open", 1));
	assert_int_equal(json_array_size(json_object_get(r, "items")), 0);
	json_decref(r);
}

static void withdrawn_question(void **state)
{
	(void)state;
	ask(0, "node1", 2);
	json_decref(done(0, "record.retract", json_pack("{s:s, s:s}", "record", question, "reason", "x")));
	json_t *r = done(1, "incident.asked", json_object());
	assert_memory_equal(json_string_value(json_object_get(json_array_get(json_object_get(r, "items"), 0), "state")), "withdrawn, ", 11);
	json_decref(r);
	r = done(1, "incident.answer", json_pack("{s:s, s:{s:s}}", "incident", question, "body", "impact", "affected"));
	assert_true(warned(r, "withdrawn"));
	json_decref(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reminders_are_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(reminded_when_due, setup, teardown),
		cmocka_unit_test_setup_teardown(asking_back_stops_the_clock, setup, teardown),
		cmocka_unit_test_setup_teardown(counts_without_names, setup, teardown),
		cmocka_unit_test_setup_teardown(what_it_touches, setup, teardown), cmocka_unit_test_setup_teardown(whom_it_touches, setup, teardown),
		cmocka_unit_test_setup_teardown(help, setup, teardown),
		cmocka_unit_test_setup_teardown(help_of_a_third, setup, teardown),
		cmocka_unit_test_setup_teardown(asked_back_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(withdrawn_question, setup, teardown),
	};
	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
