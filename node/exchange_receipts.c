/* exchange_receipts.c - receipts: ours over what partners sent, theirs over what we sent. */
#include <string.h>

#include "node/consortium.h"
#include "node/contradictions.h"
#include "node/cut.h"
#include "node/ingest.h"
#include "node/returned.h"

void exchange_send_receipt(struct core *c, struct session *s, struct span payload, struct span signature)
{
	const struct field *f = message_fields(MESSAGE_RECEIPTS), *g = fields_find(f, "receipts")->group;
	struct value *m = value_map(c->arena), *list = value_array(c->arena), *one = value_map(c->arena);
	fields_set(c->arena, g, one, "payload", value_bin(c->arena, payload));
	fields_set(c->arena, g, one, "signature", value_bin(c->arena, signature));
	value_push(c->arena, list, one);
	fields_set(c->arena, f, m, "receipts", list);
	session_say(c, s, MESSAGE_RECEIPTS, m);
}

/* The newest one already says what a new one would: it is sent again as it is, and goes on saying since when. */
static bool says_it_all(const struct receipt *held, const struct receipt *r)
{
	if (held->kseq != r->kseq || held->n != r->n || !id_eq(&held->entry, &r->entry) || held->exceptions != r->exceptions)
		return false;
	for (size_t i = 0; i < r->exceptions; i++) {
		const struct exception *x = &held->exception[i], *y = &r->exception[i];
		if (x->n != y->n || x->has_index != y->has_index || x->index != y->index || x->code != y->code)
			return false;
	}
	return true;
}

static enum err sign_receipt(struct core *c, const struct log_row *log, const struct receipt *r, struct receipt_row *out)
{
	struct buf payload = {0};
	uint8_t signature[SIGN_LEN];
	enum err e = receipt_encode(r, &payload);
	if (e == OK)
		e = keyring_sign(c->keyring, SIGN_RECEIPT, buf_span(&payload), signature);
	if (e == OK) {
		struct receipt_row row = {log->no, c->self.org, log->n, c->now, buf_span(&payload), SPAN(signature, SIGN_LEN)};
		e = receipts_put(core_txn(c), &row);
	}
	buf_free(&payload);
	return e != OK ? e : receipts_newest(core_txn(c), log->no, &c->self.org, out);
}

/* The log as far as it counts: no receipt is given for what a newer key has cut off. */
static enum err as_it_counts(struct core *c, struct log_row *log)
{
	struct entry_row entry;
	uint64_t n;
	enum err e = cut_counted(core_txn(c), c->arena, log, &n);
	if (e != OK || n == log->n)
		return e;
	log->n = n;
	if (n && (e = entries_get(core_txn(c), log->no, n, &entry)) == OK)
		entry_hash(entry.payload, &log->head);
	return e;
}

enum err exchange_make_receipt(struct core *c, const struct log_row *log, struct receipt_row *out)
{
	struct receipt r = {.log = log->id, .receiver = c->self.org, .kseq = c->self.kseq, .n = log->n, .entry = log->head, .time = c->now}, held;
	struct exception *list = NULL;
	enum err e = exceptions_all(core_txn(c), log->no, c->arena, &list, &r.exceptions);
	r.exception = list;
	if (e == ERR_LIMIT) {
		core_alarm(c, &log->author, "more than 1,024 records of one log could not be taken; it pauses", "exceptions");
		return e;
	}
	if (e == OK)
		e = receipts_newest(core_txn(c), log->no, &c->self.org, out);
	if (e == OK)
		e = receipt_decode(out->payload, c->arena, &held);
	if (e == OK && held.n > r.n) /* given before it was cut off: the place where it ends now was held, and that stays true */
		return ERR_LIMIT;
	while (r.exceptions && list[r.exceptions - 1].n > r.n)
		r.exceptions--;
	if (e == ERR_NOT_FOUND || (e == OK && !says_it_all(&held, &r)))
		e = sign_receipt(c, log, &r, out);
	return e;
}

