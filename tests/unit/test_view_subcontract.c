/* Subcontractors against the contract: bob supplies amy; told in any order, at both ends. */
#include "tests/unit/tale.h"

#include "node/view_subcontract.h"

static json_t *disclosed(struct tale *t, struct view *v)
{
	json_t *items;
	(void)t;
	assert_int_equal(view_subcontract_disclosed(v, &items), OK);
	return items;
}

static json_t *asked(struct tale *t, struct view *v)
{
	json_t *items;
	(void)t;
	assert_int_equal(view_subcontract_asked(v, false, &items), OK);
	return items;
}

static json_t *duties(struct tale *t, struct view *v)
{
	struct duties all = {0};
	json_t *items = json_array(), *o;
	(void)t;
	assert_int_equal(view_subcontract_duties(v, &all), OK);
	for (size_t i = 0; i < all.n; i++) {
		assert_int_equal(duty_json(v, &all.p[i], &o), OK);
		(void)json_array_append_new(items, o);
	}
	return items;
}

static struct id contract(struct tale *t, const char *mode)
{
	struct id amy = tale_org(AMY), bob = tale_org(BOB);
	struct id offer = tale_say(t, (struct tale_head){AMY, BOB, .at = TALE_DAY(0), .kind = KIND_CONTRACT},
	                           "{\"reference\": \"C-7\", \"type\": \"bespoke\", \"customer\": \"%s\", \"supplier\": \"%s\", "
	                           "\"data_classes\": [\"orders\"], \"countries\": [\"DE\", \"NO\"], "
	                           "\"clauses\": {\"subcontracting\": \"%s\"}}", tale_hex(t, &amy), tale_hex(t, &bob), mode);
	(void)tale_say(t, (struct tale_head){BOB, AMY, .at = TALE_DAY(1), .kind = KIND_REPLY, .thread = &offer},
	               "{\"about\": \"%s\", \"decision\": \"agreed\"}", tale_hex(t, &offer));
	return offer;
}

static struct id disclose(struct tale *t, const struct id *c, const char *item)
{
	return tale_say(t, (struct tale_head){BOB, AMY, .at = TALE_DAY(4), .kind = KIND_SUBCONTRACTOR_DISCLOSURE},
	                "{\"contract\": \"%s\", \"as_of\": \"2026-11-27\", \"complete\": true, \"items\": [{\"name\": "
	                "\"North  data\", \"service\": \"hosting\", \"rank\": 2%s}]}", tale_hex(t, c), item);
}

static struct id ask(struct tale *t, const struct id *c, int day)
{
	return tale_say(t, (struct tale_head){BOB, AMY, .at = TALE_DAY(day), .kind = KIND_SUBCONTRACTING_REQUEST},
	                "{\"contract\": \"%s\", \"subcontractor\": \"NORTH DATA\", \"service\": \"hosting\", \"reason\": \"ours closes\", "
	                "\"answer_by\": \"2026-12-01\"}", tale_hex(t, c));
}

static struct id decide(struct tale *t, int from, int day, const struct id *request, const char *rest)
{
	return tale_say(t, (struct tale_head){from, from == BOB ? AMY : BOB, .at = TALE_DAY(day), .kind = KIND_REPLY, .thread = request},
	                "{\"about\": \"%s\", %s}", tale_hex(t, request), rest);
}

/* Both say the same of the one item. */
static void is(struct tale *t, bool breach, const char *because)
{
	for (t->me = AMY; t->me <= BOB; t->me++) {
		json_t *all = tale_tell(t, NULL, disclosed);
		const json_t *item = json_array_get(all, 0);
		assert_int_equal(json_array_size(all), 1);
		if (json_is_true(json_object_get(item, "breach")) != breach || !strstr(tale_text(item, "because"), because))
			fail_msg("%d: %s", t->me, tale_text(item, "because"));
		json_decref(all);
	}
	t->me = AMY;
}

static void in_any_order(struct tale *t)
{
	for (t->me = AMY; t->me <= BOB; t->me++) {
		tale_shuffled(t, 6, disclosed);
		tale_shuffled(t, 6, asked);
	}
	t->me = AMY;
}

