/* What views cost, in records looked at: a partner decides how long its chains and threads are, so twice as many may cost twice as much,
 * and no more. */
#include "tests/unit/tale.h"

#include "node/view_clock.h"
#include "node/view_concern.h"
#include "node/view_exit.h"
#include "node/view_inbox.h"
#include "node/view_flow.h"
#include "node/view_incident.h"
#include "node/view_matrix.h"
#include "node/view_owed.h"
#include "node/view_posture.h"
#include "node/view_requirement.h"
#include "node/view_tender.h"
#include "store/locals.h"

static size_t cost;
static struct id first; /* the notice, the set or the assignment of which the tale is */

static json_t *done(const struct view *v, json_t *out)
{
	cost = v->looked;
	return out;
}

static json_t *inbox(struct tale *t, struct view *v)
{
	struct walk w;
	uint64_t no;
	(void)t;
	assert_int_equal(records_walk_all(v->t, true, &w), OK);
	while (records_next(&w, &no)) {
		struct todo todo;
		struct seen *s;
		assert_int_equal(view_get(v, no, &s), OK);
		if (!s->mine)
			assert_int_equal(view_inbox_todo(v, s, &todo), OK);
	}
	assert_int_equal(walk_close(&w, OK), OK);
	return done(v, json_null());
}

static json_t *incidents(struct tale *t, struct view *v)
{
	json_t *out;
	(void)t;
	assert_int_equal(view_incident_list(v, &(struct incident_wanted){0}, &out), OK);
	return done(v, out);
}

static json_t *incident(struct tale *t, struct view *v)
{
	struct seen *s;
	struct incident x;
	json_t *show, *matrix;
	(void)t;
	assert_int_equal(view_find(v, &first, &s), OK);
	assert_int_equal(view_incident_of(v, s, &x), OK);
	assert_int_equal(view_incident_show(v, &x, &show), OK);
	assert_int_equal(view_incident_matrix(v, &x, &matrix), OK);
	return done(v, json_pack("[o, o]", show, matrix));
}

static json_t *requirements(struct tale *t, struct view *v)
{
	json_t *list, *owed;
	(void)t;
	assert_int_equal(store_put(v->t, TABLE_SETS, SPAN("base", 4), ID_SPAN(&first)), OK); /* what we call the set */
	assert_int_equal(view_requirement_list(v, false, &list), OK);
	assert_int_equal(view_requirement_list(v, true, &owed), OK);
	return done(v, json_pack("[o, o]", list, owed));
}

static json_t *matrix(struct tale *t, struct view *v)
{
	struct seen *s;
	json_t *out;
	(void)t;
	assert_int_equal(view_find(v, &first, &s), OK);
	assert_int_equal(view_requirement_matrix(v, s, &out), OK);
	return done(v, out);
}

static json_t *gap(struct tale *t, struct view *v)
{
	struct id bob = tale_org(BOB), amy = tale_org(AMY);
	json_t *list, *theirs, *ours;
	(void)t;
	assert_int_equal(view_posture_list(v, &list), OK);
	assert_int_equal(view_posture_gap(v, &bob, &theirs), OK);
	assert_int_equal(view_posture_gap(v, &amy, &ours), OK);
	return done(v, json_pack("[o, o, o]", list, theirs, ours));
}

/* Challenges, matrices, flow-downs, tenders, what all ask, and the deadlines of it all. */
static json_t *beside(struct tale *t, struct view *v)
{
	struct relations relations;
	struct duties duties;
	json_t *challenges, *owed, *matrices, *tenders, *rows = json_array();
	(void)t;
	assert_int_equal(duty_all(v, false, &duties), OK);
	assert_int_equal(view_challenge_list(v, &challenges), OK);
	assert_int_equal(view_owed_list(v, true, &owed), OK);
	assert_int_equal(view_matrix_list(v, &matrices), OK);
	assert_int_equal(view_matrix_all(v, &relations), OK);
	for (size_t i = 0; i < relations.n; i++)
		assert_int_equal(view_matrix_rows(v, &relations.p[i], rows), OK);
	assert_int_equal(view_flow_list(v, rows), OK);
	assert_int_equal(view_tender_list(v, &tenders), OK);
	return done(v, json_pack("[o, o, o, o, o]", challenges, owed, matrices, tenders, rows));
}

