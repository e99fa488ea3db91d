/* story.h - the story that test_dry_run.c rehearses and lives: calls of three nodes, area by area. Node 0 buys from node 1, and supplies node 2. */
#ifndef TALLY_TEST_STORY_H
#define TALLY_TEST_STORY_H

#include <stdbool.h>

struct told;

struct step {
	int node;
	const char *call, *args; /* JSON; $x stands for what was remembered under x */
	const char *member, *as; /* remember this member of the result under this name */
	bool changes;
	void (*before)(struct told *t); /* what no call can bring about */
};

#define DOES(node, call, args) {node, call, args, NULL, NULL, true, NULL}
#define SAYS(node, call, args, as) {node, call, args, "id", as, true, NULL}
#define LOOKS(node, call, args) {node, call, args, NULL, NULL, false, NULL}
#define THE_END {0}

#define NOTICE "\"title\":\"Ransomware\",\"stage\":\"early-warning\",\"aware\":\"2026-11-23T09:00:00Z\",\"malicious\":\"no\"," \
               "\"cross_border\":\"no\",\"contact\":\"soc@example.org\""

#define LOCAL(kind, fields) \
	DOES(0, kind ".add", "{\"" kind "\":\"x-1\",\"body\":{" fields "}}"), \
	DOES(0, kind ".edit", "{\"" kind "\":\"x-1\",\"body\":{\"note\":\"seen\"}}"), \
	LOOKS(0, kind ".list", "{}"), LOOKS(0, kind ".show", "{\"" kind "\":\"x-1\"}"), \
	LOOKS(0, kind ".history", "{\"" kind "\":\"x-1\"}"), LOOKS(0, kind ".export", "{}"), \
	DOES(0, kind ".import", "{\"csv\":\"name,note\\nx-1,from a sheet\\n\"}"), \
	DOES(0, kind ".remove", "{\"" kind "\":\"x-1\"}")

static const struct step story_node[] = {
	LOOKS(0, "node.status", "{}"),
	LOOKS(0, "node.doctor", "{}"),
	DOES(0, "node.doctor", "{\"acknowledge\":true}"),
	{0, "card.show", "{}", "words", "words0", false, NULL},
	{1, "card.show", "{}", "words", "words1", false, NULL},
	{2, "card.show", "{}", "words", "words2", false, NULL},
	LOOKS(0, "key.show", "{}"),
	{1, "card.export", "{}", "hex", "card1", false, NULL},
	{2, "card.export", "{}", "hex", "card2", false, NULL},
	THE_END,
};

static const struct step story_register[] = {
	DOES(0, "supplier.add", "{\"supplier\":\"acme\",\"body\":{\"title\":\"Acme\",\"type\":\"bespoke\"}}"),
	DOES(0, "supplier.edit", "{\"supplier\":\"acme\",\"body\":{\"note\":\"call them\"}}"),
	DOES(0, "supplier.rank", "{\"supplier\":\"acme\",\"tier\":\"high\",\"reason\":\"cold chain\"}"),
	LOOKS(0, "supplier.list", "{}"),
	LOOKS(0, "supplier.show", "{\"supplier\":\"acme\"}"),
	LOOKS(0, "supplier.export", "{}"),
	DOES(0, "supplier.import", "{\"csv\":\"name,title\\nother,Other plc\\n\"}"),
	DOES(0, "supplier.offboard", "{\"supplier\":\"other\"}"),
	LOOKS(0, "map.graph", "{}"),
	LOOKS(0, "map.exposed", "{\"name\":\"acme\"}"),
	LOOKS(0, "supplier.history", "{\"supplier\":\"acme\"}"),
	DOES(0, "supplier.remove", "{\"supplier\":\"other\"}"),
	LOCAL("dependency", "\"function\":\"payments\",\"supplier\":\"acme\""),
	LOCAL("subcontractor", "\"subcontractor\":\"beta\",\"supplier\":\"acme\""),
	LOCAL("published", "\"title\":\"trust page\",\"supplier\":\"acme\",\"retrieved\":\"2026-11-01\""),
	LOCAL("terms", "\"title\":\"general terms\",\"supplier\":\"acme\",\"read\":\"2026-11-01\""),
	LOCAL("access", "\"what\":\"vpn\",\"supplier\":\"acme\",\"class\":\"network\",\"since\":\"2026-11-01\""),
	LOCAL("support", "\"product\":\"os\",\"support\":\"community\",\"supplier\":\"acme\""),
	LOCAL("awareness", "\"role\":\"buyers\",\"topic\":\"clauses\",\"date\":\"2026-11-01\""),
	THE_END,
};

