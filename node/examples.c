/* Starter texts, meant to be edited. */
#include "node/examples.h"

const char *examples_requirement(void)
{
	return "{}\n";
}

const char *examples_posture(void)
{
	return "{}\n";
}
