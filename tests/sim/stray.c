/* stray.c - entries that reach a node as no honest link brings them: at a wrong door, again, before their turn, in part, or changed. */
#include "tests/sim/world.h"

#include <stdlib.h>
#include <string.h>

#include "node/ingest.h"

enum way { WAY_WRONG_DOOR, WAY_AS_IT_IS, WAY_EARLY, WAY_IN_PART, WAY_CHANGED, WAYS };

struct stray {
	struct arena *arena;
	struct carried_entry entry;
	enum way way;
	int author, reader; /* as the entry says */
	int peer;           /* who is said to have brought it */
};

void stray_free(struct stray *x)
{
	if (x)
		arena_free(x->arena);
	free(x);
}

static struct span copy(struct arena *a, struct span in)
{
	uint8_t *p = arena_alloc(a, in.n ? in.n : 1);
	if (!p)
		abort();
	if (in.n)
		memcpy(p, in.p, in.n);
	return SPAN(p, in.n);
}

/* The entry as it stands in its author's store, in memory of its own. */
static struct stray *fetch(struct sim *s, struct place *author, const struct log_row *log, uint64_t n)
{
	struct stray *x = calloc(1, sizeof *x);
	struct txn *t;
	if (!x || !(x->arena = arena_new()))
		abort();
	sim_must(s, store_read(author->node.store, &t), "store_read");
	sim_must(s, entries_carry(t, log->no, n, x->arena, &x->entry), "entries_carry");
	x->entry.payload = copy(x->arena, x->entry.payload);
	x->entry.signature = copy(x->arena, x->entry.signature);
	for (size_t i = 0; i < x->entry.records; i++)
		x->entry.record[i].bytes = copy(x->arena, x->entry.record[i].bytes);
	store_abort(t);
	return x;
}

static void change(struct sim *s, struct stray *x)
{
	struct span *at[] = {&x->entry.payload, &x->entry.signature, &x->entry.record[0].bytes};
	struct span *b = at[sim_below(&s->fates, 3)];
	if (!b->n)
		return;
	((uint8_t *)(uintptr_t)b->p)[sim_below(&s->fates, b->n)] ^= (uint8_t)(1u << sim_below(&s->fates, 8));
	record_id(x->entry.record[0].bytes, &x->entry.record[0].id);
}

/* One of the logs that this node writes. */
static bool some_log(struct sim *s, struct place *p, struct log_row *out)
{
	struct walk w;
	struct txn *t;
	struct log_row row;
	size_t found = 0;
	sim_must(s, store_read(p->node.store, &t), "store_read");
	sim_must(s, logs_walk(t, &w), "logs_walk");
	while (logs_next(&w, &row))
		if (id_eq(&row.author, &p->org) && row.n && sim_below(&s->fates, ++found) == 0)
			*out = row;
	sim_must(s, walk_close(&w, OK), "walk_close");
	store_abort(t);
	return found > 0;
}

static uint64_t held_by(struct sim *s, struct place *p, const struct id *log)
{
	struct log_row row;
	struct txn *t;
	sim_must(s, store_read(p->node.store, &t), "store_read");
	enum err e = logs_get(t, log, &row);
	store_abort(t);
	return e == OK ? row.n : 0;
}

static uint64_t choose_place(struct sim *s, enum way way, const struct log_row *log, uint64_t held)
{
	uint64_t n = 1 + sim_below(&s->fates, log->n);
	if (way == WAY_EARLY && held + 2 <= log->n)
		return held + 2 + sim_below(&s->fates, log->n - held - 1);
	if ((way == WAY_IN_PART || sim_chance(&s->fates, 30)) && held < log->n)
		return held + 1;
	return n;
}

static void bring(struct sim *s, struct stray *x, int door)
{
	struct arrival *a = turn_arrival(s, ARRIVE_STRAY);
	a->stray = x;
	turn_arrive(s, door, a);
}

