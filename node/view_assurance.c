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

/* The last day it may be relied on; 0: none is stated. */
static int64_t until_day(const struct seen *s)
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
	int64_t until = until_day(s);
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
