#include "node/direct.h"

#include <poll.h>
#include <stdio.h>

#include "node/api.h"
#include "node/config.h"
#include "node/passphrase.h"

#define TURNS 3      /* a call that waits for the commit of its first turn is done in the second */
#define PAUSE_MS 6 /* it is over then */

static enum err open_home(struct direct *d, const char *path, struct complaint *why)
{
	struct secret *passphrase = NULL;
	struct config *config = NULL;
	enum err e = config_load(path, NULL, &config, why);
	if (e == OK && config_text(config, "passphrase_file"))
		e = passphrase_file(config_text(config, "passphrase_file"), &passphrase, why);
	else if (e == OK && !d->silent && passphrase_needed(path))
		e = passphrase_ask(false, &passphrase, why);
	if (e == OK)
		e = host_open(&d->host, path);
	d->host.level = HOST_ERROR; /* what is told is told by the command */
	if (e == OK)
		e = home_open(&(struct home_config){.path = path, .passphrase = passphrase ? &passphrase : NULL, .map_size = config_size(config, "map_size")},
		              &d->host.world, &d->home, why);
	const char *const *list;
	size_t n = e == OK ? config_list(config, "advertise", &list) : 0;
	for (size_t i = 0; e == OK && i < n; i++)
		e = core_advertise(d->home.core, list[i]);
	d->open = e == OK;
	if (e != OK)
		home_close(&d->home);
	secret_free(passphrase);
	config_free(config);
	return e;
}

static json_t *turn(struct direct *d, const json_t *request, struct api_wait *wait)
{
	struct output *outputs;
	size_t count;
	enum err e = core_begin(d->home.core), kept;
	json_t *response = e == OK ? api_run(d->home.core, request, wait) : api_turn_failed(e);
	if (e == OK && (kept = core_end(d->home.core, &outputs, &count)) != OK) {
		json_decref(response);
		response = api_turn_failed(kept);
	}
	return response;
}

enum err direct_call(struct direct *d, const char *path, const json_t *request, json_t **response, struct complaint *why)
{
	struct api_wait wait = {0};
	json_t *made = NULL;
	enum err e = d->open ? OK : open_home(d, path, why);
	if (e != OK)
		return e;
	for (int i = 0; i < TURNS && !made; i++) {
		if (i)
			(void)poll(NULL, 0, PAUSE_MS);
		made = turn(d, request, &wait);
	}
	*response = made ? made : api_failure(ERR_NO_DAEMON, "the node is not running, so nobody is reached", "start it with: tally up --background");
	return OK;
}

void direct_close(struct direct *d)
{
	home_close(&d->home);
	d->open = false;
}
