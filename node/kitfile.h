/* kitfile.h - the recovery kit as a file: where it goes, written so that it can be relied upon, and opened again. */
#ifndef TALLY_KITFILE_H
#define TALLY_KITFILE_H

#include "keys/kit.h"
#include "proto/fields.h"

#define KITFILE_PATH 4096

/* Absolute. given: as the operator says; NULL: NAME.recovery-kit in the current folder, from the second on with the key statement's number. */
enum err kitfile_path(const char *name, uint64_t kseq, const char *given, char out[static KITFILE_PATH]) MUST;
enum err kitfile_keep(const char *path, struct span file, bool *made) MUST; /* durable, and read back. ERR_CONFLICT: there is a file */
/* A new kit: made, kept, and opened from there by its phrase. Nothing is left of one that failed. */
enum err kitfile_make(const char *path, const struct kit_input *in, char phrase[static WORDS_TEXT]) MUST;
enum err kitfile_open(const char *path, const char *phrase, struct kit_input *out, struct complaint *why) MUST; /* wipe it after use */

#endif
