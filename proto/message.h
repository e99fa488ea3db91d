/* message.h - the messages two nodes exchange inside a link, in one table: number, name, fields, when allowed, how large. On the wire a
 * message is the array [number, map]. */
#ifndef TALLY_MESSAGE_H
#define TALLY_MESSAGE_H

#include "proto/limits.h"
#include "proto/fields.h"

enum message_number { /* on the wire for ever */
	MESSAGE_HELLO = 1, MESSAGE_KEYS, MESSAGE_CONFIRM, MESSAGE_SUMMARY, MESSAGE_HEADS, MESSAGE_WANT, MESSAGE_ENTRIES, MESSAGE_RECEIPTS,
	MESSAGE_FILE_WANT, MESSAGE_FILE_CHUNK, MESSAGE_ROSTERS, MESSAGE_EVIDENCE,
	MESSAGE_PING = 32, MESSAGE_CLOSE, MESSAGE_ERROR
};

enum message_when { WHEN_PENDING = 1, WHEN_KEYS_ONLY = 2, WHEN_FULL = 4 }; /* bits: states of a session in which it may come */

struct message_row {
	enum message_number number;
	const char *name;
	unsigned when;
	uint32_t max; /* bytes of the whole message */
	const struct field *fields;
	const char *help;
};

const struct message_row *message_row(int64_t number); /* NULL: unknown */
const struct message_row *message_each(size_t i);
const struct field *message_fields(enum message_number number);

enum err message_encode(enum message_number number, const struct value *body, struct buf *out) MUST; /* appends */
enum err message_decode(struct span in, struct arena *a, const struct message_row **row, const struct value **body, struct complaint *why) MUST;
enum err messages_document(struct buf *out) MUST;

/* An entry as it travels: [payload, signature, [record bytes | [id of a record whose bytes are gone] ...]]. */
struct carried_record {
	bool gone; /* only the id travels */
	struct id id;
	struct span bytes;
};

struct carried_entry {
	struct span payload, signature; /* signature: 64 bytes, checked */
	size_t records;                 /* 1 to LIMIT_ENTRY_RECORDS */
	struct carried_record *record;  /* in the arena */
};

struct value *carried_value(struct arena *a, const struct carried_entry *e);
size_t carried_size(const struct carried_entry *e); /* bytes of it all */
enum err carried_read(const struct value *v, struct arena *a, struct carried_entry *out) MUST; /* ERR_SHAPE, ERR_LIMIT; computes ids of the bytes */

#endif
