#include <stdlib.h>
#include <string.h>

#include "node/cli.h"

struct rune {
	uint32_t code;
	size_t n; /* bytes */
	bool valid;
};

static struct rune rune_at(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	struct rune bad = {.code = p[0], .n = 1, .valid = false};
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] <= 0xdf ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4 : 0;
	uint32_t code = n == 1 ? p[0] : n == 2 ? p[0] & 0x1fu : n == 3 ? p[0] & 0x0fu : p[0] & 0x07u;

	if (n == 0)
		return bad;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return bad;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if ((n == 3 && (code < 0x800 || (code >= 0xd800 && code <= 0xdfff))) || (n == 4 && (code < 0x10000 || code > 0x10ffff)))
		return bad;
	return (struct rune){.code = code, .n = n, .valid = true};
}

/* Obeyed by terminals, or changing what the eye reads without being seen. */
static bool hostile(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

static int escape(const struct rune *r, char out[static 16])
{
	if (!r->valid)
		return snprintf(out, 16, "\\x%02x", (unsigned)r->code);
	if (r->code == '\n')
		return snprintf(out, 16, "\\n");
	if (r->code == '\t')
		return snprintf(out, 16, "\\t");
	return snprintf(out, 16, "\\u{%x}", (unsigned)r->code);
}

void cli_text_safe(FILE *out, const char *text, bool lines)
{
	while (*text) {
		struct rune r = rune_at(text);
		char shown[16];

		if (!r.valid || (hostile(r.code) && !(lines && (r.code == '\n' || r.code == '\t')))) {
			(void)escape(&r, shown);
			(void)fputs(shown, out);
		} else {
			(void)fwrite(text, 1, r.n, out);
		}
		text += r.n;
	}
}

enum err cli_text_cell(const char *text, char **out)
{
	struct buf b = {0};
	enum err e = OK;

	while (*text && e == OK) {
		struct rune r = rune_at(text);
		char shown[16];

		if (!r.valid || hostile(r.code))
			e = buf_add(&b, shown, (size_t)escape(&r, shown));
		else
			e = buf_add(&b, text, r.n);
		text += r.n;
	}
	if (e == OK)
		e = buf_add(&b, "", 1);
	if (e == OK && !(*out = strdup((const char *)b.p)))
		e = ERR_MEMORY;
	buf_free(&b);
	return e;
}

static size_t rune_width(uint32_t c)
{
	if ((c >= 0x300 && c <= 0x36f) || (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x20d0 && c <= 0x20ff) ||
	    (c >= 0xfe00 && c <= 0xfe0f))
		return 0;
	if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
	    (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	    (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd))
		return 2;
	return 1;
}

size_t cli_text_width(const char *text)
{
	size_t width = 0;

	while (*text) {
		struct rune r = rune_at(text);

		width += rune_width(r.code);
		text += r.n;
	}
	return width;
}

size_t cli_text_fit(const char *text, size_t width, size_t *used)
{
	size_t n = 0, sum = 0;

	while (text[n]) {
		struct rune r = rune_at(text + n);
		size_t w = rune_width(r.code);

		if (sum + w > width)
			break;
		sum += w;
		n += r.n;
	}
	*used = sum;
	return n;
}
