#include "node/gather.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/orgs.h"
#include "store/records.h"

#define RESTS_BYTES ((size_t)4 * 1024 * 1024) /* of what the record rests on */

static bool is_party(const struct gather *g, const struct id *org)
{
	for (size_t i = 0; i < g->parties; i++)
		if (id_eq(&g->party[i], org))
			return true;
	return false;
}

static void add_party(struct gather *g, const struct id *org)
{
	if (!id_zero(org) && !is_party(g, org) && g->parties < GATHER_PARTIES)
		g->party[g->parties++] = *org;
}

static bool add_org(struct gather *g, const struct id *org)
{
	for (size_t i = 0; i < g->orgs; i++)
		if (id_eq(&g->org[i], org))
			return true;
	if (g->orgs == PROOF_SIGNERS)
		return false;
	g->org[g->orgs++] = *org;
	return true;
}

const char *gather_name(const struct gather *g, const struct id *org, char out[static NAMES_TEXT])
{
	struct signed_statement st;
	struct statement parsed;

	if (statements_newest(g->t, org, &st, &parsed) == OK)
		(void)snprintf(out, NAMES_TEXT, "%s", parsed.name);
	else
		names_show(g->c->core, org, out);
	return out;
}

enum err gather_reveal(const struct gather *g, const char *format, ...)
{
	char text[700] = "the file ";
	size_t n = strlen(text);
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text + n, sizeof text - n, format, ap);
	va_end(ap);
	return json_array_append_new(json_object_get(g->c->result, "reveals"), json_string(text)) == 0 ? OK : ERR_MEMORY;
}

/* ---- where a record stands ---- */

/* Is this receiver's receipt one to show? Those of a direct log are its reader's alone; a partners log has those of everybody who reads it, and
 * only the one meant or our own is needed. */
static bool shows_receipt(const struct gather *g, const struct log_row *log, const struct id *receiver)
{
	if (log->type == AUDIENCE_DIRECT)
		return id_eq(&log->target, receiver);
	return g->has_to ? id_eq(&g->to, receiver) : id_eq(&log->author, &core_self(g->c->core)->org) || is_party(g, receiver) ||
	       id_eq(receiver, &core_self(g->c->core)->org);
}

/* *taken: held by somebody whose receipt may be shown. */
static enum err covered(struct gather *g, const struct log_row *log, uint64_t n, uint16_t index, bool *taken)
{
	struct id by;
	struct walk w;
	enum err e = receipts_walk(g->t, log->no, &w);

	*taken = false;
	while (e == OK && !*taken && receipts_next_receiver(&w, &by)) {
		struct receipt_row row;
		uint8_t code;

		if (!shows_receipt(g, log, &by))
			continue;
		e = receipts_about(g->t, &(struct receipt_of){log->no, &by, n, index}, &row, &code);
		*taken = e == OK && code == VERDICT_GOOD;
		e = e == ERR_NOT_FOUND ? OK : e;
	}
	return walk_close(&w, e);
}

/* A log that may be shown: before the parties are known, one to or of the partner meant; then one between the parties. */
static bool fits(const struct gather *g, const struct log_row *log)
{
	if (g->parties)
		return is_party(g, &log->author) && (log->type != AUDIENCE_DIRECT || is_party(g, &log->target));
	return !g->has_to || log->type != AUDIENCE_DIRECT || id_eq(&log->target, &g->to) || id_eq(&log->author, &g->to);
}

/* The first place with a receipt, else the first. ERR_NOT_FOUND: none that may be shown; *inside: number of a forward that holds it, or 0. */
static enum err find_place(struct gather *g, uint64_t no, const struct id *author, struct place *out, uint64_t *inside)
{
	struct occurrence o;
	struct walk w;
	bool found = false;
	enum err e = occurrences_walk(g->t, no, &w);

	*inside = 0;
	while (e == OK && !(found && out->held) && occurrences_next(&w, &o)) {
		struct place p = {.n = o.n, .index = o.index};

		if (o.verdict != VERDICT_GOOD && o.verdict != VERDICT_AHEAD)
			continue;
		if (o.log == 0) {
			*inside = o.n;
			continue;
		}
		e = logs_by_no(g->t, o.log, &p.log);
		if (e != OK || !id_eq(&p.log.author, author) || !fits(g, &p.log))
			continue;
		e = covered(g, &p.log, p.n, p.index, &p.held);
		if (e == OK && (!found || p.held)) {
			*out = p;
			found = true;
		}
	}
	e = walk_close(&w, e);
	return e != OK || found ? e : ERR_NOT_FOUND;
}

/* ---- the record, its path, its entry ---- */

