/* Commands that need no running node: they make one, run one, or look at files. */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "node/cli.h"
#include "node/client.h"
#include "node/clocks.h"
#include "node/clockwork.h"
#include "node/config.h"
#include "node/examples.h"
#include "node/init.h"
#include "node/loop.h"
#include "node/passphrase.h"
#include "node/proofshow.h"
#include "node/slurp.h"
#include "node/storecheck.h"
#include "proto/statement.h"
#include "proto/when.h"

#ifndef TALLY_VERSION
#define TALLY_VERSION "unknown"
#endif

#define PASSPHRASE_HINT "put it back, or give --passphrase-file"
#define THERE_HINT "another node goes into another folder, with --home; a lost store comes back with: tally backup restore FILE"
#define DOWN_WAIT_MS 10000 /* a node ends within two seconds; a slow disk may take longer */

static const char *text_of(const json_t *args, const char *name)
{
	return json_string_value(json_object_get(args, name));
}

static enum err fail(const struct cli *cli, enum err e, const struct complaint *why, const char *hint)
{
	char text[sizeof why->where + sizeof why->text + 3];

	(void)snprintf(text, sizeof text, "%s%s%s", why->where, why->where[0] ? ": " : "", why->text[0] ? why->text : err_text(e));
	cli_show_error(cli, e, text, hint);
	return e;
}

static enum err absolute(const char *path, char **out)
{
	char *cwd;

	if (path[0] == '/') {
		*out = strdup(path);
		return *out ? OK : ERR_MEMORY;
	}
	if (!(cwd = getcwd(NULL, 0)))
		return ERR_IO;
	if (asprintf(out, "%s/%s", cwd, path) < 0)
		*out = NULL;
	free(cwd);
	return *out ? OK : ERR_MEMORY;
}

/* ---- init ---- */

static enum err write_config(const struct cli *cli, const json_t *args)
{
	struct buf text = {0};
	struct stat there;
	char *path = NULL, *secret = NULL;
	json_t *flags = json_copy((json_t *)(uintptr_t)args);
	enum err e = flags ? OK : ERR_MEMORY;

	if (e == OK && asprintf(&path, "%s/%s", cli->home, CONFIG_FILE) < 0)
		path = NULL, e = ERR_MEMORY;
	if (e == OK && stat(path, &there) == 0)
		goto done; /* prepared by the operator */
	if (e == OK && text_of(args, "passphrase_file")) {
		e = absolute(text_of(args, "passphrase_file"), &secret);
		if (e == OK)
			(void)json_object_set_new(flags, "passphrase_file", json_string(secret));
	}
	if (e == OK)
		e = config_template(flags, &text);
	if (e == OK)
		e = slurp_write(path, NULL, buf_span(&text), true);
	if (e == OK)
		e = clocks_write(cli->home);
done:
	buf_free(&text);
	json_decref(flags);
	free(path);
	free(secret);
	return e;
}

static enum err show_created(const struct cli *cli, const struct init_result *made)
{
	char id[65];
	json_t *o;
	enum err e;

	hex_encode(id, made->made.org.b, sizeof made->made.org.b);
	if (!cli->json) {
		(void)fprintf(cli->out, "%s\n", id);
		(void)fprintf(cli->err, "tally: the recovery kit is in %s: keep it off this machine\n", made->kit);
		(void)fprintf(cli->err, "tally: its phrase, shown this once (write it down, keep it apart from the kit):\n\n    %s\n\n",
		              made->made.phrase);
		(void)fprintf(cli->err, "tally: our ten words, for partners to compare: %s\n", made->words);
		cli_show_say(cli, "next: tally up --background");
		return OK;
	}
	o = json_pack("{s:s, s:s, s:s, s:s, s:s}", "schema", "tally/init/1", "id", id, "words", made->words, "recovery_kit", made->kit,
	              "recovery_phrase", made->made.phrase);
	e = o ? cli_show_json(cli->out, o) : ERR_MEMORY;
	json_decref(o);
	return e;
}

static enum err show_plan(const struct cli *cli, const char *kit)
{
	json_t *o = json_pack("{s:s, s:{s:s, s:s}}", "schema", "tally/init/1", "would", "home", cli->home, "recovery_kit", kit);
	enum err e = o ? cli_show(cli, o) : ERR_MEMORY;

