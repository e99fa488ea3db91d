/* view_ask.h - what became of each requirement that was asked of a party: its newest answer, the customer's review of it, exceptions. */
#ifndef TALLY_VIEW_ASK_H
#define TALLY_VIEW_ASK_H

#include "node/duty.h"
#include "node/view_challenge.h"
#include "node/view_exception.h"
#include "node/view_guidance.h"

#define EXCEPTION_SOON_DAYS 30

struct ask { /* one requirement asked of one party */
	const char *rid, *title;
	const struct value *requirement; /* its group in the set */
	const struct assignment *of;
	struct id party;
	struct seen *ack;          /* newest one that counts; NULL: none */
	int64_t answer;            /* vocab_ack; 0: not answered */
	const char *text;
	int64_t until;             /* day on which an exception ends, or the target date; 0: none */
	int64_t named;             /* day until which the answer itself names an exception; 0: it names none */
	bool exception;            /* it is met only later: by the answer, or as granted on request */
	const struct exception_asked *request; /* the newest for it; NULL: none */
	bool granted;              /* on request; a renewal that was refused takes nothing back */
	bool refused;              /* the answer names one that the customer did not take */
	int64_t review;            /* vocab_review of that answer; 0: none */
	const char *review_text;
	const struct seen *reviewed; /* the newest review of this requirement; NULL: none */
	bool anew;                 /* answered otherwise since: that review is stale */
	bool lacking;              /* it was reviewed as insufficient */
	bool poor;                 /* that review stands: something better is owed */
	int64_t better_by;         /* ms, by when the customer expects something better; 0: by when it was due */
	int64_t due;               /* ms, moved by what it stood still for; 0: none */
	int64_t stopped;           /* ms, up to now */
	bool still;                /* a challenge holds it now */
	struct challenge *challenge; /* the newest about it; NULL: none */
	struct recognised recognised; /* what the customer says of the certificate it is met by */
	const struct seen *guidance; /* a record that says how to meet it; NULL: none */
	const char *certificate;   /* named in the answer; "" */
	size_t renewals;           /* exceptions for it that were granted after another one was */
	bool expired, overdue, outdated;
	bool again;   /* asked once more later: that one counts (set by view_ask_again) */
	size_t later; /* its place then; else its own */
};

struct asks {
	struct ask *p;
	size_t n, cap;
};

/* All requirements of the assignment, appended. */
enum err view_ask_all(struct view *v, const struct assignment *of, const struct id *party, struct asks *out) MUST;
/* The same requirement asked of the same party once more, under the same contract or in the same tender, takes the place of the earlier question. */
enum err view_ask_again(struct view *v, struct asks *asks) MUST;
struct seen *view_ask_ack(const struct assignment *of, const struct id *party); /* newest that counts; NULL: none */
bool view_ask_held(const struct ask *a); /* its challenge waits for an answer */
const struct value *view_ask_row(const struct seen *s, const char *list, const char *rid); /* of an answer or a review; NULL: none */
/* The state of its exception, the same wherever it is told: "", asked, more is asked, running, ends soon, over, refused. */
const char *view_ask_exception(const struct view *v, const struct ask *a);
json_t *view_ask_json(struct view *v, const struct ask *a); /* new reference */
enum err view_ask_duties(struct view *v, struct duties *out) MUST; /* to answer each requirement, and to meet those that an exception put off */
int64_t view_ask_today(const struct view *v); /* day */

#endif
