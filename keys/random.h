/* random.h - libsodium's start and its randomness, for the real node; tests and the simulator bring their own. */
#ifndef TALLY_RANDOM_H
#define TALLY_RANDOM_H

#include "keys/bytes.h"

enum err random_start(void) MUST; /* once, before any other use of this room; ERR_IO when the system has no randomness */
void random_fill(void *p, size_t n);

#endif
