/* "bundle answer": a bundle is taken, what it asks is answered from a file or as it is typed, and the answers go into a bundle back. No node needs
 * to run. */
#include <stdlib.h>
#include <string.h>

#include "node/cli.h"
#include "node/slurp.h"

#define CALL_MS 120000
#define LINE 2000

static const char *text_of(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text ? text : "";
}

/* ---- the form ---- */

static enum err write_form(const struct cli *cli, const char *path, const json_t *items)
{
	static const struct column columns[] = {
		{.path = "record"}, {.path = "rid"}, {.path = "kind"}, {.path = "title"}, {.path = "question"}, {.path = "due"},
		{.path = "answers"}, {.path = "answer"}, {.path = "text"}, {.path = "until"}, {0}};
	char *text = NULL, what[280], fault[SLURP_TEXT];
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	enum err e = f ? cli_csv(f, items, columns) : ERR_MEMORY;

	if (f && fclose(f) != 0)
		e = ERR_MEMORY;
	if (e == OK)
		e = strcmp(path, "-") == 0 ? slurp_write(path, cli->out, SPAN(text, n), true) : slurp_create(path, SPAN(text, n));
	free(text);
	if (e == OK) {
		cli_show_say(cli, "fill in the columns answer, text and until; then: tally bundle answer FILE --answers FORM -o FILE");
		return OK;
	}
	(void)snprintf(what, sizeof what, "%.190s: %s", path, slurp_fault(path, e, 0, fault));
	cli_show_error(cli, e, what, e == ERR_CONFLICT ? "choose another name" : NULL);
	return e;
}

/* ---- asking ---- */

/* false: the end of what is typed. */
static bool ask(const struct cli *cli, const char *prompt, char line[static LINE])
{
	(void)fputs(prompt, cli->err);
	(void)fflush(cli->err);
	if (!fgets(line, LINE, cli->in))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

/* Is it one of "a, b, c"? */
static bool is_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; n && (p = strstr(p, word)); p += n)
		if ((p == words || p[-1] == ' ') && (p[n] == ',' || p[n] == '\0'))
			return true;
	return false;
}

static void show_question(const struct cli *cli, const json_t *q, const char *place, bool may_skip)
{
	(void)fprintf(cli->err, "\n[%s] ", place);
	cli_text_safe(cli->err, text_of(q, "rid"), false);
	(void)fputs(*text_of(q, "rid") ? "  " : "", cli->err);
	cli_text_safe(cli->err, *text_of(q, "title") ? text_of(q, "title") : text_of(q, "kind"), false);
	if (*text_of(q, "due"))
		(void)fprintf(cli->err, "  (due %s)", text_of(q, "due"));
	(void)fputs("\n", cli->err);
	if (*text_of(q, "question")) {
		cli_text_safe(cli->err, text_of(q, "question"), true);
		(void)fputs("\n", cli->err);
	}
	(void)fprintf(cli->err, "one of: %s%s\n", text_of(q, "answers"), may_skip ? "; Enter leaves it open" : "");
}

enum asked { ANSWERED, SKIPPED, ENDED };

static enum asked ask_one(const struct cli *cli, const json_t *q, bool may_skip, json_t *rows)
{
	char word[LINE], text[LINE] = "", until[LINE] = "";
	bool more;

	do
		more = ask(cli, "answer: ", word);
	while (more && !(may_skip && !*word) && !is_word(text_of(q, "answers"), word));
	if (more && !*word)
		return SKIPPED;
	more = more && ask(cli, "in words: ", text);
	if (more && (strcmp(word, "accepted-with-exception") == 0 || strncmp(word, "granted", 7) == 0))
		more = ask(cli, "until (YYYY-MM-DD): ", until);
	if (!more)
		return ENDED;
	(void)json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s}", "record", text_of(q, "record"), "rid", text_of(q, "rid"), "answer", word,
	                                            "text", text, "until", until));
	return ANSWERED;
}

static bool same_record(const json_t *a, const json_t *b)
{
	return a && b && strcmp(text_of(a, "record"), text_of(b, "record")) == 0;
}

