/* consortium_receipt.c - receipts over the logs of consortia. Who is linked with the author gives one at once, as a partner does. The others give at
 * most one a log in ten minutes, handed towards the author by those it went through: so a hundred members cost it no flood. Of others' only the
 * newest is kept. What an author said is delivered when three members hold it, or all, if they are fewer. */
#include <stdlib.h>
#include <string.h>

#include "node/consortium_state.h"

#define PAUSE_MS (10ll * 60 * 1000)
#define DELIVERED 3u
#define HANDED 64u /* receipts of others, of one log, to an author who comes back */

/* ---- ours ---- */

/* Whom to give a receipt for this author to: itself, or who has the entries; NULL: nobody is linked. */
static struct session *towards(struct core *c, const struct log_row *log, const struct session *but)
{
	struct session *s = core_session(c, &log->author, PHASE_FULL);
	if (s)
		return s;
	for (s = c->sessions; s; s = s->next)
		if (s != but && !s->closing && s->phase == PHASE_FULL && consortium_sees(s, &log->target, &log->id) >= log->n)
			return s;
	return NULL;
}

static void later(struct core *c, const struct log_row *log, int64_t at)
{
	struct consortia *k = c->consortia;
	for (size_t i = 0; i < k->lates; i++)
		if (k->late[i].log == log->no)
			return;
	struct late *more = realloc(k->late, (k->lates + 1) * sizeof *more);
	if (!more) {
		core_break(c, ERR_MEMORY);
		return;
	}
	k->late = more;
	k->late[k->lates++] = (struct late){log->no, c->steady + (at - c->now)};
}

void consortium_receipt(struct core *c, const struct log_row *log)
{
	struct receipt_row newest, row;
	uint64_t bound, opened;
	enum err e = consortium_bound(c, &log->target, log, &bound, &opened);
	if (e != OK || log->n > bound || exchange_ours(c, log)) {
		core_break(c, e);
		return;
	}
	e = receipts_newest(core_txn(c), log->no, &c->self.org, &newest);
	if (e == OK && newest.n >= log->n)
		return;
	struct session *s = core_session(c, &log->author, PHASE_FULL);
	if (e == OK && !s && newest.received + PAUSE_MS > c->now && newest.received <= c->now) {
		later(c, log, newest.received + PAUSE_MS);
		return;
	}
	if (e == OK || e == ERR_NOT_FOUND)
		e = exchange_make_receipt(c, log, &row);
	if (e != OK) {
		core_break(c, e == ERR_LIMIT ? OK : e);
		return;
	}
	if (!s)
		s = towards(c, log, NULL);
	if (s)
		exchange_send_receipt(c, s, row.payload, row.signature);
}

void consortium_late_receipts(struct core *c)
{
	struct consortia *k = c->consortia;
	for (size_t i = 0; i < k->lates;) {
		struct log_row log;
		if (k->late[i].at > c->steady) {
			i++;
			continue;
		}
		uint32_t no = k->late[i].log;
		k->late[i] = k->late[--k->lates];
		enum err e = logs_by_no(core_txn(c), no, &log);
		if (e == OK)
			consortium_receipt(c, &log);
		core_break(c, e);
	}
}

/* ---- those of others ---- */

/* Everything that is known here of what its author lacks: who holds how much of its logs. */
void consortium_hand_receipts(struct core *c, struct session *s, const struct id *id)
{
	struct walk w;
	uint32_t no;
	enum err e = logs_walk_audience(core_txn(c), &s->org, AUDIENCE_CONSORTIUM, id, &w);
	while (e == OK && logs_next_no(&w, &no)) {
		struct log_row log;
		struct walk each;
		struct id by;
		size_t n = 0;
		if ((e = logs_by_no(core_txn(c), no, &log)) != OK)
			break;
		consortium_receipt(c, &log); /* the pause is over: it is linked */
		e = receipts_walk(core_txn(c), no, &each);
		while (e == OK && n++ < HANDED && receipts_next_receiver(&each, &by)) {
			struct receipt_row row;
			if ((e = receipts_newest(core_txn(c), no, &by, &row)) == OK)
				exchange_send_receipt(c, s, row.payload, row.signature);
		}
		e = walk_close(&each, e);
	}
	core_break(c, walk_close(&w, e));
}

static enum err signed_well(struct core *c, const struct receipt *r, struct span payload, struct span signature, bool *well)
{
	struct signed_statement st;
	struct statement *parsed = arena_alloc(c->arena, sizeof *parsed);
	enum err e = parsed ? statements_get(core_txn(c), &r->receiver, r->kseq, &st) : ERR_MEMORY;
	if (e == OK)
		e = statement_decode(st.payload, parsed);
	if (e == OK)
		e = sign_check(SIGN_RECEIPT, payload, parsed->keys.sign, signature.p);
	*well = e == OK;
	return e == ERR_SIGNATURE || e == ERR_NOT_FOUND ? OK : e;
}

