/* Who is affected, and who can help. */
#include "proto/kind_check.h"

#define LINES .type = FIELD_LINE, .list = true, .max = 500

static const char *const query_words[] = {"acknowledged", "need-info", "declined", "reminder", NULL};
static const struct vocab query_decisions = {"decision", query_words};

static const struct field query_fields[] = {
	{.key = 0, .name = "title", .type = FIELD_LINE, .required = true, .help = "the question in one line"},
	{.key = 1, .name = "due", .type = FIELD_TIME, .required = true, .usual = USUAL_AHEAD,
	 .help = "by when an answer is needed; a date alone: the end of that day, UTC"},
	{.key = 2, .name = "vulnerabilities", LINES, .usual = USUAL_VULNERABILITY, .help = "CVE numbers"},
	{.key = 3, .name = "products", LINES, .help = "products with versions; CPE or purl where there is one"},
	{.key = 4, .name = "services", LINES, .help = "services"},
	{.key = 5, .name = "notice", .type = FIELD_REF, .help = "first notice of the incident it is about; its reader need not have that"},
	{.key = 6, .name = "scope", .type = FIELD_TEXT, .help = "which systems, sites and suppliers the answer shall cover"},
	{.key = 7, .name = "text", .type = FIELD_TEXT, .help = "the question in full"},
	{.key = 8, .name = "below", .type = FIELD_BOOL, .help = "asks to have one's own suppliers asked too, and how many answered"},
	{.key = 9, .name = "contact", .type = FIELD_LINE, .help = "who is asked back"},
	{0},
};

static enum err query_check(const struct record *r, struct complaint *why)
{
	static const char *const one_of[] = {"vulnerabilities", "products", "services", "notice"};

	for (size_t i = 0; i < sizeof one_of / sizeof *one_of; i++)
		if (fields_get(query_fields, r->body, one_of[i]))
			return OK;
	return fields_complain(why, ERR_INVALID, "is required, or products, services or notice: a question is about something", "vulnerabilities");
}

const struct kind kind_impact_query = {
	.number = KIND_IMPACT_QUERY, .name = "impact.query",
	.summary = "Asks partners whether they are affected by a vulnerability, a product or an incident; answered by incident.answer.",
	.fields = query_fields, .role = ROLE_SERIES, .tlp = TLP_AMBER, .decisions = &query_decisions, .check = query_check,
};

static const char *const help_words[] = {"acknowledged", "accepted", "declined", "need-info", "done", NULL};
static const struct vocab help_decisions = {"decision", help_words};

static const struct field help_fields[] = {
	{.key = 0, .name = "mode", .type = FIELD_ENUM, .required = true, .vocab = &vocab_assistance,
	 .help = "asked for, offered, or offered until it expires"},
	{.key = 1, .name = "title", .type = FIELD_LINE, .required = true, .help = "what, in one line"},
	{.key = 2, .name = "kinds", .type = FIELD_ENUM, .list = true, .required = true, .max_items = 16, .vocab = &vocab_assistance_kind,
	 .help = "kinds of help"},
	{.key = 3, .name = "capacity", .type = FIELD_LINE, .help = "how much: people, hours, machines"},
	{.key = 4, .name = "terms", .type = FIELD_TEXT, .help = "on what terms: cost, liability, confidentiality"},
	{.key = 5, .name = "from", .type = FIELD_TIME, .help = "from when"},
	{.key = 6, .name = "expires", .type = FIELD_TIME, .usual = USUAL_AHEAD, .help = "until when it stands"},
	{.key = 7, .name = "about", .type = FIELD_REF, .help = "the request or standing offer it answers, or the incident it is for"},
	{.key = 8, .name = "text", .type = FIELD_TEXT, .help = "the situation, and what is needed or offered"},
	{.key = 9, .name = "contact", .type = FIELD_LINE, .help = "who arranges it: name, phone, mail"},
	{.key = 10, .name = "countries", LINES, .usual = USUAL_COUNTRY, .help = "where, as two letters"},
	{0},
};

static enum err help_check(const struct record *r, struct complaint *why)
{
	int64_t mode = 0, from = 0, expires = 0;

	(void)fields_int(help_fields, r->body, "mode", &mode);
	if (!fields_int(help_fields, r->body, "expires", &expires)) {
		if (mode == vocab_number(&vocab_assistance, SPAN("standing-offer", 14)))
			return fields_complain(why, ERR_INVALID, "is required of a standing offer", "expires");
		return OK;
	}
	if (fields_int(help_fields, r->body, "from", &from) && expires <= from)
		return fields_complain(why, ERR_INVALID, "must be later than from", "expires");
	return OK;
}

const struct kind kind_assistance = {
	.number = KIND_ASSISTANCE, .name = "assistance",
	.summary = "Asks for help, offers it, or offers it until a day; accepted, declined and closed by reply.",
	.fields = help_fields, .role = ROLE_ANY, .tlp = TLP_AMBER, .decisions = &help_decisions, .check = help_check,
};
