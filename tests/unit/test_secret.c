/* A passphrase out of a file: its first line, into guarded memory. */
#include "tests/unit/store_help.h"

#include "keys/secret.h"
#include "node/passphrase.h"

static void is(const char *bytes, size_t n, enum err want, const char *text)
{
	char path[] = "/tmp/tally-secret-XXXXXX";
	struct secret *s = NULL;
	struct complaint why = {0};
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	(void)close(fd);
	assert_int_equal(passphrase_file(path, &s, &why), want);
	(void)remove(path);
	if (want == OK) {
		assert_string_equal(secret_text(s), text);
		for (size_t i = strlen(text); i < SECRET_TEXT; i++) /* nothing of what stood behind it */
			assert_int_equal(secret_text(s)[i], 0);
	} else {
		assert_null(s);
		assert_string_equal(why.where, path);
	}
	secret_free(s);
}

static void first_line(void **state)
{
	static char longest[SECRET_TEXT + 1];
	(void)state;
	is("open sesame\n", 12, OK, "open sesame");
	is("open sesame", 11, OK, "open sesame");
	is("open sesame\r\nand more\n", 22, OK, "open sesame");
	is("", 0, ERR_INVALID, "");
	is("\n", 1, ERR_INVALID, "");
	is("\r\n", 2, ERR_INVALID, "");
	is("a\0b\n", 4, ERR_INVALID, "");
	memset(longest, 'x', sizeof longest);
	longest[SECRET_TEXT - 2] = '\n';
	longest[SECRET_TEXT - 1] = 'y';
	char want[SECRET_TEXT];
	memset(want, 'x', sizeof want);
	want[SECRET_TEXT - 2] = 0;
	is(longest, SECRET_TEXT, OK, want);
	longest[SECRET_TEXT - 2] = 'x';
	longest[SECRET_TEXT - 1] = '\n';
	is(longest, SECRET_TEXT, ERR_LIMIT, "");
}

static void no_file(void **state)
{
	struct secret *s = NULL;
	struct complaint why = {0};
	(void)state;
	assert_int_equal(passphrase_file("/nonexistent/file", &s, &why), ERR_NOT_FOUND);
	assert_int_equal(passphrase_file("/", &s, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "is a folder"));
	assert_null(s);
	secret_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(first_line), cmocka_unit_test(no_file)};
	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
