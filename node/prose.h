/* prose.h - text with insertions and links in it, as catalogues write it, as plain lines: blanks are joined, "{{ insert: param, NAME }}" is
 * written out by whoever knows the parameters, "[AC-3](#ac-3)" becomes AC-3 and a link elsewhere keeps its address behind it. */
#ifndef TALLY_PROSE_H
#define TALLY_PROSE_H

#include <jansson.h>

#include "keys/bytes.h"

struct prose { /* start from {0}; ended by prose_text */
	struct buf b;
	bool blank; /* one is due before the next character */
	size_t inserted;
	enum err e;
};

/* Writes what stands for a parameter into p; depth: how many insertions it stands in. */
typedef void prose_param(struct prose *p, void *ctx, const char *id, int depth);

void prose_add(struct prose *p, const char *text); /* as it is */
void prose_say(struct prose *p, const char *text, prose_param *param, void *ctx, int depth);
void prose_line(struct prose *p, int depth);       /* begins a line, two blanks in for each step below the first */
bool prose_cut(struct prose *p, size_t most);      /* cuts what is longer than most bytes, never inside a character, and says so there */
enum err prose_text(struct prose *p, json_t **out) MUST; /* *out NULL: nothing was written. Frees p */

#endif
