/* Certificates. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])

static const struct arg commands_assurance_certification[] = {
	{.name = "certification", .required = true, .shape = "ID", .help = "id of the certificate"},
	{0},
};

const struct command commands_assurance[] = {
	{.noun = "certification", .verb = "add", .call = "certification.add", .style = STYLE_ID, .kind = KIND_CERTIFICATION, .more = commands_say,
	 .creates = true, .changes = true, .help = "show partners a certificate of ours",
	 .flags = ARGS{{.name = "unpublished", .type = ARG_SWITCH, .help = "to nobody: it goes out in packs alone"}, {0}},
	 .example = "tally certification add --scheme \"ISO/IEC 27001\" --edition 2022 --number IS-4711 --body \"Cert Ltd\" "
		    "--scope \"cold-chain transport\" --issued 2026-02-01 --expires 2029-01-31 --to harbour"},
	{.noun = "certification", .verb = "update", .call = "certification.update", .style = STYLE_ID, .kind = KIND_CERTIFICATION,
	 .words = commands_assurance_certification, .amends = true, .creates = true, .changes = true,
	 .help = "what became of a certificate of ours, for all who have it: what is not given stays",
	 .example = "tally certification update 4f1c22 --status suspended --text \"surveillance audit missed\""},
	{.noun = "certification", .verb = "list", .call = "certification.list", .style = STYLE_TABLE, .help = "certificates, ours and our partners'",
	 .empty = "no certificate yet; show one with: tally certification add --to PARTNER --scheme \"ISO/IEC 27001\" ...",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 24}, {.path = "scheme", .max = 24}, {.path = "edition"}, {.path = "number", .max = 20},
		 {.path = "body", .max = 24}, {.path = "scope", .max = 32}, {.path = "expires"}, {.path = "state"}, {0}}},
	{.noun = "certification", .verb = "show", .call = "certification.show", .style = STYLE_SHEET, .words = commands_assurance_certification,
	 .help = "one certificate in full"},
	{0},
};
