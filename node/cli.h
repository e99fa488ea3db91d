/* cli.h - the command line: parsing, --help, completion and printing walk the rows of commands.h. */
#ifndef TALLY_CLI_H
#define TALLY_CLI_H

#include <stdio.h>

#include "node/commands.h"

struct nearest;
struct direct;

struct cli { /* one run of the program */
	const struct command *command; /* NULL: none was named */
	const char *noun;   /* the first word, when there is one */
	json_t *args;       /* owned */
	char *home;         /* owned */
	const char *output; /* file of ARG_OUTPUT; NULL: none */
	const char *kind;   /* of ARG_KIND */
	int64_t wait;       /* ms, when waits */
	struct direct *direct; /* where no node runs, for commands that do without one */
	bool home_given;    /* on the line: what we tell to type has it too */
	bool waits, json, csv, quiet, yes, no_input, dry_run, help, version;
	FILE *out, *err, *in;
};

/* ---- cli_args.c ---- */
/* Fills everything but the streams. ERR_USAGE or ERR_INVALID with *why; where: the flag. */
enum err cli_args_parse(struct cli *cli, int argc, const char *const *argv, struct complaint *why) MUST;
const struct field *cli_args_fields(const struct cli *cli);                 /* of the kind or register; NULL */

/* ---- cli_body.c ---- */
/* One field given as a flag (hyphens, singular of a list's name too, "signatory-name" for a member of a group) into body. */
bool cli_body_known(const struct command *c, const struct field *table, const char *flag); /* c: what it fills is not; NULL: of a group */
enum err cli_body_set(json_t *body, const struct field *table, const char *flag, const char *text, struct complaint *why) MUST;
void cli_body_try(const struct command *c, const struct field *table, struct nearest *near); /* every flag of the table */
const char *cli_body_flag(const struct field *f, char out[static 64]); /* "cross-border"; of a list the singular */

/* ---- cli_bundle.c ---- */
enum err cli_bundle_take(struct cli *cli, const json_t *args, json_t **result) MUST; /* of "bundle import"; the words are asked for */
enum err cli_bundle_send(struct cli *cli, const json_t *to, const json_t *records) MUST; /* of "bundle export", to a file */

/* ---- cli_file.c: "-" is stdin; why->text alone ---- */
enum err cli_file_json(FILE *in, const char *path, json_t **out, struct complaint *why) MUST;
enum err cli_file_bytes(FILE *in, const char *path, json_t **out, struct complaint *why) MUST; /* {name, hex} */
enum err cli_file_text(FILE *in, const char *path, bool trim, json_t **out, struct complaint *why) MUST;
enum err cli_file_sheet(FILE *in, const char *path, const char *encoding, json_t **out, struct complaint *why) MUST; /* encoding: charset.h */
/* JSON when it begins so, else a sheet. */
enum err cli_file_either(FILE *in, const char *path, const char *encoding, json_t **out, struct complaint *why) MUST;

/* ---- cli_help.c ---- */
void cli_help(const struct cli *cli, FILE *out);                            /* of the command, or of all */
void cli_help_noun(const char *noun, FILE *out);

/* ---- cli_show.c ---- */
enum err cli_show(const struct cli *cli, const json_t *result) MUST; /* as the command's row says */
enum err cli_show_json(FILE *out, const json_t *document) MUST;      /* two blanks of indentation */
void cli_show_error(const struct cli *cli, enum err e, const char *text, const char *hint);
#define CLI_HINT_FILE "check the file's name and path"
#define CLI_HINT_BACK "move it away and bring a backup back: tally backup restore FILE"
void cli_show_say(const struct cli *cli, const char *text);          /* a line of talk on stderr, unless --quiet */

/* ---- cli_table.c: width 0 means as wide as it is ---- */
enum err cli_table(FILE *out, const json_t *items, const struct column *columns, int width, int indent) MUST;
enum err cli_csv(FILE *out, const json_t *items, const struct column *columns) MUST; /* cli_csv.c: RFC 4180, cells in full */
enum err cli_table_value(const json_t *item, const struct column *c, struct buf *out) MUST; /* appends what stands there, in one line */
enum err cli_sheet(FILE *out, const json_t *object, const struct column *columns, int width, int indent) MUST;

/* ---- cli_text.c: what a partner wrote must not drive a terminal ---- */
void cli_text_safe(FILE *out, const char *text, bool lines);  /* made visible; lines: \n and \t stay */
enum err cli_text_cell(const char *text, char **out) MUST;     /* the same in one line, as owned text */
size_t cli_text_width(const char *text);                       /* columns of a terminal */
size_t cli_text_fit(const char *text, size_t width, size_t *used); /* bytes of it that fit; used: their columns */

/* ---- cli.c ---- */
enum err cli_home(const char *given, char **out) MUST; /* else TALLY_HOME, XDG_STATE_HOME, ~/.local/state/tally; absolute */
int cli_main(int argc, const char *const *argv);
/* One call to the node; *result is a new reference. A failure has been shown. */
enum err cli_call(const struct cli *cli, const char *call, const json_t *args, int64_t timeout, json_t **result) MUST;

#endif
