/* Who may say what, judged from the thread: every kind, every place its author can have in it; and what else makes a record count or not. */
#include "tests/unit/tale.h"

#include "node/view_record.h"

static struct id target;

static json_t *look(struct tale *t, struct view *v)
{
	struct seen *s;
	json_t *row;
	(void)t;
	assert_int_equal(view_find(v, &target, &s), OK);
	assert_int_equal(view_record_row(v, s, &row), OK);
	assert_int_equal(s->counts, s->reason[0] == 0);
	(void)json_object_set_new(row, "counts", json_boolean(s->counts));
	(void)json_object_set_new(row, "reason", json_string(s->reason));
	(void)json_object_set_new(row, "at", json_integer(s->at));
	return row;
}

static bool counted(struct tale *t, char reason[static 200])
{
	json_t *o = tale_tell(t, NULL, look);
	bool yes = json_is_true(json_object_get(o, "counts"));
	(void)snprintf(reason, 200, "%s", tale_text(o, "reason"));
	json_decref(o);
	return yes;
}

#define NOTICE "{\"title\": \"x\", \"stage\": \"early-warning\", \"aware\": \"2026-11-24T09:00:00Z\", \"malicious\": \"yes\", " \
               "\"cross_border\": \"no\", \"contact\": \"c\"}"
#define SET "{\"title\": \"x\", \"version\": \"1\", \"requirements\": [{\"rid\": \"R1\", \"text\": \"x\"}]}"
#define POSTURE "{\"title\": \"x\", \"scope\": {\"units\": [\"all\"]}, \"framework\": \"f\", \"as_of\": \"2026-11-01\", " \
                "\"valid_until\": \"2027-06-30\", \"statements\": [{\"control\": \"c\", \"status\": \"implemented\"}]}"
#define ENDS "{\"reason\": \"x\", \"effective\": \"2026-12-31\"}"
#define CONCERN "{\"title\": \"x\", \"topic\": \"process\", \"source\": \"audit\", \"text\": \"x\"}"
#define ISSUE "{\"title\": \"x\", \"type\": \"lesson\", \"text\": \"x\"}"
#define HELD "{\"as_of\": \"2026-11-01\", \"complete\": true}"
#define ACK "{\"about\": \"%s\", \"set\": \"%s\", \"answers\": [{\"rid\": \"R1\", \"answer\": \"accepted\"}]}"

/* In a thread that Amy opened and sent to Bob alone: may Amy, Bob, Cat say it? Seen by Amy, to whom all of it came. */
static void roles(void **state)
{
	static const struct { enum kind_number kind, opener; const char *body; bool may[3]; } cases[] = {
		{KIND_REPLY, KIND_INCIDENT_NOTICE, "{\"about\": \"%s\", \"decision\": \"acknowledged\"}", {true, true, false}},
		{KIND_RETRACT, KIND_INCIDENT_NOTICE, "{\"about\": \"%s\", \"reason\": \"x\"}", {true, false, false}},
		{KIND_INCIDENT_ANSWER, KIND_INCIDENT_NOTICE, "{\"about\": \"%s\", \"impact\": \"affected\"}", {false, true, false}},
		{KIND_REQUIREMENT_ACK, KIND_REQUIREMENT_ASSIGN, ACK, {false, true, false}},
		{KIND_REQUIREMENT_REVIEW, KIND_REQUIREMENT_ASSIGN, "{\"about\": \"%s\", \"results\": [{\"rid\": \"R1\", \"result\": \"satisfied\"}]}",
		 {true, false, false}},
		{KIND_EXCEPTION_REQUEST, KIND_REQUIREMENT_ASSIGN, "{\"assign\": \"%s\", \"rid\": \"R1\", \"reason\": \"x\", \"until\": \"2027-06-30\"}",
		 {false, true, false}},
		{KIND_DISPOSITION, KIND_TERMINATION, "{\"about\": \"%s\", \"items\": [{\"id\": \"x\", \"outcome\": \"not-held\"}]}",
		 {true, true, false}},
		{KIND_REQUIREMENT_ASSIGN, KIND_REQUIREMENT_SET, "{\"set\": \"%s\"}", {true, false, false}},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int who = AMY; who <= CAT; who++) {
			struct tale t;
			char body[700], reason[200];
			tale_begin(&t, AMY);
			struct id opener = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_T0, cases[i].opener, NULL, NULL},
			                            cases[i].opener == KIND_INCIDENT_NOTICE  ? NOTICE
			                            : cases[i].opener == KIND_TERMINATION     ? ENDS
			                            : cases[i].opener == KIND_REQUIREMENT_SET ? SET
			                                                                      : "{\"set\": \"%064d\"}", 0);
			const char *hex = tale_hex(&t, &opener), *from = cases[i].body;
			size_t n = 0;
			for (; *from; from++) /* every %s is the opener's id */
				if (from[0] == '%' && from[1] == 's' && ++from)
					n += (size_t)snprintf(body + n, sizeof body - n, "%s", hex);
				else
					body[n++] = *from;
			body[n] = 0;
			target = tale_say(&t, (struct tale_head){who, who == AMY ? BOB : AMY, 0, TALE_DAY(1), cases[i].kind, &opener, NULL}, "%s", body);
			if (counted(&t, reason) != cases[i].may[who])
				fail_msg("%s by %d: %s", kind_by_number(cases[i].kind)->name, who, reason[0] ? reason : "counts");
			tale_shuffled(&t, 4, look);
			arena_free(t.a);
		}
}

