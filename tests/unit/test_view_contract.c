/* Contracts: who can offer, agree and end what, told in any order, at both ends. */
#include "tests/unit/tale.h"

#include "node/view_contract.h"
#include "node/view_exit.h"

#define TERMS(more) "{\"reference\": \"C-7\", \"type\": \"bespoke\", \"customer\": \"%s\", \"supplier\": \"%s\"" more "}"
#define IN(root) .thread = &(root)

/* As both ends must see it: without what only one of them knows. */
static json_t *look(struct tale *t, struct view *v)
{
	struct contract *all;
	struct endings ends;
	size_t n;
	json_t *items = json_array();
	(void)t;
	assert_int_equal(view_contract_all(v, &all, &n), OK);
	assert_int_equal(view_exit_all(v, NULL, &ends), OK);
	for (size_t i = 0; i < n; i++) {
		json_t *o;
		assert_int_equal(view_contract_row(v, &all[i], &ends, &o), OK);
		(void)json_array_append_new(items, o);
	}
	return items;
}

static json_t *duties(struct tale *t, struct view *v)
{
	struct duties all = {0};
	json_t *items = json_array(), *o;
	(void)t;
	assert_int_equal(view_contract_duties(v, &all), OK);
	for (size_t i = 0; i < all.n; i++) {
		assert_int_equal(duty_json(v, &all.p[i], &o), OK);
		(void)json_array_append_new(items, o);
	}
	return items;
}

static const char *amy(struct tale *t)
{
	struct id id = tale_org(AMY);
	return tale_hex(t, &id);
}

static const char *bob(struct tale *t)
{
	struct id id = tale_org(BOB);
	return tale_hex(t, &id);
}

static struct id an_offer(struct tale *t)
{
	return tale_say(t, (struct tale_head){AMY, BOB, .at = TALE_DAY(0), .kind = KIND_CONTRACT},
	                TERMS(", \"end\": \"2027-06-30\", \"notice_days\": 30, \"answer_by\": \"2026-12-10\""), amy(t), bob(t));
}

static struct id a_reply(struct tale *t, int from, int day, const struct id *root, const struct id *about, const char *rest)
{
	return tale_say(t, (struct tale_head){from, from == AMY ? BOB : AMY, .at = TALE_DAY(day), .kind = KIND_REPLY, .thread = root},
	                "{\"about\": \"%s\", %s}", tale_hex(t, about), rest);
}

/* At both ends, since the words of the state differ: waits for us, waits for them. */
static void is(struct tale *t, const char *at_amy, const char *at_bob)
{
	for (t->me = AMY; t->me <= BOB; t->me++) {
		json_t *all = tale_tell(t, NULL, look);
		assert_int_equal(json_array_size(all), 1);
		assert_string_equal(tale_text(json_array_get(all, 0), "state"), t->me == AMY ? at_amy : at_bob);
		json_decref(all);
	}
	t->me = AMY;
}

static void offered_and_agreed(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id offer = an_offer(&t);
	is(&t, "offered, waits for them", "offered, waits for us");
	struct id own = a_reply(&t, AMY, 1, &offer, &offer, "\"decision\": \"agreed\"");
	(void)own;
	is(&t, "offered, waits for them", "offered, waits for us"); /* nobody agrees with itself */
	struct id agreed = a_reply(&t, BOB, 2, &offer, &offer, "\"decision\": \"agreed\"");
	is(&t, "agreed", "agreed");
	json_t *all = tale_tell(&t, NULL, look);
	assert_string_equal(tale_text(json_array_get(all, 0), "id"), tale_hex(&t, &offer)); /* one hash */
	assert_string_equal(tale_text(json_array_get(all, 0), "agreed"), tale_hex(&t, &agreed));
	json_decref(all);
	t.now = TALE_DAY(400);
	is(&t, "ended 2027-06-30, not closed", "ended 2027-06-30, not closed");
	arena_free(t.a);
}

/* A third one that was sent the offer, too, is no side of it. */
static void nobody_else_agrees(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id offer = tale_say(&t, (struct tale_head){AMY, BOB, CAT, TALE_DAY(0), KIND_CONTRACT, NULL, NULL}, TERMS(""), amy(&t), bob(&t));
	(void)a_reply(&t, CAT, 1, &offer, &offer, "\"decision\": \"agreed\"");
	is(&t, "offered, waits for them", "offered, waits for us");
	(void)a_reply(&t, CAT, 1, &offer, &offer, "\"decision\": \"declined\"");
	is(&t, "offered, waits for them", "offered, waits for us");
	(void)a_reply(&t, BOB, 1, &offer, &offer, "\"decision\": \"agreed\"");
	(void)a_reply(&t, CAT, 2, &offer, &offer, "\"decision\": \"done\", \"until\": \"2026-12-01\"");
	is(&t, "agreed", "agreed");
	arena_free(t.a);
}

