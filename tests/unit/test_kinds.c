#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/fieldjson.h"
#include "proto/kinds.h"
#include "proto/when.h"
#include "tests/unit/arena.h"
#include "tests/unit/samples_register.h"
#include "tests/unit/samples_requirement.h"
#include "tests/unit/samples_response.h"

#define REF "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
#define SELF "0700000000000000000000000000000000000000000000000000000000000000" /* of record_of */
#define OTHER "ff02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"

static const struct field *table_of(enum kind_number kind)
{
	return kind_by_number(kind)->fields;
}

/* A scalar as a person types it; one more item where the field is a list. */
static void put(struct value *map, const struct field *table, const char *name, const char *text)
{
	const struct field *f = fields_find(table, name);
	struct complaint why = {0};
	struct value *v = NULL, *list;

	if (!f)
		fail_msg("no field %s", name);
	if (fields_parse(f, text, a, &v, &why) != OK)
		fail_msg("%s \"%s\": %s", name, text, why.text);
	if (!f->list) {
		fields_set(a, table, map, name, v);
		return;
	}
	list = value_copy(a, fields_get(table, map, name));
	list = list ? list : value_array(a);
	value_push(a, list, v);
	fields_set(a, table, map, name, list);
}

/* name, text, name, text ... NULL */
static struct value *map_of(const struct field *table, ...)
{
	struct value *map = value_map(a);
	const char *name;
	va_list ap;

	va_start(ap, table);
	while ((name = va_arg(ap, const char *)))
		put(map, table, name, va_arg(ap, const char *));
	va_end(ap);
	return map;
}

/* One more group in a list, or the group itself. */
static void put_group(struct value *map, const struct field *table, const char *name, struct value *group)
{
	struct value *list = value_copy(a, fields_get(table, map, name));

	if (fields_find(table, name)->list) {
		list = list ? list : value_array(a);
		value_push(a, list, group);
		group = list;
	}
	fields_set(a, table, map, name, group);
}

static const struct field *group_of(enum kind_number kind, const char *name)
{
	return fields_find(table_of(kind), name)->group;
}

static struct record record_of(enum kind_number kind, const struct value *body)
{
	struct record r = {.kind = kind, .author = {{7}}, .created = 1795424400000, .tlp = kind_by_number(kind)->tlp, .body = body};

	return r;
}

static void takes(enum kind_number kind, const struct value *body)
{
	struct record r = record_of(kind, body);
	struct complaint why = {0};
	enum err e = record_check(&r, &why);

	if (e != OK)
		fail_msg("%s: %s: %s %s", kind_by_number(kind)->name, err_name(e), why.where, why.text);
}

static void refuses(enum kind_number kind, const struct value *body, const char *where)
{
	struct record r = record_of(kind, body);
	struct complaint why = {0};

	if (record_check(&r, &why) != ERR_INVALID)
		fail_msg("%s taken, although %s is wrong", kind_by_number(kind)->name, where);
	assert_string_equal(why.where, where);
	assert_true(strlen(why.text) > 0);
	assert_int_equal(record_check(&r, NULL), ERR_INVALID);
}

static struct value *without(const struct value *map, int64_t key)
{
	struct value *out = value_map(a);

	for (uint32_t i = 0; i < map->n; i++)
		if (map->items[2 * i]->i != key)
			value_set(a, out, map->items[2 * i]->i, map->items[2 * i + 1]);
	return out;
}

static struct value *with(const struct value *map, const struct field *table, const char *name, const char *text)
{
	struct value *out = value_copy(a, map);

	if (text)
		put(out, table, name, text);
	else
		out = without(map, fields_find(table, name)->key);
	return out;
}

static struct value *good_log_open(void)
{
	const struct field *t = table_of(KIND_LOG_OPEN), *g = group_of(KIND_LOG_OPEN, "closes");
	struct value *body = map_of(t, "kseq", "1", "reason", "rotation", NULL);

	put_group(body, t, "closes", map_of(g, "log", REF, "n", "12", "entry", OTHER, NULL));
	put_group(body, t, "closes", map_of(g, "log", OTHER, "n", "0", "entry", OTHER, NULL));
	return body;
}

static struct value *good_pair(void)
{
	return map_of(table_of(KIND_PAIR), "session", REF, "partner", OTHER, "role", "supplier", NULL);
}

static struct value *good_reply(void)
{
	return map_of(table_of(KIND_REPLY), "about", REF, "decision", "granted", "text", "for now", "until", "2027-03-01", NULL);
}

static struct value *good_retract(void)
{
	return map_of(table_of(KIND_RETRACT), "about", REF, "reason", "sent in error", NULL);
}

static void put_bytes(struct value *map, const struct field *table, const char *name, const void *p, size_t n)
{
	fields_set(a, table, map, name, value_bin(a, SPAN(p, n)));
}

/* A forward of a record of this kind and label. */
static struct value *forward_of(enum kind_number kind, int64_t tlp, const struct value *inner_body)
{
	const struct field *t = table_of(KIND_FORWARD), *g = group_of(KIND_FORWARD, "statements");
	struct value *body = map_of(t, "index", "255", "path", REF, "path", OTHER, "basis", "contract C-1", "relation",
		"customer", NULL);
	struct record inner = record_of(kind, inner_body);
	uint8_t signature[64] = {1};
	struct value *statement = value_map(a);
	struct buf bytes = {0};

	inner.tlp = tlp;
	if (tlp == TLP_RED || tlp > TLP_RED) {
		inner.named = 1;
		inner.name[0] = (struct id){{5}};
	}
	assert_int_equal(record_encode(&inner, &bytes), OK);
	put_bytes(body, t, "record", bytes.p, bytes.n);
	put_bytes(body, t, "entry", "entry", 5);
	put_bytes(body, t, "signature", signature, 64);
	put_bytes(statement, g, "payload", "statement", 9);
	put_bytes(statement, g, "root_sig", signature, 64);
	put_bytes(statement, g, "sign_sig", signature, 64);
	put_group(body, t, "statements", statement);
	buf_free(&bytes);
	return body;
}

