/* Evidence that an organisation contradicts itself. */
#include "node/api_contradiction.h"

#include <string.h>

#include "node/contradictions.h"
#include "node/contradictionshow.h"
#include "node/fieldjson.h"
#include "node/names.h"
#include "proto/kinds.h"
#include "proto/pack.h"

/* ---- which one is meant ---- */

struct wanted {
	const char *typed;
	size_t found;
	struct contradictions_row row;
};

static enum err fits(void *ctx, const struct contradictions_row *row)
{
	struct wanted *w = ctx;
	char hex[65];
	names_id(&row->r->id, hex);
	if (strncmp(hex, w->typed, strlen(w->typed)) == 0) {
		w->found++;
		w->row = *row;
	}
	return OK;
}

static enum err find(struct api_call *c, struct contradictions_row *out)
{
	struct wanted w = {0};
	enum err e = api_text(c, "evidence", true, &w.typed);
	if (e == OK && strlen(w.typed) < 6)
		return api_fail(c, ERR_INVALID, "see: tally evidence list", "give at least six digits of its id");
	if (e == OK)
		e = contradictions_each(c->core, NULL, c->arena, fits, &w);
	if (e == OK && w.found != 1)
		return api_fail(c, w.found ? ERR_CONFLICT : ERR_NOT_FOUND,
		                w.found ? "give more digits" : "a document of a partner is shown by: tally record show ID",
		                w.found ? "\"%.64s\" fits more than one" : "no contradiction of this id: \"%.64s\"", w.typed);
	if (e == OK)
		*out = w.row;
	return e;
}

/* ---- told ---- */

struct listing {
	struct api_call *c;
	json_t *items;
};

static enum err add(void *ctx, const struct contradictions_row *row)
{
	struct listing *l = ctx;
	json_t *o = json_object();
	char text[CONTRADICTIONS_TEXT], name[NAMES_TEXT];
	contradictions_text(l->c->core, row->r, text);
	names_show(l->c->core, &row->r->org, name);
	api_set_id(o, "id", &row->r->id);
	api_set(o, "from", name);
	api_set_id(o, "from_org", &row->r->org);
	api_set(o, "title", text);
	api_set(o, "type", contradiction_word(row->r->kind));
	api_set(o, "state", "proven");
	api_set_time(o, "received", row->received);
	if (row->told) {
		names_show(l->c->core, &row->from, name);
		api_set(o, "told_by", name);
	}
	(void)json_array_append_new(l->items, o);
	return OK;
}

enum err api_contradiction_list(struct api_call *c, const struct id *org, json_t *items)
{
	return contradictions_each(c->core, org, c->arena, add, &(struct listing){c, items});
}

static json_t *records_json(struct api_call *c, const struct carried_entry *in)
{
	json_t *list = json_array();
	for (size_t i = 0; i < in->records; i++) {
		json_t *o = json_object();
		struct record r;
		const struct kind *k;
		api_set_id(o, "id", &in->record[i].id);
		if (!in->record[i].gone && record_decode(in->record[i].bytes, c->arena, &r, NULL) == OK) {
			api_set(o, "kind", (k = kind_by_number(r.kind)) ? k->name : "unknown");
			api_set_time(o, "created", r.created);
			if (k && record_check(&r, NULL) == OK)
				(void)json_object_set_new(o, "body", fieldjson_write(k->fields, r.body));
		}
		(void)json_array_append_new(list, o);
	}
	return list;
}

static void put_branch(struct api_call *c, const struct contradictions_row *row, const struct carried_entry *in, json_t *o)
{
	struct id hash;
	entry_hash(in->payload, &hash);
	for (size_t k = 0; k < 2; k++)
		if (id_eq(&hash, &row->r->hash[k]))
			(void)json_object_set_new(json_array_get(json_object_get(o, "branches"), k), "records", records_json(c, in));
}

/* The two in full, as whoever was to read them keeps them. */
static enum err put_both(struct api_call *c, const struct contradictions_row *row, json_t *o)
{
	const struct value *pair;
	struct span bytes;
	enum err e = store_get(core_txn(c->core), TABLE_EVIDENCE, ID_SPAN(&row->r->log), &bytes);
	uint8_t *copy = e == OK ? arena_alloc(c->arena, bytes.n) : NULL;
	if (e != OK || !copy)
		return e == ERR_NOT_FOUND ? OK : e != OK ? e : ERR_MEMORY;
	memcpy(copy, bytes.p, bytes.n);
	e = pack_decode(SPAN(copy, bytes.n), c->arena, &pair);
	for (size_t i = 0; e == OK && i < 2; i++) {
		struct carried_entry in;
		if ((e = carried_read(value_item(pair, i), c->arena, &in)) == OK)
			put_branch(c, row, &in, o);
	}
	return e;
}

/* What each branch says, where it is here: its author's own, or the one that we took. */
static enum err put_records(struct api_call *c, const struct contradictions_row *row, json_t *o)
{
	struct carried_entry in;
	struct log_row log;
	enum err e = row->r->kind == CONTRADICTION_ENTRIES ? logs_get(core_txn(c->core), &row->r->log, &log) : ERR_NOT_FOUND;
	if (e == OK && (e = entries_carry(core_txn(c->core), log.no, row->r->n, c->arena, &in)) == OK)
		put_branch(c, row, &in, o);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	return row->r->kind == CONTRADICTION_ENTRIES ? put_both(c, row, o) : OK;
}

static enum err show(struct api_call *c)
{
	struct contradictions_row row;
	char text[CONTRADICTIONS_TEXT], name[NAMES_TEXT];
	enum err e = find(c, &row);
	if (e != OK)
		return e;
	json_t *o = contradictionshow_json(row.r);
	contradictions_text(c->core, row.r, text);
	names_show(c->core, &row.r->org, name);
	api_set(c->result, "from", name);
	api_set(c->result, "title", text);
	api_set_time(c->result, "received", row.received);
	if (row.told) {
		names_show(c->core, &row.from, name);
		api_set(c->result, "told_by", name);
	}
	e = o ? put_records(c, &row, o) : ERR_MEMORY;
	(void)json_object_update(c->result, o);
	json_decref(o);
	return e;
}

static enum err export(struct api_call *c)
{
	struct contradictions_row row;
	enum err e = find(c, &row);
	if (e != OK)
		return e;
	struct buf file = {0};
	e = buf_add(&file, row.file.p, row.file.n);
	if (e == OK && !c->dry_run)
		e = api_bytes_set(c, &file);
	buf_free(&file);
	api_set_id(c->result, "id", &row.r->id);
	api_set(c->result, "next", "anybody can check it without a node: tally evidence verify FILE");
	return e;
}

static enum err tell(struct api_call *c)
{
	struct contradictions_row row;
	const struct id *to;
	size_t count;
	enum err e = find(c, &row);
	if (e == OK)
		e = api_orgs(c, "to", true, &to, &count);
	if (e == OK)
		e = contradictions_tell(c->core, &row, to, count);
	if (e == OK)
		api_set(c->result, "next", "who is linked has it now, the others when they are; it shows them that these two deal with each other");
	return e;
}

const struct api_row api_contradiction_rows[] = {
	{"evidence.show", show, "one contradiction in full: {evidence} -> {from, title, type, branches, means}"},
	{"evidence.export", export, "the same as a file that proves it to anybody: {evidence} -> {hex}"},
	{"evidence.tell", tell, "lets partners have it beside those whom it names: {evidence, to}"},
	{0},
};
