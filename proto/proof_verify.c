/* proof_verify.c - what a proof file proves. Link by link: bytes, key statements, entries, inclusion, records, receipts; then
 * whether each item was needed. The first link that fails is named in words for whoever was handed the file. */
#include "proto/proof_work.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/merkle.h"

#define SHORT 64 /* names inside a sentence */

/* Cuts after n bytes at most, never inside a character. */
static void cut(char *s, size_t n)
{
	if (strlen(s) <= n)
		return;
	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	s[n] = '\0';
}

static void tell(struct proof_work *w, enum proof_verdict verdict, const char *format, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof text, format, ap);
	cut(text, sizeof w->report.link - 1);
	memcpy(w->report.link, text, strlen(text) + 1);
	w->report.verdict = verdict;
}

static __attribute__((format(printf, 2, 3))) enum err fail(struct proof_work *w, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	tell(w, PROOF_INVALID, format, ap);
	va_end(ap);
	return ERR_INVALID;
}

/* Everything holds, but something that is not in the file could still undo it. The first doubt is told. */
static __attribute__((format(printf, 2, 3))) void doubt(struct proof_work *w, const char *format, ...)
{
	va_list ap;

	if (w->report.verdict == PROOF_UNDECIDED)
		return;
	va_start(ap, format);
	tell(w, PROOF_UNDECIDED, format, ap);
	va_end(ap);
}

/* The name as its newest statement says, else the beginning of its id. */
static const char *name_of(struct proof_work *w, const struct id *org, char out[static SHORT])
{
	const struct proof_chain *c = proof_report_chain(w, org);
	char name[sizeof w->statement->name], hex[17];

	if (c == NULL) {
		hex_encode(hex, org->b, 8);
		snprintf(out, SHORT, "the organisation %s", hex);
		return out;
	}
	memcpy(name, proof_report_newest(w, c)->name, sizeof name);
	cut(name, SHORT - 1);
	memcpy(out, name, strlen(name) + 1);
	return out;
}

static const char *possessive(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && name[n - 1] == 's' ? "'" : "'s";
}

/* "entry 3 of Brackwater Logistics' log" */
static const char *entry_name(struct proof_work *w, const struct id *author, uint64_t n, char out[static 160])
{
	char name[SHORT];

	name_of(w, author, name);
	snprintf(out, 160, "entry %llu of %s%s log", (unsigned long long)n, name, possessive(name));
	return out;
}

/* ---- key statements ---- */

static enum err statement_failed(struct proof_work *w, size_t i, enum err err)
{
	unsigned at = (unsigned)i + 1;

	if (err == ERR_MEMORY)
		return err;
	if (err == ERR_SIGNATURE)
		return fail(w, "a signature over key statement %u of the file does not verify", at);
	if (err == ERR_CONFLICT)
		return fail(w, "key statement %u of the file does not continue the one before it", at);
	return fail(w, "key statement %u of the file is not valid: %s", at, err_text(err));
}

static enum err chain_begin(struct proof_work *w, size_t i, const struct id *org)
{
	if (w->chains > 0 && id_cmp(&w->chain[w->chains - 1].org, org) >= 0)
		return fail(w, "the key statements are not in order, or one organisation stands twice");
	if (w->chains == PROOF_SIGNERS)
		return fail(w, "the file holds key statements of more than %d organisations", PROOF_SIGNERS);
	w->chain[w->chains++] = (struct proof_chain){.org = *org, .first = i};
	return OK;
}

static enum err statements(struct proof_work *w)
{
	struct id org;
	size_t i;

	for (i = 0; i < w->p.statements; i++) {
		struct statement *s = &w->statement[i];
		enum err err = statement_decode(w->p.statement[i].payload, s);

		if (err == OK) /* one of kseq 0 begins a chain, all others must continue what stands before them */
			err = statement_verify(&w->p.statement[i], s->kseq == 0 || i == 0 ? NULL : &w->p.statement[i - 1], s, &org);
		if (err != OK)
			return statement_failed(w, i, err);
		err = s->kseq == 0 ? chain_begin(w, i, &org) : OK;
		if (err != OK)
			return err;
		w->chain[w->chains - 1].count++;
	}
	return OK;
}

struct seal { /* a signature as it stands in the file */
	enum sign_ctx ctx;
	struct span payload, signature;
	const struct id *org; /* whose, and under which key statement, says the payload itself */
	uint64_t kseq;
};

static enum err signature(struct proof_work *w, const struct seal *s, const char *what)
{
	struct proof_chain *c = proof_report_chain(w, s->org);
	enum err err;

	if (c == NULL || s->kseq >= c->count)
		return fail(w, "the key statement under %s is not in the file", what);
	c->needed = true;
	err = sign_check(s->ctx, s->payload, w->statement[c->first + s->kseq].keys.sign, s->signature.p);
	return err == OK || err == ERR_MEMORY ? err : fail(w, "the signature over %s does not verify", what);
}

/* ---- entries ---- */

