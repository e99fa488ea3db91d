#include "node/backup_form.h"

#include <string.h>

#include "node/slurp.h"

enum err backup_form_head(int fd, const char *name, uint64_t size)
{
	uint8_t length = (uint8_t)strlen(name), number[8];
	put_u64be(number, size);
	enum err e = slurp_write_all(fd, SPAN(&length, 1));
	if (e == OK)
		e = slurp_write_all(fd, SPAN(name, length));
	return e == OK ? slurp_write_all(fd, SPAN(number, sizeof number)) : e;
}

enum err backup_form_put(int fd, const char *name, struct span bytes)
{
	enum err e = backup_form_head(fd, name, bytes.n);
	return e == OK ? slurp_write_all(fd, bytes) : e;
}

bool backup_form_next(struct span *rest, struct member *m, enum err *e)
{
	size_t length = rest->n ? rest->p[0] : 0;
	if (length == 0) {
		*e = rest->n == 1 ? OK : ERR_CORRUPT;
		return false;
	}
	*e = ERR_CORRUPT;
	if (rest->n < 1 + length + 8)
		return false;
	memcpy(m->name, rest->p + 1, length);
	m->name[length] = 0;
	uint64_t size = get_u64be(rest->p + 1 + length);
	if (size > rest->n - 9 - length)
		return false;
	m->bytes = SPAN(rest->p + 9 + length, (size_t)size);
	*rest = SPAN(m->bytes.p + size, rest->n - 9 - length - (size_t)size);
	*e = OK;
	return true;
}
