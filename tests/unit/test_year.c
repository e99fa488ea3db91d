/* One year of twelve organisations in three tiers, on a virtual clock: a manufacturer, its suppliers and theirs. Everything is said as people
 * type it, by the program's own command line, to real cores. At the end of each chapter both ends of every relationship must show the same.
 *
 *                       works
 *        carrier     cloud      parts      payroll
 *     depot  fleet  centre vault  smelter  plating  printer        centre works for payroll too */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/api.h"
#include "node/cli.h"
#include "node/examples.h"
#include "proto/when.h"
#include "tests/unit/scenario.h"

enum { WORKS, CARRIER, CLOUD, PARTS, PAYROLL, DEPOT, FLEET, CENTRE, VAULT, SMELTER, PLATING, PRINTER, ORGS };

static const char *const names[ORGS] = {"works", "carrier", "cloud", "parts", "payroll", "depot", "fleet", "centre", "vault", "smelter", "plating",
                                        "printer"};

static const int pairs[][2] = {{WORKS, CARRIER}, {WORKS, CLOUD}, {WORKS, PARTS}, {WORKS, PAYROLL}, {CARRIER, DEPOT}, {CARRIER, FLEET},
                               {CLOUD, CENTRE}, {CLOUD, VAULT}, {PARTS, SMELTER}, {PARTS, PLATING}, {PAYROLL, PRINTER}, {PAYROLL, CENTRE}};
#define PAIRS (sizeof pairs / sizeof *pairs)
#define SETTLE_MS (20 * 60 * 1000) /* longer than a partner waits before it dials again */

static struct scenario world;
static char contract[ORGS][17], asked[ORGS][17]; /* ids */
static int64_t new_year;
static char folder[] = "/tmp/tally-year-XXXXXX";

/* ---- what somebody types ---- */

/* Words divided by blanks; "quoted ones" hold blanks; @name is the pet name of an organisation. */
static int split(char *line, const char **argv, int most)
{
	static char pet[ORGS][16];
	int n = 0;
	for (char *p = line; *p && n < most; n++) {
		char *word = p, *to = p;
		for (bool quoted = false; *p && (quoted || *p != ' '); p++) {
			if (*p == '"')
				quoted = !quoted;
			else
				*to++ = *p;
		}
		while (*p == ' ')
			p++;
		*to = '\0';
		argv[n] = word;
		for (int i = 0; *word == '@' && i < ORGS; i++)
			if (strcmp(word + 1, names[i]) == 0) {
				(void)snprintf(pet[i], sizeof pet[i], "node%d", i);
				argv[n] = pet[i];
			}
	}
	return n;
}

static json_t *typed(int who, const char *line, va_list more)
{
	char text[2000], full[2100];
	const char *argv[64] = {"tally"};
	struct cli cli = {.in = stdin, .out = stdout, .err = stderr, .no_input = true};
	struct complaint why;
	struct api_wait wait = {0};
	assert_true(vsnprintf(text, sizeof text, line, more) < (int)sizeof text);
	(void)snprintf(full, sizeof full, "%s: %s", names[who], text);
	int argc = split(text, argv + 1, 62) + 1;
	if (cli_args_parse(&cli, argc, argv, &why) != OK)
		fail_msg("%s: %s %s", full, why.where, why.text);
	assert_int_equal(commands_args(cli.command, cli.args), OK);
	json_t *request = json_pack("{s:s, s:O}", "call", cli.command->call, "args", cli.args);
	scenario_begin(&world.node[who]);
	json_t *response = api_run(world.node[who].core, request, &wait);
	assert_int_equal(scenario_end(&world.node[who]), OK);
	json_decref(request);
	json_decref(cli.args);
	if (!json_is_true(json_object_get(response, "ok")))
		fail_msg("%s\n  %s (%s)", full, json_string_value(json_object_get(response, "text")), json_string_value(json_object_get(response, "hint")));
	json_t *result = json_incref(json_object_get(response, "result"));
	json_decref(response);
	return result;
}

