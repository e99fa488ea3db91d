#include <stdlib.h>
#include <string.h>

#include "node/cli.h"

#define HELP_WIDE 34

static void upper(const char *in, char *out, size_t size)
{
	size_t i = 0;

	for (; in[i] && i + 1 < size; i++)
		out[i] = in[i] >= 'a' && in[i] <= 'z' ? (char)(in[i] - ('a' - 'A')) : in[i];
	out[i] = '\0';
}

static const char *shape_of(const struct arg *a, char out[static 48])
{
	static const char *const shapes[] = {
		[ARG_TEXT] = "TEXT", [ARG_INT] = "NUMBER", [ARG_SWITCH] = "", [ARG_LIST] = "TEXT", [ARG_SPAN] = "SPAN", [ARG_JSON] = "FILE",
		[ARG_FILE] = "FILE", [ARG_EITHER] = "FILE", [ARG_SHEET] = "FILE",
	 [ARG_PATH] = "FILE", [ARG_BYTES] = "FILE", [ARG_BODY] = "FILE", [ARG_WORD] = "WORD", [ARG_OUTPUT] = "FILE", [ARG_KIND] = "KIND",
	};

	(void)snprintf(out, 48, "%s", a->shape ? a->shape : shapes[a->type]);
	return out;
}

static void flag_of(const char *name, char out[static 64])
{
	size_t i = 0;

	for (; i < 63 && name[i]; i++)
		out[i] = name[i] == '_' ? '-' : name[i];
	out[i] = '\0';
}

static void put_words(FILE *out, const struct vocab *v)
{
	(void)fprintf(out, "%*s  ", HELP_WIDE, "");
	for (const char *const *w = v->words; *w; w++)
		(void)fprintf(out, "%s%s", w == v->words ? "" : ", ", *w);
	(void)fputc('\n', out);
}

enum { MANY = 1, REQUIRED = 2 };

static void put_entry(FILE *out, const char *left, const char *help, unsigned marks)
{
	if (strlen(left) > HELP_WIDE)
		(void)fprintf(out, "%s\n%*s  ", left, HELP_WIDE, "");
	else
		(void)fprintf(out, "%-*s  ", HELP_WIDE, left);
	(void)fprintf(out, "%s%s%s\n", help ? help : "", marks & MANY ? " (many times)" : "", marks & REQUIRED ? " (required)" : "");
}

static void put_args(FILE *out, const struct arg *list)
{
	for (; list && list->name; list++) {
		char flag[64], shape[48], left[160];

		flag_of(list->name, flag);
		shape_of(list, shape);
		(void)snprintf(left, sizeof left, "  %s%c%s--%s%s%s", list->letter ? "-" : "", list->letter ? list->letter : ' ',
		               list->letter ? ", " : "", flag, *shape ? " " : "", shape);
		put_entry(out, left, list->help, (list->type == ARG_LIST ? MANY : 0u) | (list->required ? REQUIRED : 0u));
		if (list->vocab)
			put_words(out, list->vocab);
	}
}

static void field_shape(const struct field *f, char out[static 48])
{
	switch (f->type) {
	case FIELD_LINE:
	case FIELD_TEXT:
		upper("text", out, 48);
		return;
	case FIELD_INT:
		upper("number", out, 48);
		return;
	case FIELD_BOOL:
		(void)snprintf(out, 48, "yes|no");
		return;
	case FIELD_TIME:
	case FIELD_DATE:
		upper(f->type == FIELD_TIME ? "time" : "date", out, 48);
		return;
	case FIELD_ENUM:
		upper("word", out, 48);
		return;
	case FIELD_REF:
	case FIELD_ORG:
		upper(f->type == FIELD_REF ? "id" : "partner", out, 48);
		return;
	case FIELD_BYTES:
	case FIELD_ANY:
		upper("hex", out, 48);
		return;
	case FIELD_GROUP:
		upper("name=value,...", out, 48);
		return;
	}
}

