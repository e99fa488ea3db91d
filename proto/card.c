#include "proto/card.h"

#include <string.h>

#include "proto/pack.h"

#define FORMAT_TEXT "tally card"
#define CARD_VERSION 1

enum { FORMAT, VERSION, STATEMENTS, ADDRESSES };

static const struct field card_fields[] = {
	{.key = FORMAT, .name = "format", .type = FIELD_LINE, .required = true, .max = 16, .help = FORMAT_TEXT},
	{.key = VERSION, .name = "version", .type = FIELD_INT, .required = true, .help = "1"},
	{.key = STATEMENTS, .name = "statements", .type = FIELD_GROUP, .list = true, .required = true, .max_items = LIMIT_STATEMENTS,
	 .group = statement_signed_fields, .help = "the whole chain, from kseq 0"},
	{.key = ADDRESSES, .name = "addresses", .type = FIELD_LINE, .list = true, .max = 79, .max_items = INVITE_ADDRESSES,
	 .help = "host:port where its node can be dialled: unsigned, a hint; left out when there is none"},
	{0},
};

void card_put(struct arena *a, const struct card *c, struct value *map)
{
	struct value *statements = value_array(a), *addresses = value_array(a);

	for (size_t i = 0; i < c->statements; i++)
		value_push(a, statements, statement_value(a, &c->statement[i]));
	for (size_t i = 0; i < c->addresses && i < INVITE_ADDRESSES; i++)
		value_push(a, addresses, value_str(a, c->address[i]));
	value_set(a, map, STATEMENTS, statements);
	if (c->addresses > 0)
		value_set(a, map, ADDRESSES, addresses);
}

enum err card_encode(const struct card *c, struct buf *out)
{
	struct complaint why;
	struct arena *a = arena_new();
	struct value *map = value_map(a);
	enum err e;

	value_set(a, map, FORMAT, value_str(a, FORMAT_TEXT));
	value_set(a, map, VERSION, value_int(a, CARD_VERSION));
	card_put(a, c, map);
	e = map ? fields_check(card_fields, map, &why) : ERR_MEMORY;
	if (e == OK)
		e = pack_encode(map, out);
	arena_free(a);
	return e;
}

bool card_is(struct span file)
{
	static const uint8_t text[] = {0x00, 0xaa, 't', 'a', 'l', 'l', 'y', ' ', 'c', 'a', 'r', 'd', 0x01};

	return file.n > sizeof text && (file.p[0] & 0xf0) == 0x80 && memcmp(file.p + 1, text, sizeof text) == 0;
}

enum err card_take(const struct value *statements, const struct value *addresses, struct arena *a, struct card *out, struct complaint *why)
{
	struct card c = {.statements = value_count(statements), .addresses = value_count(addresses)};
	enum err e = OK;

	if (c.statements == 0 || c.statements > LIMIT_STATEMENTS || c.addresses > INVITE_ADDRESSES)
		return fields_complain(why, ERR_LIMIT, "are none, or too many", "statements or addresses");
	c.statement = arena_alloc(a, c.statements * sizeof *c.statement);
	if (!c.statement)
		return ERR_MEMORY;
	for (size_t i = 0; i < c.statements; i++) {
		struct id org;

		e = statement_read(value_item(statements, i), &c.statement[i]) ? OK : ERR_SHAPE;
		if (e == OK)
			e = statement_verify(&c.statement[i], i ? &c.statement[i - 1] : NULL, &c.newest, &org);
		if (e != OK)
			return e == ERR_MEMORY ? e : fields_complain(why, e, "does not verify", "key statement %zu", i);
		c.org = org;
	}
	for (size_t i = 0; i < c.addresses; i++) {
		struct span text;

		if (!value_is_str(value_item(addresses, i), &text) || text.n >= sizeof c.address[i])
			return fields_complain(why, ERR_INVALID, "is not host:port", "address %zu", i);
		memcpy(c.address[i], text.p, text.n);
	}
	*out = c;
	return OK;
}

enum err card_decode(struct span file, struct arena *a, struct card *out, struct complaint *why)
{
	const struct value *map;
	struct span format;
	int64_t version;
	enum err e;

	if (!card_is(file))
		return fields_complain(why, ERR_SHAPE, "is not a card of an organisation", "file");
	if (file.n > LIMIT_CARD)
		return fields_complain(why, ERR_LIMIT, "is longer than any card", "file");
	e = pack_decode(file, a, &map);
	if (e != OK)
		return e == ERR_MEMORY ? e : fields_complain(why, e, "is damaged: not in canonical form", "file");
	if (value_is_int(value_at(map, VERSION), &version) && version > CARD_VERSION)
		return fields_complain(why, ERR_VERSION, "was made by a newer version of tally", "file");
	e = fields_check(card_fields, map, why);
	if (e != OK)
		return e;
	if (!value_is_str(value_at(map, FORMAT), &format) || !value_is_int(value_at(map, VERSION), &version) || version != CARD_VERSION)
		return fields_complain(why, ERR_INVALID, "is not a card of an organisation", "file");
	return card_take(value_at(map, STATEMENTS), value_at(map, ADDRESSES), a, out, why);
}
