/* pairsecret.h - the secrets that pairs share, in the vault: up to four candidates an organisation, newest first, until one is proven. In memory
 * there is only which selector speaks of whom. */
#ifndef TALLY_PAIRSECRET_H
#define TALLY_PAIRSECRET_H

#include "node/core_state.h"

#define CANDIDATE_BYTES 64 /* secret 32, handshake 32 */

struct pairsecret {
	uint8_t secret[32]; /* wipe after use */
	struct id h;        /* the handshake it was made in */
};

enum err pairsecret_load(struct core *c, const struct id *org) MUST; /* its selectors into memory */
/* A further candidate, durable when it returns OK. */
enum err pairsecret_add(struct core *c, const struct id *org, const struct pairsecret *p) MUST;
/* index is taken modulo count */
enum err pairsecret_get(struct core *c, const struct id *org, size_t index, struct pairsecret *out, size_t *count) MUST;
/* Effects: after the commit this one is proven and the others go; all of them go. */
enum err pairsecret_keep(struct core *c, const struct id *org, const struct id *h) MUST;
enum err pairsecret_drop(struct core *c, const struct id *org) MUST;
bool pairsecret_any(const struct core *c, const struct id *org); /* false: it was never linked */
bool pairsecret_another(const struct core *c, const struct id *org, size_t tried); /* is there one that so many tries in turn have left out */
bool pairsecret_find(struct core *c, const uint8_t selector[static LINK_SELECTOR], struct id *org, struct pairsecret *out);

/* Names in the vault of pair secrets, and of the secrets of invitations: ours by selector, those we were given by organisation. */
void pairsecret_name(const struct id *org, char out[static 80]);
void pairsecret_invite_name(const uint8_t selector[static LINK_SELECTOR], char out[static 80]);
void pairsecret_join_name(const struct id *org, char out[static 80]);

/* Any secret, by its name. New: what is put there next is dropped again when this nest is undone. Old: it is dropped after the commit. */
enum err pairsecret_new(struct core *c, const char *name) MUST;
enum err pairsecret_old(struct core *c, const char *name) MUST;

#endif
