/* api_trust.h - why a partner is believed to be who it says, in words; and whom it could be taken for. */
#ifndef TALLY_API_TRUST_H
#define TALLY_API_TRUST_H

#include "node/api.h"
#include "node/partners.h"

enum err api_trust_put(struct api_call *c, const struct partner *p, json_t *o) MUST; /* members "trust", "alike" and "mixed_scripts" */

#endif
