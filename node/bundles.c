#include "node/bundles.h"

#include <stdio.h>
#include <string.h>

#include "node/cards.h"
#include "node/core_state.h"
#include "node/ingest.h"

#define ROOM (LIMIT_BUNDLE - (2u << 20)) /* for entries; card, receipts and seals need the rest */

static enum err say(struct complaint *why, enum err e, const char *text)
{
	why->where[0] = 0;
	(void)snprintf(why->text, sizeof why->text, "%s", text);
	return e;
}

/* ---- making ---- */

struct making {
	struct core *c;
	const struct id *to;
	struct bundle b;
	struct bundles_made made;
	size_t bytes;
};

static bool fits(const struct making *m, const struct carried_entry *e)
{
	return m->b.entries < LIMIT_BUNDLE_ENTRIES && m->made.records + e->records <= LIMIT_BUNDLE_RECORDS && m->bytes + carried_size(e) <= ROOM;
}

static enum err add_entries(struct making *m, const struct log_row *log)
{
	for (uint64_t n = exchange_receipted(m->c, log, m->to) + 1; n <= log->n; n++) {
		struct carried_entry in;
		enum err e = m->made.left ? OK : entries_carry(core_txn(m->c), log->no, n, m->c->arena, &in);
		if (e != OK)
			return e;
		if (m->made.left || !fits(m, &in)) {
			m->made.left++;
			continue;
		}
		m->b.entry[m->b.entries++] = in;
		m->made.records += in.records;
		m->bytes += carried_size(&in);
	}
	return OK;
}

