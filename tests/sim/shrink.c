/* shrink.c - makes a failing plan small: the shortest prefix of doings, fewer nodes, fewer kinds of faults, less time, doings left out. A smaller
 * plan counts when it breaks the same invariant. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

#define RUNS_MOST 400

struct shrinking {
	struct plan *best;
	struct verdict_of_run *verdict;
	shrink_run *run;
	void *ctx;
	int runs;
};

static bool fails_alike(struct shrinking *x, const struct plan *p)
{
	struct verdict_of_run v;
	if (x->runs++ >= RUNS_MOST)
		return false;
	x->run(x->ctx, p, &v);
	if (!v.failed || strcmp(v.name, x->verdict->name) != 0)
		return false;
	*x->best = *p;
	*x->verdict = v;
	return true;
}

static void fewer_ops(struct shrinking *x)
{
	int low = 0, high = x->verdict->ops;
	struct plan *b = x->best;
	while (high - low > 1) {
		struct plan p = *x->best;
		int middle = low + (high - low) / 2;
		p.ops = middle;
		if (fails_alike(x, &p))
			high = middle;
		else
			low = middle;
	}
	while (b->skips && b->skip[b->skips - 1] >= x->verdict->ops)
		b->skips--;
}

static bool fewer_nodes(struct shrinking *x)
{
	bool any = false;
	for (int n = 2; n < x->verdict->nodes; n++) {
		struct plan p = *x->best;
		p.nodes = n;
		if (fails_alike(x, &p))
			return true;
	}
	return any;
}

static bool fewer_faults(struct shrinking *x)
{
	bool any = false;
	for (int f = 0; f < FAULTS; f++) {
		struct plan p = *x->best;
		p.faults = x->verdict->faults & ~(1u << f);
		if (x->verdict->faults >> f & 1 && fails_alike(x, &p))
			any = true;
	}
	return any;
}

static bool less_time(struct shrinking *x)
{
	bool any = false;
	for (int m = x->verdict->minutes / 2; m > 0 && m < x->verdict->minutes; m /= 2) {
		struct plan p = *x->best;
		p.minutes = m;
		if (!fails_alike(x, &p))
			break;
		any = true;
	}
	return any;
}

static bool leave_out(struct shrinking *x)
{
	bool any = false;
	for (int op = x->verdict->ops - 1; op >= 0; op--) {
		struct plan p = *x->best;
		int at = 0;
		while (at < p.skips && p.skip[at] < op)
			at++;
		if (p.skips == SIM_SKIPS || (at < p.skips && p.skip[at] == op))
			continue;
		memmove(p.skip + at + 1, p.skip + at, (size_t)(p.skips - at) * sizeof p.skip[0]);
		p.skip[at] = op;
		p.skips++;
		any = fails_alike(x, &p) || any;
	}
	return any;
}

void shrink(struct plan *p, struct verdict_of_run *v, shrink_run *run, void *ctx)
{
	struct shrinking x = {p, v, run, ctx, 0};
	bool any = true;
	while (any && x.runs < RUNS_MOST) {
		any = false;
		fewer_ops(&x);
		any = fewer_nodes(&x) || any;
		any = fewer_faults(&x) || any;
		any = less_time(&x) || any;
		any = leave_out(&x) || any;
	}
}
