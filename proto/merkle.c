#include "proto/merkle.h"

#include "keys/hash.h"
#include "proto/limits.h"

static void leaf(const struct id *id, struct id *out)
{
	hash_one(out, "tally.leaf.v1", ID_SPAN(id));
}

static void node(const struct id *left, const struct id *right, struct id *out)
{
	const struct span parts[2] = {ID_SPAN(left), ID_SPAN(right)};

	hash_b2b(out, "tally.node.v1", parts, 2);
}

/* The largest power of two smaller than count, which is at least 2. */
static size_t split(size_t count)
{
	size_t k = 1;

	while (k * 2 < count)
		k *= 2;
	return k;
}

void merkle_root(const struct id *ids, size_t count, struct id *out)
{
	struct id left, right;
	size_t k;

	if (count <= 1) {
		leaf(ids, out);
		return;
	}
	k = split(count);
	merkle_root(ids, k, &left);
	merkle_root(ids + k, count - k, &right);
	node(&left, &right, out);
}

/* The nearest sibling comes first, so each level appends after the ones below it. */
size_t merkle_path(const struct id *ids, size_t count, size_t index, struct id path[static MERKLE_PATH])
{
	size_t k, length;

	if (count <= 1)
		return 0;
	k = split(count);
	if (index < k) {
		length = merkle_path(ids, k, index, path);
		merkle_root(ids + k, count - k, &path[length]);
	} else {
		length = merkle_path(ids + k, count - k, index - k, path);
		merkle_root(ids, k, &path[length]);
	}
	return length + 1;
}

bool merkle_verify(const struct id *id, size_t index, size_t count, const struct id *path, size_t length, const struct id *root)
{
	size_t at = index, last = count - 1, i;
	struct id r;

	if (count == 0 || count > LIMIT_ENTRY_RECORDS || index >= count || length > MERKLE_PATH)
		return false;
	leaf(id, &r);
	for (i = 0; i < length; i++) {
		if (last == 0)
			return false;
		if ((at & 1) != 0 || at == last) {
			node(&path[i], &r, &r);
			while ((at & 1) == 0 && at != 0) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			node(&r, &path[i], &r);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0 && id_eq(&r, root);
}
