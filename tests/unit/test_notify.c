/* What people are told and when, on a virtual clock between two real cores; and the program that tells them: told, failing, hanging, gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "node/api.h"
#include "node/core_state.h"
#include "node/notify.h"
#include "proto/when.h"
#include "tests/unit/scenario.h"

#define HOUR (60ll * 60 * 1000)

static void say(struct scenario *s, int node, const char *name, json_t *args)
{
	json_decref(scenario_call(s, node, name, args));
	scenario_run(s, 1000);
}

static void concern(struct scenario *s, const char *title, const char *tlp)
{
	say(s, 0, "concern.raise", json_pack("{s:[s], s:s, s:{s:s, s:s, s:s, s:s}}", "to", "node1", "tlp", tlp, "body", "title", title, "topic", "process",
	                                     "source", "audit", "text", "x"));
}

static struct notice_mark start(struct scenario *s, int node)
{
	struct notice_mark m;
	scenario_begin(&s->node[node]);
	assert_int_equal(notice_mark_read(s->node[node].core, &m), ERR_NOT_FOUND);
	assert_int_equal(notice_mark_write(s->node[node].core, &m), OK);
	assert_int_equal(notice_mark_read(s->node[node].core, &m), OK);
	assert_int_equal(scenario_end(&s->node[node]), OK);
	return m;
}

/* NULL: nothing to tell. The mark goes on. */
static json_t *tell(struct scenario *s, int node, struct notice_mark *m)
{
	json_t *notice;
	scenario_begin(&s->node[node]);
	assert_int_equal(notice_next(s->node[node].core, m, true, &notice, m), OK);
	assert_int_equal(scenario_end(&s->node[node]), OK);
	return notice;
}

static size_t items(const json_t *notice)
{
	return json_array_size(json_object_get(notice, "items"));
}

static const char *text(const json_t *notice, size_t i, const char *name)
{
	const char *t = json_string_value(json_object_get(json_array_get(json_object_get(notice, "items"), i), name));
	return t ? t : "";
}

static void silent(struct scenario *s, int node, struct notice_mark *m)
{
	json_t *notice = tell(s, node, m);
	if (notice)
		fail_msg("%s", json_dumps(notice, 0));
}

/* What came before is not told, what comes is told once, and what we say ourselves never. */
static void records(void **state)
{
	struct scenario *s = *state;
	concern(s, "before", "amber");
	struct notice_mark theirs = start(s, 1), ours = start(s, 0);
	silent(s, 1, &theirs);
	concern(s, "after", "amber");
	concern(s, "in confidence", "red");
	silent(s, 0, &ours);
	json_t *notice = tell(s, 1, &theirs);
	assert_int_equal(items(notice), 2);
	assert_string_equal(text(notice, 0, "event"), "record");
	assert_string_equal(text(notice, 0, "title"), "after");
	assert_string_equal(text(notice, 0, "kind"), "concern");
	assert_non_null(strstr(text(notice, 0, "next"), "tally concern answer "));
	assert_string_equal(text(notice, 1, "tlp"), "red");
	assert_string_equal(text(notice, 1, "title"), "");
	assert_string_equal(json_string_value(json_object_get(notice, "id")), text(notice, 0, "id"));
	json_decref(notice);
	silent(s, 1, &theirs);
}

/* Fifty at a time, and what waits comes next. */
static void many(void **state)
{
	struct scenario *s = *state;
	struct notice_mark m = start(s, 1);
	size_t told = 0;
	json_t *notice;
	for (size_t i = 0; i < NOTICE_ITEMS + 10; i++)
		(void)scenario_notice(s, 0, 1, "x");
	scenario_run(s, 5000);
	while ((notice = tell(s, 1, &m))) {
		assert_in_range(items(notice), 1, NOTICE_ITEMS + 1);
		for (size_t i = 0; i < items(notice); i++)
			told += strcmp(text(notice, i, "event"), "record") == 0;
		json_decref(notice);
	}
	assert_int_equal(told, NOTICE_ITEMS + 10);
}

