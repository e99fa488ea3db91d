/* Logs: ids, entries, receipts, summaries. */
#include "tests/gen/vectors.h"

#include <stdio.h>

#include "node/judge.h"
#include "proto/kinds.h"
#include "proto/merkle.h"
#include "proto/pack.h"
#include "proto/receipt.h"
#include "proto/sync.h"

#define A_SEEDS ((struct vectors_seeds){1, 2, 3, 4, 5})
#define B_SEEDS ((struct vectors_seeds){0x11, 0x12, 0x13, 0x14, 0x15})

static json_int_t number(uint64_t n)
{
	return (json_int_t)n;
}

/* ---- log ids ---- */

static void log_id(json_t *list, const char *name, const struct entry *e)
{
	struct id log;

	entry_log(e, &log);
	vectors_add(list, name, "",
	            json_pack("{s:o, s:I, s:I, s:o, s:I}", "author", vectors_id(&e->author), "kseq", number(e->kseq), "audience_type",
	                      (json_int_t)e->type, "target", vectors_id(&e->target), "incarnation", number(e->incarnation)),
	            json_pack("{s:o}", "log", vectors_id(&log)));
}

json_t *vectors_logs(void)
{
	json_t *list = json_array();
	struct vectors_org a, b;
	struct entry e;

	vectors_org(&a, "Example Ltd", A_SEEDS);
	vectors_org(&b, "Other plc", B_SEEDS);
	e = (struct entry){.author = a.org, .type = AUDIENCE_DIRECT, .target = b.org, .incarnation = VECTORS_TIME};
	log_id(list, "A to B", &e);
	e.kseq = 1;
	log_id(list, "A to B under the next key", &e);
	e.kseq = 0;
	e.incarnation++;
	log_id(list, "A to B begun again", &e);
	e = (struct entry){.author = b.org, .type = AUDIENCE_DIRECT, .target = a.org, .incarnation = VECTORS_TIME};
	log_id(list, "B to A", &e);
	e = (struct entry){.author = a.org, .type = AUDIENCE_PARTNERS, .incarnation = VECTORS_TIME};
	log_id(list, "A to partners", &e);
	e = (struct entry){.author = a.org, .kseq = 255, .type = AUDIENCE_CONSORTIUM, .target = b.org, .incarnation = 0x0102030405060708};
	log_id(list, "every byte of every number", &e);
	vectors_org_free(&a);
	vectors_org_free(&b);
	return list;
}

/* ---- entries ---- */

struct batch {
	struct entry e;
	struct buf payload, record[3];
	struct id id[3], hash, log;
	size_t records;
	uint8_t sig[64];
};

static const struct value *retract_body(struct arena *a, unsigned i)
{
	struct value *map = value_map(a);
	uint8_t about[32];

	vectors_fill(about, (uint8_t)(0x70 + i));
	value_set(a, map, 0, value_bin(a, SPAN(about, 32)));
	value_set(a, map, 1, value_str(a, "Sent in error."));
	return map;
}

static void record_of(struct arena *a, const struct id *author, int64_t kind, unsigned i, struct buf *out)
{
	struct record r = {.kind = kind, .author = *author, .created = VECTORS_TIME, .tlp = TLP_CLEAR, .nonce = {(uint8_t)(0xa0 + i)}};
	struct value *open = value_map(a);

	value_set(a, open, 0, value_int(a, 0));
	value_set(a, open, 1, value_int(a, 1));
	r.body = kind == KIND_LOG_OPEN ? open : retract_body(a, i);
	vectors_must(record_encode(&r, out) == OK, "record");
}

static void batch_seal(struct batch *b, const struct vectors_org *author)
{
	for (size_t i = 0; i < b->records; i++)
		record_id(buf_span(&b->record[i]), &b->id[i]);
	merkle_root(b->id, b->records, &b->e.root);
	b->e.count = b->records;
	buf_clear(&b->payload);
	vectors_must(entry_encode(&b->e, &b->payload) == OK, "entry");
	entry_hash(buf_span(&b->payload), &b->hash);
	entry_log(&b->e, &b->log);
	vectors_sign(author, 0, SIGN_ENTRY, buf_span(&b->payload), b->sig);
}

