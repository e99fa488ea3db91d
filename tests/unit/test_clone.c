/* test_clone.c - one organisation, two nodes: somebody copied a folder, and both run. Whatever they do they are caught, and where both have signed
 * at one place that is proven, to both and to their partner. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/stopped.h"
#include "store/logs.h"
#include "tests/unit/scenario.h"

#define MINUTE 60000

enum { PARTNER, ONE, TWIN };

static struct scenario s;

/* Node 2 is a copy of node 1, the partner of node 0. Both of them dial. */
static int begin(void **state)
{
	struct node *twin = &s.node[TWIN];
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, PARTNER, ONE);
	(void)scenario_notice(&s, ONE, PARTNER, "Before the copy");
	scenario_run(&s, MINUTE);
	scenario_cut(&s, true);
	node_down(&s.node[ONE]);
	*twin = (struct node){.clock = &s.now, .dice = &s.random, .line = s.node[ONE].line, .ctx = &s};
	assert_int_equal(node_copy(twin, &s.node[ONE]), OK);
	twin->index = TWIN; /* its streams are its own */
	assert_int_equal(node_open(&s.node[ONE]), OK);
	assert_int_equal(node_open(twin), OK);
	s.nodes = 3;
	return 0;
}

static int end(void **state)
{
	(void)state;
	scenario_close(&s);
	return 0;
}

static void together(void)
{
	scenario_cut(&s, false);
	scenario_run(&s, 30 * MINUTE);
}

static bool stopped(int node)
{
	bool is = false;
	scenario_begin(&s.node[node]);
	assert_int_equal(stopped_to(s.node[node].core, scenario_org(&s.node[PARTNER]), &is), OK);
	assert_int_equal(scenario_end(&s.node[node]), OK);
	return is;
}

static void reopen(int node)
{
	struct complaint why;
	scenario_begin(&s.node[node]);
	assert_int_equal(stopped_reopen(s.node[node].core, scenario_org(&s.node[PARTNER]), &why), OK);
	assert_int_equal(scenario_end(&s.node[node]), OK);
}

static size_t evidence(int node)
{
	struct txn *t;
	uint64_t n;
	assert_int_equal(store_read(s.node[node].store, &t), OK);
	assert_int_equal(store_count(t, TABLE_CONTRADICTIONS, &n), OK);
	store_abort(t);
	return n;
}

/* The second sees by what the partner holds that the first has spoken: it signs nothing, so nothing is forked. */
static void who_comes_second_is_stopped(void **state)
{
	(void)state;
	scenario_cut(&s, false);
	(void)scenario_notice(&s, ONE, PARTNER, "By the one");
	scenario_run(&s, 30 * MINUTE);
	assert_true(stopped(TWIN));
	assert_int_equal(evidence(PARTNER), 0);
	assert_int_equal(evidence(TWIN), 0);
	assert_non_null(strstr(s.node[TWIN].log, "restored from an old backup"));
}

/* The yes at the copy does not hide it: its new log is not the first one's, which stops in its turn. */
static void a_yes_at_the_copy_stops_the_other(void **state)
{
	(void)state;
	(void)scenario_notice(&s, ONE, PARTNER, "By the one");
	together();
	assert_true(stopped(TWIN));
	reopen(TWIN);
	struct id id = scenario_notice(&s, TWIN, PARTNER, "By the copy");
	scenario_run(&s, 30 * MINUTE);
	assert_int_equal(scenario_delivery(&s, TWIN, PARTNER, &id), DELIVERY_STORED);
	assert_int_equal(scenario_count(&s.node[TWIN], KIND_INCIDENT_NOTICE), 3); /* what the one said came with the yes */
	assert_true(stopped(ONE));
	assert_int_equal(evidence(PARTNER), 0);
}

/* Both signed at one place while nobody saw: proven to the partner and to both, the log is frozen there, and what was said is there twice. */
static void two_entries_at_one_place_are_proven(void **state)
{
	struct log_row log;
	struct txn *t;
	(void)state;
	struct id one = scenario_notice(&s, ONE, PARTNER, "By the one");
	struct id twin = scenario_notice(&s, TWIN, PARTNER, "By the copy");
	together();
	assert_int_equal(evidence(PARTNER), 1);
	assert_int_equal(evidence(ONE) + evidence(TWIN), 2);
	assert_true(stopped(ONE));
	assert_true(stopped(TWIN));
	assert_int_equal(store_read(s.node[PARTNER].store, &t), OK);
	assert_int_equal(logs_current(t, scenario_org(&s.node[ONE]), AUDIENCE_DIRECT, scenario_org(&s.node[PARTNER]), &log), OK);
	store_abort(t);
	assert_int_equal(log.frozen, log.n);
	/* the one whose entry came second goes on after one yes, and what only it had said arrives */
	int second = scenario_delivery(&s, ONE, PARTNER, &one) == DELIVERY_STORED ? TWIN : ONE;
	assert_int_equal(scenario_count(&s.node[PARTNER], KIND_INCIDENT_NOTICE), 2);
	reopen(second);
	scenario_run(&s, 30 * MINUTE);
	assert_int_equal(scenario_delivery(&s, second, PARTNER, second == ONE ? &one : &twin), DELIVERY_STORED);
	assert_int_equal(scenario_count(&s.node[PARTNER], KIND_INCIDENT_NOTICE), 3);
	assert_int_equal(evidence(PARTNER), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(who_comes_second_is_stopped), TEST(a_yes_at_the_copy_stops_the_other), TEST(two_entries_at_one_place_are_proven),
	};

	return cmocka_run_group_tests_name("clone", tests, NULL, NULL);
}
