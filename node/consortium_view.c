#include "node/consortium_view.h"

#include <string.h>

#include "node/consortium_state.h"

#define DAY_MS (24ll * 60 * 60 * 1000)
#define SILENT_MS (2 * DAY_MS)

static const char *standing(const struct api_call *c, const struct consortium *x)
{
	if (x->heads > 1)
		return "conflict";
	if (x->heads && !consortium_has(x, &core_self(c->core)->org))
		return "removed";
	return vocab_word(&vocab_consortium_state, x->state);
}

static void put_text(json_t *o, const char *name, struct span text)
{
	(void)json_object_set_new(o, name, json_stringn((const char *)text.p, text.n));
}

static void put_org(struct api_call *c, json_t *o, const char *name, const struct id *org)
{
	char shown[NAMES_TEXT];
	names_show(c->core, org, shown);
	api_set(o, name, shown);
}

static void push_org(struct api_call *c, json_t *list, const struct id *org)
{
	char shown[NAMES_TEXT];
	names_show(c->core, org, shown);
	(void)json_array_append_new(list, json_string(shown));
}

/* ---- proposals ---- */

static enum err each_proposal(struct api_call *c, const struct consortium *x, enum err (*fn)(void *, const struct id *, const struct roster_event *,
                                                                                           const struct roster *), void *ctx)
{
	struct walk w;
	struct id hash;
	enum err e = rosters_walk(core_txn(c->core), TABLE_PROPOSALS, &x->id, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
		struct roster r;
		e = ev ? rosters_get(core_txn(c->core), TABLE_PROPOSALS, &(struct roster_key){x->id, hash}, c->arena, ev) : ERR_MEMORY;
		if (e == OK)
			e = roster_decode(ev->payload, c->arena, &r);
		if (e == OK)
			e = fn(ctx, &hash, ev, &r);
	}
	return walk_close(&w, e);
}

struct finding {
	const char *typed;
	size_t found;
	struct id *out;
};

static enum err find(void *ctx, const struct id *hash, const struct roster_event *ev, const struct roster *r)
{
	struct finding *f = ctx;
	char hex[65];
	(void)ev;
	(void)r;
	hex_encode(hex, hash->b, 32);
	if (strncmp(hex, f->typed, strlen(f->typed)) == 0) {
		*f->out = *hash;
		f->found++;
	}
	return OK;
}

enum err consortium_view_proposal(struct api_call *c, const struct consortium *x, const char *typed, struct id *out)
{
	struct finding f = {typed, 0, out};
	enum err e = each_proposal(c, x, find, &f);
	if (e == OK && f.found != 1)
		return api_fail(c, f.found ? ERR_CONFLICT : ERR_NOT_FOUND, "see: tally consortium show NAME", "\"%.40s\" %s", typed,
		                f.found ? "fits more than one proposal: give more digits" : "is no proposal that waits for signatures");
	return e;
}

struct proposals {
	struct api_call *c;
	json_t *list;
	const struct consortium *x;
	size_t waiting; /* for ours */
};

static void changes(struct api_call *c, const struct consortium *x, const struct roster *r, json_t *o)
{
	json_t *add = json_array(), *gone = json_array();
	for (size_t i = 0; i < r->members; i++)
		if (x->heads && !roster_member(x->roster[0], &r->member[i].org))
			push_org(c, add, &r->member[i].org);
	for (size_t i = 0; i < r->removals; i++)
		push_org(c, gone, &r->removed[i].org);
	(void)json_object_set_new(o, "adds", add);
	(void)json_object_set_new(o, "removes", gone);
	if (r->removals && r->removed[0].reason.n)
		put_text(o, "reason", r->removed[0].reason);
}

static enum err put_proposal(void *ctx, const struct id *hash, const struct roster_event *ev, const struct roster *r)
{
	struct proposals *p = ctx;
	const struct id *me = &core_self(p->c->core)->org;
	json_t *o = json_object(), *by = json_array();
	bool ours = roster_convenor(r, me), done = false;
	for (size_t i = 0; i < p->x->heads; i++)
		ours = ours || roster_convenor(p->x->roster[i], me);
	for (size_t i = 0; i < ev->signatures; i++) {
		push_org(p->c, by, &ev->by[i].org);
		done = done || id_eq(&ev->by[i].org, me);
	}
	p->waiting += ours && !done;
	api_set_id(o, "id", hash);
	(void)json_object_set_new(o, "rseq", json_integer((json_int_t)r->rseq));
	(void)json_object_set_new(o, "signed_by", by);
	(void)json_object_set_new(o, "threshold", json_integer((json_int_t)(p->x->heads ? p->x->roster[0]->threshold : r->threshold)));
	(void)json_object_set_new(o, "members", json_integer((json_int_t)r->members));
	changes(p->c, p->x, r, o);
	api_set_time(o, "time", r->time);
	(void)json_array_append_new(p->list, o);
	return OK;
}