static enum err make_receipt(struct core *c, const struct log_row *log)
{
	struct receipt_row row;
	enum err e = exchange_make_receipt(c, log, &row);
	if (e == ERR_LIMIT)
		return OK;
	struct session *s = e == OK ? core_session(c, &log->author, PHASE_FULL) : NULL;
	if (s)
		exchange_send_receipt(c, s, row.payload, row.signature);
	return e;
}

void exchange_receipt(struct core *c, uint32_t no)
{
	struct log_row log;
	enum err e = logs_by_no(core_txn(c), no, &log);
	if (e == OK)
		e = as_it_counts(c, &log);
	if (e == OK && log.type == AUDIENCE_CONSORTIUM)
		consortium_stored(c, &log);
	else if (e == OK && log.n > 0)
		e = make_receipt(c, &log);
	core_break(c, e);
}

struct told { /* a receipt as it came, and what is made of it */
	struct span payload, signature;
	struct receipt r;
	struct log_row log; /* it is about; once it is judged to be there */
	enum verdict verdict;
};

/* Under their newest key alone: what they signed under another they sign again. */
static enum err signed_by(struct core *c, const struct id *org, struct told *x)
{
	struct signed_statement st;
	struct statement parsed;
	enum err e = statements_newest(core_txn(c), org, &st, &parsed);
	if (e == ERR_NOT_FOUND || (e == OK && x->r.kseq != parsed.kseq))
		x->verdict = VERDICT_UNKNOWN_KEY;
	if (e == OK && x->verdict != VERDICT_UNKNOWN_KEY)
		e = sign_check(SIGN_RECEIPT, x->payload, parsed.keys.sign, x->signature.p);
	if (e == ERR_SIGNATURE)
		x->verdict = VERDICT_SIGNATURE;
	return e == ERR_SIGNATURE || e == ERR_NOT_FOUND ? OK : e;
}

static enum err same_entry(struct core *c, struct told *x)
{
	struct entry_row entry;
	struct id hash;
	enum err e = entries_get(core_txn(c), x->log.no, x->r.n, &entry);
	if (e == OK)
		entry_hash(entry.payload, &hash);
	if (e == ERR_NOT_FOUND || (e == OK && !id_eq(&hash, &x->r.entry)))
		x->verdict = VERDICT_MISMATCH;
	return e == ERR_NOT_FOUND ? OK : e;
}

/* Is this a receipt of theirs over a log of ours, over the bytes that we wrote? What fails on our side is an error, and no verdict. */
static enum err judge_receipt(struct core *c, const struct id *org, struct told *x)
{
	x->verdict = VERDICT_ENTRY_SHAPE;
	enum err e = receipt_decode(x->payload, c->arena, &x->r);
	if (e != OK || x->signature.n != SIGN_LEN || x->r.n == 0)
		return core_own_fault(e) ? e : OK;
	e = logs_get(core_txn(c), &x->r.log, &x->log);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	bool there = e == OK;
	x->verdict = VERDICT_AUDIENCE;
	if (!id_eq(&x->r.receiver, org) || (there && (!exchange_ours(c, &x->log) || !(x->log.type == AUDIENCE_PARTNERS || id_eq(&x->log.target, org)))))
		return OK;
	x->verdict = VERDICT_GOOD;
	e = signed_by(c, org, x);
	if (e != OK || x->verdict != VERDICT_GOOD)
		return e;
	if (!there || x->r.n > x->log.n) {
		x->verdict = VERDICT_GAP;
		return OK;
	}
	return same_entry(c, x);
}

static bool listed(const struct receipt *r, const struct exception *x)
{
	for (size_t i = 0; i < r->exceptions; i++)
		if (r->exception[i].n == x->n && r->exception[i].has_index == x->has_index && r->exception[i].index == x->index)
			return true;
	return false;
}

