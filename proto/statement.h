/* statement.h - key statements: the chain that says which keys speak for an organisation. Each is signed twice (tally/key/v1): by the root
 * key whose digest the statement before named, and by the new sign key. Org id = B2b("tally.org.v1", first payload). */
#ifndef TALLY_STATEMENT_H
#define TALLY_STATEMENT_H

#include "keys/keyring.h"
#include "proto/fields.h"

struct statement {
	bool has_org; /* nil in the first */
	struct id org;
	uint64_t kseq; /* from 0 */
	struct id prev; /* B2b("tally.stmt.v1", payload before); zeros in the first */
	uint8_t root_pk[32];
	struct id next_root; /* B2b("tally.root.v1", next root pk) */
	struct publics keys;
	int64_t reason; /* vocab_key_reason */
	int64_t issued, stale_after; /* ms */
	char name[201];
};

struct signed_statement { /* as carried and stored */
	struct span payload;
	uint8_t root_sig[SIGN_LEN], sign_sig[SIGN_LEN];
};

extern const struct field statement_fields[];

/* As it travels, wherever it travels: {0 payload, 1 root_sig, 2 sign_sig}. The value is the arena's; what is read borrows the payload. */
extern const struct field statement_signed_fields[];
struct value *statement_value(struct arena *a, const struct signed_statement *s);
bool statement_read(const struct value *v, struct signed_statement *out); /* false: not these three */

void statement_hash(struct span payload, struct id *out); /* B2b("tally.stmt.v1", payload) */
void statement_org(struct span first_payload, struct id *out);
void statement_root_digest(const uint8_t root_pk[static 32], struct id *out);
enum err statement_name(const char *name, struct complaint *why) MUST; /* may an organisation be called so? */
enum err statement_encode(const struct statement *s, struct buf *out) MUST;
enum err statement_decode(struct span payload, struct statement *out) MUST;
/* One step of the chain: shape, both signatures, keys valid points and none all zero, kseq, prev, root digest. before: NULL for the first.
 * *org gets the organisation's id (for the first: computed). ERR_SHAPE, ERR_INVALID, ERR_SIGNATURE, ERR_CONFLICT (does not continue). */
enum err statement_verify(const struct signed_statement *s, const struct signed_statement *before, struct statement *out, struct id *org) MUST;

#endif
