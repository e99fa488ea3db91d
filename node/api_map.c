/* api_map.c - the map for the dispatcher: who stands on whom, as a picture and as a question. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/api_register.h"
#include "node/chain.h"
#include "node/report.h"
#include "proto/vocab.h"

/* ---- graph ---- */

struct graph {
	json_t *nodes, *edges;
	struct buf dot;
	enum err e;
};

/* A text in quotes, as DOT takes it. */
static void quote(struct graph *g, const char *text)
{
	if (g->e == OK)
		g->e = buf_add(&g->dot, "\"", 1);
	for (const char *p = text; g->e == OK && *p; p++) {
		if (*p == '"' || *p == '\\')
			g->e = buf_add(&g->dot, "\\", 1);
		if (g->e == OK)
			g->e = buf_add(&g->dot, p, 1);
	}
	if (g->e == OK)
		g->e = buf_add(&g->dot, "\"", 1);
}

static void print(struct graph *g, const char *text)
{
	if (g->e == OK)
		g->e = buf_add(&g->dot, text, strlen(text));
}

static void node(struct graph *g, const char *id, const char *type, const struct chain_supplier *s)
{
	static const char *const shapes[][2] = {{"function", "box"}, {"supplier", "ellipse"}, {"subcontractor", "ellipse, style=dashed"}};
	json_t *o = json_object();
	const char *tier = s ? vocab_word(&vocab_tier, s->tier) : NULL;

	view_put(o, "id", id);
	view_put(o, "type", type);
	view_put(o, "title", s ? s->title : "");
	view_put(o, "tier", tier);
	if (json_array_append_new(g->nodes, o) != 0)
		g->e = ERR_MEMORY;
	print(g, "\t");
	quote(g, id);
	for (size_t i = 0; i < 3; i++)
		if (strcmp(shapes[i][0], type) == 0) {
			print(g, " [shape=");
			print(g, shapes[i][1]);
		}
	print(g, s && s->tier == 1 ? ", penwidth=3];\n" : "];\n");
}

static void edge(struct graph *g, const char *from, const char *to, const char *label, bool critical)
{
	json_t *o = json_object();

	view_put(o, "from", from);
	view_put(o, "to", to);
	view_put(o, "label", label);
	(void)json_object_set_new(o, "critical", json_boolean(critical));
	if (json_array_append_new(g->edges, o) != 0)
		g->e = ERR_MEMORY;
	print(g, "\t");
	quote(g, from);
	print(g, " -> ");
	quote(g, to);
	print(g, " [label=");
	quote(g, label);
	print(g, critical ? ", penwidth=2];\n" : "];\n");
}

static int by_function(const void *a, const void *b)
{
	return strcasecmp(((const struct chain_need *)a)->function, ((const struct chain_need *)b)->function);
}

struct texts {
	const char *const *p;
	size_t n;
};

/* Those above others that have no dependency of ours themselves, each once. */
static enum err only_above(struct view *v, const struct chain *c, struct texts nodes, struct texts *out)
{
	const char **all = arena_alloc(v->a, (c->links + 1) * sizeof *all);
	size_t k = 0, kept = 0;

	if (!all)
		return ERR_MEMORY;
	for (size_t i = 0; i < c->links; i++)
		if (!nodes.n || !bsearch(&c->link[i].upper, nodes.p, nodes.n, sizeof *nodes.p, chain_by_text))
			all[k++] = c->link[i].upper;
	if (k)
		qsort(all, k, sizeof *all, chain_by_text);
	for (size_t i = 0; i < k; i++)
		if (kept == 0 || chain_by_text(&all[kept - 1], &all[i]) != 0)
			all[kept++] = all[i];
	*out = (struct texts){all, kept};
	return OK;
}

static enum err draw(struct view *v, struct chain *c, struct graph *g)
{
	struct texts nodes, upper;
	char id[240];
	enum err e = chain_nodes(v, c, &nodes.p, &nodes.n);

	if (e == OK)
		e = only_above(v, c, nodes, &upper);
	if (e != OK)
		return e;
	if (c->needs)
		qsort(c->need, c->needs, sizeof *c->need, by_function);
	print(g, "digraph supply {\n\trankdir=LR;\n");
	for (size_t i = 0; i < c->needs; i++) {
		(void)snprintf(id, sizeof id, "function: %.200s", c->need[i].function);
		if (i == 0 || strcasecmp(c->need[i - 1].function, c->need[i].function) != 0)
			node(g, id, "function", NULL);
	}
	for (size_t i = 0; i < nodes.n; i++) {
		const struct chain_supplier *s = chain_supplier(c, nodes.p[i]);

		node(g, nodes.p[i], s ? "supplier" : "subcontractor", s);
	}
	for (size_t i = 0; i < upper.n; i++)
		node(g, upper.p[i], "supplier", chain_supplier(c, upper.p[i]));
	for (size_t i = 0; i < c->needs; i++) {
		(void)snprintf(id, sizeof id, "function: %.200s", c->need[i].function);
		edge(g, id, c->need[i].supplier, view_text(v, dependency_fields, c->need[i].row, "service"), chain_critical(&c->need[i]));
	}
	for (size_t i = 0; i < c->links; i++)
		edge(g, c->link[i].upper, c->link[i].lower, c->link[i].service, c->link[i].critical);
	print(g, "}\n");
	return g->e;
}

