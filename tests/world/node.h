/* node.h - one node of a world in memory, for scenarios and the simulator: the real core over a real store and a vault, with the clock and the
 * randomness of the world. Nothing here fails a test: whoever calls judges what is returned. */
#ifndef TALLY_WORLD_NODE_H
#define TALLY_WORLD_NODE_H

#include "node/rotation.h"

struct node {
	/* Given before node_make or node_copy. */
	const int64_t *clock; /* of the world, ms */
	uint64_t *dice;       /* where its randomness comes from */
	void (*line)(struct node *n, const char *line); /* each line of its log; NULL: only kept */
	void *ctx;            /* of line */
	int64_t skew;         /* its clock minus the world's, ms; its steady clock is always right */
	uint64_t map_size;    /* of its store at the next opening; 0: roomy */
	int fail_in;          /* scenarios: the commit of so many turns from now fails; 0: none does */

	int index;
	char address[32];
	char folder[64], files[96];
	struct world world;
	struct store *store; /* NULL: it is down */
	struct vault *vault;
	struct core *core;
	uint8_t root[32]; /* seed of the root key that lies in its recovery kit */
	char log[8192]; /* the newest lines */
};

uint64_t world_dice(uint64_t *state); /* the next number: splitmix64 */
int64_t world_when(int64_t steady);  /* when, on the world's clock, the steady clocks read this; INT64_MAX stays */

enum err node_make(struct node *n, int index) MUST; /* a new organisation in a folder of its own under TMPDIR, and opened */
enum err node_copy(struct node *n, const struct node *from) MUST; /* the same organisation as one that is down, in a folder of its own; not opened */
enum err node_open(struct node *n) MUST;
/* Its next change of keys, as whoever holds the kit makes it: in a turn that has begun. The kit of after it is n->root again. */
enum err node_change_keys(struct node *n, int64_t reason) MUST;
void node_down(struct node *n);   /* as after SIGKILL: the folder and the vault stay as they are */
void node_remove(struct node *n); /* and the folder too */

#endif
