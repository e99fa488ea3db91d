#include "node/pairsecret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pairsecret_name(const struct id *org, char out[static 80])
{
	memcpy(out, "pair-", 5);
	hex_encode(out + 5, org->b, 32);
}

void pairsecret_join_name(const struct id *org, char out[static 80])
{
	memcpy(out, "join-", 5);
	hex_encode(out + 5, org->b, 32);
}

void pairsecret_invite_name(const uint8_t selector[static LINK_SELECTOR], char out[static 80])
{
	memcpy(out, "invite-", 7);
	hex_encode(out + 7, selector, LINK_SELECTOR);
}

static enum err read_all(struct core *c, const struct id *org, struct buf *out)
{
	char name[80];
	pairsecret_name(org, name);
	enum err e = vault_get(c->vault, name, out);
	if (e == OK && (out->n % CANDIDATE_BYTES || out->n > LIMIT_CANDIDATES * CANDIDATE_BYTES || out->n == 0)) {
		buf_free(out);
		e = ERR_CORRUPT;
	}
	return e;
}

static void unpack(const struct buf *all, size_t i, struct pairsecret *out)
{
	memcpy(out->secret, all->p + i * CANDIDATE_BYTES, 32);
	memcpy(out->h.b, all->p + i * CANDIDATE_BYTES + 32, 32);
}

static void forget(struct core *c, const struct id *org)
{
	size_t kept = 0;
	for (size_t i = 0; i < c->selectors; i++)
		if (!id_eq(&c->selector[i].org, org))
			c->selector[kept++] = c->selector[i];
	c->selectors = kept;
}

enum err pairsecret_load(struct core *c, const struct id *org)
{
	struct buf all = {0};
	struct pairsecret p;
	uint8_t psk[32];
	enum err e = read_all(c, org, &all);
	forget(c, org);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	struct selector *more = realloc(c->selector, (c->selectors + all.n / CANDIDATE_BYTES) * sizeof *more);
	if (!more) {
		buf_free(&all);
		return ERR_MEMORY;
	}
	c->selector = more;
	for (size_t i = 0; i < all.n / CANDIDATE_BYTES; i++) {
		struct selector *s = &c->selector[c->selectors++];
		unpack(&all, i, &p);
		link_keys(LINK_MODE_LINK, p.secret, psk, s->selector);
		s->org = *org;
		s->index = i;
	}
	bytes_wipe(&p, sizeof p);
	bytes_wipe(psk, sizeof psk);
	buf_free(&all);
	return OK;
}

static enum err write_all(struct core *c, const struct id *org, const struct buf *all)
{
	char name[80];
	pairsecret_name(org, name);
	enum err e = vault_put(c->vault, name, buf_span(all));
	return e != OK ? e : pairsecret_load(c, org);
}

enum err pairsecret_add(struct core *c, const struct id *org, const struct pairsecret *p)
{
	struct buf old = {0}, all = {0};
	enum err e = read_all(c, org, &old);
	if (e == ERR_NOT_FOUND)
		e = OK;
	if (old.n > (LIMIT_CANDIDATES - 1) * CANDIDATE_BYTES)
		old.n = (LIMIT_CANDIDATES - 1) * CANDIDATE_BYTES;
	if (e == OK)
		e = buf_add(&all, p->secret, 32);
	if (e == OK)
		e = buf_add(&all, p->h.b, 32);
	if (e == OK)
		e = buf_add(&all, old.p, old.n);
	if (e == OK)
		e = write_all(c, org, &all);
	buf_free(&old);
	buf_free(&all);
	return e;
}

enum err pairsecret_get(struct core *c, const struct id *org, size_t index, struct pairsecret *out, size_t *count)
{
	struct buf all = {0};
	enum err e = read_all(c, org, &all);
	if (e != OK)
		return e;
	*count = all.n / CANDIDATE_BYTES;
	unpack(&all, index % *count, out);
	buf_free(&all);
	return OK;
}

/* ---- effects ---- */

static void dropped(struct core *c, const char *name, enum err e)
{
	if (e != OK)
		core_log(c, "secret-not-dropped", NULL, "%s: %s; the next sweep tries again", name, err_text(e));
}

static void drop_named(struct core *c, struct effect *e)
{
	dropped(c, e->secret, vault_drop(c->vault, e->secret));
}

static void drop_pair(struct core *c, struct effect *e)
{
	forget(c, &e->org);
	drop_named(c, e);
}

static void keep_one(struct core *c, struct effect *e)
{
	struct buf all = {0}, one = {0};
	struct pairsecret p;
	enum err err = read_all(c, &e->org, &all);
	for (size_t i = 0; err == OK && i < all.n / CANDIDATE_BYTES; i++) {
		unpack(&all, i, &p);
		if (id_eq(&p.h, &e->h) && one.n == 0)
			err = buf_add(&one, all.p + i * CANDIDATE_BYTES, CANDIDATE_BYTES);
	}
	if (err == OK && one.n)
		err = write_all(c, &e->org, &one);
	bytes_wipe(&p, sizeof p);
	buf_free(&all);
	buf_free(&one);
	dropped(c, e->secret, err);
}

static enum err about_pair(struct core *c, void (*done)(struct core *, struct effect *), const struct id *org, const struct id *h)
{
	struct effect e = {.done = done, .org = *org, .h = *h};
	pairsecret_name(org, e.secret);
	return core_effect(c, &e);
}

enum err pairsecret_keep(struct core *c, const struct id *org, const struct id *h)
{
	return about_pair(c, keep_one, org, h);
}

enum err pairsecret_drop(struct core *c, const struct id *org)
{
	return about_pair(c, drop_pair, org, org);
}

enum err pairsecret_new(struct core *c, const char *name)
{
	struct effect e = {.undone = drop_named};
	(void)snprintf(e.secret, sizeof e.secret, "%s", name);
	return core_effect(c, &e);
}

enum err pairsecret_old(struct core *c, const char *name)
{
	struct effect e = {.done = drop_named};
	(void)snprintf(e.secret, sizeof e.secret, "%s", name);
	return core_effect(c, &e);
}

bool pairsecret_any(const struct core *c, const struct id *org)
{
	for (size_t i = 0; i < c->selectors; i++)
		if (id_eq(&c->selector[i].org, org))
			return true;
	return false;
}

bool pairsecret_another(const struct core *c, const struct id *org, size_t tried)
{
	size_t count = 0;
	for (size_t i = 0; i < c->selectors; i++)
		count += id_eq(&c->selector[i].org, org);
	return count && tried % count;
}

bool pairsecret_find(struct core *c, const uint8_t selector[static LINK_SELECTOR], struct id *org, struct pairsecret *out)
{
	size_t count;
	for (size_t i = 0; i < c->selectors; i++)
		if (memcmp(c->selector[i].selector, selector, LINK_SELECTOR) == 0) {
			*org = c->selector[i].org;
			return pairsecret_get(c, org, c->selector[i].index, out, &count) == OK;
		}
	return false;
}
