/* pairing_card.c - partners known by their card: no link has been between us, and perhaps none will be. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "node/contradictions.h"
#include "node/core_state.h"
#include "node/ingest.h"
#include "node/names.h"
#include "node/pairing.h"

/* What of the chain is new is kept; the card has been verified, from its first statement on. Two of one kseq: the second is evidence, and no more. */
static enum err extend(struct core *c, const struct card *card, bool *fresh, bool *contradicts)
{
	struct signed_statement held;
	for (size_t i = 0; i < card->statements; i++) {
		enum err e = statements_get(core_txn(c), &card->org, i, &held);
		if (e == OK && !span_eq(held.payload, card->statement[i].payload)) {
			*contradicts = true;
			return contradictions_statement(c, &card->org, i, (const struct signed_statement[]){held, card->statement[i]});
		}
		if (e == ERR_NOT_FOUND) {
			e = statements_put(core_txn(c), &card->org, i, &card->statement[i]);
			*fresh = true;
		}
		if (e != OK)
			return e;
	}
	return OK;
}

/* "Brackwater Logistics" -> "brackwater-logistics" */
static void slug(const char *title, char out[static 65])
{
	size_t n = 0;
	for (const unsigned char *p = (const unsigned char *)title; *p && n < 40; p++) {
		if (*p < 0x80 && isalnum(*p))
			out[n++] = (char)tolower(*p);
		else if (n && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n && out[n - 1] == '-')
		n--;
	out[n] = 0;
	if (names_fault(out))
		(void)snprintf(out, 65, "partner");
}

static enum err new_partner(struct core *c, const struct card *card, const char *name)
{
	struct partner p = {.org = card->org, .state = PARTNER_PENDING};
	char wanted[65];
	if (name)
		(void)snprintf(wanted, sizeof wanted, "%s", name);
	else
		slug(card->newest.name, wanted);
	pairing_name(c, &p, wanted);
	partners_set(c->arena, &p, "title", value_str(c->arena, card->newest.name));
	partners_set(c->arena, &p, "created", value_int(c->arena, c->now));
	enum err e = partners_put(core_txn(c), c->arena, &p);
	return e != OK ? e : operations_add(core_txn(c), c->now, "operator", "card taken", p.name);
}

static enum err say(struct complaint *why, enum err e, const char *text)
{
	why->where[0] = 0;
	(void)snprintf(why->text, sizeof why->text, "%s", text);
	return e;
}

enum err pairing_card(struct core *c, const struct card *card, const char *name, bool *contradicts, struct complaint *why)
{
	struct partner p;
	bool fresh = false;
	*contradicts = false;
	if (id_eq(&card->org, &c->self.org))
		return say(why, ERR_CONFLICT, "this is our own card");
	if (name && names_fault(name))
		return say(why, ERR_INVALID, names_fault(name));
	enum err e = extend(c, card, &fresh, contradicts);
	if (e != OK || *contradicts)
		return e;
	e = partners_get(core_txn(c), c->arena, &card->org, &p);
	if (e == ERR_NOT_FOUND || (e == OK && p.state == PARTNER_REMOVED))
		return new_partner(c, card, name);
	if (e == OK && fresh)
		e = ingest_parked(c, &card->org);
	return e == OK && fresh ? core_follow(c, &card->org) : e;
}
