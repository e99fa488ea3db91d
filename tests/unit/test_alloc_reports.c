/* Reports while each allocation fails in turn: either a report is whole, or it says that memory lacks; nothing leaks. */
#include "tests/unit/alloc_fail.h"

#include "node/api.h"
#include "proto/when.h"
#include "tests/unit/scenario.h"

static struct {
	struct scenario *s;
	const char *name;
	json_t *whole;
} tried;

static void say(struct scenario *s, int node, const char *call, json_t *args)
{
	json_decref(scenario_call(s, node, call, args));
	scenario_run(s, 1000);
}

/* One supplier of the highest tier, linked, with something open in several reports. */
static void make(struct scenario *s)
{
	char soon[WHEN_TEXT], past[WHEN_TEXT];

	when_format_date(s->now / WHEN_DAY_MS + 20, soon);
	when_format_date(s->now / WHEN_DAY_MS + 1, past);
	say(s, 0, "supplier.add", json_pack("{s:s, s:{s:s, s:s}}", "supplier", "brackwater", "body", "title", "Brackwater", "partner", "node1"));
	say(s, 0, "supplier.add", json_pack("{s:s, s:{s:s}}", "supplier", "coldline", "body", "title", "Coldline"));
	say(s, 0, "contract.offer", json_pack("{s:{s:s, s:s, s:s, s:s}}", "body", "reference", "C1", "type", "bespoke", "supplier", "node1",
	                                      "answer_by", past));
	say(s, 1, "certification.add", json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s}}", "to", "node0", "body", "scheme", "S", "body", "B", "scope", "all",
	                                         "issued", past, "expires", soon));
	say(s, 1, "incident.report", json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "to", "node0", "body", "stage",
	                                       "early-warning", "title", "A", "aware", "2026-01-01T09:00:00Z", "malicious", "no", "cross_border", "no",
	                                       "contact", "soc@example.org"));
	scenario_cut(s, true);
	s->now += 5 * WHEN_DAY_MS;
}

static json_t *run(void)
{
	json_t *request = json_pack("{s:s, s:{s:s}}", "call", "report.run", "args", "report", tried.name), *response = NULL;
	struct core *c = tried.s->node[0].core;
	struct output *outputs;
	struct api_wait wait = {0};
	size_t count;

	if (request && core_begin(c) == OK) {
		response = api_run(c, request, &wait);
		if (core_end(c, &outputs, &count) != OK) {
			json_decref(response);
			response = NULL;
		}
	}
	json_decref(request);
	return response;
}

/* As many lines, each resting on the same; whom a line names may be said less well. */
static bool whole(const json_t *result)
{
	const json_t *lines = json_object_get(result, "items"), *wanted = json_object_get(tried.whole, "items"), *one;
	size_t i;

	json_array_foreach(wanted, i, one) {
		if (!json_equal(json_object_get(json_array_get(lines, i), "why"), json_object_get(one, "why")))
			return false;
	}
	return json_array_size(lines) == json_array_size(wanted);
}

static enum err act(void *w)
{
	json_t *response = run();
	bool ok = json_is_true(json_object_get(response, "ok"));
	enum err e = !ok || alloc_fail.fired ? ERR_MEMORY : OK;

	(void)w;
	alloc_fail.armed = false;
	if (ok && !whole(json_object_get(response, "result")))
		e = ERR_INVALID;
	json_decref(response);
	return e;
}

static int two(void **state)
{
	int failed;

	__lsan_disable(); /* the vaults lie in guarded memory, where nobody looks for pointers */
	failed = scenario_two(state);
	__lsan_enable();
	return failed;
}

static void test_reports(void **state)
{
	struct scenario *s = *state;
	json_t *list, *r;
	size_t i, lines = 0;

	make(s);
	tried.s = s;
	list = scenario_call(s, 0, "report.list", json_object());
	json_array_foreach(json_object_get(list, "items"), i, r) {
		tried.name = json_string_value(json_object_get(r, "name"));
		r = run();
		tried.whole = json_incref(json_object_get(r, "result"));
		json_decref(r);
		lines += json_array_size(json_object_get(tried.whole, "items"));
		alloc_fail_run(&(struct alloc_scene){tried.name, act, NULL, NULL, false}, NULL);
		json_decref(tried.whole);
	}
	json_decref(list);
	assert_true(lines > 4); /* else nothing was tried */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reports, two, scenario_done),
	};
	return cmocka_run_group_tests_name("allocations of reports", tests, NULL, NULL);
}
