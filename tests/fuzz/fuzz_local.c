/* The local door's bytes in any pieces: what comes out, framed again, is what went in, as far as it was whole. */
#include <stdlib.h>
#include <string.h>

#include "node/local.h"

#define MOST 4096u

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct local l = {0};
	struct buf again = {0};
	struct span s = {0};
	size_t step = n ? p[0] % 32 + 1u : 1;
	enum err e = OK;

	for (size_t at = 1; at < n && !e; at += step) {
		if (local_feed(&l, SPAN(p + at, step < n - at ? step : n - at)))
			abort();
		while (!(e = local_next(&l, MOST, &s)) && s.n) {
			if (s.n > MOST || local_frame(s, &again))
				abort();
		}
	}
	if (again.n && (again.n > n - 1 || memcmp(again.p, p + 1, again.n) != 0))
		abort();
	buf_free(&again);
	local_free(&l);
	return 0;
}
