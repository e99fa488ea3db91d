/* Concerns and issues: what was said to us and by us, and what we made of it. */
#include "node/report.h"
#include "node/view_concern.h"

static enum err put_last(const struct seen *s, const char *when, json_t *item)
{
	if (!s)
		return OK;
	view_put_time(item, when, s->r.created);
	return report_why(item, &s->id);
}

static const char *text_of(struct view *v, const struct seen *s)
{
	return s && s->r.kind == KIND_REPLY ? view_text(v, s->kind->fields, view_body(s), "text") : "";
}

static enum err line(struct view *v, const struct concern *x, json_t *item)
{
	const struct field *f = x->now->kind->fields;
	const struct value *b = view_body(x->now);
	json_t *changed;
	enum err e = report_why(item, &x->now->id);
	view_put_id(item, "id", &x->now->id);
	view_put_org(v, item, "from", &x->first->r.author);
	view_put_org(v, item, "to", &x->party);
	view_put(item, "about", view_word(f, b, x->now->r.kind == KIND_ISSUE ? "type" : "topic"));
	view_put(item, "title", view_text(v, f, b, "title"));
	view_put_time(item, "raised", x->first->r.created);
	view_put(item, "state", view_concern_show_state(x));
	view_put(item, "answer", text_of(v, x->decided == x->done ? NULL : x->decided));
	view_put(item, "done", text_of(v, x->tried));
	if (e == OK)
		e = put_last(x->answered, "answered", item);
	if (e == OK && x->decided != x->answered)
		e = put_last(x->decided, "decided", item);
	if (e == OK && x->tried != x->decided)
		e = put_last(x->tried, "finished", item);
	if (e == OK)
		e = put_last(x->checked, "checked", item);
	if (e == OK)
		e = view_concern_show_changed(v, x, &changed);
	if (e != OK || !changed)
		return e;
	json_t *o, *names = json_array();
	size_t i;
	json_array_foreach(changed, i, o) {
		struct id id;
		(void)json_array_append(names, json_object_get(o, "what"));
		if (e == OK && (e = view_read_id(json_object_get(o, "id"), &id)) == OK)
			e = report_why(item, &id);
	}
	json_decref(changed);
	return json_object_set_new(item, "changed", names) == 0 ? e : ERR_MEMORY;
}

static enum err all(struct api_call *c, struct view *v, enum kind_number kind, json_t *items)
{
	struct concerns list;
	struct id org;
	bool given;
	enum err e = report_party(c, &given, &org);
	if (e == OK)
		e = view_concern_all(v, kind, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct concern *x = &list.p[i];
		json_t *item;
		if (x->now->r.has_exercise || (given && !id_eq(&x->party, &org) && !id_eq(&x->first->r.author, &org)))
			continue;
		if (!(item = json_object()))
			return ERR_MEMORY;
		e = line(v, x, item);
		if (json_array_append_new(items, item) != 0)
			e = ERR_MEMORY;
	}
	return e;
}

static enum err concerns(struct api_call *c, struct view *v, json_t *items)
{
	return all(c, v, KIND_CONCERN, items);
}

static enum err issues(struct api_call *c, struct view *v, json_t *items)
{
	return all(c, v, KIND_ISSUE, items);
}

const struct report report_concerns = {
	.name = "concerns", .title = "concerns raised by us and with us, what was done about each, and whether it helped", .seed = "S3", .fn = concerns,
	.leaves_out = "those withdrawn by their author",
};

const struct report report_concerns_issues = {
	.name = "issues", .title = "issues shared by us and with us, and what changed because of them", .seed = "S4", .fn = issues,
	.leaves_out = "those withdrawn by their author",
};
