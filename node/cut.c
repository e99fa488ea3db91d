#include "node/cut.h"

#include <string.h>

#include "node/keep.h"

struct cut {
	bool there;
	uint64_t n;      /* the last place that counts; 0: none */
	struct id entry; /* what stands there */
};

struct newer { /* logs of newer keys to the same audience, and those of them that decide */
	size_t logs, deciding;
	struct log_row *log;
	const struct log_row *decides[LIMIT_STATEMENTS];
};

static enum err count_newer(struct txn *t, const struct log_row *log, struct log_row *list, size_t most, size_t *n)
{
	struct walk w;
	uint32_t no;
	enum err e = logs_walk_audience(t, &log->author, log->type, &log->target, &w);
	*n = 0;
	while (e == OK && *n < most && logs_next_no(&w, &no)) {
		struct log_row other;
		e = logs_by_no(t, no, &other);
		if (e != OK || other.kseq <= log->kseq || other.n == 0)
			continue;
		if (list)
			list[*n] = other;
		++*n;
	}
	return walk_close(&w, e);
}

/* What one log.open says of this log: nothing is the place 0. */
static enum err closes(struct txn *t, struct arena *a, const struct log_row *opening, const struct id *log, struct cut *out)
{
	const struct field *f = kind_by_number(KIND_LOG_OPEN)->fields, *g = fields_find(f, "closes")->group;
	struct entry_row entry;
	struct record_row row;
	struct record r;
	struct complaint why;
	*out = (struct cut){.there = true};
	enum err e = entries_get(t, opening->no, 1, &entry);
	if (e == OK)
		e = records_by_no(t, entry.record[0], &row);
	if (e == OK)
		e = record_decode(row.payload, a, &r, &why);
	if (e != OK)
		return e == ERR_MEMORY ? e : ERR_CORRUPT; /* it was judged when it came */
	const struct value *list = fields_get(f, r.body, "closes");
	for (size_t i = 0; i < value_count(list); i++) {
		struct id id;
		int64_t n = 0;
		if (!fields_id(g, value_item(list, i), "log", &id) || !id_eq(&id, log))
			continue;
		(void)fields_int(g, value_item(list, i), "n", &n);
		(void)fields_id(g, value_item(list, i), "entry", &out->entry);
		out->n = (uint64_t)n;
	}
	return OK;
}

/* An opening that a still newer key has made void decides nothing. */
static enum err stands(struct txn *t, struct arena *a, const struct newer *x, const struct log_row *log, bool *out)
{
	enum err e = OK;
	*out = true;
	for (size_t i = 0; e == OK && *out && i < x->deciding; i++) {
		struct cut cut;
		e = closes(t, a, x->decides[i], &log->id, &cut);
		*out = e == OK && cut.n > 0;
	}
	return e;
}

/* From the newest key downwards: of each the lowest incarnation that stands. */
static enum err choose(struct txn *t, struct arena *a, struct newer *x)
{
	uint64_t below = UINT64_MAX;
	enum err e = OK;
	for (;;) {
		const struct log_row *best = NULL;
		uint64_t kseq = 0;
		bool any = false, good;
		for (size_t i = 0; i < x->logs; i++)
			if (x->log[i].kseq < below && (!any || x->log[i].kseq > kseq)) {
				kseq = x->log[i].kseq;
				any = true;
			}
		for (size_t i = 0; any && e == OK && i < x->logs; i++) {
			const struct log_row *log = &x->log[i];
			if (log->kseq != kseq || (best && log->incarnation > best->incarnation))
				continue;
			if ((e = stands(t, a, x, log, &good)) == OK && good)
				best = log;
		}
		if (!any || e != OK)
			return e;
		if (best && x->deciding < LIMIT_STATEMENTS)
			x->decides[x->deciding++] = best;
		below = kseq;
	}
}

static enum err cut_of(struct txn *t, struct arena *a, const struct log_row *log, struct cut *out)
{
	struct newer *x = NULL;
	size_t n;
	*out = (struct cut){0};
	enum err e = count_newer(t, log, NULL, LIMIT_LOGS, &n);
	if (e != OK || n == 0)
		return e;
	if (!(x = arena_alloc(a, sizeof *x)) || !(x->log = arena_alloc(a, n * sizeof *x->log)))
		return ERR_MEMORY;
	x->deciding = 0;
	e = count_newer(t, log, x->log, n, &x->logs);
	if (e == OK)
		e = choose(t, a, x);
	for (size_t i = 0; e == OK && i < x->deciding; i++) {
		struct cut one;
		e = closes(t, a, x->decides[i], &log->id, &one);
		if (e != OK)
			break;
		if (out->there && one.n == out->n && one.n > 0 && !id_eq(&one.entry, &out->entry)) /* two keys close it at two entries: at neither */
			memset(out->entry.b, 0, sizeof out->entry.b);
		else if (!out->there || one.n < out->n)
			*out = one;
	}
	return e;
}

