/* An incident that grows: whoever is told later takes part like those who were told at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/api.h"
#include "tests/unit/scenario.h"

static struct scenario world;

static json_t *call(int node, const char *name, json_t *args)
{
	json_t *r = scenario_ask(&world, node, name, args);
	scenario_run(&world, 1000);
	return r;
}

static const char *said(const json_t *response)
{
	const char *id = json_string_value(json_object_get(json_object_get(response, "result"), "id"));
	if (!id)
		fail_msg("%s", json_string_value(json_object_get(response, "text")));
	return id;
}

static json_t *report(const char *to, const char *tlp)
{
	return call(0, "incident.report", json_pack("{s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "to", to, "tlp", tlp, "body", "title", "x", "stage",
	                                            "early-warning", "aware", "2026-11-23T09:00:00Z", "malicious", "no", "cross_border", "no",
	                                            "contact", "soc@example.org"));
}

static json_t *update(const char *id, const char *to)
{
	return call(0, "incident.update", json_pack("{s:s, s:s, s:{s:s}}", "incident", id, "to", to, "body", "summary", "More is known."));
}

static const char *impact_of(const json_t *matrix, const char *partner)
{
	const json_t *items = json_object_get(json_object_get(matrix, "result"), "items");
	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *row = json_array_get(items, i);
		const char *name = json_string_value(json_object_get(row, "partner")), *impact = json_string_value(json_object_get(row, "impact"));
		if (name && strcmp(name, partner) == 0)
			return impact ? impact : "";
	}
	return "not there";
}

/* Who may speak in a thread goes by its first record: so that one goes along. */
static void told_with_an_update(void **state)
{
	(void)state;
	json_t *first = report("node1", "amber"), *second = update(said(first), "node2");
	json_t *answer = call(2, "incident.answer", json_pack("{s:s, s:{s:s}}", "incident", said(second), "body", "impact", "affected"));
	assert_non_null(said(answer));
	json_t *here = call(0, "incident.matrix", json_pack("{s:s}", "incident", said(first)));
	json_t *there = call(2, "incident.matrix", json_pack("{s:s}", "incident", said(first)));
	assert_string_equal(impact_of(here, "node2"), "affected");
	assert_string_equal(impact_of(there, "me"), "affected");
	json_decref(first);
	json_decref(second);
	json_decref(answer);
	json_decref(here);
	json_decref(there);
}

static void refused(json_t *response, const char *words)
{
	const char *text = json_string_value(json_object_get(response, "text"));
	assert_string_equal(json_string_value(json_object_get(response, "error")), "ERR_POLICY");
	if (!text || !strstr(text, words))
		fail_msg("%s", text ? text : "no text");
	json_decref(response);
}

static json_t *reply(int node, const char *id)
{
	return call(node, "record.reply", json_pack("{s:s, s:s}", "record", id, "decision", "acknowledged"));
}

/* The first record was not taken, its author's clock having been set back before it was sent: an answer would be shown by its author, not by us. */
static void what_was_not_taken_is_not_answered(void **state)
{
	(void)state;
	json_t *first = report("node1", "amber");
	world.node[0].skew = -60 * 60 * 1000;
	json_t *second = update(said(first), "node2");
	const char *ids[] = {said(first), said(second)};
	for (size_t i = 0; i < 2; i++) {
		refused(call(2, "incident.answer", json_pack("{s:s, s:{s:s}}", "incident", ids[i], "body", "impact", "affected")), "ten minutes");
		refused(reply(2, ids[i]), "ten minutes");
		refused(call(2, "record.new", json_pack("{s:s, s:s, s:{s:s}}", "kind", "incident.answer", "about", ids[i], "body", "impact", "affected")),
		        "ten minutes");
	}
	json_t *well = reply(1, said(first));
	assert_non_null(said(well)); /* taken where it came in time */
	world.node[0].skew = 0;
	json_decref(first);
	json_decref(second);
	json_decref(well);
}

