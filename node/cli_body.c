/* The fields of a record kind, or of the register, as flags. */
#include <stdio.h>
#include <string.h>

#include "node/cli.h"
#include "node/nearest.h"

static enum err refuse(struct complaint *why, const char *flag, const char *text)
{
	(void)snprintf(why->where, sizeof why->where, "--%s", flag);
	(void)snprintf(why->text, sizeof why->text, "%s", text);
	return ERR_USAGE;
}

/* ---- which field a flag means ---- */

static bool same(const char *name, const char *flag, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((name[i] == '_' ? '-' : name[i]) != flag[i])
			return false;
	return name[n] == '\0';
}

/* services -> service, dependencies -> dependency, data_classes -> data_class */
static void singular(const char *name, char *out, size_t size)
{
	size_t n = strlen(name);

	(void)snprintf(out, size, "%s", name);
	if (n >= size)
		return;
	if (n > 3 && strcmp(name + n - 3, "ies") == 0)
		(void)snprintf(out + n - 3, size - (n - 3), "y");
	else if (n > 4 && (strcmp(name + n - 4, "sses") == 0 || strcmp(name + n - 4, "ches") == 0))
		out[n - 2] = '\0';
	else if (n > 2 && name[n - 1] == 's' && name[n - 2] != 's')
		out[n - 1] = '\0';
}

const char *cli_body_flag(const struct field *f, char out[static 64])
{
	if (f->list)
		singular(f->name, out, 64);
	else
		(void)snprintf(out, 64, "%s", f->name);
	for (char *c = out; *c; c++)
		if (*c == '_')
			*c = '-';
	return out;
}

static const struct field *match(const struct field *table, const char *flag)
{
	char one[64];

	for (const struct field *f = table; f->name; f++)
		if (same(f->name, flag, strlen(flag)))
			return f;
	for (const struct field *f = table; f->name; f++)
		if (f->list && strcmp(cli_body_flag(f, one), flag) == 0)
			return f;
	return NULL;
}

/* "scope-services" is services of the group scope. */
static const struct field *match_group(const struct field *table, const char *flag, const char **rest)
{
	for (const struct field *f = table; f->name; f++) {
		size_t n = strlen(f->name);

		if (f->type != FIELD_GROUP || f->list || !f->group || strlen(flag) <= n + 1 || flag[n] != '-')
			continue;
		if (same(f->name, flag, n) && cli_body_known(NULL, f->group, flag + n + 1)) {
			*rest = flag + n + 1;
			return f;
		}
	}
	return NULL;
}

bool cli_body_known(const struct command *c, const struct field *table, const char *flag)
{
	const struct field *f = match(table, flag);
	const char *rest;

	return f ? !c || !commands_fills(c, f) : match_group(table, flag, &rest) != NULL;
}

void cli_body_try(const struct command *c, const struct field *table, struct nearest *near)
{
	for (const struct field *f = table; f->name; f++)
		if (!commands_fills(c, f))
			nearest_try(near, f->name);
}

/* ---- what its text means ---- */

static enum err scalar(const struct field *f, const char *flag, const char *text, json_t **out, struct complaint *why)
{
	struct complaint inner = {0};
	struct value *v = NULL;
	struct arena *a;
	json_t *j = NULL;
	int64_t i;
	bool b;
	enum err e = OK;

	if (f->type == FIELD_ANY || f->type == FIELD_GROUP)
		return refuse(why, flag, "cannot be given as text");
	/* Names in REF and ORG are resolved by the node, and lines are judged there. */
	if (f->type != FIELD_LINE && f->type != FIELD_TEXT && f->type != FIELD_REF && f->type != FIELD_ORG) {
		if (!(a = arena_new()))
			return ERR_MEMORY;
		e = fields_parse(f, text, a, &v, &inner);
		if (e == OK && f->type == FIELD_INT && value_is_int(v, &i))
			j = json_integer(i);
		else if (e == OK && f->type == FIELD_BOOL && value_is_bool(v, &b))
			j = json_boolean(b);
		arena_free(a);
		if (e != OK)
			return refuse(why, flag, inner.text[0] ? inner.text : err_text(e));
	}
	if (!j && !(j = json_string(text)))
		return refuse(why, flag, "is not valid UTF-8");
	*out = j;
	return OK;
}

/* "Frankfurt; Dublin": a list inside a group. */
static enum err several(const struct field *f, const char *flag, char *text, json_t **out, struct complaint *why)
{
	json_t *list = json_array();
	char *rest = text, *one;
	enum err e = list ? OK : ERR_MEMORY;

	while (e == OK && (one = strsep(&rest, ";"))) {
		json_t *j = NULL;

		one += strspn(one, " ");
		for (char *end = one + strlen(one); end > one && end[-1] == ' ';)
			*--end = '\0';
		if (*one && (e = scalar(f, flag, one, &j, why)) == OK && json_array_append_new(list, j) != 0)
			e = ERR_MEMORY;
	}
	if (e != OK)
		json_decref(list);
	else
		*out = list;
	return e;
}

