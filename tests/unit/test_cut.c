/* test_cut.c - a newer key ends the logs of the older ones where its owner says. What lies beyond is void whatever came first: statements, logs, the
 * log.open that cuts, and entries of somebody else who had the older key. */
#include "tests/unit/evil.h"

#define NOTICES 3 /* that count in the end */
#define PIECES 14

struct piece {
	bool statement;
	size_t kseq;
	struct carried_entry e;
	const char *what;
};

struct stage {
	struct evil v;
	size_t n;
	struct piece piece[PIECES];
	struct chain old, thief, other, new, again;
	uint64_t dice;
	size_t before; /* notices of others */
};

static void add(struct stage *s, const char *what, struct carried_entry e)
{
	assert_true(s->n < PIECES);
	s->piece[s->n++] = (struct piece){.e = e, .what = what};
}

struct close {
	const struct chain *log; /* as it stands now: behind its newest entry */
	uint64_t n;
	struct id entry;
};

static struct close here(const struct chain *log)
{
	return (struct close){log, log->e.n - 1, log->e.prev};
}

static struct carried_entry opening(struct evil *v, struct chain *ch, const struct close *closes, size_t n)
{
	const struct field *f = kind_by_number(KIND_LOG_OPEN)->fields, *g = fields_find(f, "closes")->group;
	struct value *body = value_map(v->a), *list = value_array(v->a);
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_map(v->a);
		struct id id;
		entry_log(&closes[i].log->e, &id);
		fields_set(v->a, g, one, "log", value_id(v->a, &id));
		fields_set(v->a, g, one, "n", value_int(v->a, (int64_t)closes[i].n));
		fields_set(v->a, g, one, "entry", value_id(v->a, &closes[i].entry));
		value_push(v->a, list, one);
	}
	fields_set(v->a, f, body, "kseq", value_int(v->a, (int64_t)ch->e.kseq));
	fields_set(v->a, f, body, "reason", value_int(v->a, 2));
	if (n)
		fields_set(v->a, f, body, "closes", list);
	struct span record = evil_pack(v, evil_header(v, &v->org.org, KIND_LOG_OPEN, TLP_CLEAR, body));
	return evil_one(v, ch, record);
}

static struct chain chain_of(struct evil *v, uint64_t kseq)
{
	struct chain ch = evil_chain(v, &v->org, AUDIENCE_DIRECT, scenario_org(v->victim));
	ch.e.kseq = kseq;
	entry_log(&ch.e, &ch.e.prev);
	return ch;
}

/* The owner said two things under the first key; somebody else went on with that log, and began another. Under the second key the owner closes its
 * own log behind the second, says one thing more, and begins that log anew after a restore that has forgotten the second. */
static void stage_fill(struct stage *s)
{
	struct evil *v = &s->v;
	s->n = 0;
	maker_rotate(&v->org, "compromise");
	s->old = chain_of(v, 0);
	add(s, "old open", evil_first(v, &s->old));
	add(s, "old 2, true", evil_notice_entry(v, &s->old));
	struct close first = here(&s->old);
	add(s, "old 3, true", evil_notice_entry(v, &s->old));
	struct close both = here(&s->old);
	add(s, "old 4, the thief's", evil_notice_entry(v, &s->old));
	add(s, "old 5, the thief's", evil_notice_entry(v, &s->old));
	s->thief = chain_of(v, 0);
	add(s, "the thief's own log", evil_first(v, &s->thief));
	add(s, "the thief's own 2", evil_notice_entry(v, &s->thief));
	s->new = chain_of(v, 1);
	add(s, "new open", opening(v, &s->new, &both, 1));
	add(s, "new 2", evil_notice_entry(v, &s->new));
	s->again = chain_of(v, 1);
	struct close all[] = {first, here(&s->new)};
	add(s, "again open", opening(v, &s->again, all, 2));
	s->piece[s->n++] = (struct piece){.statement = true, .kseq = 1, .what = "statement"};
}

static void stage_open(struct stage *s)
{
	memset(s, 0, sizeof *s);
	evil_open(&s->v);
	s->dice = 20261124;
	stage_fill(s);
}

/* The same with another partner: a node takes longer to make. */
static void stage_next(struct stage *s, int run)
{
	char name[32];
	maker_end(&s->v.org);
	maker_begin(&s->v.org, (uint8_t)run, "Evil Ltd");
	(void)snprintf(name, sizeof name, "evil%d", run);
	evil_enrol(&s->v, &s->v.org, name, PARTNER_ACTIVE);
	stage_fill(s);
	s->before = evil_notices(&s->v);
}

