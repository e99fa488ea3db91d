/* Somebody sits on the line between two nodes: says whole recorded sessions again, and harms each frame of a session in each way it can. The session
 * ends, nothing of it is applied, and after the next one everything is there exactly once. */
#include "tests/unit/evil.h"

#include <unistd.h>

#define FRAMES 40
#define MINUTE 60000

enum harm { FLIP, FLIP_LENGTH, DROP, DOUBLE, SWAP, CUT, OLDER, OTHERS, SPLICE, HARMS };

static const char *const harm_name[] = {"flip", "flip-length", "drop", "double", "swap", "cut", "older", "others", "splice"};

struct tape { /* the frames of one session, by way: 0 what the dialler said, 1 what it heard */
	size_t n[2];
	struct buf frame[2][FRAMES];
};

struct line {
	struct scenario s;
	struct tape older, others; /* recorded before: of this pair, and of node 0 with node 2 */
	struct tape *record;       /* NULL: not now */
	int dialler;               /* whose session with node 0 this is about */
	bool on, done;             /* harm to come; it is done */
	enum harm harm;
	int way;
	size_t frame, seen[2];
	struct buf held;           /* SWAP: what was pushed behind the next */
	struct stream *hit;
	size_t written; /* by the receiver, before it got the harmed frame */
	uint64_t rows[TABLE_COUNT];
};

static void rows_of(struct node *n, uint64_t rows[static TABLE_COUNT])
{
	struct txn *t;
	memset(rows, 0, TABLE_COUNT * sizeof *rows);
	assert_int_equal(store_read(n->store, &t), OK);
	for (int i = 0; i < TABLE_COUNT; i++)
		if (i != TABLE_META)
			assert_int_equal(store_count(t, (enum table)i, &rows[i]), OK);
	store_abort(t);
}

static bool same_rows(const uint64_t a[static TABLE_COUNT], const uint64_t b[static TABLE_COUNT])
{
	return memcmp(a, b, TABLE_COUNT * sizeof *a) == 0;
}

static void add(struct buf *to, const struct buf *from)
{
	assert_int_equal(buf_add(to, from->p, from->n), OK);
}

static struct stream *back_of(struct scenario *s, const struct stream *st)
{
	for (int i = 0; i < STREAMS; i++)
		if (s->stream[i].from == st->to && s->stream[i].from_conn == st->to_conn)
			return &s->stream[i];
	fail_msg("a stream without its other way");
	return NULL;
}

/* The first frame stays, what is behind it comes later. */
static void one_frame(struct stream *st, struct buf *bytes)
{
	size_t n = 2u + get_u16be(bytes->p);
	assert_true(bytes->n >= n);
	assert_int_equal(buf_add(&st->waiting, bytes->p + n, bytes->n - n), OK);
	bytes->n = n;
}

static void replace(struct buf *bytes, const struct buf *by)
{
	buf_clear(bytes);
	add(bytes, by);
}

static const struct buf *taped(const struct tape *t, int way, size_t frame)
{
	return &t->frame[way][frame < t->n[way] ? frame : t->n[way] - 1];
}

static void do_harm(struct line *l, struct buf *bytes)
{
	struct buf copy = {0};
	add(&copy, bytes);
	switch (l->harm) {
	case FLIP:
		bytes->p[2 + world_dice(&l->s.random) % (bytes->n - 2)] ^= (uint8_t)(1u << world_dice(&l->s.random) % 8);
		break;
	case FLIP_LENGTH:
		bytes->p[world_dice(&l->s.random) % 2] ^= (uint8_t)(1u << world_dice(&l->s.random) % 8);
		break;
	case DROP:
		buf_clear(bytes);
		break;
	case DOUBLE:
		add(bytes, &copy);
		break;
	case SWAP:
		add(&l->held, bytes);
		buf_clear(bytes);
		break;
	case CUT:
		bytes->n -= 1 + world_dice(&l->s.random) % (bytes->n - 1);
		break;
	case OLDER:
		replace(bytes, taped(&l->older, l->way, l->frame));
		break;
	case OTHERS:
		replace(bytes, taped(&l->others, l->way, l->frame));
		break;
	case SPLICE:
		replace(bytes, taped(&l->older, l->way, l->frame));
		add(bytes, &copy);
		break;
	case HARMS:
		break;
	}
	buf_free(&copy);
}

/* What the receiver has, before it gets what was harmed. Behind that time stands still. */
static void watch(struct line *l, struct stream *st)
{
	l->hit = st;
	l->written = back_of(&l->s, st)->waiting.n;
	rows_of(&l->s.node[st->to], l->rows);
	l->s.cut = true;
}

