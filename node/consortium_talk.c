/* consortium_talk.c - rosters, proposals and the keys of members, told from partner to partner and from member to member. What somebody learns they
 * tell at once to all they are linked with whom it concerns; whoever lacks something asks with a ROSTERS that holds nothing. */
#include <stdlib.h>
#include <string.h>

#include "node/consortium_state.h"
#include "node/theirkeys.h"

#define TELL_BYTES (512u * 1024u) /* of events in one message, unless one alone is larger */

/* ---- what there is to tell ---- */

struct news {
	struct value *events, *proposals, *statements, *secrets;
	size_t bytes;
	size_t signers, cap;
	struct id *signer;
	bool ours; /* what came names us */
};

static void begin(struct core *c, struct news *n)
{
	*n = (struct news){.events = value_array(c->arena), .proposals = value_array(c->arena), .statements = value_array(c->arena),
	                   .secrets = value_array(c->arena)};
}

static void send(struct core *c, struct session *s, const struct id *id, const struct news *n)
{
	const struct field *f = message_fields(MESSAGE_ROSTERS);
	struct value *m = value_map(c->arena);
	fields_set(c->arena, f, m, "consortium", value_id(c->arena, id));
	if (value_count(n->events))
		fields_set(c->arena, f, m, "events", n->events);
	if (value_count(n->proposals))
		fields_set(c->arena, f, m, "proposals", n->proposals);
	if (value_count(n->statements))
		fields_set(c->arena, f, m, "statements", n->statements);
	if (value_count(n->secrets))
		fields_set(c->arena, f, m, "secrets", n->secrets);
	session_say(c, s, MESSAGE_ROSTERS, m);
}

static enum err add_chain(struct core *c, struct news *n, const struct id *org)
{
	struct walk w;
	struct signed_statement st;
	for (size_t i = 0; i < n->signers; i++)
		if (id_eq(&n->signer[i], org))
			return OK;
	if (!(n->signer = arena_more(c->arena, n->signer, n->signers, &n->cap, sizeof *n->signer)))
		return ERR_MEMORY;
	n->signer[n->signers++] = *org;
	enum err e = statements_walk(core_txn(c), org, &w);
	while (e == OK && statements_next(&w, &st))
		value_push(c->arena, n->statements, statement_value(c->arena, &st));
	return walk_close(&w, e);
}

static enum err add_event(struct core *c, struct news *n, struct value *list, const struct roster_event *ev)
{
	enum err e = OK;
	for (size_t i = 0; i < ev->signatures && e == OK; i++)
		e = add_chain(c, n, &ev->by[i].org);
	value_push(c->arena, list, roster_event_value(c->arena, ev));
	n->bytes += ev->payload.n + ev->signatures * 110;
	return e;
}

/* Only to members by that roster. */
static enum err add_secret(struct core *c, struct news *n, const struct roster *r, const struct id *to)
{
	uint8_t secret[32];
	if (!roster_member(r, to))
		return OK;
	enum err e = consortium_secret(c, &r->tag, secret);
	if (e == OK)
		value_push(c->arena, n->secrets, value_bin(c->arena, SPAN(secret, sizeof secret)));
	bytes_wipe(secret, sizeof secret);
	return e == ERR_NOT_FOUND ? OK : e;
}

struct event_at {
	uint64_t rseq;
	struct id hash;
};

static int by_rseq(const void *a, const void *b)
{
	const struct event_at *x = a, *y = b;
	return x->rseq != y->rseq ? (x->rseq < y->rseq ? -1 : 1) : id_cmp(&x->hash, &y->hash);
}

static enum err all_events(struct core *c, const struct id *id, struct event_at **out, size_t *count)
{
	struct walk w;
	struct id hash;
	struct event_at *list = NULL;
	size_t cap = 0;
	*count = 0;
	enum err e = rosters_walk(core_txn(c), TABLE_ROSTERS, id, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		const struct roster *r;
		e = consortium_roster(c, id, &hash, &r);
		struct event_at *more = e == OK ? arena_more(c->arena, list, *count, &cap, sizeof *list) : list;
		if (e == OK && !more)
			e = ERR_MEMORY;
		if (e == OK)
			more[(*count)++] = (struct event_at){r->rseq, hash};
		list = more;
	}
	if ((e = walk_close(&w, e)) == OK && list)
		qsort(list, *count, sizeof *list, by_rseq);
	*out = list;
	return e;
}

