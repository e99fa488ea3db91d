/* test_vault.c - secrets in a folder, under a passphrase and in memory, and everything that makes a file untrustworthy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/vault.h"

#define PASS "correct horse"
#define MOST 65536u

struct place { /* a folder for one test; the vault goes into path, which does not exist yet */
	char top[64], path[80], other[80];
};

static void put_place(struct place *p)
{
	memcpy(p->top, "/tmp/test_vault.XXXXXX", 23);
	assert_non_null(mkdtemp(p->top));
	snprintf(p->path, sizeof p->path, "%s/v", p->top);
	snprintf(p->other, sizeof p->other, "%s/w", p->top);
}

static void empty_folder(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && unlinkat(dirfd(d), e->d_name, 0) != 0)
			unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	if (d)
		closedir(d);
}

static void drop_place(struct place *p)
{
	chmod(p->path, 0700);
	empty_folder(p->path);
	empty_folder(p->top);
	assert_int_equal(rmdir(p->top), 0);
}

static const char *in_place(const struct place *p, const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", p->path, name);
	return path;
}

static struct vault *open_vault(const struct place *p, const char *passphrase)
{
	struct vault *v = NULL;

	assert_int_equal(vault_folder(p->path, passphrase, &v), OK);
	assert_non_null(v);
	return v;
}

static enum err put_text(struct vault *v, const char *name, const char *text)
{
	return vault_put(v, name, SPAN(text, strlen(text)));
}

/* The error; or OK when what comes back is text. */
static enum err get_text(struct vault *v, const char *name, const char *text)
{
	struct buf out = {0};
	enum err e;

	assert_int_equal(buf_add(&out, "before", 6), OK);
	e = vault_get(v, name, &out);
	assert_true(span_eq(buf_span(&out), e ? SPAN("before", 6) : SPAN(text, strlen(text))));
	buf_free(&out);
	return e;
}

static struct buf file_bytes(const char *path)
{
	struct buf b = {0};
	uint8_t *at;
	struct stat st;
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	assert_int_equal(buf_room(&b, (size_t)st.st_size, &at), OK);
	assert_int_equal(fread(at, 1, b.n, f), b.n);
	fclose(f);
	return b;
}

static void write_bytes(const char *path, struct span s)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, s.p, s.n), s.n);
	close(fd);
}

/* ---- what all vaults do ---- */

struct seen {
	char text[512];
	struct vault *v;
	unsigned left; /* how many calls until it fails */
};

static enum err note(void *ctx, const char *name)
{
	struct seen *s = ctx;
	size_t n = strlen(s->text);

	if (s->left-- == 0)
		return ERR_UNDECIDED;
	snprintf(s->text + n, sizeof s->text - n, "%s ", name);
	return OK;
}

static enum err drop_it(void *ctx, const char *name)
{
	struct seen *s = ctx;

	return vault_drop(s->v, name);
}

static void lists(struct vault *v)
{
	struct seen s = {.v = v, .left = 9};

	assert_int_equal(put_text(v, "pair.b", "2"), OK);
	assert_int_equal(put_text(v, "pair.a", "1"), OK);
	assert_int_equal(put_text(v, "pair", "0"), OK);
	assert_int_equal(put_text(v, "invite.x", "3"), OK);
	assert_int_equal(vault_each(v, "pair.", note, &s), OK);
	assert_string_equal(s.text, "pair.a pair.b ");
	s = (struct seen){.v = v, .left = 9};
	assert_int_equal(vault_each(v, "", note, &s), OK);
	assert_string_equal(s.text, "invite.x pair pair.a pair.b ");
	s = (struct seen){.v = v, .left = 2};
	assert_int_equal(vault_each(v, "", note, &s), ERR_UNDECIDED);
	assert_string_equal(s.text, "invite.x pair ");
	assert_int_equal(vault_each(v, "pair", drop_it, &s), OK); /* fn may change the vault */
	s = (struct seen){.v = v, .left = 9};
	assert_int_equal(vault_each(v, "", note, &s), OK);
	assert_string_equal(s.text, "invite.x ");
	assert_int_equal(vault_drop(v, "invite.x"), OK);
	assert_int_equal(vault_each(v, "", note, &s), OK);
	assert_string_equal(s.text, "invite.x ");
}

