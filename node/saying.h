/* saying.h - from the arguments of a call to a record of ours, and to a view of the records held. Shared by the api_*.c of record kinds. */
#ifndef TALLY_SAYING_H
#define TALLY_SAYING_H

#include "node/api.h"
#include "node/view.h"

void saying_view(struct api_call *c, struct view *v);
const json_t *saying_arg(const struct api_call *c, const char *name); /* NULL: absent */
json_t *saying_args(const struct api_call *c); /* a copy to be changed, for saying_pass_on; NULL: memory */
enum err saying_pass_on(struct api_call *c, const char *call, json_t *args) MUST; /* another call does it; args is taken over */
/* Texts under this name: an array or one text; NULL-ended, in the arena. */
enum err saying_texts(struct api_call *c, const char *name, const char *const **out, size_t *count) MUST;

/* A body from JSON by the kind's table; names of organisations and prefixes of ids are resolved. json NULL: an empty one. */
enum err saying_body(struct api_call *c, const struct kind *k, const json_t *json, struct value **out) MUST;
/* The header from tlp, onward and to. */
enum err saying_header(struct api_call *c, struct draft *d) MUST;
/* Says it; result.id, result.to (names), and a hint when it was refused. */
enum err saying_say(struct api_call *c, const struct draft *d, struct id *out) MUST;
enum err saying_to_all(struct api_call *c, const struct view *v, const struct ids *who, struct draft *d) MUST; /* all but ourselves */
/* The record an argument names, judged. kind 0: any. ERR_INVALID when it is of another kind. */
enum err saying_record(struct api_call *c, struct view *v, const char *name, int64_t kind, struct seen **out) MUST;
/* Nobody answers what our receipt refuses, nor in a thread that begins with it: its author would show the answer, we would not. ERR_POLICY. */
enum err saying_taken(struct api_call *c, struct view *v, const struct seen *s) MUST;
/* Has this one, as far as we know, what opens the thread of s: without it nothing said in there counts for it. True where the plan of an exercise
 * opens it: who takes part has that. */
enum err saying_has_root(struct view *v, const struct seen *s, const struct id *who, bool *yes) MUST;
/* What a view made becomes the result: its items, or its members. Taken over; e is the view's own, and handed back. */
enum err saying_items(struct api_call *c, enum err e, json_t **items) MUST;
enum err saying_sheet(struct api_call *c, enum err e, json_t **sheet) MUST;
/* To all active partners. */
enum err saying_to_partners(struct api_call *c, const struct view *v, struct draft *d) MUST;
/* What a new version does not give stays as it was, groups member by member; but these fields (ended by NULL; NULL: none). */
void saying_keep(struct api_call *c, const struct field *table, const struct value *old, struct value *body, const char *const *but);
/* Warns of what is unusual in what was typed: a past due date, an incident in the future. */
void saying_doubt(struct api_call *c, const struct field *table, const struct value *map);
void saying_warn(struct api_call *c, const char *format, ...) __attribute__((format(printf, 2, 3))); /* into result.warnings */
void saying_next(struct api_call *c, const char *format, ...) __attribute__((format(printf, 2, 3))); /* result.next */

#endif
