/* core.h - the node without sockets: sessions, ingest, outbox, pairing, over a store, a vault and a world that are passed in. The real loop and
 * the simulator drive the same core:
 *
 *   core_begin -> { core_accepted | core_dialled | core_bytes | core_drained | core_closed | core_tick | api calls } -> core_end -> release outputs
 *
 * All that happens between begin and end is ONE write transaction. Handlers write into it, and append outputs; core_end signs, commits, and only if
 * the commit returned OK are the outputs there to release. So nothing leaves before the commit that made it true. When the commit fails,
 * the outputs are gone, every session is hung up, and what partners sent comes again: nothing was receipted.
 *
 * What lies outside the transaction, secrets in the vault and whom the node dials or is linked to, changes through effects (core_turn.h): asked for
 * in the turn, done after the commit, and gone with the nest or the commit that fails. The one thing written before the commit is a new secret,
 * since it must be durable before a row names it: it is dropped again when its nest or the commit fails. */
#ifndef TALLY_CORE_H
#define TALLY_CORE_H

#include "keys/vault.h"
#include "proto/kinds.h"
#include "proto/statement.h"
#include "store/store.h"

struct world { /* the outside, passed in */
	void *ctx;
	int64_t (*now)(void *ctx);                          /* ms since 1970, as the system says: it can be set. For what is written and shown */
	void (*random)(void *ctx, uint8_t *p, size_t n);    /* cryptographic in the real node */
	void (*log)(void *ctx, const char *line);           /* one event in logfmt, no newline; never a secret, never a body */
	int64_t (*steady)(void *ctx);                       /* ms since some moment; nobody can set it. For all that is waited for */
	const char *files;                                  /* folder of evidence files (files.h); NULL: there are none */
};

struct core;

struct core_kit { /* whose it is, and who takes the recovery kit's file: durable, and read back, when keep() returns OK */
	const char *name; /* the organisation's */
	enum err (*keep)(void *ctx, struct span file);
	void *ctx;
	const char *where; /* remembered in the store, so that doctor can warn while it lies there; NULL: nowhere */
};
struct core_made { /* zeros unless it is there */
	struct id org;
	char phrase[128]; /* of the kit: secret, to be shown once */
};
/* A new organisation in an empty store and vault: recovery kit, keys, first statement, in this order. */
enum err core_create(struct store *store, struct vault *vault, const struct world *world, const struct core_kit *kit, struct core_made *out) MUST;
enum err core_open(struct store *store, struct vault *vault, const struct world *world, struct core **out) MUST;
void core_free(struct core *c);
enum err core_stop(struct core *c) MUST; /* asks the loop to end after this turn */
bool core_stopping(const struct core *c);
struct clocks;
void core_use_clocks(struct core *c, const struct clocks *list); /* clocks.h; borrowed. None: views take the shipped ones */
const struct clocks *core_clocks(const struct core *c);
enum err core_advertise(struct core *c, const char *address) MUST; /* host:port where partners can dial us; at most 4 */

#define ROTATION_LIFE_MS (400ll * 24 * 60 * 60 * 1000) /* of a key statement, until its owner is reminded */

/* ---- a turn ---- */
enum output_type { OUTPUT_WRITE, OUTPUT_HANGUP, OUTPUT_DIAL };
struct output {
	enum output_type type;
	uint64_t conn;    /* WRITE, HANGUP */
	struct buf bytes; /* WRITE: the releaser may take them (and leave {0}) */
	uint64_t dial;    /* DIAL: comes back in core_dialled or core_dial_failed */
	char address[80]; /* DIAL: host:port */
};

enum err core_begin(struct core *c) MUST;
void core_accepted(struct core *c, uint64_t conn);
void core_dialled(struct core *c, uint64_t conn, uint64_t dial);
void core_dial_failed(struct core *c, uint64_t dial);
void core_bytes(struct core *c, uint64_t conn, struct span bytes);
void core_closed(struct core *c, uint64_t conn);
void core_drained(struct core *c, uint64_t conn); /* after core_slow: there is room again */
void core_tick(struct core *c); /* timers that are due */
void core_farewell(struct core *c); /* partners are told that this node stops: the last turn */
/* Outputs are borrowed until the next begin. When it failed they are hangups alone. */
enum err core_end(struct core *c, struct output **outputs, size_t *count) MUST;
void core_slow(struct core *c, uint64_t conn); /* between turns: its stream holds enough, entries wait until core_drained */
int64_t core_deadline(const struct core *c); /* when core_tick wants to run next, on the steady clock */

