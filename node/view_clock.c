#include "node/view_clock.h"

#include <stdio.h>
#include <string.h>

#include "node/clocks.h"
#include "node/view_assess.h"
#include "node/view_contract.h"
#include "proto/when.h"

#define STEP 200 /* bytes of what the debtor types */

static const struct field *notice(void)
{
	return kind_by_number(KIND_INCIDENT_NOTICE)->fields;
}

/* One party's part in one incident, against one profile. */
struct run {
	const struct incident *x;
	const struct clocks *p;
	struct id debtor, creditor; /* creditor: none when it is owed to an authority */
	int64_t aware, classified, stored; /* stored: when the creditor had its first notice */
	const struct assessment *own; /* of ours about a partner's incident; NULL: the author's clocks */
	const struct assessment *told; /* which authority we told; NULL: it is not known to us */
	bool alone;                   /* no other profile that is owed to an authority runs for this party */
};

static const struct seen *reached(const struct incident *x, int64_t stage, size_t from)
{
	for (size_t i = from > x->opened ? from : x->opened; i < x->versions.n; i++) {
		const struct seen *s = x->versions.p[i];
		int64_t at = s->readable ? view_int(notice(), s->r.body, "stage") : 0;
		if (!*x->why[i] && at >= stage && at != STAGE_CORRECTION)
			return s;
	}
	return NULL;
}

/* Its author names the authority in a version, anew or of a later day than in the one before. */
static bool newly(const struct value *was, const struct value *is)
{
	const struct field *f = notice();
	const char *const names[] = {"authority", "authority_told"};
	bool other = false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct value *a = was ? fields_get(f, was, names[i]) : NULL, *b = fields_get(f, is, names[i]);
		other = other || (b && !(a && value_eq(a, b)));
	}
	return other && fields_get(f, is, "authority");
}

/* When an authority of this profile was told of this stage: by us, or as its author states. Nobody else's receipt says it. 0: nothing says so. */
static int64_t authority_at(struct view *v, const struct run *r, int64_t stage, const struct seen **by)
{
	const struct value *before = NULL;
	int64_t first = r->told ? view_assess_told(r->told, r->p->name, stage) : 0;
	for (size_t i = r->x->opened; !r->own && i < r->x->versions.n; i++) {
		const struct seen *s = r->x->versions.p[i];
		if (*r->x->why[i] || !s->readable)
			continue;
		int64_t reached = view_int(notice(), s->r.body, "stage"), at = view_int(notice(), s->r.body, "authority_told");
		bool ours = r->alone || clocks_calls(r->p, view_text(v, notice(), s->r.body, "authority"));
		bool said = newly(before, s->r.body);
		before = s->r.body;
		at = at ? at : s->at;
		if (said && ours && reached >= stage && reached != STAGE_CORRECTION && (!first || at < first)) {
			first = at;
			*by = s;
		}
	}
	return first;
}

static int64_t reached_at(const struct run *r, int64_t stage)
{
	const struct seen *s;
	int64_t at = r->told ? view_assess_told(r->told, r->p->name, stage) : 0;
	if (r->own || at)
		return at;
	s = reached(r->x, stage, 0);
	return s ? s->at : 0;
}

static int64_t moment(const struct run *r, enum clock_event event)
{
	const struct value *b = view_body(r->x->head);
	switch (event) {
	case CLOCK_OCCURRED:
		return view_int(notice(), b, "occurred");
	case CLOCK_DETECTED:
		return view_int(notice(), b, "detected");
	case CLOCK_AWARE:
		return r->aware;
	case CLOCK_CLASSIFIED:
		return r->classified;
	case CLOCK_STORED:
		return r->own ? r->x->first->received : r->stored;
	case CLOCK_EARLY_WARNING:
		return reached_at(r, STAGE_EARLY);
	case CLOCK_NOTIFICATION:
		return reached_at(r, STAGE_NOTIFICATION);
	case CLOCK_INTERMEDIATE:
		return reached_at(r, STAGE_INTERMEDIATE);
	}
	return 0;
}

