/* consortium_act.c - what the operator does with consortia. Every change is an event that convenors sign; what is signed here is told to all whom it
 * concerns, and decided when enough have signed. Joining is the member's own yes: the log that it opens to the consortium, signed, for all to see. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/consortium_state.h"
#include "node/names.h"

static enum err say(struct complaint *why, enum err e, const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum err say(struct complaint *why, enum err e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	why->where[0] = 0;
	(void)vsnprintf(why->text, sizeof why->text, format, args);
	va_end(args);
	return e;
}

/* ---- an event in the making ---- */

struct making {
	struct roster r;
	struct id convenor[LIMIT_CONVENORS];
	struct roster_member *member; /* room for one more than the most */
	struct roster_removed *removed;
};

static enum err make(struct core *c, struct making *m)
{
	memset(m, 0, sizeof *m);
	m->member = arena_alloc(c->arena, (LIMIT_MEMBERS + 1) * sizeof *m->member);
	m->removed = arena_alloc(c->arena, LIMIT_MEMBERS * sizeof *m->removed);
	m->r.convenor = m->convenor;
	m->r.member = m->member;
	m->r.removed = m->removed;
	return m->member && m->removed ? OK : ERR_MEMORY;
}

/* Its own name, as its key statement says. */
static enum err name_of(struct core *c, const struct id *org, struct span *out, struct complaint *why)
{
	struct signed_statement st;
	struct statement parsed;
	char shown[NAMES_TEXT];
	enum err e = statements_newest(core_txn(c), org, &st, &parsed);
	if (e == ERR_NOT_FOUND) {
		names_show(c, org, shown);
		return say(why, ERR_NOT_PARTNER, "%.60s: its key statements are not held; pair with it first", shown);
	}
	if (e != OK)
		return e;
	size_t n = strlen(parsed.name);
	char *copy = arena_alloc(c->arena, n + 1);
	if (!copy)
		return ERR_MEMORY;
	memcpy(copy, parsed.name, n);
	*out = SPAN(copy, n);
	return OK;
}

static enum err add_member(struct core *c, struct making *m, const struct id *org, struct complaint *why)
{
	size_t at = 0;
	struct roster_member x = {.org = *org, .since = m->r.rseq};
	while (at < m->r.members && id_cmp(&m->member[at].org, org) < 0)
		at++;
	if (at < m->r.members && id_eq(&m->member[at].org, org))
		return OK;
	if (m->r.members == LIMIT_MEMBERS)
		return say(why, ERR_LIMIT, "a consortium has at most 512 members");
	enum err e = name_of(c, org, &x.name, why);
	if (e != OK)
		return e;
	memmove(m->member + at + 1, m->member + at, (m->r.members - at) * sizeof x);
	m->member[at] = x;
	m->r.members++;
	return OK;
}

static enum err add_convenor(struct core *c, struct making *m, const struct id *org, struct complaint *why)
{
	size_t at = 0;
	enum err e = add_member(c, m, org, why);
	if (e != OK)
		return e;
	while (at < m->r.convenors && id_cmp(&m->convenor[at], org) < 0)
		at++;
	if (at < m->r.convenors && id_eq(&m->convenor[at], org))
		return OK;
	if (m->r.convenors == LIMIT_CONVENORS)
		return say(why, ERR_LIMIT, "a consortium has at most 16 convenors");
	memmove(m->convenor + at + 1, m->convenor + at, (m->r.convenors - at) * sizeof *org);
	m->convenor[at] = *org;
	m->r.convenors++;
	return OK;
}

static void take_out(struct making *m, const struct id *org)
{
	size_t kept = 0;
	for (size_t i = 0; i < m->r.members; i++)
		if (!id_eq(&m->member[i].org, org))
			m->member[kept++] = m->member[i];
	m->r.members = kept;
	kept = 0;
	for (size_t i = 0; i < m->r.convenors; i++)
		if (!id_eq(&m->convenor[i], org))
			m->convenor[kept++] = m->convenor[i];
	m->r.convenors = kept;
}