static void put_members(FILE *out, const struct field *group)
{
	(void)fprintf(out, "%*s  of:", HELP_WIDE, "");
	for (const struct field *f = group; f->name; f++)
		(void)fprintf(out, "%s %s", f == group ? "" : ",", f->name);
	(void)fputc('\n', out);
}

/* Given as a word or a flag, or filled in by the command. The word of a row of the register is its name, whatever field is called alike. */
static bool elsewhere(const struct command *c, const struct field *f)
{
	const struct arg *const lists[] = {c->fields ? NULL : c->words, c->flags, c->more};
	char own[64], flag[64];

	if (f->type == FIELD_ANY || f->type == FIELD_BYTES || commands_fills(c, f))
		return true;
	(void)cli_body_flag(f, flag);
	for (size_t i = 0; i < 3; i++) {
		for (const struct arg *a = lists[i]; a && a->name; a++) {
			flag_of(a->name, own);
			if (strcmp(own, flag) == 0)
				return true;
		}
	}
	return false;
}

static void put_fields(FILE *out, const struct command *c, const struct field *table, const char *prefix)
{
	for (const struct field *f = table; f->name; f++) {
		char flag[64], shape[48], left[200], longer[140];

		if (!*prefix && elsewhere(c, f))
			continue;
		(void)cli_body_flag(f, flag);
		if (f->type == FIELD_GROUP && !f->list && f->group && !*prefix) {
			(void)snprintf(longer, sizeof longer, "%s-", flag);
			put_fields(out, c, f->group, longer);
			continue;
		}
		field_shape(f, shape);
		(void)snprintf(left, sizeof left, "   --%s%s %s", prefix, flag, shape);
		put_entry(out, left, f->help, (f->list ? MANY : 0u) | (f->required && !c->amends ? REQUIRED : 0u));
		if (f->type == FIELD_ENUM && f->vocab)
			put_words(out, f->vocab);
		if (f->type == FIELD_GROUP && f->group)
			put_members(out, f->group);
	}
}

