/* circle.h - a consortium of real cores: node 0 made it and is paired with all others, who are paired with nobody else. */
#ifndef TALLY_TEST_CIRCLE_H
#define TALLY_TEST_CIRCLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/consortium.h"
#include "store/check.h"
#include "store/records.h"
#include "tests/unit/scenario.h"

struct circle {
	struct scenario s;
	struct id id;
};

static inline json_t *circle_call(struct circle *c, int node, const char *name, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	json_t *a = json_vpack_ex(NULL, 0, format, args);
	va_end(args);
	assert_non_null(a);
	return scenario_call(&c->s, node, name, a);
}

static inline void circle_do(struct circle *c, int node, const char *name)
{
	json_decref(circle_call(c, node, name, "{s:s}", "consortium", "circle"));
}

/* Convenors 0 to convenors - 1; all others members. Made, signed, and joined by everybody but the last `late`. */
static inline void circle_open(struct circle *c, int nodes, int convenors, int late)
{
	json_t *by = json_array(), *members = json_array();
	char name[16];
	memset(c, 0, sizeof *c);
	scenario_open(&c->s, nodes);
	for (int i = 1; i < nodes; i++) {
		scenario_pair(&c->s, 0, i);
		(void)snprintf(name, sizeof name, "node%d", i);
		json_array_append_new(i < convenors ? by : members, json_string(name));
	}
	json_t *made = circle_call(c, 0, "consortium.create", "{s:s, s:s, s:o, s:o}", "name", "circle", "title", "Food Logistics Circle", "convenor", by,
	                           "member", members);
	assert_int_equal(hex_decode(json_string_value(json_object_get(made, "id")), 64, c->id.b), OK);
	json_decref(made);
	scenario_run(&c->s, 1000);
	for (int i = 1; i < convenors / 2 + 1; i++) {
		circle_do(c, i, "consortium.sign");
		scenario_run(&c->s, 1000);
	}
	for (int i = 0; i < nodes - late; i++)
		circle_do(c, i, "consortium.join");
	scenario_run(&c->s, 60000);
}

static inline void circle_say(void *ctx, const char *problem)
{
	(void)ctx;
	print_error("store check: %s\n", problem);
}

static inline void circle_close(struct circle *c)
{
	for (int i = 0; i < c->s.nodes; i++) {
		struct check_figures f;
		if (!c->s.node[i].store)
			continue;
		assert_int_equal(check_run(c->s.node[i].store, &(struct check_ops){.say = circle_say}, &f), OK);
		assert_int_equal(f.problems, 0);
	}
	scenario_close(&c->s);
}

static inline struct id circle_warn(struct circle *c, int node, const char *title)
{
	struct id id;
	json_t *made = circle_call(c, node, "incident.report", "{s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "to", "consortium:circle", "body", "title", title,
	                           "stage", "early-warning", "aware", "2026-11-23T09:00:00Z", "malicious", "yes", "cross_border", "no", "contact",
	                           "soc@example.org");
	assert_int_equal(hex_decode(json_string_value(json_object_get(made, "id")), 64, id.b), OK);
	json_decref(made);
	return id;
}

/* Holds it, by a good place. */
static inline bool circle_holds(struct circle *c, int node, const struct id *record)
{
	struct record_row row;
	struct occurrence o;
	struct txn *t;
	struct walk w;
	bool good = false;
	assert_int_equal(store_read(c->s.node[node].store, &t), OK);
	if (records_by_id(t, record, &row) == OK && occurrences_walk(t, row.no, &w) == OK) {
		while (occurrences_next(&w, &o))
			good = good || o.verdict == VERDICT_GOOD;
		assert_int_equal(walk_close(&w, OK), OK);
	}
	store_abort(t);
	return good;
}

static inline json_t *circle_status(struct circle *c, int node)
{
	return circle_call(c, node, "consortium.status", "{s:s}", "consortium", "circle");
}

static inline void circle_digest(struct circle *c, int node, char out[static 65])
{
	json_t *s = circle_status(c, node);
	(void)snprintf(out, 65, "%s", json_string_value(json_object_get(s, "digest")));
	json_decref(s);
}

/* All that are up have one digest. */
static inline bool circle_equal(struct circle *c)
{
	char first[65] = "", one[65];
	for (int i = 0; i < c->s.nodes; i++) {
		if (!c->s.node[i].store)
			continue;
		circle_digest(c, i, one);
		if (!first[0])
			(void)snprintf(first, sizeof first, "%s", one);
		if (strcmp(first, one) != 0)
			return false;
	}
	return true;
}

#endif
