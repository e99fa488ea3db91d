/* From words on a line to the JSON arguments of a call. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/cli.h"
#include "node/nearest.h"
#include "proto/when.h"

struct parser {
	struct cli *cli;
	struct complaint *why;
	json_t *body, *file; /* fields given as flags; the document they are laid over */
	const struct arg *sheet; /* ARG_SHEET, ARG_EITHER: read when all flags are known */
	size_t words;        /* positionals taken */
};

static __attribute__((format(printf, 4, 5))) enum err refuse(struct parser *p, enum err e, const char *where,
                                                             const char *format, ...)
{
	va_list ap;

	(void)snprintf(p->why->where, sizeof p->why->where, "%s", where);
	va_start(ap, format);
	(void)vsnprintf(p->why->text, sizeof p->why->text, format, ap);
	va_end(ap);
	return e;
}

const struct field *cli_args_fields(const struct cli *cli)
{
	const struct kind *k;

	if (!cli->command)
		return NULL;
	if (cli->command->fields)
		return cli->command->fields;
	k = cli->kind ? kind_by_name(cli->kind) : cli->command->kind ? kind_by_number(cli->command->kind) : NULL;
	return k ? k->fields : NULL;
}

/* ---- values ---- */

/* The reason of a failure stands in *why; here, to which word or flag it belongs. */
static enum err at(struct parser *p, const char *where, enum err e)
{
	if (e != OK)
		(void)snprintf(p->why->where, sizeof p->why->where, "%s", where);
	return e;
}

static enum err word_value(struct parser *p, const char *where, const struct arg *arg, const char *text, json_t **out)
{
	char all[sizeof p->why->text];
	size_t n = 0;

	if (vocab_number(arg->vocab, SPAN(text, strlen(text))) != 0) {
		*out = json_string(text);
		return *out ? OK : ERR_MEMORY;
	}
	all[0] = '\0';
	for (const char *const *w = arg->vocab->words; *w && n < sizeof all - 1; w++)
		n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", n ? ", " : "", *w);
	return refuse(p, ERR_USAGE, where, "must be one of %s", all);
}

static enum err int_value(struct parser *p, const char *where, const char *text, json_t **out)
{
	int64_t i = 0;

	for (const char *c = text; *c || c == text; c++)
		if (*c < '0' || *c > '9' || __builtin_mul_overflow(i, 10, &i) || __builtin_add_overflow(i, *c - '0', &i))
			return refuse(p, ERR_USAGE, where, "must be a whole number");
	*out = json_integer(i);
	return *out ? OK : ERR_MEMORY;
}

static enum err span_value(struct parser *p, const char *where, const char *text, int64_t *out)
{
	if (when_parse_span(text, out) != OK)
		return refuse(p, ERR_USAGE, where, "must be a span of time such as 500ms, 10s, 5m, 24h or 7d");
	return OK;
}

static enum err kind_value(struct parser *p, const char *where, const char *text, json_t **out)
{
	struct nearest near = nearest_to(text);
	const struct kind *k = kind_by_name(text);

	if (!k) {
		for (size_t i = 0; (k = kind_each(i)); i++)
			if (!k->inner)
				nearest_try(&near, k->name);
		return refuse(p, ERR_USAGE, where, "\"%.60s\" is no kind%s%s%s", text, near.best ? "; did you mean \"" : "",
		              near.best ? near.best : "", near.best ? "\"?" : "");
	}
	if (k->inner)
		return refuse(p, ERR_USAGE, where, "\"%s\" is made by the node itself, never by hand", k->name);
	p->cli->kind = k->name;
	*out = json_string(k->name);
	return *out ? OK : ERR_MEMORY;
}

static enum err take(struct parser *p, const struct arg *arg, const char *where, const char *text)
{
	json_t *held = json_object_get(p->cli->args, arg->name), *j = NULL;
	int64_t ms = 0;
	enum err e = OK;

