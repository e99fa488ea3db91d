/* Support of what we use, where nobody signed a statement: read at a vendor's or a community's. */
#include "proto/vocab.h"
#include "store/locals.h"

const struct field support_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "what we call it in commands"},
	{.key = 1, .name = "product", .type = FIELD_LINE, .required = true, .help = "the product, as our dependencies name it"},
	{.key = 2, .name = "versions", .type = FIELD_LINE, .list = true, .max_items = 256, .max = 64, .help = "which; left out: all"},
	{.key = 3, .name = "support", .type = FIELD_ENUM, .required = true, .vocab = &vocab_support, .help = "who mends it"},
	{.key = 4, .name = "supplier", .type = FIELD_LINE, .max = LOCAL_NAME, .help = "that supplier, where it has a row"},
	{.key = 5, .name = "end_of_sale", .type = FIELD_DATE, .help = "last day it is sold"},
	{.key = 6, .name = "end_of_support", .type = FIELD_DATE, .help = "last day questions are answered"},
	{.key = 7, .name = "end_of_fixes", .type = FIELD_DATE, .help = "last day of security fixes"},
	{.key = 8, .name = "successor", .type = FIELD_LINE, .help = "what to use instead"},
	{.key = 9, .name = "source", .type = FIELD_LINE, .max = 1000, .help = "where it stands"},
	{.key = 10, .name = "note", .type = FIELD_TEXT, .help = "anything else"},
	{.key = 11, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 12, .name = "changed", .type = FIELD_TIME, .help = "when it last changed"},
	{0},
};

static const char *const order[] = {"end_of_fixes", NULL};
static const char *const shown[] = {"product", "versions", "support", "supplier", "end_of_support", "end_of_fixes", "successor", "source", NULL};

const struct local_kind local_support = {
	.number = 8, .name = "support", .summary = "Who mends what we use and until when, as far as we know it ourselves.",
	.fields = support_fields, .order = order, .shown = shown,
};
