/* folder.h - small files in a folder of ours that nobody else can read: the vault's way to the disk. It knows no secrets,
 * only bytes. Folder and files must belong to the effective user with no bits for group and others, else ERR_DENIED; links
 * are refused. */
#ifndef TALLY_FOLDER_H
#define TALLY_FOLDER_H

#include "keys/bytes.h"

#define FOLDER_NAME 80
#define FOLDER_FILE_MOST 66560u /* 65 KiB: a longer file was not written by us */

struct folder_names { /* start from {0}, end with folder_names_free */
	char (*name)[FOLDER_NAME + 1];
	size_t n, cap;
};

bool folder_name_valid(const char *name); /* [a-z0-9.-], 1 to 80, no leading dot: "." and ".." are not files */
enum err folder_open(const char *path, int *fd) MUST; /* makes it (not its parents) if need be; close() it */
enum err folder_put(int fd, const char *name, struct span file) MUST; /* whole or not at all; durable when it returns OK */
enum err folder_get(int fd, const char *name, struct buf *out) MUST;  /* appends; over the limit: ERR_CORRUPT */
enum err folder_drop(int fd, const char *name) MUST;                  /* OK when it was not there */
enum err folder_list(int fd, struct folder_names *out) MUST;          /* valid names only, in no order */

/* For whoever makes files: a new name lasts only when the folder it stands in is synced. path as for openat(). One that may be passed through and not
 * read is left as it is. */
enum err folder_sync(int at, const char *path) MUST;

enum err folder_names_add(struct folder_names *l, const char *name) MUST;
void folder_names_free(struct folder_names *l);

#endif
