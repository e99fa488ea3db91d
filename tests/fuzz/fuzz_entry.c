/* An entry or a receipt, as a stranger may send it: whatever is read writes back to bytes that read the same. */
#include <stdlib.h>

#include "proto/entry.h"
#include "proto/receipt.h"

static void entry(struct span in)
{
	struct buf again = {0};
	struct entry e, f;
	struct id one, two;

	if (entry_decode(in, &e) != OK)
		return;
	if (entry_encode(&e, &again) != OK || entry_decode(buf_span(&again), &f) != OK)
		abort();
	entry_log(&e, &one);
	entry_log(&f, &two);
	if (!id_eq(&one, &two) || e.n != f.n || e.count != f.count || !id_eq(&e.root, &f.root) || !id_eq(&e.prev, &f.prev))
		abort();
	buf_free(&again);
}

static void receipt(struct span in)
{
	struct arena *a = arena_new();
	struct buf again = {0};
	struct receipt r, s;
	uint8_t code;

	if (a == NULL || receipt_decode(in, a, &r) != OK)
		goto done;
	if (receipt_encode(&r, &again) != OK || receipt_decode(buf_span(&again), a, &s) != OK || r.exceptions != s.exceptions)
		abort();
	for (size_t i = 0; i < r.exceptions; i++)
		if (receipt_covers(&r, r.exception[i].n, r.exception[i].index, &code) || r.exception[i].code != s.exception[i].code)
			abort();
done:
	buf_free(&again);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	entry(SPAN(p, n));
	receipt(SPAN(p, n));
	return 0;
}
