#include "node/api.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/names.h"
#include "node/nearest.h"
#include "proto/when.h"

#define API_ORGS 256u /* most organisations one call can name */

static const struct api_row *const tables[] = {
	api_core_rows, api_card_rows, api_bundle_rows, api_answer_rows, api_key_rows, api_partner_rows, api_register_rows, api_supplier_rows,
	api_subcontract_rows, api_map_rows,
	api_record_rows, api_say_rows,
	api_incident_rows, api_response_rows, api_query_rows, api_exercise_rows, api_assess_rows, api_forward_rows,
	api_requirement_rows, api_challenge_rows, api_owed_rows, api_flow_rows, api_tender_rows,
	api_matrix_rows,
	api_posture_rows, api_contract_rows, api_proof_rows, api_report_rows,
	api_finding_rows, api_assurance_rows, api_evidence_rows,
	api_calendar_rows, api_concern_rows, api_exit_rows, api_asset_rows, api_disposition_rows,
	api_packing_rows, api_contradiction_rows, api_consortium_rows,
};

const struct api_row *api_each(size_t i)
{
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
		const struct api_row *row = tables[t];

		for (; row->name; row++)
			if (i-- == 0)
				return row;
	}
	return NULL;
}

const struct api_row *api_find(const char *name)
{
	const struct api_row *row;

	for (size_t i = 0; (row = api_each(i)); i++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

/* ---- requests and responses ---- */

json_t *api_failure(enum err e, const char *text, const char *hint)
{
	json_t *r = json_object();

	(void)json_object_set_new(r, "ok", json_false());
	(void)json_object_set_new(r, "error", json_string(err_name(e)));
	(void)json_object_set_new(r, "exit", json_integer(err_exit(e)));
	api_set(r, "text", text && *text ? text : err_text(e));
	if (hint && *hint)
		api_set(r, "hint", hint);
	return r;
}

static json_t *unknown_call(const char *name)
{
	struct nearest near = nearest_to(name);
	const struct api_row *row;
	char text[160], hint[120] = "";

	for (size_t i = 0; (row = api_each(i)); i++)
		nearest_try(&near, row->name);
	(void)snprintf(text, sizeof text, "there is no call \"%.80s\"", name);
	if (near.best)
		(void)snprintf(hint, sizeof hint, "did you mean \"%s\"?", near.best);
	return api_failure(ERR_USAGE, text, hint);
}

static const char *own_hint(enum err e)
{
	if (e == ERR_CORRUPT)
		return "see what: tally store check";
	if (e == ERR_SPACE)
		return "free disk space, or raise map_size in tally.conf, then repeat the command";
	if (e == ERR_FILES)
		return "close some of the node's connections, or raise its limit (ulimit -n, LimitNOFILE), then repeat the command";
	return NULL;
}

json_t *api_turn_failed(enum err e)
{
	const char *hint = own_hint(e), *text = "the change could not be stored: nothing was changed";
	if (e == ERR_SPACE)
		text = "no space left for the store: nothing was changed";
	if (e == ERR_CORRUPT)
		text = "stored data that this needs is damaged: nothing was changed";
	return api_failure(e, text, hint ? hint : "see the node's log, then repeat the command");
}

static json_t *failed_call(const struct api_call *c, enum err e)
{
	char text[sizeof c->why.where + sizeof c->why.text + 4];

	if (!c->why.text[0])
		(void)snprintf(text, sizeof text, "%s%s%s", c->why.where, c->why.where[0] ? ": " : "", err_text(e));
	else if (c->why.where[0])
		(void)snprintf(text, sizeof text, "%s %s", c->why.where, c->why.text);
	else
		(void)snprintf(text, sizeof text, "%s", c->why.text);
	return api_failure(e, text, c->hint[0] ? c->hint : own_hint(e));
}

/* Whoever puts a result together need not look at every value: one that could not be made fails the whole call. */
static bool value_lacks;

static void *room_for_value(size_t n)
{
	void *p = malloc(n);

	if (!p)
		value_lacks = true;
	return p;
}

/* What a result is goes by its call, whatever the function put together. */
static void name_result(struct api_call *c, const struct api_row *row)
{
	char schema[64];

	(void)snprintf(schema, sizeof schema, "tally/%s/1", row->name);
	api_set(c->result, "schema", schema);
}

/* The function's work is kept only when it succeeded, or waits, and was no rehearsal. */
static enum err run_nested(struct api_call *c, const struct api_row *row)
{
	enum err e, kept;

	if ((e = core_nest(c->core)) != OK)
		return e;
	e = row->fn(c);
	name_result(c, row);
	if (value_lacks)
		e = ERR_MEMORY;
	if (c->dry_run) {
		core_undo(c->core);
		return e;
	}
	if (e != OK && e != ERR_PENDING) {
		core_fail(c->core);
		return e;
	}
	kept = core_keep(c->core);
	return kept != OK ? kept : e;
}

static json_t *run_call(struct api_call *c, const struct api_row *row, struct api_wait *wait)
{
	enum err e;
	json_t *response;

	name_result(c, row); /* before, so that it stands first */
	e = run_nested(c, row);
	if (e == ERR_PENDING && !c->dry_run && c->wait_until > core_steady(c->core)) {
		*wait = (struct api_wait){true, c->wait_until};
		return NULL;
	}
	if (e == ERR_PENDING && c->dry_run)
		e = OK; /* a rehearsal waits for nobody */
	if (e != OK)
		return failed_call(c, e);
	response = json_object();
	(void)json_object_set_new(response, "ok", json_true());
	if (!response || json_object_set(response, "result", c->result) != 0) {
		json_decref(response);
		return api_failure(ERR_MEMORY, NULL, NULL);
	}
	return response;
}

static json_t *bad_request(const json_t *request)
{
	const json_t *args = json_object_get(request, "args"), *dry = json_object_get(request, "dry_run");

	if (!json_is_object(request))
		return api_failure(ERR_USAGE, "a request must be a JSON object", NULL);
	if (!json_is_string(json_object_get(request, "call")))
		return api_failure(ERR_USAGE, "\"call\" must be the name of a call", NULL);
	if (args && !json_is_object(args))
		return api_failure(ERR_USAGE, "\"args\" must be a JSON object", NULL);
	if (dry && !json_is_boolean(dry))
		return api_failure(ERR_USAGE, "\"dry_run\" must be true or false", NULL);
	return NULL;
}

json_t *api_run_row(struct core *c, const struct api_row *row, const json_t *request, struct api_wait *wait)
{
	struct api_call call = {.core = c, .name = row->name, .again = wait->waiting, .wait_until = wait->until};
	json_t *none = NULL, *response = bad_request(request);

	wait->waiting = false;
	if (response)
		return response;
	json_set_alloc_funcs(room_for_value, free);
	value_lacks = false;
	call.dry_run = json_is_true(json_object_get(request, "dry_run"));
	if (!(call.args = json_object_get(request, "args")))
		call.args = none = json_object();
	call.result = json_object();
	call.arena = arena_new();
	if (call.args && call.result && call.arena)
		response = run_call(&call, row, wait);
	else
		response = api_failure(ERR_MEMORY, NULL, NULL);
	arena_free(call.arena);
	json_decref(call.result);
	json_decref(none);
	return response;
}

json_t *api_run(struct core *c, const json_t *request, struct api_wait *wait)
{
	json_t *response = bad_request(request);
	const struct api_row *row;
	const char *name;

	if (response) {
		wait->waiting = false;
		return response;
	}
	name = json_string_value(json_object_get(request, "call"));
	row = api_find(name);
	if (!row) {
		wait->waiting = false;
		return unknown_call(name);
	}
	return api_run_row(c, row, request, wait);
}

/* ---- for the functions ---- */

/* What can be typed as it stands is better than a form to fill in. */
static void fill_hint(struct api_call *c, const char *hint)
{
	const char *known;
	size_t n = 0, word;

	for (const char *p = hint; *p && n + 1 < sizeof c->hint; p += word) {
		word = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		known = word == 2 && memcmp(p, "ID", 2) == 0 ? c->record : word == 7 && memcmp(p, "PARTNER", 7) == 0 ? c->partner : "";
		word = word ? word : 1;
		n += (size_t)snprintf(c->hint + n, sizeof c->hint - n, "%.*s", *known ? (int)sizeof c->hint : (int)word, *known ? known : p);
	}
}

void api_explain(struct api_call *c, const char *hint, const char *format, ...)
{
	char text[sizeof c->why.text]; /* the arguments may be c->why.text itself */
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	c->why.where[0] = '\0';
	(void)snprintf(c->why.text, sizeof c->why.text, "%s", text);
	c->hint[0] = '\0';
	fill_hint(c, hint ? hint : "");
}

static enum err wrong(struct api_call *c, const char *name, const char *text)
{
	(void)snprintf(c->why.where, sizeof c->why.where, "%s", name);
	(void)snprintf(c->why.text, sizeof c->why.text, "%s", text);
	return ERR_USAGE;
}

enum err api_text(struct api_call *c, const char *name, bool required, const char **out)
{
	const json_t *j = json_object_get(c->args, name);

	if (!j || json_is_null(j)) {
		if (required)
			return wrong(c, name, "is missing");
		*out = NULL;
		return OK;
	}
	if (!json_is_string(j))
		return wrong(c, name, "must be text");
	if (required && json_string_length(j) == 0)
		return wrong(c, name, "must not be empty");
	*out = json_string_value(j);
	return OK;
}

enum err api_int(struct api_call *c, const char *name, bool required, int64_t *out)
{
	const json_t *j = json_object_get(c->args, name);

	if (!j || json_is_null(j))
		return required ? wrong(c, name, "is missing") : OK;
	if (!json_is_integer(j))
		return wrong(c, name, "must be a whole number");
	*out = json_integer_value(j);
	return OK;
}

bool api_flag(const struct api_call *c, const char *name)
{
	return json_is_true(json_object_get(c->args, name));
}

/* What cannot be resolved is said by the resolver; its err tells unknown from ambiguous. */
static enum err resolved(struct api_call *c, const char *name, enum err e)
{
	if (e != OK && !c->why.text[0])
		(void)snprintf(c->why.where, sizeof c->why.where, "%s", name);
	return e;
}

enum err api_org(struct api_call *c, const char *name, struct id *out)
{
	const char *typed;
	enum err e = api_text(c, name, true, &typed);

	if (e == OK)
		e = resolved(c, name, names_org(c->core, typed, out, &c->why));
	if (e == OK)
		names_show(c->core, out, c->partner);
	return e;
}

enum err api_record(struct api_call *c, const char *name, struct id *out)
{
	const char *typed;
	enum err e = api_text(c, name, true, &typed);

	if (e == OK)
		e = resolved(c, name, names_record(c->core, typed, out, &c->why));
	if (e == OK)
		hex_encode(c->record, out->b, sizeof c->record / 2);
	if (e == ERR_NOT_FOUND && !c->hint[0])
		(void)snprintf(c->hint, sizeof c->hint, "see: tally record list");
	return e;
}

static bool named_before(const struct id *list, size_t n, const struct id *id)
{
	for (size_t i = 0; i < n; i++)
		if (id_eq(&list[i], id))
			return true;
	return false;
}

enum err api_orgs(struct api_call *c, const char *name, bool required, const struct id **out, size_t *count)
{
	const json_t *j = json_object_get(c->args, name);
	size_t n = json_is_array(j) ? json_array_size(j) : json_is_string(j) ? 1 : 0, kept = 0;
	struct id *list;

	if (j && !json_is_null(j) && !json_is_array(j) && !json_is_string(j))
		return wrong(c, name, "must be a name or a list of names");
	if (n == 0) {
		if (required)
			return wrong(c, name, "is missing");
		*out = NULL;
		*count = 0;
		return OK;
	}
	if (n > API_ORGS)
		return wrong(c, name, "names more than 256 organisations");
	if (!(list = arena_alloc(c->arena, n * sizeof *list)))
		return ERR_MEMORY;
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_is_array(j) ? json_array_get(j, i) : j;
		enum err e;

		if (!json_is_string(item))
			return wrong(c, name, "must be a list of names");
		if ((e = resolved(c, name, names_org(c->core, json_string_value(item), &list[kept], &c->why))) != OK)
			return e;
		if (!named_before(list, kept, &list[kept]))
			kept++;
	}
	*out = list;
	*count = kept;
	return OK;
}

void api_set(json_t *object, const char *name, const char *text)
{
	json_t *j;

	if (!text)
		return;
	j = json_string(text);
	if (!j) /* not UTF-8, which nothing we hold should be; say so rather than drop it */
		j = json_string("(not UTF-8)");
	(void)json_object_set_new(object, name, j);
}

void api_set_id(json_t *object, const char *name, const struct id *id)
{
	char text[65];

	hex_encode(text, id->b, sizeof id->b);
	api_set(object, name, text);
}

void api_set_time(json_t *object, const char *name, int64_t ms)
{
	char text[WHEN_TEXT];

	when_format(ms, text);
	api_set(object, name, text);
}
