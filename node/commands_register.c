/* The register: local rows, never sent. Every local kind has the same commands; some have a few more. */
#include "node/cli.h"
#include "store/locals.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])
#define FACTOR_HELP "function criticality, data sensitivity, access level, substitutability or dependency; none, low, medium, high, critical"

static const char *const fills[] = {"name", "created", "changed", NULL};

static const struct column history_columns[] = {
	{.path = "version", .as = AS_NUMBER}, {.path = "changed", .heading = "replaced", .as = AS_TIME}, {.path = "fields"},
	{.path = "before", .max = 80}, {0},
};

static const struct column import_columns[] = {
	{.path = "rows"}, {.path = "added"}, {.path = "changed", .items = COLUMNS{{.path = "name"}, {.path = "fields"}, {0}}}, {.path = "unchanged"},
	{.path = "diff", .items = COLUMNS{{.path = "line", .as = AS_NUMBER}, {.path = "change"}, {.path = "name", .max = 24}, {.path = "field"},
	                                  {.path = "was", .max = 40}, {.path = "now", .max = 40}, {0}}},
	{.path = "diff_left_out", .heading = "lines of the diff left out"}, {0},
};

static const struct arg supplier_filter[] = {
	{.name = "supplier", .shape = "NAME", .help = "only of this supplier; its short name, or the pet name of the partner it is"},
	{.name = "sort", .shape = "BY", .help = "priority, name, or another field that is no list (most pressing first)"},
	{.name = "limit", .type = ARG_INT, .help = "at most so many (all)"},
	{0},
};

static const struct arg plain_filter[] = {
	{.name = "sort", .shape = "BY", .help = "name, or another field that is no list (most pressing first)"},
	{.name = "limit", .type = ARG_INT, .help = "at most so many (all)"},
	{0},
};

static const struct arg clear[] = {{.name = "clear", .type = ARG_LIST, .shape = "FIELD", .help = "make this field not stated"}, {0}};

static const struct arg import_flags[] = {
	{.name = "map", .type = ARG_FILE, .shape = "FILE", .help = "how its headings and words become ours; see docs/register.md"},
	{.name = "encoding", .type = ARG_TEXT, .shape = "NAME", .help = "windows-1252, when it is neither UTF-8 nor UTF-16 with its mark"},
	{0},
};

static const struct arg output[] = {
	{.name = "output", .type = ARG_OUTPUT, .letter = 'o', .shape = "FILE", .help = "where to; without it stdout"},
	{.name = "force", .type = ARG_SWITCH, .help = "write over a file that is there"},
	{0},
};

static const struct arg supplier_list[] = {
	{.name = "sort", .shape = "BY", .help = "priority, name, tier, state, review_due or another field that is no list (priority)"},
	{.name = "tier", .type = ARG_WORD, .vocab = &vocab_tier, .help = "only this tier"},
	{.name = "state", .type = ARG_WORD, .vocab = &vocab_supplier_state, .help = "only in this state"},
	{.name = "limit", .type = ARG_INT, .help = "at most so many (all)"},
	{0},
};

/* ---- what a list shows ---- */

static const struct column supplier_columns[] = {
	{.path = "name"}, {.path = "title", .max = 32}, {.path = "tier"}, {.path = "type"}, {.path = "state"},
	{.path = "partner", .max = 20}, {.path = "review_due"}, {.path = "services", .max = 32}, {0},
};

static const struct column dependency_columns[] = {
	{.path = "name"}, {.path = "function", .max = 28}, {.path = "criticality"}, {.path = "supplier"},
	{.path = "service", .max = 24}, {.path = "substitutability"}, {.path = "exit_plan.exists", .heading = "exit plan"},
	{.path = "exit_plan.tested", .heading = "tested"}, {.path = "used_until"}, {0},
};

