/* A partner that lies about consortia: rosters that nobody decided, statements of invented organisations, a relay that changes what it hands on. */
#include "tests/unit/charter.h"
#include "tests/unit/evil.h"
#include "tests/unit/evil_client.h"

#include "tests/unit/evil_say.h"

#include "node/consortium.h"
#include "proto/roster.h"

struct plot {
	struct stage st;
	struct charter c;
	struct draught d;
	struct client *client;
};

/* Event 0 of two invented convenors, with us as a member, or not. */
static void plot_open(struct plot *p, bool names_us)
{
	struct roster_member *m;
	size_t at = 0;
	stage_open(&p->st);
	p->client = full(&p->st);
	charter_open(&p->c);
	charter_first(&p->c, &p->d, "01", "012");
	if (!names_us)
		return;
	const struct id *us = scenario_org(p->st.v.victim);
	while (at < p->d.r.members && id_cmp(&p->d.member[at].org, us) < 0)
		at++;
	m = p->d.member;
	memmove(m + at + 1, m + at, (p->d.r.members - at) * sizeof *m);
	m[at] = (struct roster_member){*us, SPAN("Victim", 6), 0};
	p->d.r.members++;
}

static void plot_close(struct plot *p)
{
	buf_free(&p->d.payload);
	charter_close(&p->c);
	stage_close(&p->st);
}

static void tell(struct plot *p)
{
	struct arena *a = p->st.v.a;
	struct value *m = value_map(a), *events = value_array(a), *statements = value_array(a);
	struct id id;
	roster_consortium(p->d.ev.payload, &p->d.r, &id);
	value_push(a, events, roster_event_value(a, &p->d.ev));
	for (size_t i = 0; i < CHARTER_ORGS; i++)
		value_push(a, statements, statement_value(a, &p->c.org[i].chain[0]));
	set(&p->st, MESSAGE_ROSTERS, m, "consortium", value_id(a, &id));
	set(&p->st, MESSAGE_ROSTERS, m, "events", events);
	set(&p->st, MESSAGE_ROSTERS, m, "statements", statements);
	say(&p->st, p->client, MESSAGE_ROSTERS, m);
}

static void nothing_is_kept_of_a_consortium_that_does_not_name_us(void **state)
{
	struct plot p;
	(void)state;
	plot_open(&p, false);
	struct trace before = evil_trace(&p.st.v);
	charter_sign(&p.c, &p.d, "01");
	tell(&p);
	assert_false(p.client->closed);
	evil_no_trace(&p.st.v, &before);
	plot_close(&p);
}

static void only_those_who_signed_are_remembered(void **state)
{
	struct plot p;
	(void)state;
	plot_open(&p, true);
	uint64_t statements = evil_rows(&p.st.v, TABLE_STATEMENTS);
	charter_sign(&p.c, &p.d, "01");
	tell(&p);
	assert_false(p.client->closed);
	assert_int_equal(evil_rows(&p.st.v, TABLE_ROSTERS), 1);
	assert_int_equal(evil_rows(&p.st.v, TABLE_STATEMENTS), statements + 2); /* of six that were sent */
	plot_close(&p);
}

static void a_signature_that_does_not_verify_ends_the_session(void **state)
{
	struct plot p;
	(void)state;
	plot_open(&p, true);
	charter_sign(&p.c, &p.d, "01");
	p.d.ev.by[1].sig[0] ^= 1;
	tell(&p);
	assert_true(p.client->closed);
	assert_int_equal(evil_rows(&p.st.v, TABLE_ROSTERS), 0);
	assert_int_equal(evil_rows(&p.st.v, TABLE_CONSORTIA), 0);
	assert_non_null(strstr(p.st.v.victim->log, "a roster that does not verify"));
	plot_close(&p);
}

/* One convenor of three is no majority: it is no roster, and we are no convenor who could sign it. */
static void a_minority_makes_no_member_of_us(void **state)
{
	struct plot p;
	(void)state;
	plot_open(&p, true);
	charter_sign(&p.c, &p.d, "0");
	tell(&p);
	assert_int_equal(evil_rows(&p.st.v, TABLE_ROSTERS), 0);
	plot_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_kept_of_a_consortium_that_does_not_name_us),
		cmocka_unit_test(only_those_who_signed_are_remembered),
		cmocka_unit_test(a_signature_that_does_not_verify_ends_the_session),
		cmocka_unit_test(a_minority_makes_no_member_of_us),
	};
	return cmocka_run_group_tests_name("consortium_hostile", tests, NULL, NULL);
}
