/* The dispatcher over rows of our own, with a real core. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/api.h"
#include "node/partners.h"
#include "store/inside.h"
#include "store/rows.h"
#include "tests/unit/scenario.h"

static struct scenario *world;

/* What a call did: a line in the operator's journal. */
static enum err leave_trace(struct api_call *c)
{

	return operations_add(core_txn(c->core), core_now(c->core), "test", "trace", NULL);
}

static uint64_t traces(struct core *c)
{
	uint64_t n = 0;

	assert_int_equal(store_count(core_txn(c), TABLE_OPERATIONS, &n), OK);
	return n;
}

static enum err echo(struct api_call *c)
{
	const char *text;
	int64_t n = -1;
	enum err e = api_text(c, "text", true, &text);

	if (e == OK)
		e = leave_trace(c);
	if (e == OK)
		e = api_int(c, "n", false, &n);
	if (e != OK)
		return e;
	api_set(c->result, "text", text);
	(void)json_object_set_new(c->result, "n", json_integer(n));
	(void)json_object_set_new(c->result, "flag", json_boolean(api_flag(c, "flag")));
	return OK;
}

static enum err failing(struct api_call *c)
{
	if (leave_trace(c) != OK)
		return ERR_IO;
	return api_fail(c, ERR_TLP, "ask them", "%s may not have it", "brackwater");
}

static enum err silent(struct api_call *c)
{
	(void)c;
	return ERR_SPACE;
}

static bool arrived;

static enum err waiting(struct api_call *c)
{
	if (!c->again && leave_trace(c) != OK)
		return ERR_IO;
	if (!c->again)
		c->wait_until = core_steady(c->core) + 100;
	if (arrived)
		return OK;
	(void)snprintf(c->why.text, sizeof c->why.text, "not stored yet by brackwater");
	return ERR_PENDING;
}

static enum err orgs(struct api_call *c)
{
	const struct id *list;
	size_t n;
	enum err e = api_orgs(c, "to", !api_flag(c, "optional"), &list, &n);

	if (e == OK)
		(void)json_object_set_new(c->result, "n", json_integer((json_int_t)n));
	return e;
}

static enum err record(struct api_call *c)
{
	struct id id;

	return api_record(c, "id", &id);
}

static const struct api_row rows[] = {
	{"test.echo", echo, ""}, {"test.fail", failing, ""}, {"test.silent", silent, ""}, {"test.wait", waiting, ""},
	{"test.orgs", orgs, ""}, {"test.record", record, ""}, {0},
};

static json_t *run_request(struct core *c, const json_t *request, struct api_wait *wait)
{
	const char *name = json_string_value(json_object_get(request, "call"));

	for (const struct api_row *r = rows; name && r->name; r++)
		if (strcmp(r->name, name) == 0)
			return api_run_row(c, r, request, wait);
	return api_run(c, request, wait);
}

static json_t *ask_again(struct core *c, const char *text, struct api_wait *wait)
{
	json_t *request = json_loads(text, JSON_DECODE_ANY, NULL), *r;

	assert_non_null(request);
	r = run_request(c, request, wait);
	json_decref(request);
	return r;
}

static json_t *ask(struct core *c, const char *text)
{
	struct api_wait wait = {0};
	json_t *r = ask_again(c, text, &wait);

	assert_false(wait.waiting);
	assert_non_null(r);
	return r;
}

static void fails(struct core *c, const char *text, const char *error, const char *words)
{
	json_t *r = ask(c, text);

	assert_true(json_is_false(json_object_get(r, "ok")));
	assert_null(json_object_get(r, "result"));
	assert_true(json_integer_value(json_object_get(r, "exit")) > 0);
	if (strcmp(json_string_value(json_object_get(r, "error")), error) != 0 || !strstr(json_string_value(json_object_get(r, "text")), words))
		fail_msg("%s: %s %s", text, json_string_value(json_object_get(r, "error")), json_string_value(json_object_get(r, "text")));
	json_decref(r);
}

static struct core *begin(void)
{
	scenario_begin(&world->node[0]);
	return world->node[0].core;
}

static void end(void)
{
	assert_int_equal(scenario_end(&world->node[0]), OK);
}

static void bad_requests(void **state)
{
	struct core *c = begin();
	uint64_t before = traces(c);

	(void)state;
	fails(c, "[]", "ERR_USAGE", "object");
	fails(c, "null", "ERR_USAGE", "object");
	fails(c, "{}", "ERR_USAGE", "call");
	fails(c, "{\"call\":7}", "ERR_USAGE", "call");
	fails(c, "{\"call\":\"test.echo\",\"args\":[]}", "ERR_USAGE", "args");
	fails(c, "{\"call\":\"test.echo\",\"args\":null}", "ERR_USAGE", "args");
	fails(c, "{\"call\":\"test.echo\",\"dry_run\":1}", "ERR_USAGE", "dry_run");
	fails(c, "{\"call\":\"supplier.lsit\"}", "ERR_USAGE", "there is no call \"supplier.lsit\"");
	fails(c, "{\"call\":\"\"}", "ERR_USAGE", "no call");
	assert_int_equal(traces(c), before);
	end();
}