/* What whoever holds the recovery kit of node 2 does: names the next root key, and signs with the one of now. */
static void kit_names(struct told *t);
static void kit_signs(struct told *t);

static const struct step story_keys[] = {
	{2, "key.prepare", "{\"reason\":\"routine\",\"root\":\"$root\",\"next_root\":\"$next\"}", "statement", "statement", true, kit_names},
	{2, "key.rotate", "{\"statement\":\"$statement\",\"root_sig\":\"$signature\"}", NULL, NULL, true, kit_signs},
	{2, "card.export", "{}", "hex", "newer", false, NULL},
	DOES(1, "partner.refresh", "{\"file\":{\"hex\":\"$newer\"}}"),
	THE_END,
};

static const struct step story_consortium[] = {
	DOES(0, "consortium.create", "{\"name\":\"circle\",\"title\":\"Circle\",\"convenor\":[\"one\"],\"threshold\":2,\"member\":[\"two\"]}"),
	LOOKS(0, "consortium.list", "{}"),
	LOOKS(0, "consortium.show", "{\"consortium\":\"circle\"}"),
	DOES(1, "consortium.sign", "{\"consortium\":\"circle\"}"),
	DOES(0, "consortium.join", "{\"consortium\":\"circle\"}"),
	DOES(1, "consortium.join", "{\"consortium\":\"circle\"}"),
	DOES(2, "consortium.join", "{\"consortium\":\"circle\"}"),
	LOOKS(0, "consortium.status", "{\"consortium\":\"circle\"}"),
	DOES(0, "consortium.propose", "{\"consortium\":\"circle\",\"title\":\"Ring\"}"),
	DOES(2, "consortium.leave", "{\"consortium\":\"circle\"}"),
	THE_END,
};

/* Nodes 1 and 2 have each other's cards, and no link. */
static const struct step story_bundle[] = {
	DOES(1, "partner.add", "{\"card\":{\"hex\":\"$card2\"},\"name\":\"two\",\"words\":\"$words2\"}"),
	DOES(2, "partner.add", "{\"card\":{\"hex\":\"$card1\"},\"name\":\"one\",\"words\":\"$words1\"}"),
	{1, "bundle.export", "{\"to\":\"two\",\"record\":[\"$notice\"]}", "hex", "bundle", true, NULL},
	LOOKS(2, "bundle.inspect", "{\"file\":{\"hex\":\"$bundle\"}}"),
	DOES(2, "bundle.import", "{\"file\":{\"hex\":\"$bundle\"}}"),
	LOOKS(2, "answer.questions", "{\"from\":\"one\"}"),
	DOES(2, "answer.give", "{\"answers\":[{\"record\":\"$notice\",\"answer\":\"not-affected\"}]}"),
	THE_END,
};

/* Node 0 comes to hold two key statements of node 1 at one place. */
static void contradicts(struct told *t);

static const struct step story_evidence[] = {
	{0, "evidence.show", "{\"evidence\":\"$contradiction\"}", NULL, NULL, false, contradicts},
	LOOKS(0, "evidence.export", "{\"evidence\":\"$contradiction\"}"),
	DOES(0, "evidence.tell", "{\"evidence\":\"$contradiction\",\"to\":[\"two\"]}"),
	THE_END,
};

