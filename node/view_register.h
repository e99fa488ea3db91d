/* view_register.h - what the register itself sets a date for: reviews of suppliers and of what stands on them. Ours to do, and owed to nobody
 * else; due from a quarter of a year before, so that a register of thousands is no list of thousands. */
#ifndef TALLY_VIEW_REGISTER_H
#define TALLY_VIEW_REGISTER_H

#include "node/duty.h"

enum err view_register_duties(struct view *v, struct duties *out) MUST;

#endif
