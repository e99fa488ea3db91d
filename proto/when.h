/* when.h - times and dates as text, RFC 3339 in UTC. The wire carries int64 milliseconds since 1970 and int days since 1970. No clock here. */
#ifndef TALLY_WHEN_H
#define TALLY_WHEN_H

#include "keys/bytes.h"

#define WHEN_TEXT 32
#define WHEN_DAY_MS 86400000ll
#define WHEN_MAX_MS 253402300799999ll /* the last moment of the year 9999 */
#define WHEN_MAX_DAY 2932896ll

enum err when_parse(const char *text, int64_t *ms) MUST;      /* 2026-11-23T09:00:00Z, fraction and offset allowed; a bare date is its first moment */
void when_format(int64_t ms, char out[static WHEN_TEXT]);     /* whole seconds where they are whole, else milliseconds */
enum err when_parse_date(const char *text, int64_t *day) MUST; /* 2026-11-23, years 1970 to 9999 */
void when_format_date(int64_t day, char out[static WHEN_TEXT]);
enum err when_parse_span(const char *text, int64_t *ms) MUST; /* 500ms 10s 5m 24h 7d */
int64_t when_add_months(int64_t ms, int months);              /* calendar months, the day clamped: 31 January + 1 = 28 or 29 February */
int64_t when_working_day(int64_t day, unsigned n); /* the nth working day after this day: Monday to Friday, holidays are nobody's here */

#endif
