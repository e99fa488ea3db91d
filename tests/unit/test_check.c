#include "tests/unit/maker.h"
#include "tests/unit/store_help.h"

#include "proto/kinds.h"
#include "proto/merkle.h"
#include "proto/pack.h"
#include "proto/verdict.h"
#include "proto/contradiction.h"
#include "store/check.h"
#include "store/logs.h"
#include "store/orgs.h"
#include "store/records.h"
#include "store/rosters.h"
#include "store/locals.h"

/* A small store with real signatures, in which every table has rows. */
struct world {
	struct folder folder;
	struct maker us, them;
	struct arena *a;
	uint8_t nonce;
	uint64_t now;
};

static void make_record(struct world *w, const struct maker *author, struct record r, struct buf *out)
{
	r.author = author->org;
	r.created = MAKER_TIME;
	r.tlp = TLP_GREEN;
	r.nonce[0] = ++w->nonce;
	if (!r.body)
		r.body = value_map(w->a);
	assert_int_equal(record_encode(&r, out), OK);
}

/* Signs an entry of these records at the end of the log; stores nothing. */
static void make_entry(const struct maker *author, const struct log_row *log, const struct buf *records, size_t n,
                       struct buf *payload, uint8_t signature[64])
{
	struct entry e = {.author = log->author, .kseq = log->kseq, .type = log->type, .target = log->target};
	struct id ids[8];

	e.incarnation = log->incarnation;
	e.n = log->n + 1;
	e.prev = log->head;
	e.count = n;
	e.time = MAKER_TIME;
	for (size_t i = 0; i < n; i++)
		record_id(buf_span(&records[i]), &ids[i]);
	merkle_root(ids, n, &e.root);
	assert_int_equal(entry_encode(&e, payload), OK);
	maker_sign(author, log->kseq, SIGN_ENTRY, buf_span(payload), signature);
}

static void post(struct txn *t, const struct maker *author, struct log_row *log, const struct buf *records, size_t n)
{
	struct buf payload = {0};
	uint8_t signature[64];
	bool fresh;

	make_entry(author, log, records, n, &payload, signature);
	struct entry_row row = {.log = log->no, .n = log->n + 1, .received = MAKER_TIME, .records = n};
	row.payload = buf_span(&payload);
	row.signature = SPAN(signature, 64);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(records_put(t, buf_span(&records[i]), MAKER_TIME, &row.record[i], &fresh), OK);
		struct occurrence o = {row.record[i], log->no, row.n, (uint16_t)i, VERDICT_GOOD, MAKER_TIME};
		assert_int_equal(occurrences_put(t, &o), OK);
	}
	assert_int_equal(entries_put(t, &row), OK);
	log->n = row.n;
	entry_hash(row.payload, &log->head);
	assert_int_equal(logs_put(t, log), OK);
	buf_free(&payload);
}

static struct log_row open_log(struct txn *t, const struct maker *author, uint64_t kseq, const struct maker *to)
{
	struct log_row log = {.author = author->org, .target = to->org, .kseq = kseq, .type = AUDIENCE_DIRECT};
	struct entry e = {.author = author->org, .target = to->org, .kseq = kseq, .incarnation = MAKER_TIME};

	log.incarnation = MAKER_TIME;
	entry_log(&e, &log.id);
	log.head = log.id;
	assert_int_equal(logs_put(t, &log), OK);
	return log;
}

static void receipt(struct txn *t, const struct maker *by, uint64_t kseq, const struct log_row *log, const struct exception *x,
                    size_t n)
{
	struct receipt r = {.log = log->id, .receiver = by->org, .kseq = kseq, .n = log->n, .entry = log->head, .time = MAKER_TIME};
	struct buf payload = {0};
	uint8_t signature[64];

	r.exception = x;
	r.exceptions = n;
	assert_int_equal(receipt_encode(&r, &payload), OK);
	maker_sign(by, kseq, SIGN_RECEIPT, buf_span(&payload), signature);
	struct receipt_row row = {.log = log->no, .receiver = by->org, .n = log->n, .received = MAKER_TIME, .payload = buf_span(&payload)};
	row.signature = SPAN(signature, 64);
	assert_int_equal(receipts_put(t, &row), OK);
	buf_free(&payload);
}

