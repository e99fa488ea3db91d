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
