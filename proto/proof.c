/* proof.c - the proof file's form: its tables, reading and writing. What it proves is judged in proof_verify.c. */
#include "proto/proof.h"

#include <stdlib.h>
#include <string.h>

#include "proto/merkle.h"
#include "proto/pack.h"

#define PROOF_FORMAT "tally proof"
#define PROOF_VERSION 1

enum { FORMAT, VERSION, STATEMENTS, ENTRIES, RECORDS, RECEIPTS };

static const struct field entry_group[] = {
	{.key = 0, .name = "payload", .type = FIELD_BYTES, .required = true, .max = 1024, .help = "the entry"},
	{.key = 1, .name = "signature", .type = FIELD_BYTES, .required = true, .max = SIGN_LEN, .help = "64 bytes"},
	{0},
};

static const struct field record_group[] = {
	{.key = 0, .name = "entry", .type = FIELD_INT, .required = true, .max = PROOF_ITEMS - 1,
	 .help = "its entry's position in this file, from 0"},
	{.key = 1, .name = "index", .type = FIELD_INT, .required = true, .max = LIMIT_ENTRY_RECORDS - 1,
	 .help = "its place in the entry, from 0"},
	{.key = 2, .name = "path", .type = FIELD_REF, .list = true, .max_items = MERKLE_PATH,
	 .help = "sibling hashes up to the root, nearest first; left out when the entry holds one record"},
	{.key = 3, .name = "payload", .type = FIELD_BYTES, .required = true, .max = LIMIT_FORWARD, .help = "the record"},
	{0},
};

static const struct field receipt_group[] = {
	{.key = 0, .name = "payload", .type = FIELD_BYTES, .required = true, .max = 65536, .help = "the receipt"},
	{.key = 1, .name = "signature", .type = FIELD_BYTES, .required = true, .max = SIGN_LEN, .help = "64 bytes"},
	{0},
};

const struct field proof_fields[] = {
	{.key = FORMAT, .name = "format", .type = FIELD_LINE, .required = true, .max = 16, .help = PROOF_FORMAT},
	{.key = VERSION, .name = "version", .type = FIELD_INT, .required = true, .help = "1"},
	{.key = STATEMENTS, .name = "statements", .type = FIELD_GROUP, .list = true, .required = true, .max_items = PROOF_ITEMS,
	 .group = statement_signed_fields, .help = "whole chains, ascending by organisation, then kseq from 0"},
	{.key = ENTRIES, .name = "entries", .type = FIELD_GROUP, .list = true, .required = true, .max_items = PROOF_ITEMS,
	 .group = entry_group, .help = "ascending by log id, then n; each carries a record of this file"},
	{.key = RECORDS, .name = "records", .type = FIELD_GROUP, .list = true, .required = true, .max_items = PROOF_ITEMS,
	 .group = record_group, .help = "ascending by entry, then index"},
	{.key = RECEIPTS, .name = "receipts", .type = FIELD_GROUP, .list = true, .max_items = PROOF_RECEIPTS, .group = receipt_group,
	 .help = "ascending by log id, n, receiver; each covers a record of this file; left out when there are none"},
	{0},
};

/* ---- writing ---- */

struct place { /* where an item belongs, and where it was given */
	struct id first, second;
	uint64_t n;
	size_t at;
};

static int place_cmp(const void *x, const void *y)
{
	const struct place *p = x, *q = y;
	int c = id_cmp(&p->first, &q->first);

	if (c == 0)
		c = p->n == q->n ? 0 : p->n < q->n ? -1 : 1;
	return c != 0 ? c : id_cmp(&p->second, &q->second);
}

static enum err statement_place(struct span payload, struct place *out)
{
	struct statement s;
	enum err err = statement_decode(payload, &s);

	if (err != OK)
		return err;
	if (s.has_org)
		out->first = s.org;
	else
		statement_org(payload, &out->first);
	out->n = s.kseq;
	return OK;
}

static enum err entry_place(struct span payload, struct place *out)
{
	struct entry e;
	enum err err = entry_decode(payload, &e);

	if (err != OK)
		return err;
	entry_log(&e, &out->first);
	out->n = e.n;
	return OK;
}

static enum err receipt_place(struct span payload, struct arena *a, struct place *out)
{
	struct receipt r;
	enum err err = receipt_decode(payload, a, &r);

	if (err != OK)
		return err;
	out->first = r.log;
	out->n = r.n;
	out->second = r.receiver;
	return OK;
}

static struct value *signed_value(struct arena *a, struct span payload, struct span one, struct span two)
{
	struct value *map = value_map(a);

	value_set(a, map, 0, value_bin(a, payload));
	value_set(a, map, 1, value_bin(a, one));
	if (two.n > 0)
		value_set(a, map, 2, value_bin(a, two));
	return map;
}

static enum err statements_value(const struct proof *p, struct arena *a, struct place *places, struct value *map)
{
	struct value *list = value_array(a);
	enum err err;
	size_t i;

