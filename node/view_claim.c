#include "node/view_claim.h"

#include <string.h>
#include <strings.h>

#include "node/view_ask.h"
#include "node/view_requirement.h"

static const struct field *posture(void)
{
	return kind_by_number(KIND_POSTURE_ATTESTATION)->fields;
}

static const struct field *statements(void)
{
	return fields_find(posture(), "statements")->group;
}

static bool word_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* "ISO/IEC 27001:2022" is the framework "ISO/IEC 27001" in the edition "2022"; where one of them names no edition, any will do. */
static bool same_standard(const char *standard, const char *framework, const char *edition)
{
	size_t n = strlen(framework), m = strlen(standard);
	if (strncasecmp(standard, framework, n < m ? n : m) != 0)
		return false;
	const char *rest = n < m ? standard + n : framework + m;
	if (n == 0 || m == 0 || word_char(*rest))
		return false;
	return n >= m || !*edition || strstr(rest, edition) != NULL;
}

bool view_claim_names(struct view *v, const struct claim_source *from, const struct value *statement, const struct value *requirement)
{
	const struct field *g = view_requirement_group(), *m = fields_find(g, "mappings")->group;
	const struct value *mappings = fields_get(g, requirement, "mappings");
	struct span control, other;
	if (!fields_str(statements(), statement, "control", &control))
		return false;
	if (fields_str(g, requirement, "rid", &other) && span_eq(control, other))
		return true;
	for (size_t i = 0; i < value_count(mappings); i++)
		if (fields_str(m, value_item(mappings, i), "clause", &other) && span_eq(control, other) &&
		    same_standard(view_text(v, m, value_item(mappings, i), "standard"), from->framework, from->edition))
			return true;
	return false;
}

enum err view_claim_stands(struct view *v, const struct id *party, struct claim_stands *out)
{
	struct seens all;
	enum err e = view_kind(v, KIND_POSTURE_ATTESTATION, &all);
	struct claim_stand *p = e == OK ? arena_alloc(v->a, (all.n + 1) * sizeof *p) : NULL;
	size_t n = 0;
	if (e != OK || !p)
		return e != OK ? e : ERR_MEMORY;
	for (size_t i = 0; i < all.n; i++) {
		const struct seen *s = all.p[i];
		if (s->counts && !s->replaced && id_eq(&s->r.author, party))
			p[n++] = (struct claim_stand){s, {view_text(v, posture(), s->r.body, "framework"), view_text(v, posture(), s->r.body, "framework_version")}};
	}
	*out = (struct claim_stands){p, n};
	return OK;
}

static const struct value *statement_on(struct view *v, const struct claim_stand *s, const struct value *requirement)
{
	const struct value *list = fields_get(posture(), s->by->r.body, "statements");
	for (size_t i = 0; i < value_count(list); i++)
		if (view_claim_names(v, &s->from, value_item(list, i), requirement))
			return value_item(list, i);
	return NULL;
}

void view_claim_read(struct view *v, const struct claim_stands *stands, const struct value *requirement, struct claim *out)
{
	struct claim c = {.assurance = ""};
	for (size_t i = 0; i < stands->n; i++) {
		const struct seen *s = stands->p[i].by;
		const struct value *row = statement_on(v, &stands->p[i], requirement);
		int64_t until;
		if (!row)
			continue;
		until = view_int(posture(), s->r.body, "valid_until");
		if (s->withdrawn) {
			c.by = c.status || c.expired ? c.by : s;
			c.withdrawn = true;
			c.withdrawn_at = s->withdrawn_at;
		} else if (until < view_ask_today(v)) {
			c.by = c.status ? c.by : s;
			c.expired = true;
			c.until = c.status ? c.until : until;
		} else {
			c.by = s;
			c.row = row;
			c.status = view_int(statements(), row, "status");
			c.assurance = view_word(statements(), row, "assurance");
			c.until = until;
		}
	}
	*out = c;
}
