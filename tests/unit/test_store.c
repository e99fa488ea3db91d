#include "tests/unit/store_help.h"

#include <lmdb.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define T TABLE_SETS

static void put(struct txn *t, const char *key, const char *value)
{
	assert_int_equal(store_put(t, T, text(key), text(value)), OK);
}

/* The whole data file, to see that nothing in it was touched. */
static struct buf file_bytes(const struct folder *f)
{
	char name[600];
	struct buf b = {0};
	uint8_t *p;
	struct stat st;

	(void)snprintf(name, sizeof name, "%s/data.mdb", f->path);
	int fd = open(name, O_RDONLY);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	assert_int_equal(buf_room(&b, (size_t)st.st_size, &p), OK);
	assert_int_equal(read(fd, p, b.n), st.st_size);
	close(fd);
	return b;
}

static void rows_come_back(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct span v = {0};
	uint8_t key[512] = {1};

	put(t, "a", "one");
	put(t, "a", "two");
	assert_int_equal(store_add(t, T, text("a"), text("three")), ERR_CONFLICT);
	assert_int_equal(store_add(t, T, text("b"), SPAN(NULL, 0)), OK);
	assert_int_equal(store_get(t, T, text("c"), &v), ERR_NOT_FOUND);
	assert_null(v.p);
	assert_int_equal(store_drop(t, T, text("c")), OK);
	assert_int_equal(store_put(t, T, SPAN(key, 511), text("longest")), OK);
	assert_int_equal(store_put(t, T, SPAN(key, 512), text("over")), ERR_INVALID);
	assert_int_equal(store_put(t, T, SPAN(key, 0), text("empty")), ERR_INVALID);
	assert_int_equal(store_get(t, T, SPAN(key, 0), &v), ERR_INVALID);
	assert_int_equal(store_drop(t, T, SPAN(key, 512)), ERR_INVALID);
	assert_int_equal(store_commit(t), OK); /* a refused key breaks nothing */
	folder_close(f);
	folder_open(f);
	t = reading(f);
	assert_true(holds(t, T, "a", "two"));
	assert_int_equal(store_get(t, T, text("b"), &v), OK);
	assert_int_equal(v.n, 0);
	assert_int_equal(store_get(t, T, SPAN(key, 511), &v), OK);
	assert_int_equal(store_get(t, TABLE_META, text("a"), &v), ERR_NOT_FOUND);
	assert_int_equal(store_put(t, T, text("z"), text("in a reader")), ERR_DENIED);
	store_abort(t);
	t = writing(f);
	assert_int_equal(store_drop(t, T, text("a")), OK);
	assert_int_equal(store_get(t, T, text("a"), &v), ERR_NOT_FOUND);
	store_abort(t);
	t = reading(f);
	assert_true(holds(t, T, "a", "two"));
	store_abort(t);
	store_abort(NULL);
}

static void numbers_ascend(void **state)
{
	struct folder *f = *state;
	uint64_t n = 0, other = 0;

	for (uint64_t want = 1; want <= 3; want++) {
		struct txn *t = writing(f);
		assert_int_equal(store_next_number(t, "next thing", &n), OK);
		assert_int_equal(n, want);
		assert_int_equal(store_commit(t), OK);
	}
	struct txn *t = writing(f);
	assert_int_equal(store_next_number(t, "next other", &other), OK);
	assert_int_equal(other, 1);
	assert_int_equal(store_put(t, TABLE_META, text("next thing"), text("seven..")), OK);
	assert_int_equal(store_next_number(t, "next thing", &n), ERR_CORRUPT);
	assert_int_equal(store_put(t, TABLE_META, text("next thing"), SPAN("\xff\xff\xff\xff\xff\xff\xff\xff", 8)), OK);
	assert_int_equal(store_next_number(t, "next thing", &n), ERR_LIMIT);
	assert_int_equal(n, 3);
	store_abort(t);
}

