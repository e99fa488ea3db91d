/* proportion.h - is a level in proportion to the supplier: the tier in our register recommends a range of the set's levels, and suppliers of one
 * tier are to be treated alike. Levels go from light to heavy as the set lists them. */
#ifndef TALLY_PROPORTION_H
#define TALLY_PROPORTION_H

#include "node/view_requirement.h"

struct tiers { /* of the suppliers in our register that are linked to a partner */
	struct tier {
		struct id org;
		int64_t tier;
		const char *row; /* its name */
	} *p;
	size_t n, cap;
};
enum err proportion_tiers(struct view *v, struct tiers *out) MUST; /* one walk over the register */

struct proportion {
	int64_t tier;            /* vocab_tier; 0: no row of the register, or no tier in it */
	const char *row;         /* name of that row; "" */
	size_t at, low, high, n; /* places among the levels; n: how many there are */
	const char *lowest, *highest; /* names of low and high; "" below two levels */
};

/* How the level asked stands to this supplier's tier; of this assignment only set and level are looked at. */
void proportion_of(struct view *v, const struct tiers *tiers, const struct assignment *of, const struct id *org, struct proportion *out);
bool proportion_above(const struct proportion *p);
bool proportion_below(const struct proportion *p);

struct unequal { /* a supplier of the same tier who was asked another level of the same set */
	bool found;
	struct id org;
	const char *level;
};
/* The first there is, in the order of our assignments. */
enum err proportion_unequal(struct view *v, const struct tiers *tiers, const struct assignment *of, const struct id *org, struct unequal *out) MUST;

#endif