/* What may only be continued by who began it. */
static void series(void **state)
{
	static const struct { enum kind_number kind; const char *body; } cases[] = {
		{KIND_INCIDENT_NOTICE, NOTICE}, {KIND_REQUIREMENT_SET, SET}, {KIND_POSTURE_ATTESTATION, POSTURE},
		{KIND_CONCERN, CONCERN}, {KIND_ISSUE, ISSUE}, {KIND_ASSET_HELD, HELD}, {KIND_TERMINATION, ENDS},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int who = AMY; who <= CAT; who++) {
			struct tale t;
			char reason[200];
			tale_begin(&t, AMY);
			struct id first = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_T0, cases[i].kind, NULL, NULL}, "%s", cases[i].body);
			target = tale_say(&t, (struct tale_head){who, who == AMY ? BOB : AMY, 0, TALE_DAY(1), cases[i].kind, &first, &first}, "%s", cases[i].body);
			assert_int_equal(counted(&t, reason), who == AMY);
			target = first;
			json_t *o = tale_tell(&t, NULL, look);
			assert_string_equal(tale_text(o, "state"), who == AMY ? "replaced" : "current");
			json_decref(o);
			arena_free(t.a);
		}
}

/* A partner's long reason is cut for the note; a character cut in two must not lose it. */
static void long_reasons(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		struct tale t;
		char reason[800] = "";
		tale_begin(&t, BOB);
		memset(reason, 'x', shift);
		for (size_t n = shift; n + 5 < sizeof reason; n += 4)
			memcpy(reason + n, "\xf0\x9f\x94\x92", 5);
		target = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_INCIDENT_NOTICE, NULL, NULL}, NOTICE);
		(void)tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(1), KIND_RETRACT, &target, NULL}, "{\"about\": \"%s\", \"reason\": \"%s\"}",
		               tale_hex(&t, &target), reason);
		json_t *o = tale_tell(&t, NULL, look);
		assert_non_null(strstr(tale_text(o, "note"), "withdrawn by its author on 2026-11-25, after receipt: "));
		json_decref(o);
		arena_free(t.a);
	}
	json_t *mended = view_string("a\xf0\x9f\x94 b\xff");
	assert_string_equal(json_string_value(mended), "a??? b?");
	json_decref(mended);
}

