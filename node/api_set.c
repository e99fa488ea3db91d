/* api_set.c - requirement.import: a set from our own JSON, an OSCAL catalogue or a spreadsheet. */
#include <stdio.h>
#include <string.h>

#include "node/api_requirement.h"
#include "node/names.h"
#include "node/oscal.h"
#include "node/setcsv.h"
#include "proto/pack.h"

#define HEADER_ROOM 1024u /* of a record, around its body */
#define NAME_MOST 40u

struct incoming {
	const char *name;      /* what we call the set; NULL: from its title */
	json_t *set;           /* ours */
	struct setcsv sheet;   /* of a CSV file */
	bool csv;
};

/* ---- reading ---- */

static void say_oscal(struct api_call *c, const struct oscal_set *o)
{
	const struct {
		const char *name;
		size_t n;
	} figures[] = {{"controls", o->controls}, {"enhancements", o->enhancements}, {"withdrawn", o->withdrawn}};
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		(void)json_object_set_new(c->result, figures[i].name, json_integer((json_int_t)figures[i].n));
	(void)json_object_set_new(c->result, "families", json_integer((json_int_t)o->families));
	saying_next(c, "%zu requirements: %zu controls and %zu nested enhancements, in %zu families", o->controls + o->enhancements, o->controls,
	            o->enhancements, o->families);
	if (o->withdrawn)
		saying_next(c, "%zu withdrawn controls left out", o->withdrawn);
	if (o->cut)
		saying_warn(c, "%zu texts were longer than a field holds and end in \"...\"", o->cut);
}

static enum err from_json(struct api_call *c, const json_t *document, json_t **out)
{
	struct oscal_set o;
	enum err e;
	if (!oscal_is(document)) {
		*out = json_deep_copy(document);
		return *out ? OK : ERR_MEMORY;
	}
	e = oscal_read(document, &o, &c->why);
	if (e == ERR_INVALID || e == ERR_LIMIT)
		(void)snprintf(c->hint, sizeof c->hint, "an OSCAL catalogue in its JSON form is wanted: {\"catalog\": {\"metadata\", \"groups\"}}");
	if (e != OK)
		return e;
	*out = o.set;
	say_oscal(c, &o);
	return OK;
}

static enum err from_csv(struct api_call *c, const char *text, struct incoming *in)
{
	enum err e = setcsv_read(SPAN(text, strlen(text)), c->arena, &in->sheet, &c->why);
	if (e == ERR_INVALID || e == ERR_LIMIT) {
		(void)snprintf(c->hint, sizeof c->hint, "columns: rid, text, and any of title, rationale, guidance, mappings, levels, family ...");
		(void)snprintf(c->why.where + strlen(c->why.where), sizeof c->why.where - strlen(c->why.where), ":");
	}
	in->csv = true;
	in->set = in->sheet.set;
	return e;
}

static enum err read_file(struct api_call *c, struct incoming *in)
{
	const json_t *file = saying_arg(c, "file") ? saying_arg(c, "file") : saying_arg(c, "set");
	enum err e = api_text(c, "name", false, &in->name);
	if (e != OK)
		return e;
	if (!file)
		return api_fail(c, ERR_USAGE, "begin with: tally requirement example > set.json", "the set is missing");
	if (in->name && names_fault(in->name))
		return api_fail(c, ERR_INVALID, "such as: --name baseline", "\"%.30s\" cannot be a name: %s", in->name, names_fault(in->name));
	return json_is_string(file) ? from_csv(c, json_string_value(file), in) : from_json(c, file, &in->set);
}

/* ---- what a file does not say ---- */

