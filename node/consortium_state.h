/* consortium_state.h - what the core keeps in memory of consortia, shared by consortium*.c and by nobody else. */
#ifndef TALLY_CONSORTIUM_STATE_H
#define TALLY_CONSORTIUM_STATE_H

#include "node/consortium.h"
#include "node/ingest.h"
#include "node/pairsecret.h"
#include "store/rosters.h"

struct roster_held { /* decoded once: its hash says that it never changes */
	struct roster_held *next;
	struct id hash;
	struct arena *a;
	struct roster r;
};

struct member_key { /* which member secret a stream speaks of; the secret itself stays in the vault */
	uint8_t selector[LINK_SELECTOR];
	struct id tag;
};

struct equal_heads { /* whose digest was last equal to ours, which it was, and when, steady */
	struct id consortium, org, digest;
	int64_t at;
};

struct asked { /* entries that somebody was asked for: nobody else is meanwhile */
	struct id log;
	uint64_t conn;
	int64_t until; /* steady */
};

struct late { /* a log that is owed a receipt, and when, steady */
	uint32_t log;
	int64_t at;
};

struct consortia {
	struct roster_held *held;
	size_t helds;
	size_t keys, equals, asks, lates;
	struct member_key *key;
	struct equal_heads *equal;
	struct asked *ask;
	struct late *late;
	int64_t due, rotate; /* steady: when links to members are looked after, and chosen anew */
};

#define QUIET_MS 2000 /* of no news, before digests are compared again */

struct seen_head { /* what the other side has of a log, as far as we know */
	struct id log;
	uint64_t n;
};

struct scope {
	struct id consortium;
	bool open;                     /* both are members */
	bool heard;                    /* they are, too, by what they say */
	struct id said, read, answered; /* digests: ours as told last, theirs, theirs that HEADS were sent for */
	struct id told;                /* what rosters and proposals they were told */
	int64_t due; /* steady */
	size_t n, cap;
	struct seen_head *seen;
};

struct scopes {
	bool anew; /* rosters, or what we said to a consortium, changed */
	size_t n;
	struct scope *scope;
};

/* consortium_talk.c */
void consortium_tell_one(struct core *c, struct session *s, const struct id *id, bool all); /* all: else the newest events alone */
void consortium_question(struct core *c, struct session *s, const struct id *id); /* asks for all that they hold of it */
void consortium_send_keys(struct core *c, struct session *s, const struct id *org, uint64_t from);
/* consortium_scope.c */
struct scope *consortium_scope(const struct session *s, const struct id *id); /* NULL: none */
uint64_t *consortium_seen(struct scope *x, const struct id *log); /* NULL: memory, or too many */
void consortium_note(struct scope *x, const struct id *log, uint64_t n); /* they have so much of it */
uint64_t consortium_since(const struct consortium *x, const struct id *org); /* what was opened by earlier rosters is not for it */
struct scope_log;
void consortium_put_head(struct core *c, struct value *list, const struct scope_log *l);
/* consortium_spread.c */
enum err consortium_want(struct core *c, struct session *s, struct scope *x) MUST; /* asks for what they have and we do not */
/* consortium_scope.c */
enum err consortium_changed(struct core *c, const struct id *id) MUST; /* an effect: who is linked is told, scopes open and close */
void consortium_due(struct core *c); /* digests may differ now */
/* consortium_receipt.c */
void consortium_receipt(struct core *c, const struct log_row *log); /* ours, when it is time for one */
void consortium_late_receipts(struct core *c);
void consortium_hand_receipts(struct core *c, struct session *s, const struct id *id); /* over the logs of who is at the other end */
enum err consortium_digest(struct core *c, const struct consortium *x, const struct id *peer, struct id *out) MUST; /* peer NULL: all that is held */
struct scope_log { /* a log of a consortium, and how far it counts */
	struct log_row row;
	uint64_t n;
};
enum err consortium_logs(struct core *c, const struct consortium *x, const struct id *peer, struct scope_log **out, size_t *count) MUST;
uint64_t consortium_sees(const struct session *s, const struct id *id, const struct id *log); /* how much of it they have, as far as we know */

#endif
