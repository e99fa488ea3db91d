/* The settings file: read by libconfuse, written from the table. */
#include <confuse.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "node/config_parts.h"
#include "node/nearest.h"
#include "node/slurp.h"

#define CONFIG_BYTES 65536u /* most of a settings file */

static const struct option *option_named(const char *name)
{
	const struct option *o;

	for (size_t i = 0; (o = config_option(i)); i++)
		if (strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

static void quiet(cfg_t *cfg, const char *format, va_list ap)
{
	(void)cfg, (void)format, (void)ap; /* we say it ourselves, with what was expected */
}

/* Run by the parser while it stands on the line of the value. */
static int validate(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct option *o = option_named(cfg_opt_name(opt));
	unsigned n = cfg_opt_size(opt);

	(void)cfg;
	if (!o || n > (o->type == OPTION_ADDRESSES ? CONFIG_VALUES : 1u))
		return -1;
	for (unsigned i = 0; i < n; i++) {
		const char *text = cfg_opt_getnstr(opt, i);

		if (text && !config_good(o, text))
			return -1;
	}
	return 0;
}

/* The second line that sets an option would win in silence; "+=" adds to a list. The option and its line, or NULL. */
static const struct option *given_twice(const char *text, int *line)
{
	bool given[CONFIG_OPTIONS] = {false};
	char quote = '\0';

	*line = 1;
	for (const char *p = text; *p; p++) {
		const char *end = p, *start;
		const struct option *o;

		*line += *p == '\n';
		if (quote) {
			quote = *p == quote ? '\0' : quote;
			p += *p == '\\' && p[1] != '\0';
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
		}
		if (quote || *p != '=')
			continue;
		while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
		for (start = end; start > text && !strchr(" \t\r\n{}\"'", start[-1]);)
			start--;
		for (size_t i = 0; (o = config_option(i)); i++) {
			if (strlen(o->name) != (size_t)(end - start) || memcmp(o->name, start, (size_t)(end - start)) != 0)
				continue;
			if (given[i])
				return o;
			given[i] = true;
		}
	}
	return NULL;
}

static void complain_at(const char *path, int line, struct complaint *why)
{
	size_t n = strlen(path); /* of a long path the end is worth more */

	(void)snprintf(why->where, sizeof why->where, "%s%.75s:%d", n > 75 ? "..." : "", n > 75 ? path + n - 75 : path, line);
}

/* What stands at the beginning of a line decides what was expected there. */
static void explain(const char *path, const char *text, int line, struct complaint *why)
{
	const struct option *o;
	struct nearest near;
	char word[48];
	size_t n;

	complain_at(path, line, why);
	for (int i = 1; i < line && text; i++)
		text = (text = strchr(text, '\n')) ? text + 1 : NULL;
	text = text ? text + strspn(text, " \t") : "";
	n = strcspn(text, " \t=+{}\n\r#\"'");
	(void)snprintf(word, sizeof word, "%.*s", n > 40 ? 40 : (int)n, text);
	near = nearest_to(word);
	if ((o = option_named(word))) {
		config_expected(o, true, why);
		return;
	}
	for (size_t i = 0; (o = config_option(i)); i++)
		nearest_try(&near, o->name);
	if (!word[0])
		(void)snprintf(why->text, sizeof why->text, "expected an option, as in: listen = {\"0.0.0.0:7400\"}");
	else
		(void)snprintf(why->text, sizeof why->text, "there is no option \"%s\"%s%s%s", word, near.best ? "; did you mean \"" : "",
		               near.best ? near.best : "", near.best ? "\"?" : "");
}

/* Comments become blanks: libconfuse 3.3 counts their lines three times, and we name lines. */
static void blank_comments(char *p)
{
	char quote = '\0';

	for (; *p; p++) {
		if (quote) {
			quote = *p == quote ? '\0' : quote;
			p += *p == '\\' && p[1] != '\0';
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
		} else if (*p == '#' || (p[0] == '/' && p[1] == '/')) {
			while (*p && *p != '\n')
				*p++ = ' ';
			p -= *p == '\0';
		} else if (p[0] == '/' && p[1] == '*') {
			while (*p && !(p[0] == '*' && p[1] == '/')) {
				*p = *p == '\n' ? '\n' : ' ';
				p++;
			}
			if (!*p)
				return; /* it does not end; what it hid is gone */
			p[0] = p[1] = ' ';
		}
	}
}

static enum err take_file(struct config *c, cfg_t *cfg)
{
	const struct option *o;

	for (size_t i = 0; (o = config_option(i)); i++) {
		cfg_opt_t *opt = cfg_getopt(cfg, o->name);

		for (unsigned k = 0; k < cfg_opt_size(opt); k++) {
			const char *text = cfg_opt_getnstr(opt, k);
			enum err e = text ? config_put(c, i, CONFIG_FROM_FILE, text) : OK;

			if (e != OK)
				return e;
		}
	}
	return OK;
}

enum err config_file_read(struct config *c, const char *home, struct complaint *why)
{
	cfg_opt_t opts[CONFIG_OPTIONS + 1];
	const struct option *o;
	size_t n = 0;
	char path[PATH_MAX], fault[SLURP_TEXT];
	struct buf b = {0};
	cfg_t *cfg = NULL;
	int line;
	enum err e;

	if (snprintf(path, sizeof path, "%s/%s", home, CONFIG_FILE) >= (int)sizeof path)
		return ERR_LIMIT;
	if ((e = slurp_file(path, NULL, CONFIG_BYTES, &b)) == ERR_NOT_FOUND)
		return OK;
	if (e == OK)
		e = buf_add(&b, "", 1);
	if (e != OK) {
		(void)snprintf(why->where, sizeof why->where, "%.90s", path);
		(void)snprintf(why->text, sizeof why->text, "%s", slurp_fault(path, e, 0, fault));
		goto done;
	}
	for (; n < CONFIG_OPTIONS && (o = config_option(n)); n++)
		opts[n] = o->type == OPTION_ADDRESSES ? (cfg_opt_t)CFG_STR_LIST(o->name, NULL, CFGF_NODEFAULT)
		                                      : (cfg_opt_t)CFG_STR(o->name, NULL, CFGF_NODEFAULT);
	opts[n] = (cfg_opt_t)CFG_END();
	if (!(cfg = cfg_init(opts, CFGF_NONE))) {
		e = ERR_MEMORY;
		goto done;
	}
	blank_comments((char *)b.p);
	(void)cfg_set_error_function(cfg, quiet);
	for (size_t i = 0; i < n; i++)
		(void)cfg_set_validate_func(cfg, config_option(i)->name, validate);
	if (strlen((const char *)b.p) + 1 != b.n || cfg_parse_buf(cfg, (const char *)b.p) != CFG_SUCCESS) {
		e = ERR_INVALID;
		explain(path, (const char *)b.p, cfg->line > 0 ? cfg->line : 1, why);
	} else if ((o = given_twice((const char *)b.p, &line))) {
		e = ERR_INVALID;
		complain_at(path, line, why);
		(void)snprintf(why->text, sizeof why->text, o->type == OPTION_ADDRESSES ? "%s is given twice: put all into one {\"HOST:PORT\", ...}"
		                                                                         : "%s is given twice", o->name);
	} else {
		e = take_file(c, cfg);
	}
done:
	if (cfg)
		(void)cfg_free(cfg);
	buf_free(&b);
	return e;
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

	const struct option *o;

	for (size_t i = 0; e == OK && (o = config_option(i)); i++) {
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
