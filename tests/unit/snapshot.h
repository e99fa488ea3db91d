/* snapshot.h - all that a node is, for tests that ask what a call has changed: every row of its store, every secret of its vault, its
 * files of evidence, and its sessions and peers in memory. */
#ifndef TALLY_TEST_SNAPSHOT_H
#define TALLY_TEST_SNAPSHOT_H

#include "tests/unit/scenario.h"

#include <dirent.h>

#include "node/core_state.h"

#define SNAPSHOT_NAMES 32

struct snapshot {
	uint64_t table[TABLE_COUNT]; /* over keys and values */
	size_t names;
	char name[SNAPSHOT_NAMES][81];
	uint64_t secrets, sessions, peers, files; /* files: in whatever order the folder tells them */
	int64_t deadline;
	bool stopping;
};

static inline void snapshot_mix(uint64_t *sum, const void *p, size_t n)
{
	const uint8_t *b = p;
	for (size_t i = 0; i < n; i++)
		*sum = (*sum ^ b[i]) * 0x100000001b3u;
	*sum = (*sum ^ n) * 0x100000001b3u;
}

struct snapshot_vault {
	struct snapshot *s;
	struct vault *vault;
};

static inline enum err snapshot_secret(void *ctx, const char *name)
{
	struct snapshot_vault *v = ctx;
	struct buf secret = {0};
	assert_true(v->s->names < SNAPSHOT_NAMES);
	(void)snprintf(v->s->name[v->s->names++], sizeof v->s->name[0], "%s", name);
	assert_int_equal(vault_get(v->vault, name, &secret), OK);
	snapshot_mix(&v->s->secrets, secret.p, secret.n);
	buf_free(&secret);
	return OK;
}

static inline uint64_t snapshot_files(const struct node *n)
{
	uint64_t sum = 0;
	DIR *list = opendir(n->files);
	for (const struct dirent *d; list && (d = readdir(list));) {
		uint64_t one = 0;
		char path[400];
		uint8_t part[4096];
		size_t got;
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", n->files, d->d_name);
		FILE *f = fopen(path, "r");
		snapshot_mix(&one, d->d_name, strlen(d->d_name));
		while (f && (got = fread(part, 1, sizeof part, f)) > 0)
			snapshot_mix(&one, part, got);
		if (f)
			(void)fclose(f);
		sum += one;
	}
	if (list)
		(void)closedir(list);
	return sum;
}

static inline void snapshot_memory(const struct core *c, struct snapshot *out)
{
	for (const struct session *s = c->sessions; s; s = s->next) {
		const uint64_t parts[] = {s->conn, s->phase, s->closing, s->confirm_sent, link_output(s->link)->n};
		snapshot_mix(&out->sessions, parts, sizeof parts);
	}
	for (const struct peer *p = c->peers; p; p = p->next) {
		const uint64_t parts[] = {p->dial, (uint64_t)p->next_dial, (uint64_t)p->backoff, p->joining, (uint64_t)p->join};
		snapshot_mix(&out->peers, &p->org, sizeof p->org);
		snapshot_mix(&out->peers, parts, sizeof parts);
	}
	for (size_t i = 0; i < c->selectors; i++)
		snapshot_mix(&out->peers, c->selector[i].selector, LINK_SELECTOR);
	out->deadline = core_deadline(c);
	out->stopping = core_stopping(c);
}

static inline struct snapshot snapshot_of(struct node *n)
{
	struct snapshot s = {0};
	struct snapshot_vault v = {&s, n->vault};
	struct txn *t;
	assert_int_equal(store_read(n->store, &t), OK);
	for (int i = 0; i < TABLE_COUNT; i++) {
		struct walk w;
		assert_int_equal(walk_open(t, (enum table)i, SPAN(NULL, 0), false, &w), OK);
		while (walk_next(&w)) {
			snapshot_mix(&s.table[i], w.key.p, w.key.n);
			snapshot_mix(&s.table[i], w.value.p, w.value.n);
		}
		assert_int_equal(walk_close(&w, OK), OK);
	}
	store_abort(t);
	assert_int_equal(vault_each(n->vault, "", snapshot_secret, &v), OK);
	s.files = snapshot_files(n);
	snapshot_memory(n->core, &s);
	return s;
}

static inline bool snapshot_has(const struct snapshot *s, const char *prefix)
{
	for (size_t i = 0; i < s->names; i++)
		if (strncmp(s->name[i], prefix, strlen(prefix)) == 0)
			return true;
	return false;
}

static inline bool snapshot_same(const struct snapshot *x, const struct snapshot *y)
{
	return memcmp(x->table, y->table, sizeof x->table) == 0 && x->names == y->names && x->secrets == y->secrets &&
	       memcmp(x->name, y->name, sizeof x->name) == 0 && x->sessions == y->sessions && x->peers == y->peers &&
	       x->deadline == y->deadline && x->stopping == y->stopping && x->files == y->files;
}

/* Fails and says what differs. */
static inline void snapshot_equal(const char *what, const struct snapshot *x, const struct snapshot *y)
{
	for (int i = 0; i < TABLE_COUNT; i++)
		if (x->table[i] != y->table[i])
			fail_msg("%s changed table %d", what, i);
	if (x->names != y->names || memcmp(x->name, y->name, sizeof x->name) != 0 || x->secrets != y->secrets)
		fail_msg("%s changed the vault: %zu names were %zu", what, y->names, x->names);
	if (x->files != y->files)
		fail_msg("%s changed the files of evidence", what);
	if (x->sessions != y->sessions)
		fail_msg("%s changed a session", what);
	if (x->peers != y->peers)
		fail_msg("%s changed whom the node dials", what);
	if (!snapshot_same(x, y))
		fail_msg("%s changed when the node acts, or stopped it", what);
}

#endif
