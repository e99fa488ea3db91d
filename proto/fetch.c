#include "proto/fetch.h"

void fetch_begin(struct fetch *f, const struct id *record, uint64_t size, uint64_t have)
{
	*f = (struct fetch){.on = true, .record = *record, .size = size, .at = have};
}

enum fetch_step fetch_chunk(struct fetch *f, const struct id *record, uint64_t offset, const struct span *bytes)
{
	if (!f->on || !id_eq(&f->record, record) || f->at != offset)
		return FETCH_STRAY;
	if (!bytes) {
		f->on = false;
		return FETCH_GONE;
	}
	if (bytes->n == 0 || bytes->n > LIMIT_FILE_CHUNK || bytes->n > f->size - f->at)
		return FETCH_LONG;
	f->at += bytes->n;
	f->on = f->at < f->size;
	return f->on ? FETCH_MORE : FETCH_WHOLE;
}

size_t fetch_piece(uint64_t size, uint64_t offset)
{
	uint64_t rest = offset < size ? size - offset : 0;

	return (size_t)(rest < LIMIT_FILE_CHUNK ? rest : LIMIT_FILE_CHUNK);
}
