/* consortium_scope.c - how what members say spreads: two who are linked compare one digest over all that both may hold, and the heads when it
 * differs. */
#include <stdlib.h>
#include <string.h>

#include "keys/hash.h"
#include "node/consortium_state.h"


void scopes_free(struct scopes *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->scope[i].seen);
	free(s->scope);
	free(s);
}

struct scope *consortium_scope(const struct session *s, const struct id *id)
{
	for (size_t i = 0; s->scopes && i < s->scopes->n; i++)
		if (id_eq(&s->scopes->scope[i].consortium, id))
			return &s->scopes->scope[i];
	return NULL;
}

static struct scope *scope_add(struct session *s, const struct id *id)
{
	struct scope *x = consortium_scope(s, id);
	if (x)
		return x;
	if (!s->scopes && !(s->scopes = calloc(1, sizeof *s->scopes)))
		return NULL;
	struct scope *more = realloc(s->scopes->scope, (s->scopes->n + 1) * sizeof *more);
	if (!more)
		return NULL;
	s->scopes->scope = more;
	more += s->scopes->n++;
	memset(more, 0, sizeof *more);
	more->consortium = *id;
	more->due = INT64_MAX;
	return more;
}

uint64_t *consortium_seen(struct scope *x, const struct id *log)
{
	for (size_t i = 0; i < x->n; i++)
		if (id_eq(&x->seen[i].log, log))
			return &x->seen[i].n;
	if (x->n == LIMIT_SCOPE)
		return NULL;
	if (x->n == x->cap) {
		size_t cap = x->cap ? 2 * x->cap : 16;
		struct seen_head *more = realloc(x->seen, cap * sizeof *more);
		if (!more)
			return NULL;
		x->seen = more;
		x->cap = cap;
	}
	x->seen[x->n] = (struct seen_head){*log, 0};
	return &x->seen[x->n++].n;
}

void consortium_note(struct scope *x, const struct id *log, uint64_t n)
{
	uint64_t *at = consortium_seen(x, log);
	if (at && n > *at)
		*at = n;
}

uint64_t consortium_sees(const struct session *s, const struct id *id, const struct id *log)
{
	const struct scope *x = consortium_scope(s, id);
	for (size_t i = 0; x && x->open && i < x->n; i++)
		if (id_eq(&x->seen[i].log, log))
			return x->seen[i].n;
	return 0;
}

/* ---- the logs, and the digest over them ---- */

static int by_log(const void *a, const void *b)
{
	return id_cmp(&((const struct scope_log *)a)->row.id, &((const struct scope_log *)b)->row.id);
}

uint64_t consortium_since(const struct consortium *x, const struct id *org)
{
	const struct roster_member *m = roster_member(x->roster[0], org);
	return x->quoted->history == HISTORY_ALL || !m ? 0 : m->since;
}

struct gathering {
	struct scope_log *list;
	size_t n, cap;
	uint64_t since;
};

static enum err gather_author(struct core *c, const struct consortium *x, const struct id *author, struct gathering *g)
{
	struct walk w;
	uint32_t no;
	enum err e = logs_walk_audience(core_txn(c), author, AUDIENCE_CONSORTIUM, &x->id, &w);
	while (e == OK && logs_next_no(&w, &no)) {
		uint64_t bound, opened;
		if (!(g->list = arena_more(c->arena, g->list, g->n, &g->cap, sizeof *g->list))) {
			e = ERR_MEMORY;
			break;
		}
		struct scope_log *l = &g->list[g->n];
		if ((e = logs_by_no(core_txn(c), no, &l->row)) != OK || (e = consortium_bound(c, &x->id, &l->row, &bound, &opened)) != OK)
			break;
		l->n = l->row.n < bound ? l->row.n : bound;
		g->n += l->n > 0 && opened >= g->since;
	}
	return walk_close(&w, e);
}

enum err consortium_logs(struct core *c, const struct consortium *x, const struct id *peer, struct scope_log **out, size_t *count)
{
	const struct id *org;
	size_t n;
	struct gathering g = {0};
	enum err e = consortium_members_ever(c, &x->id, &org, &n);
	if (peer) {
		uint64_t mine = consortium_since(x, &c->self.org);
		g.since = consortium_since(x, peer) > mine ? consortium_since(x, peer) : mine;
	}
	for (size_t i = 0; i < n && e == OK; i++)
		e = gather_author(c, x, &org[i], &g);
	if (e == OK && g.n)
		qsort(g.list, g.n, sizeof *g.list, by_log);
	*out = g.list;
	*count = g.n;
	return e;
}

