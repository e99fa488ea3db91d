#include "node/charset.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "proto/scan.h"

/* 0x80 to 0x9f of Windows-1252; 0: not used. The rest is as in Latin-1. */
static const uint16_t windows[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

static enum err add_rune(struct buf *out, uint32_t c)
{
	uint8_t b[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	static const uint8_t lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = n; i-- > 1; c >>= 6)
		b[i] = (uint8_t)(0x80 | (c & 0x3f));
	b[0] = (uint8_t)(lead[n] | c);
	return buf_add(out, b, n);
}

static enum err refuse(struct complaint *why, size_t line, const char *text)
{
	(void)snprintf(why->text, sizeof why->text, "line %zu: %s", line, text);
	return ERR_INVALID;
}

static enum err from_utf8(struct span in, struct buf *out, struct complaint *why)
{
	size_t at = in.n >= 3 && memcmp(in.p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, from = at, line = 1;

	while (at < in.n) {
		size_t before = at;
		int32_t rune = scan_rune(in, &at);

		if (rune < 0 || at <= before)
			return refuse(why, line, "not UTF-8 text; save it as CSV UTF-8, or say what it is, such as --encoding windows-1252");
		line += rune == '\n';
	}
	return in.n > from ? buf_add(out, in.p + from, in.n - from) : OK;
}

static enum err from_windows(struct span in, struct buf *out, struct complaint *why)
{
	size_t line = 1;
	enum err e = OK;

	for (size_t i = 0; e == OK && i < in.n; i++) {
		uint32_t c = in.p[i] >= 0x80 && in.p[i] < 0xa0 ? windows[in.p[i] - 0x80] : in.p[i];

		if (c == 0)
			return refuse(why, line, "holds a byte that Windows-1252 does not have: it is something else");
		e = add_rune(out, c);
		line += c == '\n';
	}
	return e;
}

static enum err from_utf16(struct span in, bool big, struct buf *out, struct complaint *why)
{
	size_t line = 1;
	enum err e = OK;

	bool marked = in.n >= 2 && (uint32_t)(in.p[big] | in.p[!big] << 8) == 0xfeff;
	if (in.n && !marked && !memchr(in.p, 0, in.n)) /* every comma and line end has a zero */
		return refuse(why, line, "this is no UTF-16 text; leave --encoding out, or say what it is, such as --encoding windows-1252");
	if (in.n % 2 != 0)
		return refuse(why, line, "is cut, or no UTF-16, which comes in pairs of bytes; if it is not, leave --encoding out");
	for (size_t i = 0; e == OK && i < in.n; i += 2) {
		uint32_t c = (uint32_t)in.p[i + big] | (uint32_t)in.p[i + !big] << 8, low;

		if (i == 0 && c == 0xfeff)
			continue;
		if (c >= 0xd800 && c < 0xe000) {
			low = i + 3 < in.n ? (uint32_t)in.p[i + 2 + big] | (uint32_t)in.p[i + 2 + !big] << 8 : 0;
			if (c >= 0xdc00 || low < 0xdc00 || low >= 0xe000)
				return refuse(why, line, "holds half a character: it is no UTF-16; leave --encoding out, or say what it is");
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		e = add_rune(out, c);
		line += c == '\n';
	}
	return e;
}

enum err charset_utf8(struct span in, const char *encoding, struct buf *out, struct complaint *why)
{
	bool little = in.n >= 2 && in.p[0] == 0xff && in.p[1] == 0xfe, big = in.n >= 2 && in.p[0] == 0xfe && in.p[1] == 0xff;

	if (!encoding)
		return little || big ? from_utf16(in, big, out, why) : from_utf8(in, out, why);
	if (strcasecmp(encoding, "utf-8") == 0)
		return from_utf8(in, out, why);
	if (strcasecmp(encoding, "windows-1252") == 0 || strcasecmp(encoding, "cp1252") == 0 || strcasecmp(encoding, "latin-1") == 0 ||
	    strcasecmp(encoding, "iso-8859-1") == 0)
		return from_windows(in, out, why);
	if (strcasecmp(encoding, "utf-16le") == 0 || strcasecmp(encoding, "utf-16be") == 0)
		return from_utf16(in, (encoding[6] | 0x20) == 'b', out, why);
	(void)snprintf(why->text, sizeof why->text, "\"%.40s\" is no encoding we know: utf-8, utf-16le, utf-16be or windows-1252", encoding);
	return ERR_INVALID;
}
