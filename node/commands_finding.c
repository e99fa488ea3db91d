/* Findings, and the plans that mend them. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])

static const struct arg commands_finding_words[] = {
	{.name = "finding", .required = true, .shape = "ID", .help = "id of the finding, or of a plan for it"},
	{0},
};

const struct command commands_finding[] = {
	{.noun = "finding", .verb = "raise", .call = "finding.raise", .style = STYLE_ID, .kind = KIND_FINDING, .more = commands_say,
	 .words = ARGS{{.name = "about", .required = true, .shape = "ID", .help = "the answer, attestation, certificate, contract or assignment"}, {0}},
	 .fills = FILLS{"about", NULL}, .creates = true, .changes = true, .help = "tell a supplier what was found wanting",
	 .example = "tally finding raise 4f1c22 --rid R3 --severity high --text \"Backups were never tried\" --required-by 2027-01-31"},
	{.noun = "finding", .verb = "plan", .call = "finding.plan", .style = STYLE_ID, .kind = KIND_IMPROVEMENT, .words = commands_finding_words,
	 .fills = FILLS{"about", NULL}, .amends = true, .creates = true, .changes = true,
	 .help = "what we will do about a finding, then how far it is: actions are added, what is not given stays",
	 .flags = ARGS{{.name = "started", .type = ARG_LIST, .shape = "ACTION", .help = "this action is being done"},
	               {.name = "done", .type = ARG_LIST, .shape = "ACTION", .help = "this action is done"},
	               {.name = "dropped", .type = ARG_LIST, .shape = "ACTION", .help = "this action will not be done"}, {0}},
	 .example = "tally finding plan 4f1c22 --action \"text=Restore test, owner=IT, due=2027-01-15\" --progress 20"},
	{.noun = "finding", .verb = "close", .call = "finding.close", .style = STYLE_ID, .words = commands_finding_words, .creates = true,
	 .changes = true, .flags = ARGS{{.name = "text", .help = "in words"}, {0}}, .help = "say that what we found is mended"},
	{.noun = "finding", .verb = "list", .call = "finding.list", .style = STYLE_TABLE, .help = "findings, ours and about us, newest first",
	 .flags = ARGS{{.name = "open", .type = ARG_SWITCH, .help = "only those not closed"}, {0}},
	 .empty = "no finding; raise one with: tally finding raise ID --rid RID --severity high --text TEXT",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "customer", .max = 20}, {.path = "supplier", .max = 20}, {.path = "rid"}, {.path = "times", .as = AS_NUMBER},
		 {.path = "severity"}, {.path = "text", .max = 40}, {.path = "required_by"}, {.path = "state"}, {0}}},
	{.noun = "finding", .verb = "show", .call = "finding.show", .style = STYLE_SHEET, .words = commands_finding_words,
	 .help = "a finding and its plan in full"},
	{0},
};
