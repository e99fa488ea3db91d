/* Who decides who belongs: the threshold of those before, in every case that a convenor could wish to bend. */
#include "tests/unit/charter.h"

static int begin(void **state)
{
	struct charter *c = malloc(sizeof *c);
	charter_open(c);
	*state = c;
	return 0;
}

static int end(void **state)
{
	charter_close(*state);
	free(*state);
	return 0;
}

static void the_first_event_is_decided_by_its_own_convenors(void **state)
{
	struct charter *c = *state;
	struct draught d;
	charter_first(c, &d, "012", "01234");
	charter_sign(c, &d, "0");
	assert_int_equal(charter_verdict(c, &d, NULL, 0), ERR_PENDING);
	charter_sign(c, &d, "02");
	assert_int_equal(charter_verdict(c, &d, NULL, 0), OK);
	charter_sign(c, &d, "012");
	assert_int_equal(charter_verdict(c, &d, NULL, 0), OK);
	buf_free(&d.payload);
}

static void all_fields_survive(void **state)
{
	struct charter *c = *state;
	struct draught one, two;
	struct roster got;
	struct roster_cut cut[2] = {{.n = 3}, {.n = 9}};
	struct buf again = {0};
	cut[0].log.b[0] = 1;
	cut[1].log.b[0] = 2;
	charter_first(c, &one, "01", "01234");
	charter_sign(c, &one, "01");
	charter_next(c, &one, &two);
	charter_remove(c, &two, 4);
	two.removed[0].cut = cut;
	two.removed[0].cuts = 2;
	charter_sign(c, &two, "01");
	assert_int_equal(roster_decode(two.ev.payload, c->a, &got), OK);
	assert_int_equal(got.rseq, 1);
	assert_int_equal(got.members, 4);
	assert_int_equal(got.convenors, 2);
	assert_int_equal(got.threshold, 2);
	assert_int_equal(got.ceiling, TLP_AMBER_STRICT);
	assert_int_equal(got.history, HISTORY_SINCE);
	assert_int_equal(got.time, MAKER_TIME);
	assert_true(id_eq(&got.consortium, &two.r.consortium) && id_eq(&got.tag, &two.r.tag));
	assert_true(span_eq(got.title, two.r.title));
	assert_non_null(roster_member(&got, &c->org[3].org));
	assert_null(roster_member(&got, &c->org[4].org));
	const struct roster_removed *x = roster_removal(&got, &c->org[4].org);
	assert_non_null(x);
	assert_int_equal(x->cuts, 2);
	assert_int_equal(x->cut[1].n, 9);
	assert_int_equal(roster_encode(&got, &again), OK);
	assert_true(span_eq(buf_span(&again), two.ev.payload));
	buf_free(&again);
	buf_free(&one.payload);
	buf_free(&two.payload);
}

static void a_threshold_is_more_than_half(void **state)
{
	struct charter *c = *state;
	struct draught d;
	charter_first(c, &d, "0123", "01234");
	d.r.threshold = 2;
	assert_int_equal(roster_encode(&d.r, &d.payload), ERR_INVALID);
	d.r.threshold = 5;
	assert_int_equal(roster_encode(&d.r, &d.payload), ERR_INVALID);
	d.r.threshold = 3;
	charter_sign(c, &d, "012");
	/* The same bytes with a 2 in it: who wrote them by hand is refused too. */
	struct arena *a = arena_new();
	const struct value *v;
	struct value *bent;
	assert_int_equal(pack_decode(d.ev.payload, a, &v), OK);
	bent = value_copy(a, v);
	value_set(a, bent, 6, value_int(a, 2));
	struct buf b = {0};
	struct roster got;
	assert_int_equal(pack_encode(bent, &b), OK);
	assert_int_equal(roster_decode(buf_span(&b), a, &got), ERR_INVALID);
	buf_free(&b);
	arena_free(a);
	buf_free(&d.payload);
}

static void a_minority_decides_nothing(void **state)
{
	struct charter *c = *state;
	struct draught one, two;
	charter_first(c, &one, "012", "01234");
	charter_sign(c, &one, "01");
	charter_next(c, &one, &two);
	charter_remove(c, &two, 4);
	charter_sign(c, &two, "2");
	assert_int_equal(charter_verdict(c, &two, &one, 1), ERR_PENDING);
	charter_sign(c, &two, "12");
	assert_int_equal(charter_verdict(c, &two, &one, 1), OK);
	buf_free(&one.payload);
	buf_free(&two.payload);
}

static void one_convenor_counts_once(void **state)
{
	struct charter *c = *state;
	struct draught d;
	struct roster_event got;
	charter_first(c, &d, "012", "01234");
	charter_sign(c, &d, "11");
	assert_int_equal(roster_event_read(roster_event_value(c->a, &d.ev), &got), ERR_INVALID);
	charter_sign(c, &d, "01");
	assert_int_equal(roster_event_read(roster_event_value(c->a, &d.ev), &got), OK);
	assert_int_equal(got.signatures, 2);
	assert_memory_equal(got.by[1].sig, d.ev.by[1].sig, SIGN_LEN);
	buf_free(&d.payload);
}

