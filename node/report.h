/* report.h - the table of reports. A report is one function that makes items from records and rows of the register, its line in report.c, and a
 * row of commands (commands_report.c). Every item has "why": ids of the records, and "supplier:NAME" for rows, that it was computed from. */
#ifndef TALLY_REPORT_H
#define TALLY_REPORT_H

#include "node/saying.h"

struct report {
	const char *name;       /* "overdue": tally report overdue */
	const char *title;      /* one sentence */
	const char *seed;       /* rows of docs/coverage.md that it serves: "E12 E13" */
	const char *leaves_out; /* what it does not show, in a sentence */
	enum err (*fn)(struct api_call *c, struct view *v, json_t *items);
};

/* Those whose items another one gathers. */
extern const struct report report_chain_subcontracting, report_concerns, report_exceptions, report_expiring, report_gaps,
	report_overdue, report_support;

enum err report_document(struct buf *out) MUST; /* docs/reports.md */

/* For the functions. The organisation of --supplier, by pet name, id or the name of a row that is linked; false: none was given. */
enum err report_party(struct api_call *c, bool *given, struct id *out) MUST;
enum err report_why(json_t *item, const struct id *id) MUST;              /* one more record behind it */
enum err report_why_row(json_t *item, const char *kind, const char *name) MUST; /* one more row of the register */

#endif
