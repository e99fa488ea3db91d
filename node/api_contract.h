/* api_contract.h - what other areas ask of contracts when something is said about one. */
#ifndef TALLY_API_CONTRACT_H
#define TALLY_API_CONTRACT_H

#include "node/api.h"
#include "node/view.h"

struct api_contract_doubt {
	const struct id *other;
	const char *reference; /* "": the whole relationship */
	int64_t day;           /* on which it is to end; 0: it is not said to end */
};
/* Warns of a contract that was not agreed with them, and of a day within the notice period. Where no contract is kept here at all, only whoever
 * ends one is warned. */
enum err api_contract_doubt(struct api_call *c, struct view *v, const struct api_contract_doubt *of) MUST;
/* Who supplies under the agreed contract of this reference ("": under all of them); not known: none is agreed, or each does in one of several. */
enum err api_contract_supplier(struct view *v, const struct id *other, const char *reference, bool *known, struct id *out) MUST;

#endif
