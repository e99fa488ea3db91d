/* test_rotation.c - an organisation changes its keys beside running work: its partners hear of it by themselves, everything is said on under the new
 * key, and whoever was away is told by the old one. */
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
#define HOUR (60 * MINUTE)
#define ROUTINE 1

static void change_keys(struct scenario *s, int node)
{
	scenario_begin(&s->node[node]);
	assert_int_equal(node_change_keys(&s->node[node], ROUTINE), OK);
	assert_int_equal(scenario_end(&s->node[node]), OK);
}

/* The kseq of the newest statement that one holds of another; -1: none. */
static int holds(struct scenario *s, int node, int of)
{
	struct signed_statement st;
	struct statement parsed;
	struct txn *t;
	assert_int_equal(store_read(s->node[node].store, &t), OK);
	enum err e = statements_newest(t, scenario_org(&s->node[of]), &st, &parsed);
	store_abort(t);
	return e == OK ? (int)parsed.kseq : -1;
}

static bool linked(struct scenario *s, int node, int other)
{
	struct core_link l;
	core_link_state(s->node[node].core, scenario_org(&s->node[other]), &l);
	return l.linked && core_session(s->node[node].core, scenario_org(&s->node[other]), PHASE_FULL);
}

/* The newest log of one to another as a third party, or the reader, holds it. */
static struct log_row newest_log(struct scenario *s, int holder, int author, int reader)
{
	struct log_row log = {0};
	struct txn *t;
	assert_int_equal(store_read(s->node[holder].store, &t), OK);
	assert_int_equal(logs_current(t, scenario_org(&s->node[author]), AUDIENCE_DIRECT, scenario_org(&s->node[reader]), &log), OK);
	store_abort(t);
	return log;
}

static struct receipt newest_receipt(struct scenario *s, int holder, uint32_t log, int of, struct arena *a)
{
	struct receipt_row row;
	struct receipt r;
	struct txn *t;
	assert_int_equal(store_read(s->node[holder].store, &t), OK);
	assert_int_equal(receipts_newest(t, log, scenario_org(&s->node[of]), &row), OK);
	assert_int_equal(receipt_decode(row.payload, a, &r), OK);
	store_abort(t);
	return r;
}

static bool has_secret(struct scenario *s, int node, const char *name)
{
	struct buf b = {0};
	enum err e = vault_get(s->node[node].vault, name, &b);
	buf_free(&b);
	return e == OK;
}

static void flows_both_ways(struct scenario *s)
{
	struct id there = scenario_notice(s, 0, 1, "there"), back = scenario_notice(s, 1, 0, "back");
	scenario_run(s, MINUTE);
	assert_int_equal(scenario_delivery(s, 0, 1, &there), DELIVERY_STORED);
	assert_int_equal(scenario_delivery(s, 1, 0, &back), DELIVERY_STORED);
}

/* Either side may be the one that dials. */
static void beside_running_work(void **state)
{
	struct scenario *s = *state;
	for (int node = 0; node < 2; node++) {
		struct id before = scenario_notice(s, node, !node, "under the old key");
		change_keys(s, node);
		scenario_run(s, 10000);
		assert_int_equal(holds(s, !node, node), 1);
		assert_true(linked(s, 0, 1) && linked(s, 1, 0));
		assert_int_equal(scenario_delivery(s, node, !node, &before), DELIVERY_STORED);
		struct log_row log = newest_log(s, !node, node, !node);
		assert_int_equal(log.kseq, 1);
		assert_int_equal(log.n, 1); /* its log.open came without anything being said */
		flows_both_ways(s);
	}
}

static void a_partner_never_written_to_is_told_too(void **state)
{
	struct scenario *s = *state;
	change_keys(s, 0);
	change_keys(s, 1);
	scenario_run(s, MINUTE);
	assert_int_equal(newest_log(s, 1, 0, 1).kseq, 1);
	assert_int_equal(newest_log(s, 0, 1, 0).kseq, 1);
}

