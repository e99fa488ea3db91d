/* identifiers.h - the numbers by which organisations are known, judged by what their schemes say about their shape. */
#ifndef TALLY_IDENTIFIERS_H
#define TALLY_IDENTIFIERS_H

#include "keys/bytes.h"

/* The end of a sentence that begins with the value; NULL: nothing is wrong with it. The scheme in any case: LEI, EUID, VAT, DUNS, domain; what no
 * scheme of ours is, a national register, is taken as it is. */
const char *identifiers_fault(struct span scheme, struct span value);

#endif
