/* storecheck.h - "store check": the whole store verified as a stranger would, also beside a running node. */
#ifndef TALLY_STORECHECK_H
#define TALLY_STORECHECK_H

#include <stdio.h>

#include "proto/fields.h"

/* Prints a line a problem and the figures, or one JSON document. progress: may be NULL; a terminal. ERR_PROBLEMS: something was
 * found. Other errors are explained in *why and print nothing. */
enum err storecheck_run(const char *home, bool json, FILE *out, FILE *progress, struct complaint *why) MUST;

#endif
