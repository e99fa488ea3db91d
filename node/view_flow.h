/* view_flow.h - requirements passed on: what a customer wants passed on to our own suppliers, and how far that is; in counts, without names. */
#ifndef TALLY_VIEW_FLOW_H
#define TALLY_VIEW_FLOW_H

#include "node/view_ask.h"

#define FLOW_NOW_LEAVES 256

struct flow_row {
	const char *rid;
	size_t passed, acknowledged, exceptions;
	int64_t until, worst; /* worst: vocab_flow; 0: passed to nobody */
};
struct flow_leaf {
	const struct seen *ack;
	int64_t *answers; /* vocab_flow, one for each row */
};
struct flow_now { /* as it is now */
	struct flow_row *row;
	struct flow_leaf *leaf; /* in the order of their ids: that says nothing */
	size_t rows, leaves;
};

/* What of this assignment is to be passed on: require, or inform too. */
enum err view_flow_rids(struct view *v, const struct assignment *of, const char *const **out, size_t *count) MUST;
/* Requirements of ours that are equal to one of the assignment, over all whom we asked them. ERR_LIMIT: more than 256 answers. */
enum err view_flow_now(struct view *v, const struct assignment *of, struct flow_now *out) MUST;
struct seen *view_flow_said(const struct assignment *of, const struct id *party); /* its newest flowdown that counts; NULL: none */
/* JSON: a line for each requirement that is to be passed on, of all assignments: what was reported to us, and what we reported. */
enum err view_flow_list(struct view *v, json_t *items) MUST;

#endif
