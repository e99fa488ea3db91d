#include "node/view_register.h"

#include <stdio.h>
#include <string.h>

#include "node/view_ask.h"
#include "store/locals.h"

#define AHEAD_DAYS 90

static const char *join(struct view *v, const char *const part[4])
{
	size_t n = 0;
	for (int i = 0; i < 4; i++)
		n += strlen(part[i]);
	char *out = arena_alloc(v->a, n + 1);
	if (out)
		(void)snprintf(out, n + 1, "%s%s%s%s", part[0], part[1], part[2], part[3]);
	return out ? out : "";
}

/* Nobody reviews what is over. */
static bool is_over(const struct view *v, const struct local_kind *k, const struct value *row)
{
	if (k == &local_supplier)
		return view_int(k->fields, row, "state") == SUPPLIER_FORMER;
	int64_t until = view_int(k->fields, row, "used_until");
	return until && until < view_ask_today(v);
}

static enum err add_row(struct view *v, const struct local_kind *k, const struct value *row, struct duties *out)
{
	int64_t due = view_int(k->fields, row, "review_due");
	if (!due || due > view_ask_today(v) + AHEAD_DAYS || is_over(v, k, row))
		return OK;
	const char *name = view_text(v, k->fields, row, "name");
	const char *rest = join(v, (const char *const[4]){name, " --review-due DATE", "", ""});
	struct duty d = {.row = join(v, (const char *const[4]){k->name, ":", name, ""}),
	                 .title = view_text(v, k->fields, row, k == &local_supplier ? "title" : "function"),
	                 .what = join(v, (const char *const[4]){"review ", k->name, " ", name}), .profile = "", .debtor = v->me, .creditor = v->me,
	                 .due = duty_day(due), .learned = view_int(k->fields, row, "changed"),
	                 .next = join(v, (const char *const[4]){"tally ", k->name, " edit ", rest})};
	return duty_add(v, out, &d);
}

enum err view_register_duties(struct view *v, struct duties *out)
{
	static const struct local_kind *const kinds[] = {&local_supplier, &local_dependency};
	enum err e = OK;
	for (size_t i = 0; e == OK && i < sizeof kinds / sizeof *kinds; i++) {
		struct walk w;
		if ((e = locals_walk(v->t, kinds[i], &w)) != OK)
			return e;
		while (e == OK && walk_next(&w)) {
			const struct value *row;
			e = rows_value(w.value, v->a, &row);
			if (e == OK)
				e = add_row(v, kinds[i], row, out);
		}
		e = walk_close(&w, e);
	}
	return e;
}
