/* The dispatcher over tables and a core of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "node/api.h"
#include "node/names.h"

struct core {
	int nested, kept, undone, ran;
	int64_t now;
	enum err keep;
};

enum err core_nest(struct core *c)
{
	c->nested++;
	return OK;
}

enum err core_keep(struct core *c)
{
	c->kept++;
	return c->keep;
}

void core_undo(struct core *c)
{
	c->undone++;
}

int64_t core_now(const struct core *c)
{
	return c->now;
}

enum err names_org(struct core *c, const char *typed, struct id *out, struct complaint *why)
{
	(void)c;
	if (strlen(typed) != 1) {
		(void)snprintf(why->text, sizeof why->text, "\"%.20s\" is nobody", typed);
		return ERR_NOT_FOUND;
	}
	memset(out->b, typed[0], sizeof out->b);
	return OK;
}

enum err names_record(struct core *c, const char *typed, struct id *out, struct complaint *why)
{
	(void)why;
	(void)out;
	(void)c;
	return strcmp(typed, "many") == 0 ? ERR_CONFLICT : ERR_NOT_FOUND;
}

static enum err echo(struct api_call *c)
{
	const char *text;
	int64_t n = -1;
	enum err e = api_text(c, "text", true, &text);

	c->core->ran++;
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
	return api_fail(c, ERR_TLP, "ask them", "%s may not have it", "brackwater");
}

static enum err silent(struct api_call *c)
{
	(void)c;
	return ERR_SPACE;
}

static enum err waiting(struct api_call *c)
{
	if (!c->again)
		c->wait_until = core_now(c->core) + 100;
	if (core_now(c->core) == 50)
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

const struct api_row api_core_rows[] = {{"test.echo", echo, ""}, {"test.fail", failing, ""}, {"test.silent", silent, ""}, {0}};
const struct api_row api_partner_rows[] = {{"test.wait", waiting, ""}, {0}};
const struct api_row api_supplier_rows[] = {{"test.orgs", orgs, ""}, {"test.record", record, ""}, {0}};
const struct api_row api_record_rows[] = {{0}}, api_incident_rows[] = {{0}}, api_requirement_rows[] = {{0}}, api_posture_rows[] = {{0}},
	api_proof_rows[] = {{0}};

static json_t *ask_again(struct core *c, const char *text, bool again, bool *pending, int64_t *until)
{
	json_t *request = json_loads(text, JSON_DECODE_ANY, NULL), *r;

	assert_non_null(request);
	r = api_run(c, request, again, pending, until);
	json_decref(request);
	return r;
}

static json_t *ask(struct core *c, const char *text)
{
	bool pending = true;
	int64_t until = 0;
	json_t *r = ask_again(c, text, false, &pending, &until);

	assert_false(pending);
	assert_non_null(r);
	return r;
}

static void fails(struct core *c, const char *text, const char *error, const char *words)
{
	json_t *r = ask(c, text);

	assert_true(json_is_false(json_object_get(r, "ok")));
	assert_null(json_object_get(r, "result"));
	assert_string_equal(json_string_value(json_object_get(r, "error")), error);
	assert_true(json_integer_value(json_object_get(r, "exit")) > 0);
	if (!strstr(json_string_value(json_object_get(r, "text")), words))
		fail_msg("%s: %s", text, json_string_value(json_object_get(r, "text")));
	json_decref(r);
}

static void bad_requests(void **state)
{
	struct core c = {0};

	(void)state;
	fails(&c, "[]", "ERR_USAGE", "object");
	fails(&c, "null", "ERR_USAGE", "object");
	fails(&c, "{}", "ERR_USAGE", "call");
	fails(&c, "{\"call\":7}", "ERR_USAGE", "call");
	fails(&c, "{\"call\":\"test.echo\",\"args\":[]}", "ERR_USAGE", "args");
	fails(&c, "{\"call\":\"test.echo\",\"args\":null}", "ERR_USAGE", "args");
	fails(&c, "{\"call\":\"test.echo\",\"dry_run\":1}", "ERR_USAGE", "dry_run");
	fails(&c, "{\"call\":\"test.ehco\"}", "ERR_USAGE", "there is no call \"test.ehco\"");
	fails(&c, "{\"call\":\"\"}", "ERR_USAGE", "no call");
	assert_int_equal(c.nested, 0);
}

static void arguments(void **state)
{
	struct core c = {0};
	json_t *r;

	(void)state;
	fails(&c, "{\"call\":\"test.echo\"}", "ERR_USAGE", "text is missing");
	fails(&c, "{\"call\":\"test.echo\",\"args\":{\"text\":null}}", "ERR_USAGE", "text is missing");
	fails(&c, "{\"call\":\"test.echo\",\"args\":{\"text\":\"\"}}", "ERR_USAGE", "empty");
	fails(&c, "{\"call\":\"test.echo\",\"args\":{\"text\":5}}", "ERR_USAGE", "text must be text");
	fails(&c, "{\"call\":\"test.echo\",\"args\":{\"text\":\"x\",\"n\":\"5\"}}", "ERR_USAGE", "n must be a whole number");
	fails(&c, "{\"call\":\"test.echo\",\"args\":{\"text\":\"x\",\"n\":1.0}}", "ERR_USAGE", "whole number");
	assert_int_equal(c.kept, 0);
	assert_int_equal(c.undone, c.nested);
	r = ask(&c, "{\"call\":\"test.echo\",\"args\":{\"text\":\"x\",\"n\":5,\"flag\":\"true\"}}");
	assert_true(json_is_true(json_object_get(r, "ok")));
	assert_int_equal(json_integer_value(json_object_get(json_object_get(r, "result"), "n")), 5);
	assert_true(json_is_false(json_object_get(json_object_get(r, "result"), "flag")));
	assert_int_equal(c.kept, 1);
	json_decref(r);
}

static void failures_are_undone(void **state)
{
	struct core c = {0};

	(void)state;
	fails(&c, "{\"call\":\"test.fail\"}", "ERR_TLP", "brackwater may not have it");
	fails(&c, "{\"call\":\"test.silent\"}", "ERR_SPACE", "no space left");
	assert_int_equal(c.undone, 2);
	assert_int_equal(c.kept, 0);
	c.keep = ERR_SPACE;
	fails(&c, "{\"call\":\"test.echo\",\"args\":{\"text\":\"x\"}}", "ERR_SPACE", "no space left");
}

static void rehearsal_is_undone(void **state)
{
	struct core c = {0};
	json_t *r = ask(&c, "{\"call\":\"test.echo\",\"args\":{\"text\":\"x\"},\"dry_run\":true}");

	(void)state;
	assert_string_equal(json_string_value(json_object_get(json_object_get(r, "result"), "text")), "x");
	assert_int_equal(c.undone, 1);
	assert_int_equal(c.kept, 0);
	json_decref(r);
	r = ask(&c, "{\"call\":\"test.wait\",\"dry_run\":true}");
	assert_true(json_is_true(json_object_get(r, "ok")));
	assert_int_equal(c.undone, 2);
	json_decref(r);
}

static void waits(void **state)
{
	static const char call[] = "{\"call\":\"test.wait\"}";
	struct core c = {.now = 10};
	bool pending = false;
	int64_t until = 0;
	json_t *r;

	(void)state;
	assert_null(ask_again(&c, call, false, &pending, &until));
	assert_true(pending);
	assert_int_equal(until, 110);
	assert_int_equal(c.kept, 1); /* what it did the first time is kept */
	c.now = 20;
	assert_null(ask_again(&c, call, true, &pending, &until));
	assert_true(pending);
	assert_int_equal(until, 110);
	c.now = 109;
	assert_null(ask_again(&c, call, true, &pending, &until));
	c.now = 110;
	r = ask_again(&c, call, true, &pending, &until);
	assert_false(pending);
	assert_string_equal(json_string_value(json_object_get(r, "error")), "ERR_PENDING");
	assert_int_equal(json_integer_value(json_object_get(r, "exit")), 7);
	assert_string_equal(json_string_value(json_object_get(r, "text")), "not stored yet by brackwater");
	json_decref(r);
	c.now = 50;
	r = ask_again(&c, call, true, &pending, &until);
	assert_false(pending);
	assert_true(json_is_true(json_object_get(r, "ok")));
	json_decref(r);
}

