/* consortium_take.c - events and proposals as they come, from our own operator or from others: verified, kept, and which of them are the newest. */
#include <stdio.h>
#include <string.h>

#include "node/consortium_state.h"
#include "node/names.h"

/* ---- which are the newest ---- */

struct chain { /* all events of one consortium */
	size_t n, cap;
	struct id *hash;
	const struct roster **r;
	uint8_t *reached; /* by how many heads */
};

static enum err read_chain(struct core *c, const struct id *id, struct chain *out)
{
	struct walk w;
	struct id hash;
	struct chain ch = {0};
	size_t rcap = 0;
	enum err e = rosters_walk(core_txn(c), TABLE_ROSTERS, id, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		ch.hash = arena_more(c->arena, ch.hash, ch.n, &ch.cap, sizeof *ch.hash);
		ch.r = arena_more(c->arena, ch.r, ch.n, &rcap, sizeof *ch.r);
		if (!ch.hash || !ch.r) {
			e = ERR_MEMORY;
			break;
		}
		ch.hash[ch.n] = hash;
		e = consortium_roster(c, id, &hash, &ch.r[ch.n]);
		ch.n += e == OK;
	}
	if ((e = walk_close(&w, e)) == OK && !(ch.reached = arena_alloc(c->arena, ch.n + 1)))
		e = ERR_MEMORY;
	*out = ch;
	return e;
}

static bool names(const struct roster *r, const struct id *hash)
{
	for (size_t i = 0; i < r->prevs; i++)
		if (id_eq(&r->prev[i], hash))
			return true;
	return false;
}

/* Marks what this event stands upon, itself too. */
static void reach(struct chain *ch, size_t from, bool *seen)
{
	for (size_t i = 0; i < ch->n; i++)
		seen[i] = i == from;
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < ch->n; i++)
			for (size_t j = 0; seen[i] && j < ch->n; j++)
				if (!seen[j] && names(ch->r[i], &ch->hash[j]))
					more = seen[j] = true;
	}
	for (size_t i = 0; i < ch->n; i++)
		ch->reached[i] = (uint8_t)(ch->reached[i] + seen[i]);
}

/* Heads are what nothing names as before it; new entries quote the newest that all of them stand upon. */
static enum err settle(struct core *c, struct consortium *x)
{
	struct chain ch;
	uint64_t rseq = 0;
	enum err e = read_chain(c, &x->id, &ch);
	bool *seen = e == OK ? arena_alloc(c->arena, ch.n + 1) : NULL;
	if (e == OK && !seen)
		e = ERR_MEMORY;
	x->heads = 0;
	for (size_t i = 0; e == OK && i < ch.n; i++) {
		bool head = true;
		for (size_t j = 0; head && j < ch.n; j++)
			head = !names(ch.r[j], &ch.hash[i]);
		if (!head)
			continue;
		if (x->heads == LIMIT_ROSTER_PREVS)
			return ERR_LIMIT;
		x->roster[x->heads] = ch.r[i];
		x->head[x->heads++] = ch.hash[i];
		reach(&ch, i, seen);
	}
	for (size_t i = 0; e == OK && i < ch.n; i++)
		if (ch.reached[i] == x->heads && (i == 0 || ch.r[i]->rseq >= rseq)) {
			rseq = ch.r[i]->rseq;
			x->quote = ch.hash[i];
			x->quoted = ch.r[i];
		}
	return e;
}

/* ---- taking events in ---- */

struct taken { /* one event as it comes */
	struct id id, hash;
	struct roster r;
	struct roster before[LIMIT_ROSTER_PREVS];
	struct roster_event ev;
};

static enum err key_of(void *ctx, const struct id *org, uint64_t kseq, uint8_t pk[static SIGN_PK])
{
	struct core *c = ctx;
	struct signed_statement s;
	struct statement parsed;
	enum err e = statements_get(core_txn(c), org, kseq, &s);
	if (e == OK)
		e = statement_decode(s.payload, &parsed);
	if (e == OK)
		memcpy(pk, parsed.keys.sign, SIGN_PK);
	return e;
}

static enum err verify(struct core *c, struct taken *x)
{
	const struct roster_keys keys = {key_of, c};
	return roster_verify(&x->ev, &x->r, x->before, x->r.prevs, &keys);
}

