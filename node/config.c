#include "node/config.h"

#include <confuse.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/nearest.h"
#include "node/slurp.h"

#define CONFIG_BYTES 65536u /* most of a settings file */
#define CONFIG_VALUES 8u    /* addresses of one option */

static const char *const levels[] = {"error", "warn", "info", "debug", NULL};

static const struct option options[] = {
	{"listen", OPTION_ADDRESSES, NULL, NULL, "addresses where partners can reach this node; without any it only dials"},
	{"advertise", OPTION_ADDRESSES, NULL, NULL, "addresses that partners are told; without any, those listened on"},
	{"log_level", OPTION_WORD, "info", levels, "how much is logged: error, warn, info or debug"},
	{"map_size", OPTION_SIZE, "64G", NULL, "the most the store may grow to; address space, not disk"},
	{"passphrase_file", OPTION_PATH, NULL, NULL, "file with the passphrase that protects the keys"},
};
#define OPTIONS (sizeof options / sizeof *options)

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

static bool good_value(const struct option *o, const char *text)
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

static void expected(const struct option *o, bool in_file, struct complaint *why)
{
	size_t n;

	switch (o->type) {
	case OPTION_PATH:
		(void)snprintf(why->text, sizeof why->text, in_file ? "%s: expected a path in quotes" : "%s: expected a path", o->name);
		return;
	case OPTION_ADDRESSES:
		(void)snprintf(why->text, sizeof why->text, in_file ? "%s: expected {\"HOST:PORT\", ...}, at most %u"
		                                                    : "%s: expected HOST:PORT, at most %u of them", o->name, CONFIG_VALUES);
		return;
	case OPTION_WORD:
		n = (size_t)snprintf(why->text, sizeof why->text, "%s: expected one of", o->name);
		for (const char *const *w = o->words; *w && n < sizeof why->text; w++)
			n += (size_t)snprintf(why->text + n, sizeof why->text - n, "%s %s", w == o->words ? "" : ",", *w);
		return;
	case OPTION_SIZE:
		(void)snprintf(why->text, sizeof why->text, "%s: expected a size from 1M to 64T, such as 64G", o->name);
		return;
	}
}

static enum err put(struct config *c, size_t at, enum config_source source, const char *text)
{
	if (c->set[at].source != source) {
		for (size_t i = 0; i < c->set[at].n; i++)
			free(c->set[at].value[i]);
		c->set[at].n = 0;
		c->set[at].source = source;
	}
	if (!good_value(&options[at], text))
		return ERR_INVALID;
	if (c->set[at].n >= (options[at].type == OPTION_ADDRESSES ? CONFIG_VALUES : 1u))
		return ERR_INVALID;
	if (!(c->set[at].value[c->set[at].n] = strdup(text)))
		return ERR_MEMORY;
	c->set[at].n++;
	return OK;
}

/* ---- the file ---- */

static void quiet(cfg_t *cfg, const char *format, va_list ap)
{
	(void)cfg, (void)format, (void)ap; /* we say it ourselves, with what was expected */
}

/* Run by the parser while it stands on the line of the value. */
static int validate(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct option *o = &options[index_of(cfg_opt_name(opt))];
	unsigned n = cfg_opt_size(opt);

	(void)cfg;
	if (n > (o->type == OPTION_ADDRESSES ? CONFIG_VALUES : 1u))
		return -1;
	for (unsigned i = 0; i < n; i++) {
		const char *text = cfg_opt_getnstr(opt, i);

		if (text && !good_value(o, text))
			return -1;
	}
	return 0;
}

/* What stands at the beginning of a line decides what was expected there. */
static void explain(const char *path, const char *text, int line, struct complaint *why)
{
	struct nearest near;
	char word[48];
	size_t n;

	(void)snprintf(why->where, sizeof why->where, "%.80s:%d", path, line);
	for (int i = 1; i < line && text; i++)
		text = (text = strchr(text, '\n')) ? text + 1 : NULL;
	text = text ? text + strspn(text, " \t") : "";
	n = strcspn(text, " \t=+{\n\r#\"'");
	(void)snprintf(word, sizeof word, "%.*s", n > 40 ? 40 : (int)n, text);
	near = nearest_to(word);
	for (size_t i = 0; i < OPTIONS; i++) {
		if (strcmp(options[i].name, word) == 0) {
			expected(&options[i], true, why);
			return;
		}
		nearest_try(&near, options[i].name);
	}
	if (!word[0])
		(void)snprintf(why->text, sizeof why->text, "expected an option, as in: listen = {\"0.0.0.0:7400\"}");
	else
		(void)snprintf(why->text, sizeof why->text, "there is no option \"%s\"%s%s%s", word, near.best ? "; did you mean \"" : "",
		               near.best ? near.best : "", near.best ? "\"?" : "");
}

static enum err take_file(struct config *c, cfg_t *cfg)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		cfg_opt_t *opt = cfg_getopt(cfg, options[i].name);

		for (unsigned k = 0; k < cfg_opt_size(opt); k++) {
			const char *text = cfg_opt_getnstr(opt, k);
			enum err e = text ? put(c, i, CONFIG_FROM_FILE, text) : OK;

			if (e != OK)
				return e;
		}
	}
	return OK;
}

