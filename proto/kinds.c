#include "proto/kinds.h"

#include <string.h>

/* One line a kind, in the order of their numbers. */
#define KINDS(X)                      \
	X(kind_meta_log_open)         \
	X(kind_meta_pair)             \
	X(kind_meta_reply)            \
	X(kind_meta_retract)          \
	X(kind_meta_forward)          \
	X(kind_org_vouch)             \
	X(kind_incident_notice)       \
	X(kind_incident_answer)       \
	X(kind_impact_query)          \
	X(kind_assistance)            \
	X(kind_requirement_set)       \
	X(kind_requirement_assign)    \
	X(kind_requirement_ack)       \
	X(kind_requirement_review)    \
	X(kind_requirement_exception) \
	X(kind_challenge)             \
	X(kind_equivalence)           \
	X(kind_guidance)              \
	X(kind_posture_attestation)   \
	X(kind_certification)         \
	X(kind_evidence)              \
	X(kind_finding)               \
	X(kind_improvement)           \
	X(kind_contract)              \
	X(kind_subcontractor_disclosure) \
	X(kind_subcontracting_request) \
	X(kind_support_statement)     \
	X(kind_responsibility_matrix) \
	X(kind_flowdown)              \
	X(kind_tender)               \
	X(kind_concern)               \
	X(kind_issue)                 \
	X(kind_exercise_plan)         \
	X(kind_exercise_report)       \
	X(kind_asset_held)            \
	X(kind_termination)           \
	X(kind_disposition)

#define X(name) extern const struct kind name;
KINDS(X)
#undef X

static const struct kind *const kinds[] = {
#define X(name) &name,
	KINDS(X)
#undef X
};

const struct kind *kind_each(size_t i)
{
	return i < sizeof(kinds) / sizeof(*kinds) ? kinds[i] : NULL;
}

const struct kind *kind_by_number(int64_t number)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i]->number == number)
			return kinds[i];
	return NULL;
}

const struct kind *kind_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	return NULL;
}

static const char *role_text(enum kind_role role)
{
	switch (role) {
	case ROLE_ANY:
		return "anybody in the thread";
	case ROLE_SERIES:
		return "anybody; one that supersedes or retracts another only the author of that other";
	case ROLE_ADDRESSEE:
		return "only somebody to whom the author of the thread's first record sent it";
	case ROLE_OPENER:
		return "only the author of the thread's first record";
	case ROLE_CUSTOMER:
		return "only the customer in the thread: who opened it, or to whom the supplier in it sent its first record";
	case ROLE_SUPPLIER:
		return "only the supplier in the thread: to whom the customer in it sent its first record, or who opened it";
	}
	return "";
}

static enum err document_words(const struct vocab *v, struct buf *out)
{
	enum err e = OK;

	for (size_t i = 0; v->words[i] && e == OK; i++)
		e = fields_print(out, "%s%s", i ? ", " : "", v->words[i]);
	return e;
}

static enum err document_kind(const struct kind *k, struct buf *out)
{
	enum err e = fields_print(out, "\n## %s\n\n%s\n\nKind %d. Said by: %s. Default TLP: %s. A reply to it may say: ", k->name,
	                          k->summary, (int)k->number, role_text(k->role), vocab_word(&vocab_tlp, k->tlp));

	if (e == OK)
		e = k->decisions ? document_words(k->decisions, out) : fields_print(out, "acknowledged");
	if (e == OK)
		e = fields_print(out, ".\n\n");
	if (e == OK)
		e = fields_document(k->fields, out);
	return e;
}

static enum err document_vocabs(struct buf *out)
{
	enum err e = fields_print(out, "\n## Vocabularies\n\nThe number of a word on the wire is its place in the list, from 1; words are "
	                               "only ever appended.\n\n| vocabulary | words |\n|---|---|\n");

	for (size_t i = 0; vocab_each(i) && e == OK; i++) {
		e = fields_print(out, "| %s | ", vocab_each(i)->name);
		if (e == OK)
			e = document_words(vocab_each(i), out);
		if (e == OK)
			e = fields_print(out, " |\n");
	}
	return e;
}

enum err kinds_document(struct buf *out)
{
	size_t start = out->n;
	enum err e = fields_print(out, "# Record kinds\n\nMade from the tables in proto/kind_*.c by the program itself; do not edit. A record "
	                               "is a map; its numbers are the keys on the wire. Fields with keys below 64 that a node does not "
	                               "know make the record invalid; keys from 64 up are kept and never acted upon. Absent means not "
	                               "stated.\n\n"
	                               "On the wire: line and text are str (a line has no \\n and no \\t), number is an int from 0, yes/no a "
	                               "bool, time an int of milliseconds and date an int of days since 1970-01-01 UTC, a word of a "
	                               "vocabulary an int, id and organisation a bin of 32 bytes, bytes a bin, group a map with the keys "
	                               "shown below it, list an array.\n\n## The header of every record\n\n");

	if (e == OK)
		e = fields_document(record_fields, out);
	for (size_t i = 0; kind_each(i) && e == OK; i++)
		e = document_kind(kind_each(i), out);
	if (e == OK)
		e = document_vocabs(out);
	if (e != OK)
		out->n = start;
	return e;
}
