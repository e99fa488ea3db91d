/* api_contract.c - contracts for the dispatcher: offer, amend, agree, decline, end. */
#include <stdio.h>
#include <string.h>

#include "node/api_contract.h"
#include "node/names.h"
#include "node/saying.h"
#include "node/view_ask.h"
#include "node/view_contract.h"
#include "node/view_exit.h"
#include "proto/when.h"

static const struct kind *kind(void)
{
	return kind_by_number(KIND_CONTRACT);
}

/* The side that is not named is ours; with a recipient alone we are the customer. */
static enum err fill_parties(struct api_call *c, struct value *body, const struct draft *d, struct id *other)
{
	struct id me = core_self(c->core)->org, customer, supplier;
	bool has_customer = fields_id(kind()->fields, body, "customer", &customer), has_supplier = fields_id(kind()->fields, body, "supplier", &supplier);
	if (!has_customer && !has_supplier && d->recipients == 1) {
		supplier = d->to[0];
		has_supplier = true;
	}
	if (!has_customer && !has_supplier)
		return api_fail(c, ERR_USAGE, "name the other side with: --supplier PARTNER, or --customer PARTNER", "whom the contract is with is missing");
	if (!has_customer)
		customer = me;
	if (!has_supplier)
		supplier = me;
	fields_set(c->arena, kind()->fields, body, "customer", value_id(c->arena, &customer));
	fields_set(c->arena, kind()->fields, body, "supplier", value_id(c->arena, &supplier));
	*other = id_eq(&customer, &me) ? supplier : customer;
	return OK;
}

static const char *reference_of(struct view *v, const struct seen *s)
{
	return view_text(v, kind()->fields, s->r.body, "reference");
}

/* Whoever means the contract that is there amends it. */
static enum err warn_twice(struct api_call *c, const struct value *body, const struct id *other)
{
	struct view v;
	struct contract *all;
	size_t n;
	saying_view(c, &v);
	const char *reference = view_text(&v, kind()->fields, body, "reference");
	enum err e = view_contract_all(&v, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		const struct seen *s = all[i].force ? all[i].force : all[i].offer;
		char hex[65];
		if (!s || all[i].state == CONTRACT_ENDED || s->r.has_exercise || !id_eq(view_contract_other(&all[i], &v.me), other) ||
		    strcmp(reference_of(&v, s), reference) != 0)
			continue;
		hex_encode(hex, s->id.b, 32);
		saying_warn(c, "a contract \"%.60s\" with them stands already; to change it: tally contract amend %.12s", reference, hex);
		break;
	}
	return e;
}

static enum err offer(struct api_call *c)
{
	struct draft d = {.kind = kind()};
	struct value *body;
	struct id id, other;
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = fill_parties(c, body, &d, &other);
	if (e != OK)
		return e;
	d.body = body;
	if (!d.recipients) {
		d.to = &other;
		d.recipients = 1;
	}
	if (d.recipients != 1 || !id_eq(&d.to[0], &other))
		return api_fail(c, ERR_USAGE, "", "an offer goes to the other side of the contract and to nobody else");
	e = warn_twice(c, body, &other);
	return e == OK ? saying_say(c, &d, &id) : e;
}

static struct seen *newest(const struct contract *x)
{
	return x->offer ? x->offer : x->force ? x->force : x->versions.p[x->versions.n - 1];
}

/* By its reference, where that is one contract's alone. ERR_NOT_FOUND: it is nobody's. */
static enum err by_reference(struct api_call *c, struct view *v, struct seen **s)
{
	struct contract *all;
	const char *typed;
	char hex[65];
	size_t n, found = 0;
	enum err e = api_text(c, "contract", true, &typed);
	if (e == OK)
		e = view_contract_all(v, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		struct seen *x = newest(&all[i]);
		if (!view_body(x) || strcmp(view_text(v, x->kind->fields, x->r.body, "reference"), typed) != 0)
			continue;
		*s = x;
		found++;
	}
	if (e != OK)
		return e;
	if (found > 1)
		return api_fail(c, ERR_CONFLICT, "name it by its id: tally contract list", "%zu contracts have the reference \"%.60s\"", found, typed);
	if (!found)
		return ERR_NOT_FOUND;
	hex_encode(hex, (*s)->id.b, 32);
	(void)snprintf(c->record, sizeof c->record, "%.12s", hex);
	return OK;
}

