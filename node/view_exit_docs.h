/* view_exit_docs.h - the records of which the end of a relationship is made: lists of what is held, terminations and dispositions, each between us
 * and one other, with what the other side said to it last. */
#ifndef TALLY_VIEW_EXIT_DOCS_H
#define TALLY_VIEW_EXIT_DOCS_H

#include "node/view.h"

struct doc { /* a record between us and one other */
	struct seen *s;
	struct id partner;
	const char *contract;        /* "": it names none */
	const struct seen *decision; /* the other side's last word about it: accepted or disputed; NULL: none */
	bool pending;                /* view_exit_side.c: stands in the pending ones of a side */
};

struct docs { /* by partner, then by (created, id) */
	struct doc *p;
	size_t n, cap;
};

/* Those that count and are real; a list that was signed for stays after it was taken back. */
enum err view_exit_docs_read(struct view *v, enum kind_number kind, struct docs *out) MUST;
struct docs view_exit_docs_with(const struct docs *all, const struct id *partner); /* those with one partner */
/* What this one said of it last, accepted or disputed; left alone when nothing. */
enum err view_exit_docs_decision(struct view *v, const struct seen *s, const struct id *by, const struct seen **out) MUST;
bool view_exit_docs_accepts(const struct seen *reply);
bool view_exit_docs_fits(const char *a, const char *b); /* contracts: what names none may be of any */

#endif
