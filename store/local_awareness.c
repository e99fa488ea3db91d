/* Awareness: who of us learnt what about the security of suppliers, and when it is due again. */
#include "proto/vocab.h"
#include "store/locals.h"

static const char *const form_words[] = {"course", "briefing", "exercise", "reading", "test", "other", NULL};
static const struct vocab vocab_form = {"form", form_words};

const struct field awareness_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "what we call it in commands"},
	{.key = 1, .name = "role", .type = FIELD_LINE, .required = true, .help = "who of us: a role, a team"},
	{.key = 2, .name = "topic", .type = FIELD_LINE, .required = true, .help = "about what"},
	{.key = 3, .name = "form", .type = FIELD_ENUM, .vocab = &vocab_form, .help = "how"},
	{.key = 4, .name = "date", .type = FIELD_DATE, .required = true, .usual = USUAL_PAST, .help = "when"},
	{.key = 5, .name = "expires", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "when it is due again"},
	{.key = 6, .name = "people", .type = FIELD_INT, .max = 1000000, .help = "how many took part"},
	{.key = 7, .name = "absent", .type = FIELD_INT, .max = 1000000, .help = "how many should have and did not"},
	{.key = 8, .name = "exercise", .type = FIELD_REF, .help = "the exercise it was"},
	{.key = 9, .name = "evidence", .type = FIELD_LINE, .max = 500, .help = "where it is shown"},
	{.key = 10, .name = "note", .type = FIELD_TEXT, .help = "anything else"},
	{.key = 11, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 12, .name = "changed", .type = FIELD_TIME, .help = "when it last changed"},
	{0},
};

static enum err awareness_check(const struct value *row, struct complaint *why)
{
	int64_t date = 0, expires;

	(void)fields_int(awareness_fields, row, "date", &date);
	if (fields_int(awareness_fields, row, "expires", &expires) && expires <= date)
		return fields_complain(why, ERR_INVALID, "must be later than date", "expires");
	return OK;
}

static const char *const order[] = {"expires", NULL};
static const char *const shown[] = {"role", "topic", "form", "date", "expires", "people", "absent", NULL};

const struct local_kind local_awareness = {
	.number = 6, .name = "awareness", .summary = "Who of us learnt what about the security of suppliers, and when it is due again.",
	.fields = awareness_fields, .check = awareness_check, .order = order, .shown = shown,
};
