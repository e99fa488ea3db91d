/* api_tender.c - tenders: opened, asked stage by stage, decided. */
#include <stdio.h>
#include <string.h>

#include "node/api_requirement.h"
#include "node/names.h"
#include "node/view_tender.h"
#include "proto/when.h"

/* ---- opening ---- */

static struct value *texts_of(struct api_call *c, const char *text)
{
	struct value *list = value_array(c->arena);
	while (*text) {
		size_t n;
		text += strspn(text, " ;");
		n = strcspn(text, ";");
		while (n && text[n - 1] == ' ')
			n--;
		if (n)
			value_push(c->arena, list, value_strn(c->arena, SPAN(text, n)));
		text += strcspn(text, ";");
	}
	return list;
}

/* "selection=2026-12-15, basic: a certificate; a penetration test" */
static enum err typed_stage(struct api_call *c, const struct field *g, const char *text, struct value *list)
{
	const char *equal = strchr(text, '='), *comma, *colon;
	struct value *row = value_map(c->arena);
	int64_t stage = equal ? vocab_number(&vocab_procurement, SPAN(text, (size_t)(equal - text))) : 0, day;
	char date[WHEN_TEXT];
	size_t n;
	if (!stage)
		return api_fail(c, ERR_USAGE, "a stage is one of market-engagement, selection, tender, award, onboarding, in-life, renewal, exit",
		                "\"%.60s\" must be STAGE=DEADLINE, LEVEL: EVIDENCE; EVIDENCE", text);
	equal++;
	colon = strchr(equal, ':');
	comma = strchr(equal, ',');
	comma = comma && (!colon || comma < colon) ? comma : NULL;
	n = comma ? (size_t)(comma - equal) : colon ? (size_t)(colon - equal) : strlen(equal);
	(void)snprintf(date, sizeof date, "%.*s", (int)(n < sizeof date ? n : sizeof date - 1), equal);
	if (when_parse_date(date, &day) != OK)
		return api_fail(c, ERR_USAGE, "such as: --stage \"selection=2026-12-15, basic\"", "\"%.40s\" is no date", date);
	fields_set(c->arena, g, row, "stage", value_int(c->arena, stage));
	fields_set(c->arena, g, row, "deadline", value_int(c->arena, day));
	if (comma) {
		const char *from = comma + 1 + strspn(comma + 1, " "), *to = colon ? colon : comma + strlen(comma);
		while (to > from && to[-1] == ' ')
			to--;
		fields_set(c->arena, g, row, "level", value_strn(c->arena, SPAN(from, (size_t)(to - from))));
	}
	if (colon && value_count(texts_of(c, colon + 1)))
		fields_set(c->arena, g, row, "evidence", texts_of(c, colon + 1));
	value_push(c->arena, list, row);
	return OK;
}

/* Each stage asks at a level that the set has. */
static enum err check_levels(struct api_call *c, struct view *v, const struct seen *set, const struct value *list)
{
	const struct field *g = fields_find(kind_by_number(KIND_TENDER)->fields, "stages")->group;
	enum err e = OK;
	for (size_t i = 0; set && e == OK && i < value_count(list); i++) {
		const char *level = view_text(v, g, value_item(list, i), "level");
		if (*level)
			e = api_requirement_level(c, v, set, level, "leave the level of the stage out to ask for all of it");
	}
	return e;
}

static enum err open_tender(struct api_call *c)
{
	struct draft d = {.kind = kind_by_number(KIND_TENDER)};
	const struct field *f = fields_find(d.kind->fields, "stages");
	struct view v;
	struct seen *set = NULL;
	struct value *body, *list;
	const char *const *texts;
	struct id id;
	size_t n;
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = saying_texts(c, "stage", &texts, &n);
	if (e == OK && !d.recipients)
		return api_fail(c, ERR_USAGE, "name them with: --to PARTNER; none of them learns of the others", "nobody is invited");
	if (e == OK && saying_arg(c, "set") && (e = api_requirement_set(c, &v, "set", KIND_REQUIREMENT_SET, &set)) == OK)
		fields_set(c->arena, d.kind->fields, body, "set", value_id(c->arena, &set->id));
	if (e != OK)
		return e;
	list = value_copy(c->arena, fields_get(d.kind->fields, body, "stages"));
	list = list ? list : value_array(c->arena);
	for (size_t i = 0; e == OK && i < n; i++)
		e = typed_stage(c, f->group, texts[i], list);
	if (e == OK)
		e = check_levels(c, &v, set, list);
	if (e != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "stages", list);
	d.body = body;
	e = saying_say(c, &d, &id);
	if (e == OK)
		saying_next(c, "ask for the first stage with: tally tender ask ID");
	return e;
}

