/* tale.h - a tale of records said by a few organisations, told to one of them in any order, for the tests of the views. */
#ifndef TALLY_TEST_TALE_H
#define TALLY_TEST_TALE_H

#include "tests/unit/store_help.h"

#include "node/fieldjson.h"
#include "node/view.h"
#include "proto/receipt.h"
#include "proto/when.h"

#define TALE_MOST 512
#define TALE_T0 1795478400000ll /* 2026-11-24 */
#define TALE_HOUR 3600000ll
#define TALE_DAY(n) (TALE_T0 + (n) * WHEN_DAY_MS)

enum { AMY, BOB, CAT }; /* organisations */

struct tale_said {
	struct id id;
	int from;
	struct span payload;
	int64_t received;
	uint8_t verdict;
	int to[3], tos; /* whose logs it stands in */
	int inside;     /* index + 1 of the forward it came in; then it stands in no log */
};

struct tale {
	struct arena *a;
	struct tale_said said[TALE_MOST];
	size_t n;
	int64_t now;
	int me; /* who looks on */
	bool receipted; /* what we said is signed for by who got it, when it came there */
	const struct id *exercise; /* to which all that is said belongs; NULL: it is real */
};

static inline struct id tale_org(int who)
{
	struct id id;
	memset(id.b, 0xa1 + who, sizeof id.b);
	return id;
}

static inline void tale_name(void *ctx, const struct id *who, char out[static VIEW_NAME])
{
	static const char *const names[] = {"amy", "bob", "cat"};
	(void)ctx;
	(void)snprintf(out, VIEW_NAME, "%s", names[who->b[0] - 0xa1]);
}

static inline void tale_begin(struct tale *t, int me)
{
	*t = (struct tale){.a = arena_new(), .now = TALE_DAY(20), .me = me};
	assert_non_null(t->a);
}

static inline const char *tale_hex(struct tale *t, const struct id *id)
{
	char *text = arena_alloc(t->a, 65);
	assert_non_null(text);
	hex_encode(text, id->b, 32);
	return text;
}

struct tale_head {
	int from, to, also; /* also: a second reader; AMY (0) when none */
	int64_t at;
	enum kind_number kind;
	const struct id *thread, *supersedes;
};

/* The body as JSON text made from a format. */
static inline struct id tale_say(struct tale *t, struct tale_head h, const char *format, ...) __attribute__((format(printf, 3, 4)));
static inline struct id tale_say(struct tale *t, struct tale_head h, const char *format, ...)
{
	struct record r = {.kind = h.kind, .author = tale_org(h.from), .created = h.at, .tlp = TLP_AMBER, .has_thread = h.thread != NULL,
	                   .has_supersedes = h.supersedes != NULL};
	struct tale_said *s = &t->said[t->n];
	struct complaint why = {0};
	struct value *body;
	struct buf bytes = {0};
	json_error_t bad;
	char text[8192];
	va_list args;
	assert_true(t->n < TALE_MOST);
	va_start(args, format);
	assert_true(vsnprintf(text, sizeof text, format, args) < (int)sizeof text);
	va_end(args);
	json_t *json = json_loads(text, 0, &bad);
	if (!json || fieldjson_read(kind_by_number(h.kind)->fields, json, NULL, t->a, &body, &why) != OK)
		fail_msg("%s %s %s: %s", json ? "" : bad.text, why.where, why.text, text);
	json_decref(json);
	if (h.thread)
		r.thread = *h.thread;
	if (h.supersedes)
		r.supersedes = *h.supersedes;
	if ((r.has_exercise = t->exercise != NULL))
		r.exercise = *t->exercise;
	put_u64be(r.nonce, ++t->n);
	r.body = body;
	if (record_check(&r, &why) != OK || record_encode(&r, &bytes) != OK)
		fail_msg("%s %s: %s", why.where, why.text, text);
	uint8_t *copy = arena_alloc(t->a, bytes.n);
	assert_non_null(copy);
	memcpy(copy, bytes.p, bytes.n);
	*s = (struct tale_said){.from = h.from, .payload = SPAN(copy, bytes.n), .received = h.at + 1000, .to = {h.to, h.also}, .tos = h.also ? 2 : 1};
	record_id(s->payload, &s->id);
	buf_free(&bytes);
	return s->id;
}

