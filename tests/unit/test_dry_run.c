/* A rehearsal changes nothing. Three nodes live through one story made of api calls; each call is first rehearsed, compared with what was before,
 * and then made. Every call of the table has its place in the story. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/words.h"
#include "node/api.h"
#include "node/examples.h"
#include "node/stopped.h"
#include "proto/when.h"
#include "tests/unit/snapshot.h"
#include "tests/unit/story.h"

struct told {
	struct scenario s;
	json_t *kept; /* name: text, or JSON */
};

static void log_stops(struct told *t)
{
	struct core *c = t->s.node[0].core;
	struct log_row log;
	scenario_begin(&t->s.node[0]);
	assert_int_equal(logs_current(core_txn(c), scenario_org(&t->s.node[0]), AUDIENCE_DIRECT, scenario_org(&t->s.node[1]), &log), OK);
	stopped_log(c, scenario_org(&t->s.node[1]), &log.id, "test");
	assert_int_equal(scenario_end(&t->s.node[0]), OK);
}

#define NOTICE "\"title\":\"Ransomware\",\"stage\":\"early-warning\",\"aware\":\"2026-11-23T09:00:00Z\",\"malicious\":\"no\"," \
               "\"cross_border\":\"no\",\"contact\":\"soc@example.org\""

#define LOCAL(kind, fields) \
	{0, kind ".add", "{\"" kind "\":\"x-1\",\"body\":{" fields "}}", NULL, NULL, true, NULL}, \
	{0, kind ".edit", "{\"" kind "\":\"x-1\",\"body\":{\"note\":\"seen\"}}", NULL, NULL, true, NULL}, \
	{0, kind ".list", "{}", NULL, NULL, false, NULL}, {0, kind ".show", "{\"" kind "\":\"x-1\"}", NULL, NULL, false, NULL}, \
	{0, kind ".history", "{\"" kind "\":\"x-1\"}", NULL, NULL, false, NULL}, {0, kind ".export", "{}", NULL, NULL, false, NULL}, \
	{0, kind ".import", "{\"csv\":\"name,note\\nx-1,from a sheet\\n\"}", NULL, NULL, true, NULL}, \
	{0, kind ".remove", "{\"" kind "\":\"x-1\"}", NULL, NULL, true, NULL}

