/* Dependencies: which of our business functions stands on whom, and what if they stop. The fields of the register of information that
 * Regulation (EU) 2022/2554 (DORA) asks for, for whoever needs it. */
#include "proto/vocab.h"
#include "store/locals.h"

static const char *const substitutability_words[] = {"easy", "medium", "hard", "impossible", NULL};
const struct vocab vocab_substitutability = {"substitutability", substitutability_words};

static const char *const reintegration_words[] = {"easy", "difficult", "highly-complex", NULL};
static const struct vocab vocab_reintegration = {"reintegration", reintegration_words};

static const struct field exit_fields[] = {
	{.key = 0, .name = "exists", .type = FIELD_BOOL, .help = "there is a plan how to leave"},
	{.key = 1, .name = "tested", .type = FIELD_DATE, .usual = USUAL_PAST, .help = "when it was last tried"},
	{.key = 2, .name = "where", .type = FIELD_LINE, .max = 500, .help = "where it is kept"},
	{0},
};

const struct field dependency_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "what we call it in commands"},
	{.key = 1, .name = "function", .type = FIELD_LINE, .required = true, .help = "our business function"},
	{.key = 2, .name = "criticality", .type = FIELD_ENUM, .vocab = &vocab_factor, .help = "how critical that function is"},
	{.key = 3, .name = "supplier", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "on whom it depends"},
	{.key = 4, .name = "contract", .type = FIELD_LINE, .help = "under which contract: its reference"},
	{.key = 5, .name = "service", .type = FIELD_LINE, .help = "what they do for it"},
	{.key = 6, .name = "product", .type = FIELD_LINE, .help = "the product we use"},
	{.key = 7, .name = "version", .type = FIELD_LINE, .max = 64, .help = "in which version"},
	{.key = 8, .name = "used_until", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "how long we mean to use it"},
	{.key = 9, .name = "substitutability", .type = FIELD_ENUM, .vocab = &vocab_substitutability, .help = "how hard it is to replace them"},
	{.key = 10, .name = "substitutability_reason", .type = FIELD_LINE, .max = 1000, .help = "why"},
	{.key = 11, .name = "alternatives", .type = FIELD_LINE, .list = true, .help = "who else could do it"},
	{.key = 12, .name = "exit_plan", .type = FIELD_GROUP, .group = exit_fields, .help = "how we would leave"},
	{.key = 13, .name = "reintegration", .type = FIELD_ENUM, .vocab = &vocab_reintegration, .help = "how hard to take it back into our own hands"},
	{.key = 14, .name = "impact", .type = FIELD_ENUM, .vocab = &vocab_impact_level, .help = "what it does to us when they discontinue"},
	{.key = 15, .name = "last_audit", .type = FIELD_DATE, .usual = USUAL_PAST, .help = "when they were last audited for it"},
	{.key = 16, .name = "recovery_hours", .type = FIELD_INT, .max = 100000, .help = "how long the function may be gone (RTO)"},
	{.key = 17, .name = "loss_hours", .type = FIELD_INT, .max = 100000, .help = "how much data it may lose (RPO)"},
	{.key = 18, .name = "data_classes", .type = FIELD_LINE, .list = true, .help = "what data they hold for it"},
	{.key = 19, .name = "countries", .type = FIELD_LINE, .list = true, .max = 64, .usual = USUAL_COUNTRY, .help = "where, as two letters each"},
	{.key = 20, .name = "review_due", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "next review"},
	{.key = 21, .name = "note", .type = FIELD_TEXT, .help = "anything else"},
	{.key = 22, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 23, .name = "changed", .type = FIELD_TIME, .help = "when it last changed"},
	{0},
};

static enum err dependency_check(const struct value *row, struct complaint *why)
{
	const struct value *plan = fields_get(dependency_fields, row, "exit_plan");
	bool exists = false;

	(void)fields_bool(exit_fields, plan, "exists", &exists);
	if (!exists && fields_get(exit_fields, plan, "tested"))
		return fields_complain(why, ERR_INVALID, "can only be tested when it exists", "exit_plan.tested");
	if (fields_get(dependency_fields, row, "substitutability") && !fields_get(dependency_fields, row, "substitutability_reason"))
		return fields_complain(why, ERR_INVALID, "is required with substitutability", "substitutability_reason");
	if (fields_get(dependency_fields, row, "version") && !fields_get(dependency_fields, row, "product"))
		return fields_complain(why, ERR_INVALID, "is required with a version", "product");
	return OK;
}

static const char *const order[] = {"-criticality", "-substitutability", NULL};
static const char *const shown[] = {"function", "criticality", "supplier", "service", "product", "version", "used_until", "substitutability",
                                    "exit_plan", "impact", NULL};

const struct local_kind local_dependency = {
	.number = 1, .name = "dependency", .summary = "Which of our business functions stands on which supplier, and what if it stops.",
	.fields = dependency_fields, .check = dependency_check, .order = order, .shown = shown,
};