static void add_logs(struct world *w, struct txn *t)
{
	static const struct exception refused = {2, true, 1, VERDICT_TLP};
	struct log_row ours = open_log(t, &w->us, 0, &w->them), theirs = open_log(t, &w->them, 1, &w->us);
	struct buf first = {0}, r[3] = {{0}};
	struct id thread;

	make_record(w, &w->us, (struct record){.kind = KIND_LOG_OPEN}, &first);
	post(t, &w->us, &ours, &first, 1);
	buf_clear(&first);
	make_record(w, &w->them, (struct record){.kind = KIND_LOG_OPEN}, &first);
	post(t, &w->them, &theirs, &first, 1);
	make_record(w, &w->us, (struct record){.kind = KIND_INCIDENT_NOTICE}, &r[0]);
	record_id(buf_span(&r[0]), &thread);
	struct record reply = {.kind = KIND_REPLY, .has_thread = true, .thread = thread, .parents = 1, .parent = {thread}};
	make_record(w, &w->us, reply, &r[1]);
	make_record(w, &w->us, (struct record){.kind = 4000}, &r[2]);
	post(t, &w->us, &ours, r, 3);
	receipt(t, &w->them, 1, &ours, NULL, 0);
	for (size_t i = 0; i < 2; i++) {
		buf_clear(&r[i]);
		make_record(w, &w->them, (struct record){.kind = KIND_REPLY, .has_thread = true, .thread = thread}, &r[i]);
	}
	post(t, &w->them, &theirs, r, 2);
	assert_int_equal(exceptions_put(t, theirs.no, &refused), OK);
	receipt(t, &w->us, 0, &theirs, &refused, 1);
	buf_free(&first);
	for (size_t i = 0; i < 3; i++)
		buf_free(&r[i]);
}

/* What those two prove, as it goes to others. */
static void add_contradiction(struct world *w, struct txn *t, const struct value *pair)
{
	struct contradiction c = {.kind = CONTRADICTION_ENTRIES, .statements = w->them.n, .statement = w->them.chain};
	struct contradiction_report r;
	struct value *row = value_map(w->a);
	struct buf file = {0};
	uint8_t key[CONTRADICTION_KEY];

	for (size_t i = 0; i < 2; i++) {
		assert_true(value_is_bin(value_item(value_item(pair, i), 0), &c.side[i].payload));
		assert_true(value_is_bin(value_item(value_item(pair, i), 1), &c.side[i].signature));
	}
	assert_int_equal(contradiction_encode(&c, &file), OK);
	assert_int_equal(contradiction_verify(buf_span(&file), w->a, &r), OK);
	contradiction_key(&r, key);
	fields_set(w->a, proven_fields, row, "file", value_bin(w->a, buf_span(&file)));
	fields_set(w->a, proven_fields, row, "received", value_int(w->a, MAKER_TIME));
	assert_int_equal(rows_put(t, TABLE_CONTRADICTIONS, SPAN(key, sizeof key), row), OK);
	buf_free(&file);
}

/* An entry that waits, and two that were signed for one place. */
static void add_carried(struct world *w, struct txn *t)
{
	struct log_row log = {.author = w->them.org, .target = w->us.org, .kseq = 1, .type = AUDIENCE_DIRECT, .n = 7};
	struct entry as = {.author = w->them.org, .target = w->us.org, .kseq = 1};
	struct buf record = {0}, payload = {0}, packed = {0};
	struct carried_record cr = {0};
	struct value *pair = value_array(w->a);
	uint8_t signature[64];

	entry_log(&as, &log.id);
	for (int i = 0; i < 2; i++) {
		buf_clear(&record);
		buf_clear(&payload);
		make_record(w, &w->them, (struct record){.kind = KIND_REPLY}, &record);
		make_entry(&w->them, &log, &record, 1, &payload, signature);
		cr.bytes = buf_span(&record);
		struct carried_entry e = {buf_span(&payload), SPAN(signature, 64), 1, &cr};
		if (i == 0)
			assert_int_equal(parked_put(t, &w->them.org, &log.id, 8, &e), OK);
		value_push(w->a, pair, carried_value(w->a, &e));
	}
	assert_int_equal(pack_encode(pair, &packed), OK);
	assert_int_equal(store_put(t, TABLE_EVIDENCE, ID_SPAN(&log.id), buf_span(&packed)), OK);
	add_contradiction(w, t, pair);
	buf_free(&record);
	buf_free(&payload);
	buf_free(&packed);
}

