/* Two real sides, and somebody on the wire between them: the input says what is delivered, cut, changed, doubled, dropped, said and when.
 * Whatever happens, a side sees only what the other said, in order and whole; both hold one secret and one hash, or are not both open; and
 * what is over stays over. With the first bit of the input set the initiator is played by hand, with payloads of the input's choice. */
#include <stdlib.h>
#include <string.h>

#include "proto/link.h"

#include <sodium.h>

extern const uint64_t fuzz_runs;
const uint64_t fuzz_runs = 4000;

#define SAID 64u
#define STEPS 400u

struct side {
	struct link *link;
	struct buf wire;     /* written, not yet delivered */
	struct buf last;     /* the piece delivered last, to be doubled */
	struct link_event opened;
	bool closed;
	size_t said[SAID];   /* sizes of the messages it sent; content follows from place and size */
	size_t says, heard;
};

struct program {
	const uint8_t *p;
	size_t n;
};

static const uint8_t a_sk[32] = {1, 2, 3}, b_sk[32] = {4, 5, 6}, secret[32] = {7};

static void must(bool ok)
{
	if (!ok)
		abort();
}

static uint8_t take(struct program *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return *in->p++;
}

static uint8_t content(size_t place, size_t at)
{
	return (uint8_t)(place * 31 + at * 7 + at / 256);
}

/* ---- events ---- */

static void heard(struct side *to, const struct side *from, struct span message)
{
	must(to->opened.type == LINK_OPEN && to->heard < from->says && message.n == from->said[to->heard]);
	for (size_t i = 0; i < message.n; i++)
		must(message.p[i] == content(to->heard, i));
	to->heard++;
}

static void events(struct side *s, const struct side *other, uint8_t known)
{
	struct link_event ev;
	uint8_t psk[32], selector[LINK_SELECTOR];

	for (link_next(s->link, &ev); ev.type != LINK_NONE; link_next(s->link, &ev)) {
		must(!s->closed);
		switch (ev.type) {
		case LINK_ASK:
			must(ev.mode <= LINK_MODE_MEMBER);
			link_keys(ev.mode, secret, psk, selector);
			if (known && memcmp(selector, ev.selector, LINK_SELECTOR) == 0)
				link_psk(s->link, psk);
			else
				link_refuse(s->link);
			break;
		case LINK_OPEN:
			must(s->opened.type == LINK_NONE && ev.bytes.n <= 254);
			s->opened = ev;
			break;
		case LINK_MESSAGE:
			heard(s, other, ev.bytes);
			break;
		case LINK_CLOSED:
			must(ev.why != OK && ev.text && strlen(ev.text) > 0);
			s->closed = true;
			break;
		case LINK_NONE:
			break;
		}
	}
	must(buf_add(&s->wire, link_output(s->link)->p, link_output(s->link)->n) == OK);
	buf_clear(link_output(s->link));
}

static void give(struct side *to, struct side *from, struct span bytes, int64_t now, uint8_t known)
{
	link_feed(to->link, bytes, now);
	events(to, from, known);
}

/* ---- two links ---- */

static void open_both(struct side side[2], enum link_mode mode, uint8_t hello_n)
{
	static const uint8_t hello[256] = {0x80};
	uint8_t pk[32];
	struct link_config a = {.initiator = true, .link_sk = a_sk, .rs_pk = pk, .mode = mode, .hello = SPAN(hello, hello_n % 255), .e_sk = {9},
	                        .now = 1};
	struct link_config b = {.link_sk = b_sk, .e_sk = {8}, .now = 1};

	must(crypto_scalarmult_base(pk, b_sk) == 0);
	link_keys(mode, secret, a.psk, a.selector);
	must(link_open(&a, &side[0].link) == OK && link_open(&b, &side[1].link) == OK);
}

static void deliver(struct program *in, struct side *to, struct side *from, int64_t now, uint8_t known)
{
	uint8_t how = take(in);
	size_t n = take(in);
	struct buf rest = {0};

	n = how & 0x80 ? from->wire.n : n < from->wire.n ? n : from->wire.n;
	buf_clear(&from->last);
	must(buf_add(&from->last, from->wire.p, n) == OK);
	if (from->wire.n > n)
		must(buf_add(&rest, from->wire.p + n, from->wire.n - n) == OK);
	buf_free(&from->wire);
	from->wire = rest;
	if (how % 8 == 7 && n)
		from->last.p[take(in) % n] ^= take(in);
	if (how % 8 != 6) /* 6: dropped */
		give(to, from, buf_span(&from->last), now, known);
	if (how % 8 == 5) /* doubled */
		give(to, from, buf_span(&from->last), now, known);
}

