/* consortium_cut.c - the removal of a member: up to where what it said counts. A removal cuts the logs that were opened under an earlier roster;
 * what somebody says who was brought in again stands in logs opened later. All of it depends on signed bytes alone, so every order of arrival ends
 * the same. */
#include <string.h>

#include "node/consortium_state.h"
#include "node/cut.h"

/* rseq of the roster that entry 1 names. ERR_NOT_FOUND: the log has none. */
static enum err opened_at(struct core *c, const struct id *id, const struct log_row *log, uint64_t *out)
{
	struct entry_row row;
	struct entry first;
	const struct roster *r;
	enum err e = entries_get(core_txn(c), log->no, 1, &row);
	if (e == OK)
		e = entry_decode(row.payload, &first);
	if (e == OK)
		e = consortium_roster(c, id, &first.roster, &r);
	if (e == OK)
		*out = r->rseq;
	return e;
}

static uint64_t cut_of(const struct roster_removed *x, const struct id *log)
{
	for (size_t i = 0; i < x->cuts; i++)
		if (id_eq(&x->cut[i].log, log))
			return x->cut[i].n;
	return 0;
}

static enum err bound_of(struct core *c, const struct id *id, const struct log_row *log, uint64_t opened, uint64_t *out)
{
	struct walk w;
	struct id hash;
	*out = UINT64_MAX;
	enum err e = rosters_walk(core_txn(c), TABLE_ROSTERS, id, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		const struct roster *r;
		const struct roster_removed *x;
		e = consortium_roster(c, id, &hash, &r);
		if (e != OK || r->rseq <= opened || !(x = roster_removal(r, &log->author)))
			continue;
		uint64_t cut = cut_of(x, &log->id);
		*out = cut < *out ? cut : *out;
	}
	return walk_close(&w, e);
}

enum err consortium_bound(struct core *c, const struct id *id, const struct log_row *log, uint64_t *bound, uint64_t *opened)
{
	uint64_t counted;
	enum err e = opened_at(c, id, log, opened);
	if (e == OK)
		e = bound_of(c, id, log, *opened, bound);
	if (e == OK)
		e = cut_counted(core_txn(c), c->arena, log, &counted); /* by a newer key of its author */
	if (e == OK && counted < log->n && counted < *bound)
		*bound = counted;
	return e;
}

static enum err beyond_cut(struct core *c, const struct entry *in, const struct roster *named, bool *beyond)
{
	struct log_row row = {.author = in->author};
	uint64_t opened = named->rseq, bound;
	enum err e = OK;
	entry_log(in, &row.id);
	*beyond = false;
	if (in->n > 1) {
		if ((e = logs_get(core_txn(c), &row.id, &row)) == OK)
			e = opened_at(c, &in->target, &row, &opened);
		if (e == ERR_NOT_FOUND)
			return OK; /* a gap: judged again when what stands before it is here */
	}
	if (e == OK)
		e = bound_of(c, &in->target, &row, opened, &bound);
	if (e == OK)
		*beyond = in->n > bound;
	return e;
}

enum err consortium_judge(struct core *c, const struct entry *in, enum verdict *v)
{
	struct consortium x;
	const struct roster *named;
	bool beyond;
	enum err e = consortium_get(c, &in->target, &x);
	if (e != OK || !consortium_ours(c, &x)) {
		*v = VERDICT_AUDIENCE;
		return e == ERR_NOT_FOUND ? OK : e;
	}
	if (id_eq(&in->author, &c->self.org)) {
		*v = VERDICT_KNOWN; /* nobody tells us what we said; that it is more than we hold shows in the heads */
		return OK;
	}
	e = consortium_roster(c, &x.id, &in->roster, &named);
	if (e == ERR_NOT_FOUND) {
		*v = VERDICT_UNKNOWN_ROSTER;
		return OK;
	}
	if (e != OK)
		return e;
	if (!roster_member(named, &in->author)) {
		*v = VERDICT_NOT_MEMBER;
		return OK;
	}
	if (named->history != HISTORY_ALL && !roster_member(named, &c->self.org)) {
		*v = VERDICT_AUDIENCE;
		return OK;
	}
	e = beyond_cut(c, in, named, &beyond);
	if (e == OK && beyond)
		*v = VERDICT_CUT;
	return e;
}

int64_t consortium_ceiling(struct core *c, const struct entry *e)
{
	const struct roster *r;
	enum err err = consortium_roster(c, &e->target, &e->roster, &r);
	if (err != OK)
		core_break(c, err); /* it was judged by this roster a moment ago */
	return err == OK ? r->ceiling : TLP_CLEAR;
}

/* ---- what is held already ---- */