	if (held && arg->type != ARG_LIST)
		return refuse(p, ERR_USAGE, where, "is given twice");
	switch (arg->type) {
	case ARG_PATH:
		if (!(j = json_string(text)))
			e = refuse(p, ERR_INVALID, where, "is not valid UTF-8");
		break;
	case ARG_TEXT:
		if (strcmp(text, "-") == 0)
			e = at(p, where, cli_file_text(p->cli->in, text, true, &j, p->why));
		else if (!(j = json_string(text)))
			e = refuse(p, ERR_INVALID, where, "is not valid UTF-8");
		break;
	case ARG_INT:
		e = int_value(p, where, text, &j);
		break;
	case ARG_SWITCH:
		j = json_true();
		break;
	case ARG_LIST:
		if (!held && json_object_set_new(p->cli->args, arg->name, held = json_array()) != 0)
			return ERR_MEMORY;
		if (json_array_append_new(held, json_string(text)) != 0)
			return refuse(p, ERR_INVALID, where, "is not valid UTF-8");
		return OK;
	case ARG_SPAN:
		if ((e = span_value(p, where, text, &ms)) == OK)
			j = json_integer(ms);
		break;
	case ARG_JSON:
		e = at(p, where, cli_file_json(p->cli->in, text, &j, p->why));
		break;
	case ARG_SHEET:
	case ARG_EITHER:
		p->sheet = arg;
		if (!(j = json_string(text)))
			e = refuse(p, ERR_INVALID, where, "is not valid UTF-8");
		break;
	case ARG_FILE:
		e = at(p, where, cli_file_text(p->cli->in, text, false, &j, p->why));
		break;
	case ARG_BYTES:
		e = at(p, where, cli_file_bytes(p->cli->in, text, &j, p->why));
		break;
	case ARG_BODY:
		if (p->file)
			return refuse(p, ERR_USAGE, where, "is given twice");
		e = at(p, where, cli_file_json(p->cli->in, text, &p->file, p->why));
		if (e == OK && !json_is_object(p->file))
			e = refuse(p, ERR_INVALID, where, "%.80s must hold a JSON object", text);
		return e;
	case ARG_WORD:
		e = word_value(p, where, arg, text, &j);
		break;
	case ARG_OUTPUT:
		p->cli->output = text;
		return OK;
	case ARG_KIND:
		e = kind_value(p, where, text, &j);
		break;
	}
	if (e == OK && json_object_set_new(p->cli->args, arg->name, j) != 0)
		e = ERR_MEMORY;
	return e;
}

/* ---- flags ---- */

static bool same_flag(const char *name, const char *flag)
{
	for (; *name && *flag; name++, flag++)
		if ((*name == '_' ? '-' : *name) != *flag)
			return false;
	return !*name && !*flag;
}

static const struct arg *find_arg(const struct arg *list, const char *flag, char letter)
{
	for (; list && list->name; list++)
		if (letter ? list->letter == letter : same_flag(list->name, flag))
			return list;
	return NULL;
}

enum global { /* up to HELP: never a command's own */
	GLOBAL_HOME, GLOBAL_JSON, GLOBAL_CSV, GLOBAL_HELP, GLOBAL_QUIET, GLOBAL_YES, GLOBAL_NO_INPUT, GLOBAL_DRY_RUN, GLOBAL_WAIT, GLOBAL_VERSION
};
static const struct arg globals[] = {
	[GLOBAL_HOME] = {.name = "home", .type = ARG_TEXT},
	[GLOBAL_JSON] = {.name = "json", .type = ARG_SWITCH},
	[GLOBAL_CSV] = {.name = "csv", .type = ARG_SWITCH},
	[GLOBAL_HELP] = {.name = "help", .type = ARG_SWITCH, .letter = 'h'},
	[GLOBAL_QUIET] = {.name = "quiet", .type = ARG_SWITCH, .letter = 'q'},
	[GLOBAL_YES] = {.name = "yes", .type = ARG_SWITCH, .letter = 'y'},
	[GLOBAL_NO_INPUT] = {.name = "no_input", .type = ARG_SWITCH},
	[GLOBAL_DRY_RUN] = {.name = "dry_run", .type = ARG_SWITCH, .letter = 'n'},
	[GLOBAL_WAIT] = {.name = "wait", .type = ARG_SPAN},
	[GLOBAL_VERSION] = {.name = "version", .type = ARG_SWITCH, .letter = 'V'},
	{0},
};

static enum err take_global(struct parser *p, enum global g, const char *where, const char *value)
{
	struct cli *cli = p->cli;

	switch (g) {
	case GLOBAL_HOME:
		if (!*value)
			return refuse(p, ERR_USAGE, where, "needs a folder");
		free(cli->home);
		cli->home = strdup(value);
		cli->home_given = true;
		return cli->home ? OK : ERR_MEMORY;
	case GLOBAL_JSON:
		cli->json = true;
		break;
	case GLOBAL_CSV:
		cli->csv = true;
		break;
	case GLOBAL_HELP:
		cli->help = true;
		break;
	case GLOBAL_QUIET:
		cli->quiet = true;
		break;
	case GLOBAL_YES:
		cli->yes = true;
		break;
	case GLOBAL_NO_INPUT:
		cli->no_input = true;
		break;
	case GLOBAL_DRY_RUN:
		cli->dry_run = true;
		break;
	case GLOBAL_WAIT:
		cli->waits = true;
		return span_value(p, where, value, &cli->wait);
	case GLOBAL_VERSION:
		cli->version = true;
		break;
	}
	return OK;
}

