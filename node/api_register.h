/* api_register.h - the parts of the register's api, for every local kind alike: rows are changed in api_register.c, shown in
 * api_register_list.c, and go in and out as files in api_register_csv.c. What suppliers have beyond that is in api_supplier.c. */
#ifndef TALLY_API_REGISTER_H
#define TALLY_API_REGISTER_H

#include "node/api.h"
#include "store/locals.h"

const struct local_kind *api_register_kind(const struct api_call *c); /* by the noun of the call */
/* A supplier by its row's name, or by the pet name of the partner that it is linked to; *name becomes the row's. */
enum err api_register_supplier(struct api_call *c, const char **name, const struct value **row) MUST;
enum err api_register_linked(struct api_call *c, const char *partner, const char **name, const struct value **row) MUST; /* by the latter alone */
/* The row that the argument of the kind's name names. */
enum err api_register_named(struct api_call *c, const struct local_kind *k, const char **name, const struct value **row) MUST;
enum err api_register_load(struct api_call *c, const struct local_kind *k, const char *name, const struct value **out) MUST;
/* Sets "changed"; refuses a supplier that is not there. */
enum err api_register_put(struct api_call *c, const struct local_kind *k, const char *name, struct value *row) MUST;
/* Lays fields over the row that is there, with the line of the journal; result.changed says which. */
struct api_register_change {
	const struct local_kind *kind;
	const char *name, *what; /* what: "supplier edit", of the journal */
	const struct value *held, *given;
};
enum err api_register_change(struct api_call *c, const struct api_register_change *x) MUST;
enum err api_register_log(struct api_call *c, const char *what, const char *about) MUST; /* the operator's journal */
/* Warns of a number that two suppliers have, of this one or, NULL, of any. */
enum err api_register_doubt_numbers(struct api_call *c, const struct local_kind *k, const char *name) MUST;
enum err api_register_doubt_contract(struct api_call *c, const struct local_kind *k, const struct value *given) MUST; /* none is known */
enum err api_register_json(json_t *result, const struct local_kind *k, const struct value *row) MUST;

struct api_register_line {
	const struct value *row;
	struct span name, text; /* text: sorts when the order is one */
	int64_t key[4];
};
/* All rows, sorted: by this field; "name"; NULL: the kind's own order. In the arena. */
enum err api_register_lines(struct api_call *c, const struct local_kind *k, const char *sort, struct api_register_line **out, size_t *count) MUST;

enum err api_register_list(struct api_call *c) MUST;
enum err api_register_show(struct api_call *c) MUST;
enum err api_register_history(struct api_call *c) MUST;
enum err api_register_import(struct api_call *c) MUST;
enum err api_register_export(struct api_call *c) MUST;

#endif