static void of_another_kind(void **state)
{
	struct tale t;
	char reason[200];
	(void)state;
	tale_begin(&t, BOB);
	struct id first = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_INCIDENT_NOTICE, NULL, NULL}, NOTICE);
	target = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(1), KIND_REQUIREMENT_SET, NULL, &first}, SET);
	assert_false(counted(&t, reason));
	assert_non_null(strstr(reason, "another kind"));
	arena_free(t.a);
}

/* Nobody decides about what it asked for itself. */
static void of_ones_own(void **state)
{
	struct tale t;
	char reason[200];
	(void)state;
	tale_begin(&t, AMY);
	struct id one = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_INCIDENT_NOTICE, NULL, NULL}, NOTICE);
	target = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(1), KIND_REPLY, &one, NULL}, "{\"about\": \"%s\", \"decision\": \"disputed\"}",
	                  tale_hex(&t, &one));
	assert_false(counted(&t, reason));
	assert_non_null(strstr(reason, "of its own"));
	arena_free(t.a);
}

static void without_a_thread(void **state)
{
	struct tale t;
	char reason[200];
	struct id gone;
	(void)state;
	memset(gone.b, 7, sizeof gone.b);
	tale_begin(&t, AMY);
	target = tale_say(&t, (struct tale_head){BOB, AMY, 0, TALE_T0, KIND_INCIDENT_ANSWER, NULL, NULL}, "{\"about\": \"%s\", \"impact\": \"affected\"}",
	                  tale_hex(&t, &gone));
	assert_false(counted(&t, reason));
	assert_non_null(strstr(reason, "names no thread"));
	target = tale_say(&t, (struct tale_head){BOB, AMY, 0, TALE_T0, KIND_INCIDENT_ANSWER, &gone, NULL}, "{\"about\": \"%s\", \"impact\": \"affected\"}",
	                  tale_hex(&t, &gone));
	assert_false(counted(&t, reason));
	assert_non_null(strstr(reason, "not here"));
	arena_free(t.a);
}

/* A reply decides about a record of its own thread, not of another one that its author may speak in. */
static void across_threads(void **state)
{
	struct tale t;
	char reason[200];
	(void)state;
	tale_begin(&t, AMY);
	struct id one = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_INCIDENT_NOTICE, NULL, NULL}, NOTICE);
	struct id other = tale_say(&t, (struct tale_head){AMY, CAT, 0, TALE_T0, KIND_INCIDENT_NOTICE, NULL, NULL}, NOTICE);
	target = tale_say(&t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1), KIND_REPLY, &one, NULL}, "{\"about\": \"%s\", \"decision\": \"acknowledged\"}",
	                  tale_hex(&t, &other));
	assert_false(counted(&t, reason));
	assert_non_null(strstr(reason, "another thread"));
	arena_free(t.a);
}

static void places(void **state)
{
	struct tale t;
	char reason[200];
	(void)state;
	tale_begin(&t, BOB);
	target = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_INCIDENT_NOTICE, NULL, NULL}, NOTICE);
	assert_true(counted(&t, reason));
	t.said[0].verdict = VERDICT_TLP;
	assert_false(counted(&t, reason));
	assert_string_equal(reason, verdict_text(VERDICT_TLP));
	t.said[0].verdict = VERDICT_AHEAD;
	json_t *o = tale_tell(&t, NULL, look);
	assert_true(json_is_true(json_object_get(o, "counts")));
	assert_true(json_is_true(json_object_get(o, "dated_ahead")));
	assert_int_equal(json_integer_value(json_object_get(o, "at")), t.said[0].received); /* clocks run from receipt */
	json_decref(o);
	t.said[0].verdict = VERDICT_GOOD;
	o = tale_tell(&t, NULL, look);
	assert_int_equal(json_integer_value(json_object_get(o, "at")), TALE_T0);
	json_decref(o);
	arena_free(t.a);
}