void stray_make(struct sim *s)
{
	struct place *author = &s->place[sim_below(&s->fates, (uint64_t)s->nodes)];
	enum way way = (enum way)sim_below(&s->fates, WAYS);
	struct log_row log;
	int reader, door;
	if (!author->node.core || !some_log(s, author, &log) || (reader = sim_who(s, &log.target)) < 0)
		return;
	door = way == WAY_WRONG_DOOR ? (int)sim_below(&s->fates, (uint64_t)s->nodes) : reader;
	if (!s->place[door].node.core || (way == WAY_WRONG_DOOR && door == reader))
		return;
	struct stray *x = fetch(s, author, &log, choose_place(s, way, &log, held_by(s, &s->place[door], &log.id)));
	x->way = way;
	x->author = author->node.index;
	x->reader = reader;
	x->peer = way == WAY_WRONG_DOOR ? (int)sim_below(&s->fates, (uint64_t)s->nodes) : x->author;
	if (way == WAY_CHANGED)
		change(s, x);
	if (way == WAY_IN_PART) {
		struct carried_record *r = &x->entry.record[sim_below(&s->fates, x->entry.records)];
		r->gone = true;
		r->bytes = SPAN(NULL, 0);
	}
	bring(s, x, door);
	sim_hit(s, FAULT_STRAY);
}

static void heal_log(struct sim *s, struct place *p, struct txn *t, const struct log_row *log)
{
	struct exception *list;
	struct log_row theirs;
	struct txn *u;
	size_t count;
	uint64_t done = 0;
	int author = sim_who(s, &log->author);
	struct arena *a = arena_new();
	sim_must(s, exceptions_all(t, log->no, a, &list, &count), "exceptions_all");
	sim_must(s, store_read(s->place[author].node.store, &u), "store_read");
	sim_must(s, logs_get(u, &log->id, &theirs), "logs_get");
	store_abort(u);
	for (size_t i = 0; i < count; i++) {
		if (list[i].code != VERDICT_BODY_MISSING || list[i].n == done)
			continue;
		done = list[i].n;
		struct stray *x = fetch(s, &s->place[author], &theirs, list[i].n);
		x->way = WAY_AS_IT_IS;
		x->author = x->peer = author;
		x->reader = p->node.index;
		bring(s, x, p->node.index);
	}
	arena_free(a);
}

void stray_heal(struct sim *s)
{
	for (int i = 0; i < s->nodes; i++) {
		struct place *p = &s->place[i];
		struct walk w;
		struct log_row log;
		struct txn *t;
		sim_must(s, store_read(p->node.store, &t), "store_read");
		sim_must(s, logs_walk(t, &w), "logs_walk");
		while (logs_next(&w, &log))
			if (!id_eq(&log.author, &p->org))
				heal_log(s, p, t, &log);
		sim_must(s, walk_close(&w, OK), "walk_close");
		store_abort(t);
	}
}

static bool fits(const struct stray *x, char class, const struct ingest_result *r)
{
	switch (x->way) {
	case WAY_WRONG_DOOR:
		return r->verdict == VERDICT_AUDIENCE;
	case WAY_CHANGED:
		return class == 'F' || class == 'T';
	case WAY_AS_IT_IS:
	case WAY_EARLY:
	case WAY_IN_PART:
		return class == 'G' || class == 'T' || r->verdict == VERDICT_NOT_PARTNER || r->verdict == VERDICT_OPENING;
	case WAYS:
		break;
	}
	return false;
}

void stray_take(struct sim *s, struct place *p, struct stray *x)
{
	struct core *c = p->node.core;
	struct ingest_result r;
	enum err e = ingest(c, &x->entry, &s->place[x->peer].org, &r);
	if (e != OK) {
		core_break(c, e);
		return;
	}
	sim_trace(s, "node%d: a stray entry of node%d to node%d, way %d, n %llu: %s", p->node.index, x->author, x->reader, (int)x->way,
	          (unsigned long long)r.n, verdict_text(r.verdict));
	if (!fits(x, verdict_class(r.verdict), &r))
		sim_fail(s, x->way == WAY_WRONG_DOOR ? "audience" : "verdict", "an entry of node%d to node%d, way %d, came to node%d: %s", x->author,
		         x->reader, (int)x->way, p->node.index, verdict_text(r.verdict));
	p->stained = p->stained || (x->way == WAY_CHANGED && verdict_class(r.verdict) == 'T');
	if (r.log_no && verdict_class(r.verdict) == 'G')
		core_break(c, core_touch(c, r.log_no));
}
