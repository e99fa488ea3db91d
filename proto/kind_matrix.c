/* Who does what: the responsibility matrix that both sides agree on, and how far requirements were passed on to subcontractors. */
#include "proto/kind_check.h"
#include "proto/merkle.h"

#define FLOW_LEAVES 256u /* a Merkle top holds so many */

static const char *const matrix_words[] = {"acknowledged", "agreed", "declined", "need-info", "disputed", NULL};
static const struct vocab matrix_decisions = {"decision", matrix_words};

static const struct field matrix_row_fields[] = {
	{.key = 0, .name = "control", .type = FIELD_LINE, .required = true, .help = "the control, or the rid of a requirement"},
	{.key = 1, .name = "title", .type = FIELD_LINE, .help = "the control in words"},
	{.key = 2, .name = "owner", .type = FIELD_ENUM, .vocab = &vocab_owner, .help = "who is responsible; nobody yet when left out"},
	{.key = 3, .name = "supplier", .type = FIELD_TEXT, .help = "what the supplier does"},
	{.key = 4, .name = "customer", .type = FIELD_TEXT, .help = "what the customer must do"},
	{0},
};

static const struct field matrix_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .help = "the contract, the assignment, or the proposal that this one counters"},
	{.key = 1, .name = "contract", .type = FIELD_LINE, .required = true, .help = "reference of the contract or service"},
	{.key = 2, .name = "supplier", .type = FIELD_ORG, .required = true, .help = "who is the supplier in it; the other side is the customer"},
	{.key = 3, .name = "rows", .type = FIELD_GROUP, .list = true, .required = true, .max_items = KIND_CHECK_ITEMS, .group = matrix_row_fields,
	 .help = "one for each control"},
	{.key = 4, .name = "changes", .type = FIELD_TEXT, .help = "what is different from the proposal before, and why"},
	{0},
};

static enum err matrix_check(const struct record *r, struct complaint *why)
{
	struct kind_check_names controls;

	return kind_check_unique(r, fields_find(matrix_fields, "rows"), "control", &controls, why);
}

const struct kind kind_responsibility_matrix = {
	.number = KIND_RESPONSIBILITY_MATRIX, .name = "responsibility.matrix",
	.summary = "Proposes who is responsible for which control; agreed when the other side replies so to this very record.",
	.fields = matrix_fields, .role = ROLE_ANY, .tlp = TLP_AMBER_STRICT, .decisions = &matrix_decisions, .check = matrix_check,
};

static const char *const flowdown_words[] = {"acknowledged", "need-info", "disputed", NULL};
static const struct vocab flowdown_decisions = {"decision", flowdown_words};

static const struct field flow_row_fields[] = {
	{.key = 0, .name = "rid", .type = FIELD_LINE, .required = true, .max = 64, .help = "the requirement passed on"},
	{.key = 1, .name = "passed", .type = FIELD_INT, .required = true, .max = FLOW_LEAVES, .help = "to how many subcontractors"},
	{.key = 2, .name = "acknowledged", .type = FIELD_INT, .required = true, .max = FLOW_LEAVES, .help = "how many of them answered it"},
	{.key = 3, .name = "exceptions", .type = FIELD_INT, .required = true, .max = FLOW_LEAVES, .help = "how many of these with an exception"},
	{.key = 4, .name = "until", .type = FIELD_DATE, .help = "last day of the longest of those exceptions"},
	{.key = 5, .name = "worst", .type = FIELD_ENUM, .vocab = &vocab_flow, .help = "the worst answer among them"},
	{0},
};

static const struct field flow_leaf_fields[] = {
	{.key = 0, .name = "ack", .type = FIELD_REF, .required = true, .help = "id of a subcontractor's requirement.ack; it says nothing to who has "
		"not the record"},
	{.key = 1, .name = "answers", .type = FIELD_ENUM, .list = true, .required = true, .max_items = KIND_CHECK_ITEMS, .vocab = &vocab_flow,
	 .help = "what it answers, in the order of the rows"},
	{0},
};

