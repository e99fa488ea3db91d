/* The side of fields.h that faces people: typed text in, text and documents out. */
#include "proto/fields.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/when.h"

enum err fields_print(struct buf *out, const char *format, ...)
{
	va_list ap, again;
	size_t start = out->n;
	uint8_t *at;
	enum err e;
	int n;

	va_start(ap, format);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	e = n < 0 ? ERR_INVALID : buf_room(out, (size_t)n + 1, &at);
	if (e == OK) {
		(void)vsnprintf((char *)at, (size_t)n + 1, format, again);
		out->n = start + (size_t)n; /* its NUL is not ours */
	}
	va_end(again);
	return e;
}

static enum err parse_int(const char *text, int64_t *out)
{
	int64_t i = 0;

	if (!*text)
		return ERR_INVALID;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(i, 10, &i) || __builtin_add_overflow(i, *text - '0', &i))
			return ERR_INVALID;
	}
	*out = i;
	return OK;
}

static bool parse_bool(const char *text, bool *out)
{
	bool yes = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;

	if (!yes && strcmp(text, "no") != 0 && strcmp(text, "false") != 0)
		return false;
	*out = yes;
	return true;
}

static enum err no_word(const struct field *f, struct complaint *why)
{
	char text[sizeof(why->text)] = "must be one of";
	size_t n = strlen(text);

	for (const char *const *w = f->vocab->words; *w && n < sizeof(text); w++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s %s", w == f->vocab->words ? "" : ",", *w);
	return fields_complain(why, ERR_INVALID, text, "%s", f->name);
}

static enum err parse_hex(const struct field *f, const char *text, struct arena *a, struct value **out, struct complaint *why)
{
	size_t chars = strlen(text);
	bool id = f->type != FIELD_BYTES;
	uint8_t *bytes;
	enum err e;

	if (id ? chars != 2 * sizeof(struct id) : chars % 2 != 0)
		return fields_complain(why, ERR_INVALID, id ? "must be 64 hexadecimal digits" : "must be hexadecimal digits in pairs", "%s",
		                       f->name);
	bytes = arena_alloc(a, chars / 2);
	if (!bytes)
		return ERR_MEMORY;
	e = hex_decode(text, chars, bytes);
	if (e != OK)
		return fields_complain(why, ERR_INVALID, "holds something that is no hexadecimal digit", "%s", f->name);
	*out = value_bin(a, SPAN(bytes, chars / 2));
	return *out ? OK : ERR_MEMORY;
}

/* The value without its bounds. */
static enum err parse_shape(const struct field *f, const char *text, struct arena *a, struct value **out, struct complaint *why)
{
	int64_t i = 0, day;
	bool b;

	switch (f->type) {
	case FIELD_LINE:
	case FIELD_TEXT:
		*out = value_str(a, text);
		return *out ? OK : ERR_MEMORY;
	case FIELD_INT:
		if (parse_int(text, &i) != OK)
			return fields_complain(why, ERR_INVALID, "must be a whole number of digits only", "%s", f->name);
		break;
	case FIELD_TIME:
		if (when_parse(text, &i) != OK)
			return fields_complain(why, ERR_INVALID, "must be a time such as 2026-11-23T09:00:00Z or 2026-11-23", "%s", f->name);
		if (f->usual == USUAL_AHEAD && when_parse_date(text, &day) == OK)
			i = (day + 1) * WHEN_DAY_MS - 1000; /* by a day is by its end, as for a date */
		break;
	case FIELD_DATE:
		if (when_parse_date(text, &i) != OK)
			return fields_complain(why, ERR_INVALID, "must be a date such as 2026-11-23", "%s", f->name);
		break;
	case FIELD_ENUM:
		i = vocab_number(f->vocab, SPAN(text, strlen(text)));
		if (i == 0)
			return no_word(f, why);
		break;
	case FIELD_BOOL:
		if (!parse_bool(text, &b))
			return fields_complain(why, ERR_INVALID, "must be yes or no", "%s", f->name);
		*out = value_bool(a, b);
		return *out ? OK : ERR_MEMORY;
	case FIELD_REF:
	case FIELD_ORG:
	case FIELD_BYTES:
		return parse_hex(f, text, a, out, why);
	case FIELD_GROUP:
	case FIELD_ANY:
		return fields_complain(why, ERR_INVALID, "cannot be typed as one text", "%s", f->name);
	}
	*out = value_int(a, i);
	return *out ? OK : ERR_MEMORY;
}

enum err fields_parse(const struct field *f, const char *text, struct arena *a, struct value **out, struct complaint *why)
{
	struct field row[2] = {*f, {0}};
	struct value *v = NULL, *map;
	enum err e = parse_shape(f, text, a, &v, why);

