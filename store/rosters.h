/* rosters.h - the events of consortia: those that are decided, and proposals that wait for signatures. table is one of the two. */
#ifndef TALLY_ROSTERS_H
#define TALLY_ROSTERS_H

#include "proto/roster.h"
#include "store/store.h"

struct roster_key {
	struct id consortium, hash;
};

enum err rosters_put(struct txn *t, enum table table, const struct id *consortium, const struct roster_event *ev) MUST; /* replaces */
/* A copy in the arena. ERR_NOT_FOUND */
enum err rosters_get(struct txn *t, enum table table, const struct roster_key *key, struct arena *a, struct roster_event *out) MUST;
enum err rosters_drop(struct txn *t, enum table table, const struct roster_key *key) MUST;
enum err rosters_walk(struct txn *t, enum table table, const struct id *consortium, struct walk *out) MUST;
bool rosters_next(struct walk *w, struct id *hash);

#endif
