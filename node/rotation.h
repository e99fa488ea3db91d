/* rotation.h - new keys for our organisation, beside running work. Part of the core; called inside a turn.
 *
 * The root key never comes here. Whoever holds the recovery kit makes the next kit and reads it back, asks rotation_prepare for the statement that
 * names it, signs that with the kit's root key, destroys the key, and hands the signature to rotation_commit. The new keys lie beside the old ones
 * until the statement is committed, and are known by it after a crash: killed anywhere, a node has the keys that its newest statement names.
 * Then every log of ours begins anew under the new key (outbox.c) and our newest receipts are signed again. */
#ifndef TALLY_ROTATION_H
#define TALLY_ROTATION_H

#include "keys/secret.h"
#include "node/core.h"

struct old_link { /* a link key of ours that a newer one replaced */
	uint64_t kseq;
	struct secret *sk; /* 32 bytes */
};
struct rotating { /* of the core */
	struct keyring *next;  /* made, and its statement not committed */
	struct keyring *spent; /* replaced, while sessions may borrow from it */
	bool begins;           /* a tick begins our logs anew under the new key */
	int64_t next_try;      /* when, steady: a disk that is full stays so for a while */
	size_t links;
	struct old_link link[LIMIT_OLD_LINKS]; /* the newest first */
};

struct rotation {
	int64_t reason; /* vocab_key_reason */
	uint8_t root_pk[32];
	struct id next_root;
};
/* Makes keys and the statement that names them, to be signed by the root key; an earlier one that was not signed is forgotten. */
enum err rotation_prepare(struct core *c, const struct rotation *r, struct buf *payload, struct complaint *why) MUST;
/* What was prepared becomes ours. ERR_NOT_FOUND: nothing was, or something else. ERR_SIGNATURE, ERR_BUSY (the one before is not over). */
enum err rotation_commit(struct core *c, struct span payload, const uint8_t root_sig[static SIGN_LEN], struct complaint *why) MUST;

enum err rotation_adopt(struct core *c) MUST; /* at the start: the keys are not those of the newest statement, unless they lie beside them */
enum err rotation_resume(struct core *c) MUST; /* at the start: opens the logs that are not under the newest key yet, in a turn of its own */
void rotation_tick(struct core *c);
int64_t rotation_deadline(const struct core *c);

/* rotation_links.c: link keys of before. They answer KEYS alone, until every active partner has used a newer one. */
enum err rotation_links_load(struct core *c) MUST;
enum err rotation_links_keep(struct core *c) MUST; /* the one in use, durably: it is being replaced */
void rotation_links_add(struct core *c); /* the same one, in memory: it has been replaced */
void rotation_links_sweep(struct core *c);
void rotation_links_free(struct core *c);
struct link_config;
void rotation_links_answer(const struct core *c, struct link_config *config);

#endif
