/* words.h - 2,048 words to read out: eleven bits each. Ten words stand for an organisation, twelve for a recovery phrase. */
#ifndef TALLY_WORDS_H
#define TALLY_WORDS_H

#include "keys/bytes.h"

#define WORDS_COUNT 2048
#define WORDS_ORG 10
#define WORDS_TEXT 128 /* room for twelve words, blanks and NUL: words have 3 to 8 letters */

extern const char *const words_list[WORDS_COUNT]; /* sorted, lower case, the first four letters unique */

void words_encode(const uint8_t *bits, size_t words, char out[static WORDS_TEXT]); /* the first 11*words bits, most significant first */
void words_org(const struct id *org, char out[static WORDS_TEXT]);                 /* 110 bits of B2b("tally.words.v1", org) */
void words_statement(struct span payload, char out[static WORDS_TEXT]);            /* 110 bits of B2b("tally.stmt.v1", payload) */
/* Takes any case, blanks, commas and hyphens between, and what ends a sentence behind a word; each word may be cut to its first four
 * letters. ERR_INVALID names no word; *bad is the position (from 1) of the first word not in the list, or 0 when the count is wrong. */
enum err words_normal(const char *typed, size_t words, char out[static WORDS_TEXT], size_t *bad) MUST;

#endif