static inline uint32_t tale_log(struct txn *t, int from, int to)
{
	struct log_row row = {.author = tale_org(from), .target = tale_org(to), .type = AUDIENCE_DIRECT, .n = 1}, found;
	if (logs_current(t, &row.author, AUDIENCE_DIRECT, &row.target, &found) == OK)
		return found.no;
	memcpy(row.id.b, row.author.b, 16);
	memcpy(row.id.b + 16, row.target.b, 16);
	row.head = row.id;
	assert_int_equal(logs_put(t, &row), OK);
	return row.no;
}

static inline void tale_receipt(struct txn *txn, uint32_t log, uint64_t n, int by, int64_t at)
{
	static const uint8_t signature[64];
	struct log_row row;
	assert_int_equal(logs_by_no(txn, log, &row), OK);
	struct receipt r = {.log = row.id, .receiver = tale_org(by), .from = n - 1, .n = n, .entry = row.id, .time = at};
	struct buf b = {0};
	assert_int_equal(receipt_encode(&r, &b), OK);
	struct receipt_row put = {.log = log, .receiver = r.receiver, .n = n, .received = at, .payload = buf_span(&b), .signature = SPAN(signature, 64)};
	assert_int_equal(receipts_put(txn, &put), OK);
	buf_free(&b);
}

static inline void tale_arrive(struct tale *t, struct txn *txn, size_t at)
{
	const struct tale_said *s = &t->said[at];
	uint64_t no;
	bool fresh;
	assert_int_equal(records_put(txn, s->payload, s->received, &no, &fresh), OK);
	for (int i = 0; i < s->tos && !s->inside; i++) {
		struct occurrence o = {.record = no, .n = at + 2, .verdict = s->verdict, .received = s->received};
		if (s->from != t->me && s->to[i] != t->me)
			continue; /* of others' logs one knows nothing */
		o.log = tale_log(txn, s->from, s->to[i]);
		assert_int_equal(occurrences_put(txn, &o), OK);
		if (t->receipted && s->from == t->me)
			tale_receipt(txn, o.log, o.n, s->to[i], s->received);
	}
	if (s->inside) {
		struct record_row f;
		struct occurrence o = {.record = no, .verdict = s->verdict, .received = s->received};
		assert_int_equal(records_by_id(txn, &t->said[s->inside - 1].id, &f), OK);
		o.n = f.no;
		assert_int_equal(occurrences_put(txn, &o), OK);
	}
}

/* Tells it in this order (NULL: as it was said) and calls look, whose JSON is returned. */
static inline json_t *tale_tell(struct tale *t, const size_t *order, json_t *(*look)(struct tale *t, struct view *v))
{
	struct folder f;
	struct arena *a = arena_new();
	folder_make(&f);
	folder_open(&f);
	struct txn *txn = writing(&f);
	for (int late = 0; late < 2; late++) /* what came inside a forward comes with it, so never before */
		for (size_t i = 0; i < t->n; i++) {
			size_t at = order ? order[i] : i;
			if ((t->said[at].inside != 0) == late)
				tale_arrive(t, txn, at);
		}
	struct view v = {.t = txn, .a = a, .me = tale_org(t->me), .now = t->now, .name = tale_name};
	json_t *out = look(t, &v);
	store_abort(txn);
	folder_remove(&f);
	arena_free(a);
	assert_non_null(out);
	return out;
}

static inline uint32_t tale_random(uint32_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	return *random ^= *random << 5;
}

/* The same JSON in so many orders of arrival. */
static inline void tale_shuffled(struct tale *t, int rounds, json_t *(*look)(struct tale *t, struct view *v))
{
	size_t order[TALE_MOST];
	uint32_t random = 20261124;
	json_t *want = tale_tell(t, NULL, look);
	for (size_t i = 0; i < t->n; i++)
		order[i] = i;
	for (int round = 0; round < rounds; round++) {
		for (size_t i = t->n; i > 1; i--) {
			size_t j = tale_random(&random) % i, x = order[i - 1];
			order[i - 1] = order[j];
			order[j] = x;
		}
		json_t *got = tale_tell(t, order, look);
		if (!json_equal(want, got)) {
			char *x = json_dumps(want, JSON_INDENT(1)), *y = json_dumps(got, JSON_INDENT(1));
			fail_msg("round %d:\n%s\n%s", round, x, y);
		}
		json_decref(got);
	}
	json_decref(want);
}

static inline const char *tale_text(const json_t *row, const char *member)
{
	const char *s = row ? json_string_value(json_object_get(row, member)) : NULL;
	return s ? s : "";
}

static inline const json_t *tale_row(const json_t *rows, const char *key, const char *want)
{
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (strcmp(tale_text(json_array_get(rows, i), key), want) == 0)
			return json_array_get(rows, i);
	return NULL;
}

#endif