static void fold(struct id *sum, const struct id *what, const uint64_t *numbers, size_t n)
{
	uint8_t bytes[16];
	const struct span part[3] = {ID_SPAN(sum), ID_SPAN(what), {bytes, 8 * n}};
	for (size_t i = 0; i < n; i++)
		put_u64be(bytes + 8 * i, numbers[i]);
	hash_b2b(sum, "tally.sum.v1", part, 3);
}

static enum err kseq_of(struct core *c, const struct id *org, uint64_t *kseq)
{
	struct signed_statement st;
	struct statement *parsed = arena_alloc(c->arena, sizeof *parsed);
	enum err e = parsed ? statements_newest(core_txn(c), org, &st, parsed) : ERR_MEMORY;
	if (e == OK)
		*kseq = parsed->kseq;
	return e;
}

enum err consortium_digest(struct core *c, const struct consortium *x, const struct id *peer, struct id *out)
{
	struct scope_log *log;
	size_t n;
	struct id sum = {{0}};
	enum err e = consortium_logs(c, x, peer, &log, &n);
	for (size_t i = 0; i < x->heads; i++)
		fold(&sum, &x->head[i], NULL, 0);
	for (size_t i = 0; i < x->roster[0]->members && e == OK; i++) {
		uint64_t kseq;
		if (!consortium_has(x, &x->roster[0]->member[i].org))
			continue;
		e = kseq_of(c, &x->roster[0]->member[i].org, &kseq);
		if (e == OK)
			fold(&sum, &x->roster[0]->member[i].org, &kseq, 1);
		e = e == ERR_NOT_FOUND ? OK : e;
	}
	for (size_t i = 0; i < n && e == OK; i++)
		fold(&sum, &log[i].row.id, (uint64_t[]){log[i].n, 0}, 2);
	*out = sum;
	return e;
}

/* ---- comparing ---- */

static void note_equal(struct core *c, const struct id *id, const struct id *org, const struct id *digest)
{
	struct consortia *k = c->consortia;
	for (size_t i = 0; i < k->equals; i++)
		if (id_eq(&k->equal[i].consortium, id) && id_eq(&k->equal[i].org, org)) {
			k->equal[i].at = c->steady;
			k->equal[i].digest = *digest;
			return;
		}
	struct equal_heads *more = realloc(k->equal, (k->equals + 1) * sizeof *more);
	if (!more) {
		core_break(c, ERR_MEMORY);
		return;
	}
	k->equal = more;
	k->equal[k->equals++] = (struct equal_heads){*id, *org, *digest, c->steady};
}

static void say_summary(struct core *c, struct session *s, struct scope *x, const struct id *digest)
{
	const struct field *f = message_fields(MESSAGE_SUMMARY);
	struct value *m = value_map(c->arena);
	fields_set(c->arena, f, m, "scope", value_id(c->arena, &x->consortium));
	fields_set(c->arena, f, m, "hash", value_id(c->arena, digest));
	x->said = *digest;
	session_say(c, s, MESSAGE_SUMMARY, m);
}

void consortium_put_head(struct core *c, struct value *list, const struct scope_log *l)
{
	const struct field *g = fields_find(message_fields(MESSAGE_HEADS), "heads")->group;
	struct value *one = value_map(c->arena);
	fields_set(c->arena, g, one, "log", value_id(c->arena, &l->row.id));
	fields_set(c->arena, g, one, "n", value_int(c->arena, (int64_t)l->n));
	if (l->row.frozen)
		fields_set(c->arena, g, one, "frozen", value_bool(c->arena, true));
	value_push(c->arena, list, one);
}

static enum err say_heads(struct core *c, struct session *s, const struct consortium *con)
{
	const struct field *f = message_fields(MESSAGE_HEADS), *g = fields_find(f, "keys")->group;
	struct value *m = value_map(c->arena), *heads = value_array(c->arena), *keys = value_array(c->arena), *rosters = value_array(c->arena);
	struct scope_log *log;
	size_t n;
	enum err e = consortium_logs(c, con, &s->org, &log, &n);
	for (size_t i = 0; i < n && i < LIMIT_SCOPE && e == OK; i++)
		consortium_put_head(c, heads, &log[i]);
	for (size_t i = 0; i < con->roster[0]->members && e == OK; i++) {
		const struct id *org = &con->roster[0]->member[i].org;
		struct value *one = value_map(c->arena);
		uint64_t kseq;
		if ((e = kseq_of(c, org, &kseq)) == OK) {
			fields_set(c->arena, g, one, "org", value_id(c->arena, org));
			fields_set(c->arena, g, one, "kseq", value_int(c->arena, (int64_t)kseq));
			value_push(c->arena, keys, one);
		}
		e = e == ERR_NOT_FOUND ? OK : e;
	}
	for (size_t i = 0; i < con->heads; i++)
		value_push(c->arena, rosters, value_id(c->arena, &con->head[i]));
	fields_set(c->arena, f, m, "scope", value_id(c->arena, &con->id));
	fields_set(c->arena, f, m, "heads", heads);
	fields_set(c->arena, f, m, "keys", keys);
	fields_set(c->arena, f, m, "rosters", rosters);
	if (e == OK)
		session_say(c, s, MESSAGE_HEADS, m);
	return e;
}

