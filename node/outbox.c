/* outbox.c - how our own words become entries: said in a turn, batched per recipient, signed once a batch at the turn's end. */
#include <stdio.h>
#include <string.h>

#include "node/consortium.h"
#include "node/judge.h"
#include "proto/merkle.h"
#include "proto/tlp.h"

/* ---- saying ---- */

static enum err complain(struct complaint *why, enum err e, const char *where, const char *text)
{
	(void)snprintf(why->where, sizeof why->where, "%s", where);
	(void)snprintf(why->text, sizeof why->text, "%s", text);
	return e;
}

static enum err may_send(struct core *c, const struct id *to, struct complaint *why)
{
	struct partner p;
	enum err e = partners_get(core_txn(c), c->arena, to, &p);
	if (e == ERR_NOT_FOUND)
		return complain(why, ERR_NOT_PARTNER, "to", "is not a partner of ours");
	if (e != OK)
		return e;
	switch (p.state) {
	case PARTNER_ACTIVE:
		return OK;
	case PARTNER_PENDING: /* our own comparison decides what we sign; delivery waits for theirs */
		return p.verified ? OK : complain(why, ERR_NOT_PARTNER, p.name, "is not verified: compare the ten words first, with \"partner verify\"");
	case PARTNER_SUSPENDED:
		return complain(why, ERR_POLICY, p.name, "is suspended: end that with \"partner resume\", or leave them out");
	case PARTNER_REMOVED:
		break;
	}
	return complain(why, ERR_NOT_PARTNER, p.name, "has been removed");
}

enum err outbox_queue(struct core *c, enum audience type, const struct id *target, uint64_t record)
{
	uint8_t key[1 + 32 + 8];
	key[0] = (uint8_t)type;
	memcpy(key + 1, target->b, 32);
	put_u64be(key + 33, record);
	c->turn.wrote = true;
	return store_put(core_txn(c), TABLE_UNLOGGED, SPAN(key, sizeof key), SPAN(NULL, 0));
}

static enum err send_one(struct core *c, uint64_t no, const struct record *r, const struct id *to, struct complaint *why)
{
	struct delivery_state d;
	enum audience type = AUDIENCE_CONSORTIUM;
	enum err e = consortium_may_say(c, to, r, why);
	if (e == ERR_NOT_FOUND) {
		type = AUDIENCE_DIRECT;
		e = may_send(c, to, why);
	}
	if (e == OK && type == AUDIENCE_DIRECT)
		e = tlp_direct(r, to, why);
	if (e == OK)
		e = core_delivery(core_txn(c), &c->self.org, no, to, &d);
	if (e != OK)
		return e;
	return d.state == DELIVERY_NONE ? outbox_queue(c, type, to, no) : OK;
}

static enum err draft_record(struct core *c, const struct draft *d, struct record *r, struct complaint *why)
{
	memset(r, 0, sizeof *r);
	r->kind = d->kind->number;
	r->author = c->self.org;
	r->created = c->now;
	r->tlp = d->tlp ? d->tlp : (int64_t)d->kind->tlp;
	core_random(c, r->nonce, sizeof r->nonce);
	if ((r->has_thread = d->thread != NULL))
		r->thread = *d->thread;
	if ((r->has_supersedes = d->supersedes != NULL))
		r->supersedes = *d->supersedes;
	if ((r->has_exercise = d->exercise != NULL))
		r->exercise = *d->exercise;
	if (d->parents > LIMIT_PARENTS)
		return complain(why, ERR_LIMIT, "parents", "at most 16");
	r->parents = d->parents;
	for (size_t i = 0; i < d->parents; i++)
		r->parent[i] = d->parent[i];
	const struct id *names = d->named ? d->name : d->to;
	r->named = r->tlp == TLP_RED ? (d->named ? d->named : d->recipients) : 0;
	if (r->named > LIMIT_NAMED)
		return complain(why, ERR_LIMIT, "to", "a red record names at most 8 recipients");
	for (size_t i = 0; i < r->named; i++)
		r->name[i] = names[i];
	r->onward = d->onward;
	r->body = d->body;
	return record_check(r, why);
}

static enum err forward_holds(struct core *c, const struct record *r, struct complaint *why)
{
	struct span inner;
	enum verdict v;
	enum err e = judge_forward(r, c->arena, &v, &inner);
	return e != OK || v == VERDICT_GOOD ? e : complain(why, v == VERDICT_TLP ? ERR_TLP : ERR_INVALID, "forward", verdict_text(v));
}

