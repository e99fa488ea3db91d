#include "store/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/check_state.h"
#include "store/records.h"

#define BATCH_ROWS 4096u
#define BATCH_BYTES (16u << 20)

void check_say(struct check *c, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	c->figures.problems++;
	if (c->ops->say)
		c->ops->say(c->ops->ctx, text);
}

const char *check_hex(const struct id *id, char out[static CHECK_HEX])
{
	hex_encode(out, id->b, 8);
	return out;
}

static unsigned long long show(uint64_t n)
{
	return n;
}

/* ---- records and what leads to them ---- */

static bool is_damaged(const struct check *c, uint64_t no)
{
	for (size_t i = 0; i < c->damaged_n; i++)
		if (c->damaged[i] == no)
			return true;
	return false;
}

static enum err check_indexed(struct check *c, const struct record_row *row)
{
	struct record_indexes x;
	struct span value;
	enum err e = records_indexes(row->payload, &row->id, row->no, c->a, &x);

	for (size_t i = 0; e == OK && i < x.n; i++) {
		e = store_get(c->t, x.p[i].table, SPAN(x.p[i].key, x.p[i].key_n), &value);
		if (e == ERR_NOT_FOUND) {
			check_say(c, "record %llu is missing from the index %s", show(row->no),
			          x.p[i].table == TABLE_BY_KIND ? "by_kind" : x.p[i].table == TABLE_BY_THREAD ? "by_thread" : "by_ref");
			e = OK;
		}
	}
	return e;
}

static enum err check_record(struct check *c, struct span key, struct span value)
{
	char hex[CHECK_HEX];
	struct record_row row;
	struct span number;
	struct id id;

	(void)value;
	c->figures.records++;
	if (key.n != 8) {
		check_say(c, "records: a key has %zu bytes instead of 8", key.n);
		return OK;
	}
	enum err e = records_by_no(c->t, get_u64be(key.p), &row);
	if (e != OK) {
		check_say(c, "record %llu: its row is damaged", show(get_u64be(key.p)));
		return e;
	}
	if (row.payload.n) {
		record_id(row.payload, &id);
		if (!id_eq(&id, &row.id)) {
			check_say(c, "record %llu (%s): its bytes do not give its id", show(row.no), check_hex(&row.id, hex));
			if (c->damaged_n < CHECK_DAMAGED)
				c->damaged[c->damaged_n++] = row.no;
			return OK;
		}
	}
	e = store_get(c->t, TABLE_RECORD_IDS, ID_SPAN(&row.id), &number);
	if (e == ERR_NOT_FOUND || (e == OK && (number.n != 8 || get_u64be(number.p) != row.no)))
		check_say(c, "record %llu (%s) is not found by its id", show(row.no), check_hex(&row.id, hex));
	else if (e != OK)
		return e;
	return row.payload.n ? check_indexed(c, &row) : OK;
}

static enum err check_record_id(struct check *c, struct span key, struct span value)
{
	char hex[CHECK_HEX];
	struct record_row row;
	struct id id;

	c->figures.index_rows++;
	if (key.n != sizeof id.b || value.n != 8) {
		check_say(c, "record_ids: a row of a wrong size");
		return OK;
	}
	memcpy(id.b, key.p, sizeof id.b);
	enum err e = records_by_no(c->t, get_u64be(value.p), &row);
	if (e == ERR_NOT_FOUND || (e == OK && !id_eq(&row.id, &id))) {
		check_say(c, "record_ids: %s leads to record %llu, which is not it", check_hex(&id, hex), show(get_u64be(value.p)));
		return OK;
	}
	return e;
}

/* From the index back: does the record it leads to say so? What was dropped stays listed, and can no longer be asked. */
static enum err check_back(struct check *c, enum table table, const char *name, struct span key)
{
	struct record_indexes x;
	struct record_row row;

	c->figures.index_rows++;
	if (key.n != (table == TABLE_BY_KIND ? 10 : 40)) {
		check_say(c, "%s: a key has %zu bytes", name, key.n);
		return OK;
	}
	uint64_t no = get_u64be(key.p + key.n - 8);
	enum err e = records_by_no(c->t, no, &row);
	if (e == ERR_NOT_FOUND) {
		check_say(c, "%s: leads to record %llu, which is not there", name, show(no));
		return OK;
	}
	if (e != OK || row.dropped || is_damaged(c, no))
		return e;
	if (row.payload.n) {
		if ((e = records_indexes(row.payload, &row.id, no, c->a, &x)) != OK)
			return e;
		for (size_t i = 0; i < x.n; i++)
			if (x.p[i].table == table && span_eq(SPAN(x.p[i].key, x.p[i].key_n), key))
				return OK;
	}
	check_say(c, "%s: leads to record %llu, which does not belong there", name, show(no));
	return OK;
}

