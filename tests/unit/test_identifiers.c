#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "proto/identifiers.h"

static const char *fault(const char *scheme, const char *value)
{
	return identifiers_fault(SPAN(scheme, strlen(scheme)), SPAN(value, strlen(value)));
}

static void good(void **state)
{
	static const char *const all[][2] = {
		{"LEI", "9695TALLYSTICK000182"}, {"lei", "00000000000000000A68"}, {"EUID", "DEK1101R.HRB116737"}, {"EUID", "FIFPRO.1234567-8"},
		{"EUID", "NLNHR.12345678_01"},
		{"VAT", "DE123456789"}, {"VAT", "ATU12345678"}, {"vat", "IE1A23456B"}, {"VAT", "ESX1234567X"}, {"DUNS", "123456789"},
		{"domain", "harbour.example"}, {"Domain", "a-b.c.example"}, {"domain", "xn--brckwter-0za.example"}, {"domain", "Harbour.Example"},
		{"domain", "3com.example"}, {"HRB", "anything at all"}, {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (fault(all[i][0], all[i][1]))
			fail_msg("%s %s %s", all[i][0], all[i][1], fault(all[i][0], all[i][1]));
}

static void bad(void **state)
{
	static const char *const all[][3] = {
		{"LEI", "9695TAALYSTICK000182", "check digits"}, {"LEI", "9695ATLLYSTICK000182", "check digits"},
		{"LEI", "9695TALLYSTICK00018", "18 capital"}, {"LEI", "9695tallystick000182", "18 capital"}, {"LEI", "", "18 capital"},
		{"LEI", "9695TALLYSTICK00010X", "two check digits"}, {"EUID", "DE.1", "EUID"}, {"EUID", "HRB116737", "EUID"}, {"EUID", "DEK1101R.", "EUID"},
		{"EUID", "deK1101R.1", "EUID"}, {"EUID", "DEK1101R.a b", "EUID"}, {"VAT", "123456789", "two letters"},
		{"VAT", "DE 123456789", "without blanks"},
		{"VAT", "DEABCDEF", "no digit"}, {"VAT", "DE1234567890123", "two letters"}, {"DUNS", "12-345-6789", "nine digits"},
		{"DUNS", "12345678", "nine digits"},
		{"domain", "harbour", "no dot"}, {"domain", "https://harbour.example", "bare name"}, {"domain", "soc@harbour.example", "bare name"},
		{"domain", "harbour..example", "between dots"}, {"domain", "-a.example", "hyphen"}, {"domain", "a-.example", "hyphen"},
		{"domain", "harbour.example.", "between dots"}, {"domain", "192.0.2.1", "number"}, {"domain", "h\xc3\xa4" "fen.example", "xn--"},
		{"domain", "a b.example", "letters"}, {"domain", "", "253"},
	};
	char label[80];

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (!fault(all[i][0], all[i][1]) || !strstr(fault(all[i][0], all[i][1]), all[i][2]))
			fail_msg("%s %s: %s", all[i][0], all[i][1], fault(all[i][0], all[i][1]) ? fault(all[i][0], all[i][1]) : "taken");
	memset(label, 'a', 64);
	memcpy(label + 64, ".example", 9);
	assert_non_null(fault("domain", label));
	assert_null(fault("domain", label + 1));
}

/* One digit taken for another, one letter for another, or two such neighbours swapped, is found: that is what the check digits are for. */
static void every_slip_is_found(void **state)
{
	static const char right[] = "9695TALLYSTICK000182";
	char lei[sizeof right];

	(void)state;
	for (size_t i = 0; i < 20; i++)
		for (const char *c = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"; *c; c++) {
			if ((*c <= '9') != (right[i] <= '9'))
				continue;
			memcpy(lei, right, sizeof lei);
			lei[i] = *c;
			assert_true((fault("LEI", lei) == NULL) == (*c == right[i]));
		}
	for (size_t i = 0; i + 1 < 20; i++) {
		if ((right[i] <= '9') != (right[i + 1] <= '9'))
			continue;
		memcpy(lei, right, sizeof lei);
		lei[i] = right[i + 1];
		lei[i + 1] = right[i];
		assert_true((fault("LEI", lei) == NULL) == (right[i] == right[i + 1]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good), cmocka_unit_test(bad), cmocka_unit_test(every_slip_is_found),
	};

	return cmocka_run_group_tests_name("identifiers", tests, NULL, NULL);
}
