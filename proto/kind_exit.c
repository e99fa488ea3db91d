/* The end of a relationship: what is held of the other side's, notice that it ends, and what became of each thing held. */
#include "proto/kind_check.h"
#include "proto/when.h"

#define LINES .type = FIELD_LINE, .list = true, .max = 500
#define PAST_DATE .type = FIELD_DATE, .usual = USUAL_PAST

enum outcome { OUTCOME_RETURNED = 1, OUTCOME_DELETED, OUTCOME_TRANSFERRED, OUTCOME_RETAINED, OUTCOME_NOT_HELD }; /* vocab_disposition */

static const char *const confirm_words[] = {"acknowledged", "accepted", "disputed", "need-info", NULL};
static const struct vocab decisions = {"decision", confirm_words};

static const struct field held_fields[] = {
	{.key = 0, .name = "id", .type = FIELD_LINE, .required = true, .max = 64, .help = "short id; a disposition refers to it"},
	{.key = 1, .name = "class", .type = FIELD_ENUM, .required = true, .vocab = &vocab_asset_class, .help = "what it is"},
	{.key = 2, .name = "description", .type = FIELD_LINE, .required = true, .max = 500, .help = "the thing in one line"},
	{.key = 3, .name = "information", LINES, .help = "types of information in it, or that it gives access to"},
	{.key = 4, .name = "locations", LINES, .help = "where it is: sites, services, countries"},
	{.key = 5, .name = "backups", LINES, .help = "where copies of it are"},
	{.key = 6, .name = "since", PAST_DATE, .help = "since when"},
	{0},
};

static const struct field asset_fields[] = {
	{.key = 0, .name = "as_of", PAST_DATE, .required = true, .help = "the day for which this was true"},
	{.key = 1, .name = "contract", .type = FIELD_LINE, .help = "reference of the contract under which it is held"},
	{.key = 2, .name = "holder", .type = FIELD_ORG,
	 .help = "who holds it, where that is not the author: for what the author gave away, such as access"},
	{.key = 3, .name = "items", .type = FIELD_GROUP, .list = true, .max_items = KIND_CHECK_ITEMS, .group = held_fields,
	 .help = "what is held"},
	{.key = 4, .name = "complete", .type = FIELD_BOOL, .help = "nothing else is held; without any item: nothing is held"},
	{.key = 5, .name = "text", .type = FIELD_TEXT, .help = "anything else to be said of it"},
	{0},
};

static enum err asset_check(const struct record *r, struct complaint *why)
{
	struct kind_check_names ids;
	struct id holder;
	bool complete = false;
	enum err e = kind_check_unique(r, fields_find(asset_fields, "items"), "id", &ids, why);

	(void)fields_bool(asset_fields, r->body, "complete", &complete);
	if (e == OK && ids.n == 0 && !complete)
		return fields_complain(why, ERR_INVALID, "is required where no item is named", "complete");
	if (e == OK && fields_id(asset_fields, r->body, "holder", &holder) && id_eq(&holder, &r->author))
		return fields_complain(why, ERR_INVALID, "is the author, which need not be said", "holder");
	return e;
}

const struct kind kind_asset_held = {
	.number = KIND_ASSET_HELD, .name = "asset.held",
	.summary = "States what is held of the other side's: data, credentials, keys, hardware, documents, accounts, code.",
	.fields = asset_fields, .role = ROLE_SERIES, .tlp = TLP_AMBER_STRICT, .decisions = &decisions, .check = asset_check,
};

static const struct field termination_fields[] = {
	{.key = 0, .name = "reason", .type = FIELD_TEXT, .required = true, .help = "why it ends"},
	{.key = 1, .name = "effective", .type = FIELD_DATE, .required = true, .usual = USUAL_AHEAD, .help = "last day of the contract or relationship"},
	{.key = 2, .name = "contract", .type = FIELD_LINE, .help = "reference of the contract that ends; the whole relationship when left out"},
	{.key = 3, .name = "supplier", .type = FIELD_ORG, .help = "who must state what it holds; whoever gets this when left out"},
	{.key = 4, .name = "transfer_to", .type = FIELD_LINE, .help = "who takes over: service, data and keys go there"},
	{.key = 5, .name = "text", .type = FIELD_TEXT, .help = "how it ends: transition, support until then"},
	{0},
};

const struct kind kind_termination = {
	.number = KIND_TERMINATION, .name = "termination",
	.summary = "Gives notice that a contract or a relationship ends; what is held is then to be returned or deleted.",
	.fields = termination_fields, .role = ROLE_SERIES, .tlp = TLP_AMBER_STRICT, .decisions = &decisions,
};