static const struct column subcontractor_columns[] = {
	{.path = "name"}, {.path = "supplier"}, {.path = "subcontractor", .max = 28}, {.path = "rank"},
	{.path = "service", .max = 28}, {.path = "critical"}, {.path = "countries"}, {.path = "since"}, {.path = "ended"}, {0},
};

static const struct column disclosure_columns[] = {
	{.path = "id", .as = AS_ID}, {.path = "from", .max = 20}, {.path = "subcontractor", .max = 28}, {.path = "rank"},
	{.path = "parent", .max = 20}, {.path = "service", .max = 28}, {.path = "critical"}, {.path = "countries"}, {.path = "breach"},
	{.path = "because", .max = 60}, {0},
};

static const struct column request_columns[] = {
	{.path = "id", .as = AS_ID}, {.path = "from", .max = 20}, {.path = "subcontractor", .max = 28}, {.path = "service", .max = 28},
	{.path = "start"}, {.path = "answer_by"}, {.path = "decision"}, {.path = "until"},
	{.path = "conditions", .max = 40}, {0},
};

static const char *const decide_fills[] = {"about", "decision", "stage", "reasons", NULL};

static const struct column published_columns[] = {
	{.path = "name"}, {.path = "supplier"}, {.path = "title", .max = 32}, {.path = "retrieved"}, {.path = "assurance"},
	{.path = "confidence"}, {.path = "confidence_reason", .heading = "why", .max = 32},
	{.path = "review_due"}, {0},
};

static const struct column support_columns[] = {
	{.path = "name"}, {.path = "product", .max = 28}, {.path = "versions", .max = 24}, {.path = "support"}, {.path = "supplier"},
	{.path = "end_of_support", .heading = "support until"}, {.path = "end_of_fixes", .heading = "fixes until"},
	{.path = "successor", .max = 24}, {0},
};

static const struct column terms_columns[] = {
	{.path = "name"}, {.path = "supplier"}, {.path = "title", .max = 32}, {.path = "version"}, {.path = "status"},
	{.path = "read"}, {.path = "end"}, {.path = "subcontracting"}, {.path = "review_due"}, {0},
};

static const struct column access_columns[] = {
	{.path = "name"}, {.path = "supplier"}, {.path = "what", .max = 32}, {.path = "class"}, {.path = "privileged"},
	{.path = "since"}, {.path = "until"}, {.path = "revoked"}, {.path = "owner"}, {0},
};

static const struct column awareness_columns[] = {
	{.path = "name"}, {.path = "role", .max = 28}, {.path = "topic", .max = 32}, {.path = "form"}, {.path = "date"},
	{.path = "expires"}, {.path = "people"}, {.path = "absent"}, {0},
};

/* ---- the commands ---- */

#define WORD(n) ARGS{{.name = n, .required = true, .shape = "NAME", .help = "its short name"}, {0}}
#define SHEET ARGS{{.name = "csv", .type = ARG_SHEET, .required = true, .shape = "FILE", .help = "with a heading line"}, {0}}
#define ROW(n, v) .noun = n, .verb = v, .call = n "." v
#define EMPTY(n) "no " n " yet; begin with: tally " n " add NAME, or: tally " n " import FILE.csv"

#define COMMANDS(n, a, f, list, shown, add)                                                                     \
	{ROW(n, "add"), .style = STYLE_ID, .words = WORD(n), .fields = f, .fills = fills, .changes = true,      \
	 .help = "put " a " into the register", .example = add},                                                \
	{ROW(n, "edit"), .style = STYLE_ID, .words = WORD(n), .fields = f, .fills = fills, .flags = clear,      \
	 .amends = true, .changes = true, .help = "change fields of " a "; the row as it was is kept"},         \
	{ROW(n, "list"), .style = STYLE_TABLE, .flags = list, .columns = shown,                                 \
	 .help = "what the register has, most pressing first", .empty = EMPTY(n)},                              \
	{ROW(n, "show"), .style = STYLE_SHEET, .words = WORD(n), .help = "one row and its history"},            \
	{ROW(n, "history"), .style = STYLE_TABLE, .words = WORD(n), .columns = history_columns,                 \
	 .help = "every version of a row as it was, newest first, also of one that was removed"},               \
	{ROW(n, "remove"), .style = STYLE_NONE, .words = WORD(n), .changes = true, .asks = true,                \
	 .help = "take a row out of the register; its history stays"},                                          \
	{ROW(n, "import"), .style = STYLE_SHEET, .words = SHEET, .flags = import_flags, .columns = import_columns, \
	 .changes = true, .help = "read CSV, all or nothing; rows with a known name are updated",               \
	 .example = "tally " n " import " n ".csv --map columns.conf --dry-run"},                               \
	{ROW(n, "export"), .style = STYLE_FILE, .flags = output, .help = "write all of it as CSV"}

