/* view_assurance.h - certificates, and whether they stand. */
#ifndef TALLY_VIEW_ASSURANCE_H
#define TALLY_VIEW_ASSURANCE_H

#include "node/view.h"

/* current, expired, suspended, withdrawn, superseded, disregarded */
const char *view_assurance_state(const struct view *v, const struct seen *s);
enum err view_assurance_certifications(struct view *v, json_t **out) MUST; /* newest first; a new reference */

#endif
