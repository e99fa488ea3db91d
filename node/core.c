#include "node/consortium.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/rotation.h"

#define SWEEP_MS (60ll * 60 * 1000)

/* ---- small services for the core's files ---- */

bool core_own_fault(enum err e)
{
	return e == ERR_SPACE || e == ERR_FILES || e == ERR_IO || e == ERR_MEMORY || e == ERR_CORRUPT;
}

enum err core_room(struct core *c, size_t outputs)
{
	size_t cap = c->outputs_cap ? c->outputs_cap : 32;
	while (cap < outputs)
		cap *= 2;
	if (cap == c->outputs_cap)
		return OK;
	struct output *more = realloc(c->output, cap * sizeof *more);
	if (!more)
		return ERR_MEMORY;
	c->output = more;
	c->outputs_cap = cap;
	return OK;
}

enum err core_output(struct core *c, const struct output *o)
{
	enum err e = core_room(c, c->outputs + 1);
	if (e != OK)
		return e;
	c->output[c->outputs++] = *o;
	return OK;
}

void core_random(struct core *c, void *p, size_t n)
{
	c->world->random(c->world->ctx, p, n);
}

struct session *core_session(const struct core *c, const struct id *org, enum phase at_least)
{
	for (struct session *s = c->sessions; s; s = s->next)
		if (!s->closing && s->org_known && s->phase >= at_least && id_eq(&s->org, org))
			return s;
	return NULL;
}

struct peer *core_peer(struct core *c, const struct id *org, bool make)
{
	struct peer *p = c->peers;
	while (p && !id_eq(&p->org, org))
		p = p->next;
	if (!p && make && (p = calloc(1, sizeof *p))) {
		p->org = *org;
		p->next = c->peers;
		c->peers = p;
	}
	return p;
}

void core_drop_peer(struct core *c, const struct id *org)
{
	for (struct peer **at = &c->peers; *at; at = &(*at)->next)
		if (id_eq(&(*at)->org, org)) {
			struct peer *gone = *at;
			*at = gone->next;
			bytes_wipe(gone, sizeof *gone); /* an invitation's secret may be in it */
			free(gone);
			return;
		}
}

static void follow(struct core *c, struct effect *e)
{
	struct peer *p = core_peer(c, &e->org, false);
	for (struct session *s = c->sessions; s; s = s->next)
		s->due |= s->org_known && id_eq(&s->org, &e->org);
	if (p && !p->joining) {
		p->next_dial = c->steady;
		p->backoff = 0;
	}
}

enum err core_follow(struct core *c, const struct id *org)
{
	return core_effect(c, &(struct effect){.done = follow, .org = *org});
}

/* ---- events ---- */

static struct session *by_conn(struct core *c, uint64_t conn)
{
	struct session *s = c->sessions;
	while (s && s->conn != conn)
		s = s->next;
	return s;
}

static void make_room(struct core *c)
{
	size_t half_open = 0;
	struct session *victim = NULL; /* the list is newest first: the last one seen is the oldest */
	for (struct session *s = c->sessions; s; s = s->next)
		if (!s->closing && !s->initiator && s->phase < PHASE_PENDING) {
			half_open++;
			if (!victim || !s->expected || victim->expected)
				victim = s;
		}
	if (half_open >= LIMIT_HALF_OPEN && victim)
		session_end(c, victim, "too many handshakes at once");
}

void core_accepted(struct core *c, uint64_t conn)
{
	struct link_config config = {.link_sk = keyring_link_secret(c->keyring), .responder = c->self.org, .now = c->steady};
	make_room(c);
	rotation_links_answer(c, &config);
	core_random(c, config.e_sk, sizeof config.e_sk);
	if (!session_new(c, conn, &config))
		core_break(c, core_output(c, &(struct output){.type = OUTPUT_HANGUP, .conn = conn}));
}

static struct peer *by_dial(struct core *c, uint64_t dial)
{
	struct peer *p = c->peers;
	while (p && p->dial != dial)
		p = p->next;
	return p;
}

static void later(struct core *c, struct peer *p)
{
	uint32_t jitter;
	core_random(c, &jitter, sizeof jitter);
	p->backoff = p->backoff ? p->backoff * 2 : LIMIT_RETRY_MIN_MS;
	if (p->backoff > LIMIT_RETRY_MAX_MS)
		p->backoff = LIMIT_RETRY_MAX_MS;
	p->next_dial = c->steady + p->backoff - (int64_t)(jitter % (uint64_t)(p->backoff / 2));
	p->address++;
}

void core_dialled(struct core *c, uint64_t conn, uint64_t dial)
{
	struct peer *p = by_dial(c, dial);
	struct link_config config = {.initiator = true, .link_sk = keyring_link_secret(c->keyring), .now = c->steady};
	struct session *s = NULL;
	enum err e = p ? pairing_dial(c, p, &config) : ERR_NOT_FOUND;
	if (e == OK) {
		core_random(c, config.e_sk, sizeof config.e_sk);
		s = session_new(c, conn, &config);
	}
	if (p) {
		p->dial = 0;
		later(c, p); /* unless the session comes to something */
	}
	if (s) {
		s->org = p->org;
		s->org_known = true;
		memcpy(s->remote, config.rs_pk, 32);
	} else {
		core_break(c, core_output(c, &(struct output){.type = OUTPUT_HANGUP, .conn = conn}));
	}
	if (p && e != OK) {
		(void)snprintf(p->problem, sizeof p->problem, "the secret shared with them cannot be read (%s): pair again", err_text(e));
		core_log(c, "not-dialled", &p->org, "%s", p->problem);
	}
	bytes_wipe(&config, sizeof config);
}

