/* stopped.c - a log of ours of which a partner holds what we do not: this node was restored from an old backup, or its disk forgot. Whatever
 * were written to it now could stand a second time at a place that was signed before. So nothing is, until the operator says that the
 * earlier state is gone for good; then the log is closed, and what was not receipted goes into a new incarnation. */
#include <stdio.h>
#include <string.h>

#include "node/returned.h"

/* What no receipt covers goes to them again, in the new log; what they have already is known to them by its id. */
static enum err queue_again(struct core *c, const struct log_row *log)
{
	struct entry_row entry;
	enum err e = OK;
	for (uint64_t n = exchange_receipted(c, log, &log->target) + 1; e == OK && n <= log->n; n++) {
		if (n == 1)
			continue; /* its log.open */
		e = entries_get(core_txn(c), log->no, n, &entry);
		for (size_t i = 0; e == OK && i < entry.records; i++)
			e = outbox_queue(c, log->type, &log->target, entry.record[i]);
	}
	return e;
}

static enum err close_log(struct core *c, struct log_row *log)
{
	log->state = LOG_CLOSED;
	enum err e = logs_put(core_txn(c), log);
	return e == OK ? queue_again(c, log) : e;
}

uint64_t stopped_log(struct core *c, const struct id *org, const struct id *id, const char *how)
{
	struct log_row log;
	enum err e = logs_get(core_txn(c), id, &log);
	if (e == ERR_NOT_FOUND) { /* nothing can be written to a log that is not here */
		struct session *s = core_session(c, org, PHASE_FULL);
		if (s)
			returned_ask(c, s, id, 1); /* if it is ours it has an entry of ours */
		else
			core_alarm(c, org, "a partner holds a log of ours that is not here: was this node restored from an old backup?", how);
		return UINT64_MAX;
	}
	if (e != OK || log.type != AUDIENCE_DIRECT || !exchange_ours(c, &log) || !id_eq(&log.target, org)) {
		core_break(c, e);
		return UINT64_MAX;
	}
	uint64_t receipted = exchange_receipted(c, &log, org);
	if (log.kseq != c->self.kseq) { /* somebody else had the key: it is cut off. What we said there is said again, and at their place shows the fork */
		if (log.state == LOG_OPEN)
			core_break(c, close_log(c, &log));
		return receipted;
	}
	if (log.state == LOG_OPEN) {
		log.state = LOG_STOPPED;
		core_break(c, logs_put(core_txn(c), &log));
		core_alarm(c, org, STOPPED_ALARM, how);
	}
	return UINT64_MAX;
}

static enum err first_stopped(struct core *c, const struct id *org, struct log_row *out)
{
	struct walk w;
	uint32_t no;
	bool found = false;
	enum err e = logs_walk_audience(core_txn(c), &c->self.org, AUDIENCE_DIRECT, org, &w);
	while (e == OK && !found && logs_next_no(&w, &no))
		if ((e = logs_by_no(core_txn(c), no, out)) == OK)
			found = out->state == LOG_STOPPED;
		else if (e == ERR_NOT_FOUND)
			e = ERR_CORRUPT; /* the index has it */
	e = walk_close(&w, e);
	return e != OK || found ? e : ERR_NOT_FOUND;
}

enum err stopped_to(struct core *c, const struct id *org, bool *stopped)
{
	struct log_row log;
	enum err e = first_stopped(c, org, &log);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	*stopped = e == OK;
	return OK;
}

/* The yes: it speaks of all that we signed to them before. */
static enum err mark(struct core *c, const struct id *org)
{
	struct partner p;
	enum err e = partners_get(core_txn(c), c->arena, org, &p);
	if (e != OK)
		return e;
	partners_set(c->arena, &p, "reopened", value_int(c->arena, c->now));
	return partners_put(core_txn(c), c->arena, &p);
}

bool stopped_before(struct core *c, const struct id *org, uint64_t incarnation)
{
	struct partner p;
	int64_t at = 0;
	return partners_get(core_txn(c), c->arena, org, &p) == OK && fields_int(partner_fields, p.row, "reopened", &at) && incarnation <= (uint64_t)at;
}

enum err stopped_reopen(struct core *c, const struct id *org, struct complaint *why)
{
	struct log_row log;
	bool any = false;
	enum err e;
	while ((e = first_stopped(c, org, &log)) == OK) {
		if (!any && (e = mark(c, org)) != OK)
			return e;
		if ((e = close_log(c, &log)) != OK)
			return e;
		any = c->turn.wrote = true; /* what waited goes at the end of this turn */
	}
	if (e == ERR_NOT_FOUND && any && (e = returned_reopened(c, org)) == OK)
		return operations_add(core_txn(c), c->now, "operator", "log begun anew", "what partners hold of the old one stays theirs");
	if (e == ERR_NOT_FOUND) {
		(void)snprintf(why->text, sizeof why->text, "our log to them has not stopped");
		return ERR_CONFLICT;
	}
	return e;
}

/* Whatever they hold of it that we do not is cut off by the log that follows. */
enum err stopped_cut(struct core *c, const struct id *org)
{
	struct log_row log;
	enum err e;
	while ((e = first_stopped(c, org, &log)) == OK) {
		if ((e = close_log(c, &log)) != OK)
			return e;
		c->turn.wrote = true; /* what waited goes at the end of this turn */
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

/* The operator's yes was given with "backup restore". */
static enum err close_to(struct core *c, const struct id *org)
{
	struct log_row log;
	struct complaint why;
	enum err e = mark(c, org);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	e = logs_current(core_txn(c), &c->self.org, AUDIENCE_DIRECT, org, &log);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	if (log.state == LOG_OPEN) {
		log.state = LOG_STOPPED;
		e = logs_put(core_txn(c), &log);
	}
	if (e == OK)
		e = stopped_reopen(c, org, &why);
	return e == ERR_CONFLICT ? OK : e;
}

static enum err close_all(struct core *c)
{
	struct walk w;
	struct id *org;
	uint64_t n = 0, all;
	enum err e = store_count(core_txn(c), TABLE_PARTNERS, &all);
	if (e == OK && !(org = arena_alloc(c->arena, (size_t)(all + 1) * sizeof *org)))
		e = ERR_MEMORY;
	if (e == OK)
		e = walk_open(core_txn(c), TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	if (e != OK)
		return e;
	while (walk_next(&w))
		if (w.key.n == sizeof org->b)
			memcpy(org[n++].b, w.key.p, sizeof org->b);
	e = walk_close(&w, OK);
	for (uint64_t i = 0; e == OK && i < n; i++)
		e = close_to(c, &org[i]);
	return e;
}

enum err stopped_restored(struct core *c)
{
	struct output *outputs;
	size_t count;
	enum err e = core_begin(c);
	if (e != OK)
		return e;
	if ((e = close_all(c)) == OK && (e = store_drop(core_txn(c), TABLE_META, SPAN("restored", 8))) == OK)
		e = operations_add(core_txn(c), c->now, "operator", "backup restored", "all our logs begin anew");
	core_break(c, e);
	return core_end(c, &outputs, &count);
}
