/* world.h - the inside of one run, shared by the files of the simulator. */
#ifndef TALLY_SIM_WORLD_H
#define TALLY_SIM_WORLD_H

#include "node/api.h"
#include "tests/sim/sim.h"

#define SECOND 1000ll
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define CONVERGE_MS (30 * MINUTE) /* after the last fault: the longest wait of a dial is 22.5 minutes */

struct sim;
struct link;

struct set { /* of nodes */
	uint64_t w[SIM_NODES / 64];
};

static inline bool set_has(const struct set *s, int i)
{
	return s->w[i / 64] >> (i % 64) & 1;
}

static inline void set_add(struct set *s, int i)
{
	s->w[i / 64] |= 1ull << (i % 64);
}

static inline void set_join(struct set *s, const struct set *t)
{
	for (size_t i = 0; i < SIM_NODES / 64; i++)
		s->w[i] |= t->w[i];
}

/* ---- what people ask of a node ---- */

struct call {
	struct call *next;
	int node;
	json_t *request, *response;
	struct api_wait wait;
	void (*done)(struct sim *s, struct call *c); /* after the commit: response; NULL: nobody will ever know */
	/* of a call that says a record, for the observer */
	bool says;
	struct set allowed;  /* whom it may reach at most */
	size_t about, inner; /* what it is about, what a forward carries, and what it sends along: places in the ledger + 1 */
	size_t along;
	int64_t kind;
	int tlp, bond;
	bool onward;
	size_t said; /* its place in the ledger + 1, when it said something */
};

/* ---- what arrives at a node ---- */

enum arrival_type { ARRIVE_ACCEPT, ARRIVE_DIALLED, ARRIVE_FAILED, ARRIVE_BYTES, ARRIVE_CLOSED, ARRIVE_CALL, ARRIVE_STRAY };

struct stray;
struct arrival {
	struct arrival *next;
	enum arrival_type type;
	uint64_t conn, dial;
	struct buf bytes;
	struct call *call;
	struct stray *stray;
};

struct place { /* one node and what is around it */
	struct node node;
	uint64_t dice;
	struct id org;
	int64_t boot;               /* how often it came up */
	struct arrival *first, **last;
	struct call *waiting;
	int64_t wake;               /* when its next turn is; INT64_MAX: none */
	int doom;                   /* how its next turn ends; 0: well */
	int commits;                /* so many commits fail from the next on */
	bool small, went_back;      /* its store is small; its clock was set back by more than records may be off */
	int64_t back_at;            /* when it comes up again */
	uint64_t records;           /* seen by the observer */
	bool recheck;               /* something over it could not be looked at while it was down */
	bool fed;                   /* bytes came since its last commit */
	bool changing;              /* a change of its keys is under way */
	uint8_t next_root[32];      /* seed in the kit that it makes */
	bool stained;               /* it keeps a changed entry that waits for a key that nobody has */
};

/* ---- the ledger: every record that was ever said, and who may have it ---- */

struct said {
	struct id id;
	int author;
	int64_t kind;
	int tlp;
	bool onward;
	struct set sent, via, told; /* by its author; through a forward; whom the author's node named as recipients */
	size_t root, about, inner;  /* places + 1 */
	bool committed, promised;   /* durable; and somebody was told "ok" */
	bool partial;               /* of what a thread begins with: somebody could not be told of something in it, and the node said so */
};

struct bond { /* two nodes that people want to be partners */
	int host, guest;
	char token[1100];
	int round, failures;
	bool started, busy, scheduled, ending;
};

enum event_type { EVENT_TURN, EVENT_CHUNK, EVENT_END, EVENT_ACCEPT, EVENT_DIALLED, EVENT_FAILED, EVENT_OP, EVENT_BOND, EVENT_FAULT, EVENT_UP,
                  EVENT_HEAL, EVENT_STRAY, EVENT_RESUME, EVENT_CALL };

struct event {
	int64_t at;
	uint64_t order;
	enum event_type type;
	int node;
	uint64_t a, b;
	struct buf bytes;
	void *p;
};

struct end { /* of a connection; its number is its place */
	int node;          /* -1: a stranger's */
	int64_t boot;
	uint64_t peer;
	bool open, dead;   /* dead: what is written goes nowhere */
	int64_t last;      /* nothing arrives at the other end before */
	bool initiator;
	struct buf record; /* the first bytes that it wrote */
};