static enum err tell_events(struct core *c, struct session *s, const struct consortium *x, bool all, struct news *n)
{
	struct event_at *list;
	size_t count;
	enum err e = all_events(c, &x->id, &list, &count);
	for (size_t i = 0; i < count && e == OK; i++) {
		struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
		bool head = false;
		for (size_t j = 0; j < x->heads; j++)
			head = head || id_eq(&x->head[j], &list[i].hash);
		if (!all && !head)
			continue;
		e = ev ? rosters_get(core_txn(c), TABLE_ROSTERS, &(struct roster_key){x->id, list[i].hash}, c->arena, ev) : ERR_MEMORY;
		if (e == OK)
			e = add_event(c, n, n->events, ev);
		if (e == OK && n->bytes > TELL_BYTES) {
			send(c, s, &x->id, n);
			begin(c, n);
		}
	}
	for (size_t j = 0; j < x->heads && e == OK; j++)
		if (consortium_has(x, &s->org))
			e = add_secret(c, n, x->roster[j], &s->org);
	return e;
}

static bool convenes(const struct consortium *x, const struct roster *r, const struct id *org)
{
	bool does = r && roster_convenor(r, org);
	for (size_t i = 0; i < x->heads; i++)
		does = does || roster_convenor(x->roster[i], org);
	return does;
}

static enum err tell_proposals(struct core *c, const struct session *s, const struct consortium *x, struct news *n)
{
	struct walk w;
	struct id hash;
	enum err e = rosters_walk(core_txn(c), TABLE_PROPOSALS, &x->id, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
		struct roster r;
		e = ev ? rosters_get(core_txn(c), TABLE_PROPOSALS, &(struct roster_key){x->id, hash}, c->arena, ev) : ERR_MEMORY;
		if (e == OK)
			e = roster_decode(ev->payload, c->arena, &r);
		if (e != OK || !convenes(x, &r, &s->org))
			continue;
		e = add_event(c, n, n->proposals, ev);
		if (e == OK)
			e = add_secret(c, n, &r, &s->org);
	}
	return walk_close(&w, e);
}

/* Was it ever a member? Then it may know what became of it. */
static enum err ever(struct core *c, const struct id *id, const struct id *org, bool *was)
{
	const struct id *list;
	size_t n;
	enum err e = consortium_members_ever(c, id, &list, &n);
	*was = false;
	for (size_t i = 0; e == OK && i < n; i++)
		*was = *was || id_eq(&list[i], org);
	return e;
}

void consortium_tell_one(struct core *c, struct session *s, const struct id *id, bool all)
{
	struct consortium x;
	struct news n;
	bool member = false;
	enum err e = consortium_get(c, id, &x);
	if (e == ERR_NOT_FOUND || x.state == CONSORTIUM_LEFT)
		return;
	begin(c, &n);
	if (e == OK)
		e = ever(c, id, &s->org, &member);
	if (e == OK && member)
		e = tell_events(c, s, &x, all, &n);
	if (e == OK)
		e = tell_proposals(c, s, &x, &n);
	if (e != OK)
		core_break(c, e);
	else if (value_count(n.events) || value_count(n.proposals))
		send(c, s, id, &n);
}

void consortium_question(struct core *c, struct session *s, const struct id *id)
{
	struct news n;
	begin(c, &n);
	send(c, s, id, &n);
}

/* ---- what is told ---- */

/* Who signed what names us: nobody else's statements are kept on a partner's word. */
static enum err add_signers(struct core *c, const struct value *list, struct news *n)
{
	struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
	enum err e = ev ? OK : ERR_MEMORY;
	for (size_t i = 0; i < value_count(list) && e == OK; i++) {
		struct roster r;
		e = roster_event_read(value_item(list, i), ev);
		if (e == OK)
			e = roster_decode(ev->payload, c->arena, &r);
		for (size_t j = 0; e == OK && j < ev->signatures; j++)
			if (!(n->signer = arena_more(c->arena, n->signer, n->signers, &n->cap, sizeof *n->signer)))
				e = ERR_MEMORY;
			else
				n->signer[n->signers++] = ev->by[j].org;
		n->ours = n->ours || (e == OK && (roster_member(&r, &c->self.org) || roster_convenor(&r, &c->self.org)));
	}
	return e;
}

