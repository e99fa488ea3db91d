/* Bundles on the command line: cards and bundles are files here, and the ten words are asked for on a terminal. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/cli.h"
#include "node/slurp.h"
#include "proto/bundle.h"

#define CALL_MS 120000

static const char *text_of(const json_t *args, const char *name)
{
	return json_string_value(json_object_get(args, name));
}

static enum err read_file(const struct cli *cli, const char *path, json_t **out)
{
	struct complaint why = {0};
	enum err e = cli_file_bytes(cli->in, path, out, &why);

	if (e != OK)
		cli_show_error(cli, e, why.text, e == ERR_NOT_FOUND ? CLI_HINT_FILE : NULL);
	return e;
}

/* A pet name is looked up; what is a file and begins like a card is one. */
static bool is_card(const char *path)
{
	uint8_t begin[16];
	FILE *f = fopen(path, "rbe");
	size_t n = f ? fread(begin, 1, sizeof begin, f) : 0;

	if (f)
		(void)fclose(f);
	return card_is(SPAN(begin, n));
}

/* Is somebody there to call them? Nothing is asked when not, and the call's own refusal tells what to do. */
static enum err ask_words(const struct cli *cli, const char *who, char line[static 400])
{
	line[0] = '\0';
	if (cli->no_input || cli->json || !isatty(fileno(cli->in)))
		return OK;
	(void)fprintf(cli->err, "%s is not compared yet. Call them, on a number you know, and type the ten words that they read out: ", who);
	(void)fflush(cli->err);
	if (!fgets(line, 400, cli->in))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return OK;
}

/* {card or file, name, words} from the line. */
static enum err stranger_args(const struct cli *cli, const json_t *args, const char *as, const char *path, json_t **out)
{
	static const char *const more[] = {"name", "words"};
	json_t *file = NULL, *o = NULL;
	enum err e = read_file(cli, path, &file);

	if (e != OK)
		return e;
	o = json_pack("{s:o}", as, file);
	for (size_t i = 0; o && i < 2; i++)
		if (text_of(args, more[i]))
			(void)json_object_set(o, more[i], json_object_get(args, more[i]));
	*out = o;
	return o ? OK : ERR_MEMORY;
}

/* The call, and once more with the words when the result says that they are not compared and somebody types them. */
static enum err call_compared(const struct cli *cli, const char *call, json_t *args, json_t **result)
{
	char line[400];
	enum err e = cli_call(cli, call, args, CALL_MS, result);

	if (e != OK || cli->dry_run || text_of(args, "words") || !json_is_false(json_object_get(*result, "verified")))
		return e;
	e = ask_words(cli, text_of(*result, "name"), line);
	if (e != OK || !line[0])
		return e;
	json_decref(*result);
	*result = NULL;
	(void)json_object_set_new(args, "words", json_string(line));
	return cli_call(cli, call, args, CALL_MS, result);
}

static enum err add_card(const struct cli *cli, const json_t *args, const char *path, json_t **result)
{
	json_t *call = NULL;
	enum err e = stranger_args(cli, args, "card", path, &call);

	if (e == OK)
		e = call_compared(cli, "partner.add", call, result);
	if (e == OK && json_integer_value(json_object_get(*result, "problems")) > 0) {
		e = ERR_PROBLEMS;
		cli_show_error(cli, e, json_string_value(json_array_get(json_object_get(*result, "warnings"), 0)), text_of(*result, "next"));
	}
	json_decref(call);
	return e;
}

enum err cli_bundle_add(struct cli *cli, const json_t *args)
{
	json_t *result = NULL;
	enum err e = add_card(cli, args, text_of(args, "card"), &result);

	if (e == OK)
		e = cli_show(cli, result);
	json_decref(result);
	return e;
}

/* Whom it goes to, as the api knows them: the card's organisation is a partner from here on. */
static enum err recipient(const struct cli *cli, const json_t *args, json_t **out)
{
	const char *to = text_of(args, "to");
	json_t *added = NULL;
	enum err e = OK;

	if (!is_card(to)) {
		*out = json_string(to);
		return *out ? OK : ERR_MEMORY;
	}
	e = add_card(cli, args, to, &added);
	if (e == OK)
		*out = json_incref(json_object_get(added, "id"));
	json_decref(added);
	return e;
}

enum err cli_bundle_send(struct cli *cli, const json_t *to, const json_t *records)
{
	json_t *call = json_pack("{s:O}", "to", to), *result = NULL;
	enum err e = call ? OK : ERR_MEMORY;

	if (e == OK && records)
		(void)json_object_set(call, "record", (json_t *)(uintptr_t)records);
	if (e == OK)
		e = cli_call(cli, "bundle.export", call, CALL_MS, &result);
	if (e == OK)
		e = cli_show(cli, result);
	json_decref(call);
	json_decref(result);
	return e;
}

enum err cli_bundle_export(struct cli *cli, const json_t *args)
{
	json_t *to = NULL;
	enum err e = recipient(cli, args, &to);

	if (e == OK)
		e = cli_bundle_send(cli, to, json_object_get(args, "record"));
	json_decref(to);
	return e;
}

enum err cli_bundle_request(struct cli *cli, const json_t *args)
{
	json_t *to = NULL, *call = NULL, *result = NULL;
	enum err e = recipient(cli, args, &to);

	if (e == OK && !(call = json_pack("{s:O, s:[O]}", "set", json_object_get(args, "set"), "to", to)))
		e = ERR_MEMORY;
	if (e == OK && json_object_get(args, "body"))
		(void)json_object_set(call, "body", json_object_get(args, "body"));
	if (e == OK)
		e = cli_call(cli, "requirement.assign", call, CALL_MS, &result);
	if (e == OK)
		e = cli_bundle_send(cli, to, NULL);
	json_decref(to);
	json_decref(call);
	json_decref(result);
	return e;
}

enum err cli_bundle_take(struct cli *cli, const json_t *args, json_t **result)
{
	json_t *call = NULL;
	enum err e = stranger_args(cli, args, "file", text_of(args, "file"), &call);

	if (e == OK)
		e = call_compared(cli, "bundle.import", call, result);
	json_decref(call);
	return e;
}

enum err cli_bundle_import(struct cli *cli, const json_t *args)
{
	json_t *result = NULL;
	enum err e = cli_bundle_take(cli, args, &result);

	if (e == OK)
		e = cli_show(cli, result);
	if (e == OK && json_integer_value(json_object_get(result, "problems")) > 0)
		e = ERR_PROBLEMS;
	json_decref(result);
	return e;
}
