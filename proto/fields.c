#include "proto/fields.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/scan.h"
#include "proto/when.h"

/* The place in the map while walking down it, so that a complaint can say where. */
struct walk {
	struct complaint *why;
	size_t n;
	char path[sizeof(((struct complaint *)0)->where)];
};

enum err fields_complain(struct complaint *why, enum err e, const char *text, const char *where, ...)
{
	va_list ap;

	if (!why)
		return e;
	va_start(ap, where);
	(void)vsnprintf(why->where, sizeof(why->where), where, ap);
	va_end(ap);
	(void)snprintf(why->text, sizeof(why->text), "%s", text);
	return e;
}

static enum err refuse(const struct walk *w, enum err e, const char *text)
{
	return fields_complain(w->why, e, text, "%s", w->n ? w->path : "map");
}

static __attribute__((format(printf, 2, 3))) void down(struct walk *w, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(w->path + w->n, sizeof(w->path) - w->n, format, ap);
	va_end(ap);
	w->n = n < 0 ? w->n : w->n + (size_t)n;
	if (w->n >= sizeof(w->path))
		w->n = sizeof(w->path) - 1; /* a long path is cut short */
}

static void up(struct walk *w, size_t n)
{
	w->n = n;
	w->path[n] = 0;
}

static bool is_blank(int32_t rune)
{
	return rune == ' ' || rune == 0xa0 || rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x202f || rune == 0x205f || rune == 0x3000;
}

static bool is_break(int32_t rune)
{
	return rune == '\n' || rune == '\t' || rune == 0x2028 || rune == 0x2029;
}

/* What makes text look like something else than it is. */
static const char *rune_fault(int32_t rune)
{
	if (rune < 0)
		return "is not valid UTF-8";
	if ((rune < 0x20 && rune != '\n' && rune != '\t') || (rune >= 0x7f && rune <= 0x9f))
		return "holds a control character";
	if (rune == 0xfeff)
		return "holds a byte order mark";
	if ((rune >= 0x202a && rune <= 0x202e) || (rune >= 0x2066 && rune <= 0x2069) || rune == 0x200e || rune == 0x200f ||
	    rune == 0x061c)
		return "holds a character that changes the direction of writing";
	return NULL;
}

static enum err check_str(struct walk *w, const struct field *f, struct span s)
{
	size_t at = 0, max = f->max ? f->max : f->type == FIELD_LINE ? 200 : 16384;
	bool first_blank = false, blank = true, last_blank = false;

	if (s.n > max)
		return refuse(w, ERR_LIMIT, "is too long");
	while (at < s.n) {
		bool start = at == 0;
		int32_t rune = scan_rune(s, &at);
		const char *fault = rune_fault(rune);

		if (fault)
			return refuse(w, ERR_INVALID, fault);
		if (f->type == FIELD_LINE && is_break(rune))
			return refuse(w, ERR_INVALID, "must be a single line");
		last_blank = is_blank(rune) || is_break(rune);
		first_blank = start ? last_blank : first_blank;
		blank = blank && last_blank;
	}
	if (blank) /* what is not stated is left out: so a rule that asks for a text gets one */
		return refuse(w, ERR_INVALID, "must not be empty");
	if (f->type == FIELD_LINE && (first_blank || last_blank))
		return refuse(w, ERR_INVALID, "must not begin or end with a blank");
	return OK;
}

static enum err check_number(struct walk *w, const struct field *f, int64_t i)
{
	if (i < 0)
		return refuse(w, ERR_INVALID, "must not be below zero");
	if (f->type == FIELD_INT && f->max && i > f->max)
		return refuse(w, ERR_LIMIT, "is too large");
	if (f->type == FIELD_TIME && i > WHEN_MAX_MS)
		return refuse(w, ERR_INVALID, "is beyond the year 9999");
	if (f->type == FIELD_DATE && i > WHEN_MAX_DAY)
		return refuse(w, ERR_INVALID, "is beyond the year 9999");
	if (f->type == FIELD_ENUM && !vocab_word(f->vocab, i) && (i == 0 || i > f->max))
		return refuse(w, ERR_INVALID, "is not a word of its vocabulary");
	return OK;
}

static enum err check_map(struct walk *w, const struct field *table, const struct value *map);

static enum err check_one(struct walk *w, const struct field *f, const struct value *v)
{
	struct span s;
	int64_t i;
	bool b;

