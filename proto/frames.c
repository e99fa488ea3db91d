#include "proto/frames.h"

#include <string.h>

#define PAD 256u
#define PLAIN_HEAD 3u      /* u16be length, flag */
#define KEEP (64u * 1024u) /* a message buffer that grew larger is given back */

_Static_assert(FRAMES_MAX == (LIMIT_FRAME - NOISE_TAG) / PAD * PAD + NOISE_TAG, "longest padded frame");
_Static_assert(FRAMES_DATA == FRAMES_MAX - NOISE_TAG - PLAIN_HEAD, "its data");

void frames_free(struct frames *f)
{
	buf_free(&f->plain);
	buf_free(&f->message);
	explicit_bzero(f, sizeof *f);
}

static enum err send_one(struct frames *f, struct span data, bool last, struct buf *out)
{
	size_t full = (PLAIN_HEAD + data.n + PAD - 1) / PAD * PAD;
	uint8_t head[FRAMES_HEAD], *p;
	enum err e;

	buf_clear(&f->plain);
	e = buf_room(&f->plain, full, &p);
	if (e)
		return e;
	put_u16be(p, (uint16_t)data.n);
	p[2] = last;
	if (data.p)
		memcpy(p + PLAIN_HEAD, data.p, data.n);
	memset(p + PLAIN_HEAD + data.n, 0, full - PLAIN_HEAD - data.n);
	put_u16be(head, (uint16_t)(full + NOISE_TAG));
	e = buf_add(out, head, sizeof head);
	return e ? e : noise_seal(&f->tx, buf_span(&f->plain), out);
}

enum err frames_send(struct frames *f, struct span message, struct buf *out)
{
	size_t at = 0, before = out->n;

	if (message.n > LIMIT_MESSAGE)
		return ERR_LIMIT;
	do {
		size_t n = message.n - at < FRAMES_DATA ? message.n - at : FRAMES_DATA;
		enum err e = send_one(f, SPAN(n ? message.p + at : NULL, n), at + n == message.n, out);

		if (e) {
			out->n = before;
			return e;
		}
		at += n;
	} while (at < message.n);
	return OK;
}

static bool zeros(const uint8_t *p, size_t n)
{
	uint8_t any = 0;

	for (size_t i = 0; i < n; i++)
		any |= p[i];
	return any == 0;
}

/* Adds one plaintext to the message. */
static enum err gather(struct frames *f, bool *last)
{
	const uint8_t *p = f->plain.p;
	size_t n = get_u16be(p), room = f->plain.n - PLAIN_HEAD;
	enum err e;

	if (n > room || p[2] > 1 || !zeros(p + PLAIN_HEAD + n, room - n))
		return ERR_SHAPE;
	if (n == 0 && p[2] == 0) /* work without end and without progress */
		return ERR_SHAPE;
	if (f->message.n + n > LIMIT_MESSAGE)
		return ERR_LIMIT;
	e = buf_add(&f->message, p + PLAIN_HEAD, n);
	if (!e)
		*last = p[2] == 1;
	return e;
}

enum err frames_take(struct frames *f, struct span in, size_t *used, bool *last)
{
	size_t n;
	enum err e;

	*used = 0;
	if (in.n < FRAMES_HEAD)
		return OK;
	n = get_u16be(in.p);
	if (n < PAD + NOISE_TAG || (n - NOISE_TAG) % PAD != 0) /* said before the rest of it has to come */
		return ERR_SHAPE;
	if (in.n < FRAMES_HEAD + n)
		return OK;
	buf_clear(&f->plain);
	e = noise_unseal(&f->rx, SPAN(in.p + FRAMES_HEAD, n), &f->plain);
	if (!e)
		e = gather(f, last);
	if (!e)
		*used = FRAMES_HEAD + n;
	return e;
}

void frames_next(struct frames *f)
{
	buf_clear(&f->message);
	if (f->message.cap > KEEP)
		buf_free(&f->message);
}
