/* exchange_entries.c - entries out: ours to a reader within a window, and an author's own back to it. */
#include <stdlib.h>
#include <string.h>

#include "node/consortium.h"

#define ENTRIES_TARGET (512u * 1024u) /* records in one message, unless one entry alone is larger */
#define ENTRIES_MOST 1024u           /* what the table of messages allows in one */

/* ---- the session's view of our logs ---- */

struct sync_log *exchange_sync(struct session *s, const struct id *log)
{
	for (size_t i = 0; i < s->logs; i++)
		if (id_eq(&s->log[i].log, log))
			return &s->log[i];
	return NULL;
}

struct sync_log *exchange_sync_add(struct session *s, const struct log_row *log)
{
	struct sync_log *more = realloc(s->log, (s->logs + 1) * sizeof *more);
	if (!more)
		return NULL;
	s->log = more;
	more += s->logs++;
	memset(more, 0, sizeof *more);
	more->log = log->id;
	more->no = log->no;
	more->head = log->n;
	return more;
}

/* Their receipt over what came back comes with its last entry. */
enum err exchange_returned(struct session *s, const struct log_row *log)
{
	struct sync_log *l = exchange_sync(s, &log->id);
	if (!l && !(l = exchange_sync_add(s, log)))
		return ERR_MEMORY;
	l->head = log->n;
	sync_start(l, log->n - 1);
	return OK;
}

/* ---- entries out ---- */

struct batch {
	struct value *list;
	uint64_t last; /* before it is filled: the entry before the first */
	size_t bytes;
};

/* As many entries as make one message; the first one always. */
static enum err gather(struct core *c, const struct sync_log *l, struct batch *b)
{
	for (; b->last < l->head; b->last++) {
		struct carried_entry *e = arena_alloc(c->arena, sizeof *e);
		if (!e)
			return ERR_MEMORY;
		enum err err = entries_carry(core_txn(c), l->no, b->last + 1, c->arena, e);
		if (err != OK)
			return err;
		size_t size = carried_size(e);
		if (b->bytes && (b->bytes + size > ENTRIES_TARGET || value_count(b->list) == ENTRIES_MOST))
			return OK;
		value_push(c->arena, b->list, carried_value(c->arena, e));
		b->bytes += size;
	}
	return OK;
}

void exchange_pump(struct core *c, struct session *s)
{
	const struct field *f = message_fields(MESSAGE_ENTRIES);
	s->later = false;
	for (size_t i = 0; i < s->logs && !s->closing; i++) {
		uint64_t n;
		while (!s->closing && sync_next(&s->log[i], &n)) {
			if (s->slow || link_output(s->link)->n >= LIMIT_PUMP_BYTES) {
				s->later = true;
				return;
			}
			struct value *m = value_map(c->arena);
			struct batch b = {.list = value_array(c->arena), .last = n - 1};
			enum err e = gather(c, &s->log[i], &b);
			if (e != OK) {
				core_break(c, e);
				return;
			}
			fields_set(c->arena, f, m, "entries", b.list);
			if (session_send(c, s, MESSAGE_ENTRIES, m) != OK)
				session_end(c, s, "could not send entries");
			else
				sync_sent(&s->log[i], b.last, b.bytes);
		}
	}
	if (!s->closing)
		exchange_files_give(c, s);
}

void exchange_new_entries(struct core *c, const struct log_row *log)
{
	if (log->type == AUDIENCE_CONSORTIUM) {
		consortium_grown(c, log);
		return;
	}
	for (struct session *s = c->sessions; s; s = s->next) {
		if (s->closing || s->phase != PHASE_FULL || s->mode == LINK_MODE_MEMBER || !(log->type == AUDIENCE_PARTNERS || id_eq(&log->target, &s->org)))
			continue;
		struct sync_log *l = exchange_sync(s, &log->id);
		if (!l && (l = exchange_sync_add(s, log)) != NULL)
			sync_start(l, 0); /* made during this session: they cannot have any of it */
		if (!l) {
			session_end(c, s, "out of memory");
			continue;
		}
		l->head = log->n;
		exchange_pump(c, s);
	}
}

/* Of a log of theirs that they lost: one message of it. They ask again from where it ends. */
void exchange_give_back(struct core *c, struct session *s, const struct id *id, uint64_t from)
{
	const struct field *f = message_fields(MESSAGE_ENTRIES);
	struct log_row log;
	struct value *m = value_map(c->arena);
	enum err e = logs_get(core_txn(c), id, &log);
	if (e != OK || !id_eq(&log.author, &s->org) || log.type != AUDIENCE_DIRECT || from > log.n || link_output(s->link)->n >= LIMIT_PUMP_BYTES) {
		core_break(c, e == ERR_NOT_FOUND ? OK : e);
		return;
	}
	struct batch b = {.list = value_array(c->arena), .last = from - 1};
	e = gather(c, &(struct sync_log){.no = log.no, .head = log.n}, &b);
	fields_set(c->arena, f, m, "entries", b.list);
	if (e == OK)
		session_say(c, s, MESSAGE_ENTRIES, m);
	core_break(c, e);
}
