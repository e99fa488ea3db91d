/* ical.h - deadlines as an iCalendar (RFC 5545), to be taken into any calendar. The same deadline has the same UID in each export, so taking it in
 * again updates what is there; what was done is there once more, as done. */
#ifndef TALLY_ICAL_H
#define TALLY_ICAL_H

#include "node/duty.h"

#define ICAL_DONE_DAYS 90 /* what was done longer ago is left out */

struct ical_want {
	bool todo; /* VTODO, also of what has no date; else VEVENT, which must have one */
	bool both; /* also what others owe us */
	const struct id *partner; /* only with this one; NULL: all */
};
/* Appends the calendar. *left: how many were left out because they have no date. */
enum err ical_write(struct view *v, const struct duties *all, const struct ical_want *want, struct buf *out, size_t *left) MUST;

#endif