static void arguments(void **state)
{
	struct core *c = begin();
	uint64_t before = traces(c);
	json_t *r;

	(void)state;
	fails(c, "{\"call\":\"test.echo\"}", "ERR_USAGE", "text is missing");
	fails(c, "{\"call\":\"test.echo\",\"args\":{\"text\":null}}", "ERR_USAGE", "text is missing");
	fails(c, "{\"call\":\"test.echo\",\"args\":{\"text\":\"\"}}", "ERR_USAGE", "empty");
	fails(c, "{\"call\":\"test.echo\",\"args\":{\"text\":5}}", "ERR_USAGE", "text must be text");
	fails(c, "{\"call\":\"test.echo\",\"args\":{\"text\":\"x\",\"n\":\"5\"}}", "ERR_USAGE", "n must be a whole number");
	fails(c, "{\"call\":\"test.echo\",\"args\":{\"text\":\"x\",\"n\":1.0}}", "ERR_USAGE", "whole number");
	assert_int_equal(traces(c), before);
	r = ask(c, "{\"call\":\"test.echo\",\"args\":{\"text\":\"x\",\"n\":5,\"flag\":\"true\"}}");
	assert_true(json_is_true(json_object_get(r, "ok")));
	assert_int_equal(json_integer_value(json_object_get(json_object_get(r, "result"), "n")), 5);
	assert_true(json_is_false(json_object_get(json_object_get(r, "result"), "flag")));
	assert_int_equal(traces(c), before + 1);
	json_decref(r);
	end();
}

static void failures_are_undone(void **state)
{
	struct core *c = begin();
	uint64_t before = traces(c);

	(void)state;
	fails(c, "{\"call\":\"test.fail\"}", "ERR_TLP", "brackwater may not have it");
	fails(c, "{\"call\":\"test.silent\"}", "ERR_SPACE", "no space left");
	assert_int_equal(traces(c), before);
	end();
}

static void rehearsal_is_undone(void **state)
{
	struct core *c = begin();
	uint64_t before = traces(c);
	json_t *r = ask(c, "{\"call\":\"test.echo\",\"args\":{\"text\":\"x\"},\"dry_run\":true}");

	(void)state;
	assert_string_equal(json_string_value(json_object_get(json_object_get(r, "result"), "text")), "x");
	json_decref(r);
	r = ask(c, "{\"call\":\"test.wait\",\"dry_run\":true}");
	assert_true(json_is_true(json_object_get(r, "ok")));
	json_decref(r);
	assert_int_equal(traces(c), before);
	end();
}

static void waits(void **state)
{
	static const char call[] = "{\"call\":\"test.wait\"}";
	struct core *c = begin();
	uint64_t before = traces(c);
	struct api_wait wait = {0}, before_it_ended;
	int64_t start = core_steady(c), first;
	json_t *r;

	(void)state;
	arrived = false;
	assert_null(ask_again(c, call, &wait));
	assert_true(wait.waiting);
	assert_int_equal(wait.until, start + 100);
	first = wait.until;
	assert_int_equal(traces(c), before + 1); /* what it did the first time is kept */
	end();
	world->now += 99;
	c = begin();
	assert_null(ask_again(c, call, &wait));
	assert_true(wait.waiting);
	assert_int_equal(wait.until, first);
	end();
	world->now += 1;
	c = begin();
	before_it_ended = wait;
	r = ask_again(c, call, &wait);
	assert_false(wait.waiting);
	assert_string_equal(json_string_value(json_object_get(r, "error")), "ERR_PENDING");
	assert_int_equal(json_integer_value(json_object_get(r, "exit")), 7);
	assert_string_equal(json_string_value(json_object_get(r, "text")), "not stored yet by brackwater");
	json_decref(r);
	arrived = true;
	wait = before_it_ended;
	r = ask_again(c, call, &wait);
	assert_false(wait.waiting);
	assert_true(json_is_true(json_object_get(r, "ok")));
	json_decref(r);
	assert_int_equal(traces(c), before + 1);
	end();
}

static json_t *many(size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		assert_int_equal(json_array_append_new(list, json_string("me")), 0);
	return json_pack("{s:s, s:{s:o}}", "call", "test.orgs", "args", "to", list);
}