/* What every receiver would refuse is refused here. */
static enum err encode(struct core *c, const struct record *r, struct buf *out, struct complaint *why)
{
	struct record back;
	enum err e = record_encode(r, out);
	if (e == ERR_LIMIT && r->kind == KIND_FORWARD)
		return complain(why, e, "record", "is larger than 576 KiB with what proves its author");
	if (e == ERR_LIMIT)
		return complain(why, e, "record", "is larger than 512 KiB; long material belongs in a document of its own");
	if (e == OK)
		e = record_decode(buf_span(out), c->arena, &back, why);
	return e == OK && r->kind == KIND_FORWARD ? forward_holds(c, &back, why) : e;
}

enum err core_say(struct core *c, const struct draft *d, struct id *out, struct complaint *why)
{
	struct record r;
	struct buf payload = {0};
	uint64_t no;
	bool fresh;
	struct id id;
	enum err e = draft_record(c, d, &r, why);
	if (e == OK)
		e = encode(c, &r, &payload, why);
	if (e == OK)
		e = records_put(core_txn(c), buf_span(&payload), c->now, &no, &fresh);
	for (size_t i = 0; i < d->recipients && e == OK; i++)
		e = send_one(c, no, &r, &d->to[i], why);
	if (e == OK) {
		record_id(buf_span(&payload), &id);
		*out = id;
	}
	buf_free(&payload);
	return e;
}

enum err core_send(struct core *c, const struct id *record, const struct id *to, struct complaint *why)
{
	struct record_row row;
	struct record r;
	enum err e = records_by_id(core_txn(c), record, &row);
	if (e == OK)
		e = record_decode(row.payload, c->arena, &r, why);
	if (e == OK && !id_eq(&r.author, &c->self.org))
		e = complain(why, ERR_POLICY, "record", "is somebody else's: it can only be forwarded");
	return e != OK ? e : send_one(c, row.no, &r, to, why);
}

/* ---- entries ---- */

struct batch {
	size_t count, bytes;
	uint64_t record[LIMIT_ENTRY_RECORDS];
	struct id id[LIMIT_ENTRY_RECORDS];
};

static enum err append_entry(struct core *c, struct log_row *log, const struct batch *b)
{
	struct entry e = {.author = c->self.org, .kseq = log->kseq, .type = log->type, .target = log->target,
	                  .incarnation = log->incarnation, .n = log->n + 1, .prev = log->head, .count = b->count, .time = c->now};
	struct buf payload = {0};
	uint8_t signature[SIGN_LEN];
	struct consortium con;
	enum err err = log->type == AUDIENCE_CONSORTIUM ? consortium_get(c, &log->target, &con) : OK;
	if (err == OK && log->type == AUDIENCE_CONSORTIUM) {
		e.has_roster = true;
		e.roster = con.quote;
	}
	merkle_root(b->id, b->count, &e.root);
	if (err == OK)
		err = entry_encode(&e, &payload);
	if (err == OK)
		err = keyring_sign(c->keyring, SIGN_ENTRY, buf_span(&payload), signature);
	if (err == OK) {
		struct entry_row row = {.log = log->no, .n = e.n, .received = c->now, .payload = buf_span(&payload),
		                        .signature = SPAN(signature, SIGN_LEN), .records = b->count};
		memcpy(row.record, b->record, b->count * sizeof b->record[0]);
		err = entries_put(core_txn(c), &row);
	}
	for (size_t i = 0; i < b->count && err == OK; i++)
		err = occurrences_put(core_txn(c), &(struct occurrence){b->record[i], log->no, e.n, (uint16_t)i, VERDICT_GOOD, c->now});
	if (err == OK) {
		log->n = e.n;
		log->head_time = e.time;
		entry_hash(buf_span(&payload), &log->head);
		err = logs_put(core_txn(c), log);
	}
	buf_free(&payload);
	return err;
}

/* A log of a key before that stopped: we know no more of it than what was receipted; what stands behind it was said again elsewhere. */
static enum err place_to_close(struct core *c, struct log_row *log)
{
	struct entry_row entry;
	if (log->kseq == c->self.kseq || log->state == LOG_OPEN)
		return OK;
	uint64_t n = exchange_receipted(c, log, &log->target);
	if (n >= log->n)
		return OK;
	log->n = n;
	enum err e = n ? entries_get(core_txn(c), log->no, n, &entry) : OK;
	if (n && e == OK)
		entry_hash(entry.payload, &log->head);
	return e;
}

