/* duty.h - who owes whom what, until when: the one clock of the views. Lists of deadlines, what is overdue at either end, calendars and notices to
 * people all come from here, so both sides of a relationship print the same dates. A duty is computed from records, never stored. What belongs to
 * an exercise is no duty. Each area that has deadlines gives its own (view_*_duties), listed in duty.c. */
#ifndef TALLY_DUTY_H
#define TALLY_DUTY_H

#include "node/view.h"

#define DUTY_WHY 4
#define DUTY_STATE 80

struct duty {
	const struct seen *of; /* the record it comes from; NULL: a row of our register, and owed to nobody else */
	const char *row, *title; /* of such a row: "supplier:acme", and what it is called */
	int64_t learned;       /* of such a row: when it last changed */
	const char *what;      /* "early warning", "answer R3": tells it from the others of the same record */
	const char *profile;   /* the law, contract or rule that asks for it; "": none */
	struct id debtor, creditor;
	bool authority;        /* owed to an authority, by law: there is no creditor */
	bool unsaid;           /* its debtor told us as much, not whether the authority has it too: nothing we could hold against him */
	bool provisional;      /* we have not yet said whether it is ours */
	int64_t due;           /* ms, moved by what it stood still for; 0: no date */
	int64_t met;           /* ms, when whom it is owed to had stored it; 0: not yet */
	int64_t stated;        /* ms, as the debtor dated it; 0: not yet */
	const char *base;      /* what its date is counted from: "aware"; NULL: it was set */
	int64_t stopped;       /* ms it stood still, up to now */
	bool still;            /* it stands still now */
	const char *next;      /* what the debtor types; "" */
	const struct seen *why[DUTY_WHY]; /* further records behind it */
	size_t whys;
};

struct duties {
	struct duty *p;
	size_t n, cap;
	bool open; /* those that are met are not wanted: an area may leave them out at once */
};

enum err duty_add(struct view *v, struct duties *list, const struct duty *d) MUST; /* texts are borrowed */
/* The duties of all areas, soonest first, those without a date last; open: without those that are met. */
enum err duty_all(struct view *v, bool open, struct duties *out) MUST;

void duty_id(const struct duty *d, struct id *out); /* the same for one duty at any time and at both ends */
int64_t duty_day(int64_t day); /* the last moment of a day, UTC; 0: none */
/* Sets met and stated from the record that does it: met when the creditor signed for it, at the creditor by its own store. */
enum err duty_done(struct view *v, struct duty *d, const struct seen *s) MUST;
bool duty_overdue(const struct view *v, const struct duty *d); /* not met, and its date is over */
void duty_state(const struct view *v, const struct duty *d, char out[static DUTY_STATE]); /* "overdue by 3 days 5 h" */
enum err duty_json(struct view *v, const struct duty *d, json_t **out) MUST;               /* new reference */

#endif
