#include "proto/value.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK 4096u
#define LARGEST_STEP (256u * 1024u)
#define POISONED UINT32_MAX /* in cap: an item could not be had; the tree must never be encoded */

struct block {
	struct block *next; /* older */
	size_t used, size;
	alignas(max_align_t) uint8_t bytes[];
};

struct arena {
	struct block *first, *last;
};

static struct block *block_new(size_t size)
{
	struct block *b = malloc(sizeof(*b) + size);

	if (!b)
		return NULL;
	b->next = NULL;
	b->used = 0;
	b->size = size;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = malloc(sizeof(*a));

	if (!a)
		return NULL;
	a->first = a->last = block_new(FIRST_BLOCK);
	if (!a->first) {
		free(a);
		return NULL;
	}
	return a;
}

void arena_reset(struct arena *a)
{
	if (!a)
		return;
	while (a->last != a->first) {
		struct block *b = a->last;

		a->last = b->next;
		free(b);
	}
	a->first->used = 0;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_reset(a);
	free(a->first);
	free(a);
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t step = alignof(max_align_t), size;
	struct block *b;
	void *p;

	if (!a || n > SIZE_MAX / 2)
		return NULL;
	n = n ? (n + step - 1) / step * step : step;
	b = a->last;
	if (b->size - b->used < n) {
		size = b->size < LARGEST_STEP ? b->size * 2 : LARGEST_STEP;
		b = block_new(n > size ? n : size);
		if (!b)
			return NULL;
		b->next = a->last;
		a->last = b;
	}
	p = memset(b->bytes + b->used, 0, n);
	b->used += n;
	return p;
}

void *arena_more(struct arena *a, void *p, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? 2 * *cap : 8;
	void *q;

	if (n < *cap)
		return p;
	if (more > SIZE_MAX / 2 / size || !(q = arena_alloc(a, more * size)))
		return NULL;
	if (n)
		memcpy(q, p, n * size);
	*cap = more;
	return q;
}

static struct value *value_new(struct arena *a, enum value_type type)
{
	struct value *v = arena_alloc(a, sizeof(*v));

	if (v)
		v->type = type;
	return v;
}

struct value *value_nil(struct arena *a)
{
	return value_new(a, VALUE_NIL);
}

struct value *value_bool(struct arena *a, bool b)
{
	struct value *v = value_new(a, VALUE_BOOL);

	if (v)
		v->b = b;
	return v;
}

struct value *value_int(struct arena *a, int64_t i)
{
	struct value *v = value_new(a, VALUE_INT);

	if (v)
		v->i = i;
	return v;
}

static struct value *value_bytes(struct arena *a, enum value_type type, struct span s)
{
	struct value *v = value_new(a, type);
	uint8_t *p = v ? arena_alloc(a, s.n) : NULL;

	if (!p)
		return NULL;
	if (s.n)
		memcpy(p, s.p, s.n);
	v->s = (struct span){p, s.n};
	return v;
}

struct value *value_str(struct arena *a, const char *text)
{
	return value_bytes(a, VALUE_STR, SPAN(text, strlen(text)));
}

struct value *value_strn(struct arena *a, struct span text)
{
	return value_bytes(a, VALUE_STR, text);
}

struct value *value_bin(struct arena *a, struct span bytes)
{
	return value_bytes(a, VALUE_BIN, bytes);
}

struct value *value_id(struct arena *a, const struct id *id)
{
	return value_bytes(a, VALUE_BIN, ID_SPAN(id));
}

struct value *value_array(struct arena *a)
{
	return value_new(a, VALUE_ARRAY);
}

struct value *value_map(struct arena *a)
{
	return value_new(a, VALUE_MAP);
}

static void poison(struct value *v)
{
	v->n = 0;
	v->cap = POISONED;
	v->items = NULL;
}

bool value_poisoned(const struct value *v)
{
	return v && (v->type == VALUE_ARRAY || v->type == VALUE_MAP) && v->cap == POISONED;
}

/* Room for one more; width 1 for arrays, 2 for maps. */
static bool grow(struct arena *a, struct value *v, size_t width)
{
	struct value **items;
	uint32_t cap;

	if (v->n < v->cap)
		return true;
	cap = v->cap ? v->cap * 2 : 4;
	items = cap < UINT32_MAX / 4 ? arena_alloc(a, cap * width * sizeof(*items)) : NULL;
	if (!items) {
		poison(v);
		return false;
	}
	if (v->n)
		memcpy(items, v->items, v->n * width * sizeof(*items));
	v->items = items;
	v->cap = cap;
	return true;
}

