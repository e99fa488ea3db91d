/* test_contradictions.c - what a node does with evidence of a contradiction: a partner that signs two different things is caught, told, and
 * shown; what others tell is believed only as far as it proves itself. */
#include "tests/unit/evil_say.h"

#include "node/api.h"
#include "node/contradictions.h"

static struct stage st;

static int begin(void **state)
{
	(void)state;
	stage_open(&st);
	return 0;
}

static int end(void **state)
{
	(void)state;
	stage_close(&st);
	return 0;
}

/* What two entries of this maker prove, as a file. */
static struct span proven(struct maker *m, const struct carried_entry *one, const struct carried_entry *other)
{
	struct contradiction c = {.kind = CONTRADICTION_ENTRIES, .statements = 1, .statement = m->chain};
	struct buf file = {0};
	c.side[0] = (struct contradiction_side){.payload = one->payload, .signature = one->signature};
	c.side[1] = (struct contradiction_side){.payload = other->payload, .signature = other->signature};
	assert_int_equal(contradiction_encode(&c, &file), OK);
	return evil_keep(&st.v, &file);
}

static void bring(struct client *c, struct span file)
{
	struct value *m = value_map(st.v.a);
	set(&st, MESSAGE_EVIDENCE, m, "file", value_bin(st.v.a, file));
	say(&st, c, MESSAGE_EVIDENCE, m);
}

static bool told(struct client *c, struct span *file)
{
	const struct value *m = next(c, MESSAGE_EVIDENCE);
	return m && value_is_bin(fields_get(message_fields(MESSAGE_EVIDENCE), m, "file"), file);
}

static json_t *listed(size_t count)
{
	json_t *result = scenario_call(&st.v.s, 0, "evidence.list", json_object());
	json_t *items = json_incref(json_object_get(result, "items"));
	json_decref(result);
	assert_int_equal(json_array_size(items), count);
	return items;
}

struct fork {
	struct chain at; /* the other branch goes on from here */
	struct carried_entry first, one, other;
};

static struct fork fork_at_two(struct maker *by)
{
	struct fork f = {0};
	struct chain ch = evil_chain(&st.v, by, AUDIENCE_DIRECT, scenario_org(st.v.victim));
	f.first = evil_first(&st.v, &ch);
	f.at = ch;
	f.one = evil_notice_entry(&st.v, &ch);
	f.other = evil_notice_entry(&st.v, &f.at);
	return f;
}

/* Whoever signs two entries at one place is told so, with the file that proves it to anybody. */
static void a_fork_is_told_to_its_author(void **state)
{
	struct contradiction_report r;
	struct span file;
	struct fork f = fork_at_two(&st.v.org);
	(void)state;
	struct client *c = full(&st);
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, &f.first, 1));
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, &f.one, 1));
	assert_false(told(c, &file));
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, &f.other, 1));
	assert_true(told(c, &file));
	assert_int_equal(contradiction_verify(file, st.v.a, &r), OK);
	assert_int_equal(r.verdict, PROOF_VALID);
	assert_true(id_eq(&r.org, &st.v.org.org));
	assert_int_equal(r.n, 2);
	assert_true(span_eq(file, proven(&st.v.org, &f.other, &f.one)));
	json_decref(listed(1));
	/* in the next session again: it may have been lost */
	c = full(&st);
	assert_true(told(c, &file));
	assert_false(told(c, &file));
}

/* That these two deal with each other is nobody else's business, until the operator says so. */
static void others_are_told_by_the_operator(void **state)
{
	struct maker third;
	struct span file;
	struct fork f = fork_at_two(&st.v.org);
	uint8_t secret[32] = {3};
	(void)state;
	maker_begin(&third, 0xe3, "Third Ltd");
	evil_enrol(&st.v, &third, "third", PARTNER_ACTIVE);
	pair_up(&st, &third, secret);
	assert_int_equal(evil_put(&st.v, &f.first).verdict, VERDICT_GOOD);
	assert_int_equal(evil_put(&st.v, &f.one).verdict, VERDICT_GOOD);
	assert_int_equal(evil_put(&st.v, &f.other).verdict, VERDICT_FORK);
	struct client *c = dial(&st, &third, &third.org, LINK_MODE_LINK, secret);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &third));
	assert_int_equal(session(&st, c)->phase, PHASE_FULL);
	assert_false(told(c, &file));
	json_t *items = listed(1);
	const char *id = json_string_value(json_object_get(json_array_get(items, 0), "id"));
	json_t *args = json_pack("{s:s, s:[s]}", "evidence", id, "to", "third");
	json_t *request = json_pack("{s:s, s:o}", "call", "evidence.tell", "args", args);
	struct api_wait wait = {0};
	scenario_begin(st.v.victim);
	json_t *answer = api_run(st.v.victim->core, request, &wait);
	end_turn(&st);
	assert_true(json_is_true(json_object_get(answer, "ok")));
	json_decref(answer);
	json_decref(request);
	json_decref(items);
	assert_false(told(c, &file)); /* not before the commit */
	scenario_begin(st.v.victim);
	core_tick(st.v.victim->core);
	end_turn(&st);
	assert_true(told(c, &file));
	maker_end(&third);
}

