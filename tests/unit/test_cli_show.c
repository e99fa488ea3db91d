#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/cli.h"

static char *shown, *talked; /* of the last look(); freed by the next */
static size_t shown_n, talked_n;

static void clear(void)
{
	free(shown);
	free(talked);
	shown = talked = NULL;
}

/* Runs cli_show for a row and a result given as JSON. */
static enum err look(const struct command *c, const char *result, bool json)
{
	struct cli cli = {.command = c, .json = json, .args = json_object()};
	json_t *j = json_loads(result, 0, NULL);
	enum err e;

	assert_non_null(j);
	clear();
	cli.out = open_memstream(&shown, &shown_n);
	cli.err = open_memstream(&talked, &talked_n);
	e = cli_show(&cli, j);
	(void)fclose(cli.out);
	(void)fclose(cli.err);
	json_decref(j);
	json_decref(cli.args);
	return e;
}

static char *table(const char *items, const struct column *columns, int width)
{
	json_t *j = json_loads(items, 0, NULL);
	FILE *out;

	assert_non_null(j);
	clear();
	out = open_memstream(&shown, &shown_n);
	assert_int_equal(cli_table(out, j, columns, width, 0), OK);
	(void)fclose(out);
	json_decref(j);
	return shown;
}

static char *safe(const char *text, bool lines)
{
	FILE *out;

	clear();
	out = open_memstream(&shown, &shown_n);
	cli_text_safe(out, text, lines);
	(void)fclose(out);
	return shown;
}

static void hostile_text(void **state)
{
	(void)state;
	assert_string_equal(safe("plain \xc3\xa9 \xe6\xbc\xa2", false), "plain \xc3\xa9 \xe6\xbc\xa2");
	assert_string_equal(safe("\x1b[2J\x07", false), "\\u{1b}[2J\\u{7}");
	assert_string_equal(safe("a\nb\tc\r", false), "a\\nb\\tc\\u{d}");
	assert_string_equal(safe("a\nb\tc\r", true), "a\nb\tc\\u{d}");
	assert_string_equal(safe("\xc2\x9b" "31m", false), "\\u{9b}31m");            /* C1 control sequence introducer */
	assert_string_equal(safe("\xe2\x80\xae" "exe", true), "\\u{202e}exe");       /* right-to-left override */
	assert_string_equal(safe("\xe2\x81\xa6", false), "\\u{2066}");
	assert_string_equal(safe("\xe2\x80\x8b\xef\xbb\xbf", false), "\\u{200b}\\u{feff}");
	assert_string_equal(safe("\xf3\xa0\x81\x81", false), "\\u{e0041}");          /* tag letters */
	assert_string_equal(safe("\x7f", false), "\\u{7f}");
	assert_string_equal(safe("\xff\xc0\xaf", false), "\\xff\\xc0\\xaf");         /* not UTF-8 */
	assert_string_equal(safe("\xed\xa0\x80", false), "\\xed\\xa0\\x80");         /* a surrogate */
	assert_string_equal(safe("\xe2\x82", false), "\\xe2\\x82");                  /* cut short */
}

static void widths(void **state)
{
	size_t used;

	(void)state;
	assert_int_equal(cli_text_width("abc"), 3);
	assert_int_equal(cli_text_width("\xc3\xa9"), 1);
	assert_int_equal(cli_text_width("e\xcc\x81"), 1);
	assert_int_equal(cli_text_width("\xe6\xbc\xa2\xe5\xad\x97"), 4);
	assert_int_equal(cli_text_fit("\xe6\xbc\xa2\xe5\xad\x97", 3, &used), 3);
	assert_int_equal(used, 2);
	assert_int_equal(cli_text_fit("abc", 0, &used), 0);
}