void core_dial_failed(struct core *c, uint64_t dial)
{
	struct peer *p = by_dial(c, dial);
	if (!p)
		return;
	p->dial = 0;
	(void)snprintf(p->problem, sizeof p->problem, "no answer at their address");
	later(c, p);
	if (p->joining && p->address >= p->invite.addresses)
		pairing_join_failed(c, p, ERR_NOT_FOUND, "nobody answers at the invitation's address");
	else if (p->joining)
		p->next_dial = c->steady;
}

void core_bytes(struct core *c, uint64_t conn, struct span bytes)
{
	struct session *s = by_conn(c, conn);
	if (s && !s->closing && !s->stale)
		session_feed(c, s, bytes);
}

void core_slow(struct core *c, uint64_t conn)
{
	struct session *s = by_conn(c, conn);
	if (s)
		s->slow = true;
}

void core_drained(struct core *c, uint64_t conn)
{
	struct session *s = by_conn(c, conn);
	if (!s || s->closing || s->stale)
		return;
	s->slow = false;
	if (s->later)
		exchange_pump(c, s);
}

void core_closed(struct core *c, uint64_t conn)
{
	struct session *s = by_conn(c, conn);
	if (s && !s->closing)
		session_end(c, s, "the stream ended");
}

void core_farewell(struct core *c)
{
	for (struct session *s = c->sessions; s; s = s->next)
		if (!s->closing)
			session_close(c, s, "stopping", "this node is being stopped");
}

/* Where to dial this one now; false: nowhere. */
static bool dial_address(struct core *c, const struct peer *p, char out[static 80])
{
	struct partner row;
	struct span text;
	if (p->joining) {
		(void)snprintf(out, 80, "%s", p->invite.address[p->address % p->invite.addresses]);
		return true;
	}
	if (p->member)
		return consortium_address(c, p, out);
	if (partners_get(core_txn(c), c->arena, &p->org, &row) != OK || !row.dial || row.state > PARTNER_ACTIVE)
		return false;
	const struct value *list = fields_get(partner_fields, row.row, "addresses");
	if (!value_count(list) || !value_is_str(value_item(list, p->address % value_count(list)), &text) || text.n >= 80)
		return false;
	memcpy(out, text.p, text.n);
	return true;
}

static void dial_due(struct core *c)
{
	for (struct peer *p = c->peers; p; p = p->next) {
		struct output o = {.type = OUTPUT_DIAL};
		if (p->joining && p->give_up <= c->steady)
			pairing_join_failed(c, p, ERR_NOT_FOUND, "nobody answered at the invitation's address");
		if (p->dial || p->next_dial > c->steady || core_session(c, &p->org, PHASE_HANDSHAKE))
			continue;
		if (!dial_address(c, p, o.address)) {
			p->next_dial = INT64_MAX;
			p->problem[0] = 0;
			continue;
		}
		o.dial = p->dial = ++c->next_dial;
		core_break(c, core_output(c, &o));
	}
}

void core_tick(struct core *c)
{
	rotation_tick(c);
	for (struct session *s = c->sessions; s; s = s->next)
		if (!s->closing && session_deadline(s) <= c->steady)
			session_tick(c, s);
	consortium_tick(c);
	dial_due(c);
	if (c->next_sweep <= c->steady) {
		c->next_sweep = c->steady + SWEEP_MS;
		pairing_sweep(c);
		rotation_links_sweep(c);
	}
}

int64_t core_deadline(const struct core *c)
{
	int64_t soonest = c->next_sweep < rotation_deadline(c) ? c->next_sweep : rotation_deadline(c);
	if (consortium_deadline(c) < soonest)
		soonest = consortium_deadline(c);
	for (const struct session *s = c->sessions; s; s = s->next)
		if (session_deadline(s) < soonest)
			soonest = session_deadline(s);
	for (const struct peer *p = c->peers; p; p = p->next) {
		if (!p->dial && p->next_dial < soonest && !core_session(c, &p->org, PHASE_HANDSHAKE))
			soonest = p->next_dial;
		if (p->joining && p->give_up < soonest)
			soonest = p->give_up;
	}
	return soonest;
}

/* ---- facts ---- */

int64_t core_now(const struct core *c)
{
	return c->now;
}

int64_t core_steady(const struct core *c)
{
	return c->steady;
}

const struct core_self *core_self(const struct core *c)
{
	return &c->self;
}

void core_use_clocks(struct core *c, const struct clocks *list)
{
	c->clocks = list;
}

const struct clocks *core_clocks(const struct core *c)
{
	return c->clocks;
}

const char *core_address(const struct core *c, size_t i)
{
	return i < c->addresses ? c->address[i] : NULL;
}

struct core_trouble core_trouble(const struct core *c)
{
	return c->trouble;
}

enum err core_figures(struct core *c, struct store_figures *out)
{
	return store_figures(c->store, out);
}

/* A moment of the steady clock as people read it now. */
static int64_t shown(const struct core *c, int64_t steady)
{
	return c->now + (steady - c->steady);
}

void core_link_state(const struct core *c, const struct id *org, struct core_link *out)
{
	memset(out, 0, sizeof *out);
	for (const struct session *s = c->sessions; s; s = s->next)
		if (!s->closing && s->phase >= PHASE_PENDING && id_eq(&s->org, org)) {
			out->linked = true;
			out->since = shown(c, s->opened);
			out->heard = shown(c, link_heard(s->link));
		}
	for (const struct peer *p = c->peers; p; p = p->next)
		if (id_eq(&p->org, org)) {
			out->dialling = p->dial != 0;
			out->next_dial = p->next_dial == INT64_MAX ? 0 : shown(c, p->next_dial);
			if (!out->linked)
				memcpy(out->problem, p->problem, sizeof out->problem);
		}
}