/* Node 0 has learned that its partner holds more of its log than it does itself. */
static void log_stops(struct told *t);

static const struct step story_partner[] = {
	{0, "partner.invite", "{\"name\":\"one\"}", "token", "token1", true, NULL},
	DOES(1, "partner.join", "{\"token\":\"$token1\",\"name\":\"zero\"}"),
	DOES(0, "partner.verify", "{\"partner\":\"one\",\"words\":\"$words1\"}"),
	DOES(1, "partner.verify", "{\"partner\":\"zero\",\"words\":\"$words0\"}"),
	{0, "partner.invite", "{\"name\":\"two\"}", "token", "token2", true, NULL},
	DOES(2, "partner.join", "{\"token\":\"$token2\",\"name\":\"zero\"}"),
	DOES(2, "partner.verify", "{\"partner\":\"zero\",\"words\":\"$words0\"}"),
	DOES(0, "partner.verify", "{\"partner\":\"two\",\"words\":\"$words2\"}"),
	DOES(0, "partner.invite", "{\"name\":\"three\"}"),
	LOOKS(0, "partner.invitations", "{}"),
	DOES(0, "partner.withdraw", "{\"name\":\"three\"}"),
	LOOKS(0, "partner.list", "{}"),
	LOOKS(0, "partner.show", "{\"partner\":\"one\"}"),
	{0, "partner.reopen", "{\"partner\":\"one\"}", NULL, NULL, true, log_stops},
	DOES(0, "supplier.link", "{\"supplier\":\"acme\",\"partner\":\"one\"}"),
	THE_END,
};

static const struct step story_incident[] = {
	SAYS(1, "incident.report", "{\"to\":\"zero\",\"body\":{" NOTICE "}}", "notice"),
	SAYS(0, "incident.answer", "{\"incident\":\"$notice\",\"body\":{\"impact\":\"affected\",\"text\":\"late\"}}", "answer"),
	DOES(0, "incident.forward", "{\"incident\":\"$notice\",\"to\":\"two\",\"as\":\"customer\",\"body\":{\"basis\":\"contract\"}}"),
	DOES(0, "incident.confirm", "{\"incident\":\"$notice\",\"reason\":\"the warehouse stands still\"}"),
	DOES(0, "incident.told", "{\"incident\":\"$notice\",\"stage\":\"early-warning\",\"authority\":\"CSIRT\"}"),
	DOES(0, "incident.dismiss", "{\"incident\":\"$notice\",\"reason\":\"it runs again\"}"),
	DOES(1, "incident.update", "{\"incident\":\"$notice\",\"body\":{\"stage\":\"notification\",\"severity\":\"high\","
	     "\"determination\":\"confirmed\"}}"),
	LOOKS(1, "incident.matrix", "{\"incident\":\"$notice\"}"),
	LOOKS(0, "incident.list", "{}"),
	LOOKS(0, "incident.show", "{\"incident\":\"$notice\"}"),
	DOES(1, "incident.close", "{\"incident\":\"$notice\",\"body\":{\"root_cause\":\"malicious-action\"}}"),
	THE_END,
};

