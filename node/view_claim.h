/* view_claim.h - what a party attests about one requirement: so much of its attestations as nothing replaced. */
#ifndef TALLY_VIEW_CLAIM_H
#define TALLY_VIEW_CLAIM_H

#include "node/view.h"

struct claim {
	int64_t status;         /* 0: nothing attested that stands */
	int64_t until;          /* day the attestation ends */
	const struct seen *by;  /* the attestation that all this comes from; NULL: none */
	const struct value *row; /* its statement; NULL: nothing stands */
	bool expired;           /* there was one, and its time is over */
	bool withdrawn;         /* there was one, and it was withdrawn */
	int64_t withdrawn_at;
	const char *assurance;
};

struct claim_source { /* of a statement */
	const char *framework, *edition;
};

struct claim_stands {
	struct claim_stand {
		const struct seen *by;
		struct claim_source from;
	} *p;
	size_t n;
};

enum err view_claim_stands(struct view *v, const struct id *party, struct claim_stands *out) MUST;
/* The newest that stands; what is over or withdrawn is remembered only where nothing stands. */
void view_claim_read(struct view *v, const struct claim_stands *stands, const struct value *requirement, struct claim *out);
/* A statement is about a requirement when it names its rid, or a clause of that framework that it is mapped to. */
bool view_claim_names(struct view *v, const struct claim_source *from, const struct value *statement, const struct value *requirement);

#endif