static json_t *sees(int who, const char *line, ...) __attribute__((format(printf, 2, 3)));
static json_t *sees(int who, const char *line, ...)
{
	va_list more;
	va_start(more, line);
	json_t *r = typed(who, line, more);
	va_end(more);
	return r;
}

/* Says it; the first digits of its id, in one of some buffers that take turns. */
static const char *says(int who, const char *line, ...) __attribute__((format(printf, 2, 3)));
static const char *says(int who, const char *line, ...)
{
	static char ids[16][17];
	static unsigned turn;
	char *id = ids[turn++ % 16];
	va_list more;
	va_start(more, line);
	json_t *r = typed(who, line, more);
	va_end(more);
	const char *full = json_string_value(json_object_get(r, "id"));
	(void)snprintf(id, sizeof ids[0], "%.16s", full ? full : "");
	json_decref(r);
	return id;
}

/* ---- time ---- */

static void day(int n)
{
	int64_t at = new_year + n * WHEN_DAY_MS + 9 * 3600000ll;
	assert_true(at >= world.now);
	world.now = at;
	scenario_run(&world, SETTLE_MS);
}

static void settle(void)
{
	scenario_run(&world, SETTLE_MS);
}

static const char *date(int n)
{
	static char text[8][WHEN_TEXT];
	static unsigned turn;
	char *out = text[turn++ % 8];
	when_format_date(new_year / WHEN_DAY_MS + n, out);
	return out;
}

/* ---- both ends ---- */

static const char *text(const json_t *o, const char *name)
{
	const char *t = json_string_value(json_object_get(o, name));
	return t ? t : "";
}

static const json_t *with(const json_t *items, const char *key, const char *value)
{
	const json_t *item;
	size_t i;
	json_array_foreach(items, i, item)
		if (strcmp(text(item, key), value) == 0)
			return item;
	return NULL;
}

static size_t same_records(int a, int b)
{
	static const char *const same[] = {"kind", "tlp", "title", "state", "note", "created", "thread"};
	json_t *x = sees(a, "record list --limit 10000"), *y = sees(b, "record list --limit 10000"), *item;
	size_t i, both = 0;
	json_array_foreach(json_object_get(x, "items"), i, item) {
		const json_t *other = with(json_object_get(y, "items"), "id", text(item, "id"));
		if (!other || !(strcmp(text(item, "from"), "me") == 0 || strcmp(text(other, "from"), "me") == 0)) /* of others each knows its own part */
			continue;
		both++;
		for (size_t k = 0; k < sizeof same / sizeof *same; k++)
			if (strcmp(text(item, same[k]), text(other, same[k])) != 0)
				fail_msg("%s and %s: the %s of %s \"%s\" is \"%s\" and \"%s\"", names[a], names[b], same[k], text(item, "kind"), text(item, "title"),
				         text(item, same[k]), text(other, same[k]));
	}
	json_decref(x);
	json_decref(y);
	return both;
}

static bool between(const json_t *duty, const char *a, const char *b)
{
	const char *who = text(duty, "who_org"), *to = text(duty, "to_org");
	return (strcmp(who, a) == 0 && strcmp(to, b) == 0) || (strcmp(who, b) == 0 && strcmp(to, a) == 0);
}

/* What one owes the other, until when, and how that stands. */
static void same_duties(int a, int b)
{
	static const char *const same[] = {"id", "what", "profile", "title", "who_org", "to_org", "due", "stated", "state", "why"};
	char left[65], right[65];
	json_t *x = sees(a, "report owed --supplier node%d", b), *y = sees(b, "report owed --supplier node%d", a), *item;
	json_t *xs = json_array(), *ys = json_array();
	size_t i;
	hex_encode(left, scenario_org(&world.node[a])->b, 32);
	hex_encode(right, scenario_org(&world.node[b])->b, 32);
	for (int end = 0; end < 2; end++)
		json_array_foreach(json_object_get(end ? y : x, "items"), i, item) {
			json_t *o = json_object();
			for (size_t k = 0; k < sizeof same / sizeof *same; k++)
				(void)json_object_set(o, same[k], json_object_get(item, same[k]));
			if (between(item, left, right))
				(void)json_array_append(end ? ys : xs, o);
			json_decref(o);
		}
	if (!json_equal(xs, ys)) {
		char *p = json_dumps(xs, JSON_INDENT(1)), *q = json_dumps(ys, JSON_INDENT(1));
		fail_msg("%s and %s:\n%s\n%s", names[a], names[b], p, q);
	}
	json_decref(xs);
	json_decref(ys);
	json_decref(x);
	json_decref(y);
}