/* Rows of a table filled from its end take any order all the same. */
static void appended_tables_take_any_order(void **state)
{
	static const uint64_t order[] = {5, 6, 2, 9, 1, 8, 7};
	struct folder *f = *state;
	struct txn *t = writing(f);
	uint64_t last = 0, count;
	uint8_t key[8];
	struct walk w;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		put_u64be(key, order[i]);
		assert_int_equal(store_add(t, TABLE_RECORDS, SPAN(key, 8), SPAN(key, 8)), OK);
		assert_int_equal(store_add(t, TABLE_RECORDS, SPAN(key, 8), SPAN(key, 4)), ERR_CONFLICT);
		assert_int_equal(store_put(t, TABLE_RECORDS, SPAN(key, 8), SPAN(key, 8)), OK);
	}
	assert_int_equal(store_count(t, TABLE_RECORDS, &count), OK);
	assert_int_equal(count, sizeof order / sizeof *order);
	assert_int_equal(walk_open(t, TABLE_RECORDS, SPAN(NULL, 0), false, &w), OK);
	while (walk_next(&w)) {
		assert_true(get_u64be(w.key.p) > last);
		assert_true(span_eq(w.key, w.value));
		last = get_u64be(w.key.p);
	}
	assert_int_equal(walk_close(&w, OK), OK);
	assert_int_equal(last, 9);
	assert_int_equal(store_commit(t), OK);
}

static void expect_walk(struct txn *t, struct span prefix, bool back, const char *want)
{
	char got[200] = "";
	struct walk w;

	assert_int_equal(walk_open(t, T, prefix, back, &w), OK);
	while (walk_next(&w)) {
		size_t n = strlen(got);
		(void)snprintf(got + n, sizeof got - n, "%.*s ", (int)w.value.n, (const char *)w.value.p);
	}
	assert_false(walk_next(&w));
	assert_int_equal(walk_close(&w, OK), OK);
	assert_int_equal(walk_close(&w, OK), OK);
	assert_string_equal(got, want);
}

static void walks_keep_to_their_prefix(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	uint8_t long_prefix[81] = {0};
	struct walk w;

	expect_walk(t, text(""), false, "");
	expect_walk(t, text(""), true, "");
	expect_walk(t, text("k"), true, "");
	put(t, "a", "a");
	put(t, "k", "k");
	put(t, "k1", "k1");
	put(t, "k2", "k2");
	put(t, "kz", "kz");
	put(t, "l", "l");
	put(t, "\xff", "f");
	put(t, "\xff\xff", "ff");
	put(t, "\xff\xff\x01", "ff1");
	expect_walk(t, text(""), false, "a k k1 k2 kz l f ff ff1 ");
	expect_walk(t, text(""), true, "ff1 ff f l kz k2 k1 k a ");
	expect_walk(t, text("k"), false, "k k1 k2 kz ");
	expect_walk(t, text("k"), true, "kz k2 k1 k ");
	expect_walk(t, text("k2"), true, "k2 ");
	expect_walk(t, text("k3"), false, "");
	expect_walk(t, text("k3"), true, "");
	expect_walk(t, text("0"), true, ""); /* before all */
	expect_walk(t, text("m"), false, "");
	expect_walk(t, text("\xff"), true, "ff1 ff f ");
	expect_walk(t, text("\xff\xff"), true, "ff1 ff ");
	expect_walk(t, text("\xff\xff\xff"), true, "");
	expect_walk(t, text("l\xff"), true, "");
	assert_int_equal(walk_open(t, T, SPAN(long_prefix, 80), false, &w), OK);
	assert_false(walk_next(&w));
	assert_int_equal(walk_open(t, T, SPAN(long_prefix, 81), false, &w), ERR_INVALID);
	assert_false(walk_next(&w));
	assert_int_equal(walk_close(&w, OK), OK);
	store_abort(t);
}

static void walks_seek(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct walk w;

	put(t, "k1", "k1");
	put(t, "k3", "k3");
	put(t, "k5", "k5");
	put(t, "l", "l");
	assert_int_equal(store_commit(t), OK);
	t = reading(f);
	assert_int_equal(walk_open(t, T, text("k"), false, &w), OK);
	walk_seek(&w, text("k2"));
	assert_true(walk_next(&w) && span_eq(w.key, text("k3")));
	assert_true(walk_next(&w) && span_eq(w.key, text("k5")));
	walk_seek(&w, text("k1"));
	assert_true(walk_next(&w) && span_eq(w.key, text("k1")));
	walk_seek(&w, text("k6"));
	assert_false(walk_next(&w));
	assert_int_equal(walk_close(&w, OK), OK);
	store_abort(t);
}