static void entry_doubt(struct proof_work *w, const struct entry *e)
{
	const struct proof_chain *c = proof_report_chain(w, &e->author);
	const int64_t compromise = vocab_number(&vocab_key_reason, SPAN("compromise", 10));
	char what[160];
	uint64_t k;

	for (k = e->kseq + 1; k < c->count; k++) {
		if (w->statement[c->first + k].reason != compromise)
			continue;
		doubt(w, "the key under %s was replaced as compromised; its log.open, not in this file, says how far it counts",
		      entry_name(w, &e->author, e->n, what));
		return;
	}
}

static enum err entry_place(struct proof_work *w, size_t i, const char *what)
{
	const struct entry *e = &w->entry[i];
	int order = i == 0 ? -1 : id_cmp(&w->log[i - 1], &w->log[i]);

	if (order > 0 || (order == 0 && w->entry[i - 1].n >= e->n))
		return fail(w, "the entries are not in order, or %s stands twice", what);
	if (e->n == 1 && !id_eq(&e->prev, &w->log[i]))
		return fail(w, "%s does not begin its log", what);
	if (order == 0 && w->entry[i - 1].n + 1 == e->n && !id_eq(&e->prev, &w->hash[i - 1]))
		return fail(w, "%s does not continue the entry before it", what);
	return OK;
}

static enum err entries(struct proof_work *w)
{
	char what[160];
	size_t i;

	for (i = 0; i < w->p.entries; i++) {
		const struct proof_entry *in = &w->p.entry[i];
		struct entry *e = &w->entry[i];
		enum err err = entry_decode(in->payload, e);

		if (err == ERR_MEMORY)
			return err;
		if (err != OK)
			return fail(w, "entry %u of the file is not well formed", (unsigned)i + 1);
		entry_log(e, &w->log[i]);
		entry_hash(in->payload, &w->hash[i]);
		entry_name(w, &e->author, e->n, what);
		err = signature(w, &(struct seal){SIGN_ENTRY, in->payload, in->signature, &e->author, e->kseq}, what);
		if (err == OK)
			err = entry_place(w, i, what);
		if (err != OK)
			return err;
		entry_doubt(w, e);
	}
	return OK;
}

/* ---- records ---- */

static enum err record_place(struct proof_work *w, size_t i, const char *what)
{
	const struct proof_record *r = &w->p.record[i];
	size_t k;

	if (i > 0 && (r[-1].entry > r->entry || (r[-1].entry == r->entry && r[-1].index >= r->index)))
		return fail(w, "the records are not in order, or record %u of %s stands twice", r->index + 1u, what);
	for (k = i; k > 0 && w->p.record[k - 1].entry == r->entry; k--)
		if (id_eq(&w->record[k - 1], &w->record[i]))
			return fail(w, "record %u of %s stands twice in that entry", r->index + 1u, what);
	return OK;
}

static enum err records(struct proof_work *w)
{
	struct complaint why = {0};
	char what[160];
	size_t i;

	for (i = 0; i < w->p.records; i++) {
		const struct proof_record *r = &w->p.record[i];
		const struct entry *e;
		enum err err;

		if (r->entry >= w->p.entries)
			return fail(w, "record %u of the file names an entry that is not in it", (unsigned)i + 1);
		e = &w->entry[r->entry];
		entry_name(w, &e->author, e->n, what);
		record_id(r->payload, &w->record[i]);
		err = record_place(w, i, what);
		if (err != OK)
			return err;
		if (!merkle_verify(&w->record[i], r->index, e->count, r->path, r->path_length, &e->root))
			return fail(w, "record %u is not what %s was signed over", r->index + 1u, what);
		err = record_decode(r->payload, w->a, &w->parsed[i], &why);
		if (err != OK)
			return err == ERR_MEMORY ? err : fail(w, "record %u of %s is not well formed: %s %s", r->index + 1u, what,
			                                      why.where, why.text);
		if (!id_eq(&w->parsed[i].author, &e->author))
			return fail(w, "record %u of %s names another author than the entry", r->index + 1u, what);
		w->used[r->entry] = true;
	}
	return OK;
}

/* ---- receipts ---- */

static enum err receipt_fits(struct proof_work *w, const struct receipt *r, const char *whose)
{
	const struct entry *e;
	bool about = false;
	char what[160];
	uint8_t code;
	size_t i;

	for (i = 0; i < w->p.entries; i++) {
		e = &w->entry[i];
		if (!id_eq(&w->log[i], &r->log))
			continue;
		if (e->type == AUDIENCE_DIRECT && !id_eq(&e->target, &r->receiver))
			return fail(w, "%s gave a receipt for a log that is not addressed to it", whose);
		if (e->n == r->n && !id_eq(&w->hash[i], &r->entry))
			return fail(w, "the receipt of %s names other bytes than %s", whose, entry_name(w, &e->author, e->n, what));
	}
	for (i = 0; i < w->p.records && !about; i++)
		about = proof_report_covers(w, r, i, &code);
	return about ? OK : fail(w, "a receipt of %s covers no record of the file", whose);
}