/* At "key=" with a key of the group: its field, and the start of its value. */
static const struct field *pair_at(const struct field *group, const char *text, const char **value)
{
	size_t n;

	while (*text == ' ')
		text++;
	n = strcspn(text, "=, ");
	if (n == 0 || n > 60 || text[n] != '=')
		return NULL;
	for (const struct field *f = group; f->name; f++) {
		if (strlen(f->name) != n)
			continue;
		for (size_t i = 0; i < n; i++)
			if (f->name[i] != (text[i] == '-' ? '_' : text[i]))
				goto next;
		*value = text + n + 1;
		return f;
	next:;
	}
	return NULL;
}

/* "type=ipv4, value=192.0.2.1": a comma divides only where the name of a field follows. */
static enum err pairs(const struct field *group, const char *flag, const char *text, json_t *object, struct complaint *why)
{
	const char *value, *next;
	const struct field *f = pair_at(group, text, &value);

	while (f) {
		const struct field *g = NULL;
		const char *end = value, *after = NULL;
		char part[1024];
		char where[128];
		json_t *j = NULL;
		enum err e;

		(void)snprintf(where, sizeof where, "%.60s: %.60s", flag, f->name);
		for (next = strchr(value, ','); next; next = strchr(next + 1, ',')) {
			end = next;
			if ((g = pair_at(group, next + 1, &after)))
				break;
		}
		if (!g)
			end = value + strlen(value);
		if ((size_t)(end - value) >= sizeof part)
			return refuse(why, flag, "has a part that is too long; give it as a JSON object");
		memcpy(part, value, (size_t)(end - value));
		part[end - value] = '\0';
		if ((e = f->list ? several(f, where, part, &j, why) : scalar(f, where, part, &j, why)) != OK)
			return e;
		if (json_object_set_new(object, f->name, j) != 0)
			return ERR_MEMORY;
		f = g;
		value = after;
	}
	return OK;
}

static const struct field *plain_field(const struct field *group)
{
	const struct field *text = fields_find(group, "text");

	if (text && !text->list && (text->type == FIELD_TEXT || text->type == FIELD_LINE))
		return text;
	for (const struct field *f = group; f->name; f++)
		if (!f->list && (f->type == FIELD_TEXT || f->type == FIELD_LINE) && strcmp(f->name, "id") != 0)
			return f;
	return NULL;
}

static enum err group_value(const struct field *f, const char *flag, const char *text, json_t **out, struct complaint *why)
{
	const struct field *plain;
	json_error_t bad;
	const char *value;
	json_t *object;
	enum err e = OK;

	if (text[0] == '{') {
		if (!(object = json_loads(text, JSON_REJECT_DUPLICATES, &bad)))
			return refuse(why, flag, "begins like a JSON object, but is none");
	} else if (!(object = json_object())) {
		return ERR_MEMORY;
	} else if (pair_at(f->group, text, &value)) {
		e = pairs(f->group, flag, text, object, why);
	} else if (!(plain = plain_field(f->group))) {
		e = refuse(why, flag, "must be given as name=value, name=value ... or as a JSON object");
	} else if (json_object_set_new(object, plain->name, json_string(text)) != 0) {
		e = refuse(why, flag, "is not valid UTF-8");
	}
	if (e != OK)
		json_decref(object);
	else
		*out = object;
	return e;
}

/* What a list holds can be named by others: a number where no id was given. */
static void number_it(const struct field *f, size_t index, json_t *object)
{
	const struct field *id = fields_find(f->group, "id");
	char number[24];

	if (!f->list || !id || id->type != FIELD_LINE || json_object_get(object, "id"))
		return;
	(void)snprintf(number, sizeof number, "%c%zu", f->name[0], index + 1);
	(void)json_object_set_new(object, "id", json_string(number));
}

static enum err set_field(json_t *body, const struct field *f, const char *flag, const char *text, struct complaint *why)
{
	json_t *held = json_object_get(body, f->name), *j = NULL;
	enum err e;

	if (held && !f->list)
		return refuse(why, flag, "is given twice");
	if (f->list && !held) {
		held = json_array();
		if (json_object_set_new(body, f->name, held) != 0)
			return ERR_MEMORY;
	}
	if (f->type == FIELD_GROUP && f->group)
		e = group_value(f, flag, text, &j, why);
	else
		e = scalar(f, flag, text, &j, why);
	if (e != OK)
		return e;
	if (f->type == FIELD_GROUP && f->group)
		number_it(f, json_array_size(held), j);
	if ((f->list ? json_array_append_new(held, j) : json_object_set_new(body, f->name, j)) != 0)
		return ERR_MEMORY;
	return OK;
}

enum err cli_body_set(json_t *body, const struct field *table, const char *flag, const char *text, struct complaint *why)
{
	const struct field *f = match(table, flag);
	const char *rest;
	json_t *inner;

	if (f)
		return set_field(body, f, flag, text, why);
	if (!(f = match_group(table, flag, &rest)))
		return refuse(why, flag, "is not a field here");
	if (!(inner = json_object_get(body, f->name))) {
		inner = json_object();
		if (json_object_set_new(body, f->name, inner) != 0)
			return ERR_MEMORY;
	}
	return cli_body_set(inner, f->group, rest, text, why);
}
