#include "node/ingest.h"

#include <string.h>

#include "node/judge.h"
#include "proto/merkle.h"
#include "proto/pack.h"

/* ---- the entry as a whole ---- */

static enum err signer(struct core *c, const struct entry *e, const struct carried_entry *in, enum verdict *v)
{
	struct signed_statement s;
	struct statement st;
	enum err err = statements_get(core_txn(c), &e->author, e->kseq, &s);
	if (err == ERR_NOT_FOUND) {
		*v = VERDICT_UNKNOWN_KEY;
		return OK;
	}
	if (err == OK)
		err = statement_decode(s.payload, &st);
	if (err == OK && sign_check(SIGN_ENTRY, in->payload, st.keys.sign, in->signature.p) != OK)
		*v = VERDICT_SIGNATURE;
	return err;
}

static enum err audience(struct core *c, const struct entry *e, const struct id *peer, enum verdict *v)
{
	struct partner p;
	static const struct id nobody;
	bool ours = false;
	switch (e->type) {
	case AUDIENCE_DIRECT:
		ours = id_eq(&e->target, &c->self.org);
		break;
	case AUDIENCE_PARTNERS: /* nobody relays it */
		ours = id_eq(&e->target, &nobody) && peer && id_eq(peer, &e->author);
		break;
	case AUDIENCE_CONSORTIUM:
		break;
	}
	if (!ours || id_eq(&e->author, &c->self.org)) {
		*v = VERDICT_AUDIENCE;
		return OK;
	}
	enum err err = partners_get(core_txn(c), c->arena, &e->author, &p);
	if (err == ERR_NOT_FOUND || (err == OK && (p.state == PARTNER_PENDING || p.state == PARTNER_REMOVED))) {
		*v = VERDICT_NOT_PARTNER;
		return OK;
	}
	if (err == OK && p.state == PARTNER_SUSPENDED)
		*v = VERDICT_SUSPENDED;
	return err;
}

static bool records_match(const struct entry *e, const struct carried_entry *in)
{
	struct id ids[LIMIT_ENTRY_RECORDS], root;
	if (in->records != e->count || e->count > LIMIT_ENTRY_RECORDS)
		return false;
	for (size_t i = 0; i < in->records; i++) {
		ids[i] = in->record[i].id;
		for (size_t j = 0; j < i; j++)
			if (id_eq(&ids[i], &ids[j]))
				return false;
	}
	merkle_root(ids, in->records, &root);
	return id_eq(&root, &e->root);
}

static void new_log(const struct entry *e, const struct id *log, struct log_row *row)
{
	memset(row, 0, sizeof *row);
	row->id = row->head = *log;
	row->author = e->author;
	row->target = e->target;
	row->kseq = e->kseq;
	row->incarnation = e->incarnation;
	row->type = e->type;
}

/* Both branches are kept and both count against their author; nothing is chosen by code. */
static enum err keep_fork(struct core *c, struct log_row *row, const struct entry *e, const struct carried_entry *in)
{
	struct carried_entry held;
	struct value *pair = value_array(c->arena);
	struct buf bytes = {0};
	size_t size;
	enum err err = entries_carry(core_txn(c), row->no, e->n, c->arena, &held, &size);
	if (err != OK)
		return err;
	value_push(c->arena, pair, carried_value(c->arena, &held));
	value_push(c->arena, pair, carried_value(c->arena, in));
	err = pack_encode(pair, &bytes);
	if (err == OK)
		err = store_put(core_txn(c), TABLE_EVIDENCE, ID_SPAN(&row->id), buf_span(&bytes));
	buf_free(&bytes);
	if (err != OK)
		return err;
	if (!row->frozen || e->n < row->frozen)
		row->frozen = e->n;
	core_alarm(c, "a partner signed two different entries at one place of its log; both are kept as evidence", "fork");
	return logs_put(core_txn(c), row);
}

static enum err place(struct core *c, const struct entry *e, const struct carried_entry *in, struct log_row *row, enum verdict *v)
{
	struct entry_row held;
	enum err err;
	if (e->n <= row->n) {
		err = entries_get(core_txn(c), row->no, e->n, &held);
		if (err != OK)
			return err;
		*v = span_eq(held.payload, in->payload) ? VERDICT_KNOWN : VERDICT_FORK;
		return *v == VERDICT_FORK ? keep_fork(c, row, e, in) : OK;
	}
	if (row->frozen)
		*v = VERDICT_FROZEN;
	else if (e->n > row->n + 1)
		*v = VERDICT_GAP;
	else if (!id_eq(&e->prev, &row->head))
		*v = VERDICT_CHAIN;
	else if (e->n == 1 && !judge_opening(e, in, c->arena))
		*v = VERDICT_OPENING;
	return OK;
}

/* ---- keeping it ---- */

