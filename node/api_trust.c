#include "node/api_trust.h"

#include <stdio.h>
#include <string.h>

#include "node/alike.h"
#include "node/names.h"
#include "node/saying.h"
#include "node/view_ask.h"
#include "proto/when.h"
#include "store/orgs.h"

static void title_of(const struct partner *p, char out[static LIMIT_NAME + 1])
{
	struct span title = {0};

	out[0] = 0;
	if (!fields_str(partner_fields, p->row, "title", &title) || title.n > LIMIT_NAME)
		return;
	memcpy(out, title.p, title.n);
	out[title.n] = 0;
}

/* From the words that people compared to the keys that sign today. */
static enum err put_path(struct api_call *c, const struct partner *p, json_t *o)
{
	struct signed_statement st;
	struct statement parsed;
	char text[400], when[WHEN_TEXT];
	int64_t at = 0;
	enum err e = statements_newest(core_txn(c->core), &p->org, &st, &parsed);

	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	if (!p->verified) {
		api_set(o, "trust", "nobody here has compared its ten words: it may be anybody");
		return OK;
	}
	(void)fields_int(partner_fields, p->row, "verified_at", &at);
	when_format(at, when);
	int n = snprintf(text, sizeof text, "its ten words were compared here on %s%s", when,
	                 p->confirmed ? ", and ours by them" : "; they have not said that they compared ours");
	if (parsed.kseq && n > 0 && (size_t)n < sizeof text)
		(void)snprintf(text + n, sizeof text - (size_t)n, "; its keys of today are number %llu, each signed by those before",
		               (unsigned long long)parsed.kseq);
	api_set(o, "trust", text);
	return OK;
}

static bool confusable(const char *name, const char *title, const struct partner *q)
{
	char other[LIMIT_NAME + 1];

	title_of(q, other);
	return alike_names(name, q->name) || (*title && (alike_names(title, other) || alike_names(title, q->name))) || (*other && alike_names(name, other));
}

static enum err put_alike(struct api_call *c, const struct partner *p, json_t *o)
{
	struct walk w;
	char title[LIMIT_NAME + 1];
	json_t *list = json_array();
	enum err e = walk_open(core_txn(c->core), TABLE_PARTNERS, SPAN(NULL, 0), false, &w);

	title_of(p, title);
	while (e == OK && walk_next(&w)) {
		struct id org;
		struct partner q;

		if (w.key.n != sizeof org.b)
			continue;
		memcpy(org.b, w.key.p, sizeof org.b);
		e = partners_get(core_txn(c->core), c->arena, &org, &q);
		if (e == OK && !id_eq(&org, &p->org) && q.state != PARTNER_REMOVED && confusable(p->name, title, &q))
			(void)json_array_append_new(list, json_string(q.name));
	}
	e = walk_close(&w, e);
	if (e == OK && json_array_size(list))
		(void)json_object_set(o, "alike", list); /* compare words again before anything goes to the wrong one */
	if (alike_mixed(title))
		(void)json_object_set_new(o, "mixed_scripts", json_true());
	json_decref(list);
	return e;
}

/* Who of our partners says that it knows this one: by their own word to us, never passed on, and never for what that one says of others. */
static enum err put_vouches(struct api_call *c, const struct partner *p, json_t *o)
{
	const struct field *f = kind_by_number(KIND_ORG_VOUCH)->fields;
	json_t *items = json_array();
	struct seens list = {0};
	struct view v;

	saying_view(c, &v);
	enum err e = view_kind(&v, KIND_ORG_VOUCH, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *s = list.p[i];
		const struct value *body = view_body(s);
		struct id org;
		char name[NAMES_TEXT], day[WHEN_TEXT];

		if (!s->counts || s->has_via || s->replaced || !body || !fields_id(f, body, "org", &org) || !id_eq(&org, &p->org))
			continue;
		json_t *one = json_object();
		names_show(c->core, &s->r.author, name);
		api_set_id(one, "id", &s->id);
		api_set(one, "by", name);
		api_set(one, "basis", view_word(f, body, "basis"));
		when_format_date(view_int(f, body, "since"), day);
		api_set(one, "since", day);
		when_format_date(view_int(f, body, "expires"), day);
		api_set(one, "expires", day);
		api_set(one, "state", view_int(f, body, "expires") < view_ask_today(&v) ? "expired" : "stands");
		(void)json_array_append_new(items, one);
	}
	if (e == OK && json_array_size(items))
		(void)json_object_set(o, "vouches", items);
	json_decref(items);
	return e;
}

enum err api_trust_put(struct api_call *c, const struct partner *p, json_t *o)
{
	enum err e = put_path(c, p, o);

	if (e == OK)
		e = put_vouches(c, p, o);
	return e == OK ? put_alike(c, p, o) : e;
}
