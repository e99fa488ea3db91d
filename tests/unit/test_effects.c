/* What changes outside the store, secrets and whom a node talks to, changes with the commit or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/words.h"
#include "node/api.h"
#include "node/pairsecret.h"
#include "tests/unit/evil.h"
#include "tests/unit/snapshot.h"

#define MINUTE 60000
#define HOUR (60 * MINUTE)

static bool linked(struct scenario *s, int a, int b)
{
	struct core_link l;
	core_link_state(s->node[a].core, scenario_org(&s->node[b]), &l);
	return l.linked;
}

static void expect_ok(json_t *response, bool ok)
{
	if (json_is_true(json_object_get(response, "ok")) != ok)
		fail_msg("%s", json_string_value(json_object_get(response, "text")));
	json_decref(response);
}

/* args: {NAME: value} or two of them; NULL ends. */
static json_t *request(const char *call, const char *name, const char *value, const char *name2, const char *value2)
{
	return json_pack("{s:s, s:{s:s, s:s*}}", "call", call, "args", name, value, name2 ? name2 : "none", value2);
}

/* ---- a commit that fails ---- */

/* The call succeeds, the commit of its turn does not: nothing of it may be left. */
static void call_and_fail(struct scenario *s, json_t *call)
{
	struct node *n = &s->node[0];
	struct snapshot before = snapshot_of(n), after;
	struct api_wait wait = {0};
	scenario_begin(n);
	json_t *r = api_run(n->core, call, &wait);
	if (r)
		expect_ok(r, true);
	n->fail_in = 1;
	assert_int_equal(scenario_end(n), ERR_SPACE);
	after = snapshot_of(n);
	/* All are hung up on, and dialled again: that much happens. */
	after.sessions = before.sessions;
	after.peers = before.peers;
	after.deadline = before.deadline;
	snapshot_equal(json_string_value(json_object_get(call, "call")), &before, &after);
	json_decref(call);
}

static void a_failed_commit_changes_nothing(void **state)
{
	struct scenario s;
	char token[2048], words[WORDS_TEXT];
	struct complaint why = {0};
	(void)state;
	scenario_open(&s, 3);
	scenario_pair(&s, 1, 0); /* node 0 dials */
	scenario_invite(&s, 0, 2, token);
	assert_int_equal(scenario_join(&s, 2, 0, token), OK);
	assert_int_equal(scenario_verify(&s, 2, 0, NULL), OK);
	words_org(scenario_org(&s.node[2]), words);
	call_and_fail(&s, request("partner.invite", "name", "third", NULL, NULL));
	call_and_fail(&s, request("partner.verify", "partner", "node2", "words", words));
	call_and_fail(&s, request("partner.suspend", "partner", "node1", NULL, NULL));
	call_and_fail(&s, request("partner.remove", "partner", "node1", NULL, NULL));
	call_and_fail(&s, request("partner.remove", "partner", "node2", NULL, NULL));
	call_and_fail(&s, request("node.stop", "x", "x", NULL, NULL));
	scenario_run(&s, 20 * MINUTE);
	assert_true(linked(&s, 0, 1));
	assert_int_equal(scenario_verify(&s, 0, 2, NULL), OK);
	scenario_run(&s, 20 * MINUTE);
	assert_true(linked(&s, 0, 2));
	/* nor does it join */
	scenario_begin(&s.node[0]);
	assert_int_equal(pairing_remove(s.node[0].core, scenario_org(&s.node[1]), &why), OK);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	scenario_invite(&s, 1, 2, token);
	call_and_fail(&s, request("partner.join", "token", token, "name", "again"));
	scenario_begin(&s.node[0]);
	assert_int_equal(pairing_join_state(s.node[0].core, scenario_org(&s.node[1]), &why), ERR_NOT_FOUND);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	scenario_run(&s, 5 * MINUTE);
	assert_null(core_session(s.node[0].core, scenario_org(&s.node[1]), PHASE_HANDSHAKE));
	assert_int_equal(scenario_join(&s, 0, 1, token), OK);
	scenario_close(&s);
}

