/* proto/ when memory is short: everything that travels, written and read, with each allocation failing in turn. What comes is large, so
 * that arenas grow in the middle. Lack of memory is never taken for a fault of what was read. */
#include "tests/unit/alloc_fail.h"

#include "tests/unit/maker.h"

#include "proto/entry.h"
#include "proto/invite.h"
#include "proto/kinds.h"
#include "proto/link.h"
#include "proto/merkle.h"
#include "proto/message.h"
#include "proto/pack.h"
#include "proto/proof.h"
#include "proto/receipt.h"

#define RECORDS 40u

struct stock { /* made once, with all the memory there is */
	struct maker from, to;
	struct arena *arena;
	struct value *tree; /* large */
	struct record record, forward;
	struct buf packed, notice, passed, entry, receipt, message, invite, proof, records[RECORDS];
	struct id ids[RECORDS];
	struct entry e;
	struct receipt r;
	struct exception exception[LIMIT_EXCEPTIONS];
	uint8_t entry_sig[64], receipt_sig[64];
	struct carried_entry carried;
	struct carried_record carry[RECORDS];
	struct proof p;
	struct proof_record proof_record[RECORDS];
	struct proof_entry proof_entry;
	struct proof_receipt proof_receipt;
	struct signed_statement statement[MAKER_CHAIN + 1];
};

static void *const untouched = (void *)0x5a5a;

/* An out-parameter of any type, filled with a mark; still so after a failure. */
#define MARK(thing) memset(&(thing), 0x5a, sizeof(thing))

static void assert_marked(const void *thing, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(((const uint8_t *)thing)[i], 0x5a);
}

/* ---- values ---- */

static struct value *large(struct arena *a, unsigned depth)
{
	struct value *map = value_map(a), *list = value_array(a);
	char text[300];

	memset(text, 't', sizeof text);
	for (int i = 0; i < 40; i++) {
		value_set(a, map, 100 - i, value_strn(a, SPAN(text, sizeof text)));
		value_push(a, list, value_int(a, i));
	}
	value_set(a, map, 3, list);
	if (depth)
		value_set(a, map, 4, large(a, depth - 1));
	return map;
}

static enum err values(void *w)
{
	struct arena *a = arena_new();
	struct buf out = {0};
	struct value *v, *copy;
	enum err e;

	(void)w;
	if (!a)
		return ERR_MEMORY;
	v = large(a, 3);
	copy = v ? value_copy(a, v) : NULL;
	e = pack_encode(copy, &out);
	assert_true(e == OK || out.n == 0);
	if (e == OK)
		assert_true(value_eq(v, copy));
	buf_free(&out);
	arena_free(a);
	return e;
}

static enum err unpacking(void *w)
{
	struct stock *s = w;
	struct arena *a = arena_new();
	const struct value *v = untouched;
	enum err e;

	if (!a)
		return ERR_MEMORY;
	e = pack_decode(buf_span(&s->packed), a, &v);
	if (e == OK)
		assert_true(value_eq(v, s->tree));
	else
		assert_ptr_equal(v, untouched);
	arena_free(a);
	return e;
}

/* ---- statements, records, entries, receipts ---- */

static enum err statements(void *w)
{
	struct stock *s = w;
	struct buf out = {0};
	struct statement st;
	struct id org;
	enum err e = statement_encode(&s->from.statement[1], &out);

	assert_true(e == OK || out.n == 0);
	buf_free(&out);
	if (e != OK)
		return e;
	MARK(st);
	MARK(org);
	e = statement_decode(s->from.chain[1].payload, &st);
	if (e == OK) {
		MARK(st);
		e = statement_verify(&s->from.chain[1], &s->from.chain[0], &st, &org);
	}
	if (e != OK) {
		assert_marked(&st, sizeof st);
		assert_marked(&org, sizeof org);
	}
	return e;
}

