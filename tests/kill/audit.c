#include "tests/kill/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/verdict.h"
#include "store/check.h"
#include "store/logs.h"
#include "store/records.h"

struct both { /* one reading transaction in each store */
	struct store *store[2];
	struct txn *author, *receiver;
	struct id us, them; /* author, receiver */
	struct arena *a;
	const char *homes[2];
};

static void complain(const struct both *b, const char *what, uint64_t n)
{
	fprintf(stderr, "audit %s -> %s: %s (%llu)\n", b->homes[0], b->homes[1], what, (unsigned long long)n);
}

void audit_say(struct audit_said *list, const char *hex)
{
	if (list->n == list->cap) {
		list->cap = list->cap ? 2 * list->cap : 1024;
		if (!(list->id = realloc(list->id, list->cap * sizeof *list->id)))
			abort();
	}
	if (strlen(hex) == 64 && hex_decode(hex, 64, list->id[list->n].b) == OK)
		list->n++;
}

static enum err open_one(const char *home, struct store **store, struct txn **t, struct id *org)
{
	char path[300];
	struct span v;

	(void)snprintf(path, sizeof path, "%s/store", home);
	enum err e = store_open(&(struct store_config){.path = path, .readonly = true}, store);
	if (e == OK)
		e = store_read(*store, t);
	if (e == OK)
		e = store_get(*t, TABLE_META, SPAN("org", 3), &v);
	if (e == OK)
		memcpy(org->b, v.p, sizeof org->b);
	return e;
}

/* ---- what was answered ---- */

/* How often the receiver has it from its author, and good. */
static enum err times_there(struct both *b, const struct id *id, size_t *good, size_t *all)
{
	struct record_row row;
	struct occurrence o;
	struct log_row log;
	struct walk w;
	enum err e = records_by_id(b->receiver, id, &row);

	*good = *all = 0;
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	if ((e = occurrences_walk(b->receiver, row.no, &w)) != OK)
		return e;
	while (e == OK && occurrences_next(&w, &o))
		if (o.log && (e = logs_by_no(b->receiver, o.log, &log)) == OK && id_eq(&log.author, &b->us)) {
			++*all;
			*good += o.verdict == VERDICT_GOOD && row.payload.n > 0;
		}
	return walk_close(&w, e);
}

static enum err check_said(struct both *b, const struct audit_said *said, bool whole, struct audit *out)
{
	enum err e = OK;

	for (size_t i = 0; e == OK && i < said->n; i++) {
		struct record_row row;
		size_t good, all;
		if (records_by_id(b->author, &said->id[i], &row) != OK || !row.payload.n) {
			complain(b, "a record was answered with ok and its author has not got it", i);
			out->lost++;
		}
		if ((e = times_there(b, &said->id[i], &good, &all)) != OK)
			break;
		if (all > 1) {
			complain(b, "a record is there more than once", all);
			out->doubled++;
		} else if (whole && good != 1) {
			complain(b, "a record was answered with ok and did not arrive", i);
			out->lost++;
		}
		out->records++;
	}
	return e;
}

/* ---- logs and receipts ---- */

/* Everything the receiver holds of this log its author holds too, and it is the same. */
static enum err same_entries(struct both *b, const struct log_row *ours, const struct log_row *theirs, struct audit *out)
{
	struct entry_row x, y;
	enum err e = OK;

	if (theirs->n > ours->n) {
		complain(b, "the receiver holds entries that their author has lost", theirs->n);
		out->forked++;
		return OK;
	}
	for (uint64_t n = 1; e == OK && n <= theirs->n; n++) {
		if ((e = entries_get(b->author, ours->no, n, &x)) == OK && (e = entries_get(b->receiver, theirs->no, n, &y)) == OK &&
		    !span_eq(x.payload, y.payload)) {
			complain(b, "two different entries stand at one place", n);
			out->forked++;
		}
		out->entries++;
	}
	return e;
}

/* The bytes of every record up to n are there, but for those the receipt excepts. */
static enum err stored_up_to(struct both *b, const struct log_row *theirs, const struct receipt *r, uint64_t from, bool *all)
{
	struct record_row record;
	struct entry_row entry;
	uint8_t code;
	enum err e = OK;