static enum err remove_member(struct core *c, const struct consortium *x, struct making *m, const struct id *org)
{
	size_t at = m->r.removals;
	struct roster_removed gone;
	for (size_t i = 0; i < m->r.removals; i++)
		if (id_eq(&m->removed[i].org, org))
			return OK;
	enum err e = consortium_cuts(c, &x->id, org, &gone);
	if (e != OK)
		return e;
	for (; at > 0 && id_cmp(&m->removed[at - 1].org, org) > 0; at--)
		m->removed[at] = m->removed[at - 1];
	m->removed[at] = gone;
	m->r.removals++;
	take_out(m, org);
	return OK;
}

/* A secret that only the members of this event are told. */
static enum err new_secret(struct core *c, struct making *m)
{
	uint8_t secret[32];
	core_random(c, secret, sizeof secret);
	roster_tag(secret, &m->r.tag);
	enum err e = consortium_keep_secret(c, &m->r.tag, secret);
	bytes_wipe(secret, sizeof secret);
	return e;
}

static enum err sign_event(struct core *c, struct span payload, struct roster_event *ev)
{
	size_t at = ev->signatures;
	struct roster_signature mine = {.org = c->self.org, .kseq = c->self.kseq};
	enum err e = keyring_sign(c->keyring, SIGN_ROSTER, payload, mine.sig);
	if (e != OK)
		return e;
	for (; at > 0 && id_cmp(&ev->by[at - 1].org, &mine.org) > 0; at--)
		ev->by[at] = ev->by[at - 1];
	ev->by[at] = mine;
	ev->signatures++;
	return OK;
}

static enum err rule_holds(struct making *m, struct complaint *why)
{
	uint64_t least = m->r.convenors / 2 + 1;
	if (m->r.convenors == 0)
		return say(why, ERR_POLICY, "a consortium needs a convenor");
	if (m->r.threshold == 0)
		m->r.threshold = least;
	if (m->r.threshold < least || m->r.threshold > m->r.convenors)
		return say(why, ERR_POLICY, "with %zu convenors the threshold is %llu to %zu: more than half, so that no two rosters can both be decided",
		           m->r.convenors, (unsigned long long)least, m->r.convenors);
	return OK;
}

static enum err put_forward(struct core *c, struct making *m, struct id *hash, struct id *id, struct complaint *why)
{
	struct buf payload = {0};
	struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
	enum intake got;
	enum err e = ev ? rule_holds(m, why) : ERR_MEMORY;
	m->r.time = c->now;
	if (e == OK)
		e = roster_encode(&m->r, &payload);
	if (e == ERR_INVALID)
		e = say(why, e, "the title or a name has characters that cannot be signed");
	if (e == OK) {
		ev->payload = buf_span(&payload);
		roster_hash(ev->payload, hash);
		roster_consortium(ev->payload, &m->r, id);
		e = sign_event(c, ev->payload, ev);
	}
	if (e == OK)
		e = consortium_take(c, ev, NULL, &got);
	buf_free(&payload);
	return e == OK ? consortium_changed(c, id) : e;
}

/* ---- create, propose ---- */

