/* circle.c - one warning through a consortium of real cores: rounds and bytes until every member holds it, against the least there could be.
 * Everybody has joined and dials three others; nobody is paired. In a round all that was written in the one before arrives. Dials fail with LOSS per
 * cent, and with SPLIT the warning is given while a half cannot reach the other, which then heals. AUTHORS of them have a log of their own; else all.
 *   circle [MEMBERS [LOSS [SPLIT [AUTHORS]]]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "node/consortium_state.h"
#include "store/records.h"
#include "tests/world/node.h"

#define ROUND_MS 50

struct way { /* one direction of a stream */
	bool open, ended;
	int from, to;
	uint64_t from_conn, to_conn;
	struct buf now, next; /* arrives in this round; was written in it */
};

static int64_t now = 1795478400000ll;
static uint64_t dice = 20261124, conns, bytes;
static int members, loss, authors;
static bool split;
static struct node *node;
static struct way *way;
static size_t ways, cap;

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "circle: %s\n", what);
	exit(1);
}

static struct way *way_of(int from, uint64_t conn)
{
	for (size_t i = 0; i < ways; i++)
		if (way[i].open && way[i].from == from && way[i].from_conn == conn)
			return &way[i];
	return NULL;
}

static struct way *new_way(void)
{
	for (size_t i = 0; i < ways; i++)
		if (!way[i].open && way[i].now.n == 0 && way[i].next.n == 0 && way[i].ended)
			return &way[i];
	if (ways == cap) {
		cap = cap ? 2 * cap : 1024;
		must((way = realloc(way, cap * sizeof *way)) != NULL, "memory");
	}
	way[ways] = (struct way){0};
	return &way[ways++];
}

static void turn_end(struct node *n);

static void dial(struct node *from, const struct output *o)
{
	int to = -1;
	for (int i = 0; i < members && to < 0; i++)
		if (strcmp(node[i].address, o->address) == 0)
			to = i;
	bool cut = split && (to < members / 2) != (from->index < members / 2);
	must(core_begin(from->core) == OK, "begin");
	if (cut || (int)(world_dice(&dice) % 100) < loss) {
		core_dial_failed(from->core, o->dial);
		turn_end(from);
		return;
	}
	uint64_t a = ++conns, b = ++conns;
	*new_way() = (struct way){.open = true, .from = from->index, .to = to, .from_conn = a, .to_conn = b};
	*new_way() = (struct way){.open = true, .from = to, .to = from->index, .from_conn = b, .to_conn = a};
	core_dialled(from->core, a, o->dial);
	turn_end(from);
	must(core_begin(node[to].core) == OK, "begin");
	core_accepted(node[to].core, b);
	turn_end(&node[to]);
}

static void turn_end(struct node *n)
{
	struct output *out, dials[32];
	size_t count, d = 0;
	must(core_end(n->core, &out, &count) == OK, "the end of a turn");
	for (size_t i = 0; i < count; i++) {
		struct way *w = out[i].type == OUTPUT_DIAL ? NULL : way_of(n->index, out[i].conn);
		if (out[i].type == OUTPUT_DIAL && d < 32)
			dials[d++] = out[i];
		if (w && out[i].type == OUTPUT_WRITE) {
			must(buf_add(&w->next, out[i].bytes.p, out[i].bytes.n) == OK, "memory");
			bytes += out[i].bytes.n;
		}
		if (w && out[i].type == OUTPUT_HANGUP)
			w->open = false;
	}
	for (size_t i = 0; i < d; i++)
		dial(n, &dials[i]);
}

static void round_pass(void)
{
	size_t had = ways;
	now += ROUND_MS;
	for (size_t i = 0; i < had; i++) {
		struct buf x = way[i].now;
		way[i].now = way[i].next;
		way[i].next = x;
		buf_clear(&way[i].next);
	}
	for (size_t i = 0; i < had; i++) {
		struct node *to = &node[way[i].to];
		if (way[i].now.n) {
			struct buf got = way[i].now;
			way[i].now = (struct buf){0};
			must(core_begin(to->core) == OK, "begin");
			core_bytes(to->core, way[i].to_conn, buf_span(&got));
			turn_end(to);
			buf_free(&got);
		} else if (!way[i].open && !way[i].ended && way[i].next.n == 0) {
			struct way *back = way_of(way[i].to, way[i].to_conn);
			way[i].ended = true;
			if (back)
				back->open = false;
			must(core_begin(to->core) == OK, "begin");
			core_closed(to->core, way[i].to_conn);
			turn_end(to);
		}
	}
	for (int i = 0; i < members; i++)
		if (world_when(core_deadline(node[i].core)) <= now) {
			must(core_begin(node[i].core) == OK, "begin");
			core_tick(node[i].core);
			turn_end(&node[i]);
		}
}

