/* view_tender.h - tenders: which bidder stands where. A stage is asked by an assignment that names the tender and the stage; its outcome is the
 * buyer's reply pass, conditional or fail to the answer. Each bidder sees its own line only: whom a record went to is not in it. */
#ifndef TALLY_VIEW_TENDER_H
#define TALLY_VIEW_TENDER_H

#include "node/view_ask.h"

struct tender_stage { /* of one bidder */
	int64_t stage, deadline;     /* vocab_procurement; day */
	const char *level;
	const struct value *row;     /* of the tender */
	struct assignment *asked;    /* NULL: not yet */
	struct seen *answer;         /* its newest acknowledgement; NULL: none */
	const struct seen *outcome;  /* NULL: not decided */
	const char *word;            /* pass, conditional, fail; "" */
};
struct tender_stages {
	struct tender_stage *p;
	size_t n;
	const struct seen *declined; /* the bidder's reply that it does not bid; NULL: none */
	size_t at;                   /* the first that is not decided; n: none, or the bidder is out */
};

enum err view_tender_of(struct view *v, struct seen *tender, const struct id *bidder, struct tender_stages *out) MUST;
enum err view_tender_show(struct view *v, struct seen *tender, json_t **out) MUST; /* JSON: a line for each bidder and stage */
enum err view_tender_list(struct view *v, json_t **out) MUST;
enum err view_tender_duties(struct view *v, struct duties *out) MUST; /* to answer the stage a bidder stands at */

#endif
