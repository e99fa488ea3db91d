/* equal.c - both ends of a relationship show the same: what one says of the other, and what the other says of itself. Times, names and what is known
 * to one side alone are left out. */
#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/api.h"

static json_t *ask(struct sim *s, int node, const char *name, const char *arg, const struct id *id)
{
	struct core *c = s->place[node].node.core;
	struct output *outputs;
	char hex[65];
	size_t count;
	struct api_wait wait = {0};
	hex_encode(hex, id->b, 32);
	json_t *request = json_pack("{s:s, s:{s:s}}", "call", name, "args", arg, hex);
	sim_must(s, core_begin(c), "core_begin");
	json_t *response = api_run(c, request, &wait);
	sim_must(s, core_end(c, &outputs, &count), "core_end");
	for (size_t i = 0; i < count; i++)
		net_output(s, node, &outputs[i]);
	json_t *result = json_incref(json_object_get(response, "result"));
	json_decref(request);
	json_decref(response);
	return result;
}

/* The rows of a list that speak of this organisation, with the members that both sides must see alike. */
static json_t *rows(struct sim *s, const json_t *list, const char *who, int node, const char *const *members)
{
	json_t *out = json_array();
	char hex[65];
	hex_encode(hex, s->place[node].org.b, 32);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i);
		const char *org = json_string_value(json_object_get(row, who));
		json_t *one;
		if (!org || strcmp(org, hex) != 0)
			continue;
		one = json_object();
		for (size_t m = 0; members[m]; m++) {
			json_t *v = json_object_get(row, members[m]);
			const char *name = members[m][0] == '?' ? members[m] + 1 : members[m]; /* only whether it is there */
			if (name != members[m])
				(void)json_object_set_new(one, name, json_boolean(json_object_get(row, name) != NULL));
			else if (v)
				(void)json_object_set(one, name, v);
		}
		(void)json_array_append_new(out, one);
	}
	return out;
}

/* Of two objects what is not the same in both; of lists all. */
static char *differing(const json_t *x, const json_t *y)
{
	json_t *copy = json_deep_copy(x);
	const char *name;
	json_t *v;
	if (json_is_object(y))
		json_object_foreach((json_t *)(uintptr_t)y, name, v)
			if (json_equal(json_object_get(copy, name), v))
				(void)json_object_del(copy, name);
	return json_dumps(copy, JSON_COMPACT);
}

static void same(struct sim *s, json_t *mine, json_t *theirs, int a, int b, const char *what)
{
	if (!json_equal(mine, theirs)) {
		sim_fail(s, "views", "%s: node%d shows %.200s, node%d shows %.200s", what, a, differing(mine, theirs), b, differing(theirs, mine));
	}
	json_decref(mine);
	json_decref(theirs);
	s->out->counts.views++;
}

static void compare(struct sim *s, const struct said *r, int reader, const char *call, const char *arg, const char *list, const char *const *members)
{
	const char *who = strcmp(list, "answers") == 0 && r->kind == KIND_INCIDENT_NOTICE ? "from_org" : "partner_org";
	json_t *here = ask(s, r->author, call, arg, &r->id), *there = ask(s, reader, call, arg, &r->id);
	same(s, rows(s, json_object_get(here, list), who, reader, members), rows(s, json_object_get(there, list), who, reader, members), r->author,
	     reader, call);
	json_decref(here);
	json_decref(there);
}

/* One sheet at both ends, by these members. */
static void sheet(struct sim *s, const struct said *r, int reader, const char *call, const char *arg, const char *const *members)
{
	json_t *here = ask(s, r->author, call, arg, &r->id), *there = ask(s, reader, call, arg, &r->id);
	json_t *x = json_object(), *y = json_object();
	for (size_t m = 0; members[m]; m++) {
		if (json_object_get(here, members[m]))
			(void)json_object_set(x, members[m], json_object_get(here, members[m]));
		if (json_object_get(there, members[m]))
			(void)json_object_set(y, members[m], json_object_get(there, members[m]));
	}
	if (json_object_size(x) == 0)
		sim_fail(s, "views", "node%d cannot show its own record: %s", r->author, call);
	same(s, x, y, r->author, reader, call);
	json_decref(here);
	json_decref(there);
}

/* What a record has become: both must know all that was said about it by its author. */
static void state(struct sim *s, const struct said *r, int reader)
{
	static const char *const members[] = {"title", "body", "kind", "tlp", "created", "thread", "state", NULL};
	/* What a forward carries may be withdrawn, and who got it so is not told. */
	sheet(s, r, reader, "record.show", "record", r->kind == KIND_FORWARD ? members + 2 : members);
}

/* Did it come to this reader through its author's log, for sure? */
static bool delivered(struct sim *s, const struct said *r, int reader)
{
	bool v, p;
	return r->promised && set_has(&r->told, reader) && bond_state(s, r->author, reader, &v, &p) == 2 && bond_state(s, reader, r->author, &v, &p) == 2;
}

static void one(struct sim *s, const struct said *r, int reader)
{
	static const char *const party[] = {"?acknowledged", "?answered", "impact", "text", "?mitigated", NULL};
	static const char *const answers[] = {"id", "kind", "says", "body", NULL};
	static const char *const contract[] = {"id", "reference", "customer_org", "supplier_org", "agreed", "ended_by", "offer", NULL};
	static const char *const finding[] = {"rid", "state", "customer_org", "supplier_org", "plan", "closed", NULL};
	static const char *const asks[] = {"rid", "title", "review", "until", "due", "text", "review_text", "assign", "ack", NULL};
	if (r->kind == KIND_INCIDENT_NOTICE) {
		compare(s, r, reader, "incident.matrix", "incident", "items", party);
		compare(s, r, reader, "incident.show", "incident", "answers", answers);
	} else if (r->kind == KIND_REQUIREMENT_ASSIGN && !s->place[r->author].went_back) { /* else its set may be dated after its entry, and not taken */
		compare(s, r, reader, "requirement.show", "requirement", "answers", asks);
	} else if (r->kind == KIND_CONTRACT) {
		sheet(s, r, reader, "contract.show", "contract", contract);
	} else if (r->kind == KIND_FINDING) {
		sheet(s, r, reader, "finding.show", "finding", finding);
	}
	if (r->kind != KIND_REQUIREMENT_SET) /* a new version of a set is no business of whoever was asked for the old one */
		state(s, r, reader);
}

void equal_views(struct sim *s)
{
	for (size_t i = 0; i < s->saids; i++)
		for (int reader = 0; reader < s->nodes && s->said[i].author >= 0; reader++)
			if (!s->said[truth_root(s, i + 1) - 1].partial && delivered(s, &s->said[i], reader))
				one(s, &s->said[i], reader);
}
