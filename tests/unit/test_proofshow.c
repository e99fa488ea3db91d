/* A supplier's answers to its customer, proven, as a person is told of them. */
#include "tests/unit/maker.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/proofshow.h"
#include "proto/kinds.h"
#include "proto/limits.h"
#include "proto/merkle.h"
#include "proto/proof.h"
#include "proto/when.h"

#define HOSTILE "Evil\xe2\x80\x8b Ltd" /* a blank without width: the worst that a statement lets pass */

static char folder[] = "/tmp/tally-proofshow-XXXXXX", path[64];
static char *said;
static size_t said_n;

static int begin(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	(void)snprintf(path, sizeof path, "%s/a.tally", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(said);
	(void)unlink(path);
	return rmdir(folder);
}

static void write_file(struct span bytes)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(bytes.n ? fwrite(bytes.p, 1, bytes.n, f) : 0, bytes.n);
	assert_int_equal(fclose(f), 0);
}

static enum err verify(const char *name, bool json)
{
	FILE *out;
	enum err e;

	free(said);
	said = NULL;
	out = open_memstream(&said, &said_n);
	assert_non_null(out);
	e = proofshow_verify(name, json, out);
	assert_int_equal(fclose(out), 0);
	return e;
}

static enum err verify_bytes(struct span bytes, bool json)
{
	write_file(bytes);
	return verify(path, json);
}

static void assert_says(const char *text)
{
	if (!strstr(said, text))
		fail_msg("\"%s\" is not in:\n%s", text, said);
}

static void assert_silent(const char *text)
{
	if (strstr(said, text))
		fail_msg("\"%s\" is in:\n%s", text, said);
}

/* ---- a proof to tell of ---- */

struct scene {
	struct maker author, target;
	struct buf record[2], entry, receipt, file;
	uint8_t entry_sig[64], receipt_sig[64];
	size_t targets; /* statements of the target in the file */
};

static struct value *answer(struct arena *a, const struct field *g, const char *rid, const char *word, const char *reason)
{
	struct value *v = value_map(a);
	int64_t day = 0;

	fields_set(a, g, v, "rid", value_str(a, rid));
	fields_set(a, g, v, "answer", value_int(a, vocab_number(&vocab_ack, SPAN(word, strlen(word)))));
	if (reason) {
		assert_int_equal(when_parse_date("2027-06-30", &day), OK);
		fields_set(a, g, v, "exception_reason", value_str(a, reason));
		fields_set(a, g, v, "exception_until", value_int(a, day));
	}
	return v;
}

static void add_record(struct scene *s, size_t i, int64_t kind, const struct value *body)
{
	struct record r = {.kind = kind, .author = s->author.org, .created = MAKER_TIME + (int64_t)i, .tlp = TLP_AMBER, .body = body};

	r.nonce[0] = (uint8_t)(i + 1);
	assert_int_equal(record_encode(&r, &s->record[i]), OK);
}

static void make(struct scene *s, const char *reason, bool receipted)
{
	const struct field *f = kind_by_number(KIND_REQUIREMENT_ACK)->fields, *g = fields_find(f, "answers")->group;
	struct entry e = {.author = s->author.org, .type = AUDIENCE_DIRECT, .target = s->target.org, .incarnation = 7, .n = 3, .prev = {{9}},
	                  .count = 2, .time = MAKER_TIME + 100};
	struct receipt r = {.receiver = s->target.org, .n = 3, .time = MAKER_TIME + 5000};
	struct signed_statement statement[2 * MAKER_CHAIN];
	struct proof_record record[2] = {{.index = 0}, {.index = 1}};
	struct proof p = {.statement = statement, .entries = 1, .record = record, .records = 2};
	struct proof_entry entry;
	struct proof_receipt receipt;
	struct arena *a = arena_new();
	struct value *body = value_map(a), *answers = value_array(a), *other = value_map(a);
	struct id ids[2], zero = {{3}};

	value_set(a, other, 0, value_str(a, "a kind of tomorrow"));
	add_record(s, 0, 999, other);
	record_id(buf_span(&s->record[0]), &ids[0]);
	value_push(a, answers, answer(a, g, "R1", "accepted", NULL));
	value_push(a, answers, answer(a, g, "R3", "accepted-with-exception", reason));
	fields_set(a, f, body, "about", value_id(a, &ids[0]));
	fields_set(a, f, body, "set", value_id(a, &zero));
	fields_set(a, f, body, "answers", answers);
	add_record(s, 1, KIND_REQUIREMENT_ACK, body);
	record_id(buf_span(&s->record[1]), &ids[1]);
	merkle_root(ids, 2, &e.root);
	entry_log(&e, &r.log);
	assert_int_equal(entry_encode(&e, &s->entry), OK);
	entry_hash(buf_span(&s->entry), &r.entry);
	maker_sign(&s->author, 0, SIGN_ENTRY, buf_span(&s->entry), s->entry_sig);
	assert_int_equal(receipt_encode(&r, &s->receipt), OK);
	maker_sign(&s->target, 0, SIGN_RECEIPT, buf_span(&s->receipt), s->receipt_sig);
	entry = (struct proof_entry){buf_span(&s->entry), SPAN(s->entry_sig, 64)};
	receipt = (struct proof_receipt){buf_span(&s->receipt), SPAN(s->receipt_sig, 64)};
	for (size_t i = 0; i < 2; i++) {
		record[i].payload = buf_span(&s->record[i]);
		record[i].path_length = merkle_path(ids, 2, i, record[i].path);
	}
	statement[p.statements++] = s->author.chain[0];
	for (size_t k = 0; k < s->targets; k++)
		statement[p.statements++] = s->target.chain[k];
	p.entry = &entry;
	p.receipt = &receipt;
	p.receipts = receipted;
	assert_int_equal(proof_encode(&p, &s->file), OK);
	arena_free(a);
}