static void organisations(void **state)
{
	struct core *c = begin();
	struct api_wait wait = {0};
	json_t *r, *request;

	(void)state;
	fails(c, "{\"call\":\"test.orgs\"}", "ERR_USAGE", "to is missing");
	fails(c, "{\"call\":\"test.orgs\",\"args\":{\"to\":[]}}", "ERR_USAGE", "to is missing");
	fails(c, "{\"call\":\"test.orgs\",\"args\":{\"to\":{}}}", "ERR_USAGE", "to must be");
	fails(c, "{\"call\":\"test.orgs\",\"args\":{\"to\":[1]}}", "ERR_USAGE", "to must be");
	fails(c, "{\"call\":\"test.orgs\",\"args\":{\"to\":[\"me\",\"nobody\"]}}", "ERR_NOT_FOUND", "\"nobody\" is neither");
	fails(c, "{\"call\":\"test.record\"}", "ERR_USAGE", "id is missing");
	fails(c, "{\"call\":\"test.record\",\"args\":{\"id\":\"12345\"}}", "ERR_INVALID", "six hex digits");
	fails(c, "{\"call\":\"test.record\",\"args\":{\"id\":\"123456\"}}", "ERR_NOT_FOUND", "no record we hold");
	r = ask(c, "{\"call\":\"test.orgs\",\"args\":{\"optional\":true}}");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(r, "result"), "n")), 0);
	json_decref(r);
	r = ask(c, "{\"call\":\"test.orgs\",\"args\":{\"to\":\"me\"}}");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(r, "result"), "n")), 1);
	json_decref(r);
	request = many(256);
	r = run_request(c, request, &wait);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(r, "result"), "n")), 1); /* once each */
	json_decref(r);
	json_decref(request);
	request = many(257);
	r = run_request(c, request, &wait);
	assert_true(json_is_false(json_object_get(r, "ok")));
	json_decref(r);
	json_decref(request);
	end();
}

/* One spelling for all: a result goes by its call. Rows that want nothing succeed on an empty node. */
static void results_are_named(void **state)
{
	const struct api_row *row;
	size_t named = 0;

	(void)state;
	for (size_t i = 0; (row = api_each(i)); i++) {
		json_t *request = json_pack("{s:s, s:b}", "call", row->name, "dry_run", 1), *r, *result;
		char schema[80];
		struct api_wait wait = {0};

		r = api_run(begin(), request, &wait);
		(void)snprintf(schema, sizeof schema, "tally/%s/1", row->name);
		if ((result = json_object_get(r, "result"))) {
			assert_string_equal(json_string_value(json_object_get(result, "schema")), schema);
			assert_string_equal(json_object_iter_key(json_object_iter(result)), "schema");
			named++;
		}
		json_decref(r);
		json_decref(request);
		end();
	}
	assert_true(named >= 10);
}

/* No name stands twice, and every command of the command line that calls one finds it. */
static void table_walk(void **state)
{
	const struct api_row *row;

	(void)state;
	for (size_t i = 0; (row = api_each(i)); i++) {
		assert_ptr_equal(api_find(row->name), row);
		assert_non_null(row->help);
	}
	assert_null(api_find("test"));
	assert_null(api_find(""));
}

/* A row that a bad disk changed is not the end of the table: what lies behind it may be there. */
static void a_damaged_row_is_told(void **state)
{
	struct core *c = begin();
	struct txn *t = core_txn(c);
	struct id org = {{7}};
	struct partner p;
	struct arena *a = arena_new();
	MDB_val key = inside_val(ID_SPAN(&org)), row = {32, org.b}; /* no sum behind it */

	(void)state;
	assert_non_null(a);
	assert_int_equal(partners_by_name(t, a, "brackwater", &p), ERR_NOT_FOUND);
	assert_int_equal(mdb_put(t->mdb, t->store->dbi[TABLE_PARTNERS], &key, &row, 0), 0);
	fails(c, "{\"call\":\"partner.list\"}", "ERR_CORRUPT", "");
	assert_int_equal(partners_by_name(t, a, "brackwater", &p), ERR_CORRUPT);
	assert_int_equal(mdb_del(t->mdb, t->store->dbi[TABLE_PARTNERS], &key, NULL), 0);
	arena_free(a);
	end();
}

static int open_world(void **state)
{
	(void)state;
	world = calloc(1, sizeof *world);
	if (world)
		scenario_open(world, 1);
	return world ? 0 : -1;
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
		cmocka_unit_test(bad_requests), cmocka_unit_test(arguments), cmocka_unit_test(failures_are_undone),
		cmocka_unit_test(rehearsal_is_undone), cmocka_unit_test(waits), cmocka_unit_test(organisations), cmocka_unit_test(results_are_named),
		cmocka_unit_test(table_walk), cmocka_unit_test(a_damaged_row_is_told),
	};

	return cmocka_run_group_tests_name("api", tests, open_world, close_world);
}