typedef void story(struct tale *t, size_t n);
typedef json_t *looker(struct tale *t, struct view *v);

static size_t cost_of(story *tell, int me, size_t n, looker *look)
{
	struct tale *t = calloc(1, sizeof *t);
	assert_non_null(t);
	tale_begin(t, me);
	tell(t, n);
	json_decref(tale_tell(t, NULL, look));
	arena_free(t->a);
	free(t);
	return cost;
}

/* A straight line: from 50 to 100 it may rise twice as far as from 25 to 50. */
static void bounded(const char *what, story *tell, int me, looker *look)
{
	size_t a = cost_of(tell, me, 25, look), b = cost_of(tell, me, 50, look), c = cost_of(tell, me, 100, look);
	if (c - b > 2 * (b - a) + 25 || c > 100 * 100)
		fail_msg("%s: %zu, %zu and %zu records looked at for 25, 50 and 100", what, a, b, c);
}

/* ---- incidents: Amy tells Bob ---- */

static struct id notice(struct tale *t, int64_t at, const struct id *thread, const struct id *before)
{
	return tale_say(t, (struct tale_head){AMY, BOB, 0, at, KIND_INCIDENT_NOTICE, thread, before},
	                "{\"title\": \"Ransomware\", \"stage\": \"early-warning\", \"aware\": \"2026-11-24T09:00:00Z\", \"malicious\": \"yes\", "
	                "\"cross_border\": \"no\", \"contact\": \"soc@example\"}");
}

static void a_chain(struct tale *t, size_t n)
{
	struct id last = first = notice(t, TALE_T0, NULL, NULL);
	for (size_t i = 1; i < n; i++)
		last = notice(t, TALE_T0 + (int64_t)i, &first, &last);
}

static void siblings(struct tale *t, size_t n) /* each replaces the first one */
{
	first = notice(t, TALE_T0, NULL, NULL);
	for (size_t i = 1; i < n; i++)
		(void)notice(t, TALE_T0 + (int64_t)i, &first, &first);
}

static void side_by_side(struct tale *t, size_t n) /* in one thread, none replacing another */
{
	first = notice(t, TALE_T0, NULL, NULL);
	for (size_t i = 1; i < n; i++)
		(void)notice(t, TALE_T0 + (int64_t)i, &first, NULL);
}

static void answers(struct tale *t, size_t n)
{
	first = notice(t, TALE_T0, NULL, NULL);
	for (size_t i = 0; i < n; i++)
		(void)tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1) + (int64_t)i, KIND_INCIDENT_ANSWER, &first, NULL},
		               "{\"about\": \"%s\", \"impact\": \"affected\"}", tale_hex(t, &first));
}

static void asked_back_about(struct tale *t, size_t n)
{
	first = tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_IMPACT_QUERY, NULL, NULL},
	                 "{\"title\": \"x\", \"due\": \"2026-12-01T00:00:00Z\", \"products\": [\"pump\"]}");
	for (size_t i = 0; i < n; i++)
		(void)tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1) + (int64_t)i, KIND_REPLY, &first, NULL},
		               "{\"about\": \"%s\", \"decision\": \"need-info\"}", tale_hex(t, &first));
}

static void many(struct tale *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		first = notice(t, TALE_T0 + (int64_t)i, NULL, NULL);
}

/* The clocks of each, as a report on all of them has it, beside as many suppliers in the register. */
static json_t *clocks(struct tale *t, struct view *v)
{
	struct seens all;
	assert_int_equal(view_kind(v, KIND_INCIDENT_NOTICE, &all), OK);
	for (size_t i = 0; i < all.n; i++) {
		struct value *row = value_map(t->a);
		char name[32];
		(void)snprintf(name, sizeof name, "s%zu", i);
		fields_set(t->a, supplier_fields, row, "name", value_str(t->a, name));
		assert_int_equal(locals_put(v->t, &local_supplier, name, row), OK);
	}
	for (size_t i = 0; i < all.n; i++) {
		struct incident x;
		json_t *one;
		assert_int_equal(view_incident_of(v, all.p[i], &x), OK);
		assert_int_equal(view_clock_json(v, &x, &one), OK);
		json_decref(one);
	}
	return done(v, json_null());
}

