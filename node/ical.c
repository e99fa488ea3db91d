#include "node/ical.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "node/view_record.h"
#include "proto/when.h"

#define FOLD 75u /* octets of a line, without its end */

/* ---- lines ---- */

static bool begins_rune(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* One content line, folded between characters. */
static enum err line(struct buf *out, const char *name, const char *value)
{
	size_t used = strlen(name), n = strlen(value);
	enum err e = fields_print(out, "%s", name);
	for (size_t i = 0; e == OK && i < n;) {
		size_t rune = 1;
		while (i + rune < n && !begins_rune(value[i + rune]))
			rune++;
		if (used + rune > FOLD) {
			e = fields_print(out, "\r\n ");
			used = 1;
		}
		if (e == OK)
			e = buf_add(out, value + i, rune);
		used += rune;
		i += rune;
	}
	return e == OK ? fields_print(out, "\r\n") : e;
}

/* TEXT of RFC 5545: what divides values is escaped, controls are gone. */
static const char *escaped(struct view *v, const char *text)
{
	char *out = arena_alloc(v->a, 2 * strlen(text) + 1), *p = out;
	if (!out)
		return "";
	for (; *text; text++) {
		if (*text == '\\' || *text == ';' || *text == ',')
			*p++ = '\\';
		if (*text == '\n') {
			*p++ = '\\';
			*p++ = 'n';
		} else if ((unsigned char)*text >= ' ') {
			*p++ = *text;
		}
	}
	*p = 0;
	return out;
}

static enum err text(struct view *v, struct buf *out, const char *name, const char *value)
{
	return *value ? line(out, name, escaped(v, value)) : OK;
}

static bool whole_day(int64_t ms)
{
	return ms % WHEN_DAY_MS == WHEN_DAY_MS - 1;
}

/* DTSTART:20261124T093000Z, or DTSTART;VALUE=DATE:20261124 where it is a day. */
static enum err moment(struct buf *out, const char *name, int64_t ms, bool day)
{
	char head[48], value[32];
	time_t at = (time_t)(ms / 1000);
	struct tm tm;
	(void)gmtime_r(&at, &tm);
	(void)snprintf(head, sizeof head, "%s%s:", name, day ? ";VALUE=DATE" : "");
	(void)strftime(value, sizeof value, day ? "%Y%m%d" : "%Y%m%dT%H%M%SZ", &tm);
	return line(out, head, value);
}

/* ---- one deadline ---- */

static const char *join(struct view *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
static const char *join(struct view *v, const char *format, ...)
{
	char *out = arena_alloc(v->a, 1000);
	va_list args;
	va_start(args, format);
	if (out)
		(void)vsnprintf(out, 1000, format, args);
	va_end(args);
	return out ? out : "";
}

/* A calendar goes further than a node knows: what is TLP:RED is named by its kind alone. */
static const char *title_of(struct view *v, const struct duty *d)
{
	if (!d->of)
		return d->title;
	return d->of->r.tlp == TLP_RED ? d->of->kind->name : view_record_title(v, d->of);
}

static const char *summary_of(struct view *v, const struct duty *d)
{
	char debtor[VIEW_NAME], creditor[VIEW_NAME] = "an authority";
	const char *title = title_of(v, d);
	bool ours = id_eq(&d->debtor, &v->me);
	v->name(v->ctx, &d->debtor, debtor);
	if (!d->authority)
		v->name(v->ctx, &d->creditor, creditor);
	return ours ? join(v, "%s%s%s%.200s (to %.80s)", d->met ? "done: " : "", d->what, *title ? ": " : "", title, creditor)
	            : join(v, "%s%.80s: %s%s%.200s", d->met ? "done: " : "", debtor, d->what, *title ? ": " : "", title);
}

static const char *description_of(struct view *v, const struct duty *d)
{
	char state[DUTY_STATE], hex[65];
	if (d->of)
		hex_encode(hex, d->of->id.b, 32);
	duty_state(v, d, state);
	if (!d->of)
		return join(v, "%s\n%s", state, d->next);
	bool type = id_eq(&d->debtor, &v->me) && *d->next && !d->met;
	return join(v, "%s%s%s\n%s\ntally record show %.12s", state, *d->profile ? ", by " : "", d->profile, type ? d->next : "", hex);
}

static enum err alarm(struct view *v, const struct duty *d, bool todo, struct buf *out)
{
	bool day = whole_day(d->due);
	char head[48];
	if (d->met || !d->due || d->due < v->now)
		return OK;
	(void)snprintf(head, sizeof head, "TRIGGER%s:", todo ? ";RELATED=END" : "");
	enum err e = line(out, "BEGIN:", "VALARM");
	if (e == OK)
		e = line(out, "ACTION:", "DISPLAY");
	if (e == OK)
		e = line(out, head, day ? "-P1D" : "-PT4H");
	if (e == OK)
		e = text(v, out, "DESCRIPTION:", summary_of(v, d));
	return e == OK ? line(out, "END:", "VALARM") : e;
}

static enum err times(struct view *v, const struct duty *d, bool todo, struct buf *out)
{
	enum err e = moment(out, "DTSTAMP", v->now, false);
	if (e == OK && d->due)
		e = moment(out, todo ? "DUE" : "DTSTART", d->due, whole_day(d->due));
	if (e == OK && todo && d->met)
		e = moment(out, "COMPLETED", d->met, false);
	if (e == OK && todo)
		e = line(out, "STATUS:", d->met ? "COMPLETED" : "NEEDS-ACTION");
	if (e == OK && !todo)
		e = line(out, "TRANSP:", "TRANSPARENT");
	return e;
}

static enum err component(struct view *v, const struct duty *d, bool todo, struct buf *out)
{
	const char *name = todo ? "VTODO" : "VEVENT";
	char uid[65 + 8];
	struct id id;
	duty_id(d, &id);
	hex_encode(uid, id.b, 32);
	memcpy(uid + 32, "@tally", 7);
	enum err e = line(out, "BEGIN:", name);
	if (e == OK)
		e = line(out, "UID:", uid);
	if (e == OK) /* whoever takes it in again takes what is newer */
		e = line(out, "SEQUENCE:", join(v, "%lld", (long long)(v->now / (60 * 1000) % INT32_MAX)));
	if (e == OK)
		e = times(v, d, todo, out);
	if (e == OK)
		e = text(v, out, "SUMMARY:", summary_of(v, d));
	if (e == OK)
		e = text(v, out, "DESCRIPTION:", description_of(v, d));
	if (e == OK)
		e = line(out, "CLASS:", "CONFIDENTIAL");
	if (e == OK && duty_overdue(v, d))
		e = line(out, "PRIORITY:", "1");
	if (e == OK)
		e = alarm(v, d, todo, out);
	return e == OK ? line(out, "END:", name) : e;
}

static bool wanted(const struct view *v, const struct duty *d, const struct ical_want *want)
{
	bool ours = id_eq(&d->debtor, &v->me);
	if (!ours && !want->both)
		return false;
	if (want->partner && !id_eq(&d->debtor, want->partner) && (d->authority || !id_eq(&d->creditor, want->partner)))
		return false;
	return !d->met || d->met > v->now - ICAL_DONE_DAYS * WHEN_DAY_MS;
}

enum err ical_write(struct view *v, const struct duties *all, const struct ical_want *want, struct buf *out, size_t *left)
{
	static const char *const head[][2] = {
		{"BEGIN:", "VCALENDAR"}, {"VERSION:", "2.0"}, {"PRODID:", "-//Tallystick//tally//EN"}, {"CALSCALE:", "GREGORIAN"}, {"METHOD:", "PUBLISH"},
		{"X-WR-CALNAME:", "tally"}};
	enum err e = OK;
	*left = 0;
	for (size_t i = 0; e == OK && i < sizeof head / sizeof *head; i++)
		e = line(out, head[i][0], head[i][1]);
	for (size_t i = 0; e == OK && i < all->n; i++) {
		const struct duty *d = &all->p[i];
		if (!wanted(v, d, want))
			continue;
		if (!d->due && !want->todo)
			++*left;
		else
			e = component(v, d, want->todo, out);
	}
	return e == OK ? line(out, "END:", "VCALENDAR") : e;
}
