/* A roster event as it travels: what is taken is written again as it was, and nothing is decided without signatures. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/roster.h"

static enum err nobody(void *ctx, const struct id *org, uint64_t kseq, uint8_t pk[static SIGN_PK])
{
	(void)ctx;
	(void)org;
	(void)kseq;
	(void)pk;
	return ERR_NOT_FOUND;
}

static void again(struct span payload, struct arena *a, const struct roster *r)
{
	struct buf out = {0};
	struct roster two;
	enum err e = roster_encode(r, &out);
	if (e != OK && e != ERR_LIMIT) /* what later versions add is not written again */
		abort();
	if (e == OK && (roster_decode(buf_span(&out), a, &two) != OK || two.members != r->members || two.removals != r->removals))
		abort();
	if (out.n == payload.n && !span_eq(buf_span(&out), payload))
		abort();
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct roster_event ev;
	const struct roster_keys keys = {nobody, NULL};
	struct arena *a = arena_new();
	const struct value *v;
	struct roster r;
	if (a && pack_decode(SPAN(p, n), a, &v) == OK && roster_event_read(v, &ev) == OK && roster_decode(ev.payload, a, &r) == OK) {
		again(ev.payload, a, &r);
		if (roster_verify(&ev, &r, NULL, 0, &keys) == OK)
			abort();
		if (roster_verify(&ev, &r, &r, 1, &keys) == OK)
			abort();
	}
	arena_free(a);
	return 0;
}
