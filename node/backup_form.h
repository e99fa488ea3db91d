/* backup_form.h - the members of a backup file, one after the other: u8 length of name, name, u64be size, bytes; u8 0 after the last. */
#ifndef TALLY_BACKUP_FORM_H
#define TALLY_BACKUP_FORM_H

#include "keys/bytes.h"

struct member {
	char name[256];
	struct span bytes;
};

enum err backup_form_head(int fd, const char *name, uint64_t size) MUST; /* the bytes follow */
enum err backup_form_put(int fd, const char *name, struct span bytes) MUST;
/* false: the end (*e is OK), or what is no member. */
bool backup_form_next(struct span *rest, struct member *m, enum err *e);

#endif
