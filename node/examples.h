/* examples.h - starter texts, meant to be edited: what "requirement example" and "posture example" print. */
#ifndef TALLY_EXAMPLES_H
#define TALLY_EXAMPLES_H

#include <jansson.h>
#include <stdint.h>

/* New references; NULL: memory. */
json_t *examples_requirement(void);       /* a requirement set */
json_t *examples_posture(int64_t day);    /* an attestation over the same controls, from this day on for 364 days */

#endif