static enum err record_round(const struct record *r, struct span payload)
{
	struct complaint why = {0};
	struct buf out = {0};
	struct record back;
	struct arena *a;
	enum err e = record_encode(r, &out);

	assert_true(e == OK || out.n == 0);
	buf_free(&out);
	if (e != OK)
		return e;
	a = arena_new();
	if (!a)
		return ERR_MEMORY;
	MARK(back);
	e = record_decode(payload, a, &back, &why);
	if (e != OK)
		assert_marked(&back, sizeof back);
	else
		e = record_check(&back, &why);
	arena_free(a);
	return e;
}

static enum err records(void *w)
{
	struct stock *s = w;

	return record_round(&s->record, buf_span(&s->notice));
}

static enum err forwards(void *w)
{
	struct stock *s = w;

	return record_round(&s->forward, buf_span(&s->passed));
}

static enum err entries(void *w)
{
	struct stock *s = w;
	struct buf out = {0};
	struct entry back;
	enum err e = entry_encode(&s->e, &out);

	assert_true(e == OK || out.n == 0);
	buf_free(&out);
	MARK(back);
	if (e == OK)
		e = entry_decode(buf_span(&s->entry), &back);
	if (e != OK)
		assert_marked(&back, sizeof back);
	return e;
}

static enum err receipts(void *w)
{
	struct stock *s = w;
	struct buf out = {0};
	struct receipt back;
	struct arena *a;
	enum err e = receipt_encode(&s->r, &out);

	assert_true(e == OK || out.n == 0);
	buf_free(&out);
	if (e != OK)
		return e;
	a = arena_new();
	if (!a)
		return ERR_MEMORY;
	MARK(back);
	e = receipt_decode(buf_span(&s->receipt), a, &back);
	if (e != OK)
		assert_marked(&back, sizeof back);
	arena_free(a);
	return e;
}

/* ---- messages, invitations, proofs ---- */

static enum err messages(void *w)
{
	struct stock *s = w;
	struct arena *a = arena_new();
	const struct message_row *row = untouched;
	const struct value *body = untouched;
	struct complaint why = {0};
	struct carried_entry back;
	struct buf out = {0};
	struct value *map, *list;
	enum err e;

	if (!a)
		return ERR_MEMORY;
	map = value_map(a);
	list = value_array(a);
	value_push(a, list, carried_value(a, &s->carried));
	value_set(a, map, 0, list);
	e = message_encode(MESSAGE_ENTRIES, map, &out);
	assert_true(e == OK || out.n == 0);
	if (e == OK)
		e = message_decode(buf_span(&s->message), a, &row, &body, &why);
	MARK(back);
	if (e == OK)
		e = carried_read(value_item(value_at(body, 0), 0), a, &back);
	else
		assert_true(row == untouched && body == untouched);
	if (e != OK)
		assert_marked(&back, sizeof back);
	buf_free(&out);
	arena_free(a);
	return e;
}

static enum err invitations(void *w)
{
	struct stock *s = w;
	struct complaint why = {0};
	struct buf out = {0};
	struct invite i;
	enum err e;

	MARK(i);
	e = invite_decode(buf_span(&s->invite), &i, &why);
	if (e != OK) {
		assert_marked(&i, sizeof i);
		return e;
	}
	e = invite_encode(&i, &out);
	assert_true(e == OK || out.n == 0);
	buf_free(&out);
	return e;
}

static enum err proofs(void *w)
{
	struct stock *s = w;
	struct arena *a = arena_new();
	struct proof_report report;
	struct buf out = {0};
	enum err e;

	if (!a)
		return ERR_MEMORY;
	e = proof_encode(&s->p, &out);
	assert_true(e == OK || out.n == 0);
	MARK(report);
	if (e == OK)
		e = proof_verify(buf_span(&s->proof), a, &report);
	if (e == OK)
		assert_int_equal(report.verdict, PROOF_VALID); /* never called invalid for lack of memory */
	else
		assert_marked(&report, sizeof report);
	buf_free(&out);
	arena_free(a);
	return e;
}