static void chapter(const char *name)
{
	size_t shared = 0;
	settle();
	for (size_t i = 0; i < PAIRS; i++) {
		shared += same_records(pairs[i][0], pairs[i][1]);
		same_duties(pairs[i][0], pairs[i][1]);
	}
	print_message("%s: %zu records held by both ends\n", name, shared);
}

static size_t count(json_t *result)
{
	size_t n = json_array_size(json_object_get(result, "items"));
	json_decref(result);
	return n;
}

/* ---- files that people would have ---- */

static const char *file(const char *name)
{
	static char path[4][64];
	static unsigned turn;
	char *out = path[turn++ % 4];
	(void)snprintf(out, sizeof path[0], "%s/%s", folder, name);
	return out;
}

static void write_json(const char *name, json_t *o)
{
	assert_int_equal(json_dump_file(o, file(name), 0), 0);
	json_decref(o);
}

/* ---- the year ---- */

static void onboarding(void)
{
	static const char *const tiers[] = {"", "high", "critical", "high", "medium"};
	for (size_t i = 0; i < PAIRS; i++)
		scenario_pair(&world, pairs[i][0], pairs[i][1]);
	for (int s = CARRIER; s <= PAYROLL; s++) {
		says(WORKS, "supplier add %s --title \"The %s\" --tier %s --reason \"we cannot go on without it\" --service %s", names[s], names[s], tiers[s],
		     names[s]);
		says(WORKS, "supplier link %s node%d", names[s], s);
	}
	write_json("set.json", examples_requirement());
	says(WORKS, "requirement import %s --name baseline", file("set.json"));
	chapter("onboarding");
}

/* Two bid for the night transports; one is out after the first stage. */
static void tender(void)
{
	day(1);
	const char *tender = says(WORKS, "tender open --title \"Night transports\" --set baseline --stage \"selection=%s, basic\" --to @carrier "
	                          "--to @payroll", date(3));
	settle();
	json_t *r = sees(WORKS, "tender ask %s", tender);
	const char *ask = text(r, "id");
	day(2);
	says(CARRIER, "requirement ack %s --accept-all", ask);
	says(PAYROLL, "requirement ack %s --accept-all --decline \"R1=we have no one at night\"", ask);
	json_decref(r);
	settle();
	says(WORKS, "tender decide %s @payroll fail --reason \"R1=somebody must answer at night\"", tender);
	says(WORKS, "tender decide %s @carrier pass", tender);
	chapter("tender");
	r = sees(PAYROLL, "tender show %s", tender);
	assert_string_equal(text(json_array_get(json_object_get(r, "items"), 0), "state"), "fail");
	json_decref(r);
}

/* One text a supplier, and both hold it by one hash. */
static void contracts(void)
{
	day(5);
	for (int s = CARRIER; s <= PAYROLL; s++)
		(void)snprintf(contract[s], sizeof contract[s], "%s",
		               says(WORKS, "contract offer --to node%d --supplier node%d --reference C-%s --type bespoke --title \"Work of %s\" --start %s "
		                    "--notice-days 30 --service %s --clauses-subcontracting notify --clauses-profile nis2",
		                    s, s, names[s], names[s], date(7), names[s]));
	settle();
	for (int s = CARRIER; s <= PAYROLL; s++)
		says(s, "contract agree %s", contract[s]);
	chapter("contracts");
	assert_int_equal(count(sees(WORKS, "contract list")), 4);
}

