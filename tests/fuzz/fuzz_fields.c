/* Text as a person types it: the first byte chooses the field, the rest is the text. What is taken is written back, and that text
 * gives the same value again. */
#include <stdlib.h>
#include <string.h>

#include "proto/vocab.h"
#include "proto/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct field rows[] = {
	{.key = 0, .name = "line", .type = FIELD_LINE}, {.key = 1, .name = "text", .type = FIELD_TEXT},
	{.key = 2, .name = "int", .type = FIELD_INT},
	{.key = 3, .name = "bool", .type = FIELD_BOOL}, {.key = 4, .name = "time", .type = FIELD_TIME},
	{.key = 5, .name = "date", .type = FIELD_DATE},
	{.key = 6, .name = "word", .type = FIELD_ENUM, .vocab = &vocab_tlp}, {.key = 7, .name = "ref", .type = FIELD_REF},
	{.key = 8, .name = "bytes", .type = FIELD_BYTES},
};

static void try_field(const struct field *f, const char *text, struct arena *a)
{
	struct complaint why = {0};
	struct value *v, *again;
	struct buf out = {0};

	if (fields_parse(f, text, a, &v, &why) != OK)
		return;
	if (fields_format(f, v, &out) != OK || buf_add(&out, "", 1) != OK)
		abort();
	if (fields_parse(f, (const char *)out.p, a, &again, &why) != OK || !value_eq(v, again))
		abort();
	buf_free(&out);
}

static void try_times(const char *text)
{
	char back[WHEN_TEXT];
	int64_t ms, again;

	if (when_parse(text, &ms) == OK) {
		when_format(ms, back);
		if (when_parse(back, &again) != OK || again != ms)
			abort();
		when_format(when_add_months(ms, (int)(ms % 1000)), back);
	}
	if (when_parse_span(text, &ms) == OK) {
		if (ms < 0)
			abort();
		when_format(ms, back);
		when_format_date(ms, back);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	char *text = malloc(size + 1);

	if (a && text && size) {
		memcpy(text, data + 1, size - 1);
		text[size - 1] = 0;
		try_field(&rows[data[0] % (sizeof(rows) / sizeof(*rows))], text, a);
		try_times(text);
	}
	free(text);
	arena_free(a);
	return 0;
}
