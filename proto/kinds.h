/* kinds.h - the table of record kinds. Adding a kind is adding one file (kind_*.c) and one line in kinds.c. */
#ifndef TALLY_KINDS_H
#define TALLY_KINDS_H

#include "proto/record.h"

enum kind_number { /* on the wire for ever */
	KIND_LOG_OPEN = 1, KIND_PAIR, KIND_REPLY, KIND_RETRACT, KIND_FORWARD, KIND_ORG_VOUCH = 10,
	KIND_INCIDENT_NOTICE = 16, KIND_INCIDENT_ANSWER, KIND_IMPACT_QUERY, KIND_ASSISTANCE,
	KIND_REQUIREMENT_SET = 24, KIND_REQUIREMENT_ASSIGN, KIND_REQUIREMENT_ACK, KIND_REQUIREMENT_REVIEW,
	KIND_EXCEPTION_REQUEST,
	KIND_CHALLENGE, KIND_EQUIVALENCE, KIND_GUIDANCE,
	KIND_POSTURE_ATTESTATION = 32, KIND_CERTIFICATION, KIND_EVIDENCE, KIND_FINDING, KIND_IMPROVEMENT,
	KIND_CONTRACT = 40, KIND_SUBCONTRACTOR_DISCLOSURE, KIND_SUBCONTRACTING_REQUEST, KIND_SUPPORT_STATEMENT,
	KIND_RESPONSIBILITY_MATRIX = 44, KIND_FLOWDOWN, KIND_TENDER,
	KIND_CONCERN = 48, KIND_ISSUE = 49, KIND_EXERCISE_PLAN, KIND_EXERCISE_REPORT,
	KIND_ASSET_HELD = 56, KIND_TERMINATION, KIND_DISPOSITION
};

/* Who may say it, judged by the views from the thread, never by ingest (it would depend on the order of arrival). */
enum kind_role {
	ROLE_ANY,          /* opens a thread, or anybody in it */
	ROLE_SERIES,       /* only the author of the record it supersedes or retracts */
	ROLE_ADDRESSEE,    /* only somebody to whom the author of the thread's first record sent it */
	ROLE_OPENER,       /* only the author of the thread's first record */
	ROLE_CUSTOMER,     /* only the customer in the thread: who opened it, or to whom the supplier in it sent its first record */
	ROLE_SUPPLIER      /* the other way round */
};

struct kind {
	enum kind_number number;
	const char *name;    /* "incident.notice" */
	const char *summary; /* one sentence */
	const struct field *fields;
	bool inner;          /* made by the node alone, never by hand; no list of what was said shows it */
	enum kind_role role;
	bool by_supplier;    /* a thread that it opens was opened by the supplier in it; where it names its supplier, that counts */
	enum tlp tlp;                 /* default */
	const struct vocab *decisions; /* what a reply to it may decide; NULL: acknowledged only */
	enum err (*check)(const struct record *r, struct complaint *why); /* what the table cannot say; NULL: nothing */
};

const struct kind *kind_by_number(int64_t number); /* NULL: unknown */
const struct kind *kind_by_name(const char *name);
const struct kind *kind_each(size_t i);            /* NULL past the last */
enum err kinds_document(struct buf *out) MUST;     /* docs/kinds.md */

#endif
