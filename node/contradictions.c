#include "node/contradictions.h"

#include <stdio.h>
#include <string.h>

#include "node/cut.h"
#include "node/names.h"
#include "proto/pack.h"
#include "proto/vocab.h"

/* ---- rows ---- */

static enum err read_row(struct span packed, struct arena *a, struct contradictions_row *out)
{
	struct contradictions_row x = {.r = arena_alloc(a, sizeof *x.r)};
	enum err e = x.r ? rows_value(packed, a, &x.row) : ERR_MEMORY;
	if (e == OK && !value_is_bin(fields_get(proven_fields, x.row, "file"), &x.file))
		e = ERR_CORRUPT;
	if (e == OK)
		e = contradiction_verify(x.file, a, x.r);
	if (e == OK && x.r->verdict != PROOF_VALID)
		e = ERR_CORRUPT;
	if (e != OK)
		return e;
	(void)fields_int(proven_fields, x.row, "received", &x.received);
	x.told = fields_id(proven_fields, x.row, "from", &x.from);
	*out = x;
	return OK;
}

enum err contradictions_each(struct core *c, const struct id *org, struct arena *a, contradictions_fn fn, void *ctx)
{
	struct walk w;
	enum err e = walk_open(core_txn(c), TABLE_CONTRADICTIONS, org ? ID_SPAN(org) : SPAN(NULL, 0), false, &w);
	while (e == OK && walk_next(&w)) {
		struct contradictions_row row;
		if ((e = read_row(w.value, a, &row)) == OK)
			e = fn(ctx, &row);
	}
	return walk_close(&w, e);
}

static enum err row_at(struct core *c, const uint8_t key[static CONTRADICTION_KEY], struct contradictions_row *out)
{
	struct span packed;
	enum err e = store_get(core_txn(c), TABLE_CONTRADICTIONS, SPAN(key, CONTRADICTION_KEY), &packed);
	return e != OK ? e : read_row(packed, c->arena, out);
}

void contradictions_text(struct core *c, const struct contradiction_report *r, char out[static CONTRADICTIONS_TEXT])
{
	char who[NAMES_TEXT] = "all its partners";
	switch (r->kind) {
	case CONTRADICTION_ENTRIES:
		if (!id_zero(&r->target))
			names_show(c, &r->target, who);
		(void)snprintf(out, CONTRADICTIONS_TEXT, "two different entries at place %llu of its log to %s", (unsigned long long)r->n, who);
		return;
	case CONTRADICTION_STATEMENTS:
		(void)snprintf(out, CONTRADICTIONS_TEXT, "two different key statements with the number %llu", (unsigned long long)r->kseq);
		return;
	case CONTRADICTION_RECEIPTS:
		(void)snprintf(out, CONTRADICTIONS_TEXT, "two receipts over place %llu of one log that name different entries", (unsigned long long)r->n);
		return;
	case CONTRADICTION_ROSTERS:
		break;
	}
	(void)snprintf(out, CONTRADICTIONS_TEXT, "%s", contradiction_word(r->kind));
}

/* ---- telling ---- */

/* To whom the first of two entries was addressed; the file was verified when it was kept. */
static bool addressed_to(struct core *c, struct span file, const struct id *org)
{
	const struct value *map;
	struct span payload;
	struct entry e;
	int64_t kind = 0;
	return pack_decode(file, c->arena, &map) == OK && value_is_int(value_at(map, 2), &kind) && kind == CONTRADICTION_ENTRIES &&
	       value_is_bin(value_at(value_item(value_at(map, 3), 0), 0), &payload) && entry_decode(payload, &e) == OK && e.type == AUDIENCE_DIRECT &&
	       id_eq(&e.target, org);
}

static bool in_list(const struct value *list, const struct id *org)
{
	struct id id;
	for (size_t i = 0; i < value_count(list); i++)
		if (value_is_id(value_item(list, i), &id) && id_eq(&id, org))
			return true;
	return false;
}

