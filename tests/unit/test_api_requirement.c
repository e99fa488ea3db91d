/* Requirements through the dispatcher, with two real cores: Harbour (0) asks, Brackwater (1) answers. */
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

static void fails(struct scenario *s, int node, const char *name, json_t *args, const char *words)
{
	json_t *response = scenario_ask(s, node, name, args);
	const char *text = json_string_value(json_object_get(response, "text"));
	assert_true(json_is_false(json_object_get(response, "ok")));
	if (!text || !strstr(text, words))
		fail_msg("%s", text ? text : "no text");
	json_decref(response);
}

static bool warned(const json_t *result, const char *words)
{
	const json_t *list = json_object_get(result, "warnings");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strstr(json_string_value(json_array_get(list, i)), words))
			return true;
	return false;
}

static int64_t number(const json_t *result, const char *name)
{
	return json_integer_value(json_object_get(result, name));
}

/* ---- import ---- */

static json_t *large(size_t n, size_t evidence, size_t discussion, size_t text)
{
	char *long_text = malloc(16384);
	json_t *list = json_array();
	assert_non_null(long_text);
	memset(long_text, 'x', 16384);
	for (size_t i = 0; i < n; i++) {
		char rid[32];
		(void)snprintf(rid, sizeof rid, "R%zu", i);
		json_t *r = json_pack("{s:s, s:s#}", "rid", rid, "text", long_text, (int)text);
		if (evidence)
			(void)json_object_set_new(r, "evidence", json_stringn(long_text, evidence));
		if (discussion)
			(void)json_object_set_new(r, "discussion", json_stringn(long_text, discussion));
		(void)json_array_append_new(list, r);
	}
	free(long_text);
	return json_pack("{s:s, s:{s:s, s:s, s:o}}", "name", "large-set", "file", "title", "Large", "version", "1", "requirements", list);
}

/* What explains gives way, by rule, until the set fits into a record; what is asked never does. */
static void too_large(void **state)
{
	json_t *r = scenario_call(*state, 0, "requirement.import", large(100, 3500, 2000, 200));
	assert_true(warned(r, "\"evidence\" texts are left out"));
	assert_false(warned(r, "\"discussion\" texts are left out"));
	assert_true(warned(r, "100 of 100 requirements give no reason why they are asked"));
	assert_int_equal(number(r, "requirements"), 100);
	json_t *shown = scenario_call(*state, 0, "requirement.show", json_pack("{s:s}", "requirement", "large-set"));
	const json_t *one = json_array_get(json_object_get(json_object_get(shown, "body"), "requirements"), 0);
	assert_null(json_object_get(one, "evidence"));
	assert_int_equal(json_string_length(json_object_get(one, "discussion")), 2000);
	json_decref(shown);
	json_decref(r);
	r = scenario_call(*state, 0, "requirement.import", large(100, 3000, 6000, 200));
	assert_true(warned(r, "\"discussion\" texts are left out"));
	json_decref(r);
	fails(*state, 0, "requirement.import", large(100, 0, 0, 6000), "KiB, and a record at most 512");
}

/* Our name for it comes of the title when none is given; a file may be told its title. */
static void by_its_title(void **state)
{
	const char *csv = "rid,text,levels,family\nR1,lock,basic,Doors\nR2,count,basic;standard,Doors\n";
	json_t *r = scenario_call(*state, 0, "requirement.import", json_pack("{s:s, s:s}", "file", csv, "title",
	                                                                 "Harbour's doors, a long title that goes on and on"));
	assert_int_equal(number(r, "requirements"), 2);
	assert_int_equal(number(r, "levels"), 2);
	assert_int_equal(json_array_size(json_object_get(r, "without_rationale")), 2);
	json_decref(r);
	r = scenario_call(*state, 0, "requirement.show", json_pack("{s:s}", "requirement", "harbour-s-doors-a-long-title-that-goes"));
	assert_string_equal(json_string_value(json_object_get(json_object_get(r, "body"), "version")), "1");
	json_decref(r);
	fails(*state, 0, "requirement.import", json_pack("{s:s}", "file", csv), "give the set a name");
	fails(*state, 0, "requirement.import", json_pack("{s:s, s:s}", "file", "rid,text,title\nR1,x,\"a\nb\"\n", "name", "x-set"),
	      "line 2, column 3 (title)");
	fails(*state, 0, "requirement.import", json_pack("{s:{s:{}}, s:s}", "file", "catalog", "name", "x-set"), "catalog.metadata.title");
}