/* ---- tables as text ---- */

static enum err documents(void *w)
{
	struct buf out = {0};
	enum err e = kinds_document(&out);

	(void)w;
	if (e == OK)
		e = messages_document(&out);
	buf_free(&out);
	return e;
}

static enum err typed(void *w)
{
	static const char *const words[][2] = {{"title", "one line"}, {"summary", "many\nlines"}, {"aware", "2026-11-24T09:00:00Z"},
		{"severity", "high"}};
	const struct field *table = kind_by_number(KIND_INCIDENT_NOTICE)->fields;
	struct arena *a = arena_new();
	struct complaint why = {0};
	struct buf out = {0};
	enum err e = a ? OK : ERR_MEMORY;

	(void)w;
	for (size_t i = 0; e == OK && i < 4; i++) {
		const struct field *f = fields_find(table, words[i][0]);
		struct value *v = untouched;

		e = fields_parse(f, words[i][1], a, &v, &why);
		if (e == OK)
			e = fields_format(f, v, &out);
	}
	buf_free(&out);
	arena_free(a);
	return e;
}

/* ---- links ---- */

/* Both sides until they are silent. A side that lacks memory closes, and says that it was that. */
static enum err carry(struct link *a, struct link *b, const uint8_t psk[32], unsigned *messages)
{
	struct link *l[2] = {a, b};
	struct link_event ev;

	for (int quiet = 0, i = 0; quiet < 3; i = !i) {
		struct buf taken = *link_output(l[i]);

		*link_output(l[i]) = (struct buf){0};
		quiet = taken.n ? 0 : quiet + 1;
		link_feed(l[!i], buf_span(&taken), 1);
		buf_free(&taken);
		for (link_next(l[!i], &ev); ev.type != LINK_NONE; link_next(l[!i], &ev)) {
			if (ev.type == LINK_ASK)
				link_psk(l[!i], psk);
			*messages += ev.type == LINK_MESSAGE;
			if (ev.type == LINK_CLOSED)
				return ev.why;
		}
	}
	return OK;
}

static enum err links(void *w)
{
	static const uint8_t a_sk[32] = {1}, b_sk[32] = {2}, text[3000] = {7};
	uint8_t b_pk[32];
	struct link_config ca = {.initiator = true, .link_sk = a_sk, .rs_pk = b_pk, .psk = {3}, .e_sk = {4}, .hello = SPAN(text, 100)};
	struct link_config cb = {.link_sk = b_sk, .e_sk = {5}};
	struct link *a = untouched, *b = untouched;
	unsigned messages = 0;
	enum err e;

	(void)w;
	crypto_scalarmult_base(b_pk, b_sk);
	e = link_open(&ca, &a);
	if (e != OK) {
		assert_ptr_equal(a, untouched);
		return e;
	}
	e = link_open(&cb, &b);
	if (e == OK) {
		e = carry(a, b, ca.psk, &messages);
		if (e == OK)
			e = link_send(a, SPAN(text, sizeof text));
		if (e == OK)
			e = link_send(b, SPAN(text, 10));
		if (e == OK)
			e = carry(a, b, ca.psk, &messages);
		assert_true(e != OK || messages == 2);
		link_free(b);
	} else {
		assert_ptr_equal(b, untouched);
	}
	link_free(a);
	return e;
}

/* ---- the stock ---- */