static enum err graph(struct api_call *c)
{
	struct graph g = {.nodes = json_array(), .edges = json_array()};
	struct chain chain;
	struct view v;
	const char *format;
	char *json = NULL;
	enum err e = api_text(c, "format", false, &format);

	(void)json_object_set_new(c->result, "nodes", g.nodes);
	if (json_object_set_new(c->result, "edges", g.edges) != 0)
		return ERR_MEMORY;
	if (e == OK && format && strcmp(format, "dot") != 0 && strcmp(format, "json") != 0)
		return api_fail(c, ERR_USAGE, "dot or json", "\"%.40s\" is no format of the map", format);
	saying_view(c, &v);
	if (e == OK)
		e = chain_read(&v, &chain);
	if (e == OK)
		e = draw(&v, &chain, &g);
	if (e == OK && format && strcmp(format, "json") == 0) {
		json_t *o = json_pack("{s:O, s:O}", "nodes", g.nodes, "edges", g.edges);

		json = json_dumps(o, JSON_INDENT(2));
		json_decref(o);
		e = json && json_object_set_new(c->result, "text", json_sprintf("%s\n", json)) == 0 ? OK : ERR_MEMORY;
	} else if (e == OK) {
		e = json_object_set_new(c->result, "text", json_stringn((const char *)g.dot.p, g.dot.n)) == 0 ? OK : ERR_INVALID;
	}
	free(json);
	buf_free(&g.dot);
	return e;
}

/* ---- exposed ---- */

/* "brackwater > Northdata": the first stands on the next. */
static void path(const struct chain_above *a, size_t at, char *out, size_t size)
{
	size_t n = 0;
	const char *parts[16];
	size_t k = 0;

	for (; k < 16; at = a->step[at].before) {
		parts[k++] = a->step[at].node;
		if (!a->step[at].by)
			break;
	}
	out[0] = '\0';
	for (size_t i = 0; i < k && n < size - 1; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", n ? " > " : "", parts[i]);
}

static enum err exposed_line(const struct chain_above *a, size_t at, const struct chain_need *need, json_t *items)
{
	json_t *o = json_object();
	char via[400], plan[32];
	int64_t depth = 1;
	enum err e = report_why_row(o, "dependency", need->name);

	for (size_t i = at; a->step[i].by; i = a->step[i].before, depth++) {
		const struct chain_link *by = a->step[i].by;

		if (e == OK && by->record)
			e = report_why(o, &by->record->id);
		if (e == OK && by->row)
			e = report_why_row(o, "subcontractor", by->row_name);
	}
	path(a, at, via, sizeof via);
	chain_exit(need, plan);
	view_put(o, "function", need->function);
	view_put(o, "criticality", vocab_word(&vocab_factor, need->criticality));
	view_put(o, "supplier", need->supplier);
	(void)json_object_set_new(o, "rank", json_integer(depth));
	view_put(o, "via", via);
	view_put(o, "substitutability", view_word(dependency_fields, need->row, "substitutability"));
	view_put(o, "exit_plan", plan);
	view_put(o, "impact", view_word(dependency_fields, need->row, "impact"));
	return json_array_append_new(items, o) == 0 ? e : ERR_MEMORY;
}

static int by_criticality(const void *a, const void *b)
{
	const struct chain_need *x = a, *y = b;

	return x->criticality != y->criticality ? (x->criticality < y->criticality) - (x->criticality > y->criticality) : strcmp(x->name, y->name);
}

static enum err exposed(struct api_call *c)
{
	struct chain chain;
	struct chain_above above;
	struct view v;
	const char *name;
	json_t *items = json_array();
	enum err e = json_object_set_new(c->result, "items", items) == 0 ? api_text(c, "name", true, &name) : ERR_MEMORY;

	saying_view(c, &v);
	if (e == OK)
		e = chain_read(&v, &chain);
	if (e == OK)
		e = chain_above(&v, &chain, name, &above);
	if (e != OK)
		return e;
	if (above.n == 1 && !chain_supplier(&chain, name)) { /* not of the map itself: a partner by our name for it */
		const struct value *row;

		e = api_register_linked(c, name, &name, &row);
		if (e == OK)
			e = chain_above(&v, &chain, name, &above);
		if (e != OK && (e != ERR_NOT_FOUND || c->why.text[0]))
			return e;
	}
	if (above.n == 1 && !chain_supplier(&chain, name))
		return api_fail(c, ERR_NOT_FOUND, "see: tally map graph", "nobody in the map is called \"%.60s\"", name);
	if (chain.needs)
		qsort(chain.need, chain.needs, sizeof *chain.need, by_criticality);
	for (size_t i = 0; e == OK && i < chain.needs; i++)
		for (size_t s = 0; e == OK && s < above.n; s++)
			if (strcasecmp(above.step[s].node, chain.need[i].supplier) == 0)
				e = exposed_line(&above, s, &chain.need[i], items);
	return e;
}

const struct api_row api_map_rows[] = {
	{"map.graph", graph, "who stands on whom: {format} -> {text, nodes, edges}"},
	{"map.exposed", exposed, "what of ours stands on this one: {name} -> {items}"},
	{NULL, NULL, NULL},
};
