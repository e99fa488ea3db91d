#include "node/keep.h"

#include <string.h>

#include "node/cut.h"
#include "node/judge.h"

struct judged {
	struct carried_record in;
	enum verdict verdict;
	struct span inner;
	uint16_t index; /* in its entry */
	int64_t received;
};

/* A record whose bytes did not travel is not missing when we have them from elsewhere. */
static enum err judge_one(struct core *c, const struct entry *e, const struct carried_entry *in, uint16_t index, struct judged *out)
{
	struct record_row held;
	const struct carried_record *r = &in->record[index];
	out->in = *r;
	out->index = index;
	out->received = c->now;
	enum err err = r->gone ? records_by_id(core_txn(c), &r->id, &held) : ERR_NOT_FOUND;
	if (err == OK && held.payload.n) {
		uint8_t *copy = arena_alloc(c->arena, held.payload.n);
		if (!copy)
			return ERR_MEMORY;
		memcpy(copy, held.payload.p, held.payload.n);
		out->in.gone = false;
		out->in.bytes = SPAN(copy, held.payload.n);
	}
	out->verdict = judge_record(c, e, &out->in, &out->inner);
	return err == ERR_NOT_FOUND ? OK : err;
}

/* What was forwarded counts as long as one of the forward's own places does. */
static enum err keep_inner(struct core *c, uint64_t forward, const struct judged *j)
{
	struct occurrence in = {0, 0, forward, 0, (uint8_t)j->verdict, j->received}, o;
	struct walk w;
	bool fresh, good = false;
	enum err e = records_put(core_txn(c), j->inner, c->now, &in.record, &fresh);
	if (e == OK && j->verdict == VERDICT_VOID) {
		e = occurrences_walk(core_txn(c), forward, &w);
		while (e == OK && occurrences_next(&w, &o))
			good |= verdict_class((enum verdict)o.verdict) == 'G';
		if (e == OK)
			e = walk_close(&w, e);
	}
	return e == OK && !good ? occurrences_put(core_txn(c), &in) : e;
}

/* *no: its local number. A receipt does not list what is void: it may have been given before anybody knew. */
static enum err keep_record(struct core *c, const struct log_row *row, uint64_t n, const struct judged *j, uint64_t *no)
{
	bool fresh;
	struct txn *t = core_txn(c);
	uint8_t v = (uint8_t)j->verdict;
	enum err err = j->in.gone ? records_put_absent(t, &j->in.id, c->now, no) : records_put(t, j->in.bytes, c->now, no, &fresh);
	if (err != OK)
		return err;
	struct occurrence o = {*no, row->no, n, j->index, v, j->received};
	err = occurrences_put(t, &o);
	if (err == OK && verdict_class(j->verdict) == 'E' && j->verdict != VERDICT_VOID)
		err = exceptions_put(t, row->no, &(struct exception){n, true, j->index, v});
	return err == OK && j->inner.n ? keep_inner(c, *no, j) : err; /* a record of its own here, seen through the forwarder */
}

/* Every exception must stand in every receipt from here on: when they would not all fit, the log stops before this entry. */
static enum err room_for(struct core *c, const struct judged *j, size_t records, const struct log_row *row, enum verdict *v)
{
	size_t more = 0, have = 0;
	struct exception *list;
	for (size_t i = 0; i < records; i++)
		more += verdict_class(j[i].verdict) == 'E' && j[i].verdict != VERDICT_VOID;
	if (more == 0 || row->no == 0)
		return OK;
	enum err err = exceptions_all(core_txn(c), row->no, c->arena, &list, &have);
	if (err == ERR_LIMIT || (err == OK && have + more > LIMIT_EXCEPTIONS)) {
		core_alarm(c, &row->author, "more than 1,024 records of one log could not be taken; it pauses", "exceptions");
		*v = VERDICT_QUOTA;
		return OK;
	}
	return err;
}

/* All of one entry; beyond the place where a newer key ended its log nothing counts. */
static enum err judge_all(struct core *c, const struct entry *e, const struct carried_entry *in, const struct log_row *row, struct judged *j)
{
	bool over;
	enum err err = cut_over(c, row, e->n, in->payload, &over);
	for (size_t i = 0; i < in->records && err == OK; i++) {
		err = judge_one(c, e, in, (uint16_t)i, &j[i]);
		if (over)
			j[i].verdict = VERDICT_VOID;
	}
	return err;
}

