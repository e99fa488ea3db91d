/* Assurance beside attestations: certificates, what a customer found wanting, and what the supplier does about it. */
#include "proto/kind_check.h"

#define LINES .type = FIELD_LINE, .list = true, .max = 500

static const char *const shown_words[] = {"acknowledged", "accepted", "need-info", "disputed", NULL};
static const struct vocab shown_decisions = {"decision", shown_words};

static const struct field certification_fields[] = {
	{.key = 0, .name = "scheme", .type = FIELD_LINE, .required = true, .help = "what was certified against, such as ISO/IEC 27001"},
	{.key = 1, .name = "edition", .type = FIELD_LINE, .max = 64, .help = "its edition"},
	{.key = 2, .name = "number", .type = FIELD_LINE, .help = "number of the certificate"},
	{.key = 3, .name = "body", .type = FIELD_LINE, .required = true, .help = "who certified it"},
	{.key = 4, .name = "accreditation", .type = FIELD_LINE, .help = "by whom that body is accredited, and its number"},
	{.key = 5, .name = "scope", .type = FIELD_TEXT, .required = true, .help = "what it covers, as the certificate says"},
	{.key = 6, .name = "clauses", LINES, .help = "clauses or controls covered, where not all of the scheme are"},
	{.key = 7, .name = "locations", LINES, .help = "sites covered"},
	{.key = 8, .name = "issued", .type = FIELD_DATE, .usual = USUAL_PAST, .required = true, .help = "day of issue"},
	{.key = 9, .name = "expires", .type = FIELD_DATE, .usual = USUAL_AHEAD, .required = true, .help = "last day"},
	{.key = 10, .name = "status", .type = FIELD_ENUM, .vocab = &vocab_certification_status,
	 .help = "what became of it since; absent: as issued"},
	{.key = 11, .name = "url", .type = FIELD_LINE, .max = 500, .help = "where the body's registry shows it"},
	{.key = 12, .name = "common", .type = FIELD_BOOL, .help = "the same for all customers"},
	{.key = 13, .name = "text", .type = FIELD_TEXT, .help = "what else there is to say"},
	{0},
};

static enum err certification_check(const struct record *r, struct complaint *why)
{
	int64_t issued = 0, expires = 0;

	(void)fields_int(certification_fields, r->body, "issued", &issued);
	(void)fields_int(certification_fields, r->body, "expires", &expires);
	if (expires <= issued)
		return fields_complain(why, ERR_INVALID, "must be later than issued", "expires");
	return OK;
}

const struct kind kind_certification = {
	.number = KIND_CERTIFICATION, .name = "certification",
	.summary = "A certificate that somebody independent gave its author, with its scope and its last day.",
	.fields = certification_fields, .role = ROLE_SERIES, .by_supplier = true, .tlp = TLP_GREEN, .decisions = &shown_decisions,
	.check = certification_check,
};

static const struct field evidence_fields[] = {
	{.key = 0, .name = "title", .type = FIELD_LINE, .required = true, .help = "the evidence in one line"},
	{.key = 1, .name = "type", .type = FIELD_ENUM, .required = true, .vocab = &vocab_evidence_type, .help = "what it is"},
	{.key = 2, .name = "availability", .type = FIELD_ENUM, .required = true, .vocab = &vocab_availability,
	 .help = "the file comes along, comes when it is asked for, or stands elsewhere"},
	{.key = 3, .name = "hash", .type = FIELD_BYTES, .max = KIND_CHECK_FILE_HASH, .help = "BLAKE2b-256 of the file"},
	{.key = 4, .name = "size", .type = FIELD_INT, .max = LIMIT_FILE, .help = "its bytes"},
	{.key = 5, .name = "file", .type = FIELD_LINE, .help = "its name"},
	{.key = 6, .name = "url", .type = FIELD_LINE, .max = 500, .help = "where it stands"},
	{.key = 7, .name = "created", .type = FIELD_DATE, .usual = USUAL_PAST, .help = "the day it is of"},
	{.key = 8, .name = "expires", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "last day it may be relied on"},
	{.key = 9, .name = "classification", .type = FIELD_LINE, .max = 64, .help = "its author's own marking, beside TLP"},
	{.key = 10, .name = "about", .type = FIELD_REF, .help = "the assignment, tender, finding or answer that it belongs to"},
	{.key = 11, .name = "rids", .type = FIELD_LINE, .list = true, .max = 64, .max_items = KIND_CHECK_ITEMS,
	 .help = "requirements or controls it is about"},
	{.key = 12, .name = "text", .type = FIELD_TEXT, .help = "what it shows"},
	{0},
};

static enum err file_check(const struct record *r, struct complaint *why)
{
	static const char *const file[] = {"hash", "size", NULL};
	int64_t size = 1;
	struct span hash;
	enum err e = kind_check_required(r, evidence_fields, file, "where there is a file", why);