static bool signer(const struct news *n, const struct id *org)
{
	for (size_t i = 0; i < n->signers; i++)
		if (id_eq(&n->signer[i], org))
			return true;
	return false;
}

/* *worth: it is a consortium of ours, or one that names us and for which there is room. */
static enum err look(struct core *c, const struct id *id, struct news *n, bool *worth)
{
	struct consortium x;
	const struct id *all;
	size_t count;
	enum err e = consortium_get(c, id, &x);
	*worth = e == OK;
	if (e != ERR_NOT_FOUND)
		return e;
	e = consortium_all(c, &all, &count);
	*worth = e == OK && n->ours && count < LIMIT_CONSORTIA;
	return e;
}

static enum err take_chains(struct core *c, const struct value *list, const struct news *n)
{
	bool fresh = false;
	struct id org = {{0}};
	for (size_t i = 0; i < value_count(list); i++) {
		struct signed_statement st;
		struct statement parsed;
		enum err e = statement_read(value_item(list, i), &st) ? statement_decode(st.payload, &parsed) : ERR_SHAPE;
		if (e != OK)
			return e;
		if (parsed.has_org)
			org = parsed.org;
		else
			statement_org(st.payload, &org);
		if (!signer(n, &org))
			continue;
		if ((e = theirkeys_take(c, &org, &st, &fresh)) != OK)
			return e;
	}
	return OK;
}

struct heard {
	bool fresh, lacking;
};

static enum err take_list(struct core *c, struct session *s, const struct id *id, const struct value *list, struct heard *h)
{
	struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
	if (!ev)
		return ERR_MEMORY;
	for (size_t i = 0; i < value_count(list); i++) {
		enum intake got = INTAKE_KNOWN;
		struct roster r;
		struct id of;
		enum err e = roster_event_read(value_item(list, i), ev);
		if (e == OK)
			e = roster_decode(ev->payload, c->arena, &r);
		if (e != OK)
			return e;
		roster_consortium(ev->payload, &r, &of);
		if (!id_eq(&of, id))
			return ERR_INVALID;
		e = consortium_take(c, ev, &s->org, &got);
		h->fresh = h->fresh || (e == OK && got != INTAKE_KNOWN);
		h->lacking = h->lacking || e == ERR_NOT_FOUND;
		if (e != OK && e != ERR_NOT_FOUND && e != ERR_POLICY && e != ERR_LIMIT)
			return e;
	}
	return OK;
}

static bool tag_known(struct core *c, const struct id *id, const struct id *tag)
{
	struct consortium x;
	struct walk w;
	struct id hash;
	bool known = false;
	if (consortium_get(c, id, &x) != OK)
		return false;
	for (size_t i = 0; i < x.heads; i++)
		known = known || id_eq(&x.roster[i]->tag, tag);
	enum err e = rosters_walk(core_txn(c), TABLE_PROPOSALS, id, &w);
	while (e == OK && !known && rosters_next(&w, &hash)) {
		struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
		struct roster r;
		e = ev ? rosters_get(core_txn(c), TABLE_PROPOSALS, &(struct roster_key){*id, hash}, c->arena, ev) : ERR_MEMORY;
		if (e == OK)
			e = roster_decode(ev->payload, c->arena, &r);
		known = e == OK && id_eq(&r.tag, tag);
	}
	core_break(c, walk_close(&w, e));
	return known;
}

static enum err take_secrets(struct core *c, const struct id *id, const struct value *list)
{
	enum err e = OK;
	for (size_t i = 0; i < value_count(list) && e == OK; i++) {
		struct span secret;
		struct id tag;
		if (!value_is_bin(value_item(list, i), &secret) || secret.n != 32)
			return ERR_SHAPE;
		roster_tag(secret.p, &tag);
		if (tag_known(c, id, &tag))
			e = consortium_keep_secret(c, &tag, secret.p);
	}
	return e;
}

