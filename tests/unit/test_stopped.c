/* test_stopped.c - a node that was put back to an earlier state: it never writes where it may have written before, what partners sent comes back by
 * itself, and after one yes of the operator all goes on in a new log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/api.h"
#include "node/core_turn.h"
#include "node/stopped.h"
#include "proto/verdict.h"
#include "store/inside.h"
#include "store/logs.h"
#include "store/records.h"
#include "tests/unit/scenario.h"

#define MINUTE 60000

static void file_of(const struct node *n, char out[static 100])
{
	(void)snprintf(out, 100, "%s/store/data.mdb", n->folder);
}

/* The store as it is now. */
static struct buf backup(struct scenario *s, int node)
{
	struct buf b = {0};
	char path[100];
	uint8_t *at;
	long size;

	scenario_restart(s, node); /* so that it is at rest */
	file_of(&s->node[node], path);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	assert_true((size = ftell(f)) > 0);
	rewind(f);
	assert_int_equal(buf_room(&b, (size_t)size, &at), OK);
	assert_int_equal(fread(at, 1, b.n, f), b.n);
	(void)fclose(f);
	scenario_run(s, MINUTE);
	return b;
}

static void put_back(struct scenario *s, int node, struct buf *b)
{
	char path[100];

	scenario_cut(s, true);
	node_down(&s->node[node]);
	file_of(&s->node[node], path);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(b->p, 1, b->n, f), b->n);
	(void)fclose(f);
	buf_free(b);
	assert_int_equal(node_open(&s->node[node]), OK);
}

static void linked_again(struct scenario *s)
{
	scenario_cut(s, false);
	scenario_run(s, 20 * MINUTE); /* longer than the longest pause between dials */
}

static enum err reopen(struct scenario *s, int node, int partner)
{
	struct complaint why;

	scenario_begin(&s->node[node]);
	enum err e = stopped_reopen(s->node[node].core, scenario_org(&s->node[partner]), &why);
	assert_int_equal(scenario_end(&s->node[node]), OK);
	return e;
}

static bool stopped(struct scenario *s, int node, int partner)
{
	scenario_begin(&s->node[node]);
	bool is = false;
	assert_int_equal(stopped_to(s->node[node].core, scenario_org(&s->node[partner]), &is), OK);
	assert_int_equal(scenario_end(&s->node[node]), OK);
	return is;
}

/* How many logs one node holds of another to it; none may be frozen, since nothing was signed twice. */
static size_t logs_held(struct scenario *s, int holder, int author, bool *frozen)
{
	struct log_row log;
	struct txn *t;
	struct walk w;
	size_t n = 0;

	*frozen = false;
	assert_int_equal(store_read(s->node[holder].store, &t), OK);
	assert_int_equal(logs_walk(t, &w), OK);
	while (logs_next(&w, &log))
		if (id_eq(&log.author, scenario_org(&s->node[author]))) {
			n++;
			*frozen |= log.frozen != 0;
		}
	assert_int_equal(walk_close(&w, OK), OK);
	store_abort(t);
	return n;
}

static void open_pair(struct scenario *s, int nodes)
{
	scenario_open(s, nodes);
	for (int i = 1; i < nodes; i++)
		scenario_pair(s, 0, i);
}

