/* The map: who stands on whom. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])

const struct command commands_map[] = {
	{.noun = "map", .verb = "graph", .call = "map.graph", .style = STYLE_TEXT,
	 .help = "our functions, suppliers and their subcontractors as a graph, from dependencies, rows and signed disclosures",
	 .flags = ARGS{{.name = "format", .shape = "FORMAT", .help = "dot (for graphviz) or json: dot"}, {0}},
	 .example = "tally map graph --format dot | dot -Tsvg -o map.svg"},
	{.noun = "map", .verb = "exposed", .call = "map.exposed", .style = STYLE_TABLE,
	 .help = "which of our functions stand on this supplier or subcontractor, over every tier",
	 .words = ARGS{{.name = "name", .required = true,
	                .help = "a supplier's short name or title, the pet name of the partner it is, or a subcontractor's name"}, {0}},
	 .empty = "no function of ours stands on it, as far as we know",
	 .columns = COLUMNS{
		 {.path = "function", .max = 28}, {.path = "criticality"}, {.path = "supplier", .max = 24}, {.path = "rank"}, {.path = "via", .max = 48},
		 {.path = "substitutability"}, {.path = "exit_plan"}, {.path = "impact"}, {0}},
	 .example = "tally map exposed northdata"},
	{0},
};
