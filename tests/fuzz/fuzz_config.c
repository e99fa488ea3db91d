/* tally.conf: refused with a place and a reason, or settings that can be shown. libconfuse, which reads it, is part of what is tried. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const uint64_t fuzz_runs;
const uint64_t fuzz_runs = 5000; /* each writes a file */

static char home[200];

static void leave(void)
{
	char path[256];

	(void)snprintf(path, sizeof path, "%s/tally.conf", home);
	(void)unlink(path);
	(void)rmdir(home);
}

static void make(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(home, sizeof home, "%.150s/tally-fuzz.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(home) || atexit(leave) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *c = NULL;
	struct complaint why = {0};
	json_t *shown;
	char path[256];
	int fd;

	if (!*home)
		make();
	(void)snprintf(path, sizeof path, "%s/tally.conf", home);
	fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd) != 0)
		abort();
	if (config_load(home, NULL, &c, &why) != OK) {
		if (!why.text[0] || strncmp(why.where, home, strlen(home)) != 0)
			abort();
	} else {
		if (!(shown = config_json(c)))
			abort();
		json_decref(shown);
		config_free(c);
	}
	return 0;
}
