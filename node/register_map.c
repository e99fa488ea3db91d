#include "node/register_map.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/nearest.h"

#define RULES 512u

enum rule_type { RULE_COLUMN, RULE_SKIP, RULE_MAKE, RULE_FIXED, RULE_WORD };

struct rule {
	enum rule_type type;
	const char *theirs, *ours; /* FIXED: the value; WORD: what they and we write */
	struct register_column to; /* COLUMN, FIXED, WORD */
};

struct register_map {
	struct rule rule[RULES];
	size_t n;
	bool others;
	enum register_map_dates dates;
};

struct reader {
	const struct field *table;
	struct register_map *map;
	struct arena *a;
	struct complaint *why;
	const char *line, *at; /* of the line now */
	size_t number;
	enum err e;
};

static __attribute__((format(printf, 3, 4))) void refuse(struct reader *r, enum err e, const char *format, ...)
{
	va_list ap;

	if (r->e != OK)
		return;
	r->e = e;
	(void)snprintf(r->why->where, sizeof r->why->where, "map, line %zu, column %zu", r->number, (size_t)(r->at - r->line) + 1);
	va_start(ap, format);
	(void)vsnprintf(r->why->text, sizeof r->why->text, format, ap);
	va_end(ap);
}

/* ---- words of a line ---- */

static void blanks(struct reader *r)
{
	while (*r->at == ' ' || *r->at == '\t')
		r->at++;
}

/* A word, or a text in quotes, in the arena; "" and refused when there is none. */
static const char *word(struct reader *r, const char *what)
{
	bool quoted;
	size_t n = 0;
	char *out;

	blanks(r);
	if (!*r->at || *r->at == '#' || *r->at == '=') {
		refuse(r, ERR_INVALID, "%s is missing", what);
		return "";
	}
	if (!(out = arena_alloc(r->a, strlen(r->at) + 1))) {
		refuse(r, ERR_MEMORY, "out of memory");
		return "";
	}
	quoted = *r->at == '"';
	for (r->at += quoted; *r->at && (quoted ? *r->at != '"' : !strchr(" \t=#", *r->at)); r->at++) {
		if (quoted && *r->at == '\\' && (r->at[1] == '"' || r->at[1] == '\\'))
			r->at++;
		out[n++] = *r->at;
	}
	if (quoted && *r->at != '"')
		refuse(r, ERR_INVALID, "a quote does not end");
	else
		r->at += quoted;
	return out;
}

static void equal(struct reader *r)
{
	blanks(r);
	if (*r->at != '=')
		refuse(r, ERR_INVALID, "\"=\" is missing here");
	else
		r->at++;
}

/* ---- fields ---- */

/* Where the name goes on behind f; NULL: it is another. */
static const char *behind(const struct field *f, const char *name)
{
	size_t n = strlen(f->name);

	for (size_t i = 0; i < n; i++)
		if (f->name[i] != (name[i] == '-' || name[i] == ' ' ? '_' : name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i]))
			return NULL;
	return name[n] == '\0' || name[n] == '.' ? name + n : NULL;
}

/* "LEI", "privacy.mail": an item by its first field, then a member; without one the second field. */
static bool item_of(const struct field *f, const char *rest, struct arena *a, struct register_column *out)
{
	const char *dot = strchr(rest, '.');
	size_t n = dot ? (size_t)(dot - rest) : strlen(rest);
	char *item = arena_alloc(a, n + 1);

	if (!item || n == 0 || !f->group[0].name || !f->group[1].name)
		return false;
	memcpy(item, rest, n);
	out->item = item;
	out->member = dot ? fields_find(f->group, dot + 1) : &f->group[1];
	return out->member && out->member != f->group && out->member->type != FIELD_GROUP && !out->member->list;
}

/* A field's full name, also of an item of a list: "contacts.privacy.mail". */
static bool find_field(const struct field *table, const char *name, struct arena *a, struct register_column *out)
{
	for (const struct field *f = table; f->name; f++) {
		const char *rest = behind(f, name);

		if (!rest || register_kept(f))
			continue;
		*out = (struct register_column){.field = f};
		(void)snprintf(out->heading, sizeof out->heading, "%s%s", f->name, rest);
		if (!*rest)
			return f->type != FIELD_GROUP || f->list;
		if (f->type != FIELD_GROUP)
			return false;
		if (f->list)
			return item_of(f, rest + 1, a, out);
		for (const struct field *m = f->group; m->name; m++) {
			const char *end = behind(m, rest + 1);

			if (end && !*end) {
				out->member = m;
				(void)snprintf(out->heading, sizeof out->heading, "%s.%s", f->name, m->name);
				return true;
			}
		}
		return false;
	}
	return false;
}

static void field(struct reader *r, struct register_column *out)
{
	const char *name = word(r, "the name of a field");
	struct nearest near = nearest_to(name);

	if (r->e != OK || find_field(r->table, name, r->a, out))
		return;
	for (const struct field *f = r->table; f->name; f++)
		if (!register_kept(f))
			nearest_try(&near, f->name);
	refuse(r, ERR_INVALID, "\"%.60s\" is no field%s%s%s", name, near.best ? "; did you mean \"" : "", near.best ? near.best : "",
	       near.best ? "\"?" : "");
}

/* ---- rules ---- */

