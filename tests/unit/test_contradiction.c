/* test_contradiction.c - the evidence file: two signed things that one honest node never signs both of, judged from the file alone. */
#include "tests/unit/maker.h"

#include "proto/contradiction.h"
#include "proto/pack.h"
#include "proto/receipt.h"
#include "tests/unit/arena.h"

struct scene {
	struct maker m;
	struct buf payload[2];
	uint8_t sig[2][SIGN_LEN], root[2][SIGN_LEN];
	struct contradiction c;
	struct buf file;
};

static struct entry entry_at(const struct maker *m, uint64_t n, uint8_t branch)
{
	struct entry e = {.author = m->org, .type = AUDIENCE_DIRECT, .incarnation = 5, .n = n, .count = 1, .time = MAKER_TIME + branch};

	memset(e.target.b, 0x22, sizeof e.target.b);
	memset(e.prev.b, 0x33, sizeof e.prev.b);
	memset(e.root.b, branch, sizeof e.root.b);
	return e;
}

static struct receipt receipt_over(const struct maker *m, uint64_t n, uint8_t branch)
{
	struct receipt r = {.receiver = m->org, .n = n, .time = MAKER_TIME};

	memset(r.log.b, 0x44, sizeof r.log.b);
	memset(r.entry.b, branch, sizeof r.entry.b);
	return r;
}

static void side(struct scene *s, size_t i, enum sign_ctx ctx, size_t kseq)
{
	maker_sign(&s->m, kseq, ctx, buf_span(&s->payload[i]), s->sig[i]);
	s->c.side[i] = (struct contradiction_side){.payload = buf_span(&s->payload[i]), .signature = SPAN(s->sig[i], SIGN_LEN)};
}

static void with_entry(struct scene *s, size_t i, const struct entry *e)
{
	buf_clear(&s->payload[i]);
	assert_int_equal(entry_encode(e, &s->payload[i]), OK);
	side(s, i, SIGN_ENTRY, e->kseq);
}

static void with_receipt(struct scene *s, size_t i, const struct receipt *r)
{
	buf_clear(&s->payload[i]);
	assert_int_equal(receipt_encode(r, &s->payload[i]), OK);
	side(s, i, SIGN_RECEIPT, r->kseq);
}

/* The maker's newest statement, and another in its place. */
static void with_statements(struct scene *s)
{
	struct maker *m = &s->m;
	size_t k = m->n - 1;

	for (size_t i = 0; i < 2; i++) {
		m->statement[k].issued += (int64_t)i;
		maker_seal(m, k);
		buf_clear(&s->payload[i]);
		assert_int_equal(buf_add(&s->payload[i], m->chain[k].payload.p, m->chain[k].payload.n), OK);
		memcpy(s->sig[i], m->chain[k].sign_sig, SIGN_LEN);
		memcpy(s->root[i], m->chain[k].root_sig, SIGN_LEN);
		s->c.side[i] = (struct contradiction_side){buf_span(&s->payload[i]), SPAN(s->sig[i], SIGN_LEN), SPAN(s->root[i], SIGN_LEN)};
	}
	s->c.statements = k;
}

static void begin(struct scene *s, enum contradiction_kind kind, size_t rotations)
{
	memset(s, 0, sizeof *s);
	maker_begin(&s->m, 1, "Harlow Parts");
	for (size_t i = 0; i < rotations; i++)
		maker_rotate(&s->m, "routine");
	s->c = (struct contradiction){.kind = kind, .statements = s->m.n, .statement = s->m.chain};
	struct entry one = entry_at(&s->m, 7, 1), other = entry_at(&s->m, 7, 2);
	struct receipt r = receipt_over(&s->m, 7, 1), x = receipt_over(&s->m, 7, 2);
	one.kseq = other.kseq = r.kseq = rotations;
	switch (kind) {
	case CONTRADICTION_ENTRIES:
		with_entry(s, 0, &one);
		with_entry(s, 1, &other);
		break;
	case CONTRADICTION_STATEMENTS:
		with_statements(s);
		break;
	case CONTRADICTION_RECEIPTS:
		with_receipt(s, 0, &r);
		with_receipt(s, 1, &x);
		break;
	case CONTRADICTION_ROSTERS:
		break;
	}
}

