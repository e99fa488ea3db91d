/* Somebody else's sheet, read by a map of its headings and words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "node/register_map.h"
#include "node/register_name.h"
#include "tests/unit/arena.h"

static enum err sheet(const char *map, const char *csv, struct register_sheet *out, struct complaint *why)
{
	struct register_reading how = {.table = supplier_fields};
	enum err e;

	memset(why, 0, sizeof *why);
	e = register_map_read(supplier_fields, SPAN(map, strlen(map)), a, &how.map, why);
	return e == OK ? register_csv_read(&how, SPAN(csv, strlen(csv)), a, out, why) : e;
}

static void reads(const char *map, const char *csv, struct register_sheet *out)
{
	struct complaint why;

	if (sheet(map, csv, out, &why) != OK)
		fail_msg("%s: %s", why.where, why.text);
}

static void refused(const char *map, const char *csv, const char *where, const char *words)
{
	struct register_sheet s;
	struct complaint why;
	enum err e = sheet(map, csv, &s, &why);

	if ((e != ERR_INVALID && e != ERR_LIMIT) || strcmp(why.where, where) != 0 || !strstr(why.text, words))
		fail_msg("%s\n  %s: [%s] %s", map, err_name(e), why.where, why.text);
}

static void shows(const struct register_row *r, const char *field, const char *text)
{
	const struct field *f = fields_find(supplier_fields, field);
	const struct value *v = value_at(r->given, f->key);
	struct buf b = {0};

	v = v ? v : value_at(r->items, f->key);
	assert_non_null(v);
	assert_int_equal(fields_format(f, v, &b), OK);
	if (!span_eq(buf_span(&b), SPAN(text, strlen(text))))
		fail_msg("%s is %.*s, not %s", field, (int)b.n, (const char *)b.p, text);
	buf_free(&b);
}

static void whole(void **state)
{
	static const char map[] = "# from the purchasing system\n"
	                          "make name = \"Vendor name\"   # a short one\n"
	                          "column \"Vendor name\" = title\n"
	                          "column Class = tier\r\n"
	                          "column Importance = factors.data-sensitivity\n"
	                          "column \"LEI code\" = identifiers.Reg\n"
	                          "column \"Security mail\" = contacts.security-24x7.mail\n"
	                          "column Remarks = -\n"
	                          "column \"Next review\" = review_due\n"
	                          "dates = dd.mm.yyyy\n"
	                          "fixed type = commodity\n"
	                          "fixed owner = \"purchasing \\\"team\\\"\"\n"
	                          "word tier \"A - strategic\" = critical\n"
	                          "word tier C = low\n";
	struct register_sheet s;

	(void)state;
	reads(map, "VENDOR NAME;Class;Importance;LEI code;Security mail;Remarks;Next review;owner\n"
	           "Br\xc3\xbc" "ckwater & Co. Ltd ; a - STRATEGIC;high;;soc@b.example;x;1.2.2027;\n"
	           "ABBA;C;;9;;;31.12.2026;ann\n", &s);
	assert_int_equal(s.count, 2);
	assert_string_equal(s.rows[0].name, "brueckwater-co-ltd");
	assert_string_equal(s.rows[1].name, "abba-x"); /* else it could be the digits of an id */
	shows(&s.rows[0], "title", "Br\xc3\xbc" "ckwater & Co. Ltd");
	shows(&s.rows[0], "tier", "critical");
	shows(&s.rows[0], "factors", "data_sensitivity=high");
	shows(&s.rows[0], "contacts", "purpose=security-24x7 mail=soc@b.example");
	shows(&s.rows[0], "review_due", "2027-02-01");
	shows(&s.rows[0], "type", "commodity");
	shows(&s.rows[0], "owner", "purchasing \"team\"");
	shows(&s.rows[1], "owner", "ann");
	shows(&s.rows[1], "tier", "low");
	shows(&s.rows[1], "identifiers", "scheme=Reg value=9");
	shows(&s.rows[1], "review_due", "2026-12-31");
	assert_null(fields_get(supplier_fields, s.rows[1].given, "note"));
	reads("dates = mm/dd/yyyy\nothers = -\n", "name,review_due,whatever\nx-1,12/31/2026,z\n", &s);
	shows(&s.rows[0], "review_due", "2026-12-31");
	reads("dates = dd/mm/yyyy\n", "name,review_due\nx-1,31/12/2026\n", &s);
	shows(&s.rows[0], "review_due", "2026-12-31");
	reads("column name = -\ncolumn id = name\n", "name,id\nlong,x-1\n", &s);
	assert_string_equal(s.rows[0].name, "x-1");
}

