/* setcsv.h - a requirement set from a spreadsheet: a heading line of field names, then a line a requirement. Lists are divided by ";"; a
 * mapping is STANDARD=CLAUSE; the column "levels" names the levels that ask for it, which then stand in the order of their first naming. */
#ifndef TALLY_SETCSV_H
#define TALLY_SETCSV_H

#include <jansson.h>

#include "node/csvrows.h"

struct setcsv {
	json_t *set;           /* requirements and levels only; the caller's */
	struct csvrows rows;   /* the first is the heading */
};

enum err setcsv_read(struct span csv, struct arena *a, struct setcsv *out, struct complaint *why) MUST;
/* A complaint about requirements[3].title becomes one about its line and column. */
void setcsv_place(const struct setcsv *s, struct complaint *why);

#endif
