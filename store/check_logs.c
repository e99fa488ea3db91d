#include <stdio.h>
#include <string.h>

#include "proto/merkle.h"
#include "proto/pack.h"
#include "proto/verdict.h"
#include "store/check_state.h"
#include "store/logs.h"
#include "store/records.h"

static unsigned long long show(uint64_t n)
{
	return n;
}

#define WHERE 64

static const char *where_entry(uint32_t log, uint64_t n, char out[static WHERE])
{
	(void)snprintf(out, WHERE, "entry %llu of log %u", show(n), log);
	return out;
}

/* ---- logs ---- */

static enum err check_head(struct check *c, const struct log_row *row)
{
	struct entry_row newest;
	struct id hash = row->id;
	enum err e;

	if (row->n > 0) {
		if ((e = entries_get(c->t, row->no, row->n, &newest)) == ERR_NOT_FOUND) {
			check_say(c, "log %u: its newest entry %llu is missing", row->no, show(row->n));
			return OK;
		}
		if (e != OK)
			return e;
		entry_hash(newest.payload, &hash);
	}
	if (!id_eq(&hash, &row->head))
		check_say(c, "log %u: its head is not the hash of entry %llu", row->no, show(row->n));
	return OK;
}

enum err check_log(struct check *c, struct span key, struct span value)
{
	uint8_t audience[69];
	struct log_row row;
	struct span held;
	struct id id;
	enum err e;

	(void)value;
	if (key.n != 4) {
		check_say(c, "logs: a key has %zu bytes instead of 4", key.n);
		return OK;
	}
	c->figures.rows++;
	if ((e = logs_by_no(c->t, get_u32be(key.p), &row)) != OK) {
		check_say(c, "log %u: its row is damaged", get_u32be(key.p));
		return e;
	}
	entry_log(&(struct entry){.author = row.author,
	                          .kseq = row.kseq,
	                          .type = row.type,
	                          .target = row.target,
	                          .incarnation = row.incarnation},
	          &id);
	if (!id_eq(&id, &row.id))
		check_say(c, "log %u: its row does not give its id", row.no);
	e = store_get(c->t, TABLE_LOG_IDS, ID_SPAN(&row.id), &held);
	if (e == ERR_NOT_FOUND || (e == OK && (held.n != 4 || get_u32be(held.p) != row.no)))
		check_say(c, "log %u is not found by its id", row.no);
	else if (e != OK)
		return e;
	memcpy(audience, row.author.b, 32);
	audience[32] = (uint8_t)row.type;
	memcpy(audience + 33, row.target.b, 32);
	put_u32be(audience + 65, row.no);
	e = store_get(c->t, TABLE_LOG_AUDIENCE, SPAN(audience, sizeof audience), &held);
	if (e == ERR_NOT_FOUND)
		check_say(c, "log %u is not found by its audience", row.no);
	else if (e != OK)
		return e;
	return check_head(c, &row);
}

enum err check_log_id(struct check *c, struct span key, struct span value)
{
	struct log_row row;

	c->figures.index_rows++;
	if (key.n != 32 || value.n != 4) {
		check_say(c, "log_ids: a row of a wrong size");
		return OK;
	}
	enum err e = logs_by_no(c->t, get_u32be(value.p), &row);
	if (e == ERR_NOT_FOUND || (e == OK && !span_eq(ID_SPAN(&row.id), key))) {
		check_say(c, "log_ids: a row leads to log %u, which is not it", get_u32be(value.p));
		return OK;
	}
	return e;
}

enum err check_log_audience(struct check *c, struct span key, struct span value)
{
	struct log_row row;

	(void)value;
	c->figures.index_rows++;
	if (key.n != 69) {
		check_say(c, "log_audience: a key has %zu bytes instead of 69", key.n);
		return OK;
	}
	enum err e = logs_by_no(c->t, get_u32be(key.p + 65), &row);
	if (e == ERR_NOT_FOUND || (e == OK && (memcmp(key.p, row.author.b, 32) != 0 || key.p[32] != row.type ||
	                                       memcmp(key.p + 33, row.target.b, 32) != 0))) {
		check_say(c, "log_audience: a row leads to log %u, which does not belong there", get_u32be(key.p + 65));
		return OK;
	}
	return e;
}

