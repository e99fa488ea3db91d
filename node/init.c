#include "node/init.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/host.h"
#include "node/kitfile.h"
#include "proto/statement.h"

#define KEYRING "keys/keyring"
#define STORE_GONE "there are keys here, and their store is gone: bring it back, or move this folder away"
#define KIT_THERE "this file is there already: choose another with --recovery-out"

static enum err fail(struct complaint *why, enum err e, const char *where, const char *text)
{
	(void)snprintf(why->where, sizeof why->where, "%.*s", (int)(sizeof why->where - 1), where);
	(void)snprintf(why->text, sizeof why->text, "%s", text);
	return e;
}

struct keeper {
	const char *path;
	bool made;
};

static enum err keep_kit(void *ctx, struct span file)
{
	struct keeper *k = ctx;
	return kitfile_keep(k->path, file, &k->made);
}

static bool in_home(const char *home, const char *name)
{
	char path[4200];
	return snprintf(path, sizeof path, "%s/%s", home, name) < (int)sizeof path && access(path, F_OK) == 0;
}

bool init_has_keys(const char *home)
{
	return in_home(home, KEYRING);
}

enum err init_inhabited(struct store *store)
{
	struct txn *t;
	struct span v;
	enum err e = store_read(store, &t);
	if (e != OK)
		return e;
	e = store_get(t, TABLE_META, SPAN("org", 3), &v);
	store_abort(t);
	return e;
}

/* What can be known beforehand: what is in the way, and not what the disk will say. */
static enum err rehearse(const struct init_args *args, const char *kit, struct complaint *why)
{
	if (in_home(args->home, "store/data.mdb"))
		return fail(why, ERR_CONFLICT, args->home, "there is a node here already");
	return access(kit, F_OK) == 0 ? fail(why, ERR_CONFLICT, kit, KIT_THERE) : OK;
}

enum err init_run(const struct init_args *args, struct init_result *out, struct complaint *why)
{
	struct host host;
	struct store *store = NULL;
	struct vault *vault = NULL;
	struct keeper keeper = {out->kit, false};
	struct buf keys = {0};
	char path[4096];
	enum err e = statement_name(args->name, why);
	if (e != OK)
		return e;
	if ((e = host_open(&host, NULL)) == OK)
		e = kitfile_path(args->name, 1, args->recovery_out, out->kit);
	if (e != OK)
		return fail(why, e, "init", err_text(e));
	if (init_has_keys(args->home) && !in_home(args->home, "store/data.mdb"))
		return fail(why, ERR_CONFLICT, args->home, STORE_GONE);
	if (args->rehearse)
		return rehearse(args, out->kit, why);
	if (mkdir(args->home, 0700) != 0 && errno != EEXIST)
		return fail(why, err_errno(errno), args->home, "the folder cannot be made");
	if (snprintf(path, sizeof path, "%s/store", args->home) >= (int)sizeof path)
		return fail(why, ERR_LIMIT, "home", "the path is too long");
	e = store_open(&(struct store_config){.path = path}, &store);
	if (e != OK)
		return fail(why, e, args->home, e == ERR_LOCKED ? "a running node has it open" : err_text(e));
	if ((e = init_inhabited(store)) != ERR_NOT_FOUND) {
		e = e == OK ? fail(why, ERR_CONFLICT, args->home, "there is a node here already") : fail(why, e, args->home, err_text(e));
		goto done;
	}
	(void)snprintf(path, sizeof path, "%s/keys", args->home);
	e = vault_folder(path, args->passphrase, &vault);
	if (e != OK) {
		(void)fail(why, e, path, "the key folder must be ours alone: chmod 700");
		goto done;
	}
	if (vault_get(vault, "keyring", &keys) != ERR_NOT_FOUND) { /* new ones would be written over these */
		e = fail(why, ERR_CONFLICT, args->home, STORE_GONE);
		goto done;
	}
	e = core_create(store, vault, &host.world, &(struct core_kit){args->name, keep_kit, &keeper, out->kit}, &out->made);
	if (e == OK)
		words_org(&out->made.org, out->words);
	else if (!keeper.made)
		(void)fail(why, e, out->kit, e == ERR_CONFLICT ? KIT_THERE : "the recovery kit cannot be written there");
	else
		(void)fail(why, e, "init", err_text(e));
	if (e != OK && keeper.made && init_inhabited(store) == ERR_NOT_FOUND) { /* a kit whose organisation may exist is never taken away */
		enum err ignored = vault_drop(vault, "keyring");
		(void)ignored;
		(void)unlink(out->kit);
	}
done:
	buf_free(&keys);
	vault_free(vault);
	store_close(store);
	return e;
}