static void cut_between(void)
{
	for (size_t i = 0; i < ways; i++)
		if (way[i].open && (way[i].from < members / 2) != (way[i].to < members / 2)) {
			way[i].open = false;
			buf_clear(&way[i].now);
			buf_clear(&way[i].next);
		}
}

/* ---- a consortium of all ---- */

static void know_all(struct core *c)
{
	for (int i = 0; i < members; i++) {
		struct signed_statement st;
		struct statement parsed;
		struct txn *t;
		struct value *list = value_array(c->arena);
		const struct id *org = &core_self(node[i].core)->org;
		if (id_eq(org, &c->self.org))
			continue;
		must(store_read(node[i].store, &t) == OK && statements_newest(t, org, &st, &parsed) == OK, "statement");
		must(statements_put(core_txn(c), org, 0, &st) == OK, "statement");
		store_abort(t);
		value_push(c->arena, list, value_str(c->arena, node[i].address));
		must(consortium_addresses(c, org, list, true) == OK, "address");
	}
}

static struct id make_all(void)
{
	struct complaint why = {{0}, {0}};
	struct id *all = calloc((size_t)members, sizeof *all), id;
	struct consortium_charter charter = {.name = "circle", .title = "Circle", .first = {.add = (size_t)members - 1, .added = all}};
	struct roster_event *ev = calloc(1, sizeof *ev);
	struct consortium x;
	struct arena *a = arena_new();
	uint8_t secret[32];
	must(all && ev && a, "memory");
	for (int i = 1; i < members; i++)
		all[i - 1] = core_self(node[i].core)->org;
	for (int i = 0; i < members; i++) {
		struct core *c = node[i].core;
		enum intake got;
		must(core_begin(c) == OK, "begin");
		know_all(c);
		if (i == 0) {
			must(consortium_create(c, &charter, &id, &why) == OK, why.text);
			must(consortium_get(c, &id, &x) == OK && consortium_secret(c, &x.roster[0]->tag, secret) == OK, "secret");
			must(rosters_get(core_txn(c), TABLE_ROSTERS, &(struct roster_key){id, x.head[0]}, a, ev) == OK, "roster");
		} else {
			must(consortium_take(c, ev, NULL, &got) == OK && got == INTAKE_DECIDED, "event");
			must(consortium_get(c, &id, &x) == OK && consortium_keep_secret(c, &x.roster[0]->tag, secret) == OK, "secret");
		}
		if (members - i <= authors) {
			must(consortium_join(c, &id, &why) == OK, why.text);
		} else {
			x.state = CONSORTIUM_JOINED;
			must(consortium_put_row(c, &x) == OK && consortium_changed(c, &id) == OK, "joining");
		}
		turn_end(&node[i]);
	}
	arena_free(a);
	free(ev);
	free(all);
	return id;
}

static int equal(const struct id *id)
{
	struct id first = {{0}}, one;
	int same = 0;
	for (int i = 0; i < members; i++) {
		struct core *c = node[i].core;
		struct consortium x;
		must(core_begin(c) == OK && consortium_get(c, id, &x) == OK && consortium_digest(c, &x, NULL, &one) == OK, "digest");
		turn_end(&node[i]);
		if (i == 0)
			first = one;
		same += id_eq(&first, &one);
	}
	return same;
}

static int holders(const struct id *record)
{
	int n = 0;
	for (int i = 0; i < members; i++) {
		struct txn *t;
		struct record_row row;
		must(store_read(node[i].store, &t) == OK, "read");
		n += records_by_id(t, record, &row) == OK;
		store_abort(t);
	}
	return n;
}

