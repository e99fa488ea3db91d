#include "node/ingest.h"

#include <string.h>

#include "node/consortium.h"
#include "node/contradictions.h"
#include "node/cut.h"
#include "node/judge.h"
#include "node/keep.h"
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
	if (err != OK)
		return err;
	err = sign_check(SIGN_ENTRY, in->payload, st.keys.sign, in->signature.p);
	if (err == ERR_SIGNATURE)
		*v = VERDICT_SIGNATURE;
	return err == ERR_SIGNATURE ? OK : err;
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
	case AUDIENCE_CONSORTIUM: /* whoever brings it: it is judged by the roster that it names */
		return consortium_judge(c, e, v);
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

enum err ingest_signed(struct core *c, const struct entry *e, const struct carried_entry *in, enum verdict *v)
{
	*v = VERDICT_GOOD;
	enum err err = signer(c, e, in, v);
	if (err == OK && *v == VERDICT_GOOD && !records_match(e, in))
		*v = VERDICT_MISMATCH;
	return err;
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
	enum err err = entries_carry(core_txn(c), row->no, e->n, c->arena, &held);
	if (err != OK)
		return err;
	core_alarm(c, &row->author, "a partner signed two different entries at one place of its log; both are kept as evidence", "fork");
	if (row->frozen && row->frozen <= e->n)
		return OK; /* one proof a log is enough, the earliest */
	value_push(c->arena, pair, carried_value(c->arena, &held));
	value_push(c->arena, pair, carried_value(c->arena, in));
	err = pack_encode(pair, &bytes);
	const struct contradictions_two two = {&row->author, CONTRADICTION_ENTRIES, {{.payload = held.payload, .signature = held.signature},
	                                       {.payload = in->payload, .signature = in->signature}}, e->kseq + 1};
	if (err == OK) /* first: it writes, and then what is held is borrowed no more */
		err = contradictions_found(c, &two);
	if (err == OK)
		err = store_put(core_txn(c), TABLE_EVIDENCE, ID_SPAN(&row->id), buf_span(&bytes));
	buf_free(&bytes);
	if (err != OK)
		return err;
	row->frozen = e->n;
	err = logs_put(core_txn(c), row);
	return err == OK ? cut_judge(c, row) : err; /* it may show where a branch begins that a newer key has not closed */
}

static enum err place(struct core *c, const struct entry *e, const struct carried_entry *in, struct log_row *row, enum verdict *v)
{
	struct entry_row held;
	bool opens = true, over;
	enum err err = OK;
	if (e->n <= row->n) {
		err = entries_get(core_txn(c), row->no, e->n, &held);
		if (err != OK)
			return err;
		*v = span_eq(held.payload, in->payload) ? VERDICT_KNOWN : VERDICT_FORK;
		if (*v == VERDICT_FORK && (err = cut_over(c, row, e->n, in->payload, &over)) == OK && over)
			*v = VERDICT_VOID; /* no evidence against anybody */
		return err == OK && *v == VERDICT_FORK ? keep_fork(c, row, e, in) : err;
	}
	if (row->frozen && e->n >= row->frozen)
		*v = VERDICT_FROZEN;
	else if (e->n > row->n + 1)
		*v = VERDICT_GAP;
	else if (!id_eq(&e->prev, &row->head))
		*v = VERDICT_CHAIN;
	else if (e->n == 1)
		err = judge_opening(e, in, c->arena, &opens);
	if (!opens)
		*v = VERDICT_OPENING;
	return err;
}

static enum err count_logs(struct core *c, const struct entry *e, enum verdict *v)
{
	struct walk w;
	uint32_t no;
	size_t count = 0;
	enum err err = logs_walk_audience(core_txn(c), &e->author, e->type, &e->target, &w);
	while (err == OK && logs_next_no(&w, &no))
		count++;
	err = walk_close(&w, err);
	if (err == OK && count >= LIMIT_LOGS) {
		core_alarm(c, &e->author, "a partner began more than 1,024 logs to us; no more are taken", "logs");
		*v = VERDICT_QUOTA;
	}
	return err;
}

static bool whole(const struct carried_entry *in)
{
	for (size_t i = 0; i < in->records; i++)
		if (in->record[i].gone)
			return false;
	return true;
}

/* Waits for what is missing; the signature verified, so its author's quota pays, else the one who brought it. In part it does not wait: it would be
 * taken when its turn comes, and its author not asked for the rest. */
static enum err park(struct core *c, const struct carried_entry *in, const struct id *peer, struct ingest_result *out)
{
	const struct id *payer = out->verdict == VERDICT_UNKNOWN_KEY && peer ? peer : &out->author;
	if (!whole(in))
		return OK;
	enum err err = parked_put(core_txn(c), payer, &out->log, out->n, in);
	if (err == ERR_LIMIT) {
		out->verdict = VERDICT_QUOTA;
		core_alarm(c, payer, "too much of a partner waits to be judged; its log pauses", verdict_text(out->verdict));
		return OK;
	}
	return err;
}

