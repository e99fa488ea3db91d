#include "node/oscal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/prose.h"

#define DEPTH 12       /* controls in controls, parts in parts */
#define TEXT_MOST 16384u
#define LINE_MOST 200u
#define LINK_MOST 500u
#define LINKS_MOST 64u

struct reader {
	struct oscal_set *out;
	struct complaint *why;
	const char *standard;     /* title of the catalogue */
	json_t *params;           /* id: parameter, borrowed from the document */
	json_t *resources;        /* uuid: resource */
	json_t *requirements;
};

bool oscal_is(const json_t *document)
{
	return json_is_object(json_object_get(document, "catalog"));
}

static const char *text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));
	return s ? s : "";
}

/* The value of a property: the plain one, where several have its name. */
static const char *prop(const json_t *o, const char *name)
{
	const json_t *list = json_object_get(o, "props");
	const char *found = "";
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *p = json_array_get(list, i);
		if (strcmp(text(p, "name"), name) != 0)
			continue;
		if (!json_object_get(p, "class"))
			return text(p, "value");
		found = *found ? found : text(p, "value");
	}
	return found;
}

/* ---- what prose refers to ---- */

static void note(json_t *by_name, const json_t *list, const char *name)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *o = json_array_get(list, i);
		if (*text(o, name))
			(void)json_object_set(by_name, text(o, name), o);
	}
}

static enum err note_params(struct reader *r, const json_t *o, int depth)
{
	static const char *const inner[] = {"groups", "controls"};
	enum err e = OK;
	note(r->params, json_object_get(o, "params"), "id");
	if (depth == DEPTH)
		return fields_complain(r->why, ERR_LIMIT, "is nested too deeply", "%.60s", text(o, "id"));
	for (size_t k = 0; e == OK && k < 2; k++) {
		const json_t *list = json_object_get(o, inner[k]);
		for (size_t i = 0; e == OK && i < json_array_size(list); i++)
			e = note_params(r, json_array_get(list, i), depth + 1);
	}
	return e;
}

static void param(struct prose *p, void *ctx, const char *id, int depth);

static void choices(struct reader *r, struct prose *p, const json_t *select, int depth)
{
	const json_t *list = json_object_get(select, "choice");
	prose_add(p, strcmp(text(select, "how-many"), "one-or-more") == 0 ? "[one or more of: " : "[one of: ");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *choice = json_string_value(json_array_get(list, i));
		prose_add(p, i ? "; " : "");
		prose_say(p, choice ? choice : "", param, r, depth + 1);
	}
	prose_add(p, "]");
}

static void param(struct prose *p, void *ctx, const char *id, int depth)
{
	struct reader *r = ctx;
	const json_t *o = json_object_get(r->params, id), *values = json_object_get(o, "values");
	for (size_t i = 0; i < json_array_size(values); i++) {
		const char *value = json_string_value(json_array_get(values, i));
		prose_add(p, i ? ", " : "");
		prose_say(p, value ? value : "", param, r, depth + 1);
	}
	if (json_array_size(values))
		return;
	if (json_object_get(o, "select") && depth < DEPTH) {
		choices(r, p, json_object_get(o, "select"), depth);
		return;
	}
	prose_add(p, "[");
	prose_say(p, *text(o, "label") ? text(o, "label") : id, param, r, depth + 1);
	prose_add(p, "]");
}

/* ---- parts of a control ---- */

static void part(struct reader *r, struct prose *p, const json_t *o, int depth)
{
	const json_t *inner = json_object_get(o, "parts");
	const char *label = prop(o, "label");
	if (depth > DEPTH)
		return;
	if (*text(o, "prose") || *label) {
		prose_line(p, depth);
		if (depth && *label) {
			prose_add(p, label);
			prose_add(p, " ");
		}
		prose_say(p, text(o, "prose"), param, r, 0);
	}
	for (size_t i = 0; i < json_array_size(inner); i++)
		part(r, p, json_array_get(inner, i), depth + 1);
}

