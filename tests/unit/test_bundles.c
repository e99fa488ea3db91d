/* test_bundles.c - entries and receipts by file: between partners whose line is cut, and with an organisation that has never been linked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/words.h"
#include "node/bundles.h"
#include "node/cards.h"
#include "node/core_state.h"
#include "proto/record.h"
#include "tests/unit/maker.h"
#include "tests/unit/scenario.h"

#define MINUTE 60000
#define ROUTINE 1

enum { CUSTOMER, SUPPLIER, OTHER };

/* ---- what people do ---- */

static json_t *file_of(const json_t *result)
{
	return json_pack("{s:O}", "hex", json_object_get(result, "hex"));
}

static json_t *card_of(struct scenario *s, int node)
{
	json_t *made = scenario_call(s, node, "card.export", json_object()), *file = file_of(made);
	json_decref(made);
	return file;
}

static const char *words_of(struct scenario *s, int node)
{
	static char words[WORDS_TEXT];
	words_org(scenario_org(&s->node[node]), words);
	return words;
}

/* They were handed the card, and call them. */
static void take_card(struct scenario *s, int node, int other, const char *name)
{
	json_t *args = json_pack("{s:o, s:s, s:s}", "card", card_of(s, other), "name", name, "words", words_of(s, other));
	json_decref(scenario_call(s, node, "partner.add", args));
}

static json_t *make_bundle(struct scenario *s, int from, int to, const struct id *record)
{
	char org[65], id[65];
	hex_encode(org, scenario_org(&s->node[to])->b, 32);
	json_t *args = json_pack("{s:s}", "to", org);
	if (record) {
		hex_encode(id, record->b, 32);
		(void)json_object_set_new(args, "record", json_string(id));
	}
	json_t *made = scenario_call(s, from, "bundle.export", args), *file = file_of(made);
	json_decref(made);
	return file;
}

static json_t *take_bundle(struct scenario *s, int node, const json_t *file)
{
	return scenario_call(s, node, "bundle.import", json_pack("{s:O}", "file", file));
}

static json_int_t number(const json_t *result, const char *name)
{
	return json_integer_value(json_object_get(result, name));
}

static void taken(struct scenario *s, int node, json_t *file, json_int_t stored, json_int_t known, json_int_t receipts)
{
	json_t *r = take_bundle(s, node, file);
	assert_true(json_is_true(json_object_get(r, "taken")));
	assert_int_equal(number(r, "stored"), stored);
	assert_int_equal(number(r, "known"), known);
	assert_int_equal(number(r, "receipts"), receipts);
	assert_int_equal(number(r, "refused"), 0);
	json_decref(r);
	json_decref(file);
}

static size_t logs_to(struct scenario *s, int from, int to)
{
	struct node *n = &s->node[from];
	struct walk w;
	uint32_t no;
	size_t count = 0;
	scenario_begin(n);
	enum err e = logs_walk_audience(core_txn(n->core), scenario_org(n), AUDIENCE_DIRECT, scenario_org(&s->node[to]), &w);
	while (e == OK && logs_next_no(&w, &no))
		count++;
	assert_int_equal(walk_close(&w, e), OK);
	assert_int_equal(scenario_end(n), OK);
	return count;
}

/* ---- partners whose line is cut ---- */

static void a_bundle_brings_what_the_line_would_and_one_back_the_receipt(void **state)
{
	struct scenario *s = *state;
	scenario_cut(s, true);
	struct id id = scenario_notice(s, 0, 1, "Pumps stand still");
	json_t *file = make_bundle(s, 0, 1, NULL);
	assert_int_equal(scenario_delivery(s, 0, 1, &id), DELIVERY_QUEUED);
	taken(s, 1, json_incref(file), 1, 0, 1);
	assert_int_equal(scenario_count(&s->node[1], KIND_INCIDENT_NOTICE), 1);
	taken(s, 1, file, 0, 1, 1); /* once more: nothing twice */
	assert_int_equal(scenario_count(&s->node[1], KIND_INCIDENT_NOTICE), 1);
	taken(s, 0, make_bundle(s, 1, 0, NULL), 0, 0, 1);
	assert_int_equal(scenario_delivery(s, 0, 1, &id), DELIVERY_STORED);
	scenario_cut(s, false);
	scenario_run(s, 20 * MINUTE); /* the line finds nothing left to do */
	assert_int_equal(scenario_count(&s->node[1], KIND_INCIDENT_NOTICE), 1);
	assert_int_equal(logs_to(s, 0, 1), 1);
}

