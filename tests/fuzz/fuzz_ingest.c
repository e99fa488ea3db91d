/* An evil partner's entries into a real node's ingest. The input is a program: it signs good entries and records, changes them under a
 * new signature or under the old one, and hands them over, while statements come and the operator suspends and resumes. Whatever it does:
 * the verdict is one of the list and leaves in the store just what its class allows, the receipts say what is stored, the store check is
 * clean, and an honest partner is served as if nothing had happened. */
#include "node/cut.h"
#include "tests/unit/evil.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define MADE 24u
#define STEPS 40u
#define CHAINS 3u

extern const uint64_t fuzz_runs;
const uint64_t fuzz_runs = 600; /* each opens a store */

struct program {
	const uint8_t *p;
	size_t n;
};

struct made {
	struct carried_entry e;
	struct maker *by;
};

static struct evil v;
static struct maker honest;
static struct buf pristine; /* the store's file as every run finds it */
static char data_path[128];
static int64_t start;
static struct chain chain[CHAINS];
static struct made made[MADE];
static size_t mades;

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* ---- the same world for every run ---- */

static void file_read(struct buf *out)
{
	int fd = open(data_path, O_RDONLY);
	uint8_t block[4096];
	size_t used = 0;
	ssize_t n;

	must(fd >= 0);
	while ((n = read(fd, block, sizeof block)) > 0) {
		must(buf_add(out, block, (size_t)n) == OK);
		for (ssize_t i = 0; i < n; i++)
			if (block[i])
				used = out->n;
	}
	close(fd);
	out->n = used; /* behind it are only holes up to the size of the map */
}

static void file_write(void)
{
	int fd = open(data_path, O_WRONLY | O_TRUNC);

	must(fd >= 0 && write(fd, pristine.p, pristine.n) == (ssize_t)pristine.n);
	close(fd);
}

static void world_close(void)
{
	core_free(v.victim->core);
	store_close(v.victim->store);
	v.victim->core = NULL;
	v.victim->store = NULL;
}

static void world_open(void)
{
	struct node *n = v.victim;
	char path[96];

	snprintf(path, sizeof path, "%s/store", n->folder);
	must(store_open(&(struct store_config){.path = path, .map_size = 16u << 20}, &n->store) == OK);
	must(core_open(n->store, n->vault, &n->world, &n->core) == OK);
}

static void world_end(void)
{
	scenario_close(&v.s); /* its core and store are closed already */
	maker_end(&v.org);
	maker_end(&honest);
	arena_free(v.a);
	buf_free(&pristine);
}

static void world_begin(void)
{
	setenv("CMOCKA_TEST_ABORT", "1", 1); /* asserts of the helpers end the program */
	evil_open(&v);
	maker_rotate(&v.org, "routine");
	maker_begin(&honest, 0xe9, "Honest Ltd");
	evil_enrol(&v, &honest, "honest", PARTNER_ACTIVE);
	snprintf(data_path, sizeof data_path, "%s/store/data.mdb", v.victim->folder);
	start = v.s.now;
	world_close();
	file_read(&pristine);
	atexit(world_end);
}

/* ---- reading the program ---- */

static uint8_t take(struct program *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return *in->p++;
}

static struct made *pick(struct program *in)
{
	return mades ? &made[take(in) % mades] : NULL;
}

static void keep(struct carried_entry e, struct maker *by)
{
	made[mades++ % MADE] = (struct made){e, by};
	if (mades > MADE)
		mades = MADE;
}

/* ---- making ---- */

static struct span record(struct program *in, const struct id *author)
{
	uint8_t what = take(in);
	struct value *m = evil_header(&v, author, what & 0x10 ? 4711 : KIND_INCIDENT_NOTICE, take(in) % 7, evil_notice_body(&v));
	struct span s;

	switch (what % 8) {
	case 1: /* a header member of any value */
		value_set(v.a, m, take(in) % 14, value_int(v.a, (int8_t)take(in)));
		break;
	case 2: /* dated */
		value_set(v.a, m, 3, value_int(v.a, v.s.now + ((int8_t)take(in)) * 60000ll));
		break;
	case 3:
		return evil_log_open(&v, author, take(in) % 3);
	case 4: { /* red and named */
		struct value *named = value_array(v.a);

		value_push(v.a, named, value_id(v.a, what & 0x20 ? scenario_org(v.victim) : author));
		value_set(v.a, m, 4, value_int(v.a, TLP_RED));
		value_set(v.a, m, 11, named);
		break;
	}
	case 5: /* a body member of any value */
		value_set(v.a, (struct value *)value_at(m, 6), take(in) % 66, value_int(v.a, (int8_t)take(in)));
		break;
	default:
		break;
	}
	s = evil_pack(&v, m);
	if (what % 8 == 6 && s.n) /* any byte */
		((uint8_t *)(uintptr_t)s.p)[take(in) % s.n] ^= take(in);
	return s;
}