static void add_rows(struct world *w, struct txn *t)
{
	struct arena *a = w->a;
	struct value *row = value_map(a);
	struct record_row record;
	uint8_t waiting[41] = {AUDIENCE_DIRECT};

	fields_set(a, partner_fields, row, "org", value_id(a, &w->them.org));
	fields_set(a, partner_fields, row, "name", value_str(a, "them"));
	fields_set(a, partner_fields, row, "state", value_int(a, PARTNER_ACTIVE));
	assert_int_equal(rows_put(t, TABLE_PARTNERS, ID_SPAN(&w->them.org), row), OK);
	row = value_map(a);
	fields_set(a, supplier_fields, row, "name", value_str(a, "acme"));
	assert_int_equal(locals_put(t, &local_supplier, "acme", row), OK);
	fields_set(a, supplier_fields, row, "owner", value_str(a, "ann"));
	assert_int_equal(locals_put(t, &local_supplier, "acme", row), OK);
	row = value_map(a);
	fields_set(a, dependency_fields, row, "name", value_str(a, "cold"));
	fields_set(a, dependency_fields, row, "supplier", value_str(a, "acme"));
	fields_set(a, dependency_fields, row, "function", value_str(a, "f"));
	assert_int_equal(locals_put(t, &local_dependency, "cold", row), OK);
	fields_set(a, dependency_fields, row, "function", value_str(a, "g"));
	assert_int_equal(locals_put(t, &local_dependency, "cold", row), OK);
	row = value_map(a);
	fields_set(a, invite_fields, row, "name", value_str(a, "them"));
	fields_set(a, invite_fields, row, "created", value_int(a, MAKER_TIME));
	fields_set(a, invite_fields, row, "expires", value_int(a, MAKER_TIME + 1));
	assert_int_equal(rows_put(t, TABLE_INVITES, text("0123456789abcdef"), row), OK);
	assert_int_equal(operations_add(t, MAKER_TIME, "ann", "did it", NULL), OK);
	assert_int_equal(records_by_no(t, 1, &record), OK);
	struct id id = record.id;
	assert_int_equal(store_put(t, TABLE_SETS, text("basic"), ID_SPAN(&id)), OK);
	memcpy(waiting + 1, w->them.org.b, 32);
	put_u64be(waiting + 33, 1);
	assert_int_equal(store_put(t, TABLE_UNLOGGED, SPAN(waiting, 41), SPAN(NULL, 0)), OK);
}

