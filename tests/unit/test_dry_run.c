/* A rehearsal changes nothing. Three nodes live through one story made of api calls; each call is first rehearsed, compared with what was before,
 * and then made. Every call of the table has its place in the story. */
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
#include "node/contradictions.h"
#include "node/examples.h"
#include "node/stopped.h"
#include "proto/when.h"
#include "tests/unit/snapshot.h"
#include "tests/unit/story.h"

struct told {
	struct scenario s;
	json_t *kept; /* name: text, or JSON */
};

static void log_stops(struct told *t)
{
	struct core *c = t->s.node[0].core;
	struct log_row log;
	scenario_begin(&t->s.node[0]);
	assert_int_equal(logs_current(core_txn(c), scenario_org(&t->s.node[0]), AUDIENCE_DIRECT, scenario_org(&t->s.node[1]), &log), OK);
	stopped_log(c, scenario_org(&t->s.node[1]), &log.id, "test");
	assert_int_equal(scenario_end(&t->s.node[0]), OK);
}

static void keep_hex(struct told *t, const char *name, const uint8_t *p, size_t n)
{
	char hex[2 * SIGN_LEN + 1];
	assert_true(n <= SIGN_LEN);
	hex_encode(hex, p, n);
	(void)json_object_set_new(t->kept, name, json_string(hex));
}

static void kit_names(struct told *t)
{
	uint8_t pk[SIGN_PK], sk[SIGN_SK];
	struct id next;
	sign_keypair((const uint8_t[32]){9}, pk, sk);
	statement_root_digest(pk, &next);
	keep_hex(t, "next", next.b, sizeof next.b);
	sign_keypair(t->s.node[2].root, pk, sk);
	keep_hex(t, "root", pk, sizeof pk);
}

static void kit_signs(struct told *t)
{
	const char *hex = json_string_value(json_object_get(t->kept, "statement"));
	uint8_t payload[2048], pk[SIGN_PK], sk[SIGN_SK], signature[SIGN_LEN];
	size_t n = strlen(hex);
	assert_true(n / 2 <= sizeof payload);
	assert_int_equal(hex_decode(hex, n, payload), OK);
	sign_keypair(t->s.node[2].root, pk, sk);
	assert_int_equal(sign_make(SIGN_KEY, SPAN(payload, n / 2), sk, signature), OK);
	keep_hex(t, "signature", signature, sizeof signature);
}

static enum err keep_contradiction(void *ctx, const struct contradictions_row *row)
{
	keep_hex(ctx, "contradiction", row->r->id.b, sizeof row->r->id.b);
	return OK;
}

static void contradicts(struct told *t)
{
	struct core *c = t->s.node[0].core;
	const struct id *org = scenario_org(&t->s.node[1]);
	struct signed_statement first, two[2];
	struct statement st;
	struct buf payload[2] = {{0}, {0}};
	struct arena *a = arena_new();
	uint8_t root[SIGN_SK], sk[SIGN_SK];
	scenario_begin(&t->s.node[0]);
	assert_int_equal(statements_newest(core_txn(c), org, &first, &st), OK);
	st.kseq++;
	st.has_org = true;
	st.org = *org;
	statement_hash(first.payload, &st.prev);
	sign_keypair(t->s.node[1].root, st.root_pk, root);
	sign_keypair((const uint8_t[32]){8}, st.keys.sign, sk);
	for (int i = 0; i < 2; i++) {
		st.issued++;
		assert_int_equal(statement_encode(&st, &payload[i]), OK);
		two[i].payload = buf_span(&payload[i]);
		assert_int_equal(sign_make(SIGN_KEY, two[i].payload, root, two[i].root_sig), OK);
		assert_int_equal(sign_make(SIGN_KEY, two[i].payload, sk, two[i].sign_sig), OK);
	}
	assert_int_equal(contradictions_statement(c, org, st.kseq, two), OK);
	assert_int_equal(contradictions_each(c, org, a, keep_contradiction, t), OK);
	assert_int_equal(scenario_end(&t->s.node[0]), OK);
	buf_free(&payload[0]);
	buf_free(&payload[1]);
	arena_free(a);
}

