/* api_evidence.c - evidence and its files for the dispatcher. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/api_evidence.h"
#include "node/api_contradiction.h"
#include "node/files.h"
#include "node/saying.h"
#include "node/view_assurance.h"
#include "node/view_record.h"
#include "proto/limits.h"

static const struct kind *kind(void)
{
	return kind_by_number(KIND_EVIDENCE);
}

/* The bytes of {name, hex}; {NULL, 0}: none were given. */
static enum err given_bytes(struct api_call *c, const char **name, struct span *out)
{
	const json_t *file = saying_arg(c, "file");
	const char *hex = json_string_value(json_object_get(file, "hex"));
	size_t n = hex ? json_string_length(json_object_get(file, "hex")) : 0;
	uint8_t *bytes;
	*out = SPAN(NULL, 0);
	*name = json_string_value(json_object_get(file, "name"));
	if (!file)
		return OK;
	if (n == 0)
		return api_fail(c, ERR_INVALID, "name a file that holds something", "the file is empty");
	if (n / 2 > LIMIT_FILE)
		return api_fail(c, ERR_LIMIT, "put it where they can fetch it: --availability url --url URL", "a file of evidence has at most 12 MiB");
	bytes = arena_alloc(c->arena, n / 2);
	if (!bytes)
		return ERR_MEMORY;
	if (hex_decode(hex, n, bytes) != OK)
		return api_fail(c, ERR_USAGE, "", "the bytes of a file are given as hexadecimal digits in pairs");
	*out = SPAN(bytes, n / 2);
	return OK;
}

static void set_word(struct api_call *c, struct value *body, const char *field, const struct vocab *v, const char *word)
{
	if (!fields_get(kind()->fields, body, field))
		fields_set(c->arena, kind()->fields, body, field, value_int(c->arena, vocab_number(v, SPAN(word, strlen(word)))));
}

/* Durable before the record that names it; in a rehearsal only what it would be called. */
static enum err keep_file(struct api_call *c, struct value *body)
{
	const char *folder = core_files(c->core), *name;
	struct span bytes;
	struct id hash;
	uint64_t total = 0;
	enum err e = given_bytes(c, &name, &bytes);
	if (e != OK || !bytes.n)
		return e;
	if (!folder || (e = files_total(folder, &total)) != OK)
		return folder ? e : api_fail(c, ERR_POLICY, "", "this node keeps no files");
	if (total + bytes.n > LIMIT_FILES)
		return api_fail(c, ERR_LIMIT, "put it where they can fetch it: --availability url --url URL", "evidence files would be more than 1 GiB here");
	files_hash(bytes, &hash);
	if (!c->dry_run && (e = files_put(folder, bytes, &hash)) != OK)
		return api_fail(c, e, NULL, "the file could not be kept: %s", err_text(e));
	fields_set(c->arena, kind()->fields, body, "hash", value_id(c->arena, &hash));
	fields_set(c->arena, kind()->fields, body, "size", value_int(c->arena, (int64_t)bytes.n));
	if (name && !fields_get(kind()->fields, body, "file"))
		fields_set(c->arena, kind()->fields, body, "file", value_str(c->arena, name));
	if (name && !fields_get(kind()->fields, body, "title"))
		fields_set(c->arena, kind()->fields, body, "title", value_str(c->arena, name));
	set_word(c, body, "availability", &vocab_availability, "attached");
	return OK;
}

/* About a record of somebody it goes to that one, and belongs to its thread. */
static enum err join(struct api_call *c, struct view *v, const struct value *body, struct draft *d)
{
	struct seen *about;
	struct ids who = {0};
	struct id id;
	bool everybody;
	enum err e;
	if (!fields_id(kind()->fields, body, "about", &id))
		return OK;
	e = view_find(v, &id, &about);
	if (e == ERR_NOT_FOUND)
		return api_fail(c, e, "see: tally record list", "the record it is about is not here");
	if (e == OK)
		e = saying_taken(c, v, about);
	if (e != OK)
		return e;
	d->thread = &about->root;
	if (about->r.has_exercise)
		d->exercise = &about->r.exercise;
	if (d->recipients)
		return OK;
	e = about->mine ? view_readers(v, about, &who, &everybody) : view_ids_add(v, &who, &about->r.author);
	return e == OK ? saying_to_all(c, v, &who, d) : e;
}

