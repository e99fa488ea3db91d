#include "node/storecheck.h"

#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <time.h>
#include <unistd.h>

#include "node/cli.h"
#include "node/init.h"
#include "store/check.h"

struct report {
	json_t *problems; /* as JSON; NULL: printed as they come */
	FILE *out, *progress;
	time_t begun;
	bool drawn;
	uint64_t pages; /* problems of */
};

static void say(void *ctx, const char *problem)
{
	struct report *r = ctx;

	if (r->problems) {
		(void)json_array_append_new(r->problems, json_string(problem));
		return;
	}
	cli_text_safe(r->out, problem, false);
	(void)fputc('\n', r->out);
}

static void say_page(void *ctx, const char *problem)
{
	struct report *r = ctx;

	r->pages++;
	say(ctx, problem);
}

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	struct report *r = ctx;

	if (!r->progress || time(NULL) - r->begun < 2)
		return;
	(void)fprintf(r->progress, "\r%" PRIu64 " of %" PRIu64, done, total);
	(void)fflush(r->progress);
	r->drawn = true;
}

static const struct {
	const char *name;
	size_t at;
} figures[] = {
	{"statements", offsetof(struct check_figures, statements)}, {"records", offsetof(struct check_figures, records)},
	{"entries", offsetof(struct check_figures, entries)},       {"receipts", offsetof(struct check_figures, receipts)},
	{"signatures", offsetof(struct check_figures, signatures)}, {"index_rows", offsetof(struct check_figures, index_rows)},
	{"rows", offsetof(struct check_figures, rows)},             {"problems", offsetof(struct check_figures, problems)},
};

static enum err put_figures(const struct report *r, const struct check_figures *f)
{
	json_t *o = json_object();
	enum err e;

	(void)json_object_set_new(o, "schema", json_string("tally/store.check/1"));
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
		uint64_t n = *(const uint64_t *)(const void *)((const char *)f + figures[i].at);

		(void)json_object_set_new(o, figures[i].name, json_integer((json_int_t)n));
	}
	if (r->problems)
		(void)json_object_set(o, "items", r->problems);
	e = r->problems ? cli_show_json(r->out, o) : cli_sheet(r->out, o, NULL, 0, 0);
	json_decref(o);
	return e;
}

enum err storecheck_run(const char *home, bool json, FILE *out, FILE *terminal, struct complaint *why)
{
	struct report r = {.out = out, .progress = terminal && isatty(fileno(terminal)) ? terminal : NULL, .begun = time(NULL)};
	struct check_ops ops = {say, progress, &r};
	struct check_figures found = {0};
	struct store *store = NULL;
	char path[PATH_MAX];
	enum err e;

	if (snprintf(path, sizeof path, "%s/store", home) >= (int)sizeof path)
		return ERR_LIMIT;
	if (json)
		r.problems = json_array();
	e = store_open(&(struct store_config){.path = path, .readonly = true, .say = say_page, .ctx = &r}, &store);
	if (e == OK && (e = init_inhabited(store)) != OK)
		store_close(store);
	if (e == ERR_NOT_FOUND && init_has_keys(home)) {
		json_decref(r.problems);
		(void)snprintf(why->text, sizeof why->text, "the store in %.90s is gone", home);
		return ERR_CORRUPT;
	}
	if (e == ERR_CORRUPT) { /* its pages alone were looked at: what the rows say cannot be read any more */
		found.problems = r.pages ? r.pages : 1;
		e = put_figures(&r, &found);
		json_decref(r.problems);
		return e == OK ? ERR_PROBLEMS : e;
	}
	if (e != OK) {
		json_decref(r.problems);
		(void)snprintf(why->where, sizeof why->where, "%.90s", home);
		(void)snprintf(why->text, sizeof why->text, "%s", e == ERR_NOT_FOUND ? "nobody lives here" : err_text(e));
		return e;
	}
	e = check_run(store, &ops, &found);
	if (r.drawn)
		(void)fputs("\r\033[K", r.progress);
	if (e == OK)
		e = put_figures(&r, &found);
	else
		(void)snprintf(why->text, sizeof why->text, "the check could not be finished: %s", err_text(e));
	json_decref(r.problems);
	store_close(store);
	return e == OK && found.problems > 0 ? ERR_PROBLEMS : e;
}
