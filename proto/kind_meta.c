/* The kinds that speak about logs and other records: log.open, pair, reply, retract, forward. */
#include "proto/kind_check.h"
#include "proto/statement.h"

#define SIGNATURE 64u

static const struct field close_fields[] = {
	{.key = 0, .name = "log", .type = FIELD_REF, .required = true, .help = "id of an earlier log to the same audience"},
	{.key = 1, .name = "n", .type = FIELD_INT, .required = true, .help = "its last valid entry; 0 when none is"},
	{.key = 2, .name = "entry", .type = FIELD_REF, .required = true, .help = "hash of that entry; the log id when n is 0"},
	{0},
};

static const struct field log_open_fields[] = {
	{.key = 0, .name = "kseq", .type = FIELD_INT, .required = true,
	 .help = "number of the author's key statement this log is signed under"},
	{.key = 1, .name = "reason", .type = FIELD_ENUM, .required = true, .vocab = &vocab_log_reason,
	 .help = "why a log begins here"},
	{.key = 2, .name = "closes", .type = FIELD_GROUP, .list = true, .max_items = 1024, .group = close_fields,
	 .help = "all earlier logs to this audience and where they end; under a newer key what lies beyond is void"},
	{0},
};

static enum err log_open_check(const struct record *r, struct complaint *why)
{
	struct kind_check_names logs;

	return kind_check_unique(r, fields_find(log_open_fields, "closes"), "log", &logs, why);
}

const struct kind kind_meta_log_open = {
	.number = KIND_LOG_OPEN, .name = "log.open",
	.summary = "Opens a log and says where the author's earlier logs to the same audience end.",
	.fields = log_open_fields, .inner = true, .role = ROLE_ANY, .tlp = TLP_CLEAR, .check = log_open_check,
};

static const struct field pair_fields[] = {
	{.key = 0, .name = "session", .type = FIELD_REF, .required = true,
	 .help = "hash of the session in which the words were compared; both sides name the same"},
	{.key = 1, .name = "partner", .type = FIELD_ORG, .required = true, .help = "the other organisation"},
	{.key = 2, .name = "role", .type = FIELD_ENUM, .vocab = &vocab_relation, .help = "what the partner is to the author"},
	{0},
};

static enum err pair_check(const struct record *r, struct complaint *why)
{
	struct id partner;

	if (fields_id(pair_fields, r->body, "partner", &partner) && id_eq(&partner, &r->author))
		return fields_complain(why, ERR_INVALID, "is the author", "partner");
	return OK;
}

const struct kind kind_meta_pair = {
	.number = KIND_PAIR, .name = "pair",
	.summary = "States that the words were compared and the other organisation is a partner from here on.",
	.fields = pair_fields, .inner = true, .role = ROLE_ANY, .tlp = TLP_AMBER_STRICT, .check = pair_check,
};

static const struct field reason_fields[] = {
	{.key = 0, .name = "rid", .type = FIELD_LINE, .required = true, .max = 64, .help = "the requirement"},
	{.key = 1, .name = "text", .type = FIELD_TEXT, .required = true, .help = "what is said about it"},
	{0},
};

static const struct field reply_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .required = true, .help = "the record answered"},
	{.key = 1, .name = "decision", .type = FIELD_ENUM, .required = true, .vocab = &vocab_decision,
	 .help = "what was decided; which words fit depends on the record answered"},
	{.key = 2, .name = "text", .type = FIELD_TEXT, .help = "reasons, in words"},
	{.key = 3, .name = "due", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "by when something is expected of the other side"},
	{.key = 4, .name = "conditions", .type = FIELD_TEXT, .help = "conditions under which the decision holds"},
	{.key = 5, .name = "until", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "last day on which what was granted holds"},
	{.key = 6, .name = "changed", .type = FIELD_REF, .list = true, .max_items = 16,
	 .help = "records that came of it, such as a new version of a requirement.set"},
	{.key = 7, .name = "stage", .type = FIELD_ENUM, .vocab = &vocab_procurement, .help = "stage of a tender that is decided"},
	{.key = 8, .name = "reasons", .type = FIELD_GROUP, .list = true, .max_items = 1024, .group = reason_fields,
	 .help = "reasons for single requirements"},
	{0},
};