static enum err add(struct api_call *c)
{
	struct view v;
	struct value *body;
	struct id id;
	struct draft d = {.kind = kind()};
	saying_view(c, &v);
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = keep_file(c, body);
	if (e == OK)
		e = join(c, &v, body, &d);
	if (e != OK)
		return e;
	set_word(c, body, "type", &vocab_evidence_type, "other");
	set_word(c, body, "availability", &vocab_availability, fields_get(d.kind->fields, body, "url") ? "url" : "attached");
	d.body = body;
	if (!d.recipients)
		return api_fail(c, ERR_USAGE, "name them with: --to PARTNER, or what it belongs to with: --about ID", "nobody to show it to");
	return saying_say(c, &d, &id);
}

/* ---- the file ---- */

static enum err find(struct api_call *c, struct view *v, struct seen **s, struct id *hash)
{
	struct span bin;
	saying_view(c, v);
	enum err e = saying_record(c, v, "evidence", KIND_EVIDENCE, s);
	if (e == OK && (!view_body(*s) || !(*s)->good))
		return api_fail(c, ERR_CONFLICT, "see: tally evidence list", "that evidence was withdrawn by its author, or not taken here");
	if (e == OK && (!value_is_bin(fields_get(kind()->fields, (*s)->r.body, "hash"), &bin) || bin.n != sizeof hash->b))
		return api_fail(c, ERR_NOT_FOUND, "see its url with: tally record show ID", "that evidence has no file: it stands elsewhere");
	if (e == OK)
		memcpy(hash->b, bin.p, bin.n);
	return e;
}

static enum err get(struct api_call *c)
{
	struct view v;
	struct seen *s;
	struct id hash, found;
	struct buf file = {0};
	char *hex = NULL;
	enum err e = find(c, &v, &s, &hash);
	if (e != OK)
		return e;
	uint64_t size = (uint64_t)view_int(kind()->fields, s->r.body, "size");
	if (!files_has(core_files(c->core), &hash, size))
		return api_fail(c, ERR_NOT_FOUND, s->mine ? "put it back into the folder files in the home" : "ask for it with: tally evidence fetch ID",
		                "its file is not here%s", s->mine ? " any more" : " yet");
	e = files_read(core_files(c->core), &hash, 0, (size_t)size, &file);
	if (e == OK) {
		files_hash(buf_span(&file), &found);
		if (!id_eq(&found, &hash))
			e = api_fail(c, ERR_CORRUPT, s->mine ? NULL : "drop it from the folder files, then: tally evidence fetch ID",
			             "its file was changed on this disk");
	}
	hex = e == OK ? malloc(2 * file.n + 1) : NULL;
	if (e == OK && !hex)
		e = ERR_MEMORY;
	if (e == OK) {
		hex_encode(hex, file.p, file.n);
		(void)json_object_set_new(c->result, "hex", json_stringn(hex, 2 * file.n));
		api_set(c->result, "file", view_text(&v, kind()->fields, s->r.body, "file"));
		api_set_id(c->result, "id", &s->id);
	}
	free(hex);
	buf_free(&file);
	return e;
}

static enum err fetch(struct api_call *c)
{
	struct view v;
	struct seen *s;
	struct id hash;
	enum err e = find(c, &v, &s, &hash);
	const char *folder = core_files(c->core);
	if (e != OK)
		return e;
	if (s->mine)
		return api_fail(c, ERR_POLICY, "see it with: tally evidence get ID -o FILE", "that evidence is our own");
	if (s->has_via)
		return api_fail(c, ERR_POLICY, "ask whoever passed it on", "it came inside a forward: its author gives the file to those it sent the evidence to");
	if (files_has(folder, &hash, (uint64_t)view_int(kind()->fields, s->r.body, "size"))) {
		saying_next(c, "it is here: tally evidence get ID -o FILE");
		return OK;
	}
	if (c->dry_run)
		return OK;
	e = files_unmark(folder, &s->id);
	if (e == OK)
		e = files_want(folder, &s->id);
	if (e == OK)
		core_fetch(c->core, &s->r.author);
	if (e == OK)
		saying_next(c, "it comes when they are linked; see: tally evidence list");
	return e;
}

/* ---- withdrawn ---- */

static bool hash_of(const struct seen *s, struct id *hash)
{
	struct span bin;
	if (!s->readable || s->r.kind != KIND_EVIDENCE || !value_is_bin(fields_get(kind()->fields, s->r.body, "hash"), &bin) || bin.n != sizeof hash->b)
		return false;
	memcpy(hash->b, bin.p, bin.n);
	return true;
}

