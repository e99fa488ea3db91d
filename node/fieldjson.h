/* fieldjson.h - the field table's JSON walkers. Times and dates are RFC 3339 text, enums are words, ids 64 hex digits, bytes base64-free hex. */
#ifndef TALLY_FIELDJSON_H
#define TALLY_FIELDJSON_H

#include <jansson.h>

#include "proto/fields.h"

/* ORG and REF values may be short or pet names: resolve() (may be NULL) turns them into ids. Unknown members are ERR_INVALID with the place and the
 * nearest known name. Does not run fields_check. */
struct fieldjson_names {
	enum err (*resolve)(void *ctx, const struct field *f, const char *typed, struct id *out, struct complaint *why);
	void *ctx;
};
enum err fieldjson_read(const struct field *table, const json_t *object, const struct fieldjson_names *names, struct arena *a, struct value **out,
                        struct complaint *why) MUST;
json_t *fieldjson_write(const struct field *table, const struct value *map); /* new reference; NULL: memory. Keys from 64 up are left out */

#endif
