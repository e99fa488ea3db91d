/* dictionary.c - words that a fuzz target would not guess, out of the tables: dictionary FOLDER writes one file a target in libFuzzer's form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/clocks.h"
#include "node/config.h"
#include "node/register.h"
#include "proto/entry.h"
#include "proto/invite.h"
#include "proto/kinds.h"
#include "proto/message.h"
#include "proto/proof.h"
#include "store/locals.h"

static const char *folder;

static FILE *begin(const char *target)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/fuzz_%s", folder, target);
	f = fopen(path, "w");
	if (f == NULL) {
		perror(path);
		exit(1);
	}
	return f;
}

static void end(FILE *f)
{
	if (fclose(f) != 0)
		exit(1);
}

static void word(FILE *f, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	fputc('"', f);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "\\x%02x", p[i]);
	fputs("\"\n", f);
}

static void text(FILE *f, const char *s)
{
	word(f, s, strlen(s));
}

static void names(FILE *f, const struct field *table, const char *before, const char *behind)
{
	char s[128];

	for (; table->name; table++) {
		snprintf(s, sizeof s, "%s%s%s", before, table->name, behind);
		text(f, s);
		if (table->type == FIELD_GROUP && table->group)
			names(f, table->group, before, behind);
	}
}

static void vocabularies(FILE *f)
{
	const struct vocab *v;

	for (size_t i = 0; (v = vocab_each(i)); i++)
		for (size_t k = 0; v->words[k]; k++)
			text(f, v->words[k]);
}

/* What canonical msgpack is made of: headers of every form with telling lengths, and keys with ids behind them. */
static void forms(const char *target)
{
	static const uint8_t heads[] = {0x80, 0x81, 0x82, 0x8f, 0x90, 0x91, 0x9f, 0xa0, 0xa1, 0xbf, 0xc0, 0xc2, 0xc3};
	static const uint8_t zeros[34] = {0xc4, 32};
	FILE *f = begin(target);

	for (size_t i = 0; i < sizeof heads; i++)
		word(f, &heads[i], 1);
	word(f, zeros, 34);
	word(f, "\xcc\x80", 2);
	word(f, "\xcd\x01\x00", 3);
	word(f, "\xce\x00\x01\x00\x00", 5);
	word(f, "\xcf\x00\x00\x00\x01\x00\x00\x00\x00", 9);
	word(f, "\xcf\x00\x00\x01\x9b\x76\xda\xa8\x00", 9);
	word(f, "\xd0\xdf", 2);
	word(f, "\xd1\xff\x7f", 3);
	word(f, "\xd9\x20", 2);
	word(f, "\xda\x01\x00", 3);
	word(f, "\xc4\x40", 2);
	word(f, "\xc5\x01\x00", 3);
	word(f, "\xdc\x00\x10", 3);
	word(f, "\xde\x00\x10", 3);
	word(f, "\xdd\x00\x01\x00\x00", 5);
	end(f);
}

/* Files that people bring. */
static void files(void)
{
	static const struct vocab *const clocks[] = {&vocab_clock_event, &vocab_clock_met, &vocab_clock_use, &vocab_clock_owed};
	static const char *const oscal[] = {"catalog", "metadata", "title", "version", "groups", "controls", "parts", "params", "id", "name", "prose",
	                                    "props", "value", "values", "label", "select", "how-many", "choice", "links", "href", "rel", "text",
	                                    "class", "back-matter", "resources", "uuid", "rlinks"};
	const struct option *o;
	FILE *f;

	f = begin("setcsv");
	names(f, fields_find(kind_by_number(KIND_REQUIREMENT_SET)->fields, "requirements")->group, "", ",");
	vocabularies(f);
	end(f);
	f = begin("clocks");
	for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
		for (size_t k = 0; clocks[i]->words[k]; k++)
			text(f, clocks[i]->words[k]);
	text(f, "clock a: ");
	text(f, "; met by ");
	text(f, "; stops at most ");
	end(f);
	f = begin("oscal");
	for (size_t i = 0; i < sizeof oscal / sizeof *oscal; i++) {
		char s[48];

		snprintf(s, sizeof s, "\"%s\": ", oscal[i]);
		text(f, s);
	}
	text(f, "{{ insert: param, c }}");
	end(f);
	f = begin("config");
	for (size_t i = 0; (o = config_option(i)); i++)
		text(f, o->name);
	end(f);
}

int main(int argc, char **argv)
{
	static const char *const packed[] = {"scan", "entry", "message", "proof", "record", "statement", "invite", "link"};
	const struct kind *k;
	FILE *f;

	if (argc != 2)
		return 2;
	folder = argv[1];
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
		forms(packed[i]);
	f = begin("json");
	for (size_t i = 0; (k = kind_each(i)); i++)
		names(f, k->fields, "\"", "\": ");
	names(f, supplier_fields, "\"", "\": ");
	vocabularies(f);
	end(f);
	f = begin("csv");
	names(f, supplier_fields, "", ",");
	vocabularies(f);
	end(f);
	f = begin("fields");
	vocabularies(f);
	end(f);
	files();
	return 0;
}