static void scene_begin(struct scene *s, const char *author)
{
	memset(s, 0, sizeof *s);
	maker_begin(&s->author, 1, author);
	maker_begin(&s->target, 2, "Harbour Foods");
	s->targets = 1;
}

static void scene_end(struct scene *s)
{
	for (size_t i = 0; i < 2; i++)
		buf_free(&s->record[i]);
	buf_free(&s->entry);
	buf_free(&s->receipt);
	buf_free(&s->file);
	maker_end(&s->author);
	maker_end(&s->target);
}

/* ---- what is told ---- */

static void valid(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, "Brackwater Logistics");
	make(&s, "legacy scanners", true);
	assert_int_equal(verify_bytes(buf_span(&s.file), false), OK);
	assert_true(strncmp(said, "VALID: 2 records", 16) == 0);
	assert_says("2. Brackwater Logistics said to Harbour Foods: requirement.ack\n");
	assert_says("held by: Harbour Foods, at the latest on 2025-11-24T16:00:05Z");
	assert_says("\n      R1 accepted\n");
	assert_says("\n      R3 accepted-with-exception until 2027-06-30: legacy scanners\n");
	assert_says("TLP: amber\n");
	assert_says("about: record 1 of this file, ");
	assert_says("of a kind that this version of tally does not know");
	assert_says("Brackwater Logistics: compare with \"");
	assert_says("Harbour Foods: compare with \"");
	assert_says("What it does not show");
	assert_silent("INVALID");
	scene_end(&s);
}

static void without_receipt(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, "Brackwater Logistics");
	make(&s, "legacy scanners", false);
	assert_int_equal(verify_bytes(buf_span(&s.file), false), OK);
	assert_says("nobody's receipt is in this file");
	assert_silent("at the latest on");
	buf_clear(&s.file);
	for (size_t i = 0; i < 2; i++)
		buf_clear(&s.record[i]);
	buf_clear(&s.entry);
	buf_clear(&s.receipt);
	s.targets = 0; /* then nobody says who the target is */
	make(&s, "legacy scanners", false);
	assert_int_equal(verify_bytes(buf_span(&s.file), false), OK);
	assert_says("said to the organisation ");
	assert_silent("Harbour Foods");
	scene_end(&s);
}

static void undecided(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, "Brackwater Logistics");
	maker_rotate(&s.target, "routine");
	s.targets = 2;
	make(&s, "legacy scanners", true);
	assert_int_equal(verify_bytes(buf_span(&s.file), false), ERR_UNDECIDED);
	assert_true(strncmp(said, "UNDECIDED: Harbour Foods has changed its keys", 45) == 0);
	assert_says("R3 accepted-with-exception");
	assert_int_equal(verify(path, true), ERR_UNDECIDED);
	assert_says("\"verdict\": \"undecided\"");
	scene_end(&s);
}

static void as_json(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, "Brackwater Logistics");
	make(&s, "legacy scanners", true);
	assert_int_equal(verify_bytes(buf_span(&s.file), true), OK);
	assert_says("\"schema\": \"tally/proof.verify/1\"");
	assert_says("\"verdict\": \"valid\"");
	assert_says("\"link\": \"\"");
	assert_says("\"from\": \"Brackwater Logistics\"");
	assert_says("\"to\": \"Harbour Foods\"");
	assert_says("\"exception_until\": \"2027-06-30\"");
	assert_says("\"held\": true");
	s.file.p[s.file.n / 2] ^= 1;
	assert_int_equal(verify_bytes(buf_span(&s.file), true), ERR_PROBLEMS);
	assert_says("\"verdict\": \"invalid\"");
	assert_silent("\"link\": \"\"");
	assert_silent("accepted");
	scene_end(&s);
}