static enum err reply_check(const struct record *r, struct complaint *why)
{
	int64_t decision = 0;

	(void)fields_int(reply_fields, r->body, "decision", &decision);
	if (decision == vocab_number(&vocab_decision, SPAN("granted-shorter", 15)) && !fields_get(reply_fields, r->body, "until") &&
	    !fields_get(reply_fields, r->body, "due"))
		return fields_complain(why, ERR_INVALID, "is required when less time is granted than was asked for", "until");
	return OK;
}

const struct kind kind_meta_reply = {
	.number = KIND_REPLY, .name = "reply", .summary = "Decides about a record or acknowledges it; never sent by itself.",
	.fields = reply_fields, .role = ROLE_ANY, .tlp = TLP_AMBER_STRICT, .check = reply_check,
};

static const struct field retract_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .required = true,
	 .help = "the record withdrawn, in every log it stands in"},
	{.key = 1, .name = "reason", .type = FIELD_TEXT, .required = true, .help = "why it is withdrawn"},
	{0},
};

const struct kind kind_meta_retract = {
	.number = KIND_RETRACT, .name = "retract",
	.summary = "Withdraws a record of the same author; receivers hide its body and show that it was withdrawn.",
	.fields = retract_fields, .role = ROLE_SERIES, .tlp = TLP_GREEN,
};

static const struct field forward_fields[] = {
	{.key = 0, .name = "record", .type = FIELD_BYTES, .required = true, .max = LIMIT_RECORD,
	 .help = "the author's record, unaltered"},
	{.key = 1, .name = "entry", .type = FIELD_BYTES, .required = true, .max = 1024,
	 .help = "the entry that carried it to the forwarder"},
	{.key = 2, .name = "signature", .type = FIELD_BYTES, .required = true, .max = SIGNATURE,
	 .help = "the author's signature over that entry"},
	{.key = 3, .name = "index", .type = FIELD_INT, .required = true, .max = LIMIT_ENTRY_RECORDS - 1,
	 .help = "the record's place in the entry, from 0"},
	{.key = 4, .name = "path", .type = FIELD_REF, .list = true, .max_items = 8,
	 .help = "hashes that lead from the record to the entry's root"},
	{.key = 5, .name = "basis", .type = FIELD_LINE, .required = true,
	 .help = "why it may be passed on: contract, consent, duty"},
	{.key = 6, .name = "relation", .type = FIELD_ENUM, .required = true, .vocab = &vocab_relation,
	 .help = "what the recipient is to the forwarder"},
	{.key = 7, .name = "statements", .type = FIELD_GROUP, .list = true, .required = true, .max_items = LIMIT_STATEMENTS,
	 .group = statement_signed_fields, .help = "the author's key statements, from the first to the one the entry is signed under"},
	{0},
};

static enum err forward_check(const struct record *r, struct complaint *why)
{
	struct span bytes = {0}, signature = {0};
	struct complaint inner_why = {0};
	struct record inner;
	struct arena *a;
	enum err e;

	if (!value_is_bin(fields_get(forward_fields, r->body, "signature"), &signature) || signature.n != SIGNATURE)
		return fields_complain(why, ERR_INVALID, "must be 64 bytes", "signature");
	if (!value_is_bin(fields_get(forward_fields, r->body, "record"), &bytes))
		return fields_complain(why, ERR_INVALID, "is required", "record");
	a = arena_new();
	if (!a)
		return ERR_MEMORY;
	e = record_decode(bytes, a, &inner, &inner_why);
	if (e == OK && inner.kind == KIND_FORWARD)
		e = fields_complain(why, ERR_INVALID, "is a forward itself: further hops take the author's own log", "record");
	else if (e != OK && e != ERR_MEMORY)
		(void)fields_complain(why, e, inner_why.text, "record.%s", inner_why.where);
	arena_free(a);
	return e;
}

const struct kind kind_meta_forward = {
	.number = KIND_FORWARD, .name = "forward",
	.summary = "Passes on an author's unaltered signed record, with the entry that proves it, where TLP allows it.",
	.fields = forward_fields, .role = ROLE_ANY, .tlp = TLP_AMBER_STRICT, .check = forward_check,
};