static enum err read_file(struct config *c, const char *home, struct complaint *why)
{
	cfg_opt_t opts[OPTIONS + 1];
	char path[PATH_MAX];
	struct buf b = {0};
	cfg_t *cfg = NULL;
	enum err e;

	if (snprintf(path, sizeof path, "%s/%s", home, CONFIG_FILE) >= (int)sizeof path)
		return ERR_LIMIT;
	if ((e = slurp_file(path, NULL, CONFIG_BYTES, &b)) == ERR_NOT_FOUND)
		return OK;
	if (e == OK)
		e = buf_add(&b, "", 1);
	if (e != OK) {
		(void)snprintf(why->where, sizeof why->where, "%.90s", path);
		(void)snprintf(why->text, sizeof why->text, "%s", err_text(e));
		goto done;
	}
	for (size_t i = 0; i < OPTIONS; i++)
		opts[i] = options[i].type == OPTION_ADDRESSES ? (cfg_opt_t)CFG_STR_LIST(options[i].name, NULL, CFGF_NODEFAULT)
		                                              : (cfg_opt_t)CFG_STR(options[i].name, NULL, CFGF_NODEFAULT);
	opts[OPTIONS] = (cfg_opt_t)CFG_END();
	if (!(cfg = cfg_init(opts, CFGF_NONE))) {
		e = ERR_MEMORY;
		goto done;
	}
	(void)cfg_set_error_function(cfg, quiet);
	for (size_t i = 0; i < OPTIONS; i++)
		(void)cfg_set_validate_func(cfg, options[i].name, validate);
	if (strlen((const char *)b.p) + 1 != b.n || cfg_parse_buf(cfg, (const char *)b.p) != CFG_SUCCESS) {
		e = ERR_INVALID;
		explain(path, (const char *)b.p, cfg->line > 0 ? cfg->line : 1, why);
	} else {
		e = take_file(c, cfg);
	}
done:
	if (cfg)
		(void)cfg_free(cfg);
	buf_free(&b);
	return e;
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
		e = put(c, at, CONFIG_FROM_ENVIRONMENT, p);
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
			expected(&options[i], false, why);
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
		return put(c, at, CONFIG_FROM_FLAG, json_string_value(j));
	json_array_foreach(j, i, item)
		if (e == OK)
			e = json_is_string(item) ? put(c, at, CONFIG_FROM_FLAG, json_string_value(item)) : ERR_INVALID;
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
		expected(&options[i], false, why);
		return e;
	}
	return OK;
}

enum err config_load(const char *home, const json_t *flags, struct config **out, struct complaint *why)
{
	struct complaint unwanted;
	struct config *c = calloc(1, sizeof *c);
	enum err e = OK;

	why = why ? why : &unwanted;
	memset(why, 0, sizeof *why);
	if (!c)
		return ERR_MEMORY;
	for (size_t i = 0; e == OK && i < OPTIONS; i++)
		if (options[i].standard)
			e = put(c, i, CONFIG_DEFAULT, options[i].standard);
	if (e == OK)
		e = read_file(c, home, why);
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
	return json_pack("{s:s, s:o}", "schema", "tally/config/1", "items", items);
}

/* ---- a new file ---- */

static enum err add(struct buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

static enum err add_quoted(struct buf *b, const char *text)
{
	enum err e = add(b, "\"");

	for (; e == OK && *text; text++) {
		if (*text == '"' || *text == '\\' || *text == '$')
			e = add(b, "\\");
		if (e == OK)
			e = buf_add(b, text, 1);
	}
	return e == OK ? add(b, "\"") : e;
}

static enum err add_values(const struct option *o, const json_t *j, struct buf *b)
{
	const json_t *item;
	size_t i;
	enum err e = OK;

	if (json_is_string(j) && o->type != OPTION_ADDRESSES)
		return add_quoted(b, json_string_value(j));
	e = add(b, "{");
	if (e == OK && json_is_string(j))
		e = add_quoted(b, json_string_value(j));
	json_array_foreach(j, i, item) {
		if (e == OK && i > 0)
			e = add(b, ", ");
		if (e == OK)
			e = add_quoted(b, json_string_value(item) ? json_string_value(item) : "");
	}
	return e == OK ? add(b, "}") : e;
}

enum err config_template(const json_t *flags, struct buf *out)
{
	enum err e = add(out, "# Settings of this tally node; TALLY_OPTION in the environment and flags of \"tally up\" come first.\n"
	                      "# \"tally config show\" says what is in force and where it comes from.\n");

	for (size_t i = 0; e == OK && i < OPTIONS; i++) {
		const struct option *o = &options[i];
		const json_t *j = json_object_get(flags, o->name);
		bool given = json_is_string(j) || json_array_size(j) > 0;
		char line[200];

		(void)snprintf(line, sizeof line, "\n# %s\n%s%s = ", o->help, given ? "" : "# ", o->name);
		e = add(out, line);
		if (e == OK && given)
			e = add_values(o, j, out);
		else if (e == OK)
			e = add(out, o->type == OPTION_ADDRESSES ? "{\"HOST:PORT\"}" : o->standard ? o->standard : "\"FILE\"");
		if (e == OK)
			e = add(out, "\n");
	}
	return e;
}