static bool concerns(struct core *c, const struct id *accused, const struct value *row, struct span file, const struct id *org)
{
	struct id from;
	if (id_eq(accused, org)) /* also when they told us: one of two nodes did */
		return true;
	if (fields_id(proven_fields, row, "from", &from) && id_eq(&from, org))
		return false;
	return in_list(fields_get(proven_fields, row, "tell"), org) || addressed_to(c, file, org);
}

static void send(struct core *c, struct session *s, struct span file)
{
	const struct field *f = message_fields(MESSAGE_EVIDENCE);
	struct value *m = value_map(c->arena);
	fields_set(c->arena, f, m, "file", value_bin(c->arena, file));
	session_say(c, s, MESSAGE_EVIDENCE, m);
}

void contradictions_begin(struct core *c, struct session *s)
{
	struct walk w;
	unsigned sent = 0;
	enum err e = walk_open(core_txn(c), TABLE_CONTRADICTIONS, SPAN(NULL, 0), false, &w);
	while (e == OK && !s->closing && sent < LIMIT_EVIDENCE_SESSION && walk_next(&w)) {
		const struct value *row;
		struct span file;
		struct id accused;
		if ((e = rows_value(w.value, c->arena, &row)) != OK || w.key.n != CONTRADICTION_KEY ||
		    !value_is_bin(fields_get(proven_fields, row, "file"), &file))
			continue;
		memcpy(accused.b, w.key.p, sizeof accused.b);
		if (!concerns(c, &accused, row, file, &s->org))
			continue;
		send(c, s, file);
		sent++;
	}
	core_break(c, walk_close(&w, e));
}

static void tell_linked(struct core *c, const struct contradiction_report *r, const struct value *row, struct span file)
{
	for (struct session *s = c->sessions; s; s = s->next)
		if (!s->closing && s->phase == PHASE_FULL && concerns(c, &r->org, row, file, &s->org))
			send(c, s, file);
}

static void tells(struct core *c, struct effect *e)
{
	struct session *s = core_session(c, &e->org, PHASE_FULL);
	if (s)
		s->tells = true;
}

enum err contradictions_tell(struct core *c, const struct contradictions_row *x, const struct id *to, size_t count)
{
	uint8_t key[CONTRADICTION_KEY];
	struct value *row = value_copy(c->arena, x->row), *list = value_array(c->arena);
	const struct value *before = fields_get(proven_fields, x->row, "tell");
	for (size_t i = 0; i < value_count(before); i++)
		value_push(c->arena, list, value_copy(c->arena, value_item(before, i)));
	for (size_t i = 0; i < count; i++)
		if (!in_list(list, &to[i]))
			value_push(c->arena, list, value_id(c->arena, &to[i]));
	fields_set(c->arena, proven_fields, row, "tell", list);
	contradiction_key(x->r, key);
	enum err e = rows_put(core_txn(c), TABLE_CONTRADICTIONS, SPAN(key, sizeof key), row);
	for (size_t i = 0; e == OK && i < count; i++)
		e = core_effect(c, &(struct effect){.done = tells, .org = to[i]});
	return e;
}

/* ---- keeping ---- */

/* What a fork means for the log here: no more of it from there on. Of a log of ours: nothing is written to it any more. */
static enum err freeze(struct core *c, const struct contradiction_report *r)
{
	struct log_row log;
	enum err e = r->kind == CONTRADICTION_ENTRIES ? logs_get(core_txn(c), &r->log, &log) : ERR_NOT_FOUND;
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	if (exchange_ours(c, &log)) {
		(void)stopped_log(c, &log.target, &log.id, "evidence");
		return OK;
	}
	if (log.frozen && log.frozen <= r->n)
		return OK;
	log.frozen = r->n;
	e = logs_put(core_txn(c), &log);
	return e == OK ? cut_judge(c, &log) : e;
}

static enum err count_of(struct core *c, const struct id *org, size_t *count)
{
	struct walk w;
	enum err e = walk_open(core_txn(c), TABLE_CONTRADICTIONS, ID_SPAN(org), false, &w);
	for (*count = 0; e == OK && walk_next(&w); ++*count)
		;
	return walk_close(&w, e);
}

