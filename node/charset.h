/* charset.h - text files of others as UTF-8: by their mark, or by what the operator says they are. Never guessed. */
#ifndef TALLY_CHARSET_H
#define TALLY_CHARSET_H

#include "proto/fields.h"

/* UTF-8 with or without its mark, UTF-16 with it; encoding "windows-1252" (or "latin-1"), "utf-8", "utf-16le" or
 * "utf-16be" when given; NULL: by the mark. Appends to out. ERR_INVALID: why->text says which byte, and what to do. */
enum err charset_utf8(struct span in, const char *encoding, struct buf *out, struct complaint *why) MUST;

#endif
