/* "partner compare": two relationship files, without a node. */
#include <stdio.h>

#include "node/cli.h"
#include "node/proofcompare.h"
#include "node/slurp.h"

enum err cli_partner_compare(struct cli *cli, const json_t *args)
{
	const char *bad, *invalid;
	char text[300], fault[SLURP_TEXT];
	json_t *result = NULL;
	enum err e = proofcompare_files(json_string_value(json_object_get(args, "ours")), json_string_value(json_object_get(args, "theirs")), &result, &bad);

	if (e != OK) {
		(void)snprintf(text, sizeof text, "%.190s: %s", bad, slurp_fault(bad, e, 0, fault));
		cli_show_error(cli, e, text, e == ERR_NOT_FOUND ? CLI_HINT_FILE : NULL);
		return e;
	}
	e = cli_show(cli, result);
	invalid = json_string_value(json_object_get(result, "invalid"));
	(void)snprintf(text, sizeof text, "%lld records in both", (long long)json_integer_value(json_object_get(result, "same")));
	cli_show_say(cli, invalid ? invalid : text);
	if (e == OK && json_integer_value(json_object_get(result, "problems")) > 0)
		e = ERR_PROBLEMS;
	json_decref(result);
	return e;
}
