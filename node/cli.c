#include "node/cli.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "node/client.h"
#include "node/direct.h"

#define CLI_TIMEOUT 120000 /* ms a call may take when nothing is waited for */
#define CLI_GRACE 10000    /* ms more than was asked to wait, for the node to say so itself */

static int64_t clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum err err_by_name(const char *name)
{
	for (int e = ERR_MEMORY; name && e <= ERR_UNDECIDED; e++)
		if (strcmp(err_name((enum err)e), name) == 0)
			return (enum err)e;
	return ERR_IO; /* of a newer node: a failure all the same */
}

/* What the door itself could not do. */
static enum err unreachable(const struct cli *cli, enum err e)
{
	const char *hint = NULL;
	char text[300];

	(void)snprintf(text, sizeof text, "%.200s: %s", cli->home, err_text(e));
	if (e == ERR_NO_DAEMON) {
		(void)snprintf(text, sizeof text, "the node in %.200s is not running", cli->home);
		hint = cli->command && strcmp(cli->command->noun, "down") == 0 ? "there is nothing to end" : NULL;
	} else if (e == ERR_NOT_FOUND) {
		(void)snprintf(text, sizeof text, "there is no node in %.200s", cli->home);
		hint = "make one with: tally init NAME";
	} else if (e == ERR_EXPIRED) {
		(void)snprintf(text, sizeof text, "the node in %.200s does not answer", cli->home);
	}
	cli_show_error(cli, e, text, hint);
	return e;
}

/* The response is taken over. */
static enum err answer(const struct cli *cli, json_t *response, json_t **result)
{
	json_t *found;
	enum err e = OK;

	if (!json_is_object(response)) {
		cli_show_error(cli, ERR_IO, "the node's answer makes no sense", NULL);
		e = ERR_IO;
	} else if (json_is_true(json_object_get(response, "ok"))) {
		found = json_object_get(response, "result");
		*result = found ? json_incref(found) : json_object();
	} else {
		e = err_by_name(json_string_value(json_object_get(response, "error")));
		cli_show_error(cli, e, json_string_value(json_object_get(response, "text")),
		               json_string_value(json_object_get(response, "hint")));
	}
	json_decref(response);
	return e;
}

/* No node runs there, and this command needs none. */
static enum err call_here(const struct cli *cli, const json_t *request, json_t **result)
{
	struct complaint why = {0};
	json_t *response = NULL;
	enum err e;

	cli->direct->silent = cli->no_input;
	e = direct_call(cli->direct, cli->home, request, &response, &why);
	if (e == OK)
		return answer(cli, response, result);
	cli_show_error(cli, e, why.text[0] ? why.text : NULL, e == ERR_NOT_FOUND ? "make one with: tally init NAME" : NULL);
	return e;
}

enum err cli_call(const struct cli *cli, const char *call, const json_t *args, int64_t timeout, json_t **result)
{
	json_t *request = json_pack("{s:s, s:O, s:b}", "call", call, "args", args, "dry_run", cli->dry_run);
	char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
	struct buf bytes = {0};
	enum err e;

	if (!text) {
		e = ERR_MEMORY;
		cli_show_error(cli, e, NULL, NULL);
	} else if (strlen(text) > LIMIT_REQUEST) {
		e = ERR_LIMIT;
		cli_show_error(cli, e, "this is more than one call can carry (32 MiB)", "split the file");
	} else if ((e = client_call(cli->home, SPAN(text, strlen(text)), (int)timeout, &bytes)) == OK) {
		e = answer(cli, json_loadb((const char *)bytes.p, bytes.n, JSON_REJECT_DUPLICATES, NULL), result);
	} else if (e == ERR_NO_DAEMON && cli->command && cli->command->lone) {
		e = call_here(cli, request, result);
	} else {
		e = unreachable(cli, e);
	}
	buf_free(&bytes);
	free(text);
	json_decref(request);
	return e;
}

/* Who gives up waiting has undone nothing. */
static void on_interrupt(int number)
{
	static const char text[] = "\ntally: no longer waiting; the record goes on by itself; see: tally outbox --waiting\n";
	ssize_t n = write(STDERR_FILENO, text, sizeof text - 1);

	(void)n;
	(void)raise(number); /* and now it ends us */
}

/* The node holds the answer until every receipt is there or the time is over. */
static enum err wait_one(const struct cli *cli, const char *id, int64_t until)
{
	json_t *args = json_pack("{s:s, s:I}", "id", id, "until", (json_int_t)until), *result = NULL;
	int64_t left = until - clock_ms();
	enum err e = args ? cli_call(cli, "delivery.wait", args, (left > 0 ? left : 0) + CLI_GRACE, &result) : ERR_MEMORY;

	json_decref(args);
	json_decref(result);
	return e;
}

static enum err wait_all(const struct cli *cli, const json_t *result, int64_t until)
{
	const json_t *ids = json_object_get(result, "ids"), *item;
	const char *id = json_string_value(json_object_get(result, "id"));
	struct sigaction was;
	enum err e = OK, one;
	size_t i;

	if (sigaction(SIGINT, NULL, &was) == 0 && was.sa_handler == SIG_DFL)
		(void)sigaction(SIGINT, &(struct sigaction){.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND}, NULL);
	if (!json_is_array(ids))
		return id ? wait_one(cli, id, until) : OK;
	json_array_foreach(ids, i, item)
		if (json_is_string(item) && (one = wait_one(cli, json_string_value(item), until)) != OK)
			e = one;
	return e;
}

