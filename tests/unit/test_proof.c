#include "tests/unit/maker.h"

#include <stdlib.h>

#include "proto/merkle.h"
#include "proto/pack.h"
#include "proto/proof.h"

#define MOST 300

/* Bytes of a proof being made: whatever is added is kept until scene_end. */
struct scene {
	struct maker author, target, other;
	struct buf kept[3 * MOST];
	uint8_t signature[2 * MOST][64];
	size_t bufs, signatures;
	struct signed_statement statement[64];
	struct proof_entry entry[MOST];
	struct proof_record record[MOST];
	struct proof_receipt receipt[MOST];
	struct proof p;
	struct id log, hash; /* of the entry added last */
	bool same;           /* all records of an entry are one and the same */
};

static void add_chain(struct scene *s, const struct maker *m)
{
	for (size_t k = 0; k < m->n; k++)
		s->statement[s->p.statements++] = m->chain[k];
}

static struct scene *scene_begin(void)
{
	struct scene *s = calloc(1, sizeof *s);

	assert_non_null(s);
	maker_begin(&s->author, 1, "Brackwater Logistics");
	maker_begin(&s->target, 2, "Harlow Parts");
	maker_begin(&s->other, 3, "Somebody Else");
	s->p.statement = s->statement;
	s->p.entry = s->entry;
	s->p.record = s->record;
	s->p.receipt = s->receipt;
	return s;
}

static void scene_end(struct scene *s)
{
	for (size_t i = 0; i < s->bufs; i++)
		buf_free(&s->kept[i]);
	maker_end(&s->author);
	maker_end(&s->target);
	maker_end(&s->other);
	free(s);
}

static struct span add_record(struct scene *s, const struct id *author, uint8_t n)
{
	struct record r = {.kind = 999, .author = *author, .created = MAKER_TIME, .tlp = TLP_GREEN};
	struct arena *a = arena_new();
	struct value *body = value_map(a);
	struct buf *b = &s->kept[s->bufs++];

	memset(r.nonce, n, sizeof r.nonce);
	value_set(a, body, 0, value_str(a, "a pump was found open"));
	r.body = body;
	assert_int_equal(record_encode(&r, b), OK);
	arena_free(a);
	return buf_span(b);
}

/* An entry of `count` records whose places in `proven` (bits) are put into the proof. */
static void add_entry_of(struct scene *s, const struct maker *m, struct entry e, size_t count, uint64_t proven,
                         const struct id *speaker)
{
	struct id ids[256];
	struct span payload[256];
	struct buf *b;

	for (size_t i = 0; i < count; i++) {
		payload[i] = add_record(s, speaker, s->same ? 1 : (uint8_t)i);
		record_id(payload[i], &ids[i]);
	}
	e.author = m->org;
	e.count = count;
	e.incarnation = 77;
	e.time = MAKER_TIME + (int64_t)e.n;
	merkle_root(ids, count, &e.root);
	entry_log(&e, &s->log);
	if (e.n == 1 && id_zero(&e.prev))
		e.prev = s->log;
	b = &s->kept[s->bufs++];
	assert_int_equal(entry_encode(&e, b), OK);
	entry_hash(buf_span(b), &s->hash);
	maker_sign(m, e.kseq, SIGN_ENTRY, buf_span(b), s->signature[s->signatures]);
	s->entry[s->p.entries] = (struct proof_entry){buf_span(b), SPAN(s->signature[s->signatures], 64)};
	s->signatures++;
	for (size_t i = 0; i < count; i++) {
		struct proof_record *r = &s->record[s->p.records];

		if (i < 64 ? !(proven >> i & 1) : proven != UINT64_MAX)
			continue;
		*r = (struct proof_record){.payload = payload[i], .entry = s->p.entries, .index = (uint16_t)i};
		r->path_length = merkle_path(ids, count, i, r->path);
		s->p.records++;
	}
	s->p.entries++;
}

static void add_entry(struct scene *s, uint64_t n, size_t count, uint64_t proven)
{
	struct entry e = {.type = AUDIENCE_DIRECT, .target = s->target.org, .n = n};

	memset(e.prev.b, n == 1 ? 0 : 0x77, 32);
	add_entry_of(s, &s->author, e, count, proven, &s->author.org);
}

