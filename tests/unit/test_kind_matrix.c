/* What the tables of challenges, equivalences, guidance, matrices, flow-downs and tenders cannot say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "node/fieldjson.h"
#include "proto/kinds.h"
#include "proto/merkle.h"
#include "tests/unit/arena.h"
#include "tests/unit/samples_requirement.h"

/* The place that is refused; "": it is taken. */
static const char *judged(enum kind_number kind, const char *text)
{
	static struct complaint why;
	struct record r = {.kind = kind, .author = {{7}}, .created = 1795424400000, .tlp = TLP_AMBER}; /* 2026-11-23 */
	struct value *body = NULL;
	json_t *json = json_loads(text, 0, NULL);
	memset(&why, 0, sizeof why);
	if (!json || fieldjson_read(kind_by_number(kind)->fields, json, NULL, a, &body, &why) != OK)
		fail_msg("%s: %s %s", text, why.where, why.text);
	json_decref(json);
	r.body = body;
	enum err e = record_check(&r, &why);
	assert_true(e == OK || e == ERR_INVALID);
	return e == OK ? "" : why.where;
}

#define ABOUT "\"about\": \"" SAMPLE_ID "\", "
#define SET "\"set\": \"" SAMPLE_ID "\", "

static void challenge(void **state)
{
	(void)state;
	assert_string_equal(judged(KIND_CHALLENGE, SAMPLE_CHALLENGE), "");
	assert_string_equal(judged(KIND_CHALLENGE, "{" ABOUT "\"kind\": \"unclear\", \"text\": \"x\"}"), "rid");
	assert_string_equal(judged(KIND_CHALLENGE, "{" ABOUT "\"clause\": \"7.2\", \"kind\": \"unclear\", \"text\": \"x\"}"), "");
	assert_string_equal(judged(KIND_CHALLENGE, "{" ABOUT "\"rid\": \"R\", \"kind\": \"unclear\", \"text\": \"x\", \"due\": \"2026-11-23\"}"), "");
	assert_string_equal(judged(KIND_CHALLENGE, "{" ABOUT "\"rid\": \"R\", \"kind\": \"unclear\", \"text\": \"x\", \"due\": \"2026-11-22\"}"), "due");
}

static void equivalence(void **state)
{
	(void)state;
	assert_string_equal(judged(KIND_EQUIVALENCE, SAMPLE_EQUIVALENCE), "");
	assert_string_equal(judged(KIND_EQUIVALENCE, "{" SET "\"scheme\": \"s\", \"expires\": \"2026-12-01\", \"covers\": [{\"rid\": \"R\", "
		"\"extent\": \"full\"}, "
	                                             "{\"rid\": \"R\", \"extent\": \"full\"}]}"), "covers.rid");
	assert_string_equal(judged(KIND_EQUIVALENCE, "{" SET "\"scheme\": \"s\", \"expires\": \"2026-12-01\", \"covers\": [{\"rid\": \"R\", "
		"\"extent\": \"full\"}, "
	                                             "{\"rid\": \"S\", \"extent\": \"partial\"}]}"), "covers[1].remains");
	assert_string_equal(judged(KIND_EQUIVALENCE, "{" SET "\"scheme\": \"s\", \"expires\": \"2026-11-22\", \"covers\": [{\"rid\": \"R\", "
		"\"extent\": \"full\"}]}"),
	                    "expires");
}

static void guidance(void **state)
{
	(void)state;
	assert_string_equal(judged(KIND_GUIDANCE, SAMPLE_GUIDANCE), "");
	assert_string_equal(judged(KIND_GUIDANCE, "{" SET "\"rids\": [\"R\"], \"title\": \"t\"}"), "text");
	assert_string_equal(judged(KIND_GUIDANCE, "{" SET "\"rids\": [\"R\"], \"title\": \"t\", \"link\": \"x\"}"), "");
}

static void matrix(void **state)
{
	(void)state;
	assert_string_equal(judged(KIND_RESPONSIBILITY_MATRIX, SAMPLE_MATRIX), "");
	assert_string_equal(judged(KIND_RESPONSIBILITY_MATRIX, "{\"contract\": \"C\", \"supplier\": \"" SAMPLE_ID "\", \"rows\": [{\"control\": \"R\"}, "
	                                                       "{\"control\": \"R\"}]}"), "rows.control");
}

/* ---- counts that nobody has to believe ---- */

