/* The link: selectors, handshakes with fixed keys, frames. The initiator of what is refused is played by hand over keys/noise.h. */
#include "tests/gen/vectors.h"

#include <sodium.h>
#include <stdio.h>

#include "proto/link.h"
#include "proto/message.h"
#include "proto/pack.h"

#define A_SEEDS ((struct vectors_seeds){1, 2, 3, 4, 5})
#define B_SEEDS ((struct vectors_seeds){0x11, 0x12, 0x13, 0x14, 0x15})
#define A_EPHEMERAL 0x21
#define B_EPHEMERAL 0x22

static const char *const mode_names[] = {"link", "invite"};

/* ---- selectors ---- */

static void secret_make(uint8_t secret[static 32])
{
	for (uint8_t i = 0; i < 32; i++)
		secret[i] = i;
}

json_t *vectors_selectors(void)
{
	json_t *list = json_array();
	uint8_t secret[32], psk[32], selector[LINK_SELECTOR];

	for (int k = 0; k < 2; k++) {
		if (k)
			vectors_fill(secret, 0xfe);
		else
			secret_make(secret);
		for (int mode = LINK_MODE_LINK; mode <= LINK_MODE_INVITE; mode++) {
			char name[64];

			link_keys((enum link_mode)mode, secret, psk, selector);
			snprintf(name, sizeof name, "mode %s, %s", mode_names[mode], k ? "fe 32 times" : "00 to 1f");
			vectors_add(list, name, "", json_pack("{s:i, s:o}", "mode", mode, "secret", vectors_bytes(secret, 32)),
			            json_pack("{s:o, s:o}", "psk", vectors_bytes(psk, 32), "selector", vectors_bytes(selector, LINK_SELECTOR)));
		}
	}
	return list;
}

/* ---- two sides ---- */

struct pair {
	struct vectors_org a, b;
	enum link_mode mode;
	uint8_t secret[32], psk[32], selector[LINK_SELECTOR], link_a[32], link_b[32];
	struct buf hello; /* the map of message 3 */
	struct link *initiator, *responder;
	struct link_event open_a, open_b;
};

static void pair_make(struct pair *p, enum link_mode mode)
{
	struct arena *a = arena_new();
	struct value *map = value_map(a), *versions = value_array(a);
	struct id hash;

	memset(p, 0, sizeof *p);
	vectors_org(&p->a, "Example Ltd", A_SEEDS);
	vectors_org(&p->b, "Other plc", B_SEEDS);
	p->mode = mode;
	secret_make(p->secret);
	link_keys(mode, p->secret, p->psk, p->selector);
	vectors_fill(p->link_a, A_SEEDS.link);
	vectors_fill(p->link_b, B_SEEDS.link);
	statement_hash(p->a.chain[0].payload, &hash);
	value_push(a, versions, value_int(a, 1));
	value_set(a, map, 0, value_id(a, &p->a.org));
	value_set(a, map, 1, value_int(a, 0));
	value_set(a, map, 2, value_id(a, &hash));
	value_set(a, map, 3, versions);
	vectors_pack(map, &p->hello);
	arena_free(a);
}

static void pair_free(struct pair *p)
{
	link_free(p->initiator);
	link_free(p->responder);
	buf_free(&p->hello);
	vectors_org_free(&p->a);
	vectors_org_free(&p->b);
}

static struct link *responder(const struct pair *p)
{
	struct link_config c = {.link_sk = p->link_b, .responder = p->b.org};
	struct link *out;

	vectors_fill(c.e_sk, B_EPHEMERAL);
	vectors_must(link_open(&c, &out) == OK, "responder");
	link_trust(out);
	return out;
}

static struct link *initiator(const struct pair *p)
{
	struct link_config c = {.initiator = true, .link_sk = p->link_a, .responder = p->b.org, .rs_pk = p->b.statement[0].keys.link,
	                        .mode = p->mode, .hello = buf_span(&p->hello)};
	struct link *out;

	memcpy(c.selector, p->selector, LINK_SELECTOR);
	memcpy(c.psk, p->psk, 32);
	vectors_fill(c.e_sk, A_EPHEMERAL);
	vectors_must(link_open(&c, &out) == OK, "initiator");
	link_trust(out);
	return out;
}