/* The earliest of what it counts from; 0: none of that has happened. */
static int64_t due(const struct run *r, const struct clock *c, const char **base)
{
	int64_t first = 0;
	for (size_t i = 0; i < c->froms; i++) {
		const struct clock_from *f = &c->from[i];
		int64_t at = moment(r, f->event), then;
		if (!at)
			continue;
		then = f->months ? when_add_months(at, f->months) : at + f->ms;
		if (!first || then < first) {
			first = then;
			*base = vocab_word(&vocab_clock_event, f->event);
		}
	}
	return first;
}

/* What is owed to an authority; of a partner who tells us as much we do not know whether the authority has it too. */
static void met_authority(struct view *v, const struct run *r, const struct clock *c, struct duty *d)
{
	d->met = d->stated = authority_at(v, r, (int64_t)c->met, &d->why[0]);
	d->whys = d->why[0] ? 1 : 0;
	d->unsaid = !d->met && !r->told && reached(r->x, (int64_t)c->met, 0);
}

/* Told by a notice: the first at this stage or beyond that whom it is owed to has. */
static enum err met(struct view *v, const struct run *r, const struct clock *c, struct duty *d)
{
	enum err e = OK;
	if (d->authority) {
		met_authority(v, r, c, d);
		return OK;
	}
	for (size_t i = 0; e == OK && !d->met && i < r->x->versions.n; i++) {
		const struct seen *s = reached(r->x, (int64_t)c->met, i);
		struct duty one = *d;
		if (!s || s != r->x->versions.p[i])
			continue;
		e = duty_done(v, &one, s);
		if (e != OK || (d->whys && !one.met))
			continue;
		d->met = one.met;
		d->stated = one.stated;
		d->why[0] = s;
		d->whys = 1;
	}
	return e;
}

static const char *next_step(struct view *v, const struct run *r, enum clock_met by)
{
	char *text = arena_alloc(v->a, STEP), id[65];
	const char *word = vocab_word(&vocab_clock_met, by);
	if (!text)
		return "";
	hex_encode(id, r->x->first->id.b, 6);
	if (r->own && !r->own->decision)
		(void)snprintf(text, STEP, "tally incident confirm %s, or: dismiss", id);
	else if (r->p->owed == CLOCK_AUTHORITY)
		(void)snprintf(text, STEP, "tally incident told %s --stage %s --clock %s", id, word, r->p->name);
	else if (by == MET_ACKNOWLEDGEMENT)
		(void)snprintf(text, STEP, "tally reply %s acknowledged", id);
	else if (by == MET_ANSWER)
		(void)snprintf(text, STEP, "tally incident answer %s --impact affected|not-affected", id);
	else if (by == MET_FINAL)
		(void)snprintf(text, STEP, "tally incident close %s", id);
	else
		(void)snprintf(text, STEP, "tally incident update %s --stage %s", id, word);
	return text;
}

/* ---- what a reader owes the author ---- */

/* Its question about the incident stops its clock until the author says more, at most so long. */
static void stopped(const struct view *v, const struct run *r, const struct clock *c, struct duty *d)
{
	const struct incident *x = r->x;
	int64_t asked = 0, left = c->stops;
	for (size_t i = 0; !asked && i < x->said.n; i++) {
		const struct seen *s = x->said.p[i];
		if (s->counts && !s->withdrawn && id_eq(&s->r.author, &d->debtor) && s->r.kind == KIND_REPLY &&
		    strcmp(view_word(s->kind->fields, s->r.body, "decision"), "need-info") == 0)
			asked = s->at;
	}
	if (!asked || !left || asked >= d->due)
		return;
	int64_t until = d->met && d->met < v->now ? d->met : v->now;
	for (size_t i = 0; i < x->versions.n; i++)
		if (!*x->why[i] && x->versions.p[i]->at > asked && x->versions.p[i]->at < until)
			until = x->versions.p[i]->at;
	d->still = !d->met && until == v->now && v->now - asked < left;
	d->stopped = until - asked < left ? until - asked : left;
	d->stopped = d->stopped > 0 ? d->stopped : 0;
	d->due += d->stopped;
}