/* ---- rows and sheets ---- */

enum err consortium_view_row(struct api_call *c, const struct consortium *x, json_t *o)
{
	struct proposals p = {c, json_array(), x, 0};
	int64_t t;
	enum err e = each_proposal(c, x, put_proposal, &p);
	api_set(o, "name", x->name);
	api_set(o, "state", standing(c, x));
	if (x->heads) {
		const struct roster *r = x->roster[0];
		put_text(o, "title", r->title);
		(void)json_object_set_new(o, "members", json_integer((json_int_t)r->members));
		(void)json_object_set_new(o, "rseq", json_integer((json_int_t)r->rseq));
		(void)json_object_set_new(o, "convenor", json_boolean(roster_convenor(r, &core_self(c->core)->org)));
	}
	(void)json_object_set_new(o, "to_sign", json_integer((json_int_t)p.waiting));
	if (fields_int(consortium_fields, x->row, "joined", &t))
		api_set_time(o, "joined", t);
	api_set_id(o, "id", &x->id);
	json_decref(p.list);
	return e;
}

static json_t *member_json(struct api_call *c, const struct consortium *x, const struct roster_member *m, bool *joined)
{
	struct log_row yes;
	json_t *o = json_object();
	put_org(c, o, "member", &m->org);
	put_text(o, "name", m->name);
	(void)json_object_set_new(o, "convenor", json_boolean(roster_convenor(x->roster[0], &m->org)));
	(void)json_object_set_new(o, "since", json_integer((json_int_t)m->since));
	*joined = logs_current(core_txn(c->core), &m->org, AUDIENCE_CONSORTIUM, &x->id, &yes) == OK;
	(void)json_object_set_new(o, "joined", json_boolean(*joined));
	api_set_id(o, "org", &m->org);
	return o;
}

enum err consortium_view_sheet(struct api_call *c, const struct consortium *x)
{
	struct proposals p = {c, json_array(), x, 0};
	json_t *members = json_array(), *heads = json_array();
	bool joined;
	(void)json_object_set_new(c->result, "proposals", p.list);
	(void)json_object_set_new(c->result, "member", members);
	(void)json_object_set_new(c->result, "rosters", heads);
	enum err e = consortium_view_row(c, x, c->result);
	if (e == OK)
		e = each_proposal(c, x, put_proposal, &p);
	for (size_t i = 0; i < x->heads; i++) {
		char hex[65];
		names_id(&x->head[i], hex);
		(void)json_array_append_new(heads, json_string(hex));
	}
	if (x->heads == 0)
		return e;
	const struct roster *r = x->roster[0];
	for (size_t i = 0; i < r->members; i++)
		if (consortium_has(x, &r->member[i].org))
			(void)json_array_append_new(members, member_json(c, x, &r->member[i], &joined));
	(void)json_object_set_new(c->result, "threshold", json_integer((json_int_t)r->threshold));
	(void)json_object_set_new(c->result, "convenors", json_integer((json_int_t)r->convenors));
	api_set(c->result, "ceiling", vocab_word(&vocab_tlp, r->ceiling));
	api_set(c->result, "history", vocab_word(&vocab_history, r->history));
	if (x->heads > 1)
		api_set(c->result, "next", "rosters are in conflict: what all of them share is served; a convenor heals it with: tally consortium propose, "
		                           "and a majority of each signs");
	return e;
}

/* ---- status ---- */

struct standing {
	struct api_call *c;
	const struct consortium *x;
	struct scope_log *log;
	size_t logs;
	size_t equal, members;
	json_t *behind, *silent;
};

/* When we last had anything of it. 0: never */
static int64_t heard(const struct standing *s, const struct id *org)
{
	struct core *c = s->c->core;
	struct partner p;
	struct entry_row row;
	int64_t at = 0, t;
	if (partners_get(core_txn(c), s->c->arena, org, &p) == OK && fields_int(partner_fields, p.row, "last_heard", &t))
		at = t;
	for (size_t i = 0; i < s->logs; i++) {
		struct receipt_row receipt;
		if (id_eq(&s->log[i].row.author, org) && entries_get(core_txn(c), s->log[i].row.no, s->log[i].row.n, &row) == OK && row.received > at)
			at = row.received;
		if (receipts_newest(core_txn(c), s->log[i].row.no, org, &receipt) == OK && receipt.received > at)
			at = receipt.received;
	}
	return at;
}

/* Its digest was ours: until anything changes, and for a day. */
static bool equals(const struct standing *s, const struct id *org, int64_t *at)
{
	struct core *c = s->c->core;
	struct id now;
	for (size_t i = 0; i < c->consortia->equals; i++) {
		const struct equal_heads *q = &c->consortia->equal[i];
		if (!id_eq(&q->consortium, &s->x->id) || !id_eq(&q->org, org))
			continue;
		*at = core_now(c) + (q->at - core_steady(c));
		if (consortium_digest(c, s->x, org, &now) != OK)
			return false;
		return id_eq(&now, &q->digest) && core_steady(c) - q->at < DAY_MS;
	}
	return false;
}

