#include "proto/tlp.h"

#include "proto/kinds.h"

enum tlp tlp_effective(int64_t number)
{
	return number >= TLP_CLEAR && number <= TLP_RED ? (enum tlp)number : TLP_RED;
}

enum err tlp_direct(const struct record *r, const struct id *to, struct complaint *why)
{
	if (tlp_effective(r->tlp) != TLP_RED)
		return OK;
	for (size_t i = 0; i < r->named; i++)
		if (id_eq(&r->name[i], to))
			return OK;
	return fields_complain(why, ERR_TLP, "red: only to the recipients it names, and this one is not among them", "tlp");
}

/* NULL: allowed; else the clause that forbids it. */
static const char *forward_clause(const struct record *r, enum tlp_relation next)
{
	switch (tlp_effective(r->tlp)) {
	case TLP_CLEAR:
	case TLP_GREEN:
		return NULL;
	case TLP_AMBER:
		if (next == TLP_TO_CUSTOMER || (next == TLP_TO_SUPPLIER && r->onward == 1))
			return NULL;
		if (next == TLP_TO_SUPPLIER)
			return "amber: onward to customers only, its author did not allow suppliers";
		return "amber: onward to customers only, not to other partners";
	case TLP_AMBER_STRICT:
		return "amber+strict: stays within the organisation that received it";
	case TLP_RED:
		break;
	}
	return "red: for the named recipients only, never onward";
}

enum err tlp_forward(const struct record *r, enum tlp_relation next, struct complaint *why)
{
	const char *clause;

	if (r->kind == KIND_FORWARD)
		return fields_complain(why, ERR_TLP, "a forward is not forwarded again: further hops take the author's own log", "kind");
	clause = forward_clause(r, next);
	return clause ? fields_complain(why, ERR_TLP, clause, "tlp") : OK;
}
