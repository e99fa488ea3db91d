/* people.c - what people do at their nodes. Each doing has dice of its own, so that leaving one out changes no other. */
#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/kinds.h"

enum doing { REPORT, UPDATE, CLOSE, ANSWER, REPLY, RETRACT, FORWARD, SET, ASSIGN, ACK, REVIEW, POSTURE, OFFER, AGREE, CONCERN, CHALLENGE, FINDING,
             PLAN, SUSPEND, REMOVE, ROTATE, BURST, WAIT, DOINGS };
static const unsigned weight[DOINGS] = {
	[REPORT] = 24, [UPDATE] = 10, [CLOSE] = 2, [ANSWER] = 12, [REPLY] = 9, [RETRACT] = 6, [FORWARD] = 12, [SET] = 6, [ASSIGN] = 14,
	[ACK] = 14, [REVIEW] = 4, [POSTURE] = 5, [OFFER] = 7, [AGREE] = 8, [CONCERN] = 4, [CHALLENGE] = 6, [FINDING] = 4, [PLAN] = 4,
	[SUSPEND] = 3, [REMOVE] = 1, [ROTATE] = 3, [BURST] = 1, [WAIT] = 5,
};

/* ---- calls ---- */

struct call *people_call(struct sim *s, int node, const char *name, json_t *args)
{
	struct call *c = calloc(1, sizeof *c);
	(void)s;
	if (!c || !args)
		abort();
	c->node = node;
	c->request = json_pack("{s:s, s:o}", "call", name, "args", args);
	return c;
}

const char *people_result(const struct call *c, const char *member)
{
	return json_string_value(json_object_get(json_object_get(c->response, "result"), member));
}

static struct call *says(struct sim *s, int node, const char *name, int64_t kind, json_t *args)
{
	struct call *c = people_call(s, node, name, args);
	c->says = true;
	c->kind = kind;
	return c;
}

static json_t *hex(const struct id *id)
{
	char text[65];
	hex_encode(text, id->b, 32);
	return json_string(text);
}

/* ---- whom and what ---- */

static int some_partner(struct sim *s, uint64_t *dice, int node)
{
	int found[64], n = 0;
	for (size_t i = 0; i < s->bonds && n < 64; i++) {
		const struct bond *b = &s->bond[i];
		if (b->host == node)
			found[n++] = b->guest;
		else if (b->guest == node)
			found[n++] = b->host;
	}
	return n ? found[sim_below(dice, (uint64_t)n)] : -1;
}

/* Some partners, each once. */
static json_t *some_partners(struct sim *s, uint64_t *dice, int node, struct set *out)
{
	json_t *list = json_array();
	int n = (int)sim_between(dice, 1, 3);
	while (n--) {
		int p = some_partner(s, dice, node);
		if (p < 0 || set_has(out, p))
			continue;
		set_add(out, p);
		(void)json_array_append_new(list, hex(&s->place[p].org));
	}
	return list;
}

/* A record of this kind that the node may have; mine: its own. Place + 1 in the ledger; 0: none. */
static size_t some_record(struct sim *s, uint64_t *dice, int node, int64_t kind, bool mine)
{
	size_t begin = s->saids ? sim_below(dice, s->saids) : 0;
	for (size_t k = 0; k < s->saids; k++) {
		size_t i = (begin + k) % s->saids;
		const struct said *r = &s->said[i];
		if (!r->committed || (kind && r->kind != kind) || r->kind == KIND_LOG_OPEN || r->kind == KIND_PAIR)
			continue;
		if (mine ? r->author == node : r->author != node && truth_may_hold(s, r, node))
			return i + 1;
	}
	return 0;
}

/* Who stands behind a record as this node got it: its author, and whoever passed it on. */
static struct set behind(struct sim *s, size_t record, int node)
{
	struct set who = {{0}};
	const struct said *r = &s->said[record - 1];
	if (r->author == node)
		set_join(&who, &r->sent);
	else
		set_add(&who, r->author);
	for (size_t i = 0; i < s->saids; i++)
		if (s->said[i].inner == record && set_has(&s->said[i].sent, node))
			set_add(&who, s->said[i].author);
	return who;
}

static const char *const stages[] = {"early-warning", "notification", "intermediate", "final", "correction"};
static const char *const tlps[] = {"clear", "green", "amber", "amber+strict", "red"};

