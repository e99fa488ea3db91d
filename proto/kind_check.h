/* kind_check.h - what the check() functions of several kinds need: groups of a list that are known by one of their fields, and
 * fields required at times. */
#ifndef TALLY_KIND_CHECK_H
#define TALLY_KIND_CHECK_H

#include "proto/kinds.h"

#define KIND_CHECK_FILE_HASH 32u
#define KIND_CHECK_ITEMS 1024u /* max_items of the longest lists in the kinds */

struct kind_check_names { /* sorted */
	struct span name[KIND_CHECK_ITEMS];
	size_t n;
};

/* The texts or ids in one field of a list of groups, such as every rid of a set; refuses one that stands there twice. An absent
 * list has none. */
enum err kind_check_unique(const struct record *r, const struct field *list, const char *name, struct kind_check_names *out,
                           struct complaint *why) MUST;
bool kind_check_has(const struct kind_check_names *names, struct span name);
/* Refuses a record that lacks some of these fields (ended by NULL), and names them all; because completes "is required". */
enum err kind_check_required(const struct record *r, const struct field *table, const char *const *names, const char *because,
                             struct complaint *why) MUST;

#endif