static void places(void **state)
{
	(void)state;
	refused("colum x = y\n", "", "map, line 1, column 6", "no rule");
	refused("\n# ok\ncolumn \"Vendor = title\n", "", "map, line 3, column 23", "quote");
	refused("column Vendor title\n", "", "map, line 1, column 15", "\"=\" is missing");
	refused("column Vendor = titel\n", "", "map, line 1, column 22", "did you mean \"title\"");
	refused("column Vendor = created\n", "", "map, line 1, column 24", "no field");
	refused("column Vendor = identifiers\ncolumn B = identifiers\n", "", "map, line 2, column 23", "already");
	refused("column Vendor = factors\n", "", "map, line 1, column 24", "no field");
	refused("column Vendor = factors.colour\n", "", "map, line 1, column 31", "no field");
	refused("column Vendor = identifiers.LEI.colour\n", "", "map, line 1, column 39", "no field");
	refused("column Vendor = title more\n", "", "map, line 1, column 23", "too much");
	refused("make title = Vendor\n", "", "map, line 1, column 11", "only the name");
	refused("fixed name = x\n", "", "map, line 1, column 15", "same for all");
	refused("fixed type\n", "", "map, line 1, column 11", "\"=\"");
	refused("word tier = x\n", "", "map, line 1, column 11", "what they write");
	refused("dates = yy\n", "", "map, line 1, column 11", "dd.mm.yyyy");
	refused("others = x\n", "", "map, line 1, column 11", "left out");
	/* and of the sheet */
	refused("column Vendor = title\n", "name,Vendor,Colour\nx-1,T,red\n", "line 1, column 3", "column \"Colour\" = -");
	refused("column Vendor = title\n", "name,Vendor,title\nx-1,T,T\n", "line 1, column 3", "twice");
	refused("column Vendor = title\n", "Vendor\nT\n", "line 1", "no column \"name\"");
	refused("column Class = tier\n", "name,Class\nx-1,huge\n", "line 2, column Class", "one of");
	refused("dates = dd.mm.yyyy\n", "name,review_due\nx-1,32.13.2026\n", "line 2, column review_due", "such as 23.11.2026");
	refused("dates = mm/dd/yyyy\ncolumn F = review_due\n", "name,F\nx-1,13/13/2026\n", "line 2, column F", "such as 11/23/2026");
	refused("column \"USt-IdNr.\" = identifiers.VAT\n", "name,USt-IdNr.\nx-1,DE1\n", "line 2, column USt-IdNr.", "VAT");
	refused("fixed tier = huge\n", "name\nx-1\n", "line 2", "one of");
	refused("make name = V\n", "V\n\"\"\nx\n\n...\n", "line 5", "no name");
}

static void made_is(const char *text, const char *name)
{
	const char *made = NULL;

	assert_int_equal(register_name_make(a, text, &made), name ? OK : ERR_INVALID);
	if (name && strcmp(made, name) != 0)
		fail_msg("%s: %s, not %s", text, made, name);
}

/* Letters with marks become plain ones, so that names which differ in them alone stay different; what has no plain letter makes no name. */
static void made_names(void **state)
{
	struct register_sheet s;

	(void)state;
	made_is("K\xc3\xb6hler Logistik", "koehler-logistik");
	made_is("K\xc3\xbchler Logistik", "kuehler-logistik");
	made_is("K\xc3\x96HLER", "koehler");
	made_is("Ko\xcc\x88hler", "koehler"); /* the dots written apart */
	made_is("Stra\xc3\x9f" "e \xe2\x80\x93 Caf\xc3\xa9\xe2\x84\xa2", "strasse-cafe");
	made_is("\xc5\x81\xc3\xb3" "d\xc5\xba & \xc3\x98re \xc3\x86 \xc5\x92 \xc3\x9f \xc3\x85", "lodz-oere-ae-oe-ss-aa");
	made_is("\xc4\xb0zmir \xc8\x98", NULL); /* U+0218 is beyond the table */
	made_is("\xce\x91\xce\xb8\xce\xae\xce\xbd\xce\xb1", NULL);
	made_is("\xe6\xa0\xaa\xe5\xbc\x8f", NULL);
	made_is("x\xff", NULL);
	made_is("...", "");
	refused("make name = V\ncolumn V = title\n", "V\n\xce\x91\xce\xb8\n", "line 2", "give a column \"name\"");
	reads("make name = V\ncolumn V = title\n", "V,name\n\xce\x91\xce\xb8,athena\nB,\n", &s);
	assert_string_equal(s.rows[0].name, "athena");
	assert_false(s.rows[0].made);
	assert_string_equal(s.rows[1].name, "b-x");
	assert_true(s.rows[1].made);
}