static void who_was_away_is_told_by_the_old_link_key(void **state)
{
	struct scenario *s = *state;
	for (int node = 0; node < 2; node++) {
		scenario_cut(s, true);
		change_keys(s, node);
		scenario_run(s, MINUTE);
		assert_int_equal(holds(s, !node, node), 0);
		scenario_cut(s, false);
		scenario_run(s, 20 * MINUTE);
		assert_int_equal(holds(s, !node, node), 1);
		assert_true(linked(s, 0, 1));
		flows_both_ways(s);
	}
}

/* The design's hardest case: each knows only a key of the other that is gone. */
static void two_that_changed_while_apart_find_each_other(void **state)
{
	struct scenario *s = *state;
	scenario_cut(s, true);
	for (int times = 0; times < 2; times++) {
		change_keys(s, 0);
		change_keys(s, 1);
		scenario_run(s, MINUTE);
	}
	scenario_restart(s, 0); /* what was replaced is known to the vault */
	scenario_cut(s, false);
	scenario_run(s, 20 * MINUTE);
	assert_int_equal(holds(s, 0, 1), 2);
	assert_int_equal(holds(s, 1, 0), 2);
	assert_true(linked(s, 0, 1));
	flows_both_ways(s);
}

static void the_old_link_key_answers_until_all_have_used_a_newer_one(void **state)
{
	struct scenario *s = calloc(1, sizeof *s);
	(void)state;
	scenario_open(s, 3);
	scenario_pair(s, 0, 1);
	scenario_pair(s, 0, 2);
	scenario_cut(s, true);
	change_keys(s, 0);
	scenario_run(s, 2 * HOUR);
	assert_true(has_secret(s, 0, "link-000")); /* nobody has heard of the new one */
	scenario_cut(s, false);
	scenario_run(s, 2 * HOUR);
	assert_int_equal(holds(s, 2, 0), 1);
	assert_false(has_secret(s, 0, "link-000"));
	assert_int_equal(s->node[0].core->rotating.links, 0);
	scenario_close(s);
	free(s);
}

static void receipts_are_signed_again(void **state)
{
	struct scenario *s = *state;
	struct arena *a = arena_new();
	(void)scenario_notice(s, 0, 1, "held");
	scenario_run(s, MINUTE);
	struct log_row log = newest_log(s, 0, 0, 1);
	assert_int_equal(newest_receipt(s, 0, log.no, 1, a).kseq, 0);
	change_keys(s, 1);
	scenario_run(s, MINUTE);
	struct receipt again = newest_receipt(s, 0, log.no, 1, a);
	assert_int_equal(again.kseq, 1);
	assert_int_equal(again.n, log.n);
	arena_free(a);
}

/* ---- nothing is half done ---- */

static void a_turn_that_is_not_kept_changes_nothing(void **state)
{
	struct scenario *s = *state;
	uint8_t root[32];
	memcpy(root, s->node[0].root, sizeof root);
	scenario_begin(&s->node[0]);
	assert_int_equal(node_change_keys(&s->node[0], ROUTINE), OK);
	s->node[0].fail_in = 1;
	assert_int_equal(scenario_end(&s->node[0]), ERR_SPACE);
	assert_int_equal(core_self(s->node[0].core)->kseq, 0);
	assert_false(has_secret(s, 0, "keyring-next"));
	assert_false(has_secret(s, 0, "link-000"));
	memcpy(s->node[0].root, root, sizeof root);
	scenario_run(s, MINUTE);
	flows_both_ways(s);
	change_keys(s, 0); /* the kit was not used up */
	scenario_run(s, MINUTE);
	flows_both_ways(s);
}

/* The simulator's seed 60281: it tried again and again in the same moment. */
static void a_full_disk_behind_the_commit_is_waited_for(void **state)
{
	struct scenario *s = *state;
	change_keys(s, 0);
	s->node[0].fail_in = 1; /* the turn that would begin the logs anew */
	scenario_begin(&s->node[0]);
	core_tick(s->node[0].core);
	assert_int_equal(scenario_end(&s->node[0]), ERR_SPACE);
	assert_true(core_deadline(s->node[0].core) > core_steady(s->node[0].core));
	assert_int_equal(newest_log(s, 0, 0, 1).kseq, 0);
	scenario_run(s, MINUTE);
	assert_int_equal(newest_log(s, 1, 0, 1).kseq, 1);
	flows_both_ways(s);
}