enum err consortium_create(struct core *c, const struct consortium_charter *charter, struct id *out, struct complaint *why)
{
	struct making m;
	struct consortium x;
	struct id hash;
	enum err e = make(c, &m);
	if (e == OK && names_fault(charter->name))
		return say(why, ERR_INVALID, "\"%.30s\" cannot be a name: %s", charter->name, names_fault(charter->name));
	if (e == OK && consortium_named(c, charter->name, &x) == OK)
		return say(why, ERR_CONFLICT, "there is a consortium named \"%s\" already", x.name);
	m.r.title = SPAN(charter->title, strlen(charter->title));
	m.r.name = SPAN(charter->name, strlen(charter->name));
	m.r.ceiling = charter->first.ceiling ? charter->first.ceiling : TLP_AMBER_STRICT;
	m.r.history = charter->first.history ? charter->first.history : HISTORY_SINCE;
	m.r.threshold = (uint64_t)charter->first.threshold;
	if (e == OK && m.r.ceiling >= TLP_RED)
		return say(why, ERR_TLP, "red is for named recipients: a consortium's ceiling is amber+strict at most");
	if (e == OK)
		e = add_convenor(c, &m, &c->self.org, why);
	for (size_t i = 0; i < charter->first.convene && e == OK; i++)
		e = add_convenor(c, &m, &charter->first.convenor[i], why);
	for (size_t i = 0; i < charter->first.add && e == OK; i++)
		e = add_member(c, &m, &charter->first.added[i], why);
	if (e == OK)
		e = new_secret(c, &m);
	if (e == OK)
		e = put_forward(c, &m, &hash, out, why);
	if (e == OK)
		e = consortium_get(c, out, &x);
	if (e == OK) { /* its convenor's yes is that it made it */
		x.state = x.heads ? CONSORTIUM_INVITED : CONSORTIUM_PROPOSED;
		e = consortium_put_row(c, &x);
	}
	return e == OK ? operations_add(core_txn(c), c->now, "operator", "consortium created", charter->name) : e;
}

/* As the heads have it: what all of them have, with who is missing in one of them named as removed. */
static enum err from_heads(struct core *c, const struct consortium *x, struct making *m)
{
	const struct roster *first = x->roster[0];
	enum err e = OK;
	m->r = *first;
	m->r.convenor = m->convenor;
	m->r.member = m->member;
	m->r.removed = m->removed;
	m->r.removals = 0;
	m->r.has_consortium = true;
	m->r.consortium = x->id;
	m->r.prevs = 0;
	m->r.rseq = 0;
	memcpy(m->convenor, first->convenor, first->convenors * sizeof *m->convenor);
	memcpy(m->member, first->member, first->members * sizeof *m->member);
	for (size_t i = 0; i < x->heads; i++) {
		size_t at = m->r.prevs++;
		for (; at > 0 && id_cmp(&m->r.prev[at - 1], &x->head[i]) > 0; at--)
			m->r.prev[at] = m->r.prev[at - 1];
		m->r.prev[at] = x->head[i];
		m->r.rseq = x->roster[i]->rseq + 1 > m->r.rseq ? x->roster[i]->rseq + 1 : m->r.rseq;
	}
	for (size_t i = 0; i < x->heads; i++)
		for (size_t j = 0; j < x->roster[i]->members && e == OK; j++)
			if (!consortium_has(x, &x->roster[i]->member[j].org))
				e = remove_member(c, x, m, &x->roster[i]->member[j].org);
	return e;
}

static enum err known(struct core *c, const struct id *id, struct consortium *x, struct complaint *why)
{
	enum err e = consortium_get(c, id, x);
	if (e != OK)
		return e;
	if (x->heads == 0)
		return say(why, ERR_CONFLICT, "\"%s\" is not decided yet: its convenors must sign it first", x->name);
	return OK;
}

static enum err apply(struct core *c, const struct consortium *x, const struct consortium_change *change, struct making *m, struct complaint *why)
{
	char name[NAMES_TEXT];
	enum err e = OK;
	for (size_t i = 0; i < change->remove && e == OK; i++) {
		names_show(c, &change->removed[i], name);
		if (!roster_member(&m->r, &change->removed[i]))
			return say(why, ERR_NOT_FOUND, "%.60s is no member", name);
		e = remove_member(c, x, m, &change->removed[i]);
		for (size_t j = 0; e == OK && change->reason && j < m->r.removals; j++)
			if (id_eq(&m->removed[j].org, &change->removed[i]))
				m->removed[j].reason = SPAN(change->reason, strlen(change->reason));
	}
	for (size_t i = 0; i < change->add && e == OK; i++) {
		names_show(c, &change->added[i], name);
		if (roster_removal(&m->r, &change->added[i]))
			return say(why, ERR_CONFLICT, "%.60s cannot be removed and brought in by one event", name);
		e = add_member(c, m, &change->added[i], why);
	}
	if (e == OK && change->convene) {
		m->r.convenors = 0;
		if (!change->threshold)
			m->r.threshold = 0;
	}
	for (size_t i = 0; i < change->convene && e == OK; i++)
		e = add_convenor(c, m, &change->convenor[i], why);
	if (change->threshold)
		m->r.threshold = (uint64_t)change->threshold;
	if (m->r.threshold > m->r.convenors || m->r.threshold < m->r.convenors / 2 + 1)
		m->r.threshold = change->threshold ? m->r.threshold : 0;
	if (change->ceiling)
		m->r.ceiling = change->ceiling;
	if (change->history)
		m->r.history = change->history;
	if (change->title)
		m->r.title = SPAN(change->title, strlen(change->title));
	if (m->r.ceiling >= TLP_RED)
		return say(why, ERR_TLP, "red is for named recipients: a consortium's ceiling is amber+strict at most");
	return e;
}

