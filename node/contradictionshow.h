/* contradictionshow.h - evidence of a contradiction, told to people and programs: the same from a store and from a file alone. */
#ifndef TALLY_CONTRADICTIONSHOW_H
#define TALLY_CONTRADICTIONSHOW_H

#include <jansson.h>

#include "proto/contradiction.h"

json_t *contradictionshow_json(const struct contradiction_report *r); /* a new reference; NULL: memory */

#endif