/* As the vault is when the node is killed behind the commit: the old keys in their place, the new ones beside them. */
static void killed_behind_the_commit_it_has_the_new_keys(void **state)
{
	struct scenario *s = *state;
	struct vault *v = s->node[0].vault;
	struct buf before = {0}, after = {0};
	assert_int_equal(vault_get(v, "keyring", &before), OK);
	change_keys(s, 0);
	assert_int_equal(vault_get(v, "keyring", &after), OK);
	assert_int_equal(vault_put(v, "keyring", buf_span(&before)), OK);
	assert_int_equal(vault_put(v, "keyring-next", buf_span(&after)), OK);
	scenario_restart(s, 0);
	assert_int_equal(core_self(s->node[0].core)->kseq, 1);
	assert_false(has_secret(s, 0, "keyring-next"));
	assert_int_equal(newest_log(s, 0, 0, 1).kseq, 1); /* what the next turn would have done */
	scenario_run(s, MINUTE);
	flows_both_ways(s);
	buf_free(&before);
	buf_free(&after);
}

static void killed_before_it_has_the_old_ones(void **state)
{
	struct scenario *s = *state;
	struct rotation r = {.reason = ROUTINE};
	struct buf payload = {0};
	struct complaint why;
	uint8_t sk[SIGN_SK];
	sign_keypair(s->node[0].root, r.root_pk, sk);
	memset(r.next_root.b, 7, sizeof r.next_root.b);
	scenario_begin(&s->node[0]);
	assert_int_equal(rotation_prepare(s->node[0].core, &r, &payload, &why), OK);
	assert_int_equal(scenario_end(&s->node[0]), OK);
	scenario_restart(s, 0);
	assert_int_equal(core_self(s->node[0].core)->kseq, 0);
	scenario_run(s, MINUTE);
	flows_both_ways(s);
	buf_free(&payload);
	change_keys(s, 0); /* and what was prepared is forgotten */
	scenario_run(s, MINUTE);
	flows_both_ways(s);
}

static void only_the_kits_root_key_names_new_keys(void **state)
{
	struct scenario *s = *state;
	struct node *n = &s->node[0];
	struct rotation r = {.reason = ROUTINE, .root_pk = {9}};
	struct buf payload = {0};
	struct complaint why;
	uint8_t sk[SIGN_SK], sig[SIGN_LEN] = {1};
	scenario_begin(n);
	assert_int_equal(rotation_prepare(n->core, &r, &payload, &why), ERR_CONFLICT);
	sign_keypair(n->root, r.root_pk, sk);
	assert_int_equal(rotation_prepare(n->core, &r, &payload, &why), OK);
	assert_int_equal(rotation_commit(n->core, buf_span(&payload), sig, &why), ERR_SIGNATURE);
	payload.p[payload.n - 1] ^= 1;
	assert_int_equal(rotation_commit(n->core, buf_span(&payload), sig, &why), ERR_NOT_FOUND);
	assert_int_equal(scenario_end(n), OK);
	assert_int_equal(core_self(n->core)->kseq, 0);
	buf_free(&payload);
}

static void invitations_that_nobody_used_end(void **state)
{
	struct scenario *s = calloc(1, sizeof *s);
	char token[2048];
	(void)state;
	scenario_open(s, 2);
	scenario_invite(s, 0, 1, token);
	change_keys(s, 0);
	scenario_run(s, MINUTE);
	assert_int_not_equal(scenario_join(s, 1, 0, token), OK);
	scenario_run(s, MINUTE);
	scenario_pair(s, 0, 1); /* a new one names the new key */
	flows_both_ways(s);
	scenario_close(s);
	free(s);
}

