/* corpus.c - writes the seeds of the fuzz targets: corpus FOLDER. One well-formed example of each thing that travels, so that
 * mutations begin behind the first check. Run again when a form changes: `make corpus`. */
#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "keys/sealto.h"
#include "node/fieldjson.h"
#include "proto/bundle.h"
#include "proto/contradiction.h"
#include "proto/entry.h"
#include "proto/invite.h"
#include "proto/kinds.h"
#include "proto/merkle.h"
#include "proto/message.h"
#include "proto/pack.h"
#include "proto/proof.h"
#include "proto/roster.h"
#include "tests/unit/maker.h"

#define STRANGER "ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss" /* 72: a first message */
#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const char *folder;

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "corpus: %s\n", what);
	exit(1);
}

static void keep(const char *target, const char *name, struct span bytes)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/fuzz_%s", folder, target);
	(void)mkdir(path, 0777);
	snprintf(path, sizeof path, "%s/fuzz_%s/%s", folder, target, name);
	must((f = fopen(path, "wb")) != NULL, path);
	must(fwrite(bytes.p, 1, bytes.n, f) == bytes.n, path);
	must(fclose(f) == 0, path);
}

static void keep_text(const char *target, const char *name, const char *text)
{
	keep(target, name, SPAN(text, strlen(text)));
}

/* ---- records ---- */

static const struct {
	enum kind_number kind;
	const char *body;
} bodies[] = {
	{KIND_LOG_OPEN, "{'kseq': 0, 'reason': 'first'}"},
	{KIND_PAIR, "{'session': '" HEX64 "', 'partner': '" HEX64 "', 'role': 'supplier'}"},
	{KIND_REPLY, "{'about': '" HEX64 "', 'decision': 'granted-shorter', 'text': 'until the depot opens', 'until': '2027-06-30'}"},
	{KIND_RETRACT, "{'about': '" HEX64 "', 'reason': 'superseded'}"},
	{KIND_INCIDENT_NOTICE,
	 "{'title': 'Ransomware', 'stage': 'notification', 'aware': '2026-11-23T09:00:00Z', 'severity': 'high',"
	 " 'determination': 'confirmed',"
	 " 'malicious': 'yes', 'cross_border': 'no', 'contact': 'soc@example.org', 'vulnerabilities': ['CVE-2023-34362'],"
	 " 'indicators': [{'type': 'filename', 'value': 'human2.aspx', 'pap': 'amber'}],"
	 " 'actions': [{'id': 'A1', 'text': 'Reset keys', 'urgency': 'immediate'}]}"},
	{KIND_INCIDENT_ANSWER,
	 "{'about': '" HEX64 "', 'impact': 'affected', 'text': 'orders', 'suppliers_asked': 3, 'suppliers_answered': 1,"
	 " 'actions': [{'id': 'A1', 'status': 'done'}]}"},
	{KIND_REQUIREMENT_SET,
	 "{'title': 'Baseline', 'version': '1', 'levels': [{'id': 'standard', 'requirements': ['R1']}],"
	 " 'requirements': [{'rid': 'R1', 'text': 'Shall', 'rationale': 'because', 'flow_down': 'inform',"
	 " 'mappings': [{'standard': 'ISO 27001', 'clause': 'A.5.1'}]}]}"},
	{KIND_REQUIREMENT_ASSIGN, "{'set': '" HEX64 "', 'level': 'standard', 'due': '2027-01-31', 'stage': 'in-life'}"},
	{KIND_EXCEPTION_REQUEST, NULL},
	{KIND_POSTURE_ATTESTATION, NULL},
};

#define BODIES (sizeof bodies / sizeof *bodies)

static const struct value *body_read(struct arena *a, const struct kind *k, const char *quoted)
{
	struct complaint why = {0};
	struct value *out;
	json_t *json;
	char text[2048];
	size_t i;

	for (i = 0; quoted[i] && i + 1 < sizeof text; i++)
		text[i] = quoted[i] == '\'' ? '"' : quoted[i];
	text[i] = '\0';
	must((json = json_loads(text, 0, NULL)) != NULL, text);
	if (fieldjson_read(k->fields, json, NULL, a, &out, &why) != OK)
		fprintf(stderr, "%s: %s %s\n", k->name, why.where, why.text), exit(1);
	json_decref(json);
	return out;
}