static void of_incidents(void **state)
{
	(void)state;
	bounded("asked back about a question", asked_back_about, AMY, inbox);
	bounded("clocks beside a register", many, BOB, clocks);
	bounded("list of a chain", a_chain, BOB, incidents);
	bounded("a chain", a_chain, BOB, incident);
	bounded("our own chain", a_chain, AMY, incident);
	bounded("inbox of a chain", a_chain, BOB, inbox);
	bounded("list of siblings", siblings, BOB, incidents);
	bounded("siblings", siblings, BOB, incident);
	bounded("inbox of siblings", siblings, BOB, inbox);
	bounded("list of a thread", side_by_side, BOB, incidents);
	bounded("inbox of a thread", side_by_side, BOB, inbox);
	bounded("list with answers", answers, AMY, incidents);
	bounded("answers", answers, AMY, incident);
	bounded("inbox of answers", answers, AMY, inbox);
}

/* ---- requirements: Amy asks Bob ---- */

static struct id set_of(struct tale *t, int64_t at, const struct id *before)
{
	return tale_say(t, (struct tale_head){AMY, BOB, 0, at, KIND_REQUIREMENT_SET, NULL, before},
	                "{\"title\": \"Baseline\", \"version\": \"1\", \"requirements\": "
	                "[{\"rid\": \"R1\", \"text\": \"x\"}, {\"rid\": \"R2\", \"text\": \"x\"}]}");
}

static struct id ask(struct tale *t, int64_t at, const struct id *set, size_t contract)
{
	return tale_say(t, (struct tale_head){AMY, BOB, 0, at, KIND_REQUIREMENT_ASSIGN, NULL, NULL}, "{\"set\": \"%s\", \"contract\": \"C-%zu\"}",
	                tale_hex(t, set), contract);
}

static void sets(struct tale *t, size_t n) /* each replaces the first one */
{
	first = set_of(t, TALE_T0, NULL);
	for (size_t i = 1; i < n; i++)
		(void)set_of(t, TALE_T0 + (int64_t)i, &first);
}

static void asked_often(struct tale *t, size_t n)
{
	first = set_of(t, TALE_T0, NULL);
	for (size_t i = 0; i < n; i++)
		(void)ask(t, TALE_DAY(1) + (int64_t)i, &first, i);
}

static void asked_of_versions(struct tale *t, size_t n) /* of every version of a chain, once */
{
	struct id last = first = set_of(t, TALE_T0, NULL);
	for (size_t i = 1; i < n; i++) {
		last = set_of(t, TALE_T0 + (int64_t)i, &last);
		(void)ask(t, TALE_DAY(1) + (int64_t)i, &last, i);
	}
}

static void acks(struct tale *t, size_t n)
{
	struct id last;
	first = set_of(t, TALE_T0, NULL);
	struct id assign = ask(t, TALE_T0 + 1, &first, 0);
	for (size_t i = 0; i < n; i++)
		last = tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1) + (int64_t)i, KIND_REQUIREMENT_ACK, &assign, i ? &last : NULL},
		                "{\"about\": \"%s\", \"set\": \"%s\", \"answers\": [{\"rid\": \"R1\", \"answer\": \"accepted\"}]}", tale_hex(t, &assign),
		                tale_hex(t, &first));
}

static void exceptions(struct tale *t, size_t n)
{
	first = set_of(t, TALE_T0, NULL);
	struct id assign = ask(t, TALE_T0 + 1, &first, 0);
	for (size_t i = 0; i < n; i++)
		(void)tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1) + (int64_t)i, KIND_EXCEPTION_REQUEST, &assign, NULL},
		               "{\"assign\": \"%s\", \"rid\": \"R1\", \"reason\": \"old scanners\", \"until\": \"2027-06-30\"}", tale_hex(t, &assign));
}

static void of_requirements(void **state)
{
	static const struct { const char *what; story *tell; } stories[] = {
		{"sets", sets}, {"asked often", asked_often}, {"asked of versions", asked_of_versions}, {"acks", acks}, {"exceptions", exceptions},
	};
	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++)
		for (int me = AMY; me <= BOB; me++) {
			bounded(stories[i].what, stories[i].tell, me, requirements);
			bounded(stories[i].what, stories[i].tell, me, matrix);
			bounded(stories[i].what, stories[i].tell, me, inbox);
			bounded(stories[i].what, stories[i].tell, me, gap);
		}
}

