/* api_contradiction.h - what "evidence list" and "partner show" say of contradictions beside what they say else. */
#ifndef TALLY_API_CONTRADICTION_H
#define TALLY_API_CONTRADICTION_H

#include "node/api.h"

/* Appends one row each to a list: {id, from, title, type, state}. org NULL: of all. */
enum err api_contradiction_list(struct api_call *c, const struct id *org, json_t *items) MUST;

#endif
