/* scan.h - decides, allocating nothing, whether bytes are exactly one canonical msgpack object that we are willing to parse:
 * nil, bool, int, str, bin, array, map only; shortest forms; ints within int64; map keys strictly ascending by encoded bytes; UTF-8
 * without NUL and without C0 but \n and \t; every count backed by bytes that are there; nesting and element limits of limits.h.
 * Why: msgpack-c 4.0.0 allocates from announced counts and takes duplicates, long forms, bad UTF-8 and trailing bytes. */
#ifndef TALLY_SCAN_H
#define TALLY_SCAN_H

#include "keys/bytes.h"

enum err scan_check(struct span in) MUST; /* OK, ERR_SHAPE, ERR_LIMIT (nesting, elements) */

/* The code point at *at, which moves behind it; -1 at the end and for what is not UTF-8 (long forms, surrogates, above U+10FFFF). */
int32_t scan_rune(struct span s, size_t *at);

#endif
