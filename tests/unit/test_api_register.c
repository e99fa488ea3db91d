/* The register through the dispatcher: sheets and rows that are about the same company, or only seem so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "node/api.h"
#include "tests/unit/scenario.h"

#define MAP "make name = V\ncolumn V = title\ncolumn LEI = identifiers.LEI\ncolumn Mail = contacts.privacy.mail\n"
#define LEI1 "529900T8BM49AURSDO55"

static bool warned(const json_t *result, const char *words)
{
	const json_t *list = json_object_get(result, "warnings");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strstr(json_string_value(json_array_get(list, i)), words))
			return true;
	return false;
}

static json_t *import(struct scenario *s, const char *csv, const char *map)
{
	return scenario_ask(s, 0, "supplier.import", map ? json_pack("{s:s, s:s}", "csv", csv, "map", map) : json_pack("{s:s}", "csv", csv));
}

static void imports(struct scenario *s, const char *csv, const char *map, const char *warning)
{
	json_t *r = import(s, csv, map);
	if (!json_is_true(json_object_get(r, "ok")))
		fail_msg("%s", json_string_value(json_object_get(r, "text")));
	if (warned(json_object_get(r, "result"), warning ? warning : "") != (warning != NULL))
		fail_msg("%s", json_dumps(r, 0));
	json_decref(r);
}

static void refuses(struct scenario *s, const char *csv, const char *map, const char *text, const char *hint)
{
	json_t *r = import(s, csv, map);
	if (!json_is_false(json_object_get(r, "ok")) || !strstr(json_string_value(json_object_get(r, "text")), text) ||
	    !strstr(json_string_value(json_object_get(r, "hint")), hint))
		fail_msg("%s", json_dumps(r, 0));
	json_decref(r);
}

/* Two companies whose made names are alike: the second overwrites nothing of the first. */
static void made_names(void **state)
{
	struct scenario *s = *state;
	imports(s, "V,LEI,Mail\nM\xc3\xbcller & Co,,a@b.example\n", MAP, NULL);
	imports(s, "V,LEI,Mail\nM\xc3\xb6ller & Co,,c@d.example\n", MAP, NULL);
	imports(s, "V,LEI,Mail\nM\xc3\xbcller + Co,,a@b.example\n", MAP, NULL); /* the same title */
	refuses(s, "V,LEI,Mail\nMueller & Co,,x@y.example\n", MAP,
	        "line 2 (mueller-co): there is another of this made name, whose title is", "column \"name\"");
	imports(s, "name,V,LEI,Mail\nmueller-2,Mueller & Co,,x@y.example\n", MAP, NULL);
	json_t *r = scenario_call(s, 0, "supplier.show", json_pack("{s:s}", "supplier", "mueller-co"));
	assert_string_equal(json_string_value(json_object_get(r, "title")), "M\xc3\xbcller + Co");
	json_decref(r);
}

static void shared_numbers(void **state)
{
	struct scenario *s = *state;
	imports(s, "name,title,identifiers\none,One,\"scheme=LEI, value=" LEI1 "\"\ntwo,Two,\n", NULL, NULL);
	json_t *r = scenario_call(s, 0, "supplier.add", json_pack("{s:s, s:{s:s, s:[{s:s, s:s}]}}", "supplier", "three", "body", "title", "Three",
	                                                          "identifiers", "scheme", "lei", "value", LEI1));
	assert_true(warned(r, "one and three have the same LEI " LEI1) || warned(r, "one and three have the same lei " LEI1));
	json_decref(r);
	r = scenario_call(s, 0, "supplier.add", json_pack("{s:s, s:{s:s}}", "supplier", "four", "body", "title", "Four"));
	assert_false(warned(r, "have the same")); /* it has none: what others share is not its matter */
	json_decref(r);
	imports(s, "name,title\ntwo,Two again\n", NULL, "one and three have the same");
}

/* A contract that is not there is told, and no hindrance: it may come. */
static void unknown_contract(void **state)
{
	struct scenario *s = *state;
	imports(s, "name,title\none,One\n", NULL, NULL);
	json_t *r = scenario_call(s, 0, "dependency.add", json_pack("{s:s, s:{s:s, s:s, s:s}}", "dependency", "d-1", "body", "function", "shop", "supplier",
	                                                            "one", "contract", "C-404"));
	assert_true(warned(r, "no contract has the reference \"C-404\""));
	json_decref(r);
	json_decref(scenario_call(s, 0, "contract.offer",
	                 json_pack("{s:{s:s, s:s, s:s}}", "body", "reference", "C-404", "type", "bespoke", "supplier", "node1")));
	r = scenario_call(s, 0, "dependency.edit", json_pack("{s:s, s:{s:s}}", "dependency", "d-1", "body", "contract", "C-404"));
	assert_false(warned(r, "no contract"));
	json_decref(r);
}

/* No order is offered that is none. */
static void no_order(void **state)
{
	json_t *r = scenario_ask(*state, 0, "supplier.list", json_pack("{s:s}", "sort", "identifiers"));
	assert_string_equal(json_string_value(json_object_get(r, "text")), "\"identifiers\" is no order of the list");
	json_decref(r);
}

static json_t *offer(struct scenario *s)
{
	json_t *r = scenario_call(s, 0, "contract.offer",
	                          json_pack("{s:{s:s, s:s, s:s}}", "body", "reference", "C-7", "type", "bespoke", "supplier", "node1"));
	json_t *id = json_incref(json_object_get(r, "id"));
	json_decref(r);
	return id;
}

/* A contract goes by its reference, as long as it is the only one of it. */
static void by_reference(void **state)
{
	struct scenario *s = *state;
	json_t *first = offer(s), *r = scenario_call(s, 0, "contract.show", json_pack("{s:s}", "contract", "C-7"));
	assert_string_equal(json_string_value(json_object_get(r, "id")), json_string_value(first));
	json_decref(r);
	json_decref(offer(s));
	r = scenario_ask(s, 0, "contract.show", json_pack("{s:s}", "contract", "C-7"));
	assert_string_equal(json_string_value(json_object_get(r, "text")), "2 contracts have the reference \"C-7\"");
	json_decref(r);
	json_decref(scenario_call(s, 0, "contract.show", json_pack("{s:O}", "contract", first)));
	json_decref(first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(made_names, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(shared_numbers, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(no_order, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(by_reference, scenario_two, scenario_done),
		cmocka_unit_test_setup_teardown(unknown_contract, scenario_two, scenario_done),
	};
	return cmocka_run_group_tests_name("api_register", tests, NULL, NULL);
}
