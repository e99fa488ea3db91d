#include "proto/bundle.h"

#include <string.h>

#include "keys/sealto.h"
#include "proto/pack.h"

#define MAGIC 8
#define FORMAT_TEXT "tally bundle"
#define BUNDLE_VERSION 1
#define AT_TO (MAGIC + 32)
#define AT_KSEQ (AT_TO + 32)
#define AT_FRESH (AT_KSEQ + 8)

enum { FORMAT, VERSION, STATEMENTS, ADDRESSES, TIME, ENTRIES, RECEIPTS };

static const uint8_t magic[MAGIC] = {'t', 'a', 'l', 'l', 'y', 'b', 'n', '1'};

static const struct field receipt_group[] = {
	{.key = 0, .name = "payload", .type = FIELD_BYTES, .required = true, .max = 65536, .help = "the receipt"},
	{.key = 1, .name = "signature", .type = FIELD_BYTES, .required = true, .max = SIGN_LEN, .help = "64 bytes"},
	{0},
};

static const struct field bundle_fields[] = {
	{.key = FORMAT, .name = "format", .type = FIELD_LINE, .required = true, .max = 16, .help = FORMAT_TEXT},
	{.key = VERSION, .name = "version", .type = FIELD_INT, .required = true, .help = "1"},
	{.key = STATEMENTS, .name = "statements", .type = FIELD_GROUP, .list = true, .required = true, .max_items = LIMIT_STATEMENTS,
	 .group = statement_signed_fields, .help = "the sender's whole chain, from kseq 0"},
	{.key = ADDRESSES, .name = "addresses", .type = FIELD_LINE, .list = true, .max = 79, .max_items = INVITE_ADDRESSES,
	 .help = "host:port where the sender's node can be dialled; left out when there is none"},
	{.key = TIME, .name = "time", .type = FIELD_TIME, .required = true, .help = "when it was made"},
	{.key = ENTRIES, .name = "entries", .type = FIELD_ANY, .list = true, .max_items = LIMIT_BUNDLE_ENTRIES,
	 .help = "[payload, signature, [record or [id]]], ascending in each log"},
	{.key = RECEIPTS, .name = "receipts", .type = FIELD_GROUP, .list = true, .max_items = LIMIT_BUNDLE_ENTRIES, .group = receipt_group,
	 .help = "the sender's newest, over the recipient's logs"},
	{0},
};

/* ---- the file ---- */

static bool is_bundle(struct span file)
{
	return file.n >= MAGIC && memcmp(file.p, magic, MAGIC - 1) == 0;
}

enum err bundle_read_head(struct span file, struct bundle_head *out)
{
	struct bundle_head h;

	if (!is_bundle(file))
		return ERR_SHAPE;
	if (file.p[MAGIC - 1] != magic[MAGIC - 1])
		return ERR_VERSION;
	if (file.n > LIMIT_BUNDLE)
		return ERR_LIMIT;
	if (file.n <= BUNDLE_HEAD + SEALTO_TAG)
		return ERR_SHAPE;
	memcpy(h.from.b, file.p + MAGIC, 32);
	memcpy(h.to.b, file.p + AT_TO, 32);
	h.kseq = get_u64be(file.p + AT_KSEQ);
	*out = h;
	return OK;
}

enum err bundle_open(struct span file, const uint8_t seal_sk[static 32], struct buf *plain)
{
	struct bundle_head h;
	enum err e = bundle_read_head(file, &h);

	if (e != OK)
		return e;
	return sealto_open(file.p + AT_FRESH, seal_sk, SPAN(file.p, BUNDLE_HEAD), SPAN(file.p + BUNDLE_HEAD, file.n - BUNDLE_HEAD), plain);
}

/* ---- writing ---- */

static struct value *content(struct arena *a, const struct bundle *b)
{
	struct value *map = value_map(a), *entries = value_array(a), *receipts = value_array(a);

	value_set(a, map, FORMAT, value_str(a, FORMAT_TEXT));
	value_set(a, map, VERSION, value_int(a, BUNDLE_VERSION));
	card_put(a, &b->card, map);
	value_set(a, map, TIME, value_int(a, b->time));
	for (size_t i = 0; i < b->entries; i++)
		value_push(a, entries, carried_value(a, &b->entry[i]));
	for (size_t i = 0; i < b->receipts; i++) {
		struct value *one = value_map(a);

		value_set(a, one, 0, value_bin(a, b->receipt[i].payload));
		value_set(a, one, 1, value_bin(a, b->receipt[i].signature));
		value_push(a, receipts, one);
	}
	if (b->entries > 0)
		value_set(a, map, ENTRIES, entries);
	if (b->receipts > 0)
		value_set(a, map, RECEIPTS, receipts);
	return map;
}

