/* Proof files. Good ones are written by proof_encode(); the others are good ones with something changed. */
#include "tests/gen/vectors.h"

#include <stdio.h>

#include "proto/kinds.h"
#include "proto/merkle.h"
#include "proto/pack.h"
#include "proto/proof.h"

enum { STATEMENTS = 2, ENTRIES, RECORDS, RECEIPTS };

struct story { /* A says a log.open and three records to B, B stores them */
	struct vectors_org a, b;
	struct arena *arena;
	struct buf record[4], entry[2], receipt;
	struct id id[4], hash[2], log;
	uint8_t entry_sig[2][64], receipt_sig[64];
};

static void record_make(struct story *s, size_t i)
{
	struct record r = {.kind = i ? KIND_RETRACT : KIND_LOG_OPEN, .author = s->a.org, .created = VECTORS_TIME, .tlp = TLP_CLEAR,
	                   .nonce = {(uint8_t)i}};
	struct value *map = value_map(s->arena);
	uint8_t about[32];

	vectors_fill(about, (uint8_t)(0x70 + i));
	value_set(s->arena, map, 0, i ? value_bin(s->arena, SPAN(about, 32)) : value_int(s->arena, 0));
	value_set(s->arena, map, 1, i ? value_str(s->arena, "Sent in error.") : value_int(s->arena, 1));
	r.body = map;
	vectors_must(record_encode(&r, &s->record[i]) == OK, "record");
	record_id(buf_span(&s->record[i]), &s->id[i]);
}

static void entry_make(struct story *s, size_t at, const struct id *ids, size_t count)
{
	struct entry e = {.author = s->a.org, .type = AUDIENCE_DIRECT, .target = s->b.org, .incarnation = VECTORS_TIME, .n = at + 1,
	                  .count = count, .time = VECTORS_TIME};

	entry_log(&e, &s->log);
	e.prev = at ? s->hash[at - 1] : s->log;
	merkle_root(ids, count, &e.root);
	vectors_must(entry_encode(&e, &s->entry[at]) == OK, "entry");
	entry_hash(buf_span(&s->entry[at]), &s->hash[at]);
	vectors_sign(&s->a, 0, SIGN_ENTRY, buf_span(&s->entry[at]), s->entry_sig[at]);
}

static void receipt_sign(struct story *s, const struct receipt *r)
{
	buf_clear(&s->receipt);
	vectors_must(receipt_encode(r, &s->receipt) == OK, "receipt");
	vectors_sign(&s->b, 0, SIGN_RECEIPT, buf_span(&s->receipt), s->receipt_sig);
}

static struct receipt receipt_of(const struct story *s)
{
	return (struct receipt){.log = s->log, .receiver = s->b.org, .n = 2, .entry = s->hash[1], .time = VECTORS_TIME + 2000};
}

static void story_make(struct story *s)
{
	struct receipt r;

	memset(s, 0, sizeof *s);
	s->arena = arena_new();
	vectors_org(&s->a, "Example Ltd", (struct vectors_seeds){1, 2, 3, 4, 5});
	vectors_org(&s->b, "Other plc", (struct vectors_seeds){0x11, 0x12, 0x13, 0x14, 0x15});
	for (size_t i = 0; i < 4; i++)
		record_make(s, i);
	entry_make(s, 0, s->id, 1);
	entry_make(s, 1, s->id + 1, 3);
	r = receipt_of(s);
	receipt_sign(s, &r);
}

static void story_free(struct story *s)
{
	for (size_t i = 0; i < 4; i++)
		buf_free(&s->record[i]);
	buf_free(&s->entry[0]);
	buf_free(&s->entry[1]);
	buf_free(&s->receipt);
	vectors_org_free(&s->a);
	vectors_org_free(&s->b);
	arena_free(s->arena);
}

struct parts { /* what a file takes from the story */
	unsigned records; /* bits: 0 the log.open, 1 to 3 the records of entry 2 */
	bool receipt;
	bool b; /* statements of B even without a receipt */
};