static void keep_json(const char *name, const char *quoted)
{
	char text[2048];

	snprintf(text, sizeof text, "%s", quoted);
	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	keep_text("json", name, text);
}

static void record_make(struct arena *a, const struct maker *m, size_t i, struct buf *out)
{
	const struct kind *k = kind_by_number(bodies[i].kind);
	struct record r = {.kind = k->number, .author = m->org, .created = MAKER_TIME, .tlp = k->tlp, .nonce = {(uint8_t)i}};
	struct complaint why = {0};

	r.body = bodies[i].body ? body_read(a, k, bodies[i].body) : value_map(a);
	if (bodies[i].body)
		keep_json(k->name, bodies[i].body);
	if (bodies[i].body && record_check(&r, &why) != OK)
		fprintf(stderr, "%s: %s %s\n", k->name, why.where, why.text), exit(1);
	must(record_encode(&r, out) == OK, k->name);
	keep("record", k->name, buf_span(out));
	keep("scan", k->name, buf_span(out));
}

static void records_special(struct arena *a, const struct maker *m)
{
	struct record r = {.kind = KIND_RETRACT, .author = m->org, .created = MAKER_TIME, .tlp = TLP_RED, .named = 2, .has_thread = true,
	                   .parents = 1, .has_supersedes = true, .has_exercise = true};
	struct buf out = {0};

	r.name[1].b[0] = 1;
	r.body = body_read(a, kind_by_number(KIND_RETRACT), bodies[3].body);
	must(record_encode(&r, &out) == OK, "red");
	keep("record", "red", buf_span(&out));
	buf_clear(&out);
	r = (struct record){.kind = 4711, .author = m->org, .created = 1, .tlp = TLP_AMBER, .onward = 1, .body = value_map(a)};
	must(record_encode(&r, &out) == OK, "unknown");
	keep("record", "unknown-kind", buf_span(&out));
	buf_free(&out);
}

/* ---- entries, receipts, proofs ---- */

struct log {
	struct buf record[3], entry, receipt;
	struct id id[3], log;
	uint8_t entry_sig[64], receipt_sig[64];
};

static void log_make(struct arena *a, const struct maker *from, const struct maker *to, size_t count, struct log *l)
{
	struct entry e = {.author = from->org, .kseq = from->n - 1, .type = AUDIENCE_DIRECT, .target = to->org,
	                  .incarnation = MAKER_TIME, .n = 7, .count = count, .time = MAKER_TIME};
	struct exception x[2] = {{7, true, 1, 64}, {7, false, 0, 65}};
	struct receipt r = {.receiver = to->org, .n = 7, .time = MAKER_TIME};

	for (size_t i = 0; i < count; i++) {
		record_make(a, from, i + 3, &l->record[i]);
		record_id(buf_span(&l->record[i]), &l->id[i]);
	}
	merkle_root(l->id, count, &e.root);
	must(entry_encode(&e, &l->entry) == OK, "entry");
	maker_sign(from, e.kseq, SIGN_ENTRY, buf_span(&l->entry), l->entry_sig);
	entry_log(&e, &l->log);
	r.log = l->log;
	entry_hash(buf_span(&l->entry), &r.entry);
	must(receipt_encode(&r, &l->receipt) == OK, "receipt");
	maker_sign(to, 0, SIGN_RECEIPT, buf_span(&l->receipt), l->receipt_sig);
	keep("entry", count == 1 ? "entry" : "entry-batch", buf_span(&l->entry));
	keep("entry", "receipt", buf_span(&l->receipt));
	r.exceptions = 2;
	r.exception = x;
	struct buf odd = {0};
	must(receipt_encode(&r, &odd) == OK, "exceptions");
	keep("entry", "receipt-exceptions", buf_span(&odd));
	buf_clear(&odd);
	e.type = AUDIENCE_PARTNERS;
	memset(&e.target, 0, sizeof e.target);
	must(entry_encode(&e, &odd) == OK, "partners");
	keep("entry", "entry-partners", buf_span(&odd));
	buf_free(&odd);
}

