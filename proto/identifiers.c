#include "proto/identifiers.h"

#include <string.h>
#include <strings.h>

static bool digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool capital(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static size_t run(struct span s, size_t from, bool (*is)(uint8_t c))
{
	size_t n = 0;

	while (from + n < s.n && is(s.p[from + n]))
		n++;
	return n;
}

static bool capital_or_digit(uint8_t c)
{
	return capital(c) || digit(c);
}

/* ISO 17442: 18 characters and two check digits, so that all of it, letters as 10 to 35, leaves 1 when divided by 97 (ISO 7064). */
static const char *lei(struct span s)
{
	unsigned rest = 0;

	if (s.n != 20 || run(s, 0, capital_or_digit) != 20 || !digit(s.p[18]) || !digit(s.p[19]))
		return "is no LEI: 18 capital letters or digits and two check digits";
	for (size_t i = 0; i < s.n; i++)
		rest = digit(s.p[i]) ? (rest * 10 + s.p[i] - '0') % 97 : (rest * 100 + s.p[i] - 'A' + 10u) % 97;
	return rest == 1 ? NULL : "is no LEI: its check digits do not fit, one character is wrong";
}

/* Regulation (EU) 2021/1042: country, register, a dot, the number there, and at times _ and a check digit. */
static const char *euid(struct span s)
{
	const char *fault = "is no EUID: country, register, a dot and the number there, such as DEK1101R.HRB116737";
	size_t n = 0;

	while (n < s.n && s.p[n] != '.')
		n++;
	if (n < 3 || n + 2 > s.n || s.n > 60 || run(s, 0, capital) < 2 || run(s, 0, capital_or_digit) != n)
		return fault;
	for (size_t i = n + 1; i < s.n; i++)
		if (!capital_or_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'z') && !strchr("_-/.", s.p[i]))
			return fault;
	return NULL;
}

static const char *vat(struct span s)
{
	size_t n = s.n;

	if (run(s, 0, capital) < 2 || n < 4 || n > 14)
		return "is no VAT number: two letters of the country, then up to twelve characters, without blanks";
	for (size_t i = 2; i < n; i++)
		if (!capital_or_digit(s.p[i]) && s.p[i] != '+' && s.p[i] != '*')
			return "is no VAT number: two letters of the country, then up to twelve characters, without blanks";
	for (size_t i = 2; i < n; i++)
		if (digit(s.p[i]))
			return NULL;
	return "is no VAT number: there is no digit in it";
}

static const char *duns(struct span s)
{
	return s.n == 9 && run(s, 0, digit) == 9 ? NULL : "is no DUNS number: nine digits, without hyphens";
}

/* RFC 1035 names as people write them: letters, digits and hyphens between dots. */
static const char *domain(struct span s)
{
	size_t label = 0, labels = 0;
	bool letter = false;

	if (s.n == 0 || s.n > 253)
		return "is no domain: at most 253 characters";
	for (size_t i = 0; i <= s.n; i++) {
		uint8_t c = i < s.n ? s.p[i] : '.', before = i > 0 ? s.p[i - 1] : '.';

		if (c == '.') {
			if (label == 0 || label > 63 || before == '-')
				return "is no domain: names between dots, each of at most 63 characters, no hyphen at their ends";
			labels++;
			label = 0;
			letter = i < s.n ? false : letter;
			continue;
		}
		if (c >= 0x80)
			return "is no domain: write it in its ASCII form (xn--...)";
		if (!digit(c) && c != '-' && !(c >= 'a' && c <= 'z') && !capital(c))
			return strchr(":/@", c) ? "is no domain: the bare name, without https:// or an address" : "is no domain: letters, digits, hyphens and dots";
		if (c == '-' && label == 0)
			return "is no domain: names between dots, each of at most 63 characters, no hyphen at their ends";
		letter = letter || !digit(c);
		label++;
	}
	if (labels < 2)
		return "is no domain: there is no dot in it";
	return letter ? NULL : "is no domain: its last part is a number";
}

static const struct {
	const char *name;
	const char *(*fault)(struct span value);
} schemes[] = {{"LEI", lei}, {"EUID", euid}, {"VAT", vat}, {"DUNS", duns}, {"domain", domain}};

const char *identifiers_fault(struct span scheme, struct span value)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (strlen(schemes[i].name) == scheme.n && strncasecmp(schemes[i].name, (const char *)scheme.p, scheme.n) == 0)
			return schemes[i].fault(value);
	return NULL;
}
