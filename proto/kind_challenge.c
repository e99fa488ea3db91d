/* What is said about requirements beside the answers: a supplier's challenge, what certifications cover, and how to meet them. */
#include "proto/kind_check.h"
#include "proto/when.h"

#define RID .name = "rid", .type = FIELD_LINE, .max = 64
#define RIDS .name = "rids", .type = FIELD_LINE, .list = true, .required = true, .max = 64, .max_items = KIND_CHECK_ITEMS
#define ENDED_BEFORE_IT_BEGAN "lies before the day it was said"

static enum err not_past(const struct record *r, const struct field *table, const char *name, struct complaint *why)
{
	int64_t day;

	if (fields_int(table, r->body, name, &day) && day < r->created / WHEN_DAY_MS)
		return fields_complain(why, ERR_INVALID, ENDED_BEFORE_IT_BEGAN, "%s", name);
	return OK;
}

static const char *const challenge_words[] = {"acknowledged", "accepted", "declined", "done", "need-info", NULL};
static const struct vocab challenge_decisions = {"decision", challenge_words};

static const struct field challenge_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .required = true, .help = "the assignment, contract or other record challenged"},
	{.key = 1, RID, .help = "the requirement challenged"},
	{.key = 2, .name = "clause", .type = FIELD_LINE, .help = "the clause challenged"},
	{.key = 3, .name = "kind", .type = FIELD_ENUM, .required = true, .vocab = &vocab_challenge, .help = "what is wrong with it"},
	{.key = 4, .name = "text", .type = FIELD_TEXT, .required = true, .help = "the challenge in words"},
	{.key = 5, .name = "due", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "by when an answer is asked for: within 30 days"},
	{0},
};

static enum err challenge_check(const struct record *r, struct complaint *why)
{
	if (!fields_get(challenge_fields, r->body, "rid") && !fields_get(challenge_fields, r->body, "clause"))
		return fields_complain(why, ERR_INVALID, "is required, or a clause", "rid");
	return not_past(r, challenge_fields, "due", why);
}

const struct kind kind_challenge = {
	.number = KIND_CHALLENGE, .name = "challenge",
	.summary = "Questions a requirement or clause; until it is answered, at most 30 days, the time for that requirement does not run.",
	.fields = challenge_fields, .role = ROLE_ADDRESSEE, .tlp = TLP_AMBER_STRICT, .decisions = &challenge_decisions,
	.check = challenge_check,
};

static const char *const equivalence_words[] = {"acknowledged", "disputed", NULL};
static const struct vocab equivalence_decisions = {"decision", equivalence_words};

static const struct field cover_fields[] = {
	{.key = 0, RID, .required = true, .help = "the requirement covered"},
	{.key = 1, .name = "extent", .type = FIELD_ENUM, .required = true, .vocab = &vocab_extent, .help = "all of it or a part"},
	{.key = 2, .name = "clauses", .type = FIELD_LINE, .list = true, .help = "by which clauses of the scheme"},
	{.key = 3, .name = "remains", .type = FIELD_TEXT, .help = "what is still to be shown where it covers a part"},
	{0},
};

static const struct field equivalence_fields[] = {
	{.key = 0, .name = "set", .type = FIELD_REF, .required = true, .help = "the requirement.set"},
	{.key = 1, .name = "scheme", .type = FIELD_LINE, .required = true, .help = "the certification scheme and its edition"},
	{.key = 2, .name = "covers", .type = FIELD_GROUP, .list = true, .required = true, .max_items = KIND_CHECK_ITEMS, .group = cover_fields,
	 .help = "which requirements such a certificate meets"},
	{.key = 3, .name = "scope", .type = FIELD_TEXT, .help = "what the scope of the certificate must hold"},
	{.key = 4, .name = "max_age", .type = FIELD_INT, .max = 3660, .help = "most days since it was issued"},
	{.key = 5, .name = "accredited", .type = FIELD_BOOL, .help = "only from an accredited body"},
	{.key = 6, .name = "expires", .type = FIELD_DATE, .required = true, .usual = USUAL_AHEAD, .help = "last day of this recognition"},
	{0},
};

static enum err equivalence_check(const struct record *r, struct complaint *why)
{
	const struct value *covers = fields_get(equivalence_fields, r->body, "covers");
	struct kind_check_names rids;
	enum err e = kind_check_unique(r, fields_find(equivalence_fields, "covers"), "rid", &rids, why);

	for (size_t i = 0; e == OK && i < value_count(covers); i++) {
		int64_t extent = 0;

		(void)fields_int(cover_fields, value_item(covers, i), "extent", &extent);
		if (extent == EXTENT_PARTIAL && !fields_get(cover_fields, value_item(covers, i), "remains"))
			return fields_complain(why, ERR_INVALID, "is required where a part is covered", "covers[%zu].remains", i);
	}
	return e == OK ? not_past(r, equivalence_fields, "expires", why) : e;
}

const struct kind kind_equivalence = {
	.number = KIND_EQUIVALENCE, .name = "equivalence",
	.summary = "Which requirements of a set a certification meets, under which conditions.",
	.fields = equivalence_fields, .role = ROLE_SERIES, .tlp = TLP_GREEN, .decisions = &equivalence_decisions, .check = equivalence_check,
};

static const char *const guidance_words[] = {"acknowledged", "need-info", NULL};
static const struct vocab guidance_decisions = {"decision", guidance_words};

static const struct field guidance_fields[] = {
	{.key = 0, .name = "set", .type = FIELD_REF, .required = true, .help = "the requirement.set"},
	{.key = 1, RIDS, .help = "the requirements it helps to meet"},
	{.key = 2, .name = "title", .type = FIELD_LINE, .required = true, .help = "the guidance in one line"},
	{.key = 3, .name = "text", .type = FIELD_TEXT, .help = "how to meet them"},
	{.key = 4, .name = "link", .type = FIELD_LINE, .max = 500, .help = "where to read it"},
	{.key = 5, .name = "language", .type = FIELD_LINE, .max = 35, .help = "such as en or de-CH"},
	{.key = 6, .name = "version", .type = FIELD_LINE, .max = 64, .help = "the author's version"},
	{0},
};

static enum err guidance_check(const struct record *r, struct complaint *why)
{
	if (!fields_get(guidance_fields, r->body, "text") && !fields_get(guidance_fields, r->body, "link"))
		return fields_complain(why, ERR_INVALID, "is required, or a link", "text");
	return OK;
}

const struct kind kind_guidance = {
	.number = KIND_GUIDANCE, .name = "guidance",
	.summary = "How requirements can be met.",
	.fields = guidance_fields, .role = ROLE_SERIES, .tlp = TLP_GREEN, .decisions = &guidance_decisions, .check = guidance_check,
};
