#include "node/saying.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/api_exercise.h"
#include "node/consortium.h"
#include "node/fieldjson.h"
#include "node/names.h"
#include "node/partners.h"
#include "node/stopped.h"
#include "proto/statement.h"

static void show_name(void *ctx, const struct id *org, char out[static VIEW_NAME])
{
	_Static_assert(VIEW_NAME == NAMES_TEXT, "one size of shown names");
	names_show(ctx, org, out);
}

void saying_view(struct api_call *c, struct view *v)
{
	*v = (struct view){.t = core_txn(c->core), .a = c->arena, .me = core_self(c->core)->org, .now = core_now(c->core), .clocks = core_clocks(c->core),
	                   .name = show_name, .ctx = c->core};
}

const json_t *saying_arg(const struct api_call *c, const char *name)
{
	const json_t *v = json_object_get(c->args, name);
	return json_is_null(v) ? NULL : v;
}

json_t *saying_args(const struct api_call *c)
{
	return json_deep_copy(c->args);
}

enum err saying_pass_on(struct api_call *c, const char *call, json_t *args)
{
	const json_t *own = c->args;
	enum err e = args ? OK : ERR_MEMORY;
	c->args = args;
	if (e == OK)
		e = api_find(call)->fn(c);
	c->args = own;
	json_decref(args);
	return e;
}

static const char *keep(struct api_call *c, const char *text)
{
	size_t n = strlen(text) + 1;
	char *copy = arena_alloc(c->arena, n);
	if (copy)
		memcpy(copy, text, n);
	return copy;
}

enum err saying_texts(struct api_call *c, const char *name, const char *const **out, size_t *count)
{
	const json_t *v = saying_arg(c, name);
	size_t n = json_is_array(v) ? json_array_size(v) : v ? 1 : 0;
	const char **list = arena_alloc(c->arena, (n + 1) * sizeof *list);
	if (!list)
		return ERR_MEMORY;
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_is_array(v) ? json_array_get(v, i) : v;
		if (!json_is_string(item))
			return api_fail(c, ERR_USAGE, "", "%s wants text", name);
		if (!(list[i] = keep(c, json_string_value(item))))
			return ERR_MEMORY;
	}
	*out = list;
	*count = n;
	return OK;
}

static enum err resolve(void *ctx, const struct field *f, const char *typed, struct id *out, struct complaint *why)
{
	return f->type == FIELD_ORG ? names_org(ctx, typed, out, why) : names_record(ctx, typed, out, why);
}

enum err saying_body(struct api_call *c, const struct kind *k, const json_t *json, struct value **out)
{
	const struct fieldjson_names names = {resolve, c->core};
	enum err e;
	if (!json) {
		*out = value_map(c->arena);
		return *out ? OK : ERR_MEMORY;
	}
	if (!json_is_object(json))
		return api_fail(c, ERR_USAGE, "", "the body of a record is a JSON object");
	e = fieldjson_read(k->fields, json, &names, c->arena, out, &c->why);
	if (e == OK)
		saying_doubt(c, k->fields, *out);
	return e;
}

static void doubt_one(struct api_call *c, const struct field *f, const struct value *v)
{
	struct complaint why;
	struct buf shown = {0};
	if (f->type == FIELD_GROUP && f->group)
		saying_doubt(c, f->group, v);
	else if (fields_unusual(f, v, core_now(c->core), &why) && fields_format(f, v, &shown) == OK)
		saying_warn(c, "%s: %.*s %s", why.where, (int)(shown.n < 60 ? shown.n : 60), shown.n ? (const char *)shown.p : "", why.text);
	buf_free(&shown);
}

void saying_doubt(struct api_call *c, const struct field *table, const struct value *map)
{
	for (const struct field *f = table; f->name; f++) {
		const struct value *v = value_at(map, f->key);
		for (size_t i = 0; v && f->list && i < value_count(v); i++)
			doubt_one(c, f, value_item(v, i));
		if (v && !f->list)
			doubt_one(c, f, v);
	}
}

