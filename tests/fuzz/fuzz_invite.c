/* An invitation as pasted text; and, so that the checksum does not hide what is behind it, the input as bytes under a right one. */
#include <stdlib.h>
#include <string.h>

#include "keys/hash.h"
#include "proto/invite.h"

static void decode(struct span text)
{
	struct invite one, two;
	struct complaint why;
	struct buf again = {0};
	enum err err = invite_decode(text, &one, &why);

	if (err == OK) {
		if (invite_encode(&one, &again) == OK && (invite_decode(buf_span(&again), &two, &why) != OK || !id_eq(&one.org, &two.org)))
			abort();
	} else if (err == ERR_INVALID && strlen(why.text) == 0) {
		abort();
	}
	buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf bytes = {0}, text = {0};
	struct id check;

	decode(SPAN(p, n));
	hash_one(&check, "tally.itok.v1", SPAN(p, n));
	if (buf_add(&bytes, p, n) == OK && buf_add(&bytes, check.b, 4) == OK && buf_add(&text, "tally1", 6) == OK &&
	    base32_encode(buf_span(&bytes), &text) == OK)
		decode(buf_span(&text));
	buf_free(&bytes);
	buf_free(&text);
	return 0;
}
