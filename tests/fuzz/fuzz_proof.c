/* A proof file. What is parsed and holds can be written again to the same bytes: there is only one form of it. */
#include <stdlib.h>

#include "proto/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new();
	struct proof_report report;
	struct complaint why;
	struct buf again = {0};
	struct proof proof;

	if (a == NULL || proof_verify(SPAN(p, n), a, &report) != OK)
		goto done;
	if (report.verdict == PROOF_INVALID) {
		if (report.link[0] == '\0' || report.lines != 0)
			abort();
		goto done;
	}
	if (proof_read(SPAN(p, n), a, &proof, &why) != OK || proof_encode(&proof, &again) != OK)
		abort();
	if (!span_eq(buf_span(&again), SPAN(p, n)))
		abort();
done:
	buf_free(&again);
	arena_free(a);
	return 0;
}
