#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "node/charset.h"

static void gives(struct span in, const char *encoding, const char *want)
{
	struct complaint why = {0};
	struct buf out = {0};

	if (charset_utf8(in, encoding, &out, &why) != OK)
		fail_msg("%s", why.text);
	if (out.n != strlen(want) || memcmp(out.n ? out.p : (const uint8_t *)"", want, out.n) != 0)
		fail_msg("%.*s is not %s", (int)out.n, (const char *)out.p, want);
	buf_free(&out);
}

static void refuses(struct span in, const char *encoding, const char *words)
{
	struct complaint why = {0};
	struct buf out = {0};

	assert_int_equal(charset_utf8(in, encoding, &out, &why), ERR_INVALID);
	if (!strstr(why.text, words))
		fail_msg("%s", why.text);
	buf_free(&out);
}

#define IN(text) SPAN(text, sizeof text - 1)

static void by_the_mark(void **state)
{
	(void)state;
	gives(IN(""), NULL, "");
	gives(IN("name\nB\xc3\xa4r\n"), NULL, "name\nB\xc3\xa4r\n");
	gives(IN("\xef\xbb\xbfname\n"), NULL, "name\n");
	gives(IN("\xff\xfe" "a\0\xe4\0\x3d\xd8\x00\xde"), NULL, "a\xc3\xa4\xf0\x9f\x98\x80");
	gives(IN("\xfe\xff\0a\0\xe4\xd8\x3d\xde\x00"), NULL, "a\xc3\xa4\xf0\x9f\x98\x80");
	gives(IN("\xff\xfe"), NULL, "");
}

static void as_it_was_said(void **state)
{
	(void)state;
	gives(IN("B\xe4r \x80 \x93x\x94"), "windows-1252", "B\xc3\xa4r \xe2\x82\xac \xe2\x80\x9cx\xe2\x80\x9d");
	gives(IN("B\xe4r"), "Latin-1", "B\xc3\xa4r");
	gives(IN("B\xc3\xa4r"), "UTF-8", "B\xc3\xa4r");
	gives(IN("a\0b\0"), "utf-16le", "ab");
	gives(IN("\0a\0b"), "utf-16be", "ab");
}

/* Never guessed: what cannot be is refused, with the line and what to do. */
static void refused(void **state)
{
	(void)state;
	refuses(IN("name\nB\xe4r\n"), NULL, "line 2: not UTF-8 text");
	refuses(IN("name\nB\xe4r\n"), NULL, "--encoding windows-1252");
	refuses(IN("a\n\n\x81"), "windows-1252", "line 3");
	refuses(IN("\xff\xfe" "a"), NULL, "cut");
	refuses(IN("\xff\xfe" "a\0\x3d\xd8"), NULL, "half");
	refuses(IN("\xff\xfe" "\x00\xde"), NULL, "half");
	refuses(IN("\xff\xfe" "\x3d\xd8" "a\0"), NULL, "half");
	refuses(IN("name,title\n\n"), "utf-16le", "no UTF-16 text; leave --encoding out");
	refuses(IN("name,title\n"), "utf-16be", "no UTF-16 text; leave --encoding out");
	refuses(IN("a"), "ebcdic", "no encoding we know");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(by_the_mark), cmocka_unit_test(as_it_was_said), cmocka_unit_test(refused)};

	return cmocka_run_group_tests_name("charset", tests, NULL, NULL);
}