static void add_receipt(struct scene *s, const struct maker *m, struct receipt r)
{
	struct buf *b = &s->kept[s->bufs++];

	r.receiver = m->org;
	if (id_zero(&r.log))
		r.log = s->log;
	if (id_zero(&r.entry))
		r.entry = s->hash;
	r.time = r.time ? r.time : MAKER_TIME + 5000;
	assert_int_equal(receipt_encode(&r, b), OK);
	maker_sign(m, r.kseq, SIGN_RECEIPT, buf_span(b), s->signature[s->signatures]);
	s->receipt[s->p.receipts++] = (struct proof_receipt){buf_span(b), SPAN(s->signature[s->signatures], 64)};
	s->signatures++;
}

/* Two of three records of one entry, and the receipt over it. */
static struct scene *usual(void)
{
	struct scene *s = scene_begin();

	add_chain(s, &s->author);
	add_chain(s, &s->target);
	add_entry(s, 2, 3, 5);
	add_receipt(s, &s->target, (struct receipt){.n = 2});
	return s;
}

static struct buf encoded(const struct scene *s)
{
	struct buf out = {0};

	assert_int_equal(proof_encode(&s->p, &out), OK);
	return out;
}

static enum proof_verdict verdict_of(struct span file, char link[200])
{
	struct proof_report report;
	struct arena *a = arena_new();

	assert_int_equal(proof_verify(file, a, &report), OK);
	assert_true(report.verdict == PROOF_VALID || report.link[0] != '\0');
	assert_true(report.verdict != PROOF_INVALID || report.lines == 0);
	if (link != NULL)
		memcpy(link, report.link, sizeof report.link);
	arena_free(a);
	return report.verdict;
}

/* Refused by encode; to be seen by verify too it is written without asking. */
static void assert_refused(struct scene *s)
{
	struct buf out = {0};

	assert_int_equal(proof_encode(&s->p, &out), ERR_INVALID);
	assert_int_equal(out.n, 0);
	buf_free(&out);
	scene_end(s);
}

static void valid_proof(void **state)
{
	struct scene *s = usual();
	struct buf file = encoded(s);
	struct proof_report r;
	struct arena *a = arena_new();
	struct id id;

	(void)state;
	assert_int_equal(proof_verify(buf_span(&file), a, &r), OK);
	assert_int_equal(r.verdict, PROOF_VALID);
	assert_string_equal(r.link, "");
	assert_int_equal(r.lines, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct proof_line *l = &r.line[i];

		record_id(s->record[i].payload, &id);
		assert_true(id_eq(&l->id, &id));
		assert_true(id_eq(&l->author, &s->author.org) && id_eq(&l->target, &s->target.org) && id_eq(&l->log, &s->log));
		assert_string_equal(l->author_name, "Brackwater Logistics");
		assert_string_equal(l->target_name, "Harlow Parts");
		assert_int_equal(l->record.kind, 999);
		assert_int_equal(l->record.nonce[0], i * 2);
		assert_int_equal(l->n, 2);
		assert_int_equal(l->time, MAKER_TIME + 2);
		assert_int_equal(l->holdings, 1);
		assert_true(id_eq(&l->holding[0].receiver, &s->target.org));
		assert_string_equal(l->holding[0].name, "Harlow Parts");
		assert_int_equal(l->holding[0].time, MAKER_TIME + 5000);
		assert_int_equal(l->holding[0].exception, VERDICT_GOOD);
	}
	assert_int_equal(r.signers, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(strlen(r.signer[i].name) > 0 && strlen(r.signer[i].words) > 30);
		assert_int_equal(r.signer[i].kseq, 0);
	}
	print_message("proof of two records with a receipt: %zu bytes\n", file.n);
	buf_free(&file);
	arena_free(a);
	scene_end(s);
}

static void flip_all(struct scene *s, enum proof_verdict whole, size_t kinds)
{
	static const uint8_t masks[] = {0xff, 0x01, 0x80, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40};
	struct buf file = encoded(s);

	assert_int_equal(verdict_of(buf_span(&file), NULL), whole);
	for (size_t i = 0; i < file.n; i++) {
		for (size_t k = 0; k < kinds; k++) {
			file.p[i] ^= masks[k];
			assert_int_equal(verdict_of(buf_span(&file), NULL), PROOF_INVALID);
			file.p[i] ^= masks[k];
		}
	}
	for (size_t n = 0; n < file.n; n++)
		assert_int_equal(verdict_of(SPAN(file.p, n), NULL), PROOF_INVALID);
	assert_int_equal(buf_add(&file, "\xc0", 1), OK);
	assert_int_equal(verdict_of(buf_span(&file), NULL), PROOF_INVALID);
	buf_free(&file);
	scene_end(s);
}

