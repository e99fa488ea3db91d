/* core_turn.c - a turn from begin to end: one transaction, what can be undone of it and what must be remembered, and what is done after the
 * commit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/core_state.h"

static void drop_outputs(struct core *c)
{
	for (size_t i = 0; i < c->outputs; i++)
		buf_free(&c->output[i].bytes);
	c->outputs = 0;
}

enum err core_begin(struct core *c)
{
	drop_outputs(c);
	arena_reset(c->arena);
	c->now = c->world->now(c->world->ctx);
	c->steady = c->world->steady(c->world->ctx);
	c->depth = 0;
	c->turn = (struct turn){0};
	c->turn.broken = store_write(c->store, &c->txn[0]);
	return c->turn.broken;
}

struct txn *core_txn(struct core *c)
{
	return c->txn[c->depth];
}

void core_break(struct core *c, enum err e)
{
	if (c->turn.broken == OK)
		c->turn.broken = e;
}

enum err core_touch(struct core *c, uint32_t log)
{
	for (size_t i = 0; i < c->turn.touched; i++)
		if (c->touch[i] == log)
			return OK;
	if (c->turn.touched == c->touched_cap) {
		size_t cap = c->touched_cap ? 2 * c->touched_cap : 16;
		uint32_t *more = realloc(c->touch, cap * sizeof *more);
		if (!more)
			return ERR_MEMORY;
		c->touch = more;
		c->touched_cap = cap;
	}
	c->touch[c->turn.touched++] = log;
	return OK;
}

/* ---- effects, and what is remembered ---- */

enum err core_effect(struct core *c, const struct effect *e)
{
	if (c->turn.effects == c->effects_cap) {
		size_t cap = c->effects_cap ? 2 * c->effects_cap : 8;
		struct effect *more = realloc(c->effect, cap * sizeof *more);
		if (!more)
			return ERR_MEMORY;
		c->effect = more;
		c->effects_cap = cap;
	}
	c->effect[c->turn.effects++] = *e;
	return OK;
}

/* The newest first, so that what was put together is taken apart in reverse. */
static void cut_effects(struct core *c, size_t keep)
{
	while (c->turn.effects > keep) {
		struct effect *e = &c->effect[--c->turn.effects];
		if (e->undone)
			e->undone(c, e);
	}
}

static void do_effects(struct core *c)
{
	for (size_t i = 0; i < c->turn.effects; i++)
		if (c->effect[i].done)
			c->effect[i].done(c, &c->effect[i]);
	c->turn.effects = 0;
}

void core_remember(struct core *c, const char *who, const char *what, const char *about)
{
	core_break(c, operations_add(core_txn(c), c->now, who, what, about));
	if (c->depth == 0 || c->turn.memories == MEMORIES)
		return;
	struct memory *m = &c->memory[c->turn.memories++];
	m->who = who;
	m->what = what;
	(void)snprintf(m->about, sizeof m->about, "%s", about);
}

/* ---- nests ---- */

enum err core_nest(struct core *c)
{
	if (c->depth)
		return ERR_INVALID;
	enum err e = store_nest(c->txn[0], &c->txn[1]);
	if (e == OK) {
		c->before = c->turn;
		c->depth = 1;
	}
	return e;
}

enum err core_keep(struct core *c)
{
	enum err e = store_commit(c->txn[1]);
	c->depth = 0;
	c->turn.memories = c->before.memories;
	core_break(c, e);
	return e;
}

/* *first to *last: what was remembered in the nest. */
static void undo(struct core *c, size_t *first, size_t *last)
{
	store_abort(c->txn[1]);
	cut_effects(c, c->before.effects);
	*first = c->before.memories;
	*last = c->turn.memories;
	c->turn = c->before;
	c->depth = 0;
}

void core_undo(struct core *c)
{
	size_t first, last;
	undo(c, &first, &last);
	if (first != last)
		c->alarms = 0; /* one of them may have been an alarm, and nobody has seen it */
}

void core_fail(struct core *c)
{
	size_t first, last;
	undo(c, &first, &last);
	for (size_t i = first; i < last; i++) {
		struct memory m = c->memory[i];
		core_remember(c, m.who, m.what, m.about);
	}
}

/* ---- the end ---- */

static void reap(struct core *c)
{
	for (struct session **at = &c->sessions; *at;) {
		struct session *s = *at;
		if (s->closing) {
			*at = s->next;
			session_free(s);
		} else {
			at = &s->next;
		}
	}
}

/* What the sessions want to write becomes outputs; those that end are hung up after it. */
static enum err collect(struct core *c)
{
	enum err e = OK;
	for (struct session *s = c->sessions; s && e == OK; s = s->next) {
		struct buf *out = link_output(s->link);
		if (out->n) {
			struct output o = {.type = OUTPUT_WRITE, .conn = s->conn, .bytes = *out};
			e = core_output(c, &o);
			if (e == OK)
				*out = (struct buf){0};
		}
		if (s->closing && e == OK)
			e = core_output(c, &(struct output){.type = OUTPUT_HANGUP, .conn = s->conn});
	}
	return e;
}

static enum err finish(struct core *c)
{
	enum err e = c->turn.broken;
	if (e == OK && c->turn.wrote)
		e = outbox_seal(c);
	for (size_t i = 0; i < c->turn.touched && e == OK; i++)
		exchange_receipt(c, c->touch[i]);
	if (e == OK)
		e = c->turn.broken;
	if (e == OK)
		e = collect(c);
	if (e != OK) {
		store_abort(c->txn[0]);
		return e;
	}
	return store_commit(c->txn[0]);
}

/* Nothing happened. Sessions are ahead of the store now, so they all begin again. */
static void fall_back(struct core *c, enum err e)
{
	drop_outputs(c);
	cut_effects(c, 0);
	c->alarms = 0;
	core_log(c, "turn-failed", NULL, "%s", err_text(e));
	c->trouble = (struct core_trouble){.at = c->now, .why = e};
	c->trouble_version = store_version(c->store);
	for (struct session *s = c->sessions; s; s = s->next) {
		s->closing = true;
		if (core_output(c, &(struct output){.type = OUTPUT_HANGUP, .conn = s->conn}) != OK)
			core_log(c, "not-hung-up", NULL, "out of memory"); /* cannot be: session_new made the room */
	}
	for (struct peer *p = c->peers; p; p = p->next) {
		p->dial = 0;
		p->next_dial = c->steady + LIMIT_RETRY_MIN_MS;
	}
}

enum err core_end(struct core *c, struct output **outputs, size_t *count)
{
	enum err e = finish(c);
	c->txn[0] = NULL;
	if (e == OK && c->trouble.at && !c->trouble.over && store_version(c->store) != c->trouble_version)
		c->trouble.over = c->now;
	if (e == OK)
		do_effects(c);
	else
		fall_back(c, e);
	reap(c);
	*outputs = c->output;
	*count = c->outputs;
	return e;
}
