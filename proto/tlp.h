/* tlp.h - TLP 2.0 (FIRST) as one table, asked by sender and receiver alike. Unknown numbers count as red. */
#ifndef TALLY_TLP_H
#define TALLY_TLP_H

#include "proto/record.h"

enum tlp_relation { TLP_TO_CUSTOMER, TLP_TO_SUPPLIER, TLP_TO_PARTNER }; /* what the next reader is to the forwarder, as the forwarder states */

enum tlp tlp_effective(int64_t number); /* red for a number we do not know */

/* May the author send r directly to this organisation? Red: only to those it names. OK or ERR_TLP. */
enum err tlp_direct(const struct record *r, const struct id *to, struct complaint *why) MUST;
/* May a receiver pass r on, once? OK or ERR_TLP with the clause in words. */
enum err tlp_forward(const struct record *r, enum tlp_relation next, struct complaint *why) MUST;

#endif