/* ---- challenges ---- */

#define BASELINE "{\"title\": \"Baseline\", \"version\": \"1\", \"levels\": [{\"id\": \"basic\", \"requirements\": [\"R1\"]}, " \
	"{\"id\": \"standard\", \"requirements\": [\"R1\", \"R2\"]}], \"requirements\": [{\"rid\": \"R1\", \"text\": \"Lock.\"}, " \
	"{\"rid\": \"R2\", \"text\": \"Count.\", \"rationale\": \"so\"}]}"

static const char *id_of(const json_t *result)
{
	return json_string_value(json_object_get(result, "id"));
}

/* Says it, lets it arrive, gives the id; args are taken over. */
static char *said(struct scenario *s, int node, const char *name, json_t *args)
{
	static char ids[16][65];
	static int next;
	char *id = ids[next++ % 16];
	json_t *r = scenario_call(s, node, name, args);
	assert_non_null(id_of(r));
	(void)snprintf(id, 65, "%s", id_of(r));
	json_decref(r);
	scenario_run(s, 1000);
	return id;
}

static const char *day_text(const struct scenario *s, int days)
{
	static char text[4][WHEN_TEXT];
	static int next;
	char *t = text[next++ % 4];
	when_format_date(s->now / WHEN_DAY_MS + days, t);
	return t;
}

static char *assigned(struct scenario *s, int days)
{
	(void)said(s, 0, "requirement.import", json_pack("{s:s, s:o}", "name", "baseline", "file", json_loads(BASELINE, 0, NULL)));
	return said(s, 0, "requirement.assign", json_pack("{s:s, s:[s], s:{s:s, s:s}}", "set", "baseline", "to", "node1", "body", "level", "standard",
	                                                  "due", day_text(s, days)));
}

static const json_t *row_of(const json_t *rows, const char *key, const char *want)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const char *text = json_string_value(json_object_get(json_array_get(rows, i), key));
		if (text && strcmp(text, want) == 0)
			return json_array_get(rows, i);
	}
	return NULL;
}

/* A line of a report at both ends: the same due date and state, or at neither. */
static void both_say(struct scenario *s, const char *report, const char *what, const char *due, const char *state)
{
	for (int node = 0; node < 2; node++) {
		json_t *r = scenario_call(s, node, "report.run", json_pack("{s:s}", "report", report));
		const json_t *row = row_of(json_object_get(r, "items"), "what", what);
		const char *at = row ? json_string_value(json_object_get(row, "due")) : "", *is = row ? json_string_value(json_object_get(row, "state")) : "";
		if (strncmp(at, due, 10) != 0 || strncmp(is, state, strlen(state)) != 0 || (!row && *due))
			fail_msg("node %d, %s %s: due \"%s\" \"%s\", wanted \"%s\" \"%s\"", node, report, what, at, is, due, state);
		json_decref(r);
	}
}

static void run_days(struct scenario *s, int days)
{
	s->now += days * WHEN_DAY_MS;
	scenario_run(s, 1000);
}

