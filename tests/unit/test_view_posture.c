/* What is made of attestations and of what was asked: on a store filled directly, in every kind of order. */
#include "tests/unit/store_help.h"

#include <stdarg.h>

#include "node/fieldjson.h"
#include "node/view_posture.h"
#include "proto/when.h"

#define MOST 24
#define T0 1795478400000ll /* 2026-11-24 */
#define DAY(n) (T0 + (n) * WHEN_DAY_MS)

enum { US, SUPPLIER, OTHER }; /* organisations: the customer, who looks on; its supplier; somebody else */

struct said {
	struct id id, author, target;
	struct span payload;
	int64_t received;
};

struct tale { /* what was said, in the order in which it was */
	struct arena *a;
	struct said said[MOST];
	size_t n;
	uint64_t nonce;
	int64_t now;
	int me;
};

static struct id org(int who)
{
	struct id id;
	memset(id.b, 0xa1 + who, sizeof id.b);
	return id;
}

static void tell_name(void *ctx, const struct id *who, char out[static VIEW_NAME])
{
	static const char *const names[] = {"us", "supplier", "other"};
	(void)ctx;
	(void)snprintf(out, VIEW_NAME, "%s", names[who->b[0] - 0xa1]);
}

static void begin(struct tale *t)
{
	*t = (struct tale){.a = arena_new(), .now = DAY(20)};
	assert_non_null(t->a);
}

static void end(struct tale *t)
{
	arena_free(t->a);
}

static const char *hex(struct tale *t, const struct id *id)
{
	char *text = arena_alloc(t->a, 65);
	assert_non_null(text);
	hex_encode(text, id->b, 32);
	return text;
}

struct header { /* NULL: none */
	const struct id *thread, *supersedes;
};

static struct id say(struct tale *t, int from, int to, int64_t at, enum kind_number kind, struct header h, const char *format, ...)
	__attribute__((format(printf, 7, 8)));
static struct id say(struct tale *t, int from, int to, int64_t at, enum kind_number kind, struct header h, const char *format, ...)
{
	struct said *s = &t->said[t->n++];
	struct record r = {.kind = kind, .author = org(from), .created = at, .tlp = TLP_AMBER};
	struct complaint why = {0};
	struct value *body;
	struct buf bytes = {0};
	json_error_t bad;
	char text[8192];
	va_list args;
	assert_true(t->n <= MOST);
	va_start(args, format);
	assert_true(vsnprintf(text, sizeof text, format, args) < (int)sizeof text);
	va_end(args);
	json_t *json = json_loads(text, 0, &bad);
	if (!json)
		fail_msg("%s: %s", bad.text, text);
	if (fieldjson_read(kind_by_number(kind)->fields, json, NULL, t->a, &body, &why) != OK)
		fail_msg("%s %s: %s", why.where, why.text, text);
	json_decref(json);
	put_u64be(r.nonce, ++t->nonce);
	r.body = body;
	if ((r.has_thread = h.thread != NULL))
		r.thread = *h.thread;
	if ((r.has_supersedes = h.supersedes != NULL))
		r.supersedes = *h.supersedes;
	if (record_check(&r, &why) != OK)
		fail_msg("%s %s: %s", why.where, why.text, text);
	assert_int_equal(record_encode(&r, &bytes), OK);
	uint8_t *copy = arena_alloc(t->a, bytes.n);
	assert_non_null(copy);
	memcpy(copy, bytes.p, bytes.n);
	*s = (struct said){.author = org(from), .target = org(to), .payload = SPAN(copy, bytes.n), .received = at + 1000};
	record_id(s->payload, &s->id);
	buf_free(&bytes);
	return s->id;
}

/* ---- what it looks like when it came in this order ---- */

static uint32_t log_between(struct txn *t, const struct said *s)
{
	struct log_row row = {.author = s->author, .target = s->target, .type = AUDIENCE_DIRECT, .n = 1};
	struct log_row found;
	if (logs_current(t, &s->author, AUDIENCE_DIRECT, &s->target, &found) == OK)
		return found.no;
	memcpy(row.id.b, s->author.b, 16);
	memcpy(row.id.b + 16, s->target.b, 16);
	row.head = row.id;
	assert_int_equal(logs_put(t, &row), OK);
	return row.no;
}

static void arrive(struct txn *t, const struct said *s, size_t place)
{
	uint64_t no;
	bool fresh;
	assert_int_equal(records_put(t, s->payload, s->received, &no, &fresh), OK);
	struct occurrence o = {.record = no, .log = log_between(t, s), .n = place + 2, .verdict = VERDICT_GOOD, .received = s->received};
	assert_int_equal(occurrences_put(t, &o), OK);
}

