/* CSV from strangers: whatever is read must be writable, and reads back the same. */
#include <stdlib.h>

#include <string.h>

#include "node/register_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(const struct register_row *r, struct arena *a)
{
	const struct value *row = register_lay(a, supplier_fields, NULL, r->given);
	struct register_sheet s;
	struct complaint why;
	struct buf csv = {0};
	json_t *changes;

	if (!row || fields_check(supplier_fields, row, &why) != OK)
		return; /* refused by the api */
	if (register_csv_heading(supplier_fields, &csv) != OK || register_csv_row(supplier_fields, row, &csv) != OK)
		abort();
	if (register_csv_read(&(struct register_reading){.table = supplier_fields}, buf_span(&csv), a, &s, &why) != OK || s.count != 1)
		abort();
	changes = register_changes(supplier_fields, row, register_lay(a, supplier_fields, NULL, s.rows[0].given));
	if (json_array_size(changes) != 0)
		abort();
	json_decref(changes);
	buf_free(&csv);
}

/* A map, a form feed, and the sheet that it is for. */
static void mapped(struct span map, struct span csv, struct arena *a)
{
	struct register_reading how = {.table = supplier_fields};
	struct register_sheet s;
	struct complaint why = {0};
	enum err e = register_map_read(supplier_fields, map, a, &how.map, &why);

	if (e == OK)
		e = register_csv_read(&how, csv, a, &s, &why);
	if (e != OK && (!why.text[0] || !why.where[0]) && e != ERR_MEMORY)
		abort();
	for (size_t i = 0; e == OK && i < s.count && i < 16; i++)
		if (!register_lay(a, supplier_fields, NULL, s.rows[i].given))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size ? memchr(data, '\f', size) : NULL;
	struct arena *a = arena_new();
	struct register_sheet s;
	struct complaint why = {0};
	enum err e;

	if (!a)
		return 0;
	e = register_csv_read(&(struct register_reading){.table = supplier_fields}, SPAN(data, size), a, &s, &why);
	if (e != OK && (!why.text[0] || !why.where[0]) && e != ERR_MEMORY)
		abort();
	for (size_t i = 0; e == OK && i < s.count && i < 16; i++)
		again(&s.rows[i], a);
	if (cut)
		mapped(SPAN(data, (size_t)(cut - data)), SPAN(cut + 1, size - (size_t)(cut - data) - 1), a);
	arena_free(a);
	return 0;
}
