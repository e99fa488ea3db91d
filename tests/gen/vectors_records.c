/* Records: one of each kind, and those that do not count wherever they come; then those whose entry decides. */
#include "tests/gen/vectors.h"

#include <stdio.h>

#include "node/fieldjson.h"
#include "node/judge.h"
#include "proto/entry.h"
#include "proto/kinds.h"
#include "proto/merkle.h"
#include "proto/pack.h"

#define X77 "7777777777777777777777777777777777777777777777777777777777777777"
#define X78 "7878787878787878787878787878787878787878787878787878787878787878"

static const struct sample {
	enum kind_number kind;
	const char *body; /* with ' for " */
} samples[] = {
	{KIND_LOG_OPEN, "{'kseq': 0, 'reason': 'restore', 'closes': [{'log': '" X77 "', 'n': 3, 'entry': '" X78 "'}]}"},
	{KIND_PAIR, "{'session': '" X77 "', 'partner': '" X78 "', 'role': 'supplier'}"},
	{KIND_REPLY, "{'about': '" X77 "', 'decision': 'granted-shorter', 'text': 'One more quarter.', 'until': '2027-06-30'}"},
	{KIND_RETRACT, "{'about': '" X77 "', 'reason': 'Sent in error.'}"},
	{KIND_INCIDENT_NOTICE,
	 "{'title': 'Ransomware at the depot', 'stage': 'notification', 'aware': '2025-12-31T23:00:00Z', 'malicious': 'yes',"
	 " 'cross_border': 'unknown', 'contact': 'soc@example.org', 'severity': 'high', 'determination': 'confirmed',"
	 " 'vulnerabilities': ['CVE-2023-34362'], 'indicators': [{'type': 'filename', 'value': 'human2.aspx', 'pap': 'amber'}],"
	 " 'actions': [{'id': 'A1', 'text': 'Reset the keys.\\nThen tell us.', 'urgency': 'immediate'}]}"},
	{KIND_INCIDENT_ANSWER,
	 "{'about': '" X77 "', 'impact': 'not-affected', 'justification': 'component-not-present', 'suppliers_asked': 3,"
	 " 'suppliers_answered': 2, 'suppliers_affected': 0, 'actions': [{'id': 'A1', 'status': 'done'}]}"},
	{KIND_REQUIREMENT_SET,
	 "{'title': 'Baseline', 'version': '1.0', 'levels': [{'id': 'basic', 'requirements': ['R1']}],"
	 " 'requirements': [{'rid': 'R1', 'text': 'Tell us within 24 hours.', 'flow_down': 'require',"
	 " 'mappings': [{'standard': 'ISO/IEC 27001:2022', 'clause': 'A.5.24'}]}]}"},
	{KIND_REQUIREMENT_ASSIGN, "{'set': '" X77 "', 'level': 'basic', 'due': '2026-03-31', 'stage': 'in-life'}"},
	{KIND_REQUIREMENT_ACK,
	 "{'about': '" X77 "', 'set': '" X78 "', 'answers': [{'rid': 'R1', 'answer': 'accepted-with-exception',"
	 " 'exception_reason': 'Old scanners.', 'exception_until': '2026-06-30'}], 'signatory_name': 'E. Ray'}"},
	{KIND_REQUIREMENT_REVIEW, "{'about': '" X77 "', 'results': [{'rid': 'R1', 'result': 'satisfied'}]}"},
	{KIND_EXCEPTION_REQUEST, "{'assign': '" X77 "', 'rid': 'R1', 'reason': 'Old scanners.', 'until': '2026-06-30'}"},
	{KIND_CHALLENGE, "{'about': '" X77 "', 'rid': 'R1', 'kind': 'guidance-missing', 'text': 'How long?', 'due': '2026-01-20'}"},
	{KIND_EQUIVALENCE,
	 "{'set': '" X77 "', 'scheme': 'ISO/IEC 27001:2022', 'covers': [{'rid': 'R1', 'extent': 'partial', 'clauses': ['A.5.24'],"
	 " 'remains': 'the exercise'}], 'max_age': 1095, 'accredited': true, 'expires': '2026-12-31'}"},
	{KIND_GUIDANCE, "{'set': '" X77 "', 'rids': ['R1'], 'title': 'Who to call', 'link': 'https://example.org/call', 'language': 'en'}"},
	{KIND_POSTURE_ATTESTATION,
	 "{'title': 'Our controls', 'scope': {'services': ['Cold chain']}, 'framework': 'ISO/IEC 27001', 'as_of': '2026-01-01',"
	 " 'valid_until': '2026-12-31', 'statements': [{'control': 'A.5.24', 'status': 'implemented', 'assurance': 'self-declared'}]}"},
	{KIND_SUBCONTRACTOR_DISCLOSURE,
	 "{'reference': 'C-17', 'as_of': '2025-12-31', 'complete': true, 'items': [{'name': 'Northdata', 'service': 'Data centre.', 'rank': 2,"
	 " 'critical': true, 'countries': ['NO']}, {'name': 'Icepower', 'service': 'Power.', 'rank': 3, 'parent': 'Northdata'}]}"},
	{KIND_SUBCONTRACTING_REQUEST,
	 "{'contract': '" X77 "', 'subcontractor': 'Northdata', 'service': 'Data centre.', 'reason': 'Ours closes.', 'answer_by': '2026-02-01'}"},
	{KIND_SUPPORT_STATEMENT, "{'product': 'ColdTrack', 'versions': ['4.1'], 'support': 'vendor', 'end_of_fixes': '2027-12-31'}"},
	{KIND_RESPONSIBILITY_MATRIX,
	 "{'contract': 'C-17', 'supplier': '" X78 "', 'rows': [{'control': 'R1', 'owner': 'shared', 'supplier': 'Patches the host.',"
	 " 'customer': 'Patches the guest.'}, {'control': 'R2'}]}"},
	{KIND_FLOWDOWN,
	 "{'about': '" X77 "', 'as_of': '2025-12-31', 'rows': [{'rid': 'R1', 'passed': 3, 'acknowledged': 0, 'exceptions': 0,"
	 " 'worst': 'unanswered'}]}"},
	{KIND_TENDER,
	 "{'title': 'Cold chain', 'set': '" X77 "', 'stages': [{'stage': 'selection', 'deadline': '2026-02-15', 'level': 'basic',"
	 " 'evidence': ['A certificate.']}, {'stage': 'award', 'deadline': '2026-03-31'}]}"},
	{KIND_CONCERN, "{'title': 'R3 asks too much', 'topic': 'requirement', 'source': 'upward-report', 'text': 'We are three.', 'rid': 'R3'}"},
	{KIND_ISSUE, "{'title': 'Unsigned updates', 'type': 'proposal', 'text': 'Found in a test.', 'proposal': 'Ask for signatures.'}"},
	{KIND_IMPACT_QUERY, "{'title': 'Pump 3.1?', 'due': '2026-01-20T12:00:00Z', 'vulnerabilities': ['CVE-2026-1234'], 'below': true}"},
	{KIND_ASSISTANCE, "{'mode': 'offer', 'title': 'Two analysts', 'kinds': ['forensics'], 'capacity': '80 hours', 'about': '" X77 "'}"},
	{KIND_EXERCISE_PLAN,
	 "{'title': 'Cold night', 'objectives': ['reach the duty officer'], 'participants': ['" X78 "'], 'starts': '2026-02-01T08:00:00Z',"
	 " 'ends': '2026-02-01T16:00:00Z', 'injects': [{'id': 'i1', 'title': 'first call'}]}"},
	{KIND_EXERCISE_REPORT, "{'about': '" X77 "', 'step': 'inject', 'inject': 'i1', 'text': 'The depot is dark.'}"},
	{KIND_ASSET_HELD,
	 "{'as_of': '2025-12-31', 'contract': 'C-1', 'complete': true, 'items': [{'id': 'db', 'class': 'data', 'description': 'Orders',"
	 " 'locations': ['DE'], 'backups': ['tape']}]}"},
	{KIND_TERMINATION, "{'reason': 'End of term.', 'effective': '2026-03-31', 'contract': 'C-1'}"},
	{KIND_DISPOSITION,
	 "{'about': '" X77 "', 'items': [{'id': 'db', 'outcome': 'deleted', 'method': 'purge', 'date': '2025-12-31'},"
	 " {'id': 'books', 'outcome': 'retained', 'basis': 'tax law', 'until': '2035-12-31'}], 'subcontractors': {'held': 1, 'disposed': 1}}"},
};

