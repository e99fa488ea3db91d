#include "node/alike.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MOST 256 /* letters; what is behind them is not looked at */
#define SHORT 4  /* one letter more or less says nothing in names that are shorter */

struct letter {
	uint32_t c;
	bool digit; /* it was one, before it was read as a letter */
};

/* Letters of other scripts that look like these; small and capital ones that do. */
static const struct {
	uint32_t c;
	char like;
} twins[] = {
	{0x430, 'a'}, {0x435, 'e'}, {0x43e, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x443, 'y'}, {0x445, 'x'}, {0x455, 's'}, {0x456, 'l'},
	{0x458, 'j'}, {0x410, 'a'}, {0x412, 'b'}, {0x415, 'e'}, {0x41a, 'k'}, {0x41c, 'm'}, {0x41d, 'h'}, {0x41e, 'o'}, {0x420, 'p'},
	{0x421, 'c'}, {0x422, 't'}, {0x423, 'y'}, {0x425, 'x'}, {0x406, 'l'}, {0x405, 's'}, {0x3bf, 'o'}, {0x3bd, 'v'}, {0x3c1, 'p'},
	{0x3b1, 'a'}, {0x391, 'a'}, {0x392, 'b'}, {0x395, 'e'}, {0x396, 'z'}, {0x397, 'h'}, {0x399, 'l'}, {0x39a, 'k'}, {0x39c, 'm'},
	{0x39d, 'n'}, {0x39f, 'o'}, {0x3a1, 'p'}, {0x3a4, 't'}, {0x3a5, 'y'}, {0x3a7, 'x'}, {'0', 'o'}, {'1', 'l'}, {'5', 's'}, {'8', 'b'},
	{'i', 'l'}, {'|', 'l'},
};

static uint32_t next(const char **at)
{
	const unsigned char *p = (const unsigned char *)*at;
	uint32_t c = *p++;
	int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

	c &= more == 3 ? 0x07 : more == 2 ? 0x0f : more == 1 ? 0x1f : 0x7f;
	while (more-- > 0 && *p)
		c = c << 6 | (*p++ & 0x3f);
	*at = (const char *)p;
	return c;
}

static uint32_t looks_like(uint32_t c)
{
	if (c >= 'A' && c <= 'Z')
		c += 'a' - 'A';
	for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
		if (twins[i].c == c)
			return (uint32_t)twins[i].like;
	return c;
}

static size_t fold(const char *name, struct letter out[static MOST])
{
	size_t n = 0;

	while (*name && n < MOST) {
		uint32_t c = next(&name);

		if (c < 0x80 && strchr(" -_.,'&()", (int)c))
			continue;
		out[n++] = (struct letter){looks_like(c), c >= '0' && c <= '9'};
		if (n > 1 && out[n - 2].c == 'r' && out[n - 1].c == 'n')
			out[--n - 1].c = 'm';
		else if (n > 1 && out[n - 2].c == 'v' && out[n - 1].c == 'v')
			out[--n - 1].c = 'w';
	}
	return n;
}

static bool same(const struct letter *a, const struct letter *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].c != b[i].c)
			return false;
	return true;
}

/* Two digits tell two sites of one company apart; that is what they are for. */
static bool counted(const struct letter *a, const struct letter *b)
{
	return a->digit && b->digit;
}

bool alike_names(const char *a, const char *b)
{
	struct letter x[MOST], y[MOST];
	size_t n = fold(a, x), m = fold(b, y), i = 0;

	while (i < n && i < m && x[i].c == y[i].c)
		i++;
	if (i == n && i == m)
		return true;
	if (n < SHORT || m < SHORT)
		return false;
	if (n == m + 1)
		return !x[i].digit && same(x + i + 1, y + i, m - i);
	if (m == n + 1)
		return !y[i].digit && same(x + i, y + i + 1, n - i);
	if (n != m)
		return false;
	if (!counted(&x[i], &y[i]) && same(x + i + 1, y + i + 1, n - i - 1))
		return true;
	return i + 1 < n && x[i].c == y[i + 1].c && x[i + 1].c == y[i].c && same(x + i + 2, y + i + 2, n - i - 2);
}

bool alike_mixed(const char *name)
{
	bool latin = false, other = false;

	while (*name) {
		uint32_t c = next(&name);

		latin |= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c < 0x250);
		other |= c >= 0x370 && c < 0x530; /* Greek, Cyrillic */
	}
	return latin && other;
}
