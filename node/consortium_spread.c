/* consortium_spread.c - entries on their way through a consortium. Each asks for what it lacks, one member at a time for one log, so that each record
 * comes about once. An author pushes; whoever stored something new says so to those who have not, and is asked. */
#include <stdlib.h>
#include <string.h>

#include "node/consortium_state.h"

#define ASK_MS 5000 /* until another one is asked for the same */
#define GIVE_BYTES (512u * 1024u)
#define GIVE_MOST 1024u

/* ---- asking ---- */

/* false: somebody else is being asked. */
static bool may_ask(struct core *c, struct session *s, const struct id *log)
{
	struct consortia *k = c->consortia;
	for (size_t i = 0; i < k->asks; i++)
		if (id_eq(&k->ask[i].log, log)) {
			if (k->ask[i].until > c->steady)
				return false;
			k->ask[i] = (struct asked){*log, s->conn, c->steady + ASK_MS};
			return true;
		}
	struct asked *more = realloc(k->ask, (k->asks + 1) * sizeof *more);
	if (!more) {
		core_break(c, ERR_MEMORY);
		return false;
	}
	k->ask = more;
	k->ask[k->asks++] = (struct asked){*log, s->conn, c->steady + ASK_MS};
	return true;
}

static void asked_no_more(struct core *c, const struct id *log)
{
	struct consortia *k = c->consortia;
	for (size_t i = 0; i < k->asks; i++)
		if (id_eq(&k->ask[i].log, log)) {
			k->ask[i] = k->ask[--k->asks];
			return;
		}
}

/* A member holds of our own log what we do not: it was lost here. Nothing is signed there again. */
static enum err lost(struct core *c, struct session *s, struct log_row *row)
{
	if (row->state != LOG_OPEN)
		return OK;
	row->state = LOG_STOPPED;
	core_alarm(c, &s->org, STOPPED_ALARM, "consortium");
	return logs_put(core_txn(c), row);
}

enum err consortium_want(struct core *c, struct session *s, struct scope *x)
{
	const struct field *f = message_fields(MESSAGE_WANT);
	enum err e = OK;
	for (size_t i = 0; i < x->n && e == OK && !s->closing; i++) {
		struct log_row row = {0};
		uint64_t bound = UINT64_MAX, opened;
		struct value *m = value_map(c->arena);
		e = logs_get(core_txn(c), &x->seen[i].log, &row);
		if (e == OK)
			e = consortium_bound(c, &x->consortium, &row, &bound, &opened);
		if (e != OK && e != ERR_NOT_FOUND)
			break;
		e = OK;
		if (x->seen[i].n <= row.n || row.n >= bound || row.frozen)
			continue;
		if (row.no && exchange_ours(c, &row)) {
			e = lost(c, s, &row);
			continue;
		}
		x->due = c->steady + ASK_MS < x->due ? c->steady + ASK_MS : x->due;
		if (!may_ask(c, s, &x->seen[i].log))
			continue;
		fields_set(c->arena, f, m, "log", value_id(c->arena, &x->seen[i].log));
		fields_set(c->arena, f, m, "from", value_int(c->arena, (int64_t)row.n + 1));
		session_say(c, s, MESSAGE_WANT, m);
	}
	return e;
}

/* ---- giving ---- */

/* Entries from a place on: as many as make one message. *last: the last of them. */
static enum err give(struct core *c, struct session *s, const struct scope_log *l, uint64_t from, uint64_t *last)
{
	const struct field *f = message_fields(MESSAGE_ENTRIES);
	struct value *m = value_map(c->arena), *list = value_array(c->arena);
	size_t bytes = 0;
	*last = from - 1;
	for (uint64_t n = from; n <= l->n && value_count(list) < GIVE_MOST; n++) {
		struct carried_entry *in = arena_alloc(c->arena, sizeof *in);
		enum err e = in ? entries_carry(core_txn(c), l->row.no, n, c->arena, in) : ERR_MEMORY;
		if (e != OK)
			return e;
		if (bytes && bytes + carried_size(in) > GIVE_BYTES)
			break;
		bytes += carried_size(in);
		value_push(c->arena, list, carried_value(c->arena, in));
		*last = n;
	}
	fields_set(c->arena, f, m, "entries", list);
	if (value_count(list))
		session_say(c, s, MESSAGE_ENTRIES, m);
	return OK;
}

