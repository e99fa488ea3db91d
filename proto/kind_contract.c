/* Contracts: offered by one side, agreed by the other's reply, so that both hold one hash. */
#include "proto/kind_check.h"

#define LINES .type = FIELD_LINE, .list = true, .max = 500
#define HASH KIND_CHECK_FILE_HASH

static const char *const decision_words[] = {"acknowledged", "agreed", "declined", "need-info", "disputed", "done", NULL};
static const struct vocab decisions = {"decision", decision_words};

static const struct field terms_fields[] = {
	{.key = 0, .name = "url", .type = FIELD_LINE, .max = 500, .help = "where the text stands"},
	{.key = 1, .name = "hash", .type = FIELD_BYTES, .max = HASH, .help = "BLAKE2b-256 of the file that was read"},
	{.key = 2, .name = "version", .type = FIELD_LINE, .help = "its edition or date"},
	{.key = 3, .name = "retrieved", .type = FIELD_DATE, .usual = USUAL_PAST, .help = "when it was read"},
	{0},
};

static const struct field clock_fields[] = {
	{.key = 0, .name = "stage", .type = FIELD_ENUM, .required = true, .vocab = &vocab_stage, .help = "what is to be sent"},
	{.key = 1, .name = "hours", .type = FIELD_INT, .required = true, .max = 24 * 366,
	 .help = "hours after the supplier became aware; of a final report: after the notification"},
	{0},
};

static const struct field clause_fields[] = {
	{.key = 0, .name = "profile", .type = FIELD_LINE, .max = 64, .help = "which clocks an incident starts: nis2, dora, contract"},
	{.key = 1, .name = "clocks", .type = FIELD_GROUP, .list = true, .max_items = 8, .group = clock_fields,
	 .help = "the contract's own deadlines for incident reports, one a stage"},
	{.key = 2, .name = "channel", .type = FIELD_LINE, .max = 500, .help = "how incidents are reported, beside this node"},
	{.key = 3, .name = "audit", .type = FIELD_TEXT, .help = "rights to audit and inspect"},
	{.key = 4, .name = "subcontracting", .type = FIELD_ENUM, .vocab = &vocab_subcontracting,
	 .help = "whether the supplier may use others for it"},
	{.key = 5, .name = "subcontracting_text", .type = FIELD_TEXT, .help = "what it depends on: data, countries, functions"},
	{.key = 6, .name = "disposition", .type = FIELD_TEXT, .help = "what becomes of data, keys and access at the end"},
	{.key = 7, .name = "disposition_days", .type = FIELD_INT, .max = 3660, .help = "days after the end by which that is done"},
	{.key = 8, .name = "support", .type = FIELD_TEXT, .help = "support and maintenance promised"},
	{.key = 9, .name = "liability", .type = FIELD_TEXT, .help = "who bears what when security fails"},
	{0},
};

static const struct field contract_fields[] = {
	{.key = 0, .name = "reference", .type = FIELD_LINE, .required = true, .help = "number or name by which both know it"},
	{.key = 1, .name = "customer", .type = FIELD_ORG, .required = true, .help = "who buys"},
	{.key = 2, .name = "supplier", .type = FIELD_ORG, .required = true, .help = "who delivers"},
	{.key = 3, .name = "type", .type = FIELD_ENUM, .required = true, .vocab = &vocab_contract_type, .help = "how it came about"},
	{.key = 4, .name = "title", .type = FIELD_LINE, .help = "what it is about"},
	{.key = 5, .name = "terms", .type = FIELD_GROUP, .group = terms_fields, .help = "the text that holds"},
	{.key = 6, .name = "start", .type = FIELD_DATE, .help = "first day"},
	{.key = 7, .name = "end", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "last day; absent: until it is ended"},
	{.key = 8, .name = "notice_days", .type = FIELD_INT, .max = 3660, .help = "days of notice to end it"},
	{.key = 9, .name = "services", LINES, .help = "services and products"},
	{.key = 10, .name = "functions", LINES, .help = "business functions of the customer that it supports"},
	{.key = 11, .name = "data_classes", LINES, .help = "classes of the customer's data that the supplier handles"},
	{.key = 12, .name = "countries", .type = FIELD_LINE, .list = true, .max = 64, .usual = USUAL_COUNTRY,
	 .help = "countries where it is delivered and data is kept"},
	{.key = 13, .name = "clauses", .type = FIELD_GROUP, .group = clause_fields, .help = "what it says on security, clause by clause"},
	{.key = 14, .name = "about", .type = FIELD_REF, .help = "the other side's offer that this one answers"},
	{.key = 15, .name = "answer_by", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "by when an answer is expected"},
	{.key = 16, .name = "text", .type = FIELD_TEXT, .help = "what else there is to say"},
	{0},
};

static enum err hash_check(const struct record *r, struct complaint *why)
{
	const struct value *terms = fields_get(contract_fields, r->body, "terms");
	struct span hash;

	if (terms && value_is_bin(fields_get(terms_fields, terms, "hash"), &hash) && hash.n != HASH)
		return fields_complain(why, ERR_INVALID, "must be 32 bytes", "terms.hash");
	return OK;
}

static enum err clocks_check(const struct record *r, struct complaint *why)
{
	const struct value *clauses = fields_get(contract_fields, r->body, "clauses");
	const struct value *clocks = clauses ? fields_get(clause_fields, clauses, "clocks") : NULL;
	uint32_t have = 0;

	for (size_t i = 0; i < value_count(clocks); i++) {
		int64_t stage = 0;

		(void)fields_int(clock_fields, value_item(clocks, i), "stage", &stage);
		if (have & (1u << stage))
			return fields_complain(why, ERR_INVALID, "stands there twice", "clauses.clocks[%zu].stage", i);
		have |= 1u << stage;
	}
	return OK;
}

static enum err contract_check(const struct record *r, struct complaint *why)
{
	struct id customer = {{0}}, supplier = {{0}};
	int64_t start = 0, end = 0;
	enum err e;

	(void)fields_id(contract_fields, r->body, "customer", &customer);
	(void)fields_id(contract_fields, r->body, "supplier", &supplier);
	if (id_eq(&customer, &supplier))
		return fields_complain(why, ERR_INVALID, "is the customer", "supplier");
	if (!id_eq(&customer, &r->author) && !id_eq(&supplier, &r->author))
		return fields_complain(why, ERR_INVALID, "is the author in neither part", "customer");
	if (fields_int(contract_fields, r->body, "start", &start) && fields_int(contract_fields, r->body, "end", &end) && end < start)
		return fields_complain(why, ERR_INVALID, "lies before start", "end");
	e = hash_check(r, why);
	return e == OK ? clocks_check(r, why) : e;
}

const struct kind kind_contract = {
	.number = KIND_CONTRACT, .name = "contract",
	.summary = "Terms between a customer and a supplier: an offer until the other side's reply agrees to it.",
	.fields = contract_fields, .role = ROLE_ANY, .tlp = TLP_AMBER_STRICT, .decisions = &decisions, .check = contract_check,
};
