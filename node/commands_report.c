/* Reports: computed from the records and the register each time. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define WHY {.path = "why", .only = "why", .as = AS_IDS}
#define REPORT .noun = "report", .call = "report.run", .verb_as = "report", .style = STYLE_TABLE

static const struct arg commands_report_flags[] = {
	{.name = "supplier", .shape = "PARTNER", .help = "only what concerns this one"},
	{.name = "why", .type = ARG_SWITCH, .help = "the records and rows of the register behind each line"},
	{0},
};

const struct command commands_report[] = {
	{.noun = "calendar", .verb = "export", .call = "calendar.export", .style = STYLE_FILE,
	 .help = "what we owe and until when, as an iCalendar; taken in again, it updates what is there",
	 .flags = ARGS{
		 {.name = "output", .type = ARG_OUTPUT, .letter = 'o', .shape = "FILE", .help = "where to; without it stdout"},
		 {.name = "force", .type = ARG_SWITCH, .help = "write over a file that is there"},
		 {.name = "todo", .type = ARG_SWITCH, .help = "tasks in place of events, also those without a date"},
		 {.name = "both", .type = ARG_SWITCH, .help = "also what others owe us"},
		 {.name = "partner", .help = "only what is between us and this one"},
		 {0}},
	 .example = "tally calendar export --force -o duties.ics"},
	{.noun = "report", .verb = "list", .call = "report.list", .style = STYLE_TABLE, .help = "the reports there are, and what each leaves out",
	 .columns = COLUMNS{{.path = "name"}, {.path = "title", .max = 60}, {.path = "seed"}, {.path = "leaves_out", .max = 60}, {0}}},
	{REPORT, .verb = "exit", .more = commands_report_flags, .help = "what each side still holds of the other's",
	 .empty = "nothing is held, as far as anybody declared",
	 .columns = COLUMNS{
		 {.path = "who", .max = 20}, {.path = "of", .max = 20}, {.path = "contract", .max = 16}, {.path = "effective"},
		 {.path = "item", .max = 24}, {.path = "class"}, {.path = "description", .max = 36}, {.path = "state"}, WHY, {0}}},
	{REPORT, .verb = "exercises", .more = commands_report_flags, .help = "how fast each reacted in exercises, by the receipts",
	 .empty = "no exercise began",
	 .columns = COLUMNS{
		 {.path = "exercise", .max = 24}, {.path = "what", .max = 32}, {.path = "from", .max = 20}, {.path = "to", .max = 20},
		 {.path = "stored", .as = AS_TIME}, {.path = "says", .max = 32}, {.path = "minutes", .as = AS_NUMBER}, {.path = "state"}, WHY, {0}}},
	{REPORT, .verb = "priorities", .more = commands_report_flags,
	 .help = "what to work on first: per supplier, all that is open, weighed by its tier",
	 .empty = "no supplier of high tier, and nothing open; begin with: tally supplier add",
	 .columns = COLUMNS{
		 {.path = "who", .max = 24}, {.path = "tier"}, {.path = "points", .as = AS_NUMBER}, {.path = "incidents", .as = AS_NUMBER},
		 {.path = "overdue", .as = AS_NUMBER}, {.path = "breaches", .as = AS_NUMBER}, {.path = "gaps", .as = AS_NUMBER},
		 {.path = "unsupported", .as = AS_NUMBER}, {.path = "exceptions", .as = AS_NUMBER}, {.path = "concerns", .as = AS_NUMBER},
		 {.path = "expiring", .as = AS_NUMBER}, {.path = "later", .as = AS_NUMBER}, WHY, {0}}},
	{REPORT, .verb = "concentration", .more = commands_report_flags,
	 .help = "who carries most of what we do, over every tier, and how hard it would be to replace",
	 .empty = "nobody carries more than one function, or a critical one; begin with: tally dependency add",
	 .columns = COLUMNS{
		 {.path = "who", .max = 28}, {.path = "rank", .as = AS_NUMBER}, {.path = "count", .as = AS_NUMBER},
		 {.path = "critical", .as = AS_NUMBER}, {.path = "functions", .max = 40}, {.path = "through", .max = 28},
		 {.path = "substitutability"}, {.path = "without_exit_plan", .as = AS_NUMBER}, WHY, {0}}},
	{REPORT, .verb = "subcontractors", .more = commands_report_flags, .help = "which critical and high suppliers told us of their subcontractors",
	 .empty = "no supplier of critical or high tier",
	 .columns = COLUMNS{
		 {.path = "who", .max = 24}, {.path = "tier"}, {.path = "state"}, {.path = "as_of"}, {.path = "count", .as = AS_NUMBER},
		 {.path = "critical", .as = AS_NUMBER}, {.path = "subcontractors", .max = 48}, WHY, {0}}},
	{REPORT, .verb = "subcontracting", .more = commands_report_flags,
	 .help = "subcontractors that the contract, or the terms that were read, do not allow",
	 .empty = "no breach that we know of",
	 .columns = COLUMNS{
		 {.path = "who", .max = 24}, {.path = "subcontractor", .max = 28}, {.path = "rank", .as = AS_NUMBER}, {.path = "service", .max = 28},
		 {.path = "critical"}, {.path = "because", .max = 60}, WHY, {0}}},
	{REPORT, .verb = "unsupported", .more = commands_report_flags, .help = "products we use longer than anybody mends them",
	 .empty = "every product that a dependency names is supported for as long as we mean to use it",
	 .columns = COLUMNS{
		 {.path = "product", .max = 24}, {.path = "version"}, {.path = "function", .max = 24}, {.path = "criticality"}, {.path = "support"},
		 {.path = "used_until"}, {.path = "end_of_fixes"}, {.path = "because", .max = 48}, WHY, {0}}},
	{REPORT, .verb = "dora", .more = commands_report_flags, .help = "the register of information: functions, providers, subcontractors; for --csv",
	 .empty = "no dependency yet; begin with: tally dependency add",
	 .columns = COLUMNS{
		 {.path = "function"}, {.path = "criticality"}, {.path = "provider"}, {.path = "lei"}, {.path = "euid"}, {.path = "country"}, {.path = "rank"},
		 {.path = "under"}, {.path = "service"}, {.path = "contract"}, {.path = "start"}, {.path = "end"}, {.path = "substitutability"},
		 {.path = "substitutability_reason"}, {.path = "alternatives"}, {.path = "exit_plan"}, {.path = "reintegration"}, {.path = "impact"},
		 {.path = "recovery_hours"}, {.path = "loss_hours"}, {.path = "data_classes"}, {.path = "countries"}, {.path = "last_audit"}, WHY, {0}}},
	{REPORT, .verb = "published", .more = commands_report_flags,
	 .help = "commodity suppliers, communities and prospects: what was read, what it leaves open, how sure we are",
	 .empty = "no commodity supplier, community or prospect in the register",
	 .columns = COLUMNS{
		 {.path = "who", .max = 24}, {.path = "type"}, {.path = "standing"}, {.path = "read", .as = AS_NUMBER}, {.path = "answered", .as = AS_NUMBER},
		 {.path = "unanswered", .as = AS_NUMBER}, {.path = "confidence", .as = AS_NUMBER}, {.path = "assurance"},
		 {.path = "confidence_reason", .max = 32}, {.path = "review_due"}, {.path = "state"}, WHY, {0}}},
	{REPORT, .verb = "awareness", .more = commands_report_flags, .help = "who of us has to learn about the security of suppliers again",
	 .empty = "nothing has run out, and nobody was absent",
	 .columns = COLUMNS{
		 {.path = "role", .max = 28}, {.path = "topic", .max = 36}, {.path = "form"}, {.path = "date"}, {.path = "expires"},
		 {.path = "absent", .as = AS_NUMBER}, {.path = "state"}, WHY, {0}}},
	{REPORT, .verb = "incidents", .more = commands_report_flags, .help = "each incident with who answered it and how its clocks stand",
	 .empty = "no incident",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 20}, {.path = "title", .max = 32}, {.path = "stage"}, {.path = "told", .as = AS_NUMBER},
		 {.path = "acknowledged", .as = AS_NUMBER}, {.path = "answered", .as = AS_NUMBER}, {.path = "affected", .as = AS_NUMBER},
		 {.path = "mitigated", .as = AS_NUMBER}, {.path = "running", .as = AS_NUMBER}, {.path = "late", .as = AS_NUMBER},
		 {.path = "next_due", .as = AS_TIME}, {.path = "state"}, WHY, {0}}},
	{REPORT, .verb = "gaps", .more = commands_report_flags, .help = "what of our requirements each supplier does not meet, or was never asked",
	 .empty = "no gap that we know of",
	 .columns = COLUMNS{
		 {.path = "who", .max = 24}, {.path = "set", .max = 24}, {.path = "rid"}, {.path = "title", .max = 40}, {.path = "state"},
		 {.path = "because", .max = 60}, {.path = "until"}, WHY, {0}}},
	{REPORT, .verb = "responsibilities", .more = commands_report_flags,
	 .help = "what we must do, what we rely on whom for, what nobody owns, what both think the other does, and what changed",
	 .empty = "nothing is settled yet; begin with: tally responsibility propose --to PARTNER --contract REFERENCE --set SET",
	 .columns = COLUMNS{
		 {.path = "partner", .max = 20}, {.path = "contract", .max = 16}, {.path = "control"}, {.path = "title", .max = 28}, {.path = "owner"},
		 {.path = "we_must", .max = 32}, {.path = "we_rely_on", .max = 32},
		 {.path = "problem"}, {.path = "changed"}, {.path = "state"}, WHY, {0}}},
	{REPORT, .verb = "flowdown", .more = commands_report_flags,
	 .help = "how far requirements were passed on to subcontractors, in counts that are verified without names",
	 .empty = "nothing is to be passed on",
	 .columns = COLUMNS{
		 {.path = "who", .max = 20}, {.path = "to", .max = 20}, {.path = "rid"}, {.path = "title", .max = 28}, {.path = "asked"},
		 {.path = "passed", .as = AS_NUMBER}, {.path = "acknowledged", .as = AS_NUMBER}, {.path = "exceptions", .as = AS_NUMBER},
		 {.path = "until"}, {.path = "worst"}, {.path = "held_here", .as = AS_NUMBER},
		 {.path = "as_of"}, {.path = "state"}, WHY, {0}}},
	{REPORT, .verb = "exceptions", .more = commands_report_flags, .help = "exceptions by the day on which they end, both ways",
	 .empty = "no exception was asked for",
	 .columns = COLUMNS{
		 {.path = "until"}, {.path = "asked_until"}, {.path = "who", .max = 20}, {.path = "to", .max = 20}, {.path = "rid"},
		 {.path = "title", .max = 32}, {.path = "state"}, {.path = "decide_by"},
		 {.path = "renewals", .as = AS_NUMBER}, {.path = "text", .max = 40}, WHY, {0}}},
	{REPORT, .verb = "barriers", .more = commands_report_flags,
	 .help = "which of our requirements suppliers decline, challenge or put off; answers saved by certificates",
	 .empty = "every requirement was simply accepted",
	 .columns = COLUMNS{
		 {.path = "rid"}, {.path = "title", .max = 36}, {.path = "asked", .as = AS_NUMBER}, {.path = "declined", .as = AS_NUMBER},
		 {.path = "challenged", .as = AS_NUMBER}, {.path = "exceptions", .as = AS_NUMBER}, {.path = "percent", .as = AS_NUMBER},
		 {.path = "equivalence", .as = AS_NUMBER}, {.path = "saved", .as = AS_NUMBER},
		 {.path = "rationale"}, WHY, {0}}},
	{REPORT, .verb = "proportion", .more = commands_report_flags,
	 .help = "is what we ask of each supplier in proportion to its tier, and the same for suppliers of one tier",
	 .empty = "nothing is asked of anybody yet",
	 .columns = COLUMNS{
		 {.path = "who", .max = 24}, {.path = "title", .max = 32}, {.path = "tier"}, {.path = "level"}, {.path = "recommended"}, {.path = "state"},
		 {.path = "other", .max = 24}, {.path = "other_level"}, {.path = "reason", .max = 40}, WHY, {0}}},
	{REPORT, .verb = "unexplained", .more = commands_report_flags,
	 .help = "requirements of our sets that say no reason, or for which there is no guidance",
	 .empty = "every requirement says why, and how",
	 .columns = COLUMNS{
		 {.path = "set_title", .max = 32}, {.path = "rid"}, {.path = "title", .max = 48}, {.path = "missing"}, WHY, {0}}},
	{REPORT, .verb = "concerns", .more = commands_report_flags, .help = "concerns, what was done about each, and whether it helped",
	 .empty = "no concern was raised",
	 .columns = COLUMNS{
		 {.path = "raised", .as = AS_TIME}, {.path = "from", .max = 20}, {.path = "to", .max = 20}, {.path = "about"}, {.path = "title", .max = 36},
		 {.path = "state"}, {.path = "answer", .max = 40}, {.path = "done", .max = 40}, {.path = "changed", .max = 48}, WHY, {0}}},
	{REPORT, .verb = "issues", .more = commands_report_flags, .help = "issues that were shared, and what changed because of them",
	 .empty = "no issue was shared",
	 .columns = COLUMNS{
		 {.path = "raised", .as = AS_TIME}, {.path = "from", .max = 20}, {.path = "to", .max = 20}, {.path = "about"}, {.path = "title", .max = 36},
		 {.path = "state"}, {.path = "answer", .max = 40}, {.path = "done", .max = 40}, {.path = "changed", .max = 48}, WHY, {0}}},
	{REPORT, .verb = "failing", .more = commands_report_flags, .help = "suppliers that failed three times or more within a year",
	 .empty = "nobody failed three times within a year",
	 .columns = COLUMNS{
		 {.path = "who", .max = 24}, {.path = "failures", .as = AS_NUMBER}, {.path = "overdue", .as = AS_NUMBER}, {.path = "late", .as = AS_NUMBER},
		 {.path = "declined", .as = AS_NUMBER}, {.path = "repeated", .as = AS_NUMBER}, {.path = "first"}, {.path = "last"}, WHY, {0}}},
	{REPORT, .verb = "expiring", .more = commands_report_flags, .help = "what ends soon, and what ended lately",
	 .flags = ARGS{{.name = "days", .type = ARG_INT, .help = "how far to look, ahead and back: 90"}, {0}},
	 .empty = "nothing ends soon",
	 .columns = COLUMNS{
		 {.path = "until"}, {.path = "who", .max = 24}, {.path = "what"}, {.path = "title", .max = 40}, {.path = "state"}, WHY, {0}}},
	{REPORT, .verb = "overdue", .more = commands_report_flags, .help = "what is overdue, both ways: what we owe and what we are owed",
	 .empty = "nothing is overdue",
	 .columns = COLUMNS{
		 {.path = "due", .as = AS_TIME}, {.path = "who", .max = 24}, {.path = "to", .max = 24}, {.path = "what", .max = 32}, {.path = "title", .max = 32},
		 {.path = "state"}, WHY, {0}}},
	{REPORT, .verb = "owed", .more = commands_report_flags, .help = "everything that is still to be done by anybody, soonest first",
	 .empty = "nothing is to be done",
	 .columns = COLUMNS{
		 {.path = "due", .as = AS_TIME}, {.path = "who", .max = 24}, {.path = "to", .max = 24}, {.path = "what", .max = 32}, {.path = "title", .max = 32},
		 {.path = "state"}, {.path = "next", .max = 48}, WHY, {0}}},
	{0},
};
