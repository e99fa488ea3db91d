/* config_parts.h - between config.c and config_file.c. */
#ifndef TALLY_CONFIG_PARTS_H
#define TALLY_CONFIG_PARTS_H

#include "node/config.h"

#define CONFIG_VALUES 8u   /* addresses of one option */
#define CONFIG_OPTIONS 16u /* room for as many rows */

bool config_good(const struct option *o, const char *text);
void config_expected(const struct option *o, bool in_file, struct complaint *why); /* fills why->text */
/* A value more; a higher source drops those of a lower one. ERR_INVALID: not good, or one too many. */
enum err config_put(struct config *c, size_t at, enum config_source source, const char *text) MUST;
enum err config_file_read(struct config *c, const char *home, struct complaint *why) MUST;

#endif