/* Entry n of A to B with so many records; n 1 is the opening. */
static void batch_make(struct arena *a, const struct vectors_org *from, const struct vectors_org *to, const struct batch *before, size_t records,
                       struct batch *b)
{
	memset(b, 0, sizeof *b);
	b->e = (struct entry){.author = from->org, .type = AUDIENCE_DIRECT, .target = to->org, .incarnation = VECTORS_TIME,
	                      .n = before ? before->e.n + 1 : 1, .time = VECTORS_TIME + (before ? 1000 : 0)};
	entry_log(&b->e, &b->log);
	b->e.prev = before ? before->hash : b->log;
	b->records = records;
	for (unsigned i = 0; i < records; i++)
		record_of(a, &from->org, before ? KIND_RETRACT : KIND_LOG_OPEN, i + (before ? 3u * (unsigned)before->e.n : 0), &b->record[i]);
	batch_seal(b, from);
}

static void batch_free(struct batch *b)
{
	buf_free(&b->payload);
	for (size_t i = 0; i < 3; i++)
		buf_free(&b->record[i]);
}

/* Section 8 as far as it goes without a store: steps 1, 5, 6. */
static enum verdict verdict_on(const struct vectors_org *author, const struct id *before, struct span payload, const uint8_t sig[64],
                               const struct buf *record, size_t records, struct arena *a)
{
	struct carried_record carried[4];
	struct carried_entry in = {.payload = payload, .records = records, .record = carried};
	struct entry e;
	struct id ids[4], root, log;
	bool opens;

	if (entry_decode(payload, &e) != OK)
		return VERDICT_ENTRY_SHAPE;
	if (sign_check(SIGN_ENTRY, payload, author->statement[0].keys.sign, sig) != OK)
		return VERDICT_SIGNATURE;
	for (size_t i = 0; i < records; i++) {
		record_id(buf_span(&record[i]), &ids[i]);
		carried[i] = (struct carried_record){.id = ids[i], .bytes = buf_span(&record[i])};
		for (size_t k = 0; k < i; k++)
			if (id_eq(&ids[k], &ids[i]))
				return VERDICT_MISMATCH;
	}
	if (records != e.count)
		return VERDICT_MISMATCH;
	merkle_root(ids, records, &root);
	entry_log(&e, &log);
	if (!id_eq(&root, &e.root))
		return VERDICT_MISMATCH;
	if (!id_eq(&e.prev, e.n == 1 ? &log : before))
		return VERDICT_CHAIN;
	if (e.n > 1)
		return VERDICT_GOOD;
	vectors_must(judge_opening(&e, &in, a, &opens) == OK, "memory");
	return opens ? VERDICT_GOOD : VERDICT_OPENING;
}

struct shown { /* an entry as it comes */
	const struct vectors_org *author;
	const struct id *before; /* hash of the entry held before; NULL: none is */
	struct span payload;
	const uint8_t *sig;
	const struct buf *record;
	size_t records;
};

static void entry_add(json_t *list, const char *name, const char *comment, const struct shown *s, struct arena *a, enum verdict wanted)
{
	static const struct id zeros;
	json_t *records = json_array(), *ids = json_array(), *expected;
	enum verdict got = verdict_on(s->author, s->before ? s->before : &zeros, s->payload, s->sig, s->record, s->records, a);
	struct entry e;
	struct id id;

	vectors_verdict_is(got, wanted, name);
	for (size_t i = 0; i < s->records; i++) {
		record_id(buf_span(&s->record[i]), &id);
		json_array_append_new(records, vectors_hex(buf_span(&s->record[i])));
		json_array_append_new(ids, vectors_id(&id));
	}
	expected = json_pack("{s:i, s:s}", "verdict", (int)got, "verdict_name", verdict_name(got));
	if (got == VERDICT_GOOD && entry_decode(s->payload, &e) == OK) {
		entry_hash(s->payload, &id);
		json_object_set_new(expected, "hash", vectors_id(&id));
		entry_log(&e, &id);
		expected = vectors_with(expected, json_pack("{s:o, s:I, s:o, s:o}", "log", vectors_id(&id), "n", number(e.n), "root",
		                                            vectors_id(&e.root), "ids", json_incref(ids)));
	}
	json_decref(ids);
	vectors_add(list, name, comment,
	            json_pack("{s:o, s:o?, s:o, s:o, s:o}", "sign_pk", vectors_bytes(s->author->statement[0].keys.sign, 32), "before",
	                      s->before ? vectors_id(s->before) : NULL, "payload", vectors_hex(s->payload), "signature",
	                      vectors_bytes(s->sig, 64), "records", records),
	            expected);
}

