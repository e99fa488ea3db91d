/* A proof file told to a person: the verdict first, then who said what to whom, who held it, in what words, and what it leaves open. All
 * text in the file is a stranger's: it goes out through cli_text_safe alone. */
#include "node/proofshow_parts.h"

#include <stdlib.h>
#include <string.h>

#include "node/cli.h"
#include "node/fieldjson.h"
#include "node/slurp.h"
#include "proto/when.h"

#define LEFT_OPEN                                                                                                                       \
	"What it does not show: whether anything was withdrawn or replaced later, and whether a name is true: only the words tie it to " \
	"an organisation."

static const char *const verdicts[] = {[PROOF_VALID] = "valid", [PROOF_INVALID] = "invalid", [PROOF_UNDECIDED] = "undecided"};

/* ---- small parts ---- */

static void who(const struct shown *s, const char *name, const struct id *org)
{
	if (name[0]) {
		proofshow_safe(s, name);
		return;
	}
	(void)fputs("the organisation ", s->out);
	proofshow_id(s, org);
}

static const char *kind_name(const struct record *r, char out[static 48])
{
	const struct kind *k = kind_by_number(r->kind);

	if (k)
		return k->name;
	(void)snprintf(out, 48, "a record of kind %lld", (long long)r->kind);
	return out;
}

static const char *tlp_word(int64_t tlp)
{
	const char *word = vocab_word(&vocab_tlp, tlp);

	return word ? word : "unknown, so as red";
}

/* ---- a record ---- */

static void held(const struct shown *s, const struct proof_line *l)
{
	char when[WHEN_TEXT];

	for (size_t i = 0; i < l->holdings; i++) {
		const struct proof_holding *h = &l->holding[i];

		when_format(h->time, when);
		(void)fputs(h->exception == VERDICT_GOOD ? "   held by: " : "   not taken by: ", s->out);
		who(s, h->name, &h->receiver);
		if (h->exception == VERDICT_GOOD)
			(void)fprintf(s->out, ", at the latest on %s, as its signed receipt says\n", when);
		else
			(void)fprintf(s->out, ", as its signed receipt of %s says: %s\n", when, verdict_text((enum verdict)h->exception));
	}
	if (l->holdings == 0)
		(void)fputs("   held by: nobody's receipt is in this file; it shows who said it, not that it arrived\n", s->out);
}

static void one(const struct shown *s, size_t i)
{
	const struct proof_line *l = s->line[i];
	char said[WHEN_TEXT], signed_at[WHEN_TEXT], kind[48], hex[65];

	when_format(l->record.created, said);
	when_format(l->time, signed_at);
	hex_encode(hex, l->id.b, sizeof l->id.b);
	(void)fprintf(s->out, "\n%zu. ", i + 1);
	who(s, l->author_name, &l->author);
	(void)fputs(" said to ", s->out);
	if (id_eq(&l->target, &l->author))
		(void)fputs("whoever is shown this", s->out);
	else if (id_zero(&l->target))
		(void)fputs("all its partners", s->out);
	else
		who(s, l->target_name, &l->target);
	(void)fprintf(s->out, ": %s\n   said on: %s; signed on %s as entry %llu of its log to them\n", kind_name(&l->record, kind), said,
	              signed_at, (unsigned long long)l->n);
	held(s, l);
	if (l->record.has_exercise)
		(void)fputs("   exercise: this is part of an exercise, nothing of it is real\n", s->out);
	(void)fprintf(s->out, "   id: %s\n   TLP: %s\n", hex, tlp_word(l->record.tlp));
	proofshow_content(s, &l->record);
}

static void signers(const struct shown *s)
{
	const struct proof_report *r = s->report;

	if (r->signers)
		(void)fputs("\nWho signed. Compare these words with those that the organisation itself reads out to you:\n", s->out);
	for (size_t i = 0; i < r->signers; i++) {
		(void)fputs("   ", s->out);
		who(s, r->signer[i].name, &r->signer[i].org);
		(void)fprintf(s->out, ": compare with \"%s\"\n", r->signer[i].words);
	}
}

static void tell(const struct shown *s)
{
	const struct proof_report *r = s->report;

	switch (r->verdict) {
	case PROOF_VALID:
		(void)fprintf(s->out, "VALID: %zu record%s, each signed by who is said to have said it\n", r->lines, r->lines == 1 ? "" : "s");
		break;
	case PROOF_INVALID:
		(void)fputs("INVALID: ", s->out);
		proofshow_safe(s, r->link);
		(void)fputs("\nNothing in this file can be relied on: it was changed, cut, or never was a proof.\n", s->out);
		return;
	case PROOF_UNDECIDED:
		(void)fputs("UNDECIDED: ", s->out);
		proofshow_safe(s, r->link);
		(void)fputs("\nAll signatures verify, but something that is not in this file could undo what follows.\n", s->out);
		break;
	}
	for (size_t i = 0; i < r->lines; i++)
		one(s, i);
	signers(s);
	(void)fprintf(s->out, "\n" LEFT_OPEN "\n");
}

/* ---- JSON ---- */

