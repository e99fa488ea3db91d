/* A catalogue of our own in OSCAL's form: what becomes of its parts, its parameters, its references. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/oscal.h"
#include "node/prose.h"

static const char catalogue[] =
	"{\"catalog\": {\"uuid\": \"x\", \"metadata\": {\"title\": \"Harbour baseline\", \"version\": \"2\", \"last-modified\": \"2026-01-01\"},"
	"\"params\": [{\"id\": \"c-1\", \"label\": \"town\", \"values\": [\"Kiel\"]}],"
	"\"controls\": [{\"id\": \"gen-1\", \"title\": \"Say who you are\"}],"
	"\"groups\": [{\"id\": \"do\", \"title\": \"Doors\", \"controls\": ["
	" {\"id\": \"do-1\", \"title\": \"Locks\", \"class\": \"house\","
	"  \"params\": [{\"id\": \"p-1\", \"label\": \"hour\"}, {\"id\": \"p-2\", \"select\": {\"how-many\": \"one-or-more\","
	"   \"choice\": [\"by hand\", \"by {{ insert: param, p-3 }}\"]}}, {\"id\": \"p-3\", \"label\": \"machine\"},"
	"   {\"id\": \"p-4\", \"select\": {\"choice\": [\"round {{ insert: param, p-4 }}\"]}}],"
	"  \"props\": [{\"name\": \"label\", \"value\": \"DO-01\", \"class\": \"padded\"}, {\"name\": \"label\", \"value\": \"DO-1\"}],"
	"  \"links\": [{\"href\": \"#r-1\", \"rel\": \"reference\"}, {\"href\": \"#do-2\", \"rel\": \"related\"},"
	"   {\"href\": \"https://locks.example/\", \"rel\": \"reference\"}],"
	"  \"parts\": [{\"name\": \"statement\", \"id\": \"s\", \"parts\": ["
	"    {\"name\": \"item\", \"props\": [{\"name\": \"label\", \"value\": \"a.\"}], "
	"\"prose\": \"Lock  each\\n door at {{ insert: param, p-1 }} ; and\"},"
	"    {\"name\": \"item\", \"props\": [{\"name\": \"label\", \"value\": \"b.\"}], \"prose\": \"check it {{ insert: param, p-2 }} in "
	"{{insert:param,c-1}}:\","
	"     \"parts\": [{\"name\": \"item\", \"props\": [{\"name\": \"label\", \"value\": \"1.\"}], \"prose\": \"see [DO-2](#do-2) and "
	"[the guide](https://g.example/a), {{ insert: param, nobody }}.\"}]}]},"
	"   {\"name\": \"guidance\", \"prose\": \"A door that stands open keeps nobody out.\"},"
	"   {\"name\": \"assessment-objective\", \"prose\": \"doors are locked\"},"
	"   {\"name\": \"assessment-method\", \"prose\": \"left out\"}],"
	"  \"controls\": [{\"id\": \"do-1.1\", \"title\": \"Spare keys\", "
	"\"parts\": [{\"name\": \"statement\", \"prose\": \"Count them {{ insert: "
	"param, p-4 }}.\"}]}]},"
	" {\"id\": \"do-2\", \"title\": \"Bells\", \"props\": [{\"name\": \"status\", \"value\": \"withdrawn\"}]}]},"
	"{\"id\": \"out\", \"title\": \"Outside\", \"groups\": [{\"id\": \"wa\", \"title\": \"Walls\", "
	"\"controls\": [{\"id\": \"wa-1\", \"title\": \"High\","
	" \"parts\": [{\"name\": \"statement\", \"prose\": \"Build high.\"}]}]}]}],"
	"\"back-matter\": {\"resources\": [{\"uuid\": \"r-1\", \"title\": \"Book of locks\", \"rlinks\": [{\"href\": \"https://book.example/\"}]}]}}}";

static json_t *doc(const char *text)
{
	json_error_t bad;
	json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, &bad);
	if (!j)
		fail_msg("%s at %d", bad.text, bad.position);
	return j;
}

static struct oscal_set reads(const char *text)
{
	struct oscal_set o;
	struct complaint why = {0};
	json_t *j = doc(text);
	assert_true(oscal_is(j));
	if (oscal_read(j, &o, &why) != OK)
		fail_msg("%s %s", why.where, why.text);
	json_decref(j);
	return o;
}

static const json_t *requirement(const struct oscal_set *o, const char *rid)
{
	const json_t *list = json_object_get(o->set, "requirements");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_object_get(json_array_get(list, i), "rid")), rid) == 0)
			return json_array_get(list, i);
	fail_msg("no %s", rid);
	return NULL;
}

static const char *said(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));
	return s ? s : "";
}

static void whole(void **state)
{
	(void)state;
	struct oscal_set o = reads(catalogue);
	const json_t *lock = requirement(&o, "do-1"), *m = json_array_get(json_object_get(lock, "mappings"), 0), *g = json_object_get(lock, "guidance");
	assert_int_equal(json_array_size(json_object_get(o.set, "requirements")), 4);
	assert_int_equal(o.controls, 3);
	assert_int_equal(o.enhancements, 1);
	assert_int_equal(o.families, 2);
	assert_int_equal(o.withdrawn, 1);
	assert_int_equal(o.cut, 0);
	assert_string_equal(said(o.set, "title"), "Harbour baseline");
	assert_string_equal(said(o.set, "version"), "2");
	assert_string_equal(said(lock, "title"), "Locks");
	assert_string_equal(said(lock, "family"), "Doors");
	assert_string_equal(said(lock, "text"), "a. Lock each door at [hour]; and\nb. check it [one or more of: by hand; by [machine]] in Kiel:\n"
	                                        "  1. see DO-2 and the guide (https://g.example/a), [nobody].");
	assert_string_equal(said(lock, "discussion"), "A door that stands open keeps nobody out.");
	assert_string_equal(said(lock, "evidence"), "doors are locked");
	assert_string_equal(said(m, "standard"), "Harbour baseline");
	assert_string_equal(said(m, "clause"), "DO-1");
	assert_int_equal(json_array_size(g), 2);
	assert_string_equal(json_string_value(json_array_get(g, 0)), "Book of locks: https://book.example/");
	assert_string_equal(json_string_value(json_array_get(g, 1)), "https://locks.example/");
	assert_null(json_object_get(lock, "rationale")); /* it has none, and none is made up */
	assert_string_equal(said(requirement(&o, "gen-1"), "text"), "Say who you are");
	assert_string_equal(said(requirement(&o, "wa-1"), "family"), "Walls");
	json_decref(o.set);
}

