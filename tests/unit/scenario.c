#include "tests/unit/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "keys/words.h"
#include "node/api.h"
#include "node/core_state.h"
#include "proto/verdict.h"
#include "store/records.h"

static void show_line(struct node *n, const char *line)
{
	if (getenv("SCENARIO_LOG"))
		print_message("node%d %s\n", n->index, line);
}

void scenario_open(struct scenario *s, int nodes)
{
	memset(s, 0, sizeof *s);
	s->now = 1795478400000; /* 2026-11-24 */
	s->random = 20261124;
	s->nodes = nodes;
	print_message("scenario: seed %llu\n", (unsigned long long)s->random);
	for (int i = 0; i < nodes; i++) {
		struct node *n = &s->node[i];
		n->clock = &s->now;
		n->dice = &s->random;
		n->line = show_line;
		n->ctx = s;
		assert_int_equal(node_make(n, i), OK);
	}
}

void scenario_close(struct scenario *s)
{
	for (int i = 0; i < s->nodes; i++)
		node_remove(&s->node[i]);
	for (int i = 0; i < STREAMS; i++)
		buf_free(&s->stream[i].waiting);
}

void scenario_begin(struct node *n)
{
	assert_int_equal(core_begin(n->core), OK);
}

static struct stream *stream_of(struct scenario *s, int node, uint64_t conn)
{
	for (int i = 0; i < STREAMS; i++)
		if (s->stream[i].open && s->stream[i].from == node && s->stream[i].from_conn == conn)
			return &s->stream[i];
	return NULL;
}

static struct stream *free_stream(struct scenario *s)
{
	for (int i = 0; i < STREAMS; i++)
		if (!s->stream[i].open && s->stream[i].waiting.n == 0)
			return &s->stream[i];
	fail_msg("more streams than the scenario has room for");
	return NULL;
}

static void dial(struct scenario *s, struct node *from, const struct output *o)
{
	int to = -1;
	for (int i = 0; i < s->nodes; i++)
		if (s->node[i].store && strcmp(s->node[i].address, o->address) == 0)
			to = i;
	uint64_t a = ++s->next_conn, b = ++s->next_conn;
	scenario_begin(from);
	if (to < 0 || s->cut) {
		core_dial_failed(from->core, o->dial);
		(void)scenario_end(from);
		return;
	}
	struct stream *there = free_stream(s);
	there->open = true;
	there->from = from->index;
	there->to = to;
	there->from_conn = there->to_conn = 0;
	there->from_conn = a;
	there->to_conn = b;
	struct stream *back = free_stream(s);
	back->open = true;
	back->from = to;
	back->to = from->index;
	back->from_conn = b;
	back->to_conn = a;
	core_dialled(from->core, a, o->dial);
	(void)scenario_end(from);
	scenario_begin(&s->node[to]);
	core_accepted(s->node[to].core, b);
	(void)scenario_end(&s->node[to]);
}

enum err scenario_end(struct node *n)
{
	struct scenario *s = n->ctx;
	struct output *outputs;
	size_t count;
	if (n->fail_in && --n->fail_in == 0)
		core_break(n->core, ERR_SPACE);
	enum err e = core_end(n->core, &outputs, &count);
	struct output dials[8];
	size_t dialled = 0;
	for (size_t i = 0; i < count; i++) {
		struct output *o = &outputs[i];
		struct stream *st = o->type == OUTPUT_DIAL ? NULL : stream_of(s, n->index, o->conn);
		switch (o->type) {
		case OUTPUT_WRITE:
			if (st)
				assert_int_equal(buf_add(&st->waiting, o->bytes.p, o->bytes.n), OK);
			break;
		case OUTPUT_HANGUP:
			if (st)
				st->open = false; /* what waits is still delivered, then the other side sees the end */
			break;
		case OUTPUT_DIAL:
			assert_true(dialled < 8);
			dials[dialled++] = *o;
			break;
		}
	}
	for (size_t i = 0; i < dialled; i++)
		dial(s, n, &dials[i]);
	return e;
}

static void close_other_way(struct scenario *s, const struct stream *st)
{
	for (int i = 0; i < STREAMS; i++)
		if (s->stream[i].from == st->to && s->stream[i].from_conn == st->to_conn && s->stream[i].open) {
			s->stream[i].open = false;
			buf_clear(&s->stream[i].waiting);
		}
}

bool scenario_deliver(struct scenario *s, struct stream *st)
{
	struct node *to = &s->node[st->to];
	if (st->waiting.n) {
		struct buf bytes = st->waiting;
		st->waiting = (struct buf){0};
		if (s->meddle)
			s->meddle(s->ctx, st, &bytes);
		scenario_begin(to);
		core_bytes(to->core, st->to_conn, buf_span(&bytes));
		(void)scenario_end(to);
		buf_free(&bytes);
		return true;
	}
	if (!st->open && st->from_conn) {
		scenario_begin(to);
		core_closed(to->core, st->to_conn);
		(void)scenario_end(to);
		close_other_way(s, st);
		st->from_conn = 0;
		return true;
	}
	return false;
}

