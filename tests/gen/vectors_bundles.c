/* Cards, and bundles: the file, sealed to a key that the vector gives. */
#include "tests/gen/vectors.h"

#include <stdio.h>

#include "keys/sealto.h"
#include "proto/bundle.h"
#include "proto/pack.h"

#define A_SEEDS ((struct vectors_seeds){1, 2, 3, 4, 5})
#define B_SEEDS ((struct vectors_seeds){0x11, 0x12, 0x13, 0x14, 0x15})
#define FRESH 0x21

struct sheet {
	json_t *list;
	struct vectors_org a, b;
	struct arena *arena;
	struct bundle bundle;
	struct carried_record record;
	struct carried_entry entry;
	struct bundle_receipt receipt;
	struct buf long_payload;
};

static void begin(struct sheet *s)
{
	memset(s, 0, sizeof *s);
	s->list = json_array();
	s->arena = arena_new();
	vectors_org(&s->a, "Example Ltd", A_SEEDS);
	vectors_org_next(&s->a, "routine");
	vectors_org(&s->b, "Other plc", B_SEEDS);
	s->record = (struct carried_record){.bytes = SPAN("a record", 8)};
	s->entry = (struct carried_entry){.payload = SPAN("an entry", 8), .signature = SPAN(s->a.chain[0].root_sig, 64), .records = 1,
	                                  .record = &s->record};
	s->receipt = (struct bundle_receipt){SPAN("a receipt", 9), SPAN(s->a.chain[0].sign_sig, 64)};
	s->bundle = (struct bundle){.card = {.statements = 2, .statement = s->a.chain, .addresses = 1, .address = {"node.example:7707"}},
	                            .time = VECTORS_TIME,
	                            .entries = 1, .entry = &s->entry, .receipts = 1, .receipt = &s->receipt};
}

static json_t *end(struct sheet *s)
{
	vectors_org_free(&s->a);
	vectors_org_free(&s->b);
	buf_free(&s->long_payload);
	arena_free(s->arena);
	return s->list;
}

/* ---- cards ---- */

static void card(struct sheet *s, const char *name, const char *comment, const struct buf *file, enum err wanted)
{
	struct card c;
	struct complaint why = {0};
	enum err e = card_decode(buf_span(file), s->arena, &c, &why);
	json_t *expected = vectors_verdict(e, wanted, name);

	if (e == OK)
		expected = vectors_with(expected, json_pack("{s:o, s:i, s:i}", "org", vectors_id(&c.org), "kseq", (int)c.newest.kseq,
		                                            "addresses", (int)c.addresses));
	vectors_add(s->list, name, comment, json_pack("{s:o}", "file", vectors_hex(buf_span(file))), expected);
}

json_t *vectors_cards(void)
{
	struct sheet s;
	struct buf file = {0};

	begin(&s);
	vectors_must(card_encode(&s.bundle.card, &file) == OK, "card");
	card(&s, "two statements, an address", "", &file, OK);
	file.p[file.n - 1] ^= 0x80;
	card(&s, "an address that is no text", "its last byte changed", &file, ERR_SHAPE);
	file.p[file.n - 1] ^= 0x80;
	file.p[14] = 2;
	card(&s, "a newer version", "", &file, ERR_VERSION);
	buf_clear(&file);
	s.bundle.card = (struct card){.statements = 1, .statement = s.b.chain};
	vectors_must(card_encode(&s.bundle.card, &file) == OK, "card");
	card(&s, "one statement, no address", "", &file, OK);
	buf_clear(&file);
	s.bundle.card.statement = &s.a.chain[1];
	vectors_must(card_encode(&s.bundle.card, &file) == OK, "card");
	card(&s, "it begins with kseq 1", "", &file, ERR_CONFLICT);
	buf_free(&file);
	return end(&s);
}

/* ---- bundles ---- */

static enum err read_file(struct sheet *s, struct span file, struct bundle_head *h, struct bundle *b, struct buf *plain)
{
	struct complaint why = {0};
	uint8_t seal_sk[32];
	enum err e = bundle_read_head(file, h);

	vectors_fill(seal_sk, B_SEEDS.seal);
	if (e == OK)
		e = bundle_open(file, seal_sk, plain);
	return e == OK ? bundle_read(buf_span(plain), &h->from, s->arena, b, &why) : e;
}

