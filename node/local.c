#include "node/local.h"

#include <string.h>

#define KEEP (64u * 1024u) /* a connection at rest holds no more */

void local_free(struct local *l)
{
	buf_free(&l->in);
	l->done = 0;
}

enum err local_feed(struct local *l, struct span bytes)
{
	size_t rest = l->in.n - l->done;

	if (l->done) {
		if (rest)
			memmove(l->in.p, l->in.p + l->done, rest);
		l->in.n = rest;
		l->done = 0;
		if (!rest && l->in.cap > KEEP)
			buf_free(&l->in);
	}
	return bytes.n ? buf_add(&l->in, bytes.p, bytes.n) : OK;
}

enum err local_next(struct local *l, size_t most, struct span *message)
{
	size_t rest = l->in.n - l->done, n;

	if (rest < LOCAL_HEAD) {
		*message = SPAN(NULL, 0);
		return OK;
	}
	n = get_u32be(l->in.p + l->done);
	if (n == 0)
		return ERR_SHAPE;
	if (n > most)
		return ERR_LIMIT;
	if (rest - LOCAL_HEAD < n) {
		*message = SPAN(NULL, 0);
		return OK;
	}
	*message = SPAN(l->in.p + l->done + LOCAL_HEAD, n);
	l->done += LOCAL_HEAD + n;
	return OK;
}

enum err local_frame(struct span message, struct buf *out)
{
	uint8_t head[LOCAL_HEAD];
	size_t before = out->n;
	enum err e;

	if (message.n == 0)
		return ERR_SHAPE;
	if (message.n > UINT32_MAX)
		return ERR_LIMIT;
	put_u32be(head, (uint32_t)message.n);
	e = buf_add(out, head, sizeof head);
	if (!e)
		e = buf_add(out, message.p, message.n);
	if (e)
		out->n = before;
	return e;
}
