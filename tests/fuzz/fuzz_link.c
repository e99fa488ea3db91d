/* A stranger's bytes into a responder, or a partner's: after an honest handshake the data are plaintexts, sealed as they
 * are, and a tail of raw bytes. What comes through must be within the limits. */
#include <stdlib.h>
#include <string.h>

#include "proto/link.h"

#include <sodium.h>

static void must(bool ok)
{
	if (!ok)
		abort();
}

static const uint8_t a_sk[32] = {1, 2, 3}, b_sk[32] = {4, 5, 6}, psk[32] = {7};

static void drain(struct link *l, bool honest)
{
	struct link_event ev;

	for (link_next(l, &ev); ev.type != LINK_NONE; link_next(l, &ev)) {
		must(ev.type != LINK_MESSAGE || (honest && ev.bytes.n <= LIMIT_MESSAGE));
		must(ev.type != LINK_OPEN || (honest && ev.bytes.n <= 254));
		must(ev.type != LINK_CLOSED || (ev.why != OK && ev.text));
		if (ev.type == LINK_ASK)
			link_psk(l, psk);
	}
}

/* Feeds in pieces whose sizes the data choose. */
static void feed(struct link *l, struct span s, uint8_t step, bool honest)
{
	while (s.n) {
		size_t n = step ? step : s.n;

		n = n < s.n ? n : s.n;
		link_feed(l, SPAN(s.p, n), 2);
		drain(l, honest);
		s = SPAN(s.p + n, s.n - n);
	}
}

static struct link *open_b(void)
{
	struct link_config c = {.link_sk = b_sk, .e_sk = {8}, .now = 1};
	struct link *l = NULL;

	must(link_open(&c, &l) == OK);
	link_trust(l);
	return l;
}

static struct noise *handshake(struct link *b, struct noise_cipher *tx)
{
	uint8_t prologue[45] = "tally/link/1", e_sk[32] = {9}, pk[32], first[24] = {0}, third[256] = {0, 1, 0x80};
	struct noise_config c = {.pattern = &noise_xkpsk3, .initiator = true, .prologue = SPAN(prologue, sizeof prologue),
		.s_sk = a_sk, .rs_pk = pk, .psk = psk, .e_sk = e_sk};
	struct buf out = {0};
	struct noise *n = NULL;
	struct noise_cipher rx;
	uint8_t *p;

	must(crypto_scalarmult_base(pk, b_sk) == 0 && noise_open(&c, &n) == OK);
	must(buf_room(&out, 2, &p) == OK && noise_write(n, SPAN(first, 24), &out) == OK);
	put_u16be(out.p, 72);
	feed(b, buf_span(&out), 0, true);
	buf_clear(&out);
	must(link_output(b)->n == 50 && noise_read(n, SPAN(link_output(b)->p + 2, 48), &out) == OK);
	buf_clear(&out);
	must(buf_room(&out, 2, &p) == OK && noise_write(n, SPAN(third, 256), &out) == OK);
	put_u16be(out.p, 320);
	feed(b, buf_span(&out), 0, true);
	must(noise_split(n, tx, &rx) == OK);
	buf_free(&out);
	return n;
}

/* data: frames of one byte (how many times 256) and so many bytes, the last may be short. */
static void partner(struct link *b, struct span data, uint8_t step)
{
	struct noise_cipher tx;
	struct noise *n = handshake(b, &tx);
	struct buf out = {0};

	while (data.n > 1) {
		size_t full = (size_t)(data.p[0] % 8 + 1) * 256, take = data.n - 1 < full ? data.n - 1 : full;
		uint8_t plain[2048] = {0}, head[2];

		memcpy(plain, data.p + 1, take);
		put_u16be(head, (uint16_t)(full + NOISE_TAG));
		must(buf_add(&out, head, 2) == OK && noise_seal(&tx, SPAN(plain, full), &out) == OK);
		data = SPAN(data.p + 1 + take, data.n - 1 - take);
	}
	feed(b, buf_span(&out), step, true);
	feed(b, data, step, true);
	buf_free(&out);
	noise_free(n);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct link *b;

	if (n < 2 || sodium_init() < 0)
		return 0;
	b = open_b();
	if (p[0] & 1)
		partner(b, SPAN(p + 2, n - 2), p[1]);
	else
		feed(b, SPAN(p + 2, n - 2), p[1], false);
	link_tick(b, 2 + LIMIT_HANDSHAKE_MS);
	drain(b, true);
	link_free(b);
	return 0;
}
