/* view_assistance.h - help that was asked for or offered, and what became of it: the same at both ends. */
#ifndef TALLY_VIEW_ASSISTANCE_H
#define TALLY_VIEW_ASSISTANCE_H

#include "node/view.h"

#define ASSISTANCE_STATE 120

/* open, "accepted by NAME", "declined by NAME", expired, closed, withdrawn, disregarded. */
enum err view_assistance_state(struct view *v, const struct seen *s, bool *open, char out[static ASSISTANCE_STATE]) MUST;
/* [{id, from, mode, title, kinds, capacity, expires, about, state}], newest first; new reference. */
enum err view_assistance_list(struct view *v, bool open_only, json_t **out) MUST;

#endif
