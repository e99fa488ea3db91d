/* Who is removed, and what that takes away: the same in every order of arrival. Rosters in conflict, and how they heal. */
#include "node/core_state.h"
#include "store/rosters.h"
#include "tests/unit/circle.h"

static void up(struct circle *c, const char *nodes)
{
	for (; *nodes; nodes++)
		if (!c->s.node[*nodes - '0'].store)
			assert_int_equal(node_open(&c->s.node[*nodes - '0']), OK);
}

static void down(struct circle *c, const char *nodes)
{
	for (; *nodes; nodes++)
		scenario_down(&c->s, *nodes - '0');
}

static void remove_node4(struct circle *c, int by, int and)
{
	json_decref(circle_call(c, by, "consortium.propose", "{s:s, s:s, s:s}", "consortium", "circle", "remove", "Node 4", "reason", "left"));
	scenario_run(&c->s, 2000);
	circle_do(c, and, "consortium.sign");
	scenario_run(&c->s, 2000);
}

static const char *state_of(struct circle *c, int node, char out[static 16])
{
	json_t *s = circle_call(c, node, "consortium.show", "{s:s}", "consortium", "circle");
	(void)snprintf(out, 16, "%s", json_string_value(json_object_get(s, "state")));
	json_decref(s);
	return out;
}

/* Node 4 says one thing that all hold, and another that only node 3 hears. The others remove it as they know it. Then node 3 comes back, then 4. */
static void what_a_lagging_member_took_beyond_the_cut_is_void(void **state)
{
	struct circle c;
	char word[16];
	(void)state;
	circle_open(&c, 5, 3, 0);
	struct id before = circle_warn(&c, 4, "Heard by all");
	scenario_run(&c.s, 60000);
	down(&c, "012");
	struct id beyond = circle_warn(&c, 4, "Heard by one");
	scenario_run(&c.s, 60000);
	assert_true(circle_holds(&c, 3, &beyond));
	down(&c, "34");
	up(&c, "012");
	scenario_run(&c.s, 60000);
	remove_node4(&c, 0, 1);
	struct id after = circle_warn(&c, 1, "Behind its back");
	scenario_run(&c.s, 60000);
	up(&c, "3");
	scenario_run(&c.s, 120000);
	assert_true(circle_holds(&c, 3, &before) && circle_holds(&c, 3, &after));
	assert_false(circle_holds(&c, 3, &beyond));
	assert_true(circle_equal(&c));
	up(&c, "4");
	scenario_run(&c.s, 120000);
	for (int i = 0; i < 4; i++) {
		assert_true(circle_holds(&c, i, &before));
		assert_false(circle_holds(&c, i, &beyond));
		assert_string_equal(state_of(&c, i, word), "joined");
	}
	assert_false(circle_holds(&c, 4, &after));
	assert_string_equal(state_of(&c, 4, word), "removed");
	circle_close(&c);
}

/* The other way round: node 3 knows of the removal before it is offered what stands beyond. */
static void what_comes_after_the_removal_is_refused(void **state)
{
	struct circle c;
	(void)state;
	circle_open(&c, 5, 3, 0);
	down(&c, "0123");
	struct id beyond = circle_warn(&c, 4, "Said to nobody");
	scenario_run(&c.s, 1000);
	down(&c, "4");
	up(&c, "0123");
	scenario_run(&c.s, 60000);
	remove_node4(&c, 0, 2);
	scenario_run(&c.s, 60000);
	up(&c, "4");
	scenario_run(&c.s, 180000);
	for (int i = 0; i < 4; i++)
		assert_false(circle_holds(&c, i, &beyond));
	circle_close(&c);
}

/* A member that lags hands on what it took under the old roster, and nothing that was written knowing the removal. */
static void who_was_removed_and_comes_back_begins_anew(void **state)
{
	struct circle c;
	char word[16];
	(void)state;
	circle_open(&c, 5, 2, 0);
	struct id before = circle_warn(&c, 4, "Before");
	scenario_run(&c.s, 60000);
	remove_node4(&c, 0, 1);
	struct id without = circle_warn(&c, 1, "Without it");
	scenario_run(&c.s, 60000);
	json_decref(circle_call(&c, 0, "consortium.propose", "{s:s, s:s}", "consortium", "circle", "add", "node4"));
	scenario_run(&c.s, 2000);
	circle_do(&c, 1, "consortium.sign");
	scenario_run(&c.s, 60000);
	assert_string_equal(state_of(&c, 4, word), "joined");
	struct id again = circle_warn(&c, 4, "Back again"), with = circle_warn(&c, 1, "With it");
	scenario_run(&c.s, 120000);
	for (int i = 0; i < 5; i++)
		assert_true(circle_holds(&c, i, &before) && circle_holds(&c, i, &again) && circle_holds(&c, i, &with));
	assert_false(circle_holds(&c, 4, &without)); /* newcomers are given what is said since they came */
	circle_close(&c);
}

/* ---- conflict ---- */

