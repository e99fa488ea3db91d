#include "node/view_assistance.h"

#include <stdio.h>
#include <string.h>

#include "node/fieldjson.h"
#include "node/view_record.h"

static const struct field *fields(void)
{
	return kind_by_number(KIND_ASSISTANCE)->fields;
}

/* The last word of those who may decide; done, by either side, closes it for good. */
static enum err decided(struct view *v, const struct seen *s, const struct seen **last, bool *closed)
{
	struct seens said;
	enum err e = view_about(v, &s->id, KIND_REPLY, &said);
	*last = NULL;
	*closed = false;
	for (size_t i = 0; e == OK && i < said.n; i++) {
		const struct seen *x = said.p[i];
		const char *word = view_word(x->kind->fields, x->r.body, "decision");
		if (!x->counts || x->withdrawn)
			continue;
		*closed = *closed || strcmp(word, "done") == 0;
		if (strcmp(word, "accepted") == 0 || strcmp(word, "declined") == 0)
			*last = x;
	}
	return e;
}

enum err view_assistance_state(struct view *v, const struct seen *s, bool *open, char out[static ASSISTANCE_STATE])
{
	int64_t expires = view_int(fields(), view_body(s), "expires");
	const struct seen *last;
	char name[VIEW_NAME];
	bool closed;
	enum err e = decided(v, s, &last, &closed);
	if (e != OK)
		return e;
	*open = false;
	if (!view_active(s)) {
		(void)snprintf(out, ASSISTANCE_STATE, "%s%s", view_record_drill(s), view_record_state(s));
		return OK;
	}
	if (closed || (!last && expires && v->now > expires)) {
		(void)snprintf(out, ASSISTANCE_STATE, "%s%s", view_record_drill(s), closed ? "closed" : "expired");
		return OK;
	}
	*open = !last || strcmp(view_word(last->kind->fields, last->r.body, "decision"), "accepted") == 0;
	if (last) {
		v->name(v->ctx, &last->r.author, name);
		(void)snprintf(out, ASSISTANCE_STATE, "%s%s by %.60s", view_record_drill(s), *open ? "accepted" : "declined", name);
	} else {
		(void)snprintf(out, ASSISTANCE_STATE, "%sopen", view_record_drill(s));
	}
	return OK;
}

static enum err row(struct view *v, const struct seen *s, const char *state, json_t *items)
{
	json_t *o = json_object(), *body = view_body(s) ? fieldjson_write(fields(), s->r.body) : NULL;
	if (!o)
		return ERR_MEMORY;
	view_put_id(o, "id", &s->id);
	view_put_author(v, o, s);
	if (body)
		(void)json_object_update(o, body);
	json_decref(body);
	view_put(o, "state", state);
	return json_array_append_new(items, o) == 0 ? OK : ERR_MEMORY;
}

enum err view_assistance_list(struct view *v, bool open_only, json_t **out)
{
	struct seens list;
	json_t *items = json_array();
	enum err e = items ? view_kind(v, KIND_ASSISTANCE, &list) : ERR_MEMORY;
	for (size_t i = e == OK ? list.n : 0; e == OK && i-- > 0;) {
		char state[ASSISTANCE_STATE];
		bool open;
		if (list.p[i]->replaced)
			continue;
		e = view_assistance_state(v, list.p[i], &open, state);
		if (e == OK && (open || !open_only))
			e = row(v, list.p[i], state, items);
	}
	if (e != OK) {
		json_decref(items);
		return e;
	}
	*out = items;
	return OK;
}
