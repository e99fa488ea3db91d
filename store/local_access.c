/* Access that we gave: what must be taken back when a relationship ends. */
#include "proto/vocab.h"
#include "store/locals.h"

static const char *const class_words[] = {"account", "credential", "key", "network", "physical", "hardware", "data", "code",
                                           "document", "other", NULL};
static const struct vocab vocab_access = {"access", class_words};

const struct field access_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "what we call it in commands"},
	{.key = 1, .name = "supplier", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "to whom we gave it"},
	{.key = 2, .name = "what", .type = FIELD_LINE, .required = true, .max = 500, .help = "what they can reach or have"},
	{.key = 3, .name = "class", .type = FIELD_ENUM, .required = true, .vocab = &vocab_access, .help = "what it is"},
	{.key = 4, .name = "privileged", .type = FIELD_BOOL, .help = "more than an ordinary user's"},
	{.key = 5, .name = "since", .type = FIELD_DATE, .required = true, .usual = USUAL_PAST, .help = "since when"},
	{.key = 6, .name = "until", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "until when it was given"},
	{.key = 7, .name = "revoked", .type = FIELD_DATE, .usual = USUAL_PAST, .help = "when it was taken back"},
	{.key = 8, .name = "revoked_by", .type = FIELD_LINE, .help = "who of us took it back"},
	{.key = 9, .name = "owner", .type = FIELD_LINE, .help = "who of us answers for it"},
	{.key = 10, .name = "note", .type = FIELD_TEXT, .help = "anything else"},
	{.key = 11, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 12, .name = "changed", .type = FIELD_TIME, .help = "when it last changed"},
	{0},
};

static enum err access_check(const struct value *row, struct complaint *why)
{
	int64_t since = 0, until, revoked;

	(void)fields_int(access_fields, row, "since", &since);
	if (fields_int(access_fields, row, "until", &until) && until < since)
		return fields_complain(why, ERR_INVALID, "lies before since", "until");
	if (fields_int(access_fields, row, "revoked", &revoked) && revoked < since)
		return fields_complain(why, ERR_INVALID, "lies before since", "revoked");
	return OK;
}

static const char *const order[] = {"-privileged", "until", NULL};
static const char *const shown[] = {"supplier", "what", "class", "privileged", "since", "until", "revoked", "owner", NULL};

const struct local_kind local_access = {
	.number = 5, .name = "access", .summary = "Which accounts, keys and things of ours a supplier has, and since when.",
	.fields = access_fields, .check = access_check, .order = order, .shown = shown,
};
