/* Support: who keeps a product mended, and until when. */
#include "proto/kind_check.h"

static const char *const decision_words[] = {"acknowledged", "accepted", "need-info", "disputed", NULL};
static const struct vocab decisions = {"decision", decision_words};

static const struct field support_fields[] = {
	{.key = 0, .name = "product", .type = FIELD_LINE, .required = true, .help = "product or service"},
	{.key = 1, .name = "versions", .type = FIELD_LINE, .list = true, .max_items = 256, .max = 64, .help = "which; left out: all"},
	{.key = 2, .name = "identifiers", .type = FIELD_LINE, .list = true, .max = 500, .help = "CPE or purl"},
	{.key = 3, .name = "support", .type = FIELD_ENUM, .required = true, .vocab = &vocab_support, .help = "who mends it"},
	{.key = 4, .name = "provider", .type = FIELD_LINE, .help = "who that is, where it is not the author"},
	{.key = 5, .name = "end_of_sale", .type = FIELD_DATE, .help = "last day it is sold"},
	{.key = 6, .name = "end_of_support", .type = FIELD_DATE, .help = "last day questions are answered"},
	{.key = 7, .name = "end_of_fixes", .type = FIELD_DATE, .help = "last day of security fixes"},
	{.key = 8, .name = "successor", .type = FIELD_LINE, .help = "what to use instead"},
	{.key = 9, .name = "url", .type = FIELD_LINE, .max = 1000, .help = "where it is published"},
	{.key = 10, .name = "text", .type = FIELD_TEXT, .help = "what else there is to say"},
	{0},
};

static enum err support_check(const struct record *r, struct complaint *why)
{
	int64_t support = 0;

	(void)fields_int(support_fields, r->body, "support", &support);
	if (support == vocab_number(&vocab_support, SPAN("none", 4)) || fields_get(support_fields, r->body, "end_of_fixes") ||
	    fields_get(support_fields, r->body, "end_of_support"))
		return OK;
	return fields_complain(why, ERR_INVALID, "is required, or end_of_support, of what is supported", "end_of_fixes");
}

const struct kind kind_support_statement = {
	.number = KIND_SUPPORT_STATEMENT, .name = "support.statement",
	.summary = "Who mends a product or service, and until when.",
	.fields = support_fields, .role = ROLE_SERIES, .tlp = TLP_GREEN, .decisions = &decisions, .check = support_check,
};
