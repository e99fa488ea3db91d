/* csvrows.h - the cells of a CSV file, each row with the line it begins in. Commas, or what the heading line uses: semicolons or tabs. An
 * apostrophe that keeps a spreadsheet from taking a cell for a formula is taken off. */
#ifndef TALLY_CSVROWS_H
#define TALLY_CSVROWS_H

#include "proto/fields.h"

struct csvrow {
	size_t line, n;
	const char **cell; /* n */
};
struct csvrows { /* rows without a filled cell are left out */
	struct csvrow *p;
	size_t n, cap;
};

/* All in the arena. ERR_INVALID, ERR_LIMIT: why->where has the line. */
enum err csvrows_read(struct span csv, struct arena *a, struct csvrows *out, struct complaint *why) MUST;

#endif