/* The time of one requirement stands still from challenge to answer; both sides show the same dates; the other requirement runs on. */
static void the_clock_stops(void **state)
{
	struct scenario *s = *state;
	char due[WHEN_TEXT], moved[WHEN_TEXT];
	const char *assign = assigned(s, 10);
	(void)snprintf(due, sizeof due, "%s", day_text(s, 10));
	(void)snprintf(moved, sizeof moved, "%s", day_text(s, 16));
	both_say(s, "owed", "answer R1", due, "running");
	run_days(s, 2);
	const char *challenge = said(s, 1, "requirement.challenge", json_pack("{s:s, s:s, s:{s:s, s:s}}", "about", assign, "rid", "R1", "body", "kind",
	                                                                      "guidance-missing", "text", "How?"));
	both_say(s, "owed", "answer R1", day_text(s, 9), "stopped"); /* a day begun */
	fails(s, 1, "requirement.answer", json_pack("{s:s, s:s}", "record", challenge, "decision", "done"), "our own");
	fails(s, 0, "requirement.answer", json_pack("{s:s, s:s}", "record", assign, "decision", "need-info"), "challenge is wanted");
	both_say(s, "owed", "answer challenge R1", day_text(s, 30), "running");
	run_days(s, 4);
	both_say(s, "owed", "answer R1", day_text(s, 9), "stopped"); /* pushed out by four days, and the fifth */
	both_say(s, "owed", "answer R2", due, "running");
	run_days(s, 1);
	(void)said(s, 0, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", challenge, "decision", "done", "body", "text", "Like this."));
	run_days(s, 5); /* two days after the due date that was asked */
	both_say(s, "owed", "answer challenge R1", "", "");
	both_say(s, "owed", "answer R1", moved, "running");
	both_say(s, "overdue", "answer R1", "", "");
	both_say(s, "overdue", "answer R2", due, "overdue by");
	run_days(s, 6);
	both_say(s, "overdue", "answer R1", moved, "overdue by");
	json_t *list = scenario_call(s, 1, "requirement.challenges", json_object());
	assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(list, "items"), 0), "answer_text")), "Like this.");
	json_decref(list);
}

/* Thirty days at most; then it is the customer who is late, and says so itself. A second challenge meanwhile stops nothing twice. */
static void not_for_ever(void **state)
{
	struct scenario *s = *state;
	const char *assign = assigned(s, 10);
	json_t *args = json_pack("{s:s, s:s, s:{s:s, s:s}}", "about", assign, "rid", "R1", "body", "kind", "unclear", "text", "What?");
	char limit[WHEN_TEXT];
	run_days(s, 20); /* late already: a challenge does not undo that */
	(void)snprintf(limit, sizeof limit, "%s", day_text(s, 30));
	(void)said(s, 1, "requirement.challenge", json_incref(args));
	both_say(s, "overdue", "answer R1", "", "");
	both_say(s, "owed", "answer R1", day_text(s, -9), "stopped");
	run_days(s, 10);
	json_t *again = scenario_call(s, 1, "requirement.challenge", args);
	assert_true(warned(again, "challenged already"));
	json_decref(again);
	scenario_run(s, 1000);
	run_days(s, 21);
	both_say(s, "overdue", "answer challenge R1", limit, "overdue by");
	both_say(s, "owed", "answer R1", day_text(s, -9), "stopped"); /* the second one still holds it */
	run_days(s, 12);
	both_say(s, "overdue", "answer R1", day_text(s, -12), "overdue by"); /* forty days were stopped, and one begun */
}

