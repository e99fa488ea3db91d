/* Who is responsible for what, between two. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])

static const struct arg commands_matrix_rows[] = {
	{.name = "file", .type = ARG_BODY, .help = "start from the fields in this JSON file"},
	{.name = "row", .type = ARG_LIST, .shape = "CONTROL=OWNER: ...", .help = "one row; the text is: what the supplier does | what the customer must do"},
	{.name = "drop", .type = ARG_LIST, .shape = "CONTROL", .help = "leave this row out"},
	{0},
};

const struct command commands_matrix[] = {
	{.noun = "responsibility", .verb = "propose", .call = "responsibility.propose", .style = STYLE_ID, .kind = KIND_RESPONSIBILITY_MATRIX,
	 .more = commands_say, .fills = FILLS{"about", "rows", NULL}, .amends = true, .creates = true, .changes = true,
	 .help = "propose to a partner who is responsible for which control",
	 .flags = ARGS{
		 {.name = "file", .type = ARG_BODY, .help = "start from the fields in this JSON file"},
		 {.name = "set", .help = "a row for each requirement of this set"},
		 {.name = "level", .help = "only those of this level"},
		 {.name = "row", .type = ARG_LIST, .shape = "CONTROL=OWNER: ...",
		  .help = "one row; the text is: what the supplier does | what the customer must do"},
		 {.name = "drop", .type = ARG_LIST, .shape = "CONTROL", .help = "leave this row out"},
		 {0}},
	 .example = "tally responsibility propose --to brackwater --contract C-17 --set baseline --row \"R3=shared: patch the host | patch the guest\""},
	{.noun = "responsibility", .verb = "counter", .call = "responsibility.counter", .style = STYLE_ID, .kind = KIND_RESPONSIBILITY_MATRIX,
	 .fills = FILLS{"about", "rows", "contract", "supplier", NULL}, .amends = true, .creates = true, .changes = true,
	 .help = "propose it differently: rows that are not named stay as they were",
	 .words = ARGS{{.name = "about", .required = true, .shape = "MATRIX", .help = "id of the matrix"}, {0}}, .flags = commands_matrix_rows,
	 .example = "tally responsibility counter 4f1c22 --row \"R3=customer: | patch the guest\" --changes \"we have no access\""},
	{.noun = "responsibility", .verb = "agree", .call = "responsibility.agree", .style = STYLE_ID, .kind = KIND_REPLY,
	 .fills = FILLS{"about", "decision", "stage", "reasons", "changed", "due", "until", NULL}, .creates = true, .changes = true,
	 .help = "agree to a matrix of the other side: from then on it holds",
	 .words = ARGS{{.name = "record", .required = true, .shape = "MATRIX", .help = "id of the matrix"}, {0}}},
	{.noun = "responsibility", .verb = "list", .call = "responsibility.list", .style = STYLE_TABLE, .help = "matrices, by partner and contract",
	 .empty = "nothing is settled yet; begin with: tally responsibility propose --to PARTNER --contract REFERENCE --set SET",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "partner", .max = 24}, {.path = "contract", .max = 24}, {.path = "we_are"},
		 {.path = "state"}, {.path = "proposed_by"}, {.path = "rows", .as = AS_NUMBER}, {0}}},
	{.noun = "responsibility", .verb = "show", .call = "responsibility.show", .style = STYLE_TABLE, .help = "who does what, with one partner",
	 .words = ARGS{{.name = "partner", .required = true, .help = "the partner"}, {0}},
	 .flags = ARGS{{.name = "contract", .help = "only under this contract"}, {0}},
	 .empty = "nothing is settled with it yet",
	 .columns = COLUMNS{
		 {.path = "contract", .max = 20}, {.path = "control"}, {.path = "title", .max = 32}, {.path = "owner"},
		 {.path = "we_must", .heading = "what we must do", .max = 36}, {.path = "we_rely_on", .heading = "what we rely on them for", .max = 36},
		 {.path = "problem"}, {.path = "changed"}, {.path = "state"}, {0}}},
	{0},
};
