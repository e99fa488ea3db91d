/* exchange.c - what two linked partners do: compare heads, push entries within a window, and answer each with a signed receipt. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/consortium.h"
#include "node/contradictions.h"
#include "node/cut.h"
#include "node/ingest.h"
#include "node/returned.h"

static const struct id everybody; /* target of a log to all partners: zeros */

/* ---- the logs of this pair ---- */

struct scope {
	size_t count, cap;
	struct log_row *log;
};

static enum err scope_add(struct core *c, const struct id *author, enum audience type, const struct id *target, struct scope *out)
{
	struct walk w;
	uint32_t no;
	enum err e = logs_walk_audience(core_txn(c), author, type, target, &w);
	if (e != OK)
		return e;
	while (e == OK && logs_next_no(&w, &no)) {
		if (out->count == out->cap) {
			size_t cap = out->cap ? 2 * out->cap : 8;
			struct log_row *more = cap > LIMIT_SCOPE ? NULL : realloc(out->log, cap * sizeof *more);
			if (!more) {
				e = cap > LIMIT_SCOPE ? ERR_LIMIT : ERR_MEMORY;
				break;
			}
			out->log = more;
			out->cap = cap;
		}
		struct log_row *log = &out->log[out->count];
		uint64_t counts = 0;
		e = logs_by_no(core_txn(c), no, log);
		if (e == OK)
			e = cut_counted(core_txn(c), c->arena, log, &counts);
		if (e == OK && (counts || log->n == 0)) { /* what a newer key has cut off is nobody's business any more */
			log->n = counts;
			out->count++;
		}
	}
	return walk_close(&w, e);
}

static int by_log(const void *a, const void *b)
{
	return id_cmp(&((const struct log_row *)a)->id, &((const struct log_row *)b)->id);
}

static enum err scope_read(struct core *c, const struct id *org, struct scope *out)
{
	*out = (struct scope){0};
	enum err e = scope_add(c, &c->self.org, AUDIENCE_DIRECT, org, out);
	if (e == OK)
		e = scope_add(c, &c->self.org, AUDIENCE_PARTNERS, &everybody, out);
	if (e == OK)
		e = scope_add(c, org, AUDIENCE_DIRECT, &c->self.org, out);
	if (e == OK)
		e = scope_add(c, org, AUDIENCE_PARTNERS, &everybody, out);
	if (e != OK) {
		free(out->log);
		*out = (struct scope){0};
	} else if (out->count) {
		qsort(out->log, out->count, sizeof *out->log, by_log);
	}
	return e;
}

/* Too many logs are between these two alone: nobody else's turn is broken by it. */
static void scope_failed(struct core *c, struct session *s, enum err e)
{
	if (e == ERR_LIMIT)
		session_end(c, s, "more logs between us than one message can name");
	else
		core_break(c, e);
}

bool exchange_ours(const struct core *c, const struct log_row *log)
{
	return id_eq(&log->author, &c->self.org);
}

uint64_t exchange_receipted(struct core *c, const struct log_row *log, const struct id *receiver)
{
	struct receipt_row row;
	struct receipt r;
	if (receipts_newest(core_txn(c), log->no, receiver, &row) != OK || receipt_decode(row.payload, c->arena, &r) != OK)
		return 0;
	return r.n;
}

static enum err summary(struct core *c, const struct id *org, const struct scope *scope, struct id *out)
{
	struct sync_head *heads = arena_alloc(c->arena, (scope->count + 1) * sizeof *heads);
	if (!heads)
		return ERR_MEMORY;
	for (size_t i = 0; i < scope->count; i++) {
		const struct log_row *log = &scope->log[i];
		uint64_t receipted = exchange_receipted(c, log, exchange_ours(c, log) ? org : &c->self.org);
		heads[i] = (struct sync_head){log->id, log->n, receipted < log->n ? receipted : log->n};
	}
	sync_summary(heads, scope->count, out);
	return OK;
}

/* ---- the beginning ---- */

void exchange_begin(struct core *c, struct session *s)
{
	const struct field *f = message_fields(MESSAGE_SUMMARY);
	struct scope scope;
	struct value *m = value_map(c->arena);
	struct id hash;
	consortium_begin(c, s);
	if (s->mode == LINK_MODE_MEMBER || s->closing) /* nothing is between us but consortia */
		return;
	enum err e = scope_read(c, &s->org, &scope);
	if (e != OK) {
		scope_failed(c, s, e);
		return;
	}
	e = summary(c, &s->org, &scope, &hash);
	for (size_t i = 0; i < scope.count && e == OK; i++)
		if (exchange_ours(c, &scope.log[i]) && !exchange_sync_add(s, &scope.log[i]))
			e = ERR_MEMORY;
	free(scope.log);
	fields_set(c->arena, f, m, "scope", value_id(c->arena, &everybody));
	fields_set(c->arena, f, m, "hash", value_id(c->arena, &hash));
	if (e != OK || session_send(c, s, MESSAGE_SUMMARY, m) != OK)
		session_end(c, s, "could not begin the exchange");
	else
		exchange_files_next(c, s);
	if (!s->closing)
		contradictions_begin(c, s);
}

