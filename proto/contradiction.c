#include "proto/contradiction.h"

#include <stdio.h>
#include <string.h>

#include "keys/hash.h"
#include "keys/words.h"
#include "proto/pack.h"
#include "proto/receipt.h"

#define FILE_FORMAT "tally evidence"
#define FILE_VERSION 1

enum { FORMAT, VERSION, KIND, SIDES, STATEMENTS };

static const struct field side_group[] = {
	{.key = 0, .name = "payload", .type = FIELD_BYTES, .required = true, .max = 65536, .help = "entry, key statement or receipt"},
	{.key = 1, .name = "signature", .type = FIELD_BYTES, .required = true, .max = SIGN_LEN,
	 .help = "64 bytes; of a key statement: by its sign key"},
	{.key = 2, .name = "root_sig", .type = FIELD_BYTES, .max = SIGN_LEN, .help = "of a key statement, and of nothing else: by the root key"},
	{0},
};

const struct field contradiction_fields[] = {
	{.key = FORMAT, .name = "format", .type = FIELD_LINE, .required = true, .max = 16, .help = FILE_FORMAT},
	{.key = VERSION, .name = "version", .type = FIELD_INT, .required = true, .help = "1"},
	{.key = KIND, .name = "kind", .type = FIELD_INT, .required = true,
	 .help = "1 two entries, 2 two key statements, 3 two receipts, 4 two rosters (reserved)"},
	{.key = SIDES, .name = "sides", .type = FIELD_GROUP, .list = true, .required = true, .max_items = 2, .group = side_group,
	 .help = "the two, ascending by payload"},
	{.key = STATEMENTS, .name = "statements", .type = FIELD_GROUP, .list = true, .required = true, .max_items = LIMIT_STATEMENTS,
	 .group = statement_signed_fields, .help = "of who signed both: from kseq 0 to the newest that they need, no more"},
	{0},
};

const char *contradiction_word(enum contradiction_kind kind)
{
	switch (kind) {
	case CONTRADICTION_ENTRIES:
		return "two entries";
	case CONTRADICTION_STATEMENTS:
		return "two key statements";
	case CONTRADICTION_RECEIPTS:
		return "two receipts";
	case CONTRADICTION_ROSTERS:
		return "two rosters";
	}
	return "two of a kind that this version does not know";
}

void contradiction_key(const struct contradiction_report *r, uint8_t out[static CONTRADICTION_KEY])
{
	struct id before = r->log;

	if (r->kind == CONTRADICTION_STATEMENTS && r->c.statements)
		statement_hash(r->c.statement[r->c.statements - 1].payload, &before);
	memcpy(out, r->org.b, sizeof r->org.b);
	out[32] = (uint8_t)r->kind;
	memcpy(out + 33, before.b, sizeof before.b);
}

/* ---- reading ---- */

static enum err fail(struct contradiction_report *r, enum proof_verdict verdict, const char *why)
{
	r->verdict = verdict;
	(void)snprintf(r->link, sizeof r->link, "%s", why);
	return verdict == PROOF_VALID ? OK : ERR_INVALID;
}

static bool read_side(const struct value *v, struct contradiction_side *out)
{
	out->root = SPAN(NULL, 0);
	(void)value_is_bin(value_at(v, 2), &out->root);
	return value_is_bin(value_at(v, 0), &out->payload) && value_is_bin(value_at(v, 1), &out->signature) && out->signature.n == SIGN_LEN;
}

static enum err read_parts(const struct value *map, struct arena *a, struct contradiction_report *r)
{
	const struct value *sides = value_at(map, SIDES), *list = value_at(map, STATEMENTS);

	if (value_count(sides) != 2 || !read_side(value_item(sides, 0), &r->c.side[0]) || !read_side(value_item(sides, 1), &r->c.side[1]))
		return fail(r, PROOF_INVALID, "it does not hold two signed things");
	r->c.statements = value_count(list);
	r->c.statement = arena_alloc(a, r->c.statements * sizeof *r->c.statement);
	if (!r->c.statement)
		return ERR_MEMORY;
	for (size_t i = 0; i < r->c.statements; i++)
		if (!statement_read(value_item(list, i), &r->c.statement[i]))
			return fail(r, PROOF_INVALID, "a key statement in it is not well formed");
	return OK;
}

static enum err read_file(struct span file, struct arena *a, struct contradiction_report *r)
{
	const struct value *map;
	struct complaint why;
	struct span format;
	int64_t version = 0, kind = 0;
	enum err e = file.n > LIMIT_EVIDENCE ? ERR_LIMIT : pack_decode(file, a, &map);

