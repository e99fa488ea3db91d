/* Exercises: in any order of arrival, nothing said in one counts in what is real, nor the other way round; who may start and end one. */
#include "tests/unit/tale.h"

#include "node/view_exercise.h"
#include "node/view_incident.h"

#define FULL "\"title\": \"Ransomware\", \"aware\": \"2026-11-24T09:00:00Z\", \"malicious\": \"yes\", \"cross_border\": \"no\", " \
             "\"contact\": \"soc@example\", \"severity\": \"high\", \"determination\": \"confirmed\", \"root_cause\": \"malicious-action\""

static struct id plan, first;

static struct id planned(struct tale *t)
{
	struct id bob = tale_org(BOB);
	return tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_T0, KIND_EXERCISE_PLAN, NULL, NULL},
	                "{\"title\": \"Cold night\", \"objectives\": [\"x\"], \"participants\": [\"%s\"], \"starts\": \"2026-11-24T09:00:00Z\", "
	                "\"ends\": \"2026-11-25T09:00:00Z\"}", tale_hex(t, &bob));
}

static void step(struct tale *t, int from, int64_t at, const char *word)
{
	const struct id *was = t->exercise;
	t->exercise = &plan;
	(void)tale_say(t, (struct tale_head){from, from == AMY ? BOB : AMY, 0, at, KIND_EXERCISE_REPORT, &plan, NULL},
	               "{\"about\": \"%s\", \"step\": \"%s\"}", tale_hex(t, &plan), word);
	t->exercise = was;
}

static json_t *look_exercise(struct tale *t, struct view *v)
{
	struct exercise x;
	json_t *o;
	(void)t;
	assert_int_equal(view_exercise_by(v, &plan, &x), OK);
	assert_int_equal(view_exercise_show(v, &x, &o), OK);
	return o;
}

static void state_is(struct tale *t, const char *want)
{
	json_t *o = tale_tell(t, NULL, look_exercise);
	assert_string_equal(tale_text(o, "state"), want);
	json_decref(o);
}

static void who_moves_it(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, BOB);
	plan = planned(&t);
	state_is(&t, "planned");
	step(&t, BOB, TALE_T0 + TALE_HOUR, "started"); /* only who planned it */
	state_is(&t, "planned");
	step(&t, AMY, TALE_T0 + 2 * TALE_HOUR, "started");
	step(&t, BOB, TALE_T0 + 3 * TALE_HOUR, "stopped");
	state_is(&t, "running");
	step(&t, BOB, TALE_T0 + 4 * TALE_HOUR, "aborted"); /* whoever takes part */
	state_is(&t, "aborted");
	step(&t, AMY, TALE_T0 + 5 * TALE_HOUR, "stopped"); /* it is over */
	step(&t, AMY, TALE_T0 + 6 * TALE_HOUR, "started");
	state_is(&t, "aborted");
	tale_shuffled(&t, 20, look_exercise);
	t.me = AMY;
	state_is(&t, "aborted");
	arena_free(t.a);
}

static json_t *look_incident(struct tale *t, struct view *v)
{
	struct incident x;
	struct incident_party p;
	struct seen *s;
	struct id bob = tale_org(BOB);
	json_t *list;
	(void)t;
	assert_int_equal(view_find(v, &first, &s), OK);
	assert_int_equal(view_incident_of(v, s, &x), OK);
	view_incident_party(&x, &bob, &p);
	assert_int_equal(view_incident_list(v, &(struct incident_wanted){0}, &list), OK);
	return json_pack("{s:b, s:b, s:b, s:i, s:b, s:o}", "acknowledged", p.acknowledged != NULL, "answered", p.answer != NULL, "withdrawn", x.withdrawn,
	                 "stage", (int)x.stage, "replaced", s->replaced, "list", list);
}

static void notice(struct tale *t, const struct id *after)
{
	struct id id = tale_say(t, (struct tale_head){AMY, BOB, 0, after ? TALE_DAY(1) : TALE_T0, KIND_INCIDENT_NOTICE, after ? &first : NULL, after},
	                        "{" FULL ", \"stage\": \"%s\"}", after ? "final" : "early-warning");
	if (!after)
		first = id;
}

/* Everything that can be said to an incident, from the other world. */
static void from_the_other_world(struct tale *t)
{
	(void)tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1), KIND_REPLY, &first, NULL}, "{\"about\": \"%s\", \"decision\": \"acknowledged\"}",
	               tale_hex(t, &first));
	(void)tale_say(t, (struct tale_head){BOB, AMY, 0, TALE_DAY(1), KIND_INCIDENT_ANSWER, &first, NULL}, "{\"about\": \"%s\", \"impact\": \"affected\"}",
	               tale_hex(t, &first));
	(void)tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_DAY(2), KIND_RETRACT, &first, NULL}, "{\"about\": \"%s\", \"reason\": \"no\"}",
	               tale_hex(t, &first));
	notice(t, &first);
}

static void neither_counts_in_the_other(void **state)
{
	(void)state;
	for (int real = 0; real < 2; real++)
		for (int me = AMY; me <= BOB; me++) {
			struct tale t;
			tale_begin(&t, me);
			plan = planned(&t);
			t.exercise = real ? NULL : &plan;
			notice(&t, NULL);
			t.exercise = real ? &plan : NULL;
			from_the_other_world(&t);
			json_t *o = tale_tell(&t, NULL, look_incident);
			assert_false(json_is_true(json_object_get(o, "acknowledged")));
			assert_false(json_is_true(json_object_get(o, "answered")));
			assert_false(json_is_true(json_object_get(o, "withdrawn")));
			assert_false(json_is_true(json_object_get(o, "replaced")));
			assert_int_equal(json_integer_value(json_object_get(o, "stage")), STAGE_EARLY);
			json_decref(o);
			tale_shuffled(&t, 10, look_incident);
			arena_free(t.a);
		}
}

/* And in its own world all of it counts: or the test above would prove nothing. */
static void in_its_own_world_it_counts(void **state)
{
	(void)state;
	for (int real = 0; real < 2; real++) {
		struct tale t;
		tale_begin(&t, BOB);
		plan = planned(&t);
		t.exercise = real ? NULL : &plan;
		notice(&t, NULL);
		from_the_other_world(&t);
		json_t *o = tale_tell(&t, NULL, look_incident);
		assert_true(json_is_true(json_object_get(o, "acknowledged")));
		assert_true(json_is_true(json_object_get(o, "answered")));
		assert_true(json_is_true(json_object_get(o, "replaced")));
		assert_int_equal(json_integer_value(json_object_get(o, "stage")), STAGE_FINAL);
		json_decref(o);
		arena_free(t.a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_moves_it),
		cmocka_unit_test(neither_counts_in_the_other),
		cmocka_unit_test(in_its_own_world_it_counts),
	};
	return cmocka_run_group_tests_name("exercise", tests, NULL, NULL);
}
