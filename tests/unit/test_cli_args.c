#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/cli.h"
#include "node/nearest.h"

#define MOST 40

/* Words divided by '|', so that they can hold blanks. */
static enum err parse(struct cli *cli, struct complaint *why, const char *line)
{
	static char copy[4096]; /* the arguments are borrowed by cli */
	const char *argv[MOST] = {"tally"};
	int argc = 1;

	memset(cli, 0, sizeof *cli);
	cli->in = stdin;
	(void)snprintf(copy, sizeof copy, "%s", line);
	for (char *p = copy; *line && argc < MOST; argc++) {
		char *bar = strchr(p, '|');

		argv[argc] = p;
		if (!bar) {
			argc++;
			break;
		}
		*bar = '\0';
		p = bar + 1;
	}
	return cli_args_parse(cli, argc, argv, why);
}

static void done(struct cli *cli)
{
	json_decref(cli->args);
	free(cli->home);
}

static void gives(const char *line, const char *wanted)
{
	struct complaint why;
	struct cli cli;
	json_t *j = json_loads(wanted, 0, NULL);
	char *got;

	assert_non_null(j);
	if (parse(&cli, &why, line) != OK)
		fail_msg("%s: %s %s", line, why.where, why.text);
	got = json_dumps(cli.args, JSON_COMPACT);
	if (!json_equal(cli.args, j))
		fail_msg("%s\n  gives %s\n  not   %s", line, got, wanted);
	free(got);
	json_decref(j);
	done(&cli);
}

static void refused(const char *line, enum err e, const char *where, const char *words)
{
	struct complaint why;
	struct cli cli;
	enum err got = parse(&cli, &why, line);

	if (got != e || strcmp(why.where, where) != 0 || !strstr(why.text, words))
		fail_msg("%s\n  %s: [%s] %s", line, err_name(got), why.where, why.text);
	done(&cli);
}

static void lines_of_the_spine(void **state)
{
	(void)state;
	gives("--home|A|init|Harbour Foods|--listen|127.0.0.1:1|--recovery-out|kit-A",
	      "{\"name\":\"Harbour Foods\",\"listen\":[\"127.0.0.1:1\"],\"recovery_out\":\"kit-A\"}");
	gives("contract|offer|--to|b|--data-class|personal|--country|DE",
	      "{\"to\":[\"b\"],\"body\":{\"data_classes\":[\"personal\"],\"countries\":[\"DE\"]}}");
	gives("supplier|add|brackwater|--title|Brackwater Logistics|--type|bespoke|--tier|high|--reason|runs our cold chain|--service|cold-chain transport",
	      "{\"supplier\":\"brackwater\",\"body\":{\"title\":\"Brackwater Logistics\",\"type\":\"bespoke\",\"tier\":\"high\","
	      "\"reason\":\"runs our cold chain\",\"services\":[\"cold-chain transport\"]}}");
	gives("incident|report|--to|harbour|--stage|early-warning|--title|Ransomware|--aware|2026-11-23T09:00:00Z|--malicious|yes|--cross-border|no|"
	      "--contact|soc@brackwater.example|--tlp|amber|--wait|10s",
	      "{\"to\":[\"harbour\"],\"tlp\":\"amber\",\"body\":{\"stage\":\"early-warning\",\"title\":\"Ransomware\",\"aware\":\"2026-11-23T09:00:00Z\","
	      "\"malicious\":\"yes\",\"cross_border\":\"no\",\"contact\":\"soc@brackwater.example\"}}");
	gives("reply|abcdef|acknowledged|--wait|10s", "{\"record\":\"abcdef\",\"decision\":\"acknowledged\",\"body\":{}}");
	gives("incident|update|abcdef|--severity|high|--action|Reset API keys, all of them|--action|Tell users",
	      "{\"incident\":\"abcdef\",\"body\":{\"severity\":\"high\",\"actions\":[{\"text\":\"Reset API keys, all of them\",\"id\":\"a1\"},"
	      "{\"text\":\"Tell users\",\"id\":\"a2\"}]}}");
	gives("requirement|assign|baseline|--to|brackwater|--level|standard|--due|2027-01-31",
	      "{\"set\":\"baseline\",\"to\":[\"brackwater\"],\"body\":{\"level\":\"standard\",\"due\":\"2027-01-31\"}}");
	gives("requirement|list|--owed", "{\"owed\":true}");
	gives("requirement|ack|abcdef|--accept-all|--exception|R3=legacy scanners, until 2027-06-30|--wait|10s",
	      "{\"assign\":\"abcdef\",\"accept_all\":true,\"exception\":[\"R3=legacy scanners, until 2027-06-30\"],\"body\":{}}");
	gives("partner|verify|brackwater|--words|one two", "{\"partner\":\"brackwater\",\"words\":\"one two\"}");
	gives("record|retract|abcdef|--reason|superseded|--wait|10s", "{\"record\":\"abcdef\",\"reason\":\"superseded\"}");
	gives("status", "{}");
}

