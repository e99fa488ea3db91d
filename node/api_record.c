/* api_record.c - records of any kind for the dispatcher: new, list, show, retract, reply; inbox, outbox, waiting for receipts. */
#include <stdio.h>
#include <string.h>

#include "node/names.h"
#include "node/partners.h"
#include "node/saying.h"
#include "node/stopped.h"
#include "node/view_inbox.h"
#include "node/view_record.h"

#define LIST_LIMIT 100
#define LIST_MOST 10000

static enum err read_limit(struct api_call *c, int64_t *limit)
{
	*limit = LIST_LIMIT;
	enum err e = api_int(c, "limit", false, limit);
	if (e == OK && (*limit < 1 || *limit > LIST_MOST))
		return api_fail(c, ERR_USAGE, "give --limit 100", "limit is a number from 1 to 10000");
	return e;
}

static enum err items(struct api_call *c, json_t **out)
{
	*out = json_array();
	return json_object_set_new(c->result, "items", *out) == 0 ? OK : ERR_MEMORY;
}

/* ---- new ---- */

/* A record about another one belongs to that one's thread unless something else was said. */
static enum err thread_of(struct api_call *c, struct view *v, const struct kind *k, const struct value *body, struct draft *d)
{
	static const char *const about[] = {"about", "assign"};
	for (size_t i = 0; i < sizeof about / sizeof *about; i++) {
		struct id id;
		struct seen *s;
		if (!fields_find(k->fields, about[i]) || !fields_id(k->fields, body, about[i], &id))
			continue;
		enum err e = view_find(v, &id, &s);
		if (e == ERR_NOT_FOUND)
			return api_fail(c, e, "see: tally record list", "the record it is about is not here");
		if (e == OK)
			d->thread = &s->root;
		return e;
	}
	return OK;
}

static enum err read_links(struct api_call *c, struct draft *d)
{
	const char *const *texts;
	struct id *ids = arena_alloc(c->arena, (LIMIT_PARENTS + 2) * sizeof *ids);
	size_t n;
	enum err e = ids ? saying_texts(c, "parent", &texts, &n) : ERR_MEMORY;
	if (e == OK && n > LIMIT_PARENTS)
		return api_fail(c, ERR_LIMIT, "", "at most 16 parents");
	for (size_t i = 0; e == OK && i < n; i++)
		e = names_record(c->core, texts[i], &ids[i], &c->why);
	if (e != OK)
		return e;
	d->parent = ids;
	d->parents = n;
	if (saying_arg(c, "thread")) {
		e = api_record(c, "thread", &ids[LIMIT_PARENTS]);
		d->thread = &ids[LIMIT_PARENTS];
	}
	if (e == OK && saying_arg(c, "supersedes")) {
		e = api_record(c, "supersedes", &ids[LIMIT_PARENTS + 1]);
		d->supersedes = &ids[LIMIT_PARENTS + 1];
	}
	return e;
}

static enum err new_record(struct api_call *c)
{
	struct view v;
	struct value *body;
	struct draft d = {0};
	struct id id;
	const char *kind;
	enum err e = api_text(c, "kind", true, &kind);
	if (e != OK)
		return e;
	d.kind = kind_by_name(kind);
	if (!d.kind || d.kind->inner)
		return api_fail(c, ERR_NOT_FOUND, "see the kinds with: tally record new --help", "no kind \"%.60s\" that can be made by hand", kind);
	saying_view(c, &v);
	e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	d.body = body;
	if (e == OK)
		e = thread_of(c, &v, d.kind, body, &d);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = read_links(c, &d);
	return e == OK ? saying_say(c, &d, &id) : e;
}

/* ---- list and show ---- */

struct wanted {
	const struct kind *kind;
	bool has_from, has_thread;
	struct id from, thread;
	int64_t limit;
};

static enum err read_wanted(struct api_call *c, struct view *v, struct wanted *w)
{
	const char *kind;
	struct seen *s;
	enum err e = read_limit(c, &w->limit);
	if (e == OK)
		e = api_text(c, "kind", false, &kind);
	if (e == OK && kind && !(w->kind = kind_by_name(kind)))
		return api_fail(c, ERR_NOT_FOUND, "see the kinds with: tally record new --help", "no kind \"%.60s\"", kind);
	if (e == OK && (w->has_from = saying_arg(c, "from") != NULL))
		e = api_org(c, "from", &w->from);
	if (e == OK && (w->has_thread = saying_arg(c, "thread") != NULL)) {
		e = saying_record(c, v, "thread", 0, &s);
		if (e == OK)
			w->thread = s->root;
	}
	return e;
}

