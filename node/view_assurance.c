#include "node/view_assurance.h"

#include <stdio.h>
#include <string.h>

#include "node/view_ask.h"
#include "node/view_record.h"
#include "proto/when.h"

static const struct field *certification(void)
{
	return kind_by_number(KIND_CERTIFICATION)->fields;
}

int64_t view_assurance_until(const struct seen *s)
{
	static const char *const names[] = {"valid_until", "expires"};
	for (size_t i = 0; s->readable && s->kind && i < sizeof names / sizeof *names; i++)
		if (fields_find(s->kind->fields, names[i]))
			return view_int(s->kind->fields, s->r.body, names[i]);
	return 0;
}

const char *view_assurance_state(const struct view *v, const struct seen *s)
{
	const char *status;
	int64_t until = view_assurance_until(s);
	if (s->withdrawn)
		return "withdrawn";
	if (!s->counts)
		return "disregarded";
	if (s->replaced)
		return "superseded";
	status = s->r.kind == KIND_CERTIFICATION ? view_word(certification(), s->r.body, "status") : "";
	if (*status && strcmp(status, "valid") != 0)
		return status;
	return until && until < view_ask_today(v) ? "expired" : "current";
}

/* ---- what is referred to ---- */

static bool all_hex(const char *text)
{
	return strspn(text, "0123456789abcdef") == strlen(text);
}

static enum err by_id(struct view *v, const char *text, struct seen **out)
{
	char want[65];
	struct id id;
	size_t n = strlen(text);
	enum err e;
	if (n < 12 || n > 64 || !all_hex(text))
		return OK;
	memcpy(want, text, n + 1);
	e = records_find(v->t, want, &id);
	if (e == OK)
		e = view_find(v, &id, out);
	return e == ERR_NOT_FOUND || e == ERR_CONFLICT ? OK : e;
}

static int fits(struct view *v, const struct seen *s, const char *text)
{
	const char *number = view_text(v, certification(), s->r.body, "number");
	if (*number && view_guidance_names(text, number))
		return 2;
	return view_guidance_names(text, view_text(v, certification(), s->r.body, "scheme"));
}

/* The certificate whose number, else whose scheme it names; of several one that stands, else the newest. */
static enum err by_name(struct view *v, const struct id *party, const char *text, struct seen **out)
{
	struct seens list;
	int best = 0;
	enum err e = view_kind(v, KIND_CERTIFICATION, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct seen *s = list.p[i];
		int fit = s->counts && !s->replaced && id_eq(&s->r.author, party) ? fits(v, s, text) : 0;
		bool stands = fit && strcmp(view_assurance_state(v, s), "current") == 0;
		if (fit == 0 || fit < best || (fit == best && !stands && strcmp(view_assurance_state(v, *out), "current") == 0))
			continue;
		best = fit;
		*out = s;
	}
	return e;
}

/* What replaced it is what is meant. */
static enum err newest(struct view *v, struct seen **s)
{
	enum err e = OK;
	for (int hops = 0; e == OK && (*s)->replaced && hops < 1000; hops++)
		e = view_find(v, &(*s)->newer, s);
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err view_assurance_named(struct view *v, const struct id *party, const char *text, struct seen **out)
{
	struct seen *s = NULL;
	enum err e = by_id(v, text, &s);
	if (e == OK && !s && *text)
		e = by_name(v, party, text, &s);
	if (e == OK && s)
		e = newest(v, &s);
	if (e != OK)
		return e;
	if (s && (!s->readable || !s->kind || !s->good || !id_eq(&s->r.author, party)))
		s = NULL;
	*out = s;
	return OK;
}

bool view_assurance_fallen(struct view *v, const struct seen *s, char *text, size_t size)
{
	const char *state = view_assurance_state(v, s), *title = view_record_title(v, s);
	char hex[65], day[WHEN_TEXT] = "";
	size_t n = strlen(text);
	if (strcmp(state, "current") == 0)
		return false;
	if (strcmp(state, "expired") == 0)
		when_format_date(view_assurance_until(s), day);
	else if (s->withdrawn)
		when_format_date(s->withdrawn_at / WHEN_DAY_MS, day);
	hex_encode(hex, s->id.b, 32);
	(void)snprintf(text + n, size - n, "%s %s%.60s%s(%.12s) %s%s%s", s->kind->name, *title ? "\"" : "", title, *title ? "\" " : "", hex,
	               strcmp(state, "expired") == 0 ? "ended" : state, *day ? " on " : "", day);
	return true;
}

/* ---- lists ---- */

enum err view_assurance_certifications(struct view *v, json_t **out)
{
	static const char *const texts[] = {"scheme", "edition", "number", "body", "accreditation", "scope", "url"};
	struct seens list = {0};
	json_t *items = json_array();
	enum err e = items ? view_kind(v, KIND_CERTIFICATION, &list) : ERR_MEMORY;
	for (size_t i = list.n; e == OK && i-- > 0;) {
		const struct seen *s = list.p[i];
		json_t *o;
		e = view_record_row(v, s, &o);
		if (e != OK)
			break;
		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
			view_put(o, texts[k], view_text(v, certification(), view_body(s), texts[k]));
		view_put_date(o, "issued", view_int(certification(), view_body(s), "issued"));
		view_put_date(o, "expires", view_int(certification(), view_body(s), "expires"));
		view_put(o, "state", view_assurance_state(v, s));
		(void)json_array_append_new(items, o);
	}
	if (e != OK)
		json_decref(items);
	else
		*out = items;
	return e;
}

enum err view_assurance_evidence(struct view *v, json_t **out)
{
	const struct field *f = kind_by_number(KIND_EVIDENCE)->fields;
	static const char *const texts[] = {"file", "url", "classification", "text"};
	struct seens list = {0};
	json_t *items = json_array();
	enum err e = items ? view_kind(v, KIND_EVIDENCE, &list) : ERR_MEMORY;
	for (size_t i = list.n; e == OK && i-- > 0;) {
		const struct seen *s = list.p[i];
		json_t *o;
		e = view_record_row(v, s, &o);
		if (e != OK)
			break;
		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
			view_put(o, texts[k], view_text(v, f, view_body(s), texts[k]));
		view_put(o, "type", view_word(f, view_body(s), "type"));
		view_put(o, "availability", view_word(f, view_body(s), "availability"));
		view_put_date(o, "created_on", view_int(f, view_body(s), "created"));
		view_put_date(o, "expires", view_int(f, view_body(s), "expires"));
		if (view_int(f, view_body(s), "size"))
			(void)json_object_set_new(o, "size", json_integer(view_int(f, view_body(s), "size")));
		view_put(o, "state", view_assurance_state(v, s));
		(void)json_array_append_new(items, o);
	}
	if (e != OK)
		json_decref(items);
	else
		*out = items;
	return e;
}