/* Of two over one place the one that lists less stays: exceptions are cleared as bytes arrive, and what is held is not taken back. */
static bool takes_back(const struct receipt *r, const struct receipt *before)
{
	for (size_t i = 0; i < r->exceptions; i++)
		if (!listed(before, &r->exception[i]))
			return true;
	return false;
}

static enum err keep_receipt(struct core *c, const struct receipt_row *row, const struct receipt *r)
{
	struct receipt_row held;
	struct receipt before = {0};
	enum err e = receipts_newest(core_txn(c), row->log, &row->receiver, &held);
	if (e == ERR_NOT_FOUND)
		return receipts_put(core_txn(c), row);
	if (e == OK)
		e = receipt_decode(held.payload, c->arena, &before);
	if (e != OK || r->n < before.n || span_eq(held.payload, row->payload))
		return e;
	if (r->n == before.n && takes_back(r, &before)) {
		if (r->time >= before.time) /* an older one that comes late is no news */
			core_alarm(c, &row->receiver, "a partner takes back a receipt; the one held before is kept", "receipt");
		return OK;
	}
	if (r->n == before.n && r->exceptions == before.exceptions && r->kseq == before.kseq)
		return OK; /* nothing new but its time */
	return receipts_put(core_txn(c), row);
}

enum err exchange_take_receipt(struct core *c, const struct id *org, struct span payload, struct span signature, enum verdict *v)
{
	struct told x = {.payload = payload, .signature = signature};
	enum err e = judge_receipt(c, org, &x);
	*v = x.verdict;
	if (e == OK && (x.verdict == VERDICT_GAP || x.verdict == VERDICT_MISMATCH))
		(void)stopped_log(c, org, &x.r.log, "receipt"); /* may be true: then it is we who lost something, or said something else there */
	if (e == OK && x.verdict == VERDICT_MISMATCH)
		e = contradictions_receipt(c, &x.log, &x.r, &(struct contradiction_side){.payload = payload, .signature = signature});
	struct session *s = core_session(c, org, PHASE_FULL);
	if (e == OK && x.verdict == VERDICT_MISMATCH && s) /* by us? Then both entries are here, and the proof with them */
		returned_ask(c, s, &x.r.log, x.r.n);
	if (e != OK || x.verdict != VERDICT_GOOD)
		return e;
	struct receipt_row row = {.log = x.log.no, .n = x.r.n, .received = c->now, .receiver = *org, .payload = x.payload, .signature = x.signature};
	e = keep_receipt(c, &row, &x.r);
	struct sync_log *l = s ? exchange_sync(s, &x.r.log) : NULL;
	if (l)
		sync_acked(l, x.r.n);
	return e;
}

/* One without its keys comes again after them; one that shows that we lost something is no reason to hang up. */
static void take_receipt(struct core *c, struct session *s, struct span payload, struct span signature)
{
	enum verdict v;
	if (consortium_on_receipt(c, s, payload, signature))
		return;
	enum err e = exchange_take_receipt(c, &s->org, payload, signature, &v);
	if (e != OK)
		core_break(c, e);
	else if (verdict_class(v) == 'F' && v != VERDICT_MISMATCH)
		exchange_refuse(c, s, &(struct ingest_result){.verdict = v});
}

void exchange_on_receipts(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_RECEIPTS), *g = fields_find(f, "receipts")->group;
	const struct value *list = fields_get(f, body, "receipts");
	for (size_t i = 0; i < value_count(list) && !s->closing && c->turn.broken == OK; i++) {
		struct span payload = {0}, signature = {0};
		(void)value_is_bin(fields_get(g, value_item(list, i), "payload"), &payload);
		(void)value_is_bin(fields_get(g, value_item(list, i), "signature"), &signature);
		take_receipt(c, s, payload, signature);
	}
	if (!s->closing)
		exchange_pump(c, s);
}