static enum err read_tlp(struct api_call *c, struct draft *d)
{
	const char *word;
	enum err e = api_text(c, "tlp", false, &word);
	if (e != OK || !word)
		return e;
	d->tlp = vocab_number(&vocab_tlp, SPAN(word, strlen(word)));
	return d->tlp ? OK
	              : api_fail(c, ERR_USAGE, "one of clear, green, amber, amber+strict, red", "\"%.40s\" is not a TLP label", word);
}

enum err saying_header(struct api_call *c, struct draft *d)
{
	enum err e = read_tlp(c, d);
	if (e == OK && saying_arg(c, "to"))
		e = api_orgs(c, "to", true, &d->to, &d->recipients);
	if (e == OK && api_flag(c, "onward"))
		d->onward = 1;
	return e == OK ? api_exercise_read(c, d) : e;
}

/* Somebody suspended or gone must not keep the others from being told. */
static enum err reachable(struct api_call *c, const struct view *v, const struct id *org, bool *out)
{
	struct partner p = {.state = PARTNER_REMOVED};
	struct consortium x;
	char name[NAMES_TEXT];
	if (consortium_get(c->core, org, &x) == OK) {
		*out = consortium_ours(c->core, &x);
		if (!*out)
			saying_warn(c, "consortium:%s is not told: we have not joined it, or are no member any more", x.name);
		return OK;
	}
	enum err e = partners_get(v->t, c->arena, org, &p);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	*out = p.state == PARTNER_ACTIVE || (p.state == PARTNER_PENDING && p.verified);
	if (!*out) {
		names_show(c->core, org, name);
		saying_warn(c, "%s is not told: no active partner", name);
	}
	return OK;
}

enum err saying_to_all(struct api_call *c, const struct view *v, const struct ids *who, struct draft *d)
{
	struct id *to = arena_alloc(c->arena, (who->n + 1) * sizeof *to);
	size_t n = 0;
	if (!to)
		return ERR_MEMORY;
	for (size_t i = 0; i < who->n; i++) {
		bool yes = false;
		enum err e = id_eq(&who->p[i], &v->me) ? OK : reachable(c, v, &who->p[i], &yes);
		if (e != OK)
			return e;
		if (yes)
			to[n++] = who->p[i];
	}
	d->to = to;
	d->recipients = n;
	return OK;
}