/* Too many to be told one by one: only how many. */
static void missed(void **state)
{
	struct scenario *s = *state;
	struct notice_mark m = start(s, 1);
	uint64_t no;
	scenario_begin(&s->node[1]);
	for (size_t i = 0; i < NOTICE_BEHIND; i++) /* numbers that were given out */
		assert_int_equal(store_next_number(core_txn(s->node[1].core), "next record", &no), OK);
	assert_int_equal(scenario_end(&s->node[1]), OK);
	concern(s, "one", "amber");
	json_t *notice = tell(s, 1, &m);
	assert_int_equal(items(notice), 1);
	assert_string_equal(text(notice, 0, "event"), "missed");
	json_decref(notice);
	silent(s, 1, &m);
}

/* A day before, and when it is over; at the other end only when it is over. */
static void deadlines(void **state)
{
	struct scenario *s = *state;
	concern(s, "old keys", "amber");
	struct notice_mark theirs = start(s, 1), ours = start(s, 0);
	int64_t due = (when_working_day(s->now / WHEN_DAY_MS, 10) + 1) * WHEN_DAY_MS - 1;
	s->now = due - 24 * HOUR; /* a millisecond later, for more may come in the same one */
	silent(s, 1, &theirs);
	s->now++;
	json_t *notice = tell(s, 1, &theirs);
	assert_int_equal(items(notice), 1);
	assert_string_equal(text(notice, 0, "event"), "due");
	assert_string_equal(text(notice, 0, "what"), "answer the concern");
	json_decref(notice);
	silent(s, 1, &theirs);
	s->now = due + 1;
	silent(s, 1, &theirs);
	s->now++;
	for (int node = 0; node < 2; node++) {
		struct notice_mark *m = node ? &theirs : &ours;
		notice = tell(s, node, m);
		assert_int_equal(items(notice), 1);
		assert_string_equal(text(notice, 0, "event"), "overdue");
		json_decref(notice);
		silent(s, node, m);
	}
}

/* What is overdue when it comes is told when it comes. */
static void late_from_the_start(void **state)
{
	struct scenario *s = *state;
	struct notice_mark m = start(s, 1);
	scenario_cut(s, true);
	concern(s, "long under way", "amber");
	s->now += 40 * WHEN_DAY_MS;
	m.time = s->now - 1; /* as a look at this moment leaves it */
	scenario_cut(s, false);
	scenario_run(s, 200000);
	json_t *notice = tell(s, 1, &m);
	bool over = false;
	for (size_t i = 0; i < items(notice); i++)
		over = over || strcmp(text(notice, i, "event"), "overdue") == 0;
	if (!over)
		fail_msg("%s", json_dumps(notice, JSON_INDENT(1)));
	json_decref(notice);
}

static void silence_and_alarms(void **state)
{
	struct scenario *s = *state;
	struct notice_mark m = start(s, 0);
	scenario_cut(s, true);
	scenario_run(s, 1000);
	s->now += 23 * HOUR;
	silent(s, 0, &m);
	s->now += 2 * HOUR;
	json_t *notice = tell(s, 0, &m);
	assert_int_equal(items(notice), 1);
	assert_string_equal(text(notice, 0, "event"), "silent");
	assert_string_equal(text(notice, 0, "partner"), "node1");
	json_decref(notice);
	silent(s, 0, &m);
	scenario_begin(&s->node[0]);
	core_alarm(s->node[0].core, scenario_org(&s->node[1]), "a log has stopped", "log");
	assert_int_equal(scenario_end(&s->node[0]), OK);
	notice = tell(s, 0, &m);
	assert_int_equal(items(notice), 1);
	assert_string_equal(text(notice, 0, "event"), "alarm");
	assert_string_equal(text(notice, 0, "what"), "a log has stopped");
	json_decref(notice);
	silent(s, 0, &m);
}