static void say(struct program *in, struct side *s)
{
	static uint8_t bytes[70000];
	size_t n = take(in);
	enum err e;

	n = n > 250 ? 65000 + (n - 250) * 277 : n * 3;
	for (size_t i = 0; i < n; i++)
		bytes[i] = content(s->says, i);
	e = s->says < SAID ? link_send(s->link, SPAN(bytes, n)) : ERR_INVALID;
	must(e == OK || s->says == SAID || s->opened.type == LINK_NONE || s->closed || e == ERR_LIMIT);
	if (e == OK)
		s->said[s->says++] = n;
}

static void two_links(struct program *in)
{
	struct side side[2] = {0};
	enum link_mode mode = (enum link_mode)(take(in) % 4);
	uint8_t known = take(in) != 255;
	int64_t now = 1;

	open_both(side, mode, take(in));
	for (int i = 0; i < 2; i++)
		events(&side[i], &side[!i], known);
	for (unsigned steps = 0; in->n && steps < STEPS; steps++) {
		uint8_t what = take(in);
		int who = what & 1;

		switch (what >> 1 & 7) {
		case 0:
			say(in, &side[who]);
			break;
		case 1:
			now += take(in) * 1000;
			link_tick(side[who].link, now);
			break;
		case 2: /* raw bytes of somebody else */
			give(&side[who], &side[!who], SPAN(in->p, in->n < 80 ? in->n : 80), now, known);
			break;
		default:
			deliver(in, &side[who], &side[!who], now, known);
			break;
		}
		events(&side[who], &side[!who], known);
	}
	if (side[0].opened.type == LINK_OPEN && side[1].opened.type == LINK_OPEN) {
		must(id_eq(&side[0].opened.h, &side[1].opened.h));
		must(memcmp(side[0].opened.pair_secret, side[1].opened.pair_secret, 32) == 0);
	}
	must(known || side[1].opened.type == LINK_NONE);
	for (int i = 0; i < 2; i++) {
		link_free(side[i].link);
		buf_free(&side[i].wire);
		buf_free(&side[i].last);
	}
}

/* ---- an initiator by hand ---- */

static struct span cut(struct program *in, size_t n)
{
	struct span s = SPAN(in->p, n < in->n ? n : in->n);

	in->p += s.n;
	in->n -= s.n;
	return s;
}

static void write_message(struct noise *n, struct program *in, size_t full, struct buf *out)
{
	uint8_t payload[300] = {0}, head[2];
	size_t size = full + (take(in) == 255 ? take(in) % 8 : 0);
	struct span given = cut(in, take(in));

	memcpy(payload, given.p, given.n < size ? given.n : size);
	must(buf_add(out, "\0\0", 2) == OK && noise_write(n, SPAN(payload, size), out) == OK);
	put_u16be(head, (uint16_t)(out->n - 2));
	memcpy(out->p, head, 2);
}

static void by_hand(struct program *in)
{
	uint8_t prologue[45] = "tally/link/1", pk[32], psk[32], selector[LINK_SELECTOR], e_sk[32] = {9};
	struct noise_config c = {.pattern = &noise_xkpsk3, .initiator = true, .prologue = {prologue, 45}, .s_sk = a_sk, .rs_pk = pk, .psk = psk,
	                         .e_sk = e_sk};
	struct link_config b = {.link_sk = b_sk, .e_sk = {8}, .now = 1};
	struct side side[2] = {0};
	struct buf out = {0}, nothing = {0};
	struct noise *n = NULL;

	must(crypto_scalarmult_base(pk, b_sk) == 0);
	link_keys(LINK_MODE_LINK, secret, psk, selector);
	must(noise_open(&c, &n) == OK && link_open(&b, &side[1].link) == OK);
	write_message(n, in, 24, &out);
	give(&side[1], &side[0], buf_span(&out), 1, 1);
	if (side[1].wire.n == 50) { /* the selector was guessed: only by an input that begins with it */
		must(noise_read(n, SPAN(side[1].wire.p + 2, 48), &nothing) == OK);
		buf_clear(&out);
		write_message(n, in, 256, &out);
		give(&side[1], &side[0], buf_span(&out), 1, 1);
		must((side[1].opened.type == LINK_OPEN) != side[1].closed);
		give(&side[1], &side[0], SPAN(in->p, in->n), 1, 1);
	} else {
		must(side[1].wire.n == 0); /* not one byte to a stranger */
	}
	noise_free(n);
	link_free(side[1].link);
	buf_free(&side[1].wire);
	buf_free(&out);
	buf_free(&nothing);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct program in = {p, n};

	if (sodium_init() < 0)
		return 0;
	if (take(&in) & 1)
		by_hand(&in);
	else
		two_links(&in);
	return 0;
}
