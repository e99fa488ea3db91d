#include "proto/when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAYS_400_YEARS 146097

/* The Gregorian calendar, years counted from March so that the leap day is the last of its year. Day 0 is 1970-01-01. */
static int64_t day_of(int64_t year, int month, int day)
{
	int64_t era, y = month > 2 ? year : year - 1;
	int64_t in_era, in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	era = (y >= 0 ? y : y - 399) / 400;
	in_era = y - era * 400;
	return era * DAYS_400_YEARS + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static void day_split(int64_t day, int64_t *year, int *month, int *mday)
{
	int64_t shifted = day + 719468, era = (shifted >= 0 ? shifted : shifted - (DAYS_400_YEARS - 1)) / DAYS_400_YEARS;
	int64_t in_era = shifted - era * DAYS_400_YEARS;
	int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / (DAYS_400_YEARS - 1)) / 365;
	int64_t in_year = in_era - (365 * y + y / 4 - y / 100), m = (5 * in_year + 2) / 153;

	*mday = (int)(in_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = y + era * 400 + (*month <= 2);
}

static int month_days(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* Exactly count digits. */
static bool digits(const char **at, int count, int *out)
{
	int v = 0;

	for (int i = 0; i < count; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		v = v * 10 + (**at - '0');
	}
	*out = v;
	return true;
}

static bool sign(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool date(const char **at, int64_t *day)
{
	int y, m, d;

	if (!digits(at, 4, &y) || !sign(at, '-') || !digits(at, 2, &m) || !sign(at, '-') || !digits(at, 2, &d))
		return false;
	if (y < 1970 || m < 1 || m > 12 || d < 1 || d > month_days(y, m))
		return false;
	*day = day_of(y, m, d);
	return true;
}

/* Milliseconds; what is finer is dropped. */
static bool fraction(const char **at, int *ms)
{
	int v = 0, scale = 100, count = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++, count++, scale /= 10)
		v += (**at - '0') * scale;
	*ms = v;
	return count >= 1 && count <= 9;
}

static bool offset(const char **at, int *minutes)
{
	int h, m, way = **at == '-' ? -1 : 1;

	if (sign(at, 'Z') || sign(at, 'z')) {
		*minutes = 0;
		return true;
	}
	if (!sign(at, '+') && !sign(at, '-'))
		return false;
	if (!digits(at, 2, &h) || !sign(at, ':') || !digits(at, 2, &m) || h > 23 || m > 59)
		return false;
	*minutes = way * (h * 60 + m);
	return true;
}

enum err when_parse_date(const char *text, int64_t *day)
{
	int64_t d;

	if (!date(&text, &d) || *text)
		return ERR_INVALID;
	*day = d;
	return OK;
}

enum err when_parse(const char *text, int64_t *ms)
{
	int h, m, s, frac = 0, zone;
	int64_t day, t;

	if (!date(&text, &day))
		return ERR_INVALID;
	if (!*text) {
		*ms = day * WHEN_DAY_MS;
		return OK;
	}
	if (!sign(&text, 'T') && !sign(&text, 't') && !sign(&text, ' '))
		return ERR_INVALID;
	if (!digits(&text, 2, &h) || !sign(&text, ':') || !digits(&text, 2, &m) || !sign(&text, ':') || !digits(&text, 2, &s))
		return ERR_INVALID;
	if (h > 23 || m > 59 || s > 59) /* a leap second has no number on our wire */
		return ERR_INVALID;
	if (sign(&text, '.') && !fraction(&text, &frac))
		return ERR_INVALID;
	if (!offset(&text, &zone) || *text)
		return ERR_INVALID;
	t = day * WHEN_DAY_MS + ((h * 60ll + m - zone) * 60 + s) * 1000 + frac;
	if (t < 0 || t > WHEN_MAX_MS)
		return ERR_INVALID;
	*ms = t;
	return OK;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

void when_format_date(int64_t day, char out[static WHEN_TEXT])
{
	int64_t y;
	int m, d;

	if (day > WHEN_MAX_DAY || day < -WHEN_MAX_DAY) { /* never from our own parsers; keeps the arithmetic within bounds */
		(void)snprintf(out, WHEN_TEXT, "day %" PRId64, day);
		return;
	}
	day_split(day, &y, &m, &d);
	(void)snprintf(out, WHEN_TEXT, "%04" PRId64 "-%02d-%02d", y, m, d);
}

void when_format(int64_t ms, char out[static WHEN_TEXT])
{
	int64_t day = floor_div(ms, WHEN_DAY_MS), rest;
	size_t n;

	if (day > WHEN_MAX_DAY || day < -WHEN_MAX_DAY) {
		(void)snprintf(out, WHEN_TEXT, "%" PRId64 "ms", ms);
		return;
	}
	rest = ms - day * WHEN_DAY_MS;
	when_format_date(day, out);
	n = strlen(out);
	(void)snprintf(out + n, WHEN_TEXT - n, "T%02d:%02d:%02d", (int)(rest / 3600000), (int)(rest / 60000 % 60),
	               (int)(rest / 1000 % 60));
	n = strlen(out);
	if (rest % 1000)
		(void)snprintf(out + n, WHEN_TEXT - n, ".%03dZ", (int)(rest % 1000));
	else
		(void)snprintf(out + n, WHEN_TEXT - n, "Z");
}

enum err when_parse_span(const char *text, int64_t *ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", WHEN_DAY_MS}};
	int64_t v = 0;

	if (*text < '0' || *text > '9')
		return ERR_INVALID;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *text - '0', &v))
			return ERR_INVALID;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(text, units[i].unit) != 0)
			continue;
		if (__builtin_mul_overflow(v, units[i].ms, &v))
			return ERR_INVALID;
		*ms = v;
		return OK;
	}
	return ERR_INVALID;
}

int64_t when_add_months(int64_t ms, int months)
{
	int64_t day = floor_div(ms, WHEN_DAY_MS), year, count;
	int month, mday, last;

	day_split(day, &year, &month, &mday);
	count = year * 12 + (month - 1) + months;
	year = floor_div(count, 12);
	month = (int)(count - year * 12) + 1;
	last = month_days(year, month);
	return day_of(year, month, mday < last ? mday : last) * WHEN_DAY_MS + (ms - day * WHEN_DAY_MS);
}

int64_t when_working_day(int64_t day, unsigned n)
{
	while (n) {
		int64_t weekday = (++day + 3) % 7; /* 0: Monday; the first of January 1970 was a Thursday */

		n -= weekday < 5;
	}
	return day;
}