static void proof_make(const struct story *s, struct parts parts, struct buf *out)
{
	struct signed_statement statement[2 * VECTORS_CHAIN];
	struct proof_entry entry[2];
	struct proof_record record[4];
	struct proof_receipt receipt = {buf_span(&s->receipt), SPAN(s->receipt_sig, 64)};
	struct proof p = {.statement = statement, .entry = entry, .record = record, .receipt = &receipt, .receipts = parts.receipt};

	for (size_t i = 0; i < s->a.n; i++)
		statement[p.statements++] = s->a.chain[i];
	for (size_t i = 0; i < s->b.n && (parts.receipt || parts.b); i++)
		statement[p.statements++] = s->b.chain[i];
	for (size_t i = 0; i < 4; i++) {
		struct proof_record *r = &record[p.records];

		if (!(parts.records >> i & 1))
			continue;
		if (i == 0 || (parts.records & (2u << (i - 1)) && (p.entries == 0 || !span_eq(entry[p.entries - 1].payload, buf_span(&s->entry[1])))))
			entry[p.entries++] = (struct proof_entry){buf_span(&s->entry[i > 0]), SPAN(s->entry_sig[i > 0], 64)};
		*r = (struct proof_record){.payload = buf_span(&s->record[i]), .entry = p.entries - 1, .index = (uint16_t)(i ? i - 1 : 0)};
		r->path_length = i ? merkle_path(s->id + 1, 3, i - 1, r->path) : 0;
		p.records++;
	}
	vectors_must(proof_encode(&p, out) == OK, "proof");
}

/* ---- verdicts ---- */

static const char *const verdict_words[] = {[PROOF_VALID] = "valid", [PROOF_INVALID] = "invalid", [PROOF_UNDECIDED] = "undecided"};
static const int exits[] = {[PROOF_VALID] = 0, [PROOF_INVALID] = 10, [PROOF_UNDECIDED] = 11};

/* Most files are the same file with a change: then only that is written. */
#define BASE "two records of three"
static struct buf base;

static json_t *file_input(struct span file)
{
	size_t first = 0, last = 0, most = file.n < base.n ? file.n : base.n;

	if (base.n == 0)
		return json_pack("{s:o}", "file", vectors_hex(file));
	while (first < most && file.p[first] == base.p[first])
		first++;
	while (last < most - first && file.p[file.n - 1 - last] == base.p[base.n - 1 - last])
		last++;
	return json_pack("{s:s, s:I, s:o, s:I}", "like", BASE, "first", (json_int_t)first, "then",
	                 vectors_hex(SPAN(file.p + first, file.n - first - last)), "last", (json_int_t)last);
}

static void proof_add(json_t *list, const char *name, const char *comment, struct span file, enum proof_verdict wanted)
{
	struct arena *a = arena_new();
	json_t *expected, *records = json_array();
	struct proof_report report;

	vectors_must(proof_verify(file, a, &report) == OK, name);
	if (report.verdict != wanted)
		fprintf(stderr, "%s: %s\n", name, report.link);
	vectors_must(report.verdict == wanted, name);
	expected = json_pack("{s:s, s:i}", "verdict", verdict_words[report.verdict], "exit", exits[report.verdict]);
	if (report.verdict != PROOF_VALID)
		json_object_set_new(expected, "said", json_string(report.link));
	for (size_t i = 0; i < report.lines; i++) {
		const struct proof_line *l = &report.line[i];

		json_array_append_new(records, json_pack("{s:o, s:o, s:o, s:I, s:I}", "id", vectors_id(&l->id), "author", vectors_id(&l->author),
		                                         "log", vectors_id(&l->log), "n", (json_int_t)l->n, "holdings", (json_int_t)l->holdings));
	}
	if (report.verdict != PROOF_INVALID)
		json_object_set(expected, "records", records);
	json_decref(records);
	vectors_add(list, name, comment, file_input(file), expected);
	arena_free(a);
}

static void proof_good(json_t *list, const char *name, const char *comment, const struct story *s, struct parts parts, enum proof_verdict wanted)
{
	struct buf file = {0};

	proof_make(s, parts, &file);
	proof_add(list, name, comment, buf_span(&file), wanted);
	buf_free(&file);
}

/* ---- changed files ---- */

/* Member `field` of item `at` of list `key` set to v, or taken out. */
static void item_edit(json_t *list, const char *name, const char *comment, struct arena *a, struct span file, int64_t key, size_t at,
                      int64_t field, struct value *v)
{
	const struct value *map;
	struct value *items, *item;
	struct buf one = {0}, out = {0};

	vectors_must(pack_decode(file, a, &map) == OK, name);
	items = value_copy(a, value_at(map, key));
	vectors_must(at < items->n && pack_encode(items->items[at], &one) == OK, name);
	item = vectors_edit(a, buf_span(&one), field, v);
	items->items[at] = item;
	vectors_pack(vectors_edit(a, file, key, items), &out);
	proof_add(list, name, comment, buf_span(&out), PROOF_INVALID);
	buf_free(&one);
	buf_free(&out);
}

