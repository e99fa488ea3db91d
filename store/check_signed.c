#include <stdio.h>
#include <string.h>

#include "proto/merkle.h"
#include "proto/message.h"
#include "proto/pack.h"
#include "store/check_state.h"
#include "store/logs.h"
#include "store/orgs.h"

static unsigned long long show(uint64_t n)
{
	return n;
}

/* ---- statements and signatures ---- */

enum err check_statement(struct check *c, struct span key, struct span value)
{
	char hex[CHECK_HEX];
	struct signed_statement s, before;
	struct statement parsed;
	struct id org, said;

	(void)value;
	c->figures.statements++;
	if (key.n != 40) {
		check_say(c, "statements: a key has %zu bytes instead of 40", key.n);
		return OK;
	}
	memcpy(org.b, key.p, sizeof org.b);
	uint64_t kseq = get_u64be(key.p + 32);
	enum err e = statements_get(c->t, &org, kseq, &s);
	if (e == OK && kseq > 0 && (e = statements_get(c->t, &org, kseq - 1, &before)) == ERR_NOT_FOUND) {
		check_say(c, "statement %llu of %s: the one before it is missing", show(kseq), check_hex(&org, hex));
		return OK;
	}
	if (e == OK)
		e = statement_verify(&s, kseq ? &before : NULL, &parsed, &said);
	c->figures.signatures += 2;
	if (e == ERR_MEMORY || e == ERR_IO)
		return e;
	if (e != OK)
		check_say(c, "statement %llu of %s does not verify: %s", show(kseq), check_hex(&org, hex), err_text(e));
	else if (!id_eq(&said, &org) || parsed.kseq != kseq)
		check_say(c, "statement %llu of %s stands under the wrong key", show(kseq), check_hex(&org, hex));
	return OK;
}

/* The sign key of an organisation at a kseq. */
static enum err signer(struct check *c, const struct id *org, uint64_t kseq, uint8_t pk[static 32])
{
	struct signed_statement s;
	struct statement parsed;
	enum err e;

	if (!c->has_signer || c->signer_kseq != kseq || !id_eq(&c->signer, org)) {
		if ((e = statements_get(c->t, org, kseq, &s)) != OK)
			return e;
		if ((e = statement_decode(s.payload, &parsed)) != OK)
			return e == ERR_MEMORY ? e : ERR_CORRUPT;
		c->signer = *org;
		c->signer_kseq = kseq;
		memcpy(c->signer_pk, parsed.keys.sign, sizeof c->signer_pk);
		c->has_signer = true;
	}
	memcpy(pk, c->signer_pk, sizeof c->signer_pk);
	return OK;
}

enum err check_signature(struct check *c, const struct signed_by *by, struct span payload, struct span signature,
                         const char *where)
{
	char hex[CHECK_HEX];
	uint8_t pk[32];
	enum err e = signer(c, &by->org, by->kseq, pk);

	if (e == ERR_NOT_FOUND) {
		check_say(c, "%s: key statement %llu of its signer %s is not here", where, show(by->kseq),
		          check_hex(&by->org, hex));
		return OK;
	}
	if (e != OK)
		return e;
	c->figures.signatures++;
	e = sign_check(by->ctx, payload, pk, signature.p);
	if (e == ERR_SIGNATURE) {
		check_say(c, "%s: its signature does not verify", where);
		return OK;
	}
	return e;
}

/* ---- receipts ---- */

enum err check_receipt(struct check *c, struct span key, struct span value)
{
	char where[96], hex[CHECK_HEX];
	struct receipt_row row;
	struct entry_row entry;
	struct log_row log;
	struct receipt r;
	struct id hash;
	enum err e;

	c->figures.receipts++;
	if (receipts_read(key, value, &row) != OK) {
		check_say(c, "receipts: a row is damaged (its key has %zu bytes)", key.n);
		return OK;
	}
	(void)snprintf(where, sizeof where, "receipt of %s over log %u up to %llu", check_hex(&row.receiver, hex), row.log, show(row.n));
	e = receipt_decode(row.payload, c->a, &r);
	if (e == ERR_MEMORY)
		return e;
	if (e != OK) {
		check_say(c, "%s is not a well-formed receipt", where);
		return OK;
	}
	if ((e = logs_by_no(c->t, row.log, &log)) == ERR_NOT_FOUND) {
		check_say(c, "%s: that log is not there", where);
		return OK;
	}
	if (e != OK)
		return e;
	if (!id_eq(&r.log, &log.id) || !id_eq(&r.receiver, &row.receiver) || r.n != row.n)
		check_say(c, "%s was signed over another place or log, or by another receiver", where);
	if ((e = entries_get(c->t, row.log, r.n, &entry)) == OK) {
		entry_hash(entry.payload, &hash);
		if (!id_eq(&hash, &r.entry))
			check_say(c, "%s names another entry %llu than the one held", where, show(r.n));
	} else if (e != ERR_NOT_FOUND) {
		return e;
	}
	return check_signature(c, &(struct signed_by){SIGN_RECEIPT, row.receiver, r.kseq}, row.payload, row.signature, where);
}

/* ---- evidence ---- */

enum err check_carried(const struct carried_entry *in, struct entry *out)
{
	struct id ids[LIMIT_ENTRY_RECORDS], root;
	enum err e = entry_decode(in->payload, out);

	if (e != OK)
		return e;
	if (out->count != in->records)
		return ERR_INVALID;
	for (size_t i = 0; i < in->records; i++)
		ids[i] = in->record[i].id;
	merkle_root(ids, in->records, &root);
	return id_eq(&root, &out->root) ? OK : ERR_INVALID;
}

/* Two entries of one author at one place, with different hashes: each must stand by its signature alone. */
enum err check_evidence(struct check *c, struct span key, struct span value)
{
	struct carried_entry two[2];
	struct entry entry[2];
	const struct value *v;
	struct id log;
	enum err e = pack_decode(value, c->a, &v);

	c->figures.rows++;
	for (size_t i = 0; e == OK && i < 2; i++)
		if ((e = carried_read(value_item(v, i), c->a, &two[i])) == OK)
			e = check_carried(&two[i], &entry[i]);
	if (e == ERR_MEMORY)
		return e;
	if (e != OK || value_count(v) != 2) {
		check_say(c, "evidence: a row is damaged");
		return OK;
	}
	for (size_t i = 0; i < 2; i++) {
		entry_log(&entry[i], &log);
		if (!span_eq(ID_SPAN(&log), key) || entry[0].n != entry[1].n || span_eq(two[0].payload, two[1].payload)) {
			check_say(c, "evidence: the two entries are not of one place, or are the same");
			return OK;
		}
		const struct signed_by by = {SIGN_ENTRY, entry[i].author, entry[i].kseq};
		e = check_signature(c, &by, two[i].payload, two[i].signature, "evidence");
		if (e != OK)
			return e;
	}
	return OK;
}
