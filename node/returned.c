#include "node/returned.h"

#include <string.h>

#include "node/contradictions.h"
#include "node/judge.h"

void returned_ask(struct core *c, struct session *s, const struct id *log, uint64_t from)
{
	const struct field *f = message_fields(MESSAGE_WANT);
	struct value *m = value_map(c->arena);
	fields_set(c->arena, f, m, "log", value_id(c->arena, log));
	fields_set(c->arena, f, m, "from", value_int(c->arena, (int64_t)from));
	session_say(c, s, MESSAGE_WANT, m);
}

/* Under an older key nothing comes back: what lies beyond its cut is void. */
static bool wanted(const struct core *c, const struct log_row *log)
{
	return log->state == LOG_CLOSED && log->kseq == c->self.kseq;
}

/* From the last of ours on: is theirs the same? */
static void ask_rest(struct core *c, struct session *s, const struct log_row *log)
{
	if (wanted(c, log))
		returned_ask(c, s, &log->id, log->n ? log->n : 1);
}

void returned_all(struct core *c, struct session *s)
{
	struct walk w;
	uint32_t no;
	if (!s->asks || s->closing)
		return;
	s->asks = false;
	enum err e = logs_walk_audience(core_txn(c), &c->self.org, AUDIENCE_DIRECT, &s->org, &w);
	while (e == OK && !s->closing && logs_next_no(&w, &no)) {
		struct log_row log;
		if ((e = logs_by_no(core_txn(c), no, &log)) == OK)
			ask_rest(c, s, &log);
	}
	core_break(c, walk_close(&w, e));
}

static void asks(struct core *c, struct effect *e)
{
	struct session *s = core_session(c, &e->org, PHASE_FULL);
	if (s)
		s->asks = true;
}

enum err returned_reopened(struct core *c, const struct id *org)
{
	return core_effect(c, &(struct effect){.done = asks, .org = *org});
}

static enum err keep(struct core *c, const struct entry *e, const struct carried_entry *in, struct log_row *log)
{
	struct entry_row row = {.n = e->n, .received = c->now, .payload = in->payload, .signature = in->signature, .records = in->records};
	bool fresh;
	enum err err = log->no ? OK : logs_put(core_txn(c), log);
	row.log = log->no;
	for (size_t i = 0; err == OK && i < in->records; i++)
		err = in->record[i].gone ? records_put_absent(core_txn(c), &in->record[i].id, c->now, &row.record[i])
		                         : records_put(core_txn(c), in->record[i].bytes, c->now, &row.record[i], &fresh);
	if (err == OK)
		err = entries_put(core_txn(c), &row);
	for (size_t i = 0; err == OK && i < in->records; i++)
		err = occurrences_put(core_txn(c), &(struct occurrence){row.record[i], log->no, e->n, (uint16_t)i, VERDICT_GOOD, c->now});
	log->n = e->n;
	log->head_time = e->time;
	entry_hash(in->payload, &log->head);
	return err != OK ? err : logs_put(core_txn(c), log);
}

/* A log of ours that this state never knew. Begun before the last yes it is over; else nothing is written to it, and when it is
 * the newest, to none. */
static enum err unknown_log(struct core *c, const struct entry *e, const struct carried_entry *in, const struct id *id, struct log_row *log)
{
	bool opens = true;
	enum err err = judge_opening(e, in, c->arena, &opens);
	if (err != OK || !opens || e->n != 1 || !id_eq(&e->prev, id))
		return err != OK ? err : ERR_NOT_FOUND;
	memset(log, 0, sizeof *log);
	log->id = log->head = *id;
	log->author = e->author;
	log->target = e->target;
	log->kseq = e->kseq;
	log->incarnation = e->incarnation;
	log->type = e->type;
	bool over = e->kseq != c->self.kseq || stopped_before(c, &e->target, e->incarnation);
	log->state = over ? LOG_CLOSED : LOG_STOPPED;
	err = keep(c, e, in, log);
	if (!over)
		core_alarm(c, &e->target, STOPPED_ALARM, "a log of ours that was begun elsewhere");
	return err;
}

/* Two of ours at one place: we hold the proof against ourselves. */
static enum err forked(struct core *c, const struct entry *e, const struct carried_entry *in, const struct log_row *log)
{
	struct carried_entry held;
	enum err err = entries_carry(core_txn(c), log->no, e->n, c->arena, &held);
	if (err != OK || span_eq(held.payload, in->payload))
		return err;
	return contradictions_found(c, &(struct contradictions_two){&e->author, CONTRADICTION_ENTRIES,
	                                                            {{.payload = held.payload, .signature = held.signature},
	                                                             {.payload = in->payload, .signature = in->signature}}, e->kseq + 1});
}

static enum err place(struct core *c, const struct entry *e, const struct carried_entry *in, const struct id *id, bool *more)
{
	struct log_row log;
	enum err err = logs_get(core_txn(c), id, &log);
	if (err == ERR_NOT_FOUND) {
		err = unknown_log(c, e, in, id, &log);
		*more = err == OK && wanted(c, &log);
		return err == ERR_NOT_FOUND ? OK : err;
	}
	if (err != OK)
		return err;
	if (e->n <= log.n)
		return forked(c, e, in, &log);
	if (!wanted(c, &log)) {
		stopped_log(c, &e->target, id, "an entry of ours");
		return OK;
	}
	if (e->n != log.n + 1 || !id_eq(&e->prev, &log.head))
		return OK;
	err = keep(c, e, in, &log);
	*more = err == OK;
	return err;
}

enum err returned_entry(struct core *c, struct session *s, const struct carried_entry *in, struct ingest_result *out, struct id *back)
{
	struct entry entry;
	bool more = false;
	enum err e = entry_decode(in->payload, &entry);
	if (e != OK || !id_eq(&entry.author, &c->self.org))
		return e == ERR_MEMORY ? e : ingest(c, in, &s->org, out);
	*out = (struct ingest_result){.verdict = VERDICT_AUDIENCE, .located = true, .author = entry.author, .n = entry.n};
	entry_log(&entry, &out->log);
	if (entry.type != AUDIENCE_DIRECT || !id_eq(&entry.target, &s->org))
		return OK;
	e = ingest_signed(c, &entry, in, &out->verdict);
	if (e == OK && out->verdict == VERDICT_GOOD)
		e = place(c, &entry, in, &out->log, &more);
	if (more)
		*back = out->log;
	return e;
}

void returned_more(struct core *c, struct session *s, const struct id *id)
{
	struct log_row log;
	enum err e = logs_get(core_txn(c), id, &log);
	if (e == OK)
		e = exchange_returned(s, &log);
	if (e != OK) {
		core_break(c, e);
		return;
	}
	core_log(c, "returned", &s->org, "entries of ours, up to %llu", (unsigned long long)log.n);
	returned_ask(c, s, id, log.n + 1);
	exchange_pump(c, s);
}

enum err returned_lost(struct core *c, struct session *s, uint32_t no)
{
	struct log_row log;
	enum err e = logs_by_no(core_txn(c), no, &log);
	if (e == OK)
		ask_rest(c, s, &log);
	return e;
}