/* One item for each log, the lowest place. *fresh: it is new here. */
static enum err keep(struct core *c, struct span file, const struct contradiction_report *r, const struct id *from, bool *fresh)
{
	uint8_t key[CONTRADICTION_KEY];
	struct contradictions_row held;
	struct value *row = value_map(c->arena);
	size_t count = 0;
	*fresh = false;
	contradiction_key(r, key);
	enum err e = row_at(c, key, &held);
	if (e == OK && held.r->n <= r->n)
		return OK;
	if (e == ERR_NOT_FOUND && (e = count_of(c, &r->org, &count)) == OK && count >= LIMIT_EVIDENCE_ORG) {
		core_log(c, "evidence-left", &r->org, "enough of it is kept");
		return OK;
	}
	if (e != OK)
		return e;
	fields_set(c->arena, proven_fields, row, "file", value_bin(c->arena, file));
	fields_set(c->arena, proven_fields, row, "received", value_int(c->arena, c->now));
	if (from)
		fields_set(c->arena, proven_fields, row, "from", value_id(c->arena, from));
	e = rows_put(core_txn(c), TABLE_CONTRADICTIONS, SPAN(key, sizeof key), row);
	if (e == OK)
		e = freeze(c, r);
	if (e != OK)
		return e;
	*fresh = true;
	tell_linked(c, r, row, file);
	return OK;
}

static enum err chain_of(struct core *c, const struct contradictions_two *two, struct contradiction *out)
{
	struct walk w;
	struct signed_statement st;
	if (two->statements > LIMIT_STATEMENTS || !(out->statement = arena_alloc(c->arena, (size_t)two->statements * sizeof st)))
		return two->statements > LIMIT_STATEMENTS ? ERR_LIMIT : ERR_MEMORY;
	enum err e = statements_walk(core_txn(c), two->org, &w);
	while (e == OK && out->statements < two->statements && statements_next(&w, &st))
		out->statement[out->statements++] = st;
	return walk_close(&w, e);
}

enum err contradictions_found(struct core *c, const struct contradictions_two *two)
{
	struct contradiction x = {.kind = two->kind, .side = {two->side[0], two->side[1]}};
	struct contradiction_report *r = arena_alloc(c->arena, sizeof *r);
	struct buf file = {0};
	bool fresh;
	enum err e = r ? chain_of(c, two, &x) : ERR_MEMORY;
	if (e == OK)
		e = contradiction_encode(&x, &file);
	if (e == ERR_INVALID || e == ERR_LIMIT) { /* proves nothing */
		core_log(c, "no-evidence", two->org, "%s", err_text(e));
		return OK;
	}
	if (e == OK)
		e = contradiction_verify(buf_span(&file), c->arena, r);
	if (e == OK)
		e = keep(c, buf_span(&file), r, NULL, &fresh);
	buf_free(&file);
	return e;
}

enum err contradictions_receipt(struct core *c, const struct log_row *log, const struct receipt *r, const struct contradiction_side *side)
{
	uint8_t prefix[44];
	struct receipt_row row;
	struct receipt held;
	struct walk w;
	bool found = false;
	put_u32be(prefix, log->no);
	memcpy(prefix + 4, r->receiver.b, 32);
	put_u64be(prefix + 36, r->n);
	enum err e = walk_open(core_txn(c), TABLE_RECEIPTS, SPAN(prefix, sizeof prefix), false, &w);
	while (e == OK && !found && walk_next(&w)) {
		if ((e = receipts_read(w.key, w.value, &row)) == OK)
			e = receipt_decode(row.payload, c->arena, &held);
		found = e == OK && !id_eq(&held.entry, &r->entry);
	}
	if ((e = walk_close(&w, e)) != OK || !found)
		return e;
	e = contradictions_found(c, &(struct contradictions_two){&r->receiver, CONTRADICTION_RECEIPTS,
	                                                         {{.payload = row.payload, .signature = row.signature}, *side},
	                                                         (held.kseq > r->kseq ? held.kseq : r->kseq) + 1});
	core_alarm(c, &r->receiver, "a partner gave two receipts that contradict each other; both are kept as evidence", "receipts");
	return e;
}

