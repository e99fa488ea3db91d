/* link.h - one encrypted session over any byte stream: Noise_XKpsk3_25519_ChaChaPoly_BLAKE2b, framing, padding, deadlines. A state machine
 * without I/O: bytes in, events out, bytes to write. docs/protocol.md section 4 has every number.
 *   link_open -> { link_feed | link_send | link_tick } -> link_next until LINK_NONE, then write out link_output -> link_free
 * To a stranger it writes not one byte: a responder answers message 1 only after link_psk. */
#ifndef TALLY_LINK_H
#define TALLY_LINK_H

#include "keys/noise.h"
#include "proto/limits.h"
#include "proto/value.h"

enum link_mode { LINK_MODE_LINK = 0, LINK_MODE_INVITE = 1, LINK_MODE_INTRO = 2, LINK_MODE_MEMBER = 3 };

#define LINK_SELECTOR 16

struct link_config {
	bool initiator;
	const uint8_t *link_sk; /* own static secret, 32; borrowed until link_free */
	size_t olders;          /* responder: static secrets of before, for whoever knows no newer key of ours; borrowed */
	const uint8_t *older[LIMIT_OLD_LINKS];
	struct id responder;    /* organisation id of the responder: goes into the prologue */
	const uint8_t *rs_pk;   /* initiator: the responder's static key, 32; copied */
	enum link_mode mode;    /* initiator only, with its selector and psk */
	uint8_t selector[LINK_SELECTOR];
	uint8_t psk[32];
	struct span hello;      /* initiator: the map of message 3, at most 254 bytes; copied */
	uint8_t e_sk[32];       /* fresh random */
	int64_t now; /* here and below: ms of any clock that nobody can set */
};

/* (psk, selector) from a 32-byte secret. mode LINK: the pair secret itself and half of B2b("tally.sel.v1", secret); all other modes:
 * K2b(secret, "tally.ipsk.v1", "") and half of K2b(secret, "tally.isel.v1", ""). */
void link_keys(enum link_mode mode, const uint8_t secret[static 32], uint8_t psk[static 32], uint8_t selector[static LINK_SELECTOR]);

enum link_event_type {
	LINK_NONE,
	LINK_ASK,     /* responder: message 1 was read; answer with link_psk or link_refuse. mode, selector */
	LINK_OPEN,    /* handshake done. remote static key, pair secret, hello (responder: the initiator's map; borrowed until the next call) */
	LINK_MESSAGE, /* one whole message; borrowed until the next call */
	LINK_CLOSED   /* over: why says it; close the stream and link_free. Nothing follows */
};

struct link_event {
	enum link_event_type type;
	enum link_mode mode;
	bool older; /* LINK_OPEN: they know an older key of ours */
	uint8_t selector[LINK_SELECTOR];
	uint8_t remote[32];
	uint8_t pair_secret[32]; /* K2b(first 32 bytes of the chaining key, "tally.pair.v1", h) */
	struct id h;             /* first 32 bytes of the handshake hash: names the session in pair records */
	struct span bytes;       /* hello or message */
	enum err why;            /* LINK_CLOSED: ERR_CRYPT, ERR_SHAPE, ERR_LIMIT, ERR_EXPIRED (a deadline), ERR_MEMORY */
	const char *text;        /* LINK_CLOSED: static words for the log */
};

struct link;

enum err link_open(const struct link_config *config, struct link **out) MUST;
void link_free(struct link *l);
void link_psk(struct link *l, const uint8_t psk[static 32]); /* answers LINK_ASK */
void link_refuse(struct link *l);                            /* answers LINK_ASK: closes without a byte */
/* Takes messages up to LIMIT_MESSAGE; before, up to LIMIT_MESSAGE_PENDING, so that half a message of who is nobody yet costs little. */
void link_trust(struct link *l);
void link_feed(struct link *l, struct span bytes, int64_t now);
enum err link_send(struct link *l, struct span message) MUST; /* after LINK_OPEN; ERR_LIMIT, ERR_INVALID when not open */
void link_tick(struct link *l, int64_t now);                  /* deadlines; call when link_deadline is reached */
/* When the handshake is too slow, the partner silent for LIMIT_DEAD_MS, or the session too old */
int64_t link_deadline(const struct link *l);
int64_t link_heard(const struct link *l);                     /* when the last whole frame came, or the handshake was done, or it began */
void link_next(struct link *l, struct link_event *event);
struct buf *link_output(struct link *l);                      /* what to write; the caller takes the bytes and clears it */

#endif
