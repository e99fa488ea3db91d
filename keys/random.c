#include "keys/random.h"

#include <sodium.h>

enum err random_start(void)
{
	return sodium_init() < 0 ? ERR_IO : OK;
}

void random_fill(void *p, size_t n)
{
	randombytes_buf(p, n);
}