/* {"list": [...], "gap": [...]}; order NULL: as it was said. */
static json_t *seen_in(struct tale *t, const size_t *order, int about)
{
	struct folder f;
	struct arena *a = arena_new();
	struct id party = org(about);
	json_t *list = NULL, *gap = NULL;
	folder_make(&f);
	folder_open(&f);
	struct txn *txn = writing(&f);
	for (size_t i = 0; i < t->n; i++)
		arrive(txn, &t->said[order ? order[i] : i], i);
	struct view v = {.t = txn, .a = a, .me = org(t->me), .now = t->now, .name = tell_name};
	assert_int_equal(view_posture_list(&v, &list), OK);
	assert_int_equal(view_posture_gap(&v, &party, &gap), OK);
	store_abort(txn);
	folder_remove(&f);
	arena_free(a);
	json_t *both = json_pack("{s:o, s:o}", "list", list, "gap", gap);
	assert_non_null(both);
	return both;
}

static json_t *seen(struct tale *t)
{
	return seen_in(t, NULL, SUPPLIER);
}

static const char *text_of(const json_t *row, const char *member)
{
	const char *s = row ? json_string_value(json_object_get(row, member)) : NULL;
	return s ? s : "";
}

static const json_t *row_of(const json_t *both, const char *list, const char *key, const char *want)
{
	const json_t *rows = json_object_get(both, list);
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (strcmp(text_of(json_array_get(rows, i), key), want) == 0)
			return json_array_get(rows, i);
	return NULL;
}

static void gap_is(const json_t *both, const char *rid, const char *state, const char *because)
{
	const json_t *row = row_of(both, "gap", "rid", rid);
	if (!row)
		fail_msg("no row for %s", rid);
	if (strcmp(text_of(row, "state"), state) != 0 || !strstr(text_of(row, "because"), because))
		fail_msg("%s is %s because \"%s\"; wanted %s, \"%s\"", rid, text_of(row, "state"), text_of(row, "because"), state, because);
}

static void listed_as(struct tale *t, const json_t *both, const struct id *id, const char *state)
{
	const json_t *row = row_of(both, "list", "id", hex(t, id));
	assert_non_null(row);
	assert_string_equal(text_of(row, "state"), state);
}

/* ---- the tale ---- */

#define NO_THREAD (struct header){0}
#define IN(root) (struct header){.thread = &(root)}
#define SCOPE "\"scope\": {\"services\": [\"transport\"]}, \"framework\": \"Baseline\""

static struct id a_set(struct tale *t)
{
	return say(t, US, SUPPLIER, DAY(0), KIND_REQUIREMENT_SET, NO_THREAD,
	           "{\"title\": \"Baseline\", \"version\": \"1\", \"levels\": [{\"id\": \"most\", \"requirements\": "
	           "[\"R1\", \"R2\", \"R3\", \"R4\", \"R5\", \"R6\", \"R7\"]}], \"requirements\": ["
	           "{\"rid\": \"R1\", \"title\": \"one\", \"text\": \"x\"}, {\"rid\": \"R2\", \"text\": \"x\"},"
	           "{\"rid\": \"R3\", \"text\": \"x\"}, {\"rid\": \"R4\", \"text\": \"x\"}, {\"rid\": \"R5\", \"text\": \"x\"},"
	           "{\"rid\": \"R6\", \"text\": \"x\"}, {\"rid\": \"R7\", \"text\": \"x\", \"mappings\": "
	           "[{\"standard\": \"ISO/IEC 27001:2022\", \"clause\": \"A.8.8\"}]}, {\"rid\": \"R8\", \"text\": \"x\"}]}");
}

static struct id an_assignment(struct tale *t, const struct id *set)
{
	return say(t, US, SUPPLIER, DAY(1), KIND_REQUIREMENT_ASSIGN, NO_THREAD, "{\"set\": \"%s\", \"level\": \"most\"}", hex(t, set));
}

static struct id an_ack(struct tale *t, int from, const struct id *assign, const struct id *set, const char *answers)
{
	return say(t, from, US, DAY(2), KIND_REQUIREMENT_ACK, IN(*assign), "{\"about\": \"%s\", \"set\": \"%s\", \"answers\": [%s]}",
	           hex(t, assign), hex(t, set), answers);
}

static struct id a_review(struct tale *t, int from, const struct id *assign, const struct id *ack, const char *results)
{
	return say(t, from, from == US ? SUPPLIER : US, DAY(3), KIND_REQUIREMENT_REVIEW, IN(*assign), "{\"about\": \"%s\", \"results\": [%s]}",
	           hex(t, ack), results);
}