#define SAMPLES (sizeof samples / sizeof *samples)

static struct value *body_of(struct arena *a, enum kind_number kind, const char *quoted)
{
	struct complaint why = {0};
	struct value *out;
	json_t *json;
	char text[1024];
	size_t n = strlen(quoted);

	vectors_must(n < sizeof text, "body");
	for (size_t i = 0; i <= n; i++)
		text[i] = quoted[i] == '\'' ? '"' : quoted[i];
	vectors_must((json = json_loads(text, 0, NULL)) != NULL, text);
	vectors_must(fieldjson_read(kind_by_number(kind)->fields, json, NULL, a, &out, &why) == OK, why.text);
	json_decref(json);
	return out;
}

static struct record sample(struct arena *a, const struct id *author, enum kind_number kind)
{
	struct record r = {.kind = kind, .author = *author, .created = VECTORS_TIME, .tlp = kind_by_number(kind)->tlp};

	memset(r.nonce, (int)kind, sizeof r.nonce);
	for (size_t i = 0; i < SAMPLES; i++)
		if (samples[i].kind == kind)
			r.body = body_of(a, kind, samples[i].body);
	vectors_must(r.body != NULL, "sample");
	return r;
}

/* Good or not, as a receiver judges it before it looks at the entry. */
static void record_add(json_t *list, const char *name, const char *comment, struct span payload, enum err wanted)
{
	struct arena *a = arena_new();
	struct complaint why = {0};
	const struct kind *k;
	struct record r;
	struct id id;
	json_t *expected;
	enum err got = record_decode(payload, a, &r, &why);

	if (got == OK)
		got = record_check(&r, &why);
	expected = vectors_verdict(got, wanted, name);
	if (got == OK) {
		k = kind_by_number(r.kind);
		record_id(payload, &id);
		expected = vectors_with(expected, json_pack("{s:o, s:I, s:s, s:I}", "id", vectors_id(&id), "kind", (json_int_t)r.kind, "kind_name",
		                                            k ? k->name : "", "tlp", (json_int_t)r.tlp));
		if (k)
			json_object_set_new(expected, "body", fieldjson_write(k->fields, r.body));
	} else {
		json_object_set_new(expected, "verdict", json_integer(got == ERR_LIMIT ? VERDICT_LIMIT : VERDICT_SHAPE));
		vectors_said(expected, &why);
	}
	vectors_add(list, name, comment, json_pack("{s:o}", "payload", vectors_hex(payload)), expected);
	arena_free(a);
}