	if (e != OK)
		return e;
	row[0].list = false;
	row[0].required = f->required || f->list;
	map = value_map(a);
	value_set(a, map, f->key, v);
	if (value_count(map) != 1)
		return ERR_MEMORY;
	e = fields_check(row, map, why);
	if (e == OK)
		*out = v;
	return e;
}

static enum err format_one(const struct field *f, const struct value *v, struct buf *out);

static enum err format_group(const struct field *table, const struct value *map, struct buf *out)
{
	const char *sep = "";
	enum err e = OK;

	for (const struct field *f = table; f && f->name && e == OK; f++) {
		const struct value *v = value_at(map, f->key);

		if (!v)
			continue;
		e = fields_print(out, "%s%s=", sep, f->name);
		if (e == OK)
			e = fields_format(f, v, out);
		sep = " ";
	}
	return e;
}

static enum err format_number(const struct field *f, int64_t i, struct buf *out)
{
	char text[WHEN_TEXT];
	const char *word;

	if (f->type == FIELD_TIME) {
		when_format(i, text);
		return fields_print(out, "%s", text);
	}
	if (f->type == FIELD_DATE) {
		when_format_date(i, text);
		return fields_print(out, "%s", text);
	}
	word = f->type == FIELD_ENUM ? vocab_word(f->vocab, i) : NULL;
	if (word)
		return fields_print(out, "%s", word);
	return fields_print(out, f->type == FIELD_ENUM ? "unknown-%" PRId64 : "%" PRId64, i);
}

static enum err format_bytes(struct span s, struct buf *out)
{
	size_t start = out->n;
	uint8_t *at;
	enum err e = buf_room(out, 2 * s.n + 1, &at);

	if (e != OK)
		return e;
	hex_encode((char *)at, s.p, s.n);
	out->n = start + 2 * s.n;
	return OK;
}

static enum err format_one(const struct field *f, const struct value *v, struct buf *out)
{
	struct span s;
	int64_t i;
	bool b;

	switch (f->type) {
	case FIELD_LINE:
	case FIELD_TEXT:
		if (!value_is_str(v, &s))
			return ERR_INVALID;
		return s.n ? buf_add(out, s.p, s.n) : OK;
	case FIELD_INT:
	case FIELD_TIME:
	case FIELD_DATE:
	case FIELD_ENUM:
		return value_is_int(v, &i) ? format_number(f, i, out) : ERR_INVALID;
	case FIELD_BOOL:
		return value_is_bool(v, &b) ? fields_print(out, "%s", b ? "yes" : "no") : ERR_INVALID;
	case FIELD_REF:
	case FIELD_ORG:
	case FIELD_BYTES:
		return value_is_bin(v, &s) ? format_bytes(s, out) : ERR_INVALID;
	case FIELD_ANY:
		return ERR_INVALID;
	case FIELD_GROUP:
		break;
	}
	return v && v->type == VALUE_MAP ? format_group(f->group, v, out) : ERR_INVALID;
}

enum err fields_format(const struct field *f, const struct value *v, struct buf *out)
{
	size_t start = out->n;
	enum err e = OK;

	if (!f->list || !v || v->type != VALUE_ARRAY)
		e = format_one(f, v, out);
	else
		for (size_t i = 0; e == OK && i < value_count(v); i++) {
			e = i ? fields_print(out, f->type == FIELD_GROUP ? "; " : ", ") : OK;
			if (e == OK)
				e = format_one(f, value_item(v, i), out);
		}
	if (e != OK)
		out->n = start;
	return e;
}

const char *fields_type_name(const struct field *f)
{
	switch (f->type) {
	case FIELD_LINE:
		return f->list ? "list of line" : "line";
	case FIELD_TEXT:
		return f->list ? "list of text" : "text";
	case FIELD_INT:
		return f->list ? "list of number" : "number";
	case FIELD_BOOL:
		return f->list ? "list of yes/no" : "yes/no";
	case FIELD_TIME:
		return f->list ? "list of time" : "time";
	case FIELD_DATE:
		return f->list ? "list of date" : "date";
	case FIELD_ENUM:
		return f->list ? "list of word" : f->vocab->name;
	case FIELD_REF:
		return f->list ? "list of id" : "id";
	case FIELD_ORG:
		return f->list ? "list of organisation" : "organisation";
	case FIELD_BYTES:
		return f->list ? "list of bytes" : "bytes";
	case FIELD_GROUP:
		return f->list ? "list of group" : "group";
	case FIELD_ANY:
		return f->list ? "list of value" : "value";
	}
	return "";
}

static enum err document_limit(const struct field *f, struct buf *out)
{
	enum err e = OK;
	const char *unit = f->type == FIELD_INT ? "" : " bytes";
	uint32_t max = f->max;

