/* vectors.c - writes tests/vectors: vectors FOLDER. From fixed keys, so that the same program writes the same bytes; `make check`
 * compares. The form is described in tests/vectors/README.md. */
#include "tests/gen/vectors.h"

#include <sodium.h>
#include <stdio.h>

#include "proto/pack.h"
#include "proto/vocab.h"

static bool wrong; /* all that is wrong is said before it ends */

void vectors_must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "vectors: %s\n", what);
	exit(1);
}

json_t *vectors_hex(struct span s)
{
	char *text = malloc(2 * s.n + 1);
	json_t *out;

	vectors_must(text != NULL, "memory");
	hex_encode(text, s.p, s.n);
	out = json_string(text);
	free(text);
	return out;
}

json_t *vectors_id(const struct id *id)
{
	return vectors_hex(ID_SPAN(id));
}

json_t *vectors_bytes(const uint8_t *p, size_t n)
{
	return vectors_hex(SPAN(p, n));
}

json_t *vectors_time(int64_t ms)
{
	return json_integer(ms);
}

void vectors_add(json_t *list, const char *name, const char *comment, json_t *input, json_t *expected)
{
	json_t *vector = json_pack("{s:s, s:s, s:o, s:o}", "name", name, "comment", comment, "input", input, "expected", expected);
	json_t *other;
	size_t i;

	vectors_must(vector != NULL, name);
	json_array_foreach(list, i, other)
		vectors_must(strcmp(json_string_value(json_object_get(other, "name")), name) != 0, "a name stands twice");
	vectors_must(json_array_append_new(list, vector) == 0, name);
}

static const char *reason(enum err e)
{
	return e == ERR_SHAPE ? "shape" : e == ERR_LIMIT ? "limit" : e == ERR_SIGNATURE ? "signature" : e == ERR_CONFLICT ? "chain" :
	       e == ERR_PENDING ? "pending" : e == ERR_VERSION ? "version" : e == ERR_EXPIRED ? "expired" : e == ERR_CRYPT ? "crypt" : "invalid";
}

json_t *vectors_verdict(enum err got, enum err wanted, const char *name)
{
	if (got != wanted) {
		fprintf(stderr, "vectors: %s: %s, not %s\n", name, err_name(got), err_name(wanted));
		wrong = true;
	}
	return got == OK ? json_pack("{s:b}", "accepted", 1) : json_pack("{s:b, s:s}", "accepted", 0, "reason", reason(got));
}

void vectors_verdict_is(enum verdict got, enum verdict wanted, const char *name)
{
	if (got == wanted)
		return;
	fprintf(stderr, "vectors: %s: %s, not %s\n", name, verdict_name(got), verdict_name(wanted));
	wrong = true;
}

json_t *vectors_said(json_t *expected, const struct complaint *why)
{
	char text[sizeof why->where + sizeof why->text + 1];

	snprintf(text, sizeof text, "%s %s", why->where, why->text);
	vectors_must(json_object_set_new(expected, "said", json_string(text)) == 0, text);
	return expected;
}

json_t *vectors_with(json_t *to, json_t *from)
{
	vectors_must(to && from && json_object_update_missing(to, from) == 0, "memory");
	json_decref(from);
	return to;
}

/* ---- organisations ---- */

void vectors_fill(uint8_t out[static 32], uint8_t byte)
{
	memset(out, byte, 32);
}

void vectors_pair(uint8_t byte, uint8_t pk[static 32], uint8_t sk[static 64])
{
	uint8_t seed[32];

	vectors_fill(seed, byte);
	sign_keypair(seed, pk, sk);
}

static void exchange_key(uint8_t byte, uint8_t pk[static 32])
{
	uint8_t sk[32];

	vectors_fill(sk, byte);
	crypto_scalarmult_base(pk, sk);
}

static void seal(struct vectors_org *o, const char *reason_word)
{
	const struct vectors_seeds *seeds = &o->seeds[o->n];
	struct statement *s = &o->statement[o->n];
	struct signed_statement *out = &o->chain[o->n];
	uint8_t pk[32], root[64], sign[64], unused[64];

	vectors_pair(seeds->root, s->root_pk, root);
	vectors_pair(seeds->sign, s->keys.sign, sign);
	exchange_key(seeds->link, s->keys.link);
	exchange_key(seeds->seal, s->keys.seal);
	s->reason = vocab_number(&vocab_key_reason, SPAN(reason_word, strlen(reason_word)));
	s->issued = VECTORS_TIME + (int64_t)o->n * 86400000;
	s->stale_after = VECTORS_STALE;
	vectors_pair(seeds->next_root, pk, unused);
	statement_root_digest(pk, &s->next_root);
	vectors_must(statement_encode(s, &o->payload[o->n]) == OK, "statement");
	out->payload = buf_span(&o->payload[o->n]);
	vectors_must(sign_make(SIGN_KEY, out->payload, root, out->root_sig) == OK, "statement");
	vectors_must(sign_make(SIGN_KEY, out->payload, sign, out->sign_sig) == OK, "statement");
	o->n++;
}

void vectors_org(struct vectors_org *o, const char *name, struct vectors_seeds seeds)
{
	memset(o, 0, sizeof *o);
	o->seeds[0] = seeds;
	memcpy(o->statement[0].name, name, strlen(name) + 1);
	seal(o, "routine");
	statement_org(o->chain[0].payload, &o->org);
}