/* A red record names its readers once and for all. */
static void red_takes_nobody_in_later(void **state)
{
	(void)state;
	json_t *first = report("node1", "red"), *second = update(said(first), "node2"), *same = update(said(first), "node1");
	assert_string_equal(json_string_value(json_object_get(second, "error")), "ERR_TLP");
	assert_non_null(strstr(json_string_value(json_object_get(second, "hint")), "tally incident report"));
	assert_non_null(said(same));
	json_decref(first);
	json_decref(second);
	json_decref(same);
}

/* Of the last of a list. */
static const char *text_of(json_t *response, const char *list, const char *member, char out[static 200])
{
	json_t *r = json_object_get(response, "result"), *items = list ? json_object_get(r, list) : NULL;
	const char *text = json_string_value(json_object_get(list ? json_array_get(items, json_array_size(items) - 1) : r, member));
	(void)snprintf(out, 200, "%s", text ? text : "");
	json_decref(response);
	return out;
}

/* What we passed on grows old when its author says more: we are told, and who got it sees as of when it is. */
static void passed_on_and_grown(void **state)
{
	char id[65], text[200];
	(void)state;
	json_t *r = call(1, "incident.report", json_pack("{s:[s], s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "to", "node0", "tlp", "green", "body",
	                                                "title", "Ransomware", "stage", "early-warning", "aware", "2026-11-23T09:00:00Z",
	                                                "malicious", "no", "cross_border", "no", "contact", "soc@example.org"));
	(void)snprintf(id, sizeof id, "%s", said(r));
	json_decref(r);
	json_decref(call(0, "incident.forward", json_pack("{s:s, s:s, s:s, s:{s:s}}", "incident", id, "to", "node2", "as", "customer", "body", "basis",
	                                                 "contract")));
	json_decref(call(0, "incident.answer", json_pack("{s:s, s:{s:s}}", "incident", id, "body", "impact", "not-affected")));
	assert_string_equal(text_of(call(0, "inbox.list", json_pack("{s:b}", "open", true)), "items", "next", text), "");
	assert_string_equal(text_of(call(2, "incident.show", json_pack("{s:s}", "incident", id)), NULL, "via", text), "node0");
	assert_true(*text_of(call(2, "incident.show", json_pack("{s:s}", "incident", id)), NULL, "as_of", text));
	r = call(1, "incident.update", json_pack("{s:s, s:{s:s, s:s, s:s}}", "incident", id, "body", "stage", "notification", "severity", "high",
	                                         "determination", "confirmed"));
	json_decref(r);
	json_decref(call(0, "incident.answer", json_pack("{s:s, s:{s:s}}", "incident", id, "body", "impact", "not-affected")));
	assert_non_null(strstr(text_of(call(0, "inbox.list", json_pack("{s:b}", "open", true)), "items", "next", text), "--to node2 --as customer"));
	assert_string_equal(text_of(call(0, "incident.matrix", json_pack("{s:s}", "incident", id)), "items", "newest", text), "an earlier version");
	json_decref(call(0, "incident.forward", json_pack("{s:s, s:s, s:s, s:{s:s}}", "incident", id, "to", "node2", "as", "customer", "body", "basis",
	                                                 "contract")));
	assert_string_equal(text_of(call(0, "inbox.list", json_pack("{s:b}", "open", true)), "items", "next", text), "");
	assert_string_equal(text_of(call(0, "incident.matrix", json_pack("{s:s}", "incident", id)), "items", "newest", text), "stored");
}

static int open_world(void **state)
{
	(void)state;
	scenario_open(&world, 3);
	scenario_pair(&world, 0, 1);
	scenario_pair(&world, 0, 2);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	scenario_close(&world);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(passed_on_and_grown, open_world, close_world),
		cmocka_unit_test_setup_teardown(told_with_an_update, open_world, close_world),
		cmocka_unit_test_setup_teardown(what_was_not_taken_is_not_answered, open_world, close_world),
		cmocka_unit_test_setup_teardown(red_takes_nobody_in_later, open_world, close_world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
