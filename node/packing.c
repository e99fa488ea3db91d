#include "node/packing.h"

#include <stdlib.h>
#include <string.h>

#include "keys/hash.h"
#include "node/core_state.h"
#include "proto/merkle.h"
#include "proto/proof.h"
#include "store/logs.h"
#include "store/orgs.h"
#include "store/records.h"

struct packing {
	struct core *c;
	struct arena *a;
	struct proof p;
};

static enum err begin(struct packing *w, struct core *c, struct arena *a)
{
	*w = (struct packing){.c = c, .a = a};
	w->p.statement = arena_alloc(a, PROOF_ITEMS * sizeof *w->p.statement);
	w->p.entry = arena_alloc(a, PROOF_ITEMS * sizeof *w->p.entry);
	w->p.record = arena_alloc(a, PROOF_ITEMS * sizeof *w->p.record);
	w->p.receipt = arena_alloc(a, PROOF_RECEIPTS * sizeof *w->p.receipt);
	return w->p.statement && w->p.entry && w->p.record && w->p.receipt ? OK : ERR_MEMORY;
}

static enum err statements(struct packing *w, const struct id *org)
{
	struct signed_statement st;
	struct walk k;
	enum err e = statements_walk(core_txn(w->c), org, &k);
	while (e == OK && statements_next(&k, &st)) {
		if (w->p.statements == PROOF_ITEMS)
			e = ERR_LIMIT;
		else
			w->p.statement[w->p.statements++] = st;
	}
	return walk_close(&k, e);
}

static enum err keep(struct arena *a, const struct buf *b, struct span *out)
{
	uint8_t *copy = arena_alloc(a, b->n);
	if (!copy)
		return ERR_MEMORY;
	memcpy(copy, b->p, b->n);
	*out = SPAN(copy, b->n);
	return OK;
}

/* ---- our own, in a log to ourselves ---- */

/* Entry 1 of every log is its log.open; in the file it is not needed. */
static enum err open_entry(struct packing *w, struct entry *e)
{
	const struct kind *kind = kind_by_number(KIND_LOG_OPEN);
	struct record r = {.kind = KIND_LOG_OPEN, .author = w->c->self.org, .created = w->c->now, .tlp = TLP_CLEAR};
	struct value *body = value_map(w->a);
	struct buf record = {0}, payload = {0};
	struct id id;
	uint64_t dice;
	enum err err;
	core_random(w->c, r.nonce, sizeof r.nonce);
	core_random(w->c, &dice, sizeof dice);
	fields_set(w->a, kind->fields, body, "kseq", value_int(w->a, (int64_t)w->c->self.kseq));
	fields_set(w->a, kind->fields, body, "reason", value_int(w->a, vocab_number(&vocab_log_reason, SPAN("first", 5))));
	r.body = body;
	*e = (struct entry){.author = w->c->self.org, .kseq = w->c->self.kseq, .type = AUDIENCE_DIRECT, .target = w->c->self.org,
	                    .incarnation = dice >> 11, .n = 1, .count = 1, .time = w->c->now};
	entry_log(e, &e->prev);
	err = body ? record_encode(&r, &record) : ERR_MEMORY;
	if (err == OK) {
		record_id(buf_span(&record), &id);
		merkle_root(&id, 1, &e->root);
		err = entry_encode(e, &payload);
	}
	if (err == OK)
		entry_hash(buf_span(&payload), &e->prev);
	buf_free(&record);
	buf_free(&payload);
	return err;
}