static bool lacks(const struct standing *s, const struct id *org)
{
	for (size_t i = 0; i < s->logs; i++) {
		struct receipt_row r;
		if (id_eq(&s->log[i].row.author, org) || id_eq(org, &core_self(s->c->core)->org))
			continue;
		if (receipts_newest(core_txn(s->c->core), s->log[i].row.no, org, &r) != OK || r.n < s->log[i].n)
			return true;
	}
	return false;
}

static void put_member(struct standing *s, const struct roster_member *m, json_t *list)
{
	struct core *c = s->c->core;
	struct core_link link;
	bool joined, me = id_eq(&m->org, &core_self(c)->org);
	int64_t compared = 0, at;
	json_t *o = member_json(s->c, s->x, m, &joined);
	bool equal = me || equals(s, &m->org, &compared);
	core_link_state(c, &m->org, &link);
	at = me ? core_now(c) : heard(s, &m->org);
	at = compared > at ? compared : at;
	at = link.linked && link.heard > at ? link.heard : at;
	bool silent = joined && core_now(c) - at > SILENT_MS;
	bool behind = joined && !equal && lacks(s, &m->org);
	(void)json_object_set_new(o, "linked", json_boolean(link.linked));
	(void)json_object_set_new(o, "in_sync", json_boolean(equal));
	(void)json_object_set_new(o, "silent", json_boolean(silent));
	if (at)
		api_set_time(o, "heard", at);
	if (compared)
		api_set_time(o, "compared", compared);
	if (behind)
		push_org(s->c, s->behind, &m->org);
	if (silent)
		push_org(s->c, s->silent, &m->org);
	s->equal += equal && !me;
	s->members++;
	(void)json_array_append_new(list, o);
}

static enum err put_log(struct standing *s, const struct scope_log *l, json_t *list)
{
	struct walk w;
	struct id by;
	json_t *o = json_object(), *holders = json_array();
	api_set_id(o, "log", &l->row.id);
	put_org(s->c, o, "author", &l->row.author);
	(void)json_object_set_new(o, "n", json_integer((json_int_t)l->n));
	if (l->n < l->row.n)
		(void)json_object_set_new(o, "void", json_integer((json_int_t)(l->row.n - l->n)));
	if (l->row.frozen)
		(void)json_object_set_new(o, "frozen", json_integer((json_int_t)l->row.frozen));
	api_set_time(o, "newest", l->row.head_time);
	enum err e = receipts_walk(core_txn(s->c->core), l->row.no, &w);
	while (e == OK && receipts_next_receiver(&w, &by)) {
		struct receipt_row r;
		json_t *h = json_object();
		if ((e = receipts_newest(core_txn(s->c->core), l->row.no, &by, &r)) == OK) {
			put_org(s->c, h, "member", &by);
			(void)json_object_set_new(h, "n", json_integer((json_int_t)r.n));
		}
		(void)json_array_append_new(holders, h);
	}
	(void)json_object_set_new(o, "receipts", holders);
	(void)json_array_append_new(list, o);
	return walk_close(&w, e);
}

enum err consortium_view_status(struct api_call *c, const struct consortium *x)
{
	struct standing s = {.c = c, .x = x, .behind = json_array(), .silent = json_array()};
	json_t *members = json_array(), *logs = json_array();
	struct id digest;
	char hex[65];
	(void)json_object_set_new(c->result, "members", members);
	(void)json_object_set_new(c->result, "logs", logs);
	(void)json_object_set_new(c->result, "behind", s.behind);
	(void)json_object_set_new(c->result, "silent", s.silent);
	enum err e = consortium_logs(c->core, x, NULL, &s.log, &s.logs);
	if (e == OK)
		e = consortium_digest(c->core, x, NULL, &digest);
	for (size_t i = 0; e == OK && i < x->roster[0]->members; i++)
		if (consortium_has(x, &x->roster[0]->member[i].org))
			put_member(&s, &x->roster[0]->member[i], members);
	for (size_t i = 0; e == OK && i < s.logs; i++)
		e = put_log(&s, &s.log[i], logs);
	if (e != OK)
		return e;
	size_t wanted = s.members - 1 < 2 ? s.members - 1 : 2;
	names_id(&digest, hex);
	api_set_id(c->result, "id", &x->id);
	api_set(c->result, "name", x->name);
	api_set(c->result, "state", standing(c, x));
	(void)json_object_set_new(c->result, "rseq", json_integer((json_int_t)x->quoted->rseq));
	api_set(c->result, "digest", hex);
	(void)json_object_set_new(c->result, "in_sync", json_boolean(consortium_ours(c->core, x) && s.equal >= wanted));
	(void)json_object_set_new(c->result, "equal", json_integer((json_int_t)s.equal));
	return OK;
}
