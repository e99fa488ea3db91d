#include "proto/message.h"

#include <stdio.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/roster.h"
#include "proto/scan.h"
#include "proto/statement.h"
#include "proto/vocab.h"

#define RECEIPT_BYTES 65536u

static const struct field hello_fields[] = {
	{.key = 0, .name = "version", .type = FIELD_INT, .required = true, .help = "highest protocol version spoken"},
	{.key = 1, .name = "org", .type = FIELD_ORG, .required = true, .help = "who speaks"},
	{.key = 2, .name = "kseq", .type = FIELD_INT, .required = true, .help = "place of its newest key statement"},
	{.key = 3, .name = "statement", .type = FIELD_REF, .required = true, .help = "hash of its newest key statement"},
	{.key = 4, .name = "software", .type = FIELD_LINE, .required = true, .max = 64, .help = "name and version, for people"},
	{.key = 5, .name = "features", .type = FIELD_INT, .required = true, .help = "bits; none is defined yet: 0"},
	{.key = 6, .name = "held", .type = FIELD_INT, .help = "place of your newest key statement that is held here; absent: none"},
	{0},
};

static const struct field keys_fields[] = {
	{.key = 0, .name = "org", .type = FIELD_ORG, .required = true, .help = "whose statements these are"},
	{.key = 1, .name = "statements", .type = FIELD_GROUP, .list = true, .max_items = LIMIT_STATEMENTS, .group = statement_signed_fields,
	 .help = "ascending, without gaps; a long chain comes in several messages"},
	{.key = 2, .name = "addresses", .type = FIELD_LINE, .list = true, .max = 79, .max_items = 4,
	 .help = "host:port where the sender can be dialled"},
	{0},
};

static const struct field confirm_fields[] = {
	{.key = 0, .name = "session", .type = FIELD_REF, .required = true,
	 .help = "first half of the handshake hash of the session that paired"},
	{0},
};

static const struct field summary_fields[] = {
	{.key = 0, .name = "scope", .type = FIELD_ORG, .required = true, .help = "what is compared: 32 zero bytes for the pair, else a consortium"},
	{.key = 1, .name = "hash", .type = FIELD_REF, .required = true, .help = "over the sorted heads of the scope"},
	{0},
};

static const struct field head_group[] = {
	{.key = 0, .name = "log", .type = FIELD_REF, .required = true, .help = "the log"},
	{.key = 1, .name = "n", .type = FIELD_INT, .required = true, .help = "newest entry held without a gap; 0 none"},
	{.key = 2, .name = "frozen", .type = FIELD_BOOL, .help = "held at a proven fork"},
	{0},
};

static const struct field key_group[] = {
	{.key = 0, .name = "org", .type = FIELD_ORG, .required = true, .help = "an organisation"},
	{.key = 1, .name = "kseq", .type = FIELD_INT, .required = true, .help = "newest key statement of it that is held"},
	{0},
};

static const struct field heads_fields[] = {
	{.key = 0, .name = "scope", .type = FIELD_ORG, .required = true, .help = "as in SUMMARY"},
	{.key = 1, .name = "heads", .type = FIELD_GROUP, .list = true, .max_items = 4096, .group = head_group,
	 .help = "ascending by log id"},
	{.key = 2, .name = "keys", .type = FIELD_GROUP, .list = true, .max_items = 1024, .group = key_group,
	 .help = "ascending by organisation"},
	{.key = 3, .name = "rosters", .type = FIELD_REF, .list = true, .max_items = LIMIT_ROSTER_PREVS,
	 .help = "of a consortium: the newest rosters held, ascending"},
	{0},
};

static const struct field want_fields[] = {
	{.key = 0, .name = "log", .type = FIELD_REF, .required = true, .help = "the log"},
	{.key = 1, .name = "from", .type = FIELD_INT, .required = true, .help = "send the entries from this place on"},
	{0},
};

static const struct field entries_fields[] = {
	{.key = 0, .name = "entries", .type = FIELD_ANY, .list = true, .required = true, .max_items = 1024,
	 .help = "each [payload, signature, [record bytes, or [id] where the bytes are gone, ...]]; ascending within a log"},
	{0},
};

static const struct field receipt_group[] = {
	{.key = 0, .name = "payload", .type = FIELD_BYTES, .required = true, .max = RECEIPT_BYTES, .help = "the receipt"},
	{.key = 1, .name = "signature", .type = FIELD_BYTES, .required = true, .max = SIGN_LEN, .help = "64 bytes"},
	{0},
};

static const struct field receipts_fields[] = {
	{.key = 0, .name = "receipts", .type = FIELD_GROUP, .list = true, .required = true, .max_items = 1024,
	 .group = receipt_group,
	 .help = "the newest of each log"},
	{0},
};

static const struct field file_want_fields[] = {
	{.key = 0, .name = "record", .type = FIELD_REF, .required = true, .help = "the evidence whose file is asked for"},
	{.key = 1, .name = "offset", .type = FIELD_INT, .required = true, .max = LIMIT_FILE, .help = "bytes of it that are held"},
	{0},
};

