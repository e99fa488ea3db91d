#include "proto/sync.h"

#include <stdlib.h>
#include <string.h>

#include "keys/hash.h"

static int by_log(const void *a, const void *b)
{
	return id_cmp(&((const struct sync_head *)a)->log, &((const struct sync_head *)b)->log);
}

void sync_summary(struct sync_head *heads, size_t count, struct id *out)
{
	/* Hashed as a chain, so that any number of heads needs no memory. */
	struct id sum = {{0}};
	if (count > 1)
		qsort(heads, count, sizeof *heads, by_log);
	for (size_t i = 0; i < count; i++) {
		uint8_t numbers[16];
		put_u64be(numbers, heads[i].n);
		put_u64be(numbers + 8, heads[i].receipted);
		struct span parts[] = {ID_SPAN(&sum), ID_SPAN(&heads[i].log), SPAN(numbers, sizeof numbers)};
		struct id next;
		hash_b2b(&next, "tally.sum.v1", parts, 3);
		sum = next;
	}
	*out = sum;
}

void sync_start(struct sync_log *l, uint64_t reader_holds)
{
	l->known = true;
	l->cursor = reader_holds;
	l->acked = reader_holds;
	l->bytes = 0;
	l->count = 0;
}

bool sync_next(const struct sync_log *l, uint64_t *n)
{
	if (!l->known || l->cursor >= l->head || l->count >= SYNC_SENT || l->bytes >= LIMIT_INFLIGHT_BYTES)
		return false;
	*n = l->cursor + 1;
	return true;
}

void sync_sent(struct sync_log *l, uint64_t n, size_t bytes)
{
	l->cursor = n;
	l->sent[l->count].n = n;
	l->sent[l->count].bytes = bytes;
	l->count++;
	l->bytes += bytes;
}

void sync_acked(struct sync_log *l, uint64_t n)
{
	size_t done = 0;
	if (n <= l->acked)
		return;
	l->acked = n;
	if (l->cursor < n)
		l->cursor = n;
	while (done < l->count && l->sent[done].n <= n)
		l->bytes -= l->sent[done++].bytes;
	l->count -= done;
	memmove(l->sent, l->sent + done, l->count * sizeof l->sent[0]);
}
