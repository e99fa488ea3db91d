/* fields.h - one table of fields for each map that has a meaning: record bodies, headers, messages, local register rows. Checking, reading
 * typed text, writing text, help and the generated documents all walk the same rows; the JSON walkers are in node/fieldjson.c because
 * the JSON library stays at the api's edge. Adding a field is adding a row. */
#ifndef TALLY_FIELDS_H
#define TALLY_FIELDS_H

#include "proto/value.h"

enum field_type {
	FIELD_LINE,  /* str, one line: no \n, no \t */
	FIELD_TEXT,  /* str, many lines */
	FIELD_INT,   /* int >= 0 */
	FIELD_BOOL,
	FIELD_TIME,  /* int, ms since 1970 */
	FIELD_DATE,  /* int, days since 1970 */
	FIELD_ENUM,  /* int: index into the vocabulary plus 1, so that 0 is never a word */
	FIELD_REF,   /* bin 32: id of a record, log or entry */
	FIELD_ORG,   /* bin 32: id of an organisation */
	FIELD_BYTES, /* bin */
	FIELD_GROUP, /* map of the fields in .group */
	FIELD_ANY    /* any canonical value, checked by a reader of its own; on the wire only, never typed by a person */
};

struct vocab {
	const char *name;         /* "severity" */
	const char *const *words; /* ended by NULL; words are only ever appended */
};

/* What a value usually is. An unusual one is taken all the same; who typed it is told. */
enum field_usual { USUAL_ANY, USUAL_PAST, USUAL_AHEAD, USUAL_VULNERABILITY, USUAL_COUNTRY };

struct field {
	uint8_t key;     /* the map key: 0 to 63; never reused */
	const char *name; /* snake_case: JSON name; the CLI flag is the same with hyphens */
	enum field_type type;
	bool list;       /* array of it */
	bool required;
	uint32_t max;    /* LINE, TEXT, BYTES: bytes of one; INT: largest value; ENUM: largest number taken though it has no word here yet;
	                    0: the default (LINE 200, TEXT 16384, BYTES 4096, INT none, ENUM the words) */
	uint32_t max_items; /* list: most items; 0: 64 */
	const struct vocab *vocab; /* ENUM */
	enum field_usual usual;
	const struct field *group; /* GROUP: table ended by a row without a name; NULL: any map, not looked into */
	const char *help; /* one line, for people */
};

/* Where and why a map was refused, for the person who wrote it. */
struct complaint {
	char where[96]; /* answers[2].rid */
	char text[160]; /* is required */
};

/* Fills *why (may be NULL) and returns e: for checks that go beyond the table. where is a format. */
enum err fields_complain(struct complaint *why, enum err e, const char *text, const char *where, ...)
	__attribute__((format(printf, 4, 5)));

/* Refuses missing required fields, wrong types, unknown keys below 64 (64 and above are kept, never acted upon), values over a limit,
 * empty required text and lists, words not in the vocabulary, bidi and C1 control characters, a byte order mark, blanks around
 * a line. ERR_INVALID or ERR_LIMIT with *why filled; ERR_MEMORY when the map was never complete. */
enum err fields_check(const struct field *table, const struct value *map, struct complaint *why) MUST;

const struct field *fields_find(const struct field *table, const char *name); /* NULL: no such row */
/* NULL: absent. A name that is not in the table is a programming error: it aborts when built with TALLY_STRICT, as the tests are, and is
 * absent otherwise. fields_set does the same. */
const struct value *fields_get(const struct field *table, const struct value *map, const char *name);
void fields_set(struct arena *a, const struct field *table, struct value *map, const char *name, struct value *v);

/* Typed readers by name; false and *out untouched when absent. */
bool fields_int(const struct field *table, const struct value *map, const char *name, int64_t *out); /* INT TIME DATE ENUM */
bool fields_str(const struct field *table, const struct value *map, const char *name, struct span *out);
bool fields_id(const struct field *table, const struct value *map, const char *name, struct id *out); /* REF ORG */
bool fields_bool(const struct field *table, const struct value *map, const char *name, bool *out);

/* Says in *why what is unusual about a value of this field at this time; false: nothing is. */
bool fields_unusual(const struct field *f, const struct value *v, int64_t now_ms, struct complaint *why);

/* One scalar from what a person typed, and back. REF and ORG are 64 hex digits here; names and prefixes are resolved by the api before. */
enum err fields_parse(const struct field *f, const char *text, struct arena *a, struct value **out, struct complaint *why) MUST;
enum err fields_format(const struct field *f, const struct value *v, struct buf *out) MUST; /* appends text */
/* "time", "severity", "list of line" ... for help and docs */
const char *fields_type_name(const struct field *f);

int64_t vocab_number(const struct vocab *v, struct span word); /* 0: not in it */
const char *vocab_word(const struct vocab *v, int64_t number); /* NULL: not in it */

enum err fields_print(struct buf *out, const char *format, ...) __attribute__((format(printf, 2, 3))) MUST; /* appends, without a NUL */

/* docs: appends a Markdown table of the rows, groups indented. */
enum err fields_document(const struct field *table, struct buf *out) MUST;

#endif