/* ---- for api and views, inside a turn ---- */
struct txn *core_txn(struct core *c); /* the innermost: an api call's own nested one while it runs */
/* Runs changes so that they can be undone alone. Nest, then one of the three. A nest inside a nest is refused: ERR_INVALID. */
enum err core_nest(struct core *c) MUST;
enum err core_keep(struct core *c) MUST;
void core_undo(struct core *c); /* a rehearsal: as if it had never been */
void core_fail(struct core *c); /* a failure: undone, but the journal keeps what must be remembered of it, such as an alarm */

int64_t core_now(const struct core *c); /* of the turn */
int64_t core_steady(const struct core *c); /* the same moment on the clock that nobody can set */
struct core_self {
	struct id org;
	uint64_t kseq;
	struct publics keys;
	char name[201];
	bool memory_locked;
};
const struct core_self *core_self(const struct core *c);
const char *core_address(const struct core *c, size_t i); /* advertised; NULL past the last */
enum err core_figures(struct core *c, struct store_figures *out) MUST;

/* In outbox.c.
 * Say something: the one way a record of ours is made. Checks the body, TLP against every recipient, and each partner's state; stores the
 * record; puts it into each recipient's log at the end of the turn. A record already in a recipient's log is not put there twice. */
struct draft {
	const struct kind *kind;
	const struct value *body;
	int64_t tlp; /* 0: the kind's default */
	const struct id *thread, *supersedes, *exercise; /* NULL: none */
	size_t parents, named, recipients;
	const struct id *parent, *name, *to; /* to: organisations with whom we are active, or that we have verified */
	int64_t onward;
};
/* ERR_INVALID, ERR_LIMIT, ERR_TLP, ERR_NOT_PARTNER, ERR_POLICY (suspended), and the store's. */
enum err core_say(struct core *c, const struct draft *d, struct id *out, struct complaint *why) MUST;
enum err core_send(struct core *c, const struct id *record, const struct id *to, struct complaint *why) MUST; /* one of our own records to one more */

/* What is known of a delivery: of one of our records to one organisation. */
enum delivery { DELIVERY_NONE, DELIVERY_QUEUED, DELIVERY_STORED, DELIVERY_EXCEPTION }; /* STORED: its signed receipt is durably held here */
struct delivery_state {
	enum delivery state;
	uint32_t log;
	uint64_t n;
	uint8_t code;     /* EXCEPTION: enum verdict */
	int64_t receipted; /* when the first receipt that says so came, ms */
	int64_t stored;    /* what it says: when it was stored there, ms */
};
enum err core_delivery(struct txn *t, const struct id *me, uint64_t record, const struct id *to, struct delivery_state *out) MUST;

struct core_trouble {
	int64_t at; /* ms; 0: every turn since the start was kept */
	enum err why;
	int64_t over; /* when something was stored again; 0: nothing has been yet */
};
struct core_trouble core_trouble(const struct core *c);
#define CORE_ALARM_SEEN "alarms seen" /* a line of the operator's in the journal: every alarm before it is past */
enum err core_alarms_seen(struct core *c) MUST; /* writes it; what happens again is told again */

struct core_link { /* of one partner, for status */
	bool linked, dialling;
	int64_t since, next_dial, heard; /* ms; 0: none. heard: the last frame of a link that stands */
	char problem[96];         /* why the last attempt failed; "" */
};
void core_link_state(const struct core *c, const struct id *org, struct core_link *out);

/* In exchange_files.c. Where evidence files are kept; and what is wanted is asked for at the next chance, from this partner when it is linked. */
const char *core_files(const struct core *c);
enum err core_drop_file(struct core *c, const struct id *evidence, const struct id *hash) MUST; /* its file, after the commit */
void core_fetch(struct core *c, const struct id *org);

#endif
