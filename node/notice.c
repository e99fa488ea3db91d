#include "node/notice.h"

#include <stdio.h>
#include <string.h>

#include "node/duty.h"
#include "node/partners.h"
#include "node/saying.h"
#include "node/view_inbox.h"
#include "node/view_record.h"

#define MARK "notified"

/* ---- how far ---- */

static enum err last_number(struct txn *t, enum table table, uint64_t *out)
{
	struct walk w;
	enum err e = walk_open(t, table, SPAN(NULL, 0), true, &w);
	*out = e == OK && walk_next(&w) && w.key.n == 8 ? get_u64be(w.key.p) : 0;
	return walk_close(&w, e);
}

enum err notice_mark_read(struct core *c, struct notice_mark *out)
{
	struct span value;
	struct notice_mark m = {.time = core_now(c) - 1};
	enum err e = store_get(core_txn(c), TABLE_META, SPAN(MARK, strlen(MARK)), &value);
	if (e == OK && value.n == 24) {
		*out = (struct notice_mark){get_u64be(value.p), get_u64be(value.p + 8), (int64_t)get_u64be(value.p + 16)};
		return OK;
	}
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	e = last_number(core_txn(c), TABLE_RECORDS, &m.record);
	if (e == OK)
		e = last_number(core_txn(c), TABLE_OPERATIONS, &m.operation);
	if (e == OK)
		*out = m;
	return e == OK ? ERR_NOT_FOUND : e;
}

enum err notice_mark_write(struct core *c, const struct notice_mark *mark)
{
	uint8_t bytes[24];
	put_u64be(bytes, mark->record);
	put_u64be(bytes + 8, mark->operation);
	put_u64be(bytes + 16, (uint64_t)mark->time);
	return store_put(core_txn(c), TABLE_META, SPAN(MARK, strlen(MARK)), SPAN(bytes, sizeof bytes));
}

/* ---- items ---- */

struct telling {
	struct core *c;
	struct view *v;
	json_t *items;
	size_t more; /* that did not fit and are not told one by one */
};

static bool full(const struct telling *t)
{
	return json_array_size(t->items) >= NOTICE_ITEMS;
}

static enum err add(struct telling *t, const char *event, const char *id, json_t *o)
{
	if (!o)
		return ERR_MEMORY;
	if (full(t)) {
		t->more++;
		json_decref(o);
		return OK;
	}
	view_put(o, "id", id);
	view_put(o, "event", event);
	return json_array_append_new(t->items, o) == 0 ? OK : ERR_MEMORY;
}

/* What people are told leaves the node by mail or chat: of what is TLP:RED only that it is there. */
static enum err add_record(struct telling *t, uint64_t no)
{
	struct seen *s;
	struct todo todo = {0};
	char id[80], hex[65];
	json_t *o;
	enum err e = view_get(t->v, no, &s);
	if (e != OK || !s->readable || s->mine || !s->good || (s->kind && (s->kind->inner || s->r.kind == KIND_FORWARD)))
		return e;
	if (s->kind && (e = view_inbox_todo(t->v, s, &todo)) != OK)
		return e;
	if (!(o = json_object()))
		return ERR_MEMORY;
	hex_encode(hex, s->id.b, 32);
	(void)snprintf(id, sizeof id, "record/%s", hex);
	view_put(o, "record", hex);
	view_put(o, "kind", s->kind ? s->kind->name : "unknown");
	view_put_author(t->v, o, s);
	view_put(o, "tlp", vocab_word(&vocab_tlp, s->r.tlp) ? vocab_word(&vocab_tlp, s->r.tlp) : "red");
	view_put_time(o, "received", s->received);
	if (s->r.tlp < TLP_RED)
		view_put(o, "title", view_record_title(t->v, s));
	(void)json_object_set_new(o, "exercise", json_boolean(s->r.has_exercise));
	view_put(o, "state", todo.state);
	view_put(o, "next", todo.next);
	return add(t, "record", id, o);
}

