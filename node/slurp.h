/* slurp.h - whole files in and out. */
#ifndef TALLY_SLURP_H
#define TALLY_SLURP_H

#include <stdio.h>

#include "keys/bytes.h"
#include "keys/secret.h"

/* Appends the file's bytes; "-" reads in. ERR_NOT_FOUND, ERR_DENIED, ERR_LIMIT above most, ERR_INVALID (a folder). */
enum err slurp_file(const char *path, FILE *in, size_t most, struct buf *out) MUST;
/* The first line, without its end; straight into guarded memory. ERR_INVALID: empty, or a NUL in it; ERR_LIMIT: no end of it within SECRET_TEXT. */
enum err slurp_secret(const char *path, struct secret *out) MUST;
/* What is wrong with the file after one of these failed, for people: "is a folder", "no such file", "is 40.1 MiB, at most 32 MiB". */
#define SLURP_TEXT 80
const char *slurp_fault(const char *path, enum err e, size_t most, char out[static SLURP_TEXT]);
/* A file that was not there, 0600, durable when it returns OK. ERR_CONFLICT: it is there. */
enum err slurp_create(const char *path, struct span bytes) MUST;
/* Whole or not at all: a new file beside it is synced and renamed. "-" writes to out. secret: mode 0600, else 0666 less umask. */
enum err slurp_write(const char *path, FILE *out, struct span bytes, bool secret) MUST;

/* For who writes a file piece by piece. */
enum err slurp_write_all(int fd, struct span bytes) MUST;
enum err slurp_sync_folder(const char *path) MUST; /* folder_sync of the folder that path stands in */

#endif
