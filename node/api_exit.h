/* api_exit.h - what the commands about the end of a relationship share: lists of what is held are in api_asset.c, what became of it in
 * api_disposition.c, notice and how it stands in api_exit.c. */
#ifndef TALLY_API_EXIT_H
#define TALLY_API_EXIT_H

#include "node/api.h"
#include "node/view_exit.h"

json_t *api_exit_body(json_t *args); /* its "body", made where there was none; NULL: memory */
/* Says this of the record of this kind that the call names; a reply. */
enum err api_exit_decide(struct api_call *c, enum kind_number kind, const char *word) MUST;
struct exit_with { /* whom "partner" names */
	const char *supplier; /* as it was typed; NULL: everybody */
	bool with_rows;       /* rows of suppliers without a node are meant: of this one, or of all */
	struct endings all;   /* with partners */
};
enum err api_exit_partner(struct api_call *c, struct view *v, struct exit_with *out) MUST; /* with_rows is true before */

#endif