static enum err add_record(struct gather *g, const struct record_row *row, const struct place *place)
{
	struct proof_record *r = &g->record[g->p.records];
	struct entry_row entry;
	size_t i = 0;
	enum err e = entries_get(g->t, place->log.no, place->n, &entry);

	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
	while (i < g->p.entries && (g->at[i].log != place->log.no || g->at[i].n != place->n))
		i++;
	*r = (struct proof_record){.payload = row->payload, .entry = i, .index = place->index};
	e = entries_path(g->t, &entry, r->index, r->path, &r->path_length);
	if (e != OK)
		return e;
	if (i == g->p.entries) {
		g->entry[i] = (struct proof_entry){entry.payload, entry.signature};
		g->at[i].log = place->log.no;
		g->at[i].n = place->n;
		g->p.entries++;
	}
	g->place[g->p.records++] = *place;
	g->bytes += row->payload.n;
	(void)add_org(g, &place->log.author); /* parties: they are few */
	if (place->log.type == AUDIENCE_DIRECT)
		(void)add_org(g, &place->log.target);
	return OK;
}

/* ---- what a record rests on ---- */

static void want(struct gather *g, const struct id *id)
{
	for (size_t i = 0; i < g->ids; i++)
		if (id_eq(&g->id[i], id))
			return;
	if (g->ids < GATHER_RECORDS)
		g->id[g->ids++] = *id;
	else
		g->left_out++;
}

/* Ids of logs and entries are among them: no record is found under these. */
static void want_references(struct gather *g, const struct field *table, const struct value *map)
{
	for (const struct field *f = table; f && f->name; f++) {
		const struct value *v = value_at(map, f->key);
		size_t n = f->list ? value_count(v) : v != NULL;

		for (size_t i = 0; i < n; i++) {
			const struct value *one = f->list ? value_item(v, i) : v;
			struct id id;

			if (f->type == FIELD_GROUP)
				want_references(g, f->group, one);
			else if (f->type == FIELD_REF && value_is_id(one, &id))
				want(g, &id);
		}
	}
}

static enum err rests_on(struct gather *g, const struct record *r, const struct place *place)
{
	const struct kind *k = kind_by_number(r->kind);
	char name[NAMES_TEXT], to[NAMES_TEXT];

	if (r->tlp > g->strictest || r->tlp < 1)
		g->strictest = r->tlp < 1 ? TLP_RED : r->tlp;
	if (r->has_thread)
		want(g, &r->thread);
	if (k && record_check(r, NULL) == OK)
		want_references(g, k->fields, r->body);
	return gather_reveal(g, "holds in full: %s of %s to %s, entry %" PRIu64 " of their log", k ? k->name : "a record",
	                     gather_name(g, &place->log.author, name),
	                     place->log.type == AUDIENCE_DIRECT ? gather_name(g, &place->log.target, to)
	                     : place->log.type == AUDIENCE_CONSORTIUM ? "a consortium" : "all partners", place->n);
}

static enum err take(struct gather *g, const struct record_row *row, const struct record *r, const struct place *place)
{
	enum err e = add_record(g, row, place);

	return e == OK ? rests_on(g, r, place) : e;
}

static enum err nowhere(struct gather *g, const struct record *r, uint64_t inside)
{
	struct record_row forward;
	char hint[120], name[NAMES_TEXT];

	if (g->has_to) {
		names_show(g->c->core, &g->to, name);
		return api_fail(g->c, ERR_NOT_FOUND, "leave out --to, or send it to them first", "it stands in no log between us and %s", name);
	}
	if (inside && records_by_no(g->t, inside, &forward) == OK) {
		names_id(&forward.id, name);
		(void)snprintf(hint, sizeof hint, "tally proof export %.12s", name);
		return api_fail(g->c, ERR_NOT_FOUND, hint, "it came inside a forward: the forward holds its proof");
	}
	if (id_eq(&r->author, &core_self(g->c->core)->org))
		return api_fail(g->c, ERR_NOT_FOUND, r->kind == KIND_REQUIREMENT_SET ? "assign it: tally requirement assign SET --to PARTNER" :
		                "send it to a partner first",
		                "it has been said to nobody yet, so nothing about it is signed");
	return api_fail(g->c, ERR_NOT_FOUND, "tally record show ID tells why", "it has no good place in a log of its author");
}

enum err gather_first(struct gather *g, const struct id *id)
{
	struct record_row row;
	struct record r;
	struct place place = {0};
	uint64_t inside;
	enum err e = records_by_id(g->t, id, &row);

	if (e == OK && row.payload.n == 0)
		return api_fail(g->c, ERR_NOT_FOUND, NULL, row.dropped ? "its content was deleted here, so it can no longer be proven from here" :
		                "only its id is known here, not its content");
	if (e == OK)
		e = record_decode(row.payload, g->c->arena, &r, &g->c->why);
	if (e != OK)
		return e;
	e = find_place(g, row.no, &r.author, &place, &inside);
	if (e == ERR_NOT_FOUND)
		return nowhere(g, &r, inside);
	if (e != OK)
		return e;
	add_party(g, &place.log.author);
	if (place.log.type == AUDIENCE_DIRECT)
		add_party(g, &place.log.target);
	else
		add_party(g, g->has_to ? &g->to : &core_self(g->c->core)->org);
	want(g, id);
	return take(g, &row, &r, &place);
}

