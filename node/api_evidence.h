/* api_evidence.h - what withdrawing an evidence does to its file. */
#ifndef TALLY_API_EVIDENCE_H
#define TALLY_API_EVIDENCE_H

#include "node/saying.h"

/* We withdraw this one: its file is deleted after the commit, unless another evidence that stands names it too. */
enum err api_evidence_withdrawn(struct api_call *c, struct view *v, const struct seen *s) MUST;

#endif
