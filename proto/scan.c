#include "proto/scan.h"

#include <string.h>

#include "proto/limits.h"

struct cursor {
	const uint8_t *p, *end;
	uint32_t elements;
};

static enum err scan_one(struct cursor *c, uint32_t depth);

static size_t left(const struct cursor *c)
{
	return (size_t)(c->end - c->p);
}

/* A big-endian number of w bytes. */
static bool take(struct cursor *c, unsigned w, uint64_t *out)
{
	uint64_t v = 0;

	if (left(c) < w)
		return false;
	for (unsigned i = 0; i < w; i++)
		v = v << 8 | *c->p++;
	*out = v;
	return true;
}

static enum err scan_uint(struct cursor *c, unsigned w)
{
	uint64_t v, least = w == 1 ? 128 : 1ull << 4 * w; /* what the next shorter form cannot hold */

	if (!take(c, w, &v) || v < least || v > INT64_MAX)
		return ERR_SHAPE;
	return OK;
}

/* Negative numbers only: the other half of these forms is never the shortest. */
static enum err scan_int(struct cursor *c, unsigned w)
{
	uint64_t v, full = w == 8 ? 0 : 1ull << 8 * w, shorter = w == 1 ? 32 : 1ull << (4 * w - 1);

	if (!take(c, w, &v) || !(v >> (8 * w - 1)))
		return ERR_SHAPE;
	return v < full - shorter ? OK : ERR_SHAPE;
}

int32_t scan_rune(struct span s, size_t *at)
{
	static const int32_t least[] = {0, 0x80, 0x800, 0x10000};
	size_t i = *at, more;
	int32_t rune;

	if (i >= s.n)
		return -1;
	rune = s.p[i++];
	if (rune < 0x80) {
		*at = i;
		return rune;
	}
	if (rune < 0xc2 || rune > 0xf4)
		return -1;
	more = rune < 0xe0 ? 1 : rune < 0xf0 ? 2 : 3;
	if (s.n - i < more)
		return -1;
	rune &= 0x3f >> more;
	for (size_t k = 0; k < more; k++, i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return -1;
		rune = rune << 6 | (s.p[i] & 0x3f);
	}
	if (rune < least[more] || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff))
		return -1;
	*at = i;
	return rune;
}

static enum err scan_str(struct cursor *c, uint64_t n)
{
	struct span s = {c->p, (size_t)n};
	size_t at = 0;

	if (n > left(c))
		return ERR_SHAPE;
	while (at < s.n) {
		int32_t rune = scan_rune(s, &at);

		if (rune < 0x20 && rune != '\n' && rune != '\t') /* -1 as well */
			return ERR_SHAPE;
	}
	c->p += n;
	return OK;
}

static enum err scan_array(struct cursor *c, uint64_t n, uint32_t depth)
{
	if (n > left(c))
		return ERR_SHAPE;
	if (depth == LIMIT_NESTING)
		return ERR_LIMIT;
	for (uint64_t i = 0; i < n; i++) {
		enum err e = scan_one(c, depth + 1);

		if (e != OK)
			return e;
	}
	return OK;
}

static enum err scan_map(struct cursor *c, uint64_t n, uint32_t depth)
{
	struct span last = {0};

	if (n > left(c) / 2)
		return ERR_SHAPE;
	if (depth == LIMIT_NESTING)
		return ERR_LIMIT;
	for (uint64_t i = 0; i < n; i++) {
		struct span key = {c->p, 0};
		enum err e = scan_one(c, depth + 1);

		if (e != OK)
			return e;
		key.n = (size_t)(c->p - key.p);
		/* no encoded object is the beginning of another, so the shorter length decides nothing */
		if (last.p && memcmp(last.p, key.p, last.n < key.n ? last.n : key.n) >= 0)
			return ERR_SHAPE;
		last = key;
		e = scan_one(c, depth + 1);
		if (e != OK)
			return e;
	}
	return OK;
}

/* The forms whose length follows in w bytes. */
static enum err scan_sized(struct cursor *c, uint8_t type, uint32_t depth)
{
	uint64_t n;

	switch (type) {
	case 0xc4:
	case 0xc5:
	case 0xc6: {
		unsigned w = 1u << (type - 0xc4);

		if (!take(c, w, &n) || (w > 1 && n < 1ull << 4 * w) || n > left(c))
			return ERR_SHAPE;
		c->p += n;
		return OK;
	}
	case 0xd9:
	case 0xda:
	case 0xdb: {
		unsigned w = 1u << (type - 0xd9);

		if (!take(c, w, &n) || n < (w == 1 ? 32 : 1ull << 4 * w))
			return ERR_SHAPE;
		return scan_str(c, n);
	}
	case 0xdc:
	case 0xde:
		if (!take(c, 2, &n) || n < 16)
			return ERR_SHAPE;
		break;
	case 0xdd:
	case 0xdf:
		if (!take(c, 4, &n) || n < 65536)
			return ERR_SHAPE;
		break;
	default: /* floats, extensions, the unused one */
		return ERR_SHAPE;
	}
	return type < 0xde ? scan_array(c, n, depth) : scan_map(c, n, depth);
}

static enum err scan_one(struct cursor *c, uint32_t depth)
{
	uint8_t type;

	if (c->p == c->end)
		return ERR_SHAPE;
	if (++c->elements > LIMIT_ELEMENTS)
		return ERR_LIMIT;
	type = *c->p++;
	if (type <= 0x7f || type >= 0xe0 || type == 0xc0 || type == 0xc2 || type == 0xc3)
		return OK;
	if (type <= 0x8f)
		return scan_map(c, type & 15, depth);
	if (type <= 0x9f)
		return scan_array(c, type & 15, depth);
	if (type <= 0xbf)
		return scan_str(c, type & 31);
	if (type >= 0xcc && type <= 0xcf)
		return scan_uint(c, 1u << (type - 0xcc));
	if (type >= 0xd0 && type <= 0xd3)
		return scan_int(c, 1u << (type - 0xd0));
	return scan_sized(c, type, depth);
}

enum err scan_check(struct span in)
{
	struct cursor c = {in.p, in.p, 0};
	enum err e;

	if (in.n == 0)
		return ERR_SHAPE;
	c.end = in.p + in.n;
	e = scan_one(&c, 0);
	if (e == OK && c.p != c.end)
		e = ERR_SHAPE;
	return e;
}