static void entry_show(json_t *list, const char *name, const char *comment, const struct vectors_org *o, const struct id *before,
                       const struct batch *b, size_t records, struct arena *a, enum verdict wanted)
{
	struct shown s = {o, before, buf_span(&b->payload), b->sig, b->record, records};

	entry_add(list, name, comment, &s, a, wanted);
}

static void entry_edit(json_t *list, const char *name, const char *comment, const struct vectors_org *o, const struct id *before,
                       const struct batch *b, struct arena *a, int64_t key, struct value *item, enum verdict wanted)
{
	struct buf payload = {0};
	uint8_t sig[64];

	vectors_pack(vectors_edit(a, buf_span(&b->payload), key, item), &payload);
	vectors_sign(o, 0, SIGN_ENTRY, buf_span(&payload), sig);
	struct shown s = {o, before, buf_span(&payload), sig, b->record, b->records};
	entry_add(list, name, comment, &s, a, wanted);
	buf_free(&payload);
}

static void entry_edits(json_t *list, const struct vectors_org *o, const struct id *before, const struct batch *b, struct arena *a)
{
	static const struct id zeros;
	static const struct {
		const char *name, *comment;
		int64_t key, number;
		enum verdict wanted;
	} rows[] = {
		{"a key from 64 up", "kept under the signature", 64, 1, VERDICT_GOOD},
		{"a key below 64 that no table names", "", 12, 1, VERDICT_ENTRY_SHAPE},
		{"version 2", "", 0, 2, VERDICT_ENTRY_SHAPE},
		{"audience type 3", "", 3, 3, VERDICT_ENTRY_SHAPE},
		{"incarnation below 0", "", 5, -1, VERDICT_ENTRY_SHAPE},
		{"n 0", "", 6, 0, VERDICT_ENTRY_SHAPE},
		{"count 0", "", 8, 0, VERDICT_ENTRY_SHAPE},
		{"count 257", "", 8, 257, VERDICT_ENTRY_SHAPE},
		{"count one more than carried", "", 8, 4, VERDICT_MISMATCH},
		{"count one less than carried", "", 8, 2, VERDICT_MISMATCH},
		{"time below 0", "", 10, -1, VERDICT_ENTRY_SHAPE},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		entry_edit(list, rows[i].name, rows[i].comment, o, before, b, a, rows[i].key, value_int(a, rows[i].number), rows[i].wanted);
	entry_edit(list, "no author", "", o, before, b, a, 1, NULL, VERDICT_ENTRY_SHAPE);
	entry_edit(list, "direct to nobody", "target zeros", o, before, b, a, 4, value_id(a, &zeros), VERDICT_ENTRY_SHAPE);
	entry_edit(list, "to partners with a target", "", o, before, b, a, 3, value_int(a, 2), VERDICT_ENTRY_SHAPE);
	entry_edit(list, "a roster without a consortium", "", o, before, b, a, 11, value_id(a, before), VERDICT_ENTRY_SHAPE);
	entry_edit(list, "another root", "", o, before, b, a, 9, value_id(a, before), VERDICT_MISMATCH);
}

static void entries_broken(json_t *list, const struct vectors_org *o, const struct batch *one, struct batch *two, struct batch *three,
                           struct arena *a)
{
	struct buf records[4];
	struct shown s = {o, &two->hash, buf_span(&three->payload), three->sig, records, 3};
	uint8_t sig[64];

	entry_show(list, "not behind the entry held", "prev is another", o, &one->hash, three, 3, a, VERDICT_CHAIN);
	entry_show(list, "a record missing", "", o, &two->hash, three, 2, a, VERDICT_MISMATCH);
	records[0] = three->record[1], records[1] = three->record[0], records[2] = three->record[2];
	entry_add(list, "records in another order", "", &s, a, VERDICT_MISMATCH);
	records[0] = three->record[0], records[1] = three->record[1], records[2] = two->record[0];
	entry_add(list, "another record", "", &s, a, VERDICT_MISMATCH);
	records[0] = three->record[0], records[1] = three->record[1], records[2] = three->record[2];
	memcpy(sig, three->sig, 64);
	sig[20] ^= 4;
	s.sig = sig;
	entry_add(list, "the signature changed", "", &s, a, VERDICT_SIGNATURE);
	vectors_sign(o, 0, SIGN_RECEIPT, buf_span(&three->payload), sig);
	entry_add(list, "signed as a receipt", "", &s, a, VERDICT_SIGNATURE);
	s.payload = SPAN(three->payload.p, three->payload.n - 1);
	entry_add(list, "cut short", "", &s, a, VERDICT_ENTRY_SHAPE);
}

/* Signed well, but not what an entry may hold. */
static void entries_wrong(json_t *list, const struct vectors_org *o, const struct vectors_org *to, struct batch *two, struct arena *a)
{
	struct batch bad;

	batch_make(a, o, to, two, 2, &bad);
	buf_clear(&bad.record[1]);
	vectors_must(buf_add(&bad.record[1], bad.record[0].p, bad.record[0].n) == OK, "twice");
	batch_seal(&bad, o);
	entry_show(list, "a record twice", "signed so; no id stands twice in an entry", o, &two->hash, &bad, 2, a, VERDICT_MISMATCH);
	batch_free(&bad);
	batch_make(a, o, to, NULL, 1, &bad);
	buf_clear(&bad.record[0]);
	record_of(a, &o->org, KIND_RETRACT, 0, &bad.record[0]);
	batch_seal(&bad, o);
	entry_show(list, "entry 1 without its log.open", "", o, NULL, &bad, 1, a, VERDICT_OPENING);
	batch_free(&bad);
	batch_make(a, o, to, NULL, 1, &bad);
	bad.e.prev = two->hash;
	batch_seal(&bad, o);
	entry_show(list, "entry 1 with another prev", "", o, NULL, &bad, 1, a, VERDICT_CHAIN);
	batch_free(&bad);
	batch_make(a, o, to, NULL, 1, &bad);
	record_of(a, &o->org, KIND_RETRACT, 1, &bad.record[1]);
	bad.records = 2;
	batch_seal(&bad, o);
	entry_show(list, "entry 1 with a second record", "", o, NULL, &bad, 2, a, VERDICT_OPENING);
	batch_free(&bad);
}

json_t *vectors_entries(void)
{
	json_t *list = json_array();
	struct arena *a = arena_new();
	struct vectors_org o, to;
	struct batch one, two, three;

	vectors_org(&o, "Example Ltd", A_SEEDS);
	vectors_org(&to, "Other plc", B_SEEDS);
	batch_make(a, &o, &to, NULL, 1, &one);
	batch_make(a, &o, &to, &one, 1, &two);
	batch_make(a, &o, &to, &two, 3, &three);
	entry_show(list, "entry 1", "holds the log.open; prev is the log id", &o, NULL, &one, 1, a, VERDICT_GOOD);
	entry_show(list, "entry 2", "", &o, &one.hash, &two, 1, a, VERDICT_GOOD);
	entry_show(list, "entry 3 with three records", "", &o, &two.hash, &three, 3, a, VERDICT_GOOD);
	entry_edits(list, &o, &two.hash, &three, a);
	entries_broken(list, &o, &one, &two, &three, a);
	entries_wrong(list, &o, &to, &two, a);
	batch_free(&one);
	batch_free(&two);
	batch_free(&three);
	vectors_org_free(&o);
	vectors_org_free(&to);
	arena_free(a);
	return list;
}

/* ---- receipts ---- */

static json_t *covers(const struct receipt *r, const uint64_t asked[][2], size_t n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++) {
		uint8_t code = 0;
		bool held = receipt_covers(r, asked[i][0], asked[i][1], &code);

		json_array_append_new(out, json_pack("{s:I, s:I, s:b, s:i}", "n", number(asked[i][0]), "index", number(asked[i][1]), "held", held,
		                                     "code", (int)code));
	}
	return out;
}