static struct id warn(const struct id *to, int from)
{
	struct core *c = node[from].core;
	const struct kind *k = kind_by_number(KIND_INCIDENT_NOTICE);
	struct complaint why = {{0}, {0}};
	struct id id;
	must(core_begin(c) == OK, "begin");
	struct value *body = value_map(c->arena);
	fields_set(c->arena, k->fields, body, "title", value_str(c->arena, "Ransomware at the depot"));
	fields_set(c->arena, k->fields, body, "stage", value_int(c->arena, 1));
	fields_set(c->arena, k->fields, body, "aware", value_int(c->arena, now));
	fields_set(c->arena, k->fields, body, "malicious", value_int(c->arena, 1));
	fields_set(c->arena, k->fields, body, "cross_border", value_int(c->arena, 2));
	fields_set(c->arena, k->fields, body, "contact", value_str(c->arena, "soc@example.org"));
	must(core_say(c, &(struct draft){.kind = k, .body = body, .to = to, .recipients = 1}, &id, &why) == OK, why.text);
	turn_end(&node[from]);
	return id;
}

/* The entry with its record, as one member takes it from another: once for each of the others is the least. */
static size_t entry_size(const struct id *id)
{
	struct core *c = node[members - 1].core;
	struct log_row log;
	struct carried_entry in;
	must(core_begin(c) == OK && logs_current(core_txn(c), &c->self.org, AUDIENCE_CONSORTIUM, id, &log) == OK, "log");
	must(entries_carry(core_txn(c), log.no, log.n, c->arena, &in) == OK, "entry");
	size_t n = carried_size(&in);
	turn_end(&node[members - 1]);
	return n;
}

int main(int argc, char **argv)
{
	struct rlimit many = {65536, 65536};
	members = argc > 1 ? atoi(argv[1]) : 100;
	loss = argc > 2 ? atoi(argv[2]) : 0;
	bool halves = argc > 3 && atoi(argv[3]);
	authors = argc > 4 ? atoi(argv[4]) : members;
	(void)setrlimit(RLIMIT_NOFILE, &many);
	must(members > 1 && (node = calloc((size_t)members, sizeof *node)) != NULL, "usage: circle [MEMBERS [LOSS [SPLIT]]]");
	for (int i = 0; i < members; i++) {
		node[i].clock = &now;
		node[i].dice = &dice;
		node[i].map_size = 256u << 20;
		must(node_make(&node[i], i) == OK, "a node");
	}
	time_t began = time(NULL);
	struct id id = make_all();
	int rounds = 0;
	do
		for (int i = 0; i < 100; i++, rounds++)
			round_pass();
	while (equal(&id) < members && rounds < 20000);
	printf("%d members, %d with a log, %d %% of dials fail: all digests are equal after %.0f s of their time, %.1f KiB a member sent (%ld s here)\n",
	       members, authors, loss, rounds * ROUND_MS / 1e3, (double)bytes / 1024 / members, (long)(time(NULL) - began));
	uint64_t idle = bytes;
	for (int i = 0; i < 200; i++)
		round_pass();
	idle = bytes - idle;
	if (halves) {
		split = true;
		cut_between();
	}
	uint64_t before = bytes;
	struct id record = warn(&id, members - 1);
	int held = 0, half = 0;
	for (rounds = 0; held < members && rounds < 60000; rounds++) {
		round_pass();
		if (halves && split && rounds == 200) {
			split = false;
			half = holders(&record);
		}
		held = holders(&record);
		if (!halves && rounds < 40 && held)
			printf("%d%s", held, held == members ? "\n" : " ");
	}
	uint64_t spent = bytes - before;
	size_t size = entry_size(&id);
	if (halves)
		printf("cut in halves: %d of %d held it; after healing all did, %.1f s later\n", half, members, (rounds - 200) * ROUND_MS / 1e3);
	printf("%d of %d hold it after %d rounds; ceil(log2 n) + 3 is %d\n", held, members, rounds,
	       3 + (int)(sizeof(int) * 8) - __builtin_clz((unsigned)members - 1));
	for (int i = 0; i < 200; i++)
		round_pass();
	printf("the entry has %zu bytes; sent until all held it %.0f bytes a member, %.1f times the least; with receipts and comparisons of the next 10 s "
	       "%.0f bytes a member; idle before it %.0f in 10 s\n",
	       size, (double)spent / members, (double)spent / ((double)size * (members - 1)), (double)(bytes - before) / members,
	       (double)idle / members);
	for (int i = 0; i < members; i++)
		node_remove(&node[i]);
	return held == members ? 0 : 1;
}
