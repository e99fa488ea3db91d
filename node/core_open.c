/* core_open.c - how a node comes to life: a new organisation, or the one that is in store and vault. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/kit.h"
#include "node/consortium.h"
#include "node/rotation.h"

static enum err read_kit_back(const struct kit_input *in, struct span file, const char *phrase)
{
	struct kit_input back;
	enum err e = kit_open(file, phrase, &back);
	if (e == OK && (memcmp(back.root_seed, in->root_seed, 32) != 0 || !id_eq(&back.org, &in->org)))
		e = ERR_CORRUPT;
	bytes_wipe(&back, sizeof back);
	return e;
}

static enum err store_self(struct store *store, const struct id *org, const struct signed_statement *s, const char *kit)
{
	struct txn *t;
	enum err e = store_write(store, &t);
	if (e != OK)
		return e;
	e = statements_put(t, org, 0, s);
	if (e == OK)
		e = store_add(t, TABLE_META, SPAN("org", 3), ID_SPAN(org));
	if (e == OK && kit)
		e = store_put(t, TABLE_META, SPAN("kit_path", 8), SPAN(kit, strlen(kit)));
	if (e != OK) {
		store_abort(t);
		return e;
	}
	return store_commit(t);
}

/* The order matters: the kit is written and read back before anything names its key; the statement is stored last. A root key signs
 * once, here, and is gone when this returns. */
enum err core_create(struct store *store, struct vault *vault, const struct world *world, const struct core_kit *kit, struct core_made *out)
{
	struct secrets {
		uint8_t root_seed[32], root_sk[SIGN_SK], next_pk[SIGN_PK], next_sk[SIGN_SK], ring_seed[KEYRING_SEED];
		struct kit_input input;
		char phrase[sizeof out->phrase];
	} *x = calloc(1, sizeof *x);
	struct keyring *ring = NULL;
	struct buf payload = {0}, exported = {0}, file = {0};
	struct statement st = {.reason = 1};
	struct signed_statement sig;
	struct id org;
	enum err e = ERR_MEMORY;
	if (!x)
		return e;
	if (strlen(kit->name) >= sizeof st.name) {
		e = ERR_LIMIT;
		goto done;
	}
	world->random(world->ctx, x->root_seed, sizeof x->root_seed);
	world->random(world->ctx, x->ring_seed, sizeof x->ring_seed);
	world->random(world->ctx, x->input.root_seed, sizeof x->input.root_seed);
	world->random(world->ctx, x->input.entropy, sizeof x->input.entropy);
	sign_keypair(x->root_seed, st.root_pk, x->root_sk);
	sign_keypair(x->input.root_seed, x->next_pk, x->next_sk);
	statement_root_digest(x->next_pk, &st.next_root);
	if ((e = keyring_make(x->ring_seed, &ring)) != OK)
		goto done;
	keyring_publics(ring, &st.keys);
	st.issued = world->now(world->ctx);
	st.stale_after = st.issued + ROTATION_LIFE_MS;
	(void)snprintf(st.name, sizeof st.name, "%s", kit->name);
	if ((e = statement_encode(&st, &payload)) != OK)
		goto done;
	sig.payload = buf_span(&payload);
	statement_org(sig.payload, &org);
	x->input.org = org;
	x->input.kseq = 1;
	x->input.name = kit->name;
	if ((e = kit_make(&x->input, &file, x->phrase)) != OK || (e = read_kit_back(&x->input, buf_span(&file), x->phrase)) != OK ||
	    (e = kit->keep(kit->ctx, buf_span(&file))) != OK)
		goto done;
	if ((e = sign_make(SIGN_KEY, sig.payload, x->root_sk, sig.root_sig)) != OK ||
	    (e = keyring_sign(ring, SIGN_KEY, sig.payload, sig.sign_sig)) != OK)
		goto done;
	struct statement parsed;
	if ((e = statement_verify(&sig, NULL, &parsed, &org)) != OK)
		goto done;
	if ((e = keyring_export(ring, &exported)) != OK || (e = vault_put(vault, "keyring", buf_span(&exported))) != OK)
		goto done;
	if ((e = store_self(store, &org, &sig, kit->where)) != OK)
		goto done;
	out->org = org;
	memcpy(out->phrase, x->phrase, sizeof out->phrase);
done:
	keyring_free(ring);
	buf_free(&payload);
	buf_free(&exported);
	buf_free(&file);
	bytes_wipe(x, sizeof *x);
	free(x);
	return e;
}

