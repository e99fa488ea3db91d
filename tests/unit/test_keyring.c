/* test_keyring.c - three keys from one seed, guarded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keys/keyring.h"

static struct keyring *keyring_of(uint8_t first)
{
	uint8_t seed[KEYRING_SEED];
	struct keyring *k = NULL;

	for (size_t i = 0; i < sizeof seed; i++)
		seed[i] = (uint8_t)(first + i * 5);
	assert_int_equal(keyring_make(seed, &k), OK);
	assert_non_null(k);
	return k;
}

static void publics_belong_to_the_secrets(void **state)
{
	struct keyring *k = keyring_of(1);
	uint8_t pk[32], sk[SIGN_SK], seed[32];
	struct publics p;

	(void)state;
	keyring_publics(k, &p);
	crypto_scalarmult_base(pk, keyring_link_secret(k));
	assert_memory_equal(pk, p.link, 32);
	crypto_scalarmult_base(pk, keyring_seal_secret(k));
	assert_memory_equal(pk, p.seal, 32);
	for (size_t i = 0; i < 32; i++)
		seed[i] = (uint8_t)(1 + i * 5);
	sign_keypair(seed, pk, sk);
	assert_memory_equal(pk, p.sign, 32);
	assert_memory_not_equal(keyring_link_secret(k), keyring_seal_secret(k), 32);
	assert_memory_not_equal(keyring_link_secret(k), seed, 32);
	keyring_free(k);
}

static void signs(void **state)
{
	struct keyring *k = keyring_of(1), *other = keyring_of(2);
	uint8_t sig[SIGN_LEN];
	struct publics p, q;

	(void)state;
	keyring_publics(k, &p);
	keyring_publics(other, &q);
	assert_int_equal(keyring_sign(k, SIGN_ENTRY, SPAN("x", 1), sig), OK);
	assert_int_equal(sign_check(SIGN_ENTRY, SPAN("x", 1), p.sign, sig), OK);
	assert_int_equal(sign_check(SIGN_ENTRY, SPAN("x", 1), q.sign, sig), ERR_SIGNATURE);
	assert_int_equal(sign_check(SIGN_RECEIPT, SPAN("x", 1), p.sign, sig), ERR_SIGNATURE);
	keyring_free(k);
	keyring_free(other);
}

static void comes_back_from_its_export(void **state)
{
	struct keyring *k = keyring_of(1), *again = NULL;
	struct buf seed = {0};
	struct publics p, q;

	(void)state;
	assert_int_equal(buf_add(&seed, "#", 1), OK); /* appends */
	assert_int_equal(keyring_export(k, &seed), OK);
	assert_int_equal(seed.n, 1 + KEYRING_SEED);
	assert_int_equal(keyring_make(seed.p + 1, &again), OK);
	keyring_publics(k, &p);
	keyring_publics(again, &q);
	assert_memory_equal(&p, &q, sizeof p);
	assert_memory_equal(keyring_link_secret(k), keyring_link_secret(again), 32);
	buf_free(&seed);
	keyring_free(k);
	keyring_free(again);
	keyring_free(NULL);
}

static bool can_lock(void) /* the sanitizer answers yes whatever the system says; then so does the keyring */
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool can;

	assert_true(p != MAP_FAILED);
	can = mlock(p, 4096) == 0;
	munmap(p, 4096);
	return can;
}

static void says_whether_it_is_locked(void **state)
{
	struct keyring *k = keyring_of(1);
	struct rlimit before, none;
	uid_t uid = geteuid();

	(void)state;
	assert_int_equal(keyring_locked(k), can_lock());
	keyring_free(k);
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &before), 0);
	none = (struct rlimit){0, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &none), 0);
	if (uid == 0) /* root may lock whatever the limit says */
		assert_int_equal(seteuid(65534), 0);
	k = keyring_of(1);
	assert_int_equal(keyring_locked(k), can_lock());
	keyring_free(k);
	assert_int_equal(seteuid(uid), 0);
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &before), 0);
}

static void writing_to_it_ends_the_process(void **state)
{
	struct keyring *k = keyring_of(1);
	volatile uint8_t *secret = (volatile uint8_t *)(uintptr_t)keyring_link_secret(k);
	int status = 0;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		secret[0] ^= 1;
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
	keyring_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(publics_belong_to_the_secrets), cmocka_unit_test(signs), cmocka_unit_test(comes_back_from_its_export),
		cmocka_unit_test(says_whether_it_is_locked), cmocka_unit_test(writing_to_it_ends_the_process),
	};

	return cmocka_run_group_tests_name("keyring", tests, NULL, NULL);
}