static const struct step story[] = {
	{0, "node.status", "{}", NULL, NULL, false, NULL},
	{0, "node.doctor", "{}", NULL, NULL, false, NULL},
	{0, "node.doctor", "{\"acknowledge\":true}", NULL, NULL, true, NULL},
	{0, "card.show", "{}", "words", "words0", false, NULL},
	{1, "card.show", "{}", "words", "words1", false, NULL},
	{2, "card.show", "{}", "words", "words2", false, NULL},
	{0, "key.show", "{}", NULL, NULL, false, NULL},
	{0, "supplier.add", "{\"supplier\":\"acme\",\"body\":{\"title\":\"Acme\",\"type\":\"bespoke\"}}", NULL, NULL, true, NULL},
	{0, "supplier.edit", "{\"supplier\":\"acme\",\"body\":{\"note\":\"call them\"}}", NULL, NULL, true, NULL},
	{0, "supplier.rank", "{\"supplier\":\"acme\",\"tier\":\"high\",\"reason\":\"cold chain\"}", NULL, NULL, true, NULL},
	{0, "supplier.list", "{}", NULL, NULL, false, NULL},
	{0, "supplier.show", "{\"supplier\":\"acme\"}", NULL, NULL, false, NULL},
	{0, "supplier.export", "{}", NULL, NULL, false, NULL},
	{0, "supplier.import", "{\"csv\":\"name,title\\nother,Other plc\\n\"}", NULL, NULL, true, NULL},
	{0, "supplier.offboard", "{\"supplier\":\"other\"}", NULL, NULL, true, NULL},
	{0, "map.graph", "{}", NULL, NULL, false, NULL},
	{0, "map.exposed", "{\"name\":\"acme\"}", NULL, NULL, false, NULL},
	{0, "supplier.history", "{\"supplier\":\"acme\"}", NULL, NULL, false, NULL},
	{0, "supplier.remove", "{\"supplier\":\"other\"}", NULL, NULL, true, NULL},
	LOCAL("dependency", "\"function\":\"payments\",\"supplier\":\"acme\""),
	LOCAL("subcontractor", "\"subcontractor\":\"beta\",\"supplier\":\"acme\""),
	LOCAL("published", "\"title\":\"trust page\",\"supplier\":\"acme\",\"retrieved\":\"2026-11-01\""),
	LOCAL("terms", "\"title\":\"general terms\",\"supplier\":\"acme\",\"read\":\"2026-11-01\""),
	LOCAL("access", "\"what\":\"vpn\",\"supplier\":\"acme\",\"class\":\"network\",\"since\":\"2026-11-01\""),
	LOCAL("support", "\"product\":\"os\",\"support\":\"community\",\"supplier\":\"acme\""),
	LOCAL("awareness", "\"role\":\"buyers\",\"topic\":\"clauses\",\"date\":\"2026-11-01\""),
	{0, "partner.invite", "{\"name\":\"one\"}", "token", "token1", true, NULL},
	{1, "partner.join", "{\"token\":\"$token1\",\"name\":\"zero\"}", NULL, NULL, true, NULL},
	{0, "partner.verify", "{\"partner\":\"one\",\"words\":\"$words1\"}", NULL, NULL, true, NULL},
	{1, "partner.verify", "{\"partner\":\"zero\",\"words\":\"$words0\"}", NULL, NULL, true, NULL},
	{0, "partner.invite", "{\"name\":\"two\"}", "token", "token2", true, NULL},
	{2, "partner.join", "{\"token\":\"$token2\",\"name\":\"zero\"}", NULL, NULL, true, NULL},
	{2, "partner.verify", "{\"partner\":\"zero\",\"words\":\"$words0\"}", NULL, NULL, true, NULL},
	{0, "partner.verify", "{\"partner\":\"two\",\"words\":\"$words2\"}", NULL, NULL, true, NULL},
	{0, "partner.invite", "{\"name\":\"three\"}", NULL, NULL, true, NULL},
	{0, "partner.invitations", "{}", NULL, NULL, false, NULL},
	{0, "partner.withdraw", "{\"name\":\"three\"}", NULL, NULL, true, NULL},
	{0, "partner.list", "{}", NULL, NULL, false, NULL},
	{0, "partner.show", "{\"partner\":\"one\"}", NULL, NULL, false, NULL},
	{0, "partner.reopen", "{\"partner\":\"one\"}", NULL, NULL, true, log_stops},
	{0, "supplier.link", "{\"supplier\":\"acme\",\"partner\":\"one\"}", NULL, NULL, true, NULL},
	{1, "subcontractor.disclose", "{\"to\":\"zero\",\"body\":{\"as_of\":\"2026-11-20\",\"complete\":true}}", NULL, NULL, true, NULL},
	{1, "subcontractor.request", "{\"to\":\"zero\",\"body\":{\"subcontractor\":\"beta\",\"service\":\"s\",\"reason\":\"r\"}}", "id", "asked", true,
	 NULL},
	{0, "subcontractor.decide", "{\"record\":\"$asked\",\"decision\":\"refused\"}", NULL, NULL, true, NULL},
	{0, "subcontractor.disclosures", "{}", NULL, NULL, false, NULL},
	{0, "subcontractor.requests", "{}", NULL, NULL, false, NULL},
	{1, "incident.report", "{\"to\":\"zero\",\"body\":{" NOTICE "}}", "id", "notice", true, NULL},
	{0, "incident.answer", "{\"incident\":\"$notice\",\"body\":{\"impact\":\"affected\",\"text\":\"late\"}}", "id", "answer", true, NULL},
	{0, "incident.forward", "{\"incident\":\"$notice\",\"to\":\"two\",\"as\":\"customer\",\"body\":{\"basis\":\"contract\"}}", NULL, NULL,
	 true, NULL},
	{1, "incident.update", "{\"incident\":\"$notice\",\"body\":{\"stage\":\"notification\",\"severity\":\"high\",\"determination\":\"confirmed\"}}",
	 NULL, NULL, true, NULL},
	{1, "incident.matrix", "{\"incident\":\"$notice\"}", NULL, NULL, false, NULL},
	{0, "incident.list", "{}", NULL, NULL, false, NULL},
	{0, "incident.show", "{\"incident\":\"$notice\"}", NULL, NULL, false, NULL},
	{1, "incident.close", "{\"incident\":\"$notice\",\"body\":{\"root_cause\":\"malicious-action\"}}", NULL, NULL, true, NULL},
	{0, "requirement.import", "{\"name\":\"baseline\",\"set\":$set}", "id", "set_id", true, NULL},
	{0, "requirement.assign", "{\"set\":\"baseline\",\"to\":\"one\",\"body\":{\"level\":\"standard\",\"due\":\"2027-01-31\"}}", "id", "assign",
	 true, NULL},
	{1, "requirement.ack", "{\"assign\":\"$assign\",\"accept_all\":true}", "id", "ack", true, NULL},
	{0, "requirement.review", "{\"ack\":\"$ack\",\"satisfied_all\":true}", NULL, NULL, true, NULL},
	{0, "requirement.list", "{}", NULL, NULL, false, NULL},
	{0, "requirement.show", "{\"requirement\":\"$set_id\"}", NULL, NULL, false, NULL},
	{0, "requirement.matrix", "{\"set\":\"baseline\"}", NULL, NULL, false, NULL},
	{1, "requirement.challenge", "{\"about\":\"$assign\",\"rid\":\"R1\",\"body\":{\"kind\":\"unclear\",\"text\":\"how?\"}}", NULL, NULL, true, NULL},
	{1, "requirement.challenges", "{}", NULL, NULL, false, NULL},
	{1, "requirement.owed", "{}", NULL, NULL, false, NULL},
	{1, "requirement.reuse", "{}", NULL, NULL, false, NULL},
	{1, "exception.request", "{\"about\":\"$assign\",\"rid\":\"R1\",\"body\":{\"reason\":\"old\",\"until\":\"2027-01-31\"}}", NULL, NULL, true, NULL},
	{0, "guidance.add", "{\"set\":\"baseline\",\"body\":{\"rids\":[\"R1\"],\"title\":\"how\",\"text\":\"so\"}}", NULL, NULL, true, NULL},
	{0, "equivalence.add", "{\"set\":\"baseline\",\"full\":[\"R1\"],\"body\":{\"scheme\":\"ISO\",\"expires\":\"2027-12-31\"}}", NULL, NULL, true, NULL},
	{1, "guidance.list", "{}", NULL, NULL, false, NULL},
	{1, "equivalence.list", "{}", NULL, NULL, false, NULL},
	{0, "responsibility.propose", "{\"to\":\"one\",\"row\":[\"R1=shared: a | b\"],\"body\":{\"contract\":\"C-1\"}}", "id", "matrix", true, NULL},
	{1, "responsibility.counter", "{\"about\":\"$matrix\",\"row\":[\"R1=supplier: a\"],\"body\":{}}", "id", "countered", true, NULL},
	{0, "responsibility.agree", "{\"record\":\"$countered\",\"body\":{}}", NULL, NULL, true, NULL},
	{0, "responsibility.list", "{}", NULL, NULL, false, NULL},
	{0, "responsibility.show", "{\"partner\":\"one\"}", NULL, NULL, false, NULL},
	{0, "tender.open", "{\"to\":\"one\",\"set\":\"baseline\",\"stage\":[\"selection=2027-01-31, standard\"],\"body\":{\"title\":\"T\"}}", "id", "tender",
	 true, NULL},
	{0, "tender.ask", "{\"tender\":\"$tender\"}", "id", "stage", true, NULL},
	{1, "requirement.ack", "{\"assign\":\"$stage\",\"accept_all\":true}", NULL, NULL, true, NULL},
	{0, "tender.decide", "{\"tender\":\"$tender\",\"bidder\":\"one\",\"outcome\":\"pass\",\"body\":{}}", NULL, NULL, true, NULL},
	{1, "tender.show", "{\"tender\":\"$tender\"}", NULL, NULL, false, NULL},
	{0, "tender.list", "{}", NULL, NULL, false, NULL},
	{2, "requirement.import", "{\"name\":\"theirs\",\"set\":{\"title\":\"T\",\"version\":\"1\",\"requirements\":[{\"rid\":\"R1\",\"text\":\"x\","
	 "\"flow_down\":\"require\"}]}}", NULL, NULL, true, NULL},
	{2, "requirement.assign", "{\"set\":\"theirs\",\"to\":\"zero\",\"body\":{}}", "id", "asked_of_us", true, NULL},
	{0, "requirement.pass", "{\"assign\":\"$asked_of_us\",\"to\":\"one\",\"body\":{}}", NULL, NULL, true, NULL},
	{0, "requirement.flowdown", "{\"assign\":\"$asked_of_us\"}", NULL, NULL, true, NULL},
	{0, "record.forward", "{\"record\":\"$notice\",\"to\":\"two\",\"as\":\"customer\",\"body\":{\"basis\":\"contract\"}}", NULL, NULL, true, NULL},
	{1, "posture.publish", "{\"to\":\"zero\",\"body\":$posture}", "id", "posture_id", true, NULL},
	{0, "posture.list", "{}", NULL, NULL, false, NULL},
	{0, "posture.show", "{\"posture\":\"$posture_id\"}", NULL, NULL, false, NULL},
	{0, "posture.gap", "{\"partner\":\"one\"}", NULL, NULL, false, NULL},
	{0, "record.new", "{\"kind\":\"incident.notice\",\"to\":\"one\",\"body\":{" NOTICE "}}", "id", "made", true, NULL},
	{1, "record.reply", "{\"record\":\"$made\",\"decision\":\"acknowledged\"}", NULL, NULL, true, NULL},
	{0, "record.list", "{}", NULL, NULL, false, NULL},
	{0, "record.show", "{\"record\":\"$made\"}", NULL, NULL, false, NULL},
	{0, "record.retract", "{\"record\":\"$made\",\"reason\":\"in error\"}", NULL, NULL, true, NULL},
	{0, "inbox.list", "{}", NULL, NULL, false, NULL},
	{0, "outbox.list", "{}", NULL, NULL, false, NULL},
	{0, "delivery.wait", "{\"id\":\"$made\"}", NULL, NULL, false, NULL},
	{0, "proof.export", "{\"record\":\"$ack\"}", NULL, NULL, false, NULL},
	{0, "partner.suspend", "{\"partner\":\"two\"}", NULL, NULL, true, NULL},
	{2, "incident.report", "{\"to\":\"zero\",\"body\":{" NOTICE "}}", NULL, NULL, true, NULL}, /* parked at node 0 */
	{0, "partner.resume", "{\"partner\":\"two\"}", NULL, NULL, true, NULL},
	{0, "partner.remove", "{\"partner\":\"two\"}", NULL, NULL, true, NULL},
	{2, "partner.remove", "{\"partner\":\"zero\"}", NULL, NULL, true, NULL},
	{0, "node.stop", "{}", NULL, NULL, true, NULL},
};