/* All who signed it, here or there; each once. */
static enum err join_signatures(struct core *c, struct taken *x)
{
	struct roster_event *held = arena_alloc(c->arena, sizeof *held), both = {.payload = x->ev.payload};
	enum err e = held ? rosters_get(core_txn(c), TABLE_PROPOSALS, &(struct roster_key){x->id, x->hash}, c->arena, held) : ERR_MEMORY;
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	for (size_t i = 0, j = 0; i < x->ev.signatures || j < held->signatures;) {
		int order = i == x->ev.signatures ? 1 : j == held->signatures ? -1 : id_cmp(&x->ev.by[i].org, &held->by[j].org);
		if (both.signatures == sizeof both.by / sizeof *both.by)
			return ERR_LIMIT;
		/* of two by one convenor the one under the newer key */
		bool theirs = order < 0 || (order == 0 && x->ev.by[i].kseq >= held->by[j].kseq);
		both.by[both.signatures++] = theirs ? x->ev.by[i] : held->by[j];
		i += order <= 0;
		j += order >= 0;
	}
	x->ev = both;
	return OK;
}

/* A convenor who signed two events at one place: told by name, whatever becomes of them. */
static enum err watch_signers(struct core *c, const struct taken *x, enum table table)
{
	struct walk w;
	struct id hash;
	enum err e = rosters_walk(core_txn(c), table, &x->id, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		struct roster_event *other = arena_alloc(c->arena, sizeof *other);
		struct roster r;
		if (id_eq(&hash, &x->hash))
			continue;
		e = other ? rosters_get(core_txn(c), table, &(struct roster_key){x->id, hash}, c->arena, other) : ERR_MEMORY;
		if (e == OK)
			e = roster_decode(other->payload, c->arena, &r);
		if (e != OK || r.rseq != x->r.rseq)
			continue;
		for (size_t i = 0; i < x->ev.signatures; i++)
			for (size_t j = 0; j < other->signatures; j++)
				if (id_eq(&x->ev.by[i].org, &other->by[j].org))
					core_alarm(c, &x->ev.by[i].org, "a convenor signed two different rosters at one place; both are kept", "rosters");
	}
	return walk_close(&w, e);
}

static bool concerns_us(const struct core *c, const struct taken *x)
{
	bool does = roster_member(&x->r, &c->self.org) || roster_convenor(&x->r, &c->self.org);
	for (size_t i = 0; i < x->r.prevs; i++)
		does = does || roster_member(&x->before[i], &c->self.org);
	return does;
}

static void name_it(struct core *c, struct span wanted, struct consortium *x)
{
	struct consortium other;
	char hex[9], name[65];
	memcpy(name, wanted.p, wanted.n < 64 ? wanted.n : 64);
	name[wanted.n < 64 ? wanted.n : 64] = 0;
	if (names_fault(name))
		(void)snprintf(name, sizeof name, "consortium");
	enum err e = consortium_named(c, name, &other);
	hex_encode(hex, x->id.b, 4);
	if (e == OK || e == ERR_CONFLICT)
		(void)snprintf(x->name, sizeof x->name, "%.50s-%s", name, hex);
	else
		(void)snprintf(x->name, sizeof x->name, "%s", name);
}

static enum err row_for(struct core *c, const struct taken *x, const struct id *from, struct consortium *out)
{
	const struct id *all;
	size_t n;
	enum err e = consortium_get(c, &x->id, out);
	if (e != ERR_NOT_FOUND)
		return e;
	e = consortium_all(c, &all, &n);
	if (e != OK)
		return e;
	if (n >= LIMIT_CONSORTIA) {
		core_alarm(c, from ? from : &c->self.org, "more than 64 consortia: another one was not taken", "consortia");
		return ERR_LIMIT;
	}
	*out = (struct consortium){.id = x->id, .state = CONSORTIUM_PROPOSED};
	name_it(c, x->r.name, out);
	struct value *row = value_map(c->arena);
	if (from)
		fields_set(c->arena, consortium_fields, row, "from", value_id(c->arena, from));
	out->row = row;
	core_log(c, "consortium", from, "%s", out->name);
	return OK;
}

/* What was proposed for a place that is taken now waits for nothing any more. */
static enum err drop_stale(struct core *c, const struct consortium *x)
{
	for (;;) {
		struct walk w;
		struct id hash, stale;
		bool found = false;
		enum err e = rosters_walk(core_txn(c), TABLE_PROPOSALS, &x->id, &w);
		while (e == OK && !found && rosters_next(&w, &hash)) {
			struct roster_event *ev = arena_alloc(c->arena, sizeof *ev);
			struct roster r;
			e = ev ? rosters_get(core_txn(c), TABLE_PROPOSALS, &(struct roster_key){x->id, hash}, c->arena, ev) : ERR_MEMORY;
			if (e == OK)
				e = roster_decode(ev->payload, c->arena, &r);
			found = e == OK && r.prevs != x->heads;
			for (size_t i = 0; e == OK && !found && i < r.prevs; i++)
				found = !id_eq(&r.prev[i], &x->head[i]);
			stale = hash;
		}
		if ((e = walk_close(&w, e)) != OK || !found)
			return e;
		if ((e = rosters_drop(core_txn(c), TABLE_PROPOSALS, &(struct roster_key){x->id, stale})) != OK)
			return e;
	}
}