	if (e != OK)
		return e;
	if (value_is_bin(fields_get(evidence_fields, r->body, "hash"), &hash) && hash.n != KIND_CHECK_FILE_HASH)
		return fields_complain(why, ERR_INVALID, "must be 32 bytes", "hash");
	(void)fields_int(evidence_fields, r->body, "size", &size);
	return size == 0 ? fields_complain(why, ERR_INVALID, "must not be 0", "size") : OK;
}

static enum err evidence_check(const struct record *r, struct complaint *why)
{
	static const char *const url[] = {"url", NULL};
	int64_t availability = 0, created, expires;
	enum err e;

	(void)fields_int(evidence_fields, r->body, "availability", &availability);
	if (availability == vocab_number(&vocab_availability, SPAN("url", 3)))
		e = kind_check_required(r, evidence_fields, url, "where the file stands elsewhere", why);
	else
		e = file_check(r, why);
	if (e == OK && fields_int(evidence_fields, r->body, "created", &created) && fields_int(evidence_fields, r->body, "expires", &expires) &&
	    expires < created)
		return fields_complain(why, ERR_INVALID, "lies before created", "expires");
	return e;
}

const struct kind kind_evidence = {
	.number = KIND_EVIDENCE, .name = "evidence",
	.summary = "A document that shows something; its file is checked against the hash.",
	.fields = evidence_fields, .role = ROLE_SERIES, .by_supplier = true, .tlp = TLP_AMBER_STRICT, .decisions = &shown_decisions,
	.check = evidence_check,
};

static const char *const finding_words[] = {"acknowledged", "accepted", "disputed", "need-info", "done", NULL};
static const struct vocab finding_decisions = {"decision", finding_words};

static const struct field finding_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .required = true,
	 .help = "the answer, attestation, certificate, contract or assignment that was found wanting"},
	{.key = 1, .name = "rid", .type = FIELD_LINE, .max = 64, .help = "the requirement or control"},
	{.key = 2, .name = "severity", .type = FIELD_ENUM, .required = true, .vocab = &vocab_severity, .help = "how bad it is"},
	{.key = 3, .name = "text", .type = FIELD_TEXT, .required = true, .help = "what was found"},
	{.key = 4, .name = "required_by", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "by when it must be mended"},
	{.key = 5, .name = "source", .type = FIELD_ENUM, .vocab = &vocab_finding_source, .help = "how it came to light"},
	{.key = 6, .name = "reference", .type = FIELD_LINE, .help = "the customer's own number for it"},
	{0},
};

const struct kind kind_finding = {
	.number = KIND_FINDING, .name = "finding",
	.summary = "What a customer found wanting at a supplier, and by when it must be mended.",
	.fields = finding_fields, .role = ROLE_CUSTOMER, .tlp = TLP_AMBER_STRICT, .decisions = &finding_decisions,
};

static const char *const improvement_words[] = {"acknowledged", "accepted", "declined", "need-info", "disputed", "done", NULL};
static const struct vocab improvement_decisions = {"decision", improvement_words};

static const struct field action_fields[] = {
	{.key = 0, .name = "id", .type = FIELD_LINE, .required = true, .max = 64, .help = "name of the action, kept in later versions"},
	{.key = 1, .name = "text", .type = FIELD_TEXT, .required = true, .help = "what is done"},
	{.key = 2, .name = "owner", .type = FIELD_LINE, .help = "who does it"},
	{.key = 3, .name = "due", .type = FIELD_DATE, .required = true, .help = "by when"},
	{.key = 4, .name = "status", .type = FIELD_ENUM, .vocab = &vocab_action_state, .help = "how far it is; absent: planned"},
	{0},
};

static const struct field improvement_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .required = true, .help = "the finding"},
	{.key = 1, .name = "actions", .type = FIELD_GROUP, .list = true, .required = true, .group = action_fields, .help = "what is done about it"},
	{.key = 2, .name = "progress", .type = FIELD_INT, .max = 100, .help = "how far all of it is, in percent; 100: it is done"},
	{.key = 3, .name = "support", .type = FIELD_TEXT, .help = "support needed from the customer"},
	{.key = 4, .name = "text", .type = FIELD_TEXT, .help = "the cause, and what else there is to say"},
	{0},
};

static enum err improvement_check(const struct record *r, struct complaint *why)
{
	struct kind_check_names ids;

	return kind_check_unique(r, fields_find(improvement_fields, "actions"), "id", &ids, why);
}

const struct kind kind_improvement = {
	.number = KIND_IMPROVEMENT, .name = "improvement",
	.summary = "A supplier's plan to mend a finding, and its progress.",
	.fields = improvement_fields, .role = ROLE_SUPPLIER, .tlp = TLP_AMBER_STRICT, .decisions = &improvement_decisions,
	.check = improvement_check,
};
