/* Evidence and its files. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])

static const struct arg commands_evidence_words[] = {
	{.name = "evidence", .required = true, .shape = "ID", .help = "id of the evidence"},
	{0},
};

static const struct arg commands_evidence_proven[] = {
	{.name = "evidence", .required = true, .shape = "ID", .help = "id of the contradiction"},
	{0},
};

const struct command commands_evidence[] = {
	{.noun = "evidence", .verb = "add", .call = "evidence.add", .style = STYLE_ID, .kind = KIND_EVIDENCE, .more = commands_say,
	 .words = ARGS{{.name = "file", .type = ARG_BYTES, .help = "the file, at most 12 MiB; without it: --url"}, {0}},
	 .fills = FILLS{"hash", "size", "file", NULL}, .amends = true, .creates = true, .changes = true,
	 .help = "show partners a document; its file goes to those partners and nobody else",
	 .example = "tally evidence add pentest.pdf --type test-result --expires 2027-06-30 --rid R3 --to harbour"},
	{.noun = "evidence", .verb = "list", .call = "evidence.list", .style = STYLE_TABLE,
	 .help = "documents, ours and our partners', and whether their files are here; and contradictions: what proves that somebody signed two "
	         "different things at one place",
	 .empty = "no evidence yet; show some with: tally evidence add FILE --to PARTNER",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 24}, {.path = "title", .max = 32}, {.path = "type"}, {.path = "size", .as = AS_NUMBER},
		 {.path = "availability"}, {.path = "here"}, {.path = "expires"}, {.path = "state"}, {0}}},
	{.noun = "evidence", .verb = "get", .call = "evidence.get", .style = STYLE_FILE, .words = commands_evidence_words,
	 .help = "the file of an evidence, checked against its hash",
	 .flags = ARGS{{.name = "output", .type = ARG_OUTPUT, .letter = 'o', .shape = "FILE", .help = "where to; without it stdout"},
	               {.name = "force", .type = ARG_SWITCH, .help = "write over a file that is there"}, {0}}},
	{.noun = "evidence", .verb = "fetch", .call = "evidence.fetch", .style = STYLE_NONE, .words = commands_evidence_words, .changes = true,
	 .help = "ask a partner for the file of its evidence, or once more for one that did not fit"},
	{.noun = "evidence", .verb = "drop", .call = "evidence.drop", .style = STYLE_NONE, .words = commands_evidence_words, .changes = true,
	 .help = "delete the file of an evidence that its author has withdrawn; the record of it stays"},
	{.noun = "evidence", .verb = "show", .call = "evidence.show", .style = STYLE_SHEET, .words = commands_evidence_proven,
	 .help = "one contradiction: who signed which two things, and what each says"},
	{.noun = "evidence", .verb = "export", .call = "evidence.export", .style = STYLE_FILE, .words = commands_evidence_proven, .changes = true,
	 .help = "a contradiction as a file that proves it to anybody",
	 .flags = ARGS{{.name = "output", .type = ARG_OUTPUT, .letter = 'o', .shape = "FILE", .help = "where to; without it stdout"},
	               {.name = "force", .type = ARG_SWITCH, .help = "write over a file that is there"}, {0}},
	 .example = "tally evidence export 4f1c22 -o fork.tally"},
	{.noun = "evidence", .verb = "tell", .call = "evidence.tell", .style = STYLE_NONE, .words = commands_evidence_proven, .changes = true,
	 .help = "let partners have a contradiction beside those whom it names",
	 .flags = ARGS{{.name = "to", .type = ARG_LIST, .required = true, .shape = "PARTNER", .help = "who is to have it; may be given many times"}, {0}},
	 .example = "tally evidence tell 4f1c22 --to harbour"},
	{.noun = "evidence", .verb = "verify", .local = cli_evidence_verify, .homeless = true, .style = STYLE_SHEET,
	 .help = "check such a file: no node, no store, no network; 10 when it proves nothing, 11 when a newer version is needed",
	 .words = ARGS{{.name = "path", .type = ARG_PATH, .required = true, .shape = "FILE", .help = "the evidence; \"-\" reads it from stdin"}, {0}}},
	{0},
};
