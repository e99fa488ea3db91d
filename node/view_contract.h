/* view_contract.h - contracts: one thread of offers and counter-offers, and the version that both hold by one hash. Only the two sides it names
 * have a say in it: what one offers, the other's reply agrees to. What was agreed holds until a later version is agreed or it ends. */
#ifndef TALLY_VIEW_CONTRACT_H
#define TALLY_VIEW_CONTRACT_H

#include "node/duty.h"

enum contract_state { CONTRACT_OFFERED, CONTRACT_DECLINED, CONTRACT_WITHDRAWN, CONTRACT_AGREED, CONTRACT_ENDED };

struct contract {
	struct seen *first;      /* first version that is held */
	struct seens versions;   /* of both sides, oldest first; only those between the same two */
	struct id customer, supplier;
	struct seen *offer;      /* newest that waits for an answer; NULL: none */
	struct seen *force;      /* the version agreed last; NULL: none */
	struct seen *agreed;     /* the reply that agreed to it */
	struct seen *end;        /* the reply or termination that ends it before its time; NULL: none */
	int64_t last;            /* its last day; 0: open */
	enum contract_state state;
};

/* Of any record of its thread. ERR_NOT_FOUND: that belongs to no contract. */
enum err view_contract_of(struct view *v, const struct seen *s, struct contract *out) MUST;
enum err view_contract_all(struct view *v, struct contract **out, size_t *count) MUST; /* oldest first */
const struct id *view_contract_other(const struct contract *c, const struct id *one); /* the other side */
void view_contract_state(const struct view *v, const struct contract *c, char out[static 96]);
enum err view_contract_duties(struct view *v, struct duties *out) MUST; /* answers to offers */

/* JSON; new references. */
struct endings; /* view_exit.h */
enum err view_contract_row(struct view *v, const struct contract *c, const struct endings *all, json_t **out) MUST;
enum err view_contract_sheet(struct view *v, const struct contract *c, json_t **out) MUST;

#endif