static enum err add_missed(struct telling *t, uint64_t from, uint64_t to)
{
	char id[80];
	(void)snprintf(id, sizeof id, "missed/%llu-%llu", (unsigned long long)from, (unsigned long long)to);
	return add(t, "missed", id, json_pack("{s:I, s:s}", "records", (json_int_t)(to - from), "next", "tally inbox --open"));
}

static enum err tell_records(struct telling *t, uint64_t *mark)
{
	struct walk w;
	uint8_t key[8];
	uint64_t last, no;
	enum err e = last_number(core_txn(t->c), TABLE_RECORDS, &last);
	if (e == OK && last > *mark + NOTICE_BEHIND) {
		e = add_missed(t, *mark, last);
		*mark = last;
	}
	if (e != OK || last <= *mark)
		return e;
	e = walk_open(core_txn(t->c), TABLE_RECORDS, SPAN(NULL, 0), false, &w);
	if (e != OK)
		return e;
	put_u64be(key, *mark + 1);
	walk_seek(&w, SPAN(key, sizeof key));
	while (e == OK && !full(t) && records_next(&w, &no)) {
		e = add_record(t, no);
		*mark = no;
	}
	return walk_close(&w, e);
}

static enum err add_alarm(struct telling *t, uint64_t no, const struct value *row)
{
	const struct field *f = operation_fields;
	char id[40];
	json_t *o;
	if (strcmp(view_text(t->v, f, row, "who"), "node") != 0)
		return OK;
	if (!(o = json_object()))
		return ERR_MEMORY;
	(void)snprintf(id, sizeof id, "alarm/%llu", (unsigned long long)no);
	view_put(o, "what", view_text(t->v, f, row, "what"));
	view_put(o, "about", view_text(t->v, f, row, "about"));
	view_put_time(o, "at", view_int(f, row, "time"));
	view_put(o, "next", "tally doctor");
	return add(t, "alarm", id, o);
}

static enum err tell_alarms(struct telling *t, uint64_t *mark)
{
	struct walk w;
	uint8_t key[8];
	enum err e = walk_open(core_txn(t->c), TABLE_OPERATIONS, SPAN(NULL, 0), false, &w);
	if (e != OK)
		return e;
	put_u64be(key, *mark + 1);
	walk_seek(&w, SPAN(key, sizeof key));
	while (e == OK && !full(t) && walk_next(&w)) {
		const struct value *row;
		if (w.key.n != 8)
			continue;
		*mark = get_u64be(w.key.p);
		e = rows_value(w.value, t->v->a, &row);
		if (e == OK)
			e = add_alarm(t, *mark, row);
	}
	return walk_close(&w, e);
}

/* ---- what time brings ---- */

/* A deadline is told of when it comes near, or when we learn of it later than that. */
static int64_t learned(const struct duty *d, int64_t at)
{
	int64_t known = d->of ? d->of->received : d->learned, when = at > known ? at : known;
	for (size_t i = 0; i < d->whys; i++)
		when = d->why[i]->received > when ? d->why[i]->received : when;
	return when;
}

static enum err add_duty(struct telling *t, const struct duty *d, const char *event)
{
	struct id id;
	char text[120], hex[65];
	json_t *o;
	enum err e = duty_json(t->v, d, &o);
	if (e != OK)
		return e;
	duty_id(d, &id);
	hex_encode(hex, id.b, 32);
	(void)snprintf(text, sizeof text, "%s/%s/%lld", event, hex, (long long)(d->due / 1000)); /* moved, it is told of anew */
	(void)json_object_set(o, "record", json_object_get(o, "id"));
	(void)json_object_del(o, "why");
	if (d->of && d->of->r.tlp >= TLP_RED)
		(void)json_object_del(o, "title");
	return add(t, event, text, o);
}