enum err contradictions_statement(struct core *c, const struct id *org, uint64_t kseq, const struct signed_statement two[2])
{
	struct contradictions_two x = {.org = org, .kind = CONTRADICTION_STATEMENTS, .statements = kseq};
	if (kseq == 0) /* another first statement is another organisation */
		return OK;
	for (size_t i = 0; i < 2; i++)
		x.side[i] = (struct contradiction_side){two[i].payload, SPAN(two[i].sign_sig, SIGN_LEN), SPAN(two[i].root_sig, SIGN_LEN)};
	return contradictions_found(c, &x);
}

enum err contradictions_frozen(struct core *c, const struct id *author, const struct id *log, uint64_t *n)
{
	const struct contradiction_report r = {.kind = CONTRADICTION_ENTRIES, .org = *author, .log = *log};
	uint8_t key[CONTRADICTION_KEY];
	struct contradictions_row held;
	contradiction_key(&r, key);
	enum err e = row_at(c, key, &held);
	*n = e == OK ? held.r->n : 0;
	return e == ERR_NOT_FOUND ? OK : e;
}

/* ---- told ---- */

/* What lies beyond a cut for compromise is the thief's, and no evidence against its owner: we take what stands where we hold more. */
static enum err replaced(struct core *c, const struct contradiction_report *r, bool *out)
{
	struct signed_statement st;
	struct statement parsed;
	struct log_row log;
	struct walk w;
	const int64_t compromise = vocab_number(&vocab_key_reason, SPAN("compromise", 10));
	*out = false;
	enum err e = statements_walk(core_txn(c), &r->org, &w);
	while (e == OK && !*out && statements_next(&w, &st))
		if ((e = statement_decode(st.payload, &parsed)) == OK)
			*out = parsed.kseq > r->kseq && parsed.reason == compromise;
	if ((e = walk_close(&w, e)) != OK || !*out || r->kind == CONTRADICTION_STATEMENTS)
		return e;
	e = logs_get(core_txn(c), &r->log, &log);
	if (e == OK && r->n <= log.n)
		*out = false;
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err take(struct core *c, struct session *s, struct span file, const struct contradiction_report *r)
{
	struct signed_statement st;
	struct statement parsed;
	char text[CONTRADICTIONS_TEXT];
	bool fresh, old = false;
	enum err e = statements_newest(core_txn(c), &r->org, &st, &parsed);
	if (e == OK)
		e = replaced(c, r, &old);
	if (e == ERR_NOT_FOUND || old) {
		core_log(c, "evidence-left", &r->org, old ? "under a key that was replaced for compromise" : "of nobody we know");
		return OK;
	}
	if (e == OK)
		e = keep(c, file, r, &s->org, &fresh);
	if (e != OK || !fresh)
		return e;
	contradictions_text(c, r, text);
	core_alarm(c, &r->org,
	           id_eq(&r->org, &c->self.org) ? "it is proven that we signed two different things: was this node restored, or does a copy of it run?"
	                                        : "evidence came that an organisation signed two different things: tally evidence list",
	           text);
	return OK;
}

void contradictions_on_message(struct core *c, struct session *s, const struct value *body)
{
	struct contradiction_report *r = arena_alloc(c->arena, sizeof *r);
	struct span file = {0};
	if (++s->evidence > LIMIT_EVIDENCE_SESSION) {
		session_end(c, s, "more evidence than one session may bring");
		return;
	}
	(void)value_is_bin(fields_get(message_fields(MESSAGE_EVIDENCE), body, "file"), &file);
	enum err e = r ? contradiction_verify(file, c->arena, r) : ERR_MEMORY;
	if (e == OK && r->verdict == PROOF_INVALID) {
		core_alarm(c, &s->org, "a partner sent evidence that proves nothing", r->link);
		session_end(c, s, "evidence that proves nothing");
	} else if (e == OK && r->verdict == PROOF_VALID) {
		e = take(c, s, file, r);
	}
	core_break(c, e);
}
