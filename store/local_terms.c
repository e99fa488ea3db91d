/* Terms of a commodity supplier: nobody agreed them with us, so they are read, not offered. */
#include "proto/vocab.h"
#include "proto/when.h"
#include "store/locals.h"

static const char *const status_words[] = {"read-from-terms", NULL};
static const struct vocab vocab_terms_status = {"terms_status", status_words};

static const struct field clause_fields[] = {
	{.key = 0, .name = "topic", .type = FIELD_LINE, .required = true, .help = "incident, audit, subcontracting, data return, liability, support"},
	{.key = 1, .name = "where", .type = FIELD_LINE, .help = "number of the clause"},
	{.key = 2, .name = "text", .type = FIELD_LINE, .max = 1000, .help = "what it says, in short"},
	{0},
};

static const struct field duty_fields[] = {
	{.key = 0, .name = "control", .type = FIELD_LINE, .required = true, .help = "the control or requirement"},
	{.key = 1, .name = "owner", .type = FIELD_ENUM, .required = true, .vocab = &vocab_owner, .help = "who is responsible for it"},
	{.key = 2, .name = "ours", .type = FIELD_LINE, .max = 1000, .help = "what we must do"},
	{.key = 3, .name = "theirs", .type = FIELD_LINE, .max = 1000, .help = "what they do"},
	{.key = 4, .name = "where", .type = FIELD_LINE, .help = "where the terms say so"},
	{0},
};

const struct field terms_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "what we call it in commands"},
	{.key = 1, .name = "supplier", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "whose terms"},
	{.key = 2, .name = "title", .type = FIELD_LINE, .required = true, .help = "what they are called"},
	{.key = 3, .name = "status", .type = FIELD_ENUM, .vocab = &vocab_terms_status, .help = "always read-from-terms: nobody agreed them with us"},
	{.key = 4, .name = "url", .type = FIELD_LINE, .max = 1000, .help = "where they stand"},
	{.key = 5, .name = "version", .type = FIELD_LINE, .max = 64, .help = "their version or date"},
	{.key = 6, .name = "sha256", .type = FIELD_BYTES, .max = 32, .help = "SHA-256 of what we read, as sha256sum prints it"},
	{.key = 7, .name = "read", .type = FIELD_DATE, .required = true, .usual = USUAL_PAST, .help = "when we read them"},
	{.key = 8, .name = "start", .type = FIELD_DATE, .help = "since when they hold for us"},
	{.key = 9, .name = "end", .type = FIELD_DATE, .help = "until when"},
	{.key = 10, .name = "notice_days", .type = FIELD_INT, .max = 3660, .help = "how many days before the end one must say so"},
	{.key = 11, .name = "services", .type = FIELD_LINE, .list = true, .max_items = 256, .help = "what they are for"},
	{.key = 12, .name = "data_classes", .type = FIELD_LINE, .list = true, .help = "what data of ours they cover"},
	{.key = 13, .name = "countries", .type = FIELD_LINE, .list = true, .max = 64, .usual = USUAL_COUNTRY,
	 .help = "where it may be, as two letters each"},
	{.key = 14, .name = "subcontracting", .type = FIELD_ENUM, .vocab = &vocab_subcontracting, .help = "what they may do about subcontractors"},
	{.key = 15, .name = "incident_hours", .type = FIELD_INT, .max = 8760, .help = "within how many hours they tell us of an incident"},
	{.key = 16, .name = "incident_channel", .type = FIELD_LINE, .max = 500, .help = "how: status page, mail"},
	{.key = 17, .name = "clauses", .type = FIELD_GROUP, .list = true, .max_items = 256, .group = clause_fields, .help = "index of what matters in them"},
	{.key = 18, .name = "responsibilities", .type = FIELD_GROUP, .list = true, .max_items = 1024, .group = duty_fields,
	 .help = "who is responsible for what, as the terms say"},
	{.key = 19, .name = "review_due", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "when to read them again; a year later unless stated"},
	{.key = 20, .name = "note", .type = FIELD_TEXT, .help = "anything else"},
	{.key = 21, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 22, .name = "changed", .type = FIELD_TIME, .help = "when it last changed"},
	{0},
};

static enum err terms_check(const struct value *row, struct complaint *why)
{
	struct span hash;
	int64_t start, end;

	if (value_is_bin(fields_get(terms_fields, row, "sha256"), &hash) && hash.n != 32)
		return fields_complain(why, ERR_INVALID, "must be 64 hexadecimal digits", "sha256");
	if (fields_int(terms_fields, row, "start", &start) && fields_int(terms_fields, row, "end", &end) && end < start)
		return fields_complain(why, ERR_INVALID, "lies before start", "end");
	return OK;
}

static void fill(struct arena *a, struct value *row, int64_t now)
{
	int64_t read;

	(void)now;
	if (!fields_get(terms_fields, row, "review_due") && fields_int(terms_fields, row, "read", &read))
		fields_set(a, terms_fields, row, "review_due", value_int(a, when_add_months(read * WHEN_DAY_MS, 12) / WHEN_DAY_MS));
	fields_set(a, terms_fields, row, "status", value_int(a, 1));
}

static const char *const order[] = {"review_due", NULL};
static const char *const shown[] = {"supplier", "title", "version", "status", "read", "end", "subcontracting", "incident_hours", "review_due", NULL};

const struct local_kind local_terms = {
	.number = 4, .name = "terms", .summary = "Terms of a supplier that agrees none with us: what they say, and who must do what.",
	.fields = terms_fields, .check = terms_check, .fill = fill, .order = order, .shown = shown,
};
