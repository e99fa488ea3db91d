/* names.h - from what people type to ids, and back: pet names of partners, names of suppliers, prefixes of ids. */
#ifndef TALLY_NAMES_H
#define TALLY_NAMES_H

#include "node/core.h"

#define NAMES_TEXT 224
#define NAMES_CONSORTIUM "consortium:" /* before the name of one, where organisations are named too */

/* A partner's pet name, its supplier's name, a prefix of its org id (6 digits or more), "me", or a consortium's name behind
 * "consortium:". ERR_NOT_FOUND, ERR_CONFLICT; *why says which. */
enum err names_org(struct core *c, const char *typed, struct id *out, struct complaint *why) MUST;
/* A record by a prefix of its id. */
enum err names_record(struct core *c, const char *typed, struct id *out, struct complaint *why) MUST;
/* The shortest true thing to call it: "me", the pet name, the statement's name in quotes, or eight hex digits. */
void names_show(struct core *c, const struct id *org, char out[static NAMES_TEXT]);
void names_id(const struct id *id, char out[static 65]); /* all 64 digits */
const char *names_fault(const char *name); /* why we may not give it: the end of a sentence; NULL: we may. A name is
                                           * [a-z0-9][a-z0-9._-]{0,63}, not all hex, not "me" */

#endif
