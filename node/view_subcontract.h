/* view_subcontract.h - subcontractors as a supplier discloses them and asks for them, against what the contract allows. Only a reply grants a
 * request; silence grants nothing. Both sides come to the same verdict, since both hold the contract, the request and its decision. */
#ifndef TALLY_VIEW_SUBCONTRACT_H
#define TALLY_VIEW_SUBCONTRACT_H

#include "node/duty.h"

enum subcontract_mode { MODE_UNKNOWN, MODE_FORBIDDEN, MODE_APPROVAL, MODE_NOTIFY, MODE_FREE }; /* vocab_subcontracting */

struct subcontract_terms { /* what holds for a disclosure or a request */
	enum subcontract_mode mode;
	const struct value *data_classes, *countries; /* NULL: not limited */
	const struct seen *contract; /* NULL: none that is agreed */
	const char *terms;           /* the row of terms that were read, where there is no contract; "" */
};

struct subcontract_verdict {
	bool breach;
	char because[160];
	const struct seen *why[3]; /* contract, request, decision; NULL where there is none */
};

/* supplier: the name of its row, for terms that were read; NULL: none. */
enum err view_subcontract_terms(struct view *v, const struct seen *s, const char *supplier, struct subcontract_terms *out) MUST;
/* One item of a disclosure. */
enum err view_subcontract_item(struct view *v, const struct seen *s, const struct value *item, const struct subcontract_terms *t,
                               struct subcontract_verdict *out) MUST;
const struct field *view_subcontract_items(void); /* the rows of an item */
/* The newest disclosures that stand: of each author, one for each contract; mine: our own. */
enum err view_subcontract_disclosures(struct view *v, bool mine, struct seens *out) MUST;
enum err view_subcontract_duties(struct view *v, struct duties *out) MUST;

/* JSON; new references. */
enum err view_subcontract_disclosed(struct view *v, json_t **out) MUST; /* a row for each item disclosed, to us or by us */
enum err view_subcontract_asked(struct view *v, bool open, json_t **out) MUST; /* a row for each request */

#endif
