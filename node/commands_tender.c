/* Tenders. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])
#define STAGE {.name = "stage", .type = ARG_WORD, .vocab = &vocab_procurement, .help = "the stage; without it the one at which they stand"}

const struct command commands_tender[] = {
	{.noun = "tender", .verb = "open", .call = "tender.open", .style = STYLE_ID, .kind = KIND_TENDER, .more = commands_say,
	 .fills = FILLS{"set", "stages", NULL}, .amends = true, .creates = true, .changes = true,
	 .help = "invite suppliers to bid, in stages; none of them learns of the others",
	 .flags = ARGS{
		 {.name = "file", .type = ARG_BODY, .help = "start from the fields in this JSON file"},
		 {.name = "set", .help = "the requirement set that is asked: its name, or id"},
		 {.name = "stage", .type = ARG_LIST, .shape = "STAGE=DEADLINE, LEVEL: EVIDENCE", .help = "one stage; several pieces of evidence are divided by ;"},
		 {0}},
	 .example = "tally tender open --title \"Cold chain 2027\" --set baseline --stage \"selection=2026-12-15, basic: a certificate\" "
	            "--stage \"award=2027-02-28, standard\" --to brackwater --to coldline"},
	{.noun = "tender", .verb = "ask", .call = "tender.ask", .style = STYLE_ID, .creates = true, .changes = true,
	 .help = "ask those who are still in to meet the set at the level of their next stage",
	 .words = ARGS{{.name = "tender", .required = true, .shape = "ID", .help = "the tender"}, {0}},
	 .flags = ARGS{STAGE, {.name = "to", .type = ARG_LIST, .shape = "PARTNER", .help = "only these bidders"}, {0}}},
	{.noun = "tender", .verb = "decide", .call = "tender.decide", .style = STYLE_ID, .kind = KIND_REPLY, .creates = true, .changes = true,
	 .fills = FILLS{"about", "decision", "stage", "reasons", "changed", "until", NULL},
	 .help = "the outcome of a stage for one bidder, with reasons",
	 .words = ARGS{
		 {.name = "tender", .required = true, .shape = "ID", .help = "the tender"},
		 {.name = "bidder", .required = true, .shape = "PARTNER", .help = "the bidder"},
		 {.name = "outcome", .required = true, .help = "pass, conditional or fail"},
		 {0}},
	 .flags = ARGS{STAGE, {.name = "reason", .type = ARG_LIST, .shape = "RID=REASON", .help = "a reason for one requirement"}, {0}},
	 .example = "tally tender decide 4f1c22 brackwater conditional --reason \"R3=no restore test\" --conditions \"a test before the award\""},
	{.noun = "tender", .verb = "show", .call = "tender.show", .style = STYLE_TABLE, .help = "which bidder stands where, stage by stage",
	 .words = ARGS{{.name = "tender", .required = true, .shape = "ID", .help = "the tender"}, {0}},
	 .empty = "nobody is invited",
	 .columns = COLUMNS{
		 {.path = "bidder", .max = 24}, {.path = "stage"}, {.path = "deadline"}, {.path = "level"}, {.path = "evidence", .max = 36}, {.path = "state"},
		 {.path = "reasons", .max = 48}, {.path = "conditions", .max = 36}, {.path = "answer", .as = AS_ID}, {.path = "assign", .as = AS_ID}, {0}}},
	{.noun = "tender", .verb = "list", .call = "tender.list", .style = STYLE_TABLE, .help = "tenders, ours and those we are invited to",
	 .empty = "no tender; begin with: tally tender open --title ... --set SET --stage STAGE=DEADLINE, LEVEL --to PARTNER",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 24}, {.path = "title", .max = 40}, {.path = "reference", .max = 16},
		 {.path = "bidders", .as = AS_NUMBER}, {.path = "still_in", .as = AS_NUMBER}, {0}}},
	{0},
};
