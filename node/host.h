/* host.h - the real outside for a core: the system's clock, libsodium's randomness, log lines on stderr. */
#ifndef TALLY_HOST_H
#define TALLY_HOST_H

#include "node/core.h"

enum host_level { HOST_ERROR, HOST_WARN, HOST_INFO };

struct host {
	struct world world; /* give &host.world to the core; the host must outlive it */
	enum host_level level;
	char files[4096];
};

/* libsodium's start; ERR_IO when the system has no randomness. home: evidence files are in its folder files; NULL: there are none. */
enum err host_open(struct host *h, const char *home) MUST;
/* Before any thread begins. So many open files, if the system lets us; and one heap for all threads: with one each, what a crowd of streams
 * once needed would stay with every thread that served some of it. */
void host_crowd(unsigned files);
void host_log(const struct host *h, enum host_level level, const char *line); /* logfmt, with time and level in front */

#endif