/* ---- entries ---- */

static enum err check_chain(struct check *c, const struct log_row *log, const struct entry *e, const char *where)
{
	struct entry_row before;
	struct id hash = log->id;
	enum err err;

	if (e->n > 1) {
		if ((err = entries_get(c->t, log->no, e->n - 1, &before)) == ERR_NOT_FOUND) {
			check_say(c, "%s: the entry before it is missing", where);
			return OK;
		}
		if (err != OK)
			return err;
		entry_hash(before.payload, &hash);
	} else if (e->count != 1) {
		check_say(c, "%s: the first entry of a log holds its log.open alone", where);
	}
	if (!id_eq(&hash, &e->prev))
		check_say(c, "%s does not continue the chain", where);
	return OK;
}

static enum err check_contents(struct check *c, const struct entry_row *row, const struct entry *e, const char *where)
{
	struct id ids[LIMIT_ENTRY_RECORDS], root;
	struct record_row record;
	uint8_t key[22];
	struct span value;
	enum err err;

	for (size_t i = 0; i < row->records; i++) {
		if ((err = records_by_no(c->t, row->record[i], &record)) == ERR_NOT_FOUND) {
			check_say(c, "%s: its record %llu is missing", where, show(row->record[i]));
			return OK;
		}
		if (err != OK)
			return err;
		ids[i] = record.id;
		put_u64be(key, row->record[i]);
		put_u32be(key + 8, row->log);
		put_u64be(key + 12, row->n);
		put_u16be(key + 20, (uint16_t)i);
		err = store_get(c->t, TABLE_OCCURRENCES, SPAN(key, sizeof key), &value);
		if (err == ERR_NOT_FOUND)
			check_say(c, "%s: the verdict on its record %llu is missing", where, show(row->record[i]));
		else if (err != OK)
			return err;
	}
	merkle_root(ids, row->records, &root);
	if (e->count != row->records || !id_eq(&root, &e->root))
		check_say(c, "%s: its records do not give the root that was signed", where);
	return OK;
}

enum err check_entry(struct check *c, struct span key, struct span value)
{
	char where[WHERE];
	struct entry_row row;
	struct log_row log;
	struct entry e;
	struct id id;
	enum err err;

	(void)value;
	c->figures.entries++;
	if (key.n != 12) {
		check_say(c, "entries: a key has %zu bytes instead of 12", key.n);
		return OK;
	}
	where_entry(get_u32be(key.p), get_u64be(key.p + 4), where);
	enum err got = entries_get(c->t, get_u32be(key.p), get_u64be(key.p + 4), &row);
	err = got == OK ? entry_decode(row.payload, &e) : got;
	if (err == ERR_MEMORY)
		return err;
	if (err != OK) {
		check_say(c, "%s is not a well-formed entry", where);
		return got;
	}
	if ((err = logs_by_no(c->t, row.log, &log)) == ERR_NOT_FOUND) {
		check_say(c, "%s: that log is not there", where);
		return OK;
	}
	if (err != OK)
		return err;
	entry_log(&e, &id);
	if (!id_eq(&id, &log.id) || e.n != row.n)
		check_say(c, "%s was signed for another place", where);
	if (row.n > log.n)
		check_say(c, "%s lies beyond the head of its log", where);
	if ((err = check_chain(c, &log, &e, where)) != OK || (err = check_contents(c, &row, &e, where)) != OK)
		return err;
	return check_signature(c, &(struct signed_by){SIGN_ENTRY, e.author, e.kseq}, row.payload, row.signature, where);
}

enum err check_occurrence(struct check *c, struct span key, struct span value)
{
	char where[WHERE];
	struct record_row record;
	struct entry_row row;

