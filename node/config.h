/* config.h - the node's settings: one table of options; flag > environment (TALLY_LISTEN ...) > HOME/tally.conf > default. */
#ifndef TALLY_CONFIG_H
#define TALLY_CONFIG_H

#include <jansson.h>

#include "proto/fields.h"

#define CONFIG_FILE "tally.conf"

enum option_type { OPTION_PATH, OPTION_ADDRESSES, OPTION_WORD, OPTION_SIZE };

struct option {
	const char *name;
	enum option_type type;
	const char *standard;     /* NULL: none */
	const char *const *words; /* OPTION_WORD; ended by NULL */
	const char *help;
};
const struct option *config_option(size_t i); /* NULL past the last */

enum config_source { CONFIG_DEFAULT, CONFIG_FROM_FILE, CONFIG_FROM_ENVIRONMENT, CONFIG_FROM_FLAG };

struct config;

/* flags: an object with text or arrays of text under option names; others are ignored; may be NULL. A missing file is fine.
 * ERR_INVALID: why->where is "PATH:LINE", the variable or the flag; why->text what was expected. */
enum err config_load(const char *home, const json_t *flags, struct config **out, struct complaint *why) MUST;
void config_free(struct config *c);

/* By the name of an option of the table; aborts on another. Borrowed from the config. */
const char *config_text(const struct config *c, const char *name); /* NULL: not set */
size_t config_list(const struct config *c, const char *name, const char *const **out);
uint64_t config_size(const struct config *c, const char *name);    /* bytes; 0: not set */
size_t config_word(const struct config *c, const char *name);      /* index into the words */
enum config_source config_source(const struct config *c, const char *name);
json_t *config_json(const struct config *c); /* {"items": [{name, value, source}]}; NULL: memory */

/* The text of a new tally.conf: every option with its help, those of flags set, the others commented out. Appends. */
enum err config_template(const json_t *flags, struct buf *out) MUST;

#endif