static struct id a_posture(struct tale *t, int from, int64_t at, struct header h, const char *statements)
{
	return say(t, from, from == US ? SUPPLIER : US, at, KIND_POSTURE_ATTESTATION, h,
	           "{\"title\": \"ours\", " SCOPE ", \"as_of\": \"2026-11-01\", \"valid_until\": \"2027-06-30\", \"statements\": [%s]}", statements);
}

static struct id a_retraction(struct tale *t, int from, int64_t at, const struct id *of)
{
	return say(t, from, US, at, KIND_RETRACT, IN(*of), "{\"about\": \"%s\", \"reason\": \"no longer true\"}", hex(t, of));
}

static struct id a_finding(struct tale *t, int from, const struct id *about, const char *rid)
{
	return say(t, from, SUPPLIER, DAY(6), KIND_FINDING, IN(*about),
	           "{\"about\": \"%s\", \"rid\": \"%s\", \"severity\": \"high\", \"text\": \"not so\"}", hex(t, about), rid);
}

#define ANSWER(rid, word) "{\"rid\": \"" rid "\", \"answer\": \"" word "\", \"statement\": \"because of " rid "\"}"
#define UNTIL_JUNE(rid) \
	"{\"rid\": \"" rid "\", \"answer\": \"accepted-with-exception\", \"statement\": \"old scanners\", \"exception_until\": \"2027-06-30\"}"
#define CONTROL(id, word) "{\"control\": \"" id "\", \"status\": \"" word "\"}"
#define RESULT(rid, word) "{\"rid\": \"" rid "\", \"result\": \"" word "\", \"reason\": \"as seen\"}"

/* ---- one by one ---- */

static void each_state(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	struct id ack = an_ack(&t, SUPPLIER, &assign, &set,
	                       ANSWER("R1", "accepted") "," ANSWER("R2", "accepted") "," UNTIL_JUNE("R3") "," ANSWER("R4", "declined") ","
	                       ANSWER("R5", "met-by-equivalence") "," ANSWER("R7", "accepted"));
	(void)a_review(&t, US, &assign, &ack, RESULT("R5", "equivalence-accepted"));
	(void)a_posture(&t, SUPPLIER, DAY(4), NO_THREAD, CONTROL("R1", "implemented") "," CONTROL("R7", "not-implemented"));
	json_t *both = seen(&t);
	gap_is(both, "R1", "met", "attested as implemented");
	gap_is(both, "R2", "unknown", "neither attested nor reviewed");
	gap_is(both, "R3", "partly", "exception until 2027-06-30");
	gap_is(both, "R4", "not-met", "because of R4");
	gap_is(both, "R5", "met", "equivalence-accepted");
	gap_is(both, "R6", "unknown", "not answered");
	gap_is(both, "R7", "not-met", "not-implemented");
	gap_is(both, "R8", "never-asked", "");
	assert_int_equal(json_array_size(json_object_get(both, "gap")), 8);
	assert_string_equal(text_of(row_of(both, "gap", "rid", "R1"), "title"), "one");
	assert_string_equal(text_of(row_of(both, "gap", "rid", "R3"), "until"), "2027-06-30");
	json_decref(both);
	end(&t);
}

/* Our own open finding beats what the supplier says of itself, and its bare word that it is done; closing it gives that back. */
static void an_open_finding(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	struct id ack = an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R1", "accepted") "," ANSWER("R2", "accepted") "," UNTIL_JUNE("R3"));
	(void)a_review(&t, US, &assign, &ack, RESULT("R2", "satisfied"));
	(void)a_posture(&t, SUPPLIER, DAY(4), NO_THREAD, CONTROL("R1", "implemented"));
	struct id of_r1 = a_finding(&t, US, &assign, "R1");
	(void)a_finding(&t, US, &assign, "R2");
	(void)a_finding(&t, US, &assign, "R3");
	json_t *both = seen(&t);
	gap_is(both, "R1", "not-met", "open finding");
	gap_is(both, "R2", "not-met", "open finding");
	gap_is(both, "R3", "partly", "exception until 2027-06-30"); /* that was granted knowing it */
	assert_string_equal(text_of(row_of(both, "gap", "rid", "R1"), "finding"), hex(&t, &of_r1));
	json_decref(both);
	(void)say(&t, SUPPLIER, US, DAY(7), KIND_REPLY, IN(assign), "{\"about\": \"%s\", \"decision\": \"done\"}", hex(&t, &of_r1));
	both = seen(&t);
	gap_is(both, "R1", "not-met", "open finding");
	json_decref(both);
	(void)say(&t, US, SUPPLIER, DAY(8), KIND_REPLY, IN(assign), "{\"about\": \"%s\", \"decision\": \"done\"}", hex(&t, &of_r1));
	both = seen(&t);
	gap_is(both, "R1", "met", "attested as implemented");
	gap_is(both, "R2", "not-met", "");
	json_decref(both);
	end(&t);
}

