/* Requirements: the set, its assignment to a supplier, the supplier's answers, the customer's review, and exceptions. */
#include "proto/kind_check.h"
#include "proto/when.h"

#define RID .name = "rid", .type = FIELD_LINE, .required = true, .max = 64
#define LINES .type = FIELD_LINE, .list = true, .max = 500

enum answer { /* vocab_ack */
	ANSWER_ACCEPTED = 1, ANSWER_EXCEPTION, ANSWER_EQUIVALENCE, ANSWER_DECLINED, ANSWER_NOT_APPLICABLE, ANSWER_CLARIFICATION
};

static const struct field level_fields[] = {
	{.key = 0, .name = "id", .type = FIELD_LINE, .required = true, .max = 64, .help = "short name of the level"},
	{.key = 1, .name = "title", .type = FIELD_LINE, .help = "the level in words"},
	{.key = 2, .name = "requirements", .type = FIELD_LINE, .list = true, .required = true, .max = 64, .max_items = KIND_CHECK_ITEMS,
	 .help = "rids of the requirements of this level"},
	{0},
};

static const struct field mapping_fields[] = {
	{.key = 0, .name = "standard", .type = FIELD_LINE, .required = true, .help = "name and edition of the standard"},
	{.key = 1, .name = "clause", .type = FIELD_LINE, .required = true, .help = "clause or control in it"},
	{0},
};

static const struct field requirement_fields[] = {
	{.key = 0, RID, .help = "short id; never given to another requirement"},
	{.key = 1, .name = "title", .type = FIELD_LINE, .help = "the requirement in one line"},
	{.key = 2, .name = "text", .type = FIELD_TEXT, .required = true, .help = "what the supplier shall do"},
	{.key = 3, .name = "rationale", .type = FIELD_TEXT, .help = "why it is asked"},
	{.key = 4, .name = "threat", .type = FIELD_TEXT, .help = "what it protects against"},
	{.key = 5, .name = "evidence", .type = FIELD_TEXT, .help = "how evidence is judged"},
	{.key = 6, .name = "evidence_types", LINES, .help = "what is taken as evidence"},
	{.key = 7, .name = "guidance", LINES, .help = "where to read how to meet it"},
	{.key = 8, .name = "flow_down", .type = FIELD_ENUM, .vocab = &vocab_flow_down,
	 .help = "whether the supplier passes it on to its own suppliers"},
	{.key = 9, .name = "mappings", .type = FIELD_GROUP, .list = true, .group = mapping_fields,
	 .help = "the same in published standards"},
	{.key = 10, .name = "stage", .type = FIELD_ENUM, .vocab = &vocab_procurement,
	 .help = "procurement stage from which it applies"},
	{.key = 11, .name = "family", .type = FIELD_LINE, .help = "chapter or family it stands in"},
	{.key = 12, .name = "discussion", .type = FIELD_TEXT, .help = "how its author explains it"},
	{0},
};

static const struct field set_fields[] = {
	{.key = 0, .name = "title", .type = FIELD_LINE, .required = true, .help = "name of the set"},
	{.key = 1, .name = "version", .type = FIELD_LINE, .required = true, .max = 64, .help = "the author's version"},
	{.key = 2, .name = "changes", .type = FIELD_TEXT, .help = "what changed since the version before"},
	{.key = 3, .name = "levels", .type = FIELD_GROUP, .list = true, .group = level_fields,
	 .help = "selections for suppliers of different weight"},
	{.key = 4, .name = "requirements", .type = FIELD_GROUP, .list = true, .required = true, .max_items = KIND_CHECK_ITEMS,
	 .group = requirement_fields, .help = "the requirements"},
	{.key = 5, .name = "source", .type = FIELD_LINE, .max = 500, .help = "where an imported set comes from"},
	{0},
};

static enum err level_check(const struct value *level, size_t i, const struct kind_check_names *rids, struct complaint *why)
{
	const struct value *list = fields_get(level_fields, level, "requirements");
	struct span rid;

	for (size_t k = 0; k < value_count(list); k++)
		if (!value_is_str(value_item(list, k), &rid) || !kind_check_has(rids, rid))
			return fields_complain(why, ERR_INVALID, "is no rid of this set", "levels[%zu].requirements[%zu]", i, k);
	return OK;
}

