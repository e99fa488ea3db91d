/* roster.h - a roster says who belongs to a consortium: one event of a chain, each decided by a majority of the convenors of the one before, so that
 * two decided at one place name a convenor who signed both. Signed tally/roster/v1, by each convenor alone, over the payload.
 * The consortium's id is the hash of event 0, which the signatures are no part of. */
#ifndef TALLY_ROSTER_H
#define TALLY_ROSTER_H

#include "keys/sign.h"
#include "proto/fields.h"
#include "proto/limits.h"
#include "proto/vocab.h"

struct roster_member {
	struct id org;
	struct span name; /* as the convenors call it; borrowed */
	uint64_t since;   /* the event that brought it in */
};

struct roster_cut { /* of a log of somebody removed: what lies beyond is void. A log that is not listed is cut at 0 */
	struct id log;
	uint64_t n;
	struct id entry; /* hash of entry n */
};

struct roster_removed {
	struct id org;
	size_t cuts; /* ascending by log */
	const struct roster_cut *cut;
	struct span reason; /* n 0: none given */
};

struct roster {
	bool has_consortium; /* not in event 0, whose hash it is */
	struct id consortium;
	uint64_t rseq;
	size_t prevs; /* of the events before, ascending: none in event 0, one, or those that were in conflict */
	struct id prev[LIMIT_ROSTER_PREVS];
	struct span title, name; /* name: short, as it is typed */
	size_t convenors; /* ascending; each is a member */
	const struct id *convenor;
	uint64_t threshold; /* more than half of them */
	size_t members; /* ascending by org */
	const struct roster_member *member;
	size_t removals; /* by this event, ascending by org */
	const struct roster_removed *removed;
	int64_t ceiling; /* enum tlp: the most restricted that may be said; never red */
	int64_t history; /* vocab_history: what newcomers are given */
	struct id tag;   /* of the member secret in force */
	int64_t time;
};

struct roster_signature {
	struct id org;
	uint64_t kseq;
	uint8_t sig[SIGN_LEN];
};

struct roster_event { /* as it travels and is stored: {0 payload, 1 signatures [{0 org, 1 kseq, 2 signature}]}, ascending by org */
	struct span payload;
	size_t signatures;
	struct roster_signature by[LIMIT_CONVENORS * (LIMIT_ROSTER_PREVS + 1)];
};

extern const struct field roster_fields[], roster_event_fields[];

enum err roster_encode(const struct roster *r, struct buf *out) MUST; /* appends */
enum err roster_decode(struct span payload, struct arena *a, struct roster *out) MUST; /* lists in the arena, text borrowed from the payload */
void roster_hash(struct span payload, struct id *out);            /* B2b("tally.ros.v1", payload): what entries name */
void roster_consortium(struct span payload, const struct roster *r, struct id *out); /* event 0: B2b("tally.con.v1", payload) */
void roster_tag(const uint8_t secret[static 32], struct id *out); /* B2b("tally.mem.v1", secret) */

struct value *roster_event_value(struct arena *a, const struct roster_event *ev);
enum err roster_event_read(const struct value *v, struct roster_event *out) MUST; /* borrows the payload */

const struct roster_member *roster_member(const struct roster *r, const struct id *org); /* NULL: none */
const struct roster_removed *roster_removal(const struct roster *r, const struct id *org);
bool roster_convenor(const struct roster *r, const struct id *org);

/* The sign key of an organisation at a kseq; ERR_NOT_FOUND: not held. */
struct roster_keys {
	enum err (*find)(void *ctx, const struct id *org, uint64_t kseq, uint8_t pk[static SIGN_PK]);
	void *ctx;
};
/* Does the event continue those before (none for event 0), and is it decided? OK; ERR_PENDING: good so far, but more convenors must sign;
 * ERR_CONFLICT: it does not continue them; ERR_SIGNATURE: one does not verify, or is by no convenor; ERR_NOT_FOUND: a key is not held. */
enum err roster_verify(const struct roster_event *ev, const struct roster *r, const struct roster *before, size_t befores,
                       const struct roster_keys *keys) MUST;

#endif