static void who_is_no_convenor_signs_nothing(void **state)
{
	struct charter *c = *state;
	struct draught d;
	charter_first(c, &d, "012", "01234");
	charter_sign(c, &d, "013");
	assert_int_equal(charter_verdict(c, &d, NULL, 0), ERR_SIGNATURE);
	charter_sign(c, &d, "01");
	d.ev.by[1].sig[3] ^= 1;
	assert_int_equal(charter_verdict(c, &d, NULL, 0), ERR_SIGNATURE);
	charter_sign(c, &d, "01");
	d.ev.by[1].kseq = 3;
	assert_int_equal(charter_verdict(c, &d, NULL, 0), ERR_NOT_FOUND);
	buf_free(&d.payload);
}

static void new_convenors_need_the_old_and_the_new(void **state)
{
	struct charter *c = *state;
	struct draught one, two;
	charter_first(c, &one, "01", "01234");
	charter_sign(c, &one, "01");
	charter_next(c, &one, &two);
	two.convenor[0] = c->org[2].org;
	two.convenor[1] = c->org[3].org;
	charter_sign(c, &two, "23");
	assert_int_equal(charter_verdict(c, &two, &one, 1), ERR_PENDING);
	charter_sign(c, &two, "01");
	assert_int_equal(charter_verdict(c, &two, &one, 1), ERR_PENDING);
	charter_sign(c, &two, "0123");
	assert_int_equal(charter_verdict(c, &two, &one, 1), OK);
	buf_free(&one.payload);
	buf_free(&two.payload);
}

static void what_does_not_continue_is_refused(void **state)
{
	struct charter *c = *state;
	struct draught one, two;
	charter_first(c, &one, "01", "0123");
	charter_sign(c, &one, "01");

	charter_next(c, &one, &two);
	two.r.rseq = 2;
	charter_sign(c, &two, "01");
	assert_int_equal(charter_verdict(c, &two, &one, 1), ERR_CONFLICT);
	buf_free(&two.payload);

	charter_next(c, &one, &two); /* a newcomer dated back */
	two.member[two.r.members++] = (struct roster_member){c->org[4].org, SPAN("New", 3), 0};
	charter_sign(c, &two, "01");
	assert_int_equal(charter_verdict(c, &two, &one, 1), ERR_CONFLICT);
	two.member[4].since = 1;
	charter_sign(c, &two, "01");
	assert_int_equal(charter_verdict(c, &two, &one, 1), OK);
	buf_free(&two.payload);

	charter_next(c, &one, &two); /* somebody is gone and nobody says so */
	two.r.members--;
	charter_sign(c, &two, "01");
	assert_int_equal(charter_verdict(c, &two, &one, 1), ERR_CONFLICT);
	buf_free(&two.payload);

	charter_next(c, &one, &two); /* named as removed, and never was a member */
	two.removed[two.r.removals++] = (struct roster_removed){.org = c->org[5].org};
	charter_sign(c, &two, "01");
	assert_int_equal(charter_verdict(c, &two, &one, 1), ERR_CONFLICT);
	buf_free(&two.payload);

	charter_next(c, &one, &two); /* removed, and still knows the secret */
	charter_remove(c, &two, 3);
	two.r.tag = one.r.tag;
	charter_sign(c, &two, "01");
	assert_int_equal(charter_verdict(c, &two, &one, 1), ERR_CONFLICT);
	buf_free(&two.payload);

	charter_next(c, &one, &two); /* a secret changed for no reason */
	two.r.tag.b[0] ^= 1;
	charter_sign(c, &two, "01");
	assert_int_equal(charter_verdict(c, &two, &one, 1), ERR_CONFLICT);
	assert_int_equal(charter_verdict(c, &two, NULL, 0), ERR_CONFLICT);
	buf_free(&two.payload);
	buf_free(&one.payload);
}

static void what_no_roster_can_be_is_refused(void **state)
{
	struct charter *c = *state;
	struct draught d;
	charter_first(c, &d, "01", "1234"); /* a convenor who is no member */
	assert_int_equal(roster_encode(&d.r, &d.payload), ERR_INVALID);
	charter_first(c, &d, "10", "01234"); /* out of order */
	assert_int_equal(roster_encode(&d.r, &d.payload), ERR_INVALID);
	charter_first(c, &d, "01", "00123"); /* twice */
	assert_int_equal(roster_encode(&d.r, &d.payload), ERR_INVALID);
	charter_first(c, &d, "01", "01234");
	d.r.ceiling = TLP_RED;
	assert_int_equal(roster_encode(&d.r, &d.payload), ERR_INVALID);
	charter_first(c, &d, "01", "01234");
	d.r.has_consortium = true;
	assert_int_equal(roster_encode(&d.r, &d.payload), ERR_INVALID);
	charter_first(c, &d, "01", "01234");
	d.r.prevs = 1;
	assert_int_equal(roster_encode(&d.r, &d.payload), ERR_INVALID);
	charter_first(c, &d, "01", "01234");
	d.member[2].since = 1;
	assert_int_equal(roster_encode(&d.r, &d.payload), ERR_INVALID);
	charter_first(c, &d, "01", "01234");
	d.r.title = SPAN("two\nlines", 9);
	assert_int_equal(roster_encode(&d.r, &d.payload), ERR_INVALID);
	assert_int_equal(d.payload.n, 0);
	buf_free(&d.payload);
}

