/* truth.c - the ledger of the observer: every record that was said and who may have it, by rules of its own, not by those of the node. */
#include "tests/sim/world.h"

#include <stdlib.h>
#include <string.h>

#include "node/core_state.h"
#include "proto/pack.h"

/* ---- the ledger ---- */

static size_t slot(const struct sim *s, const struct id *id)
{
	size_t i = (size_t)get_u64be(id->b) & (s->by_id_cap - 1);
	while (s->by_id[i] && !id_eq(&s->said[s->by_id[i] - 1].id, id))
		i = (i + 1) & (s->by_id_cap - 1);
	return i;
}

size_t truth_find(const struct sim *s, const struct id *id)
{
	return s->by_id_cap ? s->by_id[slot(s, id)] : 0;
}

static void grow(struct sim *s)
{
	if (s->saids == s->saids_cap) {
		s->saids_cap = s->saids_cap ? 2 * s->saids_cap : 64;
		s->said = realloc(s->said, s->saids_cap * sizeof *s->said);
	}
	if (2 * (s->saids + 1) > s->by_id_cap) {
		free(s->by_id);
		s->by_id_cap = s->by_id_cap ? 2 * s->by_id_cap : 256;
		s->by_id = calloc(s->by_id_cap, sizeof *s->by_id);
		for (size_t i = 0; s->by_id && i < s->saids; i++)
			s->by_id[slot(s, &s->said[i].id)] = i + 1;
	}
	if (!s->said || !s->by_id)
		abort();
}

static size_t add(struct sim *s, const struct said *r)
{
	if (truth_find(s, &r->id))
		sim_fail(s, "once", "one record was said twice");
	grow(s);
	s->said[s->saids] = *r;
	s->by_id[slot(s, &r->id)] = s->saids + 1;
	return ++s->saids;
}

size_t truth_own(struct sim *s, int author, const struct id *id, int64_t kind, int to)
{
	struct said r = {.id = *id, .author = author, .kind = kind, .committed = true};
	if (to < 0)
		sim_fail(s, "left", "node%d said a record of kind %d that stands in no log after its turn", author, (int)kind);
	set_add(&r.sent, to);
	return add(s, &r);
}

/* ---- what an api call said ---- */

static bool same_id(const json_t *j, struct id *out)
{
	const char *text = json_string_value(j);
	return text && strlen(text) == 64 && hex_decode(text, 64, out->b) == OK;
}

/* "n3.g1" is what people call node 3. */
static int by_name(const char *name)
{
	return name && name[0] == 'n' ? (int)strtol(name + 1, NULL, 10) : -1;
}

/* The Traffic Light Protocol once more, in the observer's own words. */
static bool may_pass_on(const struct said *r, int author_sent_it_to, int relation)
{
	if (!set_has(&r->sent, author_sent_it_to))
		return false; /* it came through a forward: one hop only */
	if (r->tlp == 1 || r->tlp == 2)
		return true;
	return r->tlp == 3 && (relation == 0 || (relation == 1 && r->onward));
}

static void passed_on(struct sim *s, struct call *c, struct said *r)
{
	struct said *inner = &s->said[c->inner - 1];
	if (!may_pass_on(inner, c->node, c->tlp))
		sim_fail(s, "tlp", "node%d passed on what its marking forbids: tlp %d, to a %s", c->node, inner->tlp,
		         c->tlp == 0 ? "customer" : c->tlp == 1 ? "supplier" : "partner");
	set_join(&inner->via, &r->sent);
	r->tlp = inner->tlp;
	r->inner = c->inner;
	s->out->counts.forwards++;
}

/* Forwarding takes the newest version that the node holds, not always the one that was named. */
static void find_inner(struct sim *s, struct call *c, const struct id *forward)
{
	const struct field *f = kind_by_number(KIND_FORWARD)->fields;
	struct record_row row;
	struct complaint why;
	struct record r;
	struct span bytes;
	struct id id;
	struct arena *a = arena_new();
	sim_must(s, records_by_id(core_txn(s->place[c->node].node.core), forward, &row), "the forward");
	sim_must(s, record_decode(row.payload, a, &r, &why), "the forward");
	if (!value_is_bin(fields_get(f, r.body, "record"), &bytes))
		sim_fail(s, "world", "a forward without a record");
	record_id(bytes, &id);
	if (!(c->inner = truth_find(s, &id)))
		sim_fail(s, "audience", "node%d forwards a record that nobody said", c->node);
	arena_free(a);
}