static bool is_wanted(const struct wanted *w, const struct seen *s)
{
	if (w->kind && (!s->readable || s->r.kind != (int64_t)w->kind->number))
		return false;
	if (w->has_from && (!s->readable || !id_eq(&s->r.author, &w->from)))
		return false;
	return !w->has_thread || id_eq(&s->root, &w->thread);
}

static enum err list(struct api_call *c)
{
	struct view v;
	struct wanted want = {0};
	struct walk w;
	json_t *all, *o;
	uint64_t no;
	saying_view(c, &v);
	enum err e = read_wanted(c, &v, &want);
	if (e == OK)
		e = items(c, &all);
	if (e == OK)
		e = want.has_thread ? records_walk_thread(v.t, &want.thread, true, &w)
		    : want.kind     ? records_walk_kind(v.t, want.kind->number, true, &w)
		                    : records_walk_all(v.t, true, &w);
	if (e != OK)
		return e;
	while (e == OK && json_array_size(all) < (size_t)want.limit && records_next(&w, &no)) {
		struct seen *s;
		e = view_get(&v, no, &s);
		if (e != OK || !is_wanted(&want, s))
			continue;
		e = view_record_row(&v, s, &o);
		if (e == OK)
			(void)json_array_append_new(all, o);
	}
	return walk_close(&w, e);
}

static enum err show(struct api_call *c)
{
	struct view v;
	struct seen *s;
	json_t *o;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "record", 0, &s);
	return e == OK ? saying_sheet(c, view_record_sheet(&v, s, &o), &o) : e;
}

/* ---- retract and reply ---- */

/* It is withdrawn already: whoever could not be told then is told now, by the same record. */
static enum err retract_again(struct api_call *c, struct view *v, const struct seen *s, const struct ids *who)
{
	struct seens said;
	struct draft d = {0};
	struct ids told = {0};
	json_t *to = json_array();
	bool everybody;
	enum err e = json_object_set_new(c->result, "to", to) == 0 ? view_about(v, &s->id, KIND_RETRACT, &said) : ERR_MEMORY;
	size_t k = 0;
	while (e == OK && k < said.n && !(said.p[k]->mine && said.p[k]->good))
		k++;
	if (e == OK && k < said.n && (e = view_readers(v, said.p[k], &told, &everybody)) == OK)
		e = saying_to_all(c, v, who, &d);
	for (size_t i = 0; e == OK && i < d.recipients; i++) {
		char name[NAMES_TEXT];
		if (view_ids_has(&told, &d.to[i]))
			continue;
		e = core_send(c->core, &said.p[k]->id, &d.to[i], &c->why);
		names_show(c->core, &d.to[i], name);
		(void)json_array_append_new(to, view_string(name));
	}
	if (e == OK && json_array_size(to) == 0)
		return api_fail(c, ERR_CONFLICT, "see: tally record show ID", "it is withdrawn already, and all who have it were told");
	if (e == OK)
		api_set_id(c->result, "id", &said.p[k]->id);
	return e;
}

static enum err retract(struct api_call *c)
{
	struct view v;
	struct seen *s;
	struct ids who;
	bool everybody;
	const char *reason;
	struct id id;
	struct draft d = {.kind = kind_by_number(KIND_RETRACT)};
	struct value *body = value_map(c->arena);
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "record", 0, &s);
	if (e == OK)
		e = api_text(c, "reason", true, &reason);
	if (e != OK)
		return e;
	if (!s->mine)
		return api_fail(c, ERR_POLICY, "dispute it with: tally reply ID disputed", "only its author can withdraw it");
	if (s->kind && (s->kind->inner || s->r.kind == KIND_RETRACT))
		return api_fail(c, ERR_POLICY, "see: tally record list", "a %s cannot be withdrawn", s->kind->name);
	if (s->replaced)
		saying_warn(c, "a newer version of it stands: withdraw that one too, if it is wrong as well");
	e = view_readers(&v, s, &who, &everybody);
	if (e == OK && s->withdrawn)
		return retract_again(c, &v, s, &who);
	if (e == OK)
		e = saying_to_all(c, &v, &who, &d);
	if (e != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &s->id));
	fields_set(c->arena, d.kind->fields, body, "reason", value_str(c->arena, reason));
	d.body = body;
	d.thread = &s->root;
	d.tlp = s->r.tlp == TLP_RED ? TLP_RED : 0;
	return saying_say(c, &d, &id);
}

