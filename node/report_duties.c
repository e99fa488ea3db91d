/* What is to be done until when, both ways. */
#include "node/duty.h"
#include "node/report.h"

static enum err report(struct api_call *c, struct view *v, bool overdue, json_t *items)
{
	struct duties all;
	struct id party;
	bool given;
	enum err e = report_party(c, &given, &party);
	if (e == OK)
		e = duty_all(v, true, &all);
	for (size_t i = 0; e == OK && i < all.n; i++) {
		const struct duty *d = &all.p[i];
		json_t *o;
		if ((overdue && !duty_overdue(v, d)) || (given && !id_eq(&d->debtor, &party) && (d->authority || !id_eq(&d->creditor, &party))))
			continue;
		e = duty_json(v, d, &o);
		if (e == OK && json_array_append_new(items, o) != 0)
			e = ERR_MEMORY;
	}
	return e;
}

static enum err overdue(struct api_call *c, struct view *v, json_t *items)
{
	return report(c, v, true, items);
}

static enum err owed(struct api_call *c, struct view *v, json_t *items)
{
	return report(c, v, false, items);
}

const struct report report_overdue = {
	.name = "overdue", .title = "what is overdue, both ways: what we owe and what we are owed", .seed = "E12 E13", .fn = overdue,
	.leaves_out = "what has no date, and what stands still while a challenge is open",
};

const struct report report_owed = {
	.name = "owed", .title = "everything that is still to be done by anybody, soonest first", .seed = "E12", .fn = owed,
	.leaves_out = "what is done",
};