/* Convenor 1 signs both: two events at one place. One that names both heals, signed by a majority of each. */
static void rosters_in_conflict_are_healed_by_both(void **state)
{
	struct charter *c = *state;
	struct draught one, two[2], three;
	charter_first(c, &one, "012", "01234");
	charter_sign(c, &one, "012");
	charter_next(c, &one, &two[0]);
	charter_remove(c, &two[0], 3);
	charter_sign(c, &two[0], "01");
	charter_next(c, &one, &two[1]);
	charter_remove(c, &two[1], 4);
	charter_sign(c, &two[1], "12");
	assert_int_equal(charter_verdict(c, &two[0], &one, 1), OK);
	assert_int_equal(charter_verdict(c, &two[1], &one, 1), OK);

	charter_next(c, &two[0], &three);
	three.r.prevs = 2;
	roster_hash(two[1].ev.payload, &three.r.prev[1]);
	bool turned = id_cmp(&three.r.prev[0], &three.r.prev[1]) > 0;
	if (turned) {
		struct id x = three.r.prev[0];
		three.r.prev[0] = three.r.prev[1];
		three.r.prev[1] = x;
	}
	three.r.tag.b[5] ^= 0x55;
	charter_remove(c, &three, 4);
	charter_sign(c, &three, "0");
	assert_int_equal(charter_verdict(c, &three, two, 2), ERR_CONFLICT); /* 3 was a member in one of them and is not named */
	three.removed[1] = three.removed[0];
	three.removed[0] = (struct roster_removed){.org = c->org[3].org};
	three.r.removals = 2;
	charter_sign(c, &three, "0");
	assert_int_equal(charter_verdict(c, &three, two, 2), ERR_PENDING);
	charter_sign(c, &three, "02");
	assert_int_equal(charter_verdict(c, &three, two, 2), OK);
	buf_free(&one.payload);
	buf_free(&two[0].payload);
	buf_free(&two[1].payload);
	buf_free(&three.payload);
}

/* The largest that a consortium may be fits its limit, and one more is refused. */
static void five_hundred_and_twelve_members_fit(void **state)
{
	struct charter *c = *state;
	struct draught d;
	struct roster got;
	struct roster_member *all = arena_alloc(c->a, (LIMIT_MEMBERS + 1) * sizeof *all);
	char name[201];
	memset(name, 'x', 200);
	name[200] = 0;
	charter_first(c, &d, "0", "0");
	for (size_t i = 0; i <= LIMIT_MEMBERS; i++) {
		put_u32be(all[i].org.b, (uint32_t)i + 1);
		all[i].name = SPAN(name, 200);
	}
	d.convenor[0] = all[0].org;
	d.r.member = all;
	d.r.members = LIMIT_MEMBERS + 1;
	assert_int_equal(roster_encode(&d.r, &d.payload), ERR_LIMIT);
	d.r.members = LIMIT_MEMBERS;
	assert_int_equal(roster_encode(&d.r, &d.payload), OK);
	print_message("512 members with names of 200 bytes: %zu bytes\n", d.payload.n);
	assert_int_equal(roster_decode(buf_span(&d.payload), c->a, &got), OK);
	assert_int_equal(got.members, LIMIT_MEMBERS);
	buf_free(&d.payload);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_event_is_decided_by_its_own_convenors, begin, end),
		cmocka_unit_test_setup_teardown(all_fields_survive, begin, end),
		cmocka_unit_test_setup_teardown(a_threshold_is_more_than_half, begin, end),
		cmocka_unit_test_setup_teardown(a_minority_decides_nothing, begin, end),
		cmocka_unit_test_setup_teardown(one_convenor_counts_once, begin, end),
		cmocka_unit_test_setup_teardown(who_is_no_convenor_signs_nothing, begin, end),
		cmocka_unit_test_setup_teardown(new_convenors_need_the_old_and_the_new, begin, end),
		cmocka_unit_test_setup_teardown(what_does_not_continue_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(what_no_roster_can_be_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(rosters_in_conflict_are_healed_by_both, begin, end),
		cmocka_unit_test_setup_teardown(five_hundred_and_twelve_members_fit, begin, end),
	};
	return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