/* What one side wrote, taken from it. */
static struct buf taken(struct link *l)
{
	struct buf *out = link_output(l), b = *out;

	*out = (struct buf){0};
	return b;
}

static json_t *input_of(const struct pair *p)
{
	uint8_t e_a[32], e_b[32];

	vectors_fill(e_a, A_EPHEMERAL);
	vectors_fill(e_b, B_EPHEMERAL);
	return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "mode", (int)p->mode, "secret", vectors_bytes(p->secret, 32), "responder",
	                 vectors_id(&p->b.org), "initiator_static", vectors_bytes(p->link_a, 32), "initiator_ephemeral", vectors_bytes(e_a, 32),
	                 "responder_static", vectors_bytes(p->link_b, 32), "responder_ephemeral", vectors_bytes(e_b, 32), "map",
	                 vectors_hex(buf_span(&p->hello)));
}

static void pair_open(struct pair *p, json_t *wire)
{
	struct buf one, two, three;
	struct link_event ev;

	p->initiator = initiator(p);
	p->responder = responder(p);
	one = taken(p->initiator);
	link_feed(p->responder, buf_span(&one), 0);
	link_next(p->responder, &ev);
	vectors_must(ev.type == LINK_ASK && ev.mode == p->mode && memcmp(ev.selector, p->selector, LINK_SELECTOR) == 0, "ask");
	link_psk(p->responder, p->psk);
	two = taken(p->responder);
	link_feed(p->initiator, buf_span(&two), 0);
	link_next(p->initiator, &p->open_a);
	three = taken(p->initiator);
	link_feed(p->responder, buf_span(&three), 0);
	link_next(p->responder, &p->open_b);
	vectors_must(p->open_a.type == LINK_OPEN && p->open_b.type == LINK_OPEN, "open");
	vectors_must(id_eq(&p->open_a.h, &p->open_b.h) && memcmp(p->open_a.pair_secret, p->open_b.pair_secret, 32) == 0, "open");
	json_array_append_new(wire, vectors_hex(buf_span(&one)));
	json_array_append_new(wire, vectors_hex(buf_span(&two)));
	json_array_append_new(wire, vectors_hex(buf_span(&three)));
	buf_free(&one);
	buf_free(&two);
	buf_free(&three);
}

static void ping(int64_t token, bool answer, struct buf *out)
{
	struct arena *a = arena_new();
	struct value *map = value_map(a);

	value_set(a, map, 0, value_int(a, token));
	value_set(a, map, 1, value_bool(a, answer));
	vectors_must(message_encode(MESSAGE_PING, map, out) == OK, "ping");
	arena_free(a);
}

static json_t *first_frame(struct link *l, int64_t token)
{
	struct buf message = {0}, wire;
	json_t *out;

	ping(token, false, &message);
	vectors_must(link_send(l, buf_span(&message)) == OK, "frame");
	wire = taken(l);
	out = json_pack("{s:o, s:o}", "message", vectors_hex(buf_span(&message)), "wire", vectors_hex(buf_span(&wire)));
	buf_free(&message);
	buf_free(&wire);
	return out;
}

static void handshake_good(json_t *list, enum link_mode mode)
{
	json_t *wire = json_array(), *expected;
	uint8_t psk[32], selector[LINK_SELECTOR];
	struct pair p;
	char name[32];

	pair_make(&p, mode);
	pair_open(&p, wire);
	link_keys(LINK_MODE_LINK, p.open_a.pair_secret, psk, selector);
	expected = json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "accepted", 1, "wire", wire, "h", vectors_id(&p.open_a.h), "pair_secret",
	                     vectors_bytes(p.open_a.pair_secret, 32), "pair_selector", vectors_bytes(selector, LINK_SELECTOR),
	                     "first_frame_of_initiator", first_frame(p.initiator, 7), "first_frame_of_responder", first_frame(p.responder, 8));
	snprintf(name, sizeof name, "mode %s", mode_names[mode]);
	vectors_add(list, name, mode == LINK_MODE_INVITE ? "that of section 19: A dials B with its invitation" : "A dials B with a pair secret",
	            input_of(&p), expected);
	pair_free(&p);
}