static void receipt_add(json_t *list, const char *name, const char *comment, const struct vectors_org *o, struct span payload, enum err wanted)
{
	static const uint64_t asked[][2] = {{1, 0}, {2, 0}, {3, 0}, {3, 1}, {3, 2}, {4, 0}, {4, 7}, {5, 255}, {6, 0}};
	struct arena *a = arena_new();
	struct receipt r;
	uint8_t sig[64];
	json_t *expected;
	enum err got = receipt_decode(payload, a, &r);

	vectors_sign(o, 0, SIGN_RECEIPT, payload, sig);
	expected = vectors_verdict(got, wanted, name);
	if (got == OK)
		json_object_set_new(expected, "covers", covers(&r, asked, sizeof asked / sizeof *asked));
	vectors_add(list, name, comment,
	            json_pack("{s:o, s:o, s:o}", "payload", vectors_hex(payload), "signature", vectors_bytes(sig, 64), "sign_pk",
	                      vectors_bytes(o->statement[0].keys.sign, 32)),
	            expected);
	arena_free(a);
}

static void receipt_make(json_t *list, const char *name, const char *comment, const struct vectors_org *o, const struct receipt *r)
{
	struct buf payload = {0};

	vectors_must(receipt_encode(r, &payload) == OK, name);
	receipt_add(list, name, comment, o, buf_span(&payload), OK);
	buf_free(&payload);
}

