/* check.c - the invariants, looked at after every commit, every start and at the end. */
#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/core_state.h"
#include "store/check.h"

struct verified { /* how far a log of one node at its reader was looked at */
	struct id log;
	uint64_t by_author, by_reader;
};

static struct verified *verified(struct sim *s, const struct id *log)
{
	for (size_t i = 0; i < s->verifieds; i++)
		if (id_eq(&s->verified[i].log, log))
			return &s->verified[i];
	s->verified = realloc(s->verified, (s->verifieds + 1) * sizeof *s->verified);
	if (!s->verified)
		abort();
	s->verified[s->verifieds] = (struct verified){.log = *log};
	return &s->verified[s->verifieds++];
}

/* ---- what a node says ---- */

/* Nobody here is dishonest: whatever says so is wrong. */
void check_line(struct node *n, const char *line)
{
	struct sim *s = n->ctx;
	sim_trace(s, "node%d %s", n->index, line);
	if (strncmp(line, "event=alarm", 11) == 0)
		sim_fail(s, "accused", "node%d: %.400s", n->index, line);
}

/* ---- nobody outside an audience holds it; it is what was said; once ---- */

static int reader_of(struct sim *s, struct txn *t, uint64_t record)
{
	struct walk w;
	struct occurrence o;
	struct log_row log;
	int who = -1;
	sim_must(s, occurrences_walk(t, record, &w), "occurrences_walk");
	if (occurrences_next(&w, &o) && o.log && logs_by_no(t, o.log, &log) == OK)
		who = sim_who(s, &log.target);
	sim_must(s, walk_close(&w, OK), "walk_close");
	return who;
}

static void one_record(struct sim *s, struct place *p, struct txn *t, uint64_t no, struct arena *a)
{
	struct record_row row;
	struct record r;
	struct complaint why;
	struct id id;
	sim_must(s, records_by_no(t, no, &row), "records_by_no");
	if (!row.payload.n)
		return;
	record_id(row.payload, &id);
	size_t at = truth_find(s, &row.id);
	if (!id_eq(&id, &row.id))
		sim_fail(s, "bytes", "node%d holds other bytes under the id of record %llu", p->node.index, (unsigned long long)no);
	if (!at && record_decode(row.payload, a, &r, &why) == OK && id_eq(&r.author, &p->org) && (r.kind == KIND_LOG_OPEN || r.kind == KIND_PAIR))
		at = truth_own(s, p->node.index, &row.id, r.kind, reader_of(s, t, no));
	if (!at)
		sim_fail(s, "audience", "node%d holds a record that nobody said", p->node.index);
	if (!truth_may_hold(s, &s->said[at - 1], p->node.index))
		sim_fail(s, "audience", "node%d holds a record of kind %d of node%d that it must not have", p->node.index, (int)s->said[at - 1].kind,
		         s->said[at - 1].author);
}

static void new_records(struct sim *s, struct place *p, struct txn *t, struct arena *a)
{
	struct record_row row;
	while (records_by_no(t, p->records + 1, &row) == OK)
		one_record(s, p, t, ++p->records, a);
}

/* ---- receipts ---- */

static bool counts_here(struct sim *s, struct txn *t, uint64_t record, uint32_t log, uint64_t n, size_t index)
{
	struct record_row row;
	struct occurrence o;
	struct walk w;
	size_t here = 0;
	bool good = false;
	sim_must(s, records_by_no(t, record, &row), "records_by_no");
	sim_must(s, occurrences_walk(t, record, &w), "occurrences_walk");
	while (occurrences_next(&w, &o))
		if (o.log == log && o.n == n && o.index == index) {
			here++;
			good = verdict_class((enum verdict)o.verdict) == 'G';
		}
	sim_must(s, walk_close(&w, OK), "walk_close");
	if (here != 1)
		sim_fail(s, "once", "a record stands %zu times at one place of a log", here);
	return good && row.payload.n > 0;
}

static bool may_except(struct sim *s, int author, uint8_t code)
{
	if (code == VERDICT_DATED)
		return s->place[author].went_back;
	return code == VERDICT_BODY_MISSING && s->strength[FAULT_STRAY];
}

