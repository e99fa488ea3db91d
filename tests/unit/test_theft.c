/* test_theft.c - somebody has keys of ours. What they can do with each until we change them, what shows it, and how all is well afterwards. The thief
 * is a copy of the whole node, up in the owner's place while the owner is away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/core_state.h"
#include "proto/verdict.h"
#include "tests/unit/scenario.h"

#define MINUTE 60000
#define AGAIN (20 * MINUTE) /* longer than the longest pause between dials */
#define COMPROMISE 2

struct theft { /* node 0 is robbed; node 1 is its partner, whom it dials */
	struct scenario s;
	struct node away; /* who is not up: the thief or the owner */
	bool thief;       /* is up */
};

static void open_up(struct theft *x)
{
	memset(x, 0, sizeof *x);
	scenario_open(&x->s, 2);
	scenario_pair(&x->s, 1, 0);
}

static void steal(struct theft *x)
{
	scenario_restart(&x->s, 0); /* so that the store is at rest */
	scenario_run(&x->s, MINUTE);
	scenario_cut(&x->s, true);
	node_down(&x->s.node[0]);
	x->away = x->s.node[0];
	assert_int_equal(node_copy(&x->s.node[0], &x->away), OK);
	assert_int_equal(node_open(&x->s.node[0]), OK);
	x->thief = true;
	scenario_cut(&x->s, false);
	scenario_run(&x->s, AGAIN);
}

static void other(struct theft *x, bool linked)
{
	struct node up;
	scenario_cut(&x->s, true);
	node_down(&x->s.node[0]);
	up = x->s.node[0];
	x->s.node[0] = x->away;
	x->away = up;
	assert_int_equal(node_open(&x->s.node[0]), OK);
	x->thief = !x->thief;
	if (!linked)
		return;
	scenario_cut(&x->s, false);
	scenario_run(&x->s, AGAIN);
}

static void close_down(struct theft *x)
{
	node_remove(&x->away);
	scenario_close(&x->s);
}

static void change_keys(struct theft *x)
{
	scenario_begin(&x->s.node[0]);
	assert_int_equal(node_change_keys(&x->s.node[0], COMPROMISE), OK);
	assert_int_equal(scenario_end(&x->s.node[0]), OK);
}

/* Does this notice count at the partner? */
static bool counts(struct theft *x, const struct id *id)
{
	struct record_row row;
	struct occurrence o;
	struct txn *t;
	struct walk w;
	bool good = false;
	assert_int_equal(store_read(x->s.node[1].store, &t), OK);
	if (records_by_id(t, id, &row) == OK) {
		assert_int_equal(occurrences_walk(t, row.no, &w), OK);
		while (occurrences_next(&w, &o))
			good |= verdict_class((enum verdict)o.verdict) == 'G';
		assert_int_equal(walk_close(&w, OK), OK);
	}
	store_abort(t);
	return good;
}

static bool linked(struct theft *x)
{
	return core_session(x->s.node[1].core, scenario_org(&x->s.node[0]), PHASE_FULL) != NULL;
}

static json_t *shown(struct theft *x)
{
	return scenario_call(&x->s, 1, "partner.show", json_pack("{s:s}", "partner", "node0"));
}

/* The thief speaks for us until we change our keys; that is found out at the next link of ours, and undone by the change. */
static void the_whole_node(void **state)
{
	struct theft x;
	(void)state;
	open_up(&x);
	struct id before = scenario_notice(&x.s, 0, 1, "before the theft");
	scenario_run(&x.s, MINUTE);
	steal(&x);
	struct id lie = scenario_notice(&x.s, 0, 1, "a lie");
	scenario_run(&x.s, MINUTE);
	assert_true(counts(&x, &lie)); /* nobody can know */
	other(&x, true);
	json_t *doctor = scenario_call(&x.s, 0, "node.doctor", json_object());
	assert_true(json_integer_value(json_object_get(doctor, "problems")) > 0); /* they hold of our log what we do not */
	json_decref(doctor);
	struct id truth = scenario_notice(&x.s, 0, 1, "the truth");
	scenario_run(&x.s, MINUTE);
	assert_false(counts(&x, &truth));
	change_keys(&x);
	scenario_run(&x.s, AGAIN);
	assert_true(counts(&x, &before));
	assert_false(counts(&x, &lie));
	assert_true(counts(&x, &truth));
	json_t *o = shown(&x);
	assert_string_equal(json_string_value(json_object_get(o, "keys_reason")), "compromise");
	assert_int_equal(json_integer_value(json_object_get(o, "cut_off")), 1);
	json_decref(o);
	other(&x, true); /* it tries once more */
	struct id again = scenario_notice(&x.s, 0, 1, "another lie");
	scenario_run(&x.s, AGAIN);
	assert_false(linked(&x));
	assert_false(counts(&x, &again));
	assert_non_null(strstr(x.s.node[0].log, "newer keys of ours")); /* the same happens to an owner who brings an old backup back */
	other(&x, true);
	assert_true(linked(&x));
	assert_true(counts(&x, &truth) && !counts(&x, &lie));
	close_down(&x);
}

/* Both went on at one place of the log, apart, and the owner changes its keys before it has seen what the thief did. */
static void the_owner_does_not_know_what_was_said(void **state)
{
	struct theft x;
	(void)state;
	open_up(&x);
	steal(&x);
	struct id lie = scenario_notice(&x.s, 0, 1, "a lie"), more = scenario_notice(&x.s, 0, 1, "and another");
	scenario_run(&x.s, MINUTE);
	assert_true(counts(&x, &lie) && counts(&x, &more));
	other(&x, false);
	struct id truth = scenario_notice(&x.s, 0, 1, "the truth");
	change_keys(&x);
	scenario_run(&x.s, MINUTE);
	struct id later = scenario_notice(&x.s, 0, 1, "said under the new key");
	scenario_cut(&x.s, false);
	scenario_run(&x.s, AGAIN);
	assert_true(linked(&x));
	assert_true(counts(&x, &truth) && counts(&x, &later));
	assert_false(counts(&x, &lie) || counts(&x, &more));
	assert_int_equal(scenario_delivery(&x.s, 0, 1, &truth), DELIVERY_STORED);
	close_down(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_node),
		cmocka_unit_test(the_owner_does_not_know_what_was_said),
	};
	return cmocka_run_group_tests_name("theft", tests, NULL, NULL);
}
