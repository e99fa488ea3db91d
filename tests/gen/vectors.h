/* vectors.h - what the writers of tests/vectors share. A vector is {name, comment, input, expected}; what is expected is written down
 * by hand where it is a judgement, and made by the program's own functions where it is a number. */
#ifndef TALLY_VECTORS_H
#define TALLY_VECTORS_H

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "keys/sign.h"
#include "proto/statement.h"
#include "proto/verdict.h"

#define VECTORS_TIME 1767225600000ll  /* 2026-01-01 */
#define VECTORS_STALE 1830297600000ll /* 2028-01-01 */
#define VECTORS_CHAIN 3

void vectors_must(bool ok, const char *what);
json_t *vectors_hex(struct span s);
json_t *vectors_id(const struct id *id);
json_t *vectors_bytes(const uint8_t *p, size_t n);
json_t *vectors_time(int64_t ms);
/* Takes the two references. */
void vectors_add(json_t *list, const char *name, const char *comment, json_t *input, json_t *expected);
/* {"accepted": true} or {"accepted": false, "reason": ...}; the reason must be the one expected. */
json_t *vectors_verdict(enum err got, enum err wanted, const char *name);
void vectors_verdict_is(enum verdict got, enum verdict wanted, const char *name);
json_t *vectors_said(json_t *expected, const struct complaint *why); /* adds our own words; gives expected back */
/* Every member of from that to does not have. Takes from. */
json_t *vectors_with(json_t *to, json_t *from);

struct vectors_seeds { /* each secret is 32 times one byte */
	uint8_t root, next_root, sign, link, seal;
};

struct vectors_org {
	struct id org;
	size_t n;
	struct vectors_seeds seeds[VECTORS_CHAIN];
	struct statement statement[VECTORS_CHAIN];
	struct buf payload[VECTORS_CHAIN];
	struct signed_statement chain[VECTORS_CHAIN];
};

void vectors_fill(uint8_t out[static 32], uint8_t byte);
void vectors_pair(uint8_t byte, uint8_t pk[static 32], uint8_t sk[static 64]); /* Ed25519 */
void vectors_org(struct vectors_org *o, const char *name, struct vectors_seeds seeds); /* its first statement */
void vectors_org_next(struct vectors_org *o, const char *reason);                      /* one more: every secret a byte up */
void vectors_org_free(struct vectors_org *o);
void vectors_sign(const struct vectors_org *o, size_t kseq, enum sign_ctx ctx, struct span payload, uint8_t out[static 64]);
json_t *vectors_statement(const struct signed_statement *s);
json_t *vectors_statements(const struct signed_statement *s, size_t n);

/* Forms that our encoders do not make: a parsed map with a member changed, added or (item NULL) taken out. */
struct arena;
struct value *vectors_edit(struct arena *a, struct span payload, int64_t key, struct value *item);
void vectors_pack(const struct value *v, struct buf *out);

/* Each gives the vectors of one file. */
json_t *vectors_msgpack(void);
json_t *vectors_hashes(void);
json_t *vectors_signatures(void);
json_t *vectors_keys(void);
json_t *vectors_merkle(void);
json_t *vectors_chains(void);
json_t *vectors_invitations(void);
json_t *vectors_selectors(void);
json_t *vectors_handshakes(void);
json_t *vectors_frames(void);
json_t *vectors_records(void);
json_t *vectors_judgements(void);
json_t *vectors_logs(void);
json_t *vectors_entries(void);
json_t *vectors_receipts(void);
json_t *vectors_summaries(void);
json_t *vectors_proofs(void);
json_t *vectors_rosters(void);
json_t *vectors_evidence(void);
json_t *vectors_cards(void);
json_t *vectors_bundles(void);

#endif