/* A consortium of us and them: its first event, and the next, which lacks a signature. */
static void add_consortium(struct world *w, struct txn *t)
{
	struct arena *a = w->a;
	struct value *row = value_map(a), *list = value_array(a);
	struct id convenor[2] = {w->us.org, w->them.org}, hash;
	struct maker *by[2] = {&w->us, &w->them};
	struct roster_member member[2];
	struct roster r = {.title = text("Circle"), .name = text("circle"), .convenors = 2, .convenor = convenor, .threshold = 2, .members = 2,
	                   .member = member, .ceiling = TLP_AMBER, .history = HISTORY_ALL, .time = MAKER_TIME};
	struct roster_event ev = {.signatures = 2};
	bool turned = id_cmp(&w->us.org, &w->them.org) > 0;

	for (size_t i = 0; i < 2; i++) {
		convenor[i] = by[turned ? 1 - i : i]->org;
		member[i] = (struct roster_member){convenor[i], text("Somebody"), 0};
	}
	for (uint64_t rseq = 0; rseq < 2; rseq++) {
		struct buf payload = {0};

		assert_int_equal(roster_encode(&r, &payload), OK);
		ev.payload = buf_span(&payload);
		for (size_t i = 0; i < ev.signatures; i++) {
			struct maker *m = by[turned ? 1 - i : i];

			ev.by[i].org = m->org;
			ev.by[i].kseq = m->n - 1;
			maker_sign(m, m->n - 1, SIGN_ROSTER, ev.payload, ev.by[i].sig);
		}
		roster_consortium(ev.payload, &r, &r.consortium);
		assert_int_equal(rosters_put(t, rseq ? TABLE_PROPOSALS : TABLE_ROSTERS, &r.consortium, &ev), OK);
		roster_hash(ev.payload, &hash);
		r.has_consortium = true;
		r.prev[0] = hash;
		r.prevs = r.rseq = 1;
		ev.signatures = 1;
		buf_free(&payload);
	}
	fields_set(a, consortium_fields, row, "consortium", value_id(a, &r.consortium));
	fields_set(a, consortium_fields, row, "name", value_str(a, "circle"));
	fields_set(a, consortium_fields, row, "state", value_int(a, CONSORTIUM_INVITED));
	fields_set(a, consortium_fields, row, "created", value_int(a, MAKER_TIME));
	assert_int_equal(rows_put(t, TABLE_CONSORTIA, ID_SPAN(&r.consortium), row), OK);
	row = value_map(a);
	value_push(a, list, value_str(a, "them.example:7400"));
	fields_set(a, address_fields, row, "addresses", list);
	fields_set(a, address_fields, row, "own", value_bool(a, true));
	fields_set(a, address_fields, row, "time", value_int(a, MAKER_TIME));
	assert_int_equal(rows_put(t, TABLE_ADDRESSES, ID_SPAN(&w->them.org), row), OK);
}

static int world_make(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	if (!w)
		return -1;
	assert_non_null(w->a = arena_new());
	folder_make(&w->folder);
	folder_open(&w->folder);
	maker_begin(&w->us, 1, "Us");
	maker_begin(&w->them, 2, "Them");
	maker_rotate(&w->them, "routine");
	struct txn *t = writing(&w->folder);
	assert_int_equal(store_put(t, TABLE_META, text("org"), ID_SPAN(&w->us.org)), OK);
	assert_int_equal(statements_put(t, &w->us.org, 0, &w->us.chain[0]), OK);
	assert_int_equal(statements_put(t, &w->them.org, 0, &w->them.chain[0]), OK);
	assert_int_equal(statements_put(t, &w->them.org, 1, &w->them.chain[1]), OK);
	add_logs(w, t);
	add_carried(w, t);
	add_rows(w, t);
	add_consortium(w, t);
	assert_int_equal(store_commit(t), OK);
	*state = w;
	return 0;
}

static int world_end(void **state)
{
	struct world *w = *state;

	folder_remove(&w->folder);
	arena_free(w->a);
	maker_end(&w->us);
	maker_end(&w->them);
	free(w);
	return 0;
}

struct heard {
	uint64_t problems, done, total;
	char text[4096];
};

static void hear(void *ctx, const char *problem)
{
	struct heard *h = ctx;
	size_t n = strlen(h->text);

	h->problems++;
	(void)snprintf(h->text + n, sizeof h->text - n, "%s\n", problem);
}

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	struct heard *h = ctx;

	assert_true(done >= h->done && total >= done);
	h->done = done;
	h->total = total;
}

static struct check_figures run(struct world *w, struct heard *h)
{
	struct check_ops ops = {hear, progress, h};
	struct check_figures fig;

	memset(h, 0, sizeof *h);
	assert_int_equal(check_run(w->folder.store, &ops, &fig), OK);
	assert_int_equal(fig.problems, h->problems);
	return fig;
}

