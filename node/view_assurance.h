/* view_assurance.h - certificates, and whether what a claim leans on still stands. */
#ifndef TALLY_VIEW_ASSURANCE_H
#define TALLY_VIEW_ASSURANCE_H

#include "node/view.h"

/* current, expired, suspended, withdrawn, superseded, disregarded; of anything that others lean on */
const char *view_assurance_state(const struct view *v, const struct seen *s);
int64_t view_assurance_until(const struct seen *s); /* the last day it may be relied on; 0: none is stated */
/* What a reference typed by its author means: an id of a record of this party, at least 12 digits of one, or the number or scheme of one of its
 * certificates. NULL: we hold no such record. */
enum err view_assurance_named(struct view *v, const struct id *party, const char *text, struct seen **out) MUST;
/* Appends "certification ISO/IEC 27001 (4f1c22...) expired on 2026-10-01" to a sentence when it does not stand any more; false: it stands. */
bool view_assurance_fallen(struct view *v, const struct seen *s, char *text, size_t size);

enum err view_assurance_certifications(struct view *v, json_t **out) MUST; /* newest first; a new reference */
enum err view_assurance_evidence(struct view *v, json_t **out) MUST; /* the same */

#endif