static void proof_make(const struct maker *from, const struct maker *to, const struct log *l, size_t count, const char *name)
{
	struct signed_statement statement[2 * MAKER_CHAIN];
	struct proof_record record[3];
	struct proof_entry entry = {buf_span(&l->entry), SPAN(l->entry_sig, 64)};
	struct proof_receipt receipt = {buf_span(&l->receipt), SPAN(l->receipt_sig, 64)};
	struct proof p = {.entries = 1, .records = count, .receipts = 1, .statement = statement, .entry = &entry, .record = record,
	                  .receipt = &receipt};
	struct buf out = {0};

	for (size_t i = 0; i < from->n; i++)
		statement[p.statements++] = from->chain[i];
	statement[p.statements++] = to->chain[0];
	for (size_t i = 0; i < count; i++) {
		record[i] = (struct proof_record){.payload = buf_span(&l->record[i]), .index = (uint16_t)i};
		record[i].path_length = merkle_path(l->id, count, i, record[i].path);
	}
	must(proof_encode(&p, &out) == OK, "proof");
	keep("proof", name, buf_span(&out));
	buf_free(&out);
}

/* ---- messages ---- */

/* Every message with every field that its table has: lists of two, groups in full. */
static struct value *fill(struct arena *a, const struct field *table, struct arena *deep)
{
	static const uint8_t zeros[64];
	struct value *map = value_map(a);

	for (const struct field *f = table; f->name; f++) {
		struct value *v = NULL;

		switch (f->type) {
		case FIELD_LINE:
		case FIELD_TEXT:
			v = value_str(a, "a.example:7400");
			break;
		case FIELD_INT:
		case FIELD_TIME:
		case FIELD_DATE:
		case FIELD_ENUM:
			v = value_int(a, 1);
			break;
		case FIELD_BOOL:
			v = value_bool(a, true);
			break;
		case FIELD_REF:
		case FIELD_ORG:
			v = value_bin(a, SPAN(zeros, 32));
			break;
		case FIELD_BYTES:
			v = value_bin(a, SPAN(zeros, 64));
			break;
		case FIELD_GROUP:
			v = fill(a, f->group, deep);
			break;
		case FIELD_ANY:
			continue;
		}
		if (f->list) {
			struct value *list = value_array(a);

			value_push(a, list, v);
			v = list;
		}
		value_set(a, map, f->key, v);
	}
	return map;
}

/* Two receipts of one receiver over one place, and two entries at one. */
static void contradictions(const struct maker *from, const struct log *l)
{
	struct contradiction c = {.kind = CONTRADICTION_ENTRIES, .statements = from->n, .statement = (struct signed_statement *)(uintptr_t)from->chain};
	struct buf entry[2] = {{0}}, file = {0};
	struct entry e;
	uint8_t sig[2][SIGN_LEN];

	must(entry_decode(buf_span(&l->entry), &e) == OK, "entry");
	for (size_t i = 0; i < 2; i++, e.time++) {
		must(entry_encode(&e, &entry[i]) == OK, "branch");
		maker_sign(from, e.kseq, SIGN_ENTRY, buf_span(&entry[i]), sig[i]);
		c.side[i] = (struct contradiction_side){.payload = buf_span(&entry[i]), .signature = SPAN(sig[i], SIGN_LEN)};
	}
	must(contradiction_encode(&c, &file) == OK, "entries");
	keep("contradiction", "entries", buf_span(&file));
	buf_clear(&file);
	c.kind = CONTRADICTION_RECEIPTS;
	for (size_t i = 0; i < 2; i++) {
		struct receipt r = {.receiver = from->org, .kseq = 1, .log = l->log, .n = 7, .time = MAKER_TIME};

		entry_hash(buf_span(&entry[i]), &r.entry);
		buf_clear(&entry[i]);
		must(receipt_encode(&r, &entry[i]) == OK, "receipt");
		maker_sign(from, 1, SIGN_RECEIPT, buf_span(&entry[i]), sig[i]);
		c.side[i].payload = buf_span(&entry[i]);
	}
	must(contradiction_encode(&c, &file) == OK, "receipts");
	keep("contradiction", "receipts", buf_span(&file));
	for (size_t i = 0; i < 2; i++)
		buf_free(&entry[i]);
	buf_free(&file);
}