/* One good place is enough; a bad one never marks the record. */
static json_t *in_two_places(struct tale *t, struct view *v)
{
	struct record_row row;
	assert_int_equal(records_by_id(v->t, &target, &row), OK);
	struct occurrence o = {.record = row.no, .log = tale_log(v->t, CAT, BOB), .n = 9, .verdict = VERDICT_AUTHOR, .received = 1};
	assert_int_equal(occurrences_put(v->t, &o), OK);
	return look(t, v);
}

static void a_bad_copy(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	target = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_INCIDENT_NOTICE, NULL, NULL}, NOTICE);
	json_t *alone = tale_tell(&t, NULL, look), *both = tale_tell(&t, NULL, in_two_places);
	assert_true(json_equal(alone, both));
	json_decref(alone);
	json_decref(both);
	arena_free(t.a);
}

static json_t *dropped(struct tale *t, struct view *v)
{
	struct record_row row;
	assert_int_equal(records_by_id(v->t, &target, &row), OK);
	assert_int_equal(records_drop(v->t, row.no), OK);
	return look(t, v);
}

static void bytes_that_are_gone(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	target = tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_INCIDENT_NOTICE, NULL, NULL}, NOTICE);
	json_t *o = tale_tell(&t, NULL, dropped);
	assert_false(json_is_true(json_object_get(o, "counts")));
	assert_string_equal(tale_text(o, "title"), "");
	assert_non_null(strstr(tale_text(o, "reason"), "not here"));
	json_decref(o);
	arena_free(t.a);
}

/* A partner's endless series must cost time, not the stack. */
#define LONG 20000

static void put_version(struct txn *txn, struct record *r, const struct id *before, int64_t n, struct id *out)
{
	struct buf bytes = {0};
	uint64_t no;
	bool fresh;
	r->created = TALE_T0 + n;
	if ((r->has_supersedes = before != NULL))
		r->supersedes = *before;
	assert_int_equal(record_encode(r, &bytes), OK);
	record_id(buf_span(&bytes), out);
	assert_int_equal(records_put(txn, buf_span(&bytes), TALE_T0 + n, &no, &fresh), OK);
	struct occurrence o = {.record = no, .log = tale_log(txn, AMY, BOB), .n = (uint64_t)n + 2, .verdict = VERDICT_GOOD, .received = TALE_T0};
	assert_int_equal(occurrences_put(txn, &o), OK);
	buf_free(&bytes);
}

static json_t *endless(struct tale *t, struct view *v)
{
	const struct field *f = kind_by_number(KIND_INCIDENT_NOTICE)->fields;
	struct record r = {.kind = KIND_INCIDENT_NOTICE, .author = tale_org(AMY), .tlp = TLP_AMBER};
	struct value *body = value_map(t->a);
	const struct series *all;
	struct seen *s;
	struct id first, id;
	fields_set(t->a, f, body, "title", value_str(t->a, "x"));
	fields_set(t->a, f, body, "stage", value_int(t->a, 1));
	r.body = body;
	put_version(v->t, &r, NULL, 0, &first);
	id = first;
	for (int64_t n = 1; n < LONG; n++) {
		struct id next;
		put_version(v->t, &r, &id, n, &next);
		id = next;
	}
	assert_int_equal(view_find(v, &first, &s), OK);
	assert_true(s->replaced);
	assert_int_equal(view_find(v, &id, &s), OK);
	assert_int_equal(view_series(v, s, &all), OK);
	assert_int_equal(all->versions.n, LONG);
	assert_false(all->forked);
	return json_true();
}

static void an_endless_series(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	json_decref(tale_tell(&t, NULL, endless));
	arena_free(t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles),
		cmocka_unit_test(series),
		cmocka_unit_test(long_reasons),
		cmocka_unit_test(of_another_kind),
		cmocka_unit_test(of_ones_own),
		cmocka_unit_test(without_a_thread),
		cmocka_unit_test(across_threads),
		cmocka_unit_test(places),
		cmocka_unit_test(a_bad_copy),
		cmocka_unit_test(bytes_that_are_gone),
		cmocka_unit_test(an_endless_series),
	};
	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
