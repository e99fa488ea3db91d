/* sim.h - the simulator: many real cores in one process on a virtual clock, over a network, disks, clocks and people that a seed makes bad, with an
 * observer that knows all. A run depends on its plan alone and is the same each time. docs/map.md names the files. */
#ifndef TALLY_SIM_H
#define TALLY_SIM_H

#include <jansson.h>

#include "proto/message.h"
#include "tests/world/node.h"

#define SIM_NODES 512
#define SIM_SKIPS 256

/* Each kind of fault can be left out of a run; the counters go by the same list. X(name, word, what it does) */
#define FAULT_TABLE(X)                                                                              \
	X(FAULT_CUT, "cut", "a connection breaks; each end learns of it late, or never")                \
	X(FAULT_PARTITION, "partition", "some nodes do not reach the others for a while")               \
	X(FAULT_SLOW, "slow", "links with latency, jitter and little bandwidth")                        \
	X(FAULT_PIECES, "pieces", "a write arrives in pieces cut anywhere")                             \
	X(FAULT_DIAL, "dial", "nobody answers a dial, or late")                                         \
	X(FAULT_REPLAY, "replay", "a recorded stream is sent once more")                                \
	X(FAULT_FLIP, "flip", "a byte is changed on its way")                                           \
	X(FAULT_STRANGER, "stranger", "somebody connects and sends noise, or nothing")                  \
	X(FAULT_LOSE, "lose", "a message of the exchange does not arrive")                              \
	X(FAULT_DOUBLE, "double", "a message of the exchange arrives twice")                            \
	X(FAULT_SWAP, "swap", "two messages of the exchange change places")                             \
	X(FAULT_STRAY, "stray", "an entry comes to a wrong door, again, too early, in part or changed") \
	X(FAULT_CRASH, "crash", "a node is killed between any two effects")                             \
	X(FAULT_COMMIT, "commit", "a commit fails")                                                     \
	X(FAULT_FULL, "full", "the store has no room left for a while")                                 \
	X(FAULT_VAULT, "vault", "a secret cannot be written")                                           \
	X(FAULT_CLOCK, "clock", "a clock is set forward or back")

enum fault {
#define X(name, word, text) name,
	FAULT_TABLE(X)
#undef X
	FAULTS
};

struct plan { /* all that a run depends on */
	uint64_t seed;
	int nodes;       /* 0: the seed's choice */
	int ops;         /* only so many of the people's doings; 0: the seed's choice, -1: none */
	unsigned faults; /* bits of enum fault */
	int minutes;     /* of faults; 0: the seed's choice */
	int skips, skip[SIM_SKIPS]; /* doings left out, ascending */
};

struct counts { /* what happened, for the summary */
	uint64_t fault[FAULTS];
	uint64_t turns, calls, refused, records, receipts, deliveries, pairs, checks, forwards, views, rotations;
	uint64_t crash_idle, crash_before, crash_after, crash_between, turn_failed;
	int64_t virtual_ms, slowest_ms; /* slowest: until all had converged */
};

struct verdict_of_run {
	bool failed;
	char name[32];  /* which invariant */
	char text[500];
	int64_t at;     /* ms of virtual time */
	uint64_t digest;
	int nodes, ops, minutes; /* as they were chosen */
	unsigned faults;
	struct counts counts;
};

/* run.c. templates: as many nodes as the plan has, made and down. folder: where the nodes' folders go. */
int run_nodes(const struct plan *p); /* how many it takes */
void run_plan(const struct plan *p, const struct node *templates, bool trace, struct verdict_of_run *out);

/* shrink.c: runs it again and again in smaller forms that fail alike. */
typedef void shrink_run(void *ctx, const struct plan *p, struct verdict_of_run *out);
void shrink(struct plan *p, struct verdict_of_run *v, shrink_run *run, void *ctx);

#endif
