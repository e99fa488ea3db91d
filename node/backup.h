/* backup.h - "backup create, verify, restore": store, keys, configuration, clock profiles and evidence files of a node in one file. Made beside a
 * running node, as of one moment of the store; keys and files that change meanwhile are taken after it, and serve it too. The file is 0600 and not
 * sealed: whoever has it has the node's keys, unless those rest under a passphrase. Form: "tallybk1"; members (backup_form.h);
 * B2b("tally.backup.v1", all before). Members: store/data.mdb, keys/NAME each, tally.conf, clocks/NAME each, files/HASH each. */
#ifndef TALLY_BACKUP_H
#define TALLY_BACKUP_H

#include <stdio.h>

#include "proto/fields.h"

/* All explain themselves in *why. */
enum err backup_create(const char *home, const char *path, struct complaint *why) MUST; /* ERR_CONFLICT: path is there, and stays */
/* Whole, its store as "store check" sees it, each evidence file under its hash. ERR_CORRUPT: cut or changed, or a file that does not fit;
 * ERR_PROBLEMS: what its store holds was damaged already. */
enum err backup_verify(const char *path, bool json, FILE *out, struct complaint *why) MUST;
/* Into a home without a store. Keys that are there are newer and stay. The node that comes up there writes to none of its earlier logs. */
enum err backup_restore(const char *path, const char *home, struct complaint *why) MUST;

#endif
