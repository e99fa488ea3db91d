/* view_match.h - what of ours a partner's notice touches: the rows of the register that name its products, services or contracts. */
#ifndef TALLY_VIEW_MATCH_H
#define TALLY_VIEW_MATCH_H

#include "node/view_incident.h"

/* [{row, name, supplier, tier, function, ours, theirs, how}], new reference. how: author, exact, product and version, same product, part of,
 * or what only may be it. */
enum err view_match_json(struct view *v, const struct incident *x, json_t **out) MUST;

#endif