/* ---- what the responder hangs up on ---- */

struct hand { /* an initiator by hand */
	struct noise *noise;
	struct buf first, third;
};

static void noise_begin(const struct pair *p, struct hand *h, struct span payload)
{
	uint8_t prologue[45] = "tally/link/1", e_sk[32];
	struct noise_config c = {.pattern = &noise_xkpsk3, .initiator = true, .prologue = {prologue, 45}, .s_sk = p->link_a,
	                         .rs_pk = p->b.statement[0].keys.link, .psk = p->psk, .e_sk = e_sk};
	uint8_t head[2];

	memset(h, 0, sizeof *h);
	memcpy(prologue + 13, p->b.org.b, 32);
	vectors_fill(e_sk, A_EPHEMERAL);
	vectors_must(noise_open(&c, &h->noise) == OK && buf_add(&h->first, "\0\0", 2) == OK, "noise");
	vectors_must(noise_write(h->noise, payload, &h->first) == OK, "noise");
	put_u16be(head, (uint16_t)(h->first.n - 2));
	memcpy(h->first.p, head, 2);
}

static void noise_third(struct hand *h, struct span second, struct span payload)
{
	struct buf nothing = {0};
	uint8_t head[2];

	vectors_must(noise_read(h->noise, SPAN(second.p + 2, second.n - 2), &nothing) == OK && buf_add(&h->third, "\0\0", 2) == OK, "noise");
	vectors_must(noise_write(h->noise, payload, &h->third) == OK, "noise");
	put_u16be(head, (uint16_t)(h->third.n - 2));
	memcpy(h->third.p, head, 2);
	buf_free(&nothing);
}

static void hand_free(struct hand *h)
{
	noise_free(h->noise);
	buf_free(&h->first);
	buf_free(&h->third);
}

/* Feeds the first, and with third the third message; how it ends. known: the selector is one of ours. */
static enum err ended(const struct pair *p, const struct hand *h, bool known, bool with_third, size_t *written)
{
	struct link *l = responder(p);
	struct link_event ev;
	enum err why = OK;

	link_feed(l, buf_span(&h->first), 0);
	link_next(l, &ev);
	if (ev.type == LINK_ASK) {
		if (known)
			link_psk(l, p->psk);
		else
			link_refuse(l);
		if (with_third)
			link_feed(l, buf_span(&h->third), 0);
		link_next(l, &ev);
	}
	if (ev.type == LINK_CLOSED)
		why = ev.why;
	*written = link_output(l)->n;
	link_free(l);
	return why;
}

static void first_bad(json_t *list, const char *name, const char *comment, struct pair *p, struct span payload, size_t flip, bool known)
{
	struct hand h;
	size_t written;
	enum err why;

	noise_begin(p, &h, payload);
	if (flip)
		h.first.p[flip] ^= 1;
	why = ended(p, &h, known, false, &written);
	vectors_must(why != OK && written == 0, name);
	vectors_add(list, name, comment, vectors_with(json_pack("{s:[o]}", "wire", vectors_hex(buf_span(&h.first))), input_of(p)),
	            json_pack("{s:b, s:i, s:i}", "accepted", 0, "after_message", 1, "written", 0));
	hand_free(&h);
}

static void third_bad(json_t *list, const char *name, const char *comment, struct pair *p, struct span payload, size_t flip)
{
	uint8_t first[24] = {(uint8_t)p->mode};
	struct link *l = responder(p);
	struct link_event ev;
	struct hand h;
	struct buf second;
	size_t written;

	memcpy(first + 8, p->selector, LINK_SELECTOR);
	noise_begin(p, &h, SPAN(first, 24));
	link_feed(l, buf_span(&h.first), 0);
	link_next(l, &ev);
	link_psk(l, p->psk);
	second = taken(l);
	noise_third(&h, buf_span(&second), payload);
	if (flip)
		h.third.p[flip] ^= 1;
	vectors_must(ended(p, &h, true, true, &written) != OK && written == second.n, name);
	vectors_add(list, name, comment,
	            vectors_with(json_pack("{s:[o, o, o]}", "wire", vectors_hex(buf_span(&h.first)), vectors_hex(buf_span(&second)),
	                                   vectors_hex(buf_span(&h.third))), input_of(p)),
	            json_pack("{s:b, s:i, s:i}", "accepted", 0, "after_message", 3, "written", (int)written));
	buf_free(&second);
	link_free(l);
	hand_free(&h);
}

