#include "keys/secret.h"

#include <sodium.h>
#include <string.h>

#include "keys/random.h"

struct secret {
	char text[SECRET_TEXT];
};

enum err secret_new(struct secret **out)
{
	struct secret *s;
	enum err e = random_start();

	if (e != OK)
		return e;
	s = sodium_malloc(sizeof *s);
	if (!s)
		return ERR_MEMORY;
	memset(s, 0, sizeof *s);
	*out = s;
	return OK;
}

void secret_free(struct secret *s)
{
	sodium_free(s); /* wipes */
}

char *secret_text(struct secret *s)
{
	return s->text;
}
