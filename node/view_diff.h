/* view_diff.h - what changed between two attestations, control by control. */
#ifndef TALLY_VIEW_DIFF_H
#define TALLY_VIEW_DIFF_H

#include "node/view.h"

/* Items {control, change: added|removed|changed, field, was, now}; control absent: the attestation itself. A new reference. */
enum err view_diff_postures(struct view *v, const struct seen *old, const struct seen *new, json_t **out) MUST;

#endif
