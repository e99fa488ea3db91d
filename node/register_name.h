/* register_name.h - short names made of titles, and whether a row found by such a name is of the same one. */
#ifndef TALLY_REGISTER_NAME_H
#define TALLY_REGISTER_NAME_H

#include "node/register.h"

/* Small letters and digits, Latin letters with marks as plain ones (Köhler: koehler), hyphens for the rest; "": nothing is left. In the arena.
 * ERR_INVALID: a letter that has no plain one, since two names that differ in it alone would become the same. */
enum err register_name_make(struct arena *a, const char *text, const char **out) MUST;
/* Whether what the sheet says contradicts the supplier that is held: another number of one scheme, or another title and no number that is
 * the same. why->text says which, for people. */
bool register_name_contradicts(const struct value *held, const struct register_row *r, struct complaint *why);

#endif