/* Each is asked; one answers in time, one with an exception, one late, one not at all. */
static void requirements(void)
{
	day(10);
	for (int s = CARRIER; s <= PAYROLL; s++)
		(void)snprintf(asked[s], sizeof asked[s], "%s", says(WORKS, "requirement assign baseline --to node%d --level %s --due %s", s,
		                                                     s == CLOUD ? "enhanced" : "standard", date(40)));
	settle();
	day(20);
	says(CARRIER, "requirement ack %s --accept-all --exception \"R3=legacy scanners until the new depot opens, until %s\"", asked[CARRIER], date(200));
	says(CLOUD, "requirement ack %s --accept-all", asked[CLOUD]);
	const char *question = says(PARTS, "requirement challenge %s R3 --kind unclear --text \"Which of the two networks is meant?\"", asked[PARTS]);
	chapter("answers in time, and a question");
	assert_int_equal(count(sees(WORKS, "report overdue")), 0);
	day(30);
	says(WORKS, "requirement answer %s done --text \"The one in the plant.\"", question);
	day(45);
	json_t *late = sees(WORKS, "report overdue --supplier @parts");
	assert_non_null(with(json_object_get(late, "items"), "what", "answer R1"));
	assert_null(with(json_object_get(late, "items"), "what", "answer R3")); /* its time stood still for ten days */
	json_decref(late);
	assert_true(count(sees(PARTS, "report overdue")) > 0);
	chapter("what is overdue");
	says(PARTS, "requirement ack %s --accept-all", asked[PARTS]);
	chapter("answers too late");
	assert_int_equal(count(sees(PARTS, "report overdue")), 0);
	assert_true(count(sees(PAYROLL, "report overdue")) > 0);
}

/* Cloud asks its own two, and shows the manufacturer how far that is: counts, and no names. */
static void passed_on(void)
{
	day(50);
	says(CLOUD, "requirement import %s --name ours", file("set.json"));
	const char *to_centre = says(CLOUD, "requirement assign ours --to @centre --level standard --due %s", date(80));
	says(CLOUD, "requirement assign ours --to @vault --level standard --due %s", date(80));
	settle();
	says(CENTRE, "requirement ack %s --accept-all", to_centre);
	settle();
	says(CLOUD, "requirement flowdown %s", asked[CLOUD]);
	chapter("passed on");
	assert_true(count(sees(WORKS, "report flowdown")) > 0);
}

static void posture(void)
{
	day(60);
	write_json("posture.json", examples_posture(new_year / WHEN_DAY_MS + 60));
	says(CLOUD, "posture publish --file %s --to @works", file("posture.json"));
	chapter("posture");
	assert_true(count(sees(WORKS, "posture list")) == 1);
}

/* It begins two tiers below and travels up as far as TLP lets it. */
static void incident(void)
{
	char aware[WHEN_TEXT];
	day(120);
	when_format(world.now - 3600000, aware);
	const char *notice = says(CENTRE, "incident report --to @cloud --to @payroll --stage early-warning --title \"Intruder in the backup network\" "
	                          "--aware %s --malicious yes --cross-border no --contact soc@centre.example --tlp green", aware);
	settle();
	says(CLOUD, "incident forward %s --to @works --as customer --basis contract", notice);
	settle();
	says(CLOUD, "incident answer %s --impact affected --text \"Backups of two customers\"", notice);
	says(PAYROLL, "incident answer %s --impact not-affected", notice);
	says(WORKS, "incident answer %s --impact under-investigation", notice);
	day(121);
	says(CENTRE, "incident update %s --stage notification --severity high --determination confirmed --summary \"One operator's key was stolen.\"",
	     notice);
	chapter("an incident from the third tier");
	json_t *m = sees(CENTRE, "incident matrix %s", notice);
	assert_int_equal(json_array_size(json_object_get(m, "items")), 2);
	json_decref(m);
}

