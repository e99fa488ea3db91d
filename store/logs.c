#include "store/logs.h"

#include <string.h>

#include "store/records.h"

/* Under a log's number: id, author, target, head 32 each; kseq, incarnation, n, head time, frozen u64; type, state u8. */
#define LOG_ROW (4 * 32 + 5 * 8 + 2)
#define ENTRY_HEAD (8 + SIGN_LEN + 2) /* received, signature, count */

static void put_id(uint8_t **p, const struct id *id)
{
	memcpy(*p, id->b, sizeof id->b);
	*p += sizeof id->b;
}

static void put_number(uint8_t **p, uint64_t n)
{
	put_u64be(*p, n);
	*p += 8;
}

static void get_id(const uint8_t **p, struct id *id)
{
	memcpy(id->b, *p, sizeof id->b);
	*p += sizeof id->b;
}

static uint64_t get_number(const uint8_t **p)
{
	*p += 8;
	return get_u64be(*p - 8);
}

static void row_encode(const struct log_row *row, uint8_t out[static LOG_ROW])
{
	uint8_t *p = out;

	put_id(&p, &row->id);
	put_id(&p, &row->author);
	put_id(&p, &row->target);
	put_id(&p, &row->head);
	put_number(&p, row->kseq);
	put_number(&p, row->incarnation);
	put_number(&p, row->n);
	put_number(&p, (uint64_t)row->head_time);
	put_number(&p, row->frozen);
	*p++ = (uint8_t)row->type;
	*p = (uint8_t)row->state;
}

static enum err row_decode(uint32_t no, struct span value, struct log_row *out)
{
	const uint8_t *p = value.p;

	if (value.n != LOG_ROW || p[LOG_ROW - 2] > AUDIENCE_PARTNERS || p[LOG_ROW - 1] > LOG_STOPPED)
		return ERR_CORRUPT;
	out->no = no;
	get_id(&p, &out->id);
	get_id(&p, &out->author);
	get_id(&p, &out->target);
	get_id(&p, &out->head);
	out->kseq = get_number(&p);
	out->incarnation = get_number(&p);
	out->n = get_number(&p);
	out->head_time = (int64_t)get_number(&p);
	out->frozen = get_number(&p);
	out->type = (enum audience)*p++;
	out->state = (enum log_state)*p;
	return OK;
}

/* Ends in the log's number, so that all incarnations for one audience stand together. */
static void audience_key(const struct id *author, enum audience type, const struct id *target, uint8_t out[static 65])
{
	memcpy(out, author->b, 32);
	out[32] = (uint8_t)type;
	memcpy(out + 33, target->b, 32);
}

enum err logs_by_no(struct txn *t, uint32_t no, struct log_row *out)
{
	uint8_t key[4];
	struct span value;

	put_u32be(key, no);
	enum err e = store_get(t, TABLE_LOGS, SPAN(key, sizeof key), &value);
	return e != OK ? e : row_decode(no, value, out);
}

enum err logs_get(struct txn *t, const struct id *log, struct log_row *out)
{
	struct span value;
	enum err e = store_get(t, TABLE_LOG_IDS, ID_SPAN(log), &value);

	if (e != OK)
		return e;
	if (value.n != 4)
		return ERR_CORRUPT;
	e = logs_by_no(t, get_u32be(value.p), out);
	return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
}

static enum err add_indexes(struct txn *t, const struct log_row *row, uint32_t no)
{
	uint8_t audience[69], number[4];

	put_u32be(number, no);
	enum err e = store_add(t, TABLE_LOG_IDS, ID_SPAN(&row->id), SPAN(number, sizeof number));
	if (e != OK)
		return e;
	audience_key(&row->author, row->type, &row->target, audience);
	memcpy(audience + 65, number, sizeof number);
	return store_put(t, TABLE_LOG_AUDIENCE, SPAN(audience, sizeof audience), SPAN(NULL, 0));
}

enum err logs_put(struct txn *t, struct log_row *row)
{
	uint8_t key[4], value[LOG_ROW];
	struct span held;
	uint64_t no = row->no;
	enum err e;

	if (no == 0) {
		if ((e = store_get(t, TABLE_LOG_IDS, ID_SPAN(&row->id), &held)) != ERR_NOT_FOUND)
			return e == OK ? ERR_CONFLICT : e;
		if ((e = store_next_number(t, "next log", &no)) != OK)
			return e;
		if (no > UINT32_MAX)
			return ERR_LIMIT;
		if ((e = add_indexes(t, row, (uint32_t)no)) != OK)
			return e;
	}
	put_u32be(key, (uint32_t)no);
	row_encode(row, value);
	if ((e = store_put(t, TABLE_LOGS, SPAN(key, sizeof key), SPAN(value, sizeof value))) == OK)
		row->no = (uint32_t)no;
	return e;
}

enum err logs_current(struct txn *t, const struct id *author, enum audience type, const struct id *target, struct log_row *out)
{
	struct log_row row, best = {0};
	struct walk w;
	uint32_t no;
	enum err e = logs_walk_audience(t, author, type, target, &w);

