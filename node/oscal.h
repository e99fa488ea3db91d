/* oscal.h - a catalogue in OSCAL's JSON form as a requirement set. Parameters in prose are written out where they stand: a value that was set as
 * it is, one still open as [what is to be filled in]. Controls that were withdrawn are left out. */
#ifndef TALLY_OSCAL_H
#define TALLY_OSCAL_H

#include <jansson.h>

#include "proto/fields.h"

struct oscal_set {
	json_t *set; /* a requirement.set as JSON; the caller's */
	size_t controls, enhancements, families, withdrawn; /* enhancements: controls that stand inside another */
	size_t cut;  /* texts longer than a field holds */
};

bool oscal_is(const json_t *document); /* it has a catalogue in it */
/* ERR_INVALID with *why: what is missing where; ERR_LIMIT: nested too deeply. */
enum err oscal_read(const json_t *document, struct oscal_set *out, struct complaint *why) MUST;

#endif