/* Every secret in the vault is named by a row, and every pair has one. */
static void consistent(struct node *n, const struct id *other)
{
	struct snapshot now = snapshot_of(n);
	struct buf secret = {0};
	char pair[80] = "pair-";
	hex_encode(pair + 5, other->b, 32);
	assert_int_equal(now.names, 2);
	assert_string_equal(now.name[0], "keyring");
	assert_string_equal(now.name[1], pair);
	assert_int_equal(vault_get(n->vault, pair, &secret), OK);
	assert_int_equal(secret.n, CANDIDATE_BYTES);
	buf_free(&secret);
}

static bool try_to_join(struct scenario *s, const char *token)
{
	struct node *g = &s->node[1];
	struct complaint why = {0};
	struct id org;
	scenario_begin(g);
	enum err e = pairing_join(g->core, token, "node0", &org, &why);
	(void)scenario_end(g); /* it may be the one that fails */
	if (e == ERR_CONFLICT)
		return true;
	assert_int_equal(e, OK);
	return false;
}

/* The commit of any one turn fails while two nodes pair: they get there all the same, and no secret is lost or left over. */
static void any_commit_fails_while_pairing(void **state)
{
	(void)state;
	for (int node = 0; node < 2; node++)
		for (int k = 1; k < 9; k++) {
			struct scenario s;
			char token[2048];
			scenario_open(&s, 2);
			scenario_invite(&s, 0, 1, token);
			bool there = try_to_join(&s, token);
			s.node[node].fail_in = k;
			for (int tries = 0; tries < 4 && !there; tries++) {
				scenario_run(&s, 25000);
				there = try_to_join(&s, token);
			}
			assert_true(there);
			int left = s.node[node].fail_in; /* it waits for a turn behind the comparison */
			s.node[node].fail_in = 0;
			assert_int_equal(scenario_verify(&s, 0, 1, NULL), OK);
			s.node[node].fail_in = left;
			for (int side = 1; side >= 0; side--) {
				struct complaint why = {0};
				char words[WORDS_TEXT];
				bool active;
				words_org(scenario_org(&s.node[1 - side]), words);
				scenario_begin(&s.node[side]);
				assert_int_equal(pairing_verify(s.node[side].core, scenario_org(&s.node[1 - side]), words, &active, &why), OK);
				if (scenario_end(&s.node[side]) != OK)
					side++;
				scenario_run(&s, MINUTE);
			}
			scenario_run(&s, MINUTE);
			if (!linked(&s, 0, 1) || !linked(&s, 1, 0))
				fail_msg("not linked: turn %d of node %d", k, node);
			consistent(&s.node[0], scenario_org(&s.node[1]));
			consistent(&s.node[1], scenario_org(&s.node[0]));
			scenario_close(&s);
		}
}

/* ---- secrets that nobody needs ---- */

static size_t secrets(struct node *n, const char *prefix)
{
	struct snapshot s = snapshot_of(n);
	size_t found = 0;
	for (size_t i = 0; i < s.names; i++)
		found += strncmp(s.name[i], prefix, strlen(prefix)) == 0;
	return found;
}

static void an_unused_invitation_goes_when_it_expires(void **state)
{
	struct scenario s;
	char token[2048];
	(void)state;
	scenario_open(&s, 2);
	scenario_invite(&s, 0, 1, token);
	scenario_run(&s, LIMIT_INVITE_MS - HOUR);
	assert_int_equal(secrets(&s.node[0], "invite-"), 1);
	scenario_run(&s, 2 * HOUR + MINUTE);
	assert_int_equal(secrets(&s.node[0], "invite-"), 0);
	scenario_begin(&s.node[0]);
	uint64_t rows;
	assert_int_equal(store_count(core_txn(s.node[0].core), TABLE_INVITES, &rows), OK);
	assert_int_equal(rows, 0);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	scenario_close(&s);
}

static void withdraw(struct node *n, const char *name, enum err want)
{
	struct complaint why = {0};
	size_t count;
	scenario_begin(n);
	assert_int_equal(pairing_withdraw(n->core, name, &count, &why), want);
	assert_int_equal(scenario_end(n), OK);
}

