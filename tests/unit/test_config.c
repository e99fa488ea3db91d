#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/config.h"

static char home[64];

static int make_home(void **state)
{
	(void)state;
	(void)snprintf(home, sizeof home, "/tmp/test_config.XXXXXX");
	return mkdtemp(home) ? 0 : -1;
}

static void path_of(char out[static 128])
{
	(void)snprintf(out, 128, "%s/%s", home, CONFIG_FILE);
}

static int drop_home(void **state)
{
	char path[128];

	(void)state;
	path_of(path);
	(void)unlink(path);
	return rmdir(home);
}

static void write_file(const char *text, size_t n)
{
	char path[128];
	FILE *f;

	path_of(path);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	(void)fclose(f);
}

static struct config *load(const char *text, const json_t *flags)
{
	struct config *c = NULL;
	struct complaint why;

	write_file(text, strlen(text));
	if (config_load(home, flags, &c, &why) != OK)
		fail_msg("%s: %s: %s", text, why.where, why.text);
	return c;
}

static void refused(const char *text, int line, const char *words)
{
	struct config *c = NULL;
	struct complaint why;
	char where[160];
	enum err e;

	write_file(text, strlen(text));
	e = config_load(home, NULL, &c, &why);
	(void)snprintf(where, sizeof where, "%s/%s:%d", home, CONFIG_FILE, line);
	if (e != ERR_INVALID || strcmp(why.where, where) != 0 || !strstr(why.text, words))
		fail_msg("%s\n  %s: %s: %s", text, err_name(e), why.where, why.text);
	assert_null(c);
}

static void defaults(void **state)
{
	struct config *c = NULL;
	const char *const *list;
	char path[128];

	(void)state;
	path_of(path);
	(void)unlink(path);
	assert_int_equal(config_load(home, NULL, &c, NULL), OK);
	assert_string_equal(config_text(c, "log_level"), "info");
	assert_int_equal(config_word(c, "log_level"), 2);
	assert_int_equal(config_size(c, "map_size"), 64ll << 30);
	assert_int_equal(config_list(c, "listen", &list), 0);
	assert_null(config_text(c, "passphrase_file"));
	assert_int_equal(config_source(c, "map_size"), CONFIG_DEFAULT);
	config_free(c);
}

static void layers(void **state)
{
	static const char text[] = "# comment\nlisten = {\"0.0.0.0:7400\", \"[::1]:7400\"}\nlog_level = warn\nmap_size = 1G\n";
	json_t *flags = json_pack("{s:[s], s:b, s:s}", "listen", "host.example:1", "background", 1, "name", "ignored");
	const char *const *list;
	struct config *c = load(text, NULL);

	(void)state;
	assert_int_equal(config_list(c, "listen", &list), 2);
	assert_string_equal(list[1], "[::1]:7400");
	assert_int_equal(config_word(c, "log_level"), 1);
	assert_int_equal(config_source(c, "listen"), CONFIG_FROM_FILE);
	config_free(c);
	assert_int_equal(setenv("TALLY_LISTEN", "a:1, b:2,c:3", 1), 0);
	assert_int_equal(setenv("TALLY_MAP_SIZE", "2M", 1), 0);
	c = load(text, NULL);
	assert_int_equal(config_list(c, "listen", &list), 3);
	assert_string_equal(list[2], "c:3");
	assert_int_equal(config_size(c, "map_size"), 2 << 20);
	assert_int_equal(config_source(c, "map_size"), CONFIG_FROM_ENVIRONMENT);
	config_free(c);
	c = load(text, flags);
	assert_int_equal(config_list(c, "listen", &list), 1);
	assert_string_equal(list[0], "host.example:1");
	assert_int_equal(config_source(c, "listen"), CONFIG_FROM_FLAG);
	assert_int_equal(config_source(c, "log_level"), CONFIG_FROM_FILE);
	config_free(c);
	assert_int_equal(unsetenv("TALLY_LISTEN"), 0);
	assert_int_equal(unsetenv("TALLY_MAP_SIZE"), 0);
	json_decref(flags);
}