#define STEPS (sizeof story / sizeof *story)

/* $x becomes what was kept under x. */
static json_t *arguments(const struct told *t, const struct step *step)
{
	struct buf out = {0};
	json_error_t bad;
	for (const char *p = step->args; *p;) {
		size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
		char name[32];
		if (*p != '$') {
			assert_int_equal(buf_add(&out, p++, 1), OK);
			continue;
		}
		(void)snprintf(name, sizeof name, "%.*s", (int)n, p + 1);
		const json_t *kept = json_object_get(t->kept, name);
		char *text = json_is_string(kept) ? strdup(json_string_value(kept)) : json_dumps(kept, JSON_COMPACT);
		if (!text)
			fail_msg("%s: nothing was kept under %s", step->call, name);
		assert_int_equal(buf_add(&out, text, strlen(text)), OK);
		free(text);
		p += n + 1;
	}
	json_t *args = json_loadb((const char *)out.p, out.n, 0, &bad);
	if (!args)
		fail_msg("%s: %s", step->call, bad.text);
	buf_free(&out);
	return args;
}

static json_t *run(struct node *n, json_t *request, struct api_wait *wait, size_t *outputs)
{
	struct output *o;
	scenario_begin(n);
	json_t *r = api_run(n->core, request, wait);
	if (outputs)
		assert_int_equal(core_end(n->core, &o, outputs), OK);
	else
		assert_int_equal(scenario_end(n), OK);
	return r;
}