static void give(struct stage *s, const struct piece *p)
{
	struct core *c = s->v.victim->core;
	if (!p->statement) {
		struct ingest_result r = evil_put(&s->v, &p->e);
		assert_int_not_equal(verdict_class(r.verdict), 'F');
		return;
	}
	evil_turn(&s->v);
	assert_int_equal(statements_put(core_txn(c), &s->v.org.org, p->kseq, &s->v.org.chain[p->kseq]), OK);
	assert_int_equal(ingest_parked(c, &s->v.org.org), OK);
	evil_done(&s->v);
}

/* The verdict on the first record of an entry; -1: it is not held. */
static int verdict_at(struct stage *s, const struct carried_entry *e)
{
	struct record_row row;
	struct occurrence o;
	struct txn *t;
	struct walk w;
	int verdict = -1;
	assert_int_equal(store_read(s->v.victim->store, &t), OK);
	if (records_by_id(t, &e->record[0].id, &row) == OK) {
		assert_int_equal(occurrences_walk(t, row.no, &w), OK);
		while (occurrences_next(&w, &o))
			verdict = o.verdict;
		assert_int_equal(walk_close(&w, OK), OK);
	}
	store_abort(t);
	return verdict;
}

static void ends_so(struct stage *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct piece *p = &s->piece[i];
		bool stolen = strstr(p->what, "thief") != NULL;
		if (!p->statement && verdict_at(s, &p->e) != (stolen ? VERDICT_VOID : VERDICT_GOOD))
			fail_msg("%s: %d", p->what, verdict_at(s, &p->e));
	}
	assert_int_equal(evil_notices(&s->v), s->before + NOTICES);
	assert_int_equal(evil_rows(&s->v, TABLE_PARKED), 0);
	assert_int_equal(evil_rows(&s->v, TABLE_EXCEPTIONS), 0);
	assert_int_equal(evil_rows(&s->v, TABLE_EVIDENCE), 0);
}

/* Every order ends in one state. */
static void in_every_order(void **state)
{
	enum { ORDERS = 60 };
	struct stage s;
	(void)state;
	stage_open(&s);
	for (int run = 1; run <= ORDERS; run++) {
		stage_next(&s, run);
		for (size_t i = s.n; i > 1; i--) {
			size_t j = (size_t)(world_dice(&s.dice) % i);
			struct piece p = s.piece[j];
			s.piece[j] = s.piece[i - 1];
			s.piece[i - 1] = p;
		}
		for (size_t i = 0; i < s.n; i++)
			give(&s, &s.piece[i]);
		ends_so(&s);
	}
	evil_close(&s.v);
}

static const struct piece *piece(const struct stage *s, const char *what)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->piece[i].what, what) == 0)
			return &s->piece[i];
	fail_msg("no %s", what);
	return NULL;
}

/* As long as it is not known where the older logs end, nothing more of them is taken; what was receipted stays. */
static void older_entries_wait_for_the_log_open(void **state)
{
	struct stage s;
	struct receipt r;
	(void)state;
	stage_open(&s);
	give(&s, piece(&s, "old open"));
	give(&s, piece(&s, "old 2, true"));
	give(&s, piece(&s, "statement"));
	assert_int_equal(evil_put(&s.v, &piece(&s, "old 3, true")->e).verdict, VERDICT_NO_LOG_OPEN);
	assert_int_equal(evil_put(&s.v, &piece(&s, "old 2, true")->e).verdict, VERDICT_KNOWN);
	assert_int_equal(evil_put(&s.v, &piece(&s, "the thief's own log")->e).verdict, VERDICT_NO_LOG_OPEN);
	assert_int_equal(evil_notices(&s.v), 1);
	give(&s, piece(&s, "new open"));
	assert_int_equal(evil_notices(&s.v), 2);
	assert_true(evil_receipt(&s.v, &s.old, &r));
	assert_int_equal(r.n, 3);
	evil_close(&s.v);
}