void vectors_org_next(struct vectors_org *o, const char *reason_word)
{
	struct statement *s = &o->statement[o->n];
	struct vectors_seeds t = o->seeds[o->n - 1];

	vectors_must(o->n < VECTORS_CHAIN, "too many statements");
	o->seeds[o->n] = (struct vectors_seeds){t.next_root, (uint8_t)(t.next_root + 1), (uint8_t)(t.sign + 1), (uint8_t)(t.link + 1),
	                                        (uint8_t)(t.seal + 1)};
	s->has_org = true;
	s->org = o->org;
	s->kseq = o->n;
	statement_hash(o->chain[o->n - 1].payload, &s->prev);
	memcpy(s->name, s[-1].name, sizeof s->name);
	seal(o, reason_word);
}

void vectors_org_free(struct vectors_org *o)
{
	for (size_t i = 0; i < VECTORS_CHAIN; i++)
		buf_free(&o->payload[i]);
}

void vectors_sign(const struct vectors_org *o, size_t kseq, enum sign_ctx ctx, struct span payload, uint8_t out[static 64])
{
	uint8_t pk[32], sk[64];

	vectors_pair(o->seeds[kseq].sign, pk, sk);
	vectors_must(sign_make(ctx, payload, sk, out) == OK, "signature");
}

json_t *vectors_statement(const struct signed_statement *s)
{
	return json_pack("{s:o, s:o, s:o}", "payload", vectors_hex(s->payload), "root_sig", vectors_bytes(s->root_sig, 64), "sign_sig",
	                 vectors_bytes(s->sign_sig, 64));
}

json_t *vectors_statements(const struct signed_statement *s, size_t n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, vectors_statement(&s[i]));
	return out;
}

/* ---- forms that our encoders do not make ---- */

struct value *vectors_edit(struct arena *a, struct span payload, int64_t key, struct value *item)
{
	const struct value *map;
	struct value *out = value_map(a);

	vectors_must(pack_decode(payload, a, &map) == OK, "edit");
	for (uint32_t i = 0; i < map->n; i++) {
		int64_t k;

		vectors_must(value_is_int(map->items[2 * i], &k), "edit");
		if (k != key)
			value_set(a, out, k, value_copy(a, map->items[2 * i + 1]));
	}
	if (item)
		value_set(a, out, key, item);
	return out;
}

void vectors_pack(const struct value *v, struct buf *out)
{
	vectors_must(pack_encode(v, out) == OK, "pack");
}

/* ---- the files ---- */

static const struct {
	const char *name, *section, *about;
	json_t *(*make)(void);
} files[] = {
	{"msgpack", "2", "Which bytes are one canonical object", vectors_msgpack},
	{"hashes", "1", "B2b and K2b with every personalisation", vectors_hashes},
	{"signatures", "1", "Pre-authentication encoding, Ed25519, and what does not verify", vectors_signatures},
	{"keys", "3", "Which public keys may be enrolled", vectors_keys},
	{"merkle", "6", "Tops, all inclusion paths, and paths that lead nowhere", vectors_merkle},
	{"statements", "3", "Chains of key statements, organisation ids, ten words", vectors_chains},
	{"invitations", "11", "Invitations and what is wrong with others", vectors_invitations},
	{"selectors", "4", "Pre-shared keys and selectors from a secret", vectors_selectors},
	{"handshakes", "4", "Whole handshakes with fixed keys, and what the responder hangs up on", vectors_handshakes},
	{"frames", "4", "Frames behind one handshake, and what ends the session", vectors_frames},
	{"records", "5", "A record of each kind, and records that are exceptions wherever they come", vectors_records},
	{"judgements", "8", "Records that only their entry and its reader decide about; forwards", vectors_judgements},
	{"logs", "6", "Log ids", vectors_logs},
	{"entries", "6", "Entries with their records, judged as far as it needs no store", vectors_entries},
	{"receipts", "7", "Receipts, what they cover, and forms that are none", vectors_receipts},
	{"summaries", "10", "Summaries of heads", vectors_summaries},
	{"cards", "14", "Cards, and files that are none", vectors_cards},
	{"bundles", "14", "Sealed bundles, and what does not open or does not hold", vectors_bundles},
	{"proofs", "14", "Proof files: valid, undecided, and invalid with the link that fails", vectors_proofs},
	{"rosters", "20", "Roster events: decided, lacking signatures, and what does not continue", vectors_rosters},
	{"evidence", "14", "Evidence files: valid, undecided, and invalid with the reason", vectors_evidence},
};

static void write_file(const char *folder, size_t i)
{
	json_t *vectors = files[i].make();
	json_t *all = json_pack("{s:s, s:s, s:o}", "about", files[i].about, "section", files[i].section, "vectors", vectors);
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s.json", folder, files[i].name);
	vectors_must(all && json_array_size(vectors) > 0, path);
	f = fopen(path, "w");
	vectors_must(f != NULL, path);
	vectors_must(json_dumpf(all, f, JSON_INDENT(1) | JSON_ENSURE_ASCII) == 0 && fputc('\n', f) != EOF && fclose(f) == 0, path);
	json_decref(all);
}

int main(int argc, char **argv)
{
	vectors_must(argc == 2 && sodium_init() >= 0, "usage: vectors FOLDER");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		write_file(argv[1], i);
	return wrong;
}