static void quiet(struct scenario *s)
{
	bool busy = true;
	for (int rounds = 0; busy; rounds++) {
		busy = false;
		assert_true(rounds < 10000);
		for (int i = 0; i < STREAMS; i++)
			if (!s->cut && scenario_deliver(s, &s->stream[i]))
				busy = true;
	}
}

void scenario_run(struct scenario *s, int64_t ms)
{
	int64_t end = s->now + ms;
	for (int turns = 0;; turns++) {
		int64_t soonest = INT64_MAX;
		assert_true(turns < 100000);
		for (int i = 0; i < s->nodes; i++) {
			struct node *n = &s->node[i];
			if (n->store && world_when(core_deadline(n->core)) <= s->now) {
				scenario_begin(n);
				core_tick(n->core);
				(void)scenario_end(n);
			}
		}
		quiet(s);
		for (int i = 0; i < s->nodes; i++) {
			int64_t d = s->node[i].store ? world_when(core_deadline(s->node[i].core)) : INT64_MAX;
			if (d < soonest)
				soonest = d;
		}
		if (soonest > end)
			break;
		if (soonest > s->now)
			s->now = soonest;
	}
	s->now = end;
}

void scenario_cut(struct scenario *s, bool cut)
{
	s->cut = cut;
	for (int i = 0; cut && i < STREAMS; i++) {
		struct stream *st = &s->stream[i];
		buf_clear(&st->waiting);
		if (!st->from_conn)
			continue;
		st->open = false;
		st->from_conn = 0;
		scenario_begin(&s->node[st->to]);
		core_closed(s->node[st->to].core, st->to_conn);
		(void)scenario_end(&s->node[st->to]);
	}
}

void scenario_restart(struct scenario *s, int node)
{
	scenario_down(s, node);
	assert_int_equal(node_open(&s->node[node]), OK);
}

void scenario_down(struct scenario *s, int node)
{
	node_down(&s->node[node]);
	for (int i = 0; i < STREAMS; i++) {
		struct stream *st = &s->stream[i];
		if (!st->from_conn || (st->from != node && st->to != node))
			continue;
		st->open = false;
		if (st->to == node)
			st->from_conn = 0;
		buf_clear(&st->waiting);
	}
}

const struct id *scenario_org(struct node *n)
{
	return &core_self(n->core)->org;
}

void scenario_invite(struct scenario *s, int host, int guest, char *token)
{
	struct node *h = &s->node[host];
	struct complaint why = {0};
	struct buf bytes = {0};
	char name[16];
	(void)snprintf(name, sizeof name, "node%d", guest);
	scenario_begin(h);
	assert_int_equal(pairing_invite(h->core, &(struct pairing_offer){name, NULL, LIMIT_INVITE_MS}, &bytes, &why), OK);
	assert_int_equal(scenario_end(h), OK);
	assert_true(bytes.n < 2048);
	memcpy(token, bytes.p, bytes.n);
	token[bytes.n] = 0;
	buf_free(&bytes);
}

enum err scenario_join(struct scenario *s, int guest, int host, const char *token)
{
	struct node *g = &s->node[guest];
	struct complaint why = {0};
	struct id org;
	char name[16];
	enum err e;
	(void)snprintf(name, sizeof name, "node%d", host);
	scenario_begin(g);
	e = pairing_join(g->core, token, name, &org, &why);
	assert_int_equal(scenario_end(g), OK);
	if (e != OK)
		return e;
	scenario_run(s, 1000);
	scenario_begin(g);
	e = pairing_join_state(g->core, &org, &why);
	assert_int_equal(scenario_end(g), OK);
	return e;
}

enum err scenario_verify(struct scenario *s, int node, int other, const char *words)
{
	struct node *n = &s->node[node];
	struct complaint why = {0};
	char theirs[WORDS_TEXT];
	bool active;
	words_org(scenario_org(&s->node[other]), theirs);
	scenario_begin(n);
	enum err e = pairing_verify(n->core, scenario_org(&s->node[other]), words ? words : theirs, &active, &why);
	assert_int_equal(scenario_end(n), OK);
	scenario_run(s, 2000);
	return e;
}

void scenario_pair(struct scenario *s, int host, int guest)
{
	char token[2048];
	scenario_invite(s, host, guest, token);
	assert_int_equal(scenario_join(s, guest, host, token), OK);
	assert_int_equal(scenario_verify(s, guest, host, NULL), OK);
	assert_int_equal(scenario_verify(s, host, guest, NULL), OK);
}