static const char *allowed_words(struct api_call *c, const struct kind *k)
{
	char *text = arena_alloc(c->arena, 400);
	if (!text)
		return "";
	(void)snprintf(text, 400, "acknowledged");
	for (size_t i = 0, n = 0; k->decisions && k->decisions->words[i] && n < 360; i++)
		n += (size_t)snprintf(text + n, 400 - n, "%s%s", i ? ", " : "", k->decisions->words[i]);
	return text;
}

/* To its author, or to who passed it on; about a record of ours, to all who got it. */
static enum err reply_to(struct api_call *c, struct view *v, const struct seen *s, struct draft *d)
{
	struct ids who = {0};
	bool everybody;
	enum err e;
	if (d->recipients)
		return OK;
	e = s->mine ? view_readers(v, s, &who, &everybody) : view_ids_add(v, &who, s->has_via ? &s->via : &s->r.author);
	return e == OK ? saying_to_all(c, v, &who, d) : e;
}

static enum err reply(struct api_call *c)
{
	struct view v;
	struct seen *s;
	struct value *body;
	struct id id;
	const char *word;
	struct draft d = {.kind = kind_by_number(KIND_REPLY)};
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "record", 0, &s);
	if (e == OK)
		e = api_text(c, "decision", true, &word);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e != OK)
		return e;
	if (!s->kind || !s->readable)
		return api_fail(c, ERR_INVALID, "see: tally record show ID", "this version cannot read that record, so it cannot answer it");
	if (!view_decides(s->kind, word))
		return api_fail(c, ERR_INVALID, "choose one of these words", "%s is answered with: %s", s->kind->name, allowed_words(c, s->kind));
	if (s->mine && !view_own_word(word))
		return api_fail(c, ERR_POLICY, "see who has it with: tally record show ID", "that record is our own: the other side decides about it");
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &s->id));
	fields_set(c->arena, d.kind->fields, body, "decision", value_int(c->arena, vocab_number(&vocab_decision, SPAN(word, strlen(word)))));
	d.body = body;
	d.thread = &s->root;
	if (s->r.has_exercise)
		d.exercise = &s->r.exercise;
	if (s->r.tlp == TLP_RED)
		d.tlp = TLP_RED;
	e = reply_to(c, &v, s, &d);
	return e == OK ? saying_say(c, &d, &id) : e;
}

/* ---- inbox and outbox ---- */

static bool inbox_shows(const struct seen *s)
{
	return !s->mine && s->readable && !(s->kind && s->kind->inner);
}

static bool has_partners(struct api_call *c)
{
	uint64_t n = 0;
	return store_count(core_txn(c->core), TABLE_PARTNERS, &n) == OK && n > 0;
}

static enum err inbox(struct api_call *c)
{
	struct view v;
	struct walk w;
	json_t *all, *o;
	uint64_t no;
	int64_t limit;
	bool open = api_flag(c, "open");
	saying_view(c, &v);
	enum err e = read_limit(c, &limit);
	if (e == OK)
		e = items(c, &all);
	if (e == OK)
		e = records_walk_all(v.t, true, &w);
	if (e != OK)
		return e;
	if (open)
		api_set(c->result, "empty", "nothing waits for an answer");
	else if (has_partners(c))
		api_set(c->result, "empty", "nothing has come yet");
	while (e == OK && json_array_size(all) < (size_t)limit && records_next(&w, &no)) {
		struct seen *s;
		struct todo todo;
		e = view_get(&v, no, &s);
		if (e != OK || !inbox_shows(s))
			continue;
		e = view_inbox_todo(&v, s, &todo);
		if (e != OK || (open && !todo.open) || (e = view_record_row(&v, s, &o)) != OK)
			continue;
		view_put(o, "state", todo.state);
		view_put(o, "next", todo.next);
		(void)json_object_set_new(o, "open", json_boolean(todo.open));
		(void)json_array_append_new(all, o);
	}
	return walk_close(&w, e);
}

/* Why it is not there yet. */
static void put_waiting(struct api_call *c, const struct view *v, const struct id *to, json_t *o)
{
	struct core_link link = {0};
	struct partner p;
	char text[200];
	const char *why = "waiting for the link";
	core_link_state(c->core, to, &link);
	if (partners_get(v->t, c->arena, to, &p) != OK || p.state == PARTNER_REMOVED)
		why = "no partner any more";
	else if (stopped_to(c->core, to))
		why = "our log to them has stopped; see tally doctor";
	else if (p.state == PARTNER_SUSPENDED)
		why = "the partner is suspended";
	else if (p.state == PARTNER_PENDING)
		why = "the words are not compared on both sides";
	else if (link.linked)
		why = "linked, waiting for the receipt";
	else if (link.dialling)
		why = "dialling";
	else if (link.problem[0])
		why = link.problem;
	(void)snprintf(text, sizeof text, "queued: %s", why);
	view_put(o, "delivery", text);
	view_put_time(o, "next_dial", link.next_dial);
}

