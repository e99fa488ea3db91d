/* flow.c - how many records a second go from one real node to another and come back as receipts that the sender durably holds: two processes, TCP on
 * loopback, LMDB with fsync. A window of W is W threads, each of which says one record and waits for its receipt before the next.
 * Prints figures and judges nothing: machines are shared, so compare runs of one session only. */
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "node/client.h"

#define MOST 256
#define WAIT_MS 60000

struct worker {
	const char *home;
	int records;
	int failed;
};

static double seconds(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static json_t *call(const char *home, json_t *request)
{
	struct buf out = {0};
	char *text = json_dumps(request, JSON_COMPACT);
	json_t *response = NULL;
	if (text && client_call(home, SPAN(text, strlen(text)), WAIT_MS, &out) == OK)
		response = json_loadb((const char *)out.p, out.n, 0, NULL);
	free(text);
	json_decref(request);
	buf_free(&out);
	return response;
}

static bool good(const json_t *response)
{
	return json_is_true(json_object_get(response, "ok"));
}

static bool say_one(const char *home)
{
	json_t *said = call(home, json_pack("{s:s, s:{s:[s], s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}}}", "call", "incident.report", "args", "to",
	                                    "peer", "tlp", "amber", "body", "stage", "early-warning", "title", "A record to measure with",
	                                    "aware", "2026-11-24T00:00:00Z", "malicious", "unknown", "cross_border", "no", "contact",
	                                    "soc@example.org"));
	const char *id = json_string_value(json_object_get(json_object_get(said, "result"), "id"));
	json_t *held = id ? call(home, json_pack("{s:s, s:{s:s, s:I}}", "call", "delivery.wait", "args", "id", id, "until",
	                                      (json_int_t)time(NULL) * 1000 + WAIT_MS)) : NULL;
	bool fine = good(said) && good(held);
	json_decref(said);
	json_decref(held);
	return fine;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	for (int i = 0; i < w->records; i++)
		w->failed += !say_one(w->home);
	return NULL;
}

static void measure(const char *home, int window, int records)
{
	static struct worker workers[MOST];
	pthread_t threads[MOST];
	int failed = 0;
	double begin = seconds();
	for (int i = 0; i < window; i++) {
		workers[i] = (struct worker){home, records / window, 0};
		if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
			abort();
	}
	for (int i = 0; i < window; i++) {
		(void)pthread_join(threads[i], NULL);
		failed += workers[i].failed;
	}
	double took = seconds() - begin;
	printf("flow: window %3d: %d records, each receipted, in %.2f s: %.0f records/s; %d failed\n", window, records, took, records / took, failed);
}

/* The nodes are the real program; a few lines of shell make and pair them. */
static const char setup[] =
	"set -e; p=$(tests/port); cd \"$1\"; t=\"$2\";"
	"\"$t\" --home a init A --listen 127.0.0.1:$p --recovery-out ka 2>/dev/null >/dev/null;"
	"\"$t\" --home b init B --recovery-out kb 2>/dev/null >/dev/null;"
	"\"$t\" --home a up --background; \"$t\" --home b up --background;"
	"k=$(\"$t\" --home a partner invite --name peer 2>/dev/null); \"$t\" --home b partner join \"$k\" --name peer >/dev/null 2>&1;"
	"\"$t\" --home a partner verify peer --words \"$(\"$t\" --home b card show --words)\" >/dev/null 2>&1;"
	"\"$t\" --home b partner verify peer --words \"$(\"$t\" --home a card show --words)\" >/dev/null 2>&1";

static int shell(const char *script, const char *folder, const char *tally)
{
	char command[8192];
	(void)snprintf(command, sizeof command, "sh -c '%s' sh '%s' '%s'", script, folder, tally);
	return system(command);
}

static void memory(const char *home)
{
	json_t *r = call(home, json_pack("{s:s}", "call", "node.status"));
	const json_t *result = json_object_get(r, "result");
	printf("flow: node %s: resident %.1f MB, store %.1f MB, %lld records\n", strrchr(home, '/') + 1,
	       (double)json_integer_value(json_object_get(result, "memory_bytes")) / 1e6,
	       (double)json_integer_value(json_object_get(result, "store_bytes")) / 1e6,
	       (long long)json_integer_value(json_object_get(result, "records")));
	json_decref(r);
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/tally-bench-XXXXXX", a[64], b[64], tally[4096];
	if (!realpath(argc > 1 ? argv[1] : "build/tally", tally) || !mkdtemp(folder) || shell(setup, folder, tally) != 0) {
		(void)fprintf(stderr, "flow: two nodes could not be set up\n");
		return 1;
	}
	(void)snprintf(a, sizeof a, "%s/a", folder);
	(void)snprintf(b, sizeof b, "%s/b", folder);
	memory(a);
	measure(a, 1, 300);
	measure(a, 16, 1600);
	measure(a, MOST, 5120);
	memory(a);
	memory(b);
	return shell("\"$2\" --home \"$1/a\" down; \"$2\" --home \"$1/b\" down; rm -rf \"$1\"", folder, tally) != 0;
}
