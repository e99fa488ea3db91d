/* rotation_links.c - link keys that newer ones have replaced. Whoever was away when the keys changed dials the one it knows: it is told the new
 * statements, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/core_state.h"
#include "node/pairsecret.h"
#include "node/rotation.h"

#define PREFIX "link-"
#define SECRET 32

static void name_of(uint64_t kseq, char out[static 80])
{
	(void)snprintf(out, 80, PREFIX "%03llu", (unsigned long long)kseq); /* so that they sort */
}

/* The newest first; of too many the oldest goes. */
static enum err remember(struct core *c, uint64_t kseq, const uint8_t sk[static SECRET])
{
	struct secret *kept;
	enum err e = secret_new(&kept);
	if (e != OK)
		return e;
	memcpy(secret_text(kept), sk, SECRET);
	if (c->rotating.links == LIMIT_OLD_LINKS)
		secret_free(c->rotating.link[--c->rotating.links].sk);
	memmove(&c->rotating.link[1], &c->rotating.link[0], c->rotating.links * sizeof c->rotating.link[0]);
	c->rotating.link[0] = (struct old_link){kseq, kept};
	c->rotating.links++;
	return OK;
}

static enum err load_one(void *ctx, const char *name)
{
	struct core *c = ctx;
	struct buf sk = {0};
	uint64_t kseq = strtoull(name + strlen(PREFIX), NULL, 10);
	if (kseq >= c->self.kseq) /* written for a change of keys that never came */
		return OK;
	enum err e = vault_get(c->vault, name, &sk);
	if (e == OK)
		e = sk.n == SECRET ? remember(c, kseq, sk.p) : ERR_CORRUPT;
	buf_free(&sk);
	return e;
}

enum err rotation_links_load(struct core *c)
{
	return vault_each(c->vault, PREFIX, load_one, c);
}

enum err rotation_links_keep(struct core *c)
{
	char name[80];
	name_of(c->self.kseq, name);
	enum err e = pairsecret_new(c, name);
	return e == OK ? vault_put(c->vault, name, SPAN(keyring_link_secret(c->keyring), SECRET)) : e;
}

void rotation_links_add(struct core *c)
{
	enum err e = remember(c, c->self.kseq, keyring_link_secret(c->keyring));
	if (e != OK)
		core_log(c, "old-link-key-not-kept", NULL, "%s; it answers after the next start", err_text(e));
}

void rotation_links_free(struct core *c)
{
	while (c->rotating.links)
		secret_free(c->rotating.link[--c->rotating.links].sk);
}

void rotation_links_answer(const struct core *c, struct link_config *config)
{
	for (size_t i = 0; i < c->rotating.links; i++)
		config->older[config->olders++] = (const uint8_t *)secret_text(c->rotating.link[i].sk);
}

/* The oldest of our key statements that a partner we still have was last linked by, or paired under. */
static enum err oldest_used(struct core *c, uint64_t *out)
{
	struct walk w;
	enum err e = walk_open(core_txn(c), TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	*out = c->self.kseq;
	while (e == OK && walk_next(&w)) {
		struct partner p;
		struct id org;
		int64_t kseq = 0;
		if (w.key.n != sizeof org.b)
			continue;
		memcpy(org.b, w.key.p, sizeof org.b);
		if ((e = partners_get(core_txn(c), c->arena, &org, &p)) != OK || p.state == PARTNER_REMOVED)
			continue;
		(void)fields_int(partner_fields, p.row, "our_kseq", &kseq);
		if ((uint64_t)kseq < *out)
			*out = (uint64_t)kseq;
	}
	return walk_close(&w, e);
}

static void forget(struct core *c, struct effect *effect)
{
	(void)effect;
	secret_free(c->rotating.link[--c->rotating.links].sk);
}

/* Streams that are being opened may borrow one: then the next sweep. */
void rotation_links_sweep(struct core *c)
{
	uint64_t used;
	for (const struct session *s = c->sessions; s; s = s->next)
		if (s->phase == PHASE_HANDSHAKE)
			return;
	enum err e = c->rotating.links ? oldest_used(c, &used) : ERR_NOT_FOUND;
	for (size_t i = c->rotating.links; e == OK && i > 0 && c->rotating.link[i - 1].kseq < used; i--) {
		char name[80];
		name_of(c->rotating.link[i - 1].kseq, name);
		e = pairsecret_old(c, name);
		if (e == OK)
			e = core_effect(c, &(struct effect){.done = forget});
	}
	if (e != OK && e != ERR_NOT_FOUND)
		core_log(c, "not-swept", NULL, "%s", err_text(e));
}
