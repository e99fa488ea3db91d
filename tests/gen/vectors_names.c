/* Who somebody is: chains of key statements with organisation ids and ten words, invitations. */
#include "tests/gen/vectors.h"

#include <sodium.h>
#include <stdio.h>

#include "keys/hash.h"
#include "keys/words.h"
#include "proto/invite.h"
#include "proto/pack.h"

#define WHO ((struct vectors_seeds){0x20, 0x21, 0x30, 0x40, 0x50})

/* ---- chains ---- */

static enum err chain_check(const struct signed_statement *s, size_t n, struct id *org)
{
	struct statement parsed;
	enum err e = OK;

	for (size_t i = 0; i < n && e == OK; i++)
		e = statement_verify(&s[i], i ? &s[i - 1] : NULL, &parsed, org);
	return e;
}

static void chain_good(json_t *list, const char *name, const char *comment, const struct vectors_org *o, size_t n)
{
	json_t *hashes = json_array(), *seeds = json_array();
	struct id org = {{0}}, hash;
	char words[WORDS_TEXT];

	vectors_must(chain_check(o->chain, n, &org) == OK && id_eq(&org, &o->org), name);
	for (size_t i = 0; i < n; i++) {
		const struct vectors_seeds *t = &o->seeds[i];

		statement_hash(o->chain[i].payload, &hash);
		json_array_append_new(hashes, vectors_id(&hash));
		json_array_append_new(seeds, json_pack("{s:i, s:i, s:i, s:i, s:i}", "root", t->root, "next_root", t->next_root, "sign", t->sign,
		                                       "link", t->link, "seal", t->seal));
	}
	words_org(&o->org, words);
	vectors_add(list, name, comment, json_pack("{s:o, s:o}", "statements", vectors_statements(o->chain, n), "secrets", seeds),
	            json_pack("{s:b, s:o, s:s, s:o, s:o}", "accepted", 1, "org", vectors_id(&o->org), "words", words, "hashes", hashes, "sign_pk",
	                      vectors_bytes(o->statement[n - 1].keys.sign, 32)));
}

static void chain_bad(json_t *list, const char *name, const char *comment, const struct signed_statement *s, size_t n, enum err wanted)
{
	struct id org;

	vectors_add(list, name, comment, json_pack("{s:o}", "statements", vectors_statements(s, n)),
	            vectors_verdict(chain_check(s, n, &org), wanted, name));
}

/* Statement `at` of the chain with one member changed and signed anew by the keys it should be signed by. */
static void edited(json_t *list, const char *name, const char *comment, const struct vectors_org *o, size_t at, struct arena *a, int64_t member,
                   struct value *item, enum err wanted)
{
	struct signed_statement s[VECTORS_CHAIN];
	struct buf payload = {0};
	uint8_t pk[32], sk[64];

	memcpy(s, o->chain, sizeof s);
	vectors_pack(vectors_edit(a, o->chain[at].payload, member, item), &payload);
	s[at].payload = buf_span(&payload);
	vectors_pair(o->seeds[at].root, pk, sk);
	vectors_must(sign_make(SIGN_KEY, s[at].payload, sk, s[at].root_sig) == OK, name);
	vectors_pair(o->seeds[at].sign, pk, sk);
	vectors_must(sign_make(SIGN_KEY, s[at].payload, sk, s[at].sign_sig) == OK, name);
	chain_bad(list, name, comment, s, at + 1, wanted);
	buf_free(&payload);
}