static void record_whole(json_t *list, const char *name, const char *comment, const struct record *r, enum err wanted)
{
	struct buf payload = {0};

	vectors_must(record_encode(r, &payload) == OK, name);
	record_add(list, name, comment, buf_span(&payload), wanted);
	buf_free(&payload);
}

static void header_edit(json_t *list, const char *name, const char *comment, struct span payload, struct arena *a, int64_t key,
                        struct value *item, enum err wanted)
{
	struct buf out = {0};

	vectors_pack(vectors_edit(a, payload, key, item), &out);
	record_add(list, name, comment, buf_span(&out), wanted);
	buf_free(&out);
}

/* n different ids. */
static struct value *ids(struct arena *a, size_t n)
{
	struct value *out = value_array(a);

	for (size_t i = 0; i < n; i++) {
		uint8_t id[32] = {(uint8_t)(i + 1)};

		value_push(a, out, value_bin(a, SPAN(id, 32)));
	}
	return out;
}

static void headers(json_t *list, struct arena *a, const struct id *author)
{
	struct record r = sample(a, author, KIND_RETRACT), amber = r;
	struct buf payload = {0}, out = {0};
	struct value *twice = ids(a, 2);
	struct span p;
	uint8_t big[17] = {0};

	vectors_must(record_encode(&r, &payload) == OK, "record");
	p = buf_span(&payload);
	value_push(a, twice, value_copy(a, value_item(twice, 0)));
	header_edit(list, "16 parents", "", p, a, 8, ids(a, 16), OK);
	header_edit(list, "a header key from 64 up", "kept, never acted upon", p, a, 64, value_str(a, "later"), OK);
	header_edit(list, "tlp 6", "counts as red, and nobody is named", p, a, 4, value_int(a, 6), ERR_INVALID);
	header_edit(list, "tlp 256", "", p, a, 4, value_int(a, 256), ERR_INVALID);
	header_edit(list, "tlp 0", "", p, a, 4, value_int(a, 0), ERR_INVALID);
	header_edit(list, "version 2", "whatever else it holds", p, a, 0, value_int(a, 2), ERR_VERSION);
	header_edit(list, "version 0", "", p, a, 0, value_int(a, 0), ERR_INVALID);
	header_edit(list, "kind 0", "", p, a, 1, value_int(a, 0), ERR_INVALID);
	header_edit(list, "kind 65536", "", p, a, 1, value_int(a, 65536), ERR_LIMIT);
	header_edit(list, "no author", "", p, a, 2, NULL, ERR_INVALID);
	header_edit(list, "author of 31 bytes", "", p, a, 2, value_bin(a, SPAN(author->b, 31)), ERR_INVALID);
	header_edit(list, "created before 1970", "", p, a, 3, value_int(a, -1), ERR_INVALID);
	header_edit(list, "created after 9999", "", p, a, 3, value_int(a, 253402300800000ll), ERR_INVALID);
	header_edit(list, "nonce of 15 bytes", "", p, a, 5, value_bin(a, SPAN(big, 15)), ERR_INVALID);
	header_edit(list, "nonce of 17 bytes", "", p, a, 5, value_bin(a, SPAN(big, 17)), ERR_LIMIT);
	header_edit(list, "no body", "", p, a, 6, NULL, ERR_INVALID);
	header_edit(list, "body an array", "", p, a, 6, value_array(a), ERR_INVALID);
	header_edit(list, "17 parents", "", p, a, 8, ids(a, 17), ERR_LIMIT);
	header_edit(list, "a parent twice", "", p, a, 8, twice, ERR_INVALID);
	header_edit(list, "parents empty", "absent is the one way to say none", p, a, 8, value_array(a), ERR_INVALID);
	header_edit(list, "named and not red", "", p, a, 11, ids(a, 1), ERR_INVALID);
	header_edit(list, "onward and not amber", "", p, a, 12, value_int(a, 1), ERR_INVALID);
	header_edit(list, "a header key below 64 that no table names", "", p, a, 13, value_int(a, 1), ERR_INVALID);
	amber.tlp = TLP_AMBER;
	buf_clear(&payload);
	vectors_must(record_encode(&amber, &payload) == OK, "record");
	header_edit(list, "amber and onward", "", buf_span(&payload), a, 12, value_int(a, 1), OK);
	header_edit(list, "onward 0", "left out instead", buf_span(&payload), a, 12, value_int(a, 0), ERR_INVALID);
	header_edit(list, "onward 2", "", buf_span(&payload), a, 12, value_int(a, 2), ERR_LIMIT);
	vectors_must(buf_add(&out, "\xde\0", 2) == OK, "record"); /* the same map in a longer form */
	uint8_t count = payload.p[0] & 15;
	vectors_must(buf_add(&out, &count, 1) == OK && buf_add(&out, payload.p + 1, payload.n - 1) == OK, "record");
	record_add(list, "not canonical", "the map in a longer form", buf_span(&out), ERR_SHAPE);
	record_add(list, "cut short", "", SPAN(payload.p, payload.n - 1), ERR_SHAPE);
	record_add(list, "empty", "", SPAN(NULL, 0), ERR_SHAPE);
	buf_free(&payload);
	buf_free(&out);
}

