/* view_concern.h - what partners tell each other to get better: a concern or an issue, as it stands with each who was told. Its author and each
 * party move it on by replies: raised, acknowledged, decided, done, and for a concern whether that helped. */
#ifndef TALLY_VIEW_CONCERN_H
#define TALLY_VIEW_CONCERN_H

#include "node/duty.h"

#define CONCERN_DAYS 10 /* working days in which a concern is answered, and then decided */

enum concern_state { CONCERN_RAISED, CONCERN_ACKNOWLEDGED, CONCERN_ASKED_BACK, CONCERN_ACCEPTED, CONCERN_DECLINED, CONCERN_DONE, CONCERN_EFFECTIVE,
	             CONCERN_NOT_EFFECTIVE };

struct concern { /* with one party */
	struct seen *first, *now; /* of the series: oldest and newest that is held */
	struct id party;
	enum concern_state state;
	const struct seen *answered; /* the party's first word; NULL: none */
	const struct seen *decided, *done, *checked; /* what brought it there, since it was last found not to help; NULL: nothing */
	const struct seen *tried; /* what was done last, also when it was then found not to help; NULL: nothing */
	const struct seen *last; /* what brought it to its state; the first version when nothing did */
};

struct concerns {
	struct concern *p;
	size_t n, cap;
};

/* All of this kind (KIND_CONCERN or KIND_ISSUE) that stand, oldest first; ours with each who was told, others' with us. */
enum err view_concern_all(struct view *v, enum kind_number kind, struct concerns *out) MUST;
enum err view_concern_of(struct view *v, const struct seen *s, struct concerns *out) MUST; /* one of them, any version */
/* All that may have moved it, in order: replies about any version, and the versions after the first. */
enum err view_concern_words(struct view *v, const struct series *of, struct seens *out) MUST;
bool view_concern_waits(const struct view *v, const struct concern *c); /* for us to say something */
bool view_concern_to_be_read(const struct concern *c); /* a lesson or a near miss asks for nothing else */
bool view_concern_names_change(const struct field *reply, const struct value *body); /* in words, or by the records that changed */

/* view_concern_show.c */
const char *view_concern_show_state(const struct concern *c);
void view_concern_show_next(const struct view *v, const struct concern *c, char out[static 160]); /* what we type; "" */
enum err view_concern_show_changed(struct view *v, const struct concern *c, json_t **out) MUST; /* [{id, what, kind}] of what was done; NULL: none */
enum err view_concern_show_history(struct view *v, const struct concern *c, json_t **out) MUST; /* [{at, from, decision, text, due, changed}] */

enum err view_concern_duty_add(struct view *v, struct duties *out) MUST; /* view_concern_duty.c */

#endif
