/* view_record.h - one record as JSON, for lists and in full. */
#ifndef TALLY_VIEW_RECORD_H
#define TALLY_VIEW_RECORD_H

#include "node/view.h"

/* id, kind, from, tlp, created, received, thread, title, state; note and via where there is something to say. New references. */
enum err view_record_row(struct view *v, const struct seen *s, json_t **out) MUST;
/* All of it: body, readers with what became of the delivery, places, its thread, what refers to it. */
enum err view_record_sheet(struct view *v, const struct seen *s, json_t **out) MUST;
const char *view_record_title(struct view *v, const struct seen *s); /* one line; "" when it has none to show */
const char *view_record_drill(const struct seen *s); /* in front of its state wherever that is shown: "" for what is real */
const char *view_record_state(const struct seen *s); /* current, replaced, withdrawn, disregarded */
void view_record_note(const struct seen *s, char out[static 320]); /* the state in a sentence; "" when current */

#endif