	for (uint64_t n = from; e == OK && n <= r->n; n++) {
		if ((e = entries_get(b->receiver, theirs->no, n, &entry)) != OK)
			break;
		for (uint16_t i = 0; e == OK && i < entry.records; i++) {
			e = records_by_no(b->receiver, entry.record[i], &record);
			if (e == OK && !record.payload.n && receipt_covers(r, n, i, &code))
				*all = false;
		}
	}
	if (e == ERR_NOT_FOUND) {
		*all = false;
		e = OK;
	}
	return e;
}

static enum err check_receipts(struct both *b, const struct log_row *ours, const struct log_row *theirs, uint64_t *covered, struct audit *out)
{
	struct receipt_row row;
	struct entry_row entry;
	struct receipt r;
	struct id hash;
	struct walk w;
	enum err e = receipts_walk(b->author, ours->no, &w);

	while (e == OK && walk_next(&w)) {
		bool all = true;
		arena_reset(b->a);
		if ((e = receipts_read(w.key, w.value, &row)) != OK || (e = receipt_decode(row.payload, b->a, &r)) != OK)
			break;
		out->receipts++;
		if (!theirs || r.n > theirs->n || entries_get(b->receiver, theirs->no, r.n, &entry) != OK) {
			complain(b, "a receipt is held over an entry that the receiver has not got", r.n);
			out->untrue++;
			continue;
		}
		entry_hash(entry.payload, &hash);
		if ((e = stored_up_to(b, theirs, &r, *covered + 1, &all)) != OK)
			break;
		if (!id_eq(&hash, &r.entry) || !all) {
			complain(b, "a receipt names other bytes than the receiver stored", r.n);
			out->untrue++;
		}
		if (r.n > *covered)
			*covered = r.n;
	}
	return walk_close(&w, e);
}

static enum err check_logs(struct both *b, bool whole, struct audit *out)
{
	struct log_row ours, theirs;
	struct walk w;
	enum err e = logs_walk(b->author, &w);

	while (e == OK && logs_next(&w, &ours)) {
		uint64_t covered = 0;
		if (!id_eq(&ours.author, &b->us))
			continue;
		enum err there = logs_get(b->receiver, &ours.id, &theirs);
		if (there != OK && there != ERR_NOT_FOUND)
			e = there;
		else if (there == OK)
			e = same_entries(b, &ours, &theirs, out);
		if (e == OK)
			e = check_receipts(b, &ours, there == OK ? &theirs : NULL, &covered, out);
		if (e == OK && whole && covered != ours.n) {
			complain(b, "an entry was never receipted", ours.n - covered);
			out->lost++;
		}
	}
	return walk_close(&w, e);
}

enum err audit_direction(const struct audit_of *of, struct audit *out)
{
	struct both b = {.a = arena_new(), .homes = {of->author, of->receiver}};
	enum err e = b.a ? OK : ERR_MEMORY;

	if (e == OK)
		e = open_one(of->author, &b.store[0], &b.author, &b.us);
	if (e == OK)
		e = open_one(of->receiver, &b.store[1], &b.receiver, &b.them);
	for (size_t i = 0; e == OK && i < of->lists; i++)
		e = check_said(&b, of->said[i], of->whole, out);
	if (e == OK)
		e = check_logs(&b, of->whole, out);
	store_abort(b.author);
	store_abort(b.receiver);
	store_close(b.store[0]);
	store_close(b.store[1]);
	arena_free(b.a);
	return e;
}

/* ---- store check ---- */

static void say(void *ctx, const char *problem)
{
	fprintf(stderr, "store check: %s: %s\n", (const char *)ctx, problem);
}

enum err audit_check(const char *home, struct audit *out)
{
	char path[300];
	struct store *store;
	struct check_figures f = {0};

	(void)snprintf(path, sizeof path, "%s/store", home);
	enum err e = store_open(&(struct store_config){.path = path, .readonly = true}, &store);
	if (e != OK)
		return e;
	e = check_run(store, &(struct check_ops){.say = say, .ctx = (void *)(uintptr_t)home}, &f);
	store_close(store);
	out->problems += f.problems;
	return e;
}
