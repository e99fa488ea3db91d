/* Files that are named on the line: what they hold becomes an argument of the call. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/charset.h"
#include "node/cli.h"
#include "node/slurp.h"

static __attribute__((format(printf, 3, 4))) enum err refuse(struct complaint *why, enum err e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(why->text, sizeof why->text, format, ap);
	va_end(ap);
	return e;
}

static enum err read_most(FILE *in, const char *path, size_t most, struct buf *out, struct complaint *why)
{
	char fault[SLURP_TEXT];
	enum err e = slurp_file(path, in, most, out);

	if (e == OK)
		return OK;
	buf_free(out);
	return refuse(why, e, "%.70s: %s", path, slurp_fault(path, e, most, fault));
}

static enum err read_all(FILE *in, const char *path, struct buf *out, struct complaint *why)
{
	return read_most(in, path, LIMIT_REQUEST, out, why);
}

enum err cli_file_bytes(FILE *in, const char *path, json_t **out, struct complaint *why)
{
	const char *slash = strrchr(path, '/');
	struct buf b = {0};
	char *hex;
	enum err e = read_most(in, path, LIMIT_FILE, &b, why);

	if (e != OK)
		return e;
	hex = malloc(2 * b.n + 1);
	if (hex)
		hex_encode(hex, b.p, b.n);
	*out = hex ? json_pack("{s:s#}", "hex", hex, (int)(2 * b.n)) : NULL;
	if (*out && strcmp(path, "-") != 0)
		(void)json_object_set_new(*out, "name", json_string(slash ? slash + 1 : path));
	free(hex);
	buf_free(&b);
	return *out ? OK : ERR_MEMORY;
}

static enum err parse_json(const char *path, const struct buf *b, json_t **out, struct complaint *why)
{
	size_t skip = b->n >= 3 && memcmp(b->p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	json_error_t bad;

	if (!(*out = json_loadb(b->p ? (const char *)b->p + skip : "", b->n - skip, JSON_REJECT_DUPLICATES, &bad)))
		return refuse(why, ERR_INVALID, "%.60s:%d:%d: not JSON: %.60s", path, bad.line, bad.column, bad.text);
	return OK;
}

enum err cli_file_json(FILE *in, const char *path, json_t **out, struct complaint *why)
{
	struct buf b = {0};
	enum err e = read_all(in, path, &b, why);

	if (e == OK)
		e = parse_json(path, &b, out, why);
	buf_free(&b);
	return e;
}

enum err cli_file_text(FILE *in, const char *path, bool trim, json_t **out, struct complaint *why)
{
	struct buf b = {0};
	enum err e = read_all(in, path, &b, why);
	size_t n = b.n;
	json_t *j;

	if (e != OK)
		return e;
	while (trim && n > 0 && (b.p[n - 1] == '\n' || b.p[n - 1] == '\r'))
		n--;
	j = json_stringn(n ? (const char *)b.p : "", n);
	buf_free(&b);
	if (!j)
		return refuse(why, ERR_INVALID, "%.60s: not UTF-8 text", path);
	*out = j;
	return OK;
}

static enum err parse_sheet(const char *path, const struct buf *b, const char *encoding, json_t **out, struct complaint *why)
{
	struct buf text = {0};
	struct complaint inner = {0};
	enum err e = charset_utf8(buf_span(b), encoding, &text, &inner);

	if (e != OK)
		e = refuse(why, e, "%.50s: %s", path, inner.text[0] ? inner.text : err_text(e));
	else if (!(*out = json_stringn(text.n ? (const char *)text.p : "", text.n)))
		e = ERR_MEMORY;
	buf_free(&text);
	return e;
}

enum err cli_file_sheet(FILE *in, const char *path, const char *encoding, json_t **out, struct complaint *why)
{
	struct buf b = {0};
	enum err e = read_all(in, path, &b, why);

	if (e == OK)
		e = parse_sheet(path, &b, encoding, out, why);
	buf_free(&b);
	return e;
}

enum err cli_file_either(FILE *in, const char *path, const char *encoding, json_t **out, struct complaint *why)
{
	struct buf b = {0};
	enum err e = read_all(in, path, &b, why);
	size_t at = b.n >= 3 && memcmp(b.p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < b.n && b.p[at] && strchr(" \t\r\n", b.p[at]))
		at++;
	if (e == OK)
		e = at < b.n && (b.p[at] == '{' || b.p[at] == '[') ? parse_json(path, &b, out, why) : parse_sheet(path, &b, encoding, out, why);
	buf_free(&b);
	return e;
}
