/* The life of records between nodes, on a virtual clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/scenario.h"

static void pairs_and_delivers(void **state)
{
	struct scenario s;
	struct core_link l;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	core_link_state(s.node[0].core, scenario_org(&s.node[1]), &l);
	assert_true(l.linked);
	struct id id = scenario_notice(&s, 1, 0, "Ransomware in the warehouse system");
	scenario_run(&s, 1000);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 1);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_STORED);
	assert_int_equal(scenario_count(&s.node[0], KIND_PAIR), 2);
	assert_int_equal(scenario_count(&s.node[1], KIND_PAIR), 2);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_and_delivers),
	};
	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
