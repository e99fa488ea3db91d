/* home.h - a node's home folder opened: its store, its keys, and the core over both. For the loop, and for commands that work without one. */
#ifndef TALLY_HOME_H
#define TALLY_HOME_H

#include "keys/secret.h"
#include "node/core.h"
#include "proto/fields.h"

struct home_config {
	const char *path;
	struct secret **passphrase; /* of the keys: freed and set to NULL once they are open; NULL: none */
	uint64_t map_size;
	void (*say)(void *ctx, const char *problem); /* what is damaged; may be NULL */
	void *ctx;
};

struct home {
	struct store *store;
	struct vault *vault;
	struct core *core;
};

/* What was opened is in *out also when it failed: home_close. Failures explain themselves. ERR_LOCKED: a node runs there. */
enum err home_open(const struct home_config *config, const struct world *world, struct home *out, struct complaint *why) MUST;
void home_close(struct home *h);

#endif
