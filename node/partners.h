/* partners.h - the partner row as the node reads it. The row itself is a map by partner_fields (store/rows.h). */
#ifndef TALLY_PARTNERS_H
#define TALLY_PARTNERS_H

#include "store/rows.h"


struct partner {
	struct id org;
	char name[65];
	enum partner_state state;
	bool verified;  /* our operator has compared their words */
	bool confirmed; /* theirs has compared ours */
	bool dial;      /* we dial */
	bool paired;    /* a session by the pair secret has been */
	const struct value *row;
};

enum err partners_get(struct txn *t, struct arena *a, const struct id *org, struct partner *out) MUST; /* ERR_NOT_FOUND */
/* Writes p's fields over its row (NULL: a new one). */
enum err partners_put(struct txn *t, struct arena *a, const struct partner *p) MUST;
/* Sets one more field of the row that p will be written with. */
void partners_set(struct arena *a, struct partner *p, const char *field, struct value *v);
enum err partners_by_name(struct txn *t, struct arena *a, const char *name, struct partner *out) MUST;

#endif
