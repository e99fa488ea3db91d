/* Incidents: notices, their updates, and the answers to them. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FILLS (const char *const[])

static const struct arg commands_incident_words[] = {
	{.name = "incident", .required = true, .shape = "ID", .help = "id of the notice, or of any record of its thread"},
	{0},
};

const struct command commands_incident[] = {
	{.noun = "incident", .verb = "report", .call = "incident.report", .style = STYLE_ID, .kind = KIND_INCIDENT_NOTICE,
	 .more = commands_say,
	 .creates = true, .changes = true, .help = "tell partners of an incident",
	 .example = "tally incident report --to harbour --stage early-warning --title \"Ransomware\" --aware 2026-11-23T09:00:00Z "
		    "--malicious yes --cross-border no --contact soc@brackwater.example"},
	{.noun = "incident", .verb = "update", .call = "incident.update", .style = STYLE_ID, .kind = KIND_INCIDENT_NOTICE,
	 .more = commands_say,
	 .words = commands_incident_words, .amends = true, .creates = true, .changes = true,
	 .help = "a new version of our own notice, for all who got the last: what is not given stays, actions are added, other lists are replaced",
	 .example = "tally incident update 4f1c22 --stage notification --severity high --action \"Reset API keys\""},
	{.noun = "incident", .verb = "list", .call = "incident.list", .style = STYLE_TABLE,
	 .help = "incidents, ours and our partners'",
	 .flags = ARGS{
		 {.name = "open", .type = ARG_SWITCH, .help = "only those not closed"},
		 {.name = "from", .shape = "PARTNER", .help = "only those of one partner, or \"me\""},
		 {.name = "exercise", .shape = "ID", .help = "those of an exercise instead of real ones"},
		 {.name = "limit", .type = ARG_INT, .help = "at most so many (all)"},
		 {0}},
	 .empty = "no incident; report one with: tally incident report --to PARTNER --title TITLE ...",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 24}, {.path = "stage"}, {.path = "severity"}, {.path = "title",
		 .max = 48},
		 {.path = "aware", .as = AS_TIME}, {.path = "state"}, {0}}},
	{.noun = "incident", .verb = "show", .lone = true, .call = "incident.show", .style = STYLE_SHEET, .words = commands_incident_words,
	 .help = "an incident in full: versions, answers, clocks"},
	{.noun = "incident", .verb = "answer", .lone = true, .call = "incident.answer", .style = STYLE_ID, .kind = KIND_INCIDENT_ANSWER,
	 .more = commands_say,
	 .words = commands_incident_words, .fills = FILLS{"about", NULL},
	 .creates = true, .changes = true, .help = "say how a partner's incident affects us",
	 .example = "tally incident answer 4f1c22 --impact affected --text \"Orders for Tuesday at risk\""},
	{.noun = "incident", .verb = "confirm", .call = "incident.confirm", .style = STYLE_SHEET, .words = commands_incident_words, .changes = true,
	 .help = "a partner's incident is one of ours too: our own clocks run from when we became aware of that",
	 .flags = ARGS{
		 {.name = "aware", .shape = "TIME", .help = "when we became aware that it is significant for us; otherwise now"},
		 {.name = "clock", .type = ARG_LIST, .shape = "PROFILE", .help = "a clock profile that runs too, such as dora"},
		 {.name = "reason", .help = "what makes it significant"},
		 {0}},
	 .example = "tally incident confirm 4f1c22 --aware 2026-11-23T11:00:00Z --reason \"our warehouse stands still\""},
	{.noun = "incident", .verb = "dismiss", .call = "incident.dismiss", .style = STYLE_NONE, .words = commands_incident_words, .changes = true,
	 .help = "a partner's incident is none of ours: the clocks that its notice opened are closed",
	 .flags = ARGS{{.name = "reason", .required = true, .help = "why not"}, {0}}},
	{.noun = "incident", .verb = "told", .call = "incident.told", .style = STYLE_SHEET, .words = commands_incident_words, .changes = true,
	 .help = "an authority was told of our incident, or of a partner's that is ours too: the clocks it meets are named",
	 .flags = ARGS{
		 {.name = "stage", .type = ARG_WORD, .required = true, .vocab = &vocab_stage, .help = "which report it got"},
		 {.name = "at", .shape = "TIME", .help = "when; otherwise now"},
		 {.name = "authority", .help = "which authority or CSIRT"},
		 {.name = "reference", .help = "its reference"},
		 {.name = "clock", .type = ARG_LIST, .shape = "PROFILE", .help = "which law's clock it meets; otherwise those whose profile names this authority"},
		 {0}}},
	{.noun = "incident", .verb = "matrix", .call = "incident.matrix", .style = STYLE_TABLE, .words = commands_incident_words,
	 .help = "each recipient: stored, acknowledged, assessed, mitigated",
	 .empty = "nobody got it from us",
	 .columns = COLUMNS{
		 {.path = "partner", .max = 24}, {.path = "stored", .as = AS_TIME}, {.path = "acknowledged", .as = AS_TIME},
		 {.path = "impact"},
		 {.path = "answered", .as = AS_TIME}, {.path = "text", .max = 48}, {.path = "suppliers_asked", .heading = "asked", .as = AS_NUMBER},
		 {.path = "suppliers_answered", .heading = "of them answered", .as = AS_NUMBER},
		 {.path = "suppliers_affected", .heading = "of them affected", .as = AS_NUMBER}, {0}}},
	{.noun = "incident", .verb = "match", .call = "incident.match", .style = STYLE_TABLE, .words = commands_incident_words,
	 .help = "what of ours it touches: rows of the register that name its products, services and contracts",
	 .empty = "no row of the register names its author, products or services",
	 .columns = COLUMNS{
		 {.path = "supplier", .max = 24}, {.path = "tier"}, {.path = "row"}, {.path = "name", .max = 24}, {.path = "function", .max = 32},
		 {.path = "ours", .max = 32}, {.path = "theirs", .max = 32}, {.path = "how"}, {0}}},
	{.noun = "incident", .verb = "ask", .call = "incident.ask", .style = STYLE_ID, .kind = KIND_IMPACT_QUERY, .more = commands_say,
	 .fills = FILLS{"notice", NULL}, .creates = true, .changes = true,
	 .help = "ask partners whether a vulnerability, a product or an incident affects them",
	 .flags = ARGS{{.name = "about", .shape = "ID", .help = "the incident, or the question that came to us, that makes us ask"}, {0}},
	 .example = "tally incident ask --to brackwater --title \"Do you run pump 3.1?\" --product \"pump 3.1\" --vulnerability CVE-2026-1234 "
		    "--due 2026-12-01T12:00:00Z --about 4f1c22"},
	{.noun = "incident", .verb = "asked", .call = "incident.asked", .style = STYLE_TABLE, .help = "such questions, ours and others'",
	 .flags = ARGS{{.name = "exercise", .shape = "ID", .help = "those of an exercise instead of real ones"}, {0}},
	 .empty = "no question; ask with: tally incident ask --to PARTNER --title TITLE --due TIME",
	 .columns = COLUMNS{
		 {.path = "id", .as = AS_ID}, {.path = "from", .max = 24}, {.path = "title", .max = 48}, {.path = "due", .as = AS_TIME}, {.path = "state"}, {0}}},
	{.noun = "incident", .verb = "remind", .call = "incident.remind", .style = STYLE_ID, .words = commands_incident_words, .kind = KIND_REPLY,
	 .fills = FILLS{"about", "decision", "due", "until", "conditions", "changed", "stage", "reasons", NULL}, .creates = true, .changes = true,
	 .help = "remind those who have not answered a question of ours: once a day, five times at most"},
	{.noun = "incident", .verb = "forward", .call = "incident.forward", .style = STYLE_ID, .kind = KIND_FORWARD,
	 .more = commands_say,
	 .words = commands_incident_words, .creates = true, .changes = true,
	 .fills = FILLS{"record", "entry", "signature", "index", "path", "statements", "relation", NULL},
	 .help = "pass a partner's notice on, unaltered, as far as its TLP allows",
	 .flags = ARGS{{.name = "as", .type = ARG_WORD, .vocab = &vocab_relation, .help = "what the receiver is to us"},
	 {0}}},
	{.noun = "incident", .verb = "close", .call = "incident.close", .style = STYLE_ID, .kind = KIND_INCIDENT_NOTICE,
	 .more = commands_say, .words = commands_incident_words, .fills = FILLS{"stage", NULL}, .amends = true, .creates = true, .changes = true,
	 .help = "the final version of our own notice: it names the root cause, and where no notification went before, all that one asks for",
	 .flags = ARGS{{.name = "text", .help = "how it ended"}, {0}},
	 .example = "tally incident close 4f1c22 --severity high --determination confirmed --root-cause malicious-action --text \"Restored from backups\""},
	{0},
};