/* All our earlier logs to this audience, and where they end. */
static enum err close_all(struct core *c, enum audience type, const struct id *target, struct value *closes)
{
	const struct field *g = fields_find(kind_by_number(KIND_LOG_OPEN)->fields, "closes")->group;
	struct walk w;
	uint32_t no;
	enum err e = logs_walk_audience(core_txn(c), &c->self.org, type, target, &w);
	while (e == OK && logs_next_no(&w, &no)) {
		struct value *close = value_map(c->arena);
		struct log_row log;
		if ((e = logs_by_no(core_txn(c), no, &log)) != OK || (e = place_to_close(c, &log)) != OK)
			break;
		if (log.n == 0)
			continue;
		fields_set(c->arena, g, close, "log", value_id(c->arena, &log.id));
		fields_set(c->arena, g, close, "n", value_int(c->arena, (int64_t)log.n));
		fields_set(c->arena, g, close, "entry", value_id(c->arena, &log.head));
		value_push(c->arena, closes, close);
	}
	return walk_close(&w, e);
}

/* Entry 1 of every log is its log.open: a reader knows from the first entry under which key, and what came before. */
static enum err open_log(struct core *c, enum audience type, const struct id *target, struct log_row *log)
{
	const struct kind *kind = kind_by_number(KIND_LOG_OPEN);
	struct log_row before;
	struct entry e = {.author = c->self.org, .kseq = c->self.kseq, .type = type, .target = *target, .incarnation = (uint64_t)c->now};
	struct value *body = value_map(c->arena), *closes = value_array(c->arena);
	struct id id;
	struct complaint why;
	struct record_row row;
	const char *reason = "first";
	enum err err = logs_current(core_txn(c), &c->self.org, type, target, &before);
	if (err == OK) {
		reason = before.kseq != c->self.kseq ? "rotation" : before.state == LOG_CLOSED ? "restore"
		         : type == AUDIENCE_CONSORTIUM ? "newcomers" : "readmission";
		fields_set(c->arena, kind->fields, body, "closes", closes);
		err = close_all(c, type, target, closes);
		if (e.incarnation <= before.incarnation)
			e.incarnation = before.incarnation + 1;
	}
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	fields_set(c->arena, kind->fields, body, "kseq", value_int(c->arena, (int64_t)c->self.kseq));
	fields_set(c->arena, kind->fields, body, "reason", value_int(c->arena, vocab_number(&vocab_log_reason, SPAN(reason, strlen(reason)))));
	err = core_say(c, &(struct draft){.kind = kind, .body = body}, &id, &why);
	if (err == OK)
		err = records_by_id(core_txn(c), &id, &row);
	if (err != OK)
		return err;
	memset(log, 0, sizeof *log);
	log->author = e.author;
	log->target = *target;
	log->kseq = e.kseq;
	log->incarnation = e.incarnation;
	log->type = type;
	entry_log(&e, &log->id);
	log->head = log->id;
	struct batch b = {.count = 1, .record = {row.no}, .id = {id}};
	err = logs_put(core_txn(c), log);
	return err != OK ? err : append_entry(c, log, &b);
}

static enum err current_log(struct core *c, enum audience type, const struct id *target, struct log_row *log)
{
	bool anew = false;
	enum err e = logs_current(core_txn(c), &c->self.org, type, target, log);
	if (e == OK && type == AUDIENCE_CONSORTIUM)
		e = consortium_log_open(c, target, log, &anew);
	if (e == ERR_NOT_FOUND || (e == OK && (anew || log->state == LOG_CLOSED || log->kseq != c->self.kseq)))
		return open_log(c, type, target, log);
	return e;
}

enum err outbox_open(struct core *c, enum audience type, const struct id *target)
{
	struct log_row log;
	enum err e = type == AUDIENCE_DIRECT ? stopped_cut(c, target) : OK;
	if (e == OK)
		e = current_log(c, type, target, &log);
	if (e == OK && log.n == 1)
		exchange_new_entries(c, &log);
	return e;
}

/* Up to one entry's worth of what is unlogged for the first audience behind this key; count 0: nothing is left. */
static enum err take_batch(struct core *c, struct span behind, struct batch *b, uint8_t audience[static 33])
{
	struct walk w;
	enum err e = walk_open(core_txn(c), TABLE_UNLOGGED, SPAN(NULL, 0), false, &w);
	if (e != OK)
		return e;
	walk_seek(&w, behind);
	b->count = b->bytes = 0;
	while (e == OK && b->count < LIMIT_ENTRY_RECORDS && walk_next(&w)) {
		struct record_row row;
		uint64_t no = get_u64be(w.key.p + 33);
		if (b->count == 0)
			memcpy(audience, w.key.p, 33);
		else if (memcmp(audience, w.key.p, 33) != 0)
			break;
		e = records_by_no(core_txn(c), no, &row);
		if (e != OK || (b->count && b->bytes + row.payload.n > LIMIT_ENTRY_BYTES))
			break;
		b->record[b->count] = no;
		b->id[b->count++] = row.id;
		b->bytes += row.payload.n;
	}
	return walk_close(&w, e);
}

