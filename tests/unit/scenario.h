/* scenario.h - a small world for tests of the core: a few nodes in one process, each with its own store and vault, one virtual clock, and streams in
 * memory that can be cut, held and changed. Everything is deterministic; the seed is printed. */
#ifndef TALLY_SCENARIO_H
#define TALLY_SCENARIO_H

#include <jansson.h>

#include "node/pairing.h"
#include "proto/kinds.h"
#include "tests/world/node.h"

#define NODES 12
#define STREAMS 96

struct scenario;

struct stream { /* one direction each */
	bool open;
	int from, to;         /* nodes */
	uint64_t from_conn, to_conn;
	struct buf waiting;
};

struct scenario {
	int64_t now;
	uint64_t random;
	int nodes;
	struct node node[NODES];
	struct stream stream[STREAMS];
	uint64_t next_conn;
	bool cut; /* nothing travels, nothing can be dialled */
	/* Called for each chunk before it is delivered; may change it. */
	void (*meddle)(void *ctx, struct stream *s, struct buf *bytes);
	void *ctx;
};

void scenario_open(struct scenario *s, int nodes); /* fails the test when it cannot */
void scenario_close(struct scenario *s);
void scenario_run(struct scenario *s, int64_t ms); /* lets everything happen that happens within this time */
void scenario_pair(struct scenario *s, int host, int guest); /* invite, join, both compare, linked */
void scenario_restart(struct scenario *s, int node);         /* as after SIGKILL: streams cut, core opened again */
void scenario_down(struct scenario *s, int node);            /* the same, and it stays down until node_open */
void scenario_cut(struct scenario *s, bool cut);             /* closes all streams when true */

void scenario_begin(struct node *n);          /* a turn by hand */
enum err scenario_end(struct node *n);        /* and its outputs released */
bool scenario_deliver(struct scenario *s, struct stream *st); /* what waits in it; false: nothing */
const struct id *scenario_org(struct node *n);

/* The pieces of scenario_pair. token: at least 2048 bytes. */
void scenario_invite(struct scenario *s, int host, int guest, char *token);
enum err scenario_join(struct scenario *s, int guest, int host, const char *token); /* as pairing_join_state says in the end */
enum err scenario_verify(struct scenario *s, int node, int other, const char *words /* NULL: the right ones */);

/* For cmocka: two nodes that are paired; and the end of them. */
int scenario_two(void **state);
int scenario_done(void **state);
/* The response to a call; args is taken over. */
json_t *scenario_ask(struct scenario *s, int node, const char *name, json_t *args);
/* What must have been answered with ok: its result. What must have been refused, in these words. The response is taken over. */
json_t *scenario_result(json_t *response);
void scenario_refused(json_t *response, const char *words);
json_t *scenario_call(struct scenario *s, int node, const char *name, json_t *args); /* scenario_result of scenario_ask */

/* What core_say says to a notice; *id when OK. */
enum err scenario_try_notice(struct scenario *s, int from, int to, const char *title, enum tlp tlp, struct id *id);
/* A notice from one node to another; returns its id. */
struct id scenario_notice(struct scenario *s, int from, int to, const char *title);
enum delivery scenario_delivery(struct scenario *s, int from, int to, const struct id *record);
size_t scenario_count(struct node *n, int64_t kind); /* records of a kind with a good occurrence, or its own */

#endif
