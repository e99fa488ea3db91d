/* err.h - the one list of things that can go wrong, from the bottom room to the exit code.
 * Every function that can fail returns enum err; results come back through the last out-parameter, which is untouched on
 * failure. Libraries never print and never exit. */
#ifndef TALLY_ERR_H
#define TALLY_ERR_H

/* X(name, exit code of the program, short text, what to do when nobody said something better) */
#define ERR_TABLE(X) \
	X(OK, 0, "done", "") \
	X(ERR_MEMORY, 1, "out of memory", "free memory, then repeat the command") \
	X(ERR_IO, 1, "input or output failed", "look at the disk and the system's log, then repeat the command") \
	X(ERR_SPACE, 1, "no space left", "free disk space, then repeat the command") \
	X(ERR_BUSY, 1, "address or resource in use", "stop what uses it, or choose another") \
	X(ERR_FILES, 1, "too many open files", "raise the limit on open files (LimitNOFILE, ulimit -n), then repeat the command") \
	X(ERR_USAGE, 2, "wrong usage", "see what there is: tally help") \
	X(ERR_NO_DAEMON, 3, "the node is not running", "start it with: tally up --background") \
	X(ERR_DENIED, 4, "not permitted", "run it as the user to whom the file or the node belongs") \
	X(ERR_LOCKED, 4, "locked by another process", "end the other one with: tally down") \
	X(ERR_NOT_FOUND, 5, "not found", "look at how it is spelled; what there is: tally partner list, supplier list, record list") \
	X(ERR_POLICY, 6, "refused by policy", "see who has it and what may be done: tally record show ID") \
	X(ERR_TLP, 6, "refused by TLP", "choose another --tlp, or leave out whoever may not have it") \
	X(ERR_NOT_PARTNER, 6, "not an active partner", "see who is an active partner with: tally partner list") \
	X(ERR_SIGNATURE, 6, "signature does not verify", "it was changed on its way: get it again from where it comes") \
	X(ERR_CRYPT, 6, "does not decrypt", "the passphrase is wrong, or the file was changed") \
	X(ERR_PENDING, 7, "accepted, not delivered yet", "it goes on by itself; see: tally outbox --waiting") \
	X(ERR_CONFLICT, 8, "conflicts with what is there", "look at what is there, then choose another name") \
	X(ERR_VERSION, 8, "made by a newer version", "use the newer version of tally") \
	X(ERR_OLDER, 8, "made by an older version", "start the node once, which brings its store forward: tally up --background") \
	X(ERR_INVALID, 9, "input is invalid", "see what it takes: tally help") \
	X(ERR_SHAPE, 9, "not in canonical form", "it was changed on its way, or never was one: get it again from where it comes") \
	X(ERR_LIMIT, 9, "over a limit", "make it smaller, or split it") \
	X(ERR_EXPIRED, 9, "expired", "ask for a new one") \
	X(ERR_PROBLEMS, 10, "the check found problems", "mend what it names, then check again") \
	X(ERR_CORRUPT, 10, "stored data is damaged", "see what is damaged with: tally store check; then put a backup in its place") \
	X(ERR_UNDECIDED, 11, "undecided", "ask who made it for what is missing")

enum err {
#define X(name, code, text, hint) name,
	ERR_TABLE(X)
#undef X
};

#define MUST __attribute__((warn_unused_result))

const char *err_text(enum err e); /* "no space left"; static */
const char *err_hint(enum err e); /* "free disk space ..."; static */
const char *err_name(enum err e); /* "ERR_SPACE"; static */
int err_exit(enum err e);         /* the documented exit code */
enum err err_errno(int number) MUST; /* what the system said; ERR_IO when no word of ours fits better */

#endif
