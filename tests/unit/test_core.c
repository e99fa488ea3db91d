/* The life of records between nodes, on a virtual clock. Each test is a small story. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/words.h"
#include "node/ingest.h"
#include "node/stopped.h"
#include "proto/verdict.h"
#include "store/logs.h"
#include "store/records.h"
#include "tests/unit/scenario.h"

#define MINUTE 60000
#define HOUR (60 * MINUTE)

static bool linked(struct scenario *s, int a, int b)
{
	struct core_link l;
	core_link_state(s->node[a].core, scenario_org(&s->node[b]), &l);
	return l.linked;
}

static void pairs_and_delivers(void **state)
{
	struct scenario s;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	assert_true(linked(&s, 0, 1));
	struct id id = scenario_notice(&s, 1, 0, "Ransomware in the warehouse system");
	scenario_run(&s, 1000);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 1);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_STORED);
	assert_int_equal(scenario_count(&s.node[0], KIND_PAIR), 2);
	assert_int_equal(scenario_count(&s.node[1], KIND_PAIR), 2);
	scenario_close(&s);
}

static int64_t receipted_at(struct scenario *s, int from, int to, const struct id *record)
{
	struct delivery_state d;
	struct record_row row;
	struct txn *t;
	assert_int_equal(store_read(s->node[from].store, &t), OK);
	assert_int_equal(records_by_id(t, record, &row), OK);
	assert_int_equal(core_delivery(t, scenario_org(&s->node[from]), row.no, scenario_org(&s->node[to]), &d), OK);
	store_abort(t);
	assert_int_equal(d.state, DELIVERY_STORED);
	return d.receipted;
}

/* Later receipts, and the same one again after each reconnection, do not make a delivery younger than it is. */
static void since_the_first_receipt(void **state)
{
	struct scenario s;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	struct id first = scenario_notice(&s, 1, 0, "first");
	scenario_run(&s, 1000);
	int64_t then = receipted_at(&s, 1, 0, &first);
	scenario_cut(&s, true);
	scenario_run(&s, 30 * MINUTE);
	scenario_cut(&s, false);
	scenario_run(&s, 30 * MINUTE);
	struct id second = scenario_notice(&s, 1, 0, "second");
	scenario_run(&s, 1000);
	assert_int_equal(receipted_at(&s, 1, 0, &first), then);
	assert_true(receipted_at(&s, 1, 0, &second) >= then + 60 * MINUTE);
	scenario_close(&s);
}

static enum err drop_secret(void *vault, const char *name)
{
	return vault_drop(vault, name);
}

/* A key file that is gone: the partner is dialled no more often than any other, and it is said why. */
static void a_lost_pair_secret_is_no_spin(void **state)
{
	struct scenario s;
	struct core_link l;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	assert_int_equal(vault_each(s.node[1].vault, "pair-", drop_secret, s.node[1].vault), OK);
	scenario_restart(&s, 1);
	scenario_run(&s, MINUTE);
	core_link_state(s.node[1].core, scenario_org(&s.node[0]), &l);
	assert_false(l.linked);
	assert_non_null(strstr(l.problem, "cannot be read"));
	assert_true(l.next_dial > 0);
	scenario_close(&s);
}

/* A node that is stopped says so: the one who dials shows that, and not a broken line. */
static void a_stopped_node_says_so(void **state)
{
	struct scenario s;
	struct core_link l;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	scenario_begin(&s.node[0]);
	core_farewell(s.node[0].core);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	scenario_run(&s, 10);
	core_link_state(s.node[1].core, scenario_org(&s.node[0]), &l);
	assert_false(l.linked);
	assert_string_equal(l.problem, "their node was stopped");
	scenario_run(&s, MINUTE);
	assert_true(linked(&s, 1, 0)); /* it was not, here: and the link comes back */
	scenario_close(&s);
}