static void globals_anywhere(void **state)
{
	struct complaint why;
	struct cli cli;

	(void)state;
	assert_int_equal(parse(&cli, &why, "incident|--json|report|--home|here|--title|x|-n|--wait=2m|--no-input|-q|-y"), OK);
	assert_string_equal(cli.home, "here");
	assert_true(cli.json && cli.dry_run && cli.no_input && cli.quiet && cli.yes);
	assert_int_equal(cli.wait, 120000);
	done(&cli);
	assert_int_equal(parse(&cli, &why, "proof|export|abcdef|-o|out.tally"), OK);
	assert_string_equal(cli.output, "out.tally");
	done(&cli);
	assert_int_equal(parse(&cli, &why, "proof|export|abcdef|--output=-"), OK);
	assert_string_equal(cli.output, "-");
	done(&cli);
	assert_int_equal(parse(&cli, &why, "proof|verify|-"), OK); /* bytes, which the command reads itself */
	assert_string_equal(json_string_value(json_object_get(cli.args, "path")), "-");
	done(&cli);
	assert_int_equal(parse(&cli, &why, "reply|abcdef|done"), OK);
	assert_false(cli.waits);
	done(&cli);
	assert_int_equal(parse(&cli, &why, "reply|abcdef|done|--wait|0s"), OK);
	assert_true(cli.waits && cli.wait == 0);
	done(&cli);
	assert_int_equal(parse(&cli, &why, "--version"), OK);
	assert_true(cli.version);
	done(&cli);
	assert_int_equal(parse(&cli, &why, "partner|verify|--help"), OK); /* nothing is missing when help is asked for */
	assert_true(cli.help && cli.command);
	done(&cli);
	assert_int_equal(parse(&cli, &why, ""), OK);
	assert_null(cli.command);
	done(&cli);
}

static void values(void **state)
{
	(void)state;
	gives("incident|report|--to|a|--to=b|--onward", "{\"to\":[\"a\",\"b\"],\"onward\":true,\"body\":{}}");
	gives("partner|invite|--name|x|--valid|7d", "{\"name\":\"x\",\"valid\":604800000}");
	gives("record|list|--limit|20", "{\"limit\":20}");
	gives("supplier|list|--tier|high", "{\"tier\":\"high\"}");
	gives("partner|show|--|--odd", "{\"partner\":\"--odd\"}");
	gives("incident|answer|abcdef|--suppliers-asked|12", "{\"incident\":\"abcdef\",\"body\":{\"suppliers_asked\":12}}");
	gives("posture|publish|--common|yes|--scope-services|web", "{\"body\":{\"common\":true,\"scope\":{\"services\":[\"web\"]}}}");
	gives("supplier|add|x|--factors-dependency|high|--contact|purpose=privacy, name=A, B|--identifier|{\"scheme\":\"LEI\",\"value\":\"1\"}",
	      "{\"supplier\":\"x\",\"body\":{\"factors\":{\"dependency\":\"high\"},\"contacts\":[{\"purpose\":\"privacy\",\"name\":\"A, B\"}],"
	      "\"identifiers\":[{\"scheme\":\"LEI\",\"value\":\"1\"}]}}");
	gives("record|new|incident.notice|--title|x|--thread|abcdef", "{\"kind\":\"incident.notice\",\"thread\":\"abcdef\",\"body\":{\"title\":\"x\"}}");
	gives("incident|report|--title=a=b", "{\"body\":{\"title\":\"a=b\"}}");
	gives("incident|report|--cross_border|no", "{\"body\":{\"cross_border\":\"no\"}}");
}

