/* Starter texts. One table gives both: what the customer asks, and how a supplier might answer for itself. */
#include "node/examples.h"

#include <string.h>

#include "proto/when.h"

#define SET_TITLE "Supplier security baseline"
#define SET_VERSION "1.0"
#define VALID_DAYS 364
#define ISO "ISO/IEC 27001:2022"
#define NIST "NIST SP 800-53 Rev. 5"

struct mapping {
	const char *standard, *clause;
};

struct row {
	const char *rid, *title, *text, *rationale, *evidence, *flow_down;
	struct mapping mapping[4];
	const char *level;           /* the lowest level it belongs to */
	const char *guidance;        /* public, free of charge */
	const char *status, *stands; /* the example attestation */
};

static const char *const levels[][2] = {
	{"basic", "Basic: suppliers without access to our systems or data"},
	{"standard", "Standard: suppliers with access to our systems or data"},
	{"enhanced", "Enhanced: suppliers whose failure would stop us"},
};
#define LEVELS (sizeof levels / sizeof *levels)

static const struct row rows[] = {
	{.rid = "R1", .title = "Incidents are reported within 24 hours",
	 .text = "Tell us of every security incident that may affect us, our data or what you deliver to us, within 24 hours of "
	         "becoming aware of it, even when little is known yet; follow up within 72 hours and when the cause is known.",
	 .rationale = "We can only protect ourselves, and warn our own customers and authorities in time, when we know early.",
	 .evidence = "The reporting procedure, and one report or exercise of the last twelve months.",
	 .guidance = "NIST SP 800-61, Computer Security Incident Handling Guide",
	 .flow_down = "require",
	 .mapping = {{ISO, "A.5.24"}, {ISO, "A.6.8"}, {NIST, "IR-6"}}, .level = "basic",
	 .status = "implemented", .stands = "Our duty manager reports at once; last exercised in spring."},
	{.rid = "R2", .title = "Access needs more than one factor",
	 .text = "Protect every remote access, every administrator account and every account that can reach our systems or data with "
	         "multi-factor authentication. Give each person an account of their own and close it on the day they leave.",
	 .rationale = "Stolen passwords are the commonest way in.",
	 .evidence = "Settings of the sign-on service; list of accounts that are excepted.",
	 .guidance = "NIST SP 800-63B, Digital Identity Guidelines: Authentication",
	 .flow_down = "require",
	 .mapping = {{ISO, "A.8.5"}, {ISO, "A.5.16"}, {NIST, "IA-2"}}, .level = "basic",
	 .status = "implemented", .stands = "One sign-on service with hardware keys or an authenticator for everybody."},
	{.rid = "R3", .title = "Exploited vulnerabilities are patched",
	 .text = "Patch vulnerabilities that are known to be exploited within 14 days, or within 72 hours on systems that face the "
	         "internet. Use only systems that their maker still supports; separate the others from the network.",
	 .rationale = "Attackers use published weaknesses within days, and old systems are never patched.",
	 .evidence = "Reports of the vulnerability scanner; list of unsupported systems and how they are separated.",
	 .guidance = "CISA, Known Exploited Vulnerabilities Catalog; NIST SP 800-40, Guide to Enterprise Patch Management Planning",
	 .flow_down = "require", .mapping = {{ISO, "A.8.8"}, {NIST, "SI-2"}, {NIST, "SA-22"}}, .level = "standard",
	 .status = "partially-implemented", .stands = "All servers and notebooks; some handheld scanners are no longer supported."},
	{.rid = "R4", .title = "Subcontractors are known and held to the same",
	 .text = "Tell us which subcontractors can reach our systems or data or are needed for what you deliver, before they begin. "
	         "Agree these requirements with them as far as they concern their part.",
	 .rationale = "A chain is attacked where it is weakest, often two steps away.",
	 .evidence = "List of subcontractors; one contract as a sample.",
	 .guidance = "NCSC (UK), Supply chain security guidance; NIST SP 800-161, Cybersecurity Supply Chain Risk Management Practices",
	 .flow_down = "require",
	 .mapping = {{ISO, "A.5.20"}, {ISO, "A.5.21"}, {NIST, "SR-3"}}, .level = "standard",
	 .status = "implemented", .stands = "Two subcontractors, both under the same terms."},
	{.rid = "R5", .title = "Our data comes back and is deleted",
	 .text = "Return our data in a common format when we ask and when the contract ends, and delete your copies within 30 days; "
	         "backups as they expire, within 180 days. Confirm the deletion in writing.",
	 .rationale = "What is no longer there cannot be lost.",
	 .evidence = "The deletion procedure; a confirmation of the kind you give.",
	 .guidance = "NIST SP 800-88, Guidelines for Media Sanitization",
	 .flow_down = "require",
	 .mapping = {{ISO, "A.5.11"}, {ISO, "A.8.10"}, {NIST, "MP-6"}}, .level = "standard",
	 .status = "implemented", .stands = "Deletion is part of closing a contract; backups expire after 90 days."},
	{.rid = "R6", .title = "Backups survive an attack and are tested",
	 .text = "Back up what you need to deliver to us at least daily, keep one copy that an intruder with administrator rights "
	         "cannot change, and restore from it at least once a year.",
	 .rationale = "After extortion only a backup that still exists and works helps.",
	 .evidence = "Record of the last restore test.",
	 .guidance = "NIST SP 800-34, Contingency Planning Guide for Federal Information Systems",
	 .flow_down = "inform",
	 .mapping = {{ISO, "A.8.13"}, {NIST, "CP-9"}}, .level = "standard",
	 .status = "implemented", .stands = "Daily, with an offline copy each week; restored last in January."},
	{.rid = "R7", .title = "Somebody answers at any hour",
	 .text = "Name a security contact whom we reach at any hour of any day, and tell us of changes before they take effect.",
	 .rationale = "Incidents begin at night and before holidays.",
	 .evidence = "Telephone number and address; a test call.",
	 .guidance = "RFC 9116, security.txt",
	 .flow_down = "none",
	 .mapping = {{ISO, "A.5.24"}}, .level = "basic",
	 .status = "implemented", .stands = "The dispatch centre is always staffed and knows whom to call."},
	{.rid = "R8", .title = "Assurance once a year",
	 .text = "Once a year, and after a serious incident, give us an attestation of how you meet these requirements, backed by a "
	         "certificate, an audit report or a test by somebody independent of those who run the systems.",
	 .rationale = "What was true at the signing of the contract wears out.",
	 .evidence = "Certificate with its scope, audit report, or summary of a penetration test.",
	 .guidance = "CSA, Consensus Assessments Initiative Questionnaire (CAIQ)",
	 .flow_down = "inform",
	 .mapping = {{ISO, "A.5.22"}, {ISO, "A.5.35"}, {NIST, "CA-2"}}, .level = "enhanced",
	 .status = "planned", .stands = "First external audit agreed for this year."},
};
#define ROWS (sizeof rows / sizeof *rows)

