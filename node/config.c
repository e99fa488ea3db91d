#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/config_parts.h"

static const char *const levels[] = {"error", "warn", "info", NULL}, *const switches[] = {"off", "on", NULL};

static const struct option options[] = {
	{"listen", OPTION_ADDRESSES, NULL, NULL, "addresses where partners can reach this node; without any it only dials"},
	{"advertise", OPTION_ADDRESSES, NULL, NULL, "addresses that partners are told; without any, those listened on, but 0.0.0.0"},
	{"log_level", OPTION_WORD, "info", levels, "how much is logged: error, warn or info"},
	{"map_size", OPTION_SIZE, "64G", NULL, "the most the store may grow to; address space, not disk"},
	{"notify", OPTION_PATH, NULL, NULL, "program that tells people: called with JSON on its stdin (see docs/notify.md)"},
	{"remind", OPTION_WORD, "off", switches, "on: who has not answered a question of ours is reminded by itself (see docs/notify.md)"},
	{"passphrase_file", OPTION_PATH, NULL, NULL, "file with the passphrase that protects the keys"},
};
#define OPTIONS (sizeof options / sizeof *options)
_Static_assert(OPTIONS <= CONFIG_OPTIONS, "make more room");

struct config {
	struct {
		enum config_source source;
		size_t n;
		char *value[CONFIG_VALUES];
	} set[OPTIONS];
};

const struct option *config_option(size_t i)
{
	return i < OPTIONS ? &options[i] : NULL;
}

static size_t index_of(const char *name)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (strcmp(options[i].name, name) == 0)
			return i;
	abort(); /* a name written in our own code and missing in our own table */
}

/* ---- values ---- */

static bool good_address(const char *text)
{
	const char *colon = strrchr(text, ':');
	unsigned port = 0;
	size_t host = colon ? (size_t)(colon - text) : 0, digits = 0;

	if (host == 0 || host > 72 || strpbrk(text, " \t\r\n\"'/"))
		return false;
	if (text[0] == '[' ? text[host - 1] != ']' || host < 4 : memchr(text, ':', host) != NULL)
		return false;
	for (const char *c = colon + 1; *c; c++, digits++) {
		if (*c < '0' || *c > '9' || digits > 4)
			return false;
		port = port * 10 + (unsigned)(*c - '0');
	}
	return digits > 0 && port <= 65535;
}

static bool read_size(const char *text, uint64_t *out)
{
	uint64_t n = 0;
	unsigned shift = 0;
	const char *c = text;

	for (; *c >= '0' && *c <= '9'; c++)
		if (__builtin_mul_overflow(n, 10u, &n) || __builtin_add_overflow(n, (uint64_t)(*c - '0'), &n))
			return false;
	if (c == text)
		return false;
	if (*c && strchr("KMGT", *c))
		shift = *c == 'K' ? 10 : *c == 'M' ? 20 : *c == 'G' ? 30 : 40, c++;
	if (*c || n > UINT64_MAX >> shift)
		return false;
	n <<= shift;
	if (n < 1u << 20 || n > 1ull << 46)
		return false;
	*out = n;
	return true;
}

bool config_good(const struct option *o, const char *text)
{
	uint64_t size;

	switch (o->type) {
	case OPTION_PATH:
		return *text != '\0' && strlen(text) < PATH_MAX;
	case OPTION_ADDRESSES:
		return good_address(text);
	case OPTION_WORD:
		for (const char *const *w = o->words; *w; w++)
			if (strcmp(*w, text) == 0)
				return true;
		return false;
	case OPTION_SIZE:
		return read_size(text, &size);
	}
	return false;
}

void config_expected(const struct option *o, bool in_file, struct complaint *why)
{
	char name[40] = ""; /* in a file the line is known; else the flag or the variable is, and is told already */
	size_t n;

	if (in_file)
		(void)snprintf(name, sizeof name, "%s: ", o->name);
	switch (o->type) {
	case OPTION_PATH:
		(void)snprintf(why->text, sizeof why->text, in_file ? "%sexpected a path in quotes" : "%sexpected a path", name);
		return;
	case OPTION_ADDRESSES:
		(void)snprintf(why->text, sizeof why->text, in_file ? "%sexpected {\"HOST:PORT\", ...}, at most %u"
		                                                    : "%sexpected HOST:PORT, at most %u of them", name, CONFIG_VALUES);
		return;
	case OPTION_WORD:
		n = (size_t)snprintf(why->text, sizeof why->text, "%sexpected one of", name);
		for (const char *const *w = o->words; *w && n < sizeof why->text; w++)
			n += (size_t)snprintf(why->text + n, sizeof why->text - n, "%s %s", w == o->words ? "" : ",", *w);
		return;
	case OPTION_SIZE:
		(void)snprintf(why->text, sizeof why->text, "%sexpected a size from 1M to 64T, such as 64G", name);
		return;
	}
}

enum err config_put(struct config *c, size_t at, enum config_source source, const char *text)
{
	if (c->set[at].source != source) {
		for (size_t i = 0; i < c->set[at].n; i++)
			free(c->set[at].value[i]);
		c->set[at].n = 0;
		c->set[at].source = source;
	}
	if (!config_good(&options[at], text))
		return ERR_INVALID;
	if (c->set[at].n >= (options[at].type == OPTION_ADDRESSES ? CONFIG_VALUES : 1u))
		return ERR_INVALID;
	if (!(c->set[at].value[c->set[at].n] = strdup(text)))
		return ERR_MEMORY;
	c->set[at].n++;
	return OK;
}

