/* invite.h - an invitation as one line of text: "tally1" and base32 of a canonical map and a checksum. One use, at most seven days. */
#ifndef TALLY_INVITE_H
#define TALLY_INVITE_H

#include "proto/limits.h"
#include "proto/fields.h"

#define INVITE_ADDRESSES 4

struct invite {
	struct id org;
	uint8_t link_pk[32];
	struct id statement; /* hash of the newest */
	uint8_t secret[32];
	int64_t expires; /* ms */
	size_t addresses;
	char address[INVITE_ADDRESSES][80]; /* host:port */
	char name[201]; /* of the inviting organisation, for the person who joins; not trusted */
};

enum err invite_encode(const struct invite *i, struct buf *text) MUST; /* appends, no NUL, no newline */
/* ERR_INVALID with *why: not an invitation, mistyped (checksum), made by a newer version. Blanks and line ends inside are
 * taken out. Expiry is the caller's. */
enum err invite_decode(struct span text, struct invite *out, struct complaint *why) MUST;

#endif
