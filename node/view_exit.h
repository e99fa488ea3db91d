/* view_exit.h - the end of a relationship: what each side holds of the other's, what became of it, and whether it is closed. What was declared once
 * stays to be accounted for, in whatever version of a list it stood. Closed: its last day is over, the supplier has stated what it holds, every item
 * has a disposition that the other side accepted, nothing is retained any more, here or at subcontractors. When a retention ends, the item is held
 * again until its deletion is accepted. */
#ifndef TALLY_VIEW_EXIT_H
#define TALLY_VIEW_EXIT_H

#include "node/duty.h"
#include "node/view_exit_docs.h"

enum held_state { HELD_OPEN, HELD_ATTESTED, HELD_DISPUTED, HELD_RETAINED, HELD_LAPSED, HELD_SETTLED };

struct held { /* one item */
	const char *id, *contract;
	struct seen *declared;    /* the newest list that names it */
	const struct value *row;  /* there */
	const struct seen *first; /* the first disposition that named it; NULL: none */
	const struct seen *disposition, *decision; /* the last one, and what the other side said to it; NULL */
	const struct value *done; /* its row there */
	enum held_state state;
	int64_t until;            /* day; 0: none */
	struct doc *doc;          /* the disposition; */
	size_t next;              /* and the next of its bucket, for view_exit_side.c */
};

struct side { /* what one holds of the other's */
	struct id holder, owner;
	struct held *p;
	size_t n, cap, open, retained;
	size_t *bucket, buckets;   /* by id */
	struct seens pending;      /* lists and dispositions of the holder that wait for the other side's word, each once with a partner */
	struct seen *stated;       /* the holder's own newest list; NULL: it has said nothing */
	const struct seen *disputed; /* the other side's reply that does not agree with it; NULL */
	bool partial;              /* it says that there is more */
	int64_t withdrawn;         /* when a list was taken back that had been receipted, and no later one is confirmed; 0: none was */
	struct seen *below;        /* the newest disposition with numbers of subcontractors; NULL: none */
	int64_t below_held, below_open, below_until;
};

struct ending { /* of one contract, or of the whole relationship */
	struct id partner, supplier;
	const char *contract;  /* "": all */
	struct seen *of;       /* the termination, or the contract that has ended; NULL: nothing ends */
	int64_t effective, due; /* days; due: by when things are disposed of */
	struct side theirs, ours;
	bool closed;
};

struct endings {
	struct ending *p;
	size_t n, cap;
};

/* With every partner with whom there is anything of this, by what was said first. partner NULL: all. */
enum err view_exit_all(struct view *v, const struct id *partner, struct endings *out) MUST;
/* The one that ends this contract; NULL: none does. */
const struct ending *view_exit_of(const struct endings *all, const struct id *partner, const char *contract);
/* view_exit_side.c: of the lists and dispositions with one partner, what concerns this end, into x with its holder and owner */
enum err view_exit_side_read(struct view *v, struct docs *lists, struct docs *dispositions, const struct ending *of, struct side *x) MUST;

/* view_exit_show.c: in words and JSON; new references */
enum err view_exit_show_row(struct view *v, const struct ending *x, json_t **out) MUST; /* with its state, and why it is not closed */
enum err view_exit_show_item(struct view *v, const struct side *x, const struct held *h, json_t **out) MUST;
enum err view_exit_show_contract(struct view *v, const struct ending *x, json_t *sheet) MUST; /* closed, not_closed_because */

enum err view_exit_duty_add(struct view *v, struct duties *out) MUST; /* view_exit_duty.c */

#endif
