/* A requirement set as a spreadsheet, in UTF-8 as the api hands it on: refused with line and reason, or a set whose faults, too, are told by line. */
#include <stdlib.h>
#include <string.h>

#include "node/fieldjson.h"
#include "node/setcsv.h"
#include "proto/kinds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void taken(struct setcsv *s, struct arena *a)
{
	const json_t *list = json_object_get(s->set, "requirements"), *one;
	struct complaint why = {0};
	struct value *v = NULL;
	size_t i;

	if (json_array_size(list) + 1 != s->rows.n)
		abort();
	json_array_foreach(list, i, one)
		if (!json_string_length(json_object_get(one, "rid")) || !json_string_length(json_object_get(one, "text")))
			abort();
	if (fieldjson_read(kind_by_number(KIND_REQUIREMENT_SET)->fields, s->set, NULL, a, &v, &why) == OK)
		return;
	setcsv_place(s, &why);
	if (!why.text[0] || strncmp(why.where, "requirements[", 13) == 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *utf8 = json_stringn((const char *)data, size);
	struct arena *a = arena_new();
	struct complaint why = {0};
	struct setcsv s;

	if (a && utf8) {
		enum err e = setcsv_read(SPAN(data, size), a, &s, &why);

		if (e == OK)
			taken(&s, a);
		else if ((e != ERR_INVALID && e != ERR_LIMIT) || !why.text[0] || !why.where[0] || s.set)
			abort();
		json_decref(s.set);
	}
	json_decref(utf8);
	arena_free(a);
	return 0;
}
