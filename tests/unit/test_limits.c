/* Bounds on what a partner can make a node do that stand beside no one message or record: each at the limit and one above. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/evil_say.h"

static void alarm(struct stage *st, const char *what)
{
	evil_turn(&st->v);
	core_alarm(st->v.victim->core, &st->v.org.org, what, "test");
	evil_done(&st->v);
}

/* As many different ones are known to have been told; one more, and the oldest is told again. */
static void alarms_that_were_told(void **state)
{
	static char what[LIMIT_ALARMS + 1][12];
	struct stage st;
	(void)state;
	stage_open(&st);
	uint64_t before = alarms(&st);
	for (size_t i = 0; i <= LIMIT_ALARMS; i++)
		(void)snprintf(what[i], sizeof what[i], "alarm %zu", i);
	for (size_t i = 0; i < LIMIT_ALARMS; i++)
		alarm(&st, what[i]);
	alarm(&st, what[0]);
	assert_int_equal(alarms(&st) - before, LIMIT_ALARMS);
	alarm(&st, what[LIMIT_ALARMS]);
	alarm(&st, what[1]);
	assert_int_equal(alarms(&st) - before, LIMIT_ALARMS + 1);
	alarm(&st, what[0]);
	assert_int_equal(alarms(&st) - before, LIMIT_ALARMS + 2);
	stage_close(&st);
}

static void the_same_alarm_again(void **state)
{
	static const char what[] = "something is wrong";
	struct stage st;
	(void)state;
	stage_open(&st);
	uint64_t before = alarms(&st);
	alarm(&st, what);
	st.v.s.now += LIMIT_ALARM_MS - 1;
	alarm(&st, what);
	assert_int_equal(alarms(&st) - before, 1);
	st.v.s.now++;
	alarm(&st, what);
	assert_int_equal(alarms(&st) - before, 2);
	stage_close(&st);
}

static void lines_of_the_log(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	st.v.victim->log[0] = 0;
	evil_turn(&st.v);
	for (unsigned i = 0; i < LIMIT_LOG_LINES; i++)
		core_log(st.v.victim->core, "test", NULL, "%u", i);
	assert_false(logged(&st, "no more of them"));
	core_log(st.v.victim->core, "test", NULL, "one more");
	assert_true(logged(&st, "no more of them"));
	assert_false(logged(&st, "one more"));
	evil_done(&st.v);
	st.v.s.now += LIMIT_LOG_MS - 1;
	evil_turn(&st.v);
	core_log(st.v.victim->core, "test", NULL, "too early");
	evil_done(&st.v);
	assert_false(logged(&st, "too early"));
	st.v.s.now++;
	evil_turn(&st.v);
	core_log(st.v.victim->core, "test", NULL, "again");
	evil_done(&st.v);
	assert_true(logged(&st, "2 lines like this were not written"));
	assert_true(logged(&st, "again"));
	stage_close(&st);
}

/* Each crash in a pairing may leave one; the newest are kept. */
static void candidates_of_a_pair(void **state)
{
	struct stage st;
	struct maker other;
	struct pairsecret p;
	size_t count;
	(void)state;
	stage_open(&st);
	maker_begin(&other, 0xc2, "Other");
	for (uint8_t i = 1; i <= LIMIT_CANDIDATES + 1; i++) {
		uint8_t secret[32] = {i};
		pair_up(&st, &other, secret);
		assert_int_equal(pairsecret_get(st.v.victim->core, &other.org, 0, &p, &count), OK);
		assert_int_equal(p.secret[0], i);
		assert_int_equal(count, i <= LIMIT_CANDIDATES ? i : LIMIT_CANDIDATES);
	}
	assert_int_equal(pairsecret_get(st.v.victim->core, &other.org, LIMIT_CANDIDATES - 1, &p, &count), OK);
	assert_int_equal(p.secret[0], 2);
	maker_end(&other);
	stage_close(&st);
}

