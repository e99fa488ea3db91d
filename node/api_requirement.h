/* api_requirement.h - the calls about requirements that stand in a file of their own, and what they share. */
#ifndef TALLY_API_REQUIREMENT_H
#define TALLY_API_REQUIREMENT_H

#include "node/saying.h"

enum err api_requirement_import(struct api_call *c) MUST; /* api_set.c */

/* The set an argument names, by our name for it or by id; another record of that kind, too. Sets up the view. */
enum err api_requirement_set(struct api_call *c, struct view *v, const char *arg, int64_t kind, struct seen **out) MUST;
enum err api_requirement_named(struct api_call *c, const char *name, struct id *out) MUST; /* a set by the name we gave it */
/* Refused when the set has no such level; it names those that it has. */
enum err api_requirement_level(struct api_call *c, struct view *v, const struct seen *set, const char *level, const char *hint) MUST;

#endif