static void challenges(struct tale *t, size_t n)
{
	first = set_of(t, TALE_T0, NULL);
	struct id assign = ask(t, TALE_T0 + 1, &first, 0);
	for (size_t i = 0; i < n; i++) {
		struct id said = tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1) + (int64_t)i, KIND_CHALLENGE, &assign, NULL},
		                          "{\"about\": \"%s\", \"rid\": \"R1\", \"kind\": \"unclear\", \"text\": \"x\"}", tale_hex(t, &assign));
		(void)tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_DAY(2) + (int64_t)i, KIND_REPLY, &assign, NULL},
		               "{\"about\": \"%s\", \"decision\": \"done\"}", tale_hex(t, &said));
	}
}

static void guidances(struct tale *t, size_t n)
{
	first = set_of(t, TALE_T0, NULL);
	for (size_t i = 0; i < n; i++) {
		(void)ask(t, TALE_DAY(1) + (int64_t)i, &first, i);
		(void)tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_DAY(1) + (int64_t)i, KIND_GUIDANCE, NULL, NULL},
		               "{\"set\": \"%s\", \"rids\": [\"R1\"], \"title\": \"x\", \"text\": \"x\"}", tale_hex(t, &first));
	}
}

static void flowdowns(struct tale *t, size_t n)
{
	first = set_of(t, TALE_T0, NULL);
	struct id assign = ask(t, TALE_T0 + 1, &first, 0);
	for (size_t i = 0; i < n; i++)
		(void)tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1) + (int64_t)i, KIND_FLOWDOWN, &assign, NULL},
		               "{\"about\": \"%s\", \"as_of\": \"2026-11-25\", \"rows\": [{\"rid\": \"R1\", \"passed\": 1, \"acknowledged\": 0, "
		               "\"exceptions\": 0}]}", tale_hex(t, &assign));
}

static void matrices(struct tale *t, size_t n) /* countered and agreed in turn */
{
	struct id bob = tale_org(BOB), last;
	for (size_t i = 0; i < n; i++) {
		int from = i % 2 ? BOB : AMY;
		struct id said = tale_say(t, (struct tale_head){from, from == AMY ? BOB : AMY, 0, TALE_DAY(1) + (int64_t)i, KIND_RESPONSIBILITY_MATRIX,
		                                                i ? &first : NULL, NULL},
		                          "{%s%s%s\"contract\": \"C\", \"supplier\": \"%s\", \"rows\": [{\"control\": \"R1\"}]}", i ? "\"about\": \"" : "",
		                          i ? tale_hex(t, &last) : "", i ? "\", " : "", tale_hex(t, &bob));
		last = said;
		first = i ? first : said;
		(void)tale_say(t, (struct tale_head){from == AMY ? BOB : AMY, from, 0, TALE_DAY(2) + (int64_t)i, KIND_REPLY, &first, NULL},
		               "{\"about\": \"%s\", \"decision\": \"agreed\"}", tale_hex(t, &said));
	}
}

static void tenders(struct tale *t, size_t n) /* each asked once, and one of them often */
{
	first = set_of(t, TALE_T0, NULL);
	for (size_t i = 0; i < n; i++) {
		struct id tender = tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_DAY(1) + (int64_t)i, KIND_TENDER, NULL, NULL},
		                            "{\"title\": \"x\", \"stages\": [{\"stage\": \"selection\", \"deadline\": \"2026-12-15\"}]}");
		static struct id one;
		one = i ? one : tender;
		for (int k = 0; k < 2; k++)
			(void)tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_DAY(2) + (int64_t)i, KIND_REQUIREMENT_ASSIGN, NULL, NULL},
			               "{\"set\": \"%s\", \"stage\": \"selection\", \"contract\": \"%d-%zu\", \"tender\": \"%s\"}", tale_hex(t, &first), k, i,
			               tale_hex(t, k ? &one : &tender));
	}
}

static void beside_requirements(void **state)
{
	static const struct { const char *what; story *tell; } stories[] = {
		{"challenges", challenges}, {"guidance", guidances}, {"flow-downs", flowdowns}, {"matrices", matrices}, {"tenders", tenders},
	};
	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++)
		for (int me = AMY; me <= BOB; me++) {
			bounded(stories[i].what, stories[i].tell, me, beside);
			bounded(stories[i].what, stories[i].tell, me, inbox);
		}
}

/* ---- postures: Bob attests to Amy ---- */