enum err scenario_try_notice(struct scenario *s, int from, int to, const char *title, enum tlp tlp, struct id *id)
{
	struct node *n = &s->node[from];
	const struct kind *k = kind_by_number(KIND_INCIDENT_NOTICE);
	struct arena *a = arena_new();
	struct value *body = value_map(a);
	struct complaint why = {0};
	fields_set(a, k->fields, body, "title", value_str(a, title));
	fields_set(a, k->fields, body, "stage", value_int(a, 1));
	fields_set(a, k->fields, body, "aware", value_int(a, s->now));
	fields_set(a, k->fields, body, "malicious", value_int(a, 1));
	fields_set(a, k->fields, body, "cross_border", value_int(a, 2));
	fields_set(a, k->fields, body, "contact", value_str(a, "soc@example.org"));
	struct draft d = {.kind = k, .body = body, .tlp = tlp, .to = scenario_org(&s->node[to]), .recipients = 1};
	scenario_begin(n);
	assert_int_equal(core_nest(n->core), OK);
	enum err e = core_say(n->core, &d, id, &why);
	if (e == OK)
		assert_int_equal(core_keep(n->core), OK);
	else
		core_undo(n->core);
	assert_int_equal(scenario_end(n), OK);
	arena_free(a);
	return e;
}

struct id scenario_notice(struct scenario *s, int from, int to, const char *title)
{
	struct id id;
	assert_int_equal(scenario_try_notice(s, from, to, title, TLP_AMBER, &id), OK);
	return id;
}

enum delivery scenario_delivery(struct scenario *s, int from, int to, const struct id *record)
{
	struct node *n = &s->node[from];
	struct delivery_state d;
	struct record_row row;
	struct txn *t;
	assert_int_equal(store_read(n->store, &t), OK);
	assert_int_equal(records_by_id(t, record, &row), OK);
	assert_int_equal(core_delivery(t, scenario_org(n), row.no, scenario_org(&s->node[to]), &d), OK);
	store_abort(t);
	return d.state;
}

size_t scenario_count(struct node *n, int64_t kind)
{
	struct txn *t;
	struct walk w;
	uint64_t no;
	size_t found = 0;
	assert_int_equal(store_read(n->store, &t), OK);
	assert_int_equal(records_walk_kind(t, kind, false, &w), OK);
	while (records_next(&w, &no)) {
		struct walk o;
		struct occurrence at;
		bool good = false;
		assert_int_equal(occurrences_walk(t, no, &o), OK);
		while (occurrences_next(&o, &at))
			good = good || at.verdict == VERDICT_GOOD || at.verdict == VERDICT_AHEAD;
		assert_int_equal(walk_close(&o, OK), OK);
		found += good;
	}
	assert_int_equal(walk_close(&w, OK), OK);
	store_abort(t);
	return found;
}

int scenario_two(void **state)
{
	struct scenario *s = calloc(1, sizeof *s);
	if (!s)
		return -1;
	scenario_open(s, 2);
	scenario_pair(s, 0, 1);
	*state = s;
	return 0;
}

int scenario_done(void **state)
{
	scenario_close(*state);
	free(*state);
	return 0;
}

json_t *scenario_ask(struct scenario *s, int node, const char *name, json_t *args)
{
	struct api_wait wait = {0};
	json_t *request = json_pack("{s:s, s:o}", "call", name, "args", args);
	assert_non_null(request);
	scenario_begin(&s->node[node]);
	json_t *response = api_run(s->node[node].core, request, &wait);
	assert_int_equal(scenario_end(&s->node[node]), OK);
	if (wait.waiting) { /* for its own commit, and no longer */
		s->now = world_when(wait.until);
		scenario_begin(&s->node[node]);
		response = api_run(s->node[node].core, request, &wait);
		assert_int_equal(scenario_end(&s->node[node]), OK);
	}
	assert_false(wait.waiting);
	assert_non_null(response);
	json_decref(request);
	return response;
}

json_t *scenario_result(json_t *response)
{
	json_t *result = json_incref(json_object_get(response, "result"));
	if (!json_is_true(json_object_get(response, "ok")))
		fail_msg("%s", json_string_value(json_object_get(response, "text")));
	json_decref(response);
	return result;
}

json_t *scenario_call(struct scenario *s, int node, const char *name, json_t *args)
{
	return scenario_result(scenario_ask(s, node, name, args));
}

void scenario_refused(json_t *response, const char *words)
{
	const char *text = json_string_value(json_object_get(response, "text"));
	if (!text || !strstr(text, words))
		fail_msg("%s instead of %s", text ? text : "taken", words);
	json_decref(response);
}