/* Is it over the bytes that are held here? */
static enum err same_bytes(struct core *c, const struct log_row *log, const struct receipt *r, bool *same)
{
	struct entry_row entry;
	struct id hash;
	enum err e = entries_get(core_txn(c), log->no, r->n, &entry);
	*same = false;
	if (e == OK) {
		entry_hash(entry.payload, &hash);
		*same = id_eq(&hash, &r->entry);
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err keep(struct core *c, const struct log_row *log, const struct receipt *r, const struct receipt_row *row, bool *fresh)
{
	struct receipt_row held;
	struct receipt before;
	enum err e = receipts_newest(core_txn(c), log->no, &r->receiver, &held);
	*fresh = e == ERR_NOT_FOUND;
	if (e == OK && (e = receipt_decode(held.payload, c->arena, &before)) == OK)
		*fresh = r->n > before.n || (r->n == before.n && r->exceptions < before.exceptions);
	if ((e != OK && e != ERR_NOT_FOUND) || !*fresh)
		return e;
	e = exchange_ours(c, log) ? OK : receipts_forget(core_txn(c), log->no, &r->receiver);
	return e == OK ? receipts_put(core_txn(c), row) : e;
}

bool consortium_on_receipt(struct core *c, struct session *s, struct span payload, struct span signature)
{
	struct receipt r;
	struct log_row log;
	bool well = false, same = false, fresh = false;
	enum err e = signature.n == SIGN_LEN ? receipt_decode(payload, c->arena, &r) : ERR_SHAPE;
	if (e != OK)
		return false;
	e = logs_get(core_txn(c), &r.log, &log);
	if (e == ERR_NOT_FOUND) /* over a log that did not come yet; it comes again */
		return s->scopes && (s->mode == LINK_MODE_MEMBER || !id_eq(&r.receiver, &s->org));
	if (e == OK && log.type != AUDIENCE_CONSORTIUM)
		return false;
	if (e == OK && !id_eq(&r.receiver, &c->self.org))
		e = signed_well(c, &r, payload, signature, &well);
	if (e == OK && well)
		e = same_bytes(c, &log, &r, &same);
	if (e == OK && same)
		e = keep(c, &log, &r, &(struct receipt_row){log.no, r.receiver, r.n, c->now, payload, signature}, &fresh);
	core_break(c, e == ERR_NOT_FOUND ? OK : e);
	if (fresh && !exchange_ours(c, &log)) {
		struct session *on = towards(c, &log, s);
		if (on && on != s)
			exchange_send_receipt(c, on, payload, signature);
	}
	return true;
}

/* ---- delivery ---- */

static enum err others(struct txn *t, const struct id *id, const struct occurrence *o, size_t *out)
{
	struct arena *a = arena_new();
	struct roster_event *ev = a ? arena_alloc(a, sizeof *ev) : NULL;
	struct entry_row row;
	struct entry in;
	struct roster r;
	enum err e = ev ? entries_get(t, o->log, o->n, &row) : ERR_MEMORY;
	if (e == OK)
		e = entry_decode(row.payload, &in);
	if (e == OK)
		e = rosters_get(t, TABLE_ROSTERS, &(struct roster_key){*id, in.roster}, a, ev);
	if (e == OK)
		e = roster_decode(ev->payload, a, &r);
	if (e == OK)
		*out = r.members - 1;
	arena_free(a);
	return e;
}

enum err consortium_delivery(struct txn *t, const struct log_row *log, const struct occurrence *o, struct delivery_state *out)
{
	struct walk w;
	struct id by;
	size_t wanted, held = 0;
	enum err e = others(t, &log->target, o, &wanted);
	if (e == OK)
		e = receipts_walk(t, log->no, &w);
	if (e != OK)
		return e;
	wanted = wanted < DELIVERED ? wanted : DELIVERED;
	while (e == OK && held < wanted && receipts_next_receiver(&w, &by)) {
		struct receipt_row row;
		uint8_t code;
		e = receipts_about(t, &(struct receipt_of){log->no, &by, o->n, o->index}, &row, &code);
		if (e == OK && code == VERDICT_GOOD) {
			held++;
			out->receipted = out->stored = row.received > out->receipted ? row.received : out->receipted;
		}
		e = e == ERR_NOT_FOUND ? OK : e;
	}
	if ((e = walk_close(&w, e)) == OK && held >= wanted)
		out->state = DELIVERY_STORED;
	return e;
}
