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

static int setup(void **state)
{
	struct scenario *s = calloc(1, sizeof *s);
	if (!s)
		return -1;
	scenario_open(s, 2);
	scenario_pair(s, 0, 1);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	scenario_close(*state);
	free(*state);
	return 0;
}

/* The response; args are taken over. */
static json_t *ask(struct scenario *s, int node, const char *name, json_t *args)
{
	struct api_wait wait = {0};
	json_t *request = json_pack("{s:s, s:o}", "call", name, "args", args);
	assert_non_null(request);
	scenario_begin(&s->node[node]);
	json_t *response = api_run(s->node[node].core, request, &wait);
	assert_int_equal(scenario_end(&s->node[node]), OK);
	assert_false(wait.waiting);
	json_decref(request);
	assert_non_null(response);
	return response;
}

static json_t *call(struct scenario *s, int node, const char *name, json_t *args)
{
	json_t *response = ask(s, node, name, args), *result = json_object_get(response, "result");
	if (!json_is_true(json_object_get(response, "ok")))
		fail_msg("%s: %s", name, json_string_value(json_object_get(response, "text")));
	json_incref(result);
	json_decref(response);
	return result;
}

static void fails(struct scenario *s, int node, const char *name, json_t *args, const char *words)
{
	json_t *response = ask(s, node, name, args);
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
	json_t *r = call(*state, 0, "requirement.import", large(100, 3500, 2000, 200));
	assert_true(warned(r, "\"evidence\" texts are left out"));
	assert_false(warned(r, "\"discussion\" texts are left out"));
	assert_true(warned(r, "100 of 100 requirements give no reason why they are asked"));
	assert_int_equal(number(r, "requirements"), 100);
	json_t *shown = call(*state, 0, "requirement.show", json_pack("{s:s}", "requirement", "large-set"));
	const json_t *one = json_array_get(json_object_get(json_object_get(shown, "body"), "requirements"), 0);
	assert_null(json_object_get(one, "evidence"));
	assert_int_equal(json_string_length(json_object_get(one, "discussion")), 2000);
	json_decref(shown);
	json_decref(r);
	r = call(*state, 0, "requirement.import", large(100, 3000, 6000, 200));
	assert_true(warned(r, "\"discussion\" texts are left out"));
	json_decref(r);
	fails(*state, 0, "requirement.import", large(100, 0, 0, 6000), "KiB, and a record at most 512");
}

/* Our name for it comes of the title when none is given; a file may be told its title. */
static void by_its_title(void **state)
{
	const char *csv = "rid,text,levels,family\nR1,lock,basic,Doors\nR2,count,basic;standard,Doors\n";
	json_t *r = call(*state, 0, "requirement.import", json_pack("{s:s, s:s}", "file", csv, "title",
	                                                                 "Harbour's doors, a long title that goes on and on"));
	assert_int_equal(number(r, "requirements"), 2);
	assert_int_equal(number(r, "levels"), 2);
	assert_int_equal(json_array_size(json_object_get(r, "without_rationale")), 2);
	json_decref(r);
	r = call(*state, 0, "requirement.show", json_pack("{s:s}", "requirement", "harbour-s-doors-a-long-title-that-goes"));
	assert_string_equal(json_string_value(json_object_get(json_object_get(r, "body"), "version")), "1");
	json_decref(r);
	fails(*state, 0, "requirement.import", json_pack("{s:s}", "file", csv), "give the set a name");
	fails(*state, 0, "requirement.import", json_pack("{s:s, s:s}", "file", "{\"title\":\n 1,}", "name", "x-set"), "line 2, column");
	fails(*state, 0, "requirement.import", json_pack("{s:s, s:s}", "file", "rid,text,title\nR1,x,\"a\nb\"\n", "name", "x-set"),
	      "line 2, column 3 (title)");
	fails(*state, 0, "requirement.import", json_pack("{s:s, s:s}", "file", "{\"catalog\": {}}", "name", "x-set"), "catalog.metadata.title");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(too_large, setup, teardown),
		cmocka_unit_test_setup_teardown(by_its_title, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
