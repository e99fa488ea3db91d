/* Exercises: what is planned, and how it goes. What is said in one are records of the ordinary kinds that carry its id in their header. */
#include "proto/kind_check.h"

static const char *const plan_words[] = {"acknowledged", "accepted", "declined", "need-info", NULL};
static const struct vocab plan_decisions = {"decision", plan_words};

static const struct field inject_fields[] = {
	{.key = 0, .name = "id", .type = FIELD_LINE, .required = true, .max = 64, .help = "short name"},
	{.key = 1, .name = "at", .type = FIELD_TIME, .help = "when it is planned"},
	{.key = 2, .name = "to", .type = FIELD_ORG, .help = "who gets it; absent: everybody"},
	{.key = 3, .name = "title", .type = FIELD_LINE, .help = "what it is; not more than all participants may know beforehand"},
	{.key = 4, .name = "expected", .type = FIELD_LINE, .help = "which reaction is hoped for"},
	{0},
};

static const struct field plan_fields[] = {
	{.key = 0, .name = "title", .type = FIELD_LINE, .required = true, .help = "the exercise in one line"},
	{.key = 1, .name = "objectives", .type = FIELD_LINE, .list = true, .required = true, .max = 500, .help = "what is to be learnt"},
	{.key = 2, .name = "participants", .type = FIELD_ORG, .list = true, .required = true, .help = "who takes part; all of them see each other"},
	{.key = 3, .name = "starts", .type = FIELD_TIME, .required = true, .help = "not before"},
	{.key = 4, .name = "ends", .type = FIELD_TIME, .required = true, .help = "not after"},
	{.key = 5, .name = "scenario", .type = FIELD_TEXT, .help = "what all participants may know beforehand"},
	{.key = 6, .name = "injects", .type = FIELD_GROUP, .list = true, .group = inject_fields, .help = "what is fed in"},
	{.key = 7, .name = "rules", .type = FIELD_TEXT, .help = "what is out of bounds, how it is stopped"},
	{.key = 8, .name = "contact", .type = FIELD_LINE, .help = "who leads it, at any hour of it"},
	{0},
};

static enum err plan_check(const struct record *r, struct complaint *why)
{
	struct kind_check_names ids;
	int64_t starts = 0, ends = 0;
	enum err e = kind_check_unique(r, fields_find(plan_fields, "injects"), "id", &ids, why);

	(void)fields_int(plan_fields, r->body, "starts", &starts);
	(void)fields_int(plan_fields, r->body, "ends", &ends);
	if (e == OK && ends <= starts)
		return fields_complain(why, ERR_INVALID, "must be later than starts", "ends");
	return e;
}

const struct kind kind_exercise_plan = {
	.number = KIND_EXERCISE_PLAN, .name = "exercise.plan",
	.summary = "Plans an exercise; what is then said in it carries the id of its first plan in the header, and never counts as live.",
	.fields = plan_fields, .role = ROLE_SERIES, .tlp = TLP_AMBER, .decisions = &plan_decisions, .check = plan_check,
};

static const struct field counts_fields[] = {
	{.key = 0, .name = "participants", .type = FIELD_INT, .required = true, .help = "how many were to take part"},
	{.key = 1, .name = "accepted", .type = FIELD_INT, .required = true, .help = "how many of them accepted the plan"},
	{.key = 2, .name = "put", .type = FIELD_INT, .required = true, .help = "how often something was put to one of those in it"},
	{.key = 3, .name = "reacted", .type = FIELD_INT, .required = true, .help = "how often one of them reacted to it"},
	{.key = 4, .name = "median_minutes", .type = FIELD_INT, .help = "from the receipt of what was put to that of the reaction; absent: nobody reacted"},
	{0},
};

static const struct field report_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .required = true, .help = "the plan"},
	{.key = 1, .name = "step", .type = FIELD_ENUM, .required = true, .vocab = &vocab_exercise_step, .help = "what happened"},
	{.key = 2, .name = "text", .type = FIELD_TEXT, .help = "in words; of an inject: what the participant is told"},
	{.key = 3, .name = "inject", .type = FIELD_LINE, .max = 64, .help = "which inject this is"},
	{.key = 4, .name = "went_well", .type = FIELD_LINE, .list = true, .max = 500, .help = "what worked"},
	{.key = 5, .name = "lessons", .type = FIELD_LINE, .list = true, .max = 500, .help = "what is to be changed"},
	{.key = 6, .name = "met", .type = FIELD_LINE, .list = true, .max = 500, .help = "objectives that were reached"},
	{.key = 7, .name = "rests_on", .type = FIELD_REF, .help = "the abort of a participant that its leader passes on with this one"},
	{.key = 8, .name = "counts", .type = FIELD_GROUP, .group = counts_fields,
	 .help = "of the leader: how many reacted, and how fast; participants do not see each other's answers"},
	{0},
};

static enum err report_check(const struct record *r, struct complaint *why)
{
	int64_t step = 0;
	bool inject;

	(void)fields_int(report_fields, r->body, "step", &step);
	inject = step == vocab_number(&vocab_exercise_step, SPAN("inject", 6));
	if (inject && !fields_get(report_fields, r->body, "text"))
		return fields_complain(why, ERR_INVALID, "is required of an inject", "text");
	return OK;
}

const struct kind kind_exercise_report = {
	.number = KIND_EXERCISE_REPORT, .name = "exercise.report",
	.summary = "Says how an exercise goes: started, what was fed in, stopped, aborted by a real incident, and what was learnt.",
	.fields = report_fields, .role = ROLE_ANY, .tlp = TLP_AMBER, .check = report_check,
};
