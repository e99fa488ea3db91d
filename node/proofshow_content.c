/* The body of a record in words, by the table of its kind. */
#include "node/proofshow_parts.h"

#include <string.h>

#include "node/cli.h"

#define SHORT 12            /* digits of an id in text */
#define DEEP "          "   /* members of a listed group */
#define DEEPER "            "

void proofshow_safe(const struct shown *s, const char *text)
{
	cli_text_safe(s->out, text, false);
}

/* Text of the wire: may hold NULs. Further lines are marked, so that none can pass for ours. */
static void safe_span(const struct shown *s, struct span text, const char *indent)
{
	struct buf b = {0};
	size_t at = 0;

	while (at < text.n) {
		const uint8_t *end = memchr(text.p + at, '\n', text.n - at), *zero;
		size_t n = end ? (size_t)(end - text.p) - at : text.n - at;

		if ((zero = n ? memchr(text.p + at, '\0', n) : NULL))
			n = (size_t)(zero - text.p) - at;
		buf_clear(&b);
		if ((n && buf_add(&b, text.p + at, n) != OK) || buf_add(&b, "", 1) != OK)
			break; /* no memory: what is shown ends here */
		proofshow_safe(s, (const char *)b.p);
		at += n + (zero || end);
		if (zero)
			(void)fputs("\\u{0}", s->out);
		else if (end && at < text.n)
			(void)fprintf(s->out, "\n%s| ", indent);
	}
	buf_free(&b);
}

void proofshow_id(const struct shown *s, const struct id *id)
{
	char hex[65];

	hex_encode(hex, id->b, sizeof id->b);
	(void)fprintf(s->out, "%.*s", SHORT, hex);
}

/* "exception_until:" as people write it. */
static void heading(const struct shown *s, const char *name, const char *after)
{
	for (const char *c = name; *c; c++)
		(void)fputc(*c == '_' ? ' ' : *c, s->out);
	(void)fprintf(s->out, ":%s", after);
}

static void value(const struct shown *s, const struct field *f, const struct value *v, const char *indent);

/* "(record 2)" where the id is one of this file's. */
static void reference(const struct shown *s, const struct value *v)
{
	struct id id;
	size_t i = 0;

	if (!value_is_id(v, &id))
		return;
	while (i < s->report->lines && !id_eq(&s->line[i]->id, &id))
		i++;
	if (i < s->report->lines)
		(void)fprintf(s->out, "record %zu of this file, ", i + 1);
	proofshow_id(s, &id);
}

static void member(const struct shown *s, const struct field *f, const struct value *v, const char *before, const char *indent)
{
	(void)fputs(before, s->out);
	if (!f->required)
		heading(s, f->name, f->type == FIELD_GROUP && f->list ? "" : " ");
	value(s, f, v, indent);
}

/* Members in one line, or each on its own where one of them may be long. What is required needs no name. */
static void group(const struct shown *s, const struct field *table, const struct value *map, const char *indent)
{
	const char *between = "";
	bool lines = false;

	for (const struct field *f = table; f && f->name; f++)
		lines = lines || ((f->type == FIELD_TEXT || f->type == FIELD_GROUP) && value_at(map, f->key));
	for (const struct field *f = table; f && f->name; f++) {
		const struct value *v = value_at(map, f->key);

		if (!v)
			continue;
		member(s, f, v, between, lines ? DEEPER : indent);
		between = lines ? "\n" DEEP : f->required && f[1].required ? " " : "; ";
	}
}

/* "R3 accepted-with-exception until 2027-06-30: reason" */
static void answer(const struct shown *s, const struct field *table, const struct value *a, const char *indent)
{
	static const char *const first[] = {"rid", "answer", "exception_until", "exception_reason", "statement"};
	static const char *const lead[] = {"", " ", " until ", ": ", ": "};
	bool reason = false;

	for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
		const struct value *v = fields_get(table, a, first[i]);

		if (!v)
			continue;
		(void)fputs(i == 4 && reason ? "; " : lead[i], s->out);
		value(s, fields_find(table, first[i]), v, indent);
		reason = reason || i == 3;
	}
	for (const struct field *f = table; f->name; f++) {
		size_t i = 0;

		while (i < sizeof first / sizeof *first && strcmp(first[i], f->name) != 0)
			i++;
		if (i < sizeof first / sizeof *first || !value_at(a, f->key))
			continue;
		member(s, f, value_at(a, f->key), "; ", indent);
	}
}

static void item(const struct shown *s, const struct field *f, const struct value *v, const char *indent)
{
	struct field one = *f;
	struct buf text = {0};
	struct span bytes;

	one.list = false;
	if (f->type == FIELD_REF) {
		reference(s, v);
	} else if (f->type == FIELD_BYTES && value_is_bin(v, &bytes)) {
		(void)fprintf(s->out, "%zu bytes", bytes.n);
	} else if (f->type == FIELD_GROUP && f->group && fields_find(f->group, "exception_until")) {
		answer(s, f->group, v, indent);
	} else if (f->type == FIELD_GROUP) {
		group(s, f->group, v, indent);
	} else if (fields_format(&one, v, &text) == OK) {
		safe_span(s, buf_span(&text), indent);
	}
	buf_free(&text);
}

static void value(const struct shown *s, const struct field *f, const struct value *v, const char *indent)
{
	if (!f->list) {
		item(s, f, v, indent);
		return;
	}
	for (size_t i = 0; i < value_count(v); i++) {
		if (f->type == FIELD_GROUP)
			(void)fprintf(s->out, "\n%s", indent);
		else if (i)
			(void)fputs(", ", s->out);
		item(s, f, value_item(v, i), f->type == FIELD_GROUP ? DEEP : indent);
	}
}

void proofshow_content(const struct shown *s, const struct record *r)
{
	const struct kind *k = kind_by_number(r->kind);
	struct complaint why = {0};

	if (!k) {
		(void)fputs("   its content is of a kind that this version of tally does not know\n", s->out);
		return;
	}
	if (record_check(r, &why) != OK) {
		(void)fputs("   its content is not what its kind demands and counts for nothing: ", s->out);
		proofshow_safe(s, why.where);
		(void)fputc(' ', s->out);
		proofshow_safe(s, why.text);
		(void)fputc('\n', s->out);
		return;
	}
	for (const struct field *f = k->fields; f->name; f++) {
		const struct value *v = value_at(r->body, f->key);

		if (!v)
			continue;
		(void)fputs("   ", s->out);
		heading(s, f->name, f->type == FIELD_GROUP && f->list ? "" : " ");
		value(s, f, v, "      ");
		(void)fputc('\n', s->out);
	}
}
