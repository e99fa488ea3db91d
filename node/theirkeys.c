#include "node/theirkeys.h"

#include <string.h>

#include "node/contradictions.h"
#include "node/ingest.h"

enum err theirkeys_take(struct core *c, const struct id *org, const struct signed_statement *in, bool *fresh)
{
	struct signed_statement before;
	struct statement st, parsed;
	struct id of;
	bool ours = id_eq(org, &c->self.org);
	enum err e = statements_newest(core_txn(c), org, &before, &parsed);
	bool first = e == ERR_NOT_FOUND;
	if (e == OK || first)
		e = statement_decode(in->payload, &st);
	if (e != OK)
		return e;
	if (!first && st.kseq <= parsed.kseq) {
		struct signed_statement held;
		e = statements_get(core_txn(c), org, st.kseq, &held);
		if (e != OK || span_eq(held.payload, in->payload))
			return e;
		e = contradictions_statement(c, org, st.kseq, (const struct signed_statement[]){held, *in});
		return e != OK ? e : ERR_CONFLICT;
	}
	if (ours) { /* others may know more of us than we do: this node is older than its last change of keys, or somebody else has the recovery kit */
		core_alarm(c, org, "there is a key statement of ours that is not here: restored from before it, or has somebody the recovery kit?", "keys");
		return OK;
	}
	e = statement_verify(in, first ? NULL : &before, &st, &of);
	if (e == OK && !id_eq(&of, org))
		e = ERR_CONFLICT;
	if (e == OK)
		e = statements_put(core_txn(c), org, st.kseq, in);
	*fresh = *fresh || e == OK;
	return e;
}

enum err theirkeys_changed(struct core *c, const struct id *org)
{
	struct signed_statement held;
	struct statement st;
	enum err e = ingest_parked(c, org);
	if (e == OK)
		e = statements_newest(core_txn(c), org, &held, &st);
	for (struct session *o = c->sessions; o && e == OK; o = o->next)
		if (!o->closing && o->org_known && o->phase > PHASE_HANDSHAKE && id_eq(&o->org, org) &&
		    memcmp(o->remote, st.keys.link, sizeof o->remote) != 0)
			session_end(c, o, "they have newer keys");
	return e == OK ? core_follow(c, org) : e;
}