enum err consortium_propose(struct core *c, const struct id *id, const struct consortium_change *change, struct id *proposal, struct complaint *why)
{
	struct consortium x;
	struct making m;
	struct id same;
	bool convenor = false;
	enum err e = known(c, id, &x, why);
	if (e == OK)
		e = make(c, &m);
	if (e != OK)
		return e;
	for (size_t i = 0; i < x.heads; i++)
		convenor = convenor || roster_convenor(x.roster[i], &c->self.org);
	if (!convenor)
		return say(why, ERR_POLICY, "only a convenor of \"%s\" can propose a change", x.name);
	e = from_heads(c, &x, &m);
	if (e == OK)
		e = apply(c, &x, change, &m, why);
	if (e == OK && (m.r.removals || m.r.prevs > 1))
		e = new_secret(c, &m);
	if (e == OK)
		e = put_forward(c, &m, proposal, &same, why);
	if (e == ERR_LIMIT && !why->text[0])
		return say(why, e, "too many proposals wait for signatures already");
	return e == OK ? operations_add(core_txn(c), c->now, "operator", "roster proposed", x.name) : e;
}

/* ---- sign ---- */

static bool signed_by(const struct roster_event *ev, const struct id *org)
{
	for (size_t i = 0; i < ev->signatures; i++)
		if (id_eq(&ev->by[i].org, org))
			return true;
	return false;
}

/* Two events at one place are never signed by one convenor: that is how conflicts come to be. */
static enum err signed_other(struct core *c, const struct consortium *x, const struct id *but, uint64_t rseq, bool *other)
{
	static const enum table tables[] = {TABLE_PROPOSALS, TABLE_ROSTERS};
	enum err e = OK;
	*other = false;
	for (size_t t = 0; t < 2 && e == OK; t++) {
		struct walk w;
		struct id hash;
		e = rosters_walk(core_txn(c), tables[t], &x->id, &w);
		while (e == OK && rosters_next(&w, &hash)) {
			struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
			struct roster r;
			e = ev ? rosters_get(core_txn(c), tables[t], &(struct roster_key){x->id, hash}, c->arena, ev) : ERR_MEMORY;
			if (e == OK)
				e = roster_decode(ev->payload, c->arena, &r);
			*other = *other || (e == OK && r.rseq == rseq && !id_eq(&hash, but) && signed_by(ev, &c->self.org));
		}
		e = walk_close(&w, e);
	}
	return e;
}

