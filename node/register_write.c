#include <stdio.h>
#include <string.h>

#include "node/register.h"

bool register_column(const struct field *table, size_t i, struct register_column *out)
{
	for (const struct field *f = table; f->name; f++) {
		if (register_kept(f))
			continue;
		if (f->type != FIELD_GROUP || f->list) {
			if (i-- == 0) {
				*out = (struct register_column){.field = f};
				(void)snprintf(out->heading, sizeof out->heading, "%s", f->name);
				return true;
			}
			continue;
		}
		for (const struct field *m = f->group; m->name; m++) {
			if (i-- != 0)
				continue;
			*out = (struct register_column){.field = f, .member = m};
			(void)snprintf(out->heading, sizeof out->heading, "%s.%s", f->name, m->name);
			return true;
		}
	}
	return false;
}

bool register_formula(char c)
{
	return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r';
}

enum err register_csv_cell(struct span text, struct buf *out)
{
	bool apostrophe = text.n > 0 && (register_formula((char)text.p[0]) || (text.n > 1 && text.p[0] == '\'' &&
	                                                             (register_formula((char)text.p[1]) || text.p[1] == '\'')));
	bool quote = text.n > 0 && (text.p[0] == ' ' || text.p[text.n - 1] == ' ');
	enum err e = OK;

	for (size_t i = 0; i < text.n; i++)
		quote = quote || strchr("\",;\r\n\t", text.p[i]) != NULL;
	if (quote)
		e = buf_add(out, "\"", 1);
	if (e == OK && apostrophe)
		e = buf_add(out, "'", 1);
	for (size_t i = 0; e == OK && i < text.n; i++)
		e = buf_add(out, text.p[i] == '"' ? "\"\"" : (const char *)&text.p[i], text.p[i] == '"' ? 2 : 1);
	return e == OK && quote ? buf_add(out, "\"", 1) : e;
}

static enum err put_escaped(struct span text, bool member, struct buf *out)
{
	enum err e = OK;

	for (size_t i = 0; e == OK && i < text.n; i++) {
		if (text.p[i] == '\\' || text.p[i] == ';' || (member && text.p[i] == ','))
			e = buf_add(out, "\\", 1);
		if (e == OK)
			e = buf_add(out, &text.p[i], 1);
	}
	return e;
}

static enum err put_item(const struct field *f, const struct value *v, bool member, struct buf *out)
{
	struct field one = *f;
	struct buf text = {0};
	enum err e;

	one.list = false;
	if ((e = fields_format(&one, v, &text)) == OK)
		e = put_escaped(buf_span(&text), member, out);
	buf_free(&text);
	return e;
}

static enum err put_group(const struct field *group, const struct value *map, struct buf *out)
{
	bool first = true;
	enum err e = OK;

	for (const struct field *m = group; e == OK && m->name; m++) {
		const struct value *v = value_at(map, m->key);

		if (!v)
			continue;
		if (!first)
			e = buf_add(out, ", ", 2);
		first = false;
		if (e == OK)
			e = buf_add(out, m->name, strlen(m->name));
		if (e == OK)
			e = buf_add(out, "=", 1);
		if (e == OK)
			e = put_item(m, v, true, out);
	}
	return e;
}

static enum err cell_text(const struct register_column *c, const struct value *row, struct buf *out)
{
	const struct value *v = value_at(row, c->field->key);
	const struct field *f = c->member ? c->member : c->field;
	enum err e = OK;

	if (c->member)
		v = value_at(v, c->member->key);
	if (!v)
		return OK;
	if (!f->list)
		return fields_format(f, v, out);
	for (size_t i = 0; e == OK && i < value_count(v); i++) {
		if (i > 0)
			e = buf_add(out, "; ", 2);
		if (e == OK)
			e = f->type == FIELD_GROUP ? put_group(f->group, value_item(v, i), out) : put_item(f, value_item(v, i), false, out);
	}
	return e;
}

enum err register_csv_heading(const struct field *table, struct buf *out)
{
	struct register_column c;
	enum err e = OK;

	for (size_t i = 0; e == OK && register_column(table, i, &c); i++) {
		if (i > 0)
			e = buf_add(out, ",", 1);
		if (e == OK)
			e = buf_add(out, c.heading, strlen(c.heading));
	}
	return e == OK ? buf_add(out, "\r\n", 2) : e;
}

enum err register_csv_row(const struct field *table, const struct value *row, struct buf *out)
{
	struct buf text = {0};
	struct register_column c;
	enum err e = OK;

	for (size_t i = 0; e == OK && register_column(table, i, &c); i++) {
		buf_clear(&text);
		if (i > 0)
			e = buf_add(out, ",", 1);
		if (e == OK)
			e = cell_text(&c, row, &text);
		if (e == OK)
			e = register_csv_cell(buf_span(&text), out);
	}
	buf_free(&text);
	return e == OK ? buf_add(out, "\r\n", 2) : e;
}
