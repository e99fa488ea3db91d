/* Matrices between Amy, the customer, and Bob, the supplier: what is in force, what is proposed, at both ends and in every order of arrival. */
#include "tests/unit/tale.h"

#include "node/view_matrix.h"

static json_t *look(struct tale *t, struct view *v)
{
	struct relations all;
	json_t *list, *rows = json_array();
	(void)t;
	assert_int_equal(view_matrix_all(v, &all), OK);
	assert_int_equal(view_matrix_list(v, &list), OK);
	for (size_t i = 0; i < all.n; i++)
		assert_int_equal(view_matrix_rows(v, &all.p[i], rows), OK);
	return json_pack("{s:o, s:o}", "list", list, "rows", rows);
}

static struct id matrix(struct tale *t, int from, int day, const struct id *about, const char *rows)
{
	struct id bob = tale_org(BOB);
	char more[100] = "";
	if (about)
		(void)snprintf(more, sizeof more, "\"about\": \"%s\", ", tale_hex(t, about));
	return tale_say(t, (struct tale_head){from, from == AMY ? BOB : AMY, 0, TALE_DAY(day), KIND_RESPONSIBILITY_MATRIX, about, NULL},
	                "{%s\"contract\": \"C\", \"supplier\": \"%s\", \"rows\": [%s]}", more, tale_hex(t, &bob), rows);
}

static void agreed(struct tale *t, int from, int to, int day, const struct id *root, const struct id *about)
{
	(void)tale_say(t, (struct tale_head){from, to, 0, TALE_DAY(day), KIND_REPLY, root, NULL}, "{\"about\": \"%s\", \"decision\": \"agreed\"}",
	               tale_hex(t, about));
}

#define OURS "{\"control\": \"R1\", \"owner\": \"supplier\", \"supplier\": \"patches\"}, {\"control\": \"R2\"}"
#define OTHER "{\"control\": \"R1\", \"owner\": \"customer\", \"customer\": \"patches\"}, {\"control\": \"R2\", \"owner\": \"shared\", " \
	"\"supplier\": \"x\"}"

static void one_says(json_t *all, const char *control, const char *owner, const char *problem)
{
	const json_t *row = tale_row(json_object_get(all, "rows"), "control", control);
	if (strcmp(tale_text(row, "owner"), owner) != 0 || strcmp(tale_text(row, "problem"), problem) != 0)
		fail_msg("%s: %s, %s; wanted %s, %s", control, tale_text(row, "owner"), tale_text(row, "problem"), owner, problem);
}

/* Each side thinks it is the other: both are told. */
static void countered(void **state)
{
	(void)state;
	for (int me = AMY; me <= BOB; me++) {
		struct tale t;
		tale_begin(&t, me);
		struct id first = matrix(&t, AMY, 1, NULL, OURS);
		(void)matrix(&t, BOB, 2, &first, OTHER);
		json_t *all = tale_tell(&t, NULL, look);
		assert_string_equal(tale_text(json_array_get(json_object_get(all, "list"), 0), "state"), "countered");
		one_says(all, "R1", me == AMY ? "we" : "they", "both think it is the other");
		one_says(all, "R2", "both", "shared, but not said by whom what");
		json_decref(all);
		tale_shuffled(&t, 10, look);
		arena_free(t.a);
	}
}

/* Only the other side's word, about that very record, puts it in force; it stays so while a change is proposed. */
static void in_force(void **state)
{
	(void)state;
	for (int me = AMY; me <= BOB; me++) {
		struct tale t;
		tale_begin(&t, me);
		struct id first = matrix(&t, AMY, 1, NULL, OURS);
		agreed(&t, AMY, BOB, 2, &first, &first); /* its author */
		json_t *all = tale_tell(&t, NULL, look);
		assert_string_equal(tale_text(json_array_get(json_object_get(all, "list"), 0), "state"), "proposed");
		one_says(all, "R2", "nobody", "nobody owns it");
		json_decref(all);
		agreed(&t, BOB, AMY, 3, &first, &first);
		(void)matrix(&t, BOB, 4, &first, OTHER);
		all = tale_tell(&t, NULL, look);
		const json_t *line = json_array_get(json_object_get(all, "list"), 0);
		assert_string_equal(tale_text(line, "state"), "changes proposed");
		assert_string_equal(tale_text(line, "agreed"), tale_hex(&t, &first));
		assert_string_equal(tale_text(line, "we_are"), me == AMY ? "customer" : "supplier");
		assert_string_equal(tale_text(tale_row(json_object_get(all, "rows"), "control", "R1"), "changed"), "owner");
		json_decref(all);
		tale_shuffled(&t, 20, look);
		arena_free(t.a);
	}
}

/* A stranger to it agrees, and one proposes for two others: neither counts. */
static void of_strangers(void **state)
{
	struct tale t;
	struct id bob = tale_org(BOB);
	(void)state;
	tale_begin(&t, AMY);
	struct id first = matrix(&t, AMY, 1, NULL, OURS);
	agreed(&t, CAT, AMY, 2, &first, &first);
	(void)tale_say(&t, (struct tale_head){CAT, AMY, 0, TALE_DAY(3), KIND_RESPONSIBILITY_MATRIX, NULL, NULL},
	               "{\"contract\": \"C\", \"supplier\": \"%s\", \"rows\": [{\"control\": \"R1\"}]}", tale_hex(&t, &bob));
	json_t *all = tale_tell(&t, NULL, look);
	assert_int_equal(json_array_size(json_object_get(all, "list")), 1);
	assert_string_equal(tale_text(json_array_get(json_object_get(all, "list"), 0), "state"), "proposed");
	json_decref(all);
	tale_shuffled(&t, 10, look);
	arena_free(t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(countered), cmocka_unit_test(in_force), cmocka_unit_test(of_strangers)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
