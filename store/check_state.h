/* check_state.h - shared by check.c, check_logs.c, check_signed.c and check_rows.c, and by nobody else. */
#ifndef TALLY_CHECK_STATE_H
#define TALLY_CHECK_STATE_H

#include "proto/entry.h"
#include "proto/message.h"
#include "store/check.h"

#define CHECK_DAMAGED 1024 /* damaged records remembered, so that one fault is told once */
#define CHECK_HEX 17

struct check {
	struct store *store;
	const struct check_ops *ops;
	struct check_figures figures;
	struct txn *t; /* of the batch */
	struct arena *a; /* of the row */
	uint64_t done, total;
	size_t damaged_n;
	uint64_t damaged[CHECK_DAMAGED];
	bool has_org, has_signer;
	struct id org, signer; /* ours; the last whose key was looked up */
	uint64_t signer_kseq;
	uint8_t signer_pk[32];
};

/* One row. ERR_CORRUPT means that a row it looks up elsewhere is damaged: the pass over that table says so. */
typedef enum err (*check_fn)(struct check *c, struct span key, struct span value);

void check_say(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *check_hex(const struct id *id, char out[static CHECK_HEX]); /* its first 16 digits */

/* check_logs.c */
enum err check_log(struct check *c, struct span key, struct span value) MUST;
enum err check_log_id(struct check *c, struct span key, struct span value) MUST;
enum err check_log_audience(struct check *c, struct span key, struct span value) MUST;
enum err check_entry(struct check *c, struct span key, struct span value) MUST;
enum err check_occurrence(struct check *c, struct span key, struct span value) MUST;
enum err check_exception(struct check *c, struct span key, struct span value) MUST;
enum err check_parked(struct check *c, struct span key, struct span value) MUST;

/* check_signed.c */
struct signed_by {
	enum sign_ctx ctx;
	struct id org;
	uint64_t kseq;
};
enum err check_signature(struct check *c, const struct signed_by *by, struct span payload, struct span signature,
                         const char *where) MUST;
enum err check_carried(const struct carried_entry *in, struct entry *out) MUST; /* well formed, and its records give its root */
enum err check_statement(struct check *c, struct span key, struct span value) MUST;
enum err check_receipt(struct check *c, struct span key, struct span value) MUST;
enum err check_evidence(struct check *c, struct span key, struct span value) MUST;

/* check_rows.c */
enum err check_supplier(struct check *c, struct span key, struct span value) MUST;
enum err check_supplier_history(struct check *c, struct span key, struct span value) MUST;
enum err check_local(struct check *c, struct span key, struct span value) MUST;
enum err check_local_history(struct check *c, struct span key, struct span value) MUST;
enum err check_partner(struct check *c, struct span key, struct span value) MUST;
enum err check_invite(struct check *c, struct span key, struct span value) MUST;
enum err check_contradiction(struct check *c, struct span key, struct span value) MUST;
enum err check_operation(struct check *c, struct span key, struct span value) MUST;
enum err check_set(struct check *c, struct span key, struct span value) MUST;
enum err check_consortium(struct check *c, struct span key, struct span value) MUST;
enum err check_address(struct check *c, struct span key, struct span value) MUST;
/* check_rosters.c */
enum err check_roster(struct check *c, struct span key, struct span value) MUST;
enum err check_proposal(struct check *c, struct span key, struct span value) MUST;

#endif
