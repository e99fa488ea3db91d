/* Proofs: one record with all that proves it, as a file. */
#include <stdio.h>

#include "node/gather.h"
#include "store/records.h"

/* Its author may have taken it back: no file shows that, so the exporter is told. */
static enum err withdrawn(struct gather *g, const struct id *author, bool *out)
{
	struct record_row row;
	struct walk w;
	uint64_t no;
	enum err e = records_walk_ref(g->t, &g->id[0], false, &w);

	*out = false;
	while (e == OK && !*out && records_next(&w, &no)) {
		struct record r;

		e = records_by_no(g->t, no, &row);
		if (e == OK && row.payload.n && record_decode(row.payload, g->c->arena, &r, NULL) == OK)
			*out = r.kind == KIND_RETRACT && id_eq(&r.author, author);
	}
	return walk_close(&w, e);
}

static enum err closing_words(struct gather *g)
{
	const struct place *p = &g->place[0];
	char next[500], who[NAMES_TEXT] = "its readers";
	bool back;
	enum err e = withdrawn(g, &p->log.author, &back);

	if (p->log.type == AUDIENCE_DIRECT)
		(void)gather_name(g, &p->log.target, who);
	if (p->held)
		(void)snprintf(next, sizeof next, "anybody can check it without a node: tally proof verify FILE");
	else
		(void)snprintf(next, sizeof next, "it proves who said it, but not yet that %s holds it: no receipt of theirs covers it here; export it "
		               "again when there is one", who);
	api_set(g->c->result, "next", next);
	if (e == OK && g->strictest > TLP_CLEAR)
		e = gather_reveal(g, "is marked TLP:%s at its strictest: show it only to those who may read that",
		           g->strictest > TLP_RED ? "red" : vocab_word(&vocab_tlp, g->strictest));
	if (e == OK && g->left_out)
		e = gather_reveal(g, "leaves out %zu more that it refers to: said elsewhere, not held here, or too much for one file", g->left_out);
	if (e == OK && back)
		e = gather_reveal(g, "does not say that its author has withdrawn the record since");
	return e;
}

static enum err encode(struct gather *g)
{
	struct buf file = {0};
	enum err e = proof_encode(&g->p, &file);

	if (e == ERR_LIMIT)
		e = api_fail(g->c, e, NULL, "the proof would be larger than 16 MiB");
	else if (e == ERR_INVALID)
		e = api_fail(g->c, ERR_CORRUPT, "tally store check", "what the store holds about it does not verify");
	if (e == OK)
		(void)json_object_set_new(g->c->result, "bytes", json_integer((json_int_t)file.n));
	if (e == OK && !g->c->dry_run)
		e = api_bytes_set(g->c, &file);
	buf_free(&file);
	return e;
}

static enum err read_args(struct gather *g, struct id *id)
{
	const char *to = NULL;
	enum err e = api_record(g->c, "record", id);

	if (e == OK)
		e = api_text(g->c, "to", false, &to);
	if (e != OK || !to)
		return e;
	g->has_to = true;
	return api_org(g->c, "to", &g->to);
}

static enum err proof_export(struct api_call *c)
{
	struct gather *g = arena_alloc(c->arena, sizeof *g);
	struct id id;
	enum err e;

	if (!g || json_object_set_new(c->result, "reveals", json_array()) != 0)
		return ERR_MEMORY;
	*g = (struct gather){.c = c, .t = core_txn(c->core)};
	g->p.statement = arena_alloc(c->arena, PROOF_ITEMS * sizeof *g->p.statement);
	g->p.entry = g->entry;
	g->p.record = g->record;
	g->p.receipt = g->receipt;
	e = g->p.statement ? read_args(g, &id) : ERR_MEMORY;
	if (e == OK)
		e = gather_first(g, &id);
	if (e == OK)
		e = gather_rest(g);
	if (e == OK)
		e = gather_receipts(g);
	if (e == OK)
		e = gather_statements(g);
	if (e == OK)
		e = closing_words(g);
	if (e == OK)
		e = encode(g);
	if (e != OK)
		return e;
	api_set_id(c->result, "id", &id);
	(void)json_object_set_new(c->result, "records", json_integer((json_int_t)g->p.records));
	(void)json_object_set_new(c->result, "receipts", json_integer((json_int_t)g->p.receipts));
	return OK;
}

const struct api_row api_proof_rows[] = {
	{"proof.export", proof_export, "a record and what it rests on as a proof file: {hex, records, receipts, reveals}"},
	{0},
};
