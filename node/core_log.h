/* core_log.h - what the operator reads: lines of the log and alarms, bounded, whoever causes them. Part of the core. */
#ifndef TALLY_CORE_LOG_H
#define TALLY_CORE_LOG_H

#include "node/core.h"

#define LOG_EVENTS 24 /* different ones; more would share the last place */

struct log_rate {
	const char *event;
	int64_t since; /* steady */
	unsigned lines, unsaid;
};

struct alarm {
	struct id org;
	const char *what;
	int64_t time; /* steady */
};

/* event, what: static */
void core_log(struct core *c, const char *event, const struct id *org, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Remembered for doctor until the operator has seen it, and logged; the same about the same organisation is kept once an hour. */
void core_alarm(struct core *c, const struct id *org, const char *what, const char *about);

#endif
