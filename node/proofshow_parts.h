/* proofshow_parts.h - shared by proofshow.c, which tells of a proof, and proofshow_content.c, which puts bodies of records into words. */
#ifndef TALLY_PROOFSHOW_PARTS_H
#define TALLY_PROOFSHOW_PARTS_H

#include "node/proofshow.h"
#include "proto/proof.h"

struct shown {
	FILE *out;
	struct proof_report *report;
	const struct proof_line **line; /* in the order in which they were said */
};

void proofshow_safe(const struct shown *s, const char *text); /* a stranger's, in one line */
void proofshow_id(const struct shown *s, const struct id *id); /* its first digits */
void proofshow_content(const struct shown *s, const struct record *r);

#endif
