/* Incidents: the staged notice, and what its receivers answer. */
#include "proto/kind_check.h"

#define LINES .type = FIELD_LINE, .list = true

enum stage { STAGE_EARLY_WARNING = 1, STAGE_NOTIFICATION, STAGE_INTERMEDIATE, STAGE_FINAL, STAGE_CORRECTION }; /* vocab_stage */

static const char *const decision_words[] = {"acknowledged", "need-info", "disputed", NULL};
static const struct vocab decisions = {"decision", decision_words};

static const struct field indicator_fields[] = {
	{.key = 0, .name = "type", .type = FIELD_ENUM, .required = true, .vocab = &vocab_indicator,
	 .help = "what the value is"},
	{.key = 1, .name = "value", .type = FIELD_LINE, .required = true, .max = 2048,
	 .help = "the address, name or hash itself"},
	{.key = 2, .name = "pap", .type = FIELD_ENUM, .vocab = &vocab_pap,
	 .help = "how visibly it may be acted upon (Permissible Actions Protocol)"},
	{.key = 3, .name = "text", .type = FIELD_LINE, .max = 1000, .help = "what it was seen doing"},
	{0},
};

static const struct field action_fields[] = {
	{.key = 0, .name = "id", .type = FIELD_LINE, .required = true, .max = 64,
	 .help = "short name by which the answer refers to it"},
	{.key = 1, .name = "text", .type = FIELD_TEXT, .required = true, .max = 4096, .help = "what to do"},
	{.key = 2, .name = "urgency", .type = FIELD_ENUM, .vocab = &vocab_urgency, .help = "how soon"},
	{.key = 3, .name = "audience", .type = FIELD_LINE,
	 .help = "for whom: operators of a product, users, customers of one service"},
	{0},
};

static const struct field notice_fields[] = {
	{.key = 0, .name = "title", .type = FIELD_LINE, .required = true, .help = "the incident in one line"},
	{.key = 1, .name = "stage", .type = FIELD_ENUM, .required = true, .vocab = &vocab_stage,
	 .help = "which report this is; each asks for more fields"},
	{.key = 2, .name = "incident", .type = FIELD_LINE, .help = "the author's own reference"},
	{.key = 3, .name = "role", .type = FIELD_ENUM, .vocab = &vocab_incident_role,
	 .help = "what the author is in the incident"},
	{.key = 4, .name = "occurred", .type = FIELD_TIME, .usual = USUAL_PAST, .help = "when it began"},
	{.key = 5, .name = "detected", .type = FIELD_TIME, .usual = USUAL_PAST, .help = "when it was first noticed"},
	{.key = 6, .name = "aware", .type = FIELD_TIME, .usual = USUAL_PAST,
	 .help = "when the author became aware that it is significant; legal clocks run from here"},
	{.key = 7, .name = "severity", .type = FIELD_ENUM, .vocab = &vocab_severity,
	 .help = "how severe, as the author sees it"},
	{.key = 8, .name = "determination", .type = FIELD_ENUM, .vocab = &vocab_determination, .help = "how sure it is"},
	{.key = 9, .name = "malicious", .type = FIELD_ENUM, .vocab = &vocab_yes_no_unknown,
	 .help = "suspected to be an unlawful or malicious act"},
	{.key = 10, .name = "cross_border", .type = FIELD_ENUM, .vocab = &vocab_yes_no_unknown,
	 .help = "may have an impact in other countries"},
	{.key = 11, .name = "root_cause", .type = FIELD_ENUM, .vocab = &vocab_root_cause, .help = "what kind of cause"},
	{.key = 12, .name = "root_cause_text", .type = FIELD_TEXT, .help = "the cause in words"},
	{.key = 13, .name = "products", LINES, .help = "affected products with versions; CPE or purl where there is one"},
	{.key = 14, .name = "services", LINES, .help = "affected services"},
	{.key = 15, .name = "contracts", LINES, .help = "references of the contracts concerned"},
	{.key = 16, .name = "data_affected", .type = FIELD_TEXT,
	 .help = "what data, whose, how many; none is a statement too"},
	{.key = 17, .name = "confidentiality", .type = FIELD_ENUM, .vocab = &vocab_impact_level,
	 .help = "impact on confidentiality"},
	{.key = 18, .name = "integrity", .type = FIELD_ENUM, .vocab = &vocab_impact_level, .help = "impact on integrity"},
	{.key = 19, .name = "availability", .type = FIELD_ENUM, .vocab = &vocab_impact_level,
	 .help = "impact on availability"},
	{.key = 20, .name = "recoverability", .type = FIELD_ENUM, .vocab = &vocab_recoverability,
	 .help = "with what effort it can be recovered from"},
	{.key = 21, .name = "expected_recovery", .type = FIELD_TIME, .usual = USUAL_AHEAD, .help = "when normal service is expected"},
	{.key = 22, .name = "indicators", .type = FIELD_GROUP, .list = true, .max_items = 1024, .group = indicator_fields,
	 .help = "indicators of compromise"},
	{.key = 23, .name = "actions", .type = FIELD_GROUP, .list = true, .group = action_fields,
	 .help = "what the receivers are advised to do"},
	{.key = 24, .name = "contact", .type = FIELD_LINE, .help = "who answers at any hour: name, phone, mail"},
	{.key = 25, .name = "authority", .type = FIELD_LINE, .help = "authority or CSIRT that was told, and its reference"},
	{.key = 26, .name = "authority_told", .type = FIELD_TIME, .usual = USUAL_PAST, .help = "when it was told"},
	{.key = 27, .name = "vulnerabilities", LINES, .usual = USUAL_VULNERABILITY, .help = "CVE numbers"},
	{.key = 28, .name = "summary", .type = FIELD_TEXT, .help = "what happened and what is being done"},
	{.key = 29, .name = "countries", LINES, .max = 64, .usual = USUAL_COUNTRY, .help = "countries concerned, as two letters"},
	{.key = 30, .name = "ended", .type = FIELD_TIME, .usual = USUAL_PAST, .help = "when it was over"},
	{.key = 31, .name = "classified", .type = FIELD_TIME, .usual = USUAL_PAST, .help = "when it was found to be major or significant"},
	{.key = 32, .name = "clocks", LINES, .max = 47, .help = "clock profiles it is reported under, such as nis2"},
	{0},
};