/* The event that node `who` is removed by, put together by hand and signed by two nodes; the one who signs both is no stranger to lying. */
static void forge(struct circle *c, int who, int one, int two, struct buf *payload, struct roster_event *ev)
{
	struct core *core = c->s.node[one].core;
	static struct roster_member member[8];
	static struct roster_removed gone;
	struct consortium x;
	struct roster r;
	size_t kept = 0;
	int by[2] = {one, two};
	if (id_cmp(scenario_org(&c->s.node[one]), scenario_org(&c->s.node[two])) > 0) {
		by[0] = two;
		by[1] = one;
	}
	scenario_begin(&c->s.node[one]);
	assert_int_equal(consortium_get(core, &c->id, &x), OK);
	r = *x.roster[0];
	for (size_t i = 0; i < r.members; i++)
		if (!id_eq(&r.member[i].org, scenario_org(&c->s.node[who])))
			member[kept++] = r.member[i];
	gone = (struct roster_removed){.org = *scenario_org(&c->s.node[who])};
	r.member = member;
	r.members = kept;
	r.removed = &gone;
	r.removals = 1;
	r.has_consortium = true;
	r.consortium = c->id;
	r.rseq++;
	r.prevs = 1;
	r.prev[0] = x.head[0];
	r.tag.b[0] ^= 0x77;
	assert_int_equal(roster_encode(&r, payload), OK);
	memset(ev, 0, sizeof *ev);
	ev->payload = buf_span(payload);
	ev->signatures = 2;
	for (int i = 0; i < 2; i++) {
		ev->by[i].org = *scenario_org(&c->s.node[by[i]]);
		assert_int_equal(keyring_sign(c->s.node[by[i]].core->keyring, SIGN_ROSTER, ev->payload, ev->by[i].sig), OK);
	}
	assert_int_equal(scenario_end(&c->s.node[one]), OK);
}

static void two_rosters_at_one_place_name_who_signed_both_and_can_be_healed(void **state)
{
	struct circle c;
	struct buf payload = {0};
	struct roster_event ev;
	enum intake got;
	char word[16];
	(void)state;
	circle_open(&c, 5, 3, 0);
	forge(&c, 3, 1, 2, &payload, &ev); /* node 1 signs this */
	remove_node4(&c, 0, 1);            /* and that */
	scenario_begin(&c.s.node[2]);
	assert_int_equal(consortium_take(c.s.node[2].core, &ev, NULL, &got), OK);
	assert_int_equal(got, INTAKE_DECIDED);
	assert_int_equal(scenario_end(&c.s.node[2]), OK);
	assert_non_null(strstr(c.s.node[2].log, "signed two different rosters"));
	scenario_restart(&c.s, 2); /* it tells the others when it meets them */
	scenario_run(&c.s, 120000);
	for (int i = 0; i < 3; i++)
		assert_string_equal(state_of(&c, i, word), "conflict");
	/* What both share is served: those who are members by both. */
	struct id id = circle_warn(&c, 0, "While in conflict");
	scenario_run(&c.s, 60000);
	assert_true(circle_holds(&c, 1, &id) && circle_holds(&c, 2, &id));
	assert_false(circle_holds(&c, 3, &id) || circle_holds(&c, 4, &id));
	/* One that names both, signed by a majority of each. */
	json_decref(circle_call(&c, 0, "consortium.propose", "{s:s}", "consortium", "circle"));
	scenario_run(&c.s, 2000);
	circle_do(&c, 2, "consortium.sign");
	scenario_run(&c.s, 60000);
	for (int i = 0; i < 3; i++)
		assert_string_equal(state_of(&c, i, word), "joined");
	buf_free(&payload);
	circle_close(&c);
}

/* Its own node does not let a convenor sign two. */
static void a_convenor_signs_one_roster_at_a_place(void **state)
{
	struct circle c;
	struct complaint why = {{0}, {0}};
	bool decided;
	(void)state;
	circle_open(&c, 4, 3, 0);
	json_decref(circle_call(&c, 0, "consortium.propose", "{s:s, s:s}", "consortium", "circle", "title", "One title"));
	json_decref(circle_call(&c, 1, "consortium.propose", "{s:s, s:s}", "consortium", "circle", "title", "Another title"));
	scenario_run(&c.s, 2000);
	scenario_begin(&c.s.node[0]);
	assert_int_equal(consortium_sign(c.s.node[0].core, &c.id, NULL, &decided, &why), ERR_POLICY);
	assert_non_null(strstr(why.text, "another roster was signed here"));
	assert_int_equal(scenario_end(&c.s.node[0]), OK);
	circle_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_lagging_member_took_beyond_the_cut_is_void),
		cmocka_unit_test(what_comes_after_the_removal_is_refused),
		cmocka_unit_test(who_was_removed_and_comes_back_begins_anew),
		cmocka_unit_test(two_rosters_at_one_place_name_who_signed_both_and_can_be_healed),
		cmocka_unit_test(a_convenor_signs_one_roster_at_a_place),
	};
	return cmocka_run_group_tests_name("consortium_removal", tests, NULL, NULL);
}
