/* A tender: its stages, by when each must be answered, and what is asked at each. */
#include "proto/kind_check.h"

static const char *const tender_words[] = {"acknowledged", "accepted", "declined", "need-info", NULL};
static const struct vocab tender_decisions = {"decision", tender_words};

static const struct field stage_fields[] = {
	{.key = 0, .name = "stage", .type = FIELD_ENUM, .required = true, .vocab = &vocab_procurement, .help = "the stage"},
	{.key = 1, .name = "deadline", .type = FIELD_DATE, .required = true, .usual = USUAL_AHEAD, .help = "last day of it"},
	{.key = 2, .name = "level", .type = FIELD_LINE, .max = 64, .help = "level of the set asked at it"},
	{.key = 3, .name = "evidence", .type = FIELD_LINE, .list = true, .max = 500, .help = "evidence asked at it"},
	{.key = 4, .name = "text", .type = FIELD_TEXT, .help = "what decides"},
	{0},
};

static const struct field tender_fields[] = {
	{.key = 0, .name = "title", .type = FIELD_LINE, .required = true, .help = "what is to be bought, in one line"},
	{.key = 1, .name = "reference", .type = FIELD_LINE, .help = "our number of it"},
	{.key = 2, .name = "text", .type = FIELD_TEXT, .help = "what it is about"},
	{.key = 3, .name = "set", .type = FIELD_REF, .help = "the requirement.set asked"},
	{.key = 4, .name = "stages", .type = FIELD_GROUP, .list = true, .required = true, .group = stage_fields, .help = "in their order"},
	{.key = 5, .name = "contact", .type = FIELD_LINE, .help = "whom to ask"},
	{0},
};

static enum err tender_check(const struct record *r, struct complaint *why)
{
	const struct value *stages = fields_get(tender_fields, r->body, "stages");
	int64_t last_stage = 0, last_day = 0;

	for (size_t i = 0; i < value_count(stages); i++) {
		int64_t stage = 0, day = 0;

		(void)fields_int(stage_fields, value_item(stages, i), "stage", &stage);
		(void)fields_int(stage_fields, value_item(stages, i), "deadline", &day);
		if (stage <= last_stage)
			return fields_complain(why, ERR_INVALID, "comes after a later stage, or twice", "stages[%zu].stage", i);
		if (day < last_day)
			return fields_complain(why, ERR_INVALID, "lies before that of the stage before", "stages[%zu].deadline", i);
		last_stage = stage;
		last_day = day;
	}
	return OK;
}

const struct kind kind_tender = {
	.number = KIND_TENDER, .name = "tender",
	.summary = "Invites suppliers to bid: stages with their deadlines and what is asked at each.",
	.fields = tender_fields, .role = ROLE_OPENER, .tlp = TLP_AMBER, .decisions = &tender_decisions, .check = tender_check,
};