static void firsts(json_t *list, struct pair *p)
{
	uint8_t good[24] = {LINK_MODE_LINK}, bad[25];

	memcpy(good + 8, p->selector, LINK_SELECTOR);
	first_bad(list, "an unknown selector", "the responder knows no such selector", p, SPAN(good, 24), 0, false);
	first_bad(list, "e changed", "", p, SPAN(good, 24), 2, true);
	first_bad(list, "payload of message 1 changed", "", p, SPAN(good, 24), 34, true);
	first_bad(list, "tag of message 1 changed", "", p, SPAN(good, 24), 73, true);
	memcpy(bad, good, 24);
	bad[0] = 4;
	first_bad(list, "mode 4", "", p, SPAN(bad, 24), 0, true);
	memcpy(bad, good, 24);
	bad[7] = 1;
	first_bad(list, "padding of message 1 not zero", "", p, SPAN(bad, 24), 0, true);
	first_bad(list, "message 1 a byte short", "", p, SPAN(good, 23), 0, true);
	bad[7] = 0;
	bad[24] = 0;
	first_bad(list, "message 1 a byte long", "", p, SPAN(bad, 25), 0, true);
}

static void thirds(json_t *list, struct pair *p)
{
	uint8_t good[256] = {0}, bad[257] = {0};

	put_u16be(good, (uint16_t)p->hello.n);
	memcpy(good + 2, p->hello.p, p->hello.n);
	third_bad(list, "static key in message 3 changed", "", p, SPAN(good, 256), 2);
	third_bad(list, "tag of message 3 changed", "", p, SPAN(good, 256), 321);
	memcpy(bad, good, 256);
	bad[255] = 1;
	third_bad(list, "padding of message 3 not zero", "", p, SPAN(bad, 256), 0);
	memcpy(bad, good, 256);
	put_u16be(bad, 255);
	third_bad(list, "a map of 255 bytes", "longer than there is room", p, SPAN(bad, 256), 0);
	third_bad(list, "message 3 a byte short", "", p, SPAN(good, 255), 0);
	memcpy(bad, good, 256);
	third_bad(list, "message 3 a byte long", "", p, SPAN(bad, 257), 0);
}

json_t *vectors_handshakes(void)
{
	json_t *list = json_array();
	struct pair p;

	handshake_good(list, LINK_MODE_LINK);
	handshake_good(list, LINK_MODE_INVITE);
	pair_make(&p, LINK_MODE_LINK);
	firsts(list, &p);
	thirds(list, &p);
	pair_free(&p);
	return list;
}

/* ---- frames ---- */

/* One frame from the initiator to the responder, as the first behind a handshake in mode 0. */
static void frame(json_t *list, const char *name, const char *comment, struct span plain, enum err wanted)
{
	json_t *wire = json_array(), *expected;
	uint8_t first[24] = {LINK_MODE_LINK}, payload[256] = {0}, head[2];
	struct noise_cipher tx, rx;
	struct link_event ev;
	struct buf second, out = {0};
	struct pair p;
	struct hand h;

	pair_make(&p, LINK_MODE_LINK);
	memcpy(first + 8, p.selector, LINK_SELECTOR);
	put_u16be(payload, (uint16_t)p.hello.n);
	memcpy(payload + 2, p.hello.p, p.hello.n);
	noise_begin(&p, &h, SPAN(first, 24));
	p.responder = responder(&p);
	link_feed(p.responder, buf_span(&h.first), 0);
	link_next(p.responder, &ev);
	link_psk(p.responder, p.psk);
	second = taken(p.responder);
	noise_third(&h, buf_span(&second), SPAN(payload, 256));
	link_feed(p.responder, buf_span(&h.third), 0);
	link_next(p.responder, &ev);
	vectors_must(ev.type == LINK_OPEN && noise_split(h.noise, &tx, &rx) == OK, name);
	put_u16be(head, (uint16_t)(plain.n + 16));
	vectors_must(buf_add(&out, head, 2) == OK && noise_seal(&tx, plain, &out) == OK, name);
	link_feed(p.responder, buf_span(&out), 0);
	link_next(p.responder, &ev);
	expected = vectors_verdict(ev.type == LINK_CLOSED ? ev.why : OK, wanted, name);
	if (ev.type == LINK_MESSAGE)
		json_object_set_new(expected, "message", vectors_hex(ev.bytes));
	json_array_append_new(wire, vectors_hex(buf_span(&out)));
	vectors_add(list, name, comment, json_pack("{s:o, s:o}", "plaintext", vectors_hex(plain), "wire", wire), expected);
	buf_free(&second);
	buf_free(&out);
	hand_free(&h);
	pair_free(&p);
}