static void end(struct scene *s)
{
	buf_free(&s->payload[0]);
	buf_free(&s->payload[1]);
	buf_free(&s->file);
	maker_end(&s->m);
}

static enum proof_verdict judged(struct span file, struct contradiction_report *r)
{
	assert_int_equal(contradiction_verify(file, a, r), OK);
	assert_true((r->verdict == PROOF_VALID) == (r->link[0] == '\0'));
	return r->verdict;
}

static void every_kind_is_proven_by_itself(void **state)
{
	static const size_t rotations[] = {0, 0, 1, 2, 2};
	struct contradiction_report r;
	struct scene s;

	(void)state;
	for (int kind = CONTRADICTION_ENTRIES; kind < CONTRADICTION_ROSTERS; kind++) {
		begin(&s, (enum contradiction_kind)kind, rotations[kind]);
		assert_int_equal(contradiction_encode(&s.c, &s.file), OK);
		assert_int_equal(judged(buf_span(&s.file), &r), PROOF_VALID);
		assert_int_equal(r.kind, kind);
		assert_true(id_eq(&r.org, &s.m.org));
		assert_string_equal(r.name, "Harlow Parts");
		assert_int_equal(r.kseq, rotations[kind]);
		assert_int_equal(r.n, kind == CONTRADICTION_STATEMENTS ? 0 : 7);
		assert_false(id_eq(&r.hash[0], &r.hash[1]));
		end(&s);
	}
}

/* Whoever finds it, and in whatever order the two came: the same bytes, so one item. */
static void the_order_of_the_two_makes_no_difference(void **state)
{
	struct buf other = {0};
	struct scene s;

	(void)state;
	begin(&s, CONTRADICTION_ENTRIES, 0);
	assert_int_equal(contradiction_encode(&s.c, &s.file), OK);
	struct contradiction_side first = s.c.side[0];
	s.c.side[0] = s.c.side[1];
	s.c.side[1] = first;
	assert_int_equal(contradiction_encode(&s.c, &other), OK);
	assert_true(span_eq(buf_span(&s.file), buf_span(&other)));
	buf_free(&other);
	end(&s);
}

static void refused(struct scene *s)
{
	struct buf file = {0};

	assert_int_equal(contradiction_encode(&s->c, &file), ERR_INVALID);
	assert_int_equal(file.n, 0);
	buf_free(&file);
	end(s);
}

static void what_an_honest_node_does_proves_nothing(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, CONTRADICTION_ENTRIES, 0); /* the same entry twice */
	struct entry e = entry_at(&s.m, 7, 1);
	with_entry(&s, 1, &e);
	refused(&s); /* the same */
	begin(&s, CONTRADICTION_ENTRIES, 0); /* two places */
	e = entry_at(&s.m, 8, 2);
	with_entry(&s, 1, &e);
	refused(&s); /* two places */
	begin(&s, CONTRADICTION_ENTRIES, 0); /* another incarnation is another log: what a restored node begins */
	e = entry_at(&s.m, 7, 2);
	e.incarnation++;
	with_entry(&s, 1, &e);
	refused(&s); /* two logs */
	begin(&s, CONTRADICTION_ENTRIES, 1); /* another key is another log */
	e = entry_at(&s.m, 7, 2);
	with_entry(&s, 1, &e);
	refused(&s); /* two keys */
	begin(&s, CONTRADICTION_RECEIPTS, 0); /* one entry, receipted again later, and with fewer exceptions */
	struct receipt r = receipt_over(&s.m, 7, 1);
	r.time++;
	with_receipt(&s, 1, &r);
	refused(&s); /* one entry */
	begin(&s, CONTRADICTION_RECEIPTS, 0);
	r = receipt_over(&s.m, 8, 2);
	with_receipt(&s, 1, &r);
	refused(&s); /* two places */
	begin(&s, CONTRADICTION_STATEMENTS, 2); /* the same statement twice */
	s.c.side[1] = s.c.side[0];
	refused(&s); /* the same */
}

