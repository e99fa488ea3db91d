/* A file piece by piece: what a reader takes, at its limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "proto/fetch.h"

static const struct id record = {{1}}, other = {{2}};
static uint8_t bytes[LIMIT_FILE_CHUNK + 1];

static enum fetch_step chunk(struct fetch *f, uint64_t offset, size_t n)
{
	return fetch_chunk(f, &record, offset, &SPAN(bytes, n));
}

static void piece_by_piece(void **state)
{
	struct fetch f = {0};
	(void)state;
	fetch_begin(&f, &record, LIMIT_FILE_CHUNK + 10, 0);
	assert_int_equal(chunk(&f, 0, LIMIT_FILE_CHUNK), FETCH_MORE);
	assert_int_equal(f.at, LIMIT_FILE_CHUNK);
	assert_int_equal(chunk(&f, LIMIT_FILE_CHUNK, 9), FETCH_MORE);
	assert_int_equal(chunk(&f, LIMIT_FILE_CHUNK + 9, 1), FETCH_WHOLE);
	assert_false(f.on);
	assert_int_equal(chunk(&f, LIMIT_FILE_CHUNK + 10, 1), FETCH_STRAY); /* nothing is under way any more */
}

static void what_was_not_asked_for(void **state)
{
	struct fetch f = {0};
	(void)state;
	assert_int_equal(chunk(&f, 0, 1), FETCH_STRAY);
	fetch_begin(&f, &record, 100, 40); /* goes on behind what is held */
	assert_int_equal(chunk(&f, 0, 40), FETCH_STRAY);
	assert_int_equal(chunk(&f, 41, 1), FETCH_STRAY);
	assert_int_equal(fetch_chunk(&f, &other, 40, &SPAN(bytes, 1)), FETCH_STRAY);
	assert_int_equal(chunk(&f, 40, 0), FETCH_LONG); /* pieces of nothing could go on for ever */
	assert_int_equal(chunk(&f, 40, 61), FETCH_LONG);
	assert_int_equal(chunk(&f, 40, 60), FETCH_WHOLE);
	fetch_begin(&f, &record, LIMIT_FILE, 0);
	assert_int_equal(chunk(&f, 0, LIMIT_FILE_CHUNK + 1), FETCH_LONG);
	assert_int_equal(fetch_chunk(&f, &record, 0, NULL), FETCH_GONE);
	assert_false(f.on);
}

static void what_an_author_sends(void **state)
{
	(void)state;
	assert_int_equal(fetch_piece(LIMIT_FILE, 0), LIMIT_FILE_CHUNK);
	assert_int_equal(fetch_piece(LIMIT_FILE_CHUNK + 1, LIMIT_FILE_CHUNK), 1);
	assert_int_equal(fetch_piece(10, 10), 0);
	assert_int_equal(fetch_piece(10, 11), 0);
	assert_int_equal(fetch_piece(0, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(piece_by_piece), cmocka_unit_test(what_was_not_asked_for), cmocka_unit_test(what_an_author_sends),
	};
	return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
