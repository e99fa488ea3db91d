/* test_pages.c - whatever is done to the file of a store: it is found by its pages or by the sums of its rows, or it changed nothing; and no way of
 * damaging it ends the process. */
#include "tests/unit/store_help.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "store/pages.h"

#define BIG 30000

struct damaged {
	struct folder f;
	char file[600];
	struct buf whole;  /* the file as it was */
	struct buf rows;   /* what all its tables hold */
	char said[300];    /* the last problem */
};

static uint64_t seed = 20261124;

/* splitmix64 */
static uint64_t draw(uint64_t below)
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % below;
}

static void hear(void *ctx, const char *problem)
{
	struct damaged *d = ctx;

	(void)snprintf(d->said, sizeof d->said, "%s", problem);
}

/* Every key and value, one behind the other; an error: some row cannot be read. */
static enum err read_rows(struct store *s, struct buf *out)
{
	struct txn *t;
	struct walk w;
	enum err e = store_read(s, &t);

	for (int i = 0; e == OK && i < TABLE_COUNT; i++) {
		e = walk_open(t, (enum table)i, SPAN(NULL, 0), false, &w);
		while (e == OK && walk_next(&w)) {
			assert_int_equal(buf_add(out, w.key.p, w.key.n), OK);
			assert_int_equal(buf_add(out, w.value.p, w.value.n), OK);
		}
		e = walk_close(&w, e);
	}
	store_abort(t);
	return e;
}

static void write_at(const struct damaged *d, off_t at, const void *p, size_t n)
{
	int fd = open(d->file, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, p, n, at), (ssize_t)n);
	close(fd);
}

static void restore(const struct damaged *d)
{
	assert_int_equal(truncate(d->file, 0), 0);
	write_at(d, 0, d->whole.p, d->whole.n);
}

/* Some tables several levels deep, rows that fill pages of their own, and free pages. */
static int setup(void **state)
{
	static uint8_t big[BIG];
	struct damaged *d = calloc(1, sizeof *d);
	uint8_t key[8];
	struct stat st;

	folder_make(&d->f);
	folder_open(&d->f);
	for (int round = 0; round < 3; round++) {
		struct txn *t = writing(&d->f);
		for (uint64_t i = 0; i < 600; i++) {
			put_u64be(key, i * 7919 % 1000);
			assert_int_equal(store_put(t, TABLE_BY_REF, SPAN(key, 8), SPAN(big, i % 3 * 40)), OK);
		}
		for (uint64_t i = 0; i < 4; i++) {
			put_u64be(key, i);
			memset(big, (int)(round * 16 + (int)i), sizeof big);
			assert_int_equal(store_put(t, TABLE_RECORDS, SPAN(key, 8), SPAN(big, sizeof big / (i + 1))), OK);
			assert_int_equal(store_drop(t, TABLE_BY_REF, SPAN(key, 8)), OK);
		}
		assert_int_equal(store_commit(t), OK);
	}
	assert_int_equal(read_rows(d->f.store, &d->rows), OK);
	folder_close(&d->f);
	(void)snprintf(d->file, sizeof d->file, "%s/data.mdb", d->f.path);
	assert_int_equal(stat(d->file, &st), 0);
	int fd = open(d->file, O_RDONLY);
	uint8_t *at;
	assert_int_equal(buf_room(&d->whole, (size_t)st.st_size, &at), OK);
	assert_int_equal(read(fd, at, (size_t)st.st_size), st.st_size);
	close(fd);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct damaged *d = *state;

	folder_remove(&d->f);
	buf_free(&d->whole);
	buf_free(&d->rows);
	free(d);
	return 0;
}

static enum err look(struct damaged *d, struct pages_found *found)
{
	const struct pages_ops ops = {hear, d};
	int fd = open(d->file, O_RDONLY);
	uint64_t txnid;

	assert_true(fd >= 0);
	memset(found, 0, sizeof *found);
	d->said[0] = 0;
	enum err e = pages_meta(fd, &ops, &txnid);
	if (e == OK)
		e = pages_check(fd, txnid, &ops, found);
	close(fd);
	return e;
}

enum outcome { PAGES, SUMS, NOTHING };

/* What becomes of the damage; fails when it is believed. */
static enum outcome outcome(struct damaged *d)
{
	struct pages_found found;
	struct buf rows = {0};
	struct store *s = NULL;
	enum err looked = look(d, &found), e;

