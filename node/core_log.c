/* core_log.c - what the operator reads: lines of the log and alarms. Both are bounded, whoever causes them. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/core_state.h"

static bool plain(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == '"' || *p == '=' || (unsigned char)*p >= 0x7f)
			return false;
	return *text != 0;
}

/* A partner's text must not be able to forge a log line: everything but printable ASCII is escaped. */
static void quote(char *out, size_t room, const char *text)
{
	size_t n = 0;
	if (plain(text)) {
		(void)snprintf(out, room, "%s", text);
		return;
	}
	out[n++] = '"';
	for (const char *p = text; *p && n + 7 < room; p++) {
		unsigned char ch = (unsigned char)*p;
		if (ch == '"' || ch == '\\' || ch < ' ' || ch >= 0x7f)
			n += (size_t)snprintf(out + n, room - n, "\\x%02x", ch);
		else
			out[n++] = (char)ch;
	}
	out[n++] = '"';
	out[n] = 0;
}

static void write_line(struct core *c, const char *event, const char *org, const char *text)
{
	char quoted[600] = "", line[800];
	if (text[0])
		quote(quoted, sizeof quoted, text);
	(void)snprintf(line, sizeof line, "event=%s%s%s%s%s", event, org[0] ? " org=" : "", org, text[0] ? " text=" : "", quoted);
	c->world->log(c->world->ctx, line);
}

static struct log_rate *rate_of(struct core *c, const char *event)
{
	size_t i = 0;
	while (i < LOG_EVENTS - 1 && c->rate[i].event && strcmp(c->rate[i].event, event) != 0)
		i++;
	if (!c->rate[i].event)
		c->rate[i].event = event;
	return &c->rate[i];
}

/* Strangers and partners cause most lines: they must not be able to fill the disk. */
static bool may_write(struct core *c, const char *event)
{
	struct log_rate *r = rate_of(c, event);
	char text[64];
	if (c->steady - r->since >= LIMIT_LOG_MS) {
		if (r->unsaid) {
			(void)snprintf(text, sizeof text, "%u lines like this were not written", r->unsaid);
			write_line(c, event, "", text);
		}
		r->since = c->steady;
		r->lines = r->unsaid = 0;
	}
	if (r->lines < LIMIT_LOG_LINES) {
		r->lines++;
		return true;
	}
	if (r->unsaid++ == 0)
		write_line(c, event, "", "too many lines like this: no more of them for a minute");
	return false;
}

void core_log(struct core *c, const char *event, const struct id *org, const char *format, ...)
{
	char text[256] = "", hex[17] = "";
	va_list args;
	if (!c->world->log || !may_write(c, event))
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (org)
		hex_encode(hex, org->b, 8);
	write_line(c, event, hex, text);
}

static bool alarm_again(struct core *c, const struct id *org, const char *what)
{
	for (size_t i = 0; i < LIMIT_ALARMS && i < c->alarms; i++)
		if (c->alarm[i].what == what && id_eq(&c->alarm[i].org, org) && c->steady - c->alarm[i].time < LIMIT_ALARM_MS)
			return true;
	c->alarm[c->alarms++ % LIMIT_ALARMS] = (struct alarm){*org, what, c->steady};
	return false;
}

void core_alarm(struct core *c, const struct id *org, const char *what, const char *about)
{
	struct partner p;
	char text[200], hex[17];
	core_log(c, "alarm", org, "%s: %s", what, about);
	if (alarm_again(c, org, what))
		return;
	hex_encode(hex, org->b, 8);
	bool named = partners_get(core_txn(c), c->arena, org, &p) == OK;
	(void)snprintf(text, sizeof text, "%s: %.120s", named ? p.name : hex, about);
	core_remember(c, "node", what, text);
}

static void forget(struct core *c, struct effect *e)
{
	(void)e;
	c->alarms = 0;
}

enum err core_alarms_seen(struct core *c)
{
	enum err e = operations_add(core_txn(c), c->now, "operator", CORE_ALARM_SEEN, NULL);
	return e == OK ? core_effect(c, &(struct effect){.done = forget}) : e;
}