/* Who may: only whom it was asked of. The customer's own word does not stop the clock, and a stranger's neither. */
static void who_may(void **state)
{
	struct scenario *s = *state;
	const char *assign = assigned(s, 10);
	json_t *body = json_pack("{s:s, s:s, s:s, s:s}", "about", assign, "rid", "R1", "kind", "unclear", "text", "x");
	fails(s, 0, "requirement.challenge", json_pack("{s:s, s:s, s:{s:s, s:s}}", "about", assign, "rid", "R1", "body", "kind", "unclear", "text", "x"),
	      "our own");
	const char *own = said(s, 0, "record.new", json_pack("{s:s, s:O, s:[s]}", "kind", "challenge", "body", body, "to", "node1"));
	both_say(s, "owed", "answer R1", day_text(s, 10), "running");
	for (int node = 0; node < 2; node++) {
		json_t *r = scenario_call(s, node, "record.show", json_pack("{s:s}", "record", own));
		assert_non_null(strstr(json_string_value(json_object_get(r, "note")), "cannot answer it"));
		json_decref(r);
	}
	fails(s, 1, "requirement.challenge", json_pack("{s:s, s:s, s:{s:s, s:s}}", "about", assign, "rid", "R9", "body", "kind", "unclear", "text", "x"),
	      "R9 is not among what is asked");
	json_decref(body);
}

/* One question to two suppliers: each owes its answer. */
static void each_owes(void **state)
{
	struct scenario *s = calloc(1, sizeof *s);
	(void)state;
	assert_non_null(s);
	scenario_open(s, 3);
	scenario_pair(s, 0, 1);
	scenario_pair(s, 0, 2);
	(void)said(s, 0, "requirement.import", json_pack("{s:s, s:o}", "name", "baseline", "file", json_loads(BASELINE, 0, NULL)));
	(void)said(s, 0, "requirement.assign", json_pack("{s:s, s:[ss], s:{s:s, s:s}}", "set", "baseline", "to", "node1", "node2", "body", "level",
	                                                 "basic", "due", day_text(s, 10)));
	json_t *r = scenario_call(s, 0, "report.run", json_pack("{s:s}", "report", "owed"));
	assert_non_null(row_of(json_object_get(r, "items"), "who", "node1"));
	assert_non_null(row_of(json_object_get(r, "items"), "who", "node2"));
	json_decref(r);
	scenario_close(s);
	free(s);
}

/* ---- exceptions ---- */

