/* api_supplier.h - the parts of the register's api: rows are changed in api_supplier.c, shown in api_supplier_list.c, and go in
 * and out as files in api_supplier_csv.c. */
#ifndef TALLY_API_SUPPLIER_H
#define TALLY_API_SUPPLIER_H

#include "node/api.h"

enum err api_supplier_named(struct api_call *c, const char **name, const struct value **row) MUST; /* the one of args.supplier */
enum err api_supplier_put(struct api_call *c, const char *name, struct value *row) MUST; /* sets "changed" */
enum err api_supplier_log(struct api_call *c, const char *what, const char *about) MUST; /* the operator's journal */
enum err api_supplier_json(json_t *result, const struct value *row) MUST;

struct supplier_line {
	const struct value *row;
	int64_t tier, state;
	struct span name;
};

enum err api_supplier_lines(struct api_call *c, struct supplier_line **out, size_t *count) MUST; /* all, by name; in the arena */
int api_supplier_by_name(const void *a, const void *b); /* for qsort */

enum err api_supplier_list(struct api_call *c) MUST;
enum err api_supplier_show(struct api_call *c) MUST;
enum err api_supplier_import(struct api_call *c) MUST;
enum err api_supplier_export(struct api_call *c) MUST;

#endif
