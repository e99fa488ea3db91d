#include "node/view_inbox.h"

#include <stdio.h>
#include <string.h>

#include "node/view_ask.h"
#include "node/view_assistance.h"
#include "node/view_assurance.h"
#include "node/view_contract.h"
#include "node/view_concern.h"
#include "node/view_exercise.h"
#include "node/view_finding.h"
#include "node/view_incident.h"
#include "node/view_posture.h"
#include "node/view_query.h"
#include "node/view_record.h"
#include "proto/tlp.h"
#include "proto/when.h"

#define ANSWER "tally incident answer %s --impact affected|not-affected|under-investigation"

static void short_id(const struct seen *s, char out[static 13])
{
	hex_encode(out, s->id.b, 6);
}

/* Who got an earlier version from us is to get this one too, as far as its TLP lets it go. */
static enum err passed_on(struct view *v, const struct seen *s, const struct incident *x, struct todo *out)
{
	const struct field *f = kind_by_number(KIND_FORWARD)->fields;
	const struct seen *forward;
	struct complaint why;
	struct ids behind;
	char name[VIEW_NAME], id[13];
	if (s->no != x->head->no || out->open || x->withdrawn || !x->counts)
		return OK;
	enum err e = view_incident_behind(v, x, &behind, &forward);
	if (e != OK || !behind.n || tlp_forward(&s->r, (enum tlp_relation)(view_int(f, forward->r.body, "relation") - 1), &why) != OK)
		return e;
	v->name(v->ctx, &behind.p[0], name);
	short_id(s, id);
	out->open = true;
	(void)snprintf(out->state, sizeof out->state, "%zu got an earlier version from us", behind.n);
	(void)snprintf(out->next, sizeof out->next, "tally incident forward %s --to %.64s --as %.16s --basis TEXT", id, name,
	               view_word(f, forward->r.body, "relation"));
	return OK;
}

static enum err assess(struct view *v, const struct seen *s, struct incident *x, struct todo *out)
{
	struct incident_party p;
	struct seen *self;
	char id[13], day[WHEN_TEXT];
	enum err e = view_get(v, s->no, &self);
	if (e == OK)
		e = view_incident_of(v, self, x);
	if (e != OK)
		return e;
	view_incident_party(x, &v->me, &p);
	short_id(s, id);
	if (p.answer) {
		when_format_date(p.answer->at / WHEN_DAY_MS, day);
		out->open = !p.newest && !x->closed; /* what was said of a version that got worse meanwhile is not the last word */
		(void)snprintf(out->state, sizeof out->state, "%sanswered %s", out->open ? "new version; " : "", day);
		if (out->open)
			(void)snprintf(out->next, sizeof out->next, ANSWER, id);
		return OK;
	}
	out->open = true;
	if (p.acknowledged) {
		when_format_date(p.acknowledged->at / WHEN_DAY_MS, day);
		(void)snprintf(out->state, sizeof out->state, "acknowledged %s, not assessed", day);
		(void)snprintf(out->next, sizeof out->next, ANSWER, id);
		return OK;
	}
	(void)snprintf(out->state, sizeof out->state, "unanswered");
	(void)snprintf(out->next, sizeof out->next, "tally reply %s acknowledged", id);
	return OK;
}

static enum err notice(struct view *v, const struct seen *s, struct todo *out)
{
	struct incident x;
	enum err e = assess(v, s, &x, out);
	return e == OK ? passed_on(v, s, &x, out) : e;
}

struct waiting { /* what of an assignment waits for us */
	size_t open, poor, held;
	const struct ask *first; /* of those reviewed as insufficient */
	bool overdue;
};

