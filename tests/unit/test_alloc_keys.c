/* keys/ when memory is short: each allocation fails in turn. Out-parameters stay untouched, buffers as long as they were. */
#include "tests/unit/alloc_fail.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "keys/folder.h"
#include "keys/kit.h"
#include "keys/noise.h"
#include "keys/sealed.h"
#include "keys/sign.h"
#include "keys/keyring.h"

static const uint8_t seed[128] = {1, 2, 3};
static const uint8_t many[9000] = {4, 5, 6};

static void *const untouched = (void *)0x5a5a;

/* ---- bytes, signatures ---- */

static enum err bytes(void *w)
{
	struct buf b = {0}, text = {0}, back = {0};
	uint8_t *at = untouched;
	size_t before;
	enum err e = buf_add(&b, many, 100);

	(void)w;
	assert_int_equal(b.n, e == OK ? 100 : 0);
	if (e == OK)
		e = buf_room(&b, sizeof many, &at);
	if (e != OK)
		assert_ptr_equal(at, untouched);
	before = b.n;
	if (e == OK) {
		memset(at, 7, sizeof many);
		e = buf_add(&b, many, sizeof many);
		assert_int_equal(b.n, before + (e == OK ? sizeof many : 0));
	}
	if (e == OK) {
		e = base32_encode(buf_span(&b), &text);
		assert_true(e == OK || text.n == 0);
	}
	if (e == OK) {
		e = base32_decode(buf_span(&text), &back);
		assert_true(e == OK || back.n == 0);
	}
	buf_free(&b);
	buf_free(&text);
	buf_free(&back);
	return e;
}

static enum err signatures(void *w)
{
	uint8_t pk[32], sk[64], sig[64];
	uint8_t before[64];
	struct buf pae = {0};
	enum err e;

	(void)w;
	memset(sig, 0x5a, sizeof sig);
	memcpy(before, sig, sizeof sig);
	sign_keypair(seed, pk, sk);
	e = sign_pae("tally/entry/v1", SPAN(many, 5000), &pae);
	assert_true(e == OK || pae.n == 0);
	if (e == OK) {
		e = sign_make(SIGN_ENTRY, SPAN(many, 5000), sk, sig);
		if (e != OK)
			assert_memory_equal(sig, before, 64);
	}
	if (e == OK)
		e = sign_check(SIGN_ENTRY, SPAN(many, 5000), pk, sig);
	buf_free(&pae);
	return e;
}

static enum err keyring(void *w)
{
	struct keyring *k = untouched;
	struct buf out = {0};
	uint8_t sig[64];
	enum err e = keyring_make(seed, &k);

	(void)w;
	if (e != OK) {
		assert_ptr_equal(k, untouched);
		return e;
	}
	e = keyring_sign(k, SIGN_KEY, SPAN(many, 300), sig);
	if (e == OK) {
		e = keyring_export(k, &out);
		assert_true(e == OK || out.n == 0);
	}
	keyring_free(k);
	buf_free(&out);
	return e;
}

static void test_bytes_signatures_keyring(void **state)
{
	static const struct alloc_scene scenes[] = {
		{"bytes", bytes, NULL, NULL, false}, {"signatures", signatures, NULL, NULL, false}, {"keyring", keyring, NULL, NULL, false}};

	(void)state;
	ALLOC_SCENES(scenes, NULL);
}

/* ---- sealing, kit ---- */

static enum err sealing(void *w)
{
	struct buf blob = {0}, back = {0};
	enum err e = sealed_make(SPAN(many, 64), "correct horse", seed, &blob);

	(void)w;
	assert_true(e == OK || blob.n == 0);
	if (e == OK) {
		e = sealed_open(buf_span(&blob), "correct horse", &back);
		assert_true(e == OK || back.n == 0);
	}
	buf_free(&blob);
	buf_free(&back);
	return e;
}

static enum err kit(void *w)
{
	struct kit_input in = {.kseq = 1, .name = "Example Ltd", .root_seed = {1}, .entropy = {2}}, out, before;
	char phrase[WORDS_TEXT];
	struct buf file = {0};
	enum err e;

	(void)w;
	memset(phrase, 'p', sizeof phrase);
	memset(&out, 0x5a, sizeof out);
	before = out;
	e = kit_make(&in, &file, phrase);
	assert_true(e == OK || (file.n == 0 && phrase[0] == 'p'));
	if (e == OK) {
		e = kit_open(buf_span(&file), phrase, &out);
		if (e != OK)
			assert_memory_equal(&out, &before, sizeof out);
	}
	buf_free(&file);
	return e;
}

static void test_sealing_and_kit(void **state)
{
	static const struct alloc_scene scenes[] = {{"sealing", sealing, NULL, NULL, true}, {"kit", kit, NULL, NULL, true}};

	(void)state;
	ALLOC_SCENES(scenes, NULL);
}

/* ---- vaults ---- */

static enum err count(void *ctx, const char *name)
{
	(void)name;
	++*(unsigned *)ctx;
	return OK;
}

static enum err vault_use(struct vault *v)
{
	struct buf out = {0};
	unsigned found = 0;
	enum err e = vault_put(v, "a", SPAN(many, 100));

	if (e == OK)
		e = vault_put(v, "b", SPAN(many, 200));
	if (e == OK)
		e = vault_put(v, "a", SPAN(many, 300));
	if (e == OK)
		e = vault_get(v, "a", &out);
	if (e == OK)
		assert_int_equal(out.n, 300);
	if (e == OK)
		e = vault_each(v, "a", count, &found);
	if (e == OK)
		assert_int_equal(found, 1);
	if (e == OK)
		e = vault_drop(v, "b");
	buf_free(&out);
	return e;
}