/* ---- a stage ---- */

static enum err ours(struct api_call *c, struct view *v, struct seen **out)
{
	enum err e;
	saying_view(c, v);
	e = saying_record(c, v, "tender", KIND_TENDER, out);
	if (e == OK && !(*out)->mine)
		return api_fail(c, ERR_POLICY, "see what is asked of us with: tally tender show ID", "that tender is not ours");
	if (e == OK && !view_active(*out))
		return api_fail(c, ERR_CONFLICT, "see: tally tender list", "that tender does not stand any more");
	return e;
}

/* The stage that is named, or the one at which the bidder stands. */
static enum err stage_of(struct api_call *c, const struct tender_stages *all, size_t *out)
{
	const char *word;
	enum err e = api_text(c, "stage", false, &word);
	if (e != OK)
		return e;
	*out = all->at;
	for (size_t i = 0; word && i < all->n; i++)
		if (strcmp(vocab_word(&vocab_procurement, all->p[i].stage), word) == 0) {
			*out = i;
			return OK;
		}
	return word ? api_fail(c, ERR_NOT_FOUND, "see them with: tally tender show ID", "the tender has no stage \"%.40s\"", word) : OK;
}

static enum err ask_stage(struct api_call *c, struct seen *tender, const struct tender_stage *s, const struct ids *who)
{
	struct draft d = {.kind = kind_by_number(KIND_REQUIREMENT_ASSIGN), .to = who->p, .recipients = who->n};
	const struct field *f = d.kind->fields, *t = tender->kind->fields;
	struct value *body = value_map(c->arena);
	struct complaint why;
	struct id set, id;
	enum err e = OK;
	if (!fields_id(t, tender->r.body, "set", &set))
		return api_fail(c, ERR_POLICY, "assign one by hand: tally requirement assign SET --tender ID --stage STAGE", "the tender names no set");
	for (size_t i = 0; e == OK && i < who->n; i++)
		e = core_send(c->core, &set, &who->p[i], &why);
	fields_set(c->arena, f, body, "set", value_id(c->arena, &set));
	fields_set(c->arena, f, body, "title", value_copy(c->arena, fields_get(t, tender->r.body, "title")));
	if (*s->level)
		fields_set(c->arena, f, body, "level", value_str(c->arena, s->level));
	fields_set(c->arena, f, body, "stage", value_int(c->arena, s->stage));
	fields_set(c->arena, f, body, "due", value_int(c->arena, s->deadline));
	fields_set(c->arena, f, body, "tender", value_id(c->arena, &tender->id));
	d.body = body;
	return e == OK ? saying_say(c, &d, &id) : e;
}

/* Those who are still in and were not asked for this stage yet. */
static enum err ask(struct api_call *c)
{
	struct view v;
	struct seen *tender;
	struct ids all = {0}, who = {0};
	struct tender_stage stage = {0};
	const struct id *only = NULL;
	size_t onlys = 0;
	bool everybody;
	enum err e = ours(c, &v, &tender);
	if (e == OK)
		e = view_readers(&v, tender, &all, &everybody);
	if (e == OK && saying_arg(c, "to"))
		e = api_orgs(c, "to", true, &only, &onlys);
	for (size_t i = 0; e == OK && i < all.n; i++) {
		struct tender_stages s;
		size_t at;
		bool among = !only;
		for (size_t k = 0; k < onlys; k++)
			among = among || id_eq(&only[k], &all.p[i]);
		if (!among || (e = view_tender_of(&v, tender, &all.p[i], &s)) != OK || (e = stage_of(c, &s, &at)) != OK)
			continue;
		if (at == s.n || at != s.at || s.p[at].asked || (stage.stage && stage.stage != s.p[at].stage))
			continue;
		stage = s.p[at];
		e = view_ids_add(&v, &who, &all.p[i]);
	}
	if (e == OK && who.n == 0)
		return api_fail(c, ERR_CONFLICT, "see who stands where: tally tender show ID", "nobody stands at that stage who was not asked yet");
	return e == OK ? ask_stage(c, tender, &stage, &who) : e;
}