static void every_byte_counts(void **state)
{
	(void)state;
	flip_all(usual(), PROOF_VALID, 9);
}

static void every_byte_counts_when_undecided(void **state)
{
	struct scene *s = scene_begin();

	(void)state;
	maker_rotate(&s->author, "compromise");
	add_chain(s, &s->author);
	add_entry(s, 1, 1, 1);
	flip_all(s, PROOF_UNDECIDED, 2);
}

/* ---- items removed, doubled, exchanged ---- */

enum change { REMOVED, DOUBLED, SWAPPED };

static enum proof_verdict changed(struct span file, int64_t list, size_t at, enum change change, char link[200])
{
	struct arena *a = arena_new();
	const struct value *map;
	struct value *copy, *items;
	struct buf out = {0};
	enum proof_verdict v;

	assert_int_equal(pack_decode(file, a, &map), OK);
	copy = value_copy(a, map);
	items = value_array(a);
	for (size_t i = 0; i < value_count(value_at(map, list)); i++) {
		size_t from = change != SWAPPED ? i : i == at ? at + 1 : i == at + 1 ? at : i;

		if (change == REMOVED && i == at)
			continue;
		value_push(a, items, value_copy(a, value_item(value_at(map, list), from)));
		if (change == DOUBLED && i == at)
			value_push(a, items, value_copy(a, value_item(value_at(map, list), from)));
	}
	value_set(a, copy, list, items);
	assert_int_equal(pack_encode(copy, &out), OK);
	v = verdict_of(buf_span(&out), link);
	buf_free(&out);
	arena_free(a);
	return v;
}

static void items_moved(void **state)
{
	struct scene *s = scene_begin();
	struct buf file;
	char link[200];

	(void)state;
	maker_rotate(&s->author, "routine");
	add_chain(s, &s->author);
	add_chain(s, &s->target);
	add_entry(s, 2, 3, 5);
	add_entry(s, 5, 2, 1);
	add_receipt(s, &s->target, (struct receipt){.n = 5});
	add_receipt(s, &s->target, (struct receipt){.n = 6, .entry = {{9}}});
	file = encoded(s);
	assert_int_equal(verdict_of(buf_span(&file), NULL), PROOF_VALID);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(changed(buf_span(&file), 2, i, DOUBLED, link), PROOF_INVALID);
		if (i < 2)
			assert_int_equal(changed(buf_span(&file), 2, i, SWAPPED, link), PROOF_INVALID);
		if (changed(buf_span(&file), 2, i, REMOVED, link) != PROOF_INVALID) /* the newest of a chain is not needed to read it */
			assert_true(id_cmp(&s->author.org, &s->target.org) < 0 ? i == 1 : i == 2);
	}
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(changed(buf_span(&file), 3, i, REMOVED, link), PROOF_INVALID);
		assert_int_equal(changed(buf_span(&file), 3, i, DOUBLED, link), PROOF_INVALID);
		assert_int_equal(changed(buf_span(&file), 5, i, DOUBLED, link), PROOF_INVALID);
	}
	assert_int_equal(changed(buf_span(&file), 3, 0, SWAPPED, link), PROOF_INVALID);
	assert_int_equal(changed(buf_span(&file), 5, 0, SWAPPED, link), PROOF_INVALID);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(changed(buf_span(&file), 4, i, DOUBLED, link), PROOF_INVALID);
		if (i < 2)
			assert_int_equal(changed(buf_span(&file), 4, i, SWAPPED, link), PROOF_INVALID);
	}
	assert_int_equal(changed(buf_span(&file), 4, 2, REMOVED, link), PROOF_INVALID); /* its entry would carry nothing */
	assert_string_equal(link, "entry 5 of Brackwater Logistics' log carries no record of the file");
	/* What proves less by itself stays a proof: of one record of the two, or without one receipt. */
	assert_int_equal(changed(buf_span(&file), 4, 0, REMOVED, link), PROOF_VALID);
	assert_int_equal(changed(buf_span(&file), 5, 0, REMOVED, link), PROOF_VALID);
	buf_free(&file);
	scene_end(s);
}