static enum err notice_check(const struct record *r, struct complaint *why)
{
	static const char *const early[] = {"aware", "malicious", "cross_border", "contact", NULL};
	static const char *const notification[] = {"severity", "determination", NULL};
	static const char *const final[] = {"root_cause", NULL};
	struct kind_check_names ids;
	int64_t stage = 0;
	enum err e = kind_check_unique(r, fields_find(notice_fields, "actions"), "id", &ids, why);

	(void)fields_int(notice_fields, r->body, "stage", &stage);
	if (e != OK || stage == STAGE_CORRECTION) /* a correction states what it corrects */
		return e;
	e = kind_check_required(r, notice_fields, early, "from the early warning on", why);
	if (e == OK && stage >= STAGE_NOTIFICATION)
		e = kind_check_required(r, notice_fields, notification, "from the notification on", why);
	if (e == OK && stage == STAGE_FINAL)
		e = kind_check_required(r, notice_fields, final, "in a final report", why);
	return e;
}

const struct kind kind_incident_notice = {
	.number = KIND_INCIDENT_NOTICE, .name = "incident.notice",
	.summary = "Tells partners of an incident, stage by stage; each stage supersedes the one before.",
	.fields = notice_fields, .role = ROLE_SERIES, .tlp = TLP_AMBER, .decisions = &decisions, .check = notice_check,
};

static const struct field taken_fields[] = {
	{.key = 0, .name = "id", .type = FIELD_LINE, .required = true, .max = 64, .help = "id of the recommended action"},
	{.key = 1, .name = "status", .type = FIELD_ENUM, .required = true, .vocab = &vocab_action_status,
	 .help = "what became of it"},
	{.key = 2, .name = "text", .type = FIELD_TEXT, .max = 4096, .help = "how, when, or why not"},
	{0},
};

