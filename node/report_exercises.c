/* How fast each reacted in exercises, by the receipts. */
#include <string.h>

#include "node/report.h"
#include "node/view_exercise.h"

static enum err of_one(struct view *v, const struct exercise *x, const struct id *party, json_t *items)
{
	json_t *list = json_array(), *item;
	size_t i;
	enum err e = list ? view_exercise_reactions(v, x, list) : ERR_MEMORY;
	json_array_foreach(list, i, item) {
		const json_t *reaction = json_object_get(item, "reaction");
		struct id behind, from, to;
		if (e == OK)
			e = view_read_id(json_object_get(item, "from_org"), &from);
		if (e == OK)
			e = view_read_id(json_object_get(item, "to_org"), &to);
		if (e != OK)
			break;
		if (party && !id_eq(party, &to) && !id_eq(party, &from))
			continue;
		e = report_why(item, &x->first->id);
		if (e == OK && (e = view_read_id(json_object_get(item, "id"), &behind)) == OK)
			e = report_why(item, &behind);
		if (e == OK && reaction && (e = view_read_id(reaction, &behind)) == OK)
			e = report_why(item, &behind);
		if (e == OK && json_array_append(items, item) != 0)
			e = ERR_MEMORY;
	}
	json_decref(list);
	return e;
}

static enum err exercises(struct api_call *c, struct view *v, json_t *items)
{
	struct exercise *all;
	struct id party;
	bool given;
	size_t n = 0;
	enum err e = report_party(c, &given, &party);
	if (e == OK)
		e = view_exercise_all(v, &all, &n);
	for (size_t i = n; e == OK && i-- > 0;)
		if (all[i].started)
			e = of_one(v, &all[i], given ? &party : NULL, items);
	return e;
}

const struct report report_exercises = {
	.name = "exercises", .title = "how fast each reacted in exercises: from the receipt of what was put to them to that of what they said", .seed = "S5",
	.fn = exercises, .leaves_out = "what two other participants said to each other, and exercises that never began",
};
