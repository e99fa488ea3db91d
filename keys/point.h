/* point.h - whether an X25519 public key is of any use. A key of small order would make an agreement that everybody knows. */
#ifndef TALLY_POINT_H
#define TALLY_POINT_H

#include "keys/bytes.h"

bool point_valid(const uint8_t pk[static 32]); /* asked once, when a key is enrolled; zero and the low orders are refused */

#endif