/* The only one that waits for our signature. */
static enum err find_proposal(struct core *c, const struct consortium *x, const struct id *wanted, struct id *out, struct complaint *why)
{
	struct walk w;
	struct id hash;
	size_t found = 0;
	enum err e = rosters_walk(core_txn(c), TABLE_PROPOSALS, &x->id, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
		e = ev ? rosters_get(core_txn(c), TABLE_PROPOSALS, &(struct roster_key){x->id, hash}, c->arena, ev) : ERR_MEMORY;
		if (e != OK || signed_by(ev, &c->self.org) || (wanted && !id_eq(wanted, &hash)))
			continue;
		*out = hash;
		found++;
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	if (found == 0)
		return say(why, ERR_NOT_FOUND, "nothing of \"%s\" waits for our signature", x->name);
	return found == 1 ? OK : say(why, ERR_CONFLICT, "%zu proposals of \"%s\" wait for our signature: name one", found, x->name);
}

enum err consortium_sign(struct core *c, const struct id *id, const struct id *proposal, bool *decided, struct complaint *why)
{
	struct consortium x;
	struct id hash;
	struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
	struct roster r;
	enum intake got;
	bool other, may;
	enum err e = ev ? consortium_get(c, id, &x) : ERR_MEMORY;
	if (e == OK)
		e = find_proposal(c, &x, proposal, &hash, why);
	if (e == OK)
		e = rosters_get(core_txn(c), TABLE_PROPOSALS, &(struct roster_key){*id, hash}, c->arena, ev);
	if (e == OK)
		e = roster_decode(ev->payload, c->arena, &r);
	if (e != OK)
		return e;
	may = roster_convenor(&r, &c->self.org);
	for (size_t i = 0; i < x.heads; i++)
		may = may || roster_convenor(x.roster[i], &c->self.org);
	if (!may)
		return say(why, ERR_POLICY, "only its convenors sign the rosters of \"%s\"", x.name);
	if ((e = signed_other(c, &x, &hash, r.rseq, &other)) != OK)
		return e;
	if (other)
		return say(why, ERR_POLICY, "another roster was signed here for the same place: whoever signs two puts them in conflict");
	e = sign_event(c, ev->payload, ev);
	if (e == OK)
		e = consortium_take(c, ev, NULL, &got);
	if (e != OK)
		return e;
	*decided = got == INTAKE_DECIDED;
	e = consortium_changed(c, id);
	return e != OK ? e : operations_add(core_txn(c), c->now, "operator", "roster signed", x.name);
}

/* ---- join, leave ---- */

enum err consortium_join(struct core *c, const struct id *id, struct complaint *why)
{
	struct consortium x;
	enum err e = known(c, id, &x, why);
	if (e != OK)
		return e;
	if (!consortium_has(&x, &c->self.org))
		return say(why, ERR_POLICY, "we are no member of \"%s\" by its newest roster", x.name);
	if (x.state == CONSORTIUM_JOINED)
		return say(why, ERR_CONFLICT, "we have joined \"%s\" already", x.name);
	x.state = CONSORTIUM_JOINED;
	struct value *row = value_copy(c->arena, x.row);
	fields_set(c->arena, consortium_fields, row, "joined", value_int(c->arena, c->now));
	x.row = row;
	e = consortium_put_row(c, &x);
	if (e == OK)
		e = consortium_changed(c, id); /* the next tick opens our log: our signed yes */
	return e != OK ? e : operations_add(core_txn(c), c->now, "operator", "consortium joined", x.name);
}

enum err consortium_leave(struct core *c, const struct id *id, struct complaint *why)
{
	struct consortium x;
	enum err e = consortium_get(c, id, &x);
	if (e != OK)
		return e;
	if (x.state == CONSORTIUM_LEFT)
		return say(why, ERR_CONFLICT, "we have left \"%s\" already", x.name);
	x.state = CONSORTIUM_LEFT;
	if ((e = consortium_put_row(c, &x)) == OK)
		e = consortium_changed(c, id);
	return e != OK ? e : operations_add(core_txn(c), c->now, "operator", "consortium left", x.name);
}

enum err consortium_may_say(struct core *c, const struct id *id, const struct record *r, struct complaint *why)
{
	struct consortium x;
	enum err e = consortium_get(c, id, &x);
	if (e != OK)
		return e;
	if (!consortium_ours(c, &x))
		return say(why, ERR_NOT_PARTNER, "\"%s\": we have not joined it, or are no member any more", x.name);
	if (r->tlp >= TLP_RED || r->tlp > x.quoted->ceiling)
		return fields_complain(why, ERR_TLP, r->tlp >= TLP_RED ? "red: for named recipients, never to a consortium"
		                                                       : "above the ceiling that the consortium's policy sets", "tlp");
	return OK;
}