static void put(json_t *o, const char *name, const char *text)
{
	if (text && *text)
		(void)json_object_set_new(o, name, json_string(text));
}

static void put_id(json_t *o, const char *name, const struct id *id)
{
	char hex[65];

	hex_encode(hex, id->b, sizeof id->b);
	if (!id_zero(id))
		put(o, name, hex);
}

static void put_time(json_t *o, const char *name, int64_t ms)
{
	char text[WHEN_TEXT];

	when_format(ms, text);
	put(o, name, text);
}

static json_t *line_json(const struct proof_line *l)
{
	const struct kind *k = kind_by_number(l->record.kind);
	json_t *o = json_object(), *list = json_array();
	char kind[48];

	put_id(o, "id", &l->id);
	put(o, "kind", kind_name(&l->record, kind));
	put_id(o, "from_org", &l->author);
	put(o, "from", l->author_name);
	put_id(o, "to_org", &l->target);
	put(o, "to", l->target_name);
	put_id(o, "log", &l->log);
	(void)json_object_set_new(o, "entry", json_integer((json_int_t)l->n));
	put_time(o, "created", l->record.created);
	put_time(o, "signed", l->time);
	put(o, "tlp", tlp_word(l->record.tlp));
	(void)json_object_set_new(o, "exercise", json_boolean(l->record.has_exercise));
	if (k && record_check(&l->record, NULL) == OK)
		(void)json_object_set_new(o, "body", fieldjson_write(k->fields, l->record.body));
	for (size_t i = 0; i < l->holdings; i++) {
		const struct proof_holding *h = &l->holding[i];
		json_t *held_by = json_object();

		put_id(held_by, "by_org", &h->receiver);
		put(held_by, "by", h->name);
		put_time(held_by, "time", h->time);
		(void)json_object_set_new(held_by, "held", json_boolean(h->exception == VERDICT_GOOD));
		if (h->exception != VERDICT_GOOD)
			put(held_by, "exception", verdict_name((enum verdict)h->exception));
		(void)json_array_append_new(list, held_by);
	}
	(void)json_object_set_new(o, "receipts", list);
	return o;
}

static enum err tell_json(const struct shown *s)
{
	const struct proof_report *r = s->report;
	json_t *o = json_object(), *who_signed = json_array(), *records = json_array();
	enum err e = OK;

	put(o, "schema", "tally/proof.verify/1");
	put(o, "verdict", verdicts[r->verdict]);
	(void)json_object_set_new(o, "link", json_string(r->link));
	for (size_t i = 0; i < r->signers; i++) {
		json_t *signer = json_object();

		put_id(signer, "org", &r->signer[i].org);
		put(signer, "name", r->signer[i].name);
		put(signer, "words", r->signer[i].words);
		(void)json_object_set_new(signer, "kseq", json_integer((json_int_t)r->signer[i].kseq));
		(void)json_array_append_new(who_signed, signer);
	}
	for (size_t i = 0; i < r->lines; i++)
		(void)json_array_append_new(records, line_json(s->line[i]));
	(void)json_object_set_new(o, "signers", who_signed);
	(void)json_object_set_new(o, "records", records);
	put(o, "not_shown", LEFT_OPEN);
	e = o ? cli_show_json(s->out, o) : ERR_MEMORY;
	json_decref(o);
	return e;
}

/* ---- all of it ---- */

static int said_before(const void *x, const void *y)
{
	const struct proof_line *p = *(const struct proof_line *const *)x, *q = *(const struct proof_line *const *)y;

	if (p->record.created != q->record.created)
		return p->record.created < q->record.created ? -1 : 1;
	return p->time != q->time ? (p->time < q->time ? -1 : 1) : id_cmp(&p->id, &q->id);
}

static enum err show(FILE *out, bool json, struct proof_report *r, struct arena *a)
{
	struct shown s = {.out = out, .report = r, .line = arena_alloc(a, (r->lines + 1) * sizeof *s.line)};
	enum err e = OK;

	if (!s.line)
		return ERR_MEMORY;
	for (size_t i = 0; i < r->lines; i++)
		s.line[i] = &r->line[i];
	qsort(s.line, r->lines, sizeof *s.line, said_before);
	if (json)
		e = tell_json(&s);
	else
		tell(&s);
	return e == OK && (fflush(out) != 0 || ferror(out)) ? ERR_IO : e;
}

enum err proofshow_verify(const char *path, bool json, FILE *out)
{
	struct proof_report report = {.verdict = PROOF_INVALID, .link = "file is larger than any proof"};
	struct arena *a = arena_new();
	struct buf file = {0};
	enum err e = a ? slurp_file(path, stdin, LIMIT_PROOF, &file) : ERR_MEMORY;

	if (e == OK)
		e = proof_verify(buf_span(&file), a, &report);
	if (e == OK || e == ERR_LIMIT)
		e = show(out, json, &report, a);
	buf_free(&file);
	arena_free(a);
	if (e != OK)
		return e;
	return report.verdict == PROOF_VALID ? OK : report.verdict == PROOF_INVALID ? ERR_PROBLEMS : ERR_UNDECIDED;
}
