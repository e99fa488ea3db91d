/* api_bytes.c - files of any kind as an argument and as a result: hexadecimal digits. */
#include <stdlib.h>

#include "node/api.h"

enum err api_bytes(struct api_call *c, const char *name, size_t most, struct span *out)
{
	const json_t *file = json_object_get(c->args, name);
	const char *hex = json_string_value(json_object_get(file, "hex"));
	size_t n = hex ? json_string_length(json_object_get(file, "hex")) : 0;
	uint8_t *bytes;

	if (!hex)
		return api_fail(c, ERR_USAGE, NULL, "%s is missing", name);
	if (n / 2 > most)
		return api_fail(c, ERR_LIMIT, NULL, "the file has more than %zu MiB", most >> 20);
	bytes = arena_alloc(c->arena, n / 2 + 1);
	if (!bytes)
		return ERR_MEMORY;
	if (hex_decode(hex, n, bytes) != OK)
		return api_fail(c, ERR_USAGE, NULL, "the bytes of a file are given as hexadecimal digits in pairs");
	*out = SPAN(bytes, n / 2);
	return OK;
}

enum err api_bytes_set(struct api_call *c, const struct buf *file)
{
	char *hex = malloc(2 * file->n + 1);
	bool good;

	if (!hex)
		return ERR_MEMORY;
	hex_encode(hex, file->p, file->n);
	good = json_object_set_new(c->result, "hex", json_stringn(hex, 2 * file->n)) == 0;
	free(hex);
	return good ? OK : ERR_MEMORY;
}