/* All that is held, they have too. */
static enum err sees_all(struct core *c, struct session *s, const struct consortium *con, struct scope *x)
{
	struct scope_log *log;
	size_t n;
	enum err e = consortium_logs(c, con, &s->org, &log, &n);
	for (size_t i = 0; i < n && e == OK; i++)
		consortium_note(x, &log[i].row.id, log[i].n);
	return e;
}

static enum err compare(struct core *c, struct session *s, const struct consortium *con, struct scope *x)
{
	struct id digest;
	enum err e = consortium_digest(c, con, &s->org, &digest);
	bool news = e == OK && !id_eq(&digest, &x->said);
	if (news)
		say_summary(c, s, x, &digest);
	if (e != OK || !x->heard)
		return e;
	if (news && !id_eq(&digest, &x->read)) { /* theirs was said before they had what we have: it is about to come again */
		x->due = c->steady + QUIET_MS;
		return OK;
	}
	if (id_eq(&digest, &x->read)) {
		note_equal(c, &con->id, &s->org, &digest);
		return sees_all(c, s, con, x);
	}
	if (id_eq(&x->read, &x->answered))
		return OK;
	x->answered = x->read;
	return say_heads(c, s, con);
}

/* ---- messages ---- */

void consortium_on_summary(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_SUMMARY);
	struct consortium con;
	struct id id = {{0}};
	(void)fields_id(f, body, "scope", &id);
	struct scope *x = consortium_scope(s, &id);
	if (!x || !x->open) { /* they believe to be members, or that we are: what changed is told */
		consortium_tell_one(c, s, &id, true);
		if (consortium_get(c, &id, &con) != OK || !(x = scope_add(s, &id)))
			return;
	}
	bool first = x->open && !x->heard;
	x->heard = true;
	(void)fields_id(f, body, "hash", &x->read);
	x->due = c->steady + QUIET_MS;
	enum err e = first ? consortium_get(c, &id, &con) : OK;
	if (first && e == OK)
		e = compare(c, s, &con, x);
	core_break(c, e);
}

static enum err send_keys(struct core *c, struct session *s, const struct consortium *con, const struct value *keys)
{
	const struct field *g = fields_find(message_fields(MESSAGE_HEADS), "keys")->group;
	enum err e = OK;
	for (size_t i = 0; i < con->roster[0]->members && e == OK; i++) {
		const struct id *org = &con->roster[0]->member[i].org;
		int64_t held = -1;
		uint64_t kseq;
		struct id of;
		for (size_t j = 0; j < value_count(keys); j++)
			if (fields_id(g, value_item(keys, j), "org", &of) && id_eq(&of, org))
				(void)fields_int(g, value_item(keys, j), "kseq", &held);
		e = kseq_of(c, org, &kseq);
		if (e == OK && (int64_t)kseq > held && !id_eq(org, &s->org))
			consortium_send_keys(c, s, org, (uint64_t)(held + 1));
		e = e == ERR_NOT_FOUND ? OK : e;
	}
	return e;
}

/* Theirs that we lack are asked for; ours that they lack are told. */
static enum err match_rosters(struct core *c, struct session *s, const struct consortium *con, const struct value *list)
{
	bool lacking = false, same = value_count(list) == con->heads;
	for (size_t i = 0; i < value_count(list); i++) {
		struct id hash;
		struct span none;
		value_is_id(value_item(list, i), &hash);
		const struct roster_key key = {con->id, hash};
		enum err e = store_get(core_txn(c), TABLE_ROSTERS, SPAN(&key, sizeof key), &none);
		if (e != OK && e != ERR_NOT_FOUND)
			return e;
		lacking = lacking || e == ERR_NOT_FOUND;
		bool head = false;
		for (size_t j = 0; j < con->heads; j++)
			head = head || id_eq(&con->head[j], &hash);
		same = same && head;
	}
	if (lacking)
		consortium_question(c, s, &con->id);
	if (!same)
		consortium_tell_one(c, s, &con->id, true);
	return OK;
}

