/* view_clock.h - the clocks that run on an incident: by law, from when its author became aware of it. */
#ifndef TALLY_VIEW_CLOCK_H
#define TALLY_VIEW_CLOCK_H

#include "node/duty.h"
#include "node/view_incident.h"

enum err view_clock_duties(struct view *v, struct duties *out) MUST;                        /* of every incident that is held */
enum err view_clock_json(struct view *v, const struct incident *x, json_t **out) MUST;     /* profile, clock, due, met, stated, state each */

#endif
