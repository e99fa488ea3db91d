/* A requirement set from a spreadsheet, and where its mistakes stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/setcsv.h"
#include "tests/unit/arena.h"

static void becomes(const char *csv, const char *want)
{
	struct setcsv s;
	struct complaint why = {0};
	if (setcsv_read(SPAN(csv, strlen(csv)), a, &s, &why) != OK)
		fail_msg("%s\n%s: %s", csv, why.where, why.text);
	json_t *j = json_loads(want, 0, NULL);
	assert_non_null(j);
	if (!json_equal(j, s.set))
		fail_msg("%s\n%s", csv, json_dumps(s.set, 0));
	json_decref(j);
	json_decref(s.set);
}

static void refused(const char *csv, const char *where, const char *words)
{
	struct setcsv s;
	struct complaint why = {0};
	assert_int_equal(setcsv_read(SPAN(csv, strlen(csv)), a, &s, &why), ERR_INVALID);
	if (strcmp(why.where, where) != 0 || !strstr(why.text, words))
		fail_msg("%s\n[%s] %s", csv, why.where, why.text);
	assert_null(s.set);
}

static void reads(void **state)
{
	(void)state;
	becomes("\xef\xbb\xbfRID;Text;Levels;Why;Mapping;Flow-down\r\nR1;\"Lock; it\";basic;;ISO/IEC 27001=A.5.1;\r\n;;;;;\r\n"
	        "R2;Count;\"basic; standard\";so;;require\r\n",
	        "{\"levels\": [{\"id\": \"basic\", \"requirements\": [\"R1\", \"R2\"]}, {\"id\": \"standard\", \"requirements\": [\"R2\"]}], "
	        "\"requirements\": [{\"rid\": \"R1\", \"text\": \"Lock; it\", \"mappings\": [{\"standard\": \"ISO/IEC 27001\", \"clause\": \"A.5.1\"}]}, "
	        "{\"rid\": \"R2\", \"text\": \"Count\", \"rationale\": \"so\", \"flow_down\": \"require\"}]}");
	becomes("level,rid,text\nstandard,R1,\"two\nlines\"\n", "{\"levels\": [{\"id\": \"standard\", \"requirements\": [\"R1\"]}], "
	                                                         "\"requirements\": [{\"rid\": \"R1\", \"text\": \"two\\nlines\"}]}");
	becomes("rid,text\nR1,'=1+1\n", "{\"requirements\": [{\"rid\": \"R1\", \"text\": \"=1+1\"}]}");
}

static void mistakes(void **state)
{
	(void)state;
	refused("", "the file", "heading");
	refused("rid,text\n", "the file", "heading");
	refused("rid,txt\nR1,x\n", "line 1, column 2", "\"txt\" is no column; did you mean \"text\"?");
	refused("rid,title\nR1,x\n", "line 1", "no column \"text\"");
	refused("text\nx\n", "line 1", "no column \"rid\"");
	refused("rid,text,id\nR1,x,y\n", "line 1, column 3 (rid)", "twice");
	refused("rid,text\nR1,x\n\"R\n2\",\nR3,x\n", "line 3, column 1 (rid)", "");
	refused("rid,text\nR1,x\nR2,\n", "line 3, column 2 (text)", "is required");
	refused("rid,text\nR1,x\nR2\n", "line 3, column 2 (text)", "is required");
	refused("rid,text\nR1,x,more\n", "line 2", "more cells");
	refused("rid,text\nR1,\"a\nb\"\nR2,y\nR1,z\n", "line 5", "\"R1\" stands in line 2 already");
	refused("rid,text,flow_down\nR1,x,must\n", "line 2, column 3 (flow_down)", "");
	refused("rid,text,mappings\nR1,x,A.5\n", "line 2, column 3 (mappings)", "STANDARD=CLAUSE");
	refused("rid,text\nR1,\"x\n", "line 2", "does not end");
	refused("rid,text\nR1,x\"y\n", "line 2", "quote");
}

static void places(void **state)
{
	static const char csv[] = "rid,text\nR1,\"a\nb\"\nR2,y\n";
	struct setcsv s;
	struct complaint why = {0};
	(void)state;
	assert_int_equal(setcsv_read(SPAN(csv, sizeof csv - 1), a, &s, &why), OK);
	(void)snprintf(why.where, sizeof why.where, "requirements[1].text");
	setcsv_place(&s, &why);
	assert_string_equal(why.where, "line 4 (text)");
	(void)snprintf(why.where, sizeof why.where, "requirements[2].text"); /* there is none */
	setcsv_place(&s, &why);
	assert_string_equal(why.where, "requirements[2].text");
	(void)snprintf(why.where, sizeof why.where, "title");
	setcsv_place(&s, &why);
	assert_string_equal(why.where, "title");
	json_decref(s.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(mistakes), cmocka_unit_test(places)};
	return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
