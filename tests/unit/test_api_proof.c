/* proof.export over real cores: what one node has been told, another machine can check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "node/api.h"
#include "node/names.h"
#include "proto/proof.h"
#include "store/records.h"
#include "tests/unit/scenario.h"

static json_t *result; /* of the last export; NULL: it failed */
static char failure[400];

static void forget(void)
{
	json_decref(result);
	result = NULL;
}

static void export(struct scenario *s, int node, const struct id *id, const char *to, bool dry_run)
{
	char hex[65];
	json_t *request, *response;
	struct api_wait wait = {0};

	forget();
	names_id(id, hex);
	request = json_pack("{s:s, s:{s:s, s:s*}, s:b}", "call", "proof.export", "args", "record", hex, "to", to, "dry_run", dry_run);
	assert_non_null(request);
	scenario_begin(&s->node[node]);
	response = api_run(s->node[node].core, request, &wait);
	assert_int_equal(scenario_end(&s->node[node]), OK);
	assert_non_null(response);
	if (json_is_true(json_object_get(response, "ok")))
		result = json_incref(json_object_get(response, "result"));
	else
		(void)snprintf(failure, sizeof failure, "%s: %s (%s)", json_string_value(json_object_get(response, "error")),
		               json_string_value(json_object_get(response, "text")), json_string_value(json_object_get(response, "hint")));
	json_decref(response);
	json_decref(request);
}

/* The file of the last export, judged. */
static void judge(struct arena *a, struct proof_report *report)
{
	const char *hex;
	size_t n;
	uint8_t *bytes;

	if (!result)
		fail_msg("%s", failure);
	hex = json_string_value(json_object_get(result, "hex"));
	assert_non_null(hex);
	n = strlen(hex) / 2;
	bytes = arena_alloc(a, n);
	assert_int_equal(hex_decode(hex, 2 * n, bytes), OK);
	assert_int_equal(proof_verify(SPAN(bytes, n), a, report), OK);
	if (report->verdict != PROOF_VALID)
		fail_msg("%s", report->link);
	assert_int_equal(report->lines, json_integer_value(json_object_get(result, "records")));
}

static bool reveals(const char *text)
{
	const json_t *list = json_object_get(result, "reveals");

	for (size_t i = 0; i < json_array_size(list); i++)
		if (strstr(json_string_value(json_array_get(list, i)), text))
			return true;
	return false;
}

static const struct proof_line *line_of(const struct proof_report *r, const struct id *id)
{
	for (size_t i = 0; i < r->lines; i++)
		if (id_eq(&r->line[i].id, id))
			return &r->line[i];
	fail_msg("a record is not in the proof");
	return NULL;
}

static struct id say(struct scenario *s, int from, int to, struct draft d)
{
	struct complaint why = {0};
	struct node *n = &s->node[from];
	struct id id = {{0}};

	d.to = to < 0 ? NULL : scenario_org(&s->node[to]);
	d.recipients = to >= 0;
	scenario_begin(n);
	assert_int_equal(core_say(n->core, &d, &id, &why), OK);
	assert_int_equal(scenario_end(n), OK);
	scenario_run(s, 1000);
	return id;
}

static struct id retract(struct scenario *s, int from, int to, const struct id *about)
{
	const struct kind *k = kind_by_number(KIND_RETRACT);
	struct arena *a = arena_new();
	struct value *body = value_map(a);
	struct id id;

	fields_set(a, k->fields, body, "about", value_id(a, about));
	fields_set(a, k->fields, body, "reason", value_str(a, "a mistake"));
	id = say(s, from, to, (struct draft){.kind = k, .body = body});
	arena_free(a);
	return id;
}

static struct id reply(struct scenario *s, int from, int to, const struct id *about)
{
	const struct kind *k = kind_by_number(KIND_REPLY);
	struct arena *a = arena_new();
	struct value *body = value_map(a);
	struct id id;

	fields_set(a, k->fields, body, "about", value_id(a, about));
	fields_set(a, k->fields, body, "decision", value_int(a, 1));
	id = say(s, from, to, (struct draft){.kind = k, .body = body, .thread = about});
	arena_free(a);
	return id;
}

