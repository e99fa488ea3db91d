/* cli_clock.c - the clock profiles in the home folder, which the node reads when it starts and at SIGHUP. */
#include <string.h>

#include "node/cli.h"
#include "node/clocks.h"
#include "node/view.h"

static enum err told(const struct cli *cli, enum err e, const struct complaint *why)
{
	char text[280];
	if (e == OK)
		return e;
	(void)snprintf(text, sizeof text, "%s%s%s", why->where, why->where[0] ? ": " : "", why->text[0] ? why->text : err_text(e));
	cli_show_error(cli, e, text, e == ERR_NOT_FOUND ? CLI_HINT_FILE : "see how one is written with: tally help clock check");
	return e;
}

static enum err add(const struct clocks *p, json_t *items)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < p->clocks; i++) {
		const struct clock *c = &p->clock[i];
		struct buf due = {0};
		json_t *o = json_object();
		e = o ? clocks_text(c, &due) : ERR_MEMORY;
		if (e == OK)
			e = buf_add(&due, "", 1);
		if (e == OK) {
			view_put(o, "profile", p->name);
			view_put(o, "clock", c->name);
			view_put(o, "due", (const char *)due.p);
			view_put(o, "met_by", vocab_word(&vocab_clock_met, c->met));
			view_put(o, "owed", vocab_word(&vocab_clock_owed, p->owed));
			view_put(o, "use", vocab_word(&vocab_clock_use, p->use));
			view_put(o, "title", p->title);
			if (c->stops)
				(void)json_object_set_new(o, "stops_hours", json_integer(c->stops / 3600000));
			(void)json_object_set_new(o, "shipped", json_boolean(p->shipped));
			e = json_array_append(items, o) == 0 ? OK : ERR_MEMORY;
		}
		json_decref(o);
		buf_free(&due);
	}
	return e;
}

static enum err show(const struct cli *cli, const struct clocks *list)
{
	json_t *items = json_array(), *result = json_pack("{s:s, s:o}", "schema", "tally/clocks/1", "items", items);
	enum err e = result ? OK : ERR_MEMORY;
	for (; e == OK && list; list = list->next)
		e = add(list, items);
	if (e == OK)
		e = cli_show(cli, result);
	json_decref(result);
	return e;
}

enum err cli_clock_list(struct cli *cli, const json_t *args)
{
	struct arena *a = arena_new();
	const struct clocks *list = NULL;
	struct complaint why = {0};
	enum err e = a ? clocks_home(cli->home, a, &list, &why) : ERR_MEMORY;
	(void)args;
	e = e == OK ? show(cli, list) : told(cli, e, &why);
	arena_free(a);
	return e;
}

enum err cli_clock_check(struct cli *cli, const json_t *args)
{
	struct arena *a = arena_new();
	struct clocks *p;
	struct complaint why = {0};
	enum err e = a ? clocks_file(json_string_value(json_object_get(args, "file")), a, &p, &why) : ERR_MEMORY;
	e = e == OK ? show(cli, p) : told(cli, e, &why);
	arena_free(a);
	return e;
}
