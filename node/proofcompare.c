#include "node/proofcompare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/slurp.h"
#include "node/view.h"
#include "proto/proof.h"

static int by_id(const void *a, const void *b)
{
	const struct proof_line *x = a, *y = b;
	return id_cmp(&x->id, &y->id);
}

static enum err read(const char *path, struct arena *a, struct buf *file, struct proof_report *report)
{
	enum err e = slurp_file(path, stdin, LIMIT_PROOF, file);
	if (e == OK)
		e = proof_verify(buf_span(file), a, report);
	if (e == OK && report->lines)
		qsort(report->line, report->lines, sizeof *report->line, by_id);
	return e;
}

static void put(json_t *items, const char *path, const struct proof_line *l)
{
	const struct kind *k = kind_by_number(l->record.kind);
	json_t *o = json_object();
	view_put(o, "only", path);
	view_put_id(o, "id", &l->id);
	view_put(o, "kind", k ? k->name : "unknown");
	view_put(o, "from", l->author_name);
	view_put_time(o, "created", l->record.created);
	(void)json_array_append_new(items, o);
}

static size_t next(const struct proof_report *r, size_t i)
{
	size_t n = i + 1;
	while (n < r->lines && id_eq(&r->line[n].id, &r->line[i].id))
		n++;
	return n;
}

static size_t walk(const struct proof_report *r, const char *path, const struct proof_report *s, const char *other, json_t *items)
{
	size_t same = 0, i = 0, k = 0;
	while (i < r->lines || k < s->lines) {
		int c = i == r->lines ? 1 : k == s->lines ? -1 : id_cmp(&r->line[i].id, &s->line[k].id);
		if (c < 0)
			put(items, path, &r->line[i]);
		else if (c > 0)
			put(items, other, &s->line[k]);
		else
			same++;
		if (c <= 0)
			i = next(r, i);
		if (c >= 0)
			k = next(s, k);
	}
	return same;
}

static bool invalid(json_t *o, const char *path, const struct proof_report *r)
{
	char text[600];
	if (r->verdict == PROOF_VALID)
		return false;
	(void)snprintf(text, sizeof text, "%.300s is no valid proof: %.200s", path, r->link);
	view_put(o, "invalid", text);
	return true;
}

enum err proofcompare_files(const char *one, const char *other, json_t **out, const char **bad)
{
	struct proof_report r = {0}, s = {0};
	struct buf first = {0}, second = {0};
	struct arena *a = arena_new();
	json_t *o = json_object(), *items = json_array();
	size_t same = 0, problems = 0;
	enum err e = a && o && items ? OK : ERR_MEMORY;
	*bad = one;
	if (e == OK)
		e = read(one, a, &first, &r);
	if (e == OK) {
		*bad = other;
		e = read(other, a, &second, &s);
	}
	if (e == OK) {
		problems = (size_t)invalid(o, one, &r) + invalid(o, other, &s);
		if (!problems)
			same = walk(&r, one, &s, other, items);
		problems += json_array_size(items);
		view_put(o, "schema", "tally/partner.compare/1");
		(void)json_object_set(o, "items", items);
		(void)json_object_set_new(o, "same", json_integer((json_int_t)same));
		(void)json_object_set_new(o, "problems", json_integer((json_int_t)problems));
		*out = json_incref(o);
	}
	json_decref(items);
	json_decref(o);
	buf_free(&first);
	buf_free(&second);
	arena_free(a);
	return e;
}