static void red(json_t *list, struct arena *a, const struct id *author)
{
	struct record r = sample(a, author, KIND_RETRACT);

	r.tlp = TLP_RED;
	r.named = LIMIT_NAMED;
	for (size_t i = 0; i < LIMIT_NAMED; i++)
		r.name[i].b[0] = (uint8_t)(i + 1);
	record_whole(list, "red with eight named", "", &r, OK);
	r.tlp = 255;
	record_whole(list, "tlp 255 with eight named", "counts as red", &r, OK);
	r.tlp = TLP_RED;
	r.named = 0;
	record_whole(list, "red with nobody named", "", &r, ERR_INVALID);
	r.named = 2;
	r.name[1] = r.name[0];
	record_whole(list, "red with somebody named twice", "", &r, ERR_INVALID);
}

static void bodies(json_t *list, struct arena *a, const struct id *author)
{
	static const struct {
		const char *name, *comment;
		enum kind_number kind;
		int64_t key;
		const char *text; /* NULL: the number */
		int64_t number;
		enum err wanted;
	} rows[] = {
		{"a body key from 64 up", "kept, never acted upon", KIND_RETRACT, 64, NULL, 1, OK},
		{"a body key below 64 that no table names", "", KIND_RETRACT, 2, NULL, 1, ERR_INVALID},
		{"text instead of a reference", "", KIND_RETRACT, 0, "77", 0, ERR_INVALID},
		{"required text blank", "", KIND_RETRACT, 1, " \n", 0, ERR_INVALID},
		{"text with U+202E", "changes the direction of writing", KIND_RETRACT, 1, "a\xe2\x80\xae" "b", 0, ERR_INVALID},
		{"text with U+FEFF", "", KIND_RETRACT, 1, "\xef\xbb\xbf" "b", 0, ERR_INVALID},
		{"text with U+0085", "", KIND_RETRACT, 1, "a\xc2\x85" "b", 0, ERR_INVALID},
		{"text with U+007F", "", KIND_RETRACT, 1, "a\x7f" "b", 0, ERR_INVALID},
		{"text with U+2028", "a line may not, a text may", KIND_RETRACT, 1, "a\xe2\x80\xa8" "b", 0, OK},
		{"line with U+2028", "", KIND_REQUIREMENT_SET, 0, "a\xe2\x80\xa8" "b", 0, ERR_INVALID},
		{"line with a tab", "", KIND_REQUIREMENT_SET, 0, "a\tb", 0, ERR_INVALID},
		{"line with a blank before it", "", KIND_REQUIREMENT_SET, 0, " a", 0, ERR_INVALID},
		{"line with a blank behind it", "", KIND_REQUIREMENT_SET, 0, "a ", 0, ERR_INVALID},
		{"decision 0", "", KIND_REPLY, 1, NULL, 0, ERR_INVALID},
		{"decision beyond the words", "", KIND_REPLY, 1, NULL, 100, ERR_INVALID},
		{"a date below 0", "", KIND_REPLY, 5, NULL, -1, ERR_INVALID},
		{"more answered than asked", "", KIND_INCIDENT_ANSWER, 7, NULL, 4, ERR_INVALID},
		{"more affected than answered", "", KIND_INCIDENT_ANSWER, 8, NULL, 3, ERR_INVALID},
		{"an exception that ended before it was asked for", "", KIND_EXCEPTION_REQUEST, 5, NULL, 20000, ERR_INVALID},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct record r = sample(a, author, rows[i].kind);

		value_set(a, (struct value *)r.body, rows[i].key, rows[i].text ? value_str(a, rows[i].text) : value_int(a, rows[i].number));
		record_whole(list, rows[i].name, rows[i].comment, &r, rows[i].wanted);
	}
}