const struct command commands_register[] = {
	COMMANDS("supplier", "a supplier", supplier_fields, supplier_list, supplier_columns,
	         "tally supplier add brackwater --title \"Brackwater Logistics\" --tier high --reason \"runs our cold chain\""),
	{.noun = "supplier", .verb = "link", .call = "supplier.link", .style = STYLE_NONE, .changes = true,
	 .help = "say which partner a supplier is",
	 .words = ARGS{
		 {.name = "supplier", .required = true, .shape = "NAME", .help = "the supplier's short name"},
		 {.name = "partner", .required = true, .help = "pet name or id"},
		 {0}},
	 .example = "tally supplier link brackwater brackwater"},
	{.noun = "supplier", .verb = "rank", .call = "supplier.rank", .style = STYLE_SHEET, .words = WORD("supplier"),
	 .changes = true,
	 .help = "set the factors of its tier, with the reason; the highest factor gives the tier unless you do",
	 .flags = ARGS{
		 {.name = "factor", .type = ARG_LIST, .shape = "FACTOR=LEVEL", .help = FACTOR_HELP},
		 {.name = "tier", .type = ARG_WORD, .vocab = &vocab_tier, .help = "the tier, where it is another than follows"},
		 {.name = "reason", .required = true, .help = "why"},
		 {.name = "review_due", .shape = "DATE", .help = "next review (12 months for critical and high, 24 for medium, 36 for low)"},
		 {0}},
	 .example = "tally supplier rank brackwater --factor \"data sensitivity=high\" --reason \"holds our customers' addresses\""},
	{ROW("supplier", "offboard"), .style = STYLE_SHEET, .words = WORD("supplier"), .changes = true,
	 .help = "end a relationship: exiting, with the list of what is still held or open; --finish makes it former",
	 .flags = ARGS{
		 {.name = "finish", .type = ARG_SWITCH, .help = "it is over: refused while something is open"},
		 {.name = "despite", .type = ARG_SWITCH, .help = "in spite of what is open"},
		 {.name = "all", .type = ARG_SWITCH, .help = "each thing that is open by itself, not one line a record"},
		 {0}},
	 .columns = COLUMNS{
		 {.path = "state"}, {.path = "open", .items = COLUMNS{{.path = "what"}, {.path = "id", .as = AS_ID}, {.path = "title"}, {0}}}, {0}},
	 .example = "tally supplier offboard brackwater"},
	COMMANDS("dependency", "a dependency of a business function", dependency_fields, supplier_filter, dependency_columns,
	         "tally dependency add payments-brackwater --function payments --criticality critical --supplier brackwater --substitutability hard "
	         "--substitutability-reason \"no second carrier\" --exit-plan-exists true"),
	COMMANDS("subcontractor", "a subcontractor", subcontractor_fields, supplier_filter, subcontractor_columns,
	         "tally subcontractor add coldline-dc --supplier coldline --subcontractor Northdata --rank 2 --service \"data centre\" --country NO"),
	{ROW("subcontractor", "disclose"), .style = STYLE_ID, .kind = KIND_SUBCONTRACTOR_DISCLOSURE, .more = commands_say, .creates = true,
	 .changes = true, .help = "as a supplier: say which subcontractors there are, or that there are none; it replaces what was said before",
	 .example = "tally subcontractor disclose --contract 4f1c22 --as-of 2026-11-24 --complete yes "
	            "--item \"name=Northdata, service=data centre, rank=2, critical=yes\""},
	{ROW("subcontractor", "disclosures"), .style = STYLE_TABLE, .columns = disclosure_columns,
	 .help = "what was disclosed, to us and by us, against what the contract allows",
	 .empty = "nothing was disclosed; as a supplier: tally subcontractor disclose"},
	{ROW("subcontractor", "request"), .style = STYLE_ID, .kind = KIND_SUBCONTRACTING_REQUEST, .more = commands_say, .creates = true,
	 .changes = true, .help = "as a supplier: ask the customer to allow a subcontractor; silence grants nothing",
	 .example = "tally subcontractor request --contract 4f1c22 --subcontractor Northdata --service \"data centre\" --reason \"ours closes\""},
	{ROW("subcontractor", "requests"), .style = STYLE_TABLE, .columns = request_columns,
	 .flags = ARGS{{.name = "open", .type = ARG_SWITCH, .help = "only those that are not decided"}, {0}},
	 .help = "what was asked for, and what was decided", .empty = "nothing was asked for"},
	{ROW("subcontractor", "decide"), .style = STYLE_ID, .kind = KIND_REPLY, .more = commands_say, .fills = decide_fills, .creates = true,
	 .changes = true, .help = "as a customer: grant or refuse a subcontractor that was asked for",
	 .words = ARGS{
		 {.name = "record", .required = true, .shape = "REQUEST", .help = "id of the request"},
		 {.name = "decision", .required = true, .help = "granted (with --until or --conditions), refused or need-info"},
		 {0}},
	 .example = "tally subcontractor decide 77ab10 granted --until 2027-12-31 --conditions \"no copies outside the EU\""},
	COMMANDS("published", "something published", published_fields, supplier_filter, published_columns,
	         "tally published add cloudco-soc2 --supplier cloudco --title \"SOC 2 summary\" --retrieved 2026-11-01 "
	         "--answer \"requirement=R3, where=page 4, text=backups are tested monthly\" --confidence 60 --confidence-reason \"no report seen\""),
	COMMANDS("terms", "terms that were read", terms_fields, supplier_filter, terms_columns,
	         "tally terms add cloudco-2026 --supplier cloudco --title \"Customer agreement\" --version 2026-03 --read 2026-11-01 "
	         "--subcontracting notify --responsibility \"control=backup, owner=customer, ours=copy what we must not lose\""),
	COMMANDS("access", "access that we gave", access_fields, supplier_filter, access_columns,
	         "tally access add brackwater-vpn --supplier brackwater --what \"VPN to the warehouse\" --class network --since 2026-01-15"),
	COMMANDS("awareness", "awareness of staff", awareness_fields, plain_filter, awareness_columns,
	         "tally awareness add buyers-2026 --role buyers --topic \"security clauses in contracts\" --date 2026-10-01 --expires 2027-10-01"),
	COMMANDS("support", "support of a product", support_fields, supplier_filter, support_columns,
	         "tally support add debian-12 --product Debian --version 12 --support community --end-of-fixes 2028-06-30 --successor \"Debian 13\""),
	{.noun = "support", .verb = "state", .call = "record.new", .style = STYLE_ID, .kind = KIND_SUPPORT_STATEMENT, .more = commands_say, .creates = true,
	 .changes = true, .help = "as a supplier: state who mends a product, and until when",
	 .flags = ARGS{{.name = "supersedes", .shape = "ID", .help = "our own earlier statement that it replaces"}, {0}},
	 .example = "tally support state --to harbour --product ColdTrack --version 4 --support vendor --end-of-fixes 2027-12-31 --tlp green"},
	{0},
};
