/* scenario.h - a small world for tests of the core: a few nodes in one process, each with its own store and vault, one virtual clock, and streams in
 * memory that can be cut, held and changed. Everything is deterministic; the seed is printed. */
#ifndef TALLY_SCENARIO_H
#define TALLY_SCENARIO_H

#include "node/core.h"
#include "node/pairing.h"
#include "proto/kinds.h"

#define NODES 4
#define STREAMS 64

struct scenario;

struct node {
	struct scenario *world_of;
	int index;
	char address[32];
	char folder[64];
	struct world world;
	struct store *store;
	struct vault *vault;
	struct core *core;
	int64_t skew;    /* its clock minus the true one, ms */
	bool fail_commit; /* the next core_end is made to fail as a full disk would */
	char log[8192];  /* the newest lines */
};

struct stream { /* one direction each */
	bool open;
	int from, to;         /* nodes */
	uint64_t from_conn, to_conn;
	struct buf waiting;
};

struct scenario {
	int64_t now;
	uint64_t random;
	int nodes;
	struct node node[NODES];
	struct stream stream[STREAMS];
	uint64_t next_conn;
	bool cut; /* nothing travels, nothing can be dialled */
	/* Called for each chunk before it is delivered; may change it. */
	void (*meddle)(void *ctx, struct stream *s, struct buf *bytes);
	void *ctx;
};

void scenario_open(struct scenario *s, int nodes); /* fails the test when it cannot */
void scenario_close(struct scenario *s);
void scenario_run(struct scenario *s, int64_t ms); /* lets everything happen that happens within this time */
void scenario_pair(struct scenario *s, int host, int guest); /* invite, join, both compare, linked */
void scenario_restart(struct scenario *s, int node);         /* as after SIGKILL: streams cut, core opened again */
void scenario_cut(struct scenario *s, bool cut);             /* closes all streams when true */

void scenario_begin(struct node *n);          /* a turn by hand */
enum err scenario_end(struct node *n);        /* and its outputs released */
const struct id *scenario_org(struct node *n);

/* A notice from one node to another; returns its id. */
struct id scenario_notice(struct scenario *s, int from, int to, const char *title);
enum delivery scenario_delivery(struct scenario *s, int from, int to, const struct id *record);
size_t scenario_count(struct node *n, int64_t kind); /* records of a kind with a good occurrence, or its own */

#endif