static void bad_files(void **state)
{
	(void)state;
	refused("lissten = {\"a:1\"}\n", 1, "did you mean \"listen\"");
	refused("\n\nnonsense_here_it_is = 7\n", 3, "there is no option \"nonsense_here_it_is\"");
	refused("# c\nlog_level = loud\n", 2, "expected one of error, warn, info");
	refused("map_size = 64X\n", 1, "expected a size");
	refused("map_size = 1023K\n", 1, "expected a size"); /* one below the least */
	refused("map_size = 65T\n", 1, "expected a size");   /* one above the most */
	refused("map_size = 99999999999999999999\n", 1, "expected a size");
	refused("listen = {\"nowhere\"}\n", 1, "HOST:PORT");
	refused("listen = {\"a:65536\"}\n", 1, "HOST:PORT");
	refused("listen = {\"::1:7400\"}\n", 1, "HOST:PORT");
	refused("listen = {\"a:1\",\"a:2\",\"a:3\",\"a:4\",\"a:5\",\"a:6\",\"a:7\",\"a:8\",\"a:9\"}\n", 1, "at most 8");
	refused("passphrase_file = \"\"\n", 1, "path");
	refused("log_level = info\n}\n", 2, "expected an option");
	refused("log_level\n", 2, "expected");
	refused("# one\n// two\n/* three\nfour */ # five\nlog_level = info # \"six\nmap_size = 1\n", 6, "expected a size");
	refused("listen = {\"a:1\"}\n# more\nlisten = {\"a:2\"}\n", 3, "listen is given twice");
	refused("listen = {\"a:1\",\n\"a:2\"}  listen={\"a:3\"}\n", 2, "one {\"HOST:PORT\", ...}");
	refused("log_level = info\nlog_level = warn\n", 2, "log_level is given twice");
	refused("passphrase_file = \"/a#b//c\"\nmap_size = 1\n", 2, "expected a size");
}

static void binary_file(void **state)
{
	const char *const *list;
	struct config *c = NULL;
	struct complaint why;

	(void)state;
	write_file("log_level = info\n\0listen = {\"x:1\"}\n", 36);
	assert_int_equal(config_load(home, NULL, &c, &why), ERR_INVALID);
	c = load("passphrase_file = \"/a\\\" listen = b\"\nlisten = {\"a:1\"}\nlisten += {\"a:2\"}\n", NULL);
	assert_int_equal(config_list(c, "listen", &list), 2);
	config_free(c);
	write_file("map_size = 1M\nlisten = {\"a:0\", \"a:65535\"}", 41);
	assert_int_equal(config_load(home, NULL, &c, &why), OK);
	config_free(c);
}

static void bad_environment_and_flags(void **state)
{
	json_t *flags = json_pack("{s:s}", "map_size", "much");
	struct config *c = NULL;
	struct complaint why;

	(void)state;
	write_file("", 0);
	assert_int_equal(config_load(home, flags, &c, &why), ERR_INVALID);
	assert_string_equal(why.where, "--map-size");
	assert_int_equal(setenv("TALLY_LOG_LEVEL", "loud", 1), 0);
	assert_int_equal(config_load(home, NULL, &c, &why), ERR_INVALID);
	assert_string_equal(why.where, "TALLY_LOG_LEVEL");
	assert_non_null(strstr(why.text, "error, warn, info"));
	assert_int_equal(unsetenv("TALLY_LOG_LEVEL"), 0);
	json_decref(flags);
}

/* What init writes is read back as it was given, quotes, backslashes and dollars too. */
static void template_is_read_back(void **state)
{
	json_t *flags = json_pack("{s:[s,s], s:s}", "listen", "0.0.0.0:7400", "b:1", "passphrase_file", "/a \"b\"\\c ${HOME}/d");
	struct buf text = {0};
	const char *const *list;
	struct config *c = NULL;

	(void)state;
	assert_int_equal(config_template(flags, &text), OK);
	write_file((const char *)text.p, text.n);
	assert_int_equal(config_load(home, NULL, &c, NULL), OK);
	assert_int_equal(config_list(c, "listen", &list), 2);
	assert_string_equal(list[1], "b:1");
	assert_string_equal(config_text(c, "passphrase_file"), "/a \"b\"\\c ${HOME}/d");
	assert_int_equal(config_source(c, "log_level"), CONFIG_DEFAULT);
	assert_null(config_option(99));
	for (size_t i = 0; config_option(i); i++) {
		assert_int_equal(buf_add(&text, "", 1), OK);
		assert_non_null(strstr((const char *)text.p, config_option(i)->help));
	}
	config_free(c);
	buf_free(&text);
	json_decref(flags);
}

static void shown(void **state)
{
	struct config *c = load("log_level = warn\n", NULL);
	json_t *j = config_json(c), *items = json_object_get(j, "items");
	size_t i, found = 0;
	json_t *item;

	(void)state;
	json_array_foreach(items, i, item) {
		if (strcmp(json_string_value(json_object_get(item, "name")), "log_level") != 0)
			continue;
		assert_string_equal(json_string_value(json_object_get(item, "value")), "warn");
		assert_string_equal(json_string_value(json_object_get(item, "source")), CONFIG_FILE);
		found++;
	}
	assert_int_equal(found, 1);
	json_decref(j);
	config_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults), cmocka_unit_test(layers), cmocka_unit_test(bad_files), cmocka_unit_test(binary_file),
		cmocka_unit_test(bad_environment_and_flags), cmocka_unit_test(template_is_read_back), cmocka_unit_test(shown),
	};

	return cmocka_run_group_tests_name("config", tests, make_home, drop_home);
}
