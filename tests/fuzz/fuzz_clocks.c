/* A file of clocks: refused with its line and what was expected, or a profile that can be written out and reads back the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/clocks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(struct buf *out, const char *text)
{
	if (buf_add(out, text, strlen(text)) != OK)
		abort();
}

static void put_words(struct buf *out, const char *before, const struct vocab *v, int64_t number, const char *behind)
{
	put(out, before);
	put(out, vocab_word(v, number));
	put(out, behind);
}

static void put_clock(struct buf *out, const struct clock *c)
{
	char stops[48];

	put(out, "clock ");
	put(out, c->name);
	put(out, ": ");
	if (clocks_text(c, out) != OK)
		abort();
	put_words(out, "; met by ", &vocab_clock_met, (int64_t)c->met, "");
	(void)snprintf(stops, sizeof stops, "; stops at most %lld h", (long long)(c->stops / 3600000));
	put(out, c->stops ? stops : "");
	put(out, "\n");
}

static void again(const struct clocks *p, struct arena *a)
{
	struct buf text = {0};
	struct clocks *q;
	struct complaint why;

	put(&text, *p->title ? "title " : "");
	put(&text, p->title);
	put_words(&text, "\nuse ", &vocab_clock_use, (int64_t)p->use, "\n");
	put_words(&text, "owed ", &vocab_clock_owed, (int64_t)p->owed, "\n");
	for (size_t i = 0; i < p->clocks; i++)
		put_clock(&text, &p->clock[i]);
	if (clocks_read(p->name, buf_span(&text), a, &q, &why) != OK || strcmp(p->title, q->title) != 0 || q->clocks != p->clocks)
		abort();
	for (size_t i = 0; i < p->clocks; i++) {
		const struct clock *x = &p->clock[i], *y = &q->clock[i];

		if (strcmp(x->name, y->name) != 0 || x->froms != y->froms || x->met != y->met || x->stops != y->stops)
			abort();
		for (size_t k = 0; k < x->froms; k++)
			if (x->from[k].event != y->from[k].event || x->from[k].ms != y->from[k].ms || x->from[k].months != y->from[k].months)
				abort();
	}
	buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct complaint why = {0};
	struct clocks *p;

	if (a) {
		enum err e = clocks_read("ours", SPAN(data, size), a, &p, &why);

		if (e == OK)
			again(p, a);
		else if ((e != ERR_INVALID && e != ERR_LIMIT) || !why.text[0] || strncmp(why.where, "ours.clock", 10) != 0)
			abort();
	}
	arena_free(a);
	return 0;
}
