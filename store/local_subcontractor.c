/* Subcontractors we know of without a signed disclosure: read somewhere, or said by a supplier that has no node. */
#include "proto/vocab.h"
#include "store/locals.h"

const struct field subcontractor_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "what we call it in commands"},
	{.key = 1, .name = "supplier", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "whose subcontractor it is"},
	{.key = 2, .name = "subcontractor", .type = FIELD_LINE, .required = true, .help = "who it is; the name of its row where it has one"},
	{.key = 3, .name = "service", .type = FIELD_LINE, .help = "what it does for them"},
	{.key = 4, .name = "rank", .type = FIELD_INT, .max = 99, .help = "2: directly below our supplier; 3: below that one"},
	{.key = 5, .name = "critical", .type = FIELD_BOOL, .help = "a critical function of ours stands on it"},
	{.key = 6, .name = "data_classes", .type = FIELD_LINE, .list = true, .help = "what data of ours it holds"},
	{.key = 7, .name = "countries", .type = FIELD_LINE, .list = true, .max = 64, .usual = USUAL_COUNTRY, .help = "where, as two letters each"},
	{.key = 8, .name = "since", .type = FIELD_DATE, .usual = USUAL_PAST, .help = "since when"},
	{.key = 9, .name = "ended", .type = FIELD_DATE, .usual = USUAL_PAST, .help = "until when; left out while it goes on"},
	{.key = 10, .name = "source", .type = FIELD_LINE, .max = 1000, .help = "how we know"},
	{.key = 11, .name = "note", .type = FIELD_TEXT, .help = "anything else"},
	{.key = 12, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 13, .name = "changed", .type = FIELD_TIME, .help = "when it last changed"},
	{0},
};

static enum err subcontractor_check(const struct value *row, struct complaint *why)
{
	struct span a, b;
	int64_t rank = 2, since, ended;

	(void)fields_int(subcontractor_fields, row, "rank", &rank);
	if (rank < 2)
		return fields_complain(why, ERR_INVALID, "begins with 2: rank 1 is the supplier itself", "rank");
	if (fields_str(subcontractor_fields, row, "supplier", &a) && fields_str(subcontractor_fields, row, "subcontractor", &b) && span_eq(a, b))
		return fields_complain(why, ERR_INVALID, "is the supplier itself", "subcontractor");
	if (fields_int(subcontractor_fields, row, "since", &since) && fields_int(subcontractor_fields, row, "ended", &ended) && ended < since)
		return fields_complain(why, ERR_INVALID, "lies before since", "ended");
	return OK;
}

static const char *const order[] = {"-critical", "rank", NULL};
static const char *const shown[] = {"supplier", "subcontractor", "rank", "service", "critical", "data_classes", "countries", "since", "ended",
                                    "source", NULL};

const struct local_kind local_subcontractor = {
	.number = 2, .name = "subcontractor", .summary = "Who stands behind a supplier, as far as we know it ourselves.",
	.fields = subcontractor_fields, .check = subcontractor_check, .order = order, .shown = shown,
};