static struct value *notice(const char *stage)
{
	return map_of(table_of(KIND_INCIDENT_NOTICE), "title", "Ransomware at site B", "stage", stage, NULL);
}

static struct value *good_notice(void)
{
	const struct field *t = table_of(KIND_INCIDENT_NOTICE);
	struct value *body = notice("final");

	static const char *const more[][2] = {
		{"incident", "INC-7"}, {"role", "victim"}, {"occurred", "2026-11-20"}, {"detected", "2026-11-21T04:00:00Z"},
		{"aware", "2026-11-21T06:00:00Z"}, {"severity", "high"}, {"determination", "confirmed"}, {"malicious", "yes"},
		{"cross_border", "unknown"}, {"root_cause", "malicious-action"}, {"products", "widget 3"}, {"services", "hosting"},
		{"services", "mail"}, {"contracts", "C-1"}, {"data_affected", "none"}, {"confidentiality", "none"}, {"integrity", "low"},
		{"availability", "high"}, {"recoverability", "regular"}, {"expected_recovery", "2026-11-25"},
		{"contact", "+49 30 1234, soc@example.org"},
		{"authority", "BSI 12"}, {"authority_told", "2026-11-21T07:00:00Z"}, {"vulnerabilities", "CVE-2026-0001"},
		{"summary", "what\nhappened"},
	};
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		put(body, t, more[i][0], more[i][1]);
	put_group(body, t, "indicators", map_of(group_of(KIND_INCIDENT_NOTICE, "indicators"), "type", "domain", "value",
		"bad.example", "pap", "amber", NULL));
	put_group(body, t, "actions", map_of(group_of(KIND_INCIDENT_NOTICE, "actions"), "id", "a1", "text", "patch", "urgency",
		"immediate", NULL));
	put_group(body, t, "actions", map_of(group_of(KIND_INCIDENT_NOTICE, "actions"), "id", "a2", "text", "look", "audience",
		"users", NULL));
	return body;
}

static struct value *good_answer(void)
{
	const struct field *t = table_of(KIND_INCIDENT_ANSWER), *g = group_of(KIND_INCIDENT_ANSWER, "actions");
	struct value *body = map_of(t, "about", REF, "impact", "not-affected", "justification", "component-not-present",
		"suppliers_asked", "4",
	                            "suppliers_answered", "3", "suppliers_affected", "0", NULL);

	put_group(body, t, "actions", map_of(g, "id", "a1", "status", "done", "text", "on Monday", NULL));
	put_group(body, t, "actions", map_of(g, "id", "a2", "status", "not-applicable", NULL));
	return body;
}

static struct value *good_set(void)
{
	const struct field *t = table_of(KIND_REQUIREMENT_SET), *l = group_of(KIND_REQUIREMENT_SET, "levels"),
			   *q = group_of(KIND_REQUIREMENT_SET, "requirements");
	struct value *body = map_of(t, "title", "Basics", "version", "3", "changes", "R-3 is new", NULL), *r;

	put_group(body, t, "levels", map_of(l, "id", "low", "requirements", "R-1", NULL));
	put_group(body, t, "levels", map_of(l, "id", "high", "requirements", "R-1", "requirements", "R-2", NULL));
	r = map_of(q, "rid", "R-1", "text", "shall patch", "rationale", "holes", "flow_down", "require", "stage", "tender", NULL);
	put_group(r, q, "mappings", map_of(fields_find(q, "mappings")->group, "standard", "ISO/IEC 27002:2022", "clause", "8.8",
		NULL));
	put_group(body, t, "requirements", r);
	put_group(body, t, "requirements", map_of(q, "rid", "R-2", "text", "shall log", "guidance", "https://example.org/log", NULL));
	return body;
}

static struct value *good_assign(void)
{
	return map_of(table_of(KIND_REQUIREMENT_ASSIGN), "set", REF, "level", "low", "contract", "C-1", "stage", "in-life",
		"due", "2027-01-31", NULL);
}

static struct value *good_ack(void)
{
	const struct field *t = table_of(KIND_REQUIREMENT_ACK), *g = group_of(KIND_REQUIREMENT_ACK, "answers");
	struct value *body = map_of(t, "about", REF, "set", OTHER, "signatory_name", "A. Person", "signatory_role", "CISO", NULL);

	put_group(body, t, "answers", map_of(g, "rid", "R-1", "answer", "accepted", "evidence", "policy.pdf", NULL));
	put_group(body, t, "answers", map_of(g, "rid", "R-2", "answer", "declined", "statement", "no such system", NULL));
	put_group(body, t, "answers", map_of(g, "rid", "R-3", "answer", "accepted-with-exception", "exception_reason", "old kit",
		"exception_until",
	                                     "2027-06-30", "measures", "segmented", NULL));
	return body;
}

static struct value *good_review(void)
{
	const struct field *t = table_of(KIND_REQUIREMENT_REVIEW), *g = group_of(KIND_REQUIREMENT_REVIEW, "results");
	struct value *body = map_of(t, "about", REF, NULL);

	put_group(body, t, "results", map_of(g, "rid", "R-1", "result", "satisfied", NULL));
	put_group(body, t, "results", map_of(g, "rid", "R-2", "result", "insufficient", "reason", "no evidence", NULL));
	return body;
}

static struct value *good_exception(void)
{
	return map_of(table_of(KIND_EXCEPTION_REQUEST), "assign", REF, "rid", "R-2", "reason", "new kit comes in May", "until",
		"2027-05-31", NULL);
}

static struct value *good_posture(void)
{
	const struct field *t = table_of(KIND_POSTURE_ATTESTATION), *g = group_of(KIND_POSTURE_ATTESTATION, "statements");
	struct value *body = map_of(t, "title", "Posture", "framework", "ISO/IEC 27002", "framework_version", "2022", "as_of",
		"2026-11-01",
	                            "valid_until", "2027-10-31", "common", "yes", NULL);