static json_t *notice(struct sim *s, uint64_t *dice)
{
	size_t big = sim_chance(dice, 8) ? 16000 : sim_below(dice, 200);
	char *text = malloc(big + 1);
	if (!text)
		abort();
	for (size_t i = 0; i < big; i++)
		text[i] = (char)('a' + sim_below(dice, 26));
	text[big] = 0;
	(void)s;
	json_t *body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "title", "Something happened", "stage", stages[sim_below(dice, 2)], "aware",
	                         "2026-11-24T00:00:00Z", "malicious", "unknown", "cross_border", "no", "contact", "soc@example.org", "severity", "medium",
	                         "determination", "suspected");
	if (big)
		(void)json_object_set_new(body, "summary", json_string(text));
	free(text);
	return body;
}

/* ---- doings ---- */

static struct call *report(struct sim *s, uint64_t *dice, int node)
{
	struct set to = {{0}};
	int tlp = (int)sim_below(dice, 5);
	bool onward = tlp == 2 && sim_chance(dice, 40);
	json_t *list = some_partners(s, dice, node, &to);
	json_t *args = json_pack("{s:o, s:s, s:o}", "to", list, "tlp", tlps[tlp], "body", notice(s, dice));
	if (onward)
		(void)json_object_set_new(args, "onward", json_true());
	struct call *c = says(s, node, "incident.report", KIND_INCIDENT_NOTICE, args);
	c->allowed = to;
	c->tlp = tlp + 1;
	c->onward = onward;
	return c;
}

static struct call *update(struct sim *s, uint64_t *dice, int node, bool close)
{
	size_t about = some_record(s, dice, node, KIND_INCIDENT_NOTICE, true);
	struct set to = {{0}};
	if (!about)
		return NULL;
	const struct said *r = &s->said[about - 1];
	json_t *args = json_pack("{s:o, s:{s:s}}", "incident", hex(&r->id), "body", close ? "root_cause_text" : "summary", "More is known now.");
	if (!close)
		(void)json_object_set_new(json_object_get(args, "body"), "stage", json_string(stages[sim_below(dice, 4)]));
	else
		(void)json_object_set_new(json_object_get(args, "body"), "root_cause", json_string("system-failure"));
	if (sim_chance(dice, 25))
		(void)json_object_set_new(args, "to", some_partners(s, dice, node, &to));
	struct call *c = says(s, node, close ? "incident.close" : "incident.update", KIND_INCIDENT_NOTICE, args);
	c->allowed = to;
	c->about = about;
	c->tlp = r->tlp;
	c->onward = r->onward;
	size_t root = r->root ? r->root : about;
	c->along = root; /* whoever is told later gets the first version too */
	for (size_t i = 0; i < s->saids; i++)
		if (i + 1 == root || s->said[i].root == root)
			set_join(&c->allowed, &s->said[i].sent);
	return c;
}

static struct call *answer(struct sim *s, uint64_t *dice, int node)
{
	static const char *const impacts[] = {"affected", "not-affected", "under-investigation", "cannot-determine", "mitigated"};
	size_t about = some_record(s, dice, node, KIND_INCIDENT_NOTICE, false);
	if (!about)
		return NULL;
	struct call *c = says(s, node, "incident.answer", KIND_INCIDENT_ANSWER,
	                      json_pack("{s:o, s:{s:s, s:s}}", "incident", hex(&s->said[about - 1].id), "body", "impact",
	                                impacts[sim_below(dice, 5)], "text", "We looked."));
	/* It goes to whoever stands behind the newest version that is held, whichever that is. */
	size_t root = s->said[about - 1].root ? s->said[about - 1].root : about;
	for (size_t i = 0; i < s->saids; i++)
		if (i + 1 == root || s->said[i].root == root) {
			struct set who = behind(s, i + 1, node);
			set_join(&c->allowed, &who);
		}
	c->about = about;
	return c;
}

static struct call *reply(struct sim *s, uint64_t *dice, int node)
{
	static const char *const words[] = {"acknowledged", "need-info", "disputed", "acknowledged"};
	bool mine = sim_chance(dice, 15);
	size_t about = some_record(s, dice, node, 0, mine);
	if (!about)
		return NULL;
	struct call *c = says(s, node, "record.reply", KIND_REPLY,
	                      json_pack("{s:o, s:s, s:{s:s}}", "record", hex(&s->said[about - 1].id), "decision", words[sim_below(dice, 4)],
	                                "body", "text", "Seen."));
	c->allowed = behind(s, about, node);
	c->about = about;
	return c;
}

static struct call *retract(struct sim *s, uint64_t *dice, int node)
{
	size_t about = some_record(s, dice, node, 0, true);
	if (!about)
		return NULL;
	struct call *c = says(s, node, "record.retract", KIND_RETRACT,
	                      json_pack("{s:o, s:s}", "record", hex(&s->said[about - 1].id), "reason", "Sent in error."));
	c->allowed = s->said[about - 1].sent;
	c->about = about;
	return c;
}

