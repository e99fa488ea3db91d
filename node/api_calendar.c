/* api_calendar.c - deadlines for people's calendars. */
#include "node/ical.h"
#include "node/saying.h"

static enum err export(struct api_call *c)
{
	struct view v;
	struct duties all;
	struct id org;
	struct buf out = {0};
	struct ical_want want = {.todo = api_flag(c, "todo"), .both = api_flag(c, "both")};
	size_t left = 0;
	saying_view(c, &v);
	enum err e = saying_arg(c, "partner") ? api_org(c, "partner", &org) : OK;
	want.partner = saying_arg(c, "partner") ? &org : NULL;
	if (e == OK)
		e = duty_all(&v, false, &all);
	if (e == OK)
		e = ical_write(&v, &all, &want, &out, &left);
	if (e == OK && json_object_set_new(c->result, "text", json_stringn((const char *)out.p, out.n)) != 0)
		e = ERR_MEMORY;
	if (e == OK && left)
		saying_warn(c, "%zu without a date are left out: they fit into a list of tasks alone, --todo", left);
	buf_free(&out);
	return e;
}

const struct api_row api_calendar_rows[] = {
	{"calendar.export", export, "deadlines as an iCalendar"},
	{NULL, NULL, NULL},
};