/* Whatever is said while the line is cut arrives once, in order, after it heals; both ways. */
static void heals_after_a_cut(void **state)
{
	struct scenario s;
	struct id last = {{0}};
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	scenario_cut(&s, true);
	for (int i = 0; i < 300; i++) {
		char title[32];
		(void)snprintf(title, sizeof title, "notice %d", i);
		last = scenario_notice(&s, 1, 0, title);
		if (i % 3 == 0)
			(void)scenario_notice(&s, 0, 1, title);
	}
	scenario_run(&s, 10 * MINUTE);
	assert_int_equal(scenario_delivery(&s, 1, 0, &last), DELIVERY_QUEUED);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 100);
	scenario_cut(&s, false);
	scenario_run(&s, 20 * MINUTE);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 400);
	assert_int_equal(scenario_count(&s.node[1], KIND_INCIDENT_NOTICE), 400);
	assert_int_equal(scenario_delivery(&s, 1, 0, &last), DELIVERY_STORED);
	scenario_close(&s);
}

/* Puts secrets that the other side does not know before the guest's own, as handshakes that only one side remembers leave them. */
static void prepend_secrets(struct scenario *s, int node, int other, size_t count)
{
	char name[80] = "pair-";
	uint8_t junk[64];
	struct buf was = {0}, all = {0};
	hex_encode(name + 5, scenario_org(&s->node[other])->b, 32);
	assert_int_equal(vault_get(s->node[node].vault, name, &was), OK);
	for (size_t i = 0; i < count; i++) {
		memset(junk, (int)i + 1, sizeof junk);
		assert_int_equal(buf_add(&all, junk, sizeof junk), OK);
	}
	assert_int_equal(buf_add(&all, was.p, was.n), OK);
	assert_int_equal(vault_put(s->node[node].vault, name, buf_span(&all)), OK);
	buf_free(&was);
	buf_free(&all);
	scenario_restart(s, node);
}

/* With each wrong one the wait would double, and a quarter of an hour is soon reached. */
static void wrong_secrets_cost_no_waiting(void **state)
{
	struct scenario s;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	prepend_secrets(&s, 1, 0, 3);
	scenario_run(&s, 5000);
	assert_true(linked(&s, 1, 0));
	scenario_close(&s);
}

/* Secrets and addresses go by counts of their own: in step, two and two would leave half of the pairs untried for ever. */
static void every_secret_at_every_address(void **state)
{
	struct scenario s;
	(void)state;
	scenario_open(&s, 2);
	assert_int_equal(core_advertise(s.node[0].core, "nowhere:7400"), OK);
	scenario_pair(&s, 0, 1);
	prepend_secrets(&s, 1, 0, 1);
	scenario_run(&s, 5 * MINUTE);
	assert_true(linked(&s, 1, 0));
	scenario_close(&s);
}

/* An entry of node 1 as node 0 gets it by another way than the link; in part: without the bytes of its first record. */
static void bring_entry(struct scenario *s, uint32_t log, uint64_t n, bool in_part)
{
	struct carried_entry e;
	struct ingest_result r;
	struct txn *t;
	struct arena *a = arena_new();
	assert_int_equal(store_read(s->node[1].store, &t), OK);
	assert_int_equal(entries_carry(t, log, n, a, &e), OK);
	e.record[0].gone = in_part;
	scenario_begin(&s->node[0]);
	assert_int_equal(ingest(s->node[0].core, &e, scenario_org(&s->node[1]), &r), OK);
	assert_int_equal(core_touch(s->node[0].core, r.log_no), OK);
	assert_int_equal(scenario_end(&s->node[0]), OK);
	store_abort(t);
	arena_free(a);
}

/* Both hold the same places, so their summaries are equal: the receipt that clears an exception must come all the same,
 * whatever the clocks (of both) were set to meanwhile. */
static void clears_an_exception(int64_t clocks_set_by)
{
	struct scenario s;
	struct delivery_state d;
	struct record_row row;
	struct txn *t;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	scenario_run(&s, 1000);
	scenario_cut(&s, true);
	struct id id = scenario_notice(&s, 1, 0, "In part at first");
	assert_int_equal(store_read(s.node[1].store, &t), OK);
	assert_int_equal(records_by_id(t, &id, &row), OK);
	assert_int_equal(core_delivery(t, scenario_org(&s.node[1]), row.no, scenario_org(&s.node[0]), &d), OK);
	store_abort(t);
	bring_entry(&s, d.log, d.n, true);
	scenario_cut(&s, false);
	scenario_run(&s, 20 * MINUTE);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_EXCEPTION);
	scenario_cut(&s, true);
	s.node[0].skew = s.node[1].skew = clocks_set_by;
	bring_entry(&s, d.log, d.n, false);
	scenario_cut(&s, false);
	scenario_run(&s, 20 * MINUTE);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_STORED);
	scenario_close(&s);
}

