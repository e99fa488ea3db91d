/* An evidence file. What is judged valid would be written again to the same bytes, and names two different things. */
#include <stdlib.h>

#include "proto/contradiction.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new();
	struct contradiction_report r;
	struct buf again = {0};

	if (a == NULL || contradiction_verify(SPAN(p, n), a, &r) != OK)
		goto done;
	if ((r.verdict == PROOF_VALID) != (r.link[0] == '\0'))
		abort();
	if (r.verdict != PROOF_VALID)
		goto done;
	if (id_eq(&r.hash[0], &r.hash[1]) || contradiction_encode(&r.c, &again) != OK || !span_eq(buf_span(&again), SPAN(p, n)))
		abort();
done:
	buf_free(&again);
	arena_free(a);
	return 0;
}