static void what_was_never_asked(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	(void)a_set(&t);
	(void)a_posture(&t, SUPPLIER, DAY(4), NO_THREAD, CONTROL("R1", "implemented"));
	json_t *both = seen(&t);
	assert_int_equal(json_array_size(json_object_get(both, "gap")), 8);
	gap_is(both, "R1", "never-asked", "implemented");
	gap_is(both, "R2", "never-asked", "");
	json_decref(both);
	end(&t);
}

/* The last day counts, the next one does not. */
static void dates_that_pass(void **state)
{
	struct tale t;
	int64_t last;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	(void)an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R1", "accepted") "," UNTIL_JUNE("R3"));
	struct id posture = a_posture(&t, SUPPLIER, DAY(4), NO_THREAD, CONTROL("R1", "implemented"));
	assert_int_equal(when_parse("2027-06-30T23:59:59Z", &last), OK);
	t.now = last;
	json_t *both = seen(&t);
	gap_is(both, "R1", "met", "");
	gap_is(both, "R3", "partly", "until 2027-06-30");
	listed_as(&t, both, &posture, "current");
	json_decref(both);
	t.now = last + 1000;
	both = seen(&t);
	gap_is(both, "R1", "expired", "2027-06-30");
	gap_is(both, "R3", "expired", "2027-06-30");
	listed_as(&t, both, &posture, "expired");
	json_decref(both);
	end(&t);
}

static void a_withdrawn_one(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	(void)an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R1", "accepted"));
	struct id posture = a_posture(&t, SUPPLIER, DAY(4), NO_THREAD, CONTROL("R1", "implemented"));
	(void)a_retraction(&t, OTHER, DAY(5), &posture); /* not its author: nothing happens */
	json_t *both = seen(&t);
	gap_is(both, "R1", "met", "");
	listed_as(&t, both, &posture, "current");
	json_decref(both);
	(void)a_retraction(&t, SUPPLIER, DAY(6), &posture);
	both = seen(&t);
	gap_is(both, "R1", "stale", "withdrawn on 2026-11-30"); /* the answer leaned on it */
	listed_as(&t, both, &posture, "withdrawn");
	assert_string_equal(text_of(row_of(both, "list", "id", hex(&t, &posture)), "framework"), ""); /* its body is not shown */
	json_decref(both);
	end(&t);
}

static void a_newer_one_takes_its_place(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	(void)an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R1", "accepted"));
	struct id first = a_posture(&t, SUPPLIER, DAY(4), NO_THREAD, CONTROL("R1", "implemented"));
	struct id forged = a_posture(&t, OTHER, DAY(5), (struct header){&first, &first}, CONTROL("R1", "not-implemented"));
	json_t *both = seen(&t);
	gap_is(both, "R1", "met", "");
	listed_as(&t, both, &first, "current");
	listed_as(&t, both, &forged, "disregarded");
	json_decref(both);
	struct id second = a_posture(&t, SUPPLIER, DAY(6), (struct header){&first, &first}, CONTROL("R1", "partially-implemented"));
	both = seen(&t);
	gap_is(both, "R1", "partly", "partially-implemented");
	listed_as(&t, both, &first, "superseded");
	listed_as(&t, both, &second, "current");
	json_decref(both);
	end(&t);
}

/* Nobody answers, judges or attests for somebody else. */
static void who_has_no_say(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	struct id ack = an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R1", "accepted") "," ANSWER("R5", "met-by-equivalence"));
	json_t *both = seen(&t);
	json_t *rows = json_object_get(both, "gap");
	(void)an_ack(&t, OTHER, &assign, &set, ANSWER("R1", "declined") "," ANSWER("R6", "accepted"));
	(void)a_review(&t, SUPPLIER, &assign, &ack, RESULT("R5", "equivalence-accepted"));
	(void)a_review(&t, OTHER, &assign, &ack, RESULT("R1", "satisfied"));
	(void)a_posture(&t, OTHER, DAY(4), NO_THREAD, CONTROL("R1", "implemented"));
	json_t *after = seen(&t);
	assert_true(json_equal(rows, json_object_get(after, "gap")));
	gap_is(after, "R1", "unknown", "");
	gap_is(after, "R5", "unknown", "");
	json_decref(both);
	json_decref(after);
	end(&t);
}

