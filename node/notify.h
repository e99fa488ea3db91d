/* notify.h - telling people by a program of theirs: mail, chat, a pager. It is called with one notice (notice.h) as JSON on its stdin, at most one at
 * a time, for at most NOTIFY_LIMIT_MS; 0 means told, anything else is tried again, later each time. A helper process, forked before the node has
 * threads, secrets or a store, runs it: no shell, a clean environment, nothing open but stdin, stdout and stderr. The loop never waits for it. */
#ifndef TALLY_NOTIFY_H
#define TALLY_NOTIFY_H

#include "keys/secret.h"
#include "node/host.h"
#include "node/notice.h"

#define NOTIFY_LIMIT_MS 30000
#define NOTIFY_TEXT (256u * 1024) /* longest notice, bytes */
#define NOTIFY_REPORT 240u        /* of the helper: how it went, with the first words of the program's stderr */

struct notify;

struct notify_config {
	const char *program;        /* absolute; NULL: nothing is told, *out is NULL, and all below does nothing */
	int64_t limit_ms;           /* 0: NOTIFY_LIMIT_MS */
	struct host *host;
	struct secret **passphrase; /* NULL: none. The helper forgets it */
};
enum err notify_open(const struct notify_config *config, struct notify **out) MUST; /* forks. ERR_INVALID: no absolute path */
void notify_turn(struct notify *n, struct core *c);     /* inside a turn, after all else */
void notify_release(struct notify *n, bool committed);  /* after it */
int64_t notify_deadline(const struct notify *n, int64_t other); /* when it wants a turn, or other where that is sooner; steady */
void notify_close(struct notify *n);                    /* the helper ends; a program that runs is killed after a second */

/* notify_helper.c: the helper's whole life: frames of a length u32 and a notice on fd, and a report of NOTIFY_REPORT bytes for each. */
void notify_helper_run(int fd, const char *program, int64_t limit_ms) __attribute__((noreturn));

#endif
