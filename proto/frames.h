/* frames.h - messages as padded, encrypted frames, once the handshake is done. docs/protocol.md section 4: u16be n, then n
 * bytes of ciphertext; the plaintext is u16be length, flag (0 more follows, 1 last), data, zeros, a multiple of 256 bytes.
 * Used by link.c only. */
#ifndef TALLY_FRAMES_H
#define TALLY_FRAMES_H

#include "keys/noise.h"
#include "proto/limits.h"

#define FRAMES_HEAD 2u      /* u16be before every frame */
#define FRAMES_MAX 65296u   /* longest ciphertext: 255 times 256 bytes and the tag */
#define FRAMES_DATA 65277u  /* most data of one frame */

struct frames { /* start from {0} and noise_split; end with frames_free */
	struct noise_cipher tx, rx;
	struct buf plain;   /* scratch */
	struct buf message; /* what has been read of the message under way */
};

void frames_free(struct frames *f); /* wipes */

/* Appends the whole message to out. ERR_LIMIT above LIMIT_MESSAGE, with nothing done; after other errors the session is over. */
enum err frames_send(struct frames *f, struct span message, struct buf *out) MUST;

/* Reads one frame from the front of in. *used: its bytes, 0 as long as it is not all there; then nothing has happened.
 * *last: f->message is whole; call frames_next before reading on. ERR_SHAPE, ERR_CRYPT, ERR_LIMIT: the session is over. */
enum err frames_take(struct frames *f, struct span in, size_t *used, bool *last) MUST;
void frames_next(struct frames *f); /* forgets the message */

#endif
