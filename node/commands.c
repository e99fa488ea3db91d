#include <string.h>

#include "node/cli.h"

static const struct command *const tables[] = {
	commands_run, commands_partner, commands_bundle,
	commands_register, commands_map, commands_requirement, commands_challenge, commands_matrix, commands_tender,
	commands_posture,
	commands_contract, commands_incident, commands_response, commands_record, commands_report,
	commands_assurance, commands_evidence, commands_finding,
	commands_concern, commands_exit, commands_consortium,
};

const struct arg commands_say[] = {
	{.name = "to", .type = ARG_LIST, .shape = "PARTNER", .help = "who gets it; consortium:NAME for all its members"},
	{.name = "tlp", .type = ARG_WORD, .vocab = &vocab_tlp, .help = "how far it may be passed on"},
	{.name = "onward", .type = ARG_SWITCH, .help = "amber: receivers may pass it to their own suppliers too"},
	{.name = "exercise", .shape = "ID", .help = "part of this exercise: nothing of it is real"},
	{0},
};

const struct command *commands_each(size_t i)
{
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
		const struct command *row = tables[t];

		for (; row->noun; row++)
			if (i-- == 0)
				return row;
	}
	return NULL;
}

const struct command *commands_find(const char *noun, const char *verb)
{
	const struct command *row;

	for (size_t i = 0; (row = commands_each(i)); i++) {
		if (strcmp(row->noun, noun) != 0 || !row->verb != !verb)
			continue;
		if (!verb || strcmp(row->verb, verb) == 0)
			return row;
	}
	return NULL;
}

bool commands_fills(const struct command *c, const struct field *f)
{
	for (const char *const *name = c->fills; name && *name; name++)
		if (strcmp(*name, f->name) == 0)
			return true;
	return false;
}

bool commands_noun(const char *noun)
{
	const struct command *row;

	for (size_t i = 0; (row = commands_each(i)); i++)
		if (strcmp(row->noun, noun) == 0)
			return true;
	return false;
}

enum err commands_args(const struct command *c, json_t *args)
{
	int bad = 0;

	if (c->verb_as)
		bad = json_object_set_new(args, c->verb_as, json_string(c->verb));
	if (c->kind && strcmp(c->call, "record.new") == 0)
		bad |= json_object_set_new(args, "kind", json_string(kind_by_number(c->kind)->name));
	return bad ? ERR_MEMORY : OK;
}
