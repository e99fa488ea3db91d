/* Who stands on whom: rows and signed disclosures together, names in any case of letters, and chains that bite their own tail. */
#include "tests/unit/tale.h"

#include "node/chain.h"

static void put(struct txn *t, struct arena *a, const struct local_kind *k, const char *json)
{
	struct complaint why = {0};
	struct value *row;
	struct span name;
	char text[LOCAL_NAME + 1];
	json_t *j = json_loads(json, 0, NULL);
	if (!j || fieldjson_read(k->fields, j, NULL, a, &row, &why) != OK || locals_check(k, row, &why) != OK)
		fail_msg("%s: %s %s", json, why.where, why.text);
	json_decref(j);
	assert_true(fields_str(k->fields, row, "name", &name));
	(void)snprintf(text, sizeof text, "%.*s", (int)name.n, (const char *)name.p);
	assert_int_equal(locals_put(t, k, text, row), OK);
}

static void above(struct view *v, const struct chain *c, const char *node, const char *want)
{
	struct chain_above a;
	char text[300] = "";
	size_t n = 0;
	assert_int_equal(chain_above(v, c, node, &a), OK);
	for (size_t i = 0; i < a.n; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? ", " : "", a.step[i].node);
	assert_string_equal(text, want);
}

static json_t *look(struct tale *t, struct view *v)
{
	const char *const *nodes;
	struct chain c;
	char hex[65], row[300], text[300] = "", plan[32];
	struct id bob = tale_org(BOB);
	size_t n, at = 0;
	hex_encode(hex, bob.b, 32);
	(void)snprintf(row, sizeof row, "{\"name\": \"bob-ltd\", \"title\": \"Bob Ltd\", \"partner\": \"%s\", \"tier\": \"critical\"}", hex);
	put(v->t, t->a, &local_supplier, row);
	put(v->t, t->a, &local_supplier, "{\"name\": \"cloudco\", \"title\": \"Cloud & Co\", \"tier\": \"low\"}");
	put(v->t, t->a, &local_dependency, "{\"name\": \"d-1\", \"function\": \"cold chain\", \"criticality\": \"critical\", \"supplier\": \"bob-ltd\"}");
	put(v->t, t->a, &local_dependency, "{\"name\": \"d-2\", \"function\": \"menus\", \"supplier\": \"cloudco\", \"exit_plan\": {\"exists\": true}}");
	put(v->t, t->a, &local_subcontractor, "{\"name\": \"c-1\", \"supplier\": \"cloudco\", \"subcontractor\": \"NORTHDATA\"}");
	put(v->t, t->a, &local_subcontractor, "{\"name\": \"c-2\", \"supplier\": \"cloudco\", \"subcontractor\": \"bob ltd\"}");
	put(v->t, t->a, &local_subcontractor, "{\"name\": \"c-3\", \"supplier\": \"bob-ltd\", \"subcontractor\": \"Cloud & Co\"}"); /* round in a circle */
	/* disclosed too: one link, which is critical since we say so */
	put(v->t, t->a, &local_subcontractor, "{\"name\": \"c-5\", \"supplier\": \"bob-ltd\", \"subcontractor\": \"NORTHdata\", \"critical\": true}");
	put(v->t, t->a, &local_subcontractor, "{\"name\": \"c-4\", \"supplier\": \"cloudco\", \"subcontractor\": \"gone\", \"ended\": \"2026-01-01\"}");
	assert_int_equal(chain_read(v, &c), OK);
	assert_int_equal(c.links, 6); /* two rows of a circle, one shared, three disclosed */
	for (size_t i = 0; i < c.links; i++)
		if (strcasecmp(c.link[i].upper, "bob-ltd") == 0 && strcasecmp(c.link[i].lower, "Northdata") == 0)
			assert_true(c.link[i].record && c.link[i].row && c.link[i].critical);
	assert_ptr_equal(chain_supplier(&c, "BOB LTD"), chain_supplier(&c, "bob-ltd"));
	assert_null(chain_supplier(&c, "Northdata"));
	above(v, &c, "gone", "gone");
	above(v, &c, "Icepower", "Icepower, Northdata, bob-ltd, cloudco");
	above(v, &c, "cloudco", "cloudco, bob-ltd");
	assert_int_equal(chain_nodes(v, &c, &nodes, &n), OK);
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%.16s", i ? ", " : "", nodes[i]);
	for (char *p = text; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	assert_string_equal(text, "blinded 11111111, bob-ltd, cloudco, icepower, northdata");
	for (size_t i = 0; i < c.needs; i++) {
		chain_exit(&c.need[i], plan);
		assert_string_equal(plan, strcmp(c.need[i].name, "d-2") == 0 ? "untested" : "not stated");
		assert_true(chain_planned(&c.need[i]) == (strcmp(c.need[i].name, "d-2") == 0));
		assert_true(chain_critical(&c.need[i]) == (strcmp(c.need[i].name, "d-1") == 0));
	}
	return json_array();
}

static void all_of_it(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	(void)tale_say(&t, (struct tale_head){BOB, AMY, .at = TALE_DAY(0), .kind = KIND_SUBCONTRACTOR_DISCLOSURE},
	               "{\"as_of\": \"2026-11-20\", \"complete\": true, \"items\": [{\"name\": \"Northdata\", \"service\": \"s\", \"rank\": 2}, "
	               "{\"name\": \"Icepower\", \"service\": \"s\", \"rank\": 3, \"parent\": \"Northdata\"}, {\"blinded\": "
	               "\"1111111111111111111111111111111111111111111111111111111111111111\", \"service\": \"s\", \"rank\": 2}]}");
	json_decref(tale_tell(&t, NULL, look));
	arena_free(t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_of_it)};
	return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
