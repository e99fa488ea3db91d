/* Contracts: offers, counter-offers, agreement, the end. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])

static const struct arg commands_contract_words[] = {
	{.name = "contract", .required = true, .shape = "ID", .help = "id of an offer, or of any record of its thread"},
	{0},
};

const struct command commands_contract[] = {
	{.noun = "contract", .verb = "offer", .call = "contract.offer", .style = STYLE_ID, .kind = KIND_CONTRACT, .more = commands_say,
	 .fills = FILLS{"about", NULL}, .amends = true, .creates = true, .changes = true,
	 .flags = ARGS{{.name = "file", .type = ARG_BODY, .help = "the contract as JSON; flags replace its members"}, {0}},
	 .help = "offer a contract; the side that is not named is ours",
	 .example = "tally contract offer --supplier brackwater --reference C-7 --type bespoke --start 2027-01-01 --end 2028-12-31 --notice-days 90 "
		    "--service \"cold-chain transport\" --function \"deliveries\" --clauses-clock \"stage=early-warning, hours=12\" "
		    "--clauses-subcontracting prior-approval"},
	{.noun = "contract", .verb = "amend", .call = "contract.amend", .style = STYLE_ID, .kind = KIND_CONTRACT, .words = commands_contract_words,
	 .fills = FILLS{"customer", "supplier", "about", NULL}, .amends = true, .creates = true, .changes = true,
	 .help = "a changed offer: a new version of ours, a counter-offer to theirs; what is not given stays. What was agreed holds until this is",
	 .example = "tally contract amend 4f1c22 --end 2029-12-31"},
	{.noun = "contract", .verb = "agree", .call = "contract.agree", .style = STYLE_ID, .words = commands_contract_words, .creates = true,
	 .changes = true, .flags = ARGS{{.name = "text", .help = "in words"}, {0}},
	 .help = "agree to the other side's offer: both then hold one text by one hash"},
	{.noun = "contract", .verb = "decline", .call = "contract.decline", .style = STYLE_ID, .words = commands_contract_words, .creates = true,
	 .changes = true, .flags = ARGS{{.name = "text", .help = "why"}, {0}}, .help = "decline the other side's offer"},
	{.noun = "contract", .verb = "end", .call = "contract.end", .style = STYLE_ID, .words = commands_contract_words, .creates = true,
	 .changes = true, .flags = ARGS{{.name = "on", .shape = "DATE", .help = "last day; without it, the end of the notice period"},
	                                {.name = "text", .help = "why"}, {0}},
	 .help = "end a contract before its time"},
	{.noun = "contract", .verb = "list", .call = "contract.list", .style = STYLE_TABLE, .help = "contracts and offers, newest first",
	 .flags = ARGS{{.name = "open", .type = ARG_SWITCH, .help = "only those that hold or are offered"}, {0}},
	 .empty = "no contract yet; offer one with: tally contract offer --supplier PARTNER --reference REF --type bespoke",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "reference", .max = 24}, {.path = "partner", .max = 24}, {.path = "role", .heading = "we are"},
		 {.path = "title", .max = 32}, {.path = "start"}, {.path = "end"}, {.path = "state"}, {0}}},
	{.noun = "contract", .verb = "show", .call = "contract.show", .style = STYLE_SHEET, .words = commands_contract_words,
	 .help = "a contract in full: what holds, what is offered, who agreed when"},
	{0},
};
