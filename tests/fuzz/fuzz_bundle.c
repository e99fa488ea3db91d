/* A card, and the content of a bundle, as a stranger may have made them. Both have one form: what is read is written again to the same bytes.
 * As a sealed file the input never opens: nobody sealed it. */
#include <stdlib.h>

#include "keys/random.h"
#include "keys/sealto.h"
#include "proto/bundle.h"
#include "proto/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const uint8_t fresh[32] = {0, 1}, seal_sk[32] = {0, 2};

static void card(struct span in, struct arena *a)
{
	struct complaint why;
	struct buf again = {0};
	struct card c;

	if (card_decode(in, a, &c, &why) == OK && (card_encode(&c, &again) != OK || !span_eq(buf_span(&again), in)))
		abort();
	buf_free(&again);
}

/* Whose it says it is, so that no mutation fails for that alone. */
static bool sender(struct span in, struct arena *a, struct id *out)
{
	const struct value *map;
	struct complaint why;
	struct card c;

	if (pack_decode(in, a, &map) != OK || card_take(value_at(map, 2), value_at(map, 3), a, &c, &why) != OK)
		return false;
	*out = c.org;
	return true;
}

static void content(struct span in, struct arena *a)
{
	struct complaint why;
	struct bundle b;
	struct bundle_to to = {{{0}}, 0, NULL};
	struct buf file = {0}, plain = {0};
	struct id from;
	uint8_t pk[32];

	if (!sender(in, a, &from) || bundle_read(in, &from, a, &b, &why) != OK)
		return;
	sealto_public(seal_sk, pk);
	to.seal_pk = pk;
	if (bundle_seal(&b, &from, &to, fresh, &file) != OK || bundle_open(buf_span(&file), seal_sk, &plain) != OK || !span_eq(buf_span(&plain), in))
		abort();
	buf_free(&file);
	buf_free(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new();
	struct buf plain = {0};

	if (a == NULL || random_start() != OK)
		abort();
	card(SPAN(p, n), a);
	content(SPAN(p, n), a);
	if (bundle_open(SPAN(p, n), seal_sk, &plain) == OK)
		abort();
	buf_free(&plain);
	arena_free(a);
	return 0;
}
