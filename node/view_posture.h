/* view_posture.h - attestations, and what is still missing of what a supplier was asked. */
#ifndef TALLY_VIEW_POSTURE_H
#define TALLY_VIEW_POSTURE_H

#include "node/view.h"

/* JSON; new references. */
enum err view_posture_list(struct view *v, json_t **out) MUST; /* ours and received ones */

#endif