enum err gather_rest(struct gather *g)
{
	enum err e = OK;

	for (size_t i = 1; i < g->ids && e == OK; i++) {
		struct record_row row;
		struct record r;
		struct place place = {0};
		uint64_t inside;

		e = records_by_id(g->t, &g->id[i], &row);
		if (e == ERR_NOT_FOUND) { /* a log, an entry, or never came */
			e = OK;
			continue;
		}
		if (e == OK && (row.payload.n == 0 || g->bytes + row.payload.n > RESTS_BYTES + LIMIT_FORWARD)) {
			g->left_out++;
			continue;
		}
		if (e == OK)
			e = record_decode(row.payload, g->c->arena, &r, NULL);
		if (e == OK)
			e = find_place(g, row.no, &r.author, &place, &inside);
		if (e == OK)
			e = take(g, &row, &r, &place);
		if (e == ERR_MEMORY || e == ERR_CORRUPT || e == ERR_IO)
			break;
		g->left_out += e != OK;
		e = OK;
	}
	return e;
}

/* ---- receipts and key statements ---- */

static bool taken_already(const struct gather *g, const struct receipt_row *row)
{
	for (size_t i = 0; i < g->p.receipts; i++)
		if (span_eq(g->receipt[i].payload, row->payload))
			return true;
	return false;
}

static enum err take_receipt(struct gather *g, const struct receipt_row *row)
{
	char name[NAMES_TEXT];
	struct receipt r;
	enum err e = receipt_decode(row->payload, g->c->arena, &r);

	if (e != OK || taken_already(g, row))
		return e;
	if (g->p.receipts == GATHER_RECEIPTS || !add_org(g, &row->receiver)) {
		g->left_out++;
		return OK;
	}
	g->receipt[g->p.receipts++] = (struct proof_receipt){row->payload, row->signature};
	return gather_reveal(g, "holds a receipt of %s for the entries up to %" PRIu64 "%s", gather_name(g, &row->receiver, name), r.n,
	              r.exceptions ? ", and for those of them that it could not take" : "");
}

/* A receipt under a key that has been replaced leaves a proof undecided; its signer has signed the newest again under the newer key. */
static enum err prefer_newest_key(struct gather *g, const struct place *p, struct receipt_row *row)
{
	struct receipt_row newest;
	struct receipt first = {0}, last = {0};
	uint8_t code = VERDICT_GOOD;
	enum err e = receipts_newest(g->t, p->log.no, &row->receiver, &newest);

	if (e == OK)
		e = receipt_decode(row->payload, g->c->arena, &first);
	if (e == OK)
		e = receipt_decode(newest.payload, g->c->arena, &last);
	if (e == OK && last.kseq > first.kseq && receipt_covers(&last, p->n, p->index, &code))
		*row = newest;
	return e;
}

/* For each record the first receipt that covers it, since it says when: a later one would say the same with a later time. */
enum err gather_receipts(struct gather *g)
{
	enum err e = OK;

	for (size_t i = 0; i < g->p.records && e == OK; i++) {
		const struct place *p = &g->place[i];
		struct walk w;
		struct id by;

		e = receipts_walk(g->t, p->log.no, &w);
		while (e == OK && receipts_next_receiver(&w, &by)) {
			struct receipt_row row;
			uint8_t code;

			if (!shows_receipt(g, &p->log, &by))
				continue;
			e = receipts_about(g->t, &(struct receipt_of){p->log.no, &by, p->n, p->index}, &row, &code);
			if (e == OK)
				e = prefer_newest_key(g, p, &row);
			e = e == OK ? take_receipt(g, &row) : e == ERR_NOT_FOUND ? OK : e;
		}
		e = walk_close(&w, e);
	}
	return e;
}

enum err gather_statements(struct gather *g)
{
	enum err e = OK;

	for (size_t i = 0; i < g->orgs && e == OK; i++) {
		struct signed_statement st;
		struct walk w;
		char name[NAMES_TEXT];
		size_t first = g->p.statements;

		e = statements_walk(g->t, &g->org[i], &w);
		while (e == OK && statements_next(&w, &st)) {
			if (g->p.statements == PROOF_ITEMS)
				e = ERR_LIMIT;
			else
				g->p.statement[g->p.statements++] = st;
		}
		e = walk_close(&w, e);
		if (e == OK && g->p.statements > first)
			e = gather_reveal(g, "reveals the organisation %s, its keys and when they began", gather_name(g, &g->org[i], name));
	}
	return e;
}