/* How much of a log they may have; l->n 0: nothing. */
static enum err theirs(struct core *c, const struct session *s, const struct log_row *row, struct scope_log *l)
{
	struct consortium con;
	uint64_t bound, opened;
	enum err e = consortium_get(c, &row->target, &con);
	*l = (struct scope_log){.row = *row};
	if (e == OK && consortium_ours(c, &con) && consortium_has(&con, &s->org)) {
		e = consortium_bound(c, &con.id, row, &bound, &opened);
		if (e == OK && opened >= consortium_since(&con, &s->org))
			l->n = row->n < bound ? row->n : bound;
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

bool consortium_on_want(struct core *c, struct session *s, const struct id *log, uint64_t from)
{
	struct log_row row;
	struct scope_log l;
	uint64_t last = 0;
	enum err e = logs_get(core_txn(c), log, &row);
	if (e != OK || row.type != AUDIENCE_CONSORTIUM) {
		core_break(c, e == ERR_NOT_FOUND ? OK : e);
		return false;
	}
	struct scope *x = consortium_scope(s, &row.target);
	if (!x || !x->open || s->slow || link_output(s->link)->n >= LIMIT_PUMP_BYTES) /* they ask again */
		return true;
	e = theirs(c, s, &row, &l);
	if (e == OK && from >= 1 && from <= l.n)
		e = give(c, s, &l, from, &last);
	if (last)
		consortium_note(x, log, last);
	core_break(c, e);
	return true;
}

/* ---- growing ---- */

void consortium_due(struct core *c)
{
	for (struct session *s = c->sessions; s; s = s->next)
		for (size_t i = 0; s->scopes && i < s->scopes->n; i++)
			if (s->scopes->scope[i].due > c->steady + QUIET_MS)
				s->scopes->scope[i].due = c->steady + QUIET_MS;
	if (c->consortia->due > c->steady + QUIET_MS)
		c->consortia->due = c->steady + QUIET_MS;
}

static void announce(struct core *c, struct session *s, const struct scope_log *l)
{
	const struct field *f = message_fields(MESSAGE_HEADS);
	struct value *m = value_map(c->arena), *heads = value_array(c->arena);
	consortium_put_head(c, heads, l);
	fields_set(c->arena, f, m, "scope", value_id(c->arena, &l->row.target));
	fields_set(c->arena, f, m, "heads", heads);
	session_say(c, s, MESSAGE_HEADS, m);
}

/* To everybody linked who has not got it: pushed when it is ours, else said. */
static void spread(struct core *c, const struct log_row *row, bool push)
{
	for (struct session *s = c->sessions; s; s = s->next) {
		struct scope *x = s->closing || s->phase != PHASE_FULL ? NULL : consortium_scope(s, &row->target);
		uint64_t *at = x && x->open && x->heard ? consortium_seen(x, &row->id) : NULL;
		struct scope_log l = {0};
		uint64_t last = 0;
		enum err e = at ? theirs(c, s, row, &l) : OK;
		if (e == OK && at && *at < l.n) {
			if (push && !s->slow && link_output(s->link)->n < LIMIT_PUMP_BYTES)
				e = give(c, s, &l, *at + 1, &last);
			if (last < l.n)
				announce(c, s, &l);
			*at = last > *at ? last : *at;
		}
		core_break(c, e);
	}
	consortium_due(c);
}

void consortium_grown(struct core *c, const struct log_row *log)
{
	spread(c, log, true);
}

void consortium_stored(struct core *c, const struct log_row *log)
{
	consortium_receipt(c, log);
	spread(c, log, false);
}

void consortium_arrived(struct core *c, struct session *s, const struct id *log, uint64_t n)
{
	struct log_row row;
	struct scope *x = NULL;
	if (logs_get(core_txn(c), log, &row) == OK && row.type == AUDIENCE_CONSORTIUM)
		x = consortium_scope(s, &row.target);
	if (!x)
		return;
	asked_no_more(c, log);
	consortium_note(x, log, n);
	if (*consortium_seen(x, log) > row.n)
		x->due = c->steady; /* ask on */
}
