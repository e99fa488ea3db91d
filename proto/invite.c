#include "proto/invite.h"

#include <ctype.h>
#include <string.h>

#include "keys/hash.h"
#include "proto/pack.h"

#define PREFIX "tally1"
#define PREFIX_LEN 6
#define CHECK_LEN 4

enum { ORG, LINK, STATEMENT, SECRET, ADDRESSES, EXPIRES, NAME };

/* All that a token must say, and no more: it is read from a screen, mailed, or shown as a QR. */
static const struct field invite_fields[] = {
	{.key = ORG, .name = "org", .type = FIELD_ORG, .required = true, .help = "who invites"},
	{.key = LINK, .name = "link_pk", .type = FIELD_REF, .required = true, .help = "its X25519 key for links"},
	{.key = STATEMENT, .name = "statement", .type = FIELD_REF, .required = true, .help = "hash of its newest key statement"},
	{.key = SECRET, .name = "secret", .type = FIELD_REF, .required = true,
	 .help = "32 random bytes; whoever holds them may use the invitation once"},
	{.key = ADDRESSES, .name = "addresses", .type = FIELD_LINE, .list = true, .max = 79, .max_items = INVITE_ADDRESSES,
	 .help = "host:port to dial"},
	{.key = EXPIRES, .name = "expires", .type = FIELD_TIME, .required = true, .help = "of no use after this"},
	{.key = NAME, .name = "name", .type = FIELD_LINE, .required = true, .max = LIMIT_NAME,
	 .help = "what the inviting organisation calls itself"},
	{0},
};

static void checksum(struct span map, uint8_t out[static CHECK_LEN])
{
	struct id id;

	hash_one(&id, "tally.itok.v1", map);
	memcpy(out, id.b, CHECK_LEN);
}

static struct value *build(struct arena *a, const struct invite *i)
{
	struct value *map = value_map(a), *list = value_array(a);
	size_t k;

	value_set(a, map, ORG, value_id(a, &i->org));
	value_set(a, map, LINK, value_bin(a, SPAN(i->link_pk, 32)));
	value_set(a, map, STATEMENT, value_id(a, &i->statement));
	value_set(a, map, SECRET, value_bin(a, SPAN(i->secret, 32)));
	for (k = 0; k < i->addresses; k++)
		value_push(a, list, value_strn(a, SPAN(i->address[k], strnlen(i->address[k], sizeof i->address[k]))));
	if (i->addresses > 0)
		value_set(a, map, ADDRESSES, list);
	value_set(a, map, EXPIRES, value_int(a, i->expires));
	value_set(a, map, NAME, value_strn(a, SPAN(i->name, strnlen(i->name, sizeof i->name))));
	return map;
}

enum err invite_encode(const struct invite *i, struct buf *text)
{
	const size_t before = text->n;
	struct complaint why;
	struct buf bytes = {0};
	struct value *map;
	struct arena *a;
	uint8_t check[CHECK_LEN];
	enum err err;

	if (i->addresses > INVITE_ADDRESSES)
		return ERR_LIMIT;
	a = arena_new();
	if (a == NULL)
		return ERR_MEMORY;
	map = build(a, i);
	err = map == NULL ? ERR_MEMORY : fields_check(invite_fields, map, &why);
	if (err == OK)
		err = pack_encode(map, &bytes);
	if (err != OK)
		goto done;
	checksum(buf_span(&bytes), check);
	err = buf_add(&bytes, check, CHECK_LEN);
	if (err == OK)
		err = buf_add(text, PREFIX, PREFIX_LEN);
	if (err == OK)
		err = base32_encode(buf_span(&bytes), text);
	if (err == OK && text->n - before > LIMIT_TOKEN)
		err = ERR_LIMIT;
	if (err != OK)
		text->n = before;
done:
	buf_free(&bytes); /* the secret is in it */
	arena_free(a);
	return err;
}

static enum err complain(const char *text, struct complaint *why)
{
	return fields_complain(why, ERR_INVALID, text, "invitation");
}

/* Lower case, without blanks and line ends: what mail programs and people put in. */
static enum err tidy(struct span text, char out[static LIMIT_TOKEN + 1], size_t *count, struct complaint *why)
{
	size_t i, n = 0;

	for (i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (n == LIMIT_TOKEN)
			return complain("is longer than any invitation", why);
		out[n++] = (char)(c < 0x80 ? tolower(c) : c);
	}
	out[n] = '\0';
	*count = n;
	return OK;
}

static enum err prefix_check(const char *s, size_t n, struct complaint *why)
{
	if (n < PREFIX_LEN || memcmp(s, "tally", 5) != 0 || s[5] < '0' || s[5] > '9')
		return complain("is not one: an invitation begins with " PREFIX, why);
	if (s[5] != PREFIX[5])
		return complain(s[5] == '0' ? "is not one: an invitation begins with " PREFIX
		                            : "was made by a newer version of tally; update tally to use it", why);
	return OK;
}

