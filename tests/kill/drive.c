#include "tests/kill/drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "keys/random.h"

static uint64_t state;

static bool programs(const char *build, struct drive *d)
{
	char path[3000];

	(void)snprintf(path, sizeof path, "%s/tally", build);
	if (!realpath(path, d->tally))
		return false;
	(void)snprintf(path, sizeof path, "%s/san/tally", build);
	if (!realpath(path, d->sanitized))
		d->sanitized[0] = 0;
	return true;
}

bool drive_begin(int argc, char **argv, struct drive *d)
{
	const char *build = "build";
	bool seeded = false;
	int option;

	while ((option = getopt(argc, argv, "n:s:b:")) != -1)
		if (option == 'n') {
			d->n = (unsigned)strtoul(optarg, NULL, 10);
		} else if (option == 's') {
			d->seed = strtoull(optarg, NULL, 10);
			seeded = true;
		} else if (option == 'b') {
			build = optarg;
		} else {
			return false;
		}
	if (random_start() != OK || !programs(build, d)) {
		fprintf(stderr, "%s: no program in %s\n", argv[0], build);
		return false;
	}
	if (!seeded)
		random_fill(&d->seed, sizeof d->seed);
	state = d->seed;
	return true;
}

/* splitmix64 */
uint64_t drive_random(uint64_t below)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % below;
}

bool drive_end(const char *folder)
{
	char command[4200];

	(void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command) == 0;
}