static void required(json_t *list, struct arena *a, const struct id *author)
{
	struct record r = sample(a, author, KIND_INCIDENT_NOTICE);

	r.body = body_of(a, KIND_INCIDENT_NOTICE, "{'title': 'x', 'stage': 'early-warning', 'aware': '2026-01-01', 'malicious': 'yes',"
	                 " 'cross_border': 'no'}");
	record_whole(list, "an early warning without a contact", "", &r, ERR_INVALID);
	r.body = body_of(a, KIND_INCIDENT_NOTICE, "{'title': 'x', 'stage': 'correction'}");
	record_whole(list, "a correction with nothing else", "it states what it corrects", &r, OK);
	r = sample(a, author, KIND_REPLY);
	r.body = body_of(a, KIND_REPLY, "{'about': '" X77 "', 'decision': 'granted-shorter'}");
	record_whole(list, "granted-shorter without a date", "", &r, ERR_INVALID);
	r = sample(a, author, KIND_REQUIREMENT_SET);
	r.body = body_of(a, KIND_REQUIREMENT_SET, "{'title': 'x', 'version': '1', 'requirements': [{'rid': 'R1', 'text': 'a'},"
	                 " {'rid': 'R1', 'text': 'b'}]}");
	record_whole(list, "a rid twice", "", &r, ERR_INVALID);
	r.body = body_of(a, KIND_REQUIREMENT_SET, "{'title': 'x', 'version': '1', 'levels': [{'id': 'basic', 'requirements': ['R2']}],"
	                 " 'requirements': [{'rid': 'R1', 'text': 'a'}]}");
	record_whole(list, "a level of requirements that are not there", "", &r, ERR_INVALID);
	r = sample(a, author, KIND_PAIR);
	value_set(a, (struct value *)r.body, 1, value_id(a, author));
	record_whole(list, "paired with itself", "", &r, ERR_INVALID);
}