static void attest(struct tale *t, size_t n, bool chain)
{
	struct id last;
	first = set_of(t, TALE_T0, NULL);
	(void)ask(t, TALE_T0 + 1, &first, 0);
	for (size_t i = 0; i < n; i++)
		last = tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1) + (int64_t)i, KIND_POSTURE_ATTESTATION, NULL, i && chain ? &last : NULL},
		                "{\"title\": \"Controls\", \"framework\": \"ISO/IEC 27001\", \"scope\": {\"units\": [\"all\"]}, \"as_of\": \"2026-11-24\", "
		                "\"valid_until\": \"2027-11-24\", \"statements\": [{\"control\": \"R1\", \"status\": \"implemented\"}]}");
}

static void postures(struct tale *t, size_t n)
{
	attest(t, n, false);
}

static void a_chain_of_postures(struct tale *t, size_t n)
{
	attest(t, n, true);
}

static void of_postures(void **state)
{
	(void)state;
	bounded("postures", postures, AMY, gap);
	bounded("inbox of postures", postures, AMY, inbox);
	bounded("a chain of postures", a_chain_of_postures, AMY, gap);
	bounded("inbox of a chain of postures", a_chain_of_postures, AMY, inbox);
}

/* ---- concerns, and the end of a relationship: Amy raises and gives notice, Bob answers ---- */

static json_t *concerns(struct tale *t, struct view *v)
{
	struct concerns all;
	struct duties due = {0};
	(void)t;
	assert_int_equal(view_concern_all(v, KIND_CONCERN, &all), OK);
	assert_int_equal(view_concern_duty_add(v, &due), OK);
	return done(v, json_null());
}

static json_t *endings(struct tale *t, struct view *v)
{
	struct endings all;
	struct duties due = {0};
	(void)t;
	assert_int_equal(view_exit_all(v, NULL, &all), OK);
	assert_int_equal(view_exit_duty_add(v, &due), OK);
	return done(v, json_null());
}

#define CONCERN "{\"title\": \"x\", \"topic\": \"process\", \"source\": \"audit\", \"text\": \"x\"}"

static void asked_back_often(struct tale *t, size_t n)
{
	first = tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_CONCERN, NULL, NULL}, CONCERN);
	for (size_t i = 0; i < n; i++)
		(void)tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1) + (int64_t)i, KIND_REPLY, &first, NULL},
		               "{\"about\": \"%s\", \"decision\": \"%s\"}", tale_hex(t, &first), i % 2 ? "need-info" : "done");
}

static void a_chain_of_concerns(struct tale *t, size_t n)
{
	struct id last = first = tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_CONCERN, NULL, NULL}, CONCERN);
	for (size_t i = 0; i < n; i++)
		last = tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_DAY(1) + (int64_t)i, KIND_CONCERN, &first, &last}, CONCERN);
}

#define HELD "{\"as_of\": \"2026-11-24\", \"items\": [{\"id\": \"i%zu\", \"class\": \"data\", \"description\": \"x\"}]}"

static void dispositions(struct tale *t, size_t n)
{
	first = tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_TERMINATION, NULL, NULL}, "{\"reason\": \"x\", \"effective\": \"2026-11-26\"}");
	for (size_t i = 0; i < n; i++) {
		(void)tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1) + (int64_t)i, KIND_ASSET_HELD, NULL, NULL}, HELD, i);
		(void)tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(2) + (int64_t)i, KIND_DISPOSITION, &first, NULL},
		               "{\"about\": \"%s\", \"items\": [{\"id\": \"i%zu\", \"outcome\": \"not-held\"}]}", tale_hex(t, &first), i);
	}
}

static void of_the_end(void **state)
{
	(void)state;
	for (int me = AMY; me <= BOB; me++) {
		bounded("asked back", asked_back_often, me, concerns);
		bounded("asked back", asked_back_often, me, inbox);
		bounded("a chain of concerns", a_chain_of_concerns, me, concerns);
		bounded("a chain of concerns", a_chain_of_concerns, me, inbox);
		bounded("dispositions", dispositions, me, endings);
		bounded("dispositions", dispositions, me, inbox);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(of_incidents), cmocka_unit_test(of_requirements), cmocka_unit_test(beside_requirements),
		cmocka_unit_test(of_postures), cmocka_unit_test(of_the_end)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
