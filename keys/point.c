#include "keys/point.h"

#include <sodium.h>

bool point_valid(const uint8_t pk[static 32])
{
	static const uint8_t scalar[32] = {8}; /* any scalar shows it: X25519 makes all of them multiples of eight */
	uint8_t shared[32];

	return crypto_scalarmult(shared, scalar, pk) == 0;
}