static void put_usage(FILE *out, const struct command *c)
{
	char shape[48];

	(void)fprintf(out, "tally %s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "");
	for (const struct arg *a = c->words; a && a->name; a++) {
		upper(a->shape ? a->shape : a->name, shape, sizeof shape);
		(void)fprintf(out, a->required ? " %s" : " [%s]", shape);
	}
}

static void put_globals(FILE *out, const struct command *c)
{
	(void)fputs("\neverywhere:\n", out);
	put_entry(out, "   --home DIR", "the node's folder; may stand anywhere (TALLY_HOME)", 0);
	if (!c || !c->prose)
		put_entry(out, "   --json", "the result as one JSON document", 0);
	if (!c || c->style == STYLE_TABLE)
		put_entry(out, "   --csv", "the table as CSV, for spreadsheets", 0);
	if (!c || c->creates)
		put_entry(out, "   --wait SPAN", "wait for the receipts of all recipients; 7 when some are missing then", 0);
	if (!c || c->changes)
		put_entry(out, "  -n, --dry-run", "say what would happen and change nothing", 0);
	put_entry(out, "  -y, --yes", "do not ask", 0);
	put_entry(out, "   --no-input", "never read from the terminal", 0);
	put_entry(out, "  -q, --quiet", "no talk on stderr but errors", 0);
	put_entry(out, "  -h, --help", "this, or the help of one command", 0);
	put_entry(out, "  -V, --version", "which version this is", 0);
}

static void put_kinds(FILE *out)
{
	const struct kind *k;

	(void)fputs("\nkinds (tally record new KIND --help lists the fields):\n", out);
	for (size_t i = 0; (k = kind_each(i)); i++)
		if (!k->inner)
			(void)fprintf(out, "  %-26s%s\n", k->name, k->summary);
}

static void help_command(const struct cli *cli, FILE *out)
{
	const struct command *c = cli->command;
	const struct field *fields = cli_args_fields(cli);

	(void)fputs("usage: ", out);
	put_usage(out, c);
	(void)fprintf(out, "%s\n\n%s\n", c->flags || c->more || fields ? " [--flags]" : "", c->help);
	if (c->words && c->words->name)
		(void)fputc('\n', out);
	for (const struct arg *a = c->words; a && a->name; a++) {
		char left[64], shape[48];

		upper(a->shape ? a->shape : a->name, shape, sizeof shape);
		(void)snprintf(left, sizeof left, "  %s", shape);
		put_entry(out, left, a->help, 0);
	}
	if (c->flags || c->more)
		(void)fputs("\nflags:\n", out);
	put_args(out, c->flags);
	put_args(out, c->more);
	if (fields) {
		(void)fputs("\nfields:\n", out);
		put_fields(out, c, fields, "");
	} else if (c->words && c->words->type == ARG_KIND) {
		put_kinds(out);
	}
	put_globals(out, c);
	if (c->example)
		(void)fprintf(out, "\nexample:\n  %s\n", c->example);
}

static void help_row(const struct command *c, FILE *out)
{
	char left[160], shape[48];
	int n = snprintf(left, sizeof left, "  %s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "");

	for (const struct arg *a = c->words; a && a->name && n > 0 && (size_t)n < sizeof left; a++) {
		upper(a->shape ? a->shape : a->name, shape, sizeof shape);
		n += snprintf(left + n, sizeof left - (size_t)n, a->required ? " %s" : " [%s]", shape);
	}
	put_entry(out, left, c->help, 0);
}

void cli_help_noun(const char *noun, FILE *out)
{
	const struct command *c;

	(void)fprintf(out, "usage: tally %s VERB ...\n\n", noun);
	for (size_t i = 0; (c = commands_each(i)); i++)
		if (strcmp(c->noun, noun) == 0)
			help_row(c, out);
	(void)fprintf(out, "\none command in full: tally help %s VERB\n", noun);
}

void cli_help(const struct cli *cli, FILE *out)
{
	const struct command *c;

	if (cli->command) {
		help_command(cli, out);
		return;
	}
	(void)fputs("usage: tally NOUN VERB [NAME|ID] [--flags]\n\n"
	            "A node that exchanges signed, encrypted records between organisations and their suppliers.\n\n", out);
	for (size_t i = 0; (c = commands_each(i)); i++)
		help_row(c, out);
	put_globals(out, NULL);
	(void)fputs("\nfirst steps: tally init NAME, tally up --background, tally partner invite --name PARTNER\n"
	            "one command in full: tally help NOUN VERB\n", out);
}

/* ---- completion ---- */

static bool first_of_noun(size_t at)
{
	const struct command *c = commands_each(at), *before;

	for (size_t i = 0; i < at && (before = commands_each(i)); i++)
		if (strcmp(before->noun, c->noun) == 0)
			return false;
	return true;
}

/* One flag of a command: itself, or, with words, a case of bash for the value that follows it. */
static void put_flag(const struct command *c, const char *flag, const struct vocab *v, bool words, FILE *out)
{
	if (!words)
		(void)fprintf(out, " --%s", flag);
	if (!words || !v)
		return;
	(void)fprintf(out, "\t%s:%s:--%s) list='", c->noun, c->verb ? c->verb : "*", flag);
	for (const char *const *w = v->words; *w; w++)
		(void)fprintf(out, "%s ", *w);
	(void)fputs("' ;;\n", out);
}

static void put_field_flags(const struct command *c, const struct field *table, const char *prefix, bool words, FILE *out)
{
	for (const struct field *f = table; f && f->name; f++) {
		char flag[64], whole[140];

		if (!*prefix && elsewhere(c, f))
			continue;
		(void)snprintf(whole, sizeof whole, "%s%s", prefix, cli_body_flag(f, flag));
		if (f->type == FIELD_GROUP && !f->list && f->group && !*prefix) {
			(void)snprintf(whole, sizeof whole, "%s-", flag);
			put_field_flags(c, f->group, whole, words, out);
		} else {
			put_flag(c, whole, f->type == FIELD_ENUM ? f->vocab : NULL, words, out);
		}
	}
}

static void put_flags(const struct command *c, bool words, FILE *out)
{
	const struct arg *const lists[] = {c->flags, c->more};
	const struct cli row = {.command = c};
	char flag[64];

	for (size_t i = 0; i < 2; i++) {
		for (const struct arg *a = lists[i]; a && a->name; a++) {
			flag_of(a->name, flag);
			put_flag(c, flag, a->vocab, words, out);
		}
	}
	put_field_flags(c, cli_args_fields(&row), "", words, out);
	if (!words)
		(void)fprintf(out, "%s%s%s", c->creates ? " --wait" : "", c->changes ? " --dry-run" : "", c->style == STYLE_TABLE ? " --csv" : "");
}

enum err cli_completion(struct cli *cli, const json_t *args)
{
	const struct command *c, *d;
	FILE *out = cli->out;

	(void)args;
	(void)fputs("# bash completion of tally; written by: tally completion bash\n_tally() {\n"
	            "\tlocal word=${COMP_WORDS[COMP_CWORD]} noun= verb= i skip=\n"
	            "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	            "\t\tif [[ $skip ]]; then skip=; continue; fi\n"
	            "\t\tcase ${COMP_WORDS[i]} in --home) skip=1 ;; -*) ;;\n"
	            "\t\t*) if [[ ! $noun ]]; then noun=${COMP_WORDS[i]}; elif [[ ! $verb ]]; then verb=${COMP_WORDS[i]}; fi ;; esac\n"
	            "\tdone\n"
	            "\tlocal general='--home --json --quiet --yes --no-input --help --version' list= before=${COMP_WORDS[COMP_CWORD - 1]}\n"
	            "\tcase $noun:$verb:$before in\n", out);
	for (size_t i = 0; (c = commands_each(i)); i++)
		put_flags(c, true, out);
	(void)fputs("\tesac\n"
	            "\t[[ $list ]] && { COMPREPLY=($(compgen -W \"$list\" -- \"$word\")); return; }\n"
	            "\tcase $noun:$verb in\n\t:) list='", out);
	for (size_t i = 0; (c = commands_each(i)); i++)
		if (first_of_noun(i))
			(void)fprintf(out, "%s ", c->noun);
	(void)fputs("' ;;\n", out);
	for (size_t i = 0; (c = commands_each(i)); i++) { /* exact commands before their nouns */
		(void)fprintf(out, c->verb ? "\t%s:%s) list='" : "\t%s:%s*) list='", c->noun, c->verb ? c->verb : "");
		put_flags(c, false, out);
		(void)fputs("' ;;\n", out);
	}
	for (size_t i = 0; (c = commands_each(i)); i++) {
		if (!first_of_noun(i) || !c->verb)
			continue;
		(void)fprintf(out, "\t%s:*) list='", c->noun);
		for (size_t j = 0; (d = commands_each(j)); j++)
			if (strcmp(d->noun, c->noun) == 0)
				(void)fprintf(out, "%s ", d->verb);
		(void)fputs("' ;;\n", out);
	}
	(void)fputs("\tesac\n"
	            "\t[[ $word == -* || ! $noun || ! $verb ]] || { COMPREPLY=($(compgen -f -- \"$word\")); return; }\n"
	            "\t[[ $word == -* ]] && list=\"$list $general\"\n"
	            "\tCOMPREPLY=($(compgen -W \"$list\" -- \"$word\"))\n}\ncomplete -o filenames -F _tally tally\n", out);
	return OK;
}