static void set_extra(struct arena *a, struct value *map, int64_t list)
{
	struct value *items;

	if (list < 0) {
		value_set(a, map, 64, value_int(a, 1));
		return;
	}
	items = value_copy(a, value_at(map, list));
	value_set(a, items->items[0], 64, value_int(a, 1));
	value_set(a, map, list, items);
}

/* No bytes that nobody signed, no second form of nothing. */
static void no_slack(void **state)
{
	struct scene *s = usual();
	struct buf file = encoded(s), out = {0};
	struct arena *a = arena_new();
	const struct value *map;
	struct value *copy;

	(void)state;
	assert_int_equal(pack_decode(buf_span(&file), a, &map), OK);
	for (int64_t list = -1; list < 6; list++) {
		if (list == 0 || list == 1)
			continue;
		copy = value_copy(a, map);
		set_extra(a, copy, list);
		buf_clear(&out);
		assert_int_equal(pack_encode(copy, &out), OK);
		assert_int_equal(verdict_of(buf_span(&out), NULL), PROOF_INVALID);
	}
	copy = value_copy(a, map);
	value_set(a, copy, 5, value_array(a));
	buf_clear(&out);
	assert_int_equal(pack_encode(copy, &out), OK);
	assert_int_equal(verdict_of(buf_span(&out), NULL), PROOF_INVALID);
	copy = value_copy(a, map);
	value_set(a, copy, 1, value_int(a, 2));
	buf_clear(&out);
	assert_int_equal(pack_encode(copy, &out), OK);
	char link[200];
	assert_int_equal(verdict_of(buf_span(&out), link), PROOF_INVALID);
	assert_non_null(strstr(link, "another version"));
	assert_int_equal(changed(buf_span(&file), 2, 0, SWAPPED, link), PROOF_INVALID); /* two whole chains */
	assert_non_null(strstr(link, "are not in order"));
	assert_int_equal(verdict_of(SPAN("hello", 5), link), PROOF_INVALID);
	assert_non_null(strstr(link, "is not a proof"));
	buf_free(&out);
	buf_free(&file);
	arena_free(a);
	scene_end(s);
}

static void order_given_does_not_matter(void **state)
{
	struct scene *s = scene_begin();
	struct buf one, two;

	(void)state;
	add_chain(s, &s->author);
	add_chain(s, &s->target);
	add_entry(s, 5, 2, 3);
	add_entry(s, 3, 1, 1);
	entry_hash(s->entry[0].payload, &s->hash);
	add_receipt(s, &s->target, (struct receipt){.n = 5});
	one = encoded(s);
	for (size_t i = 0; i < s->p.records; i++)
		s->record[i].entry = 1 - s->record[i].entry;
	struct proof_entry e = s->entry[0];
	s->entry[0] = s->entry[1];
	s->entry[1] = e;
	struct proof_record r = s->record[0];
	s->record[0] = s->record[2];
	s->record[2] = r;
	struct signed_statement st = s->statement[0];
	s->statement[0] = s->statement[1];
	s->statement[1] = st;
	two = encoded(s);
	assert_true(span_eq(buf_span(&one), buf_span(&two)));
	buf_free(&one);
	buf_free(&two);
	scene_end(s);
}

/* ---- links that do not hold although every signature does ---- */

static void chains_that_sign_nothing(void **state)
{
	struct scene *s = usual();
	struct buf file;

	(void)state;
	add_chain(s, &s->other);
	assert_refused(s);
	s = usual();
	s->p.statements = 1; /* the receiver's are missing */
	assert_refused(s);
	s = usual();
	s->statement[0] = s->statement[1];
	s->p.statements = 1;
	assert_refused(s);
	s = usual(); /* without the receipt the target may stay, so that it can be named, or go */
	s->p.receipts = 0;
	file = encoded(s);
	buf_free(&file);
	s->p.statements = 1;
	file = encoded(s);
	buf_free(&file);
	scene_end(s);
}

