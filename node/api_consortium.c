/* api_consortium.c - consortia for the dispatcher: making and joining them, and changing who belongs. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/api.h"
#include "node/consortium.h"
#include "node/consortium_view.h"

static enum err named(struct api_call *c, struct consortium *x)
{
	const char *name;
	enum err e = api_text(c, "consortium", true, &name);
	if (e == OK && strncmp(name, NAMES_CONSORTIUM, strlen(NAMES_CONSORTIUM)) == 0)
		name += strlen(NAMES_CONSORTIUM);
	if (e == OK)
		e = consortium_named(c->core, name, x);
	if (e == ERR_NOT_FOUND)
		return api_fail(c, e, "see: tally consortium list", "no consortium \"%.60s\"", name);
	if (e == ERR_CONFLICT)
		return api_fail(c, e, "give more digits; see: tally consortium list", "\"%.60s\" fits more than one consortium", name);
	return e;
}

/* A partner, or a member by the name that the convenors gave it, or by the first digits of its id. */
static enum err member_named(struct api_call *c, const struct consortium *x, const char *typed, struct id *out)
{
	char hex[65];
	size_t found = 0;
	for (size_t i = 0; x->heads && i < x->roster[0]->members; i++) {
		const struct roster_member *m = &x->roster[0]->member[i];
		hex_encode(hex, m->org.b, 32);
		bool same = m->name.n == strlen(typed) && strncasecmp((const char *)m->name.p, typed, m->name.n) == 0;
		if (!same && !(strlen(typed) >= 6 && strlen(typed) <= 64 && strncmp(hex, typed, strlen(typed)) == 0))
			continue;
		*out = m->org;
		found++;
	}
	if (found == 1)
		return OK;
	return found ? api_fail(c, ERR_CONFLICT, "give the digits of its id; see: tally consortium show NAME", "\"%.60s\" fits more than one member", typed)
	             : names_org(c->core, typed, out, &c->why);
}

static enum err members_named(struct api_call *c, const struct consortium *x, const char *arg, const struct id **out, size_t *count)
{
	const json_t *list = json_object_get(c->args, arg);
	size_t n = json_is_array(list) ? json_array_size(list) : list ? 1 : 0;
	struct id *p = arena_alloc(c->arena, (n + 1) * sizeof *p);
	if (!p)
		return ERR_MEMORY;
	for (size_t i = 0; i < n; i++) {
		const char *typed = json_string_value(json_is_array(list) ? json_array_get(list, i) : list);
		if (!typed)
			return api_fail(c, ERR_USAGE, "", "%s wants names", arg);
		enum err e = member_named(c, x, typed, &p[i]);
		if (e != OK)
			return e == ERR_NOT_FOUND ? api_fail(c, e, "pair with them first, or give the digits of a member's id", "%s", c->why.text) : e;
	}
	*out = p;
	*count = n;
	return OK;
}

static enum err rules(struct api_call *c, struct consortium_change *out)
{
	const char *word = NULL;
	enum err e = api_int(c, "threshold", false, &out->threshold);
	if (e == OK)
		e = api_text(c, "ceiling", false, &word);
	if (e == OK && word && !(out->ceiling = vocab_number(&vocab_tlp, SPAN(word, strlen(word)))))
		return api_fail(c, ERR_USAGE, "one of clear, green, amber, amber+strict", "\"%.40s\" is not a TLP label", word);
	if (e == OK)
		e = api_text(c, "history", false, &word);
	if (e == OK && word && !(out->history = vocab_number(&vocab_history, SPAN(word, strlen(word)))))
		return api_fail(c, ERR_USAGE, "since or all", "\"%.40s\" is not what newcomers can be given", word);
	return e;
}

static enum err create(struct api_call *c)
{
	struct consortium_charter charter = {0};
	const struct consortium none = {0};
	struct consortium x;
	struct id id;
	enum err e = api_text(c, "name", true, &charter.name);
	if (e == OK)
		e = api_text(c, "title", true, &charter.title);
	if (e == OK)
		e = rules(c, &charter.first);
	if (e == OK)
		e = members_named(c, &none, "convenor", &charter.first.convenor, &charter.first.convene);
	if (e == OK)
		e = members_named(c, &none, "member", &charter.first.added, &charter.first.add);
	if (e == OK)
		e = consortium_create(c->core, &charter, &id, &c->why);
	if (e == ERR_POLICY)
		return api_fail(c, e, "give another --threshold, or other convenors", "%s", c->why.text);
	if (e == ERR_NOT_PARTNER)
		return api_fail(c, e, "see: tally partner list", "%s", c->why.text);
	if (e == OK)
		e = consortium_get(c->core, &id, &x);
	if (e != OK)
		return e;
	api_set_id(c->result, "id", &id);
	api_set(c->result, "name", x.name);
	(void)snprintf(c->hint, sizeof c->hint, "%s: tally consortium %s %s", x.heads ? "join it with" : "its other convenors sign it with",
	               x.heads ? "join" : "sign", x.name);
	api_set(c->result, "next", c->hint);
	return OK;
}