/* An exercise among three, which something real ends: nothing of it counts as real, and what is real does not count in it. */
static void exercise(void)
{
	char starts[WHEN_TEXT], ends[WHEN_TEXT];
	size_t real = count(sees(WORKS, "incident list"));
	day(130);
	when_format(world.now, starts);
	when_format(world.now + 8 * 3600000ll, ends);
	const char *plan = says(WORKS, "exercise plan --title \"Cold night\" --objective \"reach the duty officer\" --participant @carrier "
	                        "--participant @cloud --starts %s --ends %s", starts, ends);
	settle();
	says(CARRIER, "reply %s accepted", plan);
	says(CLOUD, "reply %s accepted", plan);
	says(WORKS, "exercise start %s", plan);
	settle();
	when_format(world.now, starts);
	says(CARRIER, "incident report --to @works --exercise %s --stage early-warning --title \"The depot is dark\" --aware %s --malicious no "
	     "--cross-border no --contact soc@carrier.example", plan, starts);
	settle();
	assert_int_equal(count(sees(WORKS, "incident list")), real);
	assert_int_equal(count(sees(WORKS, "incident list --exercise %s", plan)), 1);
	says(CARRIER, "incident report --to @works --stage early-warning --title \"Fire in the depot\" --aware %s --malicious no --cross-border no "
	     "--contact soc@carrier.example", starts);
	settle();
	assert_int_equal(count(sees(WORKS, "incident list")), real + 1);
	json_t *r = sees(WORKS, "exercise show %s", plan);
	assert_non_null(strstr(text(r, "state"), "aborted"));
	json_decref(r);
	chapter("an exercise, and a fire");
}

/* Payroll, which never answered, is found by the rule, with the records behind it. */
static void failing(void)
{
	day(150);
	says(WORKS, "finding raise %s --rid R1 --severity high --text \"Nobody told us of the leak in March.\" --required-by %s", contract[PAYROLL],
	     date(170));
	settle();
	const char *concern = says(PAYROLL, "concern raise --to @works --topic requirement --source upward-report --title \"Too much at once\" "
	                           "--text \"We are five people.\"");
	day(155);
	says(WORKS, "concern answer %s acknowledged", concern);
	day(180);
	says(WORKS, "finding raise %s --rid R1 --severity high --text \"And again.\" --required-by %s", contract[PAYROLL], date(190));
	day(200);
	chapter("failing");
	json_t *r = sees(WORKS, "report failing");
	const json_t *items = json_object_get(r, "items");
	assert_int_equal(json_array_size(items), 1);
	assert_string_equal(text(json_array_get(items, 0), "who"), "node4");
	assert_true(json_array_size(json_object_get(json_array_get(items, 0), "why")) >= 3);
	json_decref(r);
}

/* Payroll goes; nothing is closed before what it holds is deleted, and that is accepted. */
static void an_end(void)
{
	day(210);
	const char *held = says(PAYROLL, "asset declare --to @works --contract C-payroll --complete yes --item \"id=db, class=data, description=Salaries\" "
	                        "--item \"id=key, class=credential, description=Signing key\"");
	settle();
	says(WORKS, "asset confirm %s", held);
	says(WORKS, "termination give --to @payroll --contract C-payroll --effective %s --reason \"It fails again and again.\"", date(240));
	chapter("notice given");
	day(242);
	assert_true(count(sees(WORKS, "report exit")) == 2);
	assert_true(count(sees(PAYROLL, "report exit")) == 2);
	const char *gone = says(PAYROLL, "disposition attest %s --all-deleted purge --standard \"NIST SP 800-88\"", held);
	settle();
	assert_true(count(sees(WORKS, "report exit")) == 2); /* not yet accepted */
	says(WORKS, "disposition accept %s", gone);
	chapter("gone, and their data deleted");
	assert_int_equal(count(sees(WORKS, "report exit")), 0);
	assert_int_equal(count(sees(PAYROLL, "report exit")), 0);
}

static void the_year(void **state)
{
	(void)state;
	scenario_open(&world, ORGS);
	new_year = world.now / WHEN_DAY_MS * WHEN_DAY_MS;
	assert_non_null(mkdtemp(folder));
	onboarding();
	tender();
	contracts();
	requirements();
	passed_on();
	posture();
	incident();
	exercise();
	failing();
	an_end();
	scenario_close(&world);
	(void)remove(file("set.json"));
	(void)remove(file("posture.json"));
	(void)remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_year)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