/* Entries may have waited for this roster, whoever brought them. */
static void judge_waiting(struct core *c, const struct id *id)
{
	const struct id *list;
	size_t n;
	enum err e = consortium_members_ever(c, id, &list, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		e = ingest_parked(c, &list[i]);
	core_break(c, e);
}

void consortium_on_rosters(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_ROSTERS);
	const struct value *events = fields_get(f, body, "events"), *proposals = fields_get(f, body, "proposals");
	struct heard h = {0};
	struct id id = {{0}};
	(void)fields_id(f, body, "consortium", &id);
	if (!value_count(events) && !value_count(proposals)) {
		consortium_tell_one(c, s, &id, true);
		return;
	}
	struct news n = {0};
	bool worth = false;
	enum err e = add_signers(c, events, &n);
	if (e == OK)
		e = add_signers(c, proposals, &n);
	if (e == OK)
		e = look(c, &id, &n, &worth);
	if (e == OK && !worth) {
		core_alarm(c, &s->org, "a partner told of a consortium that does not name us, or of one too many; it was not taken", "consortia");
		return;
	}
	if (e == OK)
		e = take_chains(c, fields_get(f, body, "statements"), &n);
	if (e == OK)
		e = take_list(c, s, &id, events, &h);
	if (e == OK)
		e = take_list(c, s, &id, proposals, &h);
	if (e == OK)
		e = take_secrets(c, &id, fields_get(f, body, "secrets"));
	if (core_own_fault(e)) {
		core_break(c, e);
		return;
	}
	if (e != OK) {
		core_alarm(c, &s->org, "a roster that does not verify was brought by a partner; it is refused", err_text(e));
		session_end(c, s, "their rosters do not verify");
		return;
	}
	if (h.lacking)
		consortium_question(c, s, &id);
	if (h.fresh) {
		judge_waiting(c, &id);
		core_break(c, consortium_changed(c, &id));
	}
}

/* ---- keys of others ---- */

static enum err in_common(struct core *c, const struct id *one, const struct id *two, bool *common)
{
	const struct id *all;
	size_t n;
	enum err e = consortium_all(c, &all, &n);
	*common = false;
	for (size_t i = 0; e == OK && !*common && i < n; i++) {
		bool has_one = false, has_two = false;
		e = ever(c, &all[i], one, &has_one);
		if (e == OK)
			e = ever(c, &all[i], two, &has_two);
		*common = e == OK && has_one && has_two;
	}
	return e;
}

void consortium_on_keys(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_KEYS);
	const struct value *list = fields_get(f, body, "statements");
	struct id org = {{0}};
	bool fresh = false, common;
	(void)fields_id(f, body, "org", &org);
	enum err e = in_common(c, &org, &s->org, &common);
	if (e == OK && (!common || id_eq(&org, &c->self.org))) {
		session_end(c, s, "key statements of somebody else");
		return;
	}
	for (size_t i = 0; i < value_count(list) && e == OK; i++) {
		struct signed_statement st;
		e = statement_read(value_item(list, i), &st) ? theirkeys_take(c, &org, &st, &fresh) : ERR_SHAPE;
	}
	if (e == OK)
		e = consortium_addresses(c, &org, fields_get(f, body, "addresses"), false);
	if (e == OK && fresh) {
		e = theirkeys_changed(c, &org);
		if (e == OK)
			e = ingest_parked(c, &s->org); /* what was signed by keys that were not held is charged to who brought it */
		consortium_due(c);
	}
	if (core_own_fault(e)) {
		core_break(c, e);
	} else if (e != OK) {
		core_alarm(c, &org, "a key statement that does not verify or contradicts the one held", err_text(e));
		session_end(c, s, "their key statements do not verify");
	}
}

/* Statements of a member from kseq on, and where it can be dialled, to somebody who lacks them. */
void consortium_send_keys(struct core *c, struct session *s, const struct id *org, uint64_t from)
{
	const struct field *f = message_fields(MESSAGE_KEYS);
	struct value *m = value_map(c->arena), *list = value_array(c->arena);
	const struct value *row;
	struct walk w;
	struct signed_statement st;
	uint64_t kseq = 0;
	enum err e = statements_walk(core_txn(c), org, &w);
	for (; e == OK && statements_next(&w, &st); kseq++)
		if (kseq >= from)
			value_push(c->arena, list, statement_value(c->arena, &st));
	e = walk_close(&w, e);
	fields_set(c->arena, f, m, "org", value_id(c->arena, org));
	fields_set(c->arena, f, m, "statements", list);
	if (e == OK && (e = rows_get(core_txn(c), TABLE_ADDRESSES, ID_SPAN(org), c->arena, &row)) == OK)
		fields_set(c->arena, f, m, "addresses", value_copy(c->arena, fields_get(address_fields, row, "addresses")));
	if (e != OK && e != ERR_NOT_FOUND)
		core_break(c, e);
	else if (value_count(list))
		session_say(c, s, MESSAGE_KEYS, m);
}
