/* Consortia: many who warn each other, also while one of them is dark. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])

static const struct arg words[] = {
	{.name = "consortium", .required = true, .shape = "NAME", .help = "its name, or the first digits of its id"},
	{0},
};

static const struct arg policy[] = {
	{.name = "convenor", .type = ARG_LIST, .shape = "PARTNER", .help = "who decides about the roster; given in a proposal: all that there shall be"},
	{.name = "threshold", .type = ARG_INT, .help = "how many convenors decide: more than half of them"},
	{.name = "ceiling", .type = ARG_WORD, .vocab = &vocab_tlp, .help = "the most restricted that may be said (amber+strict); never red"},
	{.name = "history", .type = ARG_WORD, .vocab = &vocab_history, .help = "what newcomers are given: what is said since they came (since), or all"},
	{0},
};

const struct command commands_consortium[] = {
	{.noun = "consortium", .verb = "create", .call = "consortium.create", .style = STYLE_ID, .changes = true,
	 .help = "propose a consortium; we are a convenor of it, and it is there when enough convenors have signed",
	 .words = ARGS{{.name = "name", .required = true, .help = "short, as its members will type it"}, {0}}, .more = policy,
	 .flags = ARGS{
		 {.name = "title", .required = true, .shape = "TEXT", .help = "what it calls itself"},
		 {.name = "member", .type = ARG_LIST, .shape = "PARTNER", .help = "a member; convenors are members too"},
		 {0}},
	 .example = "tally consortium create circle --title \"Food Logistics Circle\" --convenor brackwater --threshold 2 --member coldline"},
	{.noun = "consortium", .verb = "list", .call = "consortium.list", .style = STYLE_TABLE, .help = "those we know, and how we stand to them",
	 .empty = "no consortium yet; a convenor makes one with: tally consortium create NAME",
	 .columns = COLUMNS{
		 {.path = "name"}, {.path = "title", .max = 32}, {.path = "state"}, {.path = "members", .as = AS_NUMBER}, {.path = "rseq", .as = AS_NUMBER},
		 {.path = "to_sign", .as = AS_NUMBER}, {.path = "joined", .as = AS_TIME}, {.path = "id", .as = AS_ID}, {0}}},
	{.noun = "consortium", .verb = "show", .call = "consortium.show", .style = STYLE_SHEET, .words = words,
	 .help = "its roster, and what waits for signatures"},
	{.noun = "consortium", .verb = "status", .call = "consortium.status", .style = STYLE_SHEET, .words = words,
	 .help = "who holds what up to where, who is behind, who is silent"},
	{.noun = "consortium", .verb = "sign", .call = "consortium.sign", .style = STYLE_NONE, .changes = true,
	 .help = "sign what waits for our signature as a convenor",
	 .words = ARGS{
		 {.name = "consortium", .required = true, .shape = "NAME", .help = "its name"},
		 {.name = "proposal", .help = "which, when several wait: the first digits of its id"},
		 {0}},
	 .example = "tally consortium sign circle"},
	{.noun = "consortium", .verb = "join", .call = "consortium.join", .style = STYLE_NONE, .words = words, .changes = true,
	 .help = "say yes to being a member", .example = "tally consortium join circle"},
	{.noun = "consortium", .verb = "leave", .call = "consortium.leave", .style = STYLE_NONE, .words = words, .changes = true, .asks = true,
	 .help = "take and give nothing there any more"},
	{.noun = "consortium", .verb = "propose", .call = "consortium.propose", .style = STYLE_ID, .words = words, .more = policy, .changes = true,
	 .help = "propose a change of its roster to the other convenors; with rosters in conflict: one that names them all",
	 .flags = ARGS{
		 {.name = "add", .type = ARG_LIST, .shape = "PARTNER", .help = "who comes in"},
		 {.name = "remove", .type = ARG_LIST, .shape = "MEMBER", .help = "who goes; what it says from here on is void"},
		 {.name = "reason", .shape = "TEXT", .help = "why somebody is removed, for all to read"},
		 {.name = "title", .shape = "TEXT", .help = "what it calls itself from now on"},
		 {0}},
	 .example = "tally consortium propose circle --remove coldline --reason left"},
	{0},
};
