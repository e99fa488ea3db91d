/* Forms and primitives: msgpack, hashes, signatures, keys, Merkle tops. */
#include "tests/gen/vectors.h"

#include <sodium.h>
#include <stdio.h>

#include "keys/hash.h"
#include "keys/point.h"
#include "proto/merkle.h"
#include "proto/pack.h"
#include "proto/scan.h"

static const char *const contexts[] = {[SIGN_KEY] = "tally/key/v1", [SIGN_ENTRY] = "tally/entry/v1", [SIGN_RECEIPT] = "tally/receipt/v1"};

/* ---- msgpack ---- */

struct form {
	const char *name, *hex; /* then a piece again and again */
	const char *piece;
	unsigned times;
	enum err wanted;
	const char *comment;
};

#define GOOD(name, hex, comment) {name, hex, "", 0, OK, comment}
#define BAD(name, hex, comment) {name, hex, "", 0, ERR_SHAPE, comment}

static const struct form forms[] = {
	GOOD("nil", "c0", ""),
	GOOD("false", "c2", ""),
	GOOD("true", "c3", ""),
	GOOD("0", "00", ""),
	GOOD("127", "7f", ""),
	GOOD("128", "cc80", ""),
	GOOD("255", "ccff", ""),
	GOOD("256", "cd0100", ""),
	GOOD("65535", "cdffff", ""),
	GOOD("65536", "ce00010000", ""),
	GOOD("2^32-1", "ceffffffff", ""),
	GOOD("2^32", "cf0000000100000000", ""),
	GOOD("2^63-1", "cf7fffffffffffffff", "the largest number"),
	GOOD("-1", "ff", ""),
	GOOD("-32", "e0", ""),
	GOOD("-33", "d0df", ""),
	GOOD("-128", "d080", ""),
	GOOD("-129", "d1ff7f", ""),
	GOOD("-32768", "d18000", ""),
	GOOD("-32769", "d2ffff7fff", ""),
	GOOD("-2^31", "d280000000", ""),
	GOOD("-2^31-1", "d3ffffffff7fffffff", ""),
	GOOD("-2^63", "d38000000000000000", "the smallest number"),
	GOOD("empty str", "a0", ""),
	{"str of 31", "bf", "61", 31, OK, ""},
	{"str of 32", "d920", "61", 32, OK, ""},
	{"str of 255", "d9ff", "61", 255, OK, ""},
	{"str of 256", "da0100", "61", 256, OK, ""},
	{"str of 65535", "daffff", "61", 65535, OK, ""},
	{"str of 65536", "db00010000", "61", 65536, OK, ""},
	GOOD("empty bin", "c400", ""),
	{"bin of 255", "c4ff", "00", 255, OK, "bytes are anything"},
	{"bin of 256", "c50100", "ff", 256, OK, ""},
	{"bin of 65536", "c600010000", "80", 65536, OK, ""},
	GOOD("empty array", "90", ""),
	{"array of 15", "9f", "c0", 15, OK, ""},
	{"array of 16", "dc0010", "c0", 16, OK, ""},
	GOOD("empty map", "80", ""),
	GOOD("map", "820001ff02", "0 before -1: the order is that of the bytes"),
	GOOD("map with keys of many types", "86017f90c0a16100c000c200c40001", "1, [], \"a\", nil, false, empty bin"),
	GOOD("numbers as keys", "847fc0cc80c0ccffc0cd0100c0", ""),
	GOOD("two bytes of UTF-8", "a2c3a9", ""),
	GOOD("three bytes of UTF-8", "a3e282ac", ""),
	GOOD("four bytes of UTF-8", "a4f09f9880", ""),
	GOOD("U+10FFFF", "a4f48fbfbf", "the last code point"),
	GOOD("U+D7FF and U+E000", "a6ed9fbfee8080", "on either side of the surrogates"),
	GOOD("line feed and tab", "a20a09", ""),
	GOOD("U+007F", "a17f", "only the field tables refuse it"),
	GOOD("8 deep", "9191919191919190", ""),
	{"65,536 objects", "dcffff", "c0", 65535, OK, "the array itself counts"},
	BAD("nothing", "", ""),
	BAD("two objects", "c0c0", ""),
	BAD("the unused form", "c1", ""),
	BAD("float 32", "ca00000000", ""),
	BAD("float 64", "cb0000000000000000", ""),
	BAD("fixed extension", "d40100", ""),
	BAD("extension", "c7000000", ""),
	BAD("time extension", "d6ff00000000", ""),
	BAD("0 in two bytes", "cc00", ""),
	BAD("127 in two bytes", "cc7f", ""),
	BAD("255 in three bytes", "cd00ff", ""),
	BAD("65535 in five bytes", "ce0000ffff", ""),
	BAD("2^32-1 in nine bytes", "cf00000000ffffffff", ""),
	BAD("2^63", "cf8000000000000000", "beyond the range"),
	BAD("2^64-1", "cfffffffffffffffff", ""),
	BAD("1 in a signed form", "d001", "from 0 up the unsigned forms"),
	BAD("200 in a signed form", "d100c8", ""),
	BAD("65536 in a signed form", "d200010000", ""),
	BAD("2^32 in a signed form", "d30000000100000000", ""),
	BAD("-1 in two bytes", "d0ff", ""),
	BAD("-32 in two bytes", "d0e0", ""),
	BAD("-128 in three bytes", "d1ff80", ""),
	BAD("-32768 in five bytes", "d2ffff8000", ""),
	BAD("-2^31 in nine bytes", "d3ffffffff80000000", ""),
	BAD("number cut short", "cd01", ""),
	{"str of 31 in a longer form", "d91f", "61", 31, ERR_SHAPE, ""},
	{"str of 255 in a longer form", "da00ff", "61", 255, ERR_SHAPE, ""},
	{"str of 65535 in a longer form", "db0000ffff", "61", 65535, ERR_SHAPE, ""},
	{"bin of 255 in a longer form", "c500ff", "61", 255, ERR_SHAPE, ""},
	{"bin of 65535 in a longer form", "c60000ffff", "61", 65535, ERR_SHAPE, ""},
	{"array of 15 in a longer form", "dc000f", "c0", 15, ERR_SHAPE, ""},
	{"array of 16 in the longest form", "dd00000010", "c0", 16, ERR_SHAPE, ""},
	BAD("map of 1 in a longer form", "de00010001", ""),
	BAD("str cut short", "a261", ""),
	BAD("bin cut short", "c40200", ""),
	BAD("array cut short", "9201", ""),
	BAD("map cut short", "8100", "the key has no value"),
	BAD("an array of 2^32-1", "ddffffffff", "the count is not backed by bytes"),
	BAD("a map of 2^32-1", "dfffffffff00", ""),
	BAD("a bin of 2^32-1", "c6ffffffff00", ""),
	BAD("a key twice", "8200c000c0", ""),
	BAD("keys descending", "8201c000c0", ""),
	BAD("-1 before 0", "82ff020001", "ascending as numbers is not ascending as bytes"),
	BAD("str keys descending", "82a162c0a161c0", ""),
	BAD("a key twice further in", "9182a161c0a161c0", ""),
	BAD("UTF-8 in a long form", "a2c080", ""),
	BAD("three bytes for U+007F", "a3e081bf", ""),
	BAD("four bytes for U+FFFF", "a4f08fbfbf", ""),
	BAD("a surrogate", "a3eda080", ""),
	BAD("above U+10FFFF", "a4f4908080", ""),
	BAD("a byte that UTF-8 never has", "a1ff", ""),
	BAD("a following byte alone", "a180", ""),
	BAD("a first byte alone", "a1c3", ""),
	BAD("a character cut by the end of the str", "a2e282", ""),
	BAD("NUL", "a100", ""),
	BAD("U+0001", "a101", ""),
	BAD("carriage return", "a10d", ""),
	BAD("U+001F", "a11f", ""),
	{"9 deep", "919191919191919190", "", 0, ERR_LIMIT, ""},
	{"maps 9 deep", "8100810081008100810081008100810080", "", 0, ERR_LIMIT, ""},
	{"65,537 objects", "dd00010000", "c0", 65536, ERR_LIMIT, "the array itself counts"},
};

