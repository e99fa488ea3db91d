/* passphrase.h - where the passphrase of the keys comes from: the first line of a file, or the terminal with its echo off. Never the command
 * line and never the environment, which other processes can read. */
#ifndef TALLY_PASSPHRASE_H
#define TALLY_PASSPHRASE_H

#include "keys/secret.h"
#include "proto/fields.h"

/* The caller frees. On failure *why says it. */
enum err passphrase_file(const char *path, struct secret **out, struct complaint *why) MUST;
/* The controlling terminal is asked, once or twice. ERR_USAGE: there is none, or two different ones were typed. */
enum err passphrase_ask(bool twice, struct secret **out, struct complaint *why) MUST;
/* The twelve words of a recovery kit in the same ways; path NULL: the terminal. */
enum err passphrase_kit(const char *path, struct secret **out, struct complaint *why) MUST;
bool passphrase_needed(const char *home); /* the keys there are sealed with one */

#endif