static const struct step story_response[] = {
	LOOKS(0, "incident.match", "{\"incident\":\"$notice\"}"),
	SAYS(0, "incident.ask", "{\"to\":\"one\",\"about\":\"$notice\",\"body\":{\"title\":\"Pumps?\",\"due\":\"2027-01-31T00:00:00Z\"}}", "question"),
	DOES(0, "incident.remind", "{\"incident\":\"$question\"}"),
	SAYS(0, "incident.ask", "{\"to\":\"one\",\"about\":\"$notice\",\"body\":{\"title\":\"Valves?\",\"due\":\"2020-01-31T00:00:00Z\"}}", "overdue"),
	DOES(0, "incident.remind_due", "{}"),
	LOOKS(1, "incident.asked", "{}"),
	SAYS(0, "assistance.request", "{\"to\":\"one\",\"body\":{\"title\":\"Analysts\",\"kinds\":[\"staff\"]}}", "request"),
	DOES(1, "assistance.decline", "{\"record\":\"$request\"}"),
	SAYS(1, "assistance.offer", "{\"to\":\"zero\",\"body\":{\"title\":\"Analysts\",\"kinds\":[\"staff\"]}}", "offer"),
	DOES(0, "assistance.accept", "{\"record\":\"$offer\"}"),
	DOES(0, "assistance.close", "{\"record\":\"$offer\"}"),
	LOOKS(0, "assistance.list", "{}"),
	THE_END,
};

static const struct step story_exercise[] = {
	SAYS(0, "exercise.plan", "{\"body\":{\"title\":\"Cold night\",\"objectives\":[\"reach the duty officer\"],\"participants\":[\"one\"],"
	     "\"starts\":\"2026-11-20T08:00:00Z\",\"ends\":\"2026-12-20T16:00:00Z\"}}", "drill"),
	DOES(0, "exercise.start", "{\"plan\":\"$drill\"}"),
	DOES(0, "exercise.inject", "{\"plan\":\"$drill\",\"to\":\"one\",\"body\":{\"inject\":\"i1\",\"text\":\"the depot is dark\"}}"),
	LOOKS(1, "exercise.list", "{}"),
	LOOKS(1, "exercise.show", "{\"plan\":\"$drill\"}"),
	DOES(0, "exercise.stop", "{\"plan\":\"$drill\"}"),
	DOES(0, "exercise.report", "{\"plan\":\"$drill\",\"body\":{\"text\":\"two hours\",\"lessons\":[\"a second number\"]}}"),
	THE_END,
};