/* What the customer refused is not half met. */
static void an_exception_refused(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	struct id ack = an_ack(&t, SUPPLIER, &assign, &set, UNTIL_JUNE("R3") "," ANSWER("R4", "declined"));
	struct id request = say(&t, SUPPLIER, US, DAY(3), KIND_EXCEPTION_REQUEST, IN(assign),
	                        "{\"assign\": \"%s\", \"rid\": \"R4\", \"reason\": \"too dear\", \"until\": \"2027-06-30\"}", hex(&t, &assign));
	(void)say(&t, SUPPLIER, US, DAY(4), KIND_REPLY, IN(assign), "{\"about\": \"%s\", \"decision\": \"granted\"}", hex(&t, &request));
	json_t *both = seen(&t);
	gap_is(both, "R4", "not-met", ""); /* one cannot grant it to oneself */
	json_decref(both);
	(void)say(&t, US, SUPPLIER, DAY(4), KIND_REPLY, IN(assign), "{\"about\": \"%s\", \"decision\": \"granted\"}", hex(&t, &request));
	both = seen(&t);
	gap_is(both, "R4", "partly", "granted");
	json_decref(both);
	(void)a_review(&t, US, &assign, &ack, RESULT("R3", "insufficient"));
	both = seen(&t);
	gap_is(both, "R3", "not-met", "insufficient");
	json_decref(both);
	end(&t);
}

