#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/cli.h"
#include "node/slurp.h"

#define SHOW_COLUMNS 25u /* of a table, with its end */

static int terminal_width(FILE *out)
{
	struct winsize size;

	if (!isatty(fileno(out))) { /* who reads through a pipe may say how wide the page is */
		const char *columns = getenv("COLUMNS");
		long width = columns ? strtol(columns, NULL, 10) : 0;
		return width >= 40 && width <= 1000 ? (int)width : 0;
	}
	return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col >= 40 ? size.ws_col : 80;
}

/* Who typed something wrong is best sent to the help of that very command. */
static const char *default_hint(const struct cli *cli, enum err e, char out[static 120])
{
	const char *noun = cli->command ? cli->command->noun : cli->noun, *verb = cli->command ? cli->command->verb : NULL;

	if (e != ERR_USAGE && e != ERR_INVALID)
		return err_hint(e);
	(void)snprintf(out, 120, "tally help%s%.40s%s%.40s", noun && commands_noun(noun) ? " " : "", noun && commands_noun(noun) ? noun : "",
	               verb ? " " : "", verb ? verb : "");
	return out;
}

static void put_safe(json_t *o, const char *name, const char *text)
{
	char *cell = NULL;

	if (cli_text_cell(text, &cell) == OK)
		(void)json_object_set_new(o, name, json_string(cell));
	free(cell);
}

static void show_error_json(const struct cli *cli, enum err e, const char *text, const char *hint)
{
	json_t *o = json_pack("{s:s, s:s, s:i}", "schema", "tally/error/1", "error", err_name(e), "exit", err_exit(e));
	char *line;

	put_safe(o, "text", text);
	put_safe(o, "hint", hint);
	if ((line = json_dumps(o, JSON_COMPACT)))
		(void)fprintf(cli->err, "%s\n", line);
	free(line);
	json_decref(o);
}

/* "they type: " what follows is for another node than ours. */
static bool for_them(const char *text, size_t n)
{
	static const char *const words[] = {"they type: ", "they: "};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t len = strlen(words[i]);
		if (n >= len && memcmp(text + n - len, words[i], len) == 0)
			return true;
	}
	return false;
}

/* A command line that we tell somebody to type is about the node they named. Owned text; NULL: as it is. */
static char *with_home(const struct cli *cli, const char *text)
{
	static const char name[] = "tally ";
	struct buf b = {0};
	const char *at;
	enum err e = OK;

	if (!cli->home_given || !cli->home)
		return NULL;
	while (e == OK && (at = strstr(text, name))) {
		bool plain = cli->home[strcspn(cli->home, " '\"\\$`;&|<>()*?[]!#~")] == '\0';
		char noun[32], home[PATH_MAX];
		bool theirs = for_them(text, (size_t)(at - text));
		size_t n = strcspn(at += sizeof name - 1, " ,;:\n");

		(void)snprintf(noun, sizeof noun, "%.*s", n < sizeof noun ? (int)n : 0, at);
		e = buf_add(&b, text, (size_t)(at - text));
		n = (size_t)snprintf(home, sizeof home, plain ? "--home %s " : "--home '%s' ", cli->home);
		if (e == OK && !theirs && commands_noun(noun) && strcmp(noun, "help") != 0 && n < sizeof home)
			e = buf_add(&b, home, n);
		text = at;
	}
	if (e == OK)
		e = buf_add(&b, text, strlen(text) + 1);
	if (e != OK)
		buf_free(&b);
	return (char *)b.p;
}

void cli_show_error(const struct cli *cli, enum err e, const char *text, const char *hint)
{
	char help[120], *longer;

	text = text && *text ? text : err_text(e);
	hint = hint && *hint ? hint : default_hint(cli, e, help);
	longer = with_home(cli, hint);
	hint = longer ? longer : hint;
	(void)fflush(cli->out);
	if (cli->json) {
		show_error_json(cli, e, text, hint);
		free(longer);
		return;
	}
	(void)fputs("tally: error: ", cli->err);
	cli_text_safe(cli->err, text, false);
	(void)fputs("\ntally: hint: ", cli->err);
	cli_text_safe(cli->err, hint, false);
	(void)fputc('\n', cli->err);
	free(longer);
}

void cli_show_say(const struct cli *cli, const char *text)
{
	char *longer;

	if (cli->quiet)
		return;
	longer = with_home(cli, text);
	(void)fflush(cli->out);
	(void)fputs("tally: ", cli->err);
	cli_text_safe(cli->err, longer ? longer : text, false);
	(void)fputc('\n', cli->err);
	free(longer);
}

