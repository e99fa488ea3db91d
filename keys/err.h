/* err.h - the one list of things that can go wrong, from the bottom room to the exit code.
 * Every function that can fail returns enum err; results come back through the last out-parameter, which is untouched on
 * failure. Libraries never print and never exit. */
#ifndef TALLY_ERR_H
#define TALLY_ERR_H

/* X(name, exit code of the program, short text) */
#define ERR_TABLE(X)                                                                                   \
	X(OK, 0, "done")                                                                               \
	X(ERR_MEMORY, 1, "out of memory")                                                              \
	X(ERR_IO, 1, "input or output failed")                                                         \
	X(ERR_SPACE, 1, "no space left")                                                               \
	X(ERR_BUSY, 1, "address or resource in use")                                                   \
	X(ERR_FILES, 1, "too many open files")                                                         \
	X(ERR_USAGE, 2, "wrong usage")                                                                 \
	X(ERR_NO_DAEMON, 3, "the node is not running")                                                 \
	X(ERR_DENIED, 4, "not permitted")                                                              \
	X(ERR_LOCKED, 4, "locked by another process")                                                  \
	X(ERR_NOT_FOUND, 5, "not found")                                                               \
	X(ERR_POLICY, 6, "refused by policy")                                                          \
	X(ERR_TLP, 6, "refused by TLP")                                                                \
	X(ERR_NOT_PARTNER, 6, "not an active partner")                                                 \
	X(ERR_SIGNATURE, 6, "signature does not verify")                                               \
	X(ERR_CRYPT, 6, "does not decrypt")                                                            \
	X(ERR_PENDING, 7, "accepted, not delivered yet")                                               \
	X(ERR_CONFLICT, 8, "conflicts with what is there")                                             \
	X(ERR_VERSION, 8, "made by a newer version")                                                   \
	X(ERR_INVALID, 9, "input is invalid")                                                          \
	X(ERR_SHAPE, 9, "not in canonical form")                                                       \
	X(ERR_LIMIT, 9, "over a limit")                                                                \
	X(ERR_EXPIRED, 9, "expired")                                                                   \
	X(ERR_PROBLEMS, 10, "the check found problems")                                                \
	X(ERR_CORRUPT, 10, "stored data is damaged")                                                   \
	X(ERR_UNDECIDED, 11, "undecided")

enum err {
#define X(name, code, text) name,
	ERR_TABLE(X)
#undef X
};

#define MUST __attribute__((warn_unused_result))

const char *err_text(enum err e); /* "no space left"; static */
const char *err_name(enum err e); /* "ERR_SPACE"; static */
int err_exit(enum err e);         /* the documented exit code */

#endif