static void hex_add(struct buf *out, const char *hex)
{
	size_t n = strlen(hex);
	uint8_t *at;

	vectors_must(buf_room(out, n / 2, &at) == OK && hex_decode(hex, n, at) == OK, hex);
}

json_t *vectors_msgpack(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const struct form *f = &forms[i];
		struct buf bytes = {0}, again = {0};
		struct arena *a = arena_new();
		const struct value *v = NULL;
		json_t *input = json_pack("{s:s}", "bytes", f->hex);
		enum err got;

		hex_add(&bytes, f->hex);
		for (unsigned k = 0; k < f->times; k++)
			hex_add(&bytes, f->piece);
		if (f->times)
			input = vectors_with(input, json_pack("{s:s, s:i}", "then", f->piece, "times", (int)f->times));
		got = scan_check(buf_span(&bytes));
		vectors_must(got == pack_decode(buf_span(&bytes), a, &v), f->name);
		if (got == OK)
			vectors_must(pack_encode(v, &again) == OK && span_eq(buf_span(&again), buf_span(&bytes)), f->name);
		vectors_add(list, f->name, f->comment, input, vectors_verdict(got, f->wanted, f->name));
		arena_free(a);
		buf_free(&bytes);
		buf_free(&again);
	}
	return list;
}

/* ---- hashes ---- */

