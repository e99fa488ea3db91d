/* test_alike.c - which names people take for each other, and which not. */
#include "tests/unit/evil.h"

#include "node/alike.h"

static void both_ways(const char *a, const char *b, bool wanted)
{
	if (alike_names(a, b) != wanted || alike_names(b, a) != wanted)
		fail_msg("\"%s\" and \"%s\" must%s be alike", a, b, wanted ? "" : " not");
}

static void names_that_look_alike(void **state)
{
	static const char *const pairs[][2] = {
		{"brackwater", "brackwater"}, {"Brackwater", "BRACKWATER"}, {"brackwater", "brack-water"}, {"brackwater", "brackvvater"},
		{"harbour", "harb0ur"}, {"coldline", "co1dline"}, {"modern", "modem"}, {"brackwater", "brackwatr"}, {"brackwater", "brackwaterr"},
		{"brackwater", "brackwatre"}, {"brackwater", "brackwatex"}, {"Harbour Foods", "Harbour-Foods."},
		{"brackwater", "br\xd0\xb0\x63kw\xd0\xb0ter"}, {"OPEL", "\xce\x9f\xce\xa1\xce\x95L"}, {"lilly", "IiIIy"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		both_ways(pairs[i][0], pairs[i][1], true);
}

static void names_that_do_not(void **state)
{
	static const char *const pairs[][2] = {
		{"brackwater", "coldline"}, {"site-1", "site-2"}, {"site1", "site0"}, {"depot 5", "depot 8"}, {"depot", "depot 2"}, {"abc", "abd"}, {"abc", "abcd"},
		{"brackwater", "brackwaters2"}, {"harbour", "arbours"}, {"", "a"}, {"north", "south"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		both_ways(pairs[i][0], pairs[i][1], false);
}

static void mixed_scripts(void **state)
{
	(void)state;
	assert_true(alike_mixed("br\xd0\xb0\x63kwater"));
	assert_true(alike_mixed("\xce\x91lpha"));
	assert_false(alike_mixed("Brackwater 24/7"));
	assert_false(alike_mixed("\xd0\x9c\xd0\xbe\xd1\x81\xd1\x82"));
	assert_false(alike_mixed("Caf\xc3\xa9 S\xc3\xb8r"));
	assert_false(alike_mixed(""));
	assert_false(alike_mixed("\xe4\xb8\xad\xe6\x96\x87"));
}

/* Whoever calls itself nearly like a partner is shown beside it, from both sides; one whose words nobody compared is no more than anybody. */
static void partners_that_look_alike_are_shown(void **state)
{
	struct maker twin;
	struct evil v;
	(void)state;
	evil_open(&v);
	maker_begin(&twin, 0x71, "Another Ltd");
	evil_enrol(&v, &twin, "evi1", PARTNER_PENDING);
	json_t *shown = scenario_call(&v.s, 0, "partner.show", json_pack("{s:s}", "partner", "evil"));
	assert_string_equal(json_string_value(json_array_get(json_object_get(shown, "alike"), 0)), "evi1");
	assert_non_null(strstr(json_string_value(json_object_get(shown, "trust")), "its ten words were compared here on"));
	json_decref(shown);
	shown = scenario_call(&v.s, 0, "partner.show", json_pack("{s:s}", "partner", "evi1"));
	assert_string_equal(json_string_value(json_array_get(json_object_get(shown, "alike"), 0)), "evil");
	assert_string_equal(json_string_value(json_object_get(shown, "trust")), "nobody here has compared its ten words: it may be anybody");
	json_decref(shown);
	evil_state(&v, &twin, PARTNER_REMOVED);
	shown = scenario_call(&v.s, 0, "partner.show", json_pack("{s:s}", "partner", "evil"));
	assert_null(json_object_get(shown, "alike"));
	json_decref(shown);
	maker_end(&twin);
	evil_close(&v);
}

/* What a partner says that it knows another by stands beside that other with its signer, until it is over or taken back. */
static void vouches_are_shown_with_their_signer(void **state)
{
	struct scenario s;
	char org[65];
	(void)state;
	scenario_open(&s, 3);
	scenario_pair(&s, 0, 1);
	scenario_pair(&s, 0, 2);
	scenario_pair(&s, 1, 2);
	hex_encode(org, scenario_org(&s.node[2])->b, 32);
	json_t *said = scenario_call(&s, 1, "record.new", json_pack("{s:s, s:[s], s:{s:s, s:s, s:s, s:s}}", "kind", "org.vouch", "to", "node0",
	                                                          "body", "org", org, "basis", "contract", "since", "2024-01-01", "expires",
	                                                          "2027-06-30"));
	scenario_run(&s, 60000);
	json_t *shown = scenario_call(&s, 0, "partner.show", json_pack("{s:s}", "partner", org));
	const json_t *one = json_array_get(json_object_get(shown, "vouches"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "by")), "node1");
	assert_string_equal(json_string_value(json_object_get(one, "basis")), "contract");
	assert_string_equal(json_string_value(json_object_get(one, "state")), "stands");
	json_decref(shown);
	/* nobody else is shown it, and it is no reason to believe whom that one vouches for */
	hex_encode(org, scenario_org(&s.node[1])->b, 32);
	shown = scenario_call(&s, 0, "partner.show", json_pack("{s:s}", "partner", org));
	assert_null(json_object_get(shown, "vouches"));
	json_decref(shown);
	json_decref(said);
	hex_encode(org, scenario_org(&s.node[2])->b, 32);
	s.now += 300ll * 86400000;
	scenario_run(&s, 60000);
	shown = scenario_call(&s, 0, "partner.show", json_pack("{s:s}", "partner", org));
	one = json_array_get(json_object_get(shown, "vouches"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "state")), "expired");
	json_decref(shown);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_look_alike), cmocka_unit_test(names_that_do_not), cmocka_unit_test(mixed_scripts),
		cmocka_unit_test(partners_that_look_alike_are_shown),
		cmocka_unit_test(vouches_are_shown_with_their_signer),
	};

	return cmocka_run_group_tests_name("alike", tests, NULL, NULL);
}