static enum err unknown_flag(struct parser *p, const char *where, const char *flag)
{
	const struct command *c = p->cli->command;
	const struct field *fields = cli_args_fields(p->cli);
	struct nearest near = nearest_to(flag);

	if (!c)
		return refuse(p, ERR_USAGE, where, "is not known before a command");
	for (const struct arg *a = c->flags; a && a->name; a++)
		nearest_try(&near, a->name);
	for (const struct arg *a = c->more; a && a->name; a++)
		nearest_try(&near, a->name);
	for (const struct arg *a = globals; a->name; a++)
		nearest_try(&near, a->name);
	if (fields)
		cli_body_try(c, fields, &near);
	if (c->words && c->words->type == ARG_KIND && !p->cli->kind)
		return refuse(p, ERR_USAGE, where, "is not known; the kind comes before its fields");
	if (near.best) {
		char meant[64];

		(void)snprintf(meant, sizeof meant, "%s", near.best);
		for (char *ch = meant; *ch; ch++)
			*ch = *ch == '_' ? '-' : *ch;
		return refuse(p, ERR_USAGE, where, "is not known here; did you mean \"--%s\"?", meant);
	}
	return refuse(p, ERR_USAGE, where, "is not known here");
}

/* Sets *used when the value was the next word. */
static enum err take_flag(struct parser *p, const char *word, const char *next, bool *used)
{
	const struct command *c = p->cli->command;
	const struct field *fields = cli_args_fields(p->cli);
	const struct arg *arg = NULL, *global;
	const char *value = NULL, *equal;
	char flag[64], where[72], letter = word[1] != '-' ? word[1] : '\0';
	bool field = false;

	equal = letter ? NULL : strchr(word, '=');
	if (letter ? word[2] != '\0' : (equal ? (size_t)(equal - word) : strlen(word)) >= sizeof flag)
		return refuse(p, ERR_USAGE, word, letter ? "is not known: letters stand alone" : "is not known here");
	(void)snprintf(flag, sizeof flag, "%.*s", equal ? (int)(equal - word - 2) : 63, letter ? word + 1 : word + 2);
	(void)snprintf(where, sizeof where, "%s%s", letter ? "-" : "--", flag);
	for (char *ch = flag; *ch; ch++)
		*ch = *ch == '_' ? '-' : *ch;
	global = find_arg(globals, flag, letter);
	if (c && !(global && global - globals <= GLOBAL_HELP)) {
		arg = find_arg(c->flags, flag, letter);
		arg = arg ? arg : find_arg(c->more, flag, letter);
		field = !arg && !letter && fields && cli_body_known(c, fields, flag);
	}
	if (!arg && !field && !global)
		return unknown_flag(p, where, flag);
	const struct arg *found = arg ? arg : global;
	if (!field && found && found->type == ARG_SWITCH) {
		if (equal)
			return refuse(p, ERR_USAGE, where, "takes no value");
	} else if (equal) {
		value = equal + 1;
	} else if (!next || (next[0] == '-' && next[1] == '-')) {
		return refuse(p, ERR_USAGE, where, "needs a value");
	} else {
		value = next;
		*used = true;
	}
	if (field)
		return cli_body_set(p->body, fields, flag, value, p->why);
	return arg ? take(p, arg, where, value) : take_global(p, (enum global)(global - globals), where, value);
}

/* ---- words ---- */

static enum err unknown_word(struct parser *p, const char *noun, const char *word)
{
	struct nearest near = nearest_to(word);
	const struct command *row;

	for (size_t i = 0; (row = commands_each(i)); i++) {
		if (!noun)
			nearest_try(&near, row->noun);
		else if (row->verb && strcmp(row->noun, noun) == 0)
			nearest_try(&near, row->verb);
	}
	if (near.best)
		return refuse(p, ERR_USAGE, "", "there is no command \"%s%s%.40s\"; did you mean \"%s\"?", noun ? noun : "", noun ? " " : "",
		              word, near.best);
	return refuse(p, ERR_USAGE, "", "there is no command \"%s%s%.40s\"", noun ? noun : "", noun ? " " : "", word);
}

static const char *shown(const struct arg *arg, char out[static 32])
{
	(void)snprintf(out, 32, "%s", arg->shape ? arg->shape : arg->name);
	for (char *c = out; *c; c++)
		*c = *c >= 'a' && *c <= 'z' ? (char)(*c - ('a' - 'A')) : *c;
	return out;
}

static enum err take_word(struct parser *p, const char *word)
{
	struct cli *cli = p->cli;
	const struct arg *arg;
	char where[32];