static void nothing_is_written_twice(void **state)
{
	struct scenario s;
	bool frozen;
	(void)state;
	open_pair(&s, 3);
	(void)scenario_notice(&s, 0, 1, "Before the backup");
	scenario_run(&s, MINUTE);
	struct buf old = backup(&s, 0);
	(void)scenario_notice(&s, 0, 1, "After the backup");
	(void)scenario_notice(&s, 0, 1, "After it, too");
	scenario_run(&s, MINUTE);
	assert_int_equal(scenario_count(&s.node[1], KIND_INCIDENT_NOTICE), 3);
	put_back(&s, 0, &old);
	linked_again(&s);
	assert_true(stopped(&s, 0, 1));
	assert_false(stopped(&s, 0, 2));
	assert_non_null(strstr(s.node[0].log, "restored from an old backup"));
	/* what is said to them waits, and across a restart; others get theirs */
	struct id waits = scenario_notice(&s, 0, 1, "Said by the restored node");
	struct id other = scenario_notice(&s, 0, 2, "Said to another");
	scenario_restart(&s, 0);
	scenario_run(&s, 20 * MINUTE);
	assert_int_equal(scenario_delivery(&s, 0, 1, &waits), DELIVERY_QUEUED);
	assert_int_equal(scenario_delivery(&s, 0, 2, &other), DELIVERY_STORED);
	assert_int_equal(scenario_count(&s.node[1], KIND_INCIDENT_NOTICE), 3);
	/* one yes, and it goes on */
	assert_int_equal(reopen(&s, 0, 1), OK);
	scenario_run(&s, MINUTE);
	assert_int_equal(scenario_delivery(&s, 0, 1, &waits), DELIVERY_STORED);
	assert_int_equal(scenario_count(&s.node[1], KIND_INCIDENT_NOTICE), 4);
	assert_int_equal(logs_held(&s, 1, 0, &frozen), 2);
	assert_false(frozen);
	assert_false(stopped(&s, 0, 1));
	assert_int_equal(reopen(&s, 0, 1), ERR_CONFLICT);
	/* and stays so: what they hold of the old log is no news any more */
	scenario_restart(&s, 0);
	scenario_run(&s, 20 * MINUTE);
	assert_false(stopped(&s, 0, 1));
	struct id last = scenario_notice(&s, 0, 1, "As always");
	scenario_run(&s, MINUTE);
	assert_int_equal(scenario_delivery(&s, 0, 1, &last), DELIVERY_STORED);
	scenario_close(&s);
}

/* It spoke before it met its partner again: other entries now stand where theirs do. What it said is not lost. */
static void who_spoke_too_early_is_stopped(void **state)
{
	(void)state;
	for (int more = 1; more <= 4; more++) { /* fewer than they hold, as many, and more */
		struct scenario s;
		struct id said[4];
		bool frozen;
		open_pair(&s, 2);
		struct buf old = backup(&s, 0);
		(void)scenario_notice(&s, 0, 1, "After the backup");
		(void)scenario_notice(&s, 0, 1, "After it, too");
		scenario_run(&s, MINUTE);
		put_back(&s, 0, &old);
		for (int i = 0; i < more; i++)
			said[i] = scenario_notice(&s, 0, 1, "Said by the restored node");
		linked_again(&s);
		assert_true(stopped(&s, 0, 1));
		assert_int_equal(reopen(&s, 0, 1), OK);
		scenario_run(&s, 20 * MINUTE);
		for (int i = 0; i < more; i++)
			assert_int_equal(scenario_delivery(&s, 0, 1, &said[i]), DELIVERY_STORED);
		assert_int_equal(scenario_count(&s.node[1], KIND_INCIDENT_NOTICE), 2 + (size_t)more);
		(void)logs_held(&s, 1, 0, &frozen);
		scenario_restart(&s, 0);
		scenario_run(&s, 20 * MINUTE);
		assert_false(stopped(&s, 0, 1));
		scenario_close(&s);
	}
}

/* A backup from before the first word to this partner: its log is not here at all. */
static void a_log_that_is_gone_is_no_reason_to_hang_up(void **state)
{
	struct scenario s;
	bool frozen;
	(void)state;
	scenario_open(&s, 2);
	char token[2048];
	scenario_invite(&s, 0, 1, token);
	assert_int_equal(scenario_join(&s, 1, 0, token), OK);
	assert_int_equal(scenario_verify(&s, 0, 1, NULL), OK);
	struct buf old = backup(&s, 0);
	assert_int_equal(scenario_verify(&s, 1, 0, NULL), OK);
	scenario_run(&s, 20 * MINUTE);
	(void)scenario_notice(&s, 0, 1, "In a log that will be gone");
	struct id theirs = scenario_notice(&s, 1, 0, "In theirs");
	scenario_run(&s, MINUTE);
	put_back(&s, 0, &old);
	linked_again(&s);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 1); /* theirs came again by itself */
	assert_int_equal(scenario_delivery(&s, 1, 0, &theirs), DELIVERY_STORED);
	struct id id = scenario_notice(&s, 0, 1, "In a new one"); /* begun behind it: nothing can be signed twice */
	scenario_run(&s, MINUTE);
	assert_int_equal(scenario_delivery(&s, 0, 1, &id), DELIVERY_STORED);
	assert_true(stopped(&s, 0, 1)); /* that there is such a log they showed */
	assert_int_equal(reopen(&s, 0, 1), OK);
	scenario_run(&s, MINUTE);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 3); /* and what was in it came back */
	assert_int_equal(logs_held(&s, 1, 0, &frozen), 2);
	assert_false(frozen);
	scenario_close(&s);
}

