/* bytes.h - the three shapes bytes have in this program: a borrowed view, a growing buffer, a 32-byte id. */
#ifndef TALLY_BYTES_H
#define TALLY_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keys/err.h"

struct span { /* borrowed bytes; p may be NULL when n is 0 */
	const uint8_t *p;
	size_t n;
};

struct buf { /* owned bytes; start from {0}, end with buf_free */
	uint8_t *p;
	size_t n, cap;
};

struct id { /* organisation, record, log, entry: every BLAKE2b-256 value */
	uint8_t b[32];
};

#define SPAN(ptr, len) ((struct span){(const uint8_t *)(ptr), (len)})
#define ID_SPAN(idp) ((struct span){(idp)->b, 32})

enum err buf_add(struct buf *b, const void *p, size_t n) MUST;
enum err buf_room(struct buf *b, size_t n, uint8_t **at) MUST; /* n more bytes, uninitialised, counted; *at stays valid until the next call */
struct span buf_span(const struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
void buf_free(struct buf *b);  /* wipes, frees, leaves {0} */

void bytes_wipe(void *p, size_t n); /* not optimised away */

bool span_eq(struct span a, struct span b); /* not constant time: for public bytes */
int id_cmp(const struct id *a, const struct id *b);
bool id_eq(const struct id *a, const struct id *b);
bool id_zero(const struct id *a);

void put_u16be(uint8_t out[static 2], uint16_t v);
void put_u32be(uint8_t out[static 4], uint32_t v);
void put_u64be(uint8_t out[static 8], uint64_t v);
uint16_t get_u16be(const uint8_t in[static 2]);
uint32_t get_u32be(const uint8_t in[static 4]);
uint64_t get_u64be(const uint8_t in[static 8]);

/* Text forms. Hex is lower case. base32 is RFC 4648 lower case without padding; decoding takes either case. */
void hex_encode(char *out /* 2n+1 */, const uint8_t *p, size_t n);
enum err hex_decode(const char *text, size_t chars, uint8_t *out /* chars/2 */) MUST;
enum err base32_encode(struct span in, struct buf *out) MUST; /* appends text, no NUL */
enum err base32_decode(struct span text, struct buf *out) MUST;

#endif