/* Each holds all that is not receipted: one may be lost, and they may come in any order. */
static void a_lost_or_late_bundle_leaves_no_gap(void **state)
{
	struct scenario *s = *state;
	scenario_cut(s, true);
	(void)scenario_notice(s, 0, 1, "First");
	json_t *early = make_bundle(s, 0, 1, NULL);
	(void)scenario_notice(s, 0, 1, "Second");
	(void)scenario_notice(s, 0, 1, "Third");
	taken(s, 1, make_bundle(s, 0, 1, NULL), 3, 0, 1);
	taken(s, 1, early, 0, 1, 1);
	assert_int_equal(scenario_count(&s->node[1], KIND_INCIDENT_NOTICE), 3);
}

static void nobody_else_opens_it_and_nothing_changed_is_taken(void **state)
{
	struct scenario *s = *state;
	(void)scenario_notice(s, 0, 1, "For one alone");
	json_t *file = make_bundle(s, 0, 1, NULL);
	const char *hex = json_string_value(json_object_get(file, "hex"));
	scenario_refused(scenario_ask(s, 0, "bundle.import", json_pack("{s:O}", "file", file)), "this bundle is our own");
	scenario_refused(scenario_ask(s, OTHER, "bundle.import", json_pack("{s:O}", "file", file)), "sealed to somebody else");
	char *changed = strdup(hex);
	changed[strlen(hex) - 1] = changed[strlen(hex) - 1] == '0' ? '1' : '0';
	scenario_refused(scenario_ask(s, 1, "bundle.import", json_pack("{s:{s:s}}", "file", "hex", changed)), "changed on its way, or is not whole");
	free(changed);
	scenario_refused(scenario_ask(s, 1, "bundle.import", json_pack("{s:{s:s#}}", "file", "hex", hex, (int)strlen(hex) - 40)), "changed on its way");
	scenario_refused(scenario_ask(s, 1, "bundle.import", json_pack("{s:{s:s}}", "file", "hex", "00ff")), "this is no bundle");
	json_decref(file);
}

static void change_keys(struct scenario *s, int node)
{
	scenario_begin(&s->node[node]);
	assert_int_equal(node_change_keys(&s->node[node], ROUTINE), OK);
	assert_int_equal(scenario_end(&s->node[node]), OK);
}

/* The other side hears of them by the next bundle; what was sealed to the old ones cannot be opened any more, and it is said what to do. */
static void new_keys_go_along(void **state)
{
	struct scenario *s = *state;
	scenario_cut(s, true);
	json_t *late = make_bundle(s, 1, 0, NULL);
	(void)scenario_notice(s, 0, 1, "Under the old key");
	change_keys(s, 0);
	scenario_run(s, MINUTE);
	struct id id = scenario_notice(s, 0, 1, "Under the new one");
	scenario_refused(scenario_ask(s, 0, "bundle.import", json_pack("{s:o}", "file", late)), "sealed to an older key of ours");
	taken(s, 1, make_bundle(s, 0, 1, NULL), 3, 0, 1); /* two notices and a log.open */
	taken(s, 0, make_bundle(s, 1, 0, NULL), 0, 0, 2);
	assert_int_equal(scenario_delivery(s, 0, 1, &id), DELIVERY_STORED);
	scenario_cut(s, false);
	scenario_run(s, 20 * MINUTE);
	assert_int_equal(scenario_count(&s->node[1], KIND_INCIDENT_NOTICE), 2);
}

/* Whoever goes on under the link key that a card has replaced may be anybody. */
static void a_card_with_newer_keys_ends_the_link_of_the_old(void **state)
{
	struct scenario *s = *state;
	assert_non_null(core_session(s->node[1].core, scenario_org(&s->node[0]), PHASE_FULL));
	change_keys(s, 0);
	json_decref(scenario_call(s, 1, "partner.add", json_pack("{s:o}", "card", card_of(s, 0))));
	scenario_begin(&s->node[1]);
	core_tick(s->node[1].core);
	assert_int_equal(scenario_end(&s->node[1]), OK);
	assert_null(core_session(s->node[1].core, scenario_org(&s->node[0]), PHASE_FULL));
	scenario_run(s, 20 * MINUTE);
	assert_non_null(core_session(s->node[1].core, scenario_org(&s->node[0]), PHASE_FULL));
}

/* ---- an organisation without a node ---- */

static void strangers(struct scenario *s)
{
	scenario_open(s, 3);
	scenario_cut(s, true);
}

