/* cli_backup.c - backups, which need no running node and mind none, but for the one that is brought back. */
#include <string.h>

#include "node/backup.h"
#include "node/cli.h"

#define OLDER "use an older one"

static enum err told(const struct cli *cli, enum err e, const struct complaint *why, const char *hint)
{
	if (e != OK && e != ERR_PROBLEMS)
		cli_show_error(cli, e, why->text[0] ? why->text : err_text(e), hint);
	return e;
}

/* These look at one file and one home, and at nothing that a list would show. */
static const char *hint_of(enum err e, const char *damaged)
{
	return e == ERR_CORRUPT ? damaged : e == ERR_NOT_FOUND ? CLI_HINT_FILE ", and --home" : NULL;
}

static const char *file_of(const json_t *args)
{
	return json_string_value(json_object_get(args, "file"));
}

enum err cli_backup_create(struct cli *cli, const json_t *args)
{
	struct complaint why = {0};
	enum err e = backup_create(cli->home, file_of(args), &why);

	if (e == OK)
		cli_show_say(cli, "it holds this node's keys: keep it where only you can read it, and off this machine");
	return told(cli, e, &why, hint_of(e, "see what is damaged: tally store check; " CLI_HINT_BACK));
}

enum err cli_backup_verify(struct cli *cli, const json_t *args)
{
	struct complaint why = {0};
	enum err e = backup_verify(file_of(args), cli->json, cli->out, &why);

	return told(cli, e, &why, e == ERR_CORRUPT ? OLDER : e == ERR_NOT_FOUND ? CLI_HINT_FILE : NULL);
}

enum err cli_backup_restore(struct cli *cli, const json_t *args)
{
	struct complaint why = {0};
	enum err e = backup_restore(file_of(args), cli->home, &why);

	if (e == OK)
		cli_show_say(cli, "next: tally up --background. Partners send again what they sent since; what we sent since they still have");
	return told(cli, e, &why, hint_of(e, OLDER));
}
