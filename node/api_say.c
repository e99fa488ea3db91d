/* api_say.c - what this node says: a record of any kind, withdrawing one, deciding about one. */
#include <stdio.h>
#include <string.h>

#include "node/api_evidence.h"
#include "node/names.h"
#include "node/saying.h"
#include "node/view_concern.h"
#include "node/view_exception.h"
#include "proto/when.h"

/* ---- new ---- */

/* The field that says which record this one is about; NULL: the kind has none. */
static const struct field *about_field(const struct kind *k)
{
	const struct field *f = fields_find(k->fields, "about");
	return f && f->type == FIELD_REF ? f : fields_find(k->fields, "assign");
}

/* What it is about: the argument of that name, or the field. NULL: nothing. */
static enum err find_about(struct api_call *c, struct view *v, const struct kind *k, struct value *body, struct seen **out)
{
	const struct field *f = about_field(k);
	struct id id;
	enum err e = OK;
	*out = NULL;
	if (f && saying_arg(c, "about")) {
		if ((e = saying_record(c, v, "about", 0, out)) == OK)
			fields_set(c->arena, k->fields, body, f->name, value_id(c->arena, &(*out)->id));
		return e == OK ? saying_taken(c, v, *out) : e;
	}
	if (!f || !fields_id(k->fields, body, f->name, &id))
		return OK;
	if ((e = view_find(v, &id, out)) == OK)
		return saying_taken(c, v, *out);
	return e == ERR_NOT_FOUND ? api_fail(c, e, "see: tally record list", "the record it is about is not here") : e;
}

/* To its author, or to who passed it on; about a record of ours, to all who got it. */
static enum err answer_to(struct api_call *c, struct view *v, const struct seen *s, struct draft *d)
{
	struct ids who = {0};
	bool everybody;
	enum err e;
	if (d->recipients)
		return OK;
	e = s->mine ? view_readers(v, s, &who, &everybody) : view_ids_add(v, &who, s->has_via ? &s->via : &s->r.author);
	return e == OK ? saying_to_all(c, v, &who, d) : e;
}

/* A record about another one belongs to that one's thread, and to its exercise, and goes to whom it concerns, unless something else was said. */
static enum err join_thread(struct api_call *c, struct view *v, const struct seen *s, struct draft *d)
{
	d->thread = &s->root;
	if (s->readable && s->r.has_exercise)
		d->exercise = &s->r.exercise;
	if (s->readable && s->r.tlp == TLP_RED)
		d->tlp = TLP_RED;
	return answer_to(c, v, s, d);
}

/* A new version goes to all who got the one it replaces. */
static enum err take_place(struct api_call *c, struct view *v, struct draft *d)
{
	struct seen *s;
	enum err e = saying_record(c, v, "supersedes", d->kind->number, &s);
	if (e != OK)
		return e;
	if (!s->mine)
		return api_fail(c, ERR_POLICY, "see who said it with: tally record show ID", "only its author can replace it");
	d->supersedes = &s->id;
	return join_thread(c, v, s, d);
}

static enum err read_links(struct api_call *c, struct draft *d)
{
	const char *const *texts;
	struct id *ids = arena_alloc(c->arena, (LIMIT_PARENTS + 1) * sizeof *ids);
	size_t n;
	enum err e = ids ? saying_texts(c, "parent", &texts, &n) : ERR_MEMORY;
	if (e == OK && n > LIMIT_PARENTS)
		return api_fail(c, ERR_LIMIT, "", "at most 16 parents");
	for (size_t i = 0; e == OK && i < n; i++)
		e = names_record(c->core, texts[i], &ids[i], &c->why);
	if (e != OK)
		return e;
	d->parent = ids;
	d->parents = n;
	if (saying_arg(c, "thread")) {
		e = api_record(c, "thread", &ids[LIMIT_PARENTS]);
		d->thread = &ids[LIMIT_PARENTS];
	}
	return e;
}

static enum err new_record(struct api_call *c)
{
	struct view v;
	struct seen *about;
	struct value *body;
	struct draft d = {0};
	struct id id;
	const char *kind;
	enum err e = api_text(c, "kind", true, &kind);
	if (e != OK)
		return e;
	d.kind = kind_by_name(kind);
	if (!d.kind || d.kind->inner)
		return api_fail(c, ERR_NOT_FOUND, "see the kinds with: tally record new --help", "no kind \"%.60s\" that can be made by hand", kind);
	saying_view(c, &v);
	e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	d.body = body;
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = find_about(c, &v, d.kind, body, &about);
	if (e == OK && about)
		e = join_thread(c, &v, about, &d);
	if (e == OK && saying_arg(c, "supersedes"))
		e = take_place(c, &v, &d);
	if (e == OK)
		e = read_links(c, &d);
	return e == OK ? saying_say(c, &d, &id) : e;
}