json_t *vectors_records(void)
{
	json_t *list = json_array();
	struct arena *a = arena_new();
	struct vectors_org o;
	struct record r;

	vectors_org(&o, "Example Ltd", (struct vectors_seeds){1, 2, 3, 4, 5});
	for (size_t i = 0; i < SAMPLES; i++) {
		r = sample(a, &o.org, samples[i].kind);
		record_whole(list, kind_by_number(r.kind)->name, "for forward see judgements.json", &r, OK);
	}
	r = (struct record){.kind = 4711, .author = o.org, .created = VECTORS_TIME, .tlp = TLP_AMBER_STRICT, .body = body_of(a, KIND_REPLY,
	                    "{'about': '" X77 "'}"), .has_thread = true, .has_supersedes = true, .has_exercise = true};
	r.thread.b[0] = 1;
	r.supersedes.b[0] = 2;
	r.exercise.b[0] = 3;
	record_whole(list, "an unknown kind", "kept, proven, never acted upon", &r, OK);
	headers(list, a, &o.org);
	red(list, a, &o.org);
	bodies(list, a, &o.org);
	required(list, a, &o.org);
	vectors_org_free(&o);
	arena_free(a);
	return list;
}

/* ---- judged in its entry ---- */

struct scene { /* an author, a forwarder and a reader */
	struct vectors_org author, via, reader;
	struct arena *a;
	struct core core; /* only what judging looks at */
};

static struct entry entry_to(const struct scene *s, const struct vectors_org *author, const struct vectors_org *target, struct span payload)
{
	struct entry e = {.author = author->org, .type = AUDIENCE_DIRECT, .target = target->org, .incarnation = VECTORS_TIME, .n = 2, .count = 1,
	                  .time = VECTORS_TIME};
	struct id id;

	(void)s;
	record_id(payload, &id);
	merkle_root(&id, 1, &e.root);
	return e;
}

static void judged(json_t *list, struct scene *s, const char *name, const char *comment, const struct entry *e, struct span payload,
                   enum verdict wanted)
{
	struct carried_record in = {.bytes = payload};
	struct buf entry = {0};
	struct span inner;
	enum verdict got;

	record_id(payload, &in.id);
	got = judge_record(&s->core, e, &in, &inner);
	vectors_verdict_is(got, wanted, name);
	vectors_must(entry_encode(e, &entry) == OK, name);
	vectors_add(list, name, comment,
	            json_pack("{s:o, s:I, s:o, s:o}", "receiver", vectors_id(&s->reader.org), "now", (json_int_t)s->core.now, "entry",
	                      vectors_hex(buf_span(&entry)), "record", vectors_hex(payload)),
	            json_pack("{s:i, s:s}", "verdict", (int)got, "verdict_name", verdict_name(got)));
	buf_free(&entry);
}

static void judged_record(json_t *list, struct scene *s, const char *name, const char *comment, const struct record *r, const struct entry *change,
                          enum verdict wanted)
{
	struct buf payload = {0};
	struct entry e;

	vectors_must(record_encode(r, &payload) == OK, name);
	e = entry_to(s, &s->author, &s->reader, buf_span(&payload));
	if (change) {
		e.type = change->type;
		e.time = change->time;
		e.target = change->target;
	}
	judged(list, s, name, comment, &e, buf_span(&payload), wanted);
	buf_free(&payload);
}