/* *v becomes QUOTA when nothing more of this kind is taken, and then nothing is kept. */
enum err keep_entry(struct core *c, const struct entry *e, const struct carried_entry *in, struct log_row *row, enum verdict *v)
{
	struct entry_row er = {.n = e->n, .received = c->now, .payload = in->payload, .signature = in->signature, .records = in->records};
	struct judged *j = arena_alloc(c->arena, in->records * sizeof *j);
	enum err err = j ? OK : ERR_MEMORY;
	if (err == OK)
		err = judge_all(c, e, in, row, j);
	if (err == OK)
		err = room_for(c, j, in->records, row, v);
	if (err != OK || *v == VERDICT_QUOTA)
		return err;
	if (row->no == 0)
		err = logs_put(core_txn(c), row);
	er.log = row->no;
	for (size_t i = 0; i < in->records && err == OK; i++)
		err = keep_record(c, row, e->n, &j[i], &er.record[i]);
	if (err == OK)
		err = entries_put(core_txn(c), &er);
	row->n = e->n;
	row->head_time = e->time;
	entry_hash(in->payload, &row->head);
	if (err == OK)
		err = logs_put(core_txn(c), row);
	/* It may have waited and come again before its turn. */
	return err != OK ? err : parked_drop(core_txn(c), &row->author, &row->id, e->n);
}

static bool copy(struct arena *a, struct span *s)
{
	uint8_t *p = arena_alloc(a, s->n + 1);
	if (p && s->n)
		memcpy(p, s->p, s->n);
	*s = SPAN(p, s->n);
	return p;
}

/* What is read is borrowed until something is written. */
static enum err own_bytes(struct arena *a, struct carried_entry *e)
{
	bool good = copy(a, &e->payload) && copy(a, &e->signature);
	for (size_t i = 0; i < e->records && good; i++)
		good = copy(a, &e->record[i].bytes);
	return good ? OK : ERR_MEMORY;
}

enum err keep_again(struct core *c, const struct log_row *row, uint64_t n)
{
	struct entry e;
	struct entry_row held;
	struct carried_entry in;
	struct judged *j;
	uint64_t no;
	enum err err = entries_carry(core_txn(c), row->no, n, c->arena, &in);
	if (err == OK)
		err = entries_get(core_txn(c), row->no, n, &held);
	if (err == OK)
		err = own_bytes(c->arena, &in);
	if (err == OK)
		err = entry_decode(in.payload, &e);
	if (err != OK)
		return err;
	if (!(j = arena_alloc(c->arena, in.records * sizeof *j)))
		return ERR_MEMORY;
	err = judge_all(c, &e, &in, row, j);
	for (size_t i = 0; i < in.records && err == OK; i++) {
		j[i].received = held.received;
		err = keep_record(c, row, n, &j[i], &no);
	}
	return err;
}

/* An entry that we hold comes again, with bytes that were kept back the first time. */
enum err keep_heal(struct core *c, const struct entry *e, const struct carried_entry *in, const struct log_row *row)
{
	struct exception *list;
	size_t count = 0;
	bool over;
	enum err err = exceptions_all(core_txn(c), row->no, c->arena, &list, &count);
	if (err == ERR_LIMIT)
		return OK;
	if (err == OK)
		err = cut_over(c, row, e->n, in->payload, &over);
	for (size_t i = 0; i < count && err == OK; i++) {
		struct judged j;
		uint64_t no;
		if (list[i].n != e->n || !list[i].has_index || list[i].code != VERDICT_BODY_MISSING || list[i].index >= in->records ||
		    in->record[list[i].index].gone)
			continue;
		err = exceptions_clear(core_txn(c), row->no, e->n, list[i].index);
		if (err == OK)
			err = judge_one(c, e, in, list[i].index, &j);
		if (err == OK && over)
			j.verdict = VERDICT_VOID;
		if (err == OK)
			err = keep_record(c, row, e->n, &j, &no);
	}
	return err;
}
