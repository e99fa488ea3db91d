/* How far requirements were passed on to subcontractors. */
#include <string.h>

#include "node/report.h"
#include "node/view_flow.h"

static enum err flowdown(struct api_call *c, struct view *v, json_t *items)
{
	json_t *all = json_array(), *row;
	struct id party;
	bool given;
	size_t i;
	enum err e = report_party(c, &given, &party);
	if (e == OK)
		e = all ? view_flow_list(v, all) : ERR_MEMORY;
	json_array_foreach(all, i, row) {
		char hex[65] = "";
		const char *who = json_string_value(json_object_get(row, "who_org"));
		if (given)
			hex_encode(hex, party.b, 32);
		if (e == OK && (!given || (who && strcmp(who, hex) == 0)) && json_array_append(items, row) != 0)
			e = ERR_MEMORY;
	}
	json_decref(all);
	return e;
}

const struct report report_flowdown = {
	.name = "flowdown", .title = "how far requirements were passed on to subcontractors, in counts that are verified without names", .seed = "U9 E2",
	.fn = flowdown, .leaves_out = "requirements that nobody asked to be passed on, and the names of subcontractors",
};