/* $x becomes what was kept under x. */
static json_t *arguments(const struct told *t, const struct step *step)
{
	struct buf out = {0};
	json_error_t bad;
	for (const char *p = step->args; *p;) {
		size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
		char name[32];
		if (*p != '$') {
			assert_int_equal(buf_add(&out, p++, 1), OK);
			continue;
		}
		(void)snprintf(name, sizeof name, "%.*s", (int)n, p + 1);
		const json_t *kept = json_object_get(t->kept, name);
		char *text = json_is_string(kept) ? strdup(json_string_value(kept)) : json_dumps(kept, JSON_COMPACT);
		if (!text)
			fail_msg("%s: nothing was kept under %s", step->call, name);
		assert_int_equal(buf_add(&out, text, strlen(text)), OK);
		free(text);
		p += n + 1;
	}
	json_t *args = json_loadb((const char *)out.p, out.n, 0, &bad);
	if (!args)
		fail_msg("%s: %s", step->call, bad.text);
	buf_free(&out);
	return args;
}

static json_t *run(struct node *n, json_t *request, struct api_wait *wait, size_t *outputs)
{
	struct output *o;
	scenario_begin(n);
	json_t *r = api_run(n->core, request, wait);
	if (outputs)
		assert_int_equal(core_end(n->core, &o, outputs), OK);
	else
		assert_int_equal(scenario_end(n), OK);
	return r;
}

static void succeeds(const struct step *step, const json_t *response)
{
	if (!json_is_true(json_object_get(response, "ok")))
		fail_msg("%s: %s: %s", step->call, json_string_value(json_object_get(response, "error")),
		         json_string_value(json_object_get(response, "text")));
}

static void rehearse(struct told *t, const struct step *step, json_t *request)
{
	struct node *n = &t->s.node[step->node];
	struct snapshot before = snapshot_of(n), after;
	struct api_wait wait = {0};
	size_t outputs;
	(void)json_object_set_new(request, "dry_run", json_true());
	json_t *r = run(n, request, &wait, &outputs);
	assert_false(wait.waiting);
	succeeds(step, r);
	json_decref(r);
	after = snapshot_of(n);
	snapshot_equal(step->call, &before, &after);
	if (outputs)
		fail_msg("%s, rehearsed, sent something", step->call);
	(void)json_object_del(request, "dry_run");
}

static void perform(struct told *t, const struct step *step, json_t *request)
{
	struct node *n = &t->s.node[step->node];
	struct snapshot before = snapshot_of(n), after;
	struct api_wait wait = {0};
	json_t *r = run(n, request, &wait, NULL);
	after = snapshot_of(n);
	if (snapshot_same(&before, &after) == step->changes)
		fail_msg("%s %s", step->call, step->changes ? "changed nothing" : "changed something");
	scenario_run(&t->s, 2000);
	if (wait.waiting)
		r = run(n, request, &wait, NULL);
	assert_false(wait.waiting);
	succeeds(step, r);
	if (step->as)
		(void)json_object_set(t->kept, step->as, json_object_get(json_object_get(r, "result"), step->member));
	json_decref(r);
}

static bool told_of(const char *call)
{
	for (size_t i = 0; story[i]; i++)
		for (const struct step *step = story[i]; step->call; step++)
			if (strcmp(step->call, call) == 0)
				return true;
	return false;
}

static void every_call_has_its_step(void **state)
{
	const struct api_row *row;
	size_t missing = 0;
	(void)state;
	for (size_t i = 0; (row = api_each(i)); i++)
		if (!told_of(row->name)) {
			print_error("%s is not in the story\n", row->name);
			missing++;
		}
	assert_int_equal(missing, 0);
}

static void live(struct told *t, const struct step *step)
{
	if (step->before)
		step->before(t);
	json_t *request = json_pack("{s:s, s:o}", "call", step->call, "args", arguments(t, step));
	rehearse(t, step, request);
	perform(t, step, request);
	json_decref(request);
}

static void a_rehearsal_changes_nothing(void **state)
{
	struct told t;
	(void)state;
	scenario_open(&t.s, 3);
	scenario_run(&t.s, 1000);
	t.kept = json_pack("{s:o, s:o}", "set", examples_requirement(), "posture", examples_posture(t.s.now / WHEN_DAY_MS));
	for (size_t i = 0; story[i]; i++)
		for (const struct step *step = story[i]; step->call; step++)
			live(&t, step);
	assert_true(core_stopping(t.s.node[0].core));
	json_decref(t.kept);
	scenario_close(&t.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_has_its_step),
		cmocka_unit_test(a_rehearsal_changes_nothing),
	};
	return cmocka_run_group_tests_name("dry_run", tests, NULL, NULL);
}