	c->figures.index_rows++;
	if (key.n != 22 || value.n != 9 || !strchr("GE", verdict_class((enum verdict)value.p[0]))) {
		check_say(c, "occurrences: a row is damaged");
		return OK;
	}
	uint64_t no = get_u64be(key.p), n = get_u64be(key.p + 12);
	uint32_t log = get_u32be(key.p + 8);
	enum err e = records_by_no(c->t, no, &record);
	if (e == ERR_NOT_FOUND) {
		check_say(c, "occurrences: record %llu is not there", show(no));
		return OK;
	}
	if (e != OK)
		return e;
	if (log == 0) { /* inside a forward: n is the number of the record that wraps it */
		if ((e = records_by_no(c->t, n, &record)) == ERR_NOT_FOUND)
			check_say(c, "occurrences: record %llu came inside record %llu, which is not there", show(no), show(n));
		return e == ERR_NOT_FOUND ? OK : e;
	}
	e = entries_get(c->t, log, n, &row);
	uint16_t index = get_u16be(key.p + 20);
	if (e == ERR_NOT_FOUND || (e == OK && (index >= row.records || row.record[index] != no))) {
		check_say(c, "occurrences: record %llu does not stand in %s", show(no), where_entry(log, n, where));
		return OK;
	}
	return e;
}

/* ---- exceptions and parked entries ---- */

enum err check_exception(struct check *c, struct span key, struct span value)
{
	char where[WHERE];
	struct entry_row row;

	c->figures.rows++;
	if (key.n != 14 || value.n != 1 || verdict_class((enum verdict)value.p[0]) != 'E') {
		check_say(c, "exceptions: a row is damaged");
		return OK;
	}
	uint16_t index = get_u16be(key.p + 12);
	enum err e = entries_get(c->t, get_u32be(key.p), get_u64be(key.p + 4), &row);
	if (e == ERR_NOT_FOUND || (e == OK && index != UINT16_MAX && index >= row.records)) {
		check_say(c, "exceptions: record %u of %s is not there", index,
		          where_entry(get_u32be(key.p), get_u64be(key.p + 4), where));
		return OK;
	}
	return e;
}

static enum err check_waiting(struct check *c, struct span key, struct span value)
{
	uint64_t bytes = 0, records = 0;
	struct carried_entry in;
	const struct value *v;
	struct walk w;
	struct arena *a = arena_new(); /* emptied at every row: there may be many */
	enum err e = a ? walk_open(c->t, TABLE_PARKED, key, false, &w) : ERR_MEMORY;

	if (!a)
		return e;
	while (e == OK && walk_next(&w)) {
		if (w.key.n == key.n)
			continue;
		if ((e = pack_decode(w.value, a, &v)) == OK && (e = carried_read(v, a, &in)) == OK)
			records += in.records;
		bytes += w.value.n;
		arena_reset(a);
	}
	e = walk_close(&w, e);
	arena_free(a);
	if (e == ERR_SHAPE || e == ERR_LIMIT)
		return OK; /* told at that row */
	if (e != OK)
		return e;
	if (value.n != 16 || get_u64be(value.p) != bytes || get_u64be(value.p + 8) != records)
		check_say(c, "parked: the count of what waits is wrong");
	return OK;
}

enum err check_parked(struct check *c, struct span key, struct span value)
{
	struct carried_entry in;
	struct entry entry;
	struct span count;
	struct id author, log, id;

	c->figures.rows++;
	if (key.n == 32)
		return check_waiting(c, key, value);
	if (key.n != 72) {
		check_say(c, "parked: a key has %zu bytes instead of 72", key.n);
		return OK;
	}
	memcpy(author.b, key.p, sizeof author.b);
	memcpy(log.b, key.p + 32, sizeof log.b);
	enum err e = parked_get(c->t, &author, &log, get_u64be(key.p + 64), c->a, &in);
	if (e == OK)
		e = check_carried(&in, &entry);
	if (e == ERR_MEMORY)
		return e;
	if (e == OK) {
		entry_log(&entry, &id);
		if (!id_eq(&id, &log) || entry.n != get_u64be(key.p + 64))
			check_say(c, "parked: an entry stands under the wrong log or number");
	} else {
		check_say(c, "parked: an entry is damaged");
	}
	e = store_get(c->t, TABLE_PARKED, ID_SPAN(&author), &count);
	if (e == ERR_NOT_FOUND) {
		check_say(c, "parked: an entry is not counted");
		return OK;
	}
	return e;
}