static struct span forward(struct program *in, const struct id *to)
{
	const struct field *f = kind_by_number(KIND_FORWARD)->fields;
	struct chain ch = evil_chain(&v, &honest, AUDIENCE_DIRECT, &v.org.org);
	struct value *body = value_map(v.a), *list = value_array(v.a);
	struct span inner = record(in, &honest.org);

	(void)to;
	(void)evil_first(&v, &ch);
	struct carried_entry e = evil_one(&v, &ch, inner);
	value_push(v.a, list, statement_value(v.a, &honest.chain[0]));
	fields_set(v.a, f, body, "record", value_bin(v.a, inner));
	fields_set(v.a, f, body, "entry", value_bin(v.a, e.payload));
	fields_set(v.a, f, body, "signature", value_bin(v.a, e.signature));
	fields_set(v.a, f, body, "index", value_int(v.a, take(in) % 4 == 3));
	fields_set(v.a, f, body, "basis", value_str(v.a, "contract"));
	fields_set(v.a, f, body, "relation", value_int(v.a, take(in) % 5));
	fields_set(v.a, f, body, "statements", list);
	return evil_pack(&v, evil_header(&v, &v.org.org, KIND_FORWARD, take(in) % 6, body));
}

static void next_entry(struct program *in, bool with_forward)
{
	struct chain *ch = &chain[take(in) % CHAINS];
	struct span records[8];
	size_t n = 1 + take(in) % 8;

	for (size_t i = 0; i < n; i++)
		records[i] = with_forward && i == 0 ? forward(in, &ch->e.target) : record(in, &v.org.org);
	if (ch->e.n == 1 && take(in) % 8)
		keep(evil_first(&v, ch), &v.org);
	else
		keep(evil_next(&v, ch, records, n), &v.org);
}

/* One member of the entry changed; signed anew, or not. */
static void change_entry(struct program *in)
{
	struct made *m = pick(in);
	struct carried_entry out;
	struct entry e;
	struct buf payload = {0};
	uint8_t what = take(in), *sig = arena_alloc(v.a, SIGN_LEN);
	int64_t number = (int8_t)take(in);

	if (!m || !sig || entry_decode(m->e.payload, &e) != OK)
		return;
	switch (what % 12) {
	case 0: e.author = honest.org; break;
	case 1: e.kseq = (uint64_t)number; break;
	case 2: e.type = (enum audience)(number & 3); break;
	case 3: e.target = number & 1 ? honest.org : *scenario_org(v.victim); break;
	case 4: e.incarnation += (uint64_t)number; break;
	case 5: e.n += (uint64_t)number; break;
	case 6: e.prev.b[number & 31] ^= 1; break;
	case 7: e.count += (uint64_t)number; break;
	case 8: e.root.b[number & 31] ^= 1; break;
	case 9: e.time += number * 60000; break;
	case 10: e.has_roster = true; break;
	default: memset(&e.target, 0, sizeof e.target); break;
	}
	out = m->e;
	if (entry_encode(&e, &payload) != OK)
		return;
	out.payload = evil_keep(&v, &payload);
	if (!(what & 0x80)) {
		maker_sign(m->by, e.kseq < m->by->n ? e.kseq : 0, SIGN_ENTRY, out.payload, sig);
		out.signature = SPAN(sig, SIGN_LEN);
	}
	keep(out, m->by);
}

/* The records that travel with it: fewer, more, gone, exchanged, changed; and a root that fits them, or not. */
static void change_records(struct program *in)
{
	struct made *m = pick(in);
	struct carried_record *r = arena_alloc(v.a, 10 * sizeof *r), t;
	uint8_t what = take(in), at = take(in);
	struct carried_entry out;
	struct entry e;

	if (!m || !r || m->e.records > 8 || m->e.records == 0)
		return;
	memcpy(r, m->e.record, m->e.records * sizeof *r);
	out = m->e;
	out.record = r;
	at %= (uint8_t)m->e.records;
	switch (what % 6) {
	case 0: out.records--; break;
	case 1: r[out.records++] = r[at]; break;
	case 2: r[at].gone = true; r[at].bytes = SPAN(NULL, 0); break;
	case 3: t = r[0]; r[0] = r[at]; r[at] = t; break;
	case 4: r[at] = evil_carry(record(in, &v.org.org)); break;
	default: r[out.records++] = evil_carry(record(in, &honest.org)); break;
	}
	if (what & 0x80 && out.records && entry_decode(m->e.payload, &e) == OK) {
		evil_root(&e, r, out.records);
		out = evil_sign(&v, &v.org, &e, r, out.records);
	}
	keep(out, m->by);
}