static void a_sound_store_has_no_problems(void **state)
{
	struct world *w = *state;
	struct heard h;
	struct check_figures fig = run(w, &h);
	struct txn *t = reading(&w->folder);
	uint64_t rows, all = 0;

	assert_string_equal(h.text, "");
	assert_int_equal(fig.problems, 0);
	assert_int_equal(fig.statements, 3);
	assert_int_equal(fig.entries, 4);
	assert_int_equal(fig.records, 7);
	assert_int_equal(fig.receipts, 2);
	assert_int_equal(fig.signatures, 6 + 4 + 2 + 2 + 3);
	for (int i = 0; i < TABLE_COUNT; i++) {
		assert_int_equal(store_count(t, (enum table)i, &rows), OK);
		assert_true(rows > 0); /* or the tests below see nothing of it */
		all += rows;
	}
	store_abort(t);
	assert_int_equal(h.done, all);
	assert_int_equal(h.total, all);
	assert_int_equal(fig.statements + fig.records + fig.entries + fig.receipts + fig.index_rows + fig.rows, all);
}

static void an_empty_store_has_no_problems(void **state)
{
	struct folder f;
	struct check_figures fig;

	(void)state;
	folder_make(&f);
	folder_open(&f);
	assert_int_equal(check_run(f.store, &(struct check_ops){0}, &fig), OK);
	assert_int_equal(fig.problems, 0);
	folder_remove(&f);
}

/* ---- one byte ---- */

struct kept {
	uint8_t key[STORE_KEY];
	size_t key_n;
	struct buf value;
};

/* Row number `at` of the table, copied; false: there are not so many. */
static bool keep(struct world *w, enum table table, size_t at, struct kept *out)
{
	struct txn *t = reading(&w->folder);
	struct walk walk;
	bool more;

	assert_int_equal(walk_open(t, table, SPAN(NULL, 0), false, &walk), OK);
	while ((more = walk_next(&walk)) && at--)
		;
	if (more) {
		memcpy(out->key, walk.key.p, out->key_n = walk.key.n);
		buf_clear(&out->value);
		assert_int_equal(buf_add(&out->value, walk.value.p, walk.value.n), OK);
	}
	assert_int_equal(walk_close(&walk, OK), OK);
	store_abort(t);
	return more;
}

static void write_row(struct world *w, enum table table, const struct kept *row)
{
	struct txn *t = writing(&w->folder);

	assert_int_equal(store_put(t, table, SPAN(row->key, row->key_n), buf_span(&row->value)), OK);
	assert_int_equal(store_commit(t), OK);
}

static void drop_row(struct world *w, enum table table, const struct kept *row)
{
	struct txn *t = writing(&w->folder);

	assert_int_equal(store_drop(t, table, SPAN(row->key, row->key_n)), OK);
	assert_int_equal(store_commit(t), OK);
}

static void expect_problem(struct world *w, const char *what, const char *where, size_t byte)
{
	struct heard h;

	(void)run(w, &h);
	if (h.problems == 0 || !strstr(h.text, what))
		fail_msg("%s, byte %zu: expected \"%s\", heard %llu: %s", where, byte, what, (unsigned long long)h.problems, h.text);
}

static void flip_each(struct world *w, enum table table, size_t from, size_t step, const char *what)
{
	struct kept row = {0};
	size_t flips = 0;

	for (size_t at = 0; keep(w, table, at, &row); at++)
		for (size_t i = from; i < row.value.n; i += step, flips++) {
			row.value.p[i] ^= (uint8_t)(1u << (flips % 8));
			write_row(w, table, &row);
			expect_problem(w, what, what, i);
			row.value.p[i] ^= (uint8_t)(1u << (flips % 8));
			write_row(w, table, &row);
		}
	assert_true(flips > 3);
	buf_free(&row.value);
}