/* The levels build on each other. */
static bool in_level(const struct row *r, size_t level)
{
	for (size_t i = 0; i <= level; i++)
		if (strcmp(r->level, levels[i][0]) == 0)
			return true;
	return false;
}

/* One failed step of memory gives NULL in the end; the document is never half. */
static json_t *finished(json_t *document, bool whole)
{
	if (whole)
		return document;
	json_decref(document);
	return NULL;
}

static bool append(json_t *list, json_t *item)
{
	return json_array_append_new(list, item) == 0;
}

static json_t *level_json(size_t level)
{
	json_t *rids = json_array();
	bool good = true;

	for (size_t i = 0; i < ROWS; i++)
		if (in_level(&rows[i], level))
			good = append(rids, json_string(rows[i].rid)) && good;
	if (!good) {
		json_decref(rids);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:o}", "id", levels[level][0], "title", levels[level][1], "requirements", rids);
}

static json_t *requirement_json(const struct row *r)
{
	json_t *mappings = json_array();
	bool good = true;

	for (size_t i = 0; i < sizeof r->mapping / sizeof *r->mapping && r->mapping[i].standard; i++)
		good = append(mappings, json_pack("{s:s, s:s}", "standard", r->mapping[i].standard, "clause", r->mapping[i].clause)) && good;
	if (!good) {
		json_decref(mappings);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:[s], s:s, s:o}", "rid", r->rid, "title", r->title, "text", r->text, "rationale",
	                 r->rationale, "evidence", r->evidence, "guidance", r->guidance, "flow_down", r->flow_down, "mappings", mappings);
}

json_t *examples_requirement(void)
{
	json_t *list = json_array(), *requirements = json_array();
	json_t *set = json_pack("{s:s, s:s, s:o, s:o}", "title", SET_TITLE, "version", SET_VERSION, "levels", list, "requirements",
	                        requirements);
	bool good = set != NULL;

	for (size_t i = 0; good && i < LEVELS; i++)
		good = append(list, level_json(i));
	for (size_t i = 0; good && i < ROWS; i++)
		good = append(requirements, requirement_json(&rows[i]));
	return finished(set, good);
}

json_t *examples_posture(int64_t day)
{
	char from[WHEN_TEXT], until[WHEN_TEXT];
	json_t *statements = json_array(), *o;
	bool good;

	when_format_date(day, from);
	when_format_date(day + VALID_DAYS, until);
	o = json_pack("{s:s, s:{s:[s], s:[s], s:[s]}, s:s, s:s, s:s, s:s, s:o, s:s, s:s}", "title", "How we meet the " SET_TITLE, "scope",
	              "units", "Operations and IT", "services", "Cold-chain transport", "exclusions", "Vehicle workshops", "framework",
	              SET_TITLE, "framework_version", SET_VERSION, "as_of", from, "valid_until", until, "statements", statements,
	              "signatory_name", "A. Person", "signatory_role", "Head of security");
	good = o != NULL;
	for (size_t i = 0; good && i < ROWS; i++)
		good = append(statements, json_pack("{s:s, s:s, s:s, s:s}", "control", rows[i].rid, "status", rows[i].status, "text",
		                                    rows[i].stands, "assurance", "self-declared"));
	return finished(o, good);
}