static enum err answered(struct view *v, const struct run *r, const struct clock *c, struct duty *d)
{
	struct incident_party p;
	const struct seen *s;
	view_incident_party(r->x, &d->debtor, &p);
	s = c->met == MET_ANSWER ? p.answered : p.acknowledged ? p.acknowledged : p.answered;
	if (s)
		d->why[d->whys++] = s;
	enum err e = s ? duty_done(v, d, s) : OK;
	stopped(v, r, c, d);
	return e;
}

static enum err each_clock(struct view *v, const struct run *r, struct duties *out)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < r->p->clocks; i++) {
		const struct clock *c = &r->p->clock[i];
		struct duty d = {.of = r->x->first, .what = c->name, .profile = r->p->name, .debtor = r->debtor, .creditor = r->creditor,
		                 .authority = r->p->owed == CLOCK_AUTHORITY, .provisional = r->own && !r->own->decision, .base = ""};
		if (c->met > MET_FINAL) { /* the other way round */
			d.debtor = r->creditor;
			d.creditor = r->debtor;
		}
		if (!(d.due = due(r, c, &d.base)))
			continue;
		d.next = next_step(v, r, c->met);
		e = c->met > MET_FINAL ? answered(v, r, c, &d) : met(v, r, c, &d);
		if (e == OK)
			e = duty_add(v, out, &d);
	}
	return e;
}

static bool names(const struct value *list, const char *name)
{
	for (size_t i = 0; i < value_count(list); i++) {
		struct span s;
		if (value_is_str(value_item(list, i), &s) && span_eq(s, SPAN(name, strlen(name))))
			return true;
	}
	return false;
}

static struct run run_of(const struct incident *x)
{
	const struct value *b = view_body(x->head);
	return (struct run){.x = x, .debtor = x->first->r.author, .aware = view_int(notice(), b, "aware"),
	                    .classified = view_int(notice(), b, "classified")};
}

/* The author's by law: what its notice says it is reported under; where it does not say, what we take for everybody's. */
static bool of_law(const struct clocks *p, const struct value *stated)
{
	return p->owed == CLOCK_AUTHORITY && (stated ? names(stated, p->name) : p->use == CLOCK_OWN);
}

static enum err of_author(struct view *v, const struct incident *x, struct duties *out)
{
	const struct value *stated = fields_get(notice(), view_body(x->head), "clocks");
	struct assessment ours;
	struct run r = run_of(x);
	size_t laws = 0;
	enum err e = x->first->mine ? view_assess_get(v, x, &ours) : OK;
	r.told = x->first->mine ? &ours : NULL;
	for (r.p = v->clocks; r.p; r.p = r.p->next)
		laws += of_law(r.p, stated);
	r.alone = laws == 1;
	for (r.p = v->clocks; e == OK && r.p; r.p = r.p->next)
		if (of_law(r.p, stated))
			e = each_clock(v, &r, out);
	return e;
}

/* ---- by contract ---- */

static const struct field *clauses(void)
{
	return fields_find(kind_by_number(KIND_CONTRACT)->fields, "clauses")->group;
}

static const char *clause_profile(struct view *v, const struct contract *c)
{
	return view_text(v, clauses(), fields_get(kind_by_number(KIND_CONTRACT)->fields, c->force->r.body, "clauses"), "profile");
}

/* Between its author and one who has it, in force that day, and named by the notice where it names any. */
static bool concerns(struct view *v, const struct incident *x, const struct contract *c)
{
	const struct field *f = kind_by_number(KIND_CONTRACT)->fields;
	const struct value *named = fields_get(notice(), view_body(x->head), "contracts");
	return c->force && view_body(c->force) && id_eq(&c->supplier, &x->first->r.author) && (!c->last || duty_day(c->last) >= x->first->at) &&
	       (value_count(named) == 0 || names(named, view_text(v, f, c->force->r.body, "reference")));
}

