/* arena.h - for cmocka: one arena a test, `a`. */
#ifndef TALLY_TEST_ARENA_H
#define TALLY_TEST_ARENA_H

#include "proto/value.h"

static struct arena *a;

static int arena_begin(void **state)
{
	(void)state;
	a = arena_new();
	return a ? 0 : -1;
}

static int arena_end(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

#endif
