/* register_cell.h - one cell of a sheet into a row. */
#ifndef TALLY_REGISTER_CELL_H
#define TALLY_REGISTER_CELL_H

#include "node/register_map.h"

struct register_cell {
	const struct register_column *column;
	const char *text;
	enum register_map_dates dates;
};

/* why->text alone. */
enum err register_cell_put(const struct register_cell *cell, struct arena *a, struct register_row *row, struct complaint *why) MUST;
bool register_cell_given(const struct register_column *c, const struct register_row *row); /* the row has something there */

#endif