static void assignment_state(const struct assignment *a, const struct waiting *w, struct todo *out)
{
	char day[WHEN_TEXT], id[13];
	size_t n = sizeof out->state, at = 0;
	short_id(a->assign, id);
	when_format_date(a->due, day);
	if (w->open || !a->set)
		at = (size_t)snprintf(out->state, n, "%zu to answer%s%s", w->open, a->due ? ", due " : "", a->due ? day : "");
	if (w->poor && at < n)
		at += (size_t)snprintf(out->state + at, n - at, "%s%zu insufficient, to answer anew", at ? ", " : "", w->poor);
	if (w->overdue && at < n)
		(void)snprintf(out->state + at, n - at, ", overdue");
	if (w->open > w->held || !a->set)
		(void)snprintf(out->next, sizeof out->next, "tally requirement ack %s --accept-all", id);
	else if (w->poor)
		(void)snprintf(out->next, sizeof out->next, "tally requirement ack %s --answer \"%.64s=accepted: TEXT\"", id, w->first->rid);
	else
		(void)snprintf(out->next, sizeof out->next, "tally requirement show %s", id);
}

static enum err assignment(struct view *v, const struct seen *s, struct todo *out)
{
	struct assignment *a;
	struct asks asks = {0};
	struct seen *self;
	struct waiting w = {0};
	enum err e = view_get(v, s->no, &self);
	if (e == OK)
		e = view_requirement_assignment(v, self, &a);
	if (e == OK)
		e = view_ask_all(v, a, &v->me, &asks);
	if (e != OK)
		return e;
	for (size_t i = 0; i < asks.n; i++) {
		const struct ask *one = &asks.p[i];
		w.open += one->answer == 0;
		w.held += one->answer == 0 && view_ask_held(one);
		w.poor += one->poor;
		w.first = w.first || !one->poor ? w.first : one;
		w.overdue = w.overdue || one->overdue;
	}
	out->open = w.open > 0 || w.poor > 0 || !a->set;
	if (out->open)
		assignment_state(a, &w, out);
	else
		(void)snprintf(out->state, sizeof out->state, "answered%s", w.overdue ? ", an exception has expired" : "");
	return OK;
}

/* Ours was the last word in its thread about it, or it still waits for one. */
static enum err answered_by_us(struct view *v, const struct seen *s, int64_t kind, bool *yes)
{
	struct seens list;
	enum err e = view_about(v, &s->id, kind, &list);
	*yes = false;
	for (size_t i = 0; e == OK && i < list.n; i++)
		*yes = *yes || (list.p[i]->mine && view_active(list.p[i]));
	return e;
}

struct usual { /* a record of one kind that waits for one of another */
	int64_t by;
	const char *done, *command, *rest; /* tally COMMAND ID REST */
};

static enum err simple(struct view *v, const struct seen *s, const struct usual *d, struct todo *out)
{
	bool yes;
	char id[13];
	enum err e = answered_by_us(v, s, d->by, &yes);
	if (e != OK)
		return e;
	short_id(s, id);
	out->open = !yes;
	(void)snprintf(out->state, sizeof out->state, "%s%s", yes ? "" : "not ", d->done);
	if (!yes)
		(void)snprintf(out->next, sizeof out->next, "tally %s %s%s%s", d->command, id, *d->rest ? " " : "", d->rest);
	return OK;
}

static enum err concern(struct view *v, const struct seen *s, struct todo *out)
{
	struct concerns with;
	enum err e = view_concern_of(v, s, &with);
	(void)snprintf(out->state, sizeof out->state, "to read");
	for (size_t i = 0; e == OK && i < with.n; i++) { /* one: of others' we see our own part alone */
		out->open = view_concern_waits(v, &with.p[i]);
		(void)snprintf(out->state, sizeof out->state, "%s", view_concern_show_state(&with.p[i]));
		view_concern_show_next(v, &with.p[i], out->next);
	}
	return e;
}

