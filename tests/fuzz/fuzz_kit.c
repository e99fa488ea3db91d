/* A recovery kit and the blobs in it, as somebody may have changed them. Argon2id is kept out: it is not what is looked for, and
 * takes too long. */
#include <stdlib.h>

#include "keys/kit.h"
#include "keys/sealed.h"

static void text(struct span in)
{
	struct kit_input out;

	/* eleven words: everything is read up to the phrase, and then refused */
	if (kit_open(in, "a a a a a a a a a a a", &out) == OK)
		abort();
}

/* What base32 reads it writes back, but for upper case. */
static void base32(struct span in)
{
	struct buf bytes = {0}, again = {0};

	if (base32_decode(in, &bytes) == OK) {
		if (base32_encode(buf_span(&bytes), &again) != OK || again.n != in.n)
			abort();
		for (size_t i = 0; i < in.n; i++)
			if (again.p[i] != in.p[i] && again.p[i] != in.p[i] + 32)
				abort();
	} else if (bytes.n != 0) {
		abort();
	}
	buf_free(&bytes);
	buf_free(&again);
}

static void blob(struct span in)
{
	struct buf out = {0};

	if (in.n >= 16 && (get_u32be(in.p + 8) > 64 && get_u32be(in.p + 8) <= 1048576))
		return;
	if (sealed_open(in, "phrase", &out) == OK && in.n - SEALED_HEAD - 16 != out.n)
		abort();
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {data, size};

	text(in);
	base32(in);
	blob(in);
	return 0;
}
