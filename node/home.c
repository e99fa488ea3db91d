#include "node/home.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "node/init.h"

#define GONE "the store in %.60s is %s; nothing was changed"

static enum err fail(struct complaint *why, enum err e, const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum err fail(struct complaint *why, enum err e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)vsnprintf(why->text, sizeof why->text, format, args);
	va_end(args);
	return e;
}

enum err home_open(const struct home_config *config, const struct world *world, struct home *out, struct complaint *why)
{
	char path[4096];
	if (snprintf(path, sizeof path, "%s/store", config->path) >= (int)sizeof path)
		return fail(why, ERR_LIMIT, "the path of the home folder is too long");
	if (access(path, F_OK) != 0)
		return init_has_keys(config->path) ? fail(why, ERR_CORRUPT, GONE, config->path, "gone")
		                                   : fail(why, ERR_NOT_FOUND, "there is no node in %s", config->path);
	enum err e = store_open(&(struct store_config){.path = path, .map_size = config->map_size, .existing = true, .say = config->say, .ctx = config->ctx},
	                        &out->store);
	if (e == ERR_CORRUPT || (e == ERR_NOT_FOUND && init_has_keys(config->path)))
		return fail(why, ERR_CORRUPT, GONE, config->path, e == ERR_CORRUPT ? "damaged" : "gone");
	if (e == ERR_NOT_FOUND)
		return fail(why, e, "there is no node in %s", config->path);
	if (e == ERR_LOCKED)
		return fail(why, e, "the node in %s is running already", config->path);
	if (e == ERR_DENIED)
		return fail(why, e, "the store in %s cannot be written: the folder is read-only, or not ours", config->path);
	if (e == ERR_VERSION)
		return fail(why, e, "the store in %s was made by a newer version of tally; nothing was touched", config->path);
	if (e != OK)
		return fail(why, e, "the store in %s: %s", config->path, err_text(e));
	(void)snprintf(path, sizeof path, "%s/keys", config->path);
	e = vault_folder(path, config->passphrase && *config->passphrase ? secret_text(*config->passphrase) : NULL, &out->vault);
	if (e == OK && config->passphrase) {
		secret_free(*config->passphrase);
		*config->passphrase = NULL;
	}
	if (e == OK)
		e = core_open(out->store, out->vault, world, &out->core);
	if (e == ERR_NOT_FOUND && init_has_keys(config->path))
		return fail(why, ERR_CORRUPT, GONE, config->path, "gone");
	if (e == ERR_NOT_FOUND)
		return fail(why, e, "there is no node in %s", config->path);
	if (e == ERR_DENIED)
		return fail(why, e, "the keys and their folder must be ours alone: chmod -R go= %s/keys", config->path);
	if (e == ERR_CRYPT)
		return fail(why, e, "the keys in %s/keys do not open: wrong or missing passphrase, or a changed file", config->path);
	if (e == ERR_CONFLICT)
		return fail(why, e, "the keys in %s/keys are not those of the store beside them", config->path);
	if (e == ERR_CORRUPT)
		return fail(why, e, "%s/keys/keyring is gone or damaged, or what the store says of it is; nothing was changed", config->path);
	return e == OK ? OK : fail(why, e, "the node in %s: %s", config->path, err_text(e));
}

void home_close(struct home *h)
{
	core_free(h->core);
	vault_free(h->vault);
	store_close(h->store);
	*h = (struct home){0};
}
