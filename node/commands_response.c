/* What goes with incidents: the clocks that run on them. */
#include "node/cli.h"

#define COLUMNS (const struct column[])
#define ARGS (const struct arg[])
#define CLOCK_COLUMNS                                                                                                            \
	COLUMNS{{.path = "profile"}, {.path = "clock"}, {.path = "due"}, {.path = "met_by"}, {.path = "owed"}, {.path = "use"}, \
	        {.path = "title", .max = 48}, {0}}

const struct command commands_response[] = {
	{.noun = "clock", .verb = "list", .local = cli_clock_list, .style = STYLE_TABLE, .columns = CLOCK_COLUMNS,
	 .help = "the clock profiles in the home's folder clocks; edit them there, the node reads them when it starts",
	 .empty = "no profile: no clock runs on an incident"},
	{.noun = "clock", .verb = "check", .local = cli_clock_check, .style = STYLE_TABLE, .columns = CLOCK_COLUMNS, .homeless = true,
	 .help = "read one profile and say what it means, or where it is wrong",
	 .words = ARGS{{.name = "file", .type = ARG_TEXT, .required = true, .shape = "FILE", .help = "a profile, such as clocks/nis2.clock"}, {0}}},
	{0},
};