/* Another entry than the one named at its end: it is another branch, from where it was proven to be one. */
static enum err counted(struct txn *t, const struct log_row *log, const struct cut *cut, uint64_t *n)
{
	struct entry_row entry;
	struct id hash;
	*n = log->n;
	if (!cut->there || log->n < cut->n)
		return OK;
	*n = cut->n;
	if (cut->n == 0)
		return OK;
	enum err e = entries_get(t, log->no, cut->n, &entry);
	if (e == OK)
		entry_hash(entry.payload, &hash);
	if (e == OK && !id_eq(&hash, &cut->entry))
		*n = (log->frozen && log->frozen <= cut->n ? log->frozen : cut->n) - 1;
	return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
}

enum err cut_counted(struct txn *t, struct arena *a, const struct log_row *log, uint64_t *n)
{
	struct cut cut;
	enum err e = cut_of(t, a, log, &cut);
	return e == OK ? counted(t, log, &cut, n) : e;
}

enum err cut_over(struct core *c, const struct log_row *log, uint64_t n, struct span payload, bool *over)
{
	struct cut cut;
	struct id hash;
	uint64_t count = 0;
	entry_hash(payload, &hash);
	enum err e = cut_of(core_txn(c), c->arena, log, &cut);
	if (e == OK)
		e = counted(core_txn(c), log, &cut, &count);
	bool named = n == cut.n && id_eq(&hash, &cut.entry);
	*over = e == OK && cut.there && !named && (n >= cut.n || (log->n >= cut.n && n > count));
	return e;
}

enum err cut_waits(struct core *c, const struct entry *e, bool *waits)
{
	struct signed_statement s;
	struct statement newest;
	struct walk w;
	uint32_t no;
	enum err err = statements_newest(core_txn(c), &e->author, &s, &newest);
	*waits = err == OK && e->kseq < newest.kseq;
	if (err != OK || !*waits)
		return err;
	err = logs_walk_audience(core_txn(c), &e->author, e->type, &e->target, &w);
	while (err == OK && *waits && logs_next_no(&w, &no)) {
		struct log_row log;
		err = logs_by_no(core_txn(c), no, &log);
		*waits = err == OK && !(log.kseq == newest.kseq && log.n > 0);
	}
	return walk_close(&w, err);
}

/* ---- judged again ---- */

static enum err is_void(struct core *c, uint32_t log, uint64_t n, bool *out)
{
	struct entry_row entry;
	struct occurrence o;
	struct walk w;
	*out = false;
	enum err e = entries_get(core_txn(c), log, n, &entry);
	if (e == OK)
		e = occurrences_walk(core_txn(c), entry.record[0], &w);
	if (e != OK)
		return e;
	while (occurrences_next(&w, &o))
		*out |= o.log == log && o.n == n && o.verdict == VERDICT_VOID;
	return walk_close(&w, e);
}

/* Of each log the end alone is void, so that nothing in front of it is looked at. */
enum err cut_judge(struct core *c, const struct log_row *log)
{
	struct cut cut;
	uint64_t count = 0, cut_off = 0;
	bool was = false;
	enum err e = cut_of(core_txn(c), c->arena, log, &cut);
	if (e == OK)
		e = counted(core_txn(c), log, &cut, &count);
	for (uint64_t n = e == OK ? count + 1 : log->n + 1; e == OK && n <= log->n; n++) {
		e = is_void(c, log->no, n, &was);
		if (e == OK && !was && ++cut_off)
			e = keep_again(c, log, n);
	}
	was = true;
	for (uint64_t n = e == OK ? count : 0; e == OK && was && n > 0; n--) {
		e = is_void(c, log->no, n, &was);
		if (e == OK && was)
			e = keep_again(c, log, n);
	}
	if (e == OK && cut_off)
		core_alarm(c, &log->author, "a partner's newer key has cut off what we had of it: that is void now, whoever said it", "cut");
	return e;
}

enum err cut_apply(struct core *c, const struct log_row *opened)
{
	struct walk w;
	uint32_t no;
	size_t n = 0;
	struct log_row *older = arena_alloc(c->arena, LIMIT_LOGS * sizeof *older);
	enum err e = older ? logs_walk_audience(core_txn(c), &opened->author, opened->type, &opened->target, &w) : ERR_MEMORY;
	if (e != OK)
		return e;
	while (e == OK && n < LIMIT_LOGS && logs_next_no(&w, &no))
		if ((e = logs_by_no(core_txn(c), no, &older[n])) == OK && older[n].kseq < opened->kseq)
			n++;
	e = walk_close(&w, e); /* what follows writes */
	for (size_t i = 0; i < n && e == OK; i++)
		e = cut_judge(c, &older[i]);
	return e;
}