/* What was reviewed before, and is answered as it was, waits for no review. */
static enum err acknowledgement(struct view *v, const struct seen *s, struct todo *out)
{
	static const struct usual review = {KIND_REQUIREMENT_REVIEW, "reviewed", "requirement review", "--satisfied-all"};
	struct assignment *a;
	struct asks asks = {0};
	struct seen *assign;
	size_t answered = 0, left = 0;
	enum err e = simple(v, s, &review, out);
	if (e != OK || !out->open)
		return e;
	e = view_find(v, &s->root, &assign);
	if (e == OK)
		e = view_requirement_assignment(v, assign, &a);
	if (e == OK)
		e = view_ask_all(v, a, &s->r.author, &asks);
	for (size_t i = 0; e == OK && i < asks.n; i++) {
		answered += asks.p[i].ack == s && asks.p[i].answer;
		left += asks.p[i].answer && !asks.p[i].review;
	}
	if (e == OK && answered && !left)
		*out = (struct todo){.state = "reviewed"};
	return e == ERR_NOT_FOUND ? OK : e;
}

/* A concern of ours is done, they say, or they ask back: it is on us to say whether it helped, or more. */
static enum err own_concern(struct view *v, const struct seen *reply, struct todo *out)
{
	struct concerns with = {0};
	struct seen *s;
	struct id about;
	enum err e = fields_id(reply->kind->fields, reply->r.body, "about", &about) ? view_find(v, &about, &s) : ERR_NOT_FOUND;
	if (e == OK && s->mine)
		e = view_concern_of(v, s, &with);
	for (size_t i = 0; e == OK && i < with.n; i++) {
		if (!id_eq(&with.p[i].party, &reply->r.author))
			continue;
		out->open = with.p[i].last == reply && view_concern_waits(v, &with.p[i]);
		out->next[0] = 0;
		if (out->open)
			view_concern_show_next(v, &with.p[i], out->next);
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

/* Whoever asked back about a question of ours has answered it since, without our word. */
static enum err answered_since(struct view *v, const struct seen *s, bool *yes)
{
	struct query q = {0};
	struct seen *root;
	enum err e = view_find(v, &s->root, &root);
	if (e == OK && root->readable && root->r.kind == KIND_IMPACT_QUERY)
		e = view_query_of(v, root, &q);
	else if (e == OK)
		e = ERR_NOT_FOUND;
	for (size_t i = 0; e == OK && i < q.parties; i++)
		*yes = *yes || (q.party[i].answer && id_eq(&q.party[i].org, &s->r.author) && view_order(s, q.party[i].answer) < 0);
	return e == ERR_NOT_FOUND ? OK : e;
}

/* A reply asks something of us when it could not decide yet. */
static enum err reply(struct view *v, const struct seen *s, struct todo *out)
{
	const char *word = view_word(s->kind->fields, s->r.body, "decision");
	bool yes = true;
	char id[13];
	enum err e = OK;
	if (strcmp(word, "need-info") == 0 || strcmp(word, "disputed") == 0)
		e = answered_by_us(v, s, 0, &yes);
	if (e == OK && !yes && strcmp(word, "need-info") == 0)
		e = answered_since(v, s, &yes);
	short_id(s, id);
	out->open = e == OK && !yes;
	(void)snprintf(out->state, sizeof out->state, "%s", word);
	if (out->open)
		(void)snprintf(out->next, sizeof out->next, "tally record show %s", id);
	return e == OK ? own_concern(v, s, out) : e;
}

static enum err contract(struct view *v, const struct seen *s, struct todo *out)
{
	struct contract c;
	char id[13], state[96];
	enum err e = view_contract_of(v, s, &c);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e != OK)
		return e;
	short_id(s, id);
	view_contract_state(v, &c, state);
	out->open = c.offer == s;
	(void)snprintf(out->state, sizeof out->state, "%s", state);
	if (out->open)
		(void)snprintf(out->next, sizeof out->next, "tally contract agree|decline|amend %s", id);
	return OK;
}

static enum err finding(struct view *v, const struct seen *s, struct todo *out)
{
	struct finding f;
	struct seen *self;
	char id[13], state[96];
	enum err e = view_get(v, s->no, &self);
	if (e == OK)
		e = view_finding_of(v, self, &f);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e != OK)
		return e;
	short_id(s, id);
	view_finding_state(v, &f, state);
	out->open = !f.closed && !f.claimed && !f.plan && !f.said;
	(void)snprintf(out->state, sizeof out->state, "%s", state);
	if (out->open)
		(void)snprintf(out->next, sizeof out->next, "tally finding plan %s --action \"text=..., due=DATE\"", id);
	return OK;
}