	put_group(body, t, "scope", map_of(group_of(KIND_POSTURE_ATTESTATION, "scope"), "services", "hosting", "exclusions",
		"labs", NULL));
	put_group(body, t, "statements", map_of(g, "control", "8.8", "status", "implemented", "assurance", "tested",
		"confidence", "100", NULL));
	put_group(body, t, "statements", map_of(g, "control", "8.9", "status", "planned", "target", "2027-01-01", NULL));
	return body;
}

static struct value *good_certification(void)
{
	return map_of(table_of(KIND_CERTIFICATION), "scheme", "ISO/IEC 27001", "edition", "2022", "number", "IS-4711", "body", "Cert Ltd", "scope",
		"hosting", "clauses", "A.8.8", "issued", "2026-02-01", "expires", "2029-01-31", "status", "valid", NULL);
}

static struct value *good_evidence(void)
{
	return map_of(table_of(KIND_EVIDENCE), "title", "Penetration test", "type", "test-result", "availability", "attached", "hash", REF, "size", "4711",
		"file", "pentest.pdf", "created", "2026-11-01", "expires", "2027-10-31", "classification", "confidential", "about", OTHER, "rids", "R3", NULL);
}

static struct value *good_finding(void)
{
	return map_of(table_of(KIND_FINDING), "about", REF, "rid", "R-2", "severity", "high", "text", "never tried", "required_by", "2027-01-31", "source",
		"audit", NULL);
}

static struct value *good_improvement(void)
{
	const struct field *t = table_of(KIND_IMPROVEMENT), *g = group_of(KIND_IMPROVEMENT, "actions");
	struct value *body = map_of(t, "about", REF, "progress", "50", "support", "a test account", NULL);

	put_group(body, t, "actions", map_of(g, "id", "a1", "text", "restore test", "owner", "IT", "due", "2027-01-15", "status", "done", NULL));
	put_group(body, t, "actions", map_of(g, "id", "a2", "text", "write it down", "due", "2027-01-20", NULL));
	return body;
}

static struct value *good_contract(void)
{
	const struct field *t = table_of(KIND_CONTRACT), *g = group_of(KIND_CONTRACT, "clauses");
	struct value *body = map_of(t, "reference", "C-7", "customer", SELF, "supplier", OTHER, "type", "bespoke", "start", "2027-01-01",
		"end", "2028-12-31", "notice_days", "90",
		"services", "hosting", "functions", "deliveries", "data_classes", "customer data", "countries", "DE",
		NULL);
	struct value *clauses = map_of(g, "profile", "nis2", "subcontracting", "prior-approval", "audit", "once a year", NULL);

	put_group(clauses, g, "clocks", map_of(fields_find(g, "clocks")->group, "stage", "early-warning", "hours", "12", NULL));
	put_group(clauses, g, "clocks", map_of(fields_find(g, "clocks")->group, "stage", "final", "hours", "720", NULL));
	put_group(body, t, "clauses", clauses);
	put_group(body, t, "terms", map_of(group_of(KIND_CONTRACT, "terms"), "url", "https://example.org/terms", "hash", REF, NULL));
	return body;
}

static struct value *good_concern(void)
{
	return map_of(table_of(KIND_CONCERN), "title", "R3 asks too much", "topic", "requirement", "source", "upward-report", "text", "three people", "wish",
	              "once a year", "record", REF, "rid", "R3", "contract", "C-1", "severity", "medium", NULL);
}

static struct value *good_issue(void)
{
	return map_of(table_of(KIND_ISSUE), "title", "unsigned updates", "type", "proposal", "text", "found in a test", "proposal", "ask for signatures",
	              "products", "pump 3.1", "vulnerabilities", "CVE-2026-1234", "severity", "high", "record", REF, "rid", "R7", NULL);
}

static struct value *good_vouch(void)
{
	return map_of(table_of(KIND_ORG_VOUCH), "org", REF, "basis", "contract", "since", "2020-01-01", "expires", "2020-06-30", "text",
	              "they run our cold chain", NULL);
}

static struct value *good_asset(void)
{
	const struct field *t = table_of(KIND_ASSET_HELD), *g = group_of(KIND_ASSET_HELD, "items");
	struct value *body = map_of(t, "as_of", "2026-11-01", "contract", "C-1", "holder", OTHER, "complete", "true", "text", "all of it", NULL);

	put_group(body, t, "items", map_of(g, "id", "db", "class", "data", "description", "orders", "information", "personal data", "locations", "DE",
		"backups", "tape, site B", "since", "2020-01-01", NULL));
	put_group(body, t, "items", map_of(g, "id", "vpn", "class", "credential", "description", "VPN of the depot", NULL));
	return body;
}

static struct value *good_termination(void)
{
	return map_of(table_of(KIND_TERMINATION), "reason", "end of term", "effective", "2026-12-31", "contract", "C-1", "supplier", OTHER, "transfer_to",
	              "Next Ltd", "text", "help until then", NULL);
}

static struct value *disposed(const char *id, const char *outcome)
{
	return map_of(group_of(KIND_DISPOSITION, "items"), "id", id, "outcome", outcome, NULL);
}

static struct value *good_disposition(void)
{
	const struct field *t = table_of(KIND_DISPOSITION), *g = group_of(KIND_DISPOSITION, "items");
	struct value *body = map_of(t, "about", REF, "signatory_name", "E. Ray", "signatory_role", "CISO", "text", "done", NULL);

	put_group(body, t, "items", map_of(g, "id", "db", "outcome", "deleted", "method", "purge", "standard", "NIST SP 800-88", "date", "2026-11-01",
		"by", "E. Ray", "backups_until", "2027-02-01", "text", "certificate 7", NULL));
	put_group(body, t, "items", map_of(g, "id", "books", "outcome", "retained", "basis", "tax law", "until", "2036-12-31", NULL));
	put_group(body, t, "items", map_of(g, "id", "laptop", "outcome", "returned", "to", "A. Bell", "date", "2026-11-01", NULL));
	put_group(body, t, "items", disposed("vpn", "not-held"));
	put_group(body, t, "subcontractors", map_of(group_of(KIND_DISPOSITION, "subcontractors"), "held", "3", "disposed", "2", "retained", "1", "until",
		"2027-01-01", NULL));
	return body;
}