static enum err void_record(struct core *c, uint64_t record, const struct occurrence *at)
{
	struct walk w;
	struct occurrence o, found = {0};
	enum err e = occurrences_walk(core_txn(c), record, &w);
	while (e == OK && occurrences_next(&w, &o))
		if (o.log == at->log && o.n == at->n && o.index == at->index)
			found = o;
	if ((e = walk_close(&w, e)) != OK || found.log == 0)
		return e;
	found.verdict = VERDICT_VOID;
	return occurrences_put(core_txn(c), &found);
}

static enum err void_beyond(struct core *c, const struct log_row *log, uint64_t bound)
{
	struct entry_row row;
	enum err e = OK;
	for (uint64_t n = bound + 1; n > bound && n <= log->n && e == OK; n++) {
		e = entries_get(core_txn(c), log->no, n, &row);
		for (size_t i = 0; i < row.records && e == OK; i++)
			e = void_record(c, row.record[i], &(struct occurrence){.log = log->no, .n = n, .index = (uint16_t)i});
	}
	return e;
}

struct numbers {
	uint32_t *p;
	size_t n, cap;
};

static enum err logs_of(struct core *c, const struct id *id, const struct id *org, struct numbers *out)
{
	struct walk w;
	uint32_t no;
	*out = (struct numbers){0};
	enum err e = logs_walk_audience(core_txn(c), org, AUDIENCE_CONSORTIUM, id, &w);
	while (e == OK && logs_next_no(&w, &no)) {
		out->p = arena_more(c->arena, out->p, out->n, &out->cap, sizeof *out->p);
		if (!out->p)
			e = ERR_MEMORY;
		else
			out->p[out->n++] = no;
	}
	return walk_close(&w, e);
}

enum err consortium_cut(struct core *c, const struct id *id, const struct roster *event)
{
	enum err e = OK;
	for (size_t i = 0; i < event->removals && e == OK; i++) {
		struct numbers logs;
		e = logs_of(c, id, &event->removed[i].org, &logs);
		for (size_t j = 0; j < logs.n && e == OK; j++) {
			struct log_row log;
			uint64_t bound, opened;
			e = logs_by_no(core_txn(c), logs.p[j], &log);
			if (e == OK)
				e = consortium_bound(c, id, &log, &bound, &opened);
			if (e == OK && bound < log.n) {
				core_log(c, "cut", &log.author, "%llu of %llu entries count", (unsigned long long)bound, (unsigned long long)log.n);
				e = void_beyond(c, &log, bound);
			}
		}
	}
	return e;
}

enum err consortium_cuts(struct core *c, const struct id *id, const struct id *org, struct roster_removed *out)
{
	struct numbers logs;
	enum err e = logs_of(c, id, org, &logs);
	struct roster_cut *cut = e == OK ? arena_alloc(c->arena, (logs.n + 1) * sizeof *cut) : NULL;
	size_t n = 0;
	if (e == OK && !cut)
		e = ERR_MEMORY;
	for (size_t i = 0; i < logs.n && e == OK; i++) {
		struct log_row log;
		struct entry_row row;
		uint64_t bound, opened;
		e = logs_by_no(core_txn(c), logs.p[i], &log);
		if (e == OK)
			e = consortium_bound(c, id, &log, &bound, &opened);
		bound = e == OK && bound < log.n ? bound : log.n;
		if (e != OK || bound == 0)
			continue;
		if ((e = entries_get(core_txn(c), log.no, bound, &row)) != OK)
			continue;
		size_t at = n++;
		for (; at > 0 && id_cmp(&cut[at - 1].log, &log.id) > 0; at--)
			cut[at] = cut[at - 1];
		cut[at].log = log.id;
		cut[at].n = bound;
		entry_hash(row.payload, &cut[at].entry);
	}
	*out = (struct roster_removed){.org = *org, .cuts = n, .cut = cut};
	return e;
}

/* ---- our own logs ---- */

/* Newcomers are given what is said since they came: then what we say next stands in a log that was opened with them. */
enum err consortium_log_open(struct core *c, const struct id *id, const struct log_row *log, bool *anew)
{
	struct consortium x;
	uint64_t bound, opened, newest = 0;
	enum err e = consortium_get(c, id, &x);
	*anew = false;
	if (e == OK)
		e = consortium_bound(c, id, log, &bound, &opened);
	if (e != OK)
		return e;
	for (size_t i = 0; i < x.quoted->members; i++)
		newest = x.quoted->member[i].since > newest ? x.quoted->member[i].since : newest;
	*anew = log->n >= bound || (x.quoted->history != HISTORY_ALL && newest > opened);
	return OK;
}