static void names(struct vault *v)
{
	static const char *const bad[] = {"", ".", "..", ".hidden", "A", "a b", "a/b", "/a", "../a", "a_b", "_new", "a\n", "\xc3\xa4", "a~"};
	char name[82];

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(put_text(v, bad[i], "x"), ERR_INVALID);
		assert_int_equal(get_text(v, bad[i], "x"), ERR_INVALID);
		assert_int_equal(vault_drop(v, bad[i]), ERR_INVALID);
	}
	memset(name, 'z', sizeof name);
	name[81] = '\0';
	assert_int_equal(put_text(v, name, "x"), ERR_INVALID);
	name[80] = '\0';
	assert_int_equal(put_text(v, name, "x"), OK);
	assert_int_equal(get_text(v, name, "x"), OK);
	assert_int_equal(vault_drop(v, name), OK);
	assert_int_equal(put_text(v, "a..0-", "x"), OK);
	assert_int_equal(vault_drop(v, "a..0-"), OK);
}

static void sizes(struct vault *v)
{
	uint8_t *big = malloc(MOST + 1);
	struct buf out = {0};

	assert_non_null(big);
	memset(big, 0x5a, MOST + 1);
	assert_int_equal(vault_put(v, "big", SPAN(big, MOST + 1)), ERR_LIMIT);
	assert_int_equal(vault_get(v, "big", &out), ERR_NOT_FOUND);
	assert_int_equal(vault_put(v, "big", SPAN(big, MOST)), OK);
	assert_int_equal(vault_get(v, "big", &out), OK);
	assert_true(span_eq(buf_span(&out), SPAN(big, MOST)));
	assert_int_equal(vault_put(v, "big", (struct span){0}), OK);
	assert_int_equal(vault_get(v, "big", &out), OK);
	assert_int_equal(out.n, 0);
	assert_int_equal(vault_drop(v, "big"), OK);
	buf_free(&out);
	free(big);
}

static void contract(struct vault *v)
{
	assert_int_equal(get_text(v, "a", ""), ERR_NOT_FOUND);
	assert_int_equal(vault_drop(v, "a"), OK);
	assert_int_equal(put_text(v, "a", "one"), OK);
	assert_int_equal(get_text(v, "a", "one"), OK);
	assert_int_equal(put_text(v, "a", "another"), OK);
	assert_int_equal(get_text(v, "a", "another"), OK);
	assert_int_equal(put_text(v, "b", "two"), OK);
	assert_int_equal(vault_drop(v, "a"), OK);
	assert_int_equal(get_text(v, "a", ""), ERR_NOT_FOUND);
	assert_int_equal(get_text(v, "b", "two"), OK);
	assert_int_equal(vault_drop(v, "b"), OK);
	lists(v);
	names(v);
	sizes(v);
}

static void in_memory(void **state)
{
	struct vault *v = NULL;

	(void)state;
	assert_int_equal(vault_memory(&v), OK);
	contract(v);
	assert_int_equal(put_text(v, "left", "over"), OK);
	vault_free(v);
	vault_free(NULL);
}

static void in_a_folder(void **state)
{
	struct place p;
	struct vault *v;

	(void)state;
	put_place(&p);
	v = open_vault(&p, NULL);
	contract(v);
	assert_int_equal(put_text(v, "kept", "secret"), OK);
	vault_free(v);
	v = open_vault(&p, NULL);
	assert_int_equal(get_text(v, "kept", "secret"), OK);
	vault_free(v);
	drop_place(&p);
}

static void under_a_passphrase(void **state)
{
	struct place p;
	struct vault *v;
	struct buf b;

	(void)state;
	put_place(&p);
	v = open_vault(&p, PASS);
	contract(v);
	assert_int_equal(put_text(v, "kept", "top secret"), OK);
	b = file_bytes(in_place(&p, "kept"));
	assert_null(memmem(b.p, b.n, "secret", 6));
	assert_null(memmem(b.p, b.n, "kept", 4));
	buf_free(&b);
	vault_free(v);
	v = open_vault(&p, PASS);
	assert_int_equal(get_text(v, "kept", "top secret"), OK);
	vault_free(v);
	v = open_vault(&p, "correct horsf");
	assert_int_equal(get_text(v, "kept", ""), ERR_CRYPT);
	vault_free(v);
	v = open_vault(&p, NULL);
	assert_int_equal(get_text(v, "kept", ""), ERR_CRYPT);
	assert_int_equal(put_text(v, "plain", "planted"), OK);
	vault_free(v);
	v = open_vault(&p, PASS);
	assert_int_equal(get_text(v, "plain", ""), ERR_CRYPT); /* nobody can slip in a file */
	vault_free(v);
	assert_int_equal(vault_folder(p.path, "", &v), ERR_INVALID);
	drop_place(&p);
}