static void hash(json_t *list, const char *name, const char *person, bool keyed, const struct span *parts, size_t n, const char *comment)
{
	json_t *pieces = json_array(), *input = json_pack("{s:s, s:o}", "person", person, "parts", pieces);
	uint8_t key[32];
	struct id out;

	vectors_fill(key, 0x2a);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(pieces, vectors_hex(parts[i]));
	if (keyed)
		json_object_set_new(input, "key", vectors_bytes(key, 32));
	if (keyed)
		hash_k2b(&out, key, person, parts, n);
	else
		hash_b2b(&out, person, parts, n);
	vectors_add(list, name, comment, input, json_pack("{s:o}", "hash", vectors_id(&out)));
}

json_t *vectors_hashes(void)
{
	static const char *const plain[] = {"tally.org.v1", "tally.stmt.v1", "tally.root.v1", "tally.words.v1", "tally.rec.v1", "tally.leaf.v1",
		"tally.node.v1", "tally.log.v1", "tally.ent.v1", "tally.sum.v1", "tally.sel.v1", "tally.itok.v1"};
	static const char *const keyed[] = {"tally.isel.v1", "tally.ipsk.v1", "tally.pair.v1"};
	static const uint8_t bytes[200] = {1, 2, 3};
	const struct span one[] = {{bytes, 32}}, two[] = {{bytes, 32}, {bytes + 1, 32}}, long_one[] = {{bytes, 200}}, none[] = {{NULL, 0}};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		hash(list, plain[i], plain[i], false, one, 1, "the same input, another purpose");
	for (size_t i = 0; i < sizeof keyed / sizeof *keyed; i++)
		hash(list, keyed[i], keyed[i], true, one, strcmp(keyed[i], "tally.pair.v1") == 0, "");
	hash(list, "two parts", "tally.node.v1", false, two, 2, "joined without a separator");
	hash(list, "more than a block", "tally.rec.v1", false, long_one, 1, "200 bytes");
	hash(list, "nothing", "tally.rec.v1", false, none, 1, "");
	return list;
}

/* ---- signatures ---- */

static void sign_good(json_t *list, enum sign_ctx ctx, size_t n)
{
	static const uint8_t bytes[1000] = {'a', 'b', 'c'};
	uint8_t seed[32], pk[32], sk[64], sig[64];
	struct span payload = {bytes, n};
	struct buf pae = {0};
	char name[64];

	vectors_fill(seed, 0x33);
	vectors_pair(0x33, pk, sk);
	vectors_must(sign_pae(contexts[ctx], payload, &pae) == OK && sign_make(ctx, payload, sk, sig) == OK, "sign");
	vectors_must(sign_check(ctx, payload, pk, sig) == OK, "sign");
	snprintf(name, sizeof name, "%s over %zu bytes", contexts[ctx], n);
	vectors_add(list, name, "",
	            json_pack("{s:s, s:o, s:o, s:o, s:o}", "context", contexts[ctx], "payload", vectors_hex(payload), "seed",
	                      vectors_bytes(seed, 32), "pk", vectors_bytes(pk, 32), "signature", vectors_bytes(sig, 64)),
	            json_pack("{s:b, s:o}", "accepted", 1, "pae", vectors_hex(buf_span(&pae))));
	buf_free(&pae);
}

static void sign_bad(json_t *list, const char *name, const char *comment, enum sign_ctx ctx, struct span payload, const uint8_t pk[32],
                     const uint8_t sig[64])
{
	enum err got = sign_check(ctx, payload, pk, sig);

	vectors_add(list, name, comment,
	            json_pack("{s:s, s:o, s:o, s:o}", "context", contexts[ctx], "payload", vectors_hex(payload), "pk", vectors_bytes(pk, 32),
	                      "signature", vectors_bytes(sig, 64)),
	            vectors_verdict(got, ERR_SIGNATURE, name));
}