static void receipts_that_do_not_fit(void **state)
{
	const struct exception x = {2, true, 2, VERDICT_LIMIT};
	struct proof_report r;
	struct arena *a = arena_new();
	struct scene *s = usual();
	struct buf file;

	(void)state;
	add_chain(s, &s->other); /* not the one it was addressed to */
	add_receipt(s, &s->other, (struct receipt){.n = 2});
	assert_refused(s);
	s = usual();
	add_receipt(s, &s->target, (struct receipt){.n = 1}); /* covers nothing of it */
	assert_refused(s);
	s = usual();
	add_receipt(s, &s->target, (struct receipt){.from = 2, .n = 3});
	assert_refused(s);
	s = usual();
	add_receipt(s, &s->target, (struct receipt){.n = 3, .log = {{1}}}); /* another log */
	assert_refused(s);
	s = usual();
	s->p.receipts = 0;
	add_receipt(s, &s->target, (struct receipt){.n = 2, .entry = {{1}}}); /* other bytes: a fork */
	assert_refused(s);
	s = usual();
	s->p.receipts = 0;
	add_receipt(s, &s->target, (struct receipt){.n = 2, .exceptions = 1, .exception = &x});
	file = encoded(s);
	assert_int_equal(proof_verify(buf_span(&file), a, &r), OK);
	assert_int_equal(r.verdict, PROOF_VALID);
	assert_int_equal(r.line[0].holding[0].exception, VERDICT_GOOD);
	assert_int_equal(r.line[1].holdings, 1);
	assert_int_equal(r.line[1].holding[0].exception, VERDICT_LIMIT);
	buf_free(&file);
	scene_end(s);
	arena_free(a);
}

/* Several receipts of one receiver: each record is shown as held once, since the first that says so. */
static void held_since_the_first(void **state)
{
	const struct exception x = {2, true, 2, VERDICT_LIMIT};
	struct proof_report r;
	struct arena *a = arena_new();
	struct scene *s = usual();
	struct buf file;

	(void)state;
	s->p.receipts = 0;
	add_receipt(s, &s->target, (struct receipt){.n = 2, .exceptions = 1, .exception = &x, .time = MAKER_TIME + 1000});
	add_receipt(s, &s->target, (struct receipt){.n = 3, .entry = {{1}}, .exceptions = 1, .exception = &x, .time = MAKER_TIME + 2000});
	add_receipt(s, &s->target, (struct receipt){.n = 4, .entry = {{2}}, .time = MAKER_TIME + 3000});
	add_receipt(s, &s->target, (struct receipt){.n = 5, .entry = {{3}}, .exceptions = 1, .exception = &x, .time = MAKER_TIME + 4000});
	file = encoded(s);
	assert_int_equal(proof_verify(buf_span(&file), a, &r), OK);
	assert_int_equal(r.verdict, PROOF_VALID);
	assert_int_equal(r.line[0].holdings, 1);
	assert_int_equal(r.line[0].holding[0].time, MAKER_TIME + 1000);
	assert_int_equal(r.line[1].holdings, 1);
	assert_int_equal(r.line[1].holding[0].time, MAKER_TIME + 3000);
	assert_int_equal(r.line[1].holding[0].exception, VERDICT_GOOD);
	buf_free(&file);
	scene_end(s);
	arena_free(a);
}

static void entries_that_do_not_fit(void **state)
{
	struct scene *s = usual();
	struct entry e = {.type = AUDIENCE_DIRECT, .n = 3};

	(void)state;
	s->entry[0].signature = s->receipt[0].signature;
	assert_refused(s);
	s = usual();
	add_entry(s, 3, 1, 1); /* does not name entry 2 as the one before it */
	assert_refused(s);
	s = usual();
	e.target = s->target.org;
	e.prev = s->hash;
	add_entry_of(s, &s->author, e, 1, 1, &s->author.org);
	struct buf file = encoded(s);
	buf_free(&file);
	scene_end(s);
	s = usual();
	e.target = s->target.org;
	e.n = 9;
	add_entry_of(s, &s->author, e, 1, 1, &s->other.org); /* a record of somebody else's */
	assert_refused(s);
	s = usual();
	e.kseq = 0;
	add_entry(s, 7, 2, 0); /* carries nothing of the file */
	assert_refused(s);
	s = usual();
	s->record[1].index = 1;
	assert_refused(s);
	s = usual();
	s->record[1].path_length--;
	assert_refused(s);
	s = usual();
	s->record[1].entry = 7;
	assert_refused(s);
	s = usual();
	s->record[1].path_length = MERKLE_PATH + 1;
	assert_refused(s);
	s = usual();
	s->record[1].payload = s->record[0].payload;
	assert_refused(s);
	s = scene_begin(); /* signed under a key that is not in the file */
	maker_rotate(&s->author, "routine");
	add_chain(s, &s->author);
	s->p.statements = 1;
	e.target = s->target.org;
	e.kseq = 1;
	add_entry_of(s, &s->author, e, 1, 1, &s->author.org);
	assert_refused(s);
	s = scene_begin(); /* the first of a log names its log */
	add_chain(s, &s->author);
	add_entry(s, 1, 1, 1);
	file = encoded(s);
	buf_free(&file);
	e = (struct entry){.type = AUDIENCE_DIRECT, .target = s->target.org, .n = 1, .prev = {{1}}};
	s->p.entries = s->p.records = 0;
	add_entry_of(s, &s->author, e, 1, 1, &s->author.org);
	assert_refused(s);
	s = scene_begin(); /* one record twice in one entry */
	s->same = true;
	add_chain(s, &s->author);
	add_entry(s, 2, 2, 3);
	assert_refused(s);
}