static void change_bytes(struct program *in)
{
	struct made *m = pick(in);
	bool signature = take(in) & 1;
	struct span s = m ? signature ? m->e.signature : m->e.payload : SPAN(NULL, 0);
	struct carried_entry out;
	uint8_t *copy = arena_alloc(v.a, s.n + 1);

	if (!m || !copy || s.n == 0)
		return;
	memcpy(copy, s.p, s.n);
	copy[take(in) % s.n] ^= take(in);
	out = m->e;
	if (signature)
		out.signature = SPAN(copy, SIGN_LEN);
	else
		out.payload = SPAN(copy, s.n - (take(in) == 1));
	keep(out, m->by);
}

/* ---- handing over ---- */

static struct trace rows(void)
{
	struct trace t = {{0}};

	for (int i = 0; i < TABLE_COUNT; i++)
		if (i != TABLE_OPERATIONS && i != TABLE_META)
			must(store_count(core_txn(v.victim->core), (enum table)i, &t.rows[i]) == OK);
	return t;
}

static bool in_list(enum verdict verdict)
{
#define X(name, number, class, blames, text) case name:
	switch (verdict) {
		VERDICT_TABLE(X)
		return true;
	}
#undef X
	return false;
}

/* May this verdict have changed this table? */
static bool may_change(enum verdict verdict, enum table table)
{
	switch (verdict_class(verdict)) {
	case 'F':
		return verdict == VERDICT_FORK && (table == TABLE_EVIDENCE || table == TABLE_CONTRADICTIONS);
	case 'T':
		return table == TABLE_PARKED;
	case 'G':
		return verdict != VERDICT_KNOWN || table == TABLE_EXCEPTIONS || table == TABLE_RECORDS || table == TABLE_RECORD_IDS ||
		       table == TABLE_BY_KIND || table == TABLE_BY_THREAD || table == TABLE_BY_REF || table == TABLE_OCCURRENCES;
	default:
		return false;
	}
}

/* What was taken is the signed batch, whole and without repetition. */
static void batch_right(const struct carried_entry *in)
{
	struct id ids[10], root;
	struct entry e;

	must(in->records <= 10 && entry_decode(in->payload, &e) == OK && e.count == in->records);
	for (size_t i = 0; i < in->records; i++) {
		ids[i] = in->record[i].id;
		for (size_t k = 0; k < i; k++)
			must(!id_eq(&ids[k], &ids[i]));
	}
	merkle_root(ids, in->records, &root);
	must(id_eq(&root, &e.root));
}

/* No exception says that bytes are missing which have come, or come just now. */
static void healed(const struct ingest_result *r, const struct carried_entry *in)
{
	struct arena *a = arena_new();
	struct exception *open;
	size_t count;

	must(exceptions_all(core_txn(v.victim->core), r->log_no, a, &open, &count) == OK);
	for (size_t i = 0; i < count; i++)
		must(open[i].n != r->n || open[i].code != VERDICT_BODY_MISSING || in->record[open[i].index].gone);
	arena_free(a);
}

static void left_right(const struct ingest_result *r, const struct carried_entry *in)
{
	struct txn *t = core_txn(v.victim->core);
	struct carried_entry waits;
	struct log_row log;

	if (r->verdict == VERDICT_FORK)
		must(logs_get(t, &r->log, &log) == OK && log.frozen && log.frozen <= r->n);
	if (verdict_class(r->verdict) != 'G')
		return;
	must(parked_get(t, &r->author, &r->log, r->n, v.a, &waits) == ERR_NOT_FOUND);
	healed(r, in);
	if (r->verdict != VERDICT_KNOWN)
		batch_right(in);
}

static struct ingest_result put(const struct carried_entry *e, const struct id *peer)
{
	struct trace before = rows(), after;
	struct ingest_result r = evil_put_in_turn(&v, e, peer);

	must(in_list(r.verdict) && verdict_class(r.verdict) != 'E');
	after = rows();
	for (int i = 0; i < TABLE_COUNT; i++)
		must(before.rows[i] == after.rows[i] || may_change(r.verdict, (enum table)i));
	if (verdict_class(r.verdict) == 'G' && r.verdict != VERDICT_KNOWN)
		must(after.rows[TABLE_ENTRIES] > before.rows[TABLE_ENTRIES] && r.log_no != 0 && r.held >= r.n);
	left_right(&r, e);
	return r;
}

