/* api.h - one dispatcher, three doors: the CLI over the local socket, later the console over HTTP, tests directly. A table of calls with JSON in and
 * JSON out; no command does what a call cannot do. Wire form: request {"call": name, "args": {...}, "dry_run": bool}; response {"ok": true,
 * "result": {"schema": "tally/NAME OF THE CALL/1", ...}} or {"ok": false, "error": "ERR_NAME", "exit": code, "text": ..., "hint": ...}.
 *
 * A call runs inside the core's turn in a nested transaction that is undone when it fails or was a dry run. Its response is held until the turn
 * is committed. A call that must wait (delivery, joining) returns ERR_PENDING with c->wait_until set: the loop keeps the request and calls the
 * `again` function in each later turn until it returns something else or the time is over; what it did the first time is kept. */
#ifndef TALLY_API_H
#define TALLY_API_H

#include <jansson.h>

#include "node/names.h"

struct api_call {
	struct core *core;
	const char *name;    /* of the call: "supplier.add" */
	const json_t *args;  /* object; borrowed */
	json_t *result;      /* object, made by the dispatcher; the function adds to it */
	bool dry_run, again; /* again: not the first time */
	int64_t wait_until;  /* steady; set by the function with ERR_PENDING */
	struct complaint why; /* text and place of the failure */
	char hint[200];      /* what to do next: a command line where there is one */
	char record[13], partner[NAMES_TEXT]; /* the last that api_record and api_org found; "": none yet */
	struct arena *arena; /* freed after the call */
};

struct api_row {
	const char *name; /* "incident.report": noun.verb */
	enum err (*fn)(struct api_call *c);
	const char *help;
};

/* Each api_*.c exports one table ended by a row without a name; api.c lists the tables. */
extern const struct api_row api_core_rows[], api_card_rows[], api_bundle_rows[], api_answer_rows[], api_key_rows[],
	api_partner_rows[], api_register_rows[], api_supplier_rows[], api_subcontract_rows[], api_map_rows[],
	api_record_rows[], api_say_rows[],
	api_incident_rows[], api_exercise_rows[], api_assess_rows[], api_forward_rows[], api_response_rows[], api_query_rows[],
	api_requirement_rows[], api_challenge_rows[], api_owed_rows[], api_flow_rows[], api_tender_rows[],
	api_matrix_rows[],
	api_posture_rows[], api_contract_rows[], api_proof_rows[], api_report_rows[],
	api_finding_rows[], api_assurance_rows[], api_evidence_rows[],
	api_calendar_rows[], api_concern_rows[], api_exit_rows[], api_asset_rows[], api_disposition_rows[],
	api_packing_rows[], api_contradiction_rows[], api_consortium_rows[];

const struct api_row *api_find(const char *name);
const struct api_row *api_each(size_t i);

struct api_wait { /* zeros before the first time */
	bool waiting;  /* no response yet: keep the request, and call again with this */
	int64_t until; /* at the latest, steady */
};
/* One request to one response; NULL: it waits. The request is borrowed. Never fails: every failure is a response. */
json_t *api_run(struct core *c, const json_t *request, struct api_wait *wait);
json_t *api_run_row(struct core *c, const struct api_row *row, const json_t *request,
                    struct api_wait *wait); /* the same for a row that was found already, or is not in the tables */
json_t *api_failure(enum err e, const char *text, const char *hint); /* a response made elsewhere */
json_t *api_turn_failed(enum err e); /* the response when the commit failed */


/* For the functions. A missing or wrong argument sets c->why and returns ERR_USAGE. */
/* In a hint the words ID and PARTNER become the record and the partner that the call named. */
/* Gives back e, which is never OK: a macro, so that whoever reads one file, as the analyzers do, sees that. */
#define api_fail(c, e, ...) (api_explain((c), __VA_ARGS__), (enum err)(e))
void api_explain(struct api_call *c, const char *hint, const char *format, ...) __attribute__((format(printf, 3, 4)));
enum err api_text(struct api_call *c, const char *name, bool required, const char **out) MUST; /* NULL when absent */
enum err api_int(struct api_call *c, const char *name, bool required, int64_t *out) MUST;     /* untouched when absent */
bool api_flag(const struct api_call *c, const char *name);
enum err api_org(struct api_call *c, const char *name, struct id *out) MUST;    /* required; names_org */
enum err api_record(struct api_call *c, const char *name, struct id *out) MUST; /* required; names_record */
/* Text or array of texts to organisations; at most 256; in the arena. */
enum err api_orgs(struct api_call *c, const char *name, bool required, const struct id **out, size_t *count) MUST;

/* In api_bytes.c. A file {hex} by the name of its argument, in the arena; and a file as the result's "hex". */
enum err api_bytes(struct api_call *c, const char *name, size_t most, struct span *out) MUST;
enum err api_bytes_set(struct api_call *c, const struct buf *file) MUST;

void api_set(json_t *object, const char *name, const char *text); /* string; skipped when NULL */
void api_set_id(json_t *object, const char *name, const struct id *id);
void api_set_time(json_t *object, const char *name, int64_t ms); /* RFC 3339 */

#endif