static struct value *good_json(enum kind_number kind, const char *text)
{
	struct complaint why = {0};
	struct value *body = NULL;
	json_t *json = json_loads(text, 0, NULL);

	if (!json || fieldjson_read(table_of(kind), json, NULL, a, &body, &why) != OK)
		fail_msg("%s: %s %s", text, why.where, why.text);
	json_decref(json);
	return body;
}

static struct value *good(enum kind_number kind)
{
	switch (kind) {
	case KIND_LOG_OPEN:
		return good_log_open();
	case KIND_PAIR:
		return good_pair();
	case KIND_REPLY:
		return good_reply();
	case KIND_RETRACT:
		return good_retract();
	case KIND_FORWARD:
		return forward_of(KIND_INCIDENT_NOTICE, TLP_AMBER, good_notice());
	case KIND_INCIDENT_NOTICE:
		return good_notice();
	case KIND_INCIDENT_ANSWER:
		return good_answer();
	case KIND_REQUIREMENT_SET:
		return good_set();
	case KIND_REQUIREMENT_ASSIGN:
		return good_assign();
	case KIND_REQUIREMENT_ACK:
		return good_ack();
	case KIND_REQUIREMENT_REVIEW:
		return good_review();
	case KIND_EXCEPTION_REQUEST:
		return good_exception();
	case KIND_CHALLENGE:
		return good_json(kind, SAMPLE_CHALLENGE);
	case KIND_EQUIVALENCE:
		return good_json(kind, SAMPLE_EQUIVALENCE);
	case KIND_GUIDANCE:
		return good_json(kind, SAMPLE_GUIDANCE);
	case KIND_POSTURE_ATTESTATION:
		return good_posture();
	case KIND_CERTIFICATION:
		return good_certification();
	case KIND_EVIDENCE:
		return good_evidence();
	case KIND_FINDING:
		return good_finding();
	case KIND_IMPROVEMENT:
		return good_improvement();
	case KIND_CONTRACT:
		return good_contract();
	case KIND_SUBCONTRACTOR_DISCLOSURE:
		return good_json(kind, SAMPLE_DISCLOSURE);
	case KIND_SUBCONTRACTING_REQUEST:
		return good_json(kind, SAMPLE_REQUEST);
	case KIND_SUPPORT_STATEMENT:
		return good_json(kind, SAMPLE_SUPPORT);
	case KIND_RESPONSIBILITY_MATRIX:
		return good_json(kind, SAMPLE_MATRIX);
	case KIND_FLOWDOWN:
		return good_json(kind, SAMPLE_FLOWDOWN);
	case KIND_TENDER:
		return good_json(kind, SAMPLE_TENDER);
	case KIND_CONCERN:
		return good_concern();
	case KIND_ISSUE:
		return good_issue();
	case KIND_ORG_VOUCH:
		return good_vouch();
	case KIND_IMPACT_QUERY:
		return good_json(kind, SAMPLE_QUERY);
	case KIND_ASSISTANCE:
		return good_json(kind, SAMPLE_ASSISTANCE);
	case KIND_EXERCISE_PLAN:
		return good_json(kind, SAMPLE_PLAN);
	case KIND_EXERCISE_REPORT:
		return good_json(kind, SAMPLE_EXERCISE_REPORT);
	case KIND_ASSET_HELD:
		return good_asset();
	case KIND_TERMINATION:
		return good_termination();
	case KIND_DISPOSITION:
		return good_disposition();
	}
	return NULL;
}

/* Numbers and keys are on the wire for ever: this is the whole list as it was given out. */
static void test_registry(void **state)
{
	static const struct {
		int64_t number;
		const char *name;
	} want[] = {{1, "log.open"}, {2, "pair"}, {3, "reply"}, {4, "retract"}, {5, "forward"}, {10, "org.vouch"}, {16, "incident.notice"},
		{17, "incident.answer"}, {18, "impact.query"}, {19, "assistance"},
	            {24, "requirement.set"}, {25, "requirement.assign"}, {26, "requirement.ack"}, {27, "requirement.review"},
	            {28, "exception.request"}, {29, "challenge"}, {30, "equivalence"}, {31, "guidance"}, {32, "posture.attestation"},
	            {33, "certification"}, {34, "evidence"},
	            {35, "finding"}, {36, "improvement"},
	            {40, "contract"}, {41, "subcontractor.disclosure"}, {42, "subcontracting.request"}, {43, "support.statement"},
	            {44, "responsibility.matrix"}, {45, "flowdown"}, {46, "tender"},
	            {48, "concern"}, {49, "issue"}, {50, "exercise.plan"}, {51, "exercise.report"}, {56, "asset.held"},
	            {57, "termination"}, {58, "disposition"}};
	size_t i = 0;

	(void)state;
	for (; kind_each(i); i++) {
		assert_true(i < sizeof(want) / sizeof(*want));
		assert_int_equal(kind_each(i)->number, want[i].number);
		assert_string_equal(kind_each(i)->name, want[i].name);
		assert_ptr_equal(kind_by_number(want[i].number), kind_each(i));
		assert_ptr_equal(kind_by_name(want[i].name), kind_each(i));
	}
	assert_int_equal(i, sizeof(want) / sizeof(*want));
	assert_null(kind_by_number(0));
	assert_null(kind_by_number(6));
	assert_null(kind_by_number(-1));
	assert_null(kind_by_name("incident"));
	assert_null(kind_by_name(""));
}