/* Whether a row that was found by a made name is of the same company. */
static void contradicts(const char *held, const char *now, const char *words)
{
	static const char map[] = "make name = V\ncolumn V = title\ncolumn LEI = identifiers.Reg\ncolumn D = identifiers.domain\n";
	struct register_sheet was, is;
	struct complaint why = {0};

	reads(map, held, &was);
	reads(map, now, &is);
	struct value *row = register_lay(a, supplier_fields, NULL, was.rows[0].given);
	const struct field *f = fields_find(supplier_fields, "identifiers");
	if (value_at(was.rows[0].items, f->key))
		value_set(a, row, f->key, value_copy(a, value_at(was.rows[0].items, f->key)));
	if (register_name_contradicts(row, &is.rows[0], &why) != (words != NULL) || (words && !strstr(why.text, words)))
		fail_msg("%s against %s: %s", held, now, why.text);
}

static void same_or_another(void **state)
{
	(void)state;
	contradicts("V,LEI\nAcme Ltd.,1\n", "V,LEI\nACME LTD,1\n", NULL);
	contradicts("V,LEI\nAcme Ltd.,1\n", "V,LEI\nAcme Ltd,\n", NULL);
	contradicts("V,LEI\nAcme Ltd,1\n", "V,LEI\nAcme Ltd,2\n", "Reg is 1, not 2");
	contradicts("V,LEI,D\nAcme,1,a.example\n", "V,D\nAcme,b.example\n", "domain is a.example");
	contradicts("V\nK\xc3\xb6hler\n", "V\nKoehler\n", "title is \"K\xc3\xb6hler\"");
	contradicts("V,LEI\nK\xc3\xb6hler,1\n", "V,LEI\nKoehler,1\n", NULL); /* its number is the same: it was renamed */
}

/* A column for one identifier takes no other away. */
static void items(void **state)
{
	const struct field *f = fields_find(supplier_fields, "identifiers");
	struct value *old = value_array(a), *item = value_map(a), *merged;
	struct register_sheet s;
	struct buf b = {0};

	(void)state;
	value_set(a, item, 0, value_str(a, "VAT"));
	value_set(a, item, 1, value_str(a, "DE1"));
	value_push(a, old, item);
	item = value_map(a);
	value_set(a, item, 0, value_str(a, "Reg"));
	value_set(a, item, 1, value_str(a, "old"));
	value_push(a, old, item);
	reads("column L = identifiers.Reg\ncolumn D = identifiers.DUNS\n", "name,L,D\nx-1,new,123456789\n", &s);
	merged = register_merge(a, f, old, value_at(s.rows[0].items, f->key));
	assert_int_equal(value_count(merged), 3);
	assert_int_equal(fields_format(f, merged, &b), OK);
	assert_true(b.n > 0);
	assert_int_equal(buf_add(&b, "", 1), OK);
	assert_string_equal((const char *)b.p, "scheme=VAT value=DE1; scheme=Reg value=new; scheme=DUNS value=123456789");
	buf_free(&b);
	assert_int_equal(value_count(old), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole, arena_begin, arena_end), cmocka_unit_test_setup_teardown(places, arena_begin, arena_end),
		cmocka_unit_test_setup_teardown(items, arena_begin, arena_end),
		cmocka_unit_test_setup_teardown(made_names, arena_begin, arena_end),
		cmocka_unit_test_setup_teardown(same_or_another, arena_begin, arena_end),
	};

	return cmocka_run_group_tests_name("register_map", tests, NULL, NULL);
}
