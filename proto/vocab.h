/* vocab.h - the closed lists, in the field's own words. Numbers on the wire are positions from 1; words are only ever appended. */
#ifndef TALLY_VOCAB_H
#define TALLY_VOCAB_H

#include "proto/fields.h"

/* The order of TLP on the wire is by openness, so that comparing numbers compares restriction. */
enum tlp { TLP_CLEAR = 1, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED };

extern const struct vocab vocab_tlp, vocab_severity, vocab_tier, vocab_supplier_type, vocab_supplier_state, vocab_stage,
	vocab_determination, vocab_root_cause, vocab_impact, vocab_yes_no_unknown, vocab_incident_role, vocab_ack, vocab_review,
	vocab_control_status, vocab_assurance, vocab_procurement, vocab_decision, vocab_flow_down, vocab_urgency, vocab_recoverability,
	vocab_owner, vocab_log_reason, vocab_key_reason, vocab_vex, vocab_action_status, vocab_impact_level,
	vocab_pap, vocab_relation, vocab_indicator, vocab_close_reason, vocab_support, vocab_contract_type, vocab_subcontracting,
	vocab_concern_topic, vocab_concern_source, vocab_issue_type,
	vocab_asset_class, vocab_disposition, vocab_sanitization,
	vocab_challenge, vocab_extent, vocab_flow,
	vocab_assistance, vocab_assistance_kind, vocab_exercise_step,
	vocab_certification_status, vocab_finding_source, vocab_action_state,
	vocab_evidence_type, vocab_availability,
	vocab_history, vocab_vouch_basis;

enum history { HISTORY_SINCE = 1, HISTORY_ALL }; /* vocab_history */
enum extent { EXTENT_FULL = 1, EXTENT_PARTIAL }; /* vocab_extent */
/* vocab_flow: the answers of vocab_ack, and two more. */
enum flow {
	FLOW_ACCEPTED = 1, FLOW_EXCEPTION, FLOW_EQUIVALENCE, FLOW_DECLINED, FLOW_NOT_APPLICABLE, FLOW_CLARIFICATION, FLOW_UNANSWERED,
	FLOW_NOT_PASSED
};

const struct vocab *vocab_each(size_t i); /* NULL past the last: for docs and completion */

#endif
