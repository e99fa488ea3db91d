/* Bundles: what would go over a link, as files; and partners without one. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])

#define WORDS {.name = "words", .shape = "WORDS", .help = "the ten words that they read out on the telephone, when they are not compared yet"}
#define NAME {.name = "name", .shape = "PETNAME", .help = "what we will call them, when they are new; else by what they call themselves"}
#define OUTPUT {.name = "output", .type = ARG_OUTPUT, .letter = 'o', .shape = "FILE", .help = "where to; without it stdout"}
#define FORCE {.name = "force", .type = ARG_SWITCH, .help = "write over a file that is there"}

const struct command commands_bundle[] = {
	{.noun = "partner", .verb = "add", .local = cli_bundle_add, .lone = true, .style = STYLE_ID, .member = "name",
	 .help = "a partner by its card, without a link: for whoever has no node, or none that can be reached",
	 .words = ARGS{{.name = "card", .type = ARG_PATH, .required = true, .help = "what \"card export\" wrote on their side"}, {0}},
	 .flags = ARGS{NAME, WORDS, {0}},
	 .example = "tally partner add sub.card --name sub"},
	{.noun = "bundle", .verb = "export", .local = cli_bundle_export, .lone = true, .style = STYLE_FILE,
	 .help = "all that waits for a partner, and our receipts, as one file that only they can open",
	 .flags = ARGS{
		 {.name = "to", .required = true, .shape = "PARTNER|CARD", .help = "a partner, or a file with a card"},
		 {.name = "record", .type = ARG_LIST, .shape = "ID", .help = "with this record of ours, which they have not been sent yet"},
		 NAME, WORDS, OUTPUT, FORCE, {0}},
	 .example = "tally bundle export --to sub.card --record 4f1c22 -o out.tally"},
	{.noun = "bundle", .verb = "request", .local = cli_bundle_request, .lone = true, .style = STYLE_FILE, .kind = KIND_REQUIREMENT_ASSIGN,
	 .fills = FILLS{"set", NULL},
	 .help = "ask a supplier without a node to meet a set of requirements: the questions as a bundle, for \"bundle answer\" on their side",
	 .words = ARGS{{.name = "set", .required = true, .help = "name of the set, or id"}, {0}},
	 .flags = ARGS{
		 {.name = "to", .required = true, .shape = "PARTNER|CARD", .help = "a partner, or a file with a card"},
		 NAME, WORDS, OUTPUT, FORCE, {0}},
	 .example = "tally bundle request baseline --to sub.card --due 2027-01-31 -o questions.tally"},
	{.noun = "bundle", .verb = "inspect", .call = "bundle.inspect", .lone = true, .style = STYLE_SHEET,
	 .help = "what is in a bundle to us; nothing of it is taken",
	 .words = ARGS{{.name = "file", .type = ARG_BYTES, .required = true, .help = "the bundle; \"-\" reads it from stdin"}, {0}},
	 .columns = COLUMNS{
		 {.path = "from"}, {.path = "id"}, {.path = "partner", .heading = "partner here"}, {.path = "verified"},
		 {.path = "made", .as = AS_TIME}, {.path = "receipts", .as = AS_NUMBER},
		 {.path = "items", .heading = "records", .items = COLUMNS{
			 {.path = "id", .as = AS_ID}, {.path = "kind"}, {.path = "tlp"}, {.path = "title", .max = 48}, {.path = "signed"}, {.path = "here"}, {0}}},
		 {0}}},
	{.noun = "bundle", .verb = "answer", .local = cli_bundle_answer, .lone = true, .style = STYLE_FILE,
	 .help = "take a bundle, answer what it asks, typed or from a file, and make the bundle back; no node needs to run",
	 .words = ARGS{{.name = "file", .type = ARG_PATH, .required = true, .help = "the bundle; \"-\" reads it from stdin"}, {0}},
	 .flags = ARGS{
		 {.name = "answers", .type = ARG_EITHER, .shape = "FILE",
		  .help = "JSON, a list of {record, rid, answer, text, until}; or CSV with these columns, as --form makes it"},
		 {.name = "encoding", .shape = "NAME", .help = "of a CSV file: windows-1252, when it is neither UTF-8 nor UTF-16 with its mark"},
		 {.name = "form", .shape = "FILE", .help = "write the questions as CSV to be filled in, and answer nothing yet"},
		 NAME, WORDS, OUTPUT, FORCE, {0}},
	 .example = "tally bundle answer out.tally -o back.tally"},
	{.noun = "bundle", .verb = "import", .local = cli_bundle_import, .lone = true, .style = STYLE_TABLE,
	 .help = "take a bundle as if a link had brought it; 10 when something of it was not taken",
	 .words = ARGS{{.name = "file", .type = ARG_PATH, .required = true, .help = "the bundle; \"-\" reads it from stdin"}, {0}},
	 .flags = ARGS{NAME, WORDS, {0}},
	 .empty = "no record in it that was not here",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "kind"}, {.path = "title", .max = 40}, {.path = "state", .max = 32},
		 {.path = "next", .max = 80, .whole = true}, {0}},
	 .example = "tally bundle import back.tally"},
	{0},
};
