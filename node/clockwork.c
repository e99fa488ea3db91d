#include "node/clockwork.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/rows.h"

struct clockwork {
	char *home;
	struct arena *arena; /* of the list */
	const struct clocks *list;
};

static enum err read_files(const char *home, struct arena **arena, const struct clocks **list, struct complaint *why)
{
	struct arena *a = arena_new();
	enum err e = a ? clocks_home(home, a, list, why) : ERR_MEMORY;
	if (e != OK) {
		arena_free(a);
		return e;
	}
	*arena = a;
	return OK;
}

enum err clockwork_open(const char *home, struct clockwork **out, struct complaint *why)
{
	struct clockwork *w = calloc(1, sizeof *w);
	enum err e = w && (w->home = strdup(home)) ? read_files(home, &w->arena, &w->list, why) : ERR_MEMORY;
	if (e != OK) {
		clockwork_free(w);
		return e;
	}
	*out = w;
	return OK;
}

void clockwork_use(const struct clockwork *w, struct core *c)
{
	core_use_clocks(c, w ? w->list : NULL);
}

enum err clockwork_again(struct clockwork *w, struct core *c)
{
	struct complaint why = {0};
	struct arena *a;
	const struct clocks *list;
	char text[sizeof why.where + sizeof why.text + 3];
	enum err e = read_files(w->home, &a, &list, &why);
	if (e == OK) {
		core_use_clocks(c, list);
		arena_free(w->arena);
		w->arena = a;
		w->list = list;
		return OK;
	}
	(void)snprintf(text, sizeof text, "%s%s%s", why.where, why.where[0] ? ": " : "", why.text[0] ? why.text : err_text(e));
	enum err told = operations_add(core_txn(c), core_now(c), "node", "clock profiles were not read again, the old ones hold", text);
	return told == OK ? e : told;
}

void clockwork_free(struct clockwork *w)
{
	if (!w)
		return;
	arena_free(w->arena);
	free(w->home);
	free(w);
}
