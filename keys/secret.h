/* secret.h - one secret text, such as a passphrase that somebody types, in guarded memory: never swapped out or dumped where the system can
 * prevent it, and wiped when it is freed. Whoever fills it writes into it directly, so that no other copy is made. */
#ifndef TALLY_SECRET_H
#define TALLY_SECRET_H

#include "keys/bytes.h"

#define SECRET_TEXT 4096u /* with its NUL */

struct secret;

enum err secret_new(struct secret **out) MUST; /* empty; ERR_MEMORY, ERR_IO as random_start */
void secret_free(struct secret *s);            /* NULL is fine */
char *secret_text(struct secret *s);           /* SECRET_TEXT bytes */

#endif
