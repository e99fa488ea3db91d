#include "tests/world/node.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOTED 1795477980000 /* 2026-11-23, seven minutes before midnight: where all steady clocks begin */

uint64_t world_dice(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static int64_t now(void *ctx)
{
	const struct node *n = ctx;
	return *n->clock + n->skew;
}

/* Begins elsewhere than the world's, so that who mixes the two is found out. */
static int64_t steady(void *ctx)
{
	const struct node *n = ctx;
	return *n->clock - BOOTED;
}

int64_t world_when(int64_t at)
{
	return at == INT64_MAX ? at : at + BOOTED;
}

static void randomness(void *ctx, uint8_t *p, size_t n)
{
	struct node *node = ctx;
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)world_dice(node->dice);
}

/* The last 32 bytes that a new organisation draws are the seed in its recovery kit: opening the kit takes a tenth of a second. */
static void kit_randomness(void *ctx, uint8_t *p, size_t n)
{
	struct node *node = ctx;
	randomness(ctx, p, n);
	if (n == sizeof node->root)
		memcpy(node->root, p, n);
}

static void log_line(void *ctx, const char *line)
{
	struct node *n = ctx;
	size_t have = strlen(n->log), more = strlen(line);
	if (have + more + 2 > sizeof n->log)
		have = 0;
	if (more + 2 < sizeof n->log)
		(void)snprintf(n->log + have, sizeof n->log - have, "%s\n", line);
	if (n->line)
		n->line(n, line);
}

static enum err take_kit(void *ctx, struct span file)
{
	*(size_t *)ctx = file.n;
	return file.n ? OK : ERR_IO;
}

static enum err settle(struct node *n, int index)
{
	const char *tmp = getenv("TMPDIR");
	n->index = index;
	n->world = (struct world){n, now, randomness, log_line, steady, n->files};
	(void)snprintf(n->address, sizeof n->address, "node%d:7400", index);
	(void)snprintf(n->folder, sizeof n->folder, "%.40s/tally-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	if (!mkdtemp(n->folder))
		return ERR_IO;
	(void)snprintf(n->files, sizeof n->files, "%s/files", n->folder);
	return vault_memory(&n->vault);
}

static void store_path(const struct node *n, const char *file, char out[static 96])
{
	(void)snprintf(out, 96, "%s/store%s%s", n->folder, *file ? "/" : "", file);
}

static enum err open_store(struct node *n)
{
	char path[96];
	store_path(n, "", path);
	return store_open(&(struct store_config){.path = path, .map_size = n->map_size ? n->map_size : 256u << 20}, &n->store);
}

enum err node_open(struct node *n)
{
	enum err e = open_store(n);
	if (e == OK)
		e = core_open(n->store, n->vault, &n->world, &n->core);
	return e == OK ? core_advertise(n->core, n->address) : e;
}

enum err node_make(struct node *n, int index)
{
	struct core_made made;
	char name[32];
	size_t kit = 0;
	enum err e = settle(n, index);
	if (e == OK)
		e = open_store(n);
	(void)snprintf(name, sizeof name, "Node %d", index);
	n->world.random = kit_randomness;
	if (e == OK)
		e = core_create(n->store, n->vault, &n->world, &(struct core_kit){.name = name, .keep = take_kit, .ctx = &kit}, &made);
	n->world.random = randomness;
	if (e == OK && kit == 0)
		e = ERR_IO;
	if (e == OK)
		e = core_open(n->store, n->vault, &n->world, &n->core);
	return e == OK ? core_advertise(n->core, n->address) : e;
}

enum err node_change_keys(struct node *n, int64_t reason)
{
	struct rotation r = {.reason = reason};
	struct buf payload = {0};
	struct complaint why;
	uint8_t next[32], pk[SIGN_PK], sk[SIGN_SK], none[SIGN_SK], sig[SIGN_LEN];
	randomness(n, next, sizeof next);
	sign_keypair(next, pk, none);
	statement_root_digest(pk, &r.next_root);
	sign_keypair(n->root, r.root_pk, sk);
	enum err e = rotation_prepare(n->core, &r, &payload, &why);
	if (e == OK)
		e = sign_make(SIGN_KEY, buf_span(&payload), sk, sig);
	if (e == OK)
		e = rotation_commit(n->core, buf_span(&payload), sig, &why);
	if (e == OK)
		memcpy(n->root, next, sizeof next);
	buf_free(&payload);
	return e;
}

/* ---- a copy ---- */

struct both {
	struct vault *from, *to;
};

static enum err copy_secret(void *ctx, const char *name)
{
	struct both *v = ctx;
	struct buf secret = {0};
	enum err e = vault_get(v->from, name, &secret);
	if (e == OK)
		e = vault_put(v->to, name, buf_span(&secret));
	buf_free(&secret);
	return e;
}

static enum err copy_file(const char *from, const char *to)
{
	char bytes[65536];
	size_t n;
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	bool good = in && out;
	while (good && (n = fread(bytes, 1, sizeof bytes, in)) > 0)
		good = fwrite(bytes, 1, n, out) == n;
	good = good && !ferror(in);
	if (in)
		(void)fclose(in);
	if (out && fclose(out) != 0)
		good = false;
	return good ? OK : ERR_IO;
}

enum err node_copy(struct node *n, const struct node *from)
{
	char here[96], there[96];
	enum err e = settle(n, from->index);
	memcpy(n->root, from->root, sizeof n->root);
	store_path(n, "", here);
	if (e == OK && mkdir(here, 0700) != 0)
		e = ERR_IO;
	store_path(from, "data.mdb", there);
	store_path(n, "data.mdb", here);
	if (e == OK)
		e = copy_file(there, here);
	return e == OK ? vault_each(from->vault, "", copy_secret, &(struct both){from->vault, n->vault}) : e;
}

/* ---- the end ---- */

void node_down(struct node *n)
{
	core_free(n->core);
	store_close(n->store);
	n->core = NULL;
	n->store = NULL;
}

static void drop_files(struct node *n)
{
	char path[400];
	struct dirent *d;
	DIR *list = opendir(n->files);
	while (list && (d = readdir(list))) {
		(void)snprintf(path, sizeof path, "%s/%s", n->files, d->d_name);
		(void)remove(path);
	}
	if (list)
		(void)closedir(list);
	(void)remove(n->files);
}

void node_remove(struct node *n)
{
	static const char *const files[] = {"store/data.mdb", "store/lock.mdb", "store/lock", "store", ""};
	char path[128];
	node_down(n);
	vault_free(n->vault);
	n->vault = NULL;
	drop_files(n);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", n->folder, files[i]);
		(void)remove(path);
	}
}
