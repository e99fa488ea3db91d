/* wrap.c - what stands between the core and its vault, its commits and its links. The linker puts these in place of the real functions (--wrap), so
 * that the core that runs is byte for byte the real one. */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "proto/link.h"
#include "tests/sim/world.h"

enum err __real_vault_put(struct vault *v, const char *name, struct span secret);
enum err __real_vault_drop(struct vault *v, const char *name);
enum err __real_store_commit(struct txn *t);
enum err __real_link_send(struct link *l, struct span message);
void __real_link_free(struct link *l);
enum err __wrap_vault_put(struct vault *v, const char *name, struct span secret);
enum err __wrap_vault_drop(struct vault *v, const char *name);
enum err __wrap_store_commit(struct txn *t);
enum err __wrap_link_send(struct link *l, struct span message);
void __wrap_link_free(struct link *l);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long n, const char *passwd, unsigned long long passwd_n, const unsigned char *salt,
                         unsigned long long ops, size_t mem, int alg);

static struct sim *world;
static struct place *who; /* whose turn it is; NULL: none, and all is as usual */

/* ---- the vault ---- */

#define CHANGES 64

static struct change { /* what stood there before a change of this turn */
	char name[81];
	bool there;
	struct buf was;
} changes[CHANGES];
static size_t changed, at_commit;

void wrap_enter(struct sim *s, struct place *p)
{
	world = s;
	who = p;
	s->turning = p;
	changed = 0;
}

void wrap_leave(void)
{
	for (size_t i = 0; i < CHANGES; i++)
		buf_free(&changes[i].was);
	if (world)
		world->turning = NULL;
	who = NULL;
	changed = 0;
}

/* They are made one by one, each durable when it returns: some were, the rest not. */
void wrap_crash(struct sim *s, struct place *p, bool committed)
{
	size_t least = committed ? at_commit : 0, made = least + sim_below(&s->fates, changed - least + 1);
	who = NULL;
	while (changed > made) {
		struct change *x = &changes[--changed];
		if (x->there)
			sim_must(s, __real_vault_put(p->node.vault, x->name, buf_span(&x->was)), "vault");
		else
			sim_must(s, __real_vault_drop(p->node.vault, x->name), "vault");
	}
}

static void remember(struct vault *v, const char *name)
{
	if (changed == CHANGES)
		return;
	struct change *x = &changes[changed++];
	buf_free(&x->was);
	memcpy(x->name, name, strlen(name) + 1);
	x->there = vault_get(v, name, &x->was) == OK;
}

static bool vault_fails(void)
{
	if (!who || !sim_faulty(world, FAULT_VAULT) || !sim_chance(&who->dice, 4u * (unsigned)world->strength[FAULT_VAULT]))
		return false;
	sim_hit(world, FAULT_VAULT);
	return true;
}

enum err __wrap_vault_put(struct vault *v, const char *name, struct span secret)
{
	if (!who)
		return __real_vault_put(v, name, secret);
	if (vault_fails())
		return ERR_SPACE;
	remember(v, name);
	return __real_vault_put(v, name, secret);
}

enum err __wrap_vault_drop(struct vault *v, const char *name)
{
	if (!who)
		return __real_vault_drop(v, name);
	if (vault_fails())
		return ERR_IO;
	remember(v, name);
	return __real_vault_drop(v, name);
}

/* ---- the commit ---- */

enum err __wrap_store_commit(struct txn *t)
{
	at_commit = changed;
	if (!who || who->commits == 0)
		return __real_store_commit(t);
	who->commits--;
	sim_hit(world, FAULT_COMMIT);
	store_abort(t);
	return sim_chance(&who->dice, 50) ? ERR_SPACE : ERR_IO;
}

/* ---- messages, as they are before they are encrypted ---- */

static struct link *holder; /* whose message waits for the next one */
static struct buf held;

void __wrap_link_free(struct link *l)
{
	if (l == holder) {
		buf_free(&held);
		holder = NULL;
	}
	__real_link_free(l);
}

static bool of_exchange(struct span m)
{
	return m.n > 2 && m.p[1] >= MESSAGE_SUMMARY && m.p[1] <= MESSAGE_RECEIPTS;
}

static bool befalls(enum fault f)
{
	if (!sim_faulty(world, f) || !sim_chance(&who->dice, 2u * (unsigned)world->strength[f]))
		return false;
	sim_hit(world, f);
	return true;
}

static bool chosen(struct span message)
{
	return message.p[1] == MESSAGE_ENTRIES && world->lose && --world->lose == 0;
}

static enum err send_held(struct link *l)
{
	enum err e = OK;
	if (l == holder) {
		holder = NULL;
		e = __real_link_send(l, buf_span(&held));
		buf_free(&held);
	}
	return e;
}

enum err __wrap_link_send(struct link *l, struct span message)
{
	enum err e;
	if (!who)
		return __real_link_send(l, message);
	truth_sending(world, who, l, message);
	if (of_exchange(message) && (befalls(FAULT_LOSE) || chosen(message)))
		return OK;
	if (of_exchange(message) && !holder && befalls(FAULT_SWAP) && buf_add(&held, message.p, message.n) == OK) {
		holder = l;
		return OK;
	}
	e = __real_link_send(l, message);
	if (e == OK && of_exchange(message) && befalls(FAULT_DOUBLE))
		e = __real_link_send(l, message);
	return e == OK ? send_held(l) : e;
}

/* ---- the recovery kit, which is not what is tried here: a hundred milliseconds each ---- */

int __wrap_crypto_pwhash(unsigned char *out, unsigned long long n, const char *passwd, unsigned long long passwd_n, const unsigned char *salt,
                         unsigned long long ops, size_t mem, int alg)
{
	(void)ops;
	(void)mem;
	(void)alg;
	return crypto_generichash(out, n, (const unsigned char *)passwd, passwd_n, salt, crypto_pwhash_SALTBYTES);
}