	if (e == OK && (map->type != VALUE_MAP || !fields_str(contradiction_fields, map, "format", &format) ||
	                !span_eq(format, SPAN(FILE_FORMAT, strlen(FILE_FORMAT)))))
		e = ERR_SHAPE;
	if (e != OK)
		return e == ERR_MEMORY ? e : fail(r, PROOF_INVALID, "this is no evidence file");
	(void)value_is_int(value_at(map, VERSION), &version);
	(void)value_is_int(value_at(map, KIND), &kind);
	if (version > FILE_VERSION || (version == FILE_VERSION && kind >= CONTRADICTION_ROSTERS))
		return fail(r, PROOF_UNDECIDED, "it was made by a newer version, which is needed to judge it");
	e = fields_check(contradiction_fields, map, &why);
	if (e != OK)
		return e == ERR_MEMORY ? e : fail(r, PROOF_INVALID, "a field of it is missing, unknown or not well formed");
	if (version != FILE_VERSION || kind < CONTRADICTION_ENTRIES)
		return fail(r, PROOF_INVALID, "this is no evidence file");
	r->kind = r->c.kind = (enum contradiction_kind)kind;
	return read_parts(map, a, r);
}

/* ---- writing ---- */

static struct value *side_value(struct arena *a, const struct contradiction_side *s)
{
	struct value *map = value_map(a);

	value_set(a, map, 0, value_bin(a, s->payload));
	value_set(a, map, 1, value_bin(a, s->signature));
	if (s->root.n)
		value_set(a, map, 2, value_bin(a, s->root));
	return map;
}

static int side_cmp(const struct contradiction_side *x, const struct contradiction_side *y)
{
	size_t n = x->payload.n < y->payload.n ? x->payload.n : y->payload.n;
	int order = n ? memcmp(x->payload.p, y->payload.p, n) : 0;

	return order ? order : (x->payload.n > y->payload.n) - (x->payload.n < y->payload.n);
}

static enum err write_file(const struct contradiction *c, struct arena *a, struct buf *out)
{
	struct value *map = value_map(a), *sides = value_array(a), *list = value_array(a);
	size_t first = side_cmp(&c->side[0], &c->side[1]) > 0;

	value_push(a, sides, side_value(a, &c->side[first]));
	value_push(a, sides, side_value(a, &c->side[1 - first]));
	for (size_t i = 0; i < c->statements; i++)
		value_push(a, list, statement_value(a, &c->statement[i]));
	value_set(a, map, FORMAT, value_str(a, FILE_FORMAT));
	value_set(a, map, VERSION, value_int(a, FILE_VERSION));
	value_set(a, map, KIND, value_int(a, (int64_t)c->kind));
	value_set(a, map, SIDES, sides);
	value_set(a, map, STATEMENTS, list);
	return pack_encode(map, out);
}

/* Whatever reads well and would be written otherwise has slack in it: fields from 64 up, or the two in the other order. */
static enum err no_slack(struct span file, struct arena *a, struct contradiction_report *r)
{
	struct buf again = {0};
	enum err e = write_file(&r->c, a, &again);
	bool same = e == OK && span_eq(buf_span(&again), file);

	buf_free(&again);
	if (e != OK)
		return e;
	return same ? OK : fail(r, PROOF_INVALID, "it is not written in the one form that such evidence has");
}

/* ---- judging ---- */

struct work {
	struct contradiction_report *r;
	struct arena *a;
	struct statement *chain; /* parsed, as many as the file has */
};

static enum err judge_chain(struct work *w)
{
	struct contradiction_report *r = w->r;

	for (size_t i = 0; i < r->c.statements; i++) {
		struct id org;
		enum err e = statement_decode(r->c.statement[i].payload, &w->chain[i]);

		if (e == OK && w->chain[i].kseq != i)
			e = ERR_CONFLICT;
		if (e == OK)
			e = statement_verify(&r->c.statement[i], i ? &r->c.statement[i - 1] : NULL, &w->chain[i], &org);
		if (e != OK)
			return e == ERR_MEMORY ? e : fail(r, PROOF_INVALID, "its key statements do not verify, each by the one before");
		r->org = org;
	}
	(void)snprintf(r->name, sizeof r->name, "%s", w->chain[r->c.statements - 1].name);
	words_org(&r->org, r->words);
	return OK;
}

/* Signed by the statement's sign key, and by no key whose statement is not here. */
static enum err signed_under(struct work *w, size_t i, enum sign_ctx ctx, uint64_t kseq)
{
	const struct contradiction_side *s = &w->r->c.side[i];

	if (kseq >= w->r->c.statements)
		return fail(w->r, PROOF_INVALID, "the key statement that one of the two was signed under is not in it");
	if (s->root.n || sign_check(ctx, s->payload, w->chain[kseq].keys.sign, s->signature.p) != OK)
		return fail(w->r, PROOF_INVALID, "a signature over one of the two does not verify");
	return OK;
}

static enum err judge_entries(struct work *w)
{
	struct contradiction_report *r = w->r;
	struct entry e[2];
	struct id log[2];

