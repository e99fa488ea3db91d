/* A message, and the entries in it. What is read writes back byte for byte. */
#include <stdlib.h>

#include "proto/message.h"
#include "proto/pack.h"

static void entries(const struct value *list, struct arena *a)
{
	for (size_t i = 0; i < value_count(list); i++) {
		struct buf one = {0}, two = {0};
		struct carried_entry e;

		if (carried_read(value_item(list, i), a, &e) == OK) {
			if (pack_encode(value_item(list, i), &one) != OK || pack_encode(carried_value(a, &e), &two) != OK)
				abort();
			if (!span_eq(buf_span(&one), buf_span(&two)))
				abort();
		}
		buf_free(&one);
		buf_free(&two);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct message_row *row;
	const struct value *body;
	struct arena *a = arena_new();
	struct buf again = {0};
	struct complaint why;

	if (a != NULL && message_decode(SPAN(p, n), a, &row, &body, &why) == OK) {
		if (message_encode(row->number, body, &again) != OK || !span_eq(buf_span(&again), SPAN(p, n)))
			abort();
		if (row->number == MESSAGE_ENTRIES)
			entries(value_at(body, 0), a);
	}
	buf_free(&again);
	arena_free(a);
	return 0;
}