	if (!max)
		max = f->type == FIELD_LINE ? 200 : f->type == FIELD_TEXT ? 16384 : f->type == FIELD_BYTES ? 4096 : 0;
	if (max && f->type != FIELD_ENUM)
		e = fields_print(out, "%s%u%s%s", f->type == FIELD_INT ? "up to " : "", max, unit, f->list ? ", " : "");
	if (e == OK && f->list)
		e = fields_print(out, "%u items", f->max_items ? f->max_items : 64);
	return e;
}

static enum err document_rows(const struct field *table, unsigned depth, struct buf *out)
{
	enum err e = OK;

	for (const struct field *f = table; f->name && e == OK; f++) {
		e = fields_print(out, "| ");
		for (unsigned i = 0; i < depth && e == OK; i++)
			e = fields_print(out, "&nbsp;&nbsp;");
		if (e == OK)
			e = fields_print(out, "%u | `%s` | %s%s | %s | ", f->key, f->name, f->list && f->type == FIELD_ENUM ? "list of " : "",
			                 f->type == FIELD_ENUM ? f->vocab->name : fields_type_name(f), f->required ? "yes" : "");
		if (e == OK)
			e = document_limit(f, out);
		if (e == OK)
			e = fields_print(out, " | %s |\n", f->help ? f->help : "");
		if (e == OK && f->type == FIELD_GROUP && f->group)
			e = document_rows(f->group, depth + 1, out);
	}
	return e;
}

enum err fields_document(const struct field *table, struct buf *out)
{
	size_t start = out->n;
	enum err e = fields_print(out, "| key | field | type | required | limit | meaning |\n|---|---|---|---|---|---|\n");

	if (e == OK)
		e = document_rows(table, 0, out);
	if (e != OK)
		out->n = start;
	return e;
}

/* ---- what a value usually is ---- */

#define SKEW_MS (5 * 60 * 1000) /* two clocks */

static bool past(const struct field *f, int64_t i, int64_t now)
{
	return f->type == FIELD_DATE ? i <= now / WHEN_DAY_MS + 1 : i <= now + SKEW_MS; /* a day begins elsewhere first */
}

static bool ahead(const struct field *f, int64_t i, int64_t now)
{
	return f->type == FIELD_DATE ? i >= now / WHEN_DAY_MS : i >= now - SKEW_MS;
}

static size_t run_of(struct span s, size_t at, bool digits)
{
	size_t n = 0;

	for (; at + n < s.n; n++) {
		uint8_t c = s.p[at + n];

		if (digits ? c < '0' || c > '9' : (c < 'A' || c > 'Z') && (c < 'a' || c > 'z'))
			break;
	}
	return n;
}

/* "CVE-", a year, "-", four digits or more; of other lists letters, "-", and a digit somewhere: GHSA-..., EUVD-..., a vendor's own. */
static bool vulnerability(struct span s)
{
	size_t scheme = run_of(s, 0, false);

	if (scheme < 2 || scheme >= s.n || s.p[scheme] != '-')
		return false;
	if (scheme == 3 && memcmp(s.p, "CVE", 3) == 0)
		return run_of(s, 4, true) == 4 && s.n > 9 && s.p[8] == '-' && s.n - 9 >= 4 && run_of(s, 9, true) == s.n - 9;
	for (size_t i = scheme; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return false;
}

bool fields_unusual(const struct field *f, const struct value *v, int64_t now_ms, struct complaint *why)
{
	const char *text = NULL;
	struct span s = {0};
	int64_t i = 0;

	switch (f->usual) {
	case USUAL_ANY:
		return false;
	case USUAL_PAST:
		text = value_is_int(v, &i) && !past(f, i, now_ms) ? "lies in the future" : NULL;
		break;
	case USUAL_AHEAD:
		text = value_is_int(v, &i) && !ahead(f, i, now_ms) ? "is over already" : NULL;
		break;
	case USUAL_VULNERABILITY:
		text = value_is_str(v, &s) && !vulnerability(s) ? "is no number such as CVE-2026-12345" : NULL;
		break;
	case USUAL_COUNTRY:
		text = value_is_str(v, &s) && !(s.n == 2 && run_of(s, 0, false) == 2) ? "is not two letters such as DE" : NULL;
		break;
	}
	if (!text)
		return false;
	(void)snprintf(why->where, sizeof why->where, "%s", f->name);
	(void)snprintf(why->text, sizeof why->text, "%s", text);
	return true;
}
