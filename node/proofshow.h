/* proofshow.h - "proof verify": a proof file judged and explained; no node, no store, no network. */
#ifndef TALLY_PROOFSHOW_H
#define TALLY_PROOFSHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "keys/err.h"

/* Prints what the proof shows, or why it does not. OK, ERR_PROBLEMS (invalid), ERR_UNDECIDED; ERR_NOT_FOUND, ERR_IO and the like print nothing. */
enum err proofshow_verify(const char *path, bool json, FILE *out) MUST;

#endif