static const struct field below_fields[] = {
	{.key = 0, .name = "rank", .type = FIELD_INT, .required = true, .max = 16, .help = "2: suppliers of the author's suppliers, and so on"},
	{.key = 1, .name = "asked", .type = FIELD_INT, .required = true, .help = "how many were asked"},
	{.key = 2, .name = "answered", .type = FIELD_INT, .required = true, .help = "how many of them answered"},
	{.key = 3, .name = "affected", .type = FIELD_INT, .required = true, .help = "how many of them are affected"},
	{0},
};

static const struct field answer_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .required = true, .help = "the notice or the question answered"},
	{.key = 1, .name = "impact", .type = FIELD_ENUM, .required = true, .vocab = &vocab_impact,
	 .help = "whether the author is affected"},
	{.key = 2, .name = "justification", .type = FIELD_ENUM, .vocab = &vocab_vex,
	 .help = "why not affected, in the words of VEX"},
	{.key = 3, .name = "text", .type = FIELD_TEXT, .help = "the answer in words"},
	{.key = 4, .name = "actions", .type = FIELD_GROUP, .list = true, .group = taken_fields,
	 .help = "what was done about each recommended action"},
	{.key = 5, .name = "own_incident", .type = FIELD_LINE, .help = "the author's own incident that came of it"},
	{.key = 6, .name = "suppliers_asked", .type = FIELD_INT, .help = "how many of the author's own suppliers were asked"},
	{.key = 7, .name = "suppliers_answered", .type = FIELD_INT, .help = "how many of them answered"},
	{.key = 8, .name = "suppliers_affected", .type = FIELD_INT, .help = "how many of them are affected"},
	{.key = 9, .name = "below", .type = FIELD_GROUP, .list = true, .max_items = 15, .group = below_fields,
	 .help = "what they counted in turn, tier by tier; nobody is named"},
	{.key = 10, .name = "next_update", .type = FIELD_TIME, .usual = USUAL_AHEAD, .help = "when more will be known"},
	{.key = 11, .name = "products", LINES, .help = "which of the products and services asked about are affected"},
	{0},
};

/* Tiers in order, and no more answers than questions. */
static enum err below_check(const struct record *r, struct complaint *why)
{
	const struct value *list = fields_get(answer_fields, r->body, "below");
	int64_t last = 1;

	for (size_t i = 0; i < value_count(list); i++) {
		int64_t rank = 0, asked = 0, answered = 0, affected = 0;

		(void)fields_int(below_fields, value_item(list, i), "rank", &rank);
		(void)fields_int(below_fields, value_item(list, i), "asked", &asked);
		(void)fields_int(below_fields, value_item(list, i), "answered", &answered);
		(void)fields_int(below_fields, value_item(list, i), "affected", &affected);
		if (rank <= last)
			return fields_complain(why, ERR_INVALID, "must be higher than the one before, from 2 on", "below[%zu].rank", i);
		if (answered > asked || affected > answered)
			return fields_complain(why, ERR_INVALID, "must be at least those who answered, and these those affected", "below[%zu].asked", i);
		last = rank;
	}
	return OK;
}

static enum err answer_check(const struct record *r, struct complaint *why)
{
	struct kind_check_names ids;
	int64_t asked = -1, answered = -1, affected = -1; /* not said: less than none */
	enum err e = kind_check_unique(r, fields_find(answer_fields, "actions"), "id", &ids, why);

	(void)fields_int(answer_fields, r->body, "suppliers_asked", &asked);
	(void)fields_int(answer_fields, r->body, "suppliers_answered", &answered);
	(void)fields_int(answer_fields, r->body, "suppliers_affected", &affected);
	if (e == OK && answered > asked)
		return fields_complain(why, ERR_INVALID, "is more than were asked", "suppliers_answered");
	if (e == OK && affected > answered)
		return fields_complain(why, ERR_INVALID, "is more than answered", "suppliers_affected");
	return e == OK ? below_check(r, why) : e;
}

const struct kind kind_incident_answer = {
	.number = KIND_INCIDENT_ANSWER, .name = "incident.answer",
	.summary = "Answers a notice or an impact.query: whether the author is affected, and what it did about each recommended action.",
	.fields = answer_fields, .role = ROLE_ADDRESSEE, .tlp = TLP_AMBER_STRICT, .decisions = &decisions, .check = answer_check,
};