static void record_make(struct stock *s)
{
	const struct field *f = kind_by_number(KIND_INCIDENT_NOTICE)->fields;
	struct value *body = value_map(s->arena), *products = value_array(s->arena);
	static char text[12000];

	memset(text, 't', sizeof text - 1);
	for (int i = 0; i < 64; i++)
		value_push(s->arena, products, value_str(s->arena, "a product with a version, such as 4.7.11"));
	fields_set(s->arena, f, body, "title", value_str(s->arena, "Ransomware"));
	fields_set(s->arena, f, body, "stage", value_int(s->arena, 1));
	fields_set(s->arena, f, body, "aware", value_int(s->arena, MAKER_TIME));
	fields_set(s->arena, f, body, "malicious", value_int(s->arena, 1));
	fields_set(s->arena, f, body, "cross_border", value_int(s->arena, 2));
	fields_set(s->arena, f, body, "contact", value_str(s->arena, "soc@example.org"));
	fields_set(s->arena, f, body, "products", products);
	fields_set(s->arena, f, body, "summary", value_str(s->arena, text));
	s->record = (struct record){.kind = KIND_INCIDENT_NOTICE, .author = s->from.org, .created = MAKER_TIME, .tlp = TLP_GREEN, .body = body,
	                            .parents = 2};
	s->record.parent[1].b[0] = 1;
	assert_int_equal(record_encode(&s->record, &s->notice), OK);
	for (unsigned i = 0; i < RECORDS; i++) {
		s->record.nonce[0] = (uint8_t)(i + 1);
		assert_int_equal(record_encode(&s->record, &s->records[i]), OK);
		record_id(buf_span(&s->records[i]), &s->ids[i]);
		s->carry[i] = (struct carried_record){.id = s->ids[i], .bytes = buf_span(&s->records[i])};
	}
}

static void forward_make(struct stock *s)
{
	const struct field *f = kind_by_number(KIND_FORWARD)->fields;
	struct value *body = value_map(s->arena), *list = value_array(s->arena);

	value_push(s->arena, list, statement_value(s->arena, &s->from.chain[0]));
	fields_set(s->arena, f, body, "record", value_bin(s->arena, buf_span(&s->notice)));
	fields_set(s->arena, f, body, "entry", value_bin(s->arena, buf_span(&s->entry)));
	fields_set(s->arena, f, body, "signature", value_bin(s->arena, SPAN(s->entry_sig, 64)));
	fields_set(s->arena, f, body, "index", value_int(s->arena, 0));
	fields_set(s->arena, f, body, "basis", value_str(s->arena, "contract"));
	fields_set(s->arena, f, body, "relation", value_int(s->arena, 1));
	fields_set(s->arena, f, body, "statements", list);
	s->forward = (struct record){.kind = KIND_FORWARD, .author = s->to.org, .created = MAKER_TIME, .tlp = TLP_GREEN, .body = body};
	assert_int_equal(record_encode(&s->forward, &s->passed), OK);
}

static void log_make(struct stock *s)
{
	s->e = (struct entry){.author = s->from.org, .type = AUDIENCE_DIRECT, .target = s->to.org, .incarnation = MAKER_TIME, .n = 7,
	                      .count = RECORDS, .time = MAKER_TIME};
	merkle_root(s->ids, RECORDS, &s->e.root);
	assert_int_equal(entry_encode(&s->e, &s->entry), OK);
	maker_sign(&s->from, 0, SIGN_ENTRY, buf_span(&s->entry), s->entry_sig);
	s->r = (struct receipt){.receiver = s->to.org, .n = 7 + LIMIT_EXCEPTIONS, .time = MAKER_TIME, .exceptions = LIMIT_EXCEPTIONS,
	                        .exception = s->exception};
	for (unsigned i = 0; i < LIMIT_EXCEPTIONS; i++)
		s->exception[i] = (struct exception){8 + i, true, 3, 64};
	entry_log(&s->e, &s->r.log);
	assert_int_equal(receipt_encode(&s->r, &s->receipt), OK);
	maker_sign(&s->to, 0, SIGN_RECEIPT, buf_span(&s->receipt), s->receipt_sig);
	s->carried = (struct carried_entry){buf_span(&s->entry), SPAN(s->entry_sig, 64), RECORDS, s->carry};
}