static enum err check_by_kind(struct check *c, struct span key, struct span value)
{
	(void)value;
	return check_back(c, TABLE_BY_KIND, "by_kind", key);
}

static enum err check_by_thread(struct check *c, struct span key, struct span value)
{
	(void)value;
	return check_back(c, TABLE_BY_THREAD, "by_thread", key);
}

static enum err check_by_ref(struct check *c, struct span key, struct span value)
{
	(void)value;
	return check_back(c, TABLE_BY_REF, "by_ref", key);
}

static enum err check_unlogged(struct check *c, struct span key, struct span value)
{
	struct record_row row;

	(void)value;
	c->figures.index_rows++;
	if (key.n != 41 || key.p[0] > 2) {
		check_say(c, "unlogged: a row is damaged");
		return OK;
	}
	enum err e = records_by_no(c->t, get_u64be(key.p + 33), &row);
	if (e == ERR_NOT_FOUND) {
		check_say(c, "unlogged: record %llu waits to be sent and is not there", show(get_u64be(key.p + 33)));
		return OK;
	}
	return e;
}

/* ---- meta ---- */

static enum err check_meta(struct check *c, struct span key, struct span value)
{
	struct span payload;
	uint8_t first[40] = {0};

	c->figures.rows++;
	if (span_eq(key, SPAN("schema", 6)) && (value.n != 4 || get_u32be(value.p) != STORE_SCHEMA))
		check_say(c, "meta: the number of the schema is damaged");
	if (!span_eq(key, SPAN("org", 3)))
		return OK;
	if (value.n != sizeof c->org.b) {
		check_say(c, "meta: our own id is damaged");
		return OK;
	}
	memcpy(c->org.b, value.p, sizeof c->org.b);
	c->has_org = true;
	memcpy(first, value.p, value.n);
	enum err e = store_get(c->t, TABLE_STATEMENTS, SPAN(first, sizeof first), &payload);
	if (e == ERR_NOT_FOUND) {
		check_say(c, "meta: our own id has no first key statement");
		return OK;
	}
	return e;
}

/* A number given twice would overwrite what has it. */
static enum err check_counter(struct check *c, const char *word, enum table table, size_t key_n)
{
	uint64_t next = 1, last = 0;
	struct span value;
	struct walk w;
	enum err e = store_get(c->t, TABLE_META, SPAN(word, strlen(word)), &value);

	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	if (e == OK)
		next = value.n == 8 ? get_u64be(value.p) : 0;
	if ((e = walk_open(c->t, table, SPAN(NULL, 0), true, &w)) == OK && walk_next(&w) && w.key.n == key_n)
		last = key_n == 8 ? get_u64be(w.key.p) : get_u32be(w.key.p);
	e = walk_close(&w, e);
	if (e == OK && next <= last)
		check_say(c, "meta: \"%s\" is %llu, and %llu is in use already", word, show(next), show(last));
	return e;
}

static enum err check_counters(struct check *c)
{
	enum err e = store_read(c->store, &c->t);

	if (e != OK)
		return e;
	if ((e = check_counter(c, "next record", TABLE_RECORDS, 8)) == OK && (e = check_counter(c, "next log", TABLE_LOGS, 4)) == OK)
		e = check_counter(c, "next operation", TABLE_OPERATIONS, 8);
	store_abort(c->t);
	return e == ERR_CORRUPT ? OK : e; /* told by the pass over that table */
}

/* ---- the passes ---- */

