/* view_matrix.h - who is responsible for what, with each partner under each contract: what is in force, and what either side proposes. A matrix is in
 * force when the other side replied "agreed" to that very record; an earlier one stays in force until then. */
#ifndef TALLY_VIEW_MATRIX_H
#define TALLY_VIEW_MATRIX_H

#include "node/view.h"

struct relation {
	struct id other;
	const char *contract;
	bool supplier;                  /* we are the supplier in it */
	const struct seen *force, *before; /* newest agreed, and the one before it; NULL: none */
	const struct seen *ours, *theirs;  /* newest of each side; NULL: none */
};
struct relations {
	struct relation *p;
	size_t n, cap;
};

enum err view_matrix_all(struct view *v, struct relations *out) MUST; /* by partner and contract, in the order of their first matrix */
/* Whom this matrix of ours or to us is with; ERR_NOT_FOUND: its two sides are not the two of its thread. */
enum err view_matrix_other(struct view *v, const struct seen *s, struct id *out) MUST;
const struct value *view_matrix_row(const struct seen *s, const char *control); /* NULL: none */
const struct field *view_matrix_group(void);

enum err view_matrix_list(struct view *v, json_t **out) MUST;                         /* a line a contract */
/* A line a control of it, what is wrong with it first. */
enum err view_matrix_rows(struct view *v, const struct relation *r, json_t *items) MUST;

#endif
