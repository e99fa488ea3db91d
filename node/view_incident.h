/* view_incident.h - an incident: a series of notices of one author, what their receivers replied and answered, the clocks that run. */
#ifndef TALLY_VIEW_INCIDENT_H
#define TALLY_VIEW_INCIDENT_H

#include "node/view.h"

enum stage { STAGE_EARLY = 1, STAGE_NOTIFICATION, STAGE_INTERMEDIATE, STAGE_FINAL, STAGE_CORRECTION }; /* vocab_stage */

struct incident {
	struct seen *first, *head; /* head: newest version that counts; the first when none does */
	struct seens versions;     /* oldest first */
	struct seens said;         /* about any of them, in its thread, in the order of (created, id); disregarded ones too */
	const char **why;          /* per version: why it does not count; "" when it does */
	bool forked;               /* one version has two successors */
	int64_t stage;             /* where it stands: a correction does not change it */
	size_t opened;             /* version with which it began, or began again after a final one: clocks run from there */
	bool counts, withdrawn, closed;
};

struct incident_party { /* one receiver's part */
	struct id org;
	struct seen *acknowledged, *answered, *answer; /* its first acknowledgement, first answer, latest answer; NULL: none */
	int64_t mitigated;                  /* when it first answered so; 0: not yet */
	bool newest;                        /* one of these is about the newest version */
};

/* From any record of its thread, or a forward of it. ERR_NOT_FOUND: it belongs to no incident that is held here. */
enum err view_incident_of(struct view *v, struct seen *any, struct incident *out) MUST;
void view_incident_party(const struct incident *i, const struct id *org, struct incident_party *out);
bool view_incident_step(int64_t from, int64_t to);         /* may a notice at stage `to` follow */
const char *view_incident_allowed(int64_t from);           /* in words, for who tried another */

struct tiers; /* view_query.h: who got it is the first tier; what they counted behind it are the next */
enum err view_incident_tiers(struct view *v, const struct incident *i, struct tiers *out) MUST;

/* Who got an earlier version of what somebody else says from us, by a forward, and not the newest. *forward: the last of those; NULL: nobody. */
enum err view_incident_behind(struct view *v, const struct incident *i, struct ids *out, const struct seen **forward) MUST;

struct incident_wanted {
	bool open;
	const struct id *from; /* NULL: of anybody */
	size_t limit;          /* 0: all */
};

/* JSON; new references. */
enum err view_incident_list(struct view *v, const struct incident_wanted *wanted, json_t **out) MUST; /* newest first */
enum err view_incident_show(struct view *v, const struct incident *i, json_t **out) MUST;
enum err view_incident_matrix(struct view *v, const struct incident *i, json_t **out) MUST;

#endif