/* [n, index, code]; an index below 0 is nil. */
static struct value *exceptions(struct arena *a, size_t count, const int64_t rows[][3])
{
	struct value *out = value_array(a);

	for (size_t i = 0; i < count; i++) {
		struct value *one = value_array(a);

		value_push(a, one, value_int(a, rows[i][0]));
		value_push(a, one, rows[i][1] < 0 ? value_nil(a) : value_int(a, rows[i][1]));
		value_push(a, one, value_int(a, rows[i][2]));
		value_push(a, out, one);
	}
	return out;
}

static void receipt_edit(json_t *list, const char *name, const char *comment, const struct vectors_org *o, struct arena *a, struct span payload,
                         int64_t key, struct value *item, enum err wanted)
{
	struct buf out = {0};

	vectors_pack(vectors_edit(a, payload, key, item), &out);
	receipt_add(list, name, comment, o, buf_span(&out), wanted);
	buf_free(&out);
}

static void receipt_edits(json_t *list, const struct vectors_org *o, struct arena *a, struct span p)
{
	static const struct {
		const char *name;
		size_t n;
		int64_t row[2][3];
		enum err wanted;
	} rows[] = {
		{"exceptions not ascending by n", 2, {{4, 0, 64}, {3, 0, 64}}, ERR_INVALID},
		{"exceptions not ascending by index", 2, {{3, 2, 64}, {3, 1, 64}}, ERR_INVALID},
		{"an exception twice", 2, {{3, 1, 64}, {3, 1, 65}}, ERR_INVALID},
		{"nil before an index", 2, {{3, -1, 64}, {3, 1, 64}}, ERR_INVALID},
		{"exception code 63", 1, {{3, 1, 63}}, ERR_INVALID},
		{"exception code 255", 1, {{3, 1, 255}}, OK},
		{"exception code 256", 1, {{3, 1, 256}}, ERR_INVALID},
		{"exception index 256", 1, {{3, 256, 64}}, ERR_INVALID},
		{"exception beyond n", 1, {{6, 0, 64}}, ERR_INVALID},
		{"exception at 0", 1, {{0, 0, 64}}, ERR_INVALID},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		receipt_edit(list, rows[i].name, "", o, a, p, 8, exceptions(a, rows[i].n, rows[i].row), rows[i].wanted);
	receipt_edit(list, "exceptions empty", "left out instead", o, a, p, 8, value_array(a), ERR_INVALID);
	receipt_edit(list, "from equal to n", "", o, a, p, 4, value_int(a, 5), ERR_INVALID);
	receipt_edit(list, "no entry", "", o, a, p, 6, NULL, ERR_INVALID);
	receipt_edit(list, "version 2", "", o, a, p, 0, value_int(a, 2), ERR_INVALID);
	receipt_edit(list, "a key below 64 that no table names", "", o, a, p, 9, value_int(a, 2), ERR_INVALID);
	receipt_edit(list, "a key from 64 up", "", o, a, p, 64, value_int(a, 2), OK);
	receipt_add(list, "cut short", "", o, SPAN(p.p, p.n - 1), ERR_SHAPE);
}

json_t *vectors_receipts(void)
{
	static const struct exception some[] = {{2, true, 0, 64}, {3, true, 1, 69}, {3, true, 2, 200}, {4, false, 0, 65}};
	json_t *list = json_array();
	struct arena *a = arena_new();
	struct vectors_org from, o;
	struct buf payload = {0};
	struct receipt r;
	struct entry e;

	vectors_org(&from, "Example Ltd", A_SEEDS);
	vectors_org(&o, "Other plc", B_SEEDS);
	e = (struct entry){.author = from.org, .type = AUDIENCE_DIRECT, .target = o.org, .incarnation = VECTORS_TIME};
	r = (struct receipt){.receiver = o.org, .n = 5, .time = VECTORS_TIME + 2000};
	entry_log(&e, &r.log);
	vectors_fill(r.entry.b, 0x5e);
	receipt_make(list, "of everything", "from 0 up to and with 5", &o, &r);
	vectors_must(receipt_encode(&r, &payload) == OK, "receipt");
	r.from = 2;
	receipt_make(list, "from 2 on", "", &o, &r);
	r.from = 0;
	r.exceptions = sizeof some / sizeof *some;
	r.exception = some;
	receipt_make(list, "with exceptions", "records of entries 2 and 3, all of entry 4; a code that has no name yet", &o, &r);
	receipt_edits(list, &o, a, buf_span(&payload));
	buf_free(&payload);
	vectors_org_free(&from);
	vectors_org_free(&o);
	arena_free(a);
	return list;
}

/* ---- summaries ---- */

static void summary(json_t *list, const char *name, const char *comment, const struct sync_head *given, size_t n)
{
	struct sync_head heads[4];
	json_t *rows = json_array();
	struct id sum;

	for (size_t i = 0; i < n; i++) {
		heads[i] = given[i];
		json_array_append_new(rows, json_pack("{s:o, s:I, s:I}", "log", vectors_id(&given[i].log), "n", number(given[i].n), "receipted",
		                                      number(given[i].receipted)));
	}
	sync_summary(heads, n, &sum);
	vectors_add(list, name, comment, json_pack("{s:o}", "heads", rows), json_pack("{s:o}", "summary", vectors_id(&sum)));
}

json_t *vectors_summaries(void)
{
	struct sync_head heads[3] = {{.n = 2, .receipted = 2}, {.n = 7, .receipted = 0}, {.n = 1, .receipted = 1}};
	json_t *list = json_array();

	vectors_fill(heads[0].log.b, 0x10);
	vectors_fill(heads[1].log.b, 0x20);
	vectors_fill(heads[2].log.b, 0x0f);
	summary(list, "no logs", "", heads, 0);
	summary(list, "one log", "", heads, 1);
	summary(list, "a log without a receipt", "", heads + 1, 1);
	summary(list, "three logs", "given in another order than that of their ids", heads, 3);
	heads[1].receipted = 7;
	summary(list, "three logs, one more receipt", "", heads, 3);
	return list;
}