static enum err judge(struct core *c, const struct carried_entry *in, const struct id *peer, struct ingest_result *out)
{
	struct entry e;
	struct log_row row;
	enum verdict *v = &out->verdict;
	bool waits;
	enum err err = entry_decode(in->payload, &e);
	if (err != OK) {
		*v = VERDICT_ENTRY_SHAPE;
		return err == ERR_MEMORY ? err : OK;
	}
	*v = VERDICT_GOOD;
	out->located = true;
	out->author = e.author;
	out->n = e.n;
	entry_log(&e, &out->log);
	err = audience(c, &e, peer, v);
	if (err != OK || verdict_class(*v) == 'F' || *v == VERDICT_KNOWN)
		return err;
	enum verdict before = *v;
	err = signer(c, &e, in, v);
	if (err != OK || verdict_class(*v) == 'F')
		return err;
	if (!records_match(&e, in)) {
		*v = VERDICT_MISMATCH;
		return OK;
	}
	if (verdict_class(before) == 'T' || *v == VERDICT_UNKNOWN_KEY)
		return park(c, in, peer, out);
	err = logs_get(core_txn(c), &out->log, &row);
	if (err == ERR_NOT_FOUND) {
		new_log(&e, &out->log, &row);
		err = contradictions_frozen(c, &e.author, &out->log, &row.frozen);
	}
	if (err != OK)
		return err;
	err = place(c, &e, in, &row, v);
	if (err == OK && (*v == VERDICT_GOOD || *v == VERDICT_GAP) && (err = cut_waits(c, &e, &waits)) == OK && waits)
		*v = VERDICT_NO_LOG_OPEN;
	if (err == OK && (*v == VERDICT_GAP || *v == VERDICT_NO_LOG_OPEN))
		err = park(c, in, peer, out);
	if (err == OK && *v == VERDICT_KNOWN)
		err = keep_heal(c, &e, in, &row);
	if (err == OK && *v == VERDICT_GOOD && row.no == 0)
		err = count_logs(c, &e, v);
	if (err == OK && *v == VERDICT_GOOD) {
		if (e.time > c->now + LIMIT_AHEAD_MS)
			*v = VERDICT_AHEAD;
		err = keep_entry(c, &e, in, &row, v);
		out->opened = err == OK && e.n == 1 && e.kseq > 0 && verdict_class(*v) == 'G';
		if (out->opened)
			err = cut_apply(c, &row);
	}
	out->log_no = row.no;
	out->held = row.n;
	return err;
}

static size_t weight(const struct carried_entry *in)
{
	size_t bytes = LIMIT_DRAIN_ENTRY;
	for (size_t i = 0; i < in->records; i++)
		bytes += in->record[i].bytes.n + 512;
	return bytes;
}

static enum err take(struct core *c, const struct carried_entry *in, const struct id *peer, struct ingest_result *out)
{
	memset(out, 0, sizeof *out);
	enum err err = judge(c, in, peer, out);
	while (err == OK && verdict_class(out->verdict) == 'G' && out->verdict != VERDICT_KNOWN) {
		struct carried_entry next;
		struct ingest_result more = {0};
		err = parked_get(core_txn(c), &out->author, &out->log, out->held + 1, c->arena, &next);
		if (err != OK)
			break;
		out->more = c->turn.drained >= LIMIT_DRAIN_BYTES;
		if (out->more)
			return OK;
		c->turn.drained += weight(&next);
		err = judge(c, &next, peer, &more);
		if (err == OK && verdict_class(more.verdict) == 'F')
			err = parked_drop(core_txn(c), &out->author, &out->log, out->held + 1);
		if (err != OK || verdict_class(more.verdict) != 'G')
			break;
		out->held = more.held;
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

/* What stands under an older key may have waited for this log.open. */
enum err ingest(struct core *c, const struct carried_entry *in, const struct id *peer, struct ingest_result *out)
{
	enum err err = take(c, in, peer, out);
	return err == OK && out->opened ? ingest_parked(c, &out->author) : err;
}

/* Each place is judged once, in order; what must go on waiting is no obstacle to what stands behind it. *opened: a log.open was among them. */
static enum err parked_once(struct core *c, const struct id *author, bool *opened)
{
	struct id log = {{0}};
	uint64_t n = 0;
	for (; c->turn.drained < LIMIT_DRAIN_BYTES; n++) {
		struct carried_entry in;
		struct ingest_result out;
		enum err err = parked_from(core_txn(c), author, &log, &n);
		if (err != OK)
			return err == ERR_NOT_FOUND ? OK : err;
		err = parked_get(core_txn(c), author, &log, n, c->arena, &in);
		if (err == OK) {
			c->turn.drained += weight(&in);
			err = parked_drop(core_txn(c), author, &log, n);
		}
		if (err == OK)
			err = take(c, &in, author, &out);
		if (err == OK && out.log_no && verdict_class(out.verdict) == 'G')
			err = core_touch(c, out.log_no);
		if (err != OK)
			return err;
		*opened |= out.opened;
	}
	return OK;
}

enum err ingest_parked(struct core *c, const struct id *author)
{
	bool opened;
	enum err err;
	do {
		opened = false;
		err = parked_once(c, author, &opened);
	} while (err == OK && opened);
	return err;
}

enum err ingest_forget(struct core *c, const struct id *author)
{
	enum err e = OK;
	while (e == OK) {
		struct id log = {{0}};
		uint64_t n = 0;
		if ((e = parked_from(core_txn(c), author, &log, &n)) == OK)
			e = parked_drop(core_txn(c), author, &log, n);
	}
	return e == ERR_NOT_FOUND ? OK : e;
}