/* The reader's own newest receipt says exactly what its store holds. */
static void own_receipt(struct sim *s, struct place *p, struct txn *t, const struct log_row *log, struct arena *a)
{
	struct verified *v = verified(s, &log->id);
	struct receipt_row row;
	struct receipt r;
	int author = sim_who(s, &log->author);
	if (receipts_newest(t, log->no, &p->org, &row) != OK)
		return;
	sim_must(s, receipt_decode(row.payload, a, &r), "a receipt of our own");
	if (!id_eq(&r.log, &log->id) || !id_eq(&r.entry, &log->head) || r.n != log->n)
		sim_fail(s, "receipt", "node%d signed for entry %llu of a log of node%d of which it holds %llu", p->node.index, (unsigned long long)r.n,
		         author, (unsigned long long)log->n);
	for (uint64_t n = r.exceptions ? 1 : v->by_reader + 1; n <= r.n; n++) {
		struct entry_row e;
		if (entries_get(t, log->no, n, &e) != OK)
			sim_fail(s, "gap", "node%d signed for a log of node%d without entry %llu", p->node.index, author, (unsigned long long)n);
		for (size_t i = 0; i < e.records; i++) {
			uint8_t code = 0;
			bool covered = receipt_covers(&r, n, i, &code), good = counts_here(s, t, e.record[i], log->no, n, i);
			if (covered != good)
				sim_fail(s, "receipt", "node%d %s for record %zu of entry %llu of node%d, which it has %s", p->node.index,
				         covered ? "signed" : "did not sign", i, (unsigned long long)n, author, good ? "well" : "not");
			if (!covered && !may_except(s, author, code))
				sim_fail(s, "accused", "node%d refused a record of node%d: %s", p->node.index, author, verdict_text((enum verdict)code));
		}
	}
	v->by_reader = r.n;
}

static void same_entry(struct sim *s, struct txn *ta, struct txn *tr, const struct entry_row *ea, const struct entry_row *er, const struct receipt *r)
{
	if (!span_eq(ea->payload, er->payload) || ea->records != er->records)
		sim_fail(s, "lost", "entry %llu is receipted and held with other bytes", (unsigned long long)ea->n);
	for (size_t i = 0; i < ea->records; i++) {
		struct record_row x, y;
		uint8_t code = 0;
		bool covered = receipt_covers(r, ea->n, i, &code);
		sim_must(s, records_by_no(ta, ea->record[i], &x), "records_by_no");
		sim_must(s, records_by_no(tr, er->record[i], &y), "records_by_no");
		if (!id_eq(&x.id, &y.id) || (covered && !span_eq(x.payload, y.payload)))
			sim_fail(s, "lost", "a record that node%d signed for is not there as it was sent", sim_who(s, &r->receiver));
	}
}

/* What the author holds a receipt for is durably at the reader. False: it is down and cannot be asked. */
static bool held_receipt(struct sim *s, struct txn *t, const struct log_row *log, struct arena *a)
{
	int reader = sim_who(s, &log->target), author = sim_who(s, &log->author);
	struct place *q = &s->place[reader];
	struct verified *v = verified(s, &log->id);
	struct receipt_row row;
	struct log_row there;
	struct receipt r;
	struct txn *u;
	if (receipts_newest(t, log->no, &log->target, &row) != OK)
		return true;
	sim_must(s, receipt_decode(row.payload, a, &r), "a receipt that is kept");
	if (!id_eq(&r.log, &log->id))
		sim_fail(s, "receipt", "node%d keeps a receipt under a log it is not about", author);
	if (r.n <= v->by_author)
		return true;
	if (!q->node.store)
		return false;
	sim_must(s, store_read(q->node.store, &u), "store_read");
	if (logs_get(u, &log->id, &there) != OK || there.n < r.n)
		sim_fail(s, "lost", "node%d holds a receipt of node%d for %llu entries, of which %llu are there", author, reader, (unsigned long long)r.n,
		         (unsigned long long)(logs_get(u, &log->id, &there) == OK ? there.n : 0));
	for (uint64_t n = v->by_author + 1; n <= r.n; n++) {
		struct entry_row ea, er;
		sim_must(s, entries_get(t, log->no, n, &ea), "entries_get");
		sim_must(s, entries_get(u, there.no, n, &er), "entries_get");
		same_entry(s, t, u, &ea, &er, &r);
	}
	store_abort(u);
	v->by_author = r.n;
	s->out->counts.receipts++;
	return true;
}

static void all_logs(struct sim *s, struct place *p, struct txn *t, struct arena *a)
{
	struct walk w;
	struct log_row log;
	p->recheck = false;
	sim_must(s, logs_walk(t, &w), "logs_walk");
	while (logs_next(&w, &log)) {
		if (log.frozen)
			sim_fail(s, "accused", "node%d holds a log of node%d for forked", p->node.index, sim_who(s, &log.author));
		if (!id_eq(&log.author, &p->org))
			own_receipt(s, p, t, &log, a);
		else if (!held_receipt(s, t, &log, a))
			p->recheck = true;
	}
	sim_must(s, walk_close(&w, OK), "walk_close");
}