static void a_cleared_exception_is_said_again(void **state)
{
	(void)state;
	clears_an_exception(0);
	clears_an_exception(-24 * HOUR);
	clears_an_exception(24 * HOUR);
}

/* Killed between any two deliveries: nothing lost, nothing twice. */
static void survives_kills(void **state)
{
	struct scenario s;
	struct id ids[12];
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	for (int i = 0; i < 12; i++) {
		ids[i] = scenario_notice(&s, 1, 0, "before the kill");
		if (i % 4 == 1)
			scenario_run(&s, 500);
		scenario_restart(&s, i % 2);
		if (i % 3 == 0)
			scenario_run(&s, 2 * MINUTE);
	}
	scenario_run(&s, 20 * MINUTE);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 12);
	for (int i = 0; i < 12; i++)
		assert_int_equal(scenario_delivery(&s, 1, 0, &ids[i]), DELIVERY_STORED);
	scenario_close(&s);
}

static void both_restart_while_pairing(void **state)
{
	struct scenario s;
	char token[2048];
	(void)state;
	scenario_open(&s, 2);
	scenario_invite(&s, 0, 1, token);
	scenario_restart(&s, 0);
	assert_int_equal(scenario_join(&s, 1, 0, token), OK);
	scenario_restart(&s, 1);
	assert_int_equal(scenario_verify(&s, 0, 1, NULL), OK);
	scenario_restart(&s, 0);
	scenario_run(&s, 5 * MINUTE);
	assert_int_equal(scenario_verify(&s, 1, 0, NULL), OK);
	scenario_run(&s, 5 * MINUTE);
	assert_true(linked(&s, 1, 0));
	scenario_close(&s);
}

struct lossy {
	struct node *guest;
	int dropped;
};

/* Loses what the guest says last over the invitation, and then everything from its first full session. */
static void lose_confirms(void *ctx, struct stream *st, struct buf *bytes)
{
	struct lossy *l = ctx;
	if (st->from != l->guest->index)
		return;
	if (l->dropped == 0 || (l->dropped == 1 && strstr(l->guest->log, "event=linked"))) {
		buf_clear(bytes);
		st->open = false;
		l->dropped++;
	}
}

/* The guest believes the pairing done, the host never heard that the guest has compared: the next session says it again. */
static void a_lost_confirm_is_said_again(void **state)
{
	struct scenario s;
	char token[2048];
	(void)state;
	scenario_open(&s, 2);
	scenario_invite(&s, 0, 1, token);
	assert_int_equal(scenario_join(&s, 1, 0, token), OK);
	assert_int_equal(scenario_verify(&s, 0, 1, NULL), OK);
	struct lossy l = {.guest = &s.node[1]};
	s.meddle = lose_confirms;
	s.ctx = &l;
	assert_int_equal(scenario_verify(&s, 1, 0, NULL), OK);
	scenario_run(&s, HOUR);
	assert_int_equal(l.dropped, 2);
	assert_true(linked(&s, 0, 1));
	struct id id = scenario_notice(&s, 1, 0, "after all");
	scenario_run(&s, MINUTE);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_STORED);
	scenario_close(&s);
}

/* People take their time: whoever has used the invitation in time may compare later. */
static void words_compared_after_the_invitation_expired(void **state)
{
	struct scenario s;
	char token[2048];
	(void)state;
	scenario_open(&s, 3);
	scenario_invite(&s, 0, 1, token);
	assert_int_equal(scenario_join(&s, 1, 0, token), OK);
	scenario_run(&s, LIMIT_INVITE_MS + HOUR);
	scenario_restart(&s, 0);
	scenario_run(&s, HOUR);
	assert_int_equal(scenario_verify(&s, 0, 1, NULL), OK);
	assert_int_equal(scenario_verify(&s, 1, 0, NULL), OK);
	scenario_run(&s, HOUR);
	assert_true(linked(&s, 0, 1));
	scenario_close(&s);
}

