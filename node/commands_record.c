/* Anything: records of every kind, what came and went, replies, proofs. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])

static const struct arg commands_record_words[] = {
	{.name = "record", .required = true, .shape = "ID", .help = "id, or its first digits (6 or more)"},
	{0},
};

const struct command commands_record[] = {
	{.noun = "record", .verb = "new", .call = "record.new", .style = STYLE_ID, .more = commands_say, .creates = true,
	 .changes = true,
	 .help = "a record of any kind; its fields are flags",
	 .words = ARGS{{.name = "kind", .type = ARG_KIND, .required = true, .help = "see: tally help record new"}, {0}},
	 .flags = ARGS{
		 {.name = "file", .type = ARG_BODY, .help = "start from the fields in this JSON file"},
		 {.name = "thread", .shape = "ID", .help = "the thread it belongs to"},
		 {.name = "parent", .type = ARG_LIST, .shape = "ID", .help = "what it answers or builds upon"},
		 {.name = "supersedes", .shape = "ID", .help = "our own record that it replaces"},
		 {0}},
	 .example = "tally record new incident.notice --to harbour --title \"Phishing wave\" --stage early-warning ..."},
	{.noun = "record", .verb = "list", .lone = true, .call = "record.list", .style = STYLE_TABLE, .help = "records, newest first",
	 .flags = ARGS{
		 {.name = "kind", .help = "only of this kind"},
		 {.name = "from", .shape = "PARTNER", .help = "only of this author, or \"me\""},
		 {.name = "thread", .shape = "ID", .help = "only of this thread"},
		 {.name = "limit", .type = ARG_INT, .help = "at most so many (100)"},
		 {0}},
	 .empty = "no record yet",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "kind"}, {.path = "from", .max = 24}, {.path = "tlp"}, {.path = "received",
		 .as = AS_TIME},
		 {.path = "title", .max = 48}, {.path = "state"}, {0}}},
	{.noun = "record", .verb = "show", .lone = true, .call = "record.show", .style = STYLE_SHEET, .words = commands_record_words,
	 .help = "one record in full: header, body, where it stands, who has it"},
	{.noun = "record", .verb = "retract", .call = "record.retract", .style = STYLE_ID, .words = commands_record_words,
	 .creates = true, .changes = true,
	 .help = "withdraw a record of our own; everybody who got it is told",
	 .flags = ARGS{{.name = "reason", .required = true, .help = "why"}, {0}}},
	{.noun = "record", .verb = "forward", .call = "record.forward", .style = STYLE_ID, .kind = KIND_FORWARD, .more = commands_say,
	 .words = commands_record_words, .creates = true, .changes = true,
	 .fills = FILLS{"record", "entry", "signature", "index", "path", "statements", "relation", NULL},
	 .help = "pass a partner's record on, unaltered, as far as its TLP allows",
	 .flags = ARGS{{.name = "as", .type = ARG_WORD, .vocab = &vocab_relation, .help = "what the receiver is to us"}, {0}},
	 .example = "tally record forward 4f1c22 --to harbour --as customer --basis \"consent of 24 November\""},
	{.noun = "inbox", .call = "inbox.list", .style = STYLE_TABLE, .help = "what partners sent us, newest first",
	 .flags = ARGS{
		 {.name = "open", .type = ARG_SWITCH, .help = "only what we have not answered"},
		 {.name = "limit", .type = ARG_INT, .help = "at most so many (100)"},
		 {0}},
	 .empty = "nothing has come yet; pair with somebody first: tally partner invite --name NAME",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 24}, {.path = "kind"}, {.path = "tlp"}, {.path = "received",
		 .as = AS_TIME},
		 {.path = "title", .max = 48}, {.path = "state"}, {0}}},
	{.noun = "outbox", .call = "outbox.list", .style = STYLE_TABLE, .help = "what we sent, and whether it is there",
	 .flags = ARGS{
		 {.name = "waiting", .type = ARG_SWITCH, .help = "only what is not delivered yet"},
		 {.name = "limit", .type = ARG_INT, .help = "at most so many (100)"},
		 {0}},
	 .empty = "nothing sent yet",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "to", .max = 24}, {.path = "kind"}, {.path = "created", .as = AS_TIME},
		 {.path = "title", .max = 48},
		 {.path = "delivery"}, {.path = "receipted", .as = AS_TIME}, {0}}},
	{.noun = "reply", .lone = true, .call = "record.reply", .style = STYLE_ID, .kind = KIND_REPLY, .more = commands_say,
	 .fills = FILLS{"about", "decision", NULL}, .creates = true, .changes = true,
	 .help = "decide about a record: acknowledged, accepted, declined ...",
	 .words = ARGS{
		 {.name = "record", .required = true, .shape = "ID", .help = "the record answered"},
		 {.name = "decision", .required = true, .help = "a word that its kind allows"},
		 {0}},
	 .example = "tally reply 4f1c22 acknowledged"},
	{.noun = "proof", .verb = "export", .call = "proof.export", .style = STYLE_FILE, .words = commands_record_words,
	 .help = "a file that proves a record to anybody, without this node",
	 .changes = true,
	 .flags = ARGS{
		 {.name = "output", .type = ARG_OUTPUT, .letter = 'o', .shape = "FILE", .help = "where to; without it stdout"},
		 {.name = "force", .type = ARG_SWITCH, .help = "write over a file that is there"},
		 {.name = "to", .shape = "PARTNER", .help = "prove that it was said to this one, where it was said to several"},
		 {0}},
	 .example = "tally proof export 4f1c22 -o ack.tally"},
	{.noun = "proof", .verb = "verify", .local = cli_local_proof_verify, .homeless = true,
	 .help = "check a proof file: no node, no store, no network; 10 when it is invalid",
	 .words = ARGS{{.name = "path", .type = ARG_PATH, .required = true, .shape = "FILE", .help = "the proof; \"-\" reads it from stdin"}, {0}}},
	{0},
};