/* ---- retract and reply ---- */

/* It is withdrawn already: whoever could not be told then is told now, by the same record. */
static enum err retract_again(struct api_call *c, struct view *v, const struct seen *s, const struct ids *who)
{
	struct seens said;
	struct draft d = {0};
	struct ids told = {0};
	json_t *to = json_array();
	bool everybody;
	enum err e = json_object_set_new(c->result, "to", to) == 0 ? view_about(v, &s->id, KIND_RETRACT, &said) : ERR_MEMORY;
	size_t k = 0;
	while (e == OK && k < said.n && !(said.p[k]->mine && said.p[k]->good))
		k++;
	if (e == OK && k < said.n && (e = view_readers(v, said.p[k], &told, &everybody)) == OK)
		e = saying_to_all(c, v, who, &d);
	for (size_t i = 0; e == OK && i < d.recipients; i++) {
		char name[NAMES_TEXT];
		if (view_ids_has(&told, &d.to[i]))
			continue;
		e = core_send(c->core, &said.p[k]->id, &d.to[i], &c->why);
		names_show(c->core, &d.to[i], name);
		(void)json_array_append_new(to, view_string(name));
	}
	if (e == OK && json_array_size(to) == 0)
		return api_fail(c, ERR_CONFLICT, "see: tally record show ID", "it is withdrawn already, and all who have it were told");
	if (e == OK)
		api_set_id(c->result, "id", &said.p[k]->id);
	return e;
}

static enum err retract(struct api_call *c)
{
	struct view v;
	struct seen *s;
	struct ids who;
	bool everybody;
	const char *reason;
	struct id id;
	struct draft d = {.kind = kind_by_number(KIND_RETRACT)};
	struct value *body = value_map(c->arena);
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "record", 0, &s);
	if (e == OK)
		e = api_text(c, "reason", true, &reason);
	if (e != OK)
		return e;
	if (!s->mine)
		return api_fail(c, ERR_POLICY, "dispute it with: tally reply ID disputed", "only its author can withdraw it");
	if (s->kind && (s->kind->inner || s->r.kind == KIND_RETRACT))
		return api_fail(c, ERR_POLICY, "see: tally record list", "a %s cannot be withdrawn", s->kind->name);
	if (s->replaced)
		saying_warn(c, "a newer version of it stands: withdraw that one too, if it is wrong as well");
	e = view_readers(&v, s, &who, &everybody);
	if (e == OK && s->withdrawn)
		return retract_again(c, &v, s, &who);
	if (e == OK)
		e = saying_to_all(c, &v, &who, &d);
	if (e != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &s->id));
	fields_set(c->arena, d.kind->fields, body, "reason", value_str(c->arena, reason));
	d.body = body;
	d.thread = &s->root;
	d.tlp = s->r.tlp == TLP_RED ? TLP_RED : 0;
	if (s->r.has_exercise)
		d.exercise = &s->r.exercise;
	e = saying_say(c, &d, &id);
	return e == OK ? api_evidence_withdrawn(c, &v, s) : e;
}

static const char *allowed_words(struct api_call *c, const struct kind *k)
{
	char *text = arena_alloc(c->arena, 400);
	if (!text)
		return "";
	(void)snprintf(text, 400, "acknowledged");
	for (size_t i = 0, n = 0; k->decisions && k->decisions->words[i] && n < 360; i++)
		n += (size_t)snprintf(text + n, 400 - n, "%s%s", i ? ", " : "", k->decisions->words[i]);
	return text;
}

/* A decision that takes the place of another one is not taken for the first. */
static enum err warn_again(struct api_call *c, struct view *v, const struct seen *s)
{
	const struct seen *last = NULL;
	const char *word = "";
	char day[WHEN_TEXT];
	struct seens list;
	enum err e = view_about(v, &s->id, KIND_REPLY, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *x = list.p[i];
		const char *said = x->mine && view_active(x) ? view_word(x->kind->fields, x->r.body, "decision") : "acknowledged";
		if (strcmp(said, "acknowledged") == 0 || strcmp(said, "need-info") == 0)
			continue;
		last = x;
		word = said;
	}
	if (!last)
		return e;
	when_format_date(last->r.created / WHEN_DAY_MS, day);
	saying_warn(c, "we answered it with \"%s\" on %s: this takes its place", word, day);
	return e;
}

