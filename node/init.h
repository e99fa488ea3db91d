/* init.h - makes a node's home: keys in the vault, the first key statement in the store, the recovery kit in a file elsewhere. */
#ifndef TALLY_INIT_H
#define TALLY_INIT_H

#include "keys/words.h"
#include "node/core.h"
#include "proto/fields.h"

struct init_args {
	const char *home; /* made 0700; may exist, but not with a node in it */
	const char *name; /* the organisation's */
	bool rehearse;    /* judge, say where the kit would go, make nothing */
	const char *recovery_out; /* NULL: NAME.recovery-kit in the current folder */
	const char *passphrase;   /* of the vault; NULL: none */
};

struct init_result {
	struct core_made made;   /* the caller wipes it */
	char words[WORDS_TEXT];  /* the organisation's ten */
	char kit[4096];          /* absolute path of the kit */
};

/* The name is judged before anything is made. The kit is written, synced and read back before any key of it is named. ERR_CONFLICT: a node, or
 * the kit's file, is there already. */
enum err init_run(const struct init_args *args, struct init_result *out, struct complaint *why) MUST;

/* Keys without a store are not "no node": a new one must not be made over what a backup could bring back. */
bool init_has_keys(const char *home);
enum err init_inhabited(struct store *store) MUST; /* ERR_NOT_FOUND: no organisation lives in this store */

#endif
