/* What the scan accepts is decoded, and encodes to the same bytes; what it refuses is not decoded. */
#include <stdlib.h>

#include "proto/pack.h"
#include "proto/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = SPAN(data, size);
	struct arena *a = arena_new();
	const struct value *v = NULL;
	struct buf out = {0};
	enum err scanned = scan_check(in);

	if (!a)
		return 0;
	if (pack_decode(in, a, &v) != scanned)
		abort();
	if (scanned == OK) {
		if (pack_encode(v, &out) != OK || !span_eq(in, buf_span(&out)))
			abort();
		if (!value_eq(v, value_copy(a, v)))
			abort();
	}
	buf_free(&out);
	arena_free(a);
	return 0;
}