/* ---- heads ---- */

static void send_receipts(struct core *c, struct session *s, const struct scope *scope)
{
	for (size_t i = 0; i < scope->count && !s->closing; i++) {
		struct receipt_row row;
		if (exchange_ours(c, &scope->log[i]) || receipts_newest(core_txn(c), scope->log[i].no, &c->self.org, &row) != OK)
			continue;
		exchange_send_receipt(c, s, row.payload, row.signature);
	}
}

static void send_heads(struct core *c, struct session *s, const struct scope *scope)
{
	const struct field *f = message_fields(MESSAGE_HEADS), *g = fields_find(f, "heads")->group;
	struct value *m = value_map(c->arena), *list = value_array(c->arena);
	for (size_t i = 0; i < scope->count; i++) {
		struct value *one = value_map(c->arena);
		fields_set(c->arena, g, one, "log", value_id(c->arena, &scope->log[i].id));
		fields_set(c->arena, g, one, "n", value_int(c->arena, (int64_t)scope->log[i].n));
		if (scope->log[i].frozen)
			fields_set(c->arena, g, one, "frozen", value_bool(c->arena, true));
		value_push(c->arena, list, one);
	}
	fields_set(c->arena, f, m, "scope", value_id(c->arena, &everybody));
	fields_set(c->arena, f, m, "heads", list);
	s->heads_sent = true;
	if (session_send(c, s, MESSAGE_HEADS, m) != OK)
		session_end(c, s, "could not send heads");
	else
		send_receipts(c, s, scope);
}

static void on_summary(struct core *c, struct session *s, const struct value *body)
{
	struct scope scope;
	struct id mine, theirs = {{0}};
	if (s->summary_read || s->mode == LINK_MODE_MEMBER) /* it goes over all logs of the pair: once is enough, new entries are pushed */
		return;
	s->summary_read = true;
	(void)fields_id(message_fields(MESSAGE_SUMMARY), body, "hash", &theirs);
	enum err e = scope_read(c, &s->org, &scope);
	if (e == OK)
		e = summary(c, &s->org, &scope, &mine);
	if (e == OK && id_eq(&mine, &theirs)) {
		for (size_t i = 0; i < s->logs; i++)
			if (!s->log[i].known)
				sync_start(&s->log[i], s->log[i].head);
		send_receipts(c, s, &scope); /* places say nothing of exceptions: the last receipt may have cleared some and been lost */
	} else if (e == OK && !s->heads_sent) {
		send_heads(c, s, &scope);
	}
	free(scope.log);
	scope_failed(c, s, e);
	exchange_pump(c, s);
}

/* They begin behind another place than we thought. Each time may cost a whole window, so not again and again. */
static void begin_at(struct core *c, struct sync_log *l, uint64_t holds)
{
	if (l->known) {
		if (c->steady - l->rewound < LIMIT_REWIND_MS)
			return;
		l->rewound = c->steady;
	}
	sync_start(l, holds);
}

/* Where they stand in it; *frozen: they have proof that it was forked, and take no more of it. */
static uint64_t head_of(const struct value *list, const struct field *g, const struct id *log, bool *frozen)
{
	*frozen = false;
	for (size_t i = 0; i < value_count(list); i++) {
		struct id id;
		int64_t n = 0;
		if (fields_id(g, value_item(list, i), "log", &id) && id_eq(&id, log) && fields_int(g, value_item(list, i), "n", &n)) {
			(void)fields_bool(g, value_item(list, i), "frozen", frozen);
			return (uint64_t)n;
		}
	}
	return 0;
}

static void on_heads(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_HEADS), *g = fields_find(f, "heads")->group;
	const struct value *list = fields_get(f, body, "heads");
	struct scope scope;
	if (s->mode == LINK_MODE_MEMBER)
		return;
	for (size_t i = 0; i < s->logs; i++) {
		struct sync_log *l = &s->log[i];
		bool frozen;
		uint64_t n = head_of(list, g, &l->log, &frozen), held = n;
		if (n > l->head || frozen) {
			n = stopped_log(c, &s->org, &l->log, frozen ? "they have frozen it" : "heads");
			if (n > l->head)
				n = l->head;
		}
		begin_at(c, l, n);
		if (held > l->head)
			core_break(c, returned_lost(c, s, l->no));
	}
	if (!s->heads_sent) {
		enum err e = scope_read(c, &s->org, &scope);
		if (e == OK) {
			send_heads(c, s, &scope);
			free(scope.log);
		}
		scope_failed(c, s, e);
	}
	exchange_pump(c, s);
}