static enum err read_reasons(struct api_call *c, struct value *body)
{
	const struct field *f = kind_by_number(KIND_REPLY)->fields, *g = fields_find(f, "reasons")->group;
	const char *const *texts;
	struct value *list = value_array(c->arena);
	size_t n;
	enum err e = saying_texts(c, "reason", &texts, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		const char *equal = strchr(texts[i], '=');
		struct value *row = value_map(c->arena);
		if (!equal || equal == texts[i] || !equal[1])
			return api_fail(c, ERR_USAGE, "such as: --reason \"R3=no restore test\"", "\"%.60s\" must be RID=REASON", texts[i]);
		fields_set(c->arena, g, row, "rid", value_strn(c->arena, SPAN(texts[i], (size_t)(equal - texts[i]))));
		fields_set(c->arena, g, row, "text", value_str(c->arena, equal + 1));
		value_push(c->arena, list, row);
	}
	if (n)
		fields_set(c->arena, f, body, "reasons", list);
	return e;
}

static enum err decide(struct api_call *c)
{
	struct draft d = {.kind = kind_by_number(KIND_REPLY), .recipients = 1};
	struct view v;
	struct seen *tender;
	struct tender_stages all;
	struct value *body;
	struct id bidder, id;
	const char *word;
	char name[NAMES_TEXT];
	size_t at;
	enum err e = ours(c, &v, &tender);
	if (e == OK)
		e = api_org(c, "bidder", &bidder);
	if (e == OK)
		e = api_text(c, "outcome", true, &word);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = view_tender_of(&v, tender, &bidder, &all);
	if (e == OK)
		e = stage_of(c, &all, &at);
	if (e == OK)
		e = read_reasons(c, body);
	if (e != OK)
		return e;
	names_show(c->core, &bidder, name);
	if (strcmp(word, "pass") != 0 && strcmp(word, "conditional") != 0 && strcmp(word, "fail") != 0)
		return api_fail(c, ERR_USAGE, "one of pass, conditional, fail", "\"%.40s\" is no outcome", word);
	if (strcmp(word, "pass") != 0 && !fields_get(d.kind->fields, body, "reasons") && !fields_get(d.kind->fields, body, "text"))
		return api_fail(c, ERR_USAGE, "such as: --reason \"R3=no restore test\"", "say why");
	if (at == all.n || !all.p[at].answer)
		return api_fail(c, ERR_CONFLICT, "see who stands where: tally tender show ID", "%.80s has answered nothing that is still to be decided", name);
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &all.p[at].answer->id));
	fields_set(c->arena, d.kind->fields, body, "decision", value_int(c->arena, vocab_number(&vocab_decision, SPAN(word, strlen(word)))));
	fields_set(c->arena, d.kind->fields, body, "stage", value_int(c->arena, all.p[at].stage));
	d.body = body;
	d.thread = &all.p[at].answer->root;
	d.to = &bidder;
	return saying_say(c, &d, &id);
}

static enum err show(struct api_call *c)
{
	struct view v;
	struct seen *tender;
	json_t *items;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "tender", KIND_TENDER, &tender);
	return e == OK ? saying_items(c, view_tender_show(&v, tender, &items), &items) : e;
}

static enum err list(struct api_call *c)
{
	struct view v;
	json_t *items;
	saying_view(c, &v);
	return saying_items(c, view_tender_list(&v, &items), &items);
}

const struct api_row api_tender_rows[] = {
	{"tender.open", open_tender, "invite suppliers to bid"},
	{"tender.ask", ask, "ask for the next stage"},
	{"tender.decide", decide, "the outcome of a stage for one bidder"},
	{"tender.show", show, "which bidder stands where"},
	{"tender.list", list, "tenders"},
	{NULL, NULL, NULL},
};