static void edits(json_t *list, const struct vectors_org *o, struct arena *a)
{
	static const uint8_t zeros[32], one[32] = {1};
	char name201[202], name200[201];
	struct id off = o->org;

	off.b[0] ^= 1;
	memset(name201, 'n', sizeof name201);
	memset(name200, 'n', sizeof name200);
	edited(list, "name of 200 bytes", "", o, 0, a, 12, value_strn(a, SPAN(name200, 200)), OK);
	edited(list, "a key from 64 up", "kept under the signature; it changes id and hash", o, 0, a, 64, value_int(a, 7), OK);
	edited(list, "name of 201 bytes", "", o, 0, a, 12, value_strn(a, SPAN(name201, 201)), ERR_LIMIT);
	edited(list, "name of two lines", "", o, 0, a, 12, value_str(a, "Example\nLtd"), ERR_INVALID);
	edited(list, "name that turns around", "U+202E", o, 0, a, 12, value_str(a, "Example \xe2\x80\xae" "dtL"), ERR_INVALID);
	edited(list, "no name", "", o, 0, a, 12, NULL, ERR_INVALID);
	edited(list, "blank name", "", o, 0, a, 12, value_str(a, ""), ERR_INVALID);
	edited(list, "a key below 64 that no table names", "", o, 0, a, 13, value_int(a, 1), ERR_INVALID);
	edited(list, "version 2", "", o, 0, a, 0, value_int(a, 2), ERR_INVALID);
	edited(list, "version 0", "", o, 0, a, 0, value_int(a, 0), ERR_INVALID);
	edited(list, "org in the first", "", o, 0, a, 1, value_id(a, &o->org), ERR_INVALID);
	edited(list, "prev in the first", "", o, 0, a, 3, value_id(a, &o->org), ERR_INVALID);
	edited(list, "first says compromise", "", o, 0, a, 9, value_int(a, 2), ERR_INVALID);
	edited(list, "reason 0", "", o, 1, a, 9, value_int(a, 0), ERR_INVALID);
	edited(list, "reason 4", "", o, 1, a, 9, value_int(a, 4), ERR_INVALID);
	edited(list, "issued before 1970", "", o, 0, a, 10, value_int(a, -1), ERR_INVALID);
	edited(list, "sign_pk of 31 bytes", "", o, 0, a, 6, value_bin(a, SPAN(one, 31)), ERR_INVALID);
	edited(list, "sign_pk as text", "", o, 0, a, 6, value_str(a, "12345678901234567890123456789012"), ERR_INVALID);
	edited(list, "root_pk of small order", "", o, 0, a, 4, value_bin(a, SPAN(one, 32)), ERR_INVALID);
	edited(list, "sign_pk of small order", "", o, 0, a, 6, value_bin(a, SPAN(one, 32)), ERR_INVALID);
	edited(list, "link_pk of zeros", "", o, 0, a, 7, value_bin(a, SPAN(zeros, 32)), ERR_INVALID);
	edited(list, "seal_pk of small order", "", o, 0, a, 8, value_bin(a, SPAN(one, 32)), ERR_INVALID);
	edited(list, "no org in the second", "", o, 1, a, 1, NULL, ERR_INVALID);
	edited(list, "another organisation in the second", "", o, 1, a, 1, value_id(a, &off), ERR_CONFLICT);
	edited(list, "another prev in the second", "", o, 1, a, 3, value_id(a, &off), ERR_CONFLICT);
	edited(list, "prev of zeros in the second", "", o, 1, a, 3, value_bin(a, SPAN(zeros, 32)), ERR_INVALID);
	edited(list, "root_pk that was not announced", "", o, 1, a, 4, value_bin(a, SPAN(o->statement[0].root_pk, 32)), ERR_CONFLICT);
	edited(list, "kseq left out of the count", "2 behind 0", o, 1, a, 2, value_int(a, 2), ERR_CONFLICT);
	edited(list, "kseq 256", "", o, 1, a, 2, value_int(a, 256), ERR_LIMIT);
}

static void chains_broken(json_t *list, const struct vectors_org *o)
{
	struct signed_statement s[VECTORS_CHAIN];
	uint8_t long_form[300];

	memcpy(s, o->chain, sizeof s);
	s[0].root_sig[10] ^= 1;
	chain_bad(list, "root_sig changed", "", s, 1, ERR_SIGNATURE);
	memcpy(s, o->chain, sizeof s);
	s[0].sign_sig[10] ^= 1;
	chain_bad(list, "sign_sig changed", "", s, 1, ERR_SIGNATURE);
	memcpy(s, o->chain, sizeof s);
	memcpy(s[0].root_sig, o->chain[0].sign_sig, 64);
	chain_bad(list, "both by the sign key", "", s, 1, ERR_SIGNATURE);
	chain_bad(list, "it begins with the second", "", o->chain + 1, 1, ERR_CONFLICT);
	memcpy(s, o->chain, sizeof s);
	s[1] = o->chain[2];
	chain_bad(list, "the second is missing", "", s, 2, ERR_CONFLICT);
	s[1] = o->chain[0];
	chain_bad(list, "the first twice", "", s, 2, ERR_CONFLICT);
	memcpy(s, o->chain, sizeof s);
	memcpy(long_form + 3, o->chain[0].payload.p + 1, o->chain[0].payload.n - 1);
	long_form[0] = 0xde;
	long_form[1] = 0;
	long_form[2] = o->chain[0].payload.p[0] & 15;
	s[0].payload = SPAN(long_form, o->chain[0].payload.n + 2);
	chain_bad(list, "not canonical", "the map in a longer form; nobody parses what is not canonical, signed or not", s, 1, ERR_SHAPE);
	s[0].payload = SPAN(NULL, 0);
	chain_bad(list, "empty payload", "", s, 1, ERR_SHAPE);
}