static const struct column columns[] = {
	{.path = "id", .as = AS_ID}, {.path = "from.name", .heading = "from", .max = 8}, {.path = "n", .as = AS_NUMBER},
	{.path = "at", .as = AS_TIME}, {.path = "never"}, {.path = "title", .max = 20}, {0},
};
static const char *const items =
	"[{\"id\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"from\":{\"name\":\"brackwater\"},\"n\":5,"
	"\"at\":\"2026-11-23T09:00:00Z\",\"title\":\"a\\u001b[31m\"},"
	"{\"id\":\"fedcba\",\"from\":{\"name\":\"x\"},\"n\":1234,\"title\":[\"p\",\"q\"]}]";

static void tables(void **state)
{
	(void)state;
	assert_string_equal(table(items, columns, 0), "ID            FROM           N  AT                 TITLE\n"
	                                              "0123456789ab  brackwater     5  2026-11-23 09:00Z  a\\u{1b}[31m\n"
	                                              "fedcba        x           1234                     p, q\n");
	assert_string_equal(table(items, columns, 120), "ID            FROM         N  AT                 TITLE\n"
	                                                "0123456789ab  brackwa\xe2\x80\xa6     5  2026-11-23 09:00Z  a\\u{1b}[31m\n"
	                                                "fedcba        x         1234                     p, q\n");
	assert_string_equal(table("[{\"b\":true,\"a\":null},{\"c\":{\"x\":1}}]", NULL, 0), "B    C\nyes\n     x=1\n");
}

/* Whatever stands in it, no line is wider than the terminal as long as there is something to squeeze. */
static void tables_fit(void **state)
{
	static const struct column two[] = {{.path = "a"}, {.path = "b"}, {0}};
	char text[600] = "[{\"a\":\"", *line;

	(void)state;
	for (int i = 0; i < 60; i++)
		(void)strncat(text, "\xe6\xbc\xa2", sizeof text - strlen(text) - 1);
	(void)strncat(text, "\",\"b\":\"", sizeof text - strlen(text) - 1);
	for (int i = 0; i < 90; i++)
		(void)strncat(text, "x", sizeof text - strlen(text) - 1);
	(void)strncat(text, "\"}]", sizeof text - strlen(text) - 1);
	for (int width = 40; width < 100; width++) {
		(void)table(text, two, width);
		for (line = shown; *line; line += strcspn(line, "\n") + 1) {
			char *end = strchr(line, '\n');

			assert_non_null(end);
			*end = '\0';
			assert_true(cli_text_width(line) <= (size_t)width);
			*end = '\n';
		}
	}
}

/* What somebody has to read to act is wrapped between its words, and never cut. */
static void whole_texts(void **state)
{
	static const struct column three[] = {{.path = "n"}, {.path = "text", .whole = true}, {.path = "hint", .whole = true, .max = 12}, {0}};
	static const char rows[] = "[{\"n\":\"one\",\"text\":\"the recovery kit is still on this machine\",\"hint\":\"move it to a safe\"},"
				   "{\"n\":\"two\",\"text\":\"\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\"}]";
	(void)state;
	assert_string_equal(table(rows, three, 44), "N    TEXT                       HINT\n"
	                                            "one  the recovery kit is still  move it to a\n"
	                                            "     on this machine            safe\n"
	                                            "two  \u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\n"
	                                            "     \u6f22\u5b57\n");
	assert_non_null(strstr(table(rows, three, 0), "one  the recovery kit is still on this machine  move it to a safe\n"));
}

/* A list that would be cut to stumps by a narrow terminal is shown one item after the other instead. */
static void narrow_lists(void **state)
{
	static const char answer[] = "{\"list\":[{\"rid\":\"R1\",\"title\":\"Incidents are reported\",\"text\":\"Tell us of every security incident\","
				     "\"why\":\"We can only protect ourselves when we know\"},{\"rid\":\"R2\",\"title\":\"Two\"}]}";
	static const struct command row = {.noun = "x", .style = STYLE_SHEET};
	(void)state;
	assert_int_equal(setenv("COLUMNS", "40", 1), 0);
	int e = look(&row, answer, false);
	assert_int_equal(unsetenv("COLUMNS"), 0);
	assert_int_equal(e, OK);
	assert_string_equal(shown, "list:\n  rid:   R1\n  title: Incidents are reported\n  text:  Tell us of every security incident\n"
	                           "  why:   We can only protect ourselves when we know\n\n  rid:   R2\n  title: Two\n");
	assert_int_equal(look(&row, answer, false), OK);
	assert_non_null(strstr(shown, "\n  RID  TITLE                   TEXT  "));
}