static enum err outbox_rows(struct api_call *c, struct view *v, const struct seen *s, bool waiting, json_t *all)
{
	struct ids who;
	bool everybody;
	char text[200];
	enum err e = view_readers(v, s, &who, &everybody);
	for (size_t i = 0; e == OK && i < who.n; i++) {
		struct delivery_state d;
		json_t *o;
		e = core_delivery(v->t, &v->me, s->no, &who.p[i], &d);
		if (e != OK || d.state == DELIVERY_NONE || (waiting && d.state == DELIVERY_STORED))
			continue;
		if ((e = view_record_row(v, s, &o)) != OK)
			continue;
		view_put_org(v, o, "to", &who.p[i]);
		(void)snprintf(text, sizeof text, "refused: %s", verdict_text((enum verdict)d.code));
		if (d.state == DELIVERY_QUEUED)
			put_waiting(c, v, &who.p[i], o);
		else
			view_put(o, "delivery", d.state == DELIVERY_STORED ? "stored" : text);
		view_put_time(o, "receipted", d.receipted);
		(void)json_array_append_new(all, o);
	}
	return e;
}

static enum err outbox(struct api_call *c)
{
	struct view v;
	struct walk w;
	json_t *all;
	uint64_t no;
	int64_t limit;
	saying_view(c, &v);
	enum err e = read_limit(c, &limit);
	if (e == OK)
		e = items(c, &all);
	if (e == OK)
		e = records_walk_all(v.t, true, &w);
	if (e != OK)
		return e;
	if (api_flag(c, "waiting"))
		api_set(c->result, "empty", "all that was sent is delivered");
	while (e == OK && json_array_size(all) < (size_t)limit && records_next(&w, &no)) {
		struct seen *s;
		e = view_get(&v, no, &s);
		if (e == OK && s->mine && !(s->kind && s->kind->inner))
			e = outbox_rows(c, &v, s, api_flag(c, "waiting"), all);
	}
	return walk_close(&w, e);
}

/* ---- waiting ---- */

static enum err wait_for(struct api_call *c)
{
	struct view v;
	struct seen *s;
	struct ids who;
	bool everybody;
	int64_t until = core_now(c->core);
	char names[140] = "", one[NAMES_TEXT];
	bool stopped = false;
	json_t *missing = json_array();
	if (json_object_set_new(c->result, "missing", missing) != 0)
		return ERR_MEMORY;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "id", 0, &s);
	if (e == OK)
		e = api_int(c, "until", false, &until);
	if (e == OK)
		e = view_readers(&v, s, &who, &everybody);
	if (e != OK)
		return e;
	if (!s->mine)
		return api_fail(c, ERR_POLICY, "see: tally record show ID", "that record is not ours: nothing is on its way");
	for (size_t i = 0; e == OK && i < who.n; i++) {
		struct delivery_state d;
		size_t n = strlen(names);
		e = core_delivery(v.t, &v.me, s->no, &who.p[i], &d);
		if (e != OK || d.state == DELIVERY_STORED)
			continue;
		names_show(c->core, &who.p[i], one);
		stopped = stopped || stopped_to(c->core, &who.p[i]);
		if (d.state == DELIVERY_EXCEPTION)
			return api_fail(c, ERR_POLICY, "see: tally outbox", "%.60s refused it: %s", one, verdict_text((enum verdict)d.code));
		(void)json_array_append_new(missing, view_string(one));
		(void)snprintf(names + n, sizeof names - n, "%s%.60s", n ? ", " : "", one);
	}
	if (e != OK || json_array_size(missing) == 0)
		return e;
	if (!c->again)
		c->wait_until = core_steady(c->core) + (until - core_now(c->core));
	return api_fail(c, ERR_PENDING, stopped ? "one of them gets nothing before you decide: tally doctor" : "it goes on by itself; see: tally outbox",
	                "accepted; not receipted yet by %s", names);
}

const struct api_row api_record_rows[] = {
	{"record.new", new_record, "a record of any kind"},
	{"record.list", list, "records, newest first"},
	{"record.show", show, "one record in full"},
	{"record.retract", retract, "withdraw a record of our own"},
	{"record.reply", reply, "decide about a record"},
	{"inbox.list", inbox, "what partners sent us"},
	{"outbox.list", outbox, "what we sent, and whether it is there"},
	{"delivery.wait", wait_for, "until all recipients have signed for a record"},
	{NULL, NULL, NULL},
};