/* All parts of this name as one text; NULL: there are none. */
static enum err parts(struct reader *r, const json_t *control, const char *name, json_t **out)
{
	const json_t *list = json_object_get(control, "parts");
	struct prose p = {0};
	enum err e;
	*out = NULL;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(text(json_array_get(list, i), "name"), name) == 0)
			part(r, &p, json_array_get(list, i), 0);
	r->out->cut += prose_cut(&p, TEXT_MOST);
	e = prose_text(&p, out);
	return e;
}

static enum err line(struct reader *r, const char *from, size_t most, json_t **out)
{
	struct prose p = {0};
	prose_say(&p, from, param, r, 0);
	r->out->cut += prose_cut(&p, most);
	return prose_text(&p, out);
}

static enum err put(json_t *o, const char *name, enum err e, json_t *value)
{
	if (e == OK && value && json_object_set_new(o, name, value) != 0)
		e = ERR_MEMORY;
	return e;
}

/* "title: where", of each reference to the back matter, and of links outside. */
static enum err links(struct reader *r, const json_t *control, json_t *o)
{
	const json_t *list = json_object_get(control, "links");
	json_t *out = json_array();
	enum err e = OK;
	for (size_t i = 0; e == OK && i < json_array_size(list) && json_array_size(out) < LINKS_MOST; i++) {
		const json_t *l = json_array_get(list, i), *res;
		const char *href = text(l, "href"), *title = text(l, "text");
		char joined[2 * LINK_MOST + 4];
		json_t *one = NULL;
		if (strcmp(text(l, "rel"), "reference") != 0)
			continue;
		if (*href == '#' && (res = json_object_get(r->resources, href + 1)) != NULL) {
			title = text(res, "title");
			href = text(json_array_get(json_object_get(res, "rlinks"), 0), "href");
		}
		(void)snprintf(joined, sizeof joined, "%.*s%s%.*s", (int)LINK_MOST, title, *title && *href ? ": " : "", (int)LINK_MOST, href);
		e = line(r, joined, LINK_MOST, &one);
		if (e == OK && one && json_array_append_new(out, one) != 0)
			e = ERR_MEMORY;
	}
	if (e == OK && json_array_size(out) && json_object_set(o, "guidance", out) != 0)
		e = ERR_MEMORY;
	json_decref(out);
	return e;
}

static enum err mapping(struct reader *r, const json_t *control, json_t *o)
{
	const char *label = prop(control, "label");
	json_t *standard = NULL, *clause = NULL, *m;
	enum err e = line(r, r->standard, LINE_MOST, &standard);
	if (e == OK)
		e = line(r, *label ? label : text(control, "id"), LINE_MOST, &clause);
	m = standard && clause ? json_pack("[{s:O, s:O}]", "standard", standard, "clause", clause) : NULL;
	json_decref(standard);
	json_decref(clause);
	return put(o, "mappings", e, m);
}

static enum err one_control(struct reader *r, const json_t *control, const char *family)
{
	json_t *o = json_object(), *v = NULL;
	enum err e = o ? line(r, text(control, "title"), LINE_MOST, &v) : ERR_MEMORY;
	if (e == OK && json_object_set_new(o, "rid", json_string(text(control, "id"))) != 0)
		e = ERR_MEMORY;
	e = put(o, "title", e, v);
	if (e == OK && (e = parts(r, control, "statement", &v)) == OK && !v)
		e = line(r, text(control, "title"), TEXT_MOST, &v); /* some catalogues say all in the title */
	e = put(o, "text", e, v);
	if (e == OK)
		e = parts(r, control, "guidance", &v);
	e = put(o, "discussion", e, v);
	if (e == OK)
		e = parts(r, control, "assessment-objective", &v);
	e = put(o, "evidence", e, v);
	if (e == OK)
		e = line(r, family, LINE_MOST, &v);
	e = put(o, "family", e, v);
	if (e == OK)
		e = links(r, control, o);
	if (e == OK)
		e = mapping(r, control, o);
	if (e == OK && json_array_append(r->requirements, o) != 0)
		e = ERR_MEMORY;
	json_decref(o);
	return e;
}

