/* kit.h - the recovery kit: the next root key, sealed under a recovery phrase, in a text file that leaves the machine.
 * Whoever holds kit and phrase can name new keys for the organisation; the node alone cannot. */
#ifndef TALLY_KIT_H
#define TALLY_KIT_H

#include "keys/words.h"

#define KIT_PHRASE_WORDS 12 /* 132 bits */

/* root_seed: the Ed25519 seed of the next root key. entropy: fresh random for phrase (17 bytes) and sealing. */
struct kit_input {
	struct id org;
	uint64_t kseq; /* of the statement this root key will sign */
	const char *name;
	uint8_t root_seed[32];
	uint8_t entropy[17 + 40];
};

enum err kit_make(const struct kit_input *in, struct buf *file, char phrase[static WORDS_TEXT]) MUST;
enum err kit_open(struct span file, const char *phrase, struct kit_input *out) MUST; /* fills org, kseq, root_seed; wipe it after use */

#endif