void value_push(struct arena *a, struct value *array, struct value *item)
{
	if (!array)
		return;
	if (array->type != VALUE_ARRAY)
		abort();
	if (array->cap == POISONED)
		return;
	if (!item) {
		poison(array);
		return;
	}
	if (grow(a, array, 1))
		array->items[array->n++] = item;
}

/* Where key stands or would stand. Keys that are no numbers come after those we write. */
static uint32_t place(const struct value *map, int64_t key)
{
	uint32_t lo = 0, hi = map->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		const struct value *k = map->items[2 * mid];

		if (k->type == VALUE_INT && k->i >= 0 && k->i < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool stands_at(const struct value *map, uint32_t at, int64_t key)
{
	return at < map->n && map->items[2 * at]->type == VALUE_INT && map->items[2 * at]->i == key;
}

void value_set(struct arena *a, struct value *map, int64_t key, struct value *item)
{
	struct value *k;
	uint32_t at;

	if (!map)
		return;
	if (map->type != VALUE_MAP || key < 0)
		abort();
	if (map->cap == POISONED)
		return;
	k = item ? value_int(a, key) : NULL;
	if (!k) {
		poison(map);
		return;
	}
	at = place(map, key);
	if (stands_at(map, at, key)) {
		map->items[2 * at + 1] = item;
		return;
	}
	if (!grow(a, map, 2))
		return;
	memmove(map->items + 2 * at + 2, map->items + 2 * at, (map->n - at) * 2 * sizeof(*map->items));
	map->items[2 * at] = k;
	map->items[2 * at + 1] = item;
	map->n++;
}

const struct value *value_at(const struct value *map, int64_t key)
{
	if (!map || map->type != VALUE_MAP || key < 0)
		return NULL;
	/* a map from outside may have other keys between the numbers below 128 and those above; ours never do */
	for (uint32_t i = key < 128 ? place(map, key) : 0; i < map->n; i++) {
		if (stands_at(map, i, key))
			return map->items[2 * i + 1];
		if (key < 128)
			break;
	}
	return NULL;
}

const struct value *value_item(const struct value *array, size_t i)
{
	return array && array->type == VALUE_ARRAY && i < array->n ? array->items[i] : NULL;
}

bool value_is_int(const struct value *v, int64_t *out)
{
	if (!v || v->type != VALUE_INT)
		return false;
	*out = v->i;
	return true;
}

bool value_is_bool(const struct value *v, bool *out)
{
	if (!v || v->type != VALUE_BOOL)
		return false;
	*out = v->b;
	return true;
}

bool value_is_str(const struct value *v, struct span *out)
{
	if (!v || v->type != VALUE_STR)
		return false;
	*out = v->s;
	return true;
}

bool value_is_bin(const struct value *v, struct span *out)
{
	if (!v || v->type != VALUE_BIN)
		return false;
	*out = v->s;
	return true;
}

bool value_is_id(const struct value *v, struct id *out)
{
	if (!v || v->type != VALUE_BIN || v->s.n != sizeof(out->b))
		return false;
	memcpy(out->b, v->s.p, sizeof(out->b));
	return true;
}

size_t value_count(const struct value *v)
{
	return v && (v->type == VALUE_ARRAY || v->type == VALUE_MAP) ? v->n : 0;
}

static size_t slots(const struct value *v)
{
	return v->type == VALUE_MAP ? 2 * (size_t)v->n : v->n;
}

struct value *value_copy(struct arena *a, const struct value *v)
{
	struct value *c;

	if (!v)
		return NULL;
	if (v->type == VALUE_STR || v->type == VALUE_BIN)
		return value_bytes(a, v->type, v->s);
	c = value_new(a, v->type);
	if (!c)
		return NULL;
	if (v->type != VALUE_ARRAY && v->type != VALUE_MAP) {
		*c = *v;
		return c;
	}
	if (v->cap == POISONED) {
		poison(c);
		return c;
	}
	c->items = arena_alloc(a, slots(v) * sizeof(*c->items));
	if (!c->items)
		return NULL;
	c->n = c->cap = v->n;
	for (size_t i = 0; i < slots(v); i++) {
		c->items[i] = value_copy(a, v->items[i]);
		if (!c->items[i])
			return NULL;
	}
	return c;
}

bool value_eq(const struct value *a, const struct value *b)
{
	if (!a || !b)
		return a == b;
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case VALUE_NIL:
		return true;
	case VALUE_BOOL:
		return a->b == b->b;
	case VALUE_INT:
		return a->i == b->i;
	case VALUE_STR:
	case VALUE_BIN:
		return span_eq(a->s, b->s);
	case VALUE_ARRAY:
	case VALUE_MAP:
		break;
	}
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < slots(a); i++)
		if (!value_eq(a->items[i], b->items[i]))
			return false;
	return true;
}
