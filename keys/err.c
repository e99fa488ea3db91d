#include "keys/err.h"

#include <errno.h>

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

enum err err_errno(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EEXIST:
	case ENOTEMPTY:
		return ERR_CONFLICT;
	case EACCES:
	case EPERM:
	case EROFS:
	case ELOOP: /* O_NOFOLLOW met a link */
		return ERR_DENIED;
	case EISDIR:
		return ERR_INVALID;
	case EMFILE:
	case ENFILE:
		return ERR_FILES;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_SPACE;
	case ENOMEM:
		return ERR_MEMORY;
	default: /* errno is not an enum of ours */
		return ERR_IO;
	}
}
