#include "node/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/view_exception.h"

int view_order(const struct seen *x, const struct seen *y)
{
	if (x->r.created != y->r.created)
		return x->r.created < y->r.created ? -1 : 1;
	return id_cmp(&x->id, &y->id);
}

/* ---- one record without judgement: all that judging reads of a neighbour, so that judging never recurses ---- */

static enum err raw(struct view *v, uint64_t no, struct seen **out);
static enum err raw_find(struct view *v, const struct id *id, struct seen **out);

static enum err places(struct view *v, struct seen *s)
{
	struct walk w;
	struct occurrence o;
	uint64_t forward = 0;
	bool steady = false, direct = false;
	enum err e = occurrences_walk(v->t, s->no, &w);
	if (e != OK)
		return e;
	while (occurrences_next(&w, &o)) {
		if (o.verdict != VERDICT_GOOD && o.verdict != VERDICT_AHEAD) {
			s->verdict = s->verdict == VERDICT_GOOD ? o.verdict : s->verdict;
			continue;
		}
		if (!s->good || o.received < s->received)
			s->received = o.received;
		s->good = true;
		steady = steady || o.verdict == VERDICT_GOOD;
		direct = direct || o.log != 0;
		if (o.log == 0 && (forward == 0 || o.n < forward))
			forward = o.n;
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	s->ahead = s->good && !steady;
	if (forward && !direct && !s->mine) {
		struct seen *f;
		e = raw(v, forward, &f);
		if (e != OK)
			return e;
		s->has_via = true;
		s->via = f->r.author;
		s->via_record = f->id;
	}
	s->good = s->good || s->mine;
	return OK;
}

static enum err load(struct view *v, const struct record_row *row, struct seen **out)
{
	struct complaint why;
	struct seen *s = arena_alloc(v->a, sizeof *s);
	uint8_t *copy = row->payload.n ? arena_alloc(v->a, row->payload.n) : NULL;
	if (!s || (row->payload.n && !copy))
		return ERR_MEMORY;
	s->no = row->no;
	s->id = row->id;
	s->received = row->received;
	if (copy) {
		memcpy(copy, row->payload.p, row->payload.n);
		enum err e = record_decode(SPAN(copy, row->payload.n), v->a, &s->r, &why);
		if (e == ERR_MEMORY)
			return e;
		s->readable = e == OK;
	}
	s->root = s->readable && s->r.has_thread ? s->r.thread : s->id;
	if (s->readable) {
		s->kind = kind_by_number(s->r.kind);
		s->mine = id_eq(&s->r.author, &v->me);
	}
	s->withdrawn_why = "";
	*out = s;
	return OK;
}

static struct seen *held(const struct view *v, uint64_t no)
{
	struct seen *s = v->buckets ? v->bucket[no % v->buckets] : NULL;
	while (s && s->no != no)
		s = s->next;
	return s;
}

static enum err hold(struct view *v, struct seen *s)
{
	if (v->held >= v->buckets) {
		size_t more = v->buckets ? 4 * v->buckets : 64;
		struct seen **bucket = arena_alloc(v->a, more * sizeof *bucket);
		if (!bucket)
			return ERR_MEMORY;
		for (size_t i = 0; i < v->buckets; i++)
			for (struct seen *x = v->bucket[i], *next; x; x = next) {
				next = x->next;
				x->next = bucket[x->no % more];
				bucket[x->no % more] = x;
			}
		v->bucket = bucket;
		v->buckets = more;
	}
	s->next = v->bucket[s->no % v->buckets];
	v->bucket[s->no % v->buckets] = s;
	v->held++;
	return OK;
}

static enum err raw(struct view *v, uint64_t no, struct seen **out)
{
	struct record_row row;
	struct seen *s;
	v->looked++;
	if ((s = held(v, no)) != NULL) {
		*out = s;
		return OK;
	}
	enum err e = records_by_no(v->t, no, &row);
	if (e == OK)
		e = load(v, &row, &s);
	if (e == OK)
		e = hold(v, s);
	if (e == OK)
		e = places(v, s);
	if (e != OK)
		return e;
	s->at = s->ahead ? s->received : s->r.created;
	*out = s;
	return OK;
}

static enum err raw_find(struct view *v, const struct id *id, struct seen **out)
{
	struct record_row row;
	enum err e = records_by_id(v->t, id, &row);
	return e != OK ? e : raw(v, row.no, out);
}

/* ---- who had it, who may speak ---- */

static enum err add_speakers(struct view *v, struct seen *s, struct ids *out, bool *everybody)
{
	struct ids readers;
	bool all;
	enum err e = view_readers(v, s, &readers, &all);
	*everybody = *everybody || (e == OK && all);
	if (e == OK)
		e = view_ids_add(v, out, &s->r.author);
	for (size_t i = 0; e == OK && i < readers.n; i++) {
		struct ids members;
		e = view_members(v, &readers.p[i], &members);
		for (size_t j = 0; e == OK && j < members.n; j++)
			e = view_ids_add(v, out, &members.p[j]);
		if (e == OK)
			e = view_ids_add(v, out, &readers.p[i]);
	}
	return e;
}

/* Local numbers of the forwards that carry it: those received (a place in log 0) and our own (they name it as parent). */
static enum err carriers(struct view *v, const struct seen *s, struct seens *out)
{
	struct walk w;
	struct occurrence o;
	struct seen *f;
	uint64_t no;
	enum err e = occurrences_walk(v->t, s->no, &w);
	if (e != OK)
		return e;
	while (e == OK && occurrences_next(&w, &o))
		if (o.log == 0 && (o.verdict == VERDICT_GOOD || o.verdict == VERDICT_AHEAD)) {
			e = raw(v, o.n, &f);
			if (e == OK)
				e = view_push(v, out, f);
		}
	e = walk_close(&w, e);
	if (e == OK)
		e = records_walk_ref(v->t, &s->id, false, &w);
	if (e != OK)
		return e;
	while (e == OK && records_next(&w, &no)) {
		e = raw(v, no, &f);
		if (e == OK && f->mine && f->readable && f->r.kind == KIND_FORWARD)
			e = view_push(v, out, f);
	}
	return walk_close(&w, e);
}

struct parties {
	struct ids who;
	bool everybody;
};

/* Readers and author, and the same of whoever passed it on: those who may speak in its thread. */
static enum err gather_parties(struct view *v, struct seen *root, struct parties *out)
{
	struct seens by = {0};
	enum err e = add_speakers(v, root, &out->who, &out->everybody);
	if (e == OK)
		e = carriers(v, root, &by);
	for (size_t i = 0; e == OK && i < by.n; i++)
		e = add_speakers(v, by.p[i], &out->who, &out->everybody);
	return e;
}

static enum err parties_of(struct view *v, const struct seen *root, const struct parties **out)
{
	struct seen *s;
	enum err e = raw(v, root->no, &s);
	if (e == OK && !s->parties) {
		struct parties *p = arena_alloc(v->a, sizeof *p);
		e = p ? gather_parties(v, s, p) : ERR_MEMORY;
		if (e == OK)
			s->parties = p;
	}
	if (e == OK)
		*out = s->parties;
	return e;
}

/* ---- judgement ---- */

static void disregard(struct seen *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void disregard(struct seen *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)vsnprintf(s->reason, sizeof s->reason, format, args);
	va_end(args);
	s->counts = false;
}

static bool supplier_opened(const struct seen *root)
{
	const struct field *f = root->kind ? fields_find(root->kind->fields, "supplier") : NULL;
	struct id supplier;
	if (f && f->type == FIELD_ORG && fields_id(root->kind->fields, root->r.body, "supplier", &supplier))
		return id_eq(&supplier, &root->r.author);
	return root->kind && root->kind->by_supplier;
}

/* Customer and supplier in a thread are its opener and who was sent what opened it, one way or the other. */
static enum kind_role role_in(enum kind_role role, const struct seen *root)
{
	if (role == ROLE_CUSTOMER)
		return supplier_opened(root) ? ROLE_ADDRESSEE : ROLE_OPENER;
	if (role == ROLE_SUPPLIER)
		return supplier_opened(root) ? ROLE_OPENER : ROLE_ADDRESSEE;
	return role;
}

static enum err may_speak(struct view *v, struct seen *s, const struct seen *root)
{
	const struct parties *p;
	char name[VIEW_NAME];
	enum kind_role role = role_in(s->kind->role, root);
	v->name(v->ctx, &root->r.author, name);
	bool opener = id_eq(&s->r.author, &root->r.author);
	if (role == ROLE_OPENER && !opener) {
		disregard(s, "only %.60s, who opened this thread, can say it", name);
		return OK;
	}
	if (role == ROLE_OPENER || (opener && role != ROLE_ADDRESSEE))
		return OK;
	enum err e = parties_of(v, root, &p);
	if (e != OK)
		return e;
	if (opener) {
		disregard(s, "its author opened this thread and cannot answer it");
	} else if (!p->everybody && !view_ids_has(&p->who, &s->r.author)) {
		disregard(s, "%.60s did not send the record it answers to its author", name);
	}
	return OK;
}

/* Both real, or both of one exercise. Nothing of an exercise ever counts in what is real, nor the other way round. */
bool view_alike(const struct seen *x, const struct seen *y)
{
	return x->r.has_exercise == y->r.has_exercise && (!x->r.has_exercise || id_eq(&x->r.exercise, &y->r.exercise));
}

/* A thread keeps to one world; a plan is real itself, and opens the thread of its exercise. */
static void judge_world(struct seen *s, const struct seen *root)
{
	bool plan = root->r.kind == KIND_EXERCISE_PLAN && s->r.has_exercise && id_eq(&s->r.exercise, &root->id);
	if (!plan && !view_alike(s, root))
		disregard(s, "%s", s->r.has_exercise ? "it belongs to an exercise, and the thread it is said in does not"
		                                     : "it is real, and the thread it is said in belongs to an exercise");
}

/* What it must itself have written: the version before, the record it withdraws. */
static enum err judge_own(struct view *v, struct seen *s, const struct id *what, const char *verb)
{
	struct seen *before;
	enum err e = raw_find(v, what, &before);
	if (e == ERR_NOT_FOUND) /* we need not have been sent what came before */
		return OK;
	if (e != OK)
		return e;
	if (before->readable && !id_eq(&before->r.author, &s->r.author))
		disregard(s, "it %s a record of somebody else", verb);
	else if (before->readable && s->r.kind != KIND_RETRACT && before->r.kind != s->r.kind)
		disregard(s, "it %s a record of another kind", verb);
	else if (before->readable && !view_alike(s, before))
		disregard(s, "it %s a record that is %s", verb, s->r.has_exercise ? "no part of its exercise" : "part of an exercise");
	return OK;
}

static bool retracted_id(const struct seen *s, struct id *out)
{
	return s->readable && s->kind && s->r.kind == KIND_RETRACT && fields_id(s->kind->fields, s->r.body, "about", out);
}

/* The table of the answered kind says which words decide about it. */
static enum err judge_reply(struct view *v, struct seen *s)
{
	struct id about;
	struct seen *what;
	const char *word = view_word(s->kind->fields, s->r.body, "decision");
	if (!fields_id(s->kind->fields, s->r.body, "about", &about))
		return OK;
	enum err e = raw_find(v, &about, &what);
	if (e == ERR_NOT_FOUND || (e == OK && (!what->readable || !what->kind))) {
		disregard(s, "the record it answers is not here");
		return OK;
	}
	if (e != OK)
		return e;
	if (!id_eq(&what->root, &s->root))
		disregard(s, "the record it answers belongs to another thread");
	else if (id_eq(&what->r.author, &s->r.author) && !view_own_word(word))
		disregard(s, "its author cannot decide about a record of its own");
	else if (!id_eq(&what->r.author, &s->r.author) && view_authors_word(word))
		disregard(s, "only the author of that record can say \"%s\"", word);
	else if (!view_decides(what->kind, word))
		disregard(s, "%s is not answered with \"%s\"", what->kind->name, word);
	else if (what->r.kind == KIND_EXCEPTION_REQUEST && view_exception_unfit(what, s->r.body))
		disregard(s, "%s", view_exception_unfit(what, s->r.body));
	return OK;
}

static enum err judge(struct view *v, struct seen *s)
{
	struct seen *root;
	struct id target;
	enum err e = OK;
	s->counts = true;
	if (!s->readable)
		disregard(s, "its contents are not here");
	else if (!s->good)
		disregard(s, "%s", s->verdict == VERDICT_GOOD ? "it stands in no log that is held here" : verdict_text((enum verdict)s->verdict));
	else if (!s->kind)
		disregard(s, "this version does not know its kind");
	if (s->counts && s->r.has_supersedes)
		e = judge_own(v, s, &s->r.supersedes, "replaces");
	if (e == OK && s->counts && retracted_id(s, &target))
		e = judge_own(v, s, &target, "withdraws");
	if (e == OK && s->counts && s->r.kind == KIND_REPLY)
		e = judge_reply(v, s);
	if (e != OK || !s->counts || s->kind->role == ROLE_SERIES)
		return e;
	if (!s->r.has_thread) {
		if (s->kind->role == ROLE_ADDRESSEE || s->kind->role == ROLE_CUSTOMER || s->kind->role == ROLE_SUPPLIER || s->r.kind == KIND_REPLY)
			disregard(s, "it names no thread that it belongs to");
		return OK;
	}
	e = raw_find(v, &s->r.thread, &root);
	if (e == ERR_NOT_FOUND || (e == OK && (!root->readable || !root->good))) {
		/* without the first record nobody's part in the thread is known; its author's later versions stand alone */
		if (!(s->kind->role == ROLE_ANY && s->r.has_supersedes))
			disregard(s, "the record that opens its thread is not here");
		return OK;
	}
	if (e == OK)
		judge_world(s, root);
	return e == OK && s->counts ? may_speak(v, s, root) : e;
}

/* What later records of the same author did to it. */
static enum err fate(struct view *v, struct seen *s)
{
	struct walk w;
	uint64_t no;
	struct id target;
	struct seen *last = NULL, *gone = NULL;
	enum err e = records_walk_ref(v->t, &s->id, false, &w);
	if (e != OK)
		return e;
	while (e == OK && records_next(&w, &no)) {
		struct seen *x;
		e = raw(v, no, &x);
		if (e != OK || x == s || !x->readable || !x->good || !s->readable || !id_eq(&x->r.author, &s->r.author) || !view_alike(x, s))
			continue;
		if (retracted_id(x, &target) && id_eq(&target, &s->id) && (!gone || view_order(x, gone) < 0))
			gone = x; /* the first one counts */
		if (x->r.has_supersedes && id_eq(&x->r.supersedes, &s->id) && x->r.kind == s->r.kind && (!last || view_order(x, last) > 0))
			last = x;
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	if (last) {
		s->replaced = true;
		s->newer = last->id;
	}
	if (gone) {
		s->withdrawn = true;
		s->withdrawn_at = gone->r.created;
		s->withdrawn_why = view_text(v, gone->kind->fields, gone->r.body, "reason");
	}
	return OK;
}

/* Somebody signed for it: we did when it is not ours; for ours a receipt says so. */
static enum err signed_for(struct view *v, struct seen *s)
{
	struct walk w;
	struct occurrence o;
	enum err e;
	if (!s->mine) {
		s->withdrawn_after = s->good && s->received <= s->withdrawn_at;
		return OK;
	}
	e = occurrences_walk(v->t, s->no, &w);
	if (e != OK)
		return e;
	while (e == OK && !s->withdrawn_after && occurrences_next(&w, &o)) {
		struct walk each;
		struct id by;
		if (o.log == 0)
			continue;
		e = receipts_walk(v->t, o.log, &each);
		while (e == OK && !s->withdrawn_after && receipts_next_receiver(&each, &by)) {
			struct receipt_row row;
			struct receipt r;
			uint8_t code;
			e = receipts_about(v->t, &(struct receipt_of){o.log, &by, o.n, o.index}, &row, &code);
			if (e == OK)
				e = receipt_decode(row.payload, v->a, &r);
			s->withdrawn_after = e == OK && code == VERDICT_GOOD && r.time <= s->withdrawn_at; /* their time: so both ends say the same */
			e = e == ERR_NOT_FOUND ? OK : e;
		}
		e = walk_close(&each, e);
	}
	return walk_close(&w, e);
}

enum err view_get(struct view *v, uint64_t no, struct seen **out)
{
	struct seen *s;
	enum err e = raw(v, no, &s);
	if (e != OK)
		return e;
	if (!s->judged) {
		e = judge(v, s);
		if (e == OK)
			e = fate(v, s);
		if (e == OK && s->withdrawn)
			e = signed_for(v, s);
		if (e != OK)
			return e;
		s->judged = true;
	}
	*out = s;
	return OK;
}

enum err view_find(struct view *v, const struct id *id, struct seen **out)
{
	struct record_row row;
	enum err e = records_by_id(v->t, id, &row);
	return e != OK ? e : view_get(v, row.no, out);
}

bool view_active(const struct seen *s)
{
	return s->counts && !s->withdrawn && !s->replaced;
}