	while (e == OK && logs_next_no(&w, &no)) {
		if ((e = logs_by_no(t, no, &row)) != OK)
			e = e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
		else if (best.no == 0 || row.incarnation > best.incarnation ||
		         (row.incarnation == best.incarnation && row.kseq > best.kseq))
			best = row;
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	if (best.no == 0)
		return ERR_NOT_FOUND;
	*out = best;
	return OK;
}

enum err logs_walk(struct txn *t, struct walk *out)
{
	return walk_open(t, TABLE_LOGS, SPAN(NULL, 0), false, out);
}

enum err logs_walk_audience(struct txn *t, const struct id *author, enum audience type, const struct id *target, struct walk *out)
{
	uint8_t key[65];

	audience_key(author, type, target, key);
	return walk_open(t, TABLE_LOG_AUDIENCE, SPAN(key, sizeof key), false, out);
}

static bool damaged(struct walk *w)
{
	w->failed = walk_close(w, ERR_CORRUPT);
	return false;
}

bool logs_next(struct walk *w, struct log_row *out)
{
	if (!walk_next(w))
		return false;
	if (w->key.n != 4 || row_decode(get_u32be(w->key.p), w->value, out) != OK)
		return damaged(w);
	return true;
}

bool logs_next_no(struct walk *w, uint32_t *no)
{
	if (!walk_next(w))
		return false;
	if (w->key.n != 69)
		return damaged(w);
	*no = get_u32be(w->key.p + 65);
	return true;
}

/* ---- entries ---- */

static void entry_key(uint32_t log, uint64_t n, uint8_t out[static 12])
{
	put_u32be(out, log);
	put_u64be(out + 4, n);
}

enum err entries_put(struct txn *t, const struct entry_row *row)
{
	uint8_t key[12], *p;
	struct buf b = {0};
	enum err e;

	if (row->n == 0 || row->signature.n != SIGN_LEN || row->records == 0 || row->records > LIMIT_ENTRY_RECORDS)
		return ERR_INVALID;
	if ((e = buf_room(&b, ENTRY_HEAD + row->records * 8 + row->payload.n, &p)) != OK)
		return e;
	put_number(&p, (uint64_t)row->received);
	memcpy(p, row->signature.p, SIGN_LEN);
	p += SIGN_LEN;
	put_u16be(p, (uint16_t)row->records);
	p += 2;
	for (size_t i = 0; i < row->records; i++)
		put_number(&p, row->record[i]);
	if (row->payload.n)
		memcpy(p, row->payload.p, row->payload.n);
	entry_key(row->log, row->n, key);
	e = store_add(t, TABLE_ENTRIES, SPAN(key, sizeof key), buf_span(&b));
	buf_free(&b);
	return e;
}

enum err entries_get(struct txn *t, uint32_t log, uint64_t n, struct entry_row *out)
{
	uint8_t key[12];
	struct span value;

	entry_key(log, n, key);
	enum err e = store_get(t, TABLE_ENTRIES, SPAN(key, sizeof key), &value);
	if (e != OK)
		return e;
	if (value.n < ENTRY_HEAD)
		return ERR_CORRUPT;
	size_t count = get_u16be(value.p + 8 + SIGN_LEN);
	if (count == 0 || count > LIMIT_ENTRY_RECORDS || value.n < ENTRY_HEAD + count * 8)
		return ERR_CORRUPT;
	out->log = log;
	out->n = n;
	out->received = (int64_t)get_u64be(value.p);
	out->signature = SPAN(value.p + 8, SIGN_LEN);
	out->records = count;
	for (size_t i = 0; i < count; i++)
		out->record[i] = get_u64be(value.p + ENTRY_HEAD + i * 8);
	out->payload = SPAN(value.p + ENTRY_HEAD + count * 8, value.n - ENTRY_HEAD - count * 8);
	return OK;
}

enum err entries_carry(struct txn *t, uint32_t log, uint64_t n, struct arena *a, struct carried_entry *out)
{
	struct entry_row row;
	struct record_row record;
	enum err e = entries_get(t, log, n, &row);

	if (e != OK)
		return e;
	struct carried_record *list = arena_alloc(a, row.records * sizeof *list);
	if (!list)
		return ERR_MEMORY;
	for (size_t i = 0; i < row.records; i++) {
		if ((e = records_by_no(t, row.record[i], &record)) != OK)
			return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
		list[i] = (struct carried_record){record.payload.n == 0, record.id, record.payload};
	}
	*out = (struct carried_entry){row.payload, row.signature, row.records, list};
	return OK;
}

enum err entries_path(struct txn *t, const struct entry_row *row, uint16_t index, struct id path[static MERKLE_PATH], size_t *length)
{
	struct id ids[LIMIT_ENTRY_RECORDS];
	struct record_row record;

	if (index >= row->records || row->records > LIMIT_ENTRY_RECORDS)
		return ERR_CORRUPT;
	for (size_t i = 0; i < row->records; i++) {
		enum err e = records_by_no(t, row->record[i], &record);

		if (e != OK)
			return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
		ids[i] = record.id;
	}
	*length = merkle_path(ids, row->records, index, path);
	return OK;
}