static void put_one(struct program *in)
{
	struct made *m = pick(in);
	uint8_t by = take(in);

	if (m)
		(void)put(&m->e, by % 8 == 7 ? NULL : by % 8 == 6 ? &honest.org : &v.org.org);
}

/* What is stored of every log is what our newest receipt over it says. Beyond the place where a newer key of its author cut it none is given, but one
 * given before may stand. */
static void receipts_right(void)
{
	const struct id *self = scenario_org(v.victim);
	struct arena *a = arena_new();
	struct log_row log;
	struct walk w;
	struct txn *t;

	must(store_read(v.victim->store, &t) == OK && logs_walk(t, &w) == OK);
	while (logs_next(&w, &log)) {
		struct receipt_row row;
		struct receipt r;
		struct exception *open;
		size_t count;
		uint64_t counted;

		if (id_eq(&log.author, self))
			continue;
		must(cut_counted(t, a, &log, &counted) == OK);
		if (counted == 0 && receipts_newest(t, log.no, self, &row) == ERR_NOT_FOUND)
			continue;
		must(receipts_newest(t, log.no, self, &row) == OK && receipt_decode(row.payload, a, &r) == OK);
		must(id_eq(&r.log, &log.id) && r.n >= counted && r.n <= log.n);
		if (counted < log.n)
			continue;
		must(r.n == log.n && id_eq(&r.entry, &log.head) && id_eq(&r.log, &log.id));
		must(exceptions_all(t, log.no, a, &open, &count) == OK && count == r.exceptions);
		for (size_t i = 0; i < count; i++)
			must(open[i].n == r.exception[i].n && open[i].code == r.exception[i].code && open[i].index == r.exception[i].index);
	}
	must(walk_close(&w, OK) == OK);
	store_abort(t);
	arena_free(a);
}

static void turn(void)
{
	evil_done(&v);
	receipts_right();
	evil_turn(&v);
}

static void operate(struct program *in)
{
	static const enum partner_state states[] = {PARTNER_ACTIVE, PARTNER_SUSPENDED, PARTNER_REMOVED, PARTNER_PENDING};
	struct core *c = v.victim->core;
	enum partner_state state = states[take(in) % 4];

	evil_done(&v);
	evil_state(&v, &v.org, state);
	evil_turn(&v);
	if (state == PARTNER_ACTIVE)
		must(ingest_parked(c, &v.org.org) == OK);
}

static void statement(void)
{
	struct core *c = v.victim->core;
	enum err e = statements_put(core_txn(c), &v.org.org, 1, &v.org.chain[1]);

	must(e == OK || e == ERR_CONFLICT);
	must(ingest_parked(c, &v.org.org) == OK);
}

static void step(struct program *in)
{
	switch (take(in) % 12) {
	case 0:
	case 1: next_entry(in, false); break;
	case 2: next_entry(in, true); break;
	case 3: change_entry(in); break;
	case 4: change_records(in); break;
	case 5: change_bytes(in); break;
	case 6:
	case 7: put_one(in); break;
	case 8: turn(); break;
	case 9: operate(in); break;
	case 10: statement(); break;
	default: /* all that was made, in order */
		for (size_t i = 0; i < mades; i++)
			(void)put(&made[i].e, &v.org.org);
		break;
	}
}

/* Whatever happened, an honest partner's entries are stored and receipted. */
static void honest_served(void)
{
	struct chain ch = evil_chain(&v, &honest, AUDIENCE_DIRECT, scenario_org(v.victim));
	struct carried_entry first = evil_first(&v, &ch), second = evil_notice_entry(&v, &ch);

	must(put(&first, &honest.org).verdict == VERDICT_GOOD);
	must(put(&second, &honest.org).verdict == VERDICT_GOOD);
}

static void chains_begin(void)
{
	static const struct id nobody;

	chain[0] = evil_chain(&v, &v.org, AUDIENCE_DIRECT, scenario_org(v.victim));
	chain[1] = evil_chain(&v, &v.org, AUDIENCE_PARTNERS, &nobody);
	chain[2] = evil_chain(&v, &v.org, AUDIENCE_DIRECT, scenario_org(v.victim));
	chain[2].e.kseq = 1;
	entry_log(&chain[2].e, &chain[2].e.prev);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct program in = {p, n};

	if (pristine.n == 0)
		world_begin();
	file_write();
	arena_reset(v.a);
	v.incarnation = 1000;
	v.nonce = 0;
	v.s.now = start;
	v.s.random = 1;
	mades = 0;
	world_open();
	chains_begin();
	evil_turn(&v);
	for (unsigned i = 0; i < STEPS && in.n; i++)
		step(&in);
	honest_served();
	evil_done(&v);
	receipts_right();
	evil_check(v.victim);
	world_close();
	return 0;
}
