/* chain.h - who stands on whom: our business functions on suppliers, suppliers on subcontractors, as far as rows of the register and signed
 * disclosures say. What the map, concentration and exposure walk. A name that is a row's name or title means that row, in any case of letters. */
#ifndef TALLY_CHAIN_H
#define TALLY_CHAIN_H

#include "node/view.h"
#include "store/locals.h"

struct chain_supplier {
	const char *name, *title;
	const struct value *row;
	bool linked; /* org is set */
	struct id org;
	int64_t tier, state; /* 0: not stated */
	int64_t priority;
};

struct chain_need { /* a dependency */
	const char *name, *function, *supplier;
	const struct value *row;
	int64_t criticality; /* vocab_factor; 0: not stated */
};

struct chain_link { /* lower does something for upper */
	const char *upper, *lower, *service;
	const char *of; /* the supplier of ours it was said about */
	int64_t rank;
	bool critical, blinded;
	const struct value *item, *row; /* of the disclosure, of the register; of both, when a row says what was disclosed */
	const struct seen *record;      /* NULL: nobody signed it */
	const char *row_name;           /* NULL: no row of the register */
};

struct chain {
	struct chain_supplier *supplier; /* by name */
	struct chain_supplier **by_title;
	struct chain_need *need;
	struct chain_link *link;         /* by lower */
	struct chain_link **by_of;       /* the same, by whom it was said about */
	size_t suppliers, needs, links, titles;
};

enum err chain_read(struct view *v, struct chain *out) MUST;
const struct chain_supplier *chain_supplier(const struct chain *c, const char *name); /* by name or title; NULL */

size_t chain_first_of(const struct chain *c, const char *of); /* where its links begin in by_of */

struct chain_step { /* a node that stands on the one asked for, and by which link */
	const char *node;
	size_t before;              /* the step below */
	const struct chain_link *by; /* NULL: the node itself */
};
struct chain_above {
	struct chain_step *step; /* nearest first; the first is the node itself */
	size_t n;
};
enum err chain_above(struct view *v, const struct chain *c, const char *node, struct chain_above *out) MUST;
bool chain_critical(const struct chain_need *n); /* high or critical */
bool chain_planned(const struct chain_need *n);  /* there is an exit plan */
void chain_exit(const struct chain_need *n, char out[static 32]); /* "none", "untested", "tested 2026-05-01", "not stated" */
/* All that carry something: suppliers with a dependency, and subcontractors; each once. */
int chain_by_text(const void *a, const void *b); /* their order: for bsearch */
enum err chain_nodes(struct view *v, const struct chain *c, const char *const **out, size_t *count) MUST;

#endif