static enum err decided(struct core *c, struct taken *x, struct consortium *con)
{
	size_t before = con->heads;
	enum err e = rosters_put(core_txn(c), TABLE_ROSTERS, &x->id, &x->ev);
	if (e == OK)
		e = rosters_drop(core_txn(c), TABLE_PROPOSALS, &(struct roster_key){x->id, x->hash});
	if (e == OK)
		e = settle(c, con);
	if (e == OK && con->state == CONSORTIUM_PROPOSED)
		con->state = CONSORTIUM_INVITED;
	if (e == OK)
		e = consortium_put_row(c, con);
	if (e == OK)
		e = drop_stale(c, con);
	if (e == OK)
		e = consortium_cut(c, &x->id, &x->r);
	if (e == OK && con->heads > 1 && con->heads > before)
		core_alarm(c, &c->self.org, "rosters of a consortium are in conflict: its convenors must agree on one that names both", con->name);
	if (e == OK)
		core_log(c, "roster", NULL, "%s: event %llu, %zu members", con->name, (unsigned long long)x->r.rseq, x->r.members);
	return e;
}

static enum err proposed(struct core *c, struct taken *x, struct consortium *con)
{
	struct walk w;
	struct id hash;
	size_t n = 0;
	bool there = false;
	enum err e = rosters_walk(core_txn(c), TABLE_PROPOSALS, &x->id, &w);
	while (e == OK && rosters_next(&w, &hash)) {
		n++;
		there = there || id_eq(&hash, &x->hash);
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	if (!there && n >= LIMIT_PROPOSALS)
		return ERR_LIMIT;
	e = rosters_put(core_txn(c), TABLE_PROPOSALS, &x->id, &x->ev);
	return e == OK ? consortium_put_row(c, con) : e;
}

static enum err read_taken(struct core *c, const struct roster_event *ev, struct taken *x)
{
	enum err e = roster_decode(ev->payload, c->arena, &x->r);
	if (e != OK)
		return e;
	x->ev = *ev;
	roster_hash(ev->payload, &x->hash);
	roster_consortium(ev->payload, &x->r, &x->id);
	for (size_t i = 0; i < x->r.prevs && e == OK; i++) {
		const struct roster *r;
		if ((e = consortium_roster(c, &x->id, &x->r.prev[i], &r)) == OK)
			x->before[i] = *r;
	}
	return e;
}

enum err consortium_take(struct core *c, const struct roster_event *ev, const struct id *from, enum intake *out)
{
	struct taken *x = arena_alloc(c->arena, sizeof *x);
	struct consortium con;
	struct span held;
	enum err e = x ? read_taken(c, ev, x) : ERR_MEMORY;
	if (e != OK)
		return e;
	const struct roster_key key = {x->id, x->hash};
	if ((e = store_get(core_txn(c), TABLE_ROSTERS, SPAN(&key, sizeof key), &held)) != ERR_NOT_FOUND) {
		*out = INTAKE_KNOWN;
		return e;
	}
	e = verify(c, x);
	if (e != OK && e != ERR_PENDING)
		return e;
	size_t theirs = x->ev.signatures;
	if ((e = join_signatures(c, x)) != OK)
		return e;
	if (!concerns_us(c, x))
		return ERR_POLICY;
	if ((e = row_for(c, x, from, &con)) != OK)
		return e;
	if ((e = watch_signers(c, x, TABLE_ROSTERS)) == OK)
		e = watch_signers(c, x, TABLE_PROPOSALS);
	enum err ready = e == OK ? verify(c, x) : e;
	struct roster_event *was = arena_alloc(c->arena, sizeof *was);
	if (!was)
		return ERR_MEMORY;
	e = ready == ERR_PENDING ? rosters_get(core_txn(c), TABLE_PROPOSALS, &key, c->arena, was) : ready;
	bool nothing_new = ready == ERR_PENDING && e == OK && was->signatures == x->ev.signatures && theirs <= was->signatures;
	*out = ready == OK ? INTAKE_DECIDED : nothing_new ? INTAKE_KNOWN : INTAKE_PROPOSED;
	if (e == ERR_NOT_FOUND)
		e = OK;
	if (e != OK || *out == INTAKE_KNOWN)
		return e;
	return ready == OK ? decided(c, x, &con) : proposed(c, x, &con);
}