/* A clause is one of a standard: the same number elsewhere is another one. */
static void clauses_of_standards(void **state)
{
	static const struct { const char *framework, *edition, *gap; } cases[] = {
		{"ISO/IEC 27001:2022", "", "met"},     {"ISO/IEC 27001", "2022", "met"},     {"iso/iec 27001", "", "met"},
		{"ISO/IEC 27001", "2013", "unknown"},  {"ISO/IEC 2700", "", "unknown"},      {"NIST SP 800-53", "", "unknown"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tale t;
		char edition[64] = "";
		begin(&t);
		struct id set = a_set(&t), assign = an_assignment(&t, &set);
		(void)an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R7", "accepted"));
		if (*cases[i].edition)
			(void)snprintf(edition, sizeof edition, "\"framework_version\": \"%s\", ", cases[i].edition);
		(void)say(&t, SUPPLIER, US, DAY(4), KIND_POSTURE_ATTESTATION, NO_THREAD,
		          "{\"title\": \"ours\", \"scope\": {\"units\": [\"all\"]}, \"framework\": \"%s\", %s\"as_of\": \"2026-11-01\", "
		          "\"valid_until\": \"2027-06-30\", \"statements\": [" CONTROL("A.8.8", "implemented") "]}", cases[i].framework, edition);
		json_t *both = seen(&t);
		gap_is(both, "R7", cases[i].gap, "");
		json_decref(both);
		end(&t);
	}
}

/* A long reason is cut between characters: the sentence is never lost. */
static void long_reasons(void **state)
{
	(void)state;
	for (int shift = 0; shift < 4; shift++) {
		struct tale t;
		char reason[1024] = "", answer[1400];
		begin(&t);
		struct id set = a_set(&t), assign = an_assignment(&t, &set);
		memset(reason, 'x', (size_t)shift);
		for (size_t n = (size_t)shift; n + 5 < sizeof reason; n += 4)
			memcpy(reason + n, "\xf0\x9f\x94\x92", 5);
		(void)snprintf(answer, sizeof answer, "{\"rid\": \"R4\", \"answer\": \"declined\", \"statement\": \"%s\"}", reason);
		(void)an_ack(&t, SUPPLIER, &assign, &set, answer);
		json_t *both = seen(&t);
		gap_is(both, "R4", "not-met", "declined: ");
		gap_is(both, "R4", "not-met", "... (answer ");
		json_decref(both);
		end(&t);
	}
}

/* ---- what leans on what has fallen ---- */

#define BY_CERTIFICATE "{\"rid\": \"R5\", \"answer\": \"met-by-equivalence\", \"certification\": \"ISO/IEC 27001, certificate IS-4711\"}"

static struct id a_certificate(struct tale *t, int64_t at, struct header h, const char *more)
{
	return say(t, SUPPLIER, US, at, KIND_CERTIFICATION, h,
	           "{\"scheme\": \"ISO/IEC 27001\", \"number\": \"IS-4711\", \"body\": \"Cert Ltd\", \"scope\": \"all\", \"issued\": \"2026-01-01\", "
	           "\"expires\": \"2026-12-31\"%s}", more);
}

static struct id an_equivalence(struct tale *t, const struct id *set, const char *cover, const char *more)
{
	return say(t, US, SUPPLIER, DAY(1), KIND_EQUIVALENCE, IN(*set),
	           "{\"set\": \"%s\", \"scheme\": \"ISO/IEC 27001\", \"expires\": \"2027-01-31\", \"covers\": [{\"rid\": \"R5\", %s}]%s}",
	           hex(t, set), cover, more);
}

static size_t fallen(const json_t *both, const char *rid)
{
	return json_array_size(json_object_get(row_of(both, "gap", "rid", rid), "fallen"));
}

static void gap_of(struct tale *t, const char *rid, const char *state, const char *because)
{
	json_t *both = seen(t);
	gap_is(both, rid, state, because);
	json_decref(both);
}

static void a_recognised_certificate(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	(void)an_ack(&t, SUPPLIER, &assign, &set, BY_CERTIFICATE);
	gap_of(&t, "R5", "unknown", "not reviewed");
	(void)an_equivalence(&t, &set, "\"extent\": \"full\"", "");
	gap_of(&t, "R5", "unknown", "was not shown");
	struct id cert = a_certificate(&t, DAY(3), NO_THREAD, "");
	gap_of(&t, "R5", "met", "ISO/IEC 27001: IS-4711, which is recognised");
	json_t *both = seen(&t);
	assert_string_equal(text_of(row_of(both, "gap", "rid", "R5"), "certification"), hex(&t, &cert));
	assert_string_equal(text_of(row_of(both, "gap", "rid", "R5"), "until"), "2026-12-31");
	assert_int_equal(fallen(both, "R5"), 0);
	json_decref(both);
	t.now = DAY(38); /* 2027-01-01 */
	gap_of(&t, "R5", "stale", "ended on 2026-12-31");
	(void)a_certificate(&t, DAY(37), (struct header){&cert, &cert}, ", \"text\": \"renewed\", \"status\": \"suspended\"");
	gap_of(&t, "R5", "stale", "suspended");
	t.n--;
	t.now = DAY(20);
	(void)a_retraction(&t, SUPPLIER, DAY(6), &cert);
	both = seen(&t);
	gap_is(both, "R5", "stale", "withdrawn on 2026-11-30");
	assert_int_equal(fallen(both, "R5"), 1);
	json_decref(both);
	end(&t);
}

/* The customer's conditions: age, accreditation, a part only, and how long it recognises it at all. */
static void conditions_of_recognition(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	(void)an_ack(&t, SUPPLIER, &assign, &set, BY_CERTIFICATE);
	(void)a_certificate(&t, DAY(3), NO_THREAD, "");
	(void)an_equivalence(&t, &set, "\"extent\": \"full\"", ", \"max_age\": 330");
	t.now = DAY(3); /* 2026-11-27, the 330th day */
	gap_of(&t, "R5", "met", "");
	t.now = DAY(4);
	gap_of(&t, "R5", "stale", "is 331 days old, and at most 330 are recognised");
	t.n--;
	(void)an_equivalence(&t, &set, "\"extent\": \"full\"", ", \"accredited\": true");
	gap_of(&t, "R5", "unknown", "names no accreditation");
	t.n--;
	(void)an_equivalence(&t, &set, "\"extent\": \"partial\", \"remains\": \"the labs\"", "");
	gap_of(&t, "R5", "partly", "what remains: the labs");
	t.now = DAY(69); /* 2027-02-01 */
	t.n -= 2;
	(void)a_certificate(&t, DAY(3), NO_THREAD, ", \"edition\": \"2022\"");
	(void)an_equivalence(&t, &set, "\"extent\": \"full\"", "");
	gap_of(&t, "R5", "stale", "");
	end(&t);
}

/* An attestation leans on a certificate, the answer on the attestation: both are named. */
static void a_chain_of_reasons(void **state)
{
	struct tale t;
	char row[160];
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	struct id ack = an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R1", "accepted"));
	struct id cert = a_certificate(&t, DAY(3), NO_THREAD, "");
	(void)snprintf(row, sizeof row, "{\"control\": \"R1\", \"status\": \"implemented\", \"evidence\": [\"a policy\", \"%.12s\"]}", hex(&t, &cert));
	struct id posture = a_posture(&t, SUPPLIER, DAY(4), NO_THREAD, row);
	gap_of(&t, "R1", "met", "attested as implemented");
	(void)a_review(&t, US, &assign, &ack, RESULT("R1", "satisfied"));
	gap_of(&t, "R1", "met", "reviewed as satisfied");
	t.now = DAY(38);
	json_t *both = seen(&t);
	(void)snprintf(row, sizeof row, "stale because posture.attestation (%.12s) leans on certification", hex(&t, &posture));
	gap_is(both, "R1", "stale", row);
	gap_is(both, "R1", "stale", "ended on 2026-12-31; accepted; reviewed as satisfied");
	assert_int_equal(fallen(both, "R1"), 2);
	json_decref(both);
	(void)a_certificate(&t, DAY(37), (struct header){&cert, &cert}, ", \"status\": \"withdrawn\"");
	gap_of(&t, "R1", "stale", "withdrawn");
	end(&t);
}

/* Somebody else's certificate is none of the supplier's. */
static void of_the_party_alone(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	(void)an_ack(&t, SUPPLIER, &assign, &set, BY_CERTIFICATE);
	(void)an_equivalence(&t, &set, "\"extent\": \"full\"", "");
	(void)say(&t, OTHER, US, DAY(3), KIND_CERTIFICATION, NO_THREAD,
	          "{\"scheme\": \"ISO/IEC 27001\", \"number\": \"IS-4711\", \"body\": \"x\", \"scope\": \"x\", \"issued\": \"2026-01-01\", "
	          "\"expires\": \"2026-12-31\"}");
	gap_of(&t, "R5", "unknown", "was not shown");
	end(&t);
}

/* ---- in any order ---- */

static uint32_t next(uint32_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	return *random ^= *random << 5;
}

static void shuffle(size_t *order, size_t n, uint32_t *random)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = next(random) % i, x = order[i - 1];
		order[i - 1] = order[j];
		order[j] = x;
	}
}