static void check_table(const char *kind, const struct field *table)
{
	uint64_t keys = 0;

	for (const struct field *f = table; f->name; f++) {
		assert_true(f->key < 64);
		if (keys >> f->key & 1)
			fail_msg("%s.%s: key %u is taken", kind, f->name, f->key);
		keys |= 1ull << f->key;
		assert_int_equal(strspn(f->name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(f->name));
		assert_ptr_equal(fields_find(table, f->name), f); /* no name twice */
		if (!f->help || strlen(f->help) < 5 || strpbrk(f->help, "|\n"))
			fail_msg("%s.%s: no help", kind, f->name);
		assert_int_equal(f->type == FIELD_ENUM, f->vocab != NULL);
		if (f->type == FIELD_GROUP)
			check_table(kind, f->group);
	}
}

static void test_tables(void **state)
{
	(void)state;
	for (size_t i = 0; kind_each(i); i++) {
		const struct kind *k = kind_each(i);

		check_table(k->name, k->fields);
		assert_true(strlen(k->summary) > 20);
		assert_in_range(k->tlp, TLP_CLEAR, TLP_RED);
		for (size_t w = 0; k->decisions && k->decisions->words[w]; w++)
			assert_int_not_equal(vocab_number(&vocab_decision, SPAN(k->decisions->words[w], strlen(k->decisions->words[w]))), 0);
	}
}

/* For every kind: a good sample is taken, also through bytes; each field of the wrong type, each required one left out, is refused
 * there. */
static void test_every_field(void **state)
{
	(void)state;
	for (size_t i = 0; kind_each(i); i++) {
		const struct kind *k = kind_each(i);
		struct value *body = good(k->number);
		struct record r = record_of(k->number, body), back;
		struct complaint why = {0};
		struct buf bytes = {0};

		takes(k->number, body);
		assert_int_equal(record_encode(&r, &bytes), OK);
		assert_int_equal(record_decode(buf_span(&bytes), a, &back, &why), OK);
		assert_true(value_eq(back.body, body));
		assert_int_equal(record_check(&back, &why), OK);
		buf_free(&bytes);
		for (const struct field *f = k->fields; f->name; f++) {
			struct value *wrong = value_copy(a, body);

			value_set(a, wrong, f->key, value_nil(a));
			refuses(k->number, wrong, f->name);
			if (f->required)
				refuses(k->number, without(body, f->key), f->name);
		}
		body = value_copy(a, body);
		value_set(a, body, 62, value_nil(a));
		refuses(k->number, body, "key 62");
	}
}

static void test_log_open(void **state)
{
	const struct field *t = table_of(KIND_LOG_OPEN), *g = group_of(KIND_LOG_OPEN, "closes");
	struct value *body = good_log_open();

	(void)state;
	takes(KIND_LOG_OPEN, with(body, t, "closes", NULL));
	put_group(body, t, "closes", map_of(g, "log", REF, "n", "13", "entry", REF, NULL));
	refuses(KIND_LOG_OPEN, body, "closes.log");
	body = good_log_open();
	put_group(body, t, "closes", map_of(g, "n", "13", "entry", REF, NULL));
	refuses(KIND_LOG_OPEN, body, "closes[2].log");
}

static void test_pair_and_reply(void **state)
{
	const struct field *t = table_of(KIND_PAIR), *q = table_of(KIND_REPLY);
	struct value *body = good_pair();
	struct id self = {{7}};

	(void)state;
	fields_set(a, t, body, "partner", value_id(a, &self));
	refuses(KIND_PAIR, body, "partner");
	body = with(good_reply(), q, "decision", "granted-shorter");
	takes(KIND_REPLY, body);
	body = with(body, q, "until", NULL);
	refuses(KIND_REPLY, body, "until");
	takes(KIND_REPLY, with(body, q, "due", "2027-01-01"));
	takes(KIND_REPLY, with(body, q, "decision", "acknowledged"));
}

static void test_forward(void **state)
{
	const struct field *t = table_of(KIND_FORWARD);
	struct value *body = good(KIND_FORWARD), *more;
	struct complaint why = {0};
	uint8_t bytes[64] = {0};
	struct record r;

	(void)state;
	for (size_t n = 63; n <= 64; n++) {
		more = value_copy(a, body);
		put_bytes(more, t, "signature", bytes, n);
		if (n == 64)
			takes(KIND_FORWARD, more);
		else
			refuses(KIND_FORWARD, more, "signature");
	}
	more = value_copy(a, body);
	put_bytes(more, t, "record", "\xc1", 1);
	r = record_of(KIND_FORWARD, more);
	assert_int_equal(record_check(&r, &why), ERR_SHAPE);
	assert_string_equal(why.where, "record.record"); /* the place within the record passed on */
	put_bytes(more, t, "record", "\x80", 1);
	refuses(KIND_FORWARD, more, "record.version");
	refuses(KIND_FORWARD, forward_of(KIND_FORWARD, TLP_GREEN, body), "record");
}

/* What each stage asks for: the field named is the first that is missing. */
static void test_notice_stages(void **state)
{
	static const struct {
		const char *name, *text;
		int from; /* the first stage that asks for it */
	} steps[] = {{"aware", "2026-11-21", 1}, {"malicious", "unknown", 1}, {"cross_border", "no", 1},
		{"contact", "soc@example.org", 1},
	             {"severity", "low", 2}, {"determination", "suspected", 2}, {"root_cause", "unknown", 4}};
	const struct field *t = table_of(KIND_INCIDENT_NOTICE);

	(void)state;
	for (int stage = 1; stage <= 4; stage++) {
		struct value *body = notice(vocab_word(&vocab_stage, stage));

		for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
			char missing[96] = ""; /* what one stage asks for is named at once */

			if (steps[i].from > stage)
				break;
			for (size_t k = i; k < sizeof(steps) / sizeof(*steps) && steps[k].from == steps[i].from; k++)
				(void)snprintf(missing + strlen(missing), sizeof(missing) - strlen(missing), "%s%s", k > i ? ", " : "", steps[k].name);
			refuses(KIND_INCIDENT_NOTICE, body, missing);
			put(body, t, steps[i].name, steps[i].text);
		}
		takes(KIND_INCIDENT_NOTICE, body);
	}
	takes(KIND_INCIDENT_NOTICE, notice("correction"));
	refuses(KIND_INCIDENT_NOTICE, with(notice("correction"), t, "title", NULL), "title");
}

