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
#define LIMIT_OLD_LINKS 4u                /* link keys of before that still answer: each costs whoever knocks two agreements of ours */
#define LIMIT_EXCEPTIONS 1024u            /* in one receipt */
#define LIMIT_PARENTS 16u                 /* what one record can draw together and a person still follow */
#define LIMIT_NAMED 8u                    /* recipients of a red record */
#define LIMIT_NAME 200u                   /* bytes of an organisation's name */
#define LIMIT_PARKED_BYTES (256u * 1024u * 1024u) /* per partner, not yet applied */
#define LIMIT_PARKED_RECORDS 100000u      /* the same: tiny ones cost by their number */
#define LIMIT_LOGS 1024u                  /* of one author to one audience: one log.open can close as many */
#define LIMIT_SCOPE 4096u                 /* logs of one pair, both ways: one HEADS names them all */
#define LIMIT_DRAIN_BYTES (8u * 1024u * 1024u) /* of parked entries taken in one turn: its transaction must stay small enough to commit */
#define LIMIT_DRAIN_ENTRY 16384u          /* what an entry counts for there beside its bytes: a row and a signature each */
#define LIMIT_MEMBERS 512u                /* of one consortium: their heads and keys fit one HEADS */
#define LIMIT_CONVENORS 16u               /* as many people as can agree on a change */
#define LIMIT_ROSTER (256u * 1024u)       /* 512 members under long names, and the cuts of those removed */
#define LIMIT_ROSTER_PREVS 4u             /* rosters in conflict that one event heals */
#define LIMIT_CONSORTIA 64u               /* that one node takes part in */
#define LIMIT_PROPOSALS 16u               /* of one consortium that wait for signatures */
#define LIMIT_PROOF (16u * 1024u * 1024u) /* a proof file */
#define LIMIT_CARD (1024u * 1024u)        /* a card: 256 key statements of full size with their signatures */
#define LIMIT_BUNDLE (12u * 1024u * 1024u) /* a sealed bundle: as text it fits into one api call */
#define LIMIT_BUNDLE_ENTRIES 4096u        /* in one bundle, and as many receipts */
#define LIMIT_BUNDLE_RECORDS 16384u       /* the same, of all its entries: small ones cost by their number */
#define LIMIT_EVIDENCE (768u * 1024u) /* of one contradiction: two receipts of full size, and all key statements there can be */
#define LIMIT_EVIDENCE_SESSION 256u      /* contradictions told in one session: each may cost 512 signatures to judge */
#define LIMIT_EVIDENCE_ORG 64u           /* contradictions of one organisation kept here: who forks logs by the hundred gains nothing more */
#define LIMIT_FILE (12u * 1024u * 1024u) /* one evidence file: as text it fits into one api call */
#define LIMIT_FILE_CHUNK (256u * 1024u)  /* of a file in one message: entries do not wait long behind it */
#define LIMIT_FILES_PARTNER (256u * 1024u * 1024u) /* evidence files of one partner kept here */
#define LIMIT_FILES (1024u * 1024u * 1024u)        /* of all, our own too */
#define LIMIT_TOKEN 1024u                 /* characters of an invitation */
#define LIMIT_REQUEST (32u * 1024u * 1024u) /* one api call's JSON: a register of 100,000 suppliers fits */

#define LIMIT_STREAMS 1024u      /* from the network at once: descriptors and memory are bounded, whoever comes */
#define LIMIT_CANDIDATES 4u      /* pair secrets of one organisation until one is proven: more crashes in one pairing than anybody has */
#define LIMIT_ALARMS 64u         /* remembered as told: the newest, so that a partner cannot fill the list that people read */
#define LIMIT_ALARM_MS (60ll * 60 * 1000) /* the same alarm about the same organisation is told once in it */
#define LIMIT_LOG_LINES 30u      /* of one event, in LIMIT_LOG_MS: strangers must not be able to fill the disk */
#define LIMIT_LOG_MS 60000       /* what was left out is counted at its end */
#define LIMIT_HALF_OPEN 64u      /* handshakes at once; the oldest that has named no secret of ours gives way */
#define LIMIT_HALF_OPEN_ONE 4u   /* of them under one secret, the oldest gives way: who recorded a first message crowds out nobody else */
#define LIMIT_HANDSHAKE_MS 5000  /* three messages over a slow link */
#define LIMIT_SESSION_MS (60ll * 60 * 1000) /* then a new handshake: what a stolen session key opens is an hour */
#define LIMIT_SESSION_BYTES (1024ull * 1024 * 1024) /* the same, by what passed */
#define LIMIT_PING_MS 60000      /* of silence: NAT forgets after minutes */
#define LIMIT_DEAD_MS 180000     /* of silence: two pings were lost */
#define LIMIT_UNKNOWN_KEY_MS 60000 /* known selector, unknown static key */
#define LIMIT_AHEAD_MS (10ll * 60 * 1000) /* a record dated later than its entry; an entry dated later than our clock is "dated ahead" */
#define LIMIT_INVITE_MS (7ll * 24 * 60 * 60 * 1000) /* an invitation forgotten in a mailbox must end */
#define LIMIT_RETRY_MIN_MS 5000  /* between two dials of one partner */
#define LIMIT_RETRY_MAX_MS (15ll * 60 * 1000) /* the same after many in vain */
#define LIMIT_RETRY_THERE_MS 60000 /* the same once a handshake has shown that they are there, whatever ended it */
#define LIMIT_REWIND_MS 1000     /* a reader can make us begin a log again no more often: each time may cost a window */
#define LIMIT_INFLIGHT_BYTES (4u * 1024u * 1024u) /* sent and not receipted, per log and session */
#define LIMIT_PUMP_BYTES (1024u * 1024u) /* handed to one stream in one turn, with the message that goes over it: others have their turn */

#endif
