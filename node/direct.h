/* direct.h - a call where no node runs: the home is opened by this process, the call runs in a turn of its own, and nothing is dialled. For those
 * commands whose work does not need partners to be there (struct command, lone): what a supplier without a node answers bundles with. */
#ifndef TALLY_DIRECT_H
#define TALLY_DIRECT_H

#include <jansson.h>

#include "node/home.h"
#include "node/host.h"

struct direct { /* start from {0}; opened by the first call, the passphrase asked for once */
	struct host host;
	struct home home;
	bool open;
	bool silent; /* the passphrase is not asked for */
};

/* *response as of api.h, a new reference. Fails, with *why, when the home cannot be opened. */
enum err direct_call(struct direct *d, const char *path, const json_t *request, json_t **response, struct complaint *why) MUST;
void direct_close(struct direct *d);

#endif