json_t *vectors_chains(void)
{
	json_t *list = json_array();
	struct arena *a = arena_new();
	struct vectors_org o;

	vectors_org(&o, "Example Ltd", (struct vectors_seeds){1, 2, 3, 4, 5});
	chain_good(list, "one statement of A", "the organisation A of section 19; a secret is its byte 32 times", &o, 1);
	vectors_org_free(&o);
	vectors_org(&o, "Other plc", (struct vectors_seeds){0x11, 0x12, 0x13, 0x14, 0x15});
	chain_good(list, "one statement of B", "the organisation B of section 19", &o, 1);
	vectors_org_free(&o);
	vectors_org(&o, "H\xc3\xa9lice S.A.", WHO);
	vectors_org_next(&o, "routine");
	vectors_org_next(&o, "compromise");
	chain_good(list, "three statements", "the second routine, the third after a compromise", &o, 3);
	chains_broken(list, &o);
	edits(list, &o, a);
	vectors_org_free(&o);
	arena_free(a);
	return list;
}

/* ---- invitations ---- */

static json_t *addresses(const struct invite *i)
{
	json_t *out = json_array();

	for (size_t k = 0; k < i->addresses; k++)
		json_array_append_new(out, json_string(i->address[k]));
	return out;
}

static json_t *as_text(struct span s)
{
	return json_stringn((const char *)s.p, s.n);
}

static void invite_good(json_t *list, const char *name, const char *comment, struct span text, int64_t now, bool expired)
{
	struct complaint why = {0};
	struct invite i;
	json_t *expected;

	vectors_must(invite_decode(text, &i, &why) == OK, why.text);
	vectors_must((i.expires <= now) == expired, name);
	expected = vectors_verdict(expired ? ERR_EXPIRED : OK, expired ? ERR_EXPIRED : OK, name);
	expected = vectors_with(expected, json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:s}", "org", vectors_id(&i.org), "link_pk",
	                                            vectors_bytes(i.link_pk, 32), "statement", vectors_id(&i.statement), "secret",
	                                            vectors_bytes(i.secret, 32), "addresses", addresses(&i), "expires", (json_int_t)i.expires,
	                                            "name", i.name));
	vectors_add(list, name, comment, json_pack("{s:o, s:I}", "text", as_text(text), "now", (json_int_t)now), expected);
}

static void invite_bad(json_t *list, const char *name, const char *comment, struct span text)
{
	struct complaint why = {0};
	struct invite i;
	enum err got = invite_decode(text, &i, &why);

	if (got == OK && i.addresses == 0) /* well formed; whoever should join with it refuses it (node/pairing.c) */
		got = fields_complain(&why, ERR_INVALID, "holds no address to dial", "invitation");
	vectors_add(list, name, comment, json_pack("{s:o, s:I}", "text", as_text(text), "now", (json_int_t)VECTORS_TIME),
	            vectors_said(vectors_verdict(got, ERR_INVALID, name), &why));
}

/* The map, its checksum, base32: what stands behind the prefix may be of any form. */
static void token(struct span map, struct buf *out)
{
	struct buf bytes = {0};
	struct id sum;

	hash_one(&sum, "tally.itok.v1", map);
	vectors_must(buf_add(&bytes, map.p, map.n) == OK && buf_add(&bytes, sum.b, 4) == OK, "token");
	vectors_must(buf_add(out, "tally1", 6) == OK && base32_encode(buf_span(&bytes), out) == OK, "token");
	buf_free(&bytes);
}

static void invite_edited(json_t *list, const char *name, const char *comment, struct arena *a, struct span map, int64_t member,
                          struct value *item)
{
	struct buf payload = {0}, text = {0};

	vectors_pack(vectors_edit(a, map, member, item), &payload);
	token(buf_span(&payload), &text);
	invite_bad(list, name, comment, buf_span(&text));
	buf_free(&payload);
	buf_free(&text);
}

static void invite_edits(json_t *list, struct arena *a, struct span map)
{
	struct value *none = value_array(a), *five = value_array(a), *longer = value_array(a);
	char address[81];

	memset(address, 'a', sizeof address);
	memcpy(address + 75, ":7400", 6);
	value_push(a, longer, value_strn(a, SPAN(address, 80)));
	for (int i = 0; i < 5; i++)
		value_push(a, five, value_str(a, "a.example:7400"));
	invite_edited(list, "no address", "", a, map, 4, none);
	invite_edited(list, "five addresses", "", a, map, 4, five);
	invite_edited(list, "address of 80 bytes", "", a, map, 4, longer);
	invite_edited(list, "no secret", "", a, map, 3, NULL);
	invite_edited(list, "secret of 31 bytes", "", a, map, 3, value_bin(a, SPAN("1234567890123456789012345678901", 31)));
	invite_edited(list, "expires before 1970", "", a, map, 5, value_int(a, -1));
	invite_edited(list, "a key below 64 that no table names", "", a, map, 7, value_int(a, 1));
	invite_edited(list, "name of two lines", "", a, map, 6, value_str(a, "Other\nplc"));
}

