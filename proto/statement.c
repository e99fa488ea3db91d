#include "proto/statement.h"

#include <string.h>

#include "keys/hash.h"
#include "keys/point.h"
#include "proto/limits.h"
#include "proto/pack.h"
#include "proto/vocab.h"

#define STATEMENT_VERSION 1
#define STATEMENT_MAX 2048u /* all fields and the longest name need 600; the rest is room for fields of later versions */

enum { VERSION, ORG, KSEQ, PREV, ROOT_PK, NEXT_ROOT, SIGN, LINK, SEAL, REASON, ISSUED, STALE, NAME };

const struct field statement_fields[] = {
	{.key = VERSION, .name = "version", .type = FIELD_INT, .required = true, .help = "1"},
	{.key = ORG, .name = "org", .type = FIELD_ORG,
	 .help = "id of the organisation; left out in its first statement, whose hash it is"},
	{.key = KSEQ, .name = "kseq", .type = FIELD_INT, .required = true, .max = LIMIT_STATEMENTS - 1,
	 .help = "place in the chain, from 0"},
	{.key = PREV, .name = "prev", .type = FIELD_REF, .required = true,
	 .help = "hash of the statement before; zeros in the first"},
	{.key = ROOT_PK, .name = "root_pk", .type = FIELD_REF, .required = true,
	 .help = "Ed25519 root key that signs this statement and nothing else"},
	{.key = NEXT_ROOT, .name = "next_root", .type = FIELD_REF, .required = true,
	 .help = "digest of the root key that will sign the next one"},
	{.key = SIGN, .name = "sign_pk", .type = FIELD_REF, .required = true, .help = "Ed25519 key for entries and receipts"},
	{.key = LINK, .name = "link_pk", .type = FIELD_REF, .required = true, .help = "X25519 key for links"},
	{.key = SEAL, .name = "seal_pk", .type = FIELD_REF, .required = true, .help = "X25519 key for sealed bundles"},
	{.key = REASON, .name = "reason", .type = FIELD_ENUM, .required = true, .vocab = &vocab_key_reason,
	 .help = "why the keys were changed"},
	{.key = ISSUED, .name = "issued", .type = FIELD_TIME, .required = true, .help = "when it was made"},
	{.key = STALE, .name = "stale_after", .type = FIELD_TIME, .required = true,
	 .help = "when its owner should have rotated; a warning, not an end"},
	{.key = NAME, .name = "name", .type = FIELD_LINE, .required = true, .max = LIMIT_NAME,
	 .help = "what the organisation calls itself"},
	{0},
};

const struct field statement_signed_fields[] = {
	{.key = 0, .name = "payload", .type = FIELD_BYTES, .required = true, .max = STATEMENT_MAX, .help = "the key statement"},
	{.key = 1, .name = "root_sig", .type = FIELD_BYTES, .required = true, .max = SIGN_LEN, .help = "by the root key: 64 bytes"},
	{.key = 2, .name = "sign_sig", .type = FIELD_BYTES, .required = true, .max = SIGN_LEN, .help = "by the new sign key: 64 bytes"},
	{0},
};

struct value *statement_value(struct arena *a, const struct signed_statement *s)
{
	struct value *map = value_map(a);

	value_set(a, map, 0, value_bin(a, s->payload));
	value_set(a, map, 1, value_bin(a, SPAN(s->root_sig, SIGN_LEN)));
	value_set(a, map, 2, value_bin(a, SPAN(s->sign_sig, SIGN_LEN)));
	return map;
}

bool statement_read(const struct value *v, struct signed_statement *out)
{
	struct span payload, root, sign;

	if (!value_is_bin(value_at(v, 0), &payload) || !value_is_bin(value_at(v, 1), &root) || !value_is_bin(value_at(v, 2), &sign) ||
	    root.n != SIGN_LEN || sign.n != SIGN_LEN)
		return false;
	out->payload = payload;
	memcpy(out->root_sig, root.p, SIGN_LEN);
	memcpy(out->sign_sig, sign.p, SIGN_LEN);
	return true;
}

void statement_hash(struct span payload, struct id *out)
{
	hash_one(out, "tally.stmt.v1", payload);
}

void statement_org(struct span first_payload, struct id *out)
{
	hash_one(out, "tally.org.v1", first_payload);
}

void statement_root_digest(const uint8_t root_pk[static 32], struct id *out)
{
	hash_one(out, "tally.root.v1", SPAN(root_pk, 32));
}

/* What the table cannot say about one statement by itself. */
static enum err check(const struct statement *s)
{
	if (s->kseq >= LIMIT_STATEMENTS)
		return ERR_LIMIT;
	if (s->has_org != (s->kseq > 0) || id_zero(&s->prev) != (s->kseq == 0))
		return ERR_INVALID;
	if (s->kseq == 0 && s->reason != vocab_number(&vocab_key_reason, SPAN("routine", 7))) /* there was no key before */
		return ERR_INVALID;
	return OK;
}

static struct value *key_value(struct arena *a, const uint8_t pk[static 32])
{
	return value_bin(a, SPAN(pk, 32));
}

enum err statement_encode(const struct statement *s, struct buf *out)
{
	struct complaint why;
	struct arena *a;
	struct value *map;
	enum err err = check(s);