/* ---- invitations ---- */

static void a_used_token_is_refused(void **state)
{
	struct scenario s;
	char token[2048];
	(void)state;
	scenario_open(&s, 3);
	scenario_invite(&s, 0, 1, token);
	assert_int_equal(scenario_join(&s, 1, 0, token), OK);
	/* not yet compared: the token lives, but for its first user only */
	assert_int_equal(scenario_join(&s, 2, 0, token), ERR_POLICY);
	assert_non_null(strstr(s.node[0].log, "second party"));
	assert_int_equal(scenario_verify(&s, 1, 0, NULL), OK);
	assert_int_equal(scenario_verify(&s, 0, 1, NULL), OK);
	assert_true(linked(&s, 0, 1));
	/* used up: not one byte comes back */
	assert_int_equal(scenario_join(&s, 2, 0, token), ERR_POLICY);
	assert_non_null(strstr(s.node[0].log, "invitation-unknown"));
	assert_int_equal(scenario_join(&s, 1, 0, token), ERR_CONFLICT);
	scenario_close(&s);
}

static void an_expired_token_is_refused(void **state)
{
	struct scenario s;
	char token[2048];
	(void)state;
	scenario_open(&s, 2);
	scenario_run(&s, HOUR / 2); /* so that it expires between two sweeps */
	scenario_invite(&s, 0, 1, token);
	scenario_run(&s, LIMIT_INVITE_MS - MINUTE);
	s.now += MINUTE;
	assert_int_equal(scenario_join(&s, 1, 0, token), ERR_EXPIRED);
	s.node[1].skew = -HOUR; /* its clock is slow: it tries, and the host knows better */
	assert_int_equal(scenario_join(&s, 1, 0, token), ERR_POLICY);
	assert_non_null(strstr(s.node[0].log, "invitation-expired"));
	scenario_close(&s);
}

static void nobody_at_the_address(void **state)
{
	struct scenario s;
	char token[2048];
	(void)state;
	scenario_open(&s, 2);
	scenario_invite(&s, 0, 1, token);
	scenario_cut(&s, true);
	assert_int_equal(scenario_join(&s, 1, 0, token), ERR_NOT_FOUND);
	scenario_cut(&s, false);
	assert_int_equal(scenario_join(&s, 1, 0, token), OK); /* nothing was used up */
	scenario_close(&s);
}

static void differing_words_keep_it_pending(void **state)
{
	struct scenario s;
	char token[2048], wrong[WORDS_TEXT];
	struct id id;
	(void)state;
	scenario_open(&s, 2);
	scenario_invite(&s, 0, 1, token);
	assert_int_equal(scenario_join(&s, 1, 0, token), OK);
	words_org(scenario_org(&s.node[0]), wrong); /* node 0 is read its own words */
	assert_int_equal(scenario_verify(&s, 0, 1, wrong), ERR_INVALID);
	words_org(&(struct id){{7}}, wrong); /* and those of somebody else */
	assert_int_equal(scenario_verify(&s, 0, 1, wrong), ERR_POLICY);
	assert_int_equal(scenario_verify(&s, 0, 1, "one two three"), ERR_INVALID);
	assert_int_equal(scenario_try_notice(&s, 0, 1, "too early", TLP_AMBER, &id), ERR_NOT_PARTNER);
	/* one side alone is not enough to deliver, but what it signs is its own decision */
	assert_int_equal(scenario_verify(&s, 1, 0, NULL), OK);
	assert_int_equal(scenario_try_notice(&s, 1, 0, "waits", TLP_AMBER, &id), OK);
	scenario_run(&s, 10 * MINUTE);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 0);
	assert_int_equal(scenario_verify(&s, 0, 1, NULL), OK);
	scenario_run(&s, 10 * MINUTE);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_STORED);
	scenario_close(&s);
}

