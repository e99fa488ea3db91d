/* answers.h - one answer for each requirement, from what is typed: requirement.ack and requirement.review of the dispatcher. */
#ifndef TALLY_ANSWERS_H
#define TALLY_ANSWERS_H

#include "node/api.h"

enum err answers_ack(struct api_call *c) MUST;
enum err answers_review(struct api_call *c) MUST;

/* "R3=reason, until 2027-06-30" in parts. rid and reason are cut into room; *until stays 0 when no date ends it. false: no "RID=". */
bool answers_split(const char *text, char rid[static 65], char reason[static 1024], int64_t *until);

#endif
