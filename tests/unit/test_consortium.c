/* A consortium, as its members live it. Node 0 is paired with all; nobody else knows anybody. */
#include "tests/unit/circle.h"

static void the_convenors_make_it_and_each_member_says_yes(void **state)
{
	struct circle c;
	(void)state;
	circle_open(&c, 5, 3, 0);
	for (int i = 0; i < 5; i++) {
		json_t *s = circle_status(&c, i);
		assert_string_equal(json_string_value(json_object_get(s, "state")), "joined");
		assert_int_equal(json_array_size(json_object_get(s, "members")), 5);
		assert_int_equal(json_array_size(json_object_get(s, "logs")), 5);
		assert_true(json_is_true(json_object_get(s, "in_sync")));
		json_decref(s);
	}
	assert_true(circle_equal(&c));
	circle_close(&c);
}

/* The victim knows one member. It says one thing to it and is gone. */
static void one_warning_to_one_member_reaches_all_while_the_victim_is_dark(void **state)
{
	struct circle c;
	(void)state;
	circle_open(&c, 5, 3, 0);
	struct id id = circle_warn(&c, 4, "Ransomware at the depot");
	for (int i = 0; i < STREAMS; i++) /* what it says to anybody else is lost */
		if (c.s.stream[i].open && c.s.stream[i].from == 4 && c.s.stream[i].to != 2)
			buf_clear(&c.s.stream[i].waiting);
	for (int i = 0; i < STREAMS; i++)
		if (c.s.stream[i].open && c.s.stream[i].from == 4 && c.s.stream[i].to == 2)
			scenario_deliver(&c.s, &c.s.stream[i]);
	assert_true(circle_holds(&c, 2, &id));
	assert_false(circle_holds(&c, 0, &id));
	scenario_down(&c.s, 4);
	scenario_run(&c.s, 10000);
	for (int i = 0; i < 4; i++)
		assert_true(circle_holds(&c, i, &id));
	for (int i = 0; i < 4; i++) {
		char hex[65];
		hex_encode(hex, id.b, 32);
		json_decref(circle_call(&c, i, "incident.answer", "{s:s, s:{s:s, s:s}}", "incident", hex, "body", "impact",
		                        "under-investigation", "text", "we stand by"));
	}
	scenario_run(&c.s, 60000);
	for (int i = 0; i < 4; i++)
		assert_int_equal(scenario_count(&c.s.node[i], KIND_INCIDENT_ANSWER), 4);
	assert_int_equal(node_open(&c.s.node[4]), OK);
	scenario_run(&c.s, 120000);
	assert_int_equal(scenario_count(&c.s.node[4], KIND_INCIDENT_ANSWER), 4);
	assert_true(circle_equal(&c));
	json_t *s = circle_status(&c, 4);
	assert_true(json_is_true(json_object_get(s, "in_sync")));
	json_decref(s);
	circle_close(&c);
}

/* Delivered: three members hold it, and say so. */
static void what_is_said_is_delivered_when_three_members_hold_it(void **state)
{
	struct circle c;
	struct delivery_state d;
	struct record_row row;
	struct txn *t;
	(void)state;
	circle_open(&c, 5, 2, 0);
	struct id id = circle_warn(&c, 4, "Ransomware at the depot");
	scenario_run(&c.s, 10000);
	assert_int_equal(store_read(c.s.node[4].store, &t), OK);
	assert_int_equal(records_by_id(t, &id, &row), OK);
	assert_int_equal(core_delivery(t, scenario_org(&c.s.node[4]), row.no, &c.id, &d), OK);
	store_abort(t);
	assert_int_equal(d.state, DELIVERY_STORED);
	circle_close(&c);
}

/* Node 3 was dark when node 4 spoke, and then changed its keys without saying anything more. */
static void what_was_said_under_the_old_key_reaches_who_was_dark(void **state)
{
	struct circle c;
	struct log_row log;
	struct txn *t;
	(void)state;
	circle_open(&c, 5, 3, 0);
	scenario_down(&c.s, 3);
	struct id id = circle_warn(&c, 4, "Ransomware at the depot");
	scenario_run(&c.s, 10000);
	assert_true(circle_holds(&c, 0, &id));
	scenario_begin(&c.s.node[4]);
	assert_int_equal(node_change_keys(&c.s.node[4], 1), OK);
	assert_int_equal(scenario_end(&c.s.node[4]), OK);
	scenario_run(&c.s, 120000);
	assert_int_equal(node_open(&c.s.node[3]), OK);
	scenario_run(&c.s, 600000);
	assert_int_equal(store_read(c.s.node[3].store, &t), OK);
	assert_int_equal(logs_current(t, scenario_org(&c.s.node[4]), AUDIENCE_CONSORTIUM, &c.id, &log), OK);
	store_abort(t);
	assert_int_equal(log.kseq, 1); /* until it is here, older entries wait */
	assert_true(circle_holds(&c, 3, &id));
	assert_true(circle_equal(&c));
	circle_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_convenors_make_it_and_each_member_says_yes),
		cmocka_unit_test(what_is_said_is_delivered_when_three_members_hold_it),
		cmocka_unit_test(what_was_said_under_the_old_key_reaches_who_was_dark),
		cmocka_unit_test(one_warning_to_one_member_reaches_all_while_the_victim_is_dark),
	};
	return cmocka_run_group_tests_name("consortium", tests, NULL, NULL);
}