/* ---- partner states ---- */

static void a_suspended_partner_waits(void **state)
{
	struct scenario s;
	struct id id, back;
	struct complaint why = {0};
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	scenario_begin(&s.node[0]);
	assert_int_equal(pairing_suspend(s.node[0].core, scenario_org(&s.node[1]), &why), OK);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	id = scenario_notice(&s, 1, 0, "while suspended");
	assert_int_equal(scenario_try_notice(&s, 0, 1, "not now", TLP_AMBER, &back), ERR_POLICY);
	scenario_run(&s, HOUR);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 0);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_QUEUED);
	scenario_begin(&s.node[0]);
	assert_int_equal(pairing_resume(s.node[0].core, scenario_org(&s.node[1]), &why), OK);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	scenario_run(&s, HOUR);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 1);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_STORED);
	scenario_close(&s);
}

static void a_removed_partner_gets_nothing(void **state)
{
	struct scenario s;
	struct id id;
	struct complaint why = {0};
	(void)state;
	scenario_open(&s, 3);
	scenario_pair(&s, 0, 1);
	scenario_begin(&s.node[0]);
	assert_int_equal(pairing_remove(s.node[0].core, scenario_org(&s.node[1]), &why), OK);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	assert_int_equal(scenario_try_notice(&s, 0, 1, "gone", TLP_AMBER, &id), ERR_NOT_PARTNER);
	assert_int_equal(scenario_try_notice(&s, 0, 2, "never met", TLP_AMBER, &id), ERR_NOT_PARTNER);
	id = scenario_notice(&s, 1, 0, "into the void");
	scenario_run(&s, HOUR);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 0);
	assert_false(linked(&s, 1, 0));
	/* a new invitation and new words bring them back */
	scenario_begin(&s.node[1]);
	assert_int_equal(pairing_remove(s.node[1].core, scenario_org(&s.node[0]), &why), OK);
	assert_int_equal(scenario_end(&s.node[1]), OK);
	scenario_pair(&s, 0, 1);
	scenario_run(&s, MINUTE);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_STORED);
	scenario_close(&s);
}

/* ---- clocks ---- */

/* Somebody sets the clock while the line is cut: the link comes back as if nobody had. */
static void a_clock_that_is_set_keeps_nobody_waiting(void **state)
{
	static const int64_t by[] = {-24 * HOUR, 24 * HOUR};
	(void)state;
	for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
		struct scenario s;
		scenario_open(&s, 2);
		scenario_pair(&s, 0, 1);
		scenario_cut(&s, true);
		scenario_run(&s, 2 * MINUTE);
		assert_false(linked(&s, 1, 0));
		s.node[0].skew = s.node[1].skew = by[i];
		scenario_cut(&s, false);
		scenario_run(&s, 10 * MINUTE);
		assert_true(linked(&s, 1, 0));
		scenario_close(&s);
	}
}

/* Nor does it end a link that is well: it is still the same; since when it is linked is told by the clock as it is now. */
static void a_clock_that_is_set_ends_no_link(void **state)
{
	struct scenario s;
	struct core_link before, after;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	scenario_run(&s, 3 * MINUTE);
	core_link_state(s.node[1].core, scenario_org(&s.node[0]), &before);
	s.node[1].skew = 24 * HOUR;
	scenario_run(&s, 3 * MINUTE);
	core_link_state(s.node[1].core, scenario_org(&s.node[0]), &after);
	assert_true(after.linked);
	assert_int_equal(after.since, before.since + 24 * HOUR);
	s.node[1].skew = -24 * HOUR;
	scenario_run(&s, 3 * MINUTE);
	core_link_state(s.node[1].core, scenario_org(&s.node[0]), &after);
	assert_true(after.linked);
	assert_int_equal(after.since, before.since - 24 * HOUR);
	scenario_close(&s);
}

