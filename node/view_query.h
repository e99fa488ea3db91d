/* view_query.h - questions to partners whether something affects them: who was asked, who answered what, how many of their own suppliers they
 * counted behind it. Nobody below the first tier is named. */
#ifndef TALLY_VIEW_QUERY_H
#define TALLY_VIEW_QUERY_H

#include "node/duty.h"

#define QUERY_TIERS 17 /* 1: whom we asked; what they counted are the next */
#define QUERY_REMINDERS 5

struct tally_count {
	int64_t asked, answered, affected;
};
struct tiers {
	struct tally_count at[QUERY_TIERS]; /* [0] is tier 1 */
};

struct query_party {
	struct id org;
	const struct seen *answered, *answer; /* first and latest; NULL: none */
	const struct seen *asked_back;        /* need-info that nobody answered yet; its answer waits from then */
	int64_t stopped;                      /* ms that others, answered since, have taken */
	size_t reminders;
	int64_t reminded; /* the last time; 0: never */
};
struct query {
	struct seen *first, *head; /* head: newest version that counts */
	struct query_party *party; /* its readers */
	size_t parties;
	bool counts;
};

enum err view_query_of(struct view *v, struct seen *any, struct query *out) MUST; /* ERR_NOT_FOUND: of no question */
enum err view_query_duties(struct view *v, struct duties *out) MUST;
/* Adds what one answer says of its author and of those below it. */
void view_query_count(struct tiers *t, const struct seen *answer);
/* Of our own questions about this incident or question: with whom we asked as the first tier. */
enum err view_query_behind(struct view *v, const struct id *subject, struct tiers *out) MUST;
/* What our questions are about that a question or notice made us ask: its incident, or itself. */
struct id view_query_subject(const struct query *q);

/* JSON; new references. */
enum err view_query_list(struct view *v, json_t **out) MUST;
enum err view_query_matrix(struct view *v, const struct query *q, json_t **out) MUST;
json_t *view_query_tiers(const struct tiers *t); /* [{tier, asked, answered, affected}], without empty ones at the end */

#endif
