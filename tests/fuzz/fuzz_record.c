/* A record that is taken encodes to the same bytes (but for header keys of a later day, which the struct does not hold), and is
 * checked against its kind and written as text without harm. */
#include <stdlib.h>

#include "proto/kinds.h"
#include "proto/pack.h"
#include "proto/tlp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_later_keys(struct span in, struct arena *a)
{
	const struct value *map = NULL;

	if (pack_decode(in, a, &map) != OK)
		abort();
	for (uint32_t i = 0; i < map->n; i++)
		if (map->items[2 * i]->i >= 64)
			return true;
	return false;
}

static void write_out(const struct kind *k, const struct value *body)
{
	struct buf out = {0};

	for (const struct field *f = k->fields; f->name; f++) {
		const struct value *v = fields_get(k->fields, body, f->name);

		if (v && fields_format(f, v, &out) != OK)
			abort();
	}
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = SPAN(data, size);
	struct arena *a = arena_new();
	struct complaint why = {0};
	struct buf out = {0};
	struct record r;
	enum err e;

	if (!a)
		return 0;
	e = record_decode(in, a, &r, &why);
	if (e != OK) {
		if (why.where[0] == 0 || why.text[0] == 0)
			abort();
		goto done;
	}
	if (record_encode(&r, &out) != OK || (!span_eq(in, buf_span(&out)) && !has_later_keys(in, a)))
		abort();
	for (int to = TLP_TO_CUSTOMER; to <= TLP_TO_PARTNER; to++)
		(void)!tlp_forward(&r, (enum tlp_relation)to, &why);
	why = (struct complaint){0};
	e = record_check(&r, &why);
	if (e != OK && (why.where[0] == 0 || why.text[0] == 0))
		abort();
	if (e == OK && kind_by_number(r.kind))
		write_out(kind_by_number(r.kind), r.body);
done:
	buf_free(&out);
	arena_free(a);
	return 0;
}