/* Wherever a byte of what is signed or hashed changes, it is seen. What is local (when it came here) is nobody's claim. */
static void a_changed_byte_is_found(void **state)
{
	struct world *w = *state;
	struct heard h;

	flip_each(w, TABLE_STATEMENTS, 0, 5, "statement");
	flip_each(w, TABLE_RECORDS, 8, 3, "record");
	flip_each(w, TABLE_RECORD_IDS, 0, 1, "record_ids");
	flip_each(w, TABLE_LOG_IDS, 0, 1, "log_ids");
	flip_each(w, TABLE_ENTRIES, 8, 5, "entry");
	flip_each(w, TABLE_RECEIPTS, 8, 3, "receipt");
	flip_each(w, TABLE_EVIDENCE, 0, 7, "evidence");
	flip_each(w, TABLE_SETS, 0, 1, "sets");
	flip_each(w, TABLE_ROSTERS, 0, 7, "rosters");
	flip_each(w, TABLE_PROPOSALS, 0, 7, "proposals");
	(void)run(w, &h);
	assert_string_equal(h.text, "");
}

static void flip_one(struct world *w, enum table table, size_t byte, uint8_t bits, const char *what, uint64_t problems)
{
	struct kept row = {0};
	struct heard h;

	assert_true(keep(w, table, 0, &row));
	assert_true(byte < row.value.n);
	row.value.p[byte] ^= bits;
	write_row(w, table, &row);
	(void)run(w, &h);
	if (!strstr(h.text, what) || h.problems != problems)
		fail_msg("expected %llu with \"%s\", heard %s", (unsigned long long)problems, what, h.text);
	row.value.p[byte] ^= bits;
	write_row(w, table, &row);
	buf_free(&row.value);
}

/* The bytes of a record that waits: they no longer give the root that was signed. */
static void flip_parked(struct world *w)
{
	struct kept row = {0};
	struct heard h;

	assert_true(keep(w, TABLE_PARKED, 1, &row));
	row.value.p[row.value.n - 1] ^= 1;
	write_row(w, TABLE_PARKED, &row);
	(void)run(w, &h);
	assert_string_equal(h.text, "parked: an entry is damaged\n");
	row.value.p[row.value.n - 1] ^= 1;
	write_row(w, TABLE_PARKED, &row);
	buf_free(&row.value);
}

static void one_fault_is_told_once(void **state)
{
	struct world *w = *state;
	struct heard h;

	flip_one(w, TABLE_STATEMENTS, 70, 1, "does not verify", 1);                /* a signature */
	flip_one(w, TABLE_RECORDS, 60, 1, "record 1 (", 1);                        /* its bytes; not each index again */
	flip_one(w, TABLE_ENTRIES, 9, 1, "entry 1 of log 1: its signature does not verify", 1);
	flip_one(w, TABLE_RECEIPTS, 9, 1, "over log 1 up to 2: its signature does not verify", 1);
	flip_one(w, TABLE_LOGS, 3 * 32, 1, "log 1: its head is not the hash of entry 2", 1);
	flip_one(w, TABLE_OCCURRENCES, 0, 0x10, "occurrences: a row is damaged", 1); /* a verdict that is never stored */
	flip_one(w, TABLE_EXCEPTIONS, 0, 0x40, "exceptions: a row is damaged", 1);
	flip_one(w, TABLE_PARKED, 3, 1, "parked: the count", 1);
	flip_parked(w);
	flip_one(w, TABLE_PARTNERS, 0, 0x20, "partners: a row is damaged", 1);
	flip_one(w, TABLE_PARTNERS, 5, 1, "partners: the row of", 1);
	flip_one(w, TABLE_INVITES, 0, 0x20, "invites: a row is damaged", 1);
	flip_one(w, TABLE_SUPPLIERS, 4, 1, "suppliers: the row of acme names another", 1);
	flip_one(w, TABLE_SUPPLIER_HISTORY, 4, 1, "supplier_history: a row stands under the wrong name", 1);
	flip_one(w, TABLE_LOCALS, 4, 1, "locals: the row of cold names another", 1);
	flip_one(w, TABLE_LOCAL_HISTORY, 4, 1, "local_history: a row stands under the wrong name", 1);
	flip_one(w, TABLE_LOCALS, 0, 0x20, "locals: a row is damaged", 1);
	flip_one(w, TABLE_OPERATIONS, 0, 0x20, "operations: a row is damaged", 1);
	for (size_t byte = 20; byte < 1200; byte += 59)
		flip_one(w, TABLE_CONTRADICTIONS, byte, 1, "contradictions: a row proves nothing", 1);
	(void)run(w, &h);
	assert_string_equal(h.text, "");
}

