/* Evidence files: of each kind a valid one, and those that prove nothing, with the reason. */
#include "tests/gen/vectors.h"

#include <stdio.h>

#include "proto/contradiction.h"
#include "proto/pack.h"
#include "proto/receipt.h"

#define A_SEEDS ((struct vectors_seeds){1, 2, 3, 4, 5})

struct exhibit {
	json_t *list;
	struct arena *arena;
	struct vectors_org a, twin; /* the same organisation twice: their second statements differ */
	struct buf payload[2], file;
	uint8_t sig[2][64];
	struct contradiction c;
};

static void sides(struct exhibit *x, enum sign_ctx ctx, size_t kseq)
{
	for (size_t i = 0; i < 2; i++) {
		vectors_sign(&x->a, kseq, ctx, buf_span(&x->payload[i]), x->sig[i]);
		x->c.side[i] = (struct contradiction_side){.payload = buf_span(&x->payload[i]), .signature = SPAN(x->sig[i], 64)};
	}
}

static void entries(struct exhibit *x, uint64_t kseq)
{
	struct entry e = {.author = x->a.org, .kseq = kseq, .type = AUDIENCE_DIRECT, .incarnation = VECTORS_TIME, .n = 7, .count = 1,
	                  .time = VECTORS_TIME};

	vectors_fill(e.target.b, 0x77);
	vectors_fill(e.prev.b, 0x78);
	for (size_t i = 0; i < 2; i++) {
		vectors_fill(e.root.b, (uint8_t)(0x80 + i));
		buf_clear(&x->payload[i]);
		vectors_must(entry_encode(&e, &x->payload[i]) == OK, "entry");
	}
	x->c = (struct contradiction){.kind = CONTRADICTION_ENTRIES, .statements = (size_t)kseq + 1, .statement = x->a.chain};
	sides(x, SIGN_ENTRY, (size_t)kseq);
}

static void receipts(struct exhibit *x)
{
	struct receipt r = {.receiver = x->a.org, .n = 9, .time = VECTORS_TIME};

	vectors_fill(r.log.b, 0x79);
	for (size_t i = 0; i < 2; i++) {
		vectors_fill(r.entry.b, (uint8_t)(0x80 + i));
		buf_clear(&x->payload[i]);
		vectors_must(receipt_encode(&r, &x->payload[i]) == OK, "receipt");
	}
	x->c = (struct contradiction){.kind = CONTRADICTION_RECEIPTS, .statements = 1, .statement = x->a.chain};
	sides(x, SIGN_RECEIPT, 0);
}

static void statements(struct exhibit *x)
{
	const struct signed_statement *s[2] = {&x->a.chain[1], &x->twin.chain[1]};

	x->c = (struct contradiction){.kind = CONTRADICTION_STATEMENTS, .statements = 1, .statement = x->a.chain};
	for (size_t i = 0; i < 2; i++)
		x->c.side[i] = (struct contradiction_side){s[i]->payload, SPAN(s[i]->sign_sig, 64), SPAN(s[i]->root_sig, 64)};
}

static void add(struct exhibit *x, const char *name, const char *comment, enum proof_verdict wanted)
{
	static const char *const words[] = {[PROOF_VALID] = "valid", [PROOF_INVALID] = "invalid", [PROOF_UNDECIDED] = "undecided"};
	static const int exits[] = {[PROOF_VALID] = 0, [PROOF_INVALID] = 10, [PROOF_UNDECIDED] = 11};
	struct contradiction_report *r = arena_alloc(x->arena, sizeof *r);
	json_t *expected;

	vectors_must(r && contradiction_verify(buf_span(&x->file), x->arena, r) == OK, name);
	if (r->verdict != wanted)
		fprintf(stderr, "%s: %s\n", name, r->link);
	vectors_must(r->verdict == wanted, name);
	expected = json_pack("{s:s, s:i}", "verdict", words[r->verdict], "exit", exits[r->verdict]);
	if (r->verdict == PROOF_VALID)
		expected = vectors_with(expected, json_pack("{s:o, s:o, s:i, s:I, s:I}", "id", vectors_id(&r->id), "org", vectors_id(&r->org), "kind",
		                                            (int)r->kind, "kseq", (json_int_t)r->kseq, "n", (json_int_t)r->n));
	else
		json_object_set_new(expected, "said", json_string(r->link));
	vectors_add(x->list, name, comment, json_pack("{s:o}", "file", vectors_hex(buf_span(&x->file))), expected);
}

static void good(struct exhibit *x, const char *name, const char *comment)
{
	buf_clear(&x->file);
	vectors_must(contradiction_encode(&x->c, &x->file) == OK, name);
	add(x, name, comment, PROOF_VALID);
}

/* The file as it is, with one member changed, added or (v NULL) taken out. */
static void changed(struct exhibit *x, const char *name, const char *comment, int64_t key, struct value *v, enum proof_verdict wanted)
{
	struct buf before = x->file;

	x->file = (struct buf){0};
	vectors_pack(vectors_edit(x->arena, buf_span(&before), key, v), &x->file);
	add(x, name, comment, wanted);
	buf_free(&x->file);
	x->file = before;
}

static void bad(struct exhibit *x)
{
	struct arena *a = x->arena;
	const struct value *map;
	struct value *turned = value_array(a), *same = value_array(a);

	vectors_must(pack_decode(buf_span(&x->file), a, &map) == OK, "file");
	for (size_t i = 0; i < 2; i++) {
		value_push(a, turned, value_copy(a, value_item(value_at(map, 3), 1 - i)));
		value_push(a, same, value_copy(a, value_item(value_at(map, 3), 0)));
	}
	changed(x, "a newer version", "", 1, value_int(a, 2), PROOF_UNDECIDED);
	changed(x, "a kind to come", "", 2, value_int(a, 4), PROOF_UNDECIDED);
	changed(x, "another format", "", 0, value_str(a, "tally proof"), PROOF_INVALID);
	changed(x, "entries that are said to be receipts", "", 2, value_int(a, 3), PROOF_INVALID);
	changed(x, "the two in the other order", "", 3, turned, PROOF_INVALID);
	changed(x, "one thing twice", "", 3, same, PROOF_INVALID);
	changed(x, "slack", "a field that nobody needs", 70, value_int(a, 1), PROOF_INVALID);
	changed(x, "no statements", "", 4, NULL, PROOF_INVALID);
	x->file.p[x->file.n - 1] ^= 1;
	add(x, "a changed byte", "the last one", PROOF_INVALID);
	x->file.p[x->file.n - 1] ^= 1;
}

json_t *vectors_evidence(void)
{
	struct exhibit x = {.list = json_array(), .arena = arena_new()};

	vectors_org(&x.a, "Example Ltd", A_SEEDS);
	vectors_org(&x.twin, "Example Ltd", A_SEEDS);
	vectors_org_next(&x.a, "routine");
	vectors_org_next(&x.twin, "compromise");
	entries(&x, 1);
	good(&x, "two entries under the second key", "");
	receipts(&x);
	good(&x, "two receipts", "");
	statements(&x);
	good(&x, "two key statements", "");
	entries(&x, 0);
	good(&x, "two entries", "");
	bad(&x);
	vectors_org_free(&x.a);
	vectors_org_free(&x.twin);
	for (size_t i = 0; i < 2; i++)
		buf_free(&x.payload[i]);
	buf_free(&x.file);
	arena_free(x.arena);
	return x.list;
}