static struct value *flipped(struct arena *a, struct span s, size_t at)
{
	struct buf copy = {0};
	struct value *v;

	vectors_must(buf_add(&copy, s.p, s.n) == OK, "flip");
	copy.p[at] ^= 1;
	v = value_bin(a, buf_span(&copy));
	buf_free(&copy);
	return v;
}

/* The list `key` with its items in this order: some left out, or one twice. */
static void list_edit(json_t *list, const char *name, const char *comment, struct arena *a, struct span file, int64_t key, size_t n,
                      const size_t *order)
{
	const struct value *map, *items;
	struct value *made = value_array(a);
	struct buf out = {0};

	vectors_must(pack_decode(file, a, &map) == OK, name);
	items = value_at(map, key);
	for (size_t i = 0; i < n; i++)
		value_push(a, made, value_copy(a, value_item(items, order[i])));
	vectors_pack(vectors_edit(a, file, key, made), &out);
	proof_add(list, name, comment, buf_span(&out), PROOF_INVALID);
	buf_free(&out);
}

static void top_edit(json_t *list, const char *name, struct arena *a, struct span file, int64_t key, struct value *v)
{
	struct buf out = {0};

	vectors_pack(vectors_edit(a, file, key, v), &out);
	proof_add(list, name, "", buf_span(&out), PROOF_INVALID);
	buf_free(&out);
}

static void items_broken(json_t *list, const struct story *s, struct span file)
{
	struct arena *a = s->arena;
	struct value *path = value_array(a);

	value_push(a, path, value_id(a, &s->id[0]));
	value_push(a, path, value_id(a, &s->id[1]));
	item_edit(list, "root_sig changed", "", a, file, STATEMENTS, 0, 1, flipped(a, SPAN(s->a.chain[0].root_sig, 64), 3));
	item_edit(list, "statement changed", "", a, file, STATEMENTS, 0, 0, flipped(a, s->a.chain[0].payload, s->a.chain[0].payload.n - 1));
	item_edit(list, "entry changed", "", a, file, ENTRIES, 0, 0, flipped(a, buf_span(&s->entry[1]), s->entry[1].n - 1));
	item_edit(list, "signature of the entry changed", "", a, file, ENTRIES, 0, 1, flipped(a, SPAN(s->entry_sig[1], 64), 40));
	item_edit(list, "record changed", "", a, file, RECORDS, 0, 3, flipped(a, buf_span(&s->record[1]), s->record[1].n - 2));
	item_edit(list, "index shifted", "", a, file, RECORDS, 0, 1, value_int(a, 1));
	item_edit(list, "index beyond the count", "", a, file, RECORDS, 0, 1, value_int(a, 3));
	item_edit(list, "another path", "", a, file, RECORDS, 0, 2, path);
	item_edit(list, "no path", "", a, file, RECORDS, 0, 2, NULL);
	item_edit(list, "an entry that is not in the file", "", a, file, RECORDS, 0, 0, value_int(a, 1));
	item_edit(list, "receipt changed", "", a, file, RECEIPTS, 0, 0, flipped(a, buf_span(&s->receipt), s->receipt.n - 1));
	item_edit(list, "signature of the receipt changed", "", a, file, RECEIPTS, 0, 1, flipped(a, SPAN(s->receipt_sig, 64), 40));
	item_edit(list, "an inner key that no table names", "", a, file, RECEIPTS, 0, 2, value_int(a, 1));
	item_edit(list, "an inner key from 64 up", "no slack: nothing outside the signatures is kept", a, file, RECEIPTS, 0, 64, value_int(a, 1));
}

static void lists_broken(json_t *list, const struct story *s, struct span file)
{
	static const size_t back[] = {1, 0}, first[] = {0}, second[] = {1}, twice[] = {0, 0};
	struct arena *a = s->arena;
	bool a_first = id_cmp(&s->a.org, &s->b.org) < 0;

	list_edit(list, "statements in another order", "ascending by organisation", a, file, STATEMENTS, 2, back);
	list_edit(list, "statements of the author missing", "", a, file, STATEMENTS, 1, a_first ? second : first);
	list_edit(list, "statements of the receiver missing", "", a, file, STATEMENTS, 1, a_first ? first : second);
	list_edit(list, "records in another order", "", a, file, RECORDS, 2, back);
	list_edit(list, "a record twice", "", a, file, RECORDS, 2, twice);
	list_edit(list, "an entry twice", "", a, file, ENTRIES, 2, twice);
	list_edit(list, "a receipt twice", "", a, file, RECEIPTS, 2, twice);
	top_edit(list, "no records", a, file, RECORDS, value_array(a));
	top_edit(list, "receipts empty", a, file, RECEIPTS, value_array(a));
	top_edit(list, "another format", a, file, 0, value_str(a, "tally prooF"));
	top_edit(list, "version 2", a, file, 1, value_int(a, 2));
	top_edit(list, "a key that no table names", a, file, 6, value_int(a, 1));
	top_edit(list, "a key from 64 up", a, file, 64, value_int(a, 1));
}