static void messages(struct arena *a, const struct log *l, size_t count)
{
	const struct message_row *row;
	struct carried_record records[3];
	struct carried_entry carried = {buf_span(&l->entry), SPAN(l->entry_sig, 64), count, records};

	for (size_t i = 0; i < count; i++)
		records[i] = (struct carried_record){.gone = i == 1, .id = l->id[i], .bytes = i == 1 ? SPAN(NULL, 0) : buf_span(&l->record[i])};
	for (size_t i = 0; (row = message_each(i)); i++) {
		struct value *body = fill(a, row->fields, a), *list;
		struct buf out = {0};

		if (row->number == MESSAGE_ENTRIES) {
			list = value_array(a);
			value_push(a, list, carried_value(a, &carried));
			value_set(a, body, 0, list);
		}
		must(message_encode(row->number, body, &out) == OK, row->name);
		keep("message", row->name, buf_span(&out));
		buf_free(&out);
	}
}

/* ---- the rest ---- */

static void statements(const struct maker *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct buf out = {0};
		char name[32];

		must(buf_add(&out, m->chain[i].root_sig, 64) == OK && buf_add(&out, m->chain[i].sign_sig, 64) == OK &&
		     buf_add(&out, m->chain[i].payload.p, m->chain[i].payload.n) == OK, "statement");
		snprintf(name, sizeof name, "kseq-%zu", i);
		keep("statement", name, buf_span(&out));
		buf_free(&out);
	}
}

/* Event 0 of two convenors, and the one that removes a third. */
static void rosters(struct arena *a, const struct maker *one, const struct maker *two)
{
	struct id convenor[2] = {one->org, two->org}, other = {{0xff, 0xff}};
	struct roster_member member[3] = {{one->org, SPAN("One", 3), 0}, {two->org, SPAN("Two", 3), 0}, {other, SPAN("Three", 5), 0}};
	struct roster_cut cut = {.n = 4};
	struct roster_removed gone = {.org = other, .cuts = 1, .cut = &cut, .reason = SPAN("left", 4)};
	struct roster r = {.title = SPAN("Food Logistics Circle", 21), .name = SPAN("circle", 6), .convenors = 2, .convenor = convenor, .threshold = 2,
	                   .members = 3, .member = member, .ceiling = TLP_AMBER, .history = HISTORY_ALL, .time = MAKER_TIME};
	struct roster_event ev = {.signatures = 2};
	bool turned = id_cmp(&one->org, &two->org) > 0;

	if (turned) {
		convenor[0] = two->org;
		convenor[1] = one->org;
		member[0] = (struct roster_member){two->org, SPAN("Two", 3), 0};
		member[1] = (struct roster_member){one->org, SPAN("One", 3), 0};
	}
	for (uint64_t rseq = 0; rseq < 2; rseq++) {
		struct buf payload = {0}, out = {0};

		must(roster_encode(&r, &payload) == OK, "roster");
		ev.payload = buf_span(&payload);
		for (size_t i = 0; i < 2; i++) {
			const struct maker *m = (i == 0) != turned ? one : two;

			ev.by[i].org = m->org;
			ev.by[i].kseq = m->n - 1;
			maker_sign(m, m->n - 1, SIGN_ROSTER, ev.payload, ev.by[i].sig);
		}
		must(pack_encode(roster_event_value(a, &ev), &out) == OK, "roster");
		keep("roster", rseq ? "removal" : "first", buf_span(&out));
		roster_consortium(ev.payload, &r, &r.consortium);
		r.has_consortium = true;
		roster_hash(ev.payload, &r.prev[0]);
		r.prevs = 1;
		r.rseq = 1;
		r.members = 2;
		r.removals = 1;
		r.removed = &gone;
		r.tag.b[0] = 1;
		buf_free(&payload);
		buf_free(&out);
	}
}

