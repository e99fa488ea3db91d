/* A node when memory is short: the turn fails, nothing of it is kept, and the same turn succeeds when there is memory again. Lack of memory
 * never becomes a verdict on a partner's record, nor an exception in a receipt. */
#include "tests/unit/alloc_fail.h"

#include "tests/unit/evil.h"

struct stock {
	struct evil v;
	struct maker author; /* whose record v.org passes on */
	struct chain chain;
	struct carried_entry next;
	struct draft draft;
	struct trace before;
	bool done; /* the last try came through */
};

static void same(void *w)
{
	struct stock *s = w;
	struct trace now = evil_trace(&s->v);

	assert_memory_equal(&now, &s->before, sizeof now);
}

/* ---- entries that come ---- */

static struct span forward(struct stock *s)
{
	const struct field *f = kind_by_number(KIND_FORWARD)->fields;
	struct evil *v = &s->v;
	struct chain ch = evil_chain(v, &s->author, AUDIENCE_DIRECT, &v->org.org);
	struct value *body = value_map(v->a), *list = value_array(v->a);
	struct span inner = evil_notice(v, &s->author.org, TLP_GREEN);

	(void)evil_first(v, &ch);
	struct carried_entry e = evil_one(v, &ch, inner);
	value_push(v->a, list, statement_value(v->a, &s->author.chain[0]));
	fields_set(v->a, f, body, "record", value_bin(v->a, inner));
	fields_set(v->a, f, body, "entry", value_bin(v->a, e.payload));
	fields_set(v->a, f, body, "signature", value_bin(v->a, e.signature));
	fields_set(v->a, f, body, "index", value_int(v->a, 0));
	fields_set(v->a, f, body, "basis", value_str(v->a, "contract"));
	fields_set(v->a, f, body, "relation", value_int(v->a, 1));
	fields_set(v->a, f, body, "statements", list);
	return evil_pack(v, evil_header(v, &v->org.org, KIND_FORWARD, TLP_GREEN, body));
}

/* Another entry when the last one was taken: a notice, a large record, a forward. */
static void entry_ready(void *w)
{
	struct stock *s = w;

	if (s->done) {
		struct span records[3] = {evil_notice(&s->v, &s->v.org.org, TLP_GREEN), evil_sized(&s->v, &s->v.org.org, 4711, 20000), forward(s)};

		s->next = evil_next(&s->v, &s->chain, records, 3);
	}
	s->done = false;
	s->before = evil_trace(&s->v);
}

static enum err entry_comes(void *w)
{
	struct stock *s = w;
	struct core *c = s->v.victim->core;
	struct ingest_result r;
	struct output *outputs;
	size_t count;
	enum err e = core_begin(c), end;

	if (e != OK)
		return e;
	e = ingest(c, &s->next, &s->v.org.org, &r);
	if (e == OK && r.log_no)
		e = core_touch(c, r.log_no);
	core_break(c, e);
	end = core_end(c, &outputs, &count);
	if (end == OK) {
		assert_int_equal(r.verdict, VERDICT_GOOD);
		s->done = true;
	}
	return end;
}

static void first_ready(void *w)
{
	struct stock *s = w;

	if (s->done) {
		s->chain = evil_chain(&s->v, &s->v.org, AUDIENCE_DIRECT, scenario_org(s->v.victim));
		s->next = evil_first(&s->v, &s->chain);
	}
	s->done = false;
	s->before = evil_trace(&s->v);
}

static void no_exceptions(struct stock *s)
{
	struct receipt r;

	assert_true(evil_receipt(&s->v, &s->chain, &r));
	assert_int_equal(r.exceptions, 0);
	assert_int_equal(r.n, s->chain.e.n - 1);
	evil_check(s->v.victim);
}

static void test_entries(void **state)
{
	static const struct alloc_scene first = {"first entry", entry_comes, same, first_ready, false},
	                                next = {"entry", entry_comes, same, entry_ready, false};
	struct stock *s = *state;

	s->done = true;
	alloc_fail_run(&first, s);
	no_exceptions(s);
	alloc_fail_run(&next, s);
	no_exceptions(s);
}

/* ---- something said ---- */

static void say_ready(void *w)
{
	struct stock *s = w;

	s->before = evil_trace(&s->v);
}

static enum err say(void *w)
{
	struct stock *s = w;
	struct core *c = s->v.victim->core;
	struct complaint why = {0};
	struct output *outputs;
	struct id id;
	size_t count;
	enum err e = core_begin(c), end;

	if (e != OK)
		return e;
	e = core_say(c, &s->draft, &id, &why);
	core_break(c, e);
	end = core_end(c, &outputs, &count);
	return e != OK ? e : end;
}

static void test_saying(void **state)
{
	static const struct alloc_scene scene = {"saying", say, same, say_ready, false};
	struct stock *s = *state;

	s->draft = (struct draft){.kind = kind_by_number(KIND_INCIDENT_NOTICE), .body = evil_notice_body(&s->v), .to = &s->v.org.org,
	                          .recipients = 1, .tlp = TLP_AMBER};
	alloc_fail_run(&scene, s);
}

/* ---- waiting entries, opening ---- */

/* Entry after next comes first, then the one before it: both are taken in one turn. */
static void parked_ready(void *w)
{
	struct stock *s = w;

	if (s->done) {
		struct carried_entry first = evil_notice_entry(&s->v, &s->chain), second = evil_notice_entry(&s->v, &s->chain);

		assert_int_equal(evil_put(&s->v, &second).verdict, VERDICT_GAP);
		s->next = first;
	}
	s->done = false;
	s->before = evil_trace(&s->v);
}

static void test_parked(void **state)
{
	static const struct alloc_scene scene = {"entry that others wait for", entry_comes, same, parked_ready, false};
	struct stock *s = *state;

	s->chain = evil_direct(&s->v);
	s->done = true;
	alloc_fail_run(&scene, s);
	no_exceptions(s);
}

static enum err opening(void *w)
{
	struct stock *s = w;
	struct node *n = s->v.victim;
	struct core *c = (struct core *)0x5a5a;
	enum err e = core_open(n->store, n->vault, &n->world, &c);

	if (e == OK)
		core_free(c);
	else
		assert_ptr_equal(c, (void *)0x5a5a);
	return e;
}

static void test_opening(void **state)
{
	static const struct alloc_scene scene = {"opening a core", opening, NULL, NULL, false};

	alloc_fail_run(&scene, *state);
}

static int stock_make(void **state)
{
	struct stock *s = calloc(1, sizeof *s);

	if (!s || sodium_init() < 0)
		return 1;
	__lsan_disable(); /* the vault lies in guarded memory, where nobody looks for pointers */
	evil_open(&s->v);
	__lsan_enable();
	maker_begin(&s->author, 0xe7, "Author Ltd");
	*state = s;
	return 0;
}

static int stock_free(void **state)
{
	struct stock *s = *state;

	maker_end(&s->author);
	evil_close(&s->v);
	free(s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_parked),
		cmocka_unit_test(test_saying),
		cmocka_unit_test(test_opening),
	};

	return cmocka_run_group_tests_name("allocations of the core", tests, stock_make, stock_free);
}