static const struct field flowdown_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .required = true, .help = "the requirement.assign whose requirements were passed on"},
	{.key = 1, .name = "as_of", .type = FIELD_DATE, .required = true, .usual = USUAL_PAST, .help = "the day on which this was so"},
	{.key = 2, .name = "rows", .type = FIELD_GROUP, .list = true, .required = true, .max_items = KIND_CHECK_ITEMS, .group = flow_row_fields,
	 .help = "one for each requirement"},
	{.key = 3, .name = "root", .type = FIELD_REF, .help = "Merkle top over the ids of the answers below; none when nobody answered"},
	{.key = 4, .name = "leaves", .type = FIELD_GROUP, .list = true, .max_items = FLOW_LEAVES, .group = flow_leaf_fields,
	 .help = "the answers counted, without names"},
	{0},
};

static int64_t count_in(const struct value *row, const char *name)
{
	int64_t n = 0;

	(void)fields_int(flow_row_fields, row, name, &n);
	return n;
}

/* The figures of one row are those that its leaves give. */
static enum err row_counts(const struct value *row, size_t at, const struct value *leaves, struct complaint *why)
{
	int64_t answered = 0, exceptions = 0, answer;

	for (size_t i = 0; i < value_count(leaves); i++) {
		if (!value_is_int(value_item(fields_get(flow_leaf_fields, value_item(leaves, i), "answers"), at), &answer))
			return fields_complain(why, ERR_INVALID, "must have an answer for each row", "leaves[%zu].answers", i);
		answered += answer != FLOW_UNANSWERED && answer != FLOW_NOT_PASSED;
		exceptions += answer == FLOW_EXCEPTION;
	}
	if (answered != count_in(row, "acknowledged"))
		return fields_complain(why, ERR_INVALID, "is not what the leaves give", "rows[%zu].acknowledged", at);
	if (exceptions != count_in(row, "exceptions"))
		return fields_complain(why, ERR_INVALID, "is not what the leaves give", "rows[%zu].exceptions", at);
	if (answered > count_in(row, "passed"))
		return fields_complain(why, ERR_INVALID, "is less than have answered", "rows[%zu].passed", at);
	return OK;
}

static enum err root_check(const struct record *r, const struct value *leaves, struct complaint *why)
{
	struct id ids[FLOW_LEAVES], root, said = {{0}};
	size_t n = value_count(leaves);
	bool has = fields_id(flowdown_fields, r->body, "root", &said);

	for (size_t i = 0; i < n; i++)
		(void)fields_id(flow_leaf_fields, value_item(leaves, i), "ack", &ids[i]);
	if (has != (n > 0))
		return fields_complain(why, ERR_INVALID, has ? "stands over no leaf" : "is required over leaves", "root");
	if (n == 0)
		return OK;
	merkle_root(ids, n, &root);
	return id_eq(&root, &said) ? OK : fields_complain(why, ERR_INVALID, "is not the Merkle top over the leaves", "root");
}

static enum err flowdown_check(const struct record *r, struct complaint *why)
{
	const struct value *rows = fields_get(flowdown_fields, r->body, "rows"), *leaves = fields_get(flowdown_fields, r->body, "leaves");
	struct kind_check_names names;
	enum err e = kind_check_unique(r, fields_find(flowdown_fields, "rows"), "rid", &names, why);

	if (e == OK)
		e = kind_check_unique(r, fields_find(flowdown_fields, "leaves"), "ack", &names, why);
	for (size_t i = 0; e == OK && i < value_count(rows); i++)
		e = row_counts(value_item(rows, i), i, leaves, why);
	for (size_t i = 0; e == OK && i < value_count(leaves); i++)
		if (value_count(fields_get(flow_leaf_fields, value_item(leaves, i), "answers")) != value_count(rows))
			return fields_complain(why, ERR_INVALID, "must have an answer for each row", "leaves[%zu].answers", i);
	return e == OK ? root_check(r, leaves, why) : e;
}

const struct kind kind_flowdown = {
	.number = KIND_FLOWDOWN, .name = "flowdown",
	.summary = "How far a supplier passed requirements on to its own suppliers, in counts that can be verified without names.",
	.fields = flowdown_fields, .role = ROLE_ADDRESSEE, .tlp = TLP_AMBER_STRICT, .decisions = &flowdown_decisions, .check = flowdown_check,
};