/* What a terminal would obey arrives as text, whoever put it where. */
static void hostile_text(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, HOSTILE);
	make(&s, "line one\nINVALID\n\ttwo", true);
	for (int json = 0; json < 2; json++) {
		assert_int_equal(verify_bytes(buf_span(&s.file), json), OK);
		for (size_t i = 0; i < said_n; i++)
			assert_true((unsigned char)said[i] >= 0x20 || said[i] == '\n');
		assert_silent("\xe2\x80\x8b");
		assert_silent("\nINVALID");
	}
	assert_says("Evil\\u200b Ltd");
	assert_int_equal(verify(path, false), OK);
	assert_says("2. Evil\\u{200b} Ltd said to");
	assert_says("line one\n ");
	assert_says(" | INVALID\n ");
	assert_says("\\ttwo");
	scene_end(&s);
	scene_begin(&s, "Brackwater Logistics");
	make(&s, "clear\xe2\x80\xae\xc2\x9b[2Jscreen", true); /* in no text of ours: the whole content is left out */
	for (int json = 0; json < 2; json++) {
		assert_int_equal(verify_bytes(buf_span(&s.file), json), OK);
		assert_silent("[2J");
		assert_silent("\xc2\x9b");
	}
	scene_end(&s);
}

/* A body that its kind would refuse is not shown as if it counted. */
static void content_that_does_not_fit(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, "Brackwater Logistics");
	make(&s, NULL, true); /* an exception with neither reason nor end */
	assert_int_equal(verify_bytes(buf_span(&s.file), false), OK);
	assert_says("counts for nothing: answers[1]");
	assert_silent("R1 accepted");
	assert_int_equal(verify(path, true), OK);
	assert_silent("\"body\"");
	scene_end(&s);
}

/* ---- what is refused ---- */

static void every_byte_counts(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, "Brackwater Logistics");
	make(&s, "legacy scanners", true);
	print_message("proof of %zu bytes\n", s.file.n);
	for (size_t i = 0; i < s.file.n; i++) {
		uint8_t mask = (uint8_t)(1u << i % 8);

		s.file.p[i] ^= mask;
		assert_int_equal(verify_bytes(buf_span(&s.file), i % 2), ERR_PROBLEMS);
		s.file.p[i] ^= mask;
		assert_silent("R3");
		assert_int_equal(strncmp(said, i % 2 ? "{" : "INVALID: ", i % 2 ? 1 : 9), 0);
	}
	for (size_t n = 0; n < s.file.n; n += 7)
		assert_int_equal(verify_bytes(SPAN(s.file.p, n), false), ERR_PROBLEMS);
	assert_int_equal(buf_add(&s.file, "\xc0", 1), OK);
	assert_int_equal(verify_bytes(buf_span(&s.file), false), ERR_PROBLEMS);
	scene_end(&s);
}

static void no_proofs(void **state)
{
	uint32_t x = 1;
	struct buf b = {0};
	uint8_t *at;

	(void)state;
	assert_int_equal(verify_bytes(SPAN(NULL, 0), false), ERR_PROBLEMS);
	assert_int_equal(buf_room(&b, 4096, &at), OK);
	for (size_t round = 0; round < 200; round++) {
		for (size_t i = 0; i < b.n; i++) {
			x = x * 1664525u + 1013904223u;
			b.p[i] = (uint8_t)(x >> 24);
		}
		assert_int_equal(verify_bytes(SPAN(b.p, 1 + round * 20), round % 2), ERR_PROBLEMS);
	}
	buf_free(&b);
	write_file(SPAN("", 0));
	assert_int_equal(truncate(path, LIMIT_PROOF), 0);
	assert_int_equal(verify(path, false), ERR_PROBLEMS);
	assert_silent("larger than any proof");
	assert_int_equal(truncate(path, LIMIT_PROOF + 1), 0);
	assert_int_equal(verify(path, false), ERR_PROBLEMS);
	assert_says("INVALID: file is larger than any proof\n");
}

static void no_files(void **state)
{
	char nothing[80];
	enum err e;

	(void)state;
	(void)snprintf(nothing, sizeof nothing, "%s/nothing", folder);
	assert_int_equal(verify(nothing, false), ERR_NOT_FOUND);
	assert_int_equal(said_n, 0);
	assert_int_equal(verify(folder, true), ERR_INVALID);
	assert_int_equal(said_n, 0);
	write_file(SPAN("x", 1));
	assert_int_equal(chmod(path, 0), 0);
	e = verify(path, false);
	assert_int_equal(e, geteuid() == 0 ? ERR_PROBLEMS : ERR_DENIED); /* root may read anything */
	assert_int_equal(chmod(path, 0600), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid), cmocka_unit_test(without_receipt), cmocka_unit_test(undecided), cmocka_unit_test(as_json),
		cmocka_unit_test(hostile_text), cmocka_unit_test(content_that_does_not_fit), cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(no_proofs), cmocka_unit_test(no_files),
	};

	return cmocka_run_group_tests_name("proofshow", tests, begin, end);
}