#define ACK "aa02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
#define ACK2 "bb02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"

static const char *flow(const char *rows, const char *root, const char *leaves)
{
	char text[2048];
	(void)snprintf(text, sizeof text, "{" ABOUT "\"as_of\": \"2026-11-23\", \"rows\": [%s]%s%s%s, \"leaves\": [%s]}", rows, *root
		? ", \"root\": \"" : "", root,
	               *root ? "\"" : "", leaves);
	return judged(KIND_FLOWDOWN, text);
}

#define ROW(rid, passed, acknowledged, exceptions) "{\"rid\": \"" rid "\", \"passed\": " #passed ", \"acknowledged\": " #acknowledged \
	", \"exceptions\": " #exceptions "}"
#define LEAF(ack, words) "{\"ack\": \"" ack "\", \"answers\": [" words "]}"

static void flowdown(void **state)
{
	struct id ids[2], root;
	char hex[65], one[65];
	(void)state;
	assert_int_equal(hex_decode(ACK, 64, ids[0].b), OK);
	assert_int_equal(hex_decode(ACK2, 64, ids[1].b), OK);
	merkle_root(ids, 2, &root);
	hex_encode(hex, root.b, 32);
	merkle_root(ids, 1, &root);
	hex_encode(one, root.b, 32);
	const char *leaves = LEAF(ACK, "\"accepted\", \"accepted-with-exception\"") ", " LEAF(ACK2, "\"declined\", \"unanswered\"");
	assert_string_equal(judged(KIND_FLOWDOWN, SAMPLE_FLOWDOWN), "");
	assert_string_equal(flow(ROW("R1", 3, 2, 0) ", " ROW("R2", 2, 1, 1), hex, leaves), "");
	assert_string_equal(flow(ROW("R1", 3, 3, 0) ", " ROW("R2", 2, 1, 1), hex, leaves), "rows[0].acknowledged");
	assert_string_equal(flow(ROW("R1", 3, 2, 0) ", " ROW("R2", 2, 1, 0), hex, leaves), "rows[1].exceptions");
	assert_string_equal(flow(ROW("R1", 1, 2, 0) ", " ROW("R2", 2, 1, 1), hex, leaves), "rows[0].passed");
	assert_string_equal(flow(ROW("R1", 3, 2, 0), hex, leaves), "leaves[0].answers");
	assert_string_equal(flow(ROW("R1", 3, 2, 0) ", " ROW("R2", 2, 1, 1) ", " ROW("R3", 2, 0, 0), hex, leaves), "leaves[0].answers");
	assert_string_equal(flow(ROW("R1", 3, 2, 0) ", " ROW("R2", 2, 1, 1), one, leaves), "root");
	assert_string_equal(flow(ROW("R1", 3, 2, 0) ", " ROW("R2", 2, 1, 1), "", leaves), "root");
	assert_string_equal(flow(ROW("R1", 3, 2, 0), hex, LEAF(ACK, "\"accepted\"") ", " LEAF(ACK, "\"accepted\"")), "leaves.ack"); /* counted twice */
}

static void tender(void **state)
{
	(void)state;
	assert_string_equal(judged(KIND_TENDER, SAMPLE_TENDER), "");
	assert_string_equal(judged(KIND_TENDER, "{\"title\": \"t\", \"stages\": [{\"stage\": \"tender\", \"deadline\": \"2026-12-01\"}, "
	                                        "{\"stage\": \"selection\", \"deadline\": \"2026-12-02\"}]}"), "stages[1].stage");
	assert_string_equal(judged(KIND_TENDER, "{\"title\": \"t\", \"stages\": [{\"stage\": \"tender\", \"deadline\": \"2026-12-01\"}, "
	                                        "{\"stage\": \"tender\", \"deadline\": \"2026-12-02\"}]}"), "stages[1].stage");
	assert_string_equal(judged(KIND_TENDER, "{\"title\": \"t\", \"stages\": [{\"stage\": \"selection\", \"deadline\": \"2026-12-02\"}, "
	                                        "{\"stage\": \"tender\", \"deadline\": \"2026-12-01\"}]}"), "stages[1].deadline");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(challenge), cmocka_unit_test(equivalence), cmocka_unit_test(guidance), cmocka_unit_test(matrix),
		cmocka_unit_test(flowdown), cmocka_unit_test(tender),
	};
	return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