static void a_clock_one_hour_ahead_is_flagged(void **state)
{
	struct scenario s;
	struct record_row row;
	struct occurrence o;
	struct walk w;
	struct txn *t;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	s.node[1].skew = HOUR;
	struct id id = scenario_notice(&s, 1, 0, "from the future");
	scenario_run(&s, 1000);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_STORED);
	assert_int_equal(store_read(s.node[0].store, &t), OK);
	assert_int_equal(records_by_id(t, &id, &row), OK);
	assert_int_equal(occurrences_walk(t, row.no, &w), OK);
	assert_true(occurrences_next(&w, &o));
	assert_int_equal(o.verdict, VERDICT_AHEAD);
	assert_int_equal(walk_close(&w, OK), OK);
	store_abort(t);
	scenario_close(&s);
}

/* ---- a reader that is slow ---- */

/* Fills the line with more than a window while it is cut. */
static size_t a_backlog(struct scenario *s)
{
	const struct kind *k = kind_by_number(KIND_INCIDENT_NOTICE);
	struct arena *a = arena_new();
	struct core *c = s->node[1].core;
	size_t said = 0;
	char *text = arena_alloc(a, 16001);
	memset(text, 'x', 16000);
	scenario_cut(s, true);
	scenario_begin(&s->node[1]);
	for (; said * 16000 < 3 * LIMIT_INFLIGHT_BYTES / 2; said++) {
		struct value *body = value_map(a);
		struct complaint why = {0};
		struct id id;
		text[0] = (char)('a' + said % 26);
		fields_set(a, k->fields, body, "title", value_str(a, "large"));
		fields_set(a, k->fields, body, "stage", value_int(a, 1));
		fields_set(a, k->fields, body, "aware", value_int(a, s->now));
		fields_set(a, k->fields, body, "malicious", value_int(a, 1));
		fields_set(a, k->fields, body, "cross_border", value_int(a, 2));
		fields_set(a, k->fields, body, "contact", value_str(a, "soc@example.org"));
		fields_set(a, k->fields, body, "summary", value_str(a, text));
		assert_int_equal(core_say(c, &(struct draft){.kind = k, .body = body, .tlp = TLP_AMBER, .to = scenario_org(&s->node[0]), .recipients = 1},
		                          &id, &why), OK);
	}
	assert_int_equal(scenario_end(&s->node[1]), OK);
	arena_free(a);
	return said;
}

static void measure(void *ctx, struct stream *st, struct buf *bytes)
{
	size_t *most = ctx;
	if (st->to == 0 && bytes->n > *most)
		*most = bytes->n;
}

/* One turn hands the stream no more than it holds for a reader: else many logs together would look like one who does not read. */
static void a_turn_does_not_flood(void **state)
{
	struct scenario s;
	size_t most = 0;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	size_t said = a_backlog(&s);
	s.meddle = measure;
	s.ctx = &most;
	scenario_cut(&s, false);
	scenario_run(&s, 10 * MINUTE);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), said);
	assert_true(most > 0 && most < 5 * LIMIT_ENTRY_BYTES / 2);
	scenario_close(&s);
}

static uint64_t conn_of(const struct scenario *s, int from)
{
	for (int i = 0; i < STREAMS; i++)
		if (s->stream[i].open && s->stream[i].from == from)
			return s->stream[i].from_conn;
	return 0;
}

/* What the stream does not take yet waits in the store, and goes on when there is room. */
static void a_slow_reader_is_waited_for(void **state)
{
	struct scenario s;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	uint64_t conn = conn_of(&s, 1);
	core_slow(s.node[1].core, conn);
	struct id id = scenario_notice(&s, 1, 0, "later");
	scenario_run(&s, 2 * MINUTE); /* pings go on */
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_QUEUED);
	assert_int_equal(conn_of(&s, 1), conn);
	scenario_begin(&s.node[1]);
	core_drained(s.node[1].core, conn);
	assert_int_equal(scenario_end(&s.node[1]), OK);
	scenario_run(&s, 100);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_STORED);
	scenario_close(&s);
}

/* ---- damage of our own ---- */

