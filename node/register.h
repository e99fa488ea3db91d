/* register.h - the register of suppliers as rows and as CSV. Nothing here touches the store. */
#ifndef TALLY_REGISTER_H
#define TALLY_REGISTER_H

#include <jansson.h>

#include "store/rows.h"

/* old with what is given laid over it: groups member by member; nil takes a field away. old may be NULL. NULL: memory. */
struct value *register_lay(struct arena *a, const struct field *table, const struct value *old, const struct value *given);
/* The next review from the tier: 12 months for critical and high, 24 for medium, 36 for low. Set where none is stated, and pulled
 * forward, never back, when pull. */
void register_due(struct arena *a, struct value *row, int64_t now, bool pull);
/* Names of the fields that differ, but created and changed; NULL: memory. */
json_t *register_changes(const struct value *old, const struct value *row);
bool register_kept(const struct field *f); /* created and changed: kept by us, not given */

#define REGISTER_HEADING 96
struct register_column {
	const struct field *field, *member; /* member: of a group that is no list */
	char heading[REGISTER_HEADING];     /* "tier", "factors.dependency" */
};
bool register_column(size_t i, struct register_column *out); /* false past the last */
bool register_formula(char c); /* a spreadsheet takes a cell that begins so for a formula */

struct register_row {
	size_t line;        /* of the file, where it begins */
	const char *name;
	struct value *given; /* for register_lay; an empty cell is nil */
};
struct register_sheet {
	struct register_row *rows;
	size_t count;
};

/* A heading line of field names, then a line a supplier. Commas, or what the heading uses: semicolons or tabs. Lists are divided
 * by ";", members of a group in a list by ",", with a backslash before these where they belong to the text. All in the arena.
 * ERR_INVALID, ERR_LIMIT: why->where has line and column. */
enum err register_csv_read(struct span csv, struct arena *a, struct register_sheet *out, struct complaint *why) MUST;
/* Append. Cells that a spreadsheet would take for a formula get an apostrophe in front; register_csv_read takes it off again. */
enum err register_csv_cell(struct span text, struct buf *out) MUST;
enum err register_csv_heading(struct buf *out) MUST;
enum err register_csv_row(const struct value *row, struct buf *out) MUST;

#endif