static void a_withdrawn_invitation_opens_nothing(void **state)
{
	struct scenario s;
	char token[2048];
	(void)state;
	scenario_open(&s, 3);
	scenario_invite(&s, 0, 1, token);
	withdraw(&s.node[0], "node2", ERR_NOT_FOUND);
	withdraw(&s.node[0], "node1", OK);
	assert_int_equal(secrets(&s.node[0], "invite-"), 0);
	assert_int_equal(scenario_join(&s, 1, 0, token), ERR_POLICY);
	assert_int_equal(secrets(&s.node[1], "pair-"), 0);
	/* used by a second party: the alarm says to withdraw it */
	scenario_invite(&s, 0, 1, token);
	assert_int_equal(scenario_join(&s, 1, 0, token), OK);
	assert_int_equal(scenario_join(&s, 2, 0, token), ERR_POLICY);
	assert_non_null(strstr(s.node[0].log, "withdraw it"));
	withdraw(&s.node[0], "node1", OK);
	assert_int_equal(secrets(&s.node[0], "invite-"), 0);
	scenario_close(&s);
}

/* Whoever joins and does not become a partner keeps nothing of it. */
static void a_failed_join_leaves_no_secret(void **state)
{
	struct scenario s;
	char token[2048];
	(void)state;
	scenario_open(&s, 3);
	scenario_invite(&s, 0, 1, token);
	assert_int_equal(scenario_join(&s, 1, 0, token), OK);
	assert_int_equal(scenario_join(&s, 2, 0, token), ERR_POLICY); /* hung up on after the handshake */
	assert_int_equal(secrets(&s.node[2], "pair-"), 0);
	assert_int_equal(secrets(&s.node[2], "join-"), 0);
	scenario_close(&s);
}

/* As after a crash between a commit and what was to follow it. */
static void what_no_row_names_is_swept(void **state)
{
	static const char *const left[] = {
		"invite-000102030405060708090a0b0c0d0e0f", "invite-short",
		"pair-000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f",
		"join-000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"};
	struct scenario s;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	for (size_t i = 0; i < sizeof left / sizeof *left; i++)
		assert_int_equal(vault_put(s.node[0].vault, left[i], SPAN("secret", 6)), OK);
	scenario_restart(&s, 0);
	scenario_run(&s, MINUTE);
	consistent(&s.node[0], scenario_org(&s.node[1]));
	scenario_run(&s, HOUR);
	assert_true(linked(&s, 0, 1));
	scenario_close(&s);
}

/* ---- what is remembered ---- */

static size_t journal(struct node *n, const char *what)
{
	struct txn *t;
	struct walk w;
	size_t found = 0;
	assert_int_equal(store_read(n->store, &t), OK);
	assert_int_equal(walk_open(t, TABLE_OPERATIONS, SPAN(NULL, 0), false, &w), OK);
	while (walk_next(&w)) {
		struct arena *a = arena_new();
		const struct value *row;
		struct span text;
		assert_int_equal(rows_value(w.value, a, &row), OK);
		found += fields_str(operation_fields, row, "what", &text) && span_eq(text, SPAN(what, strlen(what)));
		arena_free(a);
	}
	assert_int_equal(walk_close(&w, OK), OK);
	store_abort(t);
	return found;
}

static void differing_words_are_remembered(void **state)
{
	struct scenario s;
	char token[2048], wrong[WORDS_TEXT];
	struct api_wait wait = {0};
	(void)state;
	scenario_open(&s, 2);
	scenario_invite(&s, 0, 1, token);
	assert_int_equal(scenario_join(&s, 1, 0, token), OK);
	words_org(&(struct id){{7}}, wrong);
	json_t *call = request("partner.verify", "partner", "node1", "words", wrong);
	(void)json_object_set_new(call, "dry_run", json_true());
	scenario_begin(&s.node[0]);
	expect_ok(api_run(s.node[0].core, call, &wait), false);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	assert_int_equal(journal(&s.node[0], "words differed"), 0); /* a rehearsal leaves nothing */
	(void)json_object_set_new(call, "dry_run", json_false());
	scenario_begin(&s.node[0]);
	expect_ok(api_run(s.node[0].core, call, &wait), false);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	assert_int_equal(journal(&s.node[0], "words differed"), 1);
	json_decref(call);
	scenario_close(&s);
}

