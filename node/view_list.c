#include "node/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/scan.h"
#include "proto/statement.h"
#include "proto/when.h"

#define LIGHT_HELD 4096u /* records in a view that is thrown away */

/* ---- small lists ---- */

enum err view_push(struct view *v, struct seens *list, struct seen *s)
{
	struct seen **p = arena_more(v->a, list->p, list->n, &list->cap, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	list->p = p;
	list->p[list->n++] = s;
	return OK;
}

bool view_ids_has(const struct ids *list, const struct id *id)
{
	for (size_t i = 0; i < list->n; i++)
		if (id_eq(&list->p[i], id))
			return true;
	return false;
}

enum err view_ids_add(struct view *v, struct ids *list, const struct id *id)
{
	if (view_ids_has(list, id))
		return OK;
	struct id *p = arena_more(v->a, list->p, list->n, &list->cap, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	list->p = p;
	list->p[list->n++] = *id;
	return OK;
}

/* ---- lists of records ---- */

static int by_created(const void *a, const void *b)
{
	return view_order(*(struct seen *const *)a, *(struct seen *const *)b);
}

void view_sort(struct seens *list)
{
	if (list->n > 1)
		qsort(list->p, list->n, sizeof *list->p, by_created);
}

static enum err collect(struct view *v, struct walk *w, int64_t kind, struct seens *out)
{
	uint64_t no;
	enum err e = OK;
	*out = (struct seens){0};
	while (e == OK && records_next(w, &no)) {
		struct seen *s;
		e = view_get(v, no, &s);
		if (e == OK && s->readable && (kind == 0 || s->r.kind == kind))
			e = view_push(v, out, s);
	}
	e = walk_close(w, e);
	view_sort(out);
	return e;
}

/* What is real, or what belongs to the one exercise that is looked at. */
static bool in_world(const struct view *v, const struct seen *s)
{
	return v->exercise ? s->r.has_exercise && id_eq(&s->r.exercise, v->exercise) : !s->r.has_exercise;
}

static void keep_world(const struct view *v, struct seens *list)
{
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++)
		if (in_world(v, list->p[i]))
			list->p[n++] = list->p[i];
	list->n = n;
}

enum err view_kind(struct view *v, int64_t kind, struct seens *out)
{
	struct walk w;
	enum err e = kind ? records_walk_kind(v->t, kind, false, &w) : records_walk_all(v->t, false, &w);
	if (e == OK)
		e = collect(v, &w, kind, out);
	if (e == OK && kind)
		keep_world(v, out);
	return e;
}

enum err view_firsts(struct view *v, int64_t kind, struct seens *out)
{
	struct seens all;
	size_t n = 0;
	enum err e = view_kind(v, kind, &all);
	for (size_t i = 0; e == OK && i < all.n; i++) {
		struct seen *first;
		e = view_first(v, all.p[i], &first);
		if (e == OK && first == all.p[i])
			all.p[n++] = first;
	}
	all.n = n;
	*out = all;
	return e;
}

static enum err lighten(const struct view *v, struct view *light)
{
	arena_free(light->a);
	light->bucket = NULL;
	light->buckets = light->held = 0;
	light->suppliers = v->suppliers; /* what it found for itself went with its arena */
	light->clocks = v->clocks;
	light->a = arena_new();
	return light->a ? OK : ERR_MEMORY;
}

enum err view_each(struct view *v, int64_t kind, enum err (*fn)(struct view *light, struct seen *s, void *ctx), void *ctx)
{
	struct view light = *v;
	struct walk w;
	uint64_t no;
	light.a = NULL;
	enum err e = lighten(v, &light);
	if (e == OK)
		e = records_walk_kind(v->t, kind, false, &w);
	if (e != OK) {
		arena_free(light.a);
		return e;
	}
	while (e == OK && records_next(&w, &no)) {
		struct seen *s;
		if (light.held > LIGHT_HELD)
			e = lighten(v, &light);
		if (e == OK)
			e = view_get(&light, no, &s);
		if (e == OK && s->readable && in_world(v, s))
			e = fn(&light, s, ctx);
	}
	v->looked = light.looked;
	arena_free(light.a);
	return walk_close(&w, e);
}

enum err view_thread(struct view *v, const struct id *root, int64_t kind, struct seens *out)
{
	struct walk w;
	enum err e = records_walk_thread(v->t, root, false, &w);
	return e != OK ? e : collect(v, &w, kind, out);
}

enum err view_about(struct view *v, const struct id *id, int64_t kind, struct seens *out)
{
	struct walk w;
	enum err e = records_walk_ref(v->t, id, false, &w);
	return e != OK ? e : collect(v, &w, kind, out);
}

/* ---- series ---- */

/* The version before, when it is held and one may build on it; NULL: none. */
static enum err before(struct view *v, const struct seen *s, struct seen **out)
{
	struct seen *b;
	*out = NULL;
	if (!s->readable || !s->r.has_supersedes)
		return OK;
	enum err e = view_find(v, &s->r.supersedes, &b);
	if (e == OK && b->readable && id_eq(&b->r.author, &s->r.author) && b->r.kind == s->r.kind && view_alike(b, s))
		*out = b;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err view_begins(struct view *v, const struct seen *s, bool *yes)
{
	struct seen *b;
	enum err e = before(v, s, &b);
	*yes = e == OK && !b;
	return e;
}

enum err view_first(struct view *v, const struct seen *s, struct seen **out)
{
	struct seen *at, *first, *b;
	enum err e = view_get(v, s->no, &at);
	for (first = at; e == OK && !first->first; first = b) {
		e = before(v, first, &b);
		if (e != OK || !b)
			break;
	}
	if (e != OK)
		return e;
	if (first->first)
		first = first->first;
	for (; e == OK && at && !at->first; at = b) { /* all on the way need not be asked again */
		e = before(v, at, &b);
		at->first = first;
	}
	*out = first;
	return e;
}

static enum err successors(struct view *v, const struct seen *s, struct series *out)
{
	struct seens next;
	size_t n = out->versions.n;
	enum err e = view_about(v, &s->id, s->r.kind, &next);
	for (size_t i = 0; e == OK && i < next.n; i++) {
		struct seen *x = next.p[i];
		if (!x->good || !x->r.has_supersedes || !id_eq(&x->r.supersedes, &s->id) || !id_eq(&x->r.author, &s->r.author) ||
		    !view_alike(x, s))
			continue;
		e = view_push(v, &out->versions, x);
	}
	out->forked = out->forked || out->versions.n > n + 1;
	return e;
}

enum err view_series(struct view *v, const struct seen *s, const struct series **out)
{
	struct seen *first;
	enum err e = view_first(v, s, &first);
	if (e == OK && !first->series) {
		struct series *all = arena_alloc(v->a, sizeof *all);
		e = all ? view_push(v, &all->versions, first) : ERR_MEMORY;
		for (size_t i = 0; e == OK && i < all->versions.n; i++) /* breadth first: all of version n before any of n + 1 */
			e = successors(v, all->versions.p[i], all);
		for (size_t i = 0; e == OK && i < all->versions.n; i++)
			all->versions.p[i]->series = all;
	}
	if (e == OK)
		*out = first->series;
	return e;
}

/* ---- readers ---- */

static enum err unlogged_readers(struct view *v, const struct seen *s, struct ids *out, bool *everybody)
{
	struct walk w;
	enum err e = walk_open(v->t, TABLE_UNLOGGED, SPAN(NULL, 0), false, &w);
	if (e != OK)
		return e;
	while (e == OK && walk_next(&w)) {
		struct id target;
		if (w.key.n != 41 || get_u64be(w.key.p + 33) != s->no)
			continue;
		memcpy(target.b, w.key.p + 1, 32);
		if (w.key.p[0] == AUDIENCE_PARTNERS || id_eq(&target, &s->r.author))
			*everybody = true;
		else
			e = view_ids_add(v, out, &target);
	}
	return walk_close(&w, e);
}

enum err view_readers(struct view *v, const struct seen *s, struct ids *out, bool *everybody)
{
	struct walk w;
	struct occurrence o;
	struct ids logs = {0};
	*out = (struct ids){0};
	*everybody = false;
	enum err e = occurrences_walk(v->t, s->no, &w);
	if (e != OK)
		return e;
	while (e == OK && occurrences_next(&w, &o)) {
		struct log_row log;
		if (o.log == 0)
			continue;
		e = logs_by_no(v->t, o.log, &log);
		if (e != OK || !id_eq(&log.author, &s->r.author))
			continue;
		if (log.type == AUDIENCE_PARTNERS || (log.type == AUDIENCE_DIRECT && id_eq(&log.target, &log.author)))
			*everybody = true;
		else
			e = view_ids_add(v, &logs, &log.target); /* a partner; or a consortium, for all its members */
	}
	e = walk_close(&w, e);
	if (e == OK && s->mine)
		e = unlogged_readers(v, s, &logs, everybody);
	for (size_t i = 0; e == OK && i < s->r.named; i++)
		e = view_ids_add(v, &logs, &s->r.name[i]);
	if (e == OK) { /* by id, not by local log number: both ends and all orders the same */
		for (size_t i = 1; i < logs.n; i++)
			for (size_t j = i; j > 0 && id_cmp(&logs.p[j - 1], &logs.p[j]) > 0; j--) {
				struct id x = logs.p[j];
				logs.p[j] = logs.p[j - 1];
				logs.p[j - 1] = x;
			}
		*out = logs;
	}
	return e;
}

/* ---- fields ---- */

const struct value *view_body(const struct seen *s)
{
	return s->readable && !s->withdrawn ? s->r.body : NULL;
}

const char *view_text(struct view *v, const struct field *table, const struct value *map, const char *name)
{
	struct span text;
	char *copy;
	if (!map || !fields_str(table, map, name, &text) || !(copy = arena_alloc(v->a, text.n + 1)))
		return "";
	if (text.n)
		memcpy(copy, text.p, text.n);
	return copy;
}

int64_t view_int(const struct field *table, const struct value *map, const char *name)
{
	int64_t i = 0;
	if (map)
		(void)fields_int(table, map, name, &i);
	return i;
}

const char *view_word(const struct field *table, const struct value *map, const char *name)
{
	const struct field *f = fields_find(table, name);
	const char *word = f && f->vocab ? vocab_word(f->vocab, view_int(table, map, name)) : NULL;
	return word ? word : "";
}

static const struct field *group_of(const struct field *table, const char *name)
{
	const struct field *f = fields_find(table, name);
	return f ? f->group : NULL;
}

/* ---- words of a reply ---- */

bool view_decides(const struct kind *k, const char *word)
{
	static const char *const plain[] = {"acknowledged", NULL};
	for (const char *const *w = k->decisions ? k->decisions->words : plain; *w; w++)
		if (strcmp(*w, word) == 0)
			return true;
	return false;
}

bool view_own_word(const char *word)
{
	return strcmp(word, "acknowledged") == 0 || strcmp(word, "need-info") == 0 || strcmp(word, "done") == 0 || view_authors_word(word);
}

bool view_authors_word(const char *word)
{
	return strcmp(word, "effective") == 0 || strcmp(word, "not-effective") == 0 || strcmp(word, "reminder") == 0;
}

/* ---- JSON ---- */

json_t *view_string(const char *text)
{
	size_t n = strlen(text), at = 0, out = 0;
	json_t *whole = json_string(text), *mended;
	char *copy;
	if (whole || !(copy = malloc(n + 1)))
		return whole;
	while (at < n) {
		size_t from = at;
		if (scan_rune(SPAN(text, n), &at) < 0 || at <= from) {
			at = from + 1;
			copy[out++] = '?';
		} else {
			memcpy(copy + out, text + from, at - from);
			out += at - from;
		}
	}
	copy[out] = 0;
	mended = json_string(copy);
	free(copy);
	return mended;
}

void view_put(json_t *o, const char *name, const char *text)
{
	if (text && *text)
		(void)json_object_set_new(o, name, view_string(text));
}

void view_put_id(json_t *o, const char *name, const struct id *id)
{
	char hex[65];
	hex_encode(hex, id->b, 32);
	(void)json_object_set_new(o, name, json_string(hex));
}

const char *view_read(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text ? text : "";
}

enum err view_read_id(const json_t *text, struct id *out)
{
	return json_string_length(text) == 64 ? hex_decode(json_string_value(text), 64, out->b) : ERR_MEMORY;
}

void view_put_time(json_t *o, const char *name, int64_t ms)
{
	char text[WHEN_TEXT];
	if (ms == 0)
		return;
	when_format(ms, text);
	(void)json_object_set_new(o, name, json_string(text));
}

void view_put_date(json_t *o, const char *name, int64_t day)
{
	char text[WHEN_TEXT];
	if (day == 0)
		return;
	when_format_date(day, text);
	(void)json_object_set_new(o, name, json_string(text));
}

void view_put_org(struct view *v, json_t *o, const char *name, const struct id *org)
{
	char text[VIEW_NAME], key[64];
	v->name(v->ctx, org, text);
	(void)json_object_set_new(o, name, view_string(text));
	if (snprintf(key, sizeof key, "%s_org", name) < (int)sizeof key)
		view_put_id(o, key, org);
}

/* The forward carries its author's key statements, verified when it came; the newest one's name is better than digits. */
static bool stated_name(struct view *v, const struct seen *s, char out[static VIEW_NAME])
{
	const struct field *f = kind_by_number(KIND_FORWARD)->fields, *g = group_of(f, "statements");
	struct seen *by;
	struct span payload;
	struct statement st;
	if (!s->has_via || view_find(v, &s->via_record, &by) != OK || !view_body(by) || by->r.kind != KIND_FORWARD)
		return false;
	const struct value *list = fields_get(f, by->r.body, "statements");
	if (!value_count(list) || !value_is_bin(fields_get(g, value_item(list, value_count(list) - 1), "payload"), &payload) ||
	    statement_decode(payload, &st) != OK)
		return false;
	(void)snprintf(out, VIEW_NAME, "\"%s\"", st.name);
	return true;
}

void view_put_author(struct view *v, json_t *o, const struct seen *s)
{
	char name[VIEW_NAME], hex[9];
	view_put_org(v, o, "from", &s->r.author);
	v->name(v->ctx, &s->r.author, name);
	hex_encode(hex, s->r.author.b, 4);
	if (strcmp(name, hex) == 0 && stated_name(v, s, name))
		(void)json_object_set_new(o, "from", view_string(name));
}
