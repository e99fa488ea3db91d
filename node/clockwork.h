/* clockwork.h - the clock profiles that a running node goes by: the files of its home as they were at its start, or when it was last told to read
 * them again. A file that is wrong changes nothing. */
#ifndef TALLY_CLOCKWORK_H
#define TALLY_CLOCKWORK_H

#include "node/clocks.h"
#include "node/core.h"

struct clockwork;

enum err clockwork_open(const char *home, struct clockwork **out, struct complaint *why) MUST; /* as clocks_home */
void clockwork_use(const struct clockwork *w, struct core *c); /* w NULL: the shipped ones; else it must outlive the core */
/* Inside a turn, before anything that asks for them. ERR_*: the old ones hold, and an alarm says which file is wrong, and why. */
enum err clockwork_again(struct clockwork *w, struct core *c) MUST;
void clockwork_free(struct clockwork *w);

#endif