static const struct field file_chunk_fields[] = {
	{.key = 0, .name = "record", .type = FIELD_REF, .required = true, .help = "the evidence"},
	{.key = 1, .name = "offset", .type = FIELD_INT, .required = true, .max = LIMIT_FILE, .help = "as asked for"},
	{.key = 2, .name = "bytes", .type = FIELD_BYTES, .max = LIMIT_FILE_CHUNK, .help = "what follows there; absent: there is no such file for you"},
	{0},
};

static const struct field rosters_fields[] = {
	{.key = 0, .name = "consortium", .type = FIELD_ORG, .required = true, .help = "whose they are"},
	{.key = 1, .name = "events", .type = FIELD_GROUP, .list = true, .group = roster_event_fields, .help = "decided ones, ascending by rseq"},
	{.key = 2, .name = "proposals", .type = FIELD_GROUP, .list = true, .max_items = LIMIT_PROPOSALS, .group = roster_event_fields,
	 .help = "those that lack signatures"},
	{.key = 3, .name = "statements", .type = FIELD_GROUP, .list = true, .max_items = 1024, .group = statement_signed_fields,
	 .help = "of those who signed: whole chains, one after the other"},
	{.key = 4, .name = "secrets", .type = FIELD_REF, .list = true, .max_items = LIMIT_PROPOSALS + 1,
	 .help = "member secrets whose tags stand in these events: to those alone who are members by them"},
	{0},
};

static const struct field evidence_fields[] = {
	{.key = 0, .name = "file", .type = FIELD_BYTES, .required = true, .max = LIMIT_EVIDENCE, .help = "one evidence file"},
	{0},
};

static const struct field ping_fields[] = {
	{.key = 0, .name = "token", .type = FIELD_INT, .required = true, .help = "any number; the answer repeats it"},
	{.key = 1, .name = "answer", .type = FIELD_BOOL, .required = true, .help = "false asks, true answers"},
	{0},
};

static const struct field close_fields[] = {
	{.key = 0, .name = "reason", .type = FIELD_ENUM, .required = true, .vocab = &vocab_close_reason,
	 .help = "the node is being stopped, or another link took over"},
	{0},
};

static const struct field error_fields[] = {
	{.key = 0, .name = "code", .type = FIELD_INT, .required = true, .help = "a verdict's number"},
	{.key = 1, .name = "log", .type = FIELD_REF, .help = "the log it concerns"},
	{.key = 2, .name = "n", .type = FIELD_INT, .help = "the entry it concerns"},
	{0},
};

#define ALWAYS (WHEN_PENDING | WHEN_KEYS_ONLY | WHEN_FULL)

static const struct message_row rows[] = {
	{MESSAGE_HELLO, "HELLO", ALWAYS, LIMIT_MESSAGE_PENDING, hello_fields, "first of each side; nothing else is read before it"},
	{MESSAGE_KEYS, "KEYS", ALWAYS, LIMIT_MESSAGE_PENDING, keys_fields,
	 "key statements of one organisation; as large as all of a pending session"},
	{MESSAGE_CONFIRM, "CONFIRM", WHEN_PENDING | WHEN_FULL, LIMIT_MESSAGE_PENDING, confirm_fields,
	 "the sender's operator has compared the words"},
	{MESSAGE_SUMMARY, "SUMMARY", WHEN_FULL, 1024, summary_fields,
	 "one hash over all heads; equal hashes end the comparison; needs 80 bytes"},
	{MESSAGE_HEADS, "HEADS", WHEN_FULL, 256 * 1024, heads_fields,
	 "the heads themselves; 4,096 of 48 bytes and 1,024 keys of 46 fit"},
	{MESSAGE_WANT, "WANT", WHEN_FULL, 1024, want_fields, "asks for the entries from a place on; needs 60 bytes"},
	{MESSAGE_ENTRIES, "ENTRIES", WHEN_FULL, LIMIT_MESSAGE, entries_fields,
	 "entries with their records; one entry of full size fits"},
	{MESSAGE_RECEIPTS, "RECEIPTS", WHEN_FULL, LIMIT_MESSAGE, receipts_fields,
	 "receipts over the other side's entries; sixteen of full size fit"},
	{MESSAGE_FILE_WANT, "FILE_WANT", WHEN_FULL, 1024, file_want_fields, "asks for one piece of an evidence file; needs 60 bytes"},
	{MESSAGE_FILE_CHUNK, "FILE_CHUNK", WHEN_FULL, LIMIT_FILE_CHUNK + 1024, file_chunk_fields, "that piece, and nothing that was not asked for"},
	{MESSAGE_ROSTERS, "ROSTERS", WHEN_FULL, LIMIT_MESSAGE, rosters_fields, "rosters of a consortium, and proposals for the next; four of full size fit"},
	{MESSAGE_EVIDENCE, "EVIDENCE", WHEN_FULL, LIMIT_EVIDENCE + 1024, evidence_fields, "evidence that an organisation contradicts itself"},
	{MESSAGE_PING, "PING", ALWAYS, LIMIT_MESSAGE_PENDING, ping_fields, "asks for a sign of life, or gives it"},
	{MESSAGE_CLOSE, "CLOSE", ALWAYS, LIMIT_MESSAGE_PENDING, close_fields, "the sender ends the session"},
	{MESSAGE_ERROR, "ERROR", WHEN_PENDING | WHEN_FULL, LIMIT_MESSAGE_PENDING, error_fields, "something sent was refused: the number, never prose"},
};