	switch (f->type) {
	case FIELD_LINE:
	case FIELD_TEXT:
		return value_is_str(v, &s) ? check_str(w, f, s) : refuse(w, ERR_INVALID, "must be text");
	case FIELD_INT:
	case FIELD_TIME:
	case FIELD_DATE:
	case FIELD_ENUM:
		return value_is_int(v, &i) ? check_number(w, f, i) : refuse(w, ERR_INVALID, "must be a whole number");
	case FIELD_BOOL:
		return value_is_bool(v, &b) ? OK : refuse(w, ERR_INVALID, "must be yes or no");
	case FIELD_REF:
	case FIELD_ORG:
		return value_is_bin(v, &s) && s.n == sizeof(struct id) ? OK : refuse(w, ERR_INVALID, "must be an id of 32 bytes");
	case FIELD_BYTES:
		if (!value_is_bin(v, &s))
			return refuse(w, ERR_INVALID, "must be bytes");
		if (s.n > (f->max ? f->max : 4096))
			return refuse(w, ERR_LIMIT, "is too long");
		return s.n == 0 && f->required ? refuse(w, ERR_INVALID, "must not be empty") : OK;
	case FIELD_ANY:
		return OK;
	case FIELD_GROUP:
		break;
	}
	if (f->group)
		return check_map(w, f->group, v);
	return v->type == VALUE_MAP ? OK : refuse(w, ERR_INVALID, "must be a group of fields");
}

static enum err check_list(struct walk *w, const struct field *f, const struct value *v)
{
	size_t n = w->n;

	if (v->type != VALUE_ARRAY)
		return refuse(w, ERR_INVALID, "must be a list");
	if (value_poisoned(v))
		return refuse(w, ERR_MEMORY, "needs more memory than there is");
	if (v->n > (f->max_items ? f->max_items : 64))
		return refuse(w, ERR_LIMIT, "has too many items");
	if (v->n == 0 && f->required)
		return refuse(w, ERR_INVALID, "must not be empty");
	for (uint32_t i = 0; i < v->n; i++) {
		enum err e;

		down(w, "[%u]", i);
		e = check_one(w, f, v->items[i]);
		if (e != OK)
			return e;
		up(w, n);
	}
	return OK;
}

static const struct field *row_of(const struct field *table, int64_t key)
{
	for (; table->name; table++)
		if (table->key == key)
			return table;
	return NULL;
}

static enum err check_map(struct walk *w, const struct field *table, const struct value *map)
{
	size_t n = w->n;
	uint64_t seen = 0;

	if (!map || map->type != VALUE_MAP)
		return refuse(w, ERR_INVALID, "must be a group of fields");
	if (value_poisoned(map))
		return refuse(w, ERR_MEMORY, "needs more memory than there is");
	for (uint32_t i = 0; i < map->n; i++) {
		const struct value *key = map->items[2 * i], *v = map->items[2 * i + 1];
		const struct field *f;
		enum err e;

		if (key->type != VALUE_INT || key->i < 0)
			return refuse(w, ERR_INVALID, "has a key that is not a number");
		f = row_of(table, key->i);
		if (!f && key->i < 64) {
			down(w, "%skey %d", n ? "." : "", (int)key->i);
			return refuse(w, ERR_INVALID, "is not a field we know");
		}
		if (!f)
			continue;
		seen |= 1ull << f->key;
		down(w, "%s%s", n ? "." : "", f->name);
		e = f->list ? check_list(w, f, v) : check_one(w, f, v);
		if (e != OK)
			return e;
		up(w, n);
	}
	for (const struct field *f = table; f->name; f++) {
		if (!f->required || (seen >> f->key & 1))
			continue;
		down(w, "%s%s", n ? "." : "", f->name);
		return refuse(w, ERR_INVALID, "is required");
	}
	return OK;
}

enum err fields_check(const struct field *table, const struct value *map, struct complaint *why)
{
	struct walk w = {.why = why};

	return check_map(&w, table, map);
}

const struct field *fields_find(const struct field *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

/* A name written in our own code and missing in our own table. In the tests' build that is fatal; a running node, whom a partner's record of an
 * unexpected kind may have led here, takes the field as absent. */
static const struct field *row_named(const struct field *table, const char *name)
{
	const struct field *f = fields_find(table, name);

#ifdef TALLY_STRICT
	if (!f)
		abort();
#endif
	return f;
}

const struct value *fields_get(const struct field *table, const struct value *map, const char *name)
{
	const struct field *f = row_named(table, name);

	return f ? value_at(map, f->key) : NULL;
}

void fields_set(struct arena *a, const struct field *table, struct value *map, const char *name, struct value *v)
{
	const struct field *f = row_named(table, name);

	if (f)
		value_set(a, map, f->key, v);
}

bool fields_int(const struct field *table, const struct value *map, const char *name, int64_t *out)
{
	return value_is_int(fields_get(table, map, name), out);
}

bool fields_str(const struct field *table, const struct value *map, const char *name, struct span *out)
{
	return value_is_str(fields_get(table, map, name), out);
}

bool fields_id(const struct field *table, const struct value *map, const char *name, struct id *out)
{
	return value_is_id(fields_get(table, map, name), out);
}

bool fields_bool(const struct field *table, const struct value *map, const char *name, bool *out)
{
	return value_is_bool(fields_get(table, map, name), out);
}
