/* test_folder.c - files that replace each other whole; owners, modes and links are in test_vault.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "keys/folder.h"

struct place {
	char top[32], path[40];
	int fd;
};

static void put_place(struct place *p)
{
	memcpy(p->top, "/tmp/test_folder.XXXXXX", 24);
	assert_non_null(mkdtemp(p->top));
	snprintf(p->path, sizeof p->path, "%s/v", p->top);
	assert_int_equal(folder_open(p->path, &p->fd), OK);
}

static void drop_place(struct place *p)
{
	struct folder_names l = {0};

	assert_int_equal(folder_list(p->fd, &l), OK);
	for (size_t i = 0; i < l.n; i++)
		assert_int_equal(folder_drop(p->fd, l.name[i]), OK);
	folder_names_free(&l);
	close(p->fd);
	assert_int_equal(rmdir(p->path), 0); /* and nothing else was left in it */
	assert_int_equal(rmdir(p->top), 0);
}

static void names(void **state)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
	char name[82];

	(void)state;
	for (unsigned c = 1; c < 256; c++) {
		name[0] = (char)c;
		name[1] = '\0';
		assert_int_equal(folder_name_valid(name), c != '.' && strchr(allowed, (int)c) != NULL);
		memcpy(name, "a?b", 4);
		name[1] = (char)c;
		assert_int_equal(folder_name_valid(name), strchr(allowed, (int)c) != NULL);
	}
	memset(name, 'a', sizeof name);
	name[81] = '\0';
	assert_false(folder_name_valid(name));
	name[80] = '\0';
	assert_true(folder_name_valid(name));
	assert_false(folder_name_valid(""));
	assert_false(folder_name_valid("..")); /* nor anything else that begins with a dot */
}

static void puts_gets_drops(void **state)
{
	struct buf out = {0};
	struct place p;

	(void)state;
	put_place(&p);
	assert_int_equal(buf_add(&out, "#", 1), OK);
	assert_int_equal(folder_get(p.fd, "a", &out), ERR_NOT_FOUND);
	assert_int_equal(folder_put(p.fd, "a", SPAN("longer", 6)), OK);
	assert_int_equal(folder_put(p.fd, "a", SPAN("short", 5)), OK);
	assert_int_equal(folder_put(p.fd, "empty", (struct span){0}), OK);
	assert_int_equal(folder_get(p.fd, "a", &out), OK);
	assert_int_equal(folder_get(p.fd, "empty", &out), OK);
	assert_true(span_eq(buf_span(&out), SPAN("#short", 6)));
	assert_int_equal(folder_drop(p.fd, "a"), OK);
	assert_int_equal(folder_drop(p.fd, "a"), OK);
	assert_int_equal(folder_get(p.fd, "a", &out), ERR_NOT_FOUND);
	assert_int_equal(out.n, 6);
	buf_free(&out);
	drop_place(&p);
}

static void lists_valid_names(void **state)
{
	struct folder_names l = {0};
	struct place p;
	char name[16];
	bool seen[40] = {false};

	(void)state;
	put_place(&p);
	assert_int_equal(folder_list(p.fd, &l), OK);
	assert_int_equal(l.n, 0);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "n%d", i);
		assert_int_equal(folder_put(p.fd, name, SPAN("x", 1)), OK);
	}
	assert_int_equal(symlinkat("n1", p.fd, "Upper"), 0);
	assert_int_equal(folder_list(p.fd, &l), OK);
	assert_int_equal(l.n, 40);
	for (size_t i = 0; i < l.n; i++) {
		int number = (int)strtol(l.name[i] + 1, NULL, 10);

		assert_true(l.name[i][0] == 'n' && number >= 0 && number < 40 && !seen[number]);
		seen[number] = true;
	}
	folder_names_free(&l);
	assert_null(l.name);
	assert_int_equal(unlinkat(p.fd, "Upper", 0), 0);
	drop_place(&p);
}

static void size_limit(void **state)
{
	uint8_t *big = calloc(1, FOLDER_FILE_MOST + 1);
	struct buf out = {0};
	struct place p;
	int fd;

	(void)state;
	assert_non_null(big);
	put_place(&p);
	assert_int_equal(folder_put(p.fd, "big", SPAN(big, FOLDER_FILE_MOST + 1)), ERR_LIMIT);
	assert_int_equal(folder_get(p.fd, "big", &out), ERR_NOT_FOUND);
	assert_int_equal(folder_put(p.fd, "big", SPAN(big, FOLDER_FILE_MOST)), OK);
	assert_int_equal(folder_get(p.fd, "big", &out), OK);
	assert_int_equal(out.n, FOLDER_FILE_MOST);
	buf_clear(&out);
	char path[64];
	snprintf(path, sizeof path, "%s/big", p.path);
	assert_int_equal(truncate(path, FOLDER_FILE_MOST + 1), 0);
	assert_int_equal(folder_get(p.fd, "big", &out), ERR_CORRUPT);
	assert_int_equal(out.n, 0);
	assert_int_equal(folder_open(path, &fd), ERR_DENIED);
	buf_free(&out);
	free(big);
	drop_place(&p);
}

/* A writer's life; its exit code is the first error. */
static void write_many(const char *path, uint8_t fill, size_t n)
{
	uint8_t bytes[9000];
	enum err e;
	int fd;

	memset(bytes, fill, sizeof bytes);
	e = folder_open(path, &fd);
	for (int i = 0; !e && i < 60; i++)
		e = folder_put(fd, "shared", SPAN(bytes, n));
	_exit((int)e);
}

static void readers_see_whole_files_while_two_write(void **state)
{
	unsigned reads = 0, running = 2;
	struct buf out = {0};
	struct place p;
	pid_t pid[2];
	int status;

	(void)state;
	put_place(&p);
	assert_int_equal(folder_put(p.fd, "shared", SPAN("", 0)), OK);
	for (int i = 0; i < 2; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] == 0)
			write_many(p.path, i ? 'b' : 'a', i ? 9000 : 5000);
	}
	while (running) {
		buf_clear(&out);
		assert_int_equal(folder_get(p.fd, "shared", &out), OK);
		assert_true(out.n == 0 || out.n == 5000 || out.n == 9000);
		for (size_t i = 0; i < out.n; i++)
			assert_int_equal(out.p[i], out.n == 9000 ? 'b' : 'a');
		reads++;
		for (int i = 0; i < 2; i++) {
			if (pid[i] && waitpid(pid[i], &status, WNOHANG) == pid[i]) {
				assert_true(WIFEXITED(status));
				assert_int_equal(WEXITSTATUS(status), OK);
				pid[i] = 0;
				running--;
			}
		}
	}
	assert_true(reads > 0);
	buf_free(&out);
	drop_place(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names), cmocka_unit_test(puts_gets_drops), cmocka_unit_test(lists_valid_names),
		cmocka_unit_test(size_limit), cmocka_unit_test(readers_see_whole_files_while_two_write),
	};

	return cmocka_run_group_tests_name("folder", tests, NULL, NULL);
}
