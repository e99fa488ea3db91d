#include "node/prose.h"

#include <string.h>

#define NAME_MOST 128
#define DEPTH_MOST 16
#define INSERTED_MOST 1000

static void bytes(struct prose *p, const char *s, size_t n)
{
	if (p->e == OK && n)
		p->e = buf_add(&p->b, s, n);
}

static bool ends_in(const struct prose *p, const char *any)
{
	return p->b.n == 0 || strchr(any, p->b.p[p->b.n - 1]) != NULL;
}

static bool space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void one(struct prose *p, const char *s)
{
	if (space(*s)) {
		p->blank = true;
		return;
	}
	if (p->blank && !ends_in(p, " \n[(") && !strchr(";,.)]", *s))
		bytes(p, " ", 1);
	p->blank = false;
	bytes(p, s, 1);
}

void prose_add(struct prose *p, const char *text)
{
	for (; *text; text++)
		one(p, text);
}

void prose_line(struct prose *p, int depth)
{
	if (p->b.n)
		bytes(p, "\n", 1);
	for (int i = 1; i < depth; i++)
		bytes(p, "  ", 2);
	p->blank = false;
}

/* "{{ insert: param, NAME }}": its length, and the name. 0: it is none. */
static size_t insertion(const char *s, char name[static NAME_MOST])
{
	const char *end, *from, *to;
	if (strncmp(s, "{{", 2) != 0 || !(end = strstr(s, "}}")) || !(from = memchr(s, ',', (size_t)(end - s))))
		return 0;
	for (from++; space(*from); from++)
		;
	for (to = end; to > from && space(to[-1]); to--)
		;
	if (to <= from || (size_t)(to - from) >= NAME_MOST)
		return 0;
	memcpy(name, from, (size_t)(to - from));
	name[to - from] = 0;
	return (size_t)(end + 2 - s);
}

/* "[shown](address)": its length. 0: it is none. */
static size_t link_at(const char *s, size_t *shown, size_t *address)
{
	const char *close = *s == '[' ? strchr(s, ']') : NULL, *end;
	if (!close || close[1] != '(' || !(end = strchr(close, ')')))
		return 0;
	*shown = (size_t)(close - s - 1);
	*address = (size_t)(end - close - 2);
	return (size_t)(end + 1 - s);
}

static void link_out(struct prose *p, const char *s, size_t shown, size_t address)
{
	for (size_t i = 0; i < shown; i++)
		one(p, s + 1 + i);
	if (address == 0 || s[shown + 3] == '#')
		return;
	prose_add(p, " (");
	for (size_t i = 0; i < address; i++)
		one(p, s + shown + 3 + i);
	prose_add(p, ")");
}

void prose_say(struct prose *p, const char *text, prose_param *param, void *ctx, int depth)
{
	char name[NAME_MOST];
	size_t n, shown, address;
	if (depth > DEPTH_MOST) /* parameters that stand in each other */
		return;
	while (*text) {
		if ((n = insertion(text, name))) {
			if (p->inserted++ < INSERTED_MOST) /* those that stand in each other more than once double at each depth */
				param(p, ctx, name, depth + 1);
		} else if ((n = link_at(text, &shown, &address))) {
			link_out(p, text, shown, address);
		} else {
			one(p, text);
			n = 1;
		}
		text += n;
	}
}

bool prose_cut(struct prose *p, size_t most)
{
	static const char mark[] = " ...";
	if (p->b.n <= most)
		return false;
	p->b.n = most - (sizeof mark - 1);
	while (p->b.n && (p->b.p[p->b.n] & 0xc0) == 0x80)
		p->b.n--;
	while (p->b.n && space((char)p->b.p[p->b.n - 1]))
		p->b.n--;
	bytes(p, mark, sizeof mark - 1);
	return true;
}

enum err prose_text(struct prose *p, json_t **out)
{
	enum err e = p->e;
	*out = NULL;
	if (e == OK && p->b.n && !(*out = json_stringn((const char *)p->b.p, p->b.n)))
		e = ERR_INVALID;
	buf_free(&p->b);
	*p = (struct prose){0};
	return e;
}