static void plain_judgements(json_t *list, struct scene *s)
{
	struct record r = sample(s->a, &s->author.org, KIND_RETRACT), other = r;
	struct entry partners = {.type = AUDIENCE_PARTNERS, .time = VECTORS_TIME};
	struct entry ahead = {.type = AUDIENCE_DIRECT, .target = s->reader.org, .time = VECTORS_TIME + 600001};

	judged_record(list, s, "good", "", &r, NULL, VERDICT_GOOD);
	r.created = VECTORS_TIME + 600000;
	judged_record(list, s, "created ten minutes after the entry", "the limit", &r, NULL, VERDICT_GOOD);
	r.created++;
	judged_record(list, s, "created a millisecond later still", "", &r, NULL, VERDICT_DATED);
	r.created = VECTORS_TIME;
	judged_record(list, s, "an entry more than ten minutes ahead of the receiver's clock", "stored", &r, &ahead, VERDICT_AHEAD);
	other.author = s->via.org;
	judged_record(list, s, "another author", "", &other, NULL, VERDICT_AUTHOR);
	judged_record(list, s, "green to partners", "", &r, &partners, VERDICT_GOOD);
	r.tlp = TLP_AMBER;
	judged_record(list, s, "amber to partners", "", &r, &partners, VERDICT_TLP);
	r.tlp = TLP_RED;
	r.named = 1;
	r.name[0] = s->reader.org;
	judged_record(list, s, "red to the named", "", &r, NULL, VERDICT_GOOD);
	r.name[0] = s->via.org;
	judged_record(list, s, "red to somebody else", "", &r, NULL, VERDICT_NOT_NAMED);
	r = sample(s->a, &s->author.org, KIND_LOG_OPEN);
	judged_record(list, s, "log.open outside entry 1", "", &r, NULL, VERDICT_SHAPE);
	r = sample(s->a, &s->author.org, KIND_RETRACT);
	value_set(s->a, (struct value *)r.body, 2, value_int(s->a, 1));
	judged_record(list, s, "a body that its table refuses", "", &r, NULL, VERDICT_SHAPE);
}

struct passed { /* what a forward holds, before it is made */
	struct record inner;
	struct entry entry; /* all but root are taken as they stand here */
	int64_t relation, tlp;
	bool bad_signature, bad_path, bad_index;
};

static struct passed passed(const struct scene *s, int64_t tlp)
{
	struct passed p = {.relation = 1};

	p.inner = sample(s->a, &s->author.org, KIND_RETRACT);
	p.inner.tlp = p.tlp = tlp;
	if (tlp == TLP_RED) {
		p.inner.named = 1;
		p.inner.name[0] = s->via.org;
	}
	p.entry = (struct entry){.author = s->author.org, .type = AUDIENCE_DIRECT, .target = s->via.org, .incarnation = VECTORS_TIME, .n = 5,
	                         .count = 2, .time = VECTORS_TIME};
	return p;
}

static void forward(json_t *list, struct scene *s, const char *name, const char *comment, struct passed p, enum verdict wanted)
{
	struct record r = {.kind = KIND_FORWARD, .author = s->via.org, .created = VECTORS_TIME, .tlp = p.tlp, .nonce = {9}};
	struct value *body = value_map(s->a), *path = value_array(s->a), *statements = value_array(s->a);
	struct buf inner = {0}, entry = {0}, payload = {0};
	struct id id[2] = {{{0}}};
	struct id way[MERKLE_PATH];
	uint8_t sig[64];
	struct entry e;

	vectors_must(record_encode(&p.inner, &inner) == OK, name);
	record_id(buf_span(&inner), &id[0]);
	merkle_root(id, 2, &p.entry.root);
	vectors_must(merkle_path(id, 2, 0, way) == 1 && entry_encode(&p.entry, &entry) == OK, name);
	vectors_sign(&s->author, 0, SIGN_ENTRY, buf_span(&entry), sig);
	sig[5] ^= p.bad_signature;
	way[0].b[0] ^= p.bad_path;
	value_push(s->a, path, value_id(s->a, &way[0]));
	value_push(s->a, statements, statement_value(s->a, &s->author.chain[0]));
	value_set(s->a, body, 0, value_bin(s->a, buf_span(&inner)));
	value_set(s->a, body, 1, value_bin(s->a, buf_span(&entry)));
	value_set(s->a, body, 2, value_bin(s->a, SPAN(sig, 64)));
	value_set(s->a, body, 3, value_int(s->a, p.bad_index));
	value_set(s->a, body, 4, path);
	value_set(s->a, body, 5, value_str(s->a, "contract"));
	value_set(s->a, body, 6, value_int(s->a, p.relation));
	value_set(s->a, body, 7, statements);
	r.body = body;
	vectors_must(record_encode(&r, &payload) == OK, name);
	e = entry_to(s, &s->via, &s->reader, buf_span(&payload));
	judged(list, s, name, comment, &e, buf_span(&payload), wanted);
	buf_free(&inner);
	buf_free(&entry);
	buf_free(&payload);
}