/* What both ends would disregard is not said. */
static enum err fits_request(struct api_call *c, struct view *v, const struct seen *s, const struct value *body)
{
	const char *unfit = s->r.kind == KIND_EXCEPTION_REQUEST ? view_exception_unfit(s, body) : NULL;
	char asked[WHEN_TEXT];
	if (!unfit)
		return s->r.kind == KIND_EXCEPTION_REQUEST || s->r.kind == KIND_CHALLENGE || s->r.kind == KIND_SUBCONTRACTING_REQUEST
		               ? warn_again(c, v, s) : OK;
	when_format_date(view_int(s->kind->fields, s->r.body, "until"), asked);
	return api_fail(c, ERR_INVALID, "grant less with: tally exception decide ID granted-shorter --until DATE", "%s: until %s was asked", unfit, asked);
}

/* An outcome says what changed; what helped is over; whether it helped is said once something was done. */
static enum err concern_refuses(struct api_call *c, struct view *v, const struct seen *s, const char *word, const struct value *body)
{
	struct concerns with;
	bool over = false, done = false;
	enum err e = view_concern_of(v, s, &with);
	if (e != OK)
		return e;
	for (size_t i = 0; i < with.n; i++) {
		over = over || with.p[i].state == CONCERN_EFFECTIVE;
		done = done || with.p[i].state == CONCERN_DONE;
	}
	if (over && !done)
		return api_fail(c, ERR_CONFLICT, "see: tally concern show ID; raise a new one when it comes back", "it is over: what was done has helped");
	if (view_authors_word(word) && !done)
		return api_fail(c, ERR_CONFLICT, "see: tally concern show ID", "nothing was done about it yet, so there is no effect to judge");
	if (strcmp(word, "done") == 0 && !view_concern_names_change(kind_by_number(KIND_REPLY)->fields, body))
		return api_fail(c, ERR_INVALID, "in words with --text TEXT, by the records with --changed ID, or both", "say what changed");
	return OK;
}

static enum err reply(struct api_call *c)
{
	struct view v;
	struct seen *s;
	struct value *body;
	struct id id;
	const char *word;
	struct draft d = {.kind = kind_by_number(KIND_REPLY)};
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "record", 0, &s);
	if (e == OK)
		e = api_text(c, "decision", true, &word);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e != OK)
		return e;
	if (!s->kind || !s->readable)
		return api_fail(c, ERR_INVALID, "see: tally record show ID", "this version cannot read that record, so it cannot answer it");
	if (!view_decides(s->kind, word))
		return api_fail(c, ERR_INVALID, "choose one of these words", "%s is answered with: %s", s->kind->name, allowed_words(c, s->kind));
	if (s->mine && !view_own_word(word))
		return api_fail(c, ERR_POLICY, "see who has it with: tally record show ID", "that record is our own: the other side decides about it");
	if (!s->mine && view_authors_word(word))
		return api_fail(c, ERR_POLICY, "see who said it with: tally record show ID", "only the author of that record can say whether it helped");
	if ((s->r.kind == KIND_CONCERN || s->r.kind == KIND_ISSUE) && (e = concern_refuses(c, &v, s, word, body)) != OK)
		return e;
	if ((e = saying_taken(c, &v, s)) != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &s->id));
	fields_set(c->arena, d.kind->fields, body, "decision", value_int(c->arena, vocab_number(&vocab_decision, SPAN(word, strlen(word)))));
	if ((e = fits_request(c, &v, s, body)) != OK)
		return e;
	d.body = body;
	d.thread = &s->root;
	if (s->r.has_exercise)
		d.exercise = &s->r.exercise;
	if (s->r.tlp == TLP_RED)
		d.tlp = TLP_RED;
	e = answer_to(c, &v, s, &d);
	return e == OK ? saying_say(c, &d, &id) : e;
}

const struct api_row api_say_rows[] = {
	{"record.new", new_record, "a record of any kind"},
	{"record.retract", retract, "withdraw a record of our own"},
	{"record.reply", reply, "decide about a record"},
	{NULL, NULL, NULL},
};