static void travel_make(struct stock *s)
{
	struct value *map = value_map(s->arena), *list = value_array(s->arena);
	struct invite i = {.org = s->from.org, .expires = MAKER_TIME, .addresses = 4, .name = "Harbour Foods"};

	value_push(s->arena, list, carried_value(s->arena, &s->carried));
	value_set(s->arena, map, 0, list);
	assert_int_equal(message_encode(MESSAGE_ENTRIES, map, &s->message), OK);
	for (int k = 0; k < 4; k++)
		snprintf(i.address[k], sizeof i.address[k], "node%d.example:7400", k);
	assert_int_equal(invite_encode(&i, &s->invite), OK);
}

static void proof_make(struct stock *s)
{
	s->statement[0] = s->from.chain[0];
	s->statement[1] = s->from.chain[1];
	s->statement[2] = s->to.chain[0];
	s->proof_entry = (struct proof_entry){buf_span(&s->entry), SPAN(s->entry_sig, 64)};
	s->proof_receipt = (struct proof_receipt){buf_span(&s->receipt), SPAN(s->receipt_sig, 64)};
	for (unsigned i = 0; i < RECORDS; i++) {
		struct proof_record *r = &s->proof_record[i];

		*r = (struct proof_record){.payload = buf_span(&s->records[i]), .index = (uint16_t)i};
		r->path_length = merkle_path(s->ids, RECORDS, i, r->path);
	}
	s->p = (struct proof){.statements = 3, .entries = 1, .records = RECORDS, .receipts = 1, .statement = s->statement, .entry = &s->proof_entry,
	                      .record = s->proof_record, .receipt = &s->proof_receipt};
	assert_int_equal(proof_encode(&s->p, &s->proof), OK);
}

static int stock_make(void **state)
{
	struct stock *s = calloc(1, sizeof *s);

	if (!s || sodium_init() < 0)
		return 1;
	maker_begin(&s->from, 1, "Brackwater Logistics");
	maker_rotate(&s->from, "routine");
	maker_begin(&s->to, 2, "Harbour Foods");
	s->arena = arena_new();
	s->tree = large(s->arena, 3);
	assert_int_equal(pack_encode(s->tree, &s->packed), OK);
	record_make(s);
	log_make(s);
	forward_make(s);
	travel_make(s);
	proof_make(s);
	*state = s;
	return 0;
}

static int stock_free(void **state)
{
	struct stock *s = *state;
	struct buf *all[] = {&s->packed, &s->notice, &s->passed, &s->entry, &s->receipt, &s->message, &s->invite, &s->proof};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_free(all[i]);
	for (unsigned i = 0; i < RECORDS; i++)
		buf_free(&s->records[i]);
	maker_end(&s->from);
	maker_end(&s->to);
	arena_free(s->arena);
	free(s);
	return 0;
}

#define SCENE(name) \
	static void test_##name(void **state) \
	{ \
		static const struct alloc_scene scene = {#name, name, NULL, NULL, false}; \
		alloc_fail_run(&scene, *state); \
	}

SCENE(values)
SCENE(unpacking)
SCENE(statements)
SCENE(records)
SCENE(forwards)
SCENE(entries)
SCENE(receipts)
SCENE(messages)
SCENE(invitations)
SCENE(proofs)
SCENE(documents)
SCENE(typed)
SCENE(links)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values), cmocka_unit_test(test_unpacking), cmocka_unit_test(test_statements), cmocka_unit_test(test_records),
		cmocka_unit_test(test_forwards), cmocka_unit_test(test_entries), cmocka_unit_test(test_receipts), cmocka_unit_test(test_messages),
		cmocka_unit_test(test_invitations), cmocka_unit_test(test_proofs), cmocka_unit_test(test_documents), cmocka_unit_test(test_typed),
		cmocka_unit_test(test_links),
	};

	return cmocka_run_group_tests_name("allocations of proto", tests, stock_make, stock_free);
}
