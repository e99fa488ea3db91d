/* view_requirement.h - who was asked what, what they answered, and what was made of the answers. An assignment is the first record of its
 * thread: its author is the customer in it, only those it was sent to can answer, only the customer reviews and grants. */
#ifndef TALLY_VIEW_REQUIREMENT_H
#define TALLY_VIEW_REQUIREMENT_H

#include "node/view.h"

struct assignment {
	struct seen *assign, *set; /* set NULL: it is not here */
	struct ids parties;        /* who was asked */
	struct seens thread;       /* empty while there is no set */
	const char *level;         /* "": all */
	const char *contract;      /* "": none */
	struct id tender;          /* zero: none */
	int64_t due;               /* day; 0: none */
	bool outdated;             /* the set has a newer version */
};

const struct field *view_requirement_group(void); /* rows of one requirement in a set */
/* ERR_NOT_FOUND: it is no assignment that counts. */
enum err view_requirement_assignment(struct view *v, struct seen *assign, struct assignment **out) MUST;
/* The rids that this level of a set asks for, in the set's order. level "": all. ERR_NOT_FOUND: no such level. */
enum err view_requirement_rids(struct view *v, const struct seen *set, const char *level, const char *const **out, size_t *count) MUST;
const struct value *view_requirement_find(const struct seen *set, const char *rid); /* NULL: not in it */
/* All assignments that stand, ours (mine) or to us, oldest first. */
enum err view_requirement_assignments(struct view *v, bool mine, struct assignment ***out, size_t *count) MUST;

/* JSON; new references. */
enum err view_requirement_list(struct view *v, bool owed, json_t **out) MUST;
enum err view_requirement_show(struct view *v, struct seen *s, json_t **out) MUST;
enum err view_requirement_matrix(struct view *v, struct seen *set, json_t **out) MUST;

#endif