/* When the receipt comes, the row of the entry that it speaks of is no row any more. */
static void damage_entry(void *ctx, struct stream *st, struct buf *bytes)
{
	struct scenario *s = ctx;
	struct node *n = &s->node[1];
	struct log_row log;
	struct txn *t;
	uint8_t key[12];
	(void)bytes;
	if (st->to != 1)
		return;
	s->meddle = NULL;
	assert_int_equal(store_write(n->store, &t), OK);
	assert_int_equal(logs_current(t, scenario_org(n), AUDIENCE_DIRECT, scenario_org(&s->node[0]), &log), OK);
	put_u32be(key, log.no);
	put_u64be(key + 4, log.n);
	struct span there;
	assert_int_equal(store_get(t, TABLE_ENTRIES, SPAN(key, sizeof key), &there), OK);
	assert_int_equal(store_put(t, TABLE_ENTRIES, SPAN(key, sizeof key), SPAN(key, 1)), OK);
	assert_int_equal(store_commit(t), OK);
}

/* It is no proof that a partner holds what we do not: the turn fails, and nothing is said or stopped. */
static void damage_is_not_the_partners_word(void **state)
{
	struct scenario s;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	(void)scenario_notice(&s, 1, 0, "first");
	s.meddle = damage_entry;
	s.ctx = &s;
	scenario_run(&s, 100);
	assert_null(s.meddle);
	assert_non_null(strstr(s.node[1].log, "turn-failed"));
	assert_null(strstr(s.node[1].log, "alarm"));
	scenario_begin(&s.node[1]);
	bool stopped = true;
	assert_int_equal(stopped_to(s.node[1].core, scenario_org(&s.node[0]), &stopped), OK);
	assert_false(stopped);
	(void)scenario_end(&s.node[1]);
	scenario_close(&s);
}

/* ---- damage on the way ---- */

struct flip {
	uint64_t at, seen;
	bool done;
};

static void flip_one(void *ctx, struct stream *st, struct buf *bytes)
{
	struct flip *f = ctx;
	(void)st;
	if (!f->done && f->at < f->seen + bytes->n) {
		bytes->p[f->at - f->seen] ^= (uint8_t)(1u << (f->at % 8));
		f->done = true;
	}
	f->seen += bytes->n;
}

/* One byte changed anywhere between two nodes: the session ends, the next one carries everything, and nothing false is stored. */
static void a_flipped_byte_anywhere(void **state)
{
	struct scenario s;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	size_t sent = 0;
	for (uint64_t at = 0; at < 4000; at += 37) {
		struct flip f = {.at = at};
		s.meddle = flip_one;
		s.ctx = &f;
		scenario_restart(&s, 1); /* a whole session, from the first byte of the handshake */
		(void)scenario_notice(&s, 1, 0, "through a bad line");
		sent++;
		scenario_run(&s, 30 * MINUTE);
		assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), sent);
	}
	scenario_close(&s);
}

/* ---- no space ---- */

static void no_space_loses_nothing(void **state)
{
	struct scenario s;
	struct store_figures figures;
	struct id ids[150];
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	assert_int_equal(store_figures(s.node[0].store, &figures), OK);
	s.node[0].map_size = (figures.bytes_used + (96u << 10)) & ~4095ull;
	scenario_restart(&s, 0);
	for (int i = 0; i < 150; i++) {
		ids[i] = scenario_notice(&s, 1, 0, "into a store that is nearly full");
		scenario_run(&s, MINUTE);
	}
	scenario_run(&s, HOUR);
	/* all or nothing: what is receipted is there */
	size_t stored = 0;
	for (int i = 0; i < 150; i++)
		stored += scenario_delivery(&s, 1, 0, &ids[i]) == DELIVERY_STORED;
	print_message("stored %zu of 150 in a full store\n", stored);
	assert_true(stored < 150);
	assert_true(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE) >= stored);
	assert_non_null(strstr(s.node[0].log, "no space left"));
	s.node[0].map_size = 0;
	scenario_restart(&s, 0);
	scenario_run(&s, HOUR);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 150);
	for (int i = 0; i < 150; i++)
		assert_int_equal(scenario_delivery(&s, 1, 0, &ids[i]), DELIVERY_STORED);
	scenario_close(&s);
}

/* ---- TLP ---- */