static void succeeds(const struct step *step, const json_t *response)
{
	if (!json_is_true(json_object_get(response, "ok")))
		fail_msg("%s: %s: %s", step->call, json_string_value(json_object_get(response, "error")),
		         json_string_value(json_object_get(response, "text")));
}

static void rehearse(struct told *t, const struct step *step, json_t *request)
{
	struct node *n = &t->s.node[step->node];
	struct snapshot before = snapshot_of(n), after;
	struct api_wait wait = {0};
	size_t outputs;
	(void)json_object_set_new(request, "dry_run", json_true());
	json_t *r = run(n, request, &wait, &outputs);
	assert_false(wait.waiting);
	succeeds(step, r);
	json_decref(r);
	after = snapshot_of(n);
	snapshot_equal(step->call, &before, &after);
	if (outputs)
		fail_msg("%s, rehearsed, sent something", step->call);
	(void)json_object_del(request, "dry_run");
}

static void perform(struct told *t, const struct step *step, json_t *request)
{
	struct node *n = &t->s.node[step->node];
	struct snapshot before = snapshot_of(n), after;
	struct api_wait wait = {0};
	json_t *r = run(n, request, &wait, NULL);
	after = snapshot_of(n);
	if (snapshot_same(&before, &after) == step->changes)
		fail_msg("%s %s", step->call, step->changes ? "changed nothing" : "changed something");
	scenario_run(&t->s, 2000);
	if (wait.waiting)
		r = run(n, request, &wait, NULL);
	assert_false(wait.waiting);
	succeeds(step, r);
	if (step->as)
		(void)json_object_set(t->kept, step->as, json_object_get(json_object_get(r, "result"), step->member));
	json_decref(r);
}