/* A message of many frames: only its wire's hash stands in the file. */
static void frame_long(json_t *list, const char *name, size_t n)
{
	json_t *unused = json_array();
	uint8_t *bytes = malloc(n), digest[crypto_hash_sha256_BYTES];
	struct buf wire;
	struct pair p;

	vectors_must(bytes != NULL, "memory");
	memset(bytes, 'm', n);
	pair_make(&p, LINK_MODE_LINK);
	pair_open(&p, unused);
	vectors_must(link_send(p.initiator, SPAN(bytes, n)) == OK, name);
	wire = taken(p.initiator);
	crypto_hash_sha256(digest, wire.p, wire.n);
	vectors_add(list, name, "the message is the byte 6d again and again; of the wire its length and SHA-256",
	            json_pack("{s:I}", "message_length", (json_int_t)n),
	            json_pack("{s:b, s:I, s:o}", "accepted", 1, "wire_length", (json_int_t)wire.n, "wire_sha256",
	                      vectors_bytes(digest, sizeof digest)));
	json_decref(unused);
	free(bytes);
	buf_free(&wire);
	pair_free(&p);
}

static void plain_make(uint8_t plain[static 512], uint16_t length, uint8_t flag)
{
	memset(plain, 0, 512);
	put_u16be(plain, length);
	plain[2] = flag;
	memset(plain + 3, 'm', length < 509 ? length : 509);
}

json_t *vectors_frames(void)
{
	json_t *list = json_array();
	uint8_t plain[512];

	plain_make(plain, 5, 1);
	frame(list, "a short message", "the first frame of the initiator of handshakes.json, mode link", SPAN(plain, 256), OK);
	frame(list, "more padding than needed", "hides the size", SPAN(plain, 512), OK);
	plain_make(plain, 253, 1);
	frame(list, "253 bytes, no padding", "", SPAN(plain, 256), OK);
	plain_make(plain, 0, 1);
	frame(list, "an empty message", "", SPAN(plain, 256), OK);
	plain_make(plain, 5, 1);
	plain[255] = 1;
	frame(list, "padding not zero", "", SPAN(plain, 256), ERR_SHAPE);
	plain_make(plain, 5, 2);
	frame(list, "flag 2", "", SPAN(plain, 256), ERR_SHAPE);
	plain_make(plain, 0, 0);
	frame(list, "nothing, and more of it to come", "", SPAN(plain, 256), ERR_SHAPE);
	plain_make(plain, 254, 1);
	frame(list, "length beyond the frame", "", SPAN(plain, 256), ERR_SHAPE);
	plain_make(plain, 5, 1);
	frame(list, "257 bytes", "", SPAN(plain, 257), ERR_SHAPE);
	frame(list, "255 bytes", "", SPAN(plain, 255), ERR_SHAPE);
	frame(list, "an empty plaintext", "", SPAN(plain, 0), ERR_SHAPE);
	frame_long(list, "65,277 bytes in one frame", 65277);
	frame_long(list, "65,278 bytes in two frames", 65278);
	frame_long(list, "the longest message", LIMIT_MESSAGE);
	return list;
}