/* A name from a title: "Baseline, version 2" is "baseline-version-2". */
static const char *name_of(struct api_call *c, const char *title)
{
	char *out = arena_alloc(c->arena, NAME_MOST + 1);
	size_t n = 0;
	for (; out && *title && n < NAME_MOST; title++) {
		char small = *title >= 'A' && *title <= 'Z' ? (char)(*title | 0x20) : *title;
		bool good = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9') || (n && small == '.');
		if (good)
			out[n++] = small;
		else if (n && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n && (*title ? out[n - 1] != '-' : out[n - 1] == '-')) /* whole words */
		out[--n] = 0;
	while (n && (out[n - 1] == '-' || out[n - 1] == '.'))
		out[--n] = 0;
	return out && !names_fault(out) ? out : NULL;
}

static enum err complete(struct api_call *c, struct incoming *in)
{
	static const char *const heads[] = {"title", "version"};
	for (size_t i = 0; i < 2; i++) {
		const char *given;
		enum err e = api_text(c, heads[i], false, &given);
		if (e != OK)
			return e;
		if (!given && in->csv)
			given = i == 1 ? "1" : in->name;
		if (given && json_object_set_new(in->set, heads[i], json_string(given)) != 0)
			return ERR_MEMORY;
	}
	if (!in->name && json_string_value(json_object_get(in->set, "title")))
		in->name = name_of(c, json_string_value(json_object_get(in->set, "title")));
	return in->name ? OK : api_fail(c, ERR_USAGE, "such as: --name baseline", "give the set a name");
}

/* ---- as large as a record may be ---- */

static enum err size_of(const struct value *body, size_t *out)
{
	struct buf b = {0};
	enum err e = pack_encode(body, &b);
	*out = b.n + HEADER_ROOM;
	buf_free(&b);
	return e;
}

/* What explains gives way before what is asked: first how evidence is judged, then the author's discussion. */
static enum err fit(struct api_call *c, const struct kind *k, json_t *set, struct value **body)
{
	static const char *const spare[] = {"evidence", "discussion"};
	size_t n, was;
	enum err e = size_of(*body, &n);
	was = n;
	for (size_t i = 0; e == OK && n > LIMIT_RECORD && i < 2; i++) {
		json_t *list = json_object_get(set, "requirements");
		for (size_t r = 0; r < json_array_size(list); r++)
			(void)json_object_del(json_array_get(list, r), spare[i]);
		e = saying_body(c, k, set, body);
		if (e == OK)
			e = size_of(*body, &n);
		saying_warn(c, "the set has %zu KiB, and a record at most %u: its \"%s\" texts are left out", was / 1024, LIMIT_RECORD / 1024, spare[i]);
	}
	if (e == OK && n > LIMIT_RECORD)
		return api_fail(c, ERR_LIMIT, "divide it, such as by family, and import each part under a name of its own",
		                "the set has %zu KiB, and a record at most %u", n / 1024, LIMIT_RECORD / 1024);
	return e;
}

/* ---- figures ---- */

static void figures(struct api_call *c, const struct kind *k, const struct value *body)
{
	const struct field *g = fields_find(k->fields, "requirements")->group;
	const struct value *list = fields_get(k->fields, body, "requirements");
	size_t n = value_count(list), bare = 0, blind = 0;
	json_t *without = json_array();
	struct span rid;
	for (size_t i = 0; i < n; i++) {
		const struct value *r = value_item(list, i);
		blind += !fields_get(g, r, "guidance") && !fields_get(g, r, "discussion");
		if (fields_get(g, r, "rationale"))
			continue;
		bare++;
		if (fields_str(g, r, "rid", &rid))
			(void)json_array_append_new(without, json_stringn((const char *)rid.p, rid.n));
	}
	(void)json_object_set_new(c->result, "requirements", json_integer((json_int_t)n));
	(void)json_object_set_new(c->result, "levels", json_integer((json_int_t)value_count(fields_get(k->fields, body, "levels"))));
	(void)json_object_set_new(c->result, "without_rationale", without);
	if (bare)
		saying_warn(c, "%zu of %zu requirements give no reason why they are asked", bare, n);
	if (blind)
		saying_warn(c, "%zu of %zu requirements have no guidance", blind, n);
}

/* ---- the call ---- */

static enum err body_of(struct api_call *c, struct incoming *in, const struct kind *k, struct value **body)
{
	enum err e = complete(c, in);
	if (e == OK)
		e = saying_body(c, k, in->set, body);
	return e == OK ? fit(c, k, in->set, body) : e;
}

static enum err say(struct api_call *c, const struct incoming *in, const struct kind *k, struct value *body)
{
	struct draft d = {.kind = k, .body = body};
	struct view v;
	struct seen *old = NULL;
	struct id id;
	enum err e = api_requirement_named(c, in->name, &id);
	saying_view(c, &v);
	if (e == OK)
		e = view_find(&v, &id, &old);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	if (old && view_body(old) && value_eq(old->r.body, body)) {
		api_set_id(c->result, "id", &old->id);
		saying_next(c, "unchanged: the set \"%s\" already says this", in->name);
		return OK;
	}
	if (old) {
		d.supersedes = &old->id;
		d.thread = &old->root;
	}
	e = saying_say(c, &d, &id);
	if (e == OK)
		e = store_put(v.t, TABLE_SETS, SPAN(in->name, strlen(in->name)), ID_SPAN(&id));
	if (e != OK)
		return e;
	figures(c, k, body);
	saying_next(c, "ask a supplier to meet it: tally requirement assign %s --to PARTNER%s --due DATE", in->name,
	            fields_get(k->fields, body, "levels") ? " --level LEVEL" : "");
	return OK;
}

enum err api_requirement_import(struct api_call *c)
{
	const struct kind *k = kind_by_number(KIND_REQUIREMENT_SET);
	struct incoming in = {0};
	struct value *body = NULL;
	enum err e = read_file(c, &in);
	if (e == OK)
		e = body_of(c, &in, k, &body);
	if (e == OK)
		e = say(c, &in, k, body);
	if (e != OK && in.csv)
		setcsv_place(&in.sheet, &c->why);
	json_decref(in.set);
	return e;
}