	for (i = 0; i < p->statements; i++) {
		places[i] = (struct place){.at = i};
		err = statement_place(p->statement[i].payload, &places[i]);
		if (err != OK)
			return err;
	}
	qsort(places, p->statements, sizeof *places, place_cmp);
	for (i = 0; i < p->statements; i++) {
		value_push(a, list, statement_value(a, &p->statement[places[i].at]));
	}
	value_set(a, map, STATEMENTS, list);
	return OK;
}

/* sorted[i]: where the i-th entry as given went */
static enum err entries_value(const struct proof *p, struct arena *a, struct place *places, struct value *map, size_t *sorted)
{
	struct value *list = value_array(a);
	enum err err;
	size_t i;

	for (i = 0; i < p->entries; i++) {
		places[i] = (struct place){.at = i};
		err = entry_place(p->entry[i].payload, &places[i]);
		if (err != OK)
			return err;
	}
	qsort(places, p->entries, sizeof *places, place_cmp);
	for (i = 0; i < p->entries; i++) {
		const struct proof_entry *e = &p->entry[places[i].at];

		sorted[places[i].at] = i;
		value_push(a, list, signed_value(a, e->payload, e->signature, SPAN(NULL, 0)));
	}
	value_set(a, map, ENTRIES, list);
	return OK;
}

static struct value *record_value(struct arena *a, const struct proof_record *r, size_t entry)
{
	struct value *map = value_map(a), *path = value_array(a);
	size_t i;

	for (i = 0; i < r->path_length; i++)
		value_push(a, path, value_id(a, &r->path[i]));
	value_set(a, map, 0, value_int(a, (int64_t)entry));
	value_set(a, map, 1, value_int(a, r->index));
	if (r->path_length > 0)
		value_set(a, map, 2, path);
	value_set(a, map, 3, value_bin(a, r->payload));
	return map;
}

static enum err records_value(const struct proof *p, struct arena *a, struct place *places, struct value *map,
                              const size_t *sorted)
{
	struct value *list = value_array(a);
	size_t i;

	for (i = 0; i < p->records; i++) {
		const struct proof_record *r = &p->record[i];

		if (r->entry >= p->entries || r->path_length > MERKLE_PATH)
			return ERR_INVALID;
		places[i] = (struct place){.n = (uint64_t)sorted[r->entry] << 16 | r->index, .at = i};
	}
	qsort(places, p->records, sizeof *places, place_cmp);
	for (i = 0; i < p->records; i++) {
		const struct proof_record *r = &p->record[places[i].at];

		value_push(a, list, record_value(a, r, sorted[r->entry]));
	}
	value_set(a, map, RECORDS, list);
	return OK;
}

static enum err receipts_value(const struct proof *p, struct arena *a, struct place *places, struct value *map)
{
	struct value *list = value_array(a);
	enum err err;
	size_t i;

	if (p->receipts == 0)
		return OK;
	for (i = 0; i < p->receipts; i++) {
		places[i] = (struct place){.at = i};
		err = receipt_place(p->receipt[i].payload, a, &places[i]);
		if (err != OK)
			return err;
	}
	qsort(places, p->receipts, sizeof *places, place_cmp);
	for (i = 0; i < p->receipts; i++) {
		const struct proof_receipt *r = &p->receipt[places[i].at];

		value_push(a, list, signed_value(a, r->payload, r->signature, SPAN(NULL, 0)));
	}
	value_set(a, map, RECEIPTS, list);
	return OK;
}

static enum err build(const struct proof *p, struct arena *a, struct value *map)
{
	struct place *places = arena_alloc(a, PROOF_ITEMS * sizeof *places);
	size_t *sorted = arena_alloc(a, PROOF_ITEMS * sizeof *sorted);
	enum err err;

	if (places == NULL || sorted == NULL)
		return ERR_MEMORY;
	value_set(a, map, FORMAT, value_str(a, PROOF_FORMAT));
	value_set(a, map, VERSION, value_int(a, PROOF_VERSION));
	err = statements_value(p, a, places, map);
	if (err == OK)
		err = entries_value(p, a, places, map, sorted);
	if (err == OK)
		err = records_value(p, a, places, map, sorted);
	if (err == OK)
		err = receipts_value(p, a, places, map);
	return err;
}

enum err proof_encode(const struct proof *p, struct buf *out)
{
	struct proof_report report;
	const size_t before = out->n;
	struct value *map;
	struct arena *a;
	enum err err;

	if (p->statements > PROOF_ITEMS || p->entries > PROOF_ITEMS || p->records > PROOF_ITEMS || p->receipts > PROOF_RECEIPTS)
		return ERR_LIMIT;
	a = arena_new();
	if (a == NULL)
		return ERR_MEMORY;
	map = value_map(a);
	err = build(p, a, map);
	if (err == OK)
		err = pack_encode(map, out);
	if (err == OK && out->n - before > LIMIT_PROOF)
		err = ERR_LIMIT;
	arena_reset(a);
	if (err == OK)
		err = proof_verify(SPAN(out->p + before, out->n - before), a, &report);
	if (err == OK && report.verdict == PROOF_INVALID)
		err = ERR_INVALID;
	if (err != OK)
		out->n = before;
	arena_free(a);
	return err;
}