/* A plan waits for a word; one that is done, for the finding to be closed. */
static enum err improvement(struct view *v, const struct seen *s, struct todo *out)
{
	struct finding f;
	struct seen *of;
	struct id about;
	char id[13], state[96];
	enum err e = fields_id(s->kind->fields, s->r.body, "about", &about) ? view_find(v, &about, &of) : ERR_NOT_FOUND;
	if (e == OK)
		e = view_finding_of(v, of, &f);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e != OK)
		return e;
	view_finding_state(v, &f, state);
	short_id(f.claimed ? f.of : s, id);
	out->open = !f.closed && (f.claimed || !f.decided);
	(void)snprintf(out->state, sizeof out->state, "%s", state);
	if (out->open)
		(void)snprintf(out->next, sizeof out->next, f.claimed ? "tally finding close %s" : "tally reply %s accepted", id);
	return OK;
}

/* The end of a relationship: lists and dispositions wait to be agreed to, a notice to be read. */
static enum err ending(struct view *v, const struct seen *s, struct todo *out)
{
	static const struct usual confirm = {KIND_REPLY, "confirmed", "asset confirm", ""}, accept = {KIND_REPLY, "decided", "disposition accept", ""},
	                          read = {KIND_REPLY, "answered", "reply", "acknowledged"};
	return simple(v, s, s->r.kind == KIND_ASSET_HELD ? &confirm : s->r.kind == KIND_DISPOSITION ? &accept : &read, out);
}

/* A question, help that is asked for or offered, an exercise to take part in. */
static enum err response(struct view *v, const struct seen *s, struct todo *out)
{
	static const struct usual query = {KIND_INCIDENT_ANSWER, "answered", "incident answer", "--impact affected|not-affected|under-investigation"},
	                          request = {0, "answered", "assistance offer --about", "--title ..."},
	                          offer = {KIND_REPLY, "decided", "assistance accept", ""},
	                          plan = {KIND_REPLY, "answered", "reply", "accepted"};
	const char *mode;
	char state[ASSISTANCE_STATE];
	bool open;
	enum err e;
	if (s->r.kind != KIND_ASSISTANCE)
		return simple(v, s, s->r.kind == KIND_IMPACT_QUERY ? &query : &plan, out);
	e = view_assistance_state(v, s, &open, state);
	if (e != OK || !open) { /* expired, closed, declined */
		if (e == OK)
			(void)snprintf(out->state, sizeof out->state, "%s", state + strlen(view_record_drill(s)));
		return e;
	}
	mode = view_word(s->kind->fields, s->r.body, "mode");
	if (strcmp(mode, "standing-offer") != 0)
		return simple(v, s, strcmp(mode, "request") == 0 ? &request : &offer, out);
	(void)snprintf(out->state, sizeof out->state, "to read");
	return OK;
}

/* A participant's abort waits to be passed on by who leads the exercise. */
static enum err aborted(struct view *v, const struct seen *s, struct todo *out)
{
	struct exercise x;
	char id[13];
	enum err e = view_exercise_of(v, s, &x);
	(void)snprintf(out->state, sizeof out->state, "to read");
	if (e != OK || x.end != s || x.untold.n == 0 || x.passed_on)
		return e == ERR_NOT_FOUND ? OK : e;
	hex_encode(id, x.first->id.b, 6);
	out->open = true;
	(void)snprintf(out->state, sizeof out->state, "%zu not told", x.untold.n);
	(void)snprintf(out->next, sizeof out->next, "tally exercise stop %s", id);
	return OK;
}

