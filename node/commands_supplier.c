/* The register of suppliers: local rows, never sent. */
#include "node/cli.h"
#include "store/rows.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])

static const char *const commands_supplier_fills[] = {"name", "created", "changed", NULL};

static const struct arg commands_supplier_words[] = {
	{.name = "supplier", .required = true, .shape = "NAME", .help = "the supplier's short name"},
	{0},
};

const struct command commands_supplier[] = {
	{.noun = "supplier", .verb = "add", .call = "supplier.add", .style = STYLE_ID, .words = commands_supplier_words,
	 .fields = supplier_fields, .fills = commands_supplier_fills,
	 .changes = true, .help = "put a supplier into the register",
	 .example = "tally supplier add brackwater --title \"Brackwater Logistics\" --tier high --reason \"runs our cold chain\""},
	{.noun = "supplier", .verb = "edit", .call = "supplier.edit", .style = STYLE_ID, .words = commands_supplier_words,
	 .fields = supplier_fields, .fills = commands_supplier_fills,
	 .amends = true, .changes = true, .help = "change fields of a supplier; the row as it was is kept",
	 .flags = ARGS{{.name = "clear", .type = ARG_LIST, .shape = "FIELD", .help = "make this field not stated"}, {0}}},
	{.noun = "supplier", .verb = "list", .call = "supplier.list", .style = STYLE_TABLE,
	 .help = "the register, most critical first",
	 .empty = "no supplier yet; begin with: tally supplier add NAME --title TITLE --tier TIER, or: tally supplier import FILE.csv",
	 .flags = ARGS{
		 {.name = "sort", .shape = "BY", .help = "tier (then name), name or state"},
		 {.name = "tier", .type = ARG_WORD, .vocab = &vocab_tier, .help = "only this tier"},
		 {.name = "state", .type = ARG_WORD, .vocab = &vocab_supplier_state, .help = "only in this state"},
		 {.name = "limit", .type = ARG_INT, .help = "at most so many (all)"},
		 {0}},
	 .columns = COLUMNS{
		 {.path = "name"}, {.path = "title", .max = 32}, {.path = "tier"}, {.path = "type"}, {.path = "state"},
		 {.path = "partner", .max = 20},
		 {.path = "review_due", .heading = "review due"}, {.path = "services", .max = 32}, {0}}},
	{.noun = "supplier", .verb = "show", .call = "supplier.show", .style = STYLE_SHEET, .words = commands_supplier_words,
	 .help = "one supplier, its partner and its history"},
	{.noun = "supplier", .verb = "link", .call = "supplier.link", .style = STYLE_NONE, .changes = true,
	 .help = "say which partner a supplier is",
	 .words = ARGS{
		 {.name = "supplier", .required = true, .shape = "NAME", .help = "the supplier's short name"},
		 {.name = "partner", .required = true, .help = "pet name or id"},
		 {0}},
	 .example = "tally supplier link brackwater brackwater"},
	{.noun = "supplier", .verb = "rank", .call = "supplier.rank", .style = STYLE_SHEET, .words = commands_supplier_words,
	 .changes = true,
	 .help = "set the factors of its tier, and the tier, with the reason",
	 .flags = ARGS{
		 {.name = "factor", .type = ARG_LIST, .shape = "FACTOR=LEVEL", .help = "one factor"},
		 {.name = "tier", .type = ARG_WORD, .vocab = &vocab_tier, .help = "the tier that follows"},
		 {.name = "reason", .required = true, .help = "why"},
		 {0}},
	 .example = "tally supplier rank brackwater --factor substitutability=high --reason \"no second carrier\""},
	{.noun = "supplier", .verb = "import", .call = "supplier.import", .style = STYLE_SHEET, .changes = true,
	 .help = "read suppliers from CSV, all or nothing; those with a known name are updated",
	 .words = ARGS{{.name = "csv", .type = ARG_FILE, .required = true, .shape = "FILE",
	 .help = "with a heading line of field names"}, {0}},
	 .columns = COLUMNS{
		 {.path = "rows"}, {.path = "added"}, {.path = "changed", .items = COLUMNS{{.path = "name"}, {.path = "fields"},
		 {0}}}, {.path = "unchanged"}, {0}},
	 .example = "tally supplier import register.csv --dry-run"},
	{.noun = "supplier", .verb = "export", .call = "supplier.export", .style = STYLE_FILE, .help = "write the register as CSV",
	 .flags = ARGS{{.name = "output", .type = ARG_OUTPUT, .letter = 'o', .shape = "FILE",
	 .help = "where to; without it stdout"}, {.name = "force", .type = ARG_SWITCH, .help = "write over a file that is there"}, {0}}},
	{0},
};
