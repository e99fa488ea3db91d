/* "evidence verify": a file alone, without a node. */
#include <stdio.h>

#include "node/cli.h"
#include "node/contradictionshow.h"
#include "node/slurp.h"

static enum err judge(const char *path, struct arena *a, struct contradiction_report *r)
{
	struct buf file = {0};
	enum err e = slurp_file(path, stdin, LIMIT_EVIDENCE, &file);

	if (e == OK)
		e = contradiction_verify(buf_span(&file), a, r);
	if (e == ERR_LIMIT) {
		*r = (struct contradiction_report){.verdict = PROOF_INVALID, .link = "the file is larger than any evidence"};
		e = OK;
	}
	buf_free(&file);
	return e;
}

enum err cli_evidence_verify(struct cli *cli, const json_t *args)
{
	const char *path = json_string_value(json_object_get(args, "path"));
	struct arena *a = arena_new();
	struct contradiction_report *r = a ? arena_alloc(a, sizeof *r) : NULL;
	char text[300], fault[SLURP_TEXT];
	enum err e = r ? judge(path, a, r) : ERR_MEMORY;

	if (e != OK) {
		(void)snprintf(text, sizeof text, "%.190s: %s", path, slurp_fault(path, e, 0, fault));
		cli_show_error(cli, e, text, e == ERR_NOT_FOUND ? CLI_HINT_FILE : NULL);
	} else {
		json_t *result = contradictionshow_json(r);
		e = result ? cli_show(cli, result) : ERR_MEMORY;
		json_decref(result);
		if (e == OK && r->verdict != PROOF_VALID)
			e = r->verdict == PROOF_INVALID ? ERR_PROBLEMS : ERR_UNDECIDED;
	}
	arena_free(a);
	return e;
}
