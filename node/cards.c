#include "node/cards.h"

#include <stdio.h>

#include "store/orgs.h"

enum err cards_own(struct core *c, struct arena *a, struct card *out)
{
	struct card card = {.org = core_self(c)->org};
	const char *address;
	struct walk w;
	enum err e;

	card.statement = arena_alloc(a, LIMIT_STATEMENTS * sizeof *card.statement);
	if (!card.statement)
		return ERR_MEMORY;
	e = statements_walk(core_txn(c), &card.org, &w);
	while (e == OK && card.statements < LIMIT_STATEMENTS && statements_next(&w, &card.statement[card.statements]))
		card.statements++;
	e = walk_close(&w, e);
	while (card.addresses < INVITE_ADDRESSES && (address = core_address(c, card.addresses)))
		(void)snprintf(card.address[card.addresses++], sizeof card.address[0], "%s", address);
	if (e == OK && card.statements == 0)
		e = ERR_CORRUPT;
	if (e == OK)
		*out = card;
	return e;
}