static enum err sign_batch(struct packing *w, struct entry *e, const struct span *payload, size_t count)
{
	struct id ids[LIMIT_ENTRY_RECORDS];
	struct proof_entry *out = &w->p.entry[w->p.entries];
	struct buf bytes = {0};
	uint8_t *signature = arena_alloc(w->a, SIGN_LEN);
	enum err err = signature ? OK : ERR_MEMORY;
	e->n++;
	e->count = count;
	for (size_t i = 0; i < count; i++)
		record_id(payload[i], &ids[i]);
	merkle_root(ids, count, &e->root);
	if (err == OK)
		err = entry_encode(e, &bytes);
	if (err == OK)
		err = keyring_sign(w->c->keyring, SIGN_ENTRY, buf_span(&bytes), signature);
	if (err == OK)
		err = keep(w->a, &bytes, &out->payload);
	if (err == OK) {
		out->signature = SPAN(signature, SIGN_LEN);
		entry_hash(out->payload, &e->prev);
	}
	for (size_t i = 0; err == OK && i < count; i++) {
		struct proof_record *r = &w->p.record[w->p.records++];
		*r = (struct proof_record){.payload = payload[i], .entry = w->p.entries, .index = (uint16_t)i};
		r->path_length = merkle_path(ids, count, i, r->path);
	}
	w->p.entries += err == OK;
	buf_free(&bytes);
	return err;
}

enum err packing_own(struct core *c, struct arena *a, const struct span *payload, size_t count, struct buf *out)
{
	struct packing w;
	struct entry entry;
	enum err e = count > PROOF_ITEMS ? ERR_LIMIT : begin(&w, c, a);
	if (e == OK)
		e = open_entry(&w, &entry);
	for (size_t i = 0, n; e == OK && i < count; i += n) {
		size_t bytes = payload[i].n;
		for (n = 1; i + n < count && n < LIMIT_ENTRY_RECORDS && bytes + payload[i + n].n <= LIMIT_ENTRY_BYTES; n++)
			bytes += payload[i + n].n;
		e = sign_batch(&w, &entry, &payload[i], n);
	}
	if (e == OK)
		e = statements(&w, &c->self.org);
	return e == OK ? proof_encode(&w.p, out) : e;
}

/* ---- both halves ---- */

struct half {
	const struct log_row *log;
	const struct id *reader;
	struct packing_both *both;
};