static enum err find(struct api_call *c, struct view *v, struct seen **s, struct contract *out)
{
	saying_view(c, v);
	enum err e = by_reference(c, v, s);
	if (e == ERR_NOT_FOUND)
		e = saying_record(c, v, "contract", 0, s);
	if (e == OK)
		e = view_contract_of(v, *s, out);
	return e == ERR_NOT_FOUND && !c->why.text[0] ? api_fail(c, e, "see: tally contract list", "that record belongs to no contract") : e;
}

/* The version that was named; of another record of the thread, the one that is to be answered, or holds. */
static struct seen *version_of(struct seen *s, const struct contract *x)
{
	return s->readable && s->r.kind == KIND_CONTRACT ? s : newest(x);
}

/* Of our own a new version, of theirs a counter-offer; what is not given stays as it was. */
static enum err amend(struct api_call *c)
{
	static const char *const but[] = {"about", "answer_by", NULL};
	struct view v;
	struct contract x;
	struct seen *s;
	struct value *body;
	struct id id, other;
	struct draft d = {.kind = kind()};
	enum err e = find(c, &v, &s, &x);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e != OK)
		return e;
	s = version_of(s, &x);
	if ((e = saying_taken(c, &v, s)) != OK)
		return e;
	if (s->replaced)
		return api_fail(c, ERR_CONFLICT, "see the newest with: tally contract show ID", "a newer version of it stands");
	saying_keep(c, kind()->fields, s->r.body, body, but);
	other = *view_contract_other(&x, &v.me);
	if (!s->mine)
		fields_set(c->arena, kind()->fields, body, "about", value_id(c->arena, &s->id));
	d.body = body;
	d.thread = &s->root;
	d.supersedes = s->mine ? &s->id : NULL;
	d.to = &other;
	d.recipients = 1;
	return saying_say(c, &d, &id);
}

/* ---- answers ---- */

static enum err answer(struct api_call *c, struct view *v, const struct seen *s, const char *word, int64_t until)
{
	struct draft d = {.kind = kind_by_number(KIND_REPLY), .thread = &s->root, .recipients = 1};
	struct value *body = value_map(c->arena);
	struct contract x;
	const char *text;
	struct id id;
	enum err e = api_text(c, "text", false, &text);
	if (e == OK)
		e = saying_taken(c, v, s);
	if (e == OK)
		e = view_contract_of(v, s, &x);
	if (e != OK)
		return e;
	d.to = view_contract_other(&x, &v->me);
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &s->id));
	fields_set(c->arena, d.kind->fields, body, "decision", value_int(c->arena, vocab_number(&vocab_decision, SPAN(word, strlen(word)))));
	if (text)
		fields_set(c->arena, d.kind->fields, body, "text", value_str(c->arena, text));
	if (until)
		fields_set(c->arena, d.kind->fields, body, "until", value_int(c->arena, until));
	if (s->r.has_exercise)
		d.exercise = &s->r.exercise;
	d.body = body;
	return saying_say(c, &d, &id);
}

static enum err decide(struct api_call *c, const char *word)
{
	struct view v;
	struct contract x;
	struct seen *s;
	enum err e = find(c, &v, &s, &x);
	if (e != OK)
		return e;
	s = version_of(s, &x);
	if (s->mine && id_eq(&s->id, &s->root) && x.offer && !x.offer->mine) { /* the thread was named, and the newest in it is theirs */
		char hex[13];
		s = x.offer;
		hex_encode(hex, s->id.b, 6);
		saying_next(c, "that answers their offer %s: tally contract show %s", hex, hex);
	}
	if (s->mine)
		return api_fail(c, ERR_POLICY, "see: tally contract show ID", "that offer is our own: the other side answers it");
	if (x.force == s)
		return api_fail(c, ERR_CONFLICT, "see: tally contract show ID", "that is agreed already");
	if (x.offer != s)
		return api_fail(c, ERR_CONFLICT, "see what waits for an answer with: tally contract list",
		                s->withdrawn ? "its author has withdrawn that offer" : "that offer does not stand any more");
	return answer(c, &v, s, word, 0);
}

static enum err agree(struct api_call *c)
{
	return decide(c, "agreed");
}

static enum err decline(struct api_call *c)
{
	return decide(c, "declined");
}

static int64_t notice_end(const struct view *v, const struct contract *x)
{
	return view_ask_today(v) + view_int(kind()->fields, x->force->r.body, "notice_days");
}

/* Within the notice period is said, not refused: the other side may have consented. */
static void warn_notice(struct api_call *c, int64_t day, int64_t notice)
{
	char text[WHEN_TEXT];
	when_format_date(notice, text);
	if (day < notice)
		saying_warn(c, "that is within the notice period, which runs to %s", text);
}