static struct call *forward(struct sim *s, uint64_t *dice, int node)
{
	static const char *const relations[] = {"customer", "supplier", "partner"};
	size_t inner = 0;
	struct set to = {{0}};
	int as = (int)sim_below(dice, 3);
	for (int tries = 0; tries < 6; tries++) { /* mostly what may be passed on, and not only what may not */
		inner = some_record(s, dice, node, KIND_INCIDENT_NOTICE, false);
		if (inner && s->said[inner - 1].tlp <= 3 && set_has(&s->said[inner - 1].sent, node))
			break;
	}
	if (!inner)
		return NULL;
	json_t *list = some_partners(s, dice, node, &to);
	for (size_t i = json_array_size(list); i-- > 0;) { /* its author has it */
		struct id org;
		const char *text = json_string_value(json_array_get(list, i));
		if (hex_decode(text, 64, org.b) == OK && id_eq(&org, &s->place[s->said[inner - 1].author].org))
			(void)json_array_remove(list, i);
	}
	if (json_array_size(list) == 0) {
		json_decref(list);
		return NULL;
	}
	struct call *c = says(s, node, "incident.forward", KIND_FORWARD,
	                      json_pack("{s:o, s:o, s:s, s:{s:s}}", "incident", hex(&s->said[inner - 1].id), "to",
	                                list, "as", relations[as], "body", "basis", "contract"));
	c->allowed = to;
	c->inner = inner;
	c->tlp = as; /* whom it is passed on to, for the observer: as the relation */
	return c;
}

static struct call *import(struct sim *s, uint64_t *dice, int node)
{
	char version[24], name[16];
	(void)snprintf(version, sizeof version, "1.%d", (int)sim_below(dice, 1000));
	(void)snprintf(name, sizeof name, "set-%d", (int)sim_below(dice, 2));
	json_t *rows = json_array();
	for (int i = 1; i <= 3; i++) { /* nothing to warn of: what is warned of, the observer takes for not told to somebody */
		char rid[8];
		(void)snprintf(rid, sizeof rid, "R%d", i);
		(void)json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:[s]}", "rid", rid, "text", "Do this.", "rationale", "So it is safe.", "guidance",
		                                            "https://example.org/how"));
	}
	json_t *set = json_pack("{s:s, s:s, s:[{s:s, s:[s,s]}], s:o}", "title", "What we ask", "version", version, "levels", "id", "low", "requirements",
	                        "R1", "R2", "requirements", rows);
	return says(s, node, "requirement.import", KIND_REQUIREMENT_SET, json_pack("{s:s, s:o}", "name", name, "file", set));
}

static struct call *assign(struct sim *s, uint64_t *dice, int node)
{
	size_t set = some_record(s, dice, node, KIND_REQUIREMENT_SET, true);
	struct set to = {{0}};
	if (!set)
		return NULL;
	json_t *args = json_pack("{s:o, s:o, s:{s:s}}", "set", hex(&s->said[set - 1].id), "to", some_partners(s, dice, node, &to), "body", "title",
	                         "Please");
	if (sim_chance(dice, 50))
		(void)json_object_set_new(json_object_get(args, "body"), "level", json_string("low"));
	struct call *c = says(s, node, "requirement.assign", KIND_REQUIREMENT_ASSIGN, args);
	c->allowed = to;
	c->along = set;
	return c;
}

static struct call *ack(struct sim *s, uint64_t *dice, int node)
{
	size_t about = some_record(s, dice, node, KIND_REQUIREMENT_ASSIGN, false);
	if (!about)
		return NULL;
	json_t *args = json_pack("{s:o, s:b}", "assign", hex(&s->said[about - 1].id), "accept_all", 1);
	if (sim_chance(dice, 50))
		(void)json_object_set_new(args, "exception", json_string("R1=not yet, until 2027-06-30"));
	struct call *c = says(s, node, "requirement.ack", KIND_REQUIREMENT_ACK, args);
	set_add(&c->allowed, s->said[about - 1].author);
	c->about = about;
	return c;
}

static struct call *review(struct sim *s, uint64_t *dice, int node)
{
	size_t about = some_record(s, dice, node, KIND_REQUIREMENT_ACK, false);
	if (!about)
		return NULL;
	struct call *c = says(s, node, "requirement.review", KIND_REQUIREMENT_REVIEW,
	                      json_pack("{s:o, s:b}", "ack", hex(&s->said[about - 1].id), "satisfied_all", 1));
	set_add(&c->allowed, s->said[about - 1].author);
	c->about = about;
	return c;
}

