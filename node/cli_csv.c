#include <string.h>

#include "node/cli.h"
#include "node/register.h"

static enum err line(const json_t *item, const struct column *columns, struct buf *out)
{
	struct buf text = {0};
	enum err e = OK;

	for (const struct column *c = columns; e == OK && c && c->path; c++) {
		buf_clear(&text);
		e = item ? cli_table_value(item, c, &text) : buf_add(&text, c->path, strlen(c->path));
		if (e == OK && c != columns)
			e = buf_add(out, ",", 1);
		if (e == OK)
			e = register_csv_cell(buf_span(&text), out);
	}
	buf_free(&text);
	return e == OK ? buf_add(out, "\r\n", 2) : e;
}

enum err cli_csv(FILE *out, const json_t *items, const struct column *columns)
{
	struct buf b = {0};
	const json_t *item;
	size_t i;
	enum err e = line(NULL, columns, &b);

	json_array_foreach(items, i, item)
		e = e == OK ? line(item, columns, &b) : e;
	if (e == OK)
		(void)fwrite(b.p, 1, b.n, out);
	buf_free(&b);
	return e;
}