static void red_goes_to_the_named_alone(void **state)
{
	struct scenario s;
	struct id id;
	(void)state;
	scenario_open(&s, 3);
	scenario_pair(&s, 0, 1);
	scenario_pair(&s, 2, 1);
	assert_int_equal(scenario_try_notice(&s, 1, 0, "for your eyes", TLP_RED, &id), OK);
	scenario_run(&s, 1000);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_STORED);
	struct complaint why = {0};
	scenario_begin(&s.node[1]);
	assert_int_equal(core_send(s.node[1].core, &id, scenario_org(&s.node[2]), &why), ERR_TLP);
	assert_int_equal(scenario_end(&s.node[1]), OK);
	scenario_run(&s, 1000);
	assert_int_equal(scenario_count(&s.node[2], KIND_INCIDENT_NOTICE), 0);
	scenario_close(&s);
}

/* One record to many has one id, and each recipient has its own log. */
static void one_record_for_two_customers(void **state)
{
	struct scenario s;
	struct complaint why = {0};
	(void)state;
	scenario_open(&s, 3);
	scenario_pair(&s, 0, 1);
	scenario_pair(&s, 2, 1);
	struct id id = scenario_notice(&s, 1, 0, "to both");
	scenario_begin(&s.node[1]);
	assert_int_equal(core_send(s.node[1].core, &id, scenario_org(&s.node[2]), &why), OK);
	assert_int_equal(core_send(s.node[1].core, &id, scenario_org(&s.node[2]), &why), OK); /* twice is once */
	assert_int_equal(scenario_end(&s.node[1]), OK);
	scenario_run(&s, 1000);
	assert_int_equal(scenario_delivery(&s, 1, 0, &id), DELIVERY_STORED);
	assert_int_equal(scenario_delivery(&s, 1, 2, &id), DELIVERY_STORED);
	assert_int_equal(scenario_count(&s.node[2], KIND_INCIDENT_NOTICE), 1);
	scenario_close(&s);
}

/* Sessions are renewed after an hour without anybody noticing. */
static void days_pass(void **state)
{
	struct scenario s;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	for (int i = 0; i < 48; i++) {
		scenario_run(&s, HOUR);
		(void)scenario_notice(&s, i % 2, 1 - i % 2, "hourly");
	}
	scenario_run(&s, HOUR);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 48);
	assert_int_equal(scenario_count(&s.node[1], KIND_INCIDENT_NOTICE), 48);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_and_delivers),
		cmocka_unit_test(since_the_first_receipt),
		cmocka_unit_test(a_stopped_node_says_so),
		cmocka_unit_test(a_lost_pair_secret_is_no_spin),
		cmocka_unit_test(heals_after_a_cut),
		cmocka_unit_test(wrong_secrets_cost_no_waiting),
		cmocka_unit_test(every_secret_at_every_address),
		cmocka_unit_test(a_cleared_exception_is_said_again),
		cmocka_unit_test(survives_kills),
		cmocka_unit_test(both_restart_while_pairing),
		cmocka_unit_test(a_lost_confirm_is_said_again),
		cmocka_unit_test(words_compared_after_the_invitation_expired),
		cmocka_unit_test(a_used_token_is_refused),
		cmocka_unit_test(an_expired_token_is_refused),
		cmocka_unit_test(nobody_at_the_address),
		cmocka_unit_test(differing_words_keep_it_pending),
		cmocka_unit_test(a_suspended_partner_waits),
		cmocka_unit_test(a_removed_partner_gets_nothing),
		cmocka_unit_test(a_clock_that_is_set_keeps_nobody_waiting),
		cmocka_unit_test(a_clock_that_is_set_ends_no_link),
		cmocka_unit_test(a_clock_one_hour_ahead_is_flagged),
		cmocka_unit_test(a_turn_does_not_flood),
		cmocka_unit_test(a_slow_reader_is_waited_for),
		cmocka_unit_test(damage_is_not_the_partners_word),
		cmocka_unit_test(a_flipped_byte_anywhere),
		cmocka_unit_test(no_space_loses_nothing),
		cmocka_unit_test(red_goes_to_the_named_alone),
		cmocka_unit_test(one_record_for_two_customers),
		cmocka_unit_test(days_pass),
	};
	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