static struct call *posture(struct sim *s, uint64_t *dice, int node)
{
	struct set to = {{0}};
	static const char *const words[] = {"implemented", "planned", "not-implemented"};
	json_t *body = json_pack("{s:s, s:{s:[s]}, s:s, s:s, s:s, s:[{s:s, s:s}, {s:s, s:s}]}", "title", "How we stand", "scope", "units", "All",
	                         "framework", "ISO/IEC 27002", "as_of", "2026-11-24", "valid_until", "2027-11-01", "statements", "control", "5.1",
	                         "status", words[sim_below(dice, 3)], "control", "5.2", "status", words[sim_below(dice, 3)]);
	json_t *args = json_pack("{s:o, s:o}", "to", some_partners(s, dice, node, &to), "body", body);
	if (sim_chance(dice, 40))
		(void)json_object_set_new(args, "supersedes", json_true());
	struct call *c = says(s, node, "posture.publish", KIND_POSTURE_ATTESTATION, args);
	c->allowed = to;
	return c;
}

static struct call *offer(struct sim *s, uint64_t *dice, int node)
{
	int other = some_partner(s, dice, node);
	if (other < 0)
		return NULL;
	struct call *c = says(s, node, "contract.offer", KIND_CONTRACT,
	                      json_pack("{s:{s:o, s:s, s:s}}", "body", "supplier", hex(&s->place[other].org), "reference", "C-1", "type", "bespoke"));
	set_add(&c->allowed, other);
	return c;
}

/* Something that is said to the author of a record of another. */
static struct call *to_author(struct sim *s, uint64_t *dice, int node, int64_t of, const char *name, int64_t kind, const char *arg, json_t *args)
{
	size_t about = some_record(s, dice, node, of, false);
	if (!about) {
		json_decref(args);
		return NULL;
	}
	(void)json_object_set_new(args, arg, hex(&s->said[about - 1].id));
	struct call *c = says(s, node, name, kind, args);
	set_add(&c->allowed, s->said[about - 1].author);
	c->about = about;
	return c;
}

static struct call *concern(struct sim *s, uint64_t *dice, int node)
{
	struct set to = {{0}};
	json_t *args = json_pack("{s:o, s:{s:s, s:s, s:s, s:s}}", "to", some_partners(s, dice, node, &to), "body", "title", "It asks too much", "topic",
	                         "requirement", "source", "upward-report", "text", "We are three people.");
	struct call *c = says(s, node, "concern.raise", KIND_CONCERN, args);
	c->allowed = to;
	return c;
}

static struct call *about_author(struct sim *s, uint64_t *dice, int node, enum doing what)
{
	if (what == AGREE)
		return to_author(s, dice, node, KIND_CONTRACT, "contract.agree", KIND_REPLY, "contract", json_object());
	if (what == CHALLENGE)
		return to_author(s, dice, node, KIND_REQUIREMENT_ASSIGN, "requirement.challenge", KIND_CHALLENGE, "about",
		                 json_pack("{s:s, s:{s:s, s:s}}", "rid", "R1", "body", "kind", "unclear", "text", "Which systems?"));
	if (what == FINDING)
		return to_author(s, dice, node, KIND_REQUIREMENT_ACK, "finding.raise", KIND_FINDING, "about",
		                 json_pack("{s:{s:s, s:s, s:s}}", "body", "rid", "R2", "severity", "high", "text", "It was never tried."));
	return to_author(s, dice, node, KIND_FINDING, "finding.plan", KIND_IMPROVEMENT, "finding",
	                 json_pack("{s:{s:[{s:s, s:s, s:s}]}}", "body", "actions", "id", "a1", "text", "Try it.", "due", "2027-01-15"));
}

static struct call *suspend(struct sim *s, uint64_t *dice, int node)
{
	int other = some_partner(s, dice, node);
	if (other < 0)
		return NULL;
	struct call *later = people_call(s, node, "partner.resume", json_pack("{s:o}", "partner", hex(&s->place[other].org)));
	sim_at(s, s->now + sim_between(dice, 10 * SECOND, 30 * MINUTE), EVENT_RESUME, node)->p = later;
	return people_call(s, node, "partner.suspend", json_pack("{s:o}", "partner", hex(&s->place[other].org)));
}

static void remove_bond(struct sim *s, uint64_t *dice, int node)
{
	for (size_t i = 0; i < s->bonds; i++) {
		struct bond *b = &s->bond[i];
		if ((b->host != node && b->guest != node) || !b->started || sim_chance(dice, 50))
			continue;
		b->ending = !b->ending; /* or they make up again */
		bond_later(s, i, 1);
		return;
	}
}

