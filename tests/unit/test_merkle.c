#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "keys/hash.h"
#include "proto/merkle.h"

#define MOST 256

static const size_t counts[] = {1, 2, 3, 4, 5, 7, 8, 255, 256};
#define COUNTS (sizeof counts / sizeof counts[0])

static void leaves(struct id *ids)
{
	for (size_t i = 0; i < MOST; i++) {
		uint8_t n[2] = {(uint8_t)i, (uint8_t)(i >> 8)};

		hash_one(&ids[i], "test", SPAN(n, 2));
	}
}

static struct id pair(const struct id *l, const struct id *r)
{
	const struct span parts[2] = {ID_SPAN(l), ID_SPAN(r)};
	struct id out;

	hash_b2b(&out, "tally.node.v1", parts, 2);
	return out;
}

/* The shape by hand: ((0 1) (2 3)) 4 for five, so that root and path cannot agree on a wrong one. */
static void shape_of_five(void **state)
{
	struct id ids[MOST], l[5], ab, cd, abcd, top, root;

	(void)state;
	leaves(ids);
	for (size_t i = 0; i < 5; i++)
		hash_one(&l[i], "tally.leaf.v1", ID_SPAN(&ids[i]));
	ab = pair(&l[0], &l[1]);
	cd = pair(&l[2], &l[3]);
	abcd = pair(&ab, &cd);
	top = pair(&abcd, &l[4]);
	merkle_root(ids, 5, &root);
	assert_true(id_eq(&root, &top));
	merkle_root(ids, 3, &root);
	top = pair(&ab, &l[2]);
	assert_true(id_eq(&root, &top));
	merkle_root(ids, 1, &root);
	assert_true(id_eq(&root, &l[0]));
}

static void every_index_of_every_count(void **state)
{
	struct id ids[MOST], path[MERKLE_PATH], root;

	(void)state;
	leaves(ids);
	for (size_t c = 0; c < COUNTS; c++) {
		const size_t n = counts[c];

		merkle_root(ids, n, &root);
		for (size_t i = 0; i < n; i++) {
			size_t length = merkle_path(ids, n, i, path);

			assert_true(length <= MERKLE_PATH);
			assert_true(merkle_verify(&ids[i], i, n, path, length, &root));
		}
	}
}

/* Neither another index nor another count goes with the path that was made for this one. */
static void shifts_are_refused(void **state)
{
	struct id ids[MOST], path[MERKLE_PATH], root;

	(void)state;
	leaves(ids);
	for (size_t c = 0; c < COUNTS; c++) {
		const size_t n = counts[c];

		merkle_root(ids, n, &root);
		for (size_t i = 0; i < n; i++) {
			size_t length = merkle_path(ids, n, i, path);

			for (size_t j = 0; j < n; j++)
				if (j != i)
					assert_false(merkle_verify(&ids[i], j, n, path, length, &root));
			assert_false(merkle_verify(&ids[i], n, n, path, length, &root));
			assert_false(merkle_verify(&ids[i], i, 0, path, length, &root));
			assert_false(merkle_verify(&ids[i], i, 257, path, length, &root));
			assert_false(merkle_verify(&ids[i], i, n * 2 + 1, path, length, &root));
			if (n > 1)
				assert_false(merkle_verify(&ids[i], i, n / 2, path, length, &root));
		}
	}
}

static void changed_paths_are_refused(void **state)
{
	struct id ids[MOST], path[MERKLE_PATH + 1] = {{{0}}}, root, other;

	(void)state;
	leaves(ids);
	for (size_t c = 0; c < COUNTS; c++) {
		const size_t n = counts[c], i = n - 1, length = merkle_path(ids, n, i, path);

		merkle_root(ids, n, &root);
		assert_false(merkle_verify(&ids[i], i, n, path, length + 1, &root));
		if (length > 0)
			assert_false(merkle_verify(&ids[i], i, n, path, length - 1, &root));
		for (size_t k = 0; k < length; k++) {
			path[k].b[31] ^= 1;
			assert_false(merkle_verify(&ids[i], i, n, path, length, &root));
			path[k].b[31] ^= 1;
		}
		other = root;
		other.b[0] ^= 0x80;
		assert_false(merkle_verify(&ids[i], i, n, path, length, &other));
		other = ids[i];
		other.b[7] ^= 4;
		assert_false(merkle_verify(&other, i, n, path, length, &root));
	}
}

/* A node's hash is no leaf: the two purposes do not mix. */
static void inner_node_is_no_record(void **state)
{
	struct id ids[MOST], l[2], top, root;

	(void)state;
	leaves(ids);
	merkle_root(ids, 2, &root);
	for (size_t i = 0; i < 2; i++)
		hash_one(&l[i], "tally.leaf.v1", ID_SPAN(&ids[i]));
	top = pair(&l[0], &l[1]);
	assert_true(id_eq(&top, &root));
	assert_false(merkle_verify(&top, 0, 1, NULL, 0, &root));
	assert_false(merkle_verify(&ids[1], 0, 1, &l[0], 1, &root)); /* a path where a tree of one has none */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shape_of_five),
		cmocka_unit_test(every_index_of_every_count),
		cmocka_unit_test(shifts_are_refused),
		cmocka_unit_test(changed_paths_are_refused),
		cmocka_unit_test(inner_node_is_no_record),
	};

	return cmocka_run_group_tests_name("merkle", tests, NULL, NULL);
}
