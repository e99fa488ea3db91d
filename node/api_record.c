/* api_record.c - records of any kind for the dispatcher: list, show; inbox, outbox, waiting for receipts. */
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

/* A list over all records, the newest first. */
static enum err begin_all(struct api_call *c, struct view *v, struct walk *w, json_t **all, int64_t *limit)
{
	saying_view(c, v);
	enum err e = read_limit(c, limit);
	if (e == OK)
		e = items(c, all);
	return e == OK ? records_walk_all(v->t, true, w) : e;
}

static enum err inbox(struct api_call *c)
{
	struct view v;
	struct walk w;
	json_t *all, *o;
	uint64_t no;
	int64_t limit;
	bool open = api_flag(c, "open");
	enum err e = begin_all(c, &v, &w, &all, &limit);
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
static enum err put_waiting(struct api_call *c, const struct view *v, const struct id *to, json_t *o)
{
	struct core_link link = {0};
	struct partner p;
	char text[200];
	const char *why = "waiting for the link";
	bool stopped = false;
	core_link_state(c->core, to, &link);
	enum err e = partners_get(v->t, c->arena, to, &p), end = stopped_to(c->core, to, &stopped);
	if (end != OK || (e != OK && e != ERR_NOT_FOUND))
		return end != OK ? end : e;
	if (e == ERR_NOT_FOUND || p.state == PARTNER_REMOVED)
		why = "no partner any more";
	else if (stopped)
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
	return OK;
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
			e = put_waiting(c, v, &who.p[i], o);
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
	enum err e = begin_all(c, &v, &w, &all, &limit);
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
		if (!stopped && (e = stopped_to(c->core, &who.p[i], &stopped)) != OK)
			break;
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
	{"record.list", list, "records, newest first"},
	{"record.show", show, "one record in full"},
	{"inbox.list", inbox, "what partners sent us"},
	{"outbox.list", outbox, "what we sent, and whether it is there"},
	{"delivery.wait", wait_for, "until all recipients have signed for a record"},
	{NULL, NULL, NULL},
};