enum err saying_to_partners(struct api_call *c, const struct view *v, struct draft *d)
{
	struct ids who = {0};
	struct walk w;
	struct view add = *v;
	enum err e = walk_open(v->t, TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	while (e == OK && walk_next(&w)) {
		struct id org;
		struct partner p;
		if (w.key.n != 32)
			continue;
		memcpy(org.b, w.key.p, 32);
		e = partners_get(v->t, c->arena, &org, &p);
		if (e == OK && p.state == PARTNER_ACTIVE)
			e = view_ids_add(&add, &who, &org);
	}
	e = walk_close(&w, e);
	return e == OK ? saying_to_all(c, v, &who, d) : e;
}

static bool among(const char *const *names, const char *name)
{
	for (; names && *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

void saying_keep(struct api_call *c, const struct field *table, const struct value *old, struct value *body, const char *const *but)
{
	for (const struct field *f = table; f->name; f++) {
		const struct value *was = value_at(old, f->key), *now = value_at(body, f->key);
		if (!was || among(but, f->name))
			continue;
		if (now && (f->type != FIELD_GROUP || f->list || !f->group))
			continue;
		struct value *next = value_copy(c->arena, now ? now : was);
		if (now && next)
			saying_keep(c, f->group, was, next, NULL);
		value_set(c->arena, body, f->key, next);
	}
}

static void hint_for(struct api_call *c, enum err e)
{
	if (c->hint[0])
		return;
	if (e == ERR_TLP)
		(void)snprintf(c->hint, sizeof c->hint, "choose another --tlp, or leave out whoever may not have it");
	else if (e == ERR_NOT_PARTNER || e == ERR_POLICY)
		(void)snprintf(c->hint, sizeof c->hint, "see who is an active partner with: tally partner list");
}

/* The record as it would be, for a rehearsal; of a forward without the author's bytes in it. */
static enum err show_would(struct api_call *c, const struct id *id, json_t *to)
{
	struct view v;
	struct seen *s;
	json_t *o = json_object(), *body;
	saying_view(c, &v);
	enum err e = view_find(&v, id, &s);
	if (e != OK || json_object_set_new(c->result, "would", o) != 0)
		return e != OK ? e : ERR_MEMORY;
	view_put(o, "kind", s->kind->name);
	(void)json_object_set(o, "to", to);
	view_put(o, "tlp", vocab_word(&vocab_tlp, s->r.tlp));
	if (s->r.onward)
		(void)json_object_set_new(o, "onward", json_true());
	if (s->r.has_supersedes)
		view_put_id(o, "supersedes", &s->r.supersedes);
	body = fieldjson_write(s->kind->fields, s->r.body);
	for (const struct field *f = s->kind->fields; f->name; f++)
		if (f->type == FIELD_BYTES || f->group == statement_signed_fields)
			(void)json_object_del(body, f->name);
	(void)json_object_set_new(o, "body", body);
	return OK;
}

/* It would be kept there, and count for nothing. */
static enum err doubt_thread(struct api_call *c, const struct draft *d)
{
	struct view v;
	struct seen *root;
	char name[NAMES_TEXT];
	saying_view(c, &v);
	enum err e = d->thread ? view_find(&v, d->thread, &root) : ERR_NOT_FOUND;
	for (size_t i = 0; e == OK && i < d->recipients; i++) {
		bool yes;
		e = saying_has_root(&v, root, &d->to[i], &yes);
		if (e != OK || yes)
			continue;
		names_show(c->core, &d->to[i], name);
		saying_warn(c, "%s may not have the record that this belongs to: without it this counts for nothing there", name);
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

/* What came by a consortium is answered there, so that it arrives also while its author is dark. */
static enum err answer_there(struct api_call *c, struct draft *d)
{
	struct view v;
	struct seen *root;
	struct ids readers, members;
	bool everybody;
	saying_view(c, &v);
	enum err e = d->thread && d->tlp != TLP_RED ? view_find(&v, d->thread, &root) : ERR_NOT_FOUND;
	if (e == OK && !root->mine)
		e = view_readers(&v, root, &readers, &everybody);
	if (e != OK || root->mine)
		return e == ERR_NOT_FOUND ? OK : e;
	struct id *to = arena_alloc(c->arena, (d->recipients + readers.n + 1) * sizeof *to);
	size_t n = 0;
	if (!to)
		return ERR_MEMORY;
	for (size_t i = 0; e == OK && i < readers.n; i++) {
		bool of = false;
		if ((e = view_members(&v, &readers.p[i], &members)) != OK)
			break;
		for (size_t j = 0; j < d->recipients; j++)
			of = of || view_ids_has(&members, &d->to[j]);
		if (of)
			to[n++] = readers.p[i];
	}
	size_t consortia = n;
	for (size_t j = 0; e == OK && j < d->recipients; j++) {
		bool of = false;
		for (size_t i = 0; e == OK && i < consortia; i++) {
			e = view_members(&v, &to[i], &members);
			of = of || (e == OK && view_ids_has(&members, &d->to[j]));
		}
		if (!of)
			to[n++] = d->to[j];
	}
	if (e == OK && consortia) {
		d->to = to;
		d->recipients = n;
	}
	return e;
}

enum err saying_say(struct api_call *c, const struct draft *d, struct id *out)
{
	struct draft x = *d;
	char name[NAMES_TEXT];
	json_t *to;
	enum err e = saying_arg(c, "to") ? OK : answer_there(c, &x);
	if (e != OK)
		return e;
	if (x.tlp == TLP_RED && !x.named) { /* red names its readers, who thereby see each other */
		x.name = x.to;
		x.named = x.recipients;
	}
	e = api_exercise_fits(c, &x);
	if (e == OK)
		e = doubt_thread(c, &x);
	if (e == OK)
		e = core_say(c->core, &x, out, &c->why);
	if (e != OK) {
		hint_for(c, e);
		return e;
	}
	api_set_id(c->result, "id", out);
	api_set(c->result, "kind", d->kind->name);
	to = json_array();
	for (size_t i = 0; i < x.recipients && e == OK; i++) {
		bool stopped = false;
		e = stopped_to(c->core, &x.to[i], &stopped);
		names_show(c->core, &x.to[i], name);
		if (stopped)
			saying_warn(c, "our log to %s has stopped: this waits until you say: tally partner reopen %s", name, name);
		(void)json_array_append_new(to, view_string(name));
	}
	(void)json_object_set_new(c->result, "to", to);
	return e == OK && c->dry_run ? show_would(c, out, to) : e;
}

enum err saying_items(struct api_call *c, enum err e, json_t **items)
{
	if (e != OK)
		return e;
	return json_object_set_new(c->result, "items", *items) == 0 ? OK : ERR_MEMORY;
}

enum err saying_sheet(struct api_call *c, enum err e, json_t **sheet)
{
	if (e != OK)
		return e;
	e = json_object_update(c->result, *sheet) == 0 ? OK : ERR_MEMORY;
	json_decref(*sheet);
	return e;
}

enum err saying_record(struct api_call *c, struct view *v, const char *name, int64_t kind, struct seen **out)
{
	struct id id;
	const struct kind *k = kind_by_number(kind);
	enum err e = api_record(c, name, &id);
	if (e == OK)
		e = view_find(v, &id, out);
	if (e == OK && kind && (!(*out)->readable || (*out)->r.kind != kind))
		return api_fail(c, ERR_INVALID, "see what there is with: tally record list", "that is %s%s, and %s is wanted",
		                (*out)->kind ? "of kind " : "a record we cannot read", (*out)->kind ? (*out)->kind->name : "", k ? k->name : "another");
	return e;
}

enum err saying_taken(struct api_call *c, struct view *v, const struct seen *s)
{
	struct seen *root;
	enum err e = view_find(v, &s->root, &root);
	if (e == OK && s->good && !root->good)
		s = root;
	if ((e == OK || e == ERR_NOT_FOUND) && !s->good)
		return api_fail(c, ERR_POLICY, "ask its author to say it anew", "%s was not taken here: %.200s",
		                id_eq(&s->id, &s->root) ? "the record that opens the thread" : "that record", s->reason);
	return e == ERR_NOT_FOUND ? OK : e;
}

/* We passed it on to them. */
static enum err forwarded(struct view *v, const struct seen *s, const struct id *who, bool *yes)
{
	struct seens list;
	struct ids readers;
	bool everybody;
	enum err e = view_about(v, &s->id, KIND_FORWARD, &list);
	for (size_t i = 0; e == OK && !*yes && i < list.n; i++) {
		if (!list.p[i]->mine)
			continue;
		e = view_readers(v, list.p[i], &readers, &everybody);
		*yes = e == OK && (everybody || view_ids_has(&readers, who));
	}
	return e;
}

enum err saying_has_root(struct view *v, const struct seen *s, const struct id *who, bool *yes)
{
	struct seen *root;
	struct ids readers;
	bool everybody;
	enum err e = view_find(v, &s->root, &root);
	if (e == ERR_NOT_FOUND || (e == OK && root->readable && root->r.kind == KIND_EXERCISE_PLAN)) {
		*yes = true;
		return OK;
	}
	if (e == OK)
		e = view_readers(v, root, &readers, &everybody);
	if (e == OK)
		*yes = (everybody && root->mine) || id_eq(who, &root->r.author) || view_ids_has(&readers, who) ||
		       (root->has_via && id_eq(who, &root->via));
	return e == OK && !*yes ? forwarded(v, root, who, yes) : e;
}

static void add_next(struct api_call *c, const char *text)
{
	const char *before = json_string_value(json_object_get(c->result, "next"));
	char both[1200];
	(void)snprintf(both, sizeof both, "%s%s%s", before ? before : "", before ? "; " : "", text);
	view_put(c->result, "next", both);
}

void saying_warn(struct api_call *c, const char *format, ...)
{
	char text[300];
	va_list args;
	json_t *list = json_object_get(c->result, "warnings");
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (!list) {
		list = json_array();
		(void)json_object_set_new(c->result, "warnings", list);
	}
	(void)json_array_append_new(list, view_string(text));
}

void saying_next(struct api_call *c, const char *format, ...)
{
	char text[300];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	add_next(c, text);
}
