/* A key statement: the first 128 bytes are its two signatures, the rest its payload. */
#include <stdlib.h>
#include <string.h>

#include "proto/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct signed_statement s;
	struct statement one, two;
	struct buf again = {0};
	struct id org;

	if (n < 2 * SIGN_LEN)
		return 0;
	memcpy(s.root_sig, p, SIGN_LEN);
	memcpy(s.sign_sig, p + SIGN_LEN, SIGN_LEN);
	s.payload = SPAN(p + 2 * SIGN_LEN, n - 2 * SIGN_LEN);
	if (statement_decode(s.payload, &one) == OK) {
		if (statement_encode(&one, &again) != OK || statement_decode(buf_span(&again), &two) != OK)
			abort();
		if (memcmp(&one.keys, &two.keys, sizeof one.keys) != 0 || strcmp(one.name, two.name) != 0 || one.kseq != two.kseq)
			abort();
		buf_free(&again);
	}
	if (statement_verify(&s, NULL, &one, &org) == OK && one.kseq != 0)
		abort();
	if (statement_verify(&s, &s, &one, &org) == OK) /* nothing continues itself */
		abort();
	return 0;
}