	json_decref(o);
	return e;
}

enum err cli_local_init(struct cli *cli, const json_t *args)
{
	struct init_args init = {.home = cli->home, .name = text_of(args, "name"), .rehearse = cli->dry_run, .recovery_out = text_of(args, "recovery_out")};
	struct init_result made = {0};
	struct complaint why = {0};
	struct config *config = NULL;
	struct secret *passphrase = NULL;
	const char *hint = NULL;
	char *parent = strdup(cli->home), *slash = parent ? strrchr(parent, '/') : NULL;
	enum err e = statement_name(init.name, &why); /* what is wrong with the line is told before anything is made or asked */
	if (e == OK)
		e = config_load(cli->home, args, &config, &why);

	/* The folders of XDG above the home; the home itself is init_run's. */
	if (e == OK && slash && slash != parent && !cli->dry_run) {
		for (char *p = parent + 1; (p = strchr(p, '/')); p++) {
			*p = '\0';
			(void)mkdir(parent, 0700);
			*p = '/';
			if (p == slash)
				break;
		}
	}
	if (e == OK && config_text(config, "passphrase_file"))
		e = passphrase_file(config_text(config, "passphrase_file"), &passphrase, &why);
	else if (e == OK && !cli->dry_run && json_is_true(json_object_get(args, "passphrase")))
		e = passphrase_ask(true, &passphrase, &why);
	if (e == ERR_NOT_FOUND)
		hint = PASSPHRASE_HINT;
	init.passphrase = passphrase ? secret_text(passphrase) : NULL;
	if (e == OK)
		e = init_run(&init, &made, &why);
	if (e == OK && cli->dry_run)
		e = show_plan(cli, made.kit);
	else if (e == OK && (e = write_config(cli, args)) != OK)
		(void)snprintf(why.text, sizeof why.text, "the node is made, but %s cannot be written: %s", CONFIG_FILE, err_text(e));
	if (e != OK)
		(void)fail(cli, e, &why, hint ? hint : e == ERR_NOT_FOUND ? "look at how it is spelled, and whether the folder is there"
		                          : e == ERR_CONFLICT && init_has_keys(cli->home) ? THERE_HINT
		                          : NULL);
	if (made.made.phrase[0]) { /* it is shown this once, whatever failed afterwards */
		enum err shown = show_created(cli, &made);

		e = e != OK ? e : shown;
	}
	bytes_wipe(&made, sizeof made);
	config_free(config);
	secret_free(passphrase);
	free(parent);
	return e;
}

/* ---- up and down ---- */

struct outcome { /* from the node in the background to who started it */
	enum err e;
	struct complaint why;
};

static void tell(int fd, const struct outcome *o)
{
	ssize_t n = write(fd, o, sizeof *o); /* smaller than a pipe's atom; nobody is helped when it fails */

	(void)n;
}

struct background {
	int starter; /* who waits until the node is ready; -1: nobody any more */
	char log[PATH_MAX];
};

static void on_ready(void *ctx)
{
	struct background *b = ctx;
	struct outcome good = {.e = OK};

	tell(b->starter, &good);
	(void)close(b->starter);
	b->starter = -1;
}

