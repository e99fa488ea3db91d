#include "node/report.h"

#include <stdio.h>
#include <string.h>

/* One line a report, by name. */
#define REPORTS(X)         \
	X(report_priorities) \
	X(report_chain_concentration) \
	X(report_chain_subcontractors) \
	X(report_chain_subcontracting) \
	X(report_support)  \
	X(report_dora)     \
	X(report_read_published) \
	X(report_read_awareness) \
	X(report_concerns) \
	X(report_exit)     \
	X(report_expiring) \
	X(report_exercises) \
	X(report_failing) \
	X(report_incidents) \
	X(report_gaps)     \
	X(report_responsibilities) \
	X(report_flowdown) \
	X(report_exceptions) \
	X(report_barriers) \
	X(report_proportion) \
	X(report_unexplained) \
	X(report_concerns_issues) \
	X(report_overdue)  \
	X(report_owed)

#define X(name) extern const struct report name;
REPORTS(X)
#undef X

static const struct report *const reports[] = {
#define X(name) &name,
	REPORTS(X)
#undef X
};

static const struct report *each(size_t i)
{
	return i < sizeof reports / sizeof *reports ? reports[i] : NULL;
}

enum err report_document(struct buf *out)
{
	const struct report *r;
	enum err e = fields_print(out, "# Reports\n\nMade from the table in node/report.c; do not edit. `tally report NAME` prints one; `--why` shows "
	                               "the records and rows of the register behind each line, `--json` is for programs, `--csv` for "
	                               "spreadsheets: its headings are the names in the JSON, which a table shows with blanks in them. "
	                               "The seed is the row of [coverage.md](coverage.md). What is part of an exercise is in none of "
	                               "them but `exercises`.\n\n| report | shows | seed | leaves out |\n|---|---|---|---|\n");
	for (size_t i = 0; e == OK && (r = each(i)); i++)
		e = fields_print(out, "| %s | %s | %s | %s |\n", r->name, r->title, r->seed, r->leaves_out);
	return e;
}

enum err report_party(struct api_call *c, bool *given, struct id *out)
{
	*given = saying_arg(c, "supplier") != NULL;
	return *given ? api_org(c, "supplier", out) : OK;
}

static enum err add_why(json_t *item, const char *text)
{
	json_t *list = json_object_get(item, "why");
	if (!list && json_object_set_new(item, "why", list = json_array()) != 0)
		return ERR_MEMORY;
	return json_array_append_new(list, json_string(text)) == 0 ? OK : ERR_MEMORY;
}

enum err report_why(json_t *item, const struct id *id)
{
	char hex[65];
	hex_encode(hex, id->b, 32);
	return add_why(item, hex);
}

enum err report_why_row(json_t *item, const char *kind, const char *name)
{
	char text[200];
	(void)snprintf(text, sizeof text, "%s:%s", kind, name);
	return add_why(item, text);
}

/* ---- for the dispatcher ---- */

static enum err list(struct api_call *c)
{
	const struct report *r;
	json_t *items = json_array();
	for (size_t i = 0; items && (r = each(i)); i++)
		(void)json_array_append_new(items, json_pack("{s:s, s:s, s:s, s:s}", "name", r->name, "title", r->title, "seed", r->seed, "leaves_out",
		                                             r->leaves_out));
	return saying_items(c, items ? OK : ERR_MEMORY, &items);
}

static enum err run(struct api_call *c)
{
	const char *name;
	const struct report *r;
	json_t *items;
	struct view v;
	size_t i = 0;
	enum err e = api_text(c, "report", true, &name);
	if (e != OK)
		return e;
	while ((r = each(i)) && strcmp(r->name, name) != 0)
		i++;
	if (!r)
		return api_fail(c, ERR_NOT_FOUND, "see: tally report list", "there is no report \"%.40s\"", name);
	items = json_array();
	if (json_object_set_new(c->result, "items", items) != 0)
		return ERR_MEMORY;
	saying_view(c, &v);
	api_set(c->result, "leaves_out", r->leaves_out);
	return r->fn(c, &v, items);
}

const struct api_row api_report_rows[] = {
	{"report.list", list, "the reports there are"},
	{"report.run", run, "one report: {report, supplier} -> {items}; each item says why"},
	{NULL, NULL, NULL},
};
