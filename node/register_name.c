#include "node/register_name.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/names.h"

/* ---- plain letters ---- */

/* U+00C0 to U+017F; '.': more than one letter, in the table below; ' ': no letter. */
static const char plain[] =
	"aaaa...ceeeeiiiidnoooo. .uuu.y.." "aaaa...ceeeeiiiidnoooo. .uuu.y.y" /* U+00C0, U+00E0 */
	"aaaaaaccccccccddddeeeeeeeeeegggg" "gggghhhhiiiiiiiiii..jjkkklllllll" /* U+0100, U+0120 */
	"lllnnnnnnn..oooooo..rrrrrrssssss" "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs"; /* U+0140, U+0160 */

static const char *several(unsigned c)
{
	static const struct {
		unsigned c; /* the small letter */
		const char *text;
	} table[] = {
		{0xe4, "ae"}, {0xe5, "aa"}, {0xe6, "ae"}, {0xf6, "oe"}, {0xf8, "oe"}, {0xfc, "ue"}, {0xfe, "th"}, {0xdf, "ss"},
		{0x133, "ij"}, {0x14b, "ng"}, {0x153, "oe"},
	};
	unsigned small = c == 0xdf ? c : c < 0x100 ? c | 0x20 : c | 1;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].c == small)
			return table[i].text;
	return "";
}

/* A character of UTF-8, as far as two and three bytes go; 0: another. */
static unsigned next_char(const char **p)
{
	const unsigned char *s = (const unsigned char *)*p;
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : s[0] >= 0xe0 && s[0] < 0xf0 ? 3 : 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			n = 0;
	*p += n ? n : 1;
	return n == 1 ? s[0] : n == 2 ? (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu)
	       : n == 3 ? (s[0] & 0xfu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu) : 0;
}

/* What stands for it in a name: "-" for what is no letter; NULL: nothing does. */
static const char *stands_for(unsigned c, char last, char one[static 2])
{
	one[1] = '\0';
	one[0] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c < 0x80 ? (char)c : '-';
	if (c > 0 && c < 0x80)
		return (one[0] >= 'a' && one[0] <= 'z') || (one[0] >= '0' && one[0] <= '9') ? one : "-";
	if (c >= 0xc0 && c <= 0x17f) {
		one[0] = plain[c - 0xc0] == ' ' ? '-' : plain[c - 0xc0];
		return one[0] == '.' ? several(c) : one;
	}
	if (c == 0x308) /* the two dots, when they are written apart */
		return last == 'a' || last == 'o' || last == 'u' ? "e" : "";
	if (c >= 0x300 && c < 0x370)
		return "";
	return (c >= 0xa0 && c < 0xc0) || (c >= 0x2000 && c < 0x2c00) ? "-" : NULL; /* signs and dashes */
}

enum err register_name_make(struct arena *a, const char *text, const char **out)
{
	char *name = arena_alloc(a, LOCAL_NAME + 3), one[2];
	size_t n = 0;
	*out = name;
	if (!name)
		return ERR_MEMORY;
	for (const char *p = text; *p && n < LOCAL_NAME;) {
		const char *s = stands_for(next_char(&p), n ? name[n - 1] : '-', one);
		if (!s)
			return ERR_INVALID;
		for (; *s && n < LOCAL_NAME; s++)
			if (*s != '-' || (n > 0 && name[n - 1] != '-' && n < LOCAL_NAME - 1))
				name[n++] = *s;
	}
	while (n > 0 && name[n - 1] == '-')
		n--;
	name[n] = '\0';
	if (n > 0 && n < LOCAL_NAME - 1 && names_fault(name)) /* all hex digits, or "me" */
		memcpy(name + n, "-x", 3);
	return OK;
}

/* ---- the same one ---- */

/* Letters and digits alone, in any case: what stands between them makes no other title. */
static bool same_title(struct span a, struct span b)
{
	size_t i = 0, k = 0;
	for (;;) {
		while (i < a.n && a.p[i] < 0x80 && !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", a.p[i]))
			i++;
		while (k < b.n && b.p[k] < 0x80 && !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", b.p[k]))
			k++;
		if (i == a.n || k == b.n)
			return i == a.n && k == b.n;
		if (strncasecmp((const char *)a.p + i++, (const char *)b.p + k++, 1) != 0)
			return false;
	}
}

/* The number of this scheme. */
static bool number_of(const struct field *list, const struct value *all, struct span scheme, struct span *out)
{
	struct span s;
	for (size_t i = 0; i < value_count(all); i++)
		if (fields_str(list->group, value_item(all, i), "scheme", &s) && s.n == scheme.n &&
		    strncasecmp((const char *)s.p, (const char *)scheme.p, s.n) == 0)
			return fields_str(list->group, value_item(all, i), "value", out);
	return false;
}

bool register_name_contradicts(const struct value *held, const struct register_row *r, struct complaint *why)
{
	const struct field *list = fields_find(supplier_fields, "identifiers");
	const struct value *had = value_at(held, list->key), *says[] = {value_at(r->items, list->key), value_at(r->given, list->key)};
	struct span scheme, now, was;
	bool same = false;
	for (size_t k = 0; k < sizeof says / sizeof *says; k++)
		for (size_t i = 0; i < value_count(says[k]); i++) {
			const struct value *item = value_item(says[k], i);
			if (!fields_str(list->group, item, "scheme", &scheme) || !fields_str(list->group, item, "value", &now) ||
			    !number_of(list, had, scheme, &was))
				continue;
			if (was.n != now.n || strncasecmp((const char *)was.p, (const char *)now.p, was.n) != 0) {
				(void)snprintf(why->text, sizeof why->text, "%.*s is %.*s, not %.*s", (int)(scheme.n < 10 ? scheme.n : 10),
				               (const char *)scheme.p, (int)(was.n < 22 ? was.n : 22), (const char *)was.p, (int)(now.n < 22 ? now.n : 22),
				               (const char *)now.p);
				return true;
			}
			same = true;
		}
	if (same || !fields_str(supplier_fields, held, "title", &was) || !fields_str(supplier_fields, r->given, "title", &now) || same_title(was, now))
		return false;
	(void)snprintf(why->text, sizeof why->text, "title is \"%.*s\"", (int)(was.n < 50 ? was.n : 50), (const char *)was.p);
	return true;
}
