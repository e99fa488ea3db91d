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
	{.key = 13, .name = "outcome", .type = FIELD_ENUM, .vocab = &vocab_disposition, .help = "what became of it in the end, as they say"},
	{.key = 14, .name = "method", .type = FIELD_ENUM, .vocab = &vocab_sanitization, .help = "deleted: how, in the words of NIST SP 800-88"},
	{.key = 15, .name = "basis", .type = FIELD_LINE, .max = 500, .help = "retained: the law or agreement that asks for it"},
	{.key = 16, .name = "retained_until", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "retained: last day; it is to be deleted then"},
	{.key = 17, .name = "proof", .type = FIELD_LINE, .max = 500, .help = "what shows it: a certificate, a letter, a form"},
	{0},
};

enum { OUTCOME_DELETED = 2, OUTCOME_RETAINED = 4 }; /* vocab_disposition */

/* As in a disposition that is signed. What is retained is not taken back yet. */
static enum err outcome_check(const struct value *row, struct complaint *why)
{
	int64_t outcome = 0, revoked = 0;
	bool back = fields_int(access_fields, row, "revoked", &revoked);

	if (!fields_int(access_fields, row, "outcome", &outcome))
		return OK;
	if (outcome == OUTCOME_RETAINED && back)
		return fields_complain(why, ERR_INVALID, "stands against retained", "revoked");
	if (outcome != OUTCOME_RETAINED && !back)
		return fields_complain(why, ERR_INVALID, "is required: the day it was done", "revoked");
	if (outcome == OUTCOME_RETAINED && !fields_get(access_fields, row, "basis"))
		return fields_complain(why, ERR_INVALID, "is required for what is retained", "basis");
	if (outcome == OUTCOME_RETAINED && !fields_get(access_fields, row, "retained_until"))
		return fields_complain(why, ERR_INVALID, "is required for what is retained", "retained_until");
	if (outcome == OUTCOME_DELETED && !fields_get(access_fields, row, "method"))
		return fields_complain(why, ERR_INVALID, "is required for what was deleted", "method");
	return OK;
}

static enum err access_check(const struct value *row, struct complaint *why)
{
	int64_t since = 0, until, revoked;

	(void)fields_int(access_fields, row, "since", &since);
	if (fields_int(access_fields, row, "until", &until) && until < since)
		return fields_complain(why, ERR_INVALID, "lies before since", "until");
	if (fields_int(access_fields, row, "revoked", &revoked) && revoked < since)
		return fields_complain(why, ERR_INVALID, "lies before since", "revoked");
	return outcome_check(row, why);
}

static const char *const order[] = {"-privileged", "until", NULL};
static const char *const shown[] = {"supplier", "what", "class", "privileged", "since", "until", "revoked", "outcome", "retained_until", "owner",
	                          NULL};

const struct local_kind local_access = {
	.number = 5, .name = "access", .summary = "Which accounts, keys and things of ours a supplier has, and since when.",
	.fields = access_fields, .check = access_check, .order = order, .shown = shown,
};
