/* Beside the answers to requirements: challenges, exceptions, guidance, what certifications cover. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])

static const struct arg commands_challenge_words[] = {
	{.name = "about", .required = true, .shape = "ASSIGN", .help = "id of the assignment, or of another record"},
	{.name = "rid", .help = "the requirement"},
	{0},
};

const struct command commands_challenge[] = {
	{.noun = "requirement", .verb = "challenge", .call = "requirement.challenge", .style = STYLE_ID, .kind = KIND_CHALLENGE, .more = commands_say,
	 .fills = FILLS{"about", "rid", NULL}, .creates = true, .changes = true,
	 .help = "question a requirement; the time to answer it stands still until this is answered", .words = commands_challenge_words,
	 .example = "tally requirement challenge 4f1c22 R3 --kind guidance-missing --text \"How long must logs be kept?\""},
	{.noun = "requirement", .verb = "answer", .call = "requirement.answer", .style = STYLE_ID, .kind = KIND_REPLY, .more = commands_say,
	 .fills = FILLS{"about", "decision", "stage", "reasons", NULL}, .creates = true, .changes = true,
	 .help = "answer a challenge: the time runs again",
	 .words = ARGS{
		 {.name = "record", .required = true, .shape = "CHALLENGE", .help = "id of the challenge"},
		 {.name = "decision", .required = true,
		  .help = "done (explained), accepted (it will change or fall away), declined (it stands), need-info"},
		 {0}},
	 .example = "tally requirement answer 5a0e11 done --text \"Twelve months; see the guidance\""},
	{.noun = "requirement", .verb = "challenges", .call = "requirement.challenges", .style = STYLE_TABLE,
	 .help = "what is questioned, by us and by others, and what was answered",
	 .empty = "nothing is challenged",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 20}, {.path = "to", .max = 20}, {.path = "rid"}, {.path = "challenge"},
		 {.path = "title", .heading = "text", .max = 40}, {.path = "stopped_from", .as = AS_TIME},
		 {.path = "stopped_until", .heading = "until", .as = AS_TIME}, {.path = "state"}, {.path = "answer"},
		 {.path = "answer_text", .heading = "answered", .max = 40}, {0}}},
	{.noun = "requirement", .verb = "owed", .call = "requirement.owed", .style = STYLE_TABLE,
	 .help = "what all customers ask of us, equal questions as one line",
	 .flags = ARGS{{.name = "all", .type = ARG_SWITCH, .help = "what is answered, too"}, {0}},
	 .empty = "nothing is asked of us that is not answered",
	 .columns = COLUMNS{
		 {.path = "question"}, {.path = "title", .max = 36}, {.path = "asked_by", .max = 48}, {.path = "due"}, {.path = "state"},
		 {.path = "answer", .heading = "our answer", .max = 32}, {.path = "answer_text", .heading = "text", .max = 36}, {0}}},
	{.noun = "requirement", .verb = "reuse", .call = "requirement.reuse", .style = STYLE_TABLE, .changes = true,
	 .help = "give one answer to all customers who ask the same; without --send it only shows what would go to whom",
	 .words = ARGS{{.name = "question", .shape = "ASSIGN:RID", .help = "only this one, as \"requirement owed\" shows it"}, {0}},
	 .flags = ARGS{
		 {.name = "as", .shape = "ANSWER: TEXT", .help = "the answer; without it, what was answered to an equal question"},
		 {.name = "to", .type = ARG_LIST, .shape = "PARTNER", .help = "only to this customer"},
		 {.name = "send", .type = ARG_SWITCH, .help = "send it"},
		 {0}},
	 .empty = "no open question is equal to one that was answered",
	 .columns = COLUMNS{
		 {.path = "to", .max = 24}, {.path = "assign"}, {.path = "rid"}, {.path = "title", .max = 36}, {.path = "answer"}, {.path = "text", .max = 48},
		 {.path = "as_to"}, {0}},
	 .example = "tally requirement reuse 4f1c22:R1 --as \"accepted: doors lock by themselves\" --to harbour --to coldline --send"},
	{.noun = "requirement", .verb = "pass", .call = "requirement.pass", .style = STYLE_ID, .kind = KIND_REQUIREMENT_ASSIGN, .more = commands_say,
	 .fills = FILLS{"set", "level", "tender", NULL}, .creates = true, .changes = true,
	 .help = "pass on to our own suppliers what a customer wants passed on; the customer is not named",
	 .words = ARGS{{.name = "assign", .required = true, .help = "id of the customer's assignment"}, {0}},
	 .example = "tally requirement pass 4f1c22 --to coldline --due 2027-01-31"},
	{.noun = "requirement", .verb = "flowdown", .call = "requirement.flowdown", .style = STYLE_ID, .creates = true, .changes = true,
	 .help = "tell the customer how far that is: counts, and the ids of the answers, without names",
	 .words = ARGS{{.name = "assign", .required = true, .help = "id of the customer's assignment"}, {0}}},
	{.noun = "exception", .verb = "request", .call = "exception.request", .style = STYLE_ID, .kind = KIND_EXCEPTION_REQUEST, .more = commands_say,
	 .fills = FILLS{"assign", "rid", NULL}, .creates = true, .changes = true,
	 .help = "ask to accept, until a date, that a requirement is not met",
	 .words = ARGS{
		 {.name = "about", .required = true, .shape = "ASSIGN", .help = "id of the assignment"},
		 {.name = "rid", .required = true, .help = "the requirement"},
		 {0}},
	 .example = "tally exception request 4f1c22 R3 --reason \"old scanners\" --measures \"kept offline\" --until 2027-06-30"},
	{.noun = "exception", .verb = "decide", .call = "exception.decide", .style = STYLE_ID, .kind = KIND_REPLY, .more = commands_say,
	 .fills = FILLS{"about", "decision", "stage", "reasons", NULL}, .creates = true, .changes = true, .help = "grant or refuse an exception",
	 .words = ARGS{
		 {.name = "record", .required = true, .shape = "REQUEST", .help = "id of the request"},
		 {.name = "decision", .required = true, .help = "granted, granted-shorter (with --until), refused or need-info"},
		 {0}},
	 .example = "tally exception decide 77ab10 granted-shorter --until 2027-03-31 --conditions \"scanners stay offline\""},
	{.noun = "guidance", .verb = "add", .call = "guidance.add", .style = STYLE_ID, .kind = KIND_GUIDANCE, .more = commands_say,
	 .fills = FILLS{"set", NULL}, .creates = true, .changes = true, .help = "how requirements can be met: to all who are asked to meet the set",
	 .words = ARGS{{.name = "set", .required = true, .help = "name of the set, or id"}, {0}},
	 .flags = ARGS{{.name = "supersedes", .shape = "ID", .help = "the guidance that this replaces"}, {0}},
	 .example = "tally guidance add baseline --rids R3 --title \"Keeping logs\" --link https://example.org/logs --language en"},
	{.noun = "guidance", .verb = "list", .call = "guidance.list", .style = STYLE_TABLE, .help = "how requirements can be met: from us and from others",
	 .empty = "no guidance yet",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 20}, {.path = "set", .max = 24}, {.path = "rids", .max = 24}, {.path = "title", .max = 32},
		 {.path = "text", .max = 40}, {.path = "link", .max = 40}, {.path = "language"}, {0}}},
	{.noun = "equivalence", .verb = "list", .call = "equivalence.list", .style = STYLE_TABLE,
	 .help = "which certificates meet which requirements, as we and others say",
	 .empty = "no certificate is recognised yet",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 20}, {.path = "set", .max = 24}, {.path = "scheme", .max = 28}, {.path = "rid"},
		 {.path = "extent"}, {.path = "remains", .max = 36}, {.path = "scope", .max = 32}, {.path = "max_age", .heading = "days", .as = AS_NUMBER},
		 {.path = "expires"}, {.path = "state"}, {0}}},
	{.noun = "equivalence", .verb = "add", .call = "equivalence.add", .style = STYLE_ID, .kind = KIND_EQUIVALENCE, .more = commands_say,
	 .fills = FILLS{"set", "covers", NULL}, .creates = true, .changes = true,
	 .help = "which requirements a certification meets: to all who are asked to meet the set",
	 .words = ARGS{{.name = "set", .required = true, .help = "name of the set, or id"}, {0}},
	 .flags = ARGS{
		 {.name = "file", .type = ARG_BODY, .help = "start from the fields in this JSON file"},
		 {.name = "full", .type = ARG_LIST, .shape = "RID", .help = "it is met by the certificate"},
		 {.name = "partial", .type = ARG_LIST, .shape = "RID=REMAINS", .help = "a part of it is; what is still to be shown"},
		 {.name = "supersedes", .shape = "ID", .help = "the recognition that this replaces"},
		 {0}},
	 .example = "tally equivalence add baseline --scheme \"ISO/IEC 27001:2022\" --full R1 --partial \"R4=the restore test\" --expires 2027-12-31"},
	{0},
};