static void usage(void **state)
{
	(void)state;
	refused("partnr|list", ERR_USAGE, "", "did you mean \"partner\"");
	refused("partner|lsit", ERR_USAGE, "", "did you mean \"list\"");
	refused("partner|qqqqqqq", ERR_USAGE, "", "there is no command \"partner qqqqqqq\"");
	refused("status|extra", ERR_USAGE, "", "one word too many");
	refused("partner|show", ERR_USAGE, "PARTNER", "is missing");
	refused("partner|invite", ERR_USAGE, "--name", "is missing");
	refused("partner|invite|--name", ERR_USAGE, "--name", "needs a value");
	refused("incident|report|--to|--tlp|amber", ERR_USAGE, "--to", "needs a value");
	refused("partner|invite|--nmae|x", ERR_USAGE, "--nmae", "did you mean \"--name\"");
	refused("--nonsense|status", ERR_USAGE, "--nonsense", "before a command");
	refused("status|-z", ERR_USAGE, "-z", "not known");
	refused("status|-jq", ERR_USAGE, "-jq", "letters stand alone");
	refused("status|--json=yes", ERR_USAGE, "--json", "takes no value");
	refused("status|--wait|10s", ERR_USAGE, "--wait", "send a record");
	refused("status|--dry-run", ERR_USAGE, "tally", "status takes no --dry-run");
	refused("reply|abcdef|done|--wait|soon", ERR_USAGE, "--wait", "span of time");
	refused("record|list|--limit|many", ERR_USAGE, "--limit", "whole number");
	refused("record|list|--limit|99999999999999999999", ERR_USAGE, "--limit", "whole number");
	refused("record|list|--kind|a|--kind|b", ERR_USAGE, "--kind", "twice");
	refused("supplier|list|--tier|huge", ERR_USAGE, "--tier", "critical, high, medium, low");
	refused("record|new|incident.notise", ERR_USAGE, "KIND", "did you mean \"incident.notice\"");
	refused("record|new|--title|x", ERR_USAGE, "--title", "the kind comes before");
	refused("status|--home", ERR_USAGE, "--home", "needs a value");
	refused("status|--home=", ERR_USAGE, "--home", "folder");
}

static void fields(void **state)
{
	(void)state;
	refused("incident|report|--severity|awful", ERR_USAGE, "--severity", "one of");
	refused("incident|report|--aware|yesterday", ERR_USAGE, "--aware", "time");
	refused("incident|report|--title|a|--title|b", ERR_USAGE, "--title", "twice");
	refused("incident|report|--actions|{\"text\":", ERR_USAGE, "--actions", "JSON");
	refused("incident|report|--title|\xff", ERR_USAGE, "--title", "UTF-8");
	refused("incident|report|--indicator|type=ipv9, value=x", ERR_USAGE, "--indicator: type", "one of");
	refused("asset|declare|--item|id=db, class=thing", ERR_USAGE, "--item: class", "one of");
	refused("posture|publish|--common|perhaps", ERR_USAGE, "--common", "yes or no");
	refused("supplier|add|x|--scope-services|web", ERR_USAGE, "--scope-services", "not known");
	/* One mistake, one code: a word that is none, whichever table the flag stands in. */
	refused("incident|report|--tlp|purple", ERR_USAGE, "--tlp", "one of");
	refused("supplier|add|x|--tier|huge", ERR_USAGE, "--tier", "one of");
	refused("supplier|list|--tier|huge", ERR_USAGE, "--tier", "one of");
}