static void sheets(void **state)
{
	static const struct command row = {.noun = "x", .style = STYLE_SHEET};

	(void)state;
	assert_int_equal(look(&row, "{\"schema\":\"s/1\",\"title\":\"one\\ntwo\",\"empty\":[],\"none\":null,\"long_name\":7,"
	                            "\"deep\":{\"a\":\"b\\u001b\"},\"list\":[{\"k\":\"v\"}],\"words\":[\"p\",\"q\"],\"next\":\"do this\"}", false), OK);
	assert_string_equal(shown, "title:     one\n           two\nlong name: 7\ndeep:\n  a: b\\u{1b}\nlist:\n  K\n  v\nwords:     p, q\n");
	assert_string_equal(talked, "tally: do this\n");
}

static void styles(void **state)
{
	static const struct command id = {.noun = "x", .style = STYLE_ID}, token = {.noun = "x", .style = STYLE_ID, .member = "token"},
		ids = {.noun = "x", .style = STYLE_IDS}, none = {.noun = "x", .style = STYLE_NONE}, text = {.noun = "x", .style = STYLE_TEXT},
		list = {.noun = "x", .style = STYLE_TABLE, .columns = columns, .empty = "begin with this"},
		file = {.noun = "x", .style = STYLE_FILE};

	(void)state;
	assert_int_equal(look(&id, "{\"id\":\"abc\",\"token\":\"t\"}", false), OK);
	assert_string_equal(shown, "abc\n");
	assert_int_equal(look(&token, "{\"id\":\"abc\",\"token\":\"t\\u001b\"}", false), OK);
	assert_string_equal(shown, "t\\u{1b}\n");
	assert_int_equal(look(&ids, "{\"ids\":[\"a\",\"b\"]}", false), OK);
	assert_string_equal(shown, "a\nb\n");
	assert_int_equal(look(&none, "{\"id\":\"abc\"}", false), OK);
	assert_string_equal(shown, "");
	assert_int_equal(look(&text, "{\"text\":\"a\\n\"}", false), OK);
	assert_string_equal(shown, "a\n");
	assert_int_equal(look(&list, "{\"items\":[]}", false), OK);
	assert_string_equal(shown, "");
	assert_string_equal(talked, "tally: begin with this\n");
	assert_int_equal(look(&file, "{\"hex\":\"616263\"}", false), OK);
	assert_string_equal(shown, "abc");
	assert_int_equal(look(&file, "{\"hex\":\"61626\"}", false), ERR_INVALID);
	assert_int_equal(look(&file, "{\"hex\":\"6x\"}", false), ERR_INVALID);
}

static void warnings_and_width(void **state)
{
	const struct command row = {.noun = "x", .style = STYLE_TABLE, .columns = (const struct column[]){{.path = "text"}, {0}}};
	const char *wide = "{\"items\": [{\"text\": \"a line that is a good deal longer than forty columns of a page\"}],"
	                   " \"warnings\": [\"one\", \"two\\u001b\"], \"next\": \"go on\"}";
	(void)state;
	assert_int_equal(look(&row, wide, false), OK);
	assert_string_equal(talked, "tally: warning: one\ntally: warning: two\\u{1b}\ntally: go on\n");
	assert_non_null(strstr(shown, "columns of a page"));
	assert_int_equal(setenv("COLUMNS", "50", 1), 0); /* a pipe with a page behind it */
	assert_int_equal(look(&row, wide, false), OK);
	assert_null(strstr(shown, "columns of a page"));
	assert_int_equal(setenv("COLUMNS", "nonsense", 1), 0);
	assert_int_equal(look(&row, wide, false), OK);
	assert_non_null(strstr(shown, "columns of a page"));
	assert_int_equal(unsetenv("COLUMNS"), 0);
	const struct command sheet = {.noun = "x", .style = STYLE_SHEET};
	assert_int_equal(look(&sheet, "{\"id\": \"a\", \"warnings\": [\"one\"]}", false), OK);
	assert_string_equal(talked, "tally: warning: one\n"); /* said once */
	assert_string_equal(shown, "id: a\n");
}

