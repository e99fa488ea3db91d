/* pages.c - LMDB's file, format 1 of LMDB 0.9, as this machine writes it (numbers in native order). */
#include "store/pages.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0xbeefc0deu
#define FORMAT 1u
#define NONE UINT64_MAX /* page number of an empty tree's root */
#define HEAD 16u        /* of a page: number u64, pad u16, flags u16, lower u16, upper u16; of a long row: count u32 instead of the last two */
#define NODE 8u         /* of a row: size or page number 3 x u16, key size u16 */
#define TREE 48u        /* pad u32, flags u16, depth u16; branch pages, leaf pages, long pages, rows, root u64 */
#define META (24u + 2 * TREE + 16)
#define DEEPEST 32      /* LMDB's own limit */
#define UNWRITTEN (1u << 20) /* pages at the end that are free and were never written */
#define PROBLEMS 100u
#define TRIES 20

enum page_flags { BRANCH = 1, LEAF = 2, LONG = 4, IS_META = 8 };
enum row_flags { BIG = 1, TREE_ROW = 2 };

struct tree {
	uint32_t pad;
	uint16_t flags, depth;
	uint64_t branch, leaf, longs, rows, root;
};

struct meta {
	uint64_t txnid, last, size;
	struct tree tree[2]; /* of free pages, and of tables */
};

struct look {
	int fd;
	const struct pages_ops *ops;
	struct pages_found found;
	uint32_t psize;
	uint64_t last, end;  /* of the account; pages the file has */
	uint8_t *taken;      /* a bit each page up to last */
	const char *name;    /* of the tree looked at */
	enum { FREE, TABLES, ROWS } kind; /* FREE: its keys are native numbers, its values lists of pages */
	struct tree seen;    /* counts of it */
	uint8_t *page[DEEPEST + 1];
	enum err failed;     /* ERR_IO, ERR_MEMORY: it says nothing about the file */
};

/* Children of a branch hold keys from low to before high; p NULL: no bound. */
struct bounds {
	struct span low, high;
};

static uint16_t u16(const uint8_t *p)
{
	uint16_t n;
	memcpy(&n, p, sizeof n);
	return n;
}

static uint32_t u32(const uint8_t *p)
{
	uint32_t n;
	memcpy(&n, p, sizeof n);
	return n;
}

static uint64_t u64(const uint8_t *p)
{
	uint64_t n;
	memcpy(&n, p, sizeof n);
	return n;
}

static void say(struct look *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct look *l, const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	l->found.problems++;
	if (l->ops && l->ops->say)
		l->ops->say(l->ops->ctx, text);
}

static unsigned long long show(uint64_t n)
{
	return n;
}

static bool done(const struct look *l)
{
	return l->failed != OK || l->found.problems >= PROBLEMS;
}

static bool read_at(struct look *l, uint64_t at, uint8_t *out, size_t n)
{
	while (n) {
		ssize_t got = pread(l->fd, out, n, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			if (got < 0)
				l->failed = ERR_IO;
			return false;
		}
		at += (uint64_t)got;
		out += got;
		n -= (size_t)got;
	}
	return true;
}

/* ---- the two meta pages ---- */

static void read_tree(const uint8_t *p, struct tree *t)
{
	*t = (struct tree){u32(p), u16(p + 4), u16(p + 6), u64(p + 8), u64(p + 16), u64(p + 24), u64(p + 32), u64(p + 40)};
}

static bool read_meta(struct look *l, uint64_t no, struct meta *m)
{
	uint8_t b[HEAD + META];

	if (!read_at(l, no * l->psize, b, sizeof b) || u64(b) != no || u16(b + 10) != IS_META || u32(b + HEAD) != MAGIC ||
	    u32(b + HEAD + 4) != FORMAT)
		return false;
	const uint8_t *p = b + HEAD;
	m->size = u64(p + 16);
	read_tree(p + 24, &m->tree[0]);
	read_tree(p + 24 + TREE, &m->tree[1]);
	m->last = u64(p + 24 + 2 * TREE);
	m->txnid = u64(p + 32 + 2 * TREE);
	return true;
}

/* Each commit writes the other of the two, under the next number. */
static bool in_turn(const struct meta m[static 2])
{
	if (m[0].txnid == 0 && m[1].txnid == 0)
		return true; /* made, and nothing committed yet */
	return m[0].txnid % 2 == 0 && m[1].txnid % 2 == 1 && (m[0].txnid + 1 == m[1].txnid || m[1].txnid + 1 == m[0].txnid);
}