/* What a command fills itself is no flag of it. */
static void filled(void **state)
{
	(void)state;
	refused("incident|close|abcdef|--stage|final", ERR_USAGE, "--stage", "not known");
	gives("incident|close|abcdef|--title|x", "{\"incident\":\"abcdef\",\"body\":{\"title\":\"x\"}}");
	refused("incident|forward|abcdef|--index|1", ERR_USAGE, "--index", "not known");
	refused("incident|forward|abcdef|--statement|x", ERR_USAGE, "--statement", "not known");
	refused("incident|forward|abcdef|--relation|customer", ERR_USAGE, "--relation", "not known");
	refused("incident|forward|abcdef|--as|cousin", ERR_USAGE, "--as", "one of");
	refused("incident|answer|abcdef|--about|x", ERR_USAGE, "--about", "not known");
	refused("supplier|add|x|--name|x", ERR_USAGE, "--name", "not known");
	refused("supplier|edit|x|--created|2026-01-01T00:00:00Z", ERR_USAGE, "--created", "not known");
	refused("reply|abcdef|done|--decision|x", ERR_USAGE, "--decision", "not known");
	refused("record|new|log.open", ERR_USAGE, "KIND", "made by the node");
	refused("record|new|pair", ERR_USAGE, "KIND", "made by the node");
}

/* An answer has the flags that concern it: the stage of a tender is of tenders alone, reasons for single requirements of where there are some. */
static void answers(void **state)
{
	const struct command *c;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; (c = commands_each(i)); i++) {
		const struct field *f = c->kind == KIND_REPLY ? kind_by_number(KIND_REPLY)->fields : NULL;

		if (!f || !c->verb || (strcmp(c->noun, "tender") == 0 && strcmp(c->verb, "decide") == 0))
			continue;
		n++;
		if (cli_body_known(c, f, "stage") || cli_body_known(c, f, "reason"))
			fail_msg("tally %s %s takes the stage or the reasons of something else", c->noun, c->verb);
	}
	assert_true(n > 10);
}