	if (err != OK)
		return err;
	a = arena_new();
	if (a == NULL)
		return ERR_MEMORY;
	map = value_map(a);
	value_set(a, map, VERSION, value_int(a, STATEMENT_VERSION));
	if (s->has_org)
		value_set(a, map, ORG, value_id(a, &s->org));
	value_set(a, map, KSEQ, value_int(a, (int64_t)s->kseq));
	value_set(a, map, PREV, value_id(a, &s->prev));
	value_set(a, map, ROOT_PK, key_value(a, s->root_pk));
	value_set(a, map, NEXT_ROOT, value_id(a, &s->next_root));
	value_set(a, map, SIGN, key_value(a, s->keys.sign));
	value_set(a, map, LINK, key_value(a, s->keys.link));
	value_set(a, map, SEAL, key_value(a, s->keys.seal));
	value_set(a, map, REASON, value_int(a, s->reason));
	value_set(a, map, ISSUED, value_int(a, s->issued));
	value_set(a, map, STALE, value_int(a, s->stale_after));
	value_set(a, map, NAME, value_strn(a, SPAN(s->name, strnlen(s->name, sizeof s->name))));
	err = fields_check(statement_fields, map, &why); /* the name was typed by a person */
	if (err == OK)
		err = pack_encode(map, out);
	arena_free(a);
	return err;
}

enum err statement_name(const char *name, struct complaint *why)
{
	const struct field only[] = {*fields_find(statement_fields, "name"), {0}};
	struct arena *a = arena_new();
	struct value *map = a ? value_map(a) : NULL;
	enum err err = ERR_MEMORY;

	if (map) {
		value_set(a, map, NAME, value_strn(a, SPAN(name, strlen(name))));
		err = fields_check(only, map, why);
	}
	arena_free(a);
	return err;
}

static int64_t number(const struct value *map, int64_t key)
{
	int64_t i = 0;

	value_is_int(value_at(map, key), &i);
	return i;
}

static void key_read(const struct value *map, int64_t key, uint8_t out[static 32])
{
	struct id id = {{0}};

	value_is_id(value_at(map, key), &id);
	memcpy(out, id.b, 32);
}

static enum err fill(const struct value *map, struct statement *out)
{
	struct statement s = {0};
	struct span name = {NULL, 0};
	enum err err;

	if (number(map, VERSION) != STATEMENT_VERSION)
		return ERR_INVALID;
	s.has_org = value_is_id(value_at(map, ORG), &s.org);
	s.kseq = (uint64_t)number(map, KSEQ);
	value_is_id(value_at(map, PREV), &s.prev);
	key_read(map, ROOT_PK, s.root_pk);
	value_is_id(value_at(map, NEXT_ROOT), &s.next_root);
	key_read(map, SIGN, s.keys.sign);
	key_read(map, LINK, s.keys.link);
	key_read(map, SEAL, s.keys.seal);
	s.reason = number(map, REASON);
	s.issued = number(map, ISSUED);
	s.stale_after = number(map, STALE);
	value_is_str(value_at(map, NAME), &name);
	if (name.n >= sizeof s.name)
		return ERR_LIMIT;
	memcpy(s.name, name.p, name.n);
	err = check(&s);
	if (err == OK)
		*out = s;
	return err;
}

enum err statement_decode(struct span payload, struct statement *out)
{
	struct complaint why;
	const struct value *map;
	struct arena *a;
	enum err err;

	if (payload.n > STATEMENT_MAX)
		return ERR_LIMIT;
	a = arena_new();
	if (a == NULL)
		return ERR_MEMORY;
	err = pack_decode(payload, a, &map);
	if (err == OK)
		err = fields_check(statement_fields, map, &why);
	if (err == OK)
		err = fill(map, out);
	arena_free(a);
	return err;
}

/* Does s continue the chain after before? *org gets whose chain it is. */
static enum err continues(const struct statement *s, struct span payload, const struct signed_statement *before,
                          struct id *org)
{
	struct statement b;
	struct id hash, root, first;
	enum err err;

	if (before == NULL) {
		if (s->kseq != 0)
			return ERR_CONFLICT;
		statement_org(payload, org);
		return OK;
	}
	err = statement_decode(before->payload, &b);
	if (err != OK)
		return err;
	if (b.has_org)
		first = b.org;
	else
		statement_org(before->payload, &first);
	statement_hash(before->payload, &hash);
	statement_root_digest(s->root_pk, &root);
	if (s->kseq != b.kseq + 1 || !id_eq(&s->org, &first) || !id_eq(&s->prev, &hash) || !id_eq(&root, &b.next_root))
		return ERR_CONFLICT;
	*org = first;
	return OK;
}

enum err statement_verify(const struct signed_statement *s, const struct signed_statement *before, struct statement *out,
                          struct id *org)
{
	struct statement parsed;
	struct id whose;
	enum err err = statement_decode(s->payload, &parsed);

	if (err == OK)
		err = continues(&parsed, s->payload, before, &whose);
	if (err != OK)
		return err;
	if (!sign_pk_valid(parsed.root_pk) || !sign_pk_valid(parsed.keys.sign))
		return ERR_INVALID;
	if (!point_valid(parsed.keys.link) || !point_valid(parsed.keys.seal))
		return ERR_INVALID;
	err = sign_check(SIGN_KEY, s->payload, parsed.root_pk, s->root_sig);
	if (err == OK)
		err = sign_check(SIGN_KEY, s->payload, parsed.keys.sign, s->sign_sig);
	if (err != OK)
		return err;
	*out = parsed;
	*org = whose;
	return OK;
}
