/* contradictions.h - evidence that an organisation contradicts itself: found here or told by a partner, kept, acted upon, and told. Nothing is
 * chosen by code: a log is frozen where it forks, both branches stay, and people are told. Part of the core; called inside a turn.
 *
 * It is told to whoever it speaks of: who contradicts itself, and to whom the entries were addressed. That two organisations deal with each
 * other is nobody else's business; so whom else, the operator says. It goes out in each session anew: who has it already passes over it. */
#ifndef TALLY_CONTRADICTIONS_H
#define TALLY_CONTRADICTIONS_H

#include "node/core_state.h"
#include "proto/contradiction.h"

/* Two of org's that are here; statements: how many of its key statements prove them. Nothing happens when the two prove nothing. */
struct contradictions_two {
	const struct id *org;
	enum contradiction_kind kind;
	struct contradiction_side side[2];
	uint64_t statements;
};
enum err contradictions_found(struct core *c, const struct contradictions_two *two) MUST;
/* A receipt over a log of ours that names another entry than ours at n: is one of theirs here that names ours? */
enum err contradictions_receipt(struct core *c, const struct log_row *log, const struct receipt *r, const struct contradiction_side *side) MUST;
/* A key statement at a kseq at which another of theirs is held. */
enum err contradictions_statement(struct core *c, const struct id *org, uint64_t kseq, const struct signed_statement two[2]) MUST;
/* Where this log, of which nothing is held yet, is proven to fork; 0: nowhere. */
enum err contradictions_frozen(struct core *c, const struct id *author, const struct id *log, uint64_t *n) MUST;

void contradictions_begin(struct core *c, struct session *s); /* on entering FULL */
void contradictions_on_message(struct core *c, struct session *s, const struct value *body);

/* ---- for the api ---- */
struct contradictions_row {
	struct contradiction_report *r; /* in the arena of the call */
	struct span file;
	int64_t received;
	bool told; /* by from; else found here */
	struct id from;
	const struct value *row;
};
typedef enum err (*contradictions_fn)(void *ctx, const struct contradictions_row *row);
enum err contradictions_each(struct core *c, const struct id *org /* NULL: of all */, struct arena *a, contradictions_fn fn, void *ctx) MUST;
enum err contradictions_tell(struct core *c, const struct contradictions_row *row, const struct id *to, size_t count) MUST;
#define CONTRADICTIONS_TEXT 400
/* "two different entries at ..." */
void contradictions_text(struct core *c, const struct contradiction_report *r, char out[static CONTRADICTIONS_TEXT]);

#endif
