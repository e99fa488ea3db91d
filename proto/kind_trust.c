/* What organisations say of each other: vouches. */
#include "proto/kind_check.h"
#include "proto/when.h"

#define LIFE_DAYS 731 /* two years: then it is said anew, or no more */

static const struct field vouch_fields[] = {
	{.key = 0, .name = "org", .type = FIELD_ORG, .required = true, .help = "the organisation vouched for"},
	{.key = 1, .name = "basis", .type = FIELD_ENUM, .required = true, .vocab = &vocab_vouch_basis, .help = "what the author knows it by"},
	{.key = 2, .name = "since", .type = FIELD_DATE, .required = true, .usual = USUAL_PAST, .help = "the day since which it knows it so"},
	{.key = 3, .name = "expires", .type = FIELD_DATE, .required = true, .usual = USUAL_AHEAD, .help = "the last day on which this holds"},
	{.key = 4, .name = "text", .type = FIELD_TEXT, .help = "more about it, in words"},
	{0},
};

static enum err vouch_check(const struct record *r, struct complaint *why)
{
	struct id org;
	int64_t since = 0, expires = 0;

	(void)fields_int(vouch_fields, r->body, "since", &since);
	(void)fields_int(vouch_fields, r->body, "expires", &expires);
	if (fields_id(vouch_fields, r->body, "org", &org) && id_eq(&org, &r->author))
		return fields_complain(why, ERR_INVALID, "is the author: nobody vouches for itself", "org");
	if (expires <= since)
		return fields_complain(why, ERR_INVALID, "must be later than since", "expires");
	if (expires > r->created / WHEN_DAY_MS + LIFE_DAYS)
		return fields_complain(why, ERR_INVALID, "must be within two years", "expires");
	return OK;
}

const struct kind kind_org_vouch = {
	.number = KIND_ORG_VOUCH, .name = "org.vouch",
	.summary = "Vouches for an organisation: what its author knows it by, since when, until when. It says nothing of those whom that one vouches for.",
	.fields = vouch_fields, .role = ROLE_SERIES, .tlp = TLP_AMBER_STRICT, .check = vouch_check,
};