static enum err tell_duties(struct telling *t, int64_t from, int64_t to)
{
	struct duties all;
	enum err e = duty_all(t->v, true, &all);
	for (size_t i = 0; e == OK && i < all.n; i++) {
		const struct duty *d = &all.p[i];
		int64_t soon, over;
		bool ours = id_eq(&d->debtor, &t->v->me), to_us = !d->authority && id_eq(&d->creditor, &t->v->me);
		if (!d->due || d->still || d->stated || (!ours && !to_us))
			continue;
		soon = learned(d, d->due - NOTICE_SOON_MS);
		over = learned(d, d->due + 1);
		if (over > from && over <= to)
			e = add_duty(t, d, "overdue");
		else if (soon > from && soon <= to && over > to && ours)
			e = add_duty(t, d, "due");
	}
	return e;
}

static enum err add_silent(struct telling *t, const struct partner *p, int64_t heard)
{
	char id[120], hex[65];
	json_t *o = json_object();
	if (!o)
		return ERR_MEMORY;
	hex_encode(hex, p->org.b, 32);
	(void)snprintf(id, sizeof id, "silent/%s/%lld", hex, (long long)(heard / 1000));
	view_put_org(t->v, o, "partner", &p->org);
	view_put_time(o, "last_heard", heard);
	view_put(o, "next", "tally doctor");
	return add(t, "silent", id, o);
}

static enum err tell_silence(struct telling *t, int64_t from, int64_t to)
{
	struct walk w;
	enum err e = walk_open(core_txn(t->c), TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	while (e == OK && walk_next(&w)) {
		struct core_link link;
		struct partner p;
		struct id org;
		int64_t heard = 0;
		if (w.key.n != sizeof org.b)
			continue;
		memcpy(org.b, w.key.p, sizeof org.b);
		if ((e = partners_get(core_txn(t->c), t->v->a, &org, &p)) != OK || p.state != PARTNER_ACTIVE)
			continue;
		core_link_state(t->c, &org, &link);
		(void)fields_int(partner_fields, p.row, "last_heard", &heard);
		if (!link.linked && heard && heard + NOTICE_SILENT_MS > from && heard + NOTICE_SILENT_MS <= to)
			e = add_silent(t, &p, heard);
	}
	return walk_close(&w, e);
}

/* ---- one notice ---- */

static enum err gather(struct telling *t, bool times, struct notice_mark *mark)
{
	enum err e = tell_records(t, &mark->record);
	if (e == OK)
		e = tell_alarms(t, &mark->operation);
	int64_t now = core_now(t->c) - 1; /* more may come in this very millisecond: it is told of with the next look */
	if (e != OK || !times || full(t))
		return e;
	e = tell_duties(t, mark->time, now);
	if (e == OK)
		e = tell_silence(t, mark->time, now);
	if (e == OK && t->more)
		e = json_array_append_new(t->items, json_pack("{s:s, s:s, s:I, s:s}", "id", "more", "event", "more", "count", (json_int_t)t->more, "next",
		                                              "tally report owed")) == 0 ? OK : ERR_MEMORY;
	if (mark->time < now)
		mark->time = now;
	return e;
}

enum err notice_next(struct core *c, const struct notice_mark *from, bool times, json_t **out, struct notice_mark *to)
{
	struct api_call call = {.core = c, .arena = arena_new()};
	struct notice_mark mark = *from;
	struct view v;
	struct telling t = {.c = c, .v = &v, .items = json_array()};
	enum err e = call.arena && t.items ? OK : ERR_MEMORY;
	if (e == OK) {
		saying_view(&call, &v);
		e = gather(&t, times, &mark);
	}
	if (e == OK) {
		*to = mark;
		*out = NULL;
	}
	if (e == OK && json_array_size(t.items)) {
		json_t *first = json_object_get(json_array_get(t.items, 0), "id");
		*out = json_pack("{s:s, s:O, s:s, s:O}", "schema", "tally/notice/1", "id", first, "node", core_self(c)->name, "items", t.items);
		e = *out ? OK : ERR_MEMORY;
	}
	json_decref(t.items);
	arena_free(call.arena);
	return e;
}
