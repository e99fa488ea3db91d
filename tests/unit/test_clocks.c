/* Clock profiles: what is read, what is refused and where, what is shipped, and the folder of a home. */
#include "tests/unit/store_help.h"

#include <sys/stat.h>
#include <unistd.h>

#include "node/clocks.h"
#include "node/slurp.h"
#include "proto/when.h"

#define GOOD "title A law\nuse own\nowed authority\n"

static enum err reads(struct arena *a, const char *text, struct clocks **p, struct complaint *why)
{
	*why = (struct complaint){{0}, {0}};
	return clocks_read("law", SPAN(text, strlen(text)), a, p, why);
}

static void a_profile(void **state)
{
	struct arena *a = arena_new();
	struct complaint why;
	struct clocks *p;
	struct buf text = {0};
	(void)state;
	assert_int_equal(reads(a, "# a comment\n\n" GOOD "  clock first report :aware+24 h ; met by early-warning\r\n"
	                          "clock last: notification + 1 month or aware + 5 d; met by final; stops at most 10 d",
	                       &p, &why), OK);
	assert_string_equal(p->title, "A law");
	assert_int_equal(p->clocks, 2);
	assert_string_equal(p->clock[0].name, "first report");
	assert_int_equal(p->clock[0].from[0].ms, 24 * 3600000);
	assert_int_equal(p->clock[1].froms, 2);
	assert_int_equal(p->clock[1].from[0].months, 1);
	assert_int_equal(p->clock[1].from[1].ms, 5 * WHEN_DAY_MS);
	assert_int_equal(p->clock[1].stops, 10 * WHEN_DAY_MS);
	assert_int_equal(clocks_text(&p->clock[1], &text), OK);
	assert_true(span_eq(buf_span(&text), SPAN("notification + 1 month or aware + 5 d", 37)));
	buf_free(&text);
	arena_free(a);
}

static void refused_with_their_line(void **state)
{
	static const struct { const char *text, *where, *says; } cases[] = {
		{GOOD, "law.clock:3", "at least one clock"},
		{"use own\nclock a: aware + 1 h; met by final\n", "law.clock:2", "owed authority"},
		{"owed partners\nclock a: aware + 1 h; met by final\n", "law.clock:2", "use own"},
		{GOOD "clock a: aware + 1 h; met by answer\n", "law.clock:4", "an authority is told"},
		{GOOD "clock a: awake + 1 h; met by final\n", "law.clock:4", "a moment to count from"},
		{GOOD "clock a: aware 1 h; met by final\n", "law.clock:4", "\"+\""},
		{GOOD "clock a: aware + h; met by final\n", "law.clock:4", "number"},
		{GOOD "clock a: aware + 0 h; met by final\n", "law.clock:4", "number"},
		{GOOD "clock a: aware + 100000 h; met by final\n", "law.clock:4", "number"},
		{GOOD "clock a: aware + 9999 d; met by final\n", "law.clock:4", "ten years"},
		{GOOD "clock a: aware + 1 week; met by final\n", "law.clock:4", "h, d or month"},
		{GOOD "clock a: aware + 1 h\n", "law.clock:4", "what meets it"},
		{GOOD "clock a: aware + 1 h; met by lunch\n", "law.clock:4", "behind \"met by\""},
		{GOOD "clock a: aware + 1 h; met by final; stops at most 1 month\n", "law.clock:4", "h or d"},
		{GOOD "clock a: aware + 1 h; met by final; and more\n", "law.clock:4", "the end of the line"},
		{GOOD "clock a: aware + 1 h; met by final more\n", "law.clock:4", "the end of the line"},
		{GOOD "\n#\nclock a: aware + 1 h; met by final\nclock a: aware + 2 h; met by final\n", "law.clock:7", "another name"},
		{GOOD "clock : aware + 1 h; met by final\n", "law.clock:4", "a short name"},
		{GOOD "clock a\x1b[2J: aware + 1 h; met by final\n", "law.clock:4", "control"},
		{"title\n", "law.clock:1", "the title"},
		{"use always\n", "law.clock:1", "own"},
		{"clocks a: aware + 1 h; met by final\n", "law.clock:1", "begins with"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena *a = arena_new();
		struct complaint why;
		struct clocks *p = NULL;
		if (reads(a, cases[i].text, &p, &why) != ERR_INVALID || p || strcmp(why.where, cases[i].where) != 0 || !strstr(why.text, cases[i].says))
			fail_msg("%s: %s %s", cases[i].text, why.where, why.text);
		arena_free(a);
	}
}

static void what_is_shipped(void **state)
{
	struct arena *a = arena_new();
	const struct clocks *list, *p;
	(void)state;
	assert_int_equal(clocks_shipped(a, &list), OK);
	for (p = list; p && p->next; p = p->next)
		assert_true(strcmp(p->name, p->next->name) < 0);
	p = clocks_find(list, "nis2");
	assert_non_null(p);
	assert_int_equal(p->use, CLOCK_OWN);
	assert_int_equal(p->clocks, 3);
	assert_non_null(clocks_find(list, "dora"));
	assert_non_null(clocks_find(list, "contract"));
	assert_non_null(clocks_find(list, "consortium"));
	assert_null(clocks_find(list, "nis3"));
	arena_free(a);
}

static void the_folder_of_a_home(void **state)
{
	struct folder f;
	struct arena *a = arena_new();
	struct complaint why = {{0}, {0}};
	const struct clocks *list;
	char path[4200];
	(void)state;
	folder_make(&f);
	assert_int_equal(clocks_home(f.path, a, &list, &why), OK); /* none: the shipped ones */
	assert_true(clocks_find(list, "nis2")->shipped);
	assert_int_equal(clocks_write(f.path), OK);
	assert_int_equal(clocks_write(f.path), OK); /* again: what is there stays */
	assert_int_equal(clocks_home(f.path, a, &list, &why), OK);
	assert_false(clocks_find(list, "nis2")->shipped);
	(void)snprintf(path, sizeof path, "%s/clocks/nis2.clock", f.path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(clocks_home(f.path, a, &list, &why), OK);
	assert_null(clocks_find(list, "nis2"));
	(void)snprintf(path, sizeof path, "%s/clocks/mine.clock", f.path);
	assert_int_equal(slurp_create(path, SPAN("use own\nnonsense\n", 17)), OK);
	assert_int_equal(clocks_home(f.path, a, &list, &why), ERR_INVALID);
	assert_string_equal(why.where, "mine.clock:2");
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = {"consortium", "contract", "dora", "mine"};
		(void)snprintf(path, sizeof path, "%s/clocks/%s.clock", f.path, names[i]);
		assert_int_equal(unlink(path), 0);
	}
	(void)snprintf(path, sizeof path, "%s/clocks", f.path);
	assert_int_equal(rmdir(path), 0);
	folder_remove(&f);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_profile),
		cmocka_unit_test(refused_with_their_line),
		cmocka_unit_test(what_is_shipped),
		cmocka_unit_test(the_folder_of_a_home),
	};
	return cmocka_run_group_tests_name("clocks", tests, NULL, NULL);
}