static void bytes_broken(json_t *list, struct span file)
{
	struct buf longer = {0};

	vectors_must(buf_add(&longer, file.p, file.n) == OK && buf_add(&longer, "\0", 1) == OK, "file");
	proof_add(list, "a byte behind the file", "", buf_span(&longer), PROOF_INVALID);
	proof_add(list, "cut short", "", SPAN(file.p, file.n - 1), PROOF_INVALID);
	proof_add(list, "an empty file", "", SPAN(NULL, 0), PROOF_INVALID);
	buf_free(&longer);
}

/* A receipt that is well signed and does not fit. The file holds another in its place. */
static void receipt_swap(json_t *list, const char *name, const char *comment, struct story *s, struct span file, const struct receipt *r)
{
	receipt_sign(s, r);
	struct arena *a = s->arena;
	struct value *one = value_map(a), *items = value_array(a);
	struct buf out = {0};

	value_set(a, one, 0, value_bin(a, buf_span(&s->receipt)));
	value_set(a, one, 1, value_bin(a, SPAN(s->receipt_sig, 64)));
	value_push(a, items, one);
	vectors_pack(vectors_edit(a, file, RECEIPTS, items), &out);
	proof_add(list, name, comment, buf_span(&out), PROOF_INVALID);
	buf_free(&out);
}

static void receipts_wrong(json_t *list, struct story *s, struct span file)
{
	struct receipt r = receipt_of(s);

	r.entry.b[0] ^= 1;
	receipt_swap(list, "a receipt for other bytes", "well signed; it names another hash of the entry", s, file, &r);
	r = receipt_of(s), r.log.b[0] ^= 1;
	receipt_swap(list, "a receipt over another log", "well signed; it covers no record of the file", s, file, &r);
	r = receipt_of(s), r.from = 2, r.n = 3;
	receipt_swap(list, "a receipt that begins behind the record", "", s, file, &r);
	r = receipt_of(s);
	receipt_sign(s, &r);
}

static void undecided(json_t *list)
{
	static const struct parts one = {2, true, false};
	struct story s;

	story_make(&s);
	vectors_org_next(&s.a, "routine");
	proof_good(list, "the author's key replaced as a matter of routine", "later statements are in the file and say nothing against it", &s, one,
	           PROOF_VALID);
	vectors_org_next(&s.a, "compromise");
	proof_good(list, "the author's key replaced as compromised", "", &s, one, PROOF_UNDECIDED);
	story_free(&s);
	story_make(&s);
	vectors_org_next(&s.b, "routine");
	proof_good(list, "the receiver's key replaced", "for any reason", &s, one, PROOF_UNDECIDED);
	story_free(&s);
}

json_t *vectors_proofs(void)
{
	static const struct parts whole = {2 | 8, true, false};
	json_t *list = json_array();
	struct buf file = {0};
	struct story s;

	story_make(&s);
	proof_good(list, "one record of three, with its receipt", "", &s, (struct parts){4, true, false}, PROOF_VALID);
	proof_good(list, "without a receipt", "", &s, (struct parts){2, false, true}, PROOF_VALID);
	proof_good(list, "without a receipt, and nothing of the receiver", "", &s, (struct parts){2, false, false}, PROOF_VALID);
	proof_good(list, "all records of both entries", "", &s, (struct parts){15, true, false}, PROOF_VALID);
	undecided(list);
	proof_make(&s, whole, &file);
	proof_add(list, BASE, "what all below is a change of", buf_span(&file), PROOF_VALID);
	base = file;
	items_broken(list, &s, buf_span(&file));
	lists_broken(list, &s, buf_span(&file));
	bytes_broken(list, buf_span(&file));
	receipts_wrong(list, &s, buf_span(&file));
	base = (struct buf){0};
	buf_free(&file);
	story_free(&s);
	return list;
}