static const struct step story_requirement[] = {
	SAYS(0, "requirement.import", "{\"name\":\"baseline\",\"set\":$set}", "set_id"),
	SAYS(0, "requirement.assign", "{\"set\":\"baseline\",\"to\":\"one\",\"body\":{\"level\":\"standard\",\"due\":\"2027-01-31\"}}", "assign"),
	DOES(0, "guidance.add", "{\"set\":\"baseline\",\"body\":{\"rids\":[\"R1\"],\"title\":\"Whom to call\",\"text\":\"the duty officer\"}}"),
	DOES(0, "equivalence.add", "{\"set\":\"baseline\",\"full\":[\"R2\"],\"body\":{\"scheme\":\"ISO/IEC 27001:2022\",\"expires\":\"2027-12-31\"}}"),
	LOOKS(1, "guidance.list", "{}"),
	LOOKS(1, "equivalence.list", "{}"),
	SAYS(1, "requirement.challenge", "{\"about\":\"$assign\",\"rid\":\"R3\",\"body\":{\"kind\":\"unclear\",\"text\":\"Which systems?\"}}",
	     "challenge"),
	LOOKS(0, "requirement.challenges", "{}"),
	DOES(0, "requirement.answer", "{\"record\":\"$challenge\",\"decision\":\"done\"}"),
	SAYS(1, "exception.request", "{\"about\":\"$assign\",\"rid\":\"R3\",\"body\":{\"reason\":\"old scanners\",\"until\":\"2027-06-30\"}}", "late"),
	DOES(0, "exception.decide", "{\"record\":\"$late\",\"decision\":\"granted\"}"),
	SAYS(1, "requirement.ack", "{\"assign\":\"$assign\",\"accept_all\":true}", "ack"),
	DOES(0, "requirement.review", "{\"ack\":\"$ack\",\"satisfied_all\":true}"),
	LOOKS(0, "requirement.list", "{}"),
	LOOKS(0, "requirement.show", "{\"requirement\":\"$set_id\"}"),
	LOOKS(0, "requirement.matrix", "{\"set\":\"baseline\"}"),
	DOES(0, "requirement.import", "{\"name\":\"again\",\"set\":$set}"), /* the same asked under another name */
	DOES(0, "requirement.assign", "{\"set\":\"again\",\"to\":\"one\",\"body\":{\"level\":\"basic\",\"due\":\"2027-02-28\"}}"),
	LOOKS(1, "requirement.owed", "{}"),
	LOOKS(1, "requirement.reuse", "{}"),
	DOES(1, "requirement.reuse", "{\"send\":true}"),
	DOES(2, "requirement.import", "{\"name\":\"theirs\",\"set\":$set}"),
	SAYS(2, "requirement.assign", "{\"set\":\"theirs\",\"to\":\"zero\",\"body\":{\"level\":\"standard\",\"due\":\"2027-01-31\"}}", "asked"),
	DOES(0, "requirement.pass", "{\"assign\":\"$asked\",\"to\":\"one\",\"body\":{\"due\":\"2027-01-15\"}}"),
	DOES(0, "requirement.flowdown", "{\"assign\":\"$asked\"}"),
	SAYS(0, "responsibility.propose", "{\"to\":\"one\",\"row\":[\"R3=shared: patch the host | patch the guest\"],"
	     "\"body\":{\"contract\":\"C-1\"}}", "matrix"),
	SAYS(1, "responsibility.counter", "{\"about\":\"$matrix\",\"row\":[\"R3=customer: | patch the guest\"]}", "counter_matrix"),
	DOES(0, "responsibility.agree", "{\"record\":\"$counter_matrix\"}"),
	LOOKS(0, "responsibility.list", "{}"),
	LOOKS(0, "responsibility.show", "{\"partner\":\"one\"}"),
	SAYS(0, "tender.open", "{\"to\":\"one\",\"set\":\"baseline\",\"stage\":[\"selection=2026-12-15, basic\"],"
	     "\"body\":{\"title\":\"Cold chain 2027\"}}", "tender"),
	SAYS(0, "tender.ask", "{\"tender\":\"$tender\"}", "bid"),
	DOES(1, "requirement.ack", "{\"assign\":\"$bid\",\"accept_all\":true}"),
	DOES(0, "tender.decide", "{\"tender\":\"$tender\",\"bidder\":\"one\",\"outcome\":\"pass\"}"),
	LOOKS(0, "tender.list", "{}"),
	LOOKS(0, "tender.show", "{\"tender\":\"$tender\"}"),
	THE_END,
};

static const struct step story_assurance[] = {
	SAYS(1, "posture.publish", "{\"to\":\"zero\",\"body\":$posture}", "posture_id"),
	SAYS(1, "posture.publish", "{\"supersedes\":\"$posture_id\",\"body\":$posture}", "posture_new"),
	LOOKS(0, "posture.list", "{}"),
	LOOKS(0, "posture.show", "{\"posture\":\"$posture_id\"}"),
	LOOKS(0, "posture.diff", "{\"old\":\"$posture_id\",\"new\":\"$posture_new\"}"),
	LOOKS(0, "posture.gap", "{\"partner\":\"one\"}"),
	LOOKS(1, "posture.pack", "{}"),
	SAYS(1, "certification.add", "{\"to\":\"zero\",\"body\":{\"scheme\":\"ISO/IEC 27001\",\"body\":\"Cert Ltd\",\"scope\":\"cold chain\","
	     "\"issued\":\"2026-02-01\",\"expires\":\"2029-01-31\"}}", "certificate"),
	DOES(1, "certification.update", "{\"certification\":\"$certificate\",\"body\":{\"status\":\"suspended\"}}"),
	LOOKS(0, "certification.list", "{}"),
	LOOKS(0, "certification.show", "{\"certification\":\"$certificate\"}"),
	SAYS(0, "finding.raise", "{\"about\":\"$ack\",\"body\":{\"rid\":\"R6\",\"severity\":\"high\",\"text\":\"never tried\","
	     "\"required_by\":\"2027-01-31\"}}", "finding"),
	DOES(1, "finding.plan", "{\"finding\":\"$finding\",\"body\":{\"actions\":[{\"id\":\"a1\",\"text\":\"try it\",\"due\":\"2027-01-15\"}]}}"),
	DOES(0, "finding.close", "{\"finding\":\"$finding\"}"),
	LOOKS(0, "finding.list", "{}"),
	LOOKS(0, "finding.show", "{\"finding\":\"$finding\"}"),
	SAYS(1, "evidence.add", "{\"to\":\"zero\",\"file\":{\"name\":\"may.log\",\"hex\":\"00ff\"},\"body\":{\"availability\":\"on-request\"}}", "evidence"),
	LOOKS(1, "evidence.get", "{\"evidence\":\"$evidence\"}"),
	DOES(0, "evidence.fetch", "{\"evidence\":\"$evidence\"}"),
	LOOKS(0, "evidence.list", "{}"),
	DOES(1, "record.retract", "{\"record\":\"$evidence\",\"reason\":\"of another client\"}"),
	DOES(0, "evidence.drop", "{\"evidence\":\"$evidence\"}"),
	THE_END,
};

