/* view_posture.h - attestations, and the gap between what a party was asked and what it answered, attested and had reviewed. */
#ifndef TALLY_VIEW_POSTURE_H
#define TALLY_VIEW_POSTURE_H

#include "node/view.h"

const char *view_posture_state(const struct view *v, const struct seen *s); /* current, superseded, withdrawn, expired, disregarded */

/* JSON; new references. */
enum err view_posture_list(struct view *v, json_t **out) MUST;
/* One row for each requirement that we asked of this party, with the reason and the records it leans on; then those of our sets that we never
 * asked of it; and when we asked nothing at all, what it attests beyond our sets. Of ourselves: what others asked of us. */
enum err view_posture_gap(struct view *v, const struct id *party, json_t **out) MUST;

#endif
