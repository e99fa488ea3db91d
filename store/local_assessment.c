/* What an incident is to us, and which authority we told of it. Its name is the id of the incident's first notice. */
#include "proto/vocab.h"
#include "store/locals.h"

static const char *const assessed_words[] = {"confirmed", "dismissed", NULL};
const struct vocab vocab_assessed = {"assessed", assessed_words};

static const struct field told_fields[] = {
	{.key = 0, .name = "stage", .type = FIELD_ENUM, .required = true, .vocab = &vocab_stage, .help = "which report the authority got"},
	{.key = 1, .name = "at", .type = FIELD_TIME, .required = true, .help = "when"},
	{.key = 2, .name = "authority", .type = FIELD_LINE, .help = "which one"},
	{.key = 3, .name = "reference", .type = FIELD_LINE, .help = "its reference"},
	{.key = 4, .name = "clocks", .type = FIELD_LINE, .list = true, .help = "the clock profiles that it meets; none: all"},
	{0},
};

const struct field assessment_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "id of the incident's first notice"},
	{.key = 1, .name = "decision", .type = FIELD_ENUM, .vocab = &vocab_assessed, .help = "whether it is an incident of ours too"},
	{.key = 2, .name = "decided", .type = FIELD_TIME, .help = "when that was said"},
	{.key = 3, .name = "aware", .type = FIELD_TIME, .usual = USUAL_PAST, .help = "when we became aware that it is significant for us"},
	{.key = 4, .name = "reason", .type = FIELD_LINE, .max = 1000, .help = "why"},
	{.key = 5, .name = "told", .type = FIELD_GROUP, .list = true, .group = told_fields, .help = "authorities that were told"},
	{.key = 6, .name = "clocks", .type = FIELD_LINE, .list = true, .help = "further clock profiles that run"},
	{.key = 7, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 8, .name = "changed", .type = FIELD_TIME, .help = "when it last changed"},
	{0},
};

static const char *const order[] = {"-decided", NULL};
static const char *const shown[] = {"decision", "decided", "aware", "reason", NULL};

const struct local_kind local_assessment = {
	.number = 7, .name = "assessment", .summary = "What an incident is to us, since when, and which authority we told of it.",
	.fields = assessment_fields, .order = order, .shown = shown,
};