/* Valid JSON escapes for what jansson lets through and a terminal would obey: these stand inside strings only. */
static void put_json(FILE *out, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		unsigned code = 0;

		if (*p == 0x7f)
			code = 0x7f;
		else if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
			code = p[1];
		else if (p[0] == 0xd8 && p[1] == 0x9c)
			code = 0x61c;
		else if (p[0] == 0xe2 && p[1] == 0x80 && ((p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae)))
			code = 0x2000u + (p[2] & 0x3fu);
		else if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xa9)
			code = 0x2040u + (p[2] & 0x3fu);
		else if (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf)
			code = 0xfeff;
		if (!code) {
			(void)fputc(*p, out);
			continue;
		}
		(void)fprintf(out, "\\u%04x", code);
		p += code < 0x80 ? 0 : code < 0x800 ? 1 : 2;
	}
}

enum err cli_show_json(FILE *out, const json_t *document)
{
	char *text = json_dumps(document, JSON_INDENT(2) | JSON_ENCODE_ANY);

	if (!text)
		return ERR_MEMORY;
	put_json(out, text);
	(void)fputc('\n', out);
	free(text);
	return OK;
}

static enum err show_text(const struct cli *cli, const json_t *result)
{
	const char *text = json_string_value(json_object_get(result, "text"));

	if (!text)
		return OK;
	if (isatty(fileno(cli->out)))
		cli_text_safe(cli->out, text, true);
	else
		(void)fputs(text, cli->out);
	return OK;
}

/* What a file gives away is said of one that is there: a rehearsal (--dry-run) tells it beforehand. */
static void say_reveals(const struct cli *cli, const json_t *result)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(result, "reveals"), i, each)
		if (json_is_string(each))
			cli_show_say(cli, json_string_value(each));
}

/* What is there already stays, but for a device or a pipe, and when that is said. Readable by us alone: partners wrote it, however it is marked. */
static enum err put_file(const struct cli *cli, struct span bytes)
{
	const char *path = cli->output ? cli->output : "-";
	struct stat there;
	bool over = strcmp(path, "-") == 0 || json_is_true(json_object_get(cli->args, "force")) || (stat(path, &there) == 0 && !S_ISREG(there.st_mode));

	return over ? slurp_write(path, cli->out, bytes, true) : slurp_create(path, bytes);
}

static enum err show_file(const struct cli *cli, const json_t *result)
{
	const char *hex = json_string_value(json_object_get(result, "hex"));
	struct buf b = {0};
	uint8_t *at;
	enum err e = OK;

	if (!hex && !cli->output && !cli->dry_run)
		e = show_text(cli, result);
	if (cli->dry_run || (!hex && !cli->output)) {
		say_reveals(cli, result);
		return e;
	}
	if (hex && !cli->output && isatty(fileno(cli->out))) {
		cli_show_error(cli, ERR_USAGE, "this is not text; give it a file", "add: -o FILE");
		return ERR_USAGE;
	}
	if (hex) {
		size_t n = strlen(hex);

		e = n % 2 ? ERR_INVALID : buf_room(&b, n / 2, &at);
		if (e == OK)
			e = hex_decode(hex, n, at);
	} else {
		const char *text = json_string_value(json_object_get(result, "text"));

		e = text ? buf_add(&b, text, strlen(text)) : OK;
	}
	if (e == OK)
		e = put_file(cli, buf_span(&b));
	buf_free(&b);
	if (e != OK) {
		char text[280], fault[SLURP_TEXT];

		(void)snprintf(text, sizeof text, "%.190s: %s", cli->output ? cli->output : "stdout", slurp_fault(cli->output ? cli->output : "-", e, 0, fault));
		cli_show_error(cli, e, text, e == ERR_NOT_FOUND ? CLI_HINT_FILE : e == ERR_CONFLICT ? "choose another name, or add --force" : NULL);
		return e;
	}
	say_reveals(cli, result);
	return OK;
}

/* Without the columns that want a switch which was not given. */
static const struct column *columns_shown(const struct cli *cli, struct column out[static SHOW_COLUMNS])
{
	size_t n = 0;

	if (!cli->command->columns)
		return NULL;
	for (const struct column *c = cli->command->columns; c->path && n + 1 < SHOW_COLUMNS; c++)
		if (!c->only || json_is_true(json_object_get(cli->args, c->only)))
			out[n++] = *c;
	out[n] = (struct column){0};
	return out;
}

static enum err show_table(const struct cli *cli, const json_t *result)
{
	const json_t *items = json_object_get(result, "items");
	struct column shown[SHOW_COLUMNS];
	const struct column *columns = columns_shown(cli, shown);