static void meddle(void *ctx, struct stream *st, struct buf *bytes)
{
	struct line *l = ctx;
	int way = st->from == 0;
	if ((!l->record && !l->on) || (way ? st->to : st->from) != l->dialler)
		return;
	one_frame(st, bytes);
	if (l->record) {
		assert_true(l->record->n[way] < FRAMES);
		replace(&l->record->frame[way][l->record->n[way]++], bytes);
		return;
	}
	size_t at = l->seen[way]++;
	if (way != l->way || l->done) {
		if (l->held.n && way == l->way) { /* behind this one */
			add(bytes, &l->held);
			buf_clear(&l->held);
			watch(l, st);
		}
		return;
	}
	if (at != l->frame)
		return;
	l->done = true;
	do_harm(l, bytes);
	if (l->harm != SWAP && l->harm != DROP)
		watch(l, st);
}

/* The pair is parted, both have something to say, and meet again. */
static void apart(struct line *l, int dialler, struct id out[static 2])
{
	scenario_cut(&l->s, true);
	out[0] = scenario_notice(&l->s, dialler, 0, "up");
	out[1] = scenario_notice(&l->s, 0, dialler, "down");
	scenario_cut(&l->s, false);
}

static void all_there(struct line *l, int dialler, const struct id said[static 2])
{
	assert_int_equal(scenario_delivery(&l->s, dialler, 0, &said[0]), DELIVERY_STORED);
	assert_int_equal(scenario_delivery(&l->s, 0, dialler, &said[1]), DELIVERY_STORED);
}

static void tape_session(struct line *l, int dialler, struct tape *t)
{
	struct id said[2];
	l->dialler = dialler;
	scenario_run(&l->s, 20 * MINUTE); /* they are linked, and long enough to be dialled again at once */
	apart(l, dialler, said);
	l->record = t;
	scenario_run(&l->s, MINUTE / 2);
	l->record = NULL;
	all_there(l, dialler, said);
	assert_true(t->n[0] >= 6 && t->n[1] >= 5); /* handshake, HELLO, SUMMARY, HEADS, ENTRIES, RECEIPTS */
}

static void line_open(struct line *l, int nodes)
{
	memset(l, 0, sizeof *l);
	scenario_open(&l->s, nodes);
	l->s.meddle = meddle;
	l->s.ctx = l;
	scenario_pair(&l->s, 0, 1);
}

static void tape_free(struct tape *t)
{
	for (int way = 0; way < 2; way++)
		for (size_t i = 0; i < FRAMES; i++)
			buf_free(&t->frame[way][i]);
}

static void line_close(struct line *l)
{
	for (int i = 0; i < l->s.nodes; i++)
		evil_check(&l->s.node[i]);
	scenario_close(&l->s);
	tape_free(&l->older);
	tape_free(&l->others);
	buf_free(&l->held);
}

/* Where the harm must be seen with the harmed frame itself: the receiver hangs up, has stored nothing and said nothing. */
static void seen_at_once(struct line *l)
{
	uint64_t now[TABLE_COUNT];
	struct stream *back = back_of(&l->s, l->hit);
	rows_of(&l->s.node[l->hit->to], now);
	assert_true(same_rows(now, l->rows));
	if ((l->harm == OLDER || l->harm == OTHERS) && l->way == 0 && l->frame == 0) { /* an old first message draws the second, which says nothing */
		assert_int_equal(back->waiting.n, 50);
		return;
	}
	assert_false(back->open);
	assert_int_equal(back->waiting.n, l->written);
}

/* One session with one frame harmed; false: it has no such frame. */
static bool harmed(struct line *l, enum harm harm, int way, size_t frame)
{
	uint64_t alarms[2][TABLE_COUNT], after[TABLE_COUNT];
	size_t have[2] = {scenario_count(&l->s.node[0], KIND_INCIDENT_NOTICE), scenario_count(&l->s.node[1], KIND_INCIDENT_NOTICE)};
	struct id said[2];
	l->dialler = 1;
	l->harm = harm;
	l->way = way;
	l->frame = frame;
	l->seen[0] = l->seen[1] = 0;
	l->done = false;
	rows_of(&l->s.node[0], alarms[0]);
	rows_of(&l->s.node[1], alarms[1]);
	apart(l, 1, said);
	l->on = true;
	scenario_run(&l->s, MINUTE / 2);
	if (l->s.cut && (harm == FLIP || harm == SWAP || harm == OLDER || harm == OTHERS || harm == SPLICE))
		seen_at_once(l);
	l->on = l->s.cut = false;
	buf_clear(&l->held);
	scenario_run(&l->s, 10 * MINUTE); /* longer than the silence after which a lost frame ends a session */
	all_there(l, 1, said);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(scenario_count(&l->s.node[i], KIND_INCIDENT_NOTICE), have[i] + 2);
		rows_of(&l->s.node[i], after);
		assert_int_equal(after[TABLE_OPERATIONS], alarms[i][TABLE_OPERATIONS]); /* nobody is accused */
		assert_int_equal(after[TABLE_PARKED], 0);
	}
	return l->done;
}