static void forward_judgements(json_t *list, struct scene *s)
{
	struct passed p = passed(s, TLP_GREEN);

	forward(list, s, "forward of green", "to a customer", p, VERDICT_GOOD);
	p.bad_signature = true;
	forward(list, s, "forward with another signature", "", p, VERDICT_SHAPE);
	p = passed(s, TLP_GREEN), p.bad_path = true;
	forward(list, s, "forward with another path", "", p, VERDICT_SHAPE);
	p = passed(s, TLP_GREEN), p.bad_index = true;
	forward(list, s, "forward with the index shifted", "", p, VERDICT_SHAPE);
	p = passed(s, TLP_GREEN), p.entry.target = s->reader.org;
	forward(list, s, "forward of what was not addressed to the forwarder", "", p, VERDICT_SHAPE);
	p = passed(s, TLP_GREEN), p.entry.author = s->via.org;
	forward(list, s, "forward of an entry by somebody else", "", p, VERDICT_SHAPE);
	p = passed(s, TLP_GREEN), p.entry.kseq = 1;
	forward(list, s, "forward without the statement that signed", "", p, VERDICT_SHAPE);
	p = passed(s, TLP_GREEN), p.inner.created += 600001;
	forward(list, s, "forward of a record created long after its entry", "", p, VERDICT_DATED);
	p = passed(s, TLP_AMBER);
	forward(list, s, "forward of amber to a customer", "", p, VERDICT_GOOD);
	p.relation = 2;
	forward(list, s, "forward of amber to a supplier", "", p, VERDICT_TLP);
	p.inner.onward = 1;
	forward(list, s, "forward of amber to a supplier, onward", "", p, VERDICT_GOOD);
	p.relation = 3;
	forward(list, s, "forward of amber to another partner", "", p, VERDICT_TLP);
	forward(list, s, "forward of amber+strict", "", passed(s, TLP_AMBER_STRICT), VERDICT_TLP);
	p = passed(s, TLP_GREEN), p.tlp = TLP_CLEAR;
	forward(list, s, "forward more open than what it carries", "", p, VERDICT_TLP);
	p = passed(s, TLP_AMBER), p.entry.type = AUDIENCE_PARTNERS;
	memset(&p.entry.target, 0, sizeof p.entry.target);
	forward(list, s, "forward of amber from a partners log", "it should never have stood there", p, VERDICT_TLP);
}

json_t *vectors_judgements(void)
{
	json_t *list = json_array();
	struct scene s = {.a = arena_new()};

	vectors_org(&s.author, "Example Ltd", (struct vectors_seeds){1, 2, 3, 4, 5});
	vectors_org(&s.reader, "Other plc", (struct vectors_seeds){0x11, 0x12, 0x13, 0x14, 0x15});
	vectors_org(&s.via, "Third Inc", (struct vectors_seeds){0x61, 0x62, 0x63, 0x64, 0x65});
	s.core.arena = s.a;
	s.core.self.org = s.reader.org;
	s.core.now = VECTORS_TIME;
	plain_judgements(list, &s);
	forward_judgements(list, &s);
	vectors_org_free(&s.author);
	vectors_org_free(&s.reader);
	vectors_org_free(&s.via);
	arena_free(s.a);
	return list;
}