/* ---- reading ---- */

static enum err complain(enum err err, const char *where, const char *text, struct complaint *why)
{
	return fields_complain(why, err, text, "%s", where);
}

/* Maps of a proof hold what is in the table and nothing else: a key from 64 up would be bytes that nobody signed. */
static bool exact(const struct value *map, size_t pairs)
{
	return value_count(map) == pairs;
}

static bool signed_read(const struct value *v, struct span *payload, struct span *signature)
{
	if (!exact(v, 2) || !value_is_bin(value_at(v, 0), payload) || !value_is_bin(value_at(v, 1), signature))
		return false;
	return signature->n == SIGN_LEN;
}

static bool record_read(const struct value *v, struct proof_record *out)
{
	const struct value *path = value_at(v, 2);
	int64_t entry, index;
	size_t i;

	out->path_length = value_count(path);
	if (!exact(v, path == NULL ? 3 : 4) || (path != NULL && out->path_length == 0) || out->path_length > MERKLE_PATH)
		return false;
	if (!value_is_int(value_at(v, 0), &entry) || !value_is_int(value_at(v, 1), &index))
		return false;
	if (!value_is_bin(value_at(v, 3), &out->payload))
		return false;
	for (i = 0; i < out->path_length; i++)
		if (!value_is_id(value_item(path, i), &out->path[i]))
			return false;
	out->entry = (size_t)entry;
	out->index = (uint16_t)index; /* both bounded by the table */
	return true;
}

static enum err items_read(const struct value *map, struct proof *p, struct complaint *why)
{
	size_t i;

	for (i = 0; i < p->statements; i++)
		if (!exact(value_item(value_at(map, STATEMENTS), i), 3) || !statement_read(value_item(value_at(map, STATEMENTS), i), &p->statement[i]))
			return complain(ERR_SHAPE, "statements", "are not well formed", why);
	for (i = 0; i < p->entries; i++)
		if (!signed_read(value_item(value_at(map, ENTRIES), i), &p->entry[i].payload, &p->entry[i].signature))
			return complain(ERR_SHAPE, "entries", "are not well formed", why);
	for (i = 0; i < p->records; i++)
		if (!record_read(value_item(value_at(map, RECORDS), i), &p->record[i]))
			return complain(ERR_SHAPE, "records", "are not well formed", why);
	for (i = 0; i < p->receipts; i++)
		if (!signed_read(value_item(value_at(map, RECEIPTS), i), &p->receipt[i].payload, &p->receipt[i].signature))
			return complain(ERR_SHAPE, "receipts", "are not well formed", why);
	return OK;
}

static enum err head_read(const struct value *map, struct complaint *why)
{
	const struct value *receipts = value_at(map, RECEIPTS);
	struct span format = {NULL, 0};
	int64_t version = 0;
	enum err err;

	if (!value_is_str(value_at(map, FORMAT), &format) || !span_eq(format, SPAN(PROOF_FORMAT, strlen(PROOF_FORMAT))))
		return complain(ERR_SHAPE, "file", "is not a tally proof", why);
	if (!value_is_int(value_at(map, VERSION), &version) || version != PROOF_VERSION)
		return complain(ERR_VERSION, "file", "is a proof of another version of tally", why);
	err = fields_check(proof_fields, map, why);
	if (err != OK)
		return err;
	if (!exact(map, receipts == NULL ? 5 : 6) || (receipts != NULL && value_count(receipts) == 0))
		return complain(ERR_SHAPE, "file", "holds more than a proof needs", why);
	return OK;
}

enum err proof_read(struct span file, struct arena *a, struct proof *out, struct complaint *why)
{
	const struct value *map;
	struct proof p = {0};
	enum err err;

	if (file.n > LIMIT_PROOF)
		return complain(ERR_LIMIT, "file", "is larger than any proof", why);
	err = pack_decode(file, a, &map);
	if (err != OK)
		return complain(err, "file", "is not a proof, or was damaged", why);
	err = head_read(map, why);
	if (err != OK)
		return err;
	p.statements = value_count(value_at(map, STATEMENTS));
	p.entries = value_count(value_at(map, ENTRIES));
	p.records = value_count(value_at(map, RECORDS));
	p.receipts = value_count(value_at(map, RECEIPTS));
	p.statement = arena_alloc(a, p.statements * sizeof *p.statement);
	p.entry = arena_alloc(a, p.entries * sizeof *p.entry);
	p.record = arena_alloc(a, p.records * sizeof *p.record);
	p.receipt = arena_alloc(a, p.receipts * sizeof *p.receipt);
	if (p.statement == NULL || p.entry == NULL || p.record == NULL || (p.receipts > 0 && p.receipt == NULL))
		return complain(ERR_MEMORY, "file", "needs more memory than there is", why);
	err = items_read(map, &p, why);
	if (err == OK)
		*out = p;
	return err;
}