/* A gap: the reader asks from a place. It costs us no more than what the reader could have had anyway. */
static void on_want(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_WANT);
	struct id log;
	int64_t from;
	struct sync_log *l;
	if (!fields_id(f, body, "log", &log) || !fields_int(f, body, "from", &from) || consortium_on_want(c, s, &log, (uint64_t)from) || from < 1)
		return;
	if (!(l = exchange_sync(s, &log)))
		exchange_give_back(c, s, &log, (uint64_t)from);
	if (!l || (uint64_t)from > l->head)
		return;
	begin_at(c, l, (uint64_t)from - 1);
	exchange_pump(c, s);
}

/* ---- entries in ---- */

void exchange_refuse(struct core *c, struct session *s, const struct ingest_result *r)
{
	const struct field *f = message_fields(MESSAGE_ERROR);
	struct value *m = value_map(c->arena);
	fields_set(c->arena, f, m, "code", value_int(c->arena, r->verdict));
	if (r->located) {
		fields_set(c->arena, f, m, "log", value_id(c->arena, &r->log));
		fields_set(c->arena, f, m, "n", value_int(c->arena, (int64_t)r->n));
	}
	core_alarm(c, &s->org, "an entry was refused", verdict_text(r->verdict));
	if (session_send(c, s, MESSAGE_ERROR, m) != OK)
		session_end(c, s, "could not send");
	if (verdict_blames(r->verdict) == 'P')
		session_end(c, s, verdict_text(r->verdict));
}

static void ask_gap(struct core *c, struct session *s, const struct ingest_result *r)
{
	const struct field *f = message_fields(MESSAGE_WANT);
	struct value *m = value_map(c->arena);
	fields_set(c->arena, f, m, "log", value_id(c->arena, &r->log));
	fields_set(c->arena, f, m, "from", value_int(c->arena, (int64_t)r->held + 1));
	if (session_send(c, s, MESSAGE_WANT, m) != OK)
		session_end(c, s, "could not ask for what is missing");
}

static void on_entries(struct core *c, struct session *s, const struct value *body)
{
	const struct value *list = fields_get(message_fields(MESSAGE_ENTRIES), body, "entries");
	bool asked = false;
	struct id back = {{0}};
	for (size_t i = 0; i < value_count(list) && !s->closing && c->turn.broken == OK; i++) {
		struct carried_entry in;
		struct ingest_result r = {.verdict = VERDICT_ENTRY_SHAPE};
		enum err e = carried_read(value_item(list, i), c->arena, &in);
		if (e == OK)
			e = returned_entry(c, s, &in, &r, &back);
		else if (e != ERR_MEMORY)
			e = OK;
		if (e == OK && r.log_no && verdict_class(r.verdict) == 'G')
			e = core_touch(c, r.log_no);
		if (e == OK && r.located)
			consortium_arrived(c, s, &r.log, r.n);
		if (e != OK) {
			core_break(c, e);
		} else if ((r.verdict == VERDICT_GAP || r.more) && !asked) {
			asked = true;
			ask_gap(c, s, &r);
		} else if (verdict_class(r.verdict) == 'F') {
			exchange_refuse(c, s, &r);
		}
	}
	if (!id_zero(&back) && !s->closing && c->turn.broken == OK)
		returned_more(c, s, &back);
	exchange_files_next(c, s);
}

static bool of_pair(const struct message_row *row, const struct value *body)
{
	struct id scope = {{0}};
	return !fields_id(row->fields, body, "scope", &scope) || id_zero(&scope);
}

void exchange_message(struct core *c, struct session *s, const struct message_row *row, const struct value *body)
{
	switch (row->number) {
	case MESSAGE_SUMMARY:
		if (of_pair(row, body))
			on_summary(c, s, body);
		else
			consortium_on_summary(c, s, body);
		return;
	case MESSAGE_HEADS:
		if (of_pair(row, body))
			on_heads(c, s, body);
		else
			consortium_on_heads(c, s, body);
		return;
	case MESSAGE_ROSTERS:
		consortium_on_rosters(c, s, body);
		return;
	case MESSAGE_WANT:
		on_want(c, s, body);
		return;
	case MESSAGE_ENTRIES:
		on_entries(c, s, body);
		return;
	case MESSAGE_RECEIPTS:
		exchange_on_receipts(c, s, body);
		return;
	case MESSAGE_EVIDENCE:
		contradictions_on_message(c, s, body);
		return;
	case MESSAGE_FILE_WANT:
		exchange_files_on_want(c, s, body);
		return;
	case MESSAGE_FILE_CHUNK:
		exchange_files_on_chunk(c, s, body);
		return;
	case MESSAGE_HELLO:
	case MESSAGE_KEYS:
	case MESSAGE_CONFIRM:
	case MESSAGE_PING:
	case MESSAGE_CLOSE:
	case MESSAGE_ERROR:
		return; /* the session's own */
	}
}
