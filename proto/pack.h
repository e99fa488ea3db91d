/* pack.h - canonical msgpack, the only door between bytes and values. pack_decode runs scan_check first and msgpack-c after it;
 * pack_encode writes shortest forms. Whatever pack_decode accepts, pack_encode gives back byte for byte. */
#ifndef TALLY_PACK_H
#define TALLY_PACK_H

#include "proto/value.h"

enum err pack_encode(const struct value *v, struct buf *out) MUST;                          /* appends; ERR_MEMORY on a poisoned tree */
enum err pack_decode(struct span in, struct arena *a, const struct value **out) MUST;       /* ERR_SHAPE, ERR_LIMIT, ERR_MEMORY; borrows in */

#endif