	for (size_t i = 0; i < 2; i++) {
		enum err err = entry_decode(r->c.side[i].payload, &e[i]);
		if (err != OK)
			return err == ERR_MEMORY ? err : fail(r, PROOF_INVALID, "one of the two is not an entry");
		if (!id_eq(&e[i].author, &r->org))
			return fail(r, PROOF_INVALID, "one of the two is by another author");
		if ((err = signed_under(w, i, SIGN_ENTRY, e[i].kseq)) != OK)
			return err;
		entry_log(&e[i], &log[i]);
		entry_hash(r->c.side[i].payload, &r->hash[i]);
		r->time[i] = e[i].time;
	}
	if (!id_eq(&log[0], &log[1]) || e[0].n != e[1].n || id_eq(&r->hash[0], &r->hash[1]))
		return fail(r, PROOF_INVALID, "the two entries are not two at one place: both can be true");
	r->log = log[0];
	r->n = e[0].n;
	r->kseq = e[0].kseq;
	r->type = e[0].type;
	r->target = e[0].target;
	return r->c.statements == r->kseq + 1 ? OK : fail(r, PROOF_INVALID, "it holds key statements that nothing in it needs");
}

static enum err judge_receipts(struct work *w)
{
	struct contradiction_report *r = w->r;
	struct receipt x[2];

	for (size_t i = 0; i < 2; i++) {
		enum err err = receipt_decode(r->c.side[i].payload, w->a, &x[i]);
		if (err != OK)
			return err == ERR_MEMORY ? err : fail(r, PROOF_INVALID, "one of the two is not a receipt");
		if (!id_eq(&x[i].receiver, &r->org))
			return fail(r, PROOF_INVALID, "one of the two is by another receiver");
		if ((err = signed_under(w, i, SIGN_RECEIPT, x[i].kseq)) != OK)
			return err;
		r->hash[i] = x[i].entry;
		r->time[i] = x[i].time;
		r->kseq = i == 0 || x[i].kseq > r->kseq ? x[i].kseq : r->kseq;
	}
	if (!id_eq(&x[0].log, &x[1].log) || x[0].n != x[1].n || id_eq(&x[0].entry, &x[1].entry))
		return fail(r, PROOF_INVALID, "the two receipts do not name different entries at one place: both can be true");
	r->log = x[0].log;
	r->n = x[0].n;
	return r->c.statements == r->kseq + 1 ? OK : fail(r, PROOF_INVALID, "it holds key statements that nothing in it needs");
}

static enum err judge_statements(struct work *w)
{
	struct contradiction_report *r = w->r;

	for (size_t i = 0; i < 2; i++) {
		const struct contradiction_side *s = &r->c.side[i];
		struct signed_statement one = {.payload = s->payload};
		struct statement parsed;
		struct id org;

		if (s->root.n != SIGN_LEN)
			return fail(r, PROOF_INVALID, "one of the two lacks the signature of its root key");
		memcpy(one.sign_sig, s->signature.p, SIGN_LEN);
		memcpy(one.root_sig, s->root.p, SIGN_LEN);
		enum err e = statement_decode(one.payload, &parsed);
		if (e == OK)
			e = statement_verify(&one, &r->c.statement[r->c.statements - 1], &parsed, &org);
		if (e != OK)
			return e == ERR_MEMORY ? e : fail(r, PROOF_INVALID, "one of the two key statements does not continue those in the file");
		statement_hash(one.payload, &r->hash[i]);
		r->time[i] = parsed.issued;
		r->kseq = parsed.kseq;
	}
	return id_eq(&r->hash[0], &r->hash[1]) ? fail(r, PROOF_INVALID, "the two key statements are the same") : OK;
}

static enum err judge(struct span file, struct arena *a, struct contradiction_report *r)
{
	struct work w = {.r = r, .a = a};
	enum err e = read_file(file, a, r);

	if (e == OK)
		e = no_slack(file, a, r);
	if (e == OK && !(w.chain = arena_alloc(a, r->c.statements * sizeof *w.chain)))
		e = ERR_MEMORY;
	if (e == OK)
		e = judge_chain(&w);
	if (e != OK)
		return e;
	switch (r->kind) {
	case CONTRADICTION_ENTRIES:
		return judge_entries(&w);
	case CONTRADICTION_STATEMENTS:
		return judge_statements(&w);
	case CONTRADICTION_RECEIPTS:
		return judge_receipts(&w);
	case CONTRADICTION_ROSTERS:
		break;
	}
	return fail(r, PROOF_UNDECIDED, "it was made by a newer version, which is needed to judge it");
}

enum err contradiction_verify(struct span file, struct arena *a, struct contradiction_report *out)
{
	*out = (struct contradiction_report){.verdict = PROOF_VALID};
	hash_one(&out->id, "tally.evd.v1", file);
	enum err e = judge(file, a, out);

	return e == ERR_MEMORY ? e : OK;
}

enum err contradiction_encode(const struct contradiction *c, struct buf *out)
{
	const size_t before = out->n;
	struct contradiction_report *r;
	struct arena *a = arena_new();
	enum err e = a && (r = arena_alloc(a, sizeof *r)) ? write_file(c, a, out) : ERR_MEMORY;

	if (e == OK)
		e = contradiction_verify(SPAN(out->p + before, out->n - before), a, r);
	if (e == OK && r->verdict != PROOF_VALID)
		e = out->n - before > LIMIT_EVIDENCE ? ERR_LIMIT : ERR_INVALID;
	if (e != OK)
		out->n = before;
	arena_free(a);
	return e;
}