static void nothing_is_made_or_taken_before_the_words_are_compared(void **state)
{
	struct scenario s;
	char org[65];
	(void)state;
	strangers(&s);
	hex_encode(org, scenario_org(&s.node[SUPPLIER])->b, 32);
	json_decref(scenario_call(&s, CUSTOMER, "partner.add", json_pack("{s:o, s:s}", "card", card_of(&s, SUPPLIER), "name", "sub")));
	scenario_refused(scenario_ask(&s, CUSTOMER, "bundle.export", json_pack("{s:s}", "to", "sub")), "the ten words are not compared");
	scenario_refused(scenario_ask(&s, CUSTOMER, "partner.add", json_pack("{s:o, s:s}", "card", card_of(&s, SUPPLIER), "words", words_of(&s, OTHER))),
	                 "the words differ");
	take_card(&s, CUSTOMER, SUPPLIER, "sub");
	struct id id = scenario_notice(&s, CUSTOMER, SUPPLIER, "Are you affected?");
	json_t *file = make_bundle(&s, CUSTOMER, SUPPLIER, NULL), *r = take_bundle(&s, SUPPLIER, file);
	assert_true(json_is_false(json_object_get(r, "taken")));
	assert_int_equal(number(r, "problems"), 1);
	assert_int_equal(scenario_count(&s.node[SUPPLIER], KIND_INCIDENT_NOTICE), 0);
	json_decref(r);
	/* It knows now whom to call. */
	assert_int_equal(scenario_verify(&s, SUPPLIER, CUSTOMER, NULL), OK);
	taken(&s, SUPPLIER, file, 2, 0, 0); /* log.open and the notice */
	assert_int_equal(scenario_count(&s.node[SUPPLIER], KIND_INCIDENT_NOTICE), 1);
	/* Its receipt shows the customer that it has compared, too. */
	taken(&s, CUSTOMER, make_bundle(&s, SUPPLIER, CUSTOMER, NULL), 0, 0, 1);
	assert_int_equal(scenario_delivery(&s, CUSTOMER, SUPPLIER, &id), DELIVERY_STORED);
	scenario_close(&s);
}

/* Whoever knows both cards, and no secret of the customer's, makes a bundle in its name: it opens, and nothing of it counts. */
static void a_bundle_in_anothers_name_changes_nothing(void **state)
{
	struct scenario s;
	struct card card;
	struct entry e = {.type = AUDIENCE_DIRECT, .incarnation = 1, .n = 1, .count = 1};
	struct buf payload = {0}, file = {0};
	uint8_t signature[64] = {1}, fresh[32] = {0, 3};
	struct carried_record record = {.bytes = SPAN("x", 1)};
	struct bundle b = {.entries = 1};
	(void)state;
	strangers(&s);
	take_card(&s, SUPPLIER, CUSTOMER, "harbour");
	struct node *evil = &s.node[CUSTOMER]; /* its store alone: what a thief of the card knows */
	scenario_begin(evil);
	assert_int_equal(cards_own(evil->core, evil->core->arena, &card), OK);
	e.author = *scenario_org(evil);
	e.target = *scenario_org(&s.node[SUPPLIER]);
	record_id(record.bytes, &record.id);
	merkle_root(&record.id, 1, &e.root);
	entry_log(&e, &e.prev);
	assert_int_equal(entry_encode(&e, &payload), OK);
	struct carried_entry in = {.payload = buf_span(&payload), .signature = SPAN(signature, 64), .records = 1, .record = &record};
	b.card = card;
	b.entry = &in;
	assert_int_equal(bundle_seal(&b, &e.author, &(struct bundle_to){e.target, 0, core_self(s.node[SUPPLIER].core)->keys.seal}, fresh, &file), OK);
	assert_int_equal(scenario_end(evil), OK);
	char *hex = malloc(2 * file.n + 1);
	hex_encode(hex, file.p, file.n);
	json_t *r = scenario_call(&s, SUPPLIER, "bundle.import", json_pack("{s:{s:s}}", "file", "hex", hex));
	assert_true(json_is_false(json_object_get(r, "taken"))); /* it is no sign that they have compared */
	json_decref(r);
	free(hex);
	buf_free(&payload);
	buf_free(&file);
	scenario_close(&s);
}

static json_t *maker_card(const struct maker *m)
{
	struct card card = {.statements = m->n};
	struct signed_statement chain[MAKER_CHAIN];
	struct buf file = {0};
	memcpy(chain, m->chain, sizeof chain);
	card.statement = chain;
	assert_int_equal(card_encode(&card, &file), OK);
	char *hex = malloc(2 * file.n + 1);
	hex_encode(hex, file.p, file.n);
	json_t *o = json_pack("{s:s}", "hex", hex);
	free(hex);
	buf_free(&file);
	return o;
}