	e = store_open(&(struct store_config){.path = d->f.path, .readonly = true}, &s);
	if (looked != OK || found.problems) {
		assert_true(looked == OK || looked == ERR_CORRUPT || looked == ERR_NOT_FOUND);
		assert_true(e == ERR_CORRUPT || e == ERR_NOT_FOUND);
		return PAGES;
	}
	if (e == OK)
		e = read_rows(s, &rows);
	store_close(s);
	bool same = span_eq(buf_span(&rows), buf_span(&d->rows));
	buf_free(&rows);
	assert_true(e == ERR_CORRUPT || (e == OK && same));
	return e == OK ? NOTHING : SUMS;
}

static void a_sound_store_has_no_problems(void **state)
{
	struct damaged *d = *state;
	struct pages_found found;

	assert_int_equal(look(d, &found), OK);
	assert_int_equal(found.problems, 0);
	assert_true(found.free > 0);
	assert_int_equal(found.used + found.free + 2, found.pages); /* all are accounted for */
	assert_int_equal(outcome(d), NOTHING);
}

static void flipped_bits_are_found(void **state)
{
	struct damaged *d = *state;
	size_t times[3] = {0};

	for (int i = 0; i < 4000; i++) {
		off_t at = (off_t)draw(i % 4 ? d->whole.n : 8192 + d->whole.n / 16); /* the first pages more often */
		uint8_t byte = d->whole.p[at] ^ (uint8_t)(1u << draw(8));
		write_at(d, at, &byte, 1);
		times[outcome(d)]++;
		write_at(d, at, &d->whole.p[at], 1);
	}
	assert_true(times[PAGES] > 100 && times[SUMS] > 100 && times[NOTHING] > 100);
}

static void flipped_heads_of_pages_are_found(void **state)
{
	struct damaged *d = *state;

	for (size_t page = 0; page < d->whole.n / 4096; page++)
		for (size_t i = 0; i < 20; i++) {
			off_t at = (off_t)(page * 4096 + draw(64));
			uint8_t byte = (uint8_t)draw(256);
			write_at(d, at, &byte, 1);
			(void)outcome(d);
			write_at(d, at, &d->whole.p[at], 1);
		}
}

static void pages_of_zeros_or_of_other_pages_are_found(void **state)
{
	static const uint8_t zeros[4096];
	struct damaged *d = *state;
	size_t pages = d->whole.n / 4096, found = 0;

	for (size_t i = 0; i < pages; i++) {
		write_at(d, (off_t)(i * 4096), zeros, sizeof zeros);
		found += outcome(d) != NOTHING;
		write_at(d, (off_t)(i * 4096), d->whole.p + draw(pages) * 4096, 4096);
		(void)outcome(d);
		write_at(d, (off_t)(i * 4096), d->whole.p + i * 4096, 4096);
	}
	assert_true(found > pages / 3);
}

static void a_file_of_any_length_is_no_crash(void **state)
{
	struct damaged *d = *state;

	for (int i = 0; i < 300; i++) {
		assert_int_equal(truncate(d->file, (off_t)draw(i % 3 ? d->whole.n : 9000)), 0);
		(void)outcome(d);
		restore(d);
	}
	assert_int_equal(truncate(d->file, 0), 0);
	assert_int_equal(outcome(d), PAGES);
	restore(d);
	assert_int_equal(outcome(d), NOTHING);
}

/* The newest of two first pages must not be taken back to the one before: what was signed in between would be signed again. */
static void a_first_page_of_an_earlier_moment_is_found(void **state)
{
	struct damaged *d = *state;
	struct pages_found found;
	uint64_t one, other;

	memcpy(&one, d->whole.p + 16 + 24 + 96 + 8, 8);
	memcpy(&other, d->whole.p + 4096 + 16 + 24 + 96 + 8, 8);
	uint64_t older = (one > other ? one : other) - 4;
	write_at(d, (one > other ? 0 : 4096) + 16 + 24 + 96 + 8, &older, 8);
	assert_int_equal(look(d, &found), ERR_CORRUPT);
	assert_string_equal(d->said, "the file data.mdb has first pages that do not follow each other");
	restore(d);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_sound_store_has_no_problems),
		TEST(flipped_bits_are_found),
		TEST(flipped_heads_of_pages_are_found),
		TEST(pages_of_zeros_or_of_other_pages_are_found),
		TEST(a_file_of_any_length_is_no_crash),
		TEST(a_first_page_of_an_earlier_moment_is_found),
	};

	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
