/* examples.h - starter texts, meant to be edited: what "requirement example" and "posture example" print. */
#ifndef TALLY_EXAMPLES_H
#define TALLY_EXAMPLES_H

const char *examples_requirement(void); /* JSON, a requirement set; static */
const char *examples_posture(void);     /* JSON, an attestation; static */

#endif