static enum err in_memory(void *w)
{
	struct vault *v = untouched;
	enum err e = vault_memory(&v);

	(void)w;
	if (e != OK) {
		assert_ptr_equal(v, untouched);
		return e;
	}
	e = vault_use(v);
	vault_free(v);
	return e;
}

/* What was there is there, as it was or as it was to be: never half, never gone. */
static void whole(void *w)
{
	struct vault *v;
	struct buf out = {0};

	assert_int_equal(vault_folder(w, NULL, &v), OK);
	assert_int_equal(vault_get(v, "kept", &out), OK);
	assert_int_equal(out.n, 77);
	if (vault_get(v, "a", &out) == OK)
		assert_true(out.n == 100 || out.n == 300);
	vault_free(v);
	buf_free(&out);
}

static enum err in_folder(void *w)
{
	struct vault *v = untouched;
	enum err e = vault_folder(w, NULL, &v);

	if (e != OK) {
		assert_ptr_equal(v, untouched);
		return e;
	}
	e = vault_use(v);
	vault_free(v);
	return e;
}

static void empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	char file[512];

	assert_non_null(d);
	while ((entry = readdir(d))) {
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		(void)unlink(file);
	}
	closedir(d);
	assert_int_equal(rmdir(path), 0);
}

static void test_vaults(void **state)
{
	static const struct alloc_scene memory = {"vault in memory", in_memory, NULL, NULL, false},
	                                folder = {"vault in a folder", in_folder, whole, NULL, false};
	char path[] = "/tmp/test_alloc.XXXXXX";
	struct vault *v;

	(void)state;
	alloc_fail_run(&memory, NULL);
	assert_non_null(mkdtemp(path));
	assert_int_equal(vault_folder(path, NULL, &v), OK);
	assert_int_equal(vault_put(v, "kept", SPAN(many, 77)), OK);
	vault_free(v);
	alloc_fail_run(&folder, path);
	empty(path);
}

static enum err sealed_vault(void *w)
{
	struct vault *v = untouched;
	struct buf out = {0};
	enum err e = vault_folder(w, "correct horse", &v);

	if (e != OK) {
		assert_ptr_equal(v, untouched);
		return e;
	}
	e = vault_put(v, "a", SPAN(many, 100));
	if (e == OK)
		e = vault_get(v, "a", &out);
	vault_free(v);
	buf_free(&out);
	return e;
}

static void test_vault_under_a_passphrase(void **state)
{
	static const struct alloc_scene scene = {"vault under a passphrase", sealed_vault, NULL, NULL, true};
	char path[] = "/tmp/test_alloc.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(path));
	alloc_fail_run(&scene, path);
	empty(path);
}

/* ---- noise ---- */

static enum err step(struct noise *from, struct noise *to)
{
	struct buf message = {0}, payload = {0};
	enum err e = noise_write(from, SPAN(many, 200), &message);

	if (e == OK)
		e = noise_read(to, buf_span(&message), &payload);
	buf_free(&message);
	buf_free(&payload);
	return e;
}

static enum err talk(struct noise *a, struct noise *b)
{
	struct noise_cipher a_out, a_in, b_out, b_in, before;
	struct buf sealed = {0}, plain = {0};
	enum err e = step(a, b);

	if (e == OK)
		e = step(b, a);
	if (e == OK)
		e = step(a, b);
	if (e == OK)
		e = noise_split(a, &a_out, &a_in);
	if (e == OK)
		e = noise_split(b, &b_out, &b_in);
	if (e == OK) {
		before = a_out;
		e = noise_seal(&a_out, SPAN(many, 5000), &sealed);
		assert_true(e == OK || (sealed.n == 0 && a_out.nonce == before.nonce));
	}
	if (e == OK) {
		before = b_in;
		e = noise_unseal(&b_in, buf_span(&sealed), &plain);
		assert_true(e == OK || (plain.n == 0 && b_in.nonce == before.nonce));
	}
	buf_free(&sealed);
	buf_free(&plain);
	return e;
}

static enum err noise(void *w)
{
	static const uint8_t a_sk[32] = {1}, b_sk[32] = {2}, psk[32] = {3}, a_e[32] = {4}, b_e[32] = {5};
	uint8_t b_pk[32];
	struct noise_config ca = {.pattern = &noise_xkpsk3, .initiator = true, .s_sk = a_sk, .rs_pk = b_pk, .psk = psk, .e_sk = a_e};
	struct noise_config cb = {.pattern = &noise_xkpsk3, .s_sk = b_sk, .psk = psk, .e_sk = b_e};
	struct noise *a = untouched, *b = untouched;
	enum err e;

	(void)w;
	crypto_scalarmult_base(b_pk, b_sk);
	e = noise_open(&ca, &a);
	if (e != OK) {
		assert_ptr_equal(a, untouched);
		return e;
	}
	e = noise_open(&cb, &b);
	if (e == OK) {
		e = talk(a, b);
		noise_free(b);
	} else {
		assert_ptr_equal(b, untouched);
	}
	noise_free(a);
	return e;
}

static void test_noise(void **state)
{
	static const struct alloc_scene scene = {"noise", noise, NULL, NULL, false};

	(void)state;
	alloc_fail_run(&scene, NULL);
}

static int set_up(void **state)
{
	(void)state;
	return sodium_init() < 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_signatures_keyring),
		cmocka_unit_test(test_sealing_and_kit),
		cmocka_unit_test(test_vaults),
		cmocka_unit_test(test_vault_under_a_passphrase),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests_name("allocations of keys", tests, set_up, NULL);
}