/* The contracts with them that this reference means, or all. */
static bool means(struct view *v, const struct contract *x, const struct id *other, const char *reference)
{
	return x->force && !x->force->r.has_exercise && id_eq(view_contract_other(x, &v->me), other) &&
	       (!*reference || strcmp(reference_of(v, x->force), reference) == 0);
}

enum err api_contract_doubt(struct api_call *c, struct view *v, const struct api_contract_doubt *of)
{
	struct contract *all;
	size_t n, with = 0, found = 0;
	enum err e = view_contract_all(v, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		const struct contract *x = &all[i];
		with += means(v, x, of->other, "");
		if (!means(v, x, of->other, of->reference))
			continue;
		found++;
		if (of->day && x->state == CONTRACT_AGREED && !(x->last && x->last <= of->day))
			warn_notice(c, of->day, notice_end(v, x));
	}
	if (e == OK && *of->reference && !found && (of->day || with))
		saying_warn(c, "no contract \"%.60s\" was agreed with them here; see: tally contract list", of->reference);
	return e;
}

enum err api_contract_supplier(struct view *v, const struct id *other, const char *reference, bool *known, struct id *out)
{
	struct contract *all;
	size_t n;
	bool two = false;
	enum err e = view_contract_all(v, &all, &n);
	*known = false;
	for (size_t i = 0; e == OK && i < n; i++) {
		if (!means(v, &all[i], other, reference) || all[i].state != CONTRACT_AGREED)
			continue;
		two = two || (*known && !id_eq(out, &all[i].supplier));
		*known = true;
		*out = all[i].supplier;
	}
	*known = *known && !two;
	return e;
}

static enum err end(struct api_call *c)
{
	struct view v;
	struct contract x;
	struct seen *s;
	const char *on;
	int64_t day, notice;
	enum err e = find(c, &v, &s, &x);
	if (e == OK)
		e = api_text(c, "on", false, &on);
	if (e != OK)
		return e;
	if (!x.force)
		return api_fail(c, ERR_CONFLICT, "withdraw an offer of ours with: tally record retract ID --reason TEXT",
		                "nothing is agreed, so nothing can be ended");
	if (x.state == CONTRACT_ENDED)
		return api_fail(c, ERR_CONFLICT, "see: tally contract show ID", "it has ended already");
	notice = notice_end(&v, &x);
	day = x.last && x.last < notice ? x.last : notice;
	if (on && when_parse_date(on, &day) != OK)
		return api_fail(c, ERR_USAGE, "give a date: --on 2027-03-31", "\"%.40s\" is no date", on);
	if (x.last && day > x.last)
		return api_fail(c, ERR_INVALID, "agree on a later end with: tally contract amend ID --end DATE", "it ends before that day anyway");
	warn_notice(c, day, notice);
	return answer(c, &v, x.force, "done", day);
}

/* ---- views ---- */

static enum err list(struct api_call *c)
{
	struct view v;
	struct contract *all;
	struct endings ends;
	size_t n;
	json_t *items = json_array(), *o;
	bool open = api_flag(c, "open");
	saying_view(c, &v);
	if (!items || json_object_set_new(c->result, "items", items) != 0)
		return ERR_MEMORY;
	enum err e = view_contract_all(&v, &all, &n);
	if (e == OK)
		e = view_exit_all(&v, NULL, &ends);
	for (size_t i = e == OK ? n : 0; e == OK && i-- > 0;) {
		if (open && all[i].state != CONTRACT_OFFERED && all[i].state != CONTRACT_AGREED)
			continue;
		e = view_contract_row(&v, &all[i], &ends, &o);
		if (e == OK)
			(void)json_array_append_new(items, o);
	}
	return e;
}

static enum err show(struct api_call *c)
{
	struct view v;
	struct contract x;
	struct seen *s;
	json_t *o;
	enum err e = find(c, &v, &s, &x);
	return e == OK ? saying_sheet(c, view_contract_sheet(&v, &x, &o), &o) : e;
}

const struct api_row api_contract_rows[] = {
	{"contract.offer", offer, "offer a contract to a partner"},
	{"contract.amend", amend, "a changed offer, or a counter-offer"},
	{"contract.agree", agree, "agree to a partner's offer"},
	{"contract.decline", decline, "decline a partner's offer"},
	{"contract.end", end, "end a contract that was agreed"},
	{"contract.list", list, "contracts and offers"},
	{"contract.show", show, "one contract in full"},
	{NULL, NULL, NULL},
};
