/* pair.h - two real nodes as processes, for the drivers of tests/kill: made, started, killed and asked over their local sockets. */
#ifndef TALLY_TEST_PAIR_H
#define TALLY_TEST_PAIR_H

#include <jansson.h>
#include <sys/types.h>

#include "store/store.h"

enum phase { PHASE_START, PHASE_RECOVERY, PHASE_FLOW, PHASES }; /* not yet ready; ready and not linked; linked */

struct node {
	const char *peer;   /* what the other is called here */
	char home[200];
	pid_t pid;          /* 0: dead */
	int err;            /* read end of its stderr; -1 */
	char line[1024];    /* the one its log is in */
	size_t line_n;
	enum phase phase;
	int64_t kill_at;    /* us; INT64_MAX: lives on */
	int problems;       /* lines of its log that must not be there, and ends that were not ours */
};

struct pair {
	char tally[4096], folder[160];
	int port;
	struct node node[2]; /* 0 listens, 1 dials */
};

int64_t pair_clock(void); /* us, monotonic */

bool pair_make(struct pair *p, const char *tally, const char *folder); /* two homes, not yet partners */
void pair_start(struct pair *p, int i);
void pair_kill(struct pair *p, int i); /* SIGKILL, and its body is gone when this returns */
bool pair_stop(struct pair *p, int i); /* in order; false: it did not end well */
void pair_listen(struct pair *p, int64_t until); /* to their logs, till then; notices who died by itself */

void pair_hear(struct pair *p, int i, int64_t us);   /* to one of them, at most so long; does not mind its end */
void pair_forget(struct pair *p, int i);             /* it is dead, and somebody else has waited for it */
bool pair_meet(struct pair *p, int timeout_ms);      /* both running: invitation, join, ten words; till they are linked */
int64_t pair_waiting(const struct pair *p, int i);   /* what its partner has not receipted; -1: no answer */

/* One call over the socket; NULL: no answer, so nobody knows whether it was done. The request is taken over. */
json_t *pair_call(const struct pair *p, int i, json_t *request, int timeout_ms);
bool pair_good(const json_t *response);
const char *pair_text(const json_t *response, const char *name); /* of the result */

#endif
