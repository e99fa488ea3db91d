/* api_posture.c - attestations for the dispatcher: publish, the views, and the gap. */
#include "node/saying.h"
#include "node/view_posture.h"

static enum err list(struct api_call *c)
{
	struct view v;
	json_t *items;
	saying_view(c, &v);
	enum err e = view_posture_list(&v, &items);
	if (e != OK)
		return e;
	api_set(c->result, "schema", "tally.posture.list/1");
	(void)json_object_set_new(c->result, "items", items);
	return OK;
}

const struct api_row api_posture_rows[] = {
	{"posture.list", list, "attestations, ours and our partners'"},
	{0},
};