static enum err set_check(const struct record *r, struct complaint *why)
{
	const struct value *levels = fields_get(set_fields, r->body, "levels");
	struct kind_check_names names;
	enum err e = kind_check_unique(r, fields_find(set_fields, "levels"), "id", &names, why);

	if (e == OK)
		e = kind_check_unique(r, fields_find(set_fields, "requirements"), "rid", &names, why);
	for (size_t i = 0; e == OK && i < value_count(levels); i++)
		e = level_check(value_item(levels, i), i, &names, why);
	return e;
}

const struct kind kind_requirement_set = {
	.number = KIND_REQUIREMENT_SET, .name = "requirement.set",
	.summary = "A set of security requirements, with levels for suppliers of different weight.",
	.fields = set_fields, .role = ROLE_SERIES, .tlp = TLP_GREEN, .check = set_check,
};

static const char *const assign_words[] = {"acknowledged", "need-info", "disputed", NULL};
static const struct vocab assign_decisions = {"decision", assign_words};

static const struct field assign_fields[] = {
	{.key = 0, .name = "set", .type = FIELD_REF, .required = true, .help = "the requirement.set"},
	{.key = 1, .name = "level", .type = FIELD_LINE, .max = 64, .help = "level of the set; all requirements when left out"},
	{.key = 2, .name = "title", .type = FIELD_LINE, .help = "the assignment in one line"},
	{.key = 3, .name = "contract", .type = FIELD_LINE, .help = "reference of the contract or tender"},
	{.key = 4, .name = "stage", .type = FIELD_ENUM, .vocab = &vocab_procurement, .help = "procurement stage"},
	{.key = 5, .name = "scope", .type = FIELD_TEXT, .help = "which services, products and locations it is about"},
	{.key = 6, .name = "due", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "by when the answer is expected"},
	{.key = 7, .name = "reason", .type = FIELD_TEXT,
	 .help = "why this level, where it differs from what the tier recommends"},
	{.key = 8, .name = "tender", .type = FIELD_REF, .help = "the tender at whose stage it is asked"},
	{0},
};

const struct kind kind_requirement_assign = {
	.number = KIND_REQUIREMENT_ASSIGN, .name = "requirement.assign",
	.summary = "Asks a supplier to meet a requirement set at a level.",
	.fields = assign_fields, .role = ROLE_OPENER, .tlp = TLP_AMBER_STRICT, .decisions = &assign_decisions,
};

static const struct field ack_answer_fields[] = {
	{.key = 0, RID, .help = "the requirement answered"},
	{.key = 1, .name = "answer", .type = FIELD_ENUM, .required = true, .vocab = &vocab_ack, .help = "the answer"},
	{.key = 2, .name = "statement", .type = FIELD_TEXT, .help = "how it is met, or why not"},
	{.key = 3, .name = "target", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "when it will be met"},
	{.key = 4, .name = "evidence", LINES, .help = "references to evidence"},
	{.key = 5, .name = "certification", .type = FIELD_LINE, .max = 500, .help = "certificate that covers it"},
	{.key = 6, .name = "owner", .type = FIELD_LINE, .help = "who is responsible on the supplier's side"},
	{.key = 7, .name = "exception_reason", .type = FIELD_TEXT, .help = "why an exception is needed"},
	{.key = 8, .name = "exception_until", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "last day of the exception"},
	{.key = 9, .name = "measures", .type = FIELD_TEXT, .help = "compensating measures meanwhile"},
	{0},
};

static const struct field ack_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .required = true, .help = "the requirement.assign"},
	{.key = 1, .name = "set", .type = FIELD_REF, .required = true,
	 .help = "the requirement.set answered: a later version is not covered"},
	{.key = 2, .name = "answers", .type = FIELD_GROUP, .list = true, .required = true, .max_items = KIND_CHECK_ITEMS,
	 .group = ack_answer_fields, .help = "one answer for each rid"},
	{.key = 3, .name = "signatory_name", .type = FIELD_LINE, .help = "who answers for the supplier"},
	{.key = 4, .name = "signatory_role", .type = FIELD_LINE, .help = "in what function"},
	{0},
};

static enum err answer_check(const struct value *a, size_t i, struct complaint *why)
{
	int64_t answer = 0;
	bool reason = fields_get(ack_answer_fields, a, "statement") || fields_get(ack_answer_fields, a, "exception_reason");