#define ROWS (sizeof rows / sizeof rows[0])

const struct message_row *message_each(size_t i)
{
	return i < ROWS ? &rows[i] : NULL;
}

const struct message_row *message_row(int64_t number)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if ((int64_t)rows[i].number == number)
			return &rows[i];
	return NULL;
}

const struct field *message_fields(enum message_number number)
{
	return message_row(number)->fields;
}

static enum err complain(enum err err, const char *where, const char *text, struct complaint *why)
{
	return fields_complain(why, err, text, "%s", where);
}

/* The table has only upper bounds. */
static enum err signatures_whole(const struct value *list, int64_t first, int64_t last, struct complaint *why)
{
	struct span s;
	size_t i;

	for (i = 0; i < value_count(list); i++)
		for (int64_t key = first; key <= last; key++)
			if (!value_is_bin(value_at(value_item(list, i), key), &s) || s.n != SIGN_LEN)
				return complain(ERR_INVALID, "signature", "is not of 64 bytes", why);
	return OK;
}

static enum err body_check(const struct message_row *row, const struct value *body, struct complaint *why)
{
	enum err err = fields_check(row->fields, body, why);

	if (err != OK)
		return err;
	if (row->number == MESSAGE_KEYS)
		return signatures_whole(value_at(body, 1), 1, 2, why);
	if (row->number == MESSAGE_RECEIPTS)
		return signatures_whole(value_at(body, 0), 1, 1, why);
	return OK;
}

/* Sends nothing that the other side's decoder would refuse. */
enum err message_encode(enum message_number number, const struct value *body, struct buf *out)
{
	const struct message_row *row = message_row(number);
	const size_t before = out->n;
	const uint8_t head[2] = {0x92, (uint8_t)number}; /* an array of two, and the number as one byte */
	struct complaint why;
	enum err err;

	if (row == NULL)
		return ERR_INVALID;
	if (body == NULL)
		return ERR_MEMORY;
	err = body_check(row, body, &why);
	if (err == OK)
		err = buf_add(out, head, sizeof head);
	if (err == OK)
		err = pack_encode(body, out);
	if (err == OK && out->n - before > row->max)
		err = ERR_LIMIT;
	if (err == OK)
		err = scan_check(SPAN(out->p + before, out->n - before));
	if (err != OK)
		out->n = before;
	return err;
}

enum err message_decode(struct span in, struct arena *a, const struct message_row **row, const struct value **body,
                        struct complaint *why)
{
	const struct message_row *r;
	const struct value *v;
	enum err err;

	if (in.n < 3 || in.p[0] != 0x92 || in.p[1] > 0x7f)
		return complain(ERR_SHAPE, "message", "is not [number, map]", why);
	r = message_row(in.p[1]);
	if (r == NULL)
		return complain(ERR_VERSION, "message", "has a number this version does not know", why);
	if (in.n > r->max) /* before anything is parsed */
		return complain(ERR_LIMIT, r->name, "is larger than such a message may be", why);
	err = pack_decode(in, a, &v);
	if (err != OK)
		return complain(err, r->name, "is not canonical msgpack", why);
	v = value_item(v, 1);
	if (v->type != VALUE_MAP)
		return complain(ERR_SHAPE, r->name, "does not hold a map", why);
	err = body_check(r, v, why);
	if (err != OK)
		return err;
	*row = r;
	*body = v;
	return OK;
}

static enum err document_row(const struct message_row *row, struct buf *out)
{
	char line[400];
	int n;
	enum err err;

	n = snprintf(line, sizeof line, "### %u %s\n\n%s.\nAllowed: %s%s%s. At most %u bytes.\n\n",
	             (unsigned)row->number, row->name, row->help,
	             (row->when & WHEN_PENDING) != 0 ? "pending" : "", (row->when & WHEN_KEYS_ONLY) != 0 ? ", keys only" : "",
	             row->when == WHEN_FULL ? "full" : (row->when & WHEN_FULL) != 0 ? ", full" : "", row->max);
	if (n < 0 || (size_t)n >= sizeof line)
		return ERR_LIMIT;
	err = buf_add(out, line, (size_t)n);
	if (err == OK)
		err = fields_document(row->fields, out);
	if (err == OK)
		err = buf_add(out, "\n", 1);
	return err;
}

enum err messages_document(struct buf *out)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		enum err err = document_row(&rows[i], out);

		if (err != OK)
			return err;
	}
	return OK;
}