/* Newer keys on a card are taken, whoever brings it; two different ones at one place are evidence, and the first stay. */
static void newer_keys_come_with_a_card_and_contradicting_ones_are_evidence(void **state)
{
	struct scenario s;
	struct maker m, twin;
	struct signed_statement st;
	struct statement newest;
	(void)state;
	strangers(&s);
	maker_begin(&m, 9, "Quay Repairs");
	maker_begin(&twin, 9, "Quay Repairs");
	json_decref(scenario_call(&s, CUSTOMER, "partner.add", json_pack("{s:o}", "card", maker_card(&m))));
	maker_rotate(&m, "routine");
	maker_rotate(&twin, "compromise");
	json_decref(scenario_call(&s, CUSTOMER, "partner.add", json_pack("{s:o}", "card", maker_card(&m))));
	json_t *r = scenario_call(&s, CUSTOMER, "partner.add", json_pack("{s:o}", "card", maker_card(&twin)));
	assert_int_equal(number(r, "problems"), 1);
	json_decref(r);
	scenario_begin(&s.node[CUSTOMER]);
	assert_int_equal(statements_newest(core_txn(s.node[CUSTOMER].core), &m.org, &st, &newest), OK);
	assert_int_equal(newest.kseq, 1);
	assert_true(span_eq(st.payload, m.chain[1].payload));
	assert_int_equal(scenario_end(&s.node[CUSTOMER]), OK);
	r = scenario_call(&s, CUSTOMER, "evidence.list", json_object());
	assert_int_equal(json_array_size(json_object_get(r, "items")), 1);
	json_decref(r);
	maker_end(&m);
	maker_end(&twin);
	scenario_close(&s);
}

/* The story of a supplier that begins without a node: it answers from files, and when it starts one the same logs go on. */
static void a_node_started_later_adopts_the_history(void **state)
{
	struct scenario s;
	char token[2048];
	(void)state;
	strangers(&s);
	take_card(&s, CUSTOMER, SUPPLIER, "sub");
	take_card(&s, SUPPLIER, CUSTOMER, "harbour");
	(void)scenario_notice(&s, CUSTOMER, SUPPLIER, "Are you affected?");
	taken(&s, SUPPLIER, make_bundle(&s, CUSTOMER, SUPPLIER, NULL), 2, 0, 0);
	struct id answer = scenario_notice(&s, SUPPLIER, CUSTOMER, "We are");
	taken(&s, CUSTOMER, make_bundle(&s, SUPPLIER, CUSTOMER, NULL), 2, 0, 1);
	scenario_restart(&s, SUPPLIER);
	scenario_cut(&s, false);
	scenario_invite(&s, CUSTOMER, SUPPLIER, token);
	assert_int_equal(scenario_join(&s, SUPPLIER, CUSTOMER, token), OK);
	scenario_run(&s, 5 * MINUTE);
	assert_int_equal(scenario_delivery(&s, SUPPLIER, CUSTOMER, &answer), DELIVERY_STORED);
	(void)scenario_notice(&s, SUPPLIER, CUSTOMER, "Over the line now");
	scenario_run(&s, MINUTE);
	assert_int_equal(scenario_count(&s.node[CUSTOMER], KIND_INCIDENT_NOTICE), 3);
	assert_int_equal(logs_to(&s, SUPPLIER, CUSTOMER), 1);
	assert_int_equal(logs_to(&s, CUSTOMER, SUPPLIER), 1);
	assert_int_equal(scenario_count(&s.node[CUSTOMER], KIND_PAIR), 2);
	scenario_close(&s);
}

static int three(void **state)
{
	struct scenario *s = calloc(1, sizeof *s);
	assert_non_null(s);
	scenario_open(s, 3);
	scenario_pair(s, 0, 1);
	scenario_run(s, MINUTE);
	*state = s;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_bundle_brings_what_the_line_would_and_one_back_the_receipt, three, scenario_done),
		cmocka_unit_test_setup_teardown(a_lost_or_late_bundle_leaves_no_gap, three, scenario_done),
		cmocka_unit_test_setup_teardown(nobody_else_opens_it_and_nothing_changed_is_taken, three, scenario_done),
		cmocka_unit_test_setup_teardown(new_keys_go_along, three, scenario_done),
		cmocka_unit_test_setup_teardown(a_card_with_newer_keys_ends_the_link_of_the_old, three, scenario_done),
		cmocka_unit_test(nothing_is_made_or_taken_before_the_words_are_compared),
		cmocka_unit_test(a_bundle_in_anothers_name_changes_nothing),
		cmocka_unit_test(newer_keys_come_with_a_card_and_contradicting_ones_are_evidence),
		cmocka_unit_test(a_node_started_later_adopts_the_history),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
