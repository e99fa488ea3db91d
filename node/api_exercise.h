/* api_exercise.h - what keeps exercises and reality apart when something is said. */
#ifndef TALLY_API_EXERCISE_H
#define TALLY_API_EXERCISE_H

#include "node/saying.h"

/* The exercise that --exercise names, into the draft. */
enum err api_exercise_read(struct api_call *c, struct draft *d) MUST;
/* A draft inherits the exercise of its thread; one of an exercise is said while that runs, and to its participants alone. */
enum err api_exercise_fits(struct api_call *c, struct draft *d) MUST;
/* A real incident: every exercise that we take part in is aborted, and those in it are told. */
enum err api_exercise_interrupt(struct api_call *c) MUST;

#endif
