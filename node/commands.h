/* commands.h - the table of commands. One row a command says its words, flags, api call and how the result is shown; parsing, --help,
 * completion and printing walk the rows, so most commands are only a row (commands*.c).
 *
 * What a call gets: every positional and flag under its own name (--valid-until is "valid_until"); switches are true; repeated
 * ones arrays of text; spans milliseconds; JSON files the parsed document; a row with fields (of its kind, or of the register)
 * collects those in "body", in JSON as fieldjson.h reads it; with "record.new" the row's kind is "kind".
 * What is not given is absent.
 * What a call answers: lists {"items": [{...}]}; creations {"id": ...}, several {"id": first, "ids": [...]};
 * STYLE_FILE {"hex": bytes} or {"text": ...}, with {"reveals": [sentences]} said on stderr before; a check also
 * {"problems": count}: above 0 the exit code is 10. "warnings", "next": sentences that are said on stderr; "empty": in place of the row's.
 * A rehearsal is shown by "would": what would be said, made or changed; without it, by what else the result has. */
#ifndef TALLY_COMMANDS_H
#define TALLY_COMMANDS_H

#include <jansson.h>

#include "proto/kinds.h"

enum arg_type {
	ARG_TEXT,   /* "-": read from stdin */
	ARG_INT,
	ARG_SWITCH,
	ARG_LIST,   /* text, may be given many times */
	ARG_SPAN,   /* 10s: milliseconds */
	ARG_JSON,   /* name of a JSON file: the document; "-": stdin */
	ARG_EITHER, /* like ARG_JSON when the file begins like JSON, else like ARG_SHEET */
	ARG_FILE,   /* name of a text file: its contents; "-": stdin */
	ARG_SHEET,  /* name of a text file that a spreadsheet wrote, in the encoding of --encoding or by its mark: its contents; "-": stdin */
	ARG_BYTES,  /* name of a file of any kind: {name, hex}; "-": stdin */
	ARG_PATH,   /* name of a file that the command reads itself; "-": stdin */
	ARG_BODY,   /* like ARG_JSON, but the document is the start of "body"; fields given as flags replace its members */
	ARG_WORD,   /* one word of .vocab */
	ARG_OUTPUT, /* name of a file to write the result to; not sent */
	ARG_KIND    /* name of a record kind: its fields become flags */
};

struct arg {
	const char *name;  /* snake_case; NULL ends the list */
	enum arg_type type;
	bool required;
	char letter;       /* 'o': -o too; 0: none */
	const char *shape; /* "DIR"; NULL: from the type */
	const char *help;
	const struct vocab *vocab;
	const char *ask;   /* a required flag that is missing is asked for with these words, on a terminal */
};

enum style {
	STYLE_NONE,  /* says nothing */
	STYLE_ID,    /* result[member], alone on a line; member NULL: "id" */
	STYLE_IDS,   /* every item of result.ids on its line */
	STYLE_TABLE, /* result.items with columns */
	STYLE_SHEET, /* "heading: value" for each column; all members when there are no columns */
	STYLE_TEXT,  /* result.text as it is */
	STYLE_FILE   /* result.hex or result.text into the file of ARG_OUTPUT, or to stdout */
};

enum column_as { AS_TEXT, AS_ID, AS_IDS, AS_TIME, AS_NUMBER };

struct column {
	const char *path;    /* "org", "delivery.state"; arrays of text are joined by commas; NULL ends the list */
	const char *heading; /* NULL: the path */
	int max;             /* widest in a table; 0: no limit */
	enum column_as as;   /* AS_ID, AS_IDS: 12 digits in a table; AS_TIME: to the minute, UTC, in a table */
	bool whole;          /* wrapped in a table, where others are cut */
	const char *only;    /* shown when this switch is given; NULL: always */
	const struct column *items; /* sheet: columns of a nested list; NULL: the members of its first item */
};

struct cli;