/* An assignment is answered whole or not at all: its first question may be left open, and then all of it is. */
static json_t *ask_all(const struct cli *cli, const json_t *items)
{
	json_t *rows = json_array();
	const json_t *begun = NULL, *skipped = NULL;
	enum asked last = ANSWERED;
	char place[48];

	for (size_t i = 0; last != ENDED && i < json_array_size(items); i++) {
		const json_t *q = json_array_get(items, i);

		if (!*text_of(q, "answers") || same_record(q, skipped))
			continue;
		(void)snprintf(place, sizeof place, "%zu of %zu", i + 1, json_array_size(items));
		show_question(cli, q, place, !same_record(q, begun));
		last = ask_one(cli, q, !same_record(q, begun), rows);
		skipped = last == SKIPPED ? q : NULL;
		begun = q;
	}
	for (size_t i = json_array_size(rows); last == ENDED && i-- > 0;)
		if (same_record(json_array_get(rows, i), begun)) /* the half of it */
			(void)json_array_remove(rows, i);
	return rows;
}

/* ---- the whole ---- */

/* What has a command of its own is answered by it, before the bundle is made; it is named. */
static void tell_open(const struct cli *cli, const json_t *items)
{
	const json_t *q;
	size_t i;
	char text[LINE];

	json_array_foreach(items, i, q) {
		if (*text_of(q, "answers"))
			(void)snprintf(text, sizeof text, "left open: %.60s %.200s", *text_of(q, "rid") ? text_of(q, "rid") : text_of(q, "kind"), text_of(q, "title"));
		else
			(void)snprintf(text, sizeof text, "left open: %.60s %.200s; with a running node: %.300s", text_of(q, "kind"), text_of(q, "title"),
			               text_of(q, "next"));
		cli_show_say(cli, text);
	}
}

static enum err questions(const struct cli *cli, const json_t *from, json_t **result)
{
	json_t *call = json_pack("{s:O}", "from", from);
	enum err e = call ? cli_call(cli, "answer.questions", call, CALL_MS, result) : ERR_MEMORY;

	json_decref(call);
	return e;
}

static enum err give(const struct cli *cli, const json_t *answers)
{
	json_t *call = json_pack("{s:O}", "answers", answers), *result = NULL;
	enum err e = call ? cli_call(cli, "answer.give", call, CALL_MS, &result) : ERR_MEMORY;

	json_decref(call);
	json_decref(result);
	return e;
}

static enum err answer_all(const struct cli *cli, const json_t *args, const json_t *from)
{
	const json_t *answers = json_object_get(args, "answers"), *items;
	json_t *asked = NULL, *typed = NULL, *open = NULL;
	enum err e = questions(cli, from, &asked);

	items = json_object_get(asked, "items");
	if (e == OK && !answers && !cli->no_input)
		answers = typed = ask_all(cli, items);
	if (e == OK && answers && (!typed || json_array_size(typed) > 0))
		e = give(cli, answers);
	if (e == OK && (e = questions(cli, from, &open)) == OK)
		tell_open(cli, json_object_get(open, "items"));
	json_decref(asked);
	json_decref(typed);
	json_decref(open);
	return e;
}

static enum err form(const struct cli *cli, const char *path, const json_t *from)
{
	json_t *asked = NULL;
	enum err e = questions(cli, from, &asked);

	if (e == OK)
		e = write_form(cli, path, json_object_get(asked, "items"));
	json_decref(asked);
	return e;
}

enum err cli_bundle_answer(struct cli *cli, const json_t *args)
{
	json_t *taken = NULL;
	const json_t *from;
	enum err e = cli_bundle_take(cli, args, &taken);

	from = json_object_get(taken, "id");
	if (e == OK && json_array_size(json_object_get(taken, "warnings")) > 0)
		cli_show_say(cli, json_string_value(json_array_get(json_object_get(taken, "warnings"), 0)));
	if (e == OK && !from) {
		e = ERR_PROBLEMS;
	} else if (e == OK && !json_is_true(json_object_get(taken, "taken"))) {
		e = ERR_NOT_PARTNER;
		cli_show_error(cli, e, "nothing was taken: the ten words of who sent it are not compared",
		               "call them, on a number you know, and give --words \"TEN WORDS\"");
	} else if (e == OK && *text_of(args, "form")) {
		e = form(cli, text_of(args, "form"), from);
	} else if (e == OK) {
		e = answer_all(cli, args, from);
		if (e == OK)
			e = cli_bundle_send(cli, from, NULL);
	}
	json_decref(taken);
	return e;
}
