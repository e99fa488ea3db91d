#include "node/contradictionshow.h"

#include "proto/when.h"

#define MEANS                                                                                                                              \
	"Evidence proves two branches, not intent: a node that was put back to an earlier state, or that runs twice, signs them as a liar " \
	"does. Ask them. Whose the keys are only the ten words show; what lies beyond a cut that they made for compromise is not theirs."

static void put_id(json_t *o, const char *name, const struct id *id)
{
	char hex[65];

	hex_encode(hex, id->b, sizeof id->b);
	if (!id_zero(id))
		(void)json_object_set_new(o, name, json_string(hex));
}

static void put_branches(json_t *o, const struct contradiction_report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < 2; i++) {
		json_t *one = json_object();
		char when[WHEN_TEXT];

		when_format(r->time[i], when);
		put_id(one, r->kind == CONTRADICTION_RECEIPTS ? "entry" : "hash", &r->hash[i]);
		(void)json_object_set_new(one, "signed", json_string(when));
		(void)json_array_append_new(list, one);
	}
	(void)json_object_set_new(o, "branches", list);
}

json_t *contradictionshow_json(const struct contradiction_report *r)
{
	static const char *const verdicts[] = {[PROOF_VALID] = "valid", [PROOF_INVALID] = "invalid", [PROOF_UNDECIDED] = "undecided"};
	json_t *o = json_object();

	(void)json_object_set_new(o, "schema", json_string("tally/evidence/1"));
	put_id(o, "id", &r->id);
	(void)json_object_set_new(o, "verdict", json_string(verdicts[r->verdict]));
	if (r->verdict != PROOF_VALID) {
		(void)json_object_set_new(o, "link", json_string(r->link));
		return o;
	}
	(void)json_object_set_new(o, "type", json_string(contradiction_word(r->kind)));
	put_id(o, "from_org", &r->org);
	(void)json_object_set_new(o, "from_name", json_string(r->name));
	(void)json_object_set_new(o, "words", json_string(r->words));
	(void)json_object_set_new(o, "kseq", json_integer((json_int_t)r->kseq));
	if (r->n)
		(void)json_object_set_new(o, "place", json_integer((json_int_t)r->n));
	put_id(o, "log", &r->log);
	put_id(o, "to_org", &r->target);
	put_branches(o, r);
	(void)json_object_set_new(o, "means", json_string(MEANS));
	return o;
}
