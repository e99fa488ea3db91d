/* A calendar that any reader takes: its grammar by RFC 5545, read here by rules of its own; the same UIDs every time; nothing that breaks out of a
 * line. */
#include "tests/unit/tale.h"

#include "node/ical.h"

static struct ical_want want;

/* {"text": ..., "left": n} */
static json_t *look(struct tale *t, struct view *v)
{
	struct duties all;
	struct buf out = {0};
	size_t left;
	(void)t;
	assert_int_equal(duty_all(v, false, &all), OK);
	assert_int_equal(ical_write(v, &all, &want, &out, &left), OK);
	json_t *o = json_pack("{s:o, s:I}", "text", json_stringn((const char *)out.p, out.n), "left", (json_int_t)left);
	assert_non_null(o);
	buf_free(&out);
	return o;
}

#define CONCERN "{\"title\": \"%s\", \"topic\": \"process\", \"source\": \"audit\", \"text\": \"x\"}"

static struct id raised(struct tale *t, int me, const char *title)
{
	tale_begin(t, me);
	t->now = TALE_DAY(4);
	return tale_say(t, (struct tale_head){AMY, BOB, 0, TALE_DAY(3), KIND_CONCERN, NULL, NULL}, CONCERN, title);
}

/* Lines as they were before folding, divided by \n; fails on a line that is too long, not ended by CRLF, or not UTF-8. */
static char *unfolded(const char *ics)
{
	char *out = calloc(1, strlen(ics) + 1), *p = out;
	assert_non_null(out);
	while (*ics) {
		const char *end = strstr(ics, "\r\n");
		assert_non_null(end);
		assert_true(end - ics <= 75);
		json_t *valid = json_stringn(ics, (size_t)(end - ics));
		assert_non_null(valid); /* no character is cut in two */
		json_decref(valid);
		if (*ics == ' ') {
			assert_true(p > out);
			p--; /* the line goes on */
			ics++;
		}
		assert_null(memchr(ics, '\n', (size_t)(end - ics)));
		memcpy(p, ics, (size_t)(end - ics));
		p += end - ics;
		*p++ = '\n';
		ics = end + 2;
	}
	return out;
}

static const char *value(const char *lines, const char *name, char out[static 2000])
{
	char key[64];
	(void)snprintf(key, sizeof key, "\n%s", name);
	const char *at = strstr(lines, key);
	out[0] = 0;
	if (at)
		(void)snprintf(out, 2000, "%.*s", (int)strcspn(at + strlen(key), "\n"), at + strlen(key));
	return out;
}

static size_t times(const char *text, const char *what)
{
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, what)); p++)
		n++;
	return n;
}

/* Components open and close in order, and have what RFC 5545 asks of them once. */
static void grammar(const char *lines)
{
	const char *open[4];
	size_t depth = 0;
	for (const char *p = lines; *p; p += strcspn(p, "\n") + 1) {
		size_t name = strcspn(p, ":;\n");
		assert_true(name > 0 && p[name] != '\n');
		assert_int_equal(strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-"), name);
		if (strncmp(p, "BEGIN:", 6) == 0) {
			assert_true(depth < 4);
			open[depth++] = p + 6;
		}
		if (strncmp(p, "END:", 4) == 0) {
			assert_true(depth > 0);
			depth--;
			assert_memory_equal(open[depth], p + 4, strcspn(p + 4, "\n") + 1);
		}
	}
	assert_int_equal(depth, 0);
	size_t events = times(lines, "\nBEGIN:VEVENT\n") + times(lines, "\nBEGIN:VTODO\n");
	assert_int_equal(times(lines, "\nUID:"), events);
	assert_int_equal(times(lines, "\nDTSTAMP:"), events);
	assert_int_equal(times(lines, "\nSUMMARY:"), events);
	assert_int_equal(times(lines, "\nVERSION:2.0\n"), 1);
	assert_int_equal(times(lines, "\nPRODID:"), 1);
	assert_int_equal(times(lines, "\nACTION:DISPLAY\nTRIGGER"), times(lines, "BEGIN:VALARM"));
}

static char *calendar(struct tale *t, size_t *left)
{
	json_t *o = tale_tell(t, NULL, look);
	char *lines = unfolded(tale_text(o, "text"));
	if (left)
		*left = (size_t)json_integer_value(json_object_get(o, "left"));
	grammar(lines);
	json_decref(o);
	return lines;
}

static void events(void **state)
{
	struct tale t;
	char v[2000];
	(void)state;
	want = (struct ical_want){0};
	(void)raised(&t, BOB, "no second person");
	char *lines = calendar(&t, NULL);
	assert_int_equal(times(lines, "BEGIN:VEVENT"), 1);
	assert_string_equal(value(lines, "DTSTART;VALUE=DATE:", v), "20261211");
	assert_string_equal(value(lines, "SUMMARY:", v), "answer the concern: no second person (to amy)");
	assert_string_equal(value(lines, "TRIGGER:", v), "-P1D");
	assert_non_null(strstr(value(lines, "DESCRIPTION:", v), "\\ntally concern answer "));
	assert_string_equal(value(lines, "DTSTAMP:", v), "20261128T000000Z");
	free(lines);
	t.now = TALE_DAY(30); /* overdue: no alarm for what is past */
	lines = calendar(&t, NULL);
	assert_int_equal(times(lines, "BEGIN:VALARM"), 0);
	assert_string_equal(value(lines, "PRIORITY:", v), "1");
	free(lines);
	t.me = AMY; /* what others owe only when asked for */
	lines = calendar(&t, NULL);
	assert_int_equal(times(lines, "BEGIN:VEVENT"), 0);
	free(lines);
	want.both = true;
	lines = calendar(&t, NULL);
	assert_string_equal(value(lines, "SUMMARY:", v), "bob: answer the concern: no second person");
	free(lines);
	arena_free(t.a);
}

/* Clocks of incidents are moments, not days. */
static void moments(void **state)
{
	struct tale t;
	char v[2000];
	(void)state;
	want = (struct ical_want){0};
	tale_begin(&t, AMY);
	t.now = TALE_DAY(0) + TALE_HOUR;
	(void)tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(0), KIND_INCIDENT_NOTICE, NULL, NULL},
	               "{\"title\": \"x\", \"stage\": \"early-warning\", \"aware\": \"2026-11-24T00:10:00Z\", \"malicious\": \"yes\", "
	               "\"cross_border\": \"no\", \"contact\": \"c\"}");
	char *lines = calendar(&t, NULL);
	assert_true(times(lines, "BEGIN:VEVENT") > 0);
	assert_int_equal(strlen(value(lines, "DTSTART:", v)), strlen("20261127T001000Z"));
	assert_string_equal(value(lines, "TRIGGER:", v), "-PT4H");
	free(lines);
	arena_free(t.a);
}