/* A receiver that was put back asks for what it has lost and gets it, also of a log that was closed since. */
static void what_partners_sent_comes_back(void **state)
{
	struct scenario s;
	(void)state;
	open_pair(&s, 2);
	struct buf old = backup(&s, 1);
	for (int i = 0; i < 5; i++)
		(void)scenario_notice(&s, 0, 1, "Lost by its receiver");
	scenario_run(&s, MINUTE);
	put_back(&s, 1, &old);
	assert_int_equal(scenario_count(&s.node[1], KIND_INCIDENT_NOTICE), 0);
	linked_again(&s);
	assert_int_equal(scenario_count(&s.node[1], KIND_INCIDENT_NOTICE), 5);
	assert_false(stopped(&s, 0, 1));
	assert_false(stopped(&s, 1, 0));
	scenario_close(&s);
}

/* A member of the result of a call that succeeds. */
static void called(struct scenario *s, int node, const char *call, json_t *args, const char *member, char out[static 320])
{
	struct api_wait wait = {0};
	json_t *request = json_pack("{s:s, s:o}", "call", call, "args", args);

	scenario_begin(&s->node[node]);
	json_t *r = api_run(s->node[node].core, request, &wait);
	assert_int_equal(scenario_end(&s->node[node]), OK);
	const char *text = json_string_value(json_object_get(json_object_get(r, "result"), member));
	if (!json_is_true(json_object_get(r, "ok")))
		fail_msg("%s: %s", call, json_string_value(json_object_get(r, "text")));
	(void)snprintf(out, 320, "%s", text ? text : "");
	json_decref(r);
	json_decref(request);
}

/* What they answered stays without its question until that very record is here again: it comes back with the yes. */
static void an_answer_to_what_was_lost_finds_its_question(void **state)
{
	struct scenario s;
	char hex[65], answer[320], note[320];
	(void)state;
	open_pair(&s, 2);
	struct buf old = backup(&s, 0);
	struct id lost = scenario_notice(&s, 0, 1, "Lost by its author");
	scenario_run(&s, MINUTE);
	hex_encode(hex, lost.b, 32);
	called(&s, 1, "record.reply", json_pack("{s:s, s:s}", "record", hex, "decision", "acknowledged"), "id", answer);
	scenario_run(&s, MINUTE);
	put_back(&s, 0, &old);
	linked_again(&s);
	called(&s, 0, "record.show", json_pack("{s:s}", "record", answer), "note", note);
	assert_string_equal(note, "disregarded: the record it answers is not here");
	assert_int_equal(reopen(&s, 0, 1), OK);
	scenario_run(&s, MINUTE);
	called(&s, 0, "record.show", json_pack("{s:s}", "record", answer), "note", note);
	assert_string_equal(note, "");
	scenario_close(&s);
}

static size_t evidence(struct scenario *s, int node)
{
	struct txn *t;
	uint64_t n;

	assert_int_equal(store_read(s->node[node].store, &t), OK);
	assert_int_equal(store_count(t, TABLE_CONTRADICTIONS, &n), OK);
	store_abort(t);
	return n;
}