static enum err add_receipt(struct making *m, const struct log_row *log)
{
	struct receipt_row row;
	enum err e = m->b.receipts < LIMIT_BUNDLE_ENTRIES ? receipts_newest(core_txn(m->c), log->no, &m->c->self.org, &row) : ERR_NOT_FOUND;
	if (e == OK)
		m->b.receipt[m->b.receipts++] = (struct bundle_receipt){row.payload, row.signature};
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err each_log(struct making *m, const struct id *author, const struct id *target,
                         enum err (*fn)(struct making *m, const struct log_row *log))
{
	struct walk w;
	uint32_t no;
	enum err e = logs_walk_audience(core_txn(m->c), author, AUDIENCE_DIRECT, target, &w);
	while (e == OK && logs_next_no(&w, &no)) {
		struct log_row log;
		e = logs_by_no(core_txn(m->c), no, &log);
		if (e == OK)
			e = fn(m, &log);
	}
	return walk_close(&w, e);
}

enum err bundles_make(struct core *c, const struct id *to, struct buf *file, struct bundles_made *out, struct complaint *why)
{
	struct making m = {.c = c, .to = to, .b.time = c->now};
	struct signed_statement st;
	struct statement newest;
	uint8_t fresh[32];
	enum err e = statements_newest(core_txn(c), to, &st, &newest);
	if (e == OK)
		e = cards_own(c, c->arena, &m.b.card);
	m.b.entry = arena_alloc(c->arena, LIMIT_BUNDLE_ENTRIES * sizeof *m.b.entry);
	m.b.receipt = arena_alloc(c->arena, LIMIT_BUNDLE_ENTRIES * sizeof *m.b.receipt);
	if (e == OK && (!m.b.entry || !m.b.receipt))
		e = ERR_MEMORY;
	if (e == OK)
		e = each_log(&m, &c->self.org, to, add_entries);
	if (e == OK)
		e = each_log(&m, to, &c->self.org, add_receipt);
	if (e != OK)
		return e;
	core_random(c, fresh, sizeof fresh);
	e = bundle_seal(&m.b, &c->self.org, &(struct bundle_to){*to, newest.kseq, newest.keys.seal}, fresh, file);
	bytes_wipe(fresh, sizeof fresh);
	if (e == ERR_LIMIT)
		return say(why, e, "that is more than one bundle can hold");
	m.made.entries = m.b.entries;
	m.made.receipts = m.b.receipts;
	*out = m.made;
	return e;
}

/* ---- opening ---- */

static enum err for_us(struct core *c, struct span file, struct bundle_head *h, struct complaint *why)
{
	enum err e = bundle_read_head(file, h);
	if (e == ERR_SHAPE)
		return say(why, e, "this is no bundle");
	if (e == ERR_VERSION)
		return say(why, e, "this bundle was made by a newer version of tally");
	if (e != OK)
		return e;
	if (!id_eq(&h->to, &c->self.org))
		return say(why, ERR_POLICY, id_eq(&h->from, &c->self.org) ? "this bundle is our own, to somebody else: only they can open it"
		                                                           : "this bundle is sealed to somebody else");
	return OK;
}

enum err bundles_open(struct core *c, struct span file, struct arena *a, struct bundle *out, struct complaint *why)
{
	struct bundle_head h;
	struct buf plain = {0};
	uint8_t *kept;
	enum err e = for_us(c, file, &h, why);
	if (e != OK)
		return e;
	e = bundle_open(file, keyring_seal_secret(c->keyring), &plain);
	if (e == ERR_CRYPT)
		e = say(why, e, h.kseq == c->self.kseq ? "this bundle was changed on its way, or is not whole"
		                                       : "this bundle is sealed to an older key of ours: give them a new card, and ask for it again");
	kept = e == OK ? arena_alloc(a, plain.n) : NULL;
	if (kept)
		memcpy(kept, plain.p, plain.n);
	else if (e == OK)
		e = ERR_MEMORY;
	if (e == OK)
		e = bundle_read(SPAN(kept, plain.n), &h.from, a, out, why);
	buf_free(&plain);
	return e;
}

/* ---- taking ---- */

/* What they have signed to us they would not have signed without comparing our words. */
static bool signed_to_us(struct core *c, const struct bundle *b, const struct carried_entry *in)
{
	struct entry e;
	struct statement st;
	if (entry_decode(in->payload, &e) != OK || e.type != AUDIENCE_DIRECT || !id_eq(&e.target, &c->self.org) || !id_eq(&e.author, &b->card.org) ||
	    e.kseq >= b->card.statements || statement_decode(b->card.statement[e.kseq].payload, &st) != OK)
		return false;
	return sign_check(SIGN_ENTRY, in->payload, st.keys.sign, in->signature.p) == OK;
}

static bool receipted_to_us(struct core *c, const struct bundle *b, const struct bundle_receipt *in)
{
	struct receipt r;
	struct statement st;
	if (in->signature.n != SIGN_LEN || receipt_decode(in->payload, c->arena, &r) != OK || !id_eq(&r.receiver, &b->card.org) ||
	    r.kseq >= b->card.statements || statement_decode(b->card.statement[r.kseq].payload, &st) != OK)
		return false;
	return sign_check(SIGN_RECEIPT, in->payload, st.keys.sign, in->signature.p) == OK;
}

static enum err is_active(struct core *c, const struct bundle *b, bool *active)
{
	struct partner p;
	bool shown = false;
	enum err e = partners_get(core_txn(c), c->arena, &b->card.org, &p);
	if (e == OK && p.state == PARTNER_PENDING && p.verified && !p.confirmed) {
		for (size_t i = 0; !shown && i < b->entries; i++)
			shown = signed_to_us(c, b, &b->entry[i]);
		for (size_t i = 0; !shown && i < b->receipts; i++)
			shown = receipted_to_us(c, b, &b->receipt[i]);
	}
	if (shown)
		e = pairing_confirmed(c, &p.org);
	if (shown && e == OK)
		e = partners_get(core_txn(c), c->arena, &p.org, &p);
	if (e == OK)
		*active = p.state == PARTNER_ACTIVE || p.state == PARTNER_SUSPENDED;
	return e;
}

static void note_records(const struct carried_entry *in, struct bundles_taken *out)
{
	for (size_t i = 0; i < in->records; i++)
		out->record[out->records++] = in->record[i].id;
}

static void count_entry(struct core *c, const struct carried_entry *in, const struct ingest_result *r, struct bundles_taken *out)
{
	switch (verdict_class(r->verdict)) {
	case 'G':
		if (r->verdict == VERDICT_KNOWN) {
			out->known++;
		} else {
			out->stored++;
			note_records(in, out);
		}
		return;
	case 'T':
		out->waiting++;
		return;
	}
	if (!out->refused++)
		out->why = r->verdict;
	core_alarm(c, &r->author, "an entry was refused", verdict_text(r->verdict));
}

/* later: it waited for something that stood behind it, such as the log.open of a newer key: then it is known by now, and new all the same. */
static enum err take_entry(struct core *c, const struct carried_entry *in, bool later, struct ingest_result *r)
{
	enum err e = ingest(c, in, NULL, r);
	if (e == OK && r->log_no && verdict_class(r->verdict) == 'G')
		e = core_touch(c, r->log_no);
	if (e == OK && later && r->verdict == VERDICT_KNOWN)
		r->verdict = VERDICT_GOOD;
	return e;
}

static enum err take_entries(struct core *c, const struct bundle *b, struct bundles_taken *out)
{
	struct ingest_result *r = arena_alloc(c->arena, (b->entries + 1) * sizeof *r);
	enum err e = r ? OK : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < b->entries; i++)
		e = take_entry(c, &b->entry[i], false, &r[i]);
	for (size_t i = 0; e == OK && i < b->entries; i++) {
		if (verdict_class(r[i].verdict) == 'T')
			e = take_entry(c, &b->entry[i], true, &r[i]);
		if (e == OK)
			count_entry(c, &b->entry[i], &r[i], out);
	}
	return e;
}

enum err bundles_take(struct core *c, const struct bundle *b, struct bundles_taken *out)
{
	struct bundles_taken t = {0};
	size_t records = 1;
	enum err e = is_active(c, b, &t.active);
	for (size_t i = 0; i < b->entries; i++)
		records += b->entry[i].records;
	t.record = arena_alloc(c->arena, records * sizeof *t.record);
	if (e == OK && !t.record)
		e = ERR_MEMORY;
	if (e == OK && t.active)
		e = take_entries(c, b, &t);
	for (size_t i = 0; e == OK && t.active && i < b->receipts; i++) {
		enum verdict v;
		e = exchange_take_receipt(c, &b->card.org, b->receipt[i].payload, b->receipt[i].signature, &v);
		t.receipts += e == OK && v == VERDICT_GOOD;
	}
	if (e == OK)
		*out = t;
	return e;
}