static void test_incident_lists(void **state)
{
	const struct field *t = table_of(KIND_INCIDENT_NOTICE), *q = table_of(KIND_INCIDENT_ANSWER);
	struct value *body = good_notice();

	(void)state;
	put_group(body, t, "actions", map_of(group_of(KIND_INCIDENT_NOTICE, "actions"), "id", "a1", "text", "again", NULL));
	refuses(KIND_INCIDENT_NOTICE, body, "actions.id");
	body = good_notice();
	put_group(body, t, "indicators", map_of(group_of(KIND_INCIDENT_NOTICE, "indicators"), "type", "url", NULL));
	refuses(KIND_INCIDENT_NOTICE, body, "indicators[1].value");
	body = good_answer();
	put_group(body, q, "actions", map_of(group_of(KIND_INCIDENT_ANSWER, "actions"), "id", "a2", "status", "planned", NULL));
	refuses(KIND_INCIDENT_ANSWER, body, "actions.id");
	refuses(KIND_INCIDENT_ANSWER, with(good_answer(), q, "suppliers_answered", "5"), "suppliers_answered");
	takes(KIND_INCIDENT_ANSWER, with(good_answer(), q, "suppliers_answered", "4"));
	refuses(KIND_INCIDENT_ANSWER, with(good_answer(), q, "suppliers_asked", NULL), "suppliers_answered");
	refuses(KIND_INCIDENT_ANSWER, with(good_answer(), q, "suppliers_affected", "4"), "suppliers_affected");
	body = with(with(good_answer(), q, "suppliers_affected", NULL), q, "suppliers_answered", "0");
	takes(KIND_INCIDENT_ANSWER, body);
	refuses(KIND_INCIDENT_ANSWER, with(body, q, "suppliers_asked", NULL), "suppliers_answered");
	refuses(KIND_INCIDENT_ANSWER, with(good_answer(), q, "suppliers_answered", NULL), "suppliers_affected");
}

static void test_set(void **state)
{
	const struct field *t = table_of(KIND_REQUIREMENT_SET), *l = group_of(KIND_REQUIREMENT_SET, "levels"),
			   *q = group_of(KIND_REQUIREMENT_SET, "requirements");
	struct value *body = good_set();

	(void)state;
	put_group(body, t, "requirements", map_of(q, "rid", "R-1", "text", "again", NULL));
	refuses(KIND_REQUIREMENT_SET, body, "requirements.rid");
	body = good_set();
	put_group(body, t, "levels", map_of(l, "id", "low", "requirements", "R-2", NULL));
	refuses(KIND_REQUIREMENT_SET, body, "levels.id");
	body = good_set();
	put_group(body, t, "levels", map_of(l, "id", "odd", "requirements", "R-2", "requirements", "R-22", NULL));
	refuses(KIND_REQUIREMENT_SET, body, "levels[2].requirements[1]");
	body = good_set();
	put_group(body, t, "levels", map_of(l, "id", "odd", "requirements", "R-", NULL));
	refuses(KIND_REQUIREMENT_SET, body, "levels[2].requirements[0]");
	takes(KIND_REQUIREMENT_SET, with(good_set(), t, "levels", NULL));
	body = good_set();
	fields_set(a, t, body, "requirements", value_array(a));
	refuses(KIND_REQUIREMENT_SET, body, "requirements");
}

/* 1,024 requirements are taken, from the first to the last looked up; one more is over the limit. */
static void test_set_size(void **state)
{
	const struct field *t = table_of(KIND_REQUIREMENT_SET), *l = group_of(KIND_REQUIREMENT_SET, "levels"),
			   *q = group_of(KIND_REQUIREMENT_SET, "requirements");
	struct value *body = map_of(t, "title", "Many", "version", "1", NULL), *list = value_array(a), *level = map_of(l, "id",
		"all", NULL),
		     *rids = value_array(a), *levels = value_array(a);
	struct record r = record_of(KIND_REQUIREMENT_SET, body);
	struct complaint why = {0};
	char rid[16];

	(void)state;
	fields_set(a, t, body, "requirements", list);
	fields_set(a, l, level, "requirements", rids);
	value_push(a, levels, level);
	fields_set(a, t, body, "levels", levels);
	for (int i = 0; i < 1024; i++) {
		(void)snprintf(rid, sizeof(rid), "R-%d", i * 7919 % 1024);
		value_push(a, list, map_of(q, "rid", rid, "text", "shall", NULL));
		(void)snprintf(rid, sizeof(rid), "R-%d", i);
		value_push(a, rids, value_str(a, rid));
	}
	takes(KIND_REQUIREMENT_SET, body);
	value_push(a, list, map_of(q, "rid", "R-1024", "text", "shall", NULL));
	assert_int_equal(record_check(&r, &why), ERR_LIMIT);
	assert_string_equal(why.where, "requirements");
}

static void test_ack(void **state)
{
	static const struct {
		const char *answer, *field, *text, *where; /* where: what is missed; NULL: fine */
	} rows[] = {
		{"accepted", NULL, NULL, NULL}, {"met-by-equivalence", NULL, NULL, NULL}, {"needs-clarification", NULL, NULL, NULL},
		{"declined", NULL, NULL, "answers[3].statement"}, {"declined", "statement", "no", NULL},
		{"declined", "exception_reason", "no", NULL},
		{"not-applicable", NULL, NULL, "answers[3].statement"}, {"not-applicable", "statement", "no such thing", NULL},
		{"accepted-with-exception", NULL, NULL, "answers[3].statement"},
		{"accepted-with-exception", "statement", "later", "answers[3].exception_until"},
		{"accepted-with-exception", "exception_reason", "later", "answers[3].exception_until"},
		{"accepted-with-exception", "exception_until", "2027-01-01", "answers[3].statement"},
	};
	const struct field *t = table_of(KIND_REQUIREMENT_ACK), *g = group_of(KIND_REQUIREMENT_ACK, "answers");
	struct value *body;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct value *answer = map_of(g, "rid", "R-9", "answer", rows[i].answer, NULL);

		if (rows[i].field)
			put(answer, g, rows[i].field, rows[i].text);
		body = good_ack();
		put_group(body, t, "answers", answer);
		if (rows[i].where)
			refuses(KIND_REQUIREMENT_ACK, body, rows[i].where);
		else
			takes(KIND_REQUIREMENT_ACK, body);
	}
	body = good_ack();
	put_group(body, t, "answers", map_of(g, "rid", "R-2", "answer", "accepted", NULL));
	refuses(KIND_REQUIREMENT_ACK, body, "answers.rid");
	body = good_review();
	put_group(body, table_of(KIND_REQUIREMENT_REVIEW), "results",
	          map_of(group_of(KIND_REQUIREMENT_REVIEW, "results"), "rid", "R-1", "result", "insufficient", NULL));
	refuses(KIND_REQUIREMENT_REVIEW, body, "results.rid");
}

