#include "node/clocks.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "proto/when.h"

#define HOUR_MS 3600000ll
#define MOST_AHEAD (10 * 366 * WHEN_DAY_MS) /* no clock runs for more than ten years */

static const char *const event_words[] = {"occurred", "detected", "aware", "classified", "stored", "early-warning", "notification",
                                          "intermediate", NULL};
static const char *const met_words[] = {"early-warning", "notification", "intermediate", "final", "acknowledgement", "answer", NULL};
static const char *const use_words[] = {"own", "named", NULL};
static const char *const owed_words[] = {"authority", "partners", NULL};
const struct vocab vocab_clock_event = {"clock_event", event_words}, vocab_clock_met = {"clock_met", met_words},
                   vocab_clock_use = {"clock_use", use_words}, vocab_clock_owed = {"clock_owed", owed_words};

struct reader {
	const char *name, *p, *end; /* end: of the line */
	int line;
	struct clocks *out;
	struct arena *a;
	struct complaint *why;
};

static enum err complain(const struct reader *r, const char *expected)
{
	(void)fields_complain(r->why, ERR_INVALID, expected, "%.60s" CLOCKS_SUFFIX ":%d", r->name, r->line);
	return ERR_INVALID;
}

static void blanks(struct reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\t'))
		r->p++;
}

/* The next word: letters, digits and hyphens. Empty at anything else. */
static struct span word(struct reader *r)
{
	blanks(r);
	const char *from = r->p;
	while (r->p < r->end && ((*r->p >= 'a' && *r->p <= 'z') || (*r->p >= '0' && *r->p <= '9') || *r->p == '-'))
		r->p++;
	return SPAN(from, (size_t)(r->p - from));
}

static bool take(struct reader *r, const char *text)
{
	size_t n = strlen(text);
	blanks(r);
	if ((size_t)(r->end - r->p) < n || memcmp(r->p, text, n) != 0)
		return false;
	r->p += n;
	return true;
}

static bool over(struct reader *r)
{
	blanks(r);
	return r->p == r->end;
}

/* What people will be shown: one line, as a field of a record would have it. */
static enum err shown(const struct reader *r, const char *end, size_t room, char *out)
{
	const struct field line = {.name = "text", .type = FIELD_LINE, .max = (uint32_t)room - 1};
	struct complaint why;
	struct value *v;
	while (end > r->p && end[-1] == ' ')
		end--;
	size_t n = (size_t)(end - r->p);
	if (n >= room)
		return complain(r, "expected a shorter text");
	memcpy(out, r->p, n);
	out[n] = '\0';
	return fields_parse(&line, out, r->a, &v, &why) == OK ? OK : complain(r, "expected plain text in UTF-8, without control characters");
}

/* "24 h", "3 d", "1 month". */
static enum err span_of(struct reader *r, bool months, struct clock_from *out)
{
	struct span n = word(r), unit = word(r);
	long long count = 0;
	for (size_t i = 0; i < n.n; i++)
		count = n.p[i] >= '0' && n.p[i] <= '9' && count < 100000 ? count * 10 + n.p[i] - '0' : 100000;
	if (!n.n || count < 1 || count > 99999)
		return complain(r, "expected a number of hours, days or months, as in: 24 h");
	out->ms = 0;
	out->months = 0;
	if (span_eq(unit, SPAN("h", 1)) || span_eq(unit, SPAN("hours", 5)) || span_eq(unit, SPAN("hour", 4)))
		out->ms = count * HOUR_MS;
	else if (span_eq(unit, SPAN("d", 1)) || span_eq(unit, SPAN("days", 4)) || span_eq(unit, SPAN("day", 3)))
		out->ms = count * WHEN_DAY_MS;
	else if (months && count <= 120 && (span_eq(unit, SPAN("month", 5)) || span_eq(unit, SPAN("months", 6))))
		out->months = (int)count;
	else
		return complain(r, months ? "expected h, d or month behind the number" : "expected h or d behind the number");
	return out->ms > MOST_AHEAD ? complain(r, "expected at most ten years") : OK;
}

static enum err froms(struct reader *r, struct clock *c)
{
	do {
		struct clock_from *f = &c->from[c->froms];
		if (c->froms == CLOCKS_FROM)
			return complain(r, "expected at most three moments to count from");
		f->event = (enum clock_event)vocab_number(&vocab_clock_event, word(r));
		if (!f->event)
			return complain(r, "expected a moment to count from: occurred, detected, aware, classified, stored, early-warning, notification or intermediate");
		if (!take(r, "+"))
			return complain(r, "expected \"+\" and a span of time, as in: aware + 24 h");
		enum err e = span_of(r, true, f);
		if (e != OK)
			return e;
		c->froms++;
	} while (take(r, "or "));
	return OK;
}