enum err bundle_seal(const struct bundle *b, const struct id *from, const struct bundle_to *to, const uint8_t fresh[static 32], struct buf *out)
{
	const size_t before = out->n;
	struct complaint why;
	struct buf plain = {0};
	struct arena *a = arena_new();
	struct value *map = a ? content(a, b) : NULL;
	uint8_t head[BUNDLE_HEAD];
	enum err e = map ? fields_check(bundle_fields, map, &why) : ERR_MEMORY;

	if (e == OK)
		e = pack_encode(map, &plain);
	memcpy(head, magic, MAGIC);
	memcpy(head + MAGIC, from->b, 32);
	memcpy(head + AT_TO, to->org.b, 32);
	put_u64be(head + AT_KSEQ, to->kseq);
	sealto_public(fresh, head + AT_FRESH);
	if (e == OK)
		e = buf_add(out, head, sizeof head);
	if (e == OK)
		e = sealto_make(fresh, to->seal_pk, SPAN(head, sizeof head), buf_span(&plain), out);
	if (e == OK && out->n - before > LIMIT_BUNDLE)
		e = ERR_LIMIT;
	if (e != OK)
		out->n = before;
	buf_free(&plain);
	arena_free(a);
	return e;
}

/* ---- reading ---- */

static enum err entries_read(const struct value *list, struct arena *a, struct bundle *b, struct complaint *why)
{
	size_t records = 0;

	b->entries = value_count(list);
	b->entry = arena_alloc(a, (b->entries + 1) * sizeof *b->entry);
	if (!b->entry)
		return ERR_MEMORY;
	for (size_t i = 0; i < b->entries; i++) {
		enum err e = carried_read(value_item(list, i), a, &b->entry[i]);

		if (e != OK)
			return e == ERR_MEMORY ? e : fields_complain(why, e, "is not one", "entry %zu", i);
		records += b->entry[i].records;
	}
	return records <= LIMIT_BUNDLE_RECORDS ? OK : fields_complain(why, ERR_LIMIT, "are more than 16,384", "records");
}

static enum err receipts_read(const struct value *list, struct arena *a, struct bundle *b)
{
	b->receipts = value_count(list);
	b->receipt = arena_alloc(a, (b->receipts + 1) * sizeof *b->receipt);
	if (!b->receipt)
		return ERR_MEMORY;
	for (size_t i = 0; i < b->receipts; i++) {
		const struct value *one = value_item(list, i);

		if (!value_is_bin(value_at(one, 0), &b->receipt[i].payload) || !value_is_bin(value_at(one, 1), &b->receipt[i].signature))
			return ERR_SHAPE;
	}
	return OK;
}

enum err bundle_read(struct span plain, const struct id *from, struct arena *a, struct bundle *out, struct complaint *why)
{
	struct bundle b = {0};
	const struct value *map;
	struct span format;
	int64_t version = 0;
	enum err e = pack_decode(plain, a, &map);

	if (e != OK)
		return e == ERR_MEMORY ? e : fields_complain(why, e, "is not in canonical form", "content");
	if (value_is_int(value_at(map, VERSION), &version) && version > BUNDLE_VERSION)
		return fields_complain(why, ERR_VERSION, "was made by a newer version of tally", "content");
	e = fields_check(bundle_fields, map, why);
	if (e != OK)
		return e;
	if (!value_is_str(value_at(map, FORMAT), &format) || !span_eq(format, SPAN(FORMAT_TEXT, sizeof FORMAT_TEXT - 1)) || version != BUNDLE_VERSION)
		return fields_complain(why, ERR_INVALID, "is no bundle", "content");
	(void)value_is_int(value_at(map, TIME), &b.time);
	e = card_take(value_at(map, STATEMENTS), value_at(map, ADDRESSES), a, &b.card, why);
	if (e == OK && !id_eq(&b.card.org, from))
		e = fields_complain(why, ERR_SIGNATURE, "are of another organisation than the file says", "key statements");
	if (e == OK)
		e = entries_read(value_at(map, ENTRIES), a, &b, why);
	if (e == OK)
		e = receipts_read(value_at(map, RECEIPTS), a, &b);
	if (e == OK)
		*out = b;
	return e;
}
