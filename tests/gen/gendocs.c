/* gendocs.c - prints one generated page: gendocs kinds|messages|errors|commands|reports. make check compares docs/ with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/cli.h"
#include "node/report.h"
#include "proto/kinds.h"
#include "proto/message.h"

static int print(enum err e, struct buf *page)
{
	if (e == OK)
		fwrite(page->p, 1, page->n, stdout);
	else
		fprintf(stderr, "gendocs: %s\n", err_text(e));
	buf_free(page);
	return e == OK ? 0 : 1;
}

static int kinds(void)
{
	struct buf page = {0};
	enum err e = kinds_document(&page);

	return print(e, &page);
}

static int messages(void)
{
	struct buf page = {0};
	enum err e = messages_document(&page);

	printf("# Messages\n\nMade from the table in proto/message.c; do not edit. What they are for and in which "
	       "order they come stands in [protocol.md](protocol.md). On the wire a message is the array [number, map]; the numbers of "
	       "the fields are the keys of the map. "
	       "\"Pending\" is a session before both sides compared the words, \"keys only\" one whose static key is not yet "
	       "known, \"full\" "
	       "every other.\n\n");
	return print(e, &page);
}

static int errors(void)
{
	printf("# Errors and exit codes\n\nMade from the table in keys/err.h; do not edit. The program ends with the exit code; "
	       "with `--json` "
	       "it writes one line of JSON to stderr, {\"schema\": \"tally/error/1\", \"error\": name, \"exit\": code, \"text\": what happened, "
	       "\"hint\": what to do}, and nothing to stdout; the local socket carries the name too. Unknown codes mean failure. The hint is what is "
	       "said when nothing better is known.\n\n| name | exit code | text | hint |\n|---|---|---|---|\n");
#define X(name, code, text, hint) printf("| %s | %d | %s | %s |\n", #name, code, text, hint);
	ERR_TABLE(X)
#undef X
	printf("\n| exit code | meaning |\n|---|---|\n"
	       "| 0 | done |\n| 1 | failed |\n| 2 | wrong usage |\n| 3 | the node is not running |\n| 4 | not permitted, or "
	       "locked |\n| 5 | not found |\n"
	       "| 6 | refused by policy: TLP, audience, signature |\n| 7 | accepted, not delivered yet (with --wait, and its time "
	       "is over) |\n"
	       "| 8 | conflict |\n| 9 | input invalid |\n| 10 | a check found problems, or a proof is invalid |\n| 11 | undecided |\n");
	return 0;
}

/* The flags that every command takes are said once, at the top. */
static int command(const struct cli *cli)
{
	char *text = NULL, *every, *example;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return 1;
	cli_help(cli, f);
	fclose(f);
	every = strstr(text, "\neverywhere:\n");
	example = every ? strstr(every, "\nexample:\n") : NULL;
	if (every)
		*every = 0;
	printf("```\n%s%s```\n", text, example ? example : "");
	free(text);
	return 0;
}

static int commands(void)
{
	const struct command *row;
	const char *noun = "";

	printf("# Commands\n\nMade from the tables in node/commands*.c; do not edit. `tally help` says the same. stdout is data, "
	       "stderr is talk; "
	       "exit codes stand in [errors.md](errors.md). "
	       "Everywhere: `--home DIR`, `--json` (but not `help` and `completion`: they are words only), `--csv` where the result is a table, "
	       "`--quiet`, `--yes`, "
	       "`--no-input`, `--help`; most of what changes something takes `--dry-run` (`--help` tells), "
	       "what makes a record takes `--wait 10s`.\n");
	for (size_t i = 0; (row = commands_each(i)); i++) {
		struct cli cli = {.command = row, .noun = row->noun};

		if (strcmp(row->noun, noun) != 0)
			printf("\n## %s\n", row->noun);
		noun = row->noun;
		if (row->verb)
			printf("\n### %s %s\n", row->noun, row->verb);
		printf("\n");
		if (command(&cli))
			return 1;
	}
	return 0;
}

static int reports(void)
{
	struct buf page = {0};
	enum err e = report_document(&page);

	return print(e, &page);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*print)(void);
	} pages[] = {{"kinds", kinds}, {"messages", messages}, {"errors", errors}, {"commands", commands}, {"reports", reports}};

	for (size_t i = 0; argc == 2 && i < sizeof pages / sizeof *pages; i++)
		if (strcmp(argv[1], pages[i].name) == 0)
			return pages[i].print();
	fprintf(stderr, "usage: gendocs kinds|messages|errors|commands|reports\n");
	return 2;
}
