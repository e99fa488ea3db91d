/* scale.c - one node with 100,000 suppliers and 1,000,000 records, most of a partner: how long importing, listing and each report take, and how much
 * memory. Prints figures and judges nothing: machines are shared, so compare runs of one session only.
 *   scale [SUPPLIERS [RECORDS]] */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "node/api.h"
#include "node/fieldjson.h"
#include "store/logs.h"
#include "store/records.h"
#include "tests/world/node.h"

#define BATCH 20000
#define DAY_MS 86400000ll

static int64_t now = 1795478400000ll;
static uint64_t dice = 20261124;
static struct node node;

static double seconds(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long rss_kib(const char *which)
{
	char line[128];
	long kib = 0;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, which, strlen(which)) == 0)
			kib = strtol(line + strlen(which) + 1, NULL, 10);
	if (f)
		(void)fclose(f);
	return kib;
}

static void must(enum err e, const char *what)
{
	if (e == OK)
		return;
	fprintf(stderr, "scale: %s: %s\n", what, err_text(e));
	node_remove(&node);
	exit(1);
}

static void turn_end(void)
{
	struct output *outputs;
	size_t count;
	must(core_end(node.core, &outputs, &count), "the end of a turn");
}

/* Of this process alone: what a turn costs, whoever else uses the machine. */
static double processor(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One call; its items are counted. */
static void timed(const char *name, json_t *args, const char *as)
{
	struct api_wait wait = {0};
	json_t *request = json_pack("{s:s, s:o}", "call", name, "args", args);
	double began = seconds(), used = processor();
	must(core_begin(node.core), "a turn");
	json_t *response = api_run(node.core, request, &wait), *result = json_object_get(response, "result");
	turn_end();
	printf("%-28s %8.2f s  %8.2f s of CPU  %9zu items  VmRSS %ld MiB\n", as, seconds() - began, processor() - used,
	       json_array_size(json_object_get(result, "items")), rss_kib("VmRSS:") / 1024);
	if (!json_is_true(json_object_get(response, "ok")))
		printf("   %s\n", json_string_value(json_object_get(response, "text")));
	(void)fflush(stdout);
	json_decref(response);
	json_decref(request);
}

static void suppliers(size_t n)
{
	static const char *const tiers[] = {"critical", "high", "medium", "low"};
	struct buf csv = {0};
	char line[160];
	must(buf_add(&csv, "name,title,tier,country,services\r\n", 34), "the register");
	for (size_t i = 0; i < n; i++) {
		int k = snprintf(line, sizeof line, "s%06zu,Supplier number %zu,%s,DE,\"cold chain; storage %zu\"\r\n", i, i, tiers[i % 4], i % 97);
		must(buf_add(&csv, line, (size_t)k), "the register");
	}
	json_t *text = json_stringn((const char *)csv.p, csv.n);
	buf_free(&csv);
	timed("supplier.import", json_pack("{s:O}", "csv", text), "import suppliers");
	timed("supplier.import", json_pack("{s:o}", "csv", text), "import the same again");
	timed("supplier.list", json_object(), "list suppliers");
}

/* ---- records of a partner ---- */

static struct id partner;
static uint32_t log_no;

static struct id say(const struct kind *k, const char *body, const struct id *thread, const struct id *supersedes)
{
	struct arena *a = arena_new();
	struct record r = {.kind = k->number, .author = partner, .created = now, .tlp = TLP_AMBER, .has_thread = thread, .has_supersedes = supersedes};
	struct value *map;
	struct complaint why = {{0}, {0}};
	json_t *json = json_loads(body, 0, NULL);
	struct buf b = {0};
	struct id id;
	uint64_t no;
	bool fresh;
	must(fieldjson_read(k->fields, json, NULL, a, &map, &why), why.text);
	json_decref(json);
	r.body = map;
	if (thread)
		r.thread = *thread;
	if (supersedes)
		r.supersedes = *supersedes;
	put_u64be(r.nonce, world_dice(&dice));
	must(record_encode(&r, &b), "a record");
	record_id(buf_span(&b), &id);
	must(records_put(core_txn(node.core), buf_span(&b), now, &no, &fresh), "a record");
	struct occurrence o = {.record = no, .log = log_no, .n = no + 2, .received = now};
	must(occurrences_put(core_txn(node.core), &o), "a record");
	buf_free(&b);
	arena_free(a);
	now += 5;
	return id;
}

/* An incident and what was said to it: a notice, its update, eight acknowledgements or answers. */
static size_t incident(void)
{
	const struct kind *notice = kind_by_number(KIND_INCIDENT_NOTICE), *answer = kind_by_number(KIND_INCIDENT_ANSWER);
	const struct kind *reply = kind_by_number(KIND_REPLY);
	static const char early[] =
		"{\"title\": \"Phishing wave\", \"stage\": \"early-warning\", \"aware\": \"2026-11-23T09:00:00Z\", \"malicious\": \"yes\","
	                            "\"cross_border\": \"no\", \"contact\": \"soc@example.org\"}",
	                  full[] = "{\"title\": \"Phishing wave\", \"stage\": \"final\", \"aware\": \"2026-11-23T09:00:00Z\", \"malicious\": \"yes\","
	                           "\"cross_border\": \"no\", \"contact\": \"soc@example.org\", \"severity\": \"high\", \"determination\": \"confirmed\","
	                           "\"root_cause\": \"malicious-action\", \"summary\": \"Two accounts were taken over and closed again.\"}";
	struct id first = say(notice, early, NULL, NULL);
	char hex[65], body[200];
	hex_encode(hex, first.b, 32);
	(void)say(notice, full, &first, &first);
	for (int i = 0; i < 8; i++) {
		(void)snprintf(body, sizeof body, "{\"about\": \"%s\", \"%s\"}", hex, i % 2 ? "decision\": \"acknowledged" : "impact\": \"not-affected");
		(void)say(i % 2 ? reply : answer, body, &first, NULL);
	}
	return 10;
}

static void records(size_t n)
{
	double began = seconds();
	size_t done = 0;
	memset(partner.b, 0xa1, sizeof partner.b);
	while (done < n) {
		must(core_begin(node.core), "a turn");
		if (!log_no) {
			struct log_row row = {.author = partner, .target = core_self(node.core)->org, .type = AUDIENCE_DIRECT, .n = 1, .id = partner, .head = partner};
			must(logs_put(core_txn(node.core), &row), "a log");
			log_no = row.no;
		}
		for (size_t i = 0; i < BATCH && done < n; i += 10)
			done += incident();
		turn_end();
	}
	printf("%-28s %8.2f s  %9zu items  VmRSS %ld MiB\n", "put records", seconds() - began, done, rss_kib("VmRSS:") / 1024);
}

static void reports(void)
{
	struct api_wait wait = {0};
	json_t *request = json_pack("{s:s, s:{}}", "call", "report.list", "args");
	must(core_begin(node.core), "a turn");
	json_t *response = api_run(node.core, request, &wait), *item;
	turn_end();
	size_t i;
	json_array_foreach(json_object_get(json_object_get(response, "result"), "items"), i, item) {
		const char *name = json_string_value(json_object_get(item, "name"));
		char as[64];
		(void)snprintf(as, sizeof as, "report %s", name);
		timed("report.run", json_pack("{s:s}", "report", name), as);
	}
	json_decref(response);
	json_decref(request);
}

int main(int argc, char **argv)
{
	node = (struct node){.clock = &now, .dice = &dice, .map_size = 16ull << 30};
	must(node_make(&node, 0), "a node");
	suppliers(argc > 1 ? strtoul(argv[1], NULL, 10) : 100000);
	records(argc > 2 ? strtoul(argv[2], NULL, 10) : 1000000);
	timed("inbox.list", json_pack("{s:i}", "limit", 100), "inbox, 100 newest");
	timed("record.list", json_pack("{s:i}", "limit", 100), "records, 100 newest");
	timed("incident.list", json_object(), "incidents, all");
	reports();
	printf("VmHWM %ld MiB\n", rss_kib("VmHWM:") / 1024);
	node_remove(&node);
	return 0;
}
