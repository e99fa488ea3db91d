/* vault.h - where small secrets rest: the keyring, pair secrets, invitation secrets. Never in LMDB, whose old pages keep
 * what was deleted. A vault is passed in: the node uses a folder of key files, tests and the simulator use memory.
 * A file is 0600 in a 0700 folder of ours, opened with O_NOFOLLOW, its owner and mode checked, replaced by rename after fsync. With a
 * passphrase its content is XChaCha20-Poly1305 under Argon2id, the header as AAD, the cost bounded before it runs. */
#ifndef TALLY_VAULT_H
#define TALLY_VAULT_H

#include "keys/bytes.h"

struct vault; /* name: [a-z0-9.-], 1 to 80 characters */

/* Makes the folder; ERR_DENIED on wrong owner or mode */
enum err vault_folder(const char *path, const char *passphrase /* NULL: none */, struct vault **out) MUST;
enum err vault_memory(struct vault **out) MUST;
void vault_free(struct vault *v);

enum err vault_put(struct vault *v, const char *name, struct span secret) MUST; /* durable when it returns OK */
/* Replaces out; ERR_NOT_FOUND, ERR_CRYPT (passphrase), ERR_DENIED */
enum err vault_get(struct vault *v, const char *name, struct buf *out) MUST;
enum err vault_drop(struct vault *v, const char *name) MUST;                    /* OK when it was not there */
/* Sorted; stops at the first error */
enum err vault_each(struct vault *v, const char *prefix, enum err (*fn)(void *ctx, const char *name), void *ctx) MUST;

/* The same sealing for one blob under a passphrase; the kit uses it too. salt: fresh random. */
#define SEALED_SALT 40 /* 16 for Argon2id, 24 for the nonce */
enum err sealed_make(struct span secret, const char *passphrase, const uint8_t salt[static SEALED_SALT], struct buf *out) MUST;
enum err sealed_open(struct span blob, const char *passphrase, struct buf *out) MUST; /* ERR_CRYPT: wrong passphrase or changed */

#endif