/* ---- when ---- */

void check_commit(struct sim *s, struct place *p)
{
	struct arena *a = arena_new();
	struct txn *t;
	sim_must(s, store_read(p->node.store, &t), "store_read");
	new_records(s, p, t, a);
	if (p->fed || p->recheck)
		all_logs(s, p, t, a);
	p->fed = false;
	store_abort(t);
	arena_free(a);
	s->out->counts.checks++;
}

static bool has(struct txn *t, const struct id *id)
{
	struct record_row row;
	return records_by_id(t, id, &row) == OK && row.payload.n > 0;
}

/* What somebody was told "ok" for is there after every death. */
void check_up(struct sim *s, struct place *p)
{
	struct txn *t;
	sim_must(s, store_read(p->node.store, &t), "store_read");
	for (size_t i = 0; i < s->saids; i++)
		if (s->said[i].author == p->node.index && s->said[i].promised && !has(t, &s->said[i].id))
			sim_fail(s, "promised", "node%d said ok to a record of kind %d and has lost it", p->node.index, (int)s->said[i].kind);
	store_abort(t);
	p->fed = true;
	for (int i = 0; i < s->nodes; i++)
		if (s->place[i].recheck && s->place[i].node.core)
			check_commit(s, &s->place[i]);
}

void check_delivered(struct sim *s, size_t record)
{
	const struct said *r = &s->said[record - 1];
	for (int i = 0; i < s->nodes; i++) {
		struct txn *t;
		if (!set_has(&r->told, i) || !s->place[i].node.store)
			continue;
		sim_must(s, store_read(s->place[i].node.store, &t), "store_read");
		if (!has(t, &r->id))
			sim_fail(s, "lost", "node%d was told that node%d has a record, which has it not", r->author, i);
		store_abort(t);
		s->out->counts.deliveries++;
	}
}

/* ---- in the end ---- */

/* All that a says to b is at b and a knows it. */
static bool flowed(struct sim *s, int from, int to, char *why, size_t room)
{
	struct place *p = &s->place[from], *q = &s->place[to];
	struct arena *a = arena_new();
	struct txn *t, *u;
	struct walk w;
	uint32_t no;
	bool good = true;
	sim_must(s, store_read(p->node.store, &t), "store_read");
	sim_must(s, store_read(q->node.store, &u), "store_read");
	sim_must(s, logs_walk_audience(t, &p->org, AUDIENCE_DIRECT, &q->org, &w), "logs_walk_audience");
	while (good && logs_next_no(&w, &no)) {
		struct log_row log, there = {0};
		struct receipt_row row;
		struct receipt r = {0};
		sim_must(s, logs_by_no(t, no, &log), "logs_by_no");
		(void)(logs_get(u, &log.id, &there) == OK);
		if (receipts_newest(t, no, &q->org, &row) == OK)
			sim_must(s, receipt_decode(row.payload, a, &r), "receipt_decode");
		good = there.n == log.n && r.n == log.n;
		if (!good)
			(void)snprintf(why, room, "node%d has said %llu entries to node%d, which holds %llu; the receipt is for %llu", from,
			               (unsigned long long)log.n, to, (unsigned long long)there.n, (unsigned long long)r.n);
	}
	sim_must(s, walk_close(&w, OK), "walk_close");
	store_abort(t);
	store_abort(u);
	arena_free(a);
	return good;
}

static void empty(struct sim *s, struct place *p, enum table table, const char *what)
{
	struct txn *t;
	uint64_t n;
	sim_must(s, store_read(p->node.store, &t), "store_read");
	sim_must(s, store_count(t, table, &n), "store_count");
	store_abort(t);
	if (n)
		sim_fail(s, "left", "node%d: %llu rows of %s are left", p->node.index, (unsigned long long)n, what);
}

static bool linked(struct sim *s, int from, int to, char *why, size_t room)
{
	struct core_link l;
	core_link_state(s->place[from].node.core, &s->place[to].org, &l);
	if (!l.linked)
		(void)snprintf(why, room, "node%d has no link to node%d", from, to);
	return l.linked;
}