static void column_rule(struct reader *r, struct rule *rule)
{
	rule->type = RULE_COLUMN;
	rule->theirs = word(r, "the heading of a column");
	equal(r);
	blanks(r);
	if (*r->at == '-') {
		r->at++;
		rule->type = RULE_SKIP;
		return;
	}
	field(r, &rule->to);
	for (size_t i = 0; r->e == OK && i < r->map->n; i++) {
		const struct rule *other = &r->map->rule[i];

		if (other->type == RULE_COLUMN && strcmp(other->to.heading, rule->to.heading) == 0)
			refuse(r, ERR_INVALID, "\"%.60s\" is filled from \"%.40s\" already", rule->to.heading, other->theirs);
	}
}

static void make_rule(struct reader *r, struct rule *rule)
{
	rule->type = RULE_MAKE;
	if (strcmp(word(r, "\"name\""), "name") != 0)
		refuse(r, ERR_INVALID, "only the name can be made");
	equal(r);
	rule->theirs = word(r, "the heading of a column");
}

static void fixed_rule(struct reader *r, struct rule *rule)
{
	rule->type = RULE_FIXED;
	field(r, &rule->to);
	equal(r);
	rule->ours = word(r, "the value");
	if (r->e == OK && strcmp(rule->to.heading, "name") == 0)
		refuse(r, ERR_INVALID, "the name cannot be the same for all");
}

static void word_rule(struct reader *r, struct rule *rule)
{
	rule->type = RULE_WORD;
	field(r, &rule->to);
	rule->theirs = word(r, "what they write");
	equal(r);
	rule->ours = word(r, "what we write");
}

static void dates(struct reader *r)
{
	static const char *const forms[] = {"yyyy-mm-dd", "dd.mm.yyyy", "dd/mm/yyyy", "mm/dd/yyyy"};
	const char *form;

	equal(r);
	form = word(r, "the form of dates");
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (strcmp(form, forms[i]) == 0) {
			r->map->dates = (enum register_map_dates)i;
			return;
		}
	refuse(r, ERR_INVALID, "must be dd.mm.yyyy, dd/mm/yyyy, mm/dd/yyyy or yyyy-mm-dd");
}

static void one_line(struct reader *r)
{
	static const struct {
		const char *word;
		void (*read)(struct reader *r, struct rule *rule);
	} rules[] = {{"column", column_rule}, {"make", make_rule}, {"fixed", fixed_rule}, {"word", word_rule}};
	const char *first;
	size_t i = 0;

	blanks(r);
	if (!*r->at || *r->at == '#')
		return;
	first = word(r, "a rule");
	while (i < sizeof rules / sizeof *rules && strcmp(rules[i].word, first) != 0)
		i++;
	if (i < sizeof rules / sizeof *rules) {
		if (r->map->n == RULES) {
			refuse(r, ERR_LIMIT, "there are more than %u rules", RULES);
			return;
		}
		rules[i].read(r, &r->map->rule[r->map->n]);
		r->map->n++;
	} else if (strcmp(first, "others") == 0) {
		equal(r);
		if (strcmp(word(r, "\"-\""), "-") != 0)
			refuse(r, ERR_INVALID, "others can only be left out: others = -");
		r->map->others = true;
	} else if (strcmp(first, "dates") == 0) {
		dates(r);
	} else {
		refuse(r, ERR_INVALID, "\"%.40s\" is no rule: column, make, fixed, word, others or dates", first);
	}
	blanks(r);
	if (r->e == OK && *r->at && *r->at != '#')
		refuse(r, ERR_INVALID, "\"%.40s\" is too much here", r->at);
}

enum err register_map_read(const struct field *table, struct span text, struct arena *a, const struct register_map **out,
                           struct complaint *why)
{
	struct reader r = {.table = table, .map = arena_alloc(a, sizeof *r.map), .a = a, .why = why};
	size_t at = 0;

	if (!r.map)
		return ERR_MEMORY;
	while (at < text.n && r.e == OK) {
		size_t n = 0;
		char *line;

		while (at + n < text.n && text.p[at + n] != '\n')
			n++;
		if (!(line = arena_alloc(a, n + 1)))
			return ERR_MEMORY;
		memcpy(line, text.p + at, n);
		if (n && line[n - 1] == '\r')
			line[n - 1] = '\0';
		r.line = r.at = line;
		r.number++;
		one_line(&r);
		at += n + 1;
	}
	*out = r.map;
	return r.e;
}

/* ---- what the rules say ---- */

bool register_map_heading(const struct register_map *m, const char *theirs, struct register_mapped *out)
{
	bool known = false;

	*out = (struct register_mapped){0};
	for (size_t i = 0; i < m->n; i++) {
		const struct rule *rule = &m->rule[i];

		if (rule->type > RULE_MAKE || strcasecmp(rule->theirs, theirs) != 0)
			continue;
		known = true;
		out->makes_name = out->makes_name || rule->type == RULE_MAKE;
		if (rule->type == RULE_COLUMN) {
			out->to = rule->to;
			out->placed = true;
		}
	}
	return known;
}

bool register_map_others(const struct register_map *m)
{
	return m->others;
}

bool register_map_fixed(const struct register_map *m, size_t i, struct register_column *to, const char **value)
{
	for (size_t k = 0; k < m->n; k++)
		if (m->rule[k].type == RULE_FIXED && i-- == 0) {
			*to = m->rule[k].to;
			*value = m->rule[k].ours;
			return true;
		}
	return false;
}

const char *register_map_word(const struct register_map *m, const struct register_column *c, const char *theirs)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->rule[i].type == RULE_WORD && strcmp(m->rule[i].to.heading, c->heading) == 0 && strcasecmp(m->rule[i].theirs, theirs) == 0)
			return m->rule[i].ours;
	return theirs;
}

enum register_map_dates register_map_dates(const struct register_map *m)
{
	return m->dates;
}