static void words_for_the_link(void **state)
{
	struct scene *s = usual();
	struct buf file = encoded(s);
	char link[200];
	struct arena *a = arena_new();
	const struct value *map;
	struct value *copy, *list, *item;
	struct buf out = {0};
	uint8_t bad[64] = {1};

	(void)state;
	assert_int_equal(pack_decode(buf_span(&file), a, &map), OK);
	copy = value_copy(a, map);
	list = value_copy(a, value_at(map, 3));
	item = value_copy(a, value_item(list, 0));
	value_set(a, item, 1, value_bin(a, SPAN(bad, 64)));
	list->items[0] = item;
	value_set(a, copy, 3, list);
	assert_int_equal(pack_encode(copy, &out), OK);
	assert_int_equal(verdict_of(buf_span(&out), link), PROOF_INVALID);
	assert_string_equal(link, "the signature over entry 2 of Brackwater Logistics' log does not verify");
	copy = value_copy(a, map);
	list = value_copy(a, value_at(map, 5));
	item = value_copy(a, value_item(list, 0));
	value_set(a, item, 1, value_bin(a, SPAN(bad, 64)));
	list->items[0] = item;
	value_set(a, copy, 5, list);
	buf_clear(&out);
	assert_int_equal(pack_encode(copy, &out), OK);
	assert_int_equal(verdict_of(buf_span(&out), link), PROOF_INVALID);
	assert_string_equal(link, "the signature over a receipt of Harlow Parts does not verify");
	buf_free(&out);
	buf_free(&file);
	arena_free(a);
	scene_end(s);
}

/* A long name of many-byte characters, in the longest sentence: cut, but never inside a character. */
static void long_names_are_cut_well(void **state)
{
	struct scene *s = scene_begin();
	struct buf file;
	char link[200];
	size_t tail = 0;

	(void)state;
	maker_end(&s->author);
	memset(s->author.name, 0, sizeof s->author.name);
	char name[201] = "x";
	for (size_t i = 0; i < 66; i++)
		memcpy(name + 1 + 3 * i, "\xe2\x82\xac", 3);
	maker_begin(&s->author, 1, name);
	maker_rotate(&s->author, "compromise");
	add_chain(s, &s->author);
	add_entry(s, 2, 1, 1);
	file = encoded(s);
	assert_int_equal(verdict_of(buf_span(&file), link), PROOF_UNDECIDED);
	assert_non_null(strstr(link, "replaced as compromised"));
	for (const char *c = link; *c != '\0'; c++)
		tail += ((unsigned char)*c & 0xc0) == 0x80;
	assert_int_equal(tail, 2 * 20); /* 20 whole characters in 62 bytes */
	buf_free(&file);
	scene_end(s);
}