static void any_order_gives_the_same(void **state)
{
	struct tale t;
	size_t order[MOST];
	uint32_t random = 20261124;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	struct id ack = an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R1", "accepted") "," UNTIL_JUNE("R3") "," ANSWER("R5", "met-by-equivalence"));
	(void)an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R1", "declined")); /* the same moment: the id decides */
	(void)an_ack(&t, OTHER, &assign, &set, ANSWER("R1", "declined"));
	(void)a_review(&t, US, &assign, &ack, RESULT("R5", "equivalence-accepted"));
	(void)a_review(&t, US, &assign, &ack, RESULT("R5", "insufficient"));
	struct id first = a_posture(&t, SUPPLIER, DAY(4), NO_THREAD, CONTROL("R1", "implemented"));
	(void)a_posture(&t, SUPPLIER, DAY(5), (struct header){&first, &first}, CONTROL("R1", "planned"));
	(void)a_posture(&t, SUPPLIER, DAY(5), (struct header){&first, &first}, CONTROL("R1", "implemented"));
	struct id gone = a_posture(&t, SUPPLIER, DAY(6), NO_THREAD, CONTROL("R2", "implemented"));
	(void)a_retraction(&t, SUPPLIER, DAY(7), &gone);
	(void)a_retraction(&t, OTHER, DAY(7), &first);
	(void)a_posture(&t, OTHER, DAY(8), NO_THREAD, CONTROL("R1", "not-implemented"));
	struct id cert = a_certificate(&t, DAY(3), NO_THREAD, "");
	(void)a_certificate(&t, DAY(4), (struct header){&cert, &cert}, ", \"status\": \"suspended\"");
	(void)an_equivalence(&t, &set, "\"extent\": \"full\"", "");
	json_t *want = seen(&t);
	for (size_t i = 0; i < t.n; i++)
		order[i] = i;
	print_message("seed %u\n", random);
	for (int round = 0; round < 60; round++) {
		shuffle(order, t.n, &random);
		json_t *got = seen_in(&t, order, SUPPLIER);
		if (!json_equal(want, got)) {
			char *a = json_dumps(want, JSON_INDENT(1)), *b = json_dumps(got, JSON_INDENT(1));
			fail_msg("round %d:\n%s\n%s", round, a, b);
		}
		json_decref(got);
	}
	json_decref(want);
	end(&t);
}

/* Whoever got nothing from us was asked nothing, whatever the supplier was asked. */
static void each_its_own_gap(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	(void)an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R4", "declined"));
	json_t *both = seen_in(&t, NULL, OTHER);
	assert_int_equal(json_array_size(json_object_get(both, "gap")), 8);
	gap_is(both, "R4", "never-asked", "");
	json_decref(both);
	end(&t);
}

/* The supplier sees of itself what the customer sees of it, but for what it was never asked. */
static void both_ends_see_the_same(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	struct id ack = an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R1", "accepted") "," UNTIL_JUNE("R3") "," ANSWER("R4", "declined"));
	(void)a_review(&t, US, &assign, &ack, RESULT("R1", "satisfied"));
	(void)a_posture(&t, SUPPLIER, DAY(4), NO_THREAD, CONTROL("R3", "planned"));
	json_t *ours = seen(&t);
	t.me = SUPPLIER;
	json_t *theirs = seen(&t);
	json_t *a = json_object_get(ours, "gap"), *b = json_object_get(theirs, "gap");
	assert_int_equal(json_array_size(a), 8);
	assert_int_equal(json_array_size(b), 7);
	for (size_t i = 0; i < json_array_size(b); i++)
		assert_true(json_equal(json_array_get(a, i), json_array_get(b, i)));
	json_decref(theirs);
	theirs = seen_in(&t, NULL, US); /* the supplier never asked its customer for anything */
	assert_int_equal(json_array_size(json_object_get(theirs, "gap")), 0);
	json_decref(ours);
	json_decref(theirs);
	end(&t);
}