static void approval(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id c = contract(&t, "prior-approval");
	(void)disclose(&t, &c, "");
	is(&t, true, "nobody asked");
	struct id request = ask(&t, &c, 2);
	is(&t, true, "not decided"); /* silence grants nothing, however long */
	t.now = TALE_DAY(400);
	is(&t, true, "not decided");
	t.now = TALE_DAY(20);
	(void)decide(&t, BOB, 3, &request, "\"decision\": \"granted\""); /* nobody grants his own */
	is(&t, true, "not decided");
	(void)decide(&t, AMY, 3, &request, "\"decision\": \"granted\", \"until\": \"2026-12-20\"");
	is(&t, false, "approved");
	t.now = TALE_DAY(40);
	is(&t, true, "lapsed");
	t.now = TALE_DAY(20);
	(void)decide(&t, AMY, 5, &request, "\"decision\": \"refused\"");
	is(&t, true, "refused");
	struct id again = ask(&t, &c, 6);
	(void)decide(&t, AMY, 7, &again, "\"decision\": \"granted\", \"conditions\": \"no copies\"");
	is(&t, false, "approved");
	in_any_order(&t);
	arena_free(t.a);
}

/* Somebody who was not asked decides nothing. */
static void nobody_else_decides(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id c = contract(&t, "prior-approval"), request = ask(&t, &c, 2);
	(void)disclose(&t, &c, "");
	(void)tale_say(&t, (struct tale_head){CAT, AMY, BOB, TALE_DAY(3), KIND_REPLY, &request, NULL}, "{\"about\": \"%s\", \"decision\": \"granted\"}",
	               tale_hex(&t, &request));
	is(&t, true, "not decided");
	in_any_order(&t);
	arena_free(t.a);
}

static void modes(void **state)
{
	static const struct {
		const char *mode, *item;
		bool breach;
		const char *because;
	} all[] = {
		{"free", "", false, "free"}, {"notify", ", \"since\": \"2027-01-01\"", false, "notified"}, {"notify", ", \"since\": \"2026-11-01\"", true, "after"},
		{"forbidden", "", true, "forbids"}, {"free", ", \"data_classes\": [\"orders\", \"health\"]", true, "health"},
		{"free", ", \"countries\": [\"US\"]", true, "US"}, {"free", ", \"data_classes\": [\"Orders\"], \"countries\": [\"NO\"]", false, "free"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct tale t;
		tale_begin(&t, AMY);
		struct id c = contract(&t, all[i].mode);
		(void)disclose(&t, &c, all[i].item);
		is(&t, all[i].breach, all[i].because);
		arena_free(t.a);
	}
}

static void newest_stands(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id c = contract(&t, "forbidden"), first = disclose(&t, &c, "");
	is(&t, true, "forbids");
	(void)tale_say(&t, (struct tale_head){BOB, AMY, .at = TALE_DAY(5), .kind = KIND_SUBCONTRACTOR_DISCLOSURE, .thread = &first, .supersedes = &first},
	               "{\"contract\": \"%s\", \"as_of\": \"2026-11-28\", \"complete\": true}", tale_hex(&t, &c));
	is(&t, false, "affirmed: there are none");
	in_any_order(&t);
	arena_free(t.a);
}

static void dates_at_both_ends(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	t.receipted = true;
	struct id c = contract(&t, "prior-approval"), request = ask(&t, &c, 2);
	for (t.me = AMY; t.me <= BOB; t.me++) {
		json_t *all = tale_tell(&t, NULL, duties);
		assert_int_equal(json_array_size(all), 1);
		assert_string_equal(tale_text(json_array_get(all, 0), "due"), "2026-12-01T23:59:59.999Z");
		assert_string_equal(tale_text(json_array_get(all, 0), "who"), "amy");
		assert_true(json_is_true(json_object_get(json_array_get(all, 0), "overdue")));
		json_decref(all);
	}
	(void)decide(&t, AMY, 12, &request, "\"decision\": \"refused\"");
	for (t.me = AMY; t.me <= BOB; t.me++) {
		json_t *all = tale_tell(&t, NULL, duties);
		assert_true(strncmp(tale_text(json_array_get(all, 0), "state"), "late by", 7) == 0);
		json_decref(all);
	}
	arena_free(t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(approval), cmocka_unit_test(nobody_else_decides), cmocka_unit_test(modes), cmocka_unit_test(newest_stands),
		cmocka_unit_test(dates_at_both_ends),
	};
	return cmocka_run_group_tests_name("view_subcontract", tests, NULL, NULL);
}