/* Told by a partner of whom it speaks, or of another: the log is frozen there, and what stands before that is taken. */
static void what_is_told_freezes_the_log(void **state)
{
	struct fork f = fork_at_two(&st.v.org);
	struct id log;
	(void)state;
	entry_log(&f.at.e, &log);
	struct client *c = full(&st);
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, &f.first, 1));
	bring(c, proven(&st.v.org, &f.one, &f.other));
	assert_false(c->closed);
	json_decref(listed(1));
	assert_int_equal(evil_log(&st.v, &f.at).frozen, 2);
	assert_int_equal(evil_put(&st.v, &f.one).verdict, VERDICT_FROZEN);
	assert_int_equal(evil_put(&st.v, &f.other).verdict, VERDICT_FROZEN);
	bring(c, proven(&st.v.org, &f.other, &f.one)); /* again: passed over */
	json_decref(listed(1));
}

/* In every order: the evidence before the log. */
static void evidence_comes_before_the_log(void **state)
{
	struct fork f = fork_at_two(&st.v.org);
	(void)state;
	struct client *c = full(&st);
	bring(c, proven(&st.v.org, &f.one, &f.other));
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, &f.first, 1));
	assert_int_equal(evil_log(&st.v, &f.at).n, 1);
	assert_int_equal(evil_log(&st.v, &f.at).frozen, 2);
	assert_int_equal(evil_put(&st.v, &f.other).verdict, VERDICT_FROZEN);
}

static void what_proves_nothing_ends_the_session(void **state)
{
	struct fork f = fork_at_two(&st.v.org);
	(void)state;
	struct client *c = full(&st);
	struct span file = proven(&st.v.org, &f.one, &f.other);
	uint8_t *changed = arena_alloc(st.v.a, file.n);
	memcpy(changed, file.p, file.n);
	changed[file.n - 1] ^= 1;
	bring(c, SPAN(changed, file.n));
	ended(&st, c, "evidence that proves nothing");
	json_decref(listed(0));
}

/* An organisation that nobody here knows can prove whatever it likes against itself. */
static void of_strangers_nothing_is_kept(void **state)
{
	struct maker stranger;
	(void)state;
	maker_begin(&stranger, 0x77, "Stranger Ltd");
	struct fork f = fork_at_two(&stranger);
	struct client *c = full(&st);
	bring(c, proven(&stranger, &f.one, &f.other));
	assert_false(c->closed);
	json_decref(listed(0));
	maker_end(&stranger);
}

static void of_one_organisation_only_so_much_is_kept(void **state)
{
	(void)state;
	struct client *c = full(&st);
	for (size_t i = 0; i < LIMIT_EVIDENCE_ORG + 1; i++) {
		struct fork f = fork_at_two(&st.v.org);
		bring(c, proven(&st.v.org, &f.one, &f.other));
	}
	assert_false(c->closed);
	json_decref(listed(LIMIT_EVIDENCE_ORG));
	struct fork f = fork_at_two(&st.v.org);
	struct span file = proven(&st.v.org, &f.one, &f.other);
	for (size_t i = LIMIT_EVIDENCE_ORG + 1; i < LIMIT_EVIDENCE_SESSION; i++)
		bring(c, file);
	assert_false(c->closed);
	bring(c, file);
	ended(&st, c, "more evidence than one session may bring");
}

/* ---- the other two kinds ---- */

static void two_receipts(void **state)
{
	struct contradiction_report r;
	struct span file;
	(void)state;
	(void)notice(&st);
	struct client *c = full(&st);
	struct receipt x = receipt_over(&st, 2);
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &x, false));
	assert_false(told(c, &file));
	memset(x.entry.b, 0x66, sizeof x.entry.b);
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &x, false));
	assert_true(told(c, &file));
	assert_int_equal(contradiction_verify(file, st.v.a, &r), OK);
	assert_int_equal(r.kind, CONTRADICTION_RECEIPTS);
	assert_true(id_eq(&r.org, &st.v.org.org));
	json_decref(listed(1));
}

static void two_key_statements(void **state)
{
	struct maker twin;
	(void)state;
	maker_begin(&twin, 0xe1, "Evil Ltd"); /* the same organisation, with two statements behind its first */
	maker_rotate(&twin, "routine");
	maker_rotate(&st.v.org, "routine");
	twin.statement[1].issued++;
	maker_seal(&twin, 1);
	evil_turn(&st.v);
	assert_int_equal(statements_put(core_txn(st.v.victim->core), &st.v.org.org, 1, &st.v.org.chain[1]), OK);
	evil_done(&st.v);
	struct client *c = full(&st);
	say(&st, c, MESSAGE_KEYS, keys_of(&st, &twin, &twin.org, 1, 2));
	json_t *items = listed(1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(items, 0), "type")), "two key statements");
	json_decref(items);
	maker_end(&twin);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_fork_is_told_to_its_author), TEST(others_are_told_by_the_operator), TEST(what_is_told_freezes_the_log),
		TEST(evidence_comes_before_the_log), TEST(what_proves_nothing_ends_the_session), TEST(of_strangers_nothing_is_kept),
		TEST(of_one_organisation_only_so_much_is_kept), TEST(two_receipts), TEST(two_key_statements),
	};

	return cmocka_run_group_tests_name("contradictions", tests, NULL, NULL);
}