static void of_two_organisations(void **state)
{
	struct maker other;
	struct scene s;

	(void)state;
	maker_begin(&other, 9, "Somebody Else");
	begin(&s, CONTRADICTION_ENTRIES, 0);
	struct entry e = entry_at(&other, 7, 2);
	with_entry(&s, 1, &e);
	refused(&s); /* another author */
	begin(&s, CONTRADICTION_ENTRIES, 0);
	maker_sign(&other, 0, SIGN_ENTRY, s.c.side[1].payload, s.sig[1]);
	refused(&s); /* another signature */
	begin(&s, CONTRADICTION_ENTRIES, 0);
	s.c.statement = other.chain;
	refused(&s); /* another chain */
	maker_end(&other);
}

static void no_more_and_no_less_than_it_needs(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, CONTRADICTION_ENTRIES, 0);
	maker_rotate(&s.m, "routine");
	s.c.statements = 2;
	refused(&s); /* a statement too many */
	begin(&s, CONTRADICTION_ENTRIES, 2);
	s.c.statements = 2;
	refused(&s); /* the signer's is missing */
	begin(&s, CONTRADICTION_STATEMENTS, 2);
	s.c.side[0].root = SPAN(NULL, 0);
	refused(&s); /* no root signature */
	begin(&s, CONTRADICTION_ENTRIES, 0);
	s.c.side[0].root = SPAN(s.sig[0], SIGN_LEN);
	refused(&s); /* a signature too many */
}

static void every_byte_counts(void **state)
{
	struct contradiction_report r;
	struct scene s;

	(void)state;
	for (int kind = CONTRADICTION_ENTRIES; kind < CONTRADICTION_ROSTERS; kind++) {
		begin(&s, (enum contradiction_kind)kind, 1);
		assert_int_equal(contradiction_encode(&s.c, &s.file), OK);
		for (size_t i = 0; i < s.file.n; i++) {
			uint8_t was = s.file.p[i];

			s.file.p[i] = (uint8_t)(was ^ 1u << i % 8);
			assert_int_not_equal(judged(buf_span(&s.file), &r), PROOF_VALID);
			s.file.p[i] = was;
			assert_int_equal(judged(SPAN(s.file.p, i), &r), PROOF_INVALID);
		}
		end(&s);
	}
}

static enum proof_verdict with(struct scene *s, int64_t key, struct value *v)
{
	struct contradiction_report r;
	const struct value *map;
	struct buf out = {0};

	assert_int_equal(pack_decode(buf_span(&s->file), a, &map), OK);
	struct value *next = value_copy(a, map);
	value_set(a, next, key, v);
	assert_int_equal(pack_encode(next, &out), OK);
	enum proof_verdict verdict = judged(buf_span(&out), &r);
	buf_free(&out);
	return verdict;
}

static void forms(void **state)
{
	static uint8_t zeros[LIMIT_EVIDENCE + 1];
	struct contradiction_report r;
	struct scene s;

	(void)state;
	begin(&s, CONTRADICTION_ENTRIES, 0);
	assert_int_equal(contradiction_encode(&s.c, &s.file), OK);
	assert_int_equal(with(&s, 1, value_int(a, 2)), PROOF_UNDECIDED); /* a newer version must judge it */
	assert_int_equal(with(&s, 2, value_int(a, 4)), PROOF_UNDECIDED);
	assert_int_equal(with(&s, 2, value_int(a, 0)), PROOF_INVALID);
	assert_int_equal(with(&s, 2, value_int(a, 3)), PROOF_INVALID);
	assert_int_equal(with(&s, 70, value_int(a, 1)), PROOF_INVALID); /* slack */
	assert_int_equal(with(&s, 4, value_array(a)), PROOF_INVALID);
	assert_int_equal(judged(SPAN(zeros, LIMIT_EVIDENCE), &r), PROOF_INVALID);
	assert_int_equal(judged(SPAN(zeros, sizeof zeros), &r), PROOF_INVALID);
	assert_int_equal(judged(SPAN(NULL, 0), &r), PROOF_INVALID);
	end(&s);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, arena_begin, arena_end)
	const struct CMUnitTest tests[] = {
		TEST(every_kind_is_proven_by_itself), TEST(the_order_of_the_two_makes_no_difference), TEST(what_an_honest_node_does_proves_nothing),
		TEST(of_two_organisations), TEST(no_more_and_no_less_than_it_needs), TEST(every_byte_counts), TEST(forms),
	};

	return cmocka_run_group_tests_name("contradiction", tests, NULL, NULL);
}
