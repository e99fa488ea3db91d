#include "node/view_guidance.h"

#include <string.h>
#include <strings.h>

#include "proto/when.h"

static const struct field *equivalence_fields(void)
{
	return kind_by_number(KIND_EQUIVALENCE)->fields;
}

static enum err about_version(struct view *v, const struct seen *version, struct seens *out)
{
	struct seens list;
	enum err e = view_about(v, &version->id, 0, &list);
	for (size_t i = 0; e == OK && i < list.n; i++)
		if (view_active(list.p[i]) && (list.p[i]->r.kind == KIND_GUIDANCE || list.p[i]->r.kind == KIND_EQUIVALENCE))
			e = view_push(v, out, list.p[i]);
	return e;
}

/* Found once: every assignment of a set refers to it, too. */
static enum err beside(struct view *v, const struct seen *set, const struct seens **out)
{
	const struct series *of;
	enum err e = view_series(v, set, &of);
	struct seen *first = e == OK ? of->versions.p[0] : NULL;
	if (e == OK && !first->beside) {
		struct seens *all = arena_alloc(v->a, sizeof *all);
		e = all ? OK : ERR_MEMORY;
		for (size_t i = 0; e == OK && i < of->versions.n; i++)
			e = about_version(v, of->versions.p[i], all);
		if (e == OK) {
			view_sort(all);
			first->beside = all;
		}
	}
	if (e == OK)
		*out = first->beside;
	return e;
}

enum err view_guidance_of(struct view *v, const struct seen *set, enum kind_number kind, const struct id *author, struct seens *out)
{
	const struct seens *all;
	enum err e = beside(v, set, &all);
	*out = (struct seens){0};
	for (size_t i = 0; e == OK && i < all->n; i++)
		if (all->p[i]->r.kind == (int64_t)kind && (!author || id_eq(&all->p[i]->r.author, author)))
			e = view_push(v, out, all->p[i]);
	return e;
}

const struct seen *view_guidance_on(const struct seens *guidance, const char *rid)
{
	for (size_t i = guidance->n; i-- > 0;) {
		const struct value *rids = fields_get(kind_by_number(KIND_GUIDANCE)->fields, guidance->p[i]->r.body, "rids");
		struct span s;
		for (size_t k = 0; k < value_count(rids); k++)
			if (value_is_str(value_item(rids, k), &s) && span_eq(s, SPAN(rid, strlen(rid))))
				return guidance->p[i];
	}
	return NULL;
}

static bool word_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

bool view_guidance_names(const char *text, const char *scheme)
{
	size_t n = strlen(scheme);
	for (const char *p = text; n && *p; p++)
		if (strncasecmp(p, scheme, n) == 0 && (p == text || !word_char(p[-1])) && !word_char(p[n]))
			return true;
	return false;
}

static const struct value *cover_of(const struct seen *s, const char *rid)
{
	const struct field *g = fields_find(equivalence_fields(), "covers")->group;
	const struct value *list = fields_get(equivalence_fields(), s->r.body, "covers");
	struct span name;
	for (size_t i = 0; i < value_count(list); i++)
		if (fields_str(g, value_item(list, i), "rid", &name) && span_eq(name, SPAN(rid, strlen(rid))))
			return value_item(list, i);
	return NULL;
}

/* One that has expired is remembered only where none stands. */
void view_guidance_recognise(struct view *v, const struct seens *equivalences, const char *rid, const char *certificate, struct recognised *out)
{
	const struct field *f = equivalence_fields(), *g = fields_find(f, "covers")->group;
	*out = (struct recognised){0};
	for (size_t i = equivalences->n; i-- > 0;) {
		const struct seen *s = equivalences->p[i];
		const struct value *cover = cover_of(s, rid);
		bool over = view_int(f, s->r.body, "expires") < v->now / WHEN_DAY_MS;
		if (!cover || !view_guidance_names(certificate, view_text(v, f, s->r.body, "scheme")) || (over && out->by))
			continue;
		*out = (struct recognised){s, cover, view_int(g, cover, "extent") == EXTENT_PARTIAL, over};
		if (!over)
			return;
	}
}

/* ---- JSON ---- */

static const char *set_title(struct view *v, const struct seen *s)
{
	struct seen *set;
	struct id id;
	if (!fields_id(s->kind->fields, s->r.body, "set", &id) || view_find(v, &id, &set) != OK || !set->readable || set->r.kind != KIND_REQUIREMENT_SET)
		return "";
	return view_text(v, set->kind->fields, view_body(set), "title");
}

static json_t *new_line(struct view *v, const struct seen *s, json_t *items)
{
	json_t *o = json_object();
	if (!o || json_array_append_new(items, o) != 0)
		return NULL;
	view_put_id(o, "id", &s->id);
	view_put_author(v, o, s);
	view_put(o, "set", set_title(v, s));
	return o;
}

static enum err guidance_line(struct view *v, const struct seen *s, json_t *items)
{
	static const char *const texts[] = {"title", "text", "link", "language", "version"};
	const struct field *f = s->kind->fields;
	json_t *o = new_line(v, s, items), *rids = json_array();
	struct span rid;
	for (size_t i = 0; i < value_count(fields_get(f, s->r.body, "rids")); i++)
		if (value_is_str(value_item(fields_get(f, s->r.body, "rids"), i), &rid))
			(void)json_array_append_new(rids, json_stringn((const char *)rid.p, rid.n));
	if (!o || json_object_set_new(o, "rids", rids) != 0)
		return ERR_MEMORY;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		view_put(o, texts[i], view_text(v, f, s->r.body, texts[i]));
	return OK;
}

static enum err cover_lines(struct view *v, const struct seen *s, json_t *items)
{
	const struct field *f = equivalence_fields(), *g = fields_find(f, "covers")->group;
	const struct value *list = fields_get(f, s->r.body, "covers");
	int64_t expires = view_int(f, s->r.body, "expires"), age = view_int(f, s->r.body, "max_age");
	for (size_t i = 0; i < value_count(list); i++) {
		json_t *o = new_line(v, s, items);
		if (!o)
			return ERR_MEMORY;
		view_put(o, "scheme", view_text(v, f, s->r.body, "scheme"));
		view_put(o, "rid", view_text(v, g, value_item(list, i), "rid"));
		view_put(o, "extent", view_word(g, value_item(list, i), "extent"));
		view_put(o, "remains", view_text(v, g, value_item(list, i), "remains"));
		view_put(o, "scope", view_text(v, f, s->r.body, "scope"));
		if (age)
			(void)json_object_set_new(o, "max_age", json_integer(age));
		view_put_date(o, "expires", expires);
		view_put(o, "state", expires < v->now / WHEN_DAY_MS ? "expired" : "current");
	}
	return OK;
}

static enum err lines(struct view *v, enum kind_number kind, enum err (*put)(struct view *v, const struct seen *s, json_t *items), json_t **out)
{
	struct seens list;
	json_t *items = json_array();
	enum err e = items ? view_kind(v, kind, &list) : ERR_MEMORY;
	for (size_t i = e == OK ? list.n : 0; e == OK && i-- > 0;)
		if (view_active(list.p[i]))
			e = put(v, list.p[i], items);
	if (e != OK)
		json_decref(items);
	else
		*out = items;
	return e;
}

enum err view_guidance_list(struct view *v, json_t **out)
{
	return lines(v, KIND_GUIDANCE, guidance_line, out);
}

enum err view_guidance_covers(struct view *v, json_t **out)
{
	return lines(v, KIND_EQUIVALENCE, cover_lines, out);
}