void consortium_on_heads(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_HEADS), *g = fields_find(f, "heads")->group;
	const struct value *list = fields_get(f, body, "heads"), *keys = fields_get(f, body, "keys"), *rosters = fields_get(f, body, "rosters");
	struct consortium con;
	struct id id = {{0}};
	(void)fields_id(f, body, "scope", &id);
	struct scope *x = consortium_scope(s, &id);
	if (!x || !x->open)
		return;
	enum err e = consortium_get(c, &id, &con);
	for (size_t i = 0; i < value_count(list); i++) {
		struct id log;
		int64_t n = 0;
		if (fields_id(g, value_item(list, i), "log", &log) && fields_int(g, value_item(list, i), "n", &n))
			consortium_note(x, &log, (uint64_t)n);
	}
	if (e == OK && rosters)
		e = match_rosters(c, s, &con, rosters);
	if (e == OK && keys)
		e = send_keys(c, s, &con, keys);
	if (e == OK)
		e = consortium_want(c, s, x);
	core_break(c, e);
}

/* ---- a session's part ---- */

/* What there is to tell in few bytes: when it is the same as before, nothing is told. */
static enum err news(struct core *c, const struct consortium *con, struct id *out)
{
	struct walk w;
	struct id hash, sum = {{0}};
	for (size_t i = 0; i < con->heads; i++)
		fold(&sum, &con->head[i], NULL, 0);
	enum err e = rosters_walk(core_txn(c), TABLE_PROPOSALS, &con->id, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
		e = ev ? rosters_get(core_txn(c), TABLE_PROPOSALS, &(struct roster_key){con->id, hash}, c->arena, ev) : ERR_MEMORY;
		if (e == OK)
			fold(&sum, &hash, (uint64_t[]){ev->signatures}, 1);
	}
	*out = sum;
	return walk_close(&w, e);
}

static enum err begin_one(struct core *c, struct session *s, const struct id *id)
{
	struct consortium con;
	struct log_row yes;
	struct id told;
	enum err e = consortium_get(c, id, &con);
	if (e == OK)
		e = news(c, &con, &told);
	if (e != OK)
		return e;
	struct scope *x = scope_add(s, id);
	if (!x)
		return ERR_MEMORY;
	bool was = x->open, first = id_zero(&x->told);
	x->open = consortium_ours(c, &con) && consortium_has(&con, &s->org);
	e = logs_current(core_txn(c), &s->org, AUDIENCE_CONSORTIUM, id, &yes);
	bool joined = e == OK;
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	if (!id_eq(&told, &x->told)) {
		x->told = told;
		struct walk w;
		struct id hash;
		e = rosters_walk(core_txn(c), TABLE_PROPOSALS, id, &w);
		bool pending = e == OK && rosters_next(&w, &hash);
		if ((e = walk_close(&w, e)) != OK)
			return e;
		/* Who has joined compares heads with us; the others are told all. */
		if (!first || !joined || pending)
			consortium_tell_one(c, s, id, !joined);
	}
	if (!x->open || s->closing)
		return OK;
	x->due = c->steady + QUIET_MS;
	if (was)
		return OK;
	if (c->addresses)
		session_keys(c, s, c->self.kseq + 1); /* where we can be dialled */
	consortium_hand_receipts(c, s, id);
	return compare(c, s, &con, x);
}

void consortium_begin(struct core *c, struct session *s)
{
	const struct id *all;
	size_t n;
	enum err e = consortium_all(c, &all, &n);
	for (size_t i = 0; i < n && e == OK && !s->closing; i++)
		e = begin_one(c, s, &all[i]);
	core_break(c, e);
}

static void changed(struct core *c, struct effect *e)
{
	(void)e;
	for (struct session *s = c->sessions; s; s = s->next)
		if (!s->closing && s->phase == PHASE_FULL && (s->scopes || (s->scopes = calloc(1, sizeof *s->scopes))))
			s->scopes->anew = true;
	c->consortia->due = c->steady;
}

enum err consortium_changed(struct core *c, const struct id *id)
{
	return core_effect(c, &(struct effect){.done = changed, .org = *id});
}

int64_t consortium_session_deadline(const struct session *s)
{
	int64_t due = s->scopes && s->scopes->anew ? s->opened : INT64_MAX;
	for (size_t i = 0; s->scopes && i < s->scopes->n; i++)
		if (s->scopes->scope[i].due < due)
			due = s->scopes->scope[i].due;
	return due;
}

void consortium_tick_session(struct core *c, struct session *s)
{
	if (!s->scopes)
		return;
	if (s->scopes->anew) {
		s->scopes->anew = false;
		consortium_begin(c, s);
	}
	for (size_t i = 0; i < s->scopes->n && !s->closing; i++) {
		struct scope *x = &s->scopes->scope[i];
		struct consortium con;
		if (x->due > c->steady)
			continue;
		x->due = INT64_MAX;
		if (!x->open)
			continue;
		enum err e = consortium_get(c, &x->consortium, &con);
		if (e == OK)
			e = consortium_want(c, s, x);
		if (e == OK)
			e = compare(c, s, &con, x);
		core_break(c, e);
	}
}