static enum err list(struct api_call *c)
{
	const struct id *all;
	size_t n;
	json_t *items = json_array();
	enum err e = json_object_set_new(c->result, "items", items) == 0 ? consortium_all(c->core, &all, &n) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < n; i++) {
		struct consortium x;
		json_t *o = json_object();
		if ((e = consortium_get(c->core, &all[i], &x)) == OK)
			e = consortium_view_row(c, &x, o);
		(void)json_array_append_new(items, o);
	}
	return e;
}

static enum err show(struct api_call *c)
{
	struct consortium x;
	enum err e = named(c, &x);
	return e == OK ? consortium_view_sheet(c, &x) : e;
}

static enum err status(struct api_call *c)
{
	struct consortium x;
	enum err e = named(c, &x);
	if (e == OK && x.heads == 0)
		return api_fail(c, ERR_CONFLICT, "its convenors sign it with: tally consortium sign NAME", "\"%s\" is not decided yet", x.name);
	return e == OK ? consortium_view_status(c, &x) : e;
}

static enum err propose(struct api_call *c)
{
	struct consortium x;
	struct consortium_change change = {0};
	struct id proposal;
	enum err e = named(c, &x);
	if (e == OK)
		e = rules(c, &change);
	if (e == OK)
		e = api_text(c, "title", false, &change.title);
	if (e == OK)
		e = api_text(c, "reason", false, &change.reason);
	if (e == OK)
		e = members_named(c, &x, "add", &change.added, &change.add);
	if (e == OK)
		e = members_named(c, &x, "remove", &change.removed, &change.remove);
	if (e == OK)
		e = members_named(c, &x, "convenor", &change.convenor, &change.convene);
	if (e == OK && x.heads == 1 && !change.add && !change.remove && !change.convene && !change.threshold && !change.ceiling && !change.history &&
	    !change.title)
		return api_fail(c, ERR_USAGE, "say what shall change: --add, --remove, --convenor, --threshold, --ceiling, --history, --title",
		                "nothing would change");
	if (e == OK)
		e = consortium_propose(c->core, &x.id, &change, &proposal, &c->why);
	if (e == ERR_POLICY || e == ERR_CONFLICT)
		return api_fail(c, e, "see who decides with: tally consortium show NAME", "%s", c->why.text);
	if (e == OK)
		e = consortium_get(c->core, &x.id, &x);
	if (e != OK)
		return e;
	api_set_id(c->result, "id", &proposal);
	bool done = false;
	for (size_t i = 0; i < x.heads; i++)
		done = done || id_eq(&x.head[i], &proposal);
	(void)json_object_set_new(c->result, "decided", json_boolean(done));
	(void)snprintf(c->hint, sizeof c->hint, "other convenors sign it with: tally consortium sign %s", x.name);
	if (!done)
		api_set(c->result, "next", c->hint);
	return OK;
}

static enum err sign(struct api_call *c)
{
	struct consortium x;
	struct id id;
	const char *typed;
	bool decided = false;
	enum err e = named(c, &x);
	if (e == OK)
		e = api_text(c, "proposal", false, &typed);
	if (e == OK && typed)
		e = consortium_view_proposal(c, &x, typed, &id);
	if (e == OK)
		e = consortium_sign(c->core, &x.id, typed ? &id : NULL, &decided, &c->why);
	if (e == ERR_NOT_FOUND || e == ERR_CONFLICT || e == ERR_POLICY)
		return api_fail(c, e, "see: tally consortium show NAME", "%s", c->why.text);
	if (e != OK)
		return e;
	api_set_id(c->result, "id", &x.id);
	(void)json_object_set_new(c->result, "decided", json_boolean(decided));
	(void)snprintf(c->hint, sizeof c->hint,
	               decided ? "decided; its members join with: tally consortium join %s" : "signed; it waits for more convenors of %s", x.name);
	api_set(c->result, "next", c->hint);
	return OK;
}

static enum err change(struct api_call *c, enum err (*fn)(struct core *, const struct id *, struct complaint *))
{
	struct consortium x;
	enum err e = named(c, &x);
	if (e == OK)
		e = fn(c->core, &x.id, &c->why);
	if (e == ERR_CONFLICT || e == ERR_POLICY)
		return api_fail(c, e, "see: tally consortium list", "%s", c->why.text);
	if (e == OK)
		api_set_id(c->result, "id", &x.id);
	return e;
}

static enum err join(struct api_call *c)
{
	return change(c, consortium_join);
}

static enum err leave(struct api_call *c)
{
	enum err e = change(c, consortium_leave);
	if (e == OK)
		api_set(c->result, "next", "nothing is taken or given there any more; ask a convenor to remove us, so that the others know");
	return e;
}

const struct api_row api_consortium_rows[] = {
	{"consortium.create", create, "proposes one: {name, title, convenor, threshold, member, ceiling, history} -> {id}"},
	{"consortium.list", list, "those we know, and how we stand to them"},
	{"consortium.show", show, "one: its roster, and what waits for signatures"},
	{"consortium.status", status, "who holds what up to where, who is behind, who is silent"},
	{"consortium.propose", propose,
	 "a change of its roster: {consortium, add, remove, reason, convenor, threshold, ceiling, history, title} -> {id, decided}"},
	{"consortium.sign", sign, "our signature under a proposal: {consortium, proposal} -> {decided}"},
	{"consortium.join", join, "our yes: {consortium}"},
	{"consortium.leave", leave, "our no: {consortium}"},
	{0},
};