/* One Argon2id for all files: same cost and salt, another nonce each time. */
static void one_key_for_all_files(void **state)
{
	struct buf b[3];
	struct place p;
	struct vault *v;

	(void)state;
	put_place(&p);
	v = open_vault(&p, PASS);
	assert_int_equal(put_text(v, "a", "x"), OK);
	assert_int_equal(put_text(v, "b", "x"), OK);
	vault_free(v);
	v = open_vault(&p, PASS);
	assert_int_equal(get_text(v, "a", "x"), OK);
	assert_int_equal(put_text(v, "c", "x"), OK);
	vault_free(v);
	for (int i = 0; i < 3; i++)
		b[i] = file_bytes(in_place(&p, i == 0 ? "a" : i == 1 ? "b" : "c"));
	assert_memory_equal(b[0].p, b[1].p, 32);
	assert_memory_equal(b[0].p, b[2].p, 32);
	assert_memory_not_equal(b[0].p + 32, b[1].p + 32, 24);
	assert_memory_not_equal(b[0].p + 32, b[2].p + 32, 24);
	assert_memory_not_equal(b[1].p + 32, b[2].p + 32, 24);
	for (int i = 0; i < 3; i++)
		buf_free(&b[i]);
	drop_place(&p);
}

/* ---- whom a file belongs to ---- */

