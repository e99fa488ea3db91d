/* cli_key.c - the change of keys as whoever holds the recovery kit makes it. The root key is in this process alone: it signs once and is wiped. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys/random.h"
#include "keys/sign.h"
#include "node/cli.h"
#include "node/kitfile.h"
#include "node/passphrase.h"
#include "proto/statement.h"

#define CALL_MS 60000

struct ceremony { /* wiped at its end */
	struct kit_input old, new;
	uint8_t root_sk[SIGN_SK];
	char phrase[WORDS_TEXT], path[KITFILE_PATH];
	struct id next_root;
	uint8_t root_pk[SIGN_PK];
};

static const char *text_of(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static enum err fail(const struct cli *cli, enum err e, const char *text, const char *hint)
{
	cli_show_error(cli, e, text, hint);
	return e;
}

/* The kit that is used up, against what the node says of its newest statement. */
static enum err open_old(struct cli *cli, const json_t *args, const json_t *shown, struct ceremony *x)
{
	struct complaint why = {0};
	struct secret *phrase = NULL;
	char id[65], text[sizeof why.where + sizeof why.text + 3];
	enum err e = passphrase_kit(text_of(args, "phrase_file"), &phrase, &why);
	if (e == OK)
		e = kitfile_open(text_of(args, "recovery_in"), secret_text(phrase), &x->old, &why);
	secret_free(phrase);
	if (e != OK) {
		(void)snprintf(text, sizeof text, "%s%s%s", why.where, why.where[0] ? " " : "", why.text);
		return fail(cli, e, text, e == ERR_NOT_FOUND ? CLI_HINT_FILE : "the phrase was shown once, when the kit was made");
	}
	hex_encode(id, x->old.org.b, sizeof x->old.org.b);
	if (strcmp(id, text_of(shown, "id")) != 0)
		return fail(cli, ERR_CONFLICT, "this kit is another organisation's", "look at the name that stands in it");
	if (x->old.kseq != (uint64_t)json_integer_value(json_object_get(shown, "kseq")) + 1)
		return fail(cli, ERR_CONFLICT, "this kit has been used up: it was good for one change of keys, which made a new one", "take the newest kit");
	return OK;
}

/* Its phrase is shown before anything depends on it. */
static enum err make_new(struct cli *cli, const json_t *args, const json_t *shown, struct ceremony *x)
{
	uint8_t pk[SIGN_PK], sk[SIGN_SK];
	char text[KITFILE_PATH + 60];
	x->new = (struct kit_input){.org = x->old.org, .kseq = x->old.kseq + 1, .name = text_of(shown, "name")};
	random_fill(x->new.root_seed, sizeof x->new.root_seed);
	random_fill(x->new.entropy, sizeof x->new.entropy);
	sign_keypair(x->new.root_seed, pk, sk);
	bytes_wipe(sk, sizeof sk);
	statement_root_digest(pk, &x->next_root);
	sign_keypair(x->old.root_seed, x->root_pk, x->root_sk);
	enum err e = kitfile_path(x->new.name, x->new.kseq, text_of(args, "recovery_out"), x->path);
	if (e == OK && cli->dry_run)
		return access(x->path, F_OK) == 0 ? fail(cli, ERR_CONFLICT, "the file of the new kit is there already", "choose another with --recovery-out") : OK;
	if (e == OK)
		e = kitfile_make(x->path, &x->new, x->phrase);
	if (e != OK) {
		(void)snprintf(text, sizeof text, "%s: the new recovery kit cannot be written there: %s", x->path, err_text(e));
		return fail(cli, e, text, e == ERR_CONFLICT ? "choose another with --recovery-out" : NULL);
	}
	if (cli->json)
		return OK;
	(void)fprintf(cli->err, "tally: the new recovery kit is in %s: keep it off this machine\n", x->path);
	(void)fprintf(cli->err, "tally: its phrase, shown this once (write it down, keep it apart from the kit):\n\n    %s\n\n", x->phrase);
	(void)fflush(cli->err);
	return OK;
}

static enum err prepare(const struct cli *cli, const json_t *args, const struct ceremony *x, json_t **prepared)
{
	char root[65], next[65];
	hex_encode(root, x->root_pk, sizeof x->root_pk);
	hex_encode(next, x->next_root.b, sizeof x->next_root.b);
	json_t *call = json_pack("{s:s, s:s, s:s}", "reason", text_of(args, "reason"), "root", root, "next_root", next);
	enum err e = call ? cli_call(cli, "key.prepare", call, CALL_MS, prepared) : ERR_MEMORY;
	json_decref(call);
	return e;
}

/* What the root key signs is read first: it must name the new kit, and continue the chain that the old one is of. */
static enum err sign_root(const struct cli *cli, const char *hex, const struct ceremony *x, uint8_t sig[static SIGN_LEN])
{
	uint8_t payload[4096];
	struct statement st;
	size_t n = hex ? strlen(hex) / 2 : 0;
	enum err e = hex && n <= sizeof payload ? hex_decode(hex, 2 * n, payload) : ERR_INVALID;
	if (e == OK)
		e = statement_decode(SPAN(payload, n), &st);
	if (e == OK && (!st.has_org || !id_eq(&st.org, &x->old.org) || st.kseq != x->old.kseq || !id_eq(&st.next_root, &x->next_root) ||
	                memcmp(st.root_pk, x->root_pk, sizeof st.root_pk) != 0))
		e = ERR_INVALID;
	if (e == OK)
		e = sign_make(SIGN_KEY, SPAN(payload, n), x->root_sk, sig);
	return e == OK ? OK : fail(cli, e, "what the node wants signed is not what this change of keys is about", NULL);
}

static enum err commit(const struct cli *cli, const json_t *args, struct ceremony *x, json_t **result)
{
	uint8_t sig[SIGN_LEN];
	char hex[2 * SIGN_LEN + 1];
	json_t *prepared = NULL, *call = NULL;
	enum err e = prepare(cli, args, x, &prepared);
	if (e == OK)
		e = sign_root(cli, text_of(prepared, "statement"), x, sig);
	bytes_wipe(x->root_sk, sizeof x->root_sk);
	if (e == OK) {
		hex_encode(hex, sig, sizeof sig);
		call = json_pack("{s:s, s:s, s:s}", "statement", text_of(prepared, "statement"), "root_sig", hex, "kit", x->path);
		e = call ? cli_call(cli, "key.rotate", call, CALL_MS, result) : ERR_MEMORY;
	}
	json_decref(prepared);
	json_decref(call);
	return e;
}

/* Which kit counts now, when it is not known what became of it. */
static void which_kit(struct cli *cli, const struct ceremony *x)
{
	(void)fprintf(cli->err, "tally: keep both kits until \"tally key show\" answers: kseq %llu means that the keys are changed and the new kit counts; "
	                        "else the old one does, and %s is of no use\n", (unsigned long long)x->old.kseq, x->path);
}

static enum err show(struct cli *cli, const struct ceremony *x, json_t *result)
{
	if (!cli->json) {
		(void)fprintf(cli->out, "%s\n", text_of(result, "id"));
		cli_show_say(cli, "destroy the old kit: it is used up. Partners hear of the new keys by themselves: tally key show");
		return OK;
	}
	(void)json_object_set_new(result, "recovery_kit", json_string(x->path));
	(void)json_object_set_new(result, "recovery_phrase", json_string(x->phrase));
	return cli_show_json(cli->out, result);
}

enum err cli_key_rotate(struct cli *cli, const json_t *args)
{
	json_t *none = json_object(), *shown = NULL, *result = NULL;
	struct ceremony *x = calloc(1, sizeof *x);
	enum err e = x && none ? random_start() : ERR_MEMORY;
	if (e == OK)
		e = cli_call(cli, "key.show", none, CALL_MS, &shown);
	if (e == OK)
		e = open_old(cli, args, shown, x);
	if (e == OK)
		e = make_new(cli, args, shown, x);
	if (e == OK && cli->dry_run) {
		result = json_pack("{s:s, s:{s:I, s:s}}", "schema", "tally/key.rotate/1", "would", "kseq", (json_int_t)x->old.kseq, "recovery_kit", x->path);
		e = result ? cli_show(cli, result) : ERR_MEMORY;
	} else if (e == OK) {
		e = commit(cli, args, x, &result);
		if (e == OK)
			e = show(cli, x, result);
		else
			which_kit(cli, x);
	}
	json_decref(none);
	json_decref(shown);
	json_decref(result);
	if (x)
		bytes_wipe(x, sizeof *x);
	free(x);
	return e;
}