static void every_frame_harmed(void **state)
{
	struct line l;
	size_t tried = 0;
	(void)state;
	line_open(&l, 3);
	scenario_pair(&l.s, 0, 2);
	tape_session(&l, 2, &l.others);
	tape_session(&l, 1, &l.older);
	for (int harm = 0; harm < HARMS; harm++)
		for (int way = 0; way < 2; way++)
			for (size_t frame = 0; frame < FRAMES && harmed(&l, (enum harm)harm, way, frame); frame++)
				tried++;
	print_message("recorded: %zu frames harmed in %d ways (%s ... %s)\n", tried, HARMS, harm_name[0], harm_name[HARMS - 1]);
	assert_true(tried >= 11 * HARMS);
	line_close(&l);
}

/* ---- whole sessions again ---- */

struct answer { /* what a node did in a turn */
	size_t bytes;
	bool hangup;
};

static struct answer end_turn(struct node *n, uint64_t *dialled)
{
	struct answer a = {0};
	struct output *outputs;
	size_t count;
	assert_int_equal(core_end(n->core, &outputs, &count), OK);
	for (size_t i = 0; i < count; i++) {
		a.bytes += outputs[i].type == OUTPUT_WRITE ? outputs[i].bytes.n : 0;
		a.hangup = a.hangup || outputs[i].type == OUTPUT_HANGUP;
		if (outputs[i].type == OUTPUT_DIAL && dialled)
			*dialled = outputs[i].dial;
	}
	return a;
}

static struct answer told(struct node *n, uint64_t conn, const struct buf *bytes)
{
	scenario_begin(n);
	core_bytes(n->core, conn, buf_span(bytes));
	return end_turn(n, NULL);
}

/* The recorded words of the dialler, to node 0: in one piece, frame by frame, and without a pause behind the first. */
static void again_to_who_was_dialled(struct line *l, const struct tape *t)
{
	struct node *n = &l->s.node[0];
	uint64_t before[TABLE_COUNT], after[TABLE_COUNT];
	struct buf all = {0};
	rows_of(n, before);
	for (size_t i = 0; i < t->n[0]; i++)
		add(&all, &t->frame[0][i]);
	for (uint64_t way = 0; way < 3; way++) {
		uint64_t conn = 5000 + way;
		scenario_begin(n);
		core_accepted(n->core, conn);
		assert_int_equal(end_turn(n, NULL).bytes, 0);
		struct answer a = told(n, conn, way == 0 ? &all : &t->frame[0][0]);
		assert_int_equal(a.bytes, way == 0 ? 0 : 50);
		assert_int_equal(a.hangup, way == 0);
		for (size_t i = way == 2 ? 0 : 1; way && i < t->n[0]; i++) {
			a = told(n, conn, &t->frame[0][i]);
			assert_int_equal(a.bytes, 0);
			assert_int_equal(a.hangup, i == (way == 2 ? 0 : 1)); /* at once, and then it is deaf */
		}
	}
	rows_of(n, after);
	assert_true(same_rows(before, after));
	buf_free(&all);
}

/* And those of node 0, to the dialler: it says a new first message, and hangs up at the old answer. */
static void again_to_the_dialler(struct line *l, const struct tape *t)
{
	struct node *n = &l->s.node[1];
	uint64_t before[TABLE_COUNT], after[TABLE_COUNT], dial = 0;
	scenario_cut(&l->s, true);
	rows_of(n, before);
	for (int tries = 0; !dial; tries++) {
		assert_true(tries < 100);
		l->s.now = world_when(core_deadline(n->core));
		scenario_begin(n);
		core_tick(n->core);
		(void)end_turn(n, &dial);
	}
	scenario_begin(n);
	core_dialled(n->core, 7000, dial);
	assert_int_equal(end_turn(n, NULL).bytes, 74);
	for (size_t i = 0; i < t->n[1]; i++) {
		struct answer a = told(n, 7000, &t->frame[1][i]);
		assert_int_equal(a.bytes, 0);
		assert_int_equal(a.hangup, i == 0);
	}
	rows_of(n, after);
	assert_true(same_rows(before, after));
	scenario_cut(&l->s, false);
}

static void whole_sessions_again(void **state)
{
	struct line l;
	struct core_link linked;
	struct id said[2];
	(void)state;
	line_open(&l, 2);
	tape_session(&l, 1, &l.older);
	again_to_who_was_dialled(&l, &l.older);
	core_link_state(l.s.node[0].core, scenario_org(&l.s.node[1]), &linked);
	assert_true(linked.linked); /* the true link is not touched by it */
	again_to_the_dialler(&l, &l.older);
	for (int i = 0; i < 2; i++)
		scenario_restart(&l.s, i); /* and a node that has forgotten that session */
	again_to_who_was_dialled(&l, &l.older);
	again_to_the_dialler(&l, &l.older);
	scenario_run(&l.s, 20 * MINUTE);
	apart(&l, 1, said);
	scenario_run(&l.s, MINUTE);
	all_there(&l, 1, said);
	assert_int_equal(scenario_count(&l.s.node[0], KIND_INCIDENT_NOTICE), 4);
	line_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_frame_harmed),
		cmocka_unit_test(whole_sessions_again),
	};
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0); /* very many commits, and none that has to last */
	return cmocka_run_group_tests_name("recorded", tests, NULL, NULL);
}