struct command {
	const char *noun, *verb; /* verb NULL: the noun alone */
	const char *call;        /* api call; NULL: local does it */
	const char *verb_as;     /* the verb is sent under this name, where one call serves several rows */
	enum err (*local)(struct cli *cli, const json_t *args);
	const struct arg *words, *flags, *more; /* positionals; flags; flags shared by several rows */
	int kind;                    /* enum kind_number whose fields are flags; 0: none */
	const struct field *fields;  /* instead of a kind */
	const char *const *fills;    /* of those fields: what the command fills itself, so no flags; ended by NULL */
	enum style style;
	const char *member;          /* STYLE_ID */
	const char *alone;           /* a switch of this name prints result[that name] alone */
	const struct column *columns;
	const char *empty;           /* an empty table: what to do first */
	bool creates;                /* takes --wait */
	bool changes;                /* takes --dry-run */
	bool asks;                   /* wants a yes, or --yes */
	bool homeless;               /* works where there is no home folder */
	bool lone;                   /* its calls run without a node too (direct.h) */
	bool prose;                  /* only words come of it: no --json */
	bool amends;                 /* fields that are not given stay as they are, or come of other flags: none is required */
	const char *help, *example;
};

/* Tables, each ended by a row without a noun. */
extern const struct command commands_run[], commands_partner[], commands_bundle[],
	commands_register[], commands_map[], commands_requirement[], commands_challenge[],
	commands_matrix[], commands_tender[],
	commands_posture[], commands_contract[],
	commands_incident[], commands_response[], commands_record[], commands_report[],
	commands_assurance[], commands_evidence[], commands_finding[],
	commands_concern[], commands_exit[], commands_consortium[];
extern const struct arg commands_say[]; /* --to --tlp --onward */

const struct command *commands_each(size_t i); /* NULL past the last */
const struct command *commands_find(const char *noun, const char *verb);
bool commands_noun(const char *noun);
enum err commands_args(const struct command *c, json_t *args) MUST; /* adds what the row itself says */
bool commands_fills(const struct command *c, const struct field *f); /* this field */

/* ---- cli_local.c and cli_help.c: what needs no running node ---- */
enum err cli_local_init(struct cli *cli, const json_t *args) MUST;
enum err cli_local_up(struct cli *cli, const json_t *args) MUST;
enum err cli_local_down(struct cli *cli, const json_t *args) MUST;
enum err cli_local_version(struct cli *cli, const json_t *args) MUST;
enum err cli_local_help(struct cli *cli, const json_t *args) MUST;
enum err cli_local_config(struct cli *cli, const json_t *args) MUST;
/* cli_bundle.c */
enum err cli_bundle_add(struct cli *cli, const json_t *args) MUST;
enum err cli_bundle_export(struct cli *cli, const json_t *args) MUST;
enum err cli_bundle_import(struct cli *cli, const json_t *args) MUST;
enum err cli_bundle_request(struct cli *cli, const json_t *args) MUST;
enum err cli_bundle_answer(struct cli *cli, const json_t *args) MUST; /* cli_answer.c */
/* cli_clock.c */
enum err cli_clock_list(struct cli *cli, const json_t *args) MUST;
enum err cli_clock_check(struct cli *cli, const json_t *args) MUST;
enum err cli_key_rotate(struct cli *cli, const json_t *args) MUST; /* cli_key.c */
/* cli_backup.c */
enum err cli_backup_create(struct cli *cli, const json_t *args) MUST;
enum err cli_backup_verify(struct cli *cli, const json_t *args) MUST;
enum err cli_backup_restore(struct cli *cli, const json_t *args) MUST;
enum err cli_local_store_check(struct cli *cli, const json_t *args) MUST;
enum err cli_local_requirement_example(struct cli *cli, const json_t *args) MUST;
enum err cli_local_posture_example(struct cli *cli, const json_t *args) MUST;
enum err cli_partner_compare(struct cli *cli, const json_t *args) MUST; /* cli_compare.c */
enum err cli_evidence_verify(struct cli *cli, const json_t *args) MUST; /* cli_evidence.c */
enum err cli_local_proof_verify(struct cli *cli, const json_t *args) MUST;
enum err cli_completion(struct cli *cli, const json_t *args) MUST;

#endif