static void invites(const struct maker *m)
{
	struct invite i = {.org = m->org, .expires = MAKER_TIME, .addresses = 2, .address = {"a.example:7400", "[2001:db8::1]:7400"},
	                   .name = "Harbour Foods"};
	struct buf text = {0}, bytes = {0};

	must(invite_encode(&i, &text) == OK, "invite");
	keep("invite", "token", buf_span(&text));
	must(base32_decode(SPAN(text.p + 6, text.n - 6), &bytes) == OK, "invite");
	keep("invite", "map", SPAN(bytes.p, bytes.n - 4));
	buf_free(&text);
	buf_free(&bytes);
}

static void texts(void)
{
	static const char *const typed[] = {"one line", "two\nlines", "4711", "yes", "2026-11-23T09:00:00+01:00", "2027-06-30",
	                                    "amber+strict", HEX64, "00ff", "10s", "90m"};
	char text[128], name[32];

	for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
		snprintf(text, sizeof text, "%c%s", (char)(i % 9 + 9), typed[i]);
		snprintf(name, sizeof name, "%zu", i);
		keep_text("fields", name, text);
	}
	keep_text("csv", "two", "name,title,type,tier,reason,note\n"
	          "brackwater,\"Brackwater \"\"Cold\"\" Ltd\",bespoke,high,why,\"two\nlines\"\n");
	keep_text("csv", "bom", "\xef\xbb\xbfname;title\r\nx;y\r\n");
	keep("local", "request", SPAN("\x05\x00\x00\x00\x0c{\"call\": \"x\"}\x00\x00\x00\x02{}", 24));
	keep("link", "stranger", SPAN("\x00\x00\x00\x48" STRANGER, 76));
	keep("link", "stranger-in-pieces", SPAN("\x02\x05\x00\x48" STRANGER, 76));
	keep("link", "partner", SPAN("\x01\x00\x00\x00\x04\x01" "abcd", 10));
}

/* A card; the content of a bundle with an entry and a receipt; and the bundle sealed to somebody whose key the target has not. */
static void bundles(const struct maker *from, const struct maker *to, struct log *l, size_t count)
{
	struct carried_record record[3];
	struct carried_entry entry = {.payload = buf_span(&l->entry), .signature = SPAN(l->entry_sig, 64), .records = count, .record = record};
	struct bundle_receipt receipt = {buf_span(&l->receipt), SPAN(l->receipt_sig, 64)};
	struct signed_statement chain[2] = {from->chain[0], from->chain[1]};
	struct bundle b = {.card = {.statements = 2, .statement = chain, .addresses = 1, .address = {"tally.brackwater.example:7443"}}, .time = MAKER_TIME,
	                   .entries = 1, .entry = &entry, .receipts = 1, .receipt = &receipt};
	uint8_t fresh[32] = {0, 7}, seal_sk[32] = {0, 8}, pk[32];
	struct buf card = {0}, file = {0}, plain = {0};

	for (size_t i = 0; i < count; i++) {
		record[i] = (struct carried_record){.bytes = buf_span(&l->record[i])};
		record_id(record[i].bytes, &record[i].id);
	}
	sealto_public(seal_sk, pk);
	must(card_encode(&b.card, &card) == OK, "card");
	must(bundle_seal(&b, &from->org, &(struct bundle_to){to->org, 0, pk}, fresh, &file) == OK, "bundle");
	must(bundle_open(buf_span(&file), seal_sk, &plain) == OK, "bundle opened");
	keep("bundle", "card", buf_span(&card));
	keep("bundle", "content", buf_span(&plain));
	keep("bundle", "sealed", buf_span(&file));
	buf_free(&card);
	buf_free(&file);
	buf_free(&plain);
}

