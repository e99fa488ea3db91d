/* exchange_files.c - evidence files between linked partners. Who was sent the evidence may have its file, and nobody else. The reader asks for a
 * piece, the author answers with that piece: nothing is pushed, and a cut link goes on where the part that is held ends. */
#include <string.h>

#include "node/core_state.h"
#include "node/files.h"

struct evidence {
	const struct field *f;
	struct record_row row;
	struct record r;
	struct id hash;
	uint64_t size;
	int64_t availability;
	bool fits; /* into the quota */
};

const char *core_files(const struct core *c)
{
	return c->world->files;
}

static void drop_file(struct core *c, struct effect *e)
{
	if (files_drop(core_files(c), &e->record, &e->file) != OK)
		core_log(c, "file-not-dropped", NULL, "the file of a withdrawn evidence is still on the disk");
}

enum err core_drop_file(struct core *c, const struct id *evidence, const struct id *hash)
{
	return core_effect(c, &(struct effect){.done = drop_file, .record = *evidence, .file = *hash});
}

/* ERR_NOT_FOUND: it is no evidence with a file. */
static enum err read_evidence(struct core *c, const struct record_row *row, struct evidence *out)
{
	struct span hash;
	int64_t size = 0;
	enum err e = row->payload.n ? record_decode(row->payload, c->arena, &out->r, NULL) : ERR_NOT_FOUND;
	if (e != OK || out->r.kind != KIND_EVIDENCE || record_check(&out->r, NULL) != OK)
		return e == ERR_MEMORY ? e : ERR_NOT_FOUND;
	out->row = *row;
	out->f = kind_by_number(KIND_EVIDENCE)->fields;
	(void)fields_int(out->f, out->r.body, "availability", &out->availability);
	(void)fields_int(out->f, out->r.body, "size", &size);
	if (!value_is_bin(fields_get(out->f, out->r.body, "hash"), &hash) || hash.n != sizeof out->hash.b)
		return ERR_NOT_FOUND;
	memcpy(out->hash.b, hash.p, hash.n);
	out->size = (uint64_t)size;
	return OK;
}

static enum err withdrawn(struct core *c, const struct evidence *x, bool *out)
{
	struct walk w;
	struct record_row row;
	struct record r;
	struct id id;
	uint64_t no;
	enum err e = records_walk_ref(core_txn(c), &x->row.id, false, &w);
	*out = false;
	while (e == OK && !*out && records_next(&w, &no)) {
		e = records_by_no(core_txn(c), no, &row);
		if (e == OK && row.payload.n && record_decode(row.payload, c->arena, &r, NULL) == OK && r.kind == KIND_RETRACT &&
		    id_eq(&r.author, &x->r.author))
			*out = fields_id(kind_by_number(KIND_RETRACT)->fields, r.body, "about", &id) && id_eq(&id, &x->row.id);
	}
	return walk_close(&w, e);
}

/* ---- what we want of them ---- */

/* It stands in their log to us, and is taken there: what came inside a forward is asked of nobody. */
static enum err from_them(struct core *c, const struct evidence *x, bool *out)
{
	struct walk w;
	struct occurrence o;
	struct log_row log;
	enum err e = occurrences_walk(core_txn(c), x->row.no, &w);
	*out = false;
	while (e == OK && !*out && occurrences_next(&w, &o)) {
		if (o.log == 0 || (o.verdict != VERDICT_GOOD && o.verdict != VERDICT_AHEAD))
			continue;
		e = logs_by_no(core_txn(c), o.log, &log);
		*out = e == OK && id_eq(&log.author, &x->r.author);
	}
	return walk_close(&w, e);
}

struct quota {
	uint64_t theirs, all;
};

static enum err read_quota(struct core *c, const struct id *org, struct quota *out)
{
	struct walk w;
	uint64_t no;
	enum err e;
	out->theirs = 0;
	e = records_walk_kind(core_txn(c), KIND_EVIDENCE, false, &w);
	if (e != OK)
		return e;
	while (e == OK && records_next(&w, &no)) {
		struct record_row row;
		struct evidence x;
		e = records_by_no(core_txn(c), no, &row);
		if (e == OK)
			e = read_evidence(c, &row, &x);
		if (e == OK && id_eq(&x.r.author, org) && files_has(core_files(c), &x.hash, x.size))
			out->theirs += x.size;
		e = e == ERR_NOT_FOUND ? OK : e;
	}
	return walk_close(&w, e);
}

