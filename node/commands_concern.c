/* What makes a relationship better: concerns and issues. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])

static const struct arg commands_concern_supersedes[] = {
	{.name = "supersedes", .shape = "ID", .help = "our own earlier one that it replaces"},
	{0},
};

static const struct column commands_concern_columns[] = {
	{.path = "id", .as = AS_ID}, {.path = "from", .max = 20}, {.path = "to", .max = 20}, {.path = "about"}, {.path = "title", .max = 40},
	{.path = "state"}, {.path = "due", .as = AS_TIME}, {.path = "clock"}, {0}};

static const struct arg commands_concern_open[] = {
	{.name = "open", .type = ARG_SWITCH, .help = "only what waits for us"},
	{0},
};

const struct command commands_concern[] = {
	{.noun = "concern", .verb = "raise", .call = "concern.raise", .style = STYLE_ID, .kind = KIND_CONCERN, .more = commands_say,
	 .flags = commands_concern_supersedes, .creates = true, .changes = true,
	 .help = "raise a concern with a partner; it is owed an answer within ten working days",
	 .example = "tally concern raise --to harbour --topic requirement --source upward-report --title \"R3 asks too much of a small site\" "
	            "--text \"We have three people.\" --wish \"Let us attest it once a year.\""},
	{.noun = "concern", .verb = "list", .call = "concern.list", .style = STYLE_TABLE, .flags = commands_concern_open,
	 .help = "concerns, ours and others', as they stand with each party", .empty = "no concern; raise one with: tally concern raise --to PARTNER",
	 .columns = commands_concern_columns},
	{.noun = "concern", .verb = "show", .call = "concern.show", .style = STYLE_SHEET, .help = "one concern, with all that was said about it",
	 .words = ARGS{{.name = "concern", .required = true, .shape = "ID", .help = "id of the concern"}, {0}}},
	{.noun = "concern", .verb = "answer", .call = "concern.answer", .style = STYLE_ID, .kind = KIND_REPLY, .more = commands_say,
	 .fills = FILLS{"about", "decision", "conditions", "until", "stage", "reasons", NULL}, .creates = true, .changes = true,
	 .help = "acknowledged, need-info, accepted, declined, done; and of one's own: effective, not-effective",
	 .words = ARGS{
		 {.name = "record", .required = true, .shape = "ID", .help = "the concern"},
		 {.name = "decision", .required = true, .help = "what is said to it"},
		 {0}},
	 .example = "tally concern answer 4f1c22 accepted --text \"R3 will be asked once a year\" --due 2027-01-31"},
	{.noun = "issue", .verb = "share", .call = "issue.share", .style = STYLE_ID, .kind = KIND_ISSUE, .more = commands_say,
	 .flags = commands_concern_supersedes, .creates = true, .changes = true,
	 .help = "share a weakness, a near miss, a lesson or a proposal with partners",
	 .example = "tally issue share --to harbour --to brackwater --type proposal --title \"Ask for signed updates\" --text \"...\" --proposal \"...\""},
	{.noun = "issue", .verb = "list", .call = "issue.list", .style = STYLE_TABLE, .flags = commands_concern_open,
	 .help = "issues, ours and others', as they stand with each party", .empty = "no issue; share one with: tally issue share --to PARTNER",
	 .columns = commands_concern_columns},
	{.noun = "issue", .verb = "show", .call = "issue.show", .style = STYLE_SHEET, .help = "one issue, with what came of it",
	 .words = ARGS{{.name = "issue", .required = true, .shape = "ID", .help = "id of the issue"}, {0}}},
	{.noun = "issue", .verb = "outcome", .call = "issue.outcome", .style = STYLE_ID, .kind = KIND_REPLY, .more = commands_say,
	 .fills = FILLS{"about", "decision", "conditions", "until", "stage", "reasons", NULL}, .creates = true, .changes = true,
	 .help = "what comes of an issue: acknowledged, need-info, accepted, declined, done; --changed names the records that changed",
	 .words = ARGS{
		 {.name = "record", .required = true, .shape = "ID", .help = "the issue"},
		 {.name = "decision", .required = true, .help = "what is said to it"},
		 {0}},
	 .example = "tally issue outcome 4f1c22 done --text \"R7 asks for it now\" --changed 9ab3c1"},
	{0},
};
