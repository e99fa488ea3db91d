/* carried.c - an entry as it travels, between its wire form and struct carried_entry of message.h. */
#include "proto/message.h"

#include "keys/sign.h"
#include "proto/record.h"

#define PAYLOAD_MAX 1024u /* entry.c's own bound */

size_t carried_size(const struct carried_entry *e)
{
	size_t bytes = e->payload.n + e->signature.n;
	for (size_t i = 0; i < e->records; i++)
		bytes += e->record[i].bytes.n;
	return bytes;
}

struct value *carried_value(struct arena *a, const struct carried_entry *e)
{
	struct value *v = value_array(a), *records = value_array(a);
	size_t i;

	for (i = 0; i < e->records; i++) {
		const struct carried_record *r = &e->record[i];

		if (r->gone) {
			struct value *gone = value_array(a);

			value_push(a, gone, value_id(a, &r->id));
			value_push(a, records, gone);
		} else {
			value_push(a, records, value_bin(a, r->bytes));
		}
	}
	value_push(a, v, value_bin(a, e->payload));
	value_push(a, v, value_bin(a, e->signature));
	value_push(a, v, records);
	return v;
}

static enum err record_read(const struct value *v, struct carried_record *out)
{
	if (v->type == VALUE_ARRAY) {
		out->gone = true;
		return value_count(v) == 1 && value_is_id(value_item(v, 0), &out->id) ? OK : ERR_SHAPE;
	}
	if (!value_is_bin(v, &out->bytes) || out->bytes.n == 0)
		return ERR_SHAPE;
	if (out->bytes.n > LIMIT_FORWARD)
		return ERR_LIMIT;
	record_id(out->bytes, &out->id);
	return OK;
}

static enum err records_read(const struct value *list, struct arena *a, struct carried_entry *e)
{
	size_t i, bytes = 0, n = value_count(list);

	if (list == NULL || list->type != VALUE_ARRAY || n == 0)
		return ERR_SHAPE;
	if (n > LIMIT_ENTRY_RECORDS)
		return ERR_LIMIT;
	e->record = arena_alloc(a, n * sizeof *e->record);
	if (e->record == NULL)
		return ERR_MEMORY;
	for (i = 0; i < n; i++) {
		enum err err = record_read(value_item(list, i), &e->record[i]);

		if (err != OK)
			return err;
		bytes += e->record[i].bytes.n;
		if (bytes > LIMIT_ENTRY_BYTES)
			return ERR_LIMIT;
	}
	e->records = n;
	return OK;
}

enum err carried_read(const struct value *v, struct arena *a, struct carried_entry *out)
{
	struct carried_entry e = {0};
	enum err err;

	if (v == NULL || v->type != VALUE_ARRAY || value_count(v) != 3)
		return ERR_SHAPE;
	if (!value_is_bin(value_item(v, 0), &e.payload) || e.payload.n == 0)
		return ERR_SHAPE;
	if (e.payload.n > PAYLOAD_MAX)
		return ERR_LIMIT;
	if (!value_is_bin(value_item(v, 1), &e.signature) || e.signature.n != SIGN_LEN)
		return ERR_SHAPE;
	err = records_read(value_item(v, 2), a, &e);
	if (err == OK)
		*out = e;
	return err;
}