static enum err confirm(const struct cli *cli)
{
	const struct command *c = cli->command;
	char line[16] = "", text[200];

	if (!c->asks || cli->yes || cli->dry_run)
		return OK;
	(void)snprintf(text, sizeof text, "%s %s needs a yes", c->noun, c->verb ? c->verb : "");
	if (cli->no_input || !isatty(fileno(cli->in))) {
		cli_show_error(cli, ERR_USAGE, text, "add --yes when you are sure");
		return ERR_USAGE;
	}
	(void)fprintf(cli->err, "%s\nGo on? [y/N] ", c->help);
	(void)fflush(cli->err);
	if (fgets(line, sizeof line, cli->in) && (strcmp(line, "y\n") == 0 || strcmp(line, "yes\n") == 0))
		return OK;
	cli_show_error(cli, ERR_USAGE, "not done", NULL);
	return ERR_USAGE;
}

static enum err run_remote(struct cli *cli)
{
	const struct command *c = cli->command;
	int64_t until = clock_ms() + cli->wait;
	json_t *result = NULL;
	enum err e;

	if ((e = commands_args(c, cli->args)) != OK || (e = cli_call(cli, c->call, cli->args, CLI_TIMEOUT, &result)) != OK)
		return e;
	e = cli_show(cli, result);
	if (e == OK && json_integer_value(json_object_get(result, "problems")) > 0)
		e = ERR_PROBLEMS;
	if (e == OK && cli->waits && !cli->dry_run)
		e = wait_all(cli, result, until);
	json_decref(result);
	return e;
}

static enum err usage(const struct cli *cli, enum err e, const struct complaint *why)
{
	char text[sizeof why->where + sizeof why->text + 2];

	(void)snprintf(text, sizeof text, "%s%s%s", why->where, why->where[0] ? " " : "", why->text);
	cli_show_error(cli, e, text, e == ERR_NOT_FOUND ? CLI_HINT_FILE : NULL); /* nothing else is looked for on a line */
	return e;
}

/* ---- the home folder ---- */

enum err cli_home(const char *given, char **out)
{
	const char *env = getenv("TALLY_HOME"), *state = getenv("XDG_STATE_HOME"), *user = getenv("HOME");
	char path[PATH_MAX], cwd[PATH_MAX];
	int n;

	if (given || (env && *env))
		n = snprintf(path, sizeof path, "%s", given ? given : env);
	else if (state && *state == '/')
		n = snprintf(path, sizeof path, "%s/tally", state);
	else if (user && *user)
		n = snprintf(path, sizeof path, "%s/.local/state/tally", user);
	else
		return ERR_NOT_FOUND;
	if (n < 0 || (size_t)n >= sizeof path)
		return ERR_LIMIT;
	if (path[0] == '/') {
		*out = strdup(path);
	} else {
		if (!getcwd(cwd, sizeof cwd))
			return ERR_IO;
		if (asprintf(out, "%s/%s", cwd, path) < 0)
			return ERR_MEMORY;
	}
	return *out ? OK : ERR_MEMORY;
}

/* ---- one run ---- */

static enum err run(struct cli *cli, int argc, const char *const *argv)
{
	struct complaint why;
	char *home = NULL;
	enum err e;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		cli->json = cli->json || strcmp(argv[i], "--json") == 0; /* what is wrong before it is told as asked, too */
	if ((e = cli_args_parse(cli, argc, argv, &why)) != OK)
		return usage(cli, e, &why);
	if (cli->json && !cli->version && (cli->help || !cli->command || cli->command->prose)) {
		cli_show_error(cli, ERR_USAGE, "help and completion are words: there is no JSON of them", "leave out --json, or name another command");
		return ERR_USAGE;
	}
	if (cli->version)
		return cli_local_version(cli, cli->args);
	if (cli->help) {
		if (cli->noun && !cli->command)
			cli_help_noun(cli->noun, cli->out);
		else
			cli_help(cli, cli->out);
		return OK;
	}
	if (!cli->command) {
		if (cli->noun)
			cli_help_noun(cli->noun, cli->err);
		else
			cli_help(cli, cli->err);
		return ERR_USAGE;
	}
	if (cli->command->homeless)
		return cli->command->local(cli, cli->args);
	if ((e = cli_home(cli->home, &home)) != OK) {
		cli_show_error(cli, e, "no home folder: neither --home nor TALLY_HOME nor HOME is set", "name the node's folder: --home DIR");
		return e;
	}
	free(cli->home);
	cli->home = home;
	if ((e = confirm(cli)) != OK)
		return e;
	return cli->command->local ? cli->command->local(cli, cli->args) : run_remote(cli);
}

int cli_main(int argc, const char *const *argv)
{
	struct direct direct = {0};
	struct cli cli = {.out = stdout, .err = stderr, .in = stdin, .direct = &direct};
	enum err e = run(&cli, argc, argv);

	if (fflush(stdout) != 0 && e == OK) {
		cli_show_error(&cli, ERR_IO, "stdout: cannot be written", NULL);
		e = ERR_IO;
	}
	direct_close(&direct);
	json_decref(cli.args);
	free(cli.home);
	return err_exit(e);
}
