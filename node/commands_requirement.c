/* Requirements: sets, assignments, acknowledgements, reviews. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])

const struct command commands_requirement[] = {
	{.noun = "requirement", .verb = "example", .local = cli_local_requirement_example, .homeless = true,
	 .help = "a small starter set, meant to be edited",
	 .example = "tally requirement example > baseline.json"},
	{.noun = "requirement", .verb = "import", .call = "requirement.import", .style = STYLE_ID, .changes = true,
	 .help = "take a requirement set from a JSON file",
	 .words = ARGS{{.name = "file", .type = ARG_JSON, .required = true, .help = "the set: see \"requirement example\""}, {0}},
	 .flags = ARGS{{.name = "name", .required = true, .help = "what we call the set; an existing name gets a new version"},
	 {0}}},
	{.noun = "requirement", .verb = "list", .call = "requirement.list", .style = STYLE_TABLE,
	 .help = "sets and assignments: what we asked and what is asked of us",
	 .flags = ARGS{{.name = "owed", .type = ARG_SWITCH, .help = "only what we owe an answer to"}, {0}},
	 .empty = "nothing yet; begin with: tally requirement example > set.json, then: tally requirement import set.json --name NAME",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "what"}, {.path = "name", .max = 24}, {.path = "title", .max = 32},
		 {.path = "partner", .max = 20},
		 {.path = "level"}, {.path = "due"}, {.path = "state"}, {0}}},
	{.noun = "requirement", .verb = "show", .call = "requirement.show", .style = STYLE_SHEET,
	 .help = "a set, an assignment or an acknowledgement",
	 .words = ARGS{{.name = "requirement", .required = true, .help = "name of a set, or id"}, {0}}},
	{.noun = "requirement", .verb = "assign", .call = "requirement.assign", .style = STYLE_ID,
	 .kind = KIND_REQUIREMENT_ASSIGN, .more = commands_say,
	 .creates = true, .changes = true, .help = "ask suppliers to meet a set",
	 .words = ARGS{{.name = "set", .required = true, .help = "name of the set, or id"}, {0}},
	 .example = "tally requirement assign baseline --to brackwater --level standard --due 2027-01-31"},
	{.noun = "requirement", .verb = "ack", .call = "requirement.ack", .style = STYLE_ID, .kind = KIND_REQUIREMENT_ACK,
	 .more = commands_say,
	 .fills = FILLS{"about", "set", NULL}, .amends = true,
	 .creates = true, .changes = true, .help = "answer an assignment, requirement by requirement",
	 .words = ARGS{{.name = "assign", .required = true, .help = "id of the assignment"}, {0}},
	 .flags = ARGS{
		 {.name = "accept_all", .type = ARG_SWITCH, .help = "accept every requirement not named otherwise"},
		 {.name = "accept", .type = ARG_LIST, .shape = "RID", .help = "accept this one"},
		 {.name = "exception", .type = ARG_LIST, .shape = "RID=REASON, until DATE", .help = "accept, but not before the date"},
		 {.name = "decline", .type = ARG_LIST, .shape = "RID=REASON", .help = "decline this one"},
		 {.name = "not_applicable", .type = ARG_LIST, .shape = "RID=REASON", .help = "it does not apply to us"},
		 {.name = "answer", .type = ARG_LIST, .shape = "RID=ANSWER: TEXT", .help = "any other answer"},
		 {0}},
	 .example = "tally requirement ack 4f1c22 --accept-all --exception \"R3=legacy scanners, until 2027-06-30\""},
	{.noun = "requirement", .verb = "matrix", .call = "requirement.matrix", .style = STYLE_TABLE, .help = "who answered what",
	 .words = ARGS{{.name = "set", .required = true, .help = "name of the set, or id"}, {0}},
	 .empty = "nobody is asked yet; assign it with: tally requirement assign SET --to PARTNER --level LEVEL",
	 .columns = COLUMNS{
		 {.path = "partner", .max = 24}, {.path = "rid"}, {.path = "title", .max = 40}, {.path = "answer"},
		 {.path = "review"}, {.path = "until"},
		 {.path = "text", .max = 48}, {0}}},
	{.noun = "requirement", .verb = "review", .call = "requirement.review", .style = STYLE_ID,
	 .kind = KIND_REQUIREMENT_REVIEW, .more = commands_say,
	 .fills = FILLS{"about", NULL}, .amends = true,
	 .creates = true, .changes = true, .help = "judge an acknowledgement",
	 .words = ARGS{{.name = "ack", .required = true, .help = "id of the acknowledgement"}, {0}},
	 .flags = ARGS{
		 {.name = "satisfied", .type = ARG_LIST, .shape = "RID", .help = "the answer is enough"},
		 {.name = "satisfied_all", .type = ARG_SWITCH, .help = "every answer not named otherwise is enough"},
		 {.name = "insufficient", .type = ARG_LIST, .shape = "RID=REASON", .help = "the answer is not enough"},
		 {.name = "equivalence", .type = ARG_LIST, .shape = "RID=REASON", .help = "the equivalence is accepted"},
		 {0}}},
	{0},
};
