/* Posture: what an organisation attests about its own controls. */
#include "proto/kind_check.h"

#define LONGEST_DAYS 366
#define LINES .type = FIELD_LINE, .list = true, .max = 500

static const char *const decision_words[] = {"acknowledged", "accepted", "need-info", "disputed", NULL};
static const struct vocab decisions = {"decision", decision_words};

static const struct field scope_fields[] = {
	{.key = 0, .name = "units", LINES, .help = "organisational units"},
	{.key = 1, .name = "services", LINES, .help = "services and products"},
	{.key = 2, .name = "contracts", LINES, .help = "references of the contracts covered"},
	{.key = 3, .name = "locations", LINES, .help = "sites, data centres, countries"},
	{.key = 4, .name = "exclusions", LINES, .help = "what is left out although one might expect it"},
	{0},
};

static const struct field statement_fields[] = {
	{.key = 0, .name = "control", .type = FIELD_LINE, .required = true, .max = 64,
	 .help = "id of the control in the framework"},
	{.key = 1, .name = "status", .type = FIELD_ENUM, .required = true, .vocab = &vocab_control_status,
	 .help = "how far it is in place"},
	{.key = 2, .name = "text", .type = FIELD_TEXT, .help = "how it is done, or why not"},
	{.key = 3, .name = "assurance", .type = FIELD_ENUM, .vocab = &vocab_assurance, .help = "what stands behind the claim"},
	{.key = 4, .name = "evidence", LINES, .help = "references to evidence"},
	{.key = 5, .name = "target", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "when it will be in place"},
	{.key = 6, .name = "confidence", .type = FIELD_INT, .max = 100, .help = "how sure the author is, 0 to 100"},
	{.key = 7, .name = "owner", .type = FIELD_ENUM, .vocab = &vocab_owner, .help = "who is responsible for the control"},
	{0},
};

static const struct field posture_fields[] = {
	{.key = 0, .name = "title", .type = FIELD_LINE, .required = true, .help = "the attestation in one line"},
	{.key = 1, .name = "scope", .type = FIELD_GROUP, .required = true, .group = scope_fields,
	 .help = "which parts of the organisation it is about"},
	{.key = 2, .name = "framework", .type = FIELD_LINE, .required = true,
	 .help = "catalogue of controls, such as ISO/IEC 27002"},
	{.key = 3, .name = "framework_version", .type = FIELD_LINE, .max = 64, .help = "its edition"},
	{.key = 4, .name = "as_of", .type = FIELD_DATE, .usual = USUAL_PAST, .required = true, .help = "the day it describes"},
	{.key = 5, .name = "valid_until", .type = FIELD_DATE, .usual = USUAL_AHEAD, .required = true,
	 .help = "last day it may be relied on; at most a year later"},
	{.key = 6, .name = "statements", .type = FIELD_GROUP, .list = true, .required = true, .max_items = KIND_CHECK_ITEMS,
	 .group = statement_fields, .help = "one statement for each control"},
	{.key = 7, .name = "signatory_name", .type = FIELD_LINE, .help = "who answers for it"},
	{.key = 8, .name = "signatory_role", .type = FIELD_LINE, .help = "in what function"},
	{.key = 9, .name = "common", .type = FIELD_BOOL, .help = "the same for all customers"},
	{0},
};

static enum err scope_check(const struct record *r, struct complaint *why)
{
	static const char *const positive[] = {"units", "services", "contracts", "locations"};
	const struct value *scope = fields_get(posture_fields, r->body, "scope");

	for (size_t i = 0; i < sizeof(positive) / sizeof(*positive); i++)
		if (value_count(fields_get(scope_fields, scope, positive[i])) > 0)
			return OK;
	return fields_complain(why, ERR_INVALID, "must name at least one unit, service, contract or location", "scope");
}

static enum err posture_check(const struct record *r, struct complaint *why)
{
	struct kind_check_names controls;
	int64_t as_of = 0, until = 0;
	enum err e;

	(void)fields_int(posture_fields, r->body, "as_of", &as_of);
	(void)fields_int(posture_fields, r->body, "valid_until", &until);
	if (until <= as_of)
		return fields_complain(why, ERR_INVALID, "must be later than as_of", "valid_until");
	if (until - as_of > LONGEST_DAYS)
		return fields_complain(why, ERR_INVALID, "must be within 366 days of as_of", "valid_until");
	e = scope_check(r, why);
	if (e == OK)
		e = kind_check_unique(r, fields_find(posture_fields, "statements"), "control", &controls, why);
	return e;
}

const struct kind kind_posture_attestation = {
	.number = KIND_POSTURE_ATTESTATION, .name = "posture.attestation",
	.summary = "What an organisation attests about its controls, for a stated scope and time.",
	.fields = posture_fields, .role = ROLE_SERIES, .by_supplier = true, .tlp = TLP_AMBER, .decisions = &decisions, .check = posture_check,
};