static void exceptions(void **state)
{
	struct scenario *s = *state;
	const char *assign = assigned(s, 100);
	fails(s, 1, "exception.request", json_pack("{s:s, s:s, s:{s:s, s:s}}", "about", assign, "rid", "R1", "body", "reason", "old", "until",
	                                           day_text(s, 400)), "at most 12 months");
	const char *one = said(s, 1, "exception.request", json_pack("{s:s, s:s, s:{s:s, s:s}}", "about", assign, "rid", "R1", "body", "reason", "old",
		"until",
	                                                            day_text(s, 30)));
	(void)said(s, 0, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", one, "decision", "granted-shorter", "body", "until", day_text(s, 20)));
	both_say(s, "owed", "meet R1", day_text(s, 20), "running");
	run_days(s, 21);
	both_say(s, "overdue", "meet R1", day_text(s, -1), "overdue by"); /* by itself */
	json_t *again = scenario_call(s, 1, "exception.request",
	                              json_pack("{s:s, s:s, s:{s:s, s:s}}", "about", assign, "rid", "R1", "body", "reason", "older", "until",
	                                        day_text(s, 60)));
	assert_true(warned(again, "renewal 1 of the exception for R1"));
	scenario_run(s, 1000);
	(void)said(s, 0, "record.reply", json_pack("{s:s, s:s}", "record", id_of(again), "decision", "granted"));
	json_decref(again);
	json_t *r = scenario_call(s, 0, "requirement.matrix", json_pack("{s:s}", "set", "baseline"));
	assert_int_equal(number(row_of(json_object_get(r, "items"), "rid", "R1"), "renewals"), 1);
	json_decref(r);
	both_say(s, "overdue", "meet R1", "", "");
}

/* ---- answering once more ---- */

static const char *answer_of(struct scenario *s, const char *rid)
{
	static char text[80];
	json_t *r = scenario_call(s, 0, "requirement.matrix", json_pack("{s:s}", "set", "baseline"));
	(void)snprintf(text, sizeof text, "%s", json_string_value(json_object_get(row_of(json_object_get(r, "items"), "rid", rid), "answer")));
	json_decref(r);
	return text;
}

/* What was answered stays as it was until it is named: accepting the rest is about the rest. */
static void the_rest_is_accepted(void **state)
{
	struct scenario *s = *state;
	const char *assign = assigned(s, 100);
	json_t *r = scenario_call(s, 1, "requirement.ack", json_pack("{s:s, s:[s], s:b}", "assign", assign, "decline", "R1=no doors", "accept_all", true));
	assert_int_equal(number(r, "accepted"), 1);
	assert_int_equal(number(r, "kept"), 0);
	json_decref(r);
	fails(s, 1, "requirement.ack", json_pack("{s:s, s:b}", "assign", assign, "accept_all", true), "R1 (declined)");
	r = scenario_call(s, 1, "requirement.ack", json_pack("{s:s, s:[s]}", "assign", assign, "exception", "R2=late, until 2027-01-31"));
	assert_int_equal(number(r, "accepted"), 0);
	assert_int_equal(number(r, "kept"), 1);
	assert_non_null(strstr(json_string_value(json_object_get(r, "next")), "R1 (declined)"));
	json_decref(r);
	scenario_run(s, 1000);
	assert_string_equal(answer_of(s, "R1"), "declined");
	assert_string_equal(answer_of(s, "R2"), "accepted-with-exception");
	r = scenario_call(s, 1, "requirement.ack", json_pack("{s:s, s:[s]}", "assign", assign, "accept", "R1")); /* by name it is changed */
	json_decref(r);
	scenario_run(s, 1000);
	assert_string_equal(answer_of(s, "R1"), "accepted");
	assert_string_equal(answer_of(s, "R2"), "accepted-with-exception");
}

/* The state of an exception at both ends, and the line of what is owed. */
static void exception_is(struct scenario *s, const char *rid, const char *state, const char *until)
{
	for (int node = 0; node < 2; node++) {
		json_t *r = scenario_call(s, node, "report.run", json_pack("{s:s}", "report", "exceptions"));
		const json_t *row = row_of(json_object_get(r, "items"), "rid", rid);
		const char *is = row ? json_string_value(json_object_get(row, "state")) : "", *end = json_string_value(json_object_get(row, "until"));
		if (strcmp(is, state) != 0 || strcmp(end ? end : "", until) != 0)
			fail_msg("node %d, %s: \"%s\" until \"%s\", wanted \"%s\" until \"%s\"", node, rid, is, end ? end : "", state, until);
		json_decref(r);
	}
}

static char *requested(struct scenario *s, const char *assign, const char *rid, int days)
{
	return said(s, 1, "exception.request", json_pack("{s:s, s:s, s:{s:s, s:s}}", "about", assign, "rid", rid, "body", "reason", "old", "until",
	                                                 day_text(s, days)));
}

/* What was refused runs nowhere, though the answer names it: it is owed by the day that was asked. */
static void an_exception_refused(void **state)
{
	struct scenario *s = *state;
	const char *assign = assigned(s, 100);
	char text[64];
	(void)snprintf(text, sizeof text, "R1=old, until %s", day_text(s, 200));
	json_t *r = scenario_call(s, 1, "requirement.ack", json_pack("{s:s, s:[s], s:b}", "assign", assign, "exception", text, "accept_all", true));
	json_decref(r);
	scenario_run(s, 1000);
	exception_is(s, "R1", "running", day_text(s, 200));
	both_say(s, "owed", "meet R1", day_text(s, 200), "running");
	const char *request = requested(s, assign, "R1", 300);
	exception_is(s, "R1", "running", day_text(s, 200));
	both_say(s, "owed", "decide exception R1", day_text(s, 14), "running");
	run_days(s, 15);
	both_say(s, "overdue", "decide exception R1", day_text(s, -1), "overdue by");
	(void)said(s, 0, "exception.decide", json_pack("{s:s, s:s}", "record", request, "decision", "refused"));
	both_say(s, "owed", "decide exception R1", "", "");
	exception_is(s, "R1", "refused", "");
	both_say(s, "owed", "meet R1", day_text(s, 85), "running");
	run_days(s, 86);
	both_say(s, "overdue", "meet R1", day_text(s, -1), "overdue by");
	r = scenario_call(s, 1, "report.run", json_pack("{s:s}", "report", "overdue"));
	assert_non_null(strstr(json_string_value(json_object_get(row_of(json_object_get(r, "items"), "what", "meet R1"), "next")), "--accept R1"));
	json_decref(r);
	r = scenario_call(s, 0, "report.run", json_pack("{s:s}", "report", "overdue")); /* it is not ours to do */
	assert_string_equal(json_string_value(json_object_get(row_of(json_object_get(r, "items"), "what", "meet R1"), "next")), "remind node1");
	json_decref(r);
}

/* Nobody is granted longer than was asked for, nor longer than twelve months; who decides once more is told. */
static void granted_longer(void **state)
{
	struct scenario *s = *state;
	const char *assign = assigned(s, 100), *request = requested(s, assign, "R1", 30);
	fails(s, 0, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", request, "decision", "granted-shorter", "body", "until", day_text(s, 31)),
	      "longer than was asked");
	fails(s, 0, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", request, "decision", "granted", "body", "until", day_text(s, 31)),
	      "longer than was asked");
	const char *forged = said(s, 0, "record.new", json_pack("{s:s, s:{s:s, s:s, s:s}}", "kind", "reply", "body", "about", request, "decision",
	                                                        "granted-shorter", "until", day_text(s, 60)));
	exception_is(s, "R1", "asked", "");
	fails(s, 1, "exception.decide", json_pack("{s:s, s:s}", "record", request, "decision", "need-info"), "our own");
	for (int node = 0; node < 2; node++) {
		json_t *r = scenario_call(s, node, "record.show", json_pack("{s:s}", "record", forged));
		assert_non_null(strstr(json_string_value(json_object_get(r, "note")), "longer than was asked"));
		json_decref(r);
	}
	(void)said(s, 0, "record.reply", json_pack("{s:s, s:s, s:{s:s}}", "record", request, "decision", "granted-shorter", "body", "until",
	                                                         day_text(s, 29)));
	exception_is(s, "R1", "ends soon", day_text(s, 29));
	json_t *r = scenario_call(s, 0, "record.reply", json_pack("{s:s, s:s}", "record", request, "decision", "refused"));
	assert_true(warned(r, "answered it with \"granted-shorter\""));
	json_decref(r);
	const char *year = said(s, 1, "record.new", json_pack("{s:s, s:{s:s, s:s, s:s, s:s}}", "kind", "exception.request", "body", "assign", assign, "rid",
	                                                      "R2", "reason", "x", "until", day_text(s, 400)));
	fails(s, 0, "record.reply", json_pack("{s:s, s:s}", "record", year, "decision", "granted"), "12 months");
	r = scenario_call(s, 0, "report.run", json_pack("{s:s}", "report", "exceptions"));
	const json_t *row = row_of(json_object_get(r, "items"), "rid", "R2");
	assert_string_equal(json_string_value(json_object_get(row, "asked_until")), day_text(s, 400));
	assert_string_equal(json_string_value(json_object_get(row, "decide_by")), day_text(s, 14));
	json_decref(r);
}

/* ---- equal questions ---- */

static const char *two_of_one_clause(const char *title)
{
	static char text[600];
	(void)snprintf(text, sizeof text, "{\"title\": \"%s\", \"version\": \"1\", \"requirements\": ["
	               "{\"rid\": \"R1\", \"text\": \"%s logs\", \"mappings\": [{\"standard\": \"S\", \"clause\": \"8\"}]}, "
	               "{\"rid\": \"R2\", \"text\": \"%s time\", \"mappings\": [{\"standard\": \"S\", \"clause\": \"8\"}]}]}",
	               title, title, title);
	return text;
}

static const char *asked_set(struct scenario *s, const char *name)
{
	(void)said(s, 0, "requirement.import", json_pack("{s:s, s:o}", "name", name, "file", json_loads(two_of_one_clause(name), 0, NULL)));
	return said(s, 0, "requirement.assign", json_pack("{s:s, s:[s]}", "set", name, "to", "node1"));
}

/* Two requirements of one set are two, though both are mapped to one clause; also where another set stands between them. */
static void two_are_two(void **state)
{
	struct scenario *s = *state;
	const char *one = asked_set(s, "doors");
	json_t *r = scenario_call(s, 1, "requirement.owed", json_object());
	assert_int_equal(json_array_size(json_object_get(r, "items")), 2);
	json_decref(r);
	r = scenario_call(s, 1, "requirement.ack", json_pack("{s:s, s:[ss]}", "assign", one, "answer", "R1=accepted: yes", "R2=declined: no clock"));
	json_decref(r);
	(void)asked_set(s, "gates");
	r = scenario_call(s, 1, "requirement.owed", json_pack("{s:b}", "all", true));
	assert_int_equal(json_array_size(json_object_get(r, "items")), 2); /* each is asked twice */
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(number(json_array_get(json_object_get(r, "items"), i), "asked"), 2);
	json_decref(r);
	r = scenario_call(s, 1, "requirement.reuse", json_object());
	const json_t *items = json_object_get(r, "items");
	assert_string_equal(json_string_value(json_object_get(row_of(items, "rid", "R1"), "answer")), "accepted");
	assert_string_equal(json_string_value(json_object_get(row_of(items, "rid", "R2"), "answer")), "declined");
	json_decref(r);
}

/* What was asked again can be answered as before; and what is asked of a bidder leaves alone what was asked under no tender. */
static void asked_again(void **state)
{
	struct scenario *s = *state;
	json_t *r = scenario_call(s, 1, "requirement.ack", json_pack("{s:s, s:[s], s:b}", "assign", assigned(s, 100), "decline", "R1=no doors", "accept_all",
	                                                            true));
	json_decref(r);
	scenario_run(s, 1000);
	const char *tender = said(s, 0, "tender.open", json_pack("{s:s, s:[s], s:[s], s:{s:s}}", "set", "baseline", "stage",
	                                                         "selection=2027-03-01, basic", "to", "node1", "body", "title", "Cold"));
	json_decref(scenario_call(s, 0, "tender.ask", json_pack("{s:s}", "tender", tender)));
	scenario_run(s, 1000);
	r = scenario_call(s, 1, "requirement.owed", json_pack("{s:b}", "all", true));
	const json_t *row = json_array_get(json_object_get(r, "items"), 0);
	assert_int_equal(number(row, "asked"), 2);
	assert_int_equal(number(row, "open"), 1);
	json_decref(r);
	(void)said(s, 0, "requirement.assign", json_pack("{s:s, s:[s], s:{s:s}}", "set", "baseline", "to", "node1", "body", "level", "standard"));
	r = scenario_call(s, 1, "requirement.reuse", json_object());
	assert_int_equal(json_array_size(json_object_get(r, "items")), 3);
	for (size_t i = 0; i < 3; i++) {
		row = json_array_get(json_object_get(r, "items"), i);
		assert_string_equal(json_string_value(json_object_get(row, "answer")),
		                    strcmp(json_string_value(json_object_get(row, "rid")), "R1") == 0 ? "declined" : "accepted");
	}
	json_decref(r);
}

/* ---- guidance and equivalence ---- */

static void beside_the_set(void **state)
{
	struct scenario *s = *state;
	const char *set = said(s, 0, "requirement.import", json_pack("{s:s, s:o}", "name", "baseline", "file", json_loads(BASELINE, 0, NULL)));
	fails(s, 0, "guidance.add", json_pack("{s:s, s:{s:[s], s:s, s:s}}", "set", "baseline", "body", "rids", "R7", "title", "Locks", "text", "Turn."),
	      "no requirement \"R7\"");
	const char *help = said(s, 0, "guidance.add", json_pack("{s:s, s:{s:[s], s:s, s:s}}", "set", "baseline", "body", "rids", "R1", "title", "Locks",
	                                                        "text", "Turn."));
	const char *equal = said(s, 0, "equivalence.add", json_pack("{s:s, s:[s], s:[s], s:{s:s, s:s}}", "set", "baseline", "full", "R1", "partial",
	                                                            "R2=the stock", "body", "scheme", "ISO/IEC 27001:2022", "expires", day_text(s, 50)));
	json_t *r = scenario_call(s, 0, "requirement.assign",
	                          json_pack("{s:s, s:[s], s:{s:s}}", "set", "baseline", "to", "node1", "body", "level", "standard"));
	assert_true(warned(r, "1 of 2 requirements give no reason"));
	assert_true(warned(r, "1 of 2 requirements have no guidance"));
	scenario_run(s, 1000);
	json_t *shown = scenario_call(s, 1, "record.show", json_pack("{s:s}", "record", help)); /* they went with the assignment */
	json_decref(shown);
	shown = scenario_call(s, 1, "record.show", json_pack("{s:s}", "record", equal));
	json_decref(shown);
	json_t *ack = scenario_call(s, 1, "requirement.ack", json_pack("{s:s, s:[ss]}", "assign", id_of(r), "answer",
	                                                      "R1=met-by-equivalence: certified to iso/iec 27001:2022",
	                                                      "R2=met-by-equivalence: ISO/IEC 27001:2022, 4711"));
	assert_true(warned(ack, "a part of R2: the stock remains"));
	assert_false(warned(ack, "R1"));
	scenario_run(s, 1000);
	(void)said(s, 1, "record.new", json_pack("{s:s, s:[s], s:{s:s, s:s, s:s, s:[{s:s, s:s}]}}", "kind", "equivalence", "to", "node0", "body", "set",
	                                         set, "scheme", "ISO/IEC 27001:2022", "expires",
	                                         day_text(s, 90), "covers", "rid", "R2", "extent", "full"));
	/* What the supplier recognises for itself is nothing. */
	json_t *m = scenario_call(s, 0, "requirement.matrix", json_pack("{s:s}", "set", "baseline"));
	assert_string_equal(json_string_value(json_object_get(row_of(json_object_get(m, "items"), "rid", "R1"), "equivalence")), "full");
	assert_string_equal(json_string_value(json_object_get(row_of(json_object_get(m, "items"), "rid", "R2"), "remains")), "the stock");
	json_decref(m);
	run_days(s, 51);
	m = scenario_call(s, 0, "requirement.matrix", json_pack("{s:s}", "set", "baseline"));
	assert_string_equal(json_string_value(json_object_get(row_of(json_object_get(m, "items"), "rid", "R1"), "equivalence")), "expired");
	json_decref(m);
	json_decref(ack);
	ack = scenario_call(s, 1, "requirement.ack", json_pack("{s:s, s:b, s:[s]}", "assign", id_of(r), "accept_all", true, "answer",
	                                              "R1=met-by-equivalence: SOC 2"));
	assert_true(warned(ack, "has not said that this certificate meets R1"));
	json_decref(ack);
	json_decref(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(too_large, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(by_its_title, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(the_clock_stops, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(not_for_ever, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(who_may, scenario_two, scenario_done),
		cmocka_unit_test(each_owes),
		cmocka_unit_test_setup_teardown(exceptions, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(the_rest_is_accepted, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(an_exception_refused, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(granted_longer, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(two_are_two, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(asked_again, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(beside_the_set, scenario_two, scenario_done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