static void json_output(void **state)
{
	static const struct command id = {.noun = "x", .style = STYLE_ID};
	json_t *j;

	(void)state;
	assert_int_equal(look(&id, "{\"id\":\"a\\u001b\\u007f\\u009b\\u202e\\u2066\\u061c\\ufeff\\u00e9\",\"n\":1}", true), OK);
	assert_string_equal(shown, "{\n  \"id\": \"a\\u001B\\u007f\\u009b\\u202e\\u2066\\u061c\\ufeff\xc3\xa9\",\n  \"n\": 1\n}\n");
	j = json_loads(shown, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(j, "id")), "a\x1b\x7f\xc2\x9b\xe2\x80\xae\xe2\x81\xa6\xd8\x9c\xef\xbb\xbf\xc3\xa9");
	json_decref(j);
}

static void output_file(void **state)
{
	static const struct command file = {.noun = "x", .style = STYLE_FILE};
	struct stat st;
	char path[] = "/tmp/test_cli_show.XXXXXX", back[8] = "";
	struct cli cli = {.command = &file, .args = json_object(), .out = stdout, .err = stderr, .output = path, .quiet = true};
	json_t *j = json_pack("{s:s}", "hex", "00ff10");
	FILE *f;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "mine", 4), 4);
	(void)close(fd);
	clear();
	cli.err = open_memstream(&talked, &talked_n);
	assert_int_equal(cli_show(&cli, j), ERR_CONFLICT); /* it is there */
	(void)fclose(cli.err);
	cli.err = stderr;
	assert_non_null(strstr(talked, "is there already; nothing is written over"));
	assert_non_null(strstr(talked, "tally: hint: choose another name, or add --force"));
	assert_true(stat(path, &st) == 0 && st.st_size == 4);
	(void)json_object_set_new(cli.args, "force", json_true());
	assert_int_equal(cli_show(&cli, j), OK);
	(void)json_object_del(cli.args, "force");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(cli_show(&cli, j), OK);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fread(back, 1, sizeof back, f), 3);
	assert_memory_equal(back, "\x00\xff\x10", 3);
	(void)fclose(f);
	assert_true(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	clear();
	cli.json = true; /* what was written stands beside, and not in it again */
	(void)unlink(path);
	cli.out = open_memstream(&shown, &shown_n);
	assert_int_equal(cli_show(&cli, j), OK);
	(void)fclose(cli.out);
	assert_string_equal(shown, "{}\n");
	cli.json = false;
	cli.out = stdout;
	(void)unlink(path);
	cli.output = "/nowhere/at/all";
	clear();
	cli.err = open_memstream(&talked, &talked_n);
	assert_int_equal(cli_show(&cli, j), ERR_NOT_FOUND);
	(void)fclose(cli.err);
	assert_non_null(strstr(talked, "tally: error: /nowhere/at/all: no such folder"));
	clear();
	json_decref(j);
	json_decref(cli.args);
}

