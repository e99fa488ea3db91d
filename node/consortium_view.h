/* consortium_view.h - consortia as people read them. */
#ifndef TALLY_CONSORTIUM_VIEW_H
#define TALLY_CONSORTIUM_VIEW_H

#include "node/api.h"
#include "node/consortium.h"

enum err consortium_view_row(struct api_call *c, const struct consortium *x, json_t *o) MUST;
enum err consortium_view_sheet(struct api_call *c, const struct consortium *x) MUST;  /* into the result */
enum err consortium_view_status(struct api_call *c, const struct consortium *x) MUST; /* into the result */
enum err consortium_view_proposal(struct api_call *c, const struct consortium *x, const char *typed, struct id *out) MUST; /* by its first digits */

#endif