static void invites_broken(json_t *list, struct arena *a, const struct buf *text)
{
	struct buf bytes = {0}, odd = {0};
	char s[LIMIT_TOKEN + 2], *at;
	struct span map;

	vectors_must(base32_decode(SPAN(text->p + 6, text->n - 6), &bytes) == OK && text->n < sizeof s, "token");
	map = SPAN(bytes.p, bytes.n - 4);
	memcpy(s, text->p, text->n);
	s[20] = s[20] == 'a' ? 'b' : 'a';
	invite_bad(list, "one letter changed", "the checksum finds it", SPAN(s, text->n));
	memcpy(s, text->p, text->n);
	s[20] = '1';
	invite_bad(list, "a digit that base32 has not", "", SPAN(s, text->n));
	memcpy(s, text->p, text->n);
	s[5] = '2';
	invite_bad(list, "a newer form", "", SPAN(s, text->n));
	s[5] = '0';
	invite_bad(list, "an older form than the first", "", SPAN(s, text->n));
	invite_bad(list, "something else", "", SPAN("https://example.org/", 20));
	invite_bad(list, "nothing", "", SPAN("", 0));
	invite_bad(list, "the prefix alone", "", SPAN("tally1", 6));
	invite_bad(list, "half of it", "", SPAN(text->p, text->n / 2));
	invite_bad(list, "all but its last letter", "", SPAN(text->p, text->n - 1));
	memcpy(s, text->p, text->n);
	at = &s[text->n - 1];
	*at = (char)(*at + 1); /* the last letter holds bits of no byte: one of them set */
	invite_bad(list, "bits behind the last byte", "", SPAN(s, text->n));
	memset(s, 'a', sizeof s);
	memcpy(s, "tally1", 6);
	invite_bad(list, "1,025 characters", "", SPAN(s, LIMIT_TOKEN + 1));
	vectors_must(buf_add(&odd, "\xde\0\7", 3) == OK && buf_add(&odd, map.p + 1, map.n - 1) == OK, "token");
	struct buf longer = {0};
	token(buf_span(&odd), &longer);
	invite_bad(list, "not canonical", "the map in a longer form, with a checksum that fits", buf_span(&longer));
	invite_edits(list, a, map);
	buf_free(&longer);
	buf_free(&odd);
	buf_free(&bytes);
}

json_t *vectors_invitations(void)
{
	json_t *list = json_array();
	struct arena *a = arena_new();
	struct buf text = {0}, upper = {0};
	struct vectors_org o;
	struct invite i = {.expires = VECTORS_TIME + 86400000, .addresses = 1, .address = {"node.other.example:7707"}, .name = "Other plc"};

	vectors_org(&o, "Other plc", (struct vectors_seeds){0x11, 0x12, 0x13, 0x14, 0x15});
	i.org = o.org;
	memcpy(i.link_pk, o.statement[0].keys.link, 32);
	statement_hash(o.chain[0].payload, &i.statement);
	for (uint8_t k = 0; k < 32; k++)
		i.secret[k] = k;
	vectors_must(invite_encode(&i, &text) == OK, "invite");
	invite_good(list, "of B", "that of section 19", buf_span(&text), VECTORS_TIME, false);
	invite_good(list, "expired", "its form is good; whoever joins with it a day later is refused", buf_span(&text), i.expires, true);
	for (size_t k = 0; k < text.n; k++) {
		char c = (char)(text.p[k] >= 'a' && text.p[k] <= 'z' ? text.p[k] - 32 : text.p[k]);

		vectors_must(buf_add(&upper, &c, 1) == OK && (k % 60 || buf_add(&upper, "\r\n\t ", 4) == OK), "upper");
	}
	invite_good(list, "in capitals, broken into lines", "either case; blanks, tabs and line ends are dropped", buf_span(&upper), VECTORS_TIME,
	            false);
	invites_broken(list, a, &text);
	buf_clear(&text);
	i.addresses = 4;
	for (size_t k = 0; k < 4; k++)
		snprintf(i.address[k], sizeof i.address[k], "[2001:db8::%zu]:7400", k + 1);
	vectors_must(invite_encode(&i, &text) == OK, "invite");
	invite_good(list, "four addresses", "", buf_span(&text), VECTORS_TIME, false);
	buf_free(&text);
	buf_free(&upper);
	vectors_org_free(&o);
	arena_free(a);
	return list;
}