/* ---- the program ---- */

static char folder[64];
static struct host host;

static char *path(const char *name)
{
	static char out[200];
	(void)snprintf(out, sizeof out, "%s/%s", folder, name);
	return out;
}

static void program(const char *script)
{
	FILE *f;
	(void)snprintf(folder, sizeof folder, "/tmp/test_notify.XXXXXX");
	assert_non_null(mkdtemp(folder));
	f = fopen(path("run"), "w");
	assert_non_null(f);
	(void)fprintf(f, "#!/bin/sh\ncd %s\n%s\n", folder, script);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path("run"), 0700), 0);
}

/* The node's clock runs eight times as fast, so that nobody waits for what waits longer each time. The helper has a clock of its own. */
static int64_t fast(void *ctx)
{
	struct timespec t;
	(void)ctx;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return 8 * ((int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

static struct notify *opened(struct scenario *s)
{
	struct notify *n;
	(void)s;
	assert_int_equal(host_open(&host, NULL), OK);
	host.level = HOST_ERROR;
	host.world.steady = fast;
	assert_int_equal(notify_open(&(struct notify_config){.program = path("run"), .limit_ms = 500, .host = &host}, &n), OK);
	assert_non_null(n);
	return n;
}

static void turn(struct scenario *s, struct notify *n, bool commit)
{
	scenario_begin(&s->node[1]);
	notify_turn(n, s->node[1].core);
	if (!commit)
		core_break(s->node[1].core, ERR_IO);
	enum err e = scenario_end(&s->node[1]);
	assert_int_equal(e == OK, commit);
	notify_release(n, commit);
}

static bool there(const char *name)
{
	return access(path(name), F_OK) == 0;
}

static void turns_until(struct scenario *s, struct notify *n, const char *name)
{
	for (int i = 0; !there(name); i++) {
		assert_true(i < 2000);
		turn(s, n, true);
		(void)poll(NULL, 0, 10);
	}
}

static void turns(struct scenario *s, struct notify *n, int ms)
{
	for (int i = 0; i < ms / 10; i++) {
		turn(s, n, true);
		(void)poll(NULL, 0, 10);
	}
}

static void gone(struct notify *n)
{
	char command[120];
	notify_close(n);
	(void)snprintf(command, sizeof command, "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
}

static size_t size(const char *name)
{
	struct stat st;
	return stat(path(name), &st) == 0 ? (size_t)st.st_size : 0;
}

static void told_once(void **state)
{
	struct scenario *s = *state;
	program("cat >>told; echo >>calls");
	struct notify *n = opened(s);
	turn(s, n, true);
	concern(s, "one", "amber");
	turns_until(s, n, "calls");
	turns(s, n, 400);
	assert_int_equal(size("calls"), 1);
	size_t told = size("told");
	assert_true(told > 100);
	notify_close(n); /* and a new one begins where this one ended */
	n = opened(s);
	turns(s, n, 300);
	assert_int_equal(size("told"), told);
	gone(n);
}

/* Nothing of a turn that was not kept is told, nor is it passed over. */
static void not_committed(void **state)
{
	struct scenario *s = *state;
	program("cat >>told");
	struct notify *n = opened(s);
	turn(s, n, true);
	concern(s, "two", "amber");
	turn(s, n, false);
	(void)poll(NULL, 0, 200);
	assert_false(there("told"));
	scenario_run(s, 60000); /* the sessions hung up: they come again */
	turns_until(s, n, "told");
	gone(n);
}

static const char *doctor(struct scenario *s)
{
	static char out[8000];
	struct api_wait wait = {0};
	json_t *request = json_pack("{s:s, s:{}}", "call", "node.doctor", "args");
	scenario_begin(&s->node[1]);
	json_t *response = api_run(s->node[1].core, request, &wait);
	assert_int_equal(scenario_end(&s->node[1]), OK);
	char *text = json_dumps(response, 0);
	(void)snprintf(out, sizeof out, "%s", text);
	free(text);
	json_decref(request);
	json_decref(response);
	return out;
}

/* It fails, and is told again; it hangs, and is killed with all it started; it does not read, which is its own affair. */
static void failing(void **state)
{
	struct scenario *s = *state;
	program("n=$(cat n 2>/dev/null); echo x$n >n\n"
	        "case $n in '') exit 3 ;; x) sleep 60 & echo $! >child; sleep 60 ;; "
	        "xx) printf 'no mail \\033\\377\\t\\302' >&2; exit 1 ;; *) echo >told ;; esac");
	struct notify *n = opened(s);
	turn(s, n, true);
	for (size_t i = 0; i < 50; i++) /* more than a pipe holds */
		(void)scenario_notice(s, 0, 1, "a long title that makes the notice with fifty of them about as long as what a pipe holds, sixty-four kilobytes");
	scenario_run(s, 5000);
	turns_until(s, n, "told"); /* after 2 s, 0.5 s, 4 s, and 8 s of a fast clock */
	assert_non_null(strstr(doctor(s), "no mail ????: people are not told"));
	char pid[20] = "";
	FILE *f = fopen(path("child"), "r");
	assert_non_null(f);
	assert_non_null(fgets(pid, sizeof pid, f));
	(void)fclose(f);
	for (int i = 0; kill(atoi(pid), 0) == 0; i++) { /* whoever buries it may take a moment */
		char stat[64];
		(void)snprintf(stat, sizeof stat, "/proc/%d/stat", atoi(pid));
		f = fopen(stat, "r");
		char line[200] = "";
		if (!f || !fgets(line, sizeof line, f) || strstr(line, ") Z "))
			i = 1000;
		if (f)
			(void)fclose(f);
		if (i >= 1000)
			break;
		assert_true(i < 500);
		(void)poll(NULL, 0, 10);
	}
	gone(n);
}

/* A program that fails without a word. */
static void failing_silently(void **state)
{
	struct scenario *s = *state;
	program("n=$(cat n 2>/dev/null); echo x$n >n; case $n in xxx*) echo >told ;; esac; exit 7");
	struct notify *n = opened(s);
	turn(s, n, true);
	(void)scenario_notice(s, 0, 1, "a title");
	scenario_run(s, 5000);
	turns_until(s, n, "told");
	assert_non_null(strstr(doctor(s), "the program ended with 7: people are not told"));
	gone(n);
}

static void never_blocks(void **state)
{
	struct scenario *s = *state;
	program("echo >began; sleep 60");
	struct notify *n = opened(s);
	turn(s, n, true);
	concern(s, "three", "amber");
	turns_until(s, n, "began");
	int64_t from = host.world.steady(host.world.ctx);
	turn(s, n, true);
	assert_true(host.world.steady(host.world.ctx) - from < 8 * 400);
	from = host.world.steady(host.world.ctx);
	gone(n); /* the helper gives it what is left of its time, and no more than a second */
	assert_true(host.world.steady(host.world.ctx) - from < 8 * 5000);
}

static void refused(void **state)
{
	struct notify *n = (struct notify *)&host;
	(void)state;
	assert_int_equal(notify_open(&(struct notify_config){.program = "mail", .host = &host}, &n), ERR_INVALID);
	assert_int_equal(notify_open(&(struct notify_config){.host = &host}, &n), OK);
	assert_null(n);
	assert_int_equal(notify_deadline(NULL, 7), 7);
	notify_turn(NULL, NULL);
	notify_release(NULL, true);
	notify_close(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scenario_two, scenario_done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records), TEST(many), TEST(missed), TEST(deadlines), TEST(late_from_the_start), TEST(silence_and_alarms), TEST(told_once), TEST(not_committed),
		TEST(failing), TEST(failing_silently), TEST(never_blocks), cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