/* In an order in which what is looked up has been looked at. */
static const struct pass {
	enum table table;
	const char *name;
	check_fn fn;
} passes[] = {
	{TABLE_META, "meta", check_meta},
	{TABLE_STATEMENTS, "statements", check_statement},
	{TABLE_RECORDS, "records", check_record},
	{TABLE_RECORD_IDS, "record_ids", check_record_id},
	{TABLE_BY_KIND, "by_kind", check_by_kind},
	{TABLE_BY_THREAD, "by_thread", check_by_thread},
	{TABLE_BY_REF, "by_ref", check_by_ref},
	{TABLE_LOGS, "logs", check_log},
	{TABLE_LOG_IDS, "log_ids", check_log_id},
	{TABLE_LOG_AUDIENCE, "log_audience", check_log_audience},
	{TABLE_ENTRIES, "entries", check_entry},
	{TABLE_OCCURRENCES, "occurrences", check_occurrence},
	{TABLE_UNLOGGED, "unlogged", check_unlogged},
	{TABLE_RECEIPTS, "receipts", check_receipt},
	{TABLE_EXCEPTIONS, "exceptions", check_exception},
	{TABLE_PARKED, "parked", check_parked},
	{TABLE_EVIDENCE, "evidence", check_evidence},
	{TABLE_PARTNERS, "partners", check_partner},
	{TABLE_INVITES, "invites", check_invite},
	{TABLE_CONSORTIA, "consortia", check_consortium},
	{TABLE_ROSTERS, "rosters", check_roster},
	{TABLE_PROPOSALS, "proposals", check_proposal},
	{TABLE_ADDRESSES, "addresses", check_address},
	{TABLE_SUPPLIERS, "suppliers", check_supplier},
	{TABLE_SUPPLIER_HISTORY, "supplier_history", check_supplier_history},
	{TABLE_SETS, "sets", check_set},
	{TABLE_OPERATIONS, "operations", check_operation},
	{TABLE_LOCALS, "locals", check_local},
	{TABLE_LOCAL_HISTORY, "local_history", check_local_history},
	{TABLE_CONTRADICTIONS, "contradictions", check_contradiction},
};
_Static_assert(sizeof passes / sizeof *passes == TABLE_COUNT, "every table is checked");

/* An entry's bytes may be many: a batch ends by rows or by bytes. */
static enum err batch(struct check *c, const struct pass *pass, struct span from, struct buf *last, bool *more)
{
	size_t rows = 0, bytes = 0;
	struct walk w;
	enum err e = walk_open(c->t, pass->table, SPAN(NULL, 0), false, &w);

	*more = false;
	if (e == OK && from.n)
		walk_seek(&w, from);
	while (e == OK && walk_next(&w)) {
		if (rows == BATCH_ROWS || bytes >= BATCH_BYTES) {
			*more = true;
			break;
		}
		rows++;
		bytes += w.value.n;
		buf_clear(last);
		if ((e = buf_add(last, w.key.p, w.key.n)) != OK)
			break;
		e = pass->fn(c, w.key, w.value);
		arena_reset(c->a);
		if (e == ERR_CORRUPT)
			e = OK;
	}
	e = walk_close(&w, e); /* no other ERR_CORRUPT is left: the walk's */
	c->done += rows;
	if (e == ERR_CORRUPT && w.key.p) {
		check_say(c, "table %s: a row is damaged: its bytes do not give its sum", pass->name);
		*more = true; /* behind it */
		buf_clear(last);
		return buf_add(last, w.key.p, w.key.n);
	}
	if (e == ERR_CORRUPT && rows > 0) {
		*more = true; /* LMDB gives up a whole transaction at a damaged page: go on behind the last row in a new one */
		return OK;
	}
	return e;
}

static enum err run_pass(struct check *c, const struct pass *pass)
{
	struct buf from = {0}, last = {0};
	bool more = true;
	enum err e = OK;

	while (e == OK && more) {
		if ((e = store_read(c->store, &c->t)) != OK)
			break;
		e = batch(c, pass, buf_span(&from), &last, &more);
		store_abort(c->t);
		if (e == OK && more)
			e = buf_add(&last, "", 1); /* the smallest key behind it */
		if (e == ERR_CORRUPT) {
			check_say(c, "table %s cannot be read to its end", pass->name);
			e = OK;
			break;
		}
		struct buf swap = from;
		from = last;
		last = swap;
		if (c->ops->progress)
			c->ops->progress(c->ops->ctx, c->done, c->total > c->done ? c->total : c->done);
	}
	buf_free(&from);
	buf_free(&last);
	return e;
}

static enum err count_rows(struct check *c)
{
	uint64_t rows;
	enum err e = store_read(c->store, &c->t);

	if (e != OK)
		return e;
	for (int i = 0; e == OK && i < TABLE_COUNT; i++)
		if ((e = store_count(c->t, (enum table)i, &rows)) == OK)
			c->total += rows;
	store_abort(c->t);
	return e;
}

enum err check_run(struct store *s, const struct check_ops *ops, struct check_figures *out)
{
	struct check *c = calloc(1, sizeof *c);
	enum err e = ERR_MEMORY;

	if (!c)
		return e;
	c->store = s;
	c->ops = ops;
	if (!(c->a = arena_new()))
		goto done;
	e = count_rows(c);
	for (size_t i = 0; e == OK && i < sizeof passes / sizeof *passes; i++)
		e = run_pass(c, &passes[i]);
	if (e == OK)
		e = check_counters(c);
	if (e == OK)
		*out = c->figures;
	arena_free(c->a);
done:
	free(c);
	return e;
}
