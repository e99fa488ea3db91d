/* clocks.h - the clocks that run on incidents, as data. A profile is one small file, what one law or contract asks for; the node reads those in the
 * folder clocks of its home when it starts and at SIGHUP (clockwork.h), or the shipped ones where there is no such folder:
 *
 *   title NIS2 Directive, Article 23
 *   use own
 *   owed authority
 *   authority CSIRT, CERT
 *   clock early warning: aware + 24 h; met by early-warning
 *   clock final report: notification + 1 month; met by final
 *
 * "authority" lists words that its authorities are called by. "FROM or FROM" takes the earlier; "; stops at most 10 d" lets a question of the
 * debtor stop it. Months are calendar months. */
#ifndef TALLY_CLOCKS_H
#define TALLY_CLOCKS_H

#include "proto/fields.h"

#define CLOCKS_FOLDER "clocks"
#define CLOCKS_SUFFIX ".clock"
#define CLOCKS_NAME 48
#define CLOCKS_FROM 3u     /* moments one clock may count from */
#define CLOCKS_EACH 16u    /* clocks of a profile */
#define CLOCKS_CALLED 200  /* bytes of the names of authorities */
#define CLOCKS_BYTES 16384u /* most of a file */

extern const struct vocab vocab_clock_event, vocab_clock_met, vocab_clock_use, vocab_clock_owed;
enum clock_event { CLOCK_OCCURRED = 1, CLOCK_DETECTED, CLOCK_AWARE, CLOCK_CLASSIFIED, CLOCK_STORED, CLOCK_EARLY_WARNING, CLOCK_NOTIFICATION,
                   CLOCK_INTERMEDIATE };
enum clock_met { MET_EARLY_WARNING = 1, MET_NOTIFICATION, MET_INTERMEDIATE, MET_FINAL, MET_ACKNOWLEDGEMENT, MET_ANSWER }; /* to MET_FINAL: stages */
enum clock_use { CLOCK_OWN = 1, CLOCK_NAMED }; /* on every incident of one's own; where a contract or notice names it */
enum clock_owed { CLOCK_AUTHORITY = 1, CLOCK_PARTNERS }; /* partners: author to readers, or the other way round when an answer meets it */

struct clock_from {
	enum clock_event event;
	int64_t ms; /* 0: months instead */
	int months;
};
struct clock {
	char name[CLOCKS_NAME];
	struct clock_from from[CLOCKS_FROM];
	size_t froms;
	enum clock_met met;
	int64_t stops; /* ms at most; 0: never */
};
struct clocks { /* a profile */
	struct clocks *next; /* by name */
	char name[CLOCKS_NAME], title[200], called[CLOCKS_CALLED]; /* called: the words for its authorities, by comma; "": it does not say */
	enum clock_use use;
	enum clock_owed owed;
	struct clock clock[CLOCKS_EACH];
	size_t clocks;
	bool shipped;
};

/* ERR_INVALID, ERR_LIMIT: why->where is "NAME.clock:LINE". In the arena. */
enum err clocks_read(const char *name, struct span text, struct arena *a, struct clocks **out, struct complaint *why) MUST;
enum err clocks_shipped(struct arena *a, const struct clocks **out) MUST;
enum err clocks_file(const char *path, struct arena *a, struct clocks **out, struct complaint *why) MUST; /* "-" is no file */
enum err clocks_home(const char *home, struct arena *a, const struct clocks **out, struct complaint *why) MUST;
bool clocks_name(const char *file); /* is this the name of a profile's file */
enum err clocks_write(const char *home) MUST; /* the shipped ones into a new folder; nothing when it is there */
bool clocks_calls(const struct clocks *p, const char *authority); /* is this text one of its authorities */
const struct clocks *clocks_find(const struct clocks *list, const char *name); /* NULL: none */
enum err clocks_text(const struct clock *c, struct buf *out) MUST; /* "aware + 24 h" */

#endif