static enum err load_self(struct core *c)
{
	struct txn *t;
	struct span org;
	struct signed_statement s;
	struct statement st;
	enum err e = store_read(c->store, &t);
	if (e != OK)
		return e;
	e = store_get(t, TABLE_META, SPAN("org", 3), &org);
	if (e == OK && org.n != 32)
		e = ERR_CORRUPT;
	if (e == OK) {
		memcpy(c->self.org.b, org.p, 32);
		e = statements_newest(t, &c->self.org, &s, &st);
	}
	if (e == OK) {
		c->self.kseq = st.kseq;
		c->self.keys = st.keys;
		(void)snprintf(c->self.name, sizeof c->self.name, "%s", st.name);
	}
	store_abort(t);
	return e;
}

static enum err load_keys(struct core *c)
{
	struct buf seed = {0};
	struct publics have;
	enum err e = vault_get(c->vault, "keyring", &seed);
	if (e == ERR_NOT_FOUND)
		e = ERR_CORRUPT; /* an organisation without keys is not "no node": a new one must not be made over it */
	if (e == OK && seed.n != KEYRING_SEED)
		e = ERR_CORRUPT;
	if (e == OK)
		e = keyring_make(seed.p, &c->keyring);
	buf_free(&seed);
	if (e != OK)
		return e;
	keyring_publics(c->keyring, &have);
	e = memcmp(&have, &c->self.keys, sizeof have) == 0 ? OK : rotation_adopt(c);
	c->self.memory_locked = keyring_locked(c->keyring);
	return e != OK ? e : rotation_links_load(c);
}

enum err core_open(struct store *store, struct vault *vault, const struct world *world, struct core **out)
{
	struct core *c = calloc(1, sizeof *c);
	struct span mark;
	enum err e = ERR_MEMORY;
	if (!c)
		return e;
	c->store = store;
	c->vault = vault;
	c->world = world;
	if (!(c->arena = arena_new()))
		goto fail;
	if ((e = load_self(c)) != OK || (e = load_keys(c)) != OK)
		goto fail;
	c->now = world->now(world->ctx);
	c->steady = world->steady(world->ctx);
	if ((e = store_read(store, &c->txn[0])) != OK)
		goto fail;
	e = pairing_load(c);
	if (e == OK)
		e = consortium_load(c);
	enum err restored = store_get(c->txn[0], TABLE_META, SPAN("restored", 8), &mark);
	store_abort(c->txn[0]);
	c->txn[0] = NULL;
	if (e == OK && restored != ERR_NOT_FOUND) /* a mark that cannot be read is no leave to write */
		e = restored == OK ? stopped_restored(c) : restored;
	if (e == OK)
		e = rotation_resume(c);
	if (e != OK)
		goto fail;
	*out = c;
	return OK;
fail:
	core_free(c);
	return e;
}

void core_free(struct core *c)
{
	if (!c)
		return;
	while (c->sessions) {
		struct session *s = c->sessions;
		c->sessions = s->next;
		session_free(s);
	}
	while (c->peers) {
		struct peer *p = c->peers;
		c->peers = p->next;
		bytes_wipe(p, sizeof *p);
		free(p);
	}
	consortium_free(c);
	for (size_t i = 0; i < c->outputs; i++)
		buf_free(&c->output[i].bytes);
	free(c->output);
	free(c->touch);
	free(c->effect);
	free(c->selector);
	keyring_free(c->keyring);
	keyring_free(c->rotating.next);
	keyring_free(c->rotating.spent);
	rotation_links_free(c);
	arena_free(c->arena);
	free(c);
}

enum err core_advertise(struct core *c, const char *address)
{
	if (c->addresses >= INVITE_ADDRESSES || strlen(address) >= sizeof c->address[0])
		return ERR_LIMIT;
	(void)snprintf(c->address[c->addresses++], sizeof c->address[0], "%s", address);
	return OK;
}

static void stop(struct core *c, struct effect *e)
{
	(void)e;
	c->stopping = true;
}

enum err core_stop(struct core *c)
{
	return core_effect(c, &(struct effect){.done = stop});
}

bool core_stopping(const struct core *c)
{
	return c->stopping;
}