static void counter_offers(void **state)
{
	struct tale t;
	char want[96];
	(void)state;
	tale_begin(&t, AMY);
	struct id offer = an_offer(&t);
	struct id counter = tale_say(&t, (struct tale_head){BOB, AMY, .at = TALE_DAY(1), .kind = KIND_CONTRACT, IN(offer)},
	                             TERMS(", \"about\": \"%s\", \"end\": \"2028-06-30\""), amy(&t), bob(&t), tale_hex(&t, &offer));
	is(&t, "offered, waits for us", "offered, waits for them");
	(void)a_reply(&t, AMY, 2, &offer, &counter, "\"decision\": \"agreed\"");
	is(&t, "agreed", "agreed");
	struct id change = tale_say(&t, (struct tale_head){AMY, BOB, .at = TALE_DAY(3), .kind = KIND_CONTRACT, IN(offer), &offer},
	                            TERMS(", \"end\": \"2029-06-30\""), amy(&t), bob(&t));
	(void)snprintf(want, sizeof want, "agreed, change %.12s waits for them", tale_hex(&t, &change));
	t.me = AMY;
	json_t *all = tale_tell(&t, NULL, look);
	assert_string_equal(tale_text(json_array_get(all, 0), "state"), want);
	assert_string_equal(tale_text(json_array_get(all, 0), "id"), tale_hex(&t, &counter)); /* what was agreed holds meanwhile */
	assert_string_equal(tale_text(json_array_get(all, 0), "end"), "2028-06-30");
	json_decref(all);
	(void)tale_say(&t, (struct tale_head){BOB, AMY, .at = TALE_DAY(4), .kind = KIND_CONTRACT, IN(offer), &counter}, TERMS(""), amy(&t), bob(&t));
	size_t n = t.n;
	(void)a_reply(&t, AMY, 5, &offer, &t.said[n - 1].id, "\"decision\": \"declined\"");
	(void)a_reply(&t, BOB, 5, &offer, &change, "\"decision\": \"declined\"");
	is(&t, "agreed", "agreed"); /* the first offer does not come back to life */
	t.n = n - 1;
	(void)a_reply(&t, BOB, 5, &offer, &change, "\"decision\": \"agreed\"");
	all = tale_tell(&t, NULL, look);
	assert_string_equal(tale_text(json_array_get(all, 0), "end"), "2029-06-30");
	json_decref(all);
	arena_free(t.a);
}

/* Other sides than those of the first offer make it no version of this contract. */
static void the_same_two(void **state)
{
	struct tale t;
	struct id cat = tale_org(CAT);
	(void)state;
	tale_begin(&t, AMY);
	struct id offer = an_offer(&t);
	struct id other = tale_say(&t, (struct tale_head){AMY, BOB, .at = TALE_DAY(1), .kind = KIND_CONTRACT, IN(offer)}, TERMS(""), amy(&t),
	                           tale_hex(&t, &cat));
	(void)a_reply(&t, BOB, 2, &offer, &other, "\"decision\": \"agreed\"");
	is(&t, "offered, waits for them", "offered, waits for us");
	arena_free(t.a);
}

static void withdrawn_and_declined(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id offer = an_offer(&t);
	(void)tale_say(&t, (struct tale_head){AMY, BOB, .at = TALE_DAY(3), .kind = KIND_RETRACT, IN(offer)}, "{\"about\": \"%s\", \"reason\": \"x\"}",
	               tale_hex(&t, &offer));
	is(&t, "withdrawn", "withdrawn");
	size_t n = t.n;
	(void)a_reply(&t, BOB, 4, &offer, &offer, "\"decision\": \"agreed\"");
	is(&t, "withdrawn", "withdrawn"); /* too late */
	t.n = n;
	(void)a_reply(&t, BOB, 2, &offer, &offer, "\"decision\": \"agreed\"");
	is(&t, "agreed", "agreed"); /* a withdrawal does not undo what was agreed */
	t.n = 1;
	(void)a_reply(&t, BOB, 2, &offer, &offer, "\"decision\": \"declined\"");
	is(&t, "declined", "declined");
	arena_free(t.a);
}