/* A parameter that names itself ends. */
static void in_a_circle(void **state)
{
	(void)state;
	struct oscal_set o = reads(catalogue);
	assert_memory_equal(said(requirement(&o, "do-1.1"), "text"), "Count them [one of: round [one of:", 33);
	assert_true(strlen(said(requirement(&o, "do-1.1"), "text")) < 400);
	json_decref(o.set);
	/* A label in itself; values that double at each depth. */
	o = reads("{\"catalog\": {\"metadata\": {\"title\": \"T\", \"version\": \"1\"}, \"params\": ["
	          "{\"id\": \"l\", \"label\": \"a {{ insert: param, l }}\"}, "
	          "{\"id\": \"v\", \"values\": [\"{{ insert: param, v }}{{ insert: param, v }}{{ insert: param, v }}{{ insert: param, v }}"
	          "{{ insert: param, v }}{{ insert: param, v }}{{ insert: param, v }}{{ insert: param, v }}{{ insert: param, v }}\"]}], "
	          "\"controls\": [{\"id\": \"c\", \"title\": \"C\", \"parts\": [{\"name\": \"statement\", "
	          "\"prose\": \"Say {{ insert: param, l }}{{ insert: param, v }}.\"}]}]}}");
	assert_memory_equal(said(requirement(&o, "c"), "text"), "Say [a [a [a", 12);
	json_decref(o.set);
}

static void refused(const char *text, enum err want, const char *where)
{
	struct oscal_set o;
	struct complaint why = {0};
	json_t *j = doc(text);
	assert_int_equal(oscal_read(j, &o, &why), want);
	assert_string_equal(why.where, where);
	assert_null(o.set);
	json_decref(j);
}

static void not_a_catalogue(void **state)
{
	char deep[4096] = "", text[8192];
	(void)state;
	json_t *j = doc("{\"title\": \"x\"}");
	assert_false(oscal_is(j));
	json_decref(j);
	refused("{\"catalog\": {\"groups\": []}}", ERR_INVALID, "catalog.metadata.title");
	refused("{\"catalog\": {\"metadata\": {\"title\": \"t\"}, \"groups\": []}}", ERR_INVALID, "catalog");
	refused("{\"catalog\": {\"metadata\": {\"title\": \"t\"}, \"groups\": [{\"title\": \"G\", \"controls\": [{\"title\": \"c\"}]}]}}", ERR_INVALID,
	        "control 1 of G");
	for (int i = 0; i < 20; i++)
		strcat(deep, "\"controls\": [{\"id\": \"c\", \"title\": \"c\", ");
	strcat(deep, "\"x\": 0");
	for (int i = 0; i < 20; i++)
		strcat(deep, "}]");
	(void)snprintf(text, sizeof text, "{\"catalog\": {\"metadata\": {\"title\": \"t\"}, %s}}", deep);
	refused(text, ERR_LIMIT, "c");
}

/* What is too long ends in "...", and is counted; never inside a character. */
static void cut(void **state)
{
	struct prose p = {0};
	json_t *out;
	(void)state;
	prose_add(&p, "one two \xc3\xa4\xc3\xa4\xc3\xa4");
	assert_false(prose_cut(&p, 14));
	assert_true(prose_cut(&p, 13));
	assert_int_equal(prose_text(&p, &out), OK);
	assert_string_equal(json_string_value(out), "one two ...");
	json_decref(out);
	assert_int_equal(prose_text(&p, &out), OK);
	assert_null(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole), cmocka_unit_test(in_a_circle), cmocka_unit_test(not_a_catalogue), cmocka_unit_test(cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