static enum err drop_batch(struct core *c, const struct batch *b, const uint8_t audience[static 33])
{
	uint8_t key[41];
	enum err e = OK;
	memcpy(key, audience, 33);
	for (size_t i = 0; i < b->count && e == OK; i++) {
		put_u64be(key + 33, b->record[i]);
		e = store_drop(core_txn(c), TABLE_UNLOGGED, SPAN(key, sizeof key));
	}
	return e;
}

enum err outbox_seal(struct core *c)
{
	uint8_t behind[42] = {0};
	for (;;) {
		struct batch b;
		struct log_row log;
		struct id target;
		uint8_t audience[33];
		enum err e = take_batch(c, SPAN(behind, sizeof behind), &b, audience);
		if (e != OK || b.count == 0)
			return e;
		memcpy(target.b, audience + 1, 32);
		e = current_log(c, (enum audience)audience[0], &target, &log);
		if (e == OK && log.state == LOG_STOPPED) { /* what is for them waits; the others do not */
			memset(behind, 0xff, sizeof behind);
			memcpy(behind, audience, sizeof audience);
			continue;
		}
		if (e == OK)
			e = append_entry(c, &log, &b);
		if (e == OK)
			e = drop_batch(c, &b, audience);
		if (e != OK)
			return e;
		exchange_new_entries(c, &log);
	}
}

/* ---- what became of it ---- */

static enum err signed_at(const struct receipt_row *row, int64_t *out)
{
	struct arena *a = arena_new();
	struct receipt r;
	enum err e = a ? receipt_decode(row->payload, a, &r) : ERR_MEMORY;
	if (e == OK)
		*out = r.time;
	arena_free(a);
	return e;
}

static enum err receipted(struct txn *t, const struct occurrence *o, const struct id *to, struct delivery_state *out)
{
	struct receipt_row row;
	uint8_t code;
	enum err e = receipts_about(t, &(struct receipt_of){o->log, to, o->n, o->index}, &row, &code);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e != OK)
		return e;
	out->state = code == VERDICT_GOOD ? DELIVERY_STORED : DELIVERY_EXCEPTION;
	out->code = code;
	out->receipted = row.received;
	return signed_at(&row, &out->stored);
}

enum err core_delivery(struct txn *t, const struct id *me, uint64_t record, const struct id *to, struct delivery_state *out)
{
	struct delivery_state d = {0};
	struct occurrence o;
	struct walk w;
	uint8_t key[41] = {AUDIENCE_DIRECT};
	struct span none;
	enum err e = occurrences_walk(t, record, &w);
	if (e != OK)
		return e;
	while (e == OK && d.state != DELIVERY_STORED && occurrences_next(&w, &o)) {
		struct log_row log;
		if (o.log == 0)
			continue;
		e = logs_by_no(t, o.log, &log);
		if (e != OK || !id_eq(&log.author, me) || !(log.type != AUDIENCE_DIRECT || id_eq(&log.target, to)))
			continue;
		if (log.type == AUDIENCE_CONSORTIUM && !id_eq(&log.target, to)) { /* a member of it: only its own receipt says that it was told */
			struct delivery_state held = {0};
			e = receipted(t, &o, to, &held);
			if (held.state != DELIVERY_NONE)
				d = held;
			continue;
		}
		d.state = DELIVERY_QUEUED;
		d.log = o.log;
		d.n = o.n;
		e = log.type == AUDIENCE_CONSORTIUM ? consortium_delivery(t, &log, &o, &d) : receipted(t, &o, to, &d);
	}
	e = walk_close(&w, e);
	if (e == OK && d.state == DELIVERY_NONE) {
		memcpy(key + 1, to->b, 32);
		put_u64be(key + 33, record);
		for (key[0] = AUDIENCE_DIRECT; key[0] <= AUDIENCE_CONSORTIUM; key[0]++)
			if (store_get(t, TABLE_UNLOGGED, SPAN(key, sizeof key), &none) == OK)
				d.state = DELIVERY_QUEUED;
	}
	if (e == OK)
		*out = d;
	return e;
}