/* What came with the thread: an exception and its decision are in one. */
static enum err by_kind(struct view *v, const struct seen *s, struct todo *out)
{
	static const struct usual decide = {KIND_REPLY, "decided", "exception decide", "granted"},
	                         allow = {KIND_REPLY, "decided", "subcontractor decide", "granted|refused"},
	                         answer = {KIND_REPLY, "answered", "requirement answer", "done --text ..."},
	                         agree = {KIND_REPLY, "agreed", "responsibility agree", ""},
	                         bid = {KIND_REPLY, "answered", "reply", "accepted"};
	switch (s->kind->number) {
	case KIND_INCIDENT_NOTICE:
		return notice(v, s, out);
	case KIND_REQUIREMENT_ASSIGN:
		return assignment(v, s, out);
	case KIND_REQUIREMENT_ACK:
		return acknowledgement(v, s, out);
	case KIND_CHALLENGE:
		return simple(v, s, &answer, out);
	case KIND_TENDER:
		return simple(v, s, &bid, out);
	case KIND_RESPONSIBILITY_MATRIX:
		return simple(v, s, &agree, out);
	case KIND_EXCEPTION_REQUEST:
		return simple(v, s, &decide, out);
	case KIND_REPLY:
		return reply(v, s, out);
	case KIND_POSTURE_ATTESTATION:
		(void)snprintf(out->state, sizeof out->state, "%s", view_posture_state(v, s));
		return OK;
	case KIND_CONTRACT:
		return contract(v, s, out);
	case KIND_CONCERN:
	case KIND_ISSUE:
		return concern(v, s, out);
	case KIND_FINDING:
		return finding(v, s, out);
	case KIND_IMPROVEMENT:
		return improvement(v, s, out);
	case KIND_CERTIFICATION:
	case KIND_EVIDENCE:
		(void)snprintf(out->state, sizeof out->state, "%s", view_assurance_state(v, s));
		return OK;
	case KIND_IMPACT_QUERY:
	case KIND_ASSISTANCE:
	case KIND_EXERCISE_PLAN:
		return response(v, s, out);
	case KIND_SUBCONTRACTING_REQUEST:
		return simple(v, s, &allow, out);
	case KIND_SUBCONTRACTOR_DISCLOSURE:
	case KIND_SUPPORT_STATEMENT:
	case KIND_ASSET_HELD:
	case KIND_TERMINATION:
	case KIND_DISPOSITION:
		return ending(v, s, out);
	case KIND_EXERCISE_REPORT:
		return aborted(v, s, out);
	case KIND_INCIDENT_ANSWER:
	case KIND_REQUIREMENT_SET:
	case KIND_REQUIREMENT_REVIEW:
	case KIND_EQUIVALENCE:
	case KIND_GUIDANCE:
	case KIND_FLOWDOWN:
	case KIND_FORWARD:
	case KIND_ORG_VOUCH:
	case KIND_RETRACT:
	case KIND_LOG_OPEN:
	case KIND_PAIR:
		break;
	}
	(void)snprintf(out->state, sizeof out->state, "to read");
	return OK;
}

/* In an exercise that is over nothing can be said: what was put to us in it waits no more. */
static enum err over(struct view *v, const struct seen *s, bool *yes)
{
	struct exercise x;
	enum err e = s->r.has_exercise && s->r.kind != KIND_EXERCISE_REPORT ? view_exercise_by(v, &s->r.exercise, &x) : ERR_NOT_FOUND;
	*yes = e == OK && x.state != EXERCISE_PLANNED && x.state != EXERCISE_RUNNING;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err view_inbox_todo(struct view *v, const struct seen *s, struct todo *out)
{
	struct todo bare = {0};
	bool done = false;
	enum err e = view_active(s) ? over(v, s, &done) : OK;
	if (e == OK && done)
		(void)snprintf(bare.state, sizeof bare.state, "it is over");
	else if (e == OK && view_active(s))
		e = by_kind(v, s, &bare);
	else
		(void)snprintf(bare.state, sizeof bare.state, "%s", view_record_state(s));
	*out = bare;
	(void)snprintf(out->state, sizeof out->state, "%s%.*s", view_record_drill(s), (int)sizeof out->state - 32, bare.state);
	return e;
}