static void errors(void **state)
{
	struct cli cli = {.out = stdout};
	json_t *j;

	(void)state;
	clear();
	cli.err = open_memstream(&talked, &talked_n);
	cli_show_error(&cli, ERR_TLP, "no\x1b[2J\n", "try");
	cli_show_error(&cli, ERR_SPACE, NULL, NULL);
	(void)fclose(cli.err);
	assert_string_equal(talked, "tally: error: no\\u{1b}[2J\\n\ntally: hint: try\ntally: error: no space left\n"
	                            "tally: hint: free disk space, then repeat the command\n");
	clear();
	cli.home_given = true; /* what is to be typed names the node that was named */
	cli.home = (char *)(uintptr_t)"/srv/a b";
	cli.err = open_memstream(&talked, &talked_n);
	cli_show_error(&cli, ERR_NO_DAEMON, "tally up is said",
	               "tally up, then: tally help up, tally --home x up, or a tally of it; they type: tally up");
	cli_show_say(&cli, "next: tally inbox");
	(void)fclose(cli.err);
	assert_string_equal(talked, "tally: error: tally up is said\ntally: hint: tally --home '/srv/a b' up, then: tally help up, tally --home x up, or "
	                            "a tally of it; they type: tally up\ntally: next: tally --home '/srv/a b' inbox\n");
	clear();
	cli.home_given = false;
	cli.json = true; /* one line, one object */
	cli.err = open_memstream(&talked, &talked_n);
	cli_show_error(&cli, ERR_NOT_FOUND, "no \xff\x1b[2J\n", NULL);
	(void)fclose(cli.err);
	assert_ptr_equal(strchr(talked, '\n'), talked + talked_n - 1);
	j = json_loads(talked, 0, NULL);
	assert_non_null(j);
	assert_string_equal(json_string_value(json_object_get(j, "schema")), "tally/error/1");
	assert_string_equal(json_string_value(json_object_get(j, "error")), "ERR_NOT_FOUND");
	assert_int_equal(json_integer_value(json_object_get(j, "exit")), 5);
	assert_string_equal(json_string_value(json_object_get(j, "text")), "no \\xff\\u{1b}[2J\\n");
	assert_string_equal(json_string_value(json_object_get(j, "hint")), err_hint(ERR_NOT_FOUND));
	json_decref(j);
	clear();
}

static void help_of(const char *noun, const char *verb)
{
	struct cli cli = {.command = commands_find(noun, verb)};
	FILE *out;

	clear();
	out = open_memstream(&shown, &shown_n);
	cli_help(&cli, out);
	(void)fclose(out);
}

/* A row is named by a word; a field that is called as the register is a flag beside it. */
static void a_field_called_as_its_register(void **state)
{
	(void)state;
	help_of("subcontractor", "add");
	assert_non_null(strstr(shown, "--subcontractor TEXT"));
	help_of("support", "add");
	assert_non_null(strstr(shown, "--support WORD"));
	clear();
}

/* Help of every command can be printed, and names every flag of its row. */
static void help(void **state)
{
	const struct command *c;

	(void)state;
	for (size_t i = 0; (c = commands_each(i)); i++) {
		struct cli cli = {.command = c};
		FILE *out;

		clear();
		out = open_memstream(&shown, &shown_n);
		cli_help(&cli, out);
		(void)fclose(out);
		assert_memory_equal(shown, "usage: tally ", 13);
		assert_non_null(strstr(shown, c->help));
		for (const struct arg *a = c->flags; a && a->name; a++) {
			char flag[64];

			(void)snprintf(flag, sizeof flag, "--%s", a->name);
			for (char *p = flag; *p; p++)
				*p = *p == '_' ? '-' : *p;
			assert_non_null(strstr(shown, flag));
		}
		for (const char *const *name = c->fills; name && *name; name++)
			assert_non_null(fields_find(cli_args_fields(&cli), *name));
		for (const struct field *f = cli_args_fields(&cli); f && f->name; f++)
			if (f->type == FIELD_ENUM && !commands_fills(c, f) && !strstr(shown, f->vocab->words[0]))
				fail_msg("%s %s: the words of %s are not told", c->noun, c->verb ? c->verb : "", f->name);
	}
	clear();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_text), cmocka_unit_test(widths), cmocka_unit_test(tables), cmocka_unit_test(tables_fit),
		cmocka_unit_test(whole_texts), cmocka_unit_test(narrow_lists),
		cmocka_unit_test(sheets), cmocka_unit_test(styles), cmocka_unit_test(warnings_and_width),
		cmocka_unit_test(json_output), cmocka_unit_test(output_file),
		cmocka_unit_test(errors), cmocka_unit_test(a_field_called_as_its_register), cmocka_unit_test(help),
	};

	return cmocka_run_group_tests_name("cli_show", tests, NULL, NULL);
}
