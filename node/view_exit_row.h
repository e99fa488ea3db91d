/* view_exit_row.h - the end of a relationship with a supplier that has no node: what it has of ours by the rows we keep (access), what it says
 * became of it, and whether all of it is gone. Nothing of this is signed. */
#ifndef TALLY_VIEW_EXIT_ROW_H
#define TALLY_VIEW_EXIT_ROW_H

#include "node/view.h"

enum kept_state { KEPT_HELD, KEPT_RETAINED, KEPT_LAPSED, KEPT_GONE };

struct kept { /* a row of access */
	const char *name, *supplier;
	const struct value *row;
	enum kept_state state;
};

struct kepts { /* by supplier, then by name */
	struct kept *p;
	size_t n, cap;
};

/* Of suppliers without a node; supplier NULL: of all. */
enum err view_exit_row_read(struct view *v, const char *supplier, struct kepts *out) MUST;
/* As asset list and report exit show it; a new reference. */
enum err view_exit_row_item(struct view *v, const struct kept *x, json_t **out) MUST;
/* As exit status shows them: suppliers without a node that are exiting or former. */
enum err view_exit_row_status(struct view *v, const char *supplier, json_t *items) MUST;

#endif