/* like: the vector of which these are the first bytes; NULL: they are given. */
static void bundle_like(struct sheet *s, const char *name, const char *comment, struct span file, const char *like, enum err wanted)
{
	struct bundle_head h;
	struct bundle b;
	struct buf plain = {0};
	uint8_t seal_sk[32];
	enum err e = read_file(s, file, &h, &b, &plain);
	json_t *expected = vectors_verdict(e, wanted, name);

	vectors_fill(seal_sk, B_SEEDS.seal);
	if (e == OK)
		expected = vectors_with(expected, json_pack("{s:o, s:o, s:i, s:i, s:i, s:i}", "from", vectors_id(&h.from), "to", vectors_id(&h.to),
		                                            "kseq", (int)h.kseq, "content_length", (int)plain.n, "entries", (int)b.entries,
		                                            "receipts", (int)b.receipts));
	json_t *input = json_pack("{s:o}", "seal_secret", vectors_bytes(seal_sk, 32));
	if (like)
		input = vectors_with(input, json_pack("{s:s, s:i}", "like", like, "first", (int)file.n));
	else
		input = vectors_with(input, json_pack("{s:o}", "file", vectors_hex(file)));
	vectors_add(s->list, name, comment, input, expected);
	buf_free(&plain);
}

static void bundle(struct sheet *s, const char *name, const char *comment, struct span file, enum err wanted)
{
	bundle_like(s, name, comment, file, NULL, wanted);
}

static void seal(struct sheet *s, struct buf *out)
{
	struct bundle_to to = {s->b.org, 0, s->b.statement[0].keys.seal};
	uint8_t fresh[32];

	buf_clear(out);
	vectors_fill(fresh, FRESH);
	vectors_must(bundle_seal(&s->bundle, &s->a.org, &to, fresh, out) == OK, "bundle");
}

static void changed(struct sheet *s, struct buf *file, const char *name, size_t at, enum err wanted)
{
	file->p[at] ^= 3; /* of the version's digit it makes a higher one */
	bundle(s, name, "one byte changed", buf_span(file), wanted);
	file->p[at] ^= 3;
}

static void two_chunks(struct sheet *s, struct buf *file)
{
	const size_t chunk = SEALTO_CHUNK + SEALTO_TAG;
	uint8_t *at;

	vectors_must(buf_room(&s->long_payload, 65500, &at) == OK, "memory");
	memset(at, 7, 65500);
	s->bundle.card.statements = 1;
	s->bundle.receipt->payload = buf_span(&s->long_payload);
	seal(s, file);
	bundle(s, "two chunks", "a receipt of 65,500 bytes", buf_span(file), OK);
	bundle_like(s, "the second chunk cut off", "where the first ends: only the mark of the first says that it is not the last",
	            SPAN(file->p, BUNDLE_HEAD + chunk), "two chunks", ERR_CRYPT);
}

json_t *vectors_bundles(void)
{
	struct sheet s;
	struct buf file = {0};

	begin(&s);
	seal(&s, &file);
	bundle(&s, "an entry and a receipt", "from A to B; neither is looked into here", buf_span(&file), OK);
	bundle(&s, "cut by a byte", "", SPAN(file.p, file.n - 1), ERR_CRYPT);
	changed(&s, &file, "a newer form", 7, ERR_VERSION);
	changed(&s, &file, "another sender in front", 8, ERR_CRYPT);
	changed(&s, &file, "another recipient in front", 40, ERR_CRYPT);
	changed(&s, &file, "another key in front", 80, ERR_CRYPT);
	changed(&s, &file, "the content", BUNDLE_HEAD + 5, ERR_CRYPT);
	s.bundle.entries = s.bundle.receipts = 0;
	seal(&s, &file);
	bundle(&s, "a card alone", "lists that would be empty are left out", buf_span(&file), OK);
	s.bundle.card = (struct card){.statements = 1, .statement = s.b.chain};
	seal(&s, &file);
	bundle(&s, "the card of somebody else", "it opens, and its statements are not those of the sender in front", buf_span(&file), ERR_SIGNATURE);
	s.bundle.card = (struct card){.statements = 1, .statement = s.a.chain};
	s.bundle.receipts = 1;
	two_chunks(&s, &file);
	buf_free(&file);
	return end(&s);
}
