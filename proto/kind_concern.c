/* What partners tell each other to get better: concerns that must be answered, issues and proposals. */
#include "proto/kind_check.h"

#define LINES .type = FIELD_LINE, .list = true, .max = 500

static const char *const concern_words[] = {"acknowledged", "need-info", "accepted", "declined", "done", "effective", "not-effective", NULL};
static const struct vocab concern_decisions = {"decision", concern_words};

static const struct field concern_fields[] = {
	{.key = 0, .name = "title", .type = FIELD_LINE, .required = true, .help = "the concern in one line"},
	{.key = 1, .name = "topic", .type = FIELD_ENUM, .required = true, .vocab = &vocab_concern_topic, .help = "what it is about"},
	{.key = 2, .name = "source", .type = FIELD_ENUM, .required = true, .vocab = &vocab_concern_source, .help = "where it comes from"},
	{.key = 3, .name = "text", .type = FIELD_TEXT, .required = true, .help = "what is wrong, and what it leads to"},
	{.key = 4, .name = "wish", .type = FIELD_TEXT, .help = "what should be different"},
	{.key = 5, .name = "record", .type = FIELD_REF, .help = "the record it is about: an assignment, a notice, a review"},
	{.key = 6, .name = "rid", .type = FIELD_LINE, .max = 64, .help = "the requirement it is about"},
	{.key = 7, .name = "contract", .type = FIELD_LINE, .help = "reference of the contract"},
	{.key = 8, .name = "severity", .type = FIELD_ENUM, .vocab = &vocab_severity, .help = "how severe, as the author sees it"},
	{0},
};

const struct kind kind_concern = {
	.number = KIND_CONCERN, .name = "concern",
	.summary = "Raises a concern, in any direction; it is answered within ten working days, and its author says whether what was done helped.",
	.fields = concern_fields, .role = ROLE_SERIES, .tlp = TLP_AMBER_STRICT, .decisions = &concern_decisions,
};

static const char *const issue_words[] = {"acknowledged", "need-info", "accepted", "declined", "done", NULL};
static const struct vocab issue_decisions = {"decision", issue_words};

static const struct field issue_fields[] = {
	{.key = 0, .name = "title", .type = FIELD_LINE, .required = true, .help = "the issue in one line"},
	{.key = 1, .name = "type", .type = FIELD_ENUM, .required = true, .vocab = &vocab_issue_type, .help = "what is shared"},
	{.key = 2, .name = "text", .type = FIELD_TEXT, .required = true, .help = "what was found, or learned"},
	{.key = 3, .name = "proposal", .type = FIELD_TEXT, .help = "what should change"},
	{.key = 4, .name = "products", LINES, .help = "products and services it is about; CPE or purl where there is one"},
	{.key = 5, .name = "vulnerabilities", LINES, .usual = USUAL_VULNERABILITY, .help = "CVE numbers"},
	{.key = 6, .name = "severity", .type = FIELD_ENUM, .vocab = &vocab_severity, .help = "how severe, as the author sees it"},
	{.key = 7, .name = "record", .type = FIELD_REF, .help = "the record it is about, such as a requirement.set"},
	{.key = 8, .name = "rid", .type = FIELD_LINE, .max = 64, .help = "the requirement it is about"},
	{0},
};

static enum err issue_check(const struct record *r, struct complaint *why)
{
	int64_t type = 0;

	(void)fields_int(issue_fields, r->body, "type", &type);
	if (type == vocab_number(&vocab_issue_type, SPAN("proposal", 8)) && !fields_get(issue_fields, r->body, "proposal"))
		return fields_complain(why, ERR_INVALID, "is required in a proposal", "proposal");
	return OK;
}

const struct kind kind_issue = {
	.number = KIND_ISSUE, .name = "issue",
	.summary = "Shares a weakness, a near miss, a lesson or a proposal with partners; its outcome names what changed.",
	.fields = issue_fields, .role = ROLE_SERIES, .tlp = TLP_AMBER, .decisions = &issue_decisions, .check = issue_check,
};