static void modes_are_set(void **state)
{
	mode_t mask = umask(0);
	struct stat st;
	struct place p;
	struct vault *v;

	(void)state;
	put_place(&p);
	v = open_vault(&p, NULL);
	assert_int_equal(put_text(v, "a", "x"), OK);
	umask(mask);
	assert_int_equal(stat(p.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(in_place(&p, "a"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	vault_free(v);
	drop_place(&p);
}

static void open_modes_are_refused(void **state)
{
	static const mode_t bad[] = {0640, 0620, 0610, 0604, 0602, 0601, 0666};
	struct vault *v, *other = NULL;
	struct place p;

	(void)state;
	put_place(&p);
	v = open_vault(&p, NULL);
	assert_int_equal(put_text(v, "a", "x"), OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(chmod(in_place(&p, "a"), bad[i]), 0);
		assert_int_equal(get_text(v, "a", ""), ERR_DENIED);
		assert_int_equal(chmod(p.path, bad[i] | 0100), 0);
		assert_int_equal(vault_folder(p.path, NULL, &other), ERR_DENIED);
	}
	assert_null(other);
	assert_int_equal(chmod(p.path, 0700), 0);
	assert_int_equal(chmod(in_place(&p, "a"), 0400), 0);
	assert_int_equal(get_text(v, "a", "x"), OK);
	vault_free(v);
	drop_place(&p);
}

static void other_owners_are_refused(void **state)
{
	struct vault *v, *other = NULL;
	struct place p;

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: only root can give a file away\n");
		skip();
	}
	put_place(&p);
	v = open_vault(&p, NULL);
	assert_int_equal(put_text(v, "a", "x"), OK);
	assert_int_equal(chown(in_place(&p, "a"), 65534, (gid_t)-1), 0);
	assert_int_equal(get_text(v, "a", ""), ERR_DENIED);
	assert_int_equal(chown(p.path, 65534, (gid_t)-1), 0);
	assert_int_equal(vault_folder(p.path, NULL, &other), ERR_DENIED);
	vault_free(v);
	drop_place(&p);
}

static void only_plain_files_are_read(void **state)
{
	struct vault *v, *other = NULL;
	struct place p;

	(void)state;
	put_place(&p);
	v = open_vault(&p, NULL);
	assert_int_equal(put_text(v, "a", "x"), OK);
	assert_int_equal(symlink("a", in_place(&p, "link")), 0);
	assert_int_equal(get_text(v, "link", ""), ERR_DENIED);
	assert_int_equal(mkfifo(in_place(&p, "fifo"), 0600), 0);
	assert_int_equal(get_text(v, "fifo", ""), ERR_DENIED); /* and does not wait */
	assert_int_equal(mkdir(in_place(&p, "dir"), 0700), 0);
	assert_int_equal(get_text(v, "dir", ""), ERR_DENIED);
	assert_int_equal(put_text(v, "link", "own"), OK); /* replaces the link, not what it points to */
	assert_int_equal(get_text(v, "link", "own"), OK);
	assert_int_equal(get_text(v, "a", "x"), OK);
	assert_int_equal(symlink("v", p.other), 0);
	assert_int_equal(vault_folder(p.other, NULL, &other), ERR_DENIED);
	assert_int_equal(unlink(p.other), 0);
	write_bytes(p.other, SPAN("x", 1));
	assert_int_equal(vault_folder(p.other, NULL, &other), ERR_DENIED);
	assert_int_equal(unlink(p.other), 0);
	snprintf(p.other, sizeof p.other, "%s/no/where", p.top);
	assert_int_equal(vault_folder(p.other, NULL, &other), ERR_NOT_FOUND);
	assert_null(other);
	vault_free(v);
	drop_place(&p);
}

/* ---- what is in a file ---- */

static void damage_is_seen(void **state)
{
	struct vault *v;
	struct place p;
	struct buf b;
	enum err e;

	(void)state;
	put_place(&p);
	v = open_vault(&p, NULL);
	assert_int_equal(put_text(v, "a", "secret"), OK);
	b = file_bytes(in_place(&p, "a"));
	for (size_t i = 0; i < b.n * 8; i++) {
		b.p[i / 8] ^= (uint8_t)(1u << i % 8);
		write_bytes(in_place(&p, "a"), buf_span(&b));
		e = get_text(v, "a", "");
		assert_int_equal(e, i / 8 == 7 ? ERR_VERSION : ERR_CORRUPT);
		b.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t n = 0; n < b.n; n++) {
		write_bytes(in_place(&p, "a"), SPAN(b.p, n));
		assert_int_equal(get_text(v, "a", ""), ERR_CORRUPT);
	}
	write_bytes(in_place(&p, "a"), buf_span(&b));
	assert_int_equal(get_text(v, "a", "secret"), OK);
	write_bytes(in_place(&p, "b"), buf_span(&b));
	assert_int_equal(get_text(v, "b", ""), ERR_CORRUPT); /* another's content */
	write_bytes(in_place(&p, "ab"), buf_span(&b));
	assert_int_equal(get_text(v, "ab", ""), ERR_CORRUPT);
	assert_int_equal(truncate(in_place(&p, "a"), 1 << 30), 0);
	assert_int_equal(get_text(v, "a", ""), ERR_CORRUPT);
	buf_free(&b);
	vault_free(v);
	drop_place(&p);
}

static void sealed_files_do_not_change_places(void **state)
{
	struct vault *v;
	struct place p;
	struct buf b;

	(void)state;
	put_place(&p);
	v = open_vault(&p, PASS);
	assert_int_equal(put_text(v, "a", "secret"), OK);
	b = file_bytes(in_place(&p, "a"));
	write_bytes(in_place(&p, "b"), buf_span(&b));
	assert_int_equal(get_text(v, "b", ""), ERR_CORRUPT);
	for (size_t n = 0; n < b.n; n += 5) {
		write_bytes(in_place(&p, "a"), SPAN(b.p, n));
		assert_int_equal(get_text(v, "a", ""), ERR_CRYPT);
	}
	buf_free(&b);
	vault_free(v);
	drop_place(&p);
}

static void a_failed_write_leaves_the_old(void **state)
{
	struct rlimit before, none;
	struct vault *v;
	struct place p;

	(void)state;
	put_place(&p);
	v = open_vault(&p, NULL);
	assert_int_equal(put_text(v, "a", "old"), OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){10, before.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	enum err e = put_text(v, "a", "new");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(e, ERR_SPACE);
	assert_int_equal(get_text(v, "a", "old"), OK);
	assert_int_equal(access(in_place(&p, "_new"), F_OK), -1);
	vault_free(v);
	drop_place(&p);
}

static void what_a_crash_left_is_swept(void **state)
{
	struct seen s = {.left = 9};
	struct vault *v;
	struct place p;

	(void)state;
	put_place(&p);
	v = open_vault(&p, NULL);
	assert_int_equal(put_text(v, "a", "x"), OK);
	write_bytes(in_place(&p, "_new"), SPAN("half a secret", 13));
	assert_int_equal(vault_each(v, "", note, &s), OK);
	assert_string_equal(s.text, "a ");
	assert_int_equal(put_text(v, "b", "y"), OK);
	assert_int_equal(access(in_place(&p, "_new"), F_OK), -1);
	write_bytes(in_place(&p, "_new"), SPAN("half a secret", 13));
	vault_free(v);
	v = open_vault(&p, NULL);
	assert_int_equal(access(in_place(&p, "_new"), F_OK), -1);
	assert_int_equal(get_text(v, "b", "y"), OK);
	vault_free(v);
	drop_place(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_memory), cmocka_unit_test(in_a_folder), cmocka_unit_test(under_a_passphrase),
		cmocka_unit_test(one_key_for_all_files), cmocka_unit_test(modes_are_set), cmocka_unit_test(open_modes_are_refused),
		cmocka_unit_test(other_owners_are_refused), cmocka_unit_test(only_plain_files_are_read),
		cmocka_unit_test(damage_is_seen), cmocka_unit_test(sealed_files_do_not_change_places),
		cmocka_unit_test(a_failed_write_leaves_the_old), cmocka_unit_test(what_a_crash_left_is_swept),
	};

	return cmocka_run_group_tests_name("vault", tests, NULL, NULL);
}