	if (cli->csv)
		return cli_csv(cli->out, items, columns);
	if (json_array_size(items) == 0) {
		const char *empty = json_string_value(json_object_get(result, "empty"));
		cli_show_say(cli, empty ? empty : cli->command->empty ? cli->command->empty : "nothing to show");
		return OK;
	}
	return cli_table(cli->out, items, columns, terminal_width(cli->out), 0);
}

static void show_line(const struct cli *cli, const json_t *j)
{
	if (!json_is_string(j))
		return;
	cli_text_safe(cli->out, json_string_value(j), false);
	(void)fputc('\n', cli->out);
}

static enum err show_ids(const struct cli *cli, const json_t *result)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(result, "ids"), i, item)
		show_line(cli, item);
	return OK;
}

/* What a command that says little would do. What it would have made does not exist: no id, no token. */
static enum err show_rehearsal(const struct cli *cli, const json_t *result)
{
	const struct command *c = cli->command;
	json_t *would = json_object_get(result, "would"), *o = json_copy(would ? would : (json_t *)(uintptr_t)result);
	enum err e;

	if (!would) {
		(void)json_object_del(o, "id");
		(void)json_object_del(o, "ids");
		(void)json_object_del(o, "warnings");
		(void)json_object_del(o, c->member ? c->member : "id");
	}
	(void)json_object_del(o, "schema");
	if (o && json_object_size(o) == 0)
		(void)json_object_set_new(o, "would", json_string(c->help));
	e = o ? cli_sheet(cli->out, o, NULL, terminal_width(cli->out), 0) : ERR_MEMORY;
	json_decref(o);
	return e;
}

/* Warnings are talk: they are said behind it. */
static enum err show_sheet(const struct cli *cli, const json_t *result)
{
	json_t *o = json_copy((json_t *)(uintptr_t)result);
	enum err e;

	(void)json_object_del(o, "warnings");
	e = o ? cli_sheet(cli->out, o, cli->command->columns, terminal_width(cli->out), 0) : ERR_MEMORY;
	json_decref(o);
	return e;
}

static enum err show_styled(const struct cli *cli, const json_t *result)
{
	const struct command *c = cli->command;

	if (cli->dry_run && (c->style == STYLE_NONE || c->style == STYLE_ID || c->style == STYLE_IDS))
		return show_rehearsal(cli, result);

	if (c->alone && json_is_true(json_object_get(cli->args, c->alone))) {
		show_line(cli, json_object_get(result, c->alone));
		return OK;
	}
	switch (c->style) {
	case STYLE_NONE:
		return OK;
	case STYLE_ID:
		show_line(cli, json_object_get(result, c->member ? c->member : "id"));
		return OK;
	case STYLE_IDS:
		return show_ids(cli, result);
	case STYLE_TABLE:
		return show_table(cli, result);
	case STYLE_SHEET:
		return show_sheet(cli, result);
	case STYLE_TEXT:
		return show_text(cli, result);
	case STYLE_FILE:
		return show_file(cli, result);
	}
	return OK;
}

/* The document of the call; what went into a file is not in it a second time. */
static enum err show_document(const struct cli *cli, const json_t *result)
{
	json_t *o = json_copy((json_t *)(uintptr_t)result);
	enum err e = o ? OK : ERR_MEMORY;

	if (cli->command->style == STYLE_FILE && cli->output) {
		(void)json_object_del(o, "hex");
		(void)json_object_del(o, "text");
	}
	if (cli->dry_run)
		(void)json_object_set_new(o, "dry_run", json_true());
	if (e == OK)
		e = cli_show_json(cli->out, o);
	json_decref(o);
	return e;
}

enum err cli_show(const struct cli *cli, const json_t *result)
{
	const char *next = json_string_value(json_object_get(result, "next"));
	const json_t *warnings = json_object_get(result, "warnings");
	enum err e = OK;

	if (!cli->json || (cli->command->style == STYLE_FILE && cli->output))
		e = show_styled(cli, result);
	if (cli->json && e == OK)
		e = show_document(cli, result);
	if (e != OK)
		return e;
	if (fflush(cli->out) != 0 || ferror(cli->out)) {
		cli_show_error(cli, ERR_IO, "stdout: cannot be written", NULL);
		return ERR_IO;
	}
	for (size_t i = 0; i < json_array_size(warnings) && !cli->json; i++) {
		char text[340];
		(void)snprintf(text, sizeof text, "warning: %s", json_string_value(json_array_get(warnings, i)));
		cli_show_say(cli, text);
	}
	if (next && !cli->json)
		cli_show_say(cli, next);
	if (cli->dry_run && !cli->json)
		cli_show_say(cli, "dry run: this is what would happen; nothing was changed");
	return OK;
}