static enum err receipt_place(struct proof_work *w, size_t i)
{
	const struct receipt *r = &w->receipt[i];
	int order = -1;

	if (i > 0) {
		order = id_cmp(&r[-1].log, &r->log);
		if (order == 0)
			order = r[-1].n == r->n ? id_cmp(&r[-1].receiver, &r->receiver) : r[-1].n < r->n ? -1 : 1;
	}
	return order < 0 ? OK : fail(w, "the receipts are not in order, or one stands twice");
}

static enum err receipts(struct proof_work *w)
{
	char whose[SHORT], what[160];
	size_t i;

	for (i = 0; i < w->p.receipts; i++) {
		const struct proof_receipt *in = &w->p.receipt[i];
		struct receipt *r = &w->receipt[i];
		enum err err = receipt_decode(in->payload, w->a, r);

		if (err == ERR_MEMORY)
			return err;
		if (err != OK)
			return fail(w, "receipt %u of the file is not well formed", (unsigned)i + 1);
		name_of(w, &r->receiver, whose);
		snprintf(what, sizeof what, "a receipt of %s", whose);
		err = signature(w, &(struct seal){SIGN_RECEIPT, in->payload, in->signature, &r->receiver, r->kseq}, what);
		if (err == OK)
			err = receipt_place(w, i);
		if (err == OK)
			err = receipt_fits(w, r, whose);
		if (err != OK)
			return err;
		if (r->kseq + 1 < proof_report_chain(w, &r->receiver)->count)
			doubt(w, "%s has changed its keys since it signed its receipt; a receipt under the newer key would decide it", whose);
	}
	return OK;
}

/* ---- what it comes to ---- */

static enum err all_needed(struct proof_work *w)
{
	char text[160];
	struct proof_chain *c;
	size_t i;

	for (i = 0; i < w->p.entries; i++) {
		const struct entry *e = &w->entry[i];

		if (!w->used[i])
			return fail(w, "%s carries no record of the file", entry_name(w, &e->author, e->n, text));
		c = e->type == AUDIENCE_DIRECT ? proof_report_chain(w, &e->target) : NULL;
		if (c != NULL) /* so that whom it was said to can be named */
			c->needed = true;
	}
	for (i = 0; i < w->chains; i++)
		if (!w->chain[i].needed)
			return fail(w, "the key statements of %s sign nothing in the file", name_of(w, &w->chain[i].org, text));
	return OK;
}

static enum err room(struct proof_work *w)
{
	const struct proof *p = &w->p;

	w->statement = arena_alloc(w->a, p->statements * sizeof *w->statement);
	w->entry = arena_alloc(w->a, p->entries * sizeof *w->entry);
	w->log = arena_alloc(w->a, p->entries * sizeof *w->log);
	w->hash = arena_alloc(w->a, p->entries * sizeof *w->hash);
	w->used = arena_alloc(w->a, p->entries * sizeof *w->used);
	w->record = arena_alloc(w->a, p->records * sizeof *w->record);
	w->parsed = arena_alloc(w->a, p->records * sizeof *w->parsed);
	w->receipt = arena_alloc(w->a, (p->receipts + 1) * sizeof *w->receipt);
	if (w->statement == NULL || w->entry == NULL || w->log == NULL || w->hash == NULL)
		return ERR_MEMORY;
	return w->used == NULL || w->record == NULL || w->parsed == NULL || w->receipt == NULL ? ERR_MEMORY : OK;
}

static enum err read_file(struct proof_work *w, struct span file)
{
	struct complaint why = {0};
	enum err err = proof_read(file, w->a, &w->p, &why);

	if (err == OK)
		return room(w);
	return err == ERR_MEMORY ? err : fail(w, "%s %s", why.where, why.text);
}

static enum err judge(struct proof_work *w, struct span file)
{
	enum err err = read_file(w, file);

	if (err == OK)
		err = statements(w);
	if (err == OK)
		err = entries(w);
	if (err == OK)
		err = records(w);
	if (err == OK)
		err = receipts(w);
	if (err == OK)
		err = all_needed(w);
	if (err == OK)
		err = proof_report_fill(w);
	if (err == ERR_LIMIT)
		err = fail(w, "the receipts cover more records than one file may show");
	return err;
}

enum err proof_verify(struct span file, struct arena *a, struct proof_report *out)
{
	struct proof_work *w = arena_alloc(a, sizeof *w);
	enum err err;

	if (w == NULL)
		return ERR_MEMORY;
	w->a = a;
	w->report.verdict = PROOF_VALID;
	err = judge(w, file);
	if (err != OK && err != ERR_INVALID)
		return err; /* only memory: all else was said by fail() */
	if (err != OK) { /* nothing half proven is shown */
		w->report.lines = 0;
		w->report.line = NULL;
	}
	*out = w->report;
	return OK;
}