static char *file_with(const char *text)
{
	static char path[64];
	int fd;

	(void)snprintf(path, sizeof path, "/tmp/test_cli_args.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
	return path;
}

static void files(void **state)
{
	char line[300], *path;

	(void)state;
	path = file_with("\xef\xbb\xbf{\"title\": \"from file\", \"scope\": {\"units\": [\"a\"]}}");
	(void)snprintf(line, sizeof line, "posture|publish|--file|%s|--title|from flag|--scope-services|s", path);
	gives(line, "{\"body\":{\"title\":\"from flag\",\"scope\":{\"units\":[\"a\"],\"services\":[\"s\"]}}}");
	(void)snprintf(line, sizeof line, "requirement|import|%s|--name|base", path);
	gives(line, "{\"file\":{\"title\":\"from file\",\"scope\":{\"units\":[\"a\"]}},\"name\":\"base\"}");
	(void)snprintf(line, sizeof line, "supplier|import|%s", path);
	gives(line, "{\"csv\":\"{\\\"title\\\": \\\"from file\\\", \\\"scope\\\": {\\\"units\\\": [\\\"a\\\"]}}\"}");
	(void)unlink(path);
	refused(line, ERR_NOT_FOUND, "FILE", "no such file");
	path = file_with("{\"a\":1,\n\"a\":2}");
	(void)snprintf(line, sizeof line, "requirement|import|%s|--name|base", path);
	refused(line, ERR_INVALID, "FILE", ":2:");
	(void)unlink(path);
	path = file_with("[1]");
	(void)snprintf(line, sizeof line, "posture|publish|--file|%s", path);
	refused(line, ERR_INVALID, "--file", "JSON object");
	(void)unlink(path);
	path = file_with("name\n\xe9\n");
	(void)snprintf(line, sizeof line, "supplier|import|%s", path);
	refused(line, ERR_INVALID, "FILE", "UTF-8");
	(void)unlink(path);
	refused("supplier|import|/", ERR_INVALID, "FILE", "/: is a folder");
}

/* Rows that contradict themselves would only show when somebody types them. */
static void the_table_is_sound(void **state)
{
	const struct command *c;

	(void)state;
	for (size_t i = 0; (c = commands_each(i)); i++) {
		size_t optional = 0;

		assert_ptr_equal(commands_find(c->noun, c->verb), c); /* no name twice */
		assert_true(!c->call != !c->local);
		assert_non_null(c->help);
		assert_true(c->style != STYLE_TABLE || (c->columns && c->columns->path));
		for (const struct arg *a = c->words; a && a->name; a++) {
			assert_true(!a->required || optional == 0);
			optional += !a->required;
			assert_true(a->type != ARG_WORD || a->vocab);
		}
		for (const struct arg *a = c->flags; a && a->name; a++) {
			assert_true(a->type != ARG_WORD || a->vocab);
			for (const struct arg *b = c->more; b && b->name; b++)
				assert_string_not_equal(a->name, b->name);
			for (const struct arg *b = c->words; b && b->name; b++)
				assert_string_not_equal(a->name, b->name);
		}
		if (c->kind)
			assert_non_null(kind_by_number(c->kind));
	}
}

/* The heading of a table is the name in JSON and CSV, with blanks; a report has no other, so that its table and its sheet read alike. */
static void headings(void **state)
{
	const struct command *c;

	(void)state;
	for (size_t i = 0; (c = commands_each(i)); i++)
		for (const struct column *k = c->columns; k && k->path; k++) {
			char same[64];

			(void)snprintf(same, sizeof same, "%s", k->path);
			for (char *p = same; *p; p++)
				*p = *p == '_' || *p == '.' ? ' ' : *p;
			if (k->heading && (strcmp(k->heading, same) == 0 || strcmp(c->noun, "report") == 0))
				fail_msg("tally %s %s: \"%s\" is called \"%s\"", c->noun, c->verb ? c->verb : "", k->path, k->heading);
		}
}

static void homes(void **state)
{
	char *home = NULL, cwd[4096];

	(void)state;
	assert_int_equal(setenv("TALLY_HOME", "/from/env", 1), 0);
	assert_int_equal(cli_home("/given", &home), OK);
	assert_string_equal(home, "/given");
	free(home);
	assert_int_equal(cli_home(NULL, &home), OK);
	assert_string_equal(home, "/from/env");
	free(home);
	assert_int_equal(unsetenv("TALLY_HOME"), 0);
	assert_int_equal(setenv("XDG_STATE_HOME", "/state", 1), 0);
	assert_int_equal(cli_home(NULL, &home), OK);
	assert_string_equal(home, "/state/tally");
	free(home);
	assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
	assert_int_equal(setenv("HOME", "/me", 1), 0);
	assert_int_equal(cli_home(NULL, &home), OK);
	assert_string_equal(home, "/me/.local/state/tally");
	free(home);
	assert_int_equal(cli_home("A", &home), OK);
	assert_non_null(getcwd(cwd, sizeof cwd));
	assert_memory_equal(home, cwd, strlen(cwd));
	assert_string_equal(home + strlen(cwd), "/A");
	free(home);
}

static void nearest(void **state)
{
	struct nearest n = nearest_to("lsit");

	(void)state;
	nearest_try(&n, "list");
	nearest_try(&n, "last");
	assert_string_equal(n.best, "list");
	n = nearest_to("x");
	nearest_try(&n, "completion");
	assert_null(n.best);
	n = nearest_to("cross-bordr");
	nearest_try(&n, "cross_border");
	assert_string_equal(n.best, "cross_border");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_the_spine), cmocka_unit_test(globals_anywhere), cmocka_unit_test(values), cmocka_unit_test(usage),
		cmocka_unit_test(fields), cmocka_unit_test(filled),
		cmocka_unit_test(answers), cmocka_unit_test(files), cmocka_unit_test(the_table_is_sound), cmocka_unit_test(headings),
		cmocka_unit_test(homes),
		cmocka_unit_test(nearest),
	};

	return cmocka_run_group_tests_name("cli_args", tests, NULL, NULL);
}
