#include "proto/vocab.h"

#include <string.h>

/* Words are only ever appended: their places are their numbers on the wire. */
#define VOCAB(id, ...)                                                     \
	static const char *const id##_words[] = {__VA_ARGS__, NULL};       \
	const struct vocab vocab_##id = {#id, id##_words}

VOCAB(tlp, "clear", "green", "amber", "amber+strict", "red");
VOCAB(pap, "clear", "green", "amber", "red");
VOCAB(severity, "informational", "low", "medium", "high", "critical");
VOCAB(tier, "critical", "high", "medium", "low");
VOCAB(supplier_type, "commodity", "bespoke", "partner", "subcontractor", "community-project");
VOCAB(supplier_state, "prospect", "onboarding", "active", "watch", "exiting", "former");
VOCAB(procurement, "market-engagement", "selection", "tender", "award", "onboarding", "in-life", "renewal", "exit");
VOCAB(control_status, "implemented", "partially-implemented", "planned", "alternative", "not-implemented", "not-applicable");
VOCAB(assurance, "self-declared", "evidence-provided", "customer-verified", "independently-certified", "tested");
VOCAB(owner, "customer", "supplier", "shared", "subcontractor", "shared-with-subcontractor", "not-applicable");
VOCAB(ack, "accepted", "accepted-with-exception", "met-by-equivalence", "declined", "not-applicable", "needs-clarification");
VOCAB(review, "satisfied", "insufficient", "equivalence-accepted");
VOCAB(flow_down, "none", "inform", "require");
VOCAB(stage, "early-warning", "notification", "intermediate", "final", "correction");
VOCAB(determination, "suspected", "confirmed", "blocked", "failed-attempt", "false-positive");
VOCAB(root_cause, "system-failure", "natural-phenomenon", "human-error", "malicious-action", "third-party-failure", "unknown");
VOCAB(incident_role, "victim", "source-supplier", "observer");
VOCAB(impact, "affected", "not-affected", "under-investigation", "cannot-determine", "mitigated");
VOCAB(impact_level, "none", "low", "medium", "high", "unknown");
VOCAB(recoverability, "regular", "supplemented", "extended", "not-recoverable", "unknown");
VOCAB(urgency, "immediate", "within-a-day", "within-three-days", "within-a-week", "when-convenient");
VOCAB(indicator, "ipv4", "ipv6", "domain", "url", "email", "md5", "sha1", "sha256", "filename", "certificate",
      "user-agent", "other");
VOCAB(yes_no_unknown, "yes", "no", "unknown");
VOCAB(vex, "component-not-present", "vulnerable-code-not-present", "vulnerable-code-not-in-execute-path",
      "vulnerable-code-cannot-be-controlled-by-adversary", "inline-mitigations-already-exist");
VOCAB(action_status, "done", "planned", "not-applicable", "declined");
VOCAB(decision, "acknowledged", "accepted", "declined", "granted", "granted-shorter", "refused", "need-info", "done", "disputed",
      "agreed", "pass", "conditional", "fail", "effective", "not-effective", "reminder");
VOCAB(relation, "customer", "supplier", "partner");
VOCAB(log_reason, "first", "rotation", "restore", "readmission", "healed", "newcomers");
VOCAB(key_reason, "routine", "compromise", "lost");
VOCAB(support, "vendor", "community", "internal", "none");
VOCAB(close_reason, "stopping", "replaced");
VOCAB(certification_status, "valid", "suspended", "withdrawn");
VOCAB(evidence_type, "policy", "report", "certificate", "test-result", "log", "configuration", "bill-of-materials", "other");
VOCAB(availability, "attached", "on-request", "url");
VOCAB(finding_source, "review", "audit", "test", "incident", "performance");
VOCAB(action_state, "planned", "in-progress", "done", "dropped");
VOCAB(contract_type, "commodity-terms", "bespoke", "licence");
VOCAB(subcontracting, "forbidden", "prior-approval", "notify", "free");
VOCAB(concern_topic, "process", "requirement", "performance", "incident");
VOCAB(concern_source, "performance", "incident", "upward-report", "exercise", "audit");
VOCAB(issue_type, "weakness", "near-miss", "lesson", "proposal");
VOCAB(asset_class, "data", "credential", "key", "hardware", "document", "account", "code");
VOCAB(disposition, "returned", "deleted", "transferred", "retained", "not-held");
VOCAB(sanitization, "clear", "purge", "destroy", "crypto-erase");
VOCAB(challenge, "guidance-missing", "unclear", "disproportionate", "conflicting", "not-achievable", "already-certified");
VOCAB(extent, "full", "partial");
VOCAB(flow, "accepted", "accepted-with-exception", "met-by-equivalence", "declined", "not-applicable", "needs-clarification", "unanswered",
      "not-passed");

VOCAB(vouch_basis, "met", "contract", "audited");
VOCAB(history, "since", "all");
VOCAB(assistance, "request", "offer", "standing-offer");
VOCAB(assistance_kind, "incident-response", "forensics", "recovery", "staff", "equipment", "hosting", "communication", "legal", "analysis", "other");
VOCAB(exercise_step, "started", "inject", "stopped", "aborted", "report");

static const struct vocab *const all[] = {
	&vocab_tlp, &vocab_pap, &vocab_severity, &vocab_tier, &vocab_supplier_type, &vocab_supplier_state, &vocab_procurement,
	&vocab_control_status, &vocab_assurance, &vocab_owner, &vocab_ack, &vocab_review, &vocab_flow_down, &vocab_stage,
	&vocab_determination, &vocab_root_cause, &vocab_incident_role, &vocab_impact, &vocab_impact_level, &vocab_recoverability,
	&vocab_urgency, &vocab_indicator, &vocab_yes_no_unknown, &vocab_vex, &vocab_action_status, &vocab_decision, &vocab_relation,
	&vocab_log_reason, &vocab_key_reason, &vocab_close_reason, &vocab_support, &vocab_assistance, &vocab_assistance_kind,
	&vocab_exercise_step, &vocab_contract_type, &vocab_subcontracting,
	&vocab_concern_topic, &vocab_concern_source, &vocab_issue_type,
	&vocab_asset_class, &vocab_disposition, &vocab_sanitization,
	&vocab_challenge, &vocab_extent, &vocab_flow,
	&vocab_certification_status, &vocab_evidence_type, &vocab_availability, &vocab_finding_source, &vocab_action_state, &vocab_history,
	&vocab_vouch_basis,
};

const struct vocab *vocab_each(size_t i)
{
	return i < sizeof(all) / sizeof(*all) ? all[i] : NULL;
}

int64_t vocab_number(const struct vocab *v, struct span word)
{
	for (int64_t i = 0; v->words[i]; i++)
		if (strlen(v->words[i]) == word.n && (word.n == 0 || memcmp(v->words[i], word.p, word.n) == 0))
			return i + 1;
	return 0;
}

const char *vocab_word(const struct vocab *v, int64_t number)
{
	for (int64_t i = 0; v->words[i]; i++)
		if (i + 1 == number)
			return v->words[i];
	return NULL;
}
