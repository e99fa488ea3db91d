/* register.h - rows of a local kind as changes and as CSV. Nothing here touches the store. */
#ifndef TALLY_REGISTER_H
#define TALLY_REGISTER_H

#include <jansson.h>

#include "store/locals.h"

/* old with what is given laid over it: groups member by member; nil takes a field away. old may be NULL. NULL: memory. */
struct value *register_lay(struct arena *a, const struct field *table, const struct value *old, const struct value *given);
/* Names of the fields that differ, but created and changed; NULL: memory. */
json_t *register_changes(const struct field *table, const struct value *old, const struct value *row);
bool register_kept(const struct field *f); /* created and changed: kept by us, not given */

/* Lists of groups item by item: an item of the same first field, such as the scheme of an identifier, is laid over, others are added. */
struct value *register_merge(struct arena *a, const struct field *list, const struct value *old, const struct value *items);

#define REGISTER_HEADING 96
struct register_column {
	const struct field *field, *member; /* member: of a group that is no list, or of the item */
	const char *item;                   /* of a list of groups: the text of the item's first field; NULL: none */
	char heading[REGISTER_HEADING];     /* "tier", "factors.dependency", "identifiers.LEI" */
};
bool register_column(const struct field *table, size_t i, struct register_column *out); /* false past the last */
bool register_formula(char c); /* a spreadsheet takes a cell that begins so for a formula */

struct register_row {
	size_t line;        /* of the file, where it begins */
	const char *name;
	bool made;           /* the name, by the map, of another column */
	struct value *given; /* for register_lay; an empty cell is nil */
	struct value *items; /* for register_merge, by the key of the list */
};
struct register_sheet {
	struct register_row *rows;
	size_t count;
};

struct register_map; /* register_map.h */
struct register_reading {
	const struct field *table;
	const struct register_map *map; /* NULL: the heading has our own names */
};

/* A heading line of field names, then a line a row. Commas, or what the heading uses: semicolons or tabs. Lists are divided
 * by ";", members of a group in a list by ",", with a backslash before these where they belong to the text. All in the arena.
 * ERR_INVALID, ERR_LIMIT: why->where has line and column. */
enum err register_csv_read(const struct register_reading *how, struct span csv, struct arena *a, struct register_sheet *out,
                           struct complaint *why) MUST;
/* Append. Cells that a spreadsheet would take for a formula get an apostrophe in front; register_csv_read takes it off again. */
enum err register_csv_cell(struct span text, struct buf *out) MUST;
enum err register_csv_heading(const struct field *table, struct buf *out) MUST;
enum err register_csv_row(const struct field *table, const struct value *row, struct buf *out) MUST;

#endif
