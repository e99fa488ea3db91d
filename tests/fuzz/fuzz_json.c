/* JSON bodies over the table of every kind: what is read and passes the table's check is written and reads back the same. */
#include <stdlib.h>

#include "node/fieldjson.h"
#include "proto/kinds.h"
#include "store/locals.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one(const struct field *table, const json_t *j)
{
	struct arena *a = arena_new();
	struct value *v = NULL, *w = NULL;
	struct complaint why = {0};
	json_t *back;
	enum err e;

	if (!a)
		return;
	e = fieldjson_read(table, j, NULL, a, &v, &why);
	if (e != OK && (!why.text[0] || !why.where[0]))
		abort();
	if (e == OK && fields_check(table, v, &why) == OK) {
		back = fieldjson_write(table, v);
		if (!back || fieldjson_read(table, back, NULL, a, &w, &why) != OK || !value_eq(v, w))
			abort();
		json_decref(back);
	}
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *j = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	const struct kind *k;

	for (size_t i = 0; j && (k = kind_each(i)); i++)
		one(k->fields, j);
	if (j)
		one(supplier_fields, j);
	json_decref(j);
	return 0;
}