static json_t *many(size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		assert_int_equal(json_array_append_new(list, json_string(i % 2 ? "a" : "b")), 0);
	return json_pack("{s:s, s:{s:o}}", "call", "test.orgs", "args", "to", list);
}

static void organisations(void **state)
{
	struct core c = {0};
	bool pending;
	int64_t until = 0;
	json_t *r, *request;

	(void)state;
	fails(&c, "{\"call\":\"test.orgs\"}", "ERR_USAGE", "to is missing");
	fails(&c, "{\"call\":\"test.orgs\",\"args\":{\"to\":[]}}", "ERR_USAGE", "to is missing");
	fails(&c, "{\"call\":\"test.orgs\",\"args\":{\"to\":{}}}", "ERR_USAGE", "to must be");
	fails(&c, "{\"call\":\"test.orgs\",\"args\":{\"to\":[1]}}", "ERR_USAGE", "to must be");
	fails(&c, "{\"call\":\"test.orgs\",\"args\":{\"to\":[\"a\",\"nobody\"]}}", "ERR_NOT_FOUND", "\"nobody\" is nobody");
	fails(&c, "{\"call\":\"test.record\",\"args\":{\"id\":\"many\"}}", "ERR_CONFLICT", "id: conflicts");
	r = ask(&c, "{\"call\":\"test.orgs\",\"args\":{\"optional\":true}}");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(r, "result"), "n")), 0);
	json_decref(r);
	r = ask(&c, "{\"call\":\"test.orgs\",\"args\":{\"to\":\"a\"}}");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(r, "result"), "n")), 1);
	json_decref(r);
	request = many(256);
	r = api_run(&c, request, false, &pending, &until);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(r, "result"), "n")), 2); /* once each */
	json_decref(r);
	json_decref(request);
	request = many(257);
	r = api_run(&c, request, false, &pending, &until);
	assert_true(json_is_false(json_object_get(r, "ok")));
	json_decref(r);
	json_decref(request);
}

static void table_walk(void **state)
{
	size_t n = 0;

	(void)state;
	while (api_each(n))
		n++;
	assert_int_equal(n, 6);
	assert_string_equal(api_find("test.record")->name, "test.record");
	assert_null(api_find("test"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_requests), cmocka_unit_test(arguments), cmocka_unit_test(failures_are_undone),
		cmocka_unit_test(rehearsal_is_undone), cmocka_unit_test(waits), cmocka_unit_test(organisations), cmocka_unit_test(table_walk),
	};

	return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
