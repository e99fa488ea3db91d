/* files.h - evidence files in the node's home: each under the hash of its content, 0600, durable before a record of ours names it. What comes from a
 * partner grows in a part named by the evidence that announced it, so that one partner cannot spoil what another sends, and becomes a file when the
 * hash fits. */
#ifndef TALLY_FILES_H
#define TALLY_FILES_H

#include "keys/bytes.h"

#define FILES_FOLDER "files" /* in the home */

void files_hash(struct span bytes, struct id *out); /* BLAKE2b-256, without a personalisation: b2sum -l 256 says the same */

/* folder NULL: there are none here, ERR_NOT_FOUND or ERR_POLICY. */
enum err files_put(const char *folder, struct span bytes, struct id *hash) MUST; /* durable when it returns OK */
bool files_has(const char *folder, const struct id *hash, uint64_t size);
enum err files_read(const char *folder, const struct id *hash, uint64_t offset, size_t most, struct buf *out) MUST; /* appends */
enum err files_drop(const char *folder, const struct id *record, const struct id *hash) MUST; /* the file, and part and mark of this evidence */
/* Each whole file by the name it has under its folder; fn's error ends it. No folder: none. */
enum err files_each(const char *folder, enum err (*fn)(void *ctx, const char *name), void *ctx) MUST;
bool files_name(const char *name, struct id *hash); /* is that the name of a whole file */
enum err files_total(const char *folder, uint64_t *bytes) MUST; /* of all, parts too */

/* A part: there while the file is wanted. */
enum err files_part(const char *folder, const struct id *record, uint64_t *have) MUST; /* ERR_NOT_FOUND */
enum err files_want(const char *folder, const struct id *record) MUST;                 /* makes an empty part where there is none */
enum err files_grow(const char *folder, const struct id *record, uint64_t at, struct span bytes) MUST;
enum err files_finish(const char *folder, const struct id *record, const struct id *hash) MUST; /* ERR_CORRUPT: another hash; the part is gone */

/* A mark: what this evidence announced came and did not fit; it is not asked for again by itself. */
enum err files_mark(const char *folder, const struct id *record) MUST;
bool files_marked(const char *folder, const struct id *record);
enum err files_unmark(const char *folder, const struct id *record) MUST;

#endif
