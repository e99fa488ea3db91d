#include "keys/err.h"

static const struct {
	const char *name, *text, *hint;
	int code;
} errs[] = {
#define X(name, code, text, hint) {#name, text, hint, code},
	ERR_TABLE(X)
#undef X
};

const char *err_text(enum err e)
{
	return errs[e].text;
}

const char *err_hint(enum err e)
{
	return errs[e].hint;
}

const char *err_name(enum err e)
{
	return errs[e].name;
}

int err_exit(enum err e)
{
	return errs[e].code;
}