/* Its partner is a backup of what it was told: after one yes it is here again, with the receipts, and nobody is called a liar. */
static void what_was_said_comes_back_after_the_yes(void **state)
{
	struct scenario s;
	(void)state;
	open_pair(&s, 2);
	struct buf old = backup(&s, 0);
	struct id lost = scenario_notice(&s, 0, 1, "Lost by its author");
	scenario_run(&s, MINUTE);
	struct id too = scenario_notice(&s, 0, 1, "Lost, too");
	scenario_run(&s, MINUTE);
	put_back(&s, 0, &old);
	linked_again(&s);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 0); /* they may be a thief's: not before the yes */
	assert_int_equal(reopen(&s, 0, 1), OK);
	scenario_run(&s, MINUTE);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 2);
	assert_int_equal(scenario_delivery(&s, 0, 1, &lost), DELIVERY_STORED);
	assert_int_equal(scenario_delivery(&s, 0, 1, &too), DELIVERY_STORED);
	struct id next = scenario_notice(&s, 0, 1, "And on");
	scenario_run(&s, MINUTE);
	assert_int_equal(scenario_delivery(&s, 0, 1, &next), DELIVERY_STORED);
	assert_int_equal(evidence(&s, 0), 0);
	assert_int_equal(evidence(&s, 1), 0);
	scenario_close(&s);
}

/* More than one message holds, and the yes given while they are apart. */
static void much_comes_back_piece_by_piece(void **state)
{
	struct scenario s;
	(void)state;
	open_pair(&s, 2);
	struct buf old = backup(&s, 0);
	for (int i = 0; i < 1100; i++) {
		(void)scenario_notice(&s, 0, 1, "One of very many");
		if (i % 100 == 99)
			scenario_run(&s, 1000);
	}
	scenario_run(&s, MINUTE);
	put_back(&s, 0, &old);
	linked_again(&s);
	scenario_cut(&s, true);
	assert_int_equal(reopen(&s, 0, 1), OK);
	linked_again(&s);
	scenario_run(&s, MINUTE);
	assert_int_equal(scenario_count(&s.node[0], KIND_INCIDENT_NOTICE), 1100);
	assert_int_equal(evidence(&s, 1), 0);
	scenario_close(&s);
}

/* A log that cannot be read is not one that goes on. */
static void an_unreadable_log_is_told(void **state)
{
	struct scenario s;
	struct log_row log;
	struct complaint why;
	uint8_t number[4];
	bool is = false;
	(void)state;
	open_pair(&s, 2);
	struct core *c = s.node[0].core;
	const struct id *me = scenario_org(&s.node[0]), *they = scenario_org(&s.node[1]);
	scenario_begin(&s.node[0]);
	struct txn *t = core_txn(c);
	assert_int_equal(logs_current(t, me, AUDIENCE_DIRECT, they, &log), OK);
	put_u32be(number, log.no);
	MDB_val key = inside_val(SPAN(number, 4)), row = {4, number}; /* no sum behind it */
	assert_int_equal(mdb_put(t->mdb, t->store->dbi[TABLE_LOGS], &key, &row, 0), 0);
	assert_int_equal(stopped_to(c, they, &is), ERR_CORRUPT);
	assert_int_equal(mdb_del(t->mdb, t->store->dbi[TABLE_LOGS], &key, NULL), 0);
	assert_int_equal(stopped_to(c, they, &is), ERR_CORRUPT);
	assert_int_equal(stopped_reopen(c, they, &why), ERR_CORRUPT);
	core_break(c, ERR_CORRUPT);
	assert_int_equal(scenario_end(&s.node[0]), ERR_CORRUPT);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_written_twice),
		cmocka_unit_test(who_spoke_too_early_is_stopped),
		cmocka_unit_test(a_log_that_is_gone_is_no_reason_to_hang_up),
		cmocka_unit_test(what_partners_sent_comes_back),
		cmocka_unit_test(an_unreadable_log_is_told),
		cmocka_unit_test(an_answer_to_what_was_lost_finds_its_question),
		cmocka_unit_test(what_was_said_comes_back_after_the_yes),
		cmocka_unit_test(much_comes_back_piece_by_piece),
	};

	return cmocka_run_group_tests_name("stopped", tests, NULL, NULL);
}