static void nested_ones_keep_or_undo(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f), *inner = NULL, *deep = NULL;

	put(t, "outer", "1");
	assert_int_equal(store_nest(t, &inner), OK);
	put(inner, "kept", "2");
	assert_int_equal(store_nest(inner, &deep), OK);
	put(deep, "outer", "changed");
	put(deep, "undone", "3");
	store_abort(deep);
	assert_true(holds(inner, T, "outer", "1"));
	assert_int_equal(store_commit(inner), OK);
	assert_true(holds(t, T, "kept", "2"));
	assert_false(holds(t, T, "undone", "3"));
	assert_int_equal(store_nest(t, &inner), OK);
	put(inner, "kept", "other");
	store_abort(inner);
	put(t, "after", "4");
	assert_int_equal(store_commit(t), OK);
	t = reading(f);
	expect_walk(t, text(""), false, "4 2 1 ");
	store_abort(t);
	t = writing(f); /* an outer abort takes what was kept within */
	assert_int_equal(store_nest(t, &inner), OK);
	put(inner, "gone", "5");
	assert_int_equal(store_commit(inner), OK);
	store_abort(t);
	t = reading(f);
	assert_false(holds(t, T, "gone", "5"));
	store_abort(t);
}

static void a_reader_sees_one_moment(void **state)
{
	struct folder *f = *state;
	struct txn *w = writing(f), *r = NULL;

	put(w, "a", "old");
	assert_int_equal(store_commit(w), OK);
	r = reading(f);
	w = writing(f);
	put(w, "a", "new");
	assert_true(holds(r, T, "a", "old"));
	assert_int_equal(store_commit(w), OK);
	assert_true(holds(r, T, "a", "old"));
	assert_int_equal(store_commit(r), OK); /* the same as an abort */
	r = reading(f);
	assert_true(holds(r, T, "a", "new"));
	store_abort(r);
}

static void no_change_writes_nothing(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f), *inner = NULL;

	put(t, "a", "1");
	assert_int_equal(store_commit(t), OK);
	struct buf before = file_bytes(f);
	t = writing(f);
	assert_int_equal(store_drop(t, T, text("nothing")), OK);
	assert_int_equal(store_add(t, T, text("a"), text("2")), ERR_CONFLICT);
	assert_int_equal(store_nest(t, &inner), OK);
	put(inner, "b", "undone");
	store_abort(inner);
	assert_int_equal(store_commit(t), OK);
	folder_close(f);
	folder_open(f);
	struct buf after = file_bytes(f);
	assert_true(span_eq(buf_span(&before), buf_span(&after)));
	buf_free(&before);
	buf_free(&after);
}

static void newer_versions_are_left_alone(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct store *s = NULL;
	uint8_t schema[4];

	put_u32be(schema, STORE_SCHEMA + 1);
	assert_int_equal(store_put(t, TABLE_META, text("schema"), SPAN(schema, 4)), OK);
	assert_int_equal(store_commit(t), OK);
	folder_close(f);
	struct buf before = file_bytes(f);
	assert_int_equal(store_open(&(struct store_config){.path = f->path}, &s), ERR_VERSION);
	assert_int_equal(store_open(&(struct store_config){.path = f->path, .readonly = true}, &s), ERR_VERSION);
	assert_null(s);
	struct buf after = file_bytes(f);
	assert_true(span_eq(buf_span(&before), buf_span(&after)));
	buf_free(&before);
	buf_free(&after);
}

static int drop_table(const struct folder *f, const char *name)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	int rc = mdb_env_create(&env);

	if (rc)
		return rc;
	if ((rc = mdb_env_set_maxdbs(env, 64)) == 0 && (rc = mdb_env_open(env, f->path, 0, 0600)) == 0 && (rc = mdb_txn_begin(env, NULL, 0, &txn)) == 0) {
		if ((rc = mdb_dbi_open(txn, name, 0, &dbi)) == 0)
			rc = mdb_drop(txn, dbi, 1);
		rc = rc ? rc : mdb_txn_commit(txn);
	}
	mdb_env_close(env);
	return rc;
}

