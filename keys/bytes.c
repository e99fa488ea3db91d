/* bytes.c - spans, buffers, ids and their text forms. A buffer may hold a secret, so it never leaves a copy behind. */
#include "keys/bytes.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64

/* Not realloc(): that may leave the old bytes lying about. */
static enum err grow(struct buf *b, size_t need)
{
	size_t cap = b->cap < FIRST_ROOM ? FIRST_ROOM : b->cap;
	uint8_t *p;

	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	p = malloc(cap);
	if (!p)
		return ERR_MEMORY;
	if (b->n)
		memcpy(p, b->p, b->n);
	bytes_wipe(b->p, b->cap);
	free(b->p);
	b->p = p;
	b->cap = cap;
	return OK;
}

enum err buf_room(struct buf *b, size_t n, uint8_t **at)
{
	enum err e;

	if (n > SIZE_MAX - b->n)
		return ERR_MEMORY;
	if (!b->p || b->n + n > b->cap) {
		e = grow(b, b->n + n);
		if (e)
			return e;
	}
	*at = b->p + b->n;
	b->n += n;
	return OK;
}

enum err buf_add(struct buf *b, const void *p, size_t n)
{
	uint8_t *at;
	enum err e;

	if (n == 0)
		return OK;
	e = buf_room(b, n, &at);
	if (e)
		return e;
	memcpy(at, p, n);
	return OK;
}

struct span buf_span(const struct buf *b)
{
	return (struct span){b->p, b->n};
}

void buf_clear(struct buf *b)
{
	b->n = 0;
}

void buf_free(struct buf *b)
{
	bytes_wipe(b->p, b->cap);
	free(b->p);
	*b = (struct buf){0};
}

void bytes_wipe(void *p, size_t n)
{
	if (n)
		sodium_memzero(p, n);
}

bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int id_cmp(const struct id *a, const struct id *b)
{
	return memcmp(a->b, b->b, sizeof a->b);
}

bool id_eq(const struct id *a, const struct id *b)
{
	return id_cmp(a, b) == 0;
}

bool id_zero(const struct id *a)
{
	static const struct id zero;

	return id_eq(a, &zero);
}

void put_u16be(uint8_t out[static 2], uint16_t v)
{
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
}

void put_u32be(uint8_t out[static 4], uint32_t v)
{
	put_u16be(out, (uint16_t)(v >> 16));
	put_u16be(out + 2, (uint16_t)v);
}

void put_u64be(uint8_t out[static 8], uint64_t v)
{
	put_u32be(out, (uint32_t)(v >> 32));
	put_u32be(out + 4, (uint32_t)v);
}

uint16_t get_u16be(const uint8_t in[static 2])
{
	return (uint16_t)((uint16_t)in[0] << 8 | in[1]);
}

uint32_t get_u32be(const uint8_t in[static 4])
{
	return (uint32_t)get_u16be(in) << 16 | get_u16be(in + 2);
}

uint64_t get_u64be(const uint8_t in[static 8])
{
	return (uint64_t)get_u32be(in) << 32 | get_u32be(in + 4);
}

void hex_encode(char *out, const uint8_t *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[p[i] >> 4];
		out[2 * i + 1] = digit[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

enum err hex_decode(const char *text, size_t chars, uint8_t *out)
{
	if (chars % 2)
		return ERR_INVALID;
	for (size_t i = 0; i < chars; i++)
		if (hex_value(text[i]) < 0)
			return ERR_INVALID;
	for (size_t i = 0; i < chars; i += 2)
		out[i / 2] = (uint8_t)(hex_value(text[i]) << 4 | hex_value(text[i + 1]));
	return OK;
}

enum err base32_encode(struct span in, struct buf *out)
{
	static const char digit[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint32_t bits = 0;
	unsigned have = 0;
	uint8_t *at;
	enum err e;

	if (in.n > SIZE_MAX / 2)
		return ERR_MEMORY;
	e = buf_room(out, in.n / 5 * 8 + (in.n % 5 * 8 + 4) / 5, &at);
	if (e)
		return e;
	for (size_t i = 0; i < in.n; i++) {
		bits = bits << 8 | in.p[i];
		for (have += 8; have >= 5; have -= 5)
			*at++ = (uint8_t)digit[bits >> (have - 5) & 31];
	}
	if (have)
		*at = (uint8_t)digit[bits << (5 - have) & 31];
	return OK;
}

static int base32_value(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	return -1;
}

/* One value has one spelling but for case: no left-over character, no set bits behind the last byte. */
enum err base32_decode(struct span text, struct buf *out)
{
	size_t tail = text.n % 8, before = out->n;
	uint32_t bits = 0;
	unsigned have = 0;
	uint8_t *at;
	enum err e;
	int v;

	if (tail == 1 || tail == 3 || tail == 6)
		return ERR_INVALID;
	e = buf_room(out, text.n / 8 * 5 + tail * 5 / 8, &at);
	if (e)
		return e;
	for (size_t i = 0; i < text.n; i++) {
		v = base32_value(text.p[i]);
		if (v < 0)
			goto invalid;
		bits = bits << 5 | (uint32_t)v;
		have += 5;
		if (have >= 8) {
			have -= 8;
			*at++ = (uint8_t)(bits >> have);
		}
	}
	if (bits & ((1u << have) - 1))
		goto invalid;
	return OK;
invalid:
	bytes_wipe(out->p + before, out->n - before);
	out->n = before;
	return ERR_INVALID;
}
