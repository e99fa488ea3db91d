/* view_exercise.h - exercises: the plan, who takes part, how it goes, and how fast they reacted by the receipts. What is said in one carries the id
 * of its first plan in the header, and counts in nothing that is real. */
#ifndef TALLY_VIEW_EXERCISE_H
#define TALLY_VIEW_EXERCISE_H

#include "node/view.h"

enum exercise_state { EXERCISE_PLANNED, EXERCISE_RUNNING, EXERCISE_STOPPED, EXERCISE_ABORTED, EXERCISE_WITHDRAWN };

struct exercise {
	struct seen *first, *plan; /* plan: its newest version */
	struct ids who;            /* the leader, who wrote the plan, and the participants */
	struct seens steps;        /* what was said on how it goes, oldest first; disregarded ones too */
	enum exercise_state state;
	int64_t started, ended;    /* 0: not */
	const struct seen *end;    /* what ended it */
	struct ids untold;         /* led by us, and aborted: who may not know of it, for participants need not be partners of each other */
	bool passed_on;            /* ... and we have said so once */
};

/* From its plan, or anything that belongs to it. ERR_NOT_FOUND: no exercise, or its plan is not here. */
enum err view_exercise_of(struct view *v, const struct seen *any, struct exercise *out) MUST;
enum err view_exercise_by(struct view *v, const struct id *first, struct exercise *out) MUST;
enum err view_exercise_all(struct view *v, struct exercise **out, size_t *count) MUST; /* oldest first */
const char *view_exercise_state(const struct exercise *x);

struct exercise_counts {
	int64_t participants, accepted, put, reacted, median; /* median: minutes; -1: nobody reacted */
};
enum err view_exercise_counts(struct view *v, const struct exercise *x, struct exercise_counts *out) MUST; /* as far as it is seen here */

/* JSON; new references. reactions: of each to each inject, notice and question, from its receipt to that of the answer; appended. */
enum err view_exercise_row(struct view *v, const struct exercise *x, json_t **out) MUST;
enum err view_exercise_show(struct view *v, const struct exercise *x, json_t **out) MUST;
enum err view_exercise_reactions(struct view *v, const struct exercise *x, json_t *items) MUST;

#endif