static void ended_by_either(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id offer = an_offer(&t);
	(void)a_reply(&t, BOB, 1, &offer, &offer, "\"decision\": \"done\", \"until\": \"2026-12-01\"");
	is(&t, "offered, waits for them", "offered, waits for us"); /* nothing to end yet */
	(void)a_reply(&t, BOB, 1, &offer, &offer, "\"decision\": \"agreed\"");
	t.now = TALE_DAY(2);
	is(&t, "agreed, ends 2026-12-01", "agreed, ends 2026-12-01");
	(void)a_reply(&t, AMY, 3, &offer, &offer, "\"decision\": \"done\", \"until\": \"2026-11-30\"");
	is(&t, "agreed, ends 2026-11-30", "agreed, ends 2026-11-30"); /* the earliest day */
	(void)a_reply(&t, AMY, 4, &offer, &offer, "\"decision\": \"done\", \"until\": \"2030-01-01\"");
	is(&t, "agreed, ends 2026-11-30", "agreed, ends 2026-11-30"); /* and not beyond its end */
	t.now = TALE_DAY(7) - 1;
	is(&t, "agreed, ends 2026-11-30", "agreed, ends 2026-11-30");
	t.now = TALE_DAY(7);
	is(&t, "ended 2026-11-30, not closed", "ended 2026-11-30, not closed");
	arena_free(t.a);
}

static void an_answer_is_due(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	struct id offer = an_offer(&t);
	t.now = TALE_DAY(17);
	for (t.me = AMY; t.me <= BOB; t.me++) {
		json_t *all = tale_tell(&t, NULL, duties);
		assert_int_equal(json_array_size(all), 1);
		assert_string_equal(tale_text(json_array_get(all, 0), "who"), "bob");
		assert_string_equal(tale_text(json_array_get(all, 0), "to"), "amy");
		assert_string_equal(tale_text(json_array_get(all, 0), "due"), "2026-12-10T23:59:59.999Z");
		assert_true(json_is_true(json_object_get(json_array_get(all, 0), "overdue")));
		json_decref(all);
	}
	t.me = BOB;
	(void)a_reply(&t, BOB, 18, &offer, &offer, "\"decision\": \"declined\"");
	json_t *all = tale_tell(&t, NULL, duties);
	assert_int_equal(json_array_size(all), 0);
	json_decref(all);
	arena_free(t.a);
}

static void any_order(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	struct id offer = an_offer(&t);
	struct id counter = tale_say(&t, (struct tale_head){BOB, AMY, .at = TALE_DAY(1), .kind = KIND_CONTRACT, IN(offer)},
	                             TERMS(", \"about\": \"%s\""), amy(&t), bob(&t), tale_hex(&t, &offer));
	(void)a_reply(&t, AMY, 2, &offer, &counter, "\"decision\": \"agreed\"");
	(void)a_reply(&t, BOB, 2, &offer, &offer, "\"decision\": \"agreed\""); /* the same moment: the id decides */
	(void)a_reply(&t, CAT, 1, &offer, &offer, "\"decision\": \"declined\"");
	(void)a_reply(&t, BOB, 3, &offer, &offer, "\"decision\": \"done\", \"until\": \"2027-01-01\"");
	(void)a_reply(&t, AMY, 3, &offer, &counter, "\"decision\": \"done\", \"until\": \"2027-01-02\"");
	(void)tale_say(&t, (struct tale_head){AMY, BOB, .at = TALE_DAY(3), .kind = KIND_CONTRACT, IN(offer), &offer}, TERMS(""), amy(&t), bob(&t));
	(void)tale_say(&t, (struct tale_head){AMY, BOB, .at = TALE_DAY(4), .kind = KIND_RETRACT, IN(offer)}, "{\"about\": \"%s\", \"reason\": \"x\"}",
	               tale_hex(&t, &offer));
	for (t.me = AMY; t.me <= BOB; t.me++)
		tale_shuffled(&t, 40, look);
	arena_free(t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offered_and_agreed), cmocka_unit_test(nobody_else_agrees),     cmocka_unit_test(counter_offers),
		cmocka_unit_test(the_same_two),       cmocka_unit_test(withdrawn_and_declined), cmocka_unit_test(ended_by_either),
		cmocka_unit_test(an_answer_is_due),   cmocka_unit_test(any_order),
	};
	return cmocka_run_group_tests_name("view_contract", tests, NULL, NULL);
}
