/* core_state.h - the core's inside, for core*, session*, exchange*, ingest, judge, outbox, pairing*, stopped, bundles, and for nobody else. */
#ifndef TALLY_CORE_STATE_H
#define TALLY_CORE_STATE_H

#include "node/core.h"
#include "node/core_log.h"
#include "node/core_turn.h"
#include "node/exchange_files.h"
#include "node/partners.h"
#include "node/rotation.h"
#include "node/stopped.h"
#include "proto/invite.h"
#include "proto/link.h"
#include "proto/message.h"
#include "proto/sync.h"
#include "store/logs.h"
#include "store/orgs.h"
#include "store/records.h"
#include "store/rows.h"

enum phase { /* of a session */
	PHASE_HANDSHAKE, /* Noise is not done */
	PHASE_HELLO,     /* both say who they are */
	PHASE_KEYS,      /* statements only: the other's newest keys are not verified yet */
	PHASE_PENDING,   /* paired by invitation, the words not yet compared on both sides */
	PHASE_FULL
};

struct session {
	struct session *next;
	uint64_t conn;
	struct link *link;
	bool initiator, closing, org_known, told; /* told: by ERROR why it ends */
	bool due; /* the partner's row has changed: the next tick looks at it */
	bool stale; /* opened before our keys changed: nothing is read from it any more */
	bool other_key; /* over an invitation that its organisation used with another link key: it may have changed its keys */
	bool renewed; /* it brought newer keys of theirs */
	bool old_key; /* they know an older link key of ours: they get our statements, and are nobody */
	bool expected; /* its first message named a secret of ours: no mere stranger */
	bool hello_read, keys_sent, keys_read, confirm_sent, summary_read, heads_sent;
	enum link_mode mode;
	uint8_t selector[LINK_SELECTOR];
	struct id org; /* the other; believed only from PHASE_PENDING on */
	uint8_t remote[32];
	struct id h;      /* this handshake */
	struct id pair_h; /* link mode: the handshake that made the pair secret used */
	uint64_t their_kseq;
	struct id their_statement;
	enum phase phase;
	size_t pending_bytes; /* taken in before FULL */
	bool fresh;           /* secret is new: kept once their statements say that this link key is theirs */
	uint8_t secret[32];
	int64_t opened, pinged; /* steady */
	bool slow, later; /* the stream holds enough; there is more to pump than one turn does */
	bool tells;       /* the next tick sends the evidence that is for them */
	bool asks;        /* the next tick asks for what they hold of an earlier state of ours */
	unsigned evidence; /* messages of it that they sent */
	size_t logs;
	struct sync_log *log; /* our logs to them */
	struct exchange_files files;
	struct scopes *scopes; /* consortium.h; NULL: none in common */
};

struct peer { /* one partner, or one we are joining: dialling state, in memory only */
	struct peer *next;
	struct id org;
	uint64_t dial; /* the attempt under way; 0: none */
	size_t address, secret; /* the next ones to try */
	int64_t next_dial, backoff; /* steady */
	char problem[96];
	bool joining;      /* trying, by this invitation; no partner row yet */
	int64_t give_up;   /* joining: when it has taken too long, steady */
	enum err join;     /* why joining failed; OK: it has not */
	char join_text[160];
	struct invite invite;
	char name[65];
	bool member;       /* dialled as a member of a consortium; its tag names the secret */
	struct id tag;
};

struct selector { /* which pair secret a stream speaks of; the secret itself stays in the vault */
	uint8_t selector[LINK_SELECTOR];
	struct id org;
	size_t index; /* candidate */
};

struct core {
	struct store *store;
	struct vault *vault;
	const struct world *world;
	struct keyring *keyring;
	struct rotating rotating;
	struct core_self self;
	size_t addresses;
	char address[INVITE_ADDRESSES][80];
	const struct clocks *clocks; /* borrowed */

	struct txn *txn[2]; /* the turn's, and the nested one */
	size_t depth; /* 1 inside a nest */
	int64_t now, steady; /* of the turn, on both clocks. Whatever is compared with a time held in memory only goes by steady */
	struct turn turn, before; /* before: as it was when the nest began */
	struct arena *arena; /* of the turn */
	bool stopping;
	int64_t next_sweep; /* steady */
	struct core_trouble trouble; /* the last turn that could not be kept */
	uint64_t trouble_version; /* of the store then */
	size_t alarms;
	struct alarm alarm[LIMIT_ALARMS];