/* Both addresses have changed, or the old link keys are lost: then a card by any way. */
static void a_card_brings_newer_keys(void **state)
{
	struct scenario *s = *state;
	scenario_cut(s, true);
	change_keys(s, 0);
	scenario_run(s, MINUTE);
	json_t *card = scenario_call(s, 0, "card.export", json_object());
	json_t *args = json_pack("{s:{s:O}}", "file", "hex", json_object_get(card, "hex"));
	json_t *r = scenario_call(s, 1, "partner.refresh", json_incref(args));
	assert_true(json_is_true(json_object_get(r, "fresh")));
	assert_int_equal(holds(s, 1, 0), 1);
	json_decref(r);
	r = scenario_call(s, 1, "partner.refresh", json_incref(args));
	assert_false(json_is_true(json_object_get(r, "fresh")));
	json_decref(r);
	scenario_refused(scenario_ask(s, 0, "partner.refresh", args), "nobody we are paired with"); /* itself */
	json_decref(card);
	assert_int_equal(vault_drop(s->node[0].vault, "link-000"), OK);
	scenario_restart(s, 0); /* no old link key answers any more */
	scenario_cut(s, false);
	scenario_run(s, 20 * MINUTE);
	assert_true(linked(s, 0, 1));
	flows_both_ways(s);
}

/* The simulator's seed 50353: the guest knew the old link key alone, and that one answered no longer. */
static void a_host_may_change_its_keys_before_the_pair_is_proven(void **state)
{
	struct scenario *s = calloc(1, sizeof *s);
	char token[2048];
	(void)state;
	scenario_open(s, 2);
	scenario_invite(s, 0, 1, token);
	assert_int_equal(scenario_join(s, 1, 0, token), OK);
	scenario_cut(s, true);
	change_keys(s, 0);
	scenario_run(s, 2 * HOUR);
	scenario_cut(s, false);
	assert_int_equal(scenario_verify(s, 0, 1, NULL), OK);
	assert_int_equal(scenario_verify(s, 1, 0, NULL), OK);
	scenario_run(s, HOUR);
	assert_true(linked(s, 0, 1));
	flows_both_ways(s);
	scenario_close(s);
	free(s);
}

/* The simulator's seed 3: the host took the guest's new key for a second party's. */
static void a_guest_may_change_its_keys_before_the_pair_is_proven(void **state)
{
	struct scenario *s = calloc(1, sizeof *s);
	char token[2048];
	(void)state;
	scenario_open(s, 2);
	scenario_invite(s, 0, 1, token);
	assert_int_equal(scenario_join(s, 1, 0, token), OK);
	change_keys(s, 1);
	scenario_run(s, MINUTE);
	assert_int_equal(scenario_verify(s, 0, 1, NULL), OK);
	assert_int_equal(scenario_verify(s, 1, 0, NULL), OK);
	scenario_run(s, MINUTE);
	assert_true(linked(s, 0, 1));
	assert_null(strstr(s->node[0].log, "second party"));
	flows_both_ways(s);
	scenario_close(s);
	free(s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scenario_two, scenario_done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(beside_running_work),
		TEST(a_partner_never_written_to_is_told_too),
		TEST(who_was_away_is_told_by_the_old_link_key),
		TEST(two_that_changed_while_apart_find_each_other),
		cmocka_unit_test(the_old_link_key_answers_until_all_have_used_a_newer_one),
		TEST(receipts_are_signed_again),
		TEST(a_turn_that_is_not_kept_changes_nothing),
		TEST(a_full_disk_behind_the_commit_is_waited_for),
		TEST(killed_behind_the_commit_it_has_the_new_keys),
		TEST(killed_before_it_has_the_old_ones),
		TEST(only_the_kits_root_key_names_new_keys),
		TEST(a_card_brings_newer_keys),
		cmocka_unit_test(invitations_that_nobody_used_end),
		cmocka_unit_test(a_host_may_change_its_keys_before_the_pair_is_proven),
		cmocka_unit_test(a_guest_may_change_its_keys_before_the_pair_is_proven),
	};
	return cmocka_run_group_tests_name("rotation", tests, NULL, NULL);
}