/* The hours it states itself, so that both sides reckon the same whatever their files say. */
static enum err own_hours(struct view *v, struct run *r, const struct contract *c, struct duties *out)
{
	const struct field *f = kind_by_number(KIND_CONTRACT)->fields, *g = fields_find(clauses(), "clocks")->group;
	const struct value *list = fields_get(clauses(), fields_get(f, c->force->r.body, "clauses"), "clocks");
	struct clocks *p = arena_alloc(v->a, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	p->owed = CLOCK_PARTNERS;
	(void)snprintf(p->name, sizeof p->name, "%s", view_text(v, f, c->force->r.body, "reference"));
	for (size_t i = 0; i < value_count(list) && p->clocks < CLOCKS_EACH; i++) {
		struct clock *one = &p->clock[p->clocks];
		int64_t stage = view_int(g, value_item(list, i), "stage");
		if (stage < STAGE_EARLY || stage > STAGE_FINAL)
			continue;
		one->met = (enum clock_met)stage;
		(void)snprintf(one->name, sizeof one->name, "%s", vocab_word(&vocab_stage, stage));
		one->from[0] = (struct clock_from){stage == STAGE_FINAL ? CLOCK_NOTIFICATION : CLOCK_AWARE,
		                                   view_int(g, value_item(list, i), "hours") * 3600000, 0};
		one->froms = 1;
		p->clocks++;
	}
	r->p = p;
	return each_clock(v, r, out);
}

static enum err stored_at(struct view *v, const struct seen *s, const struct id *org, int64_t *out)
{
	struct duty d = {.creditor = *org};
	enum err e = duty_done(v, &d, s);
	*out = d.met;
	return e;
}

/* One of its readers is a customer under an agreed contract. */
static enum err of_contract(struct view *v, const struct incident *x, const struct contract *c, struct duties *out)
{
	struct run r = run_of(x);
	r.creditor = c->customer;
	enum err e = stored_at(v, x->first, &c->customer, &r.stored);
	if (e == OK)
		e = own_hours(v, &r, c, out);
	r.p = clocks_find(v->clocks, clause_profile(v, c));
	return e == OK && r.p && r.p->owed == CLOCK_PARTNERS ? each_clock(v, &r, out) : e;
}

struct contracts {
	struct contract *p;
	size_t n;
	const struct suppliers *ours; /* whose notices open our clocks */
};

static enum err of_contracts(struct view *v, const struct incident *x, const struct contracts *all, struct duties *out)
{
	struct ids readers;
	bool everybody;
	enum err e = view_readers(v, x->first, &readers, &everybody);
	for (size_t i = 0; e == OK && i < all->n; i++)
		if ((everybody || view_ids_has(&readers, &all->p[i].customer)) && concerns(v, x, &all->p[i]))
			e = of_contract(v, x, &all->p[i], out);
	return e;
}

/* ---- ours ---- */

static bool by_clause(struct view *v, const struct incident *x, const struct contracts *all, const char *profile)
{
	for (size_t i = 0; i < all->n; i++)
		if (id_eq(&all->p[i].customer, &v->me) && concerns(v, x, &all->p[i]) && strcmp(clause_profile(v, &all->p[i]), profile) == 0)
			return true;
	return false;
}

/* Ours, that a partner's notice opened: provisionally from its receipt, until we say what it is to us. */
static enum err of_reader(struct view *v, const struct incident *x, const struct contracts *all, struct duties *out)
{
	struct assessment own;
	struct run r = {.x = x, .debtor = v->me, .own = &own, .told = &own};
	enum err e = view_assess_get(v, x, &own);
	if (e != OK || own.decision == ASSESSED_DISMISSED || (!own.decision && !view_assess_opens(x, all->ours)))
		return e;
	r.aware = own.aware ? own.aware : x->first->received;
	r.classified = own.decided ? own.decided : r.aware;
	for (r.p = v->clocks; e == OK && r.p; r.p = r.p->next)
		if (r.p->owed == CLOCK_AUTHORITY && (r.p->use == CLOCK_OWN || names(own.clocks, r.p->name) || by_clause(v, x, all, r.p->name)))
			e = each_clock(v, &r, out);
	return e;
}

/* No law's clock runs in an exercise, and no contract's. */
static enum err clocks_of(struct view *v, const struct incident *x, const struct contracts *all, struct duties *out)
{
	enum err e = v->clocks ? OK : clocks_shipped(v->a, &v->clocks);
	if (e != OK || x->first->r.has_exercise)
		return e;
	e = of_author(v, x, out);
	if (e == OK)
		e = of_contracts(v, x, all, out);
	return e == OK && !x->first->mine ? of_reader(v, x, all, out) : e;
}

struct sieve {
	struct view *keep;
	const struct contracts *all;
	bool open;
	struct seens kept; /* first notices of incidents with clocks that are wanted */
};

/* Of most incidents everything is long done. */
static enum err sift(struct view *light, struct seen *s, void *ctx)
{
	struct sieve *by = ctx;
	struct duties list = {0};
	struct incident x;
	struct seen *kept;
	bool begins, wanted = !by->open;
	enum err e = view_begins(light, s, &begins);
	if (e != OK || !begins || (e = view_incident_of(light, s, &x)) != OK || !x.counts || x.withdrawn)
		return e;
	if (by->open)
		e = clocks_of(light, &x, by->all, &list);
	for (size_t i = 0; i < list.n; i++)
		wanted = wanted || !(list.p[i].met || list.p[i].unsaid);
	if (e == OK && wanted && (e = view_get(by->keep, s->no, &kept)) == OK)
		e = view_push(by->keep, &by->kept, kept);
	return e;
}

enum err view_clock_duties(struct view *v, struct duties *out)
{
	struct contracts all;
	struct sieve by = {.keep = v, .all = &all, .open = out->open};
	enum err e = v->clocks ? OK : clocks_shipped(v->a, &v->clocks);
	if (e == OK)
		e = view_contract_all(v, &all.p, &all.n);
	if (e == OK)
		e = view_assess_suppliers(v, &all.ours);
	if (e == OK)
		e = view_each(v, KIND_INCIDENT_NOTICE, sift, &by);
	for (size_t i = 0; e == OK && i < by.kept.n; i++) {
		struct incident x;
		e = view_incident_of(v, by.kept.p[i], &x);
		if (e == OK)
			e = clocks_of(v, &x, &all, out);
	}
	size_t n = 0;
	for (size_t i = 0; i < out->n; i++)
		if (!out->p[i].unsaid)
			out->p[n++] = out->p[i];
	out->n = n;
	return e;
}

enum err view_clock_json(struct view *v, const struct incident *x, json_t **out)
{
	struct duties list = {0};
	struct contracts under;
	json_t *all = json_array();
	enum err e = all ? view_contract_all(v, &under.p, &under.n) : ERR_MEMORY;
	if (e == OK)
		e = view_assess_suppliers(v, &under.ours);
	if (e == OK)
		e = clocks_of(v, x, &under, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct duty *d = &list.p[i];
		char state[DUTY_STATE];
		json_t *o = json_object();
		duty_state(v, d, state);
		view_put_org(v, o, "who", &d->debtor);
		if (!d->authority)
			view_put_org(v, o, "to", &d->creditor);
		view_put(o, "profile", d->profile);
		view_put(o, "clock", d->what);
		view_put(o, "from", d->base);
		view_put_time(o, "due", d->due);
		view_put_time(o, "met", d->met);
		view_put_time(o, "stated", d->stated);
		if (d->whys)
			view_put_id(o, "met_by", &d->why[0]->id);
		if (d->stopped)
			(void)json_object_set_new(o, "stopped_hours", json_integer(d->stopped / 3600000));
		view_put(o, "state", state);
		e = json_array_append_new(all, o) == 0 ? OK : ERR_MEMORY;
	}
	if (e != OK) {
		json_decref(all);
		return e;
	}
	*out = all;
	return OK;
}
