/* consortium.h - consortia: who belongs to them by their rosters, what they decide, and how what their members say spreads among them all, also while
 * its author is dark. Part of the core.
 *   consortium.c        what is held of one, decoded
 *   consortium_take.c   events and proposals taken in
 *   consortium_act.c    what the operator does: create, propose, sign, join, leave
 *   consortium_cut.c    what the removal of a member takes away
 *   consortium_talk.c   ROSTERS, and KEYS of others
 *   consortium_link.c   links between members who never paired, and whom we dial
 *   consortium_scope.c  heads compared
 *   consortium_spread.c entries asked for and given
 *   consortium_receipt.c  receipts over its logs, handed on towards their authors */
#ifndef TALLY_CONSORTIUM_H
#define TALLY_CONSORTIUM_H

#include "node/core_state.h"
#include "proto/roster.h"

struct consortium { /* as it stands in this turn */
	struct id id, quote; /* quote: the roster that new entries name */
	char name[65];
	enum consortium_state state;
	size_t heads; /* 0: nothing is decided yet; more than one: rosters are in conflict */
	struct id head[LIMIT_ROSTER_PREVS];
	const struct roster *roster[LIMIT_ROSTER_PREVS]; /* of the heads; until the next tick */
	const struct roster *quoted;
	const struct value *row;
};

enum err consortium_get(struct core *c, const struct id *id, struct consortium *out) MUST; /* ERR_NOT_FOUND */
enum err consortium_named(struct core *c, const char *name, struct consortium *out) MUST;  /* by name, or the first digits of its id; ERR_NOT_FOUND */
enum err consortium_all(struct core *c, const struct id **out, size_t *count) MUST;        /* ids, in the arena of the turn */
enum err consortium_roster(struct core *c, const struct id *id, const struct id *hash, const struct roster **out) MUST; /* until the next tick */
bool consortium_has(const struct consortium *x, const struct id *org); /* a member in every head */
bool consortium_ours(const struct core *c, const struct consortium *x); /* joined, and we are a member */
/* Every organisation that was ever a member, ascending; in the arena of the turn. */
enum err consortium_members_ever(struct core *c, const struct id *id, const struct id **out, size_t *count) MUST;

/* ---- what the operator does: consortium_act.c ---- */
struct consortium_change { /* NULL and 0: stays as it is */
	size_t add, remove, convene;
	const struct id *added, *removed, *convenor;
	int64_t threshold, ceiling, history;
	const char *title, *reason; /* reason: of the removals */
};
struct consortium_charter {
	const char *name, *title;
	struct consortium_change first; /* added: members; convenor: beside ourselves */
};
enum err consortium_create(struct core *c, const struct consortium_charter *charter, struct id *out, struct complaint *why) MUST;
enum err consortium_propose(struct core *c, const struct id *id, const struct consortium_change *change, struct id *proposal,
                            struct complaint *why) MUST;
/* proposal NULL: the only one that waits for us. *decided: ours was the last signature that it needed. */
enum err consortium_sign(struct core *c, const struct id *id, const struct id *proposal, bool *decided, struct complaint *why) MUST;
enum err consortium_join(struct core *c, const struct id *id, struct complaint *why) MUST;
enum err consortium_leave(struct core *c, const struct id *id, struct complaint *why) MUST;
/* ERR_NOT_FOUND: no consortium */
enum err consortium_may_say(struct core *c, const struct id *id, const struct record *r, struct complaint *why) MUST;

/* ---- events: consortium_take.c ---- */
enum intake { INTAKE_KNOWN, INTAKE_DECIDED, INTAKE_PROPOSED };
/* ERR_NOT_FOUND: an event before it, or a key, is not held; ERR_CONFLICT, ERR_SIGNATURE, ERR_SHAPE ...: theirs to answer for; ERR_POLICY: not for
 * us. */
enum err consortium_take(struct core *c, const struct roster_event *ev, const struct id *from, enum intake *out) MUST;
enum err consortium_put_row(struct core *c, const struct consortium *x) MUST;

/* ---- removal: consortium_cut.c ---- */
enum err consortium_cut(struct core *c, const struct id *id, const struct roster *event) MUST; /* what stood beyond the cuts is void */
/* How far this log counts: UINT64_MAX when nobody cut it. opened: rseq of the roster that its entry 1 names. */
enum err consortium_bound(struct core *c, const struct id *id, const struct log_row *log, uint64_t *bound, uint64_t *opened) MUST;
enum err consortium_cuts(struct core *c, const struct id *id, const struct id *org, struct roster_removed *out) MUST; /* of what we hold of theirs */

/* ---- entries: from ingest and outbox ---- */
enum err consortium_judge(struct core *c, const struct entry *e, enum verdict *v) MUST; /* may it stand here? */
int64_t consortium_ceiling(struct core *c, const struct entry *e); /* TLP of the roster that it names */
/* Newcomers are given what is said from now on: then our log is begun anew. */
enum err consortium_log_open(struct core *c, const struct id *id, const struct log_row *log, bool *anew) MUST;
enum err consortium_delivery(struct txn *t, const struct log_row *log, const struct occurrence *o, struct delivery_state *out) MUST;

/* ---- from the session ---- */
struct scopes; /* of a session */
void consortium_begin(struct core *c, struct session *s); /* on entering FULL */
void consortium_tick_session(struct core *c, struct session *s);
int64_t consortium_session_deadline(const struct session *s);
void scopes_free(struct scopes *s);
void consortium_on_rosters(struct core *c, struct session *s, const struct value *body);
void consortium_on_keys(struct core *c, struct session *s, const struct value *body); /* of somebody else */
void consortium_on_summary(struct core *c, struct session *s, const struct value *body);
void consortium_on_heads(struct core *c, struct session *s, const struct value *body);
bool consortium_on_want(struct core *c, struct session *s, const struct id *log, uint64_t from); /* false: not a log of a consortium */
void consortium_arrived(struct core *c, struct session *s, const struct id *log, uint64_t n); /* they have it: they sent it */
void consortium_grown(struct core *c, const struct log_row *log); /* our own log: pushed */
void consortium_stored(struct core *c, const struct log_row *log); /* at the end of the turn */
bool consortium_on_receipt(struct core *c, struct session *s, struct span payload, struct span signature); /* false: not over a log of a consortium */

/* ---- links between members: consortium_link.c ---- */
enum err consortium_load(struct core *c) MUST;
void consortium_free(struct core *c);
bool consortium_ask(struct core *c, const uint8_t selector[static LINK_SELECTOR], uint8_t psk[static 32]);
bool consortium_welcome(struct core *c, const struct session *s);
enum err consortium_dial(struct core *c, struct peer *p, struct link_config *config, uint8_t secret[static 32]) MUST;
bool consortium_address(struct core *c, const struct peer *p, char out[static 80]);
enum err consortium_addresses(struct core *c, const struct id *org, const struct value *list, bool own) MUST;
enum err consortium_keep_secret(struct core *c, const struct id *tag, const uint8_t secret[static 32]) MUST;
enum err consortium_secret(struct core *c, const struct id *tag, uint8_t secret[static 32]) MUST; /* ERR_NOT_FOUND */
void consortium_tick(struct core *c);
int64_t consortium_deadline(const struct core *c);

#endif
