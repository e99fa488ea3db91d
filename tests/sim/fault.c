/* fault.c - when what goes wrong, and how it stops. */
#include "tests/sim/world.h"

#include <stdlib.h>

#include "store/store.h"

/* A kind comes again after so long on average, at strength 1. 0: it is a matter of each message, not of the hour. */
static const int64_t every[FAULTS] = {
	[FAULT_CUT] = 4 * MINUTE,      [FAULT_PARTITION] = 40 * MINUTE, [FAULT_REPLAY] = 10 * MINUTE, [FAULT_STRANGER] = 10 * MINUTE,
	[FAULT_STRAY] = 3 * MINUTE,    [FAULT_CRASH] = 8 * MINUTE,      [FAULT_COMMIT] = 8 * MINUTE,  [FAULT_FULL] = 40 * MINUTE,
	[FAULT_CLOCK] = 20 * MINUTE,
};

static void again(struct sim *s, enum fault f)
{
	int64_t mean = every[f] / s->strength[f];
	struct event *e = sim_at(s, s->now + sim_between(&s->fates, mean / 4, 2 * mean), EVENT_FAULT, -1);
	e->a = (uint64_t)f;
}

void fault_begin(struct sim *s)
{
	for (int f = 0; f < FAULTS; f++)
		if (s->strength[f] && every[f])
			again(s, (enum fault)f);
}

static struct place *somebody(struct sim *s)
{
	struct place *p = &s->place[sim_below(&s->fates, (uint64_t)s->nodes)];
	return p->node.core ? p : NULL;
}

static void restart(struct sim *s, struct place *p, int64_t down)
{
	turn_crash(s, p->node.index, down);
}

/* Little room is left for a while; then somebody makes room. */
static void fill_disk(struct sim *s, struct place *p)
{
	struct store_figures f;
	if (p->small)
		return;
	sim_must(s, store_figures(p->node.store, &f), "store_figures");
	p->small = true;
	p->node.map_size = f.bytes_used + (uint64_t)sim_between(&s->fates, 64 * 1024, 400 * 1024);
	sim_hit(s, FAULT_FULL);
	restart(s, p, 1 * SECOND);
	(void)sim_at(s, s->now + sim_between(&s->fates, 2 * MINUTE, 40 * MINUTE), EVENT_HEAL, p->node.index);
}

static void make_room(struct sim *s, struct place *p)
{
	p->small = false;
	p->node.map_size = 64u << 20;
	if (p->node.core)
		restart(s, p, 1 * SECOND);
}

static void set_clock(struct sim *s, struct place *p)
{
	int64_t by = sim_chance(&s->fates, 30) ? sim_between(&s->fates, -12 * HOUR, 12 * HOUR) : sim_between(&s->fates, -20 * MINUTE, 20 * MINUTE);
	p->node.skew += by;
	if (by < 0)
		p->went_back = true;
	sim_trace(s, "node%d: the clock is set by %lld s", p->node.index, (long long)(by / 1000));
	sim_hit(s, FAULT_CLOCK);
	turn_wake(s, p->node.index);
}

static void kill_one(struct sim *s, struct place *p)
{
	sim_hit(s, FAULT_CRASH);
	if (sim_chance(&s->fates, 20)) {
		s->out->counts.crash_idle++;
		restart(s, p, sim_between(&s->fates, 1 * SECOND, 2 * MINUTE));
	} else {
		p->doom = (int)sim_between(&s->fates, 1, 3); /* its next turn is its last */
	}
}

static void strike(struct sim *s, enum fault f)
{
	struct place *p = somebody(s);
	switch (f) {
	case FAULT_CUT:
		net_cut_one(s);
		break;
	case FAULT_PARTITION:
		net_partition(s);
		break;
	case FAULT_REPLAY:
		net_replay(s);
		break;
	case FAULT_STRANGER:
		net_stranger(s);
		break;
	case FAULT_STRAY:
		stray_make(s);
		break;
	case FAULT_CRASH:
		if (p)
			kill_one(s, p);
		break;
	case FAULT_COMMIT:
		if (p)
			p->commits = (int)sim_between(&s->fates, 1, 4);
		break;
	case FAULT_FULL:
		if (p)
			fill_disk(s, p);
		break;
	case FAULT_CLOCK:
		if (p)
			set_clock(s, p);
		break;
	case FAULT_SLOW:
	case FAULT_PIECES:
	case FAULT_DIAL:
	case FAULT_FLIP:
	case FAULT_LOSE:
	case FAULT_DOUBLE:
	case FAULT_SWAP:
	case FAULT_VAULT:
	case FAULTS:
		break;
	}
}

void fault_event(struct sim *s, struct event *e)
{
	if (e->type == EVENT_HEAL) {
		if (e->node < 0)
			s->split = false;
		else if (s->place[e->node].small)
			make_room(s, &s->place[e->node]);
		return;
	}
	if (s->calm)
		return;
	strike(s, (enum fault)e->a);
	again(s, (enum fault)e->a);
}

/* All is well from now on, except that clocks stay as wrong as they are. */
void fault_calm(struct sim *s)
{
	sim_trace(s, "calm");
	s->calm = true;
	s->split = false;
	for (int i = 0; i < s->nodes; i++) {
		struct place *p = &s->place[i];
		p->commits = 0;
		p->doom = 0;
		if (p->small)
			make_room(s, p);
		if (!p->node.core) {
			p->back_at = s->now;
			turn_up(s, i);
		}
	}
	net_cut_all(s);
	for (size_t i = 0; i < s->bonds; i++)
		bond_later(s, i, sim_between(&s->human, 0, 20 * SECOND));
}