/* Files that people bring. */
static void files(void)
{
	keep_text("oscal", "small", "{\"catalog\": {\"metadata\": {\"title\": \"Baseline\", \"version\": \"2\"}, \"params\": [{\"id\": \"c\", \"label\": "
	          "\"town\", \"values\": [\"Kiel\"]}], \"groups\": [{\"id\": \"do\", \"title\": \"Doors\", "
	          "\"controls\": [{\"id\": \"do-1\", \"title\": \"Locks\", "
	          "\"params\": [{\"id\": \"p\", \"select\": {\"how-many\": \"one-or-more\", \"choice\": [\"by hand\", "
	          "\"by {{ insert: param, c }}\"]}}], "
	          "\"props\": [{\"name\": \"label\", \"value\": \"DO-1\"}], \"links\": [{\"href\": \"#r\", "
	          "\"rel\": \"reference\"}], \"parts\": [{\"name\": "
	          "\"statement\", \"parts\": [{\"name\": \"item\", \"props\": [{\"name\": \"label\", \"value\": \"a.\"}], "
	          "\"prose\": \"Lock {{ insert: param, p "
	          "}} [here](#do-1).\"}]}, {\"name\": \"guidance\", "
	          "\"prose\": \"An open door.\"}, {\"name\": \"assessment-objective\", \"prose\": \"locked\"}], "
	          "\"controls\": [{\"id\": \"do-1.1\", \"title\": \"Keys\", \"props\": [{\"name\": \"status\", \"value\": \"withdrawn\"}]}]}]}], "
	          "\"back-matter\": {\"resources\": [{\"uuid\": \"r\", \"title\": \"Book\", "
	          "\"rlinks\": [{\"href\": \"https://book.example/\"}]}]}}}");
	keep_text("setcsv", "two", "rid,title,text,levels,mappings,flow_down\nR1,Locks,\"Lock; it\",basic;more,ISO 27001=A.5.1,yes\nR2,,Ring,more,,no\n");
	keep_text("clocks", "law", "# ours\ntitle A law\nuse own\nowed authority\nclock early warning: aware + 24 h; met by early-warning\n"
	          "clock report: aware + 72 h or notification + 1 month; met by final; stops at most 10 d\n");
	keep_text("clocks", "contract", "use named\nowed partners\nclock answer: stored + 2 days; met by answer\n");
	keep_text("config", "some", "# ours\nlisten = {\"127.0.0.1:7400\", \"[::1]:7400\"}\nlog_level = \"warn\"\nmap_size = \"4G\"\nremind = on\n");
}

int main(int argc, char **argv)
{
	struct maker from, to;
	struct log one = {0}, three = {0};
	struct arena *a = arena_new();

	must(argc == 2 && a && sodium_init() >= 0, "usage: corpus FOLDER");
	folder = argv[1];
	(void)mkdir(folder, 0777);
	maker_begin(&from, 1, "Brackwater Logistics");
	maker_rotate(&from, "routine");
	maker_begin(&to, 2, "Harbour Foods");
	for (size_t i = 0; i < BODIES; i++) {
		struct buf out = {0};

		record_make(a, &from, i, &out);
		buf_free(&out);
	}
	records_special(a, &from);
	log_make(a, &from, &to, 1, &one);
	proof_make(&from, &to, &one, 1, "one");
	log_make(a, &from, &to, 3, &three);
	proof_make(&from, &to, &three, 3, "three");
	bundles(&from, &to, &three, 3);
	contradictions(&from, &one);
	messages(a, &three, 3);
	statements(&from);
	rosters(a, &from, &to);
	invites(&from);
	files();
	texts();
	for (size_t i = 0; i < 3; i++) {
		buf_free(&one.record[i]);
		buf_free(&three.record[i]);
	}
	buf_free(&one.entry);
	buf_free(&one.receipt);
	buf_free(&three.entry);
	buf_free(&three.receipt);
	maker_end(&from);
	maker_end(&to);
	arena_free(a);
	return 0;
}
