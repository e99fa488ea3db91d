/* The end of a relationship: what is held, notice, dispositions, and whether it is closed. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])
#define REPLY .style = STYLE_ID, .kind = KIND_REPLY, .more = commands_say, \
	.fills = FILLS{"about", "decision", "due", "conditions", "until", "changed", "stage", "reasons", NULL}, .creates = true, .changes = true

static const struct arg commands_exit_partner[] = {
	{.name = "partner", .help = "pet name, supplier name or id; all when left out"},
	{0},
};

const struct command commands_exit[] = {
	{.noun = "asset", .verb = "declare", .call = "asset.declare", .style = STYLE_ID, .kind = KIND_ASSET_HELD, .more = commands_say, .amends = true,
	 .creates = true, .changes = true, .help = "state what we hold of a partner's; with --holder, what it holds of ours",
	 .flags = ARGS{
		 {.name = "file", .type = ARG_BODY, .help = "start from the fields in this JSON file"},
		 {.name = "sheet", .type = ARG_SHEET, .help = "a CSV file of items, one a row; the heading names id, class, description, locations ..."},
		 {.name = "encoding", .shape = "NAME", .help = "windows-1252, when it is neither UTF-8 nor UTF-16 with its mark"},
		 {.name = "none", .type = ARG_SWITCH, .help = "nothing else is held; without any item: nothing at all"},
		 {.name = "supersedes", .shape = "ID", .help = "our own earlier list that it replaces"},
		 {0}},
	 .example = "tally asset declare --to harbour --contract C-1 --item \"id=db, class=data, description=Orders, locations=DE; NL\""},
	{.noun = "asset", .verb = "confirm", .call = "asset.confirm", REPLY, .help = "agree to a partner's list of what is held",
	 .words = ARGS{{.name = "record", .required = true, .shape = "ID", .help = "the list"}, {0}}},
	{.noun = "asset", .verb = "dispute", .call = "asset.dispute", REPLY, .help = "say that a partner's list is not right",
	 .words = ARGS{{.name = "record", .required = true, .shape = "ID", .help = "the list"}, {0}},
	 .example = "tally asset dispute 4f1c22 --text \"the VPN accounts are missing\""},
	{.noun = "asset", .verb = "list", .call = "asset.list", .style = STYLE_TABLE, .words = commands_exit_partner,
	 .help = "what is held, both ways, and what became of it",
	 .flags = ARGS{{.name = "held", .type = ARG_SWITCH, .help = "only what is still held"}, {0}},
	 .empty = "nothing was declared; begin with: tally asset declare --to PARTNER",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "who", .heading = "held by", .max = 20}, {.path = "of", .max = 20}, {.path = "contract", .max = 16},
		 {.path = "item", .max = 24}, {.path = "class"}, {.path = "description", .max = 36}, {.path = "state"}, {0}}},
	{.noun = "termination", .verb = "give", .call = "termination.give", .style = STYLE_ID, .kind = KIND_TERMINATION, .more = commands_say,
	 .creates = true, .changes = true, .help = "give notice that a contract or the relationship ends",
	 .flags = ARGS{{.name = "supersedes", .shape = "ID", .help = "our own earlier notice that it replaces"}, {0}},
	 .example = "tally termination give --to brackwater --contract C-1 --effective 2027-03-31 --reason \"end of term\""},
	{.noun = "disposition", .verb = "attest", .call = "disposition.attest", .style = STYLE_ID, .kind = KIND_DISPOSITION, .more = commands_say,
	 .fills = FILLS{"about", NULL}, .amends = true, .creates = true, .changes = true, .help = "attest what became of each thing held",
	 .words = ARGS{{.name = "about", .required = true, .shape = "ID", .help = "the list, the termination or the contract"}, {0}},
	 .flags = ARGS{
		 {.name = "deleted", .type = ARG_LIST, .shape = "ID=METHOD", .help = "clear, purge, destroy or crypto-erase; \", until DATE\": in backups"},
		 {.name = "all_deleted", .shape = "METHOD", .help = "everything that is still held and not named otherwise"},
		 {.name = "returned", .type = ARG_LIST, .shape = "ID=TO", .help = "given back"},
		 {.name = "transferred", .type = ARG_LIST, .shape = "ID=TO", .help = "given to who takes over"},
		 {.name = "retained", .type = ARG_LIST, .shape = "ID=BASIS, until DATE", .help = "kept, on this basis"},
		 {.name = "not_held", .type = ARG_LIST, .shape = "ID=TEXT", .help = "it is not here, and why"},
		 {.name = "date", .help = "when it was done; today when left out"},
		 {.name = "by", .help = "by whom"},
		 {.name = "standard", .help = "by which standard it was deleted"},
		 {.name = "supersedes", .shape = "ID", .help = "our own earlier disposition that it replaces"},
		 {0}},
	 .example = "tally disposition attest 4f1c22 --deleted db=purge --standard \"NIST SP 800-88\" --retained \"books=tax law, until 2036-12-31\""},
	{.noun = "disposition", .verb = "list", .call = "disposition.list", .style = STYLE_TABLE,
	 .help = "what was attested, by us and to us, and what was said to it", .empty = "nothing was attested yet",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 20}, {.path = "to", .max = 20}, {.path = "created", .as = AS_TIME},
		 {.path = "title", .max = 36}, {.path = "state"}, {0}}},
	{.noun = "disposition", .verb = "accept", .call = "disposition.accept", REPLY, .help = "accept a partner's disposition",
	 .words = ARGS{{.name = "record", .required = true, .shape = "ID", .help = "the disposition"}, {0}}},
	{.noun = "disposition", .verb = "dispute", .call = "disposition.dispute", REPLY, .help = "do not accept it, and say why",
	 .words = ARGS{{.name = "record", .required = true, .shape = "ID", .help = "the disposition"}, {0}}},
	{.noun = "exit", .verb = "status", .call = "exit.status", .style = STYLE_TABLE, .words = commands_exit_partner,
	 .help = "what ends, what is still held both ways, and why it is not closed", .empty = "nothing ends, and nothing was declared",
	 .columns = COLUMNS{
		 {.path = "partner", .max = 24}, {.path = "contract", .max = 16}, {.path = "effective"},
		 {.path = "they_hold", .as = AS_NUMBER},
		 {.path = "we_hold", .as = AS_NUMBER}, {.path = "state"}, {.path = "because", .max = 80}, {0}}},
	{0},
};