size_t truth_root(const struct sim *s, size_t record)
{
	while (s->said[record - 1].about || s->said[record - 1].inner)
		record = s->said[record - 1].about ? s->said[record - 1].about : s->said[record - 1].inner;
	return record;
}

void truth_said(struct sim *s, struct call *c)
{
	const json_t *result = json_object_get(c->response, "result"), *to = json_object_get(result, "to");
	struct said r = {.author = c->node, .kind = c->kind, .tlp = c->tlp, .onward = c->onward, .about = c->about, .sent = c->allowed};
	if (!json_object_get(result, "kind"))
		return; /* unchanged: nothing was said */
	if (!same_id(json_object_get(result, "id"), &r.id))
		sim_fail(s, "world", "an answer without an id");
	for (size_t i = 0; i < json_array_size(to); i++) {
		int who = by_name(json_string_value(json_array_get(to, i)));
		if (who < 0 || who >= s->nodes || !set_has(&c->allowed, who))
			sim_fail(s, "audience", "node%d sends a record of kind %d to %s, who is not meant to have it", c->node, (int)c->kind,
			         json_string_value(json_array_get(to, i)));
		set_add(&r.told, who);
	}
	if (c->kind == KIND_INCIDENT_NOTICE && c->about)
		r.root = s->said[c->about - 1].root ? s->said[c->about - 1].root : c->about;
	if (c->inner) {
		find_inner(s, c, &r.id);
		passed_on(s, c, &r);
	}
	if (c->along)
		set_join(&s->said[c->along - 1].sent, &c->allowed);
	c->said = add(s, &r);
	if (json_object_get(result, "warnings"))
		s->said[truth_root(s, c->said) - 1].partial = true;
}

void truth_committed(struct sim *s, struct call *c)
{
	if (!s->said[c->said - 1].committed)
		s->out->counts.records++;
	s->said[c->said - 1].committed = true;
}

/* It was never said. Should it turn up all the same, the observer will know that it must not. */
void truth_undone(struct sim *s, struct call *c)
{
	memset(&s->said[c->said - 1].sent, 0, sizeof s->said->sent);
	memset(&s->said[c->said - 1].told, 0, sizeof s->said->told);
	s->said[c->said - 1].author = -1;
	c->said = 0;
}

bool truth_may_hold(const struct sim *s, const struct said *r, int node)
{
	(void)s;
	return r->author == node || set_has(&r->sent, node) || set_has(&r->via, node);
}

/* ---- what leaves ---- */

static int other_end(struct sim *s, const struct place *p, const struct link *l)
{
	for (const struct session *x = p->node.core->sessions; x; x = x->next)
		if (x->link == l)
			return sim_who(s, &x->org);
	return -1;
}

/* Whoever gets the message can read it, whatever the node behind it makes of it. */
void truth_sending(struct sim *s, struct place *p, const struct link *l, struct span message)
{
	const struct message_row *row;
	const struct value *body, *list;
	struct complaint why;
	struct arena *a;
	int to;
	if (message.n < 2 || message.p[1] != MESSAGE_ENTRIES)
		return;
	a = arena_new();
	to = other_end(s, p, l);
	sim_must(s, message_decode(message, a, &row, &body, &why), "a message of our own");
	list = fields_get(row->fields, body, "entries");
	for (size_t i = 0; i < value_count(list); i++) {
		struct carried_entry e;
		sim_must(s, carried_read(value_item(list, i), a, &e), "an entry of our own");
		for (size_t k = 0; k < e.records; k++) {
			size_t at = truth_find(s, &e.record[k].id);
			if (!at || e.record[k].gone)
				continue; /* said by the core itself, in this very turn */
			if (to < 0 || !truth_may_hold(s, &s->said[at - 1], to))
				sim_fail(s, "audience", "node%d sends node%d a record of kind %d that it must not have", p->node.index, to,
				         (int)s->said[at - 1].kind);
		}
	}
	arena_free(a);
}