/* S + L, which the equation alone would take too. */
static void add_order(uint8_t s[static 32])
{
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		[31] = 0x10};
	unsigned carry = 0;

	for (size_t i = 0; i < 32; i++) {
		carry += s[i] + order[i];
		s[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

json_t *vectors_signatures(void)
{
	static const size_t sizes[] = {0, 1, 9, 10, 99, 100, 1000};
	static const uint8_t identity[32] = {1};
	struct span payload = SPAN("what was said", 13);
	uint8_t pk[32], sk[64], sig[64], bad[64], other[32], unused[64];
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		sign_good(list, SIGN_ENTRY, sizes[i]);
	sign_good(list, SIGN_KEY, 13);
	sign_good(list, SIGN_RECEIPT, 13);
	vectors_pair(0x33, pk, sk);
	vectors_pair(0x34, other, unused);
	vectors_must(sign_make(SIGN_ENTRY, payload, sk, sig) == OK, "sign");
	sign_bad(list, "another context", "signed as an entry, shown as a receipt", SIGN_RECEIPT, payload, pk, sig);
	sign_bad(list, "another payload", "", SIGN_ENTRY, SPAN("what was sAid", 13), pk, sig);
	sign_bad(list, "another key", "", SIGN_ENTRY, payload, other, sig);
	memcpy(bad, sig, 64);
	bad[0] ^= 1;
	sign_bad(list, "R changed", "", SIGN_ENTRY, payload, pk, bad);
	memcpy(bad, sig, 64);
	bad[63] ^= 0x80;
	sign_bad(list, "the last bit changed", "", SIGN_ENTRY, payload, pk, bad);
	memcpy(bad, sig, 64);
	add_order(bad + 32);
	sign_bad(list, "S not below the group order", "the same signature with L added to S", SIGN_ENTRY, payload, pk, bad);
	vectors_must(crypto_sign_detached(bad, NULL, payload.p, payload.n, sk) == 0, "sign");
	sign_bad(list, "signed without the encoding", "plain Ed25519 over the payload", SIGN_ENTRY, payload, pk, bad);
	memset(bad, 0, 64);
	bad[0] = 1;
	sign_bad(list, "everything of small order", "R and key the identity, S 0: the equation holds for any payload", SIGN_ENTRY, payload, identity,
	         bad);
	sign_bad(list, "R of small order", "", SIGN_ENTRY, payload, pk, bad);
	return list;
}

/* ---- keys ---- */

static void key(json_t *list, const char *name, const char *type, const uint8_t pk[32], bool wanted, const char *comment)
{
	bool got = strcmp(type, "ed25519") == 0 ? sign_pk_valid(pk) : point_valid(pk);

	vectors_add(list, name, comment, json_pack("{s:s, s:o}", "type", type, "pk", vectors_bytes(pk, 32)),
	            vectors_verdict(got ? OK : ERR_INVALID, wanted ? OK : ERR_INVALID, name));
}

json_t *vectors_keys(void)
{
	static const uint8_t zero[32], one[32] = {1};
	static const uint8_t eight[32] = {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
		0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00};
	uint8_t pk[32], sk[64], two[32], mixed[32], over[32];
	json_t *list = json_array();

	vectors_pair(0x33, pk, sk);
	memset(two, 0xff, 32); /* y = -1 */
	two[0] = 0xec;
	two[31] = 0x7f;
	memset(over, 0xff, 32); /* p + 1 */
	over[0] = 0xee;
	over[31] = 0x7f;
	vectors_must(crypto_core_ed25519_add(mixed, pk, two) == 0, "mixed");
	key(list, "an Ed25519 key", "ed25519", pk, true, "");
	key(list, "Ed25519 zeros", "ed25519", zero, false, "of order 4");
	key(list, "Ed25519 identity", "ed25519", one, false, "");
	key(list, "Ed25519 of order 2", "ed25519", two, false, "");
	key(list, "Ed25519 of mixed order", "ed25519", mixed, false, "a good key and a point of order 2 added");
	key(list, "Ed25519 not canonical", "ed25519", over, false, "y = p + 1");
	vectors_fill(sk, 0x44);
	crypto_scalarmult_base(pk, sk);
	key(list, "an X25519 key", "x25519", pk, true, "");
	key(list, "X25519 zeros", "x25519", zero, false, "");
	key(list, "X25519 one", "x25519", one, false, "");
	key(list, "X25519 of order 8", "x25519", eight, false, "");
	key(list, "X25519 p - 1", "x25519", two, false, "");
	return list;
}

/* ---- Merkle ---- */

static void merkle_ids(struct id ids[static 256])
{
	for (size_t i = 0; i < 256; i++) {
		uint8_t place[8];

		put_u64be(place, i);
		hash_one(&ids[i], "tally.rec.v1", SPAN(place, 8));
	}
}

/* Every path, or of many those at the edges and a digest of all. */
static bool merkle_shown(size_t count, size_t i)
{
	return count < 16 || i < 2 || i == count / 2 - 1 || i == count / 2 || i == count - 1;
}

static void merkle_count(json_t *list, const struct id *ids, size_t count)
{
	json_t *paths = json_array();
	uint8_t digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state all;
	struct id root, path[MERKLE_PATH];
	char name[32];

	crypto_hash_sha256_init(&all);
	merkle_root(ids, count, &root);
	for (size_t i = 0; i < count; i++) {
		size_t n = merkle_path(ids, count, i, path);

		vectors_must(merkle_verify(&ids[i], i, count, path, n, &root), "path");
		crypto_hash_sha256_update(&all, (const uint8_t *)path, 32 * n);
		if (merkle_shown(count, i))
			json_array_append_new(paths, json_pack("{s:I, s:o}", "index", (json_int_t)i, "path", vectors_hex(SPAN(path, 32 * n))));
	}
	crypto_hash_sha256_final(&all, digest);
	snprintf(name, sizeof name, "count %zu", count);
	vectors_add(list, name, "record id i is B2b(\"tally.rec.v1\", u64be i), for i from 0; the digest is over all paths in the order of the index",
	            json_pack("{s:I}", "count", (json_int_t)count),
	            json_pack("{s:o, s:o, s:o, s:o}", "first_id", vectors_id(&ids[0]), "root", vectors_id(&root), "paths", paths,
	                      "all_paths_sha256", vectors_bytes(digest, sizeof digest)));
}

struct claim {
	struct id id, root, path[MERKLE_PATH + 1];
	size_t index, count, length;
};

static void merkle_bad(json_t *list, const char *name, const struct claim *c)
{
	vectors_must(c->length > MERKLE_PATH || !merkle_verify(&c->id, c->index, c->count, c->path, c->length, &c->root), name);
	vectors_add(list, name, "",
	            json_pack("{s:o, s:I, s:I, s:o, s:o}", "id", vectors_id(&c->id), "index", (json_int_t)c->index, "count",
	                      (json_int_t)c->count, "path", vectors_hex(SPAN(c->path->b, 32 * c->length)), "root", vectors_id(&c->root)),
	            json_pack("{s:b}", "accepted", 0));
}

static struct claim claim(const struct id *ids, size_t count, size_t index)
{
	struct claim c = {.id = ids[index], .count = count, .index = index};

	merkle_root(ids, count, &c.root);
	c.length = merkle_path(ids, count, index, c.path);
	return c;
}

json_t *vectors_merkle(void)
{
	static const size_t counts[] = {1, 2, 3, 5, 256};
	json_t *list = json_array();
	struct id ids[256], t;
	struct claim c;

	merkle_ids(ids);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		merkle_count(list, ids, counts[i]);
	c = claim(ids, 5, 1), c.index = 2;
	merkle_bad(list, "the index one up", &c);
	c = claim(ids, 5, 2), c.index = 1;
	merkle_bad(list, "the index one down", &c);
	c = claim(ids, 5, 4), c.index = 5;
	merkle_bad(list, "the index equal to the count", &c);
	c = claim(ids, 256, 0), c.index = 256;
	merkle_bad(list, "the index far out", &c);
	c = claim(ids, 5, 4), c.count = 4;
	merkle_bad(list, "the count one down", &c);
	c = claim(ids, 5, 4), c.count = 6;
	merkle_bad(list, "the count one up", &c);
	c = claim(ids, 1, 0), c.count = 0;
	merkle_bad(list, "the count 0", &c);
	c = claim(ids, 3, 2), c.length--;
	merkle_bad(list, "the path cut short", &c);
	c = claim(ids, 3, 2), c.path[c.length++] = ids[0];
	merkle_bad(list, "the path with a hash behind it", &c);
	c = claim(ids, 1, 0), c.path[c.length++] = ids[0];
	merkle_bad(list, "a path where there is none", &c);
	c = claim(ids, 5, 0), t = c.path[0], c.path[0] = c.path[1], c.path[1] = t;
	merkle_bad(list, "two hashes exchanged", &c);
	c = claim(ids, 5, 0), c.path[1].b[31] ^= 1;
	merkle_bad(list, "a hash changed", &c);
	c = claim(ids, 5, 0), c.id = ids[1];
	merkle_bad(list, "another record", &c);
	c = claim(ids, 2, 0), hash_one(&c.id, "tally.leaf.v1", ID_SPAN(&ids[0]));
	merkle_bad(list, "the leaf instead of the id", &c);
	c = claim(ids, 256, 7), c.path[c.length++] = ids[0];
	merkle_bad(list, "nine hashes", &c);
	return list;
}
