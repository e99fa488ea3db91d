/* What the scan accepts is decoded, and encodes to the same bytes, both by our packer and by msgpack-c alone; what it refuses is not decoded. */
#include <stdlib.h>

#include <msgpack.h>

#include "proto/pack.h"
#include "proto/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Without a line of ours between the bytes in and the bytes out. */
static void library_agrees(struct span in)
{
	msgpack_unpacked u;
	msgpack_sbuffer out;
	msgpack_packer pk;
	size_t at = 0;

	msgpack_unpacked_init(&u);
	msgpack_sbuffer_init(&out);
	msgpack_packer_init(&pk, &out, msgpack_sbuffer_write);
	must(msgpack_unpack_next(&u, (const char *)in.p, in.n, &at) == MSGPACK_UNPACK_SUCCESS && at == in.n);
	must(msgpack_pack_object(&pk, u.data) == 0);
	must(span_eq(SPAN(out.data, out.size), in));
	msgpack_sbuffer_destroy(&out);
	msgpack_unpacked_destroy(&u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = SPAN(data, size);
	struct arena *a = arena_new();
	const struct value *v = NULL;
	struct buf out = {0};
	enum err scanned = scan_check(in);

	if (!a)
		return 0;
	must(pack_decode(in, a, &v) == scanned);
	if (scanned == OK) {
		must(pack_encode(v, &out) == OK && span_eq(in, buf_span(&out)));
		must(value_eq(v, value_copy(a, v)));
		library_agrees(in);
	}
	buf_free(&out);
	arena_free(a);
	return 0;
}
