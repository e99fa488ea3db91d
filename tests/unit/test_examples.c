/* The starter texts are good as they are printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "node/examples.h"
#include "node/fieldjson.h"
#include "proto/kinds.h"
#include "proto/when.h"

/* As "requirement import" and "posture publish" would take it. */
static const struct value *taken(const json_t *document, enum kind_number number, struct arena *a)
{
	const struct kind *k = kind_by_number(number);
	struct complaint why = {0};
	struct value *body = NULL;
	struct record r = {.kind = number, .tlp = TLP_AMBER};
	enum err e;

	assert_non_null(document);
	e = fieldjson_read(k->fields, document, NULL, a, &body, &why);
	if (e == OK)
		e = fields_check(k->fields, body, &why);
	r.body = body;
	if (e == OK)
		e = record_check(&r, &why);
	if (e != OK)
		print_error("%s %s\n", why.where, why.text);
	assert_int_equal(e, OK);
	return body;
}

static bool lists(const json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
			return true;
	return false;
}

static void requirements(void **state)
{
	json_t *set = examples_requirement(), *each, *levels = json_object_get(set, "levels");
	struct arena *a = arena_new();
	size_t i;

	(void)state;
	(void)taken(set, KIND_REQUIREMENT_SET, a);
	assert_int_equal(json_array_size(json_object_get(set, "requirements")), 8);
	json_array_foreach(json_object_get(set, "requirements"), i, each) {
		char rid[24];

		(void)snprintf(rid, sizeof rid, "R%zu", i + 1);
		assert_string_equal(json_string_value(json_object_get(each, "rid")), rid);
		assert_true(json_array_size(json_object_get(each, "mappings")) > 0);
		assert_non_null(json_object_get(each, "evidence"));
		assert_non_null(json_object_get(each, "rationale"));
	}
	assert_int_equal(json_array_size(levels), 3);
	for (i = 0; i < 2; i++) { /* each level holds the one below, and more */
		json_t *below = json_object_get(json_array_get(levels, i), "requirements");
		json_t *above = json_object_get(json_array_get(levels, i + 1), "requirements");

		assert_true(json_array_size(above) > json_array_size(below));
		for (size_t k = 0; k < json_array_size(below); k++)
			assert_true(lists(above, json_string_value(json_array_get(below, k))));
	}
	assert_string_equal(json_string_value(json_object_get(json_array_get(levels, 1), "id")), "standard");
	assert_true(lists(json_object_get(json_array_get(levels, 1), "requirements"), "R3"));
	assert_false(lists(json_object_get(json_array_get(levels, 0), "requirements"), "R3"));
	assert_int_equal(json_array_size(json_object_get(json_array_get(levels, 2), "requirements")), 8);
	arena_free(a);
	json_decref(set);
}

/* On any day: over leap years, at the turn of a year. */
static void posture(void **state)
{
	static const char *const days[] = {"2026-11-23", "2027-12-31", "2028-02-28", "2028-02-29", "2099-01-01"};

	(void)state;
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		struct arena *a = arena_new();
		int64_t day = 0, from = -1, until = -1;
		const struct field *f = kind_by_number(KIND_POSTURE_ATTESTATION)->fields;
		const struct value *body;
		json_t *o;

		assert_int_equal(when_parse_date(days[i], &day), OK);
		o = examples_posture(day);
		body = taken(o, KIND_POSTURE_ATTESTATION, a);
		assert_true(fields_int(f, body, "as_of", &from) && from == day);
		assert_true(fields_int(f, body, "valid_until", &until) && until == day + 364);
		arena_free(a);
		json_decref(o);
	}
}

static void controls_are_the_requirements(void **state)
{
	json_t *set = examples_requirement(), *o = examples_posture(20000);
	json_t *rids = json_object_get(set, "requirements"), *controls = json_object_get(o, "statements");

	(void)state;
	assert_int_equal(json_array_size(rids), json_array_size(controls));
	for (size_t i = 0; i < json_array_size(rids); i++)
		assert_string_equal(json_string_value(json_object_get(json_array_get(rids, i), "rid")),
		                    json_string_value(json_object_get(json_array_get(controls, i), "control")));
	json_decref(set);
	json_decref(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requirements), cmocka_unit_test(posture), cmocka_unit_test(controls_are_the_requirements),
	};

	return cmocka_run_group_tests_name("examples", tests, NULL, NULL);
}