/* Attached ones by themselves; of the others those that somebody here has asked for: their part is there. */
static enum err is_wanted(struct core *c, const struct evidence *x, uint64_t *have, bool *out)
{
	const char *folder = core_files(c);
	bool direct = false, gone = false;
	enum err e = files_part(folder, &x->row.id, have);
	bool asked = e == OK;
	*out = false;
	*have = asked ? *have : 0;
	if (!(asked || x->availability == vocab_number(&vocab_availability, SPAN("attached", 8))) || files_marked(folder, &x->row.id) ||
	    files_has(folder, &x->hash, x->size))
		return OK;
	e = from_them(c, x, &direct);
	if (e == OK && direct)
		e = withdrawn(c, x, &gone);
	*out = e == OK && direct && !gone;
	return e;
}

/* The oldest evidence of theirs behind fetch_no whose file is wanted. Read from the newest back, so what was looked at is not looked at again. */
static enum err find_next(struct core *c, struct session *s, struct evidence *out, uint64_t *have, bool *found)
{
	struct walk w;
	uint64_t no, newest = 0, held;
	enum err e = records_walk_kind(core_txn(c), KIND_EVIDENCE, true, &w);
	*found = false;
	while (e == OK && records_next(&w, &no) && no > s->files.no) {
		struct record_row row;
		struct evidence x;
		bool wanted = false;
		newest = newest ? newest : no;
		e = records_by_no(core_txn(c), no, &row);
		if (e == OK)
			e = read_evidence(c, &row, &x);
		if (e == OK && id_eq(&x.r.author, &s->org))
			e = is_wanted(c, &x, &held, &wanted);
		if (wanted) {
			*out = x;
			*have = held;
			*found = true;
		}
		e = e == ERR_NOT_FOUND ? OK : e;
	}
	e = walk_close(&w, e);
	if (e == OK && (newest || *found))
		s->files.no = *found ? out->row.no : newest;
	return e;
}

static void ask(struct core *c, struct session *s)
{
	const struct field *f = message_fields(MESSAGE_FILE_WANT);
	struct value *m = value_map(c->arena);
	fields_set(c->arena, f, m, "record", value_id(c->arena, &s->files.fetch.record));
	fields_set(c->arena, f, m, "offset", value_int(c->arena, (int64_t)s->files.fetch.at));
	session_say(c, s, MESSAGE_FILE_WANT, m);
}

/* A file is beside the turn's transaction: our disk failing with it is told, and does not undo what else was taken. */
static void failed(struct core *c, struct session *s, enum err e)
{
	s->files.fetch.on = false;
	core_alarm(c, &s->org, "an evidence file could not be kept", err_text(e));
}

static void too_much(struct core *c, struct session *s)
{
	core_alarm(c, &s->org, "evidence is not fetched", "its files would be more than is kept: 256 MiB of one partner, 1 GiB of all");
}

/* What is to be fetched next, if its part is not whole already. *found false: nothing is. Errors are the store's. */
static enum err choose(struct core *c, struct session *s, struct evidence *x, uint64_t *have, bool *found)
{
	struct quota q = {0};
	enum err e = find_next(c, s, x, have, found);
	if (e != OK || !*found)
		return e;
	e = read_quota(c, &s->org, &q);
	x->fits = e == OK && files_total(core_files(c), &q.all) == OK && q.theirs + x->size <= LIMIT_FILES_PARTNER && q.all + x->size <= LIMIT_FILES;
	if (e == OK && !x->fits)
		too_much(c, s);
	return e;
}

/* Whole, but not under its name: we went down in between, or the part is another's. False: it is to be fetched from the start. */
static bool whole_already(struct core *c, struct session *s, const struct evidence *x, uint64_t *have)
{
	enum err e = *have < x->size ? ERR_NOT_FOUND : files_finish(core_files(c), &x->row.id, &x->hash);
	if (e != ERR_NOT_FOUND && e != ERR_CORRUPT) {
		if (e != OK)
			failed(c, s, e);
		return true;
	}
	*have = e == ERR_CORRUPT ? 0 : *have;
	return false;
}

void exchange_files_next(struct core *c, struct session *s)
{
	struct evidence x;
	uint64_t have = 0;
	bool found = true;
	while (core_files(c) && c->turn.broken == OK && !s->files.fetch.on && !s->closing && s->phase == PHASE_FULL && found) {
		enum err e = choose(c, s, &x, &have, &found);
		core_break(c, e);
		if (e != OK || !found || !x.fits || whole_already(c, s, &x, &have))
			continue;
		fetch_begin(&s->files.fetch, &x.row.id, x.size, have);
		s->files.hash = x.hash;
		ask(c, s);
	}
}

