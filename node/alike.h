/* alike.h - names that people take for each other: the same but for case, marks, digits and letters that look like others, or for one letter. */
#ifndef TALLY_ALIKE_H
#define TALLY_ALIKE_H

#include <stdbool.h>

bool alike_names(const char *a, const char *b); /* also when they are the same; valid UTF-8. "site 1" and "site 2" are not alike */
bool alike_mixed(const char *name);             /* letters of more than one script: who does that wants to be taken for somebody */

#endif
