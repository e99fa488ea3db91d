/* limits.h - every bound on what a stranger or a partner can make us do, each with its reason. Each is tested at the limit and
 * one above. docs/protocol.md section 16 is the same table. */
#ifndef TALLY_LIMITS_H
#define TALLY_LIMITS_H

#define LIMIT_RECORD (512u * 1024u)       /* one statement a person could read; evidence travels as files */
#define LIMIT_FORWARD (576u * 1024u)      /* a record of full size with the entry and path around it */
#define LIMIT_ENTRY_RECORDS 256u          /* inclusion paths of at most eight hashes */
#define LIMIT_ENTRY_BYTES (1024u * 1024u) /* records of one entry together: one message carries it */
#define LIMIT_MESSAGE (1024u * 1024u + 64u * 1024u) /* an entry of full size and its envelope */
#define LIMIT_MESSAGE_PENDING (64u * 1024u)         /* all a partner not yet compared may send in one session */
#define LIMIT_FRAME 65535u                /* Noise's own */
#define LIMIT_NESTING 8u                  /* deepest kind needs six */
#define LIMIT_ELEMENTS 65536u             /* bounds a parsed object to about 2 MiB of memory */
#define LIMIT_STATEMENTS 256u             /* key statements of one organisation: a rotation a month for 21 years */
#define LIMIT_EXCEPTIONS 1024u            /* in one receipt */
#define LIMIT_PARENTS 16u
#define LIMIT_NAMED 8u                    /* recipients of a red record */
#define LIMIT_NAME 200u                   /* bytes of an organisation's name */
#define LIMIT_PARKED_BYTES (256u * 1024u * 1024u) /* per partner, not yet applied */
#define LIMIT_PARKED_RECORDS 100000u
#define LIMIT_PROOF (16u * 1024u * 1024u) /* a proof file */
#define LIMIT_TOKEN 1024u                 /* characters of an invitation */
#define LIMIT_REQUEST (32u * 1024u * 1024u) /* one api call's JSON: a register of 100,000 suppliers fits */

#define LIMIT_HALF_OPEN 64u      /* handshakes at once; the oldest that has named no secret of ours gives way */
#define LIMIT_HALF_OPEN_ONE 4u   /* of them under one secret, the oldest gives way: who recorded a first message crowds out nobody else */
#define LIMIT_HANDSHAKE_MS 5000  /* three messages over a slow link */
#define LIMIT_SESSION_MS (60ll * 60 * 1000)
#define LIMIT_SESSION_BYTES (1024ull * 1024 * 1024)
#define LIMIT_PING_MS 60000
#define LIMIT_DEAD_MS 180000
#define LIMIT_UNKNOWN_KEY_MS 60000 /* known selector, unknown static key */
#define LIMIT_AHEAD_MS (10ll * 60 * 1000) /* a record dated later than its entry; an entry dated later than our clock is "dated ahead" */
#define LIMIT_INVITE_MS (7ll * 24 * 60 * 60 * 1000)
#define LIMIT_RETRY_MIN_MS 5000
#define LIMIT_RETRY_MAX_MS (15ll * 60 * 1000)
#define LIMIT_INFLIGHT_BYTES (4u * 1024u * 1024u) /* sent and not receipted, per log and session */

#endif
