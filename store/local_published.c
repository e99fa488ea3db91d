/* What a supplier, or one we may buy from, published about its security, and what it answers of what we would ask. */
#include "proto/vocab.h"
#include "proto/when.h"
#include "store/locals.h"

static const struct field answer_fields[] = {
	{.key = 0, .name = "requirement", .type = FIELD_LINE, .required = true, .max = 64, .help = "rid of the requirement it answers"},
	{.key = 1, .name = "status", .type = FIELD_ENUM, .vocab = &vocab_control_status, .help = "as far as it says"},
	{.key = 2, .name = "where", .type = FIELD_LINE, .max = 500, .help = "page or section"},
	{.key = 3, .name = "text", .type = FIELD_LINE, .max = 1000, .help = "how it answers it"},
	{0},
};

const struct field published_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "what we call it in commands"},
	{.key = 1, .name = "supplier", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "about whom; a prospect has a row too"},
	{.key = 2, .name = "title", .type = FIELD_LINE, .required = true, .help = "what it is"},
	{.key = 3, .name = "url", .type = FIELD_LINE, .max = 1000, .help = "where it stands"},
	{.key = 4, .name = "retrieved", .type = FIELD_DATE, .required = true, .usual = USUAL_PAST, .help = "when we read it"},
	{.key = 5, .name = "sha256", .type = FIELD_BYTES, .max = 32, .help = "SHA-256 of what we read, as sha256sum prints it"},
	{.key = 6, .name = "answers", .type = FIELD_GROUP, .list = true, .max_items = 1024, .group = answer_fields,
	 .help = "which requirements it answers, and how"},
	{.key = 7, .name = "assurance", .type = FIELD_ENUM, .vocab = &vocab_assurance, .help = "what stands behind what it claims"},
	{.key = 8, .name = "confidence", .type = FIELD_INT, .max = 100, .help = "how sure we are that it is secure enough, 0 to 100"},
	{.key = 9, .name = "confidence_reason", .type = FIELD_LINE, .max = 1000, .help = "why so sure, or so unsure"},
	{.key = 10, .name = "review_due", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "when to read it again; a year later unless stated"},
	{.key = 11, .name = "reader", .type = FIELD_LINE, .help = "who of us read it"},
	{.key = 12, .name = "note", .type = FIELD_TEXT, .help = "anything else"},
	{.key = 13, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 14, .name = "changed", .type = FIELD_TIME, .help = "when it last changed"},
	{0},
};

static enum err published_check(const struct value *row, struct complaint *why)
{
	struct span hash;

	if (value_is_bin(fields_get(published_fields, row, "sha256"), &hash) && hash.n != 32)
		return fields_complain(why, ERR_INVALID, "must be 64 hexadecimal digits", "sha256");
	if (fields_get(published_fields, row, "confidence") && !fields_get(published_fields, row, "confidence_reason"))
		return fields_complain(why, ERR_INVALID, "is required with confidence", "confidence_reason");
	return OK;
}

static void fill(struct arena *a, struct value *row, int64_t now)
{
	int64_t read;

	(void)now;
	if (!fields_get(published_fields, row, "review_due") && fields_int(published_fields, row, "retrieved", &read))
		fields_set(a, published_fields, row, "review_due", value_int(a, when_add_months(read * WHEN_DAY_MS, 12) / WHEN_DAY_MS));
}

static const char *const order[] = {"review_due", NULL};
static const char *const shown[] = {"supplier", "title", "retrieved", "answers", "assurance", "confidence", "confidence_reason", "review_due",
                                    "url", NULL};

const struct local_kind local_published = {
	.number = 3, .name = "published", .summary = "What a supplier or a prospect published, read and kept against what we would ask.",
	.fields = published_fields, .check = published_check, .fill = fill, .order = order, .shown = shown,
};
