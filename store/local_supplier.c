/* Suppliers: who they are, how much hangs on them, where the relationship stands. */
#include "proto/identifiers.h"
#include "proto/vocab.h"
#include "proto/when.h"
#include "store/locals.h"

static const char *const factor_words[] = {"none", "low", "medium", "high", "critical", NULL};
const struct vocab vocab_factor = {"factor", factor_words};

static const struct field factor_fields[] = {
	{.key = 0, .name = "function_criticality", .type = FIELD_ENUM, .vocab = &vocab_factor, .help = "what stops when they stop"},
	{.key = 1, .name = "data_sensitivity", .type = FIELD_ENUM, .vocab = &vocab_factor, .help = "how sensitive the data they hold"},
	{.key = 2, .name = "access_level", .type = FIELD_ENUM, .vocab = &vocab_factor, .help = "how far into our systems they reach"},
	{.key = 3, .name = "substitutability", .type = FIELD_ENUM, .vocab = &vocab_factor, .help = "how hard they are to replace"},
	{.key = 4, .name = "dependency", .type = FIELD_ENUM, .vocab = &vocab_factor, .help = "how much else hangs on them"},
	{0},
};

static const struct field identifier_fields[] = {
	{.key = 0, .name = "scheme", .type = FIELD_LINE, .required = true, .max = 40, .help = "LEI, EUID, VAT, DUNS, domain"},
	{.key = 1, .name = "value", .type = FIELD_LINE, .required = true, .help = "as that scheme writes it"},
	{0},
};

static const struct field contact_fields[] = {
	{.key = 0, .name = "purpose", .type = FIELD_LINE, .required = true, .max = 64, .help = "security-24x7, privacy, contract"},
	{.key = 1, .name = "name", .type = FIELD_LINE, .help = "person or role"},
	{.key = 2, .name = "mail", .type = FIELD_LINE, .max = 254, .help = "mail address"},
	{.key = 3, .name = "phone", .type = FIELD_LINE, .max = 64, .help = "telephone number"},
	{0},
};

const struct field supplier_fields[] = {
	{.key = 0, .name = "name", .type = FIELD_LINE, .required = true, .max = LOCAL_NAME, .help = "what we call it in commands"},
	{.key = 1, .name = "title", .type = FIELD_LINE, .help = "its full name"},
	{.key = 2, .name = "partner", .type = FIELD_ORG, .help = "the organisation it is linked with, when it has a node"},
	{.key = 3, .name = "type", .type = FIELD_ENUM, .vocab = &vocab_supplier_type, .help = "what kind of supplier"},
	{.key = 4, .name = "tier", .type = FIELD_ENUM, .vocab = &vocab_tier, .help = "how much depends on it, as we decided"},
	{.key = 5, .name = "factors", .type = FIELD_GROUP, .group = factor_fields, .help = "what the tier was decided from"},
	{.key = 6, .name = "reason", .type = FIELD_LINE, .max = 1000, .help = "why this tier"},
	{.key = 7, .name = "owner", .type = FIELD_LINE, .help = "who of us looks after it"},
	{.key = 8, .name = "state", .type = FIELD_ENUM, .vocab = &vocab_supplier_state, .help = "where the relationship stands"},
	{.key = 9, .name = "review_due", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "next review"},
	{.key = 10, .name = "services", .type = FIELD_LINE, .list = true, .max_items = 256, .help = "what we get from it"},
	{.key = 11, .name = "identifiers", .type = FIELD_GROUP, .list = true, .group = identifier_fields, .help = "its numbers"},
	{.key = 12, .name = "contacts", .type = FIELD_GROUP, .list = true, .group = contact_fields, .help = "whom to reach there"},
	{.key = 13, .name = "country", .type = FIELD_LINE, .max = 64, .usual = USUAL_COUNTRY, .help = "where it is established, as two letters"},
	{.key = 14, .name = "website", .type = FIELD_LINE, .max = 1000, .help = "its address on the web"},
	{.key = 15, .name = "note", .type = FIELD_TEXT, .help = "anything else"},
	{.key = 16, .name = "created", .type = FIELD_TIME, .help = "when the row was made"},
	{.key = 17, .name = "changed", .type = FIELD_TIME, .help = "when it last changed"},
	{0},
};

static enum err supplier_check(const struct value *row, struct complaint *why)
{
	const struct value *list = fields_get(supplier_fields, row, "identifiers");
	struct span scheme = {0}, value = {0};
	const char *fault;

	for (size_t i = 0; i < value_count(list); i++) {
		(void)fields_str(identifier_fields, value_item(list, i), "scheme", &scheme);
		(void)fields_str(identifier_fields, value_item(list, i), "value", &value);
		if ((fault = identifiers_fault(scheme, value)))
			return fields_complain(why, ERR_INVALID, fault, "identifiers[%zu].value", i);
	}
	return OK;
}

void local_supplier_due(struct arena *a, struct value *row, int64_t now, bool pull)
{
	static const int months[] = {0, 12, 12, 24, 36}; /* in the order of vocab_tier: critical, high, medium, low */
	int64_t tier, due, held;
	bool stated = fields_int(supplier_fields, row, "review_due", &held);

	if (!fields_int(supplier_fields, row, "tier", &tier) || tier < 1 || tier >= (int64_t)(sizeof months / sizeof *months))
		return;
	due = when_add_months(now, months[tier]) / WHEN_DAY_MS;
	if (!stated || (pull && due < held))
		fields_set(a, supplier_fields, row, "review_due", value_int(a, due));
}

static void fill(struct arena *a, struct value *row, int64_t now)
{
	local_supplier_due(a, row, now, false);
}

int64_t local_supplier_priority(const struct value *row)
{
	const struct value *factors = fields_get(supplier_fields, row, "factors");
	int64_t tier = 9, state = 0, sum = 0, i;

	(void)fields_int(supplier_fields, row, "tier", &tier);
	(void)fields_int(supplier_fields, row, "state", &state);
	for (const struct field *f = factor_fields; f->name; f++)
		sum += value_is_int(value_at(factors, f->key), &i) ? i : 0;
	return (state == SUPPLIER_FORMER ? 1000000 : 0) + tier * 1000 - sum;
}

static const char *const order[] = {"priority", NULL};
static const char *const shown[] = {"title", "tier", "type", "state", "review_due", "owner", "country", "services", NULL};

const struct local_kind local_supplier = {
	.number = 0, .name = "supplier", .summary = "Who supplies us, with or without a node, and how much hangs on them.",
	.fields = supplier_fields, .check = supplier_check, .fill = fill, .order = order, .shown = shown,
};