static void asked_once_more(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	(void)an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R4", "declined"));
	struct id again = say(&t, US, SUPPLIER, DAY(5), KIND_REQUIREMENT_ASSIGN, NO_THREAD, "{\"set\": \"%s\", \"level\": \"most\"}", hex(&t, &set));
	json_t *both = seen(&t);
	assert_int_equal(json_array_size(json_object_get(both, "gap")), 8);
	gap_is(both, "R4", "unknown", "not answered");
	assert_string_equal(text_of(row_of(both, "gap", "rid", "R4"), "assign"), hex(&t, &again));
	json_decref(both);
	(void)say(&t, US, SUPPLIER, DAY(6), KIND_REQUIREMENT_ASSIGN, NO_THREAD, "{\"set\": \"%s\", \"contract\": \"another\"}", hex(&t, &set));
	both = seen(&t);
	assert_int_equal(json_array_size(json_object_get(both, "gap")), 7 + 8); /* for another contract it is another question */
	json_decref(both);
	end(&t);
}

/* Without any set of ours, what the supplier says of itself is still worth seeing, as long as it holds. */
static void attested_and_not_asked(void **state)
{
	struct tale t;
	(void)state;
	begin(&t);
	struct id posture = a_posture(&t, SUPPLIER, DAY(4), NO_THREAD, CONTROL("X9", "implemented"));
	(void)a_posture(&t, OTHER, DAY(4), NO_THREAD, CONTROL("Y1", "implemented"));
	json_t *both = seen(&t);
	assert_int_equal(json_array_size(json_object_get(both, "gap")), 1);
	gap_is(both, "X9", "never-asked", "attested as implemented");
	assert_string_equal(text_of(row_of(both, "gap", "rid", "X9"), "posture"), hex(&t, &posture));
	json_decref(both);
	struct id set = a_set(&t);
	(void)a_posture(&t, SUPPLIER, DAY(5), NO_THREAD, CONTROL("R1", "implemented"));
	both = seen(&t);
	assert_int_equal(json_array_size(json_object_get(both, "gap")), 8 + 1);
	json_decref(both);
	(void)an_assignment(&t, &set);
	both = seen(&t);
	assert_int_equal(json_array_size(json_object_get(both, "gap")), 8); /* who was asked something is measured by that */
	json_decref(both);
	t.n = 2;
	t.now = DAY(400);
	both = seen(&t);
	assert_int_equal(json_array_size(json_object_get(both, "gap")), 0);
	json_decref(both);
	end(&t);
}

static void leans_on_records(void **state)
{
	struct tale t;
	char want[80];
	(void)state;
	begin(&t);
	struct id set = a_set(&t), assign = an_assignment(&t, &set);
	struct id ack = an_ack(&t, SUPPLIER, &assign, &set, ANSWER("R1", "accepted"));
	struct id posture = a_posture(&t, SUPPLIER, DAY(4), NO_THREAD, CONTROL("R1", "implemented"));
	json_t *both = seen(&t);
	const json_t *row = row_of(both, "gap", "rid", "R1");
	(void)snprintf(want, sizeof want, "(answer %.12s) (posture %.12s)", hex(&t, &ack), hex(&t, &posture));
	gap_is(both, "R1", "met", want);
	assert_string_equal(text_of(row, "answer"), "accepted");
	assert_string_equal(text_of(row, "ack"), hex(&t, &ack));
	assert_string_equal(text_of(row, "assign"), hex(&t, &assign));
	assert_string_equal(text_of(row, "posture"), hex(&t, &posture));
	assert_string_equal(text_of(row, "customer"), "us");
	json_decref(both);
	end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state),
		cmocka_unit_test(an_open_finding),
		cmocka_unit_test(what_was_never_asked),
		cmocka_unit_test(dates_that_pass),
		cmocka_unit_test(a_withdrawn_one),
		cmocka_unit_test(a_newer_one_takes_its_place),
		cmocka_unit_test(who_has_no_say),
		cmocka_unit_test(an_exception_refused),
		cmocka_unit_test(clauses_of_standards),
		cmocka_unit_test(long_reasons),
		cmocka_unit_test(a_recognised_certificate),
		cmocka_unit_test(conditions_of_recognition),
		cmocka_unit_test(a_chain_of_reasons),
		cmocka_unit_test(of_the_party_alone),
		cmocka_unit_test(any_order_gives_the_same),
		cmocka_unit_test(each_its_own_gap),
		cmocka_unit_test(both_ends_see_the_same),
		cmocka_unit_test(asked_once_more),
		cmocka_unit_test(attested_and_not_asked),
		cmocka_unit_test(leans_on_records),
	};
	return cmocka_run_group_tests_name("view_posture", tests, NULL, NULL);
}