void core_fetch(struct core *c, const struct id *org)
{
	struct session *s = core_session(c, org, PHASE_FULL);
	if (!s || s->closing)
		return;
	s->files.no = 0;
	exchange_files_next(c, s);
}

static void whole(struct core *c, struct session *s)
{
	enum err e = files_finish(core_files(c), &s->files.fetch.record, &s->files.hash);
	if (e == ERR_CORRUPT) {
		core_alarm(c, &s->org, "an evidence file is not what its evidence says",
		           "its hash is another; ask for it again with: tally evidence fetch ID");
		e = files_mark(core_files(c), &s->files.fetch.record);
	} else if (e == OK) {
		core_log(c, "evidence-file", &s->org, "%llu bytes", (unsigned long long)s->files.fetch.size);
	}
	if (e != OK)
		failed(c, s, e);
	exchange_files_next(c, s);
}

void exchange_files_on_chunk(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_FILE_CHUNK);
	struct id record = {{0}};
	struct span bytes;
	int64_t offset = 0;
	uint64_t at = s->files.fetch.at;
	(void)fields_id(f, body, "record", &record);
	(void)fields_int(f, body, "offset", &offset);
	bool there = value_is_bin(fields_get(f, body, "bytes"), &bytes);
	enum fetch_step step = fetch_chunk(&s->files.fetch, &record, (uint64_t)offset, there ? &bytes : NULL);
	switch (step) {
	case FETCH_STRAY:
	case FETCH_LONG:
		core_alarm(c, &s->org, "a piece of a file that was not asked for",
		           step == FETCH_LONG ? "longer than its evidence says" : "none is under way there");
		session_end(c, s, "a piece of a file that was not asked for");
		return;
	case FETCH_GONE:
		exchange_files_next(c, s);
		return;
	case FETCH_MORE:
	case FETCH_WHOLE:
		break;
	}
	enum err e = files_grow(core_files(c), &record, at, bytes);
	if (e != OK)
		failed(c, s, e);
	else if (step == FETCH_WHOLE)
		whole(c, s);
	else
		ask(c, s);
}

/* ---- what they want of us ---- */

/* They may have it: it is ours, was sent to them, and was not withdrawn. */
static enum err may_have(struct core *c, struct session *s, struct evidence *x, bool *out)
{
	struct record_row row;
	struct delivery_state d;
	bool gone = false;
	enum err e = records_by_id(core_txn(c), &s->files.give, &row);
	*out = false;
	if (e == OK)
		e = read_evidence(c, &row, x);
	if (e == OK && id_eq(&x->r.author, &c->self.org)) {
		e = core_delivery(core_txn(c), &c->self.org, row.no, &s->org, &d);
		if (e == OK && d.state != DELIVERY_NONE)
			e = withdrawn(c, x, &gone);
		*out = e == OK && d.state != DELIVERY_NONE && !gone;
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

void exchange_files_give(struct core *c, struct session *s)
{
	const struct field *f = message_fields(MESSAGE_FILE_CHUNK);
	struct value *m = value_map(c->arena);
	struct buf piece = {0};
	struct evidence x;
	bool may;
	if (!s->files.gives)
		return;
	if (s->slow || link_output(s->link)->n >= LIMIT_PUMP_BYTES) {
		s->later = true;
		return;
	}
	s->files.gives = false;
	enum err e = may_have(c, s, &x, &may);
	size_t most = e == OK && may ? fetch_piece(x.size, s->files.give_at) : 0;
	if (e == OK && most && files_read(core_files(c), &x.hash, s->files.give_at, most, &piece) != OK)
		buf_clear(&piece); /* it is gone from our disk: they are told so */
	if (e == OK) {
		fields_set(c->arena, f, m, "record", value_id(c->arena, &s->files.give));
		fields_set(c->arena, f, m, "offset", value_int(c->arena, (int64_t)s->files.give_at));
		if (most && piece.n == most)
			fields_set(c->arena, f, m, "bytes", value_bin(c->arena, buf_span(&piece)));
		session_say(c, s, MESSAGE_FILE_CHUNK, m);
	}
	buf_free(&piece);
	core_break(c, e);
}

/* One at a time: a newer question takes the place of one that waits, so asking often holds nothing here. */
void exchange_files_on_want(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_FILE_WANT);
	int64_t offset = 0;
	if (!fields_id(f, body, "record", &s->files.give) || !fields_int(f, body, "offset", &offset))
		return;
	s->files.give_at = (uint64_t)offset;
	s->files.gives = true;
	exchange_files_give(c, s);
}