/* A receipt given before the cut stays; none is given for what lies beyond. */
static void no_receipt_beyond_the_cut(void **state)
{
	struct stage s;
	struct receipt r;
	(void)state;
	stage_open(&s);
	give(&s, piece(&s, "old open"));
	give(&s, piece(&s, "old 2, true"));
	give(&s, piece(&s, "old 3, true"));
	give(&s, piece(&s, "statement"));
	give(&s, piece(&s, "new open"));
	give(&s, piece(&s, "old 4, the thief's"));
	give(&s, piece(&s, "the thief's own log"));
	assert_true(evil_receipt(&s.v, &s.old, &r));
	assert_int_equal(r.n, 3);
	assert_false(evil_receipt(&s.v, &s.thief, &r));
	assert_int_equal(evil_notices(&s.v), 2);
	evil_close(&s.v);
	stage_open(&s);
	for (size_t i = 0; i < 5; i++)
		give(&s, &s.piece[i]);
	assert_true(evil_receipt(&s.v, &s.old, &r));
	assert_int_equal(r.n, 5);
	give(&s, piece(&s, "statement"));
	give(&s, piece(&s, "new open"));
	assert_int_equal(evil_notices(&s.v), 2);
	assert_true(evil_receipt(&s.v, &s.old, &r));
	assert_int_equal(r.n, 5);
	evil_close(&s.v);
}

/* Whoever had the second key too decides nothing any more once a third has come. */
static void an_opening_that_is_void_does_not_cut(void **state)
{
	struct stage s;
	(void)state;
	stage_open(&s);
	struct evil *v = &s.v;
	maker_rotate(&v->org, "compromise");
	struct chain mine = chain_of(v, 0), theirs = chain_of(v, 1), third = chain_of(v, 2);
	theirs.e.incarnation = 1; /* lower than any */
	theirs.e.n = 1;
	entry_log(&theirs.e, &theirs.e.prev);
	struct carried_entry e[4] = {evil_first(v, &mine), evil_notice_entry(v, &mine)};
	e[2] = opening(v, &theirs, NULL, 0); /* closes nothing: all is void */
	struct close end = here(&mine);
	e[3] = opening(v, &third, &end, 1);
	s.n = 0;
	for (int i = 0; i < 4; i++)
		add(&s, "", e[i]);
	for (size_t k = 1; k < 3; k++)
		s.piece[s.n++] = (struct piece){.statement = true, .kseq = k, .what = "statement"};
	for (size_t i = 0; i < s.n; i++)
		give(&s, &s.piece[i]);
	assert_int_equal(evil_notices(v), 1);
	assert_int_equal(verdict_at(&s, &e[2]), VERDICT_VOID);
	evil_close(v);
}

/* Another entry than the named one at the last place: the thief went on from an earlier one. What the owner said there shows the fork, and with it
 * where the other branch begins. */
static void a_branch_that_was_not_closed(void **state)
{
	struct stage s;
	(void)state;
	stage_open(&s);
	struct evil *v = &s.v;
	struct chain log = chain_of(v, 0), new = chain_of(v, 1);
	struct carried_entry open = evil_first(v, &log), shared = evil_notice_entry(v, &log);
	struct chain stolen = log;
	struct carried_entry true3 = evil_notice_entry(v, &log), true4 = evil_notice_entry(v, &log);
	struct carried_entry false3 = evil_notice_entry(v, &stolen), false4 = evil_notice_entry(v, &stolen), false5 = evil_notice_entry(v, &stolen);
	struct close end = here(&log);
	struct carried_entry cut = opening(v, &new, &end, 1);
	const struct carried_entry *first[] = {&open, &shared, &false3, &false4, &false5};
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(evil_put(v, first[i]).verdict, VERDICT_GOOD);
	give(&s, piece(&s, "statement"));
	assert_int_equal(evil_put(v, &cut).verdict, VERDICT_GOOD);
	assert_int_equal(verdict_at(&s, &false4), VERDICT_VOID); /* it stands where another was closed */
	assert_int_equal(verdict_at(&s, &false3), VERDICT_GOOD); /* nothing is known against it yet */
	assert_int_equal(evil_put(v, &true3).verdict, VERDICT_FORK);
	assert_int_equal(verdict_at(&s, &false3), VERDICT_VOID);
	assert_int_equal(verdict_at(&s, &shared), VERDICT_GOOD);
	assert_int_equal(evil_notices(v), 1);
	(void)true4;
	evil_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_every_order),
		cmocka_unit_test(older_entries_wait_for_the_log_open),
		cmocka_unit_test(no_receipt_beyond_the_cut),
		cmocka_unit_test(an_opening_that_is_void_does_not_cut),
		cmocka_unit_test(a_branch_that_was_not_closed),
	};
	return cmocka_run_group_tests_name("cut", tests, NULL, NULL);
}
