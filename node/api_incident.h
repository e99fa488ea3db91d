/* api_incident.h - the incident that a command names. */
#ifndef TALLY_API_INCIDENT_H
#define TALLY_API_INCIDENT_H

#include "node/saying.h"
#include "node/view_incident.h"

enum err api_incident_named(struct api_call *c, struct view *v, struct incident *out) MUST; /* opens the view */

#endif
