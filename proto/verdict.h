/* verdict.h - everything ingest can say about an entry or a record, in one list: number, whether it is final, whom it blames. Final
 * verdicts depend only on signed bytes and statements held, never on the door or the order of arrival. */
#ifndef TALLY_VERDICT_H
#define TALLY_VERDICT_H

#include "proto/fields.h"

/* X(name, wire number, class, blames, text). Class: G good, F final refusal of the entry, T transient (parked or asked again),
 * E exception: the entry is stored, this record of it is not counted. Blames: N nobody, A author, P the link peer, O the operator. */
#define VERDICT_TABLE(X)                                                                                         \
	X(VERDICT_GOOD, 0, 'G', 'N', "stored")                                                                       \
	X(VERDICT_KNOWN, 1, 'G', 'N', "already stored")                                                              \
	X(VERDICT_AHEAD, 2, 'G', 'A', "stored; dated ahead of our clock")                                            \
	X(VERDICT_GAP, 16, 'T', 'N', "an entry before it is missing")                                                \
	X(VERDICT_UNKNOWN_KEY, 17, 'T', 'N', "signed under a key statement we do not hold")                          \
	X(VERDICT_SUSPENDED, 18, 'T', 'O', "the partner is suspended here")                                          \
	X(VERDICT_NO_LOG_OPEN, 19, 'T', 'A', "waiting for the log.open of the newer key")                            \
	X(VERDICT_QUOTA, 20, 'T', 'P', "too much is waiting already")                                                \
	X(VERDICT_UNKNOWN_ROSTER, 21, 'T', 'N', "names a roster that is not held")                                   \
	X(VERDICT_ENTRY_SHAPE, 32, 'F', 'P', "not a well-formed entry")                                              \
	X(VERDICT_SIGNATURE, 33, 'F', 'P', "signature does not verify")                                              \
	X(VERDICT_NOT_PARTNER, 34, 'F', 'P', "author is not an active partner; pair first")                          \
	X(VERDICT_AUDIENCE, 35, 'F', 'P', "not addressed to us")                                                     \
	X(VERDICT_MISMATCH, 36, 'F', 'P', "the records do not match the signed entry")                               \
	X(VERDICT_CHAIN, 37, 'F', 'A', "does not continue its author's chain")                                       \
	X(VERDICT_FORK, 38, 'F', 'A', "its author signed two different entries at this place")                       \
	X(VERDICT_FROZEN, 39, 'F', 'A', "the log is frozen at a proven fork")                                        \
	X(VERDICT_OPENING, 40, 'F', 'A', "the first entry of a log must hold exactly its log.open")                  \
	X(VERDICT_NOT_MEMBER, 41, 'F', 'A', "its author is no member by the roster that it names")                   \
	X(VERDICT_CUT, 42, 'F', 'A', "beyond where its author was removed")                                          \
	X(VERDICT_SHAPE, 64, 'E', 'A', "record is not well formed")                                                  \
	X(VERDICT_LIMIT, 65, 'E', 'A', "record is over a limit")                                                     \
	X(VERDICT_TLP, 66, 'E', 'A', "its TLP forbids this")                                                         \
	X(VERDICT_NOT_NAMED, 67, 'E', 'A', "red, and we are not named")                                              \
	X(VERDICT_VOID, 68, 'E', 'A', "beyond its author's cut")                                                     \
	X(VERDICT_BODY_MISSING, 69, 'E', 'P', "its bytes are not here yet")                                          \
	X(VERDICT_AUTHOR, 70, 'E', 'A', "its author is not the entry's author")                                      \
	X(VERDICT_DATED, 71, 'E', 'A', "created more than ten minutes after its entry")

enum verdict {
#define X(name, number, class, blames, text) name = number,
	VERDICT_TABLE(X)
#undef X
};

const char *verdict_text(enum verdict v); /* static; "unknown verdict" for a number from the wire we do not know */
const char *verdict_name(enum verdict v); /* "not-partner": for logs and JSON */
char verdict_class(enum verdict v);
char verdict_blames(enum verdict v);

#endif
