/* The one table of errors: every row has a name, words and an exit code that scripts may rely on. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "keys/err.h"

static const enum err all[] = {
#define X(name, code, text, hint) name,
	ERR_TABLE(X)
#undef X
};

#define COUNT (sizeof all / sizeof *all)

static void zero_is_success_and_alone(void **state)
{
	(void)state;
	assert_int_equal(OK, 0);
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(all[i], i); /* callers ask `if (e)` */
		assert_int_equal(err_exit(all[i]) == 0, all[i] == OK);
	}
}

static void every_row_is_named_and_said(void **state)
{
	(void)state;
	assert_string_equal(err_name(OK), "OK");
	for (size_t i = 0; i < COUNT; i++) {
		const char *text = err_text(all[i]);

		assert_true(i == 0 || strncmp(err_name(all[i]), "ERR_", 4) == 0);
		assert_in_range(strlen(text), 4, 60);
		assert_null(strpbrk(text, "\n\t.%")); /* the middle of a sentence, never a format */
		assert_in_range(strlen(err_hint(all[i])), i ? 15 : 0, i ? 120 : 0); /* a failure says what to do */
		assert_null(strpbrk(err_hint(all[i]), "\n\t%"));
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(err_name(all[k]), err_name(all[i]));
			assert_string_not_equal(err_text(all[k]), text);
		}
	}
}

/* Written out a second time on purpose: a script depends on these numbers. */
static void exit_codes_stay(void **state)
{
	static const struct {
		enum err e;
		int code;
	} want[] = {
		{OK, 0}, {ERR_MEMORY, 1}, {ERR_IO, 1}, {ERR_SPACE, 1}, {ERR_BUSY, 1}, {ERR_FILES, 1}, {ERR_USAGE, 2}, {ERR_NO_DAEMON, 3}, {ERR_DENIED, 4},
		{ERR_LOCKED, 4}, {ERR_NOT_FOUND, 5}, {ERR_POLICY, 6}, {ERR_TLP, 6}, {ERR_NOT_PARTNER, 6}, {ERR_SIGNATURE, 6},
		{ERR_CRYPT, 6}, {ERR_PENDING, 7}, {ERR_CONFLICT, 8}, {ERR_VERSION, 8}, {ERR_OLDER, 8}, {ERR_INVALID, 9}, {ERR_SHAPE, 9}, {ERR_LIMIT, 9},
		{ERR_EXPIRED, 9}, {ERR_PROBLEMS, 10}, {ERR_CORRUPT, 10}, {ERR_UNDECIDED, 11},
	};

	(void)state;
	assert_int_equal(sizeof want / sizeof *want, COUNT);
	for (size_t i = 0; i < COUNT; i++)
		assert_int_equal(err_exit(want[i].e), want[i].code);
}

static void what_the_system_says_has_its_word(void **state)
{
	static const struct {
		int number;
		enum err e;
	} want[] = {
		{ENOENT, ERR_NOT_FOUND}, {ENOTDIR, ERR_NOT_FOUND}, {EEXIST, ERR_CONFLICT}, {ENOTEMPTY, ERR_CONFLICT}, {EACCES, ERR_DENIED}, {EPERM, ERR_DENIED},
		{EROFS, ERR_DENIED}, {ELOOP, ERR_DENIED}, {EISDIR, ERR_INVALID}, {EMFILE, ERR_FILES}, {ENFILE, ERR_FILES}, {ENOSPC, ERR_SPACE},
		{EDQUOT, ERR_SPACE}, {EFBIG, ERR_SPACE}, {ENOMEM, ERR_MEMORY}, {EIO, ERR_IO}, {0, ERR_IO}, {-30799, ERR_IO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		assert_int_equal(err_errno(want[i].number), want[i].e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zero_is_success_and_alone),
		cmocka_unit_test(every_row_is_named_and_said),
		cmocka_unit_test(exit_codes_stay),
		cmocka_unit_test(what_the_system_says_has_its_word),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