bool check_converged(struct sim *s, char *why, size_t room)
{
	for (int i = 0; i < s->nodes; i++)
		if (!s->place[i].node.core)
			return false;
	for (size_t i = 0; i < s->bonds; i++) {
		const struct bond *b = &s->bond[i];
		if (!bond_settled(s, i, why, room))
			return false;
		if (!b->started || b->ending)
			continue;
		if (!linked(s, b->host, b->guest, why, room) || !linked(s, b->guest, b->host, why, room))
			return false;
		if (!flowed(s, b->host, b->guest, why, room) || !flowed(s, b->guest, b->host, why, room))
			return false;
	}
	return true;
}

/* What had to wait was judged, and does not count against anybody's quota any more. */
static void none_parked(struct sim *s, int at, int from)
{
	struct txn *t;
	struct span value;
	sim_must(s, store_read(s->place[at].node.store, &t), "store_read");
	enum err e = store_get(t, TABLE_PARKED, ID_SPAN(&s->place[from].org), &value);
	store_abort(t);
	if (e != ERR_NOT_FOUND && !s->place[at].stained)
		sim_fail(s, "left", "node%d: entries of node%d are still parked", at, from);
}

static void told(struct sim *s, struct txn *t, struct place *p, const struct said *r)
{
	struct record_row row;
	bool v, w;
	for (int i = 0; i < s->nodes; i++) {
		struct delivery_state d;
		if (!set_has(&r->told, i) || bond_state(s, p->node.index, i, &v, &w) != PARTNER_ACTIVE)
			continue;
		sim_must(s, records_by_id(t, &r->id, &row), "records_by_id");
		sim_must(s, core_delivery(t, &p->org, row.no, &s->place[i].org, &d), "core_delivery");
		if (d.state != DELIVERY_STORED && !(d.state == DELIVERY_EXCEPTION && d.code == VERDICT_DATED && p->went_back))
			sim_fail(s, "promised", "node%d said ok to a record of kind %d for node%d and never delivered it: state %d, %s", p->node.index,
			         (int)r->kind, i, (int)d.state, verdict_text((enum verdict)d.code));
	}
}

static void no_doubles(struct sim *s, struct txn *t, struct place *p, const struct log_row *log, size_t *seen)
{
	for (uint64_t n = 1; n <= log->n; n++) {
		struct entry_row e;
		if (entries_get(t, log->no, n, &e) != OK)
			sim_fail(s, "gap", "node%d: entry %llu of a log is missing", p->node.index, (unsigned long long)n);
		for (size_t i = 0; i < e.records; i++) {
			if (seen[e.record[i]] == log->no)
				sim_fail(s, "once", "node%d: a record stands twice in one log", p->node.index);
			seen[e.record[i]] = log->no;
		}
	}
}

static void whole(struct sim *s, struct place *p)
{
	struct txn *t;
	struct walk w;
	struct log_row log;
	size_t *seen = calloc(p->records + 1, sizeof *seen);
	if (!seen)
		abort();
	sim_must(s, store_read(p->node.store, &t), "store_read");
	sim_must(s, logs_walk(t, &w), "logs_walk");
	while (logs_next(&w, &log))
		no_doubles(s, t, p, &log, seen);
	sim_must(s, walk_close(&w, OK), "walk_close");
	for (size_t i = 0; i < s->saids; i++)
		if (s->said[i].author == p->node.index && s->said[i].promised)
			told(s, t, p, &s->said[i]);
	store_abort(t);
	free(seen);
}

static void problem(void *ctx, const char *text)
{
	sim_fail(ctx, "store check", "%s", text);
}

void check_end(struct sim *s)
{
	for (int i = 0; i < s->nodes; i++) {
		struct place *p = &s->place[i];
		struct check_figures f;
		/* Everything once more from the beginning. */
		for (size_t k = 0; k < s->verifieds; k++)
			s->verified[k].by_author = s->verified[k].by_reader = 0;
		p->records = 0;
		p->fed = true;
		check_commit(s, p);
		check_up(s, p);
		whole(s, p);
		empty(s, p, TABLE_UNLOGGED, "what was not logged");
		empty(s, p, TABLE_EVIDENCE, "evidence");
		empty(s, p, TABLE_CONTRADICTIONS, "evidence of a contradiction");
		sim_must(s, check_run(p->node.store, &(struct check_ops){.say = problem, .ctx = s}, &f), "store check");
	}
	for (size_t i = 0; i < s->bonds; i++) {
		const struct bond *b = &s->bond[i];
		if (!b->started || b->ending)
			continue;
		s->out->counts.pairs++;
		none_parked(s, b->host, b->guest);
		none_parked(s, b->guest, b->host);
	}
}
