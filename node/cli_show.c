#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "node/cli.h"
#include "node/slurp.h"

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

void cli_show_error(const struct cli *cli, enum err e, const char *text, const char *hint)
{
	(void)fflush(cli->out);
	(void)fputs("tally: error: ", cli->err);
	cli_text_safe(cli->err, text && *text ? text : err_text(e), false);
	(void)fputc('\n', cli->err);
	if (!hint || !*hint)
		return;
	(void)fputs("tally: hint: ", cli->err);
	cli_text_safe(cli->err, hint, false);
	(void)fputc('\n', cli->err);
}

void cli_show_say(const struct cli *cli, const char *text)
{
	if (cli->quiet)
		return;
	(void)fflush(cli->out);
	(void)fputs("tally: ", cli->err);
	cli_text_safe(cli->err, text, false);
	(void)fputc('\n', cli->err);
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

/* What a file gives away is said before it is written. */
static void say_reveals(const struct cli *cli, const json_t *result)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(result, "reveals"), i, each)
		if (json_is_string(each))
			cli_show_say(cli, json_string_value(each));
}

static enum err show_file(const struct cli *cli, const json_t *result)
{
	const char *hex = json_string_value(json_object_get(result, "hex"));
	struct buf b = {0};
	uint8_t *at;
	enum err e;

	say_reveals(cli, result);
	if (cli->dry_run)
		return OK;
	if (!hex && !cli->output)
		return show_text(cli, result);
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
		e = slurp_write(cli->output ? cli->output : "-", cli->out, buf_span(&b), false);
	buf_free(&b);
	if (e != OK) {
		char text[200];

		(void)snprintf(text, sizeof text, "%.150s: %s", cli->output ? cli->output : "stdout", err_text(e));
		cli_show_error(cli, e, text, NULL);
	}
	return e;
}

static enum err show_table(const struct cli *cli, const json_t *result)
{
	const json_t *items = json_object_get(result, "items");

	if (json_array_size(items) == 0) {
		const char *empty = json_string_value(json_object_get(result, "empty"));
		cli_show_say(cli, empty ? empty : cli->command->empty ? cli->command->empty : "nothing to show");
		return OK;
	}
	return cli_table(cli->out, items, cli->command->columns, terminal_width(cli->out), 0);
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

static enum err show_styled(const struct cli *cli, const json_t *result)
{
	const struct command *c = cli->command;

	if (c->alone && json_is_true(json_object_get(cli->args, c->alone))) {
		show_line(cli, json_object_get(result, c->alone));
		return OK;
	}
	switch (c->style) {
	case STYLE_NONE:
		return OK;
	case STYLE_ID:
		if (!cli->dry_run) /* nothing of that name exists after a rehearsal */
			show_line(cli, json_object_get(result, c->member ? c->member : "id"));
		return OK;
	case STYLE_IDS:
		return cli->dry_run ? OK : show_ids(cli, result);
	case STYLE_TABLE:
		return show_table(cli, result);
	case STYLE_SHEET:
		return cli_sheet(cli->out, result, c->columns, terminal_width(cli->out), 0);
	case STYLE_TEXT:
		return show_text(cli, result);
	case STYLE_FILE:
		return show_file(cli, result);
	}
	return OK;
}

enum err cli_show(const struct cli *cli, const json_t *result)
{
	const char *next = json_string_value(json_object_get(result, "next"));
	const json_t *warnings = json_object_get(result, "warnings");
	enum err e;

	if (cli->json && !(cli->command->style == STYLE_FILE && cli->output))
		e = cli_show_json(cli->out, result);
	else
		e = show_styled(cli, result);
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
	if (cli->dry_run)
		cli_show_say(cli, "dry run: nothing was changed");
	return OK;
}