static bool withdrawn(const json_t *control)
{
	return strcasecmp(prop(control, "status"), "withdrawn") == 0;
}

static enum err controls(struct reader *r, const json_t *in, const char *family, int depth)
{
	const json_t *list = json_object_get(in, "controls");
	enum err e = OK;
	for (size_t i = 0; e == OK && i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);
		if (!*text(c, "id"))
			return fields_complain(r->why, ERR_INVALID, "has no id", "control %zu of %.60s", i + 1, *family ? family : "the catalogue");
		if (withdrawn(c)) {
			r->out->withdrawn++;
		} else {
			e = one_control(r, c, family);
			r->out->controls += depth == 0;
			r->out->enhancements += depth > 0;
		}
		if (e == OK)
			e = controls(r, c, family, depth + 1);
	}
	return e;
}

static enum err groups(struct reader *r, const json_t *in)
{
	const json_t *list = json_object_get(in, "groups");
	enum err e = OK;
	for (size_t i = 0; e == OK && i < json_array_size(list); i++) {
		const json_t *g = json_array_get(list, i);
		r->out->families += json_array_size(json_object_get(g, "controls")) > 0;
		e = controls(r, g, *text(g, "title") ? text(g, "title") : text(g, "id"), 0);
		if (e == OK)
			e = groups(r, g);
	}
	return e;
}

static enum err head(struct reader *r, const json_t *metadata)
{
	json_t *v = NULL;
	enum err e;
	if (!*text(metadata, "title"))
		return fields_complain(r->why, ERR_INVALID, "is missing", "catalog.metadata.title");
	e = line(r, text(metadata, "title"), LINE_MOST, &v);
	e = put(r->out->set, "title", e, v);
	if (e == OK)
		e = line(r, *text(metadata, "version") ? text(metadata, "version") : "1", 64, &v);
	e = put(r->out->set, "version", e, v);
	if (e == OK && *text(metadata, "last-modified"))
		e = put(r->out->set, "source", OK, json_pack("s+", "OSCAL catalogue, last modified ", text(metadata, "last-modified")));
	return e;
}

static enum err whole(struct reader *r, const json_t *catalog)
{
	const json_t *metadata = json_object_get(catalog, "metadata");
	enum err e;
	r->standard = text(metadata, "title");
	note(r->resources, json_object_get(json_object_get(catalog, "back-matter"), "resources"), "uuid");
	e = note_params(r, catalog, 0);
	if (e == OK)
		e = head(r, metadata);
	if (e == OK)
		e = controls(r, catalog, "", 0);
	if (e == OK)
		e = groups(r, catalog);
	if (e == OK && json_array_size(r->requirements) == 0)
		e = fields_complain(r->why, ERR_INVALID, "holds no control", "catalog");
	if (e == OK && json_object_set(r->out->set, "requirements", r->requirements) != 0)
		e = ERR_MEMORY;
	return e;
}

enum err oscal_read(const json_t *document, struct oscal_set *out, struct complaint *why)
{
	struct reader r = {.out = out, .why = why, .params = json_object(), .resources = json_object(), .requirements = json_array()};
	enum err e = ERR_MEMORY;
	*out = (struct oscal_set){.set = json_object()};
	if (out->set && r.params && r.resources && r.requirements)
		e = whole(&r, json_object_get(document, "catalog"));
	json_decref(r.params);
	json_decref(r.resources);
	json_decref(r.requirements);
	if (e != OK) {
		json_decref(out->set);
		out->set = NULL;
	}
	return e;
}