	if (!cli->noun) {
		if (!commands_noun(word))
			return unknown_word(p, NULL, word);
		cli->noun = word;
		cli->command = commands_find(word, NULL);
		return OK;
	}
	if (!cli->command) {
		cli->command = commands_find(cli->noun, word);
		return cli->command ? OK : unknown_word(p, cli->noun, word);
	}
	arg = cli->command->words;
	for (size_t i = 0; i < p->words && arg && arg->name; i++)
		arg++;
	if (!arg || !arg->name)
		return refuse(p, ERR_USAGE, "", "\"%.80s\" is one word too many", word);
	p->words++;
	return take(p, arg, shown(arg, where), word);
}

/* *asked: an answer was taken. */
static enum err ask(struct parser *p, const struct arg *a, const char *flag, bool *asked)
{
	char line[512];
	struct cli *cli = p->cli;

	*asked = false;
	if (!a->ask || cli->no_input || !isatty(fileno(cli->in)))
		return OK;
	(void)fputs(a->ask, cli->err);
	(void)fflush(cli->err);
	if (!fgets(line, sizeof line, cli->in))
		return OK;
	line[strcspn(line, "\n")] = '\0';
	*asked = true;
	return take(p, a, flag, line);
}

static enum err missing(struct parser *p)
{
	const struct command *c = p->cli->command;
	char word[32];

	for (const struct arg *a = c->words; a && a->name; a++)
		if (a->required && !json_object_get(p->cli->args, a->name))
			return refuse(p, ERR_USAGE, shown(a, word), "is missing");
	for (const struct arg *a = c->flags; a && a->name; a++) {
		char flag[48];
		bool asked;

		if (!a->required || json_object_get(p->cli->args, a->name))
			continue;
		(void)snprintf(flag, sizeof flag, "--%s", a->name);
		for (char *ch = flag; *ch; ch++)
			*ch = *ch == '_' ? '-' : *ch;
		enum err e = ask(p, a, flag, &asked);
		if (e != OK || !asked)
			return e != OK ? e : refuse(p, ERR_USAGE, flag, "is missing");
	}
	if (p->cli->waits && !c->creates)
		return refuse(p, ERR_USAGE, "--wait", "is for commands that send a record");
	if (p->cli->csv && (c->style != STYLE_TABLE || p->cli->json))
		return refuse(p, ERR_USAGE, "--csv", p->cli->json ? "and --json exclude each other" : "is for commands that print a table");
	if (p->cli->dry_run && !c->changes)
		return refuse(p, ERR_USAGE, "tally", "%s%s%s takes no --dry-run", c->noun, c->verb ? " " : "", c->verb ? c->verb : "");
	return OK;
}

static enum err put_body(struct parser *p)
{
	if (!cli_args_fields(p->cli) && !p->file)
		return OK;
	if (p->file && json_object_update_recursive(p->file, p->body) != 0)
		return ERR_MEMORY;
	return json_object_set(p->cli->args, "body", p->file ? p->file : p->body) == 0 ? OK : ERR_MEMORY;
}

/* Its encoding may have been said behind it. */
static enum err put_sheet(struct parser *p)
{
	const char *encoding = json_string_value(json_object_get(p->cli->args, "encoding")), *path;
	char where[32];
	json_t *text = NULL;
	enum err e;

	if (!p->sheet)
		return OK;
	path = json_string_value(json_object_get(p->cli->args, p->sheet->name));
	e = (p->sheet->type == ARG_EITHER ? cli_file_either : cli_file_sheet)(p->cli->in, path, encoding, &text, p->why);
	if (e == OK && json_object_set_new(p->cli->args, p->sheet->name, text) != 0)
		e = ERR_MEMORY;
	(void)json_object_del(p->cli->args, "encoding");
	return at(p, shown(p->sheet, where), e);
}

enum err cli_args_parse(struct cli *cli, int argc, const char *const *argv, struct complaint *why)
{
	struct parser p = {.cli = cli, .why = why, .body = json_object()};
	bool only_words = false;
	enum err e = OK;

	memset(why, 0, sizeof *why);
	if (!cli->args)
		cli->args = json_object();
	if (!cli->args || !p.body)
		e = ERR_MEMORY;
	for (int i = 1; e == OK && i < argc; i++) {
		bool used = false;

		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
			continue;
		}
		if (!only_words && argv[i][0] == '-' && argv[i][1])
			e = take_flag(&p, argv[i], i + 1 < argc ? argv[i + 1] : NULL, &used);
		else
			e = take_word(&p, argv[i]);
		i += used;
	}
	if (e == OK && cli->command && !cli->help && !cli->version && (e = missing(&p)) == OK)
		e = put_body(&p);
	if (e == OK && !cli->help && !cli->version)
		e = put_sheet(&p);
	if (e != OK && !why->text[0])
		(void)snprintf(why->text, sizeof why->text, "%s", err_text(e));
	json_decref(p.body);
	json_decref(p.file);
	return e;
}