static void both_sides(void **state)
{
	struct scenario s;
	struct id notice;

	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	notice = scenario_notice(&s, 0, 1, "Ransomware in the warehouse system");
	scenario_run(&s, 3000);
	for (int node = 0; node < 2; node++) {
		struct arena *a = arena_new();
		struct proof_report r;
		const struct proof_line *l;

		export(&s, node, &notice, NULL, false);
		judge(a, &r);
		l = line_of(&r, &notice);
		assert_true(id_eq(&l->author, scenario_org(&s.node[0])) && id_eq(&l->target, scenario_org(&s.node[1])));
		assert_true(strlen(l->author_name) > 0 && strlen(l->target_name) > 0);
		assert_int_equal(l->holdings, 1);
		assert_true(id_eq(&l->holding[0].receiver, scenario_org(&s.node[1])));
		assert_int_equal(l->holding[0].exception, VERDICT_GOOD);
		assert_int_equal(r.lines, 1);
		assert_int_equal(r.signers, 2);
		assert_true(reveals(l->author_name) && reveals(l->target_name) && reveals("incident.notice") && reveals("TLP:amber"));
		assert_false(reveals("withdrawn"));
		arena_free(a);
	}
	forget();
	scenario_close(&s);
}

/* A reply rests on the notice: both are in, each in its own direction, and nothing else. */
static void what_it_rests_on(void **state)
{
	struct scenario s;
	struct arena *a = arena_new();
	struct proof_report r;
	struct id notice, other, answer;

	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	notice = scenario_notice(&s, 0, 1, "first");
	other = scenario_notice(&s, 0, 1, "another");
	scenario_run(&s, 3000);
	answer = reply(&s, 1, 0, &notice);
	export(&s, 0, &answer, NULL, false);
	judge(a, &r);
	assert_int_equal(r.lines, 2);
	assert_true(id_eq(&line_of(&r, &answer)->author, scenario_org(&s.node[1])));
	assert_true(id_eq(&line_of(&r, &notice)->author, scenario_org(&s.node[0])));
	assert_int_equal(line_of(&r, &answer)->holdings, 1);
	assert_int_equal(line_of(&r, &notice)->holdings, 1);
	for (size_t i = 0; i < r.lines; i++)
		assert_false(id_eq(&r.line[i].id, &other));
	arena_free(a);
	forget();
	scenario_close(&s);
}

/* To two partners: each proof speaks of one of them, and never of the other. */
static void one_partner_of_two(void **state)
{
	struct scenario s;
	struct arena *a = arena_new();
	struct proof_report r;
	struct complaint why = {0};
	struct id notice;

	(void)state;
	scenario_open(&s, 3);
	scenario_pair(&s, 0, 1);
	scenario_pair(&s, 0, 2);
	notice = scenario_notice(&s, 0, 1, "to both");
	scenario_begin(&s.node[0]);
	assert_int_equal(core_send(s.node[0].core, &notice, scenario_org(&s.node[2]), &why), OK);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	scenario_run(&s, 3000);
	for (int to = 1; to < 3; to++) {
		char hex[65];

		names_id(scenario_org(&s.node[to]), hex);
		export(&s, 0, &notice, hex, false);
		judge(a, &r);
		assert_int_equal(r.lines, 1);
		assert_int_equal(r.signers, 2);
		assert_true(id_eq(&r.line[0].target, scenario_org(&s.node[to])));
		assert_int_equal(r.line[0].holdings, 1);
	}
	export(&s, 0, &notice, NULL, false);
	judge(a, &r);
	assert_int_equal(r.signers, 2);
	arena_free(a);
	forget();
	scenario_close(&s);
}

/* A reply that both read, about what only one of them was told: the other is not given away. */
static void third_parties_stay_out(void **state)
{
	struct scenario s;
	struct arena *a = arena_new();
	struct proof_report r;
	struct id notice, answer;

	(void)state;
	scenario_open(&s, 3);
	scenario_pair(&s, 0, 1);
	scenario_pair(&s, 0, 2);
	notice = scenario_notice(&s, 0, 1, "to one");
	scenario_run(&s, 3000);
	answer = reply(&s, 0, 2, &notice);
	export(&s, 0, &answer, NULL, false);
	judge(a, &r);
	assert_int_equal(r.lines, 1);
	assert_true(reveals("leaves out 1 more"));
	for (size_t i = 0; i < r.signers; i++)
		assert_false(id_eq(&r.signer[i].org, scenario_org(&s.node[1])));
	arena_free(a);
	forget();
	scenario_close(&s);
}