static void older_versions_are_brought_forward(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct store *s = NULL;
	struct span value;
	uint8_t schema[4];

	put_u32be(schema, STORE_SCHEMA - 1);
	assert_int_equal(store_put(t, TABLE_META, text("schema"), SPAN(schema, 4)), OK);
	assert_int_equal(store_put(t, TABLE_SUPPLIERS, text("acme"), text("row")), OK);
	assert_int_equal(store_commit(t), OK);
	folder_close(f);
	assert_int_equal(drop_table(f, "locals"), 0); /* as the older version left it */
	assert_int_equal(store_open(&(struct store_config){.path = f->path, .readonly = true}, &s), ERR_OLDER);
	assert_null(s);
	folder_open(f);
	t = writing(f);
	assert_int_equal(store_get(t, TABLE_META, text("schema"), &value), OK);
	assert_int_equal(get_u32be(value.p), STORE_SCHEMA);
	assert_int_equal(store_get(t, TABLE_SUPPLIERS, text("acme"), &value), OK);
	assert_int_equal(store_put(t, TABLE_LOCALS, text("x"), text("row")), OK);
	store_abort(t);
	put_u32be(schema, 0);
	t = writing(f);
	assert_int_equal(store_put(t, TABLE_META, text("schema"), SPAN(schema, 4)), OK);
	assert_int_equal(store_commit(t), OK);
	folder_close(f);
	assert_int_equal(store_open(&(struct store_config){.path = f->path}, &s), ERR_CORRUPT); /* there never was such a one */
}

static void what_is_no_store_is_refused(void **state)
{
	static const char junk[] = "this is no store, and never was one";
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct store *s = NULL;
	char name[600];

	assert_int_equal(store_put(t, TABLE_META, text("schema"), text("?")), OK);
	assert_int_equal(store_commit(t), OK);
	folder_close(f);
	assert_int_equal(store_open(&(struct store_config){.path = f->path}, &s), ERR_CORRUPT);
	(void)snprintf(name, sizeof name, "%s/data.mdb", f->path);
	int fd = open(name, O_WRONLY | O_TRUNC);
	assert_true(fd >= 0);
	for (int i = 0; i < 500; i++)
		assert_int_equal(write(fd, junk, sizeof junk), (ssize_t)sizeof junk);
	close(fd);
	assert_int_equal(store_open(&(struct store_config){.path = f->path}, &s), ERR_CORRUPT);
	assert_int_equal(store_open(&(struct store_config){.path = f->path, .readonly = true}, &s), ERR_CORRUPT);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(store_open(&(struct store_config){.path = f->path, .readonly = true}, &s), ERR_NOT_FOUND);
	(void)snprintf(name, sizeof name, "%s/not/there", f->path);
	assert_int_equal(store_open(&(struct store_config){.path = name, .readonly = true}, &s), ERR_NOT_FOUND);
	assert_int_equal(store_open(&(struct store_config){.path = name}, &s), ERR_NOT_FOUND);
	assert_null(s);
}