/* What is remembered is remembered of one nest: there is none inside it. */
static void a_nest_has_no_nest(void **state)
{
	struct scenario s;
	(void)state;
	scenario_open(&s, 1);
	struct core *c = s.node[0].core;
	scenario_begin(&s.node[0]);
	assert_int_equal(core_nest(c), OK);
	core_remember(c, "test", "one", "test");
	assert_int_equal(core_nest(c), ERR_INVALID);
	core_remember(c, "test", "two", "test");
	core_fail(c);
	assert_int_equal(core_nest(c), OK); /* and the next one begins anew */
	core_remember(c, "test", "three", "test");
	core_undo(c);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	assert_int_equal(journal(&s.node[0], "one"), 1);
	assert_int_equal(journal(&s.node[0], "two"), 1);
	assert_int_equal(journal(&s.node[0], "three"), 0);
	scenario_close(&s);
}

static void an_alarm_outlives_the_call_that_raised_it(void **state)
{
	static const char what[] = "something is wrong";
	struct scenario s;
	(void)state;
	scenario_open(&s, 1);
	struct node *n = &s.node[0];
	for (int rehearsal = 1; rehearsal >= 0; rehearsal--) {
		scenario_begin(n);
		assert_int_equal(core_nest(n->core), OK);
		core_alarm(n->core, scenario_org(n), what, "test");
		if (rehearsal)
			core_undo(n->core);
		else
			core_fail(n->core);
		assert_int_equal(scenario_end(n), OK);
		assert_int_equal(journal(n, what), rehearsal ? 0 : 1); /* what nobody has seen is not kept quiet for an hour */
	}
	scenario_begin(n);
	core_alarm(n->core, scenario_org(n), what, "test");
	assert_int_equal(scenario_end(n), OK);
	assert_int_equal(journal(n, what), 1);
	scenario_close(&s);
}

/* ---- what waited ---- */

/* Entries that wait are judged while the end of a suspension is rehearsed; no receipt is owed for that. */
static void a_rehearsed_resumption_owes_no_receipt(void **state)
{
	struct evil v;
	struct api_wait wait = {0};
	struct output *outputs;
	size_t count;
	(void)state;
	evil_open(&v);
	evil_state(&v, &v.org, PARTNER_SUSPENDED);
	struct chain ch = evil_chain(&v, &v.org, AUDIENCE_DIRECT, scenario_org(v.victim));
	struct carried_entry e = evil_first(&v, &ch);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_SUSPENDED);
	struct snapshot before = snapshot_of(v.victim), after;
	json_t *call = request("partner.resume", "partner", "evil", NULL, NULL);
	(void)json_object_set_new(call, "dry_run", json_true());
	evil_turn(&v);
	expect_ok(api_run(v.victim->core, call, &wait), true);
	assert_int_equal(core_end(v.victim->core, &outputs, &count), OK);
	assert_int_equal(count, 0);
	after = snapshot_of(v.victim);
	snapshot_equal("partner.resume", &before, &after);
	(void)json_object_set_new(call, "dry_run", json_false());
	evil_turn(&v);
	expect_ok(api_run(v.victim->core, call, &wait), true);
	evil_done(&v);
	assert_int_equal(evil_log(&v, &ch).n, 1);
	json_decref(call);
	evil_close(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_commit_changes_nothing),
		cmocka_unit_test(any_commit_fails_while_pairing),
		cmocka_unit_test(an_unused_invitation_goes_when_it_expires),
		cmocka_unit_test(a_withdrawn_invitation_opens_nothing),
		cmocka_unit_test(a_failed_join_leaves_no_secret),
		cmocka_unit_test(what_no_row_names_is_swept),
		cmocka_unit_test(differing_words_are_remembered),
		cmocka_unit_test(a_nest_has_no_nest),
		cmocka_unit_test(an_alarm_outlives_the_call_that_raised_it),
		cmocka_unit_test(a_rehearsed_resumption_owes_no_receipt),
	};
	return cmocka_run_group_tests_name("effects", tests, NULL, NULL);
}