static const struct field disposed_fields[] = {
	{.key = 0, .name = "id", .type = FIELD_LINE, .required = true, .max = 64, .help = "id of the item, as it was declared"},
	{.key = 1, .name = "outcome", .type = FIELD_ENUM, .required = true, .vocab = &vocab_disposition, .help = "what became of it"},
	{.key = 2, .name = "method", .type = FIELD_ENUM, .vocab = &vocab_sanitization, .help = "deleted: how, in the words of NIST SP 800-88"},
	{.key = 3, .name = "standard", .type = FIELD_LINE, .help = "deleted: by which standard or procedure"},
	{.key = 4, .name = "date", PAST_DATE, .help = "when it was done"},
	{.key = 5, .name = "by", .type = FIELD_LINE, .help = "by whom: name and function, or the company that did it"},
	{.key = 6, .name = "to", .type = FIELD_LINE, .help = "returned or transferred: to whom"},
	{.key = 7, .name = "basis", .type = FIELD_LINE, .max = 500, .help = "retained: the law or agreement that asks for it"},
	{.key = 8, .name = "until", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "retained: last day; it is to be deleted then"},
	{.key = 9, .name = "backups_until", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "last day on which a backup still holds a copy"},
	{.key = 10, .name = "text", .type = FIELD_TEXT, .max = 4096, .help = "certificate, serial numbers, anything else"},
	{0},
};

static const struct field below_fields[] = {
	{.key = 0, .name = "held", .type = FIELD_INT, .required = true, .max = 1000000, .help = "how many subcontractors held any of it"},
	{.key = 1, .name = "disposed", .type = FIELD_INT, .max = 1000000, .help = "how many have attested that they hold nothing any more"},
	{.key = 2, .name = "retained", .type = FIELD_INT, .max = 1000000, .help = "how many retain something, with a basis"},
	{.key = 3, .name = "until", .type = FIELD_DATE, .usual = USUAL_AHEAD, .help = "the latest day of what they retain"},
	{0},
};

static const struct field disposition_fields[] = {
	{.key = 0, .name = "about", .type = FIELD_REF, .required = true, .help = "the asset.held or termination that it answers"},
	{.key = 1, .name = "items", .type = FIELD_GROUP, .list = true, .required = true, .max_items = KIND_CHECK_ITEMS, .group = disposed_fields,
	 .help = "what became of each thing held"},
	{.key = 2, .name = "subcontractors", .type = FIELD_GROUP, .group = below_fields, .help = "the same of subcontractors, in numbers"},
	{.key = 3, .name = "signatory_name", .type = FIELD_LINE, .help = "who attests it"},
	{.key = 4, .name = "signatory_role", .type = FIELD_LINE, .help = "in what function"},
	{.key = 5, .name = "text", .type = FIELD_TEXT, .help = "the disposition in words"},
	{0},
};

static enum err lacks(const struct value *item, size_t i, const char *const *names, const char *because, struct complaint *why)
{
	for (; *names; names++)
		if (!fields_get(disposed_fields, item, *names))
			return fields_complain(why, ERR_INVALID, because, "items[%zu].%s", i, *names);
	return OK;
}

static enum err disposed_check(const struct record *r, const struct value *item, size_t i, struct complaint *why)
{
	static const char *const returned[] = {"date", NULL}, *const deleted[] = {"method", "date", NULL}, *const transferred[] = {"to", "date", NULL},
	                  *const retained[] = {"basis", "until", NULL};
	int64_t outcome = 0, date = 0;

	(void)fields_int(disposed_fields, item, "outcome", &outcome);
	if (fields_int(disposed_fields, item, "date", &date) && date > r->created / WHEN_DAY_MS + 1) /* it may be tomorrow already where it was done */
		return fields_complain(why, ERR_INVALID, "is not over yet: attest what was done", "items[%zu].date", i);
	switch ((enum outcome)outcome) {
	case OUTCOME_RETURNED:
		return lacks(item, i, returned, "is required for what was returned", why);
	case OUTCOME_DELETED:
		return lacks(item, i, deleted, "is required for what was deleted", why);
	case OUTCOME_TRANSFERRED:
		return lacks(item, i, transferred, "is required for what was transferred", why);
	case OUTCOME_RETAINED:
		return lacks(item, i, retained, "is required for what is retained", why);
	case OUTCOME_NOT_HELD:
		break;
	}
	return OK;
}

static enum err below_check(const struct value *below, struct complaint *why)
{
	int64_t held = 0, disposed = 0, retained = 0;

	(void)fields_int(below_fields, below, "held", &held);
	(void)fields_int(below_fields, below, "disposed", &disposed);
	(void)fields_int(below_fields, below, "retained", &retained);
	if (disposed + retained > held)
		return fields_complain(why, ERR_INVALID, "is less than disposed and retained together", "subcontractors.held");
	if (retained && !fields_get(below_fields, below, "until"))
		return fields_complain(why, ERR_INVALID, "is required where something is retained", "subcontractors.until");
	return OK;
}

static enum err disposition_check(const struct record *r, struct complaint *why)
{
	const struct value *items = fields_get(disposition_fields, r->body, "items"), *below = fields_get(disposition_fields, r->body, "subcontractors");
	struct kind_check_names ids;
	enum err e = kind_check_unique(r, fields_find(disposition_fields, "items"), "id", &ids, why);

	for (size_t i = 0; e == OK && i < value_count(items); i++)
		e = disposed_check(r, value_item(items, i), i, why);
	return e == OK && below ? below_check(below, why) : e;
}

const struct kind kind_disposition = {
	.number = KIND_DISPOSITION, .name = "disposition",
	.summary = "Attests what became of each thing held: returned, deleted, transferred, retained on a basis and until a day, or not held.",
	.fields = disposition_fields, .role = ROLE_ANY, .tlp = TLP_AMBER_STRICT, .decisions = &decisions, .check = disposition_check,
};
