/* api_packing.c - bid packs and relationship files for the dispatcher. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/words.h"
#include "node/packing.h"
#include "node/saying.h"
#include "node/view_assurance.h"
#include "node/view_record.h"
#include "proto/proof.h"
#include "proto/when.h"

static enum err set_file(struct api_call *c, enum err e, struct buf *file, const char *narrow)
{
	char *hex = NULL;
	if (e == ERR_LIMIT)
		e = api_fail(c, e, narrow, "that is more than one file can hold: 4,096 records or 16 MiB");
	else if (e == ERR_INVALID)
		e = api_fail(c, ERR_CORRUPT, "tally store check", "what the store holds about it does not verify");
	if (e == OK)
		(void)json_object_set_new(c->result, "bytes", json_integer((json_int_t)file->n));
	if (e == OK && !c->dry_run) {
		hex = malloc(2 * file->n + 1);
		if (hex)
			hex_encode(hex, file->p, file->n);
		e = hex && json_object_set_new(c->result, "hex", json_stringn(hex, 2 * file->n)) == 0 ? OK : ERR_MEMORY;
	}
	free(hex);
	buf_free(file);
	return e;
}

/* ---- the bid pack ---- */

struct pack {
	struct span *payload;
	size_t n;
	json_t *reveals;
};

static enum err add_kind(struct view *v, enum kind_number kind, struct pack *p)
{
	struct seens list;
	struct record_row row;
	enum err e = view_kind(v, kind, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *s = list.p[i];
		char text[400];
		if (!s->mine || s->r.has_exercise || s->r.tlp == TLP_RED || strcmp(view_assurance_state(v, s), "current") != 0)
			continue;
		if (p->n == PROOF_ITEMS)
			return ERR_LIMIT;
		e = records_by_no(v->t, s->no, &row);
		if (e != OK)
			break;
		p->payload[p->n++] = row.payload;
		(void)snprintf(text, sizeof text, "the file holds in full: %s \"%.200s\", TLP:%s", s->kind->name, view_record_title(v, s),
		               vocab_word(&vocab_tlp, s->r.tlp));
		(void)json_array_append_new(p->reveals, view_string(text));
	}
	return e;
}

static enum err pack(struct api_call *c)
{
	struct view v;
	struct buf file = {0};
	struct pack p = {.payload = arena_alloc(c->arena, PROOF_ITEMS * sizeof *p.payload), .reveals = json_array()};
	enum err e = p.payload && json_object_set_new(c->result, "reveals", p.reveals) == 0 ? OK : ERR_MEMORY;
	saying_view(c, &v);
	if (e == OK)
		e = add_kind(&v, KIND_POSTURE_ATTESTATION, &p);
	if (e == OK)
		e = add_kind(&v, KIND_CERTIFICATION, &p);
	if (e == OK && p.n == 0)
		return api_fail(c, ERR_NOT_FOUND, "begin with: tally posture publish --file posture.json --unpublished",
		                "no attestation or certificate of ours stands");
	if (e == OK)
		e = packing_own(c->core, c->arena, p.payload, p.n, &file);
	e = set_file(c, e, &file, "withdraw what is out of date with: tally record retract ID --reason TEXT");
	if (e != OK)
		return e;
	(void)json_array_append_new(p.reveals, json_string("the file names none of our partners"));
	(void)json_object_set_new(c->result, "records", json_integer((json_int_t)p.n));
	saying_next(c, "anybody can check it without a node: tally proof verify FILE; the ten words to compare: tally card show --words");
	return OK;
}

/* ---- the relationship file ---- */

static enum err pair(struct api_call *c)
{
	struct packing_both both = {0};
	struct buf file = {0};
	const char *text;
	char words[WORDS_TEXT], name[NAMES_TEXT];
	enum err e = api_org(c, "partner", &both.partner);
	if (e == OK)
		e = api_text(c, "since", false, &text);
	if (e != OK)
		return e;
	if (text && when_parse(text, &both.since) != OK)
		return api_fail(c, ERR_USAGE, "give a date: --since 2026-01-01", "\"%.40s\" is no date", text);
	names_show(c->core, &both.partner, name);
	e = packing_pair(c->core, c->arena, &both, &file);
	if (e == ERR_NOT_FOUND)
		return api_fail(c, e, "see what waits with: tally outbox --waiting", "nothing is held by both of us and %.80s yet", name);
	e = set_file(c, e, &file, "take a part of it: --since 2026-01-01");
	if (e != OK)
		return e;
	words_encode(both.content.b, 10, words);
	api_set_id(c->result, "id", &both.partner);
	api_set_id(c->result, "content", &both.content);
	api_set(c->result, "words", words);
	(void)json_object_set_new(c->result, "records", json_integer((json_int_t)both.count));
	if (both.waiting)
		saying_warn(c, "%zu of our records are left out: no receipt of %s covers them yet", both.waiting, name);
	saying_next(c, "%zu records; %s holds the same when its own file gives these words: %s; or compare the files: tally partner compare OURS THEIRS",
	            both.count, name, words);
	return OK;
}

const struct api_row api_packing_rows[] = {
	{"posture.pack", pack, "our attestations and certificates as a file that names no partner: {hex, records, reveals}"},
	{"partner.file", pair, "all that we and a partner hold of each other: {hex, records, content, words}"},
	{NULL, NULL, NULL},
};