/* early warning: aware + 24 h; met by early-warning */
static enum err read_clock(struct reader *r)
{
	struct clocks *p = r->out;
	struct clock *c = &p->clock[p->clocks];
	struct clock_from stop;
	const char *colon;
	enum err e;
	blanks(r);
	colon = memchr(r->p, ':', (size_t)(r->end - r->p));
	if (p->clocks == CLOCKS_EACH)
		return complain(r, "expected at most 16 clocks");
	if (!colon || colon == r->p)
		return complain(r, "expected a short name and \":\", as in: clock early warning: aware + 24 h; met by early-warning");
	if ((e = shown(r, colon, sizeof c->name, c->name)) != OK)
		return e;
	for (size_t i = 0; i < p->clocks; i++)
		if (strcmp(p->clock[i].name, c->name) == 0)
			return complain(r, "expected another name: there is a clock of this one above");
	r->p = colon + 1;
	if ((e = froms(r, c)) != OK)
		return e;
	if (!take(r, ";") || !take(r, "met by "))
		return complain(r, "expected what meets it, as in: ; met by early-warning");
	c->met = (enum clock_met)vocab_number(&vocab_clock_met, word(r));
	if (!c->met)
		return complain(r, "expected early-warning, notification, intermediate, final, acknowledgement or answer behind \"met by\"");
	if (take(r, ";")) {
		if (!take(r, "stops at most "))
			return complain(r, "expected the end of the line, or: ; stops at most 10 d");
		if ((e = span_of(r, false, &stop)) != OK)
			return e;
		c->stops = stop.ms;
	}
	p->clocks++;
	return over(r) ? OK : complain(r, "expected the end of the line");
}

static enum err read_title(struct reader *r)
{
	return over(r) ? complain(r, "expected the title, one line") : shown(r, r->end, sizeof r->out->title, r->out->title);
}

static enum err read_line(struct reader *r)
{
	struct span what = word(r);
	struct clocks *p = r->out;
	if (span_eq(what, SPAN("title", 5)))
		return read_title(r);
	if (span_eq(what, SPAN("clock", 5)))
		return read_clock(r);
	if (span_eq(what, SPAN("use", 3))) {
		p->use = (enum clock_use)vocab_number(&vocab_clock_use, word(r));
		return p->use && over(r) ? OK : complain(r, "expected own (each incident of ours) or named (where a contract or notice names it)");
	}
	if (span_eq(what, SPAN("owed", 4))) {
		p->owed = (enum clock_owed)vocab_number(&vocab_clock_owed, word(r));
		return p->owed && over(r) ? OK : complain(r, "expected authority or partners");
	}
	if (span_eq(what, SPAN("authority", 9)))
		return over(r) ? complain(r, "expected what its authorities are called, as in: authority CSIRT, CERT")
		               : shown(r, r->end, sizeof p->called, p->called);
	return complain(r, "expected a line that begins with title, use, owed, authority, clock or #");
}

/* What only the whole says. */
static enum err judge(struct reader *r)
{
	const struct clocks *p = r->out;
	if (!p->clocks)
		return complain(r, "expected at least one clock");
	if (!p->use || !p->owed)
		return complain(r, p->use ? "expected a line: owed authority, or owed partners" : "expected a line: use own, or use named");
	for (size_t i = 0; p->owed == CLOCK_AUTHORITY && i < p->clocks; i++)
		if (p->clock[i].met > MET_FINAL)
			return complain(r, "expected a stage behind \"met by\": an authority is told, it is not answered");
	return OK;
}

enum err clocks_read(const char *name, struct span text, struct arena *a, struct clocks **out, struct complaint *why)
{
	struct clocks *p = arena_alloc(a, sizeof *p);
	struct reader r = {.name = name, .line = 0, .out = p, .a = a, .why = why};
	const char *at = (const char *)text.p, *end = at + text.n;
	if (!p)
		return ERR_MEMORY;
	(void)snprintf(p->name, sizeof p->name, "%s", name);
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		r.line++;
		r.p = at;
		r.end = stop ? stop : end;
		at = stop ? stop + 1 : end;
		if (r.end > r.p && r.end[-1] == '\r')
			r.end--;
		while (r.end > r.p && (r.end[-1] == ' ' || r.end[-1] == '\t'))
			r.end--;
		if (over(&r) || *r.p == '#')
			continue;
		enum err e = read_line(&r);
		if (e != OK)
			return e;
	}
	enum err e = judge(&r);
	if (e == OK)
		*out = p;
	return e;
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* One of the names as whole words of the text, whatever their case. */
bool clocks_calls(const struct clocks *p, const char *authority)
{
	for (const char *name = p->called; *name;) {
		size_t n = strcspn(name, ",");
		size_t words = n;
		while (words && name[words - 1] == ' ')
			words--;
		for (const char *at = authority; words && *at; at++)
			if (strncasecmp(at, name, words) == 0 && (at == authority || !letter(at[-1])) && !letter(at[words]))
				return true;
		name += n;
		name += strspn(name, ", ");
	}
	return false;
}

const struct clocks *clocks_find(const struct clocks *list, const char *name)
{
	while (list && strcmp(list->name, name) != 0)
		list = list->next;
	return list;
}

enum err clocks_text(const struct clock *c, struct buf *out)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < c->froms; i++) {
		const struct clock_from *f = &c->from[i];
		const char *event = vocab_word(&vocab_clock_event, f->event), *or = i ? " or " : "";
		long long hours = f->ms / HOUR_MS;
		if (f->months)
			e = fields_print(out, "%s%s + %d month%s", or, event, f->months, f->months == 1 ? "" : "s");
		else
			e = fields_print(out, "%s%s + %lld %s", or, event, hours % 24 || hours < 96 ? hours : hours / 24, hours % 24 || hours < 96 ? "h" : "d");
	}
	return e;
}