static void modes_are_private(void **state)
{
	struct folder *f = *state;
	struct store *s = NULL;
	char name[600], file[700];
	struct stat st;

	(void)snprintf(name, sizeof name, "%s/new", f->path);
	assert_int_equal(store_open(&(struct store_config){.path = name}, &s), OK);
	store_close(s);
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	static const char *const files[] = {"data.mdb", "lock.mdb", "lock"};
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(file, sizeof file, "%s/%s", name, files[i]);
		assert_int_equal(stat(file, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		assert_int_equal(unlink(file), 0);
	}
	assert_int_equal(rmdir(name), 0);
}

/* ---- full ---- */

static enum err fill(struct txn *t, size_t limit)
{
	static uint8_t value[16384];
	enum err e = OK;
	uint8_t key[8];

	for (uint64_t i = 0; e == OK && i < limit; i++) {
		put_u64be(key, i);
		e = store_put(t, T, SPAN(key, 8), SPAN(value, sizeof value));
	}
	return e;
}

static void a_full_map_changes_nothing_and_heals(void **state)
{
	struct folder *f = *state;
	struct store_config small = {.path = f->path, .map_size = 1 << 20}, large = {.path = f->path, .map_size = 64 << 20};
	struct txn *t, *inner = NULL;
	struct span v;

	folder_close(f);
	assert_int_equal(store_open(&small, &f->store), OK);
	t = writing(f);
	put(t, "before", "1");
	assert_int_equal(store_commit(t), OK);
	t = writing(f);
	put(t, "lost", "2");
	assert_int_equal(fill(t, 1000), ERR_SPACE);
	assert_int_equal(store_put(t, T, text("more"), text("3")), ERR_SPACE);
	assert_int_equal(store_drop(t, T, text("before")), ERR_SPACE);
	assert_int_equal(store_nest(t, &inner), ERR_SPACE);
	assert_int_equal(store_commit(t), ERR_SPACE);
	t = reading(f);
	assert_true(holds(t, T, "before", "1"));
	assert_int_equal(store_get(t, T, text("lost"), &v), ERR_NOT_FOUND);
	store_abort(t);
	t = writing(f); /* one nested call that is too large does not take the others with it */
	put(t, "outer", "4");
	assert_int_equal(store_nest(t, &inner), OK);
	assert_int_equal(fill(inner, 1000), ERR_SPACE);
	assert_int_equal(store_commit(inner), ERR_SPACE);
	put(t, "outer2", "5");
	assert_int_equal(store_commit(t), OK);
	folder_close(f);
	assert_int_equal(store_open(&large, &f->store), OK);
	t = writing(f);
	assert_int_equal(fill(t, 1000), OK);
	assert_int_equal(store_commit(t), OK);
	t = reading(f);
	assert_true(holds(t, T, "before", "1") && holds(t, T, "outer", "4") && holds(t, T, "outer2", "5"));
	store_abort(t);
}

/* Runs in a child: exit code 0 is success, else the line that failed. */
#define MUST_BE(x)                     \
	do {                           \
		if (!(x))              \
			_exit(__LINE__ % 251 + 1); \
	} while (0)

static void full_disk_child(const char *path)
{
	struct store_config config = {.path = path};
	struct rlimit limit, all;
	struct store *s;
	struct txn *t;
	struct span v;

	MUST_BE(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	MUST_BE(store_open(&config, &s) == OK);
	MUST_BE(getrlimit(RLIMIT_FSIZE, &all) == 0);
	limit = all;
	for (rlim_t size = 600000; size < 700000; size += 33333) { /* cuts writes at odd places */
		limit.rlim_cur = size;
		MUST_BE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
		MUST_BE(store_write(s, &t) == OK);
		MUST_BE(store_put(t, T, text("lost"), text("1")) == OK);
		MUST_BE(fill(t, 200) == OK);
		MUST_BE(store_commit(t) == ERR_SPACE);
		MUST_BE(store_read(s, &t) == OK);
		MUST_BE(store_get(t, T, text("lost"), &v) == ERR_NOT_FOUND);
		store_abort(t);
	}
	MUST_BE(store_write(s, &t) == OK); /* what fits still goes in */
	MUST_BE(store_put(t, T, text("small"), text("2")) == OK);
	MUST_BE(store_commit(t) == OK);
	MUST_BE(setrlimit(RLIMIT_FSIZE, &all) == 0);
	MUST_BE(store_write(s, &t) == OK);
	MUST_BE(fill(t, 200) == OK);
	MUST_BE(store_commit(t) == OK);
	store_close(s);
	_exit(0);
}

static int wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void a_full_disk_changes_nothing_and_heals(void **state)
{
	struct folder *f = *state;
	struct txn *t;
	uint64_t count;

	folder_close(f);
	pid_t pid = fork();
	if (pid == 0)
		full_disk_child(f->path);
	assert_int_equal(wait_for(pid), 0);
	folder_open(f);
	t = reading(f);
	assert_true(holds(t, T, "small", "2"));
	assert_int_equal(store_count(t, T, &count), OK);
	assert_int_equal(count, 201);
	store_abort(t);
}

/* ---- other processes ---- */

struct child {
	pid_t pid;
	int from, to;
};

static void child_start(struct child *c, void (*fn)(const char *path, int from, int to), const char *path)
{
	int up[2], down[2];

	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	c->pid = fork();
	assert_true(c->pid >= 0);
	if (c->pid == 0) {
		close(up[0]);
		close(down[1]);
		fn(path, down[0], up[1]);
		_exit(0);
	}
	close(up[1]);
	close(down[0]);
	c->from = up[0];
	c->to = down[1];
}

static char child_says(struct child *c)
{
	char b = 0;

	return read(c->from, &b, 1) == 1 ? b : 0;
}

static void child_kill(struct child *c)
{
	assert_int_equal(kill(c->pid, SIGKILL), 0);
	assert_int_equal(wait_for(c->pid), 1000 + SIGKILL);
	close(c->from);
	close(c->to);
}

static void say(int to, char c)
{
	MUST_BE(write(to, &c, 1) == 1);
}

static void hear(int from)
{
	char c;

	MUST_BE(read(from, &c, 1) == 1);
}

static void killed_in_the_middle(const char *path, int from, int to)
{
	struct store *s;
	struct txn *t;

	MUST_BE(store_open(&(struct store_config){.path = path}, &s) == OK);
	MUST_BE(store_write(s, &t) == OK);
	MUST_BE(store_put(t, T, text("done"), text("1")) == OK);
	MUST_BE(store_commit(t) == OK);
	MUST_BE(store_write(s, &t) == OK);
	MUST_BE(fill(t, 100) == OK);
	MUST_BE(store_put(t, T, text("half"), text("2")) == OK);
	say(to, 'h');
	hear(from);
}

static void a_writer_killed_midway_leaves_its_last_commit(void **state)
{
	struct folder *f = *state;
	struct child c;
	struct store *s = NULL;
	struct txn *t;
	uint64_t count;

	folder_close(f);
	child_start(&c, killed_in_the_middle, f->path);
	assert_int_equal(child_says(&c), 'h');
	assert_int_equal(store_open(&(struct store_config){.path = f->path}, &s), ERR_LOCKED);
	assert_null(s);
	child_kill(&c);
	folder_open(f);
	t = writing(f); /* its mutex died with it */
	assert_true(holds(t, T, "done", "1"));
	assert_int_equal(store_count(t, T, &count), OK);
	assert_int_equal(count, 1);
	put(t, "after", "3");
	assert_int_equal(store_commit(t), OK);
}

static void killed_after_commits(const char *path, int from, int to)
{
	struct store *s;
	struct txn *t;
	uint8_t key[8];

	(void)from;
	MUST_BE(store_open(&(struct store_config){.path = path}, &s) == OK);
	for (uint64_t i = 1;; i++) {
		put_u64be(key, i);
		MUST_BE(store_write(s, &t) == OK);
		MUST_BE(store_put(t, TABLE_RECORDS, SPAN(key, 8), SPAN(key, 8)) == OK);
		MUST_BE(store_put(t, TABLE_META, text("last"), SPAN(key, 8)) == OK);
		MUST_BE(store_commit(t) == OK);
		say(to, 'c');
	}
}

/* Between the commit and its saying so, at any moment: what was said is there, and never half of anything. */
static void what_was_acknowledged_survives_a_kill(void **state)
{
	struct folder *f = *state;

	folder_close(f);
	for (uint64_t round = 1; round <= 20; round++) {
		struct child c;
		struct span v;
		struct txn *t;
		uint64_t said = 0, count;

		child_start(&c, killed_after_commits, f->path);
		while (said < round * 3 && child_says(&c) == 'c')
			said++;
		assert_int_equal(said, round * 3);
		assert_int_equal(kill(c.pid, SIGKILL), 0);
		while (child_says(&c) == 'c')
			said++;
		assert_int_equal(wait_for(c.pid), 1000 + SIGKILL);
		close(c.from);
		close(c.to);
		folder_open(f);
		t = reading(f);
		assert_int_equal(store_get(t, TABLE_META, text("last"), &v), OK);
		uint64_t last = get_u64be(v.p);
		assert_true(last == said || last == said + 1);
		assert_int_equal(store_count(t, TABLE_RECORDS, &count), OK);
		assert_true(count >= last);
		store_abort(t);
		folder_close(f);
	}
}

static void second_writer(const char *path, int from, int to)
{
	struct store *s;

	hear(from);
	say(to, store_open(&(struct store_config){.path = path}, &s) == ERR_LOCKED ? 'l' : 'x');
	hear(from);
}

static void there_is_one_writer(void **state)
{
	struct folder *f = *state;
	struct store *s = NULL;
	struct child c;

	assert_int_equal(store_open(&(struct store_config){.path = f->path}, &s), ERR_LOCKED);
	folder_close(f);
	child_start(&c, second_writer, f->path);
	folder_open(f);
	assert_int_equal(write(c.to, "g", 1), 1);
	assert_int_equal(child_says(&c), 'l');
	child_kill(&c);
}

static void reader(const char *path, int from, int to)
{
	struct store_config config = {.path = path, .readonly = true};
	struct store *s;
	struct txn *t, *w;
	struct span v;

	hear(from);
	MUST_BE(store_open(&config, &s) == OK);
	MUST_BE(store_write(s, &w) == ERR_DENIED);
	MUST_BE(store_read(s, &t) == OK);
	MUST_BE(store_get(t, T, text("a"), &v) == OK && span_eq(v, text("1")));
	say(to, 'r');
	hear(from);
	MUST_BE(store_get(t, T, text("a"), &v) == OK && span_eq(v, text("1")));
	say(to, 'r');
	hear(from);
}

static void readers_of_other_processes_are_counted_and_cleared(void **state)
{
	struct folder *f = *state;
	struct store_figures fig;
	struct child c;
	struct txn *t;

	folder_close(f);
	child_start(&c, reader, f->path);
	folder_open(f);
	t = writing(f);
	put(t, "a", "1");
	assert_int_equal(store_commit(t), OK);
	assert_int_equal(store_figures(f->store, &fig), OK);
	assert_int_equal(fig.readers, 0);
	assert_int_equal(fig.oldest_reader_lag, 0);
	assert_int_equal(write(c.to, "g", 1), 1);
	assert_int_equal(child_says(&c), 'r');
	for (int i = 0; i < 5; i++) {
		t = writing(f);
		put(t, "a", i % 2 ? "3" : "2");
		assert_int_equal(store_commit(t), OK);
	}
	assert_int_equal(store_figures(f->store, &fig), OK);
	assert_int_equal(fig.readers, 1);
	assert_int_equal(fig.oldest_reader_lag, 5);
	assert_int_equal(write(c.to, "g", 1), 1);
	assert_int_equal(child_says(&c), 'r');
	child_kill(&c); /* in the middle of its transaction */
	assert_int_equal(store_figures(f->store, &fig), OK);
	assert_int_equal(fig.readers, 0);
	assert_int_equal(fig.oldest_reader_lag, 0);
}

static void a_copy_holds_what_one_moment_held(void **state)
{
	struct folder *f = *state, copy;
	struct txn *t = writing(f);
	char name[600];

	assert_int_equal(fill(t, 100), OK);
	assert_int_equal(store_commit(t), OK);
	t = writing(f); /* at work meanwhile */
	assert_int_equal(store_put(t, T, text("later"), text("x")), OK);
	folder_make(&copy);
	(void)snprintf(name, sizeof name, "%s/data.mdb", copy.path);
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(store_copy(f->store, fd), OK);
	close(fd);
	assert_int_equal(store_commit(t), OK);
	assert_int_equal(store_open(&(struct store_config){.path = copy.path, .existing = true}, &copy.store), OK);
	uint64_t rows = 0;
	t = reading(&copy);
	assert_int_equal(store_count(t, T, &rows), OK);
	assert_int_equal(rows, 100);
	store_abort(t);
	t = writing(&copy); /* and is a store like any other */
	assert_int_equal(store_put(t, T, text("more"), text("y")), OK);
	assert_int_equal(store_commit(t), OK);
	folder_remove(&copy);
}

static void figures_tell_sizes(void **state)
{
	struct folder *f = *state;
	struct store_figures fig;
	struct txn *t = writing(f);

	assert_int_equal(store_put(t, TABLE_RECORDS, text("12345678"), text("x")), OK);
	assert_int_equal(store_put(t, TABLE_LOGS, text("1234"), text("x")), OK);
	assert_int_equal(store_put(t, TABLE_ENTRIES, text("1"), text("x")), OK);
	assert_int_equal(store_put(t, TABLE_ENTRIES, text("2"), text("x")), OK);
	assert_int_equal(store_commit(t), OK);
	assert_int_equal(store_figures(f->store, &fig), OK);
	assert_int_equal(fig.map_size, STORE_MAP_DEFAULT);
	assert_int_equal(fig.records, 1);
	assert_int_equal(fig.logs, 1);
	assert_int_equal(fig.entries, 2);
	struct buf b = file_bytes(f);
	assert_true(fig.bytes_used >= 8192 && fig.bytes_used <= b.n);
	buf_free(&b);
}

/* A file cut short must give an error, not a SIGBUS: each length in a child of its own. */
static void cut_child(const char *path, int from, int to)
{
	struct store *s;
	struct txn *t;
	struct walk w;
	size_t rows = 0;

	(void)from;
	enum err e = store_open(&(struct store_config){.path = path}, &s);
	if (e != OK) {
		say(to, e == ERR_CORRUPT ? 'c' : 'x');
		return;
	}
	MUST_BE(store_read(s, &t) == OK);
	e = walk_open(t, T, SPAN(NULL, 0), false, &w);
	while (e == OK && walk_next(&w)) {
		volatile uint8_t sum = 0;
		for (size_t i = 0; i < w.value.n; i++)
			sum = (uint8_t)(sum + w.value.p[i]);
		rows++;
	}
	bool begun = e == OK;
	e = walk_close(&w, e);
	say(to, !begun || e == ERR_CORRUPT ? 'c' : e != OK ? 'x' : rows == 100 ? 'a' : 's');
	store_abort(t);
	store_close(s);
}

static void a_file_cut_short_is_no_crash(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	char name[600];
	struct stat st;
	size_t damaged = 0;

	assert_int_equal(fill(t, 100), OK);
	assert_int_equal(store_commit(t), OK);
	folder_close(f);
	(void)snprintf(name, sizeof name, "%s/data.mdb", f->path);
	assert_int_equal(stat(name, &st), 0);
	for (off_t size = st.st_size; size > 8192; size -= st.st_size / 16) {
		struct child c;
		assert_int_equal(truncate(name, size), 0);
		child_start(&c, cut_child, f->path);
		char says = child_says(&c);
		assert_true(says == 'a' || says == 'c');
		damaged += says == 'c';
		assert_int_equal(wait_for(c.pid), 0);
		close(c.from);
		close(c.to);
	}
	assert_true(damaged > 0);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(rows_come_back),
		TEST(numbers_ascend),
		TEST(appended_tables_take_any_order),
		TEST(walks_keep_to_their_prefix),
		TEST(walks_seek),
		TEST(nested_ones_keep_or_undo),
		TEST(a_reader_sees_one_moment),
		TEST(no_change_writes_nothing),
		TEST(newer_versions_are_left_alone), TEST(older_versions_are_brought_forward),
		TEST(what_is_no_store_is_refused),
		TEST(modes_are_private),
		TEST(a_full_map_changes_nothing_and_heals),
		TEST(a_full_disk_changes_nothing_and_heals),
		TEST(a_writer_killed_midway_leaves_its_last_commit),
		TEST(what_was_acknowledged_survives_a_kill),
		TEST(there_is_one_writer),
		TEST(readers_of_other_processes_are_counted_and_cleared),
		TEST(a_copy_holds_what_one_moment_held),
		TEST(figures_tell_sizes),
		TEST(a_file_cut_short_is_no_crash),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