static void test_exception(void **state)
{
	const struct field *t = table_of(KIND_EXCEPTION_REQUEST);

	(void)state;
	takes(KIND_EXCEPTION_REQUEST, with(good_exception(), t, "until", "2026-11-23")); /* the day of the request */
	refuses(KIND_EXCEPTION_REQUEST, with(good_exception(), t, "until", "2026-11-22"), "until");
}

static void test_posture(void **state)
{
	const struct field *t = table_of(KIND_POSTURE_ATTESTATION), *s = group_of(KIND_POSTURE_ATTESTATION, "scope"),
			   *g = group_of(KIND_POSTURE_ATTESTATION, "statements");
	static const char *const parts[] = {"units", "services", "contracts", "locations"};
	struct value *body = good_posture();

	(void)state;
	refuses(KIND_POSTURE_ATTESTATION, with(body, t, "valid_until", "2026-11-01"), "valid_until");
	refuses(KIND_POSTURE_ATTESTATION, with(body, t, "valid_until", "2026-10-31"), "valid_until");
	takes(KIND_POSTURE_ATTESTATION, with(body, t, "valid_until", "2026-11-02"));
	takes(KIND_POSTURE_ATTESTATION, with(body, t, "valid_until", "2027-11-02")); /* 366 days */
	refuses(KIND_POSTURE_ATTESTATION, with(body, t, "valid_until", "2027-11-03"), "valid_until");
	put_group(body, t, "scope", value_map(a));
	refuses(KIND_POSTURE_ATTESTATION, body, "scope");
	put_group(body, t, "scope", map_of(s, "exclusions", "everything", NULL));
	refuses(KIND_POSTURE_ATTESTATION, body, "scope");
	for (size_t i = 0; i < 4; i++) {
		struct value *scope = value_map(a);

		fields_set(a, s, scope, parts[i], value_array(a));
		put_group(body, t, "scope", scope);
		refuses(KIND_POSTURE_ATTESTATION, body, "scope");
		put_group(body, t, "scope", map_of(s, parts[i], "x", NULL));
		takes(KIND_POSTURE_ATTESTATION, body);
	}
	put_group(body, t, "statements", map_of(g, "control", "8.8", "status", "planned", NULL));
	refuses(KIND_POSTURE_ATTESTATION, body, "statements.control");
	body = good_posture();
	put_group(body, t, "statements", map_of(g, "control", "8.10", "status", "planned", NULL));
	takes(KIND_POSTURE_ATTESTATION, body);
}

static void test_assurance(void **state)
{
	const struct field *t = table_of(KIND_CERTIFICATION), *q = table_of(KIND_IMPROVEMENT);
	struct value *body = good_improvement();

	(void)state;
	takes(KIND_CERTIFICATION, with(good_certification(), t, "expires", "2026-02-02"));
	refuses(KIND_CERTIFICATION, with(good_certification(), t, "expires", "2026-02-01"), "expires");
	put_group(body, q, "actions", map_of(group_of(KIND_IMPROVEMENT, "actions"), "id", "a2", "text", "again", "due", "2027-01-21", NULL));
	refuses(KIND_IMPROVEMENT, body, "actions.id");
	t = table_of(KIND_EVIDENCE);
	body = good_evidence();
	refuses(KIND_EVIDENCE, with(body, t, "hash", NULL), "hash");
	refuses(KIND_EVIDENCE, with(body, t, "size", NULL), "size");
	refuses(KIND_EVIDENCE, with(body, t, "size", "0"), "size");
	takes(KIND_EVIDENCE, with(body, t, "size", "12582912"));
	refuses(KIND_EVIDENCE, with(body, t, "hash", "00ff"), "hash");
	refuses(KIND_EVIDENCE, with(body, t, "expires", "2026-10-31"), "expires");
	refuses(KIND_EVIDENCE, with(body, t, "availability", "url"), "url");
	body = with(with(with(with(body, t, "availability", "url"), t, "url", "https://example.org/a"), t, "hash", NULL), t, "size", NULL);
	takes(KIND_EVIDENCE, body);
	refuses(KIND_EVIDENCE, with(body, t, "expires", "2026-10-31"), "expires");
	refuses(KIND_FINDING, with(good_finding(), table_of(KIND_FINDING), "text", NULL), "text");
}

static void test_contract(void **state)
{
	const struct field *t = table_of(KIND_CONTRACT), *g = group_of(KIND_CONTRACT, "clauses");
	struct value *body = good_contract(), *clauses;

	(void)state;
	takes(KIND_CONTRACT, with(body, t, "end", "2027-01-01"));
	refuses(KIND_CONTRACT, with(body, t, "end", "2026-12-31"), "end");
	takes(KIND_CONTRACT, with(body, t, "end", NULL));
	refuses(KIND_CONTRACT, with(body, t, "supplier", SELF), "supplier");
	refuses(KIND_CONTRACT, with(body, t, "customer", REF), "customer");
	takes(KIND_CONTRACT, with(with(body, t, "customer", REF), t, "supplier", SELF));
	put_group(body, t, "terms", map_of(group_of(KIND_CONTRACT, "terms"), "hash", "00", NULL));
	refuses(KIND_CONTRACT, body, "terms.hash");
	body = good_contract();
	clauses = value_copy(a, fields_get(t, body, "clauses"));
	put_group(clauses, g, "clocks", map_of(fields_find(g, "clocks")->group, "stage", "final", "hours", "1", NULL));
	put_group(body, t, "clauses", clauses);
	refuses(KIND_CONTRACT, body, "clauses.clocks[2].stage");
}

