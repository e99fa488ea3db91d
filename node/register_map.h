/* register_map.h - how the columns of somebody else's sheet become ours: their headings, values fixed for all rows, their words for ours. */
#ifndef TALLY_REGISTER_MAP_H
#define TALLY_REGISTER_MAP_H

#include "node/register.h"

/* A line a rule, # begins a comment, texts with blanks stand in quotes:
 *   column "Vendor name" = title     their heading, our field; factors.dependency and identifiers.LEI are fields too; "-" leaves the column out
 *   others = -                       headings that no rule names are left out
 *   make name = "Vendor name"        the short name is made from that column
 *   fixed type = commodity           the same for every row; a column of theirs that is not empty goes before it
 *   word tier "A - strategic" = high what they write, what we write
 *   dates = dd.mm.yyyy               or dd/mm/yyyy, mm/dd/yyyy, yyyy-mm-dd
 * ERR_INVALID, ERR_LIMIT: why->where has line and column. All in the arena. */
enum err register_map_read(const struct field *table, struct span text, struct arena *a, const struct register_map **out,
                           struct complaint *why) MUST;

enum register_map_dates { DATES_ISO, DATES_DMY_DOTS, DATES_DMY, DATES_MDY };

/* What becomes of a heading of theirs; false: no rule. */
struct register_mapped {
	struct register_column to;
	bool placed;     /* to is set; else the column is left out */
	bool makes_name; /* beside what else it is */
};
bool register_map_heading(const struct register_map *m, const char *theirs, struct register_mapped *out);
bool register_map_others(const struct register_map *m); /* headings that no rule names are left out */
bool register_map_fixed(const struct register_map *m, size_t i, struct register_column *to, const char **value); /* false past the last */
const char *register_map_word(const struct register_map *m, const struct register_column *c, const char *theirs); /* theirs itself: no rule */
enum register_map_dates register_map_dates(const struct register_map *m);

#endif
