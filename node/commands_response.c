/* What goes with incidents: the clocks that run on them, help, exercises. */
#include "node/cli.h"

#define COLUMNS (const struct column[])
#define ARGS (const struct arg[])
#define FILLS (const char *const[])
#define EXERCISE_WORDS ARGS{{.name = "plan", .required = true, .shape = "ID", .help = "id of the plan, or of anything in the exercise"}, {0}}
#define CLOCK_COLUMNS                                                                                                            \
	COLUMNS{{.path = "profile"}, {.path = "clock"}, {.path = "due"}, {.path = "met_by"}, {.path = "owed"}, {.path = "use"}, \
	        {.path = "title", .max = 48}, {0}}

#define HELP_WORDS ARGS{{.name = "record", .required = true, .shape = "ID", .help = "the request or offer"}, {0}}
#define REPLY_FILLS FILLS{"about", "decision", "due", "until", "changed", "stage", "reasons", NULL}

static const struct arg commands_response_about[] = {
	{.name = "about", .shape = "ID", .help = "the incident it is for"},
	{0},
};

const struct command commands_response[] = {
	{.noun = "clock", .verb = "list", .local = cli_clock_list, .style = STYLE_TABLE, .columns = CLOCK_COLUMNS,
	 .help = "the clock profiles in the home's folder clocks; edit them there; the node reads them when it starts, and again at SIGHUP; "
		 "which it goes by says: tally doctor",
	 .empty = "no profile: no clock runs on an incident"},
	{.noun = "clock", .verb = "check", .local = cli_clock_check, .style = STYLE_TABLE, .columns = CLOCK_COLUMNS, .homeless = true,
	 .help = "read one profile and say what it means, or where it is wrong; its lines are: title TEXT, use own|named, "
		 "owed authority|partners, authority NAME, NAME (what its authorities are called), and of each clock: clock NAME: aware + 24 h; met by STAGE",
	 .words = ARGS{{.name = "file", .type = ARG_TEXT, .required = true, .shape = "FILE", .help = "a profile, such as clocks/nis2.clock"}, {0}}},
	{.noun = "assistance", .verb = "request", .call = "assistance.request", .style = STYLE_ID, .kind = KIND_ASSISTANCE, .more = commands_say,
	 .fills = FILLS{"mode", "about", NULL}, .flags = commands_response_about, .creates = true, .changes = true, .help = "ask partners for help",
	 .example = "tally assistance request --to harbour --title \"Two analysts for a week\" --kind forensics --kind staff "
		    "--expires 2026-12-01T00:00:00Z"},
	{.noun = "assistance", .verb = "offer", .call = "assistance.offer", .style = STYLE_ID, .kind = KIND_ASSISTANCE, .more = commands_say,
	 .fills = FILLS{"mode", "about", NULL}, .creates = true, .changes = true, .help = "offer help: in answer to a request, or standing until a day",
	 .flags = ARGS{
		 {.name = "about", .shape = "ID", .help = "the request it answers, or the incident it is for"},
		 {.name = "standing", .type = ARG_SWITCH, .help = "whenever it is needed, until --expires"},
		 {0}}},
	{.noun = "assistance", .verb = "accept", .call = "assistance.accept", .style = STYLE_ID, .kind = KIND_REPLY, .words = HELP_WORDS,
	 .fills = REPLY_FILLS, .creates = true, .changes = true, .help = "take an offer, or a request on"},
	{.noun = "assistance", .verb = "decline", .call = "assistance.decline", .style = STYLE_ID, .kind = KIND_REPLY, .words = HELP_WORDS,
	 .fills = REPLY_FILLS, .creates = true, .changes = true, .help = "not this one"},
	{.noun = "assistance", .verb = "close", .call = "assistance.close", .style = STYLE_ID, .kind = KIND_REPLY, .words = HELP_WORDS,
	 .fills = REPLY_FILLS, .creates = true, .changes = true, .help = "it is done with, on either side"},
	{.noun = "assistance", .verb = "list", .call = "assistance.list", .style = STYLE_TABLE, .help = "requests and offers, ours and others'",
	 .flags = ARGS{
		 {.name = "open", .type = ARG_SWITCH, .help = "only what stands"},
		 {.name = "exercise", .shape = "ID", .help = "those of an exercise instead of real ones"},
		 {0}},
	 .empty = "none; ask with: tally assistance request --to PARTNER, offer with: tally assistance offer",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 24}, {.path = "mode"}, {.path = "kinds", .max = 32}, {.path = "title", .max = 40},
		 {.path = "capacity", .max = 24}, {.path = "expires", .as = AS_TIME}, {.path = "state"}, {0}}},
	{.noun = "exercise", .verb = "plan", .call = "exercise.plan", .style = STYLE_ID, .kind = KIND_EXERCISE_PLAN, .more = commands_say, .creates = true,
	 .changes = true, .help = "plan an exercise; its participants are told, and accept or decline it",
	 .flags = ARGS{{.name = "supersedes", .shape = "ID", .help = "our own earlier plan that it replaces"}, {0}},
	 .example = "tally exercise plan --title \"Cold night\" --objective \"reach the duty officer\" --participant harbour --participant brackwater "
		    "--starts 2026-12-01T08:00:00Z --ends 2026-12-01T16:00:00Z"},
	{.noun = "exercise", .verb = "start", .call = "exercise.start", .style = STYLE_ID, .words = EXERCISE_WORDS, .creates = true, .changes = true,
	 .help = "it begins: from now on commands take --exercise ID"},
	{.noun = "exercise", .verb = "inject", .call = "exercise.inject", .style = STYLE_ID, .kind = KIND_EXERCISE_REPORT, .words = EXERCISE_WORDS,
	 .more = commands_say, .fills = FILLS{"about", "step", "went_well", "lessons", "met", "rests_on", "counts", NULL}, .creates = true, .changes = true,
	 .help = "tell participants what happens next in it: whom the plan names for this inject, otherwise all",
	 .example = "tally exercise inject 4f1c22 --inject i1 --to brackwater --text \"Your depot is dark.\""},
	{.noun = "exercise", .verb = "stop", .call = "exercise.stop", .style = STYLE_ID, .kind = KIND_EXERCISE_REPORT, .words = EXERCISE_WORDS,
	 .fills = FILLS{"about", "step", "inject", "went_well", "lessons", "met", "rests_on", "counts", NULL}, .creates = true, .changes = true,
	 .help = "it ends; whoever takes part may abort it, and a real incident does: who leads it then types this to pass that on to all the others",
	 .flags = ARGS{{.name = "abort", .type = ARG_SWITCH, .help = "before its end: something real needs us"}, {0}}},
	{.noun = "exercise", .verb = "report", .call = "exercise.report", .style = STYLE_ID, .kind = KIND_EXERCISE_REPORT, .words = EXERCISE_WORDS,
	 .more = commands_say, .fills = FILLS{"about", "step", "inject", "rests_on", "counts", NULL}, .creates = true, .changes = true,
	 .help = "what was learnt, for all who took part; from who leads it with counts, for participants do not see each other's answers",
	 .example = "tally exercise report 4f1c22 --text \"The call came after two hours.\" --lesson \"a second number\""},
	{.noun = "exercise", .verb = "list", .call = "exercise.list", .style = STYLE_TABLE, .help = "exercises, ours and others'",
	 .empty = "no exercise; plan one with: tally exercise plan --title TITLE ...",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 24}, {.path = "title", .max = 48}, {.path = "starts", .as = AS_TIME},
		 {.path = "ends", .as = AS_TIME}, {.path = "state"}, {.path = "because", .max = 40}, {0}}},
	{.noun = "exercise", .verb = "show", .call = "exercise.show", .style = STYLE_SHEET, .words = EXERCISE_WORDS,
	 .help = "an exercise in full: who takes part, how it goes, how fast each reacted by the receipts; who leads it sees all answers"},
	{0},
};