/* The indexes have nothing in their values: each row is moved away, and each is put where none belongs. */
static void indexes_are_checked_both_ways(void **state)
{
	static const struct {
		enum table table;
		size_t byte; /* of the key */
		const char *missing, *strange;
	} indexes[] = {
		{TABLE_RECORD_IDS, 5, "is not found by its id", "record_ids: "},
		{TABLE_BY_KIND, 1, "is missing from the index by_kind", "by_kind: leads to record"},
		{TABLE_BY_THREAD, 5, "is missing from the index by_thread", "by_thread: leads to record"},
		{TABLE_BY_REF, 5, "is missing from the index by_ref", "by_ref: leads to record"},
		{TABLE_BY_REF, 32, "is missing from the index by_ref", "which is not there"},
		{TABLE_OCCURRENCES, 12, "the verdict on its record", "does not stand in entry"},
		{TABLE_OCCURRENCES, 0, "the verdict on its record", "is not there"},
		{TABLE_LOG_IDS, 5, "is not found by its id", "log_ids: "},
		{TABLE_LOG_AUDIENCE, 40, "is not found by its audience", "log_audience: "},
		{TABLE_LOG_AUDIENCE, 65, "is not found by its audience", "log_audience: "},
	};
	struct world *w = *state;
	struct kept row = {0};
	struct heard h;

	for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
		for (size_t at = 0; keep(w, indexes[i].table, at, &row); at++) {
			drop_row(w, indexes[i].table, &row);
			expect_problem(w, indexes[i].missing, "index row dropped", i);
			write_row(w, indexes[i].table, &row);
			row.key[indexes[i].byte] ^= 0x40;
			write_row(w, indexes[i].table, &row);
			expect_problem(w, indexes[i].strange, "index row made up", i);
			drop_row(w, indexes[i].table, &row);
		}
	buf_free(&row.value);
	(void)run(w, &h);
	assert_string_equal(h.text, "");
}

/* Whole rows gone, and rows under keys that are none. */
static void missing_rows_are_found(void **state)
{
	static const struct {
		enum table table;
		size_t at;
		const char *what;
	} gone[] = {
		{TABLE_META, 0, "meta: "}, /* next log */
		{TABLE_META, 1, "meta: "},
		{TABLE_META, 2, "meta: "},
		{TABLE_STATEMENTS, 0, "statement"},
		{TABLE_STATEMENTS, 1, "statement"},
		{TABLE_STATEMENTS, 2, "statement"},
		{TABLE_RECORDS, 0, "record_ids: "},
		{TABLE_LOGS, 0, "that log is not there"},
		{TABLE_ENTRIES, 0, "the entry before it is missing"},
		{TABLE_ENTRIES, 1, "its newest entry 2 is missing"},
		{TABLE_PARKED, 0, "parked: an entry is not counted"},
		{TABLE_PARKED, 1, "parked: the count"},
	};
	struct world *w = *state;
	struct kept row = {0};
	struct heard h;

	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
		assert_true(keep(w, gone[i].table, gone[i].at, &row));
		drop_row(w, gone[i].table, &row);
		expect_problem(w, gone[i].what, "row dropped", i);
		write_row(w, gone[i].table, &row);
	}
	for (int i = 0; i < TABLE_COUNT; i++) {
		if (i == TABLE_META || i == TABLE_SUPPLIERS || i == TABLE_SETS)
			continue; /* any word is a key there */
		struct kept odd = {.key = "odd", .key_n = 3};
		write_row(w, (enum table)i, &odd);
		(void)run(w, &h);
		if (h.problems == 0)
			fail_msg("an odd row in table %d is not found", i);
		drop_row(w, (enum table)i, &odd);
	}
	buf_free(&row.value);
	(void)run(w, &h);
	assert_string_equal(h.text, "");
}