static void test_document(void **state)
{
	struct buf out = {0};
	const char *text;

	(void)state;
	assert_int_equal(kinds_document(&out), OK);
	assert_int_equal(buf_add(&out, "", 1), OK);
	text = (const char *)out.p;
	assert_memory_equal(text, "# Record kinds\n", 15);
	for (size_t i = 0; kind_each(i); i++) {
		char heading[64];
		const char *at;

		(void)snprintf(heading, sizeof(heading), "\n## %s\n", kind_each(i)->name);
		at = strstr(text, heading);
		if (!at)
			fail_msg("%s is not in the document", kind_each(i)->name);
		assert_non_null(strstr(at, kind_each(i)->summary));
		for (const struct field *f = kind_each(i)->fields; f->name; f++) {
			bool words = f->list && f->type == FIELD_ENUM; /* which words, is named */
			char row[128];

			(void)snprintf(row, sizeof(row), "| %u | `%s` | %s%s |", f->key, f->name, words ? "list of " : "",
			               words ? f->vocab->name : fields_type_name(f));
			if (!strstr(at, row))
				fail_msg("%s is not in the document", row);
		}
	}
	for (size_t i = 0; vocab_each(i); i++) {
		char row[96];

		(void)snprintf(row, sizeof(row), "\n| %s | %s, ", vocab_each(i)->name, vocab_each(i)->words[0]);
		if (!strstr(text, row))
			fail_msg("%s is not in the document", vocab_each(i)->name);
	}
	buf_free(&out);
}

/* Nothing is attested that is not done, and each outcome says what it must. */
static void test_exit(void **state)
{
	static const struct { const char *outcome, *lacks[3]; } cases[] = {
		{"returned", {"date"}}, {"deleted", {"method", "date"}}, {"transferred", {"to", "date"}}, {"retained", {"basis", "until"}}};
	const struct field *t = table_of(KIND_DISPOSITION), *g = group_of(KIND_DISPOSITION, "items"), *b = group_of(KIND_DISPOSITION, "subcontractors"),
			   *q = table_of(KIND_ASSET_HELD);
	struct value *full = map_of(g, "id", "x", "method", "destroy", "date", "2026-11-01", "to", "us", "basis", "law", "until", "2030-01-01", NULL), *body;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		body = map_of(t, "about", REF, NULL);
		put_group(body, t, "items", with(full, g, "outcome", cases[i].outcome));
		takes(KIND_DISPOSITION, body);
		for (size_t k = 0; cases[i].lacks[k]; k++) {
			char where[64];

			snprintf(where, sizeof where, "items[0].%s", cases[i].lacks[k]);
			body = map_of(t, "about", REF, NULL);
			put_group(body, t, "items", with(with(full, g, "outcome", cases[i].outcome), g, cases[i].lacks[k], NULL));
			refuses(KIND_DISPOSITION, body, where);
		}
	}
	body = map_of(t, "about", REF, NULL);
	put_group(body, t, "items", map_of(g, "id", "x", "outcome", "returned", "date", "2026-11-25", NULL)); /* said on the 23rd */
	refuses(KIND_DISPOSITION, body, "items[0].date");
	body = good_disposition();
	put_group(body, t, "items", disposed("db", "not-held"));
	refuses(KIND_DISPOSITION, body, "items.id");
	body = with(good_disposition(), t, "subcontractors", NULL);
	takes(KIND_DISPOSITION, body);
	put_group(body, t, "subcontractors", map_of(b, "held", "2", "disposed", "2", "retained", "1", "until", "2027-01-01", NULL));
	refuses(KIND_DISPOSITION, body, "subcontractors.held");
	body = with(good_disposition(), t, "subcontractors", NULL);
	put_group(body, t, "subcontractors", map_of(b, "held", "2", "retained", "1", NULL));
	refuses(KIND_DISPOSITION, body, "subcontractors.until");
	takes(KIND_ASSET_HELD, with(good_asset(), q, "items", NULL));
	refuses(KIND_ASSET_HELD, with(with(good_asset(), q, "items", NULL), q, "complete", NULL), "complete");
	refuses(KIND_ORG_VOUCH, with(good_vouch(), table_of(KIND_ORG_VOUCH), "expires", "2020-01-01"), "expires");
	takes(KIND_ORG_VOUCH, with(good_vouch(), table_of(KIND_ORG_VOUCH), "expires", "2020-01-02"));
	refuses(KIND_ORG_VOUCH, with(good_vouch(), table_of(KIND_ORG_VOUCH), "expires", "2060-01-01"), "expires");
	refuses(KIND_ISSUE, with(good_issue(), table_of(KIND_ISSUE), "proposal", NULL), "proposal");
	takes(KIND_ISSUE, with(with(with(good_issue(), table_of(KIND_ISSUE), "proposal", NULL), table_of(KIND_ISSUE), "type", NULL), table_of(KIND_ISSUE),
	                       "type", "lesson"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit),
		cmocka_unit_test(test_registry), cmocka_unit_test(test_tables), cmocka_unit_test(test_every_field),
		cmocka_unit_test(test_log_open), cmocka_unit_test(test_pair_and_reply), cmocka_unit_test(test_forward),
		cmocka_unit_test(test_notice_stages), cmocka_unit_test(test_incident_lists), cmocka_unit_test(test_set),
		cmocka_unit_test(test_set_size), cmocka_unit_test(test_ack), cmocka_unit_test(test_exception), cmocka_unit_test(test_posture),
		cmocka_unit_test(test_contract), cmocka_unit_test(test_assurance),
		cmocka_unit_test(test_document),
	};

	return cmocka_run_group_tests_name("kinds", tests, arena_begin, arena_end);
}