static enum err keep_record(struct core *c, const struct entry *e, const struct carried_record *r, const struct log_row *row, uint16_t index,
                            uint64_t *no)
{
	bool fresh;
	struct span inner;
	struct txn *t = core_txn(c);
	enum verdict v = judge_record(c, e, r, &inner);
	enum err err = r->gone ? records_put_absent(t, &r->id, c->now, no) : records_put(t, r->bytes, c->now, no, &fresh);
	if (err != OK)
		return err;
	struct occurrence o = {*no, row->no, e->n, index, (uint8_t)v, c->now};
	err = occurrences_put(t, &o);
	if (err == OK && verdict_class(v) == 'E')
		err = exceptions_put(t, row->no, &(struct exception){e->n, true, index, (uint8_t)v});
	if (err == OK && inner.n) {
		/* What was forwarded is a record of its own here, seen through the forwarder. */
		struct occurrence in = {0, 0, *no, 0, (uint8_t)v, c->now};
		err = records_put(t, inner, c->now, &in.record, &fresh);
		if (err == OK)
			err = occurrences_put(t, &in);
	}
	return err;
}

static enum err keep(struct core *c, const struct entry *e, const struct carried_entry *in, struct log_row *row)
{
	struct entry_row er = {.n = e->n, .received = c->now, .payload = in->payload, .signature = in->signature, .records = in->records};
	enum err err = OK;
	if (row->no == 0)
		err = logs_put(core_txn(c), row);
	er.log = row->no;
	for (size_t i = 0; i < in->records && err == OK; i++)
		err = keep_record(c, e, &in->record[i], row, (uint16_t)i, &er.record[i]);
	if (err == OK)
		err = entries_put(core_txn(c), &er);
	row->n = e->n;
	row->head_time = e->time;
	entry_hash(in->payload, &row->head);
	return err != OK ? err : logs_put(core_txn(c), row);
}

/* Waits for what is missing; the signature verified, so its author's quota pays, else the one who brought it. */
static enum err park(struct core *c, const struct entry *e, const struct carried_entry *in, const struct id *log, const struct id *peer,
                     enum verdict *v)
{
	const struct id *payer = *v == VERDICT_UNKNOWN_KEY && peer ? peer : &e->author;
	enum err err = parked_put(core_txn(c), payer, log, e->n, in);
	if (err == ERR_LIMIT) {
		*v = VERDICT_QUOTA;
		core_alarm(c, "too much of a partner waits to be judged; its log pauses", verdict_text(*v));
		return OK;
	}
	return err;
}

static enum err judge(struct core *c, const struct carried_entry *in, const struct id *peer, struct ingest_result *out)
{
	struct entry e;
	struct log_row row;
	enum verdict *v = &out->verdict;
	if (entry_decode(in->payload, &e) != OK) {
		*v = VERDICT_ENTRY_SHAPE;
		return OK;
	}
	*v = VERDICT_GOOD;
	out->located = true;
	out->author = e.author;
	out->n = e.n;
	entry_log(&e, &out->log);
	enum err err = audience(c, &e, peer, v);
	if (err != OK || verdict_class(*v) == 'F')
		return err;
	bool suspended = *v == VERDICT_SUSPENDED;
	err = signer(c, &e, in, v);
	if (err != OK || verdict_class(*v) == 'F')
		return err;
	if (!records_match(&e, in)) {
		*v = VERDICT_MISMATCH;
		return OK;
	}
	if (suspended || *v == VERDICT_UNKNOWN_KEY)
		return park(c, &e, in, &out->log, peer, v);
	err = logs_get(core_txn(c), &out->log, &row);
	if (err == ERR_NOT_FOUND)
		new_log(&e, &out->log, &row);
	else if (err != OK)
		return err;
	err = place(c, &e, in, &row, v);
	if (err == OK && *v == VERDICT_GAP)
		err = park(c, &e, in, &out->log, peer, v);
	if (err == OK && verdict_class(*v) == 'G' && *v != VERDICT_KNOWN) {
		if (e.time > c->now + LIMIT_AHEAD_MS)
			*v = VERDICT_AHEAD;
		err = keep(c, &e, in, &row);
	}
	out->log_no = row.no;
	out->held = row.n;
	return err;
}

enum err ingest(struct core *c, const struct carried_entry *in, const struct id *peer, struct ingest_result *out)
{
	memset(out, 0, sizeof *out);
	enum err err = judge(c, in, peer, out);
	while (err == OK && verdict_class(out->verdict) == 'G' && out->verdict != VERDICT_KNOWN) {
		struct carried_entry next;
		struct ingest_result more = {0};
		err = parked_get(core_txn(c), &out->author, &out->log, out->held + 1, c->arena, &next);
		if (err != OK)
			break;
		err = parked_drop(core_txn(c), &out->author, &out->log, out->held + 1);
		if (err == OK)
			err = judge(c, &next, peer, &more);
		if (err != OK || verdict_class(more.verdict) != 'G')
			break;
		out->held = more.held;
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

enum err ingest_parked(struct core *c, const struct id *author)
{
	struct id log, last = {{0}};
	uint64_t n, last_n = 0;
	for (;;) {
		struct carried_entry in;
		struct ingest_result out;
		enum err err = parked_first(core_txn(c), author, &log, &n);
		if (err == ERR_NOT_FOUND)
			return OK;
		/* The same one first again: it was parked again, and all behind it waits for it. */
		if (err != OK || (id_eq(&log, &last) && n == last_n))
			return err;
		last = log;
		last_n = n;
		err = parked_get(core_txn(c), author, &log, n, c->arena, &in);
		if (err == OK)
			err = parked_drop(core_txn(c), author, &log, n);
		if (err == OK)
			err = ingest(c, &in, author, &out);
		if (err == OK && out.log_no)
			err = core_touch(c, out.log_no);
		if (err != OK)
			return err;
	}
}