static bool sound_meta(const struct look *l, const struct meta *m)
{
	return m->tree[0].pad == l->psize && m->tree[0].flags == 8 && m->tree[1].pad == 0 && m->tree[1].flags == 0 && m->last >= 1 &&
	       m->last < l->end + UNWRITTEN && m->size / l->psize > m->last && m->size >> 48 == 0;
}

/* The size of a page stands in the meta page that it is needed to find: every size that LMDB may use is tried. */
static const char *read_metas(struct look *l, struct meta m[static 2])
{
	struct stat st;
	uint8_t b[HEAD + 24 + 4];

	if (fstat(l->fd, &st) != 0) {
		l->failed = ERR_IO;
		return "cannot be read";
	}
	if (!read_at(l, 0, b, sizeof b))
		return "is shorter than one page";
	l->psize = u32(b + HEAD + 24);
	if (l->psize < 512 || l->psize > 32768 || (l->psize & (l->psize - 1)))
		return "names an impossible size of its pages";
	l->end = (uint64_t)st.st_size / l->psize;
	if (!read_meta(l, 0, &m[0]) || !read_meta(l, 1, &m[1]))
		return "does not begin as a store does";
	if (!sound_meta(l, &m[0]) || !sound_meta(l, &m[1]))
		return "has a damaged first page";
	return in_turn(m) ? NULL : "has first pages that do not follow each other";
}

/* A writer at work may change them between two reads. */
static enum err metas(struct look *l, struct meta m[static 2])
{
	const char *wrong = NULL;

	for (int i = 0; i < TRIES && l->failed == OK; i++)
		if (!(wrong = read_metas(l, m)))
			return OK;
	if (l->failed != OK)
		return l->failed;
	say(l, "the file data.mdb %s", wrong);
	return ERR_CORRUPT;
}

enum err pages_meta(int fd, const struct pages_ops *ops, uint64_t *txnid)
{
	struct look l = {.fd = fd, .ops = ops};
	struct meta m[2];
	struct stat st;

	if (fstat(fd, &st) != 0)
		return ERR_IO;
	if (st.st_size == 0)
		return ERR_NOT_FOUND;
	enum err e = metas(&l, m);
	if (e == OK)
		*txnid = m[0].txnid > m[1].txnid ? m[0].txnid : m[1].txnid;
	return e;
}

/* ---- pages ---- */

static bool take(struct look *l, uint64_t no, const char *what)
{
	if (no < 2 || no > l->last) {
		say(l, "%s: page %llu is named and there is none", l->name, show(no));
		return false;
	}
	if (l->taken[no / 8] & 1u << no % 8) {
		say(l, "%s: page %llu is %s and has another use too", l->name, show(no), what);
		return false;
	}
	l->taken[no / 8] |= (uint8_t)(1u << no % 8);
	return true;
}

static bool load(struct look *l, uint64_t no, uint8_t *out, size_t n)
{
	if (!take(l, no, "in use"))
		return false;
	if (no >= l->end || !read_at(l, no * l->psize, out, n)) {
		say(l, "%s: page %llu lies beyond the end of the file", l->name, show(no));
		return false;
	}
	if (u64(out) != no) {
		say(l, "%s: page %llu holds something else", l->name, show(no));
		return false;
	}
	l->found.used++;
	return true;
}

