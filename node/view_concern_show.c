/* view_concern_show.c - concerns and issues in words and JSON. */
#include <stdio.h>
#include <string.h>

#include "node/view_concern.h"
#include "node/view_record.h"

static const struct field *reply_fields(void)
{
	return kind_by_number(KIND_REPLY)->fields;
}

/* ---- in words ---- */

const char *view_concern_show_state(const struct concern *c)
{
	switch (c->state) {
	case CONCERN_RAISED:
		return c->now->r.kind == KIND_ISSUE ? "shared" : "raised";
	case CONCERN_ACKNOWLEDGED:
		return "acknowledged";
	case CONCERN_ASKED_BACK:
		return "asked back";
	case CONCERN_ACCEPTED:
		return "accepted";
	case CONCERN_DECLINED:
		return "declined";
	case CONCERN_DONE:
		return c->now->r.kind == KIND_ISSUE ? "done" : "done, effect not checked";
	case CONCERN_EFFECTIVE:
		return "done, effective";
	case CONCERN_NOT_EFFECTIVE:
		return "done, not effective";
	}
	return "";
}

static const char *what_to_type(const struct concern *c)
{
	bool issue = c->now->r.kind == KIND_ISSUE;
	switch (c->state) {
	case CONCERN_RAISED:
	case CONCERN_ACKNOWLEDGED:
	case CONCERN_NOT_EFFECTIVE:
		return view_concern_to_be_read(c) ? "acknowledged" : issue ? "accepted|declined --text TEXT" : "accepted|declined|need-info --text TEXT";
	case CONCERN_ACCEPTED:
		return issue ? "done --text TEXT --changed ID" : "done --text TEXT";
	case CONCERN_ASKED_BACK:
		return "acknowledged --text TEXT";
	case CONCERN_DONE:
		return "effective|not-effective";
	case CONCERN_DECLINED:
	case CONCERN_EFFECTIVE:
		break;
	}
	return "";
}

void view_concern_show_next(const struct view *v, const struct concern *c, char out[static 160])
{
	char hex[65];
	out[0] = 0;
	if (!view_concern_waits(v, c))
		return;
	hex_encode(hex, c->now->id.b, 32);
	(void)snprintf(out, 160, "tally %s %.12s %s", c->now->r.kind == KIND_ISSUE ? "issue outcome" : "concern answer", hex, what_to_type(c));
}

/* ---- JSON ---- */

/* "requirement.set Baseline, version 3" */
static enum err put_changed(struct view *v, const struct id *id, json_t *list)
{
	struct seen *s;
	char text[400];
	json_t *o = json_object();
	enum err e = o ? view_find(v, id, &s) : ERR_MEMORY;
	if (e != OK && e != ERR_NOT_FOUND) {
		json_decref(o);
		return e;
	}
	view_put_id(o, "id", id);
	if (e == OK && s->kind && view_body(s)) {
		const char *version = view_text(v, s->kind->fields, s->r.body, fields_find(s->kind->fields, "version") ? "version" : "text");
		bool has = fields_find(s->kind->fields, "version") && *version;
		(void)snprintf(text, sizeof text, "%s %.200s%s%.64s", s->kind->name, view_record_title(v, s), has ? ", version " : "", has ? version : "");
		view_put(o, "what", text);
		view_put(o, "kind", s->kind->name);
	} else {
		view_put(o, "what", e == OK ? "a record that cannot be read" : "a record that is not here");
	}
	return json_array_append_new(list, o) == 0 ? OK : ERR_MEMORY;
}

static enum err changed_of(struct view *v, const struct seen *reply, json_t **out)
{
	const struct value *ids = reply && view_body(reply) && reply->r.kind == KIND_REPLY ? fields_get(reply_fields(), reply->r.body, "changed") : NULL;
	json_t *list = ids ? json_array() : NULL;
	enum err e = ids && !list ? ERR_MEMORY : OK;
	for (size_t i = 0; e == OK && i < value_count(ids); i++) {
		struct id id;
		if (value_is_id(value_item(ids, i), &id))
			e = put_changed(v, &id, list);
	}
	if (e != OK)
		json_decref(list);
	else
		*out = list;
	return e;
}

enum err view_concern_show_changed(struct view *v, const struct concern *c, json_t **out)
{
	return changed_of(v, c->tried ? c->tried : c->decided, out);
}

static enum err put_word(struct view *v, const struct seen *s, json_t *list)
{
	json_t *o = json_object(), *changed = NULL;
	enum err e = o ? changed_of(v, s, &changed) : ERR_MEMORY;
	if (e != OK) {
		json_decref(o);
		return e;
	}
	view_put_id(o, "id", &s->id);
	view_put_time(o, "at", s->r.created);
	view_put_author(v, o, s);
	view_put(o, "decision", s->r.kind == KIND_REPLY ? view_word(reply_fields(), s->r.body, "decision") : "new version");
	if (s->r.kind == KIND_REPLY) {
		view_put(o, "text", view_text(v, reply_fields(), view_body(s), "text"));
		view_put_date(o, "due", view_int(reply_fields(), view_body(s), "due"));
	}
	if (changed)
		(void)json_object_set_new(o, "changed", changed);
	return json_array_append_new(list, o) == 0 ? OK : ERR_MEMORY;
}

enum err view_concern_show_history(struct view *v, const struct concern *c, json_t **out)
{
	const struct series *of;
	struct seens words;
	json_t *list = json_array();
	enum err e = list ? view_series(v, c->first, &of) : ERR_MEMORY;
	if (e == OK)
		e = view_concern_words(v, of, &words);
	for (size_t i = 0; e == OK && i < words.n; i++)
		e = put_word(v, words.p[i], list);
	if (e != OK)
		json_decref(list);
	else
		*out = list;
	return e;
}