static const struct step story_contract[] = {
	SAYS(0, "contract.offer", "{\"body\":{\"supplier\":\"one\",\"reference\":\"C-1\",\"type\":\"bespoke\",\"start\":\"2026-12-01\","
	     "\"end\":\"2027-11-30\",\"notice_days\":30}}", "offer"),
	SAYS(1, "contract.amend", "{\"contract\":\"$offer\",\"body\":{\"notice_days\":60}}", "counter"),
	DOES(0, "contract.agree", "{\"contract\":\"$counter\"}"),
	SAYS(0, "contract.offer", "{\"body\":{\"supplier\":\"one\",\"reference\":\"C-2\",\"type\":\"licence\"}}", "second"),
	DOES(1, "contract.decline", "{\"contract\":\"$second\",\"text\":\"too early\"}"),
	LOOKS(0, "contract.list", "{}"),
	LOOKS(0, "contract.show", "{\"contract\":\"$counter\"}"),
	DOES(0, "contract.end", "{\"contract\":\"$counter\",\"on\":\"2027-06-30\"}"),
	THE_END,
};

static const struct step story_subcontractor[] = {
	DOES(1, "subcontractor.disclose", "{\"to\":\"zero\",\"body\":{\"as_of\":\"2026-11-20\",\"complete\":true}}"),
	SAYS(1, "subcontractor.request", "{\"to\":\"zero\",\"body\":{\"subcontractor\":\"beta\",\"service\":\"transport\",\"reason\":\"more lorries\"}}",
	     "wanted"),
	DOES(0, "subcontractor.decide", "{\"record\":\"$wanted\",\"decision\":\"refused\"}"),
	LOOKS(0, "subcontractor.disclosures", "{}"),
	LOOKS(0, "subcontractor.requests", "{}"),
	THE_END,
};

static const struct step story_exit[] = {
	SAYS(1, "asset.declare", "{\"to\":\"zero\",\"body\":{\"contract\":\"C-1\",\"items\":[{\"id\":\"db\",\"class\":\"data\","
	     "\"description\":\"Orders\"},{\"id\":\"books\",\"class\":\"document\",\"description\":\"Invoices\"}]}}", "held"),
	DOES(0, "asset.dispute", "{\"record\":\"$held\",\"body\":{\"text\":\"the keys are missing\"}}"),
	DOES(0, "asset.confirm", "{\"record\":\"$held\"}"),
	LOOKS(0, "asset.list", "{}"),
	SAYS(0, "termination.give", "{\"to\":\"one\",\"body\":{\"contract\":\"C-1\",\"reason\":\"end of term\",\"effective\":\"2027-06-30\"}}",
	     "termination"),
	SAYS(1, "disposition.attest", "{\"about\":\"$held\",\"deleted\":[\"db=purge\"],\"retained\":[\"books=tax law, until 2036-12-31\"]}", "gone"),
	DOES(0, "disposition.dispute", "{\"record\":\"$gone\",\"body\":{\"text\":\"of which year?\"}}"),
	DOES(0, "disposition.accept", "{\"record\":\"$gone\"}"),
	LOOKS(0, "disposition.list", "{}"),
	LOOKS(0, "exit.status", "{}"),
	THE_END,
};