	struct log_rate rate[LOG_EVENTS];

	size_t touched_cap, effects_cap;
	uint32_t *touch;
	struct effect *effect;
	struct memory memory[MEMORIES];

	struct session *sessions;
	struct peer *peers;
	struct selector *selector;
	size_t selectors;
	uint64_t next_dial;

	struct consortia *consortia; /* consortium_state.h */

	size_t outputs, outputs_cap;
	struct output *output;
};

/* core.c */
enum err core_output(struct core *c, const struct output *o) MUST;
enum err core_room(struct core *c, size_t outputs) MUST; /* so many will fit without more memory */
bool core_own_fault(enum err e);               /* our disk or memory, not what they sent: the turn must not be kept */
void core_random(struct core *c, void *p, size_t n);
struct session *core_session(const struct core *c, const struct id *org, enum phase at_least); /* NULL: none */
struct peer *core_peer(struct core *c, const struct id *org, bool make);
void core_drop_peer(struct core *c, const struct id *org);
/* The row of a partner changes in this nest: when it has, its sessions and the dialling follow. */
enum err core_follow(struct core *c, const struct id *org) MUST;

/* session.c */
struct session *session_new(struct core *c, uint64_t conn, const struct link_config *config); /* NULL: memory */
void session_feed(struct core *c, struct session *s, struct span bytes);
void session_tick(struct core *c, struct session *s);
void session_end(struct core *c, struct session *s, const char *reason); /* after what is written; freed at the end of the turn */
void session_close(struct core *c, struct session *s, const char *word, const char *reason); /* the same, told: a word of vocab_close_reason */
void session_free(struct session *s);
enum err session_send(struct core *c, struct session *s, enum message_number number, const struct value *body) MUST;
void session_say(struct core *c, struct session *s, enum message_number number, const struct value *body); /* ends the session when it cannot */
void session_advance(struct core *c, struct session *s); /* to the phase that what we know allows */
int64_t session_deadline(const struct session *s);

/* session_hello.c */
void session_hello(struct core *c, struct session *s);
void session_keys(struct core *c, struct session *s, uint64_t from); /* ours, from this kseq on */
void session_on_hello(struct core *c, struct session *s, const struct value *body);
void session_on_keys(struct core *c, struct session *s, const struct value *body);

/* outbox.c */
enum err outbox_seal(struct core *c) MUST;                                                       /* entries out of what was said this turn */
enum err outbox_open(struct core *c, enum audience type, const struct id *target) MUST; /* a log under our newest key, unless there is one */
enum err outbox_queue(struct core *c, enum audience type, const struct id *target, uint64_t record) MUST;

/* pairing.c, then pairing_link.c */
void pairing_join_failed(struct core *c, struct peer *p, enum err e, const char *text);
void pairing_turn_active(struct core *c, struct partner *p); /* when both sides have compared */
bool pairing_ask(struct core *c, struct session *s, enum link_mode mode, const uint8_t selector[static LINK_SELECTOR], uint8_t psk[static 32]);
void pairing_opened(struct core *c, struct session *s, const struct link_event *event); /* keeps the new secret */
enum err pairing_keys(struct core *c, struct session *s) MUST;    /* their statements verified over an invitation: make the partner row */
enum err pairing_confirmed(struct core *c, const struct id *org) MUST; /* they have compared */
enum err pairing_proven(struct core *c, struct session *s) MUST; /* first full session by pair secret: say so in a pair record */
enum err pairing_dial(struct core *c, struct peer *p, struct link_config *config) MUST; /* how to speak first to this one */
enum err pairing_load(struct core *c) MUST; /* selectors of all pair secrets, peers to dial */

/* pairing_invite.c */
bool pairing_ask_invite(struct core *c, const uint8_t selector[static LINK_SELECTOR], uint8_t psk[static 32]);
bool pairing_claim_invite(struct core *c, struct session *s); /* it is theirs from here on; false: somebody else's already */
void pairing_claim_again(struct core *c, struct session *s); /* their statements say that the other key is theirs now */
void pairing_second_party(struct core *c, struct session *s); /* it is not: an alarm */
enum err pairing_drop_open(struct core *c) MUST; /* all that nobody has used */
enum err pairing_drop_invites(struct core *c, const struct id *org) MUST; /* all that this one used */
void pairing_sweep(struct core *c); /* drops invitations that expired unused, and secrets that no row names */

#include "node/exchange.h"

#endif