static int order(const struct look *l, struct span a, struct span b)
{
	if (l->kind == FREE)
		return a.n == 8 && b.n == 8 ? (u64(a.p) > u64(b.p)) - (u64(a.p) < u64(b.p)) : 0;
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

/* Rows fill a page from its end down to `upper`, none over another and no gap between. */
static bool placed(const struct look *l, const uint8_t *page, bool leaf)
{
	uint8_t half[32768 / 2 / 8] = {0};
	uint32_t lower = u16(page + 12), upper = u16(page + 14), sum = 0;

	if (lower < HEAD || lower % 2 || lower > upper || upper > l->psize)
		return false;
	for (uint32_t at = HEAD; at < lower; at += 2) {
		uint32_t from = u16(page + at), size;
		if (from < upper || from % 2 || from + NODE > l->psize)
			return false;
		const uint8_t *row = page + from;
		size = NODE + u16(row + 6);
		if (leaf)
			size += u16(row + 4) & BIG ? 8 : u16(row) | (uint32_t)u16(row + 2) << 16;
		size += size % 2;
		if (size > l->psize - from)
			return false;
		for (uint32_t i = from / 2; i < (from + size) / 2; i++) {
			if (half[i / 8] & 1u << i % 8)
				return false;
			half[i / 8] |= (uint8_t)(1u << i % 8);
		}
		sum += size;
	}
	return sum == l->psize - upper;
}

static struct span key_of(const uint8_t *row)
{
	return SPAN(row + NODE, u16(row + 6));
}

/* The first key of a branch is never read: everything smaller than the second lies below it. */
static bool ordered(const struct look *l, const uint8_t *page, const struct bounds *b, bool leaf)
{
	uint32_t count = (u16(page + 12) - HEAD) / 2;
	struct span before = b->low;

	for (uint32_t i = leaf ? 0 : 1; i < count; i++) {
		struct span key = key_of(page + u16(page + HEAD + 2 * i));
		if (key.n == 0 || key.n > 511 || (l->kind == FREE && key.n != 8))
			return false;
		int c = before.p ? order(l, before, key) : -1;
		if (c > 0 || (c == 0 && !(leaf && i == 0)) || (b->high.p && order(l, key, b->high) >= 0))
			return false;
		before = key;
	}
	return true;
}

/* ---- rows ---- */

static void table(struct look *l, struct span name, const struct tree *t);

/* A value that fills pages of its own. out NULL: only its place is looked at. */
static bool long_value(struct look *l, uint64_t no, uint64_t size, uint8_t *out)
{
	uint8_t head[HEAD];
	uint64_t count = (HEAD - 1 + size) / l->psize + 1;

	if (!load(l, no, head, sizeof head))
		return false;
	if (u16(head + 10) != LONG || u32(head + 12) != count || no + count > l->end) {
		say(l, "%s: the long row at page %llu is damaged", l->name, show(no));
		return false;
	}
	for (uint64_t i = 1; i < count; i++)
		if (!take(l, no + i, "in use"))
			return false;
	l->found.used += count - 1;
	l->seen.longs += count;
	if (out && !read_at(l, no * l->psize + HEAD, out, size)) {
		say(l, "%s: page %llu lies beyond the end of the file", l->name, show(no));
		return false;
	}
	return true;
}

/* Of the free pages: a count, and so many page numbers, descending. */
static void free_list(struct look *l, const uint8_t *p, uint64_t size)
{
	uint64_t count = size >= 8 ? u64(p) : 0, before = NONE;

	if (size < 8 || count > (size - 8) / 8) {
		say(l, "a list of free pages is damaged");
		return;
	}
	for (uint64_t i = 0; i < count && !done(l); i++) {
		uint64_t no = u64(p + 8 + 8 * i);
		if (no >= before) {
			say(l, "a list of free pages is not in order");
			return;
		}
		before = no;
		if (take(l, no, "free"))
			l->found.free++;
	}
}

static void leaf_row(struct look *l, const uint8_t *row)
{
	uint16_t flags = u16(row + 4);
	uint64_t size = u16(row) | (uint32_t)u16(row + 2) << 16;
	const uint8_t *value = row + NODE + u16(row + 6);
	struct tree t;

	l->seen.rows++;
	if (l->kind == TABLES ? flags != TREE_ROW || size != TREE : flags & ~BIG) {
		say(l, "%s: a row is of a kind that does not belong there", l->name);
	} else if (l->kind == TABLES) {
		read_tree(value, &t);
		table(l, key_of(row), &t);
	} else if (flags & BIG) {
		bool sane = size <= l->end * l->psize;
		uint8_t *whole = l->kind == FREE && sane ? malloc(size + 1) : NULL;
		if (l->kind == FREE && !sane)
			say(l, "a list of free pages is damaged");
		else if (l->kind == FREE && !whole)
			l->failed = ERR_MEMORY;
		else if (long_value(l, u64(value), size, whole) && whole)
			free_list(l, whole, size);
		free(whole);
	} else if (l->kind == FREE) {
		free_list(l, value, size);
	}
}

static void walk(struct look *l, uint64_t no, unsigned level, unsigned depth, const struct bounds *b)
{
	bool leaf = level + 1 == depth;

	if (!l->page[level] && !(l->page[level] = malloc(l->psize)))
		l->failed = ERR_MEMORY;
	uint8_t *page = l->page[level];
	if (done(l) || !load(l, no, page, l->psize))
		return;
	uint32_t count = (u16(page + 12) - HEAD) / 2u;
	if (u16(page + 10) != (leaf ? LEAF : BRANCH) || !placed(l, page, leaf) || count < (leaf || l->kind == FREE ? 1 : 2)) {
		say(l, "%s: page %llu is damaged", l->name, show(no));
		return;
	}
	if (!ordered(l, page, b, leaf)) {
		say(l, "%s: page %llu holds keys out of order", l->name, show(no));
		return;
	}
	if (leaf)
		l->seen.leaf++;
	else
		l->seen.branch++;
	for (uint32_t i = 0; i < count && !done(l); i++) {
		const uint8_t *row = page + u16(page + HEAD + 2 * i);
		if (leaf) {
			leaf_row(l, row);
			continue;
		}
		struct bounds inner = {i ? key_of(row) : b->low, i + 1 < count ? key_of(page + u16(page + HEAD + 2 * i + 2)) : b->high};
		walk(l, u16(row) | (uint64_t)u16(row + 2) << 16 | (uint64_t)u16(row + 4) << 32, level + 1, depth, &inner);
	}
}

/* ---- trees ---- */

static void one_tree(struct look *l, const struct tree *t)
{
	const struct bounds all = {SPAN(NULL, 0), SPAN(NULL, 0)};
	uint64_t before = l->found.problems;

	l->seen = (struct tree){0};
	if (t->root != NONE && t->depth >= 1 && t->depth <= DEEPEST)
		walk(l, t->root, 0, t->depth, &all);
	else if (t->root != NONE || t->depth)
		say(l, "%s: its root is damaged", l->name);
	if (l->found.problems == before && l->failed == OK &&
	    (l->seen.rows != t->rows || l->seen.leaf != t->leaf || l->seen.branch != t->branch || l->seen.longs != t->longs))
		say(l, "%s: it has %llu rows and says %llu", l->name, show(l->seen.rows), show(t->rows));
}

/* One table; the tree of tables goes on afterwards. */
static void table(struct look *l, struct span name, const struct tree *t)
{
	uint8_t *pages[DEEPEST + 1];
	struct tree seen = l->seen;
	const char *outer = l->name;
	char text[40] = "table ";

	for (size_t i = 0; i < name.n && i < 30; i++) { /* the name may be damaged too */
		char ch = (char)name.p[i];
		text[6 + i] = (char)((ch >= 'a' && ch <= 'z') || ch == '_' ? ch : '?');
		text[7 + i] = 0;
	}
	if (t->pad || t->flags) {
		say(l, "%s: its kind is damaged", text);
		return;
	}
	memcpy(pages, l->page, sizeof pages);
	memset(l->page, 0, sizeof l->page);
	l->name = text;
	l->kind = ROWS;
	one_tree(l, t);
	for (size_t i = 0; i <= DEEPEST; i++)
		free(l->page[i]);
	memcpy(l->page, pages, sizeof pages);
	l->name = outer;
	l->seen = seen;
	l->kind = TABLES;
}

enum err pages_check(int fd, uint64_t txnid, const struct pages_ops *ops, struct pages_found *out)
{
	struct look l = {.fd = fd, .ops = ops};
	struct meta m[2];
	enum err e = metas(&l, m);

	if (e == ERR_CORRUPT) {
		*out = l.found;
		return OK;
	}
	if (e != OK)
		return e;
	const struct meta *now = &m[txnid % 2];
	if (now->txnid != txnid)
		return ERR_CONFLICT;
	l.last = now->last;
	l.found.pages = now->last + 1;
	if (!(l.taken = calloc(1, l.last / 8 + 1)))
		return ERR_MEMORY;
	l.name = "free pages";
	l.kind = FREE;
	one_tree(&l, &now->tree[0]);
	l.name = "tables";
	l.kind = TABLES;
	one_tree(&l, &now->tree[1]);
	for (size_t i = 0; i <= DEEPEST; i++)
		free(l.page[i]);
	free(l.taken);
	if (l.failed != OK)
		return l.failed;
	*out = l.found;
	return OK;
}