static const struct step story_improvement[] = {
	SAYS(1, "concern.raise", "{\"to\":\"zero\",\"body\":{\"title\":\"R3 asks too much\",\"topic\":\"requirement\","
	     "\"source\":\"upward-report\",\"text\":\"We are three people.\"}}", "concern"),
	DOES(0, "concern.answer", "{\"record\":\"$concern\",\"decision\":\"acknowledged\"}"),
	LOOKS(0, "concern.list", "{}"),
	LOOKS(0, "concern.show", "{\"concern\":\"$concern\"}"),
	SAYS(1, "issue.share", "{\"to\":\"zero\",\"body\":{\"title\":\"Signed updates\",\"type\":\"lesson\",\"text\":\"Ask for them.\"}}", "issue"),
	DOES(0, "issue.outcome", "{\"record\":\"$issue\",\"decision\":\"done\",\"body\":{\"changed\":[\"$set_id\"]}}"),
	LOOKS(0, "issue.list", "{}"),
	LOOKS(0, "issue.show", "{\"issue\":\"$issue\"}"),
	THE_END,
};

static const struct step story_record[] = {
	SAYS(0, "record.new", "{\"kind\":\"incident.notice\",\"to\":\"one\",\"body\":{" NOTICE "}}", "made"),
	DOES(1, "record.reply", "{\"record\":\"$made\",\"decision\":\"acknowledged\"}"),
	DOES(0, "record.forward", "{\"record\":\"$notice\",\"to\":\"two\",\"as\":\"customer\",\"body\":{\"basis\":\"contract\"}}"),
	LOOKS(0, "record.list", "{}"),
	LOOKS(0, "record.show", "{\"record\":\"$made\"}"),
	DOES(0, "record.retract", "{\"record\":\"$made\",\"reason\":\"in error\"}"),
	LOOKS(0, "inbox.list", "{}"),
	LOOKS(0, "outbox.list", "{}"),
	LOOKS(0, "delivery.wait", "{\"id\":\"$made\"}"),
	LOOKS(0, "proof.export", "{\"record\":\"$ack\"}"),
	LOOKS(0, "partner.file", "{\"partner\":\"one\"}"),
	LOOKS(0, "report.list", "{}"),
	LOOKS(0, "report.run", "{\"report\":\"owed\"}"),
	LOOKS(0, "calendar.export", "{}"),
	THE_END,
};

static const struct step story_last[] = {
	DOES(0, "partner.suspend", "{\"partner\":\"two\"}"),
	DOES(2, "incident.report", "{\"to\":\"zero\",\"body\":{" NOTICE "}}"), /* parked at node 0 */
	DOES(0, "partner.resume", "{\"partner\":\"two\"}"),
	DOES(0, "partner.remove", "{\"partner\":\"two\"}"),
	DOES(2, "partner.remove", "{\"partner\":\"zero\"}"),
	DOES(0, "node.stop", "{}"),
	THE_END,
};

static const struct step *const story[] = {
	story_node, story_register, story_partner, story_incident, story_response, story_exercise, story_requirement, story_assurance, story_contract,
	story_subcontractor, story_exit, story_improvement, story_record, story_bundle, story_keys, story_consortium, story_evidence, story_last, NULL,
};

#endif