static bool told_of(const char *call)
{
	for (size_t i = 0; story[i]; i++)
		for (const struct step *step = story[i]; step->call; step++)
			if (strcmp(step->call, call) == 0)
				return true;
	return false;
}

static void every_call_has_its_step(void **state)
{
	const struct api_row *row;
	size_t missing = 0;
	(void)state;
	for (size_t i = 0; (row = api_each(i)); i++)
		if (!told_of(row->name)) {
			print_error("%s is not in the story\n", row->name);
			missing++;
		}
	assert_int_equal(missing, 0);
}

static void live(struct told *t, const struct step *step)
{
	if (step->before)
		step->before(t);
	json_t *request = json_pack("{s:s, s:o}", "call", step->call, "args", arguments(t, step));
	rehearse(t, step, request);
	perform(t, step, request);
	json_decref(request);
}

static void a_rehearsal_changes_nothing(void **state)
{
	struct told t;
	(void)state;
	scenario_open(&t.s, 3);
	scenario_run(&t.s, 1000);
	t.kept = json_pack("{s:o, s:o}", "set", examples_requirement(), "posture", examples_posture(t.s.now / WHEN_DAY_MS));
	for (size_t i = 0; story[i]; i++)
		for (const struct step *step = story[i]; step->call; step++)
			live(&t, step);
	assert_true(core_stopping(t.s.node[0].core));
	json_decref(t.kept);
	scenario_close(&t.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_has_its_step),
		cmocka_unit_test(a_rehearsal_changes_nothing),
	};
	return cmocka_run_group_tests_name("dry_run", tests, NULL, NULL);
}