static int open_log(const struct background *b)
{
	return open(b->log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* logrotate has given the file another name; where there is no new one, the old one goes on. */
static void on_hangup(void *ctx)
{
	int log = open_log(ctx);

	if (log < 0)
		return;
	(void)dup2(log, STDERR_FILENO);
	(void)close(log);
}

static enum err run_loop(const struct cli *cli, const struct config *config, struct secret **passphrase, struct background *background,
                         struct complaint *why)
{
	struct loop_config loop = {.home = cli->home, .passphrase = passphrase, .map_size = config_size(config, "map_size"),
	                           .level = (enum host_level)config_word(config, "log_level"), .ctx = background};
	enum err e = clockwork_open(cli->home, &loop.clocks, why);

	if (background)
		loop.ready = on_ready, loop.hangup = on_hangup;
	loop.notify = config_text(config, "notify"), loop.remind = config_word(config, "remind") != 0;
	loop.listens = config_list(config, "listen", &loop.listen);
	loop.advertises = config_list(config, "advertise", &loop.advertise);
	if (e == OK)
		e = loop_run(&loop, why);
	clockwork_free(loop.clocks);
	return e;
}

/* The child: its own session, no terminal, the log in a file. Does not return. */
static void become_daemon(const struct cli *cli, const struct config *config, struct secret **passphrase, int fd)
{
	struct outcome o = {0};
	struct background b = {.starter = fd};
	int log, null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)setsid();
	if (snprintf(b.log, sizeof b.log, "%s/tally.log", cli->home) >= (int)sizeof b.log)
		_exit(1);
	log = open_log(&b);
	if (null < 0 && log >= 0)
		null = log; /* a system without devices: nothing of who started it may stay open all the same */
	if (null >= 0)
		(void)dup2(null, STDIN_FILENO), (void)dup2(null, STDOUT_FILENO);
	if (log >= 0 || null >= 0)
		(void)dup2(log >= 0 ? log : null, STDERR_FILENO);
	o.e = run_loop(cli, config, passphrase, &b, &o.why);
	if (b.starter >= 0)
		tell(b.starter, &o);
	_exit(err_exit(o.e));
}

static enum err start_background(const struct cli *cli, const struct config *config, struct secret **passphrase,
                                 struct complaint *why)
{
	struct outcome o = {.e = ERR_IO};
	int ends[2];
	pid_t child;

	(void)snprintf(o.why.text, sizeof o.why.text, "the node ended before it was ready; see %.80s/tally.log", cli->home);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return ERR_IO;
	(void)fflush(NULL);
	if ((child = fork()) < 0) {
		(void)close(ends[0]);
		(void)close(ends[1]);
		return ERR_MEMORY;
	}
	if (child == 0) {
		(void)close(ends[0]);
		become_daemon(cli, config, passphrase, ends[1]);
	}
	(void)close(ends[1]);
	if (read(ends[0], &o, sizeof o) < 0)
		o.e = ERR_IO;
	(void)close(ends[0]);
	if (o.e != OK)
		(void)waitpid(child, NULL, 0);
	*why = o.why;
	return o.e;
}

static enum err show_started(const struct cli *cli)
{
	json_t *none = json_object(), *result = NULL;
	enum err e = cli_call(cli, "node.status", none, DOWN_WAIT_MS, &result);

	if (e == OK)
		e = cli_show_json(cli->out, result);
	json_decref(none);
	json_decref(result);
	return e;
}

enum err cli_local_up(struct cli *cli, const json_t *args)
{
	const char *hint = NULL;
	struct complaint why = {0};
	struct config *config = NULL;
	struct secret *passphrase = NULL;
	enum err e = config_load(cli->home, args, &config, &why);

	if (e == OK && config_text(config, "passphrase_file"))
		e = passphrase_file(config_text(config, "passphrase_file"), &passphrase, &why);
	else if (e == OK && !cli->no_input && passphrase_needed(cli->home))
		e = passphrase_ask(false, &passphrase, &why);
	if (e == ERR_NOT_FOUND)
		hint = PASSPHRASE_HINT;
	if (e == OK && json_is_true(json_object_get(args, "background")))
		e = start_background(cli, config, &passphrase, &why);
	else if (e == OK)
		e = run_loop(cli, config, &passphrase, NULL, &why);
	secret_free(passphrase);
	config_free(config);
	if (e == OK)
		return cli->json && json_is_true(json_object_get(args, "background")) ? show_started(cli) : OK;
	return fail(cli, e, &why, hint ? hint : e == ERR_NOT_FOUND ? "make a node first: tally init NAME"
	                          : e == ERR_CORRUPT ? "see what is damaged: tally store check; " CLI_HINT_BACK
	                                             : NULL);
}

/* Returns when the node is gone, so that its folder can be copied or started again. */
enum err cli_local_down(struct cli *cli, const json_t *args)
{
	static const char ask[] = "{\"call\":\"node.status\",\"args\":{}}";
	const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
	json_t *result = NULL;
	enum err e = cli_call(cli, "node.stop", args, DOWN_WAIT_MS, &result);

	if (e == OK && cli->dry_run) {
		e = cli_show(cli, result);
		json_decref(result);
		return e;
	}
	for (int i = 0; e == OK && i < DOWN_WAIT_MS / 20; i++) {
		struct buf answer = {0};
		enum err there = client_call(cli->home, SPAN(ask, sizeof ask - 1), 1000, &answer);

		buf_free(&answer);
		if (there == ERR_NO_DAEMON || there == ERR_NOT_FOUND) {
			e = cli_show(cli, result);
			json_decref(result);
			return e;
		}
		(void)nanosleep(&pause, NULL);
	}
	if (e == OK) {
		e = ERR_IO;
		cli_show_error(cli, e, "the node was asked to end, but is still there", NULL);
	}
	json_decref(result);
	return e;
}

/* ---- looking ---- */

enum err cli_local_version(struct cli *cli, const json_t *args)
{
	json_t *o;
	enum err e;

	(void)args;
	if (!cli->json)
		return fprintf(cli->out, "tally %s\n", TALLY_VERSION) < 0 ? ERR_IO : OK;
	o = json_pack("{s:s, s:s, s:s}", "schema", "tally/version/1", "id", "tally", "version", TALLY_VERSION);
	e = o ? cli_show_json(cli->out, o) : ERR_MEMORY;
	json_decref(o);
	return e;
}

enum err cli_local_help(struct cli *cli, const json_t *args)
{
	const char *noun = text_of(args, "noun"), *verb = text_of(args, "verb");
	struct cli about = {.command = noun ? commands_find(noun, verb) : NULL};
	char text[120];

	if (noun && !about.command && commands_noun(noun) && !verb) {
		cli_help_noun(noun, cli->out);
		return OK;
	}
	if (noun && !about.command) {
		(void)snprintf(text, sizeof text, "there is no command \"%.40s%s%.40s\"", noun, verb ? " " : "", verb ? verb : "");
		cli_show_error(cli, ERR_USAGE, text, "tally help");
		return ERR_USAGE;
	}
	cli_help(&about, cli->out);
	return OK;
}

enum err cli_local_config(struct cli *cli, const json_t *args)
{
	static const struct column columns[] = {{.path = "name"}, {.path = "value"}, {.path = "source"}, {0}};
	struct config *config = NULL;
	struct complaint why = {0};
	json_t *o = NULL;
	enum err e = config_load(cli->home, args, &config, &why);

	if (e != OK)
		return fail(cli, e, &why, NULL);
	o = config_json(config);
	config_free(config);
	if (!o)
		return ERR_MEMORY;
	(void)json_object_set_new(o, "home", json_string(cli->home));
	if (cli->json)
		e = cli_show_json(cli->out, o);
	else
		e = cli_table(cli->out, json_object_get(o, "items"), columns, 0, 0);
	json_decref(o);
	return e;
}

enum err cli_local_store_check(struct cli *cli, const json_t *args)
{
	struct complaint why = {0};
	enum err e = storecheck_run(cli->home, cli->json, cli->out, cli->quiet ? NULL : cli->err, &why);

	(void)args;
	if (e != OK && e != ERR_PROBLEMS)
		return fail(cli, e, &why, e == ERR_NOT_FOUND ? "make a node first: tally init NAME" : e == ERR_CORRUPT ? CLI_HINT_BACK : NULL);
	return e;
}

static enum err show_example(const struct cli *cli, json_t *example)
{
	enum err e = example ? cli_show_json(cli->out, example) : ERR_MEMORY;

	json_decref(example);
	return e;
}

enum err cli_local_requirement_example(struct cli *cli, const json_t *args)
{
	(void)args;
	return show_example(cli, examples_requirement());
}

enum err cli_local_posture_example(struct cli *cli, const json_t *args)
{
	(void)args;
	return show_example(cli, examples_posture((int64_t)time(NULL) / 86400));
}

enum err cli_local_proof_verify(struct cli *cli, const json_t *args)
{
	const char *path = text_of(args, "path");
	enum err e = proofshow_verify(path, cli->json, cli->out);
	char text[280], fault[SLURP_TEXT];

	if (e == OK || e == ERR_PROBLEMS || e == ERR_UNDECIDED)
		return e;
	(void)snprintf(text, sizeof text, "%.190s: %s", path, slurp_fault(path, e, 0, fault));
	cli_show_error(cli, e, text, e == ERR_NOT_FOUND ? CLI_HINT_FILE : NULL);
	return e;
}