static struct value *some_summary(struct stage *st)
{
	static const struct id zeros, other = {{0x31}};
	struct value *m = value_map(st->v.a);
	set(st, MESSAGE_SUMMARY, m, "scope", value_id(st->v.a, &zeros));
	set(st, MESSAGE_SUMMARY, m, "hash", value_id(st->v.a, &other));
	return m;
}

/* Logs of theirs to us; nothing is in them. */
static void more_logs(struct stage *st, size_t n)
{
	static uint64_t incarnation;
	evil_turn(&st->v);
	for (size_t i = 0; i < n; i++) {
		struct entry e = {.author = st->v.org.org, .target = *scenario_org(st->v.victim), .type = AUDIENCE_DIRECT, .incarnation = ++incarnation};
		struct log_row row = {.author = e.author, .target = e.target, .type = e.type, .incarnation = e.incarnation};
		entry_log(&e, &row.id);
		row.head = row.id;
		assert_int_equal(logs_put(core_txn(st->v.victim->core), &row), OK);
	}
	evil_done(&st->v);
}

/* With so many logs a pair still links; one more ends its link, and nobody else's turn. */
static void logs_of_a_pair(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	more_logs(&st, LIMIT_SCOPE);
	struct client *c = full(&st);
	say(&st, c, MESSAGE_SUMMARY, some_summary(&st));
	const struct value *heads = next(c, MESSAGE_HEADS);
	assert_non_null(heads);
	assert_int_equal(value_count(fields_get(message_fields(MESSAGE_HEADS), heads, "heads")), LIMIT_SCOPE);
	assert_false(c->closed);
	more_logs(&st, 1);
	c = dial_partner(&st);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &st.v.org));
	ended(&st, c, "more logs between us than one message can name");
	assert_false(logged(&st, "turn-failed"));
	stage_close(&st);
}

static void a_log_begun_again(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	(void)notice(&st);
	struct client *c = full(&st);
	struct id log = receipt_over(&st, 2).log;
	say(&st, c, MESSAGE_HEADS, heads_of(&st, &log, 0)); /* the first time is no rewinding */
	(void)entries_heard(c);
	say(&st, c, MESSAGE_WANT, want_of(&st, &log, 1));
	size_t first = entries_heard(c);
	st.v.s.now += LIMIT_REWIND_MS - 1;
	say(&st, c, MESSAGE_WANT, want_of(&st, &log, 1));
	assert_int_equal(entries_heard(c), 0);
	st.v.s.now++;
	say(&st, c, MESSAGE_WANT, want_of(&st, &log, 1));
	assert_int_equal(entries_heard(c), 2);
	assert_int_equal(first, 2);
	stage_close(&st);
}

/* What waited is taken as long as the turn has not had its share. */
static void what_waited_in_one_turn(void **state)
{
	(void)state;
	for (int above = 0; above < 2; above++) {
		struct evil v;
		evil_open(&v);
		struct chain ch = evil_chain(&v, &v.org, AUDIENCE_DIRECT, scenario_org(v.victim));
		struct carried_entry e1 = evil_first(&v, &ch), e2 = evil_notice_entry(&v, &ch);
		assert_int_equal(evil_put(&v, &e2).verdict, VERDICT_GAP);
		evil_turn(&v);
		v.victim->core->turn.drained = LIMIT_DRAIN_BYTES - !above;
		struct ingest_result r = evil_put_in_turn(&v, &e1, &v.org.org);
		assert_int_equal(r.held, above ? 1 : 2);
		assert_int_equal(r.more, above);
		if (!above)
			assert_true(v.victim->core->turn.drained >= LIMIT_DRAIN_BYTES - 1 + LIMIT_DRAIN_ENTRY);
		evil_done(&v);
		evil_close(&v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alarms_that_were_told),
		cmocka_unit_test(the_same_alarm_again),
		cmocka_unit_test(lines_of_the_log),
		cmocka_unit_test(candidates_of_a_pair),
		cmocka_unit_test(logs_of_a_pair),
		cmocka_unit_test(a_log_begun_again),
		cmocka_unit_test(what_waited_in_one_turn),
	};
	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
