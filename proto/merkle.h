/* merkle.h - the Merkle top over an entry's record ids. Split as in RFC 9162 section 2.1, leaves B2b("tally.leaf.v1", id), nodes
 * B2b("tally.node.v1", l, r) instead of its 0x00/0x01 bytes. Inclusion as RFC 9162 2.1.3.2; the count comes only from the signed entry. */
#ifndef TALLY_MERKLE_H
#define TALLY_MERKLE_H

#include "keys/bytes.h"

#define MERKLE_PATH 8 /* for 256 leaves */

void merkle_root(const struct id *ids, size_t count, struct id *out);                     /* count 1 to 256 */
size_t merkle_path(const struct id *ids, size_t count, size_t index, struct id path[static MERKLE_PATH]); /* length */
bool merkle_verify(const struct id *id, size_t index, size_t count, const struct id *path, size_t length, const struct id *root);

#endif