static void undecided(void **state)
{
	struct scene *s = scene_begin();
	struct proof_report r;
	struct arena *a = arena_new();
	struct buf file;

	(void)state;
	maker_rotate(&s->target, "routine"); /* the receipt was signed under the older key */
	add_chain(s, &s->author);
	add_chain(s, &s->target);
	add_entry(s, 2, 3, 5);
	add_receipt(s, &s->target, (struct receipt){.n = 2});
	file = encoded(s);
	assert_int_equal(proof_verify(buf_span(&file), a, &r), OK);
	assert_int_equal(r.verdict, PROOF_UNDECIDED);
	assert_non_null(strstr(r.link, "Harlow Parts has changed its keys"));
	assert_int_equal(r.lines, 2);
	buf_free(&file);
	s->p.receipts = 0; /* signed again: decided */
	add_receipt(s, &s->target, (struct receipt){.n = 2, .kseq = 1});
	file = encoded(s);
	assert_int_equal(verdict_of(buf_span(&file), NULL), PROOF_VALID);
	buf_free(&file);
	scene_end(s);
	s = scene_begin(); /* the author's key was replaced: routine decides nothing against it, compromise may */
	maker_rotate(&s->author, "routine");
	add_chain(s, &s->author);
	add_entry(s, 2, 3, 5);
	file = encoded(s);
	assert_int_equal(verdict_of(buf_span(&file), NULL), PROOF_VALID);
	buf_free(&file);
	maker_rotate(&s->author, "compromise");
	maker_rotate(&s->author, "routine");
	s->p.statements = 0;
	add_chain(s, &s->author);
	file = encoded(s);
	assert_int_equal(verdict_of(buf_span(&file), NULL), PROOF_UNDECIDED);
	buf_free(&file);
	struct entry e = {.type = AUDIENCE_DIRECT, .target = s->target.org, .n = 9, .kseq = 2, .prev = {{1}}};
	s->p.entries = s->p.records = 0; /* under the key that came with it: nothing is in doubt */
	add_entry_of(s, &s->author, e, 1, 1, &s->author.org);
	file = encoded(s);
	assert_int_equal(verdict_of(buf_span(&file), NULL), PROOF_VALID);
	buf_free(&file);
	scene_end(s);
	arena_free(a);
}

static void sixteen_organisations(void **state)
{
	struct maker m[PROOF_SIGNERS + 1];
	struct scene *s = scene_begin();
	struct buf file;

	(void)state;
	for (size_t i = 0; i <= PROOF_SIGNERS; i++) {
		struct entry e = {.type = AUDIENCE_PARTNERS, .n = 4, .prev = {{1}}};

		maker_begin(&m[i], (uint8_t)(10 + i), "One of Many");
		if (i == PROOF_SIGNERS) {
			file = encoded(s);
			buf_free(&file);
		}
		add_chain(s, &m[i]);
		add_entry_of(s, &m[i], e, 1, 1, &m[i].org);
	}
	assert_refused(s);
	for (size_t i = 0; i <= PROOF_SIGNERS; i++)
		maker_end(&m[i]);
}

/* Many receipts over many records: the report is bounded. */
static void bounded_report(void **state)
{
	struct scene *s = scene_begin();
	struct buf file;

	(void)state;
	add_chain(s, &s->author);
	add_chain(s, &s->target);
	add_entry(s, 2, 256, UINT64_MAX);
	assert_int_equal(s->p.records, 256);
	add_receipt(s, &s->target, (struct receipt){.n = 2});
	for (uint64_t n = 3; n < 2 + PROOF_HOLDINGS / 256; n++)
		add_receipt(s, &s->target, (struct receipt){.n = n, .entry = {{1}}});
	file = encoded(s);
	assert_int_equal(verdict_of(buf_span(&file), NULL), PROOF_VALID);
	buf_free(&file);
	add_receipt(s, &s->target, (struct receipt){.n = 999, .entry = {{1}}});
	assert_refused(s);
}

static void too_large(void **state)
{
	struct buf big = {0};
	uint8_t *at;
	char link[200];

	(void)state;
	assert_int_equal(buf_room(&big, LIMIT_PROOF + 1, &at), OK);
	memset(at, 0, LIMIT_PROOF + 1);
	assert_int_equal(verdict_of(SPAN(big.p, LIMIT_PROOF + 1), link), PROOF_INVALID);
	assert_string_equal(link, "file is larger than any proof");
	assert_int_equal(verdict_of(SPAN(big.p, LIMIT_PROOF), link), PROOF_INVALID);
	assert_string_not_equal(link, "file is larger than any proof");
	buf_free(&big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_proof), cmocka_unit_test(every_byte_counts), cmocka_unit_test(every_byte_counts_when_undecided),
		cmocka_unit_test(items_moved), cmocka_unit_test(no_slack), cmocka_unit_test(order_given_does_not_matter),
		cmocka_unit_test(chains_that_sign_nothing), cmocka_unit_test(receipts_that_do_not_fit),
		cmocka_unit_test(held_since_the_first),
		cmocka_unit_test(entries_that_do_not_fit), cmocka_unit_test(words_for_the_link),
		cmocka_unit_test(long_names_are_cut_well), cmocka_unit_test(undecided), cmocka_unit_test(sixteen_organisations),
		cmocka_unit_test(bounded_report), cmocka_unit_test(too_large),
	};

	return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
