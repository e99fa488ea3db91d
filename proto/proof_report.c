#include "proto/proof_work.h"

#include <string.h>

#include "keys/words.h"

struct proof_chain *proof_report_chain(struct proof_work *w, const struct id *org)
{
	size_t i;

	for (i = 0; i < w->chains; i++)
		if (id_eq(&w->chain[i].org, org))
			return &w->chain[i];
	return NULL;
}

const struct statement *proof_report_newest(const struct proof_work *w, const struct proof_chain *c)
{
	return &w->statement[c->first + c->count - 1];
}

bool proof_report_covers(const struct proof_work *w, const struct receipt *r, size_t record, uint8_t *code)
{
	const struct proof_record *p = &w->p.record[record];

	*code = VERDICT_GOOD;
	if (!id_eq(&w->log[p->entry], &r->log))
		return false;
	return receipt_covers(r, w->entry[p->entry].n, p->index, code) || *code != VERDICT_GOOD;
}

/* The one of this receiver, or the place for it. Receipts of a log ascend: its first that says "held" counts, and says since when. */
static struct proof_holding *holding_of(const struct proof_line *line, const struct id *receiver)
{
	size_t i = 0;

	while (i < line->holdings && !id_eq(&line->holding[i].receiver, receiver))
		i++;
	return &line->holding[i];
}

static enum err holdings(struct proof_work *w, size_t record, struct proof_line *line, size_t *total)
{
	uint8_t code;
	size_t i, n = 0;

	for (i = 0; i < w->p.receipts; i++)
		n += proof_report_covers(w, &w->receipt[i], record, &code);
	*total += n;
	if (*total > PROOF_HOLDINGS)
		return ERR_LIMIT;
	if (n == 0)
		return OK;
	line->holding = arena_alloc(w->a, n * sizeof *line->holding);
	if (line->holding == NULL)
		return ERR_MEMORY;
	for (i = 0; i < w->p.receipts; i++) {
		const struct receipt *r = &w->receipt[i];
		struct proof_holding *h;

		if (!proof_report_covers(w, r, record, &code))
			continue;
		h = holding_of(line, &r->receiver);
		if (h < line->holding + line->holdings && (h->exception == VERDICT_GOOD || code != VERDICT_GOOD))
			continue;
		line->holdings += h == line->holding + line->holdings;
		h->receiver = r->receiver;
		memcpy(h->name, proof_report_newest(w, proof_report_chain(w, &r->receiver))->name, sizeof h->name);
		h->time = r->time;
		h->exception = code;
	}
	return OK;
}

static enum err lines(struct proof_work *w)
{
	size_t i, total = 0;

	w->report.line = arena_alloc(w->a, w->p.records * sizeof *w->report.line);
	if (w->report.line == NULL)
		return ERR_MEMORY;
	for (i = 0; i < w->p.records; i++) {
		struct proof_line *line = &w->report.line[i];
		const size_t at = w->p.record[i].entry;
		const struct entry *e = &w->entry[at];
		const struct proof_chain *target = proof_report_chain(w, &e->target);
		enum err err;

		line->id = w->record[i];
		line->author = e->author;
		line->target = e->target;
		line->log = w->log[at];
		memcpy(line->author_name, proof_report_newest(w, proof_report_chain(w, &e->author))->name, sizeof line->author_name);
		if (target != NULL && e->type == AUDIENCE_DIRECT)
			memcpy(line->target_name, proof_report_newest(w, target)->name, sizeof line->target_name);
		line->record = w->parsed[i];
		line->n = e->n;
		line->time = e->time;
		err = holdings(w, i, line, &total);
		if (err != OK)
			return err;
	}
	w->report.lines = w->p.records;
	return OK;
}

static void signers(struct proof_work *w)
{
	size_t i;

	for (i = 0; i < w->chains; i++) {
		const struct statement *s = proof_report_newest(w, &w->chain[i]);

		w->report.signer[i].org = w->chain[i].org;
		memcpy(w->report.signer[i].name, s->name, sizeof s->name);
		words_org(&w->chain[i].org, w->report.signer[i].words);
		w->report.signer[i].kseq = s->kseq;
	}
	w->report.signers = w->chains;
}

enum err proof_report_fill(struct proof_work *w)
{
	enum err err = lines(w);

	if (err == OK)
		signers(w);
	return err;
}
