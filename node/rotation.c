#include "node/rotation.h"

#include <stdio.h>
#include <string.h>

#include "node/core_state.h"
#include "node/pairsecret.h"
#include "proto/when.h"

#define NEXT "keyring-next" /* in the vault, until the statement that names it is committed and it has taken the place of the old one */
#define PREPARED SPAN("rotation", 8) /* in TABLE_META: the payload */

static enum err complain(struct complaint *why, enum err e, const char *text)
{
	why->where[0] = 0;
	(void)snprintf(why->text, sizeof why->text, "%s", text);
	return e;
}

/* ---- preparing ---- */

static enum err make_next(struct core *c, struct publics *out)
{
	uint8_t seed[KEYRING_SEED];
	struct keyring *ring;
	core_random(c, seed, sizeof seed);
	enum err e = keyring_make(seed, &ring);
	if (e == OK) {
		keyring_publics(ring, out);
		keyring_free(ring);
		e = pairsecret_new(c, NEXT);
	}
	if (e == OK)
		e = vault_put(c->vault, NEXT, SPAN(seed, sizeof seed));
	bytes_wipe(seed, sizeof seed);
	return e;
}

enum err rotation_prepare(struct core *c, const struct rotation *r, struct buf *payload, struct complaint *why)
{
	struct signed_statement before;
	struct statement last, st = {.has_org = true, .org = c->self.org, .reason = r->reason, .next_root = r->next_root, .issued = c->now,
	                             .stale_after = c->now + ROTATION_LIFE_MS};
	struct id root;
	enum err e = statements_newest(core_txn(c), &c->self.org, &before, &last);
	if (e != OK)
		return e;
	statement_root_digest(r->root_pk, &root);
	if (!id_eq(&root, &last.next_root))
		return complain(why, ERR_CONFLICT, "the newest key statement names another root key: this kit was used up, or is another organisation's");
	st.kseq = last.kseq + 1;
	statement_hash(before.payload, &st.prev);
	memcpy(st.root_pk, r->root_pk, sizeof st.root_pk);
	(void)snprintf(st.name, sizeof st.name, "%s", last.name);
	e = make_next(c, &st.keys);
	if (e == OK)
		e = statement_encode(&st, payload);
	if (e == ERR_LIMIT)
		return complain(why, e, "an organisation has at most 256 key statements");
	return e != OK ? e : store_put(core_txn(c), TABLE_META, PREPARED, buf_span(payload));
}

/* ---- committing ---- */

static enum err next_ring(struct core *c, struct keyring **out)
{
	struct buf seed = {0};
	enum err e = vault_get(c->vault, NEXT, &seed);
	if (e == OK && seed.n != KEYRING_SEED)
		e = ERR_CORRUPT;
	if (e == OK)
		e = keyring_make(seed.p, out);
	buf_free(&seed);
	return e;
}

/* In the vault they take the old ones' place. When that fails the next start does it. */
static enum err replace(struct core *c)
{
	struct buf seed = {0};
	enum err e = vault_get(c->vault, NEXT, &seed);
	if (e == OK)
		e = vault_put(c->vault, "keyring", buf_span(&seed));
	if (e == OK)
		e = vault_drop(c->vault, NEXT);
	buf_free(&seed);
	return e;
}

static void take_over(struct core *c, struct effect *effect)
{
	(void)effect;
	rotation_links_add(c);
	c->rotating.spent = c->keyring;
	c->keyring = c->rotating.next;
	c->rotating.next = NULL;
	c->self.kseq++;
	keyring_publics(c->keyring, &c->self.keys);
	c->self.memory_locked = keyring_locked(c->keyring);
	c->rotating.begins = true;
	c->rotating.next_try = c->steady;
	enum err e = replace(c);
	if (e != OK)
		core_log(c, "keys-not-replaced", NULL, "%s; the next start tries again", err_text(e));
	for (struct session *s = c->sessions; s; s = s->next)
		s->stale = true;
	for (struct peer *p = c->peers; p; p = p->next)
		if (!p->joining) {
			p->backoff = 0;
			p->next_dial = c->steady;
		}
}

static void forget_next(struct core *c, struct effect *effect)
{
	(void)effect;
	keyring_free(c->rotating.next);
	c->rotating.next = NULL;
}

/* Both signatures over what was prepared; *out is as it will be stored. */
static enum err sign_statement(struct core *c, struct signed_statement *out, struct statement *st)
{
	struct signed_statement before;
	struct statement last;
	struct publics keys;
	struct id org;
	enum err e = statements_newest(core_txn(c), &c->self.org, &before, &last);
	if (e == OK)
		e = keyring_sign(c->rotating.next, SIGN_KEY, out->payload, out->sign_sig);
	if (e == OK)
		e = statement_verify(out, &before, st, &org);
	if (e != OK)
		return e;
	keyring_publics(c->rotating.next, &keys);
	return memcmp(&keys, &st->keys, sizeof keys) == 0 ? OK : ERR_CONFLICT;
}

static enum err keep(struct core *c, const struct signed_statement *s, const struct statement *st)
{
	char text[40];
	enum err e = rotation_links_keep(c);
	if (e == OK)
		e = statements_put(core_txn(c), &c->self.org, st->kseq, s);
	if (e == OK)
		e = store_drop(core_txn(c), TABLE_META, PREPARED);
	if (e == OK)
		e = pairing_drop_open(c); /* they name a link key that is no longer ours */
	(void)snprintf(text, sizeof text, "key statement %llu, %s", (unsigned long long)st->kseq, vocab_word(&vocab_key_reason, st->reason));
	return e == OK ? operations_add(core_txn(c), c->now, "operator", "keys changed", text) : e;
}

