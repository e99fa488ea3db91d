#include "proto/pack.h"

#include <msgpack.h>

#include "proto/limits.h"
#include "proto/scan.h"

struct writer {
	msgpack_packer packer;
	struct buf *out;
	uint32_t elements;
};

static int append(void *ctx, const char *p, size_t n)
{
	return buf_add(ctx, p, n) == OK ? 0 : -1;
}

static enum err did(int packed)
{
	return packed == 0 ? OK : ERR_MEMORY; /* only append can fail */
}

static enum err bytes_encode(struct writer *w, const struct value *v)
{
	const char *p = v->s.n ? (const char *)v->s.p : ""; /* a packer is not to be given NULL */

	if (v->s.n > UINT32_MAX)
		return ERR_LIMIT;
	return did(v->type == VALUE_STR ? msgpack_pack_str_with_body(&w->packer, p, v->s.n)
	                                : msgpack_pack_bin_with_body(&w->packer, p, v->s.n));
}

/* The limits of scan.h hold here too: nothing is written that could not be read back. */
static enum err value_encode(struct writer *w, const struct value *v, uint32_t depth)
{
	size_t slots;
	enum err e;

	if (!v)
		return ERR_MEMORY;
	if (++w->elements > LIMIT_ELEMENTS)
		return ERR_LIMIT;
	switch (v->type) {
	case VALUE_NIL:
		return did(msgpack_pack_nil(&w->packer));
	case VALUE_BOOL:
		return did(v->b ? msgpack_pack_true(&w->packer) : msgpack_pack_false(&w->packer));
	case VALUE_INT:
		return did(msgpack_pack_int64(&w->packer, v->i));
	case VALUE_STR:
	case VALUE_BIN:
		return bytes_encode(w, v);
	case VALUE_ARRAY:
	case VALUE_MAP:
		break;
	}
	if (value_poisoned(v))
		return ERR_MEMORY;
	if (depth == LIMIT_NESTING)
		return ERR_LIMIT;
	e = did(v->type == VALUE_MAP ? msgpack_pack_map(&w->packer, v->n) : msgpack_pack_array(&w->packer, v->n));
	slots = v->type == VALUE_MAP ? 2 * (size_t)v->n : v->n;
	for (size_t i = 0; e == OK && i < slots; i++)
		e = value_encode(w, v->items[i], depth + 1);
	return e;
}

enum err pack_encode(const struct value *v, struct buf *out)
{
	struct writer w = {.out = out};
	size_t start = out->n;
	enum err e;

	msgpack_packer_init(&w.packer, out, append);
	e = value_encode(&w, v, 0);
	if (e != OK)
		out->n = start;
	return e;
}

static struct value *value_from(struct arena *a, const msgpack_object *o);

static bool items_from(struct arena *a, const msgpack_object *o, struct value *v)
{
	size_t n = o->type == MSGPACK_OBJECT_MAP ? 2 * (size_t)o->via.map.size : o->via.array.size;

	v->items = arena_alloc(a, n * sizeof(*v->items));
	if (!v->items)
		return false;
	v->n = v->cap = o->type == MSGPACK_OBJECT_MAP ? o->via.map.size : o->via.array.size;
	for (size_t i = 0; i < n; i++) {
		if (o->type == MSGPACK_OBJECT_ARRAY)
			v->items[i] = value_from(a, &o->via.array.ptr[i]);
		else
			v->items[i] = value_from(a, i % 2 ? &o->via.map.ptr[i / 2].val : &o->via.map.ptr[i / 2].key);
		if (!v->items[i])
			return false;
	}
	return true;
}

static struct value *value_from(struct arena *a, const msgpack_object *o)
{
	struct value *v = arena_alloc(a, sizeof(*v));

	if (!v)
		return NULL;
	switch (o->type) {
	case MSGPACK_OBJECT_NIL:
		v->type = VALUE_NIL;
		return v;
	case MSGPACK_OBJECT_BOOLEAN:
		v->type = VALUE_BOOL;
		v->b = o->via.boolean;
		return v;
	case MSGPACK_OBJECT_POSITIVE_INTEGER: /* at most INT64_MAX, says the scan */
		v->type = VALUE_INT;
		v->i = (int64_t)o->via.u64;
		return v;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		v->type = VALUE_INT;
		v->i = o->via.i64;
		return v;
	case MSGPACK_OBJECT_STR:
		v->type = VALUE_STR;
		v->s = SPAN(o->via.str.ptr, o->via.str.size);
		return v;
	case MSGPACK_OBJECT_BIN:
		v->type = VALUE_BIN;
		v->s = SPAN(o->via.bin.ptr, o->via.bin.size);
		return v;
	case MSGPACK_OBJECT_ARRAY:
		v->type = VALUE_ARRAY;
		return items_from(a, o, v) ? v : NULL;
	case MSGPACK_OBJECT_MAP:
		v->type = VALUE_MAP;
		return items_from(a, o, v) ? v : NULL;
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64:
	case MSGPACK_OBJECT_EXT:
		break; /* refused by the scan */
	}
	return NULL;
}

enum err pack_decode(struct span in, struct arena *a, const struct value **out)
{
	const struct value *v;
	msgpack_object object;
	msgpack_zone *zone;
	size_t off = 0;
	enum err e = scan_check(in);

	if (e != OK)
		return e;
	zone = msgpack_zone_new(MSGPACK_ZONE_CHUNK_SIZE);
	if (!zone)
		return ERR_MEMORY;
	/* after the scan the parser has nothing left to refuse but for want of memory */
	e = ERR_MEMORY;
	if (msgpack_unpack((const char *)in.p, in.n, &off, zone, &object) != MSGPACK_UNPACK_SUCCESS)
		goto done;
	v = value_from(a, &object);
	if (!v)
		goto done;
	*out = v;
	e = OK;
done:
	msgpack_zone_free(zone);
	return e;
}
