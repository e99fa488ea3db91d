/* Posture: attestations and the gaps they leave. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])

const struct command commands_posture[] = {
	{.noun = "posture", .verb = "example", .local = cli_local_posture_example, .homeless = true,
	 .help = "a small attestation, meant to be edited",
	 .example = "tally posture example > posture.json"},
	{.noun = "posture", .verb = "publish", .call = "posture.publish", .style = STYLE_ID, .kind = KIND_POSTURE_ATTESTATION,
	 .more = commands_say,
	 .creates = true, .changes = true, .help = "attest how we stand",
	 .flags = ARGS{{.name = "file", .type = ARG_BODY, .help = "the attestation: see \"posture example\""},
	               {.name = "supersedes", .shape = "ID", .help = "the one of ours whose place it takes; all who have that get it"},
	               {.name = "unpublished", .type = ARG_SWITCH, .help = "to nobody: it goes out in packs alone"}, {0}},
	 .example = "tally posture publish --file posture.json --to harbour"},
	{.noun = "posture", .verb = "list", .call = "posture.list", .style = STYLE_TABLE,
	 .help = "attestations, ours and our partners'",
	 .empty = "no attestation yet; begin with: tally posture example > posture.json",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 24}, {.path = "framework", .max = 32}, {.path = "as_of"},
		 {.path = "valid_until"}, {.path = "state"}, {0}}},
	{.noun = "posture", .verb = "show", .call = "posture.show", .style = STYLE_SHEET, .help = "one attestation in full",
	 .words = ARGS{{.name = "posture", .required = true, .shape = "ID", .help = "id of the attestation"}, {0}}},
	{.noun = "posture", .verb = "pack", .call = "posture.pack", .style = STYLE_FILE, .changes = true,
	 .help = "our attestations and certificates that stand, signed, as a file for whoever has no node; it names none of our partners",
	 .flags = ARGS{{.name = "output", .type = ARG_OUTPUT, .letter = 'o', .shape = "FILE", .help = "where to; without it stdout"},
	               {.name = "force", .type = ARG_SWITCH, .help = "write over a file that is there"}, {0}},
	 .example = "tally posture pack -o bid.tally"},
	{.noun = "posture", .verb = "diff", .call = "posture.diff", .style = STYLE_TABLE,
	 .help = "what changed between two attestations, control by control",
	 .words = ARGS{{.name = "old", .required = true, .shape = "OLD", .help = "id of the earlier one"},
	               {.name = "new", .shape = "NEW", .help = "id of the later one; without it, the newest version of the first"}, {0}},
	 .empty = "nothing changed",
	 .columns = COLUMNS{{.path = "control"}, {.path = "change"}, {.path = "field"}, {.path = "was", .max = 40}, {.path = "now", .max = 40}, {0}}},
	{.noun = "posture", .verb = "gap", .call = "posture.gap", .style = STYLE_TABLE,
	 .help = "what a supplier was asked, and what of it is met, missing, expired or was never asked",
	 .words = ARGS{{.name = "partner", .required = true, .help = "pet name, supplier name or id"}, {0}},
	 .empty = "nothing asked and nothing attested yet; ask with: tally requirement assign SET --to PARTNER --level LEVEL",
	 .columns = COLUMNS{
		 {.path = "set", .max = 24}, {.path = "rid"}, {.path = "title", .max = 40}, {.path = "state"}, {.path = "because", .max = 60, .whole = true},
		 {.path = "until"},
		 {0}}},
	{0},
};
