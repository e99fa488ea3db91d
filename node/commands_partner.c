/* Our own keys and card, and pairing with others. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])

static const struct arg commands_partner_words[] = {
	{.name = "partner", .required = true, .help = "pet name, supplier name or id"},
	{0},
};

const struct command commands_partner[] = {
	{.noun = "key", .verb = "show", .call = "key.show", .style = STYLE_SHEET, .help = "our public keys and their statement"},
	{.noun = "card", .verb = "show", .call = "card.show", .style = STYLE_SHEET, .alone = "words",
	 .help = "who we are, for a partner to compare",
	 .flags = ARGS{{.name = "words", .type = ARG_SWITCH, .help = "only the ten words, to be read out"}, {0}}},
	{.noun = "partner", .verb = "invite", .call = "partner.invite", .style = STYLE_ID, .member = "token", .changes = true,
	 .help = "make an invitation; the token alone goes to stdout",
	 .flags = ARGS{
		 {.name = "name", .required = true, .shape = "PETNAME", .help = "what we will call them"},
		 {.name = "supplier", .shape = "NAME", .help = "the supplier of our register that they are"},
		 {.name = "valid", .type = ARG_SPAN, .help = "how long the invitation is good (7d)"},
		 {0}},
	 .example = "tally partner invite --name brackwater --supplier brackwater"},
	{.noun = "partner", .verb = "invitations", .call = "partner.invitations", .style = STYLE_TABLE,
	 .help = "invitations that are open: nobody has used them, or the pair is not linked yet",
	 .empty = "no open invitation; make one with: tally partner invite --name NAME",
	 .columns = COLUMNS{
		 {.path = "name"}, {.path = "supplier"}, {.path = "expires", .as = AS_TIME}, {.path = "used_by", .heading = "used by"}, {0}}},
	{.noun = "partner", .verb = "withdraw", .call = "partner.withdraw", .style = STYLE_NONE, .changes = true,
	 .help = "end an open invitation; who used it already stays a partner",
	 .words = ARGS{{.name = "name", .required = true, .help = "what the invitation calls them"}, {0}},
	 .example = "tally partner withdraw brackwater"},
	{.noun = "partner", .verb = "join", .call = "partner.join", .style = STYLE_ID, .changes = true,
	 .help = "take up an invitation",
	 .words = ARGS{{.name = "token", .required = true, .help = "the invitation; \"-\" reads it from stdin"}, {0}},
	 .flags = ARGS{{.name = "name", .required = true, .shape = "PETNAME", .help = "what we will call them"}, {0}},
	 .example = "tally partner join tally1abc... --name harbour"},
	{.noun = "partner", .verb = "list", .call = "partner.list", .style = STYLE_TABLE, .help = "all partners and how they stand",
	 .empty = "no partner yet; begin with: tally partner invite --name NAME",
	 .columns = COLUMNS{
		 {.path = "name"}, {.path = "title", .max = 32}, {.path = "state"}, {.path = "link"}, {.path = "org", .as = AS_ID},
		 {.path = "last_heard", .heading = "last heard", .as = AS_TIME}, {.path = "waiting", .as = AS_NUMBER}, {0}}},
	{.noun = "partner", .verb = "show", .call = "partner.show", .style = STYLE_SHEET, .words = commands_partner_words,
	 .help = "one partner in full"},
	{.noun = "partner", .verb = "verify", .call = "partner.verify", .style = STYLE_SHEET, .words = commands_partner_words,
	 .changes = true,
	 .help = "confirm that it is really them, by the ten words they read out",
	 .flags = ARGS{{.name = "words", .required = true, .shape = "WORDS", .help = "the ten words that they read out; asked for when left out",
	               .ask = "Call them, on a number you know, and type the ten words that they read out: "}, {0}},
	 .example = "tally partner verify brackwater --words \"harbour stone ...\""},
	{.noun = "partner", .verb = "suspend", .call = "partner.suspend", .style = STYLE_NONE, .words = commands_partner_words,
	 .changes = true,
	 .help = "stop sending and receiving for now",
	 .flags = ARGS{{.name = "reason", .help = "for our own records"}, {0}}},
	{.noun = "partner", .verb = "resume", .call = "partner.resume", .style = STYLE_NONE, .words = commands_partner_words,
	 .changes = true,
	 .help = "exchange again with a suspended partner"},
	{.noun = "partner", .verb = "reopen", .call = "partner.reopen", .style = STYLE_NONE, .words = commands_partner_words,
	 .changes = true,
	 .asks = true, .help = "begin our log to them anew: it stopped because they hold more of it than this node, which was restored"},
	{.noun = "partner", .verb = "remove", .call = "partner.remove", .style = STYLE_NONE, .words = commands_partner_words,
	 .changes = true,
	 .asks = true, .help = "end the partnership: secrets are dropped, logs and records stay"},
	{0},
};