/* ---- environment and flags ---- */

static enum err take_words(struct config *c, size_t at, const char *text)
{
	char *copy = strdup(text), *p = copy;
	enum err e = copy ? OK : ERR_MEMORY;

	while (e == OK && *p) {
		size_t n;

		p += strspn(p, ", ");
		n = options[at].type == OPTION_ADDRESSES ? strcspn(p, ", ") : strlen(p);
		if (n == 0)
			break;
		if (p[n])
			p[n++] = '\0';
		e = config_put(c, at, CONFIG_FROM_ENVIRONMENT, p);
		p += n;
	}
	free(copy);
	return e;
}

static enum err read_environment(struct config *c, struct complaint *why)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		char name[64];
		const char *text;
		enum err e;

		(void)snprintf(name, sizeof name, "TALLY_%s", options[i].name);
		for (char *p = name; *p; p++)
			*p = *p >= 'a' && *p <= 'z' ? (char)(*p - ('a' - 'A')) : *p;
		if (!(text = getenv(name)) || !*text)
			continue;
		if ((e = take_words(c, i, text)) != OK) {
			(void)snprintf(why->where, sizeof why->where, "%s", name);
			config_expected(&options[i], false, why);
			return e;
		}
	}
	return OK;
}

static enum err read_flag(struct config *c, size_t at, const json_t *j)
{
	const json_t *item;
	size_t i;
	enum err e = OK;

	if (json_is_string(j))
		return config_put(c, at, CONFIG_FROM_FLAG, json_string_value(j));
	json_array_foreach(j, i, item)
		if (e == OK)
			e = json_is_string(item) ? config_put(c, at, CONFIG_FROM_FLAG, json_string_value(item)) : ERR_INVALID;
	return e;
}

static enum err read_flags(struct config *c, const json_t *flags, struct complaint *why)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		enum err e = read_flag(c, i, json_object_get(flags, options[i].name));

		if (e == OK)
			continue;
		(void)snprintf(why->where, sizeof why->where, "--%s", options[i].name);
		for (char *p = why->where; *p; p++)
			*p = *p == '_' ? '-' : *p;
		config_expected(&options[i], false, why);
		return e;
	}
	return OK;
}

enum err config_load(const char *home, const json_t *flags, struct config **out, struct complaint *why)
{
	struct complaint unwanted = {0};
	struct config *c = calloc(1, sizeof *c);
	enum err e = OK;

	why = why ? why : &unwanted;
	memset(why, 0, sizeof *why);
	if (!c)
		return ERR_MEMORY;
	for (size_t i = 0; e == OK && i < OPTIONS; i++)
		if (options[i].standard)
			e = config_put(c, i, CONFIG_DEFAULT, options[i].standard);
	if (e == OK)
		e = config_file_read(c, home, why);
	if (e == OK)
		e = read_environment(c, why);
	if (e == OK)
		e = read_flags(c, flags, why);
	if (e != OK)
		config_free(c);
	else
		*out = c;
	return e;
}

void config_free(struct config *c)
{
	for (size_t i = 0; c && i < OPTIONS; i++)
		for (size_t k = 0; k < c->set[i].n; k++)
			free(c->set[i].value[k]);
	free(c);
}

/* ---- readers ---- */

const char *config_text(const struct config *c, const char *name)
{
	size_t i = index_of(name);

	return c->set[i].n ? c->set[i].value[0] : NULL;
}

size_t config_list(const struct config *c, const char *name, const char *const **out)
{
	size_t i = index_of(name);

	*out = (const char *const *)c->set[i].value;
	return c->set[i].n;
}

uint64_t config_size(const struct config *c, const char *name)
{
	const char *text = config_text(c, name);
	uint64_t size = 0;

	return text && read_size(text, &size) ? size : 0;
}

size_t config_word(const struct config *c, const char *name)
{
	const struct option *o = &options[index_of(name)];
	const char *text = config_text(c, name);
	size_t i = 0;

	while (text && o->words[i] && strcmp(o->words[i], text) != 0)
		i++;
	return i;
}

enum config_source config_source(const struct config *c, const char *name)
{
	return c->set[index_of(name)].source;
}

json_t *config_json(const struct config *c)
{
	static const char *const sources[] = {"default", CONFIG_FILE, "environment", "flag"};
	json_t *items = json_array();

	for (size_t i = 0; items && i < OPTIONS; i++) {
		json_t *item = json_object(), *list = json_array();

		for (size_t k = 0; k < c->set[i].n; k++)
			(void)json_array_append_new(list, json_string(c->set[i].value[k]));
		(void)json_object_set_new(item, "name", json_string(options[i].name));
		if (options[i].type != OPTION_ADDRESSES && c->set[i].n)
			(void)json_object_set(item, "value", json_array_get(list, 0));
		else
			(void)json_object_set(item, "value", options[i].type == OPTION_ADDRESSES ? list : NULL);
		(void)json_object_set_new(item, "source", json_string(c->set[i].n ? sources[c->set[i].source] : "not set"));
		(void)json_object_set_new(item, "help", json_string(options[i].help));
		json_decref(list);
		if (json_array_append_new(items, item) != 0) {
			json_decref(items);
			return NULL;
		}
	}
	return json_pack("{s:s, s:o}", "schema", "tally/config.show/1", "items", items);
}