/* The reader holds it: by its receipt, or because it is ours and we do. */
static enum err holds(struct packing *w, const struct half *h, const struct occurrence *at, bool *out)
{
	struct receipt_row row;
	uint8_t code;
	enum err e;
	*out = at->verdict == VERDICT_GOOD || at->verdict == VERDICT_AHEAD;
	if (!*out || id_eq(h->reader, &w->c->self.org))
		return OK;
	e = receipts_about(core_txn(w->c), &(struct receipt_of){h->log->no, h->reader, at->n, at->index}, &row, &code);
	*out = e == OK && code == VERDICT_GOOD;
	h->both->waiting += !*out;
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err verdict_at(struct packing *w, uint64_t record, uint32_t log, struct occurrence *at)
{
	struct occurrence o;
	struct walk k;
	enum err e = occurrences_walk(core_txn(w->c), record, &k);
	at->verdict = VERDICT_SHAPE;
	while (e == OK && occurrences_next(&k, &o))
		if (o.log == log && o.n == at->n && o.index == at->index)
			*at = o;
	return walk_close(&k, e);
}

static enum err take_record(struct packing *w, const struct half *h, const struct entry_row *entry, uint16_t index, bool *taken)
{
	struct record_row row;
	struct record r;
	struct occurrence at = {.n = entry->n, .index = index};
	bool both = false;
	enum err e = records_by_no(core_txn(w->c), entry->record[index], &row);
	*taken = false;
	if (e != OK || row.payload.n == 0 || record_decode(row.payload, w->a, &r, NULL) != OK)
		return e;
	const struct kind *kind = kind_by_number(r.kind);
	if ((kind && kind->inner) || r.created < h->both->since)
		return OK;
	e = verdict_at(w, row.no, h->log->no, &at);
	if (e == OK)
		e = holds(w, h, &at, &both);
	if (e != OK || !both)
		return e;
	if (w->p.records == PROOF_ITEMS)
		return ERR_LIMIT;
	struct proof_record *out = &w->p.record[w->p.records];
	*out = (struct proof_record){.payload = row.payload, .entry = w->p.entries, .index = index};
	e = entries_path(core_txn(w->c), entry, index, out->path, &out->path_length);
	if (e == OK)
		h->both->id[w->p.records++] = row.id;
	*taken = e == OK;
	return e;
}

/* The newest receipt of a log, when it says something of a record in the file: nothing in a proof is without need. */
static enum err take_receipt(struct packing *w, const struct half *h)
{
	struct receipt_row row;
	enum err e = receipts_newest(core_txn(w->c), h->log->no, h->reader, &row);
	if (e == OK && w->p.receipts == PROOF_RECEIPTS)
		return ERR_LIMIT;
	if (e == OK)
		w->p.receipt[w->p.receipts++] = (struct proof_receipt){row.payload, row.signature};
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err take_log(struct packing *w, const struct half *h)
{
	bool any = false;
	enum err e = OK;
	for (uint64_t n = 1; e == OK && n <= h->log->n; n++) {
		struct entry_row entry;
		bool used = false;
		e = entries_get(core_txn(w->c), h->log->no, n, &entry);
		for (size_t i = 0; e == OK && i < entry.records; i++) {
			bool taken;
			e = take_record(w, h, &entry, (uint16_t)i, &taken);
			used = used || taken;
		}
		if (e == OK && used && w->p.entries == PROOF_ITEMS)
			e = ERR_LIMIT;
		if (e == OK && used)
			w->p.entry[w->p.entries++] = (struct proof_entry){entry.payload, entry.signature};
		any = any || used;
		e = e == ERR_NOT_FOUND ? OK : e;
	}
	return e == OK && any ? take_receipt(w, h) : e;
}

static enum err take_half(struct packing *w, const struct id *author, const struct id *reader, struct packing_both *both)
{
	struct walk k;
	uint32_t no;
	enum err e = logs_walk_audience(core_txn(w->c), author, AUDIENCE_DIRECT, reader, &k);
	while (e == OK && logs_next_no(&k, &no)) {
		struct log_row log;
		e = logs_by_no(core_txn(w->c), no, &log);
		if (e == OK)
			e = take_log(w, &(struct half){&log, reader, both});
	}
	return walk_close(&k, e);
}

static int by_id(const void *a, const void *b)
{
	return id_cmp(a, b);
}

/* A record may stand in two logs between the same two; it is one record. */
static void sum_up(struct packing_both *both, size_t n)
{
	if (n)
		qsort(both->id, n, sizeof *both->id, by_id);
	for (size_t i = 0; i < n; i++)
		if (both->count == 0 || !id_eq(&both->id[both->count - 1], &both->id[i]))
			both->id[both->count++] = both->id[i];
	hash_one(&both->content, "tally.both.v1", SPAN((const uint8_t *)both->id, both->count * sizeof *both->id));
}

enum err packing_pair(struct core *c, struct arena *a, struct packing_both *both, struct buf *out)
{
	struct packing w;
	enum err e = begin(&w, c, a);
	both->id = e == OK ? arena_alloc(a, PROOF_ITEMS * sizeof *both->id) : NULL;
	both->count = both->waiting = 0;
	if (e == OK && !both->id)
		e = ERR_MEMORY;
	if (e == OK)
		e = take_half(&w, &c->self.org, &both->partner, both);
	if (e == OK)
		e = take_half(&w, &both->partner, &c->self.org, both);
	if (e == OK && w.p.records == 0)
		return ERR_NOT_FOUND;
	if (e == OK)
		e = statements(&w, &c->self.org);
	if (e == OK)
		e = statements(&w, &both->partner);
	if (e != OK)
		return e;
	sum_up(both, w.p.records);
	return proof_encode(&w.p, out);
}