	(void)fields_int(ack_answer_fields, a, "answer", &answer);
	if (!reason && (answer == ANSWER_EXCEPTION || answer == ANSWER_DECLINED || answer == ANSWER_NOT_APPLICABLE))
		return fields_complain(why, ERR_INVALID, "is required with this answer", "answers[%zu].statement", i);
	if (answer == ANSWER_EXCEPTION && !fields_get(ack_answer_fields, a, "exception_until"))
		return fields_complain(why, ERR_INVALID, "is required with an exception", "answers[%zu].exception_until", i);
	return OK;
}

static enum err ack_check(const struct record *r, struct complaint *why)
{
	const struct value *answers = fields_get(ack_fields, r->body, "answers");
	struct kind_check_names rids;
	enum err e = kind_check_unique(r, fields_find(ack_fields, "answers"), "rid", &rids, why);

	for (size_t i = 0; e == OK && i < value_count(answers); i++)
		e = answer_check(value_item(answers, i), i, why);
	return e;
}

static const char *const ack_words[] = {"acknowledged", "accepted", "need-info", "disputed", "pass", "conditional", "fail", NULL};
static const struct vocab ack_decisions = {"decision", ack_words};

const struct kind kind_requirement_ack = {
	.number = KIND_REQUIREMENT_ACK, .name = "requirement.ack",
	.summary = "A supplier's signed answer to each requirement assigned to it.",
	.fields = ack_fields, .role = ROLE_ADDRESSEE, .tlp = TLP_AMBER_STRICT, .decisions = &ack_decisions, .check = ack_check,
};

static const struct field result_fields[] = {
	{.key = 0, RID, .help = "the requirement reviewed"},
	{.key = 1, .name = "result", .type = FIELD_ENUM, .required = true, .vocab = &vocab_review,
	 .help = "the customer's judgement"},
	{.key = 2, .name = "reason", .type = FIELD_TEXT, .help = "why; what is missing"},
	{.key = 3, .name = "due", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "by when something better is expected"},
	{0},
};

static const struct field review_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .required = true, .help = "the requirement.ack"},
	{.key = 1, .name = "results", .type = FIELD_GROUP, .list = true, .required = true, .max_items = KIND_CHECK_ITEMS,
	 .group = result_fields, .help = "one result for each rid reviewed"},
	{.key = 2, .name = "text", .type = FIELD_TEXT, .help = "the review in words"},
	{0},
};

static enum err review_check(const struct record *r, struct complaint *why)
{
	struct kind_check_names rids;

	return kind_check_unique(r, fields_find(review_fields, "results"), "rid", &rids, why);
}

const struct kind kind_requirement_review = {
	.number = KIND_REQUIREMENT_REVIEW, .name = "requirement.review",
	.summary = "The customer's judgement of a supplier's answers.",
	.fields = review_fields, .role = ROLE_OPENER, .tlp = TLP_AMBER_STRICT, .decisions = &assign_decisions, .check = review_check,
};

static const char *const exception_words[] = {"acknowledged", "granted", "granted-shorter", "refused", "need-info", NULL};
static const struct vocab exception_decisions = {"decision", exception_words};

static const struct field exception_fields[] = {
	{.key = 0, .name = "assign", .type = FIELD_REF, .required = true, .help = "the requirement.assign"},
	{.key = 1, RID, .help = "the requirement that will not be met for a time"},
	{.key = 2, .name = "reason", .type = FIELD_TEXT, .required = true, .help = "why it cannot be met in time"},
	{.key = 3, .name = "measures", .type = FIELD_TEXT, .help = "compensating measures meanwhile"},
	{.key = 4, .name = "risk", .type = FIELD_TEXT, .help = "what risk remains"},
	{.key = 5, .name = "until", .type = FIELD_DATE, .required = true, .help = "last day of the exception"},
	{0},
};

static enum err exception_check(const struct record *r, struct complaint *why)
{
	int64_t until = 0;

	(void)fields_int(exception_fields, r->body, "until", &until);
	if (until < r->created / WHEN_DAY_MS)
		return fields_complain(why, ERR_INVALID, "lies before the request", "until");
	return OK;
}

const struct kind kind_requirement_exception = {
	.number = KIND_EXCEPTION_REQUEST, .name = "exception.request",
	.summary = "Asks the customer to accept, until a date, that a requirement is not met.",
	.fields = exception_fields, .role = ROLE_ADDRESSEE, .tlp = TLP_AMBER_STRICT, .decisions = &exception_decisions,
	.check = exception_check,
};