enum err rotation_commit(struct core *c, struct span payload, const uint8_t root_sig[static SIGN_LEN], struct complaint *why)
{
	struct signed_statement s;
	struct statement st;
	struct span prepared;
	if (c->rotating.spent || c->rotating.begins || c->rotating.next)
		return complain(why, ERR_BUSY, "the change of keys before this one is not over yet");
	enum err e = store_get(core_txn(c), TABLE_META, PREPARED, &prepared);
	if (e == ERR_NOT_FOUND || (e == OK && !span_eq(prepared, payload)))
		return complain(why, ERR_NOT_FOUND, "this is not what was prepared");
	uint8_t *copy = e == OK ? arena_alloc(c->arena, payload.n) : NULL; /* what is read is borrowed until something is written */
	if (!copy)
		return e == OK ? ERR_MEMORY : e;
	memcpy(copy, payload.p, payload.n);
	s.payload = SPAN(copy, payload.n);
	memcpy(s.root_sig, root_sig, SIGN_LEN);
	if ((e = next_ring(c, &c->rotating.next)) != OK)
		return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
	if ((e = sign_statement(c, &s, &st)) == OK)
		e = keep(c, &s, &st);
	if (e == OK)
		e = core_effect(c, &(struct effect){.done = take_over, .undone = forget_next});
	if (e != OK)
		forget_next(c, NULL);
	return e;
}

/* ---- at the start ---- */

enum err rotation_adopt(struct core *c)
{
	struct publics have;
	struct keyring *ring;
	enum err e = next_ring(c, &ring);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_CONFLICT : e;
	keyring_publics(ring, &have);
	if (memcmp(&have, &c->self.keys, sizeof have) != 0) {
		keyring_free(ring);
		return ERR_CONFLICT;
	}
	keyring_free(c->keyring);
	c->keyring = ring;
	return replace(c);
}

/* ---- afterwards ---- */

/* Every audience that has a log of ours, and every active partner that has none. */
static enum err open_logs(struct core *c)
{
	struct log_row log;
	struct walk w;
	size_t n = 0, cap = 0;
	struct id *to = NULL;
	enum err e = walk_open(core_txn(c), TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	while (e == OK && walk_next(&w)) {
		struct partner p;
		struct id org;
		if (w.key.n != sizeof org.b)
			continue;
		memcpy(org.b, w.key.p, sizeof org.b);
		if ((e = partners_get(core_txn(c), c->arena, &org, &p)) != OK)
			break;
		enum err logged = logs_current(core_txn(c), &c->self.org, AUDIENCE_DIRECT, &org, &log);
		if (logged != OK && logged != ERR_NOT_FOUND)
			e = logged;
		if (p.state == PARTNER_REMOVED || (logged == ERR_NOT_FOUND && p.state == PARTNER_PENDING) || (logged == OK && log.kseq == c->self.kseq))
			continue;
		if (n == cap) {
			struct id *more = arena_alloc(c->arena, (cap = cap ? 2 * cap : 64) * sizeof *more);
			if (!more) {
				e = ERR_MEMORY;
				break;
			}
			if (n)
				memcpy(more, to, n * sizeof *more);
			to = more;
		}
		to[n++] = org;
	}
	e = walk_close(&w, e);
	for (size_t i = 0; i < n && e == OK; i++)
		e = outbox_open(c, AUDIENCE_DIRECT, &to[i]);
	return e;
}

/* A receipt carries the number of the key: those that partners hold stay good to them, and these stand behind our newest one. */
static enum err sign_receipts(struct core *c)
{
	struct log_row log;
	struct walk w;
	enum err e = logs_walk(core_txn(c), &w);
	while (e == OK && logs_next(&w, &log))
		if (!exchange_ours(c, &log) && log.n > 0)
			e = core_touch(c, log.no);
	return walk_close(&w, e);
}

static enum err begin_anew(struct core *c)
{
	enum err e = open_logs(c);
	return e == OK ? sign_receipts(c) : e;
}

enum err rotation_resume(struct core *c)
{
	struct output *outputs;
	size_t count;
	if (c->self.kseq == 0)
		return OK;
	enum err e = core_begin(c);
	if (e != OK)
		return e;
	core_break(c, begin_anew(c));
	return core_end(c, &outputs, &count);
}

static void over(struct core *c, struct effect *effect)
{
	(void)effect;
	c->rotating.begins = false;
}

/* They hear of the new keys by the link that stands, and then dial, or are dialled, under them. */
static void tell(struct core *c)
{
	for (struct session *s = c->sessions; s; s = s->next) {
		if (!s->stale || s->closing)
			continue;
		if (s->phase >= PHASE_KEYS)
			session_keys(c, s, c->self.kseq);
		session_end(c, s, "our keys have changed");
	}
}

void rotation_tick(struct core *c)
{
	if (c->rotating.begins && c->rotating.next_try > c->steady)
		return;
	if (c->rotating.begins) {
		c->rotating.next_try = c->steady + LIMIT_RETRY_MIN_MS;
		enum err e = begin_anew(c);
		tell(c);
		if (e == OK)
			e = core_effect(c, &(struct effect){.done = over});
		core_break(c, e);
		return;
	}
	if (!c->rotating.spent)
		return;
	for (const struct session *s = c->sessions; s; s = s->next)
		if (s->stale)
			return;
	keyring_free(c->rotating.spent);
	c->rotating.spent = NULL;
}

int64_t rotation_deadline(const struct core *c)
{
	if (c->rotating.begins)
		return c->rotating.next_try;
	return c->rotating.spent ? c->steady : INT64_MAX;
}