static void not_receipted_yet(void **state)
{
	struct scenario s;
	struct arena *a = arena_new();
	struct proof_report r;
	struct id notice;

	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	scenario_cut(&s, true);
	notice = scenario_notice(&s, 0, 1, "nobody hears it");
	export(&s, 0, &notice, NULL, false);
	judge(a, &r);
	assert_int_equal(r.line[0].holdings, 0);
	assert_non_null(strstr(json_string_value(json_object_get(result, "next")), "not yet that"));
	scenario_cut(&s, false);
	scenario_run(&s, 60000);
	export(&s, 0, &notice, NULL, false);
	judge(a, &r);
	assert_int_equal(r.line[0].holdings, 1);
	assert_null(strstr(json_string_value(json_object_get(result, "next")), "not yet that"));
	arena_free(a);
	forget();
	scenario_close(&s);
}

static void withdrawn_is_said(void **state)
{
	struct scenario s;
	struct id notice;

	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	notice = scenario_notice(&s, 0, 1, "a false alarm");
	scenario_run(&s, 3000);
	(void)retract(&s, 0, 1, &notice);
	export(&s, 1, &notice, NULL, false);
	assert_non_null(result);
	assert_true(reveals("withdrawn"));
	forget();
	scenario_close(&s);
}

static void what_cannot_be_proven(void **state)
{
	struct scenario s;
	struct id id = {{7}}, notice;
	struct arena *a = arena_new();
	struct value *body = value_map(a);
	struct record_row row;
	char hex[65];

	(void)state;
	scenario_open(&s, 3);
	scenario_pair(&s, 0, 1);
	scenario_pair(&s, 0, 2);
	export(&s, 0, &id, NULL, false);
	assert_null(result);
	assert_int_equal(strncmp(failure, "ERR_NOT_FOUND", 13), 0);
	fields_set(a, kind_by_number(KIND_RETRACT)->fields, body, "about", value_id(a, &id));
	fields_set(a, kind_by_number(KIND_RETRACT)->fields, body, "reason", value_str(a, "of nothing"));
	id = say(&s, 0, -1, (struct draft){.kind = kind_by_number(KIND_RETRACT), .body = body});
	export(&s, 0, &id, NULL, false);
	assert_null(result);
	assert_non_null(strstr(failure, "said to nobody yet"));
	notice = scenario_notice(&s, 0, 1, "to one");
	scenario_run(&s, 3000);
	names_id(scenario_org(&s.node[2]), hex);
	export(&s, 0, &notice, hex, false);
	assert_null(result);
	assert_non_null(strstr(failure, "leave out --to"));
	export(&s, 0, &notice, "nobody", false);
	assert_null(result);
	export(&s, 0, &notice, NULL, true); /* a rehearsal tells, and gives nothing */
	assert_non_null(result);
	assert_null(json_object_get(result, "hex"));
	assert_true(reveals("incident.notice"));
	scenario_begin(&s.node[0]);
	assert_int_equal(records_by_id(core_txn(s.node[0].core), &notice, &row), OK);
	assert_int_equal(records_drop(core_txn(s.node[0].core), row.no), OK);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	export(&s, 0, &notice, NULL, false);
	assert_null(result);
	assert_non_null(strstr(failure, "deleted here"));
	arena_free(a);
	scenario_close(&s);
}

/* Its receipts were signed again: the proof rests on that, and is not left undecided by the change. */
static void after_the_receiver_has_changed_its_keys(void **state)
{
	struct scenario s;
	struct arena *a = arena_new();
	struct proof_report report;

	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	struct id id = scenario_notice(&s, 0, 1, "held under the old key");
	scenario_run(&s, 60000);
	scenario_begin(&s.node[1]);
	assert_int_equal(node_change_keys(&s.node[1], 1), OK);
	assert_int_equal(scenario_end(&s.node[1]), OK);
	scenario_run(&s, 60000);
	export(&s, 0, &id, NULL, false);
	judge(a, &report);
	(void)line_of(&report, &id);
	forget();
	arena_free(a);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides), cmocka_unit_test(what_it_rests_on), cmocka_unit_test(one_partner_of_two),
		cmocka_unit_test(third_parties_stay_out), cmocka_unit_test(not_receipted_yet), cmocka_unit_test(withdrawn_is_said),
		cmocka_unit_test(what_cannot_be_proven),
		cmocka_unit_test(after_the_receiver_has_changed_its_keys),
	};

	return cmocka_run_group_tests_name("api_proof", tests, NULL, NULL);
}