/* Same deadline, same UID, from export to export and at both ends; another one another; when it is done, the same once more. */
static void uids(void **state)
{
	struct tale t;
	char first[2000], second[2000], v[2000];
	(void)state;
	want = (struct ical_want){.both = true};
	struct id concern = raised(&t, BOB, "x");
	char *lines = calendar(&t, NULL);
	(void)value(lines, "UID:", first);
	assert_true(strlen(first) == 32 + 6 && strstr(first, "@tally"));
	free(lines);
	t.now += TALE_HOUR;
	t.me = AMY;
	lines = calendar(&t, NULL);
	assert_string_equal(value(lines, "UID:", second), first);
	free(lines);
	t.me = BOB;
	(void)tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(3) + 5, KIND_CONCERN, NULL, NULL}, CONCERN, "y");
	lines = calendar(&t, NULL);
	assert_int_equal(times(lines, "UID:"), 2);
	assert_int_equal(times(lines, first), 1);
	free(lines);
	t.me = AMY;
	(void)tale_say(&t, (struct tale_head){BOB, AMY, 0, TALE_DAY(4), KIND_REPLY, &concern, NULL}, "{\"about\": \"%s\", \"decision\": \"declined\"}",
	               tale_hex(&t, &concern));
	lines = calendar(&t, NULL);
	assert_int_equal(times(lines, first), 1);
	assert_non_null(strstr(lines, "\nSUMMARY:done: bob: answer the concern: x\n"));
	free(lines);
	t.now = TALE_DAY(200); /* and after a quarter it is gone */
	lines = calendar(&t, NULL);
	assert_int_equal(times(lines, first), 0);
	free(lines);
	want.todo = true;
	t.now = TALE_DAY(5);
	lines = calendar(&t, NULL);
	assert_string_equal(value(lines, "COMPLETED:", v), "20261128T000001Z");
	free(lines);
	arena_free(t.a);
}

/* Tasks may be without a date; events are told how many they left out. */
static void todos(void **state)
{
	struct tale t;
	size_t left;
	(void)state;
	want = (struct ical_want){0};
	tale_begin(&t, BOB);
	(void)tale_say(&t, (struct tale_head){AMY, BOB, 0, TALE_DAY(3), KIND_ISSUE, NULL, NULL},
	               "{\"title\": \"x\", \"type\": \"weakness\", \"text\": \"x\"}");
	char *lines = calendar(&t, &left);
	assert_int_equal(left, 1);
	assert_int_equal(times(lines, "BEGIN:VEVENT"), 0);
	free(lines);
	want.todo = true;
	lines = calendar(&t, &left);
	assert_int_equal(left, 0);
	assert_int_equal(times(lines, "BEGIN:VTODO"), 1);
	assert_int_equal(times(lines, "\nDUE"), 0);
	assert_int_equal(times(lines, "\nSTATUS:NEEDS-ACTION\n"), 1);
	free(lines);
	arena_free(t.a);
}

#define LOCK "\xf0\x9f\x94\x92"
#define X40 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* A partner's title cannot end a line or divide a value, and is folded between characters. */
static void hostile(void **state)
{
	static const char *const titles[] = {"a, b; c\\\\n d", "BEGIN:VEVENT", LOCK LOCK LOCK LOCK LOCK LOCK LOCK,
	                                     X40 X40 X40};
	char v[2000];
	(void)state;
	want = (struct ical_want){0};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		for (int shift = 0; shift < 8; shift++) {
			struct tale t;
			char title[300];
			(void)snprintf(title, sizeof title, "%.*s%s", shift, "aaaaaaaa", titles[i]);
			(void)raised(&t, BOB, title);
			char *lines = calendar(&t, NULL);
			assert_int_equal(times(lines, "\nBEGIN:VEVENT\n"), 1);
			if (i == 0)
				assert_non_null(strstr(value(lines, "SUMMARY:", v), "a\\, b\\; c\\\\n d"));
			free(lines);
			arena_free(t.a);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events), cmocka_unit_test(moments), cmocka_unit_test(uids), cmocka_unit_test(todos), cmocka_unit_test(hostile),
	};
	return cmocka_run_group_tests_name("ical", tests, NULL, NULL);
}