static void waited(struct sim *s, struct call *c)
{
	if (json_is_true(json_object_get(c->response, "ok")))
		check_delivered(s, c->about);
}

static struct call *wait_for(struct sim *s, uint64_t *dice, int node)
{
	size_t about = some_record(s, dice, node, 0, true);
	if (!about)
		return NULL;
	struct call *c = people_call(s, node, "delivery.wait", json_pack("{s:o, s:I}", "id", hex(&s->said[about - 1].id), "until",
	                                                                 (json_int_t)(s->now + s->place[node].node.skew + 20 * SECOND)));
	c->about = about;
	c->done = waited;
	return c;
}

void people_burst(struct sim *s, int from, int to, int count, int64_t every_ms)
{
	for (int i = 0; i < count; i++) {
		struct call *c = says(s, from, "incident.report", KIND_INCIDENT_NOTICE,
		                      json_pack("{s:[o], s:s, s:o}", "to", hex(&s->place[to].org), "tlp", "green", "body", notice(s, &s->human)));
		set_add(&c->allowed, to);
		c->tlp = 2;
		sim_at(s, s->now + i * every_ms, EVENT_CALL, from)->p = c;
	}
}

static void burst(struct sim *s, uint64_t *dice, int node)
{
	int to = some_partner(s, dice, node);
	if (to >= 0)
		people_burst(s, node, to, (int)sim_between(dice, 20, 100), sim_between(dice, 1, 40));
}

static struct call *make(struct sim *s, uint64_t *dice, int node, enum doing what)
{
	switch (what) {
	case REPORT:
		return report(s, dice, node);
	case UPDATE:
		return update(s, dice, node, false);
	case CLOSE:
		return update(s, dice, node, true);
	case ANSWER:
		return answer(s, dice, node);
	case REPLY:
		return reply(s, dice, node);
	case RETRACT:
		return retract(s, dice, node);
	case FORWARD:
		return forward(s, dice, node);
	case SET:
		return import(s, dice, node);
	case ASSIGN:
		return assign(s, dice, node);
	case ACK:
		return ack(s, dice, node);
	case REVIEW:
		return review(s, dice, node);
	case POSTURE:
		return posture(s, dice, node);
	case OFFER:
		return offer(s, dice, node);
	case CONCERN:
		return concern(s, dice, node);
	case AGREE:
	case CHALLENGE:
	case FINDING:
	case PLAN:
		return about_author(s, dice, node, what);
	case SUSPEND:
		return suspend(s, dice, node);
	case REMOVE:
		remove_bond(s, dice, node);
		return NULL;
	case ROTATE:
		return keys_change(s, dice, node);
	case BURST:
		burst(s, dice, node);
		return NULL;
	case WAIT:
		return wait_for(s, dice, node);
	case DOINGS:
		break;
	}
	return NULL;
}

static enum doing choose(uint64_t *dice)
{
	unsigned all = 0, at;
	int d = 0;
	for (int i = 0; i < DOINGS; i++)
		all += weight[i];
	at = (unsigned)sim_below(dice, all);
	while (at >= weight[d])
		at -= weight[d++];
	return (enum doing)d;
}

void people_op(struct sim *s, int op, int tries)
{
	uint64_t dice = sim_mix(s->plan.seed, 10, (uint64_t)op);
	struct call *c;
	int node;
	if (op < (int)s->bonds) {
		s->bond[op].started = true;
		bond_later(s, (size_t)op, 1);
		return;
	}
	node = (int)sim_below(&dice, (uint64_t)s->nodes);
	if (s->calm)
		return;
	if (!s->place[node].node.core) {
		if (tries < 5)
			sim_at(s, s->now + sim_between(&dice, 10 * SECOND, 5 * MINUTE), EVENT_OP, -1)->a = (uint64_t)op;
		return;
	}
	c = make(s, &dice, node, choose(&dice));
	if (c)
		turn_call(s, c);
}

void people_begin(struct sim *s)
{
	int64_t span = s->until - s->start;
	int skip = 0;
	for (int op = 0; op < s->ops; op++) {
		uint64_t dice = sim_mix(s->plan.seed, 9, (uint64_t)op);
		/* Pairing comes early, but not all of it. */
		int64_t at = op < (int)s->bonds ? sim_between(&dice, 0, sim_chance(&dice, 80) ? span / 8 : span) : sim_between(&dice, span / 20, span);
		while (skip < s->plan.skips && s->plan.skip[skip] < op)
			skip++;
		if (skip < s->plan.skips && s->plan.skip[skip] == op)
			continue;
		sim_at(s, s->start + at, EVENT_OP, -1)->a = (uint64_t)op;
	}
}
