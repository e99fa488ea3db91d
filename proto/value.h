/* value.h - a parsed msgpack object: a tree in an arena. What the wire allows and no more: nil, bool, int, str, bin, array, map.
 * Strings and binaries of a decoded tree point into the bytes it was decoded from; an arena is freed as a whole. */
#ifndef TALLY_VALUE_H
#define TALLY_VALUE_H

#include "keys/bytes.h"

struct arena; /* NULL returns on exhaustion; every builder below passes NULL on, so one check at the end is enough */

struct arena *arena_new(void);
void arena_free(struct arena *a);
void *arena_alloc(struct arena *a, size_t n); /* zeroed, aligned for any object */
/* Room for one more behind the n items of `size` bytes at p: p itself, or a copy of them with more room, and *cap says how much. NULL: memory. */
void *arena_more(struct arena *a, void *p, size_t n, size_t *cap, size_t size);
void arena_reset(struct arena *a);            /* keeps the first block: for loops */

enum value_type { VALUE_NIL, VALUE_BOOL, VALUE_INT, VALUE_STR, VALUE_BIN, VALUE_ARRAY, VALUE_MAP };

struct value {
	enum value_type type;
	uint32_t n, cap; /* array: items; map: pairs */
	union {
		bool b;
		int64_t i;
		struct span s;         /* str, bin */
		struct value **items;  /* array: n; map: 2n, key and value in turn, keys ascending by encoded bytes */
	};
};

/* Builders. The bytes given to value_str and value_bin are copied. */
struct value *value_nil(struct arena *a);
struct value *value_bool(struct arena *a, bool b);
struct value *value_int(struct arena *a, int64_t i);
struct value *value_str(struct arena *a, const char *text);
struct value *value_strn(struct arena *a, struct span text);
struct value *value_bin(struct arena *a, struct span bytes);
struct value *value_id(struct arena *a, const struct id *id);
struct value *value_array(struct arena *a);
struct value *value_map(struct arena *a);
/* A NULL item poisons the tree: encoding it fails with ERR_MEMORY */
void value_push(struct arena *a, struct value *array, struct value *item);
/* Keeps keys ascending; replaces; non-negative int keys only */
void value_set(struct arena *a, struct value *map, int64_t key, struct value *item);

/* Readers: NULL in gives NULL or false out, so that lookups can be chained. */
const struct value *value_at(const struct value *map, int64_t key);
const struct value *value_item(const struct value *array, size_t i);
bool value_is_int(const struct value *v, int64_t *out);
bool value_is_bool(const struct value *v, bool *out);
bool value_is_str(const struct value *v, struct span *out);
bool value_is_bin(const struct value *v, struct span *out);
bool value_is_id(const struct value *v, struct id *out); /* bin of 32 */
size_t value_count(const struct value *v);               /* items or pairs; 0 for all else */
struct value *value_copy(struct arena *a, const struct value *v); /* deep, bytes too */
bool value_poisoned(const struct value *v); /* an item of it could not be had for lack of memory */
bool value_eq(const struct value *a, const struct value *b);

#endif
