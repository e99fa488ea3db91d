/* Making a node: what is shown, what is kept, and what a failure leaves behind. */
#include "tests/unit/store_help.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "keys/kit.h"
#include "node/init.h"
#include "node/slurp.h"

struct home {
	char root[64], home[80], kit[80];
};

static void home_make(struct home *h)
{
	(void)snprintf(h->root, sizeof h->root, "/tmp/tally-init-XXXXXX");
	assert_non_null(mkdtemp(h->root));
	(void)snprintf(h->home, sizeof h->home, "%s/home", h->root);
	(void)snprintf(h->kit, sizeof h->kit, "%s/kit", h->root);
}

static void home_remove(const struct home *h)
{
	static const char *const files[] = {"kit", "home/store/data.mdb", "home/store/lock.mdb", "home/store/lock", "home/store", "home/keys/keyring",
	                                    "home/keys", "home", ""};
	char path[128];
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", h->root, files[i]);
		(void)remove(path);
	}
	assert_int_not_equal(access(h->root, F_OK), 0);
}

static enum err make_node(const struct home *h, struct init_result *out, struct complaint *why)
{
	memset(out, 0, sizeof *out);
	memset(why, 0, sizeof *why);
	return init_run(&(struct init_args){.home = h->home, .name = "Harbour Foods", .recovery_out = h->kit}, out, why);
}

static void expect_nothing_to_show(const struct init_result *r)
{
	static const struct core_made nothing;
	assert_memory_equal(&r->made, &nothing, sizeof nothing);
}

static void a_node_and_its_kit(void **state)
{
	struct home h;
	struct init_result r, again;
	struct complaint why;
	struct buf file = {0};
	struct kit_input kit;
	struct stat st;
	(void)state;
	home_make(&h);
	assert_int_equal(make_node(&h, &r, &why), OK);
	assert_int_equal(slurp_file(h.kit, NULL, 65536, &file), OK);
	assert_int_equal(kit_open(buf_span(&file), r.made.phrase, &kit), OK);
	assert_true(id_eq(&kit.org, &r.made.org));
	assert_true(stat(h.kit, &st) == 0 && (st.st_mode & 0777) == 0600);
	assert_int_equal(make_node(&h, &again, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "a node here already"));
	expect_nothing_to_show(&again);
	assert_int_equal(access(h.kit, F_OK), 0);
	buf_free(&file);
	home_remove(&h);
}

static void somebody_elses_file_is_no_kit(void **state)
{
	struct home h;
	struct init_result r;
	struct complaint why;
	struct buf file = {0};
	(void)state;
	home_make(&h);
	assert_int_equal(slurp_create(h.kit, SPAN("mine", 4)), OK);
	assert_int_equal(slurp_create(h.kit, SPAN("two", 3)), ERR_CONFLICT);
	assert_int_equal(make_node(&h, &r, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "choose another"));
	expect_nothing_to_show(&r);
	assert_int_equal(slurp_file(h.kit, NULL, 64, &file), OK);
	assert_true(span_eq(buf_span(&file), SPAN("mine", 4)));
	buf_free(&file);
	home_remove(&h);
}

static void a_bad_name_leaves_nothing(void **state)
{
	static const struct {
		const char *name, *words;
	} bad[] = {{"", "empty"}, {"  ", "empty"}, {" a", "blank"}, {"a\nb", "single line"}, {"a\x1b[31m", "control character"},
	           {"a\u202eb", "direction of writing"}, {"a\xff", "UTF-8"}, {NULL, "too long"}};
	char longest[202];
	struct home h;
	struct init_result r;
	struct complaint why;
	(void)state;
	memset(longest, 'x', 201);
	longest[201] = '\0';
	home_make(&h);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct init_args args = {.home = h.home, .name = bad[i].name ? bad[i].name : longest, .recovery_out = h.kit};
		memset(&r, 0, sizeof r);
		memset(&why, 0, sizeof why);
		assert_int_equal(init_run(&args, &r, &why), bad[i].name ? ERR_INVALID : ERR_LIMIT);
		assert_string_equal(why.where, "name");
		assert_non_null(strstr(why.text, bad[i].words));
		assert_int_not_equal(access(h.home, F_OK), 0);
		expect_nothing_to_show(&r);
	}
	longest[200] = '\0';
	assert_int_equal(init_run(&(struct init_args){.home = h.home, .name = longest, .recovery_out = h.kit}, &r, &why), OK);
	home_remove(&h);
}

/* The disk is full when the organisation is to be stored: no node, no kit, nothing shown; and the same again works when there is room. */
static void no_room_for_the_organisation(void **state)
{
	struct home h;
	struct init_result r;
	struct complaint why;
	struct store *store;
	struct stat st;
	char path[128];
	struct rlimit before, tight;
	(void)state;
	home_make(&h);
	assert_int_equal(mkdir(h.home, 0700), 0);
	(void)snprintf(path, sizeof path, "%s/store", h.home);
	assert_int_equal(store_open(&(struct store_config){.path = path}, &store), OK);
	store_close(store);
	(void)snprintf(path, sizeof path, "%s/store/data.mdb", h.home);
	assert_int_equal(stat(path, &st), 0);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	tight = before;
	tight.rlim_cur = (rlim_t)st.st_size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	enum err e = make_node(&h, &r, &why);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(e, ERR_SPACE);
	expect_nothing_to_show(&r);
	assert_int_not_equal(access(h.kit, F_OK), 0);
	assert_int_equal(make_node(&h, &r, &why), OK);
	home_remove(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_and_its_kit),
		cmocka_unit_test(somebody_elses_file_is_no_kit),
		cmocka_unit_test(a_bad_name_leaves_nothing),
		cmocka_unit_test(no_room_for_the_organisation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
