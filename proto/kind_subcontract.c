/* Subcontractors: what a supplier discloses of them, and its requests to use one where the customer decides. */
#include "proto/kind_check.h"

#define LINES .type = FIELD_LINE, .list = true
#define BLINDED 32u

static const char *const disclosure_words[] = {"acknowledged", "accepted", "need-info", "disputed", NULL};
static const struct vocab disclosure_decisions = {"decision", disclosure_words};

static const struct field item_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .help = "who it is; or blinded"},
	{.key = 1, .name = "blinded", .type = FIELD_BYTES, .max = BLINDED, .help = "instead of the name: a hash that tells it from others"},
	{.key = 2, .name = "service", .type = FIELD_LINE, .required = true, .help = "what it does for the contract"},
	{.key = 3, .name = "rank", .type = FIELD_INT, .required = true, .max = 99, .help = "2: directly below the author; 3: below that one"},
	{.key = 4, .name = "parent", .type = FIELD_LINE, .help = "whose subcontractor it is, from rank 3 on: a name in this list"},
	{.key = 5, .name = "critical", .type = FIELD_BOOL, .help = "a critical function of the customer stands on it"},
	{.key = 6, .name = "data_classes", LINES, .help = "what data of the customer it holds"},
	{.key = 7, .name = "countries", LINES, .max = 64, .usual = USUAL_COUNTRY, .help = "where, as two letters each"},
	{.key = 8, .name = "since", .type = FIELD_DATE, .help = "since when"},
	{0},
};

static const struct field disclosure_fields[] = {
	{.key = 0, .name = "contract", .type = FIELD_REF, .help = "the contract it is about"},
	{.key = 1, .name = "reference", .type = FIELD_LINE, .help = "its number or name, where it is no record"},
	{.key = 2, .name = "as_of", .type = FIELD_DATE, .required = true, .usual = USUAL_PAST, .help = "the day it describes"},
	{.key = 3, .name = "complete", .type = FIELD_BOOL, .required = true, .help = "there are no others; with no item: none at all"},
	{.key = 4, .name = "items", .type = FIELD_GROUP, .list = true, .max_items = KIND_CHECK_ITEMS, .group = item_fields,
	 .help = "one for each subcontractor"},
	{.key = 5, .name = "text", .type = FIELD_TEXT, .help = "what else there is to say"},
	{0},
};

static bool named_above(const struct value *items, size_t i, struct span parent)
{
	struct span name;
	int64_t rank = 0, mine = 0;

	(void)fields_int(item_fields, value_item(items, i), "rank", &mine);
	for (size_t k = 0; k < value_count(items); k++) {
		(void)fields_int(item_fields, value_item(items, k), "rank", &rank);
		if (fields_str(item_fields, value_item(items, k), "name", &name) && span_eq(name, parent) && rank == mine - 1)
			return true;
	}
	return false;
}

static enum err item_check(const struct value *items, size_t i, struct complaint *why)
{
	const struct value *item = value_item(items, i);
	struct span hash, parent;
	int64_t rank = 0;
	bool blinded = value_is_bin(fields_get(item_fields, item, "blinded"), &hash);

	(void)fields_int(item_fields, item, "rank", &rank);
	if (!blinded && !fields_get(item_fields, item, "name"))
		return fields_complain(why, ERR_INVALID, "is required where it is not blinded", "items[%zu].name", i);
	if (blinded && hash.n != BLINDED)
		return fields_complain(why, ERR_INVALID, "must be 32 bytes", "items[%zu].blinded", i);
	if (rank < 2)
		return fields_complain(why, ERR_INVALID, "begins with 2: rank 1 is the author itself", "items[%zu].rank", i);
	if (rank > 2 && !fields_get(item_fields, item, "parent"))
		return fields_complain(why, ERR_INVALID, "is required from rank 3 on", "items[%zu].parent", i);
	if (rank > 2 && fields_str(item_fields, item, "parent", &parent) && !named_above(items, i, parent))
		return fields_complain(why, ERR_INVALID, "is no name of the rank above in this list", "items[%zu].parent", i);
	return OK;
}

static enum err disclosure_check(const struct record *r, struct complaint *why)
{
	const struct value *items = fields_get(disclosure_fields, r->body, "items");
	bool complete = false;
	enum err e = OK;

	(void)fields_bool(disclosure_fields, r->body, "complete", &complete);
	if (!complete && value_count(items) == 0)
		return fields_complain(why, ERR_INVALID, "must name some where it is not complete", "items");
	for (size_t i = 0; e == OK && i < value_count(items); i++)
		e = item_check(items, i, why);
	return e;
}

const struct kind kind_subcontractor_disclosure = {
	.number = KIND_SUBCONTRACTOR_DISCLOSURE, .name = "subcontractor.disclosure",
	.summary = "Which subcontractors a supplier uses for a customer, with their rank; or that there are none.",
	.fields = disclosure_fields, .role = ROLE_SERIES, .tlp = TLP_AMBER_STRICT, .decisions = &disclosure_decisions, .check = disclosure_check,
};

static const char *const request_words[] = {"acknowledged", "granted", "refused", "need-info", NULL};
static const struct vocab request_decisions = {"decision", request_words};

static const struct field request_fields[] = {
	{.key = 0, .name = "contract", .type = FIELD_REF, .help = "the contract it is for"},
	{.key = 1, .name = "reference", .type = FIELD_LINE, .help = "its number or name, where it is no record"},
	{.key = 2, .name = "subcontractor", .type = FIELD_LINE, .required = true, .help = "who it is, as a disclosure will name it"},
	{.key = 3, .name = "service", .type = FIELD_LINE, .required = true, .help = "what it is to do"},
	{.key = 4, .name = "rank", .type = FIELD_INT, .max = 99, .help = "2 when left out: directly below the author"},
	{.key = 5, .name = "parent", .type = FIELD_LINE, .help = "whose subcontractor it will be, from rank 3 on"},
	{.key = 6, .name = "critical", .type = FIELD_BOOL, .help = "a critical function of the customer will stand on it"},
	{.key = 7, .name = "data_classes", LINES, .help = "what data of the customer it will hold"},
	{.key = 8, .name = "countries", LINES, .max = 64, .usual = USUAL_COUNTRY, .help = "where, as two letters each"},
	{.key = 9, .name = "start", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "from when"},
	{.key = 10, .name = "reason", .type = FIELD_TEXT, .required = true, .help = "why it is needed, and how it was chosen"},
	{.key = 11, .name = "replaces", .type = FIELD_LINE, .help = "whom it replaces"},
	{.key = 12, .name = "answer_by", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "by when an answer is hoped for; silence grants nothing"},
	{0},
};

static enum err request_check(const struct record *r, struct complaint *why)
{
	int64_t rank = 2;

	(void)fields_int(request_fields, r->body, "rank", &rank);
	if (rank < 2)
		return fields_complain(why, ERR_INVALID, "begins with 2: rank 1 is the author itself", "rank");
	if (rank > 2 && !fields_get(request_fields, r->body, "parent"))
		return fields_complain(why, ERR_INVALID, "is required from rank 3 on", "parent");
	return OK;
}

const struct kind kind_subcontracting_request = {
	.number = KIND_SUBCONTRACTING_REQUEST, .name = "subcontracting.request",
	.summary = "Asks a customer to allow a subcontractor. Only its reply grants that; silence grants nothing.",
	.fields = request_fields, .role = ROLE_SERIES, .tlp = TLP_AMBER_STRICT, .decisions = &request_decisions, .check = request_check,
};