static bool alphabet(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
}

/* Big-endian number of width bytes at at, or 0 when they are not all there. */
static uint64_t length_at(struct span s, size_t at, size_t width)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < width && at + i < s.n; i++)
		n = n << 8 | s.p[at + i];
	return n;
}

/* Does the map end before its own announced lengths do? Only to tell a cut token from a mistyped one: nothing else trusts this
 * walk, so it knows just the headers that an invitation has. */
static bool cut(struct span s)
{
	uint64_t left = 1, at = 0;

	while (left > 0 && at < s.n) {
		uint8_t h = s.p[at];

		left--;
		if (h >= 0x80 && h <= 0x8f)
			left += 2u * (h & 0x0fu);
		else if (h >= 0x90 && h <= 0x9f)
			left += h & 0x0fu;
		else if (h >= 0xa0 && h <= 0xbf)
			at += h & 0x1fu;
		else if (h == 0xc4 || h == 0xd9)
			at += 1 + length_at(s, at + 1, 1);
		else if (h >= 0xcc && h <= 0xcf)
			at += (uint64_t)1 << (h - 0xcc);
		else if (h >= 0x80)
			return false; /* mistyped */
		at++;
	}
	return left > 0 || at + CHECK_LEN > s.n;
}

static enum err text_check(char *s, size_t n, struct buf *bytes, struct complaint *why)
{
	uint8_t check[CHECK_LEN];
	size_t i;
	enum err err;

	for (i = 0; i < n; i++)
		if (!alphabet(s[i]))
			return complain("is mistyped: it holds a character that no invitation has (only letters and 2 to 7)", why);
	err = base32_decode(SPAN(s, n), bytes);
	if (err == ERR_INVALID && n > 0) { /* bits behind the last byte: without them it can still be seen how much is there */
		s[n - 1] = 'a';
		err = base32_decode(SPAN(s, n), bytes);
	} else if (err == OK && bytes->n > CHECK_LEN) {
		checksum(SPAN(bytes->p, bytes->n - CHECK_LEN), check);
		if (memcmp(check, bytes->p + bytes->n - CHECK_LEN, CHECK_LEN) == 0)
			return OK;
	}
	if (err == ERR_MEMORY)
		return err;
	if (bytes->n <= CHECK_LEN || cut(buf_span(bytes)))
		return complain("is cut short: a part of it is missing", why);
	return complain("is mistyped: its checksum does not fit", why);
}

static enum err fill(const struct value *map, struct invite *out, struct complaint *why)
{
	const struct value *list = value_at(map, ADDRESSES);
	struct invite i = {0};
	struct id key;
	struct span s = {NULL, 0};
	size_t k;
	enum err err = fields_check(invite_fields, map, why);

	if (err == ERR_MEMORY)
		return err;
	if (err != OK)
		return ERR_INVALID;
	value_is_id(value_at(map, ORG), &i.org);
	value_is_id(value_at(map, LINK), &key);
	memcpy(i.link_pk, key.b, 32);
	value_is_id(value_at(map, STATEMENT), &i.statement);
	value_is_id(value_at(map, SECRET), &key);
	memcpy(i.secret, key.b, 32);
	value_is_int(value_at(map, EXPIRES), &i.expires);
	i.addresses = value_count(list);
	for (k = 0; k < i.addresses; k++) {
		value_is_str(value_item(list, k), &s);
		memcpy(i.address[k], s.p, s.n);
	}
	value_is_str(value_at(map, NAME), &s);
	memcpy(i.name, s.p, s.n);
	*out = i;
	return OK;
}

enum err invite_decode(struct span text, struct invite *out, struct complaint *why)
{
	char line[LIMIT_TOKEN + 1];
	const struct value *map;
	struct buf bytes = {0};
	struct arena *a;
	size_t n = 0;
	enum err err = tidy(text, line, &n, why);

	if (err == OK)
		err = prefix_check(line, n, why);
	if (err != OK)
		return err;
	a = arena_new();
	if (a == NULL)
		return ERR_MEMORY;
	err = text_check(line + PREFIX_LEN, n - PREFIX_LEN, &bytes, why);
	if (err != OK)
		goto done;
	err = pack_decode(SPAN(bytes.p, bytes.n - CHECK_LEN), a, &map);
	if (err == OK)
		err = fill(map, out, why);
	else if (err != ERR_MEMORY)
		err = complain("is not one: it was not made by tally", why);
done:
	buf_free(&bytes);
	arena_free(a);
	explicit_bzero(line, sizeof line); /* it spells the secret */
	return err;
}