/* Does another evidence that stands, of whomever, name the same file. */
static enum err is_shared(struct view *v, const struct seen *s, const struct id *hash, bool *out)
{
	struct seens list;
	struct id other;
	enum err e = view_kind(v, KIND_EVIDENCE, &list);
	*out = false;
	for (size_t i = 0; e == OK && i < list.n; i++)
		*out = *out || (list.p[i] != s && list.p[i]->good && !list.p[i]->withdrawn && hash_of(list.p[i], &other) && id_eq(&other, hash));
	return e;
}

enum err api_evidence_withdrawn(struct api_call *c, struct view *v, const struct seen *s)
{
	struct id hash;
	bool shared = false;
	if (c->dry_run || !core_files(c->core) || !hash_of(s, &hash))
		return OK;
	enum err e = is_shared(v, s, &hash, &shared);
	return e == OK && !shared ? core_drop_file(c->core, &s->id, &hash) : e;
}

/* A partner cannot make us lose what it showed: its file is deleted when somebody here says so, and only what was withdrawn. */
static enum err drop(struct api_call *c)
{
	struct view v;
	struct seen *s;
	struct id hash;
	bool shared = false;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "evidence", KIND_EVIDENCE, &s);
	if (e != OK)
		return e;
	if (!s->withdrawn)
		return api_fail(c, ERR_CONFLICT, s->mine ? "withdraw it with: tally record retract ID --reason TEXT" : "see: tally evidence list",
		                "that evidence stands: its file is kept");
	if (!hash_of(s, &hash) || !files_has(core_files(c->core), &hash, (uint64_t)view_int(kind()->fields, s->r.body, "size")))
		return api_fail(c, ERR_NOT_FOUND, "see: tally evidence list", "no file of it is here");
	e = is_shared(&v, s, &hash, &shared);
	if (e == OK && shared)
		return api_fail(c, ERR_CONFLICT, "see: tally evidence list", "another evidence that stands names the same file");
	return e == OK ? api_evidence_withdrawn(c, &v, s) : e;
}

/* ---- list ---- */

static void put_file(struct api_call *c, json_t *o, const struct seen *s)
{
	const char *folder = core_files(c->core);
	uint64_t size = (uint64_t)view_int(kind()->fields, s->r.body, "size"), have = 0;
	struct span bin;
	struct id hash;
	char text[40];
	if (!size || !value_is_bin(fields_get(kind()->fields, s->r.body, "hash"), &bin) || bin.n != sizeof hash.b)
		return;
	memcpy(hash.b, bin.p, bin.n);
	if (files_has(folder, &hash, size))
		api_set(o, "here", "yes");
	else if (files_marked(folder, &s->id))
		api_set(o, "here", "does not fit its hash");
	else if (files_part(folder, &s->id, &have) == OK) {
		(void)snprintf(text, sizeof text, "%llu%%", (unsigned long long)(have * 100 / size));
		api_set(o, "here", text);
	} else {
		api_set(o, "here", "no");
	}
}

static enum err list(struct api_call *c)
{
	struct view v;
	json_t *items, *o;
	size_t i;
	saying_view(c, &v);
	enum err e = view_assurance_evidence(&v, &items);
	if (e != OK)
		return e;
	json_array_foreach(items, i, o) {
		struct seen *s;
		struct id id;
		if (e == OK && (e = view_read_id(json_object_get(o, "id"), &id)) == OK && (e = view_find(&v, &id, &s)) == OK &&
		    (view_body(s) || (s->readable && s->withdrawn)))
			put_file(c, o, s);
	}
	if (e == OK)
		e = api_contradiction_list(c, NULL, items);
	return saying_items(c, e, &items);
}

const struct api_row api_evidence_rows[] = {
	{"evidence.add", add, "show evidence to partners: {file: {name, hex}, to, body}"},
	{"evidence.get", get, "the file of an evidence, checked against its hash: {hex}"},
	{"evidence.fetch", fetch, "ask a partner for the file of its evidence"},
	{"evidence.drop", drop, "delete the file of an evidence that was withdrawn"},
	{"evidence.list", list, "evidence, ours and our partners', and whether its files are here; and what proves that somebody contradicts itself"},
	{NULL, NULL, NULL},
};