struct sim {
	struct plan plan;
	int nodes, ops;
	int64_t start, now, until; /* until: faults end */
	bool calm, trace;
	int lose; /* the so many-th next message with entries does not arrive; 0: none */
	uint64_t net, fates, human; /* dice */
	int strength[FAULTS];       /* 0: none in this run, up to 3 */
	struct place *place;
	struct bond *bond;
	size_t bonds;
	struct event *heap;
	size_t events, heap_cap;
	uint64_t order;
	struct end *end;
	size_t ends, ends_cap;
	int side[SIM_NODES]; /* of a partition */
	bool split;
	struct said *said;
	size_t saids, saids_cap;
	size_t *by_id;
	size_t by_id_cap;
	struct verified *verified;
	size_t verifieds;
	struct place *turning; /* whose turn it is */
	struct verdict_of_run *out;
};

/* run.c */
uint64_t sim_mix(uint64_t a, uint64_t b, uint64_t c);
uint64_t sim_below(uint64_t *dice, uint64_t n); /* 0 to n - 1 */
bool sim_chance(uint64_t *dice, unsigned percent);
int64_t sim_between(uint64_t *dice, int64_t low, int64_t high);
void sim_fail(struct sim *s, const char *invariant, const char *format, ...) __attribute__((format(printf, 3, 4), noreturn));
void sim_trace(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_must(struct sim *s, enum err e, const char *what); /* what cannot fail here */
struct event *sim_at(struct sim *s, int64_t at, enum event_type type, int node);
void sim_hit(struct sim *s, enum fault f); /* it happened */
bool sim_faulty(const struct sim *s, enum fault f); /* may it happen now */
int sim_who(const struct sim *s, const struct id *org); /* -1: nobody of ours */

/* turn.c */
void turn_arrive(struct sim *s, int node, struct arrival *a); /* takes a */
struct arrival *turn_arrival(struct sim *s, enum arrival_type type);
void turn_run(struct sim *s, int node);
void turn_call(struct sim *s, struct call *c); /* takes c */
void turn_crash(struct sim *s, int node, int64_t down_ms);
void turn_up(struct sim *s, int node);
void turn_wake(struct sim *s, int node);

/* wrap.c: what stands between the core and its store, vault and links */
void wrap_enter(struct sim *s, struct place *p);
void wrap_leave(void);
void wrap_crash(struct sim *s, struct place *p, bool committed); /* of the vault's changes in this turn, or since its commit, only some were made */

/* net.c */
void net_output(struct sim *s, int node, struct output *o);
void net_event(struct sim *s, struct event *e);
void net_down(struct sim *s, int node); /* its ends are gone without a word */
void net_cut_all(struct sim *s);
void net_cut_one(struct sim *s);
void net_replay(struct sim *s);
void net_stranger(struct sim *s);
void net_partition(struct sim *s);

/* fault.c */
void fault_begin(struct sim *s);
void fault_event(struct sim *s, struct event *e);
void fault_calm(struct sim *s);

/* stray.c */
void stray_make(struct sim *s);
void stray_heal(struct sim *s); /* what came in part comes once more in full */
void stray_take(struct sim *s, struct place *p, struct stray *x);
void stray_free(struct stray *x);

/* people.c, bond.c */
void people_begin(struct sim *s);
void people_op(struct sim *s, int op, int tries);
void people_burst(struct sim *s, int from, int to, int count, int64_t every_ms);
struct call *people_call(struct sim *s, int node, const char *name, json_t *args); /* takes args */
const char *people_result(const struct call *c, const char *member); /* NULL: it failed, or has none */
void bond_begin(struct sim *s);
void bond_step(struct sim *s, size_t bond);
void bond_later(struct sim *s, size_t bond, int64_t ms);
int bond_state(struct sim *s, int node, int other, bool *verified, bool *paired); /* enum partner_state, 0: none, -1: not known, it is down */
bool bond_settled(struct sim *s, size_t bond, char *why, size_t room);

/* keys.c */
struct call *keys_change(struct sim *s, uint64_t *dice, int node); /* NULL: not now */

/* truth.c */
void truth_said(struct sim *s, struct call *c); /* it was answered ok, and waits for the commit */
void truth_committed(struct sim *s, struct call *c);
void truth_undone(struct sim *s, struct call *c);
size_t truth_find(const struct sim *s, const struct id *id); /* place + 1; 0: never said */
size_t truth_own(struct sim *s, int author, const struct id *id, int64_t kind, int to); /* said by the core itself */
size_t truth_root(const struct sim *s, size_t record); /* what it is about in the end */
bool truth_may_hold(const struct sim *s, const struct said *r, int node);
void truth_sending(struct sim *s, struct place *p, const struct link *l, struct span message);

/* check.c */
void check_commit(struct sim *s, struct place *p); /* after each */
void check_up(struct sim *s, struct place *p);     /* after each start */
void check_line(struct node *n, const char *line);
bool check_converged(struct sim *s, char *why, size_t room);
void check_delivered(struct sim *s, size_t record); /* its author was told that all have it */
void check_end(struct sim *s);

/* equal.c */
void equal_views(struct sim *s);

#endif