static void what_may_be_so_is_no_problem(void **state)
{
	struct world *w = *state;
	struct txn *t = writing(&w->folder);
	uint64_t no;
	struct heard h;
	bool fresh;

	assert_int_equal(records_drop(t, 4), OK);
	assert_int_equal(records_put_absent(t, &(struct id){{0x55}}, MAKER_TIME, &no), OK);
	assert_int_equal(records_put(t, text("malformed"), MAKER_TIME, &no, &fresh), OK);
	struct occurrence inside = {no, 0, 1, 0, VERDICT_GOOD, MAKER_TIME}; /* came inside record 1 */
	assert_int_equal(occurrences_put(t, &inside), OK);
	assert_int_equal(store_commit(t), OK);
	(void)run(w, &h);
	assert_string_equal(h.text, "");
}

/* Neither theirs nor ours is ever without its signature. */
static void a_receipt_without_signature(void **state)
{
	struct world *w = *state;
	const struct { uint32_t log; const struct id *by; const char *what; } each[] = {
		{1, &w->them.org, "over log 1 up to 2: its signature does not verify"}, {2, &w->us.org, "over log 2 up to 2: its signature does not verify"}};
	static uint8_t zeros[64];

	for (int i = 0; i < 2; i++) {
		struct txn *t = writing(&w->folder);
		struct receipt_row row;
		struct buf payload = {0};
		assert_int_equal(receipts_newest(t, each[i].log, each[i].by, &row), OK);
		assert_int_equal(buf_add(&payload, row.payload.p, row.payload.n), OK);
		row.payload = buf_span(&payload);
		row.signature = SPAN(zeros, 64);
		assert_int_equal(receipts_put(t, &row), OK);
		assert_int_equal(store_commit(t), OK);
		buf_free(&payload);
		expect_problem(w, each[i].what, "a receipt", 0);
	}
}

/* More rows than one batch takes: none is passed over, none counted twice. */
static void batches_join(void **state)
{
	struct world *w = *state;
	struct txn *t = writing(&w->folder);
	uint8_t key[8], value[41 + 100] = {[40] = 0};
	struct heard h;
	struct check_figures fig;

	for (uint64_t i = 0; i < 10000; i++) {
		char bytes[16];
		uint64_t no;
		bool fresh;
		(void)snprintf(bytes, sizeof bytes, "record %llu", (unsigned long long)i);
		assert_int_equal(records_put(t, text(bytes), MAKER_TIME, &no, &fresh), OK);
	}
	assert_int_equal(store_commit(t), OK);
	fig = run(w, &h);
	assert_string_equal(h.text, "");
	assert_int_equal(fig.records, 10007);
	static const uint64_t at[] = {4096, 4097, 8192, 8193, 10007};
	t = writing(&w->folder);
	for (size_t i = 0; i < 5; i++) {
		put_u64be(key, at[i]);
		assert_int_equal(store_put(t, TABLE_RECORDS, SPAN(key, 8), SPAN(value, sizeof value)), OK);
	}
	assert_int_equal(store_commit(t), OK);
	(void)run(w, &h);
	for (size_t i = 0; i < 5; i++) {
		char want[32];
		(void)snprintf(want, sizeof want, "record %llu (", (unsigned long long)at[i]);
		assert_non_null(strstr(h.text, want));
	}
	assert_int_equal(h.problems, 10); /* and each is no longer what record_ids says */
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_make, world_end)
	const struct CMUnitTest tests[] = {
		TEST(a_sound_store_has_no_problems),
		cmocka_unit_test(an_empty_store_has_no_problems),
		TEST(a_changed_byte_is_found),
		TEST(one_fault_is_told_once),
		TEST(indexes_are_checked_both_ways),
		TEST(missing_rows_are_found),
		TEST(what_may_be_so_is_no_problem),
		TEST(a_receipt_without_signature),
		TEST(batches_join),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
